/* probe.c and verdict.c: tries add up to outcomes, connect's output is read back, the verdict. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/plist/plist.h"
#include "core/probe/probe.h"

static struct context_result rows[8];
static size_t count;
static char why[PEER_WHY];
static const char *runs = "";

static int
begin(void **state)
{
	(void)state;
	memset(rows, 0, sizeof rows);
	count = 0;
	return 0;
}

/*
 * Add an outcome with these tries: o open, x refused by the peer, b refused at once, d dead (ARP
 * gave up), D EHOSTDOWN, t silence, u no such name, n no network.
 */
static struct context_result *
row(const char *name, enum observer witness, const char *tries)
{
	static const struct { char letter; int number; double milliseconds; } kinds[] = {
		{ 'o', 0, 0.4 }, { 'x', ECONNREFUSED, 0.3 }, { 'b', EHOSTUNREACH, 2 },
		  { 'd', EHOSTUNREACH, 3060 },
		{ 'D', EHOSTDOWN, 0.1 }, { 't', ETIMEDOUT, 5000 }, { 'u', PROBE_UNRESOLVED, 0 },
		  { 'n', ENETUNREACH, 0.1 },
	};
	struct context_result *outcome = &rows[count++];
	struct context context;
	struct error error;

	assert_int_equal(probe_context(&context, name, &error), 0);
	probe_begin(outcome, &context, witness);
	for (; *tries != '\0'; tries++)
		for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
			if (kinds[i].letter == *tries)
				probe_add(outcome, kinds[i].number, kinds[i].milliseconds);
	return outcome;
}

static void
assert_verdict(enum probe_verdict expected)
{
	assert_string_equal(probe_verdict_word(probe_verdict(rows, count, why)),
	    probe_verdict_word(expected));
	assert_true(why[0] != '\0');
}

/* Root's tries against those of a login account's daemon. */
static void
assert_pair(const char *root, const char *worker, enum probe_verdict expected)
{
	count = 0;
	row("root", WITNESS_LNPCTL, root);
	row("daemon:worker", WITNESS_LNPCTL, worker);
	assert_verdict(expected);
}

/* ---- contexts and tries ---- */

static void
a_context_has_one_of_four_forms(void **state)
{
	static const char *const bad[] = { "", "Root", "daemon", "daemon:", "agent:", "user:worker",
	    "shell:x", "root:", ":x" };
	struct context context;
	struct error error;

	(void)state;
	assert_int_equal(probe_context(&context, "daemon:worker", &error), 0);
	assert_int_equal(context.kind, CONTEXT_DAEMON);
	assert_string_equal(context.user, "worker");
	assert_int_equal(probe_context(&context, "agent:worker", &error), 0);
	assert_int_equal(context.kind, CONTEXT_AGENT);
	assert_int_equal(probe_context(&context, "daemon:root", &error), 0);
	assert_int_equal(context.kind, CONTEXT_ROOT);
	assert_string_equal(context.name, "root");
	assert_int_equal(probe_context(&context, "shell", &error), 0);
	assert_int_equal(context.kind, CONTEXT_SHELL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(probe_context(&context, bad[i], &error), -1);
		assert_int_equal(error.kind, ERROR_USAGE);
	}
}

static void
the_same_number_is_a_refusal_at_once_and_a_dead_host_later(void **state)
{
	(void)state;
	assert_int_equal(probe_classify(EHOSTUNREACH, 2), PROBE_NO_ROUTE);
	assert_int_equal(probe_classify(EHOSTUNREACH, 1500), PROBE_HOST_DOWN);
	assert_int_equal(probe_classify(EHOSTDOWN, 0.1), PROBE_HOST_DOWN);
	assert_int_equal(probe_classify(ECONNREFUSED, 1), PROBE_REFUSED);
	assert_int_equal(probe_classify(ECONNRESET, 1), PROBE_REFUSED);
	assert_int_equal(probe_classify(ETIMEDOUT, 5000), PROBE_TIMEOUT);
	assert_int_equal(probe_classify(ENETUNREACH, 0), PROBE_ERROR);
	assert_int_equal(probe_classify(0, 1), PROBE_OPEN);
}

