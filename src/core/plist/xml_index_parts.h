/*
 * The pass over XML that checks the limits and makes the index. Private to limits_xml.c,
 * xml_index.c and xml_forms.c.
 */
#ifndef CORE_PLIST_XML_INDEX_PARTS_H
#define CORE_PLIST_XML_INDEX_PARTS_H

#include "core/plist/limits.h"
#include "core/plist/xml.h"

struct xml_frame {			/* a container that is open */
	enum xml_element kind;		/* XML_UNKNOWN: the text around all of them */
	unsigned	 keys;
	/* of the index */
	uint32_t	 entry, items;
	struct bytes	 key;		/* of the next value; data NULL: none yet */
	uint32_t	 key_line;
};

struct xml_leaf {			/* an element with text that is open */
	struct xml_token tag;		/* XML_UNKNOWN: none is */
	uint32_t	 line;
	struct bytes	 text;
	unsigned	 pieces;	/* into which comments split the text */
};

struct xml_scan {
	struct xml_index *index;	/* NULL: only the limits are checked */
	struct error	*error;
	/* <plist> is one level more than a binary plist has. */
	struct xml_frame frames[PLIST_DEPTH_MAX + 2];
	unsigned	 depth;
	unsigned	 nodes;
	uint64_t	 moved;		/* bytes that libplist moves for entities */
	/* of the index */
	struct xml_leaf	 leaf;
	struct bytes	 all;
	size_t		 counted;	/* how many bytes of all have their lines counted */
	uint32_t	 line;
	uint32_t	 value;		/* number of the last one */
	bool		 declared, typed, bad, bare;	/* seen so far */
};

/* Make room for the values of a text. -1: ERROR_SYSTEM. */
int	xml_index_begin(struct xml_scan *);

/*
 * Add a token that is within the limits; one that opens a container is not yet in the frames, one
 * that closes it is still there. XML_END adds what only the whole text shows.
 */
void	xml_index_add(struct xml_scan *, const struct xml_token *);

/* Add an issue of the current line. */
void	xml_index_mark(struct xml_scan *, enum xml_issue);

/* Each checks that the text of an element has its form; white space around it is allowed. */
bool	xml_is_integer(struct bytes);	/* from -2^63 to 2^64-1; 0x is allowed */
bool	xml_is_real(struct bytes);
bool	xml_is_date(struct bytes);	/* 2026-11-24T06:31:51Z, of the year 1000 or later */
bool	xml_is_data(struct bytes);	/* base64 */

/* Return whether what is in <!DOCTYPE plist PUBLIC "..." "..."> is complete. */
bool	xml_is_doctype(struct bytes);

/* Return whether a declaration ("xml version=...") names no encoding other than UTF-8. */
bool	xml_is_utf8(struct bytes);

/*
 * Return the length of the entity at an '&', and the character that it stands for, '\0' for a
 * number. 0: a property list cannot have it.
 */
size_t	xml_entity(struct bytes, char *);

/* Return whether the raw text of a key, with its entities replaced, is this key. */
bool	xml_is_key(struct bytes raw, const char *key);

#endif
