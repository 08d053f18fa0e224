/*
 * What the commands say: lines for people, or members of the JSON object. One form for each thing,
 * used by every command.
 */
#ifndef COMMAND_REPORT_H
#define COMMAND_REPORT_H

#include <stdint.h>

#include "command/command.h"
#include "core/json.h"

#define REPORT_TIME	32

/* "2026-11-24T06:31:51Z"; empty for 0. */
void	report_time(int64_t seconds, char target[REPORT_TIME]);

/* Prints a line to the session's output, unless --quiet or --json. */
void	report_line(struct session *, const char *, ...) __attribute__((format(printf, 2, 3)));

/* Whether somebody sits at a terminal who wants to know what takes so long. */
bool	report_wants_progress(const struct session *);

/* A line on standard error, for somebody who waits. */
void	report_progress(const struct session *, const char *,
    ...) __attribute__((format(printf, 2, 3)));

/* For host->waiting, with the session as its context: a line on standard error. */
void	report_wait(void *context, const char *target, const char *what, double left);

/* An error as lines: what and why, a hint, the end of a log. */
void	report_error(FILE *, const struct error *);

/* What went wrong beside the point, on standard error, unless --quiet. */
void	report_warning(struct session *, const struct error *);

/*
 * A line in syslog(3) for the administrator who reads it later: a change was done (error NULL), or
 * why it was not.
 */
void	report_to_system(const char *command, const char *label, const struct error *);

/* A finished step as a line; context is the session: this is called by way of struct apply. */
void	report_step(void *context, const struct step *);

/*
 * The findings of a job: one line "LABEL: ok", or what is not a pass with its fix; --verbose: all.
 */
void	report_findings(struct session *, const char *label, const struct check_report *);

/* The plan of --dry-run, with the differences of the plist, and the notes of any plan. */
void	report_plan(struct session *, const struct plan *);
void	report_notes(struct session *, const struct plan *);

/*
 * What becomes of each key of an agent's plist, and what the daemon may lack. Of a real run only
 * what is not kept.
 */
void	report_migration(struct session *, const struct migration *);
void	report_migration_json(struct json *, const struct migration *);	/* "keys", "warnings" */

/*
 * JSON: "error", null where there is none (NULL); the members of a change (changed .. checks), or
 * "checks" alone.
 */
void	report_error_json(struct json *, const struct error *);
void	report_change_json(struct json *, const struct change *, bool dry_run);
void	report_checks_json(struct json *, const struct check_report *);

#endif
