/* lint.c and its rules: what each finds, what none may find, and the plists of tests/evidence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/lint/lint.h"

#define PLISTS	"tests/evidence/plists/"
#define SECRET	"s3cr3t"
#define HEAD	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" " \
	"\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n" \
	"<plist version=\"1.0\">\n<dict>\n"
#define NAME	"<key>Label</key><string>com.example.job</string>\n"
#define RUN	"<key>ProgramArguments</key><array><string>/bin/cat</string></array>\n" \
	"<key>RunAtLoad</key><true/>\n"
#define TAIL	"</dict>\n</plist>\n"
#define LINE	7				/* of what comes after NAME and RUN */

static struct lint_report report;

/* Copy to the exact size, so that the sanitizer sees a read after the end. */
static void
check(const void *data, size_t size, const struct lint_facts *facts)
{
	struct error error = { .kind = ERROR_NONE };
	unsigned char *copy = malloc(size == 0 ? 1 : size);

	assert_non_null(copy);
	if (size > 0)
		memcpy(copy, data, size);
	assert_int_equal(lint_check((struct bytes){ copy, size }, facts, &report, NULL, &error), 0);
	free(copy);
	for (size_t i = 0; i < report.count; i++)
		if (strstr(report.rows[i].message, SECRET) != NULL ||
		    strstr(report.rows[i].fix, SECRET) != NULL)
			fail_msg("the secret is shown: %s", report.rows[i].message);
}

static void
check_text(const char *text, enum lint_kind kind)
{
	struct lint_facts facts = { .kind = kind };

	check(text, strlen(text), &facts);
}

static void
check_body(const char *body, enum lint_kind kind)
{
	char text[8192];

	assert_true((size_t)snprintf(text, sizeof text, HEAD "%s" TAIL, body) < sizeof text);
	check_text(text, kind);
}

static const struct lint_finding *
find(const char *id)
{
	for (size_t i = 0; i < report.count; i++)
		if (strcmp(report.rows[i].id, id) == 0)
			return &report.rows[i];
	return NULL;
}

static void
fail_with_report(const char *what)
{
	for (size_t i = 0; i < report.count; i++)
		print_message("%u: %s: %s: %s: %s\n", report.rows[i].line,
		    lint_word(report.rows[i].severity), report.rows[i].id, report.rows[i].key,
		    report.rows[i].message);
	fail_msg("%s", what);
}

/* ---- each rule ---- */

struct sample {
	const char	*id;
	enum lint_severity severity;
	enum lint_kind	 kind;
	const char	*key;
	const char	*body;		/* after NAME and RUN, unless it begins with '!' */
};

