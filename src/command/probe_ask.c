/*
 * Runs the jobs of a probe side by side, and looks at the connections of the job that it is about.
 */
#include <stdio.h>
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

#define LOOK_SECONDS	0.1	/* between two looks at the results */
#define ASK_SECONDS	1.0	/* between two questions to launchd, each of which runs a program */
#define KICK_SECONDS	5.0	/* a job that was not started by then is kickstarted once */
#define START_SECONDS	15.0	/* for launchd to start a job, beyond the time of the tries */
#define MARGIN_SECONDS	5.0	/* for a job that was started: by then it has ended by itself, or
				   was stopped */

struct probe_task {			/* one context of launchd's */
	struct probe_job_run	 job;
	struct context_result	*outcome;
	bool		 over, kicked;
	double		 asked;		/* when launchd was last asked */
	double		 began;		/* when the job was first seen to do something; 0: not
					   yet */
};

struct probe_run {
	struct session	*session;
	struct probe	*probing;
	struct network	 network;
	struct probe_task	 running[PROBE_CONTEXTS_MAX];
	size_t		 count;
	struct context_result	*job;		/* of the witness "job"; NULL: no label was given */
	double		 begun;
	struct probe_binary program;
};

/* ---- the target ---- */

/* What is no witness is refused before any try; a name is judged where it is resolved. */
static bool
probe_ask_is_bad_target(struct probe_run *asking)
{
	struct probe *probing = asking->probing;
	struct address address;
	enum address_scope place;

	if (!network_literal(probing->target.host, &address))
		return false;
	place = peer_scope(&address, asking->network.interfaces, asking->network.interface_count);
	if (place == SCOPE_ON_LINK)
		return false;
	probing->verdict = PROBE_VERDICT_BAD_TARGET;
	text_copy(probing->why, sizeof probing->why, peer_scope_why(place));
	return true;
}

static bool
is_among(const struct address *address, const struct address list[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_equal(address, &list[i]))
			return true;
	return false;
}

/* The addresses that were tried, by any context; how many. */
static size_t
tried_addresses(const struct probe_run *asking, struct address found[ADDRESSES_MAX])
{
	const struct probe *probing = asking->probing;
	size_t count = 0;

	if (network_literal(probing->target.host, &found[0]))
		return 1;
	for (size_t i = 0; i < probing->outcome_count; i++) {
		const struct context_result *outcome = &probing->outcomes[i];

		for (size_t j = 0; j < outcome->address_count && count < ADDRESSES_MAX; j++)
			if (outcome->places[j] == SCOPE_ON_LINK &&
			    network_literal(outcome->addresses[j], &found[count]) &&
			    !is_among(&found[count], found, count))
				count++;
	}
	return count;
}

/* ---- the job that it is about ---- */

static void
probe_ask_look_at_job(struct probe_run *asking)
{
	struct probe *probing = asking->probing;
	struct context_result *job = asking->job;
	struct address addresses[ADDRESSES_MAX];
	struct printed printed;
	char target[NAME_SIZE + 8];
	size_t count = tried_addresses(asking, addresses);

	if (job == NULL || job->tries > 0 || count == 0 || asking->session->host.launchctl == NULL)
		return;
	text_format(target, sizeof target, "system/%s", probing->label);
	printed = (struct printed){ .target = target };
	launchctl_print(&asking->session->host, &printed, 1, NULL);
	if (printed.loaded != YES || printed.service.pid <= 0) {
		text_copy(job->why, sizeof job->why, printed.loaded == YES ? "it is not running" :
		    printed.loaded == NO ? "it is not loaded" :
		    "launchd did not report its process");
		return;
	}
	probing->runs[0] = '\0';
	state_other_program(&asking->session->host, &printed.service, probing->runs);
	switch (network_is_connected(&asking->session->host, (pid_t)printed.service.pid, addresses,
	    count, probing->target.port)) {
	case YES:
		probe_add(job, 0, -1);
		job->why[0] = '\0';
		break;
	case NO:
		text_copy(job->why, sizeof job->why,
		    "no open connection found in the job or its child processes");
		break;
	case UNKNOWN:
		text_copy(job->why, sizeof job->why, "its process cannot be inspected");
		break;
	}
}

