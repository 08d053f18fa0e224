/* lint: check plist files against the tables of keys and rules, without launchd. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "core/plist/limits.h"
#include "core/lint/lint.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/files/files.h"
#include "host/files/read_input.h"
#include "host/machine/wait.h"

struct count {				/* of the files */
	size_t	bad;
	bool	no_plist;		/* one of them is not a plist */
};

/* ---- facts ---- */

/*
 * Return whether launchd reads plists in this directory, of the machine or of --root; *owner is
 * then the account that must own them.
 */
static bool
lint_is_launchd_directory(const struct session *session, const char *directory, uid_t *owner)
{
	static const char agents[] = "/Library/LaunchAgents";
	char root[PATH_SIZE] = "", home[PATH_SIZE];
	const char *inside;
	struct file_fact fact;

	*owner = session->host.owner;
	if ((session->options.root != NULL && !read_input_directory(session->options.root, root)) ||
	    strncmp(directory, root, strlen(root)) != 0)
		return false;
	inside = directory + strlen(root);
	if (strcmp(inside, "/Library/LaunchDaemons") == 0 || strcmp(inside, agents) == 0)
		return true;
	/* A user owns their own agents. */
	if (fnmatch("/Users/*/Library/LaunchAgents", inside, FNM_PATHNAME) != 0 ||
	    !text_format(home, sizeof home, "%.*s", (int)(strlen(inside) - strlen(agents)),
	    inside))
		return false;
	files_look(&session->host, home, FILES_LOOSE, &fact);
	*owner = fact.owner;
	return fact.exists == YES;
}

static enum lint_kind
lint_choose_kind(const struct session *session, const char *path, const char *directory)
{
	if (session->options.kind != NULL)
		return strcmp(session->options.kind, "daemon") == 0 ? LINT_DAEMON : LINT_AGENT;
	if (strcmp(text_after_last(directory, '/'), "LaunchDaemons") == 0 ||
	    strstr(path, "LaunchDaemons/") != NULL)
		return LINT_DAEMON;
	if (strcmp(text_after_last(directory, '/'), "LaunchAgents") == 0 ||
	    strstr(path, "LaunchAgents/") != NULL)
		return LINT_AGENT;
	return LINT_UNKNOWN;
}

static void
lint_gather_facts(const struct session *session, const char *path, const struct input_file *input,
    struct lint_facts *facts)
{
	char directories[2][PATH_SIZE];
	struct file_fact fact;

	facts->kind = lint_choose_kind(session, path, input->folder);
	facts->name = strcmp(path, "-") == 0 ? NULL : text_after_last(path, '/');
	facts->owner = input->owner;
	facts->mode = input->mode;
	facts->in_place = lint_is_launchd_directory(session, input->folder, &facts->expected);
	if (!facts->in_place)
		return;
	lint_log_folders(input->bytes, directories);
	for (int i = 0; i < 2; i++)
		if (directories[i][0] != '\0') {
			files_look(&session->host, directories[i], FILES_LOOSE, &fact);
			facts->log_folders[i] = fact.exists;
		}
}

/* ---- telling ---- */

static void
lint_print_report(struct session *session, const char *operand, const struct lint_report *report)
{
	char path[PATH_SIZE + 3];

	/* The names that `lint *` finds are others' choice: none may look like our hint. */
	paste_shown(path, sizeof path, operand);
	if (path[0] == '\0')
		text_copy(path, sizeof path, "(a path that is too long)");
	if (report->count == 0)
		report_line(session, "%s: ok", path);
	for (size_t i = 0; i < report->count; i++) {
		const struct lint_finding *finding = &report->rows[i];
		char line[16] = "";

		if (finding->line > 0)
			text_format(line, sizeof line, ":%u", finding->line);
		report_line(session, "%s%s: %s: %s: %s%s%s", path, line,
		    lint_word(finding->severity), finding->id, finding->key,
		    finding->key[0] == '\0' ? "" : ": ", finding->message);
		if (finding->fix[0] != '\0')
			report_line(session, "hint: %s", finding->fix);
	}
	if (report->left_out > 0)
		report_line(session, "%s: %zu more are not shown", path, report->left_out);
}

static void
lint_answer_file(struct json *json, const char *path, const struct lint_report *report)
{
	json_open(json, NULL, '{');
	json_text(json, "file", path);
	json_boolean(json, "ok", lint_errors(report) == 0);
	json_open(json, "findings", '[');
	for (size_t i = 0; i < report->count; i++) {
		const struct lint_finding *finding = &report->rows[i];

		json_open(json, NULL, '{');
		json_members(json, "id", finding->id, "severity", lint_word(finding->severity),
		    "key", finding->key, JSON_END);
		json_number(json, "line", finding->line > 0, finding->line);
		json_members(json, "message", finding->message, "fix", finding->fix, JSON_END);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void
lint_print_rules(struct session *session)
{
	const struct lint_rule *rule;

	for (size_t i = 0; (rule = lint_rule(i)) != NULL; i++) {
		report_line(session, "%-31s %-7s %s", rule->id, lint_word(rule->severity),
		    rule->meaning);
		json_texts(&session->jobs, NULL, "id", rule->id, "severity",
		    lint_word(rule->severity), "meaning", rule->meaning, JSON_END);
	}
}

/* ---- files ---- */

static int
lint_one(struct session *session, const char *path, struct lint_report *report, struct count *count,
    struct error *error)
{
	struct input_file input;
	struct lint_facts facts = { .name = NULL };
	struct error why;
	int result = 0;

	/* One file that cannot be read does not stop the rest. */
	if (read_input(&session->host, path, PLIST_SIZE_MAX, &input, &why) == -1)
		lint_unreadable(report, why.why, why.fix);
	else {
		lint_gather_facts(session, path, &input, &facts);
		result = lint_check(input.bytes, &facts, report, NULL, error);
		bytes_free(&input.bytes);
	}
	if (result == -1)
		return -1;
	count->bad += lint_errors(report) > 0;
	count->no_plist = count->no_plist || !report->is_plist;
	lint_print_report(session, path, report);
	if (session->options.json)
		lint_answer_file(&session->jobs, path, report);
	return 0;
}

int
command_lint(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	struct count count = { 0, false };
	struct lint_report *report;
	int result = 0;

	if (options->rules) {
		lint_print_rules(session);
		return 0;
	}
	if (options->operand_count == 0)
		return error_set(error, ERROR_USAGE, NULL, "see: lnpctl help lint",
		    "a file is missing");
	report = malloc(sizeof *report);
	if (report == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot start");
	for (size_t i = 0; i < options->operand_count && result == 0; i++)
		result = wait_is_stopped(&session->host) ?
		    error_set(error, ERROR_STOPPED, "did not finish") :
		    lint_one(session, options->operands[i], report, &count, error);
	free(report);
	if (result == -1 || count.bad == 0)
		return result;
	return error_set(error, count.no_plist ? ERROR_DATA : ERROR_FAILED, NULL, NULL,
	    "%zu of %zu files %s errors", count.bad, options->operand_count,
	    count.bad == 1 ? "has" : "have");
}
