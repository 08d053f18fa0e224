/* The checks of what lies on the disk: receipt, plist, program, accounts, folders, logs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/lint/lint.h"
#include "core/facts/paste.h"
#include "core/facts/trust.h"

#define LOG_LARGE	(INT64_C(1) << 30)

static const char reinstall[] = "run the same lnpctl install again";
static const char move_away[] = "move it away, then run the same lnpctl install again";

void
check_receipt(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	if (promise->changing) {
		check_say(finding, VERDICT_UNKNOWN, reinstall,
		    "an install is under way or was cut off");
		if (promise->agent.path[0] != '\0')
			check_advise(finding,
			    "finish it: sudo lnpctl migrate %s; or go back: sudo lnpctl migrate "
			    "--undo %s", promise->label, promise->label);
		return;
	}
	(void)look;
	check_say(finding, VERDICT_PASS, NULL, "lnpctl installed this job");
}

void
check_plist_present(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	if (look->plist.exists == UNKNOWN)
		check_unseen(finding, look, promise->plist_path, look->plist.error);
	else if (look->plist.exists == NO)
		check_say(finding, VERDICT_FAIL, reinstall, "%s is missing", promise->plist_path);
	else
		check_say(finding, VERDICT_PASS, NULL, "%s is there", promise->plist_path);
}

void
check_plist_file(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	if (look->plist.type != FILE_REGULAR)
		check_say(finding, VERDICT_FAIL, move_away,
		    "%s is no regular file", promise->plist_path);
	else if (look->plist.links != 1)
		check_say(finding, VERDICT_FAIL, move_away,
		    "%s has %" PRIu64 " names: another one can change it", promise->plist_path,
		    look->plist.links);
	else if (look->plist.untrusted_path[0] != '\0') {
		if (trust_is_hidden(look->plist.untrusted_by)) {
			check_say(finding, VERDICT_WARN, trust_fix(look->plist.untrusted_by),
			    "others can replace the plist: '%s' %s", look->plist.untrusted_path,
			    trust_reason(look->plist.untrusted_by));
			return;
		}
		check_say(finding, VERDICT_FAIL, NULL,
		    "others can replace the plist: '%s' is not root's alone",
		    look->plist.untrusted_path);
		paste_folder(&look->plist, finding->fix, sizeof finding->fix);
	} else
		check_say(finding, VERDICT_PASS, NULL,
		    "the plist is a regular file in a folder of root's");
}

/*
 * Whether the fix of a check of the plist may name it; where it may not, the fix is what must be
 * done first.
 */
static bool
may_name_plist(const struct facts *look, struct check_draft *finding)
{
	check_advise(finding, move_away);
	if (look->plist.untrusted_path[0] != '\0')
		paste_folder(&look->plist, finding->fix, sizeof finding->fix);
	return paste_may_name(&look->plist);
}

void
check_plist_owner(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	if (look->plist.owner == look->owner && look->plist.group == look->owner_group) {
		check_say(finding, VERDICT_PASS, NULL, "the plist has the right owner");
		return;
	}
	check_say(finding, VERDICT_FAIL, NULL,
	    "the plist is owned by %ju:%ju, so launchd refuses it (122)",
	    (uintmax_t)look->plist.owner, (uintmax_t)look->plist.group);
	if (look->plist.owner == look->owner)
		check_say(finding, VERDICT_FAIL, NULL, "the plist has the group %ju, not %ju",
		    (uintmax_t)look->plist.group, (uintmax_t)look->owner_group);
	if (may_name_plist(look, finding))
		check_advise(finding, "sudo chown root:wheel %s", promise->plist_path);
}

void
check_plist_mode(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	uintmax_t mode = promise->mode;
	char word[16];

	if (look->plist.mode == promise->mode) {
		check_say(finding, VERDICT_PASS, NULL, "the plist has mode %04jo", mode);
		return;
	}
	check_say(finding, VERDICT_FAIL, NULL, (look->plist.mode & 022) != 0 ?
	    "the plist has mode %04jo: others can write it, so launchd refuses it (122)" :
	    "the plist has mode %04jo, not %04jo", (uintmax_t)look->plist.mode, mode);
	snprintf(word, sizeof word, "%04jo", mode);
	if (may_name_plist(look, finding))
		check_advise(finding, "sudo chmod %s %s", word, promise->plist_path);
}

