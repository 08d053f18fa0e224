/* Refuse a plan before any change. */
#include <string.h>

#include "core/check/check.h"
#include "core/check/start.h"
#include "core/facts/interpreter.h"
#include "core/facts/paste.h"
#include "core/facts/trust.h"
#include "core/job/job.h"
#include "core/plist/plist.h"
#include "core/text.h"
#include "plan_parts.h"

#define VOLUMES	"/Volumes"	/* where macOS mounts them, each in a directory of its name */

static int
refuse_accounts(const struct spec *spec, const struct facts *facts, struct error *error)
{
	if (job_check_user(&facts->user, spec->user, error) == -1 ||
	    job_check_group(&facts->group, spec->group, error) == -1)
		return -1;
	/* repair and restart must not run the job as another account than it was installed for. */
	if (facts->user.identity.uid != spec->uid || facts->group.gid != spec->gid)
		return error_set(error, ERROR_ACCOUNT,
		    "its uid or gid has changed since the job was installed",
		    "install the job again with lnpctl install", "cannot run a job as '%s:%s'",
		    spec->user, spec->group);
	return 0;
}

/*
 * --replace only takes over what can be restored: a plist that can be backed up, a job that can be
 * loaded from it.
 */
static int
refuse_replacing(const struct spec *spec, const struct facts *facts, struct error *error)
{
	const struct file_fact *plist = &facts->plist.file;
	const char *from = facts->launchd.service.path;
	char fix[sizeof error->fix];

	if (facts->duplicate.more)
		return error_set(error, ERROR_DATA, "only one of them can be replaced",
		    "remove all but one of them first",
		    "several plists have the label '%s'", spec->label);
	if (facts->duplicate.path[0] != '\0' &&
	    (facts->duplicate.plist.bytes.data == NULL ||
	    facts->duplicate.plist.file.untrusted_path[0] != '\0'))
		return error_set(error, ERROR_FILE, "it cannot be backed up",
		    "inspect it, then move it aside", "cannot take over '%s'",
		    facts->duplicate.path);
	/* uninstall restores it owned by root, and launchd would trust it. */
	if (plist->exists == YES && trust_file(plist, facts->owner) != WEAK_NOT)
		return error_set(error, ERROR_DATA,
		    "it is writable by users other than root, and would be restored as root-owned",
		    "inspect it; then move it aside, or use sudo chown root:wheel and sudo chmod "
		    "go-w",
		    "cannot take over '%s'", spec->plist_path);
	if (facts->launchd.loaded == YES && from[0] != '/') {
		paste_line(fix, sizeof fix, "to remove it: sudo launchctl bootout system/%s",
		    spec->label);
		return error_set(error, ERROR_DATA,
		    "it was not loaded from a file, so it could not be restored", fix,
		    "cannot take over the job '%s'", spec->label);
	}
	return 0;
}

int
plan_refuse_strange_plist(const struct receipt *receipt, const struct facts *facts,
    struct error *error)
{
	if (!receipt_is_strange_plist(receipt, facts))
		return 0;
	return error_set(error, ERROR_DATA,
	    "it is not the job that lnpctl migrated from an agent with this label",
	    "inspect it; it may be another vendor's: move it aside first, or take it over with "
	    "install --replace",
	    "cannot replace '%s'", receipt->spec.plist_path);
}

int
plan_refuse_strange_job(const struct receipt *receipt, const struct facts *facts,
    struct error *error)
{
	const char *from = facts->launchd.service.path;
	char fix[sizeof error->fix];

	if (facts->launchd.loaded != YES || from[0] == '\0' ||
	    strcmp(from, receipt->spec.plist_path) == 0 ||
	    strcmp(from, receipt->before.loaded_from) == 0)
		return 0;
	paste_line(fix, sizeof fix, "to remove it: sudo launchctl bootout system/%s",
	    receipt->spec.label);
	return error_set(error, ERROR_DATA, "it was not installed by lnpctl", fix,
	    "the job '%s' is loaded from '%s'", receipt->spec.label, from);
}

