/* The checks of what is on disk: receipt, plist, program, accounts, directories, logs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/lint/lint.h"
#include "core/facts/paste.h"
#include "core/facts/trust.h"

#define LOG_LARGE	(INT64_C(1) << 30)

#define REPAIR		"sudo lnpctl repair %s"
#define MOVE_ASIDE	"move it aside, then run: " REPAIR

void
check_receipt(const struct promise *promise, const struct facts *facts, struct check_draft *draft)
{
	if (promise_is_removing(promise)) {
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "an uninstall is in progress or was interrupted");
		check_advise(draft, "to finish it: sudo lnpctl uninstall %s", promise->label);
		return;
	}
	if (promise->changing) {
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "an install is in progress or was interrupted");
		check_advise(draft, REPAIR, promise->label);
		if (promise->agent.path[0] != '\0')
			check_advise(draft,
			    "to finish it: sudo lnpctl migrate %s; to undo it: sudo lnpctl migrate "
			    "--undo %s", promise->label, promise->label);
		return;
	}
	(void)facts;
	check_set(draft, VERDICT_PASS, NULL, "lnpctl installed this job");
}

void
check_plist_present(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->plist.file.exists == UNKNOWN)
		check_unseen(draft, facts, promise->plist_path, facts->plist.file.error);
	else if (facts->plist.file.exists == NO) {
		check_set(draft, VERDICT_FAIL, NULL, "%s is missing", promise->plist_path);
		check_advise(draft, REPAIR, promise->label);
	} else
		check_set(draft, VERDICT_PASS, NULL, "%s exists", promise->plist_path);
}

void
check_plist_file(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	check_set(draft, VERDICT_FAIL, NULL, "%s is not a regular file", promise->plist_path);
	check_advise(draft, MOVE_ASIDE, promise->label);
	if (facts->plist.file.type != FILE_REGULAR)
		return;
	if (facts->plist.file.links != 1)
		snprintf(draft->message, sizeof draft->message,
		    "%s has %" PRIu64 " hard links, so it can be changed by another name",
		    promise->plist_path, facts->plist.file.links);
	else if (facts->plist.file.untrusted_path[0] != '\0') {
		if (trust_is_hidden(facts->plist.file.untrusted_by)) {
			check_set(draft, VERDICT_WARN, trust_fix(facts->plist.file.untrusted_by),
			    "others can replace the plist: '%s' %s",
			    facts->plist.file.untrusted_path,
			    trust_reason(facts->plist.file.untrusted_by));
			return;
		}
		check_set(draft, VERDICT_FAIL, NULL,
		    "others can replace the plist: '%s' is writable by users other than root",
		    facts->plist.file.untrusted_path);
		paste_folder(&facts->plist.file, draft->fix, sizeof draft->fix);
	} else
		check_set(draft, VERDICT_PASS, NULL,
		    "the plist is a regular file in a root-owned directory");
}

/*
 * Return true if the fix of a check of the plist may name it. If not, set the fix to what must be
 * done first.
 */
static bool
check_plist_nameable(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	check_advise(draft, MOVE_ASIDE, promise->label);
	if (facts->plist.file.untrusted_path[0] != '\0')
		paste_folder(&facts->plist.file, draft->fix, sizeof draft->fix);
	return paste_may_name(&facts->plist.file);
}

void
check_plist_owner(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->plist.file.owner == facts->owner && facts->plist.file.group ==
	    facts->owner_group) {
		check_set(draft, VERDICT_PASS, NULL, "the plist has the right owner");
		return;
	}
	check_set(draft, VERDICT_FAIL, NULL,
	    "the plist is owned by %ju:%ju, so launchd refuses it (122)",
	    (uintmax_t)facts->plist.file.owner, (uintmax_t)facts->plist.file.group);
	if (facts->plist.file.owner == facts->owner)
		check_set(draft, VERDICT_FAIL, NULL, "the plist has the group %ju, not %ju",
		    (uintmax_t)facts->plist.file.group, (uintmax_t)facts->owner_group);
	if (check_plist_nameable(promise, facts, draft))
		check_advise(draft, "sudo chown root:wheel %s", promise->plist_path);
}

void
check_plist_mode(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	uintmax_t mode = promise->mode;
	char word[16];

	if (facts->plist.file.mode == promise->mode) {
		check_set(draft, VERDICT_PASS, NULL, "the plist has mode %04jo", mode);
		return;
	}
	check_set(draft, VERDICT_FAIL, NULL, (facts->plist.file.mode & 022) != 0 ?
	    "the plist has mode %04jo: it is writable by others, so launchd refuses it (122)" :
	    "the plist has mode %04jo, not %04jo", (uintmax_t)facts->plist.file.mode, mode);
	snprintf(word, sizeof word, "%04jo", mode);
	if (check_plist_nameable(promise, facts, draft))
		check_advise(draft, "sudo chmod %s %s", word, promise->plist_path);
}

