/*
 * Watch a loaded job until it is healthy, or clearly is not.
 */
#ifndef HOST_LAUNCHD_WATCH_H
#define HOST_LAUNCHD_WATCH_H

#include "core/facts/facts.h"
#include "core/job/receipt.h"
#include "host/machine/host.h"

#define WATCH_START_SECONDS	30.0	/* until the first process, without --timeout */

/*
 * Look at the job until check_watch() of core/check/watch.h says that it is healthy, or is not.
 * start_seconds is the time until its first process; 0: it must run now and is not kickstarted. The
 * time until there is a process is charged to its account's BUDGET_WAIT_SECONDS, but not limited by
 * them.
 *
 * facts must be fresh; state_look() renews them for each further look. Return 0, or -1 with
 * ERROR_FAILED (unhealthy, see why and fix, or a signal) or ERROR_LAUNCHCTL.
 */
int	watch_job(const struct host *, const struct receipt *, struct facts *, double start_seconds,
    struct error *);

#endif
