/* The plan: steps from what is to what shall be, or the reason why not. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan.h"
#include "core/text.h"

#define LOG_MODE	0640

static struct step *
add(struct plan *plan, enum target target, const char *name)
{
	struct step *step = &plan->steps[plan->count++];

	memset(step, 0, sizeof *step);
	step->target = target;
	text_copy(step->name, sizeof step->name, name);
	return step;
}

static bool
equal(const struct step *step)
{
	const struct state *was = &step->was, *shall = &step->shall;

	if (was->exists != shall->exists || (shall->exists == YES && step->renew))
		return false;
	if (shall->exists == NO)
		return true;
	return was->owner == shall->owner && was->group == shall->group && was->mode == shall->mode &&
	    bytes_equal(was->content, shall->content);
}

static void
settle_results(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		plan->steps[i].result = equal(&plan->steps[i]) ? STEP_UNCHANGED : STEP_PLANNED;
}

bool
plan_changes(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].result != STEP_UNCHANGED)
			return true;
	return false;
}

static void note(struct plan *, const char *, ...) __attribute__((format(printf, 2, 3)));

static void
note(struct plan *plan, const char *format, ...)
{
	va_list arguments;

	if (plan->note_count == sizeof plan->notes / sizeof plan->notes[0])
		return;
	va_start(arguments, format);
	vsnprintf(plan->notes[plan->note_count++], sizeof plan->notes[0], format, arguments);
	va_end(arguments);
}

/* ---- what is refused ---- */

static int
refuse_accounts(const struct promise *promise, const struct facts *facts, struct error *error)
{
	if (facts->user.exists != YES)
		return error_set(error, ERROR_ACCOUNT, facts->user.exists == NO ? "there is no such account" :
		    strerror(facts->user.error), "make the account first, or name another with --user",
		    "cannot run a job as '%s'", promise->user);
	if (facts->group.exists != YES)
		return error_set(error, ERROR_ACCOUNT, facts->group.exists == NO ? "there is no such group" :
		    strerror(facts->group.error), "make the group first, or name another with --group",
		    "cannot run a job in group '%s'", promise->group);
	return 0;
}

static int
refuse_foreign(const struct promise *promise, const struct promise *receipt, const struct facts *facts,
    struct error *error)
{
	static const char fix[] = "choose another label, or remove that job first";

	if (facts->agent[0] != '\0')
		return error_set(error, ERROR_DATA, "an agent and a daemon of one label keep each other from starting",
		    "remove the agent first, or choose another label", "the label '%s' is that of the agent '%s'",
		    promise->label, facts->agent);
	if (facts->rival[0] != '\0')
		return error_set(error, ERROR_DATA, "which of the two launchd would load at boot is not defined", fix,
		    "the label '%s' is that of '%s'", promise->label, facts->rival);
	if (receipt == NULL && facts->plist.exists == YES)
		return error_set(error, ERROR_DATA, "lnpctl did not install it", fix, "cannot replace '%s'",
		    promise->plist_path);
	if (receipt == NULL && facts->loaded == YES)
		return error_set(error, ERROR_DATA, "lnpctl did not install it", fix, "a job '%s' is loaded, from '%s'",
		    promise->label, facts->service.path);
	if (facts->plist.exists == YES && facts->plist.type != FILE_REGULAR)
		return error_set(error, ERROR_FILE, "it is no regular file", "move it away", "cannot replace '%s'",
		    promise->plist_path);
	if (facts->plist.exists == UNKNOWN)
		return error_number(error, ERROR_FILE, facts->plist.error, "cannot look at '%s'", promise->plist_path);
	if (facts->log_rival[0] != '\0')
		return error_set(error, ERROR_DATA, "two jobs would write into one file, with one owner",
		    "choose another folder with --log-dir", "'%s' names the same log", facts->log_rival);
	return 0;
}

