/*
 * Check that the text of an element has the element's form; white space around it is allowed, as in
 * Apple's readers. Private to xml_index.c.
 */
#ifndef CORE_PLIST_XML_INDEX_PARTS_H
#define CORE_PLIST_XML_INDEX_PARTS_H

#include "core/bytes.h"

bool	xml_is_integer(struct bytes);	/* from -2^63 to 2^64-1; 0x is allowed */
bool	xml_is_real(struct bytes);
bool	xml_is_date(struct bytes);	/* 2026-11-24T06:31:51Z, of the year 1000 or later */
bool	xml_is_data(struct bytes);		/* base64 */

/* Whether <!DOCTYPE plist PUBLIC "..." "...">, given without its brackets, is complete. */
bool	xml_is_doctype(struct bytes);

/* Whether a declaration ("xml version=...") names no encoding other than UTF-8. */
bool	xml_is_utf8(struct bytes);

/* Whether each '&' begins an entity that is allowed in a property list. */
bool	xml_has_entities(struct bytes);

/* Whether the raw text of a key, with its entities replaced, is this key. */
bool	xml_is_key(struct bytes raw, const char *key);

#endif
