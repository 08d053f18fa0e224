/* Build the plan: the steps from current to desired state. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/check/check.h"
#include "core/check/start.h"
#include "core/facts/content.h"
#include "core/facts/loadable.h"
#include "core/job/receipt.h"
#include "core/text.h"
#include "plan_parts.h"

static const struct state gone = { .exists = NO }, there = { .exists = YES };

static bool
plan_same(const struct state *a, const struct state *b)
{
	if (a->exists != b->exists)
		return false;
	return a->exists == NO || (a->owner == b->owner && a->group == b->group &&
	    a->mode == b->mode && bytes_equal(a->content, b->content));
}

/*
 * A step is unchanged only if both the current and the earlier state match the goal. After an
 * interrupted change they can differ; then redo the step (it is idempotent) so that it can be
 * undone.
 */
struct step *
plan_add(struct plan *plan, enum step_kind kind, const char *name, struct state was,
    struct state now, struct state goal)
{
	struct step *step = &plan->steps[plan->count];

	/* A plan that is full is refused at its end. */
	plan->full = plan->full || plan->count == PLAN_STEPS - 1;
	plan->count += !plan->full;
	*step = (struct step){ .kind = kind, .was = was, .goal = goal,
	    .result = plan_same(&now, &goal) && plan_same(&was, &goal) ? STEP_UNCHANGED :
	    STEP_PLANNED };
	text_copy(step->name, sizeof step->name, name);
	return step;
}

const char *
step_name(const struct step *step)
{
	return step->foreign.theirs[0] == '\0' ? step->name : step->foreign.theirs;
}

/* Return true if one of the steps from first to before end still has to be done. */
static bool
plan_changes_between(const struct plan *plan, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (plan->steps[i].result != STEP_UNCHANGED)
			return true;
	return false;
}

bool
plan_changes(const struct plan *plan)
{
	return plan_changes_between(plan, 0, plan->count);
}

const struct step *
plan_planned(const struct plan *plan, enum step_kind kind)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == kind && plan->steps[i].result != STEP_UNCHANGED)
			return &plan->steps[i];
	return NULL;
}

void
plan_note(struct plan *plan, const char *format, ...)
{
	va_list arguments;

	plan->full = plan->full || plan->note_count == PLAN_NOTES;
	if (plan->full)
		return;
	va_start(arguments, format);
	vsnprintf(plan->notes[plan->note_count++], sizeof plan->notes[0], format, arguments);
	va_end(arguments);
}

/* ---- the steps ---- */

/* An agent elsewhere was refused. */
static void
note_own_agent(struct plan *plan, const struct spec *spec, const struct facts *facts)
{
	if (facts->agent.path[0] != '\0' && strcmp(facts->agent.path, spec->agent.path) != 0)
		plan_note(plan, "%s: an agent of the job's account has the label '%s'",
		    facts->agent.path, spec->label);
}

/* Old logs are kept, but no receipt will list them any more. */
static void
note_old_logs(struct plan *plan, const struct spec *spec, const struct receipt *receipt)
{
	for (int i = 0; receipt != NULL && i < 2; i++)
		if (spec_has_log(&receipt->spec, i) && strcmp(receipt->spec.logs[i].theirs,
		    spec->logs[0].theirs) != 0 &&
		    strcmp(receipt->spec.logs[i].theirs, spec->logs[1].theirs) != 0)
			plan_note(plan, "%s: the job no longer writes there",
			    receipt->spec.logs[i].theirs);
}

static struct state
file_state(bool exists, uid_t owner, gid_t group, mode_t mode, struct bytes content)
{
	return exists ? (struct state){ .exists = YES, .owner = owner, .group = group,
	    .mode = mode, .content = content } : gone;
}

struct state
plan_file_state(const struct file_fact *fact, struct bytes content)
{
	return file_state(fact->exists == YES, fact->owner, fact->group, fact->mode, content);
}

struct state
plan_snapshot_state(const struct file_snapshot *snapshot)
{
	return file_state(snapshot->exists, snapshot->owner, snapshot->group, snapshot->mode,
	    snapshot->content);
}

struct state
plan_our_state(const struct facts *facts, struct bytes content, mode_t mode)
{
	return file_state(content.data != NULL, facts->owner, facts->owner_group, mode, content);
}

struct state
plan_job_state(enum tristate loaded, const char *from, bool running)
{
	return loaded == YES ? (struct state){ .exists = YES, .loaded_from = from,
	    .running = running } : gone;
}

