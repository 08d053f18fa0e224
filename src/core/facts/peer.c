/* Parse HOST:PORT, and compare addresses with this machine's netmasks. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/facts/peer.h"
#include "core/text.h"

#define LETTERS		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS		"0123456789"
#define NAME_BYTES	LETTERS DIGITS "._-"
#define ADDRESS_BYTES	LETTERS DIGITS ":.%_-"		/* after '%': name of the interface */

static int
peer_refuse(const char *text, const char *why, const char *fix, struct error *error)
{
	return error_set(error, ERROR_USAGE, why, fix == NULL ?
	    "for example: 192.168.1.10:7000 or [fe80::1%en0]:7000" : fix,
	    "cannot use '%.280s' as a peer", text);
}

/* Return the port, 1 to 65535 without leading zeros, or 0 if it is not one. */
static unsigned
read_port(const char *text)
{
	size_t length = strlen(text);
	unsigned long port = strtoul(text, NULL, 10);

	return length <= 5 && strspn(text, DIGITS) == length && text[0] != '0' && port <= 65535 ?
	    (unsigned)port : 0;
}

/* Return true for four numbers; above: one of them is more than 255. */
static bool
peer_is_four_numbers(const char *host, bool *above)
{
	const char *at = host;

	*above = false;
	if (host[strspn(host, DIGITS ".")] != '\0')
		return false;
	for (int i = 0; i < 4; i++) {
		char *end;

		*above = strtoul(at, &end, 10) > 255 || *above;
		if (end == at || *end != (i < 3 ? '.' : '\0'))
			return false;
		at = end + 1;
	}
	return true;
}

/* Return why host is not a name, IPv4 address or bracketed IPv6 address; NULL: it may be one. */
static const char *
peer_host_objection(const char *host, bool brackets)
{
	static const char first[] = LETTERS DIGITS "_", first_six[] = DIGITS "abcdefABCDEF:";
	bool above;

	if (host[0] == '\0')
		return "the host is missing";
	if (peer_is_four_numbers(host, &above) && above)	/* no name server has it either */
		return "each number of an address is from 0 to 255";
	if (brackets)
		return strchr(host, ':') != NULL && host[strspn(host, ADDRESS_BYTES)] == '\0' &&
		    strchr(first_six, host[0]) != NULL ? NULL :
		    "there is no IPv6 address between the brackets";
	if (strchr(host, ':') != NULL)
		return "an IPv6 address needs brackets";
	return host[strspn(host, NAME_BYTES)] == '\0' && strchr(first, host[0]) != NULL ? NULL :
	    "it is neither a host name nor an address";
}

/* A URL: "http://host:80/path". */
static int
peer_refuse_url(const char *text, struct error *error)
{
	return peer_refuse(text, text_begins_folded(text, "udp:") ?
	    "only TCP can be tested, and the form is HOST:PORT" :
	    "it is a URL; only HOST:PORT is wanted", NULL, error);
}

int
peer_parse(struct peer *peer, const char *text, struct error *error)
{
	bool brackets = text[0] == '[';
	const char *start = text + brackets;
	const char *end = brackets ? strchr(text, ']') : strrchr(text, ':'), *why;

	memset(peer, 0, sizeof *peer);
	if (strstr(text, "://") != NULL)
		return peer_refuse_url(text, error);
	if (end == NULL || (brackets && end[1] != ':'))
		return peer_refuse(text, brackets ? "the port is missing" : "it has no port", NULL,
		    error);
	if (!text_format(peer->host, sizeof peer->host, "%.*s", (int)(end - start), start))
		return peer_refuse(text, "the name is too long", NULL, error);
	why = peer_host_objection(peer->host, brackets);
	if (why != NULL)
		return peer_refuse(text, why, NULL, error);
	peer->port = read_port(end + 1 + brackets);
	if (peer->port == 0)
		return peer_refuse(text, "a port is a number from 1 to 65535", NULL, error);
	text_format(peer->text, sizeof peer->text, brackets ? "[%s]:%u" : "%s:%u", peer->host,
	    peer->port);
	return 0;
}

