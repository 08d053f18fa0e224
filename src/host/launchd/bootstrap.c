/* Load and unload jobs, and explain why launchd refuses. */
#include <string.h>

#include "core/check/watch.h"
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

#define STATUS_IN_PROGRESS	36
#define STATUS_ALREADY		37

static int
launchd_refused(const struct answer *answer, const char *verb, const char *target,
    struct error *error)
{
	char why[700], look[PATH_SIZE];

	answer_describe(answer, verb, why, sizeof why);
	paste_line(look, sizeof look, "see: sudo launchctl print %s", target);
	return error_set(error, answer->end == RUN_EXITED ? ERROR_FAILED : ERROR_LAUNCHCTL, why,
	    look, "cannot boot out '%s'", target);
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

	launchctl_act(host, "bootout", target, NULL, &answer);
	/*
	 * Only print decides: bootout answers 36 and 37 for "in progress", 3 and 113 for "not
	 * loaded", and 5 for either.
	 */
	while (launchctl_print_one(host, target, &printed) != NO) {
		if (wait_next(host, &wait))
			continue;
		if (!answer_ok(&answer) && answer.value != STATUS_IN_PROGRESS &&
		    answer.value != STATUS_ALREADY)
			return launchd_refused(&answer, "bootout", target, error);
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

	switch (launchctl_print_one(host, target, &printed)) {
	case NO:
		return 0;
	case YES:
		break;
	case UNKNOWN:
		return launchd_refused(&printed.answer, "print", target, error);
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

bool
launchd_has_domain(const struct host *host, const char *target)
{
	struct printed printed;

	launchctl_print_one(host, target, &printed);
	return !answer_lacks_domain(&printed.answer);
}

bool
launchd_is_loaded_from(const struct host *host, const char *target, const char *path)
{
	struct printed printed;

	launchctl_print_one(host, target, &printed);
	return check_load(&(struct load_answer){ .status = -1, .loaded = printed.loaded,
	    .service = &printed.service }, path) == LOAD_DONE;
}

bool
launchd_wait_started(const struct host *host, const char *target, double seconds)
{
	struct poll_wait wait = { .deadline = wait_now() + (seconds >= 0 ? seconds : RUN_SECONDS),
	    .target = target,
	    .what = "to start" };
	struct printed printed;

	do
		if (launchctl_print_one(host, target, &printed) == YES &&
		    service_was_started(&printed.service))
			return true;
	while (wait_next(host, &wait));
	return false;
}

/* Bootstrap, or once that was accepted only wait, and look. */
static enum load_next
launchd_try(const struct host *host, const char *target, const char *path, struct answer *answer,
    bool only_once, struct printed *printed, struct load_answer *load)
{
	char domain[PATH_SIZE];

	/* "gui/501" of "gui/501/com.example.job" */
	text_format(domain, sizeof domain, "%.*s", (int)(strrchr(target, '/') - target), target);
	if (!answer_ok(answer))
		launchctl_act(host, "bootstrap", domain, path, answer);
	launchctl_print_one(host, target, printed);
	*load = (struct load_answer){ answer->end == RUN_EXITED ? answer->value : -1,
	    answer->end == RUN_TIMED_OUT, printed->loaded, &printed->service, only_once };
	return check_load(load, path);
}

int
launchd_bootstrap(const struct host *host, const char *target, const char *path, bool only_once,
    double seconds, bool *undiagnosed, struct printed *printed, struct error *error)
{
	struct poll_wait wait = { .deadline = wait_now() + (seconds >= 0 ? seconds :
	    BOOTSTRAP_SECONDS), .target = target, .what = "to be loaded" };
	struct answer answer = { .end = RUN_FAILED };
	struct load_answer load;
	enum load_next next = launchd_try(host, target, path, &answer, only_once, printed, &load);
	char words[700];

	if (undiagnosed != NULL) {
		*undiagnosed = next != LOAD_DONE && check_load_is_vague(&load);
		if (*undiagnosed)
			return error_set(error, ERROR_FAILED, NULL, NULL,
			    "cannot load '%s' (bootstrap: %d)", target, answer.value);
	}
	while (next == LOAD_WAIT && wait_next(host, &wait))
		next = launchd_try(host, target, path, &answer, only_once, printed, &load);
	if (next == LOAD_DONE)
		return 0;
	answer_describe(&answer, "bootstrap", words, sizeof words);
	return check_load_refused(&load, words, target, error);
}