/* Advise repair only where it would not refuse the plist as another job's. */
static void
check_plist_advise(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	check_advise(draft, promise_is_strange_plist(promise, facts) ?
	    "inspect it; it may be another vendor's" : REPAIR, promise->label);
}

void
check_plist_valid(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	char label[NAME_SIZE];
	struct error error;

	if (facts->plist.bytes.data == NULL) {
		check_unseen(draft, facts, promise->plist_path, facts->plist.file.error);
		return;
	}
	if (bytes_equal(facts->plist.bytes, promise->plist)) {
		check_set(draft, VERDICT_PASS, NULL, "the plist is valid");
		return;
	}
	if (promise_read_label(facts->plist.bytes, label, &error) == -1)
		check_set(draft, VERDICT_FAIL, NULL,
		    "the plist does not define a launchd job: %s", error.why);
	else if (strcmp(label, promise->label) != 0)
		check_set(draft, VERDICT_FAIL, NULL, "the plist has the label %s", label);
	else
		check_set(draft, VERDICT_PASS, NULL, "the plist is valid");
	if (draft->verdict == VERDICT_FAIL)
		check_plist_advise(promise, facts, draft);
}

void
check_plist_unchanged(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->plist.bytes.data == NULL)
		check_unseen(draft, facts, promise->plist_path, facts->plist.file.error);
	else if (bytes_equal(facts->plist.bytes, promise->plist))
		check_set(draft, VERDICT_PASS, NULL, "the plist is as it was installed");
	else {
		check_set(draft, VERDICT_FAIL, NULL,
		    "the plist was changed since it was installed");
		check_plist_advise(promise, facts, draft);
	}
}

/* Users who can change the path could point root's command at another file. */
static void
check_quarantine(const char *path, const struct file_fact *fact, const struct facts *facts,
    struct check_draft *draft)
{
	if (fact->quarantined == UNKNOWN)
		check_unseen(draft, facts, path, fact->error);
	else if (fact->quarantined == NO)
		check_set(draft, VERDICT_PASS, NULL, "%s is not quarantined", path);
	else {
		check_set(draft, VERDICT_FAIL,
		    "let its owner remove the attribute com.apple.quarantine",
		    "%s is quarantined: launchd refuses it (155)", path);
		if (paste_may_name(fact))
			check_advise(draft, "sudo xattr -d com.apple.quarantine %s", path);
	}
}

void
check_plist_quarantine(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	check_quarantine(promise->plist_path, &facts->plist.file, facts, draft);
}

void
check_program_present(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->program.file.exists == UNKNOWN)
		check_unseen(draft, facts, promise->program.theirs, facts->program.file.error);
	else if (facts->program.file.exists == NO)
		check_set(draft, VERDICT_FAIL, "install the program",
		    "%s is missing: the job exits with 78 (EX_CONFIG)", promise->program.theirs);
	else if (facts->program.file.type != FILE_REGULAR)
		check_set(draft, VERDICT_FAIL, "install the program", "%s is not a regular file",
		    promise->program.theirs);
	else
		check_set(draft, VERDICT_PASS, NULL, "%s exists", promise->program.theirs);
}

/* A process that has stayed up could read the program, whatever protects it. */
static bool
is_proven_by_process(const struct promise *promise, const struct facts *facts)
{
	return facts->launchd.service.pid > 0 && facts->launchd.process.exists == YES &&
	    facts->launchd.uptime >= promise->settle;
}

/*
 * The process that tries it for the account inherits lnpctl's responsible process, perhaps a
 * Terminal with Full Disk Access; a job is its own. Where macOS protects privacy they may differ.
 */
void
check_program_access(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	const char *protected = lint_protected(facts->program.file.resolved);

	if (facts->program.runs == YES && protected != NULL &&
	    !is_proven_by_process(promise, facts))
		check_set(draft, VERDICT_WARN,
		    "put the program elsewhere, or give it Full Disk Access",
		    "%s can run the program from lnpctl, but privacy protection may keep the job "
		    "out of %s", promise->user, protected);
	else if (facts->program.runs == YES)
		check_set(draft, VERDICT_PASS, NULL, "%s can run the program", promise->user);
	else if (facts->program.runs == UNKNOWN)
		check_unseen(draft, facts, promise->program.theirs, facts->program.runs_error);
	else {
		check_set(draft, VERDICT_FAIL,
		    "give that account read and execute access to the program, and search "
		    "access to the directories above it",
		    "%s cannot run %s: %s", promise->user, promise->program.theirs,
		    error_reason(facts->program.runs_error));
		if (paste_may_name(&facts->program.file) && (facts->program.file.mode & 05) != 05)
			check_advise(draft, "sudo chmod a+rx %s", promise->program.theirs);
	}
}

