/*
 * status --json with a launchctl that prints what was recorded on real Macs.
 *
 * The recordings are in tests/evidence, with an index of what each shows. Expected values come from
 * the index, and from a parser simpler than lnpctl's.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mac.h"

#define RECORDED	"tests/evidence/"
#define FIELD_SIZE	1024
#define TEXT_SIZE	65536

static int
begin(void **state)
{
	*state = mac_new(MAC_SCRIPTED);
	return 0;
}

static int
end(void **state)
{
	mac_free(*state);
	return 0;
}

static char *
read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = malloc(TEXT_SIZE);
	size_t size;

	if (file == NULL || text == NULL) {
		fail_msg("cannot read %s", path);
		abort();
	}
	size = fread(text, 1, TEXT_SIZE - 1, file);
	text[size] = '\0';
	fclose(file);
	return text;
}

/* ---- what is expected ---- */

/* The lines indented like the first "name = value"; a header without indentation is ignored. */
static size_t
outer_indent(const char *text)
{
	for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t indent = strspn(text, " \t"), length = strcspn(text, "\n");

		if (indent > 0 && length > indent && memchr(text, '=', length) != NULL)
			return indent;
	}
	return 0;
}

/* Copies the value of an outermost line; false if there is none, or two that differ. */
static bool
outer_value(const char *text, const char *name, char value[FIELD_SIZE])
{
	size_t outer = outer_indent(text), length = strlen(name);
	bool found = false;

	for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *words = text + strspn(text, " \t");
		char here[FIELD_SIZE];

		if ((size_t)(words - text) != outer || strncmp(words, name, length) != 0 ||
		    strncmp(words + length, " = ", 3) != 0)
			continue;
		snprintf(here, sizeof here, "%.*s", (int)strcspn(words + length + 3, "\n"),
		    words + length + 3);
		if (found && strcmp(here, value) != 0)
			return false;
		snprintf(value, FIELD_SIZE, "%s", here);
		found = true;
	}
	return found;
}

struct row {				/* of INDEX.tsv */
	char	file[128], domain[64], macos[128], state[64], pid[32], last_exit[128],
	    complete[256];
};

static size_t
column(const char *line, size_t number, char *target, size_t size)
{
	for (; number > 0; number--) {
		line += strcspn(line, "\t\n");
		if (*line != '\t')
			fail_msg("the index has a row with too few columns");
		line++;
	}
	snprintf(target, size, "%.*s", (int)strcspn(line, "\t\n"), line);
	return strlen(target);
}

static void
read_row(const char *line, struct row *row)
{
	column(line, 0, row->file, sizeof row->file);
	column(line, 1, row->domain, sizeof row->domain);
	column(line, 2, row->macos, sizeof row->macos);
	column(line, 3, row->state, sizeof row->state);
	column(line, 4, row->pid, sizeof row->pid);
	column(line, 5, row->last_exit, sizeof row->last_exit);
	column(line, 7, row->complete, sizeof row->complete);
}

/* ---- what was printed ---- */

static void
assert_json(struct mac *mac, const struct row *row, const char *key, const char *expected)
{
	const char *said = mac_json(mac, key);

	if (said == NULL || strcmp(said, expected) != 0)
		fail_msg("%s: %s is %s, not %s, in\n%s", row->file, key, said, expected, mac->out);
}

static void
assert_json_text(struct mac *mac, const struct row *row, const char *key, const char *expected)
{
	char quoted[FIELD_SIZE + 2];

	snprintf(quoted, sizeof quoted, "\"%s\"", expected);
	assert_json(mac, row, key, expected[0] == '\0' ? "null" : quoted);
}

static void
check_field(struct mac *mac, const struct row *row, const char *text, const char *name, bool number)
{
	char value[FIELD_SIZE];
	bool there = outer_value(text, name, value);

	if (!there)
		assert_json(mac, row, name, "null");
	else if (number)
		assert_json(mac, row, name, value);
	else
		assert_json_text(mac, row, name, value);
}

/* "gui/501 [100015]" is the domain gui/501; an incomplete recording may lack values. */
static void
check_domain(struct mac *mac, const struct row *row, const char *text)
{
	char value[FIELD_SIZE], expected[64];

	snprintf(expected, sizeof expected, "\"%.*s\"", (int)strcspn(row->domain, " "),
	    row->domain);
	if (outer_value(text, "domain", value) || strncmp(row->complete, "complete", 8) == 0)
		assert_json(mac, row, "domain", expected);
	else if (strcmp(mac_json(mac, "domain"), expected) != 0)
		assert_json(mac, row, "domain", "null");
}

