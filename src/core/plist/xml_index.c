/* Index an XML property list: the line of each value, and its issues. */
#include <stdlib.h>
#include <string.h>

#include "core/plist/limits.h"
#include "core/plist/xml_index.h"
#include "xml_index_parts.h"
#include "core/text.h"
#include "core/plist/xml.h"

struct xml_entry {
	struct bytes	key;			/* raw; data NULL: an array's item, or the root */
	uint32_t	parent, index, line;	/* the root is its own parent */
};

enum frame_kind { TOP, PLIST, DICT, ARRAY };

struct frame {				/* a container that is open */
	enum frame_kind	 kind;
	uint32_t	 entry, items;
	struct bytes	 key;		/* of the next value; data NULL: none yet */
	uint32_t	 key_line;
};

struct xml_scan {
	struct xml_index	*index;
	struct error	*error;
	struct frame	 frames[PLIST_DEPTH_MAX + 3];
	unsigned	 depth;
	struct bytes	 leaf;		/* name of the open element with text; data NULL: none */
	struct bytes	 text;		/* its text */
	unsigned	 pieces;	/* into which comments split the text */
	uint32_t	 leaf_line;
	const unsigned char *counted;	/* lines are counted to here */
	uint32_t	 line;
	bool		 declared, typed;
};

static void
xml_index_mark(struct xml_scan *scan, enum xml_issue issue, uint32_t line, struct bytes text)
{
	struct xml_index *index = scan->index;
	struct xml_issue_at *row = &index->issues[index->issue_count];

	if (index->issue_count == XML_ISSUES_MAX)
		return;
	index->issue_count++;
	*row = (struct xml_issue_at){ issue, line, "" };
	if (text.size > 0 && text.size < sizeof row->text)
		text_format(row->text, sizeof row->text, "%.*s", (int)text.size,
		    (const char *)text.data);
}

static void
mark_here(struct xml_scan *scan, enum xml_issue issue)
{
	xml_index_mark(scan, issue, scan->line, (struct bytes){ NULL, 0 });
}

/* A bare carriage return ends a line, too. */
static void
count_lines(struct xml_scan *scan, const unsigned char *until)
{
	for (; scan->counted < until; scan->counted++)
		if (scan->counted[0] == '\n' ||
		    (scan->counted[0] == '\r' && scan->counted[1] != '\n'))
			scan->line++;
}

static bool
xml_index_same(struct bytes name, const char *word)
{
	return name.size == strlen(word) && memcmp(name.data, word, name.size) == 0;
}

static bool
xml_index_is_one_of(struct bytes name, const char *const words[])
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (xml_index_same(name, words[i]))
			return true;
	return false;
}

/* ---- values ---- */

static int
add_entry(struct xml_scan *scan, struct xml_entry entry)
{
	struct xml_index *index = scan->index;

	if (index->count == index->capacity) {
		size_t capacity = index->capacity == 0 ? 64 : 2 * index->capacity;
		struct xml_entry *larger = realloc(index->entries, capacity * sizeof *larger);

		if (larger == NULL)
			return error_set(scan->error, ERROR_SYSTEM, "out of memory", NULL,
			    "cannot read the property list");
		index->entries = larger;
		index->capacity = capacity;
	}
	index->entries[index->count++] = entry;
	return 0;
}

static int
begin_value(struct xml_scan *scan)
{
	struct frame *frame = &scan->frames[scan->depth];
	struct xml_entry entry = { frame->key, frame->entry, frame->items, scan->line };

	if (frame->kind == DICT && frame->key.data == NULL)
		mark_here(scan, ISSUE_NO_KEY);
	if (frame->kind == DICT && frame->key.data != NULL)
		entry.line = frame->key_line;
	if (frame->kind == TOP)
		mark_here(scan, ISSUE_NO_PLIST);
	if (frame->kind <= PLIST && scan->index->count > 0)
		mark_here(scan, ISSUE_ROOT);
	frame->key = (struct bytes){ NULL, 0 };
	frame->items++;
	return add_entry(scan, entry);
}

