/* migrate: turn an agent into a daemon, as one plan over two domains; with --undo back. */
#include <stdlib.h>
#include <string.h>

#include "amend.h"
#include "reapply.h"
#include "change.h"
#include "install.h"
#include "jobs.h"
#include "report.h"
#include "core/job/label.h"
#include "core/job/job.h"
#include "core/facts/loadable.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/launchctl.h"
#include "host/scan.h"

#define FIRST_LOGIN_UID	500
#define LOGINS_MAX	256

struct logins {				/* zeroed: not needed */
	uid_t	users[LOGINS_MAX];
	size_t	count;
	struct account unseen;		/* its record cannot be read; no name: there is none */
};

struct migrate {			/* one run; large */
	struct change	 change;	/* its accounts and the next two are looked up before the
					   lock is taken */
	struct scan_job	 agent;		/* label empty: not found yet */
	struct logins	 logins;	/* of an agent of all users: who may have it loaded */
	struct options	 options;	/* with the agent as --from */
	struct migration migration;	/* the fate of each key */
};

/* ---- which agent ---- */

/* Find the receipt of an already, or partly, migrated agent by label or plist path. */
static bool
migrate_find_migrated(const struct host *host, const char *name, char label[NAME_SIZE])
{
	static struct receipt receipt;	/* large */
	struct labels labels;
	struct error ignored;

	label[0] = '\0';
	inspect_labels(host, &labels, &ignored);
	for (size_t i = 0; i < labels.count; i++)
		if (inspect_has_receipt(host, labels.names[i], &receipt)) {
			if (receipt.spec.agent.path[0] != '\0' &&
			    (strcmp(labels.names[i], name) == 0 ||
			    strcmp(receipt.spec.agent.path, name) == 0))
				text_copy(label, NAME_SIZE, labels.names[i]);
			receipt_free(&receipt);
		}
	free(labels.names);
	return label[0] != '\0';
}

