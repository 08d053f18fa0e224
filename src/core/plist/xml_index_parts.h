/*
 * Whether the text of an element is what the element says; white space around it is allowed, as
 * Apple's readers do. Private to source.c.
 */
#ifndef CORE_PLIST_XML_INDEX_PARTS_H
#define CORE_PLIST_XML_INDEX_PARTS_H

#include "core/bytes.h"

bool	xml_is_integer(struct bytes);	/* from -2^63 to 2^64-1; 0x is allowed */
bool	xml_is_real(struct bytes);
bool	xml_is_date(struct bytes);		/* 2026-11-24T06:31:51Z, of the year 1000 or
						   later */
bool	xml_is_data(struct bytes);		/* base64 */

/* <!DOCTYPE plist PUBLIC "..." "...">, without its brackets: all there that such a line needs. */
bool	xml_is_doctype(struct bytes);

/* The text of a declaration ("xml version=...") names no encoding but UTF-8. */
bool	xml_is_utf8(struct bytes);

/* Whether each '&' begins an entity that a property list may have. */
bool	xml_has_entities(struct bytes);

/* Whether the raw text of a key stands for this one: its entities are replaced. */
bool	xml_is_key(struct bytes raw, const char *key);

#endif