static void
add_receipt(struct plan *plan, enum step_kind kind, const struct receipt *receipt,
    const struct facts *facts, struct bytes goal, enum receipt_state state)
{
	struct state was = plan_our_state(facts, receipt->undo_receipt, receipt->undo_receipt_mode);
	struct state now = plan_file_state(&facts->receipt.file, facts->receipt.bytes);

	struct step *step = plan_add(plan, kind, receipt->spec.receipt_path, was, now,
	    plan_our_state(facts, goal, receipt_mode(receipt, state)));

	if (kind == KIND_RECORD)
		spec_stale_file(&receipt->spec, STALE_RECEIPT, step->backup);
}

/* name is SNAP_PLIST or SNAP_DUPLICATE. */
static void
add_file(struct plan *plan, const struct receipt *receipt, enum snapshot_name name,
    const struct file_fact *fact, struct bytes now, struct state goal)
{
	const struct file_snapshot *snapshot = &receipt->undo.files[name];
	struct step *step = plan_add(plan, KIND_PLIST, snapshot->path,
	    plan_snapshot_state(snapshot), plan_file_state(fact, now), goal);

	spec_stale_file(&receipt->spec, name == SNAP_PLIST ? STALE_PLIST : STALE_DUPLICATE,
	    step->backup);
	/* Only a new inode loses the attribute (tests/evidence/RULES.md, 8) and other names. */
	if (goal.exists == YES && (fact->quarantined == YES ||
	    (fact->exists == YES && fact->links > 1)))
		step->result = STEP_PLANNED;
}

static void
add_job(struct plan *plan, enum step_kind kind, const struct spec *spec, struct state was,
    struct state now, struct state goal)
{
	char name[PATH_SIZE];

	text_format(name, sizeof name, "system/%s", spec->label);
	plan_add(plan, kind, name, was, now, goal);
}

static void
add_override(struct plan *plan, const struct receipt *receipt, const struct facts *facts,
    struct state goal)
{
	struct state was = receipt->undo.disabled == YES ? there : gone;

	if (!facts->offline)
		add_job(plan, KIND_OVERRIDE, &receipt->spec, was, facts->launchd.override ==
		    OVERRIDE_DISABLED ?
		    there : gone, goal);
}

static void
add_unload(struct plan *plan, const struct receipt *receipt, const struct facts *facts,
    struct state goal)
{
	const struct snapshot *undo = &receipt->undo;
	struct state was = plan_job_state(undo->loaded, undo->loaded_from, undo->running);

	if (was.exists == YES || facts->launchd.loaded == YES)
		add_job(plan, KIND_UNLOAD, &receipt->spec, was, facts->launchd.loaded == YES ?
		    there :
		    gone,
		    goal);
}

/* What the account does gets no name, so that root cannot use the path. */
static void
add_for_log(struct plan *plan, const struct facts *facts, enum step_kind kind,
    const struct foreign_path *path, struct state was, struct state now, struct state goal)
{
	bool account = kind == KIND_ACCOUNT_LOG || kind == KIND_ACCOUNT_FOLDER;
	struct step *step = plan_add(plan, kind, account ? "" : path->theirs, was, now, goal);

	if (account)
		step->foreign = *path;
	step->as = &facts->user.identity;
}

static void
plan_add_log(struct plan *plan, const struct receipt *receipt, const struct facts *facts, int which,
    struct state goal)
{
	add_for_log(plan, facts, receipt->spec.account_log[which] ? KIND_ACCOUNT_LOG : KIND_LOG,
	    &receipt->spec.logs[which], plan_snapshot_state(&receipt->undo.files[SNAP_LOG + which]),
	    plan_file_state(&facts->log[which].file, (struct bytes){ NULL, 0 }), goal);
}

/*
 * Root creates nothing in a directory of the job's account, which could swap it for a link. What is
 * missing above a log lies below the directory that makes the path untrusted.
 */
static bool
is_accounts_folder(const struct spec *spec, const struct facts *facts, const char *path)
{
	bool found = spec_is_above_account_log(spec, path);

	for (int i = 0; i < 2; i++)
		found = found || (text_is_below(spec->logs[i].theirs, path) &&
		    facts->log[i].file.untrusted_path[0] != '\0' &&
		    facts->log[i].file.untrusted_owner == spec->uid);
	return found;
}

