/*
 * Carries out a plan in order; on failure undoes what it did, last step first, the failed step
 * included: a call that failed may still have acted (fsync after a rename, a launchctl killed by
 * its time limit). Undoing twice is harmless.
 */
#ifndef HOST_APPLY_H
#define HOST_APPLY_H

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/plan/plan.h"
#include "host/machine/host.h"

struct apply {
	const struct host	*host;
	const struct promise	*promise;
	struct facts		*facts;		/* the look that the plan was made from; renewed by
						   watching */
	double			 timeout;	/* --timeout, seconds; below 0: the default of each
						   wait */
	bool			 keep;		/* --keep: an unhealthy new job is committed */
	/* a step was done, undone or failed */
	void (*finished)(void *context, const struct step *);
	void			*context;
	bool			 changed;	/* out: something was done and not undone */
	bool			 rolled_back;	/* out: something was done, and all of it undone */
	struct error		 unhealthy;		/* what is wrong with a job that keep left
							   in place */
};

/*
 * Returns 0, or -1. When a step fails: ERROR_FAILED when all was put back ("why" holds the cause),
 * ERROR_PARTIAL when something is left as it is; error->fix then lists what. Before the first
 * change the cause keeps its own kind. host->stop is polled between steps, and ignored while
 * undoing. Steps after TARGET_RECEIPT are clean-up: when one fails the rest is still tried, and
 * nothing is undone. With keep: -1 after the commit, too, when the job is not healthy.
 */
int	apply_plan(struct apply *, struct plan *, struct error *);

#endif
