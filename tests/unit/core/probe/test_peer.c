/* peer.c: HOST:PORT, and where an address is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/peer.h"

#define EN0	4
#define UTUN0	9

/* "10.9.0.1", or sixteen bytes by the way of '#' and 32 digits. */
static struct address
address(const char *text)
{
	struct address made = { .six = text[0] == '#' };
	unsigned part[4];

	if (!made.six) {
		assert_int_equal(sscanf(text, "%u.%u.%u.%u", &part[0], &part[1], &part[2],
		    &part[3]), 4);
		for (int i = 0; i < 4; i++)
			made.bytes[i] = (unsigned char)part[i];
		return made;
	}
	assert_int_equal(strlen(text), 33);
	for (int i = 0; i < 16; i++) {
		assert_int_equal(sscanf(text + 1 + i * 2, "%2x", &part[0]), 1);
		made.bytes[i] = (unsigned char)part[0];
	}
	return made;
}

static struct address
scoped(const char *text, uint32_t scope)
{
	struct address made = address(text);

	made.scope = scope;
	return made;
}

/* A Mac with loopback, Ethernet, and a VPN that claims all of 10.0.0.0/8. */
static size_t
make_interfaces(struct interface interfaces[8])
{
	const struct interface made[] = {
		{ address("127.0.0.1"), 8, true, false, 1 },
		{ address("#00000000000000000000000000000001"), 128, true, false, 1 },
		{ address("10.9.0.1"), 24, false, false, EN0 },
		{ address("#fd090000000000000000000000000001"), 64, false, false, EN0 },
		{ scoped("#fe800000000000000000000000000001", EN0), 64, false, false, EN0 },
		{ address("10.1.2.3"), 8, false, true, UTUN0 },
		{ address("10.200.0.1"), 32, true, false, 1 },	/* an alias on lo0 */
	};

	memcpy(interfaces, made, sizeof made);
	return sizeof made / sizeof made[0];
}

static void
assert_place(struct address given, enum address_scope expected)
{
	struct interface interfaces[8];
	size_t count = make_interfaces(interfaces);

	assert_string_equal(peer_scope_word(peer_scope(&given, interfaces, count)),
	    peer_scope_word(expected));
}

static void
assert_peer(const char *text, const char *host, unsigned port)
{
	struct error error;
	struct peer peer;

	assert_int_equal(peer_parse(&peer, text, &error), 0);
	assert_string_equal(peer.host, host);
	assert_int_equal(peer.port, port);
	assert_string_equal(peer.text, text);
}

static void
assert_no_peer(const char *text, const char *why)
{
	struct error error = { .kind = ERROR_NONE };
	struct peer peer;

	assert_int_equal(peer_parse(&peer, text, &error), -1);
	assert_int_equal(error.kind, ERROR_USAGE);
	assert_string_equal(error.why, why);
}

static void
a_host_and_a_port_are_taken_apart(void **state)
{
	(void)state;
	assert_peer("192.168.1.10:7000", "192.168.1.10", 7000);
	assert_peer("printer.local:1", "printer.local", 1);
	assert_peer("a_b-c.example:65535", "a_b-c.example", 65535);
	assert_peer("[fd09::2]:80", "fd09::2", 80);
	assert_peer("[fe80::1%en0]:80", "fe80::1%en0", 80);
	assert_peer("[::ffff:10.0.0.1]:80", "::ffff:10.0.0.1", 80);
}

