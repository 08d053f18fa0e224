/* domain.c: recorded answers of whole domains, and text that an account puts into them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/launchd/domain.h"

#define LABEL	"com.example.job"
#define BEGIN	"gui/501 = {\n\ttype = login\n\n"
#define SERVICES	"\tservices = {\n"
#define OTHER	"\t\t     470      - \tcom.example.other\n"
#define OURS	"\t\t       0     78 \t" LABEL "\n"
#define AFTER	"\t}\n\n\tunmanaged processes = {\n\t}\n}\n"
#define VARIABLE	"\tenvironment = {\n\t\tA => x\n"	/* of launchctl setenv */
#define VARIABLE_END	"\t}\n\n"

enum listed { UNCLEAR, NOT_LISTED, LISTED };

static enum listed
listed(const char *text, size_t size, const char *label)
{
	size_t length;
	const char *services = domain_services(text, size, &length);

	if (services == NULL)
		return UNCLEAR;
	return domain_has(services, length, label) ? LISTED : NOT_LISTED;
}

static void
a_label_is_found_in_a_clear_answer_only(void **state)
{
	static const struct {
		const char	*text;
		enum listed	 expected;
	} rows[] = {
		{ BEGIN SERVICES OTHER OURS AFTER, LISTED },
		{ BEGIN SERVICES OTHER AFTER, NOT_LISTED },
		{ BEGIN SERVICES AFTER, NOT_LISTED },
		{ BEGIN SERVICES OURS "\t}\n\n\tendpoints = {\n\t\t  0x", LISTED },
		{ BEGIN SERVICES "\t\t     470      - \tcom.example.job2\n" AFTER, NOT_LISTED },
		{ BEGIN SERVICES "\t\t     470      - \tnot.com.example.job\n" AFTER, NOT_LISTED },
		{ BEGIN SERVICES "\t\t     470      - \tCOM.example.job\n" AFTER, NOT_LISTED },
		/* a label with blanks */
		{ BEGIN SERVICES "\t\t     470      - \t0 - " LABEL "\n" AFTER, NOT_LISTED },
		{ BEGIN SERVICES OTHER AFTER "\t" LABEL "\n", NOT_LISTED },
		{ BEGIN SERVICES OTHER "\t}\n\tservice stubs = {\n" OURS AFTER, NOT_LISTED },
		{ "gui/501 = {\r\n\ttype = login\r\n\tservices = {\r\n\t\t  0  - \t" LABEL
		    "\r\n\t}\r\n}\r\n", LISTED },

		{ "", UNCLEAR },
		{ "\n", UNCLEAR },
		{ BEGIN "}\n", UNCLEAR },
		{ SERVICES OURS, UNCLEAR },
		{ BEGIN SERVICES OTHER, UNCLEAR },
		{ BEGIN SERVICES "\t\t" LABEL "\n" AFTER, UNCLEAR },
		{ BEGIN SERVICES "\t\t- 0 " LABEL "\n" AFTER, UNCLEAR },
		{ BEGIN SERVICES "\t\t\"" LABEL "\" = {\n\t\t}\n" AFTER, UNCLEAR },
		{ BEGIN "\tdisabled services = {\n" OURS AFTER, UNCLEAR },
		{ "Could not find domain for user gui: 501\n", UNCLEAR },

		/* A variable imitates the block, once or twice, with its end or without. */
		{ BEGIN VARIABLE SERVICES OURS VARIABLE_END SERVICES OTHER AFTER, NOT_LISTED },
		{ BEGIN VARIABLE "\t}\n" SERVICES VARIABLE_END SERVICES OURS AFTER, UNCLEAR },
		{ BEGIN VARIABLE "\t}\n" SERVICES OTHER "\t}\n" VARIABLE_END SERVICES OURS AFTER,
		  UNCLEAR },
		{ BEGIN VARIABLE "\t}\n\tx = {\n" VARIABLE_END SERVICES OURS AFTER, LISTED },
		{ BEGIN VARIABLE "\t}\n" VARIABLE_END SERVICES OURS AFTER, UNCLEAR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		print_message("%zu: %s\n", i, rows[i].text);
		assert_int_equal(listed(rows[i].text, strlen(rows[i].text), LABEL),
		    rows[i].expected);
	}
	assert_int_equal(listed(NULL, 0, LABEL), UNCLEAR);
}

static size_t
read_sample(const char *name, char text[8192])
{
	char path[200];
	FILE *file;
	size_t size;

	snprintf(path, sizeof path, "tests/evidence/print/%s", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(text, 1, 8192, file);
	fclose(file);
	assert_true(size > 0 && size < 8192);
	return size;
}

/* Truncated within the block it is unclear, and never another job's. */
static void
recorded_domains_are_read_and_may_be_truncated(void **state)
{
	static const struct {
		const char	*name, *label;
		enum listed	 expected;
	} rows[] = {
		{ "17-domain-system-elided.txt", "com.apple.runningboardd", LISTED },
		{ "17-domain-system-elided.txt", "com.apple.lskdd", LISTED },
		{ "17-domain-system-elided.txt", "com.apple.axserver", NOT_LISTED },
		{ "17-domain-system-elided.txt", "com.apple.ftpd", NOT_LISTED },
		{ "32-domain-gui-elided.txt", "com.apple.syncdefaultsd", LISTED },
		{ "32-domain-gui-elided.txt", "com.apple.peopled", LISTED },
		{ "32-domain-gui-elided.txt", "com.example.crashy-agent", LISTED },
		{ "32-domain-gui-elided.txt", "org.example.failing-job", LISTED },
		{ "32-domain-gui-elided.txt",
		  "application.com.example.editor.12345678.12345684", LISTED },
		{ "32-domain-gui-elided.txt", "com.apple.BKAgentService", NOT_LISTED },
		{ "32-domain-gui-elided.txt", "com.example.updater", NOT_LISTED },
		{ "33-domain-user-elided.txt", "com.example.background-agent", LISTED },
		{ "33-domain-user-elided.txt", "com.apple.FolderActionsDispatcher", NOT_LISTED },
		{ "33-domain-user-elided.txt", "gui/501", NOT_LISTED },
		{ "34-domain-user-ending.txt", LABEL, NOT_LISTED },
		{ "01-system-running.txt", LABEL, UNCLEAR },
	};
	char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t size = read_sample(rows[i].name, text);

		print_message("%s: %s\n", rows[i].name, rows[i].label);
		assert_int_equal(listed(text, size, rows[i].label), rows[i].expected);
		for (size_t end = 0; end < size; end++) {
			enum listed part = listed(text, end, rows[i].label);

			assert_true(part == UNCLEAR || part == rows[i].expected);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_is_found_in_a_clear_answer_only),
		cmocka_unit_test(recorded_domains_are_read_and_may_be_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