static int
refuse_foreign(const struct spec *spec, const struct receipt *receipt,
    const struct facts *facts, bool replace, struct error *error)
{
	static const char fix[] = "choose another label, remove that job first, or take it over "
	    "with --replace";

	if (receipt == NULL && spec->agent.path[0] != '\0' && facts->agent.kept &&
	    facts->agent.kept_owner != facts->agent.plist.file.owner)
		return error_set(error, ERROR_DATA,
		    "'" STATE_DIRECTORY "' holds the plist of another account's agent with this "
		    "label", "inspect it, then move it aside", "cannot migrate '%s'",
		    spec->agent.path);
	if (receipt == NULL && facts->apple_plist[0] != '\0')
		return error_set(error, ERROR_DATA, "one of macOS's own jobs has this label",
		    "choose another label",
		    "cannot use the label '%s' of '%s'", spec->label, facts->apple_plist);
	/* An account can add an agent at any time: that must not block changes of its daemon. */
	if (facts->agent.path[0] != '\0' && strcmp(facts->agent.path, spec->agent.path) != 0 &&
	    (receipt == NULL || !spec_is_own_agent(facts)))
		return error_set(error, ERROR_DATA,
		    "launchd cannot run an agent and a daemon with the same label",
		    "convert the agent with lnpctl migrate, or choose another label",
		    "the label '%s' is used by the agent '%s'", spec->label, facts->agent.path);
	if (replace)
		return refuse_replacing(spec, facts, error);
	if (receipt != NULL && plan_refuse_strange_plist(receipt, facts, error) == -1)
		return -1;
	/* An account chose the label, so it does not show whose job that is. */
	if (receipt != NULL && receipt->spec.account_label && !receipt->changing &&
	    plan_refuse_strange_job(receipt, facts, error) == -1)
		return -1;
	if (facts->duplicate.path[0] != '\0')
		return error_set(error, ERROR_DATA,
		    "launchd may load either one at boot", fix,
		    "the label '%s' is used by '%s'", spec->label, facts->duplicate.path);
	if (receipt == NULL && facts->plist.file.exists == YES)
		return error_set(error, ERROR_DATA, "lnpctl did not install it", fix,
		    "cannot replace '%s'", spec->plist_path);
	if (receipt == NULL && facts->launchd.loaded == YES)
		return error_set(error, ERROR_DATA, "lnpctl did not install it", fix,
		    "a job '%s' is loaded, from '%s'", spec->label, facts->launchd.service.path);
	return 0;
}

static int
refuse_plist(const struct spec *spec, const struct facts *facts, struct error *error)
{
	if (facts->plist.file.exists == YES && facts->plist.file.type != FILE_REGULAR)
		return error_set(error, ERROR_FILE, "it is not a regular file", "move it aside",
		    "cannot replace '%s'", spec->plist_path);
	if (facts->plist.file.exists == UNKNOWN)
		return error_number(error, ERROR_FILE, facts->plist.file.error, "cannot read '%s'",
		    spec->plist_path);
	if (facts->log_conflict[0] != '\0')
		return error_set(error, ERROR_DATA,
		    "both jobs would write to the same log file",
		    "choose another directory with --log-dir", "'%s' uses the same log",
		    facts->log_conflict);
	return 0;
}

static int
refuse_program(const struct spec *spec, const struct facts *facts, struct error *error)
{
	const struct file_fact *program = &facts->program.file;

	if (program->exists == UNKNOWN)
		return error_number(error, ERROR_DATA, program->error, "cannot run '%s'",
		    spec->program.theirs);
	if (facts->user.identity.uid != 0)
		return 0;
	if (program->untrusted_path[0] != '\0' && !trust_is_hidden(program->untrusted_by))
		return error_set(error, ERROR_DATA,
		    "it is writable by others, and the job would run as root",
		    "put the program in directories owned and writable by root only",
		    "cannot trust '%s', which leads to '%s'", program->untrusted_path,
		    spec->program.theirs);
	if (trust_file(program, facts->owner) == WEAK_MODE)
		return error_set(error, ERROR_DATA,
		    "it is writable by others, and the job would run as root",
		    "make the program owned and writable by root only", "cannot trust '%s'",
		    spec->program.theirs);
	return 0;
}

