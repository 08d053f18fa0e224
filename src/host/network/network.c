#define _DEFAULT_SOURCE		/* getifaddrs, IFF_UP */
/*
 * Look at the network, and connect once. network_linux.c and network_macos.c have the platform
 * differences.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/probe/probe.h"
#include "core/text.h"
#include "host/machine/budget.h"
#include "host/machine/process.h"
#include "host/network/network.h"
#include "host/os/platform.h"
#include "host/machine/wait.h"

#define RESOLVER	"/etc/resolv.conf"
#define POLL_MAX	0.2	/* seconds until a signal is noticed */

union any {
	struct sockaddr		general;
	struct sockaddr_in	four;
	struct sockaddr_in6	six;
	struct sockaddr_storage	storage;
};

/* ---- addresses ---- */

bool
network_from_system(const struct sockaddr *given, struct address *address)
{
	union any any;

	*address = (struct address){ .six = given != NULL && given->sa_family == AF_INET6 };
	if (given == NULL || (given->sa_family != AF_INET && !address->six))
		return false;
	memset(&any, 0, sizeof any);
	memcpy(&any, given, address->six ? sizeof any.six : sizeof any.four);
	if (address->six) {
		memcpy(address->bytes, &any.six.sin6_addr, 16);
		address->scope = any.six.sin6_scope_id;
		/* The macOS kernel stores the interface in these two bytes of the address. */
		if (IN6_IS_ADDR_LINKLOCAL(&any.six.sin6_addr)) {
			if (address->scope == 0)
				address->scope = (uint32_t)address->bytes[2] << 8 |
				    address->bytes[3];
			address->bytes[2] = address->bytes[3] = 0;
		}
	} else
		memcpy(address->bytes, &any.four.sin_addr, 4);
	return true;
}

static socklen_t
network_to_system(const struct address *address, unsigned port, union any *any)
{
	if (address->six) {
		any->six = (struct sockaddr_in6){ .sin6_family = AF_INET6,
		    .sin6_port = htons((uint16_t)port), .sin6_scope_id = address->scope };
		memcpy(&any->six.sin6_addr, address->bytes, 16);
		return sizeof any->six;
	}
	any->four = (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port) };
	memcpy(&any->four.sin_addr, address->bytes, 4);
	return sizeof any->four;
}

static size_t
network_lookup(const char *host, int flags, struct address found[], size_t max)
{
	struct addrinfo hints = { .ai_flags = flags, .ai_family = AF_UNSPEC, .ai_socktype =
	    SOCK_STREAM };
	struct addrinfo *list = NULL;
	size_t count = 0;

	if (getaddrinfo(host, NULL, &hints, &list) != 0)
		return 0;
	for (struct addrinfo *at = list; at != NULL && count < max; at = at->ai_next) {
		if (!network_from_system(at->ai_addr, &found[count]))
			continue;
		address_unmap(&found[count]);
		count += !address_is_in(&found[count], found, count);
	}
	freeaddrinfo(list);
	return count;
}

bool
network_literal(const char *text, struct address *address)
{
	return network_lookup(text, AI_NUMERICHOST, address, 1) == 1;
}

size_t
network_resolve(const char *host, struct address found[ADDRESSES_MAX])
{
	return network_lookup(host, 0, found, ADDRESSES_MAX);
}

void
network_text(const struct address *address, char target[ADDRESS_TEXT])
{
	union any any;
	socklen_t size = network_to_system(address, 0, &any);

	if (getnameinfo(&any.general, size, target, ADDRESS_TEXT, NULL, 0, NI_NUMERICHOST) != 0)
		text_copy(target, ADDRESS_TEXT, "?");
}

/* ---- looking ---- */

static unsigned
count_bits(const struct address *mask)
{
	unsigned bits = 0, max = mask->six ? 128 : 32;

	while (bits < max && (mask->bytes[bits / 8] & (0x80 >> bits % 8)) != 0)
		bits++;
	return bits;
}

static bool
fill_interface(struct interface *interface, const struct ifaddrs *entry)
{
	struct address mask;
	struct sockaddr_storage with_family;

	if ((entry->ifa_flags & IFF_UP) == 0 ||
	    !network_from_system(entry->ifa_addr, &interface->address))
		return false;
	interface->prefix = interface->address.six ? 128 : 32;
	/* On macOS a netmask may have no address family. */
	if (entry->ifa_netmask != NULL) {
		memset(&with_family, 0, sizeof with_family);
		memcpy(&with_family, entry->ifa_netmask,
		    interface->address.six ? sizeof(struct sockaddr_in6) :
		    sizeof(struct sockaddr_in));
		with_family.ss_family = entry->ifa_addr->sa_family;
		if (network_from_system((const struct sockaddr *)&with_family, &mask))
			interface->prefix = count_bits(&mask);
	}
	interface->loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
	interface->point_to_point = (entry->ifa_flags & IFF_POINTOPOINT) != 0;
	interface->scope = if_nametoindex(entry->ifa_name);
	return true;
}

static void
look_at_servers(struct network *network)
{
	FILE *file = fopen(RESOLVER, "re");
	char line[512], text[ADDRESS_TEXT];

	if (file == NULL)
		return;
	while (network->server_count < NETWORK_NEIGHBORS && fgets(line, sizeof line, file) != NULL)
		if (sscanf(line, "nameserver %79s", text) == 1 &&
		    network_literal(text, &network->servers[network->server_count]))
			network->server_count++;
	fclose(file);
}

