/*
 * What the files with checks share. Each ends with the table of its checks: check_plist.c looks at
 * the receipt and the plist, check_program.c at the program and what runs it, check_machine.c at
 * accounts, directories and logs, check_launchd.c at launchd and the process, check_network.c at
 * what the job reaches. check.c runs the tables. Private to those, watch.c and start.c.
 */
#ifndef CORE_CHECK_CHECK_ROWS_H
#define CORE_CHECK_CHECK_ROWS_H

#include "core/check/check.h"
#include "core/check/fix.h"

#define SEE_LOG		"see the reason in: sudo log show --last 5m " \
			"--predicate 'process == \"launchd\"'"

/* Fill a draft, which says at first that the check passes; fix, a sentence, may be NULL. */
void	check_set(struct check_draft *, enum verdict, const char *fix, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Replace the fix by one that names things, quoted by paste_line() of core/facts/paste.h; keep the
 * old one if they cannot be named. Pass a path only if paste_may_name() allows it.
 */
void	check_advise(struct check_draft *, const char *format,
    ...) __attribute__((format(printf, 2, 3)));

/* Report what cannot be read: unknown for root, skip for others. errnum: 0: no reason is known. */
void	check_unseen(struct check_draft *, const struct facts *, const char *path, int errnum);

/*
 * Return the fix of a path that is missing: below /Volumes its volume may not be mounted, and what
 * is made there keeps it from its name.
 */
const char *check_missing_fix(const char *path, const char *fix);

/*
 * Return true, and say so, if nothing can be known of what the account may do, because it does not
 * exist or cannot be looked up: that is for the check "user".
 */
bool	check_lacks_account(const struct facts *, struct check_draft *);

/* Check an attribute that makes launchd refuse the plist or the program at this path. */
void	check_quarantine(const char *path, const struct file_fact *, const struct facts *,
    struct check_draft *);

/*
 * Set the fix to "read /var/log/LABEL.err" if the job has a log, and it is there; without the path
 * if others control the directories above it.
 */
void	check_read_log(const struct receipt *, const struct facts *, struct check_draft *);

/*
 * Set the draft to a failure if the job crashes again and again, and to a warning if its process is
 * young and the one before it ended abnormally, unless it has a worse result already.
 */
void	check_crashes(const struct receipt *, const struct facts *, struct check_draft *);

/*
 * Set the fix of a job whose last process ended so: what the reason calls for, or "read LOG". A
 * process that runs now is not to be restarted.
 */
void	check_fix_exit(const struct receipt *, const struct facts *, struct check_draft *);

/* Return false, and say so, if the account cannot reach a log that it owns. */
bool	check_log_reach(const struct receipt *, const struct facts *, int which,
    struct check_draft *);

/* Store a text that a result will point to. */
const char *check_store_text(struct check_report *, const char *text);

/* Replace a fix that applies a receipt, for there is none after a first install is rolled back. */
void	check_fit_fix(const struct receipt *, struct check_draft *);

/* Advise to make another file of a program that was overwritten in place, and to restart. */
void	check_advise_copy(const struct receipt *, const struct facts *, struct check_draft *);

/* Two checks that watch.c runs, too. */
void	check_identity(const struct receipt *, const struct facts *, struct check_draft *);
void	check_stable(const struct receipt *, const struct facts *, struct check_draft *);

/* Each ends with a row without an id. */
extern const struct check check_plist_rows[], check_program_rows[], check_machine_rows[],
	    check_launchd_rows[], check_network_rows[];

#endif
