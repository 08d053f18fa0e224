/* Run the jobs of a probe in parallel, and look at the connections of the job of --label. */
#include <string.h>
#include <unistd.h>

#include "probe.h"
#include "report.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/inspect.h"
#include "host/launchd/state.h"
#include "host/launchd/launchctl.h"
#include "host/network/network.h"
#include "host/launchd/probe_job.h"
#include "host/os/platform.h"
#include "host/machine/process.h"
#include "host/machine/wait.h"

#define LOOK_SECONDS	0.1	/* between reads of the results */
#define ASK_SECONDS	1.0	/* between queries of launchd, each of which runs launchctl */
#define KICK_SECONDS	5.0	/* until a job that has not started is kickstarted, once */
#define START_SECONDS	15.0	/* for launchd to start a job, on top of the time of the tries */
#define MARGIN_SECONDS	5.0	/* for a started job to exit, on top of the time of the tries */

struct probe_task {			/* one job in launchd */
	struct probe_job_run	 job;
	struct context_result	*outcome;
	bool		 over, kicked;
	double		 asked;		/* when launchd was last asked */
	double		 began;		/* when the job was first seen to run; 0: not yet */
};

struct probe_run {
	struct session	*session;
	struct probe	*probe;
	struct network	 network;
	struct probe_task	 task[PROBE_CONTEXTS_MAX];
	size_t		 count;
	struct context_result	*job;	/* of the witness "job"; NULL: no label was given */
	double		 begun;
	struct probe_binary program;
};

/* ---- the target ---- */

enum address_scope
probe_scope(const struct network *network, const char *host)
{
	struct address address;

	return network_literal(host, &address) ?
	    peer_scope(&address, network->interfaces, network->interface_count) : SCOPE_ON_LINK;
}

/* Collect the addresses that any context tried; returns how many. */
static size_t
probe_tried_addresses(const struct probe_run *run, struct address found[ADDRESSES_MAX])
{
	const struct probe *probe = run->probe;
	size_t count = 0;

	if (network_literal(probe->target.host, &found[0]))
		return 1;
	for (size_t i = 0; i < probe->outcome_count; i++) {
		const struct context_result *outcome = &probe->outcomes[i];

		for (size_t j = 0; j < outcome->address_count && count < ADDRESSES_MAX; j++)
			if (outcome->places[j] == SCOPE_ON_LINK &&
			    network_literal(outcome->addresses[j], &found[count]) &&
			    !address_is_in(&found[count], found, count))
				count++;
	}
	return count;
}

/* ---- the job that it is about ---- */

static void
probe_ask_look_at_job(struct probe_run *run)
{
	struct probe *probe = run->probe;
	struct context_result *job = run->job;
	struct address addresses[ADDRESSES_MAX];
	static const char *const words[] = {
		[UNKNOWN] = "its process cannot be inspected", [YES] = "",
		[NO] = "no open connection found in the job or its child processes",
	};
	struct printed printed;
	char target[NAME_SIZE + 8];
	size_t count = probe_tried_addresses(run, addresses);
	enum tristate connected;

	if (job == NULL || job->tries > 0 || count == 0 || run->session->host.launchctl == NULL)
		return;
	text_format(target, sizeof target, "system/%s", probe->label);
	if (launchctl_print_one(&run->session->host, target, &printed) != YES ||
	    printed.service.pid <= 0) {
		text_copy(job->why, sizeof job->why, printed.loaded == YES ? "it is not running" :
		    printed.loaded == NO ? "it is not loaded" :
		    "launchd did not report its process");
		return;
	}
	probe->runs[0] = '\0';
	state_other_program(&run->session->host, &printed.service, probe->runs);
	connected = network_is_connected(&run->session->host, (pid_t)printed.service.pid,
	    addresses, count, probe->target.port);
	if (connected == YES)
		probe_add(job, 0, -1);
	text_copy(job->why, sizeof job->why, words[connected]);
}

