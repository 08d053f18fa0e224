/* options.c: argv to struct options. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/options.h"
#include "core/argument.h"

#define WORDS_MOST	32

static struct options options;
static struct error error;
static char text[1024];
static char *words[WORDS_MOST];

/*
 * Parse a line of words separated by bars: "--label|x|--|/bin/cat". An empty line has no words.
 */
static int
parse(enum command_bit command, const char *line)
{
	int count = 0;
	char *word = text;

	options_free(&options);
	memset(&error, 0, sizeof error);
	assert_true(strlen(line) < sizeof text);
	strcpy(text, line);
	while (word != NULL && line[0] != '\0') {
		char *bar = strchr(word, '|');

		assert_true(count < WORDS_MOST);
		words[count++] = word;
		if (bar != NULL)
			*bar++ = '\0';
		word = bar;
	}
	return options_parse(&options, command, count, words, &error);
}

static void
accept(enum command_bit command, const char *line)
{
	if (parse(command, line) == -1)
		fail_msg("'%s': %s: %s", line, error.what, error.why);
}

/* The message must contain part, the hint must be fix (NULL: any). */
static void
refuse(enum command_bit command, const char *line, const char *part, const char *fix)
{
	if (parse(command, line) == 0)
		fail_msg("'%s' was accepted", line);
	assert_int_equal(error.kind, ERROR_USAGE);
	if (strstr(error.what, part) == NULL && strstr(error.why, part) == NULL)
		fail_msg("'%s': no '%s' in: %s: %s", line, part, error.what, error.why);
	if (fix != NULL)
		assert_string_equal(error.fix, fix);
}

static int
release(void **state)
{
	(void)state;
	options_free(&options);
	return 0;
}

static void
assert_operands(const char *expected)
{
	char joined[256] = "";

	for (size_t i = 0; i < options.operand_count; i++) {
		strcat(joined, i == 0 ? "" : "|");
		strcat(joined, options.operands[i]);
	}
	assert_string_equal(joined, expected);
}

static void
nothing_given_means_defaults(void **state)
{
	(void)state;
	accept(COMMAND_INSTALL, "");
	assert_int_equal(options.operand_count, 0);
	assert_int_equal(options.environment.count, 0);
	assert_null(options.label);
	assert_null(options.keep_alive);
	assert_null(options.root);
	assert_null(options.launchctl);
	assert_false(options.json || options.quiet || options.verbose || options.dry_run ||
	    options.no_load || options.help);
	assert_true(options.timeout < 0);
	assert_true(options.settle < 0);
	assert_true(options.max_starts < 0);
	assert_true(options.lock_wait >= 120 && options.lock_wait <= 120);
	assert_false(options.dashes);
}

static void
options_stand_before_between_and_after_operands(void **state)
{
	(void)state;
	accept(COMMAND_VERIFY, "--json|a|--settle|2|b|--verbose");
	assert_true(options.json && options.verbose);
	assert_true(options.settle >= 2 && options.settle <= 2);
	assert_operands("a|b");
}

static void
two_dashes_end_the_options(void **state)
{
	(void)state;
	accept(COMMAND_INSTALL, "--label|x|--|/bin/cat|--label|--|-u");
	assert_string_equal(options.label, "x");
	assert_true(options.dashes);
	assert_operands("/bin/cat|--label|--|-u");
	accept(COMMAND_INSTALL, "--");
	assert_true(options.dashes);
	assert_operands("");
}

