/* plan.c: what is changed, refused and left unchanged. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/content.h"
#include "core/plan/plan.h"
#include "core/text.h"
#include "core/plist/plist.h"
#include "core/job/receipt.h"
#include "healthy.h"
#include "../../../../src/core/plan/plan_parts.h"

static struct healthy mac;
static struct plan plan;
static struct error error;
static struct plan_options options;
static bool installed;		/* pass the receipt to plan_install() */
static char text[4096];

static int
fresh(void **state)
{
	(void)state;
	memset(&error, 0, sizeof error);
	memset(&plan, 0, sizeof plan);
	options = (struct plan_options){ .load = true };
	installed = false;
	healthy_fresh(&mac);
	return 0;
}

static int
present(void **state)
{
	fresh(state);
	healthy_free(&mac);
	healthy_installed(&mac);
	installed = true;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	plan_free(&plan);
	healthy_free(&mac);
	return 0;
}

static void
make(void)
{
	plan_free(&plan);
	if (plan_install(&plan, &mac.next, installed ? &mac.receipt : NULL, &mac.facts, options,
	    &error) == -1)
		fail_msg("%s: %s", error.what, error.why);
}

static void
make_uninstall(void)
{
	plan_free(&plan);
	if (plan_uninstall(&plan, &mac.receipt, &mac.facts, options, &error) == -1)
		fail_msg("%s: %s", error.what, error.why);
}

static const char *const kinds[] = {
#define KIND_NAME(NAME, name) #name,
	STEP_KINDS(KIND_NAME)
};

/* The steps, or only those to be done, as "record log:agentworker.log load". */
static const char *
steps(bool all)
{
	text[0] = '\0';
	for (size_t i = 0; i < plan.count; i++) {
		const struct step *step = &plan.steps[i];

		if (!all && step->result == STEP_UNCHANGED)
			continue;
		strcat(text, text[0] == '\0' ? "" : " ");
		strcat(text, kinds[step->kind]);
		if (step->kind == KIND_LOG || step->kind == KIND_EMPTY_LOG ||
		    step->kind == KIND_FOLDER) {
			strcat(text, ":");
			strcat(text, text_after_last(step->name, '/'));
		}
	}
	return text;
}

static void
assert_planned(const char *expected)
{
	assert_string_equal(steps(false), expected);
	assert_int_equal(plan_changes(&plan), expected[0] != '\0');
	for (size_t i = 0; i < plan.count; i++)
		assert_true(plan.steps[i].result == STEP_PLANNED ||
		    plan.steps[i].result == STEP_UNCHANGED);
}

static const struct step *
find(enum step_kind kind, const char *name)
{
	for (size_t i = 0; i < plan.count; i++)
		if (plan.steps[i].kind == kind && strcmp(plan.steps[i].name, name) == 0)
			return &plan.steps[i];
	fail_msg("no step %s %s", kinds[kind], name);
	return NULL;
}

static void
refused(enum error_kind kind, const char *part)
{
	plan_free(&plan);
	memset(&error, 0, sizeof error);
	if (plan_install(&plan, &mac.next, installed ? &mac.receipt : NULL, &mac.facts, options,
	    &error) == 0)
		fail_msg("not refused: %s", part);
	assert_int_equal(error.kind, kind);
	if (strstr(error.what, part) == NULL && strstr(error.why, part) == NULL)
		fail_msg("no '%s' in: %s: %s", part, error.what, error.why);
	assert_int_equal(plan.count, 0);
	assert_null(plan.record.data);
	assert_null(plan.receipt.data);
}

static void
wants_fresh(const char *old, const char *new)
{
	receipt_free(&mac.next);
	assert_int_equal(spec_from_plist(&mac.next.spec, healthy_plist(old, new), &error), 0);
	mac.next.spec.uid = 501;
	mac.next.spec.gid = 20;
}

/* Change the promised plist, as another flag would. */
static void
wants_other(const char *old, const char *new)
{
	wants_fresh(old, new);
	/* The plist on disk is still the receipt's. */
	mac.facts.plist.bytes = mac.receipt.spec.plist;
}

/* The receipt that the plan writes can be read back. */
static void
read_planned_receipt(struct receipt *read)
{
	if (receipt_from_bytes(read, LABEL, plan.receipt, NULL, &error) == -1)
		fail_msg("the receipt that would be written is refused: %s", error.why);
	assert_false(read->changing);
	receipt_free(read);
	if (receipt_from_bytes(read, LABEL, plan.record, NULL, &error) == -1)
		fail_msg("the record that would be written is refused: %s", error.why);
	assert_true(read->changing);
	receipt_free(read);
	assert_int_equal(receipt_from_bytes(read, LABEL, plan.receipt, NULL, &error), 0);
}

/* ---- fresh ---- */

static void
a_fresh_install_does_everything_in_its_order(void **state)
{
	const struct step *step;

	(void)state;
	make();
	assert_string_equal(steps(true),
	    "record override log:agentworker.log log:agentworker.err plist load receipt");
	assert_planned("record log:agentworker.log log:agentworker.err plist load receipt");

	step = find(KIND_LOG, "/var/log/agentworker.log");
	assert_int_equal(step->was.exists, NO);
	assert_int_equal(step->goal.exists, YES);
	assert_int_equal(step->goal.owner, 501);
	assert_int_equal(step->goal.group, 20);
	assert_int_equal(step->goal.mode, 0640);
	assert_ptr_equal(step->as, &mac.facts.user.identity);

	step = find(KIND_PLIST, "/Library/LaunchDaemons/" LABEL ".plist");
	assert_int_equal(step->goal.owner, 0);
	assert_int_equal(step->goal.group, 0);
	assert_int_equal(step->goal.mode, 0644);
	assert_true(bytes_equal(step->goal.content, mac.next.spec.plist));
	assert_string_equal(step->backup, "/Library/Application Support/lnpctl/" LABEL ".old");

	find(KIND_LOAD, "system/" LABEL);
	step = find(KIND_RECEIPT, "/Library/Application Support/lnpctl/" LABEL ".plist");
	assert_int_equal(step->goal.mode, 0644);
	assert_true(bytes_equal(step->goal.content, plan.receipt));
	step = find(KIND_RECORD, "/Library/Application Support/lnpctl/" LABEL ".plist");
	assert_true(bytes_equal(step->goal.content, plan.record));
	assert_false(bytes_equal(plan.record, plan.receipt));
}

static void
a_fresh_install_remembers_how_it_was_before(void **state)
{
	struct receipt read;

	(void)state;
	mac.facts.log[1].file = (struct file_fact){ .exists = YES, .owner = 501, .group = 99,
	    .mode = 0600, .links = 1 };
	make();
	read_planned_receipt(&read);
	assert_int_equal(read.before.disabled, NO);
	receipt_free(&read);
	mac.facts.launchd.override = OVERRIDE_DISABLED;
	make();
	read_planned_receipt(&read);
	assert_true(read.made_log[0]);
	assert_false(read.made_log[1]);
	assert_string_equal(read.before.files[SNAP_PLIST].path, mac.next.spec.plist_path);
	assert_false(read.before.files[SNAP_PLIST].exists);
	assert_false(read.before.files[SNAP_LOG].exists);
	assert_true(read.before.files[SNAP_LOG + 1].exists);
	assert_int_equal(read.before.files[SNAP_LOG + 1].group, 99);
	assert_int_equal(read.before.files[SNAP_LOG + 1].mode, 0600);
	assert_int_equal(read.before.loaded, NO);
	assert_int_equal(read.before.disabled, YES);
	assert_string_equal(read.system_build, "24F74");
	assert_true(content_same_file(&read.program_identity, &mac.facts.program.file.identity));
	assert_int_equal(read.spec.uid, 501);
	receipt_free(&read);
}

static void
a_disabled_label_is_enabled_before_anything_is_loaded(void **state)
{
	(void)state;
	mac.facts.launchd.override = OVERRIDE_DISABLED;
	make();
	assert_planned("record override log:agentworker.log log:agentworker.err plist load "
	    "receipt");
	mac.facts.launchd.override = OVERRIDE_ENABLED;
	make();
	assert_planned("record log:agentworker.log log:agentworker.err plist load receipt");
}

static void
missing_folders_are_made_outermost_first_and_remembered(void **state)
{
	struct receipt read;

	(void)state;
	wants_fresh("/var/log/agentworker.log", "/opt/logs/deep/agentworker.log");
	strcpy(mac.facts.missing_folders[0], "/opt/logs");
	strcpy(mac.facts.missing_folders[1], "/opt/logs/deep");
	mac.facts.missing_folder_count = 2;
	make();
	assert_planned("record folder:logs folder:deep log:agentworker.log log:agentworker.err "
	    "plist load receipt");
	read_planned_receipt(&read);
	assert_int_equal(read.made_folder_count, 2);
	assert_string_equal(read.made_folders[0], "/opt/logs");
	assert_string_equal(read.made_folders[1], "/opt/logs/deep");
	receipt_free(&read);
}

