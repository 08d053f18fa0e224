/* Fill in what the receipt remembers of the state before the change. */
#include <string.h>

#include "plan_parts.h"
#include "core/job/receipt.h"
#include "core/text.h"

struct plan_file
plan_file(const struct spec *spec, const struct facts *facts, int which)
{
	const struct plan_file rows[PLAN_FILES] = {
		[SNAP_PLIST] = { spec->plist_path, &facts->plist.file, facts->plist.bytes },
		[SNAP_DUPLICATE] = { facts->duplicate.path, &facts->duplicate.plist.file,
		    facts->duplicate.plist.bytes },
		[SNAP_LOG] = { spec->logs[0].theirs, &facts->log[0].file, { NULL, 0 } },
		[SNAP_LOG + 1] = { spec->logs[1].theirs, &facts->log[1].file, { NULL, 0 } },
		[SNAP_AGENT] = { spec->agent.path, &facts->agent.plist.file,
		    facts->agent.plist.bytes },
		[SNAP_FILES] = { spec->receipt_path, &facts->receipt.file,
		    facts->receipt.bytes },
	};

	return rows[which];
}

/* Record a file that a change may touch. Return false if memory is short. */
static bool
observe_file(struct snapshot *snapshot, int which, const struct spec *spec,
    const struct facts *facts)
{
	struct file_snapshot *file = &snapshot->files[which];
	struct plan_file now = plan_file(spec, facts, which);

	bytes_free(&file->content);	/* from an earlier plan of the same job */
	memset(file, 0, sizeof *file);
	if (now.path[0] == '\0')
		return true;
	text_copy(file->path, PATH_SIZE, now.path);
	file->exists = now.fact->exists == YES;
	file->owner = now.fact->owner;
	file->group = now.fact->group;
	file->mode = now.fact->mode;
	return now.content.data == NULL || bytes_copy(&file->content, now.content);
}

/* Record everything that a change may touch, likewise. */
static bool
observe(struct snapshot *snapshot, const struct spec *spec, const struct facts *facts)
{
	bool whole = true;

	for (int i = 0; i < SNAP_FILES; i++)
		whole = observe_file(snapshot, i, spec, facts) && whole;
	snapshot->loaded = facts->launchd.loaded;
	snapshot->running = facts->launchd.loaded == YES && facts->launchd.service.pid > 0;
	snapshot->disabled = facts->launchd.override == OVERRIDE_UNKNOWN ? UNKNOWN :
	    facts->launchd.override == OVERRIDE_DISABLED ? YES : NO;
	if (facts->launchd.loaded == YES && facts->launchd.service.path[0] == '/')
		text_copy(snapshot->loaded_from, PATH_SIZE, facts->launchd.service.path);
	plan_observe_agent(snapshot, spec, facts);
	return whole;
}

/* Match logs by path: the flags may name other logs now, or the same two in reverse. */
static void
remember_log(struct receipt *next, int which, const struct receipt *receipt,
    const struct facts *facts)
{
	bool missing = facts->log[which].file.exists == NO;

	observe_file(&next->before, SNAP_LOG + which, &next->spec, facts);
	if (!spec_has_log(&next->spec, which))
		return;
	next->made_log[which] = missing;
	for (int i = 0; i < 2 && receipt != NULL; i++)
		if (strcmp(receipt->spec.logs[i].theirs, next->spec.logs[which].theirs) == 0) {
			next->made_log[which] = missing || receipt->made_log[i];
			next->log_starts.of[which] = receipt->log_starts.of[i];
			next->before.files[SNAP_LOG + which] =
			    receipt->before.files[SNAP_LOG + i];
		}
}

/* The state before the first install stays what uninstall restores. */
static bool
remember_before(struct receipt *next, const struct receipt *receipt, const struct facts *facts)
{
	bool whole = receipt == NULL ? observe(&next->before, &next->spec, facts) :
	    snapshot_copy(&next->before, &receipt->before);

	for (int i = 0; i < 2; i++)
		remember_log(next, i, receipt, facts);
	return whole;
}

bool
plan_is_missing(const char *folder, const struct facts *facts)
{
	for (size_t i = 0; i < facts->missing_folder_count; i++)
		if (strcmp(facts->missing_folders[i], folder) == 0)
			return true;
	return false;
}

/* A receipt with a directory that is not above one of its logs is refused when it is read. */
static void
remember_folders(struct receipt *next, const struct receipt *receipt, const struct facts *facts)
{
	size_t count = 0, old = 0;

	for (size_t i = 0; receipt != NULL && i < receipt->made_folder_count; i++) {
		if (!spec_is_above_log(&next->spec, receipt->made_folders[i]) ||
		    plan_is_missing(receipt->made_folders[i], facts))
			continue;
		if (!receipt_is_interrupted(receipt) || i < receipt->undo.folder_count)
			old++;
		text_copy(next->made_folders[count++], PATH_SIZE, receipt->made_folders[i]);
	}
	for (size_t i = 0; i < facts->missing_folder_count && count < FOLDERS_MAX; i++)
		text_copy(next->made_folders[count++], PATH_SIZE, facts->missing_folders[i]);
	next->made_folder_count = count;
	next->undo.folder_count = old;
}

bool
plan_remember_undo(struct receipt *next, const struct facts *facts)
{
	next->undo_receipt_mode = spec_mode(facts->receipt.file.mode);
	bytes_free(&next->undo_receipt);
	return observe(&next->undo, &next->spec, facts) && (facts->receipt.bytes.data == NULL ||
	    bytes_copy(&next->undo_receipt, facts->receipt.bytes));
}

/* Undo restores the current state, or, after an interrupted change, the state before that. */
static bool
remember_undo(struct receipt *next, const struct receipt *receipt, const struct facts *facts)
{
	if (receipt == NULL || !receipt_is_interrupted(receipt))
		return plan_remember_undo(next, facts);
	next->undo_receipt_mode = receipt->undo_receipt_mode;
	bytes_free(&next->undo_receipt);
	if (!snapshot_copy(&next->undo, &receipt->undo))
		return false;
	for (int i = 0; i < 2; i++)		/* a log that the interrupted change did not have */
		if (strcmp(next->undo.files[SNAP_LOG + i].path, next->spec.logs[i].theirs) != 0)
			observe_file(&next->undo, SNAP_LOG + i, &next->spec, facts);
	return receipt->undo_receipt.data == NULL ||
	    bytes_copy(&next->undo_receipt, receipt->undo_receipt);
}

int
plan_remember(struct receipt *next, const struct receipt *receipt, const struct facts *facts,
    struct error *error)
{
	next->rules = receipt_is_lenient(&next->spec, receipt) ? receipt->rules : RECEIPT_RULES;
	text_copy(next->system_version, sizeof next->system_version, facts->system.version);
	text_copy(next->system_build, sizeof next->system_build, facts->system.build);
	if (!remember_before(next, receipt, facts) || !remember_undo(next, receipt, facts))
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot plan '%s'",
		    next->spec.label);
	remember_folders(next, receipt, facts);
	next->log_starts.time = receipt == NULL ? 0 : receipt->log_starts.time;
	return 0;
}
