/* The rules about unfilled placeholders and about paths. */
#include <ctype.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

#define PLACEHOLDER_MAX	128	/* bytes of a placeholder */
#define VOLUMES		"most volumes"	/* what lint_protected() says of /Volumes */

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
	static const char *const languages[] = { "awk", "sed", "ssh", "jq", "sqlite3", NULL };
	static const char *const options[] = {
		"--eval", "--command", "-[ceE]", "-[!-][ceE]", "-[!-]?[ceE]", "-[!-]??[ceE]", NULL,
	};
	const char *program = plist_text(plist_item(arguments, 0));
	const char *before = index == 0 ? NULL : plist_text(plist_item(arguments, index - 1));

	/* Each argument is asked: a program of megabytes would take minutes. */
	if (index > 0 && program != NULL && strnlen(program, PATH_SIZE) < PATH_SIZE) {
		program = text_after_last(program, '/');
		if (strcmp(program, "osascript") == 0)
			return before != NULL && strlen(before) == 2;
		if (text_matches(program, languages))
			return true;
	}
	return index > 1 && before != NULL && text_matches(before, options);
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

struct placeholder_form {
	const char	*open, *close;
	bool		 name;		/* only a name is allowed in between */
};

static size_t
lint_match_form(const char *text, const struct placeholder_form *form)
{
	size_t start = strlen(form->open), size = strlen(form->close), end = start;

	if (strncmp(text, form->open, start) != 0)
		return 0;
	if (form->name)
		end += lint_name_length(text + start);
	else if (text[start] != '\0')
		do
			end++;
		while (end < PLACEHOLDER_MAX && text[end] != '\0' &&
		    strncmp(text + end, form->close, size) != 0);
	return end > start && strncmp(text + end, form->close, size) == 0 ? end + size : 0;
}

/* Match __NAME__ in capitals only: __init__ is a Python name. */
static size_t
lint_match_underscores(const char *text)
{
	size_t length = lint_name_length(text);

	return length >= 5 && strncmp(text, "__", 2) == 0 &&
	    strncmp(text + length - 2, "__", 2) == 0 &&
	    strcspn(text, "abcdefghijklmnopqrstuvwxyz") >= length ? length : 0;
}

/* Match words in angle brackets: <your-name>. */
static size_t
lint_match_angles(const char *text)
{
	size_t length = 1 + strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789 _-./");

	return isalpha((unsigned char)text[1]) && text[length] == '>' &&
	    length <= PLACEHOLDER_MAX ? length + 1 : 0;
}

/* Return the length of the placeholder at the start of a text, or 0. */
static size_t
lint_match_placeholder(const char *text)
{
	static const struct placeholder_form forms[] = {
		{ "{{", "}}", false }, { "{%", "%}", false }, { "#{", "}", false },
		{ "[[", "]]", true }, { "<%", "%>", false }, { "@", "@", true },
		{ "%(", ")s", true }, { "%%", "%%", true }, { "%", "%", true },
		{ "${", "}", false }, { "$(", ")", false },
	};
	size_t length = 0;

	if (strchr("{#[<@_%$", text[0]) == NULL)
		return 0;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0] && length == 0; i++)
		length = lint_match_form(text, &forms[i]);
	if (length > 0)
		return length;
	if (text[0] == '<')
		return lint_match_angles(text);
	if (text[0] == '_')
		return lint_match_underscores(text);
	if (text[0] == '%' && (text[1] == 's' || text[1] == '@') &&
	    !isalnum((unsigned char)text[2]))
		return 2;
	length = text[0] == '$' ? lint_name_length(text + 1) : 0;
	return length == 0 ? 0 : 1 + length;
}

