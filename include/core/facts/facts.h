/*
 * Plain data about the machine, observed by host and evaluated by core. There are no functions
 * here.
 */
#ifndef CORE_FACTS_FACTS_H
#define CORE_FACTS_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/bytes.h"
#include "core/facts/peer.h"
#include "core/launchd/log.h"
#include "core/launchd/service.h"
#include "core/macho.h"

#define PATH_SIZE	1024		/* PATH_MAX of macOS; a longer path is refused on input */
#define DAEMONS_DIRECTORY	"/Library/LaunchDaemons"
#define AGENTS_DIRECTORY	"/Library/LaunchAgents"	/* and the same in each home */
#define STATE_DIRECTORY	"/Library/Application Support/lnpctl"	/* receipts and the lock */
#define DRAFT_NAME	".lnpctl-draft"	/* name of a new file until it is complete */
#define NAME_SIZE	256		/* labels, account names */
#define FOLDERS_MAX	8		/* missing directories that install creates for the logs;
					   more are refused */
#define AGENT_USERS	4		/* accounts in whose domains launchd may have an agent that
					   is migrated */
#define AGENT_DOMAINS	(2 * AGENT_USERS)	/* gui/UID and user/UID of each */
#define GROUPS_MAX	64		/* groups of one account that are read */

/* Files that a killed run may leave. launchd loads none of them, because none ends in .plist. */
enum stale_file {
	STALE_PLIST,			/* the old plist, kept while a change is under way */
	STALE_DUPLICATE,		/* likewise the plist that --replace removed */
	STALE_RECEIPT,			/* likewise the old receipt */
	STALE_DRAFT,			/* of a receipt */
	STALE_PLIST_DRAFT,
	STALE_FILES,			/* how many there are */
};

enum tristate { UNKNOWN, NO, YES };	/* UNKNOWN never passes a check */

enum file_type { FILE_REGULAR, FILE_DIRECTORY, FILE_LINK, FILE_OTHER };

/* How accounts other than root and the expected owner can change something. */
enum weakness {
	WEAK_NOT,
	WEAK_MODE,		/* by owner or permission bits; a link: by its owner */
	WEAK_ACL,		/* owner and bits are good, but an access control list lets others
				   write */
	WEAK_VOLUME,		/* they are good, but the volume ignores ownership: any process is
				   taken for the owner */
};

/* Flags that even root must clear before a change: chflags(2) uchg, schg, uappnd, sappnd. */
enum lock {
	LOCK_NOT,
	LOCK_FILE,
	LOCK_FOLDER,		/* its directory: nothing can be created, renamed or removed in
				   it */
};

#define SHA256_SIZE	32		/* bytes */

/* Tells whether a file is still the one that was seen before. All zero: no file. */
struct file_identity {
	uint64_t	device, inode;
	int64_t		size;
	int64_t		modified, modified_nanoseconds;		/* since 1970 */
	int64_t		changed, changed_nanoseconds;
	/* Of a program's content, in hexadecimal; empty: not known, or another file's. */
	char		sha256[2 * SHA256_SIZE + 1];
};

/* Where a log ended at some moment. */
struct log_mark {
	uint64_t	inode;			/* 0: that is not known */
	int64_t		size;
};

struct file_fact {
	enum tristate		exists;		/* UNKNOWN: error says why; nothing below is filled
						   unless YES */
	int			error;		/* errno value; if the file exists: why
						   quarantined is UNKNOWN */
	enum file_type		type;
	uid_t			owner;
	gid_t			group;
	mode_t			mode;		/* the permission bits: & 07777 */
	uint64_t		links;
	struct file_identity	identity;
	/*
	 * Filled for files that were read: accounts other than root, the expected owner and
	 * host->administrator can change the file or its path.
	 */
	bool			untrusted_for_user;
	/*
	 * The bits of access(2), of W_OK and X_OK, that its owner and mode alone decide, because
	 * everybody may search all directories on the way, only root and the expected owner can
	 * change them, and no access control list or volume is in the way. Filled as root, X_OK by
	 * files_look_at_script() and _directory(), W_OK by files_look_at_log(); else 0.
	 */
	int			plain;
	/* Has com.apple.quarantine. Filled for files that were read and programs, else UNKNOWN. */
	enum tristate		quarantined;
	/* Likewise; WEAK_ACL or WEAK_VOLUME, whatever owner and mode are: core/facts/trust.h. */
	enum weakness		granted;
	/* Filled for logs and files that were to be read, missing ones too; not by a link. */
	enum lock		locked;
	/* The path without links; for a missing file, too, if its directory exists. */
	char			resolved[PATH_SIZE];
	/*
	 * The first directory above it, or link on the way to it, that accounts other than root and
	 * the expected owner can change; empty: none. Filled for a missing file, too.
	 */
	char			untrusted_path[PATH_SIZE];
	uid_t			untrusted_owner;	/* of that directory or link */
	gid_t			untrusted_group;
	mode_t			untrusted_mode;
	/*
	 * WEAK_MODE takes precedence: any other value means owners and modes on the way are good.
	 */
	enum weakness		untrusted_by;
};

