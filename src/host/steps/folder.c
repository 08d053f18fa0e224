/* A directory of logs. In an account's home the account makes and removes it. */
#include "step_row.h"

static int
folder_remove(struct apply *apply, struct step *step, struct error *error)
{
	return step_foreign(step) == NULL ?
	    files_remove_directory(apply->host, step->name, &step->left, error) :
	    files_account_remove_directory(apply->host, &step->foreign, step->as, &step->left,
	    error);
}

static int
folder_do(struct apply *apply, struct step *step, struct error *error)
{
	if (step->goal.exists != YES)
		return folder_remove(apply, step, error);
	return step_foreign(step) == NULL ?
	    files_make_directory(apply->host, step->name, 0755, error) :
	    files_account_make_directory(apply->host, &step->foreign, step->as, error);
}

/* If something else has its name, the step made nothing. */
static int
folder_undo(struct apply *apply, struct step *step, struct error *error)
{
	struct file_fact fact;

	if (step_foreign(step) == NULL) {
		files_look(apply->host, step->name, FILES_STRICT, &fact);
		if (fact.exists == YES && fact.type != FILE_DIRECTORY)
			return 0;
	}
	return folder_remove(apply, step, error);
}

/* Both kinds read alike: who acts is not what a reader of the report looks for. */
#define FOLDER_ROW {							\
	.words = {							\
		{ "remove", "remove", "removed", "made again" },	\
		{ "make", "make", "made", "removed again" },		\
	},								\
	.why_left = "it has content",					\
	.run = folder_do,						\
	.undo = folder_undo,						\
}

const struct step_row step_folder = FOLDER_ROW, step_account_folder = FOLDER_ROW;
