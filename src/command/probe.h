/*
 * Asks who reaches a peer: shared by probe, verify --probe and install --peer.
 */
#ifndef COMMAND_PROBE_H
#define COMMAND_PROBE_H

#include "command/command.h"

#define PROBE_SECONDS	60.0	/* unless --timeout says otherwise */

/*
 * Probes the target from the contexts of probing: looks at the target, runs the jobs, gives the
 * verdict and the advice. The caller holds the lock. Returns 0 with a verdict of any kind,
 * PROBE_VERDICT_BAD_TARGET too, which then was given before any try. -1: ERROR_PARTIAL, what was
 * put in place could not be removed; ERROR_ACCOUNT; ERROR_FILE; ERROR_SYSTEM; ERROR_FAILED, a
 * signal asked to stop.
 */
int	probe_ask(struct session *, struct probe *, struct error *);

/*
 * Looks up the accounts of the contexts, PROBE_CONTEXTS_MAX at most: ERROR_ACCOUNT. What is found
 * is remembered for the run, so whoever is to take the lock asks before, for there is no time
 * limit.
 */
int	probe_accounts(const struct session *, const struct probe *, struct account[],
    struct error *);

/*
 * Refuses a peer (ERROR_USAGE) that is written as an address and is no witness from here: loopback,
 * this Mac's own, or in no network of its. An image may belong elsewhere: there nothing is refused.
 */
int	probe_check_peer(struct session *, const struct peer *, struct error *);

/*
 * Fills facts->peers: whether the job of the promise has a connection to each, and when probe is
 * set, where it has none, what probe_ask() says of its context; the caller then holds the lock, and
 * what is not open is told. Returns 0, or -1 as probe_ask() does.
 */
int	probe_peers(struct session *, const struct promise *, struct facts *, bool probe,
    struct error *);

/*
 * The verdict as an error: 0 for open; ERROR_FAILED blocked, ERROR_UNKNOWN, ERROR_USAGE a bad
 * target.
 */
int	probe_error(const struct probe *, struct error *);

/* The verdict, and with what to do, as lines. */
void	probe_report(struct session *, const struct probe *);

/* Its members of the JSON object. */
void	probe_answer(struct session *, struct json *);

#endif
