/*
 * Share errors among limits.c, limits_binary.c, limits_xml.c and xml.c. Private to them.
 */
#ifndef CORE_PLIST_LIMITS_PARTS_H
#define CORE_PLIST_LIMITS_PARTS_H

#include <stddef.h>

#include "core/plist/limits.h"

#define PLIST_LIMITS_NO_LIST	"not a property list"
#define PLIST_LIMITS_LOOK	"to see what is wrong: plutil -lint FILE"

/* A macro, so that the compiler sees the -1 and knows what is set after a success. */
#define PLIST_LIMITS_DAMAGED(error, why)	\
	(error_set(error, ERROR_DATA, why, PLIST_LIMITS_LOOK, PLIST_LIMITS_NO_LIST), -1)

/* Set ERROR_DATA, "more than LIMIT OF_WHAT", and return -1. */
int	plist_limits_exceeded(struct error *, unsigned limit, const char *of_what);

/* Check bytes that begin with "bplist00". */
int	plist_limits_check_binary(struct bytes, struct error *);

/* Check bytes that begin with '<' after any white space, and fill the index unless it is NULL. */
int	plist_limits_check_xml(struct bytes, struct xml_index *, struct error *);

#endif
