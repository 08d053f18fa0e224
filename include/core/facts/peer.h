/*
 * A machine that a job must reach: parse HOST:PORT, compare addresses, and determine if Local
 * Network Privacy applies to an address at all.
 */
#ifndef CORE_FACTS_PEER_H
#define CORE_FACTS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

#define HOST_SIZE	256		/* a DNS name has at most 253 bytes */
#define PEER_SIZE	264		/* "[HOST]:65535" */
#define ADDRESS_TEXT	80		/* an IPv6 address with the name of its interface */
#define ADDRESSES_MAX	8		/* of one name; more are not tried */
#define INTERFACES_MAX	64		/* addresses of this machine */
#define PEERS_MAX	8		/* of one job; more are refused */
#define PEER_WHY	768		/* bytes of a sentence or two */

struct peer {
	char		host[HOST_SIZE];	/* without brackets */
	unsigned	port;			/* 1 to 65535 */
	char		text[PEER_SIZE];	/* printed form: [fe80::1%en0]:80 */
};

struct address {
	bool		six;			/* IPv6; else only the first four bytes are used */
	unsigned char	bytes[16];		/* in network order */
	uint32_t	scope;			/* interface of a link-local address; 0: none */
};

struct interface {				/* one address of an interface that is up */
	struct address	address;
	unsigned	prefix;			/* bits of its netmask */
	bool		loopback;
	bool		point_to_point;		/* a tunnel: not subject to Local Network
						   Privacy (XNU necp.c:901) */
	uint32_t	scope;			/* the interface's number */
};

enum address_scope {			/* where an address is, as seen from this machine */
	SCOPE_ON_LINK,			/* reached directly over a broadcast interface: the only
					   scope that Local Network Privacy applies to */
	SCOPE_LOOPBACK,
	SCOPE_OWN,
	SCOPE_NO_HOST,			/* unspecified, multicast, broadcast */
	SCOPE_NO_INTERFACE,		/* link-local without its interface */
	SCOPE_TUNNEL,
	SCOPE_ROUTED,			/* behind a router, or nowhere */
};

/* Result of a probe: see core/probe/probe.h. */
enum probe_verdict {
	PROBE_VERDICT_OPEN, PROBE_VERDICT_BLOCKED, PROBE_VERDICT_UNREACHABLE,
	PROBE_VERDICT_UNDETERMINED, PROBE_VERDICT_BAD_TARGET,
};

/*
 * Parse HOST:PORT or [IPv6]:PORT. Names consist of letters, digits, dots, hyphens and underscores
 * and begin with a letter, digit or underscore. ERROR_USAGE for anything else.
 */
int	peer_parse(struct peer *, const char *text, struct error *);

/*
 * Return true if one of the lines of a log reports EHOSTUNREACH, in the words of strerror(3) or by
 * that name. target is the IPv4 address and port of the last such line that has one, or empty. A
 * name is not taken: the job's account writes the log.
 */
bool	peer_find_refused(const char *text, size_t size, char target[PEER_SIZE]);

/*
 * Return the scope of an address. The interface with the longest netmask that contains it decides,
 * among equal ones one that is not a tunnel. An IPv4-mapped address (::ffff:127.0.0.1) is treated
 * as IPv4.
 */
enum address_scope peer_scope(const struct address *, const struct interface[], size_t count);

/* Return a scope as a word for scripts ("on-link"), and why it is or is not tested, for people. */
const char *peer_scope_word(enum address_scope);
const char *peer_scope_why(enum address_scope);

/* Convert such a word back; false if it is unknown. */
bool	peer_scope_read(const char *word, enum address_scope *);

/* Return whether they are the same, or one is in the list; a scope of 0 matches any. */
bool	address_equal(const struct address *, const struct address *);
bool	address_is_in(const struct address *, const struct address list[], size_t count);

/* Turn ::ffff:10.0.0.1 into 10.0.0.1; leave others unchanged. */
void	address_unmap(struct address *);

/* Return the interface whose network contains the address, chosen as in peer_scope(), or NULL. */
const struct interface *peer_interface(const struct address *, const struct interface[],
    size_t count);

/* Clear the bits after the prefix, which leaves the network that an exemption would name. */
void	address_network(struct address *, unsigned prefix);

#endif
