#define _GNU_SOURCE		/* syscall, getgrouplist */
/*
 * Queries of a company's directory server, which may have more accounts and groups than we can wait
 * for. This program defines the functions that query it, and the clock: the linker prefers them to
 * the library's.
 */
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/accounts.h"
#include "host/machine/budget.h"
#include "host/os/platform.h"

#ifdef __APPLE__
typedef int group_number;
#define ASKED	15		/* 16 and more have Libinfo list every group, see
				   platform_groups() */
#else
typedef gid_t group_number;
#define ASKED	GROUPS_MAX
#endif

#define MANY	20000		/* in case nothing stops earlier */
#define LATE	100		/* so many are listed before the time is up */

static int listed, asked;
static time_t later;		/* than the clock says */

struct passwd *
getpwent(void)
{
	static struct passwd entry;
	static char name[32];

	if (++listed > MANY)
		return NULL;
	if (listed == LATE)
		later = 2 * (time_t)BUDGET_LIST_SECONDS;
	snprintf(name, sizeof name, "of-a-directory-%d", listed);
	entry.pw_name = name;
	return &entry;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the library's are reserved */
int
getgrouplist(const char *user, group_number gid, group_number *groups, int *count)
{
	(void)user;
	asked = *count;
	for (int i = 0; i < asked; i++)
		groups[i] = gid + (group_number)i;
	*count = asked + 1;
	return -1;
}

#ifdef __linux__
int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, clock, now);

	now->tv_sec += later;
	return result;
}
#endif
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static void
nobody(void *context, const struct account *account)
{
	(void)account;
	++*(int *)context;
}

static void
listing_ends_in_time_where_no_account_is_of_this_machine(void **state)
{
	struct host host;
	struct error error;
	int visited = 0;

	(void)state;
#ifndef __linux__
	skip();			/* cannot replace the clock */
#endif
	memset(&host, 0, sizeof host);
	assert_int_equal(accounts_each(&host, nobody, &visited, &error), -1);
	assert_int_equal(error.kind, ERROR_UNKNOWN);
	assert_string_equal(error.why, BUDGET_TOO_MUCH);
	assert_int_equal(listed, LATE);
	assert_int_equal(visited, 0);
}

static void
no_more_groups_are_asked_for_than_can_be_set(void **state)
{
	gid_t groups[GROUPS_MAX];

	(void)state;
	assert_int_equal(platform_groups("worker", 20, groups), ASKED);
	assert_int_equal(asked, ASKED);
	assert_int_equal(groups[0], 20);
	assert_int_equal(groups[ASKED - 1], 20 + ASKED - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listing_ends_in_time_where_no_account_is_of_this_machine),
		cmocka_unit_test(no_more_groups_are_asked_for_than_can_be_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
