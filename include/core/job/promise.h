/*
 * What install promised for one job, read from the plist that it wrote. core/job/receipt.h keeps it
 * from one run to the next.
 */
#ifndef CORE_JOB_PROMISE_H
#define CORE_JOB_PROMISE_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/facts/foreign.h"

#define PROMISE_SIZE_MAX (1024 * 1024)	/* bytes of a job's plist; a longer one is refused */
#define PROMISE_MODE	0644		/* of our files; launchd accepts a stricter one, too */
#define PROMISE_LOG_MODE 0640		/* of logs; 0600 for new ones of the group staff */
#define PROMISE_RULES	1		/* the current rules of ownership */
#define SETTLE_DEFAULT	10.0		/* seconds, launchd's own minimum runtime:
					   launchd.plist(5), ThrottleInterval */

enum health {				/* when a job counts as healthy */
	HEALTH_KEPT,			/* KeepAlive: it is running and stays up */
	HEALTH_ONCE,			/* RunAtLoad alone: it is running or its last exit was 0 */
	HEALTH_LOADED,			/* timers, paths, sockets: it is loaded */
};

/* The state to restore when a change is undone (undo) or the job is uninstalled (before). */
enum snapshot_name {
	SNAP_PLIST,
	SNAP_DUPLICATE,			/* another plist with the job's label, which --replace
					   removed */
	SNAP_LOG,			/* and SNAP_LOG + 1 */
	SNAP_AGENT = 4,			/* the plist of the agent, which migrate removed */
	SNAP_FILES = 5,
};

struct file_snapshot {
	char		path[PATH_SIZE];	/* empty: not recorded */
	bool		exists;
	uid_t		owner;
	gid_t		group;
	mode_t		mode;
	struct bytes	content;	/* owned; of plists only */
};

struct snapshot {
	enum tristate	 loaded, disabled;
	bool		 running;
	char		 loaded_from[PATH_SIZE];	/* the plist of the loaded job; empty:
							   launchd did not print it */
	size_t		 folder_count;	/* how many of the promise's made_folders existed: the
					   first ones */
	struct file_snapshot files[SNAP_FILES];
	enum tristate	 agents[AGENT_DOMAINS];		/* loaded there; UNKNOWN: there was no such
							   domain */
	bool		 agents_running[AGENT_DOMAINS];
};

struct agent {				/* that became this daemon */
	char		path[PATH_SIZE];	/* of its plist; empty: the job was not an agent */
	char		account[NAME_SIZE];	/* whose home the plist is in; empty: it is in
						   /Library/LaunchAgents */
	uid_t		users[AGENT_USERS];	/* in whose domains launchd may have it */
	size_t		user_count;
};

struct promise {
	char		label[NAME_SIZE];
	char		plist_path[PATH_SIZE], receipt_path[PATH_SIZE];
	struct bytes	plist;			/* owned: released by promise_free() */
	/* "root" and "wheel" if the plist has none */
	char		user[NAME_SIZE], group[NAME_SIZE];
	uid_t		uid;
	gid_t		gid;
	struct foreign_path	program;
	struct interpreter env;			/* what the program runs if it is env, or the script
						   that it reads; else zeroed */
	char		search[PATH_SIZE];	/* PATH of EnvironmentVariables; empty: launchd's
						   own */
	bool		search_too_long;	/* PATH is too long for search */
	struct foreign_path	home;		/* HOME of EnvironmentVariables; may be empty */
	struct foreign_path	working_directory;	/* may be empty */
	bool		other_root;		/* RootDirectory is not "/": program is below it */
	struct foreign_path	logs[2];	/* output, errors; empty: none, or a device such as
						   /dev/null. If both are the same path, only the
						   first has it */
	bool		account_label;		/* an account chose the label, and with it the names
						   of the logs that moved: see plan_refuse.c */
	bool		account_log[2];		/* an account's plist chose that log, below the
						   job's home: only the account acts there, never
						   root. Else the administrator named it, or
						   lnpctl */
	mode_t		log_mode;		/* of both logs */
	enum health	health;
	double		settle;			/* seconds */
	char		peers[PEERS_MAX][PEER_SIZE];	/* HOST:PORT, as peer_parse() writes it */
	size_t		peer_count;

	struct agent	agent;
	mode_t		mode;			/* of the plist: 0644, or less if the plist that it
						   was made from is more private */

	/* from the receipt */
	unsigned	rules;			/* of ownership when this program was installed; 0:
						   those of version 0.1, which checked less: later
						   rules only warn about the program */
	bool		changing;		/* a change is under way, or was interrupted */
	struct file_identity program_identity;
	char		system_version[32], system_build[32];
	bool		made_log[2];		/* install created it */
	char		made_folders[FOLDERS_MAX][PATH_SIZE];	/* outermost first */
	size_t		made_folder_count;
	struct snapshot	before;			/* before the first install */
	struct snapshot	undo;			/* before the interrupted change; only while
						   changing */
	struct bytes	undo_receipt;		/* owned: the receipt before that change; data NULL:
						   there was none */
	mode_t		undo_receipt_mode;
};

