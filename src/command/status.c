/* status: show a job's state in launchd, and its logs. */
#include <string.h>

#include "jobs.h"
#include "report.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/launchctl.h"
#include "host/os/platform.h"

struct seen {				/* of one job */
	const char		*label;
	bool			 offline;
	enum tristate		 loaded;
	const struct service	*service;
	enum override		 override;
	struct process_fact	 process;
	char			 logs[2][PATH_SIZE];
	struct file_fact	 log_facts[2];
	/* of the receipt; empty: none */
	char			 user[NAME_SIZE], group[NAME_SIZE];
	char			 trouble[700];
	bool			 answered;	/* launchctl print itself worked */
};

static void
status_look(struct session *session, struct seen *seen, const struct printed *printed)
{
	if (seen->offline)
		return;
	seen->loaded = printed->loaded;
	seen->answered = answer_came(&printed->answer);
	if (printed->loaded == UNKNOWN)
		answer_describe(&printed->answer, "print", seen->trouble, sizeof seen->trouble);
	seen->override = plist_index_override(&session->index, seen->label, seen->trouble,
	    sizeof seen->trouble);
	if (seen->loaded == YES && seen->service->pid > 0)
		platform_process((pid_t)seen->service->pid, &seen->process);
}

/* The logs are those of the receipt, else those that launchd has. */
static void
status_look_at_logs(struct session *session, struct seen *seen)
{
	struct promise *receipt = &session->installation.receipt;

	if (inspect_has_receipt(&session->host, seen->label, receipt)) {
		memcpy(seen->logs, receipt->logs, sizeof seen->logs);
		text_copy(seen->user, sizeof seen->user, receipt->user);
		text_copy(seen->group, sizeof seen->group, receipt->group);
		promise_free(receipt);
	} else {
		text_copy(seen->logs[0], PATH_SIZE, seen->service->stdout_path);
		if (strcmp(seen->service->stdout_path, seen->service->stderr_path) != 0)
			text_copy(seen->logs[1], PATH_SIZE, seen->service->stderr_path);
	}
	for (int i = 0; i < 2; i++)
		if (seen->logs[i][0] == '/')
			files_look(&session->host, seen->logs[i], FILES_LOOSE, &seen->log_facts[i]);
}

static void
status_answer_exit(struct json *json, const struct service *service)
{
	static const char *const kinds[] = {
		[LAST_EXIT_ABSENT] = NULL, [LAST_EXIT_NEVER] = "never", [LAST_EXIT_CODE] = "code",
		[LAST_EXIT_SIGNAL] = "signal", [LAST_EXIT_REASON] = "reason", [LAST_EXIT_UNKNOWN] =
		    "unknown",
	};

	if (service->last_exit == LAST_EXIT_ABSENT) {
		json_null(json, "last_exit");
		return;
	}
	json_open(json, "last_exit", '{');
	json_text(json, "kind", kinds[service->last_exit]);
	if (service->last_exit_value != SERVICE_NUMBER_UNKNOWN)
		json_integer(json, "value", service->last_exit_value);
	else
		json_null(json, "value");
	json_some(json, "text", service->last_exit_text);
	json_close(json, '}');
}

static void
status_answer_known(struct json *json, const char *key, enum tristate known)
{
	if (known == UNKNOWN)
		json_null(json, key);
	else
		json_boolean(json, key, known == YES);
}

static void
status_answer_number(struct json *json, const char *key, long value)
{
	if (value == SERVICE_NUMBER_UNKNOWN)
		json_null(json, key);
	else
		json_integer(json, key, value);
}

