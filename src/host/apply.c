/*
 * Run a plan, or undo it. Allocates only for launchctl's answers and for finding the cause of a
 * failure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/check/watch.h"
#include "core/plist/limits.h"
#include "host/apply.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/launchctl.h"
#include "host/launchd/state.h"
#include "host/launchd/bootstrap.h"
#include "host/plist_index.h"
#include "host/machine/wait.h"
#include "host/launchd/watch.h"

#define STOPPED_SECONDS	30.0	/* launchd's own exit timeout plus 10 */

/* ---- run and undo, a pair per target ---- */

static int
write_or_remove(const struct apply *apply, const char *path, const struct state *state,
    enum files_when when, struct error *error)
{
	if (state->exists != YES)
		return files_remove(apply->host, path, when, error);
	return files_write(apply->host, path, state->content, state->mode, when, error);
}

/*
 * The home of an agent may be on another volume, and a barrier orders the writes of one volume.
 * The logs may be, too: their order does not matter.
 */
static enum files_when
apply_when(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].target == TARGET_AGENT &&
		    plan->steps[i].result != STEP_UNCHANGED)
			return FILES_LASTING;
	return FILES_ORDERED;
}

/* Already restored? Then do not rewrite it; the disk may be full. */
static bool
is_restored(const struct apply *apply, const char *path, const struct state *was)
{
	struct file_fact fact;
	struct bytes bytes;
	struct error ignored;
	bool same;

	if (files_read(apply->host, path, PLIST_SIZE_MAX, &bytes, &fact, &ignored) == -1)
		return was->exists != YES && fact.exists == NO;
	same = was->exists == YES && fact.owner == was->owner && fact.mode == was->mode &&
	    bytes_equal(bytes, was->content);
	bytes_free(&bytes);
	return same;
}

/* lnpctl only keeps and restores regular files; it did not create anything else at that path. */
static bool
is_file(const struct apply *apply, const char *path)
{
	struct file_fact fact;

	files_look(apply->host, path, FILES_STRICT, &fact);
	return fact.exists == YES && fact.type == FILE_REGULAR;
}

/* After an interrupted change the backup is the original file: do not overwrite it. */
static int
do_file(const struct apply *apply, struct step *step, struct error *error)
{
	bool keep = step->backup[0] != '\0' && step->was.exists == YES &&
	    !(step->resumed && is_file(apply, step->backup));

	if (keep && is_file(apply, step->name) &&
	    files_keep(apply->host, step->name, step->backup, error) == -1)
		return -1;
	return write_or_remove(apply, step->name, &step->goal,
	    step->only_if_clean ? FILES_LASTING : apply->when, error);
}

/*
 * Restore the old inode, with its times and attributes; without a backup, the contents that the
 * receipt has.
 */
static int
undo_file(const struct apply *apply, struct step *step, struct error *error)
{
	if (step->was.exists == YES && step->backup[0] != '\0' && is_file(apply, step->backup))
		return files_restore(apply->host, step->backup, step->name, error);
	return is_restored(apply, step->name, &step->was) ? 0 :
	    write_or_remove(apply, step->name, &step->was, apply->when, error);
}

/* ---- an agent's plist, in a home that its account owns ---- */

static struct host
host_of_home(const struct apply *apply, const struct step *step)
{
	struct host host = *apply->host;

	host.folder_owner = step->as;
	return host;
}

/* Keep the inode as the backup or, if the home is on another volume, a copy. */
static int
remove_agent_plist(const struct apply *apply, const struct step *step, struct error *error)
{
	struct host host = host_of_home(apply, step);
	struct file_fact fact;

	files_look(apply->host, step->name, FILES_STRICT, &fact);
	if (fact.exists == NO)
		return 0;
	if (!is_file(apply, step->name))
		return files_remove(&host, step->name, apply->when, error);
	if (files_keep(&host, step->name, step->backup, error) == -1 &&
	    (step->was.exists != YES ||
	    files_write(apply->host, step->backup, step->was.content, promise_mode(step->was.mode),
	    apply->when, error) == -1))
		return -1;
	return files_remove(&host, step->name, apply->when, error);
}

