#define _DEFAULT_SOURCE		/* flock, setgroups */
/*
 * Whole commands on a temporary Mac, with a scripted launchctl and with the embedded launchd.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
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

#include "command/command.h"
#include "core/launchd/log.h"
#include "damage.h"
#include "mac.h"

#define NOBODY	65534
#define SOON "0.8" /* seconds: for what is meant to take too long; what is meant to answer in time
		      must do so, too */

/* After this a refused command leaves no trace at all, not even the lock. */
static const char *
tree_with_lock(struct mac *mac)
{
	mac_make_folder(mac, STATE);
	mac_write(mac, LOCK, "");
	mac_set_mode(mac, LOCK, 0600);
	mac_forget_calls(mac);
	return mac_tree(mac);
}

static void
assert_refused(struct mac *mac, const char *before, int status, int expected)
{
	assert_status(mac, status, expected);
	assert_same_tree(mac, before);
	assert_int_equal(mac_count(mac, "bootstrap") + mac_count(mac, "bootout") + mac_count(mac,
	    "enable"), 0);
	assert_has(mac->err, "lnpctl: ");
}

/* ---- the command line ---- */

static void
missing_command_label_user_or_program_is_a_usage_error(void **state)
{
	static const char *const lines[] = { "install", "install --user worker -- " MAC_WORKER,
		"install --label com.example.job -- " MAC_WORKER,
		    "install --label com.example.job --user worker",
		"uninstall", "status --settle 1", "install --label", "verify --dry-run",
		"install --keep-alive yes --label com.example.job --user worker -- " MAC_WORKER,
		    "install --settle 1e3",
		"verify --settle -1" };
	struct mac *mac = *state;
	const char *before = mac_tree(mac);

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_refused(mac, before, mac_command(mac, lines[i]), 64);
}

static void
mistyped_command_and_option_get_a_did_you_mean(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_command(mac, "instal"), 64);
	assert_string_equal(mac->err, "lnpctl: unknown command 'instal'\nhint: did you mean "
	    "install?\n");
	assert_status(mac, mac_command(mac, "install --lable com.example.job"), 64);
	assert_string_equal(mac->err, "lnpctl: unknown option '--lable'\nhint: did you mean "
	    "--label?\n");
	assert_string_equal(mac->out, "");
}

static void
every_command_has_a_help_and_a_json_answer(void **state)
{
	struct mac *mac = *state;
	const struct command *rows = command_table();

	for (size_t i = 0; rows[i].name != NULL && rows[i].run != NULL; i++) {
		char line[64], usage[96];

		snprintf(line, sizeof line, "%s --help", rows[i].name);
		snprintf(usage, sizeof usage, "usage: lnpctl %s", rows[i].name);
		assert_status(mac, mac_command(mac, line), 0);
		assert_memory_equal(mac->out, usage, strlen(usage));
		assert_has(mac->out, "\n  --json ");
		assert_has_not(mac->out, " \n");
		snprintf(line, sizeof line, "%s --json", rows[i].name);
		snprintf(usage, sizeof usage, "\"%s\"", rows[i].name);
		mac_command(mac, line);
		assert_int_equal(mac->out[0], '{');
		assert_string_equal(mac->out + strlen(mac->out) - 2, "}\n");
		assert_string_equal(mac_json(mac, "command"), usage);
	}
}

static void
launchctl_can_be_chosen_only_with_root(void **state)
{
	const char *words[] = { "lnpctl", "status", "--launchctl", "/bin/true", NULL };
	FILE *drop = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(drop);
	assert_int_equal(command_main(4, mac_argv(words), drop, drop, NULL), 64);
	fclose(drop);
}

/* Runs lnpctl on the real machine in a child with the account nobody. */
static int
as_nobody(const char *const words[])
{
	int status, argc = 0;
	pid_t pid;

	while (words[argc] != NULL)
		argc++;
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		FILE *drop = fopen("/dev/null", "w");

		if (geteuid() == 0 && (setgroups(0, NULL) == -1 || setgid(NOBODY) == -1 ||
		    setuid(NOBODY) == -1))
			_exit(99);
		_exit(drop == NULL || geteuid() == 0 ? 99 :
		    command_main(argc, mac_argv(words), drop, drop, NULL));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
changing_the_real_machine_needs_root(void **state)
{
	static const char *const install[] = { "lnpctl", "install", "--label",
	    "com.example.lnpctl-test", "--user",
		"root", "--", "/bin/cat", NULL };
	static const char *const uninstall[] = { "lnpctl", "uninstall", "com.example.lnpctl-test",
	    NULL };

	(void)state;
	assert_int_equal(as_nobody(install), 77);
	assert_int_equal(as_nobody(uninstall), 77);
}

static void
looking_at_the_real_machine_needs_no_root(void **state)
{
	static const char *const install[] = { "lnpctl", "install", "--dry-run", "--label",
	    "com.example.lnpctl-test",
		"--user", "root", "--", "/bin/cat", NULL };
	static const char *const verify[] = { "lnpctl", "verify", "com.example.lnpctl-test", NULL };
	static const char *const status[] = { "lnpctl", "status", "com.example.lnpctl-test", NULL };
	static const char *const help[] = { "lnpctl", "install", "--help", NULL };

	(void)state;
	assert_int_not_equal(as_nobody(install), 77);
	assert_int_equal(as_nobody(verify), 1);
	assert_int_not_equal(as_nobody(status), 77);	/* 1 on a Mac, 69 without launchctl */
	assert_int_equal(as_nobody(help), 0);
}

/* ---- what is refused ---- */

static void
unsafe_label_is_refused(void **state)
{
	static const char *const labels[] = { "com.example/job", "../job", "com.apple.job",
	    "COM.Apple.job",
		"com example job", "-job", ".job", "com.example.", "com.example.j\xc3\xb6",
		    "com.example\njob",
		"com.example.$HOME", "shell" };
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);
	char longest[202];

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const char *words[] = { "install", "--label", labels[i], "--user", "worker", "--",
		    MAC_WORKER, NULL };

		assert_refused(mac, before, mac_words(mac, words), 65);
	}
	memset(longest, 'j', 201);
	longest[201] = '\0';
	const char *words[] = { "install", "--label", longest, "--user", "worker", "--", MAC_WORKER,
	    NULL };
	assert_refused(mac, before, mac_words(mac, words), 65);
}

static void
text_that_a_plist_or_a_line_cannot_hold_is_refused(void **state)
{
	static const char *const texts[] = { "two\nlines", "\x1b[2J", "\xff\xfe", "tab\there",
	    "\xc2\x85",
		"\xed\xa0\x80", "\x7f" };
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char variable[32];
		const char *argument[] = { "install", "--label", "com.example.job", "--user",
		    "worker", "--",
			MAC_WORKER, texts[i], NULL };
		const char *environment[] = { "install", "--label", "com.example.job", "--user",
		    "worker", "--env",
			variable, "--", MAC_WORKER, NULL };

		snprintf(variable, sizeof variable, "SECRET=%s", texts[i]);
		assert_refused(mac, before, mac_words(mac, argument), 65);
		assert_refused(mac, before, mac_words(mac, environment), 65);
		assert_has_not(mac->err, texts[i]);
	}
}

static void
program_that_launchd_would_not_find_is_refused(void **state)
{
	static const char *const programs[] = { "agentworker", "./agentworker", "~/agentworker",
		"/usr/local/bin/missing", "/usr/local/bin", "/usr/local/../local/bin/agentworker" };
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		assert_refused(mac, before, mac_install(mac, "", programs[i]), 65);
}

static void
program_that_the_user_cannot_execute_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	mac_set_mode(mac, MAC_WORKER, 0644);
	before = tree_with_lock(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 65);
	assert_has(mac->err, "cannot start: worker cannot run " MAC_WORKER ": Permission denied");
}

static void
root_job_refuses_a_program_that_others_can_replace(void **state)
{
	struct mac *mac = *state;
	const char *before;

	if (!mac->as_root)
		skip();
	mac_set_owner(mac, "/usr/local/bin", 501, 80);
	before = tree_with_lock(mac);
	assert_refused(mac, before, mac_command(mac,
	    "install --label com.example.job --user root -- " MAC_WORKER), 65);
	assert_has(mac->err, "/usr/local/bin");
}

/* The account is not in that group; launchd starts the job in it anyway. */
static void
program_executable_by_the_jobs_group_is_accepted(void **state)
{
	static const char in_group[] = "install --dry-run --label com.example.job --user worker "
	    "--group _worker -- " MAC_WORKER;
	struct mac *mac = *state;

	if (!mac->as_root) {
		print_message("needs root: groups\n");
		skip();
	}
	mac_set_owner(mac, MAC_WORKER, 0, 300);
	mac_set_mode(mac, MAC_WORKER, 0750);
	assert_status(mac, mac_command(mac, in_group), 0);
	assert_status(mac, mac_command(mac,
	    "install --dry-run --label com.example.job --user worker -- " MAC_WORKER), 65);
	/* its own group is not lost by the job's */
	mac_set_owner(mac, MAC_WORKER, 0, mac->worker_gid);
	assert_status(mac, mac_command(mac, in_group), 0);
}

