/*
 * Index the text of an XML property list: the line of each value, and the issues that libplist
 * ignores.
 *
 * libplist reports no lines, reads "12abc" as 12, and accepts <true></true>, which launchd's own
 * reader refuses. So plist_limits_check() makes an index in the pass that counts the tags. Memory
 * in proportion to the number of values, which core/plist/limits.h limits to 100,000.
 */
#ifndef CORE_PLIST_XML_INDEX_H
#define CORE_PLIST_XML_INDEX_H

#include <stdint.h>

#include "core/bytes.h"

#define XML_ISSUES_MAX	64		/* issues that are kept; more are dropped */
#define XML_ISSUE_TEXT_MAX	63	/* bytes of a name */

enum xml_issue {
	/* launchd refuses it, or reads something else than was meant */
	ISSUE_PAIRED,			/* <true></true> */
	/* the text is not one, or too large */
	ISSUE_INTEGER, ISSUE_REAL, ISSUE_DATE, ISSUE_DATA,
	ISSUE_DOCTYPE,			/* incomplete */
	/* not well-formed XML, or not a property list */
	ISSUE_ENTITY,			/* '&' that does not begin an entity */
	ISSUE_CHARACTER,		/* not UTF-8, or forbidden in XML */
	ISSUE_ELEMENT,			/* <absolute-path> */
	ISSUE_MISMATCH,			/* <string> ... </key> */
	ISSUE_TEXT,			/* text where only elements are allowed */
	ISSUE_NO_KEY, ISSUE_NO_VALUE,	/* in a dictionary */
	ISSUE_ROOT,			/* a second root value, or none */
	ISSUE_DUPLICATE,		/* the same key twice in a dictionary */
	/* before the first value */
	ISSUE_NO_DECLARATION, ISSUE_LATE_DECLARATION,	/* none, or not at the start */
	ISSUE_ENCODING,			/* declares another one than UTF-8 */
	ISSUE_NO_DOCTYPE, ISSUE_NO_PLIST, ISSUE_NO_VERSION,
	/* anywhere */
	ISSUE_LINE_ENDINGS,		/* bare carriage returns */
};

struct xml_issue_at {
	enum xml_issue issue;
	unsigned	 line;
	struct bytes	 text;		/* the name in question, borrowed; empty: none, or too
					   long */
};

struct xml_entry;

struct xml_index {
	struct xml_entry *entries;	/* owned */
	size_t		 count;
	struct xml_issue_at issues[XML_ISSUES_MAX];
	size_t		 issue_count;
	struct bytes	 unknown_tags[XML_ISSUES_MAX];	/* inside texts; not of a property list */
	size_t		 unknown_tag_count;
};

struct xml_step {			/* on the way to a value */
	const char	*key;		/* of a dictionary; NULL: an item of an array, */
	size_t		 index;		/* with this index */
};

/* Free an index; it may be empty, or zeroed. */
void	xml_index_free(struct xml_index *);

/*
 * Return the line (from 1) of the key or item that these steps lead to from the root value, or that
 * of the last step that exists. 0: unknown.
 */
unsigned xml_index_line(const struct xml_index *, const struct xml_step *steps, size_t count);

/*
 * Return the text with its unknown tags escaped (&lt;absolute-path&gt;), which its author may have
 * meant, for a reader that refuses the original. malloc'ed; empty if there are no unknown tags or
 * no memory.
 */
struct bytes xml_index_escape_unknown(const struct xml_index *, struct bytes);

#endif