static void
what_is_no_host_and_port_is_refused_with_the_reason(void **state)
{
	static const char neither[] = "it is neither a host name nor an address";
	static const char port[] = "a port is a number from 1 to 65535";
	char text[600];

	(void)state;
	assert_no_peer("", "it has no port");
	assert_no_peer("host", "it has no port");
	assert_no_peer("http://10.0.0.5:80/", "it is a URL; only HOST:PORT is wanted");
	assert_no_peer("tcp://10.0.0.5:80", "it is a URL; only HOST:PORT is wanted");
	assert_no_peer("udp://10.0.0.5:53", "only TCP can be tested, and the form is HOST:PORT");
	assert_no_peer("192.168.1.300:80",
	    "each number of an address is from 0 to 255");
	assert_no_peer("256.1.1.1:80",
	    "each number of an address is from 0 to 255");
	assert_no_peer(":80", "the host is missing");
	assert_no_peer("host:", port);
	assert_no_peer("host:0", port);
	assert_no_peer("host:080", port);
	assert_no_peer("host:65536", port);
	assert_no_peer("host:4294967376", port);
	assert_no_peer("host:8a", port);
	assert_no_peer("host:-1", port);
	assert_no_peer("host: 80", port);
	assert_no_peer("fd09::2:80", "an IPv6 address needs brackets");
	assert_no_peer("[fd09::2]", "the port is missing");
	assert_no_peer("[fd09::2]80", "the port is missing");
	assert_no_peer("[fd09::2", "the port is missing");
	assert_no_peer("[]:80", "the host is missing");
	assert_no_peer("[host]:80", "there is no IPv6 address between the brackets");
	assert_no_peer("[fd09::2 ]:80", "there is no IPv6 address between the brackets");
	/* It becomes an argument of the job's. */
	assert_no_peer("--timeout=9:80", neither);
	assert_no_peer("-h:80", neither);
	assert_no_peer("ho st:80", neither);
	assert_no_peer("h\no:80", neither);
	assert_no_peer("$(id):80", neither);
	assert_no_peer("../x:80", neither);
	memset(text, 'a', sizeof text);
	memcpy(text + 300, ":80", 4);
	assert_no_peer(text, "the name is too long");
}

static void
an_address_in_a_network_of_this_mac_is_on_link(void **state)
{
	(void)state;
	assert_place(address("10.9.0.2"), SCOPE_ON_LINK);
	assert_place(address("#fd090000000000000000000000000002"), SCOPE_ON_LINK);
	assert_place(scoped("#fe800000000000000000000000000002", EN0), SCOPE_ON_LINK);
	/* ::ffff:10.9.0.2 */
	assert_place(address("#00000000000000000000ffff0a090002"), SCOPE_ON_LINK);
}

static void
what_privacy_is_not_asked_about_is_told_by_its_kind(void **state)
{
	(void)state;
	assert_place(address("127.0.0.1"), SCOPE_LOOPBACK);
	assert_place(address("127.9.9.9"), SCOPE_LOOPBACK);
	assert_place(address("#00000000000000000000000000000001"), SCOPE_LOOPBACK);
	assert_place(address("#00000000000000000000ffff7f000001"), SCOPE_LOOPBACK);
	assert_place(address("10.200.0.1"), SCOPE_LOOPBACK);
	assert_place(address("10.9.0.1"), SCOPE_OWN);
	assert_place(address("10.1.2.3"), SCOPE_OWN);
	assert_place(address("#00000000000000000000ffff0a090001"), SCOPE_OWN);
	assert_place(address("#fd090000000000000000000000000001"), SCOPE_OWN);
	assert_place(address("192.168.7.7"), SCOPE_ROUTED);
	assert_place(address("#fd100000000000000000000000000002"), SCOPE_ROUTED);
	assert_place(address("10.9.1.2"), SCOPE_TUNNEL);
	assert_place(address("#fe800000000000000000000000000002"), SCOPE_NO_INTERFACE);
	assert_place(scoped("#fe800000000000000000000000000002", 17), SCOPE_ROUTED);
}

static void
what_is_no_single_machine_is_no_host(void **state)
{
	(void)state;
	assert_place(address("0.0.0.0"), SCOPE_NO_HOST);
	assert_place(address("224.0.0.251"), SCOPE_NO_HOST);
	assert_place(address("255.255.255.255"), SCOPE_NO_HOST);
	assert_place(address("10.9.0.255"), SCOPE_NO_HOST);
	assert_place(address("10.9.0.0"), SCOPE_NO_HOST);
	assert_place(address("#00000000000000000000000000000000"), SCOPE_NO_HOST);
	assert_place(address("#ff020000000000000000000000000001"), SCOPE_NO_HOST);
}

static void
the_longest_netmask_decides_and_an_equal_tunnel_loses(void **state)
{
	struct interface interfaces[] = {
		{ address("10.9.0.9"), 24, false, true, UTUN0 },
		{ address("10.9.0.1"), 24, false, false, EN0 },
		{ address("10.0.0.1"), 8, false, false, EN0 },
		{ address("10.9.0.65"), 30, false, true, UTUN0 },
	};
	struct address given = address("10.9.0.2"), narrow = address("10.9.0.66");

	(void)state;
	assert_int_equal(peer_scope(&given, interfaces, 4), SCOPE_ON_LINK);
	assert_int_equal(peer_scope(&narrow, interfaces, 4), SCOPE_TUNNEL);
	assert_int_equal(peer_scope(&given, interfaces, 1), SCOPE_TUNNEL);
	assert_int_equal(peer_scope(&given, interfaces, 0), SCOPE_ROUTED);
	assert_ptr_equal(peer_interface(&given, interfaces, 4), &interfaces[1]);
}

