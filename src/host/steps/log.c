/* A log: owner, group and mode, never its bytes. In an account's home the account does it. */
#include <stdio.h>

#include "step_row.h"

#define LOG_LEFT	"it has content"

static int
log_do(struct apply *apply, struct step *step, struct error *error)
{
	const struct foreign_path *foreign = step_foreign(step);
	const struct state *goal = &step->goal;

	if (goal->exists != YES)
		return files_remove_log(apply->host, step->name, foreign, step->as,
		    step->kind == KIND_EMPTY_LOG, &step->left, error);
	/* In its home the account always owns it: root changes no owner there. */
	if (foreign != NULL || goal->owner == step->as->uid)
		return files_log(apply->host, step->name, foreign, step->as, goal->group,
		    goal->mode, error);
	/* Give a log back to its owner before --replace. */
	if (files_give_back(apply->host, step->name, goal->owner, goal->group, goal->mode, false,
	    step->backup, error) == -1)
		return -1;
	if (apply->plan->resumed && step->backup[0] == '\0')
		files_find_aside(apply->host, step->name, step->was.owner, step->backup);
	return 0;
}

static int
log_undo(struct apply *apply, struct step *step, struct error *error)
{
	const struct foreign_path *foreign = step_foreign(step);
	char why[sizeof error->why];

	if (step->was.exists != YES)
		return files_remove_log(apply->host, step->name, foreign, step->as, true,
		    &step->left, error);
	if (foreign != NULL)
		return files_log(apply->host, step->name, foreign, step->as, step->was.group,
		    step->was.mode, error);
	/* The log that log_do() gave back was too large to copy: restore the file itself. */
	if (step->goal.owner != step->as->uid && step->backup[0] != '\0') {
		if (files_restore(apply->host, step->backup, step->name, error) == -1)
			return -1;
		step->backup[0] = '\0';
		return 0;
	}
	/* The account that owned it meanwhile may have kept it open. */
	if (files_give_back(apply->host, step->name, step->was.owner, step->was.group,
	    step->was.mode, true, step->backup, error) == -1)
		return -1;
	if (step->backup[0] == '\0')
		return 0;
	snprintf(why, sizeof why, "what it held is %.400s now: it could not be copied, and its "
	    "account made another hard link to it", step->backup);
	return error_set(error, ERROR_FILE, why, "", "cannot restore '%s'", step->name);
}

#define LOG_REMOVE	{ "remove", "remove", "removed", "cannot bring back" }
#define LOG_PREPARE	{ "prepare", "prepare", "prepared", "put back" }

const struct step_row step_log = {
	.words = { LOG_REMOVE, LOG_PREPARE },
	.why_left = LOG_LEFT,
	.keeps_backup = true,
	.run = log_do,
	.undo = log_undo,
};

const struct step_row step_empty_log = {
	.words = { LOG_REMOVE },
	.why_left = LOG_LEFT,
	.run = log_do,
	.undo = log_undo,
};

const struct step_row step_account_log = {
	.words = { LOG_REMOVE, LOG_PREPARE },
	.why_left = LOG_LEFT,
	.run = log_do,
	.undo = log_undo,
};
