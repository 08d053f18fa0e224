#define _DEFAULT_SOURCE		/* setxattr's errno values and kill, which glibc counts as POSIX
				   only with this */
/*
 * After any failure the machine is as it was before, or as asked for. What a killed run leaves,
 * --keep, --replace.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/files/files.h"
#include "mac.h"

#define FOREIGN	"/Library/LaunchDaemons/org.example.foreign.plist"
#define FAILS	MAC_WORKER " --exit 3"

static const char foreign[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist "
    "version=\"1.0\"><dict>"
    "<key>Label</key><string>com.example.job</string>"
    "<key>ProgramArguments</key><array><string>" MAC_WORKER "</string><string>--report</string>"
    "<string>--interval</string><string>100000</string></array>"
    "<key>StandardOutPath</key><string>/var/log/com.example.job.log</string>"
    "<key>KeepAlive</key><true/></dict></plist>\n";

static struct stat
status_of(struct mac *mac, const char *path)
{
	struct stat status;

	if (stat(mac_path(mac, path), &status) == -1)
		fail_msg("%s is missing", path);
	return status;
}

/* The same inode, not a copy. A log may have grown, for its job was started again. */
static void
assert_same_file(struct mac *mac, const char *path, const struct stat *before)
{
	struct stat now = status_of(mac, path);

	assert_int_equal(now.st_ino, before->st_ino);
	assert_int_equal(now.st_uid, before->st_uid);
	assert_int_equal(now.st_gid, before->st_gid);
	assert_int_equal(now.st_mode, before->st_mode);
	assert_int_equal(now.st_nlink, before->st_nlink);
	assert_true(now.st_size >= before->st_size);
	if (strcmp(path, LOG) != 0 && strcmp(path, ERRORS) != 0)
		assert_int_equal(now.st_mtime, before->st_mtime);
}

static void
assert_no_leftovers(struct mac *mac)
{
	assert_has_not(mac_paths(mac), ".old");
	assert_has_not(mac_paths(mac), ".lnpctl-draft");
}

/* ---- a failed change ---- */

static void
failed_change_restores_inode_times_owners_modes_and_the_running_job(void **state)
{
	static const char *const files[] = { PLIST, RECEIPT, LOG, ERRORS };
	struct mac *mac = *state;
	struct stat before[4];
	const char *log, *paths;
	bool quarantined;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	/* Odd owners and modes: a rollback restores them, and does not tidy up. */
	mac_set_mode(mac, PLIST, 0600);
	mac_set_mode(mac, ERRORS, 0600);
	quarantined = mac_quarantine(mac, PLIST);
	for (int i = 0; i < 4; i++)
		before[i] = status_of(mac, files[i]);
	log = mac_read(mac, LOG);
	paths = mac_paths(mac);
	assert_status(mac, mac_install(mac, "--settle 0.02 --env LANG=C", FAILS), 1);
	assert_has(mac->err, "all was put back");
	for (int i = 0; i < 4; i++)
		assert_same_file(mac, files[i], &before[i]);
	assert_memory_equal(mac_read(mac, LOG), log, strlen(log));
	assert_string_equal(mac_paths(mac), paths);
	assert_int_not_equal(mac_pid(mac), 0);
	mac_command(mac, "verify --json --settle 0.02");
	assert_string_equal(mac_check(mac, "plist-quarantine"), quarantined ? "fail" : "pass");
}

static void
failed_first_install_leaves_a_log_only_with_content(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_WORKER " --report --exit 3"), 1);
	assert_has(mac->out, "left /var/log/com.example.job.log: it has content\n");
	assert_true(mac_exists(mac, LOG));
	assert_false(mac_exists(mac, ERRORS));
	assert_false(mac_exists(mac, PLIST));
	assert_false(mac_exists(mac, RECEIPT));
}

static void
failed_change_that_was_disabled_is_disabled_again(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(mac_launchctl(mac, "disable system/com.example.job"), 0);
	assert_status(mac, mac_install(mac, "--settle 0.02", FAILS), 1);
	assert_int_not_equal(mac_pid(mac), 0);
	assert_status(mac, mac_command(mac, "verify --json"), 1);
	assert_string_equal(mac_check(mac, "enabled"), "fail");
	assert_string_equal(mac_check(mac, "running"), "pass");
}

