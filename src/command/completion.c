/* completion: print a script that completes lnpctl's command line in a shell. */
#include <stdlib.h>
#include <string.h>

#include "command/completion.h"
#include "core/lint/keys.h"
#include "core/job/plist_set.h"
#include "core/text.h"

static const struct shell {
	const char	*name;
	void		(*write)(FILE *);
} shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

#define EXAMPLE	"for example: lnpctl completion zsh"
#define SHELLS	(sizeof shells / sizeof shells[0])

/* ---- the tables ---- */

const struct command *
completion_command(size_t i)
{
	size_t count;
	const struct command *rows = command_table(&count);

	return i < count ? &rows[i] : i == count ? &command_help : NULL;
}

const struct option *
completion_option(const struct command *command, size_t *at)
{
	size_t count;
	const struct option *rows = options_table(&count);

	while (*at < count && (rows[*at].commands & command->bit) == 0)
		(*at)++;
	return *at < count ? &rows[(*at)++] : NULL;
}

const struct argument *
completion_value(const struct option *option)
{
	return option->argument == NULL ? NULL :
	    argument_find(option->argument, strlen(option->argument));
}

/* Return whether this word of a usage is an option that is followed by its value. */
static bool
completion_takes_value(const char *word, size_t length)
{
	size_t count;
	const struct option *rows = options_table(&count);

	for (size_t i = 0; i < count; i++)
		if (length == strlen(rows[i].name) + 2 && strncmp(word, "--", 2) == 0 &&
		    strncmp(word + 2, rows[i].name, length - 2) == 0)
			return rows[i].argument != NULL;
	return false;
}

static void
completion_add_operand(struct operands *operands, const struct argument *value)
{
	for (size_t i = 0; i < operands->count; i++)
		if (operands->values[i] == value)
			return;
	if (operands->count < COMPLETION_OPERANDS)
		operands->values[operands->count++] = value;
}

/* The operands of "[--settle SECONDS] LABEL ..." are the values that do not follow an option. */
struct operands
completion_operands(const struct command *command)
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
		of_option = completion_takes_value(word, length);
		if (value != NULL)
			completion_add_operand(&operands, value);
		operands.many = operands.many || (length == 3 && strncmp(word, "...", length) == 0);
	}
	return operands;
}

static void
completion_write_settings(FILE *out)
{
	size_t count;
	const struct key *rows = keys_table(&count);
	const char *blank = "";

	for (size_t i = 0; i < count; i++) {
		if (!plist_set_offers(&rows[i]))
			continue;
		fprintf(out, "%s%s=", blank, rows[i].path);
		blank = " ";
	}
}

/* Apple's private keys are not offered. */
static void
completion_write_keys(FILE *out)
{
	size_t count;
	const struct key *rows = keys_table(&count);
	const char *blank = "";

	for (size_t i = 0; i < count; i++) {
		if (rows[i].gives[0] == '\0' || rows[i].status == KEY_PRIVATE ||
		    strchr(rows[i].path, '*') != NULL)
			continue;
		fprintf(out, "%s%s", blank, rows[i].path);
		blank = " ";
	}
}

void
completion_words(FILE *out, const struct argument *value)
{
	const struct command *command;

	for (size_t i = 0; value->words[i] != NULL; i++)
		fprintf(out, "%s%s", i == 0 ? "" : " ", value->words[i]);
	for (size_t i = 0; value->kind == ARGUMENT_COMMAND &&
	    (command = completion_command(i)) != NULL; i++)
		fprintf(out, "%s%s", i == 0 ? "" : " ", command->name);
	for (size_t i = 0; value->kind == ARGUMENT_SHELL && i < SHELLS; i++)
		fprintf(out, "%s%s", i == 0 ? "" : " ", shells[i].name);
	if (value->kind == ARGUMENT_SETTING)
		completion_write_settings(out);
	if (value->kind == ARGUMENT_KEY)
		completion_write_keys(out);
}

/* ---- the command ---- */

/* Return the shell of the command line, or NULL with the error set. */
static const struct shell *
completion_find_shell(const struct options *options, struct error *error)
{
	char names[64] = "", why[96];

	for (size_t i = 0; i < SHELLS; i++) {
		size_t length = strlen(names);

		text_format(names + length, sizeof names - length, "%s%s", i == 0 ? "" : ", ",
		    shells[i].name);
		if (options->operand_count == 1 &&
		    strcmp(options->operands[0], shells[i].name) == 0)
			return &shells[i];
	}
	if (options->operand_count == 1) {
		text_format(why, sizeof why, "it must be one of %s", names);
		error_set(error, ERROR_USAGE, why, EXAMPLE, "unknown shell '%.100s'",
		    options->operands[0]);
	} else {
		text_format(why, sizeof why, "it must be one of %s", names);
		error_set(error, ERROR_USAGE, why, EXAMPLE, options->operand_count == 0 ?
		    "a shell is missing" :
		    "one shell at a time");
	}
	return NULL;
}

/* A shell would run a truncated script: build it in memory, then print it. */
int
command_completion(struct session *session, struct error *error)
{
	const struct shell *shell;
	char *text = NULL;
	size_t size;
	FILE *script;

	if (session->options.json)
		return error_set(error, ERROR_USAGE, "it prints a script", NULL,
		    "completion does not take --json");
	shell = completion_find_shell(&session->options, error);
	if (shell == NULL)
		return -1;
	script = open_memstream(&text, &size);
	if (script != NULL)
		shell->write(script);
	if (script == NULL || ferror(script) | fclose(script)) {
		free(text);
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot print the script");
	}
	fwrite(text, 1, size, session->out);
	free(text);
	return 0;
}
