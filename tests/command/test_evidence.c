/*
 * What is shown of a start that failed is of that start: lines that were in the logs before it, or
 * that another job writes after it, explain nothing, and a log that is gone cannot be read.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mac.h"

#define SCRIPT	"/usr/local/bin/script"
#define LOGS	"in launchd's own log:\n"

static void
given_script(struct mac *mac, const char *text)
{
	mac_write(mac, SCRIPT, text);
	mac_set_mode(mac, SCRIPT, 0755);
}

/* The number that follows this key in the receipt. */
static long
remembered(struct mac *mac, const char *key)
{
	const char *at = strstr(mac_read(mac, RECEIPT), key);

	assert_non_null(at);
	at = strstr(at, "<integer>");
	assert_non_null(at);
	return strtol(at + strlen("<integer>"), NULL, 10);
}

static void
lines_from_before_the_start_are_not_shown(void **state)
{
	struct mac *mac = *state;

	given_script(mac, "#!/bin/sh\necho of this start >&2\nexit 3\n");
	mac_write(mac, ERRORS, "of last year\n");
	mac_write(mac, LOG, "of last year, too\n");
	mac_set_owner(mac, ERRORS, mac->worker_uid, mac->worker_gid);
	mac_set_owner(mac, LOG, mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_install(mac, "", SCRIPT), 1);
	assert_has(mac->err, "last lines of its log:\n  | of this start\n");
	assert_has_not(mac->err, "of last year");
}

static void
what_was_written_to_the_other_log_is_shown(void **state)
{
	struct mac *mac = *state;

	given_script(mac, "#!/bin/sh\necho on the output\nexit 3\n");
	assert_status(mac, mac_install(mac, "", SCRIPT), 1);
	assert_has(mac->err, "last lines of its log:\n  | on the output\n");
}

/* The job that comes back writes to the same logs. */
static void
lines_of_the_job_that_came_back_are_not_shown(void **state)
{
	struct mac *mac = *state;

	given_script(mac, "#!/bin/sh\necho came back >&2\nexec sleep 100000\n");
	assert_status(mac, mac_install(mac, "--settle 0.02", SCRIPT), 0);
	assert_true(mac_wait_for(mac, ERRORS, "came back"));
	assert_status(mac, mac_install(mac, "", MAC_WORKER " --exit 3"), 1);
	assert_has(mac->err, "all was put back");
	assert_has_not(mac->err, "came back");
}

static void
log_without_a_line_of_this_start_is_not_advised(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "", MAC_WORKER " --exit 3"), 1);
	assert_false(mac_exists(mac, ERRORS));
	/* By its exit or, as it is slow below a sanitizer, by its restart. */
	assert_has(mac->err, "is not healthy");
	assert_has_not(mac->err, "read ");
	assert_has_not(mac->err, "job.err");
	assert_has_not(mac->err, "last lines");
	assert_has(mac->err, "hint: run its program by hand as worker to see why it exits\n");

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	mac_append(mac, ERRORS, "of an earlier run\n");
	given_script(mac, "#!/bin/sh\nexit 3\n");
	assert_status(mac, mac_install(mac, "", SCRIPT), 1);
	assert_has_not(mac->err, "of an earlier run");
	given_script(mac, "#!/bin/sh\nkill -9 $$\n");
	assert_status(mac, mac_install(mac, "", SCRIPT), 1);
	assert_has(mac->err, "hint: see the reason in: sudo log show");
	assert_has_not(mac->err, "job.err");
}

/* Not what an earlier start has left there. */
static void
launchds_own_log_is_quoted_since_the_start(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(mac_launchctl(mac, "fault exit_reason OS_REASON_TCC"), 0);
	assert_status(mac, mac_install(mac, "", MAC_WORKER " --exit 3"), 1);
	assert_has(mac->err, LOGS "  | exited with exit reason (namespace: 11 code: 0x1) - "
	    "OS_REASON_TCC\n");
	assert_int_equal(mac_launchctl(mac, "fault exit_reason OS_REASON_DYLD"), 0);
	assert_status(mac, mac_install(mac, "", MAC_WORKER " --exit 3"), 1);
	assert_has(mac->err, LOGS "  | exited with exit reason (namespace: 6 code: 0x1) - "
	    "OS_REASON_DYLD\n");
	assert_has_not(mac->err, "TCC");
}

static void
restart_and_repair_quote_both_logs_since_their_start(void **state)
{
	static const char *const commands[] = { "restart com.example.job",
	    "repair com.example.job" };
	struct mac *mac = *state;

	given_script(mac, "#!/bin/sh\necho well >&2\nexec sleep 100000\n");
	assert_status(mac, mac_install(mac, "--settle 0.02", SCRIPT), 0);
	assert_true(mac_wait_for(mac, ERRORS, "well"));
	given_script(mac, "#!/bin/sh\necho not well >&2\nexit 3\n");
	assert_int_equal(mac_launchctl(mac, "fault exit_reason OS_REASON_DYLD"), 0);
	for (size_t i = 0; i < 2; i++) {
		if (i == 1)
			assert_int_equal(mac_launchctl(mac, "bootout system/com.example.job"), 0);
		assert_status(mac, mac_command(mac, commands[i]), 1);
		assert_has(mac->err, "last lines of its log:\n  | not well\n");
		assert_has_not(mac->err, "| well");
		assert_has(mac->err, LOGS "  | exited with exit reason");
	}
}

