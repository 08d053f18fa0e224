/* fix.c: which command fixes a finding, or what its sentence has where none does. */
#include <stdio.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/check/fix.h"
#include "healthy.h"

static struct healthy mac;
static struct check_report findings;
static struct fix_hint hint;
static char line[1536];

static int
begin(void **state)
{
	(void)state;
	healthy_installed(&mac);
	memset(&hint, 0, sizeof hint);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	healthy_free(&mac);
	return 0;
}

static const char *
fix_of(const char *id)
{
	for (size_t i = 0; i < findings.count; i++)
		if (strcmp(findings.rows[i].id, id) == 0)
			return findings.rows[i].fix;
	fail_msg("no check '%s'", id);
	return NULL;
}

/* The hint for these findings, and those of jobs before. */
static const char *
hinted(void)
{
	fix_add_hint(&hint, &findings);
	fix_write_hint(&hint, line, sizeof line);
	return line;
}

static void
look(void)
{
	check_all(&mac.receipt, &mac.facts, &findings);
}

static void
refuse(enum remedy remedy, const char *why)
{
	struct error error;

	error_set(&error, ERROR_DATA, why, "install the program", "the job '%s' cannot start",
	    LABEL);
	fix_withdraw(&findings, remedy, &error, &mac.facts);
}

static void
a_command_that_would_refuse_is_replaced_by_its_reason(void **state)
{
	(void)state;
	mac.facts.plist.file.mode = 0664;
	mac.facts.launchd.override = OVERRIDE_DISABLED;
	look();
	assert_true(fix_is_needed(&findings, REMEDY_REPAIR));
	assert_true(fix_is_needed(&findings, REMEDY_INSTALL));
	assert_false(fix_is_needed(&findings, REMEDY_RESTART));
	refuse(REMEDY_REPAIR, "/bin/x is missing");
	assert_string_equal(fix_of("plist-mode"), "first: the job '" LABEL "' cannot start: /bin/x "
	    "is missing; install the program");
	assert_string_equal(fix_of("enabled"), "sudo lnpctl install --label " LABEL);
	assert_string_equal(hinted(), "to fix what can be fixed: sudo lnpctl install --label "
	    LABEL);
	refuse(REMEDY_INSTALL, "/bin/x is missing");
	memset(&hint, 0, sizeof hint);
	assert_string_equal(hinted(), fix_of("plist-mode"));
}

/* It could be pasted, too. */
static void
a_reason_names_nothing_that_others_control(void **state)
{
	(void)state;
	mac.facts.plist.file.mode = 0664;
	look();
	refuse(REMEDY_REPAIR, "x; touch hit");
	assert_string_equal(fix_of("plist-mode"),
	    "first: the job '" LABEL "' cannot start; install the program");
	strcpy(mac.facts.log[1].file.untrusted_path, "/Users/worker");
	look();
	refuse(REMEDY_REPAIR, "/Users/worker/x is missing");
	assert_string_equal(fix_of("plist-mode"),
	    "first: the job '" LABEL "' cannot start; install the program");
}

static void
a_command_that_would_change_nothing_is_not_advised(void **state)
{
	(void)state;
	mac.facts.plist.file.mode = 0664;
	mac.facts.log[0].file.type = FILE_LINK;
	look();
	fix_withdraw(&findings, REMEDY_REPAIR, NULL, &mac.facts);
	assert_false(fix_is_command(fix_of("plist-mode")));
	/* What is done by hand first makes it change something. */
	assert_string_equal(fix_of("log-files"), "move it aside, then run: sudo lnpctl repair "
	    LABEL);
	assert_string_equal(hinted(), "");
}

static void
the_hint_is_what_puts_most_right(void **state)
{
	(void)state;
	mac.facts.log[0].file.mode = 0644;
	look();
	assert_string_equal(hinted(), "to fix what can be fixed: sudo lnpctl repair " LABEL);
	/* A failure goes before that warning, also with a lesser command. */
	mac.facts.program.file.quarantined = YES;
	look();
	memset(&hint, 0, sizeof hint);
	assert_string_equal(hinted(), "to fix what can be fixed: sudo xattr -d "
	    "com.apple.quarantine /usr/local/bin/agentworker");
	/* Of many jobs repair does what it can at once. */
	mac.facts.program.file.quarantined = NO;
	look();
	assert_string_equal(hinted(), "to fix what can be fixed: sudo lnpctl repair " LABEL);
	assert_string_equal(hinted(), "to fix what can be fixed: sudo lnpctl repair");
}

static void
a_group_with_a_new_gid_is_named_to_install(void **state)
{
	(void)state;
	mac.facts.group.gid = 21;
	mac.facts.launchd.override = OVERRIDE_DISABLED;
	look();
	assert_string_equal(fix_of("group"), "sudo lnpctl install --label " LABEL
	    " --group staff");
	assert_string_equal(fix_of("enabled"), fix_of("group"));
}

int
main(void)
{
#define EACH(test)	cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		EACH(a_command_that_would_refuse_is_replaced_by_its_reason),
		EACH(a_reason_names_nothing_that_others_control),
		EACH(a_command_that_would_change_nothing_is_not_advised),
		EACH(the_hint_is_what_puts_most_right),
		EACH(a_group_with_a_new_gid_is_named_to_install),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
