/* Judges the jobs of a Mac by the evidence there is: tests/evidence/RULES.md, 75 to 80. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/facts/paste.h"
#include "core/plist/plist.h"
#include "core/job/promise.h"
#include "core/job/scan.h"
#include "core/text.h"

#define FIRST_LOGIN_UID	500
#define FIRST_VERSION	15	/* of macOS with Local Network Privacy */

/* ---- reading ---- */

static bool
is_true(const struct plist *tree, const char *key)
{
	bool value;

	return plist_boolean(plist_member(tree, key), &value) && value;
}

static enum scan_start
start_of(const struct plist *tree)
{
	static const char *const timers[] = { "StartInterval", "StartCalendarInterval",
	    "WatchPaths",
		"QueueDirectories", "StartOnMount" };

	if (is_true(tree, "RunAtLoad") || is_true(tree, "KeepAlive") ||
	    plist_is_dictionary(plist_member(tree, "KeepAlive")))
		return SCAN_RESIDENT;
	for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
		if (plist_member(tree, timers[i]) != NULL)
			return SCAN_TIMED;
	return SCAN_ON_DEMAND;
}

static void
copy_text(char *target, size_t size, const char *text)
{
	if (text == NULL || !text_copy(target, size, text))
		target[0] = '\0';
}

static void
scan_job_read_logs(struct scan_job *job, const struct plist *tree)
{
	static const char *const keys[2] = { "StandardOutPath", "StandardErrorPath" };

	for (int i = 0; i < 2; i++) {
		copy_text(job->logs[i], PATH_SIZE, plist_text(plist_member(tree, keys[i])));
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
		copy_text(job->program, sizeof job->program, program);
		scan_job_read_logs(job, tree);
		job->start = start_of(tree);
		if (job->kind == SCAN_DAEMON)
			copy_text(job->account, sizeof job->account, user == NULL ? "root" : user);
	}
	plist_release(tree);
}

/*
 * The file system and launchd's overrides aside, two jobs of one label keep each other from
 * starting.
 */
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
			/* Two accounts may each have their agent: they never meet. */
			if (agents && jobs[i].account[0] != '\0' && jobs[j].account[0] != '\0' &&
			    strcmp(jobs[i].account, jobs[j].account) != 0)
				continue;
			if (!jobs[i].troubles[TROUBLE_TWIN])
				text_copy(jobs[i].twin, PATH_SIZE, jobs[j].path);
			jobs[i].troubles[TROUBLE_TWIN] = true;
		}
}

/* ---- judging ---- */

