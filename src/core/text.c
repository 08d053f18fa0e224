/* Examine, clean, compare and copy text. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"

#define DISTANCE_LENGTH	63	/* bytes that text_distance() compares; commands and options
				   are shorter */
#define DISTANCE_FAR	99
#define SECONDS_MAX	1000000.0
#define DATA_VOLUME	"/System/Volumes/Data"

/*
 * Unicode 15, table 3-7: the range of the second byte excludes overlong forms, surrogates and code
 * points that are too large.
 */
static const struct {
	unsigned char	first, last;		/* of the first byte */
	unsigned char	second, second_last;	/* of the second */
	size_t		length;
} sequences[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* Return the length of a sequence that starts with these bytes, 0 if none does. */
static size_t
text_sequence_length(unsigned char first, unsigned char second)
{
	for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++)
		if (first >= sequences[i].first && first <= sequences[i].last)
			return second < sequences[i].second || second > sequences[i].second_last ?
			    0 : sequences[i].length;
	return 0;
}

size_t
text_utf8_length(const char *s, size_t size)
{
	size_t length;

	if (size == 0)
		return 0;
	if ((unsigned char)s[0] < 0x80)
		return 1;
	length = size == 1 ? 0 : text_sequence_length((unsigned char)s[0], (unsigned char)s[1]);
	if (length > size)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

bool
text_is_utf8(const char *s)
{
	size_t left = strlen(s), length = 1;

	for (; left > 0 && length > 0; left -= length, s += length)
		length = text_utf8_length(s, left);
	return length > 0;
}

bool
text_has_control(const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char byte = (unsigned char)s[0], next = (unsigned char)s[1];

		if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next >= 0x80 && next <= 0x9f))
			return true;
	}
	return false;
}

unsigned long
text_code(const char *s, size_t length)
{
	static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	unsigned long code = (unsigned char)s[0] & masks[length];

	for (size_t i = 1; i < length; i++)
		code = code << 6 | ((unsigned char)s[i] & 0x3f);
	return code;
}

/* It moves the cursor, ends the line or changes direction, so one text may look like another. */
static bool
text_is_unsafe(unsigned long code)
{
	static const struct {
		unsigned long	first, last;
	} ranges[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 },
	};

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

size_t
text_safe_length(const char *s, size_t size, bool *safe)
{
	size_t length = text_utf8_length(s, size);

	*safe = length > 0 && !text_is_unsafe(text_code(s, length));
	return length == 0 ? 1 : length;
}

static size_t
text_clean_bytes(char *text, size_t size, bool lines)
{
	char *out = text;
	bool safe;

	for (size_t i = 0, length; i < size; i += length) {
		length = text_safe_length(text + i, size - i, &safe);
		safe = safe || (lines && text[i] == '\n');
		memmove(out, safe ? text + i : "?", safe ? length : 1);
		out += safe ? length : 1;
	}
	return (size_t)(out - text);
}

void
text_clean(char *text)
{
	text[text_clean_bytes(text, strlen(text), false)] = '\0';
}

size_t
text_clean_lines(char *text, size_t size)
{
	return text_clean_bytes(text, size, true);
}

void
text_put(FILE *stream, const char *text, const char *end)
{
	size_t size = strlen(text);
	bool safe;

	for (size_t i = 0, length; i < size; i += length) {
		length = text_safe_length(text + i, size - i, &safe);
		fwrite(safe ? text + i : "?", 1, safe ? length : 1, stream);
	}
	fputs(end, stream);
}

static unsigned
text_smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Return the number of edits (insert, delete, change, swap of neighbors) that turn a into b.
 * Optimal string alignment: rows[i % 3][k] is the distance of the first i bytes of a and k of b.
 */
