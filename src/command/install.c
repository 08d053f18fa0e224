/* install: turn options into a job, then plan, apply and check it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "install_from.h"
#include "install.h"
#include "probe.h"
#include "report.h"
#include "core/job/job.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/state.h"

#define LOGIN_UID	500	/* macOS gives login accounts 501 and up */

int
install_accounts(struct session *session, const struct options *options, struct facts *facts,
    struct error *error)
{
	struct identity identity;

	accounts_user(&session->host, options->user, &facts->user);
	if (job_check_user(&facts->user, options->user, error) == -1)
		return -1;
	if (options->group != NULL)
		accounts_group(&session->host, options->group, &facts->group);
	else
		accounts_own_group(&session->host, &facts->user, &facts->group);
	identity = inspect_identity(facts);
	files_access_prefork(&session->host, &identity);
	return job_check_group(&facts->group, options->group != NULL ? options->group :
	    facts->group.name, error);
}

static int
install_add_peers(struct session *session, struct promise *promise, struct error *error)
{
	const struct words *peers = &session->options.peers;
	struct peer peer;

	for (size_t i = 0; i < peers->count; i++) {
		if (i == PEERS_MAX)
			return error_set(error, ERROR_USAGE, NULL, NULL, "more than %d peers",
			    PEERS_MAX);
		if (peer_parse(&peer, peers->items[i], error) == -1 ||
		    probe_check_peer(session, &peer, error) == -1)
			return -1;
		text_copy(promise->peers[promise->peer_count++], PEER_SIZE, peer.text);
	}
	return 0;
}

int
install_promise(struct session *session, struct bytes plist, const struct facts *facts,
    struct promise *promise, struct error *error)
{
	const struct options *options = &session->options;
	int result = promise_from_plist(promise, plist, error);

	bytes_free(&plist);
	promise->uid = facts->user.identity.uid;
	promise->gid = facts->group.gid;
	if (options->settle >= 0)
		promise->settle = options->settle;
	promise->account_label = session->label_is_untrusted;
	for (int i = 0; i < 2 && session->migration != NULL; i++)
		promise->account_log[i] = session->migration->account_log[i] &&
		    promise_has_log(promise, i);
	return result == -1 ? -1 : install_add_peers(session, promise, error);
}

/* The logs that an account's plist names are made as the account, and only below its home. */
static int
install_place_logs(struct session *session, const struct facts *facts, struct error *error)
{
	struct migrate_goal goal = { .options = &session->options, .user = &facts->user,
	    .agent_home = "" };
	struct bytes placed;

	session->migration = calloc(1, sizeof *session->migration);
	if (session->migration == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot use the plist of --from");
	goal.same_account = from_is_of(session, facts->user.identity.uid);
	if (!goal.same_account)
		report_line(session, "warning: that file is writable by users other than %s: read "
		    "it, for what it names will run as %s", session->options.user,
		    session->options.user);
	session->options.whole_label = true;
	if (migrate_logs(session->from_bytes, &goal, session->migration, &placed, error) == -1)
		return -1;
	bytes_free(&session->from_bytes);
	session->from_bytes = placed;
	report_migration(session, session->migration);
	return 0;
}

/*
 * Return whether version 0.1 installed the job exactly as the file of --from has it. Then those who
 * can change the file gain nothing by it. Asked before the lock is taken, and again while it is
 * held.
 */
static bool
install_is_from_before(struct session *session, const struct facts *facts)
{
	struct promise *receipt = &session->installation.receipt;
	struct bytes plist;
	struct file_fact fact;
	struct error ignored;
	bool result;

	if (inspect_receipt(&session->host, session->options.label, receipt, &fact, NULL,
	    &ignored) == -1)
		return false;
	result = job_to_plist_from(&session->options, session->from_bytes, facts->group.name,
	    &plist, &ignored) == 0 && promise_is_from_before(receipt, facts->user.identity.uid,
	    facts->group.gid, plist);
	bytes_free(&plist);
	promise_free(receipt);
	return result;
}

/* Check what an untrusted file asks for, unless version 0.1 has installed just that. */
static int
install_check_from(struct session *session, const struct facts *facts, struct error *error)
{
	if (session->from == NULL)
		return 0;
	session->from_is_installed = install_is_from_before(session, facts);
	if (session->from_is_installed)
		session->label_is_untrusted = false;
	if (!session->from_is_untrusted || session->from_is_installed)
		return 0;
	return from_check(session, error) == -1 ? -1 : install_place_logs(session, facts, error);
}

static int
install_make_promise(struct session *session, struct promise *promise, struct facts *facts,
    struct error *error)
{
	const struct options *options = &session->options;
	const char *group = facts->group.name;
	struct bytes plist;

	if (install_accounts(session, options, facts, error) == -1 ||
	    install_check_from(session, facts, error) == -1)
		return -1;
	if ((session->from == NULL ? job_to_plist(options, &facts->user, group, &plist, error) :
	    job_to_plist_from(options, session->from_bytes, group, &plist, error)) == -1)
		return -1;
	return install_promise(session, plist, facts, promise, error);
}

int
install_receipt(struct session *session, const char *label, struct promise *receipt,
    struct facts *facts, bool *there, struct error *error)
{
	int result = inspect_receipt(&session->host, label, receipt, &facts->receipt.file,
	    &facts->receipt.bytes, error);

	*there = result == 0;
	return result == 0 || facts->receipt.file.exists == NO ? 0 : -1;
}

/* An untrusted file must not replace another account's job by using its label. */
static int
install_refuse_label(const struct session *session, const struct promise *promise,
    const struct promise *installed, struct error *error)
{
	if (session->label_is_untrusted && promise_account_label(promise->label, error) == -1)
		return -1;
	if (!session->label_is_untrusted ||
	    (!session->options.replace && (installed == NULL || installed->uid == promise->uid)))
		return 0;
	return error_set(error, ERROR_DATA, "the label comes from a file that others can change",
	    "to confirm the label, give it with --label",
	    "cannot replace the job '%s'", promise->label);
}

/* Another lnpctl may have changed the job before we took the lock. */
static int
install_refuse_changed(const struct session *session, const struct promise *promise,
    const struct promise *installed, struct error *error)
{
	if (!session->from_is_installed || (installed != NULL &&
	    promise_is_from_before(installed, promise->uid, promise->gid, promise->plist)))
		return 0;
	return error_set(error, ERROR_BUSY, "another lnpctl changed it in the meantime",
	    "run the same command again", "cannot install '%s'", promise->label);
}

/* Apple exempts every daemon, but users saw those of login accounts refused: say so if untested. */
static void
install_report_untested(struct session *session, const struct promise *promise)
{
	if (promise->peer_count == 0 && promise->uid >= LOGIN_UID)
		report_line(session, "not tested: whether '%s' can reach the local network as user "
		    "'%s'. To test: sudo lnpctl probe --label %s HOST:PORT", promise->label,
		    promise->user, promise->label);
}

static const struct check_result *
install_find_peer(const struct check_report *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->rows[i].id, "peer") == 0)
			return &findings->rows[i];
	return NULL;
}

