#define _DEFAULT_SOURCE		/* setenv, which glibc counts as POSIX only with this */
/*
 * repair and restart, whole, on a temporary Mac with the embedded launchd.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "damage.h"
#include "mac.h"

#define OTHER	"install --label com.example.other --user worker --settle 0.02 " \
	"--log-dir /var/log/other -- " MAC_QUIET

static void
installed(struct mac *mac)
{
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	mac_forget_calls(mac);
}

static void
each_damage_is_fixed_by_repair_and_nothing_else_is_touched(void **state)
{
	struct mac *mac = *state;

	installed(mac);
	for (size_t i = 0; i < damage_count; i++) {
		if (strcmp(damages[i].check, "enabled") == 0 || !damages[i].make(mac))
			continue;
		mac_forget_calls(mac);
		if (mac_command(mac, "repair com.example.job") != 0)
			fail_msg("damage %zu: repair says %s%s", i, mac->out, mac->err);
		assert_has(mac->out, "repaired: com.example.job\n");
		assert_int_equal(mac_count(mac, "kickstart") + mac_count(mac,
		    "enable") + mac_count(mac, "disable"), 0);
		if (mac_command(mac, "verify --json --settle 0.02") != 0 ||
		    strstr(mac->out, "\"result\":\"warn\"") != NULL)
			fail_msg("damage %zu is still there: %s", i, mac->out);
	}
}

static void
repair_of_a_healthy_job_writes_nothing(void **state)
{
	struct mac *mac = *state;
	const char *before;

	installed(mac);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	before = mac_tree(mac);
	assert_status(mac, mac_command(mac, "repair"), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_same_tree(mac, before);
	assert_int_equal(mac_count(mac, "bootout") + mac_count(mac, "bootstrap"), 0);
}

static void
wrong_mode_of_a_plist_does_not_restart_the_job(void **state)
{
	struct mac *mac = *state;
	pid_t pid;

	installed(mac);
	pid = mac_pid(mac);
	mac_set_mode(mac, PLIST, 0664);
	assert_status(mac, mac_command(mac, "repair"), 0);
	assert_int_equal(mac_pid(mac), pid);
	assert_int_equal(mac_count(mac, "bootout"), 0);
}

static void
disabled_label_is_reported_by_repair_and_restart_and_kept(void **state)
{
	struct mac *mac = *state;
	pid_t pid;

	installed(mac);
	pid = mac_pid(mac);
	assert_int_equal(mac_launchctl(mac, "disable system/com.example.job"), 0);
	mac_set_mode(mac, PLIST, 0664);
	assert_status(mac, mac_command(mac, "repair"), 1);
	assert_has(mac->out, "enabled: the label is disabled");
	assert_status(mac, mac_command(mac, "restart com.example.job"), 65);
	assert_has(mac->err, "cannot start: the label is disabled");
	assert_int_equal(mac_count(mac, "enable") + mac_count(mac, "bootout") + mac_count(mac,
	    "bootstrap"), 0);
	assert_int_equal(mac_pid(mac), pid);
	assert_status(mac, mac_command(mac, "verify --json"), 1);
	assert_string_equal(mac_check(mac, "plist-mode"), "pass");	/* the rest was fixed */
}

static void
job_denied_in_login_items_is_bootstrapped_once_and_explained(void **state)
{
	struct mac *mac = *state;
	const char *before;

	installed(mac);
	assert_int_equal(mac_launchctl(mac, "bootout system/com.example.job"), 0);
	assert_int_equal(mac_launchctl(mac, "fault denied com.example.job"), 0);
	assert_int_equal(mac_launchctl(mac, "fault denied_status 161"), 0);	/* final */
	mac_forget_calls(mac);
	before = mac_read(mac, RECEIPT);
	assert_status(mac, mac_command(mac, "repair"), 1);
	assert_int_equal(mac_count(mac, "bootstrap"), 1);
	assert_has(mac->err, "Login Items");
	assert_string_equal(mac_read(mac, RECEIPT), before);
}