static void
a_job_without_logs_has_no_log_steps(void **state)
{
	(void)state;
	wants_fresh("/var/log/agentworker.log", "/dev/null");
	make();
	assert_planned("record log:agentworker.err plist load receipt");
}

static void
no_load_writes_everything_and_loads_nothing(void **state)
{
	(void)state;
	options.load = false;
	make();
	assert_string_equal(steps(true),
	    "record override log:agentworker.log log:agentworker.err plist receipt");
	assert_planned("record log:agentworker.log log:agentworker.err plist receipt");
	mac.facts.launchd.override =
	    OVERRIDE_DISABLED;	/* else the next boot would not load it either */
	make();
	assert_planned("record override log:agentworker.log log:agentworker.err plist receipt");
}

static void
offline_there_is_no_step_that_needs_launchd(void **state)
{
	struct receipt read;

	(void)state;
	options.load = false;
	mac.facts.offline = true;
	mac.facts.launchd.loaded = UNKNOWN;
	mac.facts.launchd.override = OVERRIDE_UNKNOWN;
	make();
	assert_string_equal(steps(true),
	    "record log:agentworker.log log:agentworker.err plist receipt");
	read_planned_receipt(&read);
	assert_int_equal(read.before.loaded, UNKNOWN);
	assert_int_equal(read.before.disabled, UNKNOWN);
	receipt_free(&read);
}

/* ---- installed already ---- */

static void
the_same_again_changes_nothing(void **state)
{
	(void)state;
	make();
	assert_string_equal(steps(true),
	    "record override unload log:agentworker.log log:agentworker.err plist load receipt");
	assert_planned("");
}

static void
owner_of_log(void)
{
	mac.facts.log[0].file.owner = 0;
	mac.facts.log[0].file.identity.size = 0;
}

static void
owner_of_full_log(void)
{
	mac.facts.log[0].file.owner = 0;
}

static void
group_of_log(void)
{
	mac.facts.log[1].file.group = 0;
}

static void
mode_of_log(void)
{
	mac.facts.log[1].file.mode = 0644;
}

static void
log_gone(void)
{
	mac.facts.log[1].file = (struct file_fact){ .exists = NO };
}

static void
both_logs_gone(void)
{
	mac.facts.log[0].file = mac.facts.log[1].file = (struct file_fact){ .exists = NO };
}

static void
plist_gone(void)
{
	mac.facts.plist.file = (struct file_fact){ .exists = NO };
	mac.facts.plist.bytes = (struct bytes){ NULL, 0 };
}

static void
plist_edited(void)
{
	mac.facts.plist.bytes = healthy_plist("--loop", "--pool");
}

static void
owner_of_plist(void)
{
	mac.facts.plist.file.owner = 501;
}

static void
group_of_plist(void)
{
	mac.facts.plist.file.group = 20;
}

static void
mode_of_plist(void)
{
	mac.facts.plist.file.mode = 0664;
}

static void
plist_quarantined(void)
{
	mac.facts.plist.file.quarantined = YES;
}

static void
disabled(void)
{
	mac.facts.launchd.override = OVERRIDE_DISABLED;
}

static void
not_loaded(void)
{
	mac.facts.launchd.loaded = NO;
}

static void
disabled_and_not_loaded(void)
{
	disabled();
	not_loaded();
}

static void
loaded_from_elsewhere(void)
{
	strcpy(mac.facts.launchd.service.path, "/tmp/x.plist");
}

static void
path_not_reported(void)
{
	mac.facts.launchd.service.path[0] = '\0';
}

static void
program_copied(void)
{
	mac.facts.program.file.identity.inode++;
}

static void
program_replaced(void)
{
	program_copied();
	mac.facts.program.file.identity.sha256[0] ^= 1;
}

/* What costs too much is not read. */
static void
program_unread(void)
{
	program_copied();
	mac.facts.program.file.identity.sha256[0] = '\0';
}

static void
program_before_boot(void)
{
	program_replaced();
	mac.facts.system.booted = mac.facts.program.file.identity.changed + 1;
}

/* It has a new hard link, and the disks of this boot have other device numbers. */
static void
program_named_twice(void)
{
	mac.facts.program.file.identity.changed = mac.facts.now;
	mac.facts.program.file.identity.device++;
}

static void
program_touched(void)
{
	mac.facts.program.file.identity.modified_nanoseconds++;
}

static void
program_written(void)
{
	program_touched();
	mac.facts.program.file.identity.sha256[0] ^= 1;
}

static void
being_ended(void)
{
	strcpy(mac.facts.launchd.service.state, "SIGTERMed");
}

static void
interrupted(void)
{
	mac.receipt.changing = true;
	assert_true(bytes_copy(&mac.receipt.undo_receipt, mac.facts.receipt.bytes));
	assert_true(snapshot_copy(&mac.receipt.undo, &mac.receipt.before));
	healthy_receipt(&mac);
}

static void
new_system(void)
{
	strcpy(mac.facts.system.build, "25A1");
}

static void
mode_of_receipt(void)
{
	mac.facts.receipt.file.mode = 0600;
}

static void
other_settle_time(void)
{
	mac.next.spec.settle = 1;
}

static void
other_max_starts(void)
{
	mac.next.spec.max_starts = 1;
}

static void
nothing(void)
{
}


/* One difference, and the steps that it causes. */
static const struct damage {
	const char	*what;
	void		(*harm)(void);
	const char	*planned;
} damages[] = {
	{ "nothing", nothing, "" },
	{ "an empty log is owned by root", owner_of_log, "record log:agentworker.log receipt" },
	{ "a log is owned by root", owner_of_full_log, "record log:agentworker.log receipt" },
	{ "a log has another group", group_of_log, "record log:agentworker.err receipt" },
	{ "a log has another mode", mode_of_log, "record log:agentworker.err receipt" },
	{ "a log is gone", log_gone, "record unload log:agentworker.err load receipt" },
	{ "both logs are gone", both_logs_gone,
	  "record unload log:agentworker.log log:agentworker.err load receipt" },
	{ "the plist is gone", plist_gone, "record unload plist load receipt" },
	{ "the plist was edited", plist_edited, "record unload plist load receipt" },
	{ "the plist has another owner", owner_of_plist, "record plist receipt" },
	{ "the plist has another group", group_of_plist, "record plist receipt" },
	{ "the plist has another mode", mode_of_plist, "record plist receipt" },
	{ "the plist is quarantined", plist_quarantined, "record plist receipt" },
	{ "the label is disabled", disabled, "record override receipt" },
	{ "the job is not loaded", not_loaded, "record load receipt" },
	{ "both of the last two", disabled_and_not_loaded, "record override load receipt" },
	{ "another plist is loaded", loaded_from_elsewhere, "record unload load receipt" },
	{ "launchd does not report which plist", path_not_reported, "" },
	{ "the program was replaced", program_replaced, "record unload load receipt" },
	{ "the program was replaced before the boot", program_before_boot, "receipt" },
	{ "the program has another ctime and device", program_named_twice, "" },
	{ "the program is another file with its content", program_copied, "receipt" },
	{ "it is another file that was not read", program_unread, "record unload load receipt" },
	{ "the program has another time", program_touched, "receipt" },
	{ "the program was written to", program_written, "record unload load receipt" },
	{ "the job is being ended", being_ended, "record unload load receipt" },
	{ "the last install was interrupted", interrupted,
	    "record unload log:agentworker.log log:agentworker.err plist load receipt" },
	{ "the system is a newer one", new_system, "receipt" },
	{ "the receipt has another mode", mode_of_receipt, "receipt" },
	{ "another settle time is asked for", other_settle_time, "receipt" },
	{ "another limit of starts is asked for", other_max_starts, "receipt" },
};

static void
each_difference_makes_exactly_its_steps(void **state)
{
	for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		end(state);
		present(state);
		damages[i].harm();
		make();
		if (strcmp(steps(false), damages[i].planned) != 0)
			print_error("%s:\n", damages[i].what);
		assert_planned(damages[i].planned);
	}
}

/*
 * "changing" on the disk and no commit would make the next verify report an interrupted install.
 */
static void
whoever_writes_the_record_writes_the_receipt_too(void **state)
{
	for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		end(state);
		present(state);
		damages[i].harm();
		make();
		if (plan.steps[0].result == STEP_PLANNED) {
			assert_int_equal(plan.steps[0].kind, KIND_RECORD);
			assert_int_equal(plan.steps[plan.count - 1].kind, KIND_RECEIPT);
			assert_int_equal(plan.steps[plan.count - 1].result, STEP_PLANNED);
		}
	}
}

