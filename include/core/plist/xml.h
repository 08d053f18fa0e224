/*
 * Cuts XML into tags, text and what else there is, for core/plist/limits.h and
 * core/plist/xml_index.h. Bounded: one pass, no memory.
 *
 * Where readers of XML could disagree about what is a tag (a '>' or a '<' in quotes, for example)
 * it is refused: no plist needs it. Nothing else is validated.
 */
#ifndef CORE_PLIST_XML_H
#define CORE_PLIST_XML_H

#include "core/bytes.h"
#include "core/error.h"

enum xml_kind {
	XML_END,
	XML_TEXT,
	XML_OPEN,		/* <name ...> */
	XML_EMPTY,		/* <name ... /> */
	XML_CLOSE,		/* </name> */
	XML_COMMENT,
	XML_CDATA,
	XML_INSTRUCTION,	/* <?xml ... ?> */
	XML_DOCTYPE,
};

struct xml_reader {
	const unsigned char *at, *end;
};

struct xml_token {
	enum xml_kind	 kind;
	struct bytes	 whole;		/* with its brackets */
	struct bytes	 inside;	/* without: "dict", "xml version=..."; of text: all of it */
	struct bytes	 name;		/* of a tag: up to a blank, slash or zero byte; else
					   empty */
};

/*
 * The next token; XML_END behind the last one. -1: ERROR_DATA, what is there is damaged or refused.
 */
int	xml_next(struct xml_reader *, struct xml_token *, struct error *);

/* Whether the name of a tag is this one. */
bool	xml_is(const struct xml_token *, const char *name);

/* Space, tab, carriage return or newline; and whether there is nothing else. */
bool	xml_is_blank(unsigned char);
bool	xml_all_blank(struct bytes);

#endif
