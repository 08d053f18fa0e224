/*
 * What the receipts promise, again: repair, restart, and migrate for what is migrated already.
 *
 * The change of each job is a transaction of its own, as install's: what cannot be put back or
 * loaded is undone. That a job is loaded as promised but not healthy undoes nothing: there is no
 * better state to go back to. It is an error, with what verify finds.
 */
#ifndef COMMAND_REAPPLY_H
#define COMMAND_REAPPLY_H

#include "command/command.h"

/*
 * One job; of the wish only restart counts. 0, or -1 with the error of the change or of the checks.
 */
int	reapply_one(struct session *, const char *label, struct plan_options, struct error *);

/*
 * Whether repair would change something about a job that inspect() has looked at; nothing is
 * changed. -1: it would refuse, and error says why.
 */
int	reapply_would_change(struct session *, const struct promise *receipt, struct facts *,
    bool *changes,
	    struct error *);

/*
 * The labels of the command line, or all that have a receipt: up to JOBS_AT_ONCE are changed, then
 * watched while they all grow older. As change_each() in all else.
 */
int	reapply_all(struct session *, struct plan_options, struct error *);

#endif
