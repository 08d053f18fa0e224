/* uninstall: stop the job and remove what install made, nothing else. */
#include "change.h"
#include "report.h"

static int
uninstall_one(struct session *session, const char *label, struct error *error)
{
	struct plan_options plan_options = { .delete_logs = session->options.delete_logs };
	int result = change_uninstall(session, label, plan_options, error);

	if (result == 0 && !session->options.dry_run)
		report_line(session, "uninstalled: %s", label);
	return result;
}

int
command_uninstall(struct session *session, struct error *error)
{
	const struct options *options = &session->options;

	if (options->all && options->operand_count > 0)
		return error_set(error, ERROR_USAGE, NULL, NULL,
		    "--all and labels cannot be used together");
	if (!options->all && options->operand_count == 0)
		return error_set(error, ERROR_USAGE, NULL,
		    "list what is installed: lnpctl status; or give --all",
		    "the label is missing");
	return change_each(session, uninstall_one, error);
}
