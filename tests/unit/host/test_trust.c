#define _GNU_SOURCE		/* setxattr: glibc does not treat it as POSIX */
/*
 * Access control lists, and volumes that ignore ownership: what owner and mode do not show. On
 * Linux extended attributes stand for them, see host/os/platform.h.
 */
#include <sys/stat.h>
#include <sys/xattr.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/trust.h"
#include "host/files/files.h"
#include "host/launchd/probe_job.h"
#include "world.h"

#ifdef __linux__
static struct file_fact
look(const char *path, enum files_walk manner)
{
	struct file_fact fact;

	files_look(&host, path, manner, &fact);
	return fact;
}

/*
 * The kernel's format: the owner, another account with these rights, the owning group, the mask,
 * everybody else.
 */
static bool
set_posix_acl(const char *path, const char *attribute, unsigned char uid_low,
    unsigned char uid_high, char rights)
{
	const unsigned char none = 0xff;
	const unsigned char list[] = { 2, 0, 0, 0, 0x01, 0, 7, 0, none, none, none, none, 0x02, 0,
	    (unsigned char)rights, 0,
		uid_low, uid_high, 0, 0, 0x04, 0, 5, 0, none, none, none, none, 0x10, 0,
		    (unsigned char)rights | 5, 0, none,
		none, none, none, 0x20, 0, 5, 0, none, none, none, none };

	return setxattr(real(path), attribute, list, sizeof list, 0) == 0;
}

static void
play_acl(const char *path, const char *entry)
{
	if (setxattr(real(path), "user.lnpctl.acl", entry, strlen(entry), 0) == -1)
		skip();			/* a file system without attributes */
}

