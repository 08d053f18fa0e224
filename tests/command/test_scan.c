#define _DEFAULT_SOURCE		/* symlink, mkfifo and truncate, which glibc counts as POSIX only
				   with this */
/* scan: the risk and reason of a job by its facts, and whole commands on a temporary Mac. */
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

#include "core/job/scan.h"
#include "mac.h"

#define CORE_SERVICES	"/System/Library/CoreServices"
#define ACCOUNTS	"/private/var/db/dslocal/nodes/Default"
#define AGENTS	"/Users/worker/Library/LaunchAgents"
#define START	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict><key>" \
	"Label</key><string>"
#define PROGRAM	"</string><key>ProgramArguments</key><array><string>" MAC_WORKER "</string></array>"
#define END	"</dict></plist>\n"
#define NOBODY	65534
#define KEPT	"<key>KeepAlive</key><true/>"

static struct scan_job
judged(enum scan_kind kind, const char *keys, const char *account, uid_t uid, const char *version)
{
	struct scan_job job = {
		.kind = kind, .path = "/Library/x/com.example.job.plist", .account_exists = YES,
		    .uid = uid
	};
	char text[1024];

	snprintf(text, sizeof text, START "com.example.job" PROGRAM "%s" END, keys);
	scan_read(&job, (struct bytes){ (const unsigned char *)text, strlen(text) });
	assert_string_equal(job.trouble, "");
	if (kind == SCAN_AGENT)
		strcpy(job.account, account);
	else
		assert_string_equal(job.account, account);
	scan_classify(&job, version);
	return job;
}

/* ---- judging ---- */

