/*
 * Load and unload jobs. Only `launchctl print` decides whether that is done: a bootstrap that
 * failed may have loaded the job, and a bootout returns before the job is gone.
 */
#ifndef HOST_LAUNCHD_BOOTSTRAP_H
#define HOST_LAUNCHD_BOOTSTRAP_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/job/receipt.h"
#include "host/machine/host.h"
#include "host/launchd/launchctl.h"

#define LAUNCHD_WAIT_DEFAULT	(-1.0)		/* as seconds: the default of each wait */

/*
 * Boot the job out and wait until print answers 113. A job that is not loaded is success.
 *
 * seconds limits the wait; the default is the exit timeout that print shows plus 10 s (20 s for a
 * timeout of 0, which means forever). The wait is charged to account, the job's: once it has used
 * up its BUDGET_WAIT_SECONDS nothing is done and ERROR_FAILED returned; an undo still waits
 * briefly.
 *
 * ERROR_FAILED: the job has not ended, or launchd refused. ERROR_LAUNCHCTL: no answer.
 */
int	launchd_bootout(const struct host *, const char *target, uid_t account, double seconds,
    struct error *);

/*
 * Bootstrap the plist at path into the target's domain and wait until print shows the job, loaded
 * from there; one with LaunchOnlyOnce may be gone again. Retry for seconds (default 10) what
 * waiting can fix. printed receives the last answer of print; it borrows target. ERROR_FAILED:
 * refused. ERROR_LAUNCHCTL: no answer.
 *
 * launchd answers 5 to many problems and names none. undiagnosed (may be NULL) is then set after
 * the first try, with an empty why: the caller looks for the cause, and if it finds none calls
 * again with NULL.
 */
int	launchd_bootstrap(const struct host *, const char *target, const char *path, bool only_once,
    double seconds, bool *undiagnosed, struct printed *, struct error *);

/* Return true if the target's domain exists: gui/UID does while its user is logged in. */
bool	launchd_has_domain(const struct host *, const char *target);

/* Return true if print shows the job, loaded from path and not about to end. */
bool	launchd_is_loaded_from(const struct host *, const char *target, const char *path);

/*
 * Wait until print shows that the job runs, or has run since it was loaded. Return false if it did
 * not within seconds (default 30).
 */
bool	launchd_wait_started(const struct host *, const char *target, double seconds);

#endif