/* ---- one context ---- */

static void
probe_ask_begin_one(struct probe_run *run, struct context_result *outcome,
    const struct identity *account)
{
	struct probe_task *task = &run->task[run->count];
	const struct context *context = &outcome->context;
	bool daemon = context->kind == CONTEXT_DAEMON;
	struct probe_job job = {
		.user = daemon ? context->user : NULL,
		.group = daemon && context->group[0] != '\0' ? context->group : NULL,
		.seconds = run->probe->seconds, .target = run->probe->target.text,
	};
	struct error error;

	if (run->session->host.launchctl == NULL) {
		text_copy(outcome->why, sizeof outcome->why,
		    "skipped: --root images have no launchd");
		return;
	}
	task->outcome = outcome;
	task->asked = wait_now();
	run->count++;
	if (probe_job_begin(&run->session->host, &task->job, context->kind, account, &job,
	    &error) == 0)
		return;
	task->over = true;
	if (!text_format(outcome->why, sizeof outcome->why, "%s: %s", error.what, error.why))
		text_copy(outcome->why, sizeof outcome->why, error.why);
}

static void
probe_look_at_task(struct probe_run *run, struct probe_task *task)
{
	const struct host *host = &run->session->host;
	struct context_result *outcome = task->outcome;
	double now = wait_now();
	char why[PEER_WHY];
	bool kick;

	probe_job_read(host, &task->job, outcome);
	if (outcome->complete || outcome->why[0] != '\0') {
		task->over = true;
		return;
	}
	if (outcome->begun && task->began == 0)
		task->began = now;
	/* It exits by itself, unless its account stopped it: then its results so far are used. */
	task->over = task->began != 0 &&
	    now - task->began > run->probe->seconds + MARGIN_SECONDS;
	if (task->over || now - task->asked < ASK_SECONDS)
		return;
	task->asked = now;
	kick = !outcome->begun && !task->kicked && now - run->begun >= KICK_SECONDS;
	task->kicked = task->kicked || kick;
	task->over = probe_job_is_over(host, &task->job, kick, why, sizeof why);
	if (!task->over)
		return;
	probe_job_read(host, &task->job, outcome);	/* it may have written more since */
	if (!outcome->complete && outcome->tries == 0 && outcome->why[0] == '\0')
		text_copy(outcome->why, sizeof outcome->why, why);
}

void
probe_connect(struct session *session, const char *target, double seconds, double limit,
    struct context_result *outcome)
{
	static char output[PROBE_OUTPUT_MAX];
	char path[PATH_SIZE], timeout[32];
	struct run run = {
		.arguments = { path, "connect", timeout, target }, .seconds = limit,
		.output = output, .capacity = sizeof output,
	};

	text_format(timeout, sizeof timeout, "--timeout=%.3f", seconds);
	if (!platform_own_path(path)) {
		text_copy(outcome->why, sizeof outcome->why,
		    "the path of lnpctl could not be determined");
		return;
	}
	process_run(&session->host, &run, 1, 1, NULL);
	if (run.end == RUN_EXITED && run.value != 0)
		text_format(outcome->why, sizeof outcome->why, "it exited with status %d: %s",
		    run.value, run.complaint);
	else if (run.end != RUN_FLOODED)
		probe_read(outcome, (struct bytes){ (const unsigned char *)output, run.size });
}

/* ---- all of them ---- */

int
probe_accounts(const struct session *session, struct probe *probe, struct error *error)
{
	const struct host *host = &session->host;

	for (size_t i = 0; i < probe->context_count; i++) {
		const struct context *context = &probe->contexts[i];
		struct account account = { .exists = YES, .identity = { .uid = host->owner,
		    .gid = host->group, .groups = { host->group }, .ngroups = 1 } };

		if (context->kind == CONTEXT_SHELL)
			account.identity.uid = geteuid();
		else if (context->kind != CONTEXT_ROOT)
			accounts_user(host, context->user, &account);
		if (account.exists != YES)
			return error_set(error, ERROR_ACCOUNT, account.exists == NO ?
			    "there is no such account" : strerror(account.error), NULL,
			    "cannot probe as '%s'", context->name);
		probe->identities[i] = account.identity;
	}
	return 0;
}

