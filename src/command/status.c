/* status: show a job's state in launchd, and its logs. */
#include <stdlib.h>
#include <string.h>

#include "jobs.h"
#include "report.h"
#include "core/check/check.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/launchctl.h"
#include "host/machine/wait.h"
#include "host/os/platform.h"

struct seen {				/* of one job */
	const char		*label;
	const struct printed	*printed;	/* launchd's answer */
	enum override		 override;
	char			 trouble[700];	/* why one of these two is unknown */
	struct process_fact	 process;
	struct launchd_log	 log;		/* what launchd's own log has of it */
	bool			 installed;	/* by lnpctl */
	char			 plist[PATH_SIZE];
	enum tristate		 plist_exists;
	char			 logs[2][PATH_SIZE];
	struct file_fact	 log_facts[2];
	char			 user[NAME_SIZE], group[NAME_SIZE];	/* empty: unknown */
};

static void
status_look(struct plist_index *index, struct seen *seen)
{
	const struct printed *printed = seen->printed;

	if (index->host->launchctl == NULL)
		return;
	if (printed->loaded == UNKNOWN)
		answer_describe(&printed->answer, "print", seen->trouble, sizeof seen->trouble);
	seen->override = plist_index_override(index, seen->label, seen->trouble,
	    sizeof seen->trouble);
	if (printed->loaded == YES && printed->service.pid > 0)
		platform_process((pid_t)printed->service.pid, &seen->process);
}

/* It has nothing to say of a job whose only start went well. */
static void
status_look_at_log(struct plist_index *index, struct seen *seen, int64_t changed)
{
	const struct service *service = &seen->printed->service;

	if (seen->printed->loaded != YES || (service->runs < 2 && service_ended_well(service)))
		return;
	if (index->system.booted == 0)
		inspect_system(index->host, &index->system);
	log_end_look(index->host, &index->log_end, seen->label,
	    launchd_log_begins(index->system.booted, changed), &seen->log);
}

/*
 * The plist and the logs are those of the receipt, else those that launchd has; the account is
 * launchd's.
 */
static void
status_look_at_receipt(struct plist_index *index, struct seen *seen)
{
	static struct receipt receipt;	/* large */
	const struct host *host = index->host;
	const struct service *service = &seen->printed->service;
	struct file_fact fact;
	struct error ignored;
	bool installed = inspect_receipt(host, seen->label, NULL, &receipt, &fact, NULL,
	    &ignored) == 0;

	seen->installed = installed;
	status_look_at_log(index, seen, installed ? receipt_loaded(&receipt, &fact) : 0);
	text_format(seen->plist, sizeof seen->plist, DAEMONS_DIRECTORY "/%s.plist", seen->label);
	if (!installed && service->path[0] == '/')
		text_copy(seen->plist, sizeof seen->plist, service->path);
	files_look(host, seen->plist, FILES_LOOSE, &fact);
	seen->plist_exists = fact.exists;
	if (installed)
		memcpy(seen->logs, receipt.spec.logs, sizeof seen->logs);
	else {
		text_copy(seen->logs[0], PATH_SIZE, service->stdout_path);
		if (strcmp(service->stdout_path, service->stderr_path) != 0)
			text_copy(seen->logs[1], PATH_SIZE, service->stderr_path);
	}
	text_copy(seen->user, sizeof seen->user, service->username[0] == '\0' && installed ?
	    receipt.spec.user : service->username);
	text_copy(seen->group, sizeof seen->group, service->group[0] == '\0' && installed ?
	    receipt.spec.group : service->group);
	if (installed)
		receipt_free(&receipt);
	for (int i = 0; i < 2; i++)
		if (seen->logs[i][0] == '/')
			files_look(host, seen->logs[i], FILES_LOOSE, &seen->log_facts[i]);
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
	json_number(json, "value", service->last_exit_value != SERVICE_NUMBER_UNKNOWN,
	    service->last_exit_value);
	json_some(json, "text", service->last_exit_text);
	json_close(json, '}');
}

