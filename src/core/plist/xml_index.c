/* Index an XML property list: the line of each value, and its issues. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xml_index_parts.h"
#include "core/text.h"

#define VALUE_SIZE_MIN	(sizeof "<dict>" - 1)	/* bytes of the shortest value */

struct xml_entry {
	struct bytes	key;			/* raw; data NULL: an array's item, or the root */
	uint32_t	parent, number, index, line;	/* the root is 0 and its own parent */
};

static const struct bytes none = { NULL, 0 };

static void
xml_index_mark_at(struct xml_scan *scan, enum xml_issue issue, uint32_t line, struct bytes text)
{
	struct xml_index *index = scan->index;

	if (index->issue_count < XML_ISSUES_MAX)
		index->issues[index->issue_count++] = (struct xml_issue_at){ issue, line,
		    text.size <= XML_ISSUE_TEXT_MAX ? text : none };
}

void
xml_index_mark(struct xml_scan *scan, enum xml_issue issue)
{
	xml_index_mark_at(scan, issue, scan->line, none);
}

/* Count the lines before a token, and check their characters. A bare carriage return ends one. */
static void
xml_index_count_lines(struct xml_scan *scan, size_t until)
{
	while (scan->counted < until) {
		const unsigned char *at = scan->all.data + scan->counted;
		size_t left = scan->all.size - scan->counted,
		    length = text_utf8_length((const char *)at, left);
		bool bare = at[0] == '\r' && (left == 1 || at[1] != '\n');
		bool bad = length == 0 || (at[0] < 0x20 && !xml_is_blank(at[0]));

		if (bad && !scan->bad)
			xml_index_mark(scan, ISSUE_CHARACTER);
		if (bare && !scan->bare)
			xml_index_mark(scan, ISSUE_LINE_ENDINGS);
		scan->bad = scan->bad || bad;
		scan->bare = scan->bare || bare;
		scan->line += at[0] == '\n' || bare;
		scan->counted += length == 0 ? 1 : length;
	}
}

/* ---- values ---- */

static void
xml_index_begin_value(struct xml_scan *scan)
{
	struct xml_index *index = scan->index;
	struct xml_frame *frame = &scan->frames[scan->depth];

	if (frame->kind == XML_DICT && frame->key.data == NULL)
		xml_index_mark(scan, ISSUE_NO_KEY);
	if (frame->kind == XML_UNKNOWN)
		xml_index_mark(scan, ISSUE_NO_PLIST);
	if (frame->kind <= XML_PLIST && index->count > 0)
		xml_index_mark(scan, ISSUE_ROOT);
	scan->value = (uint32_t)index->count++;
	index->entries[scan->value] = (struct xml_entry){ frame->key, frame->entry, scan->value,
	    frame->items++, frame->key.data != NULL ? frame->key_line : scan->line };
	frame->key = none;
}

static void
xml_index_open_container(struct xml_scan *scan, const struct xml_token *token)
{
	if (token->element != XML_PLIST)
		xml_index_begin_value(scan);
	else {
		scan->value = 0;
		if (token->inside.size < strlen("plist version") ||
		    !xml_contains(token->inside, "="))
			xml_index_mark(scan, ISSUE_NO_VERSION);
	}
}

/* ---- elements with text ---- */

static void
xml_index_take_key(struct xml_scan *scan, struct bytes text)
{
	struct xml_frame *frame = &scan->frames[scan->depth];

	if (frame->kind != XML_DICT) {
		xml_index_mark(scan, ISSUE_MISMATCH);
		return;
	}
	if (frame->key.data != NULL)
		xml_index_mark_at(scan, ISSUE_NO_VALUE, scan->leaf.line, frame->key);
	/* The data of an empty key must not be NULL, which means none. */
	frame->key = text.data == NULL ? (struct bytes){ scan->all.data, 0 } : text;
	frame->key_line = scan->leaf.line;
}

