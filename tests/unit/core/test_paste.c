/* paste.c: which words may be in a command that root pastes, and how they are quoted. */
#include <stdio.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/paste.h"
#include "core/facts/trust.h"
#include "shell.h"

static char line[512];

static void
words_that_need_it_are_quoted(void **state)
{
	char word[16];

	(void)state;
	assert_true(paste_line(line, sizeof line, "sudo chown %s:%s %s && sudo x", "worker",
	    "my staff", "/a b/$(id)"));
	assert_string_equal(line, "sudo chown worker:'my staff' '/a b/$(id)' && sudo x");
	assert_string_equal(paste_read_word(line + strlen("sudo chown "), word, sizeof word),
	    "'/a b/$(id)' && sudo x");
	assert_string_equal(word, "worker:my staff");
	assert_string_equal(paste_read_word("last", word, sizeof word), "");
	assert_true(paste_line(line, sizeof line, "no word at all"));
	assert_string_equal(line, "no word at all");
}

static void
what_is_shown_is_one_word(void **state)
{
	static const char *const cases[][2] = {
		{ "com.example.job", "com.example.job" }, { "a b", "'a b'" },
		  { "x: sudo y #", "'x: sudo y #'" },
		{ "it's; y", "'it?s; y'" }, { "a''", "'a?\?'" }, { "J\303\266rg", "'J\303\266rg'" },
		  { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		paste_shown(line, sizeof line, cases[i][0]);
		assert_string_equal(line, cases[i][1]);
	}
	paste_shown(line, 4, "a b");
	assert_string_equal(line, "");
}

/* Each byte is refused or passed unchanged: in the middle, at the start, at the end of a word. */
static void
every_byte_is_right_or_refused(void **state)
{
	char words[3][8], read[8];
	unsigned accepted = 0;

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		snprintf(words[0], sizeof words[0], "/a%cb", byte);
		snprintf(words[1], sizeof words[1], "%cb", byte);
		snprintf(words[2], sizeof words[2], "a%c", byte);
		for (size_t i = 0; i < 3; i++) {
			bool made = paste_line(line, sizeof line, "sudo x %s", words[i]);

			if (byte < 0x20 || byte > 0x7e || byte == '\'') {
				assert_false(made);
				assert_string_equal(line, "");
			} else if (made) {
				accepted++;
				paste_read_word(line + strlen("sudo x "), read, sizeof read);
				assert_string_equal(read, words[i]);
				if (!shell_has(shell_paste(line), words[i]))
					fail_msg("'%s' became something else: %s", words[i], line);
			} else
				assert_true(byte == '-' && i == 1);
		}
	}
	assert_int_equal(accepted, 3 * (0x7e - 0x20 + 1 - 1) - 1);
}

static void
line_that_does_not_fit_is_empty(void **state)
{
	char small[12];

	(void)state;
	assert_true(paste_line(small, sizeof small, "sudo x '%s", "abc"));
	assert_false(paste_line(small, sizeof small, "sudo x %s", "a b c"));
	assert_string_equal(small, "");
	assert_false(paste_line(small, sizeof small, "sudo x %s", ""));
	assert_false(paste_line(small, 0, "x"));
}

static void
only_what_root_alone_controls_may_be_named(void **state)
{
	struct file_fact fact = { .exists = YES, .type = FILE_REGULAR, .links = 1 };

	(void)state;
	assert_true(paste_may_name(&fact));
	fact.links = 2;
	assert_false(paste_may_name(&fact));
	fact.type = FILE_DIRECTORY;
	assert_true(paste_may_name(&fact));
	fact.type = FILE_LINK;
	fact.links = 1;
	assert_false(paste_may_name(&fact));
	fact.type = FILE_OTHER;
	assert_false(paste_may_name(&fact));
	fact.exists = NO;
	assert_true(paste_may_name(&fact));
	strcpy(fact.untrusted_path, "/Users/worker");
	assert_false(paste_may_name(&fact));
	fact = (struct file_fact){ .exists = UNKNOWN };
	assert_false(paste_may_name(&fact));
}

/* Other directories may be writable on purpose: Homebrew's must stay owned by an account. */
static void
only_directories_of_lnpctls_way_are_given_to_root(void **state)
{
	static const char *const ways[] = { "/Library", "/Library/LaunchDaemons",
	    "/Library/Application Support",
		"/Library/Application Support/lnpctl", "/private/var/log" };
	static const char *const others[] = { "/", "/opt/homebrew", "/Users/worker", "/usr/local",
	    "/Lib", "/Library/Logs",
		"/Library/Application", "/Library/LaunchDaemons/x", "" };
	struct file_fact fact = { .exists = NO };

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		strcpy(fact.untrusted_path, ways[i]);
		paste_folder(&fact, line, sizeof line);
		assert_true(shell_has(shell_paste(line), ways[i]));
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		strcpy(fact.untrusted_path, others[i]);
		paste_folder(&fact, line, sizeof line);
		assert_string_equal(line, "use a directory that only root can change");
	}
	strcpy(fact.untrusted_path, "/Library");
	fact.untrusted_mode = 01777;
	paste_folder(&fact, line, sizeof line);
	assert_string_equal(line, "use a directory that only root can change");
	fact.untrusted_by = WEAK_ACL;
	paste_folder(&fact, line, sizeof line);
	assert_null(strstr(line, "chown"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_that_need_it_are_quoted),
		cmocka_unit_test(what_is_shown_is_one_word),
		cmocka_unit_test(every_byte_is_right_or_refused),
		cmocka_unit_test(line_that_does_not_fit_is_empty),
		cmocka_unit_test(only_what_root_alone_controls_may_be_named),
		cmocka_unit_test(only_directories_of_lnpctls_way_are_given_to_root),
	};

	return cmocka_run_group_tests(tests, shell_setup, shell_teardown);
}
