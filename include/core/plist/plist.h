/*
 * Property lists. The only module that includes libplist; a struct plist is one of its nodes.
 *
 * Reading: bytes go through core/plist/limits.h first, then through plist_from_xml or
 * plist_from_bin by name: libplist's own guessing (plist_from_memory) takes JSON and OpenStep text
 * from 2.3 on, which launchd does not. Writing: always XML. libplist does not check calloc, so
 * whatever is written is serialised before the first change. Nodes that are asked for below
 * ("borrowed") live as long as the tree they are in; plist_release() frees a whole tree.
 */
#ifndef CORE_PLIST_PLIST_H
#define CORE_PLIST_PLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/bytes.h"

struct plist;

/* The tree in these bytes, or NULL: ERROR_DATA. The caller releases it. */
struct plist *plist_parse(struct bytes, struct error *);

/* Frees a tree; NULL is allowed. */
void	plist_release(struct plist *);

/* The XML form, malloc'ed; the caller frees it. NULL when libplist fails: then *size is 0. */
char	*plist_serialise(const struct plist *, size_t *size);

/* The value of a key, borrowed; NULL when this is no dictionary (or NULL) or has no such key. */
const struct plist *plist_member(const struct plist *dictionary, const char *key);

/* Number of items of an array, 0 for anything else; an item, borrowed, NULL beyond the end. */
size_t	plist_count(const struct plist *array);
const struct plist *plist_item(const struct plist *array, size_t);

/* True for a dictionary. */
bool	plist_is_dictionary(const struct plist *);

/*
 * What a value is, in the words of core/lint/keys.h: "string", "boolean", "integer", "real",
 * "date", "data", "array", "dict", "uid", "null".
 */
const char *plist_kind(const struct plist *);

/* Calls visit for each key of a dictionary, in the order of the file; value is borrowed. */
void	plist_visit(const struct plist *dictionary,
    void (*visit)(void *context, const char *key, const struct plist *value), void *context);

/* The same for each item of an array. */
void	plist_visit_items(const struct plist *array,
    void (*visit)(void *context, size_t index, const struct plist *value), void *context);

/* The value of a string, borrowed; NULL when it is none (or NULL). */
const char *plist_text(const struct plist *);

/*
 * Whether this is a boolean, an integer, a number, data; the value then goes to the second
 * argument.
 */
bool	plist_boolean(const struct plist *, bool *);
bool	plist_integer(const struct plist *, int64_t *);
bool	plist_real(const struct plist *, double *);
bool	plist_data(const struct plist *, struct bytes *);	/* borrowed */

/* New trees and members. Adding hands the value over; a key that is there already is replaced. */
struct plist *plist_new(void);					/* a dictionary */
struct plist *plist_new_list(void);
void	plist_add(struct plist *dictionary, const char *key, struct plist *value);
void	plist_append(struct plist *array, struct plist *value);
void	plist_add_text(struct plist *dictionary, const char *key, const char *);
void	plist_add_boolean(struct plist *dictionary, const char *key, bool);
void	plist_add_integer(struct plist *dictionary, const char *key, int64_t);
void	plist_add_real(struct plist *dictionary, const char *key, double);
void	plist_add_data(struct plist *dictionary, const char *key, struct bytes);
void	plist_append_text(struct plist *array, const char *);
struct plist *plist_new_text(const char *);
struct plist *plist_new_boolean(bool);
struct plist *plist_new_integer(int64_t);

/* As plist_member() and plist_item(), for changing what is there. */
struct plist *plist_member_to_change(struct plist *dictionary, const char *key);
struct plist *plist_item_to_change(struct plist *array, size_t);

/*
 * Takes a key out of a dictionary, if it is there; puts a value in the place of an item that is
 * there.
 */
void	plist_remove(struct plist *dictionary, const char *key);
void	plist_replace(struct plist *array, size_t, struct plist *value);

#endif
