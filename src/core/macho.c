/*
 * Read the load commands of a Mach-O program. Formats: mach-o/loader.h, mach-o/fat.h, XNU
 * cs_blobs.h.
 */
#include <stdio.h>
#include <string.h>

#include "core/macho.h"
#include "core/text.h"

#define FAT_MAGIC	0xcafebabeu	/* big-endian, as the next two */
#define FAT_64_MAGIC	0xcafebabfu
#define SIGNATURE_MAGIC	0xfade0cc0u	/* a set of blobs */
#define DIRECTORY_MAGIC	0xfade0c02u	/* the blob with the program's names */
#define THIN_MAGIC	0xfeedfacfu	/* little-endian, as all that follows it */
#define THIN_32_MAGIC	0xfeedfaceu	/* and both in big-endian: PowerPC */
#define ELF_MAGIC	0x7f454c46u	/* big-endian */
#define HEADER_SIZE	32u
#define COMMAND_UUID	0x1bu
#define COMMAND_SIGNATURE	0x1du
#define PARTS_MAX	64u
#define TEAM_VERSION	0x20200u	/* of a code directory with a team, at least */

static uint32_t
macho_little(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t
macho_big(const unsigned char *at)
{
	return at[3] | (uint32_t)at[2] << 8 | (uint32_t)at[1] << 16 | (uint32_t)at[0] << 24;
}

/* Get size bytes at offset; false if they are not all there. */
static bool
macho_part(struct bytes bytes, uint32_t offset, uint32_t size, struct bytes *result)
{
	if (offset > bytes.size || size > bytes.size - offset)
		return false;
	*result = (struct bytes){ bytes.data + offset, size };
	return true;
}

static void
read_uuid(struct macho *macho, const unsigned char *uuid)
{
	char *at = macho->uuid;

	for (int i = 0; i < 16; i++)
		at += snprintf(at, sizeof macho->uuid - (size_t)(at - macho->uuid), "%s%02X",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
}

/* Read a string that ends within the blob and is printable; else leave target empty. */
static void
macho_read_text(struct bytes blob, uint32_t offset, char *target, size_t size)
{
	const unsigned char *end;

	if (offset >= blob.size)
		return;
	end = memchr(blob.data + offset, '\0', blob.size - offset);
	if (end == NULL || !text_copy(target, size, (const char *)blob.data + offset) ||
	    !text_is_utf8(target) || text_has_control(target))
		target[0] = '\0';
}

/* A code directory: magic, length, version, flags; at 20 and 48 the offsets of its names. */
static void
read_directory(struct macho *macho, struct bytes blob)
{
	if (blob.size < 44 || macho_big(blob.data) != DIRECTORY_MAGIC)
		return;
	macho_read_text(blob, macho_big(blob.data + 20), macho->identifier,
	    sizeof macho->identifier);
	if (macho_big(blob.data + 8) >= TEAM_VERSION && blob.size >= 52 &&
	    macho_big(blob.data + 48) != 0)
		macho_read_text(blob, macho_big(blob.data + 48), macho->team, sizeof macho->team);
}

/* Magic, length, count, and that many pairs of type and offset. */
static void
read_signature(struct macho *macho, struct bytes signature)
{
	struct bytes blob;
	uint32_t count;

	if (signature.size < 12 || macho_big(signature.data) != SIGNATURE_MAGIC)
		return;
	count = macho_big(signature.data + 8);
	for (uint32_t i = 0; i < count && i < PARTS_MAX && signature.size - 12 >= (i + 1) * 8;
	    i++) {
		uint32_t offset = macho_big(signature.data + 12 + i * 8 + 4);

		if (macho->identifier[0] == '\0' && macho_part(signature, offset, 8, &blob) &&
		    macho_part(signature, offset, macho_big(blob.data + 4), &blob))
			read_directory(macho, blob);
	}
}

static bool
read_thin(struct macho *macho, struct bytes bytes)
{
	struct bytes command, rest;
	uint32_t at = HEADER_SIZE;

	if (bytes.size < HEADER_SIZE || macho_little(bytes.data) != THIN_MAGIC)
		return false;
	for (uint32_t i = macho_little(bytes.data + 16); i > 0; i--) {
		if (!macho_part(bytes, at, 8, &command) || macho_little(command.data + 4) < 8 ||
		    !macho_part(bytes, at, macho_little(command.data + 4), &command))
			return false;
		if (macho_little(command.data) == COMMAND_UUID && command.size >= 24)
			read_uuid(macho, command.data + 8);
		if (macho_little(command.data) == COMMAND_SIGNATURE && command.size >= 16 &&
		    macho_part(bytes, macho_little(command.data + 8),
		    macho_little(command.data + 12), &rest))
			read_signature(macho, rest);
		at += (uint32_t)command.size;	/* does not overflow: both are within the bytes */
	}
	return true;
}

bool
macho_read(struct macho *macho, struct bytes bytes, uint32_t processor)
{
	struct bytes slice, chosen = { NULL, 0 };
	uint32_t count;

	memset(macho, 0, sizeof *macho);
	if (bytes.size > UINT32_MAX)
		return false;
	if (bytes.size < 8 || macho_big(bytes.data) != FAT_MAGIC)
		return read_thin(macho, bytes);
	count = macho_big(bytes.data + 4);
	/*
	 * Five numbers each: processor, its kind, offset, size, alignment. Java class files have
	 * the same magic.
	 */
	for (uint32_t i = 0; i < count && i < PARTS_MAX && bytes.size - 8 >= (i + 1) * 20; i++) {
		const unsigned char *entry = bytes.data + 8 + (size_t)i * 20;

		if ((chosen.data == NULL || macho_big(entry) == processor) &&
		    macho_part(bytes, macho_big(entry + 8), macho_big(entry + 12), &slice))
			chosen = slice;
	}
	return chosen.data != NULL && read_thin(macho, chosen);
}

static enum macho_form
form_for(uint32_t kind, uint32_t processor)
{
	if (kind != MACHO_ARM64 && kind != MACHO_X86_64)
		return FORM_FOREIGN;
	if (processor == 0)
		return FORM_UNKNOWN;
	if (kind == processor)
		return FORM_NATIVE;
	return processor == MACHO_ARM64 ? FORM_TRANSLATED : FORM_FOREIGN;
}

/* The kernel takes the best of the slices. */
static enum macho_form
form_of_fat(struct bytes begin, uint32_t processor)
{
	/* The worst first. */
	static const enum macho_form order[] = { FORM_FOREIGN, FORM_TRANSLATED, FORM_UNKNOWN,
	    FORM_NATIVE };
	uint32_t count = macho_big(begin.data + 4);
	size_t best = 0;

	/* A Java class file has the version of Java where the number of slices is: 45 and more. */
	if (count == 0 || (begin.size - 8) / 20 < count)
		return FORM_UNKNOWN;
	for (uint32_t i = 0; i < count; i++) {
		enum macho_form form = form_for(macho_big(begin.data + 8 + (size_t)i * 20),
		    processor);

		for (size_t j = best; j < sizeof order / sizeof order[0]; j++)
			if (order[j] == form)
				best = j;
	}
	return order[best];
}

enum macho_form
macho_form(struct bytes begin, uint64_t size, uint32_t processor)
{
	uint32_t big, little;

	if (size == 0)
		return FORM_NONE;
	/* All zero: it could not be read. */
	if (begin.size < 8 || macho_big(begin.data) == 0 || memcmp(begin.data, "#!", 2) == 0)
		return FORM_UNKNOWN;
	big = macho_big(begin.data);
	little = macho_little(begin.data);
	if (big == ELF_MAGIC)
		return processor == 0 ? FORM_UNKNOWN : FORM_FOREIGN;
	if (big == FAT_MAGIC)
		return form_of_fat(begin, processor);
	if (big == FAT_64_MAGIC)
		return FORM_UNKNOWN;
	if (little == THIN_MAGIC)
		return form_for(macho_little(begin.data + 4), processor);
	return little == THIN_32_MAGIC || big == THIN_MAGIC || big == THIN_32_MAGIC ?
	    FORM_FOREIGN : FORM_NONE;
}
