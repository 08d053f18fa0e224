/*
 * The machine that a job must reach: HOST:PORT as text, addresses as plain bytes, and whether Local
 * Network Privacy is asked about an address at all.
 */
#ifndef CORE_FACTS_PEER_H
#define CORE_FACTS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

#define HOST_SIZE	256		/* a name of the DNS has 253 bytes at most */
#define PEER_SIZE	264		/* "[HOST]:65535" */
#define ADDRESS_TEXT	80		/* an IPv6 address with the name of its interface */
#define ADDRESSES_MAX	8		/* of one name; more are not tried */
#define INTERFACES_MAX	64		/* addresses of this machine */
#define PEERS_MAX	8		/* of one job; more are refused */
#define PEER_WHY	768		/* bytes of a sentence or two */

struct peer {
	char		host[HOST_SIZE];	/* without brackets */
	unsigned	port;			/* 1 to 65535 */
	char		text[PEER_SIZE];	/* as it is written again: [fe80::1%en0]:80 */
};

struct address {
	bool		six;			/* IPv6; else the first four bytes count */
	unsigned char	bytes[16];		/* in network order */
	uint32_t	scope;			/* the interface of a link-local IPv6 address; 0:
						   none */
};

struct interface {				/* one address of an interface that is up */
	struct address	address;
	unsigned	prefix;			/* bits of its netmask */
	bool		loopback;
	bool		point_to_point;		/* a tunnel: outside Local Network Privacy (XNU
						   necp.c:901) */
	uint32_t	scope;			/* the interface's number */
};

enum address_scope {				/* where an address is, as seen from this machine */
	SCOPE_ON_LINK,			/* reached directly over a broadcast interface: what LNP is
					   about */
	SCOPE_LOOPBACK,
	SCOPE_OWN,
	SCOPE_NO_HOST,			/* unspecified, multicast, broadcast */
	SCOPE_NO_INTERFACE,			/* link-local without its interface */
	SCOPE_TUNNEL,
	SCOPE_ROUTED,			/* behind a router, or nowhere */
};

/* What a probe comes to: see core/probe/probe.h. */
enum probe_verdict {
	PROBE_VERDICT_OPEN, PROBE_VERDICT_BLOCKED, PROBE_VERDICT_UNREACHABLE,
	    PROBE_VERDICT_UNDETERMINED,
	PROBE_VERDICT_BAD_TARGET,
};

/*
 * Reads HOST:PORT or [IPv6]:PORT. Names have letters, digits, dots, hyphens and underscores only
 * and begin with a letter, a digit or an underscore. ERROR_USAGE for anything else.
 */
int	peer_parse(struct peer *, const char *text, struct error *);

/*
 * Places an address; the longest netmask that holds it decides, and among equal ones an interface
 * that is no tunnel. An IPv4 address in IPv6's clothes (::ffff:127.0.0.1) is judged as what it is.
 */
enum address_scope peer_scope(const struct address *, const struct interface[], size_t count);

/*
 * A word for the plumbing's output ("on-link"), and a reason for people ("it is this Mac's own
 * address").
 */
const char *peer_scope_word(enum address_scope);
const char *peer_scope_why(enum address_scope);

/* The place of a word; false when there is none. */
bool	peer_scope_read(const char *word, enum address_scope *);

bool	address_equal(const struct address *, const struct address *);

/* ::ffff:10.0.0.1 becomes 10.0.0.1; others stay. */
void	address_unmap(struct address *);

/* The interface whose network the address is in, as peer_scope() chooses it; NULL: none. */
const struct interface *peer_interface(const struct address *, const struct interface[],
    size_t count);

/* Clears the bits after the prefix: the network that an exemption would name. */
void	address_network(struct address *, unsigned prefix);

#endif
