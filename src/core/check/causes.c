/* Find why launchd does not load or start a job in its files and accounts. */
#include <string.h>

#include "core/check/check.h"

/* Checks whose failure keeps launchd from loading or starting a job; the first one is reported. */
static const char *const causes[] = {
	"enabled", "plist-file", "plist-owner", "plist-mode", "plist-valid", "plist-quarantine",
	"program-present", "program-access", "program-quarantine", "user", "group",
	"working-directory", "log-files",
};

static const struct check_result *
cause_find(const struct check_report *report)
{
	for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
		for (size_t j = 0; j < report->count; j++)
			if (report->rows[j].verdict == VERDICT_FAIL &&
			    strcmp(report->rows[j].id, causes[i]) == 0)
				return &report->rows[j];
	return NULL;
}

bool
check_cause(const struct promise *promise, const struct facts *facts, struct error *error)
{
	struct check_report report;
	const struct check_result *cause;

	check_all(promise, facts, &report);
	cause = cause_find(&report);
	if (cause == NULL)
		return false;
	error_set(error, error->kind, cause->message, cause->fix, "%s", error->what);
	return true;
}
