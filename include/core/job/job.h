/*
 * The job as the command line describes it: defaults, rules, and the plist that says the same to
 * launchd.
 */
#ifndef CORE_JOB_JOB_H
#define CORE_JOB_JOB_H

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/options.h"
#include "core/plist/plist.h"

#define JOB_PATH	"/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
/* /usr/local may belong to a login account */
#define JOB_PATH_ROOT	"/usr/bin:/bin:/usr/sbin:/sbin"

/* Whether an account, a group was found: ERROR_ACCOUNT. The name is the one that was asked for. */
int	job_check_user(const struct account *, const char *name, struct error *);
int	job_check_group(const struct account_group *, const char *name, struct error *);

/*
 * What can be said without looking at the machine: label, user and program are there, every word is
 * text that launchd and the lines of `launchctl print` can carry. ERROR_USAGE for what is missing,
 * ERROR_DATA for what is refused. Changes nothing. With --from, job_fill() goes before.
 */
int	job_check(const struct options *, struct error *);

/*
 * --from: label and user that no option gave, and group, are those of the plist, which is kept for
 * as long as the options. ERROR_DATA: a text in it is one that job_check() refuses, or there is no
 * program.
 */
int	job_fill(struct options *, const struct plist *from, struct error *);

/*
 * The path of a log: named, or where --log-dir and the label put the one with this ending.
 * ERROR_DATA: it is too long. Where job_log_is_apart() it is not in /var/log itself, but in
 * /var/log/lnpctl, which has no other files: an account's plist may have chosen the label, and
 * --log-dir says /var/log, by either of its names, or is not given.
 */
bool job_log_is_apart(const struct options *);
int job_log_path(const struct options *, const char *named, const char *ending,
    char target[PATH_SIZE], struct error *);

/*
 * ERROR_DATA: lint finds an error in the plist; what names it in the message: "cannot use the
 * WHAT".
 */
struct lint_facts;
int	job_refuse_errors(struct bytes, const struct lint_facts *, const char *what,
    struct error *);

/* Why the lines of `launchctl print`, or XML, cannot carry a text; NULL: they can. */
const char *job_why_unfit(const char *);

/*
 * The plist, XML, malloc'ed; the caller frees data. job_check() has passed; group is the name that
 * --group or the account gave. HOME is the account's home unless --env sets it, PATH likewise.
 * Fails with ERROR_DATA (a log path that gets too long) or ERROR_SYSTEM.
 */
int	job_to_plist(const struct options *, const struct account *, const char *group,
    struct bytes *, struct error *);

/*
 * The same, beginning with the plist of --from: Label, UserName and GroupName are always set,
 * program, variables, logs, working directory, KeepAlive and what --set names only where an option
 * says so. Nothing else is added or taken away: HOME and PATH are the plist's, or launchd's. Both
 * refuse, with ERROR_DATA, what lint calls an error in a daemon, and the text of from what lint
 * calls one in a text.
 */
int	job_to_plist_from(const struct options *, struct bytes from, const char *group,
    struct bytes *, struct error *);

#endif
