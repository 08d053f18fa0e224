/* Convert an agent's plist to a daemon's. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/facts/paste.h"
#include "core/job/grant.h"
#include "core/job/job.h"
#include "core/lint/keys.h"
#include "core/lint/lint.h"
#include "migrate_parts.h"
#include "core/plist/plist.h"
#include "core/job/receipt.h"
#include "core/text.h"

#define FIRST_LOGIN_UID	500

struct migrate_work {
	const struct plist	*agent;
	struct plist		*daemon;	/* a copy, being changed */
	const struct migrate_goal *goal;
	struct grants		 grants;	/* of the agent's keys */
	struct migration	*migration;
	struct error		*error;
};

void
migrate_report(struct migration *migration, enum migrate_fate fate, const char *key,
    const char *format, ...)
{
	struct migrate_key *row = &migration->keys[migration->count];
	va_list arguments;

	if (migration->count == MIGRATE_KEYS)
		return;
	migration->count++;
	row->fate = fate;
	snprintf(row->key, sizeof row->key, "%s", key);
	va_start(arguments, format);
	vsnprintf(row->why, sizeof row->why, format, arguments);
	va_end(arguments);
}

/* Add what a key gives a daemon to the key's row; a key below another gets a row of its own. */
static void
migrate_report_grants(struct migrate_work *work)
{
	for (size_t i = 0; i < work->grants.count; i++) {
		const struct grant *grant = &work->grants.rows[i];
		struct migrate_key *row = work->migration->keys,
		    *end = row + work->migration->count;
		size_t length;

		while (row < end && strcmp(row->key, grant->key) != 0)
			row++;
		if (row == work->migration->keys + MIGRATE_KEYS)
			return;
		if (row == end)
			migrate_report(work->migration, MIGRATE_KEPT, grant->key, "%s", "");
		length = strlen(row->why);
		snprintf(row->why + length, sizeof row->why - length, "%s%s", length == 0 ? "" :
		    "; ", grant->reason);
		row->fate = grant->allowed ? row->fate : MIGRATE_REFUSED;
		row->granted = true;
	}
}

