/*
 * The steps that all commands that change something share: lock, inspect, plan, apply, check,
 * report.
 */
#ifndef COMMAND_CHANGE_H
#define COMMAND_CHANGE_H

#include "command/command.h"
#include "core/check/check.h"
#include "core/facts/facts.h"
#include "core/job/migrate.h"
#include "core/job/receipt.h"
#include "core/plan/plan.h"
#include "host/inspect.h"

/* What a command does, or would do, to one job. Large: allocated. Zeroed at first. */
struct change {
	char		label[NAME_SIZE];
	struct plist_file plist;	/* of an install or migration: what is to be written */
	struct receipt	next;		/* what the job is to be; of an uninstall: was */
	struct receipt	receipt;		/* of an earlier run */
	const struct receipt *installed;	/* that receipt; NULL: there is none */
	struct facts	facts;
	struct plan_options options;
	struct plan	plan;			/* count 0: refused before planning */
	struct check_report findings;
	double		settle;			/* of the receipt: that of next may be of this
						   run */
	bool		changed, rolled_back;
};

/*
 * Free what a change owns; or clear it, too, for the next job. It is half a megabyte, and only what
 * is written takes memory, so the last one is not cleared.
 */
void	change_free(struct change *);
void	change_clear(struct change *);

/*
 * Create the state directory if it is missing, take the lock, waiting up to --lock-wait, and remove
 * the jobs of a probe that was killed. The lock is held until the command ends. Returns 0 or -1:
 * ERROR_BUSY; ERROR_FILE; ERROR_FAILED, a signal. With --dry-run nothing is created or locked.
 */
int	change_lock(struct session *, struct error *);

/*
 * Look up the accounts and groups of a job that has a receipt, before the lock is taken, so that it
 * is not held while a directory server does not answer.
 */
void	change_look_up(const struct host *, const char *label);

/*
 * Begin to change jobs: look up the accounts of those of the command line, or of all, take the
 * lock, and list the jobs. *error is cleared, for change_note().
 */
int	change_begin_all(struct session *, struct labels *, struct error *);

/*
 * Note the result of one job, which owns its error, write it into "jobs", and free the change. A
 * job that fails does not stop the others: each error but the last is printed at once, the last is
 * kept in *error, with the most severe kind.
 */
void	change_note(struct session *, struct change *, int result, const struct error *own,
    struct error *);

/* Free the list, and return -1 if a job failed, or a signal ended the loop over them. */
int	change_end_all(const struct session *, struct labels *, struct error *);

/* Write a job's object into "jobs"; migration and error may be NULL. */
void	change_answer(struct session *, const struct change *, const struct migration *,
    const struct error *);

/*
 * Plan an uninstall by the receipt of a label, and apply it. With restore_agent it is the way back
 * from a migration: ERROR_DATA if the job was not an agent.
 */
int	change_uninstall(struct session *, struct change *, const char *label, struct error *);

/*
 * Plan what next asks for, and apply it: report each step and write a line to syslog(3);
 * with --dry-run only print the plan. The facts are those of change_inspect().
 */
int	change_begin(struct session *, struct change *, struct error *);

/*
 * Then watch the job, and fill the findings, with facts that are updated, and freed as far as the
 * plan borrowed of them. ERROR_FAILED: the job is installed, but unhealthy.
 */
int	change_end(struct session *, struct change *, struct error *);

/* Fill the facts about the next receipt, besides those of the accounts and the receipt. */
void	change_inspect(const struct host *, struct change *);

#endif