static void
probe_begin_all(struct probe_run *run)
{
	struct probe *probe = run->probe;

	for (size_t i = 0; i < probe->context_count; i++) {
		const struct context *context = &probe->contexts[i];
		struct context_result *outcome = &probe->outcomes[probe->outcome_count++];

		probe_begin(outcome, context, WITNESS_LNPCTL);
		outcome->uid_known = true;
		outcome->uid = probe->identities[i].uid;
		if (context->kind != CONTEXT_SHELL)
			probe_ask_begin_one(run, outcome, &probe->identities[i]);
	}
}

/* Print a line of progress, if stderr is a terminal. */
static void
probe_report_progress(const struct probe_run *run)
{
	char names[PROBE_CONTEXTS_MAX * (sizeof run->probe->contexts[0].name + 2)] = "";

	if (!report_wants_progress(run->session))
		return;
	for (size_t i = 0; i < run->probe->context_count; i++)
		text_append(names, sizeof names, "%s %s", i == 0 ? "" : ",",
		    run->probe->contexts[i].name);
	report_progress(run->session->err, "trying %s for up to %g seconds, as%s",
	    run->probe->target.text, run->probe->seconds, names);
}

static bool
probe_look_at_all(struct probe_run *run)
{
	bool over = true;

	for (size_t i = 0; i < run->count; i++) {
		if (!run->task[i].over)
			probe_look_at_task(run, &run->task[i]);
		over = over && run->task[i].over;
	}
	return over;
}

static void
probe_ask_await(struct probe_run *run)
{
	double deadline = run->begun + run->probe->seconds + START_SECONDS, looked = 0;

	for (size_t i = 0; i < run->probe->outcome_count; i++) {
		struct context_result *outcome = &run->probe->outcomes[i];

		if (outcome->context.kind == CONTEXT_SHELL && outcome->witness == WITNESS_LNPCTL)
			probe_connect(run->session, run->probe->target.text,
			    run->probe->seconds, run->probe->seconds + MARGIN_SECONDS,
			    outcome);
	}
	while (!probe_look_at_all(run) && wait_now() < deadline &&
	    wait_for(&run->session->host, LOOK_SECONDS)) {
		if (wait_now() - looked < ASK_SECONDS)
			continue;
		looked = wait_now();
		probe_ask_look_at_job(run);
	}
	probe_ask_look_at_job(run);
}

/* Remove all jobs. Returns -1 with ERROR_PARTIAL if one is left, which the next run will find. */
static int
probe_end_all(struct probe_run *run, struct error *error)
{
	char left[PROBE_CONTEXTS_MAX * (sizeof run->task[0].job.service + 2)] = "";
	struct error failure = { .kind = ERROR_NONE };

	for (size_t i = 0; i < run->count; i++)
		if (probe_job_end(&run->session->host, &run->task[i].job, &failure) == -1)
			text_append(left, sizeof left, "%s%s", left[0] == '\0' ? "" : ", ",
			    run->task[i].job.service);
	if (left[0] == '\0')
		return 0;
	return error_set(error, ERROR_PARTIAL, failure.why,
	    "the next lnpctl command that changes or probes a job tries again",
	    "cannot remove %s, with files in '" PROBE_JOB_DIRECTORY "'", left);
}

