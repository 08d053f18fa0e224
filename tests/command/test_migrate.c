#define _DEFAULT_SOURCE		/* symlink, which glibc counts as POSIX only with this */
/*
 * migrate and migrate --undo: the plist that an agent becomes, and whole commands on a temporary
 * Mac with the embedded launchd.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/xattr.h>
#endif

#include <dirent.h>
#include <fcntl.h>
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

#include "core/plist/limits.h"
#include "core/lint/lint.h"
#include "core/job/migrate.h"
#include "core/job/spec.h"
#include "core/plist/plist.h"
#include "mac.h"

#define PLISTS		"tests/evidence/plists"
#define HOME_AGENTS	"/Users/worker/Library/LaunchAgents"
#define AGENT		HOME_AGENTS "/com.example.job.plist"
#define GLOBAL		"/Library/LaunchAgents/com.example.job.plist"
#define KEPT		STATE "/com.example.job.agent"
#define START	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" " \
	"\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n" \
	"<plist version=\"1.0\"><dict><key>Label</key><string>com.example.job</string>\n"
#define PROGRAM	"<key>ProgramArguments</key><array><string>" MAC_WORKER "</string><string>" \
	"--report</string>" \
	"<string>--interval</string><string>100000</string></array>\n"
#define END	"</dict></plist>\n"
#define AGENT_TEXT \
	START PROGRAM "<key>KeepAlive</key><true/><key>LimitLoadToSessionType</key><string>" \
	    "Aqua</string>\n" END
#define MIGRATE	"migrate --settle 0.02 --timeout 2 "

/* ---- the plist ---- */

static struct migration migration;
static struct error error;

static char *
transform(const char *text, struct options *options, uid_t uid)
{
	static struct account user;
	struct migrate_goal goal = {
		.options = options, .user = &user, .group = "staff", .agent_home = "/Users/worker"
	};
	struct plist_file file;
	char *result;

	user = (struct account){ .exists = YES, .identity = { .uid = uid },
	    .home = "/Users/worker" };
	if (options->label == NULL)
		options->label = "com.example.job";
	if (options->user == NULL)
		options->user = "worker";
	options->account_label = true;
	goal.same_account = strcmp(options->user, "worker") == 0;
	error = (struct error){ .kind = ERROR_NONE };
	if (migrate_plist((struct bytes){ (const unsigned char *)text, strlen(text) }, &goal,
	    &migration, &file, &error) == -1)
		return NULL;
	result = strndup((const char *)file.bytes.data, file.bytes.size);
	plist_file_free(&file);
	return result;
}

static const struct migrate_key *
key(const char *name)
{
	for (size_t i = 0; i < migration.count; i++)
		if (strcmp(migration.keys[i].key, name) == 0)
			return &migration.keys[i];
	fail_msg("nothing is reported about %s", name);
	return NULL;
}

static bool
warns(const char *part)
{
	for (size_t i = 0; i < migration.warning_count; i++)
		if (strstr(migration.warnings[i], part) != NULL)
			return true;
	return false;
}

static void
each_key_is_kept_changed_or_dropped_with_its_reason(void **state)
{
	struct options options = { .label = NULL };
	char *text = transform(START
	    "<key>ProgramArguments</key><array><string>~/bin/x</string><string>~/y</string></array>"
	    "<key>LimitLoadToSessionType</key><string>Aqua</string><key>ThrottleInterval</key>"
	    "<integer>30</integer>"
	    "<key>HopefullyExitsLast</key><string>x</string><key>WorkingDirectory</key><string>"
	    "~/work</string>"
	    "<key>WatchPaths</key><array><string>~/in</string></array>"
	    "<key>StandardOutPath</key><string>~/Documents/x.log</string>"
	    "<key>StandardErrorPath</key><string>~/Library/Logs/x.log</string>" END,
	    &options, 501);

	(void)state;
	if (text == NULL)
		fail_msg("%s: %s", error.what, error.why);
	assert_int_equal(key("Label")->fate, MIGRATE_KEPT);
	assert_int_equal(key("ThrottleInterval")->fate, MIGRATE_KEPT);
	assert_int_equal(key("LimitLoadToSessionType")->fate, MIGRATE_DROPPED);
	assert_has(key("LimitLoadToSessionType")->why, "login session");
	assert_int_equal(key("HopefullyExitsLast")->fate, MIGRATE_DROPPED);
	assert_int_equal(key("ProgramArguments")->fate, MIGRATE_CHANGED);
	assert_int_equal(key("WorkingDirectory")->fate, MIGRATE_CHANGED);
	assert_int_equal(key("WatchPaths")->fate, MIGRATE_CHANGED);
	assert_int_equal(key("StandardOutPath")->fate, MIGRATE_CHANGED);
	assert_has(key("StandardOutPath")->why, "privacy protection");
	assert_int_equal(key("EnvironmentVariables")->fate, MIGRATE_ADDED);
	assert_int_equal(key("UserName")->fate, MIGRATE_ADDED);
	assert_has(text, "<string>/Users/worker/bin/x</string>");
	assert_has(text, "<string>~/y</string>");	/* may be meant for the program */
	assert_has(text, "<string>/Users/worker/work</string>");
	assert_has(text, "<string>/Users/worker/in</string>");
	assert_has(text, "<string>/var/log/lnpctl/com.example.job.log</string>");
	assert_has(text, "<string>/Users/worker/Library/Logs/x.log</string>");
	assert_has(text, "<key>HOME</key>");
	assert_has_not(text, "LimitLoadToSessionType");
	assert_has_not(text, "HopefullyExitsLast");
	free(text);
}

