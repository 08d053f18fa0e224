/* Classify the jobs of a Mac by the evidence there is: tests/evidence/RULES.md, 75 to 80. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/facts/paste.h"
#include "core/plist/plist.h"
#include "core/job/label.h"
#include "core/job/receipt.h"
#include "core/job/scan.h"
#include "core/text.h"

#define FIRST_LOGIN_UID	500
#define FIRST_VERSION	15	/* of macOS with Local Network Privacy */

/* ---- reading ---- */

static enum scan_start
scan_start_of(const struct plist *tree)
{
	static const char *const timers[] = {
		"StartInterval", "StartCalendarInterval", "WatchPaths", "QueueDirectories",
		"StartOnMount",
	};

	if (plist_is_true(tree, "RunAtLoad") || plist_is_true(tree, "KeepAlive") ||
	    plist_is_dictionary(plist_member(tree, "KeepAlive")))
		return SCAN_RESIDENT;
	for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
		if (plist_member(tree, timers[i]) != NULL)
			return SCAN_TIMED;
	return SCAN_ON_DEMAND;
}

static void
scan_copy_text(char *target, size_t size, const char *text)
{
	if (text == NULL || !text_copy(target, size, text))
		target[0] = '\0';
}

static void
scan_read_logs(struct scan_job *job, const struct plist *tree)
{
	static const char *const keys[2] = { "StandardOutPath", "StandardErrorPath" };

	for (int i = 0; i < 2; i++) {
		scan_copy_text(job->logs[i], PATH_SIZE, plist_text(plist_member(tree, keys[i])));
		if (job->logs[i][0] != '/' || text_is_device(job->logs[i]))
			job->logs[i][0] = '\0';
	}
}

void
scan_read(struct scan_job *job, struct bytes bytes)
{
	struct error error = { .kind = ERROR_NONE };
	struct plist *tree = plist_parse(bytes, &error);
	const char *program = plist_text(plist_member(tree, "Program"));
	const char *label = plist_text(plist_member(tree, "Label")),
	    *user = plist_text(plist_member(tree, "UserName"));

	if (tree == NULL)
		text_format(job->trouble, sizeof job->trouble, "%s", error.why[0] != '\0' ?
		    error.why : error.what);
	else if (label == NULL || label[0] == '\0' ||
	    !text_copy(job->label, sizeof job->label, label))
		text_copy(job->trouble, sizeof job->trouble,
		    "it has no Label, so launchd does not load it");
	if (job->trouble[0] == '\0') {
		if (program == NULL)
			program = plist_text(plist_item(plist_member(tree, "ProgramArguments"), 0));
		scan_copy_text(job->program, sizeof job->program, program);
		scan_read_logs(job, tree);
		job->start = scan_start_of(tree);
		if (job->kind == SCAN_DAEMON)
			scan_copy_text(job->account, sizeof job->account,
			    user == NULL ? "root" : user);
	}
	plist_release(tree);
}

/* launchd loads only one of two jobs with the same label, so each may keep the other out. */
void
scan_compare(struct scan_job jobs[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			bool agents = jobs[i].kind == SCAN_AGENT && jobs[j].kind == SCAN_AGENT;

			if (i == j || jobs[i].label[0] == '\0' ||
			    !text_equal_folded(jobs[i].label, jobs[j].label))
				continue;
			jobs[i].namesake = jobs[i].namesake || agents;
			/* Agents of two accounts are in different domains. */
			if (agents && jobs[i].account[0] != '\0' && jobs[j].account[0] != '\0' &&
			    strcmp(jobs[i].account, jobs[j].account) != 0)
				continue;
			if (!jobs[i].troubles[TROUBLE_DUPLICATE])
				text_copy(jobs[i].duplicate, PATH_SIZE, jobs[j].path);
			jobs[i].troubles[TROUBLE_DUPLICATE] = true;
		}
}

/* ---- classifying ---- */