static void
unknown_account_or_group_is_67(void **state)
{
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);

	assert_refused(mac, before, mac_command(mac,
	    "install --label com.example.job --user nosuchuser -- " MAC_WORKER), 67);
	assert_has(mac->err, "'nosuchuser'");
	assert_refused(mac, before, mac_command(mac,
	    "install --label com.example.job --user ../worker -- " MAC_WORKER), 67);
	assert_refused(mac, before,
	    mac_command(mac, "install --label com.example.job --user worker --group nosuchgroup -- "
	    "" MAC_WORKER), 67);
	assert_has(mac->err, "'nosuchgroup'");
}

static const char other_job[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist "
    "version=\"1.0\"><dict><key>Label</key><string>%s</string>"
    "<key>Program</key><string>/bin/cat</string><key>StandardOutPath</key><string>%s</string>"
    "</dict></plist>\n";

static void
write_other_job(struct mac *mac, const char *path, const char *label, const char *log)
{
	char text[512];

	snprintf(text, sizeof text, other_job, label, log);
	mac_write(mac, path, text);
}

static void
plist_that_lnpctl_did_not_install_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	write_other_job(mac, PLIST, "com.example.job", "/var/log/other.log");
	before = tree_with_lock(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 65);
	assert_has(mac->err, "lnpctl did not install it");
	assert_refused(mac, before, mac_command(mac, "uninstall com.example.job"), 1);
}

static void
label_is_searched_in_every_plist_ignoring_case(void **state)
{
	static const char *const others[] = { "/Library/LaunchDaemons/other.plist",
	    "/Library/LaunchAgents/other.plist",
	    "/Users/worker/Library/LaunchAgents/other.plist" };
	struct mac *mac = *state;

	mac_make_folder(mac, STATE);
	mac_write(mac, LOCK, "");
	mac_set_mode(mac, LOCK, 0600);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const char *before;

		write_other_job(mac, others[i], "COM.Example.Job", "/var/log/other.log");
		before = mac_tree(mac);
		assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 65);
		assert_has(mac->err, others[i]);
		mac_remove(mac, others[i]);
	}
}

/* Case does not count, and the links and firmlinks of every Mac are known. */
static void
log_of_another_daemon_is_found_by_any_path(void **state)
{
	static const char *const logs[] = { "/var/log/com.example.job.log",
	    "/private/var/log/com.example.job.log", "/VAR/Log/Com.Example.Job.log",
	    "/System/Volumes/Data/private/var/log/com.example.job.err" };
	static const char other[] = "/Library/LaunchDaemons/other.plist";
	struct mac *mac = *state;

	mac_make_folder(mac, STATE);
	mac_write(mac, LOCK, "");
	mac_set_mode(mac, LOCK, 0600);
	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
		const char *before;

		write_other_job(mac, other, "com.example.other", logs[i]);
		before = mac_tree(mac);
		assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 65);
		assert_has(mac->err, "both jobs would write to the same log file");
		mac_remove(mac, other);
	}
}

/* A hard link stands for a volume that ignores case, where both labels name one file. */
static void
label_that_differs_in_case_is_refused_where_the_volume_ignores_case(void **state)
{
	static const char *const commands[] =
	    { "restart com.Example.Job", "uninstall com.Example.Job",
	    ("install --label com.Example.Job --user worker -- " MAC_WORKER) };
	struct mac *mac = *state;
	pid_t pid;

	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	pid = mac_pid(mac);
	assert_int_equal(link(mac_path(mac, RECEIPT),
	    mac_path(mac, STATE "/com.Example.Job.plist")), 0);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		assert_status(mac, mac_command(mac, commands[i]), 65);
		assert_int_equal(mac_pid(mac), pid);
		assert_has(mac->err, "cannot use the label 'com.Example.Job': a job "
		    "'com.example.job' is installed");
	}
}

static void
job_that_lnpctl_did_not_install_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);

	mac_answer_job(mac, "running", 0);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 65);
}

static void
log_of_another_job_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	write_other_job(mac, "/Library/LaunchDaemons/other.plist", "com.example.other",
	    "/var/log/com.example.job.log");
	before = tree_with_lock(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 65);
	assert_has(mac->err, "--log-dir");
	/* One of the two is named through the link /var. */
	assert_refused(mac, before, mac_install(mac, "--log-dir /private/var/log", MAC_WORKER), 65);
	assert_has(mac->err, "uses the same log");
	mac_remove(mac, "/Library/LaunchDaemons/other.plist");
	write_other_job(mac, "/Library/LaunchDaemons/other.plist", "com.example.other",
	    "/private/var/log/com.example.job.log");
	before = mac_tree(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 65);
	assert_has(mac->err, "uses the same log");
}

static void
log_that_is_a_link_a_directory_a_pipe_or_hard_linked_is_refused(void **state)
{
	struct mac *mac = *state;
	static const char *const why[] = { "it is a symbolic link", "it is a directory",
	    "it is not a regular file", "another hard link" };
	const char *log = mac_path(mac, LOG);

	mac_make_folder(mac, STATE);
	mac_write(mac, LOCK, "");
	mac_set_mode(mac, LOCK, 0600);
	mac_write(mac, "/private/etc/passwd", "root\n");
	mac_write(mac, "/Users/worker/other", "");
	for (int i = 0; i < 4; i++) {
		const char *before;

		if (i == 0)
			assert_int_equal(symlink("/private/etc/passwd", log), 0);
		else if (i == 1)
			assert_int_equal(mkdir(log, 0755), 0);
		else if (i == 2)
			assert_int_equal(mkfifo(log, 0600), 0);
		else
			assert_int_equal(link(mac_path(mac, "/Users/worker/other"), log), 0);
		before = mac_tree(mac);
		assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 73);
		assert_has(mac->err, why[i]);
		mac_remove(mac, LOG);
	}
}

static void
log_with_content_of_another_account_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	if (!mac->as_root)
		skip();
	mac_write(mac, LOG, "another account's\n");
	mac_set_owner(mac, LOG, 300, 300);
	before = tree_with_lock(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 73);
}

static void
log_in_a_world_writable_directory_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);

	assert_refused(mac, before, mac_install(mac, "--log-dir /tmp", MAC_WORKER), 73);
	assert_has(mac->err, "/private/tmp");
}

/* The account makes a directory below a path that it could swap for a link, not root. */
static void
missing_log_directory_below_a_home_is_made_as_its_account(void **state)
{
	struct mac *mac = *state;

	if (mac->as_root)
		mac_set_owner(mac, "/Users/worker", mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_install(mac, "--settle 0 --log-dir /Users/worker/new/logs",
	    MAC_QUIET), 0);
	assert_has(mac->out, "made /Users/worker/new\n");
	assert_string_equal(strchr(mac_owner(mac, "/Users/worker/new/logs"), ' '), " 0755");
	assert_int_equal(strtoul(mac_owner(mac, "/Users/worker/new/logs"), NULL, 10),
	    mac->worker_uid);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_false(mac_exists(mac, "/Users/worker/new"));
	assert_true(mac_exists(mac, "/Users/worker"));
}

static void
missing_working_directory_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);

	assert_refused(mac, before, mac_install(mac, "--working-directory /Users/worker/missing",
	    MAC_WORKER), 73);
}

static void
held_lock_is_75(void **state)
{
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);
	int lock = open(mac_path(mac, LOCK), O_RDWR);

	assert_int_not_equal(lock, -1);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
	assert_refused(mac, before, mac_install(mac, "--lock-wait 0.05", MAC_WORKER), 75);
	assert_refused(mac, before, mac_command(mac, "uninstall --lock-wait 0 com.example.job"),
	    75);
	/* Accounts are looked up before the lock is taken: a directory server can be slow. */
	assert_refused(mac, before, mac_command(mac,
	    "probe --lock-wait 0 --user nobody-here 192.0.2.1:7000"), 67);
	assert_refused(mac, before, mac_command(mac,
	    "probe --lock-wait 0 --user worker 192.0.2.1:7000"), 75);
	close(lock);
}

static void
lock_file_that_others_could_hold_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	tree_with_lock(mac);
	mac_set_mode(mac, LOCK, 0644);
	before = mac_tree(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 73);
}

static void
plist_directory_that_others_can_change_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	mac_set_mode(mac, "/Library/LaunchDaemons", 0777);
	before = tree_with_lock(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 73);
}

static void
signal_before_the_first_change_changes_nothing(void **state)
{
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);
	int status;

	mac->stop = 1;
	status = mac_install(mac, "--settle 0", MAC_WORKER);
	assert_int_not_equal(status, 0);
	assert_refused(mac, before, status, status);
}

/* ---- a launchctl in trouble ---- */

enum trouble { HANGS, DIES, EMPTY, MEGABYTE, REFUSES, TROUBLES };

static void
make_trouble(struct mac *mac, const char *verb, enum trouble trouble)
{
	switch (trouble) {
	case HANGS:
		mac_hang(mac, verb);
		break;
	case DIES:
		mac_die(mac, verb);
		break;
	case EMPTY:
		mac_answer(mac, verb, "", 0);
		break;
	case MEGABYTE:
		mac_answer_megabyte(mac, verb);
		break;
	case REFUSES:
	case TROUBLES:
		mac_refuse(mac, verb, 71);
		break;
	}
}