static bool
is_warned(const char *part)
{
	bool found = false;

	for (size_t i = 0; i < migration.warning_count; i++)
		found = found || strstr(migration.warnings[i], part) != NULL;
	return found;
}

static void
logs_that_a_daemon_must_not_write_move_to_the_log_directory(void **state)
{
#define ELSEWHERE	"may only name logs below the account's home"
	static const struct { const char *path, *user, *moved; } cases[] = {
		{ "/tmp/x.log", "worker", "every user can write" },
		{ "/private/tmp/x.log", "worker", "every user can write" },
		{ "/Users/Shared/x.log", "worker", "every user can write" },
		{ "/Users/worker/Desktop/x.log", "worker", "privacy protection" },
		{ "/Users/worker/Library/Logs/x.log", "worker", NULL },
		{ "/Users/worker/Library/Logs/x.log", "_worker", "runs as another account" },
		{ "/Users/workers/x.log", "_worker", ELSEWHERE },
		{ "/Users/workers/x.log", "worker", ELSEWHERE },
		{ "/Users/worker", "worker", ELSEWHERE },
		{ "/Users/worker/../admin/x.log", "worker", ELSEWHERE },
		{ "/Users/worker/./x.log", "worker", ELSEWHERE },
		{ "/Users/worker//x.log", "worker", ELSEWHERE },
		{ "~/../admin/x.log", "worker", ELSEWHERE },
		{ "~admin/x.log", "worker", ELSEWHERE },
		{ "x.log", "worker", ELSEWHERE },
		{ "/etc/zshenv", "worker", ELSEWHERE },
		{ "/Library/LaunchDaemons/com.example.other.plist", "worker", ELSEWHERE },
		{ "/var/log/x/x.log", "worker", ELSEWHERE },
		{ "/Library/Logs/x.log", "worker", ELSEWHERE },	/* 0775 root:admin */
		{ "/dev/null", "worker", NULL },
		{ "/dev/../etc/zshenv", "worker", ELSEWHERE },
		{ "/dev/fd/../../etc/x.log", "worker", ELSEWHERE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct options options = { .user = cases[i].user, .log_directory = NULL };
		char plist[2048], *text;

		snprintf(plist, sizeof plist, START PROGRAM "<key>StandardOutPath</key><string>"
		    "%s</string>" END,
		    cases[i].path);
		text = transform(plist, &options, 501);
		if (text == NULL)
			fail_msg("%s: %s: %s", cases[i].path, error.what, error.why);
		assert_int_equal(key("StandardOutPath")->fate, cases[i].moved == NULL ?
		    MIGRATE_KEPT : MIGRATE_CHANGED);
		assert_has(text, cases[i].moved == NULL ? cases[i].path :
		    "<string>/var/log/lnpctl/com.example.job.log</string>");
		if (cases[i].moved != NULL)
			assert_has(key("StandardOutPath")->why, cases[i].moved);
		assert_int_equal(migration.account_log[0],
		    cases[i].moved == NULL && strncmp(cases[i].path, "/dev/", 5) != 0);
		assert_int_equal(is_warned("read it first"), strcmp(cases[i].user, "_worker") == 0);
		free(text);
	}
}

/* One that is too long to be checked is dropped. */
static void
log_with_a_long_path_moves(void **state)
{
	struct options options = { .user = "worker" };
	char plist[4096], path[2048] = "/Users/admin", *text;

	(void)state;
	while (strlen(path) < 1200)
		strcat(path, "/logs");
	snprintf(plist, sizeof plist, START PROGRAM "<key>StandardOutPath</key><string>"
	    "%s</string>" END, path);
	text = transform(plist, &options, 501);
	assert_non_null(text);
	assert_has(text, "<string>/var/log/lnpctl/com.example.job.log</string>");
	free(text);
}

/* launchctl print prints it on lines of its own, which could look like fields of the job. */
static void
text_that_could_forge_a_line_of_launchd_is_refused(void **state)
{
	static const char *const plists[] = {
		START "<key>ProgramArguments</key><array><string>" MAC_WORKER "</string><string>"
		    "x\n\t}\n\tpid = 1</string></array>"
		END,
		START PROGRAM "<key>EnvironmentVariables</key><dict><key>A</key><string>x\n\tpid = "
		    "1</string></dict>" END,
		START PROGRAM "<key>EnvironmentVariables</key><dict><key>A\npid = "
		    "1</key><string>x</string></dict>" END,
		START PROGRAM "<key>WatchPaths</key><array><string>/x\n\tstate = "
		    "running</string></array>" END,
	};

	(void)state;
	for (size_t i = 0; i < sizeof plists / sizeof plists[0]; i++) {
		struct options options = { .label = NULL };

		assert_null(transform(plists[i], &options, 501));
		assert_has(error.why, "control character");
	}
}

/* A log of the command line is the administrator's, whatever the account's plist names. */
static void
log_of_the_command_line_is_not_made_as_the_account(void **state)
{
	static const char plist[] = START PROGRAM "<key>StandardOutPath</key><string>"
	    "/Users/worker/x.log</string>" END;
	struct options named = { .stdout_path = "/opt/x.log" },
	    folder = { .log_directory = "/opt" };
	/* where others find their logs by name */
	struct options shared = { .log_directory = "/var/log" };
	struct options long_name = { .log_directory = "/private/var/log" };
	struct options upper_case = { .log_directory = "/VAR/Log" };
	struct options volume = { .log_directory = "/System/Volumes/Data/private/var/log" };
	static const char says[] = "set by the command line", apart[] = "another program's log";
	struct { struct options *options; const char *path, *why; } cases[] = {
		{ &named, "<string>/opt/x.log</string>", says },
		{ &folder, "<string>/opt/com.example.job.log</string>", says },
		{ &shared, "<string>/var/log/lnpctl/com.example.job.log</string>", apart },
		{ &long_name, "<string>/var/log/lnpctl/com.example.job.log</string>", apart },
		{ &upper_case, "<string>/var/log/lnpctl/com.example.job.log</string>", apart },
		{ &volume, "<string>/var/log/lnpctl/com.example.job.log</string>", apart },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text = transform(plist, cases[i].options, 501);

		if (text == NULL)
			fail_msg("%s: %s: %s", cases[i].path, error.what, error.why);
		assert_has(text, cases[i].path);
		assert_false(migration.account_log[0]);
		assert_has(key("StandardOutPath")->why, cases[i].why);
		free(text);
	}
}

static void
agent_without_logs_gets_them_in_the_log_directory(void **state)
{
	struct options options = { .log_directory = "/var/log/x" };
	char *text = transform(AGENT_TEXT, &options, 501);

	(void)state;
	assert_non_null(text);
	assert_has(text, "<string>/var/log/x/com.example.job.log</string>");
	assert_has(text, "<string>/var/log/x/com.example.job.err</string>");
	free(text);
}

static void
missing_features_of_a_daemon_are_warnings(void **state)
{
	static const struct { const char *keys, *warning;
	} cases[] = {
		{ "<key>ProgramArguments</key><array><string>"
		    "/Applications/X.app/Contents/MacOS/X</string></array>",
		    "no screen" },
		{ "<key>ProgramArguments</key><array><string>/usr/bin/security</string><string>"
		    "x</string></array>",
		    "login keychain" },
		{ "<key>ProgramArguments</key><array><string>/usr/bin/ssh</string><string>"
		    "host</string></array>",
		    "ssh-agent" },
		{ PROGRAM "<key>WorkingDirectory</key><string>~/Documents/x</string>",
		  "protected-folder" },
		{ PROGRAM "<key>SoftResourceLimits</key><dict><key>NumberOfFiles</key><integer>"
		    "4096</integer></dict>",
		    "whole Mac" },
		{ PROGRAM, "login account" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static const char *allow[] = { "SoftResourceLimits" };
		struct options options = { .allowed = { allow, 1 } };
		char plist[2048], *text;

		snprintf(plist, sizeof plist, START "%s" END, cases[i].keys);
		text = transform(plist, &options, 501);
		if (text == NULL || !warns(cases[i].warning))
			fail_msg("nothing warns of: %s (%s)", cases[i].warning, error.why);
		free(text);
		options = (struct options){ .label = NULL };
		text = transform(AGENT_TEXT, &options, 300);
		assert_false(warns(cases[i].warning));
		free(text);
	}
}

static void
plist_that_launchd_would_refuse_is_refused_with_the_reason(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ START PROGRAM "<key>KeepAlive</key><true></true>" END, "launchd-rejects" },
		{ START PROGRAM "<key>KeepAlive</key><string>yes</string>" END, "wrong-type" },
		{ START PROGRAM "<key>StandardOutputPath</key><string>/x</string>" END,
		  "unknown-key" },
		{ START PROGRAM "<key>Disabled</key><true/>" END, "Disabled" },
		{ START END, "missing-program" },
		{ "{ \"Label\": \"x\" }", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct options options = { .label = NULL };

		if (transform(cases[i].text, &options, 501) != NULL)
			fail_msg("it is accepted: %s", cases[i].text);
		assert_int_equal(error.kind, ERROR_DATA);
		assert_has(error.why, cases[i].why);
	}
}

static void
what_a_key_gives_a_daemon_is_reported_with_its_fate(void **state)
{
	static const char plist[] = START PROGRAM "<key>RootDirectory</key><string>~/x</string>"
	    "<key>MachServices</key><dict><key>com.example.x</key><dict><key>HostSpecialPort</key>"
	    "<integer>9</integer></dict></dict><key>OfMyOwn</key><true/>" END;
	static const char *allow[] = { "RootDirectory", "MachServices", "OfMyOwn" };
	struct options options = { .label = NULL };
	char *text;

	(void)state;
	text = transform(plist, &options, 501);
	free(text);
	assert_int_equal(error.kind, ERROR_DATA);
	assert_has(error.why, "RootDirectory: only root may chroot");
	assert_has(error.why, "MachServices.com.example.x.HostSpecialPort: ");
	assert_has(error.why, "OfMyOwn: ");
	assert_int_equal(key("RootDirectory")->fate, MIGRATE_REFUSED);
	options.allowed = (struct words){ allow, 3 };
	text = transform(plist, &options, 501);
	if (text == NULL)
		fail_msg("%s: %s", error.what, error.why);
	assert_int_equal(key("RootDirectory")->fate, MIGRATE_CHANGED);
	assert_has(key("RootDirectory")->why, "now /Users/worker/x; only root may chroot");
	assert_true(key("MachServices.com.example.x.HostSpecialPort")->granted);
	assert_has(text, "<key>HostSpecialPort</key>");
	free(text);
	/* Its own user and group are dropped: they are not grants. */
	options = (struct options){ .label = NULL };
	text = transform(START PROGRAM "<key>UserName</key><string>root</string><key>"
	    "GroupName</key>"
	    "<string>wheel</string><key>Nice</key><integer>5</integer>" END, &options, 501);
	assert_non_null(text);
	assert_has_not(text, "wheel");
	free(text);
}

/* ---- other people's agents ---- */

static struct bytes
read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	unsigned char *data = malloc(PLIST_SIZE_MAX);
	struct bytes bytes = { data, 0 };

	assert_non_null(file);
	assert_non_null(data);
	bytes.size = fread(data, 1, PLIST_SIZE_MAX, file);
	fclose(file);
	return bytes;
}

