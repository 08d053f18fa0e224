/*
 * The network as this machine has it: addresses, names, one try of a connection, and the
 * connections of a process.
 */
#ifndef HOST_NETWORK_NETWORK_H
#define HOST_NETWORK_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/facts/facts.h"
#include "core/facts/peer.h"
#include "host/machine/host.h"

#define NETWORK_NEIGHBORS	8	/* gateways, or name servers, that are looked at */

struct network {			/* what an address is held against */
	struct interface	interfaces[INTERFACES_MOST];
	size_t			interface_count;
	struct address		gateways[NETWORK_NEIGHBORS];	/* of default routes */
	size_t			gateway_count;
	/* "nameserver" of /etc/resolv.conf */
	struct address		servers[NETWORK_NEIGHBORS];
	size_t			server_count;
};

/*
 * Looks at this machine. 0, or -1: ERROR_SYSTEM; gateways and name servers that cannot be seen are
 * none.
 */
int	network_look(struct network *, struct error *);

/* An address written in digits, with the interface of a link-local one. False for a name. */
bool	network_literal(const char *text, struct address *);

/* And back. */
void	network_text(const struct address *, char target[ADDRESS_TEXT]);

/*
 * The addresses of a name, each once, or the one that the text is. Has no time limit of its own:
 * only for a process that has one. Returns how many; 0: none, or the name could not be resolved.
 */
size_t	network_resolve(const char *host, struct address found[ADDRESSES_MOST]);

struct attempt {
	int	errnum;			/* errno of the failure; 0: connected; ETIMEDOUT: seconds
					   passed */
	double	milliseconds;		/* until it was known */
};

/*
 * Connects to all addresses at once and closes again; sends nothing. The first that connects, or is
 * refused by the peer, decides; when all fail it is the failure that tells least of Local Network
 * Privacy (core/probe/probe.h). host->stop ends it with ETIMEDOUT.
 */
void	network_try(const struct host *, const struct address addresses[], size_t count,
    unsigned port, double seconds, struct attempt *);

/*
 * Whether the process, or one that it started or they did, has an ESTABLISHED connection to one of
 * these addresses at this port. UNKNOWN: not to be seen (root is needed for other accounts'
 * processes), no such process, or its account has more descriptors and processes than are looked
 * through: see host/machine/budget.h.
 */
enum tristate network_is_connected(const struct host *, pid_t, const struct address addresses[],
    size_t count, unsigned port);

struct sockaddr;
struct budget;

/* An address of the system's; false for other families and NULL. */
bool	network_from_system(const struct sockaddr *, struct address *);

/*
 * ---- what Linux and macOS do differently: src/host/network/network_linux.c, network_macos.c ----
 */

/* The gateways of default routes; how many. */
size_t	network_gateways(struct address found[NETWORK_NEIGHBORS]);

/*
 * All processes of this machine, malloc'ed, into *pids; returns how many, 0 when it failed. The
 * caller frees.
 */
size_t	network_processes(pid_t **pids);

/*
 * As network_is_connected(), for this one process. UNKNOWN, too, when there is nothing left to take
 * of the budget.
 */
enum tristate network_has_connection(struct budget *, pid_t, const struct address addresses[],
    size_t count, unsigned port);

#endif
