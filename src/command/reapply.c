/*
 * Apply receipts again, for repair and restart. The jobs of a batch are changed one after the other
 * and then watched together, so that a hundred restarted jobs take a few settle times, not a
 * hundred.
 */
#include <string.h>

#include "reapply.h"
#include "change.h"
#include "jobs.h"
#include "report.h"
#include "core/check/fix.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/inspect.h"
#include "host/machine/wait.h"

static int
reapply_refuse_removing(const struct receipt *receipt, struct error *error)
{
	char fix[sizeof error->fix];

	if (!receipt_is_removing(receipt))
		return 0;
	paste_line(fix, sizeof fix, "to finish it: sudo lnpctl uninstall %s",
	    receipt->spec.label);
	return error_set(error, ERROR_DATA, "an uninstall of it was interrupted", fix,
	    "the job '%s' is being removed", receipt->spec.label);
}

/* Take the spec of a receipt. */
static int
reapply_spec(const struct receipt *receipt, struct spec *spec, struct error *error)
{
	if (reapply_refuse_removing(receipt, error) == -1)
		return -1;
	if (spec_copy(spec, &receipt->spec))
		return 0;
	return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot plan '%s'",
	    receipt->spec.label);
}

static struct plan_options
reapply_options(bool restart, const struct facts *facts)
{
	return (struct plan_options){ .load = !facts->offline, .restart = restart,
	    .keep_disabled = true, .start = true, .watch_later = true };
}

/* Report the checks of a job that was changed; some that do not pass are an error. */
static int
reapply_report(struct session *session, const struct change *change, struct error *error)
{
	const struct check_report *findings = &change->findings;
	enum error_kind kind = check_result(findings);
	enum verdict worst = kind == ERROR_FAILED ? VERDICT_FAIL : VERDICT_UNKNOWN;
	size_t first = 0;

	if (kind == ERROR_NONE && !session->options.verbose)
		return 0;
	report_findings(session, change->label, findings);
	if (kind == ERROR_NONE)
		return 0;
	while (findings->rows[first].verdict != worst)
		first++;
	return error_set(error, kind, findings->rows[first].message,
	    "see the checks above, or: lnpctl verify",
	    kind == ERROR_FAILED ? "some checks of '%s' still fail" :
	    "some checks of '%s' could not be completed", change->label);
}

/* Prefer the check results to the watcher's error, but keep what was logged. */
static int
reapply_end(struct session *session, struct change *change, struct error *error)
{
	struct evidence evidence = { .log = "" };
	int result = change_end(session, change, error);

	if (result == -1)
		evidence = error->evidence;
	if (change->findings.count > 0)
		result = reapply_report(session, change, error);
	if (result == -1)
		error->evidence = evidence;
	/* The checks are reported; this is what keeps repair from doing more. */
	if (change->plan.obstacle.kind != ERROR_NONE)
		return error_set(error, ERROR_FAILED, change->plan.obstacle.why,
		    change->plan.obstacle.fix, "%s", change->plan.obstacle.what);
	if (result == 0 && change->changed)
		report_line(session, session->command->run == command_restart ? "restarted: %s" :
		    "repaired: %s", change->label);
	return result;
}

int
reapply_read(struct session *session, struct change *change, const char *label, struct error *error)
{
	struct facts *facts = &change->facts;

	text_copy(change->label, sizeof change->label, label);
	if (inspect_receipt(&session->host, label, NULL, &change->receipt, &facts->receipt.file,
	    &facts->receipt.bytes, error) == -1 ||
	    reapply_refuse_removing(&change->receipt, error) == -1)
		return -1;
	change->installed = &change->receipt;
	return 0;
}

static int
reapply_begin(struct session *session, struct change *change, const char *label, bool restart,
    struct error *error)
{
	if (reapply_read(session, change, label, error) == -1 ||
	    reapply_spec(&change->receipt, &change->next.spec, error) == -1)
		return -1;
	change_inspect(&session->host, change);
	change->options = reapply_options(restart, &change->facts);
	return change_begin(session, change, error);
}

int
reapply_one(struct session *session, struct change *change, const char *label, struct error *error)
{
	if (reapply_begin(session, change, label, false, error) == -1)
		return -1;
	return reapply_end(session, change, error);
}

/* Return 1 if the command would change a job, 0 if not, and -1 if it would refuse: error is why. */
static int
reapply_would_change(const struct receipt *receipt, const struct facts *facts, enum remedy remedy,
    struct error *error)
{
	static struct plan plan;	/* large, as the receipt */
	static struct receipt next;
	struct plan_options options = reapply_options(remedy == REMEDY_RESTART, facts);
	struct check_draft ignored;
	int result;

	/* A plan fills what a receipt has beyond its spec only where the job has that. */
	memset(&next, 0, sizeof next);
	if (reapply_spec(receipt, &next.spec, error) == -1)
		return -1;
	if (remedy == REMEDY_INSTALL) {
		options.keep_disabled = false;
		next.spec.gid = facts->group.gid;
	}
	result = plan_install(&plan, &next, receipt, facts, options, error);
	/* An idle job is kickstarted, which is not a step of the plan. */
	if (result == 0)
		result = plan_changes(&plan) ||
		    check_liveness(&next, facts, &ignored) == LIVENESS_IDLE;
	if (result == 0 && plan.obstacle.kind != ERROR_NONE) {
		*error = plan.obstacle;
		result = -1;
	}
	plan_free(&plan);
	receipt_free(&next);
	return result;
}

void
reapply_settle(const struct host *host, const struct receipt *receipt, struct facts *facts,
    struct check_report *findings)
{
	struct error refusal;
	bool looked = false;

	for (enum remedy remedy = REMEDY_REPAIR; remedy < REMEDIES; remedy++) {
		int changes;

		if (!fix_is_needed(findings, remedy))
			continue;
		if (!looked)
			inspect_for_change(host, &receipt->spec, facts);
		looked = true;
		changes = reapply_would_change(receipt, facts, remedy, &refusal);
		if (changes != 1)
			fix_withdraw(findings, remedy, changes == -1 ? &refusal : NULL,
			    facts);
	}
}

/* ---- many ---- */

/* Change the next jobs one after the other, then watch them together. Return how many. */
static size_t
reapply_some(struct session *session, const struct labels *labels, size_t first, bool restart,
    struct error *error)
{
	static struct change changes[JOBS_AT_ONCE];	/* large, as the errors */
	static struct error errors[JOBS_AT_ONCE];
	int results[JOBS_AT_ONCE];
	size_t count = 0;

	for (; count < JOBS_AT_ONCE && first + count < labels->count &&
	    !wait_is_stopped(&session->host); count++)
		results[count] = reapply_begin(session, &changes[count],
		    labels->names[first + count], restart, &errors[count]);
	for (size_t i = 0; i < count; i++) {
		if (results[i] == 0)
			results[i] = reapply_end(session, &changes[i], &errors[i]);
		change_note(session, &changes[i], results[i], &errors[i], error);
	}
	return count;
}

int
reapply_all(struct session *session, bool restart, struct error *error)
{
	struct labels labels;

	if (change_begin_all(session, &labels, error) == -1)
		return -1;
	for (size_t i = 0, count = 1; count > 0; i += count)
		count = reapply_some(session, &labels, i, restart, error);
	return change_end_all(session, &labels, error);
}