/* Name the agent by label: a path in a user's home may lead elsewhere when root uses it. */
static void
scan_advise_migrate(struct scan_job *job)
{
	struct error ignored;

	if (label_check(job->label, &ignored) == -1)
		text_copy(job->fix, sizeof job->fix,
		    "change its label to one that lnpctl accepts, then migrate it");
	else if (job->namesake)
		text_copy(job->fix, sizeof job->fix,
		    "more than one agent has this label: use lnpctl migrate with its path");
	else if (job->account[0] == '\0')
		paste_line(job->fix, sizeof job->fix, "sudo lnpctl migrate --user USER %s",
		    job->label);
	else
		paste_line(job->fix, sizeof job->fix, "sudo lnpctl migrate %s", job->label);
}

/* What there is to go by, in the plist, the account and the system. */
enum scan_evidence {
	SCAN_UNREADABLE, SCAN_OLD_SYSTEM, SCAN_AGENT_IDLE, SCAN_AGENT_APPLE, SCAN_AGENT_TIMED,
	SCAN_AGENT_RESIDENT, SCAN_DAEMON_ROOT, SCAN_DAEMON_LOST, SCAN_DAEMON_UNSEEN,
	SCAN_DAEMON_ROLE, SCAN_DAEMON_LOGIN,
};

static const struct {
	enum risk	 risk;
	const char	*reason;
} scan_rows[] = {
	[SCAN_UNREADABLE] = { RISK_UNKNOWN, NULL },	/* the job's trouble */
	[SCAN_OLD_SYSTEM] = { RISK_LOW,
	    "this system is older than macOS 15, which introduced Local Network Privacy" },
	[SCAN_AGENT_IDLE] = { RISK_UNKNOWN,
	    "Apple does not exempt agents, but this one only starts on demand: "
	    "its plist does not show whether it uses the network" },
	[SCAN_AGENT_APPLE] = { RISK_AT_RISK,
	    "an agent, which Apple does not exempt; Apple's own programs are usually allowed "
	    "(one measurement) but not always (two reports), and programs that they start may not "
	    "be" },
	[SCAN_AGENT_TIMED] = { RISK_AT_RISK,
	    "an agent, which Apple does not exempt; a short-lived agent may exit before macOS "
	    "shows the prompt (Apple). Not certain to be blocked: it may have been allowed" },
	[SCAN_AGENT_RESIDENT] = { RISK_AT_RISK,
	    "a resident agent, which Apple does not exempt: it is blocked until a user allows it "
	    "in the prompt. Not certain to be blocked: two measurements found agents that were "
	    "not" },
	[SCAN_DAEMON_ROOT] = { RISK_EXEMPT_IF_ROOT,
	    "Apple exempts daemons and everything that runs as root; no report of a blocked one "
	    "was found since 15.1. Not known if it drops root itself" },
	[SCAN_DAEMON_LOST] = { RISK_UNKNOWN,
	    "there is no such account: launchd does not start it (78)" },
	[SCAN_DAEMON_UNSEEN] = { RISK_UNKNOWN, "its account could not be looked up" },
	[SCAN_DAEMON_ROLE] = { RISK_LOW,
	    "Apple exempts daemons; one measurement found a daemon of a role account allowed, none "
	    "found one blocked" },
	[SCAN_DAEMON_LOGIN] = { RISK_AT_RISK,
	    "Apple exempts daemons, but three reports, two of them measured, describe daemons that "
	    "were blocked when they ran as a login account" },
};

static enum scan_evidence
scan_weigh_agent(const struct scan_job *job)
{
	/* Apple's own, by the directories that only Apple can write to. */
	static const char *const apples[] = {
		"/bin/*", "/sbin/*", "/usr/bin/*", "/usr/sbin/*", "/usr/libexec/*", "/System/*",
		NULL,
	};

	if (job->start == SCAN_ON_DEMAND)
		return SCAN_AGENT_IDLE;
	if (text_matches(job->program, apples))
		return SCAN_AGENT_APPLE;
	return job->start == SCAN_TIMED ? SCAN_AGENT_TIMED : SCAN_AGENT_RESIDENT;
}