/* Migrates one file into a line of the table; false: lint does not accept the new plist. */
static bool
try_file(const char *name, size_t *migrated, size_t *refused)
{
	static struct account user = { .exists = YES, .identity = { .uid = 501 },
	    .home = "/Users/worker" };
	static struct lint_report report;
	static const struct lint_facts daemon = { .kind = LINT_DAEMON };
	char path[512], label[NAME_SIZE] = "";
	struct options options = { .label = label, .user = "worker" };
	struct migrate_goal goal = { .options = &options,
		.user = &user,
		.group = "staff",
		.agent_home = "/Users/worker",
		.same_account = true };
	struct bytes bytes;
	struct plist_file plist;
	size_t errors = 0, fates[MIGRATE_REFUSED + 1] = { 0 };

	snprintf(path, sizeof path, PLISTS "/%s", name);
	bytes = read_file(path);
	if (spec_read_label(bytes, label, &error) == -1 ||
	    migrate_plist(bytes, &goal, &migration, &plist, &error) == -1) {
		print_message("  %-46.46s refused: %.150s\n", name, error.why[0] != '\0' ?
		    error.why : error.what);
		assert_true(error.kind == ERROR_DATA && error.what[0] != '\0');
		++*refused;
	} else {
		assert_int_equal(lint_check(plist.bytes, &daemon, &report, NULL, &error), 0);
		errors = lint_errors(&report);
		for (size_t i = 0; i < migration.count; i++)
			fates[migration.keys[i].fate]++;
		print_message("  %-46.46s kept %zu, changed %zu, dropped %zu, added %zu, warnings "
		    "%zu\n", name, fates[MIGRATE_KEPT], fates[MIGRATE_CHANGED],
		    fates[MIGRATE_DROPPED], fates[MIGRATE_ADDED], migration.warning_count);
		plist_file_free(&plist);
		++*migrated;
	}
	bytes_free(&bytes);
	return errors == 0;
}

