/* spec.c and receipt.c: what a plist and a receipt say, and what they must not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/content.h"
#include "core/plist/plist.h"
#include "core/job/receipt.h"
#include "healthy.h"

#define AGENT	"/Users/worker/Library/LaunchAgents/" LABEL ".plist"

static struct error error;
static struct receipt next, other;

static int
begin(void **state)
{
	(void)state;
	memset(&error, 0, sizeof error);
	memset(&next, 0, sizeof next);
	memset(&other, 0, sizeof other);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	receipt_free(&next);
	receipt_free(&other);
	return 0;
}

/* ---- from a plist ---- */

static void
read_plist(const char *old, const char *new)
{
	receipt_free(&next);
	if (spec_from_plist(&next.spec, healthy_plist(old, new), &error) == -1)
		fail_msg("'%s': %s: %s", new == NULL ? "" : new, error.what, error.why);
}

static void
refuse_plist(const char *old, const char *new, const char *part)
{
	receipt_free(&next);
	memset(&error, 0, sizeof error);
	if (spec_from_plist(&next.spec, healthy_plist(old, new), &error) == 0)
		fail_msg("'%s' was accepted", new);
	assert_int_equal(error.kind, ERROR_DATA);
	if (strstr(error.what, part) == NULL && strstr(error.why, part) == NULL)
		fail_msg("no '%s' in: %s: %s", part, error.what, error.why);
	assert_null(next.spec.plist.data);
}

static void
every_key_of_the_checklist_is_read(void **state)
{
	struct bytes plist = healthy_plist(NULL, NULL);

	(void)state;
	read_plist(NULL, NULL);
	assert_string_equal(next.spec.label, LABEL);
	assert_string_equal(next.spec.plist_path, "/Library/LaunchDaemons/" LABEL ".plist");
	assert_string_equal(next.spec.receipt_path,
	    "/Library/Application Support/lnpctl/" LABEL ".plist");
	assert_string_equal(next.spec.user, "worker");
	assert_string_equal(next.spec.group, "staff");
	assert_string_equal(next.spec.program.theirs, "/usr/local/bin/agentworker");
	assert_string_equal(next.spec.home.theirs, "/Users/worker");
	assert_string_equal(next.spec.working_directory.theirs, "");
	assert_string_equal(next.spec.logs[0].theirs, "/var/log/agentworker.log");
	assert_string_equal(next.spec.logs[1].theirs, "/var/log/agentworker.err");
	assert_int_equal(next.spec.health, HEALTH_KEPT);
	assert_true(next.spec.settle >= SETTLE_DEFAULT && next.spec.settle <= SETTLE_DEFAULT);
	assert_true(bytes_equal(next.spec.plist, plist));
	assert_ptr_not_equal(next.spec.plist.data, plist.data);
	assert_false(next.changing);
	assert_int_equal(next.before.loaded, UNKNOWN);
}

static void
a_missing_key_has_launchds_default(void **state)
{
	(void)state;
	read_plist("<key>UserName</key><string>worker</string>\n<key>GroupName</key>"
	    "<string>staff</string>\n", "");
	assert_string_equal(next.spec.user, "root");
	assert_string_equal(next.spec.group, "wheel");
	read_plist("EnvironmentVariables", "Other");
	assert_string_equal(next.spec.home.theirs, "");
	read_plist("<key>StandardOutPath</key>", "<key>X</key>");
	assert_string_equal(next.spec.logs[0].theirs, "");
	assert_false(spec_has_log(&next.spec, 0));
	assert_true(spec_has_log(&next.spec, 1));
	read_plist("<key>RunAtLoad</key>",
	    "<key>WorkingDirectory</key><string>/w</string><key>RunAtLoad</key>");
	assert_string_equal(next.spec.working_directory.theirs, "/w");
}

static void
program_goes_before_the_first_argument(void **state)
{
	(void)state;
	read_plist("<key>RunAtLoad</key>",
	    "<key>Program</key><string>/bin/other</string><key>RunAtLoad</key>");
	assert_string_equal(next.spec.program.theirs, "/bin/other");
	refuse_plist("/usr/local/bin/agentworker", "agentworker", "launchd does not search PATH");
	refuse_plist("<key>ProgramArguments</key>", "<key>X</key>", "cannot use the program ''");
	refuse_plist("<string>/usr/local/bin/agentworker</string>", "<integer>1</integer>",
	    "cannot use the program ''");
}

#define KEPT(condition)	"<key>KeepAlive</key><dict><key>" condition "</dict>"