struct placeholder
lint_find_placeholder(const char *text)
{
	for (size_t i = 0; text != NULL && i < TEXT_MATCH_MAX && text[i] != '\0'; i++) {
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
lint_rule_template(struct lint *lint, const struct plist_path *path)
{
	static const char fix[] = "fill it in: launchd does not expand it";
	const char *text = plist_text(path->value);
	const char *key = path->up == NULL ? NULL : path->key;
	struct placeholder placeholder = lint_find_placeholder(key);
	enum text_use use = lint_text_use(path);

	/* Operators of launch constraints begin with a dollar sign: $and, $in. */
	if (strcmp(lint_top(path), "SpawnConstraint") == 0)
		return;
	if (placeholder.length > 0)
		lint_report(lint, path, fix, "the key contains the unfilled placeholder '%.*s'",
		    (int)(placeholder.length < 60 ? placeholder.length : 60),
		    key + placeholder.start);
	placeholder = lint_find_placeholder(text);
	/* In an argument, a percent sign is for date(1) and the like. */
	if (placeholder.length == 0 || use == USE_SCRIPT ||
	    (use != USE_LAUNCHD && text[placeholder.start] == '%'))
		return;
	if (use != USE_LAUNCHD)
		lint->severity = LINT_WARNING;
	/* Never show a variable's value: it may be a secret. */
	if (use == USE_VARIABLE)
		lint_report(lint, path, "write out the value: launchd does not expand it",
		    "the value contains a placeholder or a variable");
	else
		lint_report(lint, path, fix, "the placeholder '%.*s' was not filled in",
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
		"*/path/to/*", "*CHANGEME*", "*CHANGE_ME*", "*REPLACE_ME*", "*REPLACEME*",
		"*YOUR_*", "*/Users/USER", "*/Users/USER/*", NULL,
	};
	const char *home = strstr(text, "/Users/");

	for (size_t i = 0; home != NULL && names[i] != NULL; i++)
		if (text_begins_folded(home + 7, names[i]) &&
		    strchr("/", home[7 + strlen(names[i])]) != NULL)
			return true;
	return text_matches(text, words);
}

static void
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

static void
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
	if ((text[0] != '~' || strchr("/", text[1]) == NULL) &&
	    (use != USE_VARIABLE || strstr(text, ":~/") == NULL))
		return;
	if (use != USE_LAUNCHD)
		lint->severity = LINT_WARNING;
	lint_report(lint, path, "give the full path, /Users/NAME/...",
	    use == USE_LAUNCHD ? "launchd does not expand ~: there is no such path" :
	    "launchd passes ~ through unexpanded");
}

static void
lint_rule_relative_path(struct lint *lint, const struct plist_path *path)
{
	const char *text = plist_text(path->value);
	struct placeholder placeholder = lint_find_placeholder(text);

	/* Program has a rule of its own. */
	if (text != NULL && lint_is_path_key(path) && text[0] != '/' && text[0] != '~' &&
	    strcmp(lint_top(path), "Program") != 0 &&
	    (placeholder.length == 0 || placeholder.start > 0))
		lint_report(lint, path, "give the full path", "'%.100s' is not a full path", text);
}

const char *
lint_protected(const char *path)
{
	static const char *const folders[] = {
		"Documents", "Desktop", "Downloads", "Library/Mobile Documents", NULL,
	};
	const char *below = NULL;		/* the home */

	if (strncmp(path, "/Volumes/", 9) == 0)
		return VOLUMES;
	if (strncmp(path, "~/", 2) == 0)
		below = path + 2;
	else if (strncmp(path, "/Users/", 7) == 0 && strchr(path + 7, '/') != NULL)
		below = strchr(path + 7, '/') + 1;
	for (size_t i = 0; below != NULL && folders[i] != NULL; i++)
		if (strncmp(below, folders[i], strlen(folders[i])) == 0 &&
		    strchr("/", below[strlen(folders[i])]) != NULL)
			return folders[i];
	return NULL;
}

static void
lint_rule_protected_folder(struct lint *lint, const struct plist_path *path)
{
	const char *text = plist_text(path->value);
	const char *folder = text == NULL ? NULL : lint_protected(text);
	bool is_argument = strcmp(lint_top(path), "ProgramArguments") == 0;

	if (folder == NULL || (!is_argument && !lint_is_path_key(path)))
		return;
	if (strcmp(folder, VOLUMES) != 0)
		lint_report(lint, path, "move it, or give the program Full Disk Access",
		    "privacy protection keeps jobs out of the directory %s", folder);
	else if (!is_argument)
		lint_report(lint, path, "put it on the startup disk",
		    "the volume may not be mounted at boot, "
		    "and privacy protection keeps jobs out of %s", folder);
}

const struct rule lint_value_rules[] = {
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
	{ { "protected-folder", LINT_WARNING,
	    "privacy protection keeps jobs out of the directory" },
	  NULL, lint_rule_protected_folder },
	{ { NULL, LINT_NOTE, NULL }, NULL, NULL },
};