/* The last step: the job stays installed, whatever the result. */
static int
install_check_peers(struct session *session, const struct promise *promise, struct facts *facts,
    struct error *error)
{
	struct check_report *findings = &session->change->findings;
	const struct check_result *found = install_find_peer(findings);

	if (promise->peer_count == 0 || facts->offline || session->options.no_load || found == NULL)
		return 0;
	if (found->verdict != VERDICT_PASS) {
		state_look(&session->host, promise->label, facts);
		if (probe_peers(session, promise, facts, true, error) == -1)
			return -1;
		check_again("peer", promise, facts, findings);
	}
	if (found->verdict != VERDICT_FAIL && found->verdict != VERDICT_UNKNOWN)
		return 0;
	return error_set(error, found->verdict == VERDICT_FAIL ? ERROR_FAILED : ERROR_UNKNOWN,
	    found->message, found->fix, "'%s' is installed, but %s", promise->label,
	    found->verdict == VERDICT_FAIL ? "a peer is blocked" : "a peer was not reached");
}

static void
install_report_checks(struct session *session, const char *label)
{
	const struct check_report *findings = &session->change->findings;
	bool bad = false;

	for (size_t i = 0; i < findings->count; i++)
		bad = bad || findings->rows[i].verdict == VERDICT_WARN ||
		    findings->rows[i].verdict == VERDICT_FAIL;
	/* With --no-load the job does not have to run yet. */
	if ((bad && !session->options.no_load) || session->options.verbose)
		report_findings(session, label, findings);
}

int
install_finish(struct session *session, const struct promise *promise, struct facts *facts,
    struct error *error)
{
	int result;

	if (session->change->changed)
		install_report_untested(session, promise);
	result = install_check_peers(session, promise, facts, error);
	install_report_checks(session, promise->label);
	return result;
}

/* Our own access may come from the terminal's privacy rights, which the job does not have. */
static void
install_report_protected(struct session *session, const struct promise *promise,
    const struct facts *facts)
{
	char text[PATH_SIZE + 256];

	for (size_t i = 0; plan_protected(promise, facts, i, text, sizeof text); i++)
		if (text[0] != '\0')
			report_line(session, "warning: %s", text);
}

int
command_install(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	struct promise *promise = &session->installation.promise;
	struct promise *receipt = &session->installation.receipt;
	struct facts *facts = &session->installation.facts;
	struct plan_options plan_options = { .replace = options->replace };
	bool installed = false, named = options->group != NULL;
	int locked = -1, result = -1;

	if (from_read(session, error) == -1)
		return -1;
	text_copy(session->change->label, NAME_SIZE, options->label == NULL ? "" : options->label);
	if (job_check(options, error) == -1 ||
	    install_make_promise(session, promise, facts, error) == -1 ||
	    change_lock(session, &locked, error) == -1 ||
	    install_receipt(session, promise->label, receipt, facts, &installed, error) == -1 ||
	    install_refuse_changed(session, promise, installed ? receipt : NULL, error) == -1 ||
	    install_refuse_label(session, promise, installed ? receipt : NULL, error) == -1)
		goto out;
	if (installed)
		promise->agent = receipt->agent;
	promise->log_mode = promise_choose_log_mode(promise, installed ? receipt : NULL, named);
	if (session->from != NULL && !session->from_is_installed)
		promise->mode = promise_mode(session->from_mode);
	else if (installed)
		promise->mode = receipt->mode;
	inspect(&session->host, NULL, promise, facts);
	inspect_for_change(&session->host, promise, facts);
	install_report_protected(session, promise, facts);
	plan_options.load = !options->no_load && !facts->offline;
	result = change_keep(session, promise, installed ? receipt : NULL, facts, plan_options,
	    error);
	if (result == 0 && !options->dry_run && session->change->changed)
		report_line(session, "installed: %s", promise->label);
	if (result == 0 && !options->dry_run)
		result = install_finish(session, promise, facts, error);
out:
	if (locked != -1)
		close(locked);
	change_release(&session->installation);
	return result;
}