static void
health_follows_keep_alive_and_run_at_load(void **state)
{
	static const struct sample {
		const char	*keys;
		enum health	 health;
		bool		 occasional;
	} samples[] = {
		{ "<key>RunAtLoad</key><true/>\n<key>KeepAlive</key><true/>\n", HEALTH_KEPT,
		    false },
		{ "<key>KeepAlive</key><true/>", HEALTH_KEPT, false },
		{ KEPT("SuccessfulExit</key><false/>"), HEALTH_ONCE, false },
		{ KEPT("Crashed</key><true/>"), HEALTH_ONCE, false },
		{ KEPT("NetworkState</key><true/>"), HEALTH_ONCE, false },
		{ KEPT("SuccessfulExit</key><true/>"), HEALTH_KEPT, false },
		{ KEPT("Crashed</key><false/>"), HEALTH_KEPT, false },
		{ KEPT("PathState</key><dict><key>/a</key><true/></dict>"), HEALTH_CONDITIONAL, false },
		{ KEPT("OtherJobEnabled</key><dict/>"), HEALTH_CONDITIONAL, false },
		{ KEPT("AfterInitialDemand</key><true/>"), HEALTH_CONDITIONAL, false },
		{ KEPT("AfterInitialDemand</key><false/>"), HEALTH_ONCE, false },
		{ "<key>KeepAlive</key><true/><key>StartInterval</key><integer>60</integer>",
		  HEALTH_KEPT, false },
		{ "<key>RunAtLoad</key><true/><key>KeepAlive</key><false/>", HEALTH_ONCE, false },
		{ "<key>RunAtLoad</key><true/>", HEALTH_ONCE, false },
		{ "<key>RunAtLoad</key><true/><key>WatchPaths</key><array/>", HEALTH_ONCE, true },
		{ "<key>RunAtLoad</key><false/><key>KeepAlive</key><false/>", HEALTH_LOADED, true },
		{ "<key>KeepAlive</key><string>yes</string>", HEALTH_LOADED, true },
		{ "<key>StartInterval</key><integer>60</integer>", HEALTH_LOADED, true },
		{ "", HEALTH_LOADED, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		read_plist("<key>RunAtLoad</key><true/>\n<key>KeepAlive</key><true/>\n",
		    samples[i].keys);
		assert_int_equal(next.spec.health, samples[i].health);
		assert_int_equal(spec_is_occasional(&next.spec), samples[i].occasional);
	}
}

static void
a_device_or_the_same_log_twice_is_not_managed(void **state)
{
	(void)state;
	read_plist("/var/log/agentworker.log", "/dev/null");
	assert_string_equal(next.spec.logs[0].theirs, "");
	assert_string_equal(next.spec.logs[1].theirs, "/var/log/agentworker.err");
	read_plist("/var/log/agentworker.err", "/var/log/agentworker.log");
	assert_string_equal(next.spec.logs[0].theirs, "/var/log/agentworker.log");
	assert_string_equal(next.spec.logs[1].theirs, "");
	refuse_plist("/var/log/agentworker.err", "agentworker.err", "it is not a full path");
	refuse_plist("/var/log/agentworker.log", "~/x", "it is not a full path");
}

static void
a_plist_that_is_not_a_job_is_refused(void **state)
{
	char path[PATH_SIZE + 1];

	(void)state;
	refuse_plist("<key>Label</key>", "<key>label</key>", "it has no Label");
	refuse_plist("<string>" LABEL "</string>", "<true/>", "it has no Label");
	refuse_plist(LABEL, "com.apple.x", "Apple");
	refuse_plist(LABEL, "../../etc/x", "only letters");
	refuse_plist("<string>worker</string>", "<integer>501</integer>",
	    "cannot use 'UserName' of the plist");
	refuse_plist("<string>staff</string>", "<array/>", "it is not a string");
	refuse_plist("<string>/Users/worker</string>", "<true/>", "cannot use 'HOME'");
	refuse_plist("</plist>", "</plist", "");
	memset(path, 'a', PATH_SIZE);
	path[0] = '/';
	path[PATH_SIZE] = '\0';
	refuse_plist("/var/log/agentworker.log", path, "it is too long");
	refuse_plist("/usr/local/bin/agentworker", path, "it is too long");
	path[PATH_SIZE - 1] = '\0';
	read_plist("/var/log/agentworker.log", path);
	assert_int_equal(spec_from_plist(&other.spec, (struct bytes){ NULL, 0 }, &error), -1);
	assert_int_equal(error.kind, ERROR_DATA);
	assert_int_equal(spec_from_plist(&other.spec,
	    (struct bytes){ (const unsigned char *)"<plist><array/></plist>", 23 }, &error), -1);
	assert_int_equal(error.kind, ERROR_DATA);
}

static void
paths_follow_from_a_label_and_from_nothing_else(void **state)
{
	(void)state;
	assert_true(spec_paths(&next.spec, "a.b"));
	assert_string_equal(next.spec.plist_path, "/Library/LaunchDaemons/a.b.plist");
	assert_false(spec_paths(&other.spec, "../x"));
	assert_false(spec_paths(&other.spec, ""));
	assert_string_equal(other.spec.plist_path, "");
	assert_string_equal(other.spec.receipt_path, "");
}

/* The longest label has 200 bytes. launchd loads no file whose name does not end in .plist. */
static void
each_leftover_has_a_path_of_its_own(void **state)
{
	char label[201], paths[STALE_FILES][NAME_SIZE];

	(void)state;
	memset(label, 'x', 200);
	label[200] = '\0';
	assert_true(spec_paths(&next.spec, label));
	for (enum stale_file i = 0; i < STALE_FILES; i++) {
		spec_stale_file(&next.spec, i, paths[i]);
		assert_int_equal(paths[i][0], '/');
		assert_string_not_equal(paths[i] + strlen(paths[i]) - 6, ".plist");
		for (enum stale_file earlier = 0; earlier < i; earlier++)
			assert_string_not_equal(paths[i], paths[earlier]);
	}
	assert_string_equal(strrchr(paths[STALE_RECEIPT], 'x'), "x.receipt.old");
	assert_string_equal(paths[STALE_DRAFT],
	    "/Library/Application Support/lnpctl/.lnpctl-draft");
}

static void
new_logs_of_staff_are_private_and_old_ones_stay(void **state)
{
	struct spec new = { .group = "staff", .gid = 20 }, old = { .gid = 20, .log_mode = 0640 };

	(void)state;
	assert_int_equal(spec_choose_log_mode(&new, NULL, false), 0600);
	assert_int_equal(spec_choose_log_mode(&new, NULL, true), 0640);
	assert_int_equal(spec_choose_log_mode(&new, &old, false), 0640);
	old.gid = 300;
	assert_int_equal(spec_choose_log_mode(&new, &old, false), 0600);
	strcpy(new.group, "_worker");
	assert_int_equal(spec_choose_log_mode(&new, NULL, false), 0640);
}

/* ---- the receipt ---- */

/* Fill a receipt with everything that a receipt can hold. */
static void
make_full(void)
{
	static const unsigned char content[] = "what was there\n\x01";

	read_plist("/var/log/agentworker.err", "/opt/logs/deep/agentworker.err");
	next.spec.uid = 4294967294u;	/* nobody of macOS: -2 */
	next.spec.gid = 0;
	next.spec.settle = 0.1;
	next.spec.max_starts = 7;
	next.log_starts = (struct log_starts){ { { 7, 100 }, { 0, 0 } }, 1790000000 };
	next.spec.log_mode = 0600;
	next.program_identity = (struct file_identity){ UINT64_MAX, (uint64_t)INT64_MAX + 1,
	    INT64_MAX, -1, 999999999, INT64_MIN, 0, HEALTHY_SHA256 };
	strcpy(next.system_version, "26.5.1");
	strcpy(next.system_build, "25F80");
	next.made_log[1] = true;
	strcpy(next.made_folders[0], "/opt/logs");
	strcpy(next.made_folders[1], "/opt/logs/deep");
	next.made_folder_count = 2;
	next.before.loaded = YES;
	next.before.disabled = NO;
	next.before.files[SNAP_PLIST] = (struct file_snapshot){
		.exists = true, .owner = 4294967294u, .group = 80, .mode = 0600
	};
	strcpy(next.before.files[SNAP_PLIST].path, next.spec.plist_path);
	next.before.files[SNAP_LOG] = (struct file_snapshot){ .exists = true, .owner = 501,
	    .group = 20, .mode = 0644 };
	strcpy(next.before.files[SNAP_LOG].path, next.spec.logs[0].theirs);
	next.before.files[SNAP_LOG + 1] = (struct file_snapshot){ .exists = false };
	strcpy(next.before.files[SNAP_LOG + 1].path, next.spec.logs[1].theirs);
	assert_true(bytes_copy(&next.before.files[SNAP_PLIST].content,
	    (struct bytes){ content, sizeof content }));
	next.spec.agent = (struct agent){ .path = AGENT, .account = "worker", .users = { 501 },
	    .user_count = 1 };
	next.before.files[SNAP_AGENT] = (struct file_snapshot){
		.path = AGENT, .exists = true, .owner = 501, .group = 20, .mode = 0644
	};
	assert_true(bytes_copy(&next.before.files[SNAP_AGENT].content, next.spec.plist));
	next.before.agents[0] = YES;
	next.before.agents_running[0] = true;
	next.before.agents[1] = NO;
}

static void
assert_same(const struct receipt *a, const struct receipt *b)
{
	assert_string_equal(a->spec.label, b->spec.label);
	assert_true(bytes_equal(a->spec.plist, b->spec.plist));
	assert_int_equal(a->spec.uid, b->spec.uid);
	assert_int_equal(a->spec.gid, b->spec.gid);
	assert_true(a->spec.settle >= b->spec.settle && a->spec.settle <= b->spec.settle);
	assert_int_equal(a->spec.max_starts, b->spec.max_starts);
	assert_memory_equal(&a->log_starts, &b->log_starts, sizeof a->log_starts);
	assert_int_equal(a->spec.log_mode, b->spec.log_mode);
	assert_true(content_same_file(&a->program_identity, &b->program_identity));
	assert_string_equal(a->program_identity.sha256, b->program_identity.sha256);
	assert_string_equal(a->system_version, b->system_version);
	assert_string_equal(a->system_build, b->system_build);
	assert_int_equal(a->made_folder_count, b->made_folder_count);
	for (size_t i = 0; i < a->made_folder_count; i++)
		assert_string_equal(a->made_folders[i], b->made_folders[i]);
	assert_int_equal(a->before.loaded, b->before.loaded);
	assert_int_equal(a->before.disabled, b->before.disabled);
	assert_true(bytes_equal(a->before.files[SNAP_PLIST].content,
	    b->before.files[SNAP_PLIST].content));
	assert_string_equal(a->spec.agent.path, b->spec.agent.path);
	assert_string_equal(a->spec.agent.account, b->spec.agent.account);
	assert_int_equal(a->spec.agent.user_count, b->spec.agent.user_count);
	assert_int_equal(a->spec.agent.users[0], b->spec.agent.users[0]);
	assert_true(bytes_equal(a->before.files[SNAP_AGENT].content,
	    b->before.files[SNAP_AGENT].content));
	for (int i = 0; i < AGENT_DOMAINS; i++) {
		assert_int_equal(a->before.agents[i], b->before.agents[i]);
		assert_int_equal(a->before.agents_running[i], b->before.agents_running[i]);
	}
	for (int i = 0; i < SNAP_FILES; i++) {
		assert_string_equal(a->before.files[i].path, b->before.files[i].path);
		assert_int_equal(a->before.files[i].exists, b->before.files[i].exists);
		assert_int_equal(a->before.files[i].owner, b->before.files[i].owner);
		assert_int_equal(a->before.files[i].group, b->before.files[i].group);
		assert_int_equal(a->before.files[i].mode, b->before.files[i].mode);
	}
	for (int i = 0; i < 2; i++) {
		assert_string_equal(a->spec.logs[i].theirs, b->spec.logs[i].theirs);
		assert_int_equal(a->made_log[i], b->made_log[i]);
	}
}

static void
a_receipt_returns_what_was_promised(void **state)
{
	(void)state;
	for (int changing = 0; changing < 2; changing++) {
		struct bytes receipt;

		end(NULL);
		make_full();
		assert_int_equal(receipt_to_bytes(&next, changing, &receipt, &error), 0);
		if (receipt_from_bytes(&other, LABEL, receipt, NULL, &error) == -1)
			fail_msg("%s: %s", error.what, error.why);
		assert_same(&other, &next);
		assert_int_equal(other.changing, changing);
		bytes_free(&receipt);
	}
}

/* Another order would change the bytes of each receipt, and no install be unchanged. */
static void
the_keys_of_a_receipt_keep_their_order(void **state)
{
	static const char order[] = "Version Label State Plist Mode Rules LogMode UserID GroupID "
	    "SettleTime MaxStarts Peers Program Device Inode Size Modified ModifiedNanoseconds "
	    "Changed ChangedNanoseconds SHA256 SystemVersion SystemBuild LogStarts OutputInode "
	    "OutputSize ErrorInode ErrorSize Time MadeLogs MadeFolders AccountLogs "
	    "AccountLabel Agent Path Account Users Before Loaded Running Disabled LoadedFrom "
	    "Files Path Exists Owner Group Mode Content Path Exists Owner Group Mode Path "
	    "Exists Path Exists Owner Group Mode Content Agents Undo Files MadeFolders "
	    "Receipt ReceiptMode ";
	struct bytes receipt;
	char keys[sizeof order + 256] = "";

	(void)state;
	make_full();
	next.spec.mode = next.undo_receipt_mode = 0600;
	next.rules = RECEIPT_RULES;
	strcpy(next.before.loaded_from, next.spec.plist_path);
	assert_true(bytes_copy(&next.undo_receipt, next.spec.plist));
	assert_int_equal(receipt_to_bytes(&next, RECEIPT_CHANGING, &receipt, &error), 0);
	for (const char *at = (const char *)receipt.data; (at = strstr(at, "<key>")) != NULL;) {
		size_t length = strlen(keys), size = strcspn(at += strlen("<key>"), "<");

		assert_true(length + size + 2 < sizeof keys);
		memcpy(keys + length, at, size);
		memcpy(keys + length + size, " ", 2);
	}
	assert_string_equal(keys, order);
	bytes_free(&receipt);
}

/* Version 0.1 did not have these keys. */
static void
what_is_usual_is_not_in_a_receipt(void **state)
{
	static const char *const omitted[] = { "<key>Mode</key>", "Rules", "LogMode", "MaxStarts",
	    "AccountLogs", "AccountLabel", "Agent", "SHA256", "Loaded", "Running", "Disabled",
	    "Undo" };
	struct bytes receipt;

	(void)state;
	read_plist(NULL, NULL);
	assert_int_equal(receipt_to_bytes(&next, RECEIPT_INSTALLED, &receipt, &error), 0);
	for (size_t i = 0; i < sizeof omitted / sizeof omitted[0]; i++)
		assert_null(strstr((const char *)receipt.data, omitted[i]));
	assert_int_equal(receipt_from_bytes(&other, LABEL, receipt, NULL, &error), 0);
	assert_int_equal(other.spec.mode, SPEC_MODE);
	assert_int_equal(other.spec.log_mode, SPEC_LOG_MODE);
	bytes_free(&receipt);
}

static void
a_receipt_names_the_loaded_plist_by_its_full_path(void **state)
{
	struct bytes receipt;

	(void)state;
	make_full();
	strcpy(next.before.loaded_from, "x.plist");
	assert_int_equal(receipt_to_bytes(&next, RECEIPT_INSTALLED, &receipt, &error), 0);
	assert_int_equal(receipt_from_bytes(&other, LABEL, receipt, NULL, &error), -1);
	bytes_free(&receipt);
}

static void
a_receipt_of_a_job_without_logs_or_history_is_read(void **state)
{
	struct bytes receipt;

	(void)state;
	read_plist("/var/log/agentworker.err", "/dev/null");
	next.spec.logs[0].theirs[0] = '\0';
	next.spec.settle = 0;
	assert_int_equal(receipt_to_bytes(&next, false, &receipt, &error), 0);
	assert_int_equal(receipt_from_bytes(&other, LABEL, receipt, NULL, &error), 0);
	assert_true(other.spec.settle >= 0 && other.spec.settle <= 0);
	/* The default is not written: receipts of version 0.1 keep their bytes. */
	assert_int_equal(other.spec.max_starts, STARTS_DEFAULT);
	assert_int_equal(other.before.loaded, UNKNOWN);
	assert_int_equal(other.before.disabled, UNKNOWN);
	assert_string_equal(other.before.files[SNAP_LOG].path, "");
	assert_int_equal(other.made_folder_count, 0);
	assert_false(other.made_log[0] || other.made_log[1]);
	assert_null(other.before.files[SNAP_PLIST].content.data);
	bytes_free(&receipt);
}

/* Version 0.1 wrote receipts without AccountLogs, and moved logs there. */
static void
logs_in_var_log_by_any_path_are_not_the_accounts(void **state)
{
	static const char *const logs[] = { "/var/log/x.err", "/private/var/log/x.err",
	    "/VAR/Log/x.err", "/System/Volumes/Data/private/var/log/x.err" };

	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
		struct bytes receipt;

		end(state);
		read_plist("/var/log/agentworker.err", logs[i]);
		next.spec.agent = (struct agent){ .path = AGENT, .account = "worker" };
		assert_int_equal(receipt_to_bytes(&next, false, &receipt, &error), 0);
		assert_null(strstr((const char *)receipt.data, "AccountLogs"));
		assert_int_equal(receipt_from_bytes(&other, LABEL, receipt, NULL, &error), 0);
		assert_false(other.spec.account_log[0] || other.spec.account_log[1]);
		bytes_free(&receipt);
	}
}

