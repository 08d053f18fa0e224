/* Convert options to the plist of a LaunchDaemon. */
#include <stdlib.h>
#include <string.h>

#include "core/job/job.h"
#include "core/lint/lint.h"
#include "core/plist/plist.h"
#include "core/job/promise.h"
#include "core/job/plist_set.h"
#include "core/text.h"

#define LOG_DIRECTORY	"/var/log"
#define ACCOUNT_PLIST_MAX (64 * 1024)	/* bytes of a plist that an account wrote; launchctl print
					   is read up to 256 KB */

/*
 * `launchctl print` prints each word of the plist on a line: a newline could forge a line there,
 * and XML 1.0 cannot represent control characters at all.
 */
const char *
job_why_unfit(const char *text)
{
	if (!text_is_utf8(text))
		return "it is not valid UTF-8";
	if (text_has_control(text))
		return "it has a newline or another control character";
	/* In UTF-8 these bytes cannot be part of another character. */
	if (strstr(text, "\xef\xbf\xbe") != NULL || strstr(text, "\xef\xbf\xbf") != NULL)
		return "it has U+FFFE or U+FFFF, which XML does not allow";
	return NULL;
}

static int
job_check_text(const char *what, const char *text, struct error *error)
{
	const char *why = job_why_unfit(text);

	return why == NULL ? 0 : error_set(error, ERROR_DATA, why,
	    "put it into a file that the program reads",
	    "cannot use the %s '%.200s'", what, text);
}

static int
job_check_path(const char *what, const char *path, struct error *error)
{
	size_t length;

	if (path == NULL)
		return 0;
	length = strlen(path);
	if (job_check_text(what, path, error) == -1)
		return -1;
	if (path[0] == '~')
		return error_set(error, ERROR_DATA, "launchd does not expand ~",
		    "give the full path, beginning with /",
		    "cannot use the %s '%.200s'", what, path);
	if (path[0] != '/')
		return error_set(error, ERROR_DATA,
		    strcmp(what, "program") == 0 ? "launchd does not search the job's PATH" :
		    "it is not a full path",
		    "give the full path, beginning with /", "cannot use the %s '%.200s'", what,
		    path);
	if (length >= PATH_SIZE - 64)
		return error_set(error, ERROR_DATA, "the path is longer than 959 bytes", NULL,
		    "cannot use the %s '%.200s'", what, path);
	if (length > 1 && !text_is_plain_path(path))
		return error_set(error, ERROR_DATA, "it has '.', '..', '//' or a slash at its end",
		    "give the path without them", "cannot use the %s '%.200s'", what, path);
	return 0;
}

static int
job_check_variable(const struct options *options, size_t index, struct error *error)
{
	const char *variable = options->environment.items[index], *equals = strchr(variable, '=');
	const char *why = job_why_unfit(variable);
	size_t length = equals == NULL ? 0 : (size_t)(equals - variable);

	/* Never show the value: it may be a secret. */
	if (length == 0)
		return error_set(error, ERROR_USAGE, "it has no NAME before '='",
		    "for example: --env LANG=en_US.UTF-8",
		    "cannot use value %zu of --env", index + 1);
	if (why != NULL)
		return error_set(error, ERROR_DATA, why,
		    "put it into a file that the program reads",
		    "cannot use the variable '%.*s'", (int)(length < 200 ? length : 200), variable);
	for (size_t i = 0; i < index; i++)
		if (strncmp(options->environment.items[i], variable, length + 1) == 0)
			return error_set(error, ERROR_USAGE, NULL, NULL,
			    "variable '%.*s' is given twice", (int)(length < 200 ? length : 200),
			    variable);
	return 0;
}

static int
job_report_missing(const char *what, const char *fix, struct error *error)
{
	return error_set(error, ERROR_USAGE, NULL, fix, "%s is missing", what);
}

int
job_check_user(const struct account *user, const char *name, struct error *error)
{
	if (user->exists == YES)
		return 0;
	return error_set(error, ERROR_ACCOUNT, user->exists == NO ? "there is no such account" :
	    strerror(user->error), "create the account first, or name another with --user",
	    "cannot run a job as '%s'", name);
}

int
job_check_group(const struct account_group *group, const char *name, struct error *error)
{
	if (group->exists == YES)
		return 0;
	return error_set(error, ERROR_ACCOUNT, group->exists == NO ? "there is no such group" :
	    strerror(group->error), "create the group first, or name another with --group",
	    "cannot run a job in group '%s'", name);
}

