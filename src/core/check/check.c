/* The table of checks, and how their results add up. */
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
	if (paste_line_of(line, sizeof line, format, arguments))
		memcpy(draft->fix, line, sizeof line);
	va_end(arguments);
}

void
check_unseen(struct check_draft *draft, const struct facts *facts, const char *path, int errnum)
{
	if (facts->root)
		check_set(draft, VERDICT_UNKNOWN, errnum == EPERM ?
		    "move it elsewhere, or give " ERROR_ACCESS : NULL,
		    "cannot read %s: %s", path, error_reason(errnum));
	else
		check_set(draft, VERDICT_SKIP, NULL, "only root can read %s", path);
}

void
check_read_log(const struct promise *promise, const struct facts *facts, struct check_draft *draft)
{
	int which = promise_has_log(promise, 1);

	if (!promise_has_log(promise, which))
		return;
	check_advise(draft, "read the end of its log, whose path lnpctl status prints");
	if (paste_may_name(&facts->log[which].file))
		check_advise(draft, "read %s", promise->logs[which].theirs);
}

static const struct check checks[] = {
	{ "receipt", "lnpctl installed the job, and no change was interrupted", 0, check_receipt },
	{ "plist-present", "the plist is in /Library/LaunchDaemons", 0, check_plist_present },
	{ "plist-file", "it is a regular file without other hard links, in root-owned directories",
	  NEEDS_PLIST, check_plist_file },
	{ "plist-owner", "it is owned by root:wheel", NEEDS_PLIST, check_plist_owner },
	{ "plist-mode", "its mode is 0644, or as private as the plist that it was made from",
	  NEEDS_PLIST, check_plist_mode },
	{ "plist-valid", "it is a plist with the job's label", NEEDS_PLIST, check_plist_valid },
	{ "plist-unchanged", "it has the content that install wrote", NEEDS_PLIST,
	  check_plist_unchanged },
	{ "plist-quarantine", "it has no com.apple.quarantine attribute", NEEDS_PLIST,
	  check_plist_quarantine },
	{ "program-present", "the program is a regular file", 0, check_program_present },
	{ "program-access", "the job's user may execute it", NEEDS_PROGRAM, check_program_access },
	{ "program-owner", "only root can replace it", NEEDS_PROGRAM, check_program_owner },
	{ "interpreter", "only root can replace what runs the script, or the script",
	  NEEDS_PROGRAM, check_interpreter },
	{ "program-quarantine", "it has no com.apple.quarantine attribute", NEEDS_PROGRAM,
	  check_program_quarantine },
	{ "program-unchanged", "it is the file that was there when the job was loaded",
	  NEEDS_PROGRAM, check_program_unchanged },
	{ "user", "the account exists, with the same uid", 0, check_user },
	{ "group", "the group exists, with the same gid", 0, check_group },
	{ "home", "the HOME directory can be entered", 0, check_home },
	{ "working-directory", "the working directory can be entered", 0, check_working_directory },
	{ "log-files", "the logs are regular files of the job's user, mode 0600 or 0640", 0,
	  check_log_files },
	{ "log-growth", "no log is over 1 GiB", 0, check_log_growth },
	{ "label-unique", "no other plist has the label", 0, check_label_unique },
	{ "enabled", "the label is not disabled", NEEDS_LAUNCHD, check_enabled },
	{ "background", "it is not disabled in Login Items, as far as can be seen", NEEDS_LAUNCHD,
	  check_background },
	{ "loaded", "the job is loaded in the system domain", NEEDS_LAUNCHD, check_loaded },
	{ "definition", "launchd runs the plist's definition", NEEDS_LAUNCHD | NEEDS_LOADED,
	  check_definition },
	{ "running", "the job is running, or waiting as intended", NEEDS_LAUNCHD | NEEDS_LOADED,
	  check_running },
	{ "identity", "its process runs as the right user",
	    NEEDS_LAUNCHD | NEEDS_LOADED, check_identity },
	{ "stable", "it stays up for the settle time", NEEDS_LAUNCHD | NEEDS_LOADED, check_stable },
	{ "last-exit", "its last exit was normal", NEEDS_LAUNCHD | NEEDS_LOADED,
	  check_last_exit },
	{ "system-version", "which system it was installed on", 0, check_system_version },
	{ "peer", "the job has a connection to the machines it must reach", NEEDS_LAUNCHD,
	  check_peer },
};

const struct check *
check_table(size_t *count)
{
	*count = sizeof checks / sizeof checks[0];
	return checks;
}

static const char *
check_skip_reason(const struct check *check, const struct promise *promise,
    const struct facts *facts)
{
	unsigned needs = check->needs;

	/* Their fixes would install again what is half removed. */
	if (promise_is_removing(promise) && check->run != check_receipt)
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

static const char *
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
	result->message = check_store_text(report, draft->message);
	result->fix = check_store_text(report, draft->fix);
}

static void
check_draft_row(const struct check *check, const struct promise *promise,
    const struct facts *facts, struct check_draft *draft)
{
	const char *reason = check_skip_reason(check, promise, facts);

	draft->id = check->id;
	check_set(draft, VERDICT_UNKNOWN, NULL, "%s", "");
	if (reason != NULL)
		check_set(draft, VERDICT_SKIP, NULL, "%s", reason);
	else
		check->run(promise, facts, draft);
}

static void
check_run(const struct check *check, const struct promise *promise, const struct facts *facts,
    struct check_report *report)
{
	struct check_draft draft;

	check_draft_row(check, promise, facts, &draft);
	check_store(report, (size_t)(check - checks), &draft);
}

static const struct check *
check_find(const char *id)
{
	const struct check *check = checks;

	while (strcmp(check->id, id) != 0)
		check++;
	return check;
}

enum verdict
check_one(const char *id, const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	check_draft_row(check_find(id), promise, facts, draft);
	return draft->verdict;
}

void
check_again(const char *id, const struct promise *promise, const struct facts *facts,
    struct check_report *report)
{
	check_run(check_find(id), promise, facts, report);
}

void
check_all(const struct promise *promise, const struct facts *facts, struct check_report *report)
{
	report->used = 0;
	report->count = sizeof checks / sizeof checks[0];
	for (size_t i = 0; i < report->count; i++)
		check_run(&checks[i], promise, facts, report);
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
	enum error_kind result = ERROR_NONE;

	for (size_t i = 0; i < report->count; i++) {
		if (report->rows[i].verdict == VERDICT_FAIL)
			return ERROR_FAILED;
		if (report->rows[i].verdict == VERDICT_UNKNOWN)
			result = ERROR_UNKNOWN;
	}
	return result;
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
