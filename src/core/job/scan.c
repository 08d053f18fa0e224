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

static bool
scan_is_true(const struct plist *tree, const char *key)
{
	bool value;

	return plist_boolean(plist_member(tree, key), &value) && value;
}

static enum scan_start
scan_start_of(const struct plist *tree)
{
	static const char *const timers[] = {
		"StartInterval", "StartCalendarInterval", "WatchPaths", "QueueDirectories",
		"StartOnMount",
	};

	if (scan_is_true(tree, "RunAtLoad") || scan_is_true(tree, "KeepAlive") ||
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

/* Return true for Apple's own programs, by the directories that only Apple can write to. */
static bool
scan_is_apple_program(const char *program)
{
	static const char *const folders[] = {
		"/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/libexec/", "/System/",
	};

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (strncmp(program, folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

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

static void
scan_classify_agent(struct scan_job *job)
{
	if (job->start == SCAN_ON_DEMAND) {
		job->risk = RISK_UNKNOWN;
		job->reason = "Apple does not exempt agents, but this one only starts on demand: "
		    "its plist does not show whether it uses the network";
		return;
	}
	job->risk = RISK_AT_RISK;
	scan_advise_migrate(job);
	if (scan_is_apple_program(job->program))
		job->reason = "an agent, which Apple does not exempt; Apple's own programs are "
		    "usually allowed (one measurement) but not always (two reports), "
		    "and programs that they start may not be";
	else if (job->start == SCAN_TIMED)
		job->reason = "an agent, which Apple does not exempt; a short-lived agent may exit "
		    "before macOS shows the prompt (Apple). Not certain to be blocked: "
		    "it may have been allowed";
	else
		job->reason = "a resident agent, which Apple does not exempt: it is blocked until "
		    "a user allows it in the prompt. Not certain to be blocked: "
		    "two measurements found agents that were not";
}

static void
scan_classify_daemon(struct scan_job *job)
{
	if (strcmp(job->account, "root") == 0 || (job->account_exists == YES && job->uid == 0)) {
		job->risk = RISK_EXEMPT_IF_ROOT;
		job->reason = "Apple exempts daemons and everything that runs as root; no report "
		    "of a blocked one was found since 15.1. Not known if it drops root itself";
	} else if (job->account_exists != YES) {
		job->risk = RISK_UNKNOWN;
		job->reason = job->account_exists == NO ?
		    "there is no such account: launchd does not start it (78)" :
		    "its account could not be looked up";
	} else if (job->uid < FIRST_LOGIN_UID) {
		job->risk = RISK_LOW;
		job->reason = "Apple exempts daemons; one measurement found a daemon of a role "
		    "account allowed, none found one blocked";
	} else {
		job->risk = RISK_AT_RISK;
		job->reason =
		    "Apple exempts daemons, but three reports, two of them measured, describe "
		    "daemons that were blocked when they ran as a login account";
		text_copy(job->fix, sizeof job->fix,
		    "if its log has \"No route to host\", run it as root or as a role account");
	}
}

void
scan_classify(struct scan_job *job, const char *version)
{
	job->fix[0] = '\0';
	if (job->label[0] == '\0') {
		job->risk = RISK_UNKNOWN;
		job->reason = job->trouble;
	} else if (version[0] != '\0' && strtol(version, NULL, 10) < FIRST_VERSION) {
		job->risk = RISK_LOW;
		job->reason = "this system is older than macOS 15, which introduced Local Network "
		    "Privacy";
	} else if (job->kind == SCAN_AGENT)
		scan_classify_agent(job);
	else
		scan_classify_daemon(job);
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
	};

	return words[trouble];
}

void
scan_describe(const struct scan_job *job, enum scan_trouble trouble, char *target, size_t size)
{
	char shown[PATH_SIZE + 3];

	switch (trouble) {
	case TROUBLE_DUPLICATE:
		paste_shown(shown, sizeof shown, job->duplicate);
		snprintf(target, size, "%s has the same label: launchd cannot run both", shown);
		break;
	case TROUBLE_DISABLED:
		snprintf(target, size, "the label is disabled: launchd does not load it");
		break;
	case TROUBLE_PROGRAM:
		paste_shown(shown, sizeof shown, job->program);
		snprintf(target, size, "the program %s does not exist", shown);
		break;
	case TROUBLE_QUARANTINE:
		snprintf(target, size,
		    "the plist is quarantined: macOS 27 does not load it, and reports nothing");
		break;
	case TROUBLE_LOG:
		paste_shown(shown, sizeof shown, job->bad_log);
		snprintf(target, size,
		    "its account cannot write to the log %s: launchd does not start it (78)",
		    shown);
		break;
	case TROUBLES:
		target[0] = '\0';
		break;
	}
}