static void
every_collected_plist_becomes_a_valid_daemon_or_is_refused(void **state)
{
	struct dirent **names;
	int count = scandir(PLISTS, &names, NULL, alphasort);
	size_t migrated = 0, refused = 0;
	bool good = true;

	(void)state;
	if (count == -1)
		fail_msg("cannot read " PLISTS);
	for (int i = 0; i < count; i++) {
		if (names[i]->d_name[0] != '.' && strcmp(names[i]->d_name, "INDEX.tsv") != 0)
			good = try_file(names[i]->d_name, &migrated, &refused) && good;
		free(names[i]);
	}
	free(names);
	print_message("  %zu become daemons that lint accepts, %zu are refused\n", migrated,
	    refused);
	assert_true(good);
	assert_true(migrated > 0);
	assert_int_equal(migrated + refused, 52);
}

/* ---- whole commands ---- */

static char gui[32], user_target[64];

/* Makes an agent of worker's, loaded in their session if the launchd is the embedded one. */
static void
agent_at(struct mac *mac, const char *path, const char *text)
{
	char line[256];

	snprintf(gui, sizeof gui, "gui/%lu", (unsigned long)mac->worker_uid);
	snprintf(user_target, sizeof user_target, "%s/com.example.job", gui);
	mac_write(mac, path, text);
	if (strcmp(path, AGENT) == 0 && mac->as_root)
		mac_set_owner(mac, path, mac->worker_uid, mac->worker_gid);
	snprintf(line, sizeof line, "fault session %lu", (unsigned long)mac->worker_uid);
	assert_int_equal(mac_launchctl(mac, line), 0);
	snprintf(line, sizeof line, "bootstrap %s %s", gui, path);
	assert_int_equal(mac_launchctl(mac, line), 0);
}

static bool
is_agent_loaded(struct mac *mac)
{
	char line[128];

	snprintf(line, sizeof line, "print %s", user_target);
	return mac_launchctl(mac, line) == 0;
}