/* Return false for a root-owned copy: it must not be restored with root as its owner. */
static bool
is_own(const struct apply *apply, const char *path, uid_t owner)
{
	struct file_fact fact;

	files_look(apply->host, path, FILES_STRICT, &fact);
	return fact.exists == YES && fact.type == FILE_REGULAR && fact.owner == owner;
}

static int
restore_agent_plist(const struct apply *apply, const struct step *step, const struct state *state,
    struct error *error)
{
	struct host host = host_of_home(apply, step);

	if (is_file(apply, step->name))
		return files_remove(apply->host, step->backup, apply->when, error);
	if (is_own(apply, step->backup, state->owner) &&
	    files_restore(&host, step->backup, step->name, error) == 0)
		return 0;
	if (files_write(&host, step->name, state->content, state->mode, apply->when, error) == -1)
		return -1;
	return files_remove(apply->host, step->backup, apply->when, error);
}

static int
do_agent(const struct apply *apply, struct step *step, struct error *error)
{
	return step->goal.exists == YES ? restore_agent_plist(apply, step, &step->goal, error) :
	    remove_agent_plist(apply, step, error);
}

static int
undo_agent(const struct apply *apply, struct step *step, struct error *error)
{
	return step->was.exists == YES ? restore_agent_plist(apply, step, &step->was, error) :
	    remove_agent_plist(apply, step, error);
}

static int
do_receipt(const struct apply *apply, struct step *step, struct error *error)
{
	return write_or_remove(apply, step->name, &step->goal,
	    step->hidden ? apply->when : FILES_LASTING, error);
}

/* If there was a record step, its undo restores the old receipt. */
static int
undo_receipt(const struct apply *apply, struct step *step, struct error *error)
{
	return step->undone_by_record ? 0 : undo_file(apply, step, error);
}

static int
set_override(const struct apply *apply, const char *target, bool disable, struct error *error)
{
	struct plist_index index = { .host = apply->host };
	const char *verb = disable ? "disable" : "enable";
	enum override seen;
	struct answer answer;
	char why[700] = "";

	if (disable)
		launchctl_disable(apply->host, target, &answer);
	else
		launchctl_enable(apply->host, target, &answer);
	if (answer_ok(&answer)) {
		/* A label that is still disabled could not be loaded once the old job is gone. */
		seen = plist_index_override(&index, apply->promise->label, why, sizeof why);
		plist_index_free(&index);
		if (seen == OVERRIDE_UNKNOWN || (seen == OVERRIDE_DISABLED) == disable)
			return 0;
		return error_set(error, ERROR_FAILED,
		    "launchctl reported success, but nothing changed", NULL,
		    "cannot %s '%s'", verb, target);
	}
	answer_describe(&answer, verb, why, sizeof why);
	return error_set(error, answer.end == RUN_EXITED ? ERROR_FAILED : ERROR_LAUNCHCTL, why,
	    NULL, "cannot %s '%s'", verb, target);
}

static int
do_override(const struct apply *apply, struct step *step, struct error *error)
{
	return set_override(apply, step->name, step->goal.exists == YES, error);
}

static int
undo_override(const struct apply *apply, struct step *step, struct error *error)
{
	return set_override(apply, step->name, step->was.exists == YES, error);
}

/* Return the account of a target's job: 501 for "gui/501/LABEL". */
static uid_t
account_of(const struct apply *apply, const char *target)
{
	return strncmp(target, "system/", 7) == 0 ? apply->promise->uid :
	    (uid_t)strtoul(strchr(target, '/') + 1, NULL, 10);
}

static int
boot_out(const struct apply *apply, const char *target, struct error *error)
{
	return launchd_bootout(apply->host, target, account_of(apply, target), apply->timeout,
	    error);
}

