/* grant.c: which keys of an account's plist are refused, and what allows them. */
#include <stdio.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/job/grant.h"

#define START	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\n"
#define END	"</dict></plist>\n"

static struct grants grants;
static struct error error;

/* allow and set end with a NULL. */
static void
find(const char *keys, const char *const allow[], const char *const set[])
{
	struct options options = { .label = NULL };
	const char *words[2][8];
	char text[16384];
	struct plist *tree;

	for (; allow != NULL && allow[options.allowed.count] != NULL; options.allowed.count++)
		words[0][options.allowed.count] = allow[options.allowed.count];
	for (; set != NULL && set[options.settings.count] != NULL; options.settings.count++)
		words[1][options.settings.count] = set[options.settings.count];
	options.allowed.items = words[0];
	options.settings.items = words[1];
	snprintf(text, sizeof text, START "%s" END, keys);
	tree = plist_parse((struct bytes){ (const unsigned char *)text, strlen(text) }, &error);
	if (tree == NULL)
		fail_msg("%s: %s", error.what, error.why);
	grants_find(&grants, tree, &options);
	plist_release(tree);
}

/* Return the row of a key, spelled as in the file, or NULL. */
static const struct grant *
row_of(const char *key)
{
	for (size_t i = 0; i < grants.count; i++)
		if (strcmp(grants.rows[i].key, key) == 0)
			return &grants.rows[i];
	return NULL;
}