void
check_program_owner(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	const struct file_fact *program = &facts->program.file;
	enum verdict bad = promise->uid == 0 ? VERDICT_FAIL : VERDICT_WARN;
	const char *risk = promise->uid == 0 ? "the job runs as root" :
	    "a user who can change it can run code as the job's user";
	static const char fix[] = "make the program and every directory above it owned and "
	    "writable by root only";

	if (promise->other_root)
		check_set(draft, VERDICT_WARN, promise->uid == 0 ? "remove RootDirectory" :
		    NULL, "the program is below the job's RootDirectory, which lnpctl does not "
		    "inspect; %s", risk);
	else if (trust_is_hidden(program->untrusted_by))
		check_set(draft, VERDICT_WARN, trust_fix(program->untrusted_by),
		    "others can replace the program: '%s' %s; %s", program->untrusted_path,
		    trust_reason(program->untrusted_by), risk);
	else if (program->untrusted_path[0] != '\0')
		check_set(draft, bad, fix,
		    "others can replace the program: '%s' is owned by %ju:%ju with mode %04jo; %s",
		    program->untrusted_path, (uintmax_t)program->untrusted_owner,
		    (uintmax_t)program->untrusted_group, (uintmax_t)program->untrusted_mode, risk);
	else if (program->owner != 0 && program->owner != facts->owner)
		check_set(draft, bad, fix, "%s is owned by uid %ju, which can change it; %s",
		    promise->program.theirs, (uintmax_t)program->owner, risk);
	else if (trust_is_hidden(trust_file(program, facts->owner)))
		check_set(draft, VERDICT_WARN, trust_fix(program->granted), "%s %s; %s",
		    promise->program.theirs, trust_reason(program->granted), risk);
	else if (trust_file(program, facts->owner) == WEAK_MODE)
		check_set(draft, bad, fix, "%s is writable by others (mode %04jo); %s",
		    promise->program.theirs, (uintmax_t)program->mode, risk);
	else
		check_set(draft, VERDICT_PASS, NULL, "only root can change the program");
}

void
check_program_quarantine(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	check_quarantine(promise->program.theirs, &facts->program.file, facts, draft);
}

void
check_program_unchanged(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	const struct file_identity *then = &promise->program_identity;
	const struct file_identity *now = &facts->program.file.identity;

	if (promise_same_file(then, now))
		check_set(draft, VERDICT_PASS, NULL,
		    "the program is unchanged since the job was loaded");
	else if (!promise_is_program_changed(promise, facts))
		check_set(draft, VERDICT_PASS, NULL,
		    "the program was replaced before the last boot");
	else if (then->inode == now->inode && !facts->program.is_script) {
		/* The kernel keeps the old signature: Apple, "Updating Mac Software". */
		check_set(draft, VERDICT_WARN, NULL,
		    "the program was overwritten in place, so macOS kills it at each later start "
		    "(Killed: 9)");
		check_advise(draft, "put a new file there with mv or install, not with cp, then "
		    "run: sudo lnpctl restart %s", promise->label);
	} else {
		check_set(draft, VERDICT_WARN, NULL,
		    "the program was replaced, or restored from a backup, since it was loaded");
		check_advise(draft, "to start the new one: sudo lnpctl restart %s", promise->label);
	}
}

void
check_user(const struct promise *promise, const struct facts *facts, struct check_draft *draft)
{
	if (facts->user.exists == UNKNOWN)
		check_set(draft, VERDICT_UNKNOWN, NULL, "the account %s cannot be looked up: %s",
		    promise->user, strerror(facts->user.error));
	else if (facts->user.exists == NO)
		check_set(draft, VERDICT_FAIL,
		    "create the account again, or install the job with another --user",
		    "the account %s does not exist", promise->user);
	else if (facts->user.identity.uid != promise->uid)
		check_set(draft, VERDICT_FAIL,
		    "give the account its old uid, or install the job again with lnpctl install",
		    "the account %s has uid %ju now; it was %ju when the job was installed",
		    promise->user, (uintmax_t)facts->user.identity.uid, (uintmax_t)promise->uid);
	else if (!facts->user.local)
		check_set(draft, VERDICT_WARN,
		    "use a local account: at boot the directory server may not be reachable yet",
		    "the account %s is not local", promise->user);
	else
		check_set(draft, VERDICT_PASS, NULL, "the account %s exists", promise->user);
}