/* One row per option, with its field: the compiler compares the type of it. */
static const struct field {
	const char		*name;
	const bool		*flag;
	const char *const	*text;
	const double		*seconds;
	const long		*number;
	const struct words	*list;
} fields[] = {
	{ "label", .text = &options.label },
	{ "user", .text = &options.user },
	{ "group", .text = &options.group },
	{ "env", .list = &options.environment },
	{ "working-directory", .text = &options.working_directory },
	{ "log-dir", .text = &options.log_directory },
	{ "stdout", .text = &options.stdout_path },
	{ "stderr", .text = &options.stderr_path },
	{ "keep-alive", .text = &options.keep_alive },
	{ "set", .list = &options.settings },
	{ "from", .text = &options.from },
	{ "allow", .list = &options.allowed },
	{ "peer", .list = &options.peers },
	{ "keep", .flag = &options.keep },
	{ "replace", .flag = &options.replace },
	{ "no-load", .flag = &options.no_load },
	{ "max-starts", .number = &options.max_starts },
	{ "undo", .flag = &options.undo },
	{ "probe", .flag = &options.probe },
	{ "as", .list = &options.contexts },
	{ "kind", .text = &options.kind },
	{ "rules", .flag = &options.rules },
	{ "delete-logs", .flag = &options.delete_logs },
	{ "all", .flag = &options.all },
	{ "settle", .seconds = &options.settle },
	{ "json", .flag = &options.json },
	{ "quiet", .flag = &options.quiet },
	{ "verbose", .flag = &options.verbose },
	{ "dry-run", .flag = &options.dry_run },
	{ "timeout", .seconds = &options.timeout },
	{ "lock-wait", .seconds = &options.lock_wait },
	{ "root", .text = &options.root },
	{ "launchctl", .text = &options.launchctl },
	{ "help", .flag = &options.help },
};

#define FIELDS	(sizeof fields / sizeof fields[0])

/* Return the first command that takes an option. */
static enum command_bit
command_of(const struct option *row)
{
	return (enum command_bit)(row->commands & (~row->commands + 1));
}

/* A sample for each kind of value, after its '=': a new kind needs its own. */
static const char *
sample_of(const struct option *row)
{
	static char word[64];

	switch (row->kind) {
	case OPTION_FLAG:	return "";
	case OPTION_SECONDS:
	case OPTION_NUMBER:	return "=1";
	case OPTION_WORD:
		snprintf(word, sizeof word, "=%s",
		    argument_find(row->argument, strlen(row->argument))->words[0]);
		return word;
	case OPTION_TEXT:
	case OPTION_LIST:
		break;
	}
	return "=/x";
}

static bool
is_set(const struct option *row, const struct field *field)
{
	const char *sample = sample_of(row) + 1;

	switch (row->kind) {
	case OPTION_FLAG:	return field->flag != NULL && *field->flag;
	case OPTION_SECONDS:	return field->seconds != NULL && *field->seconds >= 1 &&
		    *field->seconds <= 1;
	case OPTION_NUMBER:	return field->number != NULL && *field->number == 1;
	case OPTION_LIST:	return field->list != NULL && field->list->count == 1 &&
		    strcmp(field->list->items[0], sample) == 0;
	case OPTION_WORD:
	case OPTION_TEXT:
		break;
	}
	return field->text != NULL && *field->text != NULL && strcmp(*field->text, sample) == 0;
}

static void
every_option_sets_its_own_field(void **state)
{
	const struct option *rows = options_table();

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++) {
		char line[256];
		size_t at = 0;

		while (at < FIELDS && strcmp(fields[at].name, rows[i].name) != 0)
			at++;
		if (at == FIELDS)
			fail_msg("--%s has no row in fields[] of test_options.c", rows[i].name);
		snprintf(line, sizeof line, "%s--%s%s", strcmp(rows[i].name, "launchctl") == 0 ?
		    "--root=/y|" : "", rows[i].name, sample_of(&rows[i]));
		accept(command_of(&rows[i]), line);
		if (!is_set(&rows[i], &fields[at]))
			fail_msg("--%s does not set the field of its row", rows[i].name);
	}
	for (size_t i = 0; i < FIELDS; i++)
		if (options_find(fields[i].name, strlen(fields[i].name), ~0u) == NULL)
			fail_msg("--%s has no row in options.c", fields[i].name);
	accept(COMMAND_STATUS, "-h");
	assert_true(options.help);
}