static void
add_folder(struct plan *plan, const struct spec *spec, const struct facts *facts,
    const char *path, struct state now, struct state goal)
{
	struct state was = goal.exists == YES ? gone : there;
	struct foreign_path folder = { "" };

	text_copy(folder.theirs, sizeof folder.theirs, path);
	if (!is_accounts_folder(spec, facts, path))
		add_for_log(plan, facts, KIND_FOLDER, &folder, was, now, goal);
	else if (facts->user.exists == YES)
		add_for_log(plan, facts, KIND_ACCOUNT_FOLDER, &folder, was, now, goal);
	else
		plan_note(plan, "%s: its account, which could remove it, no longer exists", path);
}

static void
add_logs(struct plan *plan, const struct receipt *receipt, const struct facts *facts)
{
	const struct state log = { .exists = YES, .owner = receipt->spec.uid, .group =
	    receipt->spec.gid,
		.mode = receipt->spec.log_mode };

	bool held = plan->obstacle.kind != ERROR_NONE;

	for (size_t i = receipt->undo.folder_count; i < receipt->made_folder_count && !held; i++)
		add_folder(plan, &receipt->spec, facts, receipt->made_folders[i],
		    plan_is_missing(receipt->made_folders[i], facts) ? gone : there, there);
	for (int i = 0; i < 2; i++)
		if (spec_has_log(&receipt->spec, i) && !(held && facts->log[i].file.exists == NO))
			plan_add_log(plan, receipt, facts, i, log);
}

/*
 * launchd could not start it. It may not try again, even if the cause is gone ("penalty box"): only
 * a bootout and a bootstrap make it. https://github.com/NixOS/nix/issues/2925
 */
static bool
is_given_up(const struct spec *spec, const struct facts *facts)
{
	const struct service *service = &facts->launchd.service;

	return service_is_refused(service, spec->health == HEALTH_LOADED) ||
	    service_is_penalized(service);
}

/*
 * Return true if launchd runs another program. repair, which may be run by a timer, does not stop a
 * job for a file that may only have been touched: version 0.1 kept nothing to compare it with.
 */
static bool
is_other_program(const struct receipt *receipt, const struct facts *facts,
    struct plan_options options)
{
	const struct file_identity *then = &receipt->program_identity,
	    *now = &facts->program.file.identity;
	bool repairs = options.keep_disabled && !options.restart;

	return receipt_is_program_changed(receipt, facts) && !(repairs &&
	    then->inode == now->inode && content_same(then, now) == UNKNOWN);
}

/* Return true if launchd runs another definition or program: the job must be booted out first. */
static bool
is_stale(const struct spec *spec, const struct receipt *receipt, const struct facts *facts,
    struct plan_options options)
{
	/*
	 * A process whose log was deleted keeps writing to the deleted file until a restart opens
	 * the new one. And launchd retries a job that failed for its log only after its throttle.
	 */
	for (int i = 0; i < 2; i++)
		if (spec_has_log(spec, i) && (facts->log[i].file.exists == NO ||
		    (facts->log[i].writable == NO &&
		    strcmp(facts->launchd.service.state, "running") != 0)))
			return true;
	return receipt == NULL || receipt->changing || service_is_ending(&facts->launchd.service) ||
	    !bytes_equal(facts->plist.bytes, spec->plist) || facts->duplicate.path[0] != '\0' ||
	    is_other_program(receipt, facts, options) ||
	    (facts->launchd.service.path[0] != '\0' &&
	    strcmp(facts->launchd.service.path, spec->plist_path) != 0);
}

/* Return true if the job is neither loaded nor unloaded. */
static bool
plan_leaves_job(const struct plan *plan, const struct facts *facts, struct plan_options options)
{
	return !options.load || plan->obstacle.kind != ERROR_NONE || (options.keep_disabled &&
	    facts->launchd.override == OVERRIDE_DISABLED);
}

/*
 * repair does what it can without stopping a job that runs and could not start again. It leaves
 * what shows that the job must be loaded again, another plist or a missing log, for a later repair.
 * An interrupted change is finished as a whole or not at all.
 */
