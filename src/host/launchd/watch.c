/* Watch a job come up and stay up. */
#include <stdio.h>
#include <string.h>

#include "core/facts/paste.h"
#include "core/text.h"
#include "host/machine/budget.h"
#include "host/launchd/state.h"
#include "host/launchd/launchctl.h"
#include "host/machine/wait.h"
#include "host/launchd/watch.h"

#define KICK_SECONDS	5.0
#define LOOK_SECONDS	1.0	/* between looks at a running job: each one runs launchctl */

struct watch {
	double	begun, up;	/* on wait_now()'s clock; up: when the process was first seen */
	long	pid, runs;	/* of that process; pid 0: none seen */
	bool	kicked;
	char	target[NAME_SIZE + 8];
	struct poll_wait starting, staying;	/* for progress reports */
};

enum step_of_watch { WATCH_ON, WATCH_GOOD, WATCH_BAD };

static int
watch_failed(const struct promise *promise, const struct check_draft *finding, enum error_kind kind,
    struct error *error)
{
	return error_set(error, kind, finding->message, finding->fix, "the job '%s' is not healthy",
	    promise->label);
}

/* Check a running process and update its uptime. */
static enum step_of_watch
watch_running(struct watch *watch, const struct promise *promise, struct facts *facts,
    struct check_draft *finding)
{
	const struct service *service = &facts->launchd.service;
	double seen;

	if (watch->pid != 0 && (watch->pid != service->pid || watch->runs != service->runs)) {
		facts->launchd.restarted = true;
		snprintf(finding->message, sizeof finding->message,
		    "it ended and was restarted");
		check_read_log(promise, facts, finding);
		return WATCH_BAD;
	}
	if (watch->pid == 0) {
		watch->pid = service->pid;
		watch->runs = service->runs;
		watch->up = wait_now();
	}
	seen = wait_now() - watch->up;
	if (facts->launchd.uptime < seen)
		facts->launchd.uptime = seen;
	if (facts->launchd.process.exists == YES && facts->launchd.process.uid != promise->uid &&
	    promise->uid != 0) {
		snprintf(finding->message, sizeof finding->message,
		    "its process does not run as the requested account");
		paste_line(finding->fix, sizeof finding->fix,
		    "see what launchd loaded: sudo launchctl print system/%s",
		    promise->label);
		return WATCH_BAD;
	}
	return facts->launchd.uptime >= promise->settle ? WATCH_GOOD : WATCH_ON;
}

static enum step_of_watch
watch_look(const struct host *host, struct watch *watch, const struct promise *promise,
    struct facts *facts, double limit, struct check_draft *finding)
{
	enum liveness liveness = check_liveness(promise, facts, finding);
	double waited = wait_now() - watch->begun;

	if (promise->settle == 0 && facts->launchd.loaded == YES)
		return WATCH_GOOD;
	switch (liveness) {
	case LIVENESS_UP:
		return watch_running(watch, promise, facts, finding);
	case LIVENESS_DONE:
		return WATCH_GOOD;
	case LIVENESS_BAD:
		return WATCH_BAD;
	case LIVENESS_IDLE:
		if (waited >= KICK_SECONDS && !watch->kicked && waited < limit) {
			struct answer answer;

			/* The next look shows the result. */
			launchctl_kickstart(host, watch->target, &answer);
			watch->kicked = true;
		}
		break;
	case LIVENESS_WAIT:
		break;
	}
	return waited < limit ? WATCH_ON : WATCH_BAD;
}

static bool
pause_watch(const struct host *host, struct watch *watch, const struct promise *promise,
    const struct facts *facts, double limit, struct poll_wait *pause)
{
	double left = promise->settle - facts->launchd.uptime;

	if (watch->pid == 0)
		wait_report(host, &watch->starting, watch->begun + limit);
	else
		wait_report(host, &watch->staying, wait_now() + left);
	if (watch->pid == 0 || wait_now() >= pause->deadline)
		return wait_next(host, pause);
	return wait_for(host, left < LOOK_SECONDS ? left : LOOK_SECONDS);
}

static int
watch_until(const struct host *host, const struct promise *promise, struct facts *facts,
    double start_seconds, struct watch *watch, struct error *error)
{
	struct poll_wait pause = { .deadline =
	    watch->begun + start_seconds + promise->settle + 60 };
	struct check_draft finding = { "running", VERDICT_FAIL, "", "" };

	text_format(watch->target, sizeof watch->target, "system/%s", promise->label);
	watch->starting = (struct poll_wait){ .target = watch->target, .what = "to start" };
	watch->staying = (struct poll_wait){ .target = watch->target, .what = "to stay up" };
	for (;;) {
		switch (watch_look(host, watch, promise, facts, start_seconds, &finding)) {
		case WATCH_GOOD:
			return 0;
		case WATCH_BAD:
			return watch_failed(promise, &finding, facts->launchd.loaded == UNKNOWN ?
			    ERROR_LAUNCHCTL : ERROR_FAILED, error);
		case WATCH_ON:
			break;
		}
		if (!pause_watch(host, watch, promise, facts, start_seconds, &pause))
			return error_set(error, ERROR_FAILED,
			    wait_is_stopped(host) ? "a signal asked to stop" : "it took too long",
			    "run the command again", "stopped watching '%s'", promise->label);
		state_look(host, promise->label, facts);
	}
}

/*
 * Charge the account for the time until there is a process, but do not limit it: this job was
 * booted out to be reloaded, and giving up would roll it back although it is about to start.
 */
int
watch_job(const struct host *host, const struct promise *promise, struct facts *facts,
    double start_seconds, struct error *error)
{
	struct watch watch = { .begun = wait_now() };
	int result = watch_until(host, promise, facts, start_seconds, &watch, error);

	budget_waited(host, promise->uid, (watch.up == 0 ? wait_now() : watch.up) - watch.begun);
	return result;
}
