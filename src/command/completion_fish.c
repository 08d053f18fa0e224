/* The script for fish, 3.0 and newer. */
#include <string.h>

#include "command/completion.h"

static const char head[] =
    "# fish completion for lnpctl, made by: lnpctl completion fish\n\n"
    "complete -c lnpctl -e\n"
    "complete -c lnpctl -f\n\n"
    "function __lnpctl_no_command\n"
    "\ttest (count (commandline -opc)) -eq 1\n"
    "end\n\n"
    "# True if the command is one of these, and no -- ended the options.\n"
    "function __lnpctl_in\n"
    "\tset -l words (commandline -opc)\n"
    "\tset -q words[2]; and contains -- $words[2] $argv; and not contains -- -- $words\n"
    "end\n\n"
    "function __lnpctl_in_program\n"
    "\tset -l words (commandline -opc)\n"
    "\tset -q words[2]; and contains -- $words[2] $argv; and contains -- -- $words\n"
    "end\n\n"
    "# __lnpctl_operand MOST COMMAND: true if it takes one more operand; MOST 0: always.\n"
    "function __lnpctl_operand\n"
    "\tset -l words (commandline -opc)\n"
    "\tset -q words[2]; and test $words[2] = $argv[2]; or return 1\n"
    "\ttest $argv[1] -gt 0; or return 0\n"
    "\tset -l count 0\n"
    "\tset -l value 0\n"
    "\tset -l dashes 0\n"
    "\tset -e words[1..2]\n"
    "\tfor word in $words\n"
    "\t\tif test $value -eq 1\n"
    "\t\t\tset value 0\n"
    "\t\telse if test $dashes -eq 1\n"
    "\t\t\tset count (math $count + 1)\n"
    "\t\telse\n"
    "\t\t\tswitch $word\n"
    "\t\t\t\tcase --\n"
    "\t\t\t\t\tset dashes 1\n"
    "\t\t\t\tcase $__lnpctl_valued\n"
    "\t\t\t\t\tset value 1\n"
    "\t\t\t\tcase '-?*'\n"
    "\t\t\t\tcase '*'\n"
    "\t\t\t\t\tset count (math $count + 1)\n"
    "\t\t\tend\n"
    "\t\tend\n"
    "\tend\n"
    "\ttest $count -lt $argv[1]\n"
    "end\n\n"
    "# The jobs of this Mac, or of --root: the receipts whose names need no quoting.\n"
    "function __lnpctl_labels\n"
    "\tset -l root ''\n"
    "\tset -l previous ''\n"
    "\tfor word in (commandline -opc)\n"
    "\t\tif test \"$previous\" = --root\n"
    "\t\t\tset root $word\n"
    "\t\telse if string match -q -- '--root=*' $word\n"
    "\t\t\tset root (string replace -- --root= '' $word)\n"
    "\t\tend\n"
    "\t\tset previous $word\n"
    "\tend\n"
    "\tset root (string replace -r '^~/' \"$HOME/\" -- $root)\n"
    "\tset -l receipts $root'" STATE_DIRECTORY "'/*.plist\n"
    "\tstring replace -rf '^(?s:.*)/([[:alnum:]._][[:alnum:]._-]*)\\.plist$' '$1' -- $receipts\n"
    "end\n\n"
    "# The directories that begin with the current word, or the value in it.\n"
    "function __lnpctl_directories\n"
    "\t__fish_complete_directories (commandline -ct | string replace -r '^--[^=]*=' '')\n"
    "end\n\n"
    "# Completes install's program and its arguments as a command line of its own.\n"
    "function __lnpctl_program\n"
    "\tset -l words (commandline -opc)\n"
    "\tset -e words[1..(contains -i -- -- $words)]\n"
    "\tset -l line (string join ' ' -- (string escape -- $words) (commandline -ct))\n"
    "\tcomplete --do-complete=\"$line\"\n"
    "end\n\n";

/* Escape a text for single quotes. */
static void
fish_write_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
}

