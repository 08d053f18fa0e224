/*
 * complete: print what may stand at the end of a command line. The scripts of completion ask it on
 * each TAB, also root's, with names that anybody may have made: what is offered is a word of the
 * tables, or a name that needs no quoting. Nothing is run, and launchd is not asked.
 *
 * Each line is a word, and a tab and its meaning if the tables have one. After a final ':' or '='
 * more of the word follows; after others comes a blank, if BREAKS has one and no quotes are open.
 * The last line may be ":files", ":directories" or ":program": the shell completes files,
 * directories, or the program that begins after "--".
 */
#include <stdlib.h>
#include <string.h>

#include "command/complete.h"
#include "core/job/plist_set.h"
#include "core/lint/keys.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/inspect.h"

struct cursor {				/* the end of the command line */
	const struct session *session;
	const struct command *command;	/* NULL: it is not given yet */
	char		*const *words;	/* unquoted */
	size_t		 last;		/* the index of current, */
	const char	*current;	/* the word up to the cursor; may be empty */
	size_t		 lead;		/* bytes of "--name=" in it */
	size_t		 kept;		/* bytes of it that the shell does not replace */
	const struct option *option;	/* it is the value of this one; NULL: of none */
	const char	*root;		/* the value of --root; NULL: not given */
	size_t		 operands;	/* of them before current */
	bool		 dashes;	/* "--" is before current */
	bool		 ends;		/* a blank follows what is offered */
};

/* ---- the tables ---- */

static bool
complete_takes_value(const struct option *option)
{
	return option != NULL && option->argument != NULL;
}

static void
complete_add_operand(struct operands *operands, const struct argument *value)
{
	for (size_t i = 0; i < operands->count; i++)
		if (operands->values[i] == value)
			return;
	if (operands->count < COMPLETE_OPERANDS)
		operands->values[operands->count++] = value;
}

/* The operands of "[--settle SECONDS] LABEL ..." are the values that do not follow an option. */
struct operands
complete_operands(const struct command *command)
{
	static const char between[] = " []|";
	struct operands operands = { .count = 0 };
	bool of_option = false;
	size_t length;

	for (const char *word = command->arguments; *(word += strspn(word, between)) != '\0';
	    word += length) {
		const struct argument *value;

		length = strcspn(word, between);
		value = of_option ? NULL : argument_find(word, length);
		of_option = strncmp(word, "--", 2) == 0 &&
		    complete_takes_value(options_find(word + 2, length - 2, ~0u));
		if (value != NULL)
			complete_add_operand(&operands, value);
		operands.many = operands.many || (length == 3 && strncmp(word, "...", length) == 0);
	}
	return operands;
}

/* ---- the command line ---- */

/*
 * Split it in place, as a shell does, into words without quotes; return how many. *quote is then
 * the one that is open at the end.
 */
static size_t
complete_split(char *line, char **words, char *quote)
{
	char *out = line;
	size_t count = 0;
	bool open = false;

	for (const char *at = line; *at != '\0'; at++) {
		if (*quote == '\0' && strchr(" \t\n", *at) != NULL) {
			if (open)
				*out++ = '\0';
			open = false;
			continue;
		}
		if (!open)
			words[count++] = out;
		open = true;
		if (*at == '\\' && at[1] != '\0' && (*quote == '\0' ||
		    (*quote == '"' && strchr("\"\\$`", at[1]) != NULL)))
			*out++ = *++at;
		else if (*quote != '\0' ? *at == *quote : *at == '"' || *at == '\'')
			*quote = *quote != '\0' ? '\0' : *at;
		else
			*out++ = *at;
	}
	if (!open)
		words[count++] = out;
	*out = '\0';
	return count;
}

/* Those that every command takes may come before it. */
static bool
complete_takes(const struct command *command, const struct option *option)
{
	return command == NULL ? options_is_common(option) :
	    (option->commands & command->bit) != 0;
}

/* Return the option that a word begins with, or NULL. */
static const struct option *
complete_option(const struct command *command, const char *word)
{
	const struct option *option = strncmp(word, "--", 2) != 0 ? NULL :
	    options_find(word + 2, strcspn(word + 2, "="), command == NULL ? ~0u : command->bit);

	return option != NULL && complete_takes(command, option) ? option : NULL;
}