/* ---- logs ---- */

/* Return true if it has the text, in any case. */
static bool
line_has(const char *start, size_t length, const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i + size <= length; i++)
		if (text_begins_folded(start + i, text))
			return true;
	return false;
}

/* Find the last "192.168.1.20:8080" in a line: "dial tcp 192.168.1.20:8080: connect: ...". */
static void
line_find_target(const char *start, size_t length, char target[PEER_SIZE])
{
	char word[sizeof "255.255.255.255:65535"];
	struct error ignored;
	struct peer peer;
	bool above;

	for (size_t i = 0, size; i < length; i += size + 1) {
		for (size = 0; i + size < length && strchr(DIGITS ".:", start[i + size]) != NULL &&
		    start[i + size] != '\0';)
			size++;
		if (size >= sizeof word)
			continue;
		memcpy(word, start + i, size);
		word[size] = '\0';
		if (size > 0 && word[size - 1] == ':')
			word[size - 1] = '\0';
		if (peer_parse(&peer, word, &ignored) == 0 &&
		    peer_is_four_numbers(peer.host, &above))
			text_copy(target, PEER_SIZE, peer.text);
	}
}

bool
peer_find_refused(const char *text, size_t size, char target[PEER_SIZE])
{
	bool found = false;

	target[0] = '\0';
	for (size_t length; size > 0; text += length, size -= length) {
		const char *end = memchr(text, '\n', size);

		length = end == NULL ? size : (size_t)(end - text) + 1;
		if (!line_has(text, length, "No route to host") &&
		    !line_has(text, length, "EHOSTUNREACH"))
			continue;
		found = true;
		line_find_target(text, length, target);
	}
	return found;
}

/* ---- addresses ---- */

static size_t
address_length(const struct address *address)
{
	return address->six ? 16 : 4;
}

bool
address_equal(const struct address *a, const struct address *b)
{
	return a->six == b->six && memcmp(a->bytes, b->bytes, address_length(a)) == 0 &&
	    (a->scope == b->scope || a->scope == 0 || b->scope == 0);
}

bool
address_is_in(const struct address *address, const struct address list[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_equal(address, &list[i]))
			return true;
	return false;
}

void
address_unmap(struct address *address)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	if (!address->six || memcmp(address->bytes, mapped, sizeof mapped) != 0)
		return;
	memmove(address->bytes, address->bytes + 12, 4);
	memset(address->bytes + 4, 0, 12);
	address->six = false;
	address->scope = 0;
}

/* Return the byte at index of a netmask of that many bits. */
static unsigned char
mask_byte(unsigned bits, size_t index)
{
	unsigned before = (unsigned)index * 8;

	if (bits >= before + 8)
		return 0xff;
	return bits <= before ? 0 : (unsigned char)(0xff << (8 - (bits - before)));
}

void
address_network(struct address *address, unsigned prefix)
{
	for (size_t i = 0; i < address_length(address); i++)
		address->bytes[i] &= mask_byte(prefix, i);
}

