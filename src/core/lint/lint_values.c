/* Texts that somebody forgot to fill in, and paths that launchd takes as they are. */
#include <ctype.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

#define HOLE_MOST	128		/* bytes of a placeholder */
#define LOOK_MOST	65536		/* bytes of a text that are searched for one: no path or
					   argument is longer */

/* ---- which text is it? ---- */

/*
 * A place where launchd itself uses the text, or one where it only hands it on: an argument, a
 * variable. Scripts are for their interpreter.
 */
enum place { PLACE_USED, PLACE_ARGUMENT, PLACE_VARIABLE, PLACE_SCRIPT };

static enum place
place_of(const struct plist_path *spot)
{
	const char *top = lint_top(spot);

	if (strcmp(top, "EnvironmentVariables") == 0 ||
	    strcmp(top, "UserEnvironmentVariables") == 0)
		return PLACE_VARIABLE;
	if (strcmp(top, "ProgramArguments") != 0 || spot->up == NULL || spot->index == 0)
		return PLACE_USED;
	return lint_is_script(spot->up->value, spot->index) ? PLACE_SCRIPT : PLACE_ARGUMENT;
}

static bool
is_path_key(const struct plist_path *spot)
{
	return spot->row != NULL && spot->row->allowed != NULL &&
	    strcmp(spot->row->allowed, "/") == 0;
}