static void
keys_that_give_a_daemon_more_are_found(void **state)
{
	static const char *const cases[][2] = {
		{ "<key>RootDirectory</key><string>/Users/worker/x</string>", "RootDirectory" },
		{ "<key>rootdirectory</key><string>/Users/worker/x</string>", "rootdirectory" },
		{ "<key>Sockets</key><dict><key>L</key><dict><key>SockServiceName</key>"
		  "<integer>80</integer></dict>"
		  "</dict>", "Sockets" },
		{ "<key>MachServices</key><dict><key>com.example.x</key><true/></dict>",
		  "MachServices" },
		{ "<key>MachServices</key><dict><key>com.example.x</key><dict>"
		  "<key>HostSpecialPort</key>"
		  "<integer>10</integer></dict></dict>",
		  "MachServices.com.example.x.HostSpecialPort" },
		{ "<key>Nice</key><integer>-1</integer>", "Nice" },
		{ "<key>NICE</key><integer>-20</integer>", "NICE" },
		{ "<key>ExitTimeOut</key><integer>0</integer>", "ExitTimeOut" },
		{ "<key>ExitTimeOut</key><integer>2147483647</integer>", "ExitTimeOut" },
		{ "<key>HardResourceLimits</key><dict><key>Core</key><integer>1</integer></dict>",
		  "HardResourceLimits" },
		{ "<key>SoftResourceLimits</key><dict><key>NumberOfFiles</key><integer>9</integer>"
		  "</dict>",
		  "SoftResourceLimits.NumberOfFiles" },
		{ "<key>SessionCreate</key><true/>", "SessionCreate" },
		{ "<key>LaunchEvents</key><dict/>", "LaunchEvents" },
		{ "<key>InitGroups</key><false/>", "InitGroups" },
		{ "<key>initgroups</key><integer>0</integer>", "initgroups" },
		{ "<key>UserEnvironmentVariables</key><dict/>", "UserEnvironmentVariables" },
		{ "<key>_Conclave</key><string>x</string>", "_Conclave" },
		{ "<key>DisallowAllLookups</key><false/>", "DisallowAllLookups" },
		{ "<key>NewerThanWe</key><true/>", "NewerThanWe" },
		{ "<key>UserName</key><string>root</string>", "UserName" },
		{ "<key>GroupName</key><string>wheel</string>", "GroupName" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		find(cases[i][0], NULL, NULL);
		if (!grants.refused || row_of(cases[i][1]) == NULL)
			fail_msg("%s is not found", cases[i][1]);
		assert_string_not_equal(row_of(cases[i][1])->reason, "");
		assert_int_equal(grants_refuse(&grants, "use", "x", &error), -1);
		assert_int_equal(error.kind, ERROR_DATA);
		assert_non_null(strstr(error.why, cases[i][1]));
		assert_non_null(strstr(error.why, row_of(cases[i][1])->reason));
	}
}

static void
keys_that_give_nothing_are_not(void **state)
{
	static const char *const cases[] = {
		"<key>Nice</key><integer>5</integer>", "<key>Nice</key><integer>0</integer>",
		"<key>ExitTimeOut</key><integer>60</integer>", "<key>SessionCreate</key><false/>",
		"<key>InitGroups</key><true/>",
		"<key>KeepAlive</key><dict><key>PathState</key><dict><key>/x</key><true/></dict>"
		"</dict>",
		"<key>WatchPaths</key><array><string>/x</string></array>",
		"<key>SoftResourceLimits</key><dict><key>Core</key><integer>9</integer></dict>",
		"<key>EnvironmentVariables</key><dict><key>RootDirectory</key><string>/</string>"
		"</dict>",
		"<key>StartCalendarInterval</key><array><dict><key>Hour</key><integer>1</integer>"
		"</dict></array>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		find(cases[i], NULL, NULL);
		if (grants.count > 0)
			fail_msg("%s: %s", grants.rows[0].key, grants.rows[0].reason);
		assert_int_equal(grants_refuse(&grants, "use", "x", &error), 0);
	}
}

static void
allow_names_a_key_and_all_in_it_and_no_other(void **state)
{
	static const char keys[] = "<key>RootDirectory</key><string>/x</string>"
	    "<key>MachServices</key><dict>"
	    "<key>com.example.x</key><dict><key>HostSpecialPort</key><integer>1</integer></dict>"
	    "</dict>"
	    "<key>nice</key><integer>-5</integer>";
	static const char *const all[] = { "RootDirectory", "MachServices", "nice", NULL };
	static const char *const none[] = { "Root", "RootDirectory2", "MachServicesX", "Nice", "",
	    NULL };
	static const char *const port[] = { "MachServices.com.example.x.HostSpecialPort", NULL };

	(void)state;
	find(keys, all, NULL);
	assert_int_equal(grants.count, 4);
	assert_false(grants.refused);
	find(keys, none, NULL);
	for (size_t i = 0; i < grants.count; i++)
		assert_false(grants.rows[i].allowed);
	find(keys, port, NULL);
	assert_true(row_of(port[0])->allowed);
	assert_false(row_of("MachServices")->allowed);
}

static void
what_the_command_line_sets_is_not_a_grant(void **state)
{
	static const char *const nice[] = { "Nice=-10", NULL };
	static const char *const limit[] = { "SoftResourceLimits.NumberOfFiles=10", NULL };

	(void)state;
	find("<key>Nice</key><integer>-20</integer>", NULL, nice);
	assert_false(grants.refused);
	find("<key>nice</key><integer>-20</integer>", NULL, nice);
	assert_true(grants.refused);
	find("<key>SoftResourceLimits</key><dict><key>NumberOfFiles</key><integer>1</integer>"
	    "<key>NumberOfProcesses</key><integer>1</integer></dict>", NULL, limit);
	assert_int_equal(grants.count, 1);
	assert_string_equal(grants.rows[0].key, "SoftResourceLimits.NumberOfProcesses");
}

/* Any number of allowed keys must not displace one that is not. */
static void
allowed_keys_do_not_hide_a_refused_one(void **state)
{
	static const char *const allow[] = { "MachServices", NULL };
	char text[8192] = "<key>MachServices</key><dict>";
	size_t length = strlen(text);

	(void)state;
	for (int i = 0; i < 40; i++)
		length += (size_t)snprintf(text + length, sizeof text - length,
		    "<key>com.example.%d</key><dict><key>HostSpecialPort</key><integer>1</integer>"
		    "</dict>", i);
	snprintf(text + length, sizeof text - length,
	    "</dict><key>RootDirectory</key><string>/x</string>");
	find(text, allow, NULL);
	assert_int_equal(grants.count, GRANTS_MAX);
	assert_int_equal(grants_refuse(&grants, "use", "x", &error), -1);
	assert_non_null(strstr(error.why, "RootDirectory"));
	find(text, NULL, NULL);
	assert_int_equal(grants_refuse(&grants, "use", "x", &error), -1);
}

static void
refusal_names_each_key_that_is_not_allowed_and_no_other(void **state)
{
	static const char *const allow[] = { "RootDirectory", NULL };

	(void)state;
	find("<key>RootDirectory</key><string>/x</string><key>Nice</key><integer>-1</integer>"
	    "<key>ExitTimeOut</key><integer>0</integer>", allow, NULL);
	assert_int_equal(grants_refuse(&grants, "use", "x", &error), -1);
	assert_string_equal(error.why, "as a daemon it would get more than as an agent: "
	    "Nice: only root may go below 0, ahead of other users' programs; "
	    "ExitTimeOut: launchd, shutdown and lnpctl wait this long for the job to exit");
}

/*
 * Key names are another user's text: the options offered for pasting must not have one that a
 * shell may interpret.
 */
static void
a_name_that_a_shell_interprets_is_not_offered(void **state)
{
	(void)state;
	find("<key>RootDirectory</key><string>/x</string><key>Nice</key><integer>-1</integer>",
	    NULL, NULL);
	grants_refuse(&grants, "use", "x", &error);
	assert_non_null(strstr(error.fix, " --allow RootDirectory --allow Nice"));
	find("<key>x; touch y</key><true/>", NULL, NULL);
	grants_refuse(&grants, "use", "x", &error);
	assert_null(strstr(error.fix, "touch"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_that_give_a_daemon_more_are_found),
		cmocka_unit_test(keys_that_give_nothing_are_not),
		cmocka_unit_test(allow_names_a_key_and_all_in_it_and_no_other),
		cmocka_unit_test(what_the_command_line_sets_is_not_a_grant),
		cmocka_unit_test(allowed_keys_do_not_hide_a_refused_one),
		cmocka_unit_test(refusal_names_each_key_that_is_not_allowed_and_no_other),
		cmocka_unit_test(a_name_that_a_shell_interprets_is_not_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
