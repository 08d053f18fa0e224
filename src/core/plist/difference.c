/* Show what a new plist changes, key by key. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/plist/difference.h"
#include "core/error.h"
#include "core/plist/plist.h"
#include "core/text.h"

#define SHOWN_DEPTH_MAX	8	/* levels; plists written by lnpctl have two */

struct showing {
	FILE	*stream;
	bool	 names_only;	/* within EnvironmentVariables */
	bool	 comma;
	int	 depth;
};

static void difference_show(struct showing *, const struct plist *);

static void
show_member(void *context, const char *key, const struct plist *value)
{
	struct showing *showing = context;

	fputs(showing->comma ? ", " : "", showing->stream);
	if (key != NULL)
		text_put(showing->stream, key, showing->names_only ? "" : " = ");
	if (!showing->names_only)
		difference_show(showing, value);
	showing->comma = true;
}

static void
difference_show(struct showing *showing, const struct plist *plist)
{
	struct showing inner = { showing->stream, showing->names_only, false, showing->depth + 1 };
	const char *text = plist_text(plist);
	bool is_dictionary = plist_is_dictionary(plist), boolean;
	int64_t integer;
	double real;

	if (showing->names_only && !is_dictionary)
		fputs("(hidden)", showing->stream);
	else if (text != NULL) {
		putc('"', showing->stream);
		text_put(showing->stream, text, "\"");
	} else if (plist_boolean(plist, &boolean))
		fputs(boolean ? "true" : "false", showing->stream);
	else if (plist_integer(plist, &integer))
		fprintf(showing->stream, "%" PRId64, integer);
	else if (plist_real(plist, &real))
		fprintf(showing->stream, "%g", real);
	else if (showing->depth >= SHOWN_DEPTH_MAX)
		fputs("...", showing->stream);
	else {
		fputs(is_dictionary ? "{ " : "[ ", showing->stream);
		plist_visit_all(plist, show_member, &inner);
		fputs(is_dictionary ? " }" : " ]", showing->stream);
	}
}

static void
difference_line(FILE *stream, char sign, const char *key, const struct plist *value)
{
	struct showing showing = { stream, strcmp(key, "EnvironmentVariables") == 0, false, 0 };

	fprintf(stream, "  %c ", sign);
	text_put(stream, key, ": ");
	difference_show(&showing, value);
	putc('\n', stream);
}

struct difference_side {
	const struct plist	*other;
	FILE			*stream;
	char			 sign;
};

/* Values are the same if their XML is. */
static bool
difference_same(const struct plist *a, const struct plist *b)
{
	size_t size_a, size_b;
	char *text_a = plist_serialize(a, &size_a), *text_b = plist_serialize(b, &size_b);
	bool result = text_a != NULL && text_b != NULL && size_a == size_b &&
	    memcmp(text_a, text_b, size_a) == 0;

	free(text_a);
	free(text_b);
	return result;
}

static void
difference_compare(void *context, const char *key, const struct plist *value)
{
	const struct difference_side *side = context;
	const struct plist *other = plist_member(side->other, key);

	/* A changed key is printed with both values while the new side is visited. */
	if (other != NULL && (side->sign == '-' || difference_same(value, other)))
		return;
	if (other != NULL)
		difference_line(side->stream, '-', key, other);
	difference_line(side->stream, side->sign, key, value);
}

void
difference_print(struct bytes before, struct bytes after, FILE *stream)
{
	struct error ignored;
	struct plist *old = before.data == NULL ? NULL : plist_parse(before, &ignored);
	struct plist *new = after.data == NULL ? NULL : plist_parse(after, &ignored);
	struct difference_side removed = { new, stream, '-' }, added = { old, stream, '+' };

	plist_visit(old, difference_compare, &removed);
	plist_visit(new, difference_compare, &added);
	plist_release(old);
	plist_release(new);
}
