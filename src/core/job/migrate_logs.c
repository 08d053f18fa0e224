/* The logs of a plist that an account wrote: what root must not make for it moves. */
#include <string.h>

#include "core/bytes.h"
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

static int
which_log(const char *key)
{
	return strcmp(key, log_keys[0].key) == 0 ? 0 : 1;
}

bool
migrate_is_log(const char *key)
{
	return strcmp(key, log_keys[0].key) == 0 || strcmp(key, log_keys[1].key) == 0;
}

static const char *
named_log(const struct options *options, int which)
{
	return which == 0 ? options->stdout_path : options->stderr_path;
}

/* Why the daemon must not log there; NULL: it may. */
static const char *
why_not_there(const struct migrate_goal *goal, const char *path)
{
	if (lint_protected(path) != NULL)
		return "privacy protection keeps daemons out of that place";
	if (lint_is_open_to_all(path))
		return "everybody can write in that folder, and lead the log elsewhere";
	if (!goal->same_account && text_is_below(path, goal->agent_home))
		return "the directory is the agent's account's, and the daemon runs as another one";
	if (!goal->same_account || !text_is_plain_path(path) ||
	    !text_is_below(path, goal->user->home))
		return "a log that an account's plist names stays only below that account's home";
	return NULL;
}

static int
move_log(const struct migrate_goal *goal, int which, struct plist *daemon, enum migrate_fate fate,
    const char *why, struct migration *migration, struct error *error)
{
	char target[PATH_SIZE];

	if (job_log_path(goal->options, named_log(goal->options, which), log_keys[which].ending,
	    target, error) == -1)
		return -1;
	plist_add_text(daemon, log_keys[which].key, target);
	migrate_say(migration, fate, log_keys[which].key, "%s: now %.300s", why, target);
	return 0;
}

int
migrate_log(const struct migrate_goal *goal, const char *key, const struct plist *value,
    struct plist *daemon, struct migration *migration, struct error *error)
{
	int which = which_log(key);
	const char *text = plist_text(value), *why;
	char path[PATH_SIZE];
	bool expanded = migrate_expand(goal, text, path);

	/* lint judges what is not a path; a device is nobody's file. */
	if (!expanded && (text == NULL || text_is_device(text))) {
		migrate_say(migration, MIGRATE_KEPT, key, "%s", "");
		return 0;
	}
	if (!expanded)
		text_copy(path, sizeof path, text);	/* empty, and so moved, when it is too
							   long */
	/* The command line is the administrator's: what it says of a log counts. */
	if (named_log(goal->options, which) != NULL)
		why = "the command line says so";
	else if (goal->options->log_directory != NULL)
		why = job_log_is_apart(goal->options) ?
		    "in /var/log itself the label could be the name of another program's log" :
		    "the command line says so";
	else
		why = why_not_there(goal, path);
	if (why != NULL)
		return move_log(goal, which, daemon, MIGRATE_CHANGED, why, migration, error);
	migration->account_log[which] = true;
	plist_add_text(daemon, key, path);
	migrate_say(migration, expanded ? MIGRATE_CHANGED : MIGRATE_KEPT, key, expanded ?
	    "launchd does not expand ~: now %.300s" : "%.0s", path);
	return 0;
}

int
migrate_add_logs(const struct migrate_goal *goal, struct plist *daemon, struct migration *migration,
    struct error *error)
{
	if (plist_member(daemon, log_keys[0].key) != NULL ||
	    plist_member(daemon, log_keys[1].key) != NULL)
		return 0;
	for (int i = 0; i < 2; i++)
		if (move_log(goal, i, daemon, MIGRATE_ADDED, "what the job says would be lost",
		    migration, error) == -1)
			return -1;
	return 0;
}

int
migrate_logs(struct bytes from, const struct migrate_goal *goal, struct migration *migration,
    struct bytes *bytes, struct error *error)
{
	static const struct lint_facts text = { .text_only = true };
	struct plist *tree, *daemon;
	int result;

	*bytes = (struct bytes){ NULL, 0 };
	if (job_refuse_errors(from, &text, "plist of --from", error) == -1)
		return -1;
	tree = plist_parse(from, error);
	daemon = tree == NULL ? NULL : plist_parse(from, error);
	result = daemon == NULL ? -1 : 0;
	for (int i = 0; i < 2 && result == 0; i++) {
		const struct plist *value = plist_member(tree, log_keys[i].key);

		if (value != NULL)
			result = migrate_log(goal, log_keys[i].key, value, daemon, migration,
			    error);
	}
	if (result == 0)
		bytes->data = (unsigned char *)plist_serialise(daemon, &bytes->size);
	if (result == 0 && bytes->data == NULL)
		result = error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot use the plist of --from");
	plist_release(daemon);
	plist_release(tree);
	return result;
}
