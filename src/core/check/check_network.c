/* The checks of what the job reaches on the local network. */
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/job/scan.h"
#include "core/text.h"

/* Return the verdict on one peer, and write a sentence about it unless it is a pass. */
static enum verdict
check_peer_one(const char *peer, const struct peer_fact *fact, const struct facts *facts,
    bool works, char text[PEER_WHY])
{
	if (fact->connected == YES)
		return VERDICT_PASS;
	if (!fact->probed && !works) {
		snprintf(text, PEER_WHY, "not checked: the job connects to %s only while it works",
		    peer);
		return VERDICT_SKIP;
	}
	if (!fact->probed) {
		snprintf(text, PEER_WHY,
		    fact->connected == UNKNOWN && !facts->root
			? "only root can see whether the job has a connection to %s"
			: "no connection from the job to %s was found",
		    peer);
		return fact->connected == UNKNOWN && !facts->root ? VERDICT_SKIP : VERDICT_UNKNOWN;
	}
	snprintf(text, PEER_WHY, "%s: %.*s", peer, PEER_WHY - PEER_SIZE - 3, fact->why);
	if (fact->verdict == PROBE_VERDICT_OPEN)
		return VERDICT_WARN;
	return fact->verdict == PROBE_VERDICT_BLOCKED ? VERDICT_FAIL : VERDICT_UNKNOWN;
}

/* The worst peer decides the verdict; all that do not pass are named. */
static void
check_peer(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	char text[PEER_WHY], all[sizeof draft->message] = "";
	struct check_draft ignored;
	/* An occasional job may work without a connection now, and one that is done has none. */
	bool works = !spec_is_occasional(&receipt->spec) &&
	    check_liveness(receipt, facts, &ignored) != LIVENESS_DONE;
	size_t length = 0;

	if (receipt->spec.peer_count == 0)
		check_set(draft, VERDICT_SKIP, NULL,
		    "no peer was named when the job was installed");
	for (size_t i = 0; i < receipt->spec.peer_count; i++) {
		const char *peer = receipt->spec.peers[i];
		enum verdict verdict = check_peer_one(peer, &facts->peers[i], facts, works, text);

		if (verdict == VERDICT_PASS)
			continue;
		snprintf(all + length, sizeof all - length, "%s%s", length == 0 ? "" : "; ", text);
		length = strlen(all);
		if (verdict > draft->verdict) {
			draft->verdict = verdict;
			check_advise(draft, facts->peers[i].probed || verdict == VERDICT_SKIP ?
			    "to see who reaches it: sudo lnpctl probe --label %s %s" :
			    "to ask the network: sudo lnpctl verify --probe %s",
			    receipt->spec.label, peer);
		}
	}
	if (length > 0)
		text_copy(draft->message, sizeof draft->message, all);
}

/* Return the first peer without a connection; NULL: each has one. */
static const char *
lan_find_missing(const struct spec *spec, const struct facts *facts)
{
	for (size_t i = 0; i < spec->peer_count; i++)
		if (facts->peers[i].connected != YES)
			return spec->peers[i];
	return NULL;
}

/*
 * Local Network Privacy refuses a connect with EHOSTUNREACH, but so does a machine that is off, and
 * the job may have come through since: never worse than a warning.
 */
static void
check_lan_log(const struct spec *spec, const struct facts *facts, const char *peer,
    struct check_draft *draft)
{
	int which = facts->log[1].refused;
	const char *by = facts->log[which].refused_by;

	check_set(draft, VERDICT_WARN, NULL, "the end of the log %s has \"No route to host\"%s%s: "
	    "macOS may keep the job from the local network", spec->logs[which].theirs,
	    by[0] == '\0' ? "" : " for ", by);
	/* The job's account wrote that log: root is not sent where it says. */
	check_advise(draft, "to test it: sudo lnpctl probe --label %s HOST:PORT", spec->label);
	if (peer != NULL)
		check_advise(draft, "to test it: sudo lnpctl probe --label %s %s", spec->label,
		    peer);
}

static void
check_lan(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	const struct spec *spec = &receipt->spec;
	const char *missing = lan_find_missing(spec, facts);

	if (spec->uid == 0)
		check_set(draft, VERDICT_SKIP, NULL,
		    "Local Network Privacy does not apply to a job of root");
	else if (scan_is_old_system(facts->system.version))
		check_set(draft, VERDICT_SKIP, NULL,
		    "this system is older than macOS 15, which introduced Local Network Privacy");
	else if (spec->peer_count > 0 && missing == NULL)
		return;
	else if (facts->log[0].refused || facts->log[1].refused)
		check_lan_log(spec, facts, missing, draft);
	else if (spec->peer_count > 0)
		check_set(draft, VERDICT_SKIP, NULL, "see the check peer");
	else
		check_set(draft, VERDICT_SKIP, NULL, "not proved: no peer was named, so whether "
		    "the job can reach the local network has not been tested");
}

const struct check check_network_rows[] = {
	{ "peer", "the job has a connection to the machines it must reach",
	  NEEDS_LAUNCHD, check_peer,
	  "the job has a connection to each of its peers" },
	{ "lan", "macOS does not keep it from the local network, as far as can be seen",
	  NEEDS_LAUNCHD | NEEDS_LOADED, check_lan,
	  "the job has a connection to each of its peers" },
	{ NULL, NULL, 0, NULL, NULL },
};
