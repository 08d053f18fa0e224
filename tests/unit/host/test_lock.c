/* lock.c: one at a time, and no other account can hold it. */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/files/lock.h"
#include "world.h"

static int waited;

static void
count_waiting(void *context)
{
	(void)context;
	waited++;
}

static int
take_lock(double seconds)
{
	waited = 0;
	memset(&error, 0, sizeof error);
	return lock_take(&host, LOCK, seconds, count_waiting, NULL, &error);
}

static void
lock_is_held_by_one_at_a_time(void **state)
{
	int first = take_lock(0), second;

	(void)state;
	assert_true(first != -1);
	assert_int_equal(waited, 0);
	assert_int_equal(fcntl(first, F_GETFD), FD_CLOEXEC);
	second = take_lock(0.1);
	assert_int_equal(second, -1);
	assert_int_equal(waited, 1);
	assert_error(ERROR_BUSY, LOCK, "another lnpctl");
	close(first);
	second = take_lock(0);
	assert_true(second != -1);
	close(second);
	assert_true(is_there(LOCK));
}

static void
lock_is_got_as_soon_as_it_is_free(void **state)
{
	int channel[2], mine;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(channel), 0);
	child = fork();
	if (child == 0) {
		int theirs = lock_take(&host, LOCK, 0, NULL, NULL, &error);

		if (theirs == -1 || write(channel[1], "x", 1) != 1)
			_exit(1);
		nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
		raise(SIGKILL);		/* the kernel releases the lock */
	}
	assert_int_equal(read(channel[0], &byte, 1), 1);
	mine = take_lock(30);
	assert_true(mine != -1);
	assert_int_equal(waited, 1);
	close(mine);
	close(channel[0]);
	close(channel[1]);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
signal_ends_the_wait_for_the_lock(void **state)
{
	int first = take_lock(0);

	(void)state;
	stop = 1;
	assert_int_equal(take_lock(30), -1);
	assert_int_equal(error.kind, ERROR_FAILED);
	stop = 0;
	close(first);
}

static void
lock_is_only_for_its_owner_whatever_the_umask(void **state)
{
	int lock;

	(void)state;
	umask(0);
	lock = take_lock(0);
	assert_true(lock != -1);
	close(lock);
	assert_int_equal(status_of(LOCK).st_mode & 07777, 0600);
}

static void
assert_no_lock(const char *reason)
{
	assert_int_equal(take_lock(0), -1);
	assert_error(ERROR_FILE, LOCK, reason);
	assert_true(error.fix[0] != '\0');
}

static void
lock_that_others_could_hold_is_refused(void **state)
{
	(void)state;
	make_file(LOCK, "", 0644);
	assert_no_lock("only root can open");
	assert_int_equal(chmod(real(LOCK), 0660), 0);
	assert_no_lock("only root can open");
	assert_int_equal(chmod(real(LOCK), 0600), 0);
	assert_int_equal(link(real(LOCK), real("/state/second")), 0);
	assert_no_lock("only root can open");
	assert_int_equal(unlink(real("/state/second")), 0);
	assert_int_equal(chmod(real("/state"), 0777), 0);
	assert_no_lock("/state");
	assert_int_equal(chmod(real("/state"), 0755), 0);
	need_root();
	give(LOCK, EVE, STAFF);
	assert_no_lock("only root can open");
}

static void
lock_that_is_not_a_file_is_refused(void **state)
{
	(void)state;
	make_link(LOCK, "/etc/made");
	assert_no_lock("");
	assert_false(is_there("/etc/made"));
	assert_int_equal(unlink(real(LOCK)), 0);
	make_fifo(LOCK);
	assert_no_lock("only root can open");
	assert_int_equal(unlink(real(LOCK)), 0);
	make_folder(LOCK, 0700);
	assert_no_lock("");
	assert_int_equal(rmdir(real(LOCK)), 0);
	make_socket("/state", ".lock");
	assert_no_lock("");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(lock_is_held_by_one_at_a_time),
		EACH(lock_is_got_as_soon_as_it_is_free),
		EACH(signal_ends_the_wait_for_the_lock),
		EACH(lock_is_only_for_its_owner_whatever_the_umask),
		EACH(lock_that_others_could_hold_is_refused),
		EACH(lock_that_is_not_a_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