/*
 * Refuse what owner and mode do not show. Version 0.1 did not check it, so verify only warns of a
 * program that the job already has.
 */
static int
refuse_hidden(const struct spec *spec, const struct receipt *receipt,
    const struct facts *facts, struct error *error)
{
	const struct file_fact *program = &facts->program.file;
	enum weakness weakness = trust_is_hidden(program->untrusted_by) ? program->untrusted_by :
	    program->granted;
	const char *path = trust_is_hidden(program->untrusted_by) ? program->untrusted_path :
	    spec->program.theirs;
	char why[PATH_SIZE + 128];

	if (facts->user.identity.uid != 0 || !trust_is_hidden(weakness) ||
	    receipt_is_lenient(spec, receipt))
		return 0;
	text_format(why, sizeof why, "'%s' %s", path, trust_reason(weakness));
	return error_set(error, ERROR_DATA, why, trust_fix(weakness), "cannot run '%s' as root",
	    spec->program.theirs);
}

/* Treat it like the program; verify only warns of one that version 0.1 installed. */
static int
refuse_interpreter(const struct spec *spec, const struct receipt *receipt,
    const struct facts *facts, struct error *error)
{
	const struct interpreter_fact *interpreter = &facts->program.interpreter;
	enum weakness weakness;
	char why[2 * PATH_SIZE];

	if (facts->user.identity.uid != 0 || receipt_is_lenient(spec, receipt))
		return 0;
	if (interpreter->is_read && interpreter->vague)
		return error_set(error, ERROR_DATA,
		    "its options do not show which script it reads",
		    "run the script itself, with #! and the full path of its interpreter",
		    "cannot run '%s' as root", spec->program.theirs);
	if (interpreter->path[0] == '\0' && !interpreter->vague)
		return 0;
	if (interpreter->path[0] == '\0' && !facts->program.is_script)
		return error_set(error, ERROR_DATA, "its arguments do not show what it runs",
		    "give the full path of the program, and use --env for its environment",
		    "cannot run '%s' as root", spec->program.theirs);
	weakness = interpreter->path[0] == '\0' ? WEAK_NOT :
	    interpreter_weakness(&interpreter->file, facts->owner);
	/* What cannot be checked may be writable by anyone. */
	if (weakness == WEAK_NOT && interpreter->is_read && interpreter->file.exists == UNKNOWN)
		return error_number(error, ERROR_DATA, interpreter->file.error,
		    "cannot run '%s' as root: it reads '%s'", spec->program.theirs,
		    interpreter->path);
	if (weakness == WEAK_NOT && (interpreter->vague || interpreter->file.exists == UNKNOWN))
		return error_set(error, ERROR_DATA,
		    "its first line does not show what runs it, or that cannot be read",
		    "start the script with #! and the full path of its interpreter",
		    "cannot run '%s' as root", spec->program.theirs);
	if (weakness == WEAK_NOT)
		return 0;
	text_format(why, sizeof why, "'%s' %s", interpreter->file.untrusted_path[0] != '\0' ?
	    interpreter->file.untrusted_path : interpreter->path, trust_reason(weakness));
	return error_set(error, ERROR_DATA, why, trust_fix(weakness), interpreter->is_read ?
	    "cannot run '%s' as root: it reads '%s'" :
	    "cannot run '%s' as root: '%s' runs it", spec->program.theirs,
	    interpreter->path);
}

static bool
names_log(struct bytes plist, const char *path)
{
	static const char *const keys[2] = { "StandardOutPath", "StandardErrorPath" };
	struct error ignored;
	struct plist *tree = plist.data == NULL ? NULL : plist_parse(plist, &ignored);
	bool found = false;

	for (int i = 0; i < 2; i++) {
		const char *log = plist_text(plist_member(tree, keys[i]));

		found = found || (log != NULL && strcmp(log, path) == 0);
	}
	plist_release(tree);
	return found;
}

