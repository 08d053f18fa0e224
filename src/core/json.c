/* Write JSON. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "core/json.h"
#include "core/text.h"

static void
json_put(FILE *stream, const char *text)
{
	size_t size = strlen(text);

	putc('"', stream);
	while (size > 0) {
		bool safe, whole = text_utf8_length(text, size) > 0;
		size_t length = text_safe_length(text, size, &safe);

		if (!whole)
			fputs("\\ufffd", stream);
		else if (text[0] == '"' || text[0] == '\\')
			fprintf(stream, "\\%c", text[0]);
		else if (!safe)		/* the same data, but nothing that a terminal acts on */
			fprintf(stream, "\\u%04lx", text_code(text, length));
		else
			fwrite(text, 1, length, stream);
		text += length;
		size -= length;
	}
	putc('"', stream);
}

static void
json_begin(struct json *json, const char *key)
{
	if (json->comma)
		putc(',', json->stream);
	if (key != NULL) {
		json_put(json->stream, key);
		putc(':', json->stream);
	}
	json->comma = true;
}

void
json_open(struct json *json, const char *key, char bracket)
{
	json_begin(json, key);
	putc(bracket, json->stream);
	json->comma = false;
}

void
json_close(struct json *json, char bracket)
{
	putc(bracket, json->stream);
	json->comma = true;
}

void
json_text(struct json *json, const char *key, const char *text)
{
	json_begin(json, key);
	if (text == NULL)
		fputs("null", json->stream);
	else
		json_put(json->stream, text);
}

void
json_some(struct json *json, const char *key, const char *text)
{
	json_text(json, key, text != NULL && text[0] == '\0' ? NULL : text);
}

void
json_integer(struct json *json, const char *key, int64_t value)
{
	json_begin(json, key);
	fprintf(json->stream, "%" PRId64, value);
}

void
json_real(struct json *json, const char *key, double value)
{
	json_begin(json, key);
	fprintf(json->stream, "%.3f", value);
}

void
json_boolean(struct json *json, const char *key, bool value)
{
	json_begin(json, key);
	fputs(value ? "true" : "false", json->stream);
}

void
json_null(struct json *json, const char *key)
{
	json_text(json, key, NULL);
}

void
json_number(struct json *json, const char *key, bool known, int64_t value)
{
	if (known)
		json_integer(json, key, value);
	else
		json_null(json, key);
}

void
json_flag(struct json *json, const char *key, bool known, bool value)
{
	if (known)
		json_boolean(json, key, value);
	else
		json_null(json, key);
}

static void
json_put_members(struct json *json, va_list arguments)
{
	const char *name;

	while ((name = va_arg(arguments, const char *)) != NULL)
		json_some(json, name, va_arg(arguments, const char *));
}

void
json_members(struct json *json, ...)
{
	va_list arguments;

	va_start(arguments, json);
	json_put_members(json, arguments);
	va_end(arguments);
}

void
json_texts(struct json *json, const char *key, ...)
{
	va_list arguments;

	json_open(json, key, '{');
	va_start(arguments, key);
	json_put_members(json, arguments);
	va_end(arguments);
	json_close(json, '}');
}
