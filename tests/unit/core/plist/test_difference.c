/* difference.c: it shows what a new plist changes, but no secrets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/plist/difference.h"

#define HEAD	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>"
#define TAIL	"</dict></plist>\n"
#define SECRET	"s3cr3t"

static char *shown;

static struct bytes
bytes(const char *text)
{
	return (struct bytes){ (const unsigned char *)text, text == NULL ? 0 : strlen(text) };
}

/* Contents of two dictionaries; NULL: no plist. */
static void
assert_difference(const char *before, const char *after, const char *expected)
{
	char old[2048] = "", new[2048] = "";
	size_t size;
	FILE *stream;

	free(shown);
	shown = NULL;
	stream = open_memstream(&shown, &size);
	assert_non_null(stream);
	if (before != NULL)
		snprintf(old, sizeof old, HEAD "%s" TAIL, before);
	if (after != NULL)
		snprintf(new, sizeof new, HEAD "%s" TAIL, after);
	difference_print(bytes(before == NULL ? NULL : old), bytes(after == NULL ? NULL : new),
	    stream);
	fclose(stream);
	assert_null(strstr(shown, SECRET));
	assert_string_equal(shown, expected);
}

static int
release(void **state)
{
	(void)state;
	free(shown);
	shown = NULL;
	return 0;
}

static void
equal_plists_print_nothing(void **state)
{
	(void)state;
	assert_difference("", "", "");
	assert_difference("<key>Label</key><string>x</string><key>A</key><true/>",
	    "<key>A</key> <true/><key>Label</key><string>x</string>", "");
	assert_difference(NULL, NULL, "");
}

static void
a_new_plist_shows_every_key(void **state)
{
	(void)state;
	assert_difference(NULL,
	    "<key>Label</key><string>x</string><key>RunAtLoad</key><true/><key>N</key>"
	    "<integer>-7</integer>"
	    "<key>R</key><real>0.5</real><key>ProgramArguments</key><array>"
	    "<string>/bin/cat</string><string></string>"
	    "</array>"
	    "<key>D</key><dict><key>a</key><false/><key>b</key><string>c</string></dict>",
	    "  + Label: \"x\"\n  + RunAtLoad: true\n  + N: -7\n  + R: 0.5\n  + ProgramArguments: [ "
	    "\"/bin/cat\", \"\" "
	    "]\n"
	    "  + D: { a = false, b = \"c\" }\n");
}

static void
a_plist_that_goes_shows_every_key(void **state)
{
	(void)state;
	assert_difference("<key>Label</key><string>x</string>", NULL, "  - Label: \"x\"\n");
}

static void
keys_that_differ_are_shown_and_others_are_not(void **state)
{
	(void)state;
	assert_difference("<key>Same</key><string>x</string><key>Gone</key><true/>"
	    "<key>Changed</key><string>old</string>",
	    "<key>Same</key><string>x</string><key>Changed</key><string>new</string>"
	    "<key>Added</key><integer>1"
	    "</integer>",
	    "  - Gone: true\n  - Changed: \"old\"\n  + Changed: \"new\"\n  + Added: 1\n");
}

static void
a_changed_type_is_a_difference(void **state)
{
	(void)state;
	assert_difference("<key>K</key><true/>", "<key>K</key><string>true</string>",
	    "  - K: true\n  + K: \"true\"\n");
	assert_difference("<key>K</key><integer>1</integer>", "<key>K</key><true/>",
	    "  - K: 1\n  + K: true\n");
}

static void
values_of_environment_variables_are_never_printed(void **state)
{
	(void)state;
	assert_difference("<key>EnvironmentVariables</key><dict><key>TOKEN</key>"
	    "<string>" SECRET "1</string></dict>",
	    "<key>EnvironmentVariables</key><dict><key>TOKEN</key><string>" SECRET
	    "2</string><key>B</key><string>" SECRET "</string></dict>",
	    "  - EnvironmentVariables.TOKEN: (hidden)\n"
	    "  + EnvironmentVariables.TOKEN: (hidden)\n"
	    "  + EnvironmentVariables.B: (hidden)\n");
	assert_difference("<key>EnvironmentVariables</key><dict><key>SAME</key><string>x</string>"
	    "<key>GONE</key><string>" SECRET "</string></dict>",
	    "<key>EnvironmentVariables</key><dict><key>SAME</key><string>x</string></dict>",
	    "  - EnvironmentVariables.GONE: (hidden)\n");
	assert_difference("<key>EnvironmentVariables</key><dict><key>GONE</key><string>" SECRET
	    "</string></dict>", "", "  - EnvironmentVariables.GONE: (hidden)\n");
	assert_difference(NULL,
	    "<key>EnvironmentVariables</key><dict><key>TOKEN</key><string>" SECRET "</string>"
	    "</dict>",
	    "  + EnvironmentVariables: { TOKEN }\n");
	assert_difference("<key>EnvironmentVariables</key><dict><key>TOKEN</key>"
	    "<string>" SECRET "</string></dict>",
	    NULL, "  - EnvironmentVariables: { TOKEN }\n");
}

static void
environment_variables_of_a_wrong_type_are_not_printed(void **state)
{
	(void)state;
	assert_difference("<key>EnvironmentVariables</key><string>" SECRET "</string>",
	    "<key>EnvironmentVariables</key><array><string>" SECRET "</string></array>",
	    "  - EnvironmentVariables: (hidden)\n  + EnvironmentVariables: (hidden)\n");
	assert_difference("<key>EnvironmentVariables</key><dict><key>A</key><array><string>" SECRET
			  "</string></array></dict>",
	    NULL, "  - EnvironmentVariables: { A }\n");
}

static void
nothing_in_a_plist_moves_the_cursor(void **state)
{
	(void)state;
	assert_difference("<key>A&#10;B</key><string>one&#10;  + Forged: "
	    "\"x\"\x7f\xc2\x80\xc2\x9f</string>", "",
	    "  - A?B: \"one?  + Forged: \"x\"???\"\n");
}

static void
deep_trees_are_shortened(void **state)
{
	(void)state;
	assert_difference(NULL,
	    "<key>K</key><array><array><array><array><array><array><array><array><array>"
	    "<string>x</string></array>"
	    "</array></array></array></array></array></array></array></array>",
	    "  + K: [ [ [ [ [ [ [ [ ... ] ] ] ] ] ] ] ]\n");
}

static void
what_cannot_be_read_prints_nothing(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	difference_print(bytes("no plist"), bytes(""), stream);
	difference_print(bytes(HEAD), bytes("{}"), stream);
	difference_print(bytes("<plist version=\"1.0\"><array/></plist>"),
	    bytes("<plist version=\"1.0\"><string>x</string></plist>"), stream);
	fclose(stream);
	assert_string_equal(text, "");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_plists_print_nothing),
		cmocka_unit_test(a_new_plist_shows_every_key),
		cmocka_unit_test(a_plist_that_goes_shows_every_key),
		cmocka_unit_test(keys_that_differ_are_shown_and_others_are_not),
		cmocka_unit_test(a_changed_type_is_a_difference),
		cmocka_unit_test(values_of_environment_variables_are_never_printed),
		cmocka_unit_test(environment_variables_of_a_wrong_type_are_not_printed),
		cmocka_unit_test(nothing_in_a_plist_moves_the_cursor),
		cmocka_unit_test(deep_trees_are_shortened),
		cmocka_unit_test(what_cannot_be_read_prints_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
