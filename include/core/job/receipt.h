/*
 * The receipt: a promise, kept from one run to the next.
 *
 * It is a plist, /Library/Application Support/lnpctl/LABEL.plist, with these keys:
 *	Version (1), Label, State ("changing" or "installed"), Plist (data: the plist as installed), UserID, GroupID, SettleTime,
 *	Peers (HOST:PORT each; may be missing), Program (the file's identity: Device, Inode, Size, Modified, ModifiedNanoseconds, Changed, ChangedNanoseconds),
 *	SystemVersion, SystemBuild, MadeLogs and MadeFolders (paths that install made, and uninstall may remove),
 *	Before (how it was before the first install: Loaded, Running, Disabled, LoadedFrom, Files: Path, Exists, Owner, Group, Mode,
 *	of a plist also Content), and only while changing Undo (the same, before the change that is under way, with Receipt: the
 *	receipt as it was, and MadeFolders: how many of them were there).
 *	Where they are not 0644, 0640 and 0 also Mode, LogMode and Rules: see core/job/promise.h.
 *	Where it is not what follows from Agent (see receipt.c) also AccountLogs: the logs that an account's plist chose, and
 *	AccountLabel: whether it chose the label.
 *	Of a job that was an agent also Agent (Path, Account in whose home that lies, Users in whose domains launchd may have it),
 *	and in Before and Undo Agents: for gui/UID and user/UID of each of Users "running", "loaded", "not loaded" or "no domain".
 * Nothing in it is believed that does not fit: the label must be that of the file's name, MadeLogs
 * must be logs which its plist names, MadeFolders must be folders above them, other plists must lie
 * in /Library/LaunchDaemons or be an agent's, and have the label, so that an edited receipt cannot
 * turn uninstall into "delete any file as root".
 */
#ifndef CORE_JOB_RECEIPT_H
#define CORE_JOB_RECEIPT_H

#include <stdbool.h>

#include "core/error.h"
#include "core/job/promise.h"

enum receipt_state {
	RECEIPT_INSTALLED,
	RECEIPT_CHANGING,		/* with what undoing goes back to */
	RECEIPT_REMOVING,		/* changing, but nothing goes back any more: the next
					   uninstall does the rest */
};

/* Its mode: as private as the most private plist that it has in it, and as the job's own. */
mode_t	promise_receipt_mode(const struct promise *, enum receipt_state);

/* The receipt as bytes, malloc'ed; the caller frees them. Fails with ERROR_SYSTEM. */
int	promise_to_receipt(const struct promise *, enum receipt_state, struct bytes *,
    struct error *);

/*
 * Reads a receipt that must be label's. ERROR_DATA when it is damaged or does not fit; the promise
 * is then empty.
 */
int	promise_from_receipt(struct promise *, const char *label, struct bytes, struct error *);

#endif