static void
set_id_bits_are_not_restored(void **state)
{
	struct bytes receipt;

	(void)state;
	make_full();
	next.before.files[SNAP_LOG].mode = 06755;
	assert_int_equal(receipt_to_bytes(&next, false, &receipt, &error), 0);
	assert_int_equal(receipt_from_bytes(&other, LABEL, receipt, NULL, &error), 0);
	assert_int_equal(other.before.files[SNAP_LOG].mode, 0755);
	bytes_free(&receipt);
}

/* Return the text of a receipt with old replaced by new after the word `after`. */
static char *
edited(const char *after, const char *old, const char *new)
{
	struct bytes receipt;
	char *at, *text;
	size_t before;

	end(NULL);
	make_full();
	assert_int_equal(receipt_to_bytes(&next, false, &receipt, &error), 0);
	text = calloc(1, receipt.size + strlen(new) + 1);
	assert_non_null(text);
	memcpy(text, receipt.data, receipt.size);
	bytes_free(&receipt);
	at = strstr(text, after);
	if (at != NULL)
		at = strstr(at + strlen(after), old);
	if (at == NULL)
		fail_msg("no '%s' after '%s' in:\n%s", old, after, text);
	before = (size_t)(at - text);
	memmove(at + strlen(new), at + strlen(old), strlen(text) - before - strlen(old) + 1);
	memcpy(at, new, strlen(new));
	return text;
}

