/* lint as a command, and install with --from and --set, on an image without launchd. */
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

#include "mac.h"

#define PLIST	"/Library/LaunchDaemons/com.example.job.plist"
#define FROM	"/private/from.plist"
#define SECRET	"s3cr3t"
#define HEAD	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" " \
	"\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n" \
	"<plist version=\"1.0\">\n<dict>\n"
#define TAIL	"</dict>\n</plist>\n"
#define JOB	"<key>Label</key><string>com.example.job</string>\n" \
	"<key>ProgramArguments</key><array><string>" MAC_WORKER "</string><string>" \
	"--quiet</string></array>\n"

static int
begin(void **state)
{
	struct mac *mac = mac_new(MAC_SCRIPTED);

	mac->launchctl[0] = '\0';
	*state = mac;
	return 0;
}

static int
end(void **state)
{
	mac_free(*state);
	return 0;
}

static void
expect(struct mac *mac, int status, int expected)
{
	if (status != expected)
		fail_msg("exit status %d, not %d: %s%s", status, expected, mac->out, mac->err);
}

static void
has(struct mac *mac, const char *word)
{
	if (strstr(mac_read(mac, PLIST), word) == NULL)
		fail_msg("no %s in: %s", word, mac_read(mac, PLIST));
}

static void
lacks(struct mac *mac, const char *word)
{
	if (strstr(mac_read(mac, PLIST), word) != NULL)
		fail_msg("%s in: %s", word, mac_read(mac, PLIST));
}

/* ---- lint ---- */

static int
lint(struct mac *mac, const char *options, const char *path)
{
	char line[512];

	snprintf(line, sizeof line, "lint %s %s", options, mac_path(mac, path));
	return mac_command(mac, line);
}

static void
lint_prints_file_line_severity_rule_and_message(void **state)
{
	struct mac *mac = *state;
	char expected[512];

	mac_write(mac, FROM, HEAD JOB "<key>KeepAlive</key><string>true</string>\n" TAIL);
	expect(mac, lint(mac, "", FROM), 1);
	snprintf(expected, sizeof expected, "%s:7: error: wrong-type: KeepAlive: ",
	    mac_path(mac, FROM));
	assert_non_null(strstr(mac->out, expected));
	assert_non_null(strstr(mac->out, "\nhint: write <true/>\n"));
	assert_non_null(strstr(mac->err, "1 of 1 files has errors"));
	mac_write(mac, FROM, HEAD JOB "<key>RunAtLoad</key><true/>\n" TAIL);
	expect(mac, lint(mac, "--quiet", FROM), 0);
	assert_string_equal(mac->out, "");
}

static void
lint_continues_after_an_unreadable_file(void **state)
{
	struct mac *mac = *state;
	char good[256], bad[300], fifo[300];
	const char *words[] = { "lint", "--json", bad, fifo, "/", good, NULL };

	mac_write(mac, FROM, HEAD JOB TAIL);
	snprintf(good, sizeof good, "%s", mac_path(mac, FROM));
	snprintf(bad, sizeof bad, "%s.none", good);
	snprintf(fifo, sizeof fifo, "%s.fifo", good);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	expect(mac, mac_words(mac, words), 1);
	assert_non_null(strstr(mac->out, "\"id\":\"unreadable\""));
	assert_non_null(strstr(mac->out, mac->as_root ? "it is not a regular file" :
	    "it is a directory"));
	assert_non_null(strstr(mac->out, "it is not a regular file"));
	assert_non_null(strstr(mac->out, "from.plist\",\"ok\":true"));
	mac_write(mac, FROM, "{ a = 1; }");
	expect(mac, lint(mac, "", FROM), 65);
}

static void
the_directory_decides_the_kind_for_lint(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, PLIST, HEAD JOB "<key>LimitLoadToSessionType</key><string>Aqua</string>\n"
	    "<key>StandardOutPath</key><string>/var/log/none/x.log</string>" TAIL);
	mac_set_mode(mac, PLIST, 0666);
	expect(mac, lint(mac, "", PLIST), 1);
	assert_non_null(strstr(mac->out, "error: ignored-key: LimitLoadToSessionType"));
	assert_non_null(strstr(mac->out, "error: file-mode: "));
	assert_non_null(strstr(mac->out, "the directory '/var/log/none' is missing"));
	expect(mac, lint(mac, "--kind agent", PLIST), 1);
	assert_null(strstr(mac->out, "ignored-key"));
	/* Elsewhere the mode does not matter. */
	mac_write(mac, FROM, HEAD JOB TAIL);
	mac_set_mode(mac, FROM, 0666);
	expect(mac, lint(mac, "--kind daemon", FROM), 0);
}

