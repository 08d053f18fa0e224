/* Check the forms of numbers, dates, data and entities in XML property lists. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "xml_index_parts.h"
#include "core/text.h"

#define FORM_SIZE	512		/* of a number; longer ones are refused */

/* Copy a text without the white space around it. False: it is longer than any form. */
static bool
xml_forms_trim(struct bytes text, char copy[FORM_SIZE])
{
	text = xml_skip_blanks(text);
	while (text.size > 0 && xml_is_blank(text.data[text.size - 1]))
		text.size--;
	return text_format(copy, FORM_SIZE, "%.*s", (int)text.size, (const char *)text.data);
}

bool
xml_is_integer(struct bytes text)
{
	char copy[FORM_SIZE], *end;
	const char *digits = copy;
	unsigned long long value;

	if (!xml_forms_trim(text, copy))
		return false;
	digits += copy[0] == '-' || copy[0] == '+';
	errno = 0;
	value = strtoull(digits, &end, digits[0] == '0' && (digits[1] | 0x20) == 'x' ? 16 : 10);
	return isdigit((unsigned char)digits[0]) && *end == '\0' && errno == 0 &&
	    (copy[0] != '-' || value <= (uint64_t)INT64_MAX + 1);
}

/* strtod() would also take 0x1p3, nan(1) and the other white space. */
bool
xml_is_real(struct bytes text)
{
	char copy[FORM_SIZE], *end;

	if (!xml_forms_trim(text, copy) || strpbrk(copy, "xX(\v\f") != NULL)
		return false;
	strtod(copy, &end);
	return end > copy && *end == '\0';
}

bool
xml_is_date(struct bytes text)
{
	/* Where the two digits of month, day, hour, minute and second are, and their range. */
	static const struct { unsigned char at; const char *min, *max; } parts[] = {
		{ 5, "01", "12" }, { 8, "01", "31" }, { 11, "00", "23" }, { 14, "00", "59" },
		{ 17, "00", "60" },
	};
	char copy[FORM_SIZE];
	bool fits = xml_forms_trim(text, copy) && fnmatch("[1-9][0-9][0-9][0-9]-[0-9][0-9]-"
	    "[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z", copy, 0) == 0;

	for (size_t i = 0; fits && i < sizeof parts / sizeof parts[0]; i++)
		fits = memcmp(copy + parts[i].at, parts[i].min, 2) >= 0 &&
		    memcmp(copy + parts[i].at, parts[i].max, 2) <= 0;
	return fits;
}

bool
xml_is_data(struct bytes text)
{
	size_t digits = 0, padding = 0;

	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = text.data[i];

		if (c == '=')
			padding++;
		else if ((isalnum(c) || c == '+' || c == '/') && padding == 0)
			digits++;
		else if (!xml_is_blank(c))
			return false;
	}
	return digits % 4 != 1 && padding <= 2;
}

bool
xml_is_doctype(struct bytes text)
{
	size_t quotes = 0;

	for (size_t i = 0; i < text.size; i++)
		quotes += text.data[i] == '"' || text.data[i] == '\'';
	if (xml_contains(text, "PUBLIC"))
		return quotes >= 4;
	return !xml_contains(text, "SYSTEM") || quotes >= 2;
}

bool
xml_is_utf8(struct bytes text)
{
	return !xml_contains(text, "encoding") || xml_contains(text, "UTF-8") ||
	    xml_contains(text, "utf-8");
}

size_t
xml_entity(struct bytes raw, char *character)
{
	static const struct { const char *name; char character; } entities[] = {
		{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' },
		{ "&apos;", '\'' },
	};
	bool hexadecimal = raw.size > 2 && raw.data[2] == 'x';
	size_t start = 2u + hexadecimal, at = start;

	for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
		*character = entities[i].character;
		if (xml_begins(raw, entities[i].name))
			return strlen(entities[i].name);
	}
	*character = '\0';
	if (!xml_begins(raw, "&#"))
		return 0;
	while (at < raw.size && (hexadecimal ? isxdigit(raw.data[at]) : isdigit(raw.data[at])))
		at++;
	return at > start && at < raw.size && raw.data[at] == ';' ? at + 1 : 0;
}

bool
xml_is_key(struct bytes raw, const char *key)
{
	while (raw.size > 0 && *key != '\0') {
		char c;
		size_t length = raw.data[0] == '&' ? xml_entity(raw, &c) : 0;

		if (length == 0) {		/* a byte that stands for itself */
			c = (char)raw.data[0];
			length = 1;
		}
		if (*key++ != c)
			return false;
		raw = (struct bytes){ raw.data + length, raw.size - length };
	}
	return raw.size == 0 && *key == '\0';
}
