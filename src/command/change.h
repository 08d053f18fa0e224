/*
 * What all commands that change something share: lock, look, plan, apply, check, report.
 */
#ifndef COMMAND_CHANGE_H
#define COMMAND_CHANGE_H

#include "command/command.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"

/*
 * Makes the state folder where it is missing and takes the lock, waiting up to --lock-wait. Returns
 * the descriptor that holds it (to be closed), or -1: ERROR_BUSY, ERROR_FILE. What a probe that was
 * killed left is taken down then. With --dry-run nothing is locked and nothing made: *locked is -1,
 * and the result 0.
 */
int	change_lock(struct session *, int *locked, struct error *);

/*
 * Looks up the accounts and groups of that job, with NULL of those of the command line, or of all:
 * before change_lock(), which is then not held while a directory server does not answer.
 * change_loop_run() does so itself with NULL.
 */
void	change_look_up(struct session *, const char *label);

/*
 * Goes through the labels of the command line, or with none there through each installed job,
 * holding the lock. A failure does not keep the others from their turn: each error but the last is
 * printed at once, the last is *error, with the kind that weighs most. A signal ends it.
 */
struct change_loop {
	struct session	*session;
	struct error	*error;		/* the last one so far */
	enum error_kind	 worst;		/* ERROR_NONE: none so far */
	size_t		 count;
};
int change_loop_run(struct change_loop *, void (*visit)(void *context, const char *label),
    void (*last)(void *context), void *context);

/* The turn of one label: prepares session->change. False: a signal ended it. */
bool	change_loop_begin(struct change_loop *, const char *label);

/* Writes what became of session->change into "jobs", and releases its plan. */
void	change_loop_end(struct change_loop *, int result, const struct error *);

/* Calls one for each label, and no more. */
int	change_each(struct session *, int (*one)(struct session *, const char *label,
    struct error *), struct error *);

/*
 * Carries the plan of session->change out, reporting each step; with --dry-run only reports it.
 * Leaves a line in syslog(3).
 */
int	change_apply(struct session *, const struct promise *, struct facts *, struct error *);

/*
 * Makes the plan that keeps the promise, carries it out, and looks at the job again:
 * session->change.findings. The facts are those of inspect() and inspect_for_change(); afterwards
 * they say how it is now, and what the plan borrowed of them is gone. receipt NULL: there was none.
 */
int	change_keep(struct session *, struct promise *, const struct promise *receipt,
    struct facts *, struct plan_options,
	    struct error *);

/*
 * Its two halves: plan and change, then watch and look. Between them other jobs may have their
 * turn.
 */
int	change_begin(struct session *, struct promise *, const struct promise *receipt,
    struct facts *, struct plan_options,
	    struct error *);
int	change_end(struct session *, struct promise *, struct facts *, struct plan_options,
    struct error *);

#endif
