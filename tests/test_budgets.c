/*
 * What an account can hold, or pile up, keeps no other job's change waiting: each look at what others own has an end,
 * and a signal ends it at once.
 */
#include <sys/wait.h>

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

#include "mac.h"

#define PROBES	STATE "/probes"
#define AGENTS	"/Users/worker/Library/LaunchAgents"

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
command(struct mac *mac, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A command of launchctl's, quoted as in a shell, which gives this status. */
static void
command(struct mac *mac, int status, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length = snprintf(line, sizeof line, "'%s/bin/launchctl' >/dev/null ", mac->root), result;

	va_start(arguments, format);
	vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
	va_end(arguments);
	result = system(line);		/* NOLINT(cert-env33-c): of words that are written here */
	assert_int_equal(WEXITSTATUS(result), status);
}

/* ---- jobs with the name of a probe's ---- */

/* One that does not end when it is told to, and that launchd does not kill. */
static void
write_stubborn(struct mac *mac, const char *path, const char *label)
{
	char text[1024];

	snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>"
	    "<key>Label</key><string>%s</string><key>ProgramArguments</key><array><string>" MAC_WORKER
	    "</string><string>--stubborn</string><string>--interval</string><string>100000</string></array>"
	    "<key>RunAtLoad</key><true/><key>ExitTimeOut</key><integer>0</integer></dict></plist>\n", label);
	mac_write(mac, path, text);
}

static void
change_all_ways(struct mac *mac)
{
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "repair --settle 0.02"), 0);
	assert_status(mac, mac_command(mac, "restart --settle 0.02 com.example.job"), 0);
	assert_status(mac, mac_command(mac, "uninstall --all"), 0);
}

static void
job_of_a_probes_name_that_its_account_loaded_keeps_nobody_waiting(void **state)
{
	struct mac *mac = *state;
	unsigned long uid = mac->worker_uid;
	char label[64], path[160], left[2][200];
	double begun;

	snprintf(label, sizeof label, "lnpctl.probe.agent.%lu", uid);
	snprintf(path, sizeof path, "/Users/worker/%s.plist", label);
	snprintf(left[0], sizeof left[0], PROBES "/%s.plist", label);
	snprintf(left[1], sizeof left[1], PROBES "/%s.result", label);
	write_stubborn(mac, path, label);
	mac_make_folder(mac, STATE);
	mac_make_folder(mac, PROBES);
	command(mac, 0, "fault session %lu", uid);
	command(mac, 0, "bootstrap gui/%lu %s", uid, path);
	for (int i = 0; i < 2; i++)
		mac_write(mac, left[i], "of a run that was killed\n");
	begun = now();
	change_all_ways(mac);
	assert_true(now() - begun < 8);
	assert_false(mac_exists(mac, left[0]));
	assert_false(mac_exists(mac, left[1]));
	command(mac, 0, "print gui/%lu/%s", uid, label);	/* it was not ours to end */
}

static void
probe_that_does_not_end_is_warned_of_and_left_to_the_next_run(void **state)
{
	struct mac *mac = *state;
	double begun;

	mac_make_folder(mac, STATE);
	mac_make_folder(mac, PROBES);
	write_stubborn(mac, PROBES "/lnpctl.probe.daemon.501.plist", "lnpctl.probe.daemon.501");
	mac_write(mac, PROBES "/lnpctl.probe.root.0.result", "of a run that was killed\n");
	command(mac, 0, "bootstrap system '" PROBES "/lnpctl.probe.daemon.501.plist'");
	begun = now();
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_true(now() - begun < 8);
	assert_has(mac->err, "warning: cannot boot out 'system/lnpctl.probe.daemon.501'");
	assert_true(mac_exists(mac, PROBES "/lnpctl.probe.daemon.501.plist"));
	assert_false(mac_exists(mac, PROBES "/lnpctl.probe.root.0.result"));
	assert_status(mac, mac_command(mac, "uninstall --quiet --all"), 0);
	assert_string_equal(mac->err, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(job_of_a_probes_name_that_its_account_loaded_keeps_nobody_waiting),
		EMBEDDED(probe_that_does_not_end_is_warned_of_and_left_to_the_next_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
