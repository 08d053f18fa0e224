/*
 * The receipt: what install did, kept on disk from one run to the next.
 *
 * It is a plist, /Library/Application Support/lnpctl/LABEL.plist, with these keys:
 *	Version		1
 *	Label
 *	State		"changing" or "installed"
 *	Plist		data: the plist as installed
 *	Mode, Rules, LogMode
 *			only if not 0644, 0 and 0640: see core/job/spec.h and RECEIPT_RULES
 *	UserID, GroupID, SettleTime
 *	MaxStarts	only if not 5
 *	Peers		HOST:PORT each; may be missing
 *	Program		identity of the file: Device, Inode, Size, Modified, ModifiedNanoseconds,
 *			Changed, ChangedNanoseconds, SHA256 (of its content, in hexadecimal;
 *			missing: not known, as version 0.1 kept none)
 *	SystemVersion, SystemBuild
 *	LogStarts	where the logs ended when lnpctl last loaded the job: OutputInode,
 *			OutputSize, ErrorInode, ErrorSize, and Time, of that load; not written by
 *			version 0.1
 *	MadeLogs, MadeFolders
 *			paths that install created, and uninstall may remove
 *	AccountLogs	the logs that an account's plist chose; only if it is not what follows from
 *			Agent (see receipt.c)
 *	AccountLabel	whether that plist chose the label; likewise
 *	Agent		of a job that was an agent: Path, Account whose home that is in, Users in
 *			whose domains launchd may have it
 *	Before		the state before the first install: Loaded, Running, Disabled, LoadedFrom;
 *			Files: Path, Exists, Owner, Group, Mode, and Content of a plist; Agents, if
 *			there is Agent: for gui/UID and user/UID of each of its Users "running",
 *			"loaded", "not loaded" or "no domain"
 *	Undo		only while changing: the same, before the change that is under way; also
 *			Receipt and ReceiptMode: the receipt at that time, and MadeFolders: how many
 *			of them existed
 *
 * An edited receipt must not turn uninstall into "delete any file as root". So all of it must be
 * consistent: the label must be that of the file's name, MadeLogs must be logs that its plist
 * names, MadeFolders must be directories above them, and other plists must be in
 * /Library/LaunchDaemons or be an agent's, and have the label.
 */
#ifndef CORE_JOB_RECEIPT_H
#define CORE_JOB_RECEIPT_H

#include <stdbool.h>

#include "core/error.h"
#include "core/job/spec.h"

#define RECEIPT_RULES	1		/* the current rules of ownership */

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
	size_t		 folder_count;	/* how many of the receipt's made_folders existed: the
					   first ones */
	struct file_snapshot files[SNAP_FILES];
	enum tristate	 agents[AGENT_DOMAINS];		/* loaded there; UNKNOWN: there was no such
							   domain */
	bool		 agents_running[AGENT_DOMAINS];
};

struct log_starts {
	struct log_mark	of[2];			/* of the logs of the spec */
	int64_t		time;			/* of that load; 0: not known */
};

struct receipt {
	struct spec	spec;			/* what was installed */
	unsigned	rules;			/* of ownership when this program was installed; 0:
						   those of version 0.1, which checked less: later
						   rules only warn about the program */
	bool		changing;		/* a change is under way, or was interrupted */
	struct file_identity program_identity;
	char		system_version[32], system_build[32];
	struct log_starts log_starts;		/* where its logs ended when lnpctl last loaded it:
						   what follows is of that start or a later one */
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

enum receipt_state {
	RECEIPT_INSTALLED,
	RECEIPT_CHANGING,		/* with the state to undo to */
	RECEIPT_REMOVING,		/* changing, but past undoing: the next uninstall does the
					   rest */
};

/* Return its mode: as private as the job's plist and every other plist that it contains. */
mode_t	receipt_mode(const struct receipt *, enum receipt_state);

/* Write the receipt to bytes, malloc'ed; the caller frees them. ERROR_SYSTEM. */
int	receipt_to_bytes(const struct receipt *, enum receipt_state, struct bytes *,
    struct error *);

/*
 * Read the receipt of a label. ERROR_DATA: it is damaged or not for the label; the receipt is
 * then empty. known (may be NULL): if this is the plist that was installed, it is not parsed again.
 */
int	receipt_from_bytes(struct receipt *, const char *label, struct bytes,
    const struct plist_file *known, struct error *);

/* Copy a snapshot and its contents. False: out of memory; the target owns what was copied. */
bool	snapshot_copy(struct snapshot *, const struct snapshot *);

/*
 * Return true if rules of ownership that are newer than version 0.1 only warn, because version 0.1
 * installed this program. receipt may be NULL.
 */
bool	receipt_is_lenient(const struct spec *, const struct receipt *receipt);

/*
 * Return true if version 0.1 installed the job with these very bytes, for that account and group,
 * and not as a migration. It stays as it is, although its plist may be an account's, whose logs and
 * keys are checked now.
 */
bool	receipt_is_from_before(const struct receipt *receipt, uid_t, gid_t, struct bytes plist);

/* Free what a receipt owns; it may be zeroed. */
void	receipt_free(struct receipt *);

/*
 * Return true for the receipt of an interrupted change that can be undone: a change that only lacks
 * its cleanup cannot.
 */
bool	receipt_is_interrupted(const struct receipt *);

/*
 * Return true for the receipt of an uninstall that was interrupted after its commit: the next
 * uninstall does the rest.
 */
bool	receipt_is_removing(const struct receipt *);

/*
 * Return when lnpctl last loaded the job; of version 0.1, whose receipts do not have it, when its
 * file was written.
 */
int64_t	receipt_loaded(const struct receipt *, const struct file_fact *);

/*
 * Return true if launchd may run an older program than the file: its content is not known to be
 * the same, it was replaced after lnpctl loaded the job, and the Mac has not restarted since. This
 * uses ctime: nothing was replaced after it.
 */
bool	receipt_is_program_changed(const struct receipt *receipt, const struct facts *);

/*
 * Return true if the plist is another job's: an account chose the label, so the name does not show
 * who owns the plist. An edited plist still runs the same program as the same account, and launchd
 * cannot load what does not parse.
 */
bool	receipt_is_strange_plist(const struct receipt *receipt, const struct facts *);

#endif