/*
 * The index: "(never exited)", "78: EX_CONFIG (...)", "signal Terminated: 15 (...)", "reason
 * JETSAM_...", "not shown", "-".
 */
static void
check_last_exit(struct mac *mac, const struct row *row)
{
	const char *last = row->last_exit;
	char number[32];

	if (strcmp(last, "-") == 0 || strcmp(last, "not shown") == 0) {
		assert_json(mac, row, "last_exit", "null");
		return;
	}
	assert_json(mac, row, "last_exit", "{");
	if (strcmp(last, "(never exited)") == 0) {
		assert_json(mac, row, "kind", "\"never\"");
		assert_json(mac, row, "value", "null");
	} else if (strncmp(last, "signal Terminated: 15", 21) == 0) {
		assert_json(mac, row, "kind", "\"signal\"");
		assert_json(mac, row, "value", "15");
		assert_json(mac, row, "text", "\"Terminated\"");
	} else if (strncmp(last, "reason ", 7) == 0) {
		char reason[128];

		snprintf(reason, sizeof reason, "%.*s", (int)strcspn(last + 7, " "), last + 7);
		assert_json(mac, row, "kind", "\"reason\"");
		assert_json_text(mac, row, "text", reason);
	} else {
		snprintf(number, sizeof number, "%ld", strtol(last, NULL, 10));
		assert_json(mac, row, "kind", "\"code\"");
		assert_json(mac, row, "value", number);
		assert_json(mac, row, "text", strncmp(last, "78: ", 4) == 0 ? "\"EX_CONFIG\"" :
		    "null");
	}
}

static void
check_recording(struct mac *mac, const struct row *row)
{
	char path[256], *text;
	bool service;

	snprintf(path, sizeof path, RECORDED "print/%s", row->file);
	text = read_text(path);
	mac_answer_file(mac, "print", path);
	/* One is of a whole domain, without a job. */
	service = strstr(row->domain, "whole domain") == NULL;
	assert_int_equal(mac_command(mac, "status --json com.example.job"), service ? 0 : 2);
	assert_json(mac, row, "loaded", service ? "true" : "null");
	assert_json_text(mac, row, "state", strcmp(row->state, "-") == 0 ? "" : row->state);
	assert_json(mac, row, "pid", strcmp(row->pid, "-") == 0 ||
	    strcmp(row->pid, "not shown") == 0 ? "null" : row->pid);
	check_domain(mac, row, text);
	check_last_exit(mac, row);
	check_field(mac, row, text, "state", false);
	check_field(mac, row, text, "pid", true);
	check_field(mac, row, text, "runs", true);
	check_field(mac, row, text, "path", false);
	check_field(mac, row, text, "program", false);
	free(text);
}

static void
every_recorded_print_is_read(void **state)
{
	struct mac *mac = *state;
	char *index;
	int count = 0;

	index = read_text(RECORDED "print/INDEX.tsv");
	for (const char *line = strchr(index, '\n') + 1; *line != '\0';
	    line = strchr(line, '\n') + 1) {
		struct row row;

		read_row(line, &row);
		check_recording(mac, &row);
		count++;
	}
	free(index);
	assert_in_range(count, 31, 1000);
}

/* ---- print-disabled ---- */

static const char *
disabled_word(struct mac *mac, const char *label)
{
	char line[512];

	snprintf(line, sizeof line, "status --json %s", label);
	mac_command(mac, line);
	return mac_json(mac, "disabled");
}

/* Every quoted label, up to the block of the login items, has the state that its word gives. */
static int
check_overrides(struct mac *mac, const char *file)
{
	char path[256], label[256], *text;
	int count = 0;

	snprintf(path, sizeof path, RECORDED "print-disabled/%s", file);
	text = read_text(path);
	mac_answer_file(mac, "print-disabled", path);
	for (char *line = text; *line != '\0' &&
	    strncmp(line + strspn(line, " \t"), "login item", 10) != 0;
	    line += strcspn(line, "\n"), line += *line == '\n') {
		const char *quote = line + strspn(line, " \t"), *word;
		bool disabled;

		if (*quote != '"')
			continue;
		snprintf(label, sizeof label, "%.*s", (int)strcspn(quote + 1, "\""), quote + 1);
		word = quote + 1 + strlen(label) + strlen("\" => ");
		disabled = strncmp(word, "disabled", 8) == 0 || strncmp(word, "true", 4) == 0;
		if (strcmp(disabled_word(mac, label), disabled ? "true" : "false") != 0)
			fail_msg("%s: %s is not read right", file, label);
		count++;
	}
	free(text);
	return count;
}

