/* The checks of the accounts, directories and logs, and of other plists. */
#include <inttypes.h>
#include <string.h>

#include "check_rows.h"
#include "core/check/start.h"
#include "core/facts/paste.h"
#include "core/facts/trust.h"

#define LOG_LARGE	(INT64_C(1) << 30)

static void
check_user(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	if (facts->user.exists == UNKNOWN)
		check_set(draft, VERDICT_UNKNOWN, NULL, "the account %s cannot be looked up: %s",
		    receipt->spec.user, strerror(facts->user.error));
	else if (facts->user.exists == NO)
		check_set(draft, VERDICT_FAIL,
		    "create the account again, or install the job with another --user",
		    "the account %s does not exist", receipt->spec.user);
	else if (facts->user.identity.uid != receipt->spec.uid)
		check_set(draft, VERDICT_FAIL,
		    "give the account its old uid, or install the job again with lnpctl install",
		    "the account %s has uid %ju now; it was %ju when the job was installed",
		    receipt->spec.user, (uintmax_t)facts->user.identity.uid,
		    (uintmax_t)receipt->spec.uid);
	else if (!facts->user.local)
		check_set(draft, VERDICT_WARN,
		    "use a local account: at boot the directory server may not be reachable yet",
		    "the account %s is not local", receipt->spec.user);
	else
		check_set(draft, VERDICT_PASS, NULL, "the account %s exists", receipt->spec.user);
}

static void
check_group(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	if (facts->group.exists == UNKNOWN)
		check_set(draft, VERDICT_UNKNOWN, NULL, "the group %s cannot be looked up: %s",
		    receipt->spec.group, strerror(facts->group.error));
	else if (facts->group.exists == NO)
		check_set(draft, VERDICT_FAIL,
		    "create the group again, or install the job with another --group",
		    "the group %s does not exist", receipt->spec.group);
	else if (facts->group.gid != receipt->spec.gid) {
		check_set(draft, VERDICT_FAIL, NULL,
		    "the group %s has gid %ju now; it was %ju when the job was installed",
		    receipt->spec.group, (uintmax_t)facts->group.gid, (uintmax_t)receipt->spec.gid);
		fix_set(draft, REMEDY_INSTALL, NULL, receipt, facts);
	} else
		check_set(draft, VERDICT_PASS, NULL, "the group %s exists", receipt->spec.group);
}

/*
 * The author of the plist chose the path, so the fix is never a chown command: it may be one of
 * root's own directories.
 */
static void
check_directory(const char *what, const char *path, const struct file_fact *fact,
    enum tristate enters, enum verdict bad, const struct receipt *receipt,
    const struct facts *facts, struct check_draft *draft)
{
	if (path[0] == '\0')
		check_set(draft, VERDICT_SKIP, NULL, "the job has no %s", what);
	else if (fact->exists == YES && enters == UNKNOWN && check_lacks_account(facts, draft))
		return;
	else if (fact->exists == UNKNOWN || (fact->exists == YES && enters == UNKNOWN))
		check_unseen(draft, facts, path, fact->error);
	else if (fact->exists == NO)
		check_set(draft, bad, check_missing_fix(path,
		    "create the directory, owned by the job's account"),
		    "the %s '%s' is missing", what, path);
	else if (fact->type != FILE_DIRECTORY)
		check_set(draft, bad,
		    "move it aside, and create a directory owned by the job's account",
		    "the %s '%s' is not a directory", what, path);
	else if (enters == NO)
		check_set(draft, bad,
		    "give the job's account search access to it and the directories above it",
		    "%s cannot enter the %s '%s'", receipt->spec.user, what, path);
	else
		check_set(draft, VERDICT_PASS, NULL, "the %s can be entered", what);
}

static void
check_home(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	/* launchd does not use HOME; role accounts often have none. */
	check_directory("home", receipt->spec.home.theirs, &facts->home.file, facts->home.enters,
	    VERDICT_WARN, receipt, facts, draft);
}

