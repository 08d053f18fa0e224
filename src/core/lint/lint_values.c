/* The rules about unfilled placeholders and about paths. */
#include <ctype.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

#define PLACEHOLDER_MAX	128	/* bytes of a placeholder */
#define SEARCH_MAX	65536	/* bytes of a text to search: no path or argument is longer */

/* ---- which text is it? ---- */

/*
 * Whether launchd itself uses a text, or only passes it on as an argument or a variable. Scripts
 * are for their interpreter.
 */
enum text_use { USE_LAUNCHD, USE_ARGUMENT, USE_VARIABLE, USE_SCRIPT };

static enum text_use
lint_text_use(const struct plist_path *path)
{
	const char *top = lint_top(path);

	if (strcmp(top, "EnvironmentVariables") == 0 ||
	    strcmp(top, "UserEnvironmentVariables") == 0)
		return USE_VARIABLE;
	if (strcmp(top, "ProgramArguments") != 0 || path->up == NULL || path->index == 0)
		return USE_LAUNCHD;
	return lint_is_script(path->up->value, path->index) ? USE_SCRIPT : USE_ARGUMENT;
}

static bool
lint_is_path_key(const struct plist_path *path)
{
	return path->row != NULL && path->row->allowed != NULL &&
	    strcmp(path->row->allowed, "/") == 0;
}

/* After -c, -lc, -e and --eval comes a script in the program's own language. */
bool
lint_is_script(const struct plist *arguments, size_t index)
{
	/* These take a script without a flag, or pass it to a shell elsewhere. */
	static const char *const languages[] = {
		"awk", "sed", "ssh", "jq", "osascript", "sqlite3", NULL,
	};
	const char *program = plist_text(plist_item(arguments, 0));
	const char *before = index == 0 ? NULL : plist_text(plist_item(arguments, index - 1));
	size_t length = before == NULL ? 0 : strlen(before);

	for (size_t i = 0; program != NULL && languages[i] != NULL; i++)
		if (strcmp(text_after_last(program, '/'), languages[i]) == 0 && index > 0)
			return strcmp(languages[i], "osascript") != 0 || length == 2;
	if (length < 2 || before[0] != '-' || index < 2)
		return false;
	if (strcmp(before, "--eval") == 0 || strcmp(before, "--command") == 0)
		return true;
	return before[1] != '-' && length <= 5 && strchr("ceE", before[length - 1]) != NULL;
}

/* ---- placeholders ---- */

/*
 * Return the length of a name; 0 if there is none, or if it is too long: a text may be megabytes
 * long, and this is called for each of its bytes.
 */
static size_t
lint_name_length(const char *text)
{
	size_t length = 0;

	if (!isalpha((unsigned char)text[0]) && text[0] != '_')
		return 0;
	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		if (++length > PLACEHOLDER_MAX)
			return 0;
	return length;
}

/* Return the length of open ... close with something in between, or 0. */
static size_t
lint_match_between(const char *text, const char *open, const char *close)
{
	size_t start = strlen(open), end = start + 1;

	if (strncmp(text, open, start) != 0)
		return 0;
	for (; end <= PLACEHOLDER_MAX && text[end - 1] != '\0'; end++)
		if (strncmp(text + end, close, strlen(close)) == 0)
			return end + strlen(close);
	return 0;
}

/* Return the length of open NAME close with nothing but a name in between, or 0. */
static size_t
lint_match_name(const char *text, const char *open, const char *close)
{
	size_t start = strlen(open), length;

	if (strncmp(text, open, start) != 0)
		return 0;
	length = lint_name_length(text + start);
	if (length == 0 || strncmp(text + start + length, close, strlen(close)) != 0)
		return 0;
	return start + length + strlen(close);
}

/* Match __NAME__ in capitals only: __init__ is a Python name. */
static size_t
lint_match_underscores(const char *text)
{
	size_t length = lint_name_length(text);

	if (length < 5 || strncmp(text, "__", 2) != 0 || strncmp(text + length - 2, "__", 2) != 0)
		return 0;
	for (size_t i = 0; i < length; i++)
		if (islower((unsigned char)text[i]))
			return 0;
	return length;
}

