/*
 * Walk a binary property list, and refuse one that would cost its reader too much.
 *
 * The offset table gives the place of each object; an array is a list of object numbers, so one
 * object can be used many times and 154 bytes can stand for millions of values. Each object is
 * measured once.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "limits_parts.h"

#define HEADER		8		/* "bplist00" */
#define TRAILER		32

struct object {
	uint32_t	nodes;		/* itself and all below it, once per use; 0: not measured */
	uint32_t	bytes;		/* of texts and data in them */
	unsigned char	height;		/* nested containers, itself included */
	bool		open;		/* being measured; if met again, it contains itself */
};

struct binary {
	const unsigned char *data;
	size_t		 end;		/* of the objects, where the offset table begins */
	size_t		 count, top;
	unsigned	 offset_size, reference_size;
	struct object	*objects;
	struct error	*error;
};

struct body {				/* what follows the marker of an object */
	size_t		 start;
	uint64_t	 references;	/* this many object numbers, */
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

/* Read the count in a marker; 15 means that an integer object follows. */
static int
read_count(const struct binary *binary, struct body *body, unsigned nibble, uint64_t *count)
{
	struct error *error = binary->error;
	unsigned size;

	*count = nibble;
	if (nibble != 15)
		return 0;
	if (body->start >= binary->end || (binary->data[body->start] & 0xfc) != 0x10)
		return PLIST_LIMITS_DAMAGED("a count in it is not a number");
	size = 1u << (binary->data[body->start] & 3);
	if (binary->end - body->start - 1 < size)
		return PLIST_LIMITS_DAMAGED("an object in it is truncated");
	*count = big_endian(binary->data + body->start + 1, size);
	body->start += 1 + size;
	return 0;
}

/* Read a marker; its count is not yet checked against the bytes that are there. */
static int
read_marker(const struct binary *binary, unsigned char marker, struct body *body)
{
	struct error *error = binary->error;
	unsigned nibble = marker & 15;
	uint64_t count = 0;

	switch (marker >> 4) {
	case 0x0:
		return nibble == 0 || nibble == 8 || nibble == 9 ? 0 :
		    PLIST_LIMITS_DAMAGED("an object in it has an unknown type");
	case 0x1:
	case 0x2:
	case 0x3:
		body->bytes = UINT64_C(1) << nibble;
		return nibble <= 4 ? 0 : PLIST_LIMITS_DAMAGED("a number in it has an unknown size");
	case 0x8:
		body->bytes = nibble + 1;
		return nibble < 8 ? 0 : PLIST_LIMITS_DAMAGED("a number in it has an unknown size");
	case 0x4:
	case 0x5:
	case 0x6:
	case 0xa:
	case 0xc:
	case 0xd:
		break;
	default:
		return PLIST_LIMITS_DAMAGED("an object in it has an unknown type");
	}
	if (read_count(binary, body, nibble, &count) == -1)
		return -1;
	if (count > PLIST_SIZE_MAX)
		return PLIST_LIMITS_DAMAGED("an object in it is truncated");
	if (marker >> 4 == 0xd && count > PLIST_KEYS_MAX)
		return plist_limits_exceeded(error, PLIST_KEYS_MAX, "keys in one dictionary");
	body->container = marker >> 4 >= 0xa;
	if (body->container)
		body->references = marker >> 4 == 0xd ? 2 * count : count;
	else
		body->bytes = marker >> 4 == 0x6 ? 2 * count : count;
	return 0;
}

/*
 * Return whether a text has a zero character, of one or two bytes: libplist keeps it, then aborts
 * in an assertion that a key is as long as its string.
 */
static bool
has_zero(const unsigned char *text, size_t size, bool is_wide)
{
	if (!is_wide)
		return size > 0 && memchr(text, '\0', size) != NULL;
	for (size_t i = 0; i + 1 < size; i += 2)
		if (text[i] == '\0' && text[i + 1] == '\0')
			return true;
	return false;
}

static int
read_object(const struct binary *binary, size_t number, struct body *body)
{
	struct error *error = binary->error;
	uint64_t offset = big_endian(binary->data + binary->end + number * binary->offset_size,
	    binary->offset_size);
	unsigned kind;

	if (offset < HEADER || offset >= binary->end)
		return PLIST_LIMITS_DAMAGED("an offset in it is out of range");
	*body = (struct body){ (size_t)offset + 1, 0, 0, false };
	if (read_marker(binary, binary->data[offset], body) == -1)
		return -1;
	if (body->references > PLIST_NODES_MAX)
		return plist_limits_exceeded(error, PLIST_NODES_MAX, "values");
	if (binary->end - body->start < body->bytes + body->references * binary->reference_size)
		return PLIST_LIMITS_DAMAGED("an object in it is truncated");
	kind = binary->data[offset] >> 4;
	if ((kind == 0x5 || kind == 0x6) &&
	    has_zero(binary->data + body->start, (size_t)body->bytes, kind == 0x6))
		return PLIST_LIMITS_DAMAGED("a text in it has a zero character");
	return 0;
}

static int limits_measure(struct binary *, size_t number, unsigned depth);

/*
 * Each reference is at least one node, so an object stops here after PLIST_NODES_MAX of them, even
 * if many objects share the same bytes. Bytes are counted, too, as one text of 5 MB can be used
 * 50,000 times.
 */
static int
limits_measure_below(struct binary *binary, struct object *object, const struct body *body,
    unsigned depth)
{
	struct error *error = binary->error;

	for (uint64_t i = 0; i < body->references; i++) {
		const unsigned char *reference =
		    binary->data + body->start + i * binary->reference_size;
		uint64_t number = big_endian(reference, binary->reference_size);
		const struct object *below;

		if (number >= binary->count)
			return PLIST_LIMITS_DAMAGED("a reference in it is out of range");
		if (limits_measure(binary, (size_t)number, depth + 1) == -1)
			return -1;
		below = &binary->objects[number];
		object->nodes += below->nodes;
		object->bytes += below->bytes;
		if (object->height <= below->height)
			object->height = (unsigned char)(below->height + 1);
		if (object->nodes > PLIST_NODES_MAX)
			return plist_limits_exceeded(error, PLIST_NODES_MAX, "values");
		if (object->bytes > PLIST_SIZE_MAX)
			return plist_limits_exceeded(error, PLIST_SIZE_MAX, "bytes");
	}
	return 0;
}

/* Measure an object inside depth containers; recurses at most PLIST_DEPTH_MAX levels. */
static int
limits_measure(struct binary *binary, size_t number, unsigned depth)
{
	struct error *error = binary->error;
	struct object *object = &binary->objects[number];
	struct body body = { 0 };

	if (object->open)
		return PLIST_LIMITS_DAMAGED("an object in it contains itself");
	if (object->nodes == 0) {
		if (read_object(binary, number, &body) == -1)
			return -1;
		if (body.container && depth == PLIST_DEPTH_MAX)
			return plist_limits_exceeded(error, PLIST_DEPTH_MAX, "levels");
		*object = (struct object){ 1, (uint32_t)body.bytes, body.container, true };
		if (limits_measure_below(binary, object, &body, depth) == -1)
			return -1;
		object->open = false;
	}
	return depth + object->height > PLIST_DEPTH_MAX ?
	    plist_limits_exceeded(error, PLIST_DEPTH_MAX, "levels") : 0;
}

static int
read_trailer(struct binary *binary, struct bytes bytes)
{
	struct error *error = binary->error;
	const unsigned char *trailer;
	uint64_t count, top, table;

	if (bytes.size < HEADER + TRAILER)
		return PLIST_LIMITS_DAMAGED("it is truncated");
	trailer = bytes.data + bytes.size - TRAILER;
	binary->offset_size = trailer[6];
	binary->reference_size = trailer[7];
	count = big_endian(trailer + 8, 8);
	top = big_endian(trailer + 16, 8);
	table = big_endian(trailer + 24, 8);
	if (binary->offset_size < 1 || binary->offset_size > 8 || binary->reference_size < 1 ||
	    binary->reference_size > 8 || top >= count || table < HEADER ||
	    table > bytes.size - TRAILER)
		return PLIST_LIMITS_DAMAGED("it is damaged or truncated");
	if (count > (bytes.size - TRAILER - table) / binary->offset_size)
		return PLIST_LIMITS_DAMAGED("it is damaged or truncated");
	if (count > PLIST_NODES_MAX) {
		plist_limits_exceeded(error, PLIST_NODES_MAX, "values");
		return -1;
	}
	binary->data = bytes.data;
	binary->end = (size_t)table;
	binary->count = (size_t)count;
	binary->top = (size_t)top;
	return 0;
}

int
plist_limits_check_binary(struct bytes bytes, struct error *error)
{
	struct binary binary = { .error = error };
	int result;

	if (read_trailer(&binary, bytes) == -1)
		return -1;
	binary.objects = calloc(binary.count, sizeof *binary.objects);
	if (binary.objects == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot read the property list");
	result = limits_measure(&binary, binary.top, 0);
	free(binary.objects);
	return result;
}
