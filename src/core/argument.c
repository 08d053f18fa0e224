/* The table of argument kinds. */
#include <string.h>

#include "core/argument.h"
#include "core/text.h"

static const struct argument argument_rows[] = {
	{ "AGENT-PLIST",	ARGUMENT_FILE,	{ NULL } },
	{ "BOOL",		ARGUMENT_WORD,	{ "true", "false", NULL } },
	{ "BREAKS",		ARGUMENT_FREE,	{ NULL } },
	{ "COMMAND",		ARGUMENT_COMMAND,	{ NULL } },
	{ "CONTEXT",		ARGUMENT_CONTEXT,	{ "root", "shell", "daemon:", "agent:",
	  NULL } },
	{ "DIR",		ARGUMENT_DIRECTORY,	{ NULL } },
	{ "FILE",		ARGUMENT_FILE,	{ NULL } },
	{ "GROUP",		ARGUMENT_GROUP,	{ NULL } },
	{ "HOST:PORT",		ARGUMENT_FREE,	{ NULL } },
	{ "KEY",		ARGUMENT_KEY,	{ NULL } },
	{ "KEY=VALUE",		ARGUMENT_SETTING,	{ NULL } },
	{ "KIND",		ARGUMENT_WORD,	{ "daemon", "agent", NULL } },
	{ "LABEL",		ARGUMENT_LABEL,	{ NULL } },
	{ "LINE",		ARGUMENT_FREE,	{ NULL } },
	{ "NAME=VALUE",		ARGUMENT_FREE,	{ NULL } },
	{ "NUMBER",		ARGUMENT_FREE,	{ NULL } },
	{ "PATH",		ARGUMENT_FILE,	{ NULL } },
	{ "PROGRAM",		ARGUMENT_PROGRAM,	{ NULL } },
	{ "SECONDS",		ARGUMENT_FREE,	{ NULL } },
	{ "SHELL",		ARGUMENT_WORD,	{ "bash", "zsh", "fish", NULL } },
	{ "USER",		ARGUMENT_USER,	{ NULL } },
};

#define ROWS	(sizeof argument_rows / sizeof argument_rows[0])

const struct argument *
argument_find(const char *name, size_t length)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strlen(argument_rows[i].name) == length &&
		    strncmp(argument_rows[i].name, name, length) == 0)
			return &argument_rows[i];
	return NULL;
}

bool
argument_has(const char *name, const char *word, char why[ARGUMENT_WHY])
{
	const char *const *words = argument_find(name, strlen(name))->words;

	text_copy(why, ARGUMENT_WHY, "it is");
	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], word) == 0)
			return true;
		text_append(why, ARGUMENT_WHY, " %s %s", i == 0 ? "neither" : "nor", words[i]);
	}
	return false;
}