static void
plan_find_obstacle(struct plan *plan, const struct receipt *next, const struct receipt *receipt,
    const struct facts *facts, struct plan_options options)
{
	struct check_draft ignored;
	enum liveness liveness;

	if (!options.keep_disabled || options.restart || plan_leaves_job(plan, facts, options) ||
	    receipt == NULL || receipt->changing || facts->launchd.loaded != YES ||
	    !is_stale(&next->spec, receipt, facts, options))
		return;
	liveness = check_liveness(next, facts, &ignored);
	if (liveness == LIVENESS_UP || liveness == LIVENESS_DONE)
		start_refuse(next, receipt, facts, FIXES_FILES, &plan->obstacle);
}

/* To load what was unloaded because it has run would run it again. */
static bool
plan_keeps_job(const struct receipt *next, const struct receipt *receipt,
    const struct facts *facts, struct plan_options options)
{
	return (facts->launchd.loaded == YES || (facts->launchd.loaded == NO &&
	    receipt != NULL && next->spec.only_once)) && !options.restart &&
	    !is_stale(&next->spec, receipt, facts, options) &&
	    !(options.start && is_given_up(&next->spec, facts));
}

/*
 * The receipt names the program that launchd loaded: if nothing is reloaded, keep the old one, but
 * not the inode and time of another file with its content. Another device or ctime of the same file
 * would change the receipt.
 */
static void
remember_program(const struct plan *plan, struct receipt *next, const struct receipt *receipt,
    const struct facts *facts, struct plan_options options)
{
	const struct file_identity *program = &facts->program.file.identity;
	bool loads = !plan_keeps_job(next, receipt, facts, options) &&
	    (facts->launchd.loaded != YES || !plan_leaves_job(plan, facts, options));
	bool stays = receipt != NULL && (content_same_file(&receipt->program_identity, program) ||
	    facts->program.file.exists != YES ||
	    (!loads && receipt_is_program_changed(receipt, facts)));

	next->program_identity = stays ? receipt->program_identity : *program;
}

/* Write what the receipt is while the change is under way, and after it. */
static int
plan_write_receipts(struct plan *plan, const struct receipt *next, struct error *error)
{
	bytes_free(&plan->record);
	bytes_free(&plan->receipt);
	return receipt_to_bytes(next, RECEIPT_CHANGING, &plan->record, error) == -1 ? -1 :
	    receipt_to_bytes(next, RECEIPT_INSTALLED, &plan->receipt, error);
}

static void
add_install_steps(struct plan *plan, const struct receipt *next, const struct receipt *receipt,
    const struct facts *facts, struct plan_options options)
{
	bool disabled = options.keep_disabled && facts->launchd.override == OVERRIDE_DISABLED;
	bool load = !plan_leaves_job(plan, facts, options);
	bool stay = plan_keeps_job(next, receipt, facts, options);

	add_receipt(plan, KIND_RECORD, next, facts, plan->record, RECEIPT_CHANGING);
	add_override(plan, next, facts, disabled ? there : gone);
	if (load) {
		add_unload(plan, next, facts, stay ? there : gone);
		plan_add_agent_unloads(plan, next, facts);
	}
	add_logs(plan, next, facts);
	plan_add_agent_removal(plan, next, facts);
	if (plan->obstacle.kind == ERROR_NONE ||
	    bytes_equal(facts->plist.bytes, next->spec.plist))
		add_file(plan, next, SNAP_PLIST, &facts->plist.file, facts->plist.bytes,
		    plan_our_state(facts, next->spec.plist, next->spec.mode));
	if (next->undo.files[SNAP_DUPLICATE].path[0] != '\0')
		add_file(plan, next, SNAP_DUPLICATE, &facts->duplicate.plist.file,
		    facts->duplicate.plist.bytes, gone);
	if (load) {
		struct state loaded = plan_job_state(YES, next->spec.plist_path, false);

		add_job(plan, KIND_LOAD, &next->spec, stay ? loaded : gone, stay ? loaded : gone,
		    loaded);
	}
	add_receipt(plan, KIND_RECEIPT, next, facts, plan->receipt, RECEIPT_INSTALLED);
}

static bool
is_kept(const struct plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].result != STEP_UNCHANGED &&
		    strcmp(plan->steps[i].backup, path) == 0)
			return true;
	return false;
}

/* Remove stale backups, except those that a step may still have to restore. */
static void
add_leftovers(struct plan *plan, const struct spec *spec, const struct facts *facts)
{
	for (enum stale_file i = 0; i < STALE_FILES; i++) {
		char path[NAME_SIZE];

		spec_stale_file(spec, i, path);
		if (facts->stale_files[i] && !(plan->resumed && is_kept(plan, path)))
			plan_add(plan, KIND_PLIST, path, there, there, gone);
	}
}

