#define _GNU_SOURCE		/* mknod: glibc does not treat it as POSIX */
/* logs.c and child.c: actions as the job's user, and what that user can reach. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/machine/child.h"
#include "host/files/files.h"
#include "host/files/lock.h"
#include "world.h"

/* ---- logs ---- */

static int
make_log(const char *path, const struct identity *user)
{
	memset(&error, 0, sizeof error);
	return files_log(&host, path, NULL, user, user->gid, 0640, &error);
}

static void
log_is_made_with_owner_and_mode(void **state)
{
	struct identity me = tester();

	(void)state;
	umask(0777);
	assert_int_equal(make_log("/var/log/job.log", &me), 0);
	assert_dress("/private/var/log/job.log", me.uid, me.gid, 0640);
	assert_int_equal(make_log("/var/log/job.log", &me), 0);
	need_root();
	assert_int_equal(make_log("/var/log/other.log", &worker), 0);
	assert_dress("/private/var/log/other.log", WORKER, STAFF, 0640);
}

static void
log_that_is_there_keeps_every_byte(void **state)
{
	struct identity me = tester();

	(void)state;
	make_file("/private/var/log/job.log", "old lines\n", 0600);
	assert_int_equal(make_log("/var/log/job.log", geteuid() == 0 ? &worker : &me), 0);
	assert_text("/private/var/log/job.log", "old lines\n");
	assert_dress("/private/var/log/job.log", geteuid() == 0 ? WORKER : me.uid, geteuid() == 0 ?
	    STAFF : me.gid, 0640);
}

static void
log_that_is_right_is_not_touched(void **state)
{
	struct identity me = tester();
	struct file_identity before, after;

	(void)state;
	assert_int_equal(make_log("/var/log/job.log", &me), 0);
	before = identity_of("/private/var/log/job.log");
	assert_int_equal(make_log("/var/log/job.log", &me), 0);
	after = identity_of("/private/var/log/job.log");
	assert_memory_equal(&before, &after, offsetof(struct file_identity, sha256));
}

/* In a safe directory an administrator put it there; whatever it is, it is refused and left. */
static void
assert_log_refused(const char *path, const char *reason)
{
	struct identity me = tester();
	struct stat before = status_of(path), after;
	bool left;

	assert_int_equal(make_log(path, geteuid() == 0 ? &worker : &me), -1);
	assert_error(ERROR_FILE, path, reason);
	assert_true(error.fix[0] != '\0');
	if (!S_ISREG(before.st_mode)) {
		assert_int_equal(files_remove_log(&host, path, NULL, geteuid() == 0 ? &worker : &me,
		    false, &left, &error), -1);
		assert_error(ERROR_FILE, path, "not a regular file");
	}
	after = status_of(path);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_uid, after.st_uid);
	assert_int_equal(before.st_mode, after.st_mode);
	assert_text("/etc/passwd", "secret");
	assert_dress("/etc/passwd", geteuid(), status_of("/etc/passwd").st_gid, 0600);
}

static void
what_is_not_a_log_is_refused_in_a_safe_directory(void **state)
{
	(void)state;
	make_link("/state/link", "/etc/passwd");
	make_link("/state/dangling", "/etc/made");
	make_fifo("/state/fifo");
	make_socket("/state", "socket");
	make_folder("/state/folder", 0755);
	assert_int_equal(link(real("/etc/passwd"), real("/state/hard")), 0);
	assert_log_refused("/state/link", "not a regular file");
	assert_log_refused("/state/dangling", "not a regular file");
	assert_log_refused("/state/fifo", "not a regular file");
	assert_log_refused("/state/socket", "not a regular file");
	assert_log_refused("/state/folder", "not a regular file");
	if (geteuid() == 0)		/* otherwise the tester owns it */
		assert_log_refused("/state/hard", "another hard link");
	assert_false(is_there("/etc/made"));
}