/* Else the old job would be gone before the step fails. */
static void
locked_plist_or_directory_refuses_a_change_of_the_plist_and_nothing_else(void **state)
{
	mac.facts.plist.file.locked = LOCK_FOLDER;
	make();
	assert_planned("");
	end(state);				/* a spec is planned once */
	present(state);
	mac.facts.plist.file.locked = LOCK_FOLDER;
	mac.facts.launchd.override = OVERRIDE_DISABLED;
	make();
	assert_planned("record override receipt");
	end(state);
	present(state);
	mac.facts.plist.file.locked = LOCK_FOLDER;
	plist_edited();
	assert_int_equal(plan_install(&plan, &mac.next, &mac.receipt, &mac.facts, options,
	    &error), -1);
	assert_int_equal(error.kind, ERROR_FILE);
	assert_string_equal(error.fix,
	    "sudo chflags nouchg,noschg,nouappnd,nosappnd /Library/LaunchDaemons");
	assert_int_equal(plan.count, 0);
	assert_int_equal(plan_uninstall(&plan, &mac.receipt, &mac.facts, options, &error), -1);
	assert_int_equal(error.kind, ERROR_FILE);
	end(state);
	present(state);
	plist_edited();
	mac.facts.receipt.file.locked = LOCK_FILE;
	assert_int_equal(plan_install(&plan, &mac.next, &mac.receipt, &mac.facts, options,
	    &error), -1);
	assert_non_null(strstr(error.fix,
	    "sudo chflags nouchg,noschg,nouappnd,nosappnd '/Library/Application Support/lnpctl/"));
	/* Others could redirect a command before it is pasted. */
	end(state);
	present(state);
	plist_edited();
	mac.facts.receipt.file.locked = LOCK_FILE;
	strcpy(mac.facts.receipt.file.untrusted_path, "/Library");
	assert_int_equal(plan_install(&plan, &mac.next, &mac.receipt, &mac.facts, options,
	    &error), -1);
	assert_non_null(strstr(error.fix, "have its owner unlock it"));
}

/* An append-only log is still appended to, but no change of it may fail midway. */
static void
locked_log_refuses_a_change_of_the_log_and_nothing_else(void **state)
{
	mac.facts.log[1].file.locked = LOCK_FILE;
	plist_edited();
	make();
	assert_planned("record unload plist load receipt");
	for (int i = 0; i < 3; i++) {
		end(state);
		present(state);
		mac.facts.log[1].file.locked = i == 2 ? LOCK_FOLDER : LOCK_FILE;
		if (i == 0)
			mac.facts.log[1].file.mode = 0600;
		else if (i == 1)
			mac.facts.log[1].file.group++;
		else
			mac.facts.log[1].file.exists = NO;
		assert_int_equal(plan_install(&plan, &mac.next, &mac.receipt, &mac.facts,
		    options, &error), -1);
		assert_int_equal(error.kind, ERROR_FILE);
		assert_string_equal(error.fix, i == 2 ?
		    "sudo chflags nouchg,noschg,nouappnd,nosappnd /var/log" :
		    "sudo chflags nouchg,noschg,nouappnd,nosappnd /var/log/agentworker.err");
		assert_int_equal(plan.count, 0);
	}
}

/* A step on it has no name, so that root cannot use the path. */
static void
locked_account_log_is_refused_too(void **state)
{
	end(state);
	fresh(state);
	mac.next.spec.account_log[0] = true;
	strcpy(mac.next.spec.logs[0].theirs, "/Users/worker/x.log");
	mac.facts.log[0].file.locked = LOCK_FOLDER;
	assert_int_equal(plan_install(&plan, &mac.next, NULL, &mac.facts, options, &error), -1);
	assert_int_equal(error.kind, ERROR_FILE);
	assert_string_equal(error.what, "cannot change '/Users/worker'");
}

static void
without_loading_a_difference_is_only_written(void **state)
{
	(void)state;
	options.load = false;
	plist_edited();
	make();
	assert_planned("record plist receipt");
}

/* Else the next install would find the program of the receipt, and leave the old one running. */
static void
without_loading_the_receipt_keeps_the_program_that_is_loaded(void **state)
{
	struct receipt read;

	(void)state;
	options.load = false;
	program_replaced();
	other_settle_time();
	make();
	assert_planned("receipt");
	read_planned_receipt(&read);
	assert_true(content_same_file(&read.program_identity, &mac.receipt.program_identity));
	receipt_free(&read);
}

/* Version 0.1 kept no SHA-256. */
static void
a_missing_sha256_is_no_change_and_is_filled_in_with_the_next_one(void **state)
{
	struct receipt read;

	(void)state;
	mac.receipt.program_identity.sha256[0] = '\0';
	healthy_receipt(&mac);
	make();
	assert_planned("");
	end(state);
	present(state);
	mac.receipt.program_identity.sha256[0] = '\0';
	healthy_receipt(&mac);
	mode_of_plist();
	make();
	assert_planned("record plist receipt");
	read_planned_receipt(&read);
	assert_string_equal(read.program_identity.sha256, HEALTHY_SHA256);
	assert_true(bytes_equal(plan.steps[0].goal.content, plan.record));
	receipt_free(&read);
}

/* Of version 0.1, so that its content cannot be compared. */
static void
repair_does_not_stop_a_job_whose_program_was_only_touched(void **state)
{
	struct receipt read;

	(void)state;
	mac.receipt.program_identity.sha256[0] = '\0';
	program_touched();
	make();
	assert_non_null(plan_planned(&plan, KIND_UNLOAD));
	options = (struct plan_options){ .load = true, .keep_disabled = true, .restart = true };
	make();
	assert_non_null(plan_planned(&plan, KIND_UNLOAD));
	options = (struct plan_options){ .load = true, .keep_disabled = true, .start = true };
	healthy_receipt(&mac);
	make();
	assert_planned("");
	mode_of_plist();
	make();
	assert_planned("record plist receipt");
	read_planned_receipt(&read);	/* verify still reports it */
	assert_true(receipt_is_program_changed(&read, &mac.facts));
	receipt_free(&read);
	program_copied();
	make();
	assert_non_null(plan_planned(&plan, KIND_UNLOAD));
}

static void
a_changed_flag_boots_out_writes_and_loads_once(void **state)
{
	struct receipt read;

	(void)state;
	wants_other("--loop", "--other");
	make();
	assert_planned("record unload plist load receipt");
	read_planned_receipt(&read);
	assert_true(bytes_equal(read.spec.plist, mac.next.spec.plist));
	assert_true(read.made_log[0] && read.made_log[1]);
	assert_string_equal(read.before.files[SNAP_PLIST].path, mac.next.spec.plist_path);
	receipt_free(&read);
}

static void
other_logs_leave_a_receipt_that_can_be_read(void **state)
{
	struct receipt read;

	(void)state;
	/* above the old log, not above the new one */
	strcpy(mac.receipt.made_folders[0], "/var/log");
	mac.receipt.made_folder_count = 1;
	mac.receipt.before.files[SNAP_LOG].exists = mac.receipt.before.files[SNAP_LOG + 1].exists =
	    true;
	mac.receipt.before.files[SNAP_LOG].mode = 0600;
	mac.receipt.before.files[SNAP_LOG + 1].mode = 0604;
	healthy_receipt(&mac);
	wants_other("/var/log/agentworker.log", "/opt/logs/agentworker.log");
	mac.facts.log[0].file = (struct file_fact){ .exists = NO };
	strcpy(mac.facts.missing_folders[0], "/opt/logs");
	mac.facts.missing_folder_count = 1;
	make();
	assert_planned("record unload folder:logs log:agentworker.log plist load receipt");
	read_planned_receipt(&read);
	assert_string_equal(read.spec.logs[0].theirs, "/opt/logs/agentworker.log");
	assert_true(read.made_log[0] && read.made_log[1]);
	assert_string_equal(read.before.files[SNAP_PLIST].path, mac.next.spec.plist_path);
	assert_string_equal(read.before.files[SNAP_LOG].path, "/opt/logs/agentworker.log");
	assert_false(read.before.files[SNAP_LOG].exists);
	assert_string_equal(read.before.files[SNAP_LOG + 1].path, "/var/log/agentworker.err");
	assert_true(read.before.files[SNAP_LOG + 1].exists);
	assert_int_equal(read.before.files[SNAP_LOG + 1].mode, 0604);
	/* the old one is still above the other log */
	assert_int_equal(read.made_folder_count, 2);
	assert_string_equal(read.made_folders[1], "/opt/logs");
	receipt_free(&read);
	assert_int_equal(plan.note_count, 1);
	assert_string_equal(plan.notes[0],
	    "/var/log/agentworker.log: the job no longer writes there");
}

