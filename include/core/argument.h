/*
 * What an argument is, told by its name in usage: "--stdout FILE" takes a file, "restart LABEL ..."
 * a label. One row per name, for options and operands alike, so that no row of the other tables has
 * to say it a second time.
 */
#ifndef CORE_ARGUMENT_H
#define CORE_ARGUMENT_H

#include <stdbool.h>
#include <stddef.h>

#define ARGUMENT_WORDS_MAX	4

enum argument_kind {
	ARGUMENT_FREE,			/* nothing that could be listed: a number, an address */
	ARGUMENT_WORD,			/* one of words */
	ARGUMENT_CONTEXT,			/* one of words; what ends with a colon is followed
						   by a user */
	ARGUMENT_FILE,
	ARGUMENT_DIRECTORY,
	ARGUMENT_USER,
	ARGUMENT_GROUP,
	ARGUMENT_LABEL,			/* of a job */
	ARGUMENT_SETTING,			/* a key of launchd.plist, an equals sign and its
						   value */
	ARGUMENT_KEY,			/* one that gives a daemon more than an agent */
	ARGUMENT_COMMAND,			/* of lnpctl's */
	ARGUMENT_SHELL,			/* that completion knows */
	ARGUMENT_PROGRAM,			/* with its arguments, behind "--" */
};

struct argument {
	const char	*name;
	enum argument_kind	 kind;
	const char	*words[ARGUMENT_WORDS_MAX + 1];	/* up to a NULL */
};

/* All rows, sorted by name; *count says how many. */
const struct argument *argument_table(size_t *count);

/* The row of the first length bytes of name; NULL: it is no name of an argument. */
const struct argument *argument_find(const char *name, size_t length);

/* Whether it is one of the row's words. */
bool	argument_has(const struct argument *, const char *word);

#endif