void
check_group(const struct promise *promise, const struct facts *facts, struct check_draft *draft)
{
	if (facts->group.exists == UNKNOWN)
		check_set(draft, VERDICT_UNKNOWN, NULL, "the group %s cannot be looked up: %s",
		    promise->group, strerror(facts->group.error));
	else if (facts->group.exists == NO)
		check_set(draft, VERDICT_FAIL,
		    "create the group again, or install the job with another --group",
		    "the group %s does not exist", promise->group);
	else if (facts->group.gid != promise->gid)
		check_set(draft, VERDICT_FAIL,
		    "give the group its old gid, or install the job again with lnpctl install",
		    "the group %s has gid %ju now; it was %ju when the job was installed",
		    promise->group, (uintmax_t)facts->group.gid, (uintmax_t)promise->gid);
	else
		check_set(draft, VERDICT_PASS, NULL, "the group %s exists", promise->group);
}

/*
 * The author of the plist chose the path, so the fix is never a chown command: it may be one of
 * root's own directories.
 */
static void
check_directory(const char *what, const char *path, const struct file_fact *fact,
    enum tristate enters, enum verdict bad, const struct promise *promise,
    const struct facts *facts, struct check_draft *draft)
{
	if (path[0] == '\0')
		check_set(draft, VERDICT_SKIP, NULL, "the job has no %s", what);
	else if (fact->exists == UNKNOWN || (fact->exists == YES && enters == UNKNOWN))
		check_unseen(draft, facts, path, fact->error);
	else if (fact->exists == NO)
		check_set(draft, bad, "create the directory, owned by the job's account",
		    "the %s '%s' is missing", what, path);
	else if (fact->type != FILE_DIRECTORY)
		check_set(draft, bad,
		    "move it aside, and create a directory owned by the job's account",
		    "the %s '%s' is not a directory", what, path);
	else if (enters == NO)
		check_set(draft, bad,
		    "give the job's account search access to it and the directories above it",
		    "%s cannot enter the %s '%s'", promise->user, what, path);
	else
		check_set(draft, VERDICT_PASS, NULL, "the %s can be entered", what);
}

void
check_home(const struct promise *promise, const struct facts *facts, struct check_draft *draft)
{
	/* launchd does not use HOME; role accounts often have none. */
	check_directory("home", promise->home.theirs, &facts->home.file, facts->home.enters,
	    VERDICT_WARN, promise, facts, draft);
}

void
check_working_directory(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	check_directory("working directory", promise->working_directory.theirs,
	    &facts->working_directory.file, facts->working_directory.enters, VERDICT_FAIL, promise,
	    facts, draft);
}

/* Advise a command that fixes owner and mode if it may name the log, or else repair if it can. */
static void
check_log_advise(const struct promise *promise, const struct facts *facts, int which,
    struct check_draft *draft)
{
	const struct file_fact *log = &facts->log[which].file;
	bool in_account_directory = log->untrusted_owner == promise->uid &&
	    (log->untrusted_mode & 022) == 0 && log->owner == promise->uid;
	/* repair takes no log from a third account, which may still have it open. */
	bool takes = log->owner == promise->uid || (!promise->account_log[which] &&
	    (log->owner == 0 || log->owner == facts->owner));

	/* The account chose the name and another user owns the file: do not chown it. */
	if (promise->account_label && log->owner != promise->uid)
		return;
	if (takes && log->links == 1 && (log->untrusted_path[0] == '\0' || in_account_directory))
		check_advise(draft, REPAIR, promise->label);
	if (promise->made_log[which] && paste_may_name(log))
		check_advise(draft, promise->log_mode == PROMISE_LOG_MODE ?
		    "sudo chown %s:%s %s && sudo chmod 0640 %s" :
		    "sudo chown %s:%s %s && sudo chmod 0600 %s", promise->user, promise->group,
		    promise->logs[which].theirs, promise->logs[which].theirs);
}

static void
check_log(const struct promise *promise, const struct facts *facts, int which,
    struct check_draft *draft)
{
	const struct file_fact *log = &facts->log[which].file;
	const char *path = promise->logs[which].theirs;

