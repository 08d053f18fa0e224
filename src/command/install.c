/* install: turn options into a job, then plan, apply and check it. */
#include <stdlib.h>
#include <string.h>

#include "amend.h"
#include "change.h"
#include "install_from.h"
#include "install.h"
#include "jobs.h"
#include "probe.h"
#include "report.h"
#include "core/job/label.h"
#include "core/job/job.h"
#include "core/lint/lint.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/state.h"

#define LOGIN_UID	500	/* macOS gives login accounts 501 and up */

struct install {			/* one run of install; large */
	struct change	 change;
	struct from	 from;
	bool		 named_group;	/* by an option, not by that file */
	struct migration migration;	/* the logs of an untrusted --from that moved */
	struct lint_report findings;	/* about the plist that is written */
};

int
install_accounts(const struct host *host, const struct options *options, struct facts *facts,
    struct error *error)
{
	accounts_user(host, options->user, &facts->user);
	if (job_check_user(&facts->user, options->user, error) == -1)
		return -1;
	if (options->group != NULL)
		accounts_group(host, options->group, &facts->group);
	else
		accounts_own_group(host, &facts->user, &facts->group);
	return job_check_group(&facts->group, options->group != NULL ? options->group :
	    facts->group.name, error);
}

static int
install_add_peers(struct session *session, struct spec *spec, struct error *error)
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
		text_copy(spec->peers[spec->peer_count++], PEER_SIZE, peer.text);
	}
	return 0;
}

int
install_spec(struct session *session, struct change *change, const struct migration *migration,
    struct error *error)
{
	struct receipt *next = &change->next;

	if (spec_from_file(&next->spec, &change->plist, error) == -1)
		return -1;
	next->spec.uid = change->facts.user.identity.uid;
	next->spec.gid = change->facts.group.gid;
	if (session->options.settle >= 0)
		next->spec.settle = session->options.settle;
	if (session->options.max_starts >= 0)
		next->spec.max_starts = (unsigned)session->options.max_starts;
	for (int i = 0; i < 2; i++)
		next->spec.account_log[i] = migration->account_log[i] &&
		    spec_has_log(&next->spec, i);
	return install_add_peers(session, &next->spec, error);
}

/* The logs that an account's plist names are made as the account, and only below its home. */
static void
install_place_logs(struct session *session, struct install *install)
{
	const struct account *user = &install->change.facts.user;
	const char *name = session->options.user;
	struct migrate_goal goal = { .options = &session->options, .user = user, .agent_home = "",
	    .same_account = from_is_of(session, user->identity.uid) };

	if (!goal.same_account)
		report_line(session, "warning: that file is writable by users other than %s: read "
		    "it, for what it names will run as %s", name, name);
	session->options.account_label = true;
	install->from.placed = migrate_logs(install->from.tree, &goal, &install->migration);
	report_migration(session, &install->migration);
}

/*
 * Return whether version 0.1 installed the job exactly as the file of --from has it. Then those who
 * can change the file gain nothing by it. Asked before the lock is taken, and again while it is
 * held.
 */
static bool
install_is_from_before(const struct session *session, struct install *install)
{
	struct receipt *receipt = &install->change.receipt;
	const struct facts *facts = &install->change.facts;
	struct options options = session->options;
	struct plist_file plist;
	struct error ignored;
	bool result;

	if (!inspect_has_receipt(&session->host, session->options.label, receipt))
		return false;
	options.installed = &receipt->spec;
	result = job_to_plist_from(&options, install->from.tree, facts->group.name, NULL,
	    &plist, &ignored) == 0 && receipt_is_from_before(receipt, facts->user.identity.uid,
	    facts->group.gid, plist.bytes);
	plist_file_free(&plist);
	receipt_free(receipt);
	return result;
}

/* Check what an untrusted file asks for, unless version 0.1 has installed just that. */
static int
install_check_from(struct session *session, struct install *install, struct error *error)
{
	struct from *from = &install->from;

	from->installed = from->tree != NULL && install_is_from_before(session, install);
	from->label_untrusted = from->label_untrusted && !from->installed;
	if (!from->untrusted || from->installed)
		return 0;
	if (from_check(session, &from->grants, error) == -1)
		return -1;
	install_place_logs(session, install);
	return 0;
}

static int
install_make_spec(struct session *session, struct install *install, struct error *error)
{
	const struct options *options = &session->options;
	struct change *change = &install->change;
	struct from *from = &install->from;
	const char *group = change->facts.group.name;

	if ((from->tree == NULL ?
	    job_to_plist(options, &change->facts.user, group, &install->findings, &change->plist,
	    error) :
	    job_to_plist_from(options, from->placed != NULL ? from->placed : from->tree, group,
	    &install->findings, &change->plist, error)) == -1 ||
	    install_spec(session, change, &install->migration, error) == -1)
		return -1;
	change->next.spec.account_label = from->label_untrusted;
	return 0;
}