/* ---- one context ---- */

static void
probe_ask_begin_one(struct probe_run *asking, struct context_result *outcome,
    const struct account *account)
{
	struct probe_task *running = &asking->running[asking->count];
	const struct context *context = &outcome->context;
	bool daemon = context->kind == CONTEXT_DAEMON;
	struct identity root = { .uid = asking->session->host.owner,
	    .gid = asking->session->host.group,
	    .groups = { asking->session->host.group }, .ngroups = 1 };
	struct probe_job job = {
		.user = daemon ? context->user : NULL,
		.group = daemon && context->group[0] != '\0' ? context->group : NULL,
		.seconds = asking->probing->seconds, .target = asking->probing->target.text,
	};
	struct error error;

	if (asking->session->host.launchctl == NULL) {
		text_copy(outcome->why, sizeof outcome->why,
		    "skipped: --root images have no launchd");
		return;
	}
	running->outcome = outcome;
	running->asked = wait_now();
	asking->count++;
	if (probe_job_begin(&asking->session->host, &running->job, context->kind,
	    context->kind == CONTEXT_ROOT ? &root : &account->identity, &job, &error) == 0)
		return;
	running->over = true;
	if (!text_format(outcome->why, sizeof outcome->why, "%s: %s", error.what, error.why))
		text_copy(outcome->why, sizeof outcome->why, error.why);
}

static void
look_at_one(struct probe_run *asking, struct probe_task *running)
{
	const struct host *host = &asking->session->host;
	struct context_result *outcome = running->outcome;
	double now = wait_now();
	char why[PEER_WHY];
	bool kick;

	probe_job_read(host, &running->job, outcome);
	if (outcome->complete || outcome->why[0] != '\0') {
		running->over = true;
		return;
	}
	if (outcome->begun && running->began == 0)
		running->began = now;
	/* It ends by itself, unless its account has stopped it: what it said until then counts. */
	running->over = running->began != 0 &&
	    now - running->began > asking->probing->seconds + MARGIN_SECONDS;
	if (running->over || now - running->asked < ASK_SECONDS)
		return;
	running->asked = now;
	kick = !outcome->begun && !running->kicked && now - asking->begun >= KICK_SECONDS;
	running->kicked = running->kicked || kick;
	running->over = probe_job_is_over(host, &running->job, kick, why, sizeof why);
	if (!running->over)
		return;
	probe_job_read(host, &running->job, outcome);	/* what it wrote between the two looks */
	if (!outcome->complete && outcome->tries == 0 && outcome->why[0] == '\0')
		text_copy(outcome->why, sizeof outcome->why, why);
}

/* The shell's control: this program again, from where we are. Blocks until it has ended. */
static void
run_shell(struct probe_run *asking, struct context_result *outcome)
{
	char path[PATH_SIZE], seconds[32];
	static char output[PROBE_OUTPUT_MAX];
	struct run run = {
		.arguments = { path, "connect", seconds, asking->probing->target.text },
		.seconds = asking->probing->seconds + MARGIN_SECONDS,
		.output = output, .capacity = sizeof output,
	};

	outcome->uid_known = true;
	outcome->uid = geteuid();
	text_format(seconds, sizeof seconds, "--timeout=%.3f", asking->probing->seconds);
	if (!platform_own_path(path)) {
		text_copy(outcome->why, sizeof outcome->why,
		    "the path of lnpctl could not be determined");
		return;
	}
	process_run(&asking->session->host, &run, 1, 1);
	if (run.end == RUN_EXITED && run.value != 0)
		text_format(outcome->why, sizeof outcome->why, "it exited with status %d: %s",
		    run.value, run.complaint);
	else if (run.end != RUN_FLOODED)
		probe_read(outcome, (struct bytes){ (const unsigned char *)output, run.size });
}

/* ---- all of them ---- */

