/* The table of rules, and the code that runs them over a file. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plist/limits.h"
#include "lint_rows.h"
#include "core/text.h"

/* In the order of the manual. */
static const struct rule *const lint_tables[] = {
	lint_text_rules, lint_label_rules, lint_program_rules, lint_key_rules, lint_value_rules,
	lint_job_rules,
};

#define TABLES	(sizeof lint_tables / sizeof lint_tables[0])

const struct lint_rule *
lint_rule(size_t number)
{
	for (size_t i = 0; i < TABLES; i++)
		for (const struct rule *rule = lint_tables[i]; rule->rule.id != NULL; rule++)
			if (number-- == 0)
				return &rule->rule;
	return NULL;
}

const char *
lint_word(enum lint_severity severity)
{
	return severity == LINT_ERROR ? "error" : severity == LINT_WARNING ? "warning" : "note";
}

bool
lint_concerns_install(const struct lint_finding *finding)
{
	return (finding->severity == LINT_WARNING && strcmp(finding->id, "log-directory") != 0) ||
	    strcmp(finding->id, "system-limits") == 0;
}

size_t
lint_errors(const struct lint_report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++)
		count += report->rows[i].severity == LINT_ERROR;
	return count;
}

/* ---- findings ---- */

/* When full, replace a non-error to make room for an error. */
static struct lint_finding *
lint_new_row(struct lint_report *report, enum lint_severity severity)
{
	if (report->count < LINT_FINDINGS_MAX)
		return &report->rows[report->count++];
	report->left_out++;
	if (severity != LINT_ERROR)
		return NULL;
	for (size_t i = LINT_FINDINGS_MAX; i > 0; i--)
		if (report->rows[i - 1].severity != LINT_ERROR)
			return &report->rows[i - 1];
	return NULL;
}

/* Do not clear the rows: they are over 100 KB, and written when used. */
static void
lint_begin_report(struct lint_report *report)
{
	report->count = report->left_out = 0;
	report->is_plist = true;
}

/* Write "Sockets.Listeners.0.SockType", truncated if it does not fit. */
static void
lint_name_path(const struct plist_path *path, char *target, size_t size)
{
	const char *dot = path->up == NULL ? "" : ".";

	if (path->up != NULL)
		lint_name_path(path->up, target, size);
	if (path->key != NULL)
		text_append(target, size, "%s%s", dot, path->key);
	else
		text_append(target, size, "%s%zu", dot, path->index);
}

static unsigned
lint_line_of(const struct lint *lint, const struct plist_path *path)
{
	struct xml_step steps[PLIST_DEPTH_MAX + 1];
	size_t at = PLIST_DEPTH_MAX + 1;

	for (; path != NULL && at > 0; path = path->up)
		steps[--at] = (struct xml_step){ path->key, path->index };
	return xml_index_line(lint->source, steps + at, PLIST_DEPTH_MAX + 1 - at);
}

void
lint_report(struct lint *lint, const struct plist_path *path, const char *fix, const char *format,
    ...)
{
	struct lint_finding *row = lint_new_row(lint->report, lint->severity);
	va_list arguments;

	if (row != NULL) {
		*row = (struct lint_finding){ lint->rule->id, lint->severity, lint->line, "", "",
		    "" };
		va_start(arguments, format);
		vsnprintf(row->message, sizeof row->message, format, arguments);
		va_end(arguments);
		snprintf(row->fix, sizeof row->fix, "%s", fix == NULL ? "" : fix);
	}
	if (row != NULL && path != NULL) {
		row->line = lint_line_of(lint, path);
		lint_name_path(path, row->key, sizeof row->key);
	}
	lint->severity = lint->rule->severity;
	lint->line = 0;
}

/* Sort by line; the sort is stable. */
static void
lint_sort(struct lint_report *report)
{
	for (size_t i = 1; i < report->count; i++) {
		struct lint_finding moved = report->rows[i];
		size_t to = i;

		while (to > 0 && report->rows[to - 1].line > moved.line)
			to--;
		memmove(&report->rows[to + 1], &report->rows[to], (i - to) * sizeof moved);
		report->rows[to] = moved;
	}
}

/* ---- finding values ---- */

/* Set the row and types of a path from the keys that lead to it. */
static void
lint_look_up(struct plist_path *path)
{
	const char *names[PLIST_DEPTH_MAX];
	size_t at = PLIST_DEPTH_MAX;
	struct key_types inner = { "", 0 };

	if (path->up != NULL)
		keys_allow(path->up->types, path->key == NULL ? "array" : "dict", &inner);
	path->types = inner;
	path->row = NULL;
	if (path->key == NULL) {
		path->row = path->up == NULL ? NULL : path->up->row;
		return;
	}
	for (const struct plist_path *step = path; step != NULL && at > 0; step = step->up)
		if (step->key != NULL)
			names[--at] = step->key;
	path->row = keys_find(names + at, PLIST_DEPTH_MAX - at, false);
	if (path->row != NULL)
		path->types = keys_types(path->row);
}

const struct plist_path *
lint_key(struct lint *lint, const char *key)
{
	lint->lent[0] = (struct plist_path){ .key = key, .value = plist_member(lint->tree, key) };
	return &lint->lent[0];
}

