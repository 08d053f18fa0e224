/* What somebody types who does not know lnpctl yet, and what it answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "command/command.h"
#include "mac.h"

static char *out, *err;		/* of run() */

/* Run exactly these words, as main() does. */
static int
run(const char *const words[])
{
	FILE *stream, *errors;
	size_t size, size_errors;
	int count = 0, status;

	free(out);
	free(err);
	stream = open_memstream(&out, &size);
	errors = open_memstream(&err, &size_errors);
	assert_non_null(stream);
	assert_non_null(errors);
	while (words[count] != NULL)
		count++;
	status = command_main(count, mac_argv(words), stream, errors, NULL);
	fclose(stream);
	fclose(errors);
	return status;
}

#define RUN(...)	run((const char *const[]){ "lnpctl", __VA_ARGS__, NULL })

static int
release(void **state)
{
	(void)state;
	free(out);
	free(err);
	return 0;
}

/* ---- the command line ---- */

static void
lnpctl_alone_prints_its_usage(void **state)
{
	(void)state;
	assert_int_equal(run((const char *const[]){ "lnpctl", NULL }), 64);
	assert_string_equal(out, "");
	assert_memory_equal(err, "usage: lnpctl ", 14);
	assert_has(err, "\n  install ");
	assert_has_not(err, "\n  complete ");
	assert_int_equal(RUN("--json"), 64);
	assert_has(out, "{\"schema\":1,\"command\":null,\"ok\":false,");
}

static void
each_way_to_ask_for_the_version_works(void **state)
{
	(void)state;
	assert_int_equal(RUN("--version"), 0);
	assert_string_equal(out, "lnpctl " LNPCTL_VERSION "\n");
	assert_int_equal(RUN("version"), 0);
	assert_string_equal(out, "lnpctl " LNPCTL_VERSION "\n");
	assert_int_equal(RUN("-V"), 0);
	assert_string_equal(out, "lnpctl " LNPCTL_VERSION "\n");
	assert_int_equal(RUN("version", "--json"), 0);
	assert_has(out, "\"version\":\"" LNPCTL_VERSION "\"}");
}

static void
help_of_all_has_the_plumbing_and_each_option(void **state)
{
	char line[64];

	(void)state;
	assert_int_equal(RUN("help", "--all"), 0);
	assert_has(out, "\n  complete ");
	for (const struct option *row = options_table(); row->name != NULL; row++) {
		snprintf(line, sizeof line, "\n  --%s ", row->name);
		assert_has(out, line);
	}
}

static void
options_of_every_command_may_come_first(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(RUN("--json", "--root", mac->root, "status", "com.example.job"), 2);
	assert_has(out, "\"command\":\"status\"");
	assert_int_equal(RUN("--settle", "5", "verify"), 64);
	assert_has(err, "a command is missing before '--settle'");
	assert_int_equal(RUN("--json", "--", "verify"), 64);
}

static void
unknown_command_has_a_json_answer(void **state)
{
	(void)state;
	assert_int_equal(RUN("verfy", "--json"), 64);
	assert_string_equal(out, "{\"schema\":1,\"command\":\"verfy\",\"ok\":false,\"error\":"
	    "{\"what\":\"unknown command 'verfy'\",\"why\":null,\"fix\":"
	    "\"did you mean verify?\"}}\n");
	assert_int_equal(RUN("verfy", "--", "--json"), 64);
	assert_string_equal(out, "");
}

static void
hint_of_a_wrong_option_names_the_command(void **state)
{
	(void)state;
	assert_int_equal(RUN("verify", "--peer", "x:1"), 64);
	assert_has(err, "hint: see: lnpctl help verify\n");
	assert_int_equal(RUN("probe", "--whatever"), 64);
	assert_has(err, "hint: see: lnpctl help probe\n");
	assert_int_equal(RUN("help", "--json"), 64);
	assert_has(err, "cannot use option '--json': this command does not accept it\n");
}

static void
word_that_a_command_does_not_take_is_refused(void **state)
{
	(void)state;
	assert_int_equal(RUN("version", "x"), 64);
	assert_string_equal(err, "lnpctl: version takes no operands\n"
	    "hint: see: lnpctl help version\n");
	assert_int_equal(RUN("scan", "x"), 64);
	assert_string_equal(out, "");
	assert_int_equal(RUN("scan", "x", "--help"), 0);
	assert_int_equal(RUN("help", "scan", "x"), 64);
}