static void
folders_that_no_log_is_in_any_more_are_forgotten(void **state)
{
	struct receipt read;

	(void)state;
	strcpy(mac.receipt.made_folders[0], "/var/log");
	mac.receipt.made_folder_count = 1;
	healthy_receipt(&mac);
	wants_other("<key>StandardOutPath</key><string>/var/log/agentworker.log</string>\n"
	    "<key>StandardErrorPath</key><string>/var/log/agentworker.err</string>\n",
	    "<key>StandardErrorPath</key><string>/opt/agentworker.err</string>");
	mac.facts.log[0].file = mac.facts.log[1].file = (struct file_fact){ .exists = NO };
	make();
	read_planned_receipt(&read);
	assert_int_equal(read.made_folder_count, 0);
	assert_string_equal(read.before.files[SNAP_LOG].path, "");
	receipt_free(&read);
	assert_int_equal(plan.note_count, 2);
}

static void
swapped_logs_keep_each_its_own_history(void **state)
{
	struct receipt read;

	(void)state;
	mac.receipt.made_log[0] = false;
	mac.receipt.before.files[SNAP_LOG].exists = true;
	mac.receipt.before.files[SNAP_LOG].mode = 0600;
	healthy_receipt(&mac);
	wants_other("<key>StandardOutPath</key><string>/var/log/agentworker.log</string>\n"
	    "<key>StandardErrorPath</key><string>/var/log/agentworker.err</string>\n",
	    "<key>StandardOutPath</key><string>/var/log/agentworker.err</string>"
	    "<key>StandardErrorPath</key><string>/var/log/agentworker.log</string>");
	make();
	read_planned_receipt(&read);
	assert_true(read.made_log[0]);
	assert_false(read.made_log[1]);
	assert_false(read.before.files[SNAP_LOG].exists);
	assert_true(read.before.files[SNAP_LOG + 1].exists);
	assert_int_equal(read.before.files[SNAP_LOG + 1].mode, 0600);
	receipt_free(&read);
	assert_int_equal(plan.note_count, 0);
}

static void
history_is_that_of_the_first_install(void **state)
{
	struct receipt read;

	(void)state;
	mac.receipt.before.files[SNAP_PLIST].exists = true;
	mac.receipt.before.files[SNAP_PLIST].mode = 0600;
	mac.receipt.before.loaded = YES;
	mac.receipt.before.disabled = YES;
	mac.receipt.made_log[1] = false;
	healthy_receipt(&mac);
	wants_other("--loop", "--other");
	make();
	read_planned_receipt(&read);
	assert_true(read.before.files[SNAP_PLIST].exists);
	assert_int_equal(read.before.files[SNAP_PLIST].mode, 0600);
	assert_int_equal(read.before.loaded, YES);
	assert_int_equal(read.before.disabled, YES);
	assert_true(read.made_log[0]);
	assert_false(read.made_log[1]);		/* it was there before, and stays so */
	receipt_free(&read);
}

/* ---- refusals ---- */

#define REFUSED(change, kind, part) \
	do { \
		end(NULL); \
		fresh(NULL); \
		change; \
		refused(kind, part); \
	} while (0)

static void
accounts_that_do_not_exist_are_refused(void **state)
{
	(void)state;
	REFUSED(mac.facts.user.exists = NO, ERROR_ACCOUNT, "cannot run a job as 'worker'");
	REFUSED((mac.facts.user.exists = UNKNOWN, mac.facts.user.error = EIO), ERROR_ACCOUNT,
	    strerror(EIO));
	REFUSED(mac.facts.group.exists = NO, ERROR_ACCOUNT, "cannot run a job in group 'staff'");
	REFUSED((mac.facts.group.exists = UNKNOWN, mac.facts.group.error = EIO), ERROR_ACCOUNT,
	    strerror(EIO));
}

static void
a_launchd_that_was_not_understood_is_refused(void **state)
{
	(void)state;
	REFUSED((mac.facts.launchd.loaded = UNKNOWN, strcpy(mac.facts.launchd.trouble,
	    "no answer")),
	    ERROR_LAUNCHCTL, "no answer");
	REFUSED((mac.facts.launchd.override = OVERRIDE_UNKNOWN, strcpy(mac.facts.launchd.trouble,
	    "odd")),
	    ERROR_LAUNCHCTL, "odd");
}

static void
what_lnpctl_did_not_install_is_refused(void **state)
{
	(void)state;
	REFUSED(mac.facts.plist.file = (struct file_fact){ .exists = YES }, ERROR_DATA,
	    "lnpctl did not install it");
	REFUSED(mac.facts.launchd.loaded = YES, ERROR_DATA, "a job '" LABEL "' is loaded");
	REFUSED(strcpy(mac.facts.agent.path, "/Library/LaunchAgents/x.plist"), ERROR_DATA,
	    "is used by the agent '/Library/LaunchAgents/x.plist'");
	REFUSED(strcpy(mac.facts.duplicate.path, "/Library/LaunchDaemons/x.plist"), ERROR_DATA,
	    "is used by '/Library/LaunchDaemons/x.plist'");
	REFUSED(strcpy(mac.facts.log_conflict, "/Library/LaunchDaemons/y.plist"), ERROR_DATA,
	    "uses the same log");
	REFUSED((mac.facts.plist.file.exists = UNKNOWN, mac.facts.plist.file.error = EIO),
	    ERROR_FILE,
	    strerror(EIO));
	end(NULL);
	present(NULL);
	mac.facts.plist.file.type = FILE_LINK;
	refused(ERROR_FILE, "it is not a regular file");
}

static void
a_program_that_cannot_run_is_refused(void **state)
{
	(void)state;
	REFUSED(mac.facts.program.file.exists = NO, ERROR_DATA, "is missing");
	REFUSED((mac.facts.program.file.exists = UNKNOWN, mac.facts.program.file.error = EIO),
	    ERROR_DATA,
	    strerror(EIO));
	REFUSED(mac.facts.program.file.type = FILE_DIRECTORY, ERROR_DATA,
	    "is not a regular file");
	REFUSED((mac.facts.program.runs = NO, mac.facts.program.runs_error = EACCES), ERROR_DATA,
	    strerror(EACCES));
}

/* ---- what could not start again is not stopped ---- */

static void
interpreter_is(const char *path, bool searched)
{
	struct interpreter_fact *interpreter = &mac.facts.program.interpreter;

	mac.facts.program.is_script = interpreter->any = interpreter->missing = true;
	interpreter->searched = searched;
	strcpy(interpreter->path, path);
	interpreter->file.exists = NO;
}

static void
works_in(enum tristate exists, enum file_type type, enum tristate enters)
{
	strcpy(mac.next.spec.working_directory.theirs, "/w");
	mac.facts.working_directory.file = mac.facts.home.file;
	mac.facts.working_directory.file.exists = exists;
	mac.facts.working_directory.file.type = type;
	mac.facts.working_directory.enters = enters;
}

static void
log_is(enum file_type type, uid_t owner, enum tristate writable)
{
	mac.facts.log[1].file = mac.facts.program.file;
	mac.facts.log[1].file.type = type;
	mac.facts.log[1].file.owner = owner;
	mac.facts.log[1].file.group = 20;
	mac.facts.log[1].file.mode = 0640;
	mac.facts.log[1].writable = writable;
}

/* The running job's own file has other bytes now. */
static void
write_over(void)
{
	mac.facts.system.processor = MACHO_ARM64;
	mac.facts.program.form = FORM_NATIVE;
	mac.facts.launchd.process.inode = mac.facts.program.file.identity.inode;
	mac.facts.program.file.identity.size++;
	mac.facts.program.file.identity.changed = mac.facts.now - 9;
}

#define PROGRAM	(mac.facts.program)

/* The ways to fail that can be seen before: X(name, change, kind, text of the first line). */
#define STARTS(X) \
	X(missing, PROGRAM.file.exists = NO, ERROR_DATA, "/agentworker is missing") \
	X(folder, PROGRAM.file.type = FILE_DIRECTORY, ERROR_DATA, "is not a regular file") \
	X(barred, (PROGRAM.runs = NO, PROGRAM.runs_error = EACCES), ERROR_DATA, \
	    "worker cannot run /usr/local/bin/agentworker: Permission denied") \
	X(caught, PROGRAM.file.quarantined = YES, ERROR_DATA, "is quarantined") \
	X(empty, (PROGRAM.form = FORM_NONE, PROGRAM.file.identity.size = 0), ERROR_DATA, \
	    "is empty") \
	X(text, PROGRAM.form = FORM_NONE, ERROR_DATA, "begins with #!") \
	X(foreign, PROGRAM.form = FORM_FOREIGN, ERROR_DATA, "not for this Mac's processor") \
	X(no_interpreter, interpreter_is("/opt/venv/bin/python3", false), ERROR_DATA, \
	    "/opt/venv/bin/python3, which runs /usr/local/bin/agentworker, is missing") \
	X(carriage_return, interpreter_is("/bin/sh\r", false), ERROR_DATA, "carriage return") \
	X(not_in_path, interpreter_is("/sbin/python4", true), ERROR_DATA, "runs 'python4'") \
	X(no_account, mac.facts.user.exists = NO, ERROR_ACCOUNT, "'worker'") \
	X(new_uid, mac.facts.user.identity.uid = 502, ERROR_ACCOUNT, "uid or gid has changed") \
	X(no_group, mac.facts.group.exists = NO, ERROR_ACCOUNT, "'staff'") \
	X(no_folder, works_in(NO, FILE_DIRECTORY, UNKNOWN), ERROR_FILE, "'/w' is missing") \
	X(file_for_folder, works_in(YES, FILE_REGULAR, YES), ERROR_FILE, \
	    "'/w' is not a directory") \
	X(closed_folder, works_in(YES, FILE_DIRECTORY, NO), ERROR_FILE, "cannot enter") \
	X(log_barred, log_is(FILE_REGULAR, 501, NO), ERROR_FILE, "cannot write the log") \
	X(log_unreached, (mac.facts.log[1].file = (struct file_fact){ .exists = NO }, \
	    mac.facts.log[1].reached = NO), ERROR_FILE, "cannot write the log") \
	X(log_folder, log_is(FILE_DIRECTORY, 501, YES), ERROR_FILE, "it is a directory") \
	X(log_of_another, log_is(FILE_REGULAR, 502, NO), ERROR_FILE, "another account") \
	X(plist_folder, (mac.facts.plist.file.exists = YES, mac.facts.plist.file.type = \
	    FILE_DIRECTORY), ERROR_FILE, "not a regular file")

