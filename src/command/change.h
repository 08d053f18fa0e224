/*
 * The steps that all commands that change something share: lock, inspect, plan, apply, check,
 * report.
 */
#ifndef COMMAND_CHANGE_H
#define COMMAND_CHANGE_H

#include "command/command.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"

/*
 * Create the state directory if it is missing, take the lock, waiting up to --lock-wait, and remove
 * the jobs of a probe that was killed. Returns 0, with *locked the descriptor that holds the lock,
 * which the caller closes, or -1: ERROR_BUSY; ERROR_FILE; ERROR_FAILED, a signal. With --dry-run
 * nothing is created or locked: 0, and *locked is -1.
 */
int	change_lock(struct session *, int *locked, struct error *);

/*
 * Look up the accounts and groups of that job; NULL: of the jobs of the command line, or of all.
 * Call it before change_lock(), so that the lock is not held while a directory server does not
 * answer. change_loop_run() calls it with NULL.
 */
void	change_look_up(struct session *, const char *label);

/*
 * Call visit for each label of the command line, or without one for each installed job, holding the
 * lock, then last (NULL: none). A job that fails does not stop the loop: each error but the last is
 * printed at once, the last is returned in *error, with the most severe kind. A signal ends it.
 */
struct change_loop {
	struct session	*session;
	struct error	*error;		/* the last one so far */
	enum error_kind	 worst;		/* ERROR_NONE: none so far */
	size_t		 count;
};
int change_loop_run(struct change_loop *, void (*visit)(void *context, const char *label),
    void (*last)(void *context), void *context);

/* Prepare session->change for one label. False: a signal ended the loop. */
bool	change_loop_begin(struct change_loop *, const char *label);

/* Write the result of session->change into "jobs", and free its plan. */
void	change_loop_end(struct change_loop *, int result, const struct error *);

/* Run the loop with one function that does all for a label. */
int	change_each(struct session *, int (*one)(struct session *, const char *label,
    struct error *), struct error *);

/*
 * Apply the plan of session->change, report each step and write a line to syslog(3); with --dry-run
 * only print the plan.
 */
int	change_apply(struct session *, const struct promise *, struct facts *, struct error *);

/*
 * Plan an uninstall by the receipt of a label, and apply it. With restore_agent it is the way back
 * from a migration: ERROR_DATA if the job was not an agent.
 */
int	change_uninstall(struct session *, const char *label, struct plan_options, struct error *);

/* Free what the records of a job own, and clear them for the next one. */
void	change_release(struct installation *);

/*
 * Plan what the promise asks for, apply it, and check the job: session->change.findings. The facts
 * are those of inspect() and inspect_for_change(); they are updated, and what the plan borrowed of
 * them is freed. receipt NULL: there was none.
 */
int	change_keep(struct session *, struct promise *, const struct promise *receipt,
    struct facts *, struct plan_options, struct error *);

/* The two halves of change_keep(): plan and apply, then watch and check. */
int	change_begin(struct session *, struct promise *, const struct promise *receipt,
    struct facts *, struct plan_options, struct error *);
int	change_end(struct session *, struct promise *, struct facts *, struct plan_options,
    struct error *);

#endif
