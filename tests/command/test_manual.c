/* The manual and the README against the tables that the program reads. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "command/command.h"
#include "core/check/check.h"
#include "core/lint/lint.h"
#include "host/launchd/launchctl.h"

#define LINE	512
#define BODY	4096
#define MOST	64	/* options */

struct writing {			/* what is compared, a line per thing */
	FILE	*stream;
	char	*text;
	size_t	 size;
};

struct item {				/* of a list of the manual, as plain text */
	char	title[LINE];		/* of the subsection it is in, if any */
	char	head[LINE];
	char	body[BODY];
};

static struct writing expected, found;
static char *manual, *readme, *makefile;

static char *
read_file(const char *path)
{
	struct writing file;
	FILE *stream = fopen(path, "r");
	int byte;

	if (stream == NULL)
		fail_msg("%s cannot be read: the tests run in the top directory of the project",
		    path);
	file.stream = open_memstream(&file.text, &file.size);
	assert_non_null(file.stream);
	while ((byte = getc(stream)) != EOF)
		putc(byte, file.stream);
	fclose(stream);
	fclose(file.stream);
	assert_true(file.size > 0);
	return file.text;
}

static int
read_all(void **state)
{
	(void)state;
	manual = read_file("man/lnpctl.8");
	readme = read_file("README.md");
	makefile = read_file("Makefile");
	return 0;
}

static int
release_all(void **state)
{
	(void)state;
	free(manual);
	free(readme);
	free(makefile);
	return 0;
}

static int
begin(void **state)
{
	(void)state;
	expected.stream = open_memstream(&expected.text, &expected.size);
	found.stream = open_memstream(&found.text, &found.size);
	return expected.stream == NULL || found.stream == NULL ? -1 : 0;
}

static int
end(void **state)
{
	(void)state;
	fclose(expected.stream);
	fclose(found.stream);
	free(expected.text);
	free(found.text);
	return 0;
}

/* Compare what was written. Reports only the first difference: cmocka truncates messages. */
static void
agree(void)
{
	static const char nothing[] = "(no more lines)";
	const char *want, *got;

	fflush(expected.stream);
	fflush(found.stream);
	assert_true(expected.size > 0);
	want = expected.text;
	got = found.text;
	while (*want != '\0' && strcspn(want, "\n") == strcspn(got, "\n") &&
	    strncmp(want, got, strcspn(want, "\n") + 1) == 0) {
		want += strcspn(want, "\n") + 1;
		got += strcspn(got, "\n") + 1;
	}
	if (*want == '\0' && *got == '\0')
		return;
	got = *got != '\0' ? got : nothing;
	want = *want != '\0' ? want : nothing;
	fail_msg("the page has the line\n\t%.*s\nwhere it must have\n\t%.*s",
	    (int)strcspn(got, "\n"), got, (int)strcspn(want, "\n"), want);
}

/* ---- reading mdoc ---- */

static bool
next_line(const char **at, char line[LINE])
{
	size_t length = strcspn(*at, "\n");

	if (**at == '\0')
		return false;
	assert_true(length < LINE);
	memcpy(line, *at, length);
	line[length] = '\0';
	*at += length + ((*at)[length] == '\n');
	return true;
}

static bool
starts(const char *line, const char *start)
{
	return strncmp(line, start, strlen(start)) == 0;
}

static const char *
section(const char *name)
{
	char head[LINE];
	const char *at;

	snprintf(head, sizeof head, "\n.Sh %s\n", name);
	at = strstr(manual, head);
	if (at == NULL) {
		fail_msg("the manual has no section %s", name);
		return "";	/* never, but static analysis cannot know */
	}
	return at + strlen(head);
}

/* As next_line(), up to the end of the section. */
static bool
next_of_section(const char **at, char line[LINE])
{
	return !starts(*at, ".Sh ") && next_line(at, line);
}

