/* Print lines for people, and write JSON members for programs. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "change.h"
#include "report.h"
#include "core/check/fix.h"
#include "core/facts/paste.h"
#include "core/plist/difference.h"
#include "core/text.h"
#include "host/steps/words.h"

#define REPORT_LINE	4096	/* longer than any message with its paths */

const char *
report_time(int64_t seconds, char target[REPORT_TIME])
{
	time_t time = (time_t)seconds;
	struct tm fields;

	target[0] = '\0';
	if (seconds != 0 && gmtime_r(&time, &fields) != NULL)
		strftime(target, REPORT_TIME, "%Y-%m-%dT%H:%M:%SZ", &fields);
	return target;
}

/* Return true on a terminal only; NO_COLOR: https://no-color.org */
static bool
report_wants_color(const struct session *session)
{
	const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(fileno(session->out)) && (refused == NULL || refused[0] == '\0') &&
	    terminal != NULL && strcmp(terminal, "dumb") != 0;
}

enum tone { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD };

/* The color repeats what the words say. */
static void
report_print(const struct session *session, enum tone tone, const char *line)
{
	static const char *const codes[] = { "", "\033[32m", "\033[33m", "\033[31m" };
	bool colored = tone != TONE_PLAIN && report_wants_color(session);

	if (session->options.quiet || session->options.json)
		return;
	text_put(session->out, "", colored ? codes[tone] : "");
	text_put(session->out, line, colored ? "\033[0m\n" : "\n");
	fflush(session->out);		/* report each step before the next one begins */
}

