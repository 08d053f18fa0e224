#define _GNU_SOURCE		/* renameat2, setgroups */
/*
 * swap UID GID A B [A B ...]: as that account exchanges each A with its B, again and again, and
 * prints how often once it gets a SIGTERM. Afterwards each A is what it was. Only Linux: macOS has
 * renamex_np for it, and its tests do not need another.
 */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void
swap_stop(int number)
{
	(void)number;
	stop = 1;
}

int
main(int argc, char *argv[])
{
	unsigned long long count = 0;
	struct sigaction action = { .sa_handler = swap_stop };
	uid_t user;
	gid_t group;

	if (argc < 5 || argc % 2 == 0) {
		fputs("usage: swap uid gid a b [a b ...]\n", stderr);
		return 64;
	}
	user = (uid_t)strtoul(argv[1], NULL, 10);
	group = (gid_t)strtoul(argv[2], NULL, 10);
	if (sigaction(SIGTERM, &action, NULL) == -1 || setgroups(0, NULL) == -1 ||
	    setgid(group) == -1 || setuid(user) == -1) {
		perror("swap");
		return 71;
	}
	while (!stop)
		for (int i = 3; i + 1 < argc; i += 2)
			for (int turn = 0; turn < 2; turn++)
				if (renameat2(AT_FDCWD, argv[i], AT_FDCWD, argv[i + 1],
				    RENAME_EXCHANGE) == 0)
					count++;
	printf("%llu\n", count);
	return 0;
}
