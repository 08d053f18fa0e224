/* install: options to job, plan, apply, verify. */
#include <string.h>
#include <unistd.h>

#include "command/change.h"
#include "command/probe.h"
#include "command/report.h"
#include "core/job.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/files.h"
#include "host/inspect.h"
#include "host/watch.h"

#define LOGIN_UID	500	/* macOS gives login accounts 501 and up */

static int
promise_peers(struct session *session, struct promise *promise, struct error *error)
{
	const struct words *peers = &session->options.peers;
	struct peer peer;

	for (size_t i = 0; i < peers->count; i++) {
		if (i == PEERS_MOST)
			return error_set(error, ERROR_USAGE, NULL, NULL, "more than %d peers", PEERS_MOST);
		if (peer_parse(&peer, peers->items[i], error) == -1 || probe_check_peer(session, &peer, error) == -1)
			return -1;
		text_copy(promise->peers[promise->peer_count++], PEER_SIZE, peer.text);
	}
	return 0;
}

/* Looks the accounts up, once, and makes the promise from the options. */
static int
promise_make(struct session *session, struct promise *promise, struct facts *facts, struct error *error)
{
	const struct options *options = &session->options;
	char group[NAME_SIZE];
	struct bytes plist;
	int result;

	accounts_user(&session->host, options->user, &facts->user);
	if (facts->user.exists != YES)
		return error_set(error, ERROR_ACCOUNT, facts->user.exists == NO ? "there is no such account" :
		    strerror(facts->user.error), "make the account first, or name another with --user",
		    "cannot run a job as '%s'", options->user);
	if (options->group != NULL)
		text_copy(group, sizeof group, options->group);
	else
		accounts_group_name(&session->host, facts->user.identity.gid, group);
	accounts_group(&session->host, group, &facts->group);
	if (facts->group.exists != YES)
		return error_set(error, ERROR_ACCOUNT, facts->group.exists == NO ? "there is no such group" :
		    strerror(facts->group.error), "make the group first, or name another with --group",
		    "cannot run a job in group '%s'", group);
	if (job_to_plist(options, &facts->user, group, &plist, error) == -1)
		return -1;
	result = promise_from_plist(promise, plist, error);
	bytes_free(&plist);
	promise->uid = facts->user.identity.uid;
	promise->gid = facts->group.gid;
	if (options->settle >= 0)
		promise->settle = options->settle;
	return result == -1 ? -1 : promise_peers(session, promise, error);
}

/* The receipt of an earlier install, if there is one: 0 with *there set, or -1. */
static int
receipt_read(struct session *session, const char *label, struct promise *receipt, struct facts *facts, bool *there,
    struct error *error)
{
	int result = inspect_receipt(&session->host, label, receipt, &facts->receipt, &facts->receipt_bytes, error);

	*there = result == 0;
	return result == 0 || facts->receipt.exists == NO ? 0 : -1;
}

/* Nothing is to be done: is the job also well? Equal but unhealthy: change nothing, say so. */
static int
check_unchanged(struct session *session, const struct promise *promise, struct facts *facts, struct error *error)
{
	struct error sick;

	if (!facts->offline && facts->loaded == YES && watch_job(&session->host, promise, facts, 0, &sick) == -1)
		return error_set(error, ERROR_NO, sick.why, sick.fix[0] != '\0' ? sick.fix : "see: lnpctl verify",
		    "'%s' is installed as asked, but it is not healthy", promise->label);
	report_line(session, "unchanged: %s", promise->label);
	return 0;
}

static int
plan_and_apply(struct session *session, struct promise *promise, const struct promise *receipt, struct facts *facts,
    struct error *error)
{
	struct change *change = &session->change;
	struct wish wish = { .load = !session->options.no_load && !facts->offline };