int
probe_accounts(const struct session *session, const struct probe *probing,
    struct account accounts[], struct error *error)
{
	for (size_t i = 0; i < probing->context_count; i++) {
		const struct context *context = &probing->contexts[i];

		if (context->kind != CONTEXT_DAEMON && context->kind != CONTEXT_AGENT)
			continue;
		accounts_user(&session->host, context->user, &accounts[i]);
		if (accounts[i].exists != YES)
			return error_set(error, ERROR_ACCOUNT, accounts[i].exists == NO ?
			    "there is no such account" : strerror(accounts[i].error), NULL,
			    "cannot probe as '%s'", context->name);
	}
	return 0;
}

static struct context_result *
add_outcome(struct probe *probing, const struct context *context, enum observer witness)
{
	struct context_result *outcome = &probing->outcomes[probing->outcome_count++];

	probe_begin(outcome, context, witness);
	return outcome;
}

static void
begin_all(struct probe_run *asking, const struct account accounts[])
{
	struct probe *probing = asking->probing;

	for (size_t i = 0; i < probing->context_count; i++) {
		const struct context *context = &probing->contexts[i];
		struct context_result *outcome = add_outcome(probing, context, WITNESS_LNPCTL);

		outcome->uid_known = context->kind != CONTEXT_SHELL;
		outcome->uid = context->kind == CONTEXT_ROOT ? asking->session->host.owner :
		    accounts[i].identity.uid;
		if (context->kind != CONTEXT_SHELL)
			probe_ask_begin_one(asking, outcome, &accounts[i]);
	}
}

/* A line of progress, for somebody who sits there. */
static void
tell_progress(const struct probe_run *asking)
{
	char names[PROBE_CONTEXTS_MAX * (sizeof asking->probing->contexts[0].name + 2)] = "";
	size_t length = 0;

	if (!report_wants_progress(asking->session))
		return;
	for (size_t i = 0; i < asking->probing->context_count; i++)
		length += (size_t)snprintf(names + length, sizeof names - length, "%s %s", i == 0 ?
		    "" : ",", asking->probing->contexts[i].name);
	report_progress(asking->session, "trying %s for up to %g seconds, as%s",
	    asking->probing->target.text, asking->probing->seconds, names);
}

static bool
look_at_all(struct probe_run *asking)
{
	bool over = true;

	for (size_t i = 0; i < asking->count; i++) {
		if (!asking->running[i].over)
			look_at_one(asking, &asking->running[i]);
		over = over && asking->running[i].over;
	}
	return over;
}

static void
probe_ask_await(struct probe_run *asking)
{
	double deadline = asking->begun + asking->probing->seconds + START_SECONDS, looked = 0;

	for (size_t i = 0; i < asking->probing->outcome_count; i++) {
		struct context_result *outcome = &asking->probing->outcomes[i];

		if (outcome->context.kind == CONTEXT_SHELL && outcome->witness == WITNESS_LNPCTL)
			run_shell(asking, outcome);
	}
	while (!look_at_all(asking) && wait_now() < deadline &&
	    wait_for(&asking->session->host, LOOK_SECONDS)) {
		if (wait_now() - looked < ASK_SECONDS)
			continue;
		looked = wait_now();
		probe_ask_look_at_job(asking);
	}
	probe_ask_look_at_job(asking);
}

/*
 * Takes all down. Returns -1 with ERROR_PARTIAL when something is left: the next run will find it.
 */
static int
end_all(struct probe_run *asking, struct error *error)
{
	char left[PROBE_CONTEXTS_MAX * 64] = "", more[sizeof left];
	struct error failure = { .kind = ERROR_NONE };

	for (size_t i = 0; i < asking->count; i++) {
		const char *service = asking->running[i].job.service;

		if (probe_job_end(&asking->session->host, &asking->running[i].job, &failure) == 0)
			continue;
		text_copy(more, sizeof more, left);
		text_format(left, sizeof left, "%s%s%s", more, more[0] == '\0' ? "" : ", ",
		    service);
	}
	if (left[0] == '\0')
		return 0;
	return error_set(error, ERROR_PARTIAL, failure.why,
	    "the next lnpctl command that changes or probes a job tries again",
	    "cannot remove %s, with files in '" PROBE_JOB_DIRECTORY "'", left);
}