/* -c, -lc, -e, --eval: what follows is a text in the program's own language. */
bool
lint_is_script(const struct plist *arguments, size_t index)
{
	/* These take such texts without a flag, or hand them to a shell elsewhere. */
	static const char *const languages[] = { "awk", "sed", "ssh", "jq", "osascript", "sqlite3",
	    NULL };
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
 * 0, too, for what is longer than any name: a text may be megabytes long, and is looked at from
 * each byte on.
 */
static size_t
name_length(const char *text)
{
	size_t length = 0;

	if (!isalpha((unsigned char)text[0]) && text[0] != '_')
		return 0;
	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		if (++length > HOLE_MOST)
			return 0;
	return length;
}

/* From the opening to the closing, with something in between. */
static size_t
between(const char *text, const char *open, const char *close)
{
	size_t start = strlen(open), end = start + 1;

	if (strncmp(text, open, start) != 0)
		return 0;
	for (; end <= HOLE_MOST && text[end - 1] != '\0'; end++)
		if (strncmp(text + end, close, strlen(close)) == 0)
			return end + strlen(close);
	return 0;
}

/* open NAME close, with a name and nothing else inside. */
static size_t
around_name(const char *text, const char *open, const char *close)
{
	size_t start = strlen(open), length;

	if (strncmp(text, open, start) != 0)
		return 0;
	length = name_length(text + start);
	if (length == 0 || strncmp(text + start + length, close, strlen(close)) != 0)
		return 0;
	return start + length + strlen(close);
}

/* __NAME__ in capitals: __init__ is a name of Python's. */
static size_t
underscores(const char *text)
{
	size_t length = name_length(text);

	if (length < 5 || strncmp(text, "__", 2) != 0 || strncmp(text + length - 2, "__", 2) != 0)
		return 0;
	for (size_t i = 0; i < length; i++)
		if (islower((unsigned char)text[i]))
			return 0;
	return length;
}

/* <your-name>: words in angle brackets. */
static size_t
angles(const char *text)
{
	size_t length = 1;

	if (text[0] != '<' || !isalpha((unsigned char)text[1]))
		return 0;
	while (isalnum((unsigned char)text[length]) || strchr(" _-./", text[length]) != NULL) {
		if (text[length] == '\0' || length > HOLE_MOST)
			return 0;
		length++;
	}
	return text[length] == '>' ? length + 1 : 0;
}

static size_t
hole_length(const char *text)
{
	size_t length;

	switch (text[0]) {
	case '{':
		length = between(text, "{{", "}}");
		return length != 0 ? length : between(text, "{%", "%}");
	case '#':
		return between(text, "#{", "}");
	case '[':
		return around_name(text, "[[", "]]");
	case '<':
		length = between(text, "<%", "%>");
		return length != 0 ? length : angles(text);
	case '@':
		return around_name(text, "@", "@");
	case '_':
		return underscores(text);
	case '%':
		length = around_name(text, "%(", ")s");
		if (length == 0)
			length = around_name(text, "%%", "%%");
		if (length == 0)
			length = around_name(text, "%", "%");
		if (length == 0 && (text[1] == 's' || text[1] == '@') &&
		    !isalnum((unsigned char)text[2]))
			length = 2;
		return length;
	case '$':
		length = between(text, "${", "}");
		if (length == 0)
			length = between(text, "$(", ")");
		return length != 0 ? length : name_length(text + 1) == 0 ? 0 :
		    1 + name_length(text + 1);
	default:
		return 0;
	}
}

struct placeholder
lint_find_placeholder(const char *text)
{
	for (size_t i = 0; i < LOOK_MOST && text[i] != '\0'; i++) {
		size_t length = hole_length(text + i);

		if (length > 0)
			return (struct placeholder){ i, length };
		/* "a__B__" is one name. */
		while (text[i] == '_' && text[i + 1] == '_')
			i++;
	}
	return (struct placeholder){ 0, 0 };
}

static void
judge_name(struct lint *lint, const struct plist_path *spot)
{
	struct placeholder hole = spot->key == NULL ? (struct placeholder){ 0, 0 } :
	    lint_find_placeholder(spot->key);

	if (hole.length > 0 && spot->up != NULL)
		lint_report(lint, spot, "fill it in: launchd replaces nothing",
		    "the placeholder '%.*s' is left in the key",
		    (int)(hole.length < 60 ? hole.length : 60), spot->key + hole.start);
}

void
lint_rule_template(struct lint *lint, const struct plist_path *spot)
{
	const char *text = plist_text(spot->value);
	struct placeholder hole = text == NULL ? (struct placeholder){ 0, 0 } :
	    lint_find_placeholder(text);
	enum place place;

	/* Apple's operators there begin with a dollar sign: $and, $in. */
	if (strcmp(lint_top(spot), "SpawnConstraint") == 0)
		return;
	judge_name(lint, spot);
	if (hole.length == 0)
		return;
	place = place_of(spot);
	/* A percent sign is for date(1) and the like. */
	if (place == PLACE_SCRIPT || (place != PLACE_USED && text[hole.start] == '%'))
		return;
	if (place != PLACE_USED)
		lint->severity = LINT_WARNING;
	/* Of a variable's value nothing is shown: it may be a secret. */
	if (place == PLACE_VARIABLE)
		lint_report(lint, spot, "write the whole value: launchd replaces nothing",
		    "the value has a placeholder or a variable in it");
	else
		lint_report(lint, spot, "fill it in: launchd replaces nothing",
		    "the placeholder '%.*s' is left in", (int)(hole.length < 60 ? hole.length : 60),
		    text + hole.start);
}

/* ---- paths ---- */

static bool
is_example(const char *text)
{
	static const char *const names[] = { "username", "user-name", "user_name", "yourname",
	    "your-name", "your_name",
		"youruser", "your-user", "your_user", "yourusername", "your-username",
		    "your_username",
		"your_user_name", NULL };
	static const char *const words[] = { "/path/to/", "CHANGEME", "CHANGE_ME", "REPLACE_ME",
	    "REPLACEME", "YOUR_",
		NULL };
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
lint_rule_placeholder_path(struct lint *lint, const struct plist_path *spot)
{
	const char *text = plist_text(spot->value);
	enum place place;

	if (text == NULL || !is_example(text))
		return;
	place = place_of(spot);
	if (place != PLACE_USED)
		lint->severity = LINT_WARNING;
	if (place == PLACE_VARIABLE)
		lint_report(lint, spot, "write the real one", "the value looks like an example's");
	else
		lint_report(lint, spot, "write the real one", "'%.100s' looks like an example's",
		    text);
}

void
lint_rule_tilde(struct lint *lint, const struct plist_path *spot)
{
	const char *text = plist_text(spot->value);
	enum place place = place_of(spot);

	if (spot->key != NULL && spot->key[0] == '~' && spot->up != NULL) {
		lint_report(lint, spot, "write the full path, /Users/NAME/...",
		    "launchd does not expand ~");
		return;
	}
	if (text == NULL || place == PLACE_SCRIPT)
		return;
	if (text[0] != '~' || (text[1] != '/' && text[1] != '\0')) {
		if (place != PLACE_VARIABLE || strstr(text, ":~/") == NULL)
			return;
	}
	if (place != PLACE_USED)
		lint->severity = LINT_WARNING;
	lint_report(lint, spot, "write the full path, /Users/NAME/...",
	    "launchd does not expand ~%s", place == PLACE_USED ? ": there is no such path" :
	    ", it hands it on as it is");
}

void
lint_rule_relative_path(struct lint *lint, const struct plist_path *spot)
{
	const char *text = plist_text(spot->value);
	struct placeholder hole;

	/* Program has a rule of its own. */
	if (text == NULL || !is_path_key(spot) || text[0] == '/' || text[0] == '~' ||
	    strcmp(lint_top(spot), "Program") == 0)
		return;
	hole = lint_find_placeholder(text);
	if (hole.length == 0 || hole.start > 0)
		lint_report(lint, spot, "write the full path", "'%.100s' is no full path", text);
}

/* /Users/NAME/FOLDER or ~/FOLDER */
static bool
is_below_home(const char *path, const char *folder)
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
is_on_volume(const char *path)
{
	return strncmp(path, "/Volumes/", 9) == 0;
}

const char *
lint_protected(const char *path)
{
	static const char *const folders[] = { "Documents", "Desktop", "Downloads",
	    "Library/Mobile Documents", NULL };

	for (size_t i = 0; folders[i] != NULL; i++)
		if (is_below_home(path, folders[i]))
			return folders[i];
	return is_on_volume(path) ? "most volumes" : NULL;
}

void
lint_rule_protected_folder(struct lint *lint, const struct plist_path *spot)
{
	const char *text = plist_text(spot->value), *folder;
	bool is_argument;

	if (text == NULL)
		return;
	is_argument = strcmp(lint_top(spot), "ProgramArguments") == 0;
	if (!is_argument && !is_path_key(spot))
		return;
	folder = lint_protected(text);
	if (folder == NULL || (is_argument && is_on_volume(text)))
		return;
	if (is_on_volume(text))
		lint_report(lint, spot, "put it on the Mac's own volume",
		    "a volume may not be there at boot, and privacy protection keeps jobs out of "
		    "%s",
		    folder);
	else
		lint_report(lint, spot, "put it elsewhere, or give the program Full Disk Access",
		    "privacy protection keeps jobs out of the folder %s", folder);
}
