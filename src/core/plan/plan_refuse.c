/* What a plan refuses, before any change. */
#include <string.h>

#include "core/facts/interpreter.h"
#include "core/job/job.h"
#include "core/facts/paste.h"
#include "plan_parts.h"
#include "core/plist/plist.h"
#include "core/text.h"
#include "core/facts/trust.h"

static int
refuse_accounts(const struct promise *promise, const struct facts *facts, struct error *error)
{
	if (job_check_user(&facts->user, promise->user, error) == -1 ||
	    job_check_group(&facts->group, promise->group, error) == -1)
		return -1;
	/* repair and restart keep a promise about the account of that time. */
	if (facts->user.identity.uid != promise->uid || facts->group.gid != promise->gid)
		return error_set(error, ERROR_ACCOUNT,
		    "it is another account or group now, for its number changed",
		    "run the same lnpctl install again", "cannot run a job as '%s:%s'",
		    promise->user, promise->group);
	return 0;
}

/*
 * --replace takes over what it can put back again: a plist that it can keep, a job that it can load
 * from there.
 */
static int
refuse_replacing(const struct promise *promise, const struct facts *facts, struct error *error)
{
	const struct file_fact *plist = &facts->plist;
	const char *from = facts->service.path;

	if (facts->more_duplicates)
		return error_set(error, ERROR_DATA, "only one can be taken over",
		    "remove all but one of them first",
		    "several plists have the label '%s'", promise->label);
	if (facts->duplicate[0] != '\0' &&
	    (facts->duplicate_bytes.data == NULL ||
	    facts->duplicate_fact.untrusted_path[0] != '\0'))
		return error_set(error, ERROR_FILE, "it cannot be kept",
		    "look at it, and move it away",
		    "cannot take over '%s'", facts->duplicate);
	/* What uninstall puts back is root's, and launchd would believe it. */
	if (plist->exists == YES && trust_file(plist, facts->owner) != WEAK_NOT)
		return error_set(error, ERROR_DATA,
		    "others than root can change it, and it would come back as root's",
		    "look at it; then move it away, or make it root's with sudo chown root:wheel "
		    "and sudo chmod go-w",
		    "cannot take over '%s'", promise->plist_path);
	if (facts->loaded == YES && from[0] != '/')
		return error_set(error, ERROR_DATA,
		    "launchd has no file that it could be loaded from again",
		    "remove that job first: sudo launchctl bootout system/LABEL",
		    "cannot take over the job '%s'", promise->label);
	return 0;
}

static bool
is_text(const struct plist *value, const char *text)
{
	const char *own = plist_text(value);

	return own != NULL && strcmp(own, text) == 0;
}

int
plan_refuse_strange_plist(const struct promise *receipt, const struct facts *facts,
    struct error *error)
{
	struct error ignored;
	struct plist *tree;
	bool ours;

	if (!receipt->account_label || receipt->changing || facts->plist_bytes.data == NULL ||
	    bytes_equal(facts->plist_bytes, receipt->plist))
		return 0;
	tree = plist_parse(facts->plist_bytes, &ignored);
	/*
	 * What launchd cannot read is nobody's job; an edited one still runs the same program as
	 * the same account.
	 */
	ours = tree == NULL || (is_text(plist_member(tree, "UserName"), receipt->user) &&
	    (is_text(plist_member(tree, "Program"), receipt->program.theirs) ||
	    is_text(plist_item(plist_member(tree, "ProgramArguments"), 0),
	    receipt->program.theirs)));
	plist_release(tree);
	return ours ? 0 : error_set(error, ERROR_DATA,
	    "it is not the job that lnpctl made of an agent of that label",
	    "look at it; it may be another vendor's: move it away first, or take it over with "
	    "install --replace",
	    "cannot replace '%s'", receipt->plist_path);
}

