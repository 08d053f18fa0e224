/* The kinds of steps: each has its words, its do and its undo. */
#include <stdio.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/steps/words.h"
#include "../../../../src/host/steps/step_row.h"

static const char *const names[] = {
#define KIND_NAME(NAME, name) #name,
	STEP_KINDS(KIND_NAME)
};

static void
every_kind_of_step_has_its_words_its_do_and_its_undo(void **state)
{
	(void)state;
	for (int i = 0; i < STEP_KIND_COUNT; i++) {
		const struct step_row *row = step_row(&(struct step){ .kind = (enum step_kind)i });

		if (row->run == NULL || row->undo == NULL)
			fail_msg("step_%s has no .run or no .undo", names[i]);
		if (row->words[0].action == NULL && row->words[1].action == NULL)
			fail_msg("step_%s has no .words", names[i]);
		for (int j = 0; j < 2; j++) {
			const struct step_words *words = &row->words[j];
			int lines = (words->plan != NULL) + (words->done != NULL) +
			    (words->undone != NULL);

			if (words->action == NULL ? lines != 0 : lines != 0 && lines != 3)
				fail_msg("step_%s: a word is missing in .words[%d]", names[i], j);
		}
	}
}

static void
steps_are_described_by_what_became_of_them(void **state)
{
	static const struct row {
		enum step_kind		kind;
		enum tristate		goal;	/* it was the other way round */
		enum step_result	result;
		const char		*action, *text;
	} rows[] = {
		{ KIND_RECORD, YES, STEP_DONE, "record", "" },
		{ KIND_OVERRIDE, NO, STEP_PLANNED, "enable", "would enable /x" },
		{ KIND_OVERRIDE, NO, STEP_UNDONE, "enable", "disabled again /x" },
		{ KIND_UNLOAD, NO, STEP_DONE, "unload", "booted out /x" },
		{ KIND_UNLOAD, NO, STEP_UNDONE, "unload", "loaded again /x" },
		{ KIND_FOLDER, YES, STEP_DONE, "make", "made /x" },
		{ KIND_FOLDER, NO, STEP_PLANNED, "remove", "would remove /x" },
		{ KIND_LOG, YES, STEP_DONE, "prepare", "prepared /x" },
		{ KIND_LOG, NO, STEP_FAILED, "remove", "cannot remove /x" },
		{ KIND_PLIST, YES, STEP_PLANNED, "write", "would write /x" },
		{ KIND_PLIST, YES, STEP_DONE, "write", "wrote /x" },
		{ KIND_PLIST, YES, STEP_UNDONE, "write", "took back /x" },
		{ KIND_PLIST, NO, STEP_DONE, "remove", "removed /x" },
		{ KIND_PLIST, YES, STEP_STUCK, "write", "cannot write /x" },
		{ KIND_PLIST, YES, STEP_UNCHANGED, "write", "" },
		{ KIND_LOAD, YES, STEP_DONE, "load", "bootstrapped /x" },
		{ KIND_LOAD, YES, STEP_UNDONE, "load", "took back /x" },
		{ KIND_RECEIPT, YES, STEP_DONE, "receipt", "wrote /x" },
		{ KIND_REMOVAL, YES, STEP_DONE, "receipt", "" },
		{ KIND_FORGET, NO, STEP_PLANNED, "remove", "would remove /x" },
	};
	static const char *const words[] = { "planned", "unchanged", "done", "undone", "failed",
	    "failed" };

	char text[PATH_SIZE + 64];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		static struct step step;
		char described[PATH_SIZE + 64] = "not touched";

		step = (struct step){ .kind = rows[i].kind,
			.name = "/x",
			.was = { .exists = rows[i].goal == YES ? NO : YES },
			.goal = { .exists = rows[i].goal },
			.result = rows[i].result };
		step_describe(&step, described, sizeof described);
		assert_string_equal(described, rows[i].text);
		assert_string_equal(step_action(&step), rows[i].action);
	}
	step_describe(&(struct step){ .kind = KIND_PLIST,
			  .name = "/x",
			  .was = { .exists = YES },
			  .goal = { .exists = YES },
			  .result = STEP_UNDONE },
	    text, sizeof text);
	assert_string_equal(text, "put back /x");
	step_describe(&(struct step){
		.kind = KIND_LOG, .name = "/x", .goal = { .exists = YES },
		    .result = STEP_UNDONE, .left = true },
	    text, sizeof text);
	assert_string_equal(text, "left /x: it has content");
	step_describe(&(struct step){
		.kind = KIND_LOG, .name = "/x", .backup = "/x.before",
		    .goal = { .exists = YES }, .result = STEP_DONE },
	    text, sizeof text);
	assert_string_equal(text, "prepared /x: what it held is /x.before now");
	for (int i = 0; i <= STEP_STUCK; i++)
		assert_string_equal(step_result_word((enum step_result)i), words[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_step_has_its_words_its_do_and_its_undo),
		cmocka_unit_test(steps_are_described_by_what_became_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
