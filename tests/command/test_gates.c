/*
 * Plists that launchd would not read, labels of Apple's and interpreters that others can change
 * decide nothing; private files stay private.
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

#include "host/steps/apply.h"
#include "mac.h"

#define HOME_AGENTS	"/Users/worker/Library/LaunchAgents"
#define AGENT	HOME_AGENTS "/com.example.job.plist"
#define OTHER	"/Library/LaunchDaemons/other.plist"
#define START	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict><key>" \
	"Label</key><string>"
#define JOB	"</string><key>ProgramArguments</key><array><string>" MAC_WORKER "</string>" \
	"<string>--report</string>" \
	"<string>--interval</string><string>100000</string></array><key>KeepAlive</key><true/>\n"
#define END	"</dict></plist>\n"
#define PLIST_OF(label)	START label JOB END
#define LOGS_OF_OURS	"<key>StandardOutPath</key><string>" LOG "</string>"

/* Replaces each old in a file. */
static void
replace_text(struct mac *mac, const char *path, const char *old, const char *with)
{
	const char *text = mac_read(mac, path), *found;
	char *changed = calloc(1, 2 * strlen(text) + 1);

	assert_non_null(changed);
	assert_non_null(strstr(text, old));
	while ((found = strstr(text, old)) != NULL) {
		strncat(changed, text, (size_t)(found - text));
		strcat(changed, with);
		text = found + strlen(old);
	}
	strcat(changed, text);
	mac_write(mac, path, changed);
	free(changed);
}

/* ---- files that launchd would not read ---- */

static void
plist_that_launchd_would_not_read_is_not_a_duplicate(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, OTHER, START "com.example.other" JOB LOGS_OF_OURS END);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 65);
	mac_write(mac, HOME_AGENTS "/x.plist", PLIST_OF("com.example.job"));
	if (mac->as_root)
		mac_set_owner(mac, HOME_AGENTS "/x.plist", mac->worker_uid, mac->worker_gid);
	mac_remove(mac, OTHER);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 65);
	/* Users who can write one of them must not decide which label or log is taken. */
	mac_set_mode(mac, HOME_AGENTS "/x.plist", 0666);
	mac_write(mac, OTHER, START "com.example.job" JOB LOGS_OF_OURS END);
	mac_set_mode(mac, OTHER, 0666);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "verify --settle 0.02"), 0);
}

static void
file_that_others_could_write_is_not_displaced_or_restored(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, PLIST, PLIST_OF("com.example.job"));
	mac_set_mode(mac, PLIST, 0666);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", MAC_QUIET), 65);
	assert_has(mac->err, "writable by users other than root");
	mac_set_mode(mac, PLIST, 0600);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", MAC_QUIET), 0);
	/* A receipt of an earlier version, from which root would restore it as its own. */
	replace_text(mac, RECEIPT, "<integer>384</integer>", "<integer>438</integer>");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_false(mac_exists(mac, PLIST));
	assert_has(mac->out, "not restored");
}

static void
scan_ignores_plists_that_launchd_would_not_read(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, OTHER, PLIST_OF("com.example.job"));
	mac_write(mac, PLIST, PLIST_OF("com.example.job"));
	assert_status(mac, mac_command(mac, "scan"), 0);
	assert_has(mac->out, "has the same label");
	mac_set_mode(mac, OTHER, 0662);
	assert_status(mac, mac_command(mac, "scan"), 0);
	assert_has_not(mac->out, "has the same label");
	assert_has(mac->out, "launchd refuses it (122)");
}

/* ---- labels ---- */

