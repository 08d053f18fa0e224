/* Take text apart that need not end with a zero byte. */
#include <string.h>

#include "line.h"

bool
line_is(struct line line, const char *text)
{
	return line.length == strlen(text) && memcmp(line.start, text, line.length) == 0;
}

bool
line_equal(struct line a, struct line b)
{
	return a.length == b.length && memcmp(a.start, b.start, a.length) == 0;
}

bool
line_skip(struct line *line, const char *prefix)
{
	size_t length = strlen(prefix);

	if (line->length < length || memcmp(line->start, prefix, length) != 0)
		return false;
	line->start += length;
	line->length -= length;
	return true;
}

bool
line_next(struct line *rest, struct line *line, bool *complete)
{
	const char *end;

	if (rest->length == 0)
		return false;
	end = memchr(rest->start, '\n', rest->length);
	*complete = end != NULL;
	line->start = rest->start;
	line->length = end == NULL ? rest->length : (size_t)(end - rest->start);
	rest->start += line->length + *complete;
	rest->length -= line->length + *complete;
	if (line->length > 0 && line->start[line->length - 1] == '\r')
		line->length--;
	return true;
}

struct line
line_indentation(struct line *line)
{
	struct line indentation = { line->start, 0 };

	while (indentation.length < line->length &&
	    (line->start[indentation.length] == ' ' || line->start[indentation.length] == '\t'))
		indentation.length++;
	line->start += indentation.length;
	line->length -= indentation.length;
	return indentation;
}
