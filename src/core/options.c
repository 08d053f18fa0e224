/* The table of options, and the parser that reads argv with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "core/text.h"
#include "core/argument.h"

#define COMMAND_ALL	(~(unsigned)COMMAND_HELP)

/* A row has one of these. A key of launchd.plist is shared, unless lnpctl itself depends on it. */
#define FIELD(name)		offsetof(struct options, name), NULL, OPTION_SHARES
#define KEY(name, key)		offsetof(struct options, name), key, OPTION_SHARES
#define OWN_KEY(name, key)	offsetof(struct options, name), key, OPTION_OWNS
#define READ_KEY(name, key)	offsetof(struct options, name), key, OPTION_READS

static const struct option options_rows[] = {
	{ "label", "LABEL", COMMAND_INSTALL | COMMAND_PROBE, OPTION_TEXT,
	  READ_KEY(label, "Label"),
	  "reverse-DNS name of the job, for example com.example.agentworker" },
	{ "user", "USER", COMMAND_MAKES | COMMAND_PROBE, OPTION_TEXT,
	  READ_KEY(user, "UserName"),
	  "the account the job runs as, never root by default; migrate: default is the agent's" },
	{ "group", "GROUP", COMMAND_MAKES, OPTION_TEXT, READ_KEY(group, "GroupName"),
	  "its group; default: the primary group of USER" },
	{ "env", "NAME=VALUE", COMMAND_MAKES, OPTION_LIST, FIELD(environment),
	  "a variable for the job, repeatable; HOME and PATH are always set" },
	{ "working-directory", "DIR", COMMAND_MAKES, OPTION_TEXT,
	  OWN_KEY(working_directory, "WorkingDirectory"),
	  "where the job starts, default /" },
	{ "log-dir", "DIR", COMMAND_MAKES, OPTION_TEXT, FIELD(log_directory),
	  "directory of the two logs, default /var/log" },
	{ "stdout", "FILE", COMMAND_MAKES, OPTION_TEXT, OWN_KEY(stdout_path, "StandardOutPath"),
	  "the log of standard output, default DIR/LABEL.log" },
	{ "stderr", "FILE", COMMAND_MAKES, OPTION_TEXT, OWN_KEY(stderr_path, "StandardErrorPath"),
	  "the log of standard error, default DIR/LABEL.err" },
	{ "keep-alive", "BOOL", COMMAND_MAKES, OPTION_WORD, KEY(keep_alive, "KeepAlive"),
	  "restart the job whenever it exits; default true, but false with a timer, path, queue "
	  "or socket" },
	{ "set", "KEY=VALUE", COMMAND_MAKES, OPTION_LIST, FIELD(settings),
	  "any other key of launchd.plist(5), repeatable; for example ThrottleInterval=30" },
	{ "from", "FILE", COMMAND_INSTALL, OPTION_TEXT, FIELD(from),
	  "start from this plist, a full path; the other options override it" },
	{ "allow", "KEY", COMMAND_MAKES, OPTION_LIST, FIELD(allowed),
	  "keep this key of the plist even if it gives a daemon more than it gave the agent, "
	  "repeatable" },
	{ "peer", "HOST:PORT", COMMAND_MAKES, OPTION_LIST, FIELD(peers),
	  "a machine on the LAN that the job must reach, repeatable" },
	{ "keep", NULL, COMMAND_MAKES, OPTION_FLAG, FIELD(keep),
	  "leave a new job in place even if it is not healthy" },
	{ "replace", NULL, COMMAND_MAKES, OPTION_FLAG, FIELD(replace),
	  "take over a label, plist or job that lnpctl did not install" },
	{ "no-load", NULL, COMMAND_MAKES, OPTION_FLAG, FIELD(no_load),
	  "write the files only; launchd loads the job at the next boot" },
	{ "max-starts", "NUMBER", COMMAND_MAKES, OPTION_NUMBER, FIELD(max_starts),
	  "more starts an hour after an abnormal exit are a crash loop, default 5" },
	{ "undo", NULL, COMMAND_MIGRATE, OPTION_FLAG, FIELD(undo),
	  "remove the daemon and restore the agent" },
	{ "probe", NULL, COMMAND_VERIFY, OPTION_FLAG, FIELD(probe),
	  "also test the peers, as lnpctl probe does; needs root" },
	{ "as", "CONTEXT", COMMAND_PROBE, OPTION_LIST, FIELD(contexts),
	  "root, daemon:USER, agent:USER or shell, repeatable" },
	{ "kind", "KIND", COMMAND_LINT, OPTION_WORD, FIELD(kind),
	  "daemon or agent, if the directory of the file does not show it" },
	{ "rules", NULL, COMMAND_LINT, OPTION_FLAG, FIELD(rules),
	  "print the rules instead: id, severity, meaning" },
	{ "delete-logs", NULL, COMMAND_UNINSTALL | COMMAND_MIGRATE, OPTION_FLAG, FIELD(delete_logs),
	  "also delete the logs that install made; with --undo, those of migrate" },
	{ "all", NULL, COMMAND_UNINSTALL | COMMAND_HELP, OPTION_FLAG, FIELD(all),
	  "every job that lnpctl installed; of help: every command and option" },
	{ "settle", "SECONDS", COMMAND_MAKES | COMMAND_VERIFY | COMMAND_REPAIR | COMMAND_RESTART,
	  OPTION_SECONDS, FIELD(settle),
	  "how long the job must stay up, default 10; 0: loaded is enough" },
	{ "json", NULL, COMMAND_ALL, OPTION_FLAG, FIELD(json),
	  "print one JSON object on standard output, and nothing else" },
	{ "quiet", NULL, COMMAND_ALL, OPTION_FLAG, FIELD(quiet),
	  "print only errors" },
	{ "verbose", NULL, COMMAND_ALL, OPTION_FLAG, FIELD(verbose),
	  "also print each program that is run, checks that pass and steps about receipts" },
	{ "dry-run", NULL, COMMAND_CHANGES, OPTION_FLAG, FIELD(dry_run),
	  "print the plan and the differences; change nothing; no root needed" },
	{ "timeout", "SECONDS", COMMAND_CHANGES | COMMAND_VERIFY | COMMAND_PROBE | COMMAND_CONNECT,
	  OPTION_SECONDS, FIELD(timeout),
	  "limit of each wait for launchd; probe: how long to try, default 60" },
	{ "lock-wait", "SECONDS", COMMAND_CHANGES | COMMAND_PROBE | COMMAND_VERIFY, OPTION_SECONDS,
	  FIELD(lock_wait),
	  "how long to wait for another lnpctl, default 120" },
	{ "root", "DIR", COMMAND_ALL, OPTION_TEXT, FIELD(root),
	  "for images and tests: the volume to work on instead of /" },
	{ "launchctl", "PATH", COMMAND_ALL, OPTION_TEXT, FIELD(launchctl),
	  "for images and tests, with --root: the launchctl to run" },
	{ "help", NULL, COMMAND_ALL | COMMAND_HELP, OPTION_FLAG, FIELD(help),
	  "print the usage of the command" },
	{ .name = NULL },
};