static void
two_contacts_decide_and_one_refusal_does_not(void **state)
{
	(void)state;
	assert_false(probe_decided(row("root", WITNESS_LNPCTL, "")));
	assert_false(probe_decided(row("root", WITNESS_LNPCTL, "o")));
	assert_true(probe_decided(row("root", WITNESS_LNPCTL, "oo")));
	assert_true(probe_decided(row("root", WITNESS_LNPCTL, "bbox")));
	assert_false(probe_decided(row("root", WITNESS_LNPCTL, "bbbbbbbbbb")));
	assert_false(probe_is_refused_at_once(row("root", WITNESS_LNPCTL, "bb")));
	assert_true(probe_is_refused_at_once(row("root", WITNESS_LNPCTL, "bbb")));
	assert_false(probe_is_refused_at_once(row("root", WITNESS_LNPCTL, "bbbt")));
}

static void
a_first_contact_that_fails_is_counted_and_the_context_open(void **state)
{
	struct context_result *outcome = row("root", WITNESS_LNPCTL, "bboo");

	(void)state;
	assert_int_equal(outcome->result, PROBE_OPEN);
	assert_int_equal(outcome->tries, 4);
	assert_int_equal(outcome->opened, 2);
	assert_int_equal(outcome->first_open, 3);
	assert_true(outcome->milliseconds < 1);
}

static void
a_contact_that_was_lost_again_is_not_open(void **state)
{
	(void)state;
	assert_int_equal(row("root", WITNESS_LNPCTL, "obbbbbbbbb")->result, PROBE_NO_ROUTE);
	assert_pair("oo", "obbbbbbbbb", PROBE_VERDICT_UNDETERMINED);
	assert_non_null(strstr(why, "reached the peer, then failed"));
}

/* ---- what connect prints ---- */

static bool
reads(struct context_result *outcome, const char *text)
{
	count = 0;
	*outcome = *row("daemon:worker", WITNESS_LNPCTL, "");
	return probe_read(outcome, (struct bytes){ (const unsigned char *)text, strlen(text) });
}

static void
what_connect_prints_is_read_back(void **state)
{
	struct context_result outcome;

	(void)state;
	assert_true(reads(&outcome, PROBE_HEAD "\naddress 10.9.0.2 on-link\naddress fe80::1%en0 "
	    "routed\ntry 113 0.040\n"
	    "try 0 1.5\ntry 0 0.2\nend\n"));
	assert_true(outcome.complete);
	assert_int_equal(outcome.tries, 3);
	assert_int_equal(outcome.opened, 2);
	assert_int_equal(outcome.address_count, 2);
	assert_string_equal(outcome.addresses[1], "fe80::1%en0");
	assert_int_equal(outcome.places[1], SCOPE_ROUTED);
	assert_string_equal(outcome.context.user, "worker");
}

static void
half_a_line_is_left_for_the_next_look(void **state)
{
	struct context_result outcome;

	(void)state;
	assert_true(reads(&outcome, ""));
	assert_false(outcome.begun);
	assert_true(reads(&outcome, "lnpctl-conn"));
	assert_false(outcome.begun);
	assert_true(reads(&outcome, PROBE_HEAD "\naddress 10.9.0.2 on-link\ntry 0 0.2\ntry 0 0.1"));
	assert_true(outcome.begun);
	assert_false(outcome.complete);
	assert_int_equal(outcome.tries, 1);
}

