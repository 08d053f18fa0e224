/* The table of rules, and the code that runs them over a file. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plist/limits.h"
#include "lint_rows.h"
#include "core/text.h"

struct rule {				/* check is called once, check_value for each value */
	struct lint_rule rule;
	void		(*check)(struct lint *);
	void		(*check_value)(struct lint *, const struct plist_path *);
};

/* Indexes of the first rows. The rules up to line-endings look at the text only. */
enum { RULE_UNREADABLE, RULE_NOT_PLIST, RULE_DAMAGED, RULE_TEXT_LAST = 6 };

static const struct rule rules[] = {
	{ { "unreadable", LINT_ERROR, "the file cannot be read" },
	  NULL, NULL },
	{ { "not-a-plist", LINT_ERROR, "it is neither an XML nor a binary property list" },
	  NULL, NULL },
	{ { "not-well-formed", LINT_ERROR,
	    "the XML or binary data is damaged, or not every parser accepts it" },
	  lint_rule_not_well_formed, NULL },
	{ { "launchd-rejects", LINT_ERROR,
	    "plutil accepts it, but launchd rejects it or reads another value" },
	  lint_rule_launchd_rejects, NULL },
	{ { "duplicate-key", LINT_ERROR, "a dictionary has the same key twice" },
	  lint_rule_duplicate_key, NULL },
	{ { "header", LINT_WARNING,
	    "the XML declaration, DOCTYPE or plist element is missing or misplaced" },
	  lint_rule_header, NULL },
	{ { "line-endings", LINT_WARNING, "lines end in bare carriage returns" },
	  lint_rule_line_endings, NULL },

	{ { "missing-label", LINT_ERROR, "there is no Label: launchd refuses the job (110)" },
	  lint_rule_missing_label, NULL },
	{ { "bad-label", LINT_ERROR, "launchd refuses the Label, or launchctl cannot name it" },
	  lint_rule_bad_label, NULL },
	{ { "label-style", LINT_NOTE, "the Label is not in reverse-DNS form" },
	  lint_rule_label_style, NULL },
	{ { "file-name", LINT_NOTE, "the file is not named after the Label" },
	  lint_rule_file_name, NULL },

	{ { "missing-program", LINT_ERROR,
	    "there is no program to start: launchd refuses the job (111)" },
	  lint_rule_missing_program, NULL },
	{ { "relative-program", LINT_ERROR,
	    "the program is not a full path; a warning if launchd may find it" },
	  lint_rule_relative_program, NULL },
	{ { "command-in-one-string", LINT_ERROR, "the program and its arguments are one string" },
	  lint_rule_command_in_one_string, NULL },
	{ { "argv0", LINT_ERROR,
	    "the first argument must be the program's name, which is missing" },
	  lint_rule_argv0, NULL },
	{ { "shell-syntax", LINT_WARNING, "an argument is meant for a shell, but no shell runs" },
	  lint_rule_shell_syntax, NULL },
	{ { "missing-program-on-modern-macos", LINT_WARNING,
	    "the program is not part of current macOS" },
	  lint_rule_removed_program, NULL },
	{ { "daemonises", LINT_WARNING, "the program daemonizes, so launchd thinks it has exited" },
	  lint_rule_daemonises, NULL },
	{ { "waits-for-debugger", LINT_ERROR, "the job waits for a debugger before it starts" },
	  lint_rule_waits_for_debugger, NULL },

	{ { "unknown-key", LINT_ERROR,
	    "unknown key, which launchd ignores; a warning if no known key is similar" },
	  NULL, lint_rule_unknown_key },
	{ { "unknown-subkey", LINT_ERROR, "the same for a key inside a dictionary" },
	  NULL, lint_rule_unknown_subkey },
	{ { "wrong-type", LINT_ERROR,
	    "the value has the wrong type: launchd ignores it or refuses the job" },
	  NULL, lint_rule_wrong_type },
	{ { "bad-value", LINT_ERROR, "the value is out of range, or not one of those allowed" },
	  NULL, lint_rule_bad_value },
	{ { "ignored-key", LINT_ERROR,
	    "the key only works for the other job type; mostly a warning" },
	  NULL, lint_rule_ignored_key },
	{ { "deprecated-key", LINT_WARNING, "the key is deprecated, or no longer has any effect" },
	  NULL, lint_rule_deprecated_key },
	{ { "undocumented-key", LINT_NOTE, "the key is not documented and may change" },
	  NULL, lint_rule_undocumented_key },
	{ { "private-key", LINT_WARNING, "the key is private to Apple" },
	  NULL, lint_rule_private_key },
	{ { "no-effect", LINT_NOTE, "the key has no effect with, or without, another key" },
	  lint_rule_no_effect, NULL },
	{ { "empty-array", LINT_WARNING, "ProgramArguments has no items" },
	  lint_rule_empty_array, NULL },

	{ { "template", LINT_ERROR,
	    "a placeholder was not filled in; in arguments and variables a warning" },
	  NULL, lint_rule_template },
	{ { "placeholder-path", LINT_ERROR,
	    "a path is only an example; in arguments and variables a warning" },
	  NULL, lint_rule_placeholder_path },
	{ { "tilde", LINT_ERROR,
	    "launchd does not expand ~; in arguments and variables a warning" },
	  NULL, lint_rule_tilde },
	{ { "relative-path", LINT_WARNING, "a path does not begin with /" },
	  NULL, lint_rule_relative_path },

	{ { "hour-without-minute", LINT_WARNING,
	    "a calendar entry without Minute runs every minute of that hour or day" },
	  lint_rule_hour_without_minute, NULL },
	{ { "no-trigger", LINT_NOTE, "nothing but launchctl starts the job" },
	  lint_rule_no_trigger, NULL },
	{ { "disabled", LINT_NOTE, "the job is disabled until launchctl enables it" },
	  lint_rule_disabled, NULL },
	{ { "umask", LINT_WARNING, "a mode is written as octal, but launchd reads decimal" },
	  NULL, lint_rule_umask },
	{ { "system-limits", LINT_NOTE, "a daemon's limit becomes that of the whole Mac" },
	  lint_rule_system_limits, NULL },

	{ { "log-directory", LINT_WARNING,
	    "the directory of a log is missing, or the job cannot write there" },
	  lint_rule_log_directory, NULL },
	{ { "log-folder-unsafe", LINT_WARNING,
	    "other users can put a symbolic link where a daemon writes its log" },
	  lint_rule_log_folder_unsafe, NULL },
	{ { "protected-folder", LINT_WARNING,
	    "privacy protection keeps jobs out of the directory" },
	  NULL, lint_rule_protected_folder },
	{ { "no-home", LINT_NOTE, "a daemon that runs as root has no HOME" },
	  lint_rule_no_home, NULL },
	{ { "lan-as-root", LINT_NOTE, "a daemon that uses the local network runs as root" },
	  lint_rule_lan_as_root, NULL },
	{ { "secret", LINT_WARNING,
	    "a variable looks like a secret, and every user can read the file" },
	  lint_rule_secret, NULL },

	{ { "file-owner", LINT_ERROR, "the file is not owned by root: launchd refuses it (122)" },
	  lint_rule_file_owner, NULL },
	{ { "file-mode", LINT_ERROR,
	    "other users can write to the file: launchd refuses it (122)" },
	  lint_rule_file_mode, NULL },
};

