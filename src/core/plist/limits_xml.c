/*
 * The one pass over an XML property list before libplist recurses: count its tags, check their
 * nesting, and have xml_index.c index them.
 */
#include <string.h>

#include "limits_parts.h"
#include "xml_index_parts.h"

/* To replace an entity, libplist moves all that follows it in this text. */
static int
limits_weigh(struct xml_scan *scan, struct bytes text)
{
	const unsigned char *at = text.data, *end = text.data + text.size;
	bool known = true;
	char character;

	while (at < end && (at = memchr(at, '&', (size_t)(end - at))) != NULL) {
		scan->moved += (uint64_t)(end - at);
		known = known && xml_entity((struct bytes){ at, (size_t)(end - at) },
		    &character) > 0;
		at++;
	}
	if (!known && scan->index != NULL)
		xml_index_mark(scan, ISSUE_ENTITY);
	if (scan->moved <= PLIST_ENTITIES_MAX)
		return 0;
	return error_set(scan->error, ERROR_DATA, NULL, "write long texts as <![CDATA[...]]>",
	    "the property list has too many entities like &lt; in long texts");
}

static int
limits_count_tag(struct xml_scan *scan, const struct xml_token *token)
{
	if (token->element != XML_PLIST && ++scan->nodes > PLIST_NODES_MAX)
		return plist_limits_exceeded(scan->error, PLIST_NODES_MAX, "values");
	if (token->element == XML_KEY && scan->depth > 0 &&
	    ++scan->frames[scan->depth].keys > PLIST_KEYS_MAX)
		return plist_limits_exceeded(scan->error, PLIST_KEYS_MAX, "keys in one dictionary");
	if (xml_is_container(token->element) && token->kind == XML_OPEN &&
	    scan->depth + 1 == sizeof scan->frames / sizeof scan->frames[0])
		return plist_limits_exceeded(scan->error, PLIST_DEPTH_MAX, "levels");
	return 0;
}

static int
limits_take(struct xml_scan *scan, const struct xml_token *token)
{
	bool container = xml_is_container(token->element);

	if ((token->kind == XML_OPEN || token->kind == XML_EMPTY) &&
	    limits_count_tag(scan, token) == -1)
		return -1;
	if (container && token->kind == XML_CLOSE &&
	    scan->frames[scan->depth].kind != token->element)
		return PLIST_LIMITS_DAMAGED(scan->error, "its tags do not match");
	if (scan->index != NULL)
		xml_index_add(scan, token);
	if (container && token->kind == XML_OPEN)
		scan->frames[++scan->depth] = (struct xml_frame){ .kind = token->element,
		    .entry = scan->value };
	else if (container && token->kind == XML_CLOSE)
		scan->depth--;
	return token->kind == XML_TEXT ? limits_weigh(scan, token->inside) : 0;
}

int
plist_limits_check_xml(struct bytes all, struct xml_index *index, struct error *error)
{
	struct xml_reader xml = { all.data, all.data + all.size };
	struct xml_scan scan = { .index = index, .error = error, .all = all };
	struct xml_token token;
	int result;

	/* It ends a text for libplist, but not for other readers. */
	if (memchr(all.data, '\0', all.size) != NULL)
		return PLIST_LIMITS_DAMAGED(error, "it has a zero byte");
	if (index != NULL && xml_index_begin(&scan) == -1)
		return -1;
	do {
		result = xml_next(&xml, &token, error);
		if (result == 0)
			result = limits_take(&scan, &token);
	} while (result == 0 && token.kind != XML_END);
	if (result == 0 && scan.depth != 0)
		result = PLIST_LIMITS_DAMAGED(error, "it is truncated, or its tags do not match");
	if (result == -1 && index != NULL)
		xml_index_free(index);
	return result;
}