static int
refuse_foreign(const struct promise *promise, const struct promise *receipt,
    const struct facts *facts, bool replace, struct error *error)
{
	static const char fix[] = "choose another label, remove that job first, or take it over "
	    "with --replace";

	if (receipt == NULL && promise->agent.path[0] != '\0' && facts->agent_kept &&
	    facts->agent_kept_owner != facts->agent_plist.owner)
		return error_set(error, ERROR_DATA,
		    "the plist of another account's agent of that label is kept in '"
		    STATE_DIRECTORY "'", "look at it, and move it away", "cannot migrate '%s'",
		    promise->agent.path);
	if (receipt == NULL && facts->apple_plist[0] != '\0')
		return error_set(error, ERROR_DATA, "it is that of one of macOS's own jobs",
		    "choose another label",
		    "cannot use the label '%s', which '%s' has", promise->label,
		    facts->apple_plist);
	/*
	 * An account can put an agent into its home at any time: that must not keep its daemon from
	 * being looked after.
	 */
	if (facts->agent[0] != '\0' && strcmp(facts->agent, promise->agent.path) != 0 &&
	    (receipt == NULL || !promise_is_own_agent(facts)))
		return error_set(error, ERROR_DATA,
		    "an agent and a daemon of one label keep each other from starting",
		    "turn it into the daemon: lnpctl migrate; or choose another label",
		    "the label '%s' is that of the agent '%s'", promise->label, facts->agent);
	if (replace)
		return refuse_replacing(promise, facts, error);
	if (receipt != NULL && plan_refuse_strange_plist(receipt, facts, error) == -1)
		return -1;
	if (facts->duplicate[0] != '\0')
		return error_set(error, ERROR_DATA,
		    "which of the two launchd would load at boot is not defined", fix,
		    "the label '%s' is that of '%s'", promise->label, facts->duplicate);
	if (receipt == NULL && facts->plist.exists == YES)
		return error_set(error, ERROR_DATA, "lnpctl did not install it", fix,
		    "cannot replace '%s'", promise->plist_path);
	if (receipt == NULL && facts->loaded == YES)
		return error_set(error, ERROR_DATA, "lnpctl did not install it", fix,
		    "a job '%s' is loaded, from '%s'", promise->label, facts->service.path);
	return 0;
}

static int
refuse_plist(const struct promise *promise, const struct facts *facts, struct error *error)
{
	if (facts->plist.exists == YES && facts->plist.type != FILE_REGULAR)
		return error_set(error, ERROR_FILE, "it is no regular file", "move it away",
		    "cannot replace '%s'", promise->plist_path);
	if (facts->plist.exists == UNKNOWN)
		return error_number(error, ERROR_FILE, facts->plist.error, "cannot look at '%s'",
		    promise->plist_path);
	if (facts->log_conflict[0] != '\0')
		return error_set(error, ERROR_DATA,
		    "two jobs would write into one file, with one owner",
		    "choose another folder with --log-dir", "'%s' names the same log",
		    facts->log_conflict);
	return 0;
}

static int
refuse_program(const struct promise *promise, const struct facts *facts, struct error *error)
{
	const struct file_fact *program = &facts->program;

	if (program->exists == UNKNOWN)
		return error_number(error, ERROR_DATA, program->error, "cannot run '%s'",
		    promise->program.theirs);
	if (program->exists == NO || program->type != FILE_REGULAR)
		return error_set(error, ERROR_DATA, program->exists == NO ?
		    "there is no such file" :
		    "it is not a regular file",
		    "install the program first, and give its full path", "cannot run '%s'",
		    promise->program.theirs);
	if (facts->program_runs == NO)
		return error_set(error, ERROR_DATA, error_reason(facts->program_error),
		    "let that account read and execute the file, "
		    "and search the folders above it",
		    "'%s' cannot run '%s'", promise->user, promise->program.theirs);
	if (facts->user.identity.uid != 0)
		return 0;
	if (program->untrusted_path[0] != '\0' && !trust_is_hidden(program->untrusted_by))
		return error_set(error, ERROR_DATA,
		    "others can change it, and the job would run as root",
		    "keep the program in folders that belong to root alone",
		    "cannot trust '%s', which leads to '%s'", program->untrusted_path,
		    promise->program.theirs);
	if (trust_file(program, facts->owner) == WEAK_MODE)
		return error_set(error, ERROR_DATA,
		    "others can change it, and the job would run as root",
		    "let root own the program, and nobody else write it", "cannot trust '%s'",
		    promise->program.theirs);
	return 0;
}

