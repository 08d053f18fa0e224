/* plist_set.c: what --set does with KEY=VALUE, and what it refuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/job/plist_set.h"

#define SECRET	"s3cr3t"

/*
 * Return the inside of the plist that these settings make, without blanks; the caller frees it.
 * NULL: one was refused.
 */
static char *
make(const char *const settings[], struct error *error)
{
	struct plist *tree = plist_new();
	char *text, *start, *end, *to;
	size_t size;
	int result = 0;

	memset(error, 0, sizeof *error);
	for (size_t i = 0; result == 0 && settings[i] != NULL; i++)
		result = plist_set_apply(tree, settings[i], error);
	text = plist_serialize(tree, &size);
	plist_release(tree);
	assert_non_null(text);
	if (result == -1) {
		free(text);
		return NULL;
	}
	start = strstr(text, "<dict>");
	end = strstr(text, "</plist>");
	assert_true(start != NULL && end != NULL);
	to = text;
	for (const char *at = start; at < end; at++)
		if (*at != '\n' && *at != '\t')
			*to++ = *at;
	*to = '\0';
	return text;
}

static void
sets(const char *setting, const char *inside)
{
	const char *settings[] = { setting, NULL };
	struct error error;
	char *text = make(settings, &error), expected[1024];

	if (text == NULL) {
		fail_msg("%s: %s: %s (%s)", setting, error.what, error.why, error.fix);
		return;
	}
	snprintf(expected, sizeof expected, "<dict>%s</dict>", inside);
	assert_string_equal(text, expected);
	free(text);
}

static void
refuses(const char *setting, const char *word)
{
	const char *settings[] = { setting, NULL };
	struct error error;
	char *text = make(settings, &error);

	if (text != NULL)
		fail_msg("%s is taken: %s", setting, text);
	assert_int_equal(error.kind, ERROR_USAGE);
	if (strstr(error.what, word) == NULL && strstr(error.why, word) == NULL &&
	    strstr(error.fix, word) == NULL)
		fail_msg("%s: '%s: %s (%s)' does not say '%s'", setting, error.what, error.why,
		    error.fix, word);
	assert_null(strstr(error.what, SECRET));
	assert_null(strstr(error.why, SECRET));
	assert_null(strstr(error.fix, SECRET));
}

static void
a_value_gets_the_type_of_the_table(void **state)
{
	(void)state;
	sets("ThrottleInterval=30", "<key>ThrottleInterval</key><integer>30</integer>");
	sets("Nice=-5", "<key>Nice</key><integer>-5</integer>");
	sets("KeepAlive=true", "<key>KeepAlive</key><true/>");
	sets("Disabled=false", "<key>Disabled</key><false/>");
	sets("ProcessType=Interactive", "<key>ProcessType</key><string>Interactive</string>");
	sets("StandardInPath=/dev/null", "<key>StandardInPath</key><string>/dev/null</string>");
	/* launchd reads the text as octal and the number as decimal. */
	sets("Umask=022", "<key>Umask</key><string>022</string>");
	sets("Umask=18", "<key>Umask</key><integer>18</integer>");
	sets("AssociatedBundleIdentifiers=com.example.app",
	    "<key>AssociatedBundleIdentifiers</key><string>com.example.app</string>");
}

static void
a_path_goes_into_dictionaries_and_arrays(void **state)
{
	(void)state;
	sets("KeepAlive.SuccessfulExit=false",
	    "<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>");
	sets("WatchPaths.0=/etc/x", "<key>WatchPaths</key><array><string>/etc/x</string></array>");
	sets("StartCalendarInterval.0.Hour=3",
	    "<key>StartCalendarInterval</key><array><dict><key>Hour</key><integer>3</integer>"
	    "</dict></array>");
	sets("StartCalendarInterval.Hour=3",
	    "<key>StartCalendarInterval</key><dict><key>Hour</key><integer>3</integer></dict>");
	sets("Sockets.Listeners.0.SockServiceName=ssh",
	    "<key>Sockets</key><dict><key>Listeners</key><array><dict>"
	    "<key>SockServiceName</key><string>ssh</string></dict></array></dict>");
	sets("Sockets.Listeners.SockServiceName=7000",
	    "<key>Sockets</key><dict><key>Listeners</key><dict>"
	    "<key>SockServiceName</key><integer>7000</integer></dict></dict>");
}

static void
after_a_star_the_rest_of_the_key_is_the_name(void **state)
{
	(void)state;
	sets("MachServices.com.example.port=true",
	    "<key>MachServices</key><dict><key>com.example.port</key><true/></dict>");
	sets("MachServices.com.example.port.ResetAtClose=true",
	    "<key>MachServices</key><dict><key>com.example.port</key>"
	    "<dict><key>ResetAtClose</key><true/></dict></dict>");
	sets("KeepAlive.PathState./etc/x.conf=true",
	    "<key>KeepAlive</key><dict><key>PathState</key><dict>"
	    "<key>/etc/x.conf</key><true/></dict></dict>");
	sets("EnvironmentVariables.A=b=c",
	    "<key>EnvironmentVariables</key><dict><key>A</key><string>b=c</string></dict>");
}