int
job_check(const struct options *options, struct error *error)
{
	if (options->label == NULL)
		return job_report_missing("--label",
		    "name the job, for example: --label com.example.agentworker", error);
	if (options->user == NULL)
		return job_report_missing("--user",
		    "use --user to name the account; root is never assumed", error);
	if (options->operand_count == 0 && options->from == NULL)
		return job_report_missing("the program",
		    "end the command with: -- /full/path/of/program [argument ...]", error);
	if (promise_label(options->label, error) == -1 ||
	    job_check_text("user", options->user, error) == -1 ||
	    (options->group != NULL && job_check_text("group", options->group, error) == -1) ||
	    job_check_path("program", options->operand_count == 0 ? NULL : options->operands[0],
	    error) == -1 || job_check_path("log directory", options->log_directory, error) == -1 ||
	    job_check_path("log", options->stdout_path, error) == -1 ||
	    job_check_path("log", options->stderr_path, error) == -1 ||
	    job_check_path("working directory", options->working_directory, error) == -1)
		return -1;
	for (size_t i = 1; i < options->operand_count; i++)
		if (job_check_text("argument", options->operands[i], error) == -1)
			return -1;
	for (size_t i = 0; i < options->environment.count; i++)
		if (job_check_variable(options, i, error) == -1)
			return -1;
	if (options->keep_alive != NULL &&
	    plist_set_touches(options->settings.items, options->settings.count, "KeepAlive"))
		return error_set(error, ERROR_USAGE, NULL, "use only one of them",
		    "KeepAlive is set by both --keep-alive and --set");
	return plist_set_check(options->settings.items, options->settings.count, error);
}

static bool
job_has_variable(const struct options *options, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < options->environment.count; i++)
		if (strncmp(options->environment.items[i], name, length) == 0 &&
		    options->environment.items[i][length] == '=')
			return true;
	return false;
}

static int
job_add_variables(struct plist *tree, const struct options *options, struct error *error)
{
	for (size_t i = 0; i < options->environment.count; i++) {
		const char *variable = options->environment.items[i],
		    *value = strchr(variable, '=') + 1;
		char name[NAME_SIZE];

		/* Do not truncate a longer name. */
		if (!text_format(name, sizeof name, "%.*s", (int)(value - variable - 1), variable))
			return error_set(error, ERROR_DATA, "its name is longer than 255 bytes",
			    NULL, "cannot use a variable of --env");
		plist_add_text(tree, name, value);
	}
	return 0;
}

static int
job_add_environment(struct plist *tree, const struct options *options,
    const struct account *account, struct error *error)
{
	struct plist *environment = plist_new();

	plist_add(tree, "EnvironmentVariables", environment);
	if (!job_has_variable(options, "HOME") && account->home[0] != '\0')
		plist_add_text(environment, "HOME", account->home);
	if (!job_has_variable(options, "PATH"))
		plist_add_text(environment, "PATH", account->identity.uid == 0 ? JOB_PATH_ROOT :
		    JOB_PATH);
	return job_add_variables(environment, options, error);
}

static struct plist *
job_arguments(const struct options *options)
{
	struct plist *tree = plist_new_list();

	for (size_t i = 0; i < options->operand_count; i++)
		plist_append_text(tree, options->operands[i]);
	return tree;
}

/*
 * Any name in LOG_DIRECTORY may be that of another program's log, "install.log" or a vendor's. An
 * account that chose such a name would own that file before the program creates it, or would have
 * it as its log. So logs whose names an account chose go to a directory of their own, even if the
 * command line names LOG_DIRECTORY: it does not name the file.
 */
bool
job_log_is_apart(const struct options *options)
{
	return options->whole_label && (options->log_directory == NULL ||
	    text_equal_folded(text_short_path(options->log_directory), LOG_DIRECTORY));
}

static const char *
job_log_folder(const struct options *options)
{
	if (job_log_is_apart(options))
		return LOG_DIRECTORY "/lnpctl";
	return options->log_directory == NULL ? LOG_DIRECTORY : options->log_directory;
}

int
job_log_path(const struct options *options, const char *named, const char *ending,
    char target[PATH_SIZE], struct error *error)
{
	const char *folder = job_log_folder(options);
	bool fits;

	if (named != NULL)
		fits = text_copy(target, PATH_SIZE, named);
	else
		fits = text_format(target, PATH_SIZE, "%s/%s.%s", strcmp(folder, "/") == 0 ? "" :
		    folder, options->whole_label ? options->label :
		    text_after_last(options->label, '.'), ending);
	return fits ? 0 : error_set(error, ERROR_DATA, "the path is longer than 1023 bytes", NULL,
	    "cannot use the log directory '%s'", folder);
}

