/* The receipt: "changing" before any change, its new form as the commit, none at the end. */
#include "step_row.h"

const struct step_row step_record = {
	.words = { [1] = { .action = "record" } },
	.run = step_do_file,
	.undo = step_undo_file,
};

static int
receipt_do(struct apply *apply, struct step *step, struct error *error)
{
	return step_put_file(apply, step->name, &step->goal, FILES_LASTING, error);
}

/* If there was a record step, its undo restores the old receipt. */
static int
receipt_undo(struct apply *apply, struct step *step, struct error *error)
{
	return apply->plan->steps[0].result != STEP_UNCHANGED ? 0 :
	    step_undo_file(apply, step, error);
}

const struct step_row step_receipt = {
	.words = { [1] = { "receipt", "write", "wrote", "put back" } },
	.run = receipt_do,
	.undo = receipt_undo,
};

/* Without a line: the receipt is removed later. */
const struct step_row step_removal = {
	.words = { [1] = { .action = "receipt" } },
	.run = step_do_file,
	.undo = receipt_undo,
};

const struct step_row step_forget = {
	.words = { { "remove", "remove", "removed", "put back" } },
	.run = receipt_do,
	.undo = step_undo_file,
};
