/* What is wrong with the text of an XML property list. */
#include "lint_rows.h"

static const struct {
	enum source_flaw flaw;
	void		(*judge)(struct lint *);	/* the rule that reports it */
	const char	*message;	/* behind the text in question, where there is one */
	const char	*fix;
} flaws[] = {
	{ FLAW_PAIRED, lint_judge_launchd_rejects, "launchd refuses a boolean of two tags",
	  "write <true/> or <false/>" },
	{ FLAW_INTEGER, lint_judge_launchd_rejects, "this is no integer of 64 bits", "write digits only" },
	{ FLAW_REAL, lint_judge_launchd_rejects, "this is no number", NULL },
	{ FLAW_DATE, lint_judge_launchd_rejects, "this is no date", "for example: 2026-11-24T06:31:51Z" },
	{ FLAW_DATA, lint_judge_launchd_rejects, "the data is not base64", NULL },
	{ FLAW_DOCTYPE, lint_judge_launchd_rejects, "the DOCTYPE is cut off, and launchd refuses that",
	  "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
	  "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">" },
	{ FLAW_ENTITY, lint_judge_not_well_formed, "an '&' begins no entity", "write &amp; for it" },
	{ FLAW_CHARACTER, lint_judge_not_well_formed, "a character is not UTF-8, or one that XML forbids", NULL },
	{ FLAW_ELEMENT, lint_judge_not_well_formed, "no property list has this element",
	  "if it is meant as text, write &lt; and &gt;; if as a placeholder, fill it in" },
	{ FLAW_MISMATCH, lint_judge_not_well_formed, "a tag is missing, or does not fit", NULL },
	{ FLAW_TEXT, lint_judge_not_well_formed, "there is text between the elements", NULL },
	{ FLAW_NO_KEY, lint_judge_not_well_formed, "a value in a dictionary has no key",
	  "where several values are meant, put them into an <array>" },
	{ FLAW_NO_VALUE, lint_judge_not_well_formed, "a key has no value", NULL },
	{ FLAW_ROOT, lint_judge_not_well_formed, "there is not one outermost value", "put everything into one <dict>" },
	{ FLAW_DUPLICATE, lint_judge_duplicate_key, "the key is there twice, and nothing says which one counts",
	  "remove one" },
	{ FLAW_NO_DECLARATION, lint_judge_header, "there is no XML declaration",
	  "begin with: <?xml version=\"1.0\" encoding=\"UTF-8\"?>" },
	{ FLAW_LATE_DECLARATION, lint_judge_header, "the XML declaration is not at the very start, as XML demands",
	  "move what stands before it behind it" },
	{ FLAW_ENCODING, lint_judge_header, "the encoding is not UTF-8", "save the file as UTF-8, and say so" },
	{ FLAW_NO_DOCTYPE, lint_judge_header, "there is no DOCTYPE", NULL },
	{ FLAW_NO_PLIST, lint_judge_header, "there is no <plist> element around the value", NULL },
	{ FLAW_NO_VERSION, lint_judge_header, "<plist> has no version", "write <plist version=\"1.0\">" },
	{ FLAW_LINE_ENDINGS, lint_judge_line_endings,
	  "lines end in bare carriage returns; what launchd does is not known",
	  "tr '\\r' '\\n' <FILE >NEW" },
};

/* The flaws of one rule. */
static void
report(struct lint *lint, void (*judge)(struct lint *))
{
	const struct source *source = lint->source;

	for (size_t i = 0; source != NULL && i < source->mark_count; i++) {
		const struct source_mark *mark = &source->marks[i];

		for (size_t row = 0; row < sizeof flaws / sizeof flaws[0]; row++)
			if (flaws[row].flaw == mark->flaw && flaws[row].judge == judge)
				lint_say_line(lint, mark->line, flaws[row].fix, "%s%s%s%s",
				    mark->text[0] == '\0' ? "" : "'", mark->text,
				    mark->text[0] == '\0' ? "" : "': ", flaws[row].message);
	}
}

#define JUDGE(name)	void lint_judge_##name(struct lint *lint) { report(lint, lint_judge_##name); }

JUDGE(launchd_rejects)
JUDGE(not_well_formed)
JUDGE(duplicate_key)
JUDGE(header)
JUDGE(line_endings)
