/*
 * The text of an XML property list: on which line each value stands, and the flaws that libplist
 * passes over.
 *
 * libplist tells no lines, reads "12abc" as 12, and takes <true></true>, which launchd's own reader
 * refuses. Whoever wants to know more than the values therefore reads the text a second time, here.
 * One pass, memory in proportion to the values, of which core/plist/limits.h has let through
 * 100,000 at most.
 */
#ifndef CORE_PLIST_XML_INDEX_H
#define CORE_PLIST_XML_INDEX_H

#include <stdint.h>

#include "core/bytes.h"
#include "core/error.h"

#define XML_ISSUES_MAX	64		/* flaws that are kept; a file with more has been left to
					   others */

enum xml_issue {
	/* launchd refuses it, or reads something else than is meant */
	ISSUE_PAIRED,			/* <true></true> */
	/* what stands there is none, or too large */
	ISSUE_INTEGER, ISSUE_REAL, ISSUE_DATE, ISSUE_DATA,
	ISSUE_DOCTYPE,			/* cut off */
	/* no well-formed XML, or no property list */
	ISSUE_ENTITY,			/* '&' that begins no &amp; */
	ISSUE_CHARACTER,			/* not UTF-8, or one that XML forbids */
	ISSUE_ELEMENT,			/* <absolute-path> */
	ISSUE_MISMATCH,			/* <string> ... </key> */
	ISSUE_TEXT,			/* text where only elements may stand */
	ISSUE_NO_KEY, ISSUE_NO_VALUE,	/* in a dictionary */
	ISSUE_ROOT,			/* a second value beside the outermost one, or none */
	ISSUE_DUPLICATE,			/* the same key twice in a dictionary */
	/* before the first value */
	ISSUE_NO_DECLARATION, ISSUE_LATE_DECLARATION,	/* none, or not at the start */
	ISSUE_ENCODING,			/* it says another one than UTF-8 */
	ISSUE_NO_DOCTYPE, ISSUE_NO_PLIST, ISSUE_NO_VERSION,
	/* anywhere */
	ISSUE_LINE_ENDINGS,		/* bare carriage returns */
};

struct xml_issue_at {
	enum xml_issue issue;
	unsigned	 line;
	char		 text[64];	/* the name in question; empty: none */
};

struct xml_entry;

struct xml_index {
	struct xml_entry *entries;	/* owned */
	size_t		 count, room;
	struct xml_issue_at issues[XML_ISSUES_MAX];
	size_t		 issue_count;
	struct bytes	 unknown_tags[XML_ISSUES_MAX];	/* tags that no property list has, within
							   texts */
	size_t		 unknown_tag_count;
};

struct xml_step {			/* on the way to a value */
	const char	*key;		/* of a dictionary; NULL: */
	size_t		 index;		/* an item of an array */
};

/*
 * Reads text that plist_limits_check() found to be XML; it is borrowed. -1: ERROR_SYSTEM.
 * xml_index_free() in either case.
 */
int	xml_index_read(struct xml_index *, struct bytes, struct error *);
void	xml_index_free(struct xml_index *);

/*
 * The line (from 1) of the key or item at the end of these steps, from the outermost value on;
 * where there is no such value, that of the last step that there is. 0: not known.
 */
unsigned xml_index_line(const struct xml_index *, const struct xml_step *steps, size_t count);

/*
 * The text with its strays as plain text (&lt;absolute-path&gt;), malloc'ed: what its author
 * perhaps meant, for a reader that refuses the original. Empty when there are none or memory is
 * short.
 */
struct bytes xml_index_escape_unknown(const struct xml_index *, struct bytes);

#endif