static void
xml_index_end_leaf(struct xml_scan *scan)
{
	static const struct {
		bool		(*is)(struct bytes);
		enum xml_issue issue;
	} forms[XML_ELEMENTS] = {
		[XML_INTEGER] = { xml_is_integer, ISSUE_INTEGER },
		[XML_REAL] = { xml_is_real, ISSUE_REAL },
		[XML_DATE] = { xml_is_date, ISSUE_DATE },
		[XML_DATA] = { xml_is_data, ISSUE_DATA },
	};
	struct xml_leaf *leaf = &scan->leaf;
	enum xml_element element = leaf->tag.element;

	if (element == XML_KEY)
		xml_index_take_key(scan, leaf->text);
	else if (forms[element].is != NULL && leaf->pieces <= 1 && !forms[element].is(leaf->text))
		/* Without the text: a variable's value must not be shown. */
		xml_index_mark_at(scan, forms[element].issue, leaf->line, none);
	leaf->tag.element = XML_UNKNOWN;
}

static void
xml_index_begin_leaf(struct xml_scan *scan, const struct xml_token *token)
{
	if (token->element != XML_KEY)
		xml_index_begin_value(scan);
	if (token->element >= XML_TRUE && token->kind == XML_OPEN)
		xml_index_mark_at(scan, ISSUE_PAIRED, scan->line, token->name);
	scan->leaf = (struct xml_leaf){ .tag = *token, .line = scan->line };
	if (token->kind == XML_EMPTY)
		xml_index_end_leaf(scan);
}

/* ---- tokens ---- */

static void
xml_index_mark_unknown(struct xml_scan *scan, const struct xml_token *token)
{
	struct xml_index *index = scan->index;

	xml_index_mark_at(scan, ISSUE_ELEMENT, scan->line, token->inside);
	if (scan->leaf.tag.element != XML_UNKNOWN && index->unknown_tag_count < XML_ISSUES_MAX)
		index->unknown_tags[index->unknown_tag_count++] = token->whole;
}

static void
xml_index_read_tag(struct xml_scan *scan, const struct xml_token *token)
{
	const struct xml_frame *frame = &scan->frames[scan->depth];
	bool open = scan->leaf.tag.element != XML_UNKNOWN, closes = token->kind == XML_CLOSE,
	    container = xml_is_container(token->element);

	if (token->element == XML_UNKNOWN) {
		xml_index_mark_unknown(scan, token);
		return;
	}
	if (open && !(closes && token->element == scan->leaf.tag.element))
		xml_index_mark_at(scan, ISSUE_MISMATCH, scan->leaf.line, scan->leaf.tag.name);
	else if (!open && closes && !container)
		xml_index_mark_at(scan, ISSUE_MISMATCH, scan->line, token->name);
	if (open)
		xml_index_end_leaf(scan);
	if (closes && container && frame->key.data != NULL)
		xml_index_mark(scan, ISSUE_NO_VALUE);
	else if (!closes && container)
		xml_index_open_container(scan, token);
	else if (!closes)
		xml_index_begin_leaf(scan, token);
}

static void
xml_index_read_text(struct xml_scan *scan, const struct xml_token *token)
{
	if (scan->leaf.tag.element == XML_UNKNOWN) {
		if (token->kind == XML_CDATA || xml_skip_blanks(token->inside).size > 0)
			xml_index_mark(scan, ISSUE_TEXT);
	} else if (scan->leaf.pieces++ == 0)
		scan->leaf.text = token->inside;
}

static void
xml_index_read_instruction(struct xml_scan *scan, const struct xml_token *token)
{
	if (token->inside.size < 4 || !xml_begins(token->inside, "xml"))
		return;
	scan->declared = true;
	if (token->whole.data != scan->all.data)
		xml_index_mark(scan, ISSUE_LATE_DECLARATION);
	if (!xml_is_utf8(token->inside))
		xml_index_mark(scan, ISSUE_ENCODING);
}

/* ---- the whole ---- */

