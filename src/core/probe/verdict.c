/* Derive a verdict and advice from the outcomes. The texts claim only what the evidence shows. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/facts/paste.h"
#include "core/probe/probe.h"
#include "core/text.h"

#define LOGIN_UID	500	/* login accounts have 501 and up, role accounts 200 to 400 */

static bool
verdict_is_control(const struct context_result *outcome)
{
	return outcome->context.kind == CONTEXT_ROOT || outcome->context.kind == CONTEXT_SHELL;
}

/*
 * Return true for an outcome that the question is about: of daemon:USER or agent:USER, or of root
 * if there are none of those.
 */
static bool
verdict_is_subject(const struct context_result *outcome, const struct context_result outcomes[],
    size_t count)
{
	if (outcome->context.kind != CONTEXT_ROOT)
		return !verdict_is_control(outcome);
	for (size_t i = 0; i < count; i++)
		if (!verdict_is_control(&outcomes[i]))
			return false;
	return true;
}

bool
probe_is_refused_at_once(const struct context_result *outcome)
{
	return outcome->tries >= PROBE_TRIES_NEEDED && outcome->no_route == outcome->tries;
}

/* Return the outcome of root in launchd, the control for all others; NULL: not requested. */
static const struct context_result *
verdict_control(const struct context_result outcomes[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (outcomes[i].context.kind == CONTEXT_ROOT &&
		    outcomes[i].witness == WITNESS_LNPCTL)
			return &outcomes[i];
	return NULL;
}

/* Return an outcome of this context that reached the peer, the job's own first, or NULL. */
static const struct context_result *
reached_as(const struct context_result outcomes[], size_t count, const char *context)
{
	const struct context_result *found = NULL;

	for (size_t i = 0; i < count; i++)
		if (strcmp(outcomes[i].context.name, context) == 0 && probe_reached(&outcomes[i]) &&
		    (found == NULL || outcomes[i].witness == WITNESS_JOB))
			found = &outcomes[i];
	return found;
}

/* Return whether the question is about this context, and each of its tries was refused at once. */
static bool
verdict_is_refused(const struct context_result *outcome, const struct context_result outcomes[],
    size_t count)
{
	return verdict_is_subject(outcome, outcomes, count) && probe_is_refused_at_once(outcome) &&
	    reached_as(outcomes, count, outcome->context.name) == NULL;
}

static bool
verdict_is_bad_target(const struct context_result outcomes[], size_t count)
{
	bool seen = false;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < outcomes[i].address_count; j++) {
			if (outcomes[i].places[j] == SCOPE_ON_LINK)
				return false;
			seen = true;
		}
	}
	return seen;
}

