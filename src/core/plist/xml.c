/* Split XML into tokens. */
#include <string.h>

#include "limits_parts.h"
#include "core/plist/xml.h"

static bool
xml_starts(const struct xml_reader *xml, const char *text)
{
	return (size_t)(xml->end - xml->at) >= strlen(text) &&
	    memcmp(xml->at, text, strlen(text)) == 0;
}

/* Move past the next occurrence of text, and set skipped to what was before it. */
static bool
skip_past(struct xml_reader *xml, const char *text, struct bytes *skipped)
{
	const unsigned char *start = xml->at;

	while (!xml_starts(xml, text)) {
		size_t left = (size_t)(xml->end - xml->at);
		const unsigned char *next = left < 2 ? NULL :
		    memchr(xml->at + 1, text[0], left - 1);

		if (next == NULL)
			return false;
		xml->at = next;
	}
	*skipped = (struct bytes){ start, (size_t)(xml->at - start) };
	xml->at += strlen(text);
	return true;
}

static bool
xml_has_byte(struct bytes bytes, int c)
{
	return bytes.size > 0 && memchr(bytes.data, c, bytes.size) != NULL;
}

/* Return whether some reader may see the end of the tag in quotes, or in another tag. */
static bool
is_doubtful(struct bytes tag)
{
	size_t quotes = 0;

	for (size_t i = 0; i < tag.size; i++)
		quotes += tag.data[i] == '"';
	return quotes % 2 != 0 || xml_has_byte(tag, '<');
}

bool
xml_is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
xml_all_blank(struct bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (!xml_is_blank(bytes.data[i]))
			return false;
	return true;
}

bool
xml_is(const struct xml_token *token, const char *name)
{
	return token->name.size == strlen(name) &&
	    memcmp(token->name.data, name, token->name.size) == 0;
}

/* A zero byte ends the name, too, as for libplist, which compares it as a string. */
static struct bytes
xml_name_of(struct bytes tag)
{
	size_t length = 0;

	while (length < tag.size && !xml_is_blank(tag.data[length]) && tag.data[length] != '\0')
		length++;
	return (struct bytes){ tag.data, length };
}

static int
read_tag(struct xml_reader *xml, struct xml_token *token, struct error *error)
{
	struct bytes tag;

	xml->at++;
	if (!skip_past(xml, ">", &tag) || tag.size == 0 || is_doubtful(tag))
		return PLIST_LIMITS_DAMAGED("a tag in it is damaged or truncated");
	token->inside = tag;
	token->kind = XML_OPEN;
	if (tag.data[0] == '/') {
		if (tag.data[tag.size - 1] == '/')
			return PLIST_LIMITS_DAMAGED("a tag in it is damaged");
		token->kind = XML_CLOSE;
		tag = (struct bytes){ tag.data + 1, tag.size - 1 };
	} else if (tag.data[tag.size - 1] == '/') {
		token->kind = XML_EMPTY;
		tag.size--;
	}
	token->name = xml_name_of(tag);
	return 0;
}

static int
read_doctype(struct xml_reader *xml, struct xml_token *token, struct error *error)
{
	bool ends;

	xml->at++;
	token->inside = (struct bytes){ xml->at, (size_t)(xml->end - xml->at) };
	ends = skip_past(xml, ">", &token->inside);
	if (xml_has_byte(token->inside, '['))
		return PLIST_LIMITS_DAMAGED("its DOCTYPE has declarations of its own");
	token->kind = XML_DOCTYPE;
	return ends && !is_doubtful(token->inside) ? 0 :
	    PLIST_LIMITS_DAMAGED("its DOCTYPE is damaged or truncated");
}

/* Read markup with fixed start and end, and anything in between. */
static bool
read_between(struct xml_reader *xml, const char *start, const char *end, struct xml_token *token)
{
	xml->at += strlen(start);
	return skip_past(xml, end, &token->inside);
}

/* Read markup at a '<'. */
static int
read_markup(struct xml_reader *xml, struct xml_token *token, struct error *error)
{
	bool ends;

	if (xml_starts(xml, "<!DOCTYPE"))
		return read_doctype(xml, token, error);
	if (xml_starts(xml, "<!ENTITY"))
		return PLIST_LIMITS_DAMAGED("it declares entities");
	if (xml_starts(xml, "<!--")) {
		token->kind = XML_COMMENT;
		ends = read_between(xml, "<!--", "-->", token);
	} else if (xml_starts(xml, "<![CDATA[")) {
		token->kind = XML_CDATA;
		ends = read_between(xml, "<![CDATA[", "]]>", token);
	} else if (xml_starts(xml, "<?")) {
		token->kind = XML_INSTRUCTION;
		ends = !xml_starts(xml, "<?>") && read_between(xml, "<?", "?>", token) &&
		    !is_doubtful(token->inside);
	} else if (xml_starts(xml, "<!"))
		return PLIST_LIMITS_DAMAGED("it has an unknown declaration");
	else
		return read_tag(xml, token, error);
	return ends ? 0 :
	    PLIST_LIMITS_DAMAGED("a comment or instruction in it is damaged or truncated");
}

int
xml_next(struct xml_reader *xml, struct xml_token *token, struct error *error)
{
	const unsigned char *start = xml->at;
	int result = 0;

	*token = (struct xml_token){ .kind = XML_END };
	if (xml->at == xml->end)
		return 0;
	if (*xml->at == '<')
		result = read_markup(xml, token, error);
	else {
		const unsigned char *next = memchr(xml->at, '<', (size_t)(xml->end - xml->at));

		xml->at = next == NULL ? xml->end : next;
		token->kind = XML_TEXT;
		token->inside = (struct bytes){ start, (size_t)(xml->at - start) };
	}
	token->whole = (struct bytes){ start, (size_t)(xml->at - start) };
	return result;
}