bool
scan_is_old_system(const char *version)
{
	return version[0] != '\0' && strtol(version, NULL, 10) < FIRST_VERSION;
}

static enum scan_evidence
scan_weigh(const struct scan_job *job, const char *version)
{
	if (job->label[0] == '\0')
		return SCAN_UNREADABLE;
	if (scan_is_old_system(version))
		return SCAN_OLD_SYSTEM;
	if (job->kind == SCAN_AGENT)
		return scan_weigh_agent(job);
	if (strcmp(job->account, "root") == 0 || (job->account_exists == YES && job->uid == 0))
		return SCAN_DAEMON_ROOT;
	if (job->account_exists != YES)
		return job->account_exists == NO ? SCAN_DAEMON_LOST : SCAN_DAEMON_UNSEEN;
	return job->uid < FIRST_LOGIN_UID ? SCAN_DAEMON_ROLE : SCAN_DAEMON_LOGIN;
}

void
scan_classify(struct scan_job *job, const char *version)
{
	enum scan_evidence evidence = scan_weigh(job, version);

	job->risk = scan_rows[evidence].risk;
	job->reason = evidence == SCAN_UNREADABLE ? job->trouble : scan_rows[evidence].reason;
	job->fix[0] = '\0';
	if (job->risk == RISK_AT_RISK && job->kind == SCAN_AGENT)
		scan_advise_migrate(job);
	else if (job->risk == RISK_AT_RISK)
		text_copy(job->fix, sizeof job->fix,
		    "if its log has \"No route to host\", run it as root or as a role account");
}

/* ---- words ---- */

const char *
scan_risk_word(enum risk risk)
{
	static const char *const words[] = {
		[RISK_AT_RISK] = "at_risk",
		[RISK_EXEMPT_IF_ROOT] = "exempt_if_root",
		[RISK_LOW] = "low",
		[RISK_UNKNOWN] = "unknown",
	};

	return words[risk];
}

const char *
scan_kind_word(enum scan_kind kind)
{
	return kind == SCAN_AGENT ? "agent" : "daemon";
}

const char *
scan_trouble_word(enum scan_trouble trouble)
{
	static const char *const words[] = {
		[TROUBLE_DUPLICATE] = "label-twice",
		[TROUBLE_DISABLED] = "disabled",
		[TROUBLE_PROGRAM] = "missing-program",
		[TROUBLE_QUARANTINE] = "quarantine",
		[TROUBLE_LOG] = "log-not-writable",
		[TROUBLE_AGENT] = "agent-loaded",
	};

	return words[trouble];
}

void
scan_describe(const struct scan_job *job, enum scan_trouble trouble, char *target, size_t size)
{
	char shown[PATH_SIZE + 3];

	if (trouble == TROUBLE_AGENT)
		paste_bootout(shown, sizeof shown, &job->agent);
	else
		paste_shown(shown, sizeof shown, trouble == TROUBLE_DUPLICATE ? job->duplicate :
		    trouble == TROUBLE_LOG ? job->bad_log : job->program);
	if (trouble == TROUBLE_DUPLICATE)
		snprintf(target, size, "%s has the same label: launchd cannot run both", shown);
	else if (trouble == TROUBLE_DISABLED)
		snprintf(target, size, "the label is disabled: launchd does not load it");
	else if (trouble == TROUBLE_PROGRAM)
		snprintf(target, size, "the program %s does not exist", shown);
	else if (trouble == TROUBLE_AGENT)
		snprintf(target, size, "an agent with this label is loaded, too%s%s",
		    shown[0] == '\0' ? "" : "; to end it: ", shown);
	else if (trouble == TROUBLE_QUARANTINE)
		snprintf(target, size,
		    "the plist is quarantined: macOS 27 does not load it, and reports nothing");
	else
		snprintf(target, size,
		    "its account cannot write to the log %s: launchd does not start it (78)",
		    shown);
}
