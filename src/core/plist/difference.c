/* Show what a new plist changes, key by key. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/plist/difference.h"
#include "core/error.h"
#include "core/plist/plist.h"
#include "core/text.h"

#define VARIABLES	"EnvironmentVariables"
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

void
difference_value(const struct difference *difference, const struct plist *value, FILE *stream)
{
	struct showing showing = { stream, difference->secret, false, 0 };

	difference_show(&showing, value);
}

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

struct difference_side {
	const struct plist	*other;		/* dictionary */
	bool			 is_new;
	bool			 expands;	/* variables one by one */
	bool			 variables;	/* the two dictionaries are the variables */
	difference_visit	*visit;
	void			*context;
};

static void
difference_walk(const struct plist *old, const struct plist *new, struct difference_side side);

static void
difference_compare(void *context, const char *key, const struct plist *value)
{
	const struct difference_side *side = context;
	const struct plist *other = plist_member(side->other, key);
	bool variables = !side->variables && strcmp(key, VARIABLES) == 0;
	struct difference row = { .secret = variables || side->variables,
	    .old = side->is_new ? other : value, .new = side->is_new ? value : other };
	struct difference_side inner = { .variables = true, .visit = side->visit,
	    .context = side->context };

	/* A key that both have is compared while the new side is visited. */
	if (other != NULL && (!side->is_new || difference_same(value, other)))
		return;
	if (variables && side->expands && plist_is_dictionary(value) &&
	    (other == NULL || plist_is_dictionary(other))) {
		difference_walk(row.old, row.new, inner);
		return;
	}
	text_format(row.key, sizeof row.key, "%s%s", side->variables ? VARIABLES "." : "", key);
	side->visit(side->context, &row);
}

static void
difference_walk(const struct plist *old, const struct plist *new, struct difference_side side)
{
	side.other = new;
	plist_visit(old, difference_compare, &side);
	side.other = old;
	side.is_new = true;
	plist_visit(new, difference_compare, &side);
}

void
difference_each(struct bytes before, struct bytes after, difference_visit *visit, void *context)
{
	struct error ignored;
	struct plist *old, *new;

	if (bytes_equal(before, after))
		return;
	old = before.data == NULL ? NULL : plist_parse(before, &ignored);
	new = after.data == NULL ? NULL : plist_parse(after, &ignored);
	difference_walk(old, new, (struct difference_side){ .visit = visit, .context = context,
	    .expands = old != NULL && new != NULL });
	plist_release(old);
	plist_release(new);
}

static void
difference_line(void *context, const struct difference *row)
{
	const struct plist *sides[2] = { row->old, row->new };
	FILE *stream = context;

	for (int i = 0; i < 2; i++) {
		if (sides[i] == NULL)
			continue;
		text_put(stream, i == 0 ? "  - " : "  + ", "");
		text_put(stream, row->key, ": ");
		difference_value(row, sides[i], stream);
		putc('\n', stream);
	}
}

void
difference_print(struct bytes before, struct bytes after, FILE *stream)
{
	difference_each(before, after, difference_line, stream);
}
