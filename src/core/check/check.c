/* The table of checks, and what they come to. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/facts/paste.h"
#include "core/text.h"

void
check_say(struct check_draft *finding, enum verdict verdict, const char *fix, const char *format,
    ...)
{
	va_list arguments;

	finding->verdict = verdict;
	va_start(arguments, format);
	vsnprintf(finding->message, sizeof finding->message, format, arguments);
	va_end(arguments);
	snprintf(finding->fix, sizeof finding->fix, "%s", fix == NULL ? "" : fix);
}

void
check_advise(struct check_draft *finding, const char *format, ...)
{
	char line[sizeof finding->fix];
	va_list arguments;

	va_start(arguments, format);
	if (paste_line_of(line, sizeof line, format, arguments))
		memcpy(finding->fix, line, sizeof line);
	va_end(arguments);
}

void
check_unseen(struct check_draft *finding, const struct facts *look, const char *path, int number)
{
	if (look->root)
		check_say(finding, VERDICT_UNKNOWN, number == EPERM ?
		    "move it, or give " ERROR_ACCESS : NULL,
		    "%s cannot be looked at: %s", path, error_reason(number));
	else
		check_say(finding, VERDICT_SKIP, NULL, "only root can look at %s", path);
}

void
check_read_log(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	int which = promise_has_log(promise, 1);

	if (!promise_has_log(promise, which))
		return;
	check_advise(finding, "read the end of its log, which lnpctl status names");
	if (paste_may_name(&look->logs[which]))
		check_advise(finding, "read %s", promise->logs[which].theirs);
}

static const struct check checks[] = {
	{ "receipt", "lnpctl installed the job, and no change was cut off", 0, check_receipt },
	{ "plist-present", "the plist is in /Library/LaunchDaemons", 0, check_plist_present },
	{ "plist-file", "it is a regular file with one name, in folders of root's", NEEDS_PLIST,
	  check_plist_file },
	{ "plist-owner", "it is owned by root:wheel", NEEDS_PLIST, check_plist_owner },
	{ "plist-mode", "its mode is 0644, or as private as the plist that it was made from",
	  NEEDS_PLIST, check_plist_mode },
	{ "plist-valid", "it is a plist with the job's label", NEEDS_PLIST, check_plist_valid },
	{ "plist-unchanged", "it has the bytes that install wrote", NEEDS_PLIST,
	  check_plist_unchanged },
	{ "plist-quarantine", "it has no com.apple.quarantine attribute", NEEDS_PLIST,
	  check_plist_quarantine },
	{ "program-present", "the program is a regular file", 0, check_program_present },
	{ "program-access", "the job's user may execute it", NEEDS_PROGRAM, check_program_access },
	{ "program-owner", "nobody but root can replace it", NEEDS_PROGRAM, check_program_owner },
	{ "interpreter", "nobody but root can replace what runs the script, or the script",
	    NEEDS_PROGRAM, check_interpreter },
	{ "program-quarantine", "it has no com.apple.quarantine attribute", NEEDS_PROGRAM,
	  check_program_quarantine },
	{ "program-unchanged", "it is the file that was there when the job was loaded",
	  NEEDS_PROGRAM, check_program_unchanged },
	{ "user", "the account exists, with the same uid", 0, check_user },
	{ "group", "the group exists, with the same gid", 0, check_group },
	{ "home", "the folder of HOME can be entered", 0, check_home },
	{ "working-directory", "the working directory can be entered", 0, check_working_directory },
	{ "log-files", "the logs are regular files of the job's user, mode 0600 or 0640", 0,
	  check_log_files },
	{ "log-growth", "no log is over 1 GiB", 0, check_log_growth },
	{ "label-unique", "no other plist has the label", 0, check_label_unique },
	{ "enabled", "the label is not disabled", NEEDS_LAUNCHD, check_enabled },
	{ "background", "nothing says that it is switched off in Login Items", NEEDS_LAUNCHD,
	  check_background },
	{ "loaded", "the job is loaded in the system domain", NEEDS_LAUNCHD, check_loaded },
	{ "definition", "launchd runs the plist's definition", NEEDS_LAUNCHD | NEEDS_LOADED,
	  check_definition },
	{ "running", "the job runs, or waits as it should", NEEDS_LAUNCHD | NEEDS_LOADED,
	  check_running },
	{ "identity", "its process has the right user, and which program it runs",
	    NEEDS_LAUNCHD | NEEDS_LOADED, check_identity },
	{ "stable", "it stays up for the settle time", NEEDS_LAUNCHD | NEEDS_LOADED, check_stable },
	{ "last-exit", "its last process ended well", NEEDS_LAUNCHD | NEEDS_LOADED,
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
lacking(unsigned needs, const struct facts *look)
{
	if ((needs & NEEDS_LAUNCHD) != 0 && look->offline)
		return "launchd is not asked about an image";
	if ((needs & NEEDS_LOADED) != 0 && look->loaded != YES)
		return "the job is not loaded";
	if ((needs & NEEDS_PLIST) != 0 && look->plist.exists != YES)
		return "the plist cannot be seen";
	if ((needs & NEEDS_PROGRAM) != 0 && look->program.exists != YES)
		return "the program cannot be seen";
	return NULL;
}

static const char *
keep_text(struct check_report *findings, const char *text)
{
	char *kept = findings->texts + findings->used;

	text_copy(kept, sizeof findings->texts - findings->used, text);
	findings->used += strlen(kept) + 1;
	return kept;
}

static void
check_keep(struct check_report *findings, size_t row, const struct check_draft *finding)
{
	struct check_result *found = &findings->rows[row];

	assert(sizeof findings->texts - findings->used >= sizeof finding->message + sizeof finding->fix);
	found->id = finding->id;
	found->verdict = finding->verdict;
	found->message = keep_text(findings, finding->message);
	found->fix = keep_text(findings, finding->fix);
}

static void
check_judge(const struct check *check, const struct promise *promise, const struct facts *look,
    struct check_report *findings)
{
	const char *lack = lacking(check->needs, look);
	struct check_draft finding;

	finding.id = check->id;
	check_say(&finding, VERDICT_UNKNOWN, NULL, "%s", "");
	if (lack != NULL)
		check_say(&finding, VERDICT_SKIP, NULL, "%s", lack);
	else
		check->judge(promise, look, &finding);
	check_keep(findings, (size_t)(check - checks), &finding);
}

void
check_again(const char *id, const struct promise *promise, const struct facts *look,
    struct check_report *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(checks[i].id, id) == 0)
			check_judge(&checks[i], promise, look, findings);
}

void
check_all(const struct promise *promise, const struct facts *look, struct check_report *findings)
{
	findings->used = 0;
	findings->count = sizeof checks / sizeof checks[0];
	for (size_t i = 0; i < findings->count; i++)
		check_judge(&checks[i], promise, look, findings);
}

void
check_no_receipt(struct check_report *findings, bool unseen, const char *why, const char *fix)
{
	struct check_draft finding = { .id = "receipt" };

	check_say(&finding, unseen ? VERDICT_UNKNOWN : VERDICT_FAIL, fix, "%s", why);
	findings->used = 0;
	findings->count = 1;
	check_keep(findings, 0, &finding);
}

enum error_kind
check_result(const struct check_report *findings)
{
	enum error_kind result = ERROR_NONE;

	for (size_t i = 0; i < findings->count; i++) {
		if (findings->rows[i].verdict == VERDICT_FAIL)
			return ERROR_FAILED;
		if (findings->rows[i].verdict == VERDICT_UNKNOWN)
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
