/* Carries out a plan, or undoes it. Allocates nothing, but what launchctl's answers need. */
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/text.h"
#include "host/apply.h"
#include "host/files.h"
#include "host/inspect.h"
#include "host/launchctl.h"
#include "host/wait.h"
#include "host/watch.h"

#define BOOTSTRAP_SECONDS	10.0	/* measured: 5 for about 5 s after a bootout, launchctl/ERRORS.md, 5 */
#define EXIT_MARGIN_SECONDS	10.0
#define EXIT_DEFAULT_SECONDS	20.0	/* ExitTimeOut's default in launchd-842; 0, for ever, gets the same bound */

#define STATUS_IO		5	/* launchctl/ERRORS.md, 1 */
#define STATUS_EXISTS		17
#define STATUS_IN_PROGRESS	36
#define STATUS_ALREADY		37
#define STATUS_DENIED		161	/* by Login Items */

/* ---- launchd ---- */

static enum known
ask(const struct host *host, const char *target, struct printed *printed)
{
	*printed = (struct printed){ .target = target };
	launchctl_print(host, printed, 1);
	return printed->loaded;
}

static int
refused(const struct answer *answer, const char *verb, const char *fix, const char *target, struct error *error)
{
	char why[700], look[PATH_SIZE];

	answer_describe(answer, verb, why, sizeof why);
	text_format(look, sizeof look, "see: sudo launchctl print %s", target);
	return error_set(error, answer->end == RUN_EXITED ? ERROR_NO : ERROR_LAUNCHCTL, why, fix == NULL ? look : fix,
	    "cannot %s '%s'", strcmp(verb, "bootout") == 0 ? "boot out" : verb, target);
}

/* The job has ended when `print` answers 113: needed and enough. */
static int
unload(const struct apply *apply, const char *target, struct error *error)
{
	struct printed printed;
	struct answer answer;
	struct poll_wait wait = { 0, 0 };
	double limit;

	switch (ask(apply->host, target, &printed)) {
	case NO:
		return 0;
	case YES:
		break;
	case UNKNOWN:
		return refused(&printed.answer, "print", NULL, target, error);
	}
	limit = (printed.service.exit_timeout > 0 ? (double)printed.service.exit_timeout : EXIT_DEFAULT_SECONDS) +
	    EXIT_MARGIN_SECONDS;
	wait.deadline = wait_now() + (apply->timeout >= 0 ? apply->timeout : limit);
	launchctl_bootout(apply->host, target, &answer);
	/*
	 * Whatever it answered, print decides: 36 and 37 mean "under way", 3 and 113 "not loaded", and 5 is said in
	 * both cases.
	 */
	while (ask(apply->host, target, &printed) != NO) {
		if (wait_next(apply->host, &wait))
			continue;
		if (!answer_ok(&answer) && answer.value != STATUS_IN_PROGRESS && answer.value != STATUS_ALREADY)
			return refused(&answer, "bootout", NULL, target, error);
		return error_set(error, ERROR_NO, "its process has not ended yet",
		    "wait until it has, or see what keeps it; "
		    "--timeout gives it longer",
		    "cannot boot out '%s'", target);
	}
	return 0;
}

/* Why bootstrap answered 5, from what can be seen now. NULL: no reason is known; any other number says it itself. */
static const char *
cause(const struct apply *apply, const struct answer *answer, const struct printed *printed)
{
	const char *label = apply->promise->label;
	struct answer ignored;
	enum override override;

	if (printed->loaded == YES && strncmp(printed->service.state, "SIGTERM", 7) == 0)
		return "the old job is still being stopped";
	if (printed->loaded == YES)
		return "a job with this label is loaded already";
	if (answer->end != RUN_EXITED || answer->value != STATUS_IO)
		return NULL;
	launchctl_overrides(apply->host, "system", &label, &override, 1, &ignored);
	if (override == OVERRIDE_DISABLED)
		return "the label is disabled";
	if (apply->facts->program.exists != YES)
		return "the program is missing";
	if (apply->facts->program.quarantined == YES)
		return "the program is quarantined";
	return NULL;
}

static bool
is_ours(const struct apply *apply, const struct printed *printed)
{
	return printed->loaded == YES && strcmp(printed->service.path, apply->promise->plist_path) == 0 &&
	    strncmp(printed->service.state, "SIGTERM", 7) != 0;
}

/* After a status that waiting can mend, or a launchctl that was cut off, `print` decides. */
static bool
may_mend(const struct answer *answer)
{
	return answer->end == RUN_TIMED_OUT ||
	    (answer->end == RUN_EXITED &&
		(answer->value == 0 || answer->value == STATUS_IO || answer->value == STATUS_ALREADY ||
		    answer->value == STATUS_IN_PROGRESS || answer->value == STATUS_EXISTS));
}

