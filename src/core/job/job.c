/* Convert options to the plist of a LaunchDaemon. */
#include <stdlib.h>
#include <string.h>

#include "core/job/label.h"
#include "core/job/job.h"
#include "core/lint/keys.h"
#include "core/lint/lint.h"
#include "core/plist/plist.h"
#include "core/job/receipt.h"
#include "core/job/plist_set.h"
#include "core/text.h"

#define LOG_DIRECTORY	"/var/log"
#define PROGRAM		"the program"
#define ACCOUNT_PLIST_MAX (64 * 1024)	/* bytes of a plist that an account wrote; launchctl print
					   is read up to 256 KB */

/*
 * Return why a text is unfit for a plist, or NULL. `launchctl print` prints each word of the plist
 * on a line: a newline could forge a line there, and XML 1.0 cannot represent control characters at
 * all.
 */
static const char *
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
	    "put it into a file that the program reads", "cannot use %s '%.200s'", what, text);
}

/* path may be NULL. */
static int
job_check_path(const char *what, const char *path, struct error *error)
{
	const char *why = NULL, *fix = "give the full path, beginning with /";

	if (path == NULL)
		return 0;
	if (job_check_text(what, path, error) == -1)
		return -1;
	if (path[0] == '~')
		why = "launchd does not expand ~";
	else if (path[0] != '/')
		why = strcmp(what, PROGRAM) == 0 ? "launchd does not search the job's PATH" :
		    "it is not a full path";
	else if (strlen(path) >= PATH_SIZE - 64) {
		why = "the path is longer than 959 bytes";
		fix = NULL;
	} else if (path[1] != '\0' && !text_is_plain_path(path)) {
		why = "it has '.', '..', '//' or a slash at its end";
		fix = "give the path without them";
	}
	return why == NULL ? 0 : error_set(error, ERROR_DATA, why, fix, "cannot use %s '%.200s'",
	    what, path);
}

/* Set the key that an option is; the key's row has the type and the range. */
static int
job_set_key(struct plist *tree, const struct option *option, const char *text, struct error *error)
{
	const struct key *row = keys_row(option->key);
	struct plist *value = plist_set_value(row, keys_types(row), text);
	char what[64], fix[256] = "give ";
	int result;

	text_format(what, sizeof what, "--%s", option->name);
	result = row->allowed != NULL && strcmp(row->allowed, "/") == 0 ?
	    job_check_path(what, text, error) : job_check_text(what, text, error);
	if (result == -1) {
		plist_release(value);
		return -1;
	}
	if (value != NULL) {
		plist_add(tree, option->key, value);
		return 0;
	}
	keys_describe(row, keys_types(row), fix + strlen(fix), sizeof fix - strlen(fix));
	return error_set(error, ERROR_USAGE, "the key does not accept this value", fix,
	    "cannot use %s '%.200s'", what, text);
}

static int
job_set_keys(struct plist *tree, const struct options *options, struct error *error)
{
	for (const struct option *row = options_table(); row->name != NULL; row++) {
		const char *text = row->key == NULL ? NULL : options_text(options, row);

		if (text == NULL)
			continue;
		if (job_set_key(tree, row, text, error) == -1)
			return -1;
		/* That --set never sets the others, it says itself. */
		if (row->role == OPTION_SHARES && plist_set_touches(options->settings.items,
		    options->settings.count, row->key))
			return error_set(error, ERROR_USAGE, NULL, "use only one of them",
			    "%s is set by both --%s and --set", row->key, row->name);
	}
	return 0;
}

static int
job_check_variable(const char *variable, size_t number, struct error *error)
{
	const char *why = job_why_unfit(variable);
	size_t length = strcspn(variable, "=");

	/* Never show the value: it may be a secret. */
	if (length == 0 || variable[length] == '\0')
		return error_set(error, ERROR_USAGE, "it has no NAME before '='",
		    "for example: --env LANG=en_US.UTF-8",
		    "cannot use value %zu of --env", number);
	if (why == NULL && length >= NAME_SIZE)
		why = "its name is longer than 255 bytes";
	return why == NULL ? 0 : error_set(error, ERROR_DATA, why,
	    "put it into a file that the program reads",
	    "cannot use the variable '%.*s'", (int)(length < 200 ? length : 200), variable);
}