static int
open_container(struct xml_scan *scan, const struct xml_token *token, enum frame_kind kind)
{
	uint32_t entry = (uint32_t)scan->index->count;

	if (kind == PLIST) {
		struct bytes inside = token->inside;

		if (inside.size < strlen("plist version") ||
		    memchr(inside.data, '=', inside.size) == NULL)
			mark_here(scan, ISSUE_NO_VERSION);
		entry = 0;
	} else if (begin_value(scan) == -1)
		return -1;
	if (token->kind == XML_OPEN &&
	    scan->depth + 1 < sizeof scan->frames / sizeof scan->frames[0])
		scan->frames[++scan->depth] = (struct frame){ kind, entry, 0, { NULL, 0 }, 0 };
	return 0;
}

static void
close_container(struct xml_scan *scan)
{
	if (scan->frames[scan->depth].kind == DICT && scan->frames[scan->depth].key.data != NULL)
		mark_here(scan, ISSUE_NO_VALUE);
	if (scan->depth > 0)
		scan->depth--;
}

/* ---- elements with text ---- */

static void
take_key(struct xml_scan *scan, struct bytes text)
{
	struct frame *frame = &scan->frames[scan->depth];

	if (frame->kind != DICT) {
		mark_here(scan, ISSUE_MISMATCH);
		return;
	}
	if (frame->key.data != NULL)
		xml_index_mark(scan, ISSUE_NO_VALUE, scan->leaf_line, frame->key);
	/* The data of an empty key must not be NULL, which means none. */
	frame->key = text.data == NULL ? (struct bytes){ scan->counted, 0 } : text;
	frame->key_line = scan->leaf_line;
}

static void
xml_index_check_text(struct xml_scan *scan)
{
	static const struct {
		const char	*name;
		bool		(*is)(struct bytes);
		enum xml_issue issue;
	} forms[] = {
		{ "integer", xml_is_integer, ISSUE_INTEGER },
		{ "real", xml_is_real, ISSUE_REAL },
		{ "date", xml_is_date, ISSUE_DATE },
		{ "data", xml_is_data, ISSUE_DATA },
	};

	if (scan->pieces > 1)
		return;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (xml_index_same(scan->leaf, forms[i].name) && !forms[i].is(scan->text))
			/* Without the text: a variable's value must not be shown. */
			xml_index_mark(scan, forms[i].issue, scan->leaf_line,
			    (struct bytes){ NULL, 0 });
}

static void
end_leaf(struct xml_scan *scan)
{
	if (xml_index_same(scan->leaf, "key"))
		take_key(scan, scan->text);
	else
		xml_index_check_text(scan);
	scan->leaf = (struct bytes){ NULL, 0 };
}

static int
begin_leaf(struct xml_scan *scan, const struct xml_token *token)
{
	bool is_key = xml_is(token, "key"), is_boolean = xml_is(token, "true") ||
	    xml_is(token, "false");

	if (!is_key && begin_value(scan) == -1)
		return -1;
	if (is_boolean && token->kind == XML_OPEN)
		xml_index_mark(scan, ISSUE_PAIRED, scan->line, token->name);
	scan->leaf = token->name;
	scan->leaf_line = scan->line;
	scan->text = (struct bytes){ NULL, 0 };
	scan->pieces = 0;
	if (token->kind == XML_EMPTY)
		end_leaf(scan);
	return 0;
}

/* ---- tokens ---- */

static bool
is_known(struct bytes name)
{
	static const char *const names[] = { "plist", "dict", "array", "key", "string", "integer",
	    "real", "date", "data", "true", "false", NULL };

	return xml_index_is_one_of(name, names);
}

static void
read_unknown(struct xml_scan *scan, const struct xml_token *token)
{
	struct xml_index *index = scan->index;

	xml_index_mark(scan, ISSUE_ELEMENT, scan->line, token->inside);
	if (scan->leaf.data != NULL && index->unknown_tag_count < XML_ISSUES_MAX)
		index->unknown_tags[index->unknown_tag_count++] = token->whole;
}

