/*
 * Check the size of a plist's contents before libplist reads it.
 *
 * 154 bytes of binary plist with shared references made libplist allocate 919 MB, and XML of depth
 * 1,000,000 crashes libplist 2.2.0 by recursion (both measured). Files that other people can write
 * are therefore walked here first, with fixed memory (an index needs a few MB at most) and in time
 * linear in the input.
 *
 * libplist's own time is not linear: for each entity in a text it moves all that follows, and keys
 * can be chosen so that its hash table compares each with all others. 2.5 million "&lt;" took a
 * minute, 49,000 such keys 21 s; within these limits the most that was measured is a second.
 */
#ifndef CORE_PLIST_LIMITS_H
#define CORE_PLIST_LIMITS_H

#include <stdint.h>

#include "core/error.h"
#include "core/bytes.h"
#include "core/plist/xml_index.h"

#define PLIST_SIZE_MAX	(10u * 1024 * 1024)	/* bytes */
#define PLIST_DEPTH_MAX	64			/* nested containers */
#define PLIST_NODES_MAX	100000			/* values and keys; a shared one once per use */
#define PLIST_KEYS_MAX	2000			/* in one dictionary */
#define PLIST_ENTITIES_MAX	(UINT64_C(1) << 33)	/* sum over all ampersands of the text after
							   each, in bytes: 800 in one text of 10 MB,
							   or all that fit into texts of 60 KB */

enum plist_format { PLIST_FORMAT_NONE, PLIST_FORMAT_XML, PLIST_FORMAT_BINARY };

/*
 * Return 0 if the bytes are within the limits and in one of the two formats that launchd reads:
 * "bplist00", or XML (optional UTF-8 byte order mark, white space, then '<'). Otherwise return -1
 * with ERROR_DATA: "not a property list", or the limit that is exceeded; or ERROR_SYSTEM, out of
 * memory. The format is that which the bytes begin as, after an error, too.
 *
 * The error names UTF-16, JSON and the old ASCII format. XML with an <!ENTITY declaration or an
 * internal DTD subset is refused; otherwise XML tags are only counted and matched, not validated,
 * which is left to libplist and lint. In a binary plist every offset and size is checked against
 * the bytes that are there and cycles are refused, so its object graph is finite and within the
 * limits.
 *
 * The same pass over XML fills an index, unless it is NULL; it is empty for anything else, and
 * after an error. The caller frees it in any case.
 */
int	plist_limits_check(struct bytes, enum plist_format *, struct xml_index *, struct error *);

#endif