static void
anything_else_in_the_result_is_told_and_counts_as_no_try(void **state)
{
	static const char *const bad[] = {
		"try 0 1\n", "\n", "garbage\n", PROBE_HEAD " \n", PROBE_HEAD "\n\n",
		    PROBE_HEAD "\ntry\n", PROBE_HEAD "\ntry 0\n",
		PROBE_HEAD "\ntry -1 1\n", PROBE_HEAD "\ntry 0 -1\n", PROBE_HEAD "\ntry 0x0 1\n",
		    PROBE_HEAD "\ntry 99999 1\n",
		PROBE_HEAD "\ntry 0 1e9\n", PROBE_HEAD "\ntry 0 nan\n", PROBE_HEAD "\ntry 0.5 1\n",
		PROBE_HEAD "\ntry 99999999999999999999 1\n", PROBE_HEAD "\ntry 0 1 1\n",
		    PROBE_HEAD "\naddress 10.9.0.2\n",
		PROBE_HEAD "\naddress 10.9.0.2 nowhere\n", PROBE_HEAD "\naddress \033[2J on-link\n",
		    PROBE_HEAD "\naddress  on-link\n",
		PROBE_HEAD "\nend\nend\n", PROBE_HEAD "\nend\ntry 0 1\n", PROBE_HEAD "\nend \n",
		    PROBE_HEAD "\r\nend\r\n",
	};
	struct context_result outcome;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(reads(&outcome, bad[i]));
		assert_int_equal(outcome.result, PROBE_NOT_RUN);
		assert_int_equal(outcome.tries, 0);
		assert_string_equal(outcome.why,
		    "its result is not in the format that lnpctl writes");
	}
}

