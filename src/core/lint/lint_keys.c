/* Each key and its value against the table of keys. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

#define GUESSES	100	/* searches for what a key should have been; a file with more unknown keys
			   is no job */

static const char *
guess(struct lint *lint, const struct key *row, const char *name)
{
	const struct key *near = lint->guesses++ < GUESSES ? keys_nearest(row, name) : NULL;

	return near == NULL ? NULL : text_after_last(near->path, '.');
}

/* The row of the nearest key above a value that stands in a dictionary. */
static const struct key *
row_above(const struct plist_path *spot)
{
	return spot->up == NULL ? NULL : spot->up->row;
}

static void
say_unknown(struct lint *lint, const struct plist_path *spot, const char *near, bool is_error)
{
	char fix[128] = "";

	if (near != NULL)
		text_format(fix, sizeof fix, "did you mean %s?", near);
	if (!is_error)
		lint->severity = LINT_WARNING;
	lint_report(lint, spot, fix, "launchd does not know this key, and ignores it");
}

void
lint_rule_unknown_key(struct lint *lint, const struct plist_path *spot)
{
	const char *near;

	if (spot->up != NULL || spot->key == NULL)
		return;
	if (spot->row == NULL) {
		near = guess(lint, NULL, spot->key);
		say_unknown(lint, spot, near, near != NULL || lint->guesses >= GUESSES);
	} else if (spot->row->applies == KEY_NOWHERE)
		lint_report(lint, spot, spot->row->advice,
		    "launchd reads no such key, and ignores it");
}

void
lint_rule_unknown_subkey(struct lint *lint, const struct plist_path *spot)
{
	const struct key *above = row_above(spot);
	const char *near;

	if (spot->key == NULL || spot->row != NULL || above == NULL || !keys_lists_below(above))
		return;
	near = guess(lint, above, spot->key);
	if (strcmp(above->path, "StartCalendarInterval") != 0) {
		say_unknown(lint, spot, near, near != NULL || lint->guesses >= GUESSES);
		return;
	}
	lint_report(lint, spot, near == NULL ?
	    "Month, Day, Weekday, Hour and Minute are what there is" :
	    "the names begin with a capital letter: Month, Day, Weekday, Hour, Minute",
	    "launchd does not know this key: the job runs as if it were not there, and too often");
}

/* What the wrong type does; most are only ignored. */
static const char *
consequence(const struct plist_path *spot)
{
	const char *top = lint_top(spot);

	if (strcmp(top, "ProgramArguments") == 0)
		return "launchd refuses the job (111)";
	if (strcmp(top, "Label") == 0)
		return "launchd refuses the job (110)";
	if (strcmp(top, "LimitLoadToSessionType") == 0)
		return "launchd refuses the job (134)";
	if (strcmp(top, "StartCalendarInterval") == 0 && spot->up != NULL)
		return "launchd takes it as if it were not there, and starts the job too often";
	return "launchd ignores it";
}

void
lint_rule_wrong_type(struct lint *lint, const struct plist_path *spot)
{
	const char *kind = plist_kind(spot->value), *text = plist_text(spot->value);
	char wanted[192], fix[256] = "";

	if (spot->types.length == 0 || spot->types.text[0] == '-' ||
	    keys_allow(spot->types, kind, NULL))
		return;
	if (spot->row != NULL && spot->row->applies == KEY_NOWHERE)
		return;
	if (spot->row != NULL)
		keys_describe(spot->row, spot->types, wanted, sizeof wanted);
	else
		text_format(wanted, sizeof wanted, "%.*s", (int)spot->types.length,
		    spot->types.text);
	if (text != NULL && (text_equal_folded(text, "true") || text_equal_folded(text, "false")) &&
	    keys_allow(spot->types, "boolean", NULL))
		text_format(fix, sizeof fix, "write <%s/>", text_equal_folded(text, "true") ?
		    "true" : "false");
	else if (strcmp(kind, "string") != 0 && !keys_allow(spot->types, "array", NULL) &&
	    keys_allow(spot->types, "string", NULL) && spot->up != NULL)
		text_format(fix, sizeof fix, "write it as <string>");
	else
		text_format(fix, sizeof fix, "it must be %s", wanted);
	lint_report(lint, spot, fix, "this is %s %s, and must be %s; %s",
	    strchr("aeiou", kind[0]) != NULL ? "an" : "a", kind, wanted, consequence(spot));
}