	if (log->exists == UNKNOWN)
		check_unseen(draft, facts, path, log->error);
	else if (log->exists == NO || log->type != FILE_REGULAR) {
		check_set(draft, VERDICT_FAIL, NULL, "the log %s is %s", path,
		    log->exists == NO ? "missing" : "not a regular file");
		check_advise(draft, log->exists == NO ? REPAIR : MOVE_ASIDE, promise->label);
	} else if (log->owner != promise->uid || log->group != promise->gid ||
	    log->mode != promise->log_mode) {
		check_set(draft, log->owner == promise->uid && (log->mode & 0200) != 0 ?
		    VERDICT_WARN : VERDICT_FAIL, NULL,
		    "the log %s is owned by %ju:%ju with mode %04jo, not by %s:%s with %04jo", path,
		    (uintmax_t)log->owner, (uintmax_t)log->group, (uintmax_t)log->mode,
		    promise->user, promise->group, (uintmax_t)promise->log_mode);
		check_advise(draft, MOVE_ASIDE, promise->label);
		check_log_advise(promise, facts, which, draft);
	} else if (facts->log[which].writable == NO)
		check_set(draft, VERDICT_FAIL,
		    "give the account search access to the directories above it",
		    "%s cannot write the log %s: the job exits with 78 (EX_CONFIG)", promise->user,
		    path);
	else if (facts->log[which].writable == UNKNOWN && facts->root)
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "cannot determine whether %s can write the log %s", promise->user, path);
	else
		check_set(draft, VERDICT_PASS, NULL, "the logs are owned by the job's user");
}

/* Report the worse of the two logs: a warning of one must not hide a failure of the other. */
void
check_log_files(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	static const int ranks[] = { [VERDICT_PASS] = 0, [VERDICT_SKIP] = 1, [VERDICT_WARN] = 2,
	    [VERDICT_UNKNOWN] = 3, [VERDICT_FAIL] = 4 };
	bool first = promise_has_log(promise, 0), second = promise_has_log(promise, 1);
	struct check_draft other = *draft;

	if (!first && !second) {
		check_set(draft, VERDICT_SKIP, NULL, "the job has no logs");
		return;
	}
	check_log(promise, facts, first ? 0 : 1, draft);
	if (!first || !second)
		return;
	check_log(promise, facts, 1, &other);
	if (ranks[other.verdict] > ranks[draft->verdict])
		*draft = other;
}

void
check_log_growth(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	for (int i = 0; i < 2; i++)
		if (promise_has_log(promise, i) && facts->log[i].file.exists == YES &&
		    facts->log[i].file.identity.size > LOG_LARGE) {
			check_set(draft, VERDICT_WARN,
			    "have its owner empty it in place: the job keeps the file open",
			    "the log %s is larger than 1 GiB, and launchd does not rotate logs",
			    promise->logs[i].theirs);
			if (facts->log[i].file.owner == promise->uid &&
			    paste_may_name(&facts->log[i].file))
				check_advise(draft, "sudo cp /dev/null %s",
				    promise->logs[i].theirs);
			return;
		}
	check_set(draft, VERDICT_PASS, NULL, "no log is over 1 GiB");
}

/* launchd still loads the daemon at boot. repair removes an agent that was migrated. */
static void
check_account_agent(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	check_set(draft, VERDICT_WARN,
	    "have the job's account remove it, or give it another label",
	    "%s, an agent of the job's account, also has the label %s", facts->agent.path,
	    promise->label);
	if (strcmp(facts->agent.path, promise->agent.path) == 0)
		check_advise(draft, REPAIR, promise->label);
}

void
check_label_unique(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->duplicate.path[0] != '\0' ||
	    (facts->agent.path[0] != '\0' && !promise_is_own_agent(facts)))
		check_set(draft, VERDICT_FAIL, "remove the other plist, or give it another label",
		    "%s also has the label %s; launchd may load either one at boot",
		    facts->duplicate.path[0] != '\0' ? facts->duplicate.path : facts->agent.path,
		    promise->label);
	else if (facts->agent.path[0] != '\0')
		check_account_agent(promise, facts, draft);
	else if (facts->search_complete != YES && facts->too_much)
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "'%s' has too many entries to check; a plist there may have the same label",
		    facts->unreadable);
	else if (facts->search_complete != YES)
		check_set(draft, facts->root ? VERDICT_UNKNOWN : VERDICT_SKIP, NULL,
		    "%s could not be read; it may have the same label",
		    facts->unreadable[0] == '\0' ? "another plist" : facts->unreadable);
	else
		check_set(draft, VERDICT_PASS, NULL, "no other plist has this label");
}