static void
label_of_an_apple_job_is_refused_everywhere(void **state)
{
	struct mac *mac = *state;
	static const char *const folders[] = { "/System/Library/LaunchDaemons",
	    "/System/Library/LaunchAgents" };

	mac_write(mac, AGENT, PLIST_OF("com.openssh.sshd"));
	mac_write(mac, "/private/etc/from.plist", PLIST_OF("com.openssh.sshd"));
	if (mac->as_root)
		mac_set_owner(mac, AGENT, mac->worker_uid, mac->worker_gid);
	assert_int_equal(mac_launchctl(mac, "disable system/com.openssh.sshd"), 0);
	for (size_t i = 0; i < 2; i++) {
		char ssh[64], own[96];

		snprintf(ssh, sizeof ssh, "%s/ssh.plist", folders[i]);
		snprintf(own, sizeof own, "%s/com.example.job.plist", folders[i]);
		assert_true(mac_exists(mac, folders[i]));
		mac_write(mac, ssh, PLIST_OF("com.openssh.sshd"));
		assert_status(mac, mac_command(mac, "migrate --settle 0.02 " AGENT), 65);
		assert_has(mac->err, ssh);
		assert_status(mac,
		    mac_command(mac, "install --label COM.OpenSSH.sshd --user worker --replace "
		    "-- " MAC_QUIET), 65);
		assert_has(mac->err, "macOS's own");
		assert_status(mac, mac_command(mac,
		    "install --user worker --from /private/etc/from.plist"), 65);
		assert_has(mac->err, "macOS's own");
		/* A file name is not a label. */
		mac_write(mac, own, PLIST_OF("com.example.not"));
		assert_status(mac, mac_install(mac, "--dry-run", MAC_QUIET), 0);
		mac_remove(mac, ssh);
		mac_remove(mac, own);
	}
	/* What is installed stays, whatever an update brings. */
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	mac_write(mac, "/System/Library/LaunchAgents/x.plist", PLIST_OF("com.example.job"));
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_has(mac->out, "unchanged");
	assert_status(mac, mac_command(mac, "status --json com.openssh.sshd"), 1);
	assert_string_equal(mac_json(mac, "disabled"), "true");
}

static void
disabled_label_is_enabled_by_install_only_and_restored_by_uninstall(void **state)
{
	struct mac *mac = *state;
	char own[64];

	mac_write(mac, AGENT, PLIST_OF("com.example.job"));
	if (mac->as_root)
		mac_set_owner(mac, AGENT, mac->worker_uid, mac->worker_gid);
	assert_int_equal(mac_launchctl(mac, "disable system/com.example.job"), 0);
	assert_status(mac, mac_command(mac, "migrate --settle 0.02 " AGENT), 65);
	assert_has(mac->err, "is disabled in 'system'");
	assert_has(mac->err, "sudo launchctl enable system/com.example.job");
	assert_int_equal(mac_count(mac, "enable"), 0);
	mac_remove(mac, AGENT);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "status --json com.example.job"), 0);
	assert_string_equal(mac_json(mac, "disabled"), "false");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_status(mac, mac_command(mac, "status --json com.example.job"), 1);
	assert_string_equal(mac_json(mac, "disabled"), "true");
	assert_int_equal(mac_launchctl(mac, "enable system/com.example.job"), 0);
	/* An agent that its account has disabled must not run as a daemon either. */
	mac_write(mac, AGENT, PLIST_OF("com.example.job"));
	if (mac->as_root)
		mac_set_owner(mac, AGENT, mac->worker_uid, mac->worker_gid);
	snprintf(own, sizeof own, "fault session %lu", (unsigned long)mac->worker_uid);
	assert_int_equal(mac_launchctl(mac, own), 0);
	snprintf(own, sizeof own, "disable user/%lu/com.example.job",
	    (unsigned long)mac->worker_uid);
	assert_int_equal(mac_launchctl(mac, own), 0);
	assert_status(mac, mac_command(mac, "migrate --settle 0.02 " AGENT), 65);
	assert_has(mac->err, "sudo launchctl enable user/");
}

/* ---- what is private ---- */

/* The permission bits, in octal. */
static const char *
mode_of(struct mac *mac, const char *path)
{
	const char *owner = mac_owner(mac, path), *blank = strchr(owner, ' ');

	return blank == NULL ? owner : blank + 1;
}

static void
private_agent_stays_private_as_a_daemon_and_as_an_agent_again(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, AGENT, PLIST_OF("com.example.job"));
	mac_set_mode(mac, AGENT, 0600);
	if (mac->as_root)
		mac_set_owner(mac, AGENT, mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_command(mac, "migrate --settle 0.02 " AGENT), 0);
	assert_string_equal(mode_of(mac, PLIST), "0600");
	assert_string_equal(mode_of(mac, RECEIPT), "0600");
	assert_string_equal(mode_of(mac, STATE "/com.example.job.agent"), "0600");
	assert_status(mac, mac_command(mac, "verify --settle 0.02"), 0);
	assert_status(mac, mac_command(mac, "repair --settle 0.02"), 0);
	assert_has(mac->out, "unchanged");
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_string_equal(mode_of(mac, AGENT), "0600");
}