static int
do_unload(const struct apply *apply, struct step *step, struct error *error)
{
	return boot_out(apply, step->name, error);
}

/*
 * launchctl gets the path of an agent's plist, which its account can replace at any time. Accept
 * only a regular file owned by that account, or by its owner before the migration.
 */
static int
refuse_swapped(const struct apply *apply, const char *target, const char *path, struct error *error)
{
	const struct promise *promise = apply->promise;

	if (strncmp(target, "system/", 7) == 0 || promise->agent.account[0] == '\0' ||
	    is_own(apply, path, apply->facts->agent.account.identity.uid) ||
	    is_own(apply, path, promise->before.files[SNAP_AGENT].owner))
		return 0;
	return error_set(error, ERROR_DATA, "it is not a regular file of the agent's account",
	    "find out what replaced it, then run the same command again",
	    "cannot load '%s' from '%s'", target, path);
}

/* Reload the old job once it has ended: waiting for its end may be what failed. */
static int
undo_unload(const struct apply *apply, struct step *step, struct error *error)
{
	const char *path = step->was.loaded_from;
	struct printed printed;

	/* The user logged out meanwhile; launchd will load the agent at next login. */
	if (step->was.exists != YES || !launchd_has_domain(apply->host, step->name))
		return 0;
	if (path == NULL || path[0] == '\0')
		path = apply->promise->plist_path;
	if (launchd_is_loaded_from(apply->host, step->name, path))
		return 0;
	if (refuse_swapped(apply, step->name, path, error) == -1 ||
	    boot_out(apply, step->name, error) == -1 ||
	    launchd_bootstrap(apply->host, step->name, path, apply->timeout, NULL, &printed,
	    error) == -1)
		return -1;
	if (!step->was.running || launchd_wait_started(apply->host, step->name, apply->timeout))
		return 0;
	return error_set(error, ERROR_FAILED, "it is loaded again, but launchd has not started it",
	    "see: lnpctl status", "cannot restore '%s'", step->name);
}

static int
do_folder(const struct apply *apply, struct step *step, struct error *error)
{
	if (step->goal.exists == YES)
		return files_make_directory(apply->host, step->name, 0755, error);
	return files_remove_directory(apply->host, step->name, &step->left, error);
}

static int
undo_folder(const struct apply *apply, struct step *step, struct error *error)
{
	return files_remove_directory(apply->host, step->name, &step->left, error);
}

static int
do_log(const struct apply *apply, struct step *step, struct error *error)
{
	const struct state *goal = &step->goal;
	bool made;

	if (goal->exists != YES)
		return files_remove_log(apply->host, step->name, step->as, step->only_empty,
		    &step->left, error);
	/* Give a log back to its owner before --replace. */
	if (goal->owner != step->as->uid)
		return files_give_back(apply->host, step->name, goal->owner, goal->group,
		    goal->mode, false, step->backup, error);
	return files_log(apply->host, step->name, step->as, goal->group, goal->mode, &made,
	    error);
}

static int
undo_log(const struct apply *apply, struct step *step, struct error *error)
{
	char why[sizeof error->why];

	if (step->was.exists != YES)
		return files_remove_log(apply->host, step->name, step->as, true, &step->left,
		    error);
	/* The log that do_log() gave back was too large to copy: restore the file itself. */
	if (step->goal.owner != step->as->uid && step->backup[0] != '\0') {
		if (files_restore(apply->host, step->backup, step->name, error) == -1)
			return -1;
		step->backup[0] = '\0';
		return 0;
	}
	/* The account that owned it meanwhile may have kept it open. */
	if (files_give_back(apply->host, step->name, step->was.owner, step->was.group,
	    step->was.mode, true, step->backup, error) == -1)
		return -1;
	if (step->backup[0] == '\0')
		return 0;
	snprintf(why, sizeof why, "what it held is %.400s now: it could not be copied, and its "
	    "account made another hard link to it", step->backup);
	return error_set(error, ERROR_FILE, why, "", "cannot restore '%s'", step->name);
}

