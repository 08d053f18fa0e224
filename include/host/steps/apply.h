/*
 * Run a plan in order. On failure undo the steps in reverse, including the failed one: a call that
 * failed may still have acted (fsync after a rename, a launchctl killed by its time limit). Undoing
 * twice is harmless.
 */
#ifndef HOST_STEPS_APPLY_H
#define HOST_STEPS_APPLY_H

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/plan/plan.h"
#include "host/files/files.h"
#include "host/machine/host.h"

struct apply {
	const struct host	*host;
	struct receipt		*receipt;	/* of the plan; a load notes where the logs end */
	struct facts		*facts;		/* of the plan; watching renews them */
	double			 timeout;	/* --timeout, seconds; < 0: each wait's default */
	double			 settle;	/* of the receipt; its spec may have that of this
						   run */
	bool			 watch;		/* the new job must become healthy */
	bool			 keep;		/* --keep: commit an unhealthy new job */
	/* called when a step was done, undone or failed */
	void (*finished)(void *context, const struct step *);
	void			*context;
	struct plan		*plan;		/* this and the next: set by apply_plan() */
	enum files_when		 when;		/* for each file */
	bool			 stopped;	/* undoing because of a signal: wait only briefly */
	bool			 changed;	/* out: something was done and not undone */
	bool			 rolled_back;	/* out: something was done, and all of it undone */
	struct error		 unhealthy;	/* out: what is wrong with a job that keep left in
						   place */
};

/*
 * Return 0, or -1 if a step failed: ERROR_FAILED if everything was undone ("why" is the cause),
 * ERROR_PARTIAL if not (error->fix lists what remains). Before the first change the error keeps its
 * own kind. host->stop is polled between steps, but ignored while undoing.
 *
 * Steps after the commit are clean-up: if one fails the others still run, and nothing is
 * undone. With keep, return -1 after the commit if the job is unhealthy.
 */
int	apply_plan(struct apply *, struct plan *, struct error *);

#endif