static bool
is_link_local(const struct address *address)
{
	return address->six && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

static bool
peer_holds(const struct interface *interface, const struct address *address)
{
	if (interface->address.six != address->six)
		return false;
	for (size_t i = 0; i < address_length(address); i++)
		if (((interface->address.bytes[i] ^ address->bytes[i]) &
		    mask_byte(interface->prefix, i)) != 0)
			return false;
	return !is_link_local(address) || interface->scope == address->scope;
}

const struct interface *
peer_interface(const struct address *given, const struct interface interfaces[], size_t count)
{
	const struct interface *best = NULL;
	struct address address = *given;

	address_unmap(&address);
	for (size_t i = 0; i < count; i++)
		if (peer_holds(&interfaces[i], &address) &&
		    (best == NULL || interfaces[i].prefix > best->prefix ||
		    (interfaces[i].prefix == best->prefix && best->point_to_point)))
			best = &interfaces[i];
	return best;
}

static bool
is_loopback(const struct address *address)
{
	static const unsigned char six[16] = { [15] = 1 };

	return address->six ? memcmp(address->bytes, six, sizeof six) == 0 :
	    address->bytes[0] == 127;
}

/* 0.0.0.0/8 (this host), 224.0.0.0 and above (multicast, broadcast), :: and ff00::/8. */
static bool
is_no_host(const struct address *address)
{
	static const unsigned char none[16];

	if (!address->six)
		return address->bytes[0] == 0 || address->bytes[0] >= 224;
	return address->bytes[0] == 0xff || memcmp(address->bytes, none, sizeof none) == 0;
}

/* The first and last address of an IPv4 network are its own address and its broadcast. */
static bool
is_edge(const struct address *address, unsigned prefix)
{
	uint32_t ones = prefix < 32 ? UINT32_MAX >> prefix : 0, host = 0;

	for (size_t i = 0; i < 4; i++)
		host = host << 8 | address->bytes[i];
	host &= ones;
	return !address->six && prefix <= 30 && (host == 0 || host == ones);
}

enum address_scope
peer_scope(const struct address *given, const struct interface interfaces[], size_t count)
{
	const struct interface *interface;
	struct address address = *given;

	address_unmap(&address);
	if (is_loopback(&address))
		return SCOPE_LOOPBACK;
	if (is_no_host(&address))
		return SCOPE_NO_HOST;
	for (size_t i = 0; i < count; i++)
		if (address_equal(&interfaces[i].address, &address))
			return interfaces[i].loopback ? SCOPE_LOOPBACK : SCOPE_OWN;
	if (is_link_local(&address) && address.scope == 0)
		return SCOPE_NO_INTERFACE;
	interface = peer_interface(&address, interfaces, count);
	if (interface == NULL)
		return SCOPE_ROUTED;
	if (interface->loopback)
		return SCOPE_LOOPBACK;
	if (interface->point_to_point)
		return SCOPE_TUNNEL;
	return is_edge(&address, interface->prefix) ? SCOPE_NO_HOST : SCOPE_ON_LINK;
}

static const struct {
	const char	*word, *why;
} address_scopes[] = {
	[SCOPE_ON_LINK] = { "on-link", "it is on a network of this Mac" },
	[SCOPE_LOOPBACK] = { "loopback",
	    "loopback is not subject to Local Network Privacy, so it proves nothing" },
	[SCOPE_OWN] = { "own",
	    "this Mac's own address is not subject to Local Network Privacy, so it proves "
	    "nothing" },
	[SCOPE_NO_HOST] = { "no-host", "it is not the address of a single machine" },
	[SCOPE_NO_INTERFACE] = { "no-scope",
	    "a link-local address needs its interface, as in fe80::1%en0" },
	[SCOPE_TUNNEL] = { "tunnel",
	    "it is reached through a tunnel, which is not subject to Local Network Privacy, so it "
	    "proves nothing" },
	[SCOPE_ROUTED] = { "routed",
	    "it is not on a network of this Mac; a machine behind a router is not subject to "
	    "Local Network Privacy, so it proves nothing" },
};

const char *
peer_scope_word(enum address_scope scope)
{
	return address_scopes[scope].word;
}

const char *
peer_scope_why(enum address_scope scope)
{
	return address_scopes[scope].why;
}

bool
peer_scope_read(const char *word, enum address_scope *scope)
{
	for (size_t i = 0; i < sizeof address_scopes / sizeof address_scopes[0]; i++)
		if (strcmp(address_scopes[i].word, word) == 0) {
			*scope = (enum address_scope)i;
			return true;
		}
	return false;
}