static unsigned
text_distance(const char *a, const char *b)
{
	size_t length_a = strlen(a), length_b = strlen(b), i, k;
	unsigned rows[3][DISTANCE_LENGTH + 1], *row, *above;

	if (length_a > DISTANCE_LENGTH || length_b > DISTANCE_LENGTH)
		return DISTANCE_FAR;
	for (k = 0; k <= length_b; k++)
		rows[0][k] = (unsigned)k;
	for (i = 1; i <= length_a; i++) {
		row = rows[i % 3];
		above = rows[(i - 1) % 3];
		row[0] = (unsigned)i;
		for (k = 1; k <= length_b; k++) {
			row[k] = text_smaller(above[k] + 1, row[k - 1] + 1);
			row[k] = text_smaller(row[k], above[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = text_smaller(row[k], rows[(i - 2) % 3][k - 2] + 1);
		}
	}
	return rows[length_a % 3][length_b];
}

bool
text_nearer(struct text_nearest *nearest, const char *word)
{
	unsigned distance = text_equal_folded(nearest->given, word) ? 0 :
	    text_distance(nearest->given, word);
	unsigned limit = nearest->found != NULL ? nearest->distance :
	    (unsigned)strlen(nearest->given) / 3 + 2;

	if (distance >= limit)
		return false;
	nearest->found = word;
	nearest->distance = distance;
	return true;
}

/* The locale is always "C": lnpctl does not call setlocale(). */
bool
text_equal_folded(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/. */
unsigned
text_hash_folded(const char *s)
{
	unsigned hash = 2166136261u;

	for (; *s != '\0'; s++)
		hash = (hash ^ (unsigned)tolower((unsigned char)*s)) * 16777619u;
	return hash;
}

bool
text_begins_folded(const char *s, const char *start)
{
	return strncasecmp(s, start, strlen(start)) == 0;
}

static bool
is_ascii(const char *s)
{
	while (*s != '\0' && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

bool
text_may_be_one_name(const char *a, const char *b)
{
	return text_equal_folded(a, b) || !is_ascii(a) || !is_ascii(b);
}

const char *
text_short_path(const char *path)
{
	static const char *const linked[] = { "/private/var/", "/private/etc/", "/private/tmp/" };

	if (text_begins_folded(path, DATA_VOLUME "/"))
		path += strlen(DATA_VOLUME);
	for (size_t i = 0; i < sizeof linked / sizeof linked[0]; i++)
		if (text_begins_folded(path, linked[i]))
			return path + strlen("/private");
	return path;
}

bool
text_is_plain_path(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *part = path; *part == '/'; part += strcspn(part, "/")) {
		size_t length = strcspn(++part, "/");

		if (length == 0 || (part[0] == '.' &&
		    (length == 1 || (length == 2 && part[1] == '.'))))
			return false;
	}
	return true;
}

bool
text_is_device(const char *path)
{
	return strncmp(path, "/dev/", strlen("/dev/")) == 0 && text_is_plain_path(path);
}

bool
text_is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return length > 1 && directory[0] == '/' && strncmp(path, directory, length) == 0 &&
	    path[length] == '/';
}

bool
text_copy(char *target, size_t size, const char *s)
{
	size_t length = strlen(s);
	bool fits = length < size;

	if (fits)
		memmove(target, s, length + 1);
	else if (size > 0)
		target[0] = '\0';
	return fits;
}

static bool text_write(char *, size_t, const char *, va_list)
    __attribute__((format(printf, 3, 0)));

/* Leave an empty text if it does not fit. */
static bool
text_write(char *target, size_t size, const char *format, va_list arguments)
{
	int length = vsnprintf(target, size, format, arguments);
	bool fits = length >= 0 && (size_t)length < size;

	if (!fits && size > 0)
		target[0] = '\0';
	return fits;
}

bool
text_format(char *target, size_t size, const char *format, ...)
{
	va_list arguments;
	bool fits;

	va_start(arguments, format);
	fits = text_write(target, size, format, arguments);
	va_end(arguments);
	return fits;
}

bool
text_matches(const char *s, const char *const patterns[])
{
	if (strnlen(s, TEXT_MATCH_MAX + 1) > TEXT_MATCH_MAX)
		return false;
	while (*patterns != NULL && fnmatch(*patterns, s, 0) != 0)
		patterns++;
	return *patterns != NULL;
}

bool
text_append(char *target, size_t size, const char *format, ...)
{
	size_t used = strlen(target);
	va_list arguments;
	bool fits;

	va_start(arguments, format);
	fits = text_write(target + used, size - used, format, arguments);
	va_end(arguments);
	return fits;
}

const char *
text_after_last(const char *s, char separator)
{
	const char *last = strrchr(s, separator);

	return last == NULL ? s : last + 1;
}

/* Return the length up to the blank after a word; a word in quotes may contain blanks. */
static size_t
text_word_length(const char *text)
{
	size_t quoted = text[0] == '\'' ? 1 + strcspn(text + 1, "'") : 0;

	return quoted + strcspn(text + quoted, " ");
}

size_t
text_line(const char *text, size_t columns)
{
	size_t length = text_word_length(text), next = length;

	while (text[next] == ' ') {
		next += 1 + text_word_length(text + next + 1);
		if (next > columns)
			break;
		length = next;
	}
	return length;
}

/* strtod() alone would take "1e3" and "inf". */
bool
text_seconds(const char *s, double *seconds)
{
	static const char digits[] = "0123456789";
	size_t length = strspn(s, digits);

	if (length > 0 && s[length] == '.' && s[length + 1] != '\0')
		length += 1 + strspn(s + length + 1, digits);
	if (length == 0 || s[length] != '\0' || strtod(s, NULL) > SECONDS_MAX)
		return false;
	*seconds = strtod(s, NULL);
	return true;
}

bool
text_number(const char *s, long *number)
{
	double value;

	if (s[strspn(s, "0123456789")] != '\0' || !text_seconds(s, &value))
		return false;
	*number = (long)value;
	return true;
}