void
check_plist_valid(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	struct promise read;
	struct error error;

	if (look->plist_bytes.data == NULL) {
		check_unseen(finding, look, promise->plist_path, look->plist.error);
		return;
	}
	if (bytes_equal(look->plist_bytes, promise->plist)) {
		check_say(finding, VERDICT_PASS, NULL, "the plist is valid");
		return;
	}
	if (promise_from_plist(&read, look->plist_bytes, &error) == -1)
		check_say(finding, VERDICT_FAIL, reinstall, "the plist is no plist of a job: %s",
		    error.why);
	else if (strcmp(read.label, promise->label) != 0)
		check_say(finding, VERDICT_FAIL, reinstall, "the plist has the label %s",
		    read.label);
	else
		check_say(finding, VERDICT_PASS, NULL, "the plist is valid");
	promise_free(&read);
}

void
check_plist_unchanged(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	if (look->plist_bytes.data == NULL)
		check_unseen(finding, look, promise->plist_path, look->plist.error);
	else if (bytes_equal(look->plist_bytes, promise->plist))
		check_say(finding, VERDICT_PASS, NULL, "the plist is as it was installed");
	else
		check_say(finding, VERDICT_FAIL, reinstall,
		    "the plist was changed since it was installed");
}

/* Others who can change the way could lead root's command to another file. */
static void
quarantine(const char *path, const struct file_fact *fact, const struct facts *look,
    struct check_draft *finding)
{
	if (fact->quarantined == UNKNOWN)
		check_unseen(finding, look, path, fact->error);
	else if (fact->quarantined == NO)
		check_say(finding, VERDICT_PASS, NULL, "%s is not quarantined", path);
	else {
		check_say(finding, VERDICT_FAIL,
		    "let its owner remove the attribute com.apple.quarantine",
		    "%s is quarantined: launchd refuses it (155)", path);
		if (paste_may_name(fact))
			check_advise(finding, "sudo xattr -d com.apple.quarantine %s", path);
	}
}

void
check_plist_quarantine(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	quarantine(promise->plist_path, &look->plist, look, finding);
}

void
check_program_present(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	if (look->program.exists == UNKNOWN)
		check_unseen(finding, look, promise->program.theirs, look->program.error);
	else if (look->program.exists == NO)
		check_say(finding, VERDICT_FAIL, "install the program",
		    "%s is missing: the job ends with 78 (EX_CONFIG)", promise->program.theirs);
	else if (look->program.type != FILE_REGULAR)
		check_say(finding, VERDICT_FAIL, "install the program", "%s is no regular file",
		    promise->program.theirs);
	else
		check_say(finding, VERDICT_PASS, NULL, "%s is there", promise->program.theirs);
}

/* A process that has stayed up has read the program, whatever protects it. */
static bool
is_proved_by_process(const struct promise *promise, const struct facts *look)
{
	return look->service.pid > 0 && look->process.exists == YES &&
	    look->uptime >= promise->settle;
}

/*
 * The process that tries it for the account has lnpctl's responsible process, a Terminal with Full
 * Disk Access for example, and not the job's, which is its own: where macOS protects privacy the
 * two may differ.
 */
void
check_program_access(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	const char *protected = lint_protected(look->program.resolved);

	if (look->program_runs == YES && protected != NULL && !is_proved_by_process(promise, look))
		check_say(finding, VERDICT_WARN,
		    "put the program elsewhere, or give it Full Disk Access",
		    "%s can run the program when lnpctl tries it, which says nothing of the job: "
		    "privacy protection keeps jobs out of %s", promise->user, protected);
	else if (look->program_runs == YES)
		check_say(finding, VERDICT_PASS, NULL, "%s can run the program", promise->user);
	else if (look->program_runs == UNKNOWN)
		check_unseen(finding, look, promise->program.theirs, look->program_error);
	else {
		check_say(finding, VERDICT_FAIL,
		    "let that account read and execute the program, and search the directories "
		    "above it",
		    "%s cannot run %s: %s", promise->user, promise->program.theirs,
		    error_reason(look->program_error));
		if (paste_may_name(&look->program) && (look->program.mode & 05) != 05)
			check_advise(finding, "sudo chmod a+rx %s", promise->program.theirs);
	}
}