static bool
is_daemon_loaded(struct mac *mac)
{
	return mac_launchctl(mac, "print system/com.example.job") == 0;
}

static void
agent_becomes_a_daemon_and_comes_back_with_its_inode(void **state)
{
	struct mac *mac = *state;
	struct stat before, after;
	const char *paths;

	agent_at(mac, AGENT, AGENT_TEXT);
	paths = mac_paths(mac);
	assert_int_equal(stat(mac_path(mac, AGENT), &before), 0);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
	assert_has(mac->out, "dropped LimitLoadToSessionType");
	assert_has(mac->out, "took away " AGENT "\n");
	assert_has(mac->out, "migrated: com.example.job\n");
	assert_false(mac_exists(mac, AGENT));
	assert_false(is_agent_loaded(mac));
	assert_true(mac_exists(mac, PLIST));
	assert_true(mac_exists(mac, KEPT));
	assert_int_not_equal(mac_pid(mac), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	assert_status(mac, mac_command(mac, MIGRATE "com.example.job"), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
	assert_status(mac, mac_command(mac, "migrate --undo --delete-logs com.example.job"), 0);
	assert_has(mac->out, "undone: com.example.job is an agent again\n");
	assert_true(is_agent_loaded(mac));
	assert_false(is_daemon_loaded(mac));
	assert_int_equal(stat(mac_path(mac, AGENT), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mtime, after.st_mtime);
	mac_remove(mac, LOCK);
	assert_int_equal(rmdir(mac_path(mac, STATE)), 0);
	assert_string_equal(mac_difference(mac, paths, mac_paths(mac)), "");
}

/* Returns false if it is not possible here. */
static bool
lock_path(struct mac *mac, const char *path, bool locked)
{
#ifdef __linux__
	return locked ? setxattr(mac_path(mac, path), "user.lnpctl.locked", "", 0, 0) == 0 :
	    removexattr(mac_path(mac, path), "user.lnpctl.locked") == 0;
#else
	return chflags(mac_path(mac, path), locked ? UF_IMMUTABLE : 0) == 0;
#endif
}

/* Else a failing step would leave neither agent nor daemon. */
static void
immutable_agent_receipts_or_directory_is_refused_before_any_change(void **state)
{
	static const char *const paths[] = { AGENT, HOME_AGENTS, STATE };
	struct mac *mac = *state;

	agent_at(mac, AGENT, AGENT_TEXT);
	assert_int_equal(mac_command(mac, "migrate --dry-run " AGENT), 0);
	/* makes STATE and its lock */
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 1);
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		char expected[128];

		if (!lock_path(mac, paths[i], true))
			skip();
		snprintf(expected, sizeof expected, "cannot change '%s'", paths[i]);
		assert_status(mac, mac_command(mac, MIGRATE AGENT), 73);
		assert_has(mac->err, expected);
		/* Without root the image and the home are the same account's. */
		assert_has(mac->err, strcmp(paths[i], STATE) == 0 || geteuid() != 0 ?
		    "sudo chflags nouchg,noschg,nouappnd,nosappnd" : "have its owner unlock it");
		assert_true(is_agent_loaded(mac));
		assert_false(is_daemon_loaded(mac));
		assert_true(lock_path(mac, paths[i], false));
	}
}

static void
failed_migrate_leaves_the_agent_loaded_and_no_daemon(void **state)
{
	struct mac *mac = *state;
	struct stat before, after;

	agent_at(mac, AGENT,
	    START "<key>ProgramArguments</key><array><string>" MAC_WORKER "</string><string>"
	    "--exit</string>"
		  "<string>3</string></array><key>KeepAlive</key><true/>" END);
	assert_int_equal(stat(mac_path(mac, AGENT), &before), 0);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 1);
	assert_has(mac->err, "all was put back");
	assert_true(is_agent_loaded(mac));
	assert_false(is_daemon_loaded(mac));
	assert_int_equal(stat(mac_path(mac, AGENT), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_false(mac_exists(mac, PLIST));
	assert_false(mac_exists(mac, RECEIPT));
	assert_false(mac_exists(mac, KEPT));
}

static void
failed_undo_leaves_the_daemon_running(void **state)
{
	struct mac *mac = *state;

	agent_at(mac, AGENT, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
	assert_int_equal(mac_launchctl(mac, "fault refuse bootstrap=150*1"), 0);
	assert_status(mac, mac_command(mac, "migrate --undo --timeout 2 com.example.job"), 1);
	assert_has(mac->err, "all was put back");
	assert_int_not_equal(mac_pid(mac), 0);
	assert_false(is_agent_loaded(mac));
	assert_false(mac_exists(mac, AGENT));
	assert_status(mac, mac_command(mac, "verify"), 0);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_true(is_agent_loaded(mac));
}

/* Runs the command in a process that is killed once launchctl was called to bootstrap. */
static void
kill_at_bootstrap(struct mac *mac, const char *command)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	int before = mac_count(mac, "bootstrap");
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		mac_command(mac, command);
		_exit(0);
	}
	for (int i = 0; i < 10000 && mac_count(mac, "bootstrap") == before; i++)
		nanosleep(&pause, NULL);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/*
 * Killed between the agent's bootout and the daemon's bootstrap: neither runs; verify reports it,
 * and the next migrate or undo finishes.
 */
static void
killed_migrate_is_reported_and_can_be_finished_or_undone(void **state)
{
	struct mac *mac = *state;

	for (int i = 0; i < 2; i++) {
		if (i == 0)
			agent_at(mac, AGENT, AGENT_TEXT);
		assert_int_equal(mac_launchctl(mac, "fault hang bootstrap*1"), 0);
		kill_at_bootstrap(mac, MIGRATE AGENT);
		assert_false(is_agent_loaded(mac));
		assert_false(is_daemon_loaded(mac));
		assert_false(mac_exists(mac, AGENT));
		assert_status(mac, mac_command(mac, "verify com.example.job"), 1);
		assert_has(mac->out, "interrupted");
		assert_has(mac->out, "to finish it: sudo lnpctl migrate com.example.job; to "
		    "undo it: "
		    "sudo lnpctl migrate --undo");
		if (i == 0) {
			assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
			assert_true(is_agent_loaded(mac));
			assert_false(mac_exists(mac, PLIST));
		} else {
			assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
			assert_int_not_equal(mac_pid(mac), 0);
			assert_false(mac_exists(mac, AGENT));
		}
	}
}

static void
agent_of_all_users_needs_an_account_and_leaves_every_session(void **state)
{
	struct mac *mac = *state;

	agent_at(mac, GLOBAL, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE GLOBAL), 64);
	assert_has(mac->err, "--user");
	assert_status(mac, mac_command(mac, MIGRATE "--user worker com.example.job"), 0);
	assert_false(mac_exists(mac, GLOBAL));
	/* Accounts below 500 have no session; the tester's may be one. */
	if (mac->worker_uid >= 500)
		assert_false(is_agent_loaded(mac));
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_true(mac_exists(mac, GLOBAL));
}

/*
 * Any user can load a job with any label in their own domain: that must not block migrating an
 * agent of all users with that label.
 */
static void
job_loaded_with_the_same_label_is_not_the_agent(void **state)
{
	static const char other[] = "/Users/worker/com.example.job.plist";
	struct mac *mac = *state;

	agent_at(mac, other, AGENT_TEXT);
	mac_write(mac, GLOBAL, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE "--user worker " GLOBAL), 0);
	assert_false(mac_exists(mac, GLOBAL));
	assert_true(is_daemon_loaded(mac));
	assert_true(is_agent_loaded(mac));
	if (mac->worker_uid >= 500)
		assert_has(mac->out, "another job with this label is loaded");
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_true(mac_exists(mac, GLOBAL));
	assert_true(is_agent_loaded(mac));
	/* In the account's own domain it is refused: lnpctl could not restore it. */
	mac_remove(mac, GLOBAL);
	mac_write(mac, AGENT, AGENT_TEXT);
	if (mac->as_root)
		mac_set_owner(mac, AGENT, mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 65);
	assert_has(mac->err, "is loaded from");
}

