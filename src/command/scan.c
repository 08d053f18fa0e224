/* scan: list this Mac's jobs and their risk; change nothing. */
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/scan.h"

#define ACCOUNT_WIDTH	12
#define LABEL_WIDTH	34	/* the rest of a line; --json has labels untruncated */

/* ---- for programs ---- */

static void
scan_answer_troubles(struct json *json, const struct scan_job *job)
{
	json_open(json, "troubles", '[');
	for (int i = 0; i < TROUBLES; i++) {
		char text[PATH_SIZE + 128];

		if (!job->troubles[i])
			continue;
		scan_describe(job, (enum scan_trouble)i, text, sizeof text);
		json_texts(json, NULL, "id", scan_trouble_word((enum scan_trouble)i), "message",
		    text, JSON_END);
	}
	json_close(json, ']');
}

static void
scan_answer_job(struct json *json, const struct scan_job *job)
{
	json_open(json, NULL, '{');
	json_members(json, "path", job->path, "label", job->label, "kind",
	    scan_kind_word(job->kind), "account", job->account, JSON_END);
	json_flag(json, "loaded", job->loaded != UNKNOWN, job->loaded == YES);
	json_members(json, "program", job->program, "risk", scan_risk_word(job->risk), "reason",
	    job->reason, "fix", job->fix, JSON_END);
	scan_answer_troubles(json, job);
	json_close(json, '}');
}

/* ---- for people ---- */

static const char *
scan_risk_words(enum risk risk)
{
	static const char *const words[] = {
		[RISK_AT_RISK] = "at risk", [RISK_EXEMPT_IF_ROOT] = "exempt if root",
		    [RISK_LOW] = "low",
		[RISK_UNKNOWN] = "unknown",
	};

	return words[risk];
}

/* Truncate a text to a number of columns, with "..." at its end. */
static void
scan_fit(char *target, size_t width, const char *text)
{
	size_t length = strlen(text);

	if (length > width) {
		length = width - 3;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
		text_format(target, width + 1, "%.*s...", (int)length, text);
	} else
		text_copy(target, width + 1, text);
}

static void
scan_report_row(struct session *session, const struct scan_job *job)
{
	char label[LABEL_WIDTH + 1], account[ACCOUNT_WIDTH + 1];

	scan_fit(label, LABEL_WIDTH, job->label[0] != '\0' ? job->label :
	    text_after_last(job->path, '/'));
	scan_fit(account, ACCOUNT_WIDTH, job->account[0] != '\0' ? job->account :
	    job->kind == SCAN_AGENT ? "(all users)" : "?");
	report_line(session, "%-14s  %-6s  %-*s  %-6s  %s", scan_risk_words(job->risk),
	    scan_kind_word(job->kind), ACCOUNT_WIDTH, account, job->loaded == YES ? "yes" :
	    job->loaded == NO ? "no" : "?", label);
}

static void
scan_report_wrapped(struct session *session, const char *start, const char *text)
{
	size_t taken = 2 + strlen(start), columns = taken < TEXT_COLUMNS ? TEXT_COLUMNS - taken : 0,
	    length;

	for (const char *before = start; (length = text_line(text, columns)) > 0; before = "",
	    columns = TEXT_COLUMNS - 2) {
		report_line(session, "  %s%.*s", before, (int)length, text);
		text += length + strspn(text + length, " ");
	}
}

/* The label, or the path if there is none, safe to print at the start of a line. */
static void
scan_show_name(char *target, size_t size, const struct scan_job *job)
{
	paste_shown(target, size, job->label[0] != '\0' ? job->label : job->path);
}

/* Print below the table each reason once, with the jobs that it applies to and their fixes. */
static void
scan_report_reasons(struct session *session, const struct scan *scan)
{
	char name[PATH_SIZE + 3];

	for (size_t i = 0; i < scan->count; i++) {
		const char *reason = scan->jobs[i].reason;
		size_t j = 0;

		while (j < i && strcmp(scan->jobs[j].reason, reason) != 0)
			j++;
		if (j < i)
			continue;
		report_line(session, "%s", "");
		report_line(session, "%s:", scan_risk_words(scan->jobs[i].risk));
		scan_report_wrapped(session, "", reason);
		for (j = i; j < scan->count; j++) {
			bool nameless = scan->jobs[j].label[0] == '\0';

			if (strcmp(scan->jobs[j].reason, reason) != 0)
				continue;
			scan_show_name(name, sizeof name, &scan->jobs[j]);
			if (nameless || scan->jobs[j].fix[0] != '\0')
				report_line(session, "  %s%s%s", name, nameless ? "" : ": ",
				    nameless ? "" : scan->jobs[j].fix);
		}
	}
}

static void
scan_report_troubles(struct session *session, const struct scan *scan)
{
	bool first = true;

	for (size_t i = 0; i < scan->count; i++)
		for (int j = 0; j < TROUBLES; j++) {
			char text[PATH_SIZE + 128], name[PATH_SIZE + 3], start[PATH_SIZE + 5];

			if (!scan->jobs[i].troubles[j])
				continue;
			if (first) {
				report_line(session, "%s", "");
				report_line(session, "other problems that can stop a job:");
			}
			first = false;
			scan_describe(&scan->jobs[i], (enum scan_trouble)j, text, sizeof text);
			scan_show_name(name, sizeof name, &scan->jobs[i]);
			text_format(start, sizeof start, "%s: ", name);
			scan_report_wrapped(session, start, text);
		}
}

static void
scan_report(struct session *session, const struct scan *scan)
{
	if (scan->count == 0)
		report_line(session, "no jobs");
	else
		report_line(session, "%-14s  %-6s  %-*s  %-6s  %s", "RISK", "KIND", ACCOUNT_WIDTH,
		    "ACCOUNT",
		    "LOADED", "LABEL");
	for (size_t i = 0; i < scan->count; i++)
		scan_report_row(session, &scan->jobs[i]);
	scan_report_reasons(session, scan);
	scan_report_troubles(session, scan);
}

static int
scan_report_unseen(const struct scan *scan, struct error *error)
{
	char why[sizeof error->why] = "";

	for (size_t i = 0; i < scan->unseen_count && i < SCAN_UNSEEN; i++)
		snprintf(why + strlen(why), sizeof why - strlen(why), "%s%.150s", i == 0 ? "" :
		    "; ", scan->unseen[i]);
	return error_set(error, ERROR_UNKNOWN, why,
	    host_is_root() ? "the jobs listed are still correct" : "run it with sudo",
	    "%zu item%s could not be read; the list may be incomplete", scan->unseen_count,
	    scan->unseen_count == 1 ? "" : "s");
}

int
command_scan(struct session *session, struct error *error)
{
	struct scan scan;
	int result;

	result = scan_collect(&session->host, false, &scan, error);
	text_copy(session->system.version, sizeof session->system.version, scan.version);
	for (size_t i = 0; i < scan.count; i++)
		scan_answer_job(&session->jobs, &scan.jobs[i]);
	if (result == 0)
		scan_report(session, &scan);
	if (result == 0 && scan.unseen_count > 0)
		result = scan_report_unseen(&scan, error);
	scan_free(&scan);
	return result;
}
