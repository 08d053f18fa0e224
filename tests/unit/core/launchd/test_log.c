/* log.c: lines as launchd writes them (tests/evidence/RULES.md, 89), and others. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/launchd/log.h"

#define LABEL	"com.example.web"
#define NOON	1791547200	/* 2026-10-09 12:00:00 UTC */
#define AT(time)	"2026-10-09 " time ".062499 "
#define OURS	"(system/" LABEL " [62472]) <Notice>: "
#define CRASH	OURS "exited due to exit(2), ran for 45ms\n"

static struct launchd_log
read_zone(const char *text, long zone, int64_t since)
{
	struct launchd_log log;

	launchd_log_read(&log, text, strlen(text), zone, LABEL, since);
	return log;
}

static struct launchd_log
read_from(const char *text, int64_t since)
{
	return read_zone(text, 0, since);
}

static void
abnormal_ends_are_told_from_normal_ones(void **state)
{
	static const struct {
		const char	*line;
		long		 abnormal;
	} rows[] = {
		{ OURS "exited due to exit(2), ran for 45ms", 1 },
		{ OURS "exited due to exit(78), ran for 4ms", 1 },
		{ OURS "exited due to exit(0), ran for 45ms", 0 },
		{ OURS "exited due to SIGSEGV | sent by exc handler[339], ran for 116752ms", 1 },
		{ OURS "exited due to SIGKILL | sent by kill[44], ran for 1ms", 1 },
		{ OURS "exited due to SIGKILL | sent by launchd[1], ran for 1ms", 0 },
		{ OURS "exited due to SIGTERM | sent by launchd[1], ran for 9ms", 0 },
		{ OURS "exited due to SIGTERM | sent by kill[9], ran for 9ms", 0 },
		{ OURS "exited with exit reason (namespace: 18 code: 0x2) - OS_REASON_LIBSYSTEM | "
		    "Failed to get container, ran for 859ms", 1 },
		{ OURS "exited with exit reason (namespace: 1 code: 0x9) - "
		    "JETSAM_REASON_MEMORY_IDLE_EXIT, ran for 9ms", 0 },
		{ "(system/" LABEL ") <Notice>: exited due to exit(2), ran for 45ms", 1 },
		{ "(system/" LABEL " [1]) <Warning>: exited due to exit(2), ran for 45ms", 1 },
		{ OURS "service state: exited", 0 },
		{ OURS "service has crashed 2 times in a row (last was dirty)", 0 },
		{ OURS "Service could not initialize: posix_spawn(source) error: 0x2", 0 },
		{ OURS "it exited due to exit(2)", 0 },
		{ "(system/" LABEL ".relay [1]) <Notice>: exited due to exit(2)", 0 },
		{ "(system/com.example [1]) <Notice>: exited due to exit(2)", 0 },
		{ "(gui/501/" LABEL " [1]) <Notice>: exited due to exit(2)", 0 },
		{ "(system/" LABEL " [x]) <Notice>: exited due to exit(2)", 0 },
		{ "(system/" LABEL " [12) <Notice>: exited due to exit(2)", 0 },
		{ "(system/" LABEL "): exited due to exit(2)", 0 },
		{ "(system/" LABEL ") <Notice exited due to exit(2)", 0 },
		{ "exited due to exit(2)", 0 },
		{ "", 0 },
	};
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text, AT("12:00:00") "%s\n", rows[i].line);
		print_message("%s", text);
		assert_int_equal(read_from(text, NOON).abnormal, rows[i].abnormal);
	}
}

static void
only_lines_since_then_count(void **state)
{
	static const char text[] = AT("11:59:59") CRASH AT("12:00:00") CRASH AT("12:30:00") CRASH;
	struct launchd_log log = read_from(text, NOON);

	(void)state;
	assert_int_equal(log.abnormal, 2);
	assert_true(log.whole);
	assert_int_equal(log.since, NOON);
	assert_int_equal(read_from(text, NOON + 1800).abnormal, 1);
	assert_int_equal(read_from(text, NOON + 1801).abnormal, 0);
}

