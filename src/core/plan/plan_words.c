/* Describe a plan: what a step would do, did, or undid. */
#include <stdio.h>

#include "core/lint/lint.h"
#include "core/plan/plan.h"

struct wording {			/* of a step, by target and direction */
	const char	*action;
	const char	*plan, *done, *undone;	/* followed by the name; NULL: no line */
};

static const struct wording wordings[][2] = {	/* [target][goal exists] */
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
	[TARGET_ACCOUNT_FOLDER] = { { "remove", "remove", "removed", "made again" },
			      { "make", "make", "made", "removed again" } },
	[TARGET_ACCOUNT_LOG] = { { "remove", "remove", "removed", "cannot bring back" },
			      { "prepare", "prepare", "prepared", "put back" } },
	[TARGET_AGENT]    = { { "take-away", "take away", "took away", "put back" },
			      { "bring-back", "bring back", "brought back", "took away again" } },
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
	return &wordings[step->target][step->goal.exists == YES];
}

const char *
plan_name(const struct step *step)
{
	return step->foreign.theirs[0] == '\0' ? step->name : step->foreign.theirs;
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
	if (words->plan == NULL || step->hidden || step->result == STEP_UNCHANGED)
		return;
	if (step->result == STEP_PLANNED)
		snprintf(target, size, "would %s %s", words->plan, plan_name(step));
	else if (step->left && (step->result == STEP_DONE || step->result == STEP_UNDONE))
		snprintf(target, size, step->target == TARGET_LOAD ?
		    "left %s: its account's launchd does not load it" :
		    "left %s: it has content", plan_name(step));
	else if (step->result == STEP_DONE && step->target == TARGET_LOG &&
	    step->backup[0] != '\0')
		snprintf(target, size, "%s %s: what it held is %s now", words->done, step->name,
		    step->backup);
	else if (step->result == STEP_DONE)
		snprintf(target, size, "%s %s", words->done, plan_name(step));
	else if (step->result == STEP_UNDONE)
		snprintf(target, size, "%s %s", step->was.exists == YES ? words->undone :
		    "took back", plan_name(step));
	else
		snprintf(target, size, "cannot %s %s", words->plan, plan_name(step));
}

bool
plan_protected(const struct promise *promise, const struct facts *facts, size_t which, char *text,
    size_t size)
{
	const struct { const struct file_fact *fact; const struct foreign_path *path; } rows[] = {
		{ &facts->program.file, &promise->program },
		  { &facts->working_directory.file, &promise->working_directory },
		{ &facts->log[0].file, &promise->logs[0] }, { &facts->log[1].file,
		    &promise->logs[1] },
	};
	const char *path, *folder;

	text[0] = '\0';
	if (which == sizeof rows / sizeof rows[0])
		return false;
	path = rows[which].fact->resolved[0] != '\0' ? rows[which].fact->resolved :
	    rows[which].path->theirs;
	folder = lint_protected(path);
	if (folder != NULL)
		snprintf(text, size, "privacy protection keeps jobs out of %s unless their program "
		    "has Full Disk Access; it is better to put '%s' elsewhere", folder, path);
	return true;
}