/* Installs a job with a launchctl that accepts everything. */
static void
install_scripted(struct mac *mac)
{
	mac_after(mac, "bootstrap");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, "bootout");
	mac_refuse(mac, "print", 113);
	mac_after(mac, NULL);
	assert_status(mac, mac_install(mac, "--settle 0", MAC_WORKER), 0);
	mac_forget_calls(mac);
}

static void
failing_launchctl_before_any_change_is_69(void **state)
{
	static const char *const verbs[] = { "print", "print-disabled" };
	struct mac *mac = *state;
	const char *before = tree_with_lock(mac);

	for (size_t i = 0; i < 2; i++) {
		for (enum trouble trouble = HANGS; trouble < TROUBLES; trouble++) {
			mac_refuse(mac, "print", 113);
			mac_answer(mac, "print-disabled", MAC_NOTHING_DISABLED, 0);
			make_trouble(mac, verbs[i], trouble);
			assert_refused(mac, before, mac_install(mac, trouble == HANGS ?
			    "--timeout " SOON : "", MAC_WORKER), 69);
			assert_has(mac->err, "cannot read the state of launchd: launchctl ");
		}
	}
	mac_lose_launchctl(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 69);
}

static void
failing_launchctl_before_an_uninstall_is_69(void **state)
{
	struct mac *mac = *state;
	const char *before;

	install_scripted(mac);
	before = mac_tree(mac);
	for (enum trouble trouble = HANGS; trouble < TROUBLES; trouble++) {
		make_trouble(mac, "print", trouble);
		assert_refused(mac, before,
		    mac_command(mac,
			trouble == HANGS ? "uninstall --timeout " SOON " com.example.job"
					 : "uninstall com.example.job"),
		    69);
	}
	mac_lose_launchctl(mac);
	assert_refused(mac, before, mac_command(mac, "uninstall com.example.job"), 69);
}

static void
assert_only_lock_was_made(struct mac *mac, const char *paths)
{
	assert_string_equal(mac_difference(mac, paths, mac_paths(mac)), "+" STATE "\n+" LOCK "\n");
}

static void
install_that_fails_at_bootstrap_leaves_nothing_but_the_lock(void **state)
{
	static const int statuses[] = { 5, 78, 109, 110, 111, 119, 122, 155, 161 };
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		mac_refuse(mac, "bootstrap", statuses[i]);
		assert_status(mac, mac_install(mac, "--timeout " SOON, MAC_WORKER), 1);
		assert_only_lock_was_made(mac, paths);
		assert_has(mac->err, "lnpctl: cannot bootstrap 'system/com.example.job'");
		assert_string_equal(mac_last_call(mac), "print system/com.example.job");
	}
}

static void
launchctl_that_hangs_or_dies_at_bootstrap_is_rolled_back(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	mac_hang(mac, "bootstrap");
	assert_status(mac, mac_install(mac, "--timeout " SOON, MAC_WORKER), 1);
	assert_only_lock_was_made(mac, paths);
	mac_die(mac, "bootstrap");
	assert_status(mac, mac_install(mac, "--timeout " SOON, MAC_WORKER), 1);
	assert_only_lock_was_made(mac, paths);
}

static void
bootstrap_that_reports_success_and_loads_nothing_is_rolled_back(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	assert_status(mac, mac_install(mac, "--timeout " SOON, MAC_WORKER), 1);
	assert_only_lock_was_made(mac, paths);
	assert_has(mac->err, "Login Items");
	assert_int_equal(mac_count(mac, "bootstrap"), 1);
}

static void
launchctl_that_stops_answering_after_bootstrap_is_74(void **state)
{
	struct mac *mac = *state;

	for (enum trouble trouble = HANGS; trouble <= EMPTY; trouble++) {
		mac_after(mac, NULL);
		mac_refuse(mac, "print", 113);
		mac_after(mac, "bootstrap");
		make_trouble(mac, "print", trouble);
		assert_status(mac, mac_install(mac, "--timeout " SOON, MAC_WORKER), 74);
		assert_has(mac->err, "rollback was incomplete");
		assert_has(mac->err, "hint: ");
		assert_has(mac->err, "system/com.example.job");
	}
}

static void
output_of_bootstrap_is_limited(void **state)
{
	struct mac *mac = *state;

	mac_answer_megabyte(mac, "bootstrap");
	install_scripted(mac);
	assert_true(mac_exists(mac, RECEIPT));
}

static void
bootout_that_does_not_end_the_job_leaves_it_installed(void **state)
{
	struct mac *mac = *state;
	const char *plist, *receipt;

	install_scripted(mac);
	plist = mac_read(mac, PLIST);
	receipt = mac_read(mac, RECEIPT);
	mac_answer_job(mac, "SIGTERMed", 0);
	mac_after(mac, "bootout");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, NULL);
	assert_status(mac, mac_command(mac, "uninstall --timeout " SOON " com.example.job"), 1);
	assert_string_equal(mac_read(mac, PLIST), plist);
	assert_string_equal(mac_read(mac, RECEIPT), receipt);
}

static void
bootstrap_is_for_the_system_domain_and_by_full_path(void **state)
{
	struct mac *mac = *state;
	const char *calls, *bootstrap;

	mac_after(mac, "bootstrap");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, NULL);
	assert_status(mac, mac_install(mac, "--settle 0", MAC_WORKER), 0);
	calls = mac_calls(mac);
	bootstrap = strstr(calls, "bootstrap system " PLIST "\n");
	assert_non_null(bootstrap);
	/* The two queries come first, in any order. */
	assert_true(strstr(calls, "print system/com.example.job\n") < bootstrap);
	assert_true(strstr(calls, "print-disabled system\n") < bootstrap);
	assert_has_not(mac_calls(mac), "bootstrap gui/");
	assert_has_not(mac_calls(mac), "enable");
	/*
	 * One more print after it is where the watching begins; two look for an agent in the
	 * account's domains.
	 */
	assert_int_equal(mac_count(mac, "bootstrap"), 1);
	assert_int_equal(mac_count(mac, "print"), 4);
	assert_int_equal(mac_count(mac, "print-disabled"), 1);
}

/* launchctl ran print and print-disabled once each, in parallel, and nothing else. */
static void
assert_asked_once(struct mac *mac)
{
	const char *calls = mac_calls(mac);

	assert_has(calls, "print system/com.example.job\n");
	assert_has(calls, "print-disabled system\n");
	assert_int_equal(strlen(calls),
	    strlen("print system/com.example.job\nprint-disabled system\n"));
}

static void
dry_run_changes_nothing(void **state)
{
	struct mac *mac = *state;
	const char *before = mac_tree(mac);

	assert_status(mac, mac_install(mac, "--dry-run --env SECRET=hush", MAC_WORKER), 0);
	assert_same_tree(mac, before);
	assert_has(mac->out, "would write " PLIST "\n");
	assert_has(mac->out, "would bootstrap system/com.example.job\n");
	assert_has(mac->out, "SECRET");
	assert_has_not(mac->out, "hush");
	assert_asked_once(mac);
	install_scripted(mac);
	before = mac_tree(mac);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs --dry-run com.example.job"),
	    0);
	assert_same_tree(mac, before);
	assert_has(mac->out, "would boot out system/com.example.job\n");
	assert_has(mac->out, "would remove " PLIST "\n");
}

static void
values_of_variables_are_never_printed(void **state)
{
	struct mac *mac = *state;

	mac_refuse(mac, "bootstrap", 109);
	assert_status(mac, mac_install(mac, "--verbose --env SECRET=hush", MAC_WORKER), 1);
	assert_has_not(mac->out, "hush");
	assert_has_not(mac->err, "hush");
	assert_status(mac, mac_install(mac, "--json --env SECRET=hush", MAC_WORKER), 1);
	assert_has_not(mac->out, "hush");
	assert_has_not(mac->err, "hush");
}

static void
json_of_a_refusal_is_one_object_with_the_error(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--json", "/usr/local/bin/missing"), 65);
	assert_int_equal(strncmp(mac->out,
	    "{\"schema\":1,\"command\":\"install\",\"ok\":false,\"error\":{\"what\":\"", 60), 0);
	assert_has(mac->out,
	    "\"changed\":false,\"label\":\"com.example.job\",\"dry_run\":false,"
	    "\"rolled_back\":false,\"steps\":[]");
	assert_string_equal(mac->out + strlen(mac->out) - 2, "}\n");
	assert_has(mac->err, "lnpctl: ");
	assert_status(mac, mac_command(mac, "install --json --nonsense"), 64);
	assert_has(mac->out, "\"changed\":false,\"label\":null,\"dry_run\":false,"
	    "\"rolled_back\":false,\"steps\":[],\"checks\":[],\"would_change\":null,"
	    "\"differences\":[],\"jobs\":[]}\n");
	assert_int_equal(strncmp(mac->out, "{\"schema\":1,", 12), 0);
}