static void
append(char target[BODY], const char *before, const char *word)
{
	size_t length = strlen(target);
	bool joins = length == 0 || target[length - 1] == '[' ||
	    (strchr(".,:;]", word[0]) != NULL && word[1] == '\0');

	assert_true(length + strlen(word) + 8 < BODY);
	snprintf(target + length, BODY - length, "%s%s%s", joins ? "" : " ", before, word);
}

/* Adds a line of mdoc as plain text: ".Op Fl -settle Ar SECONDS" is "[--settle SECONDS]". */
static void
add_plain(char target[BODY], const char *line)
{
	static const char *const silent[] = { "Ar", "Cm", "Ic", "It", "Pa", "Sx" };
	char words[LINE];
	bool macro = line[0] == '.', optional = false, dash = false;

	snprintf(words, sizeof words, "%s", line + macro);
	if (macro && strcmp(words, "Nm") == 0)
		append(target, "", "lnpctl");
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
		bool skip = macro && strcmp(word, "Nm") == 0;

		for (size_t i = 0; macro && i < sizeof silent / sizeof silent[0]; i++)
			skip = skip || strcmp(word, silent[i]) == 0;
		if (macro && strcmp(word, "Op") == 0) {
			append(target, "", "[");
			optional = true;
		} else if (macro && strcmp(word, "Fl") == 0)
			dash = true;
		else if (!skip) {
			append(target, dash ? "-" : "", word);
			dash = false;
		}
	}
	if (optional)
		append(target, "", "]");
}

static bool
next_item(const char **at, struct item *item)
{
	char line[LINE], head[BODY] = "";

	do {
		if (!next_of_section(at, line))
			return false;
		if (starts(line, ".Ss "))
			snprintf(item->title, sizeof item->title, "%s", line + 4);
	} while (!starts(line, ".It "));
	add_plain(head, line);
	assert_true(strlen(head) < sizeof item->head);
	memcpy(item->head, head, strlen(head) + 1);
	item->body[0] = '\0';
	while (!starts(*at, ".It ") && !starts(*at, ".El") && next_of_section(at, line))
		add_plain(item->body, line);
	return true;
}

/* The heads of a section's list, one per line. */
static void
write_heads(const char *name)
{
	const char *at = section(name);
	struct item item = { .title = "" };

	while (next_item(&at, &item))
		fprintf(found.stream, "%s\n", item.head);
}

static bool
is_command(const char *name)
{
	const struct command *rows = command_table();

	for (size_t i = 0; rows[i].name != NULL; i++)
		if (strcmp(rows[i].name, name) == 0)
			return true;
	return false;
}

static bool
is_option(const char *name)
{
	const struct option *rows = options_table();

	for (size_t i = 0; rows[i].name != NULL; i++)
		if (strcmp(rows[i].name, name) == 0)
			return true;
	return strcmp(name, "version") == 0;
}

/* ---- commands ---- */

static void
the_synopsis_is_that_of_the_table(void **state)
{
	const struct command *rows = command_table();
	const char *at = section("SYNOPSIS");
	char line[LINE], usage[BODY] = "";

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++)
		fprintf(expected.stream, "%s%s%s\n", rows[i].name,
		    rows[i].arguments[0] == '\0' ? "" : " ", rows[i].arguments);
	fputs("--version\n", expected.stream);
	while (next_of_section(&at, line)) {
		if (strcmp(line, ".Nm lnpctl") != 0)
			add_plain(usage, line);
		else if (usage[0] != '\0') {
			fprintf(found.stream, "%s\n", usage);
			usage[0] = '\0';
		}
	}
	fprintf(found.stream, "%s\n", usage);
	agree();
}

static void
every_command_is_explained_and_no_other(void **state)
{
	const struct command *rows = command_table();

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++)
		fprintf(expected.stream, "%s\n", rows[i].name);
	write_heads("COMMANDS");
	agree();
}

static void
the_json_of_every_command_is_explained(void **state)
{
	const struct command *rows = command_table();

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++)
		if (rows[i].run != NULL)
			fprintf(expected.stream, "%s\n", rows[i].name);
	write_heads("JSON OUTPUT");
	agree();
}