/*
 * What owner and mode do not tell, and so version 0.1 did not see: a program that this job has
 * already is warned about by verify, and not refused.
 */
static int
refuse_hidden(const struct promise *promise, const struct promise *receipt,
    const struct facts *facts, struct error *error)
{
	const struct file_fact *program = &facts->program;
	enum weakness weakness = trust_is_hidden(program->untrusted_by) ? program->untrusted_by :
	    program->granted;
	const char *path = trust_is_hidden(program->untrusted_by) ? program->untrusted_path :
	    promise->program.theirs;
	char why[PATH_SIZE + 128];

	if (facts->user.identity.uid != 0 || !trust_is_hidden(weakness) ||
	    promise_is_lenient(promise, receipt))
		return 0;
	text_format(why, sizeof why, "'%s' %s", path, trust_reason(weakness));
	return error_set(error, ERROR_DATA, why, trust_fix(weakness), "cannot run '%s' as root",
	    promise->program.theirs);
}

/* As the program itself; one that version 0.1 installed is warned about by verify. */
static int
refuse_interpreter(const struct promise *promise, const struct promise *receipt,
    const struct facts *facts, struct error *error)
{
	const struct interpreter_fact *interpreter = &facts->interpreter;
	enum weakness weakness;
	char why[2 * PATH_SIZE];

	if (facts->user.identity.uid != 0 || interpreter->path[0] == '\0' ||
	    promise_is_lenient(promise, receipt))
		return 0;
	weakness = interpreter_weakness(&interpreter->file, facts->owner);
	/* What cannot be judged may be anybody's. */
	if (weakness == WEAK_NOT && interpreter->is_read && interpreter->file.exists == UNKNOWN)
		return error_number(error, ERROR_DATA, interpreter->file.error,
		    "cannot run '%s' as root, for it reads '%s'", promise->program.theirs,
		    interpreter->path);
	if (weakness == WEAK_NOT && (interpreter->vague || interpreter->file.exists == UNKNOWN))
		return error_set(error, ERROR_DATA,
		    "which program runs it cannot be told from its first line, or not be seen",
		    "begin the script with #! and the full, plain path of its interpreter",
		    "cannot run '%s' as root", promise->program.theirs);
	if (weakness == WEAK_NOT)
		return 0;
	text_format(why, sizeof why, "'%s' %s", interpreter->file.untrusted_path[0] != '\0' ?
	    interpreter->file.untrusted_path : interpreter->path, trust_reason(weakness));
	return error_set(error, ERROR_DATA, why, trust_fix(weakness), interpreter->is_read ?
	    "cannot run '%s' as root, for it reads '%s'" :
	    "cannot run '%s' as root, for '%s' runs it", promise->program.theirs,
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
 * A log of an earlier install of this label, or of the daemon that --replace takes over, whose
 * plist is root's.
 */
static bool
was_our_log(const struct promise *receipt, const struct facts *facts, bool replace,
    const char *path)
{
	if (receipt != NULL && (strcmp(receipt->logs[0].theirs, path) == 0 ||
	    strcmp(receipt->logs[1].theirs, path) == 0))
		return true;
	return replace && (names_log(facts->plist_bytes, path) ||
	    names_log(facts->duplicate_bytes, path));
}

/*
 * A folder that others can change could be swapped for a link while root writes there. The job's
 * own folder is the exception: there the log is made by a process that has become that account.
 */
static int
refuse_weak_log(const char *path, const struct file_fact *log, bool known,
    const struct facts *facts, struct error *error)
{
	uid_t user = facts->user.identity.uid;

	if (log->untrusted_path[0] == '\0' || (known && trust_is_hidden(log->untrusted_by)))
		return 0;
	if (trust_is_hidden(log->untrusted_by))
		return error_set(error, ERROR_FILE, trust_reason(log->untrusted_by),
		    trust_fix(log->untrusted_by), "cannot use the log '%s' below '%s'", path,
		    log->untrusted_path);
	if (log->untrusted_owner == user && (log->untrusted_mode & 022) == 0)
		return 0;
	return error_set(error, ERROR_FILE,
	    "accounts other than root and the job's can change that folder",
	    "name a folder of root's or of the job's user with --log-dir",
	    "cannot use the log '%s' below '%s'", path, log->untrusted_path);
}

/*
 * Root gives a log to the account only where it was the job's before by this label's receipt, or by
 * the daemon that the administrator told us to replace; otherwise the account must own it already.
 * How large it is does not matter: a file of root's is worth something while it is empty.
 */
static const char *
objection_to_log(const struct promise *promise, int which, const struct promise *receipt,
    const struct facts *facts, bool replace)
{
	const struct file_fact *log = &facts->logs[which];
	/* What an account named may be the name of a file that somebody else makes there later. */
	bool ours = !promise->account_label &&
	    was_our_log(receipt, facts, replace, promise->logs[which].theirs);
	bool theirs = log->owner == facts->user.identity.uid;

	if (log->type != FILE_REGULAR)
		return log->type == FILE_LINK ? "it is a link" :
		    log->type == FILE_DIRECTORY ? "it is a folder" : "it is not a regular file";
	/*
	 * A second name that the account makes of its own log must not keep its job from being
	 * repaired.
	 */
	if (log->links != 1 && !(theirs &&
	    was_our_log(receipt, facts, replace, promise->logs[which].theirs)))
		return "the file has another name, too, and would be given away with it";
	if (theirs)
		return NULL;
	/*
	 * An account that had it may have it open still, and would read and write what comes next.
	 */
	if (ours && log->untrusted_path[0] == '\0' && !promise->account_log[which] &&
	    (log->owner == 0 || log->owner == facts->owner))
		return NULL;
	return "it is owned by another account";
}

static int
refuse_log(const struct promise *promise, int which, const struct promise *receipt,
    const struct facts *facts, bool replace, struct error *error)
{
	static const char fix[] = "move it away, or name another log with --log-dir, --stdout or "
	    "--stderr";
	const struct file_fact *log = &facts->logs[which];
	const char *path = promise->logs[which].theirs, *why = NULL;

	if (log->exists == UNKNOWN)
		return error_number(error, ERROR_FILE, log->error, "cannot use the log '%s'", path);
	if (refuse_weak_log(path, log, was_our_log(receipt, facts, replace, path), facts,
	    error) == -1)
		return -1;
	if (log->exists == YES)
		why = objection_to_log(promise, which, receipt, facts, replace);
	else if (promise->account_log[which] && facts->logs_writable[which] == NO)
		why = "its account may not make a file there";
	return why == NULL ? 0 : error_set(error, ERROR_FILE, why, fix, "cannot use the log '%s'",
	    path);
}

/*
 * The program and all that it loads is another one then, and nothing below that directory is looked
 * at.
 */
static int
refuse_other_root(const struct promise *promise, const struct promise *receipt,
    const struct facts *facts, struct error *error)
{
	if (facts->user.identity.uid != 0 || !promise->other_root ||
	    promise_is_lenient(promise, receipt))
		return 0;
	return error_set(error, ERROR_DATA,
	    "its RootDirectory may hold another program of that name, which others can change",
	    "leave RootDirectory out, or run the job as another account", "cannot run '%s' as root",
	    promise->program.theirs);
}

static int
refuse_files(const struct promise *promise, const struct promise *receipt,
    const struct facts *facts, bool replace, struct error *error)
{
	char fix[sizeof error->fix];

	if (trust_is_hidden(facts->plist.untrusted_by) && receipt == NULL)
		return error_set(error, ERROR_FILE, trust_reason(facts->plist.untrusted_by),
		    trust_fix(facts->plist.untrusted_by), "cannot trust the directory '%s'",
		    facts->plist.untrusted_path);
	paste_folder(&facts->plist, fix, sizeof fix);
	if (facts->plist.untrusted_path[0] != '\0' && !trust_is_hidden(facts->plist.untrusted_by))
		return error_set(error, ERROR_FILE,
		    "others than root can change it: whatever is put there could be replaced", fix,
		    "cannot trust the folder '%s'", facts->plist.untrusted_path);
	for (int i = 0; i < 2; i++)
		if (promise_has_log(promise, i) &&
		    refuse_log(promise, i, receipt, facts, replace, error) == -1)
			return -1;
	if (facts->missing_folder_count > FOLDERS_MAX)
		return error_set(error, ERROR_FILE, "too many folders are missing",
		    "make them first",
		    "cannot make the folder of '%s'", promise->logs[0].theirs);
	if (facts->daemons.exists != YES || facts->daemons.type != FILE_DIRECTORY)
		return error_set(error, ERROR_FILE,
		    facts->daemons.exists == YES ? "it is no folder" : "it is not there",
		    "this is no Mac, or not its system volume",
		    "cannot use '" DAEMONS_DIRECTORY "'");
	if (facts->working_directory.exists != YES && promise->working_directory.theirs[0] != '\0')
		return error_set(error, ERROR_FILE, "it is not there", "make it first",
		    "cannot use the working directory '%s'", promise->working_directory.theirs);
	return 0;
}

int
plan_refuse_launchd(const struct facts *facts, struct error *error)
{
	if (facts->offline)
		return 0;
	if (facts->loaded == UNKNOWN || facts->override == OVERRIDE_UNKNOWN)
		return error_set(error, ERROR_LAUNCHCTL, facts->launchd_trouble,
		    "nothing was changed; is this a Mac, and does launchctl answer?",
		    "cannot find out what launchd has");
	return 0;
}

int
plan_refuse_inside(const struct plan *plan, const struct promise *promise,
    const struct facts *facts, struct error *error)
{
	for (size_t i = 0; i < plan->count && facts->runs_in_job; i++)
		if (plan->steps[i].target == TARGET_UNLOAD &&
		    plan->steps[i].result != STEP_UNCHANGED)
			return error_set(error, ERROR_DATA,
			    "lnpctl runs inside of that job, and would end with it half way",
			    "run it from a terminal, over ssh, or from another job",
			    "cannot change the job '%s'", promise->label);
	return 0;
}

/* Whether a step of the plan changes what is locked: the file, or something in the directory. */
static bool
touches(const struct plan *plan, const char *locked)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];
		bool file = step->target == TARGET_RECORD || step->target == TARGET_RECEIPT ||
		    step->target == TARGET_FILE || step->target == TARGET_AGENT;

		if (file && step->result != STEP_UNCHANGED &&
		    (strcmp(step->name, locked) == 0 || text_is_below(step->name, locked)))
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
		text_copy(fix, sizeof fix, "let its owner unlock it, see chflags(1), then run the "
		    "same command again");
	return error_set(error, ERROR_FILE,
	    "it is locked (ls -lO shows uchg, schg, uappnd or sappnd)", fix, "cannot change '%s'",
	    locked);
}