static int
read_edited(const char *after, const char *old, const char *new)
{
	char *text = edited(after, old, new);
	int result;

	memset(&error, 0, sizeof error);
	result = receipt_from_bytes(&other, LABEL,
	    (struct bytes){ (const unsigned char *)text, strlen(text) }, NULL, &error);
	free(text);
	return result;
}

static void
refuse_edited(const char *after, const char *old, const char *new)
{
	if (read_edited(after, old, new) == 0)
		fail_msg("a receipt with '%s' for '%s' after '%s' was accepted", new, old, after);
	assert_int_equal(error.kind, ERROR_DATA);
	assert_string_equal(error.what, "cannot use the receipt '"
	    STATE_DIRECTORY "/" LABEL ".plist'");
	assert_null(other.spec.plist.data);
	assert_null(other.before.files[SNAP_PLIST].content.data);
}

/* It may become a word of a message. */
static void
a_sha256_that_is_none_is_refused(void **state)
{
	static const char sum[] = HEALTHY_SHA256;

	(void)state;
	refuse_edited("<key>SHA256</key>", sum, "");
	refuse_edited("<key>SHA256</key>", sum, sum + 1);
	refuse_edited("<key>SHA256</key>", sum + 1, sum);
	refuse_edited("<key>SHA256</key>", sum + 1, "A");
	refuse_edited("<key>SHA256</key>", sum + 2, "g");
}

