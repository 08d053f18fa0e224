/*
 * Lines of text that is not ours: any bytes, not necessarily terminated. Private to core/launchd.
 */
#ifndef CORE_LAUNCHD_LINE_H
#define CORE_LAUNCHD_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct line {				/* part of the text, without the line end */
	const char	*start;
	size_t		 length;
};

bool	line_is(struct line, const char *text);
bool	line_equal(struct line, struct line);

/* Remove prefix from the start of the line, if it is there. */
bool	line_skip(struct line *, const char *prefix);

/* Take the next line off the text; complete is set if its end is there. */
bool	line_next(struct line *rest, struct line *, bool *complete);

/* Take the tabs and blanks off the start of the line. */
struct line line_indentation(struct line *);

#endif
