/*
 * What install promised for one job: read from the plist that it wrote. core/job/receipt.h keeps it
 * from one run to the next.
 */
#ifndef CORE_JOB_PROMISE_H
#define CORE_JOB_PROMISE_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/facts/foreign.h"

#define PROMISE_SIZE_MAX	(1024 * 1024)	/* bytes of a job's plist; a longer one is refused */
#define PROMISE_MODE	0644		/* of our files; launchd takes a stricter one, too */
#define PROMISE_LOG_MODE 0640		/* of logs; of new ones of the group staff 0600 */
#define PROMISE_RULES	1		/* the present rules of ownership */
#define SETTLE_DEFAULT	10.0		/* launchd's own minimum runtime; s: launchd.plist(5),
					   ThrottleInterval */

enum health {				/* when a job counts as healthy */
	HEALTH_KEPT,			/* KeepAlive: it is running and stays up */
	HEALTH_ONCE,			/* RunAtLoad alone: it is running or its last exit was 0 */
	HEALTH_LOADED,			/* timers, paths, sockets: it is loaded */
};

/*
 * How things were, and will be again when a change is undone (undo) or the job is uninstalled
 * (before).
 */
enum snapshot_name {
	SNAP_PLIST,
	SNAP_DUPLICATE,			/* another plist with the job's label, which --replace took
					   away */
	SNAP_LOG,			/* and SNAP_LOG + 1 */
	SNAP_AGENT = 4,			/* the plist of the agent that migrate took away */
	SNAP_FILES = 5,
};

struct file_snapshot {
	char		path[PATH_SIZE];	/* empty: nothing to tell */
	bool		exists;
	uid_t		owner;
	gid_t		group;
	mode_t		mode;
	struct bytes	content;	/* owned; of the two plists */
};

struct snapshot {
	enum tristate	 loaded, disabled;
	bool		 running;
	char loaded_from[PATH_SIZE]; /* the plist of the loaded job; empty where launchd did not
					say */
	size_t		 folder_count;	/* so many of the promise's made_folders were there: the
					   first ones */
	struct file_snapshot files[SNAP_FILES];
	enum tristate	 agents[AGENT_DOMAINS];		/* loaded there; UNKNOWN: the account was
							   not logged in */
	bool		 agents_running[AGENT_DOMAINS];
};

struct agent {				/* that became this daemon */
	char		path[PATH_SIZE];	/* of its plist; empty: it was none */
	char		account[NAME_SIZE];	/* in whose home that lies; empty: in
						   /Library/LaunchAgents */
	uid_t		users[AGENT_USERS];	/* in whose domains launchd may have it */
	size_t		user_count;
};

struct promise {
	char		label[NAME_SIZE];
	char		plist_path[PATH_SIZE], receipt_path[PATH_SIZE];
	struct bytes	plist;			/* owned: released by promise_free() */
	/* "root" and "wheel" where the plist has none */
	char		user[NAME_SIZE], group[NAME_SIZE];
	uid_t		uid;
	gid_t		gid;
	struct foreign_path	program;
	struct interpreter env;			/* what it runs if it is env, or reads as its
						   script; of any other program zeroed */
	char		search[PATH_SIZE];	/* PATH of EnvironmentVariables; empty: launchd's
						   own */
	bool		search_too_long;	/* ... or a longer one than lnpctl looks through */
	struct foreign_path	home;		/* HOME of EnvironmentVariables; may be empty */
	struct foreign_path	working_directory;	/* may be empty */
	bool		other_root;		/* RootDirectory is another than "/": program is
						   below it */
	struct foreign_path	logs[2];	/* output, errors; empty: none,
	    or a device such as /dev/null. The same
						   path for both stands in the first only */
	bool		account_label;		/* an account chose the label, and with it the names
						   of the logs that moved: see plan_refuse.c */
	bool		account_log[2];		/* an account's plist chose that log, below the
						   job's home: root does nothing there, the
						   account does. Else the administrator named it,
						   or lnpctl */
	mode_t		log_mode;		/* of both logs */
	enum health	health;
	double		settle;			/* seconds */
	char		peers[PEERS_MAX][PEER_SIZE];	/* HOST:PORT, as peer_parse() writes it */
	size_t		peer_count;

	struct agent	agent;
	mode_t		mode;			/* of the plist: 0644, or what is left of it
						   where the plist that it was made from was more
						   private */

	/* of the receipt */
	unsigned	rules;			/* of ownership under which this program was
						   installed: 0 those of version 0.1, which knew
						   less; a stricter one only warns of it */
	bool		changing;		/* a change is under way, or was cut off */
	struct file_identity program_identity;
	char		system_version[32], system_build[32];
	bool		made_log[2];		/* install made it */
	char		made_folders[FOLDERS_MAX][PATH_SIZE];	/* outermost first */
	size_t		made_folder_count;
	struct snapshot	before;			/* the first install */
	struct snapshot	undo;			/* the change that was cut off; only while
						   changing */
	struct bytes	undo_receipt;		/* owned: the receipt before that change; data NULL:
						   there was none */
	mode_t		undo_receipt_mode;
};