#define START(name, change, kind, part) \
	static void \
	start_##name(void) \
	{ \
		change; \
	}
STARTS(START)
#undef START

static const struct start {
	const char	*name;
	void		(*make)(void);
	enum error_kind	 kind;
	const char	*part;
} starts[] = {
#define START(name, change, kind, part) { #name, start_##name, kind, part },
	STARTS(START)
#undef START
};

static void
refused_start(const struct start *start, const char *how)
{
	plan_free(&plan);
	if (plan_install(&plan, &mac.next, installed ? &mac.receipt : NULL, &mac.facts, options,
	    &error) == 0 || plan.count != 0)
		fail_msg("%s, %s: not refused", start->name, how);
	if (error.kind != start->kind ||
	    (strstr(error.what, start->part) == NULL && strstr(error.why, start->part) == NULL))
		fail_msg("%s, %s: %s: %s", start->name, how, error.what, error.why);
	assert_string_not_equal(error.fix, "");
}

/* repair does what stops nothing, and leaves what shows that the job is to be loaded again. */
static void
held_start(const struct start *start)
{
	if (plan_install(&plan, &mac.next, &mac.receipt, &mac.facts, options, &error) == 0) {
		if (strcmp(steps(false), "record log:agentworker.log receipt") != 0)
			fail_msg("%s, repair: %s", start->name, steps(false));
		error = plan.obstacle;
	} else if (strstr(error.what, "cannot start") != NULL)
		fail_msg("%s, repair: refused", start->name);
	if (error.kind != start->kind ||
	    (strstr(error.what, start->part) == NULL && strstr(error.why, start->part) == NULL))
		fail_msg("%s, repair: %s: %s", start->name, error.what, error.why);
	assert_string_not_equal(error.fix, "");
}

static void
each_known_cause_is_named_before_anything_is_stopped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		end(NULL);
		fresh(NULL);
		options.replace = true;
		starts[i].make();
		refused_start(&starts[i], "install");
		end(NULL);
		present(NULL);
		wants_other("--loop", "--other");
		starts[i].make();
		refused_start(&starts[i], "install over a running job");
		end(NULL);
		present(NULL);
		options = (struct plan_options){ .load = true, .keep_disabled = true };
		mac.facts.plist.bytes = healthy_plist("--loop", "--edited");
		mac.facts.log[0].file.mode = 0644;
		starts[i].make();
		held_start(&starts[i]);
		end(NULL);
		present(NULL);
		options = (struct plan_options){ .load = true, .keep_disabled = true,
		    .restart = true };
		starts[i].make();
		refused_start(&starts[i], "restart");
	}
}

/* A program that is written over while its job runs: only then the kernel has its signature. */
static void
a_program_written_over_while_it_runs_is_not_stopped(void **state)
{
	static const struct start start = { "written over", write_over, ERROR_DATA,
	    "was overwritten in place" };

	(void)state;
	options.restart = true;
	write_over();
	refused_start(&start, "restart");
	mac.facts.program.file.identity.size--;
	mac.facts.program.file.identity.modified++;	/* only touched */
	make();
	mac.facts.program.file.identity.sha256[0] ^= 1;	/* other bytes, as many */
	refused_start(&start, "restart");
	mac.facts.program.file.identity.sha256[0] = '\0';	/* unknown */
	make();
	mac.facts.program.file.identity.size++;
	mac.facts.system.processor = MACHO_X86_64;
	make();
	mac.facts.system.processor = MACHO_ARM64;
	mac.facts.launchd.process.inode++;
	make();
	mac.facts.launchd.process.inode--;
	mac.facts.program.is_script = true;
	mac.facts.program.form = FORM_UNKNOWN;
	make();
}

static void
a_disabled_job_is_stopped_by_no_restart(void **state)
{
	static const struct start start = { "disabled", write_over, ERROR_DATA,
	    "the label is disabled" };

	(void)state;
	mac.facts.launchd.override = OVERRIDE_DISABLED;
	options = (struct plan_options){ .load = true, .keep_disabled = true };
	make();					/* repair leaves it as it is */
	assert_planned("");
	options.restart = true;
	refused_start(&start, "restart");
	options = (struct plan_options){ .load = true, .restart = true };
	make();					/* install enables it */
}

/* What stops nothing is done, whatever is in the way of a start. */
static void
what_needs_no_stop_is_repaired_in_spite_of_a_cause(void **state)
{
	(void)state;
	options = (struct plan_options){ .load = true, .keep_disabled = true };
	mac.facts.program.file.quarantined = YES;
	mac.facts.log[0].file.mode = 0600;
	make();
	assert_planned("record log:agentworker.log receipt");
}

/* launchd has unloaded it, and it would run again. */
static void
a_job_that_runs_only_once_is_not_loaded_again(void **state)
{
	(void)state;
	options = (struct plan_options){ .load = true, .keep_disabled = true };
	mac.facts.launchd.loaded = NO;
	mac.next.spec.only_once = true;
	make();
	assert_planned("");
	options.restart = true;
	make();
	assert_non_null(plan_planned(&plan, KIND_LOAD));
}

/* launchd does not try again by itself, even if the cause has gone. */
static void
a_start_that_failed_is_repeated_by_repair(void **state)
{
	(void)state;
	options = (struct plan_options){ .load = true, .keep_disabled = true, .start = true };
	strcpy(mac.facts.launchd.service.state, "spawn scheduled");
	mac.facts.launchd.service.pid = SERVICE_NUMBER_UNKNOWN;
	mac.facts.launchd.service.last_exit = LAST_EXIT_CODE;
	mac.facts.launchd.service.last_exit_value = EXIT_CONFIG;
	make();
	assert_planned("record unload load receipt");
	/* A job that waits for its time starts again, and its program can exit so itself. */
	mac.next.spec.health = HEALTH_LOADED;
	make();
	assert_planned("");
	strcpy(mac.facts.launchd.service.job_state, "spawn failed");
	make();
	assert_planned("record unload load receipt");
	mac.facts.launchd.service.job_state[0] = '\0';
	mac.next.spec.health = HEALTH_KEPT;
	mac.facts.launchd.service.last_exit_value = 3;
	make();
	assert_planned("");
	strcpy(mac.facts.launchd.service.properties, PROPERTY_PENALTY);
	make();
	assert_planned("record unload load receipt");
	mac.facts.launchd.service.properties[0] = '\0';
	/* A cause that is there is named, whatever else there is to do. */
	mac.facts.program.file.exists = NO;
	mac.facts.log[0].file.mode = 0600;
	refused(ERROR_DATA, "is missing");
}

/* Only undoing it may bring the job before it back. */
static void
an_interrupted_change_of_a_job_that_is_down_is_finished(void **state)
{
	(void)state;
	interrupted();
	PROGRAM.file.quarantined = YES;
	options = (struct plan_options){ .load = true, .keep_disabled = true };
	refused(ERROR_DATA, "is quarantined");
	mac.facts.launchd.loaded = NO;
	make();
	assert_non_null(plan_planned(&plan, KIND_LOAD));
}

/* The receipt keeps the program that was there: else one that comes back would be another. */
static void
a_program_that_is_gone_is_remembered(void **state)
{
	struct receipt read;

	(void)state;
	mac.facts.program.file = (struct file_fact){ .exists = NO };
	make();
	assert_planned("");
	mac.facts.log[0].file.mode = 0600;
	make();
	read_planned_receipt(&read);
	assert_int_equal(read.program_identity.inode, mac.receipt.program_identity.inode);
	receipt_free(&read);
}

