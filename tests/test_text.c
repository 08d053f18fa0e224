/* text.c: the small things that everything else is made of. */
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
}

/* A path that is cut cannot be pasted. */
static void
word_that_is_longer_than_a_line_stays_whole(void **state)
{
	(void)state;
	assert_int_equal(text_line("/a/long/path is", 4), 12);
	assert_int_equal(text_line("/a/long/path", 0), 12);
}

static void
what_does_not_fit_is_an_empty_text_and_told(void **state)
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
	static const char *const wrong[] = { "", "-1", "+1", "1e3", " 1", "1 ", "inf", "nan", "0x10", ".", "1000001",
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_has_whole_words_and_fits),
		cmocka_unit_test(word_that_is_longer_than_a_line_stays_whole),
		cmocka_unit_test(what_does_not_fit_is_an_empty_text_and_told),
		cmocka_unit_test(last_part_is_what_follows_the_last_separator),
		cmocka_unit_test(seconds_are_digits_with_an_optional_fraction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