/* From a script's first line, or a command line of env(1): see core/facts/interpreter.h. */
struct interpreter {
	bool		vague;			/* the line does not show what runs */
	char		path[PATH_SIZE];	/* of the first line; empty: a command line */
	char		command[PATH_SIZE];	/* that env runs; empty: it is not env */
	bool		searches;		/* env searches search, not the job's PATH */
	char		search[PATH_SIZE];	/* empty: the system's default */
	char		script[PATH_SIZE];	/* that a shell or another interpreter reads;
						   empty: none, or unknown */
	bool		script_vague;		/* its options do not show which it reads */
};

/*
 * The file that runs the program (a script), that the program runs (env), or that it reads (an
 * interpreter).
 */
struct interpreter_fact {
	bool		any;			/* false: there is none */
	bool		is_read;		/* path is the script that the program reads */
	bool		vague;			/* the script's line does not show all of them, or
						   the options do not show the script it reads */
	bool		missing;		/* certainly nothing runs the program: path does not
						   exist, or cannot be executed; or, if env */
	bool		searched;		/* is set, nor does that file in any directory of
						   PATH */
	char		path[PATH_SIZE];	/* of the first that others can change, or the
						   last */
	struct file_fact file;			/* of path; if it is missing, others may be able to
						   create it */
};

struct process_fact {
	enum tristate	exists;		/* NO: no such process; UNKNOWN: not determined */
	uid_t		uid;		/* effective */
	pid_t		parent;
	int64_t		started;	/* seconds since 1970; 0: unknown */
	/* Of its program; empty: not visible (Linux: without root). */
	char		path[PATH_SIZE];
	/* Of that file, as it may have other paths: case, firmlinks. 0: not visible. */
	uint64_t	device, inode;
};

/* The ids of a process that becomes an account; looked up before any fork. */
struct identity {
	uid_t	uid;
	gid_t	gid;
	gid_t	groups[GROUPS_MAX];	/* includes gid */
	int	ngroups;
};

/* Filled by host/accounts.h. */
struct account {
	enum tristate	exists;		/* UNKNOWN: error (errno) says why */
	int		error;
	char		name[NAME_SIZE];
	struct identity	identity;
	char		home[PATH_SIZE];
	char		group[NAME_SIZE];	/* image: name of identity.gid, see
						   accounts_own_group() */
	int		groups_error;	/* image: errno value of a group record that cannot be read,
					   so identity may lack groups; 0: none */
	bool		local;		/* in the local store, not only on a directory server.
					   Image: true. macOS: /var/db/dslocal has NAME.plist, or
					   only root may look there. Linux: always true */
};

struct account_group {
	enum tristate	exists;
	int		error;
	char		name[NAME_SIZE];
	gid_t		gid;
};

struct peer_fact {			/* of a machine that the job must reach */
	enum tristate	connected;	/* the job's process or a child of it has a connection */
	bool		probed;
	enum probe_verdict verdict;	/* of the probe, */
	char		why[PEER_WHY];	/* and in words */
};

/* A file that was read. */
struct file_read {
	struct file_fact file;
	struct bytes	bytes;			/* owned, freed by inspect_free(); data NULL: not
						   read */
};

struct program_fact {
	struct file_fact file;			/* links followed */
	bool		is_script;		/* begins with "#!" */
	enum macho_form	form;			/* of another regular file */
	struct interpreter_fact interpreter;
	enum tristate	runs;			/* the job's user may execute it; NO: */
	int		runs_error;		/* errno value, why not */
};

struct directory_fact {
	struct file_fact file;
	enum tristate	enters;			/* the job's user may search it */
};

struct log_fact {
	struct file_fact file;
	enum tristate	writable;		/* by the job's user; if that account is to create
						   the log: its directory */
	char		parent[PATH_SIZE];	/* of a missing log: its directory, or the part of
						   its path that exists */
	enum tristate	reached;		/* the job's user may search parent */
	bool		refused;		/* what was written in the last day, after lnpctl
						   started the job, reports EHOSTUNREACH; and whom
						   it names: see peer_find_refused() */
	char		refused_by[PEER_SIZE];
};