void
check_program_owner(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	const struct file_fact *program = &look->program;
	enum verdict bad = promise->uid == 0 ? VERDICT_FAIL : VERDICT_WARN;
	const char *whose = promise->uid == 0 ? "the job runs as root"
					      : "whoever can change it runs code as the job's user";
	static const char fix[] = "keep the program root's, in folders that are root's alone";

	if (promise->other_root)
		check_say(finding, VERDICT_WARN, promise->uid == 0 ? "leave RootDirectory out" :
		    NULL, "the program is below the job's RootDirectory, where lnpctl does not "
		    "look; %s", whose);
	else if (trust_is_hidden(program->untrusted_by))
		check_say(finding, VERDICT_WARN, trust_fix(program->untrusted_by),
		    "others can replace the program, for '%s' %s; %s", program->untrusted_path,
		    trust_reason(program->untrusted_by), whose);
	else if (program->untrusted_path[0] != '\0')
		check_say(finding, bad, fix,
		    "others can replace the program, for '%s' is owned by %ju:%ju with mode %04jo; "
		    "%s", program->untrusted_path,
		    (uintmax_t)program->untrusted_owner, (uintmax_t)program->untrusted_group,
		    (uintmax_t)program->untrusted_mode, whose);
	else if (program->owner != 0 && program->owner != look->owner)
		check_say(finding, bad, fix, "%s is owned by account %ju, which can change it; %s",
		    promise->program.theirs,
		    (uintmax_t)program->owner, whose);
	else if (trust_is_hidden(trust_file(program, look->owner)))
		check_say(finding, VERDICT_WARN, trust_fix(program->granted), "%s %s; %s",
		    promise->program.theirs,
		    trust_reason(program->granted), whose);
	else if (trust_file(program, look->owner) == WEAK_MODE)
		check_say(finding, bad, fix, "others can write %s (mode %04jo); %s",
		    promise->program.theirs,
		    (uintmax_t)program->mode, whose);
	else
		check_say(finding, VERDICT_PASS, NULL, "only root can change the program");
}

void
check_program_quarantine(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	quarantine(promise->program.theirs, &look->program, look, finding);
}

void
check_program_unchanged(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	static const char not_over[] = "move a new file there, with mv or install, not with cp; "
	    "then run the same lnpctl install again";
	const struct file_identity *then = &promise->program_identity;
	const struct file_identity *now = &look->program.identity;

	if (promise_same_file(then, now))
		check_say(finding, VERDICT_PASS, NULL, "the program is the one that was installed");
	else if (!promise_is_program_changed(promise, look))
		check_say(finding, VERDICT_PASS, NULL,
		    "the program was replaced before the Mac started");
	else if (then->inode == now->inode && !look->program_is_script)
		/*
		 * The kernel keeps the signature of the old bytes: Apple, "Updating Mac Software".
		 */
		check_say(finding, VERDICT_WARN, not_over,
		    "the program was overwritten in place: macOS kills each later start (Killed: "
		    "9)");
	else
		check_say(finding, VERDICT_WARN,
		    "to run the new one, run the same lnpctl install again",
		    "the program was replaced, or restored from a backup, since it was loaded");
}

void
check_user(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	if (look->user.exists == UNKNOWN)
		check_say(finding, VERDICT_UNKNOWN, NULL, "the account %s cannot be looked up: %s",
		    promise->user, strerror(look->user.error));
	else if (look->user.exists == NO)
		check_say(finding, VERDICT_FAIL,
		    "make the account again, or install the job for another",
		    "the account %s does not exist", promise->user);
	else if (look->user.identity.uid != promise->uid)
		check_say(finding, VERDICT_FAIL, reinstall,
		    "the account %s has uid %ju now; it was %ju when the job was installed",
		    promise->user, (uintmax_t)look->user.identity.uid, (uintmax_t)promise->uid);
	else if (!look->user.local)
		check_say(finding, VERDICT_WARN,
		    "use a local account: at boot the directory server may not be reachable yet",
		    "the account %s is not a local one", promise->user);
	else
		check_say(finding, VERDICT_PASS, NULL, "the account %s exists", promise->user);
}