/* ---- labels ---- */

static void
label_is_found_in_what_launchctl_and_the_file_system_show(void **state)
{
	static const char *const operands[] = { "com.example.job", "com.example.job.plist",
		"system/com.example.job", "/Library/LaunchDaemons/com.example.job.plist" };
	struct mac *mac = *state;
	char line[128];

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	for (size_t i = 0; i < sizeof operands / sizeof operands[0]; i++) {
		snprintf(line, sizeof line, "verify %s", operands[i]);
		assert_status(mac, mac_command(mac, line), 0);
		assert_string_equal(mac->out, "com.example.job: ok\n");
		snprintf(line, sizeof line, "status %s", operands[i]);
		assert_status(mac, mac_command(mac, line), 0);
		snprintf(line, sizeof line, "repair %s", operands[i]);
		assert_status(mac, mac_command(mac, line), 0);
		assert_string_equal(mac->out, "unchanged: com.example.job\n");
	}
	assert_status(mac, mac_command(mac, "verify gui/501/com.example.job"), 1);
	assert_status(mac, mac_command(mac, "uninstall system/com.example.job"), 0);
	assert_false(mac_exists(mac, PLIST));
}

static void
new_label_that_is_the_name_of_a_file_is_refused(void **state)
{
	struct mac *mac = *state;
	const char *before = mac_tree(mac);

	assert_status(mac, mac_command(mac, "install --dry-run --label com.example.job.plist "
	    "--user worker -- " MAC_WORKER), 65);
	assert_has(mac->err, "hint: give the label alone: com.example.job\n");
	assert_status(mac, mac_command(mac, "install --label system/com.example.job --user worker "
	    "-- " MAC_WORKER), 65);
	assert_has(mac->err, "hint: give the label alone: com.example.job\n");
	assert_same_tree(mac, before);
}

static void
directory_that_could_not_be_made_is_not_left_to_be_removed(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(symlink("/nowhere", mac_path(mac, "/usr/local/dangling")), 0);
	assert_status(mac, mac_install(mac, "--no-load --log-dir /usr/local/dangling/logs",
	    MAC_QUIET), 1);
	assert_has(mac->err, "all was put back");
}

/* ---- a second install ---- */

static void
what_a_second_install_no_longer_sets_is_named(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--no-load --env TOKEN=secret --env LANG=C "
	    "--working-directory /usr/local --peer one.invalid:7000 --peer two.invalid:7000 "
	    "--settle 1.5 --max-starts 9",
	    MAC_QUIET), 0);
	assert_has_not(mac->out, "no longer set");
	assert_status(mac, mac_install(mac, "--no-load --env LANG=C --peer one.invalid:7000",
	    MAC_QUIET), 0);
	assert_has(mac->out, "\nno longer set: WorkingDirectory, EnvironmentVariables.TOKEN, "
	    "--peer two.invalid:7000, --settle, --max-starts\n");
	assert_has_not(mac->out, "secret");
	assert_status(mac, mac_install(mac, "--no-load --env LANG=C --peer one.invalid:7000",
	    MAC_QUIET), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
}

static void
what_is_not_tested_is_reported_by_the_first_install(void **state)
{
	struct mac *mac = *state;

	if (!mac->as_root && mac->worker_uid < 500)
		skip();
	assert_status(mac, mac_install(mac, "--no-load", MAC_QUIET), 0);
	assert_has(mac->out, "\nnot tested: whether 'com.example.job' can reach");
	assert_status(mac, mac_install(mac, "--no-load --env A=b", MAC_QUIET), 0);
	assert_has(mac->out, "\ninstalled: com.example.job\n");
	assert_has_not(mac->out, "not tested");
}