static void
json_of_a_failed_install_says_that_it_was_rolled_back(void **state)
{
	struct mac *mac = *state;

	mac_refuse(mac, "bootstrap", 109);
	assert_status(mac, mac_install(mac, "--json", MAC_WORKER), 1);
	assert_string_equal(mac_json(mac, "changed"), "false");
	assert_string_equal(mac_json(mac, "rolled_back"), "true");
	assert_has(mac->out, "{\"action\":\"write\",\"target\":\""
	    PLIST "\",\"result\":\"undone\"}");
}

static void
signal_during_a_change_rolls_it_back(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	mac_after(mac, "bootstrap");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, "bootout");
	mac_refuse(mac, "print", 113);
	mac_after(mac, NULL);
	mac_interrupt(mac, "bootstrap");
	assert_status(mac, mac_install(mac, "", MAC_WORKER), 1);
	assert_only_lock_was_made(mac, paths);
	assert_int_equal(mac_count(mac, "bootout"), 1);
	assert_int_equal(mac->stop, 1);
}

static void
signal_during_an_uninstall_restores_the_job(void **state)
{
	struct mac *mac = *state;
	const char *plist, *receipt;

	install_scripted(mac);
	plist = mac_read(mac, PLIST);
	receipt = mac_read(mac, RECEIPT);
	mac_after(mac, "bootout");
	mac_refuse(mac, "print", 113);
	mac_after(mac, "bootstrap");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, NULL);
	mac_interrupt(mac, "bootout");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 1);
	assert_string_equal(mac_read(mac, PLIST), plist);
	assert_string_equal(mac_read(mac, RECEIPT), receipt);
	assert_int_equal(mac_count(mac, "bootstrap"), 1);
	assert_false(mac_exists(mac, STATE "/com.example.job.old"));
}

static void
refusal_after_an_enable_is_not_blamed_on_a_disabled_label(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print-disabled",
	    "disabled services = {\n\t\"com.example.job\" => disabled\n}\n", 0);
	mac_refuse(mac, "bootstrap", 122);
	mac_after(mac, "enable");
	mac_answer(mac, "print-disabled",
	    "disabled services = {\n\t\"com.example.job\" => enabled\n}\n", 0);
	mac_after(mac, "disable");
	mac_answer(mac, "print-disabled",
	    "disabled services = {\n\t\"com.example.job\" => disabled\n}\n", 0);
	assert_status(mac, mac_install(mac, "", MAC_WORKER), 1);
	assert_has(mac->err, "exited with 122 (Path had bad ownership/permissions)");
	assert_has_not(mac->err, "the label is disabled");
	assert_int_equal(mac_count(mac, "enable"), 1);
	assert_int_equal(mac_count(mac, "disable"), 1);
}

/* There is no receipt to repair after it was rolled back. */
static void
cause_that_fails_a_first_install_is_not_for_repair_to_fix(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	mac_refuse(mac, "bootstrap", 5);
	mac_after(mac, "bootstrap");
	mac_answer(mac, "print-disabled",
	    "disabled services = {\n\t\"com.example.job\" => disabled\n}\n", 0);
	assert_status(mac, mac_install(mac, "--timeout " SOON, MAC_WORKER), 1);
	assert_only_lock_was_made(mac, paths);
	assert_has(mac->err, "the label is disabled");
	assert_has(mac->err, "fix this, then run the same command again");
	assert_has_not(mac->err, "lnpctl repair");
}

static void
enable_that_exits_0_and_does_nothing_leaves_the_old_job_alone(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print-disabled",
	    "disabled services = {\n\t\"com.example.job\" => disabled\n}\n", 0);
	assert_status(mac, mac_install(mac, "", MAC_WORKER), 1);
	assert_has(mac->err, "cannot enable 'system/com.example.job': launchctl reported "
	    "success, but nothing changed");
	assert_int_equal(mac_count(mac, "bootout"), 0);
	assert_int_equal(mac_count(mac, "bootstrap"), 0);
}

static void
job_that_another_process_loads_meanwhile_is_not_booted_out(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	mac_refuse(mac, "bootstrap", 17);
	mac_after(mac, "bootstrap");
	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tpath = /Library/LaunchDaemons/other.plist\n\tstate = "
	    "running\n}\n", 0);
	mac_after(mac, NULL);
	assert_status(mac, mac_install(mac, "--timeout " SOON, MAC_WORKER), 1);
	assert_has(mac->err, "a job with this label is already loaded");
	assert_int_equal(mac_count(mac, "bootout"), 0);
	assert_only_lock_was_made(mac, paths);
}

static void
unchanged_but_unhealthy_job_is_reported_with_1_and_not_touched(void **state)
{
	struct mac *mac = *state;
	const char *before;

	install_scripted(mac);
	mac_answer_job(mac, "running", 99999999);
	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_WORKER), 0);
	mac_forget_calls(mac);
	before = mac_tree(mac);
	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tpath = " PLIST "\n\tstate = spawn scheduled\n\n"
	    "\tprogram = " MAC_WORKER "\n"
	    "\truns = 3\n\tlast exit code = 1\n}\n",
	    0);
	assert_refused(mac, before, mac_install(mac, "--settle 0.05", MAC_WORKER), 1);
	assert_has(mac->err, "'com.example.job' is installed, but unhealthy");
}

/* Add lines about the job to launchd's own log, as of so many seconds ago. */
static void
append_launchd_log(struct mac *mac, int lines, int seconds, const char *words)
{
	char line[200];
	time_t now = time(NULL) - seconds;
	struct tm fields;

	while (localtime_r(&now, &fields) != NULL && lines-- > 0) {
		strftime(line, sizeof line, "%Y-%m-%d %H:%M:%S.000001 (system/com.example.job [7]) "
		    "<Notice>: ", &fields);
		mac_append(mac, LAUNCHD_LOG, line);
		mac_append(mac, LAUNCHD_LOG, words);
	}
}

#define CRASH	"exited due to exit(1), ran for 45ms\n"

static void
crash_loop_is_counted_from_launchds_own_log(void **state)
{
	struct mac *mac = *state;

	install_scripted(mac);
	mac_answer_job(mac, "running", 99999999);
	assert_status(mac, mac_install(mac, "--settle 0 --max-starts 2", MAC_WORKER), 0);
	assert_has(mac_read(mac, RECEIPT), "<key>MaxStarts</key>\n\t<integer>2</integer>");
	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tpath = " PLIST "\n\tstate = running\n\n"
	    "\tprogram = " MAC_WORKER "\n\truns = 4\n\tpid = 99999999\n"
	    "\tlast exit code = 1\n}\n",
	    0);
	mac_command(mac, "verify --settle 0 --json");
	assert_has_not(mac->out, "launchd's log");
	mac_write(mac, LAUNCHD_LOG, "");
	append_launchd_log(mac, 9, 100, CRASH);	/* before it was installed */
	append_launchd_log(mac, 2, 0, CRASH);
	mac_command(mac, "verify --settle 0 --json");
	assert_has_not(mac->out, "launchd's log");
	append_launchd_log(mac, 1, 0, CRASH);
	assert_status(mac, mac_command(mac, "verify --settle 0 --json"), 1);
	assert_string_equal(mac_check(mac, "stable"), "fail");
	assert_has(mac->out, "a crash loop: 3 of its starts in the last ");
	assert_has(mac->out, "followed an abnormal exit (counted from launchd's log); more than 2");
	assert_status(mac, mac_command(mac, "status com.example.job"), 0);
	assert_has(mac->out, "  runs       4, 3 of them after an abnormal exit in the last hour\n");
	assert_status(mac, mac_command(mac, "status --json com.example.job"), 0);
	assert_string_equal(mac_json(mac, "abnormal_starts"), "3");
	assert_string_equal(mac_json(mac, "throttled_until"), "null");
	assert_string_equal(mac_json(mac, "plist_present"), "true");
	append_launchd_log(mac, 1, 0, "Service only ran for 0 seconds. Pushing respawn out by 9999 "
	    "seconds.\n");
	assert_status(mac, mac_command(mac, "status --json com.example.job"), 0);
	assert_string_equal(mac_json(mac, "throttled_until"), "null");	/* it has a process */
	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tpath = " PLIST "\n\tstate = spawn scheduled\n\n"
	    "\truns = 4\n\tlast exit code = 1\n}\n",
	    0);
	assert_status(mac, mac_command(mac, "status --json com.example.job"), 0);
	assert_has(mac_json(mac, "throttled_until"), "T");
	assert_status(mac, mac_command(mac, "status com.example.job"), 0);
	assert_has(mac->out, "  throttled  until 2");
}

