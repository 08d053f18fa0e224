/* access.c: what owner and mode show of an account's access. */
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/check/access.h"

enum { EXECUTE = 1, WRITE = 2, BOTH = 3, OWN = 501, OTHER = 502 };

static const struct {
	mode_t	 mode;
	uid_t	 owner;
	int	 plain, bits;
	bool	 evident;
} cases[] = {
	{ 0755, 0, BOTH, EXECUTE, true },
	{ 0755, OWN, BOTH, EXECUTE, true },
	{ 0700, OWN, BOTH, EXECUTE, true },
	{ 0600, OWN, BOTH, WRITE, true },
	{ 0300, OWN, BOTH, BOTH, true },
	{ 0777, OTHER, BOTH, BOTH, true },
	{ 0011, 0, BOTH, EXECUTE, true },
	/* Of the classes only the first that fits counts. */
	{ 0077, OWN, BOTH, EXECUTE, false },
	{ 0705, 0, BOTH, EXECUTE, false },	/* it may be in the group, */
	{ 0770, 0, BOTH, EXECUTE, false },	/* or not */
	{ 0700, OTHER, BOTH, EXECUTE, false },
	{ 0644, OWN, BOTH, EXECUTE, false },
	{ 0555, OWN, BOTH, WRITE, false },
	{ 0755, 0, BOTH, WRITE, false },
	{ 0500, OWN, BOTH, BOTH, false },
	/* The volume or a list decides, too: noexec, read only, a server's, "deny". */
	{ 0777, OWN, WRITE, EXECUTE, false },
	{ 0777, OWN, WRITE, WRITE, true },
	{ 0777, OWN, EXECUTE, WRITE, false },
	{ 0777, OWN, EXECUTE, BOTH, false },
	{ 0777, OWN, 0, EXECUTE, false },
};

static struct file_fact
make_fact(const char *path, mode_t mode, uid_t owner, int plain)
{
	struct file_fact fact = { .exists = YES, .mode = mode, .owner = owner, .plain = plain };

	strcpy(fact.resolved, path);
	return fact;
}

static void
access_is_evident_where_owner_and_mode_decide_and_allow(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct file_fact fact = make_fact("/usr/local/bin/x", cases[i].mode,
		    cases[i].owner, cases[i].plain);

		if (access_is_evident(&fact, OWN, cases[i].bits) != cases[i].evident)
			fail_msg("row %zu, mode %o", i, (unsigned)cases[i].mode);
	}
}

static void
nothing_is_evident_about_what_is_missing_unknown_or_locked(void **state)
{
	struct file_fact fact = make_fact("/usr/local/bin/x", 0777, 0, BOTH);

	(void)state;
	assert_true(access_is_evident(&fact, OWN, EXECUTE));
	fact.exists = UNKNOWN;
	assert_false(access_is_evident(&fact, OWN, EXECUTE));
	fact.exists = NO;
	assert_false(access_is_evident(&fact, OWN, EXECUTE));
	fact.exists = YES;
	fact.locked = LOCK_FOLDER;
	assert_true(access_is_evident(&fact, OWN, WRITE));
	fact.locked = LOCK_FILE;
	assert_false(access_is_evident(&fact, OWN, WRITE));
}

static void
nothing_is_evident_where_privacy_protection_decides(void **state)
{
	static const char *const paths[] = { "/Users/x/Documents/y", "/Users/x/Desktop",
	    "/Volumes/Disk/y" };

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct file_fact fact = make_fact(paths[i], 0777, OWN, BOTH);

		assert_false(access_is_evident(&fact, OWN, EXECUTE));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_is_evident_where_owner_and_mode_decide_and_allow),
		cmocka_unit_test(nothing_is_evident_about_what_is_missing_unknown_or_locked),
		cmocka_unit_test(nothing_is_evident_where_privacy_protection_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