/* ---- --from ---- */

static void
from_takes_the_plist_as_it_is(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, FROM, HEAD JOB "<key>UserName</key><string>worker</string>\n"
	    "<key>StartInterval</key><integer>60</integer>\n<key>OfMyOwn</key><data>AAEC</data>"
	    "\n" TAIL);
	expect(mac, mac_command(mac, "install --from " FROM), 0);
	has(mac, "<key>StartInterval</key>");
	has(mac, "<key>OfMyOwn</key>");
	has(mac, "<string>--quiet</string>");
	has(mac, "<key>GroupName</key>");
	lacks(mac, "KeepAlive");
	lacks(mac, "RunAtLoad");
	lacks(mac, "EnvironmentVariables");
	lacks(mac, "StandardOutPath");
}

static void
options_override_the_plist_of_from(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, FROM,
	    HEAD "<key>Label</key><string>com.example.other</string><key>Program</key><string>"
	    "/bin/cat</string>"
		 "<key>UserName</key><string>root</string><key>KeepAlive</key><true/>\n"
		 "<key>EnvironmentVariables</key><dict><key>A</key><string>1</string><key>"
		 "B</key><string>2</string>"
		 "</dict>" TAIL);
	expect(mac, mac_command(mac, "install --from " FROM " --label com.example.job --user "
	    "worker --keep-alive false "
	    "--env B=3 --stdout /var/log/only.log --set StartCalendarInterval.0.Hour=3 "
	    "--set StartCalendarInterval.0.Minute=0 -- " MAC_WORKER " --name x"), 0);
	has(mac, "<string>com.example.job</string>");
	has(mac, "<string>worker</string>");
	has(mac, "<key>A</key>\n\t\t<string>1</string>");
	has(mac, "<key>B</key>\n\t\t<string>3</string>");
	has(mac, "<string>/var/log/only.log</string>");
	has(mac, "<key>Hour</key>");
	lacks(mac, "StandardErrorPath");
	lacks(mac, "<key>Program</key>");
	lacks(mac, "<true/>");
}

static void
from_refuses_what_lint_reports_as_an_error(void **state)
{
	static const char *const bodies[][2] = {
		{ "<key>Nice</key><integer>12abc</integer>", "launchd-rejects" },
		{ "<key>RunAtLoad</key><true></true>", "launchd-rejects" },
		{ "<key>KeepAlive</key><string>true</string>", "wrong-type" },
		{ "<key>StandardOutPath</key><string>~/log</string>", "tilde" },
		{ "<key>Nice</key><integer>1</integer><key>Nice</key><integer>2</integer>",
		  "duplicate-key" },
		{ "<key>Disabled</key><true/>", "Disabled" },
	};
	struct mac *mac = *state;

	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		char text[2048];

		snprintf(text, sizeof text, HEAD JOB "%s\n" TAIL, bodies[i][0]);
		mac_write(mac, FROM, text);
		expect(mac, mac_command(mac, "install --user worker --from " FROM), 65);
		if (strstr(mac->err, bodies[i][1]) == NULL)
			fail_msg("'%s' does not say %s", mac->err, bodies[i][1]);
		assert_false(mac_exists(mac, PLIST));
	}
}

static void
from_never_hangs_and_follows_no_link_of_others(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(mkfifo(mac_path(mac, FROM), 0600), 0);
	expect(mac, mac_command(mac, "install --user worker --from " FROM), 73);
	expect(mac, mac_command(mac, "install --user worker --from /private"), 73);
	expect(mac, mac_command(mac, "install --user worker --from from.plist"), 64);
	mac_remove(mac, FROM);
	mac_write(mac, FROM, HEAD TAIL);
	expect(mac, mac_command(mac, "install --user worker --label com.example.job --from " FROM),
	    64);
	mac_make_folder(mac, "/private/open");
	mac_set_mode(mac, "/private/open", 0777);
	assert_int_equal(symlink("../from.plist", mac_path(mac, "/private/open/link.plist")), 0);
	expect(mac, mac_command(mac, "install --user worker --from /private/open/link.plist"), 73);
}

