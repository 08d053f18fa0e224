#define _GNU_SOURCE		/* mknod, setxattr: glibc does not treat them as POSIX */
/* files.c and walk.c on real files. */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#include "host/files/files.h"
#include "world.h"

/* ---- looking ---- */

static struct file_fact
look(const char *path, enum files_walk manner)
{
	struct file_fact fact;

	memset(&fact, 0xff, sizeof fact);
	files_look(&host, path, manner, &fact);
	return fact;
}

static void
assert_unknown(const char *path, enum files_walk manner, int number)
{
	struct file_fact fact = look(path, manner);

	assert_int_equal(fact.exists, UNKNOWN);
	assert_int_equal(fact.error, number);
}

static void
file_is_seen_with_owner_mode_links_and_identity(void **state)
{
	struct file_fact fact;
	struct stat status;

	(void)state;
	make_file("/etc/hosts", "12345", 0640);
	assert_int_equal(link(real("/etc/hosts"), real("/etc/second")), 0);
	status = status_of("/etc/hosts");
	fact = look("/etc/hosts", FILES_STRICT);
	assert_int_equal(fact.exists, YES);
	assert_int_equal(fact.type, FILE_REGULAR);
	assert_int_equal(fact.owner, geteuid());
	assert_int_equal(fact.group, status.st_gid);
	assert_int_equal(fact.mode, 0640);
	assert_int_equal(fact.links, 2);
	assert_int_equal(fact.identity.size, 5);
	assert_int_equal(fact.identity.inode, status.st_ino);
	assert_int_equal(fact.identity.modified, status.st_mtime);
	assert_string_equal(fact.resolved, "/etc/hosts");
	assert_string_equal(fact.untrusted_path, "");
}

static void
each_type_of_file_is_reported(void **state)
{
	(void)state;
	make_fifo("/etc/fifo");
	make_socket("/etc", "socket");
	assert_int_equal(look("/etc", FILES_STRICT).type, FILE_DIRECTORY);
	assert_int_equal(look("/etc/fifo", FILES_STRICT).type, FILE_OTHER);
	assert_int_equal(look("/etc/socket", FILES_STRICT).type, FILE_OTHER);
	assert_int_equal(look("/var", FILES_STRICT).type, FILE_LINK);
	assert_int_equal(look("/var", FILES_LOOSE).type, FILE_DIRECTORY);
}

static void
root_itself_can_be_looked_at(void **state)
{
	struct file_fact fact = look("/", FILES_STRICT);

	(void)state;
	assert_int_equal(fact.exists, YES);
	assert_int_equal(fact.type, FILE_DIRECTORY);
	assert_string_equal(fact.resolved, "/");
	assert_int_equal(fact.identity.inode, status_of("/").st_ino);
}

static void
absent_file_is_no_and_not_unknown(void **state)
{
	(void)state;
	make_link("/dangling", "/nowhere");
	assert_int_equal(look("/etc/none", FILES_STRICT).exists, NO);
	assert_int_equal(look("/none/none", FILES_STRICT).exists, NO);
	assert_int_equal(look("/none/none", FILES_STRICT).error, ENOENT);
	assert_int_equal(look("/etc/passwd/below", FILES_LOOSE).exists, NO);
	assert_int_equal(look("/dangling", FILES_LOOSE).exists, NO);
	assert_int_equal(look("/dangling", FILES_STRICT).type, FILE_LINK);
}

static void
dots_in_the_given_path_are_refused(void **state)
{
	static const char *const paths[] = { "/etc/../etc/passwd", "/./etc/passwd", "/etc/.", "/..",
	    "/etc/..",
		"etc/passwd", "" };

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_unknown(paths[i], FILES_STRICT, EINVAL);
		assert_unknown(paths[i], FILES_LOOSE, EINVAL);
	}
	assert_int_equal(look("/etc//passwd", FILES_STRICT).exists, YES);
	assert_int_equal(look("/etc/...", FILES_STRICT).exists, NO);
}

static void
name_that_is_too_long_is_not_taken_for_absent(void **state)
{
	char path[PATH_SIZE + 10];

	(void)state;
	memset(path, 'x', sizeof path);
	path[0] = '/';
	path[1 + 256] = '\0';
	assert_unknown(path, FILES_STRICT, ENAMETOOLONG);
	path[1 + 256] = '/';
	path[sizeof path - 1] = '\0';
	assert_unknown(path, FILES_LOOSE, ENAMETOOLONG);
	path[1 + 255] = '\0';
	assert_int_equal(look(path, FILES_STRICT).exists, NO);
}

static void
link_that_is_roots_is_followed_on_the_way(void **state)
{
	struct file_fact fact;

	(void)state;
	make_file("/private/var/log/job.log", "", 0640);
	make_link("/logs", "/var/log");
	fact = look("/logs/job.log", FILES_STRICT);
	assert_int_equal(fact.exists, YES);
	assert_string_equal(fact.resolved, "/private/var/log/job.log");
	assert_string_equal(fact.untrusted_path, "");
}

static void
absolute_link_starts_at_the_root_of_the_image(void **state)
{
	(void)state;
	make_link("/state/link", "/etc/passwd");
	make_link("/state/away", "../../../../../../../../../../etc/passwd");
	make_link("/state/here", "/etc/.");
	assert_int_equal(look("/state/link", FILES_LOOSE).identity.inode,
	    status_of("/etc/passwd").st_ino);
	assert_int_equal(look("/state/away", FILES_LOOSE).identity.inode,
	    status_of("/etc/passwd").st_ino);
	assert_string_equal(look("/state/away", FILES_LOOSE).resolved, "/etc/passwd");
	assert_string_equal(look("/state/here", FILES_LOOSE).resolved, "/etc");
}

static void
link_that_leads_up_is_for_looking_only(void **state)
{
	(void)state;
	make_link("/private/up", "var/../../etc");
	assert_string_equal(look("/private/up/passwd", FILES_LOOSE).resolved, "/etc/passwd");
	assert_string_equal(look("/private/up", FILES_LOOSE).resolved, "/etc");
	assert_unknown("/private/up/passwd", FILES_STRICT, ELOOP);
}

static void
too_many_links_are_refused(void **state)
{
	char path[16], target[16];

	(void)state;
	make_link("/0", "etc");
	for (int i = 1; i < 40; i++) {
		snprintf(path, sizeof path, "/%d", i);
		snprintf(target, sizeof target, "%d", i - 1);
		make_link(path, target);
	}
	assert_int_equal(look("/7/passwd", FILES_STRICT).exists, YES);
	assert_unknown("/8/passwd", FILES_STRICT, ELOOP);
	assert_int_equal(look("/31/passwd", FILES_LOOSE).exists, YES);
	assert_unknown("/32/passwd", FILES_LOOSE, ELOOP);
	make_link("/loop", "loop");
	assert_unknown("/loop/x", FILES_STRICT, ELOOP);
	assert_unknown("/loop", FILES_LOOSE, ELOOP);
}

/* A target truncated to our buffer would be another path, and that one exists. */
static void
link_with_a_target_too_long_is_not_followed_half_way(void **state)
{
	char target[PATH_SIZE + 100];

	(void)state;
	memset(target, '/', sizeof target);
	memcpy(target + PATH_SIZE - 1 - 10, "etc/passwd", 10);
	memset(target + PATH_SIZE - 1, 'x', 50);
	target[PATH_SIZE + 49] = '\0';
	make_link("/long", target);
	assert_unknown("/long", FILES_LOOSE, ENAMETOOLONG);
}