static void
too_much_in_the_result_is_refused_too(void **state)
{
	char text[PROBE_OUTPUT_MAX + 64] = PROBE_HEAD "\n", line[400];
	struct context_result outcome;

	(void)state;
	for (int i = 0; i <= PROBE_TRIES_MAX; i++)
		strcat(text, "try 0 1\n");
	assert_false(reads(&outcome, text));
	strcpy(text, PROBE_HEAD "\n");
	for (int i = 0; i <= ADDRESSES_MAX; i++)
		strcat(text, "address 10.9.0.2 on-link\n");
	assert_false(reads(&outcome, text));
	memset(line, 'a', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	snprintf(text, sizeof text, PROBE_HEAD "\n%s\n", line);
	assert_false(reads(&outcome, text));
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_false(reads(&outcome, text));
	assert_false(probe_read(&outcome,
	    (struct bytes){ (const unsigned char *)PROBE_HEAD "\ntry 0 1\0\n", 27 }));
}

static void
job_of_a_context_has_its_user_but_no_shell_or_environment(void **state)
{
	struct probe_job job = { "lnpctl.probe.daemon.501", "/p/probe", "worker", "staff",
	    "/p/result", 60, "10.9.0.2:7000" };
	const struct plist *arguments;
	struct plist *tree;
	struct bytes bytes;
	struct error error;
	bool load = false;

	(void)state;
	assert_int_equal(probe_plist(&job, &bytes, &error), 0);
	tree = plist_parse(bytes, &error);
	assert_string_equal(plist_text(plist_member(tree, "Label")), job.label);
	assert_string_equal(plist_text(plist_member(tree, "UserName")), "worker");
	assert_string_equal(plist_text(plist_member(tree, "GroupName")), "staff");
	assert_string_equal(plist_text(plist_member(tree, "StandardOutPath")), "/p/result");
	assert_null(plist_member(tree, "EnvironmentVariables"));
	assert_null(plist_member(tree, "KeepAlive"));
	assert_true(plist_boolean(plist_member(tree, "RunAtLoad"), &load) && load);
	arguments = plist_member(tree, "ProgramArguments");
	assert_int_equal(plist_count(arguments), 4);
	assert_string_equal(plist_text(plist_item(arguments, 1)), "connect");
	assert_string_equal(plist_text(plist_item(arguments, 2)), "--timeout=60.000");
	assert_string_equal(plist_text(plist_item(arguments, 3)), "10.9.0.2:7000");
	plist_release(tree);
	bytes_free(&bytes);
}

/* ---- the verdict ---- */

static void
blocked_needs_root_open_and_every_try_refused_at_once(void **state)
{
	(void)state;
	assert_pair("oo", "bbbbbbbbbb", PROBE_VERDICT_BLOCKED);
	assert_non_null(strstr(why, "daemon:worker failed immediately in 10 of 10 tries, "
	    "while root connected"));
	assert_non_null(strstr(why, "pf"));
	assert_pair("xx", "bbb", PROBE_VERDICT_BLOCKED);
	assert_pair("bboo", "bbbbbbbbbb", PROBE_VERDICT_BLOCKED);
	assert_pair("oo", "bb", PROBE_VERDICT_UNDETERMINED);
	assert_pair("oo", "bbbbtbbbbb", PROBE_VERDICT_UNDETERMINED);
	assert_pair("oo", "ttt", PROBE_VERDICT_UNDETERMINED);
	assert_pair("oo", "ddd", PROBE_VERDICT_UNDETERMINED);
	assert_pair("oo", "DDD", PROBE_VERDICT_UNDETERMINED);
	assert_pair("oo", "nnn", PROBE_VERDICT_UNDETERMINED);
	assert_pair("ttt", "bbb", PROBE_VERDICT_UNDETERMINED);
	assert_pair("ddd", "bbb", PROBE_VERDICT_UNDETERMINED);
	assert_pair("obb", "bbb", PROBE_VERDICT_UNDETERMINED);
	assert_pair("", "bbb", PROBE_VERDICT_UNDETERMINED);
}

static void
open_is_what_the_context_reached_and_never_called_access(void **state)
{
	(void)state;
	assert_pair("oo", "oo", PROBE_VERDICT_OPEN);
	assert_non_null(strstr(why, "context open, no connection of the job seen"));
	assert_null(strstr(why, "access"));
	assert_pair("oo", "bboo", PROBE_VERDICT_OPEN);
	assert_pair("oo", "xx", PROBE_VERDICT_OPEN);
	assert_non_null(strstr(why, "port is closed"));
	assert_pair("ttt", "oo", PROBE_VERDICT_OPEN);
}

static void
all_alike_is_unreachable(void **state)
{
	(void)state;
	assert_pair("ttt", "ttt", PROBE_VERDICT_UNREACHABLE);
	assert_pair("ddt", "ttt", PROBE_VERDICT_UNREACHABLE);
	assert_pair("DdD", "ddd", PROBE_VERDICT_UNREACHABLE);
	assert_pair("bdd", "dbb", PROBE_VERDICT_UNREACHABLE);	/* during another ARP request */
	assert_pair("nnn", "nnn", PROBE_VERDICT_UNREACHABLE);
	assert_pair("bbb", "bbb", PROBE_VERDICT_UNREACHABLE);
	assert_non_null(strstr(why, "pf"));
	assert_pair("uuu", "uuu", PROBE_VERDICT_UNDETERMINED);
	assert_non_null(strstr(why, "resolve"));
	assert_pair("bbb", "bbb", PROBE_VERDICT_UNREACHABLE);
	row("shell", WITNESS_LNPCTL, "oo");
	assert_verdict(PROBE_VERDICT_UNDETERMINED);
}

static void
the_jobs_own_connection_counts_before_lnpctls(void **state)
{
	(void)state;
	row("daemon:worker", WITNESS_JOB, "o");
	row("root", WITNESS_LNPCTL, "oo");
	row("daemon:worker", WITNESS_LNPCTL, "bbb");
	assert_verdict(PROBE_VERDICT_OPEN);
	assert_non_null(strstr(why, "the job itself has a connection"));
	count = 0;
	row("daemon:worker", WITNESS_JOB, "");
	row("root", WITNESS_LNPCTL, "oo");
	row("daemon:worker", WITNESS_LNPCTL, "bbb");
	assert_verdict(PROBE_VERDICT_BLOCKED);
	count = 0;
	row("root", WITNESS_LNPCTL, "oo");
	row("daemon:worker", WITNESS_LNPCTL, "oo");
	row("daemon:worker", WITNESS_JOB, "o");
	assert_verdict(PROBE_VERDICT_OPEN);
	assert_non_null(strstr(why, "the job itself has a connection"));
	count = 0;
	row("root", WITNESS_JOB, "o");
	row("root", WITNESS_LNPCTL, "ttt");
	assert_verdict(PROBE_VERDICT_OPEN);
}

static void
without_a_control_a_refusal_says_nothing(void **state)
{
	(void)state;
	row("daemon:worker", WITNESS_LNPCTL, "bbb");
	assert_verdict(PROBE_VERDICT_UNDETERMINED);
	assert_non_null(strstr(why, "--as root"));
	row("shell", WITNESS_LNPCTL, "oo");
	assert_verdict(PROBE_VERDICT_UNDETERMINED);
	count = 0;
	row("daemon:worker", WITNESS_LNPCTL, "oo");
	assert_verdict(PROBE_VERDICT_OPEN);
}

static void
the_shell_is_no_witness(void **state)
{
	(void)state;
	row("shell", WITNESS_LNPCTL, "oo");
	assert_verdict(PROBE_VERDICT_UNDETERMINED);
	row("root", WITNESS_LNPCTL, "ttt");
	assert_verdict(PROBE_VERDICT_UNDETERMINED);
	count = 0;
	row("shell", WITNESS_LNPCTL, "ttt");
	row("root", WITNESS_LNPCTL, "oo");
	assert_verdict(PROBE_VERDICT_OPEN);
}

static void
a_context_that_did_not_run_is_never_guessed_at(void **state)
{
	struct context_result *agent;

	(void)state;
	row("root", WITNESS_LNPCTL, "oo");
	row("daemon:worker", WITNESS_LNPCTL, "oo");
	agent = row("agent:worker", WITNESS_LNPCTL, "");
	strcpy(agent->why, "nobody is logged in");
	assert_verdict(PROBE_VERDICT_UNDETERMINED);
	assert_string_equal(why, "agent:worker did not try: nobody is logged in");
}

static void
one_blocked_context_of_several_is_named(void **state)
{
	(void)state;
	row("root", WITNESS_LNPCTL, "oo");
	row("daemon:worker", WITNESS_LNPCTL, "oo");
	row("agent:desk", WITNESS_LNPCTL, "bbb");
	assert_verdict(PROBE_VERDICT_BLOCKED);
	assert_non_null(strstr(why, "agent:desk failed immediately"));
	assert_null(strstr(why, "daemon:worker"));
}

static void
a_name_that_leads_nowhere_on_the_link_is_a_bad_target(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct context_result *outcome = row(i == 0 ? "root" : "daemon:worker",
		    WITNESS_LNPCTL, "");

		outcome->address_count = 1;
		outcome->places[0] = SCOPE_LOOPBACK;
	}
	assert_verdict(PROBE_VERDICT_BAD_TARGET);
	assert_non_null(strstr(why, "loopback"));
	rows[1].places[0] = SCOPE_ON_LINK;
	assert_verdict(PROBE_VERDICT_UNDETERMINED);
}

