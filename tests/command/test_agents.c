/*
 * Agents that launchd has beside a daemon of the same label, with or without a plist: verify,
 * install, migrate and scan find them, and the command that they print ends them.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mac.h"

#define AGENTS	"/Users/worker/Library/LaunchAgents"
#define AGENT	AGENTS "/com.example.job.plist"
#define BREW	"homebrew.mxcl.jobber"
#define VERIFY	"verify --json --settle 0.02"
#define TEXT(label)	"<plist version=\"1.0\"><dict><key>Label</key><string>" label \
	"</string><key>ProgramArguments</key><array><string>" MAC_WORKER "</string><string>" \
	"--report</string><string>--interval</string><string>100000</string></array>" \
	"<key>KeepAlive</key><true/></dict></plist>\n"

/* Run a command of launchctl with "UID" replaced by worker's. */
static int
launchctl(struct mac *mac, const char *words)
{
	const char *uid = strstr(words, "UID");
	char line[256];

	assert_non_null(uid);
	snprintf(line, sizeof line, "%.*s%lu%s", (int)(uid - words), words,
	    (unsigned long)mac->worker_uid, uid + 3);
	return mac_launchctl(mac, line);
}

static void
write_agent(struct mac *mac, const char *path, const char *text)
{
	mac_write(mac, path, text);
	if (mac->as_root)
		mac_set_owner(mac, path, mac->worker_uid, mac->worker_gid);
}

/* As brew services or launchctl load has it: in a domain of the account. */
static void
load_agent(struct mac *mac, const char *domain, const char *path)
{
	char words[128];

	assert_int_equal(launchctl(mac, "fault session UID"), 0);
	snprintf(words, sizeof words, "bootstrap %s/UID %s", domain, path);
	assert_int_equal(launchctl(mac, words), 0);
}

/* Load it there, and delete its plist. */
static void
make_orphan(struct mac *mac, const char *domain)
{
	write_agent(mac, AGENT, TEXT("com.example.job"));
	load_agent(mac, domain, AGENT);
	mac_remove(mac, AGENT);
}

/* launchd has a job until its process has ended. */
static void
await_end(struct mac *mac, const char *target)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	char line[256];

	snprintf(line, sizeof line, "print %s", target);
	for (int i = 0; i < 3000 && mac_launchctl(mac, line) != 113; i++)
		nanosleep(&pause, NULL);
	assert_int_equal(mac_launchctl(mac, line), 113);
}

/* Run the commands "sudo launchctl ..." that begin there, up to a quote or the end of the line. */
static void
run_printed(struct mac *mac, const char *text)
{
	static const char start[] = "sudo launchctl bootout ";
	char line[1024], *command = line, *next;

	assert_non_null(text);
	snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\"\n"), text);
	for (; command != NULL; command = next) {
		next = strstr(command, " && ");
		if (next != NULL) {
			*next = '\0';
			next += 4;
		}
		assert_memory_equal(command, start, sizeof start - 1);
		assert_int_equal(mac_launchctl(mac, command + strlen("sudo launchctl ")), 0);
		await_end(mac, command + sizeof start - 1);
	}
}

static const char *
fix_of_agent(struct mac *mac)
{
	const char *check = strstr(mac->out, "\"id\":\"agent\""), *fix;

	assert_non_null(check);
	fix = strstr(check, "\"fix\":\"");
	assert_non_null(fix);
	return fix + strlen("\"fix\":\"");
}

