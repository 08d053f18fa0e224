/* What is started, and how its arguments are given. */
#include <ctype.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

static const char *
base_name(const char *path)
{
	return text_after_last(path, '/');
}

static bool
lint_program_is_one_of(const char *text, const char *const words[])
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

/*
 * The argument with this number, as a spot; false: there is none. up must live as long as the spot.
 */
static bool
argument(const struct lint *lint, size_t index, struct plist_path *up, struct plist_path *spot)
{
	return lint_find(lint, "ProgramArguments", up) && lint_item(up, index, spot) &&
	    plist_text(spot->value) != NULL;
}

static size_t
argument_count(const struct lint *lint)
{
	return plist_count(plist_member(lint->tree, "ProgramArguments"));
}

static const char *
argument_text(const struct lint *lint, size_t index)
{
	return plist_text(plist_item(plist_member(lint->tree, "ProgramArguments"), index));
}

/* Of another type Program is ignored, and the arguments count. */
const char *
lint_program(const struct lint *lint)
{
	const char *program = lint_text_of(lint, "Program");

	return program != NULL ? program : argument_text(lint, 0);
}

const struct plist_path *
lint_program_spot(const struct lint *lint, struct plist_path lent[2])
{
	if (lint_text_of(lint, "Program") != NULL) {
		lint_find(lint, "Program", &lent[0]);
		return &lent[0];
	}
	return argument(lint, 0, &lent[0], &lent[1]) ? &lent[1] : NULL;
}

void
lint_rule_missing_program(struct lint *lint)
{
	const struct plist *arguments = plist_member(lint->tree, "ProgramArguments");

	if (lint_text_of(lint, "Program") != NULL || lint_text_of(lint, "BundleProgram") != NULL)
		return;
	/* Of another type it is told as that. */
	if (arguments == NULL || strcmp(plist_kind(arguments), "array") == 0) {
		if (plist_count(arguments) == 0)
			lint_report(lint, NULL, "set ProgramArguments: the full path of the "
			    "program, then its arguments",
			    "there is neither Program nor ProgramArguments: launchd refuses it "
			    "(111)");
	}
}

void
lint_rule_relative_program(struct lint *lint)
{
	struct plist_path lent[2];
	const struct plist_path *spot = lint_program_spot(lint, lent);
	const char *program = lint_program(lint);
	struct placeholder hole;

	if (program == NULL || program[0] == '/' || program[0] == '~')
		return;
	hole = lint_find_placeholder(program);
	if (hole.length > 0 && hole.start == 0)
		return;
	if (lint_text_of(lint, "Program") == NULL && strchr(program, '/') == NULL &&
	    program[0] != '\0') {
		lint->severity = LINT_WARNING;
		lint_report(lint, spot, "write the full path",
		    "launchd looks for '%.100s' in /usr/bin, /bin, /usr/sbin and /sbin only",
		    program);
	} else
		lint_report(lint, spot, "write the full path, beginning with /",
		    "the program '%.100s' is no full path: launchd refuses it (111), or does not "
		    "find it", program);
}

/* Folders of programs, whose names have no blanks: what follows one is an argument. */
static bool
is_in_program_folder(const char *path, size_t length)
{
	static const char *const folders[] = { "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/",
	    "/usr/local/bin/",
		"/usr/local/sbin/", "/opt/homebrew/bin/", "/opt/homebrew/sbin/", "/usr/libexec/",
		    "/opt/local/bin/",
		NULL };

	for (size_t i = 0; folders[i] != NULL; i++) {
		size_t size = strlen(folders[i]);

		if (length > size && strncmp(path, folders[i], size) == 0 &&
		    memchr(path + size, '/', length - size) == NULL)
			return true;
	}
	return false;
}

/*
 * A blank in a path is allowed ("/Applications/My App.app/..."), so only what cannot go on a path
 * counts.
 */
