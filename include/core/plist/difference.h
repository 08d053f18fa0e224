/*
 * Show what a new plist changes, key by key.
 */
#ifndef CORE_PLIST_DIFFERENCE_H
#define CORE_PLIST_DIFFERENCE_H

#include <stdio.h>

#include "core/bytes.h"

/*
 * Print a line per top-level key that differs: "  + Key: value" for an added key, "  - Key: value"
 * for a removed one, both for a changed one. before.data NULL: there was no plist. Of
 * EnvironmentVariables only names are printed, never values. A plist that cannot be read counts as
 * none.
 */
void	difference_print(struct bytes before, struct bytes after, FILE *);

#endif