static void
changed_uid_of_the_account_is_reported_and_not_fixed(void **state)
{
	struct mac *mac = *state;
	const char *record = "/private/var/db/dslocal/nodes/Default/users/worker.plist", *text, *at;
	char changed[4096], uid[32];

	installed(mac);
	text = mac_read(mac, record);
	snprintf(uid, sizeof uid, "<string>%ju</string>", (uintmax_t)mac->worker_uid);
	at = strstr(text, uid);
	assert_non_null(at);
	snprintf(changed, sizeof changed, "%.*s<string>777</string>%s", (int)(at - text), text,
	    at + strlen(uid));
	mac_write(mac, record, changed);
	assert_status(mac, mac_command(mac, "repair"), 67);
	assert_has(mac->err, "its uid or gid has changed");
}

static void
restart_boots_out_and_bootstraps_once_and_never_kickstarts(void **state)
{
	struct mac *mac = *state;
	pid_t pid;
	struct stat before, after;

	installed(mac);
	pid = mac_pid(mac);
	assert_int_equal(stat(mac_path(mac, PLIST), &before), 0);
	assert_status(mac, mac_command(mac, "restart com.example.job"), 0);
	assert_has(mac->out, "restarted: com.example.job\n");
	assert_int_equal(mac_count(mac, "bootout"), 1);
	assert_int_equal(mac_count(mac, "bootstrap"), 1);
	assert_int_equal(mac_count(mac, "kickstart"), 0);
	assert_int_not_equal(mac_pid(mac), pid);
	assert_int_not_equal(mac_pid(mac), 0);
	assert_int_equal(stat(mac_path(mac, PLIST), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_status(mac, mac_command(mac, "verify"), 0);
}

static void
restart_needs_a_label_and_repair_an_installed_job(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_command(mac, "restart"), 64);
	assert_status(mac, mac_command(mac, "repair"), 1);
	assert_has(mac->err, "lnpctl has installed no jobs");
	assert_status(mac, mac_command(mac, "restart com.example.job"), 1);
}

static void
failure_of_one_job_does_not_stop_the_others(void **state)
{
	struct mac *mac = *state;

	installed(mac);
	assert_status(mac, mac_command(mac, OTHER), 0);
	mac_set_mode(mac, PLIST, 0664);
	mac_set_mode(mac, "/Library/LaunchDaemons/com.example.other.plist", 0664);
	assert_status(mac, mac_command(mac,
	    "repair com.example.none com.example.other com.example.nobody com.example.job"), 1);
	assert_has(mac->out, "repaired: com.example.other\n");
	assert_has(mac->out, "repaired: com.example.job\n");
	assert_has(mac->err, "'com.example.none'");
	assert_has(mac->err, "'com.example.nobody'");
	assert_status(mac, mac_command(mac, "repair --json com.example.none com.example.job"), 1);
	assert_has(mac->out, "\"error\":{\"what\":\"lnpctl has not installed 'com.example.none'\"");
	assert_has(mac->out, "\"label\":\"com.example.job\"");
	/* Of equally severe errors the first decides. */
	assert_status(mac, mac_command(mac, "repair com.apple.none com.example.none"), 65);
	assert_has(mac->err, "'com.apple.none'");
	assert_status(mac, mac_command(mac, "repair com.example.none com.apple.none"), 1);
}

/* verify, status, repair and restart take 16 at once. */
static void
every_one_of_twenty_jobs_is_visited_and_reported(void **state)
{
	static const char *const commands[] = { "verify", "status", "repair", "restart",
	    "uninstall" };
	struct mac *mac = *state;
	char line[400], label[16];

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		int used = snprintf(line, sizeof line, "%s", commands[i]);

		for (int j = 1; j <= 20; j++)
			used += snprintf(line + used, sizeof line - (size_t)used, " job-%02d", j);
		assert_status(mac, mac_command(mac, line), 1);
		for (int j = 1; j <= 20; j++) {
			snprintf(label, sizeof label, "job-%02d", j);
			assert_has(i < 2 ? mac->out : mac->err, label);
		}
	}
}

static void
jobs_that_are_restarted_together_are_watched_together(void **state)
{
	struct mac *mac = *state;
	const char *last, *first;

	installed(mac);
	assert_status(mac, mac_command(mac, OTHER), 0);
	assert_status(mac, mac_command(mac, "restart com.example.other com.example.job"), 0);
	last = strstr(mac->out, "bootstrapped system/com.example.job\n");
	first = strstr(mac->out, "restarted: com.example.other\n");
	assert_non_null(last);
	assert_non_null(first);
	assert_true(last < first);
	assert_true(first < strstr(mac->out, "restarted: com.example.job\n"));
}