static int
do_account_folder(const struct apply *apply, struct step *step, struct error *error)
{
	if (step->goal.exists == YES)
		return files_account_make_directory(apply->host, &step->foreign, step->as, error);
	return files_account_remove_directory(apply->host, &step->foreign, step->as, &step->left,
	    error);
}

static int
undo_account_folder(const struct apply *apply, struct step *step, struct error *error)
{
	return files_account_remove_directory(apply->host, &step->foreign, step->as, &step->left,
	    error);
}

/* The account always owns it: root changes no owner inside its directories. */
static int
put_account_log(const struct apply *apply, struct step *step, const struct state *state,
    bool only_empty, struct error *error)
{
	bool made;

	if (state->exists != YES)
		return files_account_remove_log(apply->host, &step->foreign, step->as, only_empty,
		    &step->left, error);
	return files_account_log(apply->host, &step->foreign, step->as, state->group, state->mode,
	    &made, error);
}

static int
do_account_log(const struct apply *apply, struct step *step, struct error *error)
{
	return put_account_log(apply, step, &step->goal, false, error);
}

static int
undo_account_log(const struct apply *apply, struct step *step, struct error *error)
{
	return put_account_log(apply, step, &step->was, true, error);
}

/* Look for the reason in the job's files and accounts as they are now. */
static bool
find_cause(const struct apply *apply, struct error *error)
{
	struct facts *facts = calloc(1, sizeof *facts);
	bool found;

	if (facts == NULL)
		return false;
	facts->user = apply->facts->user;
	facts->group = apply->facts->group;
	inspect(apply->host, NULL, apply->promise, facts);
	found = check_cause(apply->promise, facts, error);
	inspect_free(facts);
	free(facts);
	return found;
}

/* Exit 78 has many causes and no log; find the real one. */
static void
name_cause(const struct apply *apply, struct error *error)
{
	struct error named;

	error_set(&named, error->kind, NULL, NULL, "the job '%s' ended with 78 (EX_CONFIG)",
	    apply->promise->label);
	if (find_cause(apply, &named))
		*error = named;
}

/* For the promise's own plist report a visible cause instead of waiting. */
static int
apply_bootstrap(const struct apply *apply, const char *target, const char *path,
    struct printed *printed, struct error *error)
{
	bool undiagnosed = false, ours = strcmp(path, apply->promise->plist_path) == 0;
	int result = launchd_bootstrap(apply->host, target, path, apply->timeout, ours ?
	    &undiagnosed : NULL, printed, error);

	if (result == 0 || !undiagnosed || find_cause(apply, error))
		return result;
	return launchd_bootstrap(apply->host, target, path, apply->timeout, NULL, printed, error);
}

static int
do_load(struct apply *apply, struct step *step, struct error *error)
{
	const struct host *host = apply->host;
	struct printed printed;

	if (refuse_swapped(apply, step->name, step->goal.loaded_from, error) == -1)
		return -1;
	if (apply_bootstrap(apply, step->name, step->goal.loaded_from, &printed, error) == -1) {
		/* A user may have disabled an agent for all users in their own domain. */
		step->left = apply->promise->agent.path[0] != '\0' &&
		    apply->promise->agent.account[0] == '\0' &&
		    strncmp(step->name, "system/", 7) != 0;
		return step->left ? 0 : -1;
	}
	if (!step->watch && step->goal.running &&
	    !launchd_wait_started(host, step->name, apply->timeout))
		return error_set(error, ERROR_FAILED,
		    "it is loaded, but launchd has not started it",
		    "see: lnpctl scan", "cannot restore '%s'", step->name);
	if (!step->watch)
		return 0;
	state_take(&printed, apply->facts);
	if (watch_job(host, apply->promise, apply->facts,
	    apply->timeout >= 0 ? apply->timeout : WATCH_START_SECONDS, error) == 0)
		return 0;
	if (check_is_unexplained(apply->facts))
		name_cause(apply, error);
	if (!apply->keep || wait_is_stopped(host))
		return -1;
	apply->unhealthy = *error;
	return 0;
}