static void migrate_warn(struct migration *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
migrate_warn(struct migration *migration, const char *format, ...)
{
	va_list arguments;

	if (migration->warning_count == MIGRATE_WARNINGS)
		return;
	va_start(arguments, format);
	vsnprintf(migration->warnings[migration->warning_count++], sizeof migration->warnings[0],
	    format, arguments);
	va_end(arguments);
}

/* ---- paths ---- */

bool
migrate_expand(const struct migrate_goal *goal, const char *path, char target[PATH_SIZE])
{
	const char *home = goal->agent_home;

	return path != NULL && path[0] == '~' && (path[1] == '/' || path[1] == '\0') &&
	    home[0] == '/' && text_format(target, PATH_SIZE, "%s%s", home, path + 1);
}

static void
migrate_change_path(struct migrate_work *work, const char *key, const struct plist *value)
{
	char path[PATH_SIZE];

	if (!migrate_expand(work->goal, plist_text(value), path)) {
		migrate_report(work->migration, MIGRATE_KEPT, key, "%s", "");
		return;
	}
	plist_add_text(work->daemon, key, path);
	migrate_report(work->migration, MIGRATE_CHANGED, key,
	    "launchd does not expand ~: now %.300s", path);
}

/* Expand the first items of an array: of the arguments, only the program is surely a path. */
static void
migrate_change_items(struct migrate_work *work, const char *key, size_t most)
{
	struct plist *items = plist_member_to_change(work->daemon, key);
	size_t count = plist_count(items), changed = 0;
	char path[PATH_SIZE];

	for (size_t i = 0; i < count && i < most; i++)
		if (migrate_expand(work->goal, plist_text(plist_item(items, i)), path)) {
			plist_replace(items, i, plist_new_text(path));
			changed++;
		}
	if (changed > 0)
		migrate_report(work->migration, MIGRATE_CHANGED, key,
		    "launchd does not expand ~: now the full path");
	else
		migrate_report(work->migration, MIGRATE_KEPT, key, "%s", "");
}

/* ---- variables ---- */

static void
migrate_add_variables(struct migrate_work *work)
{
	const struct account *user = work->goal->user;
	struct plist *variables = plist_member_to_change(work->daemon, "EnvironmentVariables");
	bool old = variables != NULL, home, path;

	if (old && !plist_is_dictionary(variables)) {
		/* lint reports it */
		migrate_report(work->migration, MIGRATE_KEPT, "EnvironmentVariables", "%s", "");
		return;
	}
	if (!old) {
		variables = plist_new();
		plist_add(work->daemon, "EnvironmentVariables", variables);
	}
	home = plist_member(variables, "HOME") == NULL && user->home[0] != '\0';
	path = plist_member(variables, "PATH") == NULL;
	if (home)
		plist_add_text(variables, "HOME", user->home);
	if (path)
		plist_add_text(variables, "PATH", user->identity.uid == 0 ? JOB_PATH_ROOT :
		    JOB_PATH);
	if (!home && !path)
		migrate_report(work->migration, MIGRATE_KEPT, "EnvironmentVariables", "%s", "");
	else
		migrate_report(work->migration, old ? MIGRATE_CHANGED : MIGRATE_ADDED,
		    "EnvironmentVariables",
		    "%s%s%s (daemons do not inherit %s)", home ? "HOME" : "",
		    home && path ? " and " : "", path ? "PATH" : "", home && path ? "them" : "it");
}

/* ---- the account ---- */

static void
migrate_set_account(struct migrate_work *work)
{
	const char *user = work->goal->options->user, *group = work->goal->group;
	bool had_user = plist_member(work->agent, "UserName") != NULL;
	bool had_group = plist_member(work->agent, "GroupName") != NULL;

	migrate_report(work->migration, had_user ? MIGRATE_CHANGED : MIGRATE_ADDED, "UserName",
	    "%.200s%s", user, had_user ? ": ignored in an agent, honored in a daemon" :
	    ": without it a daemon runs as root");
	migrate_report(work->migration, had_group ? MIGRATE_CHANGED : MIGRATE_ADDED, "GroupName",
	    "%.200s", group);
}

/* ---- every key ---- */

static void
migrate_drop(struct migrate_work *work, const char *key, const char *why)
{
	plist_remove(work->daemon, key);
	migrate_report(work->migration, MIGRATE_DROPPED, key, "%s", why);
}

static void
migrate_by_table(struct migrate_work *work, const char *key)
{
	const struct key *row = keys_row(key);

	/* Only its author knows what it was for; lint refuses what is similar to another key. */
	if (row != NULL && row->status == KEY_MISTAKE)
		migrate_report(work->migration, MIGRATE_KEPT, key, "launchd does not know it");
	else if (row == NULL)
		migrate_report(work->migration, MIGRATE_KEPT, key, "%s", "");
	else if (row->applies == KEY_AGENT)
		migrate_drop(work, key, "a daemon has no login session");
	else if (row->status == KEY_REMOVED || row->status == KEY_OUTPUT ||
	    row->status == KEY_BUNDLE)
		migrate_drop(work, key, row->advice == NULL ? "launchd ignores it" : row->advice);
	else if (row->applies == KEY_DAEMON)
		migrate_report(work->migration, MIGRATE_KEPT, key,
		    "ignored in an agent, honored in a daemon");
	else
		migrate_report(work->migration, MIGRATE_KEPT, key, "%s", "");
}

static void
migrate_visit(void *context, const char *key, const struct plist *value)
{
	static const char *const paths[] = {
		"Program", "WorkingDirectory", "StandardInPath", "RootDirectory", NULL,
	};
	static const char *const lists[] = { "WatchPaths", "QueueDirectories", NULL };
	static const char *const later[] = {
		"UserName", "GroupName", "EnvironmentVariables", NULL,
	};
	struct migrate_work *work = context;

	if (text_matches(key, paths))
		migrate_change_path(work, key, value);
	else if (text_matches(key, lists))
		migrate_change_items(work, key, plist_count(value));
	else if (strcmp(key, "ProgramArguments") == 0)
		migrate_change_items(work, key,
		    plist_member(work->agent, "Program") == NULL ? 1 : 0);
	else if (migrate_log(work->goal, key, value, work->daemon, work->migration))
		return;
	else if (!text_matches(key, later))
		migrate_by_table(work, key);
}

/* ---- what a daemon cannot have ---- */

/* Return whether the program or an argument matches one of the patterns. */
static bool
migrate_mentions(const struct plist *tree, const char *const patterns[])
{
	const struct plist *arguments = plist_member(tree, "ProgramArguments");
	const char *text = plist_text(plist_member(tree, "Program"));
	bool found = text != NULL && text_matches(text, patterns);

	for (size_t i = 0; i < plist_count(arguments) && !found; i++) {
		text = plist_text(plist_item(arguments, i));
		found = text != NULL && text_matches(text, patterns);
	}
	return found;
}

static void
migrate_warn_of_session(struct migration *migration, const struct plist *tree)
{
	static const char *const screens[] = {
		"*.app/Contents/MacOS/*", "*/usr/bin/open*", "*osascript*", NULL,
	};
	static const char *const keychains[] = {
		"*/usr/bin/security*", "*keychain*", "*Keychain*", NULL,
	};
	static const char *const shells[] = {
		"*/ssh*", "*ssh *", "*/rsync*", "*/git*", "*git *", "*/scp*", "*autossh*", NULL,
	};

	if (migrate_mentions(tree, screens))
		migrate_warn(migration, "it looks like a GUI program: a daemon has no screen");
	if (migrate_mentions(tree, keychains))
		migrate_warn(migration,
		    "it uses a keychain: a daemon cannot use the login keychain");
	if (plist_member(plist_member(tree, "EnvironmentVariables"), "SSH_AUTH_SOCK") != NULL ||
	    migrate_mentions(tree, shells))
		migrate_warn(migration,
		    "it may use ssh keys of the login session: a daemon has no ssh-agent");
}

/* Report what lint finds in the new daemon, except errors. */
static void
migrate_warn_of_findings(struct migration *migration, const struct lint_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct lint_finding *row = &report->rows[i];

		if (lint_concerns_install(row))
			migrate_warn(migration, "%s%s%s (%s)", row->key,
			    row->key[0] == '\0' ? "" : ": ", row->message, row->id);
	}
}