	if (plan_install(&change->plan, promise, receipt, facts, wish, error) == -1)
		return -1;
	if (!plan_changes(&change->plan))
		return check_unchanged(session, promise, facts, error);
	if (change_apply(session, change, promise, facts, error) == -1)
		return -1;
	if (!session->options.dry_run)
		report_line(session, "installed: %s", promise->label);
	/* Apple exempts every daemon, users saw those of login accounts refused: say what nobody has tried. */
	if (!session->options.dry_run && promise->peer_count == 0 && promise->uid >= LOGIN_UID)
		report_line(session, "not proved: whether '%s' reaches the local network as '%s'; to prove it: sudo lnpctl "
		    "probe --label %s HOST:PORT", promise->label, promise->user, promise->label);
	return 0;
}

/* What the machine looks like now, as verify would say it. */
static void
check_again(struct session *session, const struct promise *promise, const struct facts *first)
{
	struct facts now = { .user = first->user, .group = first->group };
	double steady = first->steady;

	inspect(&session->host, promise, INSPECT_ALL, &now);
	memcpy(now.peers, first->peers, sizeof now.peers);
	if (now.steady < steady && now.service.pid == first->service.pid)
		now.steady = steady;
	check_all(promise, &now, &session->change.findings);
	inspect_free(&now);
}

static void
report_checks(struct session *session, const char *label)
{
	const struct findings *findings = &session->change.findings;
	bool told = false;

	for (size_t i = 0; i < findings->count; i++)
		told = told || findings->rows[i].verdict == VERDICT_WARN || findings->rows[i].verdict == VERDICT_FAIL;
	/* A job that is to be loaded at the next boot does not run yet, and need not. */
	if ((told && !session->options.no_load) || session->options.verbose)
		report_findings(session, label, findings);
}

/* The last step, when the job is in place: whatever comes of it, the job stays. */
static int
ask_peers(struct session *session, const struct promise *promise, struct facts *facts, struct error *error)
{
	if (session->options.dry_run || session->options.no_load || facts->offline || promise->peer_count == 0)
		return 0;
	inspect(&session->host, promise, INSPECT_LAUNCHD, facts);
	return probe_peers(session, promise, facts, true, error);
}

static int
judge_peers(const struct session *session, const struct promise *promise, struct error *error)
{
	const struct findings *findings = &session->change.findings;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->rows[i];

		if (strcmp(finding->id, "peer") != 0 || session->options.no_load ||
		    (finding->verdict != VERDICT_FAIL && finding->verdict != VERDICT_UNKNOWN))
			continue;
		return error_set(error, finding->verdict == VERDICT_FAIL ? ERROR_NO : ERROR_UNSURE, finding->message,
		    finding->fix, "'%s' is installed, but %s", promise->label,
		    finding->verdict == VERDICT_FAIL ? "a peer is blocked" : "a peer was not reached");
	}
	return 0;
}

int
command_install(struct session *session, struct error *error)
{
	struct promise promise = { .label = "" }, receipt = { .label = "" };
	struct facts facts = { .root = false };
	bool installed = false;
	int locked = -1, result = -1;

	text_copy(session->change.label, NAME_SIZE, session->options.label == NULL ? "" : session->options.label);
	if (job_check(&session->options, error) == -1 || promise_make(session, &promise, &facts, error) == -1 ||
	    change_lock(session, &locked, error) == -1 ||
	    receipt_read(session, promise.label, &receipt, &facts, &installed, error) == -1)
		goto out;
	inspect(&session->host, &promise, INSPECT_ALL, &facts);
	result = plan_and_apply(session, &promise, installed ? &receipt : NULL, &facts, error);
	if (result == 0 && !session->options.dry_run) {
		promise.changing = false;
		result = ask_peers(session, &promise, &facts, error);
		check_again(session, &promise, &facts);
		report_checks(session, promise.label);
		if (result == 0)
			result = judge_peers(session, &promise, error);
	}
out:
	if (locked != -1)
		close(locked);
	inspect_free(&facts);
	promise_free(&receipt);
	promise_free(&promise);
	return result;
}