static void
log_below_a_folder_of_others_is_refused(void **state)
{
	struct identity me = tester();

	(void)state;
	make_folder("/tmp", 01777);
	assert_int_equal(make_log("/tmp/job.log", &me), -1);
	assert_error(ERROR_FILE, "/tmp/job.log", "1777");
	assert_false(is_there("/tmp/job.log"));
}

/* The home of worker, with a directory of logs. */
static void
make_home(void)
{
	need_root();
	make_folder("/Users", 0755);
	make_folder("/Users/worker", 0755);
	make_folder("/Users/worker/logs", 0755);
	give("/Users/worker", WORKER, STAFF);
	give("/Users/worker/logs", WORKER, STAFF);
}

static void
log_in_the_users_folder_is_made_by_the_user(void **state)
{
	(void)state;
	make_home();
	umask(0777);
	assert_int_equal(make_log("/Users/worker/logs/job.log", &worker), 0);
	assert_dress("/Users/worker/logs/job.log", WORKER, STAFF, 0640);
	umask(022);
	/* Root could have done it and the user could not: so it was not done as root. */
	assert_int_equal(chmod(real("/Users/worker/logs"), 0555), 0);
	assert_int_equal(make_log("/Users/worker/logs/second.log", &worker), -1);
	assert_error(ERROR_FILE, "/Users/worker/logs/second.log", "Permission denied");
	assert_false(is_there("/Users/worker/logs/second.log"));
}

static void
log_of_the_user_is_taken_over_with_its_bytes(void **state)
{
	(void)state;
	make_home();
	make_file("/Users/worker/logs/job.log", "old lines\n", 0600);
	give("/Users/worker/logs/job.log", WORKER, STAFF);
	assert_int_equal(make_log("/Users/worker/logs/job.log", &worker), 0);
	assert_text("/Users/worker/logs/job.log", "old lines\n");
	assert_dress("/Users/worker/logs/job.log", WORKER, STAFF, 0640);
}

static void
log_gets_the_jobs_group_in_the_users_folder(void **state)
{
	(void)state;
	make_home();
	assert_int_equal(files_log(&host, "/Users/worker/logs/job.log", NULL, &worker, 300, 0640,
	    &error), 0);
	assert_dress("/Users/worker/logs/job.log", WORKER, 300, 0640);
}

static void
what_the_user_plants_does_not_make_root_write_elsewhere(void **state)
{
	static const char *const names[] = { "link", "dangling", "fifo", "folder" };

	(void)state;
	make_home();
	make_link("/Users/worker/logs/link", "/etc/passwd");
	make_link("/Users/worker/logs/dangling", "/etc/made");
	make_fifo("/Users/worker/logs/fifo");
	make_folder("/Users/worker/logs/folder", 0755);
	for (size_t i = 0; i < 4; i++) {
		char path[PATH_SIZE];

		snprintf(path, sizeof path, "/Users/worker/logs/%s", names[i]);
		give(path, WORKER, STAFF);
		assert_log_refused(path, "not a regular file");
	}
	assert_false(is_there("/etc/made"));
}

static void
file_of_root_in_the_users_folder_is_not_given_away(void **state)
{
	(void)state;
	make_home();
	make_file("/Users/worker/logs/root.log", "root's", 0644);
	/* macOS lets any user make a hard link to any file. */
	assert_int_equal(link(real("/etc/passwd"), real("/Users/worker/logs/hard.log")), 0);
	assert_log_refused("/Users/worker/logs/root.log", "owned by another account");
	assert_log_refused("/Users/worker/logs/hard.log", "another");
	assert_dress("/etc/passwd", 0, 0, 0600);
}

/* The user owns it already: nothing is given away, and a job must not be blocked by it. */
static void
second_link_of_the_users_own_file_is_not_an_obstacle(void **state)
{
	(void)state;
	make_home();
	make_file("/Users/worker/key", "", 0600);
	give("/Users/worker/key", WORKER, STAFF);
	assert_int_equal(link(real("/Users/worker/key"), real("/Users/worker/logs/job.log")), 0);
	assert_int_equal(make_log("/Users/worker/logs/job.log", &worker), 0);
	assert_dress("/Users/worker/key", WORKER, STAFF, 0640);
}