static void
risk_is_that_of_the_evidence_and_the_reason_says_how_strong_it_is(void **state)
{
	static const struct {
		enum scan_kind	kind;
		const char	*keys, *account;
		uid_t		uid;
		const char	*version;
		enum risk	risk;
		const char	*reason;
	} cases[] = {
		{ SCAN_AGENT, KEPT, "worker", 501, "15.0", RISK_AT_RISK,
		  "Not certain to be blocked" },
		{ SCAN_AGENT, KEPT, "worker", 501, "26.3", RISK_AT_RISK, "two measurements" },
		{ SCAN_AGENT, KEPT, "worker", 501, "", RISK_AT_RISK, "Apple does not exempt" },
		{ SCAN_AGENT, "<key>RunAtLoad</key><true/>", "", 0, "15.5", RISK_AT_RISK,
		  "a resident agent" },
		{ SCAN_AGENT, "<key>KeepAlive</key><dict/>", "worker", 501, "15.5", RISK_AT_RISK,
		  "a resident agent" },
		{ SCAN_AGENT, "<key>StartInterval</key><integer>60</integer>", "worker", 501,
		  "15.5", RISK_AT_RISK,
		    "a short-lived agent" },
		{ SCAN_AGENT, "", "worker", 501, "15.5", RISK_UNKNOWN, "on demand" },
		{ SCAN_AGENT, KEPT, "worker", 501, "14.7.1", RISK_LOW, "older than macOS 15" },
		{ SCAN_DAEMON, KEPT, "root", 0, "15.5", RISK_EXEMPT_IF_ROOT, "no report" },
		{ SCAN_DAEMON, KEPT "<key>UserName</key><string>_worker</string>", "_worker", 300,
		  "15.5", RISK_LOW,
		    "one measurement" },
		{ SCAN_DAEMON, KEPT "<key>UserName</key><string>worker</string>", "worker", 501,
		  "15.5", RISK_AT_RISK,
		    "three reports" },
		{ SCAN_DAEMON, KEPT "<key>UserName</key><string>toor</string>", "toor", 0, "15.5",
		  RISK_EXEMPT_IF_ROOT, "root" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct scan_job job = judged(cases[i].kind, cases[i].keys, cases[i].account,
		    cases[i].uid, cases[i].version);

		if (job.risk != cases[i].risk)
			fail_msg("case %zu is %s: %s", i, scan_risk_word(job.risk), job.reason);
		assert_has(job.reason, cases[i].reason);
	}
}

static void
fix_can_be_pasted(void **state)
{
	struct scan_job job = judged(SCAN_AGENT, KEPT, "worker", 501, "15.5");

	(void)state;
	assert_string_equal(job.fix, "sudo lnpctl migrate com.example.job");
	job.account[0] = '\0';
	strcpy(job.path, "/Users/a b/$(id).plist");
	scan_classify(&job, "15.5");
	assert_string_equal(job.fix, "sudo lnpctl migrate --user USER com.example.job");
	job.namesake = true;
	scan_classify(&job, "15.5");
	assert_has_not(job.fix, "sudo");
	strcpy(job.label, "x; touch hit");
	scan_classify(&job, "15.5");
	assert_has_not(job.fix, "hit");
}

static void
plist_that_is_not_a_job_is_unknown_with_a_reason(void **state)
{
	static const char *const texts[] =
	    { "", "x", START END, "<plist version=\"1.0\"><dict/></plist>",
		"<plist version=\"1.0\"><array/></plist>", "bplist00" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct scan_job job = { .kind = SCAN_AGENT };

		scan_read(&job, (struct bytes){ (const unsigned char *)texts[i],
		    strlen(texts[i]) });
		scan_classify(&job, "15.5");
		assert_int_equal(job.risk, RISK_UNKNOWN);
		assert_true(job.reason[0] != '\0');
		assert_string_equal(job.label, "");
	}
}

static void
labels_of_one_domain_are_duplicates_and_of_two_accounts_not(void **state)
{
	struct scan_job jobs[4] = {
		{ .kind = SCAN_AGENT, .label = "com.example.a", .account = "x", .path = "/1" },
		{ .kind = SCAN_AGENT, .label = "com.example.a", .account = "y", .path = "/2" },
		{ .kind = SCAN_AGENT, .label = "com.example.b", .account = "x", .path = "/3" },
		{ .kind = SCAN_DAEMON, .label = "com.Example.B", .account = "root", .path = "/4" },
	};

	(void)state;
	scan_compare(jobs, 4);
	assert_false(jobs[0].troubles[TROUBLE_DUPLICATE]);
	assert_false(jobs[1].troubles[TROUBLE_DUPLICATE]);
	assert_string_equal(jobs[2].duplicate, "/4");
	assert_string_equal(jobs[3].duplicate, "/3");
}

/* ---- whole commands ---- */

static void
agent(struct mac *mac, const char *path, const char *label, const char *keys)
{
	char text[1024];

	snprintf(text, sizeof text, START "%s" PROGRAM "%s" END, label, keys);
	mac_write(mac, path, text);
	if (strncmp(path, AGENTS, strlen(AGENTS)) == 0 && mac->as_root)
		mac_set_owner(mac, path, mac->worker_uid, mac->worker_gid);
}

static void
every_job_is_listed_with_account_and_whether_it_is_loaded(void **state)
{
	struct mac *mac = *state;
	char line[256];

	agent(mac, AGENTS "/com.example.job.plist", "com.example.job",
	    KEPT "<key>StandardOutPath</key><string>/dev/null</string>");
	agent(mac, "/Library/LaunchAgents/com.example.all.plist", "com.example.all", "");
	snprintf(line, sizeof line, "fault session %lu", (unsigned long)mac->worker_uid);
	assert_int_equal(mac_launchctl(mac, line), 0);
	snprintf(line, sizeof line, "bootstrap gui/%lu " AGENTS "/com.example.job.plist",
	    (unsigned long)mac->worker_uid);
	assert_int_equal(mac_launchctl(mac, line), 0);
	assert_status(mac, mac_command(mac,
	    "install --label com.example.daemon --user worker --settle 0.02 -- " MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	assert_has(mac->out, "\"ok\":true");
	assert_has(mac->out, "\"label\":\"com.example.job\",\"kind\":\"agent\","
	    "\"account\":\"worker\",\"loaded\":true");
	assert_has(mac->out, "\"label\":\"com.example.all\",\"kind\":\"agent\",\"account\":null,"
	    "\"loaded\":false");
	assert_has(mac->out, "\"label\":\"com.example.daemon\",\"kind\":\"daemon\","
	    "\"account\":\"worker\",\"loaded\":true");
	assert_status(mac, mac_command(mac, "scan"), 0);
	assert_has(mac->out, "at risk         agent   worker        yes     com.example.job\n");
	assert_status(mac, mac_command(mac, "scan x"), 64);
}

static void
table_stays_within_eighty_columns(void **state)
{
	struct mac *mac = *state;
	char label[161];

	memset(label, 'x', 160);
	label[160] = '\0';
	agent(mac, AGENTS "/x.plist", label, "");
	assert_status(mac, mac_command(mac, "scan"), 0);
	for (const char *line = mac->out; *line != '\0'; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > 80)
			fail_msg("too long: %.100s", line);
	assert_has(mac->out, "xxx...\n");
}

static void
problems_with_files_are_reported(void **state)
{
	struct mac *mac = *state;
	bool quarantined;

	agent(mac, AGENTS "/a.plist", "com.example.twin", KEPT);
	agent(mac, "/Library/LaunchDaemons/b.plist", "com.example.twin",
	    "<key>UserName</key><string>_worker</string>");
	mac_write(mac, AGENTS "/c.plist",
	    START "com.example.c</string><key>Program</key><string>/usr/local/bin/none</string>"
		  "<key>StandardErrorPath</key><string>/var/log/c.err</string>" END);
	quarantined = mac_quarantine(mac, AGENTS "/a.plist");
	assert_int_equal(mac_launchctl(mac, "disable system/com.example.twin"), 0);
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	assert_has(mac->out, "\"id\":\"label-twice\"");
	assert_has(mac->out, "\"id\":\"disabled\"");
	assert_has(mac->out, "\"id\":\"missing-program\",\"message\":\"the program "
	    "/usr/local/bin/none does not exist\"");
	if (quarantined)
		assert_has(mac->out, "\"id\":\"quarantine\"");
	if (mac->as_root)
		assert_has(mac->out, "\"id\":\"log-not-writable\"");
	assert_status(mac, mac_command(mac, "scan"), 0);
	assert_has(mac->out, "other problems that can stop a job:\n");
}

static void
links_pipes_and_huge_files_of_a_home_do_no_harm(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, "/private/etc/secret.plist", START "com.example.secret" PROGRAM END);
	agent(mac, AGENTS "/good.plist", "com.example.good", KEPT);
	assert_int_equal(symlink(mac_path(mac, "/private/etc/secret.plist"),
	    mac_path(mac, AGENTS "/link.plist")), 0);
	assert_status(mac, mac_command(mac, "scan --json"), 2);
	assert_has_not(mac->out, "com.example.secret");
	assert_has(mac->out, "link.plist: it is a symbolic link, which is not followed");
	assert_has(mac->out, "com.example.good");
	mac_remove(mac, AGENTS "/link.plist");
	assert_int_equal(mkfifo(mac_path(mac, AGENTS "/pipe.plist"), 0644), 0);
	assert_status(mac, mac_command(mac, "scan --json"), 0);	/* launchd cannot load it either */
	assert_has(mac->out, "pipe.plist");
	mac_write(mac, AGENTS "/huge.plist", "");
	assert_int_equal(truncate(mac_path(mac, AGENTS "/huge.plist"),
	    (off_t)10 * 1024 * 1024 * 1024), 0);
	assert_status(mac, mac_command(mac, "scan --json"), 2);
	assert_has(mac->out, "com.example.good");
}

/* As vendors install them. */
static void
link_of_root_beside_the_jobs_is_followed_and_one_of_others_is_not(void **state)
{
	static const char vendors[] = "/Library/LaunchDaemons/com.example.vendor.plist";
	struct mac *mac = *state;

	mac_write(mac, "/usr/local/bin/vendor.plist", START "com.example.vendor" PROGRAM END);
	assert_int_equal(symlink("/usr/local/bin/vendor.plist", mac_path(mac, vendors)), 0);
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	assert_has(mac->out, "\"com.example.vendor\"");
	assert_status(mac, mac_install(mac, "--settle 0.05", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	mac_write(mac, "/usr/local/bin/vendor.plist", START "com.example.job" PROGRAM END);
	assert_status(mac, mac_command(mac, "verify"), 1);
	assert_has(mac->out, "com.example.vendor.plist also has the label com.example.job");
	/* It is dangling: launchd cannot load it either. */
	mac_remove(mac, "/usr/local/bin/vendor.plist");
	assert_status(mac, mac_command(mac, "scan"), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	if (!mac->as_root)
		return;
	/* Its target in an account's directory decides nothing, and is not read. */
	mac_remove(mac, vendors);
	mac_write(mac, "/Users/worker/v.plist", START "com.example.job" PROGRAM END);
	assert_int_equal(symlink("/Users/worker/v.plist", mac_path(mac, vendors)), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	assert_int_equal(lchown(mac_path(mac, vendors), mac->worker_uid, mac->worker_gid), 0);
	assert_status(mac, mac_command(mac, "verify"), 2);
	assert_has(mac->out, "com.example.vendor.plist could not be read");
}

static void
agent_directory_that_is_a_link_is_not_entered(void **state)
{
	struct mac *mac = *state;

	mac_make_folder(mac, "/private/other");
	mac_write(mac, "/private/other/x.plist", START "com.example.other" PROGRAM END);
	assert_int_equal(rmdir(mac_path(mac, AGENTS)), 0);
	assert_int_equal(symlink("/private/other", mac_path(mac, AGENTS)), 0);
	assert_status(mac, mac_command(mac, "scan"), 2);
	assert_has_not(mac->out, "com.example.other");
	assert_has(mac->err, "it is a symbolic link, which is not followed");
}

static void
launchctl_that_does_not_answer_leaves_loaded_unknown(void **state)
{
	struct mac *mac = *state;

	agent(mac, AGENTS "/com.example.job.plist", "com.example.job", KEPT);
	mac_die(mac, "print");
	assert_status(mac, mac_command(mac, "scan --json"), 2);
	assert_has(mac->out, "\"loaded\":null");
	assert_has(mac->out, "was killed by signal 9");
	assert_string_equal(mac_json(mac, "risk"), "\"at_risk\"");
}

static void
one_print_for_a_job_and_domain_and_one_print_disabled_for_a_domain(void **state)
{
	struct mac *mac = *state;

	for (int i = 0; i < 12; i++) {
		char path[256], label[64];

		snprintf(label, sizeof label, "com.example.job%d", i);
		snprintf(path, sizeof path, i < 6 ? AGENTS "/%s.plist" :
		    "/Library/LaunchDaemons/%s.plist", label);
		agent(mac, path, label, KEPT);
	}
	mac_answer(mac, "print-disabled", MAC_NOTHING_DISABLED, 0);
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	/* gui and user; system; gui and user of the daemons' account, for agents beside them */
	assert_int_equal(mac_count(mac, "print"), 6 * 2 + 6 + 2);
	assert_int_equal(mac_count(mac, "print-disabled"), 2);
}

/* Any account may have agents. */
static void
account_whose_record_cannot_be_read_is_reported(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print-disabled", MAC_NOTHING_DISABLED, 0);
	mac_write(mac, ACCOUNTS "/users/hidden.plist", "no record\n");
	assert_status(mac, mac_command(mac, "scan"), 2);
	assert_has(mac->err, "the account hidden: ");
	mac_remove(mac, ACCOUNTS "/users/hidden.plist");
	assert_status(mac, mac_command(mac, "scan"), 0);
	mac_write(mac, ACCOUNTS "/groups/hidden.plist", "no record\n");
	assert_status(mac, mac_command(mac, "scan"), 2);
	assert_has(mac->err, "the groups of ");
	assert_has(mac->err, "1 item could");		/* not one for each account */
}

/* Root can read each home, so the test runs as another account; other testers close their own. */
static void
unreadable_home_is_reported(void **state)
{
	struct mac *mac = *state;
	int result;

	mac_answer(mac, "print-disabled", MAC_NOTHING_DISABLED, 0);
	agent(mac, AGENTS "/com.example.job.plist", "com.example.job", KEPT);
	assert_int_equal(chmod(mac_path(mac, "/Users/worker"), mac->as_root ? 0700 : 0), 0);
	if (mac->as_root)	/* an ordinary user can name only their own directories */
		assert_int_equal(chown(mac->root, NOBODY, NOBODY) | seteuid(NOBODY), 0);
	result = mac_command(mac, "scan");
	if (mac->as_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(mac_path(mac, "/Users/worker"), 0755), 0);
	assert_status(mac, result, 2);
	assert_has(mac->err, AGENTS ": Permission denied");
	assert_has_not(mac->out, "com.example.job");
}

static void
write_version(struct mac *mac, const char *name, const char *version)
{
	char path[PATH_SIZE], text[256];

	snprintf(path, sizeof path, CORE_SERVICES "/%s", name);
	snprintf(text, sizeof text, "<plist version=\"1.0\"><dict><key>ProductVersion</key>"
	    "<string>%s</string></dict></plist>\n",
	    version);
	mac_write(mac, path, text);
}

/* On macOS 26 a program built for older systems reads 16.x under one of the names, as here. */
static void
version_of_the_system_is_read_from_the_truthful_key(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print-disabled", MAC_NOTHING_DISABLED, 0);
	write_version(mac, "SystemVersion.plist", "16.2");
	write_version(mac, "other.plist", "26.2");
	mac_remove(mac, CORE_SERVICES "/.SystemVersionPlatform.plist");
	assert_int_equal(symlink("other.plist",
	    mac_path(mac, CORE_SERVICES "/.SystemVersionPlatform.plist")), 0);
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	assert_string_equal(mac_json(mac, "version"), "\"26.2\"");
	mac_remove(mac, CORE_SERVICES "/other.plist");
	assert_status(mac, mac_command(mac, "scan --json"), 0);
	assert_string_equal(mac_json(mac, "version"), "\"16.2\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(risk_is_that_of_the_evidence_and_the_reason_says_how_strong_it_is),
		cmocka_unit_test(fix_can_be_pasted),
		cmocka_unit_test(plist_that_is_not_a_job_is_unknown_with_a_reason),
		cmocka_unit_test(labels_of_one_domain_are_duplicates_and_of_two_accounts_not),
		EMBEDDED(every_job_is_listed_with_account_and_whether_it_is_loaded),
		EMBEDDED(table_stays_within_eighty_columns),
		EMBEDDED(problems_with_files_are_reported),
		SCRIPTED(links_pipes_and_huge_files_of_a_home_do_no_harm),
		SCRIPTED(agent_directory_that_is_a_link_is_not_entered),
		EMBEDDED(link_of_root_beside_the_jobs_is_followed_and_one_of_others_is_not),
		SCRIPTED(launchctl_that_does_not_answer_leaves_loaded_unknown),
		SCRIPTED(one_print_for_a_job_and_domain_and_one_print_disabled_for_a_domain),
		SCRIPTED(version_of_the_system_is_read_from_the_truthful_key),
		SCRIPTED(account_whose_record_cannot_be_read_is_reported),
		SCRIPTED(unreadable_home_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
