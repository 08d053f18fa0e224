/*
 * keys.c: the table, compared with tests/evidence/keys.tsv, which has the source of each row, and
 * the functions that search it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/lint/keys.h"

#define KEYS	"tests/evidence/keys.tsv"

static const struct key *
find(const char *a, const char *b, const char *c)
{
	const char *names[3] = { a, b, c };

	return keys_find(names, b == NULL ? 1 : c == NULL ? 2 : 3, false);
}

static void
the_table_is_sorted_and_has_no_row_twice(void **state)
{
	const struct key *rows = keys_table();

	(void)state;
	for (size_t i = 1; rows[i].path != NULL; i++)
		if (strcmp(rows[i - 1].path, rows[i].path) >= 0)
			fail_msg("%s comes before %s", rows[i - 1].path, rows[i].path);
}

static void
every_row_below_another_has_a_parent_row(void **state)
{
	const struct key *rows = keys_table();

	(void)state;
	for (size_t i = 0; rows[i].path != NULL; i++) {
		char above[256];
		char *dot;

		/* The names of event streams have dots themselves. */
		if (strncmp(rows[i].path, "LaunchEvents.com.", 17) == 0)
			continue;
		snprintf(above, sizeof above, "%s", rows[i].path);
		dot = strrchr(above, '.');
		if (dot == NULL)
			continue;
		*dot = '\0';
		if (keys_row(above) == NULL)
			fail_msg("%s has no row above it", rows[i].path);
	}
}

/*
 * Keys that launchd does not read give nothing; keys that only Apple knows may give anything.
 */
static void
every_row_has_what_it_gives_a_daemon(void **state)
{
	static const char *const give[] = { "EnableGlobbing", "ExitTimeOut", "GroupName",
	    "HardResourceLimits",
		"JoinGUISession", "LaunchEvents", "MachServices", "MachServices.*.HostSpecialPort",
		"MachServices.*.TaskSpecialPort", "Nice", "RootDirectory", "SessionCreate",
		    "Sockets",
		"SoftResourceLimits.NumberOfFiles", "SoftResourceLimits.NumberOfProcesses",
		"UserEnvironmentVariables", "UserName" };
	static const char *const do_not[] = { "KeepAlive", "ProgramArguments", "Program",
	    "RunAtLoad", "Label", "Umask",
		"StartInterval", "StartCalendarInterval", "WatchPaths", "QueueDirectories",
		    "EnvironmentVariables",
		"EnvironmentVariables.*", "ProcessType", "ThrottleInterval", "WorkingDirectory",
		    "StandardInPath",
		"LimitLoadToSessionType", "AssociatedBundleIdentifiers" };
	const struct key *rows = keys_table();

	(void)state;
	for (size_t i = 0; rows[i].path != NULL; i++) {
		const struct key *row = &rows[i];

		if (row->gives == NULL) {
			fail_msg("%s is not decided", row->path);
			continue;
		}
		if (row->status == KEY_PRIVATE && row->gives[0] == '\0')
			fail_msg("%s is Apple's own, and said to give nothing", row->path);
		if ((row->applies == KEY_NOWHERE || row->status == KEY_REMOVED) &&
		    row->gives[0] != '\0')
			fail_msg("%s does nothing, but its row has what it gives: %s", row->path,
			    row->gives);
	}
	for (size_t i = 0; i < sizeof give / sizeof give[0]; i++)
		if (keys_row(give[i])->gives[0] == '\0')
			fail_msg("%s gives nothing", give[i]);
	for (size_t i = 0; i < sizeof do_not / sizeof do_not[0]; i++)
		if (keys_row(do_not[i])->gives[0] != '\0')
			fail_msg("%s gives something", do_not[i]);
}

static const char *
status_word(enum key_status status)
{
	static const char *const words[] = {
		[KEY_DOCUMENTED] = "documented", [KEY_DEPRECATED] = "deprecated", [KEY_REMOVED] =
		    "removed",
		[KEY_UNDOCUMENTED] = "undocumented", [KEY_PRIVATE] = "private", [KEY_OUTPUT] =
		    "output-only",
		[KEY_BUNDLE] = "xpc-bundle-only", [KEY_MISTAKE] = "unknown-key-seen",
	};

	return words[status];
}

static void
the_table_agrees_with_its_sources(void **state)
{
	static const char *const domains[] = { "both", "daemon", "agent", "none" };
	char line[4096];
	size_t count = 0, seen = 0;
	FILE *file = fopen(KEYS, "r");

	(void)state;
	while (keys_table()[count].path != NULL)
		count++;
	if (file == NULL) {
		fail_msg("cannot read " KEYS);
		return;		/* fail_msg() does not return, but clang-tidy does not know */
	}
	assert_non_null(fgets(line, sizeof line, file));
	while (fgets(line, sizeof line, file) != NULL) {
		char *fields[4], *at = line;
		const struct key *row;

		for (int i = 0; i < 4; i++) {
			fields[i] = at;
			at += strcspn(at, "\t\n");
			*at++ = '\0';
		}
		row = keys_row(fields[0]);
		if (row == NULL) {
			fail_msg("%s is missing", fields[0]);
			return;
		}
		if (strcmp(row->types, fields[1]) != 0 ||
		    strcmp(domains[row->applies], fields[2]) != 0 ||
		    strcmp(status_word(row->status), fields[3]) != 0)
			fail_msg("%s: %s %s %s", fields[0], row->types, domains[row->applies],
			    status_word(row->status));
		seen++;
	}
	fclose(file);
	assert_int_equal(seen, count);
	assert_int_equal(count, 263);
}