static int
refuse_program(const struct promise *promise, const struct facts *facts, struct error *error)
{
	const struct file_fact *program = &facts->program;

	if (program->exists != YES || program->type != FILE_REGULAR)
		return error_set(error, ERROR_DATA, program->exists == NO ? "there is no such file" :
		    program->exists == YES ? "it is no regular file" : strerror(program->error),
		    "install the program first, and give its full path", "cannot run '%s'", promise->program);
	if (facts->program_runs == NO)
		return error_set(error, ERROR_DATA, strerror(facts->program_error),
		    "let that account read and execute the file, "
		    "and search the folders above it",
		    "'%s' cannot run '%s'", promise->user, promise->program);
	if (facts->user.identity.uid != 0)
		return 0;
	if (program->weak[0] != '\0')
		return error_set(error, ERROR_DATA, "others can change it, and the job would run as root",
		    "keep the program in folders that belong to root alone", "cannot trust '%s', which leads to '%s'",
		    program->weak, promise->program);
	if ((program->owner != 0 && program->owner != facts->owner) || (program->mode & 02) != 0 ||
	    ((program->mode & 020) != 0 && program->group != 0))
		return error_set(error, ERROR_DATA, "others can change it, and the job would run as root",
		    "sudo chown root:wheel the program and sudo chmod go-w it", "cannot trust '%s'", promise->program);
	return 0;
}

static bool
was_our_log(const struct promise *receipt, const char *path)
{
	return receipt != NULL && (strcmp(receipt->logs[0], path) == 0 || strcmp(receipt->logs[1], path) == 0);
}

/*
 * A folder that others can change could be swapped for a link while root writes there. The job's own folder is the
 * exception: there the log is made by a process that has become that account.
 */
static int
refuse_weak_log(const char *path, const struct file_fact *log, const struct facts *facts, struct error *error)
{
	uid_t user = facts->user.identity.uid;

	if (log->weak[0] == '\0')
		return 0;
	if (log->weak_owner != user || (log->weak_mode & 022) != 0)
		return error_set(error, ERROR_FILE, "accounts other than root and the job's can change that folder",
		    "name a folder of root's or of the job's user with --log-dir", "cannot use the log '%s' below '%s'",
		    path, log->weak);
	if (log->exists == YES && log->owner != user)
		return error_set(error, ERROR_FILE, "it belongs to another account, in a folder of the job's user",
		    "move it away, or name another log", "cannot use the log '%s'", path);
	return 0;
}

static int
refuse_log(const char *path, const struct file_fact *log, const struct promise *receipt, const struct facts *facts,
    struct error *error)
{
	const char *why = NULL;

	if (log->exists == UNKNOWN)
		return error_number(error, ERROR_FILE, log->error, "cannot use the log '%s'", path);
	if (refuse_weak_log(path, log, facts, error) == -1)
		return -1;
	if (log->exists == NO)
		return 0;
	if (log->type == FILE_LINK)
		why = "it is a link";
	else if (log->type == FILE_DIRECTORY)
		why = "it is a folder";
	else if (log->type != FILE_REGULAR)
		why = "it is no regular file";
	else if (log->links != 1)
		why = "the file has another name, too, and would be given away with it";
	else if (log->identity.size > 0 && log->owner != facts->user.identity.uid && !was_our_log(receipt, path))
		why = "it has content and belongs to another account";
	return why == NULL ? 0 : error_set(error, ERROR_FILE, why,
	    "move it away, or name another log with --log-dir, --stdout or --stderr", "cannot use the log '%s'", path);
}

static int
refuse_files(const struct promise *promise, const struct promise *receipt, const struct facts *facts,
    struct error *error)
{
	if (facts->plist.weak[0] != '\0')
		return error_set(error, ERROR_FILE,
		    "others than root can change it: whatever is put there could be replaced",
		    "sudo chown root:wheel the folder and sudo chmod go-w it", "cannot trust the folder '%s'",
		    facts->plist.weak);
	for (int i = 0; i < 2; i++)
		if (promise_has_log(promise, i) &&
		    refuse_log(promise->logs[i], &facts->logs[i], receipt, facts, error) == -1)
			return -1;
	if (facts->missing_folder_count > FOLDERS_MOST)
		return error_set(error, ERROR_FILE, "too many folders are missing", "make them first",
		    "cannot make the folder of '%s'", promise->logs[0]);
	if (facts->daemons.exists != YES || facts->daemons.type != FILE_DIRECTORY)
		return error_set(error, ERROR_FILE,
		    facts->daemons.exists == YES ? "it is no folder" : "it is not there",
		    "this is no Mac, or not its system volume", "cannot use '" PROMISE_PLISTS "'");
	if (facts->working_directory.exists != YES && promise->working_directory[0] != '\0')
		return error_set(error, ERROR_FILE, "it is not there", "make it first",
		    "cannot use the working directory '%s'", promise->working_directory);
	return 0;
}