/* ---- options ---- */

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
write_sorted(FILE *stream, char lines[MOST][LINE], size_t count)
{
	qsort(lines, count, LINE, compare_lines);
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "%s\n", lines[i]);
}

/*
 * Adds the commands that take the option: of the table's row, or (bits 0) those whose names are in
 * the title.
 */
static void
add_commands(char line[LINE], unsigned bits, const char *title)
{
	const struct command *rows = command_table();

	for (size_t i = 0; rows[i].name != NULL; i++) {
		size_t length = strlen(line);
		char word[32];

		snprintf(word, sizeof word, " %s", rows[i].name);
		if (rows[i].run != NULL && (bits != 0 ? (bits & rows[i].bit) != 0 :
		    strcmp(title, "Options of every command") == 0 || strstr(title, word) != NULL))
			snprintf(line + length, LINE - length, " (%s)", rows[i].name);
	}
}

static void
every_option_is_explained_once_below_its_commands(void **state)
{
	static char lines[MOST][LINE];
	size_t count = 0, seen = 0;
	const struct option *rows = options_table();
	const char *at = section("OPTIONS");
	struct item item = { .title = "" };

	(void)state;
	for (; rows[count].name != NULL; count++) {
		const struct option *row = &rows[count];

		assert_true(count < MOST);
		snprintf(lines[count], LINE, "--%s%s%s", row->name, row->argument == NULL ? "" :
		    " ", row->argument == NULL ? "" : row->argument);
		add_commands(lines[count], row->commands, "");
	}
	write_sorted(expected.stream, lines, count);
	while (next_item(&at, &item)) {
		assert_true(seen < MOST);
		snprintf(lines[seen], LINE, "%.200s", item.head);
		add_commands(lines[seen++], 0, item.title);
	}
	write_sorted(found.stream, lines, seen);
	agree();
}

/* ---- checks ---- */

static void
every_check_is_explained_in_the_words_of_the_table(void **state)
{
	const struct check *row;
	const char *at = section("CHECKS");
	struct item item = { .title = "" };

	(void)state;
	for (size_t i = 0; (row = check_row(i)) != NULL; i++)
		fprintf(expected.stream, "%s: %s\n", row->id, row->meaning);
	for (size_t i = 0; next_item(&at, &item); i++) {
		row = check_row(i);
		fprintf(found.stream, "%s: %c%.*s\n", item.head,
		    row != NULL && row->meaning[0] == item.body[0] ?
		    item.body[0] : tolower((unsigned char)item.body[0]),
		    row != NULL ? (int)strlen(row->meaning) - 1 : 0, item.body + 1);
	}
	agree();
}

/* ---- rules ---- */

static void
every_rule_is_explained_in_the_words_of_the_table(void **state)
{
	const char *at = section("RULES");
	const struct lint_rule *rule;
	struct item item = { .title = "" };

	(void)state;
	for (size_t i = 0; (rule = lint_rule(i)) != NULL; i++)
		fprintf(expected.stream, "%s: %s: %s.\n", rule->id, lint_word(rule->severity),
		    rule->meaning);
	while (next_item(&at, &item))
		fprintf(found.stream, "%s: %s\n", item.head, item.body);
	agree();
}

/* ---- exit statuses ---- */

/* What a text about this kind must contain. No default: the compiler reports a missing kind. */
static const char *
word_of(enum error_kind kind)
{
	switch (kind) {
	case ERROR_NONE:	return "unchanged";
	case ERROR_FAILED:	return "the answer is no";
	case ERROR_UNKNOWN:	return "could not be determined";
	case ERROR_USAGE:	return "command line";
	case ERROR_DATA:	return "plist or receipt";
	case ERROR_ACCOUNT:	return "account or group";
	case ERROR_LAUNCHCTL:	return "launchctl";
	case ERROR_SYSTEM:	return "call to the system";
	case ERROR_FILE:	return "file or directory";
	case ERROR_PARTIAL:	return "could not be undone completely";
	case ERROR_BUSY:	return "holds the lock";
	case ERROR_ROOT:	return "oot is needed";
	}
	return NULL;
}

