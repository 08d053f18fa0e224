/* What a step prints, from the row of its kind. */
#include <stdio.h>

#include "host/steps/words.h"
#include "step_row.h"

static const struct step_row *const rows[] = {
#define STEP_OF(NAME, name) [KIND_##NAME] = &step_##name,
	STEP_KINDS(STEP_OF)
#undef STEP_OF
};

const struct step_row *
step_row(const struct step *step)
{
	return rows[step->kind];
}

const struct foreign_path *
step_foreign(const struct step *step)
{
	return step->kind == KIND_ACCOUNT_FOLDER || step->kind == KIND_ACCOUNT_LOG ?
	    &step->foreign : NULL;
}

static const struct step_words *
step_words(const struct step *step)
{
	return &step_row(step)->words[step->goal.exists == YES];
}

const char *
step_action(const struct step *step)
{
	return step_words(step)->action;
}

const char *
step_result_word(enum step_result result)
{
	static const char *const words[] = {
		[STEP_PLANNED] = "planned", [STEP_UNCHANGED] = "unchanged", [STEP_DONE] = "done",
		[STEP_UNDONE] = "undone", [STEP_FAILED] = "failed", [STEP_STUCK] = "failed",
	};

	return words[result];
}

void
step_describe(const struct step *step, char *target, size_t size)
{
	const struct step_words *words = step_words(step);
	bool done = step->result == STEP_DONE;

	target[0] = '\0';
	if (words->plan == NULL || step->result == STEP_UNCHANGED)
		return;
	if (step->result == STEP_PLANNED)
		snprintf(target, size, "would %s %s", words->plan, step_name(step));
	else if (!done && step->result != STEP_UNDONE)
		snprintf(target, size, "cannot %s %s", words->plan, step_name(step));
	else if (step->left)
		snprintf(target, size, "left %s: %s", step_name(step), step_row(step)->why_left);
	else if (done && step->kind == KIND_LOG && step->backup[0] != '\0')
		snprintf(target, size, "%s %s: what it held is %s now", words->done, step->name,
		    step->backup);
	else
		snprintf(target, size, "%s %s", done ? words->done : step->was.exists == YES ?
		    words->undone : "took back", step_name(step));
}
