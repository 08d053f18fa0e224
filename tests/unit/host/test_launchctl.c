#define _DEFAULT_SOURCE	/* realpath: glibc does not treat it as POSIX */
/*
 * launchctl.c and bootstrap.c against a scripted launchctl: a script in a temporary directory that
 * logs its calls.
 */
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/facts.h"
#include "host/launchd/bootstrap.h"
#include "host/launchd/launchctl.h"

#define LONG	100000.0	/* seconds: a run that needs its time limit by mistake hangs the
				   test, which is seen */
#define SOON	0.2		/* seconds: for a launchctl that is meant to need it */

/* The script commands that print one service with this pid. */
#define SERVICE(pid) \
	"printf '%s = {\\n\\tactive count = 1\\n' \"$2\";" \
	"printf '\\tpath = /Library/LaunchDaemons/x.plist\\n';" \
	"printf '\\tstate = running\\n\\n\\tprogram = /bin/cat\\n\\tpid = %s\\n}\\n' " pid "\n"

static char folder[PATH_MAX];
static char program[PATH_MAX + 16];
static char journal[PATH_MAX + 16];
static volatile sig_atomic_t stopped;

static struct host
make_host(void)
{
	return (struct host){ .root = -1, .launchctl = program, .launchctl_seconds = LONG,
	    .stop = &stopped };
}

/* Make a launchctl with this script; it has no environment, so write the directory into it. */
static struct host
script(const char *text)
{
	FILE *file = fopen(program, "w");

	assert_non_null(file);
	assert_true(fprintf(file, "#!/bin/sh\ncd '%s' || exit 99\necho \"$*\" >>journal\n%s",
	    folder, text) > 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(program, 0755), 0);
	return make_host();
}

static void
assert_journal(const char *expected)
{
	char text[4096];
	FILE *file = fopen(journal, "r");
	size_t size;

	assert_non_null(file);
	size = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[size] = '\0';
	assert_string_equal(text, expected);
}

static void
assert_described(const struct answer *answer, const char *verb, const char *expected)
{
	char text[1024];

	answer_describe(answer, verb, text, sizeof(text));
	assert_string_equal(text, expected);
}

static struct printed
print_one(const struct host *host)
{
	struct printed printed = { .target = "system/com.example.job" };

	launchctl_print(host, &printed, 1);
	return printed;
}

/* A service that could not be parsed looks empty, and has nothing left of the last answer. */
static void
assert_no_service(const struct printed *printed)
{
	assert_string_equal(printed->service.state, "");
	assert_int_equal(printed->service.pid, SERVICE_NUMBER_UNKNOWN);
	assert_int_equal(printed->service.last_exit, LAST_EXIT_ABSENT);
}

static void
each_verb_is_called_with_its_own_words(void **state)
{
	struct host host = script("exit 0\n");
	struct answer answers[5];
	int i;

	(void)state;
	launchctl_act(&host, "bootstrap", "system", "/Library/LaunchDaemons/two words.plist",
	    &answers[0]);
	launchctl_act(&host, "bootout", "system/com.example.job", NULL, &answers[1]);
	launchctl_act(&host, "enable", "system/com.example.job", NULL, &answers[2]);
	launchctl_act(&host, "disable", "system/com.example.job", NULL, &answers[3]);
	launchctl_act(&host, "kickstart", "system/com.example.job", NULL, &answers[4]);
	for (i = 0; i < 5; i++)
		assert_true(answer_ok(&answers[i]));
	assert_journal("bootstrap system /Library/LaunchDaemons/two words.plist\nbootout "
	    "system/com.example.job\n"
	    "enable system/com.example.job\ndisable system/com.example.job\nkickstart "
	    "system/com.example.job\n");
}

static void
path_with_a_blank_is_one_argument(void **state)
{
	struct host host = script("echo $# >>journal\n");
	struct answer answer;

	(void)state;
	launchctl_act(&host, "bootstrap", "system", "/Library/two words.plist", &answer);
	assert_journal("bootstrap system /Library/two words.plist\n3\n");
}

