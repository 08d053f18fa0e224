/*
 * What fence.c, fence_binary.c and fence_xml.c share. Private to them.
 */
#ifndef CORE_PLIST_LIMITS_PARTS_H
#define CORE_PLIST_LIMITS_PARTS_H

#include <stddef.h>

#include "core/plist/limits.h"

#define PLIST_LIMITS_NO_LIST	"not a property list"
#define PLIST_LIMITS_LOOK	"see what is wrong with: plutil -lint FILE"

/* The value is in sight of the compiler, so that its warnings know what is set after a success. */
#define PLIST_LIMITS_DAMAGED(why)	(error_set(error, ERROR_DATA, why, PLIST_LIMITS_LOOK, PLIST_LIMITS_NO_LIST), -1)

/* ERROR_DATA: more than this many of them. Returns -1. */
int	plist_limits_exceeded(struct error *, unsigned limit, const char *of_what);

/* The bytes begin with "bplist00". */
int	plist_limits_check_binary(struct bytes, struct error *);

/* The bytes begin with '<', perhaps after white space or a byte order mark. */
int	plist_limits_check_xml(struct bytes, struct error *);

#endif