static void
status_names_what_keeps_a_job_from_starting(void **state)
{
	struct mac *mac = *state;

	install_scripted(mac);
	mac_answer_job(mac, "running", 99999999);
	assert_status(mac, mac_install(mac, "--settle 0", MAC_WORKER), 0);
	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tpath = " PLIST "\n\tstate = not running\n"
	    "\truns = 1\n\tlast exit reason = OS_REASON_DYLD\n"
	    "\tproperties = keepalive | penalty box\n}\n",
	    0);
	mac_remove(mac, PLIST);
	assert_status(mac, mac_command(mac, "status com.example.job"), 0);
	assert_has(mac->out, "a library that the program needs is missing or was refused "
	    "(OS_REASON_DYLD); list with otool -L");
	assert_has(mac->out, "  launchd    penalty box: it does not start the job until it is "
	    "loaded again; what fixes it: lnpctl verify com.example.job\n");
	assert_has(mac->out, "  plist      " PLIST " (missing)\n");
	assert_status(mac, mac_command(mac, "status --json com.example.job"), 0);
	assert_string_equal(mac_json(mac, "plist_present"), "false");
	assert_string_equal(mac_json(mac, "abnormal_starts"), "0");
	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tpath = " PLIST "\n\tstate = not running\n"
	    "\tproperties = needs LWCR update | managed LWCR\n\tjob state = spawn failed\n}\n",
	    0);
	assert_status(mac, mac_command(mac, "status com.example.job"), 0);
	assert_has(mac->out, "needs LWCR update: it does not start the program that was replaced; "
	    "what fixes it: lnpctl verify com.example.job\n");
}

static void
verify_that_cannot_ask_launchd_is_2_and_changes_nothing(void **state)
{
	struct mac *mac = *state;
	const char *before;

	install_scripted(mac);
	mac_answer_job(mac, "running", 99999999);
	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_WORKER), 0);
	before = mac_tree(mac);
	for (enum trouble trouble = DIES; trouble < TROUBLES; trouble++) {
		make_trouble(mac, "print", trouble);
		assert_status(mac, mac_command(mac, "verify --json"), 2);
		assert_string_equal(mac_check(mac, "loaded"), "unknown");
		assert_status(mac, mac_command(mac, "verify"), 2);
		assert_int_equal(strncmp(mac->out, "com.example.job: unknown\n", 25), 0);
	}
	mac_lose_launchctl(mac);
	assert_status(mac, mac_command(mac, "verify"), 2);
	assert_same_tree(mac, before);
}

static void
closed_output_does_not_stop_a_change(void **state)
{
	struct mac *mac = *state;
	const char *install[] = { "lnpctl", "install", "--root", mac->root, "--launchctl",
	    mac->launchctl, "--settle",
		"0", "--label", "com.example.job", "--user", "worker", "--", MAC_WORKER, NULL };
	const char *status[] = { "lnpctl", "status", "--root", mac->root, "--launchctl",
	    mac->launchctl,
		"com.example.job", NULL };
	int ends[2];
	FILE *closed, *drop = fopen("/dev/null", "w");

	mac_after(mac, "bootstrap");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, NULL);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	closed = fdopen(ends[1], "w");
	assert_non_null(closed);
	assert_non_null(drop);
	signal(SIGPIPE, SIG_IGN);	/* as main() does */
	assert_int_equal(command_main(14, mac_argv(install), closed, drop, NULL), 0);
	assert_true(mac_exists(mac, RECEIPT));
	clearerr(closed);
	assert_int_equal(command_main(7, mac_argv(status), closed, drop, NULL), 71);
	signal(SIGPIPE, SIG_DFL);
	fclose(closed);
	fclose(drop);
}

static void
quiet_prints_nothing_on_success(void **state)
{
	struct mac *mac = *state;

	mac_after(mac, "bootstrap");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, NULL);
	assert_status(mac, mac_install(mac, "--quiet --settle 0", MAC_WORKER), 0);
	assert_string_equal(mac->out, "");
	assert_string_equal(mac->err, "");
	assert_status(mac, mac_install(mac, "--quiet --settle 0", MAC_WORKER), 0);
	assert_string_equal(mac->out, "");
	assert_string_equal(mac->err, "");
}

static void
verbose_shows_each_program_that_is_run(void **state)
{
	struct mac *mac = *state;
	char line[512];

	assert_status(mac, mac_command(mac, "status --verbose com.example.job"), 1);
	snprintf(line, sizeof line, "run: %s print system/com.example.job\nrun: %s print-disabled "
	    "system\n", mac->launchctl, mac->launchctl);
	assert_has(mac->err, line);
}

static void
state_directory_that_others_can_change_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	tree_with_lock(mac);
	mac_set_mode(mac, STATE, 0777);
	before = mac_tree(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 73);
}

static void
job_that_is_gone_already_is_uninstalled(void **state)
{
	struct mac *mac = *state;

	install_scripted(mac);
	mac_refuse(mac, "print", 113);
	mac_remove(mac, PLIST);
	mac_remove(mac, LOG);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_int_equal(mac_count(mac, "bootout"), 0);
	assert_false(mac_exists(mac, RECEIPT));
	assert_false(mac_exists(mac, ERRORS));
}

static void
plist_that_became_a_link_is_left_by_uninstall(void **state)
{
	struct mac *mac = *state;

	install_scripted(mac);
	mac_after(mac, "bootout");
	mac_refuse(mac, "print", 113);
	mac_after(mac, NULL);
	mac_remove(mac, PLIST);
	assert_int_equal(symlink("/private/etc/passwd", mac_path(mac, PLIST)), 0);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_has(mac->out, "left " PLIST);
	assert_true(mac_exists(mac, PLIST));
}

static void
log_that_became_a_link_is_left_by_uninstall(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, "/private/etc/passwd", "root\n");
	install_scripted(mac);
	mac_after(mac, "bootout");
	mac_refuse(mac, "print", 113);
	mac_after(mac, NULL);
	mac_remove(mac, LOG);
	assert_int_equal(symlink("/private/etc/passwd", mac_path(mac, LOG)), 0);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_has(mac->out, "left /var/log/com.example.job.log");
	assert_string_equal(mac_read(mac, "/private/etc/passwd"), "root\n");
}

static void
damaged_receipt_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	install_scripted(mac);
	mac_write(mac, RECEIPT, "<plist version=\"1.0\"><dict/></plist>\n");
	before = mac_tree(mac);
	assert_refused(mac, before, mac_install(mac, "", MAC_WORKER), 65);
	assert_refused(mac, before, mac_command(mac, "uninstall com.example.job"), 65);
	assert_status(mac, mac_command(mac, "verify --json com.example.job"), 1);
	assert_string_equal(mac_check(mac, "receipt"), "fail");
}

static void
receipt_that_others_can_change_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before;

	install_scripted(mac);
	mac_set_mode(mac, RECEIPT, 0666);
	before = mac_tree(mac);
	assert_refused(mac, before, mac_command(mac, "uninstall --delete-logs com.example.job"),
	    65);
}

static void
receipt_of_an_interrupted_change_is_unknown_and_finished_by_install(void **state)
{
	struct mac *mac = *state;
	static const char installed[] = "<string>installed<";
	const char *receipt, *at;
	char text[8192];

	install_scripted(mac);
	receipt = mac_read(mac, RECEIPT);
	at = strstr(receipt, installed);
	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s<string>changing<%s", (int)(at - receipt), receipt,
	    at + strlen(installed));
	mac_write(mac, RECEIPT, text);
	mac_command(mac, "verify --json com.example.job");
	assert_string_equal(mac_check(mac, "receipt"), "unknown");
	/* There is nothing to undo to: it is of an uninstall, which repair must not reverse. */
	mac_remove(mac, PLIST);
	assert_status(mac, mac_command(mac, "verify com.example.job"), 2);
	assert_has(mac->out, "fix: sudo lnpctl uninstall com.example.job\n");
	assert_has_not(mac->out, "lnpctl repair");
	assert_has_not(mac->err, "lnpctl repair");
	assert_status(mac, mac_command(mac, "repair com.example.job"), 65);
	assert_has(mac->err, "hint: to finish it: sudo lnpctl uninstall com.example.job");
	assert_status(mac, mac_command(mac, "restart com.example.job"), 65);
	assert_false(mac_exists(mac, PLIST));
	mac_after(mac, "bootout");
	mac_refuse(mac, "print", 113);
	mac_after(mac, "bootstrap");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, NULL);
	assert_status(mac, mac_install(mac, "--settle 0", MAC_WORKER), 0);
	assert_has(mac_read(mac, RECEIPT), "<string>installed</string>");
}

static void
nothing_installed_is_1(void **state)
{
	struct mac *mac = *state;
	const char *before = mac_tree(mac);

	assert_status(mac, mac_command(mac, "verify"), 1);
	assert_status(mac, mac_command(mac, "status"), 1);
	assert_status(mac, mac_command(mac, "verify com.example.job"), 1);
	assert_same_tree(mac, before);
}

