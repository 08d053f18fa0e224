/*
 * The receipt: a promise, kept on disk from one run to the next.
 *
 * It is a plist, /Library/Application Support/lnpctl/LABEL.plist, with these keys:
 *	Version		1
 *	Label
 *	State		"changing" or "installed"
 *	Plist		data: the plist as installed
 *	Mode, Rules, LogMode
 *			only if not 0644, 0 and 0640: see core/job/promise.h
 *	UserID, GroupID, SettleTime
 *	Peers		HOST:PORT each; may be missing
 *	Program		identity of the file: Device, Inode, Size, Modified, ModifiedNanoseconds,
 *			Changed, ChangedNanoseconds
 *	SystemVersion, SystemBuild
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
#include "core/job/promise.h"

enum receipt_state {
	RECEIPT_INSTALLED,
	RECEIPT_CHANGING,		/* with the state to undo to */
	RECEIPT_REMOVING,		/* changing, but past undoing: the next uninstall does the
					   rest */
};

/* Return its mode: as private as the job's plist and every other plist that it contains. */
mode_t	promise_receipt_mode(const struct promise *, enum receipt_state);

/* Write the receipt to bytes, malloc'ed; the caller frees them. ERROR_SYSTEM. */
int	promise_to_receipt(const struct promise *, enum receipt_state, struct bytes *,
    struct error *);

/*
 * Read the receipt of a label. ERROR_DATA: it is damaged or not for the label; the promise is then
 * empty.
 */
int	promise_from_receipt(struct promise *, const char *label, struct bytes, struct error *);

#endif
