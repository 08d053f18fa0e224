/* Lock, inspect, plan, apply, check and report, for every command that changes something. */
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "jobs.h"
#include "probe.h"
#include "reapply.h"
#include "report.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/steps/apply.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/state.h"
#include "host/files/lock.h"
#include "host/launchd/probe_job.h"
#include "host/machine/wait.h"
#include "host/launchd/watch.h"

#define LOCK		STATE_DIRECTORY "/.lock"

static void
change_report_waiting(void *context)
{
	struct session *session = context;

	if (!session->options.quiet)
		report_progress(session->err, "waiting for another lnpctl to finish (up to %g "
		    "seconds)", session->options.lock_wait);
}

/* Fail if a signal came before anything was changed. */
static int
change_refuse_stopped(const struct host *host, struct error *error)
{
	return wait_is_stopped(host) ? error_set(error, ERROR_STOPPED, "nothing was changed") : 0;
}

int
change_lock(struct session *session, struct error *error)
{
	struct error left;

	if (session->options.dry_run)
		return 0;
	if (files_make_directory(&session->host, STATE_DIRECTORY, 0755, error) == -1)
		return -1;
	session->lock = lock_take(&session->host, LOCK, session->options.lock_wait,
	    change_report_waiting, session, error);
	if (session->lock == -1)
		return -1;
	/*
	 * Jobs of a probe that was killed. One that cannot be removed, as an account can arrange,
	 * must not block the others.
	 */
	if (probe_job_sweep(&session->host, &left) == -1)
		report_warning(session, &left);
	return change_refuse_stopped(&session->host, error);
}

static int
change_apply(struct session *session, struct change *change, struct error *error)
{
	struct apply apply = {
		.host = &session->host, .receipt = &change->next, .facts = &change->facts,
		.timeout = session->options.timeout, .settle = change->settle,
		.keep = session->options.keep,
		.watch = change->options.load && !change->options.watch_later,
		.finished = report_step, .context = session,
	};
	int result;

	if (session->options.dry_run) {
		report_plan(session, &change->plan);
		return 0;
	}
	result = apply_plan(&apply, &change->plan, error);
	change->changed = apply.changed;
	change->rolled_back = apply.rolled_back;
	if (result == 0 || apply.changed)
		report_notes(session, &change->plan);
	if (!session->host.image)	/* an image has no syslog of its own */
		report_to_system(session->command->name, change->label, result == 0 ? NULL : error);
	return result;
}

void
change_free(struct change *change)
{
	inspect_free(&change->facts);
	receipt_free(&change->receipt);
	receipt_free(&change->next);
	plan_free(&change->plan);
	plist_file_free(&change->plist);
}

void
change_clear(struct change *change)
{
	change_free(change);
	memset(change, 0, sizeof *change);
}

void
change_inspect(const struct host *host, struct change *change)
{
	/* A SHA-256 that is known is not made again. */
	if (change->installed != NULL && change->installed->program_identity.sha256[0] != '\0')
		change->next.program_identity = change->installed->program_identity;
	inspect_many(host, NULL, NULL, &change->next, &change->facts, 1);
	inspect_for_change(host, &change->next.spec, &change->facts);
}

int
change_uninstall(struct session *session, struct change *change, const char *label,
    struct error *error)
{
	struct receipt *receipt = &change->next;
	struct facts *facts = &change->facts;
	char fix[sizeof error->fix];

	text_copy(change->label, sizeof change->label, label);
	if (inspect_receipt(&session->host, label, NULL, receipt, &facts->receipt.file,
	    &facts->receipt.bytes,
	    error) == -1)
		return -1;
	if (change->options.restore_agent && receipt->spec.agent.path[0] == '\0') {
		paste_line(fix, sizeof fix, "to remove it: sudo lnpctl uninstall %s", label);
		return error_set(error, ERROR_DATA, "it was not migrated from an agent", fix,
		    "cannot undo the migration of '%s'", label);
	}
	change_inspect(&session->host, change);
	if (plan_uninstall(&change->plan, receipt, facts, change->options, error) == -1)
		return -1;
	return change_apply(session, change, error);
}

/* ---- a change ---- */

/* Return whether only the job's own files and its state in launchd, watched since, were changed. */
static bool
change_is_own(const struct plan *plan, const struct spec *spec)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == KIND_PLIST && plan->steps[i].result == STEP_DONE &&
		    strcmp(plan->steps[i].name, spec->plist_path) != 0)
			return false;
	return plan_planned(plan, KIND_OVERRIDE) == NULL &&
	    plan_planned(plan, KIND_AGENT) == NULL;
}

/* Update the facts after a change. Those that it cannot have affected are kept. */
static void
change_inspect_again(const struct host *host, const struct receipt *receipt, struct facts *facts)
{
	struct account user = facts->user;
	struct account_group group = facts->group;
	struct launchd_fact before = facts->launchd;

	inspect_free(facts);
	memset(facts, 0, sizeof *facts);
	facts->user = user;
	facts->group = group;
	inspect_many(host, NULL, NULL, receipt, facts, 1);
	facts->launchd.restarted = before.restarted;
	if (facts->launchd.uptime < before.uptime &&
	    facts->launchd.service.pid == before.service.pid)
		facts->launchd.uptime = before.uptime;
}