static void
dry_run_prints_keys_and_steps_and_changes_nothing(void **state)
{
	struct mac *mac = *state;
	const char *before;

	agent_at(mac, AGENT, AGENT_TEXT);
	before = mac_tree(mac);
	assert_status(mac, mac_command(mac, "migrate --dry-run com.example.job"), 0);
	assert_has(mac->out, "kept    KeepAlive\n");
	assert_has(mac->out, "dropped LimitLoadToSessionType: a daemon has no login session\n");
	assert_has(mac->out, "would boot out gui/");
	assert_has(mac->out, "would take away " AGENT "\n");
	assert_has(mac->out, "would bootstrap system/com.example.job\n");
	/* At no moment could launchd start both at boot. */
	assert_true(strstr(mac->out, "would take away") < strstr(mac->out, "would write " PLIST));
	assert_true(strstr(mac->out, "would boot out") < strstr(mac->out,
	    "would bootstrap system"));
	assert_status(mac, mac_command(mac, "migrate --dry-run --json com.example.job"), 0);
	assert_has(mac->out,
	    "{\"key\":\"LimitLoadToSessionType\",\"result\":\"dropped\",\"why\":\"a daemon has no "
	    "login session\"}");
	assert_same_tree(mac, before);
}

static void
uninstall_of_a_migrated_job_keeps_and_reports_the_agents_plist(void **state)
{
	struct mac *mac = *state;

	agent_at(mac, AGENT, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
	mac_remove(mac, KEPT);		/* then the receipt has it */
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
	assert_has(mac->out, KEPT ": the plist of the agent");
	assert_false(is_agent_loaded(mac));
	assert_false(is_daemon_loaded(mac));
	assert_false(mac_exists(mac, AGENT));
	assert_string_equal(mac_read(mac, KEPT), AGENT_TEXT);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 1);
}