static int
refuse_launchd(const struct facts *facts, struct error *error)
{
	if (!facts->offline && (facts->loaded == UNKNOWN || facts->override == OVERRIDE_UNKNOWN))
		return error_set(error, ERROR_LAUNCHCTL, facts->launchd_trouble,
		    "nothing was changed; is this a Mac, and does launchctl answer?",
		    "cannot find out what launchd has");
	return 0;
}

/* ---- the steps ---- */

static void
remember_file(struct before *before, const char *path, const struct file_fact *fact)
{
	text_copy(before->path, PATH_SIZE, path);
	before->exists = fact->exists == YES;
	before->owner = fact->owner;
	before->group = fact->group;
	before->mode = fact->mode;
}

/*
 * What the receipt says of a log goes with its path: the flags may name others now, or the same two the other way
 * round.
 */
static void
remember_log(struct promise *promise, int which, const struct promise *receipt, const struct file_fact *fact)
{
	promise->made_log[which] = fact->exists == NO;
	for (int i = 0; receipt != NULL && i < 2; i++)
		if (strcmp(receipt->logs[i], promise->logs[which]) == 0) {
			promise->made_log[which] = promise->made_log[which] || receipt->made_log[i];
			promise->before[1 + which] = receipt->before[1 + i];
			return;
		}
	remember_file(&promise->before[1 + which], promise->logs[which], fact);
}

static bool
is_missing(const char *folder, const struct facts *facts)
{
	for (size_t i = 0; i < facts->missing_folder_count; i++)
		if (strcmp(facts->missing_folders[i], folder) == 0)
			return true;
	return false;
}

/* A receipt with a folder that is above none of its logs would be refused when it is read. */
static void
remember_folders(struct promise *promise, const struct promise *receipt, const struct facts *facts)
{
	size_t count = 0;

	for (size_t i = 0; receipt != NULL && i < receipt->made_folder_count; i++)
		if (promise_is_above_log(promise, receipt->made_folders[i]) &&
		    !is_missing(receipt->made_folders[i], facts))
			text_copy(promise->made_folders[count++], PATH_SIZE, receipt->made_folders[i]);
	for (size_t i = 0; i < facts->missing_folder_count && count < FOLDERS_MOST; i++)
		text_copy(promise->made_folders[count++], PATH_SIZE, facts->missing_folders[i]);
	promise->made_folder_count = count;
}

static void
remember(struct promise *promise, const struct promise *receipt, const struct facts *facts)
{
	promise->program_identity = facts->program.identity;
	text_copy(promise->system_version, sizeof promise->system_version, facts->system_version);
	text_copy(promise->system_build, sizeof promise->system_build, facts->system_build);
	if (receipt != NULL) {		/* how it was before the first install stays what uninstall goes back to */
		promise->before[0] = receipt->before[0];
		promise->before_loaded = receipt->before_loaded;
		promise->before_disabled = receipt->before_disabled;
	} else {
		remember_file(&promise->before[0], promise->plist_path, &facts->plist);
		promise->before_loaded = facts->loaded;
		promise->before_disabled = facts->override == OVERRIDE_UNKNOWN ? UNKNOWN :
		    facts->override == OVERRIDE_DISABLED ? YES : NO;
	}
	for (int i = 0; i < 2; i++)
		if (promise_has_log(promise, i))
			remember_log(promise, i, receipt, &facts->logs[i]);
	remember_folders(promise, receipt, facts);
}

