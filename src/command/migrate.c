/* migrate: turn an agent into a daemon, as one plan over two domains; with --undo back. */
#include <stdlib.h>
#include <string.h>

#include "reapply.h"
#include "change.h"
#include "install.h"
#include "report.h"
#include "core/job/job.h"
#include "core/facts/loadable.h"
#include "core/facts/paste.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/launchctl.h"
#include "host/scan.h"

#define FIRST_LOGIN_UID	500
#define LOGINS_MAX	256

/* ---- which agent ---- */

struct receipts {			/* search for the receipt of an agent's path */
	struct session	*session;
	const char	*path;
	char		*label;		/* NAME_SIZE */
};

static void
migrate_match_receipt(void *context, const char *label)
{
	struct receipts *search = context;
	struct promise *receipt = &search->session->installation.receipt;

	if (!inspect_has_receipt(&search->session->host, label, receipt))
		return;
	if (strcmp(receipt->agent.path, search->path) == 0)
		text_copy(search->label, NAME_SIZE, label);
	promise_free(receipt);
}

/* Find the receipt of an already, or partly, migrated agent by label or plist path. */
static bool
migrate_find_migrated(struct session *session, const char *name, char label[NAME_SIZE])
{
	struct receipts search = { session, name, label };
	struct promise *receipt = &session->installation.receipt;
	struct error ignored;

	label[0] = '\0';
	if (strchr(name, '/') != NULL)
		inspect_labels(&session->host, migrate_match_receipt, &search, &ignored);
	else if (inspect_has_receipt(&session->host, name, receipt)) {
		if (receipt->agent.path[0] != '\0')
			text_copy(label, NAME_SIZE, name);
		promise_free(receipt);
	}
	return label[0] != '\0';
}

static int
migrate_not_found(struct session *session, const char *name, const struct scan *scan,
    struct error *error)
{
	struct file_fact fact = { .exists = NO };

	if (strchr(name, '/') == NULL)
		return error_set(error, scan->unseen_count > 0 ? ERROR_UNKNOWN : ERROR_FAILED,
		    scan->unseen_count > 0 ? scan->unseen[0] : "no plist of an agent has it",
		    "see: lnpctl scan",
		    "cannot find the agent '%s'", name);
	if (name[0] != '/')
		return error_set(error, ERROR_USAGE, "it is not a full path",
		    "give the full path, or the label",
		    "cannot use the agent '%s'", name);
	files_look(&session->host, name, FILES_STRICT, &fact);
	if (fact.exists != YES)
		return error_number(error, ERROR_FILE, fact.error, "cannot read the agent '%s'",
		    name);
	if (scan->unseen_count > 0 && strstr(name, AGENTS_DIRECTORY "/") != NULL)
		return error_set(error, ERROR_UNKNOWN, scan->unseen[0], "see: lnpctl scan",
		    "cannot determine whose agent '%s' is", name);
	return error_set(error, ERROR_DATA,
	    "launchd reads agents only in /Library/LaunchAgents and ~/Library/LaunchAgents",
	    "use: lnpctl install --from FILE", "'%s' is not an agent of this Mac", name);
}

/* Find the agent of that path or label; more than one: ERROR_DATA. */
static int
migrate_find_agent(struct session *session, const char *name, struct scan_job *agent,
    struct error *error)
{
	bool is_path = strchr(name, '/') != NULL;
	const struct scan_job *found = NULL;
	struct scan scan;
	int result = scan_agents(&session->host, &scan, error);

	for (size_t i = 0; result == 0 && i < scan.count; i++) {
		const struct scan_job *job = &scan.jobs[i];

		if (strcmp(is_path ? job->path : job->label, name) != 0)
			continue;
		if (found != NULL)
			result = error_set(error, ERROR_DATA, "more than one agent has this label",
			    "name one by its path", "cannot choose between '%s' and '%s'",
			    found->path, job->path);
		found = job;
	}
	if (result == 0 && found == NULL)
		result = migrate_not_found(session, name, &scan, error);
	else if (result == 0 && found->label[0] == '\0')
		result = error_set(error, ERROR_DATA, found->trouble, "see: lnpctl lint",
		    "cannot use the agent '%s'", found->path);
	else if (result == 0)
		*agent = *found;
	scan_free(&scan);
	return result;
}