static int
migrate_not_found(const struct host *host, const char *name, const struct scan *scan,
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
	files_look(host, name, FILES_STRICT, &fact);
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
migrate_find_agent(const struct host *host, const char *name, struct scan_job *agent,
    struct error *error)
{
	bool is_path = strchr(name, '/') != NULL;
	const struct scan_job *found = NULL;
	struct scan scan;
	int result = scan_collect(host, true, &scan, error);

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
		result = migrate_not_found(host, name, &scan, error);
	else if (result == 0 && found->label[0] == '\0')
		result = error_set(error, ERROR_DATA, found->trouble, "see: lnpctl lint",
		    "cannot use the agent '%s'", found->path);
	else if (result == 0)
		*agent = *found;
	scan_free(&scan);
	return result;
}

/* ---- where launchd may have it ---- */

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
migrate_find_logins(const struct host *host, const struct scan_job *agent, struct logins *logins,
    struct error *error)
{
	if (accounts_each(host, migrate_add_login, logins, error) == -1)
		return -1;
	if (logins->unseen.name[0] == '\0' || host->launchctl == NULL)
		return 0;
	return error_number(error, ERROR_FILE, logins->unseen.error,
	    "cannot determine where '%s' is loaded, "
	    "because the record of the account '%s' cannot be read", agent->path,
	    logins->unseen.name);
}

/* A /Library/LaunchAgents agent is loaded in every GUI session. */
static int
migrate_find_sessions(const struct host *host, const struct logins *logins, const char *label,
    struct agent *agent, struct error *error)
{
	for (size_t i = 0; i < logins->count && host->launchctl != NULL; i++) {
		char target[PATH_SIZE], why[64];
		struct printed printed = { .target = target };

		text_format(target, sizeof target, "gui/%lu/%s", (unsigned long)logins->users[i],
		    label);
		launchctl_print(host, &printed, 1);
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
migrate_fill_agent(const struct host *host, struct migrate *migrate, struct error *error)
{
	const struct scan_job *found = &migrate->agent;
	struct agent *agent = &migrate->change.next.spec.agent;

	text_copy(agent->path, sizeof agent->path, found->path);
	text_copy(agent->account, sizeof agent->account, found->account);
	if (found->account[0] == '\0')
		return migrate_find_sessions(host, &migrate->logins, found->label, agent, error);
	agent->users[agent->user_count++] = found->uid;
	return 0;
}

/* ---- the daemon ---- */

/*
 * Read the plist as launchd would read this account's agent: only root and that account may be able
 * to change it, itself, by another hard link or by a directory above it.
 */
static int
migrate_read_agent(const struct host *host, const struct scan_job *agent, struct bytes *bytes,
    mode_t *mode, struct error *error)
{
	uid_t owner = agent->account[0] == '\0' ? host->owner : agent->uid;
	struct file_fact fact;
	const char *why;

	/* Below a home this reads as its account, which may have linked a secret of root's here. */
	if (files_read(host, agent->path, SPEC_SIZE_MAX, bytes, &fact, error) == -1)
		return -1;
	*mode = spec_mode(fact.mode);
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
migrate_make_spec(struct session *session, struct migrate *migrate, struct error *error)
{
	const struct scan_job *agent = &migrate->agent;
	struct receipt *next = &migrate->change.next;
	const struct facts *facts = &migrate->change.facts;
	char home[PATH_SIZE];
	struct migrate_goal goal = {
		.options = &migrate->options, .user = &facts->user, .group = facts->group.name,
		.agent_home = home, .same_account = agent->account[0] == '\0' ||
		    strcmp(agent->account, facts->user.name) == 0,
	};
	struct bytes bytes;
	mode_t mode;
	int result;

	if (migrate_read_agent(&session->host, agent, &bytes, &mode, error) == -1)
		return -1;
	/* /Users/worker/Library/LaunchAgents/x.plist: "/Users/worker" */
	text_format(home, sizeof home, "%.*s",
	    (int)(strstr(agent->path, AGENTS_DIRECTORY "/") - agent->path), agent->path);
	if (home[0] == '\0')
		goal.agent_home = facts->user.home;
	result = migrate_plist(bytes, &goal, &migrate->migration, &migrate->change.plist, error);
	bytes_free(&bytes);
	if (result == -1)
		return -1;
	report_migration(session, &migrate->migration);
	result = install_spec(session, &migrate->change, &migrate->migration, error);
	next->spec.mode = mode;
	next->spec.log_mode = spec_choose_log_mode(&next->spec, NULL,
	    session->options.group != NULL);
	next->spec.account_label = true;
	return result;
}

/* Set the options as for install, with the agent as --from. */
static int
migrate_make_options(const struct options *given, const struct scan_job *agent,
    struct options *options, struct error *error)
{
	*options = *given;
	options->operand_count = 0;
	options->from = agent->path;
	options->label = agent->label;
	options->account_label = true;
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
migrate_look_up(const struct session *session, struct migrate *migrate, const char *name,
    struct error *error)
{
	const struct host *host = &session->host;
	struct scan_job *agent = &migrate->agent;

	if (migrate_find_agent(host, name, agent, error) == -1)
		return -1;
	text_copy(migrate->change.label, NAME_SIZE, agent->label);
	if (label_check_account(agent->label, error) == -1 ||
	    migrate_make_options(&session->options, agent, &migrate->options, error) == -1 ||
	    install_accounts(host, &migrate->options, &migrate->change.facts, error) == -1)
		return -1;
	return agent->account[0] != '\0' ? 0 : migrate_find_logins(host, agent, &migrate->logins,
	    error);
}

/* Refuse if a daemon with that label is installed that is not this agent's. */
static int
migrate_refuse_installed(const struct host *host, struct change *change,
    const struct scan_job *agent, struct error *error)
{
	bool others;

	if (install_receipt(host, agent->label, change, error) == -1)
		return -1;
	if (change->installed == NULL)
		return 0;
	others = agent->account[0] != '\0' && change->installed->spec.uid != agent->uid;
	return error_set(error, ERROR_DATA,
	    others ? "a daemon of another account with this label is already installed" :
	    "a daemon with this label is already installed",
	    others ? "change the label of one of the two" :
	    "remove the agent's plist, or uninstall the daemon first", "cannot migrate '%s'",
	    agent->path);
}

static int
migrate_agent(struct session *session, struct migrate *migrate, const char *name,
    struct error *error)
{
	const struct host *host = &session->host;
	struct change *change = &migrate->change;
	char label[NAME_SIZE];

	if (migrate_find_migrated(host, name, label))
		change_look_up(host, label);
	else if (migrate_look_up(session, migrate, name, error) == -1)
		return -1;
	if (change_lock(session, error) == -1)
		return -1;
	/* Already a daemon, or an earlier run was interrupted. */
	if (migrate_find_migrated(host, name, label)) {
		change_clear(change);
		return amend_is_asked(&session->options) ?
		    amend_one(session, change, label, false, error) :
		    reapply_one(session, change, label, error);
	}
	/* Another lnpctl may have undone a migration before we took the lock. */
	if ((migrate->agent.label[0] == '\0' &&
	    migrate_look_up(session, migrate, name, error) == -1) ||
	    migrate_refuse_installed(host, change, &migrate->agent, error) == -1 ||
	    migrate_make_spec(session, migrate, error) == -1 ||
	    migrate_fill_agent(host, migrate, error) == -1)
		return -1;
	change_inspect(host, change);
	return install_change(session, change, "migrated", error);
}

/* ---- back ---- */

static int
migrate_undo(struct session *session, struct change *change, const char *operand,
    struct error *error)
{
	char label[NAME_SIZE];
	int result;

	jobs_label(&session->host, operand, label);
	change_look_up(&session->host, label);
	if (change_lock(session, error) == -1)
		return -1;
	change->options.delete_logs = session->options.delete_logs;
	change->options.restore_agent = true;
	result = change_uninstall(session, change, label, error);
	if (result == 0 && !session->options.dry_run)
		report_line(session, "undone: %s is an agent again", label);
	return result;
}

int
command_migrate(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	struct migrate *migrate;
	int result;

	if (options->operand_count != 1)
		return error_set(error, ERROR_USAGE, NULL, "see: lnpctl help migrate",
		    options->operand_count == 0 ? "the agent is missing" : "one agent at a time");
	if (options->delete_logs && !options->undo)
		return error_set(error, ERROR_USAGE, NULL, NULL, "--delete-logs needs --undo");
	migrate = calloc(1, sizeof *migrate);
	if (migrate == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot start");
	result = options->undo ?
	    migrate_undo(session, &migrate->change, options->operands[0], error) :
	    migrate_agent(session, migrate, options->operands[0], error);
	change_answer(session, &migrate->change, &migrate->migration, result == -1 ? error : NULL);
	change_free(&migrate->change);
	free(migrate);
	return result;
}