static void
image_without_launchctl_is_installed_offline(void **state)
{
	struct mac *mac = *state;

	mac->launchctl[0] = '\0';
	assert_status(mac, mac_install(mac, "", MAC_WORKER), 0);
	assert_string_equal(mac_calls(mac), "");
	assert_true(mac_exists(mac, PLIST));
	assert_status(mac, mac_command(mac, "verify --json"), 0);
	assert_string_equal(mac_check(mac, "loaded"), "skip");
	assert_status(mac, mac_install(mac, "", MAC_WORKER), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_false(mac_exists(mac, PLIST));
	assert_false(mac_exists(mac, LOG));
}

static void
unchanged_install_asks_each_question_once(void **state)
{
	struct mac *mac = *state;

	install_scripted(mac);
	mac_forget_calls(mac);
	assert_status(mac, mac_install(mac, "--settle 0", MAC_WORKER), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_asked_once(mac);
}

/* ---- with the embedded launchd ---- */

static const char *
owner(struct mac *mac, bool worker, const char *mode)
{
	static char text[64];

	snprintf(text, sizeof text, "%ju:%ju %s", (uintmax_t)(worker ? mac->worker_uid : geteuid()),
	    (uintmax_t)(worker ? mac->worker_gid : getegid()), mode);
	return text;
}

static bool
is_alive(pid_t pid)
{
	return kill(pid, 0) == 0 || errno == EPERM;
}

static void
fresh_install_makes_the_job_of_the_checklist(void **state)
{
	static const char *const lines[] = {
		"<key>Label</key>\n\t<string>com.example.agentworker</string>",
		"<string>/usr/local/bin/agentworker</string>\n\t\t<string>--report</string>\n",
		"<key>UserName</key>\n\t<string>worker</string>",
		"<key>GroupName</key>\n\t<string>staff</string>",
		"<key>EnvironmentVariables</key>\n\t<dict>\n",
		"<key>HOME</key>\n\t\t<string>/Users/worker</string>",
		"<key>PATH</key>\n\t\t<string>/usr/local/bin:/usr/bin:/bin</string>",
		"<key>StandardOutPath</key>\n\t<string>/var/log/agentworker.log</string>",
		"<key>StandardErrorPath</key>\n\t<string>/var/log/agentworker.err</string>",
		"<key>RunAtLoad</key>\n\t<true/>",
		"<key>KeepAlive</key>\n\t<true/>",
	};
	struct mac *mac = *state;
	const char *plist, *log;
	char line[64];

	assert_status(mac,
	    mac_command(mac,
		"install --label com.example.agentworker --user worker --group staff --settle 0.05 "
		"--env PATH=/usr/local/bin:/usr/bin:/bin --stdout /var/log/agentworker.log "
		"--stderr /var/log/agentworker.err -- " MAC_QUIET),
	    0);
	plist = mac_read(mac, "/Library/LaunchDaemons/com.example.agentworker.plist");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_has(plist, lines[i]);
	assert_string_equal(mac_owner(mac, "/Library/LaunchDaemons/com.example.agentworker.plist"),
	    owner(mac, false, "0644"));
	assert_string_equal(mac_owner(mac, STATE "/com.example.agentworker.plist"),
	    owner(mac, false, "0644"));
	assert_string_equal(mac_owner(mac, LOCK), owner(mac, false, "0600"));
	assert_string_equal(mac_owner(mac, "/var/log/agentworker.log"), owner(mac, true, "0640"));
	assert_string_equal(mac_owner(mac, "/var/log/agentworker.err"), owner(mac, true, "0640"));
	assert_has(mac_read(mac, STATE "/com.example.agentworker.plist"),
	    "<string>installed</string>");
	assert_true(mac_wait_for(mac, "/var/log/agentworker.log", "end of report\n"));
	log = mac_read(mac, "/var/log/agentworker.log");
	snprintf(line, sizeof line, "\nuid %ju\neuid %ju\ngid %ju\n", (uintmax_t)mac->worker_uid,
	    (uintmax_t)mac->worker_uid, (uintmax_t)mac->worker_gid);
	assert_has(log, line);
	assert_has(log, "descriptors 0 1 2\n");
	assert_has(log, "env HOME=/Users/worker\n");
	assert_has(log, "env PATH=/usr/local/bin:/usr/bin:/bin\n");
	assert_has(mac->out, "wrote /Library/LaunchDaemons/com.example.agentworker.plist\n");
	assert_string_equal(mac->err, "");
}

static void
second_install_changes_nothing(void **state)
{
	struct mac *mac = *state;
	const char *before;
	pid_t pid;

	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	before = mac_tree(mac);
	pid = mac_pid(mac);
	mac_forget_calls(mac);
	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_same_tree(mac, before);
	assert_int_equal(mac_pid(mac), pid);
	for (const char *call = mac_calls(mac); *call != '\0'; call = strchr(call, '\n') + 1)
		assert_true(strncmp(call, "print system/com.example.job\n", 29) == 0 ||
		    strncmp(call, "print-disabled system\n", 22) == 0);
	assert_status(mac, mac_install(mac, "--settle 0.05 --json", MAC_QUIET), 0);
	assert_string_equal(mac_json(mac, "changed"), "false");
}

static void
changed_flag_boots_out_and_bootstraps_once(void **state)
{
	struct mac *mac = *state;
	pid_t pid;

	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	pid = mac_pid(mac);
	mac_forget_calls(mac);
	assert_status(mac, mac_install(mac, "--settle 0.05 --env LANG=C", MAC_QUIET), 0);
	assert_int_equal(mac_count(mac, "bootout"), 1);
	assert_int_equal(mac_count(mac, "bootstrap"), 1);
	assert_int_equal(mac_count(mac, "kickstart") + mac_count(mac, "enable") + mac_count(mac,
	    "disable"), 0);
	assert_int_not_equal(mac_pid(mac), pid);
	assert_int_not_equal(mac_pid(mac), 0);
	assert_false(is_alive(pid));
	assert_has(mac_read(mac, PLIST), "<key>LANG</key>");
	assert_false(mac_exists(mac, STATE "/com.example.job.old"));
	assert_status(mac, mac_command(mac, "verify"), 0);
}

static void
changed_flag_that_does_not_work_brings_the_old_job_back(void **state)
{
	struct mac *mac = *state;
	const char *plist, *receipt;

	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	plist = mac_read(mac, PLIST);
	receipt = mac_read(mac, RECEIPT);
	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_WORKER " --exit 1"), 1);
	assert_string_equal(mac_read(mac, PLIST), plist);
	assert_string_equal(mac_read(mac, RECEIPT), receipt);
	assert_status(mac, mac_command(mac, "verify"), 0);
}

static void
replaced_program_is_restarted_by_the_same_install(void **state)
{
	static const struct timespec times[2] =
	    { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct mac *mac = *state;
	pid_t pid;

	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	pid = mac_pid(mac);
	assert_int_equal(rename(mac_path(mac, MAC_WORKER), mac_path(mac, "/usr/local/bin/old")), 0);
	assert_int_equal(link(mac_path(mac, "/usr/local/bin/old"), mac_path(mac, MAC_WORKER)), 0);
	assert_int_equal(unlink(mac_path(mac, "/usr/local/bin/old")), 0);
	mac_set_mode(mac, MAC_WORKER, 0555);
	/* the same file with another ctime */
	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_int_equal(mac_pid(mac), pid);
	assert_int_equal(utimensat(AT_FDCWD, mac_path(mac, MAC_WORKER), times, 0), 0);
	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_int_equal(mac_pid(mac), pid);
	mac_renew(mac, MAC_WORKER);
	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_int_not_equal(mac_pid(mac), pid);
	assert_status(mac, mac_command(mac, "verify"), 0);
}

/* ---- verify ---- */

static void
healthy_job_is_ok_twice_with_the_same_output(void **state)
{
	struct mac *mac = *state;
	const char *before, *first;

	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	before = mac_tree(mac);
	mac_forget_calls(mac);
	assert_status(mac, mac_command(mac, "verify"), 0);
	first = mac->out;
	assert_string_equal(first, "com.example.job: ok\n");
	assert_status(mac, mac_command(mac, "verify"), 0);
	assert_string_equal(mac->out, first);
	assert_status(mac, mac_command(mac, "verify --verbose com.example.job"), 0);
	first = mac->out;
	assert_status(mac, mac_command(mac, "verify --verbose com.example.job"), 0);
	assert_string_equal(mac->out, first);
	assert_status(mac, mac_command(mac, "verify --json"), 0);
	assert_has_not(mac->out, "\"result\":\"fail\"");
	assert_has_not(mac->out, "\"result\":\"warn\"");
	assert_string_equal(mac_check(mac, "identity"), "pass");
	assert_string_equal(mac_check(mac, "stable"), "pass");
	assert_same_tree(mac, before);
}

static void
each_damage_is_found_by_its_check_and_fixed_by_the_same_install(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	for (size_t i = 0; i < damage_count; i++) {
		const char *result;

		if (!damages[i].make(mac))
			continue;
		assert_status(mac, mac_command(mac, "verify --json"), damages[i].status);
		result = mac_check(mac, damages[i].check);
		if (result == NULL || strcmp(result, damages[i].result) != 0)
			fail_msg("damage %zu: %s is %s in %s", i, damages[i].check, result,
			    mac->out);
		assert_status(mac, mac_command(mac, "verify"), damages[i].status);
		assert_has(mac->out, damages[i].check);
		assert_has(mac->out, "fix: ");
		if (mac_install(mac, "--settle 0.02", MAC_QUIET) != 0)
			fail_msg("damage %zu: the same install says %s", i, mac->err);
		if (mac_command(mac, "verify --json --settle 0.02") != 0 ||
		    strstr(mac->out, "\"result\":\"warn\"") != NULL)
			fail_msg("damage %zu is still there: %s", i, mac->out);
	}
}

static bool
quarantine_program(struct mac *mac)
{
	return mac_quarantine(mac, MAC_WORKER);
}

static bool
open_folder_of_plists(struct mac *mac)
{
	mac_set_mode(mac, "/Library/LaunchDaemons", 0775);
	mac_set_owner(mac, "/Library/LaunchDaemons", (uid_t)-1, mac->as_root ? 20 : getegid());
	return mac->as_root;
}

static void
damage_that_install_does_not_fix_is_found_too(void **state)
{
	static const struct damage others[] = {
		{ "program-quarantine", "fail", 1, quarantine_program },
		{ "plist-file", "fail", 1, open_folder_of_plists },
	};
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!others[i].make(mac))
			continue;
		assert_status(mac, mac_command(mac, "verify --json"), others[i].status);
		assert_string_equal(mac_check(mac, others[i].check), others[i].result);
	}
}