static int
job_add_log(struct plist *tree, const struct options *options, const char *key, const char *named,
    const char *ending, struct error *error)
{
	char path[PATH_SIZE];

	if (job_log_path(options, named, ending, path, error) == -1)
		return -1;
	plist_add_text(tree, key, path);
	return 0;
}

/* Describe a new job with the defaults that a network worker needs. */
static int
job_fill_new(struct plist *tree, const struct options *options, const struct account *account,
    const char *group, struct error *error)
{
	bool keep = options->keep_alive == NULL ? !plist_set_starts(options->settings.items,
	    options->settings.count) : strcmp(options->keep_alive, "true") == 0;

	plist_add_text(tree, "Label", options->label);
	plist_add(tree, "ProgramArguments", job_arguments(options));
	plist_add_text(tree, "UserName", options->user);
	plist_add_text(tree, "GroupName", group);
	if (job_add_environment(tree, options, account, error) == -1)
		return -1;
	if (options->working_directory != NULL)
		plist_add_text(tree, "WorkingDirectory", options->working_directory);
	if (job_add_log(tree, options, "StandardOutPath", options->stdout_path, "log",
	    error) == -1 || job_add_log(tree, options, "StandardErrorPath", options->stderr_path,
	    "err", error) == -1)
		return -1;
	plist_add_boolean(tree, "RunAtLoad", true);
	if (keep)
		plist_add_boolean(tree, "KeepAlive", true);
	return 0;
}

/* Change a plist of --from only where the command line asks for it. */
static int
job_fill_over(struct plist *tree, const struct options *options, const char *group,
    struct error *error)
{
	bool has_folder = options->log_directory != NULL;

	plist_add_text(tree, "Label", options->label);
	plist_add_text(tree, "UserName", options->user);
	plist_add_text(tree, "GroupName", group);
	if (options->operand_count > 0) {
		plist_remove(tree, "Program");
		plist_add(tree, "ProgramArguments", job_arguments(options));
	}
	if (options->environment.count > 0 &&
	    !plist_is_dictionary(plist_member(tree, "EnvironmentVariables")))
		plist_add(tree, "EnvironmentVariables", plist_new());
	if (job_add_variables(plist_member_to_change(tree, "EnvironmentVariables"), options,
	    error) == -1)
		return -1;
	if (options->working_directory != NULL)
		plist_add_text(tree, "WorkingDirectory", options->working_directory);
	if ((has_folder || options->stdout_path != NULL) &&
	    job_add_log(tree, options, "StandardOutPath", options->stdout_path, "log", error) == -1)
		return -1;
	if ((has_folder || options->stderr_path != NULL) &&
	    job_add_log(tree, options, "StandardErrorPath", options->stderr_path, "err",
	    error) == -1)
		return -1;
	if (options->keep_alive != NULL)
		plist_add_boolean(tree, "KeepAlive", strcmp(options->keep_alive, "true") == 0);
	return 0;
}

/* Refuse lint errors: launchd would refuse the job, too, or not do what is meant. */
int
job_refuse_errors(struct bytes bytes, const struct lint_facts *facts, const char *what,
    struct error *error)
{
	struct lint_report *report = malloc(sizeof *report);
	int result;

	if (report == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot check the plist");
	result = lint_check(bytes, facts, report, error);
	for (size_t i = 0; result == 0 && i < report->count; i++) {
		const struct lint_finding *finding = &report->rows[i];
		char why[sizeof finding->message + sizeof finding->key + 64], line[32] = "";

		if (finding->severity != LINT_ERROR)
			continue;
		if (facts->text_only && finding->line > 0)
			text_format(line, sizeof line, "line %u: ", finding->line);
		text_format(why, sizeof why, "%s%s%s%s (%s)", line, finding->key,
		    finding->key[0] == '\0' ? "" : ": ", finding->message, finding->id);
		result = error_set(error, ERROR_DATA, why, finding->fix, "cannot use the %s", what);
	}
	free(report);
	return result;
}

static int
job_write_tree(const struct options *options, const struct plist *tree, struct bytes *bytes,
    struct error *error)
{
	static const struct lint_facts daemon = { .kind = LINT_DAEMON };

	bytes->data = (unsigned char *)plist_serialize(tree, &bytes->size);
	if (bytes->data == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot write the plist of '%s'", options->label);
	if (bytes->size > PROMISE_SIZE_MAX)
		error_set(error, ERROR_DATA, "the plist would be over 1 MiB",
		    "put long arguments into a file that the program reads",
		    "cannot write the plist of '%s'", options->label);
	else if (job_refuse_errors(*bytes, &daemon, "job", error) == 0)
		return 0;
	bytes_free(bytes);
	return -1;
}

static int
job_finish(const struct options *options, struct plist *tree, int result, struct bytes *bytes,
    struct error *error)
{
	for (size_t i = 0; result == 0 && i < options->settings.count; i++)
		result = plist_set_apply(tree, options->settings.items[i], error);
	if (result == 0)
		result = job_write_tree(options, tree, bytes, error);
	plist_release(tree);
	return result;
}

int
job_to_plist(const struct options *options, const struct account *account, const char *group,
    struct bytes *bytes, struct error *error)
{
	struct plist *tree = plist_new();

