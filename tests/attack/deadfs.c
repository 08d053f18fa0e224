#define _GNU_SOURCE		/* mount */
/*
 * deadfs DIRECTORY UID: a file system of that account's that never answers, as a network share
 * whose server is gone. deadfs DIRECTORY auto: an automounter of root's whose hosts never answer,
 * as /net of auto_master(5). Prints "mounted" and stays until it is killed: who waits then gets an
 * error.
 */
#include <sys/mount.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
mount_fuse(const char *directory, const char *uid)
{
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%s,group_id=20,allow_other",
	    device, uid);
	return device == -1 ? -1 : mount("deadfs", directory, "fuse", MS_NOSUID | MS_NODEV,
	    options);
}

/* The automounter's own process group is not made to wait, so it has one of its own. */
static int
mount_auto(const char *directory)
{
	char options[128];
	int ends[2];

	if (pipe(ends) == -1 || setpgid(0, 0) == -1)
		return -1;
	snprintf(options, sizeof options, "fd=%d,pgrp=%d,minproto=5,maxproto=5,indirect", ends[1],
	    (int)getpgrp());
	return mount("deadfs", directory, "autofs", 0, options);
}

int
main(int argc, char *argv[])
{
	if (argc != 3) {
		fputs("usage: deadfs directory uid|auto\n", stderr);
		return 64;
	}
	if ((strcmp(argv[2], "auto") == 0 ? mount_auto(argv[1]) :
	    mount_fuse(argv[1], argv[2])) == -1) {
		perror("deadfs");
		return 1;
	}
	puts("mounted");
	fflush(stdout);
	for (;;)
		pause();
}