static bool
has_arguments(const char *program)
{
	static const char *const shells[] = { "sh ", "bash ", "zsh ", "python ", "python3 ",
	    "node ", "ruby ", "perl ",
		"env ", "java ", NULL };
	const char *blank = strchr(program, ' '), *slash = strrchr(program, '/');

	if (blank == NULL)
		return false;
	if (is_in_program_folder(program, (size_t)(blank - program)))
		return true;
	for (size_t i = 0; shells[i] != NULL; i++)
		if (strncmp(program, shells[i], strlen(shells[i])) == 0)
			return true;
	for (; blank != NULL; blank = strchr(blank + 1, ' ')) {
		const char *next = blank + 1;

		if (next[0] == '/' || (next[0] == '~' && next[1] == '/') ||
		    (next[0] == '-' && next[1] == '-' && isalpha((unsigned char)next[2])) ||
		    (next[0] == '-' && isalpha((unsigned char)next[1]) &&
		    (slash == NULL || next > slash)))
			return true;
	}
	return false;
}

void
lint_rule_command_in_one_string(struct lint *lint)
{
	struct plist_path spot, up;
	const char *program = lint_text_of(lint, "Program");

	if (program != NULL && has_arguments(program) && lint_find(lint, "Program", &spot))
		lint_report(lint, &spot,
		    "leave the program alone here, and write each word as a <string> of "
		    "ProgramArguments",
		    "launchd does not split '%.100s' at its blanks", program);
	if (argument(lint, 0, &up, &spot) && has_arguments(plist_text(spot.value)))
		lint_report(lint, &spot, "write each word as a <string> of its own",
		    "launchd does not split '%.100s' at its blanks", plist_text(spot.value));
}

void
lint_rule_argv0(struct lint *lint)
{
	const char *program = lint_text_of(lint, "Program"), *first;
	struct plist_path spot, up;

	if (program == NULL || !argument(lint, 0, &up, &spot))
		return;
	first = plist_text(spot.value);
	/* A login shell is named "-bash". */
	if (first[0] == '/' || strcmp(base_name(first), base_name(program)) == 0 ||
	    (first[0] == '-' && strcmp(first + 1, base_name(program)) == 0))
		return;
	if (first[0] != '-')
		lint->severity = LINT_WARNING;
	lint_report(lint, &spot, "put the program's name before it",
	    "'%.100s' becomes the program's name, not its first argument", first);
}

/* ---- a shell that is not there ---- */

static bool
is_for_a_shell(const char *text)
{
	static const char *const words[] = { "&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>>",
	    "2>&1", "&>",
		NULL };
	static const char *const within[] = { " && ", " || ", " | ", " > ", " >> ", " 2>&1", " >/",
	    " 2>/", NULL };
	static const char *const variables[] = { "HOME", "USER", "PATH", "TMPDIR", "LOGNAME",
	    "SHELL", "PWD", NULL };
	const char *dollar = strchr(text, '$');

	if (lint_program_is_one_of(text, words) || text[0] == '`')
		return true;
	for (size_t i = 0; within[i] != NULL; i++)
		if (strstr(text, within[i]) != NULL)
			return true;
	for (size_t i = 0; dollar != NULL && variables[i] != NULL; i++) {
		const char *name = dollar + 1 + (dollar[1] == '{');
		size_t length = strlen(variables[i]);

		if (strncmp(name, variables[i], length) == 0 &&
		    !isalnum((unsigned char)name[length]) && name[length] != '_')
			return true;
	}
	return false;
}

void
lint_rule_shell_syntax(struct lint *lint)
{
	const struct plist *arguments = plist_member(lint->tree, "ProgramArguments");
	struct plist_path spot, up;

	for (size_t i = 1; i < argument_count(lint) && i < LINT_MOST; i++) {
		const char *text = argument_text(lint, i);

		if (text != NULL && !lint_is_script(arguments, i) && is_for_a_shell(text) &&
		    argument(lint, i, &up, &spot))
			lint_report(lint, &spot, "use /bin/sh, -c and the whole line as one "
			    "<string>",
			    "no shell reads '%.100s': the program gets it as it is", text);
	}
}

