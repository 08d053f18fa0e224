/* verify: check installed jobs against their receipts; change nothing, take no lock. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "reapply.h"
#include "change.h"
#include "jobs.h"
#include "probe.h"
#include "report.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/inspect.h"
#include "host/machine/wait.h"
#include "host/launchd/watch.h"

static void
verify_answer_job(struct session *session, const char *label, const struct facts *facts,
    const struct check_report *findings)
{
	char started[REPORT_TIME];
	const struct service *service = &facts->launchd.service;
	bool loaded = facts->launchd.loaded == YES;

	if (!session->options.json)	/* with a thousand jobs it would be long */
		return;
	report_time(facts->launchd.process.started, started);
	json_open(&session->jobs, NULL, '{');
	json_text(&session->jobs, "label", label);
	json_boolean(&session->jobs, "ok", check_result(findings) == ERROR_NONE);
	if (loaded && service->pid > 0)
		json_integer(&session->jobs, "pid", service->pid);
	else
		json_null(&session->jobs, "pid");
	if (loaded && service->runs >= 0)
		json_integer(&session->jobs, "runs", service->runs);
	else
		json_null(&session->jobs, "runs");
	json_some(&session->jobs, "started", started);
	report_checks_json(&session->jobs, findings);
	json_close(&session->jobs, '}');
}

/* The jobs that are inspected together. Static: each batch reuses the pages of the one before. */
static struct batch {
	struct promise	promises[JOBS_AT_ONCE];
	struct facts	facts[JOBS_AT_ONCE];
	struct error	errors[JOBS_AT_ONCE];	/* of reading the receipt; ERROR_NONE: it is used */
	bool		used;			/* true: clear it first */
} batch;

/* A job without a receipt keeps its place in the batch, with an empty label. */
static void
verify_look(struct session *session, const char *const labels[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct facts *facts = &batch.facts[i];
		struct promise *promise = &batch.promises[i];

		if (batch.used)
			memset(facts, 0, sizeof *facts);
		batch.errors[i].kind = ERROR_NONE;
		if (inspect_receipt(&session->host, labels[i], promise, &facts->receipt.file,
		    &facts->receipt.bytes, &batch.errors[i]) == -1)
			promise->label[0] = '\0';
		else if (session->options.settle >= 0)
			promise->settle = session->options.settle;
	}
	batch.used = true;
	inspect_many(&session->host, &session->index, batch.promises, batch.facts, count);
}

static void
verify_check(struct session *session, const struct promise *promise, struct facts *facts,
    const struct error *receipt)
{
	struct check_report *findings = &session->change->findings;
	char text[sizeof receipt->what + sizeof receipt->why + 2];
	struct error error;

	if (receipt->kind != ERROR_NONE) {
		text_format(text, sizeof text, "%s: %s", receipt->what, receipt->why);
		/* A private receipt is readable by root only. */
		check_no_receipt(findings, facts->receipt.file.exists == UNKNOWN &&
		    facts->receipt.file.error != 0, text, facts->receipt.file.error == EACCES ?
		    "run it with sudo" : receipt->fix);
		return;
	}
	/* Watch a young process until its settle time; those of the other jobs age meanwhile. */
	if (facts->launchd.loaded == YES && facts->launchd.service.pid > 0 &&
	    facts->launchd.uptime < promise->settle)
		watch_job(&session->host, promise, facts, 0, &error);
	if (!facts->offline && probe_peers(session, promise, facts, session->options.probe,
	    &error) == -1)
		session->trouble = error;
	check_all(promise, facts, findings);
}

/* What repair would do about the jobs that failed. */
static struct repairs {
	size_t		count;			/* jobs that it would change */
	char		label[NAME_SIZE];	/* the last of them */
	struct error	refusal;		/* the first refusal; ERROR_NONE: none */
} repairs;

static void
verify_try_repair(struct session *session, const char *label, const struct promise *receipt,
    struct facts *facts)
{
	struct error error = { .kind = ERROR_NONE };
	bool changes;

	if (reapply_would_change(session, receipt, facts, &changes, &error) == -1) {
		if (repairs.refusal.kind == ERROR_NONE)
			repairs.refusal = error;
	} else if (changes) {
		repairs.count++;
		text_copy(repairs.label, sizeof repairs.label, label);
	}
}

/* Suggest repair only where it would change something. */
static void
verify_hint(char target[], size_t size)
{
	const struct error *refusal = &repairs.refusal;

	target[0] = '\0';
	if (repairs.count == 1)
		paste_line(target, size, "to fix what can be fixed: sudo lnpctl repair %s",
		    repairs.label);
	else if (repairs.count > 1)
		text_copy(target, size, "to fix what can be fixed: sudo lnpctl repair");
	else if (refusal->kind != ERROR_NONE)
		text_format(target, size, "first: %s%s%s%s%s", paste_is_plain(refusal->what) ?
		    refusal->what : "", refusal->why[0] == '\0' || !paste_is_plain(refusal->what) ?
		    "" : ": ", refusal->why, refusal->fix[0] == '\0' ? "" : "; ", refusal->fix);
}

static int
verify_some(struct session *session, const char *const labels[], size_t count,
    enum error_kind kinds[], struct error *error)
{
	struct check_report *findings = &session->change->findings;

	verify_look(session, labels, count);
	for (size_t i = 0; i < count; i++) {
		/* After a signal the facts may be incomplete: do not check them. */
		if (!wait_is_stopped(&session->host)) {
			verify_check(session, &batch.promises[i], &batch.facts[i],
			    &batch.errors[i]);
			report_findings(session, labels[i], findings);
			verify_answer_job(session, labels[i], &batch.facts[i], findings);
			kinds[i] = check_result(findings);
			if (kinds[i] == ERROR_FAILED && batch.errors[i].kind == ERROR_NONE)
				verify_try_repair(session, labels[i], &batch.promises[i],
				    &batch.facts[i]);
		}
		inspect_free(&batch.facts[i]);
		promise_free(&batch.promises[i]);
	}
	return wait_is_stopped(&session->host) ? error_set(error, ERROR_STOPPED, "did not finish") :
	    0;
}

int
command_verify(struct session *session, struct error *error)
{
	enum error_kind worst = ERROR_NONE;
	char hint[sizeof error->fix];
	int locked = -1, result;

	repairs.count = 0;
	repairs.refusal.kind = ERROR_NONE;
	if (session->options.probe && session->options.root == NULL && !host_is_root())
		return error_set(error, ERROR_ROOT,
		    "--probe must start launchd jobs, which needs root",
		    "run it with sudo, or without --probe", "cannot probe the peers");
	inspect_system(&session->host, &session->system);
	session->index.system = session->system;
	if (session->options.probe) {
		change_look_up(session, NULL);
		if (change_lock(session, &locked, error) == -1)
			return -1;
	}
	result = jobs_visit(session, verify_some, &worst, error);
	if (locked != -1)
		close(locked);
	if (result == -1)
		return -1;
	if (session->trouble.kind != ERROR_NONE) {
		*error = session->trouble;
		return -1;
	}
	if (worst == ERROR_NONE)
		return 0;
	verify_hint(hint, sizeof hint);
	return error_set(error, worst, NULL, worst == ERROR_FAILED ? hint : NULL,
	    worst == ERROR_FAILED ? "some checks failed" : "some checks could not be completed");
}