/* ---- advice ---- */

static const char *
advice_with(enum probe_verdict verdict, const char *words)
{
	static struct advice advice;
	struct probe_place place = { "10.9.0.2:7000", "10.9.0.0/24", NULL, runs };

	probe_advise(&advice, verdict, rows, count, &place);
	for (size_t i = 0; i < advice.count; i++)
		if (strstr(advice.lines[i], words) != NULL)
			return advice.lines[i];
	return NULL;
}

static void
blocked_has_commands_to_paste_and_says_what_cannot_help(void **state)
{
	(void)state;
	assert_pair("oo", "bbb", PROBE_VERDICT_BLOCKED);
	rows[1].uid_known = true;
	rows[1].uid = 501;
	assert_non_null(advice_with(PROBE_VERDICT_BLOCKED,
	    "sudo sysadminctl -addUser _worker -roleAccount -UID 300"));
	assert_non_null(advice_with(PROBE_VERDICT_BLOCKED,
	    "defaults write com.apple.network.local-network "
	    "AllowedEthernetLocalNetworkAddresses -array \"10.9.0.0/24\""));
	assert_non_null(advice_with(PROBE_VERDICT_BLOCKED, "AllowedWiFiLocalNetworkAddresses"));
	assert_non_null(advice_with(PROBE_VERDICT_BLOCKED, "restart"));
	assert_non_null(advice_with(PROBE_VERDICT_BLOCKED, "--user root"));
	assert_non_null(advice_with(PROBE_VERDICT_BLOCKED,
	    "tccutil and device management (MDM) cannot help"));
	rows[1].uid = 300;		/* it is a role account already */
	assert_null(advice_with(PROBE_VERDICT_BLOCKED, "sysadminctl"));
}