/* ---- where launchd may have it ---- */

struct logins {				/* zeroed: not needed */
	uid_t	users[LOGINS_MAX];
	size_t	count;
	struct account unseen;		/* its record cannot be read; no name: there is none */
};

/*
 * Looked up before the lock is taken: an agent, and who may have it loaded; its account is in the
 * facts of the session's job.
 */
struct candidate {
	struct scan_job	agent;		/* no label: there is none */
	struct options	options;
	struct logins	logins;		/* for an agent of all users */
};

static void
migrate_add_login(void *context, const struct account *account)
{
	struct logins *logins = context;

	if (account->exists != YES)
		logins->unseen = *account;
	else if (account->identity.uid >= FIRST_LOGIN_UID && account->identity.uid < 0x7fffffffU &&
	    logins->count < LOGINS_MAX)
		logins->users[logins->count++] = account->identity.uid;
}

static int
migrate_find_logins(struct session *session, struct candidate *candidate, struct error *error)
{
	const struct account *unseen = &candidate->logins.unseen;

	if (accounts_each(&session->host, migrate_add_login, &candidate->logins, error) == -1)
		return -1;
	if (unseen->name[0] == '\0' || session->host.launchctl == NULL)
		return 0;
	return error_number(error, ERROR_FILE, unseen->error,
	    "cannot determine where '%s' is loaded, "
	    "because the record of the account '%s' cannot be read", candidate->agent.path,
	    unseen->name);
}

/* A /Library/LaunchAgents agent is loaded in every GUI session. */
static int
migrate_find_sessions(struct session *session, const struct logins *logins, struct promise *promise,
    struct error *error)
{
	struct agent *agent = &promise->agent;

	for (size_t i = 0; i < logins->count && session->host.launchctl != NULL; i++) {
		char target[PATH_SIZE], why[64];
		struct printed printed = { .target = target };

		text_format(target, sizeof target, "gui/%lu/%s", (unsigned long)logins->users[i],
		    promise->label);
		launchctl_print(&session->host, &printed, 1, NULL);
		if (answer_lacks_domain(&printed.answer))
			continue;
		if (agent->user_count == AGENT_USERS) {
			text_format(why, sizeof why, "more than %d users are logged in",
			    AGENT_USERS);
			return error_set(error, ERROR_DATA, why,
			    "have some of them log out, then try again", "cannot migrate '%s'",
			    agent->path);
		}
		agent->users[agent->user_count++] = logins->users[i];
	}
	return 0;
}

static int
migrate_fill_agent(struct session *session, const struct candidate *candidate,
    struct promise *promise, struct error *error)
{
	const struct scan_job *found = &candidate->agent;
	struct agent *agent = &promise->agent;

	text_copy(agent->path, sizeof agent->path, found->path);
	text_copy(agent->account, sizeof agent->account, found->account);
	if (found->account[0] == '\0')
		return migrate_find_sessions(session, &candidate->logins, promise, error);
	agent->users[agent->user_count++] = found->uid;
	return 0;
}

/* ---- the daemon ---- */

/*
 * Read the plist as launchd would read this account's agent: only root and that account may be able
 * to change it, itself, by another hard link or by a directory above it.
 */
static int
migrate_read_agent(struct session *session, const struct scan_job *agent,
    struct bytes *bytes, mode_t *mode, struct error *error)
{
	const struct host *host = &session->host;
	uid_t owner = agent->account[0] == '\0' ? host->owner : agent->uid;
	struct file_fact fact;
	const char *why;

