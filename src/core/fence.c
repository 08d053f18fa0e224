/* Walks the bytes of a property list, binary or XML, and refuses what would cost its reader too much. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/fence.h"

#define HEADER		8		/* "bplist00" */
#define TRAILER		32
#define NO_LIST		"not a property list"
#define LOOK		"see what is wrong with: plutil -lint FILE"
#define CONVERT		"convert it with: plutil -convert xml1 FILE"
#define SIZE_MOST	((size_t)FENCE_SIZE)

/* The value is in sight of the compiler, so that its warnings know what is set after a success. */
#define DAMAGED(why)	(error_set(error, ERROR_DATA, why, LOOK, NO_LIST), -1)

static int
too_much(struct error *error, unsigned limit, const char *of_what)
{
	error_set(error, ERROR_DATA, NULL, NULL, "the property list has more than %u %s", limit, of_what);
	return -1;
}

/*
 * Binary. The table of offsets says where each object is; an array is a list of numbers of objects, so one object can
 * be used many times and 154 bytes can stand for millions of values. What an object amounts to is worked out once.
 */

struct object {
	uint32_t	nodes;		/* itself and all below it, each as often as it is used; 0: not measured yet */
	uint32_t	bytes;		/* the texts and data in them */
	unsigned char	height;		/* nested containers, itself included */
	bool		open;		/* being measured: met again, it contains itself */
};

struct binary {
	const unsigned char *data;
	size_t		 end;		/* of the objects, where the table of offsets begins */
	size_t		 count, top;
	unsigned	 offset_size, reference_size;
	struct object	*objects;
	struct error	*error;
};

struct body {				/* what follows the marker of an object */
	size_t		 start;
	uint64_t	 references;	/* this many numbers of objects, */
	uint64_t	 bytes;		/* or this many bytes */
	bool		 container;
};

static uint64_t
big_endian(const unsigned char *data, unsigned size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | *data++;
	return value;
}

/* The count in a marker; 15 stands for a number object that follows. */
static int
read_count(const struct binary *binary, struct body *body, unsigned nibble, uint64_t *count)
{
	struct error *error = binary->error;
	unsigned size;

	*count = nibble;
	if (nibble != 15)
		return 0;
	if (body->start >= binary->end || (binary->data[body->start] & 0xfc) != 0x10)
		return DAMAGED("a count in it is no number");
	size = 1u << (binary->data[body->start] & 3);
	if (binary->end - body->start - 1 < size)
		return DAMAGED("an object in it is cut off");
	*count = big_endian(binary->data + body->start + 1, size);
	body->start += 1 + size;
	return 0;
}

/* What the marker says, not yet held against the bytes that are there. */
static int
read_marker(const struct binary *binary, unsigned char marker, struct body *body)
{
	struct error *error = binary->error;
	unsigned nibble = marker & 15;
	uint64_t count = 0;

	switch (marker >> 4) {
	case 0x0:
		return nibble == 0 || nibble == 8 || nibble == 9 ? 0 : DAMAGED("an object in it has an unknown type");
	case 0x1:
	case 0x2:
	case 0x3:
		body->bytes = UINT64_C(1) << nibble;
		return nibble <= 4 ? 0 : DAMAGED("a number in it has an unknown size");
	case 0x8:
		body->bytes = nibble + 1;
		return nibble < 8 ? 0 : DAMAGED("a number in it has an unknown size");
	case 0x4:
	case 0x5:
	case 0x6:
	case 0xa:
	case 0xc:
	case 0xd:
		break;
	default:
		return DAMAGED("an object in it has an unknown type");
	}
	if (read_count(binary, body, nibble, &count) == -1)
		return -1;
	if (count > SIZE_MOST)
		return DAMAGED("an object in it is cut off");
	body->container = marker >> 4 >= 0xa;
	if (body->container)
		body->references = marker >> 4 == 0xd ? 2 * count : count;
	else
		body->bytes = marker >> 4 == 0x6 ? 2 * count : count;
	return 0;
}

static int
read_object(const struct binary *binary, size_t number, struct body *body)
{
	struct error *error = binary->error;
	uint64_t offset = big_endian(binary->data + binary->end + number * binary->offset_size, binary->offset_size);

	if (offset < HEADER || offset >= binary->end)
		return DAMAGED("an offset in it points outside");
	*body = (struct body){ (size_t)offset + 1, 0, 0, false };
	if (read_marker(binary, binary->data[offset], body) == -1)
		return -1;
	if (body->references > FENCE_NODES)
		return too_much(error, FENCE_NODES, "values");
	if (binary->end - body->start < body->bytes + body->references * binary->reference_size)
		return DAMAGED("an object in it is cut off");
	return 0;
}

