/*
 * Plain data about the machine, as host observes it and core judges it. No function looks at
 * anything here.
 */
#ifndef CORE_FACTS_FACTS_H
#define CORE_FACTS_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/bytes.h"
#include "core/facts/peer.h"
#include "core/launchd/service.h"

#define PATH_SIZE	1024		/* PATH_MAX of macOS; a longer path is refused where it
					   comes in */
#define DAEMONS_DIRECTORY	"/Library/LaunchDaemons"
#define AGENTS_DIRECTORY	"/Library/LaunchAgents"	/* and the same below each home */
#define STATE_DIRECTORY	"/Library/Application Support/lnpctl"	/* of receipts and the lock */
#define DRAFT_NAME	".lnpctl-draft"	/* under which a new file is written, in its directory */
#define NAME_SIZE	256		/* labels, account names */
#define FOLDERS_MAX	8		/* missing folders of logs that install makes; more are
					   refused */
#define STALE_FILES	5
#define AGENT_USERS	4		/* accounts in whose domains launchd may have an agent that
					   is migrated */
#define AGENT_DOMAINS	(2 * AGENT_USERS)	/* gui/UID and user/UID of each */
#define GROUPS_MAX	64		/* groups of one account that are looked at */

enum tristate { UNKNOWN, NO, YES };	/* UNKNOWN never passes a check */

enum file_type { FILE_REGULAR, FILE_DIRECTORY, FILE_LINK, FILE_OTHER };

/* How others than root and the expected owner can change something. */
enum weakness {
	WEAK_NOT,
	WEAK_MODE,		/* by owner or permission bits; a link: by its owner */
	WEAK_ACL,		/* owner and bits are good, but an access control list lets others
				   write */
	WEAK_VOLUME,		/* they are good, but the volume ignores them: whoever asks is the
				   owner */
};

/* What flags keep root, too, from changing: chflags(2), uchg and schg, uappnd and sappnd. */
enum lock {
	LOCK_NOT,
	LOCK_FILE,
	LOCK_FOLDER,		/* the directory that holds it: nothing is made, renamed or removed
				   there */
};

/* Says whether a file is still the one that was seen before. All zero: no file. */
struct file_identity {
	uint64_t	device, inode;
	int64_t		size;
	int64_t		modified, modified_nanoseconds;		/* since 1970 */
	int64_t		changed, changed_nanoseconds;
};

struct file_fact {
	enum tristate		exists;		/* UNKNOWN: error is why; nothing below is filled
						   unless YES */
	int			error;		/* an errno value */
	enum file_type		type;
	uid_t			owner;
	gid_t			group;
	mode_t			mode;		/* the permission bits: & 07777 */
	uint64_t		links;
	struct file_identity	identity;
	bool			untrusted_for_user;	/* of what was read: another account than
							   root, the expected owner and
							   host->administrator can change it, by
							   itself or by its path */
	enum tristate		quarantined;	/* has the com.apple.quarantine attribute: of
						   what was read, and of programs; UNKNOWN for
						   all else */
	enum weakness		granted;	/* of what was read, and of programs: WEAK_ACL or
						   WEAK_VOLUME, whatever owner and mode say; see
						   core/facts/trust.h */
	enum lock		locked;		/* of what was to be read, there or not; a link was
						   not followed to it */
	char			resolved[PATH_SIZE];	/* the path without links, from the root on;
							   also of what does not exist, when the
							   folder for it does */
	/* The first directory above it, or link on the way to it, that another account than root or the
	   expected owner can change; empty: none. Filled also when the file does not exist. */
	char			untrusted_path[PATH_SIZE];
	uid_t			untrusted_owner;	/* who owns that folder or link */
	gid_t			untrusted_group;
	mode_t			untrusted_mode;
	enum weakness		untrusted_by;	/* WEAK_MODE before the others: where it is not
						   that, nothing on the way is untrusted by
						   owner or mode */
};

/* Of a script's first line, or of a command line of env's: see core/facts/interpreter.h. */
struct interpreter {
	bool		vague;			/* it cannot be told from the line what runs */
	char		path[PATH_SIZE];	/* of the line; empty: of a command line */
	char		command[PATH_SIZE];	/* what env is to run; empty: it is not env */
	bool		searches;		/* env looks for it in search, and not in the job's
						   PATH; empty: the system's */
	char		search[PATH_SIZE];
	char		script[PATH_SIZE];	/* of a command line: what a shell or another
						   interpreter reads; empty: none, or not
						   known */
};

/*
 * What runs the program, if that is a script, or is run by it, if that is env, or is read by it, if
 * that is an interpreter.
 */
struct interpreter_fact {
	bool		any;			/* false: it is none of them */
	bool		is_read;		/* path is the script that the program reads */
	bool		vague;			/* not all can be told from the script's line */
	char		path[PATH_SIZE];	/* the first that others can change, else the last
						   one */
	struct file_fact file;			/* that one, which may be missing; then others could
						   put one there */
};

struct process_fact {
	enum tristate	exists;		/* NO: no such process; UNKNOWN: not to be found out */
	uid_t		uid;		/* effective */
	pid_t		parent;
	int64_t		started;	/* seconds since 1970; 0 unknown */
	char		path[PATH_SIZE];/* of its program; empty: not to be seen (Linux: without root) */
	uint64_t	device, inode;	/* of the file there, for it may have other paths: case,
					   firmlinks. 0: not to be seen, or the program's path */
};