#define ROWS	(sizeof options_rows / sizeof options_rows[0] - 1)

const struct option *
options_table(void)
{
	return options_rows;
}

bool
options_is_common(const struct option *row)
{
	return (row->commands & COMMAND_ALL) == COMMAND_ALL;
}

const struct option *
options_find(const char *name, size_t length, unsigned commands)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((options_rows[i].commands & commands) != 0 &&
		    strlen(options_rows[i].name) == length &&
		    strncmp(options_rows[i].name, name, length) == 0)
			return &options_rows[i];
	return NULL;
}

void *
options_field(struct options *options, const struct option *row)
{
	return (char *)options + row->offset;
}

const char *
options_text(const struct options *options, const struct option *row)
{
	return row->kind != OPTION_TEXT && row->kind != OPTION_WORD ? NULL :
	    *(const char *const *)(const void *)((const char *)options + row->offset);
}

/* What looks like an option after an operand of install is most likely the program's. */
static const char *
options_separator(const struct options *options, enum command_bit command)
{
	return command == COMMAND_INSTALL && options->operand_count > 0 ?
	    "if it is an option of the program, put -- before the program: -- PROGRAM ..." : NULL;
}

static int
options_unknown(const struct options *options, const char *name, size_t length,
    enum command_bit command, struct error *error)
{
	char given[64], fix[128] = "";
	const char *separator = options_separator(options, command);
	struct text_nearest nearest = { .given = given };

	if (options_find(name, length, ~0u) != NULL)
		return error_set(error, ERROR_USAGE, "this command does not accept it", separator,
		    "cannot use option '--%.*s'", (int)length, name);
	/* One that does not fit resembles none. */
	text_format(given, sizeof given, "%.*s", (int)length, name);
	for (size_t i = 0; i < ROWS; i++)
		if ((options_rows[i].commands & command) != 0)
			text_nearer(&nearest, options_rows[i].name);
	if (separator != NULL)
		text_copy(fix, sizeof fix, separator);
	else if (nearest.found != NULL)
		text_format(fix, sizeof fix, "did you mean --%s?", nearest.found);
	return error_set(error, ERROR_USAGE, NULL, fix, "unknown option '--%.*s'", (int)length,
	    name);
}

