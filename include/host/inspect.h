/*
 * Looks at the machine and fills struct facts. Changes nothing, needs no root (then some facts stay
 * UNKNOWN).
 */
#ifndef HOST_INSPECT_H
#define HOST_INSPECT_H

#include "core/facts/facts.h"
#include "core/job/promise.h"
#include "host/machine/host.h"
#include "host/launchd/launchctl.h"
#include "host/plist_index.h"

/*
 * Fills facts about the job of a promise. What the survey has seen already is not looked at again;
 * NULL: all is, as before a change. The facts are zeroed, but for user and group, which are looked
 * up only where their exists is UNKNOWN (once a run), and receipt and receipt_bytes, which are
 * inspect_receipt()'s. Never fails: what cannot be seen is UNKNOWN. inspect_free() releases what
 * facts own, the receipt's bytes included.
 */
void	inspect(const struct host *, struct plist_index *, const struct promise *, struct facts *);

/*
 * Looks again, in facts that inspect() has filled, at what an install changes of the job's files.
 */
void	inspect_own(const struct host *, const struct promise *, struct facts *);

/*
 * The same for several jobs, INSPECT_AT_ONCE at most: launchd is asked about all of them together.
 * A promise without a label is passed over.
 */
#define INSPECT_AT_ONCE	16
void	inspect_many(const struct host *, struct plist_index *, const struct promise[],
    struct facts[], size_t count);

void	inspect_free(struct facts *);

/*
 * What only a command that changes something needs besides: inside, and the facts about the
 * promise's agent: its plist, its account, what launchd has of it. After inspect().
 */
void	inspect_for_change(const struct host *, const struct promise *, struct facts *);

/* The last lines of the job's error log, or of its only one: see files_tail(). */
void	inspect_log_end(const struct host *, const struct promise *, int lines, char *target,
    size_t size);

/*
 * As the job's process will be: its account, with the job's group in the place of the account's
 * own.
 */
struct identity inspect_identity(const struct facts *);

/* Only the version, build and start of the system: empty, 0 where unknown. */
void	inspect_system(const struct host *, struct system *);

/*
 * Reads the receipt of a label. 0: promise is filled (the caller frees it) and fact is the file's;
 * bytes are the file's (may be NULL; owned by the caller, bytes_free()). -1: ERROR_FAILED when
 * there is none; ERROR_DATA when it cannot be trusted or is damaged; ERROR_FILE. Then the promise
 * owns what it did before, and nothing in it counts.
 */
int	inspect_receipt(const struct host *, const char *label, struct promise *,
    struct file_fact *, struct bytes *, struct error *);

/* The same where it does not matter why there is none: false. */
bool	inspect_has_receipt(const struct host *, const char *label, struct promise *);

/* Calls visit with the label of each receipt, sorted. */
int	inspect_labels(const struct host *, void (*visit)(void *, const char *label), void *,
    struct error *);

#endif
