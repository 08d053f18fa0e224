/*
 * Walk a binary property list, and refuse one that would cost its reader too much.
 *
 * The offset table gives the place of each object; an array is a list of object numbers, so one
 * object can be used many times and 154 bytes can stand for millions of values. Each use is walked
 * as libplist will, until there are too many.
 */
#include <stdint.h>

#include "limits_parts.h"

#define HEADER		8		/* "bplist00" */
#define TRAILER		32

struct binary {
	const unsigned char *data;
	size_t		 end;		/* of the objects, where the offset table begins */
	uint64_t	 count, top;
	unsigned	 offset_size, reference_size;
	uint64_t	 nodes, bytes;	/* walked so far; bytes of texts and data */
	struct error	*error;
};

struct object {
	const struct object *up;	/* the one that contains it */
	uint64_t	 number;
	unsigned	 depth;
	unsigned char	 kind;		/* the upper half of its marker */
	size_t		 start;		/* of what follows the marker, */
	uint64_t	 bytes;		/* which is this many bytes, */
	uint64_t	 references;	/* or this many object numbers */
};

static uint64_t
big_endian(const unsigned char *data, unsigned size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | *data++;
	return value;
}

/* Read the integer object that has the count of another one. */
static int
read_count(const struct binary *binary, struct object *object, uint64_t *count)
{
	unsigned size;

	if (object->start >= binary->end || (binary->data[object->start] & 0xfc) != 0x10)
		return PLIST_LIMITS_DAMAGED(binary->error, "a count in it is not a number");
	size = 1u << (binary->data[object->start] & 3);
	if (binary->end - object->start - 1 < size)
		return PLIST_LIMITS_DAMAGED(binary->error, "an object in it is truncated");
	*count = big_endian(binary->data + object->start + 1, size);
	object->start += 1 + size;
	return 0;
}

/* Read a marker; its count is not yet checked against the bytes that are there. */
static int
read_marker(const struct binary *binary, unsigned nibble, struct object *object)
{
	/* Of data, two kinds of text, arrays, sets and dictionaries: what they have per count. */
	static const unsigned char bytes[16] = { [0x4] = 1, [0x5] = 1, [0x6] = 2 };
	static const unsigned char references[16] = { [0xa] = 1, [0xc] = 1, [0xd] = 2 };
	/* Of null and booleans, integers, reals, dates and UIDs: the values of nibble. */
	static const uint16_t nibbles[16] = { 0x301, 0x1f, 0x1f, 0x1f, [0x8] = 0xff };
	unsigned kind = object->kind;
	uint64_t count = nibble;

	if ((nibbles[kind] >> nibble & 1) != 0) {
		if (kind != 0)
			object->bytes = kind == 8 ? nibble + 1 : 1u << nibble;
		return 0;
	}
	if (bytes[kind] + references[kind] == 0)
		return PLIST_LIMITS_DAMAGED(binary->error,
		    "an object in it has an unknown type or size");
	if (nibble == 15 && read_count(binary, object, &count) == -1)
		return -1;
	if (count > PLIST_SIZE_MAX)
		return PLIST_LIMITS_DAMAGED(binary->error, "an object in it is truncated");
	if (kind == 0xd && count > PLIST_KEYS_MAX)
		return plist_limits_exceeded(binary->error, PLIST_KEYS_MAX,
		    "keys in one dictionary");
	object->bytes = bytes[kind] * count;
	object->references = references[kind] * count;
	return 0;
}

/*
 * Return whether a text has a zero character, of one or two bytes: libplist keeps it, then aborts
 * in an assertion that a key is as long as its string.
 */
static bool
has_zero(const unsigned char *text, uint64_t size, unsigned width)
{
	for (uint64_t i = 0; i < size; i += width)
		if (text[i] == '\0' && text[i + width - 1] == '\0')
			return true;
	return false;
}

