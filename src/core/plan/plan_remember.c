/* Fill in what the receipt remembers of the state before the change. */
#include <string.h>

#include "plan_parts.h"
#include "core/job/receipt.h"
#include "core/text.h"

bool
plan_observe_file(struct file_snapshot *snapshot, const char *path, const struct file_fact *fact,
    struct bytes content)
{
	text_copy(snapshot->path, PATH_SIZE, path);
	snapshot->exists = fact->exists == YES;
	snapshot->owner = fact->owner;
	snapshot->group = fact->group;
	snapshot->mode = fact->mode;
	bytes_free(&snapshot->content);	/* from an earlier plan of the same promise */
	return content.data == NULL || bytes_copy(&snapshot->content, content);
}

bool
plan_observe(struct snapshot *snapshot, const struct promise *promise, const struct facts *facts)
{
	static const struct bytes nothing = { NULL, 0 };
	bool whole = plan_observe_file(&snapshot->files[SNAP_PLIST], promise->plist_path,
	    &facts->plist.file, facts->plist.bytes);

	snapshot->loaded = facts->launchd.loaded;
	snapshot->running = facts->launchd.loaded == YES && facts->launchd.service.pid > 0;
	snapshot->disabled = facts->launchd.override == OVERRIDE_UNKNOWN ? UNKNOWN :
	    facts->launchd.override == OVERRIDE_DISABLED ? YES : NO;
	if (facts->launchd.loaded == YES && facts->launchd.service.path[0] == '/')
		text_copy(snapshot->loaded_from, PATH_SIZE, facts->launchd.service.path);
	for (int i = 0; i < 2; i++)
		if (promise_has_log(promise, i))
			plan_observe_file(&snapshot->files[SNAP_LOG + i], promise->logs[i].theirs,
			    &facts->log[i].file, nothing);
	if (facts->duplicate.path[0] != '\0')
		whole = plan_observe_file(&snapshot->files[SNAP_DUPLICATE], facts->duplicate.path,
		    &facts->duplicate.plist.file, facts->duplicate.plist.bytes) && whole;
	return plan_observe_agent(snapshot, promise, facts) && whole;
}

/* Match logs by path: the flags may name other logs now, or the same two in reverse. */
static void
remember_log(struct promise *promise, int which, const struct promise *receipt,
    const struct facts *facts)
{
	bool missing = facts->log[which].file.exists == NO;

	promise->made_log[which] = missing;
	for (int i = 0; i < 2; i++)
		if (strcmp(receipt->logs[i].theirs, promise->logs[which].theirs) == 0) {
			promise->made_log[which] = missing || receipt->made_log[i];
			promise->before.files[SNAP_LOG + which] =
			    receipt->before.files[SNAP_LOG + i];
			return;
		}
	plan_observe_file(&promise->before.files[SNAP_LOG + which], promise->logs[which].theirs,
	    &facts->log[which].file,
	    (struct bytes){ NULL, 0 });
}

/* The state before the first install stays what uninstall restores. */
static bool
remember_before(struct promise *promise, const struct promise *receipt, const struct facts *facts)
{
	bool whole = true;

	if (receipt == NULL)
		whole = plan_observe(&promise->before, promise, facts);
	else
		whole = snapshot_copy(&promise->before, &receipt->before);
	for (int i = 0; i < 2; i++) {
		memset(&promise->before.files[SNAP_LOG + i], 0, sizeof promise->before.files[0]);
		if (receipt != NULL && promise_has_log(promise, i))
			remember_log(promise, i, receipt, facts);
		else if (promise_has_log(promise, i)) {
			promise->made_log[i] = facts->log[i].file.exists == NO;
			plan_observe_file(&promise->before.files[SNAP_LOG + i],
			    promise->logs[i].theirs, &facts->log[i].file,
			    (struct bytes){ NULL, 0 });
		}
	}
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
remember_folders(struct promise *promise, const struct promise *receipt, const struct facts *facts)
{
	size_t count = 0, old = 0;

	for (size_t i = 0; receipt != NULL && i < receipt->made_folder_count; i++) {
		if (!promise_is_above_log(promise, receipt->made_folders[i]) ||
		    plan_is_missing(receipt->made_folders[i], facts))
			continue;
		if (!promise_is_interrupted(receipt) || i < receipt->undo.folder_count)
			old++;
		text_copy(promise->made_folders[count++], PATH_SIZE, receipt->made_folders[i]);
	}
	for (size_t i = 0; i < facts->missing_folder_count && count < FOLDERS_MAX; i++)
		text_copy(promise->made_folders[count++], PATH_SIZE, facts->missing_folders[i]);
	promise->made_folder_count = count;
	promise->undo.folder_count = old;
}

/* Undo restores the current state, or, after an interrupted change, the state before that. */
static bool
remember_undo(struct promise *promise, const struct promise *receipt, const struct facts *facts)
{
	promise->undo_receipt_mode = receipt != NULL && promise_is_interrupted(receipt) ?
	    receipt->undo_receipt_mode : promise_mode(facts->receipt.file.mode);
	if (receipt == NULL || !promise_is_interrupted(receipt))
		return plan_observe(&promise->undo, promise, facts) &&
		    (receipt == NULL || bytes_copy(&promise->undo_receipt, facts->receipt.bytes));
	if (!snapshot_copy(&promise->undo, &receipt->undo))
		return false;
	for (int i = 0; i < 2; i++)		/* a log that the interrupted change did not have */
		if (strcmp(promise->undo.files[SNAP_LOG + i].path, promise->logs[i].theirs) != 0) {
			memset(&promise->undo.files[SNAP_LOG + i], 0,
			    sizeof promise->undo.files[0]);
			if (promise_has_log(promise, i))
				plan_observe_file(&promise->undo.files[SNAP_LOG + i],
				    promise->logs[i].theirs, &facts->log[i].file,
				    (struct bytes){ NULL, 0 });
		}
	return receipt->undo_receipt.data == NULL ||
	    bytes_copy(&promise->undo_receipt, receipt->undo_receipt);
}

int
plan_remember(struct promise *promise, const struct promise *receipt, const struct facts *facts,
    struct error *error)
{
	promise->rules = promise_is_lenient(promise, receipt) ? receipt->rules : PROMISE_RULES;
	text_copy(promise->system_version, sizeof promise->system_version, facts->system.version);
	text_copy(promise->system_build, sizeof promise->system_build, facts->system.build);
	if (!remember_before(promise, receipt, facts) || !remember_undo(promise, receipt, facts))
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot plan '%s'",
		    promise->label);
	remember_folders(promise, receipt, facts);
	return 0;
}
