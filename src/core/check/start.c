/* Find what keeps a job from starting, before a change and after it. */
#include "check_rows.h"
#include "core/check/start.h"

struct start_question {
	const struct receipt	*receipt, *installed;
	const struct facts	*facts;
};

/* Return false, and say so, if it cannot start. */
static bool
start_reaches_logs(const struct start_question *question, struct check_draft *draft)
{
	return check_log_reach(question->receipt, question->facts, 0, draft) &&
	    check_log_reach(question->receipt, question->facts, 1, draft);
}

/* That others can replace it, which that check also reports, keeps nothing from starting. */
static bool
start_has_interpreter(const struct start_question *question, struct check_draft *draft)
{
	return !question->facts->program.interpreter.missing ||
	    check_one("interpreter", question->receipt, question->facts, draft) != VERDICT_FAIL;
}

/*
 * The process runs from the very file that was written over since: see check_is_overwritten(). On
 * Intel that kills only programs that ask for it.
 */
static bool
start_is_not_overwritten(const struct start_question *question, struct check_draft *draft)
{
	const struct facts *facts = question->facts;

	if (question->installed == NULL || facts->system.processor != MACHO_ARM64 ||
	    facts->program.form != FORM_NATIVE || facts->launchd.process.exists != YES ||
	    facts->launchd.process.inode != facts->program.file.identity.inode ||
	    check_is_overwritten(question->installed, facts) != YES)
		return true;
	check_set(draft, VERDICT_FAIL,
	    "put a new file there with mv or install, not with cp, then run the same command again",
	    "%s was overwritten in place while it runs: macOS kills it at its next start "
	    "(Killed: 9)", question->receipt->spec.program.theirs);
	return false;
}

/*
 * In this order, and the first is reported. fixed: a change that puts this right does not ask it.
 * Accounts, without which nothing can be planned, are refused before.
 */
static const struct start_row {
	const char	*check;		/* its failure is the cause; NULL: ask run */
	enum error_kind	 kind;
	unsigned	 fixed;		/* enum start_fixes */
	bool		 (*run)(const struct start_question *, struct check_draft *);
} start_rows[] = {
	{ "enabled",		ERROR_DATA, FIXES_LABEL, NULL },
	{ "plist-file",		ERROR_FILE, FIXES_FILES, NULL },
	{ "plist-owner",	ERROR_FILE, FIXES_FILES, NULL },
	{ "plist-mode",		ERROR_FILE, FIXES_FILES, NULL },
	{ "plist-valid",	ERROR_DATA, FIXES_FILES, NULL },
	{ "plist-quarantine",	ERROR_DATA, FIXES_FILES, NULL },
	{ "program-present",	ERROR_DATA, 0, NULL },
	{ "program-access",	ERROR_DATA, 0, NULL },
	{ "program-quarantine",	ERROR_DATA, 0, NULL },
	{ "architecture",	ERROR_DATA, 0, NULL },
	{ NULL,			ERROR_DATA, 0, start_is_not_overwritten },
	{ NULL,			ERROR_DATA, 0, start_has_interpreter },
	{ "user",		ERROR_ACCOUNT, 0, NULL },
	{ "group",		ERROR_ACCOUNT, 0, NULL },
	{ "working-directory",	ERROR_FILE, 0, NULL },
	{ "log-files",		ERROR_FILE, FIXES_FILES, NULL },
	{ NULL,			ERROR_FILE, 0, start_reaches_logs },
};

static const struct start_row *
start_cause(const struct start_question *question, unsigned fixes, struct check_draft *draft)
{
	for (size_t i = 0; i < sizeof start_rows / sizeof start_rows[0]; i++) {
		const struct start_row *row = &start_rows[i];

		if ((row->fixed & fixes) == 0 && (row->check == NULL ?
		    !row->run(question, draft) :
		    check_one(row->check, question->receipt, question->facts, draft) ==
		    VERDICT_FAIL))
			return row;
	}
	return NULL;
}

int
start_refuse(const struct receipt *receipt, const struct receipt *installed,
    const struct facts *facts, unsigned fixes, struct error *error)
{
	const struct start_question question = { receipt, installed, facts };
	struct check_draft cause;
	const struct start_row *row = start_cause(&question, fixes, &cause);

	return row == NULL ? 0 : error_set(error, row->kind, cause.message, cause.fix,
	    "the job '%s' cannot start", receipt->spec.label);
}

bool
start_explain(const struct receipt *receipt, const struct facts *facts, struct error *error)
{
	const struct start_question question = { receipt, NULL, facts };
	struct check_draft cause;

	/* What only may be the cause is one once the job has failed. */
	if (start_cause(&question, 0, &cause) == NULL &&
	    check_one("architecture", receipt, facts, &cause) != VERDICT_WARN)
		return false;
	check_fit_fix(receipt, &cause);
	error_set(error, error->kind, cause.message, cause.fix, "%s", error->what);
	return true;
}
