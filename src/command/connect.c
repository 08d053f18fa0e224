/*
 * connect: try to reach a peer from wherever it was started, print the result of each try, and end
 * within a time limit. probe has launchd run it.
 */
#include <errno.h>
#include <unistd.h>

#include "command/command.h"
#include "core/probe/probe.h"
#include "core/facts/peer.h"
#include "host/network/network.h"
#include "host/machine/wait.h"

#define TIMEOUT		60.0
#define TRY_SECONDS	5.0	/* ARP has given up by then */
#define AGAIN_SECONDS	0.1	/* after a try that reached the peer */
#define ALARM_MARGIN	3u	/* seconds beyond --timeout, if a name server does not answer */

struct connect_run {
	struct session	*session;
	struct peer	 target;
	struct network	 network;
	struct address	 addresses[ADDRESSES_MAX];	/* those on the link */
	size_t		 count;
	bool		 resolved;
	double		 begun, seconds;
};

/*
 * Look the name up and print its addresses. The lookup of a name in .local is gated itself, and may
 * fail the first time, as the first connection may: each try looks it up again until it succeeds.
 */
static void
connect_resolve(struct connect_run *run)
{
	FILE *out = run->session->out;
	struct address found[ADDRESSES_MAX];
	size_t count = network_resolve(run->target.host, found);

	run->resolved = count > 0;
	for (size_t i = 0; i < count; i++) {
		enum address_scope place = peer_scope(&found[i], run->network.interfaces,
		    run->network.interface_count);
		char text[ADDRESS_TEXT];

		network_text(&found[i], text);
		fprintf(out, "address %s %s\n", text, peer_scope_word(place));
		if (place == SCOPE_ON_LINK)
			run->addresses[run->count++] = found[i];
	}
	fflush(out);
}

/* Try once. False: the time ended it early, so its result says nothing. */
static bool
connect_try(struct connect_run *run, struct attempt *attempt, bool first)
{
	double left = run->begun + run->seconds - wait_now();
	double limit = left < TRY_SECONDS ? left : TRY_SECONDS;

	if (!run->resolved)
		connect_resolve(run);
	if (!run->resolved) {
		*attempt = (struct attempt){ PROBE_UNRESOLVED, 0 };
		return true;
	}
	network_try(&run->session->host, run->addresses, run->count,
	    run->target.port, limit, attempt);
	return first || attempt->errnum != ETIMEDOUT || limit >= TRY_SECONDS;
}

static void
connect_try_all(struct connect_run *run)
{
	struct context context = { .kind = CONTEXT_SHELL };
	struct context_result outcome;
	struct attempt attempt;
	double pause = run->seconds / PROBE_TRIES;

	probe_begin(&outcome, &context, WITNESS_LNPCTL);
	for (unsigned i = 0; i < PROBE_TRIES_MAX; i++) {
		double next;

		if (!connect_try(run, &attempt, i == 0) ||
		    (run->resolved && run->count == 0))
			break;
		probe_add(&outcome, attempt.errnum, attempt.milliseconds);
		fprintf(run->session->out, "try %d %.3f\n", attempt.errnum,
		    attempt.milliseconds);
		fflush(run->session->out);
		if (probe_decided(&outcome))
			break;
		next = run->begun + (i + 1) * pause - wait_now();
		if (probe_reached(&outcome) && next > AGAIN_SECONDS)
			next = AGAIN_SECONDS;
		if (next > 0 && !wait_for(&run->session->host, next))
			break;
		if (run->begun + run->seconds - wait_now() <= 0)
			break;
	}
}

int
command_connect(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	struct connect_run run = { .session = session, .begun = wait_now(),
	    .seconds = options->timeout >= 0 ? options->timeout : TIMEOUT };

	if (options->json)
		return error_set(error, ERROR_USAGE, "it prints lines", "use lnpctl probe --json",
		    "connect does not take --json");
	if (options->operand_count != 1)
		return error_set(error, ERROR_USAGE, NULL,
		    "for example: lnpctl connect 192.168.1.10:7000",
		    "one HOST:PORT is needed");
	if (peer_parse(&run.target, options->operands[0], error) == -1 ||
	    network_look(&run.network, error) == -1)
		return -1;
	fprintf(session->out, PROBE_HEAD "\n");
	fflush(session->out);
	alarm((unsigned)run.seconds + ALARM_MARGIN);
	if (run.seconds > 0)
		connect_try_all(&run);
	else
		connect_resolve(&run);
	alarm(0);
	fprintf(session->out, "end\n");
	return 0;
}
