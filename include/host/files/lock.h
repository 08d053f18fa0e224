/*
 * Let one lnpctl at a time change things: an exclusive flock(2) on a file that no other account can
 * open, so none can hold it. A process that is killed releases it, and the file is never removed.
 */
#ifndef HOST_FILES_LOCK_H
#define HOST_FILES_LOCK_H

#include "core/error.h"
#include "host/machine/host.h"

/*
 * Open (or make, 0600) the lock file at path, which must be in a safe directory
 * (host/files/files.h), and wait up to seconds for the lock, polling with back-off; host->stop ends
 * the wait. A lock file that is not regular, not owned by the expected owner or not 0600 is
 * refused. waiting (may be NULL) is called once if the lock is held. Returns the descriptor, to be
 * closed to unlock, or -1: ERROR_BUSY, ERROR_FILE, or ERROR_FAILED if stopped.
 */
int	lock_take(const struct host *, const char *path, double seconds, void (*waiting)(void *),
    void *context, struct error *);

#endif
