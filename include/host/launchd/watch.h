/*
 * Watch a loaded job until it is healthy, or clearly is not.
 */
#ifndef HOST_LAUNCHD_WATCH_H
#define HOST_LAUNCHD_WATCH_H

#include "core/check/check.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"
#include "host/machine/host.h"

#define WATCH_START_SECONDS	30.0	/* until the first process, without --timeout */

/*
 * Wait up to start_seconds for the first `running`, then until the process has lived for the
 * promise's settle time with the same pid, runs and the right uid. A process that is already older
 * is not waited for. Settle time 0: loaded is enough.
 *
 * A job that launchd has not started after 5 s is kickstarted once: macOS 26.5 was seen to omit the
 * first start. With start_seconds 0 the job must run now and is not kickstarted. The time until
 * there is a process is charged to its account's BUDGET_WAIT_SECONDS, but not limited by them.
 *
 * facts must be fresh; state_look() renews them for each further look, and facts->launchd.restarted
 * is set if the process changed. Return 0, or -1 with ERROR_FAILED (unhealthy; see why and fix) or
 * ERROR_LAUNCHCTL (launchctl's last answer could not be used).
 */
int	watch_job(const struct host *, const struct promise *, struct facts *, double start_seconds,
    struct error *);

#endif