/* After a word that ends with a colon fish lists the users. */
static void
fish_write_contexts(FILE *out, const struct argument *value)
{
	for (size_t i = 0; value->words[i] != NULL; i++) {
		const char *word = value->words[i];

		fprintf(out, "%s%s%s", i == 0 ? "" : " ", word,
		    word[strlen(word) - 1] == ':' ? "(__fish_complete_users)" : "");
	}
}

/* Write how a value is completed: the -a of complete, or -F for files, which -f has turned off. */
static void
fish_write_values(FILE *out, const struct argument *value)
{
	if (value->kind == ARGUMENT_FILE) {
		fputs(" -F", out);
		return;
	}
	if (value->kind == ARGUMENT_FREE)
		return;
	fputs(" -a '", out);
	switch (value->kind) {
	case ARGUMENT_FREE:
	case ARGUMENT_FILE:
		break;
	case ARGUMENT_WORD:
	case ARGUMENT_SHELL:
	case ARGUMENT_SETTING:
	case ARGUMENT_KEY:
	case ARGUMENT_COMMAND:	completion_words(out, value); break;
	case ARGUMENT_CONTEXT:	fish_write_contexts(out, value); break;
	case ARGUMENT_DIRECTORY:	fputs("(__lnpctl_directories)", out); break;
	case ARGUMENT_USER:	fputs("(__fish_complete_users)", out); break;
	case ARGUMENT_GROUP:	fputs("(__fish_complete_groups)", out); break;
	case ARGUMENT_LABEL:	fputs("(__lnpctl_labels)", out); break;
	case ARGUMENT_PROGRAM:	fputs("(__lnpctl_program)", out); break;
	}
	putc('\'', out);
}

static void
fish_write_option(FILE *out, const struct option *option)
{
	const struct argument *value = completion_value(option);
	const struct command *command;

	fputs("complete -c lnpctl -n '__lnpctl_in", out);
	for (size_t i = 0; (command = completion_command(i)) != NULL; i++)
		if ((option->commands & command->bit) != 0)
			fprintf(out, " %s", command->name);
	fprintf(out, "' -l %s -d '", option->name);
	fish_write_text(out, option->help);
	putc('\'', out);
	if (value != NULL) {
		fputs(value->kind == ARGUMENT_FILE ? " -r" : " -x", out);
		fish_write_values(out, value);
	}
	putc('\n', out);
}

static void
fish_write_operands(FILE *out, const struct command *command)
{
	struct operands operands = completion_operands(command);

	for (size_t i = 0; i < operands.count; i++) {
		const struct argument *value = operands.values[i];

		if (value->kind == ARGUMENT_FREE)
			continue;
		if (value->kind == ARGUMENT_PROGRAM)
			fprintf(out, "complete -c lnpctl -n '__lnpctl_in_program %s'",
			    command->name);
		else
			fprintf(out, "complete -c lnpctl -n '__lnpctl_operand %d %s'",
			    operands.many ? 0 : 1, command->name);
		fish_write_values(out, value);
		putc('\n', out);
	}
}

static void
fish_write_first(FILE *out)
{
	const struct command *command;

	for (size_t i = 0; (command = completion_command(i)) != NULL; i++) {
		fprintf(out, "complete -c lnpctl -n __lnpctl_no_command -a %s -d '", command->name);
		fish_write_text(out, command->help);
		fputs("'\n", out);
	}
	fputs("complete -c lnpctl -n __lnpctl_no_command -l help -d 'list the commands'\n"
	    "complete -c lnpctl -n __lnpctl_no_command -l version -d 'print the version'\n", out);
}

void
completion_fish(FILE *out)
{
	size_t count;
	const struct option *rows = options_table(&count);
	const struct command *command;

	fputs(head, out);
	fputs("set -g __lnpctl_valued", out);
	for (size_t i = 0; i < count; i++)
		if (rows[i].argument != NULL)
			fprintf(out, " --%s", rows[i].name);
	fputs("\n\n", out);
	fish_write_first(out);
	for (size_t i = 0; (command = completion_command(i)) != NULL; i++)
		fish_write_operands(out, command);
	for (size_t i = 0; i < count; i++)
		fish_write_option(out, &rows[i]);
}