const struct plist_path *
lint_inside(struct lint *lint, const char *key, const char *member, size_t index)
{
	const struct plist_path *up = lint_key(lint, key);

	lint->lent[1] = (struct plist_path){ .up = up, .key = member, .index = index,
	    .value = member == NULL ? plist_item(up->value, index) :
	    plist_member(up->value, member) };
	return &lint->lent[1];
}

const char *
lint_text_of(const struct lint *lint, const char *key)
{
	return plist_text(plist_member(lint->tree, key));
}

const char *
lint_top(const struct plist_path *path)
{
	while (path->up != NULL)
		path = path->up;
	return path->key;
}

/* ---- running the rules ---- */

struct lint_walk {
	struct lint	*lint;
	const struct plist_path *up;
	size_t		 items;		/* of an array, seen so far */
};

static void lint_visit(struct lint *, struct plist_path *);

static void
lint_visit_value(void *context, const char *key, const struct plist *value)
{
	struct lint_walk *walk = context;
	struct plist_path path = { .up = walk->up, .key = key, .value = value,
		.index = key == NULL ? walk->items++ : 0 };

	lint_visit(walk->lint, &path);
}

static void
lint_begin_rule(struct lint *lint, const struct rule *rule)
{
	lint->rule = &rule->rule;
	lint->severity = rule->rule.severity;
}

/* Run one table over a value, or (path is NULL) over the whole file. */
static void
lint_run_table(struct lint *lint, const struct rule *rule, const struct plist_path *path)
{
	for (; rule->rule.id != NULL; rule++) {
		lint_begin_rule(lint, rule);
		if (path == NULL && rule->check != NULL)
			rule->check(lint);
		else if (path != NULL && rule->check_value != NULL)
			rule->check_value(lint, path);
	}
}

/* The recursion is bounded: plist_limits_check() refuses more than PLIST_DEPTH_MAX levels. */
static void
lint_visit(struct lint *lint, struct plist_path *path)
{
	struct lint_walk walk = { lint, path, 0 };

	lint_look_up(path);
	for (size_t i = 0; i < TABLES; i++)
		lint_run_table(lint, lint_tables[i], path);
	plist_visit_all(path->value, lint_visit_value, &walk);
}

static void
lint_run_rules(struct lint *lint)
{
	struct lint_walk walk = { lint, NULL, 0 };

	for (size_t i = 0; i < (lint->facts->text_only ? 1 : TABLES); i++)
		lint_run_table(lint, lint_tables[i], NULL);
	if (!lint->facts->text_only)
		plist_visit(lint->tree, lint_visit_value, &walk);
}

/* Report a file that launchd cannot read. */
static void
lint_refuse(struct lint *lint, enum lint_text_rule rule, const struct error *why)
{
	lint->report->is_plist = false;
	lint_begin_rule(lint, &lint_text_rules[rule]);
	lint_report(lint, NULL, why->fix, "%s%s%s", why->what, why->why[0] == '\0' ? "" : ": ",
	    why->why);
}

/* Report a file that cannot be parsed, by the issues in its text if there are any. */
static void
lint_report_damaged(struct lint *lint, enum plist_format format, const struct error *why)
{
	lint->report->is_plist = false;
	lint_begin_rule(lint, &lint_text_rules[RULE_DAMAGED]);
	lint_text_rules[RULE_DAMAGED].check(lint);
	if (lint_errors(lint->report) == 0)
		lint_refuse(lint, format == PLIST_FORMAT_NONE ? RULE_NOT_PLIST : RULE_DAMAGED, why);
}

/* Parse the text as its author may have meant it, so that the other rules can run. */
static struct plist *
lint_read_repaired(const struct xml_index *source, struct bytes bytes)
{
	struct bytes repaired = xml_index_escape_unknown(source, bytes);
	struct error ignored;
	struct plist *tree = repaired.data == NULL ? NULL : plist_parse(repaired, &ignored);

	bytes_free(&repaired);
	return tree;
}

static void
lint_check_tree(struct lint *lint, struct error *error)
{
	if (plist_is_dictionary(lint->tree)) {
		lint_run_rules(lint);
		return;
	}
	error_set(error, ERROR_DATA, "launchd refuses it (109)",
	    "put the keys of the job into a <dict>", "the outermost value is not a dictionary");
	lint_refuse(lint, RULE_NOT_PLIST, error);
}

int
lint_check(struct bytes bytes, const struct lint_facts *facts, struct lint_report *report,
    struct plist **tree_of, struct error *error)
{
	struct xml_index source;
	struct lint lint = { .facts = facts, .report = report, .source = &source };
	enum plist_format format;
	struct plist *tree = plist_parse_indexed(bytes, &format, &source, error);

	lint_begin_report(report);
	if (tree == NULL && error->kind == ERROR_SYSTEM)
		return -1;
	if (tree == NULL)
		tree = lint_read_repaired(&source, bytes);
	lint.tree = tree;
	if (tree == NULL)
		lint_report_damaged(&lint, format, error);
	else
		lint_check_tree(&lint, error);
	if (tree_of != NULL)
		*tree_of = tree;
	else
		plist_release(tree);
	xml_index_free(&source);
	lint_sort(report);
	return 0;
}

void
lint_unreadable(struct lint_report *report, const char *why, const char *fix)
{
	struct lint lint = { .report = report };

	lint_begin_report(report);		/* with is_plist set: it may be one */
	lint_begin_rule(&lint, &lint_text_rules[RULE_UNREADABLE]);
	lint_report(&lint, NULL, fix, "%s", why);
}