/* Logs of an earlier install that the job no longer has: data, so they stay, but nobody remembers them after this. */
static void
note_old_logs(struct plan *plan, const struct promise *promise, const struct promise *receipt)
{
	for (int i = 0; receipt != NULL && i < 2; i++)
		if (promise_has_log(receipt, i) && strcmp(receipt->logs[i], promise->logs[0]) != 0 &&
		    strcmp(receipt->logs[i], promise->logs[1]) != 0)
			note(plan, "%s: the job no longer writes there", receipt->logs[i]);
}

static struct state
file_state(const struct file_fact *fact, struct bytes content)
{
	if (fact->exists != YES)
		return (struct state){ NO, 0, 0, 0, { NULL, 0 } };
	return (struct state){ YES, fact->owner, fact->group, fact->mode, content };
}

static const struct state gone = { NO, 0, 0, 0, { NULL, 0 } }, there = { YES, 0, 0, 0, { NULL, 0 } };

static void
add_logs(struct plan *plan, const struct promise *promise, const struct facts *facts)
{
	for (size_t i = 0; i < facts->missing_folder_count; i++) {
		struct step *step = add(plan, TARGET_FOLDER, facts->missing_folders[i]);

		step->was = gone;
		step->shall = there;
	}
	for (int i = 0; i < 2; i++) {
		struct step *step;

		if (!promise_has_log(promise, i))
			continue;
		step = add(plan, TARGET_LOG, promise->logs[i]);
		step->as = &facts->user.identity;
		step->was = file_state(&facts->logs[i], (struct bytes){ NULL, 0 });
		step->shall = (struct state){ YES, promise->uid, promise->gid, LOG_MODE, { NULL, 0 } };
	}
}

static struct step *
add_file(struct plan *plan, enum target target, const char *path, const struct file_fact *fact, struct bytes was,
    struct bytes shall, const struct facts *facts)
{
	struct step *step = add(plan, target, path);

	step->was = file_state(fact, was);
	step->shall = shall.data == NULL ? gone :
	    (struct state){ YES, facts->owner, facts->owner_group, 0644, shall };
	return step;
}

static void
add_plist(struct plan *plan, const struct promise *promise, const struct facts *facts, struct bytes shall)
{
	struct step *step = add_file(plan, TARGET_FILE, promise->plist_path, &facts->plist, facts->plist_bytes, shall,
	    facts);

	text_format(step->kept, sizeof step->kept, PROMISE_STATE "/%s.old", promise->label);
	/* Only a new inode gets rid of the attribute: launchd/RULES.md, rule 8. */
	step->renew = facts->plist.quarantined == YES;
}

static void
add_job(struct plan *plan, enum target target, const struct promise *promise, struct state was, struct state shall)
{
	char name[PATH_SIZE];
	struct step *step;

	text_format(name, sizeof name, "system/%s", promise->label);
	step = add(plan, target, name);
	step->was = was;
	step->shall = shall;
}

/* Whether the loaded job must be taken down first: another definition, or another program, is what launchd runs. */
static bool
is_stale(const struct plan *plan, const struct promise *promise, const struct promise *receipt,
    const struct facts *facts)
{
	/* A process whose log was deleted goes on writing into the deleted file: only a restart opens the new one. */
	for (size_t i = 0; i < plan->count; i++)
		if (!equal(&plan->steps[i]) && (plan->steps[i].target != TARGET_LOG || plan->steps[i].was.exists == NO))
			return true;
	return receipt == NULL || receipt->changing ||
	    !promise_same_file(&receipt->program_identity, &facts->program.identity) ||
	    (facts->service.path[0] != '\0' && strcmp(facts->service.path, promise->plist_path) != 0);
}