static void
a_network_is_an_address_without_the_bits_after_its_prefix(void **state)
{
	static const struct { unsigned prefix; const char *network;
	} cases[] = {
		{ 0, "0.0.0.0" },
		{ 1, "128.0.0.0" },
		{ 8, "203.0.0.0" },
		{ 20, "203.255.240.0" },
		{ 31, "203.255.255.254" },
		{ 32, "203.255.255.255" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct address given = address("203.255.255.255"),
		    expected = address(cases[i].network);

		address_network(&given, cases[i].prefix);
		assert_true(address_equal(&given, &expected));
	}
}

static void
every_place_has_a_word_that_is_read_back_and_a_reason(void **state)
{
	enum address_scope read;

	(void)state;
	for (int place = SCOPE_ON_LINK; place <= SCOPE_ROUTED; place++) {
		assert_true(peer_scope_read(peer_scope_word((enum address_scope)place), &read));
		assert_int_equal(read, place);
		assert_true(strlen(peer_scope_why((enum address_scope)place)) > 10);
	}
	assert_false(peer_scope_read("", &read));
	assert_false(peer_scope_read("on-link ", &read));
}

static void
refused_connections_are_found_in_a_log(void **state)
{
	static const struct {
		const char	*text;
		bool		 found;
		const char	*target;
	} rows[] = {
		{ "dial tcp 192.168.1.20:8080: connect: no route to host\n", true,
		    "192.168.1.20:8080" },
		{ "dial tcp 10.0.0.5:5001->10.0.0.9:80: connect: no route to host", true,
		    "10.0.0.9:80" },
		{ "a\nError: connect EHOSTUNREACH 10.1.2.3:445 - Local (10.1.2.4:52)\nb\n", true,
		    "10.1.2.4:52" },
		{ "x: No route to host\n10.1.2.3:445 is well\n", true, "" },
		{ "2026.11.28 12:00:01.123 10.0.0.1 No route to host (os error 65)", true, "" },
		{ "No route to host 10.0.0.256:80 1.2.3.4:0 1.2.3.4:70000 peer.local:80", true,
		    "" },
		{ "No route to host 1.2.3.4:5\nNo route to host 1.2.3.4:6\n", true, "1.2.3.4:6" },
		{ "No route to host 1.2.3.4:5\nNO ROUTE TO HOST\n", true, "1.2.3.4:5" },
		{ "No route to\nhost 1.2.3.4:5\n", false, "" },
		{ "connect: connection refused 1.2.3.4:5", false, "" },
		{ "No route to hos", false, "" },
		{ "", false, "" },
	};
	char target[PEER_SIZE];
	char *copy;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t size = strlen(rows[i].text);

		/* Not terminated, so that a sanitizer sees who reads on. */
		copy = malloc(size + 1);
		assert_non_null(copy);
		copy = realloc(memcpy(copy, rows[i].text, size), size == 0 ? 1 : size);
		print_message("%s\n", rows[i].text);
		assert_int_equal(peer_find_refused(copy, size, target), rows[i].found);
		assert_string_equal(target, rows[i].target);
		free(copy);
	}
	assert_false(peer_find_refused(NULL, 0, target));
	assert_true(peer_find_refused("\0\0No route to host\0" "1.2.3.4:5\0", 29, target));
	assert_string_equal(target, "1.2.3.4:5");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_connections_are_found_in_a_log),
		cmocka_unit_test(a_host_and_a_port_are_taken_apart),
		cmocka_unit_test(what_is_no_host_and_port_is_refused_with_the_reason),
		cmocka_unit_test(an_address_in_a_network_of_this_mac_is_on_link),
		cmocka_unit_test(what_privacy_is_not_asked_about_is_told_by_its_kind),
		cmocka_unit_test(what_is_no_single_machine_is_no_host),
		cmocka_unit_test(the_longest_netmask_decides_and_an_equal_tunnel_loses),
		cmocka_unit_test(a_network_is_an_address_without_the_bits_after_its_prefix),
		cmocka_unit_test(every_place_has_a_word_that_is_read_back_and_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