static void
old_job_that_does_not_exit_is_left_and_reported_with_74(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(mac_launchctl(mac, "fault drain_ms 600000"), 0);
	/* The time limit of each launchctl, too. */
	assert_status(mac, mac_install(mac, "--settle 0.02 --timeout 0.8 --env LANG=C", MAC_QUIET),
	    74);
	assert_has(mac->err, "system/com.example.job");
	assert_has(mac->err, "has not exited yet");
	assert_has_not(mac_read(mac, PLIST), "LANG");
	assert_int_equal(mac_launchctl(mac, "fault drain_ms 0"), 0);
	assert_status(mac, mac_install(mac, "--settle 0.02 --env LANG=C", MAC_QUIET), 0);
	assert_no_leftovers(mac);
	assert_status(mac, mac_command(mac, "verify"), 0);
}

/* ---- a run that was killed ---- */

/*
 * Runs install, or without a program this command, in a process that is killed when launchctl was
 * called with this verb.
 */
static void
kill_at(struct mac *mac, const char *verb, const char *options, const char *program)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	int before = mac_count(mac, verb);
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (program == NULL)
			mac_command(mac, options);
		else
			mac_install(mac, options, program);
		_exit(0);
	}
	for (int i = 0; i < 10000 && mac_count(mac, verb) == before; i++)
		nanosleep(&pause, NULL);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
killed_run_is_reported_by_verify_and_finished_by_the_next(void **state)
{
	struct mac *mac = *state;
	static const char *const verbs[] = { "bootout", "bootstrap" };

	for (size_t i = 0; i < 2; i++) {
		assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
		kill_at(mac, verbs[i], "--settle 100 --env LANG=C", MAC_QUIET);
		mac_command(mac, "verify --json --settle 0");
		assert_string_equal(mac_check(mac, "receipt"), "unknown");
		assert_status(mac, mac_install(mac, "--settle 0.02 --env LANG=C", MAC_QUIET), 0);
		assert_has(mac_read(mac, PLIST), "LANG");
		assert_no_leftovers(mac);
		assert_status(mac, mac_command(mac, "verify --settle 0.02"), 0);
	}
}

static void
run_after_a_killed_one_can_still_roll_back_both(void **state)
{
	struct mac *mac = *state;
	const char *plist, *receipt;
	struct stat before, after;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	before = status_of(mac, PLIST);
	plist = mac_read(mac, PLIST);
	receipt = mac_read(mac, RECEIPT);
	kill_at(mac, "bootstrap", "--settle 100 --env LANG=C", MAC_QUIET);
	assert_has(mac_read(mac, PLIST), "LANG");
	assert_status(mac, mac_install(mac, "--settle 0.02 --env LANG=C", FAILS), 1);
	assert_has(mac->err, "all was put back");
	after = status_of(mac, PLIST);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_string_equal(mac_read(mac, PLIST), plist);
	assert_string_equal(mac_read(mac, RECEIPT), receipt);
	assert_no_leftovers(mac);
	assert_status(mac, mac_command(mac, "verify --settle 0.02"), 0);
}

static void
killed_first_install_that_then_fails_leaves_nothing(void **state)
{
	struct mac *mac = *state;

	kill_at(mac, "bootstrap", "--settle 100 --log-dir /var/log/a/b", MAC_QUIET);
	assert_true(mac_exists(mac, "/private/var/log/a/b"));
	/* The launchctl that survived is done, and the job has created and opened its log. */
	assert_true(mac_wait_for(mac, "/private/var/log/a/b/com.example.job.log", "heartbeat"));
	assert_status(mac, mac_command(mac, "verify --json --settle 0"), 2);
	/* a log that the first run wrote to would be kept */
	mac_remove(mac, "/private/var/log/a/b/com.example.job.log");
	assert_status(mac, mac_install(mac, "--settle 0.02 --log-dir /var/log/a/b", FAILS), 1);
	assert_false(mac_exists(mac, PLIST));
	assert_false(mac_exists(mac, RECEIPT));
	assert_false(mac_exists(mac, "/private/var/log/a"));
	assert_int_equal(mac_pid(mac), 0);
}

