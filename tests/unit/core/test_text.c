/* text.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/text.h"

static void
line_has_whole_words_and_fits(void **state)
{
	(void)state;
	assert_int_equal(text_line("one two three", 80), 13);
	assert_int_equal(text_line("one two three", 13), 13);
	assert_int_equal(text_line("one two three", 12), 7);
	assert_int_equal(text_line("one two three", 7), 7);
	assert_int_equal(text_line("one two three", 6), 3);
	assert_int_equal(text_line("one", 80), 3);
	assert_int_equal(text_line("", 80), 0);
	assert_int_equal(text_line("no 'one two' three", 9), 2);
	assert_int_equal(text_line("'one two' three", 4), 9);
	assert_int_equal(text_line("'one two", 4), 8);
	assert_int_equal(text_line("job's two three", 9), 9);
}

/* A path that is split cannot be pasted. */
static void
word_that_is_longer_than_a_line_stays_whole(void **state)
{
	(void)state;
	assert_int_equal(text_line("/a/long/path is", 4), 12);
	assert_int_equal(text_line("/a/long/path", 0), 12);
}

static void
text_that_does_not_fit_is_empty_and_reported(void **state)
{
	char target[4] = "abc";

	(void)state;
	assert_true(text_copy(target, sizeof target, "xyz"));
	assert_string_equal(target, "xyz");
	assert_false(text_copy(target, sizeof target, "wxyz"));
	assert_string_equal(target, "");
	assert_false(text_format(target, sizeof target, "%d", 1234));
	assert_string_equal(target, "");
	assert_true(text_format(target, sizeof target, "%d", 123));
	assert_string_equal(target, "123");
}

static void
last_part_is_what_follows_the_last_separator(void **state)
{
	(void)state;
	assert_string_equal(text_after_last("/usr/local/bin/worker", '/'), "worker");
	assert_string_equal(text_after_last("com.example.job", '.'), "job");
	assert_string_equal(text_after_last("job", '.'), "job");
	assert_string_equal(text_after_last("job.", '.'), "");
}

static void
seconds_are_digits_with_an_optional_fraction(void **state)
{
	static const char *const wrong[] = { "", "-1", "+1", "1e3", " 1", "1 ", "inf", "nan",
	    "0x10", ".", "1000001",
		"1,5" };
	double seconds;

	(void)state;
	assert_true(text_seconds("10", &seconds) && seconds == 10);
	assert_true(text_seconds("0.5", &seconds) && seconds == 0.5);
	assert_true(text_seconds("1000000", &seconds) && seconds == 1000000);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (text_seconds(wrong[i], &seconds))
			fail_msg("'%s' was taken for %f", wrong[i], seconds);
}

/* Characters that must not reach a terminal, and what they become. */
static const struct {
	const char	*text, *clean;
} unsafe[] = {
	{ "\001", "?" }, { "\033[31m", "?[31m" }, { "a\nb", "a?b" }, { "\r", "?" }, { "\t", "?" },
	  { "\177", "?" },
	{ "\302\200", "?" }, { "\302\205", "?" }, { "\302\233" "31m", "?31m" }, { "\302\235", "?" },
	  { "\302\237", "?" },
	{ "\233" "31m", "?31m" }, { "\235", "?" }, { "\200", "?" }, { "\237", "?" },
	{ "\330\234", "?" }, { "\342\200\216", "?" }, { "\342\200\217", "?" },
	{ "\342\200\250", "?" }, { "\342\200\251", "?" }, { "\342\200\252", "?" },
	  { "\342\200\256" "cba", "?cba" },
	{ "\342\201\246", "?" }, { "\342\201\251", "?" },
	{ "\377", "?" }, { "\300\200", "??" }, { "\355\240\200", "???" }, { "\342\200", "??" },
	  { "\303", "?" },
	{ "\302", "?" }, { "\364\220\200\200", "????" },
};

/* Plain text next to those. */
static const char *const safe[] = { "", "a b~", "\302\240", "\303\244", "\342\200\215",
    "\342\200\220", "\342\200\247",
	"\342\200\257", "\342\201\245", "\342\201\252", "\330\233", "\360\237\216\211",
	    "\346\227\245" };