static int
read_open(struct xml_scan *scan, const struct xml_token *token)
{
	if (!is_known(token->name)) {
		read_unknown(scan, token);
		return 0;
	}
	if (scan->leaf.data != NULL) {
		xml_index_mark(scan, ISSUE_MISMATCH, scan->leaf_line, scan->leaf);
		end_leaf(scan);
	}
	if (xml_is(token, "plist"))
		return open_container(scan, token, PLIST);
	if (xml_is(token, "dict"))
		return open_container(scan, token, DICT);
	if (xml_is(token, "array"))
		return open_container(scan, token, ARRAY);
	return begin_leaf(scan, token);
}

static void
read_close(struct xml_scan *scan, const struct xml_token *token)
{
	static const char *const containers[] = { "plist", "dict", "array", NULL };

	if (!is_known(token->name))
		read_unknown(scan, token);
	else if (scan->leaf.data != NULL) {
		bool fits = scan->leaf.size == token->name.size &&
		    memcmp(scan->leaf.data, token->name.data, token->name.size) == 0;

		if (!fits)
			xml_index_mark(scan, ISSUE_MISMATCH, scan->leaf_line, scan->leaf);
		end_leaf(scan);
		if (!fits && xml_index_is_one_of(token->name, containers))
			close_container(scan);
	} else if (xml_index_is_one_of(token->name, containers))
		close_container(scan);
	else
		xml_index_mark(scan, ISSUE_MISMATCH, scan->line, token->name);
}

static void
xml_index_read_text(struct xml_scan *scan, const struct xml_token *token)
{
	if (token->kind == XML_TEXT && !xml_has_entities(token->inside))
		mark_here(scan, ISSUE_ENTITY);
	if (scan->leaf.data != NULL) {
		if (scan->pieces++ == 0)
			scan->text = token->inside;
	} else if (token->kind == XML_CDATA || !xml_all_blank(token->inside))
		mark_here(scan, ISSUE_TEXT);
}

static void
read_instruction(struct xml_scan *scan, const struct xml_token *token, struct bytes all)
{
	if (token->inside.size < 4 || memcmp(token->inside.data, "xml", 3) != 0)
		return;
	scan->declared = true;
	if (token->whole.data != all.data)
		mark_here(scan, ISSUE_LATE_DECLARATION);
	if (!xml_is_utf8(token->inside))
		mark_here(scan, ISSUE_ENCODING);
}

static int
read_token(struct xml_scan *scan, const struct xml_token *token, struct bytes all)
{
	switch (token->kind) {
	case XML_OPEN:
	case XML_EMPTY:
		return read_open(scan, token);
	case XML_CLOSE:
		read_close(scan, token);
		break;
	case XML_TEXT:
	case XML_CDATA:
		xml_index_read_text(scan, token);
		break;
	case XML_COMMENT:
		scan->pieces++;
		break;
	case XML_INSTRUCTION:
		read_instruction(scan, token, all);
		break;
	case XML_DOCTYPE:
		scan->typed = true;
		if (!xml_is_doctype(token->inside))
			mark_here(scan, ISSUE_DOCTYPE);
		break;
	case XML_END:
		break;
	}
	return 0;
}

/* ---- the whole ---- */

static void
check_characters(struct xml_scan *scan, struct bytes all)
{
	bool bad = false, bare = false;

	for (size_t at = 0, length; at < all.size && !(bad && bare); at += length) {
		unsigned char c = all.data[at];
		bool forbidden;

		length = text_utf8_length((const char *)all.data + at, all.size - at);
		forbidden = length == 0 || (c < 0x20 && !xml_is_blank(c));
		length += length == 0;
		count_lines(scan, all.data + at);
		if (forbidden && !bad)
			mark_here(scan, ISSUE_CHARACTER);
		bad = bad || forbidden;
		if (c == '\r' && !bare && (at + 1 == all.size || all.data[at + 1] != '\n')) {
			mark_here(scan, ISSUE_LINE_ENDINGS);
			bare = true;
		}
	}
}