static void
a_receipt_cannot_name_files_that_are_not_logs(void **state)
{
	static const char *const bad[] =
	    { "/etc/passwd", "", "/", "/opt/logs/deep/agentworker.err/",
		"/opt/logs/deep/agentworker.er", "/opt/logs/../logs/deep/agentworker.err",
		"/Library/LaunchDaemons/" LABEL ".plist" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refuse_edited("<key>MadeLogs</key>", "/opt/logs/deep/agentworker.err", bad[i]);
	refuse_edited("<key>MadeLogs</key>", "<string>/opt/logs/deep/agentworker.err</string>",
	    "<integer>1</integer>");
	assert_int_equal(read_edited("<key>MadeLogs</key>", "/opt/logs/deep/agentworker.err",
	    "/var/log/agentworker.log"), 0);
}

static void
a_receipt_cannot_name_directories_not_above_a_log(void **state)
{
	static const char *const bad[] = { "/etc", "/", "", "opt", "/opt/log",
	    "/opt/logs/deep/agentworker.err",
		"/opt/logs/", "/opt/logs/deep/x", "/opt/logs/..", "/Library/LaunchDaemons" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char entry[64];

		snprintf(entry, sizeof entry, "<string>%s</string>", bad[i]);
		refuse_edited("<key>MadeFolders</key>", "<string>/opt/logs</string>", entry);
	}
	refuse_edited("<key>MadeFolders</key>", "<string>/opt/logs</string>", "<true/>");
	/* One more than there is room for. */
	refuse_edited("<key>MadeFolders</key>", "<string>/opt/logs</string>",
	    "<string>/opt</string><string>/opt</string>"
	    "<string>/opt</string><string>/opt</string><string>/opt</string><string>/opt</string>"
	    "<string>/opt</string>"
	    "<string>/opt</string>");
}

static void
a_receipt_cannot_restore_files_elsewhere(void **state)
{
	(void)state;
	refuse_edited("<key>Files</key>", "/Library/LaunchDaemons/" LABEL ".plist", "/etc/sudoers");
	refuse_edited("<key>Files</key>", "/Library/LaunchDaemons/" LABEL ".plist",
	    "/Library/LaunchDaemons/com.example.other.plist");
	refuse_edited("<key>Files</key>", "/var/log/agentworker.log", "/etc/passwd");
	refuse_edited("<key>Files</key>", "<string>/var/log/agentworker.log</string>", "<true/>");
	refuse_edited("<key>Files</key>", "/var/log/agentworker.log", "");
}

static void
a_receipt_restores_agents_only_among_agents(void **state)
{
	static const char *const bad[] =
	    { "/etc/sudoers.d/x.plist", "/Users/worker/Library/LaunchDaemons/x.plist",
	    "/Users/worker/Library/LaunchAgents/x", "/Users/worker/Library/LaunchAgents/../x.plist",
	    "/Users/worker/Library/LaunchAgents/.x.plist",
	    "Users/worker/Library/LaunchAgents/x.plist", "",
	    "/Library/LaunchAgents/x.plist" /* which is not an account's */ };
	struct bytes receipt;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		refuse_edited("<key>Agent</key>", AGENT, bad[i]);
		refuse_edited("<key>Files</key>", AGENT, bad[i]);
	}
	refuse_edited("<key>Account</key>", "<string>worker</string>", "<string></string>");
	refuse_edited("<key>Users</key>", "501", "-1");
	refuse_edited("<key>Users</key>", "501", "4294967296");
	refuse_edited("<key>Agents</key>", "<string>running</string>", "<true/>");

	/* What is brought back has the job's label. */
	end(NULL);
	make_full();
	bytes_free(&next.before.files[SNAP_AGENT].content);
	assert_true(bytes_copy(&next.before.files[SNAP_AGENT].content,
	    (struct bytes){ (const unsigned char *)"x", 1 }));
	assert_int_equal(receipt_to_bytes(&next, false, &receipt, &error), 0);
	assert_int_equal(receipt_from_bytes(&other, LABEL, receipt, NULL, &error), -1);
	bytes_free(&receipt);
}

