/*
 * Show what a new plist changes, key by key.
 */
#ifndef CORE_PLIST_DIFFERENCE_H
#define CORE_PLIST_DIFFERENCE_H

#include <stdio.h>

#include "core/bytes.h"
#include "core/plist/plist.h"

/* A top-level key that differs, or "EnvironmentVariables.NAME" where both plists exist. */
struct difference {
	char			 key[320];		/* truncated if longer */
	const struct plist	*old, *new;		/* borrowed; NULL: it is not there */
	bool			 secret;		/* only names may be printed, no values */
};

typedef void difference_visit(void *context, const struct difference *);

/*
 * Visit what differs: first what the old plist alone has, then the rest in the order of the new
 * one. data NULL: there is none. A plist that cannot be read counts as none.
 */
void	difference_each(struct bytes before, struct bytes after, difference_visit *,
    void *context);

/* Print one of its values in a line; of EnvironmentVariables only names. */
void	difference_value(const struct difference *, const struct plist *value, FILE *);

/*
 * Print a line for each: "  + Key: value" for an added key, "  - Key: value" for a removed one,
 * both for a changed one.
 */
void	difference_print(struct bytes before, struct bytes after, FILE *);

#endif
