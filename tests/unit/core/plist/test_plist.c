/* plist.c: from trees to bytes and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/plist/plist.h"

#define HEAD	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" " \
	"\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n" \
	"<plist version=\"1.0\">"
#define TAIL	"</plist>\n"

static struct error error;

static struct bytes
bytes(const char *text)
{
	return (struct bytes){ (const unsigned char *)text, strlen(text) };
}

/* Write a tree, release it, and read it back. */
static struct plist *
again(struct plist *tree)
{
	size_t size;
	char *text = plist_serialize(tree, &size);
	struct plist *read;

	assert_non_null(text);
	assert_true(size > 0);
	plist_release(tree);
	read = plist_parse((struct bytes){ (const unsigned char *)text, size }, &error);
	if (read == NULL)
		fail_msg("%s: %s", error.what, error.why);
	free(text);
	return read;
}

static void
every_type_survives_writing_and_reading(void **state)
{
	static const unsigned char raw[] = { 0, 1, 2, 0xff, '<', '&', 0 };
	struct plist *tree = plist_new(), *list = plist_new_list(), *inner = plist_new();
	struct bytes data = { NULL, 0 };
	bool yes = false, no = true;
	int64_t integer;
	double real;

	(void)state;
	plist_add_text(tree, "Text", "value");
	plist_add(tree, "Yes", plist_new_boolean(true));
	plist_add(tree, "No", plist_new_boolean(false));
	plist_add(tree, "Integer", plist_new_integer(42));
	plist_add(tree, "Real", plist_new_number(0.25));
	plist_add(tree, "Data", plist_new_bytes((struct bytes){ raw, sizeof raw }));
	plist_append(list, plist_new_text("one"));
	plist_append(list, inner);
	plist_add(tree, "List", list);
	tree = again(tree);

	assert_true(plist_is_dictionary(tree));
	assert_string_equal(plist_text(plist_member(tree, "Text")), "value");
	assert_true(plist_boolean(plist_member(tree, "Yes"), &yes) && yes);
	assert_true(plist_boolean(plist_member(tree, "No"), &no) && !no);
	assert_true(plist_integer(plist_member(tree, "Integer"), &integer));
	assert_int_equal(integer, 42);
	assert_true(plist_real(plist_member(tree, "Real"), &real));
	assert_true(real >= 0.25 && real <= 0.25);
	assert_true(plist_data(plist_member(tree, "Data"), &data));
	assert_true(bytes_equal(data, (struct bytes){ raw, sizeof raw }));
	assert_int_equal(plist_count(plist_member(tree, "List")), 2);
	assert_string_equal(plist_text(plist_item(plist_member(tree, "List"), 0)), "one");
	assert_true(plist_is_dictionary(plist_item(plist_member(tree, "List"), 1)));
	plist_release(tree);
}

static void
integers_keep_sign_and_size(void **state)
{
	static const int64_t numbers[] = { 0, 1, -1, -5, 255, 256, 65536, INT32_MAX, INT32_MIN,
	    (int64_t)UINT32_MAX,
		INT64_MAX, INT64_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct plist *tree = plist_new();
		int64_t number = 7;

		plist_add(tree, "N", plist_new_integer(numbers[i]));
		tree = again(tree);
		assert_true(plist_integer(plist_member(tree, "N"), &number));
		assert_true(number == numbers[i]);
		plist_release(tree);
	}
}

static void
reals_keep_their_value(void **state)
{
	static const double numbers[] = { 0, 0.1, 0.5, 10, 12.75, 86400, 999999.5, 1000000 };

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct plist *tree = plist_new();
		double number = -1;

		plist_add(tree, "N", plist_new_number(numbers[i]));
		tree = again(tree);
		assert_true(plist_real(plist_member(tree, "N"), &number));
		assert_true(number >= numbers[i] && number <= numbers[i]);
		plist_release(tree);
	}
}