static const struct sample samples[] = {
	{ "launchd-rejects", LINT_ERROR, LINT_UNKNOWN, "", "<key>Debug</key><true></true>" },
	{ "launchd-rejects", LINT_ERROR, LINT_UNKNOWN, "",
	  "<key>Nice</key><integer>12abc</integer>" },
	{ "launchd-rejects", LINT_ERROR, LINT_UNKNOWN, "",
	  "<key>Nice</key><integer>1180591620717411303424</integer>" },
	{ "launchd-rejects", LINT_ERROR, LINT_UNKNOWN, "", "<key>X</key><date>yesterday</date>" },
	{ "launchd-rejects", LINT_ERROR, LINT_UNKNOWN, "",
	  "<key>X</key><date>0001-01-01T00:00:00Z</date>" },
	{ "not-well-formed", LINT_ERROR, LINT_UNKNOWN, "", "<key>X</key><string>a && b</string>" },
	{ "not-well-formed", LINT_ERROR, LINT_UNKNOWN, "",
	  "<key>WorkingDirectory</key><string><dir></string>" },
	{ "not-well-formed", LINT_ERROR, LINT_UNKNOWN, "", "<key>Debug</key><true/>stray" },
	{ "not-well-formed", LINT_ERROR, LINT_UNKNOWN, "", "<key>X</key><string>\xff</string>" },
	{ "duplicate-key", LINT_ERROR, LINT_UNKNOWN, "", "<key>RunAtLoad</key><false/>" },
	{ "missing-label", LINT_ERROR, LINT_UNKNOWN, "", "!" RUN },
	{ "bad-label", LINT_ERROR, LINT_UNKNOWN, "Label",
	  "!" RUN "<key>Label</key><string> </string>" },
	{ "bad-label", LINT_ERROR, LINT_UNKNOWN, "Label",
	  "!" RUN "<key>Label</key><string>a/b.c</string>" },
	{ "label-style", LINT_NOTE, LINT_UNKNOWN, "Label",
	  "!" RUN "<key>Label</key><string>job</string>" },
	{ "missing-program", LINT_ERROR, LINT_UNKNOWN, "", "!" NAME },
	{ "missing-program", LINT_ERROR, LINT_UNKNOWN, "",
	  "!" NAME "<key>ProgramArguments</key><array/>" },
	{ "relative-program", LINT_ERROR, LINT_UNKNOWN, "Program",
	  "<key>Program</key><string>bin/cat</string>" },
	{ "relative-program", LINT_WARNING, LINT_UNKNOWN, "ProgramArguments.0",
	    "!" NAME "<key>ProgramArguments</key><array><string>zsh</string></array>" },
	{ "command-in-one-string", LINT_ERROR, LINT_UNKNOWN, "ProgramArguments.0",
	    "!" NAME "<key>ProgramArguments</key><array><string>/opt/x/run --fast</string>"
	    "</array>" },
	{ "command-in-one-string", LINT_ERROR, LINT_UNKNOWN, "Program",
	    "<key>Program</key><string>/bin/sh x</string>" },
	{ "argv0", LINT_ERROR, LINT_UNKNOWN, "ProgramArguments.0",
	    "!" NAME
	    "<key>Program</key><string>/bin/x</string><key>ProgramArguments</key><array>"
	    "<string>-v</string></array>" },
	{ "argv0", LINT_WARNING, LINT_UNKNOWN, "ProgramArguments.0",
	    "!" NAME
	    "<key>Program</key><string>/bin/x</string><key>ProgramArguments</key><array>"
	    "<string>run</string></array>" },
	{ "shell-syntax", LINT_WARNING, LINT_UNKNOWN, "ProgramArguments.2",
	    "!" NAME "<key>ProgramArguments</key><array><string>/bin/x</string><string>a</string>"
	    "<string>&gt;"
		     "</string></array>" },
	{ "shell-syntax", LINT_WARNING, LINT_UNKNOWN, "ProgramArguments.1",
	    "!" NAME "<key>ProgramArguments</key><array><string>/bin/x</string>"
	    "<string>$HOME/y</string></array>" },
	{ "missing-program-on-modern-macos", LINT_WARNING, LINT_UNKNOWN, "ProgramArguments.0",
	    "!" NAME "<key>ProgramArguments</key><array><string>/usr/bin/python</string></array>" },
	{ "daemonises", LINT_WARNING, LINT_UNKNOWN, "ProgramArguments.1",
	    "!" NAME "<key>ProgramArguments</key><array><string>/bin/x</string>"
	    "<string>--daemonize</string></array>" },
	{ "daemonises", LINT_WARNING, LINT_UNKNOWN, "ProgramArguments.0",
	    "!" NAME "<key>ProgramArguments</key><array><string>/opt/nginx</string></array>" },
	{ "waits-for-debugger", LINT_ERROR, LINT_UNKNOWN, "WaitForDebugger",
	  "<key>WaitForDebugger</key><true/>" },
	{ "unknown-key", LINT_ERROR, LINT_UNKNOWN, "StandardOutputPath",
	    "<key>StandardOutputPath</key><string>/var/log/x</string>" },
	{ "unknown-key", LINT_ERROR, LINT_UNKNOWN, "KeepALive", "<key>KeepALive</key><true/>" },
	{ "unknown-key", LINT_WARNING, LINT_UNKNOWN, "OfNoKindAtAll",
	  "<key>OfNoKindAtAll</key><true/>" },
	{ "unknown-key", LINT_ERROR, LINT_UNKNOWN, "PID", "<key>PID</key><integer>1</integer>" },
	{ "unknown-subkey", LINT_ERROR, LINT_UNKNOWN, "StartCalendarInterval.0.second",
	    "<key>StartCalendarInterval</key><array><dict><key>second</key><integer>1</integer>"
	    "</dict></array>" },
	{ "unknown-subkey", LINT_ERROR, LINT_UNKNOWN, "KeepAlive.SuccesfulExit",
	    "<key>KeepAlive</key><dict><key>SuccesfulExit</key><false/></dict>" },
	{ "wrong-type", LINT_ERROR, LINT_UNKNOWN, "KeepAlive",
	  "<key>KeepAlive</key><string>true</string>" },
	{ "wrong-type", LINT_ERROR, LINT_UNKNOWN, "WatchPaths",
	  "<key>WatchPaths</key><string>/etc</string>" },
	{ "wrong-type", LINT_ERROR, LINT_UNKNOWN, "StartInterval",
	  "<key>StartInterval</key><real>1.5</real>" },
	{ "wrong-type", LINT_ERROR, LINT_UNKNOWN, "EnvironmentVariables.A",
	    "<key>EnvironmentVariables</key><dict><key>A</key><integer>1</integer></dict>" },
	{ "wrong-type", LINT_ERROR, LINT_UNKNOWN, "ProgramArguments.1",
	    "!" NAME "<key>ProgramArguments</key><array><string>/bin/x</string>"
	    "<integer>1</integer></array>" },
	{ "bad-value", LINT_ERROR, LINT_UNKNOWN, "StartCalendarInterval.Hour",
	    "<key>StartCalendarInterval</key><dict><key>Minute</key><integer>0</integer>\n"
	    "<key>Hour</key><integer>24</integer></dict>" },
	{ "bad-value", LINT_ERROR, LINT_UNKNOWN, "ProcessType",
	  "<key>ProcessType</key><string>Fast</string>" },
	{ "ignored-key", LINT_WARNING, LINT_AGENT, "UserName",
	  "<key>UserName</key><string>worker</string>" },
	{ "ignored-key", LINT_NOTE, LINT_UNKNOWN, "UserName",
	  "<key>UserName</key><string>worker</string>" },
	{ "ignored-key", LINT_ERROR, LINT_DAEMON, "LimitLoadToSessionType",
	    "<key>LimitLoadToSessionType</key><string>Aqua</string>" },
	{ "deprecated-key", LINT_WARNING, LINT_UNKNOWN, "OnDemand", "<key>OnDemand</key><true/>" },
	{ "deprecated-key", LINT_WARNING, LINT_UNKNOWN, "KeepAlive.NetworkState",
	    "<key>KeepAlive</key><dict><key>NetworkState</key><true/></dict>" },
	{ "undocumented-key", LINT_NOTE, LINT_UNKNOWN, "POSIXSpawnType",
	    "<key>POSIXSpawnType</key><string>Adaptive</string>" },
	{ "private-key", LINT_WARNING, LINT_UNKNOWN, "_LaunchType",
	  "<key>_LaunchType</key><integer>1</integer>" },
	{ "no-effect", LINT_NOTE, LINT_DAEMON, "GroupName",
	  "<key>GroupName</key><string>staff</string>" },
	{ "empty-array", LINT_WARNING, LINT_UNKNOWN, "ProgramArguments",
	    "!" NAME "<key>Program</key><string>/bin/x</string><key>ProgramArguments</key>"
	    "<array/>" },
	{ "template", LINT_ERROR, LINT_UNKNOWN, "UserName",
	  "<key>UserName</key><string>@USER_NAME@</string>" },
	{ "template", LINT_ERROR, LINT_UNKNOWN, "WorkingDirectory",
	    "<key>WorkingDirectory</key><string>/opt/{{ app }}</string>" },
	{ "template", LINT_ERROR, LINT_UNKNOWN, "StandardOutPath",
	    "<key>StandardOutPath</key><string>%s/log</string>" },
	{ "template", LINT_ERROR, LINT_UNKNOWN, "StandardOutPath",
	    "<key>StandardOutPath</key><string>/Users/__USER__/log</string>" },
	{ "template", LINT_ERROR, LINT_UNKNOWN, "MachServices.$(NAME)",
	    "<key>MachServices</key><dict><key>$(NAME)</key><true/></dict>" },
	{ "template", LINT_WARNING, LINT_UNKNOWN, "EnvironmentVariables.A",
	    "<key>EnvironmentVariables</key><dict><key>A</key><string>$" SECRET "</string>"
	    "</dict>" },
	{ "placeholder-path", LINT_ERROR, LINT_UNKNOWN, "WorkingDirectory",
	    "<key>WorkingDirectory</key><string>/Users/your-name/x</string>" },
	{ "tilde", LINT_ERROR, LINT_UNKNOWN, "StandardErrorPath",
	  "<key>StandardErrorPath</key><string>~/x</string>" },
	{ "tilde", LINT_WARNING, LINT_UNKNOWN, "EnvironmentVariables.PATH",
	    "<key>EnvironmentVariables</key><dict><key>PATH</key><string>/bin:~/bin</string>"
	    "</dict>" },
	{ "relative-path", LINT_WARNING, LINT_UNKNOWN, "WatchPaths.0",
	    "<key>WatchPaths</key><array><string>etc</string></array>" },
	{ "hour-without-minute", LINT_WARNING, LINT_UNKNOWN, "StartCalendarInterval",
	    "<key>StartCalendarInterval</key><dict><key>Hour</key><integer>3</integer></dict>" },
	{ "no-trigger", LINT_NOTE, LINT_UNKNOWN, "",
	  "!" NAME "<key>Program</key><string>/bin/x</string>" },
	{ "disabled", LINT_NOTE, LINT_UNKNOWN, "Disabled", "<key>Disabled</key><true/>" },
	{ "umask", LINT_WARNING, LINT_UNKNOWN, "Umask", "<key>Umask</key><integer>22</integer>" },
	{ "umask", LINT_WARNING, LINT_UNKNOWN, "Umask", "<key>Umask</key><integer>432</integer>" },
	{ "umask", LINT_WARNING, LINT_UNKNOWN, "Umask", "<key>Umask</key><integer>127</integer>" },
	{ "system-limits", LINT_NOTE, LINT_DAEMON, "SoftResourceLimits.NumberOfFiles",
	    "<key>SoftResourceLimits</key><dict><key>NumberOfFiles</key><integer>9</integer>"
	    "</dict>" },
	{ "log-directory", LINT_WARNING, LINT_AGENT, "StandardOutPath",
	    "<key>StandardOutPath</key><string>/var/log/backup/x.log</string>" },
	{ "log-folder-unsafe", LINT_WARNING, LINT_DAEMON, "StandardOutPath",
	    "<key>StandardOutPath</key><string>/private/tmp/x.log</string>" },
	{ "log-folder-unsafe", LINT_WARNING, LINT_DAEMON, "StandardErrorPath",
	    "<key>StandardErrorPath</key><string>/Users/worker/x.log</string>" },
	{ "protected-folder", LINT_WARNING, LINT_UNKNOWN, "WorkingDirectory",
	    "<key>WorkingDirectory</key><string>/Users/worker/Documents</string>" },
	{ "protected-folder", LINT_WARNING, LINT_UNKNOWN, "WorkingDirectory",
	    "<key>WorkingDirectory</key><string>/Volumes/Disk/x</string>" },
	{ "no-home", LINT_NOTE, LINT_DAEMON, "", "" },
	{ "lan-as-root", LINT_NOTE, LINT_DAEMON, "",
	    "<key>EnvironmentVariables</key><dict><key>PEER</key>"
	    "<string>http://192.168.1.10:7000</string></dict>" },
	{ "secret", LINT_WARNING, LINT_UNKNOWN, "EnvironmentVariables.API_TOKEN",
	    "<key>EnvironmentVariables</key><dict><key>API_TOKEN</key><string>" SECRET "</string>"
	    "</dict>" },
};

