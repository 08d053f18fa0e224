/* What somebody types who does not know lnpctl yet, and what it answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mac.h"

/* ---- a second install ---- */

static void
what_a_second_install_no_longer_sets_is_named(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--no-load --env TOKEN=secret --env LANG=C "
	    "--working-directory /usr/local --peer one.invalid:7000 --peer two.invalid:7000",
	    MAC_QUIET), 0);
	assert_has_not(mac->out, "no longer set");
	assert_status(mac, mac_install(mac, "--no-load --env LANG=C --peer one.invalid:7000",
	    MAC_QUIET), 0);
	assert_has(mac->out, "\nno longer set: WorkingDirectory, EnvironmentVariables.TOKEN, "
	    "--peer two.invalid:7000\n");
	assert_has_not(mac->out, "secret");
	assert_status(mac, mac_install(mac, "--no-load --env LANG=C --peer one.invalid:7000",
	    MAC_QUIET), 0);
	assert_string_equal(mac->out, "unchanged: com.example.job\n");
}

static void
dry_run_names_the_variables_that_change(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--no-load --env A=secret --env B=same", MAC_QUIET), 0);
	assert_status(mac, mac_install(mac, "--dry-run --env A=other --env B=same", MAC_QUIET), 0);
	assert_has(mac->out, "\n  - EnvironmentVariables.A: (hidden)\n"
	    "  + EnvironmentVariables.A: (hidden)\n");
	assert_has_not(mac->out, "EnvironmentVariables.B");
	assert_has_not(mac->out, "secret");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRIPTED(what_a_second_install_no_longer_sets_is_named),
		SCRIPTED(dry_run_names_the_variables_that_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
