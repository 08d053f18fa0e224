/* Who is asked: how many children a command forks that may become an account. */
#include <pthread.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mac.h"

#define ROLE	"install --label com.example.job --user _worker --settle 0.02 "

static int forks;

/* launchctl is spawned, which calls no handler of pthread_atfork(3). */
static void
count_fork(void)
{
	forks++;
}

/* Children of this command, which changes nothing. */
static int
children_of(struct mac *mac, const char *line)
{
	forks = 0;
	assert_status(mac, mac_command(mac, line), 0);
	return forks;
}

static void
need_other_accounts(const struct mac *mac)
{
	if (!mac->as_root)
		skip();
}

/* Everything is in directories that all may search: owner and mode show what _worker can reach. */
static void
unchanged_install_and_verify_of_an_ordinary_job_ask_nobody(void **state)
{
	struct mac *mac = *state;

	need_other_accounts(mac);
	assert_status(mac, mac_command(mac, ROLE "-- " MAC_QUIET), 0);
	assert_int_equal(children_of(mac, ROLE "-- " MAC_QUIET), 0);
	assert_has(mac->out, "unchanged");
	assert_int_equal(children_of(mac, "verify com.example.job"), 0);
}

static void
program_and_logs_that_root_cannot_judge_are_asked_about(void **state)
{
	struct mac *mac = *state;

	need_other_accounts(mac);
	mac_make_folder(mac, "/private/own");
	mac_set_owner(mac, "/private/own", 300, 300);
	assert_status(mac, mac_command(mac, ROLE "--log-dir /private/own -- " MAC_QUIET), 0);
	assert_int_equal(children_of(mac, ROLE "--log-dir /private/own -- " MAC_QUIET), 1);
	assert_has(mac->out, "unchanged");
	assert_status(mac, mac_command(mac, ROLE "-- " MAC_QUIET), 0);
	mac_set_mode(mac, "/usr/local/bin", 0751);
	assert_int_equal(children_of(mac, "verify com.example.job"), 0);
	mac_set_mode(mac, "/usr/local", 0745);
	assert_int_equal(children_of(mac, "verify com.example.job"), 1);
}

/* Root never enters the account's home. One child is enough for that and for all questions. */
static void
job_of_a_user_takes_one_child_that_looks_for_its_agents(void **state)
{
	struct mac *mac = *state;

	need_other_accounts(mac);
	mac_make_folder(mac, "/Users/worker/logs");
	mac_set_owner(mac, "/Users/worker/logs", mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(children_of(mac, "verify com.example.job"), 1);
	assert_status(mac, mac_install(mac, "--settle 0.02 --log-dir /Users/worker/logs",
	    MAC_QUIET), 0);
	assert_int_equal(children_of(mac, "verify com.example.job"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(unchanged_install_and_verify_of_an_ordinary_job_ask_nobody),
		EMBEDDED(program_and_logs_that_root_cannot_judge_are_asked_about),
		EMBEDDED(job_of_a_user_takes_one_child_that_looks_for_its_agents),
	};

	pthread_atfork(NULL, count_fork, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
