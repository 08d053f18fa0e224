/*
 * Loading and unloading of a job, done only when `launchctl print` says so: a bootstrap that failed
 * may have loaded the job, a bootout returns before the job is gone.
 */
#ifndef HOST_LAUNCHD_BOOTSTRAP_H
#define HOST_LAUNCHD_BOOTSTRAP_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"
#include "host/machine/host.h"
#include "host/launchd/launchctl.h"

#define LAUNCHD_WAIT_DEFAULT	(-1.0)		/* as seconds: the default of each wait */

/*
 * Boots the job out and waits until print answers 113: needed and enough. seconds bounds the wait;
 * by default the exit timeout that print shows and 10 s more (20 s for a timeout of 0, which means
 * for ever). A job that is not loaded is success. ERROR_FAILED: it has not ended, or launchd
 * refused; ERROR_LAUNCHCTL: no answer. Whose job it is pays for the wait: where that account has
 * used up its BUDGET_WAIT_SECONDS nothing is done, ERROR_FAILED; undoing, it is waited for shortly.
 */
int	launchd_bootout(const struct host *, const char *target, uid_t account, double seconds,
    struct error *);

/*
 * Bootstraps the plist at path into the target's domain and waits until print shows the job, loaded
 * from there. What waiting can fix is tried again for seconds (by default 10). printed is what
 * print said last, with a borrowed target. ERROR_FAILED: refused; ERROR_LAUNCHCTL: no answer.
 *
 * launchd answers 5 of much and names nothing. undiagnosed, which may be NULL, is then set after
 * the first try, and why of the error is empty: the caller looks for the cause, and calls again,
 * with NULL, where there is none to be seen.
 */
int	launchd_bootstrap(const struct host *, const char *target, const char *path, double seconds,
    bool *undiagnosed,
	    struct printed *, struct error *);

/* Whether the domain of the target is there: gui/UID is while its user is logged in. */
bool	launchd_has_domain(const struct host *, const char *target);

/* Whether print shows the job, loaded from path and not about to end. */
bool	launchd_is_loaded_from(const struct host *, const char *target, const char *path);

/*
 * Waits until print shows that the job runs, or has run since it was loaded. False: not within
 * seconds (by default 30).
 */
bool	launchd_wait_started(const struct host *, const char *target, double seconds);

#endif
