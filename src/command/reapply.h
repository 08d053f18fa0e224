/*
 * Apply receipts again: repair, restart, and migrate of an agent that is already migrated.
 *
 * The change of each job is a transaction of its own, as install's: what cannot be restored or
 * loaded is rolled back. A job that is loaded as promised but unhealthy is not rolled back, for
 * there is no better state; it is an error, with the checks of verify.
 */
#ifndef COMMAND_REAPPLY_H
#define COMMAND_REAPPLY_H

#include "change.h"

/*
 * Read the receipt of a label, as installed. Returns 0, or -1: there is none, or an uninstall of it
 * was interrupted.
 */
int	reapply_read(struct session *, struct change *, const char *label, struct error *);

/* Repair one job. Returns 0, or -1 with the error of the change or of the checks. */
int	reapply_one(struct session *, struct change *, const char *label, struct error *);

/*
 * Withdraw from the findings each command that would refuse to change the job, or change nothing,
 * as its plan shows. Nothing is changed. The facts are those of inspect_many().
 */
void	reapply_settle(const struct host *, const struct receipt *, struct facts *,
    struct check_report *);

/*
 * Repair, or restart, the jobs of the command line, or all that have a receipt: change up to
 * JOBS_AT_ONCE first, and then watch them together.
 */
int	reapply_all(struct session *, bool restart, struct error *);

#endif