static void
settings_add_up(void **state)
{
	static const char *const settings[] = { "KeepAlive=true", "KeepAlive.Crashed=true",
		"KeepAlive.SuccessfulExit=false", "WatchPaths.0=/a", "WatchPaths.1=/b",
		    "WatchPaths.0=/c", NULL };
	struct error error;
	char *text = make(settings, &error);

	(void)state;
	assert_non_null(text);
	assert_string_equal(text,
	    "<dict><key>KeepAlive</key><dict><key>Crashed</key><true/><key>SuccessfulExit</key>"
	    "<false/></dict>"
	    "<key>WatchPaths</key><array><string>/c</string><string>/b</string></array></dict>");
	free(text);
}

static void
a_wrong_value_is_refused_with_the_accepted_form(void **state)
{
	(void)state;
	refuses("ThrottleInterval=soon", "an integer, 1 or more");
	refuses("ThrottleInterval=0", "an integer, 1 or more");
	refuses("ThrottleInterval=99999999999999999999", "an integer");
	refuses("Nice=21", "from -20 to 20");
	refuses("RunAtLoad=yes", "true or false");
	refuses("RunAtLoad=1", "true or false");
	refuses("ProcessType=Fast", "one of Background|Standard");
	refuses("StandardInPath=null", "a full path");
	refuses("StartCalendarInterval.0.Hour=24", "from 0 to 23");
	refuses("StartCalendarInterval=3", "--from");
	refuses("WatchPaths=/etc/x", "WatchPaths.0=");
	refuses("EnvironmentVariables=" SECRET, "EnvironmentVariables.NAME=");
	refuses("EnvironmentVariables.A=" SECRET "\n", "EnvironmentVariables.A");
	refuses("WatchPaths.1=/etc/x", "from 0 without gaps");
}

static void
a_wrong_key_is_refused_with_the_right_one(void **state)
{
	(void)state;
	refuses("KeepALive=" SECRET, "did you mean KeepAlive?");
	refuses("StartCalendarInterval.hour=3", "did you mean StartCalendarInterval.Hour?");
	refuses("StandardOutputPath=/x", "StandardOutPath");
	refuses("Nonsense.of.a.kind=1", "does not know this key");
	refuses("KeepAlive.0=true", "KeepAlive.0");
	refuses("Label=x", "--label");
	refuses("UserName=x", "--user");
	refuses("ProgramArguments.0=/bin/x", "-- PROGRAM");
	refuses("StandardOutPath=/x", "--stdout");
	refuses("LimitLoadToSessionType=Aqua", "for agents");
	refuses("ServiceDescription=x", "no longer has any effect");
	refuses("PID=1", "launchd does not read this key");
	refuses("LaunchEvents.a.b=c", "--from");
	refuses("ThrottleInterval", "KEY=VALUE");
	refuses("=30", "KEY=VALUE");
	refuses(".=30", "does not know this key");
	refuses("MachServices.=true", "MachServices.");
}

static void
a_container_is_not_replaced(void **state)
{
	static const char *const first[] = { "StartCalendarInterval.Hour=3",
	    "StartCalendarInterval.0.Hour=3", NULL };
	static const char *const second[] = { "StartCalendarInterval.0.Hour=3",
	    "StartCalendarInterval.Hour=3", NULL };
	struct error error;

	(void)state;
	assert_null(make(first, &error));
	assert_non_null(strstr(error.why, "dictionary"));
	assert_null(make(second, &error));
	assert_non_null(strstr(error.why, "array"));
}

static void
the_same_key_twice_is_refused(void **state)
{
	static const char *const twice[] = { "Nice=1", ("EnvironmentVariables.A=" SECRET),
	    "EnvironmentVariables.A=x" };
	static const char *const once[] = { "Nice=1", "EnvironmentVariables.A=x",
	    "EnvironmentVariables.AB=x" };
	struct error error = { .kind = ERROR_NONE };

	(void)state;
	assert_int_equal(plist_set_check(once, 3, "key", &error), 0);
	assert_int_equal(plist_set_check(twice, 3, "key", &error), -1);
	assert_non_null(strstr(error.what, "EnvironmentVariables.A"));
	assert_null(strstr(error.what, SECRET));
	assert_true(plist_set_touches(once, 3, "EnvironmentVariables"));
	assert_false(plist_set_touches(once, 3, "Environment"));
	assert_false(plist_set_starts(once, 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_gets_the_type_of_the_table),
		cmocka_unit_test(a_path_goes_into_dictionaries_and_arrays),
		cmocka_unit_test(after_a_star_the_rest_of_the_key_is_the_name),
		cmocka_unit_test(settings_add_up),
		cmocka_unit_test(a_wrong_value_is_refused_with_the_accepted_form),
		cmocka_unit_test(a_wrong_key_is_refused_with_the_right_one),
		cmocka_unit_test(a_container_is_not_replaced),
		cmocka_unit_test(the_same_key_twice_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
