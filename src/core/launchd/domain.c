/* Read which jobs a domain of launchd has. */
#include <string.h>

#include "core/launchd/domain.h"
#include "line.h"

/* Take the first word off the line, with the blanks before and after it. */
static struct line
domain_word(struct line *line)
{
	struct line word;

	line_indentation(line);
	word = (struct line){ line->start, 0 };
	while (word.length < line->length && word.start[word.length] != ' ' &&
	    word.start[word.length] != '\t')
		word.length++;
	line->start += word.length;
	line->length -= word.length;
	line_indentation(line);
	return word;
}

/*
 * Leave the label of "     566      - \tcom.example.job": pid, or 0; last exit, "-" if there was
 * none. False: the line is another one.
 */
static bool
domain_label(struct line *line)
{
	struct line pid = domain_word(line), status = domain_word(line);

	return pid.length > 0 && pid.start[0] >= '0' && pid.start[0] <= '9' && status.length > 0 &&
	    line->length > 0;
}

/* Return true if there is no line, or one of a job. */
static bool
domain_is_known(struct line rest)
{
	struct line line;
	bool complete, any = false;

	while (line_next(&rest, &line, &complete)) {
		any = any || line.length > 0;
		if (domain_label(&line))
			return true;
	}
	return !any;
}

const char *
domain_services(const char *text, size_t size, size_t *length)
{
	struct line rest = { text, size }, line, indentation, base = { NULL, 0 },
	    ours = { NULL, 0 };
	const char *start, *block = NULL;	/* inside of which we are */
	bool complete;

	while (line_next(&rest, &line, &complete)) {
		start = line.start;
		indentation = line_indentation(&line);
		if (line.length == 0 || indentation.length == 0)
			continue;
		if (base.start == NULL)
			base = indentation;
		if (!line_equal(indentation, base))
			continue;
		if (line_is(line, "}")) {
			if (block == NULL)	/* the end of a block before it was forged */
				return NULL;
			if (block == ours.start)
				ours.length = (size_t)(start - block);
			block = NULL;
		} else if (block == NULL && line.start[line.length - 1] == '{') {
			block = rest.start;
			if (line_is(line, "services = {") && ours.start != NULL)
				return NULL;
			if (line_is(line, "services = {"))
				ours.start = block;
		}
	}
	*length = ours.length;
	return block != ours.start && domain_is_known(ours) ? ours.start : NULL;
}

bool
domain_has(const char *services, size_t length, const char *label)
{
	struct line rest = { services, length }, line;
	bool complete;

	while (line_next(&rest, &line, &complete))
		if (domain_label(&line) && line_is(line, label))
			return true;
	return false;
}
