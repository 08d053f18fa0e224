/*
 * Look at this machine's network: addresses and names, one connection attempt, and the connections
 * of a process.
 */
#ifndef HOST_NETWORK_NETWORK_H
#define HOST_NETWORK_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/facts/facts.h"
#include "core/facts/peer.h"
#include "host/machine/host.h"

#define NETWORK_NEIGHBORS	8	/* gateways, or name servers, that are kept */

struct network {			/* what an address is compared with */
	struct interface	interfaces[INTERFACES_MAX];
	size_t			interface_count;
	struct address		gateways[NETWORK_NEIGHBORS];	/* of default routes */
	size_t			gateway_count;
	/* "nameserver" of /etc/resolv.conf */
	struct address		servers[NETWORK_NEIGHBORS];
	size_t			server_count;
};

/*
 * Fill from this machine. Return 0, or -1 with ERROR_SYSTEM. Gateways and name servers that cannot
 * be read are missing, without an error.
 */
int	network_look(struct network *, struct error *);

/* Parse a numeric address, a link-local one with its interface. Return false for a name. */
bool	network_literal(const char *text, struct address *);

/* Write an address as numeric text. */
void	network_text(const struct address *, char target[ADDRESS_TEXT]);

/*
 * Resolve a name or numeric address; return the number of distinct addresses, 0 also if the lookup
 * failed. It has no time limit, so only call it in a process that has one.
 */
size_t	network_resolve(const char *host, struct address found[ADDRESSES_MAX]);

struct attempt {
	int	errnum;			/* 0: connected; ETIMEDOUT: no answer within seconds */
	double	milliseconds;		/* until that was known */
};

/*
 * Connect to all addresses in parallel, send nothing and close. The first connection, or the first
 * refusal by the peer, is the result. If all fail it is the failure that is the weakest sign of
 * Local Network Privacy (core/probe/probe.h). host->stop ends it with ETIMEDOUT.
 */
void	network_try(const struct host *, const struct address addresses[], size_t count,
    unsigned port, double seconds, struct attempt *);

/*
 * Return whether the process or one of its descendants has an ESTABLISHED connection to one of
 * these addresses at this port. UNKNOWN: not readable (other accounts' processes need root), no
 * such process, or more descriptors and processes than the account's limit (host/machine/budget.h).
 */
enum tristate network_is_connected(const struct host *, pid_t, const struct address addresses[],
    size_t count, unsigned port);

struct sockaddr;
struct budget;

/* Convert a socket address. Return false for other families and NULL. */
bool	network_from_system(const struct sockaddr *, struct address *);

/*
 * ---- platform differences: src/host/network/network_linux.c, network_macos.c ----
 */

/* Fill in the gateways of the default routes; return how many. */
size_t	network_gateways(struct address found[NETWORK_NEIGHBORS]);

/*
 * List all processes of this machine in *pids, which the caller frees. Return how many, 0 on
 * failure.
 */
size_t	network_processes(pid_t **pids);

/* Like network_is_connected(), for one process. UNKNOWN also if the budget is used up. */
enum tristate network_has_connection(struct budget *, pid_t, const struct address addresses[],
    size_t count, unsigned port);

#endif
