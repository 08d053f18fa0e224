#define _GNU_SOURCE		/* realpath, nftw: what glibc does not count as POSIX */
/* A directory that stands for "/", new for each test of the modules that touch files. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/os/platform.h"
#include "world.h"

struct host host;
struct error error;
volatile sig_atomic_t stop;
const struct identity worker = { WORKER, STAFF, { STAFF }, 1 };

static char top[PATH_SIZE];		/* the real path of the directory that stands for "/" */
static int lowest;			/* the lowest free descriptor before a test */

const char *
real(const char *path)
{
	static char names[4][2 * PATH_SIZE];
	static unsigned next;
	char *name = names[next++ % 4];

	snprintf(name, sizeof names[0], "%s%s", top, path);
	return name;
}

void
make_folder(const char *path, mode_t mode)
{
	assert_int_equal(mkdir(real(path), 0700), 0);
	assert_int_equal(chmod(real(path), mode), 0);
}

void
make_file(const char *path, const char *text, mode_t mode)
{
	int file = open(real(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(file != -1);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(file, mode), 0);
	close(file);
}

void
make_link(const char *path, const char *target)
{
	assert_int_equal(symlink(target, real(path)), 0);
}

void
make_fifo(const char *path)
{
	assert_int_equal(mkfifo(real(path), 0666), 0);
}

/* From within its directory, for a socket's path must be short. */
void
make_socket(const char *folder, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    file = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
	assert_int_equal(chdir(real(folder)), 0);
	assert_int_equal(bind(file, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(fchdir(here), 0);
	close(file);
	close(here);
}

void
give(const char *path, uid_t uid, gid_t gid)
{
	struct stat status;

	assert_int_equal(lchown(real(path), uid, gid), 0);
	assert_int_equal(lstat(real(path), &status), 0);
	assert_int_equal(status.st_uid, uid);
}

struct stat
status_of(const char *path)
{
	struct stat status;

	if (lstat(real(path), &status) == -1)
		fail_msg("%s: %s", path, strerror(errno));
	return status;
}

struct file_identity
identity_of(const char *path)
{
	struct stat status = status_of(path);
	struct file_identity identity;

	platform_identity(&status, &identity);
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	return identity;
}

bool
is_there(const char *path)
{
	struct stat status;

	return lstat(real(path), &status) == 0;
}

void
assert_text(const char *path, const char *expected)
{
	char text[256];
	int file = open(real(path), O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (file == -1)
		fail_msg("%s: %s", path, strerror(errno));
	size = read(file, text, sizeof text - 1);
	close(file);
	assert_true(size >= 0);
	text[size] = '\0';
	assert_string_equal(text, expected);
}

void
assert_dress(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	struct stat status = status_of(path);

	assert_int_equal(status.st_uid, uid);
	assert_int_equal(status.st_gid, gid);
	assert_int_equal(status.st_mode & 07777, mode);
}

/* The error names the path in quotes, why, and a fix. */
void
assert_error(enum error_kind kind, const char *path, const char *reason)
{
	char quoted[PATH_SIZE + 2];

	snprintf(quoted, sizeof quoted, "'%s'", path);
	if (error.kind != kind || strstr(error.what, quoted) == NULL ||
	    strstr(error.why, reason) == NULL)
		fail_msg("kind %d: %s: %s (%s)", error.kind, error.what, error.why, error.fix);
	assert_true(error.what[strlen(error.what) - 1] != '.');
}

void
need_root(void)
{
	if (geteuid() != 0) {
		print_message("needs root: other accounts\n");
		skip();
	}
}

static int
lowest_free_descriptor(void)
{
	int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(descriptor);
	return descriptor;
}

int
world_begin(void **state)
{
	const char *temporary = getenv("TMPDIR");
	char template[PATH_SIZE], *resolved;

	(void)state;
	snprintf(template, sizeof template, "%s/lnpctl-files.XXXXXX", temporary == NULL ? "/tmp" :
	    temporary);
	/* On a Mac the directory of temporary files is reached through a link. */
	if (mkdtemp(template) == NULL || (resolved = realpath(template, NULL)) == NULL)
		return -1;
	snprintf(top, sizeof top, "%s", resolved);
	free(resolved);
	if (chmod(top, 0755) == -1)
		return -1;
	memset(&host, 0, sizeof host);
	memset(&error, 0, sizeof error);
	stop = 0;
	umask(022);
	host.image = true;
	host.owner = geteuid();
	host.group = getegid();
	host.stop = &stop;
	host.root = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	lowest = lowest_free_descriptor();
	if (chown(top, host.owner, host.group) == -1)
		return -1;
	make_folder("/etc", 0755);
	make_folder("/state", 0755);
	make_folder("/private", 0755);
	make_folder("/private/var", 0755);
	make_folder("/private/var/log", 0755);
	make_link("/var", "private/var");
	make_file("/etc/passwd", "secret", 0600);
	return 0;
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

int
world_end(void **state)
{
	(void)state;
	umask(022);
	/* No function may leak a descriptor or a child. */
	if (lowest_free_descriptor() != lowest || waitpid(-1, NULL, WNOHANG) != -1)
		return -1;
	close(host.root);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

struct identity
tester(void)
{
	return (struct identity){ geteuid(), getegid(), { getegid() }, 1 };
}
