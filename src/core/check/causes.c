/* Find why launchd does not load or start a job in its files and accounts. */
#include "core/check/check.h"

/* Checks whose failure keeps launchd from loading or starting a job; the first one is reported. */
static const char *const causes[] = {
	"enabled", "plist-file", "plist-owner", "plist-mode", "plist-valid", "plist-quarantine",
	"program-present", "program-access", "program-quarantine", "user", "group",
	"working-directory", "log-files",
};

bool
check_cause(const struct promise *promise, const struct facts *facts, struct error *error)
{
	struct check_draft cause;

	for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
		if (check_one(causes[i], promise, facts, &cause) == VERDICT_FAIL) {
			error_set(error, error->kind, cause.message, cause.fix, "%s", error->what);
			return true;
		}
	return false;
}