static int
job_report_missing(const char *what, const char *fix, struct error *error)
{
	return error_set(error, ERROR_USAGE, NULL, fix, "%s is missing", what);
}

int
job_check_user(const struct account *user, const char *name, struct error *error)
{
	return user->exists == YES ? 0 : error_set(error, ERROR_ACCOUNT,
	    user->exists == NO ? "there is no such account" : strerror(user->error),
	    "create the account first, or name another with --user",
	    "cannot run a job as '%s'", name);
}

int
job_check_group(const struct account_group *group, const char *name, struct error *error)
{
	return group->exists == YES ? 0 : error_set(error, ERROR_ACCOUNT,
	    group->exists == NO ? "there is no such group" : strerror(group->error),
	    "create the group first, or name another with --group",
	    "cannot run a job in group '%s'", name);
}

int
job_check(const struct options *options, struct error *error)
{
	struct plist *scratch;
	int result;

	if (options->label == NULL)
		return job_report_missing("--label",
		    "name the job, for example: --label com.example.agentworker", error);
	if (options->user == NULL)
		return job_report_missing("--user",
		    "use --user to name the account; root is never assumed", error);
	if (options->operand_count == 0 && options->from == NULL)
		return job_report_missing(PROGRAM,
		    "end the command with: -- /full/path/of/program [argument ...]", error);
	if (label_check(options->label, error) == -1 ||
	    job_check_path("--log-dir", options->log_directory, error) == -1)
		return -1;
	scratch = plist_new();
	result = job_set_keys(scratch, options, error);
	plist_release(scratch);
	if (result == -1)
		return -1;
	if (options->operand_count > 0 &&
	    job_check_path(PROGRAM, options->operands[0], error) == -1)
		return -1;
	for (size_t i = 1; i < options->operand_count; i++)
		if (job_check_text("the argument", options->operands[i], error) == -1)
			return -1;
	for (size_t i = 0; i < options->environment.count; i++)
		if (job_check_variable(options->environment.items[i], i + 1, error) == -1)
			return -1;
	return plist_set_check(options->environment.items, options->environment.count, "variable",
	    error) == -1 ? -1 : plist_set_check(options->settings.items, options->settings.count,
	    "key", error);
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

static void
job_add_variables(struct plist *tree, const struct options *options)
{
	for (size_t i = 0; i < options->environment.count; i++) {
		const char *variable = options->environment.items[i],
		    *value = strchr(variable, '=') + 1;
		char name[NAME_SIZE];

		text_format(name, sizeof name, "%.*s", (int)(value - variable - 1), variable);
		plist_add_text(tree, name, value);
	}
}

static struct plist *
job_environment(const struct options *options, const struct account *account)
{
	struct plist *environment = plist_new();

	if (!job_has_variable(options, "HOME") && account->home[0] != '\0')
		plist_add_text(environment, "HOME", account->home);
	if (!job_has_variable(options, "PATH"))
		plist_add_text(environment, "PATH", account->identity.uid == 0 ? JOB_PATH_ROOT :
		    JOB_PATH);
	return environment;
}

static struct plist *
job_arguments(const struct options *options)
{
	struct plist *tree = plist_new_list();

	for (size_t i = 0; i < options->operand_count; i++)
		plist_append(tree, plist_new_text(options->operands[i]));
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
	return options->account_label && (options->log_directory == NULL ||
	    text_equal_folded(text_short_path(options->log_directory), LOG_DIRECTORY));
}

static const char *
job_log_folder(const struct options *options)
{
	if (job_log_is_apart(options))
		return LOG_DIRECTORY "/lnpctl";
	return options->log_directory == NULL ? LOG_DIRECTORY : options->log_directory;
}

static void
job_write_log_path(const struct options *options, const char *name, const char *ending,
    char target[LOG_SIZE])
{
	const char *folder = job_log_folder(options);

	text_format(target, LOG_SIZE, "%s/%s.%s", strcmp(folder, "/") == 0 ? "" : folder, name,
	    ending);
}

/* Write the path that the log had in version 0.1. Return whether the installed job has it. */
static bool
job_has_old_log(const struct options *options, const char *ending, char target[LOG_SIZE])
{
	const struct spec *installed = options->installed;

	job_write_log_path(options, text_after_last(options->label, '.'), ending, target);
	return installed != NULL && (strcmp(installed->logs[0].theirs, target) == 0 ||
	    strcmp(installed->logs[1].theirs, target) == 0);
}

bool
job_keeps_log(const struct options *options)
{
	char path[LOG_SIZE];

	return strchr(options->label, '.') != NULL &&
	    (job_has_old_log(options, "log", path) || job_has_old_log(options, "err", path));
}

const char *
job_log_path(const struct options *options, const char *named, const char *ending,
    char target[LOG_SIZE])
{
	if (named != NULL)
		return named;
	if (!job_has_old_log(options, ending, target))
		job_write_log_path(options, options->label, ending, target);
	return target;
}

/* Change a plist only where the command line asks for it. */
static int
job_fill_over(struct plist *tree, const struct options *given, const char *group,
    struct error *error)
{
	struct options options = *given;
	char output[LOG_SIZE], errors[LOG_SIZE];

	options.group = group;
	if (given->log_directory != NULL) {
		options.stdout_path = job_log_path(given, given->stdout_path, "log", output);
		options.stderr_path = job_log_path(given, given->stderr_path, "err", errors);
	}
	if (options.operand_count > 0) {
		plist_remove(tree, "Program");
		plist_add(tree, "ProgramArguments", job_arguments(given));
	}
	if (options.environment.count > 0 &&
	    !plist_is_dictionary(plist_member(tree, "EnvironmentVariables")))
		plist_add(tree, "EnvironmentVariables", plist_new());
	job_add_variables(plist_member_to_change(tree, "EnvironmentVariables"), given);
	return job_set_keys(tree, &options, error);
}

/* Describe a new job with the defaults that a network worker needs; the order is that of 0.1. */
static int
job_fill_new(struct plist *tree, const struct options *given, const struct account *account,
    const char *group, struct error *error)
{
	struct options options = *given;
	bool keep = given->keep_alive == NULL ? !plist_set_starts(given->settings.items,
	    given->settings.count) : strcmp(given->keep_alive, "true") == 0;

	plist_add_text(tree, "Label", given->label);
	plist_add(tree, "ProgramArguments", job_arguments(given));
	plist_add_text(tree, "UserName", given->user);
	plist_add_text(tree, "GroupName", group);
	plist_add(tree, "EnvironmentVariables", job_environment(given, account));
	options.keep_alive = NULL;
	options.log_directory = job_log_folder(given);
	if (job_fill_over(tree, &options, group, error) == -1)
		return -1;
	plist_add(tree, "RunAtLoad", plist_new_boolean(true));
	if (keep)
		plist_add(tree, "KeepAlive", plist_new_boolean(true));
	return 0;
}

/* Refuse lint errors: launchd would refuse the job, too, or not do what is meant. */
static int
job_refuse_errors(const struct lint_report *report, bool lines, const char *what,
    struct error *error)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct lint_finding *finding = &report->rows[i];
		char why[sizeof finding->message + sizeof finding->key + 64], line[32] = "";

		if (finding->severity != LINT_ERROR)
			continue;
		if (lines && finding->line > 0)
			text_format(line, sizeof line, "line %u: ", finding->line);
		text_format(why, sizeof why, "%s%s%s%s (%s)", line, finding->key,
		    finding->key[0] == '\0' ? "" : ": ", finding->message, finding->id);
		return error_set(error, ERROR_DATA, why, finding->fix, "cannot use the %s", what);
	}
	return 0;
}

