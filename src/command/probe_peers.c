/* The peers of an installed job: look for its own connections to them, else probe. */
#include <string.h>

#include "probe.h"
#include "core/text.h"
#include "host/network/network.h"

#define RESOLVE_SECONDS	2.0	/* verify does not wait longer for a name */

int
probe_check_peer(struct session *session, const struct peer *peer, struct error *error)
{
	struct network network;
	enum address_scope place;

	if (session->host.launchctl == NULL)
		return 0;
	if (network_look(&network, error) == -1)
		return -1;
	place = probe_scope(&network, peer->host);
	if (place == SCOPE_ON_LINK)
		return 0;
	return error_set(error, ERROR_USAGE, peer_scope_why(place),
	    "name a machine on the same network with --peer",
	    "'%s' cannot be used as a test target", peer->text);
}

/* Resolve a peer in a process that can be killed: the resolver has no time limit. */
static size_t
probe_peers_resolve(struct session *session, const struct peer *peer,
    struct address found[ADDRESSES_MAX])
{
	struct context context = { .kind = CONTEXT_SHELL };
	struct context_result outcome;
	size_t count = 0;

	if (network_literal(peer->host, &found[0]))
		return 1;
	probe_begin(&outcome, &context, WITNESS_LNPCTL);
	probe_connect(session, peer->text, 0, RESOLVE_SECONDS, &outcome);
	for (size_t i = 0; i < outcome.address_count; i++)
		count += network_literal(outcome.addresses[i], &found[count]);
	return count;
}

static enum tristate
probe_peers_connected(struct session *session, const struct facts *facts, const struct peer *peer)
{
	struct address addresses[ADDRESSES_MAX];
	size_t count;

	if (facts->launchd.loaded != YES || facts->launchd.service.pid <= 0)
		return facts->launchd.loaded == UNKNOWN ? UNKNOWN : NO;
	count = probe_peers_resolve(session, peer, addresses);
	if (count == 0)
		return NO;		/* without an address no connection can be matched */
	return network_is_connected(&session->host, (pid_t)facts->launchd.service.pid, addresses,
	    count,
	    peer->port);
}

static int
probe_peers_ask(struct session *session, const struct spec *spec, const struct peer *peer,
    struct peer_fact *fact, struct error *error)
{
	struct probe *probe = &session->probe;
	char text[NAME_SIZE + 8];
	int result;

	memset(probe, 0, sizeof *probe);
	probe->target = *peer;
	probe->label = spec->label;
	probe->seconds = session->options.timeout >= 0 ? session->options.timeout : PROBE_SECONDS;
	if (probe_context(&probe->contexts[probe->context_count++], "root", error) == -1 ||
	    !text_format(text, sizeof text, "daemon:%s", spec->user) ||
	    probe_context(&probe->job_context, text, error) == -1)
		return -1;
	if (probe->job_context.kind == CONTEXT_DAEMON) {
		text_copy(probe->job_context.group, NAME_SIZE, spec->group);
		probe->contexts[probe->context_count++] = probe->job_context;
	}
	result = probe_ask(session, probe, error);
	fact->probed = probe->why[0] != '\0';
	fact->verdict = probe->verdict;
	text_copy(fact->why, sizeof fact->why, probe->why);
	if (probe->outcome_count > 0 && probe->outcomes[0].witness == WITNESS_JOB &&
	    probe->outcomes[0].opened > 0)
		fact->connected = YES;
	if (fact->probed && fact->verdict != PROBE_VERDICT_OPEN && fact->connected != YES)
		probe_report(session, probe);
	return result;
}

int
probe_peers(struct session *session, const struct spec *spec, struct facts *facts, bool ask,
    struct error *error)
{
	for (size_t i = 0; i < spec->peer_count && !facts->offline; i++) {
		struct peer_fact *fact = &facts->peers[i];
		struct peer peer;

		memset(fact, 0, sizeof *fact);
		if (peer_parse(&peer, spec->peers[i], error) == -1)
			return -1;
		fact->connected = probe_peers_connected(session, facts, &peer);
		if (fact->connected != YES && ask &&
		    probe_peers_ask(session, spec, &peer, fact, error) == -1)
			return -1;
	}
	return 0;
}
