/*
 * The network on macOS: the kernel's routes, and the sockets of a process through libproc.
 * Cross-compiled only; it has never run on a Mac: see README, "What was run where".
 */
#include <sys/param.h>
#include <sys/proc_info.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <arpa/inet.h>
#include <libproc.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/machine/budget.h"
#include "host/network/network.h"

/* ---- routes ---- */

/*
 * Return the routing table, which the caller frees; NULL on failure. Ask for more than the size
 * that sysctl reports: the table may grow between the two calls.
 */
static char *
read_routes(size_t *size)
{
	int name[6] = { CTL_NET, PF_ROUTE, 0, AF_UNSPEC, NET_RT_FLAGS, RTF_GATEWAY };
	char *table;

	if (sysctl(name, 6, NULL, size, NULL, 0) == -1 || *size == 0)
		return NULL;
	*size += *size / 2;
	table = malloc(*size);
	if (table != NULL && sysctl(name, 6, table, size, NULL, 0) == -1) {
		free(table);
		table = NULL;
	}
	return table;
}

/* Return the space of one address: its first byte is the length, rounded up to 4 bytes. */
static size_t
space_of(const unsigned char *address)
{
	return address[0] == 0 ? sizeof(uint32_t) :
	    1 + (((size_t)address[0] - 1) | (sizeof(uint32_t) - 1));
}

/* Copy the address that starts there; pad a short one with zeros. */
static bool
network_read_address(const unsigned char *at, const unsigned char *end, struct address *address)
{
	struct sockaddr_storage storage;
	size_t size = at[0] < sizeof storage ? at[0] : sizeof storage;

	memset(&storage, 0, sizeof storage);
	if (at + size > end)
		return false;
	memcpy(&storage, at, size);
	return network_from_system((const struct sockaddr *)&storage, address);
}

/* Return true with the gateway of a message about the default route. */
static bool
read_route(const unsigned char *message, size_t size, struct address *gateway)
{
	struct rt_msghdr header;
	const unsigned char *at = message + sizeof header, *end = message + size;
	struct address destination;
	static const unsigned char none[16];
	bool is_default = false;

	memcpy(&header, message, sizeof header);
	for (int bit = 0; bit < RTAX_MAX && at < end; bit++) {
		if ((header.rtm_addrs & (1 << bit)) == 0)
			continue;
		if (bit == RTAX_DST)
			is_default = network_read_address(at, end, &destination) &&
			    memcmp(destination.bytes, none, 16) == 0;
		if (bit == RTAX_GATEWAY)
			return is_default && network_read_address(at, end, gateway);
		at += space_of(at);
	}
	return false;
}

size_t
network_gateways(struct address found[NETWORK_NEIGHBORS])
{
	size_t size = 0, count = 0, at = 0;
	char *routes = read_routes(&size);
	unsigned short length;

	while (routes != NULL && count < NETWORK_NEIGHBORS &&
	    at + sizeof(struct rt_msghdr) <= size) {
		memcpy(&length, routes + at, sizeof length);	/* rtm_msglen comes first */
		if (length < sizeof(struct rt_msghdr) || at + length > size)
			break;
		count += read_route((const unsigned char *)routes + at, length, &found[count]);
		at += length;
	}
	free(routes);
	return count;
}

/* ---- processes ---- */

size_t
network_processes(pid_t **pids)
{
	int size = proc_listpids(PROC_ALL_PIDS, 0, NULL, 0);

	*pids = NULL;
	if (size <= 0)
		return 0;
	size += size / 4;		/* for new processes */
	*pids = malloc((size_t)size);
	if (*pids == NULL)
		return 0;
	size = proc_listpids(PROC_ALL_PIDS, 0, *pids, size);
	return size <= 0 ? 0 : (size_t)size / sizeof **pids;
}

/* ---- connections ---- */

/*
 * Return true with the remote end of an established TCP connection. Network.framework may run TCP
 * inside the process without a descriptor, so a missing connection proves nothing.
 */
static bool
read_remote(pid_t pid, int file, struct address *remote, unsigned *port)
{
	struct socket_fdinfo info;
	const struct in_sockinfo *in = &info.psi.soi_proto.pri_tcp.tcpsi_ini;

	memset(remote, 0, sizeof *remote);
	if (proc_pidfdinfo(pid, file, PROC_PIDFDSOCKETINFO, &info,
	    sizeof info) != (int)sizeof info || info.psi.soi_kind != SOCKINFO_TCP ||
	    info.psi.soi_proto.pri_tcp.tcpsi_state != TSI_S_ESTABLISHED)
		return false;
	remote->six = (in->insi_vflag & INI_IPV6) != 0;
	if (remote->six)
		memcpy(remote->bytes, &in->insi_faddr.ina_6, 16);
	else
		memcpy(remote->bytes, &in->insi_faddr.ina_46.i46a_addr4, 4);
	if (remote->six && remote->bytes[0] == 0xfe && (remote->bytes[1] & 0xc0) == 0x80)
		/* where the kernel stores the interface */
		remote->bytes[2] = remote->bytes[3] = 0;
	address_unmap(remote);
	*port = ntohs((uint16_t)in->insi_fport);
	return true;
}

enum tristate
network_has_connection(struct budget *budget, pid_t pid, const struct address addresses[],
    size_t count, unsigned port)
{
	int size = proc_pidinfo(pid, PROC_PIDLISTFDS, 0, NULL, 0), files;
	struct proc_fdinfo *list;
	enum tristate answer = NO;

	if (size <= 0)			/* another account's without root, or gone */
		return UNKNOWN;
	size += 32 * (int)sizeof *list;
	list = malloc((size_t)size);
	size = list == NULL ? 0 : proc_pidinfo(pid, PROC_PIDLISTFDS, 0, list, size);
	files = size <= 0 ? 0 : size / (int)sizeof *list;
	for (int i = 0; i < files && answer == NO; i++) {
		struct address remote;
		unsigned remote_port = 0;

		if (!budget_take(budget, 0, 0)) {
			answer = UNKNOWN;
			break;
		}
		if (list[i].proc_fdtype == PROX_FDTYPE_SOCKET &&
		    read_remote(pid, list[i].proc_fd, &remote, &remote_port) &&
		    remote_port == port && address_is_in(&remote, addresses, count))
			answer = YES;
	}
	free(list);
	return size <= 0 ? UNKNOWN : answer;
}