static void
a_value_comes_after_an_equals_sign_or_as_the_next_word(void **state)
{
	(void)state;
	accept(COMMAND_INSTALL, "--label|x|--user=y");
	assert_string_equal(options.label, "x");
	assert_string_equal(options.user, "y");
	accept(COMMAND_INSTALL, "--env=A=B=C|--env|--D=E|--env=F=");
	assert_int_equal(options.environment.count, 3);
	assert_string_equal(options.environment.items[0], "A=B=C");
	assert_string_equal(options.environment.items[1], "--D=E");
	assert_string_equal(options.environment.items[2], "F=");
}

static void
a_value_that_is_missing_or_too_much_is_refused(void **state)
{
	(void)state;
	refuse(COMMAND_INSTALL, "a|--label", "needs a value: --label LABEL", "");
	refuse(COMMAND_INSTALL, "--env", "needs a value: --env NAME=VALUE", "");
	refuse(COMMAND_INSTALL, "--settle", "needs a value: --settle SECONDS", "");
	refuse(COMMAND_INSTALL, "--label=", "the value of --label is empty", "");
	refuse(COMMAND_INSTALL, "--user|", "the value of --user is empty", "");
	refuse(COMMAND_INSTALL, "--json=true", "'--json' takes no value", "");
	refuse(COMMAND_INSTALL, "--dry-run=", "'--dry-run' takes no value", "");
}

static void
abbreviations_are_refused(void **state)
{
	(void)state;
	refuse(COMMAND_INSTALL, "--lab|x", "unknown option '--lab'", "did you mean --label?");
	refuse(COMMAND_INSTALL, "--labe=x", "unknown option '--labe'", "did you mean --label?");
	refuse(COMMAND_INSTALL, "--dry", "unknown option '--dry'", NULL);
	refuse(COMMAND_INSTALL, "--working|x", "unknown option '--working'", "");
	refuse(COMMAND_INSTALL, "--labels|x", "unknown option '--labels'", "did you mean --label?");
}

static void
a_mistyped_option_gets_a_did_you_mean(void **state)
{
	(void)state;
	refuse(COMMAND_INSTALL, "--lable|x", "unknown option '--lable'", "did you mean --label?");
	refuse(COMMAND_INSTALL, "--keepalive=true", "unknown option '--keepalive'",
	    "did you mean --keep-alive?");
	refuse(COMMAND_UNINSTALL, "--delete-log", "unknown option '--delete-log'",
	    "did you mean --delete-logs?");
	refuse(COMMAND_STATUS, "--jsno", "unknown option '--jsno'", "did you mean --json?");
	refuse(COMMAND_STATUS, "--entirely-other", "unknown option '--entirely-other'",
	    "");
	refuse(COMMAND_STATUS, "--=x", "unknown option '--'", NULL);
}

static void
only_what_the_command_takes_is_offered(void **state)
{
	(void)state;
	refuse(COMMAND_STATUS, "--delete-log", "unknown option '--delete-log'", "");
	refuse(COMMAND_STATUS, "--delete-logs", "cannot use option '--delete-logs'",
	    "");
	refuse(COMMAND_UNINSTALL, "--label=x", "this command does not accept it", NULL);
	refuse(COMMAND_VERIFY, "--dry-run", "this command does not accept it", NULL);
	refuse(COMMAND_STATUS, "--settle=1", "this command does not accept it", NULL);
}

static void
an_option_after_the_program_is_probably_the_programs(void **state)
{
	static const char fix[] =
	    "if it is an option of the program, put -- before the program: -- PROGRAM ...";

	(void)state;
	refuse(COMMAND_INSTALL, "/bin/worker|--report", "unknown option '--report'", fix);
	refuse(COMMAND_INSTALL, "/bin/worker|--lable", "unknown option '--lable'", fix);
	refuse(COMMAND_INSTALL, "/bin/worker|--as|x", "cannot use option '--as'", fix);
	refuse(COMMAND_INSTALL, "/bin/worker|-x", "unknown option '-x'", fix);
	refuse(COMMAND_UNINSTALL, "x|--interval", "unknown option '--interval'", "");
	accept(COMMAND_INSTALL, "--|/bin/worker|--report");
}