static void
access_control_list_that_lets_others_write_makes_a_folder_weak(void **state)
{
	static const struct {
		const char	*entry;
		bool		 weak;
	} entries[] = {
		{ "user:worker allow add_file,delete_child", true },
		{ "group:staff allow list,search,write", true },
		{ "group:everyone allow delete", true },
		{ "user:worker allow writesecurity", true },
		{ "user:worker allow chown", true },
		{ "user:worker allow append", true },
		{ "user:worker allow list,search,readattr,readextattr,readsecurity", false },
		{ "group:everyone deny delete", false },
		{ "user:root allow add_file", false },
		{ "group:wheel allow add_file", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
		struct file_fact fact;

		play_acl("/etc", entries[i].entry);
		fact = look("/etc/passwd", FILES_STRICT);
		assert_string_equal(fact.untrusted_path, entries[i].weak ? "/etc" : "");
		assert_int_equal(fact.untrusted_by, entries[i].weak ? WEAK_ACL : WEAK_NOT);
		assert_int_equal(files_write(&host, "/etc/new",
		    (struct bytes){ (const unsigned char *)"x", 1 }, 0644, FILES_ORDERED, &error),
		    entries[i].weak ? -1 : 0);
		if (entries[i].weak)
			assert_error(ERROR_FILE, "/etc/new", "access control list");
	}
}

static void
posix_list_counts_too_where_the_group_is_wheel(void **state)
{
	(void)state;
	need_root();
	if (!set_posix_acl("/etc", "system.posix_acl_access", WORKER & 0xff, WORKER >> 8, 7))
		skip();
	assert_int_equal(look("/etc/passwd", FILES_STRICT).untrusted_by, WEAK_ACL);
	assert_true(set_posix_acl("/etc", "system.posix_acl_access", WORKER & 0xff, WORKER >> 8,
	    5));
	assert_int_equal(look("/etc/passwd", FILES_STRICT).untrusted_by, WEAK_NOT);
	assert_true(set_posix_acl("/etc", "system.posix_acl_access", 0, 0, 7));
	assert_int_equal(look("/etc/passwd", FILES_STRICT).untrusted_by, WEAK_NOT);
}

static void
volume_that_ignores_ownership_is_weak(void **state)
{
	struct file_fact fact;

	(void)state;
	if (setxattr(real("/etc"), "user.lnpctl.noowners", "", 0, 0) == -1)
		skip();
	fact = look("/etc/passwd", FILES_LOOSE);
	assert_string_equal(fact.untrusted_path, "/etc");
	assert_int_equal(fact.untrusted_by, WEAK_VOLUME);
	assert_int_equal(files_remove(&host, "/etc/passwd", FILES_ORDERED, &error), -1);
	assert_error(ERROR_FILE, "/etc/passwd", "ignores ownership");
}

static void
count_name(void *context, const char *name)
{
	(void)name;
	++*(size_t *)context;
}

/* As macOS treats root: stat and search are allowed, listing and reading are not. */
static void
what_privacy_protects_is_looked_at_and_passed_but_not_read(void **state)
{
	struct bytes bytes;
	struct file_fact fact;
	size_t count = 0;

	(void)state;
	if (setxattr(real("/etc"), "user.lnpctl.protected", "", 0, 0) == -1)
		skip();
	assert_int_equal(look("/etc/passwd", FILES_STRICT).exists, YES);
	assert_int_equal(files_read(&host, "/etc/passwd", 100, &bytes, &fact, &error), 0);
	bytes_free(&bytes);
	assert_int_equal(files_list(&host, "/etc", count_name, &count, &error), -1);
	assert_int_equal(count, 0);
	assert_int_equal(setxattr(real("/etc/passwd"), "user.lnpctl.protected", "", 0, 0), 0);
	assert_int_equal(look("/etc/passwd", FILES_STRICT).exists, YES);
	assert_int_equal(files_read(&host, "/etc/passwd", 100, &bytes, &fact, &error), -1);
	assert_error(ERROR_FILE, "/etc/passwd", strerror(EPERM));
	assert_non_null(strstr(error.fix, "Full Disk Access"));
	assert_int_equal(fact.exists, UNKNOWN);
}

/*
 * Reasons for which older versions refused come first: only the others are overlooked in jobs that
 * they installed.
 */
static void
weakness_of_a_mode_is_reported_before_one_of_a_list(void **state)
{
	struct file_fact fact;

	(void)state;
	make_folder("/etc/open", 0777);
	make_file("/etc/open/file", "", 0644);
	play_acl("/etc", "user:worker allow add_file");
	fact = look("/etc/open/file", FILES_STRICT);
	assert_string_equal(fact.untrusted_path, "/etc/open");
	assert_int_equal(fact.untrusted_by, WEAK_MODE);
}

static void
list_of_the_file_itself_is_seen_where_it_is_read(void **state)
{
	struct file_fact fact;
	char begin[FILES_BEGIN];
	struct bytes bytes;

	(void)state;
	play_acl("/etc/passwd", "user:worker allow write");
	assert_int_equal(files_read(&host, "/etc/passwd", 1000, &bytes, &fact, &error), 0);
	bytes_free(&bytes);
	assert_int_equal(fact.granted, WEAK_ACL);
	assert_true(fact.untrusted_for_user);
	assert_int_equal(trust_file(&fact, geteuid()), WEAK_ACL);
	files_look_at_script(&host, "/etc/passwd", NULL, &fact, begin);
	assert_int_equal(fact.granted, WEAK_ACL);
}

static void
written_file_has_no_list_of_its_folder(void **state)
{
	(void)state;
	if (!set_posix_acl("/etc", "system.posix_acl_default", WORKER & 0xff, WORKER >> 8, 6))
		skip();
	assert_int_equal(files_write(&host, "/etc/new",
	    (struct bytes){ (const unsigned char *)"x", 1 }, 0644, FILES_ORDERED, &error), 0);
	assert_int_equal(getxattr(real("/etc/new"), "system.posix_acl_access", NULL, 0), -1);
	assert_dress("/etc/new", geteuid(), getegid(), 0644);
}

/* Of a program that root would copy and run. */
static int
accept(const char *path, uid_t administrator, bool image)
{
	struct host machine = host;
	struct file_fact fact;
	struct bytes bytes;

	machine.administrator = administrator;
	machine.image = image;
	assert_int_equal(files_read(&machine, path, 1000, &bytes, &fact, &error), 0);
	bytes_free(&bytes);
	return probe_job_accept(&machine, path, &fact, &error);
}

static void
program_that_others_can_replace_is_not_run_as_root_by_a_copy(void **state)
{
	(void)state;
	make_file("/etc/lnpctl", "", 0755);
	assert_int_equal(accept("/etc/lnpctl", geteuid(), false), 0);
	make_folder("/etc/open", 0777);
	make_file("/etc/open/lnpctl", "", 0755);
	assert_int_equal(accept("/etc/open/lnpctl", geteuid(), true), 0);
	assert_int_equal(accept("/etc/open/lnpctl", geteuid(), false), -1);
	assert_error(ERROR_FILE, "/etc/open/lnpctl", "writable by users other than root");
	need_root();
	make_folder("/etc/eve", 0755);
	make_file("/etc/eve/lnpctl", "", 0755);
	give("/etc/eve", EVE, STAFF);
	give("/etc/eve/lnpctl", EVE, STAFF);
	/* who ran sudo */
	assert_int_equal(accept("/etc/eve/lnpctl", EVE, false), 0);
	assert_int_equal(accept("/etc/eve/lnpctl", 0, false), -1);
	assert_int_equal(accept("/etc/eve/lnpctl", WORKER, false), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(program_that_others_can_replace_is_not_run_as_root_by_a_copy),
		EACH(access_control_list_that_lets_others_write_makes_a_folder_weak),
		EACH(posix_list_counts_too_where_the_group_is_wheel),
		EACH(volume_that_ignores_ownership_is_weak),
		EACH(what_privacy_protects_is_looked_at_and_passed_but_not_read),
		EACH(weakness_of_a_mode_is_reported_before_one_of_a_list),
		EACH(list_of_the_file_itself_is_seen_where_it_is_read),
		EACH(written_file_has_no_list_of_its_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void
this_takes_linux(void **state)
{
	(void)state;
	skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(this_takes_linux) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
