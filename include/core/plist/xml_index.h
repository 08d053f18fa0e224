/*
 * The text of an XML property list: on which line each value stands, and the flaws that libplist passes over.
 *
 * libplist tells no lines, reads "12abc" as 12, and takes <true></true>, which launchd's own reader refuses. Whoever
 * wants to know more than the values therefore reads the text a second time, here. One pass, memory in proportion to
 * the values, of which core/plist/limits.h has let through 100,000 at most.
 */
#ifndef CORE_PLIST_XML_INDEX_H
#define CORE_PLIST_XML_INDEX_H

#include <stdint.h>

#include "core/bytes.h"
#include "core/error.h"

#define SOURCE_MARKS	64		/* flaws that are kept; a file with more has been left to others */

enum source_flaw {
	/* launchd refuses it, or reads something else than is meant */
	FLAW_PAIRED,			/* <true></true> */
	FLAW_INTEGER, FLAW_REAL, FLAW_DATE, FLAW_DATA,	/* what stands there is none, or too large */
	FLAW_DOCTYPE,			/* cut off */
	/* no well-formed XML, or no property list */
	FLAW_ENTITY,			/* '&' that begins no &amp; */
	FLAW_CHARACTER,			/* not UTF-8, or one that XML forbids */
	FLAW_ELEMENT,			/* <absolute-path> */
	FLAW_MISMATCH,			/* <string> ... </key> */
	FLAW_TEXT,			/* text where only elements may stand */
	FLAW_NO_KEY, FLAW_NO_VALUE,	/* in a dictionary */
	FLAW_ROOT,			/* a second value beside the outermost one, or none */
	FLAW_DUPLICATE,			/* the same key twice in a dictionary */
	/* before the first value */
	FLAW_NO_DECLARATION, FLAW_LATE_DECLARATION,	/* none, or not at the start */
	FLAW_ENCODING,			/* it says another one than UTF-8 */
	FLAW_NO_DOCTYPE, FLAW_NO_PLIST, FLAW_NO_VERSION,
	/* anywhere */
	FLAW_LINE_ENDINGS,		/* bare carriage returns */
};

struct source_mark {
	enum source_flaw flaw;
	unsigned	 line;
	char		 text[64];	/* the name in question; empty: none */
};

struct source_entry;

struct source {
	struct source_entry *entries;	/* owned */
	size_t		 count, room;
	struct source_mark marks[SOURCE_MARKS];
	size_t		 mark_count;
	struct bytes	 strays[SOURCE_MARKS];	/* tags that no property list has, within texts */
	size_t		 stray_count;
};

struct source_step {			/* on the way to a value */
	const char	*key;		/* of a dictionary; NULL: */
	size_t		 index;		/* an item of an array */
};

/* Reads text that fence_check() found to be XML; it is borrowed. -1: ERROR_SYSTEM. source_free() in either case. */
int	source_read(struct source *, struct bytes, struct error *);
void	source_free(struct source *);

/*
 * The line (from 1) of the key or item at the end of these steps, from the outermost value on; where there is no such
 * value, that of the last step that there is. 0: not known.
 */
unsigned source_line(const struct source *, const struct source_step *steps, size_t count);

/*
 * The text with its strays as plain text (&lt;absolute-path&gt;), malloc'ed: what its author perhaps meant, for a
 * reader that refuses the original. Empty when there are none or memory is short.
 */
struct bytes source_repair(const struct source *, struct bytes);

#endif
