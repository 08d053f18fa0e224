/*
 * Watches a loaded job until it is healthy, or until it is clear that it is not.
 */
#ifndef HOST_LAUNCHD_WATCH_H
#define HOST_LAUNCHD_WATCH_H

#include "core/check/check.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"
#include "host/machine/host.h"

#define WATCH_START_SECONDS	30.0	/* until the first process, unless --timeout says
					   otherwise */

/*
 * Waits up to start_seconds for the first `running` (a job that launchd has not started after 5 s
 * is kickstarted once: on 26.5 the first start was seen to be left out), then until the process has
 * lived for the promise's settle time with the same pid and runs and the right uid; a process that
 * is older already is not waited for. Settle time 0: loaded is enough. With start_seconds 0 the job
 * must run now, and nothing is kicked: so, too, where its account has used up its
 * BUDGET_WAIT_SECONDS. Facts are those of a look just made, and are renewed by inspect_launchd() at
 * each further one; facts->restarted is set when the process changed. Returns 0, or -1 with
 * ERROR_FAILED (not healthy; why and fix say more) or ERROR_LAUNCHCTL (launchd was not understood
 * until the end).
 */
int	watch_job(const struct host *, const struct promise *, struct facts *, double start_seconds,
    struct error *);

#endif