static void
link_of_the_user_on_the_way_is_not_followed(void **state)
{
	(void)state;
	make_home();
	make_link("/Users/worker/away", "/etc");
	give("/Users/worker/away", WORKER, STAFF);
	assert_int_equal(make_log("/Users/worker/away/job.log", &worker), -1);
	assert_error(ERROR_FILE, "/Users/worker/away/job.log", "/Users/worker/away");
	assert_false(is_there("/etc/job.log"));
}

/* The first untrusted directory is the user's own, which is fine; another below it is not. */
static void
folder_of_others_within_the_users_is_refused(void **state)
{
	bool left;

	(void)state;
	make_home();
	make_folder("/Users/worker/shared", 0777);
	make_folder("/Users/worker/eve", 0755);
	make_folder("/Users/worker/group", 0775);
	give("/Users/worker/shared", WORKER, STAFF);
	give("/Users/worker/eve", EVE, STAFF);
	give("/Users/worker/group", WORKER, STAFF);
	assert_int_equal(make_log("/Users/worker/shared/job.log", &worker), -1);
	assert_error(ERROR_FILE, "/Users/worker/shared/job.log", "'/Users/worker/shared'");
	assert_int_equal(make_log("/Users/worker/eve/job.log", &worker), -1);
	assert_error(ERROR_FILE, "/Users/worker/eve/job.log", "'/Users/worker/eve'");
	assert_int_equal(make_log("/Users/worker/group/job.log", &worker), -1);
	assert_error(ERROR_FILE, "/Users/worker/group/job.log", "'/Users/worker/group'");
	make_file("/Users/worker/eve/job.log", "", 0644);
	assert_int_equal(files_remove_log(&host, "/Users/worker/eve/job.log", NULL, &worker, false,
	    &left, &error), -1);
	assert_true(is_there("/Users/worker/eve/job.log"));
}

/* ---- paths that the account chose ---- */

static struct foreign_path
foreign_path_to(const char *path)
{
	struct foreign_path result;

	snprintf(result.theirs, sizeof result.theirs, "%s", path);
	return result;
}

static void
assert_account_refused(const char *path, const char *reason)
{
	struct foreign_path log = foreign_path_to(path);

	memset(&error, 0, sizeof error);
	assert_int_equal(files_log(&host, NULL, &log, &worker, STAFF, 0640, &error), -1);
	assert_error(ERROR_FILE, path, reason);
}