static void
a_receipt_is_for_the_label_of_its_file(void **state)
{
	struct bytes receipt;
	char *text;

	(void)state;
	refuse_edited("<key>Label</key>", LABEL, "com.example.other");
	refuse_edited("<key>Label</key>", "<string>" LABEL "</string>", "<true/>");
	text = edited("", LABEL, LABEL);
	assert_int_equal(receipt_from_bytes(&other, "com.example.other",
	    (struct bytes){ (const unsigned char *)text, strlen(text) }, NULL, &error), -1);
	assert_int_equal(error.kind, ERROR_DATA);
	free(text);

	/* The plist within is another job's. */
	end(NULL);
	read_plist(LABEL, "com.example.other");
	strcpy(next.spec.label, LABEL);
	assert_int_equal(receipt_to_bytes(&next, false, &receipt, &error), 0);
	assert_int_equal(receipt_from_bytes(&other, LABEL, receipt, NULL, &error), -1);
	assert_int_equal(error.kind, ERROR_DATA);
	bytes_free(&receipt);
}

static void
values_of_a_receipt_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	refuse_edited("<key>Version</key>", "<integer>1</integer>", "<integer>2</integer>");
	refuse_edited("<key>Version</key>", "<integer>1</integer>", "<string>1</string>");
	refuse_edited("<key>State</key>", "installed", "other");
	refuse_edited("<key>State</key>", "installed", "");
	refuse_edited("<key>UserID</key>", "4294967294", "-1");
	refuse_edited("<key>UserID</key>", "4294967294", "4294967296");	/* would be root */
	refuse_edited("<key>UserID</key>", "4294967294", "4294967295");	/* "no account" of chown */
	refuse_edited("<key>GroupID</key>", "<integer>0", "<integer>-9223372036854775808");
	refuse_edited("<key>GroupID</key>", "<integer>0", "<integer>4294967295");
	refuse_edited("<key>Owner</key>", "4294967294", "4294967296");
	refuse_edited("<key>Owner</key>", "4294967294", "-1");
	refuse_edited("<key>Group</key>", "<integer>80", "<integer>-5");
	refuse_edited("<key>Mode</key>", "<integer>384", "<integer>-1");
	refuse_edited("<key>SystemVersion</key>", "26.5.1",
	    "26.5.1 and so on and on and on and on");
	refuse_edited("<key>SystemBuild</key>", "25F80", "26.5.1 and so on and on and on and on");
	/* These may be missing, but not be of another type. */
	refuse_edited("<key>Loaded</key>", "<true/>", "<string>true</string>");
	refuse_edited("<key>Running</key>", "<false/>", "<integer>1</integer>");
	refuse_edited("<key>Disabled</key>", "<false/>", "<string>false</string>");
}