	/* Below a home this reads as its account, which may have linked a secret of root's here. */
	if (files_read(host, agent->path, PROMISE_SIZE_MAX, bytes, &fact, error) == -1)
		return -1;
	*mode = promise_mode(fact.mode);
	why = loadable_objection(&fact, host->owner, owner);
	if (why == NULL && fact.links != 1)
		why = "it has another hard link, which may be another account's";
	else if (why == NULL && !files_is_of(host, agent->path, owner))
		why = "another account can change a directory above it";
	if (why == NULL)
		return 0;
	bytes_free(bytes);
	return error_set(error, ERROR_DATA, why,
	    "inspect it, then replace it with a file that only its account can write",
	    "cannot use the agent '%s'", agent->path);
}

static int
migrate_make_promise(struct session *session, const struct candidate *candidate,
    struct promise *promise, struct error *error)
{
	const struct scan_job *agent = &candidate->agent;
	const struct facts *facts = &session->installation.facts;
	struct migrate_goal goal = {
		.options = &candidate->options, .user = &facts->user, .agent_home = ""
	};
	struct bytes bytes, plist;
	char home[PATH_SIZE];
	mode_t mode;
	int result;

	if (migrate_read_agent(session, agent, &bytes, &mode, error) == -1)
		return -1;
	goal.group = facts->group.name;
	goal.same_account = agent->account[0] == '\0' ||
	    strcmp(agent->account, facts->user.name) == 0;
	/* /Users/worker/Library/LaunchAgents/x.plist: "/Users/worker" */
	text_format(home, sizeof home, "%.*s",
	    (int)(strstr(agent->path, AGENTS_DIRECTORY "/") - agent->path), agent->path);
	goal.agent_home = home[0] != '\0' ? home : facts->user.home;
	result = migrate_plist(bytes, &goal, session->migration, &plist, error);
	bytes_free(&bytes);
	if (result == -1)
		return -1;
	report_migration(session, session->migration);
	result = install_promise(session, plist, facts, promise, error);
	promise->mode = mode;
	promise->log_mode = promise_choose_log_mode(promise, NULL, session->options.group != NULL);
	promise->account_label = true;
	return result;
}

/* Set the options as for install, with the agent as --from. */
static int
migrate_make_options(struct session *session, const struct scan_job *agent, struct options *options,
    struct error *error)
{
	*options = session->options;
	options->operand_count = 0;
	options->from = agent->path;
	options->label = agent->label;
	options->whole_label = true;
	if (options->user == NULL && agent->account[0] == '\0')
		return error_set(error, ERROR_USAGE,
		    "this agent runs for every user; a daemon needs one account",
		    "name the account with --user", "--user is missing");
	if (options->user == NULL)
		options->user = agent->account;
	return job_check(options, error);
}

/* See change_look_up(). */
static int
migrate_find_candidate(struct session *session, const char *name, struct candidate *candidate,
    struct error *error)
{
	struct scan_job *agent = &candidate->agent;

	if (migrate_find_agent(session, name, agent, error) == -1)
		return -1;
	if (promise_account_label(agent->label, error) == -1 ||
	    migrate_make_options(session, agent, &candidate->options, error) == -1 ||
	    install_accounts(session, &candidate->options, &session->installation.facts,
	    error) == -1)
		return -1;
	return agent->account[0] != '\0' ? 0 : migrate_find_logins(session, candidate, error);
}

static int
migrate_agent(struct session *session, struct candidate *candidate, struct error *error)
{
	const struct options *options = &candidate->options;
	struct promise *promise = &session->installation.promise;
	struct facts *facts = &session->installation.facts;
	struct plan_options plan_options = { .replace = options->replace };
	int result = -1;

	if (migrate_make_promise(session, candidate, promise, error) == -1 ||
	    migrate_fill_agent(session, candidate, promise, error) == -1)
		goto out;
	inspect(&session->host, NULL, promise, facts);
	inspect_for_change(&session->host, promise, facts);
	plan_options.load = !options->no_load && !facts->offline;
	result = change_keep(session, promise, NULL, facts, plan_options, error);
	if (result == 0 && !options->dry_run) {
		report_line(session, "migrated: %s", promise->label);
		result = install_finish(session, promise, facts, error);
	}
out:
	change_release(&session->installation);
	return result;
}