/* Nothing is done that root could do and the account could not. */
static void
path_of_an_account_is_made_with_its_rights_only(void **state)
{
	struct foreign_path folder = foreign_path_to("/Users/worker/new"),
	    log = foreign_path_to("/Users/worker/new/job.log");
	bool left;

	(void)state;
	make_home();
	make_link("/Users/worker/away", "/etc");
	make_link("/Users/worker/log", "/etc/made");
	make_folder("/Users/worker/roots", 0755);
	make_file("/Users/worker/roots.log", "", 0644);
	make_fifo("/Users/worker/fifo");
	make_folder("/state/worker", 0755);
	assert_account_refused("/Users/worker/away/made", "Permission denied");
	assert_account_refused("/Users/worker/away/passwd", "owned by another account");
	assert_account_refused("/Users/worker/log", "not a regular file");
	assert_account_refused("/Users/worker/roots/job.log", "Permission denied");
	assert_account_refused("/Users/worker/roots.log", "owned by another account");
	assert_account_refused("/Users/worker/fifo", "not a regular file");
	assert_account_refused("/var/log/job.log", "Permission denied");
	assert_account_refused("/etc/passwd", "owned by another account");
	assert_account_refused("/Users/worker/missing/job.log", "No such file");
	assert_false(is_there("/etc/made"));
	assert_false(is_there("/private/var/log/job.log"));
	assert_dress("/etc/passwd", 0, 0, 0600);
	assert_dress("/Users/worker/roots.log", 0, 0, 0644);
	assert_int_equal(files_account_make_directory(&host, &folder, &worker, &error), 0);
	assert_int_equal(files_account_make_directory(&host, &folder, &worker, &error), 0);
	assert_dress("/Users/worker/new", WORKER, STAFF, 0755);
	assert_int_equal(files_log(&host, NULL, &log, &worker, STAFF, 0640, &error), 0);
	assert_dress("/Users/worker/new/job.log", WORKER, STAFF, 0640);
	assert_int_equal(files_account_remove_directory(&host, &folder, &worker, &left, &error), 0);
	assert_true(left);
	assert_int_equal(files_remove_log(&host, NULL, &log, &worker, true, &left, &error), 0);
	assert_false(left);
	assert_int_equal(files_remove_log(&host, NULL, &log, &worker, true, &left, &error), 0);
	assert_int_equal(files_account_remove_directory(&host, &folder, &worker, &left, &error), 0);
	assert_false(is_there("/Users/worker/new"));
	folder = foreign_path_to("/etc/made");
	assert_int_equal(files_account_make_directory(&host, &folder, &worker, &error), -1);
	folder = foreign_path_to("/state/worker");
	assert_int_equal(files_account_remove_directory(&host, &folder, &worker, &left, &error),
	    -1);
	log = foreign_path_to("/etc/passwd");
	assert_int_equal(files_remove_log(&host, NULL, &log, &worker, false, &left, &error), -1);
	assert_true(is_there("/state/worker"));
	assert_true(is_there("/etc/passwd"));
}

static void
log_is_removed_in_each_kind_of_folder(void **state)
{
	struct identity me = tester();
	bool left = true;

	(void)state;
	make_file("/private/var/log/job.log", "lines", 0640);
	assert_int_equal(files_remove_log(&host, "/var/log/job.log", NULL, &me, true, &left,
	    &error), 0);
	assert_true(left);
	assert_int_equal(files_remove_log(&host, "/var/log/job.log", NULL, &me, false, &left,
	    &error), 0);
	assert_false(left);
	assert_false(is_there("/private/var/log/job.log"));
	make_home();
	assert_int_equal(make_log("/Users/worker/logs/job.log", &worker), 0);
	assert_int_equal(files_remove_log(&host, "/Users/worker/logs/job.log", NULL, &worker, true,
	    &left, &error), 0);
	assert_false(left);
	assert_false(is_there("/Users/worker/logs/job.log"));
	make_file("/Users/worker/logs/job.log", "lines", 0640);
	assert_int_equal(files_remove_log(&host, "/Users/worker/logs/job.log", NULL, &worker, true,
	    &left, &error), 0);
	assert_true(left);
	assert_text("/Users/worker/logs/job.log", "lines");
	/* As the user, not as root. */
	assert_int_equal(chmod(real("/Users/worker/logs"), 0555), 0);
	assert_int_equal(files_remove_log(&host, "/Users/worker/logs/job.log", NULL, &worker, false,
	    &left, &error), -1);
	assert_error(ERROR_FILE, "/Users/worker/logs/job.log", "Permission denied");
	assert_true(is_there("/Users/worker/logs/job.log"));
}

/* ---- the child ---- */

static int held = -1;			/* a descriptor that the child must not have */