static void
a_first_contact_and_the_shell_are_told_apart(void **state)
{
	(void)state;
	assert_pair("oo", "bboo", PROBE_VERDICT_OPEN);
	row("shell", WITNESS_LNPCTL, "oo");
	assert_non_null(advice_with(PROBE_VERDICT_OPEN,
	    "daemon:worker: first contact: 2 tries failed"));
	assert_non_null(advice_with(PROBE_VERDICT_OPEN, "shell is a false witness"));
	assert_null(advice_with(PROBE_VERDICT_OPEN, "sysadminctl"));
}

static void
what_the_job_has_become_is_named(void **state)
{
	(void)state;
	runs = "/opt/P/Python.app/Contents/MacOS/Python";
	assert_pair("oo", "oo", PROBE_VERDICT_OPEN);
	assert_null(advice_with(PROBE_VERDICT_OPEN, runs));
	row("daemon:worker", WITNESS_JOB, "");
	assert_non_null(advice_with(PROBE_VERDICT_OPEN,
	    "macOS checks that one: '/opt/P/Python.app/Contents/MacOS/Python'"));
	assert_non_null(advice_with(PROBE_VERDICT_OPEN, "the job has no connection"));
	runs = "";
	assert_null(advice_with(PROBE_VERDICT_OPEN, "another file"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_context_has_one_of_four_forms, begin),
		cmocka_unit_test_setup(the_same_number_is_a_refusal_at_once_and_a_dead_host_later,
		    begin),
		cmocka_unit_test_setup(two_contacts_decide_and_one_refusal_does_not, begin),
		cmocka_unit_test_setup(a_first_contact_that_fails_is_counted_and_the_context_open,
		    begin),
		cmocka_unit_test_setup(a_contact_that_was_lost_again_is_not_open, begin),
		cmocka_unit_test_setup(what_connect_prints_is_read_back, begin),
		cmocka_unit_test_setup(half_a_line_is_left_for_the_next_look, begin),
		cmocka_unit_test_setup(anything_else_in_the_result_is_told_and_counts_as_no_try,
		    begin),
		cmocka_unit_test_setup(too_much_in_the_result_is_refused_too, begin),
		cmocka_unit_test_setup(job_of_a_context_has_its_user_but_no_shell_or_environment,
		    begin),
		cmocka_unit_test_setup(blocked_needs_root_open_and_every_try_refused_at_once,
		    begin),
		cmocka_unit_test_setup(open_is_what_the_context_reached_and_never_called_access,
		    begin),
		cmocka_unit_test_setup(all_alike_is_unreachable, begin),
		cmocka_unit_test_setup(the_jobs_own_connection_counts_before_lnpctls, begin),
		cmocka_unit_test_setup(without_a_control_a_refusal_says_nothing, begin),
		cmocka_unit_test_setup(the_shell_is_no_witness, begin),
		cmocka_unit_test_setup(a_context_that_did_not_run_is_never_guessed_at, begin),
		cmocka_unit_test_setup(one_blocked_context_of_several_is_named, begin),
		cmocka_unit_test_setup(a_name_that_leads_nowhere_on_the_link_is_a_bad_target,
		    begin),
		cmocka_unit_test_setup(blocked_has_commands_to_paste_and_says_what_cannot_help,
		    begin),
		cmocka_unit_test_setup(a_first_contact_and_the_shell_are_told_apart, begin),
		cmocka_unit_test_setup(what_the_job_has_become_is_named, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