static void
add_install_steps(struct plan *plan, const struct promise *promise, const struct promise *receipt,
    const struct facts *facts, struct wish wish)
{
	struct bytes was_receipt = receipt == NULL ? (struct bytes){ NULL, 0 } : facts->receipt_bytes;
	struct plan files = { .count = 0 };
	bool stale;

	add_logs(&files, promise, facts);
	add_plist(&files, promise, facts, promise->plist);
	stale = is_stale(&files, promise, receipt, facts);

	add_file(plan, TARGET_RECORD, promise->receipt_path, &facts->receipt, was_receipt, plan->record, facts);
	if (!facts->offline)
		add_job(plan, TARGET_OVERRIDE, promise, facts->override == OVERRIDE_DISABLED ? there : gone, gone);
	if (wish.load && facts->loaded == YES)
		add_job(plan, TARGET_UNLOAD, promise, there, stale ? gone : there);
	memcpy(plan->steps + plan->count, files.steps, files.count * sizeof files.steps[0]);
	plan->count += files.count;
	if (wish.load)
		add_job(plan, TARGET_LOAD, promise, facts->loaded == YES && !stale ? there : gone, there);
	add_file(plan, TARGET_RECEIPT, promise->receipt_path, &facts->receipt, was_receipt, plan->receipt, facts);
}

/* "changing" is written only when something between it and the commit changes; then "installed" must follow. */
static void
settle_record(struct plan *plan)
{
	struct step *record = &plan->steps[0], *receipt = &plan->steps[plan->count - 1];
	bool needed = false;

	for (size_t i = 1; i + 1 < plan->count; i++)
		needed = needed || plan->steps[i].result != STEP_UNCHANGED;
	if (needed)
		receipt->result = STEP_PLANNED;
	else
		record->result = STEP_UNCHANGED;
}

int
plan_install(struct plan *plan, struct promise *promise, const struct promise *receipt, const struct facts *facts,
    struct wish wish, struct error *error)
{
	memset(plan, 0, sizeof *plan);
	if (refuse_accounts(promise, facts, error) == -1 || refuse_launchd(facts, error) == -1 ||
	    refuse_foreign(promise, receipt, facts, error) == -1 || refuse_program(promise, facts, error) == -1 ||
	    refuse_files(promise, receipt, facts, error) == -1)
		return -1;
	remember(promise, receipt, facts);
	if (promise_to_receipt(promise, true, &plan->record, error) == -1 ||
	    promise_to_receipt(promise, false, &plan->receipt, error) == -1) {
		plan_free(plan);
		return -1;
	}
	add_install_steps(plan, promise, receipt, facts, wish);
	settle_results(plan);
	settle_record(plan);
	note_old_logs(plan, promise, receipt);
	return 0;
}

/* Logs that install made go, when asked; others stay and are named. */
static void
add_log_removal(struct plan *plan, const struct promise *receipt, const struct facts *facts, bool delete_logs)
{
	for (int i = 0; i < 2; i++) {
		const char *path = receipt->logs[i];
		struct step *step;

		if (!promise_has_log(receipt, i) || facts->logs[i].exists == NO)
			continue;
		if (!delete_logs) {
			note(plan, "%s: logs are kept unless --delete-logs is given", path);
			continue;
		}
		if (!receipt->made_log[i]) {
			note(plan, "%s: it was there before the job was installed", path);
			continue;
		}
		if (facts->logs[i].exists != YES || facts->logs[i].type != FILE_REGULAR || facts->logs[i].links != 1 ||
		    (facts->logs[i].weak[0] != '\0' && facts->user.exists != YES)) {
			note(plan, "%s: it is not the file that install made", path);
			continue;
		}
		step = add(plan, TARGET_LOG, path);
		step->as = &facts->user.identity;
		step->was = file_state(&facts->logs[i], (struct bytes){ NULL, 0 });
		step->shall = gone;
	}
}