static int measure(struct binary *, size_t number, unsigned depth);

/*
 * Each reference stands for at least one node, so an object stops here after FENCE_NODES of them, even where many
 * objects claim the same bytes. A count of bytes is there because one text of 5 MB can be used 50,000 times, too.
 */
static int
measure_below(struct binary *binary, struct object *object, const struct body *body, unsigned depth)
{
	struct error *error = binary->error;

	for (uint64_t i = 0; i < body->references; i++) {
		const unsigned char *reference = binary->data + body->start + i * binary->reference_size;
		uint64_t number = big_endian(reference, binary->reference_size);
		const struct object *below;

		if (number >= binary->count)
			return DAMAGED("a reference in it points outside");
		if (measure(binary, (size_t)number, depth + 1) == -1)
			return -1;
		below = &binary->objects[number];
		object->nodes += below->nodes;
		object->bytes += below->bytes;
		if (object->height <= below->height)
			object->height = (unsigned char)(below->height + 1);
		if (object->nodes > FENCE_NODES)
			return too_much(error, FENCE_NODES, "values");
		if (object->bytes > SIZE_MOST)
			return too_much(error, FENCE_SIZE, "bytes");
	}
	return 0;
}

/* Measures an object that stands in depth containers. The recursion is FENCE_DEPTH deep at most. */
static int
measure(struct binary *binary, size_t number, unsigned depth)
{
	struct error *error = binary->error;
	struct object *object = &binary->objects[number];
	struct body body = { 0 };

	if (object->open)
		return DAMAGED("an object in it contains itself");
	if (object->nodes == 0) {
		if (read_object(binary, number, &body) == -1)
			return -1;
		if (body.container && depth == FENCE_DEPTH)
			return too_much(error, FENCE_DEPTH, "levels");
		*object = (struct object){ 1, (uint32_t)body.bytes, body.container, true };
		if (measure_below(binary, object, &body, depth) == -1)
			return -1;
		object->open = false;
	}
	return depth + object->height > FENCE_DEPTH ? too_much(error, FENCE_DEPTH, "levels") : 0;
}

static int
read_trailer(struct binary *binary, struct bytes bytes)
{
	struct error *error = binary->error;
	const unsigned char *trailer;
	uint64_t count, top, table;

	if (bytes.size < HEADER + TRAILER)
		return DAMAGED("it is cut off");
	trailer = bytes.data + bytes.size - TRAILER;
	binary->offset_size = trailer[6];
	binary->reference_size = trailer[7];
	count = big_endian(trailer + 8, 8);
	top = big_endian(trailer + 16, 8);
	table = big_endian(trailer + 24, 8);
	if (binary->offset_size < 1 || binary->offset_size > 8 || binary->reference_size < 1 ||
	    binary->reference_size > 8 || top >= count || table < HEADER || table > bytes.size - TRAILER)
		return DAMAGED("it is damaged or cut off");
	if (count > (bytes.size - TRAILER - table) / binary->offset_size)
		return DAMAGED("it is damaged or cut off");
	if (count > FENCE_NODES)
		return too_much(error, FENCE_NODES, "values");
	binary->data = bytes.data;
	binary->end = (size_t)table;
	binary->count = (size_t)count;
	binary->top = (size_t)top;
	return 0;
}