/* Loading again what launchd has refused would not help. */
static void
restored_job_stays_though_unhealthy(void **state)
{
	struct mac *mac = *state;
	struct stat now;

	installed(mac);
	mac_set_mode(mac, PLIST, 0664);
	mac_remove(mac, MAC_WORKER);
	mac_write(mac, MAC_WORKER, "#!/bin/sh\necho this worker is broken >&2\nexit 3\n");
	mac_set_mode(mac, MAC_WORKER, 0755);
	assert_status(mac, mac_command(mac, "repair --json"), 1);
	assert_has(mac->out, "\"rolled_back\":false");
	assert_string_equal(mac_check(mac, "plist-mode"), "pass");
	assert_has(mac->err, "this worker is broken");
	assert_int_equal(stat(mac_path(mac, PLIST), &now), 0);
	assert_int_equal(now.st_mode & 07777, 0644);
	assert_status(mac, mac_launchctl(mac, "print system/com.example.job"), 0);
}

/* A deployment replaced the program, and the new one fails: the old job runs it, too. */
static void
job_whose_new_program_fails_is_said_to_be_down(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.3", MAC_QUIET), 0);
	/* Other arguments that fail are not such a program. */
	assert_status(mac, mac_install(mac, "--settle 0.3", MAC_WORKER " --exit 3"), 1);
	assert_has(mac->err, "all was put back");
	mac_remove(mac, MAC_WORKER);
	mac_write(mac, MAC_WORKER, "#!/bin/sh\nexit 3\n");
	mac_set_mode(mac, MAC_WORKER, 0755);
	assert_status(mac, mac_install(mac, "--settle 0.3 --env COLOR=blue", MAC_QUIET), 74);
	assert_has(mac->err, "rollback was incomplete");
	assert_has(mac->err, "still changed: the job 'com.example.job' is down: the program on "
	    "disk is not the one that ran, and it fails");
	assert_has_not(mac_read(mac, PLIST), "COLOR");
}

static void
dry_run_of_repair_prints_the_plan_and_changes_nothing(void **state)
{
	struct mac *mac = *state;
	const char *before;

	installed(mac);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	mac_set_mode(mac, PLIST, 0664);
	before = mac_tree(mac);
	assert_status(mac, mac_command(mac, "repair --dry-run"), 0);
	assert_has(mac->out, "would write " PLIST "\n");
	assert_has_not(mac->out, "repaired");
	assert_same_tree(mac, before);
}

/* ---- lnpctl within the job ---- */

static void
lnpctl_in_the_jobs_environment_refuses_to_boot_the_job_out(void **state)
{
	struct mac *mac = *state;
	const char *before;

	installed(mac);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	before = mac_tree(mac);
	assert_int_equal(setenv("XPC_SERVICE_NAME", "com.example.job", 1), 0);
	assert_status(mac, mac_command(mac, "restart com.example.job"), 65);
	assert_has(mac->err, "runs inside that job");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 65);
	assert_status(mac, mac_install(mac, "--settle 0.02 --env LANG=C", MAC_QUIET), 65);
	assert_status(mac, mac_command(mac, "repair"), 0);	/* there is nothing to do */
	unsetenv("XPC_SERVICE_NAME");
	assert_same_tree(mac, before);
	assert_int_equal(mac_count(mac, "bootout"), 0);
	assert_status(mac, mac_command(mac, "restart com.example.job"), 0);
}

static void
lnpctl_run_by_the_job_itself_refuses_in_any_environment(void **state)
{
	struct mac *mac = *state;
	char script[2048];

	installed(mac);
	snprintf(script, sizeof script, "#!/bin/sh\n"
	    "env -i '%s/lnpctl' restart --root '%s' --launchctl '%s/bin/launchctl' "
	    "com.example.inside >'%s/said' 2>&1\n"
	    "echo \"status $?\" >>'%s/said'\nexec '%s" MAC_WORKER "' --report --interval 100000\n",
	    getenv("BUILD"), mac->root, mac->root, mac->root, mac->root, mac->root);
	mac_write(mac, "/usr/local/bin/inside", script);
	mac_set_mode(mac, "/usr/local/bin/inside", 0755);
	/* As root for root: only its owner can enter the mac's directory. */
	assert_status(mac, mac_command(mac, mac->as_root ?
	    "install --label com.example.inside --settle 0 --user root -- /usr/local/bin/inside" :
	    "install --label com.example.inside --settle 0 --user worker -- /usr/local/bin/inside"),
	    0);
	assert_true(mac_wait_for(mac, "/said", "status "));
	assert_has(mac_read(mac, "/said"), "runs inside that job");
	assert_has(mac_read(mac, "/said"), "status 65\n");
}

