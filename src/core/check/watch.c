/* Judge the answers of launchd while a job is loaded and started. */
#include <string.h>

#include "check_rows.h"
#include "core/check/watch.h"
#include "core/text.h"

#define KICK_SECONDS	5.0

#define LOGIN_ITEMS	"it may be disabled in Login Items; check with"

/* ---- loading ---- */

#define STATUS_IO	5

/* What bootstrap exits with, tests/evidence/ERRORS.md, 1; any other is final, and in the log. */
static const struct load_status {
	int		 status;
	bool		 recovers;	/* waiting can help */
	const char	*fix;		/* NULL: it is in the log */
} load_statuses[] = {
	{ 0, true, LOGIN_ITEMS ": sudo sfltool dumpbtm" },
	/* Users report that some Macs also answer 5 for a job that is disabled in Login Items. */
	{ STATUS_IO, true, LOGIN_ITEMS " sudo sfltool dumpbtm, or " SEE_LOG },
	{ 36, true, NULL },		/* in progress */
	{ 37, true, NULL },		/* already in progress */
	{ 161, false, LOGIN_ITEMS ": sudo sfltool dumpbtm" },
};

static struct load_status
load_status_of(const struct load_answer *answer)
{
	for (size_t i = 0; i < sizeof load_statuses / sizeof load_statuses[0]; i++)
		if (load_statuses[i].status == answer->status)
			return load_statuses[i];
	return (struct load_status){ answer->status, false, NULL };
}

enum load_next
check_load(const struct load_answer *answer, const char *path)
{
	bool ending = answer->loaded == YES && service_is_ending(answer->service);

	if (answer->loaded == YES && !ending && strcmp(answer->service->path, path) == 0)
		return LOAD_DONE;
	if (answer->loaded == NO && answer->only_once && answer->status == 0)
		return LOAD_DONE;
	return answer->timed_out || load_status_of(answer).recovers ||
	    (ending && answer->status >= 0) ? LOAD_WAIT : LOAD_REFUSED;
}

bool
check_load_is_vague(const struct load_answer *answer)
{
	return answer->status == STATUS_IO && answer->loaded == NO;
}

int
check_load_refused(const struct load_answer *answer, const char *words, const char *target,
    struct error *error)
{
	const char *fix = load_status_of(answer).fix;
	char why[sizeof error->why], number[32] = "";

	if (answer->loaded == YES) {
		if (answer->status >= 0)
			text_format(number, sizeof number, " (bootstrap: %d)", answer->status);
		text_format(why, sizeof why, service_is_ending(answer->service) ?
		    "the old job is still stopping" :
		    "a job with this label is already loaded from '%s'", answer->service->path);
		return error_set(error, ERROR_FAILED, why, "see: lnpctl status",
		    "cannot load '%s'%s", target, number);
	}
	if (answer->status == 0)
		return error_set(error, answer->loaded == UNKNOWN ? ERROR_LAUNCHCTL : ERROR_FAILED,
		    "launchctl bootstrap reported success, but the job is not loaded", fix,
		    "cannot load '%s'", target);
	return error_set(error, answer->status < 0 ? ERROR_LAUNCHCTL : ERROR_FAILED, words,
	    fix == NULL ? SEE_LOG : fix, "cannot bootstrap '%s'", target);
}

/* ---- starting ---- */

/* Judge a running process, and update what is known of it. */
static enum watch_next
watch_process(struct job_watch *watch, const struct receipt *receipt, struct facts *facts,
    double now, struct check_draft *draft)
{
	struct launchd_fact *launchd = &facts->launchd;
	enum watch_next next;

	if (watch->pid == 0) {
		watch->pid = launchd->service.pid;
		watch->runs = launchd->service.runs;
		watch->up = now;
	}
	launchd->restarted = launchd->restarted || watch->pid != launchd->service.pid ||
	    watch->runs != launchd->service.runs;
	if (launchd->uptime < now - watch->up)
		launchd->uptime = now - watch->up;
	draft->verdict = VERDICT_PASS;
	check_stable(receipt, facts, draft);
	if (draft->verdict == VERDICT_FAIL)
		return WATCH_BAD;
	next = draft->verdict == VERDICT_UNKNOWN ? WATCH_WAIT : WATCH_GOOD;
	check_identity(receipt, facts, draft);
	if (draft->verdict != VERDICT_FAIL)
		return next;
	check_advise(draft, "see what launchd loaded: sudo launchctl print system/%s",
	    receipt->spec.label);
	return WATCH_BAD;
}

enum watch_next
check_watch(struct job_watch *watch, const struct receipt *receipt, struct facts *facts, double now,
    struct error *error)
{
	static const enum watch_next nexts[] = {
		[LIVENESS_WAIT] = WATCH_WAIT, [LIVENESS_IDLE] = WATCH_KICK,
		[LIVENESS_UP] = WATCH_GOOD, [LIVENESS_DONE] = WATCH_GOOD,
		[LIVENESS_BAD] = WATCH_BAD,
	};
	struct check_draft draft = { .verdict = VERDICT_PASS };
	enum liveness liveness = check_liveness(receipt, facts, &draft);
	enum watch_next next = nexts[liveness];
	double waited = now - watch->begun;

	if (receipt->spec.settle == 0 && facts->launchd.loaded == YES)
		return WATCH_GOOD;
	if (liveness == LIVENESS_UP)
		next = watch_process(watch, receipt, facts, now, &draft);
	else if (next != WATCH_GOOD && waited >= watch->limit)
		next = WATCH_BAD;
	if (next == WATCH_KICK && (watch->kicked || waited < KICK_SECONDS))
		next = WATCH_WAIT;
	watch->kicked = watch->kicked || next == WATCH_KICK;
	if (next != WATCH_BAD)
		return next;
	if (draft.remedy == REMEDY_REPAIR)
		check_advise(&draft, SEE_LOG);	/* it may have just been tried */
	check_fit_fix(receipt, &draft);
	error_set(error, facts->launchd.loaded == UNKNOWN ? ERROR_LAUNCHCTL : ERROR_FAILED,
	    draft.message, draft.fix, "the job '%s' is not healthy", receipt->spec.label);
	return next;
}

/* ---- causes ---- */

void
check_forget_log(const struct receipt *receipt, const struct facts *facts, struct error *error)
{
	struct check_draft reads = { .fix = "" };

	check_read_log(receipt, facts, &reads);
	if (reads.fix[0] == '\0' || strcmp(reads.fix, error->fix) != 0)
		return;
	text_copy(error->fix, sizeof error->fix, SEE_LOG);
	/* Of a status of its own launchd knows nothing more. */
	if (facts->launchd.service.last_exit == LAST_EXIT_CODE)
		text_format(error->fix, sizeof error->fix,
		    "run its program by hand as %s to see why it exits", receipt->spec.user);
}

bool
check_is_unexplained(const struct facts *facts)
{
	return service_exited_with(&facts->launchd.service, EXIT_CONFIG);
}
