/* Why launchd does not load or start a job, as far as its files and accounts show. */
#include <string.h>

#include "core/check/check.h"

/*
 * Checks whose failure keeps launchd from loading or starting a job; the first that fails is named.
 */
static const char *const causes[] = {
	"enabled", "plist-file", "plist-owner", "plist-mode", "plist-valid", "plist-quarantine",
	    "program-present",
	"program-access", "program-quarantine", "user", "group", "working-directory", "log-files",
};

static const struct check_result *
cause_find(const struct check_report *findings)
{
	for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
		for (size_t j = 0; j < findings->count; j++)
			if (findings->rows[j].verdict == VERDICT_FAIL &&
			    strcmp(findings->rows[j].id, causes[i]) == 0)
				return &findings->rows[j];
	return NULL;
}

bool
check_cause(const struct promise *promise, const struct facts *facts, struct error *error)
{
	struct check_report findings;
	const struct check_result *cause;

	check_all(promise, facts, &findings);
	cause = cause_find(&findings);
	if (cause == NULL)
		return false;
	error_set(error, error->kind, cause->message, cause->fix, "%s", error->what);
	return true;
}