/*
 * Fail with ERROR_DATA unless the label is usable: 1 to 200 of A-Z a-z 0-9 . _ -, not beginning
 * with a dot or hyphen, not ending with a dot, not Apple's, not "shell".
 */
int	promise_label(const char *label, struct error *);

/*
 * The same for a label that an account chose. Also refuse labels whose files would have the names
 * of another job's, such as LABEL.receipt.old, and those of lnpctl's own jobs: probe would find
 * such a job loaded.
 */
int	promise_account_label(const char *label, struct error *);

/* Set label, plist_path and receipt_path. False if promise_label() refuses the label. */
bool	promise_paths(struct promise *, const char *label);

/*
 * Set a promise from the bytes of a plist, which are copied; the caller sets uid and gid. Members
 * of the receipt are zero. ERROR_DATA: it is not the plist of a job, or a path in it is too long or
 * not absolute; ERROR_SYSTEM: out of memory.
 */
int	promise_from_plist(struct promise *, struct bytes, struct error *);

/* Fail as promise_from_plist() does, else write the label of the job that a plist defines. */
int	promise_read_label(struct bytes plist, char label[NAME_SIZE], struct error *);

/* Return true if a plist has this label, in any case; false if it is not a plist. */
bool	promise_has_label(struct bytes plist, const char *label);

/* Copy a snapshot and its contents. False: out of memory; the target owns what was copied. */
bool	snapshot_copy(struct snapshot *, const struct snapshot *);

/*
 * Return the mode for a plist made from one with this mode: as private, never writable by others.
 */
mode_t	promise_mode(mode_t source);

/*
 * Return the mode of the logs: 0600 if their group is staff, which is the primary group of every
 * login account on macOS, so that with 0640 all of them could read what a worker prints; not if
 * the command line names the group, or the receipt has the same one.
 */
mode_t	promise_choose_log_mode(const struct promise *, const struct promise *receipt, bool named);

/*
 * Return true if rules of ownership that are newer than version 0.1 only warn, because version 0.1
 * installed this program. receipt may be NULL.
 */
bool	promise_is_lenient(const struct promise *, const struct promise *receipt);

/*
 * Return true if version 0.1 installed the job with these very bytes, for that account and group,
 * and not as a migration. It stays as it is, although its plist may be an account's, whose logs and
 * keys are checked now.
 */
bool	promise_is_from_before(const struct promise *receipt, uid_t, gid_t, struct bytes plist);

/* Free what a promise owns; it may be zeroed. */
void	promise_free(struct promise *);

/*
 * Return true for the receipt of an interrupted change that can be undone: a change that only lacks
 * its cleanup cannot.
 */
bool	promise_is_interrupted(const struct promise *);

/*
 * Return true for the receipt of an uninstall that was interrupted after its commit: the next
 * uninstall does the rest.
 */
bool	promise_is_removing(const struct promise *);

/* Return true if lnpctl manages the log: it has a path. */
bool	promise_has_log(const struct promise *, int which);

/* Write the path of such a file, and where the plist of a migrated agent is kept. */
void	promise_stale_file(const struct promise *, enum stale_file, char path[NAME_SIZE]);
void	promise_agent_kept(const struct promise *, char path[NAME_SIZE]);

/*
 * Write the agent's service target by number: "gui/501/LABEL", "user/501/LABEL", and so on. False:
 * there is none with this number.
 */
bool	promise_agent_target(const struct promise *, size_t number, char target[NAME_SIZE]);

/*
 * Return true if launchd reads this plist as an agent: it is directly in Library/LaunchAgents of
 * the home, or in /Library/LaunchAgents if home is empty.
 */
bool	promise_is_agents_plist(const char *path, const char *home);

/*
 * Return true if the agent with the job's label is in the home of the job's own account, which may
 * put one there.
 */
bool	promise_is_own_agent(const struct facts *);

/* Return true if the directory is above one of the job's logs; only such a one may be removed. */
bool	promise_is_above_log(const struct promise *, const char *folder);

/* Return true if it is above a log that the account chose: the account creates and removes it. */
bool	promise_is_above_account_log(const struct promise *, const char *folder);

/*
 * Return true if both identities are of the same file with the same content, by inode, size and
 * modification time. Not by device: an APFS volume has the number of its diskNsM, and disks are
 * numbered in the order in which they appear at each boot. Not by ctime: an extended attribute, a
 * flag or an access control list changes it (stat(2)), and so does a hard link, which another user
 * can create.
 */
bool	promise_same_file(const struct file_identity *, const struct file_identity *);

/*
 * Return true if launchd may run an older program than the file: it was replaced after lnpctl
 * loaded the job, and the Mac has not restarted since. This uses ctime: nothing was replaced after
 * it.
 */
bool	promise_is_program_changed(const struct promise *receipt, const struct facts *);

/*
 * Return true if the plist is another job's: an account chose the label, so the name does not show
 * who owns the plist. An edited plist still runs the same program as the same account, and launchd
 * cannot load what does not parse.
 */
bool	promise_is_strange_plist(const struct promise *receipt, const struct facts *);

#endif