#define ROWS	(sizeof rules / sizeof rules[0])

const struct lint_rule *
lint_rule(size_t number)
{
	return number < ROWS ? &rules[number].rule : NULL;
}

const char *
lint_word(enum lint_severity severity)
{
	return severity == LINT_ERROR ? "error" : severity == LINT_WARNING ? "warning" : "note";
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

static struct lint_finding *lint_add_finding(struct lint *, const char *, const char *, va_list)
    __attribute__((format(printf, 3, 0)));

/* Do not clear the rows: they are over 100 KB, and written when used. */
static void
lint_begin_report(struct lint_report *report)
{
	report->count = report->left_out = 0;
	report->is_plist = true;
}

static struct lint_finding *
lint_add_finding(struct lint *lint, const char *fix, const char *format, va_list arguments)
{
	struct lint_finding *row = lint_new_row(lint->report, lint->severity);

	if (row != NULL) {
		*row = (struct lint_finding){ lint->rule->id, lint->severity, 0, "", "", "" };
		vsnprintf(row->message, sizeof row->message, format, arguments);
		snprintf(row->fix, sizeof row->fix, "%s", fix == NULL ? "" : fix);
	}
	lint->severity = lint->rule->severity;
	return row;
}

/* Write "Sockets.Listeners.0.SockType", truncated if it does not fit. */
static void
lint_name_path(const struct plist_path *path, char *target, size_t size)
{
	size_t used;

	if (path->up != NULL)
		lint_name_path(path->up, target, size);
	used = strlen(target);
	if (path->key != NULL)
		text_format(target + used, size - used, "%s%s", used == 0 ? "" : ".", path->key);
	else
		text_format(target + used, size - used, "%s%zu", used == 0 ? "" : ".", path->index);
}

static unsigned
lint_line_of(const struct lint *lint, const struct plist_path *path)
{
	struct xml_step steps[PLIST_DEPTH_MAX + 1];
	size_t at = PLIST_DEPTH_MAX + 1;

	if (lint->source == NULL)
		return 0;
	for (; path != NULL && at > 0; path = path->up)
		steps[--at] = (struct xml_step){ path->key, path->index };
	return xml_index_line(lint->source, steps + at, PLIST_DEPTH_MAX + 1 - at);
}

void
lint_report(struct lint *lint, const struct plist_path *path, const char *fix, const char *format,
    ...)
{
	struct lint_finding *row;
	va_list arguments;

	va_start(arguments, format);
	row = lint_add_finding(lint, fix, format, arguments);
	va_end(arguments);
	if (row == NULL || path == NULL)
		return;
	row->line = lint_line_of(lint, path);
	lint_name_path(path, row->key, sizeof row->key);
}

void
lint_report_line(struct lint *lint, unsigned line, const char *fix, const char *format, ...)
{
	struct lint_finding *row;
	va_list arguments;

	va_start(arguments, format);
	row = lint_add_finding(lint, fix, format, arguments);
	va_end(arguments);
	if (row != NULL)
		row->line = line;
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
	path->row = keys_find(names + at, PLIST_DEPTH_MAX - at);
	if (path->row != NULL)
		path->types = keys_types(path->row);
}

bool
lint_find(const struct lint *lint, const char *key, struct plist_path *path)
{
	*path = (struct plist_path){ .key = key, .value = plist_member(lint->tree, key) };
	lint_look_up(path);
	return path->value != NULL;
}

bool
lint_member(const struct plist_path *up, const char *key, struct plist_path *path)
{
	*path = (struct plist_path){ .up = up, .key = key, .value = plist_member(up->value, key) };
	lint_look_up(path);
	return path->value != NULL;
}

bool
lint_item(const struct plist_path *up, size_t index, struct plist_path *path)
{
	*path = (struct plist_path){
		.up = up, .index = index, .value = plist_item(up->value, index),
	};
	lint_look_up(path);
	return path->value != NULL;
}

const char *
lint_text_of(const struct lint *lint, const char *key)
{
	return plist_text(plist_member(lint->tree, key));
}

bool
lint_is_true(const struct lint *lint, const char *key)
{
	bool value;

	return plist_boolean(plist_member(lint->tree, key), &value) && value;
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
};

static void lint_visit(struct lint *, struct plist_path *);

static void
lint_visit_member(void *context, const char *key, const struct plist *value)
{
	const struct lint_walk *walk = context;
	struct plist_path path = { .up = walk->up, .key = key, .value = value };

	lint_visit(walk->lint, &path);
}

static void
lint_visit_item(void *context, size_t index, const struct plist *value)
{
	const struct lint_walk *walk = context;
	struct plist_path path = { .up = walk->up, .index = index, .value = value };

	lint_visit(walk->lint, &path);
}

static void
lint_begin_rule(struct lint *lint, const struct rule *rule)
{
	lint->rule = &rule->rule;
	lint->severity = rule->rule.severity;
}

/* The recursion is bounded: plist_limits_check() refuses more than PLIST_DEPTH_MAX levels. */
static void
lint_visit(struct lint *lint, struct plist_path *path)
{
	struct lint_walk walk = { lint, path };

	lint_look_up(path);
	for (size_t i = 0; i < ROWS; i++)
		if (rules[i].check_value != NULL) {
			lint_begin_rule(lint, &rules[i]);
			rules[i].check_value(lint, path);
		}
	plist_visit(path->value, lint_visit_member, &walk);
	plist_visit_items(path->value, lint_visit_item, &walk);
}

static void
lint_run_rules(struct lint *lint)
{
	struct lint_walk walk = { lint, NULL };

	for (size_t i = 0; i < (lint->facts->text_only ? RULE_TEXT_LAST + 1 : ROWS); i++)
		if (rules[i].check != NULL) {
			lint_begin_rule(lint, &rules[i]);
			rules[i].check(lint);
		}
	if (!lint->facts->text_only)
		plist_visit(lint->tree, lint_visit_member, &walk);
}

/* Report a file that cannot be parsed, by the issues in its text if there are any. */
static void
lint_report_damaged(struct lint *lint, const struct error *why)
{
	lint->report->is_plist = false;
	if (lint->source != NULL) {
		lint_begin_rule(lint, &rules[RULE_DAMAGED]);
		lint_rule_not_well_formed(lint);
	}
	if (lint_errors(lint->report) > 0)
		return;
	lint_begin_rule(lint, &rules[RULE_DAMAGED]);
	lint_report(lint, NULL, why->fix, "%s%s%s", why->what, why->why[0] == '\0' ? "" : ": ",
	    why->why);
}

static bool
lint_looks_like_xml(struct bytes bytes)
{
	size_t at = bytes.size >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < bytes.size && strchr(" \t\r\n", bytes.data[at]) != NULL &&
	    bytes.data[at] != '\0')
		at++;
	return at < bytes.size && bytes.data[at] == '<';
}

