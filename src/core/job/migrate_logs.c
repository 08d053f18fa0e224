/* The logs of a plist that an account wrote: move those that root must not create for it. */
#include <string.h>

#include "core/job/job.h"
#include "core/lint/lint.h"
#include "migrate_parts.h"
#include "core/text.h"

static const struct log_key {
	const char	*key, *ending;
} log_keys[2] = {
	{ "StandardOutPath", "log" },
	{ "StandardErrorPath", "err" },
};

static const char *
migrate_named_log(const struct options *options, int which)
{
	return which == 0 ? options->stdout_path : options->stderr_path;
}

/* Return why the daemon must not log there, or NULL. */
static const char *
migrate_log_problem(const struct migrate_goal *goal, const char *path)
{
	if (lint_protected(path) != NULL)
		return "privacy protection keeps daemons out of that directory";
	if (lint_is_open_to_all(path))
		return "every user can write in that directory and redirect the log";
	if (!goal->same_account && text_is_below(path, goal->agent_home))
		return "the daemon runs as another account than the one that owns the directory";
	if (!goal->same_account || !text_is_plain_path(path) ||
	    !text_is_below(path, goal->user->home))
		return "an account's plist may only name logs below the account's home";
	return NULL;
}

static void
migrate_move_log(const struct migrate_goal *goal, int which, struct plist *daemon,
    enum migrate_fate fate, const char *why, struct migration *migration)
{
	char target[LOG_SIZE];
	const char *path = job_log_path(goal->options, migrate_named_log(goal->options, which),
	    log_keys[which].ending, target);

	plist_add_text(daemon, log_keys[which].key, path);
	migrate_report(migration, fate, log_keys[which].key, "%s: now %.300s", why, path);
}

bool
migrate_log(const struct migrate_goal *goal, const char *key, const struct plist *value,
    struct plist *daemon, struct migration *migration)
{
	int which = strcmp(key, log_keys[0].key) == 0 ? 0 : 1;
	const char *text = plist_text(value), *why;
	char path[PATH_SIZE];
	bool expanded = migrate_expand(goal, text, path);

	if (strcmp(key, log_keys[which].key) != 0)
		return false;
	/* lint reports what is not a path; a device may stay. */
	if (!expanded && (text == NULL || text_is_device(text))) {
		migrate_report(migration, MIGRATE_KEPT, key, "%s", "");
		return true;
	}
	if (!expanded)
		text_copy(path, sizeof path, text);	/* empty, and so moved, if too long */
	/* The command line is the administrator's, so it decides. */
	if (migrate_named_log(goal->options, which) != NULL)
		why = "set by the command line";
	else if (goal->options->log_directory != NULL)
		why = job_log_is_apart(goal->options) ?
		    "in /var/log itself the label could be the name of another program's log" :
		    "set by the command line";
	else
		why = migrate_log_problem(goal, path);
	if (why != NULL) {
		migrate_move_log(goal, which, daemon, MIGRATE_CHANGED, why, migration);
		return true;
	}
	migration->account_log[which] = true;
	plist_add_text(daemon, key, path);
	migrate_report(migration, expanded ? MIGRATE_CHANGED : MIGRATE_KEPT, key, expanded ?
	    "launchd does not expand ~: now %.300s" : "%.0s", path);
	return true;
}

void
migrate_add_logs(const struct migrate_goal *goal, struct plist *daemon, struct migration *migration)
{
	if (plist_member(daemon, log_keys[0].key) != NULL ||
	    plist_member(daemon, log_keys[1].key) != NULL)
		return;
	for (int i = 0; i < 2; i++)
		migrate_move_log(goal, i, daemon, MIGRATE_ADDED,
		    "without a log its output would be lost", migration);
}

struct plist *
migrate_logs(const struct plist *from, const struct migrate_goal *goal, struct migration *migration)
{
	struct plist *daemon = plist_duplicate(from);

	for (int i = 0; i < 2; i++) {
		const struct plist *value = plist_member(from, log_keys[i].key);

		if (value != NULL)
			migrate_log(goal, log_keys[i].key, value, daemon, migration);
	}
	return daemon;
}