static void
refusal_is_described_by_number_words_and_complaint(void **state)
{
	struct host host = script("echo 'Bootstrap failed: 5: Input/output error' >&2\n"
	    "echo 'Try re-running the command as root for richer errors.' >&2\nexit 5\n");
	struct answer answer;

	(void)state;
	launchctl_act(&host, "bootstrap", "system", "/x.plist", &answer);
	assert_false(answer_ok(&answer));
	assert_int_equal(answer.end, RUN_EXITED);
	assert_int_equal(answer.value, 5);
	assert_described(&answer, "bootstrap",
	    "launchctl bootstrap exited with 5 (Input/output error): "
	    "Bootstrap failed: 5: Input/output error: Try re-running the command as root for "
	    "richer errors.");
}

static void
refusal_without_a_complaint_is_described_by_launchds_words(void **state)
{
	struct host host = script("exit 122\n");
	struct answer answer;

	(void)state;
	launchctl_act(&host, "bootstrap", "system", "/x.plist", &answer);
	assert_described(&answer, "bootstrap",
	    "launchctl bootstrap exited with 122 (Path had bad ownership/permissions)");
}

static void
death_of_launchctl_is_not_a_refusal(void **state)
{
	struct host host = script("kill -KILL $$\n");
	struct answer answer;

	(void)state;
	launchctl_act(&host, "enable", "system/x", NULL, &answer);
	assert_false(answer_ok(&answer));
	assert_int_equal(answer.end, RUN_KILLED);
	assert_described(&answer, "enable", "launchctl enable was killed by signal 9");
}

static void
hanging_launchctl_is_given_up_and_described(void **state)
{
	struct host host = script("sleep 1000\n");
	struct answer answer;

	(void)state;
	host.launchctl_seconds = SOON;
	launchctl_act(&host, "bootout", "system/x", NULL, &answer);
	assert_false(answer_ok(&answer));
	assert_int_equal(answer.end, RUN_TIMED_OUT);
	assert_described(&answer, "bootout", "launchctl bootout did not answer in time");
	host.launchctl_seconds = 1;
	launchctl_act(&host, "bootout", "system/x", NULL, &answer);
	assert_described(&answer, "bootout", "launchctl bootout did not answer within 1 second");
	answer.value = 30;
	assert_described(&answer, "bootout", "launchctl bootout did not answer within 30 seconds");
}

/* Below valgrind a failed exec looks like an exit: see test_process.c. */
static void
missing_launchctl_is_described(void **state)
{
	struct host host = make_host();
	struct answer answer;

	(void)state;
	launchctl_act(&host, "enable", "system/x", NULL, &answer);
	if (answer.end == RUN_EXITED && answer.value == 127)
		skip();
	assert_int_equal(answer.end, RUN_FAILED);
	assert_int_equal(answer.value, ENOENT);
	assert_described(&answer, "enable",
	    "launchctl enable could not be started: No such file or directory");
}

static void
stop_flag_is_described(void **state)
{
	struct host host = script("exit 0\n");
	struct answer answer;

	(void)state;
	stopped = 1;
	launchctl_act(&host, "enable", "system/x", NULL, &answer);
	assert_int_equal(answer.end, RUN_STOPPED);
	assert_described(&answer, "enable", "launchctl enable was stopped by a signal to lnpctl");
}

static void
description_is_cut_to_its_room(void **state)
{
	struct answer answer = { .end = RUN_KILLED, .value = 9 };
	char text[16];

	(void)state;
	answer_describe(&answer, "print", text, sizeof(text));
	assert_string_equal(text, "launchctl print");
}

static void
offline_nothing_is_run_and_nothing_is_known(void **state)
{
	struct host host = script("exit 0\n");
	struct listed disabled = { .verb = "print-disabled", .domain = "system" };
	struct printed printed;
	struct answer answer;

	(void)state;
	host.launchctl = NULL;
	printed = print_one(&host);
	assert_int_equal(printed.loaded, UNKNOWN);
	assert_int_equal(printed.answer.end, RUN_FAILED);
	assert_int_equal(printed.answer.value, 0);
	assert_no_service(&printed);
	launchctl_ask(&host, NULL, 0, &disabled, 1, NULL);
	assert_null(disabled.text.data);
	assert_false(answer_ok(&disabled.answer));
	launchctl_act(&host, "enable", "system/a", NULL, &answer);
	assert_false(answer_ok(&answer));
	assert_described(&answer, "enable",
	    "launchctl enable was not run: --root images have no launchd");
	assert_int_equal(access(journal, F_OK), -1);
}