/* Read the words up to the current one. Return whether they can begin a command line. */
static bool
complete_walk(struct cursor *cursor)
{
	for (size_t i = 1; i < cursor->last; i++) {
		const char *word = cursor->words[i], *equals = strchr(word, '=');
		const struct option *option = cursor->dashes ? NULL :
		    complete_option(cursor->command, word);

		if (cursor->command == NULL && option == NULL) {
			cursor->command = command_find(word);
			if (cursor->command == NULL)
				return false;
			continue;
		}
		if (cursor->dashes || word[0] != '-' || word[1] == '\0')
			cursor->operands++;
		cursor->dashes = cursor->dashes || strcmp(word, "--") == 0;
		if (!complete_takes_value(option))
			continue;
		if (equals == NULL && ++i == cursor->last)
			cursor->option = option;
		else if (strcmp(option->name, "root") == 0)
			cursor->root = equals != NULL ? equals + 1 : cursor->words[i];
	}
	if (cursor->option == NULL && !cursor->dashes && strncmp(cursor->current, "--", 2) == 0 &&
	    strchr(cursor->current, '=') != NULL)
		cursor->lead = strcspn(cursor->current, "=") + 1;
	return true;
}

/* ---- what is offered ---- */

/* Offer before and word, as one, if the current word may become that. */
static void
complete_offer(const struct cursor *cursor, const char *before, const char *word, const char *help)
{
	char text[2 * NAME_SIZE];

	if (!text_format(text, sizeof text, "%.*s%s%s", (int)cursor->lead, cursor->current, before,
	    word) || strncmp(text, cursor->current, strlen(cursor->current)) != 0)
		return;
	text_put(cursor->session->out, text + cursor->kept, cursor->ends &&
	    strchr("=:", text[strlen(text) - 1]) == NULL ? " " : "");
	text_put(cursor->session->out, "", help == NULL ? "\n" : "\t");
	if (help != NULL)
		text_put(cursor->session->out, help, "\n");
}

static void
complete_offer_commands(const struct cursor *cursor)
{
	for (const struct command *row = command_table(); row->name != NULL; row++)
		if ((row->needs & IS_PLUMBING) == 0)
			complete_offer(cursor, "", row->name, row->help);
}

/* Return whether the option is given before the current word, and cannot be repeated. */
static bool
complete_is_given(const struct cursor *cursor, const struct option *option)
{
	for (size_t i = 1; i < cursor->last && option->kind != OPTION_LIST; i++)
		if (complete_option(cursor->command, cursor->words[i]) == option)
			return true;
	return false;
}

static void
complete_offer_options(const struct cursor *cursor)
{
	for (const struct option *row = options_table(); row->name != NULL; row++)
		if (complete_takes(cursor->command, row) && !complete_is_given(cursor, row))
			complete_offer(cursor, "--", row->name, row->help);
}

/* Apple's private keys are not offered. */
static void
complete_offer_keys(const struct cursor *cursor, bool settings)
{
	for (const struct key *row = keys_table(); row->path != NULL; row++) {
		bool gives = row->gives[0] != '\0' && row->status != KEY_PRIVATE &&
		    strchr(row->path, '*') == NULL;

		if (settings ? plist_set_offers(row) : gives)
			complete_offer(cursor, row->path, settings ? "=" : "", NULL);
	}
}

struct names {				/* of the machine, while they are listed */
	const struct cursor *cursor;
	const char	*before;
};

static void
complete_visit_name(void *context, const char *name)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-";
	const struct names *names = context;

	if (name[0] != '-' && name[strspn(name, safe)] == '\0')
		complete_offer(names->cursor, names->before, name, NULL);
}

static void
complete_offer_accounts(const struct cursor *cursor, const char *before, bool groups)
{
	struct names names = { cursor, before };

	accounts_names(&cursor->session->host, groups, complete_visit_name, &names);
}

static void
complete_offer_receipts(const struct cursor *cursor, const struct host *host)
{
	struct names names = { cursor, "" };
	struct labels labels;
	struct error ignored;

	inspect_labels(host, &labels, &ignored);
	for (size_t i = 0; i < labels.count; i++)
		complete_visit_name(&names, labels.names[i]);
	free(labels.names);
}

/*
 * The shell has not expanded the ~ of --root. Who may only read an image gets its labels, too; what
 * cannot be read has nothing to offer.
 */
static void
complete_offer_labels(const struct cursor *cursor)
{
	const char *home = getenv("HOME"), *given = cursor->root;
	struct error ignored;
	struct host image;
	char root[PATH_SIZE];
	bool below_home = given != NULL && strncmp(given, "~/", 2) == 0 && home != NULL;

	if (given == NULL)
		complete_offer_receipts(cursor, &cursor->session->host);
	else if (text_format(root, sizeof root, "%s%s", below_home ? home : "",
	    given + below_home) && host_open_to_read(&image, root, &ignored) == 0) {
		image.stop = cursor->session->host.stop;
		complete_offer_receipts(cursor, &image);
		host_close(&image);
	}
}

