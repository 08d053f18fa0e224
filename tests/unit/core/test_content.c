/* content.c: when a program is still the one that was seen before. */
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/content.h"

#define SUM	"0" REST
#define REST	"0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER	"f" REST

static void
a_file_is_the_same_by_inode_size_and_mtime(void **state)
{
	struct file_identity a = { 1, 2, 3, 4, 5, 6, 7, "" };

	(void)state;
	assert_true(content_same_file(&a, &a));
	for (int i = 0; i < 7; i++) {
		struct file_identity b = a;
		bool counts = i != 0 && i < 5;

		(*(i == 0 ? (int64_t *)&b.device : i == 1 ? (int64_t *)&b.inode : i == 2 ? &b.size :
		    i == 3 ? &b.modified : i == 4 ? &b.modified_nanoseconds : i == 5 ? &b.changed :
		    &b.changed_nanoseconds))++;
		assert_int_equal(content_same_file(&a, &b), !counts);
	}
}

static void
content_decides_where_they_differ(void **state)
{
	static const struct {
		struct file_identity a, b;
		enum tristate same;
	} rows[] = {
		{ { 1, 2, 3, 4, 5, 6, 7, SUM }, { 1, 2, 3, 4, 5, 6, 7, OTHER }, YES },
		{ { 1, 2, 3, 4, 5, 6, 7, "" }, { 2, 2, 3, 4, 5, 7, 8, "" }, YES },
		{ { 1, 2, 3, 4, 5, 6, 7, SUM }, { 1, 9, 3, 9, 9, 9, 9, SUM }, YES },
		{ { 1, 2, 3, 4, 5, 6, 7, SUM }, { 1, 9, 3, 4, 5, 6, 7, OTHER }, NO },
		{ { 1, 2, 3, 4, 5, 6, 7, "" }, { 1, 9, 3, 4, 5, 6, 7, SUM }, UNKNOWN },
		{ { 1, 2, 3, 4, 5, 6, 7, SUM }, { 1, 2, 3, 9, 5, 6, 7, "" }, UNKNOWN },
		{ { 1, 2, 3, 4, 5, 6, 7, "" }, { 1, 2, 9, 4, 5, 6, 7, "" }, NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(content_same(&rows[i].a, &rows[i].b), rows[i].same);
}

static void
a_sha256_is_64_small_hexadecimal_digits(void **state)
{
	(void)state;
	assert_true(content_is_sha256(SUM));
	assert_false(content_is_sha256(""));
	assert_false(content_is_sha256(SUM "0"));
	assert_false(content_is_sha256(&SUM[1]));
	assert_false(content_is_sha256("A" REST));
	assert_false(content_is_sha256("\n" REST));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_the_same_by_inode_size_and_mtime),
		cmocka_unit_test(content_decides_where_they_differ),
		cmocka_unit_test(a_sha256_is_64_small_hexadecimal_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
