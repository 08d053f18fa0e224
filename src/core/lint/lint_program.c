/* The rules about the program and its arguments. */
#include <ctype.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

static const struct plist_path *
lint_argument(struct lint *lint, size_t index)
{
	return lint_inside(lint, "ProgramArguments", NULL, index);
}

static const char *
lint_argument_text(struct lint *lint, size_t index)
{
	return plist_text(lint_argument(lint, index)->value);
}

/* Return how many arguments the rules look at; the first is the program. */
static size_t
lint_argument_count(const struct lint *lint)
{
	size_t count = plist_count(plist_member(lint->tree, "ProgramArguments"));

	return count < LINT_FINDINGS_MAX ? count : LINT_FINDINGS_MAX;
}

/*
 * Return the path of the program that launchd uses: Program, else the first argument. launchd
 * ignores a Program of another type.
 */
static const struct plist_path *
lint_program_path(struct lint *lint)
{
	return lint_text_of(lint, "Program") != NULL ? lint_key(lint, "Program") :
	    lint_argument(lint, 0);
}

static const char *
lint_program(struct lint *lint)
{
	return plist_text(lint_program_path(lint)->value);
}

static void
lint_rule_missing_program(struct lint *lint)
{
	const struct plist *arguments = plist_member(lint->tree, "ProgramArguments");

	/* Another type is reported by wrong-type. */
	if (lint_text_of(lint, "Program") == NULL && lint_text_of(lint, "BundleProgram") == NULL &&
	    (arguments == NULL || (strcmp(plist_kind(arguments), "array") == 0 &&
	    plist_count(arguments) == 0)))
		lint_report(lint, NULL, "set ProgramArguments to the full path of the program, "
		    "then its arguments", "Program and ProgramArguments are missing: "
		    "launchd refuses the job (111)");
}