static void
a_row_is_found_by_the_names_of_its_path(void **state)
{
	(void)state;
	assert_string_equal(find("KeepAlive", NULL, NULL)->path, "KeepAlive");
	assert_string_equal(find("KeepAlive", "PathState", "/etc/x.y")->path,
	    "KeepAlive.PathState.*");
	assert_string_equal(find("Sockets", "Listeners", "SockType")->path, "Sockets.*.SockType");
	assert_string_equal(find("MachServices", "com.example.port", NULL)->path, "MachServices.*");
	assert_string_equal(find("LaunchEvents", "com.example", "x")->path, "LaunchEvents.*.*");
	assert_null(find("KeepAlive", "Nonsense", NULL));
	assert_null(find("keepalive", NULL, NULL));
	assert_null(find("*", NULL, NULL));
}

static void
a_row_is_found_in_any_case(void **state)
{
	static const struct { const char *names[3]; size_t count; const char *path; } cases[] = {
		{ { "rootdirectory" }, 1, "RootDirectory" },
		{ { "NICE" }, 1, "Nice" },
		{ { "sockets", "Listeners", "sockTYPE" }, 3, "Sockets.*.SockType" },
		{ { "machservices", "com.example.x", "hostspecialport" }, 3,
		  "MachServices.*.HostSpecialPort" },
		{ { "Keepalive", "pathstate", "/x" }, 3, "KeepAlive.PathState.*" },
		{ { "RootDirector" }, 1, NULL }, { { "RootDirectory2" }, 1, NULL },
		  { { "" }, 1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct key *row = keys_find(cases[i].names, cases[i].count, true);

		if (cases[i].path == NULL)
			assert_null(row);
		else if (row == NULL || strcmp(row->path, cases[i].path) != 0)
			fail_msg("%s is found as %s", cases[i].path, row == NULL ? "nothing" :
			    row->path);
	}
}

static void
a_misspelt_key_is_near_the_right_one(void **state)
{
	static const char *const pairs[][2] = {
		{ "KeepALive", "KeepAlive" }, { "StartCalenderInterval", "StartCalendarInterval" },
		{ "RUNATLOAD", "RunAtLoad" }, { "ProgramArgument", "ProgramArguments" },
		  { "Lable", "Label" },
		{ "StandardErrPath", "StandardErrorPath" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		assert_string_equal(keys_nearest(NULL, pairs[i][0])->path, pairs[i][1]);
	assert_string_equal(keys_nearest(keys_row("StartCalendarInterval"), "hour")->path,
	    "StartCalendarInterval.Hour");
	assert_string_equal(keys_nearest(keys_row("Sockets.*"), "SockTyp")->path,
	    "Sockets.*.SockType");
	assert_null(keys_nearest(NULL, "com.example.of.nothing"));
}

static void
types_are_those_of_a_value_and_its_members(void **state)
{
	struct key_types inner;

	(void)state;
	assert_true(keys_allow(keys_types(keys_row("KeepAlive")), "dict", NULL));
	assert_false(keys_allow(keys_types(keys_row("KeepAlive")), "string", NULL));
	assert_true(keys_allow(keys_types(keys_row("StartCalendarInterval")), "array", &inner));
	assert_true(keys_allow(inner, "dict", &inner));
	assert_true(keys_allow(inner, "integer", NULL));
	assert_false(keys_allow(inner, "string", NULL));
	/* Two kinds of arrays: its items may be either. */
	assert_true(keys_allow(keys_types(keys_row("LimitLoadToHardware.*")), "array", &inner));
	assert_true(keys_allow(inner, "integer", NULL) && keys_allow(inner, "string", NULL));
	assert_false(keys_allow(keys_types(keys_row("PID")), "integer", NULL));
	assert_true(keys_allow(keys_types(keys_row("SpawnConstraint")), "dict", &inner));
	assert_true(keys_allow(inner, "date", NULL));
}

static void
values_are_compared_with_range_and_words(void **state)
{
	char text[256];

	(void)state;
	assert_true(keys_allow_integer(keys_row("Nice"), -20));
	assert_false(keys_allow_integer(keys_row("Nice"), -21));
	assert_true(keys_allow_integer(keys_row("ThrottleInterval"), 1000000));
	assert_false(keys_allow_integer(keys_row("ThrottleInterval"), 0));
	assert_true(keys_allow_text(keys_row("ProcessType"), "interactive"));
	assert_false(keys_allow_text(keys_row("ProcessType"), "Interact"));
	assert_false(keys_allow_text(keys_row("ProcessType"), ""));
	assert_false(keys_allow_text(keys_row("ProcessType"), "Background|Standard"));
	assert_false(keys_allow_text(keys_row("WorkingDirectory"), "tmp"));
	keys_describe(keys_row("KeepAlive"), keys_types(keys_row("KeepAlive")), text, sizeof text);
	assert_string_equal(text, "true or false or a dict");
	keys_describe(keys_row("Nice"), keys_types(keys_row("Nice")), text, sizeof text);
	assert_string_equal(text, "an integer from -20 to 20");
	keys_describe(keys_row("Program"), keys_types(keys_row("Program")), text, sizeof text);
	assert_string_equal(text, "a full path");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted_and_has_no_row_twice),
		cmocka_unit_test(every_row_below_another_has_a_parent_row),
		cmocka_unit_test(every_row_has_what_it_gives_a_daemon),
		cmocka_unit_test(the_table_agrees_with_its_sources),
		cmocka_unit_test(a_row_is_found_by_the_names_of_its_path),
		cmocka_unit_test(a_row_is_found_in_any_case),
		cmocka_unit_test(a_misspelt_key_is_near_the_right_one),
		cmocka_unit_test(types_are_those_of_a_value_and_its_members),
		cmocka_unit_test(values_are_compared_with_range_and_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
