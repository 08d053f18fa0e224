/*
 * Repair and restart: what was promised, again. All jobs of a batch are put back one after the
 * other, and then watched together, so that a hundred restarted jobs cost a few settle times and
 * not a hundred.
 */
#include <stdlib.h>
#include <string.h>

#include "reapply.h"
#include "change.h"
#include "jobs.h"
#include "report.h"
#include "core/text.h"
#include "host/inspect.h"

struct reapply {				/* one job, between the change and the look at it */
	struct promise	promise, receipt;
	struct facts	facts;
	struct plan_options	wish;
	int		result;		/* of the change so far; -1: error says why */
	struct error	error;
	char		label[NAME_SIZE];	/* this and the rest: the session's change, while
						   others have their turn */
	struct plan	plan;
	bool		changed, rolled_back;
};

/* What was promised of that label, as a new promise. */
static int
promise_again(const struct promise *receipt, struct promise *promise, struct error *error)
{
	if (promise_from_plist(promise, receipt->plist, error) == -1)
		return -1;
	promise->uid = receipt->uid;
	promise->gid = receipt->gid;
	promise->settle = receipt->settle;
	memcpy(promise->peers, receipt->peers, sizeof promise->peers);
	promise->peer_count = receipt->peer_count;
	promise->agent = receipt->agent;
	promise->mode = receipt->mode;
	promise->log_mode = receipt->log_mode;
	promise->account_label = receipt->account_label;
	memcpy(promise->account_log, receipt->account_log, sizeof promise->account_log);
	return 0;
}

static struct plan_options
wish_again(struct plan_options wish, const struct facts *facts)
{
	wish.load = !facts->offline;
	wish.keep_disabled = wish.start = wish.watch_later = true;
	return wish;
}

static int
reapply_begin(struct session *session, struct reapply *again, const char *label,
    struct plan_options wish)
{
	struct facts *facts = &again->facts;
	struct error *error = &again->error;

	if (inspect_receipt(&session->host, label, &again->receipt, &facts->receipt,
	    &facts->receipt_bytes, error) ==
		-1 ||
	    promise_again(&again->receipt, &again->promise, error) == -1)
		return -1;
	inspect(&session->host, NULL, &again->promise, facts);
	inspect_for_change(&session->host, &again->promise, facts);
	again->wish = wish_again(wish, facts);
	return change_begin(session, &again->promise, &again->receipt, facts, again->wish, error);
}

/* What can be done is done; is all as it should be? */
static int
tell_findings(struct session *session, const char *label, struct error *error)
{
	const struct check_report *findings = &session->change.findings;
	enum error_kind kind = check_result(findings);

	if (kind == ERROR_NONE && !session->options.verbose)
		return 0;
	report_findings(session, label, findings);
	if (kind == ERROR_NONE)
		return 0;
	return error_set(error, kind, NULL, "see the checks above, or: lnpctl verify",
	    kind == ERROR_FAILED ? "some checks of '%s' still fail" :
	    "some checks of '%s' could not be completed", label);
}

/* The findings say more of an ill job than the watching did; its log they do not have. */
static int
reapply_end(struct session *session, struct reapply *again, const char *label)
{
	struct error *error = &again->error;
	char detail[sizeof error->detail];
	int result = change_end(session, &again->promise, &again->facts, again->wish, error);

	memcpy(detail, result == -1 ? error->detail : "", result == -1 ? sizeof detail : 1);
	if (session->change.findings.count > 0)
		result = tell_findings(session, label, error);
	if (result == -1)
		memcpy(error->detail, detail, sizeof detail);
	if (result == 0 && session->change.changed)
		report_line(session, "%sed: %s", session->command->name, label);
	return result;
}

/* For the next job. */
static void
release(struct reapply *again)
{
	inspect_free(&again->facts);
	promise_free(&again->receipt);
	promise_free(&again->promise);
	memset(&again->facts, 0, sizeof again->facts);
	memset(&again->receipt, 0, sizeof again->receipt);
	memset(&again->promise, 0, sizeof again->promise);
	again->error.kind = ERROR_NONE;
}

int
reapply_one(struct session *session, const char *label, struct plan_options wish,
    struct error *error)
{
	struct reapply *again = calloc(1, sizeof *again);
	int result;

	if (again == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot %s '%s'",
		    session->command->name, label);
	result = reapply_begin(session, again, label, wish);
	if (result == 0)
		result = reapply_end(session, again, label);
	*error = again->error;
	release(again);
	free(again);
	return result;
}

int
reapply_would_change(struct session *session, const struct promise *receipt, struct facts *facts,
    bool *changes, struct error *error)
{
	struct plan *plan = &session->change.plan;
	struct promise promise = { .label = "" };
	struct check_draft ignored;
	int result;

	*changes = false;
	if (promise_again(receipt, &promise, error) == -1)
		return -1;
	inspect_for_change(&session->host, &promise, facts);
	result = plan_install(plan, &promise, receipt, facts,
	    wish_again((struct plan_options){ .restart = false }, facts), error);
	/* One that launchd has not started is kickstarted, without a step. */
	if (result == 0)
		*changes = plan_changes(plan) || check_liveness(&promise, facts, &ignored) == LIVENESS_IDLE;
	plan_free(plan);
	plan->count = plan->note_count = 0;
	promise_free(&promise);
	return result;
}

/* ---- many ---- */

struct all {
	struct each	 each;
	struct plan_options	 wish;
	struct reapply	*waiting;	/* JOBS_AT_ONCE */
	size_t		 count;
};

static void
reapply_put_aside(struct reapply *again, struct change *change)
{
	text_copy(again->label, sizeof again->label, change->label);
	plan_move(&again->plan, &change->plan);
	again->changed = change->changed;
	again->rolled_back = change->rolled_back;
}

static void
take_back(struct reapply *again, struct change *change)
{
	text_copy(change->label, sizeof change->label, again->label);
	plan_move(&change->plan, &again->plan);
	change->changed = again->changed;
	change->rolled_back = again->rolled_back;
	change->findings.count = 0;
}

static void
end_waiting(void *context)
{
	struct all *all = context;
	struct session *session = all->each.session;

	for (size_t i = 0; i < all->count; i++) {
		struct reapply *again = &all->waiting[i];

		take_back(again, &session->change);
		if (again->result == 0)
			again->result = reapply_end(session, again, again->label);
		each_end(&all->each, again->result, &again->error);
		release(again);
	}
	all->count = 0;
}

static void
reapply_begin_one(void *context, const char *label)
{
	struct all *all = context;
	struct session *session = all->each.session;
	struct reapply *again = &all->waiting[all->count];

	if (!each_begin(&all->each, label))
		return;
	again->result = reapply_begin(session, again, label, all->wish);
	reapply_put_aside(again, &session->change);
	if (++all->count == JOBS_AT_ONCE)
		end_waiting(all);
}

int
reapply_all(struct session *session, struct plan_options wish, struct error *error)
{
	struct all all = { .each = { session, error, ERROR_NONE, 0 }, .wish = wish };
	int result;

	all.waiting = calloc(JOBS_AT_ONCE, sizeof *all.waiting);
	if (all.waiting == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot %s",
		    session->command->name);
	result = each_visit(&all.each, reapply_begin_one, end_waiting, &all);
	free(all.waiting);
	return result;
}