static void
repair_and_uninstall_finish_a_killed_run_too(void **state)
{
	struct mac *mac = *state;

	kill_at(mac, "bootstrap", "--settle 100", MAC_QUIET);
	assert_status(mac, mac_command(mac, "repair --settle 0.02"), 0);
	assert_status(mac, mac_command(mac, "verify --settle 0.02"), 0);
	kill_at(mac, "bootout", "--settle 100 --env LANG=C", MAC_QUIET);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_false(mac_exists(mac, PLIST));
	assert_false(mac_exists(mac, LOG));
	assert_int_equal(mac_pid(mac), 0);
	assert_no_leftovers(mac);
}

static void
leftovers_after_the_commit_are_removed_by_the_next_run(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	mac_write(mac, STATE "/com.example.job.old", "x");
	mac_write(mac, STATE "/com.example.job.receipt.old", "x");
	mac_write(mac, STATE "/.lnpctl-draft", "x");
	mac_write(mac, "/Library/LaunchDaemons/.lnpctl-draft", "x");
	mac_forget_calls(mac);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_no_leftovers(mac);
	assert_int_equal(mac_count(mac, "bootout") + mac_count(mac, "bootstrap"), 0);
}

/* ---- --keep ---- */

static void
keep_commits_an_unhealthy_job_and_reports_it_with_1(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02 --keep", FAILS), 1);
	assert_has(mac->err, "not healthy");
	assert_has(mac_read(mac, RECEIPT), "<string>installed</string>");
	assert_true(mac_exists(mac, PLIST));
	assert_no_leftovers(mac);
	assert_status(mac, mac_command(mac, "verify --json"), 1);
	assert_status(mac, mac_install(mac, "--settle 0.02 --keep --json --env LANG=C", FAILS), 1);
	assert_string_equal(mac_json(mac, "changed"), "true");
	assert_string_equal(mac_json(mac, "rolled_back"), "false");
}

static void
keep_does_not_keep_what_launchd_refuses_to_load(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(mac_launchctl(mac, "fault refuse bootstrap=122"), 0);
	assert_status(mac, mac_install(mac, "--settle 0.02 --keep", MAC_QUIET), 1);
	assert_false(mac_exists(mac, PLIST));
	assert_false(mac_exists(mac, RECEIPT));
}

/* ---- --replace ---- */

static void
load_foreign(struct mac *mac, const char *path)
{
	char line[256];

	mac_write(mac, path, foreign);
	mac_set_mode(mac, path, 0600);
	snprintf(line, sizeof line, "bootstrap system %s", path);
	assert_int_equal(mac_launchctl(mac, line), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
}

static void
replaced_plist_of_any_name_comes_back_with_uninstall(void **state)
{
	struct mac *mac = *state;
	static const char *const paths[] = { FOREIGN, PLIST };

	for (size_t i = 0; i < 2; i++) {
		const char *owner, *log;

		load_foreign(mac, paths[i]);
		log = mac_owner(mac, LOG);
		owner = mac_owner(mac, paths[i]);
		assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 65);
		assert_has(mac->err, "--replace");
		assert_status(mac, mac_install(mac, "--settle 0.02 --replace", MAC_QUIET), 0);
		assert_false(mac_exists(mac, FOREIGN));
		assert_status(mac, mac_command(mac, "verify --settle 0.02"), 0);
		/* ours now */
		assert_status(mac, mac_install(mac, "--settle 0.02 --env LANG=C", MAC_QUIET), 0);
		assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
		assert_string_equal(mac_read(mac, paths[i]), foreign);
		assert_string_equal(mac_owner(mac, paths[i]), owner);
		assert_string_equal(mac_owner(mac, LOG), log);
		assert_int_not_equal(mac_pid(mac), 0);
		assert_no_leftovers(mac);
		assert_int_equal(mac_launchctl(mac, "bootout system/com.example.job"), 0);
		/* bootout does not wait, and until the job exits its label is in use. */
		while (mac_launchctl(mac, "print system/com.example.job") != 113)
			continue;
		mac_remove(mac, paths[i]);
		mac_remove(mac, LOG);
	}
}

