/* Choose what fixes a finding. */
#include <string.h>

#include "check_rows.h"
#include "core/check/fix.h"
#include "core/facts/paste.h"
#include "core/text.h"

static bool
fix_line(char line[], size_t size, enum remedy remedy, const struct receipt *receipt,
    const struct facts *facts)
{
	const struct spec *spec = &receipt->spec;

	if (remedy != REMEDY_INSTALL)
		return paste_line(line, size, "sudo lnpctl %s %s", remedy == REMEDY_REPAIR ?
		    "repair" : "restart", spec->label);
	return facts->group.exists == YES && facts->group.gid != spec->gid ?
	    paste_line(line, size, "sudo lnpctl install --label %s --group %s", spec->label,
	    spec->group) :
	    paste_line(line, size, "sudo lnpctl install --label %s", spec->label);
}

void
fix_set(struct check_draft *draft, enum remedy remedy, const char *before,
    const struct receipt *receipt, const struct facts *facts)
{
	char line[sizeof draft->fix];

	if (!fix_line(line, sizeof line, remedy, receipt, facts))
		return;
	text_format(draft->fix, sizeof draft->fix, "%s%s%s", before == NULL ? "" : before,
	    before == NULL ? "" : ", then run: ", line);
	draft->remedy = remedy;
}

bool
fix_is_command(const char *fix)
{
	return strncmp(fix, "sudo ", 5) == 0;
}

bool
fix_is_needed(const struct check_report *report, enum remedy remedy)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->rows[i].remedy == remedy)
			return true;
	return false;
}

/*
 * Add a part of a sentence, unless it may do something if it is pasted by mistake, or names a path
 * that others may control.
 */
static void
fix_add_part(char text[], size_t size, const char *between, const char *part,
    const struct facts *facts)
{
	bool ours = facts->program.file.untrusted_path[0] == '\0' &&
	    facts->log[0].file.untrusted_path[0] == '\0' &&
	    facts->log[1].file.untrusted_path[0] == '\0' &&
	    facts->working_directory.file.untrusted_path[0] == '\0';

	if (part[0] != '\0' && paste_is_plain(part) && (ours || strchr(part, '/') == NULL))
		text_append(text, size, "%s%s", text[0] == '\0' ? "first: " : between, part);
}

void
fix_withdraw(struct check_report *report, enum remedy remedy, const struct error *refusal,
    const struct facts *facts)
{
	char text[sizeof(struct error)] = "";
	const char *fix = NULL;

	if (refusal == NULL)
		text_copy(text, sizeof text, "see what the other checks report");
	else {
		fix_add_part(text, sizeof text, "", refusal->what, facts);
		fix_add_part(text, sizeof text, ": ", refusal->why, facts);
		text_append(text, sizeof text, "%s%s", text[0] == '\0' ? "first: " : "; ",
		    refusal->fix);
	}
	for (size_t i = 0; i < report->count; i++) {
		struct check_result *row = &report->rows[i];

		if (row->remedy != remedy || (refusal == NULL && !fix_is_command(row->fix)))
			continue;
		if (fix == NULL)
			fix = check_store_text(report, text);
		row->fix = fix;
		row->remedy = refusal == NULL ? REMEDY_NONE : REMEDY_REFUSED;
	}
}

/* A failure goes before a warning, and of several commands the one that does most. */
void
fix_add_hint(struct fix_hint *hint, const struct check_report *report)
{
	const struct check_result *best = NULL;

	for (size_t i = 0; i < report->count; i++) {
		const struct check_result *row = &report->rows[i];
		bool worse = best != NULL && row->verdict == VERDICT_FAIL &&
		    best->verdict != VERDICT_FAIL;

		if (row->remedy != REMEDY_REFUSED && !fix_is_command(row->fix))
			continue;
		if (best == NULL || worse || (row->remedy > best->remedy &&
		    (row->verdict == VERDICT_FAIL || best->verdict != VERDICT_FAIL)))
			best = row;
	}
	if (best == NULL)
		return;
	hint->repairs += best->remedy == REMEDY_REPAIR;
	/* Of many jobs repair does what it can at once; else the first with a command counts. */
	if (hint->remedy > REMEDY_REFUSED && best->remedy != REMEDY_REPAIR)
		return;
	if (hint->remedy == REMEDY_REFUSED && best->remedy == REMEDY_REFUSED)
		return;
	hint->remedy = best->remedy;
	text_copy(hint->fix, sizeof hint->fix, best->fix);
}

void
fix_write_hint(const struct fix_hint *hint, char target[], size_t size)
{
	target[0] = '\0';
	if (hint->repairs > 1)
		text_copy(target, size, "to fix what can be fixed: sudo lnpctl repair");
	else if (hint->remedy != REMEDY_NONE)
		text_format(target, size, "%s%s", hint->remedy == REMEDY_REFUSED ? "" :
		    "to fix what can be fixed: ", hint->fix);
}