static void
private_file_of_from_makes_a_private_plist_and_receipt(void **state)
{
	struct mac *mac = *state;
	static const char command[] = "install --settle 0.02 --user worker --from "
	    "/private/etc/from.plist";

	mac_write(mac, "/private/etc/from.plist", PLIST_OF("com.example.job"));
	mac_set_mode(mac, "/private/etc/from.plist", 0600);
	assert_status(mac, mac_command(mac, command), 0);
	assert_string_equal(mode_of(mac, PLIST), "0600");
	assert_string_equal(mode_of(mac, RECEIPT), "0600");
	assert_status(mac, mac_command(mac, command), 0);
	assert_has(mac->out, "unchanged");
	mac_set_mode(mac, PLIST, 0644);
	mac_set_mode(mac, RECEIPT, 0644);
	assert_status(mac, mac_command(mac, "verify --settle 0.02"), 1);
	assert_has(mac->out, "the plist has mode 0644, not 0600");
	assert_status(mac, mac_command(mac, "repair --settle 0.02"), 0);
	assert_string_equal(mode_of(mac, PLIST), "0600");
	assert_string_equal(mode_of(mac, RECEIPT), "0600");
	/* It also stays private with options about other things, and after a change that failed. */
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_string_equal(mode_of(mac, PLIST), "0600");
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_WORKER " --exit 1"), 1);
	assert_string_equal(mode_of(mac, PLIST), "0600");
	assert_string_equal(mode_of(mac, RECEIPT), "0600");
	if (!mac->as_root) {
		mac_set_mode(mac, RECEIPT, 0);
		assert_status(mac, mac_command(mac, "verify --json com.example.job"), 2);
		assert_string_equal(mac_check(mac, "receipt"), "unknown");
	}
}

/* Then another vendor's plist of that name is not taken for the job's. */
static void
label_that_an_account_chose_is_marked_in_the_receipt(void **state)
{
	struct mac *mac = *state;
	static const char command[] = "install --settle 0.02 --user worker --group staff "
	    "--from /private/etc/from.plist";

	mac_write(mac, "/private/etc/from.plist", PLIST_OF("com.example.job"));
	mac_set_mode(mac, "/private/etc/from.plist", 0666);
	assert_status(mac, mac_command(mac, command), 0);
	assert_has(mac_read(mac, RECEIPT), "<key>AccountLabel</key>");
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	mac_set_mode(mac, "/private/etc/from.plist", 0644);
	assert_status(mac, mac_command(mac, command), 0);
	assert_null(strstr(mac_read(mac, RECEIPT), "AccountLabel"));
}

/* Every login account of a Mac is in staff: only who gives --group opens the log to it. */
static void
group_that_a_file_names_does_not_open_the_logs_to_staff(void **state)
{
	struct mac *mac = *state;

	if (!mac->as_root)
		skip();
	mac_write(mac, "/private/etc/from.plist", "<plist version=\"1.0\"><dict><key>Label</key>"
	    "<string>com.example.job</string><key>KeepAlive</key><true/>"
	    "<key>UserName</key><string>worker</string><key>GroupName</key><string>staff</string>"
	    "<key>StandardErrorPath</key><string>/var/log/from.err</string></dict></plist>");
	assert_status(mac, mac_command(mac, "install --settle 0.02 --from /private/etc/from.plist "
	    "-- " MAC_QUIET), 0);
	assert_string_equal(mode_of(mac, "/var/log/from.err"), "0600");
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_status(mac, mac_command(mac, "install --settle 0.02 --group staff "
	    "--from /private/etc/from.plist -- " MAC_QUIET), 0);
	assert_string_equal(mode_of(mac, "/var/log/from.err"), "0640");
}

#define SHORT(NAME)	"/private/var/log/" NAME