/*
 * Return true for a log of an earlier install of this label, or of the daemon that --replace takes
 * over, whose plist is root-owned.
 */
static bool
was_our_log(const struct receipt *receipt, const struct facts *facts, bool replace,
    const char *path)
{
	if (receipt != NULL && (strcmp(receipt->spec.logs[0].theirs, path) == 0 ||
	    strcmp(receipt->spec.logs[1].theirs, path) == 0))
		return true;
	return replace && (names_log(facts->plist.bytes, path) ||
	    names_log(facts->duplicate.plist.bytes, path));
}

/*
 * A directory that others can change could be swapped for a link while root writes there. The job
 * account's own directory is the exception: a process running as that account creates the log.
 */
static int
refuse_weak_log(const char *path, const struct file_fact *log, bool known,
    const struct facts *facts, struct error *error)
{
	if (log->untrusted_path[0] == '\0' || (known && trust_is_hidden(log->untrusted_by)))
		return 0;
	if (trust_is_hidden(log->untrusted_by))
		return error_set(error, ERROR_FILE, trust_reason(log->untrusted_by),
		    trust_fix(log->untrusted_by), "cannot use the log '%s' below '%s'", path,
		    log->untrusted_path);
	if (!trust_is_open_to_others(log, facts->user.identity.uid))
		return 0;
	return error_set(error, ERROR_FILE,
	    "that directory is writable by accounts other than root and the job's",
	    "choose a directory owned by root or the job's user with --log-dir",
	    "cannot use the log '%s' below '%s'", path, log->untrusted_path);
}

/*
 * Return why root must not give the log to the account, or NULL. It may if the log was the job's
 * before, by this label's receipt or by the daemon that the administrator asked to replace; else
 * the account must own it already. Its size does not matter: an empty root file may have a use.
 * known is what was_our_log() returned.
 */
static const char *
objection_to_log(const struct spec *spec, int which, const struct facts *facts, bool known)
{
	const struct file_fact *log = &facts->log[which].file;
	/* Another user may later create a file at a path that an account chose. */
	bool was_of_job = known && !spec->account_label;
	bool theirs = log->owner == facts->user.identity.uid;

	if (log->type != FILE_REGULAR)
		return log->type == FILE_LINK ? "it is a symbolic link" :
		    log->type == FILE_DIRECTORY ? "it is a directory" : "it is not a regular file";
	/* A hard link that the account makes to its own log must not block a repair of its job. */
	if (log->links != 1 && !(theirs && known))
		return "it has another hard link, so changing its owner would expose that file too";
	if (theirs)
		return NULL;
	/* An account that had it may still have it open, and could read and write later output. */
	if (was_of_job && log->untrusted_path[0] == '\0' && !spec->account_log[which] &&
	    (log->owner == 0 || log->owner == facts->owner))
		return NULL;
	return "it is owned by another account";
}

static int
refuse_log(const struct spec *spec, int which, const struct receipt *receipt,
    const struct facts *facts, bool replace, struct error *error)
{
	static const char fix[] = "move it aside, or choose another log with --log-dir, "
	    "--stdout or --stderr";
	const struct file_fact *log = &facts->log[which].file;
	const char *path = spec->logs[which].theirs, *why = NULL;
	bool known = was_our_log(receipt, facts, replace, path);

	if (log->exists == UNKNOWN)
		return error_number(error, ERROR_FILE, log->error, "cannot use the log '%s'", path);
	if (refuse_weak_log(path, log, known, facts, error) == -1)
		return -1;
	if (log->exists == YES)
		why = objection_to_log(spec, which, facts, known);
	else if (spec->account_log[which] && facts->log[which].writable == NO)
		why = "the job's account cannot create a file there";
	return why == NULL ? 0 : error_set(error, ERROR_FILE, why, fix, "cannot use the log '%s'",
	    path);
}