static int
check_binary(struct bytes bytes, struct error *error)
{
	struct binary binary = { .error = error };
	int result;

	if (read_trailer(&binary, bytes) == -1)
		return -1;
	binary.objects = calloc(binary.count, sizeof *binary.objects);
	if (binary.objects == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot read the property list");
	result = measure(&binary, binary.top, 0);
	free(binary.objects);
	return result;
}

/*
 * XML. Where readers of XML could disagree about what is a tag (a '>' or a '<' in quotes, for example) it is refused:
 * no plist needs it.
 */

enum container { OTHER, PLIST, DICT, ARRAY };

struct xml {
	const unsigned char *at, *end;
	unsigned	 nodes, depth;
	unsigned char	 open[FENCE_DEPTH + 1];	/* enum container; <plist> is one more than a binary has */
	struct error	*error;
};

static bool
starts(const struct xml *xml, const char *text)
{
	return (size_t)(xml->end - xml->at) >= strlen(text) && memcmp(xml->at, text, strlen(text)) == 0;
}

/* Goes behind the next occurrence of text; what it skipped is put into skipped, if that is not NULL. */
static bool
skip_behind(struct xml *xml, const char *text, struct bytes *skipped)
{
	const unsigned char *start = xml->at;

	while (!starts(xml, text)) {
		size_t left = (size_t)(xml->end - xml->at);
		const unsigned char *next = left < 2 ? NULL : memchr(xml->at + 1, text[0], left - 1);

		if (next == NULL)
			return false;
		xml->at = next;
	}
	if (skipped != NULL)
		*skipped = (struct bytes){ start, (size_t)(xml->at - start) };
	xml->at += strlen(text);
	return true;
}

static bool
has(struct bytes bytes, int c)
{
	return bytes.size > 0 && memchr(bytes.data, c, bytes.size) != NULL;
}

/* Whether the end that was found lies in quotes for some reader, or in another tag. */
static bool
is_doubtful(struct bytes tag)
{
	size_t quotes = 0;

	for (size_t i = 0; i < tag.size; i++)
		quotes += tag.data[i] == '"';
	return quotes % 2 != 0 || has(tag, '<');
}

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A zero byte ends the name, too: so it does for libplist, which compares it as a string. */
static enum container
container_of(struct bytes tag)
{
	static const char *const names[] = { [PLIST] = "plist", [DICT] = "dict", [ARRAY] = "array" };
	size_t length = 0;

	while (length < tag.size && !is_blank(tag.data[length]) && tag.data[length] != '\0')
		length++;
	for (int i = PLIST; i <= ARRAY; i++)
		if (length == strlen(names[i]) && memcmp(tag.data, names[i], length) == 0)
			return (enum container)i;
	return OTHER;
}

static int
close_tag(struct xml *xml, struct bytes tag)
{
	struct error *error = xml->error;
	enum container container;

	if (tag.data[tag.size - 1] == '/')
		return DAMAGED("a tag in it is damaged");
	container = container_of((struct bytes){ tag.data + 1, tag.size - 1 });
	if (container == OTHER)
		return 0;
	if (xml->depth == 0 || xml->open[xml->depth - 1] != container)
		return DAMAGED("its tags do not match");
	xml->depth--;
	return 0;
}

static int
open_tag(struct xml *xml, struct bytes tag)
{
	bool is_empty = tag.data[tag.size - 1] == '/';
	enum container container = container_of((struct bytes){ tag.data, tag.size - is_empty });

	if (container != PLIST && ++xml->nodes > FENCE_NODES)
		return too_much(xml->error, FENCE_NODES, "values");
	if (container == OTHER || is_empty)
		return 0;
	if (xml->depth == sizeof xml->open)
		return too_much(xml->error, FENCE_DEPTH, "levels");
	xml->open[xml->depth++] = (unsigned char)container;
	return 0;
}

static int
check_tag(struct xml *xml)
{
	struct error *error = xml->error;
	struct bytes tag;

	xml->at++;
	if (!skip_behind(xml, ">", &tag) || tag.size == 0 || is_doubtful(tag))
		return DAMAGED("a tag in it is damaged or cut off");
	return tag.data[0] == '/' ? close_tag(xml, tag) : open_tag(xml, tag);
}

static int
check_doctype(struct xml *xml)
{
	struct error *error = xml->error;
	struct bytes inside = { xml->at + 1, (size_t)(xml->end - xml->at - 1) };
	bool ends;

	xml->at++;
	ends = skip_behind(xml, ">", &inside);
	if (has(inside, '['))
		return DAMAGED("its DOCTYPE has declarations of its own");
	return ends && !is_doubtful(inside) ? 0 : DAMAGED("its DOCTYPE is damaged or cut off");
}

/* At a '<'. */
static int
check_markup(struct xml *xml)
{
	struct error *error = xml->error;
	struct bytes inside = { NULL, 0 };
	bool ends;

	if (starts(xml, "<!DOCTYPE"))
		return check_doctype(xml);
	if (starts(xml, "<!ENTITY"))
		return DAMAGED("it declares entities");
	if (starts(xml, "<!--")) {
		xml->at += strlen("<!--");
		ends = skip_behind(xml, "-->", NULL);
	} else if (starts(xml, "<![CDATA[")) {
		xml->at += strlen("<![CDATA[");
		ends = skip_behind(xml, "]]>", NULL);
	} else if (starts(xml, "<?")) {
		xml->at += strlen("<?");
		ends = !starts(xml, ">") && skip_behind(xml, "?>", &inside) && !is_doubtful(inside);
	} else if (starts(xml, "<!"))
		return DAMAGED("it has an unknown declaration");
	else
		return check_tag(xml);
	return ends ? 0 : DAMAGED("a comment or instruction in it is damaged or cut off");
}

static int
check_xml(struct bytes bytes, struct error *error)
{
	struct xml xml = { .at = bytes.data, .end = bytes.data + bytes.size, .error = error };

	while (xml.at < xml.end) {
		const unsigned char *next = memchr(xml.at, '<', (size_t)(xml.end - xml.at));

		if (next == NULL)
			break;
		xml.at = next;
		if (check_markup(&xml) == -1)
			return -1;
	}
	return xml.depth == 0 ? 0 : DAMAGED("it is cut off, or its tags do not match");
}

/* Which format is it? */

static struct bytes
skip_blanks(struct bytes bytes)
{
	while (bytes.size > 0 && is_blank(bytes.data[0])) {
		bytes.data++;
		bytes.size--;
	}
	return bytes;
}

static bool
begins(struct bytes bytes, const char *text, size_t size)
{
	return bytes.size >= size && memcmp(bytes.data, text, size) == 0;
}

static bool
is_utf16(struct bytes bytes)
{
	return begins(bytes, "\xfe\xff", 2) || begins(bytes, "\xff\xfe", 2) ||
	    begins(bytes, "<\0", 2) || begins(bytes, "\0<", 2);
}

/* {"a": 1} is JSON, {"a" = 1;} and {a = 1;} are the old format. */
static bool
is_json(struct bytes bytes)
{
	size_t end = 1;

	if (begins(bytes, "[", 1))
		return true;
	bytes = skip_blanks((struct bytes){ bytes.data + 1, bytes.size - 1 });
	if (!begins(bytes, "\"", 1))
		return begins(bytes, "}", 1);
	while (end < bytes.size && bytes.data[end] != '"')
		end += bytes.data[end] == '\\' ? 2 : 1;
	if (end >= bytes.size)
		return false;
	bytes = skip_blanks((struct bytes){ bytes.data + end + 1, bytes.size - end - 1 });
	return begins(bytes, ":", 1);
}

static int
refuse(struct bytes bytes, struct error *error)
{
	if (bytes.size == 0)
		return error_set(error, ERROR_DATA, "it is empty", NULL, NO_LIST);
	if (begins(bytes, "bplist", strlen("bplist")))
		return error_set(error, ERROR_DATA, "its binary format is not bplist00", CONVERT, NO_LIST);
	if ((begins(bytes, "{", 1) || begins(bytes, "[", 1)) && is_json(bytes))
		return error_set(error, ERROR_DATA, "launchd does not read JSON", CONVERT, NO_LIST);
	if (begins(bytes, "{", 1) || begins(bytes, "(", 1) || begins(bytes, "//", 2) || begins(bytes, "/*", 2))
		return error_set(error, ERROR_DATA, "it is in the old ASCII format, not XML or binary", CONVERT,
		    NO_LIST);
	return error_set(error, ERROR_DATA, "it is neither XML nor binary", NULL, NO_LIST);
}

int
fence_check(struct bytes bytes, enum fence_format *format, struct error *error)
{
	struct bytes text = bytes;

	if (bytes.size > SIZE_MOST)
		return too_much(error, FENCE_SIZE, "bytes");
	if (begins(bytes, "bplist00", HEADER)) {
		*format = FENCE_BINARY;
		return check_binary(bytes, error);
	}
	if (is_utf16(bytes))
		return error_set(error, ERROR_DATA, "it is UTF-16, not UTF-8", CONVERT, NO_LIST);
	if (begins(bytes, "\xef\xbb\xbf", 3))
		text = (struct bytes){ bytes.data + 3, bytes.size - 3 };
	text = skip_blanks(text);
	if (is_utf16(text))
		return error_set(error, ERROR_DATA, "it is UTF-16, not UTF-8", CONVERT, NO_LIST);
	if (!begins(text, "<", 1))
		return refuse(text, error);
	*format = FENCE_XML;
	return check_xml(text, error);
}