/* As version 0.1 named them, and later builds with mode 0600 for the group staff. */
static void
job_with_short_log_names_keeps_them(void **state)
{
	struct mac *mac = *state;
	const char *job = "--label com.example.job --settle 0.02 --user worker";
	char command[256], plist[8192];
	pid_t pid;

	snprintf(command, sizeof command, "install %s --stdout /var/log/job.log "
	    "--stderr /var/log/job.err -- " MAC_QUIET, job);
	assert_status(mac, mac_command(mac, command), 0);
	pid = mac_pid(mac);
	snprintf(plist, sizeof plist, "%s", mac_read(mac, PLIST));
	snprintf(command, sizeof command, "install %s -- " MAC_QUIET, job);
	assert_status(mac, mac_command(mac, command), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_status(mac, mac_command(mac, "install --label com.example.job --log-dir /var/log"),
	    0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_int_equal(mac_pid(mac), pid);
	assert_string_equal(mac_read(mac, PLIST), plist);
	if (mac->as_root)
		assert_string_equal(mode_of(mac, SHORT("job.log")), "0600");
	assert_false(mac_exists(mac, LOG));

	/* Another change keeps them, too; elsewhere they are new. */
	snprintf(command, sizeof command, "install %s --env NAME=value -- " MAC_QUIET, job);
	assert_status(mac, mac_command(mac, command), 0);
	assert_has(mac_read(mac, PLIST), "<string>/var/log/job.err</string>");
	assert_status(mac, mac_command(mac, "install --label com.example.job --log-dir /var/log/x"),
	    0);
	assert_has(mac_read(mac, PLIST), "<string>/var/log/x/com.example.job.err</string>");
	assert_false(mac_exists(mac, LOG));
}

static void
labels_that_end_alike_have_logs_of_their_own(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, SHORT("system.log"), "");
	assert_status(mac, mac_command(mac, "install --no-load --label com.a.system --user worker "
	    "-- " MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "install --no-load --label com.b.system --user worker "
	    "-- " MAC_QUIET), 0);
	assert_true(mac_exists(mac, SHORT("com.a.system.log")));
	assert_true(mac_exists(mac, SHORT("com.b.system.err")));
	assert_string_equal(mode_of(mac, SHORT("system.log")), "0644");
	assert_false(mac_exists(mac, SHORT("system.err")));
}

static void
private_plist_that_is_replaced_is_private_in_the_receipt(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, OTHER, PLIST_OF("com.example.job"));
	mac_set_mode(mac, OTHER, 0600);
	assert_status(mac, mac_install(mac, "--settle 0.02 --replace", MAC_QUIET), 0);
	assert_string_equal(mode_of(mac, PLIST), "0644");
	assert_string_equal(mode_of(mac, RECEIPT), "0600");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_string_equal(mode_of(mac, OTHER), "0600");
}

/* ---- interpreters ---- */

#define SCRIPT	"/usr/local/bin/script"
/* No logs: only root could give them to root. */
#define AS_ROOT	"install --label com.example.job --user root --no-load " \
	"--stdout /dev/null --stderr /dev/null "
#define OF_ROOT	AS_ROOT "-- " SCRIPT

static void
script(struct mac *mac, const char *path, const char *line)
{
	char text[256];

	snprintf(text, sizeof text, "%s\nexec sleep 1000\n", line);
	mac_write(mac, path, text);
	mac_set_mode(mac, path, 0755);
}

static void
script_of_a_root_job_needs_an_interpreter_that_only_root_can_change(void **state)
{
	struct mac *mac = *state;
	static const char *const lines[] = { "#!/opt/run", "#!/usr/bin/env /opt/run",
	    "#!/usr/bin/env -P /opt run",
		"#!/usr/local/bin/nested" };

	mac_make_folder(mac, "/opt");
	mac_make_folder(mac, "/usr/bin");
	script(mac, "/usr/bin/env", "");
	script(mac, "/opt/run", "");
	script(mac, "/usr/local/bin/nested", "#!/opt/run -x");
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		script(mac, SCRIPT, lines[i]);
		mac_set_mode(mac, "/opt/run", 0777);
		assert_status(mac, mac_command(mac, OF_ROOT), 65);
		assert_has(mac->err, "'/opt/run' runs it");
		mac_set_mode(mac, "/opt/run", 0755);
		mac_set_mode(mac, "/opt", 0777);
		assert_status(mac, mac_command(mac, OF_ROOT), 65);
		assert_has(mac->err, "'/opt' has an owner or");
		mac_set_mode(mac, "/opt", 0755);
		assert_status(mac, mac_command(mac,
		    "install --dry-run --label com.example.job --user root -- " SCRIPT), 0);
		if (!mac->as_root)
			continue;
		mac_set_owner(mac, "/opt/run", mac->worker_uid, mac->worker_gid);
		assert_status(mac, mac_command(mac, OF_ROOT), 65);
		mac_set_owner(mac, "/opt/run", 0, 0);
	}
	assert_false(mac_exists(mac, PLIST));
}