static int
by_key(const void *left, const void *right)
{
	const struct xml_entry *a = left, *b = right;
	int order;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	if (a->key.size != b->key.size)
		return a->key.size < b->key.size ? -1 : 1;
	order = a->key.size == 0 ? 0 : memcmp(a->key.data, b->key.data, a->key.size);
	return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int
find_duplicates(struct xml_scan *scan)
{
	const struct xml_index *index = scan->index;
	struct xml_entry *sorted = malloc((index->count + 1) * sizeof *sorted);
	size_t count = 0;

	if (sorted == NULL)
		return error_set(scan->error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot read the property list");
	for (size_t i = 0; i < index->count; i++)
		if (index->entries[i].key.data != NULL)
			sorted[count++] = index->entries[i];
	qsort(sorted, count, sizeof *sorted, by_key);
	for (size_t i = 1; i < count; i++)
		if (sorted[i - 1].parent == sorted[i].parent &&
		    bytes_equal(sorted[i - 1].key, sorted[i].key))
			xml_index_mark(scan, ISSUE_DUPLICATE, sorted[i].line, sorted[i].key);
	free(sorted);
	return 0;
}

static void
restart_lines(struct xml_scan *scan, struct bytes all)
{
	scan->counted = all.data;
	scan->line = 1;
}

int
xml_index_read(struct xml_index *index, struct bytes all, struct error *error)
{
	struct xml_scan scan = { .index = index, .error = error };
	struct xml_reader xml;
	struct xml_token token;

	memset(index, 0, sizeof *index);
	if (all.size >= 3 && memcmp(all.data, "\xef\xbb\xbf", 3) == 0)
		all = (struct bytes){ all.data + 3, all.size - 3 };
	xml = (struct xml_reader){ all.data, all.data + all.size };
	restart_lines(&scan, all);
	check_characters(&scan, all);
	restart_lines(&scan, all);
	for (;;) {
		if (xml_next(&xml, &token, error) == -1)
			return -1;
		if (token.kind == XML_END)
			break;
		count_lines(&scan, token.whole.data);
		if (read_token(&scan, &token, all) == -1)
			return -1;
	}
	scan.line = 1;
	if (!scan.declared)
		mark_here(&scan, ISSUE_NO_DECLARATION);
	if (!scan.typed)
		mark_here(&scan, ISSUE_NO_DOCTYPE);
	if (index->count == 0)
		mark_here(&scan, ISSUE_ROOT);
	return find_duplicates(&scan);
}

void
xml_index_free(struct xml_index *index)
{
	free(index->entries);
	index->entries = NULL;
	index->count = 0;
}

unsigned
xml_index_line(const struct xml_index *index, const struct xml_step *steps, size_t count)
{
	uint32_t at = 0;

	if (index->count == 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t next = at + 1;

		while (next < index->count) {
			const struct xml_entry *entry = &index->entries[next];

			if (entry->parent == at &&
			    (entry->key.data == NULL) == (steps[i].key == NULL) &&
			    (steps[i].key == NULL ? entry->index == steps[i].index :
			    xml_is_key(entry->key, steps[i].key)))
				break;
			next++;
		}
		if (next >= index->count)
			break;
		at = next;
	}
	return index->entries[at].line;
}

struct bytes
xml_index_escape_unknown(const struct xml_index *index, struct bytes all)
{
	static const unsigned char less[] = { '&', 'l', 't', ';' },
	    greater[] = { '&', 'g', 't', ';' };
	struct bytes repaired = { NULL, 0 };
	const unsigned char *at = all.data, *end = all.data + all.size;
	unsigned char *to = index->unknown_tag_count == 0 ? NULL :
	    malloc(all.size + 6 * index->unknown_tag_count);

	if (to == NULL)
		return repaired;
	repaired.data = to;
	for (size_t i = 0; i < index->unknown_tag_count; i++) {
		struct bytes tag = index->unknown_tags[i];

		/* "<name>" becomes "&lt;name&gt;". */
		memcpy(to, at, (size_t)(tag.data - at));
		to += tag.data - at;
		memcpy(to, less, 4);
		memcpy(to + 4, tag.data + 1, tag.size - 2);
		memcpy(to + 4 + tag.size - 2, greater, 4);
		to += tag.size + 6;
		at = tag.data + tag.size;
	}
	memcpy(to, at, (size_t)(end - at));
	repaired.size = (size_t)(to - repaired.data) + (size_t)(end - at);
	return repaired;
}
