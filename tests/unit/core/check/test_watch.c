/* watch.c: what follows from each answer to bootstrap, and from each look at a starting job. */
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/check/start.h"
#include "core/check/watch.h"
#include "healthy.h"

static struct healthy mac;

#define SERVICE	mac.facts.launchd.service

static int
begin(void **state)
{
	(void)state;
	healthy_installed(&mac);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	healthy_free(&mac);
	return 0;
}

/* ---- loading ---- */

static void
each_answer_to_bootstrap_has_its_consequence(void **state)
{
	static const struct {
		int		 status;
		bool		 timed_out;
		enum tristate	 loaded;
		const char	*state, *path;
		enum load_next	 next;
		bool		 vague;
		enum error_kind	 kind;		/* of a refusal */
		const char	*why, *fix;	/* parts of them */
	} rows[] = {
		{ 0, false, YES, "running", "/a", LOAD_DONE, false, ERROR_FAILED, "", "" },
		{ 5, false, YES, "running", "/a", LOAD_DONE, false, ERROR_FAILED, "", "" },
		{ -1, true, YES, "running", "/a", LOAD_DONE, false, ERROR_FAILED, "", "" },
		{ 0, false, NO, "", "", LOAD_WAIT, false, ERROR_FAILED,
		  "reported success, but the job is not loaded", "sudo sfltool dumpbtm" },
		{ 0, false, UNKNOWN, "", "", LOAD_WAIT, false, ERROR_LAUNCHCTL,
		  "reported success", "Login Items" },
		{ 5, false, NO, "", "", LOAD_WAIT, true, ERROR_FAILED, "WORDS",
		  "sudo log show" },
		{ 5, false, YES, "running", "/b", LOAD_WAIT, false, ERROR_FAILED,
		  "already loaded from '/b'", "lnpctl status" },
		{ 36, false, NO, "", "", LOAD_WAIT, false, ERROR_FAILED, "WORDS", "sudo log" },
		{ 37, false, YES, "SIGTERMed", "/a", LOAD_WAIT, false, ERROR_FAILED,
		  "still stopping", "lnpctl status" },
		{ 122, false, NO, "", "", LOAD_REFUSED, false, ERROR_FAILED, "WORDS",
		  "sudo log" },
		{ 122, false, YES, "SIGKILLed", "/a", LOAD_WAIT, false, ERROR_FAILED,
		  "still stopping", "" },
		{ 161, false, NO, "", "", LOAD_REFUSED, false, ERROR_FAILED, "WORDS",
		  "Login Items" },
		{ -1, true, NO, "", "", LOAD_WAIT, false, ERROR_LAUNCHCTL, "WORDS", "" },
		{ -1, false, NO, "", "", LOAD_REFUSED, false, ERROR_LAUNCHCTL, "WORDS", "" },
		{ -1, false, YES, "SIGTERMed", "/a", LOAD_REFUSED, false, ERROR_FAILED,
		  "still stopping", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct load_answer answer = { rows[i].status, rows[i].timed_out, rows[i].loaded,
		    &SERVICE, false };
		struct error error;

		strcpy(SERVICE.state, rows[i].state);
		strcpy(SERVICE.path, rows[i].path);
		if (check_load(&answer, "/a") != rows[i].next ||
		    check_load_is_vague(&answer) != rows[i].vague)
			fail_msg("row %zu: %d, %d", i, (int)check_load(&answer, "/a"),
			    check_load_is_vague(&answer));
		if (rows[i].next == LOAD_DONE)
			continue;
		assert_int_equal(check_load_refused(&answer, "WORDS", "system/x", &error), -1);
		if (error.kind != rows[i].kind || strstr(error.why, rows[i].why) == NULL ||
		    strstr(error.fix, rows[i].fix) == NULL || strstr(error.what, "-1") != NULL)
			fail_msg("row %zu: %d %s: %s (%s)", i, (int)error.kind, error.what,
			    error.why, error.fix);
	}
	/* It may have run, and be unloaded, before print is asked. */
	assert_int_equal(check_load(&(struct load_answer){ 0, false, NO, &SERVICE, true }, "/a"),
	    LOAD_DONE);
	assert_int_equal(check_load(&(struct load_answer){ 5, false, NO, &SERVICE, true }, "/a"),
	    LOAD_WAIT);
}

/* ---- starting ---- */

static void
look_is(const char *word, long pid, long runs, double uptime)
{
	strcpy(SERVICE.state, word);
	SERVICE.pid = pid;
	SERVICE.runs = runs;
	mac.facts.launchd.uptime = uptime;
}

/* One story a row: what each look shows, and what is to be done then. */
static void
each_look_at_a_starting_job_has_its_consequence(void **state)
{
	static const struct {
		double		 now;
		const char	*state;
		long		 pid, runs;
		enum watch_next	 next;
		const char	*why;		/* of WATCH_BAD */
	} stories[][6] = {
		{ { 0, "spawn scheduled", -1, 0, WATCH_WAIT, NULL },
		  { 1, "xpcproxy", 7, 1, WATCH_WAIT, NULL },
		  { 2, "running", 7, 1, WATCH_WAIT, NULL },
		  { 6, "running", 7, 1, WATCH_WAIT, NULL },
		  { 7, "running", 7, 1, WATCH_GOOD, NULL } },
		{ { 0, "not running", -1, 0, WATCH_WAIT, NULL },	/* never started */
		  { 4.9, "not running", -1, 0, WATCH_WAIT, NULL },
		  { 5, "not running", -1, 0, WATCH_KICK, NULL },
		  { 6, "not running", -1, 0, WATCH_WAIT, NULL },
		  { 30, "not running", -1, 0, WATCH_BAD, "did not start it" } },
		{ { 0, "xpcproxy", 7, 1, WATCH_WAIT, NULL },		/* hangs */
		  { 30, "xpcproxy", 7, 1, WATCH_BAD, "'xpcproxy'" } },
		{ { 0, "running", 7, 1, WATCH_WAIT, NULL },		/* another process */
		  { 1, "running", 8, 2, WATCH_BAD, "was restarted" } },
		{ { 0, "running", 7, 1, WATCH_WAIT, NULL },		/* the number came again */
		  { 1, "running", 7, 2, WATCH_BAD, "was restarted" } },
		{ { 0, "running", 7, 1, WATCH_WAIT, NULL },		/* it ended */
		  { 1, "not running", -1, 1, WATCH_BAD, "is not running" } },
	};

	(void)state;
	mac.receipt.spec.settle = 5;
	for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
		struct job_watch watch = { .limit = 30 };

		mac.facts.launchd.restarted = false;
		for (size_t j = 0; j < 6 && stories[i][j].state != NULL; j++) {
			struct error error;

			look_is(stories[i][j].state, stories[i][j].pid, stories[i][j].runs, 0);
			if (check_watch(&watch, &mac.receipt, &mac.facts, stories[i][j].now,
			    &error) != stories[i][j].next)
				fail_msg("story %zu, look %zu", i, j);
			if (stories[i][j].next != WATCH_BAD)
				continue;
			assert_string_equal(error.what,
			    "the job '" LABEL "' is not healthy");
			assert_int_equal(error.kind, ERROR_FAILED);
			if (strstr(error.why, stories[i][j].why) == NULL)
				fail_msg("story %zu: %s", i, error.why);
		}
	}
}

