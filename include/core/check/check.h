/*
 * The checks of verify: what was promised against what is there. One row per check; ids are stable
 * and promised by the manual.
 */
#ifndef CORE_CHECK_CHECK_H
#define CORE_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/facts/facts.h"
#include "core/job/promise.h"

#define CHECKS_MAX	40
#define CHECK_BOOT_SECONDS	120	/* after boot "not running yet" is unknown, for that long */

enum verdict { VERDICT_PASS, VERDICT_WARN, VERDICT_FAIL, VERDICT_UNKNOWN, VERDICT_SKIP };

struct check_draft {			/* while it is made */
	const char	*id;
	enum verdict	verdict;
	char		message[1536];
	char		fix[1536];	/* a command or a sentence; empty: nothing to do */
};

/*
 * All of them. The texts lie one behind the other, for there are a thousand jobs; room for the
 * longest is there. The rows point into them: not to be copied.
 */
struct check_report {
	struct check_result {
		const char	*id;
		enum verdict	verdict;
		const char	*message, *fix;
	}	rows[CHECKS_MAX];
	size_t	count;
	/* one more: check_again() */
	char	texts[(CHECKS_MAX + 1) * sizeof(struct check_draft)];
	size_t	used;
};

struct check {
	const char	*id;
	const char	*meaning;	/* one line, for the manual */
	unsigned	 needs;		/* of enum check_needs; what is missing makes it "skip" */
	void		(*judge)(const struct promise *, const struct facts *look,
	    struct check_draft *);
};

enum check_needs {
	NEEDS_LAUNCHD	= 1 << 0,	/* not offline */
	NEEDS_LOADED	= 1 << 1,	/* the job is loaded */
	NEEDS_PLIST	= 1 << 2,	/* the plist is there */
	NEEDS_PROGRAM	= 1 << 3,	/* the program is there */
};

/* All rows, in the order of the manual; *count says how many. */
const struct check *check_table(size_t *count);

/* Judges everything: every check of the table has a finding, in its order. */
void	check_all(const struct promise *, const struct facts *, struct check_report *);

/*
 * Judges one check again, in its place among the findings of check_all(): once, there is room for
 * one text more.
 */
void	check_again(const char *id, const struct promise *, const struct facts *,
    struct check_report *);

/*
 * The finding of a job whose receipt cannot be used or is not there: id "receipt"; unseen: unknown,
 * else fail.
 */
void	check_no_receipt(struct check_report *, bool unseen, const char *why, const char *fix);

/* fail: ERROR_FAILED; else unknown: ERROR_UNKNOWN; else ERROR_NONE. */
enum error_kind check_result(const struct check_report *);

const char *check_word(enum verdict);		/* "pass", "warn", ... */

/*
 * How the job does, of a single look: for waiting and for "unchanged".
 */
enum liveness {
	LIVENESS_WAIT,		/* not there yet: launchd starts it, or the clock has not run far
				   enough */
	LIVENESS_IDLE,		/* loaded, never started, and nothing says that it will */
	LIVENESS_UP,		/* running; it must stay so */
	LIVENESS_DONE,		/* ended well, or needs only to be loaded */
	LIVENESS_BAD,		/* it will not be healthy: message and fix say why */
};

/*
 * Makes "read /var/log/NAME.err" the finding's fix, where the job has a log; without the path where
 * others control it.
 */
void	check_read_log(const struct promise *, const struct facts *, struct check_draft *);

enum liveness check_liveness(const struct promise *, const struct facts *, struct check_draft *);

/*
 * Why launchd does not load or start the job, as far as its files and accounts show: replaces why
 * and fix of an error that is set. False: nothing is wrong with them, and the error stays.
 */
bool	check_cause(const struct promise *, const struct facts *, struct error *);

/* Whether the process is known to run another file than the program that launchd started. */
bool	check_is_another_program(const struct process_fact *, const struct file_fact *program);

#endif