/* The program and all that it loads would be others then, and nothing there is checked. */
static int
refuse_other_root(const struct spec *spec, const struct receipt *receipt,
    const struct facts *facts, struct error *error)
{
	if (facts->user.identity.uid != 0 || !spec->other_root ||
	    receipt_is_lenient(spec, receipt))
		return 0;
	return error_set(error, ERROR_DATA,
	    "its RootDirectory may hold another program at that path that is writable by others",
	    "remove RootDirectory, or run the job as another account", "cannot run '%s' as root",
	    spec->program.theirs);
}

/*
 * A directory made by hand where a volume is mounted takes its name, and the disk is then mounted
 * as "Data 1": https://github.com/jessepeterson/margarita/issues/28
 */
static int
refuse_unmounted(const struct facts *facts, struct error *error)
{
	for (size_t i = 0; i < facts->missing_folder_count && i < FOLDERS_MAX; i++) {
		const char *folder = facts->missing_folders[i];

		if (text_begins_folded(folder, VOLUMES "/") &&
		    strchr(folder + sizeof VOLUMES, '/') == NULL)
			return error_set(error, ERROR_FILE, "no volume is mounted there",
			    "mount it first, or choose a directory of the startup disk with "
			    "--log-dir", "cannot create the directory '%s'", folder);
	}
	return 0;
}

static int
refuse_files(const struct spec *spec, const struct receipt *receipt,
    const struct facts *facts, bool replace, struct error *error)
{
	char fix[sizeof error->fix];

	if (trust_is_hidden(facts->plist.file.untrusted_by) && receipt == NULL)
		return error_set(error, ERROR_FILE, trust_reason(facts->plist.file.untrusted_by),
		    trust_fix(facts->plist.file.untrusted_by), "cannot trust the directory '%s'",
		    facts->plist.file.untrusted_path);
	paste_folder(&facts->plist.file, fix, sizeof fix);
	if (facts->plist.file.untrusted_path[0] != '\0' &&
	    !trust_is_hidden(facts->plist.file.untrusted_by))
		return error_set(error, ERROR_FILE,
		    "it is writable by users other than root", fix,
		    "cannot trust the directory '%s'", facts->plist.file.untrusted_path);
	for (int i = 0; i < 2; i++)
		if (spec_has_log(spec, i) &&
		    refuse_log(spec, i, receipt, facts, replace, error) == -1)
			return -1;
	if (facts->missing_folder_count > FOLDERS_MAX)
		return error_set(error, ERROR_FILE, "too many directories are missing",
		    "create them first",
		    "cannot create the directory of '%s'", spec->logs[0].theirs);
	if (refuse_unmounted(facts, error) == -1)
		return -1;
	if (facts->daemons.exists != YES || facts->daemons.type != FILE_DIRECTORY)
		return error_set(error, ERROR_FILE,
		    facts->daemons.exists == YES ? "it is not a directory" : "it does not exist",
		    "this is not a Mac, or not its system volume",
		    "cannot use '" DAEMONS_DIRECTORY "'");
	return 0;
}

int
plan_refuse_launchd(const struct facts *facts, struct error *error)
{
	if (facts->offline)
		return 0;
	if (facts->launchd.loaded == UNKNOWN || facts->launchd.override == OVERRIDE_UNKNOWN)
		return error_set(error, ERROR_LAUNCHCTL, facts->launchd.trouble,
		    "nothing was changed; check that launchctl works on this Mac",
		    "cannot read the state of launchd");
	return 0;
}

/*
 * Return whether the job is to start after the change, now or at the next boot. What stops nothing
 * may be done whatever keeps the job from starting, unless it is down: then that is the answer.
 * An interrupted change of a job that is down is finished: if the job does not start, undoing both
 * brings the one before back.
 */
static bool
refuse_starts(const struct plan *plan, const struct receipt *next, const struct facts *facts,
    struct plan_options options)
{
	struct check_draft ignored;
	enum liveness liveness = check_liveness(next, facts, &ignored);