void
report_line(const struct session *session, const char *format, ...)
{
	char line[REPORT_LINE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	report_print(session, TONE_PLAIN, line);
}

/* A memory stream has no descriptor: false. */
bool
report_wants_progress(const struct session *session)
{
	return !session->options.quiet && !session->options.json && isatty(fileno(session->err));
}

void
report_progress(FILE *err, const char *format, ...)
{
	char line[REPORT_LINE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	text_put(err, "lnpctl: ", "");
	text_put(err, line, "\n");
}

void
report_wait(void *context, const char *target, const char *what, double left)
{
	struct session *session = context;
	time_t until = time(NULL) + (time_t)(left + 0.5);
	char clock[16] = "?";
	struct tm fields;

	if (localtime_r(&until, &fields) != NULL)
		strftime(clock, sizeof clock, "%H:%M:%S", &fields);
	report_progress(session->err, "waiting for %s %s, up to %.0f s, until %s", target, what,
	    left, clock);
}

/* Mark the lines as a log's, for the job can write anything there. */
static void
report_lines(FILE *err, const char *title, const char *lines)
{
	char text[sizeof ((struct evidence *)NULL)->log], *rest;

	if (lines[0] != '\0')
		text_put(err, title, "\n");
	text_copy(text, sizeof text, lines);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		text_put(err, "  | ", "");
		text_put(err, line, "\n");
	}
}

void
report_error(FILE *err, const struct error *error)
{

	report_progress(err, "%s%s%s", error->what, error->why[0] == '\0' ? "" : ": ", error->why);
	if (error->fix[0] != '\0') {
		text_put(err, "hint: ", "");
		text_put(err, error->fix, "\n");
	}
	report_lines(err, "last lines of its log:", error->evidence.log);
	report_lines(err, "in launchd's own log:", error->evidence.launchd);
}

void
report_to_system(const char *command, const char *label, const struct error *error)
{
	char line[REPORT_LINE];

	text_format(line, sizeof line, "%s %s: %s%s%s", command, label, error == NULL ? "done" :
	    error->what, error == NULL ? "" : ": ", error == NULL ? "" : error->why);
	text_clean(line);
	openlog("lnpctl", LOG_PID, LOG_DAEMON);
	syslog(error == NULL ? LOG_NOTICE : LOG_ERR, "%s", line);
	closelog();
}

void
report_warning(const struct session *session, const struct error *error)
{
	if (!session->options.quiet)
		report_progress(session->err, "warning: %s%s%s", error->what,
		    error->why[0] == '\0' ? "" : ": ", error->why);
}

void
report_error_json(struct json *json, const struct error *error)
{
	if (error == NULL)
		json_null(json, "error");
	else
		json_texts(json, "error", "what", error->what, "why", error->why, "fix",
		    error->fix, JSON_END);
}

/* Return whether there is a line about the step; those about the receipt only if wanted. */
static bool
report_step_line(const struct session *session, const struct step *step, bool receipt)
{
	char text[PATH_SIZE + 64];

	step_describe(step, text, sizeof text);
	/* The error reports a failed step. */
	if (text[0] == '\0' || step->result == STEP_FAILED || step->result == STEP_STUCK ||
	    (!receipt && (step->kind == KIND_RECEIPT || step->kind == KIND_FORGET)))
		return false;
	report_line(session, "%s", text);
	return true;
}

void
report_step(void *context, const struct step *step)
{
	const struct session *session = context;

	report_step_line(session, step, session->options.verbose);
}

static void
report_fix(const struct session *session, const char *fix)
{
	if (fix[0] != '\0')
		report_line(session, "          fix: %s", fix);
}

/* Findings in a row with the same fix have it once, after them. */
void
report_findings(struct session *session, const char *label, const struct check_report *findings)
{
	static const enum tone tones[] = {
		[VERDICT_PASS] = TONE_PLAIN, [VERDICT_SKIP] = TONE_PLAIN, [VERDICT_WARN] =
		    TONE_WARN,
		[VERDICT_UNKNOWN] = TONE_WARN, [VERDICT_FAIL] = TONE_BAD,
	};
	enum error_kind kind = check_result(findings);
	const char *fix = "";
	char line[REPORT_LINE];

	snprintf(line, sizeof line, "%s: %s", label, kind == ERROR_NONE ? "ok" :
	    kind == ERROR_FAILED ? "FAILED" : "unknown");
	report_print(session, kind == ERROR_NONE ? TONE_GOOD : kind == ERROR_FAILED ? TONE_BAD :
	    TONE_WARN, line);
	for (size_t i = 0; i < findings->count; i++) {
		const struct check_result *found = &findings->rows[i];

		if (!session->options.verbose &&
		    (found->verdict == VERDICT_PASS || found->verdict == VERDICT_SKIP))
			continue;
		if (strcmp(found->fix, fix) != 0)
			report_fix(session, fix);
		fix = found->fix;
		snprintf(line, sizeof line, "  %-7s %s: %s", check_word(found->verdict), found->id,
		    found->message);
		report_print(session, tones[found->verdict], line);
	}
	report_fix(session, fix);
}

void
report_notes(struct session *session, const struct plan *plan)
{
	for (size_t i = 0; i < plan->note_count; i++)
		report_line(session, "%s %s", session->options.dry_run ? "would leave" : "left",
		    plan->notes[i]);
}

void
report_plan(struct session *session, const struct plan *plan)
{
	bool any = false;

	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		any = report_step_line(session, step, session->options.verbose) || any;
		if (step->kind == KIND_PLIST && !session->options.quiet &&
		    !session->options.json)
			difference_print(step->was.content, step->goal.content, session->out);
	}
	/* Where only the receipt would change, nothing else was printed. */
	for (size_t i = 0; i < plan->count && !any; i++)
		report_step_line(session, &plan->steps[i], true);
	report_notes(session, plan);
}

static void
report_add_name(char names[REPORT_LINE], const char *name)
{
	text_append(names, REPORT_LINE, "%s%s", names[0] == '\0' ? "" : ", ", name);
}

/* Collect the names of what only the old plist has. */
static void
report_add_lost(void *context, const struct difference *row)
{
	if (row->new == NULL)
		report_add_name(context, row->key);
}

void
report_lost(struct session *session, const struct change *change)
{
	const struct spec *next = &change->next.spec, *old = change->installed == NULL ? NULL :
	    &change->installed->spec;
	char names[REPORT_LINE] = "";

	for (size_t i = 0; i < change->plan.count; i++) {
		const struct step *step = &change->plan.steps[i];

		if (step->kind == KIND_PLIST && step->was.content.data != NULL &&
		    step->goal.content.data != NULL)
			difference_each(step->was.content, step->goal.content, report_add_lost,
			    names);
	}
	for (size_t i = 0; old != NULL && i < old->peer_count; i++)
		if (!spec_has_peer(next, old->peers[i])) {
			report_add_name(names, "--peer ");
			text_append(names, sizeof names, "%s", old->peers[i]);
		}
	if (old != NULL && session->options.settle < 0 && next->settle != old->settle)
		report_add_name(names, "--settle");
	if (old != NULL && session->options.max_starts < 0 &&
	    next->max_starts != old->max_starts)
		report_add_name(names, "--max-starts");
	if (names[0] != '\0')
		report_line(session, "no longer set: %s", names);
}