/* A process that is older than the settle time is not waited for; one of root is not accepted. */
static void
an_old_process_is_good_unless_it_is_anothers(void **state)
{
	struct job_watch watch = { .limit = 30 };
	struct error error;

	(void)state;
	look_is("running", 7, 1, 3600);
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 0, &error), WATCH_GOOD);
	mac.facts.launchd.process.uid = 0;
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 1, &error), WATCH_BAD);
	assert_non_null(strstr(error.why, "runs as uid 0, not as worker (501)"));
	assert_string_equal(error.fix,
	    "see what launchd loaded: sudo launchctl print system/" LABEL);
}

static void
a_job_need_not_run_where_loaded_is_enough(void **state)
{
	struct job_watch watch = { .limit = 0 };
	struct error error;

	(void)state;
	look_is("not running", -1, 0, 0);
	mac.receipt.spec.settle = 0;
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 0, &error), WATCH_GOOD);
	mac.receipt.spec.settle = 5;
	mac.receipt.spec.health = HEALTH_LOADED;
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 0, &error), WATCH_GOOD);
	/* It must run now, and is not kickstarted. */
	mac.receipt.spec.health = HEALTH_KEPT;
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 9, &error), WATCH_BAD);
	mac.facts.launchd.loaded = UNKNOWN;
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 9, &error), WATCH_BAD);
	assert_int_equal(error.kind, ERROR_LAUNCHCTL);
}