/* Run the checks of verify. */
static void
change_check(struct session *session, struct change *change)
{
	struct receipt *next = &change->next;
	struct facts *facts = &change->facts;
	struct agents agents = { NULL, 0 };
	struct error ignored;

	if (change->changed && change->options.load && change_is_own(&change->plan, &next->spec))
		inspect_own(&session->host, next, facts);
	else if (change->changed)
		change_inspect_again(&session->host, next, facts);
	/* What an earlier installation may have left loaded. */
	if (change->changed && change->installed == NULL && !facts->offline)
		inspect_agents(&session->host, &agents, &next->spec, facts);
	agents_free(&agents);
	next->changing = false;
	facts->launchd.just_loaded = change->changed &&
	    plan_planned(&change->plan, KIND_LOAD) != NULL;
	probe_peers(session, &next->spec, facts, false, &ignored);
	check_all(next, facts, &change->findings);
	reapply_settle(&session->host, next, facts, &change->findings);
}

int
change_begin(struct session *session, struct change *change, struct error *error)
{
	/* After a signal the facts may be incomplete: do not plan with them. */
	if (change_refuse_stopped(&session->host, error) == -1 ||
	    plan_install(&change->plan, &change->next, change->installed, &change->facts,
	    change->options, error) == -1)
		return -1;
	/* --settle of repair and restart is for this run; the receipt keeps its own. */
	change->settle = change->next.spec.settle;
	if (session->options.settle >= 0)
		change->next.spec.settle = session->options.settle;
	if (plan_changes(&change->plan))
		return change_apply(session, change, error);
	report_line(session, "unchanged: %s", change->next.spec.label);
	return 0;
}

/* The job may be unhealthy even if we did not just load it, or loaded it without watching. */
static int
change_watch(const struct session *session, struct change *change, struct error *error)
{
	double start = session->options.timeout >= 0 ? session->options.timeout :
	    WATCH_START_SECONDS;

	if (change->changed)
		state_look(&session->host, change->label, &change->facts);
	if (change->facts.launchd.loaded != YES || watch_job(&session->host, &change->next,
	    &change->facts, change->options.start ? start : 0, error) == 0)
		return 0;
	inspect_evidence(&session->host, &change->next, &change->facts, error);
	return -1;
}

int
change_end(struct session *session, struct change *change, struct error *error)
{
	bool watched = plan_planned(&change->plan, KIND_LOAD) != NULL &&
	    !change->options.watch_later;
	struct evidence evidence;
	int result = 0;

	if (session->options.dry_run)
		return 0;
	if (change->options.load && !watched)
		result = change_watch(session, change, error);
	change_check(session, change);
	if (result == 0)
		return 0;
	evidence = error->evidence;
	error_set(error, ERROR_FAILED, error->why, error->fix[0] != '\0' ? error->fix :
	    "see: lnpctl verify",
	    "'%s' is installed, but unhealthy", change->label);
	error->evidence = evidence;
	return -1;
}

/* ---- many ---- */

/* A lookup in a directory server that is down has no time limit. */
void
change_look_up(const struct host *host, const char *label)
{
	static struct receipt receipt;	/* large */
	struct account ignored;
	struct account_group group;

	if (wait_is_stopped(host) || !inspect_has_receipt(host, label, &receipt))
		return;
	accounts_user(host, receipt.spec.user, &ignored);
	accounts_group(host, receipt.spec.group, &group);
	if (receipt.spec.agent.account[0] != '\0')
		accounts_user(host, receipt.spec.agent.account, &ignored);
	receipt_free(&receipt);
}

int
change_begin_all(struct session *session, struct labels *labels, struct error *error)
{
	/* The list may be another one when another lnpctl has released the lock. */
	if (jobs_list(session, labels, error) == 0)
		for (size_t i = 0; i < labels->count; i++)
			change_look_up(&session->host, labels->names[i]);
	free(labels->names);
	if (change_lock(session, error) == -1 || jobs_list(session, labels, error) == -1)
		return -1;
	error->kind = ERROR_NONE;
	return 0;
}

void
change_answer(struct session *session, const struct change *change,
    const struct migration *migration, const struct error *error)
{
	struct json *json = &session->jobs;

	if (!session->options.json)	/* with a thousand jobs it would be long */
		return;
	json_open(json, NULL, '{');
	report_change_json(json, change, session->options.dry_run);
	if (migration != NULL)
		report_migration_json(json, migration);
	report_error_json(json, error);
	json_close(json, '}');
}

void
change_note(struct session *session, struct change *change, int result, const struct error *own,
    struct error *error)
{
	enum error_kind worst = error->kind;

	if (result == -1) {
		if (worst != ERROR_NONE)
			report_error(session->err, error);
		*error = *own;
		error->kind = jobs_worse(worst, own->kind);
	}
	change_answer(session, change, NULL, result == -1 ? own : NULL);
	change_clear(change);
}

int
change_end_all(const struct session *session, struct labels *labels, struct error *error)
{
	free(labels->names);
	if (error->kind != ERROR_NONE)
		return -1;
	return wait_is_stopped(&session->host) ? error_set(error, ERROR_STOPPED, "did not finish") :
	    0;
}
