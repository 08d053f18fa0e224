/*
 * The plan: the steps from the current to the desired state, in the order in which they are done.
 *
 * Every change is one step with both states in it. Undo swaps them, last step first; equal states
 * mean "unchanged"; --dry-run prints the list. All contents are serialized before the first change,
 * so applying the plan allocates nothing.
 */
#ifndef CORE_PLAN_PLAN_H
#define CORE_PLAN_PLAN_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/job/receipt.h"
#include "core/plan/step.h"

/* More than any job needs; a plan with more is refused. */
#define PLAN_STEPS	40
#define PLAN_NOTES	(8 + FOLDERS_MAX + AGENT_DOMAINS)

struct plan {
	struct step	steps[PLAN_STEPS];
	size_t		count;
	struct bytes	record, receipt;	/* forms of the receipt; plan_free() frees them */
	char		notes[PLAN_NOTES][1280];	/* what is not changed, and why: "PATH:
							   reason" */
	size_t		note_count;
	bool		full;			/* there was no room for a step or a note */
	bool		resumed;		/* it finishes an interrupted change: a backup is of
						   the state before that */
	/*
	 * The job as it was, borrowed, if undoing this would run its program as it is on disk now,
	 * which is not the one that ran; else NULL.
	 */
	const struct receipt *returns;
	/* Why a running job that should be loaded again is left as it is; ERROR_NONE: it is not. */
	struct error	obstacle;
};

struct plan_options {
	bool	load;			/* false: --no-load, or an image without launchd */
	bool	keep_disabled;		/* a disabled label stays disabled, and is not loaded */
	bool	restart;		/* even if nothing differs */
	bool	watch_later;		/* the caller watches it later, together with others */
	bool	start;			/* kickstart a loaded job that launchd has not started */
	bool	replace;		/* install --replace */
	bool	delete_logs;		/* uninstall --delete-logs */
	bool	restore_agent;		/* migrate --undo */
};

/*
 * Plan install, repair and restart. receipt is the one of an earlier run, or NULL; after an
 * interrupted change the plan finishes it, and undo restores the state before that change. Fill the
 * fields of the next receipt beyond its spec: made_log, made_folders, before, undo,
 * undo_receipt. With spec.agent set it plans a migration: that agent is booted out, and its
 * plist removed before the daemon's is written, so launchd could never start both at boot.
 *
 * Refuse, before any change: ERROR_DATA (label, plist or job of somebody else; a program that
 * cannot start, or that others can replace although the job runs as root; a log of another job;
 * lnpctl running inside the job), ERROR_ACCOUNT, ERROR_FILE (a log of somebody else or not
 * a regular file; a directory that cannot be trusted), ERROR_LAUNCHCTL (launchctl could not be
 * understood), ERROR_SYSTEM.
 */
int	plan_install(struct plan *, struct receipt *, const struct receipt *receipt,
    const struct facts *, struct plan_options, struct error *);

/*
 * Plan an uninstall: remove what the receipt lists, and restore what it replaced; with
 * restore_agent also the agent, loaded where it was. Fill undo, as above.
 */
int	plan_uninstall(struct plan *, struct receipt *receipt, const struct facts *,
    struct plan_options, struct error *);

/*
 * Write the warning about path number which of a job, if privacy protection may keep the job out of
 * it; empty: none. Return false if there is no such path.
 */
bool	plan_protected(const struct spec *, const struct facts *, size_t which, char *text,
    size_t size);

/* Return true if a step still has to be done. */
bool	plan_changes(const struct plan *);

/* Return the first step of a kind that still has to be done, or was done; NULL: there is none. */
const struct step *plan_planned(const struct plan *, enum step_kind);

void	plan_free(struct plan *);

#endif
