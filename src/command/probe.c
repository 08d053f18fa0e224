/* probe: test, from launchd's own contexts, who can reach a machine on the LAN. */
#include <string.h>

#include "change.h"
#include "probe.h"
#include "report.h"
#include "core/job/label.h"
#include "core/text.h"
#include "host/inspect.h"
#include "host/launchd/launchctl.h"

/* ---- the question ---- */

/* Add the context of a kind (or empty) and a user, unless it is there. */
static int
probe_add_context(struct probe *probe, const char *kind, const char *user,
    struct context *context, struct error *error)
{
	char text[sizeof context->name];

	if (!text_format(text, sizeof text, "%s%s", kind, user))
		return error_set(error, ERROR_USAGE, "the name is too long", NULL,
		    "cannot probe as '%.280s'", user);
	if (probe_context(context, text, error) == -1)
		return -1;
	for (size_t i = 0; i < probe->context_count; i++)
		if (strcmp(probe->contexts[i].name, context->name) == 0)
			return 0;
	if (probe->context_count == PROBE_CONTEXTS_MAX)
		return error_set(error, ERROR_USAGE, NULL, NULL, "more than %d contexts",
		    PROBE_CONTEXTS_MAX);
	probe->contexts[probe->context_count++] = *context;
	return 0;
}

/* Find the job's account: in its receipt, or in launchd if lnpctl did not install it. */
static int
probe_find_job(struct session *session, const char *label, struct probe *probe, struct error *error)
{
	char target[NAME_SIZE + 8], user[NAME_SIZE], group[NAME_SIZE];
	struct printed printed;
	static struct receipt receipt;	/* large */
	struct file_fact fact;

	if (label_check(label, error) == -1)
		return -1;
	if (inspect_receipt(&session->host, label, NULL, &receipt, &fact, NULL, error) == 0) {
		text_copy(user, sizeof user, receipt.spec.user);
		text_copy(group, sizeof group, receipt.spec.group);
		receipt_free(&receipt);
	} else {
		if (fact.exists != NO)
			return -1;
		text_format(target, sizeof target, "system/%s", label);
		if (launchctl_print_one(&session->host, target, &printed) != YES)
			return error_set(error, ERROR_FAILED,
			    "lnpctl did not install it, and it is not loaded",
			    "list what is installed: lnpctl status", "there is no job '%s'", label);
		text_copy(user, sizeof user, printed.service.username[0] == '\0' ? "root" :
		    printed.service.username);
		text_copy(group, sizeof group, printed.service.group);
	}
	probe->label = label;
	if (probe_add_context(probe, "daemon:", user, &probe->job_context, error) == -1)
		return -1;
	if (probe->job_context.kind == CONTEXT_DAEMON)
		for (size_t i = 0; i < probe->context_count; i++)
			if (strcmp(probe->contexts[i].name, probe->job_context.name) == 0)
				text_copy(probe->contexts[i].group, sizeof group, group);
	return 0;
}

/* The contexts of --as, by default root and shell; then the daemons of --user and --label. */
static int
probe_collect_contexts(struct session *session, struct probe *probe, struct error *error)
{
	static const char *const usual[] = { "root", "shell" };
	const struct options *options = &session->options;
	bool given = options->contexts.count > 0;
	struct context context;

	for (size_t i = 0; i < (given ? options->contexts.count : 2); i++)
		if (probe_add_context(probe, "", given ? options->contexts.items[i] : usual[i],
		    &context, error) == -1)
			return -1;
	if (options->user != NULL &&
	    probe_add_context(probe, "daemon:", options->user, &context, error) == -1)
		return -1;
	return options->label == NULL ? 0 : probe_find_job(session, options->label, probe, error);
}

/* ---- the answer ---- */

/* Return 0 if the verdict is open, else set it as an error. */
static int
probe_error(const struct probe *probe, struct error *error)
{
	const char *target = probe->target.text;

	if (probe->verdict == PROBE_VERDICT_OPEN)
		return 0;
	if (probe->verdict == PROBE_VERDICT_BAD_TARGET)
		return error_set(error, ERROR_USAGE, probe->why,
		    "name another machine on the same network, with an open or a closed port",
		    "'%s' cannot be used as a test target", target);
	if (probe->verdict == PROBE_VERDICT_BLOCKED)
		return error_set(error, ERROR_FAILED, NULL, NULL, "'%s' is blocked", target);
	return error_set(error, ERROR_UNKNOWN, NULL, NULL,
	    "cannot determine whether '%s' is blocked (%s)", target,
	    probe_verdict_word(probe->verdict));
}

