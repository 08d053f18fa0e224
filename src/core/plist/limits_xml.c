/* Count the tags of an XML property list and check their nesting before libplist recurses. */
#include <string.h>

#include "limits_parts.h"
#include "core/plist/xml.h"

enum container { OTHER, PLIST, DICT, ARRAY };

struct nest {
	unsigned	 nodes, depth;
	unsigned char	 open[PLIST_DEPTH_MAX + 1];	/* enum container; <plist> is one level more
							   than a binary plist has */
	unsigned	 keys[PLIST_DEPTH_MAX + 1];	/* of each of them */
	uint64_t	 moved;			/* bytes that libplist moves for entities */
	struct error	*error;
};

static enum container
container_of(const struct xml_token *token)
{
	static const char *const names[] = { [PLIST] = "plist", [DICT] = "dict",
	    [ARRAY] = "array" };

	for (int i = PLIST; i <= ARRAY; i++)
		if (xml_is(token, names[i]))
			return (enum container)i;
	return OTHER;
}

static int
close_tag(struct nest *nest, const struct xml_token *token)
{
	struct error *error = nest->error;
	enum container container = container_of(token);

	if (container == OTHER)
		return 0;
	if (nest->depth == 0 || nest->open[nest->depth - 1] != container)
		return PLIST_LIMITS_DAMAGED("its tags do not match");
	nest->depth--;
	return 0;
}

static int
open_tag(struct nest *nest, const struct xml_token *token)
{
	enum container container = container_of(token);

	if (container != PLIST && ++nest->nodes > PLIST_NODES_MAX)
		return plist_limits_exceeded(nest->error, PLIST_NODES_MAX, "values");
	if (nest->depth > 0 && xml_is(token, "key") &&
	    ++nest->keys[nest->depth - 1] > PLIST_KEYS_MAX)
		return plist_limits_exceeded(nest->error, PLIST_KEYS_MAX, "keys in one dictionary");
	if (container == OTHER || token->kind == XML_EMPTY)
		return 0;
	if (nest->depth == sizeof nest->open)
		return plist_limits_exceeded(nest->error, PLIST_DEPTH_MAX, "levels");
	nest->keys[nest->depth] = 0;
	nest->open[nest->depth++] = (unsigned char)container;
	return 0;
}

/* To replace an entity, libplist moves all that follows it in this text. */
static int
weigh_text(struct nest *nest, struct bytes text)
{
	const unsigned char *at = text.data, *end = text.data + text.size;

	while (at < end && (at = memchr(at, '&', (size_t)(end - at))) != NULL)
		nest->moved += (uint64_t)(end - at++);
	if (nest->moved <= PLIST_ENTITIES_MAX)
		return 0;
	return error_set(nest->error, ERROR_DATA, NULL, "write long texts as <![CDATA[...]]>",
	    "the property list has too many entities like &lt; in long texts");
}

int
plist_limits_check_xml(struct bytes bytes, struct error *error)
{
	struct xml_reader xml = { bytes.data, bytes.data + bytes.size };
	struct nest nest = { .error = error };
	struct xml_token token;
	int result;

	/* It ends a text for libplist, but not for other readers. */
	if (memchr(bytes.data, '\0', bytes.size) != NULL)
		return PLIST_LIMITS_DAMAGED("it has a zero byte");
	do {
		result = xml_next(&xml, &token, error);
		if (result == 0 && token.kind == XML_CLOSE)
			result = close_tag(&nest, &token);
		if (result == 0 && token.kind == XML_TEXT)
			result = weigh_text(&nest, token.inside);
		if (result == 0 && (token.kind == XML_OPEN || token.kind == XML_EMPTY))
			result = open_tag(&nest, &token);
	} while (result == 0 && token.kind != XML_END);
	if (result == 0 && nest.depth != 0)
		return PLIST_LIMITS_DAMAGED("it is truncated, or its tags do not match");
	return result;
}
