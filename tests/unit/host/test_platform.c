#define _GNU_SOURCE		/* realpath, nftw: glibc does not treat them as POSIX */
/* The platform functions of this system, with real files and processes, and host_open(). */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
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

#include "host/machine/host.h"
#include "host/inspect.h"
#include "host/launchd/state.h"
#include "host/os/platform.h"

#define WORKER	501
#define STAFF	20
#ifdef __APPLE__
#define CLOCK_OF_DEADLINES	CLOCK_UPTIME_RAW
#else
#define CLOCK_OF_DEADLINES	CLOCK_MONOTONIC
#endif

static char folder[PATH_SIZE];
static struct error error;

static const char *
path_of(const char *name)
{
	static char path[2 * PATH_SIZE];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int
open_new(const char *name)
{
	int file = open(path_of(name), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert_true(file != -1);
	return file;
}

static int
begin(void **state)
{
	const char *temporary = getenv("TMPDIR");
	char template[PATH_SIZE], *resolved;

	(void)state;
	memset(&error, 0, sizeof error);
	snprintf(template, sizeof template, "%s/lnpctl-platform.XXXXXX", temporary == NULL ?
	    "/tmp" : temporary);
	if (mkdtemp(template) == NULL || (resolved = realpath(template, NULL)) == NULL)
		return -1;
	snprintf(folder, sizeof folder, "%s", resolved);
	free(resolved);
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

static int
end(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* ---- files ---- */

static void
file_and_folder_can_be_synced_and_nothing_cannot(void **state)
{
	int (*const calls[])(int) = { platform_order, platform_flush };
	int file = open_new("file"), place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(calls[i](file), 0);
		assert_int_equal(calls[i](place), 0);
		assert_int_equal(calls[i](-1), -1);
		assert_int_equal(errno, EBADF);
	}
	close(file);
	close(place);
}

static struct file_identity
identity_of(int file)
{
	struct file_identity identity;
	struct stat status;

	assert_int_equal(fstat(file, &status), 0);
	memset(&identity, 0, sizeof identity);
	platform_identity(&status, &identity);
	return identity;
}

static void
identity_differs_after_each_kind_of_change(void **state)
{
	int file = open_new("file"), other = open_new("other");
	struct file_identity first = identity_of(file), now;
	struct timespec old[2] = { { 1000, 2000 }, { 3000, 4000 } };

	(void)state;
	assert_true(first.inode != identity_of(other).inode);
	assert_true(first.device == identity_of(other).device && first.device != 0);
	assert_int_equal(write(file, "12345", 5), 5);
	assert_int_equal(futimens(file, old), 0);
	now = identity_of(file);
	assert_int_equal(now.size, 5);
	assert_int_equal(now.modified, 3000);
	assert_true(now.modified_nanoseconds == 4000 || now.modified_nanoseconds == 0);
	assert_true(now.changed >= first.changed && now.changed >= (int64_t)time(NULL) - 60);
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	assert_int_equal(fchmod(file, 0600), 0);
	first = now;
	now = identity_of(file);
	assert_true(now.changed != first.changed ||
	    now.changed_nanoseconds != first.changed_nanoseconds);
	assert_true(now.modified == first.modified);
	close(file);
	close(other);
}

static void
file_without_the_quarantine_attribute_can_be_freed_of_it(void **state)
{
	int file = open_new("file");

	(void)state;
	assert_int_equal(platform_quarantined(file), NO);
	assert_int_equal(platform_unquarantine(file), 0);
	close(file);
	assert_int_equal(platform_quarantined(-1), UNKNOWN);
	assert_int_equal(platform_unquarantine(-1), -1);
}

static bool
is_locked(void)
{
	int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool locked = platform_is_locked(directory, "file");

	assert_false(platform_is_locked(directory, "."));
	assert_false(platform_is_locked(directory, "nothing"));
	close(directory);
	return locked;
}

#ifdef __APPLE__
#include <sys/mount.h>

static void
file_with_a_flag_that_keeps_root_out_is_locked(void **state)
{
	static const unsigned flags[] = { UF_IMMUTABLE, UF_APPEND };	/* SF_* need root */
	int file = open_new("file");

	(void)state;
	assert_false(is_locked());
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		assert_int_equal(fchflags(file, flags[i]), 0);
		assert_true(is_locked());
	}
	assert_int_equal(fchflags(file, UF_HIDDEN), 0);
	assert_false(is_locked());
	close(file);
}
#else
#include <sys/xattr.h>

static void
file_with_a_flag_that_keeps_root_out_is_locked(void **state)
{
	int file = open_new("file");

	(void)state;
	assert_false(is_locked());
	if (fsetxattr(file, "user.lnpctl.locked", "", 0, 0) == -1)
		skip();		/* this file system has no such attributes */
	assert_true(is_locked());
	close(file);
}
#endif

/* A deadline must not pass while the machine sleeps. */
static void
clock_of_deadlines_stands_still_in_sleep(void **state)
{
	struct timespec before, after;
	double between;

	(void)state;
	assert_int_equal(clock_gettime(CLOCK_OF_DEADLINES, &before), 0);
	between = platform_clock();
	assert_int_equal(clock_gettime(CLOCK_OF_DEADLINES, &after), 0);
	assert_true(between >= (double)before.tv_sec + (double)before.tv_nsec / 1e9);
	assert_true(between <= (double)after.tv_sec + (double)after.tv_nsec / 1e9);
}

/* ---- SHA-256 ---- */

struct repeated {			/* text, so many times */
	const char	*text;
	size_t		 times, given;
};

static ssize_t
give_repeated(void *context, void *piece, size_t size)
{
	struct repeated *repeated = context;
	size_t length = strlen(repeated->text), left = repeated->times * length - repeated->given;

	size = size < left ? size : left;
	for (size_t i = 0; i < size; i++)
		((char *)piece)[i] = repeated->text[(repeated->given + i) % length];
	repeated->given += size;
	return (ssize_t)size;
}

static ssize_t
give_once(void *context, void *piece, size_t size)
{
	return ((struct repeated *)context)->given > 0 ? -1 : give_repeated(context, piece, size);
}

/*
 * The examples that NIST publishes with FIPS 180 (SHA256.pdf, SHA2_Additional.pdf), then sizes
 * around the padding and the end of a piece, from sha256sum(1).
 */
static void
sha256_is_that_of_the_standard(void **state)
{
	static const struct {
		const char	*text;
		size_t		 times;
		const char	*digest;
	} vectors[] = {
		{ "a", 0,
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", 1,
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
		    "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1,
		  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
		{ "a", 1000000,
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
		{ "a", 55,
		  "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
		{ "a", 56,
		  "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
		{ "a", 63,
		  "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
		{ "a", 64,
		  "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
		{ "a", 8191,
		  "d691798dcd3bab9099e84b4cbc484caef67262d1ef5dca83330d07f5ce4740dd" },
		{ "a", 8192,
		  "dd4e6730520932767ec0a9e33fe19c4ce24399d6eba4ff62f13013c9ed30ef87" },
		{ "a", 8193,
		  "9c10c48d1f1d6618db88fde2c25409181c9201ed34ec6815d62bcf57c10d177b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		struct repeated repeated = { vectors[i].text, vectors[i].times, 0 };
		unsigned char digest[SHA256_SIZE];
		char text[2 * SHA256_SIZE + 1];

		assert_true(platform_sha256(give_repeated, &repeated, digest));
		for (size_t j = 0; j < SHA256_SIZE; j++)
			snprintf(text + 2 * j, 3, "%02x", (unsigned)digest[j]);
		assert_string_equal(text, vectors[i].digest);
	}
}

static void
sha256_of_what_cannot_be_read_is_none(void **state)
{
	struct repeated repeated = { "a", 1000000, 0 };
	unsigned char digest[SHA256_SIZE];

	(void)state;
	assert_false(platform_sha256(give_once, &repeated, digest));
}

/* ---- processes ---- */

#define REPLACED	2

/*
 * With an argument this program acts as cat, and its exit status is whether its file is still
 * there. Not a copy of /bin/cat: macOS kills copies of its own programs.
 */
static int
answer(void)
{
	char bytes[512], path[PATH_SIZE];
	ssize_t size;

	while ((size = read(0, bytes, sizeof bytes)) > 0)
		if (write(1, bytes, (size_t)size) != size)
			return 1;
	return platform_own_path(path) ? 0 : REPLACED;
}

/* A child that writes a byte when it has started, and lives until the pipe is closed. */
static pid_t
begin_child(int ends[2], uid_t uid, const char *program)
{
	int down[2], up[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(down), 0);
	assert_int_equal(pipe(up), 0);
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		close(down[1]);
		close(up[0]);
		if (uid != getuid() && (setgid(STAFF) == -1 || setuid(uid) == -1))
			_exit(1);
		if (program != NULL) {
			dup2(down[0], 0);
			dup2(up[1], 1);
			execl(program, program, "answer", (char *)NULL);
			_exit(1);
		}
		if (write(up[1], "x", 1) == 1 && read(down[0], &byte, 1) == 0)
			_exit(0);
		_exit(1);
	}
	close(down[0]);
	close(up[1]);
	/* Once executed, the program echoes its input. */
	if (program != NULL)
		assert_int_equal(write(down[1], "x", 1), 1);
	assert_int_equal(read(up[0], &byte, 1), 1);
	ends[0] = up[0];
	ends[1] = down[1];
	return pid;
}

static int
end_child(int ends[2], pid_t pid)
{
	int status;

	close(ends[0]);
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
process_is_seen_with_account_parent_start_and_program(void **state)
{
	int64_t before = (int64_t)time(NULL);
	struct process_fact process;
	int ends[2];
	char self[PATH_SIZE];
	pid_t pid;

	(void)state;
	assert_true(platform_own_path(self));
	pid = begin_child(ends, getuid(), self);
	memset(&process, 0xff, sizeof process);
	platform_process(pid, &process);
	assert_int_equal(process.exists, YES);
	assert_int_equal(process.uid, geteuid());
	assert_int_equal(process.parent, getpid());
	assert_true(process.started >= before - 2 && process.started <= (int64_t)time(NULL) + 2);
	assert_string_equal(process.path, self);
	end_child(ends, pid);
	platform_process(pid, &process);
	assert_int_equal(process.exists, NO);
	assert_string_equal(process.path, "");
}

/* The program that probe asks launchd to run. */
static void
this_process_knows_the_file_that_it_runs(void **state)
{
	struct process_fact process;
	struct stat found;

	(void)state;
	platform_process(getpid(), &process);
	assert_int_equal(process.exists, YES);
	assert_int_equal(process.parent, getppid());
	assert_int_equal(process.path[0], '/');
	assert_string_equal(strrchr(process.path, '/'), "/test_platform");
	assert_int_equal(stat(process.path, &found), 0);
	assert_true(S_ISREG(found.st_mode) && (found.st_mode & 0111) != 0);
}

static void
numbers_that_are_no_process_are_none(void **state)
{
	struct process_fact process;

	(void)state;
	platform_process(-1, &process);
	assert_int_equal(process.exists, NO);
	platform_process(0x3fffffff, &process);
	assert_int_equal(process.exists, NO);
}

static void
copy_self(const char *to)
{
	char self[PATH_SIZE], bytes[65536];
	int source, target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t size;

	assert_true(platform_own_path(self));
	source = open(self, O_RDONLY | O_CLOEXEC);
	assert_true(source != -1 && target != -1);
	while ((size = read(source, bytes, sizeof bytes)) > 0)
		assert_int_equal(write(target, bytes, (size_t)size), size);
	close(source);
	close(target);
}

/* The line of Linux has the name in parentheses, unquoted. */
static void
program_with_brackets_and_blanks_in_its_name_deceives_nobody(void **state)
{
	struct process_fact process;
	int ends[2];
	char path[2 * PATH_SIZE];
	pid_t pid;

	(void)state;
	snprintf(path, sizeof path, "%s", path_of("x) Z 1 (y"));
	copy_self(path);
	pid = begin_child(ends, getuid(), path);
	platform_process(pid, &process);
	assert_int_equal(process.parent, getpid());
	assert_string_equal(process.path, path);
	end_child(ends, pid);
}

static void
program_that_was_replaced_keeps_its_path(void **state)
{
	struct process_fact process;
	int ends[2];
	char path[2 * PATH_SIZE];
	pid_t pid;

	(void)state;
#ifdef __APPLE__
	print_message("what macOS says of a deleted program is not promised\n");
	skip();
#endif
	snprintf(path, sizeof path, "%s", path_of("program"));
	copy_self(path);
	pid = begin_child(ends, getuid(), path);
	assert_int_equal(unlink(path), 0);
	platform_process(pid, &process);
	assert_string_equal(process.path, path);
	end_child(ends, pid);
}

/* probe would run the new file as root. */
static void
program_that_was_replaced_knows_no_path_of_its_own(void **state)
{
	int ends[2];
	char path[2 * PATH_SIZE];
	pid_t pid;

	(void)state;
	snprintf(path, sizeof path, "%s", path_of("upgraded"));
	copy_self(path);
	pid = begin_child(ends, getuid(), path);
	assert_int_equal(end_child(ends, pid), 0);
	pid = begin_child(ends, getuid(), path);
	copy_self(path_of("new"));
	assert_int_equal(rename(path_of("new"), path), 0);
	assert_int_equal(end_child(ends, pid), REPLACED);
}

static void
process_that_changed_its_account_is_that_accounts(void **state)
{
	struct process_fact process;
	int ends[2];
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		print_message("needs root: other accounts\n");
		skip();
	}
	/* It has run no program since: then Linux shows its directory in /proc as root-owned. */
	pid = begin_child(ends, WORKER, NULL);
	platform_process(pid, &process);
	assert_int_equal(process.exists, YES);
	assert_int_equal(process.uid, WORKER);
	end_child(ends, pid);
}

static void
process_of_another_account_is_seen_without_root(void **state)
{
	struct process_fact process;

	(void)state;
	platform_process(1, &process);
	assert_int_equal(process.exists, YES);
	assert_int_equal(process.uid, 0);
	assert_true(process.started > 0 && process.started <= (int64_t)time(NULL));
}

static void
what_a_process_runs_is_named_where_it_is_not_the_program(void **state)
{
	struct service service = { .state = "running", .pid = getpid(), .program = "/bin/sh" };
	char own[PATH_SIZE], found[PATH_SIZE] = "";
	struct host host;

	(void)state;
	assert_int_equal(host_open(&host, NULL, NULL, &error), 0);
	assert_true(platform_own_path(own));
	assert_true(state_other_program(&host, &service, found));
	assert_string_equal(found, own);
	strcpy(service.state, "xpcproxy");
	assert_false(state_other_program(&host, &service, found));
	strcpy(service.state, "running");
	strcpy(service.program, own);
	assert_false(state_other_program(&host, &service, found));
	/* Another path of the same file. */
	assert_int_equal(symlink(own, path_of("link")), 0);
	strcpy(service.program, path_of("link"));
	assert_false(state_other_program(&host, &service, found));
	strcpy(service.program, path_of("missing"));
	assert_false(state_other_program(&host, &service, found));
	host_close(&host);
}

/* ---- the system ---- */

static void
start_of_the_machine_is_in_the_past(void **state)
{
	int64_t booted = platform_booted();

	(void)state;
	assert_true(booted > 1000000000 && booted <= (int64_t)time(NULL));
}

static void
build_of_the_system_fits_or_is_empty(void **state)
{
	char build[32] = "x", little[2] = "x";

	(void)state;
	assert_true(platform_build(build, sizeof build));
	assert_true(strlen(build) < sizeof build);
	if (build[0] != '\0') {
		assert_false(platform_build(little, sizeof little));
		assert_string_equal(little, "");
	}
}

static void
groups_of_an_account_begin_with_its_own(void **state)
{
	gid_t groups[GROUPS_MAX];
	struct passwd *root = getpwuid(0);
	int count;

	(void)state;
	assert_non_null(root);
	count = platform_groups(root->pw_name, 4711, groups);
	assert_true(count >= 1 && count <= GROUPS_MAX);
	assert_int_equal(groups[0], 4711);
	assert_true(platform_is_local(root->pw_name));
}

static bool
has_group(const gid_t *groups, int count, gid_t group)
{
	for (int i = 0; i < count; i++)
		if (groups[i] == group)
			return true;
	return false;
}

/* 4711: the job's group, which macOS keeps as the first. 1000: the account's. */
static void
more_groups_than_the_system_takes_are_cut_not_refused(void **state)
{
	struct identity account = { .uid = 501, .gid = 1000, .ngroups = GROUPS_MAX };
	gid_t found[1024];
	int status, count;
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		print_message("needs root: groups\n");
		skip();
	}
	for (int i = 0; i < GROUPS_MAX; i++)
		account.groups[i] = (gid_t)(1000 + i);
	pid = fork();
	if (pid == 0) {
		if (platform_set_groups(&account, 4711) == -1 || setgid(4711) == -1)
			_exit(1);
		count = getgroups(1024, found);
		_exit(count >= 16 && getegid() == 4711 && has_group(found, count, 1000) ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
spawn_attribute_keeps_the_flags_that_are_there(void **state)
{
	posix_spawnattr_t attributes;
	short flags = 0;

	(void)state;
	assert_int_equal(posix_spawnattr_init(&attributes), 0);
	assert_int_equal(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP), 0);
	assert_int_equal(platform_spawn_alone(&attributes), 0);
	assert_int_equal(posix_spawnattr_getflags(&attributes, &flags), 0);
	assert_true((flags & POSIX_SPAWN_SETPGROUP) != 0);
	posix_spawnattr_destroy(&attributes);
}

/* ---- the host ---- */

static void
real_machine_is_roots_and_has_a_launchctl(void **state)
{
	struct host host;
	struct stat root, opened;

	(void)state;
	assert_int_equal(host_open(&host, NULL, NULL, &error), 0);
	assert_false(host.image);
	assert_int_equal(host.owner, 0);
	assert_int_equal(host.group, 0);
	assert_string_equal(host.launchctl, "/bin/launchctl");
	assert_int_equal(fcntl(host.root, F_GETFD), FD_CLOEXEC);
	assert_true(stat("/", &root) == 0 && fstat(host.root, &opened) == 0 &&
	    root.st_ino == opened.st_ino);
	host_close(&host);
	assert_int_equal(host.root, -1);
	assert_true(host_is_root() == (geteuid() == 0));
}

static void
image_is_the_callers_and_offline(void **state)
{
	struct host host;

	(void)state;
	assert_int_equal(host_open(&host, folder, NULL, &error), 0);
	assert_true(host.image);
	assert_int_equal(host.owner, geteuid());
	assert_int_equal(host.group, geteuid() == 0 ? 0 : getegid());
	assert_null(host.launchctl);
	host_close(&host);
	assert_int_equal(host_open(&host, folder, "/x/launchctl", &error), 0);
	assert_string_equal(host.launchctl, "/x/launchctl");
	host_close(&host);
}

static void
refuse_image(const char *path, const char *reason)
{
	struct host host;

	memset(&error, 0, sizeof error);
	assert_int_equal(host_open(&host, path, NULL, &error), -1);
	assert_int_equal(error.kind, ERROR_FILE);
	assert_non_null(strstr(error.what, path));
	assert_non_null(strstr(error.why, reason));
	assert_int_equal(host.root, -1);
}

static void
image_that_others_can_change_is_refused(void **state)
{
	(void)state;
	assert_int_equal(chmod(folder, 0770), 0);
	refuse_image(folder, "writable by others");
	assert_int_equal(chmod(folder, 01777), 0);
	refuse_image(folder, "writable by others");
	assert_int_equal(chmod(folder, 0755), 0);
	refuse_image(path_of("none"), "No such file");
	close(open_new("file"));
	refuse_image(path_of("file"), "Not a directory");
	if (geteuid() != 0) {
		refuse_image("/", "another account");
		return;
	}
	assert_int_equal(chown(folder, WORKER, STAFF), 0);
	refuse_image(folder, "another account");
}

#define EACH(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int
main(int count, char **arguments)
{
	const struct CMUnitTest tests[] = {
		EACH(file_and_folder_can_be_synced_and_nothing_cannot),
		EACH(this_process_knows_the_file_that_it_runs),
		EACH(identity_differs_after_each_kind_of_change),
		EACH(file_without_the_quarantine_attribute_can_be_freed_of_it),
		EACH(file_with_a_flag_that_keeps_root_out_is_locked),
		EACH(clock_of_deadlines_stands_still_in_sleep),
		EACH(sha256_is_that_of_the_standard),
		EACH(sha256_of_what_cannot_be_read_is_none),
		EACH(process_is_seen_with_account_parent_start_and_program),
		EACH(numbers_that_are_no_process_are_none),
		EACH(program_with_brackets_and_blanks_in_its_name_deceives_nobody),
		EACH(program_that_was_replaced_keeps_its_path),
		EACH(program_that_was_replaced_knows_no_path_of_its_own),
		EACH(process_that_changed_its_account_is_that_accounts),
		EACH(process_of_another_account_is_seen_without_root),
		EACH(what_a_process_runs_is_named_where_it_is_not_the_program),
		EACH(start_of_the_machine_is_in_the_past),
		EACH(build_of_the_system_fits_or_is_empty),
		EACH(groups_of_an_account_begin_with_its_own),
		EACH(more_groups_than_the_system_takes_are_cut_not_refused),
		EACH(spawn_attribute_keeps_the_flags_that_are_there),
		EACH(real_machine_is_roots_and_has_a_launchctl),
		EACH(image_is_the_callers_and_offline),
		EACH(image_that_others_can_change_is_refused),
	};

	(void)arguments;
	return count > 1 ? answer() : cmocka_run_group_tests(tests, NULL, NULL);
}