static void
user_who_is_not_logged_in_gets_the_agent_at_the_next_login(void **state)
{
	struct mac *mac = *state;

	agent_at(mac, AGENT, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
	assert_int_equal(mac_launchctl(mac, "fault session"), 0);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_has(mac->out, "at the next login");
	assert_true(mac_exists(mac, AGENT));
	assert_false(is_daemon_loaded(mac));
}

static void
plist_that_is_not_an_agent_is_refused(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, "/Users/worker/com.example.job.plist", AGENT_TEXT);
	assert_status(mac, mac_command(mac, "migrate"), 64);
	assert_status(mac, mac_command(mac, "migrate a b"), 64);
	assert_status(mac, mac_command(mac, "migrate --delete-logs com.example.job"), 64);
	assert_status(mac, mac_command(mac, "migrate com.example.none"), 1);
	assert_status(mac, mac_command(mac, "migrate /Users/worker/com.example.job.plist"), 65);
	assert_has(mac->err, "is not an agent of this Mac");
	assert_status(mac, mac_command(mac, "migrate " AGENT), 73);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.none"), 1);
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 65);
	assert_has(mac->err, "was not migrated from an agent");
	mac_write(mac, AGENT, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 65);
	assert_has(mac->err, "a daemon with this label is already installed");
}

/* A directory server can be slow, while others wait for the lock. */
static void
accounts_are_looked_up_before_the_lock_is_taken(void **state)
{
	struct mac *mac = *state;
	int lock;

	agent_at(mac, AGENT, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	lock = open(mac_path(mac, LOCK), O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
	assert_status(mac, mac_command(mac, "migrate --lock-wait 0 --user nobody-here " AGENT), 67);
	assert_status(mac, mac_command(mac, "migrate --lock-wait 0 --group no-group " AGENT), 67);
	assert_status(mac, mac_command(mac, "migrate --lock-wait 0 com.example.none"), 1);
	assert_status(mac, mac_command(mac, "migrate --lock-wait 0 --json com.example.none"), 1);
	assert_has(mac->out, "\"jobs\"");
	assert_has(mac->out, "cannot find the agent");
	assert_status(mac, mac_command(mac, "migrate --lock-wait 0 " AGENT), 75);
	assert_int_equal(close(lock), 0);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
	assert_has(mac->out, "unchanged");
}

static void
agent_of_an_unreadable_account_is_not_reported_missing(void **state)
{
	struct mac *mac = *state;

	mac_make_folder(mac, "/Users/hidden");
	mac_make_folder(mac, "/Users/hidden/Library");
	mac_make_folder(mac, "/Users/hidden/Library/LaunchAgents");
	mac_write(mac, "/Users/hidden/Library/LaunchAgents/com.example.job.plist", AGENT_TEXT);
	mac_write(mac, "/private/var/db/dslocal/nodes/Default/users/hidden.plist", "no record\n");
	assert_status(mac, mac_command(mac, MIGRATE "com.example.job"), 2);
	assert_has(mac->err, "the account hidden: ");
	assert_status(mac,
	    mac_command(mac, MIGRATE "/Users/hidden/Library/LaunchAgents/com.example.job.plist"),
	    2);
	assert_has(mac->err, "the account hidden: ");
	/* An agent of all users may be loaded for that account. */
	mac_write(mac, GLOBAL, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE "--user worker " GLOBAL), 73);
	assert_has(mac->err, "the record of the account 'hidden' cannot be read");
}

/* launchd refuses it with 122, so its account never ran it. */
static void
agent_that_launchd_would_not_read_is_refused(void **state)
{
	struct mac *mac = *state;

	agent_at(mac, AGENT, AGENT_TEXT);
	mac_set_mode(mac, AGENT, 0666);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 65);
	assert_has(mac->err, "others can write it, so launchd refuses it (122)");
	/* its label is ignored, too */
	assert_status(mac, mac_command(mac, MIGRATE "com.example.job"), 1);
	mac_set_mode(mac, AGENT, 0644);
	assert_int_equal(link(mac_path(mac, AGENT), mac_path(mac, "/Users/worker/second")), 0);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 65);
	assert_has(mac->err, "another hard link");
	mac_remove(mac, "/Users/worker/second");
	mac_set_mode(mac, "/Users/worker/Library", 0777);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 65);
	assert_has(mac->err, "another account can change a directory above it");
	mac_set_mode(mac, "/Users/worker/Library", 0755);
	if (mac->as_root) {
		mac_set_owner(mac, AGENT, mac->worker_uid + 1, mac->worker_gid);
		assert_status(mac, mac_command(mac, MIGRATE AGENT), 65);
		assert_has(mac->err, "it is owned by another account, so launchd refuses it (122)");
		/* An agent of all users must be root's. */
		mac_write(mac, GLOBAL, AGENT_TEXT);
		mac_set_owner(mac, GLOBAL, mac->worker_uid, mac->worker_gid);
		assert_status(mac, mac_command(mac, MIGRATE "--user worker " GLOBAL), 65);
		mac_remove(mac, GLOBAL);
		mac_set_owner(mac, AGENT, mac->worker_uid, mac->worker_gid);
	}
	assert_false(mac_exists(mac, PLIST));
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
}

static void
link_in_a_home_is_not_followed_by_root(void **state)
{
	struct mac *mac = *state;
	mac_write(mac, "/private/etc/other.plist", AGENT_TEXT);
	assert_int_equal(symlink("/etc/other.plist", mac_path(mac, AGENT)), 0);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 65);
	assert_has(mac->err, "a symbolic link, which is not followed");
	assert_string_equal(mac_read(mac, "/private/etc/other.plist"), AGENT_TEXT);
	assert_true(mac_exists(mac, AGENT));
	assert_false(mac_exists(mac, PLIST));
}