static void
probe_report_outcome(struct session *session, const struct context_result *outcome)
{
	const char *name = probe_reached(outcome) ? NULL : probe_errno_name(outcome->number);
	char uid[24] = "-", milliseconds[24] = "-", first[24] = "-", opened[24];

	if (outcome->uid_known)
		text_format(uid, sizeof uid, "%ju", (uintmax_t)outcome->uid);
	if (outcome->milliseconds >= 0)
		text_format(milliseconds, sizeof milliseconds, "%.1f", outcome->milliseconds);
	if (outcome->first_open > 0)
		text_format(first, sizeof first, "%u", outcome->first_open);
	text_format(opened, sizeof opened, "%u/%u", outcome->opened, outcome->tries);
	report_line(session, "  %-18s %-7s %5s %-9s %6s %5s %7s %s", outcome->context.name,
	    probe_witness_word(outcome->witness), uid, probe_result_word(outcome->result), opened,
	    first, milliseconds, name == NULL ? "-" : name);
	if (outcome->result == PROBE_NOT_RUN && outcome->why[0] != '\0')
		report_line(session, "    %s", outcome->why);
}

void
probe_report(struct session *session, const struct probe *probe)
{
	const struct macho *own = &probe->own;

	if (own->uuid[0] != '\0' || own->identifier[0] != '\0')
		report_line(session, "lnpctl's signing identifier %s, team %s, UUID %s",
		    own->identifier[0] == '\0' ? "none" : own->identifier, own->team[0] == '\0' ?
		    "none" : own->team, own->uuid[0] == '\0' ? "none" : own->uuid);
	if (probe->outcome_count > 0)
		report_line(session, "  %-18s %-7s %5s %-9s %6s %5s %7s %s", "context", "witness",
		    "uid", "result",
		    "opened", "first", "ms", "errno");
	for (size_t i = 0; i < probe->outcome_count; i++)
		probe_report_outcome(session, &probe->outcomes[i]);
	report_line(session, "verdict: %s: %s", probe_verdict_word(probe->verdict), probe->why);
	for (size_t i = 0; i < probe->advice.count; i++)
		report_line(session, "- %s", probe->advice.lines[i]);
}

static void
probe_answer_outcome(struct json *json, const struct context_result *outcome)
{
	json_open(json, NULL, '{');
	json_members(json, "context", outcome->context.name, "witness",
	    probe_witness_word(outcome->witness), JSON_END);
	json_number(json, "uid", outcome->uid_known, outcome->uid);
	json_members(json, "result", probe_result_word(outcome->result), "errno",
	    probe_errno_name(outcome->number), JSON_END);
	json_integer(json, "tries", outcome->tries);
	json_integer(json, "opened", outcome->opened);
	json_number(json, "first_open", outcome->first_open > 0, outcome->first_open);
	if (outcome->milliseconds >= 0)
		json_real(json, "milliseconds", outcome->milliseconds);
	else
		json_null(json, "milliseconds");
	json_some(json, "why", outcome->why);
	json_close(json, '}');
}

void
probe_answer(struct session *session, struct json *json)
{
	const struct probe *probe = &session->probe;
	bool asked = probe->why[0] != '\0';

	json_members(json, "target", probe->target.text, "verdict", asked ?
	    probe_verdict_word(probe->verdict) : NULL, "why", probe->why, JSON_END);
	json_texts(json, "system", "version", session->system.version, "build",
	    session->system.build, "lnpctl", LNPCTL_VERSION, "identifier", probe->own.identifier,
	    "team", probe->own.team, "uuid", probe->own.uuid, JSON_END);
	json_open(json, "contexts", '[');
	for (size_t i = 0; i < probe->outcome_count; i++)
		probe_answer_outcome(json, &probe->outcomes[i]);
	json_close(json, ']');
	json_open(json, "advice", '[');
	for (size_t i = 0; i < probe->advice.count; i++)
		json_text(json, NULL, probe->advice.lines[i]);
	json_close(json, ']');
}

static void
probe_report_system(struct session *session)
{
	const struct system *system = &session->system;

	inspect_system(&session->host, &session->system);
	report_line(session, "probe of %s, macOS %s (%s), lnpctl %s", session->probe.target.text,
	    system->version[0] == '\0' ? "unknown" : system->version,
	    system->build[0] == '\0' ? "unknown" : system->build, LNPCTL_VERSION);
}

int
command_probe(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	struct probe *probe = &session->probe;
	int result;

	if (options->operand_count != 1)
		return error_set(error, ERROR_USAGE, NULL,
		    "for example: sudo lnpctl probe 192.168.1.10:7000",
		    "one HOST:PORT is needed");
	if (peer_parse(&probe->target, options->operands[0], error) == -1 ||
	    probe_collect_contexts(session, probe, error) == -1 ||
	    probe_accounts(session, probe, error) == -1)
		return -1;
	probe->seconds = options->timeout >= 0 ? options->timeout : PROBE_SECONDS;
	if (change_lock(session, error) == -1)
		return -1;
	probe_report_system(session);
	result = probe_ask(session, probe, error);
	if (probe->why[0] != '\0')
		probe_report(session, probe);
	return result == -1 ? -1 : probe_error(probe, error);
}