/* ---- what verify says of repair ---- */

static void
verify_suggests_repair_only_where_it_changes_something(void **state)
{
	struct mac *mac = *state;
	bool hinted, changed;

	installed(mac);
	for (size_t i = 0; i < damage_count; i++) {
		if (!damages[i].make(mac))
			continue;
		if (mac_command(mac, "verify --settle 0.02") == 1) {
			hinted = strstr(mac->err, "hint: to fix what can be fixed: sudo lnpctl "
			    "repair com.example.job\n") != NULL;
			mac_command(mac, "repair com.example.job");
			changed = strstr(mac->out, "unchanged: ") == NULL;
			if (hinted != changed)
				fail_msg("damage %zu: repair %s: %s", i, changed ? "is not named" :
				    "is named", mac->out);
		}
		mac_launchctl(mac, "enable system/com.example.job");
		assert_status(mac, mac_command(mac, "repair com.example.job"), 0);
	}
}

static void
verify_reports_why_repair_would_refuse(void **state)
{
	struct mac *mac = *state;

	installed(mac);
	mac_remove(mac, LOG);
	assert_int_equal(symlink("/etc/secret", mac_path(mac, LOG)), 0);
	assert_status(mac, mac_command(mac, "verify"), 1);
	assert_has_not(mac->err, "repair");
	assert_has(mac->err, "hint: first: cannot use the log '/var/log/com.example.job.log': "
	    "it is a symbolic link; move it aside");
}

/* Nor does it help a job that exits again and again. */
static void
verify_does_not_suggest_repair_for_an_unhealthy_job_that_is_unchanged(void **state)
{
	struct mac *mac = *state;
	int status, tries = 0;

	mac_write(mac, "/usr/local/bin/bad", "#!/bin/sh\nexit 3\n");
	mac_set_mode(mac, "/usr/local/bin/bad", 0755);
	mac_install(mac, "--settle 0.02", "/usr/local/bin/bad");
	mac_command(mac, "install --label com.example.bad --user worker --group staff --settle 0 "
	    "-- /usr/local/bin/bad");
	/* It is unknown while it is being started again, and well while it runs. */
	do
		status = mac_command(mac, "verify com.example.bad");
	while (status != 1 && ++tries < 1000);
	assert_status(mac, status, 1);
	assert_has_not(mac->err, "repair");
}

/* It runs now, and is unchanged; but launchd has started it too often to call it healthy. */
static void
install_of_a_job_that_crashed_again_and_again_is_no_success(void **state)
{
	static const char install[] = "install --label com.example.bad --user worker --settle 0 "
	    "--set ThrottleInterval=1 -- /usr/local/bin/bad";
	struct mac *mac = *state;
	char script[2048];
	int tries = 0;

	snprintf(script, sizeof script, "#!/bin/sh\n[ -e '%s' ] || exit 3\nexec sleep 1000\n",
	    mac_path(mac, "/usr/local/flag"));
	mac_write(mac, "/usr/local/bin/bad", script);
	mac_set_mode(mac, "/usr/local/bin/bad", 0755);
	mac_write(mac, "/usr/local/flag", "");
	assert_status(mac, mac_command(mac, install), 0);
	mac_remove(mac, "/usr/local/flag");
	mac_launchctl(mac, "kill SIGKILL system/com.example.bad");
	do
		mac_command(mac, "status com.example.bad");
	while (strstr(mac->out, "  runs       9") == NULL && ++tries < 10000);
	mac_write(mac, "/usr/local/flag", "");
	do
		mac_command(mac, "status com.example.bad");
	while (strstr(mac->out, ": running\n") == NULL && ++tries < 20000);
	assert_status(mac, mac_command(mac, install), 1);
	assert_has(mac->out, "unchanged: com.example.bad\n");
	assert_has(mac->err, "'com.example.bad' is installed, but unhealthy");
}

