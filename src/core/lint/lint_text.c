/* The rules about the text of an XML property list. */
#include "lint_rows.h"

static const struct {
	enum xml_issue issue;
	void		(*check)(struct lint *);	/* the rule that reports it */
	const char	*message;	/* after the offending text, if there is any */
	const char	*fix;
} issues[] = {
	{ ISSUE_PAIRED, lint_rule_launchd_rejects, "launchd refuses a boolean with two tags",
	  "write <true/> or <false/>" },
	{ ISSUE_INTEGER, lint_rule_launchd_rejects, "this is not a 64-bit integer",
	  "write digits only" },
	{ ISSUE_REAL, lint_rule_launchd_rejects, "this is not a number", NULL },
	{ ISSUE_DATE, lint_rule_launchd_rejects, "this is not a date",
	  "for example: 2026-11-24T06:31:51Z" },
	{ ISSUE_DATA, lint_rule_launchd_rejects, "the data is not base64", NULL },
	{ ISSUE_DOCTYPE, lint_rule_launchd_rejects,
	  "the DOCTYPE is incomplete, which launchd refuses",
	  "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
	  "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">" },
	{ ISSUE_ENTITY, lint_rule_not_well_formed, "an '&' does not begin an entity",
	  "write it as &amp;" },
	{ ISSUE_CHARACTER, lint_rule_not_well_formed,
	  "a character is not UTF-8, or XML forbids it", NULL },
	{ ISSUE_ELEMENT, lint_rule_not_well_formed, "this is not a property list element",
	  "write &lt; and &gt; if it is text; fill it in if it is a placeholder" },
	{ ISSUE_MISMATCH, lint_rule_not_well_formed, "a tag is missing or does not match", NULL },
	{ ISSUE_TEXT, lint_rule_not_well_formed, "there is text between the elements", NULL },
	{ ISSUE_NO_KEY, lint_rule_not_well_formed, "a value in a dictionary has no key",
	  "to give several values, put them into an <array>" },
	{ ISSUE_NO_VALUE, lint_rule_not_well_formed, "a key has no value", NULL },
	{ ISSUE_ROOT, lint_rule_not_well_formed, "there must be exactly one outermost value",
	  "put everything into one <dict>" },
	{ ISSUE_DUPLICATE, lint_rule_duplicate_key,
	  "the key appears twice; which one is used is not defined",
	  "remove one" },
	{ ISSUE_NO_DECLARATION, lint_rule_header, "there is no XML declaration",
	  "add as the first line: <?xml version=\"1.0\" encoding=\"UTF-8\"?>" },
	{ ISSUE_LATE_DECLARATION, lint_rule_header,
	  "the XML declaration must be the first line",
	  "remove everything before it" },
	{ ISSUE_ENCODING, lint_rule_header, "the encoding is not UTF-8",
	  "save the file as UTF-8, with encoding=\"UTF-8\" in its first line" },
	{ ISSUE_NO_DOCTYPE, lint_rule_header, "there is no DOCTYPE", NULL },
	{ ISSUE_NO_PLIST, lint_rule_header, "there is no <plist> element around the value", NULL },
	{ ISSUE_NO_VERSION, lint_rule_header, "<plist> has no version",
	  "write <plist version=\"1.0\">" },
	{ ISSUE_LINE_ENDINGS, lint_rule_line_endings,
	  "lines end in bare carriage returns; launchd's behavior is not known",
	  "tr '\\r' '\\n' <FILE >NEW" },
};

/* Report the issues of one rule. */
static void
lint_report_issues(struct lint *lint, void (*check)(struct lint *))
{
	const struct xml_index *source = lint->source;

	for (size_t i = 0; source != NULL && i < source->issue_count; i++) {
		const struct xml_issue_at *mark = &source->issues[i];

		for (size_t row = 0; row < sizeof issues / sizeof issues[0]; row++)
			if (issues[row].issue == mark->issue && issues[row].check == check)
				lint_report_line(lint, mark->line, issues[row].fix, "%s%s%s%s",
				    mark->text[0] == '\0' ? "" : "'", mark->text,
				    mark->text[0] == '\0' ? "" : "': ", issues[row].message);
	}
}

#define RULE(name)	void lint_rule_##name(struct lint *lint) \
	{ lint_report_issues(lint, lint_rule_##name); }

RULE(launchd_rejects)
RULE(not_well_formed)
RULE(duplicate_key)
RULE(header)
RULE(line_endings)