static void
check_working_directory(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	check_directory("working directory", receipt->spec.working_directory.theirs,
	    &facts->working_directory.file, facts->working_directory.enters, VERDICT_FAIL, receipt,
	    facts, draft);
}

/* repair takes no log from a third account, which may still have it open. */
static void
check_log_advise(const struct receipt *receipt, const struct facts *facts, int which,
    struct check_draft *draft)
{
	const struct file_fact *log = &facts->log[which].file;
	bool in_account_directory = log->untrusted_owner == receipt->spec.uid &&
	    (log->untrusted_mode & 022) == 0 && log->owner == receipt->spec.uid;
	bool takes = log->owner == receipt->spec.uid || (!receipt->spec.account_log[which] &&
	    (log->owner == 0 || log->owner == facts->owner));

	/* The account chose the name and another user owns the file: do not chown it. */
	if (receipt->spec.account_label && log->owner != receipt->spec.uid)
		return;
	if (takes && log->links == 1 && (log->untrusted_path[0] == '\0' || in_account_directory))
		fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
}

/* Install gives a log to the account, but not a way to it. */
bool
check_log_reach(const struct receipt *receipt, const struct facts *facts, int which,
    struct check_draft *draft)
{
	const struct log_fact *log = &facts->log[which];
	bool missing = log->file.exists == NO && log->reached == NO;

	if (!spec_has_log(&receipt->spec, which) || (!missing && (log->file.exists != YES ||
	    log->file.type != FILE_REGULAR || log->file.owner != receipt->spec.uid ||
	    (log->file.mode & 0200) == 0 || log->writable != NO)))
		return true;
	check_set(draft, VERDICT_FAIL,
	    "give the account search access to the directories above it",
	    "%s cannot write the log %s: the job exits with 78 (EX_CONFIG)", receipt->spec.user,
	    receipt->spec.logs[which].theirs);
	return false;
}

static void
check_log(const struct receipt *receipt, const struct facts *facts, int which,
    struct check_draft *draft)
{
	const struct file_fact *log = &facts->log[which].file;
	const char *path = receipt->spec.logs[which].theirs;
	char fix[sizeof draft->fix];
	struct error ignored;

	if (!spec_has_log(&receipt->spec, which))
		return;
	if (log->exists == UNKNOWN)
		check_unseen(draft, facts, path, log->error);
	else if (log->exists == NO || log->type != FILE_REGULAR) {
		check_set(draft, VERDICT_FAIL, NULL, "the log %s is %s", path,
		    log->exists == NO ? "missing" : "not a regular file");
		fix_set(draft, REMEDY_REPAIR, log->exists == NO ? NULL : FIX_ASIDE, receipt,
		    facts);
	} else if (log->owner != receipt->spec.uid || log->group != receipt->spec.gid ||
	    log->mode != receipt->spec.log_mode) {
		check_set(draft, log->owner == receipt->spec.uid && (log->mode & 0200) != 0 ?
		    VERDICT_WARN : VERDICT_FAIL, NULL,
		    "the log %s is owned by %ju:%ju with mode %04jo, not by %s:%s with %04jo", path,
		    (uintmax_t)log->owner, (uintmax_t)log->group, (uintmax_t)log->mode,
		    receipt->spec.user, receipt->spec.group, (uintmax_t)receipt->spec.log_mode);
		fix_set(draft, REMEDY_REPAIR, FIX_ASIDE, receipt, facts);
		check_log_advise(receipt, facts, which, draft);
	} else if (check_log_reach(receipt, facts, which, draft) &&
	    facts->log[which].writable == UNKNOWN && facts->root &&
	    !check_lacks_account(facts, draft))
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "cannot determine whether %s can write the log %s", receipt->spec.user, path);
	else if (trust_is_open_to_others(log, receipt->spec.uid)) {
		paste_folder(log, fix, sizeof fix);
		check_set(draft, VERDICT_WARN, fix,
		    "the log %s is below %s, which is writable by accounts other than root and the "
		    "job's: lnpctl would refuse to change it", path, log->untrusted_path);
		/* For that the job is restarted. */
		if (!fix_is_command(fix) && start_refuse(receipt, NULL, facts, FIXES_FILES |
		    FIXES_LABEL, &ignored) == 0)
			check_advise(draft, "sudo lnpctl install --label %s --log-dir /var/log",
			    receipt->spec.label);
	}
}

