/* uninstall: stop the job and remove what install made, nothing else. */
#include "change.h"
#include "report.h"
#include "host/machine/wait.h"

static void
uninstall_one(struct session *session, struct change *change, const char *label,
    struct error *error)
{
	struct error own;
	int result;

	change->options.delete_logs = session->options.delete_logs;
	result = change_uninstall(session, change, label, &own);
	if (result == 0 && !session->options.dry_run)
		report_line(session, "uninstalled: %s", label);
	change_note(session, change, result, &own, error);
}

int
command_uninstall(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	static struct change change;	/* large */
	struct labels labels;

	if (options->all && options->operand_count > 0)
		return error_set(error, ERROR_USAGE, NULL, NULL,
		    "--all and labels cannot be used together");
	if (!options->all && options->operand_count == 0)
		return error_set(error, ERROR_USAGE, NULL,
		    "list what is installed: lnpctl status; or give --all",
		    "the label is missing");
	if (change_begin_all(session, &labels, error) == -1)
		return -1;
	for (size_t i = 0; i < labels.count && !wait_is_stopped(&session->host); i++)
		uninstall_one(session, &change, labels.names[i], error);
	return change_end_all(session, &labels, error);
}
