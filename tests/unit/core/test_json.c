/* json.c: the output is valid JSON, whatever the text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/json.h"

static struct json json;
static char *text;
static size_t size;

static int
begin(void **state)
{
	(void)state;
	json = (struct json){ open_memstream(&text, &size), false };
	return json.stream == NULL ? -1 : 0;
}

static int
end(void **state)
{
	(void)state;
	if (json.stream != NULL)
		fclose(json.stream);
	free(text);
	text = NULL;
	return 0;
}

static void
assert_written(const char *expected)
{
	fclose(json.stream);
	json.stream = NULL;
	assert_string_equal(text, expected);
	assert_int_equal(size, strlen(expected));
}

static void
members_are_parted_by_commas(void **state)
{
	(void)state;
	json_open(&json, NULL, '{');
	json_integer(&json, "schema", 1);
	json_text(&json, "command", "status");
	json_boolean(&json, "ok", true);
	json_boolean(&json, "dry_run", false);
	json_null(&json, "error");
	json_close(&json, '}');
	assert_written("{\"schema\":1,\"command\":\"status\",\"ok\":true,\"dry_run\":false,"
	    "\"error\":null}");
}

static void
members_that_are_not_known_are_null(void **state)
{
	const char *no_text = NULL;	/* a bare NULL may be an integer */

	(void)state;
	json_open(&json, NULL, '{');
	json_number(&json, "pid", true, 0);
	json_number(&json, "runs", false, 7);
	json_flag(&json, "loaded", true, false);
	json_flag(&json, "disabled", false, true);
	json_members(&json, "label", "a", "why", "", "fix", no_text, JSON_END);
	json_texts(&json, "error", "what", "b", JSON_END);
	json_texts(&json, "none", JSON_END);
	json_close(&json, '}');
	assert_written("{\"pid\":0,\"runs\":null,\"loaded\":false,\"disabled\":null,"
	    "\"label\":\"a\",\"why\":null,\"fix\":null,\"error\":{\"what\":\"b\"},\"none\":{}}");
}

static void
objects_and_arrays_nest(void **state)
{
	(void)state;
	json_open(&json, NULL, '{');
	json_open(&json, "jobs", '[');
	json_open(&json, NULL, '{');
	json_open(&json, "logs", '[');
	json_close(&json, ']');
	json_open(&json, "last", '{');
	json_close(&json, '}');
	json_null(&json, "x");
	json_close(&json, '}');
	json_open(&json, NULL, '{');
	json_close(&json, '}');
	json_text(&json, NULL, "a");
	json_integer(&json, NULL, 2);
	json_boolean(&json, NULL, false);
	json_close(&json, ']');
	json_open(&json, "steps", '[');
	json_open(&json, NULL, '[');
	json_close(&json, ']');
	json_open(&json, NULL, '[');
	json_close(&json, ']');
	json_close(&json, ']');
	json_close(&json, '}');
	assert_written("{\"jobs\":[{\"logs\":[],\"last\":{},\"x\":null},{},\"a\",2,false],"
	    "\"steps\":[[],[]]}");
}

static void
absent_text_is_null(void **state)
{
	(void)state;
	json_open(&json, NULL, '[');
	json_text(&json, NULL, NULL);
	json_text(&json, NULL, "");
	json_some(&json, NULL, NULL);
	json_some(&json, NULL, "");
	json_some(&json, NULL, "x");
	json_close(&json, ']');
	assert_written("[null,\"\",null,null,\"x\"]");
}

static void
integers_have_the_whole_range(void **state)
{
	(void)state;
	json_open(&json, NULL, '[');
	json_integer(&json, NULL, INT64_MIN);
	json_integer(&json, NULL, -1);
	json_integer(&json, NULL, 0);
	json_integer(&json, NULL, INT64_MAX);
	json_close(&json, ']');
	assert_written("[-9223372036854775808,-1,0,9223372036854775807]");
}

static void
quotes_and_controls_are_escaped(void **state)
{
	(void)state;
	json_text(&json, NULL, "a\"b\\c/d\n\r\t\b\f\x01\x1f\x7f\x1b[2J");
	assert_written("\"a\\\"b\\\\c/d\\u000a\\u000d\\u0009\\u0008\\u000c"
	    "\\u0001\\u001f"
	    "\\u007f\\u001b[2J\"");
}

static void
keys_are_escaped_too(void **state)
{
	(void)state;
	json_open(&json, NULL, '{');
	json_null(&json, "a\"\n\xff");
	json_close(&json, '}');
	assert_written("{\"a\\\"\\u000a\\ufffd\":null}");
}

static void
utf8_stays_as_it_is(void **state)
{
	(void)state;
	json_text(&json, NULL, "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x8d");
	assert_written("\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x8d\"");
}

/* The same data, but nothing in it moves a terminal's cursor or changes direction. */
static void
what_a_terminal_would_obey_is_escaped(void **state)
{
	(void)state;
	json_text(&json, NULL, "\xc2\x9b" "31m\xc2\x80\xe2\x80\xae"
	    "cba\xe2\x81\xa6\xd8\x9c\xe2\x80\xa8");
	assert_written("\"\\u009b31m\\u0080\\u202ecba\\u2066\\u061c\\u2028\"");
}

static void
what_is_not_utf8_is_shown_as_u_fffd(void **state)
{
	static const struct sample {
		const char	*text, *expected;
	} samples[] = {
		{ "\xff", "\\ufffd" },
		{ "a\x80z", "a\\ufffdz" },
		{ "\xc3", "\\ufffd" },			/* truncated */
		{ "\xe2\x82", "\\ufffd\\ufffd" },
		{ "\xe2\x82\"", "\\ufffd\\ufffd\\\"" },	/* what follows keeps its escape */
		{ "\xc0\x80", "\\ufffd\\ufffd" },	/* overlong */
		{ "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },	/* surrogate */
		{ "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		char expected[64];

		json_text(&json, NULL, samples[i].text);
		snprintf(expected, sizeof expected, "\"%s\"", samples[i].expected);
		assert_written(expected);
		end(NULL);
		begin(NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(members_are_parted_by_commas, begin, end),
		cmocka_unit_test_setup_teardown(members_that_are_not_known_are_null, begin, end),
		cmocka_unit_test_setup_teardown(objects_and_arrays_nest, begin, end),
		cmocka_unit_test_setup_teardown(absent_text_is_null, begin, end),
		cmocka_unit_test_setup_teardown(integers_have_the_whole_range, begin, end),
		cmocka_unit_test_setup_teardown(quotes_and_controls_are_escaped,
		    begin, end),
		cmocka_unit_test_setup_teardown(keys_are_escaped_too, begin, end),
		cmocka_unit_test_setup_teardown(utf8_stays_as_it_is, begin, end),
		cmocka_unit_test_setup_teardown(what_a_terminal_would_obey_is_escaped, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_utf8_is_shown_as_u_fffd, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