/* Write "changing" only if something between it and the commit changes; then commit, too. */
static void
settle_record(struct plan *plan)
{
	size_t last = plan->count - 1;

	if (plan_changes_between(plan, 1, last))
		plan->steps[last].result = STEP_PLANNED;
	else
		plan->steps[0].result = STEP_UNCHANGED;
}

static int
plan_drop(struct plan *plan)
{
	plan_free(plan);
	plan->count = 0;
	return -1;
}

/*
 * The receipts of version 0.1 have no SHA-256: fill it in if the receipt is to be written anyway.
 * By itself it is not a change.
 */
static int
plan_complete_receipt(struct plan *plan, struct receipt *next, const struct facts *facts,
    struct error *error)
{
	struct step *record = &plan->steps[0], *receipt = &plan->steps[plan->count - 1];

	if (receipt->result == STEP_UNCHANGED || next->program_identity.sha256[0] != '\0' ||
	    !content_same_file(&next->program_identity, &facts->program.file.identity))
		return 0;
	memcpy(next->program_identity.sha256, facts->program.file.identity.sha256,
	    sizeof next->program_identity.sha256);
	if (plan_write_receipts(plan, next, error) == -1)
		return -1;
	record->goal.content = plan->record;
	receipt->goal.content = plan->receipt;
	return 0;
}

int
plan_end(struct plan *plan, const struct spec *spec, const struct facts *facts,
    struct error *error)
{
	if (plan->full)
		error_set(error, ERROR_SYSTEM, "it needs more steps than lnpctl has room for",
		    "nothing was changed; report it, with the job's plist", "cannot plan '%s'",
		    spec->label);
	else if (plan_refuse_inside(plan, spec, facts, error) == 0 &&
	    plan_refuse_locked(plan, spec, facts, error) == 0)
		return 0;
	return plan_drop(plan);
}

/* Steps are cleared when they are added. */
void
plan_begin(struct plan *plan, bool resumed)
{
	plan->count = plan->note_count = 0;
	plan->full = false;
	plan->resumed = resumed;
	plan->returns = NULL;
	plan->obstacle.kind = ERROR_NONE;
	plan->record = plan->receipt = (struct bytes){ NULL, 0 };
}

int
plan_install(struct plan *plan, struct receipt *next, const struct receipt *receipt,
    const struct facts *facts, struct plan_options options, struct error *error)
{
	plan_begin(plan, receipt != NULL && receipt_is_interrupted(receipt));
	if (plan_refuse_install(&next->spec, receipt, facts, options, error) == -1 ||
	    plan_refuse_migration(&next->spec, receipt, facts, error) == -1 ||
	    plan_remember(next, receipt, facts, error) == -1)
		return -1;
	plan_find_obstacle(plan, next, receipt, facts, options);
	remember_program(plan, next, receipt, facts, options);
	if (plan_write_receipts(plan, next, error) == -1)
		return -1;
	add_install_steps(plan, next, receipt, facts, options);
	if (receipt != NULL && receipt_is_program_changed(receipt, facts) &&
	    strcmp(receipt->spec.program.theirs, next->spec.program.theirs) == 0)
		plan->returns = receipt;
	settle_record(plan);
	if (plan_complete_receipt(plan, next, facts, error) == -1)
		return plan_drop(plan);
	add_leftovers(plan, &next->spec, facts);
	note_old_logs(plan, &next->spec, receipt);
	note_own_agent(plan, &next->spec, facts);
	if (plan_refuse_start(plan, next, receipt, facts, options, error) == -1)
		return plan_drop(plan);
	return plan_end(plan, &next->spec, facts, error);
}

/* ---- uninstall ---- */

/*
 * Return whether install was killed after it created the log, empty and owned by root, and before
 * it gave it to the job's account. No data is lost with such a file, and a later install would
 * refuse it as another account's.
 */
static bool
is_half_made_log(const struct receipt *receipt, const struct facts *facts, int which)
{
	const struct file_fact *log = &facts->log[which].file;

	return receipt_is_interrupted(receipt) && receipt->made_log[which] &&
	    !receipt->spec.account_log[which] && !receipt->before.files[SNAP_LOG + which].exists &&
	    log->exists == YES && log->type == FILE_REGULAR && log->links == 1 &&
	    log->owner == facts->owner && log->owner != receipt->spec.uid &&
	    log->identity.size == 0 && log->untrusted_path[0] == '\0';
}