static void
settle_times_that_make_no_sense_are_refused(void **state)
{
	static const char *const bad[] = { "<real>-1</real>", "<real>1000001</real>",
	    "<real>nan</real>",
		"<real>inf</real>", "<real>1e300</real>", "<string>1</string>", "<true/>" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char *text = edited("", "<key>SettleTime</key>", "<key>SettleTime</key>"),
		     *at = strstr(text, "<key>SettleTime</key>");
		char *real = strstr(at, "<real>"), *after = strstr(at, "</real>") + 7;
		char whole[8192];

		*real = '\0';
		assert_true(snprintf(whole, sizeof whole, "%s%s%s", text, bad[i],
		    after) < (int)sizeof whole);
		free(text);
		if (receipt_from_bytes(&other, LABEL,
		    (struct bytes){ (const unsigned char *)whole, strlen(whole) }, NULL,
		    &error) == 0)
			fail_msg("%s was accepted", bad[i]);
	}
}

static void
peers_are_in_the_receipt_and_must_be_valid(void **state)
{
	struct receipt given = { .rules = 0 }, read;
	struct bytes bytes;
	char text[8192];
	char *at;

	(void)state;
	assert_int_equal(spec_from_plist(&given.spec, healthy_plist(NULL, NULL), &error), 0);
	strcpy(given.spec.peers[given.spec.peer_count++], "10.9.0.2:7000");
	strcpy(given.spec.peers[given.spec.peer_count++], "[fe80::1%en0]:80");
	assert_int_equal(receipt_to_bytes(&given, false, &bytes, &error), 0);
	assert_int_equal(receipt_from_bytes(&read, LABEL, bytes, NULL, &error), 0);
	assert_int_equal(read.spec.peer_count, 2);
	assert_string_equal(read.spec.peers[1], "[fe80::1%en0]:80");
	receipt_free(&read);
	assert_true(bytes.size < sizeof text);
	memcpy(text, bytes.data, bytes.size);
	text[bytes.size] = '\0';
	at = strstr(text, "10.9.0.2:7000");
	assert_non_null(at);
	memcpy(at, "--timeout=9:1", 13);
	assert_int_equal(receipt_from_bytes(&read, LABEL,
	    (struct bytes){ (const unsigned char *)text, bytes.size }, NULL, &error), -1);
	bytes_free(&bytes);
	receipt_free(&given);
}

static void
a_receipt_without_a_key_is_refused_or_promises_less(void **state)
{
	static const struct row {
		const char	*after, *key;
		int		 result;
	} rows[] = {
		{ "", "Version", -1 },
		{ "", "Label", -1 },
		{ "", "State", -1 },
		{ "", "Plist", -1 },
		{ "", "UserID", -1 },
		{ "", "GroupID", -1 },
		{ "", "SettleTime", -1 },
		{ "", "Program", -1 },
		{ "", "Device", -1 },
		{ "", "Inode", -1 },
		{ "", "Size", -1 },
		{ "", "Modified", -1 },
		{ "", "ModifiedNanoseconds", -1 },
		{ "", "Changed", -1 },
		{ "", "ChangedNanoseconds", -1 },
		{ "", "SHA256", 0 },
		{ "", "SystemVersion", -1 },
		{ "", "SystemBuild", -1 },
		{ "", "Path", -1 },
		{ "", "Exists", -1 },
		{ "", "Owner", -1 },
		{ "", "Group", -1 },
		{ "", "Mode", -1 },
		{ "", "MadeLogs", 0 },
		{ "", "MadeFolders", 0 },
		{ "", "AccountLogs", 0 },
		{ "", "AccountLabel", 0 },
		{ "", "Before", 0 },
		{ "", "Loaded", 0 },
		{ "", "Disabled", 0 },
		{ "", "Files", 0 },
		{ "", "Content", 0 },
		{ "", "Running", 0 },
		{ "", "Peers", 0 },
		{ "", "LogMode", 0 },
		{ "", "MaxStarts", 0 },
		{ "", "LogStarts", 0 },
		{ "", "OutputInode", -1 },
		{ "", "OutputSize", -1 },
		{ "", "ErrorInode", -1 },
		{ "", "ErrorSize", -1 },
		{ "", "Time", -1 },
		{ "", "Agent", -1 },
		{ "", "Account", -1 },
		{ "", "Users", 0 },
		{ "", "Agents", 0 },
	};
	size_t keys = 0;
	char *text = edited("", "Version", "Version");

	(void)state;
	for (const char *at = text; (at = strstr(at, "<key>")) != NULL; at++)
		keys++;
	free(text);
	/*
	 * Each key but those of the four files, and the agent's path, once: nobody adds one and
	 * forgets it here.
	 */
	if (keys != sizeof rows / sizeof rows[0] + 5 + 2 + 6 + 1)
		fail_msg("the receipt has %zu keys: add a row for the new one", keys);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char old[64], new[64];

		snprintf(old, sizeof old, "<key>%s</key>", rows[i].key);
		snprintf(new, sizeof new, "<key>not-%s</key>", rows[i].key);
		if (rows[i].result == -1)
			refuse_edited(rows[i].after, old, new);
		else if (read_edited(rows[i].after, old, new) == -1)
			fail_msg("without %s: %s", rows[i].key, error.why);
		if (strcmp(rows[i].key, "MadeLogs") == 0)
			assert_false(other.made_log[0] || other.made_log[1]);
		if (strcmp(rows[i].key, "MadeFolders") == 0)
			assert_int_equal(other.made_folder_count, 0);
		if (strcmp(rows[i].key, "Before") == 0 || strcmp(rows[i].key, "Files") == 0)
			assert_string_equal(other.before.files[SNAP_PLIST].path, "");
		if (strcmp(rows[i].key, "Before") == 0 || strcmp(rows[i].key, "Loaded") == 0)
			assert_int_equal(other.before.loaded, UNKNOWN);
		if (strcmp(rows[i].key, "Disabled") == 0)
			assert_int_equal(other.before.disabled, UNKNOWN);
	}
}

