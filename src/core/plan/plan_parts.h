/*
 * What plan.c, plan_remember.c, plan_refuse.c and plan_migrate.c have in common. Private to them.
 */
#ifndef CORE_PLAN_PLAN_PARTS_H
#define CORE_PLAN_PLAN_PARTS_H

#include "core/plan/plan.h"

/* The next step, planned unless was and now are as it shall be. */
struct step *plan_add(struct plan *, enum target, const char *name, struct state was,
    struct state now, struct state goal);

/* What is left as it is, and why. */
void	plan_note(struct plan *, const char *, ...) __attribute__((format(printf, 2, 3)));

struct state plan_file_state(const struct file_fact *, struct bytes);
struct state plan_snapshot_state(const struct file_snapshot *);
struct state plan_job_state(enum tristate loaded, const char *from, bool running);

/* Remembers a file as it is. False: memory is short. */
bool	plan_observe_file(struct file_snapshot *, const char *path, const struct file_fact *,
    struct bytes);

/* Remembers all that a change may touch, likewise. */
bool	plan_observe(struct snapshot *, const struct promise *, const struct facts *);

/* Fills what the receipt remembers: see plan_install(). Fails with ERROR_SYSTEM. */
int	plan_remember(struct promise *, const struct promise *receipt, const struct facts *,
    struct error *);

/* Whether a folder above the logs is missing. */
bool	plan_is_missing(const char *folder, const struct facts *);

/* ---- the agent that becomes, or became, the daemon: nothing where there is none ---- */

/*
 * Whether a run that was cut off left the agent where it was, or on its way back: then uninstalling
 * leads back to it.
 */
bool	plan_is_agent_between(const struct promise *receipt, const struct facts *);
bool	plan_observe_agent(struct snapshot *, const struct promise *, const struct facts *);
void	plan_add_agent_unloads(struct plan *, const struct promise *, const struct facts *);
void	plan_add_agent_removal(struct plan *, const struct promise *, const struct facts *);

/*
 * bring: its plist and, where it was loaded, the job come back; else the plist is kept, and named.
 */
void	plan_add_agent_return(struct plan *, const struct promise *receipt, const struct facts *,
    bool bring);

/*
 * ERROR_ACCOUNT, its account is another now; ERROR_FILE, its plist or folder cannot be trusted;
 * ERROR_DATA, launchd has another job of that label there; ERROR_LAUNCHCTL.
 */
int	plan_refuse_agent(const struct promise *, const struct facts *, struct error *);

/* The same, and of an agent that has no receipt yet ERROR_DATA where its label is disabled. */
int	plan_refuse_migration(const struct promise *, const struct promise *receipt,
    const struct facts *, struct error *);

/* The refusals of plan_install(), see there. */
int	plan_refuse_install(const struct promise *, const struct promise *receipt,
    const struct facts *, struct plan_options,
	    struct error *);

/*
 * ERROR_DATA: of a label that an account chose, another vendor's daemon stands where the job's
 * plist was. Not of a change that was cut off.
 */
int	plan_refuse_strange_plist(const struct promise *receipt, const struct facts *,
    struct error *);

/* Any change wants to know what launchd has: ERROR_LAUNCHCTL. */
int	plan_refuse_launchd(const struct facts *, struct error *);

/* A plan that boots out the job that we are part of: ERROR_DATA. */
int	plan_refuse_inside(const struct plan *, const struct promise *, const struct facts *,
    struct error *);

/* The step that would fail in the middle of the change, for flags forbid it to root, too. */
int	plan_refuse_locked(const struct plan *, const struct promise *, const struct facts *,
    struct error *);

#endif
