#define _GNU_SOURCE		/* unshare */
/*
 * What root sees of a path shows an account's access only where the kernel, asked by a child that
 * has become the account, agrees.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/check/access.h"
#include "host/files/files.h"
#include "host/machine/child.h"
#include "world.h"

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <sys/xattr.h>
#endif

static struct user_helper helper;

static int
begin(void **state)
{
	int result = world_begin(state);

	host.helper = &helper;
	return result;
}

static int
end(void **state)
{
	helper_stop(&helper);
	return world_end(state);
}

#define ASKED(test)	cmocka_unit_test_setup_teardown(test, begin, end)

/* Fails if root takes for evident what the kernel refuses. */
static bool
is_evident(const char *path, int bits)
{
	char begin[FILES_BEGIN];
	struct file_fact fact;
	bool evident;
	int number;

	if (bits == W_OK)
		files_look_at_log(&host, path, &fact);
	else
		files_look_at_script(&host, path, NULL, &fact, begin);
	if (fact.exists == YES && fact.type == FILE_DIRECTORY)
		files_look_at_directory(&host, path, &fact);
	evident = access_is_evident(&fact, WORKER, bits);
	if (evident && files_access(&host, path, &worker, bits, &number) != YES)
		fail_msg("%s, mode %o, owner %u: the kernel refuses %d: %s", path,
		    (unsigned)fact.mode, (unsigned)fact.owner, bits, strerror(number));
	return evident;
}

static void
kernel_agrees_for_every_mode_and_owner(void **state)
{
	static const uid_t owners[] = { 0, WORKER, EVE };
	size_t evident = 0;

	(void)state;
	need_root();
	make_file("/etc/program", "", 0644);
	make_folder("/etc/folder", 0755);
	for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
		give("/etc/program", owners[i], STAFF);
		give("/etc/folder", owners[i], STAFF);
		for (mode_t mode = 0; mode <= 0777; mode++) {
			assert_int_equal(chmod(real("/etc/program"), mode), 0);
			assert_int_equal(chmod(real("/etc/folder"), mode), 0);
			evident += is_evident("/etc/program", X_OK);
			evident += is_evident("/etc/program", W_OK);
			evident += is_evident("/etc/folder", X_OK);
		}
	}
	/* of the bits: 1/2 for an owner, 1/4 for others; three questions, 512 modes */
	assert_int_equal(evident, 3 * 512 / 2 + 2 * 3 * 512 / 4);
}

static void
way_that_is_not_open_to_all_is_not_evident(void **state)
{
	(void)state;
	need_root();
	make_folder("/etc/deep", 0755);
	make_file("/etc/deep/program", "", 0755);
	make_link("/etc/link", "deep/program");
	assert_true(is_evident("/etc/deep/program", X_OK));
	assert_true(is_evident("/etc/link", X_OK));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(chmod(real("/etc/deep"), 0755 & ~(1u << 3 * i)), 0);
		assert_false(is_evident("/etc/deep/program", X_OK));
		assert_false(is_evident("/etc/link", X_OK));
	}
	assert_int_equal(chmod(real("/etc/deep"), 0777), 0);	/* untrusted */
	assert_false(is_evident("/etc/deep/program", X_OK));
	assert_int_equal(chmod(real("/etc/deep"), 0755), 0);
	give("/etc/deep", WORKER, STAFF);
	assert_false(is_evident("/etc/deep/program", X_OK));
	give("/etc/deep", 0, 0);
	assert_true(is_evident("/etc/deep/program", X_OK));
	assert_int_equal(lchown(real("/etc/link"), EVE, STAFF), 0);
	assert_false(is_evident("/etc/link", X_OK));
	host.administrator = EVE;	/* whose links root follows by itself */
	assert_false(is_evident("/etc/link", X_OK));
	host.administrator = geteuid();
	assert_false(is_evident("/etc/none", X_OK));
	make_fifo("/etc/fifo");
	assert_false(is_evident("/etc/fifo", W_OK));
}

#ifdef __linux__
static void
play(const char *path, const char *attribute, const char *value)
{
	if (setxattr(real(path), attribute, value, strlen(value), 0) == -1) {
		print_message("no extended attributes here\n");
		skip();
	}
}