static void
every_recorded_print_disabled_is_read(void **state)
{
	struct mac *mac = *state;
	DIR *folder = opendir(RECORDED "print-disabled");
	struct dirent *entry;
	int count = 0;

	if (folder == NULL) {
		fail_msg("cannot read " RECORDED "print-disabled");
		return;		/* fail_msg() has left already; clang-tidy does not know */
	}
	while ((entry = readdir(folder)) != NULL)
		if (strstr(entry->d_name, ".txt") != NULL)
			count += check_overrides(mac, entry->d_name);
	closedir(folder);
	assert_in_range(count, 40, 1000);
}

static void
label_of_the_login_items_is_not_disabled(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print-disabled",
	    "\n\tdisabled services = {\n\t\t\"com.example.other\" => disabled\n\t}\n\n"
	    "\tlogin item associations = {\n\t\t\"com.example.job\" => disabled\n\t}\n", 0);
	assert_string_equal(disabled_word(mac, "com.example.job"), "false");
	assert_string_equal(disabled_word(mac, "com.example.other"), "true");
	assert_string_equal(disabled_word(mac, "com.example.othe"), "false");
}

static void
unknown_word_or_answer_is_reported_as_unknown(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print-disabled",
	    "\tdisabled services = {\n\t\t\"com.example.job\" => perhaps\n\t}\n", 0);
	assert_string_equal(disabled_word(mac, "com.example.job"), "null");
	mac_answer(mac, "print-disabled", "nothing that we know\n", 0);
	assert_string_equal(disabled_word(mac, "com.example.job"), "null");
	mac_answer(mac, "print-disabled", "", 0);
	assert_string_equal(disabled_word(mac, "com.example.job"), "null");
	mac_refuse(mac, "print-disabled", 125);
	assert_string_equal(disabled_word(mac, "com.example.job"), "null");
}

/* ---- forms that were not recorded ---- */

static void
unknown_state_and_exit_are_passed_on_as_they_are(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tstate = waiting for \"godot\"\n\tlast exit code = lost: "
	    "\\o/\n}\n", 0);
	assert_int_equal(mac_command(mac, "status --json com.example.job"), 0);
	assert_string_equal(mac_json(mac, "state"), "\"waiting for \\\"godot\\\"\"");
	assert_string_equal(mac_json(mac, "kind"), "\"unknown\"");
	assert_string_equal(mac_json(mac, "value"), "null");
	assert_string_equal(mac_json(mac, "text"), "\"lost: \\\\o/\"");
	assert_string_equal(mac_json(mac, "pid"), "null");
}

static void
argument_that_imitates_a_field_is_not_one(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tactive count = 1\n\tstate = running\n\n\targuments = "
	    "{\n\t\t/bin/cat\n"
	    "\t\tpid = 1\n\t\t}\n\t\tstate = not running\n\t\tprogram = /tmp/x\n\t}\n\n\tpid = "
	    "4711\n"
	    "\tresource coalition = {\n\t\tstate = active\n\t\tpid = 2\n\t}\n}\n",
	    0);
	assert_int_equal(mac_command(mac, "status --json com.example.job"), 0);
	assert_string_equal(mac_json(mac, "state"), "\"running\"");
	assert_string_equal(mac_json(mac, "pid"), "4711");
	assert_string_equal(mac_json(mac, "program"), "null");
}

static void
field_that_an_argument_with_a_newline_doubles_is_not_believed(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tstate = running\n\targuments = "
	    "{\n\t\t/bin/cat\n\t}\n\tpid = 1\n\t}\n\n"
	    "\tpid = 4711\n}\n",
	    0);
	assert_int_equal(mac_command(mac, "status --json com.example.job"), 0);
	assert_string_equal(mac_json(mac, "pid"), "null");
}