/* Remove logs that install created, if asked; keep and name others. */
static void
add_log_removal(struct plan *plan, const struct receipt *receipt, const struct facts *facts,
    int which, bool delete_logs)
{
	const struct file_fact *log = &facts->log[which].file;
	const char *path = receipt->spec.logs[which].theirs;

	if (!spec_has_log(&receipt->spec, which) || log->exists == NO)
		return;
	if (is_half_made_log(receipt, facts, which))
		add_for_log(plan, facts, KIND_EMPTY_LOG, &receipt->spec.logs[which],
		    plan_snapshot_state(&receipt->undo.files[SNAP_LOG + which]), there, gone);
	else if (!delete_logs)
		plan_note(plan, "%s: use --delete-logs to remove logs", path);
	else if (!receipt->made_log[which])
		plan_note(plan, "%s: it existed before the job was installed", path);
	else if (log->exists != YES || log->type != FILE_REGULAR || log->links != 1 ||
	    log->owner != receipt->spec.uid || ((log->untrusted_path[0] != '\0' ||
	    receipt->spec.account_log[which]) && facts->user.exists != YES))
		plan_note(plan, "%s: it is not the file that install created", path);
	else
		plan_add_log(plan, receipt, facts, which, gone);
}

/* Deleted logs cannot be restored, so remove them and their directories after the commit. */
static void
add_removals(struct plan *plan, const struct receipt *receipt, const struct facts *facts,
    bool delete_logs)
{
	for (int i = 0; i < 2; i++)
		add_log_removal(plan, receipt, facts, i, delete_logs);
	for (size_t i = receipt->made_folder_count; i > 0 && delete_logs; i--)
		add_folder(plan, &receipt->spec, facts, receipt->made_folders[i - 1], there, gone);
}

/* What others may have written must not be restored as root-owned. */
static bool
may_return(const struct facts *facts, const struct file_snapshot *snapshot)
{
	return !snapshot->exists || !loadable_is_others(snapshot->owner, snapshot->group,
	    snapshot->mode, facts->owner);
}

static struct state
replaced_state(struct plan *plan, const struct facts *facts, const struct file_snapshot *snapshot)
{
	bool returns = snapshot->exists && may_return(facts, snapshot);
	/* Do not restore a mode that launchd refuses. */
	struct state state = plan_our_state(facts,
	    returns ? snapshot->content : (struct bytes){ NULL, 0 },
	    (snapshot->mode & 022) == 0 ? snapshot->mode : spec_mode(snapshot->mode));

	if (!may_return(facts, snapshot))
		plan_note(plan,
		    "%s: not restored, because it was writable by users other than root",
		    snapshot->path);
	return state;
}

/* Restore the job that --replace took over: logs' owners, loaded, disabled. */
static void
add_replaced(struct plan *plan, const struct receipt *receipt, const struct facts *facts)
{
	const struct snapshot *before = &receipt->before;

	for (int i = 0; i < 2; i++) {
		const struct file_snapshot *log = &before->files[SNAP_LOG + i];

		if (spec_has_log(&receipt->spec, i) && !receipt->spec.account_log[i] &&
		    log->exists &&
		    facts->log[i].file.exists == YES && facts->log[i].file.type == FILE_REGULAR)
			plan_add_log(plan, receipt, facts, i, plan_snapshot_state(log));
	}
	if (before->loaded == YES && !facts->offline &&
	    may_return(facts, &before->files[SNAP_PLIST]) &&
	    may_return(facts, &before->files[SNAP_DUPLICATE]))
		add_job(plan, KIND_LOAD, &receipt->spec, gone, gone,
		    plan_job_state(YES, before->loaded_from, false));
	if (before->disabled == YES)
		add_override(plan, receipt, facts, there);
}

/* Return whether an uninstall that was interrupted has restored the replaced plist. */
static bool
is_returned(const struct plan *plan, const struct receipt *receipt, const struct facts *facts)
{
	const struct file_snapshot *duplicate = &receipt->before.files[SNAP_DUPLICATE];

	return plan->resumed && !receipt->undo.files[SNAP_DUPLICATE].exists &&
	    strcmp(facts->duplicate.path, duplicate->path) == 0 &&
	    bytes_equal(facts->duplicate.plist.bytes, duplicate->content);
}