int
plan_refuse_locked(const struct plan *plan, const struct promise *promise,
    const struct facts *facts, struct error *error)
{
	const struct { const char *path; const struct file_fact *fact; } rows[] = {
		{ promise->plist_path, &facts->plist },
		{ facts->duplicate, &facts->duplicate_fact },
		{ promise->receipt_path, &facts->receipt },
		{ promise->agent.path, &facts->agent_plist },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].fact->locked != LOCK_NOT &&
		    refuse_locked(plan, rows[i].path, rows[i].fact, error) == -1)
			return -1;
	return 0;
}

int
plan_refuse_install(const struct promise *promise, const struct promise *receipt,
    const struct facts *facts, struct plan_options wish, struct error *error)
{
	if (refuse_accounts(promise, facts, error) == -1 ||
	    plan_refuse_launchd(facts, error) == -1 ||
	    refuse_foreign(promise, receipt, facts, wish.replace, error) == -1 ||
	    refuse_plist(promise, facts, error) == -1 ||
	    refuse_program(promise, facts, error) == -1 ||
	    refuse_hidden(promise, receipt, facts, error) == -1 ||
	    refuse_interpreter(promise, receipt, facts, error) == -1 ||
	    refuse_other_root(promise, receipt, facts, error) == -1)
		return -1;
	return refuse_files(promise, receipt, facts, wish.replace, error);
}