static int
undo_load(const struct apply *apply, struct step *step, struct error *error)
{
	struct printed printed = { .target = step->name };

	if (step->was.exists == YES)
		return undo_unload(apply, step, error);
	/* Another job with this label was loaded meanwhile, which may be why ours was refused. */
	launchctl_print(apply->host, &printed, 1, NULL);
	if (printed.loaded == YES && printed.service.path[0] != '\0' &&
	    strcmp(printed.service.path, step->goal.loaded_from) != 0)
		return 0;
	return boot_out(apply, step->name, error);
}

struct step_actions {
	int	(*run)(const struct apply *, struct step *, struct error *);
	int	(*undo)(const struct apply *, struct step *, struct error *);
};

static const struct step_actions step_actions[] = {
	[TARGET_RECORD] = { do_file, undo_file },
	[TARGET_OVERRIDE] = { do_override, undo_override },
	[TARGET_UNLOAD] = { do_unload, undo_unload },
	[TARGET_FOLDER] = { do_folder, undo_folder },
	[TARGET_LOG] = { do_log, undo_log },
	[TARGET_ACCOUNT_FOLDER] = { do_account_folder, undo_account_folder },
	[TARGET_ACCOUNT_LOG] = { do_account_log, undo_account_log },
	[TARGET_AGENT] = { do_agent, undo_agent },
	[TARGET_FILE] = { do_file, undo_file },
	[TARGET_LOAD] = { NULL, undo_load },
	[TARGET_RECEIPT] = { do_receipt, undo_receipt },
};

static int
apply_perform(struct apply *apply, struct step *step, struct error *error)
{
	/* Only loading has more to report. */
	if (step->target == TARGET_LOAD)
		return do_load(apply, step, error);
	return step_actions[step->target].run(apply, step, error);
}

/* ---- the whole ---- */

static void
apply_finish(const struct apply *apply, struct step *step, enum step_result result)
{
	step->result = result;
	apply->finished(apply->context, step);
}

/* Undo the steps up to the failed one, inclusive. Return how many could not be undone. */
static size_t
apply_undo(struct apply *apply, struct plan *plan, size_t failed, char *left, size_t size)
{
	const struct host *host = apply->host;
	struct host unstopped = *host;
	size_t stuck = 0;

	unstopped.stop = NULL;
	apply->host = &unstopped;
	/* After a signal wait only briefly: the job's account may keep it from ever ending. */
	if (wait_is_stopped(host) && (apply->timeout < 0 || apply->timeout > STOPPED_SECONDS))
		apply->timeout = STOPPED_SECONDS;
	left[0] = '\0';
	for (size_t i = failed + 1; i-- > 0;) {
		struct step *step = &plan->steps[i];
		struct error error = { .kind = ERROR_NONE };

		if (step->result == STEP_UNCHANGED)
			continue;
		if (step_actions[step->target].undo(apply, step, &error) == 0) {
			apply_finish(apply, step, STEP_UNDONE);
			continue;
		}
		apply_finish(apply, step, STEP_LEFT);
		stuck++;
		snprintf(left + strlen(left), size - strlen(left), "%s%.400s%s%.200s",
		    left[0] == '\0' ? "" : "; ", error.what, error.why[0] == '\0' ? "" : ": ",
		    error.why);
	}
	apply->host = host;
	return stuck;
}