/* Each ".." walks again from the root: a user's own links must not keep root busy for ever. */
static void
long_way_up_and_down_is_given_up(void **state)
{
	char path[PATH_SIZE] = "", target[PATH_SIZE] = "";

	(void)state;
	for (int i = 0; i < 100; i++) {
		strcat(path, "/d");
		make_folder(path, 0755);
		strcat(target, "../d/../");
	}
	strcat(path, "/link");
	make_link(path, target);
	assert_unknown(path, FILES_LOOSE, ELOOP);
	assert_int_equal(look("/d/d/d/d/d/d/d/d", FILES_LOOSE).exists, YES);
}

static void
assert_untrusted(const char *path, const char *expected)
{
	struct file_fact strict = look(path, FILES_STRICT), loose = look(path, FILES_LOOSE);

	assert_string_equal(strict.untrusted_path, expected);
	assert_string_equal(loose.untrusted_path, expected);
}

static void
folder_that_everybody_can_write_is_weak(void **state)
{
	struct file_fact fact;

	(void)state;
	make_folder("/open", 0777);
	make_folder("/open/below", 0755);
	make_file("/open/below/file", "", 0644);
	make_folder("/tmp", 01777);
	make_file("/tmp/file", "", 0644);
	assert_untrusted("/open/below/file", "/open");
	assert_untrusted("/tmp/file", "/tmp");
	assert_untrusted("/tmp/absent", "/tmp");
	assert_untrusted("/tmp/none/absent", "/tmp");
	assert_untrusted("/tmp", "");		/* decided by the directory above */
	fact = look("/tmp/file", FILES_STRICT);
	assert_int_equal(fact.untrusted_mode, 01777);
	assert_int_equal(fact.untrusted_owner, geteuid());
}

static void
folder_of_another_account_is_weak(void **state)
{
	(void)state;
	need_root();
	make_folder("/home", 0755);
	make_file("/home/file", "", 0644);
	give("/home", WORKER, STAFF);
	assert_untrusted("/home/file", "/home");
	assert_int_equal(look("/home/file", FILES_STRICT).untrusted_owner, WORKER);
	assert_int_equal(look("/home/file", FILES_STRICT).untrusted_group, STAFF);
	host.owner = WORKER;
	assert_untrusted("/home/file", "");
}

static void
folder_that_a_group_can_write_is_weak_unless_it_is_wheel(void **state)
{
	(void)state;
	need_root();
	make_folder("/admin", 0775);
	make_folder("/wheel", 0775);
	give("/admin", 0, 80);
	give("/wheel", 0, 0);
	assert_untrusted("/admin/x", "/admin");
	assert_untrusted("/wheel/x", "");
	host.owner = WORKER;			/* an ordinary caller's own group is its own
						   affair */
	host.group = 80;
	assert_untrusted("/admin/x", "");
	host.group = STAFF;
	assert_untrusted("/admin/x", "/admin");
}

static void
root_folder_is_judged_as_well(void **state)
{
	(void)state;
	assert_int_equal(chmod(real(""), 0777), 0);
	assert_untrusted("/etc/passwd", "/");
}

static void
link_in_a_weak_folder_is_followed_for_looking_only(void **state)
{
	struct file_fact fact;

	(void)state;
	make_folder("/tmp", 01777);
	make_link("/tmp/link", "/etc");
	assert_unknown("/tmp/link/passwd", FILES_STRICT, ELOOP);
	fact = look("/tmp/link/passwd", FILES_LOOSE);
	assert_string_equal(fact.resolved, "/etc/passwd");
	assert_string_equal(fact.untrusted_path, "/tmp");
	assert_unknown("/tmp/link/passwd", FILES_STRICT, ELOOP);
}

static void
link_of_another_account_is_weak_itself(void **state)
{
	struct file_fact fact;

	(void)state;
	need_root();
	make_link("/brew", "/etc");
	give("/brew", WORKER, STAFF);
	fact = look("/brew/passwd", FILES_LOOSE);
	assert_int_equal(fact.exists, YES);
	assert_string_equal(fact.untrusted_path, "/brew");
	assert_int_equal(fact.untrusted_owner, WORKER);
	assert_unknown("/brew/passwd", FILES_STRICT, ELOOP);
	assert_string_equal(look("/brew/passwd", FILES_STRICT).untrusted_path, "");
}

static char aside[PATH_SIZE];	/* where the last set_owner() put the old file */

static int
quarantine(const char *path)
{
#ifdef __APPLE__
	return setxattr(real(path), "com.apple.quarantine", "0081;", 5, 0, 0);
#else
	return setxattr(real(path), "user.com.apple.quarantine", "0081;", 5, 0);
#endif
}

static void
quarantine_is_seen_and_taken_away_with_the_right_owner(void **state)
{
	char begin[FILES_BEGIN];
	struct file_fact fact;

	(void)state;
	make_file("/etc/job", "", 0666);
	if (quarantine("/etc/job") == -1) {
		print_message("no extended attributes here: %s\n", strerror(errno));
		skip();
	}
	files_look_at_script(&host, "/etc/job", NULL, &fact, begin);
	assert_int_equal(fact.quarantined, YES);
	assert_int_equal(files_give_back(&host, "/etc/job", host.owner, host.group, 0644, false,
	    aside, &error), 0);
	files_look_at_script(&host, "/etc/job", NULL, &fact, begin);
	assert_int_equal(fact.quarantined, NO);
	assert_dress("/etc/job", host.owner, host.group, 0644);
}

/* ---- reading ---- */

static int
read_file(const char *path, size_t limit, struct bytes *bytes, struct file_fact *fact)
{
	memset(fact, 0xff, sizeof *fact);
	memset(&error, 0, sizeof error);
	return files_read(&host, path, limit, bytes, fact, &error);
}

static void
file_is_read_whole_up_to_the_limit(void **state)
{
	static char text[10001];
	struct file_fact fact;
	struct bytes bytes;

	(void)state;
	memset(text, 'a', sizeof text - 1);
	make_file("/etc/long", text, 0644);
	make_file("/etc/empty", "", 0644);
	assert_int_equal(read_file("/etc/long", 10000, &bytes, &fact), 0);
	assert_int_equal(bytes.size, 10000);
	assert_memory_equal(bytes.data, text, 10000);
	assert_int_equal(fact.identity.size, 10000);
	bytes_free(&bytes);
	assert_null(bytes.data);
	assert_int_equal(read_file("/etc/empty", 0, &bytes, &fact), 0);
	assert_int_equal(bytes.size, 0);
	bytes_free(&bytes);
}

static void
file_beyond_the_limit_is_refused(void **state)
{
	struct file_fact fact;
	struct bytes bytes;

	(void)state;
	make_file("/etc/long", "12345", 0644);
	assert_int_equal(read_file("/etc/long", 4, &bytes, &fact), -1);
	assert_error(ERROR_FILE, "/etc/long", "File too large");
	assert_int_equal(fact.exists, YES);
	assert_null(bytes.data);
	make_file("/etc/huge", "", 0644);
	assert_int_equal(truncate(real("/etc/huge"), (off_t)1 << 40), 0);
	assert_int_equal(read_file("/etc/huge", 1024 * 1024, &bytes, &fact), -1);
	assert_int_equal(fact.exists, YES);
}