static void
check_sample(const struct sample *sample)
{
	char body[4096];

	if (sample->body[0] == '!')
		snprintf(body, sizeof body, "%s", sample->body + 1);
	else
		snprintf(body, sizeof body, NAME RUN "%s", sample->body);
	check_body(body, sample->kind);
}

static void
each_rule_finds_what_it_is_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		bool found = false;

		check_sample(&samples[i]);
		for (size_t j = 0; j < report.count; j++)
			found = found || (strcmp(report.rows[j].id, samples[i].id) == 0 &&
			    strcmp(report.rows[j].key, samples[i].key) == 0 &&
			    report.rows[j].severity == samples[i].severity);
		if (!found) {
			print_message("%s in: %s\n", samples[i].id, samples[i].body);
			fail_with_report("it is not found");
		}
	}
}

/* The samples and the tests below cover every rule. */
static void
every_rule_has_a_sample(void **state)
{
	static const char *const elsewhere[] = { "unreadable", "not-a-plist", "header",
	    "line-endings", "file-name",
		"file-owner", "file-mode" };
	const struct lint_rule *rule;

	(void)state;
	for (size_t i = 0; (rule = lint_rule(i)) != NULL; i++) {
		bool found = false;

		for (size_t j = 0; j < sizeof samples / sizeof samples[0]; j++)
			found = found || strcmp(samples[j].id, rule->id) == 0;
		for (size_t j = 0; j < sizeof elsewhere / sizeof elsewhere[0]; j++)
			found = found || strcmp(elsewhere[j], rule->id) == 0;
		if (!found)
			fail_msg("%s has no sample", rule->id);
	}
}