/*
 * True when the label can be that of a job of ours: 1 to 200 of A-Z a-z 0-9 . _ -, not beginning
 * with a dot or hyphen, not Apple's. The reason goes into the error: ERROR_DATA.
 */
int	promise_label(const char *label, struct error *);

/*
 * The same of a label that an account chose: the files that lnpctl keeps of it must not have the
 * names of those of another job, as LABEL.receipt.old has, and it must not be that of a job of
 * lnpctl's own: probe would find it loaded.
 */
int	promise_account_label(const char *label, struct error *);

/* Paths that follow from a label. False when the label is no label. */
bool	promise_paths(struct promise *, const char *label);

/*
 * Fills a promise from the bytes of a plist, which are copied. uid and gid are left to the caller.
 * ERROR_DATA when they are no plist of a job, when a path in it is too long or not absolute, or
 * when memory is short (ERROR_SYSTEM). Everything else is zero.
 */
int	promise_from_plist(struct promise *, struct bytes, struct error *);

/* Whether a plist has this label, in any case of the letters; false, too, where it is no plist. */
bool	promise_has_label(struct bytes plist, const char *label);

/*
 * Copies a past, contents too. False when memory is short; what was copied is then the target's all
 * the same.
 */
bool	snapshot_copy(struct snapshot *, const struct snapshot *);

/*
 * The mode of a plist that is made from one of this mode: as private, and never writable by others.
 */
mode_t	promise_mode(mode_t source);

/*
 * The mode of the logs: 0600 where their group is staff, the primary group of every login account
 * of macOS, so that 0640 would let all of them read what a worker prints. Not where the command
 * line named the group, nor, with a receipt, where the job had it before.
 */
mode_t	promise_choose_log_mode(const struct promise *, const struct promise *receipt, bool named);

/*
 * Whether rules of ownership that came after version 0.1 only warn: it has installed this program.
 * receipt: or NULL.
 */
bool	promise_is_lenient(const struct promise *, const struct promise *receipt);

/*
 * Whether version 0.1 installed, for that account and group, the job of these very bytes, and not
 * as a migration: it stays as it is, though its plist may be an account's, whose logs and keys
 * would be judged now.
 */
bool	promise_is_from_before(const struct promise *receipt, uid_t, gid_t, struct bytes plist);

/* Releases what is owned; a zeroed promise is allowed. */
void	promise_free(struct promise *);

/*
 * True for a receipt of a change that was cut off and can be undone: one that was committed, but
 * for the cleaning up, cannot.
 */
bool	promise_is_interrupted(const struct promise *);

/* True when the log is under our care, with its path. */
bool	promise_has_log(const struct promise *, int which);

/*
 * What a run that was killed may leave. None of it can be loaded by launchd, for none ends in
 * .plist.
 */
enum stale_file {
	STALE_PLIST,			/* the old plist, kept while a change is under way */
	STALE_DUPLICATE,			/* the old plist of --replace likewise */
	STALE_RECEIPT,		/* the old receipt likewise */
	STALE_DRAFT,			/* of a receipt */
	STALE_PLIST_DRAFT,
};


/* The path of a leftover. False when it would be too long. */
bool	promise_stale_file(const struct promise *, int which, char path[PATH_SIZE]);

/* Where an agent's plist is kept after it became a daemon. False when it would be too long. */
bool	promise_agent_kept(const struct promise *, char path[PATH_SIZE]);

/*
 * The agent as launchd names it: "gui/501/LABEL", then "user/501/LABEL", and so on. False: there is
 * none of this number.
 */
bool	promise_agent_target(const struct promise *, size_t number, char target[PATH_SIZE]);

/*
 * Whether launchd reads agents in the folder of this plist: /Library/LaunchAgents, or with a home
 * that home's.
 */
bool	promise_is_agents_plist(const char *path, const char *home);

/*
 * Whether the agent of the facts that has the job's label lies in the home of the job's account,
 * who may put it there.
 */
bool	promise_is_own_agent(const struct facts *);

/* True when the folder is above one of the job's logs: only such a one may be removed. */
bool	promise_is_above_log(const struct promise *, const char *folder);

/* True when it is above a log that the account chose: then the account makes and removes it. */
bool	promise_is_above_account_log(const struct promise *, const char *folder);

/*
 * Whether the two identities are those of the same file with the same content: by inode, size and
 * time of modification. Not by device: an APFS volume has the number of its diskNsM, and disks are
 * numbered as they appear at each boot. Not by ctime: an extended attribute, a flag or an access
 * control list moves it (stat(2)), and so does a second name, which somebody else can make.
 */
bool	promise_same_file(const struct file_identity *, const struct file_identity *);

/*
 * Whether launchd may hold another program than the one that is there: it was replaced since we
 * loaded the job, and the Mac was not started again since. Here ctime counts: nothing was replaced
 * after it.
 */
bool	promise_is_program_changed(const struct promise *receipt, const struct facts *);

#endif