static void
file_that_is_not_regular_is_neither_read_nor_waited_for(void **state)
{
	static const char *const paths[] = { "/state/fifo", "/state/socket", "/state/link",
	    "/etc" };
	struct file_fact fact;
	struct bytes bytes;

	(void)state;
	make_fifo("/state/fifo");
	make_socket("/state", "socket");
	make_link("/state/link", "/etc/passwd");
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(read_file(paths[i], 100, &bytes, &fact), -1);
		assert_error(ERROR_FILE, paths[i], "not a regular file");
		assert_int_equal(fact.exists, YES);
		assert_null(bytes.data);
	}
}

static void
device_is_not_read(void **state)
{
	struct file_fact fact;
	struct bytes bytes;
	struct stat null;

	(void)state;
	assert_int_equal(stat("/dev/null", &null), 0);
	if (geteuid() != 0 || mknod(real("/state/zero"), S_IFCHR | 0666, null.st_rdev) == -1) {
		print_message("needs root: devices\n");
		skip();
	}
	assert_int_equal(read_file("/state/zero", 100, &bytes, &fact), -1);
	assert_error(ERROR_FILE, "/state/zero", "not a regular file");
}

static void
absent_file_differs_from_one_that_cannot_be_read(void **state)
{
	struct file_fact fact;
	struct bytes bytes;

	(void)state;
	assert_int_equal(read_file("/etc/none", 100, &bytes, &fact), -1);
	assert_int_equal(fact.exists, NO);
	assert_error(ERROR_FILE, "/etc/none", "No such file");
	make_link("/loop", "loop");
	assert_int_equal(read_file("/loop/x", 100, &bytes, &fact), -1);
	assert_int_equal(fact.exists, UNKNOWN);
	assert_int_equal(fact.error, ELOOP);
	if (geteuid() == 0)
		return;
	make_file("/etc/mine", "", 0);
	assert_int_equal(read_file("/etc/mine", 100, &bytes, &fact), -1);
	assert_int_equal(fact.exists, UNKNOWN);
	assert_int_equal(fact.error, EACCES);
}

static void
file_below_an_untrusted_directory_is_read_and_reported_so(void **state)
{
	struct file_fact fact;
	struct bytes bytes;

	(void)state;
	make_folder("/tmp", 01777);
	make_file("/tmp/plist", "x", 0644);
	assert_int_equal(read_file("/tmp/plist", 100, &bytes, &fact), 0);
	assert_string_equal(fact.untrusted_path, "/tmp");
	bytes_free(&bytes);
}

static bool
is_script(const char *path, enum tristate exists)
{
	struct file_fact fact;
	char begin[FILES_BEGIN];

	files_look_at_script(&host, path, NULL, &fact, begin);
	assert_int_equal(fact.exists, exists);
	return strncmp(begin, "#!", 2) == 0;
}

/* Return the SHA-256 of a program that was known so, with the numbers that it has now. */
static const char *
sum_of(const char *path, struct file_identity *known)
{
	static struct file_fact fact;
	char begin[FILES_BEGIN];

	files_look_at_script(&host, path, known, &fact, begin);
	*known = fact.identity;
	return fact.identity.sha256;
}

#define ABC	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define NOT_READ	"00000000000000000000000000000000000000000000000000000000000000ff"

static void
sha256_of_a_program_is_made_unless_it_is_known(void **state)
{
	const struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct file_identity known = { .inode = 0 };

	(void)state;
	make_file("/etc/program", "abc", 0755);
	assert_string_equal(sum_of("/etc/program", &known), ABC);
	strcpy(known.sha256, NOT_READ);
	assert_int_equal(chmod(real("/etc/program"), 0555), 0);
	assert_string_equal(sum_of("/etc/program", &known), NOT_READ);
	assert_int_equal(utimensat(AT_FDCWD, real("/etc/program"), times, 0), 0);
	assert_string_equal(sum_of("/etc/program", &known), ABC);
	strcpy(known.sha256, NOT_READ);
	make_file("/etc/copy", "abc", 0755);
	assert_int_equal(rename(real("/etc/copy"), real("/etc/program")), 0);
	assert_string_equal(sum_of("/etc/program", &known), ABC);
	make_link("/etc/link", "program");
	known.inode = 0;
	assert_string_equal(sum_of("/etc/link", &known), ABC);
}

static void
sha256_of_what_is_no_program_or_costs_too_much_is_not_made(void **state)
{
	struct file_identity known = { .inode = 0 };

	(void)state;
	make_fifo("/etc/fifo");
	assert_string_equal(sum_of("/etc/fifo", &known), "");
	assert_string_equal(sum_of("/etc", &known), "");
	make_file("/etc/huge", "", 0755);
	assert_int_equal(truncate(real("/etc/huge"), (off_t)1 << 40), 0);
	assert_string_equal(sum_of("/etc/huge", &known), "");
	assert_int_equal(known.size, (off_t)1 << 40);
	make_file("/etc/program", "abc", 0755);
	stop = 1;
	assert_string_equal(sum_of("/etc/program", &known), "");
	assert_int_equal(known.size, 3);
}

/* A child that became the account makes it. */
static void
sha256_of_an_accounts_program_is_made(void **state)
{
	struct file_identity known = { .inode = 0 };

	(void)state;
	need_root();
	make_folder("/home", 0700);
	make_file("/home/program", "abc", 0700);
	give("/home", WORKER, STAFF);
	give("/home/program", WORKER, STAFF);
	assert_string_equal(sum_of("/home/program", &known), ABC);
	strcpy(known.sha256, NOT_READ);
	assert_string_equal(sum_of("/home/program", &known), NOT_READ);
}

static bool
read_is_foreign(const char *path)
{
	struct file_fact fact;
	struct bytes bytes;

	assert_int_equal(files_read(&host, path, 100, &bytes, &fact, &error), 0);
	bytes_free(&bytes);
	return fact.untrusted_for_user;
}

static void
what_was_read_is_foreign_if_others_can_change_it_or_its_path(void **state)
{
	(void)state;
	need_root();
	make_file("/etc/roots", "x", 0644);
	assert_false(read_is_foreign("/etc/roots"));
	host.administrator = WORKER;
	make_folder("/home", 0755);
	make_file("/home/own", "x", 0644);
	give("/home", WORKER, STAFF);
	give("/home/own", WORKER, STAFF);
	assert_false(read_is_foreign("/home/own"));
	give("/home/own", 0, 0);
	assert_false(read_is_foreign("/home/own"));
	give("/home/own", EVE, STAFF);
	assert_true(read_is_foreign("/home/own"));
	give("/home/own", WORKER, STAFF);
	assert_int_equal(chmod(real("/home/own"), 0664), 0);
	assert_true(read_is_foreign("/home/own"));
	give("/home/own", WORKER, 0);
	assert_false(read_is_foreign("/home/own"));
	assert_int_equal(chmod(real("/home/own"), 0646), 0);
	assert_true(read_is_foreign("/home/own"));
	assert_int_equal(chmod(real("/home/own"), 0644), 0);
	assert_int_equal(chmod(real("/home"), 0777 | 01000), 0);
	assert_true(read_is_foreign("/home/own"));
	assert_int_equal(chmod(real("/home"), 0755), 0);
	give("/home", EVE, STAFF);
	assert_true(read_is_foreign("/home/own"));
	give("/home", WORKER, STAFF);
	host.administrator = EVE;
	assert_true(read_is_foreign("/home/own"));
	host.administrator = 0;
	assert_true(read_is_foreign("/home/own"));
}