void
report_migration(struct session *session, const struct migration *migration)
{
	bool all = session->options.dry_run || session->options.verbose;

	for (size_t i = 0; i < migration->count; i++) {
		const struct migrate_key *row = &migration->keys[i];

		if (row->fate == MIGRATE_KEPT && !row->granted && !all)
			continue;
		report_line(session, "%-7s %s%s%s", migrate_word(row->fate), row->key,
		    row->why[0] == '\0' ? "" : ": ", row->why);
	}
	for (size_t i = 0; i < migration->warning_count; i++)
		report_line(session, "warning: %s", migration->warnings[i]);
}

void
report_migration_json(struct json *json, const struct migration *migration)
{
	json_open(json, "keys", '[');
	for (size_t i = 0; i < migration->count; i++) {
		const struct migrate_key *row = &migration->keys[i];

		json_texts(json, NULL, "key", row->key, "result", migrate_word(row->fate), "why",
		    row->why, JSON_END);
	}
	json_close(json, ']');
	json_open(json, "warnings", '[');
	for (size_t i = 0; i < migration->warning_count; i++)
		json_text(json, NULL, migration->warnings[i]);
	json_close(json, ']');
}

/* The words of the command, if the fix is one; several are for sh. */
static void
report_command_json(struct json *json, const char *fix)
{
	char word[PATH_SIZE];

	if (!fix_is_command(fix)) {
		json_null(json, "command");
		return;
	}
	json_open(json, "command", '[');
	if (strstr(fix, " && ") != NULL) {
		json_text(json, NULL, "sh");
		json_text(json, NULL, "-c");
		json_text(json, NULL, fix);
		fix = "";
	}
	while (*fix != '\0') {
		fix = paste_read_word(fix, word, sizeof word);
		json_text(json, NULL, word);
	}
	json_close(json, ']');
}

void
report_checks_json(struct json *json, const struct check_report *findings)
{
	json_open(json, "checks", '[');
	for (size_t i = 0; i < findings->count; i++) {
		const struct check_result *found = &findings->rows[i];

		json_open(json, NULL, '{');
		json_members(json, "id", found->id, "result", check_word(found->verdict),
		    "message", found->message, "fix", found->fix, JSON_END);
		report_command_json(json, found->fix);
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* A value as --dry-run prints it; null where it is missing or a variable's. */
static void
report_difference_value(struct json *json, const char *key, const struct difference *row,
    const struct plist *value)
{
	char *text = NULL;
	size_t size;
	FILE *stream = value == NULL || row->secret ? NULL : open_memstream(&text, &size);

	if (stream != NULL) {
		difference_value(row, value, stream);
		fclose(stream);
	}
	json_text(json, key, text);
	free(text);
}

static void
report_difference(void *context, const struct difference *row)
{
	struct json *json = context;

	json_open(json, NULL, '{');
	json_text(json, "key", row->key);
	json_text(json, "change", row->old == NULL ? "added" : row->new == NULL ? "removed" :
	    "changed");
	report_difference_value(json, "old", row, row->old);
	report_difference_value(json, "new", row, row->new);
	json_close(json, '}');
}

static void
report_differences_json(struct json *json, const struct plan *plan, bool dry_run)
{
	json_flag(json, "would_change", dry_run, plan_changes(plan));
	json_open(json, "differences", '[');
	for (size_t i = 0; dry_run && i < plan->count; i++)
		if (plan->steps[i].kind == KIND_PLIST)
			difference_each(plan->steps[i].was.content, plan->steps[i].goal.content,
			    report_difference, json);
	json_close(json, ']');
}

void
report_change_json(struct json *json, const struct change *change, bool dry_run)
{
	json_boolean(json, "changed", change->changed);
	json_some(json, "label", change->label);
	json_boolean(json, "dry_run", dry_run);
	json_boolean(json, "rolled_back", change->rolled_back);
	json_open(json, "steps", '[');
	for (size_t i = 0; i < change->plan.count; i++) {
		const struct step *step = &change->plan.steps[i];

		json_texts(json, NULL, "action", step_action(step), "target", step_name(step),
		    "result", step_result_word(step->result), JSON_END);
	}
	json_close(json, ']');
	report_checks_json(json, &change->findings);
	report_differences_json(json, &change->plan, dry_run);
}
