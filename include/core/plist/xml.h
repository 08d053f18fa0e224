/*
 * Split XML into tokens, for core/plist/limits.h and core/plist/xml_index.h. One pass, no memory.
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

struct xml_reader {
	const unsigned char *at, *end;
};

struct xml_token {
	enum xml_kind	 kind;
	struct bytes	 whole;		/* with its brackets */
	struct bytes	 inside;	/* without them: "dict", "xml version=..."; all of a text */
	struct bytes	 name;		/* of a tag: up to a blank, slash or zero byte; else
					   empty */
};

/* Read the next token; XML_END after the last. -1: ERROR_DATA, the input is damaged or refused. */
int	xml_next(struct xml_reader *, struct xml_token *, struct error *);

/* Return whether a tag has this name. */
bool	xml_is(const struct xml_token *, const char *name);

/* Return whether it is a space, tab, carriage return or newline; whether all bytes are. */
bool	xml_is_blank(unsigned char);
bool	xml_all_blank(struct bytes);

#endif