static void
expect_statuses(void)
{
	for (int kind = ERROR_NONE; word_of((enum error_kind)kind) != NULL; kind++)
		fprintf(expected.stream, "%d: %s\n", error_status((enum error_kind)kind),
		    word_of((enum error_kind)kind));
}

static void
find_status(const char *number, const char *text)
{
	const char *word = "something else";

	for (int kind = ERROR_NONE; word_of((enum error_kind)kind) != NULL; kind++)
		if (error_status((enum error_kind)kind) == strtol(number, NULL, 10) &&
		    strstr(text, word_of((enum error_kind)kind)) != NULL)
			word = word_of((enum error_kind)kind);
	fprintf(found.stream, "%ld: %s\n", strtol(number, NULL, 10), word);
}

static void
the_manual_has_every_error_with_its_exit_status(void **state)
{
	const char *at = section("EXIT STATUS");
	struct item item = { .title = "" };

	(void)state;
	expect_statuses();
	while (next_item(&at, &item))
		find_status(item.head, item.body);
	agree();
}

static void
the_readme_has_every_error_with_its_exit_status(void **state)
{
	const char *at = readme;
	char line[LINE];

	(void)state;
	expect_statuses();
	while (next_line(&at, line))
		if (starts(line, "| ") && isdigit((unsigned char)line[2]))
			find_status(line + 2, line);
	agree();
}

/* ---- launchd's numbers ---- */

static void
the_diagnostics_are_in_the_words_of_launchctl(void **state)
{
	static const int numbers[] = { 5, 37, 78, 112, 113, 119, 122, 125, 155 };

	(void)state;
	/* 78 is a job's exit status, not launchctl's */
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		fprintf(expected.stream, "%d %s\n", numbers[i],
		    numbers[i] == 78 ? "EX_CONFIG" : launchctl_words(numbers[i]));
	write_heads("DIAGNOSTICS");
	agree();
}

/* ---- names in running text ---- */

struct reader {				/* of words, in order */
	const char	*file;
	char		 previous[LINE];
};

static void
check_option(const struct reader *reader, const char *word)
{
	char name[LINE];

	snprintf(name, sizeof name, "%.*s", (int)strspn(word, "abcdefghijklmnopqrstuvwxyz-"), word);
	if (name[0] != '\0' && !is_option(name))
		fail_msg("%s: there is no option --%s", reader->file, name);
}

/* A word of a command that is to be typed, or the path of a file here. */
static void
check_code(const struct reader *reader, const char *word)
{
	static const char *const folders[] = { "src", "include", "tests", "man" };
	size_t length = strlen(reader->previous);
	char name[LINE];

	snprintf(name, sizeof name, "%.*s", (int)strspn(word, "abcdefghijklmnopqrstuvwxyz"), word);
	if (length >= 6 && strcmp(reader->previous + length - 6, "lnpctl") == 0 &&
	    name[0] != '\0' && !is_command(name))
		fail_msg("%s: there is no command %s", reader->file, name);
	if (strcmp(reader->previous, "make") == 0 && name[0] != '\0') {
		char target[LINE + 2];

		snprintf(target, sizeof target, "\n%s:", name);
		if (strstr(makefile, target) == NULL)
			fail_msg("%s: there is no make %s", reader->file, name);
	}
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (starts(word, folders[i]) && word[strlen(folders[i])] == '/' &&
		    strstr(word, "NAME") == NULL && access(word, F_OK) == -1)
			fail_msg("%s: there is no file %s", reader->file, word);
}

