/* The network on Linux, from /proc. */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "host/machine/budget.h"
#include "host/network/network.h"

#define ESTABLISHED	1
#define ROUTE_GATEWAY	2	/* RTF_GATEWAY of <net/route.h> */

/* ---- routes ---- */

static size_t
gateways_four(struct address found[], size_t count)
{
	FILE *file = fopen("/proc/net/route", "re");
	char line[512];
	uint32_t destination, gateway;
	unsigned flags;

	while (file != NULL && count < NETWORK_NEIGHBORS &&
	    fgets(line, sizeof line, file) != NULL) {
		if (sscanf(line, "%*s %8x %8x %x", &destination, &gateway, &flags) != 3 ||
		    destination != 0 || (flags & ROUTE_GATEWAY) == 0)
			continue;
		memset(&found[count], 0, sizeof found[count]);
		/* printed as a number in host byte order */
		memcpy(found[count].bytes, &gateway, 4);
		count++;
	}
	if (file != NULL)
		fclose(file);
	return count;
}

/* Parse 32 digits in network byte order. */
static bool
read_digits(const char *text, unsigned char bytes[16])
{
	unsigned byte;

	for (int i = 0; i < 16; i++) {
		if (sscanf(text + i * 2, "%2x", &byte) != 1)
			return false;
		bytes[i] = (unsigned char)byte;
	}
	return true;
}

static size_t
gateways_six(struct address found[], size_t count)
{
	FILE *file = fopen("/proc/net/ipv6_route", "re");
	char line[512], next[33], device[32];
	unsigned bits, flags;

	while (file != NULL && count < NETWORK_NEIGHBORS &&
	    fgets(line, sizeof line, file) != NULL) {
		if (sscanf(line, "%*s %x %*s %*s %32s %*s %*s %*s %x %31s", &bits, next, &flags,
		    device) != 4 || bits != 0 || (flags & ROUTE_GATEWAY) == 0)
			continue;
		memset(&found[count], 0, sizeof found[count]);
		found[count].six = true;
		count += read_digits(next, found[count].bytes);
	}
	if (file != NULL)
		fclose(file);
	return count;
}

size_t
network_gateways(struct address found[NETWORK_NEIGHBORS])
{
	return gateways_six(found, gateways_four(found, 0));
}

/* ---- processes ---- */

size_t
network_processes(pid_t **pids)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	size_t count = 0, capacity = 0;

	*pids = NULL;
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (count == capacity) {
			pid_t *larger = realloc(*pids, (capacity += 256) * sizeof **pids);

			if (larger == NULL)
				break;
			*pids = larger;
		}
		(*pids)[count++] = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	if (directory != NULL)
		closedir(directory);
	return count;
}

/* ---- connections ---- */

struct sockets {			/* inodes, sorted once complete */
	unsigned long	*rows;
	size_t		 count, capacity;
};

static int
by_number(const void *a, const void *b)
{
	unsigned long first = *(const unsigned long *)a, second = *(const unsigned long *)b;

	return first < second ? -1 : first > second;
}

static bool
add_socket(struct sockets *sockets, unsigned long inode)
{
	if (sockets->count == sockets->capacity) {
		unsigned long *larger = realloc(sockets->rows,
		    (sockets->capacity += 256) * sizeof *larger);

		if (larger == NULL)
			return false;
		sockets->rows = larger;
	}
	sockets->rows[sockets->count++] = inode;
	return true;
}

/*
 * Return whether a descriptor of the process is one of these sockets. UNKNOWN: they are not
 * readable, or too many.
 */
static enum tristate
network_holds(struct budget *budget, pid_t pid, const struct sockets *sockets)
{
	char path[64], link[64];
	enum tristate answer = NO;
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
	directory = opendir(path);
	if (directory == NULL)
		return UNKNOWN;
	while (answer == NO && (entry = readdir(directory)) != NULL) {
		ssize_t size = readlinkat(dirfd(directory), entry->d_name, link, sizeof link - 1);
		unsigned long inode;

		link[size < 0 ? 0 : size] = '\0';
		if (!budget_take(budget, 0, 0))
			answer = UNKNOWN;
		else if (sscanf(link, "socket:[%lu]", &inode) == 1 && sockets->count > 0 &&
		    bsearch(&inode, sockets->rows, sockets->count, sizeof inode, by_number) != NULL)
			answer = YES;
	}
	closedir(directory);
	return answer;
}

/* Parse "0200090A:1B58", or four such words for IPv6: each is 4 bytes in host byte order. */
static bool
read_remote(const char *text, bool six, struct address *address, unsigned *port)
{
	size_t words = six ? 4 : 1;

	memset(address, 0, sizeof *address);
	address->six = six;
	for (size_t i = 0; i < words; i++) {
		uint32_t word;

		if (sscanf(text + i * 8, "%8x", &word) != 1)
			return false;
		memcpy(address->bytes + i * 4, &word, 4);
	}
	address_unmap(address);
	return sscanf(text + words * 8, ":%x", port) == 1;
}

/* Return the inode of a line's socket if it is connected to one of these, else 0. */
static unsigned long
network_match(const char *line, bool six, const struct address addresses[], size_t count,
    unsigned port)
{
	struct address remote;
	char text[64];
	unsigned state, remote_port;
	unsigned long inode;

	if (sscanf(line, " %*u: %*s %63s %x %*s %*s %*s %*u %*u %lu", text, &state, &inode) != 3 ||
	    state != ESTABLISHED || !read_remote(text, six, &remote, &remote_port) ||
	    remote_port != port)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (address_equal(&addresses[i], &remote))
			return inode;
	return 0;
}

/*
 * Add the matching sockets of the process's network namespace. Return false if there are too many,
 * or no such process.
 */
static bool
network_collect(struct budget *budget, pid_t pid, bool six, const struct address addresses[],
    size_t count, unsigned port, struct sockets *sockets)
{
	char path[64], line[512];
	bool whole = true;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%ld/net/%s", (long)pid, six ? "tcp6" : "tcp");
	file = fopen(path, "re");
	if (file == NULL)
		return six;		/* absent in a kernel without IPv6 */
	while (whole && fgets(line, sizeof line, file) != NULL) {
		unsigned long inode = network_match(line, six, addresses, count, port);

		whole = budget_take(budget, 0, 0) && (inode == 0 || add_socket(sockets, inode));
	}
	fclose(file);
	return whole;
}

/* Read the descriptors even without sockets: NO is only for a process that can be inspected. */
enum tristate
network_has_connection(struct budget *budget, pid_t pid, const struct address addresses[],
    size_t count, unsigned port)
{
	struct sockets sockets = { .count = 0 };
	enum tristate answer = UNKNOWN;

	if (network_collect(budget, pid, false, addresses, count, port, &sockets) &&
	    network_collect(budget, pid, true, addresses, count, port, &sockets)) {
		if (sockets.count > 0)
			qsort(sockets.rows, sockets.count, sizeof *sockets.rows, by_number);
		answer = network_holds(budget, pid, &sockets);
	}
	free(sockets.rows);
	return answer;
}