/* Match words in angle brackets: <your-name>. */
static size_t
lint_match_angles(const char *text)
{
	size_t length = 1;

	if (text[0] != '<' || !isalpha((unsigned char)text[1]))
		return 0;
	while (isalnum((unsigned char)text[length]) || strchr(" _-./", text[length]) != NULL) {
		if (text[length] == '\0' || length > PLACEHOLDER_MAX)
			return 0;
		length++;
	}
	return text[length] == '>' ? length + 1 : 0;
}

static size_t
lint_match_placeholder(const char *text)
{
	size_t length;

	switch (text[0]) {
	case '{':
		length = lint_match_between(text, "{{", "}}");
		return length != 0 ? length : lint_match_between(text, "{%", "%}");
	case '#':
		return lint_match_between(text, "#{", "}");
	case '[':
		return lint_match_name(text, "[[", "]]");
	case '<':
		length = lint_match_between(text, "<%", "%>");
		return length != 0 ? length : lint_match_angles(text);
	case '@':
		return lint_match_name(text, "@", "@");
	case '_':
		return lint_match_underscores(text);
	case '%':
		length = lint_match_name(text, "%(", ")s");
		if (length == 0)
			length = lint_match_name(text, "%%", "%%");
		if (length == 0)
			length = lint_match_name(text, "%", "%");
		if (length == 0 && (text[1] == 's' || text[1] == '@') &&
		    !isalnum((unsigned char)text[2]))
			length = 2;
		return length;
	case '$':
		length = lint_match_between(text, "${", "}");
		if (length == 0)
			length = lint_match_between(text, "$(", ")");
		return length != 0 ? length : lint_name_length(text + 1) == 0 ? 0 :
		    1 + lint_name_length(text + 1);
	default:
		return 0;
	}
}

struct placeholder
lint_find_placeholder(const char *text)
{
	for (size_t i = 0; i < SEARCH_MAX && text[i] != '\0'; i++) {
		size_t length = lint_match_placeholder(text + i);

		if (length > 0)
			return (struct placeholder){ i, length };
		/* "a__B__" is a single name. */
		while (text[i] == '_' && text[i + 1] == '_')
			i++;
	}
	return (struct placeholder){ 0, 0 };
}

static void
lint_check_name(struct lint *lint, const struct plist_path *path)
{
	struct placeholder placeholder = path->key == NULL ? (struct placeholder){ 0, 0 } :
	    lint_find_placeholder(path->key);

	if (placeholder.length > 0 && path->up != NULL)
		lint_report(lint, path, "fill it in: launchd does not expand it",
		    "the key contains the unfilled placeholder '%.*s'",
		    (int)(placeholder.length < 60 ? placeholder.length : 60),
		    path->key + placeholder.start);
}

void
lint_rule_template(struct lint *lint, const struct plist_path *path)
{
	const char *text = plist_text(path->value);
	struct placeholder placeholder = text == NULL ? (struct placeholder){ 0, 0 } :
	    lint_find_placeholder(text);
	enum text_use use;

	/* Operators of launch constraints begin with a dollar sign: $and, $in. */
	if (strcmp(lint_top(path), "SpawnConstraint") == 0)
		return;
	lint_check_name(lint, path);
	if (placeholder.length == 0)
		return;
	use = lint_text_use(path);
	/* In an argument, a percent sign is for date(1) and the like. */
	if (use == USE_SCRIPT || (use != USE_LAUNCHD && text[placeholder.start] == '%'))
		return;
	if (use != USE_LAUNCHD)
		lint->severity = LINT_WARNING;
	/* Never show a variable's value: it may be a secret. */
	if (use == USE_VARIABLE)
		lint_report(lint, path, "write out the value: launchd does not expand it",
		    "the value contains a placeholder or a variable");
	else
		lint_report(lint, path, "fill it in: launchd does not expand it",
		    "the placeholder '%.*s' was not filled in",
		    (int)(placeholder.length < 60 ? placeholder.length : 60),
		    text + placeholder.start);
}

/* ---- paths ---- */

