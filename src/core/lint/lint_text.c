/* What is wrong with the text of an XML property list. */
#include "lint_rows.h"

static const struct {
	enum xml_issue issue;
	void		(*judge)(struct lint *);	/* the rule that reports it */
	const char	*message;	/* behind the text in question, where there is one */
	const char	*fix;
} issues[] = {
	{ ISSUE_PAIRED, lint_rule_launchd_rejects, "launchd refuses a boolean of two tags",
	  "write <true/> or <false/>" },
	{ ISSUE_INTEGER, lint_rule_launchd_rejects, "this is no integer of 64 bits",
	  "write digits only" },
	{ ISSUE_REAL, lint_rule_launchd_rejects, "this is no number", NULL },
	{ ISSUE_DATE, lint_rule_launchd_rejects, "this is no date",
	  "for example: 2026-11-24T06:31:51Z" },
	{ ISSUE_DATA, lint_rule_launchd_rejects, "the data is not base64", NULL },
	{ ISSUE_DOCTYPE, lint_rule_launchd_rejects,
	  "the DOCTYPE is cut off, and launchd refuses that",
	  "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
	  "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">" },
	{ ISSUE_ENTITY, lint_rule_not_well_formed, "an '&' begins no entity",
	  "write &amp; for it" },
	{ ISSUE_CHARACTER, lint_rule_not_well_formed,
	  "a character is not UTF-8, or one that XML forbids", NULL },
	{ ISSUE_ELEMENT, lint_rule_not_well_formed, "no property list has this element",
	  "if it is meant as text, write &lt; and &gt;; if as a placeholder, fill it in" },
	{ ISSUE_MISMATCH, lint_rule_not_well_formed, "a tag is missing, or does not fit", NULL },
	{ ISSUE_TEXT, lint_rule_not_well_formed, "there is text between the elements", NULL },
	{ ISSUE_NO_KEY, lint_rule_not_well_formed, "a value in a dictionary has no key",
	  "where several values are meant, put them into an <array>" },
	{ ISSUE_NO_VALUE, lint_rule_not_well_formed, "a key has no value", NULL },
	{ ISSUE_ROOT, lint_rule_not_well_formed, "there is not one outermost value",
	  "put everything into one <dict>" },
	{ ISSUE_DUPLICATE, lint_rule_duplicate_key,
	  "the key is there twice, and nothing says which one counts",
	  "remove one" },
	{ ISSUE_NO_DECLARATION, lint_rule_header, "there is no XML declaration",
	  "begin with: <?xml version=\"1.0\" encoding=\"UTF-8\"?>" },
	{ ISSUE_LATE_DECLARATION, lint_rule_header,
	  "the XML declaration is not at the very start, as XML demands",
	  "move what stands before it behind it" },
	{ ISSUE_ENCODING, lint_rule_header, "the encoding is not UTF-8",
	  "save the file as UTF-8, and say so" },
	{ ISSUE_NO_DOCTYPE, lint_rule_header, "there is no DOCTYPE", NULL },
	{ ISSUE_NO_PLIST, lint_rule_header, "there is no <plist> element around the value", NULL },
	{ ISSUE_NO_VERSION, lint_rule_header, "<plist> has no version",
	  "write <plist version=\"1.0\">" },
	{ ISSUE_LINE_ENDINGS, lint_rule_line_endings,
	  "lines end in bare carriage returns; what launchd does is not known",
	  "tr '\\r' '\\n' <FILE >NEW" },
};

/* The issues of one rule. */
static void
report(struct lint *lint, void (*judge)(struct lint *))
{
	const struct xml_index *source = lint->source;

	for (size_t i = 0; source != NULL && i < source->issue_count; i++) {
		const struct xml_issue_at *mark = &source->issues[i];

		for (size_t row = 0; row < sizeof issues / sizeof issues[0]; row++)
			if (issues[row].issue == mark->issue && issues[row].judge == judge)
				lint_report_line(lint, mark->line, issues[row].fix, "%s%s%s%s",
				    mark->text[0] == '\0' ? "" : "'", mark->text,
				    mark->text[0] == '\0' ? "" : "': ", issues[row].message);
	}
}

#define JUDGE(name)	void lint_rule_##name(struct lint *lint) { report(lint, lint_rule_##name); }

JUDGE(launchd_rejects)
JUDGE(not_well_formed)
JUDGE(duplicate_key)
JUDGE(header)
JUDGE(line_endings)