static void
an_option_of_any_length_is_refused(void **state)
{
	static const int lengths[] = { 61, 62, 63, 64, 65, 900 };

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		char line[1000] = "--";

		memset(line + 2, 'x', (size_t)lengths[i]);
		line[lengths[i] + 2] = '\0';
		refuse(COMMAND_INSTALL, line, "unknown option '--xxxxxxxxxx", "");
	}
}

static void
one_dash_is_an_operand_and_short_options_are_refused(void **state)
{
	(void)state;
	accept(COMMAND_INSTALL, "-");
	assert_operands("-");
	accept(COMMAND_INSTALL, "|x");
	assert_operands("|x");
	refuse(COMMAND_INSTALL, "-l|x", "unknown option '-l'", "");
	refuse(COMMAND_INSTALL, "-hv", "unknown option '-hv'", NULL);
	refuse(COMMAND_INSTALL, "-json", "unknown option '-json'", NULL);
}

/* Every row: flags may be repeated, lists accumulate, any other is refused the second time. */
static void
what_is_given_twice_is_refused_unless_it_is_a_flag_or_a_list(void **state)
{
	const struct option *rows = options_table();

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++) {
		enum command_bit command = command_of(&rows[i]);
		const char *value = sample_of(&rows[i]);
		char line[256];

		snprintf(line, sizeof line, "--root=/y|--%s%s|--%s%s", rows[i].name, value,
		    rows[i].name, value);
		if (rows[i].kind == OPTION_FLAG || rows[i].kind == OPTION_LIST)
			accept(command, line);
		else
			refuse(command, line, "is given twice", NULL);
	}
	accept(COMMAND_INSTALL, "--env=A=1|--env=A=2");
	assert_int_equal(options.environment.count, 2);
	assert_int_equal(options.peers.count, 0);
	accept(COMMAND_PROBE, "--as=root|x:1|--as|agent:worker");
	assert_int_equal(options.contexts.count, 2);
	assert_string_equal(options.contexts.items[1], "agent:worker");
}

static void
seconds_are_plain_decimal_numbers(void **state)
{
	static const char *const bad[] = { "x", "-1", "+1", "1e3", "inf", "nan", "0x10", " 1", "1 ",
	    "1s", ".", "1,5", "1000001" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char line[64];

		snprintf(line, sizeof line, "--settle=%s", bad[i]);
		refuse(COMMAND_INSTALL, line, "it is not a number of seconds", NULL);
	}
	refuse(COMMAND_INSTALL, "--timeout=", "it is not a number of seconds", NULL);
	accept(COMMAND_INSTALL, "--settle=0");
	assert_true(options.settle >= 0 && options.settle <= 0);
	accept(COMMAND_INSTALL, "--settle=0.5");
	assert_true(options.settle > 0.49 && options.settle < 0.51);
}

static void
a_number_is_digits_alone(void **state)
{
	static const char *const bad[] = { "", "x", "-1", "+1", "1.0", "1e3", "0x10", " 1", "1 ",
	    "1000001", "99999999999999999999" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char line[64];

		snprintf(line, sizeof line, "--max-starts=%s", bad[i]);
		refuse(COMMAND_INSTALL, line, "it is not a whole number", NULL);
	}
	accept(COMMAND_INSTALL, "--max-starts=0");
	assert_int_equal(options.max_starts, 0);
	accept(COMMAND_MIGRATE, "--max-starts|1000000");
	assert_int_equal(options.max_starts, 1000000);
}

static void
a_boolean_is_true_or_false(void **state)
{
	static const char *const bad[] = { "yes", "no", "1", "0", "TRUE", "True", "", "truely" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char line[64];

		snprintf(line, sizeof line, "--keep-alive=%s", bad[i]);
		refuse(COMMAND_INSTALL, line, "it is neither true nor false", NULL);
	}
	accept(COMMAND_INSTALL, "--keep-alive|true");
	assert_string_equal(options.keep_alive, "true");
}