static void
status_answer_logs(struct json *json, const struct seen *seen)
{
	json_open(json, "logs", '[');
	for (int i = 0; i < 2; i++) {
		const struct file_fact *log = &seen->log_facts[i];
		char modified[REPORT_TIME] = "";

		if (seen->logs[i][0] == '\0')
			continue;
		json_open(json, NULL, '{');
		json_text(json, "path", seen->logs[i]);
		if (log->exists == YES) {
			json_integer(json, "size", log->identity.size);
			report_time(log->identity.modified, modified);
		} else
			json_null(json, "size");
		json_some(json, "modified", modified);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void
status_answer_job(struct json *json, const struct seen *seen)
{
	const struct service *service = seen->service;
	char started[REPORT_TIME];

	report_time(seen->process.started, started);
	json_open(json, NULL, '{');
	json_text(json, "label", seen->label);
	json_some(json, "domain", service->domain);
	status_answer_known(json, "loaded", seen->loaded);
	status_answer_known(json, "disabled", seen->override == OVERRIDE_UNKNOWN ? UNKNOWN :
	    seen->override == OVERRIDE_DISABLED ? YES : NO);
	json_some(json, "state", service->state);
	status_answer_number(json, "pid",
	    seen->loaded == YES ? service->pid : SERVICE_NUMBER_UNKNOWN);
	status_answer_number(json, "runs",
	    seen->loaded == YES ? service->runs : SERVICE_NUMBER_UNKNOWN);
	json_some(json, "started", started);
	status_answer_exit(json, service);
	json_some(json, "path", service->path);
	json_some(json, "program", service->program);
	json_some(json, "username", service->username[0] != '\0' ? service->username : seen->user);
	json_some(json, "group", service->group[0] != '\0' ? service->group : seen->group);
	if (seen->process.exists == YES)
		json_integer(json, "uid", seen->process.uid);
	else
		json_null(json, "uid");
	status_answer_logs(json, seen);
	json_close(json, '}');
}

static void
status_report_exit(struct session *session, const struct service *service)
{
	switch (service->last_exit) {
	case LAST_EXIT_ABSENT:
	case LAST_EXIT_NEVER:
		break;
	case LAST_EXIT_CODE:
		report_line(session, "  last exit  %ld%s%s", service->last_exit_value,
		    service->last_exit_text[0] == '\0' ? "" : " ", service->last_exit_text);
		break;
	case LAST_EXIT_SIGNAL:
		report_line(session, "  last exit  signal %ld %s", service->last_exit_value,
		    service->last_exit_text);
		break;
	case LAST_EXIT_REASON:
	case LAST_EXIT_UNKNOWN:
		report_line(session, "  last exit  %s", service->last_exit_text);
		break;
	}
}

static void
status_report_logs(struct session *session, const struct seen *seen)
{
	for (int i = 0; i < 2; i++) {
		char modified[REPORT_TIME];

		if (seen->logs[i][0] == '\0')
			continue;
		if (seen->log_facts[i].exists == YES) {
			report_time(seen->log_facts[i].identity.modified, modified);
			report_line(session, "  log        %s (%lld bytes, last write %s)",
			    seen->logs[i], (long long)seen->log_facts[i].identity.size, modified);
		} else
			report_line(session, "  log        %s (%s)", seen->logs[i],
			    seen->log_facts[i].exists == NO ? "missing" : "not readable");
	}
}

static void
status_report_job(struct session *session, const struct seen *seen)
{
	const struct service *service = seen->service;
	char started[REPORT_TIME], enable[NAME_SIZE + 64];

	if (seen->offline)
		report_line(session, "%s: skipped: --root images have no launchd", seen->label);
	else if (seen->loaded == UNKNOWN)
		report_line(session, "%s: unknown: %s", seen->label, seen->trouble);
	else if (seen->loaded == NO)
		report_line(session, "%s: not loaded", seen->label);
	else
		report_line(session, "%s: %s", seen->label,
		    service->state[0] == '\0' ? "loaded (state unknown)" : service->state);
	if (seen->override == OVERRIDE_DISABLED) {
		paste_line(enable, sizeof enable, "; to enable it: sudo launchctl enable system/%s",
		    seen->label);
		report_line(session, "  disabled   launchd does not load it at boot%s", enable);
	}
	if (service->pid > 0) {
		report_time(seen->process.started, started);
		report_line(session, "  process    pid %ld%s%s", service->pid, started[0] == '\0' ?
		    "" : ", started ", started);
	}
	if (service->runs >= 0 && seen->loaded == YES)
		report_line(session, "  runs       %ld", service->runs);
	status_report_exit(session, service);
	if (service->path[0] != '\0')
		report_line(session, "  plist      %s", service->path);
	if (service->program[0] != '\0')
		report_line(session, "  program    %s", service->program);
	if (service->username[0] != '\0' || seen->user[0] != '\0')
		report_line(session, "  account    %s:%s",
		    service->username[0] != '\0' ? service->username : seen->user,
		    service->group[0] != '\0' ? service->group : seen->group);
	status_report_logs(session, seen);
}

static enum error_kind
status_one(struct session *session, const char *label, const struct printed *printed)
{
	struct seen seen = { .label = label, .offline = session->host.launchctl == NULL,
	    .service = &printed->service };

	status_look(session, &seen, printed);
	status_look_at_logs(session, &seen);
	status_report_job(session, &seen);
	if (session->options.json)
		status_answer_job(&session->jobs, &seen);
	if (seen.loaded == UNKNOWN)
		return seen.offline || seen.answered ? ERROR_UNKNOWN : ERROR_LAUNCHCTL;
	return seen.loaded == YES ? ERROR_NONE : ERROR_FAILED;
}

static int
status_some(struct session *session, const char *const labels[], size_t count,
    enum error_kind kinds[], struct error *error)
{
	char targets[JOBS_AT_ONCE][NAME_SIZE + 8];
	static struct printed printed[JOBS_AT_ONCE];

	(void)error;
	for (size_t i = 0; i < count; i++) {
		text_format(targets[i], sizeof targets[i], "system/%s", labels[i]);
		printed[i] = (struct printed){ .target = targets[i] };
	}
	launchctl_print(&session->host, printed, count, NULL);
	for (size_t i = 0; i < count; i++)
		kinds[i] = status_one(session, labels[i], &printed[i]);
	return 0;
}

int
command_status(struct session *session, struct error *error)
{
	enum error_kind worst = ERROR_NONE;

	/* Any label is accepted, Apple's too, that can be part of a service target. */
	for (size_t i = 0; i < session->options.operand_count; i++) {
		const char *label = session->options.operands[i];

		if (label[0] == '\0' || strlen(label) >= NAME_SIZE || strchr(label, '/') != NULL ||
		    text_has_control(label) || !text_is_utf8(label))
			return error_set(error, ERROR_DATA,
			    "it is empty, too long, or has a slash or control characters",
			    "give the label alone, for example com.example.agentworker",
			    "cannot ask about '%.220s'", label);
	}
	if (jobs_visit(session, status_some, &worst, error) == -1)
		return -1;
	if (worst == ERROR_NONE)
		return 0;
	if (worst == ERROR_LAUNCHCTL)
		return error_set(error, worst, NULL, NULL,
		    "launchctl gave no usable answer");
	return error_set(error, worst, NULL, NULL,
	    worst == ERROR_FAILED ? "a job is not loaded" :
	    "the state of a job could not be determined");
}