static bool
lint_is_example(const char *text)
{
	static const char *const names[] = {
		"username", "user-name", "user_name", "yourname", "your-name", "your_name",
		"youruser", "your-user", "your_user", "yourusername", "your-username",
		"your_username", "your_user_name", NULL,
	};
	static const char *const words[] = {
		"/path/to/", "CHANGEME", "CHANGE_ME", "REPLACE_ME", "REPLACEME", "YOUR_", NULL,
	};
	const char *home = strstr(text, "/Users/");

	for (size_t i = 0; words[i] != NULL; i++)
		if (strstr(text, words[i]) != NULL)
			return true;
	for (size_t i = 0; home != NULL && names[i] != NULL; i++) {
		size_t length = strcspn(home + 7, "/");
		char name[32];

		if (text_format(name, sizeof name, "%.*s", (int)(length < 32 ? length : 31),
		    home + 7) && (text_equal_folded(name, names[i]) || strcmp(name, "USER") == 0))
			return true;
	}
	return false;
}

void
lint_rule_placeholder_path(struct lint *lint, const struct plist_path *path)
{
	const char *text = plist_text(path->value);
	enum text_use use;

	if (text == NULL || !lint_is_example(text))
		return;
	use = lint_text_use(path);
	if (use != USE_LAUNCHD)
		lint->severity = LINT_WARNING;
	if (use == USE_VARIABLE)
		lint_report(lint, path, "give the real path", "the value looks like an example");
	else
		lint_report(lint, path, "give the real path", "'%.100s' looks like an example",
		    text);
}

void
lint_rule_tilde(struct lint *lint, const struct plist_path *path)
{
	const char *text = plist_text(path->value);
	enum text_use use = lint_text_use(path);

	if (path->key != NULL && path->key[0] == '~' && path->up != NULL) {
		lint_report(lint, path, "give the full path, /Users/NAME/...",
		    "launchd does not expand ~");
		return;
	}
	if (text == NULL || use == USE_SCRIPT)
		return;
	if (text[0] != '~' || (text[1] != '/' && text[1] != '\0')) {
		if (use != USE_VARIABLE || strstr(text, ":~/") == NULL)
			return;
	}
	if (use != USE_LAUNCHD)
		lint->severity = LINT_WARNING;
	lint_report(lint, path, "give the full path, /Users/NAME/...",
	    use == USE_LAUNCHD ? "launchd does not expand ~: there is no such path" :
	    "launchd passes ~ through unexpanded");
}

void
lint_rule_relative_path(struct lint *lint, const struct plist_path *path)
{
	const char *text = plist_text(path->value);
	struct placeholder placeholder;

	/* Program has a rule of its own. */
	if (text == NULL || !lint_is_path_key(path) || text[0] == '/' || text[0] == '~' ||
	    strcmp(lint_top(path), "Program") == 0)
		return;
	placeholder = lint_find_placeholder(text);
	if (placeholder.length == 0 || placeholder.start > 0)
		lint_report(lint, path, "give the full path", "'%.100s' is not a full path", text);
}

/* /Users/NAME/FOLDER or ~/FOLDER */
static bool
lint_is_below_home(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	if (strncmp(path, "~/", 2) == 0)
		path += 2;
	else if (strncmp(path, "/Users/", 7) == 0 && strchr(path + 7, '/') != NULL)
		path = strchr(path + 7, '/') + 1;
	else
		return false;
	return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool
lint_is_on_volume(const char *path)
{
	return strncmp(path, "/Volumes/", 9) == 0;
}

const char *
lint_protected(const char *path)
{
	static const char *const folders[] = {
		"Documents", "Desktop", "Downloads", "Library/Mobile Documents", NULL,
	};

	for (size_t i = 0; folders[i] != NULL; i++)
		if (lint_is_below_home(path, folders[i]))
			return folders[i];
	return lint_is_on_volume(path) ? "most volumes" : NULL;
}

void
lint_rule_protected_folder(struct lint *lint, const struct plist_path *path)
{
	const char *text = plist_text(path->value), *folder;
	bool is_argument;

	if (text == NULL)
		return;
	is_argument = strcmp(lint_top(path), "ProgramArguments") == 0;
	if (!is_argument && !lint_is_path_key(path))
		return;
	folder = lint_protected(text);
	if (folder == NULL || (is_argument && lint_is_on_volume(text)))
		return;
	if (lint_is_on_volume(text))
		lint_report(lint, path, "put it on the startup disk",
		    "the volume may not be mounted at boot, "
		    "and privacy protection keeps jobs out of %s", folder);
	else
		lint_report(lint, path, "move it, or give the program Full Disk Access",
		    "privacy protection keeps jobs out of the directory %s", folder);
}
