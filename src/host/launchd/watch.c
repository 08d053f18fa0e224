/* Watch a job come up and stay up. */
#include "core/check/watch.h"
#include "core/text.h"
#include "host/launchd/launchctl.h"
#include "host/launchd/state.h"
#include "host/launchd/watch.h"
#include "host/machine/budget.h"
#include "host/machine/wait.h"

#define LOOK_SECONDS	1.0	/* between looks at a running job: each one runs launchctl */

/* Pause until the next look, and report what is waited for. */
static bool
watch_pause(const struct host *host, const struct job_watch *watch, double left,
    struct poll_wait *starting, struct poll_wait *staying)
{
	if (watch->pid == 0) {
		wait_report(host, starting, watch->begun + watch->limit);
		return wait_next(host, starting);
	}
	wait_report(host, staying, wait_now() + left);
	return wait_for(host, left < LOOK_SECONDS ? left : LOOK_SECONDS);
}

static int
watch_until(const struct host *host, const struct receipt *receipt, struct facts *facts,
    struct job_watch *watch, struct error *error)
{
	char target[NAME_SIZE + 8];
	struct poll_wait starting = { .target = target, .what = "to start",
	    .deadline = watch->begun + watch->limit + 1 };	/* check_watch() ends it before */
	struct poll_wait staying = { .target = target, .what = "to stay up" };
	struct answer answer;

	text_format(target, sizeof target, "system/%s", receipt->spec.label);
	for (;;) {
		enum watch_next next = check_watch(watch, receipt, facts, wait_now(), error);

		if (next == WATCH_GOOD || next == WATCH_BAD)
			return next == WATCH_GOOD ? 0 : -1;
		if (next == WATCH_KICK)
			launchctl_act(host, "kickstart", target, NULL, &answer);
		if (!watch_pause(host, watch, receipt->spec.settle - facts->launchd.uptime,
		    &starting,
		    &staying))
			return error_set(error, ERROR_STOPPED, "stopped watching '%s'",
			    receipt->spec.label);
		state_look(host, receipt->spec.label, facts);
	}
}

/*
 * Charge the account for the time until there is a process, but do not limit it: this job was
 * booted out to be reloaded, and giving up would roll it back although it is about to start.
 */
int
watch_job(const struct host *host, const struct receipt *receipt, struct facts *facts,
    double start_seconds, struct error *error)
{
	struct job_watch watch = { .begun = wait_now(), .limit = start_seconds };
	int result;

	facts->launchd.restarted = false;	/* what another watch saw may be another job's */
	result = watch_until(host, receipt, facts, &watch, error);
	budget_waited(host, receipt->spec.uid, (watch.up == 0 ? wait_now() :
	    watch.up) - watch.begun);
	return result;
}