/* With sudo, brew would take the daemon for its own and remove it (Library/Homebrew/services). */
static void
migrate_warn_of_brew(struct migration *migration, const char *label)
{
	static const char homebrew[] = "homebrew.mxcl.";
	char stop[NAME_SIZE];

	if (strncmp(label, homebrew, sizeof homebrew - 1) == 0 && paste_line(stop, sizeof stop,
	    "brew services stop %s", label + sizeof homebrew - 1))
		migrate_warn(migration, "Homebrew knows this label: brew services start or restart "
		    "loads the agent again, beside the daemon. If it did, run as the agent's "
		    "account, not with sudo, which removes the daemon: %s", stop);
}

/* ---- the whole ---- */

/* The agent's user and group are never used, so they are not grants. */
static void
migrate_find_grants(struct migrate_work *work)
{
	struct options options = *work->goal->options;

	options.group = work->goal->group;
	grants_find(&work->grants, work->agent, &options);
}

static int
migrate_convert(struct migrate_work *work, struct lint_report *report, struct plist_file *file)
{
	const struct migrate_goal *goal = work->goal;

	if (job_refuse_disabled(work->agent, goal->options, "migrate", goal->options->label,
	    work->error) == -1)
		return -1;
	migrate_find_grants(work);
	plist_visit(work->agent, migrate_visit, work);
	migrate_add_variables(work);
	migrate_set_account(work);
	migrate_add_logs(work->goal, work->daemon, work->migration);
	migrate_report_grants(work);
	if (grants_refuse(&work->grants, "migrate", goal->options->label, work->error) == -1)
		return -1;
	if (job_to_plist_from(goal->options, work->daemon, goal->group, report, file,
	    work->error) == -1)
		return -1;
	if (goal->user->identity.uid >= FIRST_LOGIN_UID)
		migrate_warn(work->migration, "%s is a login account: Apple exempts every daemon, "
		    "but three reports describe daemons that were refused as one; "
		    "look for its first connection in its log", goal->options->user);
	if (!goal->same_account)
		migrate_warn(work->migration, "the agent's account wrote this plist, "
		    "and so decides what runs as %s: read it first", goal->options->user);
	migrate_warn_of_session(work->migration, work->agent);
	migrate_warn_of_brew(work->migration, goal->options->label);
	migrate_warn_of_findings(work->migration, report);
	return 0;
}

int
migrate_plist(struct bytes agent, const struct migrate_goal *goal, struct migration *migration,
    struct plist_file *file, struct error *error)
{
	static const struct lint_facts text = { .text_only = true };
	struct migrate_work work = { .goal = goal, .migration = migration, .error = error };
	struct lint_report *report = malloc(sizeof *report);
	struct plist *tree = NULL;
	int result = -1;

	memset(file, 0, sizeof *file);
	memset(migration, 0, sizeof *migration);
	if (report == NULL)
		error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot check the plist");
	else
		tree = job_read(agent, &text, report, "plist of the agent", error);
	if (tree != NULL) {
		work.agent = tree;
		work.daemon = plist_duplicate(tree);
		result = migrate_convert(&work, report, file);
		plist_release(work.daemon);
	}
	plist_release(tree);
	free(report);
	return result;
}

const char *
migrate_word(enum migrate_fate fate)
{
	static const char *const words[] = {
		[MIGRATE_KEPT] = "kept",
		[MIGRATE_CHANGED] = "changed",
		[MIGRATE_DROPPED] = "dropped",
		[MIGRATE_ADDED] = "added",
		[MIGRATE_REFUSED] = "refused",
	};

	return words[fate];
}
