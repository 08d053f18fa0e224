/* verify: compares an installed job with what it should be; changes nothing, takes no lock. */
#include <string.h>
#include <unistd.h>

#include "command/change.h"
#include "command/jobs.h"
#include "command/probe.h"
#include "command/report.h"
#include "core/text.h"
#include "host/inspect.h"
#include "host/watch.h"

static void
answer_job(struct session *session, const char *label, const struct facts *facts, const struct findings *findings)
{
	char started[REPORT_TIME];
	const struct service *service = &facts->service;
	bool loaded = facts->loaded == YES;

	report_time(facts->process.started, started);
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

static enum error_kind
verify_one(struct session *session, const char *label)
{
	struct promise promise = { .label = "" };
	struct facts facts = { .root = false };
	struct findings *findings = &session->change.findings;
	struct error error;

	if (inspect_receipt(&session->host, label, &promise, &facts.receipt, &facts.receipt_bytes, &error) == 0) {
		if (session->options.settle >= 0)
			promise.settle = session->options.settle;
		inspect(&session->host, &promise, INSPECT_ALL, &facts);
		/* A young process is watched until it has lived long enough; the checks judge what was seen. */
		if (facts.loaded == YES && facts.service.pid > 0 && facts.steady < promise.settle)
			watch_job(&session->host, &promise, &facts, 0, &error);
		if (!facts.offline && probe_peers(session, &promise, &facts, session->options.probe, &error) == -1)
			session->trouble = error;
		check_all(&promise, &facts, findings);
	} else {
		char text[sizeof error.what + sizeof error.why + 2];

		text_format(text, sizeof text, "%s: %s", error.what, error.why);
		check_no_receipt(findings, text, error.fix);
	}
	report_findings(session, label, findings);
	answer_job(session, label, &facts, findings);
	inspect_free(&facts);
	promise_free(&promise);
	return check_result(findings);
}

int
command_verify(struct session *session, struct error *error)
{
	enum error_kind worst = ERROR_NONE;
	struct facts system = { .root = false };
	int locked = -1, result;

	if (session->options.probe && session->options.root == NULL && !host_is_root())
		return error_set(error, ERROR_ROOT, "only root may run jobs of launchd's",
		    "run it with sudo, or without --probe", "cannot probe the peers");
	inspect_system(&session->host, &system);
	text_copy(session->system_version, sizeof session->system_version, system.system_version);
	text_copy(session->system_build, sizeof session->system_build, system.system_build);
	session->booted = system.booted;
	if (session->options.probe && change_lock(session, &locked, error) == -1)
		return -1;
	result = jobs_visit(session, verify_one, &worst, error);
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
	return error_set(error, worst, NULL, NULL, worst == ERROR_NO ? "a job is not as it should be" :
	    "something could not be found out");
}