static int
apply_fail(struct apply *apply, struct plan *plan, size_t at, struct error *error)
{
	char left[1200], fix[sizeof left + 100], why[512];
	bool first = true;

	for (size_t i = 0; i < at; i++)
		first = first && plan->steps[i].result != STEP_DONE;
	apply_finish(apply, &plan->steps[at], STEP_FAILED);
	if (apply_undo(apply, plan, at, left, sizeof left) > 0) {
		apply->changed = true;
		snprintf(why, sizeof why, "%.400s; rollback was incomplete", error->why);
		snprintf(fix, sizeof fix,
		    "still changed: %s. Fix that, then run the same command again", left);
		return error_set(error, ERROR_PARTIAL, why, fix, "%s", error->what);
	}
	apply->changed = false;
	apply->rolled_back = !first;
	if (first)		/* nothing was changed: keep the error's kind */
		return -1;
	snprintf(why, sizeof why, "%.480s%sall was put back", error->why, error->why[0] == '\0' ?
	    "" : "; ");
	return error_set(error, ERROR_FAILED, why, error->fix, "%s", error->what);
}

/*
 * Remove the backups, which are not needed after the commit, except an agent's plist and a log's
 * text. One that cannot be removed is harmless: the next change removes it. After an uninstall
 * there is none, so they go before the receipt.
 */
static int
forget_kept(const struct apply *apply, const struct plan *plan, enum files_when when,
    struct error *error)
{
	int result = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].backup[0] != '\0' && plan->steps[i].result == STEP_DONE &&
		    plan->steps[i].target != TARGET_AGENT && plan->steps[i].target != TARGET_LOG &&
		    files_remove(apply->host, plan->steps[i].backup, when, error) == -1)
			result = -1;
	return result;
}

/* Keep the receipt if other steps of the clean-up failed. */
static int
keep_receipt(const struct apply *apply, struct step *step, const struct error *failure,
    struct error *error)
{
	char fix[sizeof error->fix];

	apply_finish(apply, step, STEP_LEFT);
	snprintf(fix, sizeof fix, "the receipt '%.400s' was kept; run the same command again to "
	    "remove both", step->name);
	return error_set(error, ERROR_PARTIAL, failure->why, fix, "%s", failure->what);
}

/* Run every step after the commit and report the first failure. */
static int
apply_clean_up(struct apply *apply, struct plan *plan, size_t from, struct error *error)
{
	struct error failure = { .kind = ERROR_NONE };
	bool uninstalls = plan->steps[plan->count - 1].only_if_clean;
	int kept = forget_kept(apply, plan, uninstalls ? apply->when : FILES_EVENTUALLY, &failure);
	int result = 0;

	for (size_t i = from; i < plan->count; i++) {
		struct step *step = &plan->steps[i];

		if (step->result == STEP_UNCHANGED)
			continue;
		apply->changed = true;
		if (step->only_if_clean && (kept == -1 || result == -1))
			return keep_receipt(apply, step, result == -1 ? error : &failure, error);
		if (apply_perform(apply, step, &failure) == 0) {
			apply_finish(apply, step, STEP_DONE);
			continue;
		}
		apply_finish(apply, step, STEP_LEFT);
		if (result == 0)
			result = error_set(error, ERROR_PARTIAL, failure.why, failure.fix, "%s",
			    failure.what);
	}
	return result;
}

static int
apply_commit(struct apply *apply, struct plan *plan, size_t receipt, struct error *error)
{
	int result = apply_clean_up(apply, plan, receipt + 1, error);

	if (apply->unhealthy.kind == ERROR_NONE || result == -1)
		return result;
	*error = apply->unhealthy;
	return -1;
}

int
apply_plan(struct apply *apply, struct plan *plan, struct error *error)
{
	apply->when = apply_when(plan);
	for (size_t i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];
		int result = 0;

		if (wait_is_stopped(apply->host))
			result = error_set(error, ERROR_STOPPED, "did not finish '%s'",
			    apply->promise->label);
		else if (step->result != STEP_UNCHANGED)
			result = apply_perform(apply, step, error);
		if (result == -1)
			return apply_fail(apply, plan, i, error);
		if (step->result != STEP_UNCHANGED) {
			apply_finish(apply, step, STEP_DONE);
			apply->changed = true;
		}
		if (step->target == TARGET_RECEIPT)
			return apply_commit(apply, plan, i, error);
	}
	return 0;
}
