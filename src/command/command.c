/* The table of commands: dispatch, help, errors. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "change.h"
#include "help.h"
#include "probe.h"
#include "report.h"
#include "core/text.h"
#include "host/launchd/launchctl.h"

#define LAUNCHCTL_SECONDS	30.0

/* ---- answers ---- */

static void
answer_list(struct session *session, struct json *json, const char *name)
{
	json_open(json, name, '[');
	fwrite(session->jobs_text, 1, session->jobs_size, json->stream);
	json_close(json, ']');
}

static void
answer_jobs(struct session *session, struct json *json)
{
	answer_list(session, json, "jobs");
}

static void
answer_change(struct session *session, struct json *json)
{
	static struct change none;	/* for a command line that was refused */

	if (session->jobs_size == 0) {
		report_change_json(json, &none, session->options.dry_run);
		answer_jobs(session, json);
	} else {
		putc(',', json->stream);
		fwrite(session->jobs_text, 1, session->jobs_size, json->stream);
	}
}

static void
answer_lint(struct session *session, struct json *json)
{
	if (session->options.rules) {
		json_open(json, "files", '[');
		json_close(json, ']');
		answer_list(session, json, "rules");
	} else {
		answer_list(session, json, "files");
		json_null(json, "rules");
	}
}

static void
answer_scan(struct session *session, struct json *json)
{
	json_texts(json, "system", "version", session->system.version, JSON_END);
	answer_list(session, json, "jobs");
}

static void
answer_verify(struct session *session, struct json *json)
{
	char booted[REPORT_TIME];

	json_texts(json, "system", "version", session->system.version, "build",
	    session->system.build, "booted", report_time(session->system.booted, booted), JSON_END);
	answer_list(session, json, "jobs");
}

static void
answer_version(struct session *session, struct json *json)
{
	(void)session;
	json_text(json, "version", LNPCTL_VERSION);
}

static void
answer_nothing(struct session *session, struct json *json)
{
	(void)session;
	(void)json;
}

/* ---- the table ---- */

static const struct command commands[] = {
	{ "install", "--label LABEL --user USER [options] -- PROGRAM [ARGUMENT ...] | "
	  "--label LABEL [options]",
	  "write the job, load it and check it", NEEDS_ROOT, COMMAND_INSTALL, command_install,
	  answer_change },
	{ "verify", "[--settle SECONDS] [LABEL ...]",
	  "compare jobs with what was installed, change nothing", 0, COMMAND_VERIFY,
	  command_verify, answer_verify },
	{ "repair", "[--settle SECONDS] [LABEL ...]",
	  "restore jobs to what was installed, then verify", NEEDS_ROOT, COMMAND_REPAIR,
	  command_repair, answer_jobs },
	{ "restart", "[--settle SECONDS] LABEL ...",
	  "boot the job out, wait, load it again, then verify", NEEDS_ROOT, COMMAND_RESTART,
	  command_restart, answer_jobs },
	{ "uninstall", "[--delete-logs] LABEL ... | --all",
	  "stop the job and remove what install made", NEEDS_ROOT, COMMAND_UNINSTALL,
	  command_uninstall, answer_jobs },
	{ "status", "[LABEL ...]",
	  "show launchd state and logs", 0, COMMAND_STATUS, command_status, answer_jobs },
	{ "show", "[LABEL ...]",
	  "show jobs as options of install, and their receipts", 0, COMMAND_SHOW, command_show,
	  answer_jobs },
	{ "probe", "[--as CONTEXT] [--user USER] [--label LABEL] HOST:PORT",
	  "test LAN access from launchd contexts", NEEDS_ROOT, COMMAND_PROBE, command_probe,
	  probe_answer },
	{ "connect", "[--timeout SECONDS] HOST:PORT",
	  "test a connection from here (probe runs this)", 0, COMMAND_CONNECT, command_connect,
	  answer_nothing },
	{ "lint", "[--kind daemon | agent] FILE ... | --rules",
	  "check plists against launchd's rules, on any system", 0, COMMAND_LINT, command_lint,
	  answer_lint },
	{ "scan", "",
	  "list this Mac's jobs and which may lose LAN access", 0, COMMAND_SCAN, command_scan,
	  answer_scan },
	{ "migrate", "[options] AGENT-PLIST | LABEL | --undo LABEL",
	  "turn a LaunchAgent into a LaunchDaemon, or back", NEEDS_ROOT, COMMAND_MIGRATE,
	  command_migrate, answer_jobs },
	{ "completion", "SHELL",
	  "print a shell completion script", 0, COMMAND_COMPLETION, command_completion,
	  answer_nothing },
	{ "complete", "LINE [BREAKS]",
	  "print what may end a command line (completion's scripts run this)", IS_PLUMBING,
	  COMMAND_COMPLETE, command_complete, answer_nothing },
	{ "version", "",
	  "print the version", 0, COMMAND_VERSION, command_version, answer_version },
	{ "help", "[COMMAND | --all]",
	  "list the commands, or explain one", 0, COMMAND_HELP, NULL, NULL },
	{ .name = NULL },
};