static void
hostile_text_survives_as_value_and_as_key(void **state)
{
	static const char *const texts[] = { "", " ", "  a  ", "A & B <x>", "\"q\" 'q'", "\\n", ";",
	    "$HOME", "]]>",
		"<![CDATA[x]]>", "&amp;", "&#10;", "gr\xc3\xbc\xc3\x9f", "\xf0\x9f\x90\x8d",
		    "\xe2\x80\xa8",
		"<!-- x -->", "</string>" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct plist *tree = plist_new(), *list = plist_new_list();

		plist_append(list, plist_new_text(texts[i]));
		plist_add(tree, "List", list);
		if (texts[i][0] != '\0')
			plist_add_text(tree, texts[i], texts[i]);
		tree = again(tree);
		assert_string_equal(plist_text(plist_item(plist_member(tree, "List"), 0)),
		    texts[i]);
		if (texts[i][0] != '\0')
			assert_string_equal(plist_text(plist_member(tree, texts[i])), texts[i]);
		plist_release(tree);
	}
}

static void
a_value_of_another_type_is_none(void **state)
{
	struct plist *tree = plist_parse(bytes(HEAD "<dict><key>I</key><integer>1</integer>"
	    "<key>S</key><string>1</string>"
	    "<key>B</key><true/><key>R</key><real>1</real><key>D</key><data>AQ==</data>"
	    "<key>A</key><array/>"
	    "<key>T</key><date>2026-01-01T00:00:00Z</date></dict>" TAIL),
	    &error);
	static const struct kind {
		const char	*key;
		int		 text, boolean, integer, real, data, dictionary;
	} kinds[] = {
		{ "I", 0, 0, 1, 0, 0, 0 },
		{ "S", 1, 0, 0, 0, 0, 0 },
		{ "B", 0, 1, 0, 0, 0, 0 },
		{ "R", 0, 0, 0, 1, 0, 0 },
		{ "D", 0, 0, 0, 0, 1, 0 },
		{ "A", 0, 0, 0, 0, 0, 0 },
		{ "T", 0, 0, 0, 0, 0, 0 },
		{ "missing", 0, 0, 0, 0, 0, 0 },
		{ NULL, 0, 0, 0, 0, 0, 1 },
	};

	(void)state;
	assert_non_null(tree);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct plist *value = kinds[i].key == NULL ? tree :
		    plist_member(tree, kinds[i].key);
		bool boolean;
		int64_t integer;
		double real;
		struct bytes data;

		assert_int_equal(plist_text(value) != NULL, kinds[i].text);
		assert_int_equal(plist_boolean(value, &boolean), kinds[i].boolean);
		assert_int_equal(plist_integer(value, &integer), kinds[i].integer);
		assert_int_equal(plist_real(value, &real), kinds[i].real);
		assert_int_equal(plist_data(value, &data), kinds[i].data);
		assert_int_equal(plist_is_dictionary(value), kinds[i].dictionary);
	}
	plist_release(tree);
}

static void
what_is_not_there_is_null(void **state)
{
	struct plist *tree = plist_parse(bytes(HEAD "<dict><key>A</key><array><true/></array>"
	    "</dict>" TAIL), &error);

	(void)state;
	assert_non_null(tree);
	assert_null(plist_member(tree, "a"));
	assert_null(plist_member(tree, ""));
	assert_null(plist_member(NULL, "A"));
	assert_null(plist_member(plist_member(tree, "A"), "A"));
	assert_non_null(plist_item(plist_member(tree, "A"), 0));
	assert_null(plist_item(plist_member(tree, "A"), 1));
	assert_null(plist_item(plist_member(tree, "A"), SIZE_MAX));
	assert_null(plist_item(tree, 0));
	assert_null(plist_item(NULL, 0));
	assert_int_equal(plist_count(NULL), 0);
	assert_int_equal(plist_count(tree), 0);
	assert_null(plist_text(NULL));
	assert_false(plist_is_dictionary(NULL));
	plist_release(tree);
	plist_release(NULL);
}

static void
add_key(void *context, const char *key, const struct plist *value)
{
	assert_non_null(value);
	strcat(context, key);
	strcat(context, " ");
}

static void
keys_are_visited_in_the_order_of_the_file(void **state)
{
	char keys[64] = "";
	struct plist *tree = plist_parse(bytes(HEAD "<dict><key>b</key><true/><key>c</key><true/>"
	    "<key>a</key><dict/></dict>" TAIL), &error);

	(void)state;
	plist_visit(tree, add_key, keys);
	assert_string_equal(keys, "b c a ");
	plist_visit(plist_member(tree, "a"), add_key, keys);
	plist_visit(plist_member(tree, "b"), add_key, keys);
	plist_visit(NULL, add_key, keys);
	assert_string_equal(keys, "b c a ");
	plist_release(tree);
}

