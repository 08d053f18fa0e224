/*
 * Read and write property lists. The only module that includes libplist; a struct plist is one of
 * its nodes.
 *
 * Reading: bytes go through core/plist/limits.h first, then through plist_from_xml or
 * plist_from_bin by format: libplist's plist_from_memory() also takes JSON and OpenStep text from
 * 2.3 on, which launchd does not. Writing: always XML. libplist does not check calloc, so a plist
 * is serialized in full before anything is changed. Nodes returned as "borrowed" live as long as
 * the tree they are in; plist_release() frees a whole tree.
 */
#ifndef CORE_PLIST_PLIST_H
#define CORE_PLIST_PLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/bytes.h"
#include "core/plist/limits.h"

struct plist;

/* Return the tree in these bytes, which the caller releases, or NULL with ERROR_DATA. */
struct plist *plist_parse(struct bytes, struct error *);

/* The same, with the format and index of plist_limits_check(); the caller frees the index. */
struct plist *plist_parse_indexed(struct bytes, enum plist_format *, struct xml_index *,
    struct error *);

/* A property list and the tree that is in it, so that it is parsed once. Zeroed: none. */
struct plist_file {
	struct bytes	 bytes;		/* owned, as the tree is */
	struct plist	*tree;
};

void	plist_file_free(struct plist_file *);

/* Return a copy of a tree, which the caller releases. */
struct plist *plist_duplicate(const struct plist *);

/* Free a tree; NULL is allowed. */
void	plist_release(struct plist *);

/* Return the XML form, malloc'ed, or NULL with *size 0 if libplist fails. */
char	*plist_serialize(const struct plist *, size_t *size);

/* Return a key's value, borrowed; NULL if there is none, or this is NULL or not a dictionary. */
const struct plist *plist_member(const struct plist *dictionary, const char *key);

/* Return the number of items, 0 if this is not an array; an item, borrowed, NULL after the last. */
size_t	plist_count(const struct plist *array);
const struct plist *plist_item(const struct plist *array, size_t);

/* Return whether it is a dictionary. */
bool	plist_is_dictionary(const struct plist *);

/*
 * Return the type of a value, in the words of core/lint/keys.h: "string", "boolean", "integer",
 * "real", "date", "data", "array", "dict", "uid", "null".
 */
const char *plist_kind(const struct plist *);

/* Call visit for each key of a dictionary, in the order of the file; value is borrowed. */
void	plist_visit(const struct plist *dictionary,
    void (*visit)(void *context, const char *key, const struct plist *value), void *context);

/* The same, and for each item of an array, with key NULL. */
void	plist_visit_all(const struct plist *,
    void (*visit)(void *context, const char *key, const struct plist *value), void *context);

/* Return the text of a string, borrowed; NULL if this is NULL or not a string. */
const char *plist_text(const struct plist *);

/*
 * Return whether this is a boolean, an integer, a real number or data, and store its value if so.
 */
bool	plist_boolean(const struct plist *, bool *);
bool	plist_integer(const struct plist *, int64_t *);
bool	plist_real(const struct plist *, double *);
bool	plist_data(const struct plist *, struct bytes *);	/* borrowed */

/* Return whether the key is the boolean true. */
bool	plist_is_true(const struct plist *dictionary, const char *key);

/* Create trees and members. The tree owns an added value; an existing key is replaced. */
struct plist *plist_new(void);					/* a dictionary */
struct plist *plist_new_list(void);
void	plist_add(struct plist *dictionary, const char *key, struct plist *value);
void	plist_append(struct plist *array, struct plist *value);
void	plist_add_text(struct plist *dictionary, const char *key, const char *);
struct plist *plist_new_text(const char *);
struct plist *plist_new_boolean(bool);
struct plist *plist_new_integer(int64_t);
struct plist *plist_new_number(double);
struct plist *plist_new_bytes(struct bytes);

/* As plist_member() and plist_item(), but the value may be changed. */
struct plist *plist_member_to_change(struct plist *dictionary, const char *key);
struct plist *plist_item_to_change(struct plist *array, size_t);

/* Remove a key from a dictionary, if it is there; replace an item that is there. */
void	plist_remove(struct plist *dictionary, const char *key);
void	plist_replace(struct plist *array, size_t, struct plist *value);

#endif