static void
add_plists(struct plan *plan, const struct receipt *receipt, const struct facts *facts)
{
	const struct file_snapshot *duplicate = &receipt->before.files[SNAP_DUPLICATE];

	if (facts->plist.file.exists == YES && facts->plist.file.type != FILE_REGULAR)
		plan_note(plan, "%s: it is not a regular file", receipt->spec.plist_path);
	else
		add_file(plan, receipt, SNAP_PLIST, &facts->plist.file, facts->plist.bytes,
		    replaced_state(plan, facts, &receipt->before.files[SNAP_PLIST]));
	if (duplicate->path[0] != '\0' &&
	    (facts->duplicate.replaced.exists == NO || is_returned(plan, receipt, facts)))
		plan_add(plan, KIND_PLIST, duplicate->path, gone, gone,
		    replaced_state(plan, facts, duplicate));
	else if (duplicate->path[0] != '\0')
		plan_note(plan, "%s: something else exists there", duplicate->path);
}

static int
refuse_uninstall(const struct receipt *receipt, const struct facts *facts,
    struct plan_options options, struct error *error)
{
	if (plan_refuse_launchd(facts, error) == -1 ||
	    plan_refuse_strange_plist(receipt, facts, error) == -1 ||
	    plan_refuse_strange_job(receipt, facts, error) == -1)
		return -1;
	/* Else the receipt would go and the plist stay. */
	if (facts->plist.file.exists == UNKNOWN)
		return error_number(error, ERROR_FILE, facts->plist.file.error, "cannot read '%s'",
		    receipt->spec.plist_path);
	/* Without a receipt nothing is known of the logs. */
	for (int i = 0; i < 2 && options.delete_logs; i++)
		if (receipt->made_log[i] && spec_has_log(&receipt->spec, i) &&
		    facts->log[i].file.exists == UNKNOWN)
			return error_set(error, ERROR_FILE, error_reason(facts->log[i].file.error),
			    "fix this first, or run uninstall without --delete-logs",
			    "cannot read '%s'", receipt->spec.logs[i].theirs);
	return 0;
}

int
plan_uninstall(struct plan *plan, struct receipt *receipt, const struct facts *facts,
    struct plan_options options, struct error *error)
{
	const struct snapshot *before = &receipt->before;
	bool resumed = receipt_is_interrupted(receipt);
	bool replaced = before->files[SNAP_PLIST].exists || before->files[SNAP_DUPLICATE].exists;

	plan_begin(plan, resumed);
	options.restore_agent = options.restore_agent || plan_is_agent_between(receipt, facts);
	if (refuse_uninstall(receipt, facts, options, error) == -1 ||
	    (options.restore_agent && plan_refuse_agent(&receipt->spec, facts, error) == -1))
		return -1;
	if (!resumed && !plan_remember_undo(receipt, facts))
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot plan '%s'",
		    receipt->spec.label);
	if (!resumed)
		receipt->undo.folder_count = receipt->made_folder_count;
	if (receipt_to_bytes(receipt, RECEIPT_CHANGING, &plan->record, error) == -1 ||
	    receipt_to_bytes(receipt, RECEIPT_REMOVING, &plan->receipt, error) == -1)
		return -1;
	add_receipt(plan, KIND_RECORD, receipt, facts, plan->record, RECEIPT_CHANGING);
	add_unload(plan, receipt, facts, gone);
	add_plists(plan, receipt, facts);
	if (replaced || options.restore_agent)
		add_replaced(plan, receipt, facts);
	else if (before->disabled == YES)
		add_override(plan, receipt, facts, there);
	plan_add_agent_return(plan, receipt, facts, options.restore_agent);
	add_receipt(plan, KIND_REMOVAL, receipt, facts, plan->receipt, RECEIPT_REMOVING);
	/* It follows the record, even if nothing differs. */
	plan->steps[plan->count - 1].result = STEP_PLANNED;
	add_removals(plan, receipt, facts, options.delete_logs);
	add_leftovers(plan, &receipt->spec, facts);
	/*
	 * Last: if we are killed earlier the receipt must still exist, or cleanup is never
	 * finished.
	 */
	plan_add(plan, KIND_FORGET, receipt->spec.receipt_path, there, there, gone);
	return plan_end(plan, &receipt->spec, facts, error);
}

void
plan_free(struct plan *plan)
{
	bytes_free(&plan->record);
	bytes_free(&plan->receipt);
}