/* NULL: that of an option that is a key, and cannot be listed. */
static void
complete_offer_value(const struct cursor *cursor, const struct argument *value)
{
	static const char *const others[] = { [ARGUMENT_FILE] = ":files",
		[ARGUMENT_DIRECTORY] = ":directories", [ARGUMENT_PROGRAM] = ":program" };
	const char *current = cursor->current + cursor->lead, *word;

	for (size_t i = 0; value != NULL && (word = value->words[i]) != NULL; i++) {
		complete_offer(cursor, "", word, NULL);
		if (word[strlen(word) - 1] == ':' && strncmp(current, word, strlen(word)) == 0)
			complete_offer_accounts(cursor, word, false);
	}
	switch (value == NULL ? ARGUMENT_FREE : value->kind) {
	case ARGUMENT_FREE:
	case ARGUMENT_WORD:
	case ARGUMENT_CONTEXT:
		break;
	case ARGUMENT_USER:
	case ARGUMENT_GROUP:
		complete_offer_accounts(cursor, "", value->kind == ARGUMENT_GROUP);
		break;
	case ARGUMENT_LABEL:	complete_offer_labels(cursor); break;
	case ARGUMENT_SETTING:
	case ARGUMENT_KEY:
		complete_offer_keys(cursor, value->kind == ARGUMENT_SETTING);
		break;
	case ARGUMENT_COMMAND:	complete_offer_commands(cursor); break;
	case ARGUMENT_FILE:
	case ARGUMENT_DIRECTORY:
	case ARGUMENT_PROGRAM:
		text_put(cursor->session->out, others[value->kind], "\n");
		break;
	}
}

static void
complete_offer_first(const struct cursor *cursor)
{
	complete_offer_commands(cursor);
	if (cursor->current[0] == '-') {
		complete_offer_options(cursor);
		complete_offer(cursor, "--", "version", "print the version");
	}
}

/* An operand, or an option where none may follow: an option is first seen as what is missing. */
static void
complete_offer_operands(const struct cursor *cursor)
{
	struct operands operands = complete_operands(cursor->command);
	bool program = operands.count > 0 && operands.values[0]->kind == ARGUMENT_PROGRAM;

	if (operands.count > 0 && !operands.many && cursor->operands > 0)
		operands.count = 0;
	if (!cursor->dashes && (cursor->current[0] == '-' || program || operands.count == 0))
		complete_offer_options(cursor);
	else
		for (size_t i = 0; i < operands.count; i++)
			complete_offer_value(cursor, operands.values[i]);
}

static void
complete_offer_all(struct cursor *cursor)
{
	if (cursor->last == 0 || !complete_walk(cursor))
		return;
	if (cursor->lead > 0)
		cursor->option = complete_option(cursor->command, cursor->current);
	if (complete_takes_value(cursor->option))
		complete_offer_value(cursor, argument_find(cursor->option->argument,
		    strlen(cursor->option->argument)));
	else if (cursor->lead == 0 && cursor->command == NULL)
		complete_offer_first(cursor);
	else if (cursor->lead == 0)
		complete_offer_operands(cursor);
}

/* ---- the command ---- */

/* Return the bytes of a word up to the last ':' or '=' that is one of breaks. */
static size_t
complete_kept(const char *word, const char *breaks)
{
	size_t kept = 0;

	for (size_t i = 0; word[i] != '\0'; i++)
		if ((word[i] == ':' || word[i] == '=') && strchr(breaks, word[i]) != NULL)
			kept = i + 1;
	return kept;
}

int
command_complete(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	const char *breaks = options->operand_count < 2 ? "" : options->operands[1];
	struct cursor cursor;
	char **words, quote = '\0';
	size_t last;

	if (options->json)
		return error_set(error, ERROR_USAGE, "it prints lines", NULL,
		    "complete does not take --json");
	if (options->operand_count < 1 || options->operand_count > 2)
		return error_set(error, ERROR_USAGE, NULL,
		    "for example: lnpctl complete 'lnpctl inst'", "one command line is needed");
	words = calloc(strlen(options->operands[0]) / 2 + 2, sizeof *words);
	if (words == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot read the command line");
	last = complete_split(options->operands[0], words, &quote) - 1;
	cursor = (struct cursor){ .session = session, .words = words, .last = last,
	    .current = words[last], .kept = complete_kept(words[last], breaks),
	    .ends = quote == '\0' && strchr(breaks, ' ') != NULL };
	complete_offer_all(&cursor);
	free(words);
	return 0;
}
