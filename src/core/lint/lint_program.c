/* The rules about the program and its arguments. */
#include <ctype.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

static const char *
lint_base_name(const char *path)
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

/* Find the argument with this number; false if there is none. up must live as long as path. */
static bool
lint_argument(const struct lint *lint, size_t index, struct plist_path *up, struct plist_path *path)
{
	return lint_find(lint, "ProgramArguments", up) && lint_item(up, index, path) &&
	    plist_text(path->value) != NULL;
}

static size_t
lint_argument_count(const struct lint *lint)
{
	return plist_count(plist_member(lint->tree, "ProgramArguments"));
}

static const char *
lint_argument_text(const struct lint *lint, size_t index)
{
	return plist_text(plist_item(plist_member(lint->tree, "ProgramArguments"), index));
}

/* launchd ignores a Program of another type, and uses the arguments. */
const char *
lint_program(const struct lint *lint)
{
	const char *program = lint_text_of(lint, "Program");

	return program != NULL ? program : lint_argument_text(lint, 0);
}

const struct plist_path *
lint_program_path(const struct lint *lint, struct plist_path lent[2])
{
	if (lint_text_of(lint, "Program") != NULL) {
		lint_find(lint, "Program", &lent[0]);
		return &lent[0];
	}
	return lint_argument(lint, 0, &lent[0], &lent[1]) ? &lent[1] : NULL;
}

void
lint_rule_missing_program(struct lint *lint)
{
	const struct plist *arguments = plist_member(lint->tree, "ProgramArguments");

	if (lint_text_of(lint, "Program") != NULL || lint_text_of(lint, "BundleProgram") != NULL)
		return;
	/* Another type is reported by wrong-type. */
	if (arguments == NULL || strcmp(plist_kind(arguments), "array") == 0) {
		if (plist_count(arguments) == 0)
			lint_report(lint, NULL, "set ProgramArguments to the full path of the "
			    "program, then its arguments",
			    "Program and ProgramArguments are missing: "
			    "launchd refuses the job (111)");
	}
}

void
lint_rule_relative_program(struct lint *lint)
{
	struct plist_path lent[2];
	const struct plist_path *path = lint_program_path(lint, lent);
	const char *program = lint_program(lint);
	struct placeholder placeholder;

	if (program == NULL || program[0] == '/' || program[0] == '~')
		return;
	placeholder = lint_find_placeholder(program);
	if (placeholder.length > 0 && placeholder.start == 0)
		return;
	if (lint_text_of(lint, "Program") == NULL && strchr(program, '/') == NULL &&
	    program[0] != '\0') {
		lint->severity = LINT_WARNING;
		lint_report(lint, path, "give the full path",
		    "launchd looks for '%.100s' in /usr/bin, /bin, /usr/sbin and /sbin only",
		    program);
	} else
		lint_report(lint, path, "give the full path, beginning with /",
		    "the program '%.100s' is not a full path: launchd refuses it (111) "
		    "or cannot find it", program);
}

/* Programs in these directories have no spaces in their names: what follows is an argument. */
static bool
lint_is_in_program_directory(const char *path, size_t length)
{
	static const char *const folders[] = {
		"/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/",
		"/opt/homebrew/bin/", "/opt/homebrew/sbin/", "/usr/libexec/", "/opt/local/bin/",
		NULL,
	};

	for (size_t i = 0; folders[i] != NULL; i++) {
		size_t size = strlen(folders[i]);

		if (length > size && strncmp(path, folders[i], size) == 0 &&
		    memchr(path + size, '/', length - size) == NULL)
			return true;
	}
	return false;
}

/* Paths may contain spaces ("/Applications/My App.app/..."): look for what cannot be in a path. */
static bool
lint_has_arguments(const char *program)
{
	static const char *const shells[] = {
		"sh ", "bash ", "zsh ", "python ", "python3 ", "node ", "ruby ", "perl ", "env ",
		"java ", NULL,
	};
	const char *blank = strchr(program, ' '), *slash = strrchr(program, '/');

	if (blank == NULL)
		return false;
	if (lint_is_in_program_directory(program, (size_t)(blank - program)))
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
	struct plist_path path, up;
	const char *program = lint_text_of(lint, "Program");

	if (program != NULL && lint_has_arguments(program) && lint_find(lint, "Program", &path))
		lint_report(lint, &path,
		    "keep only the program here; make each word a <string> of ProgramArguments",
		    "launchd does not split '%.100s' into arguments at spaces", program);
	if (lint_argument(lint, 0, &up, &path) && lint_has_arguments(plist_text(path.value)))
		lint_report(lint, &path, "make each word a <string> of its own",
		    "launchd does not split '%.100s' into arguments at spaces",
		    plist_text(path.value));
}

void
lint_rule_argv0(struct lint *lint)
{
	const char *program = lint_text_of(lint, "Program"), *first;
	struct plist_path path, up;

	if (program == NULL || !lint_argument(lint, 0, &up, &path))
		return;
	first = plist_text(path.value);
	/* A login shell is named "-bash". */
	if (first[0] == '/' || strcmp(lint_base_name(first), lint_base_name(program)) == 0 ||
	    (first[0] == '-' && strcmp(first + 1, lint_base_name(program)) == 0))
		return;
	if (first[0] != '-')
		lint->severity = LINT_WARNING;
	lint_report(lint, &path, "add the program's name before it",
	    "'%.100s' becomes the program's name, not its first argument", first);
}