static void
lists_flags_and_volumes_that_interfere_are_not_evident(void **state)
{
	(void)state;
	need_root();
	make_folder("/etc/deep", 0755);
	make_file("/etc/deep/program", "", 0777);
	assert_true(is_evident("/etc/deep/program", X_OK));
	play("/etc/deep/program", "user.lnpctl.locked", "1");
	assert_true(is_evident("/etc/deep/program", X_OK));
	assert_false(is_evident("/etc/deep/program", W_OK));
	play("/etc/deep/program", "user.lnpctl.acl", "group:everyone deny execute");
	assert_false(is_evident("/etc/deep/program", X_OK));
	removexattr(real("/etc/deep/program"), "user.lnpctl.acl");
	assert_true(is_evident("/etc/deep/program", X_OK));
	play("/etc/deep", "user.lnpctl.acl", "group:everyone deny search");
	assert_false(is_evident("/etc/deep/program", X_OK));
	removexattr(real("/etc/deep"), "user.lnpctl.acl");
	play("/etc/deep", "user.lnpctl.noowners", "1");
	assert_false(is_evident("/etc/deep/program", X_OK));
}

/* An entry of a POSIX list that takes from the worker what the mode gives to all. */
static void
list_of_linux_that_refuses_is_not_evident(void **state)
{
	static const unsigned char list[] = { 2, 0, 0, 0,
	    0x01, 0, 7, 0, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, WORKER & 0xff, WORKER >> 8, 0, 0,
	    0x04, 0, 7, 0, 0xff, 0xff, 0xff, 0xff, 0x10, 0, 7, 0, 0xff, 0xff, 0xff, 0xff,
	    0x20, 0, 7, 0, 0xff, 0xff, 0xff, 0xff };

	(void)state;
	need_root();
	make_file("/etc/program", "", 0777);
	if (setxattr(real("/etc/program"), "system.posix_acl_access", list, sizeof list, 0) == -1)
		skip();
	assert_int_equal(status_of("/etc/program").st_mode & 0777, 0777);
	assert_false(is_evident("/etc/program", X_OK));
}

static void
assert_volume(unsigned long flags, int bits, bool evident)
{
	if (mount(NULL, real("/volume"), NULL, MS_REMOUNT | flags, "mode=755") == -1)
		skip();
	if (is_evident("/etc/program", bits) != evident)
		fail_msg("flags %lx, bits %d: not %d", flags, bits, evident);
}

/* The whole world is a volume; mounted in a namespace of this test's own. */
static void
what_the_volume_does_not_allow_is_not_evident(void **state)
{
	int before = host.root, volume, outside;

	(void)state;
	need_root();
	make_folder("/volume", 0755);
	if (unshare(CLONE_NEWNS) == -1 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("test", real("/volume"), "tmpfs", 0, "mode=755") == -1) {
		print_message("no volume can be mounted here\n");
		skip();
	}
	make_folder("/volume/etc", 0755);
	make_file("/volume/etc/program", "", 0777);
	outside = open(real("/"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);	/* in this namespace */
	volume = open(real("/volume"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	host.root = outside;
	assert_false(is_evident("/volume/etc/program", X_OK));
	host.root = volume;
	assert_volume(0, X_OK, true);
	assert_volume(0, W_OK, true);
	assert_volume(MS_NOEXEC, X_OK, false);
	assert_volume(MS_NOEXEC, W_OK, true);
	assert_volume(MS_RDONLY, W_OK, false);
	assert_volume(MS_RDONLY, X_OK, true);
	host.root = before;
	close(volume);
	close(outside);
	helper_stop(&helper);
	umount2(real("/volume"), MNT_DETACH);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED(kernel_agrees_for_every_mode_and_owner),
		ASKED(way_that_is_not_open_to_all_is_not_evident),
#ifdef __linux__
		ASKED(lists_flags_and_volumes_that_interfere_are_not_evident),
		ASKED(list_of_linux_that_refuses_is_not_evident),
		ASKED(what_the_volume_does_not_allow_is_not_evident),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
