/* Lock, apply, report: the part that every changing command shares. */
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "command/change.h"
#include "command/report.h"
#include "host/apply.h"
#include "host/files.h"
#include "host/lock.h"
#include "host/oneshot.h"

#define LOCK		PROMISE_STATE "/.lock"
#define LOG_LINES	10

static void
say_waiting(void *context)
{
	struct session *session = context;

	if (!session->options.quiet)
		fprintf(session->err, "lnpctl: waiting for another lnpctl to finish (up to %g seconds)\n",
		    session->options.lock_wait);
}

int
change_lock(struct session *session, int *locked, struct error *error)
{
	*locked = -1;
	if (session->options.dry_run)
		return 0;
	if (files_make_directory(&session->host, PROMISE_STATE, 0755, error) == -1)
		return -1;
	*locked = lock_take(&session->host, LOCK, session->options.lock_wait, say_waiting, session, error);
	if (*locked == -1)
		return -1;
	/* A probe that was killed may have left its jobs. */
	if (oneshot_sweep(&session->host, error) == 0)
		return 0;
	close(*locked);
	*locked = -1;
	return -1;
}

/* One line for the administrator who reads the system's log later. Images have no log of their own. */
static void
log_change(const struct session *session, const struct change *change, const struct error *error)
{
	if (session->host.image)
		return;
	openlog("lnpctl", LOG_PID, LOG_DAEMON);
	if (error == NULL)
		syslog(LOG_NOTICE, "%s %s: done", session->command->name, change->label);
	else
		syslog(LOG_ERR, "%s %s: %s: %s%s", session->command->name, change->label, error->what, error->why,
		    change->rolled_back ? "; all was put back" : "");
	closelog();
}

/* Why a job does not come up is mostly in its error log. */
static void
add_log(const struct session *session, const struct change *change, const struct promise *promise, struct error *error)
{
	for (size_t i = 0; i < change->plan.count; i++)
		if (change->plan.steps[i].target == TARGET_LOAD && change->plan.steps[i].result != STEP_PLANNED &&
		    change->plan.steps[i].result != STEP_UNCHANGED)
			files_tail(&session->host, promise->logs[promise_has_log(promise, 1)], promise->uid, LOG_LINES,
			    error->detail, sizeof error->detail);
}

int
change_apply(struct session *session, struct change *change, const struct promise *promise, struct facts *facts,
    struct error *error)
{
	struct apply apply = {
		.host = &session->host, .promise = promise, .facts = facts, .timeout = session->options.timeout,
		.finished = report_step, .context = session,
	};
	int result;

	if (session->options.dry_run) {
		report_plan(session, &change->plan);
		return 0;
	}
	result = apply_plan(&apply, &change->plan, error);
	if (result == -1)
		add_log(session, change, promise, error);
	change->changed = apply.changed;
	change->rolled_back = apply.rolled_back;
	report_notes(session, &change->plan);
	log_change(session, change, result == 0 ? NULL : error);
	return result;
}