/* env would find first what others can put into a directory of PATH. */
static void
env_may_find_a_program_that_others_planted(void **state)
{
	struct mac *mac = *state;

	mac_make_folder(mac, "/opt");
	mac_make_folder(mac, "/usr/bin");
	script(mac, "/usr/bin/env", "");
	script(mac, "/usr/local/bin/run", "");
	script(mac, SCRIPT, "#!/usr/bin/env run");
	mac_set_mode(mac, "/opt", 0777);
	assert_status(mac, mac_command(mac,
	    AS_ROOT "--env PATH=/opt/bin:/usr/local/bin -- " SCRIPT), 65);
	assert_has(mac->err, "'/opt' has an owner or");
	assert_status(mac, mac_command(mac,
	    AS_ROOT "--env PATH=/usr/local/bin:/opt/bin -- " SCRIPT), 0);
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	/* env as the program itself. */
	assert_status(mac, mac_command(mac,
	    AS_ROOT "--env PATH=/opt/bin:/usr/local/bin -- /usr/bin/env run"), 65);
}

/* launchd would run the program below that directory, and lnpctl has checked another. */
static void
job_of_root_has_no_other_root_directory(void **state)
{
	struct mac *mac = *state;

	mac_make_folder(mac, "/Users/worker/r");
	mac_make_folder(mac, "/opt");
	script(mac, SCRIPT, "#!/bin/sh");
	assert_status(mac, mac_command(mac,
	    AS_ROOT "--set RootDirectory=/Users/worker/r -- " SCRIPT), 65);
	assert_has(mac->err, "its RootDirectory may hold another program at that path");
	mac_write(mac, "/opt/x.plist", START "com.example.job</string><key>rootdirectory</key>"
	    "<string>/Users/worker/r" JOB END);
	assert_status(mac, mac_command(mac, AS_ROOT "--from /opt/x.plist"), 65);
	assert_false(mac_exists(mac, PLIST));
	assert_status(mac, mac_command(mac, AS_ROOT "--set RootDirectory=/ -- " SCRIPT), 0);
	mac_command(mac, "verify --json com.example.job");
	assert_string_equal(mac_check(mac, "program-owner"), "pass");
	/* For another account it is a warning: it exposes only that account. */
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_status(mac, mac_install(mac, "--no-load --set RootDirectory=/Users/worker/r",
	    SCRIPT), 0);
	mac_command(mac, "verify --json com.example.job");
	assert_string_equal(mac_check(mac, "program-owner"), "warn");
}

static void
interpreter_that_others_can_change_warns_for_other_accounts_and_old_jobs(void **state)
{
	struct mac *mac = *state;

	mac_make_folder(mac, "/opt");
	script(mac, "/opt/run", "");
	script(mac, SCRIPT, "#!/opt/run");
	assert_status(mac, mac_command(mac, OF_ROOT), 0);
	mac_command(mac, "verify --json com.example.job");
	assert_string_equal(mac_check(mac, "interpreter"), "pass");
	mac_set_mode(mac, "/opt/run", 0777);
	mac_command(mac, "verify --json com.example.job");
	assert_string_equal(mac_check(mac, "interpreter"), "fail");
	assert_status(mac, mac_command(mac, OF_ROOT), 65);
	/* Version 0.1 did not check this. */
	replace_text(mac, RECEIPT, "\t<key>Rules</key>\n\t<integer>1</integer>\n", "");
	mac_command(mac, "verify --json com.example.job");
	assert_string_equal(mac_check(mac, "interpreter"), "warn");
	assert_status(mac, mac_command(mac, OF_ROOT), 0);
	assert_has(mac->out, "unchanged");
	/* Another program is a new one. */
	script(mac, "/usr/local/bin/other", "#!/opt/run");
	assert_status(mac, mac_command(mac, AS_ROOT "-- /usr/local/bin/other"), 65);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	assert_status(mac, mac_install(mac, "--no-load", SCRIPT), 0);
	mac_command(mac, "verify --json com.example.job");
	assert_string_equal(mac_check(mac, "interpreter"), "warn");
}

/* Without the keys that came later. */
static void
receipt_of_version_0_1_is_not_rewritten(void **state)
{
	struct mac *mac = *state;
	const char *before;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	replace_text(mac, RECEIPT, "\t<key>Rules</key>\n\t<integer>1</integer>\n", "");
	before = mac_tree(mac);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_has(mac->out, "unchanged");
	assert_same_tree(mac, before);
}

static void
ignore_step(void *context, const struct step *step)
{
	(void)context, (void)step;
}