static void
script_is_known_by_how_it_begins(void **state)
{
	(void)state;
	make_file("/etc/script", "#!/bin/sh\n", 0755);
	make_file("/etc/short", "#", 0755);
	make_fifo("/etc/fifo");
	make_link("/etc/link", "script");
	assert_true(is_script("/etc/script", YES));
	assert_true(is_script("/etc/link", YES));
	assert_false(is_script("/etc/short", YES));
	assert_false(is_script("/etc/fifo", YES));
	assert_false(is_script("/etc/none", NO));
}

static void
assert_tail_after(const char *path, struct log_mark mark, int lines, size_t size,
    const char *expected)
{
	char text[256];

	memset(text, 'z', sizeof text);
	files_tail(&host, path, geteuid(), mark, lines, text, size);
	assert_string_equal(text, expected);
}

static void
assert_tail(const char *path, int lines, size_t size, const char *expected)
{
	assert_tail_after(path, (struct log_mark){ .inode = 0 }, lines, size, expected);
}

static void
tail_after_a_mark_is_what_was_written_since(void **state)
{
	struct file_fact fact;
	struct log_mark mark;

	(void)state;
	make_file("/state/log", "one\ntwo\nthree\n", 0644);
	files_look(&host, "/state/log", FILES_STRICT, &fact);
	mark = (struct log_mark){ fact.identity.inode, 4 };
	assert_tail_after("/state/log", mark, 10, 256, "two\nthree");
	assert_tail_after("/state/log", mark, 1, 256, "three");
	assert_tail_after("/state/log", mark, 10, 7, "three");
	mark.size = 14;
	assert_tail_after("/state/log", mark, 10, 256, "");
	mark.size = 15;			/* emptied since, and written to again */
	assert_tail_after("/state/log", mark, 10, 256, "one\ntwo\nthree");
	mark.size = -1;
	assert_tail_after("/state/log", mark, 10, 256, "one\ntwo\nthree");
	mark = (struct log_mark){ fact.identity.inode + 1, 14 };	/* another file */
	assert_tail_after("/state/log", mark, 10, 256, "one\ntwo\nthree");
}

static void
tail_of_a_log_is_its_last_lines(void **state)
{
	(void)state;
	make_file("/state/log", "one\ntwo\nthree\n", 0644);
	make_file("/state/open", "one\ntwo", 0644);
	make_file("/state/empty", "", 0644);
	assert_tail("/state/log", 2, 256, "two\nthree");
	assert_tail("/state/log", 10, 256, "one\ntwo\nthree");
	assert_tail("/state/log", 10, 7, "three");
	assert_tail("/state/open", 1, 256, "two");
	assert_tail("/state/empty", 1, 256, "");
	assert_tail("/state/none", 1, 256, "");
}

static void
tail_of_a_log_shows_no_control_characters(void **state)
{
	int file;

	(void)state;
	make_file("/state/log", "", 0644);
	file = open(real("/state/log"), O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(file, "start\n\0\0a\033[31mb\177\n\0end", 21), 21);
	close(file);
	assert_tail("/state/log", 10, 256, "start\n??a?[31mb?\n?end");
	make_file("/state/more", "a\233" "31m\302\233" "32m\302\235\n\342\200\256"
	    "cba\303\244\377\n", 0644);
	assert_tail("/state/more", 10, 256, "a?31m?32m?\n?cba\303\244?");
}

static void
tail_does_not_show_somebody_elses_file(void **state)
{
	(void)state;
	make_link("/state/link", "/etc/passwd");
	assert_tail("/state/link", 5, 256, "");
	assert_int_equal(link(real("/etc/passwd"), real("/state/hard")), 0);
	assert_tail("/state/hard", 5, 256, "");
	need_root();
	make_file("/state/other", "secret", 0644);
	give("/state/other", EVE, STAFF);
	assert_tail("/state/other", 5, 256, "");
}

static void
add_name(void *context, const char *name)
{
	strcat(strcat(context, name), " ");
}

static void
entries_are_listed_in_order(void **state)
{
	char names[256] = "";

	(void)state;
	make_file("/state/b.plist", "", 0644);
	make_file("/state/.hidden", "", 0644);
	make_file("/state/a.plist", "", 0644);
	make_file("/state/B.plist", "", 0644);
	make_link("/link", "state");
	assert_int_equal(files_list(&host, "/link", add_name, names, &error), 0);
	assert_string_equal(names, ".hidden B.plist a.plist b.plist ");
}

static void
absent_folder_is_an_empty_one_and_a_file_is_none(void **state)
{
	char names[256] = "";

	(void)state;
	assert_int_equal(files_list(&host, "/none", add_name, names, &error), 0);
	assert_int_equal(files_list(&host, "/none/below", add_name, names, &error), 0);
	assert_string_equal(names, "");
	assert_int_equal(files_list(&host, "/etc/passwd", add_name, names, &error), -1);
	assert_error(ERROR_FILE, "/etc/passwd", "Not a directory");
}

/* ---- writing ---- */

static struct bytes
bytes_of(const char *text)
{
	return (struct bytes){ (const unsigned char *)text, strlen(text) };
}

static int
write_file(const char *path, const char *text)
{
	memset(&error, 0, sizeof error);
	return files_write(&host, path, bytes_of(text), 0644, FILES_ORDERED, &error);
}

static void
assert_no_draft(void)
{
	assert_false(is_there("/state/.lnpctl-draft"));
}

static void
new_file_has_its_owner_and_mode_whatever_the_umask(void **state)
{
	(void)state;
	umask(0777);
	assert_int_equal(write_file("/state/job.plist", "new"), 0);
	umask(0);
	assert_int_equal(write_file("/state/second", "new"), 0);
	assert_dress("/state/job.plist", host.owner, host.group, 0644);
	assert_dress("/state/second", host.owner, host.group, 0644);
	assert_text("/state/job.plist", "new");
	assert_no_draft();
}

