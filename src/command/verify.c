/* verify: check installed jobs against their receipts; change nothing, take no lock. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reapply.h"
#include "change.h"
#include "jobs.h"
#include "probe.h"
#include "report.h"
#include "core/check/fix.h"
#include "core/text.h"
#include "host/inspect.h"
#include "host/machine/wait.h"
#include "host/launchd/watch.h"

static void
verify_answer_job(struct json *json, const char *label, const struct facts *facts,
    const struct check_report *findings)
{
	const struct service *service = &facts->launchd.service;
	bool loaded = facts->launchd.loaded == YES;
	char started[REPORT_TIME];

	json_open(json, NULL, '{');
	json_text(json, "label", label);
	json_boolean(json, "ok", check_result(findings) == ERROR_NONE);
	json_number(json, "pid", loaded && service->pid > 0, service->pid);
	json_number(json, "runs", loaded && service->runs >= 0, service->runs);
	json_some(json, "started", report_time(facts->launchd.process.started, started));
	report_checks_json(json, findings);
	json_close(json, '}');
}

struct verify {				/* one run: the jobs that are inspected together, */
	const struct session *session;
	char		(*labels)[NAME_SIZE];
	size_t		count;
	struct receipt	receipts[JOBS_AT_ONCE];
	struct facts	facts[JOBS_AT_ONCE];
	struct error	errors[JOBS_AT_ONCE];	/* of reading the receipt; ERROR_NONE: it is used */
	struct plist_index index;
	struct agents	agents;			/* of the accounts so far */
	struct check_report findings;		/* of the current one, */
	enum error_kind	worst;			/* and of all */
	struct error	trouble;		/* of a probe; ERROR_NONE: none */
	struct fix_hint	hint;
};

/* While launchctl runs. A job without a receipt keeps its place, with an empty label. */
static void
verify_read(void *context)
{
	struct verify *verify = context;
	double settle = verify->session->options.settle;

	for (size_t i = 0; i < verify->count; i++) {
		struct facts *facts = &verify->facts[i];
		struct spec *spec = &verify->receipts[i].spec;

		verify->errors[i].kind = ERROR_NONE;
		if (inspect_receipt(&verify->session->host, verify->labels[i], NULL,
		    &verify->receipts[i], &facts->receipt.file, &facts->receipt.bytes,
		    &verify->errors[i]) == -1)
			spec->label[0] = '\0';
		else if (settle >= 0)
			spec->settle = settle;
	}
}

static void
verify_check(struct session *session, struct verify *verify, const struct receipt *receipt,
    struct facts *facts, const struct error *unread)
{
	char text[sizeof unread->what + sizeof unread->why + 2];
	struct error error;

	if (unread->kind != ERROR_NONE) {
		text_format(text, sizeof text, "%s: %s", unread->what, unread->why);
		/* A private receipt is readable by root only. */
		check_no_receipt(&verify->findings, facts->receipt.file.exists == UNKNOWN &&
		    facts->receipt.file.error != 0, text, facts->receipt.file.error == EACCES ?
		    "run it with sudo" : unread->fix);
		return;
	}
	/* Watch a young process until its settle time; those of the other jobs age meanwhile. */
	if (facts->launchd.loaded == YES && facts->launchd.service.pid > 0 &&
	    facts->launchd.uptime < receipt->spec.settle)
		watch_job(&session->host, receipt, facts, 0, &error);
	if (!facts->offline && probe_peers(session, &receipt->spec, facts, session->options.probe,
	    &error) == -1)
		verify->trouble = error;
	if (!facts->offline)
		inspect_agents(&session->host, &verify->agents, &receipt->spec, facts);
	check_all(receipt, facts, &verify->findings);
	reapply_settle(&session->host, receipt, facts, &verify->findings);
}

static void
verify_some(struct session *session, struct verify *verify)
{
	const struct overlap read = { verify_read, verify };

	memset(verify->facts, 0, verify->count * sizeof verify->facts[0]);
	for (size_t i = 0; i < verify->count; i++)
		text_copy(verify->receipts[i].spec.label, NAME_SIZE, verify->labels[i]);
	inspect_many(&session->host, &verify->index, &read, verify->receipts, verify->facts,
	    verify->count);
	for (size_t i = 0; i < verify->count; i++) {
		struct receipt *receipt = &verify->receipts[i];
		struct facts *facts = &verify->facts[i];
		const char *label = verify->labels[i];

		/* After a signal the facts may be incomplete: do not check them. */
		if (!wait_is_stopped(&session->host)) {
			verify_check(session, verify, receipt, facts, &verify->errors[i]);
			report_findings(session, label, &verify->findings);
			if (session->options.json)	/* with a thousand jobs it is long */
				verify_answer_job(&session->jobs, label, facts, &verify->findings);
			verify->worst = jobs_worse(verify->worst, check_result(&verify->findings));
			fix_add_hint(&verify->hint, &verify->findings);
		}
		inspect_free(facts);
		receipt_free(receipt);
	}
}

static int
verify_end(const struct session *session, const struct verify *verify, struct error *error)
{
	char hint[sizeof error->fix];

	if (wait_is_stopped(&session->host))
		return error_set(error, ERROR_STOPPED, "did not finish");
	if (verify->trouble.kind != ERROR_NONE) {
		*error = verify->trouble;
		return -1;
	}
	if (verify->worst == ERROR_NONE)
		return 0;
	fix_write_hint(&verify->hint, hint, sizeof hint);
	return error_set(error, verify->worst, NULL, hint, verify->worst == ERROR_FAILED ?
	    "some checks failed" : "some checks could not be completed");
}

int
command_verify(struct session *session, struct error *error)
{
	bool probe = session->options.probe;
	struct verify *verify;
	struct labels labels;
	int result;

	if (probe && session->options.root == NULL && !host_is_root())
		return error_set(error, ERROR_ROOT,
		    "--probe must start launchd jobs, which needs root",
		    "run it with sudo, or without --probe", "cannot probe the peers");
	verify = calloc(1, sizeof *verify);
	if (verify == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot start");
	verify->session = session;
	inspect_system(&session->host, &session->system);
	verify->index = (struct plist_index){ .host = &session->host, .system = session->system };
	result = probe ? change_begin_all(session, &labels, error) :
	    jobs_list(session, &labels, error);
	if (result == 0) {
		for (size_t i = 0; i < labels.count && !wait_is_stopped(&session->host);
		    i += JOBS_AT_ONCE) {
			verify->labels = labels.names + i;
			verify->count = labels.count - i < JOBS_AT_ONCE ? labels.count - i :
			    JOBS_AT_ONCE;
			verify_some(session, verify);
		}
		result = verify_end(session, verify, error);
		free(labels.names);
	}
	plist_index_free(&verify->index);
	agents_free(&verify->agents);
	free(verify);
	return result;
}