/* The account may swap the plist after it is restored and before it is loaded. */
static void
agent_whose_plist_was_swapped_for_a_link_is_not_loaded(void **state)
{
	struct mac *mac = *state;
	static struct receipt receipt =
	    { .spec = { .label = "com.example.job", .agent = { .account = "worker" } } };
	static struct facts facts;
	static struct plan plan = { .count = 1 }, migration = { .count = 2 };
	struct step *step = &plan.steps[0];
	struct host host;
	struct error failure;
	struct apply apply = { .host = &host, .receipt = &receipt, .facts = &facts, .timeout = 0,
	    .finished = ignore_step };

	mac_write(mac, "/private/secret.plist", "secret");
	assert_int_equal(symlink("/private/secret.plist", mac_path(mac, HOME_AGENTS "/x.plist")),
	    0);
	assert_int_equal(host_open(&host, mac->root, mac->launchctl, &failure), 0);
	host.launchctl_seconds = 100;
	facts.agent.account.identity.uid = mac->worker_uid;
	snprintf(receipt.spec.agent.path, sizeof receipt.spec.agent.path, HOME_AGENTS "/x.plist");
	*step = (struct step){ .kind = KIND_AGENT_LOAD, .result = STEP_PLANNED,
	    .name = "gui/501/com.example.job",
	    .goal = { .exists = YES, .loaded_from = receipt.spec.agent.path } };
	assert_int_equal(apply_plan(&apply, &plan, &failure), -1);
	assert_has(failure.why, "not a regular file of the agent's account");
	/* By then the rest is rolled back, without an agent that a login could load. */
	assert_has_not(failure.fix, "login");
	assert_int_equal(mac_count(mac, "bootstrap"), 0);

	/* Nor is it loaded when a migration fails and is rolled back. */
	migration.steps[1] = *step;
	migration.steps[0] = (struct step){ .kind = KIND_AGENT_UNLOAD,
	    .name = "gui/501/com.example.job",
	    .was = { .exists = YES, .loaded_from = receipt.spec.agent.path } };
	migration.steps[1].result = STEP_PLANNED;
	assert_int_equal(apply_plan(&apply, &migration, &failure), -1);
	assert_int_equal(failure.kind, ERROR_PARTIAL);
	assert_int_equal(migration.steps[0].result, STEP_STUCK);
	assert_has(failure.fix, "not a regular file of the agent's account");
	assert_int_equal(mac_count(mac, "bootstrap"), 0);
	host_close(&host);
}

/* launchd would not read them for this account, so the label is free. */
static void
agent_in_a_home_that_another_account_owns_is_no_duplicate(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, HOME_AGENTS "/x.plist", PLIST_OF("com.example.job"));
	mac_set_owner(mac, HOME_AGENTS "/x.plist", mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_install(mac, "--dry-run", MAC_QUIET), 65);
	assert_has(mac->err, HOME_AGENTS "/x.plist");
	if (!mac->as_root)
		skip();
	mac_set_owner(mac, "/Users/worker", mac->worker_uid + 1, mac->worker_gid);
	assert_status(mac, mac_install(mac, "--dry-run", MAC_QUIET), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRIPTED(agent_in_a_home_that_another_account_owns_is_no_duplicate),
		EMBEDDED(plist_that_launchd_would_not_read_is_not_a_duplicate),
		EMBEDDED(file_that_others_could_write_is_not_displaced_or_restored),
		EMBEDDED(scan_ignores_plists_that_launchd_would_not_read),
		EMBEDDED(label_of_an_apple_job_is_refused_everywhere),
		EMBEDDED(disabled_label_is_enabled_by_install_only_and_restored_by_uninstall),
		EMBEDDED(private_agent_stays_private_as_a_daemon_and_as_an_agent_again),
		EMBEDDED(private_file_of_from_makes_a_private_plist_and_receipt),
		EMBEDDED(label_that_an_account_chose_is_marked_in_the_receipt),
		EMBEDDED(job_with_short_log_names_keeps_them),
		EMBEDDED(labels_that_end_alike_have_logs_of_their_own),
		EMBEDDED(group_that_a_file_names_does_not_open_the_logs_to_staff),
		EMBEDDED(private_plist_that_is_replaced_is_private_in_the_receipt),
		SCRIPTED(script_of_a_root_job_needs_an_interpreter_that_only_root_can_change),
		SCRIPTED(env_may_find_a_program_that_others_planted),
		SCRIPTED(agent_whose_plist_was_swapped_for_a_link_is_not_loaded),
		SCRIPTED(job_of_root_has_no_other_root_directory),
		SCRIPTED(interpreter_that_others_can_change_warns_for_other_accounts_and_old_jobs),
		EMBEDDED(receipt_of_version_0_1_is_not_rewritten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
