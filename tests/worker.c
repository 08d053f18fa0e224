#define _DEFAULT_SOURCE
/*
 * agentworker: a small networked program, the kind of job that lnpctl is for.
 *
 *	agentworker --coordinator HOST:PORT [--interval S] [--report] [--stubborn]
 *	agentworker --listen PORT	the coordinator: holds what connects; port 0: any, printed
 *	agentworker --exit N		exits at once
 *	agentworker --report		prints its arguments and environment, then beats alone
 *
 * One heartbeat a second on standard output, what goes wrong on standard
 * error, and again after a while that grows. SIGTERM ends it, unless --stubborn.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FIRST_PAUSE	250	/* milliseconds before the second attempt; then twice as long each
				   time */
#define LONGEST_PAUSE	8000
#define CONNECT_LIMIT	10000
#define MOST_HELD	256

extern char **environ;

static volatile sig_atomic_t stop;
static int wake[2];		/* the signal handler writes, poll sees */

static void
on_term(int number)
{
	int saved = errno;

	(void)number;
	stop = 1;
	if (write(wake[1], "", 1) == -1)
		errno = saved;
	errno = saved;
}

static _Noreturn void
usage(void)
{
	fputs("usage: agentworker [--coordinator HOST:PORT | --listen PORT | --exit N] [--interval "
	    "SECONDS] [--report] "
	      "[--stubborn]\n", stderr);
	exit(64);
}

/* --- report --- */

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
report_groups(void)
{
	gid_t groups[64];
	int count = getgroups(64, groups);

	fputs("groups", stdout);
	for (int i = 0; i < count; i++)
		printf(" %u", (unsigned)groups[i]);
	putchar('\n');
}

static void
report_environment(void)
{
	size_t count = 0;

	while (environ[count] != NULL)
		count++;
	qsort(environ, count, sizeof(*environ), by_text);
	for (size_t i = 0; i < count; i++)
		printf("env %s\n", environ[i]);
}

static void
report_descriptors(void)
{
	fputs("descriptors", stdout);
	for (int file = 0; file < 1024; file++)
		if (fcntl(file, F_GETFD) != -1)
			printf(" %d", file);
	putchar('\n');
}

static void
report(void)
{
	char folder[4096];
	struct rlimit limit;
	mode_t mask = umask(0);

	umask(mask);
	report_descriptors();
	printf("uid %u\neuid %u\ngid %u\n", (unsigned)getuid(), (unsigned)geteuid(),
	    (unsigned)getgid());
	report_groups();
	printf("pid %d\nsid %d\n", (int)getpid(), (int)getsid(0));
	printf("umask %03o\n", (unsigned)mask);
	printf("cwd %s\n", getcwd(folder, sizeof(folder)) == NULL ? strerror(errno) : folder);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		printf("nofile %llu %llu\n", (unsigned long long)limit.rlim_cur,
		    (unsigned long long)limit.rlim_max);
	report_environment();
	fputs("end of report\n", stdout);
}

/* --- waiting --- */

static int64_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Until the time has passed, SIGTERM comes, or s (-1: none) has something to say; true: s has. */
static bool
wait_for(int s, short events, int64_t milliseconds)
{
	struct pollfd list[2] = { { .fd = wake[0], .events = POLLIN },
	    { .fd = s, .events = events } };
	int64_t end = now() + milliseconds, left;

	while (!stop && (left = end - now()) > 0) {
		int n = poll(list, 2, left > 60000 ? 60000 : (int)left);

		if (n > 0 && list[1].revents != 0)
			return true;
	}
	return false;
}

/* --- the worker --- */

/* "host:port", "[::1]:port"; the last colon divides. */
static void
split(const char *target, char *host, size_t size, const char **port)
{
	const char *colon = strrchr(target, ':');
	size_t length;

	if (colon == NULL || colon == target || colon[1] == '\0')
		usage();
	length = (size_t)(colon - target);
	if (target[0] == '[' && target[length - 1] == ']') {
		target++;
		length -= 2;
	}
	if (length == 0 || length >= size)
		usage();
	memcpy(host, target, length);
	host[length] = '\0';
	*port = colon + 1;
}

/* A connected socket, or -1 and errno. */
static int
connect_one(const struct addrinfo *address)
{
	int s = socket(address->ai_family, address->ai_socktype, address->ai_protocol), error = 0;
	socklen_t size = sizeof(error);

	if (s == -1)
		return -1;
	fcntl(s, F_SETFD, FD_CLOEXEC);
	fcntl(s, F_SETFL, O_NONBLOCK);
	if (connect(s, address->ai_addr, address->ai_addrlen) == -1) {
		error = errno;
		if (error == EINPROGRESS) {
			error = ETIMEDOUT;
			if (wait_for(s, POLLOUT, CONNECT_LIMIT))
				getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size);
		}
	}
	if (error == 0)
		return s;
	close(s);
	errno = error;
	return -1;
}

static int
dial(const char *target)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	char host[256];
	const char *port;
	int error, s = -1;

	split(target, host, sizeof(host), &port);
	error = getaddrinfo(host, port, &hints, &list);
	if (error != 0) {
		fprintf(stderr, "agentworker: cannot resolve %s: %s\n", host, gai_strerror(error));
		return -1;
	}
	for (struct addrinfo *address = list; address != NULL && s == -1 &&
	    !stop; address = address->ai_next)
		s = connect_one(address);
	error = errno;
	freeaddrinfo(list);
	if (s == -1 && !stop)
		fprintf(stderr, "agentworker: cannot connect: %s\n", strerror(error));
	return s;
}