void
check_group(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	if (look->group.exists == UNKNOWN)
		check_say(finding, VERDICT_UNKNOWN, NULL, "the group %s cannot be looked up: %s",
		    promise->group, strerror(look->group.error));
	else if (look->group.exists == NO)
		check_say(finding, VERDICT_FAIL,
		    "make the group again, or install the job with another --group",
		    "the group %s does not exist", promise->group);
	else if (look->group.gid != promise->gid)
		check_say(finding, VERDICT_FAIL, reinstall,
		    "the group %s has gid %ju now; it was %ju when the job was installed",
		    promise->group, (uintmax_t)look->group.gid, (uintmax_t)promise->gid);
	else
		check_say(finding, VERDICT_PASS, NULL, "the group %s exists", promise->group);
}

/*
 * Whoever wrote the plist chose the path, so no command gives it away: it may be one of root's own
 * directories.
 */
static void
folder(const char *what, const char *path, const struct file_fact *fact, enum tristate enters,
    enum verdict bad, const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	if (path[0] == '\0')
		check_say(finding, VERDICT_SKIP, NULL, "the job has no %s", what);
	else if (fact->exists == UNKNOWN || (fact->exists == YES && enters == UNKNOWN))
		check_unseen(finding, look, path, fact->error);
	else if (fact->exists == NO)
		check_say(finding, bad, "make the directory, and give it to the job's account",
		    "the %s '%s' is missing", what, path);
	else if (fact->type != FILE_DIRECTORY)
		check_say(finding, bad,
		    "move it away, and make a directory that the job's account owns",
		    "the %s '%s' is not a directory", what, path);
	else if (enters == NO)
		check_say(finding, bad, "let the job's account search it and the directories above "
		    "it",
		    "%s may not enter the %s '%s'", promise->user, what, path);
	else
		check_say(finding, VERDICT_PASS, NULL, "the %s can be entered", what);
}

void
check_home(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	/* launchd does not look at HOME; role accounts often have none. */
	folder("home", promise->home.theirs, &look->home, look->home_enters, VERDICT_WARN, promise,
	    look, finding);
}

void
check_working_directory(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	folder("working directory", promise->working_directory.theirs, &look->working_directory,
	    look->working_enters,
	    VERDICT_FAIL, promise, look, finding);
}

/*
 * The command that puts owner and mode right, where it may be named; repair, where that would do
 * it.
 */
static void
advise_on_log(const struct promise *promise, const struct file_fact *log, int which,
    struct check_draft *finding)
{
	bool accounts = log->untrusted_owner == promise->uid && (log->untrusted_mode & 022) == 0 &&
	    log->owner == promise->uid;

	/*
	 * Somebody else's file stands where the account chose the name: it is not to be given away.
	 */
	if (promise->account_label && log->owner != promise->uid)
		return;
	if (log->links == 1 && (log->untrusted_path[0] == '\0' || accounts))
		check_advise(finding, "sudo lnpctl repair %s", promise->label);
	if (promise->made_log[which] && paste_may_name(log))
		check_advise(finding, promise->log_mode == PROMISE_LOG_MODE ?
		    "sudo chown %s:%s %s && sudo chmod 0640 %s" :
		    "sudo chown %s:%s %s && sudo chmod 0600 %s", promise->user, promise->group,
		    promise->logs[which].theirs, promise->logs[which].theirs);
}

static void
check_log(const struct promise *promise, const struct facts *look, int which,
    struct check_draft *finding)
{
	static const char made[] = "run the same lnpctl install again: it makes the logs and gives "
	    "them their owner";
	const struct file_fact *log = &look->logs[which];
	const char *path = promise->logs[which].theirs;