#define ROWS	(sizeof commands / sizeof commands[0] - 1)

const struct command *
command_table(void)
{
	return commands;
}

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int
command_unknown(const char *name, struct error *error)
{
	struct text_nearest nearest = { .given = name };
	char fix[96] = "see: lnpctl help";

	if (name[0] == '-')
		return error_set(error, ERROR_USAGE, "only options that every command takes may "
		    "come before its name", fix, "a command is missing before '%.100s'", name);
	for (size_t i = 0; i < ROWS; i++)
		if ((commands[i].needs & IS_PLUMBING) == 0)
			text_nearer(&nearest, commands[i].name);
	if (nearest.found != NULL)
		text_format(fix, sizeof fix, "did you mean %s?", nearest.found);
	return error_set(error, ERROR_USAGE, NULL, fix, "unknown command '%.100s'", name);
}

static int
command_help(int argc, char *const argv[], FILE *out, struct error *error)
{
	const struct command *command;
	bool everything = argc > 0 && strcmp(argv[0], "--all") == 0;

	if (argc > 1)
		return error_set(error, ERROR_USAGE, NULL, "see: lnpctl help",
		    "one command at a time");
	if (argc == 0 || everything || strcmp(argv[0], "--help") == 0) {
		help_all(out, everything);
		return 0;
	}
	if (argv[0][0] == '-')
		return error_set(error, ERROR_USAGE, "this command does not accept it",
		    "see: lnpctl help", "cannot use option '%.100s'", argv[0]);
	command = command_find(argv[0]);
	if (command == NULL)
		return command_unknown(argv[0], error);
	help_one(command, out);
	return 0;
}

/* Begin the object of --json; name NULL: there was no command. */
static void
command_begin_answer(struct json *json, const char *name, const struct error *error)
{
	json_open(json, NULL, '{');
	json_integer(json, "schema", 1);
	json_text(json, "command", name);
	json_boolean(json, "ok", error == NULL);
	report_error_json(json, error);
}

static void
command_answer(struct session *session, const struct error *error)
{
	struct json json = { session->out, false };

	command_begin_answer(&json, session->command->name, error);
	fflush(session->jobs.stream);
	session->command->answer(session, &json);
	json_close(&json, '}');
	putc('\n', session->out);
}

/* ---- running ---- */

/* Who called sudo. SUDO_UID is used only as root, who may do all anyway. */
static void
command_find_administrator(struct host *host)
{
	const char *text = getenv("SUDO_UID");
	size_t digits = text == NULL ? 0 : strspn(text, "0123456789");

	if (host_is_root() && digits > 0 && digits < 10 && text[digits] == '\0')
		host->administrator = (uid_t)strtoul(text, NULL, 10);
}

static int
command_refuse_user(const struct command *command, struct error *error)
{
	bool changes = (command->bit & COMMAND_CHANGES) != 0;

	return error_set(error, ERROR_ROOT, changes ? "only root can change LaunchDaemons" :
	    "only root can load the jobs that it connects from",
	    changes ? "run it with sudo; --dry-run does not need root" :
	    "run it with sudo", "cannot %s", command->name);
}

static int
command_open_host(struct session *session, const volatile sig_atomic_t *stop, struct error *error)
{
	const struct options *options = &session->options;

	if ((session->command->needs & NEEDS_ROOT) != 0 && !options->dry_run &&
	    options->root == NULL && !host_is_root())
		return command_refuse_user(session->command, error);
	if (host_open(&session->host, options->root, options->launchctl, error) == -1)
		return -1;
	command_find_administrator(&session->host);
	session->host.dir_cache = &session->folders;
	session->host.helper = &session->helper;
	session->host.budgets = &session->budgets;
	session->host.accounts = &session->accounts;
	session->host.stop = stop;
	session->host.launchctl_seconds = options->timeout >= 0 ? options->timeout :
	    LAUNCHCTL_SECONDS;
	session->host.trace = options->verbose ? session->err : NULL;
	if (report_wants_progress(session))
		session->host.waiting = report_wait;
	session->host.waiting_context = session;
	return 0;
}

static int
command_parse(struct session *session, int argc, char *const argv[], struct error *error)
{
	const struct command *command = session->command;

	if (options_parse(&session->options, command->bit, argc, argv, error) == -1)
		return -1;
	if (command->arguments[0] != '\0' || session->options.help ||
	    session->options.operand_count == 0)
		return 0;
	return error_set(error, ERROR_USAGE, NULL, NULL, "%s takes no operands", command->name);
}

