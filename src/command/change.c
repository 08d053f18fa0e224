/* Lock, inspect, plan, apply, check and report, for every command that changes something. */
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "jobs.h"
#include "probe.h"
#include "report.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/apply.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/state.h"
#include "host/files/lock.h"
#include "host/launchd/probe_job.h"
#include "host/machine/wait.h"
#include "host/launchd/watch.h"

#define LOCK		STATE_DIRECTORY "/.lock"
#define LOG_LINES	10

static void
change_report_waiting(void *context)
{
	struct session *session = context;

	if (!session->options.quiet)
		report_progress(session, "waiting for another lnpctl to finish (up to %g seconds)",
		    session->options.lock_wait);
}

/* Return true, with the error set, if a signal came before anything was changed. */
static bool
change_is_stopped(const struct session *session, struct error *error)
{
	if (!wait_is_stopped(&session->host))
		return false;
	error_set(error, ERROR_STOPPED, "nothing was changed");
	return true;
}

int
change_lock(struct session *session, int *locked, struct error *error)
{
	struct error left;

	*locked = -1;
	if (session->options.dry_run)
		return 0;
	if (files_make_directory(&session->host, STATE_DIRECTORY, 0755, error) == -1)
		return -1;
	*locked = lock_take(&session->host, LOCK, session->options.lock_wait,
	    change_report_waiting, session, error);
	if (*locked == -1)
		return -1;
	/*
	 * Jobs of a probe that was killed. One that cannot be removed, as an account can arrange,
	 * must not block the others.
	 */
	if (probe_job_sweep(&session->host, &left) == -1)
		report_warning(session, &left);
	if (!change_is_stopped(session, error))
		return 0;
	close(*locked);
	*locked = -1;
	return -1;
}

/* The reason why a job does not start is usually in its error log. */
static void
change_add_log(const struct session *session, const struct change *change,
    const struct promise *promise, struct error *error)
{
	for (size_t i = 0; i < change->plan.count; i++)
		if (change->plan.steps[i].target == TARGET_LOAD &&
		    change->plan.steps[i].result != STEP_PLANNED &&
		    change->plan.steps[i].result != STEP_UNCHANGED)
			inspect_log_end(&session->host, promise, LOG_LINES, error->detail,
			    sizeof error->detail);
}

int
change_apply(struct session *session, const struct promise *promise, struct facts *facts,
    struct error *error)
{
	struct change *change = session->change;
	struct apply apply = {
		.host = &session->host, .promise = promise, .facts = facts,
		    .timeout = session->options.timeout,
		.keep = session->options.keep, .finished = report_step, .context = session,
	};
	int result;

	if (session->options.dry_run) {
		report_plan(session, &change->plan);
		return 0;
	}
	result = apply_plan(&apply, &change->plan, error);
	if (result == -1)
		change_add_log(session, change, promise, error);
	change->changed = apply.changed;
	change->rolled_back = apply.rolled_back;
	report_notes(session, &change->plan);
	if (!session->host.image)	/* an image has no syslog of its own */
		report_to_system(session->command->name, change->label, result == 0 ? NULL : error);
	return result;
}

void
change_release(struct installation *job)
{
	inspect_free(&job->facts);
	promise_free(&job->receipt);
	promise_free(&job->promise);
	memset(job, 0, sizeof *job);
}

int
change_uninstall(struct session *session, const char *label, struct plan_options plan_options,
    struct error *error)
{
	struct promise *receipt = &session->installation.receipt;
	struct facts *facts = &session->installation.facts;
	char fix[sizeof error->fix];
	int result = -1;

	if (inspect_receipt(&session->host, label, receipt, &facts->receipt.file,
	    &facts->receipt.bytes,
	    error) == -1)
		goto out;
	if (plan_options.restore_agent && receipt->agent.path[0] == '\0') {
		paste_line(fix, sizeof fix, "to remove it: sudo lnpctl uninstall %s", label);
		error_set(error, ERROR_DATA, "it was not migrated from an agent", fix,
		    "cannot undo the migration of '%s'", label);
		goto out;
	}
	inspect(&session->host, NULL, receipt, facts);
	inspect_for_change(&session->host, receipt, facts);
	if (plan_uninstall(&session->change->plan, receipt, facts, plan_options, error) == 0)
		result = change_apply(session, receipt, facts, error);
out:
	change_release(&session->installation);
	return result;
}