static void
job_of_another_definition_is_found(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(mac_launchctl(mac, "bootout system/com.example.job"), 0);
	while (mac_launchctl(mac, "print system/com.example.job") != 113)
		continue;
	write_other_job(mac, "/Users/worker/other.plist", "com.example.job", "/var/log/other.log");
	mac_set_owner(mac, "/Users/worker/other.plist", geteuid(), getegid());
	assert_int_equal(mac_launchctl(mac, "bootstrap system /Users/worker/other.plist"), 0);
	assert_status(mac, mac_command(mac, "verify --json"), 1);
	assert_string_equal(mac_check(mac, "definition"), "fail");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 65);
}

static void
verify_without_a_label_checks_every_installed_job(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac,
	    "install --label com.example.second --user worker --settle 0.02 -- " MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	assert_string_equal(mac->out, "com.example.job: ok\ncom.example.second: ok\n");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	assert_string_equal(mac->out, "com.example.second: ok\n");
	assert_status(mac, mac_command(mac, "verify com.example.second com.example.job"), 1);
}

/* ---- uninstall ---- */

static void
uninstall_keeps_the_logs(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);
	pid_t pid;

	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	pid = mac_pid(mac);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_string_equal(mac_difference(mac, paths, mac_paths(mac)),
	    "+" STATE "\n+" LOCK "\n+" ERRORS "\n+" LOG "\n");
	assert_has(mac_read(mac, LOG), "heartbeat");
	assert_has(mac->out, "left /var/log/com.example.job.log");
	assert_false(is_alive(pid));
	assert_int_equal(mac_launchctl(mac, "print system/com.example.job"), 113);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 1);
}

static void
uninstall_that_deletes_logs_leaves_only_the_lock(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	assert_status(mac, mac_install(mac, "--settle 0.02 --log-dir /private/var/log/a/b",
	    MAC_QUIET), 0);
	assert_true(mac_wait_for(mac, "/private/var/log/a/b/com.example.job.log", "heartbeat"));
	assert_string_equal(mac_owner(mac, "/private/var/log/a"), owner(mac, false, "0755"));
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_only_lock_was_made(mac, paths);
}

static void
uninstall_reports_a_directory_that_holds_other_files(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02 --log-dir /private/var/log/a/b",
	    MAC_QUIET), 0);
	mac_write(mac, "/private/var/log/a/other", "somebody's\n");
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_has(mac->out, "removed /private/var/log/a/b\n");
	assert_has(mac->out, "left /private/var/log/a: it has content\n");
	assert_true(mac_exists(mac, "/private/var/log/a/other"));
}

static void
uninstall_leaves_logs_that_were_there_before(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, LOG, "older\n");
	mac_set_owner(mac, LOG, mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_int_equal(strncmp(mac_read(mac, LOG), "older\n", 6), 0);
	assert_false(mac_exists(mac, ERRORS));
}

static void
second_install_after_a_disable_enables_and_reports_it(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(mac_launchctl(mac, "disable system/com.example.job"), 0);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_has(mac->out, "enabled system/com.example.job\n");
	assert_int_not_equal(mac_pid(mac), 0);
}

static void
uninstall_of_all_leaves_none(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac,
	    "install --label com.example.second --user worker --settle 0.02 -- " MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "uninstall --all com.example.job"), 64);
	assert_status(mac, mac_command(mac, "uninstall --all --delete-logs"), 0);
	assert_only_lock_was_made(mac, paths);
	assert_int_equal(mac_launchctl(mac, "print system/com.example.job"), 113);
	assert_int_equal(mac_launchctl(mac, "print system/com.example.second"), 113);
}

/* ---- jobs that do not work ---- */

static void
job_that_fails_is_rolled_back(void **state)
{
	static const char *const programs[] = { MAC_WORKER " --exit 1", MAC_WORKER " --exit 0",
		MAC_WORKER " --nonsense" };
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		assert_status(mac, mac_install(mac, "--settle 1", programs[i]), 1);
		assert_has(mac->err, "lnpctl: the job 'com.example.job' is not healthy");
		assert_int_equal(mac_launchctl(mac, "print system/com.example.job"), 113);
		/* A log that explains the failure stays. */
		if (mac_exists(mac, ERRORS)) {
			assert_string_not_equal(mac_read(mac, ERRORS), "");
			mac_remove(mac, ERRORS);
		}
		assert_only_lock_was_made(mac, paths);
	}
}

static void
job_that_may_exit_is_healthy_without_keep_alive(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--keep-alive false --settle 0.05",
	    MAC_WORKER " --exit 0"), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_status(mac, mac_install(mac, "--keep-alive false --settle 0.05",
	    MAC_WORKER " --exit 3"), 1);
}

static void
directory_that_only_root_can_enter_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *paths;

	if (!mac->as_root)
		skip();
	mac_make_folder(mac, "/private/var/closed");
	mac_set_mode(mac, "/private/var/closed", 0700);
	paths = mac_paths(mac);
	assert_status(mac, mac_install(mac, "--settle 0.05 --working-directory /private/var/closed",
	    MAC_QUIET), 73);
	assert_has(mac->err, "cannot enter the working directory '/private/var/closed'");
	assert_only_lock_was_made(mac, paths);
}

static void
log_in_a_directory_that_only_root_can_enter_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *paths;

	if (!mac->as_root)
		skip();
	mac_make_folder(mac, "/private/var/closed");
	mac_set_mode(mac, "/private/var/closed", 0700);
	paths = mac_paths(mac);
	assert_status(mac, mac_install(mac, "--settle 0.05 --log-dir /private/var/closed",
	    MAC_QUIET), 73);
	assert_has(mac->err, "cannot start: worker cannot write the log /private/var/closed/");
	assert_status(mac, mac_install(mac, "--settle 0.05 --log-dir /private/var/closed/new",
	    MAC_QUIET), 73);
	assert_only_lock_was_made(mac, paths);
}

static void
stubborn_job_is_waited_for(void **state)
{
	struct mac *mac = *state;
	pid_t pid;

	assert_status(mac, mac_install(mac, "--settle 0.05",
	    MAC_WORKER " --stubborn --interval 100000"), 0);
	pid = mac_pid(mac);
	assert_int_not_equal(pid, 0);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_false(is_alive(pid));
	assert_int_equal(mac_count(mac, "bootout"), 1);
}

static void
job_disabled_in_login_items_is_rolled_back_with_advice(void **state)
{
	struct mac *mac = *state;
	const char *paths = mac_paths(mac);

	assert_int_equal(mac_launchctl(mac, "fault denied com.example.job"), 0);
	assert_status(mac, mac_install(mac, "--timeout " SOON, MAC_QUIET), 1);
	assert_has(mac->err, "Login Items");
	assert_only_lock_was_made(mac, paths);
}

static void
bootstrap_that_answers_5_is_tried_again_and_print_decides(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(mac_launchctl(mac, "fault bootstrap_eio 2"), 0);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(mac_count(mac, "bootstrap"), 3);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	mac_forget_calls(mac);
	assert_int_equal(mac_launchctl(mac, "fault bootstrap_eio_loads 1"), 0);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(mac_count(mac, "bootstrap"), 1);
}

static void
print_decides_after_a_launchctl_that_died(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(mac_launchctl(mac, "fault killed_after bootstrap@1"), 0);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(mac_launchctl(mac, "fault hang_after bootout@1"), 0);
	assert_status(mac, mac_command(mac,
	    "uninstall --timeout " SOON " --delete-logs com.example.job"), 0);
	assert_false(mac_exists(mac, PLIST));
}