/* True: the coordinator has gone. */
static bool
lost(int s)
{
	char drop[512];
	ssize_t n = read(s, drop, sizeof(drop));

	return n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR);
}

/* Until the coordinator goes or SIGTERM comes. */
static void
beat(int s, int64_t interval)
{
	static unsigned long count;
	int64_t next = now();

	while (!stop) {
		if (now() >= next) {
			printf("heartbeat %lu\n", ++count);
			if (s != -1 && write(s, "beat\n", 5) == -1 && errno != EAGAIN)
				break;
			next += interval;
		}
		if (wait_for(s, POLLIN, next - now()) && lost(s))
			break;
	}
}

static int
work(const char *target, int64_t interval)
{
	int64_t pause = FIRST_PAUSE;
	int s;

	while (!stop) {
		s = dial(target);
		if (s != -1) {
			printf("agentworker: pid %d uid %u connected to %s\n", (int)getpid(),
			    (unsigned)getuid(), target);
			beat(s, interval);
			close(s);
			pause = FIRST_PAUSE;
			if (!stop)
				fputs("agentworker: the coordinator has gone\n", stderr);
		}
		wait_for(-1, 0, pause);
		pause = pause * 2 > LONGEST_PAUSE ? LONGEST_PAUSE : pause * 2;
	}
	return 0;
}

/* --- the coordinator --- */

static int
listen_on(int family, uint16_t port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port),
	    .sin6_addr = in6addr_any };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr *address = family == AF_INET6 ? (struct sockaddr *)&six :
	    (struct sockaddr *)&four;
	socklen_t size = family == AF_INET6 ? sizeof(six) : sizeof(four);
	int s = socket(family, SOCK_STREAM, 0), yes = 1, no = 0;

	if (s == -1)
		return -1;
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	/* One socket for both families; where there is no IPv6 the caller asks for the other. */
	if (family == AF_INET6)
		setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	if (bind(s, address, size) == 0 && listen(s, 64) == 0)
		return s;
	close(s);
	return -1;
}

static void
print_port(int s)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);
	in_port_t port;

	if (getsockname(s, (struct sockaddr *)&address, &size) == -1)
		return;
	if (address.ss_family == AF_INET6)
		port = ((struct sockaddr_in6 *)&address)->sin6_port;
	else
		port = ((struct sockaddr_in *)&address)->sin_port;
	printf("%u\n", (unsigned)ntohs(port));
}

static int
coordinate(const char *port)
{
	static struct pollfd list[MOST_HELD];
	nfds_t count = 2;
	int s = listen_on(AF_INET6, (uint16_t)strtol(port, NULL, 10));

	if (s == -1)
		s = listen_on(AF_INET, (uint16_t)strtol(port, NULL, 10));
	if (s == -1) {
		fprintf(stderr, "agentworker: cannot listen on %s: %s\n", port, strerror(errno));
		return 71;
	}
	print_port(s);
	list[0] = (struct pollfd){ .fd = wake[0], .events = POLLIN };
	list[1] = (struct pollfd){ .fd = s, .events = POLLIN };
	while (!stop) {
		if (poll(list, count, -1) <= 0)
			continue;
		for (nfds_t i = count; i-- > 2;) {
			if (list[i].revents != 0) {
				fcntl(list[i].fd, F_SETFL, O_NONBLOCK);
				if (lost(list[i].fd)) {
					close(list[i].fd);
					list[i] = list[--count];
				}
			}
		}
		if (list[1].revents & POLLIN) {
			int peer = accept(s, NULL, NULL);

			if (peer != -1 && count < MOST_HELD)
				list[count++] = (struct pollfd){ .fd = peer, .events = POLLIN };
			else if (peer != -1)
				close(peer);
		}
	}
	return 0;
}

static void
catch_term(bool stubborn)
{
	struct sigaction action = { .sa_handler = stubborn ? SIG_IGN : on_term };

	if (pipe(wake) == -1)
		exit(71);
	fcntl(wake[0], F_SETFD, FD_CLOEXEC);
	fcntl(wake[1], F_SETFD, FD_CLOEXEC);
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int
main(int argc, char **argv)
{
	const char *coordinator = NULL, *port = NULL, *status = NULL, *interval = "1";
	bool reporting = false, stubborn = false;
	int64_t beats;

	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--coordinator") == 0 ? &coordinator :
		    strcmp(argv[i], "--listen") == 0 ? &port : strcmp(argv[i], "--exit") == 0 ?
		    &status : strcmp(argv[i], "--interval") == 0 ? &interval : NULL;

		if (value != NULL && i + 1 < argc)
			*value = argv[++i];
		else if (strcmp(argv[i], "--report") == 0)
			reporting = true;
		else if (strcmp(argv[i], "--stubborn") == 0)
			stubborn = true;
		else
			usage();
	}
	beats = (int64_t)(strtod(interval, NULL) * 1000);
	if (beats < 10)
		usage();
	if (coordinator == NULL && port == NULL && status == NULL && !reporting && !stubborn)
		usage();
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* Before the pipe: only what was inherited is to be seen. */
	if (reporting)
		report();
	if (status != NULL)
		return (int)strtol(status, NULL, 10);
	catch_term(stubborn);
	if (port != NULL)
		return coordinate(port);
	if (coordinator != NULL)
		return work(coordinator, beats);
	beat(-1, beats);
	return 0;
}
