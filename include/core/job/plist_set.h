/*
 * --set KEY=VALUE: one value of a plist, typed by the table of keys.
 *
 * KEY is a path of the table, with the index of an item where the table has an array:
 * StartCalendarInterval.0.Hour, WatchPaths.0. Where the table's path ends in "*" the rest of KEY is
 * the name, dots and all.
 */
#ifndef CORE_JOB_PLIST_SET_H
#define CORE_JOB_PLIST_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/lint/keys.h"
#include "core/plist/plist.h"

/*
 * Puts the value into the tree, making the dictionaries and arrays on the way; a plain value that
 * is in the way is replaced. ERROR_USAGE: an unknown key, one that has an option of its own, a
 * value of another form (the accepted one is said), an index beyond the end, an array where a
 * dictionary is meant. No message shows a value: it may be a secret.
 */
int	plist_set_apply(struct plist *, const char *setting, struct error *);

/* ERROR_USAGE when two of them set the same key. */
int	plist_set_check(const char *const settings[], size_t count, struct error *);

/* Whether one of them is about this key of the outermost level, or something below it. */
bool	plist_set_touches(const char *const settings[], size_t count, const char *key);

/*
 * Whether one of them is a timer, path, queue or socket, so that the job has its own time to start.
 */
bool	plist_set_starts(const char *const settings[], size_t count);

/*
 * Whether --set takes the path of this row as it is, with a plain value, and Apple's manual knows
 * the key.
 */
bool	plist_set_offers(const struct key *);

#endif
