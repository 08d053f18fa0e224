/* Load and unload jobs, and explain why launchd refuses. */
#include <stdio.h>
#include <string.h>

#include "core/facts/paste.h"
#include "core/text.h"
#include "host/machine/budget.h"
#include "host/launchd/launchctl.h"
#include "host/launchd/bootstrap.h"
#include "host/machine/wait.h"

#define BOOTSTRAP_SECONDS	10.0	/* 5 lasts about 5 s: tests/evidence/ERRORS.md, 5 */
#define EXIT_MARGIN_SECONDS	10.0
#define EXIT_DEFAULT_SECONDS	20.0	/* ExitTimeOut's default in launchd-842; also for 0 */
/*
 * The longest waits, because we hold the lock: an agent's ExitTimeOut was chosen by its account, a
 * daemon's may have been.
 */
#define EXIT_AGENT_SECONDS	60.0
#define EXIT_MAX_SECONDS	300.0
#define RUN_SECONDS		30.0

#define STATUS_IO		5	/* tests/evidence/ERRORS.md, 1 */
#define STATUS_IN_PROGRESS	36
#define STATUS_ALREADY		37
#define STATUS_DENIED		161	/* by Login Items */

#define SEE_LOG		"see the reason in: sudo log show --last 5m " \
			"--predicate 'process == \"launchd\"'"

static enum tristate
launchd_ask(const struct host *host, const char *target, struct printed *printed)
{
	*printed = (struct printed){ .target = target };
	launchctl_print(host, printed, 1, NULL);
	return printed->loaded;
}

static int
launchd_refused(const struct answer *answer, const char *verb, const char *fix, const char *target,
    struct error *error)
{
	char why[700], look[PATH_SIZE];

	answer_describe(answer, verb, why, sizeof why);
	paste_line(look, sizeof look, "see: sudo launchctl print %s", target);
	return error_set(error, answer->end == RUN_EXITED ? ERROR_FAILED : ERROR_LAUNCHCTL, why,
	    fix == NULL ? look : fix, "cannot %s '%s'", strcmp(verb, "bootout") == 0 ? "boot out" :
	    verb, target);
}

static double
exit_seconds(const char *target, const struct service *service)
{
	double limit = service->exit_timeout > 0 ? (double)service->exit_timeout :
	    EXIT_DEFAULT_SECONDS;

	double max = strncmp(target, "system/", 7) == 0 ? EXIT_MAX_SECONDS : EXIT_AGENT_SECONDS;

	return (limit < max ? limit : max) + EXIT_MARGIN_SECONDS;
}

/* Boot out and wait. */
static int
launchd_end(const struct host *host, const char *target, double seconds, struct error *error)
{
	struct poll_wait wait = { .deadline = wait_now() + seconds, .target = target,
	    .what = "to end" };
	struct printed printed;
	struct answer answer;

	launchctl_bootout(host, target, &answer);
	/*
	 * Only print decides: bootout answers 36 and 37 for "in progress", 3 and 113 for "not
	 * loaded", and 5 for either.
	 */
	while (launchd_ask(host, target, &printed) != NO) {
		if (wait_next(host, &wait))
			continue;
		if (!answer_ok(&answer) && answer.value != STATUS_IN_PROGRESS &&
		    answer.value != STATUS_ALREADY)
			return launchd_refused(&answer, "bootout", NULL, target, error);
		if (wait_is_stopped(host))
			return error_set(error, ERROR_STOPPED, "cannot boot out '%s'", target);
		return error_set(error, ERROR_FAILED, "its process has not exited yet",
		    "try again later, or use a longer --timeout",
		    "cannot boot out '%s'", target);
	}
	return 0;
}

int
launchd_bootout(const struct host *host, const char *target, uid_t account, double seconds,
    struct error *error)
{
	struct printed printed;
	double begun = wait_now();
	bool spent = budget_wait_left(host, account) <= 0;
	int result;

	switch (launchd_ask(host, target, &printed)) {
	case NO:
		return 0;
	case YES:
		break;
	case UNKNOWN:
		return launchd_refused(&printed.answer, "print", NULL, target, error);
	}
	/* Do not give up an undo, nor ignore --timeout. */
	if (spent && host->stop != NULL && seconds < 0)
		return error_set(error, ERROR_FAILED,
		    "jobs of its account have used up the time that one run waits for them",
		    "run the command again for this job only", "cannot boot out '%s'", target);
	if (seconds < 0)
		seconds = exit_seconds(target, &printed.service);
	result = launchd_end(host, target, seconds, error);
	budget_waited(host, account, wait_now() - begun);
	return result;
}

static bool
launchd_is_from(const struct printed *printed, const char *path)
{
	return printed->loaded == YES && strcmp(printed->service.path, path) == 0 &&
	    !service_is_ending(&printed->service);
}

bool
launchd_has_domain(const struct host *host, const char *target)
{
	struct printed printed;

	launchd_ask(host, target, &printed);
	return !answer_lacks_domain(&printed.answer);
}

