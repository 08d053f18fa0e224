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

/* Parse words of 8 digits, which the kernel prints as bytes or as numbers in host byte order. */
static bool
read_words(const char *text, size_t count, bool as_bytes, unsigned char *bytes)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t word;

		if (sscanf(text + i * 8, "%8x", &word) != 1)
			return false;
		word = as_bytes ? htonl(word) : word;
		memcpy(bytes + i * 4, &word, 4);
	}
	return true;
}

/* Return whether a line of the table is of a default route; fill its gateway. */
static bool
read_route(const char *line, bool six, struct address *gateway)
{
	char destination[33], next[33];	/* six: the length of the prefix instead */
	unsigned flags;
	int got = six ? sscanf(line, "%*s %32s %*s %*s %32s %*s %*s %*s %x", destination, next,
	    &flags) : sscanf(line, "%*s %32s %32s %x", destination, next, &flags);

	*gateway = (struct address){ .six = six };
	return got == 3 && strspn(destination, "0") == strlen(destination) &&
	    (flags & ROUTE_GATEWAY) != 0 && read_words(next, six ? 4 : 1, six, gateway->bytes);
}

size_t
network_gateways(struct address found[NETWORK_NEIGHBORS])
{
	static const char *const tables[] = { "/proc/net/route", "/proc/net/ipv6_route" };
	size_t count = 0;
	char line[512];

	for (int six = 0; six < 2; six++) {
		FILE *file = fopen(tables[six], "re");

		while (file != NULL && count < NETWORK_NEIGHBORS &&
		    fgets(line, sizeof line, file) != NULL)
			count += read_route(line, six != 0, &found[count]);
		if (file != NULL)
			fclose(file);
	}
	return count;
}

/* ---- processes ---- */

/* Return the rows with room for one more; NULL if out of memory: then they are as they were. */
static void *
network_grow(void *rows, size_t count, size_t size)
{
	return count % 256 == 0 ? realloc(rows, (count + 256) * size) : rows;
}

size_t
network_processes(pid_t **pids)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;
	pid_t *larger;

	*pids = NULL;
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		larger = network_grow(*pids, count, sizeof *larger);
		if (larger == NULL)
			break;
		*pids = larger;
		larger[count++] = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	if (directory != NULL)
		closedir(directory);
	return count;
}

/* ---- connections ---- */

struct sockets {			/* inodes */
	unsigned long	*rows;
	size_t		 count;
};

static bool
add_socket(struct sockets *sockets, unsigned long inode)
{
	unsigned long *larger = network_grow(sockets->rows, sockets->count, sizeof *larger);

	if (larger == NULL)
		return false;
	sockets->rows = larger;
	larger[sockets->count++] = inode;
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
		else if (sscanf(link, "socket:[%lu]", &inode) == 1)
			for (size_t i = 0; i < sockets->count && answer == NO; i++)
				answer = sockets->rows[i] == inode ? YES : NO;
	}
	closedir(directory);
	return answer;
}

/* Parse "0200090A:1B58", or four such words for IPv6: each is 4 bytes in host byte order. */
static bool
read_remote(const char *text, bool six, struct address *address, unsigned *port)
{
	size_t words = six ? 4 : 1;

	*address = (struct address){ .six = six };
	if (!read_words(text, words, false, address->bytes))
		return false;
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
	return address_is_in(&remote, addresses, count) ? inode : 0;
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
	    network_collect(budget, pid, true, addresses, count, port, &sockets))
		answer = network_holds(budget, pid, &sockets);
	free(sockets.rows);
	return answer;
}
