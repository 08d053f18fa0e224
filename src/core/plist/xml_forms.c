/* Check the forms of numbers, dates, data and entities in XML property lists. */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "xml_index_parts.h"
#include "core/text.h"
#include "core/plist/xml.h"

static struct bytes
xml_forms_trim(struct bytes text)
{
	while (text.size > 0 && xml_is_blank(text.data[0])) {
		text.data++;
		text.size--;
	}
	while (text.size > 0 && xml_is_blank(text.data[text.size - 1]))
		text.size--;
	return text;
}

static void
xml_forms_skip(struct bytes *text, size_t count)
{
	text->data += count;
	text->size -= count;
}

static bool
xml_forms_take(struct bytes *text, const char *any_of)
{
	if (text->size == 0 || text->data[0] == '\0' || strchr(any_of, text->data[0]) == NULL)
		return false;
	xml_forms_skip(text, 1);
	return true;
}

static size_t
take_digits(struct bytes *text)
{
	size_t count = 0;

	while (xml_forms_take(text, "0123456789"))
		count++;
	return count;
}

bool
xml_is_integer(struct bytes text)
{
	uint64_t value = 0, max = UINT64_MAX;
	unsigned base = 10;

	text = xml_forms_trim(text);
	if (text.size > 0 && text.data[0] == '-')
		max = (uint64_t)INT64_MAX + 1;
	xml_forms_take(&text, "+-");
	if (text.size > 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x') {
		base = 16;
		xml_forms_skip(&text, 2);
	}
	if (text.size == 0)
		return false;
	for (; text.size > 0; xml_forms_skip(&text, 1)) {
		unsigned char c = text.data[0];
		unsigned digit = isdigit(c) ? c - (unsigned)'0' : isxdigit(c) ?
		    (c | 0x20u) - 'a' + 10u : base;

		if (digit >= base || value > (max - digit) / base)
			return false;
		value = value * base + digit;
	}
	return true;
}

static bool
xml_forms_is_word(struct bytes text, const char *word)
{
	char copy[16];

	return text.size < sizeof copy && text_format(copy, sizeof copy, "%.*s", (int)text.size,
	    (const char *)text.data) && text_equal_folded(copy, word);
}

bool
xml_is_real(struct bytes text)
{
	size_t digits;

	text = xml_forms_trim(text);
	xml_forms_take(&text, "+-");
	if (xml_forms_is_word(text, "inf") || xml_forms_is_word(text, "infinity") ||
	    xml_forms_is_word(text, "nan"))
		return true;
	digits = take_digits(&text);
	if (xml_forms_take(&text, "."))
		digits += take_digits(&text);
	if (digits > 0 && xml_forms_take(&text, "eE")) {
		xml_forms_take(&text, "+-");
		digits = take_digits(&text);
	}
	return digits > 0 && text.size == 0;
}

bool
xml_is_date(struct bytes text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	/* Offset of the two digits of month, day, hour, minute and second, and their range. */
	static const struct { unsigned char at, min, max; } parts[] = {
		{ 5, 1, 12 }, { 8, 1, 31 }, { 11, 0, 23 }, { 14, 0, 59 }, { 17, 0, 60 },
	};

	text = xml_forms_trim(text);
	if (text.size != strlen(form) || text.data[0] == '0')
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (form[i] == 'd' ? !isdigit(text.data[i]) :
		    text.data[i] != (unsigned char)form[i])
			return false;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		const unsigned char *digits = text.data + parts[i].at;
		int value = (digits[0] - '0') * 10 + digits[1] - '0';

		if (value < parts[i].min || value > parts[i].max)
			return false;
	}
	return true;
}

bool
xml_is_data(struct bytes text)
{
	size_t digits = 0, padding = 0;

	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = text.data[i];

		if (xml_is_blank(c))
			continue;
		if (c == '=')
			padding++;
		else if ((isalnum(c) || c == '+' || c == '/') && padding == 0)
			digits++;
		else
			return false;
	}
	return digits % 4 != 1 && padding <= 2;
}

static bool
xml_forms_contains(struct bytes text, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= text.size; i++)
		if (memcmp(text.data + i, word, size) == 0)
			return true;
	return false;
}

bool
xml_is_doctype(struct bytes text)
{
	size_t quotes = 0;

	for (size_t i = 0; i < text.size; i++)
		quotes += text.data[i] == '"' || text.data[i] == '\'';
	if (xml_forms_contains(text, "PUBLIC"))
		return quotes >= 4;
	return !xml_forms_contains(text, "SYSTEM") || quotes >= 2;
}

bool
xml_is_utf8(struct bytes text)
{
	return !xml_forms_contains(text, "encoding") || xml_forms_contains(text, "UTF-8") ||
	    xml_forms_contains(text, "utf-8");
}

/* ---- entities ---- */

static const struct { const char *name, *text; } entities[] = {
	{ "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&apos;", "'" },
};

/*
 * Return the length of the entity at an '&', 0 if there is none; text is what it stands for, NULL
 * for a character number.
 */
static size_t
xml_forms_entity(struct bytes raw, const char **text)
{
	size_t length = 2;
	bool hexadecimal;

	*text = NULL;
	for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
		size_t size = strlen(entities[i].name);

		if (raw.size >= size && memcmp(raw.data, entities[i].name, size) == 0) {
			*text = entities[i].text;
			return size;
		}
	}
	if (raw.size < 4 || raw.data[1] != '#')
		return 0;
	hexadecimal = raw.data[2] == 'x';
	length += hexadecimal;
	while (length < raw.size && (hexadecimal ? isxdigit(raw.data[length]) :
	    isdigit(raw.data[length])))
		length++;
	return length > 2u + hexadecimal && length < raw.size && raw.data[length] == ';' ?
	    length + 1 : 0;
}

bool
xml_has_entities(struct bytes raw)
{
	const char *text;

	while (raw.size > 0) {
		const unsigned char *next = memchr(raw.data, '&', raw.size);
		size_t length;

		if (next == NULL)
			return true;
		xml_forms_skip(&raw, (size_t)(next - raw.data));
		length = xml_forms_entity(raw, &text);
		if (length == 0)
			return false;
		xml_forms_skip(&raw, length);
	}
	return true;
}

bool
xml_is_key(struct bytes raw, const char *key)
{
	while (raw.size > 0) {
		const char *text = NULL;
		size_t length = raw.data[0] == '&' ? xml_forms_entity(raw, &text) : 0;
		unsigned char c = length == 0 ? raw.data[0] : text == NULL ? '\0' :
		    (unsigned char)text[0];

		if (*key == '\0' || (unsigned char)*key != c)
			return false;
		key++;
		xml_forms_skip(&raw, length == 0 ? 1 : length);
	}
	return *key == '\0';
}