static void
unsafe_characters_are_question_marks_and_others_stay(void **state)
{
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++) {
		snprintf(text, sizeof text, "x%sy", unsafe[i].text);
		text_clean(text);
		assert_int_equal(text[0], 'x');
		assert_int_equal(text[strlen(text) - 1], 'y');
		text[strlen(text) - 1] = '\0';
		assert_string_equal(text + 1, unsafe[i].clean);
	}
	for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++) {
		snprintf(text, sizeof text, "%s", safe[i]);
		text_clean(text);
		assert_string_equal(text, safe[i]);
	}
}

static void
lines_stay_where_they_are_wanted(void **state)
{
	char text[] = "one\n\0two\r\n\302\205three\n";
	static const char clean[] = "one\n?two?\n?three\n";
	size_t size;

	(void)state;
	size = text_clean_lines(text, sizeof text - 1);
	assert_int_equal(size, sizeof clean - 1);
	assert_memory_equal(text, clean, size);
}

static void
what_is_put_into_a_stream_is_clean(void **state)
{
	char *out = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&out, &size);

	(void)state;
	text_put(stream, "a\nb\342\200\256\233", "\n");
	fclose(stream);
	assert_string_equal(out, "a?b??\n");
	free(out);
}

/* /var, /etc and /tmp are links, and the Data volume's directories are at the root, too. */
static void
paths_to_one_place_have_one_short_form(void **state)
{
	static const char *const cases[][2] = {
		{ "/var/log", "/var/log" },
		{ "/private/var/log", "/var/log" },
		{ "/Private/VAR/log", "/VAR/log" },
		{ "/System/Volumes/Data/private/var/log", "/var/log" },
		{ "/system/volumes/data/PRIVATE/tmp/x", "/tmp/x" },
		{ "/System/Volumes/Data/Library/Logs", "/Library/Logs" },
		{ "/System/Volumes/Database/var", "/System/Volumes/Database/var" },
		{ "/System/Volumes/Data", "/System/Volumes/Data" },
		{ "/private/varnish", "/private/varnish" },
		{ "/private/opt", "/private/opt" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(text_short_path(cases[i][0]), cases[i][1]);
}

/* To a Mac's file system the kelvin sign is a K, and an accent may be a separate character. */
static void
name_beyond_ascii_may_be_any_other(void **state)
{
	(void)state;
	assert_true(text_may_be_one_name("", ""));
	assert_true(text_may_be_one_name("Disk", "dISK"));
	assert_false(text_may_be_one_name("Disk", "Disks"));
	assert_true(text_may_be_one_name("\xc3\xa4", "\xc3\x84"));
	assert_true(text_may_be_one_name("\xc3\xa4", "a\xcc\x88"));
	assert_true(text_may_be_one_name("\xe2\x84\xaa", "k"));
	assert_true(text_may_be_one_name("k", "\xe2\x84\xaa"));
}

static void
a_text_matches_words_and_patterns_up_to_a_length(void **state)
{
	static const char *const patterns[] = { "start", "/bin/*", "*secret*", NULL };
	static const char *const match[] = { "start", "/bin/", "/bin/a/b", "a secret/x", "secret" };
	static const char *const differ[] = { "", "Start", "starts", "/bin", "sec", "a/bin/x" };
	static char text[TEXT_MATCH_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof match / sizeof match[0]; i++)
		assert_true(text_matches(match[i], patterns));
	for (size_t i = 0; i < sizeof differ / sizeof differ[0]; i++)
		assert_false(text_matches(differ[i], patterns));
	assert_false(text_matches("start", patterns + 3));
	memset(text, 'x', TEXT_MATCH_MAX);
	memcpy(text, "/bin/", 5);
	assert_true(text_matches(text, patterns));
	text[TEXT_MATCH_MAX] = 'x';
	assert_false(text_matches(text, patterns));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsafe_characters_are_question_marks_and_others_stay),
		cmocka_unit_test(lines_stay_where_they_are_wanted),
		cmocka_unit_test(what_is_put_into_a_stream_is_clean),
		cmocka_unit_test(line_has_whole_words_and_fits),
		cmocka_unit_test(word_that_is_longer_than_a_line_stays_whole),
		cmocka_unit_test(text_that_does_not_fit_is_empty_and_reported),
		cmocka_unit_test(name_beyond_ascii_may_be_any_other),
		cmocka_unit_test(paths_to_one_place_have_one_short_form),
		cmocka_unit_test(last_part_is_what_follows_the_last_separator),
		cmocka_unit_test(seconds_are_digits_with_an_optional_fraction),
		cmocka_unit_test(a_text_matches_words_and_patterns_up_to_a_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