/* ---- programs that do not do under launchd ---- */

void
lint_rule_removed_program(struct lint *lint)
{
	static const char *const gone[] = { "/usr/bin/python", "/usr/bin/python2",
	    "/usr/bin/python2.7",
		"/usr/bin/pythonw", NULL };
	static const char *const names[] = { "python", "python2", "python2.7", "pythonw", NULL };
	struct plist_path lent[2];
	const char *program = lint_program(lint), *first = argument_text(lint, 1);

	if (program == NULL)
		return;
	if (lint_program_is_one_of(program, gone) ||
	    (strcmp(program, "/usr/bin/env") == 0 && first != NULL &&
	    lint_program_is_one_of(first, names)))
		lint_report(lint, lint_program_spot(lint, lent),
		    "name another interpreter, by its full path",
		    "Python 2 is no part of macOS since 12.3");
}

static bool
is_no(const char *text)
{
	static const char *const words[] = { "no", "false", "0", "off", NULL };

	return text != NULL && lint_program_is_one_of(text, words);
}

/* What programs are told to make them go into the background. */
static bool
goes_away(const struct lint *lint, size_t index)
{
	static const char *const options[] = { "--daemon", "--daemonize", "--daemonise", "-daemon",
	    "--background",
		"--fork", "--detach", NULL };
	static const char *const settings[] = { "--daemon=", "--daemonize=", "--daemonise=",
	    "--background=", NULL };
	static const char *const controls[] = { "apachectl", "apache2ctl", "pg_ctl", "nohup",
	    NULL };
	const char *text = argument_text(lint, index), *next = argument_text(lint, index + 1);
	const char *program = lint_program(lint);

	if (text == NULL || program == NULL)
		return false;
	if (lint_program_is_one_of(text, options))
		return !is_no(next);
	for (size_t i = 0; settings[i] != NULL; i++)
		if (strncmp(text, settings[i], strlen(settings[i])) == 0)
			return !is_no(text + strlen(settings[i]));
	if (strcmp(text, "start") == 0 && lint_program_is_one_of(base_name(program), controls))
		return true;
	/* A script whose last command is left running. */
	if (lint_is_script(plist_member(lint->tree, "ProgramArguments"), index)) {
		size_t length = strlen(text);

		while (length > 0 && isspace((unsigned char)text[length - 1]))
			length--;
		return length > 1 && text[length - 1] == '&' && text[length - 2] != '&';
	}
	return false;
}

/* nginx goes into the background unless it is told not to. */
static bool
is_nginx(const struct lint *lint)
{
	const char *program = lint_program(lint);

	if (program == NULL || strcmp(base_name(program), "nginx") != 0)
		return false;
	for (size_t i = 1; i < argument_count(lint); i++) {
		const char *text = argument_text(lint, i);

		/* With a file of its own nobody here knows. */
		if (text != NULL && (strstr(text, "daemon off") != NULL || strcmp(text, "-c") == 0))
			return false;
	}
	return true;
}

void
lint_rule_daemonises(struct lint *lint)
{
	struct plist_path spot, up;
	bool found = false;

	for (size_t i = 1; i < argument_count(lint) && i < LINT_MOST && !found; i++)
		if (goes_away(lint, i)) {
			found = true;
			argument(lint, i, &up, &spot);
		}
	if (!found && is_nginx(lint))
		found = argument(lint, 0, &up, &spot);
	if (found)
		lint_report(lint, &spot, "start it in the foreground",
		    "the program goes into the background: launchd takes that for its end, kills "
		    "what is left%s", lint_is_true(lint, "KeepAlive") ?
		    ", and starts it again and again" : "");
}

void
lint_rule_waits_for_debugger(struct lint *lint)
{
	struct plist_path spot;

	if (lint_is_true(lint, "WaitForDebugger") && lint_find(lint, "WaitForDebugger", &spot))
		lint_report(lint, &spot, "remove it",
		    "the job stands still until a debugger comes");
}