int
install_receipt(const struct host *host, const char *label, struct change *change,
    struct error *error)
{
	struct file_fact *fact = &change->facts.receipt.file;

	if (inspect_receipt(host, label, &change->plist, &change->receipt, fact,
	    &change->facts.receipt.bytes, error) == 0)
		change->installed = &change->receipt;
	return change->installed != NULL || fact->exists == NO ? 0 : -1;
}

/*
 * Another lnpctl may have changed the job before we took the lock; and an untrusted file must not
 * replace another account's job by using its label.
 */
static int
install_refuse(const struct session *session, const struct install *install, struct error *error)
{
	const struct receipt *next = &install->change.next,
	    *installed = install->change.installed;
	const struct from *from = &install->from;
	char alone[NAME_SIZE], fix[NAME_SIZE + 32];

	if (installed == NULL && label_without_ending(next->spec.label, alone)) {
		text_format(fix, sizeof fix, "give the label alone: %s", alone);
		return error_set(error, ERROR_DATA, "a label is not the name of a file", fix,
		    "cannot use the label '%s'", next->spec.label);
	}
	if (from->installed && (installed == NULL ||
	    !receipt_is_from_before(installed, next->spec.uid, next->spec.gid,
	    next->spec.plist)))
		return error_set(error, ERROR_BUSY, "another lnpctl changed it in the meantime",
		    "run the same command again", "cannot install '%s'", next->spec.label);
	if (!from->label_untrusted)
		return 0;
	if (label_check_account(next->spec.label, error) == -1)
		return -1;
	if (!session->options.replace && (installed == NULL || installed->spec.uid ==
	    next->spec.uid))
		return 0;
	return error_set(error, ERROR_DATA, "the label comes from a file that others can change",
	    "to confirm the label, give it with --label",
	    "cannot replace the job '%s'", next->spec.label);
}

/* An installed job keeps the logs that version 0.1 named. */
static int
install_keep_logs(struct session *session, struct install *install, struct error *error)
{
	struct change *change = &install->change;

	if (change->installed != NULL)
		session->options.installed = &change->installed->spec;
	if (!job_keeps_log(&session->options))
		return 0;
	plist_file_free(&change->plist);
	receipt_free(&change->next);
	return install_make_spec(session, install, error);
}

/* Keep what the options do not say: the modes, and the agent that the job was. */
static void
install_keep(struct install *install)
{
	const struct spec *installed = install->change.installed == NULL ? NULL :
	    &install->change.installed->spec;
	struct spec *spec = &install->change.next.spec;

	spec->log_mode = spec_choose_log_mode(spec, installed, install->named_group);
	if (installed != NULL)
		spec->agent = installed->agent;
	if (install->from.tree != NULL && !install->from.installed)
		spec->mode = spec_mode(install->from.mode);
	else if (installed != NULL)
		spec->mode = installed->mode;
}

/* Apple exempts every daemon, but users saw those of login accounts refused: say so once. */
static void
install_report_untested(struct session *session, const struct spec *spec)
{
	if (spec->peer_count == 0 && spec->uid >= LOGIN_UID)
		report_line(session, "not tested: whether '%s' can reach the local network as user "
		    "'%s'. To test: sudo lnpctl probe --label %s HOST:PORT", spec->label,
		    spec->user, spec->label);
}

/* The last step: the job stays installed, whatever the result. */
static int
install_check_peers(struct session *session, struct change *change, struct error *error)
{
	const struct receipt *next = &change->next;
	struct facts *facts = &change->facts;
	struct check_draft peer;

	if (next->spec.peer_count == 0 || facts->offline || session->options.no_load)
		return 0;
	if (check_one("peer", next, facts, &peer) != VERDICT_PASS) {
		state_look(&session->host, next->spec.label, facts);
		if (probe_peers(session, &next->spec, facts, true, error) == -1)
			return -1;
		check_all(next, facts, &change->findings);
		check_one("peer", next, facts, &peer);
	}
	if (peer.verdict != VERDICT_FAIL && peer.verdict != VERDICT_UNKNOWN)
		return 0;
	return error_set(error, peer.verdict == VERDICT_FAIL ? ERROR_FAILED : ERROR_UNKNOWN,
	    peer.message, peer.fix, "'%s' is installed, but %s", next->spec.label,
	    peer.verdict == VERDICT_FAIL ? "a peer is blocked" : "a peer was not reached");
}

static void
install_report_checks(struct session *session, const char *label,
    const struct check_report *findings)
{
	bool bad = false;

	for (size_t i = 0; i < findings->count; i++)
		bad = bad || findings->rows[i].verdict == VERDICT_WARN ||
		    findings->rows[i].verdict == VERDICT_FAIL;
	/* With --no-load the job does not have to run yet. */
	if ((bad && !session->options.no_load) || session->options.verbose)
		report_findings(session, label, findings);
}

int
install_change(struct session *session, struct change *change, const char *done,
    struct error *error)
{
	const struct receipt *next = &change->next;
	struct check_draft stable;
	int result;