/* ---- keeping a promise ---- */

/* Return whether applying the plan changed this target. */
static bool
change_did(const struct plan *plan, enum target target)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].target == target && plan->steps[i].result == STEP_DONE)
			return true;
	return false;
}

/* Return whether only the job's own files and its state in launchd, watched since, were changed. */
static bool
change_is_own(const struct plan *plan, const struct promise *promise)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].target == TARGET_FILE && plan->steps[i].result == STEP_DONE &&
		    strcmp(plan->steps[i].name, promise->plist_path) != 0)
			return false;
	return !change_did(plan, TARGET_OVERRIDE) && !change_did(plan, TARGET_AGENT);
}

/* Update the facts after a change. */
static void
change_inspect_again(struct session *session, const struct promise *promise, struct facts *facts,
    bool watched)
{
	struct account user = facts->user;
	struct account_group group = facts->group;
	bool restarted = facts->launchd.restarted;
	double uptime = facts->launchd.uptime;
	long pid = facts->launchd.service.pid;

	if (watched && change_is_own(&session->change->plan, promise)) {
		inspect_own(&session->host, promise, facts);
		return;
	}
	inspect_free(facts);
	memset(facts, 0, sizeof *facts);
	facts->user = user;
	facts->group = group;
	inspect(&session->host, NULL, promise, facts);
	facts->launchd.restarted = restarted;
	if (facts->launchd.uptime < uptime && facts->launchd.service.pid == pid)
		facts->launchd.uptime = uptime;
}

/* Run the checks of verify. Facts that this change cannot have affected are reused. */
static void
change_check(struct session *session, struct promise *promise, struct facts *facts, bool watched)
{
	struct error ignored;

	if (session->change->changed)
		change_inspect_again(session, promise, facts, watched);
	promise->changing = false;
	probe_peers(session, promise, facts, false, &ignored);
	check_all(promise, facts, &session->change->findings);
}

static double
change_start_seconds(const struct session *session)
{
	return session->options.timeout >= 0 ? session->options.timeout : WATCH_START_SECONDS;
}

int
change_begin(struct session *session, struct promise *promise, const struct promise *receipt,
    struct facts *facts, struct plan_options plan_options, struct error *error)
{
	struct change *change = session->change;

	/* After a signal the facts may be incomplete: do not plan with them. */
	if (change_is_stopped(session, error) ||
	    plan_install(&change->plan, promise, receipt, facts, plan_options, error) == -1)
		return -1;
	/* --settle of repair and restart is for this run; the receipt keeps its own. */
	if (session->options.settle >= 0)
		promise->settle = session->options.settle;
	if (plan_changes(&change->plan))
		return change_apply(session, promise, facts, error);
	report_line(session, "unchanged: %s", promise->label);
	return 0;
}

/* The job may be unhealthy even if we did not just load it, or loaded it without watching. */
static int
change_watch(struct session *session, const struct promise *promise, struct facts *facts,
    struct plan_options plan_options, struct error *error)
{
	if (session->change->changed)
		state_look(&session->host, promise->label, facts);
	return facts->launchd.loaded != YES ? 0 : watch_job(&session->host, promise, facts,
	    plan_options.start ? change_start_seconds(session) : 0, error);
}

int
change_end(struct session *session, struct promise *promise, struct facts *facts,
    struct plan_options plan_options, struct error *error)
{
	bool watched = change_did(&session->change->plan, TARGET_LOAD) && !plan_options.watch_later;
	int result = 0;

	if (session->options.dry_run)
		return 0;
	if (plan_options.load && !watched)
		result = change_watch(session, promise, facts, plan_options, error);
	change_check(session, promise, facts, plan_options.load);
	if (result == 0)
		return 0;
	error_set(error, ERROR_FAILED, error->why, error->fix[0] != '\0' ? error->fix :
	    "see: lnpctl verify",
	    "'%s' is installed, but unhealthy", promise->label);
	change_add_log(session, session->change, promise, error);
	return -1;
}

int
change_keep(struct session *session, struct promise *promise, const struct promise *receipt,
    struct facts *facts, struct plan_options plan_options, struct error *error)
{
	if (change_begin(session, promise, receipt, facts, plan_options, error) == -1)
		return -1;
	return change_end(session, promise, facts, plan_options, error);
}