static void
loaded_service_is_read(void **state)
{
	struct host host = script(SERVICE("4711"));
	struct printed printed = print_one(&host);

	(void)state;
	assert_int_equal(printed.loaded, YES);
	assert_true(answer_ok(&printed.answer));
	assert_int_equal(printed.service.pid, 4711);
	assert_string_equal(printed.service.state, "running");
	assert_journal("print system/com.example.job\n");
}

static void
assert_status_means(const char *text, enum tristate expected)
{
	struct host host = script(text);
	struct printed printed = print_one(&host);

	assert_int_equal(printed.loaded, expected);
	assert_int_equal(printed.answer.end, RUN_EXITED);
	assert_no_service(&printed);
}

static void
missing_service_or_domain_is_not_loaded(void **state)
{
	(void)state;
	assert_status_means("echo 'Bad request.' >&2; echo 'Could not find service \"x\" in domain "
	    "for system' >&2;"
	    "exit 113\n", NO);
	assert_status_means("exit 112\n", NO);
	assert_status_means("exit 125\n", NO);
}

static void
other_statuses_say_nothing_about_the_service(void **state)
{
	(void)state;
	assert_status_means("exit 1\n", UNKNOWN);
	assert_status_means("exit 3\n", UNKNOWN);
	assert_status_means("exit 64\n", UNKNOWN);
	assert_status_means("exit 111\n", UNKNOWN);
	assert_status_means("exit 114\n", UNKNOWN);
}

static void
status_decides_whatever_is_printed(void **state)
{
	(void)state;
	assert_status_means(SERVICE("1") "exit 113\n", NO);
	assert_status_means(SERVICE("1") "exit 5\n", UNKNOWN);
	assert_status_means("echo 'Could not find service' >&2; exit 5\n", UNKNOWN);
}

static void
answer_cut_off_by_a_death_is_not_believed(void **state)
{
	struct host host = script(SERVICE("1") "kill -KILL $$\n");
	struct printed printed = print_one(&host);

	(void)state;
	assert_int_equal(printed.loaded, UNKNOWN);
	assert_int_equal(printed.answer.end, RUN_KILLED);
	assert_no_service(&printed);
}

static void
success_without_a_service_is_unknown_with_a_reason(void **state)
{
	struct host host = script("exit 0\n");
	struct printed printed = print_one(&host);

	(void)state;
	assert_int_equal(printed.loaded, UNKNOWN);
	assert_described(&printed.answer, "print",
	    "launchctl print succeeded, but its output could not be parsed: it is empty");
	host = script("echo 'to be or not to be'\n");
	printed = print_one(&host);
	assert_int_equal(printed.loaded, UNKNOWN);
	assert_described(&printed.answer, "print",
	    "launchctl print succeeded, but its output could not be parsed: it does not describe a "
	    "service");
	assert_no_service(&printed);
}

static bool
came(const char *text)
{
	struct host host = script(text);
	struct printed printed;

	host.launchctl_seconds = strstr(text, "sleep") != NULL ? SOON : LONG;
	printed = print_one(&host);
	return answer_came(&printed.answer);
}

static void
answer_came_unless_launchctl_failed_to_give_one(void **state)
{
	struct answer answer;
	struct host host;

	(void)state;
	assert_true(came(SERVICE("1")));
	assert_true(came("echo 'Bad request.' >&2; exit 113\n"));
	assert_true(came("echo 'to be or not to be'\n"));
	assert_false(came("exit 0\n"));
	assert_false(came("kill -KILL $$\n"));
	assert_false(came("while :; do echo yes; done\n"));
	assert_false(came("sleep 1000\n"));
	host = script("exit 0\n");
	launchctl_act(&host, "enable", "system/x", NULL, &answer);	/* prints nothing */
	assert_true(answer_came(&answer));
}

static void
flood_is_unknown_though_it_begins_well(void **state)
{
	struct host host = script(SERVICE("1") "dd if=/dev/zero bs=1024 count=1024 2>&1 | tr '\\0' "
	    "x\n");
	struct printed printed = print_one(&host);

	(void)state;
	assert_int_equal(printed.loaded, UNKNOWN);
	assert_int_equal(printed.answer.end, RUN_FLOODED);
	assert_described(&printed.answer, "print",
	    "launchctl print printed more than 524288 bytes");
	assert_no_service(&printed);
}