/* What no reason was found for. */
static void
settle(struct probe *probing)
{
	for (size_t i = 0; i < probing->outcome_count; i++) {
		struct context_result *outcome = &probing->outcomes[i];

		if (outcome->witness == WITNESS_JOB || outcome->tries > 0 ||
		    outcome->why[0] != '\0')
			continue;
		if (outcome->begun && outcome->address_count == 0)
			text_copy(outcome->why, sizeof outcome->why,
			    "the name was not resolved in time");
		else if (!outcome->begun)
			text_copy(outcome->why, sizeof outcome->why,
			    "launchd did not start it in time");
	}
}

/* ---- the answer ---- */

static void
conclude(struct probe_run *asking)
{
	struct probe *probing = asking->probing;
	const struct network *network = &asking->network;
	struct address addresses[ADDRESSES_MAX];
	size_t count = tried_addresses(asking, addresses);
	char exempt[ADDRESS_TEXT + 8] = "", text[ADDRESS_TEXT];
	const struct interface *interface = count == 0 ? NULL :
	    peer_interface(&addresses[0], network->interfaces, network->interface_count);
	struct probe_place place = { probing->target.text, exempt, probing->label, probing->runs };

	if (interface != NULL) {
		struct address whole = addresses[0];

		address_network(&whole, interface->prefix);
		network_text(&whole, text);
		text_format(exempt, sizeof exempt, "%s/%u", text, interface->prefix);
	}
	if (probing->outcome_count > 0)
		probing->verdict = probe_verdict(probing->outcomes, probing->outcome_count,
		    probing->why);
	probe_advise(&probing->advice, probing->verdict, probing->outcomes, probing->outcome_count,
	    &place);
	for (size_t i = 0; i < count; i++) {
		network_text(&addresses[i], text);
		if (is_among(&addresses[i], network->gateways, network->gateway_count))
			advice_add(&probing->advice, "%s is the gateway, and reports disagree "
			    "on whether macOS asks about it: use another machine", text);
		if (is_among(&addresses[i], network->servers, network->server_count))
			advice_add(&probing->advice, "%s is a name server, which macOS does not "
			    "ask about: use another machine", text);
	}
	if (asking->program.untrusted_path[0] != '\0')
		advice_add(&probing->advice,
		    "'%s' can be changed by users other than root, and a copy of lnpctl has just "
		    "run as root: keep lnpctl in directories owned and writable by root only",
		    asking->program.untrusted_path);
}

static bool
needs_launchd(const struct probe *probing)
{
	for (size_t i = 0; i < probing->context_count; i++)
		if (probing->contexts[i].kind != CONTEXT_SHELL)
			return true;
	return false;
}

int
probe_ask(struct session *session, struct probe *probing, struct error *error)
{
	struct probe_run asking = { .session = session, .probing = probing, .begun = wait_now() };
	struct account accounts[PROBE_CONTEXTS_MAX] = { { .exists = UNKNOWN } };
	int result;

	probing->outcome_count = 0;
	if (network_look(&asking.network, error) == -1)
		return -1;
	if (probe_ask_is_bad_target(&asking)) {
		conclude(&asking);
		return 0;
	}
	if (probe_accounts(session, probing, accounts, error) == -1 ||
	    (session->host.launchctl != NULL && needs_launchd(probing) &&
	    probe_job_prepare(&session->host, &asking.program, error) == -1))
		return -1;
	if (probing->label != NULL)
		asking.job = add_outcome(probing, &probing->job_context, WITNESS_JOB);
	tell_progress(&asking);
	begin_all(&asking, accounts);
	probe_ask_await(&asking);
	result = end_all(&asking, error);
	probing->own = asking.program.identity;
	settle(probing);
	conclude(&asking);
	if (result == 0 && wait_is_stopped(&session->host))
		return error_set(error, ERROR_STOPPED, "did not finish the probe of '%s'",
		    probing->target.text);
	return result;
}
