/*
 * What a new plist changes, key by key, for people.
 */
#ifndef CORE_PLIST_DIFFERENCE_H
#define CORE_PLIST_DIFFERENCE_H

#include <stdio.h>

#include "core/bytes.h"

/*
 * Prints a line per key of the outermost level that differs: "  + Key: value" for a new one, "  -
 * Key: value" for one that goes, both for a changed one. was.data NULL: no plist yet. Values of
 * EnvironmentVariables are never printed, only names. What cannot be read prints nothing.
 */
void	difference_print(struct bytes was, struct bytes shall, FILE *);

#endif
