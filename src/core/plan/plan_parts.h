/* Shared by plan.c, plan_remember.c, plan_refuse.c and plan_migrate.c, and private to them. */
#ifndef CORE_PLAN_PLAN_PARTS_H
#define CORE_PLAN_PLAN_PARTS_H

#include "core/plan/plan.h"

/* Add a step: unchanged if was and now both match the goal, else planned. */
struct step *plan_add(struct plan *, enum step_kind, const char *name, struct state was,
    struct state now, struct state goal);

/* Note what is not changed, and why. */
void	plan_note(struct plan *, const char *, ...) __attribute__((format(printf, 2, 3)));

/* Begin an empty plan; end one, or refuse it and leave it empty. */
void	plan_begin(struct plan *, bool resumed);
int	plan_end(struct plan *, const struct spec *, const struct facts *, struct error *);

struct state plan_file_state(const struct file_fact *, struct bytes);

/* Of a file that lnpctl writes; without content, of one to remove. */
struct state plan_our_state(const struct facts *, struct bytes content, mode_t);
struct state plan_snapshot_state(const struct file_snapshot *);
struct state plan_job_state(enum tristate loaded, const char *from, bool running);

/* A file that a change may touch: SNAP_PLIST, ..., and last the receipt. */
#define PLAN_FILES	(SNAP_FILES + 1)
struct plan_file {
	const char		*path;		/* empty: the job has none */
	const struct file_fact	*fact;
	struct bytes		 content;	/* borrowed from the facts; of plists only */
};
struct plan_file plan_file(const struct spec *, const struct facts *, int which);

/* Fill what the receipt remembers, see plan_install(). ERROR_SYSTEM. */
int	plan_remember(struct receipt *, const struct receipt *receipt, const struct facts *,
    struct error *);

/* Fill undo and undo_receipt with the current state. Return false if memory is short. */
bool	plan_remember_undo(struct receipt *, const struct facts *);

/* Return true if that directory above the logs is missing. */
bool	plan_is_missing(const char *folder, const struct facts *);

/* ---- the agent that is or was migrated; without one they do nothing ---- */

/*
 * Return true if an interrupted run left the agent in place, or partly restored: then uninstall
 * restores it.
 */
bool	plan_is_agent_between(const struct receipt *receipt, const struct facts *);
void	plan_observe_agent(struct snapshot *, const struct spec *, const struct facts *);
void	plan_add_agent_unloads(struct plan *, const struct receipt *, const struct facts *);
void	plan_add_agent_removal(struct plan *, const struct receipt *, const struct facts *);

/* Restore its plist, and load it where it was loaded; without restore, keep and name the plist. */
void	plan_add_agent_return(struct plan *, const struct receipt *receipt, const struct facts *,
    bool restore);

/*
 * Refuse with ERROR_ACCOUNT if its account has changed, ERROR_FILE if its plist or directory cannot
 * be trusted, ERROR_DATA if another job with its label is loaded, ERROR_LAUNCHCTL.
 */
int	plan_refuse_agent(const struct spec *, const struct facts *, struct error *);

/* The same, and ERROR_DATA if the label of an agent without a receipt is disabled. */
int	plan_refuse_migration(const struct spec *, const struct receipt *receipt,
    const struct facts *, struct error *);

/* Refuse as plan_install() documents. */
int	plan_refuse_install(const struct spec *, const struct receipt *receipt,
    const struct facts *, struct plan_options, struct error *);

/*
 * Refuse with ERROR_DATA if an account chose the label and another vendor's daemon has replaced the
 * job's plist; not after an interrupted change.
 */
int	plan_refuse_strange_plist(const struct receipt *receipt, const struct facts *,
    struct error *);

/* Refuse with ERROR_DATA if the job is loaded from neither its plist nor the one it replaced. */
int	plan_refuse_strange_job(const struct receipt *, const struct facts *, struct error *);

/* Refuse with ERROR_LAUNCHCTL if the state of launchd is not known. */
int	plan_refuse_launchd(const struct facts *, struct error *);

/*
 * Refuse with ERROR_DATA, ERROR_FILE or ERROR_ACCOUNT a plan after which the job is to start, and
 * could not. next is the receipt to be written.
 */
int	plan_refuse_start(const struct plan *, const struct receipt *next,
    const struct receipt *receipt, const struct facts *, struct plan_options, struct error *);

/* Refuse with ERROR_DATA a plan that boots out the job that lnpctl runs in. */
int	plan_refuse_inside(const struct plan *, const struct spec *, const struct facts *,
    struct error *);

/* Refuse a step that would fail midway because file flags lock the file even for root. */
int	plan_refuse_locked(const struct plan *, const struct spec *, const struct facts *,
    struct error *);

#endif