static void
bytes_that_are_not_text_still_give_json(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print", "system/com.example.job = {\n\tstate = run\xff\x01ning\n\tpath = "
	    "/a\xc3\n}\n", 0);
	mac_command(mac, "status --json com.example.job");
	assert_null(strpbrk(mac->out, "\xff\x01\xc3"));
	mac_command(mac, "status com.example.job");
	assert_null(strpbrk(mac->out, "\x01"));
}

static void
job_that_is_not_loaded_is_reported_with_1(void **state)
{
	struct mac *mac = *state;

	assert_int_equal(mac_command(mac, "status --json com.example.job"), 1);
	assert_string_equal(mac_json(mac, "loaded"), "false");
	assert_string_equal(mac_json(mac, "ok"), "false");
	assert_string_equal(mac_json(mac, "state"), "null");
	assert_string_equal(mac_json(mac, "pid"), "null");
	assert_string_equal(mac_json(mac, "last_exit"), "null");
	assert_int_equal(mac_command(mac, "status com.example.job"), 1);
	assert_string_equal(mac->out, "com.example.job: not loaded\n");
}

static void
failing_launchctl_is_69_and_the_job_unknown(void **state)
{
	struct mac *mac = *state;

	for (int i = 0; i < 5; i++) {
		/* A launchctl that exits with 5 has worked; the others have not. */
		int status = i == 3 ? 2 : 69;

		if (i == 0)
			mac_answer(mac, "print", "", 0);
		else if (i == 1)
			mac_answer_megabyte(mac, "print");
		else if (i == 2)
			mac_die(mac, "print");
		else if (i == 3)
			mac_refuse(mac, "print", 5);
		else
			mac_lose_launchctl(mac);
		assert_int_equal(mac_command(mac, "status --json com.example.job"), status);
		assert_string_equal(mac_json(mac, "loaded"), "null");
		assert_string_equal(mac_json(mac, "state"), "null");
		assert_int_equal(mac_command(mac, "status com.example.job"), status);
		assert_non_null(strstr(mac->out, "com.example.job: unknown: launchctl print "));
	}
}

static void
text_of_status_has_one_line_per_fact(void **state)
{
	struct mac *mac = *state;

	mac_answer(mac, "print",
	    "system/com.example.job = {\n\tpath = "
	    "/Library/LaunchDaemons/com.example.job.plist\n\tstate = spawn "
	    "scheduled\n\n"
	    "\tprogram = /usr/local/bin/x\n\tstdout path = /var/log/x.log\n\tusername = "
	    "worker\n\tgroup = "
	    "staff\n\truns = 12\n"
	    "\tlast exit code = 78: EX_CONFIG\n}\n",
	    0);
	mac_answer(mac, "print-disabled",
	    "disabled services = {\n\t\"com.example.job\" => true\n}\n", 0);
	assert_int_equal(mac_command(mac, "status com.example.job"), 0);
	assert_string_equal(mac->out, "com.example.job: spawn scheduled\n"
	    "  disabled   launchd does not load it at boot; to enable it: sudo launchctl enable "
	    "system/com.example.job\n"
	    "  runs       12\n  last exit  78 EX_CONFIG\n  plist      "
	    "/Library/LaunchDaemons/com.example.job.plist (missing)\n"
	    "  program    /usr/local/bin/x\n  account    worker:staff\n  log        /var/log/x.log "
	    "(missing)\n");
}

static void
label_that_cannot_be_in_a_service_target_is_refused(void **state)
{
	static const char *const labels[] = { "", "a/b", "a\nb", "\xff" };
	struct mac *mac = *state;

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const char *words[] = { "status", labels[i], NULL };

		assert_int_equal(mac_words(mac, words), 65);
	}
	assert_string_equal(mac_calls(mac), "");
}

#define TEST(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_recorded_print_is_read),
		TEST(every_recorded_print_disabled_is_read),
		TEST(label_of_the_login_items_is_not_disabled),
		TEST(unknown_word_or_answer_is_reported_as_unknown),
		TEST(unknown_state_and_exit_are_passed_on_as_they_are),
		TEST(argument_that_imitates_a_field_is_not_one),
		TEST(field_that_an_argument_with_a_newline_doubles_is_not_believed),
		TEST(bytes_that_are_not_text_still_give_json),
		TEST(job_that_is_not_loaded_is_reported_with_1),
		TEST(failing_launchctl_is_69_and_the_job_unknown),
		TEST(text_of_status_has_one_line_per_fact),
		TEST(label_that_cannot_be_in_a_service_target_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
