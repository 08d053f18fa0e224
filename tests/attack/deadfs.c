#define _GNU_SOURCE		/* mount */
/*
 * deadfs DIRECTORY UID: a file system that never answers, as a network share whose server is gone. Prints "mounted" and stays
 * until it is killed: who waits then gets an error.
 */
#include <sys/mount.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	char options[128];
	int device;

	if (argc != 3) {
		fputs("usage: deadfs directory uid\n", stderr);
		return 64;
	}
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%s,group_id=20,allow_other", device, argv[2]);
	if (device == -1 || mount("deadfs", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) == -1) {
		perror("deadfs");
		return 1;
	}
	puts("mounted");
	fflush(stdout);
	for (;;)
		pause();
}
