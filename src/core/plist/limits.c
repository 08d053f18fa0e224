/* Determine the format of a property list, and check its bytes against the limits. */
#include <string.h>

#include "limits_parts.h"
#include "core/plist/xml.h"

#define CONVERT		"convert it with: plutil -convert xml1 FILE"

int
plist_limits_exceeded(struct error *error, unsigned limit, const char *of_what)
{
	return error_set(error, ERROR_DATA, NULL, NULL, "the property list has more than %u %s",
	    limit, of_what);
}

static bool
limits_begins(struct bytes bytes, const char *text, size_t size)
{
	return bytes.size >= size && memcmp(bytes.data, text, size) == 0;
}

static bool
is_utf16(struct bytes bytes)
{
	return limits_begins(bytes, "\xfe\xff", 2) || limits_begins(bytes, "\xff\xfe", 2) ||
	    limits_begins(bytes, "<\0", 2) || limits_begins(bytes, "\0<", 2);
}

/* {"a": 1} is JSON, {"a" = 1;} and {a = 1;} are the old format. */
static bool
is_json(struct bytes bytes)
{
	size_t end = 1;

	if (limits_begins(bytes, "[", 1))
		return true;
	bytes = xml_skip_blanks((struct bytes){ bytes.data + 1, bytes.size - 1 });
	if (!limits_begins(bytes, "\"", 1))
		return limits_begins(bytes, "}", 1);
	while (end < bytes.size && bytes.data[end] != '"')
		end += bytes.data[end] == '\\' ? 2 : 1;
	if (end >= bytes.size)
		return false;
	bytes = xml_skip_blanks((struct bytes){ bytes.data + end + 1, bytes.size - end - 1 });
	return limits_begins(bytes, ":", 1);
}

static int
limits_refuse(struct bytes bytes, struct error *error)
{
	if (bytes.size == 0)
		return error_set(error, ERROR_DATA, "it is empty", NULL, PLIST_LIMITS_NO_LIST);
	if (limits_begins(bytes, "bplist", strlen("bplist")))
		return error_set(error, ERROR_DATA, "its binary format is not bplist00", CONVERT,
		    PLIST_LIMITS_NO_LIST);
	if ((limits_begins(bytes, "{", 1) || limits_begins(bytes, "[", 1)) && is_json(bytes))
		return error_set(error, ERROR_DATA, "launchd does not read JSON", CONVERT,
		    PLIST_LIMITS_NO_LIST);
	if (limits_begins(bytes, "{", 1) || limits_begins(bytes, "(", 1) ||
	    limits_begins(bytes, "//", 2) || limits_begins(bytes, "/*", 2))
		return error_set(error, ERROR_DATA,
		    "it is in the old ASCII format, not XML or binary", CONVERT,
		    PLIST_LIMITS_NO_LIST);
	return error_set(error, ERROR_DATA, "it is neither XML nor binary", NULL,
	    PLIST_LIMITS_NO_LIST);
}

static enum plist_format
limits_format(struct bytes bytes, struct bytes text)
{
	if (limits_begins(bytes, "bplist00", strlen("bplist00")))
		return PLIST_FORMAT_BINARY;
	return limits_begins(text, "<", 1) ? PLIST_FORMAT_XML : PLIST_FORMAT_NONE;
}

int
plist_limits_check(struct bytes bytes, enum plist_format *format, struct xml_index *index,
    struct error *error)
{
	struct bytes unmarked = bytes, text;

	if (index != NULL)
		memset(index, 0, sizeof *index);
	if (limits_begins(bytes, "\xef\xbb\xbf", 3))
		unmarked = (struct bytes){ bytes.data + 3, bytes.size - 3 };
	text = xml_skip_blanks(unmarked);
	*format = limits_format(bytes, text);
	if (bytes.size > PLIST_SIZE_MAX)
		return plist_limits_exceeded(error, PLIST_SIZE_MAX, "bytes");
	if (*format == PLIST_FORMAT_BINARY)
		return plist_limits_check_binary(bytes, error);
	if (is_utf16(bytes) || is_utf16(text))
		return error_set(error, ERROR_DATA, "it is UTF-16, not UTF-8", CONVERT,
		    PLIST_LIMITS_NO_LIST);
	return *format == PLIST_FORMAT_XML ? plist_limits_check_xml(unmarked, index, error) :
	    limits_refuse(text, error);
}
