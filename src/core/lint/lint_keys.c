/* The rules that compare each key and its value with the table of keys. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

#define GUESSES_MAX	100	/* searches for similar keys; a file with more unknown keys is
				   not a job */

static const char *
lint_guess_key(struct lint *lint, const struct key *row, const char *name)
{
	const struct key *near = lint->guesses++ < GUESSES_MAX ? keys_nearest(row, name) : NULL;

	return near == NULL ? NULL : text_after_last(near->path, '.');
}

static void
lint_report_unknown(struct lint *lint, const struct plist_path *path, const char *near,
    bool is_error)
{
	char fix[128] = "";

	if (near != NULL)
		text_format(fix, sizeof fix, "did you mean %s?", near);
	if (!is_error)
		lint->severity = LINT_WARNING;
	lint_report(lint, path, fix, "unknown key; launchd ignores it");
}

static void
lint_rule_unknown_key(struct lint *lint, const struct plist_path *path)
{
	const char *near;

	if (path->up != NULL || path->key == NULL)
		return;
	if (path->row == NULL) {
		near = lint_guess_key(lint, NULL, path->key);
		lint_report_unknown(lint, path, near, near != NULL || lint->guesses >= GUESSES_MAX);
	} else if (path->row->applies == KEY_NOWHERE)
		lint_report(lint, path, path->row->advice,
		    "launchd does not read this key");
}

static void
lint_rule_unknown_subkey(struct lint *lint, const struct plist_path *path)
{
	const struct key *above = path->up == NULL ? NULL : path->up->row;
	const char *near;

	if (path->key == NULL || path->row != NULL || above == NULL || !keys_lists_below(above))
		return;
	near = lint_guess_key(lint, above, path->key);
	if (strcmp(above->path, "StartCalendarInterval") != 0) {
		lint_report_unknown(lint, path, near, near != NULL || lint->guesses >= GUESSES_MAX);
		return;
	}
	lint_report(lint, path, near == NULL ?
	    "use Month, Day, Weekday, Hour or Minute" :
	    "use a capital letter: Month, Day, Weekday, Hour, Minute",
	    "unknown key; launchd ignores it, so the job runs too often");
}

/* Return what launchd does with a value of the wrong type; it ignores most. */
static const char *
lint_type_effect(const struct plist_path *path)
{
	const char *top = lint_top(path);

	if (strcmp(top, "ProgramArguments") == 0)
		return "launchd refuses the job (111)";
	if (strcmp(top, "Label") == 0)
		return "launchd refuses the job (110)";
	if (strcmp(top, "LimitLoadToSessionType") == 0)
		return "launchd refuses the job (134)";
	if (strcmp(top, "StartCalendarInterval") == 0 && path->up != NULL)
		return "launchd ignores it and starts the job too often";
	return "launchd ignores it";
}

static void
lint_rule_wrong_type(struct lint *lint, const struct plist_path *path)
{
	const char *kind = plist_kind(path->value), *text = plist_text(path->value);
	char wanted[192], fix[256] = "";

	if (path->types.length == 0 || path->types.text[0] == '-' ||
	    keys_allow(path->types, kind, NULL))
		return;
	if (path->row != NULL && path->row->applies == KEY_NOWHERE)
		return;
	if (path->row != NULL)
		keys_describe(path->row, path->types, wanted, sizeof wanted);
	else
		text_format(wanted, sizeof wanted, "%.*s", (int)path->types.length,
		    path->types.text);
	if (text != NULL && (text_equal_folded(text, "true") || text_equal_folded(text, "false")) &&
	    keys_allow(path->types, "boolean", NULL))
		text_format(fix, sizeof fix, "write <%s/>", text_equal_folded(text, "true") ?
		    "true" : "false");
	else if (strcmp(kind, "string") != 0 && !keys_allow(path->types, "array", NULL) &&
	    keys_allow(path->types, "string", NULL) && path->up != NULL)
		text_format(fix, sizeof fix, "write it as <string>");
	else
		text_format(fix, sizeof fix, "it must be %s", wanted);
	lint_report(lint, path, fix, "this is %s %s but must be %s; %s",
	    strchr("aeiou", kind[0]) != NULL ? "an" : "a", kind, wanted, lint_type_effect(path));
}

static void
lint_rule_bad_value(struct lint *lint, const struct plist_path *path)
{
	const char *text = plist_text(path->value);
	char wanted[192];
	int64_t integer;

	if (path->row == NULL || path->row->allowed == NULL ||
	    !keys_allow(path->types, plist_kind(path->value), NULL))
		return;
	keys_describe(path->row, path->types, wanted, sizeof wanted);
	if (plist_integer(path->value, &integer) && !keys_allow_integer(path->row, integer))
		lint_report(lint, path, NULL, "%" PRId64 " is not allowed here; it must be %s",
		    integer, wanted);
	if (text != NULL && strcmp(path->row->allowed, "/") != 0 &&
	    lint_find_placeholder(text).length == 0 && !keys_allow_text(path->row, text))
		lint_report(lint, path, NULL, "'%.60s' is not allowed here; it must be %s", text,
		    wanted);
}