/* These look like mistakes but are not. */
static void
good_jobs_get_no_error(void **state)
{
	static const char *const bodies[] = {
		"",
		"<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/><key>PathState</key>"
		"<dict><key>/etc/x</key><true/></dict></dict>",
		"<key>Sockets</key><dict><key>L</key><array><dict><key>SockType</key>"
		"<string>Stream</string>"
		"<key>SockServiceName</key><string>ssh</string></dict></array></dict>",
		"<key>Umask</key><integer>18</integer>",
		"<key>Umask</key><string>022</string>",
		"<key>LimitLoadToHardware</key><dict><key>model</key><array><integer>2</integer>"
		"</array></dict>",
		"<key>MachServices</key><dict><key>com.example.x</key><dict>"
		"<key>ResetAtClose</key><true/></dict>"
		"</dict>",
		"<key>SpawnConstraint</key><dict><key>$and</key><dict><key>team-identifier</key>"
		"<string>A</string>"
		"</dict></dict>",
		"<key>LaunchEvents</key><dict><key>com.apple.notifyd.matching</key><dict>"
		"<key>x</key><dict>"
		"<key>Notification</key><string>y</string></dict></dict></dict>",
		"<key>StartCalendarInterval</key><array><dict><key>Minute</key>"
		"<integer>0</integer></dict></array>",
		"<key>Program</key><string>/Applications/My App.app/Contents/MacOS/My App</string>",
		"<key>WatchPaths</key><array><string>/etc</string></array><!-- a -- b -->",
		"<key>Nice</key><integer> -5 </integer>",
		"<key>Nice</key><integer>0x5</integer>",
		"<key>ServiceDescription</key><string>a &amp; b &#x41; <![CDATA[c > d]]></string>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		char body[2048];

		snprintf(body, sizeof body, NAME RUN "%s", bodies[i]);
		check_body(body, LINT_DAEMON);
		if (lint_errors(&report) > 0) {
			print_message("in: %s\n", bodies[i]);
			fail_with_report("a good job has an error");
		}
	}
}

