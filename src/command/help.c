/* Print the usage of lnpctl, or of one command, from the tables. */
#include <string.h>

#include "help.h"
#include "core/options.h"
#include "core/text.h"

static void
help_option(const struct option *option, FILE *out)
{
	const char *text = option->help;
	char left[64];
	size_t length;

	text_format(left, sizeof left, "--%s%s%s", option->name, option->argument == NULL ? "" :
	    " ", option->argument == NULL ? "" : option->argument);
	while ((length = text_line(text, TEXT_COLUMNS - 29)) > 0) {
		fprintf(out, "  %-26s %.*s\n", left, (int)length, text);
		text += length + strspn(text + length, " ");
		left[0] = '\0';
	}
}

/* Print the options of some commands that all of them take, or the others. */
static void
help_options(unsigned bits, bool common, FILE *out)
{
	for (const struct option *row = options_table(); row->name != NULL; row++)
		if ((row->commands & bits) != 0 && options_is_common(row) == common)
			help_option(row, out);
}

void
help_all(FILE *out, bool everything)
{
	fputs("usage: lnpctl COMMAND [options] ...\n\n"
	    "Installs networked workers as LaunchDaemons, which Local Network Privacy exempts\n"
	    "according to Apple, and checks that they stay installed and running.\n\n"
	    "commands:\n", out);
	for (const struct command *row = command_table(); row->name != NULL; row++)
		if (everything || (row->needs & IS_PLUMBING) == 0)
			fprintf(out, "  %-10s %s\n", row->name, row->help);
	if (everything) {
		fputs("\noptions, of the commands whose help lists them:\n", out);
		help_options(~0u, false, out);
		fputs("\noptions of every command:\n", out);
		help_options(~0u, true, out);
	} else
		fputs("\nThe options of a command: lnpctl help COMMAND\n", out);
	fputs("\nThe manual: man lnpctl\n", out);
}

void
help_one(const struct command *command, FILE *out)
{
	fprintf(out, "usage: lnpctl %s%s%s\n\n%s\n\n", command->name,
	    command->arguments[0] == '\0' ? "" : " ", command->arguments, command->help);
	fputs("options:\n", out);
	help_options(command->bit, false, out);
	fputs("\noptions of every command:\n", out);
	help_options(command->bit, true, out);
}