/* Refuse if a daemon with that label is installed that is not this agent's. */
static int
migrate_refuse_installed(struct session *session, const struct scan_job *agent,
    struct error *error)
{
	struct promise *receipt = &session->installation.receipt;
	struct facts *facts = &session->installation.facts;
	bool there, others;

	if (install_receipt(session, agent->label, receipt, facts, &there, error) == -1)
		return -1;
	bytes_free(&facts->receipt.bytes);
	if (!there)
		return 0;
	others = agent->account[0] != '\0' && receipt->uid != agent->uid;
	promise_free(receipt);
	return error_set(error, ERROR_DATA,
	    others ? "a daemon of another account with this label is already installed" :
	    "a daemon with this label is already installed",
	    others ? "change the label of one of the two" :
	    "remove the agent's plist, or uninstall the daemon first", "cannot migrate '%s'",
	    agent->path);
}

static int
migrate_one(struct session *session, const char *name, struct error *error)
{
	struct candidate *candidate = session->candidate;
	char label[NAME_SIZE];

	session->change->label[0] = '\0';
	/* Already a daemon, or an earlier run was interrupted. */
	if (migrate_find_migrated(session, name, label)) {
		text_copy(session->change->label, NAME_SIZE, label);
		return reapply_one(session, label, (struct plan_options){ .restart = false },
		    error);
	}
	/* Another lnpctl may have undone a migration before we took the lock. */
	if (candidate->agent.label[0] == '\0' &&
	    migrate_find_candidate(session, name, candidate, error) == -1)
		return -1;
	text_copy(session->change->label, NAME_SIZE, candidate->agent.label);
	if (migrate_refuse_installed(session, &candidate->agent, error) == -1)
		return -1;
	return migrate_agent(session, candidate, error);
}

/* Look up everything that does not need the lock. */
static int
migrate_prepare(struct session *session, const char *name, struct error *error)
{
	struct change_loop loop = { session, error, ERROR_NONE, 0 };
	struct error failure;
	char label[NAME_SIZE];

	session->candidate = calloc(1, sizeof *session->candidate);
	if (session->candidate == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot start");
	if (migrate_find_migrated(session, name, label)) {
		change_look_up(session, label);
		return 0;
	}
	if (migrate_find_candidate(session, name, session->candidate, &failure) == 0)
		return 0;
	*error = failure;
	if (change_loop_begin(&loop, session->candidate->agent.label))
		change_loop_end(&loop, -1, &failure);
	return -1;
}

/* ---- back ---- */

static int
migrate_undo_one(struct session *session, const char *label, struct error *error)
{
	struct plan_options plan_options = { .delete_logs = session->options.delete_logs,
	    .restore_agent = true };
	int result = change_uninstall(session, label, plan_options, error);

	if (result == 0 && !session->options.dry_run)
		report_line(session, "undone: %s is an agent again", label);
	return result;
}

int
command_migrate(struct session *session, struct error *error)
{
	const struct options *options = &session->options;

	if (options->operand_count != 1)
		return error_set(error, ERROR_USAGE, NULL, "see: lnpctl help migrate",
		    options->operand_count == 0 ? "the agent is missing" : "one agent at a time");
	if (options->delete_logs && !options->undo)
		return error_set(error, ERROR_USAGE, NULL, NULL, "--delete-logs needs --undo");
	session->migration = calloc(1, sizeof *session->migration);
	if (session->migration == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot start");
	if (!options->undo && migrate_prepare(session, options->operands[0], error) == -1)
		return -1;
	return change_each(session, options->undo ? migrate_undo_one : migrate_one, error);
}
