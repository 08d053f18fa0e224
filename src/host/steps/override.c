/* Whether launchd may load the job: enabled before it is loaded, disabled again after it. */
#include "host/launchd/launchctl.h"
#include "host/plist_index.h"
#include "step_row.h"

static int
override_set(const struct apply *apply, const char *target, bool disable, struct error *error)
{
	struct plist_index index = { .host = apply->host };
	const char *verb = disable ? "disable" : "enable";
	enum override seen;
	struct answer answer;
	char why[700] = "";

	launchctl_act(apply->host, verb, target, NULL, &answer);
	if (answer_ok(&answer)) {
		/* A label that is still disabled could not be loaded once the old job is gone. */
		seen = plist_index_override(&index, apply->receipt->spec.label, why, sizeof why);
		plist_index_free(&index);
		if (seen == OVERRIDE_UNKNOWN || (seen == OVERRIDE_DISABLED) == disable)
			return 0;
		return error_set(error, ERROR_FAILED,
		    "launchctl reported success, but nothing changed", NULL,
		    "cannot %s '%s'", verb, target);
	}
	answer_describe(&answer, verb, why, sizeof why);
	return error_set(error, answer.end == RUN_EXITED ? ERROR_FAILED : ERROR_LAUNCHCTL, why,
	    NULL, "cannot %s '%s'", verb, target);
}

static int
override_do(struct apply *apply, struct step *step, struct error *error)
{
	return override_set(apply, step->name, step->goal.exists == YES, error);
}

static int
override_undo(struct apply *apply, struct step *step, struct error *error)
{
	return override_set(apply, step->name, step->was.exists == YES, error);
}

const struct step_row step_override = {
	.words = {
		{ "enable", "enable", "enabled", "disabled again" },
		{ "disable", "disable", "disabled", "enabled again" },
	},
	.run = override_do,
	.undo = override_undo,
};
