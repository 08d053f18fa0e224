#define _DEFAULT_SOURCE		/* realpath, which glibc does not count as POSIX */
/* The directory of a test program: see folder.h. */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "folder.h"

/* Waits for the end of the pipe: the program and all that it forked are then gone. */
static _Noreturn void
outlive(int pipe_end, const char *path)
{
	int null = open("/dev/null", O_RDWR);
	char byte;

	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	for (int file = 0; file < 3; file++)
		dup2(null, file);
	while (read(pipe_end, &byte, 1) == -1 && errno == EINTR)
		continue;
	execl("/bin/sh", "sh", "tests/mac/remove.sh", path, (char *)NULL);
	_exit(1);
}

/* Not a child of the program, for a test may check that it has none. */
static bool
remove_when_gone(const char *path)
{
	int ends[2];
	pid_t child;

	if (pipe(ends) == -1)
		return false;
	child = fork();
	if (child == 0) {
		close(ends[1]);
		if (fork() == 0)
			outlive(ends[0], path);
		_exit(0);
	}
	close(ends[0]);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return child != -1 && waitpid(child, NULL, 0) == child;
}

const char *
test_folder(void)
{
	static char path[128];
	const char *parent = getenv("TEST_FOLDER");
	char name[96], *real;

	if (path[0] != '\0')
		return path;
	snprintf(name, sizeof name, "%s/lnpctl.XXXXXX", parent == NULL ? "/tmp" : parent);
	if (mkdtemp(name) == NULL)
		return NULL;
	real = realpath(name, NULL);	/* /tmp is a link on a Mac */
	if (real == NULL)
		return NULL;
	snprintf(path, sizeof path, "%s", real);
	free(real);
	return chmod(path, 0755) == 0 && remove_when_gone(path) ? path : NULL;
}
