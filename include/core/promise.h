/*
 * What install promised for one job: read from the plist that it wrote, and kept in the receipt.
 *
 * The receipt is a plist, /Library/Application Support/lnpctl/LABEL.plist, with these keys:
 *	Version (1), Label, State ("changing" or "installed"), Plist (data: the plist as installed), UserID, GroupID,
 *	SettleTime, Peers (HOST:PORT each; may be missing), Program (the file's identity: Device, Inode, Size, Modified, ModifiedNanoseconds, Changed,
 *	ChangedNanoseconds), SystemVersion, SystemBuild, MadeLogs and MadeFolders (paths that install made, and
 *	uninstall may remove), Before (Loaded, Disabled, and Files: Path, Exists, Owner, Group, Mode, for the plist also
 *	Content).
 * Nothing in it is believed that does not fit: the label must be that of the file's name, MadeLogs must be logs which
 * its plist names, MadeFolders must be folders above them, so that an edited receipt cannot turn uninstall into "delete
 * any file as root".
 */
#ifndef CORE_PROMISE_H
#define CORE_PROMISE_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts.h"

#define PROMISE_PLISTS	"/Library/LaunchDaemons"
#define PROMISE_STATE	"/Library/Application Support/lnpctl"
#define PROMISE_LARGEST	(1024 * 1024)	/* bytes of a job's plist; a longer one is refused */
#define SETTLE_DEFAULT	10.0		/* launchd's own minimum runtime; s: launchd.plist(5), ThrottleInterval */

enum health {				/* when a job counts as healthy */
	HEALTH_KEPT,			/* KeepAlive: it is running and stays up */
	HEALTH_ONCE,			/* RunAtLoad alone: it is running or its last exit was 0 */
	HEALTH_LOADED,			/* timers, paths, sockets: it is loaded */
};

struct before {				/* one file as it was before the first change */
	char	path[PATH_SIZE];
	bool	exists;
	uid_t	owner;
	gid_t	group;
	mode_t	mode;
};

struct promise {
	char		label[NAME_SIZE];
	char		plist_path[PATH_SIZE], receipt_path[PATH_SIZE];
	struct bytes	plist;			/* owned: released by promise_free() */
	char		user[NAME_SIZE], group[NAME_SIZE];	/* "root" and "wheel" where the plist has none */
	uid_t		uid;
	gid_t		gid;
	char		program[PATH_SIZE];
	char		home[PATH_SIZE];	/* HOME of EnvironmentVariables; may be empty */
	char		working_directory[PATH_SIZE];	/* may be empty */
	char logs[2][PATH_SIZE]; /* output, errors; empty: none, or a device such as /dev/null. The same path for
						   both stands in the first only */
	enum health	health;
	double		settle;			/* seconds */
	char		peers[PEERS_MOST][PEER_SIZE];	/* HOST:PORT, as peer_parse() writes it */
	size_t		peer_count;

	/* of the receipt */
	bool		changing;		/* a change is under way, or was cut off */
	struct file_identity program_identity;
	char		system_version[32], system_build[32];
	bool		made_log[2];		/* install made it */
	char		made_folders[FOLDERS_MOST][PATH_SIZE];	/* outermost first */
	size_t		made_folder_count;
	enum known	before_loaded, before_disabled;
	struct before	before[3];		/* plist, logs; path empty: nothing to tell */
	struct bytes	before_plist;		/* owned; its bytes before */
};

/*
 * True when the label can be that of a job of ours: 1 to 200 of A-Z a-z 0-9 . _ -, not beginning with a dot or hyphen,
 * not Apple's. The reason goes into the error: ERROR_DATA.
 */
int	promise_label(const char *label, struct error *);

/* Paths that follow from a label. False when the label is no label. */
bool	promise_paths(struct promise *, const char *label);

/*
 * Fills a promise from the bytes of a plist, which are copied. uid and gid are left to the caller. ERROR_DATA when they
 * are no plist of a job, when a path in it is too long or not absolute, or when memory is short (ERROR_SYSTEM).
 * Everything else is zero.
 */
int	promise_from_plist(struct promise *, struct bytes, struct error *);

/* The receipt as bytes, malloc'ed; the caller frees data. changing chooses the State. Fails with ERROR_SYSTEM. */
int	promise_to_receipt(const struct promise *, bool changing, struct bytes *, struct error *);

/* Reads a receipt that must be label's. ERROR_DATA when it is damaged or does not fit. */
int	promise_from_receipt(struct promise *, const char *label, struct bytes, struct error *);

/* Releases what is owned; a zeroed promise is allowed. */
void	promise_free(struct promise *);

/* True when the log is under our care, with its path. */
bool	promise_has_log(const struct promise *, int which);

/* True when the folder is above one of the job's logs: only such a one may be removed. */
bool	promise_is_above_log(const struct promise *, const char *folder);

/* Whether the two identities are those of the same, untouched file. */
bool	promise_same_file(const struct file_identity *, const struct file_identity *);

#endif