static void
lint_rule_relative_program(struct lint *lint)
{
	const char *program = lint_program(lint);
	struct placeholder placeholder = lint_find_placeholder(program);

	if (program == NULL || program[0] == '/' || program[0] == '~' ||
	    (placeholder.length > 0 && placeholder.start == 0))
		return;
	if (lint_text_of(lint, "Program") == NULL && strchr(program, '/') == NULL &&
	    program[0] != '\0') {
		lint->severity = LINT_WARNING;
		lint_report(lint, lint_program_path(lint), "give the full path",
		    "launchd looks for '%.100s' in /usr/bin, /bin, /usr/sbin and /sbin only",
		    program);
	} else
		lint_report(lint, lint_program_path(lint),
		    "give the full path, beginning with /",
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
		"sh *", "bash *", "zsh *", "python *", "python3 *", "node *", "ruby *", "perl *",
		"env *", "java *", NULL,
	};
	const char *blank = strchr(program, ' '), *slash = strrchr(program, '/');

	if (blank == NULL)
		return false;
	if (lint_is_in_program_directory(program, (size_t)(blank - program)) ||
	    text_matches(program, shells))
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

static void
lint_rule_command_in_one_string(struct lint *lint)
{
	static const char message[] = "launchd does not split '%.100s' into arguments at spaces";
	const char *program = lint_text_of(lint, "Program"), *first = lint_argument_text(lint, 0);

	if (program != NULL && lint_has_arguments(program))
		lint_report(lint, lint_key(lint, "Program"),
		    "keep only the program here; make each word a <string> of ProgramArguments",
		    message, program);
	if (first != NULL && lint_has_arguments(first))
		lint_report(lint, lint_argument(lint, 0), "make each word a <string> of its own",
		    message, first);
}

static void
lint_rule_argv0(struct lint *lint)
{
	const char *program = lint_text_of(lint, "Program"), *first = lint_argument_text(lint, 0);

	if (program == NULL || first == NULL)
		return;
	program = text_after_last(program, '/');
	/* A login shell is named "-bash". */
	if (first[0] == '/' || strcmp(text_after_last(first, '/'), program) == 0 ||
	    (first[0] == '-' && strcmp(first + 1, program) == 0))
		return;
	if (first[0] != '-')
		lint->severity = LINT_WARNING;
	lint_report(lint, lint_argument(lint, 0), "add the program's name before it",
	    "'%.100s' becomes the program's name, not its first argument", first);
}

/* ---- a shell that is not there ---- */

static bool
lint_is_for_shell(const char *text)
{
	static const char *const words[] = {
		"&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>>", "2>&1", "&>", "`*",
		"* && *", "* || *", "* | *", "* > *", "* >> *", "* 2>&1*", "* >/*", "* 2>/*", NULL,
	};
	static const char *const variables[] = {
		"HOME", "USER", "PATH", "TMPDIR", "LOGNAME", "SHELL", "PWD", NULL,
	};
	const char *dollar = strchr(text, '$');

	if (text_matches(text, words))
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

static void
lint_rule_shell_syntax(struct lint *lint)
{
	const struct plist *arguments = plist_member(lint->tree, "ProgramArguments");

	for (size_t i = 1; i < lint_argument_count(lint); i++) {
		const char *text = lint_argument_text(lint, i);

		if (text != NULL && !lint_is_script(arguments, i) && lint_is_for_shell(text))
			lint_report(lint, lint_argument(lint, i),
			    "use three <string>s: /bin/sh, -c and the whole command line",
			    "no shell interprets '%.100s': the program gets it unchanged", text);
	}
}

/* ---- programs that do not work under launchd ---- */

static void
lint_rule_removed_program(struct lint *lint)
{
	static const char *const gone[] = {
		"/usr/bin/python", "/usr/bin/python2", "/usr/bin/python2.7", "/usr/bin/pythonw",
		NULL,
	};
	static const char *const names[] = { "python", "python2", "python2.7", "pythonw", NULL };
	const char *program = lint_program(lint), *first = lint_argument_text(lint, 1);

	if (program != NULL && (text_matches(program, gone) ||
	    (strcmp(program, "/usr/bin/env") == 0 && first != NULL &&
	    text_matches(first, names))))
		lint_report(lint, lint_program_path(lint),
		    "give the full path of another interpreter",
		    "macOS has no Python 2 since 12.3");
}

static bool
lint_is_no(const char *text)
{
	static const char *const words[] = { "no", "false", "0", "off", NULL };

	return text != NULL && text_matches(text, words);
}

/* Return true if this argument makes the program daemonize. */
static bool
lint_is_daemonized(struct lint *lint, size_t index)
{
	static const char *const options[] = {
		"--daemon", "--daemonize", "--daemonise", "-daemon", "--background", "--fork",
		"--detach", NULL,
	};
	static const char *const settings[] = {
		"--daemon=*", "--daemonize=*", "--daemonise=*", "--background=*", NULL,
	};
	static const char *const controls[] = {
		"apachectl", "apache2ctl", "pg_ctl", "nohup", NULL,
	};
	const char *text = lint_argument_text(lint, index);
	const char *next = lint_argument_text(lint, index + 1);
	const char *program = lint_program(lint);

	if (text == NULL || program == NULL)
		return false;
	if (text_matches(text, options))
		return !lint_is_no(next);
	if (text_matches(text, settings))
		return !lint_is_no(strchr(text, '=') + 1);
	if (strcmp(text, "start") == 0 && text_matches(text_after_last(program, '/'), controls))
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
lint_is_nginx(struct lint *lint)
{
	const char *program = lint_program(lint);

	if (program == NULL || strcmp(text_after_last(program, '/'), "nginx") != 0)
		return false;
	for (size_t i = 1; i < lint_argument_count(lint); i++) {
		const char *text = lint_argument_text(lint, i);

		/* Its own configuration file may say "daemon off". */
		if (text != NULL && (strstr(text, "daemon off") != NULL || strcmp(text, "-c") == 0))
			return false;
	}
	return true;
}

static void
lint_rule_daemonises(struct lint *lint)
{
	size_t count = lint_argument_count(lint), at = 1;

	while (at < count && !lint_is_daemonized(lint, at))
		at++;
	if (at >= count && !lint_is_nginx(lint))
		return;
	lint_report(lint, lint_argument(lint, at < count ? at : 0), "run it in the foreground",
	    "the program daemonizes: launchd thinks it has exited and kills what is left%s",
	    plist_is_true(lint->tree, "KeepAlive") ? ", then starts it again and again" : "");
}

static void
lint_rule_waits_for_debugger(struct lint *lint)
{
	if (plist_is_true(lint->tree, "WaitForDebugger"))
		lint_report(lint, lint_key(lint, "WaitForDebugger"), "remove it",
		    "the job waits for a debugger before it starts");
}

const struct rule lint_program_rules[] = {
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
	{ { NULL, LINT_NOTE, NULL }, NULL, NULL },
};