static void
lint_rule_ignored_key(struct lint *lint, const struct plist_path *path)
{
	enum lint_kind kind = lint->facts->kind;
	bool is_session = path->key != NULL && strcmp(path->key, "LimitLoadToSessionType") == 0;

	if (path->up != NULL || path->row == NULL)
		return;
	if (path->row->applies == KEY_AGENT && kind == LINT_DAEMON) {
		if (!is_session)
			lint->severity = LINT_WARNING;
		lint_report(lint, path, path->row->advice, "it is for agents%s",
		    is_session ? ": launchd may refuse the daemon (134)" :
		    " only, and ignored in a daemon");
	} else if (path->row->applies == KEY_DAEMON && kind == LINT_AGENT) {
		lint->severity = LINT_WARNING;
		lint_report(lint, path, path->row->advice,
		    "it is for daemons only, and ignored in an agent");
	} else if (path->row->applies == KEY_DAEMON && kind == LINT_UNKNOWN) {
		lint->severity = LINT_NOTE;
		lint_report(lint, path, "use --kind daemon or --kind agent",
		    "it is honored in a daemon, but ignored in an agent");
	}
}

/* Report a status that its rule names. */
static void
lint_rule_status(struct lint *lint, const struct plist_path *path)
{
	static const struct {
		enum key_status	 status;
		const char	*rule, *message;
	} words[] = {
		{ KEY_DEPRECATED, "deprecated-key", "it is deprecated" },
		{ KEY_REMOVED, "deprecated-key", "it no longer has any effect" },
		{ KEY_UNDOCUMENTED, "undocumented-key", "it is not documented and may change" },
		{ KEY_PRIVATE, "private-key", "it is undocumented and private to Apple" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (path->key != NULL && path->row != NULL &&
		    path->row->status == words[i].status &&
		    strcmp(lint->rule->id, words[i].rule) == 0)
			lint_report(lint, path, path->row->advice, "%s", words[i].message);
}

static void
lint_rule_no_effect(struct lint *lint)
{
	const char *user = lint_text_of(lint, "UserName"), *group = lint_text_of(lint, "GroupName");

	if (user != NULL && strcmp(user, "root") == 0)
		lint_report(lint, lint_key(lint, "UserName"), NULL,
		    "root is the default: launchd ignores the key and sets no HOME");
	if (user == NULL && group != NULL && strcmp(group, "wheel") != 0)
		lint_report(lint, lint_key(lint, "GroupName"), "set UserName",
		    "without UserName the job still runs as root");
	if (user == NULL && lint_key(lint, "InitGroups")->value != NULL)
		lint_report(lint, lint_key(lint, "InitGroups"), NULL,
		    "without UserName it is ignored");
	if (plist_is_true(lint->tree, "EnablePressuredExit") &&
	    plist_is_true(lint->tree, "KeepAlive"))
		lint_report(lint, lint_key(lint, "EnablePressuredExit"), NULL,
		    "with KeepAlive it is not respected");
	if (plist_member(lint->tree, "inetdCompatibility") != NULL &&
	    plist_member(lint->tree, "Sockets") == NULL)
		lint_report(lint, lint_key(lint, "inetdCompatibility"), "set Sockets",
		    "without Sockets there is nothing to listen on");
}

static void
lint_rule_empty_array(struct lint *lint)
{
	const struct plist_path *path = lint_key(lint, "ProgramArguments");

	if (plist_member(lint->tree, "Program") != NULL && path->value != NULL &&
	    strcmp(plist_kind(path->value), "array") == 0 && plist_count(path->value) == 0)
		lint_report(lint, path,
		    "list the program's name and its arguments, or remove the key",
		    "the array has no items");
}

static void
lint_rule_umask(struct lint *lint, const struct plist_path *path)
{
	/* They look as if octal was meant: decimal 22 is the mode 026. */
	static const char *const mistakes[] = {
		"22", "26", "27", "37", "66", "67", "77", "111", "177", "222", "333", "600", "640",
		"644", "660", "664", "666", "700", "750", "755", "770", "775", "777", NULL,
	};
	const char *text = plist_text(path->value);
	bool is_umask = path->row != NULL && strcmp(path->row->path, "Umask") == 0;
	char decimal[24];
	int64_t mode;

	if (!is_umask && (path->row == NULL ||
	    strcmp(path->row->path, "Sockets.*.SockPathMode") != 0))
		return;
	if (text != NULL)
		mode = strtoll(text, NULL, 0);		/* as launchd reads it */
	else if (!plist_integer(path->value, &mode))
		return;
	text_format(decimal, sizeof decimal, "%" PRId64, mode);
	if (text_matches(decimal, mistakes) && (text == NULL || text[0] != '0'))
		lint_report(lint, path, is_umask ?
		    "write it in decimal: 18 is 022, 23 is 027, 63 is 077" :
		    "write it in decimal: 438 is 0666, 432 is 0660, 384 is 0600",
		    "%" PRId64 " is read as decimal, which is the mode 0%" PRIo64, mode, mode);
	else if (is_umask && mode > 0 && mode <= 0777 && (mode & 0700) != 0)
		lint_report(lint, path,
		    "a mask lists the bits to remove: 18 is 022, 23 is 027, 63 is 077",
		    "%" PRId64 " is 0%" PRIo64 ": with this mask the job cannot use its own files",
		    mode, mode);
}

const struct rule lint_key_rules[] = {
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
	  NULL, lint_rule_status },
	{ { "undocumented-key", LINT_NOTE, "the key is not documented and may change" },
	  NULL, lint_rule_status },
	{ { "private-key", LINT_WARNING, "the key is private to Apple" },
	  NULL, lint_rule_status },
	{ { "no-effect", LINT_NOTE, "the key has no effect with, or without, another key" },
	  lint_rule_no_effect, NULL },
	{ { "empty-array", LINT_WARNING, "ProgramArguments has no items" },
	  lint_rule_empty_array, NULL },
	{ { "umask", LINT_WARNING, "a mode is written as octal, but launchd reads decimal" },
	  NULL, lint_rule_umask },
	{ { NULL, LINT_NOTE, NULL }, NULL, NULL },
};