static void
hang_is_unknown(void **state)
{
	struct host host = script("sleep 1000\n");
	struct printed printed;

	(void)state;
	host.launchctl_seconds = SOON;
	printed = print_one(&host);
	assert_int_equal(printed.loaded, UNKNOWN);
	assert_int_equal(printed.answer.end, RUN_TIMED_OUT);
	assert_no_service(&printed);
}

/* The target's number becomes the pid; every fifth is not loaded. */
static void
many_services_each_get_their_own_answer(void **state)
{
	struct host host = script("n=${2#system/}\n[ $((n % 5)) -ne 0 ] || exit 113\n"
	    SERVICE("$n"));
	struct printed printed[LAUNCHCTL_PRINTS];
	char targets[LAUNCHCTL_PRINTS][32];
	int i;

	(void)state;
	for (i = 0; i < LAUNCHCTL_PRINTS; i++) {
		snprintf(targets[i], sizeof(targets[i]), "system/%d", i + 1000);
		printed[i].target = targets[i];
	}
	launchctl_print(&host, printed, LAUNCHCTL_PRINTS);
	for (i = 0; i < LAUNCHCTL_PRINTS; i++) {
		assert_ptr_equal(printed[i].target, targets[i]);
		assert_int_equal(printed[i].loaded, i % 5 == 0 ? NO : YES);
		assert_int_equal(printed[i].service.pid, i % 5 == 0 ? SERVICE_NUMBER_UNKNOWN :
		    i + 1000);
	}
}

static void
once_stopped_the_rest_is_not_asked(void **state)
{
	struct host host = script("exit 113\n");
	struct printed printed[LAUNCHCTL_PRINTS];
	int i;

	(void)state;
	stopped = 1;
	for (i = 0; i < LAUNCHCTL_PRINTS; i++)
		printed[i].target = "system/x";
	launchctl_print(&host, printed, LAUNCHCTL_PRINTS);
	for (i = 0; i < LAUNCHCTL_PRINTS; i++) {
		assert_int_equal(printed[i].loaded, UNKNOWN);
		assert_int_equal(printed[i].answer.end, RUN_STOPPED);
	}
	assert_int_equal(access(journal, F_OK), -1);
}

static void
stop(int number)
{
	stopped = number;
}

/* Login Items: bootstrap exits with 0 and loads nothing. The third print ends the wait. */
static void
bootstrap_that_was_accepted_is_not_repeated_and_is_explained(void **state)
{
	struct host host = script("[ \"$1\" = print ] || exit 0\n"
	    "[ \"$(grep -c print journal)\" -lt 3 ] || kill -TERM $PPID\nexit 113\n");
	struct sigaction action = { .sa_handler = stop }, before;
	struct printed printed;
	struct error error;
	int result;

	(void)state;
	sigaction(SIGTERM, &action, &before);
	result = launchd_bootstrap(&host, "system/x", "/x.plist", false, LONG, NULL, &printed,
	    &error);
	sigaction(SIGTERM, &before, NULL);
	assert_int_equal(result, -1);
	assert_non_null(strstr(error.fix, "Login Items"));
	assert_journal("bootstrap system /x.plist\nprint system/x\nprint system/x\n"
	    "print system/x\n");
}

static void
disabled_labels_come_from_print_disabled(void **state)
{
	struct host host = script("printf '\\n\\tdisabled services = {\\n\\t\\t\"com.example.off\" "
	    "=> disabled\\n\\t}\\n'\n");
	struct listed disabled = { .verb = "print-disabled", .domain = "system" };

	(void)state;
	launchctl_ask(&host, NULL, 0, &disabled, 1, NULL);
	assert_true(answer_ok(&disabled.answer));
	assert_int_equal(service_override((const char *)disabled.text.data, disabled.text.size,
	    "com.example.off"), OVERRIDE_DISABLED);
	assert_journal("print-disabled system\n");
	bytes_free(&disabled.text);
}

static void
assert_override_unknown(const char *text, enum run_end end)
{
	struct host host = script(text);
	struct listed disabled = { .verb = "print-disabled", .domain = "system" };

	launchctl_ask(&host, NULL, 0, &disabled, 1, NULL);
	assert_int_equal(disabled.answer.end, end);
	assert_int_equal(service_override((const char *)disabled.text.data, disabled.text.size,
	    "com.example.on"), OVERRIDE_UNKNOWN);
	bytes_free(&disabled.text);
}

