/*
 * Loading and unloading of a job, done only when `launchctl print` says so: a bootstrap that failed may have loaded
 * the job, a bootout returns before the job is gone.
 */
#ifndef HOST_LAUNCHD_BOOTSTRAP_H
#define HOST_LAUNCHD_BOOTSTRAP_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"
#include "host/machine/host.h"
#include "host/launchd/launchctl.h"

#define LOAD_DEFAULT	(-1.0)		/* as seconds: the default of each wait */

/*
 * Boots the job out and waits until print answers 113: needed and enough. seconds bounds the wait; by default the exit
 * timeout that print shows and 10 s more (20 s for a timeout of 0, which means for ever). A job that is not loaded is
 * success. ERROR_NO: it has not ended, or launchd refused; ERROR_LAUNCHCTL: no answer. Whose job it is pays for the
 * wait: where that account has used up its BUDGET_WAIT_SECONDS nothing is done, ERROR_NO; undoing, it is waited for
 * shortly.
 */
int	load_bootout(const struct host *, const char *target, uid_t account, double seconds, struct error *);

/*
 * Bootstraps the plist at path into the target's domain and waits until print shows the job, loaded from there. What
 * waiting can mend is tried again for seconds (by default 10). When launchd refuses, the cause is looked for in what
 * the promise says of its files and named; facts lend the account. promise NULL: no cause is looked for. printed is
 * what print said last, with a borrowed target. ERROR_NO: refused; ERROR_LAUNCHCTL: no answer.
 */
int load_bootstrap(const struct host *, const char *target, const char *path, double seconds, const struct promise *,
    const struct facts *, struct printed *, struct error *);

/* Whether the domain of the target is there: gui/UID is while its user is logged in. */
bool	load_has_domain(const struct host *, const char *target);

/* Whether print shows the job, loaded from path and not about to end. */
bool	load_is_from(const struct host *, const char *target, const char *path);

/*
 * Waits until print shows that the job runs, or has run since it was loaded. False: not within seconds (by default
 * 30).
 */
bool	load_runs(const struct host *, const char *target, double seconds);

/*
 * Why launchd does not start or load the job, as far as its files and accounts show: replaces why and fix of an error
 * that is set. False: nothing is wrong with them, and the error stays.
 */
bool	load_cause(const struct host *, const struct promise *, const struct facts *, struct error *);

#endif