	*bytes = (struct bytes){ NULL, 0 };
	return job_finish(options, tree, job_fill_new(tree, options, account, group, error), bytes,
	    error);
}

struct unfit {
	const char	*why;		/* the first; NULL: none */
};

static void job_find_unfit(struct unfit *, const struct plist *);

static void
job_visit_unfit(void *context, const char *key, const struct plist *value)
{
	struct unfit *unfit = context;

	if (unfit->why == NULL)
		unfit->why = job_why_unfit(key);
	job_find_unfit(unfit, value);
}

static void
job_visit_unfit_item(void *context, size_t index, const struct plist *value)
{
	(void)index;
	job_find_unfit(context, value);
}

static void
job_find_unfit(struct unfit *unfit, const struct plist *value)
{
	const char *text = plist_text(value);

	if (unfit->why == NULL && text != NULL)
		unfit->why = job_why_unfit(text);
	if (plist_is_dictionary(value))
		plist_visit(value, job_visit_unfit, unfit);
	else if (plist_count(value) > 0)
		plist_visit_items(value, job_visit_unfit_item, unfit);
}

/* `launchctl print` prints an account's text: with a newline in it, it could forge any line. */
static int
job_refuse_unfit(const struct plist *tree, struct error *error)
{
	struct unfit unfit = { NULL };

	job_find_unfit(&unfit, tree);
	return unfit.why == NULL ? 0 : error_set(error, ERROR_DATA, unfit.why,
	    "put it into a file that the program reads",
	    "cannot use a text or key of that plist");
}

int
job_to_plist_from(const struct options *options, struct bytes from, const char *group,
    struct bytes *bytes, struct error *error)
{
	static const struct lint_facts text = { .text_only = true };
	struct plist *tree;

	*bytes = (struct bytes){ NULL, 0 };
	if (job_refuse_errors(from, &text, "plist of --from", error) == -1)
		return -1;
	tree = plist_parse(from, error);
	if (tree == NULL)
		return -1;
	if (options->whole_label && job_refuse_unfit(tree, error) == -1) {
		plist_release(tree);
		return -1;
	}
	if (job_finish(options, tree, job_fill_over(tree, options, group, error), bytes,
	    error) == -1)
		return -1;
	if (!options->whole_label || bytes->size <= ACCOUNT_PLIST_MAX)
		return 0;
	bytes_free(bytes);
	return error_set(error, ERROR_DATA,
	    "an account wrote it, and launchctl print of it would be too long to read",
	    "put long arguments into a file that the program reads",
	    "cannot write the plist of '%s'", options->label);
}

/* ---- --from ---- */

static void
job_fill_text(const char **target, const struct plist *from, const char *key)
{
	if (*target == NULL)
		*target = plist_text(plist_member(from, key));
}

int
job_fill(struct options *options, const struct plist *from, struct error *error)
{
	const struct plist *arguments = plist_member(from, "ProgramArguments");
	const char *program = plist_text(plist_member(from, "Program"));
	bool disabled;

	job_fill_text(&options->label, from, "Label");
	job_fill_text(&options->user, from, "UserName");
	job_fill_text(&options->group, from, "GroupName");
	if (program == NULL)
		program = plist_text(plist_item(arguments, 0));
	if (options->operand_count > 0)
		program = NULL;
	else if (program == NULL)
		return job_report_missing("the program",
		    "the plist has none; end the command with: -- /full/path/of/program", error);
	if (job_check_path("program", program, error) == -1)
		return -1;
	for (size_t i = 0; options->operand_count == 0 && i < plist_count(arguments); i++) {
		const char *text = plist_text(plist_item(arguments, i));

		if (text != NULL && job_check_text("argument", text, error) == -1)
			return -1;
	}
	if (plist_boolean(plist_member(from, "Disabled"), &disabled) && disabled &&
	    !plist_set_touches(options->settings.items, options->settings.count, "Disabled"))
		return error_set(error, ERROR_DATA,
		    "the key Disabled keeps launchd from loading it",
		    "add: --set Disabled=false", "cannot install the job of '%s'", options->from);
	return 0;
}