/* Read an object, and check that all of it is there. */
static int
read_object(const struct binary *binary, struct object *object)
{
	uint64_t offset;

	if (object->number >= binary->count)
		return PLIST_LIMITS_DAMAGED(binary->error, "a reference in it is out of range");
	offset = big_endian(binary->data + binary->end + object->number * binary->offset_size,
	    binary->offset_size);
	if (offset < HEADER || offset >= binary->end)
		return PLIST_LIMITS_DAMAGED(binary->error, "an offset in it is out of range");
	object->kind = binary->data[offset] >> 4;
	object->start = (size_t)offset + 1;
	if (read_marker(binary, binary->data[offset] & 15, object) == -1)
		return -1;
	if (object->references > PLIST_NODES_MAX)
		return plist_limits_exceeded(binary->error, PLIST_NODES_MAX, "values");
	if (binary->end - object->start < object->bytes +
	    object->references * binary->reference_size)
		return PLIST_LIMITS_DAMAGED(binary->error, "an object in it is truncated");
	return 0;
}

/* Count an object against the limits, before what is in it is looked at. */
static int
limits_count_object(struct binary *binary, const struct object *object)
{
	binary->bytes += object->bytes;
	if (++binary->nodes > PLIST_NODES_MAX)
		return plist_limits_exceeded(binary->error, PLIST_NODES_MAX, "values");
	if (binary->bytes > PLIST_SIZE_MAX)
		return plist_limits_exceeded(binary->error, PLIST_SIZE_MAX, "bytes");
	if (object->kind >= 0xa && object->depth == PLIST_DEPTH_MAX)
		return plist_limits_exceeded(binary->error, PLIST_DEPTH_MAX, "levels");
	for (const struct object *up = object->up; up != NULL; up = up->up)
		if (up->number == object->number)
			return PLIST_LIMITS_DAMAGED(binary->error,
			    "an object in it contains itself");
	return 0;
}

/*
 * Walk an object and all below it; recurses at most PLIST_DEPTH_MAX levels, and is called at most
 * PLIST_NODES_MAX times. Bytes are counted, too, as one text of 5 MB can be used 50,000 times.
 */
static int
limits_walk(struct binary *binary, const struct object *up, uint64_t number)
{
	struct object object = { .up = up, .number = number, .depth = up == NULL ? 0 :
	    up->depth + 1 };
	int result = read_object(binary, &object);

	if (result == 0)
		result = limits_count_object(binary, &object);
	if (result == 0 && (object.kind == 0x5 || object.kind == 0x6) &&
	    has_zero(binary->data + object.start, object.bytes, object.kind - 4u))
		return PLIST_LIMITS_DAMAGED(binary->error, "a text in it has a zero character");
	for (uint64_t i = 0; result == 0 && i < object.references; i++)
		result = limits_walk(binary, &object, big_endian(binary->data + object.start +
		    i * binary->reference_size, binary->reference_size));
	return result;
}

int
plist_limits_check_binary(struct bytes bytes, struct error *error)
{
	const unsigned char *trailer;
	struct binary binary;
	uint64_t table;

	if (bytes.size < HEADER + TRAILER)
		return PLIST_LIMITS_DAMAGED(error, "it is truncated");
	trailer = bytes.data + bytes.size - TRAILER;
	table = big_endian(trailer + 24, 8);
	binary = (struct binary){ .data = bytes.data, .end = (size_t)table,
	    .count = big_endian(trailer + 8, 8), .top = big_endian(trailer + 16, 8),
	    .offset_size = trailer[6], .reference_size = trailer[7], .error = error };
	if (binary.offset_size < 1 || binary.offset_size > 8 || binary.reference_size < 1 ||
	    binary.reference_size > 8 || binary.top >= binary.count || table < HEADER ||
	    table > bytes.size - TRAILER ||
	    binary.count > (bytes.size - TRAILER - table) / binary.offset_size)
		return PLIST_LIMITS_DAMAGED(error, "it is damaged or truncated");
	if (binary.count > PLIST_NODES_MAX)
		return plist_limits_exceeded(error, PLIST_NODES_MAX, "values");
	return limits_walk(&binary, NULL, binary.top);
}