/* Apple's own programs are where only Apple can put something. */
static bool
is_apples(const char *program)
{
	static const char *const folders[] = { "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/",
	    "/usr/libexec/",
		"/System/" };

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (strncmp(program, folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

/* By its label, for a path in somebody's home may lead elsewhere by the time that root names it. */
static void
advise_migrate(struct scan_job *job)
{
	struct error ignored;

	if (promise_label(job->label, &ignored) == -1)
		text_copy(job->fix, sizeof job->fix,
		    "give it a label that lnpctl can use, then migrate it");
	else if (job->namesake)
		text_copy(job->fix, sizeof job->fix,
		    "several agents have the label: give its path to lnpctl migrate");
	else if (job->account[0] == '\0')
		paste_line(job->fix, sizeof job->fix, "sudo lnpctl migrate --user USER %s",
		    job->label);
	else
		paste_line(job->fix, sizeof job->fix, "sudo lnpctl migrate %s", job->label);
}

static void
judge_agent(struct scan_job *job)
{
	if (job->start == SCAN_ON_DEMAND) {
		job->risk = RISK_UNKNOWN;
		job->reason = "Apple exempts no agent, but this one starts on demand only: whether "
		    "it uses the network "
		    "cannot be seen here";
		return;
	}
	job->risk = RISK_AT_RISK;
	advise_migrate(job);
	if (is_apples(job->program))
		job->reason = "an agent, which Apple does not exempt; Apple's own programs are "
		    "mostly let through (one "
		    "measurement), not always (two reports), and what they start need not be";
	else if (job->start == SCAN_TIMED)
		job->reason = "an agent, which Apple does not exempt; one that ends soon may never "
		    "get the question on "
		    "the screen (Apple). Not blocked for certain: it may have been allowed";
	else
		job->reason = "a resident agent, which Apple does not exempt: it is refused until "
		    "somebody allows it "
		    "on the screen. Not blocked for certain: two measurements found agents that "
		    "were not";
}

static void
judge_daemon(struct scan_job *job)
{
	if (strcmp(job->account, "root") == 0 || (job->account_exists == YES && job->uid == 0)) {
		job->risk = RISK_EXEMPT_IF_ROOT;
		job->reason = "Apple exempts daemons, and whatever runs as root; no report of a "
		    "refused one was found "
		    "since 15.1. If it gives up root itself, that is not known";
	} else if (job->account_exists != YES) {
		job->risk = RISK_UNKNOWN;
		job->reason = job->account_exists == NO ?
		    "there is no such account: launchd does not start it (78)" :
		    "its account could not be looked up";
	} else if (job->uid < FIRST_LOGIN_UID) {
		job->risk = RISK_LOW;
		job->reason = "Apple exempts daemons; one measurement found a daemon of such a "
		    "role account open, none "
		    "found one refused";
	} else {
		job->risk = RISK_AT_RISK;
		job->reason =
		    "Apple exempts daemons, but three reports, two of them measured, tell of "
		    "daemons that were "
		    "refused when they ran as a login account";
		text_copy(job->fix, sizeof job->fix,
		    "if its log says No route to host: run it as root, or as a role account");
	}
}

void
scan_judge(struct scan_job *job, const char *version)
{
	job->fix[0] = '\0';
	if (job->label[0] == '\0') {
		job->risk = RISK_UNKNOWN;
		job->reason = job->trouble;
	} else if (version[0] != '\0' && strtol(version, NULL, 10) < FIRST_VERSION) {
		job->risk = RISK_LOW;
		job->reason = "this system is older than macOS 15, where Local Network Privacy "
		    "begins";
	} else if (job->kind == SCAN_AGENT)
		judge_agent(job);
	else
		judge_daemon(job);
}

/* ---- words ---- */

const char *
scan_risk_word(enum risk risk)
{
	static const char *const words[] = {
		[RISK_AT_RISK] = "at_risk", [RISK_EXEMPT_IF_ROOT] = "exempt_if_root",
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
		[TROUBLE_TWIN] = "label-twice", [TROUBLE_DISABLED] = "disabled", [TROUBLE_PROGRAM] =
		    "missing-program",
		[TROUBLE_QUARANTINE] = "quarantine", [TROUBLE_LOG] = "log-not-writable",
	};

	return words[trouble];
}

void
scan_describe(const struct scan_job *job, enum scan_trouble trouble, char *target, size_t size)
{
	char shown[PATH_SIZE + 3];

	switch (trouble) {
	case TROUBLE_TWIN:
		paste_shown(shown, sizeof shown, job->twin);
		snprintf(target, size, "the label stands in %s, too: the two keep each other from "
		    "starting", shown);
		break;
	case TROUBLE_DISABLED:
		snprintf(target, size, "the label is disabled: launchd does not load it");
		break;
	case TROUBLE_PROGRAM:
		paste_shown(shown, sizeof shown, job->program);
		snprintf(target, size, "there is no program %s", shown);
		break;
	case TROUBLE_QUARANTINE:
		snprintf(target, size, "the plist is quarantined: macOS 27 does not load it, and "
		    "says nothing");
		break;
	case TROUBLE_LOG:
		paste_shown(shown, sizeof shown, job->bad_log);
		snprintf(target, size, "its account cannot write the log %s: launchd does not "
		    "start it (78)", shown);
		break;
	case TROUBLES:
		target[0] = '\0';
		break;
	}
}