/* What repair would do to a job is found out without a trace of the job before it. */
static void
what_repair_would_do_depends_on_no_other_job(void **state)
{
	struct mac *mac = *state;

	installed(mac);
	assert_status(mac, mac_command(mac, "install --label com.example.one --user worker "
	    "--settle 0.02 --stdout /var/log/one.log --stderr /var/log/one.log -- " MAC_QUIET), 0);
	assert_int_equal(mac_launchctl(mac, "disable system/com.example.job"), 0);
	assert_int_equal(mac_launchctl(mac, "disable system/com.example.one"), 0);
	assert_status(mac, mac_command(mac, "verify"), 1);
	assert_has_not(mac->err, "sudo lnpctl repair");
}

/* Else an account could permanently block root from repairing its daemon. */
static void
agent_in_the_accounts_home_neither_fails_nor_blocks_its_daemon(void **state)
{
	static const char agent[] = "/Users/worker/Library/LaunchAgents/mine.plist";
	struct mac *mac = *state;

	installed(mac);
	mac_write(mac, agent, "<plist version=\"1.0\"><dict><key>Label</key><string>"
	    "com.example.job</string>"
	    "<key>Program</key><string>/usr/bin/true</string></dict></plist>");
	mac_set_owner(mac, agent, mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_command(mac, "verify --json --settle 0.02"), 0);
	assert_string_equal(mac_check(mac, "label-unique"), "warn");
	mac_set_mode(mac, PLIST, 0664);
	assert_status(mac, mac_command(mac, "repair"), 0);
	assert_has(mac->out, "left /Users/worker/Library/LaunchAgents/mine.plist: an agent of the "
	    "job's account");
	assert_has(mac->out, "repaired: com.example.job\n");
	assert_true(mac_exists(mac, agent));
	assert_status(mac, mac_command(mac, "restart com.example.job"), 0);
	mac_remove(mac, agent);
	mac_write(mac, "/Library/LaunchAgents/all.plist",
	    "<plist version=\"1.0\"><dict><key>Label</key>"
	    "<string>com.example.job</string><key>Program</key><string>/usr/bin/true</string>"
	    "</dict></plist>");
	assert_status(mac, mac_command(mac, "verify --json --settle 0.02"), 1);
	assert_string_equal(mac_check(mac, "label-unique"), "fail");
	assert_has_not(mac->err, "repair");
	mac_set_mode(mac, PLIST, 0664);
	assert_status(mac, mac_command(mac, "repair"), 65);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(each_damage_is_fixed_by_repair_and_nothing_else_is_touched),
		EMBEDDED(repair_of_a_healthy_job_writes_nothing),
		EMBEDDED(wrong_mode_of_a_plist_does_not_restart_the_job),
		EMBEDDED(disabled_label_is_reported_by_repair_and_restart_and_kept),
		EMBEDDED(job_denied_in_login_items_is_bootstrapped_once_and_explained),
		EMBEDDED(changed_uid_of_the_account_is_reported_and_not_fixed),
		EMBEDDED(restart_boots_out_and_bootstraps_once_and_never_kickstarts),
		EMBEDDED(restart_needs_a_label_and_repair_an_installed_job),
		EMBEDDED(jobs_that_are_restarted_together_are_watched_together),
		EMBEDDED(restored_job_stays_though_unhealthy),
		EMBEDDED(job_whose_new_program_fails_is_said_to_be_down),
		EMBEDDED(failure_of_one_job_does_not_stop_the_others),
		EMBEDDED(every_one_of_twenty_jobs_is_visited_and_reported),
		EMBEDDED(dry_run_of_repair_prints_the_plan_and_changes_nothing),
		EMBEDDED(verify_suggests_repair_only_where_it_changes_something),
		EMBEDDED(verify_reports_why_repair_would_refuse),
		EMBEDDED(verify_does_not_suggest_repair_for_an_unhealthy_job_that_is_unchanged),
		EMBEDDED(install_of_a_job_that_crashed_again_and_again_is_no_success),
		EMBEDDED(what_repair_would_do_depends_on_no_other_job),
		EMBEDDED(agent_in_the_accounts_home_neither_fails_nor_blocks_its_daemon),
		EMBEDDED(lnpctl_in_the_jobs_environment_refuses_to_boot_the_job_out),
		EMBEDDED(lnpctl_run_by_the_job_itself_refuses_in_any_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
