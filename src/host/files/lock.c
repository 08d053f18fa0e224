#define _DEFAULT_SOURCE		/* flock */
/* The lock: one lnpctl at a time makes changes. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/machine/child.h"
#include "host/files/lock.h"
#include "host/machine/wait.h"
#include "host/files/walk.h"

/* An account that can open the file could hold the lock for ever. */
static bool
lock_is_private(const struct host *host, const struct stat *status)
{
	return S_ISREG(status->st_mode) && status->st_uid == host->owner &&
	    (status->st_mode & 07777) == 0600 && status->st_nlink == 1;
}

static int
lock_open(const struct host *host, const char *path, struct error *error)
{
	struct folder folder;
	struct stat status;
	int file, errnum;

	if (walk_safe(host, path, "use the lock", &folder, error) == -1)
		return -1;
	file = openat(folder.descriptor, folder.name,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	errnum = errno;
	walk_close(&folder);
	if (file != -1 && fstat(file, &status) == 0 && lock_is_private(host, &status))
		return file;
	if (file != -1)
		close(file);
	else if (errnum != ELOOP && errnum != EISDIR && errnum != ENXIO && errnum != EOPNOTSUPP)
		return error_number(error, ERROR_FILE, errnum, "cannot open the lock '%s'", path);
	return error_set(error, ERROR_FILE, "it is not a regular file that only root can open",
	    "inspect it, then move it aside", "cannot use the lock '%s'", path);
}

int
lock_take(const struct host *host, const char *path, double seconds, void (*waiting)(void *),
    void *context, struct error *error)
{
	struct poll_wait wait = { .deadline = wait_now() + seconds };
	int file = lock_open(host, path, error);

	if (file == -1)
		return -1;
	while (flock(file, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			error_number(error, ERROR_FILE, errno, "cannot lock '%s'", path);
		else {
			if (wait.pause == 0 && waiting != NULL)
				waiting(context);
			if (wait_next(host, &wait))
				continue;
			if (wait_is_stopped(host))
				error_set(error, ERROR_STOPPED, "nothing was changed");
			else
				error_set(error, ERROR_BUSY, "another lnpctl is making changes",
				    "try again, or wait longer with --lock-wait",
				    "cannot get the lock '%s'", path);
		}
		close(file);
		return -1;
	}
	child_must_close(file);
	return file;
}
