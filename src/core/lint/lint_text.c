/* The rules about the text of an XML property list. */
#include "lint_rows.h"

static const struct {
	enum lint_text_rule rule;	/* that reports it */
	const char	*message;	/* after the offending text, if there is any */
	const char	*fix;
} issues[] = {
	[ISSUE_PAIRED] = { RULE_REJECTED, "launchd refuses a boolean with two tags",
	  "write <true/> or <false/>" },
	[ISSUE_INTEGER] = { RULE_REJECTED, "this is not a 64-bit integer",
	  "write digits only" },
	[ISSUE_REAL] = { RULE_REJECTED, "this is not a number", NULL },
	[ISSUE_DATE] = { RULE_REJECTED, "this is not a date",
	  "for example: 2026-11-24T06:31:51Z" },
	[ISSUE_DATA] = { RULE_REJECTED, "the data is not base64", NULL },
	[ISSUE_DOCTYPE] = { RULE_REJECTED,
	  "the DOCTYPE is incomplete, which launchd refuses",
	  "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
	  "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">" },
	[ISSUE_ENTITY] = { RULE_DAMAGED, "an '&' does not begin an entity",
	  "write it as &amp;" },
	[ISSUE_CHARACTER] = { RULE_DAMAGED,
	  "a character is not UTF-8, or XML forbids it", NULL },
	[ISSUE_ELEMENT] = { RULE_DAMAGED, "this is not a property list element",
	  "write &lt; and &gt; if it is text; fill it in if it is a placeholder" },
	[ISSUE_MISMATCH] = { RULE_DAMAGED, "a tag is missing or does not match", NULL },
	[ISSUE_TEXT] = { RULE_DAMAGED, "there is text between the elements", NULL },
	[ISSUE_NO_KEY] = { RULE_DAMAGED, "a value in a dictionary has no key",
	  "to give several values, put them into an <array>" },
	[ISSUE_NO_VALUE] = { RULE_DAMAGED, "a key has no value", NULL },
	[ISSUE_ROOT] = { RULE_DAMAGED, "there must be exactly one outermost value",
	  "put everything into one <dict>" },
	[ISSUE_DUPLICATE] = { RULE_DUPLICATE,
	  "the key appears twice; which one is used is not defined",
	  "remove one" },
	[ISSUE_NO_DECLARATION] = { RULE_HEADER, "there is no XML declaration",
	  "add as the first line: <?xml version=\"1.0\" encoding=\"UTF-8\"?>" },
	[ISSUE_LATE_DECLARATION] = { RULE_HEADER,
	  "the XML declaration must be the first line",
	  "remove everything before it" },
	[ISSUE_ENCODING] = { RULE_HEADER, "the encoding is not UTF-8",
	  "save the file as UTF-8, with encoding=\"UTF-8\" in its first line" },
	[ISSUE_NO_DOCTYPE] = { RULE_HEADER, "there is no DOCTYPE", NULL },
	[ISSUE_NO_PLIST] = { RULE_HEADER, "there is no <plist> element around the value", NULL },
	[ISSUE_NO_VERSION] = { RULE_HEADER, "<plist> has no version",
	  "write <plist version=\"1.0\">" },
	[ISSUE_LINE_ENDINGS] = { RULE_LINE_ENDINGS,
	  "lines end in bare carriage returns; launchd's behavior is not known",
	  "tr '\\r' '\\n' <FILE >NEW" },
};

/* Report the issues of the rule that is running. */
static void
lint_rule_issues(struct lint *lint)
{
	const struct xml_index *source = lint->source;

	for (size_t i = 0; i < source->issue_count; i++) {
		const struct xml_issue_at *mark = &source->issues[i];

		if (lint->rule != &lint_text_rules[issues[mark->issue].rule].rule)
			continue;
		lint->line = mark->line;
		lint_report(lint, NULL, issues[mark->issue].fix, "%s%.*s%s%s",
		    mark->text.size == 0 ? "" : "'", (int)mark->text.size,
		    mark->text.size == 0 ? "" : (const char *)mark->text.data,
		    mark->text.size == 0 ? "" : "': ", issues[mark->issue].message);
	}
}

const struct rule lint_text_rules[] = {	/* in the order of enum lint_text_rule */
	{ { "unreadable", LINT_ERROR, "the file cannot be read" },
	  NULL, NULL },
	{ { "not-a-plist", LINT_ERROR, "it is neither an XML nor a binary property list" },
	  NULL, NULL },
	{ { "not-well-formed", LINT_ERROR,
	    "the XML or binary data is damaged, or not every parser accepts it" },
	  lint_rule_issues, NULL },
	{ { "launchd-rejects", LINT_ERROR,
	    "plutil accepts it, but launchd rejects it or reads another value" },
	  lint_rule_issues, NULL },
	{ { "duplicate-key", LINT_ERROR, "a dictionary has the same key twice" },
	  lint_rule_issues, NULL },
	{ { "header", LINT_WARNING,
	    "the XML declaration, DOCTYPE or plist element is missing or misplaced" },
	  lint_rule_issues, NULL },
	{ { "line-endings", LINT_WARNING, "lines end in bare carriage returns" },
	  lint_rule_issues, NULL },
	{ { NULL, LINT_NOTE, NULL }, NULL, NULL },
};