static int
load(const struct apply *apply, const char *target, struct error *error)
{
	static const char login_items[] = "it may be switched off in Login Items: look with sudo sfltool dumpbtm";
	struct poll_wait wait = { wait_now() + (apply->timeout >= 0 ? apply->timeout : BOOTSTRAP_SECONDS), 0 };
	struct printed printed;
	struct answer answer = { .end = RUN_FAILED };
	const char *why;
	bool again;

	do {
		if (!answer_ok(&answer))	/* a bootstrap that was accepted is not repeated, only waited for */
			launchctl_bootstrap(apply->host, "system", apply->promise->plist_path, &answer);
		ask(apply->host, target, &printed);
		if (is_ours(apply, &printed))
			return 0;
		again = may_mend(&answer);
	} while (again && wait_next(apply->host, &wait));
	if (answer_ok(&answer))
		return error_set(error, printed.loaded == UNKNOWN ? ERROR_LAUNCHCTL : ERROR_NO,
		    "launchctl bootstrap said nothing, but launchd does not have the job",
		    login_items, "cannot load '%s'", target);
	why = cause(apply, &answer, &printed);
	if (why != NULL)
		return error_set(error, ERROR_NO, why, NULL, "cannot load '%s' (bootstrap: %d)", target, answer.value);
	return refused(&answer, "bootstrap", answer.end == RUN_EXITED && answer.value == STATUS_DENIED ? login_items :
	    "see the reason in: sudo log show --last 5m --predicate 'process == \"launchd\"'", target, error);
}

static int
override(const struct apply *apply, const char *target, bool disable, struct error *error)
{
	struct answer answer;

	if (disable)
		launchctl_disable(apply->host, target, &answer);
	else
		launchctl_enable(apply->host, target, &answer);
	return answer_ok(&answer) ? 0 : refused(&answer, disable ? "disable" : "enable", NULL, target, error);
}

/* ---- doing and undoing, a pair per target ---- */

static int
put(const struct apply *apply, const char *path, const struct state *state, struct error *error)
{
	if (state->exists != YES)
		return files_remove(apply->host, path, error);
	return files_write(apply->host, path, state->content, 0644, error);
}

static int
do_receipt(const struct apply *apply, struct step *step, struct error *error)
{
	return put(apply, step->name, &step->shall, error);
}

static int
undo_receipt(const struct apply *apply, struct step *step, struct error *error)
{
	return put(apply, step->name, &step->was, error);
}

static int
do_override(const struct apply *apply, struct step *step, struct error *error)
{
	return override(apply, step->name, step->shall.exists == YES, error);
}

static int
undo_override(const struct apply *apply, struct step *step, struct error *error)
{
	return override(apply, step->name, step->was.exists == YES, error);
}

static int
do_unload(const struct apply *apply, struct step *step, struct error *error)
{
	return unload(apply, step->name, error);
}

static int
undo_unload(const struct apply *apply, struct step *step, struct error *error)
{
	struct printed printed;

	if (ask(apply->host, step->name, &printed) == YES && is_ours(apply, &printed))
		return 0;
	return load(apply, step->name, error);
}

static int
do_folder(const struct apply *apply, struct step *step, struct error *error)
{
	bool left;

	if (step->shall.exists == YES)
		return files_make_directory(apply->host, step->name, 0755, error);
	return files_remove_directory(apply->host, step->name, &left, error);
}

static int
undo_folder(const struct apply *apply, struct step *step, struct error *error)
{
	bool left;

	return files_remove_directory(apply->host, step->name, &left, error);
}

static int
do_log(const struct apply *apply, struct step *step, struct error *error)
{
	bool made, left;

	if (step->shall.exists != YES)
		return files_remove_log(apply->host, step->name, step->as, false, &left, error);
	return files_log(apply->host, step->name, step->as, step->shall.group, step->shall.mode, &made, error);
}

static int
undo_log(const struct apply *apply, struct step *step, struct error *error)
{
	if (step->was.exists != YES)
		return files_remove_log(apply->host, step->name, step->as, true, &step->left, error);
	return files_set_owner(apply->host, step->name, step->was.owner, step->was.group, step->was.mode, error);
}

static int
do_file(const struct apply *apply, struct step *step, struct error *error)
{
	if (step->was.exists == YES && files_keep(apply->host, step->name, step->kept, error) == -1)
		return -1;
	return put(apply, step->name, &step->shall, error);
}

static int
undo_file(const struct apply *apply, struct step *step, struct error *error)
{
	struct file_fact kept;

	if (step->was.exists != YES)
		return files_remove(apply->host, step->name, error);
	files_look(apply->host, step->kept, FILES_STRICT, &kept);
	if (kept.exists == NO)		/* the old file was never replaced, or is back already */
		return 0;
	return files_restore(apply->host, step->kept, step->name, error);
}

static int
do_load(const struct apply *apply, struct step *step, struct error *error)
{
	if (load(apply, step->name, error) == -1)
		return -1;
	return watch_job(apply->host, apply->promise, apply->facts,
	    apply->timeout >= 0 ? apply->timeout : WATCH_START_SECONDS, error);
}

