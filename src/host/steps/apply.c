/* Run a plan, or undo it. */
#include <stdio.h>
#include <string.h>

#include "host/machine/wait.h"
#include "step_row.h"

#define STOPPED_SECONDS	30.0	/* launchd's own exit timeout plus 10 */

static void
apply_finish(const struct apply *apply, struct step *step, enum step_result result)
{
	step->result = result;
	apply->finished(apply->context, step);
}

/* Undo the steps up to the failed one, inclusive. left: what could not be undone, and why. */
static void
apply_undo(struct apply *apply, struct plan *plan, size_t failed, char *left, size_t size)
{
	const struct host *host = apply->host;
	struct host unstopped = *host;

	unstopped.stop = NULL;
	apply->host = &unstopped;
	/* After a signal wait only briefly: the job's account may keep it from ever ending. */
	apply->stopped = wait_is_stopped(host);
	if (apply->stopped && (apply->timeout < 0 || apply->timeout > STOPPED_SECONDS))
		apply->timeout = STOPPED_SECONDS;
	left[0] = '\0';
	for (size_t i = failed + 1; i-- > 0;) {
		struct step *step = &plan->steps[i];
		struct error error = { .kind = ERROR_NONE };

		if (step->result == STEP_UNCHANGED)
			continue;
		apply_finish(apply, step, step_row(step)->undo(apply, step, &error) == 0 ?
		    STEP_UNDONE : STEP_STUCK);
		if (step->result == STEP_STUCK)
			snprintf(left + strlen(left), size - strlen(left), "%s%.400s%s%.200s",
			    left[0] == '\0' ? "" : "; ", error.what,
			    error.why[0] == '\0' ? "" : ": ", error.why);
	}
	apply->host = host;
}

static int
apply_fail(struct apply *apply, struct plan *plan, size_t at, struct error *error)
{
	char left[1200], fix[sizeof left + 100], why[512];
	struct evidence evidence = error->evidence;

	apply_finish(apply, &plan->steps[at], STEP_FAILED);
	apply_undo(apply, plan, at, left, sizeof left);
	if (left[0] != '\0') {
		apply->changed = true;
		snprintf(why, sizeof why, "%.400s; rollback was incomplete", error->why);
		snprintf(fix, sizeof fix,
		    "still changed: %s. Fix that, then run the same command again", left);
		error_set(error, ERROR_PARTIAL, why, fix, "%s", error->what);
		error->evidence = evidence;
		return -1;
	}
	apply->rolled_back = apply->changed;
	apply->changed = false;
	if (!apply->rolled_back)	/* nothing was changed: keep the error's kind */
		return -1;
	snprintf(why, sizeof why, "%.480s%sall was put back", error->why, error->why[0] == '\0' ?
	    "" : "; ");
	error_set(error, ERROR_FAILED, why, error->fix, "%s", error->what);
	error->evidence = evidence;
	return -1;
}

/*
 * Remove the backups, which are not needed after the commit, except an agent's plist and a log's
 * text. One that cannot be removed is harmless: the next change removes it. After an uninstall
 * there is none, so they go before the receipt.
 */
static int
forget_kept(const struct apply *apply, const struct plan *plan, enum files_when when,
    struct error *error)
{
	int result = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].backup[0] != '\0' && plan->steps[i].result == STEP_DONE &&
		    !step_row(&plan->steps[i])->keeps_backup &&
		    files_remove(apply->host, plan->steps[i].backup, when, error) == -1)
			result = -1;
	return result;
}

/* Keep the receipt if other steps of the clean-up failed. */
static int
keep_receipt(const struct apply *apply, struct step *step, const struct error *failure,
    struct error *error)
{
	char fix[sizeof error->fix];

	apply_finish(apply, step, STEP_STUCK);
	snprintf(fix, sizeof fix, "the receipt '%.400s' was kept; run the same command again to "
	    "remove both", step->name);
	return error_set(error, ERROR_PARTIAL, failure->why, fix, "%s", failure->what);
}

/* Run every step after the commit and report the first failure. */
static int
apply_clean_up(struct apply *apply, struct plan *plan, size_t from, struct error *error)
{
	struct error failure = { .kind = ERROR_NONE };
	bool uninstalls = plan->steps[plan->count - 1].kind == KIND_FORGET;
	int kept = forget_kept(apply, plan, uninstalls ? apply->when : FILES_EVENTUALLY, &failure);
	int result = 0;

	for (size_t i = from; i < plan->count; i++) {
		struct step *step = &plan->steps[i];

		if (step->result == STEP_UNCHANGED)
			continue;
		apply->changed = true;
		if (step->kind == KIND_FORGET && (kept == -1 || result == -1))
			return keep_receipt(apply, step, result == -1 ? error : &failure, error);
		apply_finish(apply, step, step_row(step)->run(apply, step, &failure) == 0 ?
		    STEP_DONE : STEP_STUCK);
		if (step->result == STEP_STUCK && result == 0)
			result = error_set(error, ERROR_PARTIAL, failure.why, failure.fix, "%s",
			    failure.what);
	}
	return result;
}

int
apply_plan(struct apply *apply, struct plan *plan, struct error *error)
{
	apply->plan = plan;
	/*
	 * The home of an agent may be on another volume, and a barrier orders the writes of one
	 * volume. The logs may be, too: their order does not matter.
	 */
	apply->when = plan_planned(plan, KIND_AGENT) != NULL ? FILES_LASTING : FILES_ORDERED;
	for (size_t i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];
		int result = 0;

		if (wait_is_stopped(apply->host))
			result = error_set(error, ERROR_STOPPED, "did not finish '%s'",
			    apply->receipt->spec.label);
		else if (step->result != STEP_UNCHANGED)
			result = step_row(step)->run(apply, step, error);
		if (result == -1)
			return apply_fail(apply, plan, i, error);
		if (step->result != STEP_UNCHANGED) {
			apply_finish(apply, step, STEP_DONE);
			apply->changed = true;
		}
		if ((step->kind == KIND_RECEIPT || step->kind == KIND_REMOVAL) &&
		    apply_clean_up(apply, plan, i + 1, error) == -1)
			return -1;
		if (step->kind == KIND_RECEIPT || step->kind == KIND_REMOVAL)
			break;
	}
	if (apply->unhealthy.kind == ERROR_NONE)
		return 0;
	*error = apply->unhealthy;
	return -1;
}
