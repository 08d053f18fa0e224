/*
 * What all commands that change something share: lock, look, plan, apply, report.
 */
#ifndef COMMAND_CHANGE_H
#define COMMAND_CHANGE_H

#include "command/command.h"
#include "core/facts.h"
#include "core/promise.h"

/*
 * Makes the state folder where it is missing and takes the lock, waiting up to --lock-wait. Returns the descriptor that
 * holds it (to be closed), or -1: ERROR_BUSY, ERROR_FILE. What a probe that was killed left is taken down then. With --dry-run nothing is locked and nothing made: *locked is
 * -1, and the result 0.
 */
int	change_lock(struct session *, int *locked, struct error *);

/*
 * Carries the plan of session->change out, reporting each step; with --dry-run only reports it. Leaves one line in
 * syslog(3).
 */
int	change_apply(struct session *, struct change *, const struct promise *, struct facts *, struct error *);

#endif
