/* error.c: what an error keeps of texts that are too long or not text. */
#include <errno.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/error.h"
#include "core/text.h"

static void
a_text_that_is_too_long_ends_in_three_dots(void **state)
{
	/* one, two and three bytes a character; and bytes that only continue one */
	static const char *const characters[] = { "x", "\xc3\xa9", "\xe2\x82\xac", "\x80" };
	struct error error;
	char text[2 * sizeof error.why];

	(void)state;
	for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
		size_t length = strlen(characters[i]);

		for (size_t size = sizeof error.why - 5; size < sizeof error.why + 5; size++) {
			text[0] = '\0';
			for (size_t at = 0; at + length <= size; at += length)
				memcpy(text + at, characters[i], length + 1);
			assert_int_equal(error_set(&error, ERROR_FAILED, text, text, "%s", text),
			    -1);
			assert_string_equal(error.what, error.why);
			assert_string_equal(error.fix, error.why);
			assert_true(text_is_utf8(error.why));
			if (strlen(text) >= sizeof error.why)
				assert_string_equal(error.why + strlen(error.why) - 3, "...");
			else
				assert_int_equal(strlen(error.why), strlen(text));
			if (length <= 3 && i < 3)
				assert_int_equal(strcspn(error.why, "?"), strlen(error.why));
		}
	}
}

static void
an_error_may_be_made_of_its_own_texts(void **state)
{
	struct error error;

	(void)state;
	error_set(&error, ERROR_FILE, "why", "fix", "what");
	error_set(&error, error.kind, error.what, error.why, "%s: %s", error.why, error.fix);
	assert_string_equal(error.what, "why: fix");
	assert_string_equal(error.why, "what");
	assert_string_equal(error.fix, "why");
	error_number(&error, ERROR_FILE, ENOSPC, "cannot write '%s'", error.what);
	assert_string_equal(error.what, "cannot write 'why: fix'");
	assert_string_equal(error.why, strerror(ENOSPC));
	assert_string_equal(error.fix, "free some space, then run the same command");
	error_number(&error, ERROR_FILE, ECONNRESET, "x");
	assert_string_equal(error.why, "the helper that ran as that account was killed");
	error_number(&error, ERROR_FILE, EDOM, "x");
	assert_string_equal(error.fix, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_that_is_too_long_ends_in_three_dots),
		cmocka_unit_test(an_error_may_be_made_of_its_own_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
