/*
 * What is to be installed as one job: what its plist says, and what the command line adds to it.
 */
#ifndef CORE_JOB_SPEC_H
#define CORE_JOB_SPEC_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/facts/foreign.h"

#define SPEC_SIZE_MAX (1024 * 1024)	/* bytes of a job's plist; a longer one is refused */
#define SPEC_MODE	0644		/* of our files; launchd accepts a stricter one, too */
#define SPEC_LOG_MODE 0640		/* of logs; 0600 for new ones of the group staff */
#define SETTLE_DEFAULT	10.0		/* seconds, launchd's own minimum runtime:
					   launchd.plist(5), ThrottleInterval */

#define STARTS_DEFAULT	5	/* see max_starts */

enum health {				/* when a job counts as healthy */
	HEALTH_KEPT,			/* KeepAlive: it is running and stays up */
	HEALTH_ONCE,			/* RunAtLoad, or KeepAlive until it succeeds: it is running
					   or its last exit was 0 */
	HEALTH_CONDITIONAL,		/* KeepAlive for a path, another job or a first demand: it
					   is running, was never started, or ended normally */
	HEALTH_LOADED,			/* timers, paths, sockets: it is loaded */
};

struct agent {				/* that became this daemon */
	char		path[PATH_SIZE];	/* of its plist; empty: the job was not an agent */
	char		account[NAME_SIZE];	/* whose home the plist is in; empty: it is in
						   /Library/LaunchAgents */
	uid_t		users[AGENT_USERS];	/* in whose domains launchd may have it */
	size_t		user_count;
};

struct spec {
	char		label[NAME_SIZE];
	char		plist_path[PATH_SIZE], receipt_path[PATH_SIZE];
	struct bytes	plist;			/* owned: released by spec_free() */
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
	bool		triggered;		/* a timer, path, queue or socket starts it, too */
	bool		only_once;		/* LaunchOnlyOnce: it is unloaded when it has run */
	double		settle;			/* seconds */
	unsigned	max_starts;		/* more abnormal starts an hour are a crash loop */
	char		peers[PEERS_MAX][PEER_SIZE];	/* HOST:PORT, as peer_parse() writes it */
	size_t		peer_count;

	struct agent	agent;
	mode_t		mode;			/* of the plist: 0644, or less if the plist that it
						   was made from is more private */
};

/* Set label, plist_path and receipt_path. False if label_check() refuses the label. */
bool	spec_paths(struct spec *, const char *label);

/*
 * Set a spec from the bytes of a plist, which are copied; the caller sets uid and gid. ERROR_DATA:
 * it is not the plist of a job, or a path in it is too long or not absolute; ERROR_SYSTEM: out of
 * memory. Free it with spec_free() in any case.
 */
int	spec_from_plist(struct spec *, struct bytes, struct error *);

/* The same, of a plist that was parsed. */
struct plist_file;
int	spec_from_file(struct spec *, const struct plist_file *, struct error *);

/* Copy a spec and its plist. False: out of memory; the target has no plist. */
bool	spec_copy(struct spec *, const struct spec *);

/* Free what a spec owns; it may be zeroed. */
void	spec_free(struct spec *);

/* Fail as spec_from_plist() does, else write the label of the job that a plist defines. */
int	spec_read_label(struct bytes plist, char label[NAME_SIZE], struct error *);

/* Return true if a plist has this label, in any case; false if it is not a plist. */
bool	spec_has_label(struct bytes plist, const char *label);

/*
 * Return the mode for a plist made from one with this mode: as private, never writable by others.
 */
mode_t	spec_mode(mode_t source);

/*
 * Return the mode of the logs: 0600 if their group is staff, which is the primary group of every
 * login account on macOS, so that with 0640 all of them could read what a worker prints; not if
 * the command line names the group, or the receipt has the same one.
 */
mode_t	spec_choose_log_mode(const struct spec *, const struct spec *receipt, bool named);

/* Return true if lnpctl manages the log: it has a path. */
bool	spec_has_log(const struct spec *, int which);

/* Return its path, for display only; empty: there is none. */
const char *spec_log_text(const struct spec *, int which);

/*
 * Take from the installed job what its plist does not show: the agent that it was, what its account
 * chose, and how private the plist is.
 */
void	spec_keep_origin(struct spec *, const struct spec *installed);

/* Return true if the job works now and then, and is not meant to run in between. */
bool	spec_is_occasional(const struct spec *);

/* Return true if it is one of the job's peers. */
bool	spec_has_peer(const struct spec *, const char *peer);

/*
 * Write the path of such a file, and where the plist of a migrated agent is kept; number 1 and up:
 * another one.
 */
void	spec_stale_file(const struct spec *, enum stale_file, char path[NAME_SIZE]);
void	spec_agent_kept(const struct spec *, int number, char path[NAME_SIZE]);

/*
 * Write the agent's service target by number: "gui/501/LABEL", "user/501/LABEL", and so on. False:
 * there is none with this number.
 */
bool	spec_agent_target(const struct spec *, size_t number, char target[NAME_SIZE]);

/*
 * Return true if launchd reads this plist as an agent: it is directly in Library/LaunchAgents of
 * the home, or in /Library/LaunchAgents if home is empty.
 */
bool	spec_is_agents_plist(const char *path, const char *home);

/*
 * Return true if the agent with the job's label is in the home of the job's own account, which may
 * put one there.
 */
bool	spec_is_own_agent(const struct facts *);

/* Return true if the directory is above one of the job's logs; only such a one may be removed. */
bool	spec_is_above_log(const struct spec *, const char *folder);

/* Return true if it is above a log that the account chose: the account creates and removes it. */
bool	spec_is_above_account_log(const struct spec *, const char *folder);

#endif
