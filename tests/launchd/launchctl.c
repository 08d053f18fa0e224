#define _DEFAULT_SOURCE
/*
 * The launchctl of the embedded launchd. It derives its root directory from
 * its own path, ROOT/bin/launchctl, starts ROOT/bin/launchd if none listens,
 * passes its arguments on and prints the answer. launchd produces verbs,
 * texts and statuses; only the simulated faults of launchctl are here.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "protocol.h"

#define START_LIMIT	10000	/* milliseconds for launchd to start */
#define ASK_TRIES	5

static char root[4096];

static _Noreturn void
fail(const char *what)
{
	fprintf(stderr, "launchctl: %s: %s\n", what, strerror(errno));
	exit(70);
}

/* Return the path of this program from the system, with links resolved. */
static void
own_path(const char *argv0, char *path, size_t size)
{
	char *real;
#ifdef __APPLE__
	char given[4096];
	uint32_t length = sizeof(given);

	if (_NSGetExecutablePath(given, &length) == 0)
		argv0 = given;
#else
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n > 0) {
		path[n] = '\0';
		return;
	}
#endif
	real = realpath(argv0, NULL);
	if (real == NULL || strlen(real) >= size)
		fail("cannot find its own path");
	memcpy(path, real, strlen(real) + 1);
	free(real);
}

static void
find_root(const char *argv0)
{
	size_t length;

	own_path(argv0, root, sizeof(root));
	/* Twice: remove the name, then bin. */
	for (int i = 0; i < 2; i++) {
		length = strlen(root);
		while (length > 0 && root[length - 1] != '/')
			length--;
		root[length > 0 ? length - 1 : 0] = '\0';
	}
	if (root[0] == '\0') {
		errno = EINVAL;
		fail("is not in the bin folder of a root folder");
	}
}

static int
dial(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (s == -1)
		fail("socket");
	memcpy(address.sun_path, SOCKET_NAME, sizeof(SOCKET_NAME));
	if (connect(s, (struct sockaddr *)&address, sizeof(address)) == 0)
		return s;
	close(s);
	return -1;
}

/* Exec in the second child of a double fork, so that init becomes the parent. */
static void
become_launchd(int ready)
{
	char program[sizeof(root) + sizeof("/bin/launchd")], number[16];
	sigset_t none;
	int null;

	setsid();
	if (fork() != 0)
		_exit(0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int s = 1; s < 32; s++)
		if (s != SIGKILL && s != SIGSTOP)
			signal(s, SIG_DFL);
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	close_from(3, ready);
	snprintf(program, sizeof(program), "%s/bin/launchd", root);
	snprintf(number, sizeof(number), "%d", ready);
	execl(program, program, root, number, (char *)NULL);
	_exit(127);
}

/* Start launchd and wait until it listens: it writes a byte to the pipe. */
static void
start_launchd(void)
{
	struct pollfd ready = { .events = POLLIN };
	int ends[2];
	pid_t child;
	char byte;

	if (pipe(ends) == -1)
		fail("cannot start launchd");
	child = fork();
	if (child == -1)
		fail("cannot start launchd");
	if (child == 0)
		become_launchd(ends[1]);
	close(ends[1]);
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		continue;
	ready.fd = ends[0];
	if (poll(&ready, 1, START_LIMIT) != 1 || read(ends[0], &byte, 1) != 1) {
		errno = ETIMEDOUT;
		fail("launchd did not start");
	}
	close(ends[0]);
}

/* Connect. One launchctl at a time starts launchd; the others wait for the lock. */
static int
dial_or_start(void)
{
	int s, lock;

	if (chdir(root) == -1 || chdir(RUN_FOLDER) == -1)
		fail(RUN_FOLDER);
	s = dial();
	if (s != -1)
		return s;
	lock = open(STARTER_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock == -1 || lock_file(lock, 1) == -1)
		fail(STARTER_LOCK);
	s = dial();
	if (s == -1) {
		start_launchd();
		s = dial();
	}
	if (s == -1)
		fail("cannot reach launchd");
	close(lock);
	return s;
}

static int
ask(int s, const char *folder, int argc, char **argv)
{
	struct question question = { 0 };

	question.size = (uint32_t)strlen(folder) + 1;
	for (int i = 0; i < argc; i++)
		question.size += (uint32_t)strlen(argv[i]) + 1;
	question.terminal = (uint32_t)isatty(1);
	if (write_all(s, &question, sizeof(question)) == -1 ||
	    write_all(s, folder, strlen(folder) + 1) == -1)
		return -1;
	for (int i = 0; i < argc; i++)
		if (write_all(s, argv[i], strlen(argv[i]) + 1) == -1)
			return -1;
	return 0;
}

/*
 * A launchd that is about to end may accept the connection without answering. It has done nothing,
 * so ask its successor.
 */
static int
ask_until_answered(const char *folder, int argc, char **argv, struct answer *answer)
{
	for (int tries = 0; tries < ASK_TRIES; tries++) {
		int s = dial_or_start();

		if (ask(s, folder, argc, argv) == 0 && read_all(s, answer, sizeof(*answer)) == 0)
			return s;
		close(s);
	}
	errno = ECONNRESET;
	fail("launchd did not answer");
}

/* Hang until launchd ends, because a test must not leave a process. */
static int
hang(int s, bool hard)
{
	struct pollfd gone = { .fd = s, .events = POLLIN };

	if (hard) {
		signal(SIGTERM, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
	}
	while (poll(&gone, 1, -1) == -1 && errno == EINTR)
		continue;
	return 70;
}

static int
print_garbage(void)
{
	unsigned state = 1;

	for (int i = 0; i < 4096; i++) {
		state = state * 1103515245u + 12345u;
		putchar((int)(state >> 16 & 0xff));
	}
	return 0;
}

static int
print_megabyte(void)
{
	static const char line[] = "\tstate = a line that says nothing about any service, again "
	    "and again\n";

	for (size_t size = 0; size < (size_t)1024 * 1024; size += sizeof(line) - 1)
		fputs(line, stdout);
	return 0;
}

static int
suffer(int s, uint32_t fault)
{
	switch (fault) {
	case FAULT_HANG:
	case FAULT_HANG_HARD:
		return hang(s, fault == FAULT_HANG_HARD);
	case FAULT_KILLED:
		raise(SIGKILL);
		return 70;
	case FAULT_GARBAGE:
		return print_garbage();
	case FAULT_MEGABYTE:
		return print_megabyte();
	default:
		return 0;
	}
}

static int
print_answer(int s, const struct answer *answer)
{
	char *text = malloc((size_t)answer->out + answer->err + 1);

	if (text == NULL || read_all(s, text, (size_t)answer->out + answer->err) == -1)
		fail("launchd's answer ended early");
	fwrite(text, 1, answer->out, stdout);
	fflush(stdout);
	fwrite(text + answer->out, 1, answer->err, stderr);
	free(text);
	return answer->status;
}

int
main(int argc, char **argv)
{
	struct answer answer;
	char folder[4096];
	int s, status;

	signal(SIGPIPE, SIG_IGN);
	find_root(argv[0]);
	if (getcwd(folder, sizeof(folder)) == NULL)
		folder[0] = '\0';
	s = ask_until_answered(folder, argc - 1, argv + 1, &answer);
	status = answer.fault != FAULT_NONE ? suffer(s, answer.fault) : print_answer(s, &answer);
	close(s);
	return status;
}