static void
a_key_that_is_there_is_replaced(void **state)
{
	char keys[64] = "";
	struct plist *tree = plist_new();

	(void)state;
	plist_add_text(tree, "K", "old");
	plist_add(tree, "L", plist_new_boolean(true));
	plist_add_text(tree, "K", "new");
	tree = again(tree);
	assert_string_equal(plist_text(plist_member(tree, "K")), "new");
	plist_visit(tree, add_key, keys);
	assert_int_equal(strlen(keys), 4);
	plist_release(tree);
}

static void
binary_plists_are_read(void **state)
{
	/* plistlib.dumps({'Label': 'x', 'Number': -5}, fmt=plistlib.FMT_BINARY) */
	static const unsigned char binary[] = {
		0x62, 0x70, 0x6c, 0x69, 0x73, 0x74, 0x30, 0x30, 0xd2, 0x01, 0x02, 0x03, 0x04, 0x55,
		    0x4c, 0x61, 0x62,
		0x65, 0x6c, 0x56, 0x4e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0x51, 0x78, 0x13, 0xff, 0xff,
		    0xff, 0xff, 0xff,
		0xff, 0xff, 0xfb, 0x08, 0x0d, 0x13, 0x1a, 0x1c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		    0x01, 0x01, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		    0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x25,
	};
	struct plist *tree = plist_parse((struct bytes){ binary, sizeof binary }, &error);
	int64_t number = 0;

	(void)state;
	assert_non_null(tree);
	assert_string_equal(plist_text(plist_member(tree, "Label")), "x");
	assert_true(plist_integer(plist_member(tree, "Number"), &number));
	assert_int_equal(number, -5);
	plist_release(tree);
	/* truncated anywhere: refused or read, never worse */
	for (size_t size = 0; size < sizeof binary; size++) {
		unsigned char *part = malloc(size + 1);

		assert_non_null(part);
		memcpy(part, binary, size);
		plist_release(plist_parse((struct bytes){ part, size }, &error));
		free(part);
	}
}

static void
what_is_not_a_plist_is_refused(void **state)
{
	static const char *const bads[] = {
		"", " ", "x", "{ Label = x; }", "{\"Label\": \"x\"}", "bplist00", "bplist01", "<",
		    "<plist", "<plist>",
		HEAD "<dict><key>A</key></dict>",
		HEAD "<dict><key>A</key><string>x</string>",
		HEAD "<dict><key>A</key><string>x</dict>" TAIL,
		HEAD "<dict><wrong/></dict>" TAIL,
		HEAD "<dict><key>A</key><integer>x</integer></dict",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		memset(&error, 0, sizeof error);
		if (plist_parse(bytes(bads[i]), &error) != NULL)
			fail_msg("'%s' was read", bads[i]);
		assert_int_equal(error.kind, ERROR_DATA);
		assert_true(error.what[0] != '\0');
	}
}

static void
the_same_tree_gives_the_same_bytes_and_ends_with_a_newline(void **state)
{
	struct plist *tree = plist_parse(bytes(HEAD "<dict><key>A</key><array><true/>"
	    "<real>0.1</real></array></dict>" TAIL), &error);
	size_t one_size, two_size;
	char *one = plist_serialize(tree, &one_size), *two = plist_serialize(tree, &two_size);

	(void)state;
	assert_int_equal(one_size, two_size);
	assert_memory_equal(one, two, one_size);
	assert_memory_equal(one, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist", 54);
	assert_int_equal(one[one_size - 1], '\n');
	free(one);
	free(two);
	plist_release(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_survives_writing_and_reading),
		cmocka_unit_test(integers_keep_sign_and_size),
		cmocka_unit_test(reals_keep_their_value),
		cmocka_unit_test(hostile_text_survives_as_value_and_as_key),
		cmocka_unit_test(a_value_of_another_type_is_none),
		cmocka_unit_test(what_is_not_there_is_null),
		cmocka_unit_test(keys_are_visited_in_the_order_of_the_file),
		cmocka_unit_test(a_key_that_is_there_is_replaced),
		cmocka_unit_test(binary_plists_are_read),
		cmocka_unit_test(what_is_not_a_plist_is_refused),
		cmocka_unit_test(the_same_tree_gives_the_same_bytes_and_ends_with_a_newline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
