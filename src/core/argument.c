/* The table of what arguments are. */
#include <string.h>

#include "core/argument.h"

static const struct value rows[] = {	/* sorted by name; a test checks it */
	{ "AGENT-PLIST",	VALUE_FILE,	{ NULL } },
	{ "BOOL",		VALUE_WORD,	{ "true", "false", NULL } },
	{ "COMMAND",		VALUE_COMMAND,	{ NULL } },
	{ "CONTEXT",		VALUE_CONTEXT,	{ "root", "shell", "daemon:", "agent:", NULL } },
	{ "DIR",		VALUE_FOLDER,	{ NULL } },
	{ "FILE",		VALUE_FILE,	{ NULL } },
	{ "GROUP",		VALUE_GROUP,	{ NULL } },
	{ "HOST:PORT",		VALUE_FREE,	{ NULL } },
	{ "KEY",		VALUE_KEY,	{ NULL } },
	{ "KEY=VALUE",		VALUE_SETTING,	{ NULL } },
	{ "KIND",		VALUE_WORD,	{ "daemon", "agent", NULL } },
	{ "LABEL",		VALUE_LABEL,	{ NULL } },
	{ "NAME=VALUE",		VALUE_FREE,	{ NULL } },
	{ "PATH",		VALUE_FILE,	{ NULL } },
	{ "PROGRAM",		VALUE_PROGRAM,	{ NULL } },
	{ "SECONDS",		VALUE_FREE,	{ NULL } },
	{ "SHELL",		VALUE_SHELL,	{ NULL } },
	{ "USER",		VALUE_USER,	{ NULL } },
};

#define ROWS	(sizeof rows / sizeof rows[0])

const struct value *
value_table(size_t *count)
{
	*count = ROWS;
	return rows;
}

const struct value *
value_find(const char *name, size_t length)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strlen(rows[i].name) == length && strncmp(rows[i].name, name, length) == 0)
			return &rows[i];
	return NULL;
}

bool
value_has(const struct value *value, const char *word)
{
	for (size_t i = 0; value->words[i] != NULL; i++)
		if (strcmp(value->words[i], word) == 0)
			return true;
	return false;
}