static void
orphan_is_found_by_verify_and_ended_by_its_command(void **state)
{
	struct mac *mac = *state;
	char expected[128];
	pid_t pid;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	pid = mac_pid(mac);
	assert_status(mac, mac_command(mac, VERIFY), 0);
	assert_string_equal(mac_check(mac, "agent"), "pass");
	make_orphan(mac, "gui");
	assert_status(mac, mac_command(mac, VERIFY), 1);
	assert_string_equal(mac_check(mac, "agent"), "fail");
	assert_string_equal(mac_check(mac, "label-unique"), "pass");
	snprintf(expected, sizeof expected, "sudo launchctl bootout gui/%lu/com.example.job\"",
	    (unsigned long)mac->worker_uid);
	assert_has(fix_of_agent(mac), expected);
	assert_has_not(mac->err, "repair");
	run_printed(mac, fix_of_agent(mac));
	assert_status(mac, mac_command(mac, VERIFY), 0);
	assert_string_equal(mac_check(mac, "agent"), "pass");
	assert_int_equal(mac_pid(mac), pid);
}

/* brew services over ssh loads into user/UID, and later at the screen into gui/UID. */
static void
orphan_in_both_domains_is_ended_by_one_line(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	make_orphan(mac, "user");
	assert_status(mac, mac_command(mac, VERIFY), 1);
	make_orphan(mac, "gui");
	assert_status(mac, mac_command(mac, VERIFY), 1);
	assert_has(fix_of_agent(mac), " && sudo launchctl bootout user/");
	run_printed(mac, fix_of_agent(mac));
	assert_status(mac, mac_command(mac, VERIFY), 0);
}

/* A new daemon for an agent whose plist was deleted by hand. */
static void
first_install_reports_the_agent_that_still_runs(void **state)
{
	struct mac *mac = *state;

	make_orphan(mac, "gui");
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_has(mac->out, "an agent with this label is loaded, too, so both run: gui/");
	run_printed(mac, strstr(mac->out, "sudo launchctl bootout"));
	assert_status(mac, mac_command(mac, VERIFY), 0);
	mac_forget_calls(mac);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_has_not(mac_calls(mac), "gui/");
	assert_has_not(mac_calls(mac), "user/");
}

static int
count_calls(struct mac *mac, const char *domain)
{
	char line[64];
	int count = 0;

	snprintf(line, sizeof line, "print %s/%lu\n", domain, (unsigned long)mac->worker_uid);
	for (const char *at = mac_calls(mac); (at = strstr(at, line)) != NULL; at++)
		count++;
	return count;
}

/* More jobs than are looked at together. */
static void
each_domain_is_asked_once_for_all_jobs(void **state)
{
	struct mac *mac = *state;

	for (int i = 0; i < 20; i++) {
		char line[200];

		snprintf(line, sizeof line, "install --no-load --user worker --label "
		    "com.example.job%d -- " MAC_WORKER, i);
		assert_status(mac, mac_command(mac, line), 0);
	}
	mac_forget_calls(mac);
	mac_command(mac, VERIFY);
	assert_int_equal(count_calls(mac, "gui"), 1);
	assert_int_equal(count_calls(mac, "user"), 1);
	assert_int_equal(mac_count(mac, "print"), 22);
	assert_int_equal(mac_count(mac, "print-disabled"), 1);
}

static void
domain_that_is_not_understood_is_unknown(void **state)
{
	struct mac *mac = *state;

	mac_after(mac, "bootstrap");
	mac_answer_job(mac, "running", 0);
	mac_after(mac, NULL);
	assert_status(mac, mac_install(mac, "--settle 0", MAC_WORKER), 0);
	mac_command(mac, VERIFY);
	assert_string_equal(mac_check(mac, "agent"), "pass");
	mac_answer(mac, "print-domain", "gui/501 = {\n\ttype = login\n}\n", 0);
	mac_command(mac, VERIFY);
	assert_string_equal(mac_check(mac, "agent"), geteuid() == 0 ? "unknown" : "skip");
	assert_has(mac->out, " succeeded, but its output could not be parsed");
	mac_answer(mac, "print-domain", "gui/501 = {\n\ttype = login\n\tservices = {\n\t}\n}\n", 0);
	mac_command(mac, VERIFY);
	assert_string_equal(mac_check(mac, "agent"), "pass");
	mac_answer_megabyte(mac, "print-domain");
	mac_command(mac, VERIFY);
	assert_string_equal(mac_check(mac, "agent"), geteuid() == 0 ? "unknown" : "skip");
	mac_refuse(mac, "print-domain", 1);
	mac_command(mac, VERIFY);
	assert_string_equal(mac_check(mac, "agent"), geteuid() == 0 ? "unknown" : "skip");
}