static void
check_arguments(const char *const words[])
{
	char body[2048] = NAME "<key>RunAtLoad</key><true/><key>ProgramArguments</key><array>";

	for (size_t i = 0; words[i] != NULL; i++) {
		size_t length = strlen(body);

		snprintf(body + length, sizeof body - length, "<string>%s</string>", words[i]);
	}
	strcat(body, "</array>");
	check_body(body, LINT_AGENT);
}

static void
what_an_interpreter_reads_is_not_checked(void **state)
{
	static const char *const jobs[][5] = {
		{ "/bin/sh", "-c", "cd $HOME &amp;&amp; ./x &gt; ~/log 2&gt;&amp;1", NULL },
		{ "/bin/zsh", "-lc", "~/bin/x $1 | y", NULL },
		{ "/usr/bin/perl", "-e", "print $x; a | b", NULL },
		{ "/usr/bin/ssh", "host", "a | b", NULL },
		{ "/bin/date", "+%s", NULL },
		{ "/opt/x", "--no-daemonize", "--daemonize", "no", NULL },
		{ "/bin/bash", "/opt/x.sh", "a&amp;b", "^(a|b)$", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
		check_arguments(jobs[i]);
		if (report.count > 0)
			fail_with_report(jobs[i][0]);
	}
}

/* ---- the file ---- */

static void
keys_and_items_have_line_numbers(void **state)
{
	(void)state;
	check_body(NAME RUN "<!-- a\n comment -->\n<key>KeepAlive</key>\n<string>true</string>\n"
	    "<key>StartCalendarInterval</key>"
	    "<array>\n<dict>\n<key>Hour</key>\n<integer>99</integer></dict></array>\n",
	    LINT_UNKNOWN);
	assert_int_equal(find("wrong-type")->line, LINE + 3);
	assert_int_equal(find("hour-without-minute")->line, LINE + 6);
	assert_int_equal(find("bad-value")->line, LINE + 7);
	assert_int_equal(find("bad-value")->severity, LINT_ERROR);
	for (size_t i = 1; i < report.count; i++)
		assert_true(report.rows[i - 1].line <= report.rows[i].line);
}

static void
carriage_returns_end_lines_too(void **state)
{
	static const char text[] = "<?xml version=\"1.0\"?>\r<!DOCTYPE plist>\r<plist "
	    "version=\"1.0\">\r<dict>\r"
	    "<key>Label</key>\r<string>a.b</string>\r<key>Program</key><string>x/y</string></dict>"
	    "</plist>";

	(void)state;
	check_text(text, LINT_UNKNOWN);
	assert_int_equal(find("line-endings")->severity, LINT_WARNING);
	assert_int_equal(find("relative-program")->line, 7);
}

static void
a_header_that_is_missing_or_late_is_a_warning(void **state)
{
	(void)state;
	check_text("<plist><dict>" NAME RUN TAIL, LINT_UNKNOWN);
	assert_int_equal(report.count, 3);
	assert_int_equal(find("header")->severity, LINT_WARNING);
	check_text("<!-- x -->\n" HEAD NAME RUN TAIL, LINT_UNKNOWN);
	assert_int_equal(report.count, 1);
	assert_int_equal(find("header")->line, 2);
	check_text("  " HEAD NAME RUN TAIL, LINT_UNKNOWN);
	assert_int_equal(report.count, 1);
	assert_string_equal(report.rows[0].id, "header");
	check_text(HEAD NAME RUN TAIL "<!-- after -->\n", LINT_UNKNOWN);
	assert_int_equal(report.count, 0);
}

static void
what_is_not_a_plist_is_reported_as_that(void **state)
{
	static const char *const texts[] = { "", "{\"a\": 1}", "{ a = 1; }", "Label: x\n",
	    "bplist15" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		check_text(texts[i], LINT_UNKNOWN);
		assert_false(report.is_plist);
		assert_string_equal(report.rows[0].id, "not-a-plist");
	}
	check_text(HEAD NAME, LINT_UNKNOWN);		/* truncated */
	assert_false(report.is_plist);
	assert_string_equal(report.rows[0].id, "not-well-formed");
	check_text(HEAD "</dict><array/></plist>", LINT_UNKNOWN);
	assert_int_equal(find("not-well-formed")->severity, LINT_ERROR);
	check_text("<?xml version=\"1.0\"?><plist version=\"1.0\"><array/></plist>", LINT_UNKNOWN);
	assert_false(report.is_plist);
	/* launchd refuses an incomplete DOCTYPE, whatever libplist does. */
	check_text("<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST "
	    "1.0//EN\">\n<plist version=\"1.0\">"
	    "<dict>" NAME RUN TAIL,
	    LINT_UNKNOWN);
	assert_int_equal(find("launchd-rejects")->line, 2);
}

static void
owner_and_mode_are_checked_where_launchd_reads_the_file(void **state)
{
	static const char text[] = HEAD NAME RUN TAIL;
	struct lint_facts facts = { .kind = LINT_AGENT, .owner = 501, .mode = 0664 };

	(void)state;
	check(text, sizeof text - 1, &facts);
	assert_int_equal(report.count, 0);
	facts.in_place = true;
	facts.name = "com.example.other.plist";
	check(text, sizeof text - 1, &facts);
	assert_int_equal(find("file-owner")->severity, LINT_ERROR);
	assert_int_equal(find("file-mode")->severity, LINT_ERROR);
	assert_int_equal(find("file-name")->severity, LINT_NOTE);
	facts = (struct lint_facts){
		.kind = LINT_AGENT, .in_place = true, .mode = 0600, .name = "com.example.job.plist"
	};
	check(text, sizeof text - 1, &facts);
	assert_int_equal(report.count, 0);
}

static void
a_full_report_keeps_the_errors(void **state)
{
	static char text[200000] = HEAD NAME RUN;
	size_t length = strlen(text);

	(void)state;
	for (int i = 0; i < 3 * LINT_FINDINGS_MAX; i++)
		length += (size_t)snprintf(text + length, sizeof text - length,
		    "<key>_LaunchType%d%d</key><true/>\n", i, i);
	snprintf(text + length, sizeof text - length,
	    "<key>Program</key><string>x/y</string><key>Nice</key><true/>" TAIL);
	check_text(text, LINT_UNKNOWN);
	assert_int_equal(report.count, LINT_FINDINGS_MAX);
	assert_true(report.left_out >= 2 * LINT_FINDINGS_MAX);
	assert_non_null(find("relative-program"));
	assert_true(lint_errors(&report) > 0);
}

/* ---- the plists of tests/evidence ---- */

#define COLUMNS	3	/* of its index, which are read: file, kind, what lint must find */

static size_t
read_plist(const char *name, char *data, size_t size)
{
	char path[512];
	FILE *file;
	size_t length;

	snprintf(path, sizeof path, PLISTS "%s", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	length = fread(data, 1, size, file);
	fclose(file);
	return length;
}

/* Return true if a word of the list "a; b" is the id. */
static bool
lists(const char *list, const char *id)
{
	size_t length = strlen(id);

	for (; *list != '\0'; list += strcspn(list, ";"), list += strspn(list, "; "))
		if (strcspn(list, ";") == length && strncmp(list, id, length) == 0)
			return true;
	return false;
}

/* Counts what a line of the index lists; errors and warnings that it does not list are false. */
static void
judge_plist(const char *name, const char *kind, const char *list, int found_missed_false[3])
{
	static char data[65536];
	struct lint_facts facts = { .name = name };
	size_t size = read_plist(name, data, sizeof data);
	char words[256];

	facts.kind = strcmp(kind, "daemon") == 0 ? LINT_DAEMON :
	    strcmp(kind, "agent") == 0 ? LINT_AGENT : LINT_UNKNOWN;
	check(data, size, &facts);
	snprintf(words, sizeof words, "%s", list);
	for (char *word = strtok(words, "; "); word != NULL; word = strtok(NULL, "; ")) {
		if (find(word) == NULL)
			print_message("%s: %s is not found\n", name, word);
		found_missed_false[find(word) == NULL]++;
	}
	for (size_t i = 0; i < report.count; i++)
		if (report.rows[i].severity != LINT_NOTE && !lists(list, report.rows[i].id)) {
			print_message("%s: %s is false\n", name, report.rows[i].id);
			found_missed_false[2]++;
		}
}

static void
the_mistakes_of_the_plists_are_found_and_no_others(void **state)
{
	char line[4096];
	int counts[3] = { 0, 0, 0 }, files = 0;
	FILE *index = fopen(PLISTS "INDEX.tsv", "r");

	(void)state;
	if (index == NULL) {
		fail_msg("cannot read " PLISTS "INDEX.tsv");
		return;		/* fail_msg() does not return, but clang-tidy does not know */
	}
	assert_non_null(fgets(line, sizeof line, index));
	while (fgets(line, sizeof line, index) != NULL) {
		char *fields[COLUMNS], *at = line;

		for (int i = 0; i < COLUMNS; i++) {
			fields[i] = at;
			at += strcspn(at, "\t\n");
			*at++ = '\0';
		}
		judge_plist(fields[0], fields[1], fields[2], counts);
		files++;
	}
	fclose(index);
	print_message("%d files: %d found, %d missed, %d false\n", files, counts[0], counts[1],
	    counts[2]);
	assert_int_equal(files, 52);
	assert_int_equal(counts[0], 56);
	assert_int_equal(counts[1], 0);
	assert_int_equal(counts[2], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_finds_what_it_is_for),
		cmocka_unit_test(every_rule_has_a_sample),
		cmocka_unit_test(good_jobs_get_no_error),
		cmocka_unit_test(what_an_interpreter_reads_is_not_checked),
		cmocka_unit_test(keys_and_items_have_line_numbers),
		cmocka_unit_test(carriage_returns_end_lines_too),
		cmocka_unit_test(a_header_that_is_missing_or_late_is_a_warning),
		cmocka_unit_test(what_is_not_a_plist_is_reported_as_that),
		cmocka_unit_test(owner_and_mode_are_checked_where_launchd_reads_the_file),
		cmocka_unit_test(a_full_report_keeps_the_errors),
		cmocka_unit_test(the_mistakes_of_the_plists_are_found_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
