/* interpreter.c: first lines of scripts, command lines of env, and where env looks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/interpreter.h"

static struct interpreter read;

/* "PATH COMMAND SEARCH" of a line, with "-" for what is empty; "vague"; or "none". */
static const char *
what(const char *begin)
{
	static char text[3 * PATH_SIZE + 4];

	if (!interpreter_read(&read, begin))
		return "none";
	if (read.vague)
		return "vague";
	snprintf(text, sizeof text, "%s %s %s", read.path, read.command[0] == '\0' ? "-" :
	    read.command, !read.searches ? "-" : read.search[0] == '\0' ? "default" : read.search);
	return text;
}

static void
first_line_names_the_interpreter_and_what_env_runs(void **state)
{
	static const struct { const char *line, *expected; } cases[] = {
		{ "", "none" }, { "#", "none" }, { "\177ELF", "none" },
		  { "echo\n#!/bin/sh\n", "none" },
		{ "#!/bin/sh\n", "/bin/sh - -" }, { "#! \t/bin/sh -e\nenv x", "/bin/sh - -" },
		{ "#!/bin/sh", "/bin/sh - -" }, { "#!\n", "vague" }, { "#!  \n", "vague" },
		{ "#!/usr/bin/env python3\n", "/usr/bin/env python3 -" },
		{ "#!/usr/bin/env\n", "vague" }, { "#!/usr/bin/env -x a\n", "vague" },
		{ "#!/usr/bin/env -S python3 -u\n", "/usr/bin/env python3 -" },
		{ "#!/usr/bin/env -Spython3 -u\n", "/usr/bin/env python3 -" },
		{ "#!/usr/bin/env --split-string=python3 -u\n", "/usr/bin/env python3 -" },
		{ "#!/usr/bin/env --split-string\n", "vague" }, { "#!/usr/bin/env -S\n", "vague" },
		{ "#!/usr/bin/env -S \"python 3\"\n", "vague" },
		  { "#!/usr/bin/env -S ${X}\n", "vague" },
		{ "#!/usr/bin/env -i ruby\n", "/usr/bin/env ruby default" },
		{ "#!/usr/bin/env - ruby\n", "/usr/bin/env ruby default" },
		{ "#!/usr/bin/env -u HOME ruby\n", "/usr/bin/env ruby -" },
		{ "#!/usr/bin/env -uPATH ruby\n", "/usr/bin/env ruby default" },
		{ "#!/usr/bin/env -P /opt/bin:/bin ruby\n", "/usr/bin/env ruby /opt/bin:/bin" },
		{ "#!/usr/bin/env -iP/opt/bin ruby\n", "/usr/bin/env ruby /opt/bin" },
		{ "#!/usr/bin/env A=1 PATH=/x ruby\n", "/usr/bin/env ruby /x" },
		{ "#!/usr/bin/env -- /opt/ruby\n", "/usr/bin/env /opt/ruby -" },
		{ "#!/usr/bin/env env ruby\n", "vague" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (strcmp(what(cases[i].line), cases[i].expected) != 0)
			fail_msg("%s: %s, not %s", cases[i].line, what(cases[i].line),
			    cases[i].expected);
}

static void
words_of_a_command_line_are_not_split(void **state)
{
	const char *words[] = { "/usr/bin/env", "-i", "/opt/my ruby", "x" };
	const char *holes[] = { "/usr/bin/env", NULL };

	(void)state;
	assert_true(interpreter_of_words(&read, words, 4));
	assert_false(read.vague);
	assert_string_equal(read.path, "");
	assert_string_equal(read.command, "/opt/my ruby");
	assert_true(interpreter_of_words(&read, words, 2));
	assert_true(read.vague);
	assert_true(interpreter_of_words(&read, holes, 2));
	assert_true(read.vague);
	words[0] = "/bin/environment";
	assert_false(interpreter_of_words(&read, words, 4));
}

static void
command_line_of_an_interpreter_names_its_script(void **state)
{
	static const struct { const char *words, *script; } cases[] = {
		{ "/bin/sh /opt/x", "/opt/x" }, { "/bin/sh -e x y", "x" }, { "/bin/sh", "" },
		{ "/bin/sh -c /opt/x", "" }, { "/bin/sh -ec /opt/x", "" },
		  { "/bin/sh -s /opt/x", "" },
		{ "/bin/bash -eo pipefail /opt/x", "/opt/x" }, { "/bin/zsh +x -- -x", "-x" },
		{ "/bin/sh - /opt/x", "/opt/x" }, { "/bin/bash --rcfile /opt/y /opt/x", "/opt/x" },
		{ "/usr/bin/python3 -u /opt/x", "/opt/x" },
		  { "/usr/bin/python3 -m http.server", "" },
		{ "/opt/bin/python3.11 -W ignore -X dev x.py", "x.py" },
		  { "/usr/bin/python3 -", "" },
		{ "/usr/bin/python3 -Wignore /opt/x", "/opt/x" }, { "/usr/bin/perl -we 1 x", "" },
		{ "/usr/bin/perl -Mstrict -I /lib /opt/x", "/opt/x" },
		  { "/usr/bin/ruby -rjson x", "x" },
		{ "/usr/bin/osascript -l JavaScript /opt/x", "/opt/x" },
		  { "/usr/bin/node -r y x", "x" },
		{ "/usr/bin/env /bin/sh /opt/x", "/opt/x" },
		  { "/usr/bin/env A=b python3 -u x", "x" },
		{ "/usr/bin/env -S bash /opt/x", "/opt/x" }, { "/usr/bin/env worker /opt/x", "" },
		{ "/opt/shell /opt/x", "" }, { "/opt/worker /opt/x", "" },
		{ "/usr/bin/perl -lne 1", "" }, { "/usr/bin/perl -lane 1 x", "" },
		  { "/usr/bin/perl -0777ne 1", "" }, { "/usr/bin/perl -l012e 1", "" },
		  { "/usr/bin/perl -de 1", "" }, { "/usr/bin/perl -d:Trace x", "x" },
		  { "/usr/bin/perl -i.bake x", "x" }, { "/usr/bin/perl -0x1Fne x", "x" },
		  { "/usr/bin/perl -ln x", "x" }, { "/usr/bin/perl -S x", "vague" },
		{ "/usr/bin/ruby -lne 1", "" }, { "/usr/bin/ruby -W2e 1", "" },
		  { "/usr/bin/ruby -W:no-experimental x", "x" }, { "/usr/bin/ruby -v x", "x" },
		  { "/usr/bin/ruby -C /opt x", "vague" }, { "/usr/bin/ruby -C /opt -e 1", "" },
		  { "/usr/bin/ruby --encoding utf-8 x", "vague" },
		  { "/usr/bin/ruby --encoding=utf-8 x", "x" }, { "/usr/bin/ruby --version", "" },
		{ "/bin/bash --norc x", "x" }, { "/bin/bash --norc --login -c x", "" },
		  { "/bin/bash --init-file y x", "x" }, { "/bin/bash -rcfile y x", "x" },
		  { "/bin/bash -norc x", "vague" }, { "/bin/bash --norc", "" },
		{ "/bin/zsh --emulate sh x", "x" }, { "/bin/zsh -oerrexit x", "vague" },
		  { "/bin/zsh -o errexit x", "x" }, { "/usr/bin/env bash --norc x", "x" },
		{ "/usr/bin/python3 --check-hash-based-pycs never x", "x" },
		  { "/usr/bin/node --require y x", "vague" }, { "/usr/bin/node --a=b x", "x" },
		  { "/usr/bin/node -i x", "x" }, { "/usr/bin/node -C y x", "x" },
		  { "/usr/bin/env node --require y x", "vague" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *words[8], *script;
		char text[128];
		size_t count = 0;

		snprintf(text, sizeof text, "%s", cases[i].words);
		for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
			words[count++] = word;
		interpreter_of_words(&read, words, count);
		script = read.script_vague ? "vague" : read.script;
		if (strcmp(script, cases[i].script) != 0)
			fail_msg("%s: '%s', not '%s'", cases[i].words, script, cases[i].script);
	}
}

static void
line_that_is_too_long_is_vague(void **state)
{
	char line[8192] = "#!/";

	(void)state;
	memset(line + 3, 'x', sizeof line - 4);
	assert_string_equal(what(line), "vague");
	line[2 * PATH_SIZE - 100] = '\n';
	assert_string_equal(what(line), "vague");
}

static void
env_looks_in_each_directory_of_the_path(void **state)
{
	static const struct { const char *command, *search, *directory; size_t number;
	    const char *expected; } cases[] = {
		{ "x", "/a:/b", "", 0, "/a/x" }, { "x", "/a:/b", "", 1, "/b/x" },
		  { "x", "/a:/b", "", 2, NULL },
		{ "x", "", "", 0, "/usr/bin/x" }, { "x", "", "", 3, "/sbin/x" },
		  { "x", "", "", 4, NULL },
		{ "x", ":/b", "/w", 0, "/w//x" }, { "x", "/b:", "", 1, "/x" },
		  { "x", "c", "/w", 0, "/w/c/x" },
		{ "/opt/x", "/a", "", 0, "/opt/x" }, { "/opt/x", "/a", "", 1, NULL },
		  { "d/x", "/a", "/w", 0, "/w/d/x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char path[PATH_SIZE];
		bool found = interpreter_candidate(cases[i].command, cases[i].search,
		    cases[i].directory, cases[i].number, path);

		assert_int_equal(found, cases[i].expected != NULL);
		if (found)
			assert_string_equal(path, cases[i].expected);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_line_names_the_interpreter_and_what_env_runs),
		cmocka_unit_test(words_of_a_command_line_are_not_split),
		cmocka_unit_test(command_line_of_an_interpreter_names_its_script),
		cmocka_unit_test(line_that_is_too_long_is_vague),
		cmocka_unit_test(env_looks_in_each_directory_of_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