struct plist *
job_read(struct bytes bytes, const struct lint_facts *facts, struct lint_report *report,
    const char *what, struct error *error)
{
	struct lint_report *own = report == NULL ? malloc(sizeof *own) : report;
	struct plist *tree = NULL;

	if (own == NULL)
		error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot check the plist");
	else if (lint_check(bytes, facts, own, &tree, error) == 0 &&
	    job_refuse_errors(own, facts->text_only, what, error) == -1) {
		plist_release(tree);
		tree = NULL;
	}
	if (report == NULL)
		free(own);
	return tree;
}

static int
job_write(const struct options *options, struct plist *tree, struct lint_report *report,
    struct plist_file *file, struct error *error)
{
	static const struct lint_facts daemon = { .kind = LINT_DAEMON };
	struct bytes *bytes = &file->bytes;

	for (size_t i = 0; i < options->settings.count; i++)
		if (plist_set_apply(tree, options->settings.items[i], error) == -1)
			return -1;
	bytes->data = (unsigned char *)plist_serialize(tree, &bytes->size);
	if (bytes->data == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot write the plist of '%s'", options->label);
	if (bytes->size > SPEC_SIZE_MAX)
		return error_set(error, ERROR_DATA, "the plist would be over 1 MiB",
		    "put long arguments into a file that the program reads",
		    "cannot write the plist of '%s'", options->label);
	if (options->account_label && bytes->size > ACCOUNT_PLIST_MAX)
		return error_set(error, ERROR_DATA,
		    "an account wrote it, and launchctl print of it would be too long to read",
		    "put long arguments into a file that the program reads",
		    "cannot write the plist of '%s'", options->label);
	file->tree = job_read(*bytes, &daemon, report, "job", error);
	return file->tree == NULL ? -1 : 0;
}

/* Release the tree, and what was written if anything failed. */
static int
job_end(struct plist *tree, int result, struct plist_file *file)
{
	plist_release(tree);
	if (result == -1)
		plist_file_free(file);
	return result;
}

int
job_to_plist(const struct options *options, const struct account *account, const char *group,
    struct lint_report *report, struct plist_file *file, struct error *error)
{
	struct plist *tree = plist_new();
	int result = job_fill_new(tree, options, account, group, error);