static int
xml_index_by_key(const void *left, const void *right)
{
	const struct xml_entry *a = left, *b = right;
	int order = (a->parent > b->parent) - (a->parent < b->parent);

	if (order == 0)
		order = (a->key.data != NULL) - (b->key.data != NULL);
	if (order == 0)
		order = (a->key.size > b->key.size) - (a->key.size < b->key.size);
	if (order == 0 && a->key.data != NULL)
		order = memcmp(a->key.data, b->key.data, a->key.size);
	return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static void
xml_index_end(struct xml_scan *scan)
{
	const struct xml_index *index = scan->index;

	scan->line = 1;
	if (!scan->declared)
		xml_index_mark(scan, ISSUE_NO_DECLARATION);
	if (!scan->typed)
		xml_index_mark(scan, ISSUE_NO_DOCTYPE);
	if (index->count == 0)
		xml_index_mark(scan, ISSUE_ROOT);
	qsort(index->entries, index->count, sizeof *index->entries, xml_index_by_key);
	for (size_t i = 1; i < index->count; i++) {
		const struct xml_entry *before = &index->entries[i - 1], *entry = before + 1;

		if (before->parent == entry->parent && before->key.data != NULL &&
		    bytes_equal(before->key, entry->key))
			xml_index_mark_at(scan, ISSUE_DUPLICATE, entry->line, entry->key);
	}
}

int
xml_index_begin(struct xml_scan *scan)
{
	size_t count = scan->all.size / VALUE_SIZE_MIN + 1;

	scan->line = 1;
	scan->index->entries = malloc((count < PLIST_NODES_MAX ? count : PLIST_NODES_MAX) *
	    sizeof *scan->index->entries);
	return scan->index->entries != NULL ? 0 : error_set(scan->error, ERROR_SYSTEM,
	    "out of memory", NULL, "cannot read the property list");
}

void
xml_index_add(struct xml_scan *scan, const struct xml_token *token)
{
	xml_index_count_lines(scan, (size_t)(token->whole.data - scan->all.data));
	if (token->kind == XML_OPEN || token->kind == XML_EMPTY || token->kind == XML_CLOSE)
		xml_index_read_tag(scan, token);
	else if (token->kind == XML_TEXT || token->kind == XML_CDATA)
		xml_index_read_text(scan, token);
	else if (token->kind == XML_COMMENT)
		scan->leaf.pieces++;
	else if (token->kind == XML_INSTRUCTION)
		xml_index_read_instruction(scan, token);
	else if (token->kind == XML_END)
		xml_index_end(scan);
	else {
		scan->typed = true;
		if (!xml_is_doctype(token->inside))
			xml_index_mark(scan, ISSUE_DOCTYPE);
	}
}

void
xml_index_free(struct xml_index *index)
{
	free(index->entries);
	memset(index, 0, sizeof *index);
}

/* Return whether an entry is what a step leads to from its parent. */
static bool
xml_index_fits(const struct xml_entry *entry, uint32_t parent, const struct xml_step *step)
{
	return entry->parent == parent && (step->key == NULL ?
	    entry->key.data == NULL && entry->index == step->index :
	    entry->key.data != NULL && xml_is_key(entry->key, step->key));
}

unsigned
xml_index_line(const struct xml_index *index, const struct xml_step *steps, size_t count)
{
	const struct xml_entry *all = index->entries, *at = all, *next;

	if (index->count == 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		next = all + 1;
		while (next < all + index->count && !xml_index_fits(next, at->number, &steps[i]))
			next++;
		if (next == all + index->count)
			break;
		at = next;
	}
	return at->line;
}

struct bytes
xml_index_escape_unknown(const struct xml_index *index, struct bytes all)
{
	const char *at = (const char *)all.data;
	size_t count = index->unknown_tag_count, size = all.size + 6 * count + 1, used = 0;
	char *text = count == 0 ? NULL : malloc(size);

	if (text == NULL)
		return none;
	for (size_t i = 0; i < count; i++) {
		struct bytes tag = index->unknown_tags[i];
		const char *start = (const char *)tag.data;

		/* "<name>" becomes "&lt;name&gt;", which is six bytes longer. */
		used += (size_t)snprintf(text + used, size - used, "%.*s&lt;%.*s&gt;",
		    (int)(start - at), at, (int)(tag.size - 2), start + 1);
		at = start + tag.size;
	}
	used += (size_t)snprintf(text + used, size - used, "%.*s",
	    (int)((const char *)all.data + all.size - at), at);
	return (struct bytes){ (unsigned char *)text, used };
}