static int
command_run_session(struct session *session, int argc, char *const argv[],
    const volatile sig_atomic_t *stop, struct error *error)
{
	int result;

	if (command_parse(session, argc, argv, error) == -1) {
		if (error->fix[0] == '\0')
			text_format(error->fix, sizeof error->fix, "see: lnpctl help %s",
			    session->command->name);
		return -1;
	}
	if (session->options.help) {
		help_one(session->command, session->out);
		return 0;
	}
	if (command_open_host(session, stop, error) == -1)
		return -1;
	result = session->command->run(session, error);
	if (session->lock > 0)
		close(session->lock);
	dir_cache_forget(&session->folders);
	helper_stop(&session->helper);
	host_close(&session->host);
	return result;
}

/* Find --json anywhere, so that the error of a wrong option is printed as JSON, too. */
static bool
command_wants_json(int argc, char *const argv[])
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

/*
 * Return the index of the command's name: options that every command takes may come before it, as
 * in `lnpctl --json verify`. argc: there is none.
 */
static int
command_word(int argc, char *const argv[])
{
	int at = 1;

	while (at < argc && strncmp(argv[at], "--", 2) == 0) {
		const char *name = argv[at] + 2;
		const struct option *row = options_find(name, strcspn(name, "="), ~0u);

		if (row == NULL || !options_is_common(row) || strcmp(name, "help") == 0)
			break;
		at += row->kind == OPTION_FLAG || strchr(name, '=') != NULL ? 1 : 2;
	}
	return at < argc ? at : argc;
}

/* at: the index of the command's name, which the command does not get. error: room for one. */
static int
command_run(const struct command *command, int argc, char *const argv[], int at, FILE *out,
    FILE *err, const volatile sig_atomic_t *stop, struct error *error)
{
	/* Not on the stack: it is large, and most of it is never touched. */
	struct session *session = calloc(1, sizeof *session);
	char **words = calloc((size_t)argc, sizeof *words);
	int count = 0;
	bool failed;	/* error may be set by an attempt that did not matter */

	if (session != NULL)
		session->jobs.stream = open_memstream(&session->jobs_text, &session->jobs_size);
	if (session == NULL || words == NULL || session->jobs.stream == NULL) {
		free(words);
		free(session);
		error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot start");
		report_error(err, error);
		return error_status(error->kind);
	}
	for (int i = 1; i < argc; i++)
		if (i != at)
			words[count++] = argv[i];
	session->command = command;
	session->out = out;
	session->err = err;
	failed = command_run_session(session, count, words, stop, error) == -1;
	session->options.json = session->options.json || command_wants_json(count, words);
	if (session->options.json && !session->options.help)
		command_answer(session, failed ? error : NULL);
	if (failed)
		report_error(err, error);
	else if ((fflush(out) == EOF || ferror(out)) && (command->needs & NEEDS_ROOT) == 0) {
		/*
		 * A closed pipe does not undo a change, but a query whose output was lost has
		 * failed.
		 */
		error_set(error, ERROR_SYSTEM, "standard output is closed or full", NULL,
		    "cannot print the answer");
		report_error(err, error);
		failed = true;
	}
	fclose(session->jobs.stream);
	free(session->jobs_text);
	options_free(&session->options);
	free(session);
	free(words);
	return failed ? error_status(error->kind) : 0;
}

int
command_version(struct session *session, struct error *error)
{
	(void)error;
	report_line(session, "lnpctl %s", LNPCTL_VERSION);
	return 0;
}

/* There is no such command, or none at all. */
static int
command_refuse(const char *word, bool wants_json, FILE *out, FILE *err, struct error *error)
{
	struct json json = { out, false };

	if (word != NULL)
		command_unknown(word, error);
	else
		error_set(error, ERROR_USAGE, NULL, "see: lnpctl help", "a command is missing");
	if (wants_json) {
		command_begin_answer(&json, word, error);
		json_close(&json, '}');
		putc('\n', out);
	}
	if (word != NULL || wants_json)
		report_error(err, error);
	else
		help_all(err, false);
	return error_status(error->kind);
}

int
command_main(int argc, char *const argv[], FILE *out, FILE *err, const volatile sig_atomic_t *stop)
{
	int at = command_word(argc, argv);
	const char *word = at < argc ? argv[at] : NULL;
	const struct command *command = word == NULL ? NULL : command_find(word);
	struct error error = { .kind = ERROR_NONE };

	if (command != NULL && command->run != NULL)
		return command_run(command, argc, argv, at, out, err, stop, &error);
	if (word != NULL && (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 ||
	    strcmp(word, "-v") == 0))
		fprintf(out, "lnpctl %s\n", LNPCTL_VERSION);
	else if (command == NULL && (word == NULL || (strcmp(word, "--help") != 0 &&
	    strcmp(word, "-h") != 0)))
		return command_refuse(word, command_wants_json(argc, argv), out, err, &error);
	else if (command_help(argc - at - 1, argv + at + 1, out, &error) == -1)
		report_error(err, &error);
	return error_status(error.kind);
}