/* Report the worse of the two: a warning of one log must not hide a failure of the other. */
static void
check_log_files(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	struct check_draft other = *draft;

	check_log(receipt, facts, 0, draft);
	check_log(receipt, facts, 1, &other);
	if (other.verdict > draft->verdict)
		*draft = other;
	if (!spec_has_log(&receipt->spec, 0) && !spec_has_log(&receipt->spec, 1))
		check_set(draft, VERDICT_SKIP, NULL, "the job has no logs");
}

static void
check_log_growth(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	for (int i = 0; i < 2; i++)
		if (spec_has_log(&receipt->spec, i) && facts->log[i].file.exists == YES &&
		    facts->log[i].file.identity.size > LOG_LARGE) {
			check_set(draft, VERDICT_WARN,
			    "have its owner empty it in place: the job keeps the file open",
			    "the log %s is larger than 1 GiB, and launchd does not rotate logs",
			    receipt->spec.logs[i].theirs);
			if (facts->log[i].file.owner == receipt->spec.uid &&
			    paste_may_name(&facts->log[i].file))
				check_advise(draft, "sudo cp /dev/null %s",
				    receipt->spec.logs[i].theirs);
		}
}

/* launchd still loads the daemon at boot. repair removes an agent that was migrated. */
static void
check_account_agent(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	check_set(draft, VERDICT_WARN,
	    "have the job's account remove it, or give it another label",
	    "%s, an agent of the job's account, also has the label %s", facts->agent.path,
	    receipt->spec.label);
	if (strcmp(facts->agent.path, receipt->spec.agent.path) == 0)
		fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
}

static void
check_label_unique(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->duplicate.path[0] != '\0' ||
	    (facts->agent.path[0] != '\0' && !spec_is_own_agent(facts)))
		check_set(draft, VERDICT_FAIL, "remove the other plist, or give it another label",
		    "%s also has the label %s; launchd may load either one at boot",
		    facts->duplicate.path[0] != '\0' ? facts->duplicate.path : facts->agent.path,
		    receipt->spec.label);
	else if (facts->agent.path[0] != '\0')
		check_account_agent(receipt, facts, draft);
	else if (facts->search_complete != YES && facts->too_much)
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "'%s' has too many entries to check; a plist there may have the same label",
		    facts->unreadable);
	else if (facts->search_complete != YES)
		check_set(draft, facts->root ? VERDICT_UNKNOWN : VERDICT_SKIP, NULL,
		    "%s could not be read; it may have the same label",
		    facts->unreadable[0] == '\0' ? "another plist" : facts->unreadable);
}

const struct check check_machine_rows[] = {
	{ "user", "the account exists, with the same uid",
	  0, check_user,
	  "" },
	{ "group", "the group exists, with the same gid",
	  0, check_group,
	  "" },
	{ "home", "the HOME directory can be entered",
	  0, check_home,
	  "" },
	{ "working-directory", "the working directory can be entered",
	  0, check_working_directory,
	  "" },
	{ "log-files", "the logs are regular files of the job's user, mode 0600 or 0640",
	  0, check_log_files,
	  "the logs are owned by the job's user" },
	{ "log-growth", "no log is over 1 GiB",
	  0, check_log_growth,
	  "no log is over 1 GiB" },
	{ "label-unique", "no other plist has the label",
	  0, check_label_unique,
	  "no other plist has this label" },
	{ NULL, NULL, 0, NULL, NULL },
};