/* Parse the file, or else its repaired text, so that the other rules can run. */
static struct plist *
lint_read_tree(struct lint *lint, struct bytes bytes, struct error *error)
{
	struct plist *tree = plist_parse(bytes, error);
	struct bytes repaired;
	struct error ignored;

	if (tree != NULL || lint->source == NULL)
		return tree;
	repaired = xml_index_escape_unknown(lint->source, bytes);
	if (repaired.data != NULL)
		tree = plist_parse(repaired, &ignored);
	bytes_free(&repaired);
	return tree;
}

static int
lint_check_tree(struct lint *lint, struct bytes bytes, struct error *error)
{
	struct plist *tree = lint_read_tree(lint, bytes, error);

	lint->tree = tree;
	if (tree == NULL)
		lint_report_damaged(lint, error);
	else if (!plist_is_dictionary(tree)) {
		lint->report->is_plist = false;
		lint_begin_rule(lint, &rules[RULE_NOT_PLIST]);
		lint_report(lint, NULL, "put the keys of the job into a <dict>",
		    "the outermost value is not a dictionary: launchd refuses it (109)");
	} else
		lint_run_rules(lint);
	plist_release(tree);
	return 0;
}

int
lint_check(struct bytes bytes, const struct lint_facts *facts, struct lint_report *report,
    struct error *error)
{
	struct lint lint = { .facts = facts, .report = report };
	struct xml_index source;
	enum plist_format format;
	int result = 0;

	lint_begin_report(report);
	if (plist_limits_check(bytes, &format, error) == -1) {
		bool is_binary = bytes.size >= 8 && memcmp(bytes.data, "bplist00", 8) == 0;

		report->is_plist = false;
		lint_begin_rule(&lint, is_binary || lint_looks_like_xml(bytes) ?
		    &rules[RULE_DAMAGED] : &rules[RULE_NOT_PLIST]);
		lint_report(&lint, NULL, error->fix, "%s%s%s", error->what, error->why[0] == '\0' ?
		    "" : ": ", error->why);
		return 0;
	}
	if (format == PLIST_FORMAT_XML) {
		result = xml_index_read(&source, bytes, error);
		lint.source = &source;
	}
	if (result == 0)
		result = lint_check_tree(&lint, bytes, error);
	if (format == PLIST_FORMAT_XML)
		xml_index_free(&source);
	lint_sort(report);
	return result;
}

void
lint_unreadable(struct lint_report *report, const char *why, const char *fix)
{
	struct lint lint = { .report = report };

	lint_begin_report(report);		/* with is_plist set: it may be one */
	lint_begin_rule(&lint, &rules[RULE_UNREADABLE]);
	lint_report(&lint, NULL, fix, "%s", why);
}