/* Where a dry run has nothing else to print, it prints them. */
static void
steps_that_write_the_receipt_are_for_verbose_and_json(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--no-load", MAC_QUIET), 0);
	assert_has(mac->out, "wrote " PLIST "\n");
	assert_has_not(mac->out, STATE);
	assert_status(mac, mac_install(mac, "--no-load --dry-run --env A=b", MAC_QUIET), 0);
	assert_has(mac->out, "would write " PLIST "\n");
	assert_has_not(mac->out, STATE);
	assert_status(mac, mac_install(mac, "--no-load --dry-run --settle 5", MAC_QUIET), 0);
	assert_string_equal(mac->out, "would write " RECEIPT "\n");
	assert_status(mac, mac_install(mac, "--no-load --settle 5", MAC_QUIET), 0);
	assert_string_equal(mac->out, "installed: com.example.job\n");
	assert_status(mac, mac_install(mac, "--no-load --verbose --env A=b", MAC_QUIET), 0);
	assert_has(mac->out, "wrote " RECEIPT "\n");
	assert_status(mac, mac_install(mac, "--no-load --json --env A=c", MAC_QUIET), 0);
	assert_has(mac->out, "{\"action\":\"receipt\",\"target\":\"" RECEIPT "\",");
	assert_status(mac, mac_command(mac, "uninstall --dry-run com.example.job"), 0);
	assert_has_not(mac->out, STATE);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_has(mac->out, "\nuninstalled: com.example.job\n");
	assert_has_not(mac->out, STATE);
	assert_status(mac, mac_install(mac, "--no-load", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "uninstall --verbose com.example.job"), 0);
	assert_has(mac->out, "removed " RECEIPT "\n");
}

static void
dry_run_names_the_variables_that_change(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--no-load --env A=secret --env B=same", MAC_QUIET), 0);
	assert_status(mac, mac_install(mac, "--dry-run --env A=other --env B=same", MAC_QUIET), 0);
	assert_has(mac->out, "\n  - EnvironmentVariables.A: (hidden)\n"
	    "  + EnvironmentVariables.A: (hidden)\n");
	assert_has_not(mac->out, "EnvironmentVariables.B");
	assert_has_not(mac->out, "secret");
}

static void
json_of_a_dry_run_has_what_would_change(void **state)
{
	struct mac *mac = *state;
	const char *jobs;

	assert_status(mac, mac_install(mac, "--no-load --env A=secret --env GONE=secret",
	    MAC_QUIET), 0);
	assert_status(mac, mac_install(mac, "--dry-run --json --env A=other --env B=secret "
	    "--set Nice=5", MAC_QUIET), 0);
	assert_string_equal(mac_json(mac, "changed"), "false");
	assert_string_equal(mac_json(mac, "would_change"), "true");
	assert_has(mac->out, "\"differences\":["
	    "{\"key\":\"EnvironmentVariables.GONE\",\"change\":\"removed\",\"old\":null,"
	    "\"new\":null},"
	    "{\"key\":\"EnvironmentVariables.A\",\"change\":\"changed\",\"old\":null,"
	    "\"new\":null},"
	    "{\"key\":\"EnvironmentVariables.B\",\"change\":\"added\",\"old\":null,"
	    "\"new\":null},"
	    "{\"key\":\"Nice\",\"change\":\"added\",\"old\":null,\"new\":\"5\"}],");
	assert_has_not(mac->out, "secret");
	jobs = strstr(mac->out, ",\"jobs\":[{\"changed\":false,\"label\":\"com.example.job\",");
	assert_non_null(jobs);
	assert_has(jobs, "\"error\":null}]}\n");

	assert_status(mac, mac_install(mac, "--no-load --json --env A=secret --env GONE=secret",
	    MAC_QUIET), 0);
	assert_has(mac->out, "\"would_change\":null,\"differences\":[],");
	assert_status(mac, mac_command(mac, "install --json"), 64);
	assert_has(mac->out, "\"jobs\":[");
}