static void
report_who_i_am(const void *context, struct reply *reply)
{
	(void)context;
	reply->errnum = (int)geteuid() * 1000 + (int)getegid();
	reply->flag = setuid(0) == 0 || seteuid(0) == 0 || fcntl(held, F_GETFD) != -1;
	reply->descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
stop_myself(const void *context, struct reply *reply)
{
	(void)context;
	(void)reply;
	raise(SIGSTOP);
}

static void
kill_myself(const void *context, struct reply *reply)
{
	(void)context;
	(void)reply;
	raise(SIGKILL);
}

static void
child_is_the_account_for_good_and_does_not_have_the_lock(void **state)
{
	struct reply reply;

	(void)state;
	need_root();
	held = lock_take(&host, LOCK, 0, NULL, NULL, &error);
	assert_true(held != -1);
	assert_int_equal(child_run(&host, &worker, 300, report_who_i_am, NULL, 10, &reply), 0);
	assert_int_equal(reply.errnum, WORKER * 1000 + 300);
	assert_false(reply.flag);
	assert_true(fcntl(reply.descriptor, F_GETFD) == FD_CLOEXEC);
	close(reply.descriptor);
	close(held);
	/* The descriptor of the lock may be reused after it is closed. */
	assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), held);
	assert_int_equal(child_run(&host, &worker, STAFF, report_who_i_am, NULL, 10, &reply), 0);
	assert_true(reply.flag);
	close(reply.descriptor);
	close(held);
	held = -1;
}

