/* The table of rules, and how a file goes through them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plist/limits.h"
#include "lint_rows.h"
#include "core/text.h"

struct rule {
	struct lint_rule rule;
	void		(*judge)(struct lint *);	/* of the whole */
	/* of each value */
	void		(*judge_value)(struct lint *, const struct plist_path *);
};

/* The first rows: the file and its text. Those of line-endings and before it need no values. */
enum { RULE_UNREADABLE, RULE_NO_PLIST, RULE_DAMAGED, RULE_TEXT_LAST = 6 };

static const struct rule rules[] = {
	{ { "unreadable", LINT_ERROR, "the file cannot be read" }, NULL, NULL },
	{ { "not-a-plist", LINT_ERROR, "it is neither an XML nor a binary property list" }, NULL,
	  NULL },
	{ { "not-well-formed", LINT_ERROR, "it is damaged, or no XML that every reader takes" },
	  lint_rule_not_well_formed, NULL },
	{ { "launchd-rejects", LINT_ERROR,
	  "plutil takes it, launchd does not, or reads another value" },
	  lint_rule_launchd_rejects, NULL },
	{ { "duplicate-key", LINT_ERROR, "a dictionary has the same key twice" },
	  lint_rule_duplicate_key, NULL },
	{ { "header", LINT_WARNING, "the lines before the first value are missing, or not at the "
	  "start" },
	  lint_rule_header, NULL },
	{ { "line-endings", LINT_WARNING, "lines end in bare carriage returns" },
	  lint_rule_line_endings, NULL },

	{ { "missing-label", LINT_ERROR, "there is no Label: launchd refuses it (110)" },
	  lint_rule_missing_label, NULL },
	{ { "bad-label", LINT_ERROR, "launchd refuses the Label, or launchctl cannot name it" },
	  lint_rule_bad_label, NULL },
	{ { "label-style", LINT_NOTE, "the Label is not in reverse-DNS form" },
	  lint_rule_label_style, NULL },
	{ { "file-name", LINT_NOTE, "the file is not named after the Label" }, lint_rule_file_name,
	  NULL },

	{ { "missing-program", LINT_ERROR, "nothing says what to start: launchd refuses it (111)" },
	  lint_rule_missing_program, NULL },
	{ { "relative-program", LINT_ERROR,
	  "the program is no full path; a warning if launchd may find it" },
	  lint_rule_relative_program, NULL },
	{ { "command-in-one-string", LINT_ERROR, "program and arguments are one string" },
	  lint_rule_command_in_one_string, NULL },
	{ { "argv0", LINT_ERROR, "the first argument is the program's name, and is not there" },
	  lint_rule_argv0, NULL },
	{ { "shell-syntax", LINT_WARNING, "an argument is meant for a shell, and there is none" },
	  lint_rule_shell_syntax, NULL },
	{ { "missing-program-on-modern-macos", LINT_WARNING,
	  "the program came with older systems only" },
	  lint_rule_removed_program, NULL },
	{ { "daemonises", LINT_WARNING,
	  "the program goes into the background, and launchd takes that for its end" },
	  lint_rule_daemonises, NULL },
	{ { "waits-for-debugger", LINT_ERROR, "the job stands still until a debugger comes" },
	  lint_rule_waits_for_debugger, NULL },

	{ { "unknown-key", LINT_ERROR, "launchd ignores the key; a warning if it looks like no "
	  "other" },
	  NULL, lint_rule_unknown_key },
	{ { "unknown-subkey", LINT_ERROR, "the same within a dictionary" }, NULL,
	  lint_rule_unknown_subkey },
	{ { "wrong-type", LINT_ERROR, "launchd ignores a value of another type, or refuses the job" },
	  NULL, lint_rule_wrong_type },
	{ { "bad-value", LINT_ERROR, "the value is out of range, or none of those that there are" },
	  NULL, lint_rule_bad_value },
	{ { "ignored-key", LINT_ERROR, "the key counts in the other domain only; mostly a warning" },
	  NULL, lint_rule_ignored_key },
	{ { "deprecated-key", LINT_WARNING, "the key is old, or has no effect any more" },
	  NULL, lint_rule_deprecated_key },
	{ { "undocumented-key", LINT_NOTE, "the key is in no manual, and may change" },
	  NULL, lint_rule_undocumented_key },
	{ { "private-key", LINT_WARNING, "the key is Apple's own" }, NULL, lint_rule_private_key },
	{ { "no-effect", LINT_NOTE, "the key does nothing beside, or without, another one" },
	  lint_rule_no_effect, NULL },
	{ { "empty-array", LINT_WARNING, "ProgramArguments has no items" }, lint_rule_empty_array,
	  NULL },

	{ { "template", LINT_ERROR, "a placeholder is left in; in arguments and variables a "
	  "warning" },
	  NULL, lint_rule_template },
	{ { "placeholder-path", LINT_ERROR,
	  "a path is an example's; in arguments and variables a warning" },
	  NULL, lint_rule_placeholder_path },
	{ { "tilde", LINT_ERROR, "launchd does not expand ~; in arguments and variables a warning" },
	  NULL, lint_rule_tilde },
	{ { "relative-path", LINT_WARNING, "a path does not begin with /" }, NULL,
	  lint_rule_relative_path },

	{ { "hour-without-minute", LINT_WARNING,
	  "a calendar entry without Minute runs every minute of its time" },
	  lint_rule_hour_without_minute, NULL },
	{ { "no-trigger", LINT_NOTE, "nothing starts the job but launchctl" }, lint_rule_no_trigger,
	  NULL },
	{ { "disabled", LINT_NOTE, "the job is disabled until launchctl enables it" },
	  lint_rule_disabled, NULL },
	{ { "umask", LINT_WARNING, "a mode is written as octal, and launchd reads decimal" },
	  NULL, lint_rule_umask },
	{ { "system-limits", LINT_NOTE, "a daemon's limit becomes the whole Mac's" },
	  lint_rule_system_limits, NULL },

	{ { "log-directory", LINT_WARNING,
	  "the folder of a log is missing, or the job cannot write there" },
	  lint_rule_log_directory, NULL },
	{ { "log-folder-unsafe", LINT_WARNING,
	  "others can put a link where a daemon writes its log" },
	  lint_rule_log_folder_unsafe, NULL },
	{ { "protected-folder", LINT_WARNING, "privacy protection keeps jobs out of the folder" },
	  NULL, lint_rule_protected_folder },
	{ { "no-home", LINT_NOTE, "a daemon of root's has no HOME" }, lint_rule_no_home, NULL },
	{ { "lan-as-root", LINT_NOTE, "a daemon that talks to the local network runs as root" },
	  lint_rule_lan_as_root, NULL },
	{ { "secret", LINT_WARNING, "a variable looks like a secret, and everybody can read the "
	  "file" },
	  lint_rule_secret, NULL },

	{ { "file-owner", LINT_ERROR, "the file is not root's: launchd refuses it (122)" },
	  lint_rule_file_owner, NULL },
	{ { "file-mode", LINT_ERROR, "others can write the file: launchd refuses it (122)" },
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

/* A full report gives up what is no error for an error. */
static struct lint_finding *
new_row(struct lint_report *report, enum lint_severity severity)
{
	if (report->count < LINT_MOST)
		return &report->rows[report->count++];
	report->left_out++;
	if (severity != LINT_ERROR)
		return NULL;
	for (size_t i = LINT_MOST; i > 0; i--)
		if (report->rows[i - 1].severity != LINT_ERROR)
			return &report->rows[i - 1];
	return NULL;
}

static struct lint_finding *say(struct lint *, const char *, const char *, va_list)
    __attribute__((format(printf, 3, 0)));

/* The rows are written when there are some: all of them are a hundred thousand bytes. */
static void
begin_report(struct lint_report *report)
{
	report->count = report->left_out = 0;
	report->is_plist = true;
}

static struct lint_finding *
say(struct lint *lint, const char *fix, const char *format, va_list arguments)
{
	struct lint_finding *row = new_row(lint->report, lint->severity);

	if (row != NULL) {
		*row = (struct lint_finding){ lint->rule->id, lint->severity, 0, "", "", "" };
		vsnprintf(row->message, sizeof row->message, format, arguments);
		snprintf(row->fix, sizeof row->fix, "%s", fix == NULL ? "" : fix);
	}
	lint->severity = lint->rule->severity;
	return row;
}

/* "Sockets.Listeners.0.SockType"; what does not fit is left out. */
static void
name_spot(const struct plist_path *spot, char *target, size_t size)
{
	size_t used;

	if (spot->up != NULL)
		name_spot(spot->up, target, size);
	used = strlen(target);
	if (spot->key != NULL)
		text_format(target + used, size - used, "%s%s", used == 0 ? "" : ".", spot->key);
	else
		text_format(target + used, size - used, "%s%zu", used == 0 ? "" : ".", spot->index);
}

static unsigned
line_of(const struct lint *lint, const struct plist_path *spot)
{
	struct xml_step steps[PLIST_DEPTH_MAX + 1];
	size_t at = PLIST_DEPTH_MAX + 1;

	if (lint->source == NULL)
		return 0;
	for (; spot != NULL && at > 0; spot = spot->up)
		steps[--at] = (struct xml_step){ spot->key, spot->index };
	return xml_index_line(lint->source, steps + at, PLIST_DEPTH_MAX + 1 - at);
}

void
lint_report(struct lint *lint, const struct plist_path *spot, const char *fix, const char *format,
    ...)
{
	struct lint_finding *row;
	va_list arguments;

	va_start(arguments, format);
	row = say(lint, fix, format, arguments);
	va_end(arguments);
	if (row == NULL || spot == NULL)
		return;
	row->line = line_of(lint, spot);
	name_spot(spot, row->key, sizeof row->key);
}

void
lint_report_line(struct lint *lint, unsigned line, const char *fix, const char *format, ...)
{
	struct lint_finding *row;
	va_list arguments;

	va_start(arguments, format);
	row = say(lint, fix, format, arguments);
	va_end(arguments);
	if (row != NULL)
		row->line = line;
}

/* By line, those of one line as they were found. */
static void
sort(struct lint_report *report)
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

/* Names the keys on the way, and gives the spot its row and types. */
static void
lint_place(struct plist_path *spot)
{
	const char *names[PLIST_DEPTH_MAX];
	size_t at = PLIST_DEPTH_MAX;
	struct key_types inner = { "", 0 };

	if (spot->up != NULL)
		keys_allow(spot->up->types, spot->key == NULL ? "array" : "dict", &inner);
	spot->types = inner;
	spot->row = NULL;
	if (spot->key == NULL) {
		spot->row = spot->up == NULL ? NULL : spot->up->row;
		return;
	}
	for (const struct plist_path *step = spot; step != NULL && at > 0; step = step->up)
		if (step->key != NULL)
			names[--at] = step->key;
	spot->row = keys_find(names + at, PLIST_DEPTH_MAX - at);
	if (spot->row != NULL)
		spot->types = keys_types(spot->row);
}

bool
lint_find(const struct lint *lint, const char *key, struct plist_path *spot)
{
	*spot = (struct plist_path){ .key = key, .value = plist_member(lint->tree, key) };
	lint_place(spot);
	return spot->value != NULL;
}

bool
lint_member(const struct plist_path *up, const char *key, struct plist_path *spot)
{
	*spot = (struct plist_path){ .up = up, .key = key, .value = plist_member(up->value, key) };
	lint_place(spot);
	return spot->value != NULL;
}

bool
lint_item(const struct plist_path *up, size_t index, struct plist_path *spot)
{
	*spot = (struct plist_path){ .up = up, .index = index, .value = plist_item(up->value, index) };
	lint_place(spot);
	return spot->value != NULL;
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
lint_top(const struct plist_path *spot)
{
	while (spot->up != NULL)
		spot = spot->up;
	return spot->key;
}

/* ---- going through ---- */

struct lint_walk {
	struct lint	*lint;
	const struct plist_path *up;
};

static void lint_visit(struct lint *, struct plist_path *);

static void
lint_visit_member(void *context, const char *key, const struct plist *value)
{
	const struct lint_walk *walk = context;
	struct plist_path spot = { .up = walk->up, .key = key, .value = value };

	lint_visit(walk->lint, &spot);
}

static void
lint_visit_item(void *context, size_t index, const struct plist *value)
{
	const struct lint_walk *walk = context;
	struct plist_path spot = { .up = walk->up, .index = index, .value = value };

	lint_visit(walk->lint, &spot);
}

static void
begin_rule(struct lint *lint, const struct rule *rule)
{
	lint->rule = &rule->rule;
	lint->severity = rule->rule.severity;
}

/* The fence has seen to it that this is PLIST_DEPTH_MAX deep at most. */
static void
lint_visit(struct lint *lint, struct plist_path *spot)
{
	struct lint_walk walk = { lint, spot };

	lint_place(spot);
	for (size_t i = 0; i < ROWS; i++)
		if (rules[i].judge_value != NULL) {
			begin_rule(lint, &rules[i]);
			rules[i].judge_value(lint, spot);
		}
	plist_visit(spot->value, lint_visit_member, &walk);
	plist_visit_items(spot->value, lint_visit_item, &walk);
}

static void
lint_judge(struct lint *lint)
{
	struct lint_walk walk = { lint, NULL };

	for (size_t i = 0; i < (lint->facts->text_only ? RULE_TEXT_LAST + 1 : ROWS); i++)
		if (rules[i].judge != NULL) {
			begin_rule(lint, &rules[i]);
			rules[i].judge(lint);
		}
	if (!lint->facts->text_only)
		plist_visit(lint->tree, lint_visit_member, &walk);
}

/* What cannot be read as a whole: the flaws of the text say where, if there are any. */
static void
judge_damaged(struct lint *lint, const struct error *why)
{
	lint->report->is_plist = false;
	if (lint->source != NULL) {
		begin_rule(lint, &rules[RULE_DAMAGED]);
		lint_rule_not_well_formed(lint);
	}
	if (lint_errors(lint->report) > 0)
		return;
	begin_rule(lint, &rules[RULE_DAMAGED]);
	lint_report(lint, NULL, why->fix, "%s%s%s", why->what, why->why[0] == '\0' ? "" : ": ",
	    why->why);
}

static bool
looks_like_xml(struct bytes bytes)
{
	size_t at = bytes.size >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < bytes.size && strchr(" \t\r\n", bytes.data[at]) != NULL &&
	    bytes.data[at] != '\0')
		at++;
	return at < bytes.size && bytes.data[at] == '<';
}

/* The tree, or that of the repaired text. */
static struct plist *
read_tree(struct lint *lint, struct bytes bytes, struct error *error)
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
check_tree(struct lint *lint, struct bytes bytes)
{
	struct error why = { .kind = ERROR_NONE };
	struct plist *tree = read_tree(lint, bytes, &why);

	if (tree == NULL && why.kind == ERROR_NONE)
		error_set(&why, ERROR_DATA, "it is damaged", NULL, "not a property list");
	lint->tree = tree;
	if (tree == NULL)
		judge_damaged(lint, &why);
	else if (!plist_is_dictionary(tree)) {
		lint->report->is_plist = false;
		begin_rule(lint, &rules[RULE_NO_PLIST]);
		lint_report(lint, NULL, "a job is a dictionary, <dict>",
		    "the outermost value is no dictionary: launchd refuses it (109)");
	} else
		lint_judge(lint);
	plist_release(tree);
	return 0;
}

int
lint_check(struct bytes bytes, const struct lint_facts *facts, struct lint_report *report,
    struct error *error)
{
	struct lint lint = { .facts = facts, .report = report };
	struct error why = { .kind = ERROR_NONE };
	struct xml_index source;
	enum plist_format format;
	int result = 0;

	begin_report(report);
	if (plist_limits_check(bytes, &format, &why) == -1) {
		bool is_binary = bytes.size >= 8 && memcmp(bytes.data, "bplist00", 8) == 0;

		report->is_plist = false;
		begin_rule(&lint, &rules[is_binary || looks_like_xml(bytes) ? RULE_DAMAGED :
		    RULE_NO_PLIST]);
		lint_report(&lint, NULL, why.fix, "%s%s%s", why.what, why.why[0] == '\0' ? "" :
		    ": ", why.why);
		return 0;
	}
	if (format == PLIST_FORMAT_XML) {
		result = xml_index_read(&source, bytes, error);
		lint.source = &source;
	}
	if (result == 0)
		result = check_tree(&lint, bytes);
	if (format == PLIST_FORMAT_XML)
		xml_index_free(&source);
	sort(report);
	return result;
}

void
lint_unreadable(struct lint_report *report, const char *why, const char *fix)
{
	struct lint lint = { .report = report };

	begin_report(report);		/* a plist, for all that is known */
	begin_rule(&lint, &rules[RULE_UNREADABLE]);
	lint_report(&lint, NULL, fix, "%s", why);
}
