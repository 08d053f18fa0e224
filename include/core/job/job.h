/*
 * The job as the command line describes it: check the options, apply defaults, write the plist.
 */
#ifndef CORE_JOB_JOB_H
#define CORE_JOB_JOB_H

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/options.h"
#include "core/plist/plist.h"

#define JOB_PATH	"/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
/* a login account may own /usr/local */
#define JOB_PATH_ROOT	"/usr/bin:/bin:/usr/sbin:/sbin"

/* Fail with ERROR_ACCOUNT if the account or group does not exist; name is for the message. */
int	job_check_user(const struct account *, const char *name, struct error *);
int	job_check_group(const struct account_group *, const char *name, struct error *);

/*
 * Check what can be checked without the machine: label, user and program are given, and launchd and
 * `launchctl print` can represent every word. ERROR_USAGE if something is missing, ERROR_DATA if it
 * is refused. Changes nothing. With --from, call job_fill() first.
 */
int	job_check(const struct options *, struct error *);

/*
 * With --from, take the label, user and group that no option gives from the plist, which must live
 * as long as the options. ERROR_DATA: job_check() refuses a text in it, or it is Disabled;
 * ERROR_USAGE: there is no program.
 */
int	job_fill(struct options *, const struct plist *from, struct error *);

/* Fail with ERROR_DATA, "cannot VERB 'NAME'", if it is Disabled, and --set does not change that. */
int	job_refuse_disabled(const struct plist *, const struct options *, const char *verb,
    const char *name, struct error *);

/*
 * Return the path of a log: named, or the one that --log-dir, the label and this ending make up in
 * target, which it fits. By its last part alone com.a.worker and com.b.worker would share a log,
 * and com.example.system would have Apple's /var/log/system.log; version 0.1 used that part, and if
 * job_keeps_log(), an installed job with such a log keeps it. If job_log_is_apart(), it is not in
 * /var/log itself, but in /var/log/lnpctl, which has no other files: an account's plist may have
 * chosen the label, and --log-dir is /var/log, by either of its names, or is not given.
 */
bool	job_keeps_log(const struct options *);
bool	job_log_is_apart(const struct options *);
#define LOG_SIZE	(PATH_SIZE + NAME_SIZE)
const char *job_log_path(const struct options *, const char *named, const char *ending,
    char target[LOG_SIZE]);

/*
 * Return the tree of a plist, which the caller releases. NULL with ERROR_DATA: lint finds an error
 * in it; what is for the message, "cannot use the WHAT". The report may be NULL.
 */
struct lint_facts;
struct lint_report;
struct plist *job_read(struct bytes, const struct lint_facts *, struct lint_report *,
    const char *what, struct error *);

/*
 * Write the plist as XML; the caller frees the file. Call job_check() first; group is the name
 * that --group or the account gives. HOME is the account's home and PATH is JOB_PATH, unless
 * --env sets them. ERROR_DATA: a log's path is too long, the plist is over 1 MiB, or lint finds an
 * error in it; ERROR_USAGE: a wrong --set; ERROR_SYSTEM. The report is what lint finds in the
 * plist; it may be NULL.
 */
int	job_to_plist(const struct options *, const struct account *, const char *group,
    struct lint_report *, struct plist_file *, struct error *);

/*
 * The same, starting from the plist of --from: Label, UserName and GroupName are always set;
 * program, variables, logs, working directory, KeepAlive and keys of --set only if an option gives
 * them. Nothing else is added or removed: HOME and PATH are the plist's, or launchd's.
 */
int	job_to_plist_from(const struct options *, const struct plist *from, const char *group,
    struct lint_report *, struct plist_file *, struct error *);

#endif
