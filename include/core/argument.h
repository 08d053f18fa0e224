/*
 * What an argument is, told by its name in usage: "--stdout FILE" takes a file, "restart LABEL ..." a label. One row
 * per name, for options and operands alike, so that no row of the other tables has to say it a second time.
 */
#ifndef CORE_ARGUMENT_H
#define CORE_ARGUMENT_H

#include <stdbool.h>
#include <stddef.h>

#define VALUE_WORDS_MOST	4

enum value_kind {
	VALUE_FREE,			/* nothing that could be listed: a number, an address */
	VALUE_WORD,			/* one of words */
	VALUE_CONTEXT,			/* one of words; what ends with a colon is followed by a user */
	VALUE_FILE,
	VALUE_FOLDER,
	VALUE_USER,
	VALUE_GROUP,
	VALUE_LABEL,			/* of a job */
	VALUE_SETTING,			/* a key of launchd.plist, an equals sign and its value */
	VALUE_KEY,			/* one that gives a daemon more than an agent */
	VALUE_COMMAND,			/* of lnpctl's */
	VALUE_SHELL,			/* that completion knows */
	VALUE_PROGRAM,			/* with its arguments, behind "--" */
};

struct value {
	const char	*name;
	enum value_kind	 kind;
	const char	*words[VALUE_WORDS_MOST + 1];	/* up to a NULL */
};

/* All rows, sorted by name; *count says how many. */
const struct value *value_table(size_t *count);

/* The row of the first length bytes of name; NULL: it is no name of an argument. */
const struct value *value_find(const char *name, size_t length);

/* Whether it is one of the row's words. */
bool	value_has(const struct value *, const char *word);

#endif