/* The end of a log may begin later than what is asked for, and in the middle of a line. */
static void
a_log_that_begins_later_is_not_whole(void **state)
{
	struct launchd_log log = read_from("due to exit(1), ran for 9ms\n"
	    AT("12:10:00") CRASH AT("12:20:00") CRASH, NOON);

	(void)state;
	assert_int_equal(log.abnormal, 2);
	assert_false(log.whole);
	assert_int_equal(log.since, NOON + 600);
}

static void
times_are_local(void **state)
{
	static const struct {
		const char	*line;
		long		 zone;
		int64_t		 time;
	} rows[] = {
		{ "2026-10-09 12:00:00.000000 " CRASH, 0, NOON },
		{ "2026-10-09 14:00:00.000000 " CRASH, 7200, NOON },
		{ "2026-10-09 05:00:00.000000 " CRASH, -7 * 3600, NOON },
		{ "1970-01-01 00:05:55.034559 " CRASH, 0, 355 },
		{ "2024-02-29 23:59:59.000000 " CRASH, 0, 1709251199 },
		{ "2024-03-01 00:00:00.000000 " CRASH, 0, 1709251200 },
		{ "2000-03-01 00:00:00.000000 " CRASH, 0, 951868800 },
		{ "2027-01-01 00:30:00.000000 " CRASH, 3600, 1798759800 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		print_message("%s", rows[i].line);
		assert_int_equal(read_zone(rows[i].line, rows[i].zone, rows[i].time).abnormal, 1);
		assert_int_equal(read_zone(rows[i].line, rows[i].zone,
		    rows[i].time + 1).abnormal, 0);
	}
}

static void
a_time_of_another_form_is_passed_over(void **state)
{
	static const char *const lines[] = {
		"Oct  9 12:00:00 mac com.apple.xpc.launchd[1] " CRASH, "2026-10-09 12:00:00 " CRASH,
		"2026-10-09T12:00:00.062499 " CRASH, " " AT("12:00:00") CRASH, CRASH, "\n", "\0\n",
		"2026-10-0x 12:00:00.062499 " CRASH,
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct launchd_log log = read_from(lines[i], 1);

		assert_int_equal(log.abnormal, 0);
		assert_int_equal(log.since, 0);
	}
}

static void
a_line_without_its_end_does_not_count(void **state)
{
	static const char text[] = AT("12:00:00") CRASH;
	struct launchd_log log;

	(void)state;
	for (size_t size = 0; size < strlen(text); size++) {
		launchd_log_read(&log, text, size, 0, LABEL, NOON);
		assert_int_equal(log.abnormal, 0);
		assert_int_equal(log.since, 0);
	}
}

static void
the_next_start_is_put_off_until_a_process_begins(void **state)
{
	static const char put_off[] = AT("12:00:00") CRASH AT("12:00:01") OURS "Service only ran "
	    "for 0 seconds. Pushing respawn out by 10 seconds.\n";
	char text[1000];

	(void)state;
	assert_int_equal(read_from(put_off, NOON).throttled_until, NOON + 11);
	snprintf(text, sizeof text, "%s%s", put_off, AT("12:00:02") OURS
	    "Exponential throttling is in effect for 80 seconds.\n");
	assert_int_equal(read_from(text, NOON).throttled_until, NOON + 82);
	snprintf(text, sizeof text, "%s%s", put_off, AT("12:00:11") OURS
	    "xpcproxy spawned with pid 30002\n");
	assert_int_equal(read_from(text, NOON).throttled_until, 0);
	snprintf(text, sizeof text, "%s%s", put_off, AT("12:00:11")
	    "(system/com.example.other [7]) <Notice>: xpcproxy spawned with pid 7\n");
	assert_int_equal(read_from(text, NOON).throttled_until, NOON + 11);
	assert_int_equal(read_from(AT("12:00:00") OURS "Pushing respawn out by a while.\n",
	    NOON).throttled_until, 0);
}

static void
more_starts_than_launchd_counts_are_not_believed(void **state)
{
	static const struct {
		int64_t	since;
		long	abnormal, runs, starts;
	} rows[] = {
		{ NOON, 7, 20, 7 }, { NOON, 7, 8, 7 }, { NOON, 7, 3, 2 }, { NOON, 7, 1, 0 },
		{ NOON, 7, 0, 0 }, { NOON, 7, SERVICE_NUMBER_UNKNOWN, -1 }, { 0, 0, 20, -1 },
		{ 0, 0, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct launchd_log log = { .since = rows[i].since, .abnormal = rows[i].abnormal };
		struct service service = { .runs = rows[i].runs };

		assert_int_equal(launchd_log_starts(&log, &service), rows[i].starts);
	}
	assert_int_equal(launchd_log_begins(5, 7), 7);
	assert_int_equal(launchd_log_begins(7, 0), 7);
}

static void
last_lines_that_say_why_are_kept(void **state)
{
	static const char text[] =
	    AT("11:00:00") "(system/" LABEL ") <Error>: long ago\n"
	    AT("12:00:00") OURS "service state: spawning\n"
	    AT("12:00:00") "(system/" LABEL " [9]) <Warning>: Could not find the program\n"
	    AT("12:00:00") "(system/" LABEL " [9]) <Error>: Service could not initialize: x\n"
	    AT("12:00:00") "(system/" LABEL " [9]) <Error>: initialization failure: 24F74: 0x6f\n"
	    AT("12:00:01") "(system/com.example.other) <Error>: another's\n"
	    AT("12:00:01") CRASH
	    AT("12:00:01") "(system/" LABEL ") <Warning>: Exponential throttling is in effect for "
	    "20 seconds.\n"
	    AT("12:00:09") "(system/" LABEL " [10]) <Warning>: Could not find the program\n";
	static const char more[] =
	    AT("12:00:00") OURS "exited with exit reason (namespace: 6 code: 0x1) - "
	    "OS_REASON_DYLD | no x, ran for 45ms\n"
	    AT("12:00:05") OURS "exited with exit reason (namespace: 6 code: 0x1) - "
	    "OS_REASON_DYLD | no x, ran for 46ms\n"
	    AT("12:00:06") OURS "exited with exit reason (namespace: 1 code: 0x9) - "
	    "JETSAM_REASON_MEMORY_IDLE_EXIT, ran for 9ms\n"
	    AT("12:00:07") "(system/" LABEL ") <Error>: b\n" AT("12:00:07") "(system/" LABEL
	    ") <Error>: c\n" AT("12:00:07") "(system/" LABEL ") <Error>: d\n";
	struct launchd_log log = read_from(text, NOON);

	(void)state;
	assert_string_equal(log.reasons[0], "");
	assert_string_equal(log.reasons[1], "Could not find the program");
	assert_string_equal(log.reasons[2], "Service could not initialize: x");
	log = read_from(more, NOON);
	assert_string_equal(log.reasons[0], "b");
	assert_string_equal(log.reasons[2], "d");
	log = read_zone(more, 0, NOON);
	assert_int_equal(log.abnormal, 2);
	log = read_zone(AT("12:00:00") OURS "exited with exit reason (namespace: 6 code: 0x1) - "
	    "OS_REASON_DYLD | no x, ran for 45ms\n", 0, NOON);
	assert_string_equal(log.reasons[2], "exited with exit reason (namespace: 6 code: 0x1) - "
	    "OS_REASON_DYLD | no x");
}

static void
long_reason_is_cut_off(void **state)
{
	char text[600];
	struct launchd_log log;

	(void)state;
	snprintf(text, sizeof text, AT("12:00:00") "(system/" LABEL ") <Error>: %0400d\n", 7);
	log = read_from(text, NOON);
	assert_int_equal(strlen(log.reasons[2]), LOG_REASON_SIZE - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(abnormal_ends_are_told_from_normal_ones),
		cmocka_unit_test(only_lines_since_then_count),
		cmocka_unit_test(last_lines_that_say_why_are_kept),
		cmocka_unit_test(long_reason_is_cut_off),
		cmocka_unit_test(a_log_that_begins_later_is_not_whole),
		cmocka_unit_test(times_are_local),
		cmocka_unit_test(a_time_of_another_form_is_passed_over),
		cmocka_unit_test(a_line_without_its_end_does_not_count),
		cmocka_unit_test(the_next_start_is_put_off_until_a_process_begins),
		cmocka_unit_test(more_starts_than_launchd_counts_are_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