	change->options.replace = session->options.replace;
	change->options.load = !session->options.no_load && !change->facts.offline;
	if (change_begin(session, change, error) == -1)
		return -1;
	report_lost(session, change);
	if (change_end(session, change, error) == -1)
		return -1;
	if (session->options.dry_run)
		return 0;
	if (change->changed) {
		report_line(session, "%s: %s", done, next->spec.label);
		if (change->installed == NULL)
			install_report_untested(session, &next->spec);
	}
	result = install_check_peers(session, change, error);
	install_report_checks(session, next->spec.label, &change->findings);
	if (result == -1 || session->options.no_load || change->facts.offline ||
	    check_one("stable", next, &change->facts, &stable) != VERDICT_FAIL)
		return result;
	return error_set(error, ERROR_FAILED, stable.message, stable.fix,
	    "'%s' is installed, but unhealthy", next->spec.label);
}

/* Our own access may come from the terminal's privacy rights, which the job does not have. */
static void
install_report_protected(struct session *session, const struct change *change)
{
	char text[PATH_SIZE + 256];

	for (size_t i = 0; plan_protected(&change->next.spec, &change->facts, i, text,
	    sizeof text);
	    i++)
		if (text[0] != '\0')
			report_line(session, "warning: %s", text);
}

/* Report what lint warns of in a new plist; of protected directories the facts know more. */
static void
install_report_findings(struct session *session, const struct install *install)
{
	const struct change *change = &install->change;

	if (change->installed != NULL &&
	    bytes_equal(change->next.spec.plist, change->installed->spec.plist))
		return;
	for (size_t i = 0; i < install->findings.count; i++) {
		const struct lint_finding *row = &install->findings.rows[i];

		if (lint_concerns_install(row) && strcmp(row->id, "protected-folder") != 0)
			report_line(session, "warning: %s%s%s (%s)", row->key,
			    row->key[0] == '\0' ? "" : ": ", row->message, row->id);
	}
}

/*
 * Return whether the command line has no program, and means a job that is installed. With --user it
 * may mean a new one, whose program was forgotten.
 */
static bool
install_amends(const struct session *session, struct install *install, char label[NAME_SIZE])
{
	const struct options *options = &session->options;
	struct receipt *receipt = &install->change.receipt;

	if (options->label == NULL || options->operand_count > 0 || options->from != NULL)
		return false;
	jobs_label(&session->host, options->label, label);
	if (!inspect_has_receipt(&session->host, label, receipt))
		return options->user == NULL;
	receipt_free(receipt);
	return true;
}

static int
install_amend(struct session *session, struct change *change, const char *label,
    struct error *error)
{
	change_look_up(&session->host, label);
	if (change_lock(session, error) == -1)
		return -1;
	if (amend_one(session, change, label, true, error) == 0)
		return 0;
	return change->facts.receipt.file.exists != NO ? -1 : error_set(error, ERROR_USAGE,
	    "there is no receipt", "to install it, give --user and -- PROGRAM; to list what is "
	    "installed: lnpctl status",
	    "lnpctl has not installed '%s'", label);
}

static int
install_run(struct session *session, struct install *install, struct error *error)
{
	struct change *change = &install->change;
	const struct options *options = &session->options;
	const struct host *host = &session->host;
	char label[NAME_SIZE];

	install->named_group = options->group != NULL;
	if (install_amends(session, install, label))
		return install_amend(session, change, label, error);
	if (from_read(session, &install->from, error) == -1)
		return -1;
	text_copy(change->label, NAME_SIZE, options->label == NULL ? "" : options->label);
	if (job_check(options, error) == -1 ||
	    install_accounts(host, options, &change->facts, error) == -1 ||
	    install_check_from(session, install, error) == -1 ||
	    install_make_spec(session, install, error) == -1 ||
	    change_lock(session, error) == -1 ||
	    install_receipt(host, options->label, change, error) == -1 ||
	    install_keep_logs(session, install, error) == -1 ||
	    install_refuse(session, install, error) == -1)
		return -1;
	install_keep(install);
	install_report_findings(session, install);
	change_inspect(host, change);
	install_report_protected(session, change);
	return install_change(session, change, "installed", error);
}

/* The job's members, and the same in "jobs", as the commands for several jobs answer. */
static void
install_answer(struct session *session, const struct change *change, const struct error *error)
{
	report_change_json(&session->jobs, change, session->options.dry_run);
	json_open(&session->jobs, "jobs", '[');
	change_answer(session, change, NULL, error);
	json_close(&session->jobs, ']');
}

int
command_install(struct session *session, struct error *error)
{
	struct install *install = calloc(1, sizeof *install);
	int result;

	if (install == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot start");
	result = install_run(session, install, error);
	install_answer(session, &install->change, result == -1 ? error : NULL);
	change_free(&install->change);
	from_free(&install->from);
	free(install);
	return result;
}
