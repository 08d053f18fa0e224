/*
 * The output of all commands: lines for people, or members of the JSON object.
 */
#ifndef COMMAND_REPORT_H
#define COMMAND_REPORT_H

#include <stdint.h>

#include "command/command.h"
#include "core/check/check.h"
#include "core/job/migrate.h"
#include "core/json.h"
#include "core/plan/plan.h"

struct change;

#define REPORT_TIME	32

/* Format seconds since 1970 as "2026-11-24T06:31:51Z"; empty for 0. Return target. */
const char *report_time(int64_t seconds, char target[REPORT_TIME]);

/* Print a line to the session's output, unless --quiet or --json. */
void	report_line(const struct session *, const char *,
    ...) __attribute__((format(printf, 2, 3)));

/* Return true if stderr is a terminal and progress is wanted. */
bool	report_wants_progress(const struct session *);

/* Print a line of progress on standard error. */
void	report_progress(FILE *, const char *, ...) __attribute__((format(printf, 2, 3)));

/* Report a wait on standard error: host->waiting, with the session as its context. */
void	report_wait(void *context, const char *target, const char *what, double left);

/* Print an error: what and why, a hint, the last lines of a log. */
void	report_error(FILE *, const struct error *);

/* Print an error that does not fail the command, on standard error, unless --quiet. */
void	report_warning(const struct session *, const struct error *);

/* Write a line to syslog(3): the change was made (error NULL), or why it was not. */
void	report_to_system(const char *command, const char *label, const struct error *);

/*
 * Print a finished step, one that writes or removes the receipt only with --verbose; context is the
 * session, as struct apply passes it.
 */
void	report_step(void *context, const struct step *);

/*
 * Print the checks of a job: "LABEL: ok", or each that did not pass with its fix; --verbose: all.
 */
void	report_findings(struct session *, const char *label, const struct check_report *);

/* Print a plan for --dry-run, with the differences of the plist; the notes of any plan. */
void	report_plan(struct session *, const struct plan *);
void	report_notes(struct session *, const struct plan *);

/*
 * Print what the job had that its new definition does not have: keys and variables of the plist,
 * names only, and peers. An option that is left out must not be lost in silence.
 */
void	report_lost(struct session *, const struct change *);

/*
 * Print the fate of each key of an agent's plist, and warnings; without --dry-run only the changes.
 */
void	report_migration(struct session *, const struct migration *);
void	report_migration_json(struct json *, const struct migration *);	/* "keys", "warnings" */

/* Write "error" (null for NULL); the members of a change (changed to checks); "checks" alone. */
void	report_error_json(struct json *, const struct error *);
void	report_change_json(struct json *, const struct change *, bool dry_run);
void	report_checks_json(struct json *, const struct check_report *);

#endif