/* ---- whose the file is ---- */

#define HIS	"/Users/worker/job.plist"
#define CHROOT	"<key>RootDirectory</key><string>/</string>\n"

static void
need_accounts(const struct mac *mac)
{
	if (mac->as_root)
		return;
	print_message("needs root: other accounts\n");
	skip();
}

static void
write_workers(struct mac *mac, const char *keys)
{
	char text[2048];

	snprintf(text, sizeof text, HEAD JOB "%s" TAIL, keys);
	mac_write(mac, HIS, text);
	mac_set_owner(mac, "/Users/worker", mac->worker_uid, mac->worker_gid);
	mac_set_owner(mac, HIS, mac->worker_uid, mac->worker_gid);
}

static void
key_that_gives_a_daemon_more_needs_allow(void **state)
{
	struct mac *mac = *state;

	write_workers(mac, CHROOT "<key>UserName</key><string>worker</string>\n");
	if (mac->as_root) {
		expect(mac, mac_command(mac, "install --from " HIS), 65);
		assert_has(mac->err, "RootDirectory: only root may chroot");
		assert_has(mac->err, "add: --allow RootDirectory\n");
		assert_false(mac_exists(mac, PLIST));
		expect(mac, mac_command(mac, "install --allow RootDirectory --dry-run --from " HIS),
		    0);
		assert_has(mac->out, "kept    RootDirectory: only root may chroot");
		/* SUDO_UID of another user, of a third, and none. */
		setenv("SUDO_UID", "502", 1);
		expect(mac, mac_command(mac, "install --from " HIS), 65);
		setenv("SUDO_UID", "501x", 1);
		expect(mac, mac_command(mac, "install --from " HIS), 65);
		setenv("SUDO_UID", "", 1);
		expect(mac, mac_command(mac, "install --from " HIS), 65);
		setenv("SUDO_UID", "501", 1);
	}
	/* The administrator's own file, in their home. */
	expect(mac, mac_command(mac, "install --from " HIS), 0);
	has(mac, "RootDirectory");
	assert_has_not(mac->out, "kept");
	unsetenv("SUDO_UID");
}

static void
file_that_another_account_can_change_is_untrusted(void **state)
{
	struct mac *mac = *state;
	const char *const install = "install --dry-run --from " HIS;

	need_accounts(mac);
	write_workers(mac, CHROOT "<key>UserName</key><string>worker</string>\n");
	setenv("SUDO_UID", "501", 1);
	expect(mac, mac_command(mac, install), 0);
	mac_set_mode(mac, HIS, 0664);
	expect(mac, mac_command(mac, install), 65);
	mac_set_mode(mac, HIS, 0644);
	mac_set_mode(mac, "/Users/worker", 0777);
	expect(mac, mac_command(mac, install), 65);
	mac_set_mode(mac, "/Users/worker", 0755);
	mac_set_owner(mac, HIS, 502, 20);
	expect(mac, mac_command(mac, install), 65);
	mac_set_owner(mac, HIS, 0, 0);
	expect(mac, mac_command(mac, install), 0);
	unsetenv("SUDO_UID");
	/* Root's file in worker's home: worker can put another in its place. */
	expect(mac, mac_command(mac, install), 65);
}

static void
untrusted_file_names_its_own_account_and_no_other(void **state)
{
	struct mac *mac = *state;

	need_accounts(mac);
	write_workers(mac, "<key>UserName</key><string>root</string>\n");
	expect(mac, mac_command(mac, "install --from " HIS), 65);
	assert_has(mac->err, "UserName: a daemon runs as this account");
	expect(mac, mac_command(mac, "install --dry-run --user worker --from " HIS), 0);
	write_workers(mac, "<key>UserName</key><string>worker</string><key>GroupName</key>"
	    "<string>wheel</string>\n");
	expect(mac, mac_command(mac, "install --from " HIS), 65);
	assert_has(mac->err, "GroupName: ");
	assert_has_not(mac->err, "UserName: ");
	expect(mac, mac_command(mac, "install --dry-run --group wheel --from " HIS), 0);
	write_workers(mac, "<key>UserName</key><string>worker</string><key>GroupName</key>"
	    "<string>staff</string>\n");
	expect(mac, mac_command(mac, "install --from " HIS), 0);
	has(mac, "<string>worker</string>");
}

