/*
 * One lnpctl at a time changes things: an exclusive flock(2) on a file that no other account can
 * open, so none can hold it. A killed process lets go of it, and the file is never removed.
 */
#ifndef HOST_FILES_LOCK_H
#define HOST_FILES_LOCK_H

#include "core/error.h"
#include "host/machine/host.h"

/*
 * Opens (and makes, 0600) the lock file at path, which must be in a safe folder
 * (host/files/files.h), and waits up to seconds for the lock, polling with back-off; host->stop
 * ends the wait. A lock file that is not regular, not the expected owner's or not 0600 is refused.
 * waiting (may be NULL) is called once, when the lock is found held. Returns the descriptor, to be
 * closed to unlock, or -1: ERROR_BUSY, ERROR_FILE, ERROR_FAILED when stopped.
 */
int	lock_take(const struct host *, const char *path, double seconds, void (*waiting)(void *),
    void *context, struct error *);

#endif