int
network_look(struct network *network, struct error *error)
{
	struct ifaddrs *list = NULL;

	memset(network, 0, sizeof *network);
	if (getifaddrs(&list) == -1)
		return error_number(error, ERROR_SYSTEM, errno,
		    "cannot list this machine's addresses");
	for (struct ifaddrs *at = list; at != NULL && network->interface_count < INTERFACES_MAX;
	    at = at->ifa_next)
		network->interface_count +=
		    fill_interface(&network->interfaces[network->interface_count], at);
	freeifaddrs(list);
	network->gateway_count = network_gateways(network->gateways);
	look_at_servers(network);
	return 0;
}

/* ---- one attempt ---- */

struct race {				/* one attempt: a connection to each address */
	struct pollfd	files[ADDRESSES_MAX];
	double		begun;
	bool		settled;	/* the peer answered */
	struct attempt	*attempt;
};

/* Record the result of one connection. */
static void
network_note(struct race *race, int errnum)
{
	double milliseconds = (wait_now() - race->begun) * 1000;
	enum probe_result now = probe_classify(errnum, milliseconds);
	enum probe_result before = probe_classify(race->attempt->errnum,
	    race->attempt->milliseconds);

	if (race->settled)
		return;
	race->settled = now == PROBE_OPEN || now == PROBE_REFUSED;
	/* If one address of a name is refused at once and one is silent, not all were refused. */
	if (race->settled || race->attempt->errnum == -1 || now > before)
		*race->attempt = (struct attempt){ errnum, milliseconds };
}

static void
network_start(struct race *race, size_t index, const struct address *address, unsigned port)
{
	union any any;
	socklen_t size = network_to_system(address, port, &any);
	int file = socket(any.general.sa_family, SOCK_STREAM, 0), errnum = 0;

	race->files[index] = (struct pollfd){ .fd = -1, .events = POLLOUT };
	if (file == -1 || fcntl(file, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(file, F_SETFL, O_NONBLOCK) == -1 || connect(file, &any.general, size) == -1)
		errnum = errno;
	if (file != -1 && (errnum == EINPROGRESS || errnum == EINTR)) {
		race->files[index].fd = file;
		return;
	}
	network_note(race, errnum);
	if (file != -1)
		close(file);
}

static void
network_finish(struct race *race, struct pollfd *entry)
{
	int errnum = 0;
	socklen_t size = sizeof errnum;

	if (getsockopt(entry->fd, SOL_SOCKET, SO_ERROR, &errnum, &size) == -1)
		errnum = errno;
	close(entry->fd);
	entry->fd = -1;
	network_note(race, errnum);
}

/* Return false when nothing is left to wait for. */
static bool
network_watch(struct race *race, size_t count, double seconds)
{
	bool left = false;

	for (size_t i = 0; i < count; i++)
		left = left || race->files[i].fd != -1;
	if (!left || race->settled || seconds <= 0)
		return false;
	if (poll(race->files, (nfds_t)count,
	    (int)((seconds < POLL_MAX ? seconds : POLL_MAX) * 1000) + 1) <= 0)
		return true;
	for (size_t i = 0; i < count; i++)
		if (race->files[i].fd != -1 && race->files[i].revents != 0)
			network_finish(race, &race->files[i]);
	return true;
}

void
network_try(const struct host *host, const struct address addresses[], size_t count, unsigned port,
    double seconds, struct attempt *attempt)
{
	struct race race = { .begun = wait_now(), .attempt = attempt };

	*attempt = (struct attempt){ -1, 0 };
	for (size_t i = 0; i < count; i++)
		network_start(&race, i, &addresses[i], port);
	while (!wait_is_stopped(host) &&
	    network_watch(&race, count, race.begun + seconds - wait_now()))
		continue;
	for (size_t i = 0; i < count; i++) {
		if (race.files[i].fd == -1)
			continue;
		close(race.files[i].fd);
		network_note(&race, ETIMEDOUT);
	}
}

/* ---- connections of a process ---- */

enum tristate
network_is_connected(const struct host *host, pid_t job, const struct address addresses[],
    size_t count, unsigned port)
{
	struct process_fact process;
	struct budget budget;
	enum tristate answer;
	pid_t *pids = NULL;
	size_t found = 0;

	platform_process(job, &process);
	budget_begin(&budget, host, process.uid);
	answer = process.exists == YES ? network_has_connection(&budget, job, addresses, count,
	    port) : UNKNOWN;
	if (answer == NO)
		found = network_processes(&pids);
	for (size_t i = 0; i < found && answer == NO; i++)
		if (!budget_take(&budget, 0, 0))
			answer = UNKNOWN;
		else if (pids[i] != job && process_descends(pids[i], job) &&
		    network_has_connection(&budget, pids[i], addresses, count, port) == YES)
			answer = YES;	/* UNKNOWN means that the child has just ended */
	/* The last one may have used up the budget. */
	if (answer == NO && !budget_take(&budget, 0, 0))
		answer = UNKNOWN;
	budget_end(&budget);
	free(pids);
	return answer;
}