static void
what_is_only_likely_or_unknown_refuses_nothing(void **state)
{
	(void)state;
	options = (struct plan_options){ .load = true, .restart = true };
	PROGRAM.form = FORM_TRANSLATED;
	PROGRAM.runs = NO;
	PROGRAM.runs_error = EPERM;
	strcpy(PROGRAM.file.resolved, "/Users/worker/Documents/agentworker");
	PROGRAM.file.quarantined = UNKNOWN;
	PROGRAM.interpreter.any = true;
	PROGRAM.interpreter.file.exists = NO;
	works_in(UNKNOWN, FILE_DIRECTORY, UNKNOWN);
	mac.facts.log[0].writable = UNKNOWN;
	mac.facts.home.file.exists = NO;
	make();
	assert_non_null(plan_planned(&plan, KIND_UNLOAD));
}

static void
make_root(void)
{
	mac.facts.user.identity.uid = mac.next.spec.uid = 0;
	strcpy(mac.next.spec.user, "root");
	for (int i = 0; i < 2; i++)
		mac.facts.log[i].file.owner = 0;
}

static void
a_program_that_others_can_change_is_refused_only_for_root(void **state)
{
	(void)state;
	REFUSED((make_root(), strcpy(mac.facts.program.file.untrusted_path, "/usr/local")),
	    ERROR_DATA,
	    "cannot trust '/usr/local'");
	REFUSED((make_root(), mac.facts.program.file.owner = 501), ERROR_DATA,
	    "writable by others");
	REFUSED((make_root(), mac.facts.program.file.mode = 0757), ERROR_DATA,
	    "writable by others");
	REFUSED((make_root(), mac.facts.program.file.mode = 0775, mac.facts.program.file.group =
	    20),
	    ERROR_DATA, "writable by others");
	REFUSED((make_root(), mac.facts.program.interpreter.is_read =
	    mac.facts.program.interpreter.vague = true),
	    ERROR_DATA, "which script it reads");
	REFUSED((make_root(), mac.facts.program.interpreter.vague = true), ERROR_DATA,
	    "do not show what it runs");
	REFUSED((make_root(), mac.facts.program.interpreter.vague = mac.facts.program.is_script =
	    true),
	    ERROR_DATA, "its first line");
	end(NULL);
	fresh(NULL);
	mac.facts.program.interpreter.is_read = mac.facts.program.interpreter.vague = true;
	make();
	end(NULL);
	fresh(NULL);
	make_root();
	mac.facts.program.file.mode = 0775;		/* group wheel is trusted like root */
	make();
	end(NULL);
	fresh(NULL);
	strcpy(mac.facts.program.file.untrusted_path, "/usr/local");
	mac.facts.program.file.owner = 501;
	mac.facts.program.file.mode = 0777;
	make();
}

static struct file_fact
log_fact(void)
{
	return (struct file_fact){ .exists = YES,
		.type = FILE_REGULAR,
		.owner = 501,
		.group = 20,
		.mode = 0640,
		.links = 1,
		.identity = { .size = 10 } };
}

/* Version 0.1 did not check this: repeating its install must not stop the job. */
static void
lists_and_volumes_refuse_new_jobs_only(void **state)
{
	(void)state;
	REFUSED((make_root(), installed = false, mac.facts.program.file.granted = WEAK_ACL),
	    ERROR_DATA,
	    "access control list");
	REFUSED((make_root(), installed = false,
	    strcpy(mac.facts.program.file.untrusted_path, "/Volumes/Disk"),
		    mac.facts.program.file.untrusted_by = WEAK_VOLUME), ERROR_DATA,
		    "'/Volumes/Disk'");
	REFUSED((installed = false, strcpy(mac.facts.plist.file.untrusted_path, "/Library"),
	    mac.facts.plist.file.untrusted_by = WEAK_ACL), ERROR_FILE, "access control list");
	REFUSED((installed = false, mac.facts.log[0].file = log_fact(),
	    strcpy(mac.facts.log[0].file.untrusted_path, "/var/log"),
		    mac.facts.log[0].file.untrusted_by = WEAK_ACL), ERROR_FILE,
		    "access control list");
	REFUSED((make_root(), mac.facts.program.file.granted = WEAK_ACL,
	    mac.facts.program.file.owner = 501),
	    ERROR_DATA, "writable by others");
	end(NULL);
	present(NULL);
	make_root();
	mac.facts.program.file.granted = WEAK_ACL;
	strcpy(mac.facts.plist.file.untrusted_path, "/Library");
	mac.facts.plist.file.untrusted_by = WEAK_ACL;
	make();
}

static void
logs_that_are_not_ours_are_refused(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct file_fact *log = &mac.facts.log[i].file;

		REFUSED((log->exists = UNKNOWN, log->error = EACCES), ERROR_FILE, strerror(EACCES));
		REFUSED((*log = log_fact(), log->type = FILE_LINK), ERROR_FILE,
		    "it is a symbolic link");
		REFUSED((*log = log_fact(), log->type = FILE_DIRECTORY), ERROR_FILE,
		    "it is a directory");
		REFUSED((*log = log_fact(), log->type = FILE_OTHER), ERROR_FILE,
		    "it is not a regular file");
		REFUSED((*log = log_fact(), log->links = 2), ERROR_FILE, "another hard link");
		REFUSED((*log = log_fact(), log->owner = 0), ERROR_FILE,
		    "it is owned by another account");
		/* Even an empty root file may have a use: /etc/hosts.equiv. */
		REFUSED((*log = log_fact(), log->owner = 0, log->identity.size = 0), ERROR_FILE,
		    "it is owned by another account");
		assert_non_null(strstr(error.what, mac.next.spec.logs[i].theirs));
	}
}

static void
logs_below_a_weak_folder_are_refused_unless_the_folder_is_the_jobs(void **state)
{
	struct file_fact *log = &mac.facts.log[0].file;

	(void)state;
	REFUSED((strcpy(log->untrusted_path, "/tmp"), log->untrusted_owner = 502,
	    log->untrusted_mode = 0755),
	    ERROR_FILE, "accounts other than root");
	REFUSED((strcpy(log->untrusted_path, "/tmp"), log->untrusted_owner = 501,
	    log->untrusted_mode = 0775),
	    ERROR_FILE, "accounts other than root");
	REFUSED((strcpy(log->untrusted_path, "/tmp"), log->untrusted_owner = 501,
	    log->untrusted_mode = 0757),
	    ERROR_FILE, "accounts other than root");
	REFUSED((*log = log_fact(), log->owner = 0, log->identity.size = 0,
	    strcpy(log->untrusted_path, "/Users/worker"),
		    log->untrusted_owner = 501, log->untrusted_mode = 0755),
	    ERROR_FILE, "it is owned by another account");
	end(NULL);
	fresh(NULL);
	strcpy(log->untrusted_path, "/Users/worker");
	log->untrusted_owner = 501;
	log->untrusted_mode = 0755;
	make();
	*log = log_fact();
	strcpy(log->untrusted_path, "/Users/worker");
	log->untrusted_owner = 501;
	log->untrusted_mode = 0755;
	make();
}

static void
a_log_that_is_the_users_or_our_own_is_taken_over(void **state)
{
	(void)state;
	mac.facts.log[0].file = log_fact();
	mac.facts.log[1].file = log_fact();
	mac.facts.log[1].file.mode = 0600;
	make();
	assert_planned("record log:agentworker.err plist load receipt");
	end(NULL);
	present(NULL);
	mac.facts.log[0].file.owner = 0;	/* not empty, root-owned, but in the receipt */
	make();
	assert_planned("record log:agentworker.log receipt");
}

/* A step on a path that the account chose has no name, so that root cannot use it. */
static void
an_account_log_is_the_accounts_to_make(void **state)
{
	const struct step *step = NULL;

	(void)state;
	mac.next.spec.account_log[0] = true;
	strcpy(mac.next.spec.logs[0].theirs, "/Users/worker/a/x.log");
	strcpy(mac.facts.missing_folders[0], "/Users/worker/a");
	mac.facts.missing_folder_count = 1;
	make();
	for (size_t i = 0; i < plan.count; i++)
		if (plan.steps[i].kind == KIND_ACCOUNT_LOG ||
		    plan.steps[i].kind == KIND_ACCOUNT_FOLDER) {
			step = &plan.steps[i];
			assert_string_equal(step->name, "");
			assert_int_equal(step->as->uid, 501);
		}
	if (step == NULL) {
		fail_msg("there is no such step");
		return;
	}
	assert_string_equal(step->foreign.theirs, "/Users/worker/a/x.log");
	assert_int_equal((step - 1)->kind, KIND_ACCOUNT_FOLDER);
	assert_string_equal((step - 1)->foreign.theirs, "/Users/worker/a");
	REFUSED((mac.next.spec.account_log[0] = true, mac.facts.log[0].writable = NO), ERROR_FILE,
	    "account cannot create a file there");
	end(NULL);
	present(NULL);
	mac.next.spec.account_log[0] = true;	/* named by the receipt, and owned by another
						   account by now */
	REFUSED((mac.next.spec.account_log[0] = true, mac.facts.log[0].file = log_fact(),
	    mac.facts.log[0].file.owner = 0), ERROR_FILE, "it is owned by another account");
}