static void
status_answer_logs(struct json *json, const struct seen *seen)
{
	json_open(json, "logs", '[');
	for (int i = 0; i < 2; i++) {
		const struct file_fact *log = &seen->log_facts[i];
		char modified[REPORT_TIME];

		if (seen->logs[i][0] == '\0')
			continue;
		json_open(json, NULL, '{');
		json_text(json, "path", seen->logs[i]);
		json_number(json, "size", log->exists == YES, log->identity.size);
		json_some(json, "modified", report_time(log->identity.modified, modified));
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* Until when launchd puts off the next start; 0: it does not, or that is not known. */
static int64_t
status_throttled(const struct seen *seen)
{
	return seen->printed->service.pid <= 0 && seen->log.throttled_until > wait_date() ?
	    seen->log.throttled_until : 0;
}

static void
status_answer_starts(struct json *json, const struct seen *seen)
{
	long starts = launchd_log_starts(&seen->log, &seen->printed->service);
	char until[REPORT_TIME];

	json_number(json, "abnormal_starts", seen->printed->loaded == YES && starts >= 0, starts);
	json_some(json, "throttled_until", report_time(status_throttled(seen), until));
	json_flag(json, "plist_present", seen->plist_exists != UNKNOWN,
	    seen->plist_exists == YES);
}

static void
status_answer_job(struct json *json, const struct seen *seen)
{
	const struct service *service = &seen->printed->service;
	bool loaded = seen->printed->loaded == YES;
	char started[REPORT_TIME];

	json_open(json, NULL, '{');
	json_members(json, "label", seen->label, "domain", service->domain, JSON_END);
	json_flag(json, "loaded", seen->printed->loaded != UNKNOWN, loaded);
	json_flag(json, "disabled", seen->override != OVERRIDE_UNKNOWN,
	    seen->override == OVERRIDE_DISABLED);
	json_some(json, "state", service->state);
	json_number(json, "pid", loaded && service->pid != SERVICE_NUMBER_UNKNOWN, service->pid);
	json_number(json, "runs", loaded && service->runs != SERVICE_NUMBER_UNKNOWN, service->runs);
	json_some(json, "started", report_time(seen->process.started, started));
	status_answer_exit(json, service);
	json_members(json, "path", service->path, "program", service->program, "username",
	    seen->user, "group", seen->group, JSON_END);
	json_number(json, "uid", seen->process.exists == YES, seen->process.uid);
	status_answer_logs(json, seen);
	status_answer_starts(json, seen);
	json_close(json, '}');
}

static void
status_report_exit(struct session *session, const struct service *service)
{
	char words[384];
	const char *fix;

	if (service->last_exit == LAST_EXIT_CODE)
		report_line(session, "  last exit  %ld%s%s", service->last_exit_value,
		    service->last_exit_text[0] == '\0' ? "" : " ", service->last_exit_text);
	else if (service->last_exit == LAST_EXIT_SIGNAL)
		report_line(session, "  last exit  signal %ld %s", service->last_exit_value,
		    service->last_exit_text);
	else if (service->last_exit != LAST_EXIT_ABSENT && service->last_exit != LAST_EXIT_NEVER)
		report_line(session, "  last exit  %s", service->last_exit_text);
	fix = check_describe_exit(service, words);
	if (fix != NULL)
		report_line(session, "             %s; %s", words, fix);
}

static void
status_report_starts(struct session *session, const struct seen *seen)
{
	const struct service *service = &seen->printed->service;
	long starts = launchd_log_starts(&seen->log, service);
	char until[REPORT_TIME];

	if (service->runs < 0 || seen->printed->loaded != YES)
		return;
	if (starts > 0)
		report_line(session, "  runs       %ld, %ld of them after an abnormal exit in the "
		    "last hour", service->runs, starts);
	else
		report_line(session, "  runs       %ld", service->runs);
	if (status_throttled(seen) != 0)
		report_line(session, "  throttled  until %s", report_time(status_throttled(seen),
		    until));
}

/* Why launchd does not start it, whatever its program does. */
static void
status_report_refusal(struct session *session, const struct seen *seen)
{
	const struct service *service = &seen->printed->service;
	const char *why = NULL;
	char fix[NAME_SIZE + 64] = "";

	if (service_has_property(service, PROPERTY_LWCR))
		why = service_is_refused(service, false) ?
		    "needs LWCR update: it does not start the program that was replaced" :
		    "needs LWCR update: it may not start the program that was replaced";
	if (service_is_penalized(service))
		why = "penalty box: it does not start the job until it is loaded again";
	if (why != NULL && seen->installed)
		paste_line(fix, sizeof fix, "; what fixes it: lnpctl verify %s", seen->label);
	if (why != NULL)
		report_line(session, "  launchd    %s%s", why, fix);
	for (int i = 0; service->pid <= 0 && i < LOG_REASONS; i++)
		if (seen->log.reasons[i][0] != '\0')
			report_line(session, "  its log    %s", seen->log.reasons[i]);
}

static void
status_report_logs(struct session *session, const struct seen *seen)
{
	for (int i = 0; i < 2; i++) {
		char modified[REPORT_TIME];

		if (seen->logs[i][0] == '\0')
			continue;
		if (seen->log_facts[i].exists == YES)
			report_line(session, "  log        %s (%lld bytes, last write %s)",
			    seen->logs[i], (long long)seen->log_facts[i].identity.size,
			    report_time(seen->log_facts[i].identity.modified, modified));
		else
			report_line(session, "  log        %s (%s)", seen->logs[i],
			    seen->log_facts[i].exists == NO ? "missing" : "not readable");
	}
}

static void
status_report_job(struct session *session, const struct seen *seen)
{
	const struct service *service = &seen->printed->service;
	enum tristate loaded = seen->printed->loaded;
	char started[REPORT_TIME], enable[NAME_SIZE + 64];

	if (session->host.launchctl == NULL)
		report_line(session, "%s: skipped: --root images have no launchd", seen->label);
	else if (loaded == UNKNOWN)
		report_line(session, "%s: unknown: %s", seen->label, seen->trouble);
	else if (loaded == NO)
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
	status_report_starts(session, seen);
	status_report_exit(session, service);
	status_report_refusal(session, seen);
	if (service->path[0] != '\0' && strcmp(service->path, seen->plist) != 0)
		report_line(session, "  plist      %s", service->path);
	if (seen->installed || strcmp(service->path, seen->plist) == 0)
		report_line(session, "  plist      %s%s", seen->plist,
		    seen->plist_exists == NO ? " (missing)" : "");
	if (service->program[0] != '\0')
		report_line(session, "  program    %s", service->program);
	if (seen->user[0] != '\0')
		report_line(session, "  account    %s:%s", seen->user, seen->group);
	status_report_logs(session, seen);
}

static enum error_kind
status_one(struct session *session, struct plist_index *index, const char *label,
    const struct printed *printed)
{
	static struct seen seen;	/* large */

	memset(&seen, 0, sizeof seen);
	seen.label = label;
	seen.printed = printed;
	status_look(index, &seen);
	status_look_at_receipt(index, &seen);
	status_report_job(session, &seen);
	if (session->options.json)
		status_answer_job(&session->jobs, &seen);
	if (printed->loaded == UNKNOWN)
		return session->host.launchctl == NULL || answer_came(&printed->answer) ?
		    ERROR_UNKNOWN : ERROR_LAUNCHCTL;
	return printed->loaded == YES ? ERROR_NONE : ERROR_FAILED;
}

static void
status_ask(const struct host *host, const struct labels *labels, size_t first,
    struct printed printed[])
{
	static char targets[JOBS_AT_ONCE][NAME_SIZE + 8];
	size_t count = 0;

	for (; count < JOBS_AT_ONCE && first + count < labels->count; count++) {
		text_format(targets[count], sizeof targets[count], "system/%s",
		    labels->names[first + count]);
		printed[count] = (struct printed){ .target = targets[count] };
	}
	launchctl_print(host, printed, count);
}

/* Show the jobs; launchd is asked about JOBS_AT_ONCE of them in parallel. */
static enum error_kind
status_all(struct session *session, const struct labels *labels)
{
	static struct printed printed[JOBS_AT_ONCE];	/* large */
	struct plist_index index = { .host = &session->host };
	enum error_kind worst = ERROR_NONE;

	for (size_t i = 0; i < labels->count && !wait_is_stopped(&session->host); i++) {
		if (i % JOBS_AT_ONCE == 0)
			status_ask(&session->host, labels, i, printed);
		worst = jobs_worse(worst, status_one(session, &index, labels->names[i],
		    &printed[i % JOBS_AT_ONCE]));
	}
	plist_index_free(&index);
	return worst;
}

/* Any label is accepted, Apple's too, that can be part of a service target. */
static int
status_check_label(const char *label, struct error *error)
{
	if (label[0] != '\0' && strlen(label) < NAME_SIZE - 1 && strchr(label, '/') == NULL &&
	    !text_has_control(label) && text_is_utf8(label))
		return 0;
	return error_set(error, ERROR_DATA,
	    "it is empty, too long, or has a slash or control characters",
	    "give the label alone, for example com.example.agentworker",
	    "cannot ask about '%.220s'", label);
}

int
command_status(struct session *session, struct error *error)
{
	enum error_kind worst;
	struct labels labels;

	if (jobs_list(session, &labels, error) == -1)
		return -1;
	for (size_t i = 0; i < labels.count; i++)
		if (status_check_label(labels.names[i], error) == -1) {
			free(labels.names);
			return -1;
		}
	worst = status_all(session, &labels);
	free(labels.names);
	if (wait_is_stopped(&session->host))
		return error_set(error, ERROR_STOPPED, "did not finish");
	if (worst == ERROR_NONE)
		return 0;
	return error_set(error, worst, NULL, NULL, worst == ERROR_FAILED ? "a job is not loaded" :
	    worst == ERROR_LAUNCHCTL ? "launchctl gave no usable answer" :
	    "the state of a job could not be determined");
}