	memset(file, 0, sizeof *file);
	return job_end(tree, result == -1 ? -1 : job_write(options, tree, report, file, error),
	    file);
}

/* Set context, a text, to the first reason why a key or text is unfit. */
static void
job_find_unfit(void *context, const char *key, const struct plist *value)
{
	const char **why = context, *text = plist_text(value);

	if (*why == NULL && key != NULL)
		*why = job_why_unfit(key);
	if (*why == NULL && text != NULL)
		*why = job_why_unfit(text);
	plist_visit_all(value, job_find_unfit, context);
}

/* `launchctl print` prints an account's text: with a newline in it, it could forge any line. */
static int
job_refuse_unfit(const struct plist *tree, struct error *error)
{
	const char *why = NULL;

	job_find_unfit(&why, NULL, tree);
	return why == NULL ? 0 : error_set(error, ERROR_DATA, why,
	    "put it into a file that the program reads",
	    "cannot use a text or key of that plist");
}

int
job_to_plist_from(const struct options *options, const struct plist *from, const char *group,
    struct lint_report *report, struct plist_file *file, struct error *error)
{
	struct plist *tree = plist_duplicate(from);

	memset(file, 0, sizeof *file);
	return job_end(tree, (options->account_label && job_refuse_unfit(tree, error) == -1) ||
	    job_fill_over(tree, options, group, error) == -1 ? -1 :
	    job_write(options, tree, report, file, error), file);
}

/* ---- --from ---- */

int
job_refuse_disabled(const struct plist *tree, const struct options *options, const char *verb,
    const char *name, struct error *error)
{
	return !plist_is_true(tree, "Disabled") ||
	    plist_set_touches(options->settings.items, options->settings.count, "Disabled") ? 0 :
	    error_set(error, ERROR_DATA, "the key Disabled keeps launchd from loading it",
	    "add: --set Disabled=false", "cannot %s '%s'", verb, name);
}

int
job_fill(struct options *options, const struct plist *from, struct error *error)
{
	const struct plist *arguments = plist_member(from, "ProgramArguments");
	const char *program = plist_text(plist_member(from, "Program"));

	for (const struct option *row = options_table(); row->name != NULL; row++) {
		const char **field = options_field(options, row);

		if (row->role == OPTION_READS && *field == NULL)
			*field = plist_text(plist_member(from, row->key));
	}
	if (program == NULL)
		program = plist_text(plist_item(arguments, 0));
	if (options->operand_count == 0 && program == NULL)
		return job_report_missing(PROGRAM,
		    "the plist has none; end the command with: -- /full/path/of/program", error);
	if (options->operand_count == 0 && job_check_path(PROGRAM, program, error) == -1)
		return -1;
	for (size_t i = 0; options->operand_count == 0 && i < plist_count(arguments); i++) {
		const char *text = plist_text(plist_item(arguments, i));

		if (text != NULL && job_check_text("the argument", text, error) == -1)
			return -1;
	}
	return job_refuse_disabled(from, options, "install the job of", options->from, error);
}