static void
replaced_file_is_a_new_one_and_the_old_stays_whole(void **state)
{
	char text[4] = "";
	int old;

	(void)state;
	make_file("/state/job.plist", "old", 0600);
	old = open(real("/state/job.plist"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(write_file("/state/job.plist", "new"), 0);
	assert_int_equal(read(old, text, 3), 3);
	close(old);
	assert_string_equal(text, "old");
	assert_text("/state/job.plist", "new");
}

static void
owner_of_a_written_file_is_the_hosts(void **state)
{
	(void)state;
	need_root();
	host.owner = WORKER;
	host.group = STAFF;
	assert_int_equal(write_file("/state/job.plist", "new"), 0);
	assert_dress("/state/job.plist", WORKER, STAFF, 0644);
}

static void
draft_that_a_crash_left_is_replaced(void **state)
{
	(void)state;
	make_file("/state/.lnpctl-draft", "half of a long file that was interrupted", 0600);
	assert_int_equal(write_file("/state/job.plist", "new"), 0);
	assert_text("/state/job.plist", "new");
	assert_no_draft();
}

static void
draft_that_is_a_link_does_not_lead_elsewhere(void **state)
{
	(void)state;
	make_link("/state/.lnpctl-draft", "/etc/passwd");
	assert_int_equal(write_file("/state/job.plist", "new"), 0);
	assert_text("/etc/passwd", "secret");
	assert_text("/state/job.plist", "new");
	assert_no_draft();
}

static void
draft_that_is_a_second_name_does_no_harm(void **state)
{
	(void)state;
	assert_int_equal(link(real("/etc/passwd"), real("/state/.lnpctl-draft")), 0);
	assert_int_equal(write_file("/state/job.plist", "new"), 0);
	assert_text("/etc/passwd", "secret");
	assert_int_equal(status_of("/etc/passwd").st_nlink, 1);
}

static void
draft_that_is_a_fifo_is_not_waited_for(void **state)
{
	(void)state;
	make_fifo("/state/.lnpctl-draft");
	assert_int_equal(write_file("/state/job.plist", "new"), 0);
	assert_text("/state/job.plist", "new");
}

static void
draft_that_is_a_folder_is_refused_by_name(void **state)
{
	(void)state;
	make_folder("/state/.lnpctl-draft", 0755);
	make_file("/state/job.plist", "old", 0644);
	assert_int_equal(write_file("/state/job.plist", "new"), -1);
	assert_error(ERROR_FILE, "/state/job.plist", "a directory has the name of its draft");
	assert_string_equal(error.fix,
	    "inspect '.lnpctl-draft' in the same directory, then move it aside");
	assert_text("/state/job.plist", "old");
}

static void
folder_in_place_of_the_file_is_refused(void **state)
{
	(void)state;
	make_folder("/state/job.plist", 0755);
	assert_int_equal(write_file("/state/job.plist", "new"), -1);
	assert_error(ERROR_FILE, "/state/job.plist", "Is a directory");
	assert_no_draft();
}

static void
link_or_fifo_in_place_of_the_file_is_replaced_itself(void **state)
{
	(void)state;
	make_link("/state/link", "/etc/passwd");
	make_fifo("/state/fifo");
	assert_int_equal(link(real("/etc/passwd"), real("/state/hard")), 0);
	assert_int_equal(write_file("/state/link", "new"), 0);
	assert_int_equal(write_file("/state/fifo", "new"), 0);
	assert_int_equal(write_file("/state/hard", "new"), 0);
	assert_text("/etc/passwd", "secret");
	assert_text("/state/link", "new");
	assert_true(S_ISREG(status_of("/state/link").st_mode) &&
	    S_ISREG(status_of("/state/fifo").st_mode));
}

static void
name_too_long_to_write_is_refused(void **state)
{
	char path[400] = "/state/";

	(void)state;
	memset(path + 7, 'x', 300);
	assert_int_equal(write_file(path, "new"), -1);
	assert_error(ERROR_FILE, path, "File name too long");
	assert_no_draft();
}

/* Like a full disk: the write fails half way. RLIMIT_FSIZE applies to root, too. */
static void
failed_write_leaves_the_old_file_and_no_draft(void **state)
{
	struct rlimit before, little;
	static char text[100001];
	int result;

	(void)state;
	memset(text, 'a', sizeof text - 1);
	make_file("/state/job.plist", "old", 0644);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	little = before;
	little.rlim_cur = 5000;
	setrlimit(RLIMIT_FSIZE, &little);
	result = write_file("/state/job.plist", text);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(result, -1);
	assert_error(ERROR_FILE, "/state/job.plist", "File too large");
	assert_text("/state/job.plist", "old");
	assert_no_draft();
}

static void
nothing_is_written_below_a_weak_folder(void **state)
{
	bool left;

	(void)state;
	assert_int_equal(chmod(real("/state"), 0777), 0);
	make_file("/state/job.plist", "old", 0644);
	make_folder("/state/folder", 0755);
	assert_int_equal(write_file("/state/job.plist", "new"), -1);
	assert_error(ERROR_FILE, "/state/job.plist", "0777");
	assert_non_null(strstr(error.why, "/state"));
	assert_int_equal(files_remove(&host, "/state/job.plist", FILES_ORDERED, &error), -1);
	assert_int_equal(files_remove_directory(&host, "/state/folder", &left, &error), -1);
	assert_int_equal(files_make_directory(&host, "/state/new", 0755, &error), -1);
	assert_int_equal(files_keep(&host, "/state/job.plist", "/etc/kept", &error), -1);
	assert_int_equal(files_keep(&host, "/etc/passwd", "/state/kept", &error), -1);
	assert_int_equal(files_restore(&host, "/etc/passwd", "/state/job.plist", &error), -1);
	assert_int_equal(files_restore(&host, "/state/job.plist", "/etc/passwd", &error), -1);
	assert_text("/state/job.plist", "old");
	assert_text("/etc/passwd", "secret");
	assert_true(is_there("/state/folder"));
	assert_false(is_there("/state/new") || is_there("/state/kept") || is_there("/etc/kept"));
	assert_no_draft();
}

static void
command_of_the_advice_can_be_pasted_only_if_it_does_no_harm(void **state)
{
	(void)state;
	host.image = false;
	make_folder("/open", 0777);
	assert_int_equal(write_file("/open/x", "new"), -1);
	assert_string_equal(error.fix, "use a directory that only root can change");
	make_folder("/Library", 0755);
	make_folder("/Library/Application Support", 0777);
	assert_int_equal(write_file("/Library/Application Support/x", "new"), -1);
	assert_string_equal(error.fix, "sudo install -d -o root -g wheel -m 0755 "
	    "'/Library/Application Support'");
	make_folder("/x'; touch hit; '", 0777);
	assert_int_equal(write_file("/x'; touch hit; '/x", "new"), -1);
	assert_null(strstr(error.fix, "hit"));
	make_folder("/tmp", 01777);		/* as temporary directories are */
	assert_int_equal(write_file("/tmp/x", "new"), -1);
	assert_null(strstr(error.fix, "chmod"));
}

static void
folder_swapped_for_a_link_is_not_followed(void **state)
{
	(void)state;
	make_folder("/home", 0777);
	make_link("/home/logs", "/etc");
	assert_int_equal(write_file("/home/logs/passwd", "new"), -1);
	assert_error(ERROR_FILE, "/home/logs/passwd", "/home/logs");
	assert_text("/etc/passwd", "secret");
}

/* ---- owner and mode ---- */

static int
set_owner(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	memset(&error, 0, sizeof error);
	return files_give_back(&host, path, uid, gid, mode, false, aside, &error);
}

static void
owner_is_not_changed_through_a_link_or_of_a_folder(void **state)
{
	(void)state;
	make_link("/state/link", "/etc/passwd");
	make_fifo("/state/fifo");
	assert_int_equal(set_owner("/state/link", host.owner, host.group, 0644), -1);
	assert_error(ERROR_FILE, "/state/link", "not a regular file");
	assert_int_equal(set_owner("/etc", host.owner, host.group, 0644), -1);
	assert_error(ERROR_FILE, "/etc", "not a regular file");
	assert_int_equal(set_owner("/state/fifo", host.owner, host.group, 0644), -1);
	assert_int_equal(set_owner("/state/none", host.owner, host.group, 0644), -1);
	assert_error(ERROR_FILE, "/state/none", "No such file");
	assert_int_equal(status_of("/etc/passwd").st_mode & 07777, 0600);
	assert_int_equal(status_of("/etc").st_mode & 07777, 0755);
}

/* Any change to a file moves its ctime. */
static void
owner_that_is_right_is_not_set_again(void **state)
{
	struct file_identity before, after;

	(void)state;
	assert_int_equal(chown(real("/etc/passwd"), host.owner, host.group), 0);
	before = identity_of("/etc/passwd");
	assert_int_equal(set_owner("/etc/passwd", host.owner, host.group, 0600), 0);
	after = identity_of("/etc/passwd");
	assert_memory_equal(&before, &after, offsetof(struct file_identity, sha256));
}

static void
file_with_a_second_name_is_not_given_away(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(link(real("/etc/passwd"), real("/state/job.log")), 0);
	assert_int_equal(set_owner("/state/job.log", WORKER, STAFF, 0644), -1);
	assert_error(ERROR_FILE, "/state/job.log", "another hard link");
	assert_dress("/etc/passwd", 0, 0, 0600);
	/* Root may get it: the old plist has a second link during a change. */
	assert_int_equal(set_owner("/state/job.log", 0, 0, 0640), 0);
}

/* As uninstall does after install --replace: the job's account may have its log open for ever. */
static void
file_that_another_account_may_have_open_comes_back_as_a_copy(void **state)
{
	int held;
	struct stat status;

	(void)state;
	need_root();
	make_file("/state/job.log", "lines\n", 0640);
	give("/state/job.log", WORKER, STAFF);
	assert_int_equal(link(real("/state/job.log"), real("/state/second")), 0);
	held = open(real("/state/job.log"), O_RDWR | O_APPEND | O_CLOEXEC);
	assert_int_equal(set_owner("/state/job.log", 0, 0, 0640), 0);
	assert_dress("/state/job.log", 0, 0, 0640);
	assert_int_equal(write(held, "forged\n", 7), 7);
	assert_text("/state/job.log", "lines\n");
	close(held);
	assert_dress("/state/second", WORKER, STAFF, 0640);
	assert_false(is_there("/state/.lnpctl-draft"));
	assert_string_equal(aside, "");

	/* However large the account made it: it is not copied, and not lost. */
	give("/state/job.log", WORKER, STAFF);
	assert_int_equal(truncate(real("/state/job.log"), FILES_COPIED + 1), 0);
	status = status_of("/state/job.log");
	assert_int_equal(set_owner("/state/job.log", EVE, STAFF, 0600), 0);
	assert_dress("/state/job.log", EVE, STAFF, 0600);
	assert_int_equal(status_of("/state/job.log").st_size, 0);
	assert_string_equal(aside, "/state/job.log.before");
	assert_int_equal(status_of(aside).st_ino, status.st_ino);
	assert_dress(aside, WORKER, STAFF, 0640);
}

/* They are older, or the account made them while the directory was its own. */
static void
log_is_put_aside_whatever_has_the_name_already(void **state)
{
	struct stat status;
	char path[NAME_SIZE + 16] = "/state/";

	(void)state;
	need_root();
	make_file("/state/job.log", "", 0640);
	give("/state/job.log", WORKER, STAFF);
	assert_int_equal(truncate(real("/state/job.log"), FILES_COPIED + 1), 0);
	status = status_of("/state/job.log");
	make_file("/state/job.log.before", "older\n", 0600);
	assert_int_equal(symlink("job.log", real("/state/job.log.before.1")), 0);
	make_folder("/state/job.log.before.2", 0755);
	assert_int_equal(set_owner("/state/job.log", EVE, STAFF, 0600), 0);
	assert_string_equal(aside, "/state/job.log.before.3");
	assert_int_equal(status_of(aside).st_ino, status.st_ino);
	assert_text("/state/job.log.before", "older\n");
	assert_int_equal(files_restore(&host, aside, "/state/job.log", &error), 0);
	assert_int_equal(status_of("/state/job.log").st_ino, status.st_ino);
	assert_false(is_there("/state/job.log.before.3"));

	/* A run that was killed has linked it already. */
	assert_int_equal(link(real("/state/job.log"), real("/state/job.log.before.3")), 0);
	assert_int_equal(set_owner("/state/job.log", EVE, STAFF, 0600), 0);
	assert_string_equal(aside, "/state/job.log.before.3");
	assert_int_equal(status_of(aside).st_nlink, 1);
	assert_false(is_there("/state/job.log.before.4"));

	/* A name has 255 bytes, and an "e" with an accent two. */
	memset(path + 7, 'a', 247);
	strcpy(path + 254, "\xc3\xa9" "aaaaaa");
	make_file(path, "", 0640);
	give(path, WORKER, STAFF);
	assert_int_equal(truncate(real(path), FILES_COPIED + 1), 0);
	assert_int_equal(set_owner(path, EVE, STAFF, 0600), 0);
	strcpy(path + 254, ".before");
	assert_string_equal(aside, path);
}

/* RLIMIT_FSIZE stands for a full disk, which may be why a change is undone. */
static int
give_back_on_a_full_disk(bool undoes)
{
	struct rlimit before, none;
	int result;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ .rlim_cur = 2, .rlim_max = before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	memset(&error, 0, sizeof error);
	result = files_give_back(&host, "/state/job.log", 0, 0, 0640, undoes, aside, &error);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	return result;
}

static void
file_that_cannot_be_copied_is_put_aside(void **state)
{
	(void)state;
	need_root();
	make_file("/state/job.log", "lines\n", 0640);
	give("/state/job.log", WORKER, STAFF);
	assert_int_equal(give_back_on_a_full_disk(false), 0);
	assert_text("/state/job.log", "");
	assert_dress("/state/job.log", 0, 0, 0640);
	assert_text("/state/job.log.before", "lines\n");
	assert_dress("/state/job.log.before", WORKER, STAFF, 0640);
}

static void
file_that_cannot_be_copied_comes_back_itself_if_that_undoes(void **state)
{
	ino_t inode;

	(void)state;
	need_root();
	make_file("/state/job.log", "secret\n", 0600);
	inode = status_of("/state/job.log").st_ino;
	give("/state/job.log", WORKER, STAFF);
	assert_int_equal(give_back_on_a_full_disk(true), 0);
	assert_text("/state/job.log", "secret\n");
	assert_dress("/state/job.log", 0, 0, 0640);
	assert_int_equal(status_of("/state/job.log").st_ino, inode);
	assert_string_equal(aside, "");
	assert_false(is_there("/state/.lnpctl-draft"));

	/* Not even a draft can be made. */
	give("/state/job.log", WORKER, STAFF);
	make_folder("/state/.lnpctl-draft", 0755);
	assert_int_equal(give_back_on_a_full_disk(true), 0);
	assert_dress("/state/job.log", 0, 0, 0640);
	assert_int_equal(rmdir(real("/state/.lnpctl-draft")), 0);

	/* The account would have a root-owned file of its own name and text. */
	give("/state/job.log", WORKER, STAFF);
	assert_int_equal(link(real("/state/job.log"), real("/state/second")), 0);
	assert_int_equal(give_back_on_a_full_disk(true), 0);
	assert_string_equal(aside, "/state/job.log.before");
	assert_dress("/state/second", WORKER, STAFF, 0640);
	assert_text("/state/job.log", "");
}

static void
file_of_others_in_a_weak_folder_is_not_given_away(void **state)
{
	(void)state;
	need_root();
	make_folder("/home", 0755);
	make_file("/home/job.log", "", 0600);
	give("/home", WORKER, STAFF);
	assert_int_equal(set_owner("/home/job.log", WORKER, STAFF, 0644), -1);
	assert_error(ERROR_FILE, "/home/job.log", "owned by another account");
	assert_dress("/home/job.log", 0, 0, 0600);
}

/* The undo of a log in its user's own directory. */
static void
file_in_its_users_own_directory_gets_its_old_mode_back(void **state)
{
	(void)state;
	need_root();
	make_folder("/home", 0755);
	make_file("/home/job.log", "", 0600);
	give("/home/job.log", WORKER, STAFF);
	give("/home", WORKER, STAFF);
	assert_int_equal(set_owner("/home/job.log", WORKER, STAFF, 0644), 0);
	assert_dress("/home/job.log", WORKER, STAFF, 0644);
	assert_int_equal(link(real("/home/job.log"), real("/home/second")), 0);
	assert_int_equal(set_owner("/home/job.log", WORKER, STAFF, 0600), 0);
	assert_dress("/home/second", WORKER, STAFF, 0600);
}

/* ---- keeping ---- */

static void
kept_file_comes_back_with_inode_and_times(void **state)
{
	struct stat old, now;

	(void)state;
	make_file("/etc/job.plist", "old", 0640);
	old = status_of("/etc/job.plist");
	make_file("/state/kept", "of an earlier run", 0600);
	assert_int_equal(files_keep(&host, "/etc/job.plist", "/state/kept", &error), 0);
	assert_int_equal(write_file("/etc/job.plist", "new"), 0);
	assert_text("/state/kept", "old");
	assert_int_equal(files_restore(&host, "/state/kept", "/etc/job.plist", &error), 0);
	now = status_of("/etc/job.plist");
	assert_int_equal(now.st_ino, old.st_ino);
	assert_int_equal(now.st_mtime, old.st_mtime);
	assert_int_equal(now.st_mode, old.st_mode);
	assert_int_equal(now.st_nlink, 1);
	assert_false(is_there("/state/kept"));
}

/* rename(2) between two links to one inode does nothing and leaves both. */
static void
restoring_what_was_never_replaced_leaves_no_second_name(void **state)
{
	(void)state;
	make_file("/etc/job.plist", "old", 0640);
	assert_int_equal(files_keep(&host, "/etc/job.plist", "/state/kept", &error), 0);
	assert_int_equal(files_keep(&host, "/etc/job.plist", "/state/kept", &error), 0);
	assert_int_equal(files_restore(&host, "/state/kept", "/etc/job.plist", &error), 0);
	assert_text("/etc/job.plist", "old");
	assert_false(is_there("/state/kept"));
	assert_int_equal(status_of("/etc/job.plist").st_nlink, 1);
}

static void
what_cannot_be_kept_does_not_destroy_what_is_kept(void **state)
{
	(void)state;
	make_file("/state/kept", "of an earlier run", 0600);
	make_link("/etc/link", "passwd");
	assert_int_equal(files_keep(&host, "/etc/none", "/state/kept", &error), -1);
	assert_error(ERROR_FILE, "/etc/none", "No such file");
	assert_int_equal(files_keep(&host, "/etc/link", "/state/kept", &error), -1);
	assert_error(ERROR_FILE, "/etc/link", "not a regular file");
	assert_text("/state/kept", "of an earlier run");
}

/* In a child, until it is killed: turn the file into a link and back, as fast as possible. */
static void
swap_for_ever(const char *file, const char *other)
{
	for (;;)
		if (symlink("passwd", other) == 0 && rename(other, file) == 0) {
			int made = open(other, O_WRONLY | O_CREAT | O_EXCL, 0640);

			if (made != -1 && (close(made) == -1 || rename(other, file) == -1))
				_exit(1);
		}
}

static void
link_that_takes_the_place_of_the_file_is_not_kept(void **state)
{
	char file[PATH_SIZE], other[PATH_SIZE];
	pid_t swapper;
	int kept = 0;

	(void)state;
	make_file("/etc/job.plist", "old", 0640);
	snprintf(file, sizeof file, "%s", real("/etc/job.plist"));
	snprintf(other, sizeof other, "%s", real("/etc/other"));
	swapper = fork();
	assert_int_not_equal(swapper, -1);
	if (swapper == 0)
		swap_for_ever(file, other);
	for (int i = 0; i < 3000; i++)
		if (files_keep(&host, "/etc/job.plist", "/state/kept", &error) == 0) {
			kept++;
			if (!S_ISREG(status_of("/state/kept").st_mode))
				break;
		}
	kill(swapper, SIGKILL);
	waitpid(swapper, NULL, 0);
	if (kept > 0)		/* otherwise each look saw a link */
		assert_true(S_ISREG(status_of("/state/kept").st_mode));
	assert_false(is_there("/state/.lnpctl-draft"));
}

static void
restoring_without_a_kept_file_leaves_what_is_there(void **state)
{
	(void)state;
	make_file("/etc/job.plist", "new", 0640);
	assert_int_equal(files_restore(&host, "/state/kept", "/etc/job.plist", &error), -1);
	assert_error(ERROR_FILE, "/etc/job.plist", "No such file");
	/* It is not blamed on the type of the file. */
	make_folder("/state/kept", 0755);
	assert_int_equal(files_restore(&host, "/state/kept", "/state/kept/job.plist", &error), -1);
	assert_error(ERROR_FILE, "/state/kept/job.plist", strerror(EINVAL));
	assert_text("/etc/job.plist", "new");
}

/* ---- removing, directories ---- */

static void
removing_twice_is_harmless(void **state)
{
	bool left = true;

	(void)state;
	make_file("/state/job.plist", "", 0644);
	make_folder("/state/folder", 0755);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(files_remove(&host, "/state/job.plist", FILES_ORDERED, &error), 0);
		assert_int_equal(files_remove_directory(&host, "/state/folder", &left, &error), 0);
		assert_false(left);
		/* The directory above may be gone by then. */
		assert_int_equal(files_remove(&host, "/state/folder/below", FILES_ORDERED, &error),
		    0);
		assert_int_equal(files_remove_directory(&host, "/state/folder/below", &left,
		    &error), 0);
		assert_int_equal(files_remove_log(&host, "/state/folder/log", NULL, &worker, false,
		    &left, &error), 0);
	}
	assert_false(is_there("/state/job.plist") || is_there("/state/folder"));
}

static void
link_is_removed_and_not_what_it_leads_to(void **state)
{
	(void)state;
	make_link("/state/link", "/etc/passwd");
	assert_int_equal(files_remove(&host, "/state/link", FILES_ORDERED, &error), 0);
	assert_false(is_there("/state/link"));
	assert_text("/etc/passwd", "secret");
}

static void
folder_is_never_removed_as_a_file_nor_a_file_as_a_folder(void **state)
{
	bool left;

	(void)state;
	make_folder("/state/folder", 0755);
	make_link("/state/link", "folder");
	assert_int_equal(files_remove(&host, "/state/folder", FILES_ORDERED, &error), -1);
	assert_error(ERROR_FILE, "/state/folder", "Is a directory");
	assert_int_equal(files_remove_directory(&host, "/etc/passwd", &left, &error), -1);
	assert_error(ERROR_FILE, "/etc/passwd", "Not a directory");
	assert_int_equal(files_remove_directory(&host, "/state/link", &left, &error), -1);
	assert_true(is_there("/state/folder") && is_there("/state/link") &&
	    is_there("/etc/passwd"));
}

static void
folder_with_something_in_it_stays(void **state)
{
	bool left = false;

	(void)state;
	make_folder("/state/folder", 0755);
	make_file("/state/folder/file", "", 0644);
	assert_int_equal(files_remove_directory(&host, "/state/folder", &left, &error), 0);
	assert_true(left);
	assert_true(is_there("/state/folder/file"));
}

static void
folder_is_made_with_its_mode_whatever_the_umask(void **state)
{
	(void)state;
	umask(077);
	assert_int_equal(files_make_directory(&host, "/state/logs", 0755, &error), 0);
	assert_dress("/state/logs", host.owner, host.group, 0755);
	assert_int_equal(chmod(real("/state/logs"), 0700), 0);
	assert_int_equal(files_make_directory(&host, "/state/logs", 0755, &error), 0);
	assert_dress("/state/logs", host.owner, host.group, 0700);
	assert_int_equal(files_make_directory(&host, "/none/logs", 0755, &error), -1);
	assert_error(ERROR_FILE, "/none/logs", "No such file");
}

static void
something_else_in_place_of_a_folder_is_refused(void **state)
{
	(void)state;
	make_file("/state/file", "", 0644);
	make_link("/state/dangling", "/nowhere");
	make_link("/state/link", "/etc");
	assert_int_equal(files_make_directory(&host, "/state/file", 0755, &error), -1);
	assert_error(ERROR_FILE, "/state/file", "it exists and is not a directory");
	assert_int_equal(files_make_directory(&host, "/state/dangling", 0755, &error), -1);
	assert_int_equal(files_make_directory(&host, "/state/link", 0755, &error), -1);
	assert_false(is_there("/nowhere"));
}

static void
directory_that_cannot_be_given_to_its_owner_is_removed(void **state)
{
	(void)state;
	if (geteuid() == 0) {
		print_message("root may give away anything\n");
		skip();
	}
	host.owner = geteuid();
	host.group = 0;			/* not a group of an ordinary tester */
	if (files_make_directory(&host, "/state/logs", 0755, &error) == 0)
		skip();
	assert_false(is_there("/state/logs"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(file_is_seen_with_owner_mode_links_and_identity),
		EACH(each_type_of_file_is_reported),
		EACH(root_itself_can_be_looked_at),
		EACH(absent_file_is_no_and_not_unknown),
		EACH(dots_in_the_given_path_are_refused),
		EACH(name_that_is_too_long_is_not_taken_for_absent),
		EACH(link_that_is_roots_is_followed_on_the_way),
		EACH(absolute_link_starts_at_the_root_of_the_image),
		EACH(link_that_leads_up_is_for_looking_only),
		EACH(too_many_links_are_refused),
		EACH(link_with_a_target_too_long_is_not_followed_half_way),
		EACH(long_way_up_and_down_is_given_up),
		EACH(folder_that_everybody_can_write_is_weak),
		EACH(folder_of_another_account_is_weak),
		EACH(folder_that_a_group_can_write_is_weak_unless_it_is_wheel),
		EACH(root_folder_is_judged_as_well),
		EACH(link_in_a_weak_folder_is_followed_for_looking_only),
		EACH(link_of_another_account_is_weak_itself),
		EACH(quarantine_is_seen_and_taken_away_with_the_right_owner),
		EACH(file_is_read_whole_up_to_the_limit),
		EACH(file_beyond_the_limit_is_refused),
		EACH(file_that_is_not_regular_is_neither_read_nor_waited_for),
		EACH(device_is_not_read),
		EACH(absent_file_differs_from_one_that_cannot_be_read),
		EACH(file_below_an_untrusted_directory_is_read_and_reported_so),
		EACH(sha256_of_a_program_is_made_unless_it_is_known),
		EACH(sha256_of_what_is_no_program_or_costs_too_much_is_not_made),
		EACH(sha256_of_an_accounts_program_is_made),
		EACH(what_was_read_is_foreign_if_others_can_change_it_or_its_path),
		EACH(script_is_known_by_how_it_begins),
		EACH(tail_after_a_mark_is_what_was_written_since),
		EACH(tail_of_a_log_is_its_last_lines),
		EACH(tail_of_a_log_shows_no_control_characters),
		EACH(tail_does_not_show_somebody_elses_file),
		EACH(entries_are_listed_in_order),
		EACH(absent_folder_is_an_empty_one_and_a_file_is_none),
		EACH(new_file_has_its_owner_and_mode_whatever_the_umask),
		EACH(replaced_file_is_a_new_one_and_the_old_stays_whole),
		EACH(owner_of_a_written_file_is_the_hosts),
		EACH(draft_that_a_crash_left_is_replaced),
		EACH(draft_that_is_a_link_does_not_lead_elsewhere),
		EACH(draft_that_is_a_second_name_does_no_harm),
		EACH(draft_that_is_a_fifo_is_not_waited_for),
		EACH(draft_that_is_a_folder_is_refused_by_name),
		EACH(folder_in_place_of_the_file_is_refused),
		EACH(link_or_fifo_in_place_of_the_file_is_replaced_itself),
		EACH(name_too_long_to_write_is_refused),
		EACH(failed_write_leaves_the_old_file_and_no_draft),
		EACH(nothing_is_written_below_a_weak_folder),
		EACH(command_of_the_advice_can_be_pasted_only_if_it_does_no_harm),
		EACH(folder_swapped_for_a_link_is_not_followed),
		EACH(owner_is_not_changed_through_a_link_or_of_a_folder),
		EACH(owner_that_is_right_is_not_set_again),
		EACH(file_with_a_second_name_is_not_given_away),
		EACH(file_that_another_account_may_have_open_comes_back_as_a_copy),
		EACH(log_is_put_aside_whatever_has_the_name_already),
		EACH(file_that_cannot_be_copied_is_put_aside),
		EACH(file_that_cannot_be_copied_comes_back_itself_if_that_undoes),
		EACH(file_of_others_in_a_weak_folder_is_not_given_away),
		EACH(file_in_its_users_own_directory_gets_its_old_mode_back),
		EACH(kept_file_comes_back_with_inode_and_times),
		EACH(restoring_what_was_never_replaced_leaves_no_second_name),
		EACH(what_cannot_be_kept_does_not_destroy_what_is_kept),
		EACH(link_that_takes_the_place_of_the_file_is_not_kept),
		EACH(restoring_without_a_kept_file_leaves_what_is_there),
		EACH(removing_twice_is_harmless),
		EACH(link_is_removed_and_not_what_it_leads_to),
		EACH(folder_is_never_removed_as_a_file_nor_a_file_as_a_folder),
		EACH(folder_with_something_in_it_stays),
		EACH(folder_is_made_with_its_mode_whatever_the_umask),
		EACH(something_else_in_place_of_a_folder_is_refused),
		EACH(directory_that_cannot_be_given_to_its_owner_is_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