	if (log->exists == UNKNOWN)
		check_unseen(finding, look, path, log->error);
	else if (log->exists == NO || log->type != FILE_REGULAR)
		check_say(finding, VERDICT_FAIL, log->exists == NO ? made : move_away,
		    "the log %s is %s", path, log->exists == NO ? "missing" : "no regular file");
	else if (log->owner != promise->uid || log->group != promise->gid ||
	    log->mode != promise->log_mode) {
		check_say(finding, log->owner == promise->uid && (log->mode & 0200) != 0 ?
		    VERDICT_WARN : VERDICT_FAIL, move_away,
		    "the log %s is owned by %ju:%ju with mode %04jo, not by %s:%s with %04jo", path,
		    (uintmax_t)log->owner, (uintmax_t)log->group, (uintmax_t)log->mode,
		    promise->user, promise->group, (uintmax_t)promise->log_mode);
		advise_on_log(promise, log, which, finding);
	} else if (look->logs_writable[which] == NO)
		check_say(finding, VERDICT_FAIL, "let the account enter the folders above it",
		    "%s cannot write the log %s: the job ends with 78 (EX_CONFIG)", promise->user,
		    path);
	else if (look->logs_writable[which] == UNKNOWN && look->root)
		check_say(finding, VERDICT_UNKNOWN, NULL,
		    "whether %s can write the log %s is not known", promise->user, path);
	else
		check_say(finding, VERDICT_PASS, NULL, "the logs belong to the job's user");
}

/* The worse of the two logs is told: a flaw of the first must not hide a failure of the second. */
void
check_log_files(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	static const int weight[] = { [VERDICT_PASS] = 0, [VERDICT_SKIP] = 1, [VERDICT_WARN] = 2,
	    [VERDICT_UNKNOWN] = 3, [VERDICT_FAIL] = 4 };
	bool first = promise_has_log(promise, 0), second = promise_has_log(promise, 1);
	struct check_draft other = *finding;

	if (!first && !second) {
		check_say(finding, VERDICT_SKIP, NULL, "the job has no logs");
		return;
	}
	check_log(promise, look, first ? 0 : 1, finding);
	if (!first || !second)
		return;
	check_log(promise, look, 1, &other);
	if (weight[other.verdict] > weight[finding->verdict])
		*finding = other;
}

void
check_log_growth(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	for (int i = 0; i < 2; i++)
		if (promise_has_log(promise, i) && look->logs[i].exists == YES &&
		    look->logs[i].identity.size > LOG_LARGE) {
			check_say(finding, VERDICT_WARN,
			    "let its owner empty it in place: the job keeps the file open",
			    "the log %s has grown over 1 GiB, and launchd does not rotate logs",
			    promise->logs[i].theirs);
			if (look->logs[i].owner == promise->uid && paste_may_name(&look->logs[i]))
				check_advise(finding, "sudo cp /dev/null %s",
				    promise->logs[i].theirs);
			return;
		}
	check_say(finding, VERDICT_PASS, NULL, "no log is over 1 GiB");
}

/*
 * It does not keep launchd from loading the daemon at boot. One that was migrated goes away with
 * the next repair.
 */
static void
check_own_agent(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	check_say(finding, VERDICT_WARN,
	    "let the job's account remove it, or give it another label",
	    "%s, an agent of the job's account, has the label %s too", look->agent, promise->label);
	if (strcmp(look->agent, promise->agent.path) == 0)
		check_advise(finding, "sudo lnpctl repair %s", promise->label);
}

void
check_label_unique(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	if (look->duplicate[0] != '\0' || (look->agent[0] != '\0' && !promise_is_own_agent(look)))
		check_say(finding, VERDICT_FAIL, "remove the other plist, or give it another label",
		    "%s has the label %s too: which of the two launchd loads at boot is not "
		    "defined", look->duplicate[0] != '\0' ? look->duplicate : look->agent,
		    promise->label);
	else if (look->agent[0] != '\0')
		check_own_agent(promise, look, finding);
	else if (look->search_complete != YES && look->too_much)
		check_say(finding, VERDICT_UNKNOWN, NULL,
		    "there is too much to look at in '%s': a plist there may have the same label",
		    look->unreadable);
	else if (look->search_complete != YES)
		check_say(finding, look->root ? VERDICT_UNKNOWN : VERDICT_SKIP, NULL,
		    "%s could not be read: it may have the same label",
		    look->unreadable[0] == '\0' ? "another plist" : look->unreadable);
	else
		check_say(finding, VERDICT_PASS, NULL, "no other plist has this label");
}