/* There is nothing to restart after a first install that is rolled back. */
static void
what_stops_each_start_ends_the_watch_with_its_fix(void **state)
{
	struct job_watch watch = { .limit = 30 };
	struct error error;

	(void)state;
	look_is("not running", -1, 1, 0);
	strcpy(SERVICE.properties, "runatload | penalty box");
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 0, &error), WATCH_BAD);
	assert_non_null(strstr(error.why, "penalty box"));
	assert_string_equal(error.fix, "fix this, then run the same command again");
	mac.receipt.undo_receipt = mac.receipt.spec.plist;
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 0, &error), WATCH_BAD);
	assert_string_equal(error.fix, "sudo lnpctl restart " LABEL);
	SERVICE.properties[0] = '\0';
	SERVICE.last_exit = LAST_EXIT_REASON;
	strcpy(SERVICE.last_exit_text, "OS_REASON_TCC");
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 0, &error), WATCH_BAD);
	assert_non_null(strstr(error.why, "without a usage description (OS_REASON_TCC)"));
	assert_non_null(strstr(error.fix, "Info.plist"));
	SERVICE.last_exit = LAST_EXIT_CODE;
	SERVICE.last_exit_value = 78;
	strcpy(SERVICE.properties, "needs LWCR update");
	assert_int_equal(check_watch(&watch, &mac.receipt, &mac.facts, 0, &error), WATCH_BAD);
	assert_non_null(strstr(error.why, "78 (EX_CONFIG)"));
	assert_non_null(strstr(error.why, "needs LWCR update"));
	assert_string_equal(error.fix, "sudo lnpctl restart " LABEL);
	/* It does not keep a restart from working, which is what cures it. */
	assert_false(start_explain(&mac.receipt, &mac.facts, &error));
	mac.receipt.undo_receipt = (struct bytes){ NULL, 0 };
}

/* ---- causes ---- */

static void
a_cause_replaces_the_reason_and_needs_no_receipt(void **state)
{
	struct error error;

	(void)state;
	error_set(&error, ERROR_FAILED, "exited with 78", "see its log", "cannot load it");
	assert_false(start_explain(&mac.receipt, &mac.facts, &error));
	assert_string_equal(error.why, "exited with 78");
	mac.facts.log[0].file = (struct file_fact){ .exists = NO };
	mac.facts.log[0].file.exists = NO;
	assert_true(start_explain(&mac.receipt, &mac.facts, &error));
	assert_string_equal(error.what, "cannot load it");
	assert_non_null(strstr(error.why, "is missing"));
	assert_string_equal(error.fix, "fix this, then run the same command again");
	mac.receipt.undo_receipt = mac.receipt.spec.plist;
	assert_true(start_explain(&mac.receipt, &mac.facts, &error));
	assert_string_equal(error.fix, "sudo lnpctl repair " LABEL);
	mac.receipt.undo_receipt = (struct bytes){ NULL, 0 };
	/* What may be the cause is the cause, if there is no other. */
	mac.facts.log[0].file = mac.facts.log[1].file;
	mac.facts.program.form = FORM_TRANSLATED;
	mac.facts.launchd.process.exists = NO;
	assert_true(start_explain(&mac.receipt, &mac.facts, &error));
	assert_non_null(strstr(error.why, "without Rosetta"));
	mac.facts.program.file.quarantined = YES;
	assert_true(start_explain(&mac.receipt, &mac.facts, &error));
	assert_non_null(strstr(error.why, "is quarantined"));
	assert_false(check_is_unexplained(&mac.facts));
	SERVICE.last_exit = LAST_EXIT_CODE;
	SERVICE.last_exit_value = 78;
	assert_true(check_is_unexplained(&mac.facts));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_answer_to_bootstrap_has_its_consequence,
		    begin, end),
		cmocka_unit_test_setup_teardown(each_look_at_a_starting_job_has_its_consequence,
		    begin, end),
		cmocka_unit_test_setup_teardown(an_old_process_is_good_unless_it_is_anothers,
		    begin, end),
		cmocka_unit_test_setup_teardown(a_job_need_not_run_where_loaded_is_enough, begin,
		    end),
		cmocka_unit_test_setup_teardown(what_stops_each_start_ends_the_watch_with_its_fix,
		    begin, end),
		cmocka_unit_test_setup_teardown(a_cause_replaces_the_reason_and_needs_no_receipt,
		    begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