void
lint_rule_bad_value(struct lint *lint, const struct plist_path *spot)
{
	const char *text = plist_text(spot->value);
	char wanted[192];
	int64_t integer;

	if (spot->row == NULL || spot->row->allowed == NULL ||
	    !keys_allow(spot->types, plist_kind(spot->value), NULL))
		return;
	keys_describe(spot->row, spot->types, wanted, sizeof wanted);
	if (plist_integer(spot->value, &integer) && !keys_allow_integer(spot->row, integer))
		lint_report(lint, spot, NULL, "%" PRId64 " is not allowed here; it must be %s",
		    integer, wanted);
	if (text != NULL && strcmp(spot->row->allowed, "/") != 0 &&
	    lint_find_placeholder(text).length == 0 && !keys_allow_text(spot->row, text))
		lint_report(lint, spot, NULL, "'%.60s' is not allowed here; it must be %s", text,
		    wanted);
}

void
lint_rule_ignored_key(struct lint *lint, const struct plist_path *spot)
{
	enum lint_kind kind = lint->facts->kind;
	bool is_session = spot->key != NULL && strcmp(spot->key, "LimitLoadToSessionType") == 0;

	if (spot->up != NULL || spot->row == NULL)
		return;
	if (spot->row->applies == KEY_AGENT && kind == LINT_DAEMON) {
		if (!is_session)
			lint->severity = LINT_WARNING;
		lint_report(lint, spot, spot->row->advice, "it is for agents%s",
		    is_session ? ": launchd may refuse the daemon (134)" :
		    " only, and ignored in a daemon");
	} else if (spot->row->applies == KEY_DAEMON && kind == LINT_AGENT) {
		lint->severity = LINT_WARNING;
		lint_report(lint, spot, spot->row->advice,
		    "it is for daemons only, and ignored in an agent");
	} else if (spot->row->applies == KEY_DAEMON && kind == LINT_UNKNOWN) {
		lint->severity = LINT_NOTE;
		lint_report(lint, spot, "say which it is: --kind daemon, or --kind agent",
		    "it counts if this is a daemon, and is ignored in an agent");
	}
}

void
lint_rule_deprecated_key(struct lint *lint, const struct plist_path *spot)
{
	if (spot->key == NULL || spot->row == NULL)
		return;
	if (spot->row->status == KEY_DEPRECATED)
		lint_report(lint, spot, spot->row->advice, "it is deprecated");
	else if (spot->row->status == KEY_REMOVED)
		lint_report(lint, spot, spot->row->advice, "it has no effect any more");
}

void
lint_rule_undocumented_key(struct lint *lint, const struct plist_path *spot)
{
	if (spot->key != NULL && spot->row != NULL && spot->row->status == KEY_UNDOCUMENTED)
		lint_report(lint, spot, spot->row->advice, "it is in no manual, and may change");
}

void
lint_rule_private_key(struct lint *lint, const struct plist_path *spot)
{
	if (spot->key != NULL && spot->row != NULL && spot->row->status == KEY_PRIVATE)
		lint_report(lint, spot, spot->row->advice,
		    "it is an undocumented key of Apple's own");
}

void
lint_rule_empty_array(struct lint *lint)
{
	struct plist_path program, arguments;

	if (lint_find(lint, "ProgramArguments", &arguments) &&
	    lint_find(lint, "Program", &program) &&
	    strcmp(plist_kind(arguments.value), "array") == 0 && plist_count(arguments.value) == 0)
		lint_report(lint, &arguments,
		    "its first item is the program's name, then come its arguments; or remove it",
		    "the array has no items");
}

/* A mode in decimal whose digits look like an octal one: 22 is 026, 432 is 0660. */
static bool
is_octal_mistake(long long value)
{
	static const short seen[] = { 22, 26, 27, 37, 66, 67, 77, 111, 177, 222, 333, 600, 640, 644,
	    660, 664, 666, 700,
		750, 755, 770, 775, 777 };

	for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
		if (value == seen[i])
			return true;
	return false;
}

void
lint_rule_umask(struct lint *lint, const struct plist_path *spot)
{
	const char *text = plist_text(spot->value);
	bool is_umask = spot->row != NULL && strcmp(spot->row->path, "Umask") == 0;
	int64_t mode;

	if (!is_umask && (spot->row == NULL ||
	    strcmp(spot->row->path, "Sockets.*.SockPathMode") != 0))
		return;
	if (text != NULL)
		mode = strtoll(text, NULL, 0);		/* as launchd reads it */
	else if (!plist_integer(spot->value, &mode))
		return;
	if (is_octal_mistake(mode) && (text == NULL || text[0] != '0'))
		lint_report(lint, spot, is_umask ?
		    "write it in decimal: 18 is 022, 23 is 027, 63 is 077" :
		    "write it in decimal: 438 is 0666, 432 is 0660, 384 is 0600",
		    "%" PRId64 " is decimal: the mode is 0%" PRIo64, mode, mode);
	else if (is_umask && mode > 0 && mode <= 0777 && (mode & 0700) != 0)
		lint_report(lint, spot, "a mask names what is taken away: 18 is 022, 23 is 027, 63 "
		    "is 077",
		    "%" PRId64 " is 0%" PRIo64 ": this mask keeps the job from its own files", mode,
		    mode);
}
