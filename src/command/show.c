/* show: print a job as options of install, and what its receipt remembers. */
#include <stdlib.h>

#include "jobs.h"
#include "report.h"
#include "core/job/receipt.h"
#include "core/job/show.h"
#include "core/plist/plist.h"
#include "host/inspect.h"

static void
show_line(void *context, const char *text)
{
	report_line(context, "  %s", text);
}

static void
show_text(void *context, const char *text)
{
	json_text(context, NULL, text);
}

static const char *
show_state(const struct receipt *receipt)
{
	return receipt_is_removing(receipt) ? "removing" : receipt->changing ? "changing" :
	    "installed";
}

static void
show_receipt(const struct session *session, const struct receipt *receipt)
{
	const struct snapshot *before = &receipt->before;
	char time[REPORT_TIME];

	report_line(session, "receipt: %s", receipt->spec.receipt_path);
	report_line(session, "  %s%s%s%s%s", show_state(receipt), receipt->system_version[0] ==
	    '\0' ? "" : ", on macOS ", receipt->system_version, receipt->system_build[0] == '\0' ?
	    "" : " ", receipt->system_build);
	report_time(receipt->program_identity.modified, time);
	if (time[0] != '\0')
		report_line(session, "  program of %lld bytes, modified %s",
		    (long long)receipt->program_identity.size, time);
	for (int i = 0; i < 2; i++)
		if (receipt->made_log[i])
			report_line(session, "  made the log %s", spec_log_text(&receipt->spec, i));
	for (size_t i = 0; i < receipt->made_folder_count; i++)
		report_line(session, "  made the directory %s", receipt->made_folders[i]);
	if (receipt->spec.agent.path[0] != '\0')
		report_line(session, "  migrated from %s", receipt->spec.agent.path);
	if (before->files[SNAP_PLIST].exists)
		report_line(session, "  replaced %s", before->files[SNAP_PLIST].path);
	if (before->files[SNAP_DUPLICATE].exists)
		report_line(session, "  replaced %s", before->files[SNAP_DUPLICATE].path);
	if (before->disabled == YES)
		report_line(session, "  enabled the label, which was disabled");
}

static void
show_receipt_json(struct json *json, const struct receipt *receipt)
{
	char time[REPORT_TIME];

	json_open(json, "receipt", '{');
	json_members(json, "path", receipt->spec.receipt_path, "state", show_state(receipt),
	    "system_version", receipt->system_version, "system_build", receipt->system_build,
	    "agent", receipt->spec.agent.path, "program_modified",
	    report_time(receipt->program_identity.modified, time), JSON_END);
	json_integer(json, "program_size", receipt->program_identity.size);
	json_open(json, "made_logs", '[');
	for (int i = 0; i < 2; i++)
		if (receipt->made_log[i])
			json_text(json, NULL, spec_log_text(&receipt->spec, i));
	json_close(json, ']');
	json_open(json, "made_directories", '[');
	for (size_t i = 0; i < receipt->made_folder_count; i++)
		json_text(json, NULL, receipt->made_folders[i]);
	json_close(json, ']');
	json_open(json, "replaced", '[');
	for (int i = SNAP_PLIST; i <= SNAP_DUPLICATE; i++)
		if (receipt->before.files[i].exists)
			json_text(json, NULL, receipt->before.files[i].path);
	json_close(json, ']');
	json_boolean(json, "enabled", receipt->before.disabled == YES);
	json_close(json, '}');
}

static int
show_job(struct session *session, const char *label, struct error *error)
{
	static struct receipt receipt;	/* large */
	struct json *json = &session->jobs;
	struct file_fact fact;
	struct plist *tree;

	if (inspect_receipt(&session->host, label, NULL, &receipt, &fact, NULL, error) == -1)
		return -1;
	tree = plist_parse(receipt.spec.plist, error);
	if (tree == NULL) {
		receipt_free(&receipt);
		return -1;
	}
	report_line(session, "%s: lnpctl install", label);
	show_options(&receipt.spec, tree, show_line, session);
	show_receipt(session, &receipt);
	json_open(json, NULL, '{');
	json_text(json, "label", label);
	json_open(json, "options", '[');
	show_options(&receipt.spec, tree, show_text, json);
	json_close(json, ']');
	show_receipt_json(json, &receipt);
	json_close(json, '}');
	plist_release(tree);
	receipt_free(&receipt);
	return 0;
}

int
command_show(struct session *session, struct error *error)
{
	struct labels labels;
	struct error own = { .kind = ERROR_NONE };

	if (jobs_list(session, &labels, error) == -1)
		return -1;
	error->kind = ERROR_NONE;
	for (size_t i = 0; i < labels.count; i++)
		if (show_job(session, labels.names[i], &own) == -1) {
			if (error->kind != ERROR_NONE)
				report_error(session->err, error);
			*error = own;
		}
	free(labels.names);
	return error->kind == ERROR_NONE ? 0 : -1;
}