/* A log of another account, which the job may have opened, is a new file. */
static void
failed_replacement_restores_the_other_job(void **state)
{
	struct mac *mac = *state;
	struct stat plist, log;
	char owner[64];
	int held;

	load_foreign(mac, FOREIGN);
	snprintf(owner, sizeof owner, "%s", mac_owner(mac, LOG));
	plist = status_of(mac, FOREIGN);
	log = status_of(mac, LOG);
	held = open(mac_path(mac, LOG), O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_not_equal(held, -1);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", FAILS), 1);
	assert_same_file(mac, FOREIGN, &plist);
	assert_int_equal(write(held, "forged\n", 7), 7);
	close(held);
	assert_has(mac_read(mac, LOG), "heartbeat");
	if (geteuid() == 0)
		assert_null(strstr(mac_read(mac, LOG), "forged"));
	else
		assert_same_file(mac, LOG, &log);
	assert_string_equal(mac_owner(mac, LOG), owner);
	assert_int_not_equal(mac_pid(mac), 0);
	assert_false(mac_exists(mac, PLIST));
	assert_false(mac_exists(mac, RECEIPT));
	assert_false(mac_exists(mac, ERRORS));
	assert_no_leftovers(mac);
}

/* It is too large to copy: it is given back itself, and root's text stays with root. */
static void
failed_replacement_gives_a_large_log_back_itself(void **state)
{
	struct mac *mac = *state;
	struct stat log;

	if (!mac->as_root)
		skip();
	load_foreign(mac, FOREIGN);
	assert_int_equal(truncate(mac_path(mac, LOG), FILES_COPIED + 1), 0);
	log = status_of(mac, LOG);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", FAILS), 1);
	assert_has(mac->err, "all was put back");
	assert_same_file(mac, LOG, &log);
	assert_false(mac_exists(mac, LOG FILES_ASIDE));
	assert_no_leftovers(mac);
}

/* Its account would have another name of a root-owned file: what cannot be done is reported. */
static void
large_log_that_the_account_has_linked_is_put_aside_and_reported_with_74(void **state)
{
	struct mac *mac = *state;
	char script[1024];
	struct stat log;

	if (!mac->as_root)
		skip();
	mac_make_folder(mac, "/Users/Shared");
	mac_set_mode(mac, "/Users/Shared", 0777);
	snprintf(script, sizeof script, "#!/bin/sh\nln '%s" LOG "' '%s/Users/Shared/second'\n"
	    "exit 3\n", mac->root, mac->root);
	mac_write(mac, "/usr/local/bin/links", script);
	mac_set_mode(mac, "/usr/local/bin/links", 0755);
	load_foreign(mac, FOREIGN);
	assert_int_equal(truncate(mac_path(mac, LOG), FILES_COPIED + 1), 0);
	log = status_of(mac, LOG);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", "/usr/local/bin/links"), 74);
	assert_has(mac->err, "rollback was incomplete");
	assert_has(mac->err, "what it held is " LOG FILES_ASIDE " now");
	assert_int_equal(status_of(mac, LOG FILES_ASIDE).st_ino, log.st_ino);
	assert_int_equal(status_of(mac, "/Users/Shared/second").st_uid, mac->worker_uid);
	assert_int_equal(status_of(mac, LOG).st_uid, log.st_uid);
}

/* Its owner stays, so nothing is given away, and no account can keep a change from being undone. */
static void
failed_change_restores_the_mode_of_a_log_that_its_account_has_linked(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	mac_make_folder(mac, "/Users/Shared");
	assert_int_equal(link(mac_path(mac, LOG), mac_path(mac, "/Users/Shared/second")), 0);
	mac_set_mode(mac, LOG, 0604);
	assert_status(mac, mac_install(mac, "--settle 0.02 --env LANG=C", FAILS), 1);
	assert_has(mac->err, "all was put back");
	assert_int_equal(status_of(mac, LOG).st_mode & 07777, 0604);
	assert_int_equal(status_of(mac, LOG).st_nlink, 2);
}

static void
disabled_job_that_was_replaced_is_disabled_again_by_uninstall(void **state)
{
	struct mac *mac = *state;

	load_foreign(mac, FOREIGN);
	assert_int_equal(mac_launchctl(mac, "disable system/com.example.job"), 0);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_int_not_equal(mac_pid(mac), 0);
	assert_status(mac, mac_command(mac, "status --json com.example.job"), 0);
	assert_string_equal(mac_json(mac, "disabled"), "true");
}

/* It is too large to copy: uninstall renames it aside, and a rollback renames it back. */
static void
failed_uninstall_restores_a_large_log_of_the_account_itself(void **state)
{
	struct mac *mac = *state;
	struct stat log;

	if (!mac->as_root)
		skip();
	load_foreign(mac, FOREIGN);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", MAC_QUIET), 0);
	assert_int_equal(truncate(mac_path(mac, LOG), FILES_COPIED + 1), 0);
	log = status_of(mac, LOG);
	assert_int_equal(mac_launchctl(mac, "fault refuse bootstrap=150*1"), 0);
	assert_status(mac, mac_command(mac, "uninstall --timeout 2 com.example.job"), 1);
	assert_has(mac->err, "all was put back");
	assert_same_file(mac, LOG, &log);
	assert_false(mac_exists(mac, LOG FILES_ASIDE));
	assert_status(mac, mac_command(mac, "verify --settle 0.02"), 0);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_has(mac->out, "com.example.job.log: what it held is " LOG FILES_ASIDE " now");
	assert_int_equal(status_of(mac, LOG FILES_ASIDE).st_ino, log.st_ino);
}

/* The run that was killed has put the log aside, and the next finds it. */
static void
uninstall_that_was_killed_and_then_fails_restores_a_large_log(void **state)
{
	struct mac *mac = *state;
	struct stat log;

	if (!mac->as_root)
		skip();
	load_foreign(mac, FOREIGN);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", MAC_QUIET), 0);
	/* Of an earlier uninstall. */
	mac_write(mac, LOG FILES_ASIDE, "older");
	assert_int_equal(truncate(mac_path(mac, LOG), FILES_COPIED + 1), 0);
	log = status_of(mac, LOG);
	assert_int_equal(mac_launchctl(mac, "fault hang bootstrap*1"), 0);
	kill_at(mac, "bootstrap", "uninstall com.example.job", NULL);
	assert_int_equal(status_of(mac, LOG FILES_ASIDE ".1").st_ino, log.st_ino);
	assert_int_equal(mac_launchctl(mac, "fault refuse bootstrap=150*1"), 0);
	assert_status(mac, mac_command(mac, "uninstall --timeout 2 com.example.job"), 1);
	assert_has(mac->err, "all was put back");
	assert_same_file(mac, LOG, &log);
	assert_false(mac_exists(mac, LOG FILES_ASIDE ".1"));
	assert_string_equal(mac_read(mac, LOG FILES_ASIDE), "older");
	assert_status(mac, mac_command(mac, "verify --settle 0.02"), 0);
	/* One that succeeds reports it. */
	assert_int_equal(mac_launchctl(mac, "fault hang bootstrap*1"), 0);
	kill_at(mac, "bootstrap", "uninstall com.example.job", NULL);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_has(mac->out, "com.example.job.log: what it held is " LOG FILES_ASIDE ".1 now");
}

static void
agent_of_the_same_label_is_not_replaced(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, "/Library/LaunchAgents/agent.plist", foreign);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", MAC_QUIET), 65);
	assert_has(mac->err, "/Library/LaunchAgents/agent.plist");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(failed_change_restores_inode_times_owners_modes_and_the_running_job),
		EMBEDDED(failed_first_install_leaves_a_log_only_with_content),
		EMBEDDED(failed_change_that_was_disabled_is_disabled_again),
		EMBEDDED(old_job_that_does_not_exit_is_left_and_reported_with_74),
		EMBEDDED(killed_run_is_reported_by_verify_and_finished_by_the_next),
		EMBEDDED(run_after_a_killed_one_can_still_roll_back_both),
		EMBEDDED(killed_first_install_that_then_fails_leaves_nothing),
		EMBEDDED(repair_and_uninstall_finish_a_killed_run_too),
		EMBEDDED(leftovers_after_the_commit_are_removed_by_the_next_run),
		EMBEDDED(keep_commits_an_unhealthy_job_and_reports_it_with_1),
		EMBEDDED(keep_does_not_keep_what_launchd_refuses_to_load),
		EMBEDDED(replaced_plist_of_any_name_comes_back_with_uninstall),
		EMBEDDED(failed_replacement_restores_the_other_job),
		EMBEDDED(failed_replacement_gives_a_large_log_back_itself),
		EMBEDDED(large_log_that_the_account_has_linked_is_put_aside_and_reported_with_74),
		EMBEDDED(failed_change_restores_the_mode_of_a_log_that_its_account_has_linked),
		EMBEDDED(disabled_job_that_was_replaced_is_disabled_again_by_uninstall),
		EMBEDDED(failed_uninstall_restores_a_large_log_of_the_account_itself),
		EMBEDDED(uninstall_that_was_killed_and_then_fails_restores_a_large_log),
		EMBEDDED(agent_of_the_same_label_is_not_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
