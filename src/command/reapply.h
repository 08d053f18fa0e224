/*
 * Apply receipts again: repair, restart, and migrate of an agent that is already migrated.
 *
 * The change of each job is a transaction of its own, as install's: what cannot be restored or
 * loaded is rolled back. A job that is loaded as promised but unhealthy is not rolled back, for
 * there is no better state; it is an error, with the checks of verify.
 */
#ifndef COMMAND_REAPPLY_H
#define COMMAND_REAPPLY_H

#include "command/command.h"

/*
 * Apply the receipt of one job; of the plan_options only restart is used. Returns 0, or -1 with the
 * error of the change or of the checks.
 */
int	reapply_one(struct session *, const char *label, struct plan_options, struct error *);

/*
 * Find out, changing nothing, whether repair would change a job; the facts are inspect()'s. -1: it
 * would refuse, and error says why.
 */
int	reapply_would_change(struct session *, const struct promise *receipt, struct facts *,
    bool *changes, struct error *);

/*
 * Do the same for the labels of the command line, or all that have a receipt, as change_each()
 * does, but change up to JOBS_AT_ONCE first and then watch them together.
 */
int	reapply_all(struct session *, struct plan_options, struct error *);

#endif