static void
install_warns_of_what_lint_knows_about_arguments_and_variables(void **state)
{
	static const char *const words[] = { "install", "--label", "com.example.job", "--user",
		"worker", "--no-load", "--env", "PATH=$PATH:/x", "--env", "API_TOKEN=s3cr3t", "--",
		MAC_WORKER, "~/x", ">>", "/tmp/log", NULL };
	struct mac *mac = *state;

	assert_status(mac, mac_words(mac, words), 0);
	assert_has(mac->out, "warning: ProgramArguments.1: launchd passes ~ through unexpanded "
	    "(tilde)\n");
	assert_has(mac->out, "warning: ProgramArguments.2: no shell interprets '>>'");
	assert_has(mac->out, "warning: EnvironmentVariables.PATH: ");
	assert_has(mac->out, "warning: EnvironmentVariables.API_TOKEN: ");
	assert_has_not(mac->out, "s3cr3t");
	assert_has_not(mac->out, "log-directory");

	/* Once. */
	assert_status(mac, mac_words(mac, words), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
}

static void
install_without_a_program_changes_what_is_named(void **state)
{
	struct mac *mac = *state;
	pid_t first, second;

	assert_status(mac, mac_install(mac, "--settle 0.02 --env TOKEN=x --set Nice=5", MAC_QUIET),
	    0);
	first = mac_pid(mac);
	assert_status(mac, mac_command(mac, "install --label com.example.job"), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_status(mac, mac_command(mac, "install --label com.example.job --settle 0.03"), 0);
	assert_has(mac->out, "installed: com.example.job\n");
	assert_int_equal(mac_pid(mac), first);
	assert_status(mac, mac_command(mac, "install --label com.example.job --env LANG=C"), 0);
	assert_has_not(mac->out, "no longer set");
	second = mac_pid(mac);
	assert_true(second > 0 && second != first);
	assert_has(mac_read(mac, PLIST), "<key>TOKEN</key>");
	assert_has(mac_read(mac, PLIST), "<key>LANG</key>");
	assert_has(mac_read(mac, PLIST), "<key>Nice</key>");
	assert_status(mac, mac_command(mac, "install --label com.example.job --env LANG=C"), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_int_equal(mac_launchctl(mac, "disable system/com.example.job"), 0);
	assert_status(mac, mac_command(mac, "install --label com.example.job"), 0);
	assert_has(mac->out, "enabled system/com.example.job\n");
	assert_status(mac, mac_command(mac, "verify"), 0);

	/* The label may be given as launchctl and the file system show it. */
	assert_status(mac, mac_command(mac, "install --label system/com.example.job"), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_status(mac, mac_command(mac, "install --label com.example.job.plist --settle 0.04"),
	    0);
	assert_has(mac->out, "installed: com.example.job\n");

	/* A typing error is not a new job. */
	assert_status(mac, mac_command(mac, "install --label com.example.other --env A=b"), 64);
	assert_string_equal(mac->err, "lnpctl: lnpctl has not installed 'com.example.other': there "
	    "is no receipt\nhint: to install it, give --user and -- PROGRAM; to list what is "
	    "installed: lnpctl status\n");
	assert_status(mac, mac_command(mac, "install --label com.example.other --user worker"), 64);
	assert_has(mac->err, "end the command with: -- ");
	assert_status(mac, mac_command(mac, "install --label com.example.job --user root"), 64);
	assert_has(mac->err, "hint: first: sudo lnpctl uninstall com.example.job; then install it "
	    "again\n");
}

static void
limit_of_starts_alone_is_changed_and_kept_by_later_changes(void **state)
{
	static const char key[] = "<key>MaxStarts</key>\n\t<integer>9</integer>";
	struct mac *mac = *state;
	pid_t first;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	first = mac_pid(mac);
	assert_status(mac, mac_command(mac, "install --label com.example.job --max-starts 9"), 0);
	assert_has(mac->out, "installed: com.example.job\n");
	assert_has(mac_read(mac, RECEIPT), key);
	assert_status(mac, mac_command(mac, "install --label com.example.job --max-starts 9"), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_status(mac, mac_command(mac, "install --label com.example.job --settle 0.03"), 0);
	assert_has(mac_read(mac, RECEIPT), key);
	assert_int_equal(mac_pid(mac), first);
	assert_status(mac, mac_command(mac, "show com.example.job"), 0);
	assert_has(mac->out, "\n  --settle 0.03\n  --max-starts 9\n");
}

static void
show_prints_the_options_that_made_the_job(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--no-load --env TOKEN=s3cr3t --peer one.invalid:7000 "
	    "--keep-alive false --set StartCalendarInterval.0.Hour=3 --set Nice=5 --settle 2.5 "
	    "--log-dir /var/log/x", MAC_QUIET), 0);
	mac_forget_calls(mac);
	assert_status(mac, mac_command(mac, "show com.example.job"), 0);
	assert_has(mac->out, "com.example.job: lnpctl install\n  --label com.example.job\n"
	    "  --user worker\n  --group staff\n  --stdout /var/log/x/com.example.job.log\n"
	    "  --stderr /var/log/x/com.example.job.err\n");
	assert_has(mac->out, "\n  --env TOKEN\n");
	assert_has_not(mac->out, "s3cr3t");
	assert_has(mac->out, "\n  --set StartCalendarInterval.0.Hour=3\n  --set Nice=5\n"
	    "  --peer one.invalid:7000\n  --settle 2.5\n  --max-starts 5\n  -- " MAC_QUIET "\n");
	assert_has(mac->out, "\nreceipt: " RECEIPT "\n  installed, on macOS 15.5 24F74\n");
	assert_has(mac->out, "\n  made the directory /var/log/x\n");
	assert_string_equal(mac_calls(mac), "");
	assert_status(mac, mac_command(mac, "show --json"), 0);
	assert_has(mac->out, "\"options\":[\"--label com.example.job\",\"--user worker\",");
	assert_has_not(mac->out, "s3cr3t");
	assert_status(mac, mac_command(mac, "show com.example.none com.example.job"), 1);
	assert_has(mac->out, "com.example.job: lnpctl install\n");
	assert_has(mac->err, "lnpctl has not installed 'com.example.none'");
}

/* ---- a second migrate ---- */

#define AGENT	"/Users/worker/Library/LaunchAgents/com.example.job.plist"
#define MIGRATE	"migrate --settle 0.02 "

#define KEPT	STATE "/com.example.job.agent"

static void
given_agent_of(struct mac *mac, const char *argument, const char *extra)
{
	char text[1024];

	snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<plist version=\"1.0\"><dict><key>Label</key><string>com.example.job</string>"
	    "<key>ProgramArguments</key><array><string>" MAC_WORKER "</string>"
	    "<string>%s</string><string>--interval</string><string>100000</string></array>"
	    "<key>KeepAlive</key><true/>%s</dict></plist>\n", argument, extra);
	mac_write(mac, AGENT, text);
	mac_set_owner(mac, AGENT, mac->worker_uid, mac->worker_gid);
}

static void
given_agent(struct mac *mac, const char *extra)
{
	given_agent_of(mac, "--report", extra);
}

static void
given_migrated_agent(struct mac *mac)
{
	given_agent(mac, "");
	assert_status(mac, mac_command(mac, MIGRATE "com.example.job"), 0);
}

static void
options_of_a_second_migrate_are_applied_and_the_rest_is_kept(void **state)
{
	static const char again[] = MIGRATE "--env FOO=bar --set ThrottleInterval=30 "
	    "--log-dir /var/log/x com.example.job";
	struct mac *mac = *state;
	pid_t first, second;

	given_migrated_agent(mac);
	first = mac_pid(mac);
	assert_status(mac, mac_command(mac, again), 0);
	assert_has(mac->out, "\nchanged: com.example.job\n");
	assert_has(mac_read(mac, PLIST), "<key>FOO</key>\n\t\t<string>bar</string>");
	assert_has(mac_read(mac, PLIST), "<key>PATH</key>");
	assert_has(mac_read(mac, PLIST), "<key>KeepAlive</key>\n\t<true/>");
	assert_has(mac_read(mac, PLIST), "<string>/var/log/x/com.example.job.err</string>");
	second = mac_pid(mac);
	assert_true(second > 0 && second != first);

	/* Once they are applied, the same command and one without options change nothing. */
	assert_status(mac, mac_command(mac, again), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_status(mac, mac_command(mac, "migrate com.example.job"), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_int_equal(mac_pid(mac), second);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_true(mac_exists(mac, AGENT));
}

static void
peers_of_a_second_migrate_are_remembered_without_a_restart(void **state)
{
	struct mac *mac = *state;
	pid_t first;

	given_migrated_agent(mac);
	first = mac_pid(mac);
	assert_status(mac, mac_command(mac, MIGRATE "--timeout 1 --peer one.invalid:7000 "
	    "com.example.job"), 2);
	assert_ptr_equal(strstr(mac->out, "changed: com.example.job\n"), mac->out);
	assert_has(mac_read(mac, RECEIPT), "one.invalid:7000");
	assert_int_equal(mac_pid(mac), first);
	assert_status(mac, mac_command(mac, "verify com.example.job"), 2);
	assert_has(mac->out, "unknown peer: no connection");
	assert_status(mac, mac_command(mac, MIGRATE "--timeout 1 --max-starts 9 com.example.job"),
	    2);
	assert_has(mac_read(mac, RECEIPT), "MaxStarts");
	assert_int_equal(mac_pid(mac), first);
}

/* A monitor that runs verify must see a timer job as healthy between its runs. */
static void
peer_of_a_timer_job_is_not_asked_for_between_its_runs(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--timeout 1 --peer one.invalid:7000 "
	    "--set StartInterval=100000", MAC_WORKER " --exit 0"), 2);
	assert_status(mac, mac_command(mac, "verify --json com.example.job"), 0);
	assert_string_equal(mac_check(mac, "peer"), "skip");
}

static void
another_account_of_a_second_migrate_is_refused(void **state)
{
	struct mac *mac = *state;

	given_migrated_agent(mac);
	assert_status(mac, mac_command(mac, MIGRATE "--user root com.example.job"), 64);
	assert_string_equal(mac->err, "lnpctl: cannot run 'com.example.job' as 'root': it is "
	    "installed for 'worker'\nhint: first: sudo lnpctl migrate --undo com.example.job; "
	    "then run the same command again\n");
}

static void
plist_of_an_agent_that_came_back_is_kept_beside_the_first(void **state)
{
	static const char second[] = "<key>Nice</key><integer>2</integer>",
	    third[] = "<key>Nice</key><integer>3</integer>";
	struct mac *mac = *state;

	given_migrated_agent(mac);
	given_agent(mac, second);
	assert_status(mac, mac_command(mac, "repair com.example.job"), 0);
	assert_has(mac->out, "\nleft " KEPT ".1: the plist that was at " AGENT "\n");
	assert_has_not(mac_read(mac, KEPT), "Nice");
	assert_has(mac_read(mac, KEPT ".1"), second);
	given_agent(mac, third);
	assert_status(mac, mac_command(mac, "repair com.example.job"), 0);
	assert_has(mac_read(mac, KEPT ".1"), second);
	assert_has(mac_read(mac, KEPT ".2"), third);

	/* The same text again is nothing new. */
	given_agent(mac, "");
	assert_status(mac, mac_command(mac, "repair com.example.job"), 0);
	given_agent(mac, second);
	assert_status(mac, mac_command(mac, "repair com.example.job"), 0);
	assert_has(mac->out, "\nleft " KEPT ".1: the plist that was at " AGENT "\n");
	assert_false(mac_exists(mac, AGENT));
	assert_has(mac_read(mac, KEPT ".1"), second);
	assert_has(mac_read(mac, KEPT ".2"), third);
	assert_false(mac_exists(mac, KEPT ".3"));
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_has_not(mac_read(mac, AGENT), "Nice");
	assert_has(mac_read(mac, KEPT ".2"), third);
}

static void
plist_that_is_kept_stays_when_the_change_that_found_it_again_fails(void **state)
{
	static const char second[] = "<key>Nice</key><integer>2</integer>";
	struct mac *mac = *state;

	given_migrated_agent(mac);
	for (int i = 0; i < 2; i++) {	/* with a new number, then with a text that is kept */
		given_agent(mac, second);
		assert_status(mac, mac_install(mac, "--settle 0.02", MAC_WORKER " --wrong"), 1);
		assert_has(mac->err, "all was put back");
		assert_has_not(mac->out, "left " STATE);
		assert_has(mac_read(mac, AGENT), second);
		assert_true(mac_exists(mac, KEPT ".1") == (i > 0));
		assert_status(mac, mac_command(mac, "repair com.example.job"), 0);
		assert_has(mac_read(mac, KEPT ".1"), second);
		assert_false(mac_exists(mac, KEPT ".2"));
	}
	assert_has_not(mac_read(mac, KEPT), "Nice");
}

/* Its account can write as many as it likes: that must not prevent a restart. */
static void
plist_of_an_agent_stays_where_no_more_can_be_kept(void **state)
{
	struct mac *mac = *state;
	char path[PATH_SIZE];

	given_migrated_agent(mac);
	for (int i = 1; i < 100; i++) {
		snprintf(path, sizeof path, KEPT ".%d", i);
		mac_write(mac, path, "other");
	}
	given_agent(mac, "<key>Nice</key><integer>2</integer>");
	assert_status(mac, mac_command(mac, "restart com.example.job"), 0);
	assert_has(mac->out, "\nleft " AGENT ": lnpctl already keeps as many of its plists as it "
	    "can; move those in '" STATE_DIRECTORY "' aside");
	assert_has(mac_read(mac, AGENT), "Nice");
	assert_has_not(mac_read(mac, KEPT), "Nice");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_status(mac, mac_command(mac, MIGRATE "com.example.job"), 73);
	assert_has(mac->err, "cannot keep the plist of the agent");

	/* As soon as there is room, it is kept. */
	assert_int_equal(unlink(mac_path(mac, KEPT ".50")), 0);
	assert_status(mac, mac_command(mac, MIGRATE "com.example.job"), 0);
	assert_has(mac_read(mac, KEPT), "Nice");
	assert_has_not(mac_read(mac, KEPT ".50"), "Nice");
}

static void
undo_names_the_kept_plist_where_another_one_came_back(void **state)
{
	struct mac *mac = *state;

	given_migrated_agent(mac);
	given_agent(mac, "<key>Nice</key><integer>2</integer>");
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_has(mac->out, "\nleft " KEPT ": the plist of the agent before the migration");
	assert_has(mac_read(mac, AGENT), "Nice");
	assert_has_not(mac_read(mac, KEPT), "Nice");

	/* The next migration keeps that one, and puts this one aside. */
	assert_status(mac, mac_command(mac, MIGRATE "com.example.job"), 0);
	assert_has(mac->out, "\nleft " KEPT ".1: the plist of an earlier migration");
	assert_has(mac_read(mac, KEPT), "Nice");
	assert_has_not(mac_read(mac, KEPT ".1"), "Nice");
}

static void
migration_that_fails_leaves_the_kept_plist_of_an_earlier_one(void **state)
{
	struct mac *mac = *state;

	given_migrated_agent(mac);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	given_agent_of(mac, "--wrong", "<key>ExitTimeOut</key><integer>2</integer>");
	assert_status(mac, mac_command(mac, MIGRATE "com.example.job"), 1);
	assert_has(mac->err, "all was put back");
	assert_has(mac_read(mac, AGENT), "ExitTimeOut");
	assert_has_not(mac_read(mac, KEPT), "ExitTimeOut");
	assert_false(mac_exists(mac, KEPT ".1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lnpctl_alone_prints_its_usage),
		cmocka_unit_test(each_way_to_ask_for_the_version_works),
		cmocka_unit_test(help_of_all_has_the_plumbing_and_each_option),
		SCRIPTED(options_of_every_command_may_come_first),
		cmocka_unit_test(unknown_command_has_a_json_answer),
		cmocka_unit_test(hint_of_a_wrong_option_names_the_command),
		cmocka_unit_test(word_that_a_command_does_not_take_is_refused),
		EMBEDDED(label_is_found_in_what_launchctl_and_the_file_system_show),
		SCRIPTED(new_label_that_is_the_name_of_a_file_is_refused),
		SCRIPTED(directory_that_could_not_be_made_is_not_left_to_be_removed),
		SCRIPTED(what_a_second_install_no_longer_sets_is_named),
		SCRIPTED(what_is_not_tested_is_reported_by_the_first_install),
		SCRIPTED(steps_that_write_the_receipt_are_for_verbose_and_json),
		SCRIPTED(dry_run_names_the_variables_that_change),
		SCRIPTED(install_warns_of_what_lint_knows_about_arguments_and_variables),
		EMBEDDED(install_without_a_program_changes_what_is_named),
		EMBEDDED(limit_of_starts_alone_is_changed_and_kept_by_later_changes),
		SCRIPTED(show_prints_the_options_that_made_the_job),
		SCRIPTED(json_of_a_dry_run_has_what_would_change),
		EMBEDDED(options_of_a_second_migrate_are_applied_and_the_rest_is_kept),
		EMBEDDED(peers_of_a_second_migrate_are_remembered_without_a_restart),
		EMBEDDED(peer_of_a_timer_job_is_not_asked_for_between_its_runs),
		EMBEDDED(another_account_of_a_second_migrate_is_refused),
		EMBEDDED(plist_of_an_agent_that_came_back_is_kept_beside_the_first),
		EMBEDDED(plist_that_is_kept_stays_when_the_change_that_found_it_again_fails),
		EMBEDDED(plist_of_an_agent_stays_where_no_more_can_be_kept),
		EMBEDDED(undo_names_the_kept_plist_where_another_one_came_back),
		EMBEDDED(migration_that_fails_leaves_the_kept_plist_of_an_earlier_one),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