static void
a_truncated_receipt_is_refused(void **state)
{
	char *text = edited("", "Version", "Version");
	size_t size = strlen(text), whole = (size_t)(strstr(text, "</plist>") - text);

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		unsigned char *part = malloc(cut + 1);	/* of its own, so that a read beyond it is
							   seen */

		assert_non_null(part);
		memcpy(part, text, cut);
		if (receipt_from_bytes(&other, LABEL, (struct bytes){ part, cut }, NULL,
		    &error) == 0) {
			if (cut < whole)
				fail_msg("the first %zu bytes of %zu were accepted", cut, size);
			assert_same(&other, &next);
			receipt_free(&other);
		}
		free(part);
	}
	free(text);
}

static void
a_receipt_with_a_wrong_byte_names_only_the_jobs_files(void **state)
{
	char *text = edited("", "Version", "Version");
	size_t size = strlen(text);

	(void)state;
	for (size_t i = 0; i < size; i++)
		for (int flip = 0; flip < 2; flip++) {
			char old = text[i];

			text[i] = (char)(old ^ (flip == 0 ? 1 : 0x80));
			if (receipt_from_bytes(&other, LABEL,
			    (struct bytes){ (const unsigned char *)text, size }, NULL,
			    &error) == 0) {
				assert_string_equal(other.spec.label, LABEL);
				assert_string_equal(other.spec.plist_path,
				    "/Library/LaunchDaemons/" LABEL ".plist");
				for (size_t j = 0; j < other.made_folder_count; j++)
					assert_true(strncmp(other.spec.logs[0].theirs,
					    other.made_folders[j],
							strlen(other.made_folders[j])) == 0 ||
					    strncmp(other.spec.logs[1].theirs,
					    other.made_folders[j],
						strlen(other.made_folders[j])) == 0);
				receipt_free(&other);
			}
			text[i] = old;
		}
	free(text);
}

static void
freeing_twice_is_harmless(void **state)
{
	(void)state;
	make_full();
	receipt_free(&next);
	receipt_free(&next);
	assert_null(next.spec.plist.data);
	assert_null(next.before.files[SNAP_PLIST].content.data);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_key_of_the_checklist_is_read),
		TEST(a_missing_key_has_launchds_default),
		TEST(program_goes_before_the_first_argument),
		TEST(health_follows_keep_alive_and_run_at_load),
		TEST(a_device_or_the_same_log_twice_is_not_managed),
		TEST(a_plist_that_is_not_a_job_is_refused),
		TEST(paths_follow_from_a_label_and_from_nothing_else),
		TEST(each_leftover_has_a_path_of_its_own),
		TEST(a_receipt_returns_what_was_promised),
		TEST(the_keys_of_a_receipt_keep_their_order),
		TEST(what_is_usual_is_not_in_a_receipt),
		TEST(a_receipt_names_the_loaded_plist_by_its_full_path),
		TEST(a_receipt_of_a_job_without_logs_or_history_is_read),
		TEST(logs_in_var_log_by_any_path_are_not_the_accounts),
		TEST(set_id_bits_are_not_restored),
		TEST(a_sha256_that_is_none_is_refused),
		TEST(a_receipt_cannot_name_files_that_are_not_logs),
		TEST(a_receipt_cannot_name_directories_not_above_a_log),
		TEST(a_receipt_cannot_restore_files_elsewhere),
		TEST(a_receipt_restores_agents_only_among_agents),
		TEST(a_receipt_is_for_the_label_of_its_file),
		TEST(values_of_a_receipt_that_make_no_sense_are_refused),
		TEST(settle_times_that_make_no_sense_are_refused),
		cmocka_unit_test(peers_are_in_the_receipt_and_must_be_valid),
		TEST(a_receipt_without_a_key_is_refused_or_promises_less),
		TEST(a_truncated_receipt_is_refused),
		TEST(a_receipt_with_a_wrong_byte_names_only_the_jobs_files),
		cmocka_unit_test(new_logs_of_staff_are_private_and_old_ones_stay),
		TEST(freeing_twice_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