	if (plan->resumed && liveness != LIVENESS_UP)
		return false;
	return options.restart || plan_planned(plan, KIND_UNLOAD) != NULL ||
	    plan_planned(plan, KIND_LOAD) != NULL ||
	    (!options.load && plan_planned(plan, KIND_PLIST) != NULL) ||
	    (options.load && facts->launchd.loaded == YES && liveness != LIVENESS_UP &&
	    liveness != LIVENESS_DONE);
}

int
plan_refuse_start(const struct plan *plan, const struct receipt *next,
    const struct receipt *receipt, const struct facts *facts, struct plan_options options,
    struct error *error)
{
	if (plan->obstacle.kind != ERROR_NONE || !refuse_starts(plan, next, facts, options))
		return 0;
	return start_refuse(next, receipt, facts, options.keep_disabled ? FIXES_FILES :
	    FIXES_FILES | FIXES_LABEL, error);
}

int
plan_refuse_inside(const struct plan *plan, const struct spec *spec,
    const struct facts *facts, struct error *error)
{
	if (!facts->launchd.runs_in_job || (plan_planned(plan, KIND_UNLOAD) == NULL &&
	    plan_planned(plan, KIND_AGENT_UNLOAD) == NULL))
		return 0;
	return error_set(error, ERROR_DATA,
	    "lnpctl runs inside that job, and would be stopped with it",
	    "run lnpctl from a terminal, over ssh or from another job",
	    "cannot change the job '%s'", spec->label);
}

/* Return true if a step changes what is locked: the file, or something in the directory. */
static bool
touches(const struct plan *plan, const char *locked)
{
	for (size_t i = 0; i < plan->count; i++) {
		const char *name = step_name(&plan->steps[i]);

		if (plan->steps[i].result != STEP_UNCHANGED &&
		    (strcmp(name, locked) == 0 || text_is_below(name, locked)))
			return true;
	}
	return false;
}

static int
refuse_locked(const struct plan *plan, const char *path, const struct file_fact *fact,
    struct error *error)
{
	char locked[PATH_SIZE], fix[sizeof error->fix];

	text_copy(locked, sizeof locked, path);
	if (fact->locked == LOCK_FOLDER)
		*strrchr(locked, '/') = '\0';
	if (!touches(plan, locked))
		return 0;
	if (!paste_may_name(fact) ||
	    !paste_line(fix, sizeof fix, "sudo chflags nouchg,noschg,nouappnd,nosappnd %s", locked))
		text_copy(fix, sizeof fix, "have its owner unlock it with chflags(1), then run the "
		    "same command again");
	return error_set(error, ERROR_FILE,
	    "it is locked (ls -lO shows uchg, schg, uappnd or sappnd)", fix, "cannot change '%s'",
	    locked);
}

int
plan_refuse_locked(const struct plan *plan, const struct spec *spec,
    const struct facts *facts, struct error *error)
{
	for (int i = 0; i < PLAN_FILES; i++) {
		struct plan_file file = plan_file(spec, facts, i);

		if (file.fact->locked != LOCK_NOT &&
		    refuse_locked(plan, file.path, file.fact, error) == -1)
			return -1;
	}
	return 0;
}

int
plan_refuse_install(const struct spec *spec, const struct receipt *receipt,
    const struct facts *facts, struct plan_options options, struct error *error)
{
	if (refuse_accounts(spec, facts, error) == -1 ||
	    plan_refuse_launchd(facts, error) == -1 ||
	    refuse_foreign(spec, receipt, facts, options.replace, error) == -1 ||
	    refuse_plist(spec, facts, error) == -1 ||
	    refuse_program(spec, facts, error) == -1 ||
	    refuse_hidden(spec, receipt, facts, error) == -1 ||
	    refuse_interpreter(spec, receipt, facts, error) == -1 ||
	    refuse_other_root(spec, receipt, facts, error) == -1)
		return -1;
	return refuse_files(spec, receipt, facts, options.replace, error);
}