/* An account as it will be for a process: looked up before any fork. */
struct identity {
	uid_t	uid;
	gid_t	gid;
	gid_t	groups[GROUPS_MAX];	/* includes gid */
	int	ngroups;
};

/* What is known of a name; filled by host/accounts.h. */
struct account {
	enum tristate	exists;		/* UNKNOWN: error (errno) says why */
	int		error;
	char		name[NAME_SIZE];
	struct identity	identity;
	char		home[PATH_SIZE];
	char		group[NAME_SIZE];	/* an image's: the name of identity.gid; see
						   accounts_own_group() */
	int		groups_error;	/* an image's: why a group's record cannot be read, so
					   that groups may be missing in identity; 0: all could
					   be read */
	bool		local;		/* in the local store, not (only) a directory server's.
					   Image: true. macOS: /var/db/dslocal has NAME.plist, or
					   only root may look there; Linux: always true */
};

struct account_group {
	enum tristate	exists;
	int		error;
	char		name[NAME_SIZE];
	gid_t		gid;
};

struct peer_fact {			/* of a machine that the job must reach */
	enum tristate	connected;	/* the job's process, or one that it started, has a
					   connection to it */
	bool		probed;
	enum probe_verdict verdict;	/* of the probe */
	char		why[PEER_WHY];	/* the same in words */
};

/* An agent in one of its domains. */
struct agent_fact {
	enum tristate	domain;		/* NO: the account is not logged in there */
	enum tristate	loaded;
	bool		running;
	char		path[PATH_SIZE];	/* the plist that launchd loaded it from; may be
						   empty */
	enum override	override;	/* of an agent that is to be migrated, in the domain of its
					   own account */
};

struct system {
	char		version[32], build[32];	/* empty: unknown */
	int64_t		booted;			/* seconds since 1970; 0 unknown */
};

/*
 * One look at all that concerns a job. Filled by host/inspect.h; judged by core/check/check.h and
 * core/plan/plan.h.
 */
struct facts {
	bool		root;			/* we look as root: every account's files can be
						   seen */
	bool		offline;		/* launchd was not asked */
	uid_t		owner;			/* of what we install: root, or the caller on his
						   image */
	gid_t		owner_group;
	int64_t		now;			/* seconds since 1970 */

	struct file_fact plist, receipt;
	struct bytes	plist_bytes, receipt_bytes;	/* owned, released by inspect_free(); data
							   NULL: not read */
	struct file_fact daemons;		/* /Library/LaunchDaemons */

	struct account	user;
	struct account_group group;
	struct file_fact program;		/* links followed */
	bool		program_is_script;	/* begins with "#!" */
	struct interpreter_fact interpreter;
	enum tristate	program_runs;		/* the job's user may execute it; NO: program_error
						   says why */
	int		program_error;
	struct file_fact home, working_directory;
	enum tristate	home_enters, working_enters;	/* the job's user may search it */
	struct file_fact logs[2];
	/* above the logs, outermost first */
	char		missing_folders[FOLDERS_MAX][PATH_SIZE];
	size_t		missing_folder_count;	/* FOLDERS_MAX + 1: more than that */
	enum tristate	logs_writable[2];	/* by the job's user; of a log that this account is
						   to make: the directory for it */
	char		log_parents[2][PATH_SIZE];	/* that directory, or what is there of the
							   way to it */

	char		duplicate[PATH_SIZE];	/* another plist with the same label, a daemon's;
						   empty: none */
	struct file_fact duplicate_fact;
	struct bytes	duplicate_bytes;		/* owned, as plist_bytes */
	bool		more_duplicates;		/* there are others besides */
	struct file_fact replaced;		/* what is now where the promise's SNAP_DUPLICATE
						   was before */
	char		apple_plist[PATH_SIZE];	/* a plist of macOS's own with the label; empty:
						   none, or there is a receipt */
	char		agent[PATH_SIZE];	/* an agent's plist with the same label */
	struct file_fact agent_plist;		/* the agent's plist that is, or was, migrated */
	struct bytes	agent_bytes;		/* owned, as plist_bytes */
	struct account	agent_account;		/* in whose home it lies */
	bool		agent_kept;		/* its file is in the state folder */
	uid_t		agent_kept_owner;
	struct agent_fact agents[AGENT_DOMAINS];	/* in the order of promise_agent_target() */
	char		agent_trouble[768];	/* why launchd did not say; empty: it did */
	char		log_conflict[PATH_SIZE];	/* another daemon's plist that names one of
							   our logs */
	enum tristate	search_complete;		/* every plist could be read; NO: unread
							   could not */
	char		unreadable[PATH_SIZE];
	bool		too_much;		/* it is a folder with more in it than is looked
						   at */
	bool		stale_files[STALE_FILES];	/* of a run that was killed: their paths:
							   promise_stale_file() */

	enum tristate	loaded;			/* UNKNOWN: launchd_trouble says why */
	struct service	service;
	enum override	override;
	char		launchd_trouble[768];
	struct process_fact process;		/* of service.pid */
	double		uptime;			/* seconds that this process is known to have
						   lived */
	bool		restarted;		/* another process was seen in an earlier look */
	bool		runs_in_job;			/* we run inside of the job: its end would
							   be ours; of a change */

	struct peer_fact peers[PEERS_MAX];	/* in the promise's order; filled by
						   command/probe.h */

	struct system	system;
};

#endif
