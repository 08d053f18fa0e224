/*
 * Measures the bytes of a plist before libplist sees them.
 *
 * 154 bytes of binary plist with shared references made libplist allocate 919 MB, and XML of depth
 * 1,000,000 crashes libplist 2.2.0 by recursion (both measured). Files that other people can write
 * are therefore walked here first, with fixed memory (besides one table of at most a few MB) and
 * time that grows linearly with the input.
 *
 * libplist's own time does not: it moves what follows an entity in a text once for each, and its
 * table of a dictionary's keys is easily filled so that each new key is compared with all others.
 * 2.5 million "&lt;" took a minute, 49,000 such keys 21 s; within the limits here a second is the
 * most that was measured.
 */
#ifndef CORE_PLIST_LIMITS_H
#define CORE_PLIST_LIMITS_H

#include <stdint.h>

#include "core/error.h"
#include "core/bytes.h"

#define PLIST_SIZE_MAX	(10u * 1024 * 1024)	/* bytes */
#define PLIST_DEPTH_MAX	64			/* nested containers */
#define PLIST_NODES_MAX	100000			/* values and keys, shared references counted each
						   time they are used */
#define PLIST_KEYS_MAX	2000			/* of one dictionary */
#define PLIST_ENTITIES_MAX	(UINT64_C(1) << 33)	/* bytes behind an ampersand, summed: 800 of
							   them in one text of 10 MB, all that fit
							   into texts of some 60 KB */

enum plist_format { PLIST_FORMAT_XML, PLIST_FORMAT_BINARY };

/*
 * Returns 0 and the format when the bytes are within the limits and are one of the two formats that
 * launchd reads: "bplist00", or XML (optional UTF-8 byte order mark, white space, then '<').
 * Otherwise -1 with ERROR_DATA: "not a property list", or which limit is exceeded. UTF-16, JSON and
 * the old ASCII format are refused by name. XML with an <!ENTITY declaration or an internal DTD
 * subset is refused. In the XML tags are only counted and nested, nothing is validated: that is
 * libplist's and lint's work. Every offset and size in a binary plist is checked against the bytes
 * that are there, cycles are refused; after this call the object graph is finite and within the
 * limits.
 */
int	plist_limits_check(struct bytes, enum plist_format *, struct error *);

#endif