/* It may still have the old log open, and could read and write what the root job logs. */
static void
a_log_is_not_handed_from_one_account_to_another(void **state)
{
	(void)state;
	mac.facts.log[0].file = log_fact();
	mac.facts.log[0].file.owner = 502;		/* the job's account before */
	refused(ERROR_FILE, "it is owned by another account");
}

/* An account chose the label, so the name does not show who owns the plist. */
static void
daemon_of_a_vendor_in_the_place_of_a_migrated_job_is_left(void **state)
{
	static const char vendor[] = "<?xml version=\"1.0\"?><plist "
	    "version=\"1.0\"><dict><key>Label</key>"
	    "<string>com.example.agentworker</string><key>ProgramArguments</key><array>"
	    "<string>/opt/vendor/helper</string>"
	    "</array></dict></plist>";

	struct bytes kept = mac.facts.plist.bytes;

	(void)state;
	mac.receipt.spec.account_label = true;
	mac.facts.plist.bytes = (struct bytes){ (const unsigned char *)vendor, sizeof vendor - 1 };
	refused(ERROR_DATA, "it is not the job that lnpctl migrated");
	plan_free(&plan);
	assert_int_equal(plan_uninstall(&plan, &mac.receipt, &mac.facts, options, &error), -1);
	assert_non_null(strstr(error.why, "it is not the job that lnpctl migrated"));
	mac.facts.plist.bytes = kept;
}

/* It may be loaded from anywhere; a label that the administrator chose is the job's. */
static void
loaded_daemon_of_a_vendor_with_the_label_of_a_migrated_job_is_left(void **state)
{
	(void)state;
	loaded_from_elsewhere();
	make();
	assert_planned("record unload load receipt");
	mac.receipt.spec.account_label = true;
	refused(ERROR_DATA, "it was not installed by lnpctl");
	mac.receipt.changing = true;
	make();
	mac.receipt.changing = false;
	text_copy(mac.receipt.before.loaded_from, PATH_SIZE, mac.facts.launchd.service.path);
	make();
}

/* The account can always make a hard link to its own log, which exposes nothing. */
static void
a_second_name_of_its_log_does_not_block_the_job(void **state)
{
	(void)state;
	mac.facts.log[0].file = log_fact();
	mac.facts.log[0].file.links = 2;
	mac.facts.log[0].file.mode = 0600;
	make();
	assert_planned("record log:agentworker.log receipt");
	mac.facts.log[0].file.owner = 0;
	plan_free(&plan);
	assert_int_equal(plan_install(&plan, &mac.next, &mac.receipt, &mac.facts,
	    (struct plan_options){ .load = true }, &error), -1);
	assert_non_null(strstr(error.why, "another hard link"));
}

static void
folders_that_are_not_safe_or_not_there_are_refused(void **state)
{
	(void)state;
	REFUSED(strcpy(mac.facts.plist.file.untrusted_path, "/Library"), ERROR_FILE,
	    "cannot trust the directory '/Library'");
	REFUSED((strcpy(mac.facts.missing_folders[0], "/Volumes"),
	    strcpy(mac.facts.missing_folders[1], "/Volumes/Data"),
	    mac.facts.missing_folder_count = 2), ERROR_FILE,
	    "create the directory '/Volumes/Data'");
	REFUSED(mac.facts.missing_folder_count = FOLDERS_MAX + 1, ERROR_FILE,
	    "too many directories are missing");
	REFUSED(mac.facts.daemons.exists = NO, ERROR_FILE, "it does not exist");
	REFUSED(mac.facts.daemons.type = FILE_REGULAR, ERROR_FILE, "it is not a directory");
	REFUSED((strcpy(mac.next.spec.working_directory.theirs, "/w"),
	    mac.facts.working_directory.file.exists = NO), ERROR_FILE,
	    "the working directory '/w' is missing");
}

static void
as_many_folders_as_there_is_room_for_are_made(void **state)
{
	(void)state;
	for (int i = 0; i < FOLDERS_MAX; i++)
		snprintf(mac.facts.missing_folders[i], PATH_SIZE, "/var%.*s", 2 * i,
		    "/a/b/c/d/e/f/g/h");
	mac.facts.missing_folder_count = FOLDERS_MAX;
	mac.facts.launchd.loaded = NO;
	make();
	assert_int_equal(plan.count, 7 + FOLDERS_MAX);
}

/* ---- uninstall ---- */

static void
uninstall_keeps_the_logs_and_says_so(void **state)
{
	(void)state;
	make_uninstall();
	assert_string_equal(steps(true), "record unload plist removal forget");
	assert_planned("record unload plist removal forget");
	assert_int_equal(find(KIND_PLIST, mac.receipt.spec.plist_path)->goal.exists, NO);
	assert_int_equal(find(KIND_FORGET, mac.receipt.spec.receipt_path)->goal.exists, NO);
	assert_int_equal(plan.note_count, 2);
	assert_string_equal(plan.notes[0],
	    "/var/log/agentworker.log: use --delete-logs to remove logs");
	assert_string_equal(plan.notes[1],
	    "/var/log/agentworker.err: use --delete-logs to remove logs");
}

static void
uninstall_deletes_logs_when_asked_after_the_commit_and_before_the_receipt(void **state)
{
	(void)state;
	strcpy(mac.receipt.made_folders[0], "/var");
	strcpy(mac.receipt.made_folders[1], "/var/log");
	mac.receipt.made_folder_count = 2;
	make_uninstall();
	assert_planned("record unload plist removal forget");
	options.delete_logs = true;
	make_uninstall();
	assert_planned("record unload plist removal log:agentworker.log log:agentworker.err "
	    "folder:log folder:var forget");
	assert_int_equal(plan.note_count, 0);
	assert_int_equal(find(KIND_LOG, "/var/log/agentworker.log")->goal.exists, NO);
}

/* All in directories that the job's account chose, and which nobody can remove without it. */
static void
uninstall_names_each_thing_that_it_leaves(void **state)
{
	(void)state;
	options.delete_logs = true;
	strcpy(mac.receipt.spec.logs[0].theirs, "/a/b/c/d/e/f/g/h/x.log");
	strcpy(mac.receipt.spec.logs[1].theirs, "/a/b/c/d/e/f/g/h/x.err");
	for (int i = 0; i < 2; i++) {
		mac.receipt.spec.account_log[i] = true;
		strcpy(mac.facts.log[i].file.untrusted_path, "/a");
	}
	for (int i = 0; i < FOLDERS_MAX; i++)
		snprintf(mac.receipt.made_folders[i], PATH_SIZE, "%.*s", 2 * (i + 1),
		    "/a/b/c/d/e/f/g/h");
	mac.receipt.made_folder_count = FOLDERS_MAX;
	mac.facts.user.exists = NO;
	make_uninstall();
	assert_int_equal(plan.note_count, 2 + FOLDERS_MAX);
	assert_string_equal(plan.notes[0],
	    "/a/b/c/d/e/f/g/h/x.log: it is not the file that install created");
	assert_string_equal(plan.notes[1 + FOLDERS_MAX],
	    "/a: its account, which could remove it, no longer exists");
}

static void
plan_without_room_for_a_step_or_a_note_is_refused(void **state)
{
	const struct state none = { .exists = NO };

	(void)state;
	for (int notes = 0; notes < 2; notes++) {
		plan_begin(&plan, false);
		for (int i = 0; i < (notes ? PLAN_NOTES : PLAN_STEPS - 1); i++)
			if (notes)
				plan_note(&plan, "%d", i);
			else
				plan_add(&plan, KIND_PLIST, "/a", none, none, none);
		assert_int_equal(plan_end(&plan, &mac.next.spec, &mac.facts, &error), 0);
		if (notes)
			plan_note(&plan, "one more");
		else
			plan_add(&plan, KIND_PLIST, "/a", none, none, none);
		assert_int_equal(plan_end(&plan, &mac.next.spec, &mac.facts, &error), -1);
		assert_int_equal(error.kind, ERROR_SYSTEM);
		assert_string_equal(error.why, "it needs more steps than lnpctl has room for");
		assert_int_equal(plan.count, 0);
	}
}

static void
uninstall_leaves_a_log_that_was_there_before(void **state)
{
	(void)state;
	options.delete_logs = true;
	mac.receipt.made_log[0] = false;
	make_uninstall();
	assert_planned("record unload plist removal log:agentworker.err forget");
	assert_int_equal(plan.note_count, 1);
	assert_string_equal(plan.notes[0],
	    "/var/log/agentworker.log: it existed before the job was installed");
}