bool
launchd_is_loaded_from(const struct host *host, const char *target, const char *path)
{
	struct printed printed;

	launchd_ask(host, target, &printed);
	return launchd_is_from(&printed, path);
}

/* A job that crashes repeatedly may be between two runs, but it was started; with 78 it was not. */
static bool
launchd_was_started(const struct service *service)
{
	return strcmp(service->state, "running") == 0 ||
	    (service->runs > 0 && service->last_exit != LAST_EXIT_NEVER &&
	    service->last_exit != LAST_EXIT_ABSENT && service->last_exit_value != 78);
}

bool
launchd_wait_started(const struct host *host, const char *target, double seconds)
{
	struct poll_wait wait = { .deadline = wait_now() + (seconds >= 0 ? seconds : RUN_SECONDS),
	    .target = target,
	    .what = "to start" };
	struct printed printed;

	do
		if (launchd_ask(host, target, &printed) == YES &&
		    launchd_was_started(&printed.service))
			return true;
	while (wait_next(host, &wait));
	return false;
}

/* Return true for a status that waiting can fix, or a launchctl that was interrupted. */
static bool
may_recover(const struct answer *answer, const struct printed *printed)
{
	if (answer->end == RUN_TIMED_OUT)
		return true;
	if (answer->end != RUN_EXITED)
		return false;
	return answer->value == 0 || answer->value == STATUS_IO ||
	    answer->value == STATUS_ALREADY || answer->value == STATUS_IN_PROGRESS ||
	    (printed->loaded == YES && service_is_ending(&printed->service));
}

/* Report why the label is taken when print shows another job than ours. */
static int
launchd_occupied(const struct printed *printed, const char *target, int status, struct error *error)
{
	char why[sizeof error->why];

	if (service_is_ending(&printed->service))
		text_copy(why, sizeof why, "the old job is still stopping");
	else if (!text_format(why, sizeof why, "a job with this label is already loaded from '%s'",
	    printed->service.path))
		text_copy(why, sizeof why, "a job with this label is already loaded");
	return error_set(error, ERROR_FAILED, why, "see: lnpctl status",
	    "cannot load '%s' (bootstrap: %d)", target, status);
}

static int
launchd_not_loaded(const struct answer *answer, const struct printed *printed, const char *target,
    struct error *error)
{
	static const char login_items[] =
	    "it may be disabled in Login Items; check with: sudo sfltool dumpbtm";
	/* Users report that some Macs also answer 5 for a job that is disabled in Login Items. */
	static const char no_cause[] =
	    "it may be disabled in Login Items; check with sudo sfltool dumpbtm, or " SEE_LOG;
	int value = answer->end == RUN_EXITED ? answer->value : 0;

	if (printed->loaded == YES)
		return launchd_occupied(printed, target, answer->value, error);
	if (answer_ok(answer))
		return error_set(error, printed->loaded == UNKNOWN ? ERROR_LAUNCHCTL : ERROR_FAILED,
		    "launchctl bootstrap reported success, but the job is not loaded",
		    login_items, "cannot load '%s'", target);
	return launchd_refused(answer, "bootstrap", value == STATUS_DENIED ? login_items :
	    value == STATUS_IO ? no_cause : SEE_LOG, target, error);
}

/* Bootstrap, and retry while that may help. Return true once the job is loaded. */
static bool
launchd_try_bootstrap(const struct host *host, const char *target, const char *path,
    struct poll_wait *wait, struct answer *answer, struct printed *printed)
{
	char domain[PATH_SIZE];

	/* "gui/501" of "gui/501/com.example.job" */
	text_format(domain, sizeof domain, "%.*s", (int)(strrchr(target, '/') - target), target);
	do {
		if (!answer_ok(answer))	/* once accepted only wait */
			launchctl_bootstrap(host, domain, path, answer);
		launchd_ask(host, target, printed);
		if (launchd_is_from(printed, path))
			return true;
		/* After the first refusal return, so the caller can diagnose before retrying. */
	} while (wait->pause > 0 && may_recover(answer, printed) && wait_next(host, wait));
	return false;
}

int
launchd_bootstrap(const struct host *host, const char *target, const char *path, double seconds,
    bool *undiagnosed, struct printed *printed, struct error *error)
{
	struct poll_wait wait = { .deadline = wait_now() + (seconds >= 0 ? seconds :
	    BOOTSTRAP_SECONDS), .target = target, .what = "to be loaded" };
	struct answer answer = { .end = RUN_FAILED };

	if (launchd_try_bootstrap(host, target, path, &wait, &answer, printed))
		return 0;
	/* Every other status names its cause. */
	if (undiagnosed != NULL) {
		*undiagnosed = answer.end == RUN_EXITED && answer.value == STATUS_IO &&
		    printed->loaded == NO;
		if (*undiagnosed)
			return error_set(error, ERROR_FAILED, NULL, NULL,
			    "cannot load '%s' (bootstrap: %d)", target, answer.value);
	}
	if (may_recover(&answer, printed) && wait_next(host, &wait) &&
	    launchd_try_bootstrap(host, target, path, &wait, &answer, printed))
		return 0;
	return launchd_not_loaded(&answer, printed, target, error);
}