static void
untrusted_file_does_not_replace_another_accounts_job(void **state)
{
	struct mac *mac = *state;
	const char *before;

	need_accounts(mac);
	expect(mac, mac_command(mac, "install --label com.example.job --user root -- " MAC_WORKER),
	    0);
	before = mac_read(mac, PLIST);
	write_workers(mac, "<key>UserName</key><string>worker</string>\n");
	expect(mac, mac_command(mac, "install --from " HIS), 65);
	assert_has(mac->err, "--label");
	assert_string_equal(mac_read(mac, PLIST), before);
	expect(mac, mac_command(mac, "install --dry-run --label com.example.job --from " HIS), 0);
	expect(mac, mac_command(mac, "uninstall com.example.job"), 0);
	expect(mac, mac_command(mac, "install --replace --from " HIS), 65);
	expect(mac, mac_command(mac, "install --from " HIS), 0);
	expect(mac, mac_command(mac, "install --from " HIS), 0);
	assert_has(mac->out, "unchanged");
}

/* ---- --set ---- */

static void
timer_removes_keep_alive(void **state)
{
	struct mac *mac = *state;

	expect(mac, mac_install(mac, "--set StartInterval=60 --set ThrottleInterval=30",
	    MAC_WORKER), 0);
	has(mac, "<key>StartInterval</key>\n\t<integer>60</integer>");
	has(mac, "<key>ThrottleInterval</key>\n\t<integer>30</integer>");
	has(mac, "<key>RunAtLoad</key>\n\t<true/>");
	lacks(mac, "KeepAlive");
	expect(mac, mac_install(mac, "--set StartInterval=60 --keep-alive true", MAC_WORKER), 0);
	has(mac, "<key>KeepAlive</key>\n\t<true/>");
	expect(mac, mac_install(mac, "--set KeepAlive.SuccessfulExit=false", MAC_WORKER), 0);
	has(mac, "<key>SuccessfulExit</key>\n\t\t<false/>");
	expect(mac, mac_install(mac, "--set KeepAlive=true --keep-alive true", MAC_WORKER), 64);
}

static void
wrong_setting_changes_nothing(void **state)
{
	struct mac *mac = *state;

	expect(mac, mac_install(mac, "--set ThrottleInterval=soon", MAC_WORKER), 64);
	assert_non_null(strstr(mac->err, "an integer, 1 or more"));
	expect(mac, mac_install(mac, "--set WaitForDebugger=true", MAC_WORKER), 65);
	assert_non_null(strstr(mac->err, "waits-for-debugger"));
	assert_false(mac_exists(mac, PLIST));
}

static void
values_of_set_variables_are_not_shown(void **state)
{
	struct mac *mac = *state;

	expect(mac, mac_install(mac, "--verbose --dry-run --set EnvironmentVariables.API_TOKEN="
	    SECRET, MAC_WORKER), 0);
	assert_non_null(strstr(mac->out, "API_TOKEN"));
	assert_null(strstr(mac->out, SECRET));
	assert_null(strstr(mac->err, SECRET));
	expect(mac, mac_install(mac, "--set EnvironmentVariables=" SECRET, MAC_WORKER), 64);
	assert_null(strstr(mac->err, SECRET));
}

#define ON_A_MAC(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_MAC(lint_prints_file_line_severity_rule_and_message),
		ON_A_MAC(lint_continues_after_an_unreadable_file),
		ON_A_MAC(the_directory_decides_the_kind_for_lint),
		ON_A_MAC(from_takes_the_plist_as_it_is),
		ON_A_MAC(options_override_the_plist_of_from),
		ON_A_MAC(from_refuses_what_lint_reports_as_an_error),
		ON_A_MAC(from_never_hangs_and_follows_no_link_of_others),
		ON_A_MAC(key_that_gives_a_daemon_more_needs_allow),
		ON_A_MAC(file_that_another_account_can_change_is_untrusted),
		ON_A_MAC(untrusted_file_names_its_own_account_and_no_other),
		ON_A_MAC(untrusted_file_does_not_replace_another_accounts_job),
		ON_A_MAC(timer_removes_keep_alive),
		ON_A_MAC(wrong_setting_changes_nothing),
		ON_A_MAC(values_of_set_variables_are_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
