/*
 * Test who can reach a peer: shared by probe, verify --probe and install --peer.
 */
#ifndef COMMAND_PROBE_H
#define COMMAND_PROBE_H

#include "command/command.h"
#include "host/network/network.h"
#include "core/job/receipt.h"

#define PROBE_SECONDS	60.0	/* without --timeout */

/*
 * Probe the target from the contexts of the probe: check the target, run the jobs, give the verdict
 * and the advice. The caller holds the lock. Returns 0 with any verdict, also
 * PROBE_VERDICT_BAD_TARGET, which is given before any try. -1: ERROR_PARTIAL, the jobs or their
 * files could not be removed; ERROR_ACCOUNT; ERROR_FILE; ERROR_SYSTEM; ERROR_FAILED, a signal.
 */
int	probe_ask(struct session *, struct probe *, struct error *);

/*
 * Run this program again as connect, from here, and read what it prints: a control in the shell's
 * context, or with 0 seconds the addresses of a name. It is ended after the limit.
 */
void	probe_connect(struct session *, const char *target, double seconds, double limit,
    struct context_result *);

/* Return where an address is; a name is taken to be on the link until it is resolved. */
enum address_scope probe_scope(const struct network *, const char *host);

/*
 * Look up the accounts of the contexts. ERROR_ACCOUNT. There is no time limit, and the results are
 * cached: call it before taking the lock.
 */
int	probe_accounts(const struct session *, struct probe *, struct error *);

/*
 * Refuse a peer (ERROR_USAGE) whose address cannot be a test target from here: loopback, this Mac's
 * own, or not on its networks. With --root nothing is refused: the volume may be another Mac's.
 */
int	probe_check_peer(struct session *, const struct peer *, struct error *);

/*
 * Fill facts->peers: whether the job has a connection to each. With ask, probe those
 * without one, and report each verdict that is not open; the caller then holds the lock. Returns 0,
 * or -1 as probe_ask() does.
 */
int	probe_peers(struct session *, const struct spec *, struct facts *, bool ask,
    struct error *);

/* Print the results, the verdict and the advice. */
void	probe_report(struct session *, const struct probe *);

/* Write the members of probe's JSON object. */
void	probe_answer(struct session *, struct json *);

#endif