static void
a_kind_is_one_of_two_words(void **state)
{
	(void)state;
	refuse(COMMAND_LINT, "--kind=robot", "it is neither daemon nor agent", NULL);
	refuse(COMMAND_LINT, "--kind=", "it is neither daemon nor agent", NULL);
	accept(COMMAND_LINT, "--kind|agent");
	assert_string_equal(options.kind, "agent");
}

static void
another_launchctl_needs_a_root_and_a_full_path(void **state)
{
	(void)state;
	refuse(COMMAND_STATUS, "--launchctl=/x", "--launchctl is for images and tests", NULL);
	refuse(COMMAND_STATUS, "--root=/r|--launchctl=x", "cannot use 'x' for --launchctl",
	    "give the full path");
	accept(COMMAND_STATUS, "--launchctl=/x|--root=r");
}

static void
quiet_and_verbose_exclude_each_other(void **state)
{
	(void)state;
	refuse(COMMAND_STATUS, "--quiet|--verbose", "cannot be used together", NULL);
	refuse(COMMAND_INSTALL, "--verbose|a|--quiet", "cannot be used together", NULL);
}

static void
help_is_given_before_rules_are_checked(void **state)
{
	(void)state;
	accept(COMMAND_STATUS, "--launchctl=x|--quiet|--verbose|--help");
	assert_true(options.help);
	refuse(COMMAND_STATUS, "--help|--nonsense", "unknown option '--nonsense'", NULL);
}

static void
what_was_read_before_a_mistake_stays(void **state)
{
	(void)state;
	refuse(COMMAND_STATUS, "--json|a|--nonsense|--verbose", "unknown option", NULL);
	assert_true(options.json);
	assert_false(options.verbose);
	assert_operands("a");
	options_free(&options);
	options_free(&options);		/* twice is harmless */
}

static void
the_table_is_fit_for_help(void **state)
{
	const struct option *rows = options_table();

	(void)state;
	assert_non_null(rows[0].name);
	for (size_t i = 0; rows[i].name != NULL; i++) {
		assert_int_equal(rows[i].argument == NULL, rows[i].kind == OPTION_FLAG);
		assert_true(rows[i].commands != 0);
		assert_true(rows[i].help[0] != '\0' && !isupper((unsigned char)rows[i].help[0]));
		assert_true(rows[i].help[strlen(rows[i].help) - 1] != '.');
		assert_true(strspn(rows[i].name,
		    "abcdefghijklmnopqrstuvwxyz-") == strlen(rows[i].name));
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(rows[i].name, rows[j].name);
			assert_int_not_equal(rows[i].offset, rows[j].offset);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_given_means_defaults),
		cmocka_unit_test(options_stand_before_between_and_after_operands),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(every_option_sets_its_own_field),
		cmocka_unit_test(a_value_comes_after_an_equals_sign_or_as_the_next_word),
		cmocka_unit_test(a_value_that_is_missing_or_too_much_is_refused),
		cmocka_unit_test(abbreviations_are_refused),
		cmocka_unit_test(a_mistyped_option_gets_a_did_you_mean),
		cmocka_unit_test(only_what_the_command_takes_is_offered),
		cmocka_unit_test(an_option_after_the_program_is_probably_the_programs),
		cmocka_unit_test(an_option_of_any_length_is_refused),
		cmocka_unit_test(one_dash_is_an_operand_and_short_options_are_refused),
		cmocka_unit_test(what_is_given_twice_is_refused_unless_it_is_a_flag_or_a_list),
		cmocka_unit_test(seconds_are_plain_decimal_numbers),
		cmocka_unit_test(a_number_is_digits_alone),
		cmocka_unit_test(a_boolean_is_true_or_false),
		cmocka_unit_test(a_kind_is_one_of_two_words),
		cmocka_unit_test(another_launchctl_needs_a_root_and_a_full_path),
		cmocka_unit_test(quiet_and_verbose_exclude_each_other),
		cmocka_unit_test(help_is_given_before_rules_are_checked),
		cmocka_unit_test(what_was_read_before_a_mistake_stays),
		cmocka_unit_test(the_table_is_fit_for_help),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
