/*
 * The checks of verify: compare the receipt of a job with the machine. One row per check; the ids
 * are stable and documented in the manual.
 */
#ifndef CORE_CHECK_CHECK_H
#define CORE_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/facts/facts.h"
#include "core/job/receipt.h"

#define CHECKS_MAX	40
#define CHECK_BOOT_SECONDS	120	/* after boot "not running yet" is unknown, for that long */

/* The worse of two is the greater. */
enum verdict { VERDICT_PASS, VERDICT_SKIP, VERDICT_WARN, VERDICT_UNKNOWN, VERDICT_FAIL };

/* What fixes a finding: core/check/fix.h. A later one puts more right. */
enum remedy {
	REMEDY_NONE,			/* a sentence: no command can; or nothing has to be done */
	REMEDY_REFUSED,			/* a command would refuse: the sentence names its reason */
	REMEDY_SYSTEM,			/* another command, which lnpctl does not plan */
	REMEDY_REPAIR,
	REMEDY_RESTART,
	REMEDY_INSTALL,			/* without a program: it also enables the label, and takes
					   the group's new gid */
	REMEDIES,			/* how many there are */
};

struct check_draft {			/* one result, while its texts are written */
	const char	*id;
	enum verdict	verdict;
	enum remedy	remedy;
	char		message[1536];
	char		fix[1536];	/* command or sentence; empty: nothing to do */
};

/*
 * All results of a job. The texts are packed, for there may be a thousand jobs, with space for the
 * longest. The rows point into them, so the struct must not be copied.
 */
struct check_report {
	struct check_result {
		const char	*id;
		enum verdict	verdict;
		enum remedy	remedy;
		const char	*message, *fix;
	}	rows[CHECKS_MAX];
	size_t	count;
	char	texts[CHECKS_MAX * sizeof(struct check_draft)];
	size_t	used;
};

struct check {
	const char	*id;
	const char	*meaning;	/* one line, for the manual */
	unsigned	 needs;		/* enum check_needs; if one is missing: "skip" */
	void		(*run)(const struct receipt *, const struct facts *, struct check_draft *);
	const char	*passed;	/* the message if run does not write another one */
};

enum check_needs {
	NEEDS_LAUNCHD	= 1 << 0,	/* not offline */
	NEEDS_LOADED	= 1 << 1,	/* the job is loaded */
	NEEDS_PLIST	= 1 << 2,	/* the plist exists */
	NEEDS_PROGRAM	= 1 << 3,	/* the program exists */
};

/* Return a row by its number, in the order of the manual; NULL after the last one. */
const struct check *check_row(size_t);

/* Run every check of the table; the report has one result for each, in the table's order. */
void	check_all(const struct receipt *, const struct facts *, struct check_report *);

/* Run the check of that id, which the table has, alone; return its verdict. */
enum verdict check_one(const char *id, const struct receipt *, const struct facts *,
    struct check_draft *);

/*
 * Make the report of a job whose receipt is missing or unusable: one result with the id "receipt",
 * unknown if unseen is true, else fail.
 */
void	check_no_receipt(struct check_report *, bool unseen, const char *why, const char *fix);

/* Return ERROR_FAILED if any check fails, else ERROR_UNKNOWN if any is unknown, else ERROR_NONE. */
enum error_kind check_result(const struct check_report *);

const char *check_word(enum verdict);		/* "pass", "warn", ... */

/* The state of the job at one look: for waiting, and for "unchanged". */
enum liveness {
	LIVENESS_WAIT,		/* not yet: launchd is starting it, or cannot be understood */
	LIVENESS_IDLE,		/* loaded, never started, and nothing suggests that it will be */
	LIVENESS_UP,		/* running; it must stay so */
	LIVENESS_DONE,		/* exited with 0, or only has to be loaded */
	LIVENESS_BAD,		/* it will not become healthy: message and fix say why */
};

/* Fill the draft unless the result is LIVENESS_UP or LIVENESS_DONE. */
enum liveness check_liveness(const struct receipt *, const struct facts *, struct check_draft *);

/*
 * Describe how the last process ended: "it exited with status 1". Return what to do about the
 * reason that macOS gave; NULL: it gave none, or one that is not known.
 */
const char *check_describe_exit(const struct service *, char target[384]);

/*
 * Return YES if other content was written into the file of the program since the job was loaded,
 * as cp(1) does: macOS then kills each process that starts from it. UNKNOWN: it may be so.
 */
enum tristate check_is_overwritten(const struct receipt *, const struct facts *);

/* Return true if the process is known to run another file than the program launchd started. */
bool	check_is_another_program(const struct process_fact *, const struct file_fact *program);

#endif
