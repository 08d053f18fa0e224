/*
 * Look at the machine and fill struct facts. Changes nothing and works without root (some facts
 * then stay UNKNOWN).
 */
#ifndef HOST_INSPECT_H
#define HOST_INSPECT_H

#include "core/facts/facts.h"
#include "core/job/receipt.h"
#include "host/machine/host.h"
#include "host/launchd/agents.h"
#include "host/launchd/launchctl.h"
#include "host/plist_index.h"

/*
 * Fill facts about the jobs of up to INSPECT_AT_ONCE specs; launchd is queried about all of them in
 * parallel. While it answers, what the caller has to do first is done (NULL: nothing), which may
 * fill the rest of a receipt; one without a label is skipped then. What the index already has is
 * not looked at again; with NULL everything is, as before a change. This does not fail: what cannot
 * be seen is UNKNOWN.
 *
 * The caller passes zeroed facts, except receipt and receipt_bytes, filled by inspect_receipt(),
 * and user and group, which are looked up if their exists is UNKNOWN (once per run). inspect_free()
 * releases what facts own, including the receipt's bytes.
 */
#define INSPECT_AT_ONCE	16
void	inspect_many(const struct host *, struct plist_index *, const struct overlap *first,
    const struct receipt[], struct facts[], size_t count);

/* Fill loaded_agent after inspect_many(); agents has what was asked for already. */
void	inspect_agents(const struct host *, struct agents *agents, const struct spec *,
    struct facts *);

/* Renew, in facts of inspect_many(), those about the job's files that an install changes. */
void	inspect_own(const struct host *, const struct receipt *, struct facts *);

void	inspect_free(struct facts *);

/*
 * Fill, after inspect_many(), what only a command that changes something needs: runs_in_job,
 * daemons, apple_plist, and the facts about the job's agent: its plist, its account, its launchd
 * state.
 */
void	inspect_for_change(const struct host *, const struct spec *, struct facts *);

/*
 * Before lnpctl starts the job: note in the receipt where its logs end, renew the facts about them,
 * and note where launchd's own log ends.
 */
void	inspect_before_start(const struct host *, struct receipt *, struct facts *);

/*
 * Add to the error of a start that failed what was logged since: the last lines of the job's error
 * log, else of the other one, and of launchd's. Advice to read a log without such lines, which a
 * rollback may remove, is replaced.
 */
void	inspect_evidence(const struct host *, const struct receipt *, const struct facts *,
    struct error *);

/* Fill only the system's version, build and boot time; empty or 0 if unknown. */
void	inspect_system(const struct host *, struct system *);

/*
 * Read the receipt of a label. Return 0: it is filled (the caller frees it), fact describes
 * the file, and bytes (may be NULL) hold its contents, which the caller frees with bytes_free().
 * Return -1: ERROR_FAILED, there is none; ERROR_DATA, it is untrusted or damaged; ERROR_FILE. On
 * failure the receipt still owns its old buffers; its contents are undefined. known (may be NULL)
 * is a plist that was parsed, which the receipt may have, too.
 */
int	inspect_receipt(const struct host *, const char *label, const struct plist_file *known,
    struct receipt *, struct file_fact *, struct bytes *, struct error *);

/* The same for callers that need no reason: return false on any error. */
bool	inspect_has_receipt(const struct host *, const char *label, struct receipt *);

struct labels {
	char	(*names)[NAME_SIZE];	/* the caller frees them */
	size_t	count;
};

/* List the labels that have a receipt, sorted. On failure the list is empty. */
int	inspect_labels(const struct host *, struct labels *, struct error *);

#endif