/* ---- a shell that is not there ---- */

static bool
lint_is_for_shell(const char *text)
{
	static const char *const words[] = {
		"&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>>", "2>&1", "&>", NULL,
	};
	static const char *const within[] = {
		" && ", " || ", " | ", " > ", " >> ", " 2>&1", " >/", " 2>/", NULL,
	};
	static const char *const variables[] = {
		"HOME", "USER", "PATH", "TMPDIR", "LOGNAME", "SHELL", "PWD", NULL,
	};
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
	struct plist_path path, up;

	for (size_t i = 1; i < lint_argument_count(lint) && i < LINT_FINDINGS_MAX; i++) {
		const char *text = lint_argument_text(lint, i);

		if (text != NULL && !lint_is_script(arguments, i) && lint_is_for_shell(text) &&
		    lint_argument(lint, i, &up, &path))
			lint_report(lint, &path,
			    "use three <string>s: /bin/sh, -c and the whole command line",
			    "no shell interprets '%.100s': the program gets it unchanged", text);
	}
}

/* ---- programs that do not work under launchd ---- */

void
lint_rule_removed_program(struct lint *lint)
{
	static const char *const gone[] = {
		"/usr/bin/python", "/usr/bin/python2", "/usr/bin/python2.7", "/usr/bin/pythonw",
		NULL,
	};
	static const char *const names[] = { "python", "python2", "python2.7", "pythonw", NULL };
	struct plist_path lent[2];
	const char *program = lint_program(lint), *first = lint_argument_text(lint, 1);

	if (program == NULL)
		return;
	if (lint_program_is_one_of(program, gone) ||
	    (strcmp(program, "/usr/bin/env") == 0 && first != NULL &&
	    lint_program_is_one_of(first, names)))
		lint_report(lint, lint_program_path(lint, lent),
		    "give the full path of another interpreter",
		    "macOS has no Python 2 since 12.3");
}

static bool
lint_is_no(const char *text)
{
	static const char *const words[] = { "no", "false", "0", "off", NULL };

	return text != NULL && lint_program_is_one_of(text, words);
}

/* Return true if this argument makes the program daemonize. */
static bool
lint_is_daemonized(const struct lint *lint, size_t index)
{
	static const char *const options[] = {
		"--daemon", "--daemonize", "--daemonise", "-daemon", "--background", "--fork",
		"--detach", NULL,
	};
	static const char *const settings[] = {
		"--daemon=", "--daemonize=", "--daemonise=", "--background=", NULL,
	};
	static const char *const controls[] = {
		"apachectl", "apache2ctl", "pg_ctl", "nohup", NULL,
	};
	const char *text = lint_argument_text(lint, index);
	const char *next = lint_argument_text(lint, index + 1);
	const char *program = lint_program(lint);

	if (text == NULL || program == NULL)
		return false;
	if (lint_program_is_one_of(text, options))
		return !lint_is_no(next);
	for (size_t i = 0; settings[i] != NULL; i++)
		if (strncmp(text, settings[i], strlen(settings[i])) == 0)
			return !lint_is_no(text + strlen(settings[i]));
	if (strcmp(text, "start") == 0 && lint_program_is_one_of(lint_base_name(program), controls))
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

/* Return true for nginx, which daemonizes unless configured otherwise. */
static bool
lint_is_nginx(const struct lint *lint)
{
	const char *program = lint_program(lint);

	if (program == NULL || strcmp(lint_base_name(program), "nginx") != 0)
		return false;
	for (size_t i = 1; i < lint_argument_count(lint); i++) {
		const char *text = lint_argument_text(lint, i);

		/* Its own configuration file may say "daemon off". */
		if (text != NULL && (strstr(text, "daemon off") != NULL || strcmp(text, "-c") == 0))
			return false;
	}
	return true;
}

void
lint_rule_daemonises(struct lint *lint)
{
	struct plist_path path, up;
	bool found = false;

	for (size_t i = 1; i < lint_argument_count(lint) && i < LINT_FINDINGS_MAX && !found; i++)
		if (lint_is_daemonized(lint, i)) {
			found = true;
			lint_argument(lint, i, &up, &path);
		}
	if (!found && lint_is_nginx(lint))
		found = lint_argument(lint, 0, &up, &path);
	if (found)
		lint_report(lint, &path, "run it in the foreground",
		    "the program daemonizes: launchd thinks it has exited and kills what is left%s",
		    lint_is_true(lint, "KeepAlive") ? ", then starts it again and again" : "");
}

void
lint_rule_waits_for_debugger(struct lint *lint)
{
	struct plist_path path;

	if (lint_is_true(lint, "WaitForDebugger") && lint_find(lint, "WaitForDebugger", &path))
		lint_report(lint, &path, "remove it",
		    "the job waits for a debugger before it starts");
}