struct launchd_fact {
	enum tristate	loaded;			/* UNKNOWN: trouble is why */
	struct service	service;
	enum override	override;
	char		trouble[768];
	struct process_fact process;		/* of service.pid */
	double		uptime;			/* seconds that this process has run at least */
	bool		restarted;		/* an earlier look saw another process */
	bool		just_loaded;		/* by lnpctl, in this change */
	struct launchd_log log;			/* what launchd's own log has of it; zeroed: it was
						   not read */
	struct log_mark	log_start;		/* where that log ended before lnpctl started the
						   job in this run */
	bool		runs_in_job;		/* filled for a change: lnpctl runs inside the job
						   and would end with it */
};

struct duplicate_fact {
	char		path[PATH_SIZE];	/* another daemon's plist with the same label;
						   empty: none */
	struct file_read plist;
	bool		more;			/* there are more of them */
	struct file_fact replaced;		/* what is now at the path of the receipt's
						   SNAP_DUPLICATE */
};

/* An agent in one of its domains. */
struct agent_domain {
	enum tristate	domain;			/* NO: the account is not logged in there */
	enum tristate	loaded;
	bool		running;
	char		path[PATH_SIZE];	/* of the plist it was loaded from; may be empty */
	enum override	override;	/* of an agent to be migrated, in its account's domain */
};

struct agent_fact {
	char		path[PATH_SIZE];	/* of any agent's plist with the same label; empty:
						   none */
	/* Of the agent that is or was migrated: */
	struct file_read plist;
	struct account	account;		/* in whose home it is */
	bool		kept;			/* its file is in the state directory */
	int		kept_free;		/* then the first number from 1 on that no other
						   kept file has; 0: none is free */
	int		kept_same;		/* that of one before it that has the text of the
						   plist; 0: none has */
	uid_t		kept_owner;
	struct agent_domain domains[AGENT_DOMAINS];	/* in the order of spec_agent_target() */
	char		trouble[768];		/* why launchd did not answer; empty: it did */
};

/* An agent with the job's label that launchd has, with or without a plist. */
struct loaded_agent {
	enum tristate	loaded;			/* in gui/UID or user/UID of the job's account, or
						   of those whose agent was migrated */
	char		targets[2][NAME_SIZE];	/* YES: "gui/501/LABEL"; the second may be empty */
	char		trouble[768];		/* UNKNOWN: why; empty: launchd was not asked */
};

struct system {
	char		version[32], build[32];	/* empty: unknown */
	int64_t		booted;			/* seconds since 1970; 0: unknown */
	uint32_t	processor;		/* as Mach-O numbers it; 0: unknown, or an image */
};

/*
 * All that is known about a job at one moment. Filled by host/inspect.h; evaluated by
 * core/check/check.h and core/plan/plan.h.
 */
struct facts {
	bool		root;			/* we run as root, and can see all files */
	bool		offline;		/* launchd was not asked */
	uid_t		owner;			/* of installed files: root, or on the caller's own
						   image the caller */
	gid_t		owner_group;
	int64_t		now;			/* seconds since 1970 */

	struct file_read plist, receipt;
	struct file_fact daemons;		/* /Library/LaunchDaemons */
	struct account	user;
	struct account_group group;
	struct program_fact program;
	struct directory_fact home, working_directory;
	struct log_fact	log[2];
	/* directories above the logs, outermost first */
	char		missing_folders[FOLDERS_MAX][PATH_SIZE];
	size_t		missing_folder_count;	/* FOLDERS_MAX + 1: more than FOLDERS_MAX */

	struct duplicate_fact duplicate;
	char		apple_plist[PATH_SIZE];	/* a plist of macOS with the label; empty: none, or
						   there is a receipt */
	struct agent_fact agent;
	struct loaded_agent loaded_agent;
	char		log_conflict[PATH_SIZE];	/* another daemon's plist that uses one of
							   the job's logs */
	enum tristate	search_complete;	/* every plist could be read; NO: not */
	char		unreadable[PATH_SIZE];	/* this one; or, if */
	bool		too_much;		/* is set, a directory with too many entries */
	bool		stale_files[STALE_FILES];	/* left by a killed run; their paths:
							   spec_stale_file() */

	struct launchd_fact launchd;
	struct peer_fact peers[PEERS_MAX];	/* in the job's order; see command/probe.h */
	struct system	system;
};

#endif
