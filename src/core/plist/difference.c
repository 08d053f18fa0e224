/* What a new plist changes, key by key. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/plist/difference.h"
#include "core/error.h"
#include "core/plist/plist.h"
#include "core/text.h"

#define SHOWN_DEPTH_MAX	8	/* levels; our own plists have two */

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
	text_put(showing->stream, key, showing->names_only ? "" : " = ");
	if (!showing->names_only)
		difference_show(showing, value);
	showing->comma = true;
}

static void
difference_show(struct showing *showing, const struct plist *plist)
{
	const char *text = plist_text(plist);
	bool boolean;
	int64_t integer;
	double real;

	if (showing->names_only && !plist_is_dictionary(plist))
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
	else if (plist_is_dictionary(plist)) {
		struct showing inner = { showing->stream, showing->names_only, false,
		    showing->depth + 1 };

		fputs("{ ", showing->stream);
		plist_visit(plist, show_member, &inner);
		fputs(" }", showing->stream);
	} else {
		struct showing inner = { showing->stream, showing->names_only, false,
		    showing->depth + 1 };

		fputs("[ ", showing->stream);
		for (size_t i = 0; i < plist_count(plist); i++) {
			fputs(i == 0 ? "" : ", ", showing->stream);
			difference_show(&inner, plist_item(plist, i));
		}
		fputs(" ]", showing->stream);
	}
}

static void
line(FILE *stream, char sign, const char *key, const struct plist *value)
{
	struct showing showing = { stream, strcmp(key, "EnvironmentVariables") == 0, false, 0 };

	fprintf(stream, "  %c ", sign);
	text_put(stream, key, ": ");
	difference_show(&showing, value);
	putc('\n', stream);
}

struct side {
	const struct plist	*other;
	FILE			*stream;
	char			 sign;
};

/* Two values are the same when their XML is. */
static bool
difference_same(const struct plist *a, const struct plist *b)
{
	size_t size_a, size_b;
	char *text_a = plist_serialise(a, &size_a), *text_b = plist_serialise(b, &size_b);
	bool result = text_a != NULL && text_b != NULL && size_a == size_b &&
	    memcmp(text_a, text_b, size_a) == 0;

	free(text_a);
	free(text_b);
	return result;
}

static void
compare(void *context, const char *key, const struct plist *value)
{
	const struct side *side = context;
	const struct plist *other = plist_member(side->other, key);

	if (other != NULL && difference_same(value, other))
		return;
	/* A changed key shows both its values, when the new side is walked. */
	if (other != NULL && side->sign == '-')
		return;
	if (other != NULL)
		line(side->stream, '-', key, other);
	line(side->stream, side->sign, key, value);
}

void
difference_print(struct bytes was, struct bytes shall, FILE *stream)
{
	struct error ignored;
	struct plist *old = was.data == NULL ? NULL : plist_parse(was, &ignored);
	struct plist *new = shall.data == NULL ? NULL : plist_parse(shall, &ignored);
	struct side removed = { new, stream, '-' }, added = { old, stream, '+' };

	plist_visit(old, compare, &removed);
	plist_visit(new, compare, &added);
	plist_release(old);
	plist_release(new);
}
