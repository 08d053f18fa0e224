/* From options to the plist of a LaunchDaemon. */
#include <stdlib.h>
#include <string.h>

#include "core/job.h"
#include "core/plist.h"
#include "core/promise.h"
#include "core/text.h"

/*
 * Words go into the plist and come back, one a line, from `launchctl print`: a newline could forge a line there, and
 * XML 1.0 cannot carry control characters at all.
 */
static const char *
why_unfit(const char *text)
{
	if (!text_is_utf8(text))
		return "it is not valid UTF-8";
	if (text_has_control(text))
		return "it has a newline or another control character";
	/* In UTF-8 these bytes are always that character: none begins within another. */
	if (strstr(text, "\xef\xbf\xbe") != NULL || strstr(text, "\xef\xbf\xbf") != NULL)
		return "it has U+FFFE or U+FFFF, which XML forbids";
	return NULL;
}

static int
check_text(const char *what, const char *text, struct error *error)
{
	const char *why = why_unfit(text);

	return why == NULL ? 0 : error_set(error, ERROR_DATA, why, "put such text into a file that the program reads",
	    "cannot use the %s '%.200s'", what, text);
}

static bool
has_dots(const char *path)
{
	for (const char *part = path; *part != '\0'; part += strcspn(part, "/")) {
		size_t length;

		part += strspn(part, "/");
		length = strcspn(part, "/");
		if ((length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.'))
			return true;
	}
	return false;
}

static int
check_path(const char *what, const char *path, struct error *error)
{
	size_t length;

	if (path == NULL)
		return 0;
	length = strlen(path);
	if (check_text(what, path, error) == -1)
		return -1;
	if (path[0] == '~')
		return error_set(error, ERROR_DATA, "launchd does not expand ~", "give the full path, beginning with /",
		    "cannot use the %s '%.200s'", what, path);
	if (path[0] != '/')
		return error_set(error, ERROR_DATA,
		    strcmp(what, "program") == 0 ? "launchd does not search the job's PATH" : "it is not a full path",
		    "give the full path, beginning with /", "cannot use the %s '%.200s'", what, path);
	if (length >= PATH_SIZE - 64)
		return error_set(error, ERROR_DATA, "it is too long for a Mac", NULL, "cannot use the %s '%.200s'",
		    what, path);
	if (has_dots(path) || strstr(path, "//") != NULL || (length > 1 && path[length - 1] == '/'))
		return error_set(error, ERROR_DATA, "it has '.', '..', '//' or a slash at its end",
		    "give the plain path", "cannot use the %s '%.200s'", what, path);
	return 0;
}

static int
check_variable(const struct options *options, size_t index, struct error *error)
{
	const char *variable = options->environment.items[index], *equals = strchr(variable, '=');
	const char *why = why_unfit(variable);
	size_t length = equals == NULL ? 0 : (size_t)(equals - variable);

	/* The value is never shown: it may be a secret. */
	if (length == 0)
		return error_set(error, ERROR_USAGE, "it has no NAME before '='", "for example: --env LANG=en_US.UTF-8",
		    "cannot use value %zu of --env", index + 1);
	if (why != NULL)
		return error_set(error, ERROR_DATA, why, "put such text into a file that the program reads",
		    "cannot use the variable '%.*s'", (int)(length < 200 ? length : 200), variable);
	for (size_t i = 0; i < index; i++)
		if (strncmp(options->environment.items[i], variable, length + 1) == 0)
			return error_set(error, ERROR_USAGE, NULL, NULL, "variable '%.*s' is given twice",
			    (int)(length < 200 ? length : 200), variable);
	return 0;
}

static int
missing(const char *what, const char *fix, struct error *error)
{
	return error_set(error, ERROR_USAGE, NULL, fix, "%s is missing", what);
}

int
job_check(const struct options *options, struct error *error)
{
	if (options->label == NULL)
		return missing("--label", "name the job, for example: --label com.example.agentworker", error);
	if (options->user == NULL)
		return missing("--user", "name the account that the job runs as; root must be said", error);
	if (options->operand_count == 0)
		return missing("the program", "end the command with: -- /full/path/of/program [argument ...]", error);
	if (promise_label(options->label, error) == -1 || check_text("user", options->user, error) == -1 ||
	    (options->group != NULL && check_text("group", options->group, error) == -1) ||
	    check_path("program", options->operands[0], error) == -1 ||
	    check_path("log folder", options->log_directory, error) == -1 ||
	    check_path("log", options->stdout_path, error) == -1 ||
	    check_path("log", options->stderr_path, error) == -1 ||
	    check_path("working directory", options->working_directory, error) == -1)
		return -1;
	for (size_t i = 1; i < options->operand_count; i++)
		if (check_text("argument", options->operands[i], error) == -1)
			return -1;
	for (size_t i = 0; i < options->environment.count; i++)
		if (check_variable(options, i, error) == -1)
			return -1;
	return 0;
}

static bool
given(const struct options *options, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < options->environment.count; i++)
		if (strncmp(options->environment.items[i], name, length) == 0 && options->environment.items[i][length] == '=')
			return true;
	return false;
}

static struct plist *
environment_tree(const struct options *options, const struct account *account)
{
	struct plist *tree = plist_new();

	if (!given(options, "HOME") && account->home[0] != '\0')
		plist_add_text(tree, "HOME", account->home);
	if (!given(options, "PATH"))
		plist_add_text(tree, "PATH", account->identity.uid == 0 ? JOB_PATH_ROOT : JOB_PATH);
	for (size_t i = 0; i < options->environment.count; i++) {
		const char *variable = options->environment.items[i], *value = strchr(variable, '=') + 1;
		char name[NAME_SIZE];

		/* A longer name would be cut; no program has one. */
		if (!text_format(name, sizeof name, "%.*s", (int)(value - variable - 1), variable)) {
			plist_release(tree);
			return NULL;
		}
		plist_add_text(tree, name, value);
	}
	return tree;
}

static struct plist *
arguments_tree(const struct options *options)
{
	struct plist *tree = plist_new_list();

	for (size_t i = 0; i < options->operand_count; i++)
		plist_append_text(tree, options->operands[i]);
	return tree;
}

static int
log_path(const struct options *options, const char *named, const char *ending, char target[PATH_SIZE],
    struct error *error)
{
	const char *folder = options->log_directory == NULL ? "/var/log" : options->log_directory;
	bool fits;

	if (named != NULL)
		fits = text_copy(target, PATH_SIZE, named);
	else
		fits = text_format(target, PATH_SIZE, "%s/%s.%s", strcmp(folder, "/") == 0 ? "" : folder,
		    text_after_last(options->label, '.'), ending);
	return fits
	    ? 0
	    : error_set(error, ERROR_DATA, "it is too long for a Mac", NULL, "cannot use the log folder '%s'", folder);
}

static struct plist *
job_tree(const struct options *options, const struct account *account, const char *group, struct error *error)
{
	char output[PATH_SIZE], errors[PATH_SIZE];
	struct plist *tree, *environment;

	if (log_path(options, options->stdout_path, "log", output, error) == -1 ||
	    log_path(options, options->stderr_path, "err", errors, error) == -1)
		return NULL;
	environment = environment_tree(options, account);
	if (environment == NULL) {
		error_set(error, ERROR_DATA, "its name is longer than 255 bytes", NULL,
		    "cannot use a variable of --env");
		return NULL;
	}
	tree = plist_new();
	plist_add_text(tree, "Label", options->label);
	plist_add(tree, "ProgramArguments", arguments_tree(options));
	plist_add_text(tree, "UserName", options->user);
	plist_add_text(tree, "GroupName", group);
	plist_add(tree, "EnvironmentVariables", environment);
	if (options->working_directory != NULL)
		plist_add_text(tree, "WorkingDirectory", options->working_directory);
	plist_add_text(tree, "StandardOutPath", output);
	plist_add_text(tree, "StandardErrorPath", errors);
	plist_add_boolean(tree, "RunAtLoad", true);
	if (options->keep_alive == NULL || strcmp(options->keep_alive, "true") == 0)
		plist_add_boolean(tree, "KeepAlive", true);
	return tree;
}

int
job_to_plist(const struct options *options, const struct account *account, const char *group, struct bytes *bytes,
    struct error *error)
{
	struct plist *tree = job_tree(options, account, group, error);

	*bytes = (struct bytes){ NULL, 0 };
	if (tree == NULL)
		return -1;
	bytes->data = (unsigned char *)plist_serialise(tree, &bytes->size);
	plist_release(tree);
	if (bytes->size > PROMISE_LARGEST) {
		bytes_free(bytes);
		return error_set(error, ERROR_DATA, "the plist would be over 1 MiB",
		    "put long arguments into a file that the program reads", "cannot write the plist of '%s'",
		    options->label);
	}
	return bytes->data != NULL ? 0 :
	    error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot write the plist of '%s'", options->label);
}