static void
verify_and_status_quote_why_launchd_does_not_start_a_job(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	mac_remove(mac, MAC_WORKER);
	mac_launchctl(mac, "kickstart -k system/com.example.job");
	assert_true(mac_wait_for(mac, "/private/var/log/com.apple.xpc.launchd/launchd.log",
	    "xpcproxy exited due to exit(78)"));
	assert_status(mac, mac_command(mac, "verify"), 1);
	assert_has(mac->out, "launchd's log: Missing executable detected. Job: 'com.example.job'");
	mac_command(mac, "status com.example.job");
	assert_has(mac->out, "\n  its log    Could not find and/or execute program");
	assert_has(mac->out, "\n  its log    Missing executable detected");
}

static void
receipt_remembers_where_the_logs_ended_at_the_last_start(void **state)
{
	struct mac *mac = *state;
	const char *before;
	long size;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(remembered(mac, "OutputSize"), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	before = mac_read(mac, RECEIPT);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_string_equal(mac_read(mac, RECEIPT), before);
	size = (long)strlen(mac_read(mac, LOG));
	assert_status(mac, mac_command(mac, "restart --settle 0.05 com.example.job"), 0);
	assert_int_equal(remembered(mac, "OutputSize"), size);
	assert_int_equal(remembered(mac, "ErrorSize"), strlen(mac_read(mac, ERRORS)));
	/* --settle was for that run. */
	assert_has(mac_read(mac, RECEIPT), "<key>SettleTime</key>\n\t<real>0.02");
	assert_status(mac, mac_command(mac, "verify"), 0);
}

/* Return the result of the check lan; verify of a job with this warning is still 0. */
static const char *
lan(struct mac *mac)
{
	assert_status(mac, mac_command(mac, "verify --json"), 0);
	return mac_check(mac, "lan");
}

static void
refused_connection_since_the_start_is_a_warning(void **state)
{
	struct mac *mac = *state;
	struct timespec old[2] = { { .tv_nsec = 0 }, { .tv_nsec = 0 } };
	char *receipt, *key;

	mac_write(mac, ERRORS, "connect: No route to host\n");
	mac_set_owner(mac, ERRORS, mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_string_equal(lan(mac), "skip");
	assert_has(mac->out, "not proved: no peer was named");
	mac_append(mac, ERRORS, "well\n");
	assert_string_equal(lan(mac), "skip");
	mac_append(mac, ERRORS, "dial tcp 10.9.0.2:7000: connect: no route to host\n");
	assert_string_equal(lan(mac), "warn");
	assert_has(mac->out, "\"fix\":\"to test it: sudo lnpctl probe --label com.example.job "
	    "HOST:PORT\"");

	/* What the job wrote before a later start is of another time. */
	assert_status(mac, mac_command(mac, "restart --settle 0.02 com.example.job"), 0);
	assert_string_equal(lan(mac), "skip");
	mac_append(mac, LOG, "EHOSTUNREACH\n");
	assert_string_equal(lan(mac), "warn");
	assert_has(mac->out, "job.log has ");

	/* A daemon that started before the network was up at boot, long ago. */
	old[0].tv_sec = old[1].tv_sec = time(NULL) - 2 * 86400;
	assert_int_equal(utimensat(AT_FDCWD, mac_path(mac, LOG), old, 0), 0);
	assert_string_equal(lan(mac), "skip");
	mac_append(mac, LOG, "\n");
	assert_string_equal(lan(mac), "warn");

	/* A receipt of version 0.1 does not know where the start was. */
	receipt = strdup(mac_read(mac, RECEIPT));
	assert_non_null(receipt);
	key = strstr(receipt, "LogStarts");
	assert_non_null(key);
	memcpy(key, "log-start", 9);
	mac_write(mac, RECEIPT, receipt);
	free(receipt);
	assert_string_equal(lan(mac), "skip");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(lines_from_before_the_start_are_not_shown),
		EMBEDDED(what_was_written_to_the_other_log_is_shown),
		EMBEDDED(lines_of_the_job_that_came_back_are_not_shown),
		EMBEDDED(log_without_a_line_of_this_start_is_not_advised),
		EMBEDDED(launchds_own_log_is_quoted_since_the_start),
		EMBEDDED(restart_and_repair_quote_both_logs_since_their_start),
		EMBEDDED(verify_and_status_quote_why_launchd_does_not_start_a_job),
		EMBEDDED(receipt_remembers_where_the_logs_ended_at_the_last_start),
		EMBEDDED(refused_connection_since_the_start_is_a_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
