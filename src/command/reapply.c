/*
 * Apply receipts again, for repair and restart. The jobs of a batch are changed one after the other
 * and then watched together, so that a hundred restarted jobs take a few settle times, not a
 * hundred.
 */
#include <stdlib.h>
#include <string.h>

#include "reapply.h"
#include "change.h"
#include "jobs.h"
#include "report.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/inspect.h"

struct reapply_job {				/* one job, between its change and its checks */
	struct installation	own;
	struct plan_options	plan_options;
	int		result;		/* of the change so far; -1: error says why */
	struct error	error;
	struct change	change;
};

/* Make a new promise from a receipt. */
static int
reapply_promise(const struct promise *receipt, struct promise *promise, struct error *error)
{
	char fix[sizeof error->fix];

	if (promise_is_removing(receipt)) {
		paste_line(fix, sizeof fix, "to finish it: sudo lnpctl uninstall %s",
		    receipt->label);
		return error_set(error, ERROR_DATA, "an uninstall of it was interrupted", fix,
		    "the job '%s' is being removed", receipt->label);
	}
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
reapply_options(struct plan_options plan_options, const struct facts *facts)
{
	plan_options.load = !facts->offline;
	plan_options.keep_disabled = plan_options.start = plan_options.watch_later = true;
	return plan_options;
}

static int
reapply_begin(struct session *session, struct reapply_job *job, const char *label,
    struct plan_options plan_options)
{
	struct promise *promise = &job->own.promise, *receipt = &job->own.receipt;
	struct facts *facts = &job->own.facts;
	struct error *error = &job->error;

	if (inspect_receipt(&session->host, label, receipt, &facts->receipt.file,
	    &facts->receipt.bytes,
	    error) == -1 ||
	    reapply_promise(receipt, promise, error) == -1)
		return -1;
	inspect(&session->host, NULL, promise, facts);
	inspect_for_change(&session->host, promise, facts);
	job->plan_options = reapply_options(plan_options, facts);
	return change_begin(session, promise, receipt, facts, job->plan_options, error);
}

/* Report the checks of a job that was changed; some that do not pass are an error. */
static int
reapply_report(struct session *session, const char *label, struct error *error)
{
	const struct check_report *findings = &session->change->findings;
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

/* Prefer the check results to the watcher's error, but keep the log excerpt. */
static int
reapply_end(struct session *session, struct reapply_job *job, const char *label)
{
	struct error *error = &job->error;
	char detail[sizeof error->detail];
	int result = change_end(session, &job->own.promise, &job->own.facts, job->plan_options,
	    error);

	memcpy(detail, result == -1 ? error->detail : "", result == -1 ? sizeof detail : 1);
	if (session->change->findings.count > 0)
		result = reapply_report(session, label, error);
	if (result == -1)
		memcpy(error->detail, detail, sizeof detail);
	if (result == 0 && session->change->changed)
		report_line(session, "%sed: %s", session->command->name, label);
	return result;
}

int
reapply_one(struct session *session, const char *label, struct plan_options plan_options,
    struct error *error)
{
	struct reapply_job *job = calloc(1, sizeof *job);
	int result;

	if (job == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot %s '%s'",
		    session->command->name, label);
	result = reapply_begin(session, job, label, plan_options);
	if (result == 0)
		result = reapply_end(session, job, label);
	*error = job->error;
	change_release(&job->own);
	free(job);
	return result;
}

int
reapply_would_change(struct session *session, const struct promise *receipt, struct facts *facts,
    bool *changes, struct error *error)
{
	struct plan *plan = &session->change->plan;
	struct promise *promise = &session->installation.promise;
	struct check_draft ignored;
	int result;

	*changes = false;
	if (reapply_promise(receipt, promise, error) == -1)
		return -1;
	inspect_for_change(&session->host, promise, facts);
	result = plan_install(plan, promise, receipt, facts,
	    reapply_options((struct plan_options){ .restart = false }, facts), error);
	/* An idle job is kickstarted, which is not a step of the plan. */
	if (result == 0)
		*changes = plan_changes(plan) ||
		    check_liveness(promise, facts, &ignored) == LIVENESS_IDLE;
	plan_free(plan);
	plan->count = plan->note_count = 0;
	promise_free(promise);
	return result;
}

/* ---- many ---- */

struct reapply_batch {
	struct change_loop loop;
	struct plan_options	 plan_options;
	struct reapply_job	*jobs;	/* JOBS_AT_ONCE */
	size_t		 count;
};

static void
reapply_end_batch(void *context)
{
	struct reapply_batch *batch = context;
	struct session *session = batch->loop.session;

	for (size_t i = 0; i < batch->count; i++) {
		struct reapply_job *job = &batch->jobs[i];

		session->change = &job->change;
		if (job->result == 0)
			job->result = reapply_end(session, job, job->change.label);
		change_loop_end(&batch->loop, job->result, &job->error);
		change_release(&job->own);
	}
	batch->count = 0;
}

static void
reapply_visit(void *context, const char *label)
{
	struct reapply_batch *batch = context;
	struct session *session = batch->loop.session;
	struct reapply_job *job = &batch->jobs[batch->count];

	session->change = &job->change;
	if (!change_loop_begin(&batch->loop, label))
		return;
	job->result = reapply_begin(session, job, label, batch->plan_options);
	if (++batch->count == JOBS_AT_ONCE)
		reapply_end_batch(batch);
}

int
reapply_all(struct session *session, struct plan_options plan_options, struct error *error)
{
	struct reapply_batch batch = { .loop = { session, error, ERROR_NONE, 0 },
	    .plan_options = plan_options };
	int result;

	batch.jobs = calloc(JOBS_AT_ONCE, sizeof *batch.jobs);
	if (batch.jobs == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot %s",
		    session->command->name);
	result = change_loop_run(&batch.loop, reapply_visit, reapply_end_batch, &batch);
	free(batch.jobs);
	session->change = &session->only;
	return result;
}
