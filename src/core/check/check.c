/* Run the tables of checks, and add up their results. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/facts/paste.h"
#include "core/text.h"

void
check_set(struct check_draft *draft, enum verdict verdict, const char *fix, const char *format,
    ...)
{
	va_list arguments;

	draft->verdict = verdict;
	draft->remedy = REMEDY_NONE;
	va_start(arguments, format);
	vsnprintf(draft->message, sizeof draft->message, format, arguments);
	va_end(arguments);
	snprintf(draft->fix, sizeof draft->fix, "%s", fix == NULL ? "" : fix);
}

void
check_advise(struct check_draft *draft, const char *format, ...)
{
	char line[sizeof draft->fix];
	va_list arguments;

	va_start(arguments, format);
	if (paste_line_of(line, sizeof line, format, arguments)) {
		memcpy(draft->fix, line, sizeof line);
		draft->remedy = REMEDY_NONE;
	}
	va_end(arguments);
}

void
check_fit_fix(const struct receipt *receipt, struct check_draft *draft)
{
	if (receipt->undo_receipt.data == NULL && draft->remedy >= REMEDY_REPAIR)
		check_advise(draft, "fix this, then run the same command again");
}

const char *
check_missing_fix(const char *path, const char *fix)
{
	return text_begins_folded(text_short_path(path), "/Volumes/") ?
	    "mount its volume; create nothing below /Volumes while it is not mounted" : fix;
}

void
check_unseen(struct check_draft *draft, const struct facts *facts, const char *path, int errnum)
{
	if (facts->root)
		check_set(draft, VERDICT_UNKNOWN, errnum == EPERM ?
		    "move it elsewhere, or give " ERROR_ACCESS : NULL,
		    "cannot read %s%s%s", path, errnum == 0 ? "" : ": ",
		    errnum == 0 ? "" : error_reason(errnum));
	else
		check_set(draft, VERDICT_SKIP, NULL, "only root can read %s", path);
}

bool
check_lacks_account(const struct facts *facts, struct check_draft *draft)
{
	if (facts->user.exists == YES)
		return false;
	check_set(draft, VERDICT_SKIP, NULL, "not checked: the account %s", facts->user.exists ==
	    NO ? "does not exist" : "cannot be looked up");
	return true;
}

void
check_read_log(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	int which = spec_has_log(&receipt->spec, 1);

	if (!spec_has_log(&receipt->spec, which) || facts->log[which].file.exists == NO)
		return;
	check_advise(draft, "read the end of its log, whose path lnpctl status prints");
	if (paste_may_name(&facts->log[which].file))
		check_advise(draft, "read %s", receipt->spec.logs[which].theirs);
}

/* Users who can change the path could point root's command at another file. */
void
check_quarantine(const char *path, const struct file_fact *fact, const struct facts *facts,
    struct check_draft *draft)
{
	if (fact->quarantined == UNKNOWN)
		check_unseen(draft, facts, path, fact->error);
	else if (fact->quarantined == NO)
		check_set(draft, VERDICT_PASS, NULL, "%s is not quarantined", path);
	else {
		check_set(draft, VERDICT_FAIL,
		    "let its owner remove the attribute com.apple.quarantine",
		    "%s is quarantined: launchd refuses it (155)", path);
		if (paste_may_name(fact))
			check_advise(draft, "sudo xattr -d com.apple.quarantine %s", path);
	}
}

/* In the order of the manual. */
static const struct check *const check_tables[] = {
	check_plist_rows, check_program_rows, check_machine_rows, check_launchd_rows,
	check_network_rows,
};

const struct check *
check_row(size_t number)
{
	for (size_t i = 0; i < sizeof check_tables / sizeof check_tables[0]; i++)
		for (const struct check *check = check_tables[i]; check->id != NULL; check++)
			if (number-- == 0)
				return check;
	return NULL;
}

static const char *
check_skip_reason(const struct check *check, const struct receipt *receipt,
    const struct facts *facts)
{
	unsigned needs = check->needs;

	/* Their fixes would install again what is half removed. */
	if (receipt_is_removing(receipt) && check != check_plist_rows)
		return "the job is being removed";
	if ((needs & NEEDS_LAUNCHD) != 0 && facts->offline)
		return "skipped: --root images have no launchd";
	if ((needs & NEEDS_LOADED) != 0 && facts->launchd.loaded != YES)
		return "the job is not loaded";
	if ((needs & NEEDS_PLIST) != 0 && facts->plist.file.exists != YES)
		return "the plist is missing or cannot be read";
	if ((needs & NEEDS_PROGRAM) != 0 && facts->program.file.exists != YES)
		return "the program is missing or cannot be read";
	return NULL;
}

const char *
check_store_text(struct check_report *report, const char *text)
{
	char *copy = report->texts + report->used;

	text_copy(copy, sizeof report->texts - report->used, text);
	report->used += strlen(copy) + 1;
	return copy;
}

static void
check_store(struct check_report *report, size_t row, const struct check_draft *draft)
{
	struct check_result *result = &report->rows[row];

	assert(sizeof report->texts - report->used >= sizeof draft->message + sizeof draft->fix);
	result->id = draft->id;
	result->verdict = draft->verdict;
	result->remedy = draft->remedy == REMEDY_NONE && fix_is_command(draft->fix) ?
	    REMEDY_SYSTEM : draft->remedy;
	result->message = check_store_text(report, draft->message);
	result->fix = check_store_text(report, draft->fix);
}

static void
check_run(const struct check *check, const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const char *reason = check_skip_reason(check, receipt, facts);

	draft->id = check->id;
	check_set(draft, VERDICT_PASS, NULL, "%s", check->passed);
	if (reason != NULL)
		check_set(draft, VERDICT_SKIP, NULL, "%s", reason);
	else
		check->run(receipt, facts, draft);
}

enum verdict
check_one(const char *id, const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	size_t row = 0;

	while (strcmp(check_row(row)->id, id) != 0)
		row++;
	check_run(check_row(row), receipt, facts, draft);
	return draft->verdict;
}

void
check_all(const struct receipt *receipt, const struct facts *facts, struct check_report *report)
{
	const struct check *check;
	struct check_draft draft;

	report->used = 0;
	for (report->count = 0; (check = check_row(report->count)) != NULL; report->count++) {
		check_run(check, receipt, facts, &draft);
		check_store(report, report->count, &draft);
	}
}

void
check_no_receipt(struct check_report *report, bool unseen, const char *why, const char *fix)
{
	struct check_draft draft = { .id = "receipt" };

	check_set(&draft, unseen ? VERDICT_UNKNOWN : VERDICT_FAIL, fix, "%s", why);
	report->used = 0;
	report->count = 1;
	check_store(report, 0, &draft);
}

enum error_kind
check_result(const struct check_report *report)
{
	enum verdict worst = VERDICT_PASS;

	for (size_t i = 0; i < report->count; i++)
		if (report->rows[i].verdict > worst)
			worst = report->rows[i].verdict;
	return worst == VERDICT_FAIL ? ERROR_FAILED : worst == VERDICT_UNKNOWN ? ERROR_UNKNOWN :
	    ERROR_NONE;
}

const char *
check_word(enum verdict verdict)
{
	static const char *const words[] = {
		[VERDICT_PASS] = "pass", [VERDICT_WARN] = "warn", [VERDICT_FAIL] = "fail",
		[VERDICT_UNKNOWN] = "unknown", [VERDICT_SKIP] = "skip",
	};

	return words[verdict];
}