static void
check_line(struct reader *reader, char *line, bool fenced)
{
	char *arguments = fenced ? strstr(line, " -- ") : NULL;
	bool code = fenced;

	if (arguments != NULL)		/* the job's own */
		*arguments = '\0';
	reader->previous[0] = '\0';
	for (char *word = strtok(line, " |(),;"); word != NULL; word = strtok(NULL, " |(),;")) {
		bool opens = !fenced && word[0] == '`', closes = !fenced &&
		    strchr(word + opens, '`') != NULL;

		if (opens) {
			word++;
			reader->previous[0] = '\0';
		}
		word[strcspn(word, "`")] = '\0';
		code = code || opens;
		if (starts(word, "--") || (word[0] == '-' && strcmp(reader->previous, "Fl") == 0))
			check_option(reader, word + strspn(word, "-"));
		if (code)
			check_code(reader, word);
		snprintf(reader->previous, sizeof reader->previous, "%s", word + (word[0] == '.'));
		code = fenced || (code && !closes);
	}
}

static void
check_names(const char *file, const char *text)
{
	struct reader reader = { .file = file };
	char line[LINE];
	bool fenced = false, console = false;	/* there what is printed stands beside what is
						   typed */

	while (next_line(&text, line)) {
		if (starts(line, "```") || starts(line, ".Bd") || starts(line, ".Ed")) {
			fenced = !fenced;
			console = starts(line, "```console");
		} else if (!console || starts(line, "$ "))
			check_line(&reader, line, fenced);
	}
	assert_false(fenced);
}

static void
the_manual_names_nothing_that_does_not_exist(void **state)
{
	(void)state;
	check_names("man/lnpctl.8", manual);
}

static void
the_readme_names_nothing_that_does_not_exist(void **state)
{
	(void)state;
	check_names("README.md", readme);
}

/* The tests that a line ".Bq Pa test_x.c , attack/x.scene ." names. */
static void
check_tests(char *line)
{
	for (char *name = strtok(line + strlen(".Bq Pa"), " ,"); name != NULL;
	    name = strtok(NULL, " ,")) {
		char path[LINE];

		if (strcmp(name, ".") == 0)
			continue;
		snprintf(path, sizeof path, "tests/%s", name);
		if (access(path, R_OK) != 0)
			fail_msg("the threat model names a test that does not exist: %s", path);
	}
}

static void
each_sentence_of_the_threat_model_names_its_test(void **state)
{
	const char *text = strstr(manual, ".Ss Threat model\n");
	char line[LINE];
	bool named = true;
	int sentences = 0;

	(void)state;
	assert_non_null(text);
	while (next_line(&text, line)) {
		if (strcmp(line, ".It") == 0 || strcmp(line, ".El") == 0) {
			if (!named)
				fail_msg("sentence %d of the threat model names no test",
				    sentences);
			named = line[1] == 'E';
			sentences += !named;
		}
		if (!starts(line, ".Bq Pa "))
			continue;
		check_tests(line);
		named = true;
	}
	assert_true(sentences >= 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_synopsis_is_that_of_the_table, begin, end),
		cmocka_unit_test_setup_teardown(every_command_is_explained_and_no_other, begin,
		    end),
		cmocka_unit_test_setup_teardown(the_json_of_every_command_is_explained, begin, end),
		cmocka_unit_test_setup_teardown(every_option_is_explained_once_below_its_commands,
		    begin, end),
		cmocka_unit_test_setup_teardown(every_check_is_explained_in_the_words_of_the_table,
		    begin, end),
		cmocka_unit_test_setup_teardown(every_rule_is_explained_in_the_words_of_the_table,
		    begin, end),
		cmocka_unit_test_setup_teardown(the_manual_has_every_error_with_its_exit_status,
		    begin, end),
		cmocka_unit_test_setup_teardown(the_readme_has_every_error_with_its_exit_status,
		    begin, end),
		cmocka_unit_test_setup_teardown(the_diagnostics_are_in_the_words_of_launchctl,
		    begin, end),
		cmocka_unit_test(the_manual_names_nothing_that_does_not_exist),
		cmocka_unit_test(the_readme_names_nothing_that_does_not_exist),
		cmocka_unit_test(each_sentence_of_the_threat_model_names_its_test),
	};

	return cmocka_run_group_tests(tests, read_all, release_all);
}
