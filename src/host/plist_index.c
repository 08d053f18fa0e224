/* Looks at what all jobs have in common: other plists, disabled labels. */
#include <stdlib.h>
#include <string.h>

#include "core/facts/loadable.h"
#include "core/plist/plist.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/machine/budget.h"
#include "host/files/files.h"
#include "host/plist_index.h"

#define AGENTS	AGENTS_DIRECTORY

enum index_place { DAEMONS, ALL_AGENTS, OWN_AGENTS };	/* of plists */

/* ---- what plists claim ---- */

struct reading {
	const struct host	*host;
	struct plist_entries		*claims;
	struct budget		 budget;
	bool			 home;		/* the folder is in an account's */
};

static char *
plist_index_copy(const char *text)
{
	return text == NULL ? NULL : strdup(text);
}

/* As short as possible: each is compared with those of all jobs. */
static char *
copy_path(const char *path)
{
	return path == NULL ? NULL : strdup(text_short_path(path));
}

/*
 * False: out of memory. Then the folder counts as not read, for what is missing could be a rival.
 */
static bool
add_claim(struct plist_entries *claims, const char *path, const struct plist *tree)
{
	struct plist_entry *rows = realloc(claims->rows, (claims->count + 1) * sizeof *rows),
	    *claim;

	if (rows == NULL)
		return false;
	claims->rows = rows;
	claim = &rows[claims->count];
	claim->path = strdup(path);
	claim->label = plist_index_copy(plist_text(plist_member(tree, "Label")));
	claim->logs[0] = copy_path(plist_text(plist_member(tree, "StandardOutPath")));
	claim->logs[1] = copy_path(plist_text(plist_member(tree, "StandardErrorPath")));
	if (claim->path == NULL)
		return false;
	claims->count++;
	return true;
}

static void
note_unread(struct plist_entries *claims, const char *path)
{
	if (claims->unreadable[0] == '\0')
		text_copy(claims->unreadable, PATH_SIZE, path);
}

static void
note_too_much(struct plist_entries *claims)
{
	text_copy(claims->unreadable, PATH_SIZE, claims->folder);
	claims->too_much = true;
}

static void
read_claim(void *context, const char *name)
{
	struct reading *reading = context;
	struct plist_entries *claims = reading->claims;
	struct file_fact fact;
	struct bytes bytes;
	struct error error;
	struct plist *tree;
	char path[PATH_SIZE];
	size_t length = strlen(name);
	int result;

	/* launchd skips names that begin with a dot: tests/evidence/RULES.md, 1. */
	if (name[0] == '.' || length <= 6 || strcmp(name + length - 6, ".plist") != 0 ||
	    claims->too_much || !text_format(path, sizeof path, "%s/%s", claims->folder, name))
		return;
	if (!budget_take(&reading->budget, 1, 0)) {
		note_too_much(claims);
		return;
	}
	result = reading->home ?
	    files_read(reading->host, path, FILES_FOREIGN, &bytes, &fact, &error) :
	    files_read_linked(reading->host, path, FILES_FOREIGN, &bytes, &fact, &error);
	if (result == -1) {
		/* What an account has where a link of root's leads decides nothing. */
		if (fact.exists != NO && !fact.foreign)
			note_unread(claims, path);
		return;
	}
	if (!budget_take(&reading->budget, 0, bytes.size)) {
		bytes_free(&bytes);
		note_too_much(claims);
		return;
	}
	/* launchd does not load what does not parse, nor what others could have written. */
	tree = loadable_objection(&fact, reading->host->owner, claims->account) != NULL
	    ? NULL : plist_parse(bytes, &error);
	if (tree != NULL && !add_claim(claims, path, tree))
		note_unread(claims, path);
	plist_release(tree);
	bytes_free(&bytes);
}

/*
 * account: whose agents lie there, or root; home: his home, and not root's folder. NULL: out of
 * memory.
 */
static const struct plist_entries *
claims_of(struct plist_index *survey, const char *folder, bool home, uid_t account)
{
	struct plist_entries *folders;
	struct reading reading;
	struct error error;

	for (size_t i = 0; i < survey->folder_count; i++)
		if (survey->folders[i].account == account &&
		    strcmp(survey->folders[i].folder, folder) == 0)
			return &survey->folders[i];
	folders = realloc(survey->folders, (survey->folder_count + 1) * sizeof *folders);
	if (folders == NULL)
		return NULL;
	survey->folders = folders;
	folders += survey->folder_count++;
	memset(folders, 0, sizeof *folders);
	folders->account = account;
	text_copy(folders->folder, PATH_SIZE, folder);
	reading = (struct reading){ .host = survey->host, .claims = folders, .home = home };
	budget_begin(&reading.budget, survey->host, home ? account : BUDGET_ROOT);
	if (files_list(survey->host, folder, read_claim, &reading, &error) == -1) {
		if (error.kind == ERROR_UNKNOWN)
			note_too_much(folders);
		else
			note_unread(folders, folder);
	}
	budget_end(&reading.budget);
	return folders;
}

/* Keep the facts of the first rival: --replace can take it over. */
static void
note_rival(const struct plist_index *survey, const char *path, struct facts *facts)
{
	struct error ignored;

	if (facts->duplicate[0] != '\0') {
		facts->more_duplicates = true;
		return;
	}
	text_copy(facts->duplicate, PATH_SIZE, path);
	files_read(survey->host, path, FILES_FOREIGN, &facts->duplicate_bytes,
	    &facts->duplicate_fact, &ignored);
}

