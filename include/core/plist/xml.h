/*
 * Split XML into tokens, for core/plist/limits.h and core/plist/xml_index.h, without memory.
 *
 * Input on which XML readers could disagree about what is a tag (a '>' or a '<' in quotes, for
 * example) is refused: no plist needs it. Nothing else is validated.
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

enum xml_element {		/* the elements of a property list, containers first */
	XML_UNKNOWN,
	XML_PLIST, XML_DICT, XML_ARRAY,
	XML_KEY, XML_STRING, XML_INTEGER, XML_REAL, XML_DATE, XML_DATA, XML_TRUE, XML_FALSE,
	XML_ELEMENTS,			/* how many there are */
};

struct xml_reader {
	const unsigned char *at, *end;
};

struct xml_token {
	enum xml_kind	 kind;
	struct bytes	 whole;		/* with its brackets */
	struct bytes	 inside;	/* without them: "dict", "xml version=..."; all of a text */
	struct bytes	 name;		/* of a tag: up to a blank or slash; else empty */
	enum xml_element element;	/* of that name, whether it is opened or closed */
};

/* Read the next token; XML_END after the last. -1: ERROR_DATA, the input is damaged or refused. */
int	xml_next(struct xml_reader *, struct xml_token *, struct error *);

/* Return whether it is <plist>, <dict> or <array>. */
bool	xml_is_container(enum xml_element);

/* Return whether bytes begin with this text, or have it anywhere. */
bool	xml_begins(struct bytes, const char *);
bool	xml_contains(struct bytes, const char *);

/* Return whether it is a space, tab, carriage return or newline; bytes without leading ones. */
bool	xml_is_blank(unsigned char);
struct bytes xml_skip_blanks(struct bytes);

#endif
