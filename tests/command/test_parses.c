/*
 * How often a command parses the same property list of the job: its plist, its receipt, its agent.
 * The linker puts the function below in front of the one that each text passes before libplist has
 * it (see the Makefile).
 */
#include <stdio.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/plist/limits.h"
#include "mac.h"

#define TEXTS_MAX	200
#define AGENT	"/Library/LaunchAgents/com.example.job.plist"

static struct text {
	struct bytes	 bytes;
	unsigned	 times;
} texts[TEXTS_MAX];
static size_t count;

int	__real_plist_limits_check(struct bytes, enum plist_format *, struct xml_index *,
    struct error *);
int	__wrap_plist_limits_check(struct bytes, enum plist_format *, struct xml_index *,
    struct error *);

int
__wrap_plist_limits_check(struct bytes bytes, enum plist_format *format, struct xml_index *index,
    struct error *error)
{
	size_t at = 0;

	while (at < count && !bytes_equal(texts[at].bytes, bytes))
		at++;
	assert_true(at < TEXTS_MAX);
	if (at == count)
		assert_true(bytes_copy(&texts[count++].bytes, bytes));
	texts[at].times++;
	return __real_plist_limits_check(bytes, format, index, error);
}

static bool
is_of_job(struct bytes bytes)
{
	static const char label[] = "<string>com.example.job</string>";

	for (size_t i = 0; i + sizeof label <= bytes.size; i++)
		if (memcmp(bytes.data + i, label, sizeof label - 1) == 0)
			return true;
	return false;
}

/* After a command that did well, each text of the job was parsed at most that often. */
static void
parsed(int status, unsigned most)
{
	size_t found = 0;
	unsigned times = 0;

	assert_int_equal(status, 0);
	while (count > 0) {
		struct text *text = &texts[--count];

		if (is_of_job(text->bytes)) {
			found++;
			times = text->times > times ? text->times : times;
			if (text->times > most)
				print_message("%u times:\n%.*s\n", text->times,
				    (int)text->bytes.size, (const char *)text->bytes.data);
		}
		bytes_free(&text->bytes);
		text->times = 0;
	}
	assert_true(found > 0);
	assert_true(times <= most);
}

/* What a change of the plist no longer sets is found by comparing both again. */
#define CHANGED	2

static void
install_parses_the_jobs_plist_and_receipt_once(void **state)
{
	struct mac *mac = *state;

	parsed(mac_install(mac, "", MAC_QUIET), 1);
	parsed(mac_install(mac, "", MAC_QUIET), 1);
	assert_non_null(strstr(mac->out, "unchanged"));
	parsed(mac_install(mac, "--env NAME=value", MAC_QUIET), CHANGED);
	parsed(mac_command(mac, "status com.example.job"), 1);
	/* Verify looks for duplicates of all jobs, so it reads the installed plists, too. */
	parsed(mac_command(mac, "verify"), 2);
}

/* It is looked for, read, compared with all agents, and looked at again before it goes. */
static void
migrate_parses_nothing_of_the_job_more_than_four_times(void **state)
{
	struct mac *mac = *state;

	mac_write(mac, AGENT, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<plist version=\"1.0\"><dict><key>Label</key><string>com.example.job</string>"
	    "<key>ProgramArguments</key><array><string>" MAC_WORKER "</string>"
	    "<string>--report</string><string>--interval</string><string>100000</string></array>"
	    "<key>KeepAlive</key><true/></dict></plist>\n");
	parsed(mac_command(mac, "migrate --user worker --group staff com.example.job"), 4);
	parsed(mac_install(mac, "", MAC_QUIET), CHANGED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(install_parses_the_jobs_plist_and_receipt_once),
		EMBEDDED(migrate_parses_nothing_of_the_job_more_than_four_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