/* own: short paths; NULL: the job has no such log. */
static void
compare_logs(const struct plist_entry *claim, const char *const own[2], struct facts *facts)
{
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			if (claim->logs[i] != NULL && own[j] != NULL &&
			    strcmp(claim->logs[i], own[j]) == 0)
				text_copy(facts->log_conflict, PATH_SIZE, claim->path);
}

static void
compare_folder(struct plist_index *survey, const char *folder, enum index_place place,
    const struct promise *promise, struct facts *facts)
{
	bool agents = place != DAEMONS;
	const struct plist_entries *claims = claims_of(survey, folder, place == OWN_AGENTS,
	    place == OWN_AGENTS ? facts->user.identity.uid : survey->host->owner);
	const char *logs[2];

	for (int i = 0; i < 2; i++)
		logs[i] = promise_has_log(promise, i) ? text_short_path(promise->logs[i].theirs) :
		    NULL;
	for (size_t i = 0; claims != NULL && i < claims->count; i++) {
		const struct plist_entry *claim = &claims->rows[i];

		if (strcmp(claim->path, promise->plist_path) == 0)
			continue;
		/*
		 * The file system folds case, so launchd's label and our file names must not differ
		 * by case alone.
		 */
		if (claim->label == NULL || !text_equal_folded(claim->label, promise->label)) {
			if (!agents)
				compare_logs(claim, logs, facts);
		} else if (!agents)
			note_rival(survey, claim->path, facts);
		/* The agent that is migrated is not in the way, another one is. */
		else if (facts->agent[0] == '\0' || strcmp(facts->agent, promise->agent.path) == 0)
			text_copy(facts->agent, PATH_SIZE, claim->path);
	}
	if (facts->unreadable[0] != '\0')
		return;
	if (claims == NULL)
		text_copy(facts->unreadable, PATH_SIZE, folder);
	else if (strcmp(claims->unreadable, promise->plist_path) != 0)
		text_copy(facts->unreadable, PATH_SIZE, claims->unreadable);
	facts->too_much = claims != NULL && claims->too_much;
}

/*
 * The job's own account's, and no other's. An account whose home is everybody's, or another's, has
 * none there that launchd would read.
 */
static bool
has_agents(const struct host *host, const struct account *user, char folder[PATH_SIZE])
{
	struct file_fact home;

	if (user->exists != YES || user->home[0] != '/' || user->home[1] == '\0' ||
	    !text_format(folder, PATH_SIZE, "%s" AGENTS, user->home))
		return false;
	files_look(host, user->home, FILES_STRICT, &home);
	return home.exists != YES || home.owner == user->identity.uid || home.owner == 0 ||
	    home.owner == host->owner;
}

void
plist_index_find(struct plist_index *survey, const struct promise *promise, struct facts *facts)
{
	char own[PATH_SIZE];

	facts->duplicate[0] = facts->agent[0] = facts->log_conflict[0] = facts->unreadable[0] =
	    '\0';
	facts->more_duplicates = facts->too_much = false;
	compare_folder(survey, DAEMONS_DIRECTORY, DAEMONS, promise, facts);
	compare_folder(survey, AGENTS, ALL_AGENTS, promise, facts);
	if (has_agents(survey->host, &facts->user, own))
		compare_folder(survey, own, OWN_AGENTS, promise, facts);
	facts->search_complete = facts->unreadable[0] == '\0' ? YES : NO;
}

/* ---- accounts ---- */

void
plist_index_user(struct plist_index *survey, const char *name, struct account *user)
{
	if (survey->user.exists == UNKNOWN || strcmp(survey->user_name, name) != 0)
		accounts_user(survey->host, name, &survey->user);
	text_copy(survey->user_name, sizeof survey->user_name, name);
	*user = survey->user;
}

void
plist_index_group(struct plist_index *survey, const char *name, struct account_group *group)
{
	if (survey->group.exists == UNKNOWN || strcmp(survey->group.name, name) != 0)
		accounts_group(survey->host, name, &survey->group);
	*group = survey->group;
}

/* ---- disabled labels ---- */

void
plist_index_print(struct plist_index *survey, struct printed printed[], size_t count,
    struct overlap *meanwhile)
{
	if (survey->asked) {
		launchctl_print(survey->host, printed, count, meanwhile);
		return;
	}
	survey->asked = true;
	survey->disabled.domain = "system";
	launchctl_print_with_disabled(survey->host, printed, count, &survey->disabled, meanwhile);
}

enum override
plist_index_override(struct plist_index *survey, const char *label, char *trouble, size_t size)
{
	const struct answer *answer = &survey->disabled.answer;
	struct bytes text;
	enum override override = OVERRIDE_UNKNOWN;

	if (survey->host->launchctl == NULL)
		return OVERRIDE_UNKNOWN;
	if (!survey->asked)
		plist_index_print(survey, NULL, 0, NULL);
	text = survey->disabled.text;
	if (answer_ok(answer))
		override = service_override((const char *)text.data, text.size, label);
	if (override == OVERRIDE_UNKNOWN && trouble[0] == '\0')
		answer_describe(answer, "print-disabled", trouble, size);
	return override;
}

void
plist_index_free(struct plist_index *survey)
{
	for (size_t i = 0; i < survey->folder_count; i++) {
		struct plist_entries *claims = &survey->folders[i];

		for (size_t j = 0; j < claims->count; j++) {
			free(claims->rows[j].path);
			free(claims->rows[j].label);
			free(claims->rows[j].logs[0]);
			free(claims->rows[j].logs[1]);
		}
		free(claims->rows);
	}
	free(survey->folders);
	bytes_free(&survey->disabled.text);
	*survey = (struct plist_index){ .host = survey->host };
}
