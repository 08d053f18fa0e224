/*
 * The kind of each argument name in usage: in "--stdout FILE" FILE is a file, in "restart LABEL
 * ..." LABEL is a label. One row per name, for options and operands alike, so that no other table
 * repeats it.
 */
#ifndef CORE_ARGUMENT_H
#define CORE_ARGUMENT_H

#include <stdbool.h>
#include <stddef.h>

#define ARGUMENT_WORDS_MAX	4
#define ARGUMENT_WHY		128

enum argument_kind {
	ARGUMENT_FREE,			/* cannot be listed: a number, an address */
	ARGUMENT_WORD,			/* one of words */
	ARGUMENT_CONTEXT,		/* one of words; one that ends with a colon needs a user */
	ARGUMENT_FILE,
	ARGUMENT_DIRECTORY,
	ARGUMENT_USER,
	ARGUMENT_GROUP,
	ARGUMENT_LABEL,			/* of an installed job */
	ARGUMENT_SETTING,		/* KEY=VALUE, KEY of launchd.plist(5) */
	ARGUMENT_KEY,			/* a key that gives a daemon more than an agent */
	ARGUMENT_COMMAND,		/* of lnpctl */
	ARGUMENT_PROGRAM,		/* with its arguments, after "--" */
};

struct argument {
	const char	*name;
	enum argument_kind	 kind;
	const char	*words[ARGUMENT_WORDS_MAX + 1];	/* NULL-terminated */
};

/* Return the row for the first length bytes of name, or NULL if there is none. */
const struct argument *argument_find(const char *name, size_t length);

/* Return whether word is one of that row's words; why not otherwise: "it is neither A nor B". */
bool	argument_has(const char *name, const char *word, char why[ARGUMENT_WHY]);

#endif