static void
directory_that_became_a_link_gets_no_agent_back(void **state)
{
	struct mac *mac = *state;

	if (!mac->as_root)
		skip();			/* the tester owns every directory, and may have made the
					   link */
	agent_at(mac, AGENT, AGENT_TEXT);
	assert_status(mac, mac_command(mac, MIGRATE AGENT), 0);
	assert_int_equal(rename(mac_path(mac, HOME_AGENTS), mac_path(mac, "/Users/worker/old")), 0);
	assert_int_equal(symlink("/Library/LaunchDaemons", mac_path(mac, HOME_AGENTS)), 0);
	assert_int_equal(lchown(mac_path(mac, HOME_AGENTS), mac->worker_uid, mac->worker_gid), 0);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 73);
	assert_int_not_equal(mac_pid(mac), 0);
	/* A root-owned directory that the account moved there is not followed either. */
	assert_int_equal(unlink(mac_path(mac, HOME_AGENTS)), 0);
	mac_make_folder(mac, HOME_AGENTS);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 1);
	assert_int_not_equal(mac_pid(mac), 0);
	assert_false(mac_exists(mac, AGENT));
}

static void
key_that_gives_a_daemon_more_is_refused_until_it_is_allowed(void **state)
{
	static const char *const keys[][3] = {
		{ "RootDirectory", "<key>RootDirectory</key><string>/</string>",
		  "only root may chroot" },
		{ "Nice", "<key>Nice</key><integer>-20</integer>", "only root may go below 0" },
		{ "Sockets", "<key>Sockets</key><dict><key>L</key><dict><key>SockPathName</key>"
		    "<string>/var/run/x"
		  "</string></dict></dict>", "launchd opens them as root" },
	};
	struct mac *mac = *state;

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		char text[2048], line[256];

		snprintf(text, sizeof text, START PROGRAM "%s" END, keys[i][1]);
		agent_at(mac, AGENT, text);
		assert_status(mac, mac_command(mac, MIGRATE AGENT), 65);
		assert_has(mac->err, keys[i][2]);
		snprintf(line, sizeof line, " --allow %s", keys[i][0]);
		assert_has(mac->err, line);
		assert_status(mac, mac_command(mac, MIGRATE "--json --dry-run " AGENT), 65);
		assert_has(mac->out, "\"result\":\"refused\",\"why\":\"");
		assert_int_equal(mac_count(mac, "bootout"), 0);
		assert_false(mac_exists(mac, PLIST));
		assert_string_equal(mac_read(mac, AGENT), text);
		snprintf(line, sizeof line, MIGRATE "--no-load --allow %s " AGENT, keys[i][0]);
		assert_status(mac, mac_command(mac, line), 0);
		assert_has(mac->out, keys[i][2]);
		assert_has(mac_read(mac, PLIST), keys[i][0]);
		assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
		snprintf(line, sizeof line, "bootout %s", user_target);
		assert_int_equal(mac_launchctl(mac, line), 0);
		mac_forget_calls(mac);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_is_kept_changed_or_dropped_with_its_reason),
		cmocka_unit_test(logs_that_a_daemon_must_not_write_move_to_the_log_directory),
		cmocka_unit_test(log_with_a_long_path_moves),
		cmocka_unit_test(text_that_could_forge_a_line_of_launchd_is_refused),
		cmocka_unit_test(log_of_the_command_line_is_not_made_as_the_account),
		cmocka_unit_test(agent_without_logs_gets_them_in_the_log_directory),
		cmocka_unit_test(missing_features_of_a_daemon_are_warnings),
		cmocka_unit_test(plist_that_launchd_would_refuse_is_refused_with_the_reason),
		cmocka_unit_test(what_a_key_gives_a_daemon_is_reported_with_its_fate),
		cmocka_unit_test(every_collected_plist_becomes_a_valid_daemon_or_is_refused),
		EMBEDDED(agent_becomes_a_daemon_and_comes_back_with_its_inode),
		EMBEDDED(immutable_agent_receipts_or_directory_is_refused_before_any_change),
		EMBEDDED(failed_migrate_leaves_the_agent_loaded_and_no_daemon),
		EMBEDDED(failed_undo_leaves_the_daemon_running),
		EMBEDDED(killed_migrate_is_reported_and_can_be_finished_or_undone),
		EMBEDDED(agent_of_all_users_needs_an_account_and_leaves_every_session),
		EMBEDDED(job_loaded_with_the_same_label_is_not_the_agent),
		EMBEDDED(dry_run_prints_keys_and_steps_and_changes_nothing),
		EMBEDDED(uninstall_of_a_migrated_job_keeps_and_reports_the_agents_plist),
		EMBEDDED(user_who_is_not_logged_in_gets_the_agent_at_the_next_login),
		EMBEDDED(plist_that_is_not_an_agent_is_refused),
		EMBEDDED(accounts_are_looked_up_before_the_lock_is_taken),
		EMBEDDED(agent_of_an_unreadable_account_is_not_reported_missing),
		EMBEDDED(agent_that_launchd_would_not_read_is_refused),
		EMBEDDED(key_that_gives_a_daemon_more_is_refused_until_it_is_allowed),
		EMBEDDED(link_in_a_home_is_not_followed_by_root),
		EMBEDDED(directory_that_became_a_link_gets_no_agent_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
