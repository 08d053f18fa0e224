/* Split XML into tokens. */
#include <string.h>

#include "limits_parts.h"
#include "core/plist/xml.h"

bool
xml_begins(struct bytes bytes, const char *text)
{
	size_t i = 0;

	/* Most calls end at the first byte or two: cheaper than strlen() and memcmp(). */
	while (i < bytes.size && text[i] != '\0' && bytes.data[i] == (unsigned char)text[i])
		i++;
	return text[i] == '\0';
}

static bool
xml_starts(const struct xml_reader *xml, const char *text)
{
	return xml_begins((struct bytes){ xml->at, (size_t)(xml->end - xml->at) }, text);
}

/* Move past the next occurrence of text, and set skipped to what was before it. */
static bool
xml_skip_past(struct xml_reader *xml, const char *text, struct bytes *skipped)
{
	const unsigned char *start = xml->at;

	for (; !xml_starts(xml, text); xml->at++)
		if (xml->at == xml->end)
			return false;
	*skipped = (struct bytes){ start, (size_t)(xml->at - start) };
	xml->at += strlen(text);
	return true;
}

bool
xml_contains(struct bytes bytes, const char *text)
{
	struct xml_reader xml = { bytes.data, bytes.data + bytes.size };
	struct bytes before;

	return xml_skip_past(&xml, text, &before);
}

/* Return whether some reader may see the end of the tag in quotes, or in another tag. */
static bool
xml_is_doubtful(struct bytes tag)
{
	size_t quotes = 0;

	for (size_t i = 0; i < tag.size; i++)
		quotes += tag.data[i] == '"';
	return quotes % 2 != 0 || memchr(tag.data, '<', tag.size) != NULL;
}

bool
xml_is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
xml_is_container(enum xml_element element)
{
	return element >= XML_PLIST && element <= XML_ARRAY;
}

struct bytes
xml_skip_blanks(struct bytes bytes)
{
	while (bytes.size > 0 && xml_is_blank(bytes.data[0]))
		bytes = (struct bytes){ bytes.data + 1, bytes.size - 1 };
	return bytes;
}

static const char *const xml_names[] = {
	[XML_PLIST] = "plist", [XML_DICT] = "dict", [XML_ARRAY] = "array", [XML_KEY] = "key",
	[XML_STRING] = "string", [XML_INTEGER] = "integer", [XML_REAL] = "real",
	[XML_DATE] = "date", [XML_DATA] = "data", [XML_TRUE] = "true", [XML_FALSE] = "false",
};

/* A zero byte cannot be in the name: plist_limits_check_xml() refuses it. */
static void
xml_read_name(struct xml_token *token, struct bytes tag)
{
	size_t length = 0;

	while (length < tag.size && !xml_is_blank(tag.data[length]))
		length++;
	token->name = (struct bytes){ tag.data, length };
	for (size_t i = XML_PLIST; i < sizeof xml_names / sizeof xml_names[0]; i++)
		if (xml_begins(token->name, xml_names[i]) && length == strlen(xml_names[i]))
			token->element = (enum xml_element)i;
}

/* Make a tag of what is between its brackets. */
static int
xml_read_tag(struct xml_token *token, struct error *error)
{
	struct bytes tag = token->inside;
	bool empty = tag.size > 0 && tag.data[tag.size - 1] == '/';

	if (tag.size == 0 || (empty && tag.data[0] == '/'))
		return PLIST_LIMITS_DAMAGED(error, "a tag in it is damaged");
	if (tag.data[0] == '/') {
		token->kind = XML_CLOSE;
		tag = (struct bytes){ tag.data + 1, tag.size - 1 };
	} else if (empty) {
		token->kind = XML_EMPTY;
		tag.size--;
	}
	xml_read_name(token, tag);
	return 0;
}

static const struct xml_markup {	/* the first row that fits is the one */
	const char	*start, *end;	/* end NULL: refused */
	enum xml_kind	 kind;
	bool		 quotes;	/* an end in quotes, or another start, is doubtful */
	const char	*why;		/* it is refused if it is damaged */
} markups[] = {
	{ "<!DOCTYPE", ">", XML_DOCTYPE, true, "its DOCTYPE is damaged or truncated" },
	{ "<!ENTITY", NULL, XML_END, false, "it declares entities" },
	{ "<!--", "-->", XML_COMMENT, false,
	  "a comment or instruction in it is damaged or truncated" },
	{ "<![CDATA[", "]]>", XML_CDATA, false,
	  "a comment or instruction in it is damaged or truncated" },
	{ "<!", NULL, XML_END, false, "it has an unknown declaration" },
	{ "<?>", NULL, XML_END, false,
	  "a comment or instruction in it is damaged or truncated" },
	{ "<?", "?>", XML_INSTRUCTION, true,
	  "a comment or instruction in it is damaged or truncated" },
	{ "<", ">", XML_OPEN, true, "a tag in it is damaged or truncated" },
};

/* Read markup at a '<'. */
static int
xml_read_markup(struct xml_reader *xml, struct xml_token *token, struct error *error)
{
	const struct xml_markup *row = markups;

	while (!xml_starts(xml, row->start))
		row++;
	xml->at += strlen(row->start);
	if (row->end == NULL || !xml_skip_past(xml, row->end, &token->inside))
		return PLIST_LIMITS_DAMAGED(error, row->why);
	token->kind = row->kind;
	if (row->kind == XML_DOCTYPE && memchr(token->inside.data, '[', token->inside.size) != NULL)
		return PLIST_LIMITS_DAMAGED(error, "its DOCTYPE has declarations of its own");
	if (row->quotes && xml_is_doubtful(token->inside))
		return PLIST_LIMITS_DAMAGED(error, row->why);
	return row->kind == XML_OPEN ? xml_read_tag(token, error) : 0;
}

int
xml_next(struct xml_reader *xml, struct xml_token *token, struct error *error)
{
	const unsigned char *start = xml->at;

	*token = (struct xml_token){ .kind = xml->at == xml->end ? XML_END : XML_TEXT };
	if (token->kind == XML_TEXT && *start == '<' && xml_read_markup(xml, token, error) == -1)
		return -1;
	if (token->kind == XML_TEXT) {
		while (xml->at < xml->end && *xml->at != '<')
			xml->at++;
		token->inside = (struct bytes){ start, (size_t)(xml->at - start) };
	}
	token->whole = (struct bytes){ start, (size_t)(xml->at - start) };
	return 0;
}