/* Give a reason for each context without a result or a reason so far. */
static void
probe_explain_silence(struct probe *probe)
{
	for (size_t i = 0; i < probe->outcome_count; i++) {
		struct context_result *outcome = &probe->outcomes[i];

		if (outcome->witness == WITNESS_LNPCTL && outcome->tries == 0 &&
		    outcome->why[0] == '\0' && outcome->address_count == 0)
			text_copy(outcome->why, sizeof outcome->why, outcome->begun ?
			    "the name was not resolved in time" :
			    "launchd did not start it in time");
	}
}

/* ---- the answer ---- */

static void
probe_conclude(struct probe_run *run)
{
	struct probe *probe = run->probe;
	const struct network *network = &run->network;
	struct address addresses[ADDRESSES_MAX];
	size_t count = probe_tried_addresses(run, addresses);
	char exempt[ADDRESS_TEXT + 8] = "", text[ADDRESS_TEXT];
	const struct interface *interface = count == 0 ? NULL :
	    peer_interface(&addresses[0], network->interfaces, network->interface_count);
	struct probe_place place = { probe->target.text, exempt, probe->label, probe->runs };

	if (interface != NULL) {
		struct address whole = addresses[0];

		address_network(&whole, interface->prefix);
		network_text(&whole, text);
		text_format(exempt, sizeof exempt, "%s/%u", text, interface->prefix);
	}
	if (probe->outcome_count > 0)
		probe->verdict = probe_verdict(probe->outcomes, probe->outcome_count,
		    probe->why);
	probe_advise(&probe->advice, probe->verdict, probe->outcomes, probe->outcome_count,
	    &place);
	for (size_t i = 0; i < count; i++) {
		network_text(&addresses[i], text);
		if (address_is_in(&addresses[i], network->gateways, network->gateway_count))
			advice_add(&probe->advice, "%s is the gateway, and reports disagree "
			    "on whether macOS asks about it: use another machine", text);
		if (address_is_in(&addresses[i], network->servers, network->server_count))
			advice_add(&probe->advice, "%s is a name server, which macOS does not "
			    "ask about: use another machine", text);
	}
	if (run->program.untrusted_path[0] != '\0')
		advice_add(&probe->advice,
		    "'%s' can be changed by users other than root, and a copy of lnpctl has just "
		    "run as root: keep lnpctl in directories owned and writable by root only",
		    run->program.untrusted_path);
}

static bool
probe_needs_launchd(const struct probe *probe)
{
	for (size_t i = 0; i < probe->context_count; i++)
		if (probe->contexts[i].kind != CONTEXT_SHELL)
			return true;
	return false;
}

int
probe_ask(struct session *session, struct probe *probe, struct error *error)
{
	static struct probe_run run;	/* one at a time; it is large */
	enum address_scope place;
	int result;

	memset(&run, 0, sizeof run);
	run.session = session;
	run.probe = probe;
	run.begun = wait_now();
	probe->outcome_count = 0;
	if (network_look(&run.network, error) == -1)
		return -1;
	place = probe_scope(&run.network, probe->target.host);
	if (place != SCOPE_ON_LINK) {
		probe->verdict = PROBE_VERDICT_BAD_TARGET;
		text_copy(probe->why, sizeof probe->why, peer_scope_why(place));
		probe_conclude(&run);
		return 0;
	}
	if (probe_accounts(session, probe, error) == -1 ||
	    (session->host.launchctl != NULL && probe_needs_launchd(probe) &&
	    probe_job_prepare(&session->host, &run.program, error) == -1))
		return -1;
	if (probe->label != NULL) {
		run.job = &probe->outcomes[probe->outcome_count++];
		probe_begin(run.job, &probe->job_context, WITNESS_JOB);
	}
	probe_report_progress(&run);
	probe_begin_all(&run);
	probe_ask_await(&run);
	result = probe_end_all(&run, error);
	probe->own = run.program.identity;
	probe_explain_silence(probe);
	probe_conclude(&run);
	if (result == 0 && wait_is_stopped(&session->host))
		return error_set(error, ERROR_STOPPED, "did not finish the probe of '%s'",
		    probe->target.text);
	return result;
}