static void
verdict_add(char why[PEER_WHY], const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
verdict_add(char why[PEER_WHY], const char *format, ...)
{
	va_list arguments;
	size_t length;

	if (why[0] != '\0')
		text_append(why, PEER_WHY, "; ");
	length = strlen(why);
	va_start(arguments, format);
	vsnprintf(why + length, PEER_WHY - length, format, arguments);
	va_end(arguments);
}

static enum probe_verdict
open_verdict(const struct context_result outcomes[], size_t count, char why[PEER_WHY])
{
	for (size_t i = 0; i < count; i++) {
		const struct context_result *outcome = &outcomes[i], *best;

		if (!verdict_is_subject(outcome, outcomes, count) ||
		    outcome->witness != WITNESS_LNPCTL)
			continue;
		best = reached_as(outcomes, count, outcome->context.name);
		if (best->witness == WITNESS_JOB)
			verdict_add(why, "%s: the job itself has a connection to the peer",
			    outcome->context.name);
		else
			verdict_add(why, "%s: context open, no connection of the job seen%s",
			    outcome->context.name, best->result == PROBE_REFUSED ?
			    " (the peer answered, but the port is closed)" : "");
		if (outcome != best && probe_is_refused_at_once(outcome))
			verdict_add(why, "lnpctl itself was refused there, so other programs may "
			    "be, too");
	}
	if (why[0] == '\0')
		verdict_add(why, "the job itself has a connection to the peer");
	return PROBE_VERDICT_OPEN;
}

static enum probe_verdict
blocked_verdict(const struct context_result outcomes[], size_t count, char why[PEER_WHY])
{
	for (size_t i = 0; i < count; i++)
		if (verdict_is_refused(&outcomes[i], outcomes, count))
			verdict_add(why, "%s failed immediately in %u of %u tries, while root "
			    "connected", outcomes[i].context.name, outcomes[i].no_route,
			    outcomes[i].tries);
	verdict_add(why, "this matches Local Network Privacy, but a packet filter (pf) rule for "
	    "that account looks the same");
	return PROBE_VERDICT_BLOCKED;
}

enum alike { ALIKE_NOT, ALIKE_SILENT, ALIKE_REFUSED };

/*
 * Return how all contexts failed alike: refused at once, silent, or not alike. Local Network
 * Privacy refuses each try; a try that waited for ARP and one that failed early, because an earlier
 * ARP request ended, are a dead host.
 */
static enum alike
verdict_alike(const struct context_result outcomes[], size_t count)
{
	size_t refused = 0, silent = 0;

	for (size_t i = 0; i < count; i++) {
		const struct context_result *outcome = &outcomes[i];

		if (outcome->witness == WITNESS_JOB)
			continue;
		if (outcome->tries == 0 || outcome->first_reached != 0)
			return ALIKE_NOT;
		if (outcome->no_route == outcome->tries)
			refused++;
		else if (outcome->number != PROBE_UNRESOLVED)
			silent++;
		else
			return ALIKE_NOT;
	}
	if (refused > 0 && silent > 0)
		return ALIKE_NOT;
	return refused > 0 ? ALIKE_REFUSED : ALIKE_SILENT;
}

/* Explain why there is no verdict, and how to get one: the first reason that applies. */
static enum probe_verdict
undetermined_verdict(const struct context_result outcomes[], size_t count, char why[PEER_WHY])
{
	const struct context_result *root = verdict_control(outcomes, count);

	for (size_t i = 0; i < count && why[0] == '\0'; i++) {
		const struct context_result *outcome = &outcomes[i];
		const char *name = outcome->context.name;

		if (outcome->witness == WITNESS_JOB ||
		    !verdict_is_subject(outcome, outcomes, count) ||
		    reached_as(outcomes, count, name) != NULL)
			continue;
		if (outcome->tries == 0)
			verdict_add(why, "%s did not try: %s", name,
			    outcome->why[0] == '\0' ? "unknown reason" : outcome->why);
		else if (outcome->number == PROBE_UNRESOLVED)
			verdict_add(why, "%s could not resolve the name; use an address instead",
			    name);
		else if (outcome->first_reached != 0)
			verdict_add(why, "%s reached the peer, then failed: run the probe again",
			    name);
		else if (root == NULL)
			verdict_add(why, "%s did not reach the peer, and there is no control; add "
			    "--as root", name);
		else if (root->tries == 0)
			verdict_add(why, "%s did not reach the peer, and root did not try: %s",
			    name, root->why);
		else if (!probe_reached(root) && outcome->no_route == outcome->tries)
			verdict_add(why, "%s failed immediately, but root did not reach the peer "
			    "either; use a peer that answers", name);
		else if (!probe_reached(root))
			verdict_add(why, "neither %s nor root reached the peer; use a peer that "
			    "answers", name);
		else
			verdict_add(why, "root connected and %s did not, but not every try failed "
			    "immediately, which does not match Local Network Privacy; perhaps a "
			    "filter, or a peer that does not answer every time; run the probe "
			    "again", name);
	}
	if (why[0] == '\0')
		verdict_add(why, "no context was tried that could decide");
	return PROBE_VERDICT_UNDETERMINED;
}

static enum probe_verdict
unreachable_verdict(enum alike how, char why[PEER_WHY])
{
	verdict_add(why, how == ALIKE_REFUSED ?
	    "every context failed immediately, including root: this matches a packet "
	    "filter (pf), not Local Network Privacy" :
	    "no context reached the peer, not even root: it is off, absent or filtered");
	verdict_add(why, "this shows nothing about Local Network Privacy");
	return PROBE_VERDICT_UNREACHABLE;
}

enum probe_verdict
probe_verdict(const struct context_result outcomes[], size_t count, char why[PEER_WHY])
{
	const struct context_result *root = verdict_control(outcomes, count);
	bool all = true, any = false, blocked = false;
	enum alike how = verdict_alike(outcomes, count);

	why[0] = '\0';
	if (verdict_is_bad_target(outcomes, count)) {
		verdict_add(why, "%s", peer_scope_why(outcomes[0].places[0]));
		return PROBE_VERDICT_BAD_TARGET;
	}
	for (size_t i = 0; i < count; i++) {
		any = any || verdict_is_subject(&outcomes[i], outcomes, count);
		all = all && (!verdict_is_subject(&outcomes[i], outcomes, count) ||
		    reached_as(outcomes, count, outcomes[i].context.name) != NULL);
		blocked = blocked || verdict_is_refused(&outcomes[i], outcomes, count);
	}
	if (blocked && root != NULL && probe_reached(root))
		return blocked_verdict(outcomes, count, why);
	if (any && all)
		return open_verdict(outcomes, count, why);
	if (how != ALIKE_NOT && root != NULL)
		return unreachable_verdict(how, why);
	return undetermined_verdict(outcomes, count, why);
}

/* ---- advice ---- */

void
advice_add(struct advice *advice, const char *format, ...)
{
	va_list arguments;

	if (advice->count == ADVICE_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(advice->lines[advice->count++], PEER_WHY, format, arguments);
	va_end(arguments);
}

static void
advise_blocked(struct advice *advice, const struct context_result *outcome,
    const struct probe_place *place)
{
	const char *user = outcome->context.user, *bare = user + (user[0] == '_');
	const char *network = place->network[0] == '\0' ? "NETWORK/BITS" : place->network;
	char account[NAME_SIZE + 4];

	if (!paste_line(account, sizeof account, "_%s", bare))
		text_copy(account, sizeof account, "_NAME");

	if (outcome->context.kind == CONTEXT_AGENT)
		advice_add(advice,
		    "agents are not exempt: convert it to a daemon with lnpctl migrate");
	if (outcome->uid_known && outcome->uid >= LOGIN_UID)
		advice_add(advice,
		    "run the job as a role account, which was open in one measurement "
		    "where login accounts were not: sudo sysadminctl -addUser %s -roleAccount "
		    "-UID 300 (any number from 200 to 400 that dscl . -list /Users UniqueID does "
		    "not show), then lnpctl install --user %s", account, account);
	advice_add(advice, "or exempt the network for every program on this Mac (macOS 15.5 and "
	    "later, needs a restart): sudo defaults write com.apple.network.local-network "
	    "AllowedEthernetLocalNetworkAddresses -array \"%s\"; for Wi-Fi use "
	    "AllowedWiFiLocalNetworkAddresses", network);
	advice_add(advice,
	    "or run the job as root, with a program in directories owned and writable "
	    "by root only: lnpctl install --user root");
	advice_add(advice, "tccutil and device management (MDM) cannot help: they do not control "
	    "Local Network Privacy");
	advice_add(advice, "to rule out a packet filter: sudo pfctl -s rules");
}

static void
advise_context(struct advice *advice, const struct context_result *outcome,
    const struct probe_place *place)
{
	if (outcome->first_reached > 1 && probe_reached(outcome))
		advice_add(advice,
		    "%s: first contact: %u %s failed before one passed, as is known of "
		    "new programs; have the job retry instead of giving up", outcome->context.name,
		    outcome->first_reached - 1, outcome->first_reached == 2 ? "try" : "tries");
	if (outcome->context.kind == CONTEXT_SHELL && probe_reached(outcome))
		advice_add(advice,
		    "shell is a false witness, shown as a control: Terminal, SSH and root "
		    "are exempt by other rules than a job");
	if (outcome->context.kind == CONTEXT_AGENT && outcome->tries > 0)
		advice_add(advice,
		    "%s: macOS may have shown that user an alert in lnpctl's name; the "
		    "answer cannot be revoked", outcome->context.name);
	if (outcome->witness != WITNESS_JOB)
		return;
	if (outcome->result == PROBE_NOT_RUN)
		advice_add(advice,
		    "the job has no connection to %s now (%s); only its own would prove "
		    "that it reaches the peer, for macOS checks the program, too", place->target,
		    outcome->why);
	if (place->runs[0] != '\0')
		advice_add(advice,
		    "the job's process runs another file than its program, and macOS "
		    "checks that one: '%s'", place->runs);
}

void
probe_advise(struct advice *advice, enum probe_verdict verdict,
    const struct context_result outcomes[], size_t count, const struct probe_place *place)
{
	size_t refused = 0;

	advice->count = 0;
	while (refused < count && !verdict_is_refused(&outcomes[refused], outcomes, count))
		refused++;
	if (verdict == PROBE_VERDICT_BLOCKED && refused < count)
		advise_blocked(advice, &outcomes[refused], place);
	for (size_t i = 0; i < count; i++)
		advise_context(advice, &outcomes[i], place);
	if (verdict == PROBE_VERDICT_OPEN && place->label == NULL &&
	    reached_as(outcomes, count, "root") != NULL)
		advice_add(advice,
		    "lnpctl connected, not the job, and macOS checks the program, too; to "
		    "inspect the job's own connections, use --label LABEL");
	if (verdict == PROBE_VERDICT_UNREACHABLE)
		advice_add(advice,
		    "check that the peer is on and listens on that port; on Wi-Fi, client "
		    "isolation between machines looks like this");
	if (verdict == PROBE_VERDICT_BAD_TARGET)
		advice_add(advice,
		    "use a machine on the same network, with an open or closed port; not "
		    "the router or a DNS server, which may be exempt");
}