/* ---- one after the other ---- */

static bool
change_is_worse(enum error_kind kind, enum error_kind than)
{
	return than == ERROR_NONE || kind == ERROR_PARTIAL ||
	    (than == ERROR_UNKNOWN && kind != ERROR_UNKNOWN);
}

bool
change_loop_begin(struct change_loop *loop, const char *label)
{
	struct session *session = loop->session;

	if (wait_is_stopped(&session->host))
		return false;
	loop->count++;
	session->change->changed = session->change->rolled_back = false;
	session->change->plan.count = session->change->plan.note_count =
	    session->change->findings.count = 0;
	text_copy(session->change->label, sizeof session->change->label, label);
	return true;
}

static void
change_add_json(struct session *session, const struct error *error)
{
	json_open(&session->jobs, NULL, '{');
	report_change_json(&session->jobs, session->change, session->options.dry_run);
	if (session->command->bit == COMMAND_MIGRATE)
		report_migration_json(&session->jobs, session->migration);
	report_error_json(&session->jobs, error);
	json_close(&session->jobs, '}');
}

void
change_loop_end(struct change_loop *loop, int result, const struct error *error)
{
	struct session *session = loop->session;

	if (result == -1) {
		if (loop->worst != ERROR_NONE)
			report_error(session->err, loop->error);
		if (change_is_worse(error->kind, loop->worst))
			loop->worst = error->kind;
		*loop->error = *error;
	}
	if (session->options.json)
		change_add_json(session, result == -1 ? error : NULL);
	plan_free(&session->change->plan);
	session->change->plan.count = 0;
}

/* A lookup in a directory server that is down has no time limit: do it before taking the lock. */
static void
change_look_up_job(void *context, const char *label)
{
	struct session *session = context;
	struct promise *receipt = &session->installation.receipt;
	struct account ignored;
	struct account_group group;

	if (wait_is_stopped(&session->host) ||
	    !inspect_has_receipt(&session->host, label, receipt))
		return;
	accounts_user(&session->host, receipt->user, &ignored);
	accounts_group(&session->host, receipt->group, &group);
	if (receipt->agent.account[0] != '\0')
		accounts_user(&session->host, receipt->agent.account, &ignored);
	promise_free(receipt);
}

void
change_look_up(struct session *session, const char *label)
{
	struct error ignored;

	if (label != NULL) {
		change_look_up_job(session, label);
		return;
	}
	for (size_t i = 0; i < session->options.operand_count; i++)
		change_look_up_job(session, session->options.operands[i]);
	if (session->options.operand_count == 0)
		inspect_labels(&session->host, change_look_up_job, session, &ignored);
}

int
change_loop_run(struct change_loop *loop, void (*visit)(void *, const char *), void (*last)(void *),
    void *context)
{
	struct session *session = loop->session;
	const struct options *options = &session->options;
	int locked = -1, result = 0;
	struct error listing;

	change_look_up(session, NULL);
	if (change_lock(session, &locked, loop->error) == -1)
		return -1;
	for (size_t i = 0; i < options->operand_count; i++)
		visit(context, options->operands[i]);
	if (options->operand_count == 0)
		result = inspect_labels(&session->host, visit, context, &listing);
	if (last != NULL)
		last(context);
	if (locked != -1)
		close(locked);
	if (loop->worst != ERROR_NONE) {
		loop->error->kind = loop->worst;
		return -1;
	}
	if (wait_is_stopped(&session->host))
		return error_set(loop->error, ERROR_STOPPED, "did not finish");
	if (result == -1) {
		*loop->error = listing;
		return -1;
	}
	return loop->count == 0 ? jobs_none(loop->error) : 0;
}

struct change_each_loop {
	struct change_loop loop;
	int		(*one)(struct session *, const char *, struct error *);
};

static void
change_each_visit(void *context, const char *label)
{
	struct change_each_loop *each = context;
	struct error error = { .kind = ERROR_NONE };

	if (change_loop_begin(&each->loop, label))
		change_loop_end(&each->loop, each->one(each->loop.session, label, &error), &error);
}

int
change_each(struct session *session, int (*one)(struct session *, const char *, struct error *),
    struct error *error)
{
	struct change_each_loop each = { { session, error, ERROR_NONE, 0 }, one };

	return change_loop_run(&each.loop, change_each_visit, NULL, &each);
}