static void
child_that_is_stopped_or_killed_is_an_error_and_is_reaped(void **state)
{
	struct identity me = tester();
	struct reply reply;

	(void)state;
	assert_int_equal(child_run(&host, &me, me.gid, stop_myself, NULL, 0.2, &reply), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(child_run(&host, &me, me.gid, kill_myself, NULL, 10, &reply), -1);
	assert_int_equal(errno, ECONNRESET);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* What a child that the account controls could send: a descriptor, and bytes of its choice. */
static struct reply forged;
static size_t forged_size;		/* 0: children serve */

static void
child_forges(void)
{
	struct iovec part = { .iov_base = &forged, .iov_len = forged_size };
	union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = {
	    .header = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
	    .cmsg_type = SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
	    .msg_controllen = sizeof control.bytes };
	int channels[2], file, count = 0;
	struct stat status;
	char turn;

	if (forged_size == 0)
		return;
	for (int i = 3; i < 256 && count < 2; i++)	/* the parent's end, then the child's */
		if (fstat(i, &status) == 0 && S_ISSOCK(status.st_mode))
			channels[count++] = i;
	file = open("/dev/null", O_RDONLY);
	memcpy(CMSG_DATA(&control.header), &file, sizeof file);
	_exit(count == 2 && read(channels[1], &turn, 1) == 1 &&
	    sendmsg(channels[1], &message, 0) == (ssize_t)forged_size ? 0 : 1);
}

static int
count_descriptors(void)
{
	int count = 0;

	for (int i = 0; i < 256; i++)
		count += fcntl(i, F_GETFD) != -1;
	return count;
}

static void
short_reply_is_an_error_and_leaves_no_descriptor(void **state)
{
	struct identity me = tester();
	struct reply reply = { .descriptor = -1 };
	int before = count_descriptors(), result;

	(void)state;
	for (size_t size = 1; size < sizeof forged; size++) {
		forged_size = size;
		result = child_run(&host, &me, me.gid, report_who_i_am, NULL, 10, &reply);
		forged_size = 0;
		assert_int_equal(result, -1);
		assert_int_equal(reply.descriptor, -1);
	}
	assert_int_equal(count_descriptors(), before);
}

static void
forged_trouble_with_a_log_is_an_error(void **state)
{
	static const int troubles[] = { -4, -5, -1000000, INT_MIN };
	struct foreign_path log = foreign_path_to("/Users/worker/job.log");
	struct identity me = tester();
	int result;

	(void)state;
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		memset(&forged, 0, sizeof forged);
		forged.errnum = troubles[i];
		forged_size = sizeof forged;
		result = files_log(&host, NULL, &log, &me, me.gid, 0640, &error);
		forged_size = 0;
		assert_int_equal(result, -1);
		assert_error(ERROR_FILE, "/Users/worker/job.log", strerror(EIO));
	}
}

static void
ordinary_account_cannot_be_another(void **state)
{
	struct reply reply;
	pid_t child;
	int status;

	(void)state;
	if (geteuid() != 0) {
		assert_int_equal(child_run(&host, &worker, STAFF, report_who_i_am, NULL, 10,
		    &reply), -1);
		assert_int_equal(errno, EPERM);
		return;
	}
	child = fork();
	if (child == 0) {
		if (setgid(STAFF) == -1 || setuid(EVE) == -1)
			_exit(2);
		_exit(child_run(&host, &worker, STAFF, report_who_i_am, NULL, 10, &reply) == -1 &&
		    errno == EPERM ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* ---- access ---- */

static void
assert_access(enum tristate expected, const char *path, const struct identity *account, int bits,
    int number)
{
	int found = -1;
	enum tristate answer = files_access(&host, path, account, bits, &found);

	if (answer != expected || found != number)
		fail_msg("%s: %d, %s", path, answer, strerror(found));
}

static void
access_of_an_account_is_the_kernels_answer(void **state)
{
	struct identity member = { WORKER, STAFF, { STAFF, 80 }, 2 };

	(void)state;
	need_root();
	make_file("/etc/program", "", 0755);
	make_file("/etc/data", "", 0644);
	make_file("/etc/group", "", 0640);
	make_folder("/private/deep", 0700);
	make_file("/private/deep/file", "", 0777);
	give("/etc/group", 0, 80);
	assert_access(YES, "/etc/program", &worker, X_OK, 0);
	assert_access(NO, "/etc/data", &worker, X_OK, EACCES);
	assert_access(NO, "/etc/data", &worker, W_OK, EACCES);
	assert_access(NO, "/etc/passwd", &worker, R_OK, EACCES);
	assert_access(YES, "/etc/passwd", &worker, 0, 0);
	assert_access(NO, "/etc/group", &worker, R_OK, EACCES);
	assert_access(YES, "/etc/group", &member, R_OK, 0);
	assert_access(NO, "/private/deep/file", &worker, 0, EACCES);
	assert_access(NO, "/private/deep/none", &worker, 0, EACCES);
	assert_access(NO, "/etc/none", &worker, X_OK, ENOENT);
	assert_access(NO, "/etc/data/below", &worker, 0, ENOTDIR);
	assert_access(YES, "/", &worker, X_OK, 0);
	assert_access(YES, "/etc", &worker, R_OK | X_OK, 0);
}

static void
many_questions_are_answered_by_one_child_that_stays(void **state)
{
	struct user_helper helper = { .pid = 0 };
	struct identity member = { WORKER, STAFF, { STAFF, 80 }, 2 };
	pid_t pid;

	(void)state;
	need_root();
	make_file("/etc/program", "", 0750);
	give("/etc/program", 0, STAFF);
	host.helper = &helper;
	assert_access(YES, "/etc/program", &worker, X_OK, 0);
	pid = helper.pid;
	assert_int_not_equal(pid, 0);
	for (int i = 0; i < 100; i++) {
		assert_access(YES, "/etc/program", &worker, X_OK, 0);
		assert_access(NO, "/etc/program", &worker, W_OK, EACCES);
		assert_access(NO, "/etc/none", &worker, X_OK, ENOENT);
	}
	give("/etc/program", 0, 80);
	assert_access(NO, "/etc/program", &worker, X_OK, EACCES);
	assert_int_equal(helper.pid, pid);
	assert_access(YES, "/etc/program", &member, X_OK, 0);
	assert_int_not_equal(helper.pid, pid);
	helper_stop(&helper);
	assert_int_equal(helper.pid, 0);
	host.helper = NULL;
}

/*
 * The account may kill or stop the child that runs as itself: that question has no answer, and the
 * next one gets a new child.
 */
static void
child_that_stays_and_is_killed_is_replaced(void **state)
{
	struct user_helper helper = { .pid = 0 };

	(void)state;
	need_root();
	make_file("/etc/program", "", 0755);
	host.helper = &helper;
	assert_access(YES, "/etc/program", &worker, X_OK, 0);
	assert_int_equal(kill(helper.pid, SIGKILL), 0);
	assert_access(UNKNOWN, "/etc/program", &worker, X_OK, ECONNRESET);
	assert_int_equal(helper.pid, 0);
	assert_access(YES, "/etc/program", &worker, X_OK, 0);
	helper_stop(&helper);
	host.helper = NULL;
}

/* To reach a path takes the directories of its links, not only those that they lead to. */
static void
link_in_a_closed_folder_gives_no_access(void **state)
{
	(void)state;
	need_root();
	make_file("/etc/program", "", 0755);
	make_folder("/closed", 0700);
	make_folder("/passable", 0711);
	make_link("/closed/program", "/etc/program");
	make_link("/passable/program", "../etc/program");
	make_link("/program", "/passable/program");
	assert_access(NO, "/closed/program", &worker, X_OK, EACCES);
	assert_access(YES, "/passable/program", &worker, X_OK, 0);
	assert_access(YES, "/program", &worker, X_OK, 0);
	make_link("/loop", "loop");
	assert_access(NO, "/loop", &worker, X_OK, ELOOP);
}

static void
access_is_known_without_root_only_for_oneself(void **state)
{
	struct identity me = tester(), other = { EVE, STAFF, { STAFF }, 1 };

	(void)state;
	make_file("/etc/program", "", 0755);
	make_folder("/passable", 0311);
	make_file("/passable/program", "", 0711);
	assert_access(YES, "/etc/program", &me, X_OK, 0);
	assert_access(YES, "/passable/program", &me, X_OK, 0);
	assert_access(NO, "/etc/none", &me, X_OK, ENOENT);
	assert_int_equal(chmod(real("/passable"), 0700), 0);
	if (geteuid() == 0)
		return;
	assert_access(UNKNOWN, "/etc/program", &other, X_OK, EPERM);
	assert_access(NO, "/etc/passwd", &me, X_OK, EACCES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(log_is_made_with_owner_and_mode),
		EACH(log_that_is_there_keeps_every_byte),
		EACH(log_that_is_right_is_not_touched),
		EACH(what_is_not_a_log_is_refused_in_a_safe_directory),
		EACH(log_below_a_folder_of_others_is_refused),
		EACH(log_in_the_users_folder_is_made_by_the_user),
		EACH(log_of_the_user_is_taken_over_with_its_bytes),
		EACH(log_gets_the_jobs_group_in_the_users_folder),
		EACH(what_the_user_plants_does_not_make_root_write_elsewhere),
		EACH(file_of_root_in_the_users_folder_is_not_given_away),
		EACH(second_link_of_the_users_own_file_is_not_an_obstacle),
		EACH(link_of_the_user_on_the_way_is_not_followed),
		EACH(folder_of_others_within_the_users_is_refused),
		EACH(path_of_an_account_is_made_with_its_rights_only),
		EACH(log_is_removed_in_each_kind_of_folder),
		EACH(child_is_the_account_for_good_and_does_not_have_the_lock),
		EACH(child_that_is_stopped_or_killed_is_an_error_and_is_reaped),
		EACH(short_reply_is_an_error_and_leaves_no_descriptor),
		EACH(forged_trouble_with_a_log_is_an_error),
		EACH(ordinary_account_cannot_be_another),
		EACH(access_of_an_account_is_the_kernels_answer),
		EACH(many_questions_are_answered_by_one_child_that_stays),
		EACH(child_that_stays_and_is_killed_is_replaced),
		EACH(link_in_a_closed_folder_gives_no_access),
		EACH(access_is_known_without_root_only_for_oneself),
	};

	signal(SIGPIPE, SIG_IGN);	/* as main() does */
	pthread_atfork(NULL, NULL, child_forges);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