/* What brew services start does is done by hand: its plist is written, and loaded. */
static void
agent_that_homebrew_put_back_is_found(void **state)
{
	static const char plist[] = AGENTS "/" BREW ".plist";
	struct mac *mac = *state;

	write_agent(mac, plist, TEXT(BREW));
	load_agent(mac, "gui", plist);
	assert_status(mac, mac_command(mac, "migrate --settle 0.02 --timeout 2 " BREW), 0);
	assert_has(mac->out,
	    "not with sudo, which removes the daemon: brew services stop jobber\n");
	assert_has_not(mac->out, "both run");
	assert_status(mac, mac_command(mac, VERIFY), 0);
	write_agent(mac, plist, TEXT(BREW));
	load_agent(mac, "gui", plist);
	assert_status(mac, mac_command(mac, VERIFY), 1);
	assert_string_equal(mac_check(mac, "agent"), "fail");
	run_printed(mac, fix_of_agent(mac));
	assert_status(mac, mac_command(mac, VERIFY), 0);
	assert_string_equal(mac_check(mac, "agent"), "pass");
	/* Its plist is there still; repair takes both. */
	assert_string_equal(mac_check(mac, "label-unique"), "warn");
	load_agent(mac, "gui", plist);
	assert_status(mac, mac_command(mac, "repair"), 0);
	assert_int_equal(launchctl(mac, "print gui/UID/" BREW), 113);
	assert_status(mac, mac_command(mac, VERIFY), 0);
	assert_string_equal(mac_check(mac, "label-unique"), "pass");
}

/* Of another plist, lnpctl could not load it again if the migration failed. */
static void
migrate_names_the_command_that_ends_another_agent(void **state)
{
	static const char other[] = "/Users/worker/other.plist";
	struct mac *mac = *state;

	write_agent(mac, other, TEXT("com.example.job"));
	load_agent(mac, "gui", other);
	write_agent(mac, AGENT, TEXT("com.example.job"));
	assert_status(mac, mac_command(mac, "migrate --settle 0.02 --timeout 2 " AGENT), 65);
	assert_has(mac->err, "hint: to end it: sudo launchctl bootout gui/");
	*strchr(strstr(mac->err, "hint: to end it: ") + 6, ';') = '\n';
	run_printed(mac, strstr(mac->err, "sudo launchctl bootout"));
	assert_status(mac, mac_command(mac, "migrate --settle 0.02 --timeout 2 " AGENT), 0);
	assert_status(mac, mac_command(mac, VERIFY), 0);
}

static void
scan_names_the_agent_and_its_end(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	assert_has_not(mac->out, "agent-loaded");
	make_orphan(mac, "user");
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	assert_has(mac->out, "{\"id\":\"agent-loaded\",\"message\":\"an agent with this label is "
	    "loaded, too; to end it: sudo launchctl bootout user/");
	run_printed(mac, strstr(mac->out, "sudo launchctl bootout"));
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	assert_has_not(mac->out, "agent-loaded");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(orphan_is_found_by_verify_and_ended_by_its_command),
		EMBEDDED(orphan_in_both_domains_is_ended_by_one_line),
		EMBEDDED(first_install_reports_the_agent_that_still_runs),
		EMBEDDED(each_domain_is_asked_once_for_all_jobs),
		SCRIPTED(domain_that_is_not_understood_is_unknown),
		EMBEDDED(agent_that_homebrew_put_back_is_found),
		EMBEDDED(migrate_names_the_command_that_ends_another_agent),
		EMBEDDED(scan_names_the_agent_and_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