static void
job_that_is_not_loaded_now_is_loaded_at_the_next_boot(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--no-load --settle 0.05", MAC_QUIET), 0);
	assert_int_equal(mac_count(mac, "bootstrap"), 0);
	assert_status(mac, mac_command(mac, "verify --json"), 1);
	assert_string_equal(mac_check(mac, "loaded"), "fail");
	assert_int_equal(mac_launchctl(mac, "reboot"), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	assert_status(mac, mac_command(mac, "verify"), 0);
}

static void
arguments_reach_the_job_as_they_were_given(void **state)
{
	static const char script[] = "#!/bin/sh\nfor word; do printf '<%s>\\n' \"$word\"; "
	    "done\nexec sleep 1000\n";
	const char *words[] = { "install", "--label", "com.example.job", "--user", "worker",
	    "--settle", "0", "--env",
		"TEXT=A & B <x> \"'\\;$HOME", "--", "/usr/local/bin/show", "A & B <x>", "\"'\\",
		    ";", "$HOME",
		"\xc3\xa4\xe2\x82\xac\xf0\x9f\x8d\x8e", "", "--label", "state = running", NULL };
	struct mac *mac = *state;

	mac_write(mac, "/usr/local/bin/show", script);
	mac_set_mode(mac, "/usr/local/bin/show", 0755);
	assert_status(mac, mac_words(mac, words), 0);
	assert_true(mac_wait_for(mac, LOG, "<state = running>\n"));
	assert_string_equal(mac_read(mac, LOG),
	    "<A & B <x>>\n<\"'\\>\n<;>\n<$HOME>\n<\xc3\xa4\xe2\x82\xac\xf0\x9f\x8d\x8e>\n<>\n"
	    "<--label>\n"
	    "<state = running>\n");
}

static void
status_shows_the_running_job_and_its_logs(void **state)
{
	struct mac *mac = *state;
	char number[32];

	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_true(mac_wait_for(mac, LOG, "heartbeat"));
	assert_status(mac, mac_command(mac, "status --json"), 0);
	snprintf(number, sizeof number, "%ld", (long)mac_pid(mac));
	assert_string_equal(mac_json(mac, "state"), "\"running\"");
	assert_string_equal(mac_json(mac, "pid"), number);
	assert_string_equal(mac_json(mac, "runs"), "1");
	assert_string_equal(mac_json(mac, "kind"), "\"never\"");
	assert_string_equal(mac_json(mac, "disabled"), "false");
	assert_string_equal(mac_json(mac, "program"), "\"" MAC_WORKER "\"");
	assert_string_equal(mac_json(mac, "username"), "\"worker\"");
	snprintf(number, sizeof number, "%ju", (uintmax_t)mac->worker_uid);
	assert_string_equal(mac_json(mac, "uid"), number);
	assert_has(mac->out, "\"logs\":[{\"path\":\"/var/log/com.example.job.log\",\"size\":");
	assert_status(mac, mac_command(mac, "status"), 0);
	assert_has(mac->out, "com.example.job: running\n");
	assert_has(mac->out, "  log        /var/log/com.example.job.err (0 bytes, last write ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRIPTED(missing_command_label_user_or_program_is_a_usage_error),
		SCRIPTED(mistyped_command_and_option_get_a_did_you_mean),
		SCRIPTED(every_command_has_a_help_and_a_json_answer),
		cmocka_unit_test(launchctl_can_be_chosen_only_with_root),
		cmocka_unit_test(changing_the_real_machine_needs_root),
		cmocka_unit_test(looking_at_the_real_machine_needs_no_root),
		SCRIPTED(unsafe_label_is_refused),
		SCRIPTED(text_that_a_plist_or_a_line_cannot_hold_is_refused),
		SCRIPTED(program_that_launchd_would_not_find_is_refused),
		SCRIPTED(program_that_the_user_cannot_execute_is_refused),
		SCRIPTED(root_job_refuses_a_program_that_others_can_replace),
		SCRIPTED(program_executable_by_the_jobs_group_is_accepted),
		SCRIPTED(unknown_account_or_group_is_67),
		SCRIPTED(plist_that_lnpctl_did_not_install_is_refused),
		SCRIPTED(label_is_searched_in_every_plist_ignoring_case),
		SCRIPTED(log_of_another_daemon_is_found_by_any_path),
		EMBEDDED(label_that_differs_in_case_is_refused_where_the_volume_ignores_case),
		SCRIPTED(job_that_lnpctl_did_not_install_is_refused),
		SCRIPTED(log_of_another_job_is_refused),
		SCRIPTED(log_that_is_a_link_a_directory_a_pipe_or_hard_linked_is_refused),
		SCRIPTED(log_with_content_of_another_account_is_refused),
		SCRIPTED(log_in_a_world_writable_directory_is_refused),
		EMBEDDED(missing_log_directory_below_a_home_is_made_as_its_account),
		SCRIPTED(missing_working_directory_is_refused),
		SCRIPTED(held_lock_is_75),
		SCRIPTED(lock_file_that_others_could_hold_is_refused),
		SCRIPTED(plist_directory_that_others_can_change_is_refused),
		SCRIPTED(signal_before_the_first_change_changes_nothing),
		SCRIPTED(failing_launchctl_before_any_change_is_69),
		SCRIPTED(failing_launchctl_before_an_uninstall_is_69),
		SCRIPTED(install_that_fails_at_bootstrap_leaves_nothing_but_the_lock),
		SCRIPTED(launchctl_that_hangs_or_dies_at_bootstrap_is_rolled_back),
		SCRIPTED(bootstrap_that_reports_success_and_loads_nothing_is_rolled_back),
		SCRIPTED(launchctl_that_stops_answering_after_bootstrap_is_74),
		SCRIPTED(output_of_bootstrap_is_limited),
		SCRIPTED(bootout_that_does_not_end_the_job_leaves_it_installed),
		SCRIPTED(bootstrap_is_for_the_system_domain_and_by_full_path),
		SCRIPTED(dry_run_changes_nothing),
		SCRIPTED(values_of_variables_are_never_printed),
		SCRIPTED(json_of_a_refusal_is_one_object_with_the_error),
		SCRIPTED(json_of_a_failed_install_says_that_it_was_rolled_back),
		SCRIPTED(signal_during_a_change_rolls_it_back),
		SCRIPTED(signal_during_an_uninstall_restores_the_job),
		SCRIPTED(refusal_after_an_enable_is_not_blamed_on_a_disabled_label),
		SCRIPTED(cause_that_fails_a_first_install_is_not_for_repair_to_fix),
		SCRIPTED(enable_that_exits_0_and_does_nothing_leaves_the_old_job_alone),
		SCRIPTED(job_that_another_process_loads_meanwhile_is_not_booted_out),
		SCRIPTED(unchanged_but_unhealthy_job_is_reported_with_1_and_not_touched),
		SCRIPTED(crash_loop_is_counted_from_launchds_own_log),
		SCRIPTED(status_names_what_keeps_a_job_from_starting),
		SCRIPTED(verify_that_cannot_ask_launchd_is_2_and_changes_nothing),
		SCRIPTED(closed_output_does_not_stop_a_change),
		SCRIPTED(quiet_prints_nothing_on_success),
		SCRIPTED(verbose_shows_each_program_that_is_run),
		SCRIPTED(state_directory_that_others_can_change_is_refused),
		SCRIPTED(job_that_is_gone_already_is_uninstalled),
		SCRIPTED(plist_that_became_a_link_is_left_by_uninstall),
		SCRIPTED(log_that_became_a_link_is_left_by_uninstall),
		SCRIPTED(damaged_receipt_is_refused),
		SCRIPTED(receipt_that_others_can_change_is_refused),
		SCRIPTED(receipt_of_an_interrupted_change_is_unknown_and_finished_by_install),
		SCRIPTED(nothing_installed_is_1),
		SCRIPTED(image_without_launchctl_is_installed_offline),
		SCRIPTED(unchanged_install_asks_each_question_once),
		EMBEDDED(fresh_install_makes_the_job_of_the_checklist),
		EMBEDDED(second_install_changes_nothing),
		EMBEDDED(changed_flag_boots_out_and_bootstraps_once),
		EMBEDDED(changed_flag_that_does_not_work_brings_the_old_job_back),
		EMBEDDED(replaced_program_is_restarted_by_the_same_install),
		EMBEDDED(healthy_job_is_ok_twice_with_the_same_output),
		EMBEDDED(each_damage_is_found_by_its_check_and_fixed_by_the_same_install),
		EMBEDDED(damage_that_install_does_not_fix_is_found_too),
		EMBEDDED(job_of_another_definition_is_found),
		EMBEDDED(verify_without_a_label_checks_every_installed_job),
		EMBEDDED(uninstall_keeps_the_logs),
		EMBEDDED(uninstall_that_deletes_logs_leaves_only_the_lock),
		EMBEDDED(uninstall_of_all_leaves_none),
		EMBEDDED(uninstall_reports_a_directory_that_holds_other_files),
		EMBEDDED(uninstall_leaves_logs_that_were_there_before),
		EMBEDDED(second_install_after_a_disable_enables_and_reports_it),
		EMBEDDED(job_that_fails_is_rolled_back),
		EMBEDDED(job_that_may_exit_is_healthy_without_keep_alive),
		EMBEDDED(directory_that_only_root_can_enter_is_refused),
		EMBEDDED(log_in_a_directory_that_only_root_can_enter_is_refused),
		EMBEDDED(stubborn_job_is_waited_for),
		EMBEDDED(job_disabled_in_login_items_is_rolled_back_with_advice),
		EMBEDDED(bootstrap_that_answers_5_is_tried_again_and_print_decides),
		EMBEDDED(print_decides_after_a_launchctl_that_died),
		EMBEDDED(job_that_is_not_loaded_now_is_loaded_at_the_next_boot),
		EMBEDDED(arguments_reach_the_job_as_they_were_given),
		EMBEDDED(status_shows_the_running_job_and_its_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
