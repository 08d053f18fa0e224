/*
 * Set one value of a plist with --set KEY=VALUE; the table of keys determines its type.
 *
 * KEY is a path of the table, with the index of an item after each array:
 * StartCalendarInterval.0.Hour, WatchPaths.0. If the table's path ends in "*", the rest of KEY is
 * the name, including any dots.
 */
#ifndef CORE_JOB_PLIST_SET_H
#define CORE_JOB_PLIST_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/lint/keys.h"
#include "core/plist/plist.h"

/*
 * Set the value, creating dictionaries and arrays as needed; a plain value that is in the way is
 * replaced. ERROR_USAGE: an unknown key, one that has an option of its own, a value of another type
 * (the message has the accepted ones), an index beyond the end, an array where a dictionary is
 * meant, or the reverse. ERROR_SYSTEM. No message shows a value: it may be a secret.
 */
int	plist_set_apply(struct plist *, const char *setting, struct error *);

/* Return text as a value of a row, which may be of these types, or NULL if it does not fit. */
struct plist *plist_set_value(const struct key *, struct key_types, const char *text);

/*
 * Fail with ERROR_USAGE, "WHAT 'KEY' is given twice", if two settings, or variables NAME=VALUE,
 * have the same key.
 */
int	plist_set_check(const char *const settings[], size_t count, const char *what,
    struct error *);

/* Return true if a setting changes this key of the outermost level, or something below it. */
bool	plist_set_touches(const char *const settings[], size_t count, const char *key);

/* Return true if a setting is a timer, path, queue or socket, which starts the job on demand. */
bool	plist_set_starts(const char *const settings[], size_t count);

/* The same for a plist. */
bool	plist_has_start(const struct plist *);

/*
 * Return true if --set accepts the path of this row as it stands, with a plain value, and Apple's
 * manual documents the key.
 */
bool	plist_set_offers(const struct key *);

#endif
