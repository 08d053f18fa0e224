/* argument.c: the kinds of arguments, and that the other tables agree. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "command/complete.h"
#include "core/lint/keys.h"
#include "core/probe/probe.h"
#include "core/job/plist_set.h"

static void
a_name_is_found_whole(void **state)
{
	char why[ARGUMENT_WHY];

	(void)state;
	assert_string_equal(argument_find("FILE ...", 4)->name, "FILE");
	assert_null(argument_find("FILE", 3));
	assert_null(argument_find("file", 4));
	assert_null(argument_find("", 0));
	assert_true(argument_has("KIND", "agent", why));
	assert_false(argument_has("KIND", "agents", why));
	assert_string_equal(why, "it is neither daemon nor agent");
	assert_false(argument_has("USER", "root", why));
}

static void
there_is_a_row_for_the_argument_of_every_option(void **state)
{
	const struct option *rows = options_table();

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++) {
		const struct argument *value;

		if (rows[i].argument == NULL)
			continue;
		value = argument_find(rows[i].argument, strlen(rows[i].argument));
		if (value == NULL && rows[i].key != NULL)
			continue;	/* the key's row knows what it accepts */
		if (value == NULL)
			fail_msg("--%s %s: what is that?", rows[i].name, rows[i].argument);
		else if ((rows[i].kind == OPTION_WORD) != (value->kind == ARGUMENT_WORD))
			fail_msg("--%s is a word for one table only", rows[i].name);
	}
}

/* In usage every word without a lower-case letter is a value, except the program's arguments. */
static void
there_is_a_row_for_every_operand(void **state)
{
	const struct command *rows = command_table();

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++) {
		const char *at = rows[i].arguments;

		while (*(at += strspn(at, " []|")) != '\0') {
			size_t length = strcspn(at, " []|"), capitals = 0;

			while (capitals < length && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ-:=",
			    at[capitals]) != NULL)
				capitals++;
			if (capitals == length && isupper((unsigned char)at[0]) &&
			    argument_find(at, length) == NULL &&
			    strncmp(at, "ARGUMENT", length) != 0)
				fail_msg("%s: what is %.*s?", rows[i].name, (int)length, at);
			at += length;
		}
	}
}

static struct operands
operands_of(const char *arguments)
{
	const struct command command = { .arguments = arguments };

	return complete_operands(&command);
}

static void
operands_are_what_a_usage_names_besides_options(void **state)
{
	struct operands operands = operands_of("[--settle SECONDS] [--label LABEL] FILE ... | "
	    "--all");

	(void)state;
	assert_int_equal(operands.count, 1);
	assert_string_equal(operands.values[0]->name, "FILE");
	assert_true(operands.many);
	operands = operands_of("[--kind daemon | agent] AGENT-PLIST | LABEL | --undo LABEL");
	assert_int_equal(operands.count, 2);
	assert_string_equal(operands.values[0]->name, "AGENT-PLIST");
	assert_string_equal(operands.values[1]->name, "LABEL");
	assert_false(operands.many);
	operands = operands_of("--label LABEL --user USER [options] -- PROGRAM [ARGUMENT ...]");
	assert_int_equal(operands.count, 1);
	assert_int_equal(operands.values[0]->kind, ARGUMENT_PROGRAM);
	assert_int_equal(operands_of("").count, 0);
	assert_int_equal(operands_of("[--json]").count, 0);
}

static void
probe_takes_every_context_of_the_table(void **state)
{
	const struct argument *value = argument_find("CONTEXT", strlen("CONTEXT"));
	struct context context;
	struct error error;

	(void)state;
	for (size_t i = 0; value->words[i] != NULL; i++) {
		char text[64];

		snprintf(text, sizeof text, "%s%s", value->words[i],
		    strchr(value->words[i], ':') == NULL ? "" : "worker");
		assert_int_equal(probe_context(&context, text, &error), 0);
		assert_string_equal(context.name, text);
	}
}

/* An offered word may be refused for its value only. */
static void
set_takes_every_key_that_it_offers(void **state)
{
	static const char *const values[] = { "true", "1", "/x", "x", "Background", "Aqua" };
	size_t offered = 0;
	const struct key *rows = keys_table();

	(void)state;
	for (size_t i = 0; rows[i].path != NULL; i++) {
		bool taken = false;

		for (size_t j = 0; plist_set_offers(&rows[i]) &&
		    j < sizeof values / sizeof values[0] && !taken; j++) {
			struct plist *plist = plist_new();
			struct error error = { .kind = ERROR_NONE };
			char setting[256];

			snprintf(setting, sizeof setting, "%s=%s", rows[i].path, values[j]);
			taken = plist_set_apply(plist, setting, &error) == 0;
			plist_release(plist);
		}
		if (plist_set_offers(&rows[i]) && !taken)
			fail_msg("%s is offered, and no value is taken", rows[i].path);
		offered += plist_set_offers(&rows[i]);
	}
	assert_true(offered > 20);
	assert_false(plist_set_offers(keys_row("Label")));
	assert_false(plist_set_offers(keys_row("LimitLoadToSessionType")));
	assert_false(plist_set_offers(keys_row("Sockets")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_found_whole),
		cmocka_unit_test(there_is_a_row_for_the_argument_of_every_option),
		cmocka_unit_test(there_is_a_row_for_every_operand),
		cmocka_unit_test(operands_are_what_a_usage_names_besides_options),
		cmocka_unit_test(probe_takes_every_context_of_the_table),
		cmocka_unit_test(set_takes_every_key_that_it_offers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