static int
undo_load(const struct apply *apply, struct step *step, struct error *error)
{
	struct printed printed;

	/* Somebody else's job with this label came meanwhile, which may be why ours was refused. */
	if (ask(apply->host, step->name, &printed) == YES && printed.service.path[0] != '\0' &&
	    strcmp(printed.service.path, apply->promise->plist_path) != 0)
		return 0;
	return unload(apply, step->name, error);
}

struct deed {
	int	(*perform)(const struct apply *, struct step *, struct error *);
	int	(*undo)(const struct apply *, struct step *, struct error *);
};

static const struct deed deeds[] = {
	[TARGET_RECORD] = { do_receipt, undo_receipt },
	[TARGET_OVERRIDE] = { do_override, undo_override },
	[TARGET_UNLOAD] = { do_unload, undo_unload },
	[TARGET_FOLDER] = { do_folder, undo_folder },
	[TARGET_LOG] = { do_log, undo_log },
	[TARGET_FILE] = { do_file, undo_file },
	[TARGET_LOAD] = { do_load, undo_load },
	[TARGET_RECEIPT] = { do_receipt, undo_receipt },
};

/* ---- the whole ---- */

static void
finish(const struct apply *apply, struct step *step, enum step_result result)
{
	step->result = result;
	apply->finished(apply->context, step);
}

/* Undoes the steps up to and with the failed one, which may have acted. Returns how many could not be undone. */
static size_t
undo(struct apply *apply, struct plan *plan, size_t failed, char *left, size_t size)
{
	struct host calm = *apply->host;
	struct apply undoing = *apply;
	size_t stuck = 0;

	calm.stop = NULL;
	undoing.host = &calm;
	left[0] = '\0';
	for (size_t i = failed + 1; i-- > 0;) {
		struct step *step = &plan->steps[i];
		struct error error = { .kind = ERROR_NONE };

		if (step->result == STEP_UNCHANGED)
			continue;
		if (deeds[step->target].undo(&undoing, step, &error) == 0) {
			finish(apply, step, STEP_UNDONE);
			continue;
		}
		finish(apply, step, STEP_LEFT);
		stuck++;
		snprintf(left + strlen(left), size - strlen(left), "%s%.400s%s%.200s", left[0] == '\0' ? "" : "; ",
		    error.what, error.why[0] == '\0' ? "" : ": ", error.why);
	}
	return stuck;
}

static int
fail(struct apply *apply, struct plan *plan, size_t at, struct error *error)
{
	char left[1200], why[512];
	struct error failure = *error;
	bool first = true;

	for (size_t i = 0; i < at; i++)
		first = first && plan->steps[i].result != STEP_DONE;
	finish(apply, &plan->steps[at], STEP_FAILED);
	if (undo(apply, plan, at, left, sizeof left) > 0) {
		apply->changed = true;
		snprintf(why, sizeof why, "%.400s, and not all could be put back", failure.why);
		return error_set(error, ERROR_LEFT, why, left, "%s", failure.what);
	}
	*error = failure;
	apply->changed = false;
	apply->rolled_back = !first;
	if (!first)		/* else nothing was changed, and the cause keeps its kind */
		error->kind = ERROR_NO;
	return -1;
}

/* What follows the commit is cleaning up: each step is tried, the first failure is told. */
static int
clean_up(struct apply *apply, struct plan *plan, size_t from, struct error *error)
{
	int result = 0;

	for (size_t i = from; i < plan->count; i++) {
		struct step *step = &plan->steps[i];
		struct error failure;

		if (step->result == STEP_UNCHANGED)
			continue;
		if (deeds[step->target].perform(apply, step, &failure) == 0) {
			finish(apply, step, STEP_DONE);
			continue;
		}
		finish(apply, step, STEP_LEFT);
		if (result == 0)
			result = error_set(error, ERROR_LEFT, failure.why, failure.fix, "%s", failure.what);
	}
	for (size_t i = 0; i < plan->count; i++) {
		struct error ignored;	/* a kept file that stays does no harm: the next change replaces it */

		if (plan->steps[i].kept[0] != '\0' && plan->steps[i].result == STEP_DONE)
			files_remove(apply->host, plan->steps[i].kept, &ignored);
	}
	return result;
}

int
apply_plan(struct apply *apply, struct plan *plan, struct error *error)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];
		int result = 0;

		if (apply->host->stop != NULL && *apply->host->stop)
			result = error_set(error, ERROR_NO, "a signal asked to stop", "run the command again",
			    "did not finish '%s'", apply->promise->label);
		else if (step->result != STEP_UNCHANGED)
			result = deeds[step->target].perform(apply, step, error);
		if (result == -1)
			return fail(apply, plan, i, error);
		if (step->result != STEP_UNCHANGED) {
			finish(apply, step, STEP_DONE);
			apply->changed = true;
		}
		if (step->target == TARGET_RECEIPT)
			return clean_up(apply, plan, i + 1, error);
	}
	return 0;
}