int
plan_uninstall(struct plan *plan, const struct promise *receipt, const struct facts *facts, struct wish wish,
    struct error *error)
{
	memset(plan, 0, sizeof *plan);
	if (refuse_launchd(facts, error) == -1)
		return -1;
	if (facts->loaded == YES && facts->service.path[0] != '\0' &&
	    strcmp(facts->service.path, receipt->plist_path) != 0)
		return error_set(error, ERROR_DATA, "lnpctl did not install that one",
		    "boot it out first, if it shall go", "the job '%s' is loaded from '%s'", receipt->label,
		    facts->service.path);
	/* The receipt would go and the plist stay. */
	if (facts->plist.exists == UNKNOWN)
		return error_number(error, ERROR_FILE, facts->plist.error, "cannot look at '%s'", receipt->plist_path);
	if (promise_to_receipt(receipt, true, &plan->record, error) == -1)
		return -1;
	add_file(plan, TARGET_RECORD, receipt->receipt_path, &facts->receipt, facts->receipt_bytes, plan->record,
	    facts);
	if (!facts->offline)
		add_job(plan, TARGET_UNLOAD, receipt, facts->loaded == YES ? there : gone, gone);
	if (facts->plist.exists == YES && facts->plist.type != FILE_REGULAR)
		note(plan, "%s: it is no regular file", receipt->plist_path);
	else
		add_plist(plan, receipt, facts, (struct bytes){ NULL, 0 });
	add_file(plan, TARGET_RECEIPT, receipt->receipt_path, &facts->receipt, facts->receipt_bytes,
	    (struct bytes){ NULL, 0 }, facts);
	/* Deleted text cannot be put back, so the logs and their folders go after the commit. */
	add_log_removal(plan, receipt, facts, wish.delete_logs);
	for (size_t i = receipt->made_folder_count; i > 0 && wish.delete_logs; i--) {
		struct step *step = add(plan, TARGET_FOLDER, receipt->made_folders[i - 1]);

		step->was = there;
		step->shall = gone;
	}
	settle_results(plan);
	return 0;
}

/* ---- words ---- */

struct wording {			/* of a step, by target and direction */
	const char	*action;
	const char	*plan, *done, *undone;	/* with the name after it; NULL: not worth a line */
};

static const struct wording wordings[][2] = {	/* [target][shall exist] */
	[TARGET_RECORD]   = { { "record", NULL, NULL, NULL },
			      { "record", NULL, NULL, NULL } },
	[TARGET_OVERRIDE] = { { "enable", "enable", "enabled", "disabled again" },
			      { "disable", "disable", "disabled", "enabled again" } },
	[TARGET_UNLOAD]   = { { "unload", "boot out", "booted out", "loaded again" },
			      { "load", "bootstrap", "bootstrapped", "booted out again" } },
	[TARGET_FOLDER]   = { { "remove", "remove", "removed", "made again" },
			      { "make", "make", "made", "removed again" } },
	[TARGET_LOG]      = { { "remove", "remove", "removed", "cannot bring back" },
			      { "prepare", "prepare", "prepared", "put back" } },
	[TARGET_FILE]     = { { "remove", "remove", "removed", "put back" },
			      { "write", "write", "wrote", "put back" } },
	[TARGET_LOAD]     = { { "unload", "boot out", "booted out", "loaded again" },
			      { "load", "bootstrap", "bootstrapped", "booted out again" } },
	[TARGET_RECEIPT]  = { { "forget", "remove", "removed", "put back" },
			      { "receipt", "write", "wrote", "put back" } },
};

static const struct wording *
wording(const struct step *step)
{
	return &wordings[step->target][step->shall.exists == YES];
}

const char *
plan_action(const struct step *step)
{
	return wording(step)->action;
}

const char *
plan_result(enum step_result result)
{
	static const char *const words[] = {
		[STEP_PLANNED] = "planned", [STEP_UNCHANGED] = "unchanged", [STEP_DONE] = "done",
		[STEP_UNDONE] = "undone", [STEP_FAILED] = "failed", [STEP_LEFT] = "failed",
	};

	return words[result];
}

void
plan_describe(const struct step *step, char *target, size_t size)
{
	const struct wording *words = wording(step);

	target[0] = '\0';
	if (words->plan == NULL || step->result == STEP_UNCHANGED)
		return;
	if (step->result == STEP_PLANNED)
		snprintf(target, size, "would %s %s", words->plan, step->name);
	else if (step->result == STEP_DONE)
		snprintf(target, size, "%s %s", words->done, step->name);
	else if (step->result == STEP_UNDONE && step->left)
		snprintf(target, size, "left %s: it has content", step->name);
	else if (step->result == STEP_UNDONE)
		snprintf(target, size, "%s %s", step->was.exists == YES ? words->undone : "took back", step->name);
	else
		snprintf(target, size, "cannot %s %s", words->plan, step->name);
}

void
plan_free(struct plan *plan)
{
	bytes_free(&plan->record);
	bytes_free(&plan->receipt);
}