#define OVERRIDES	"printf '\\tdisabled services = {\\n'\n" \
			"printf '\\t\\t\"com.example.on\" => enabled\\n\\t}\\n'\n"

static void
overrides_without_a_good_answer_are_unknown(void **state)
{
	(void)state;
	assert_override_unknown(OVERRIDES "exit 125\n", RUN_EXITED);
	assert_override_unknown(OVERRIDES "kill -TERM $$\n", RUN_KILLED);
	assert_override_unknown(OVERRIDES "while :; do echo yes; done\n", RUN_FLOODED);
	assert_override_unknown("echo 'to be or not to be'\n", RUN_EXITED);
	assert_override_unknown("exit 0\n", RUN_EXITED);
}

static void
every_number_of_launchds_has_words_of_its_own(void **state)
{
	int first, second;

	(void)state;
	for (first = 107; first <= 161; first++) {
		if (first == 117 || first == 160)	/* nobody knows them */
			continue;
		assert_string_not_equal(launchctl_words(first), "unknown error");
		for (second = 107; second < first; second++)
			assert_string_not_equal(launchctl_words(first), launchctl_words(second));
	}
}

static void
words_are_launchds_or_the_systems(void **state)
{
	(void)state;
	assert_string_equal(launchctl_words(107), "Malformed bundle");
	assert_string_equal(launchctl_words(113), "Could not find specified service");
	assert_string_equal(launchctl_words(119), "Service is disabled");
	assert_string_equal(launchctl_words(155),
	    "Refusing to execute/trust quarantined program/file");
	assert_string_equal(launchctl_words(161),
	    "Service cannot be launched because of BTM policy");
	assert_string_equal(launchctl_words(1), strerror(EPERM));
	assert_string_equal(launchctl_words(5), "Input/output error");
	assert_string_equal(launchctl_words(17), "File exists");
	assert_string_equal(launchctl_words(37), "Operation already in progress");
	assert_string_equal(launchctl_words(64), "launchctl did not understand its arguments");
}

static void
numbers_that_mean_nothing_have_words_too(void **state)
{
	static const int numbers[] = { INT_MIN, -1, 117, 160, 162, 255, INT_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_string_equal(launchctl_words(numbers[i]), "unknown error");
	assert_string_equal(launchctl_words(0), "no error");
}

static int
make_folder(void **state)
{
	char name[] = "/tmp/lnpctl-launchctl.XXXXXX";

	(void)state;
	stopped = 0;
	if (mkdtemp(name) == NULL || realpath(name, folder) == NULL)
		return -1;
	snprintf(program, sizeof(program), "%s/launchctl", folder);
	snprintf(journal, sizeof(journal), "%s/journal", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(program);
	unlink(journal);
	return rmdir(folder);
}

#define EACH(test)	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		EACH(each_verb_is_called_with_its_own_words),
		EACH(path_with_a_blank_is_one_argument),
		EACH(refusal_is_described_by_number_words_and_complaint),
		EACH(refusal_without_a_complaint_is_described_by_launchds_words),
		EACH(death_of_launchctl_is_not_a_refusal),
		EACH(hanging_launchctl_is_given_up_and_described),
		EACH(missing_launchctl_is_described),
		EACH(stop_flag_is_described),
		EACH(description_is_cut_to_its_room),
		EACH(offline_nothing_is_run_and_nothing_is_known),
		EACH(loaded_service_is_read),
		EACH(missing_service_or_domain_is_not_loaded),
		EACH(other_statuses_say_nothing_about_the_service),
		EACH(status_decides_whatever_is_printed),
		EACH(answer_cut_off_by_a_death_is_not_believed),
		EACH(success_without_a_service_is_unknown_with_a_reason),
		EACH(answer_came_unless_launchctl_failed_to_give_one),
		EACH(flood_is_unknown_though_it_begins_well),
		EACH(hang_is_unknown),
		EACH(many_services_each_get_their_own_answer),
		EACH(once_stopped_the_rest_is_not_asked),
		EACH(bootstrap_that_was_accepted_is_not_repeated_and_is_explained),
		EACH(disabled_labels_come_from_print_disabled),
		EACH(overrides_without_a_good_answer_are_unknown),
		EACH(every_number_of_launchds_has_words_of_its_own),
		EACH(words_are_launchds_or_the_systems),
		EACH(numbers_that_mean_nothing_have_words_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