static int
options_store(struct options *options, const struct option *row, const char *value,
    struct error *error)
{
	void *field = options_field(options, row);
	struct words *list = field;
	char why[ARGUMENT_WHY];

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return 0;
	case OPTION_SECONDS:
		return text_seconds(value, field) ? 0 : error_set(error, ERROR_USAGE,
		    "it is not a number of seconds", "for example: 10 or 0.5",
		    "cannot use '%s' for --%s", value, row->name);
	case OPTION_NUMBER:
		return text_number(value, field) ? 0 : error_set(error, ERROR_USAGE,
		    "it is not a whole number of at most 1000000", "for example: 5",
		    "cannot use '%s' for --%s", value, row->name);
	case OPTION_LIST:
		list->items[list->count++] = value;
		return 0;
	case OPTION_WORD:
		if (!argument_has(row->argument, value, why))
			return error_set(error, ERROR_USAGE, why, NULL, "cannot use '%s' for --%s",
			    value, row->name);
		break;
	case OPTION_TEXT:
		if (value[0] == '\0')
			return error_set(error, ERROR_USAGE, NULL, NULL,
			    "the value of --%s is empty", row->name);
		break;
	}
	*(const char **)field = value;
	return 0;
}

/* Read the option at argv[*at] and its value, which may be the next argument. */
static int
options_take(struct options *options, enum command_bit command, int argc, char *const argv[],
    int *at, bool seen[ROWS], struct error *error)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '='), *value = NULL;
	size_t length = equals == NULL ? strlen(name) : (size_t)(equals - name);
	const struct option *row = options_find(name, length, command);

	if (row == NULL)
		return options_unknown(options, name, length, command, error);
	if (equals != NULL)
		value = equals + 1;
	if (row->kind == OPTION_FLAG && value != NULL)
		return error_set(error, ERROR_USAGE, NULL, NULL, "option '--%s' takes no value",
		    row->name);
	if (row->kind != OPTION_FLAG && value == NULL) {
		if (*at + 1 == argc)
			return error_set(error, ERROR_USAGE, NULL, NULL,
			    "option '--%s' needs a value: --%s %s", row->name, row->name,
			    row->argument);
		value = argv[++*at];
	}
	if (row->kind != OPTION_LIST && row->kind != OPTION_FLAG && seen[row - options_rows])
		return error_set(error, ERROR_USAGE, NULL, NULL, "option '--%s' is given twice",
		    row->name);
	seen[row - options_rows] = true;
	return options_store(options, row, value, error);
}

/* Check rules between options, which no single row can state. */
static int
options_check(const struct options *options, struct error *error)
{
	if (options->launchctl != NULL && options->root == NULL)
		return error_set(error, ERROR_USAGE, "without --root only /bin/launchctl is run",
		    "add --root DIR, or omit --launchctl", "--launchctl is for images and tests");
	if (options->launchctl != NULL && options->launchctl[0] != '/')
		return error_set(error, ERROR_USAGE, "PATH is not searched", "give the full path",
		    "cannot use '%s' for --launchctl", options->launchctl);
	if (options->quiet && options->verbose)
		return error_set(error, ERROR_USAGE, NULL, NULL,
		    "--quiet and --verbose cannot be used together");
	return 0;
}

/* Allocate the operands and the lists, each for the highest possible number of values. */
static int
options_allocate(struct options *options, size_t capacity)
{
	const char **start = calloc((ROWS + 1) * capacity, sizeof *start);

	options->storage = start;
	for (size_t i = 0; start != NULL && i < ROWS; i++)
		if (options_rows[i].kind == OPTION_LIST) {
			struct words *list = options_field(options, &options_rows[i]);

			list->items = start + (i + 1) * capacity;
		}
	return start == NULL ? -1 : 0;
}

int
options_parse(struct options *options, enum command_bit command, int argc, char *const argv[],
    struct error *error)
{
	bool seen[ROWS] = { false };
	char **operands;
	int result = 0;

	*options = (struct options){ .timeout = -1, .settle = -1, .max_starts = -1,
	    .lock_wait = 120 };
	if (options_allocate(options, (size_t)argc + 1) == -1)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot read the arguments");
	operands = options->storage;
	options->operands = operands;
	for (int i = 0; i < argc; i++) {
		if (options->dashes || argv[i][0] != '-' || argv[i][1] == '\0')
			operands[options->operand_count++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			options->dashes = true;
		else if (strcmp(argv[i], "-h") == 0)
			options->help = true;
		else if (argv[i][1] != '-')
			result = error_set(error, ERROR_USAGE, "the only short option is -h",
			    options_separator(options, command), "unknown option '%s'", argv[i]);
		else
			result = options_take(options, command, argc, argv, &i, seen, error);
		if (result == -1)
			return -1;
	}
	return options->help ? 0 : options_check(options, error);
}

void
options_free(struct options *options)
{
	free(options->storage);
	options->storage = NULL;
}
