/* uninstall: stops the job and removes what install made, nothing else. */
#include <string.h>
#include <unistd.h>

#include "command/change.h"
#include "command/report.h"
#include "core/text.h"
#include "host/files.h"
#include "host/inspect.h"

static int
uninstall_one(struct session *session, const char *label, struct error *error)
{
	struct change *change = &session->change;
	struct promise receipt = { .label = "" };
	struct facts facts = { .root = false };
	struct wish wish = { .delete_logs = session->options.delete_logs };
	int result = -1;

	memset(change, 0, sizeof *change);
	text_copy(change->label, sizeof change->label, label);
	if (inspect_receipt(&session->host, label, &receipt, &facts.receipt, &facts.receipt_bytes, error) == -1)
		goto out;
	inspect(&session->host, &receipt, INSPECT_ALL, &facts);
	if (plan_uninstall(&change->plan, &receipt, &facts, wish, error) == -1)
		goto out;
	result = change_apply(session, change, &receipt, &facts, error);
	if (result == 0 && !session->options.dry_run)
		report_line(session, "uninstalled: %s", label);
out:
	json_open(&session->jobs, NULL, '{');
	report_change_json(&session->jobs, change, session->options.dry_run);
	json_close(&session->jobs, '}');
	plan_free(&change->plan);
	change->plan.count = 0;
	inspect_free(&facts);
	promise_free(&receipt);
	return result;
}

struct rest {				/* of the labels to uninstall; the first failure ends it */
	struct session	*session;
	struct error	*error;
	int		 result;
};

static void
uninstall_next(void *context, const char *label)
{
	struct rest *rest = context;

	if (rest->result == 0)
		rest->result = uninstall_one(rest->session, label, rest->error);
}

int
command_uninstall(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	struct rest rest = { session, error, 0 };
	int locked = -1;

	if (options->all && options->operand_count > 0)
		return error_set(error, ERROR_USAGE, NULL, NULL, "--all and labels exclude each other");
	if (!options->all && options->operand_count == 0)
		return error_set(error, ERROR_USAGE, NULL, "list what is installed: lnpctl status; or give --all",
		    "the label is missing");
	if (change_lock(session, &locked, error) == -1)
		return -1;
	for (size_t i = 0; i < options->operand_count; i++)
		uninstall_next(&rest, options->operands[i]);
	if (options->all && inspect_labels(&session->host, uninstall_next, &rest, error) == -1)
		rest.result = -1;
	if (locked != -1)
		close(locked);
	return rest.result;
}
