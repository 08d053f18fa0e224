/* uninstall: stop the job and remove what install made, nothing else. */
#include "change.h"
#include "report.h"
#include "host/inspect.h"

static int
uninstall_one(struct session *session, const char *label, struct error *error)
{
	struct promise receipt = { .label = "" };
	struct facts facts = { .root = false };
	struct plan_options plan_options = { .delete_logs = session->options.delete_logs };
	int result = -1;

	if (inspect_receipt(&session->host, label, &receipt, &facts.receipt, &facts.receipt_bytes,
	    error) == -1)
		return -1;
	inspect(&session->host, NULL, &receipt, &facts);
	inspect_for_change(&session->host, &receipt, &facts);
	if (plan_uninstall(&session->change.plan, &receipt, &facts, plan_options, error) == 0)
		result = change_apply(session, &receipt, &facts, error);
	if (result == 0 && !session->options.dry_run)
		report_line(session, "uninstalled: %s", label);
	inspect_free(&facts);
	promise_free(&receipt);
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