static void
uninstall_leaves_what_is_no_longer_the_file_that_was_made(void **state)
{
	static const char *const whats[] = { "link", "two names", "weak and no account" };

	for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
		end(state);
		present(state);
		options.delete_logs = true;
		if (i == 0)
			mac.facts.log[1].file.type = FILE_LINK;
		else if (i == 1)
			mac.facts.log[1].file.links = 2;
		else {
			strcpy(mac.facts.log[1].file.untrusted_path, "/var/log");
			mac.facts.user.exists = NO;
		}
		make_uninstall();
		if (strcmp(steps(false),
		    "record unload plist removal log:agentworker.log forget") != 0)
			fail_msg("%s: %s", whats[i], text);
		assert_string_equal(plan.notes[0],
		    "/var/log/agentworker.err: it is not the file that install created");
	}
}

/* Killed between open(2) and fchown(2). What has bytes, or another way to it, is left. */
static void
uninstall_removes_a_log_that_was_created_and_not_given_away(void **state)
{
	for (int i = 0; i < 6; i++) {
		end(state);
		present(state);
		if (i != 3) {
			mac.receipt.changing = true;
			strcpy(mac.receipt.undo.files[SNAP_PLIST].path,
			    mac.receipt.spec.plist_path);
		}
		mac.facts.log[1].file.owner = mac.facts.owner;
		mac.facts.log[1].file.identity.size = i == 1;
		if (i == 2)
			strcpy(mac.facts.log[1].file.untrusted_path, "/var/log");
		mac.receipt.spec.account_log[1] = i == 4;
		mac.receipt.before.files[SNAP_LOG + 1].exists = i == 5;
		make_uninstall();
		/* It may get bytes meanwhile. */
		assert_int_equal(strstr(steps(true), "empty_log:agentworker.err") != NULL, i == 0);
		assert_null(strstr(text, " log:"));
	}
}

static void
uninstall_of_what_is_partly_gone_does_the_rest(void **state)
{
	(void)state;
	options.delete_logs = true;
	mac.facts.launchd.loaded = NO;
	mac.facts.user.exists = NO;
	plist_gone();
	both_logs_gone();
	make_uninstall();
	assert_string_equal(steps(true), "record plist removal forget");
	assert_planned("record removal forget");
	assert_int_equal(plan.note_count, 0);
}

static void
uninstall_of_an_image_asks_launchd_nothing(void **state)
{
	(void)state;
	mac.facts.offline = true;
	mac.facts.launchd.loaded = UNKNOWN;
	mac.facts.launchd.override = OVERRIDE_UNKNOWN;
	make_uninstall();
	assert_string_equal(steps(true), "record plist removal forget");
}

static void
uninstall_leaves_a_plist_that_is_no_file(void **state)
{
	(void)state;
	mac.facts.plist.file.type = FILE_DIRECTORY;
	make_uninstall();
	assert_planned("record unload removal forget");
	assert_string_equal(plan.notes[0],
	    "/Library/LaunchDaemons/" LABEL ".plist: it is not a regular file");
}

static void
uninstall_refuses_what_it_cannot_see_or_did_not_install(void **state)
{
	static const struct row {
		const char	*what;
		enum error_kind	 kind;
	} rows[] = {
		{ "launchd not understood", ERROR_LAUNCHCTL },
		{ "override not understood", ERROR_LAUNCHCTL },
		{ "loaded from elsewhere", ERROR_DATA },
		/* it would stay, and no receipt would list it */
		{ "the plist cannot be seen", ERROR_FILE },
		{ "a log to remove cannot be read", ERROR_FILE },	/* the same */
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		end(state);
		present(state);
		if (i == 0)
			mac.facts.launchd.loaded = UNKNOWN;
		else if (i == 1)
			mac.facts.launchd.override = OVERRIDE_UNKNOWN;
		else if (i == 2)
			loaded_from_elsewhere();
		else if (i == 3) {
			mac.facts.plist.file.exists = UNKNOWN;
			mac.facts.plist.file.error = EIO;
		} else {
			mac.facts.log[1].file.exists = UNKNOWN;
			mac.facts.log[1].file.error = EIO;
			options.delete_logs = true;
		}
		if (plan_uninstall(&plan, &mac.receipt, &mac.facts, options, &error) == 0)
			fail_msg("not refused: %s", rows[i].what);
		assert_int_equal(error.kind, rows[i].kind);
		assert_int_equal(plan.count, 0);
	}
}

#define FRESH(test)	cmocka_unit_test_setup_teardown(test, fresh, end)
#define PRESENT(test)	cmocka_unit_test_setup_teardown(test, present, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(a_fresh_install_does_everything_in_its_order),
		FRESH(a_fresh_install_remembers_how_it_was_before),
		FRESH(a_disabled_label_is_enabled_before_anything_is_loaded),
		FRESH(missing_folders_are_made_outermost_first_and_remembered),
		FRESH(a_job_without_logs_has_no_log_steps),
		FRESH(no_load_writes_everything_and_loads_nothing),
		FRESH(offline_there_is_no_step_that_needs_launchd),
		PRESENT(the_same_again_changes_nothing),
		PRESENT(each_difference_makes_exactly_its_steps),
		PRESENT(whoever_writes_the_record_writes_the_receipt_too),
		PRESENT(locked_plist_or_directory_refuses_a_change_of_the_plist_and_nothing_else),
		PRESENT(locked_log_refuses_a_change_of_the_log_and_nothing_else),
		PRESENT(locked_account_log_is_refused_too),
		PRESENT(without_loading_a_difference_is_only_written),
		PRESENT(without_loading_the_receipt_keeps_the_program_that_is_loaded),
		PRESENT(a_missing_sha256_is_no_change_and_is_filled_in_with_the_next_one),
		PRESENT(repair_does_not_stop_a_job_whose_program_was_only_touched),
		PRESENT(a_changed_flag_boots_out_writes_and_loads_once),
		PRESENT(other_logs_leave_a_receipt_that_can_be_read),
		PRESENT(folders_that_no_log_is_in_any_more_are_forgotten),
		PRESENT(swapped_logs_keep_each_its_own_history),
		PRESENT(history_is_that_of_the_first_install),
		FRESH(accounts_that_do_not_exist_are_refused),
		FRESH(a_launchd_that_was_not_understood_is_refused),
		FRESH(what_lnpctl_did_not_install_is_refused),
		FRESH(a_program_that_cannot_run_is_refused),
		FRESH(each_known_cause_is_named_before_anything_is_stopped),
		PRESENT(a_program_written_over_while_it_runs_is_not_stopped),
		PRESENT(a_disabled_job_is_stopped_by_no_restart),
		PRESENT(what_needs_no_stop_is_repaired_in_spite_of_a_cause),
		PRESENT(a_job_that_runs_only_once_is_not_loaded_again),
		PRESENT(a_start_that_failed_is_repeated_by_repair),
		PRESENT(an_interrupted_change_of_a_job_that_is_down_is_finished),
		PRESENT(a_program_that_is_gone_is_remembered),
		PRESENT(what_is_only_likely_or_unknown_refuses_nothing),
		FRESH(a_program_that_others_can_change_is_refused_only_for_root),
		FRESH(lists_and_volumes_refuse_new_jobs_only),
		FRESH(logs_that_are_not_ours_are_refused),
		FRESH(logs_below_a_weak_folder_are_refused_unless_the_folder_is_the_jobs),
		FRESH(a_log_that_is_the_users_or_our_own_is_taken_over),
		FRESH(an_account_log_is_the_accounts_to_make),
		FRESH(folders_that_are_not_safe_or_not_there_are_refused),
		FRESH(as_many_folders_as_there_is_room_for_are_made),
		PRESENT(a_log_is_not_handed_from_one_account_to_another),
		PRESENT(daemon_of_a_vendor_in_the_place_of_a_migrated_job_is_left),
		PRESENT(loaded_daemon_of_a_vendor_with_the_label_of_a_migrated_job_is_left),
		PRESENT(a_second_name_of_its_log_does_not_block_the_job),
		PRESENT(uninstall_keeps_the_logs_and_says_so),
		PRESENT(uninstall_deletes_logs_when_asked_after_the_commit_and_before_the_receipt),
		PRESENT(uninstall_names_each_thing_that_it_leaves),
		PRESENT(plan_without_room_for_a_step_or_a_note_is_refused),
		PRESENT(uninstall_leaves_a_log_that_was_there_before),
		PRESENT(uninstall_leaves_what_is_no_longer_the_file_that_was_made),
		PRESENT(uninstall_removes_a_log_that_was_created_and_not_given_away),
		PRESENT(uninstall_of_what_is_partly_gone_does_the_rest),
		PRESENT(uninstall_of_an_image_asks_launchd_nothing),
		PRESENT(uninstall_leaves_a_plist_that_is_no_file),
		PRESENT(uninstall_refuses_what_it_cannot_see_or_did_not_install),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
