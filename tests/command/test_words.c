#define _DEFAULT_SOURCE
/*
 * Text that others wrote, in lnpctl's output: names of files, labels, accounts, programs, and logs,
 * with control characters for root's terminal. On a temporary Mac.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/launchd/log.h"
#include "core/text.h"
#include "mac.h"

/* ESC, newline, C1 in both forms, right-to-left, line separator, DEL, a byte that is not text. */
#define ORDERS	"\033[31m\n\302\233" "32m\233" "33m\302\235\342\200\256" \
	"cba\342\201\246\342\200\250\177\377"
/* The same for XML, which allows neither raw bytes nor most of C0. */
#define XML_ORDERS	"&#10;\302\233" "32m\302\235\342\200\256" "cba\342\201\246\342\200\250\177"
#define LOUD	"/usr/local/bin/loud"
#define AGENTS	"/Users/worker/Library/LaunchAgents"
#define AGENT(label, rest)	"<plist version=\"1.0\"><dict><key>Label</key>" \
	"<string>" label "</string>" \
	"<key>ProgramArguments</key><array><string>/usr/" XML_ORDERS "</string>" \
	"</array>" rest "</dict></plist>"

static void
assert_clean(const char *text)
{
	size_t size = strlen(text), length;
	bool safe;

	for (size_t i = 0; i < size; i += length) {
		length = text_safe_length(text + i, size - i, &safe);
		if (!safe && text[i] != '\n')
			fail_msg("byte %02x in: %s", (unsigned char)text[i], text);
	}
}

/* No line begins with the text that follows a newline in a name. */
static void
run(struct mac *mac, const char *const words[])
{
	char line[256] = "";

	mac_words(mac, words);
	assert_clean(mac->out);
	assert_clean(mac->err);
	for (size_t i = 0; words[i] != NULL; i++)
		strncat(line, words[i], sizeof line - strlen(line) - 1);
	if (strstr(mac->out, "\n?32m") != NULL || strstr(mac->err, "\n?32m") != NULL)
		fail_msg("%s: a line was forged: %s%s", line, mac->out, mac->err);
}

static void
no_command_prints_what_a_terminal_obeys(void **state)
{
	static const char *const commands[][8] = {
		{ "scan" }, { "scan", "--json" }, { "status" }, { "status", ORDERS },
		  { "verify", ORDERS },
		{ "verify", "--verbose" }, { "verify", "--json" }, { "repair", "--dry-run" },
		  { "repair", "--verbose" },
		{ "uninstall", "--dry-run", "com.example.job" },
		  { "migrate", "--dry-run", "com.example." XML_ORDERS },
		{ "migrate", "--dry-run", AGENTS "/" ORDERS ".plist" }, { "probe", ORDERS ":80" },
		  { ORDERS },
		{ "install", "--" ORDERS }, { "install", "--label", ORDERS, "--user", "worker",
		  "--", MAC_WORKER },
		{ "install", "--label", "com.example.x", "--user", ORDERS, "--", MAC_WORKER },
		{ "install", "--label", "com.example.x", "--user", "worker", "--", "/usr/" ORDERS },
		  { "help", ORDERS },
	};
	struct mac *mac = *state;

	mac_write(mac, AGENTS "/a.plist",
	    AGENT("com.example." XML_ORDERS, "<key>KeepAlive</key><true/>"));
	mac_write(mac, AGENTS "/b" ORDERS ".plist",
	    AGENT("com.example.job", "<key>RunAtLoad</key><true/>"));
	mac_write(mac, AGENTS "/c" ORDERS ".plist", "<plist>");
	mac_write(mac, "/Library/LaunchDaemons/d" ORDERS ".plist",
	    AGENT("d" XML_ORDERS, "<key>UserName</key><string>" XML_ORDERS "</string><key>"
	    "StandardOutPath</key><string>/var/log/" XML_ORDERS "</string>"));
	mac_make_folder(mac, STATE);
	mac_write(mac, STATE "/" ORDERS ".plist", "<plist>");
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		run(mac, commands[i]);
}

static void
no_finding_of_lint_prints_what_a_terminal_obeys(void **state)
{
	struct mac *mac = *state;
	char path[512];

	mac_write(mac, "/private/tmp/" ORDERS ".plist",
	    AGENT("l" XML_ORDERS, "<key>" XML_ORDERS "</key><string>" XML_ORDERS "</string>"));
	snprintf(path, sizeof path, "%s", mac_path(mac, "/private/tmp/" ORDERS ".plist"));
	run(mac, (const char *const[]){ "lint", path, NULL });
	assert_has(mac->out, "?32m");
	run(mac, (const char *const[]){ "lint", "--json", path, NULL });
	run(mac, (const char *const[]){ "install", "--dry-run", "--from", path, "--user", "worker",
	    NULL });
}

/* A job can write anything into its log, whose last lines are shown if it does not start. */
static void
log_excerpt_prints_no_terminal_orders(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, LOUD, "#!/bin/sh\nprintf 'a\\n"
	    "\\033[31m\\302\\23332m\\23333m\\342\\200\\256c\\342\\200\\250\\177\\377z\\n' "
	    ">&2\nexit 1\n");
	mac_set_mode(mac, LOUD, 0755);
	assert_int_not_equal(mac_install(mac, "", LOUD), 0);
	assert_has(mac->err, "last lines of its log:\n  | a\n");
	assert_has(mac->err, "z\n");
	assert_clean(mac->out);
	assert_clean(mac->err);
}

/* A job can have words of its own written to launchd's log, which is quoted. */
static void
launchds_log_prints_no_terminal_orders(void **state)
{
	static const char *const forms[] = { "--verbose", "--json" };
	struct mac *mac = *state;
	char line[256];
	time_t now = time(NULL) + 60;	/* after the job was installed */
	struct tm fields;

	assert_status(mac, mac_install(mac, "--no-load", MAC_QUIET), 0);
	mac_answer(mac, "print", "system/com.example.job = {\n\tpath = " PLIST
	    "\n\tstate = not running\n\truns = 1\n\tlast exit code = 78: EX_CONFIG\n}\n", 0);
	assert_non_null(localtime_r(&now, &fields));
	strftime(line, sizeof line, "%Y-%m-%d %H:%M:%S.000001 (system/com.example.job) <Error>: a",
	    &fields);
	mac_write(mac, LAUNCHD_LOG, line);
	mac_append(mac, LAUNCHD_LOG, "\033[31m\302\23332m\23333m\342\200\256c\342\200\250\177z\n");
	for (size_t i = 0; i < 2; i++) {
		run(mac, (const char *const[]){ "verify", forms[i], NULL });
		assert_has(mac->out, "launchd's log: a");
		run(mac, (const char *const[]){ "status", "com.example.job", NULL });
		assert_has(mac->out, "  its log    a?[31m?32m?33m?c");
	}
}

static void
plist_differences_print_no_terminal_orders(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--no-load", MAC_QUIET), 0);
	mac_write(mac, PLIST, AGENT("com.example.job",
	    "<key>" XML_ORDERS "</key><string>" XML_ORDERS "</string>"));
	run(mac, (const char *const[]){ "repair", "--dry-run", NULL });
	assert_has(mac->out, "?32m");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(no_command_prints_what_a_terminal_obeys),
		SCRIPTED(no_finding_of_lint_prints_what_a_terminal_obeys),
		EMBEDDED(log_excerpt_prints_no_terminal_orders),
		SCRIPTED(launchds_log_prints_no_terminal_orders),
		SCRIPTED(plist_differences_print_no_terminal_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
