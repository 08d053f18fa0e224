/* Cache what all jobs have in common: other plists, accounts, disabled labels. */
#include <stdlib.h>
#include <string.h>

#include "core/facts/loadable.h"
#include "core/plist/plist.h"
#include "core/text.h"
#include "host/machine/budget.h"
#include "host/files/files.h"
#include "host/plist_index.h"

#define AGENTS	AGENTS_DIRECTORY

enum index_place { DAEMONS, ALL_AGENTS, OWN_AGENTS };	/* of plists */

/* ---- labels and logs of plists ---- */

struct reading {
	const struct host	*host;
	struct plist_entries		*entries;
	struct budget		 budget;
	bool			 home;		/* the directory is in an account's home */
	const char		*skipped;	/* as in the index */
};

/* Paths in their short form, which compares with those of all jobs. Labels have no slash. */
static struct plist_name
plist_index_name(const struct plist *tree, const char *key)
{
	const char *text = plist_text(plist_member(tree, key));
	struct plist_name name = { .text = text == NULL ? NULL : strdup(text_short_path(text)) };

	name.hash = name.text == NULL ? 0 : text_hash_folded(name.text);
	return name;
}

/*
 * Return false if out of memory. The directory then counts as unreadable: the missing plist could
 * be a duplicate.
 */
static bool
plist_index_add(struct plist_entries *entries, const char *path, const struct plist *tree)
{
	struct plist_entry *rows = realloc(entries->rows, (entries->count + 1) * sizeof *rows),
	    *entry;

	if (rows == NULL)
		return false;
	entries->rows = rows;
	entry = &rows[entries->count];
	entry->path = strdup(path);
	entry->label = plist_index_name(tree, "Label");
	entry->logs[0] = plist_index_name(tree, "StandardOutPath");
	entry->logs[1] = plist_index_name(tree, "StandardErrorPath");
	if (entry->path == NULL)
		return false;
	entries->count++;
	return true;
}

static void
note_unread(struct plist_entries *entries, const char *path)
{
	if (entries->unreadable[0] == '\0')
		text_copy(entries->unreadable, PATH_SIZE, path);
}

static void
note_too_much(struct plist_entries *entries)
{
	text_copy(entries->unreadable, PATH_SIZE, entries->folder);
	entries->too_much = true;
}

static void
plist_index_read(void *context, const char *name)
{
	struct reading *reading = context;
	struct plist_entries *entries = reading->entries;
	struct file_fact fact;
	struct bytes bytes;
	struct error error;
	struct plist *tree;
	char path[PATH_SIZE];
	size_t length = strlen(name);
	int result;

	/* launchd skips names that begin with a dot: tests/evidence/RULES.md, 1. */
	if (name[0] == '.' || length <= 6 || strcmp(name + length - 6, ".plist") != 0 ||
	    entries->too_much || !text_format(path, sizeof path, "%s/%s", entries->folder, name) ||
	    (reading->skipped != NULL && strcmp(path, reading->skipped) == 0))
		return;
	if (!budget_take(&reading->budget, 1, 0)) {
		note_too_much(entries);
		return;
	}
	result = reading->home ?
	    files_read(reading->host, path, FILES_FOREIGN, &bytes, &fact, &error) :
	    files_read_linked(reading->host, path, FILES_FOREIGN, &bytes, &fact, &error);
	if (result == -1) {
		/* Ignore what a root-owned link leads to in a user's directory. */
		if (fact.exists != NO && !fact.untrusted_for_user)
			note_unread(entries, path);
		return;
	}
	if (!budget_take(&reading->budget, 0, bytes.size)) {
		bytes_free(&bytes);
		note_too_much(entries);
		return;
	}
	/* launchd does not load a plist that does not parse or that others could have written. */
	tree = loadable_objection(&fact, reading->host->owner, entries->account) != NULL
	    ? NULL : plist_parse(bytes, &error);
	if (tree != NULL && !plist_index_add(entries, path, tree))
		note_unread(entries, path);
	plist_release(tree);
	bytes_free(&bytes);
}

/* launchd would read no agents for an account in a home that it shares or another one owns. */
static bool
is_home_of(const struct host *host, const char *home, uid_t account)
{
	struct file_fact fact;

	files_look(host, home, FILES_STRICT, &fact);
	return fact.exists != YES || fact.owner == account || fact.owner == 0 ||
	    fact.owner == host->owner;
}

/*
 * Return the entries of a directory, or NULL if out of memory. account: the owner of the agents, or
 * root; home: that account's, if the directory is in it, else NULL.
 */
static const struct plist_entries *
plist_index_entries(struct plist_index *index, const char *folder, const char *home,
    uid_t account)
{
	struct plist_entries *folders;
	struct reading reading;
	struct error error;

	for (size_t i = 0; i < index->folder_count; i++)
		if (index->folders[i].account == account &&
		    strcmp(index->folders[i].folder, folder) == 0)
			return &index->folders[i];
	folders = realloc(index->folders, (index->folder_count + 1) * sizeof *folders);
	if (folders == NULL)
		return NULL;
	index->folders = folders;
	folders += index->folder_count++;
	*folders = (struct plist_entries){ .account = account };
	text_copy(folders->folder, PATH_SIZE, folder);
	if (home != NULL && !is_home_of(index->host, home, account))
		return folders;
	reading = (struct reading){ .host = index->host, .entries = folders,
	    .home = home != NULL, .skipped = index->skipped };
	budget_begin(&reading.budget, index->host, home != NULL ? account : BUDGET_ROOT);
	if (files_list(index->host, folder, plist_index_read, &reading, &error) == -1) {
		if (error.kind == ERROR_UNKNOWN)
			note_too_much(folders);
		else
			note_unread(folders, folder);
	}
	budget_end(&reading.budget);
	return folders;
}

/* Keep the facts of the first duplicate: --replace can take it over. */
static void
note_duplicate(const struct plist_index *index, const char *path, struct facts *facts)
{
	struct error ignored;

	if (facts->duplicate.path[0] != '\0') {
		facts->duplicate.more = true;
		return;
	}
	text_copy(facts->duplicate.path, PATH_SIZE, path);
	files_read(index->host, path, FILES_FOREIGN, &facts->duplicate.plist.bytes,
	    &facts->duplicate.plist.file, &ignored);
}

/* The file system ignores case, and our file names are made from labels. */
static bool
is_named(const struct plist_name *theirs, const char *ours, unsigned hash)
{
	return theirs->text != NULL && theirs->hash == hash &&
	    text_equal_folded(theirs->text, ours);
}

static void
compare_folder(struct plist_index *index, const char *folder, enum index_place place,
    const struct spec *spec, struct facts *facts)
{
	bool agents = place != DAEMONS;
	const struct plist_entries *entries = plist_index_entries(index, folder,
	    place == OWN_AGENTS ? facts->user.home : NULL,
	    place == OWN_AGENTS ? facts->user.identity.uid : index->host->owner);
	unsigned label = text_hash_folded(spec->label), hashes[2];
	const char *logs[2];

	for (int i = 0; i < 2; i++) {
		logs[i] = agents || !spec_has_log(spec, i) ? NULL :
		    text_short_path(spec->logs[i].theirs);
		hashes[i] = logs[i] == NULL ? 0 : text_hash_folded(logs[i]);
	}
	for (size_t i = 0; entries != NULL && i < entries->count; i++) {
		const struct plist_entry *entry = &entries->rows[i];
		bool same = is_named(&entry->label, spec->label, label);
		bool shared = false;

		for (int j = 0; j < 4; j++)
			shared = shared || (logs[j % 2] != NULL &&
			    is_named(&entry->logs[j / 2], logs[j % 2], hashes[j % 2]));
		if ((!same && !shared) || strcmp(entry->path, spec->plist_path) == 0)
			continue;
		if (!same)
			text_copy(facts->log_conflict, PATH_SIZE, entry->path);
		else if (!agents)
			note_duplicate(index, entry->path, facts);
		/* The agent being migrated is not a conflict, another one is. */
		else if (facts->agent.path[0] == '\0' || strcmp(facts->agent.path,
		    spec->agent.path) == 0)
			text_copy(facts->agent.path, PATH_SIZE, entry->path);
	}
	if (facts->unreadable[0] != '\0')
		return;
	if (entries == NULL)
		text_copy(facts->unreadable, PATH_SIZE, folder);
	else if (strcmp(entries->unreadable, spec->plist_path) != 0)
		text_copy(facts->unreadable, PATH_SIZE, entries->unreadable);
	facts->too_much = entries != NULL && entries->too_much;
}

void
plist_index_find(struct plist_index *index, const struct spec *spec, struct facts *facts)
{
	const char *home = facts->user.home;
	char own[PATH_SIZE];

	facts->duplicate.path[0] = facts->agent.path[0] = facts->log_conflict[0] =
	    facts->unreadable[0] =
	    '\0';
	facts->duplicate.more = facts->too_much = false;
	compare_folder(index, DAEMONS_DIRECTORY, DAEMONS, spec, facts);
	compare_folder(index, AGENTS, ALL_AGENTS, spec, facts);
	if (facts->user.exists == YES && home[0] == '/' && home[1] != '\0' &&
	    text_format(own, sizeof own, "%s" AGENTS, home))
		compare_folder(index, own, OWN_AGENTS, spec, facts);
	facts->search_complete = facts->unreadable[0] == '\0' ? YES : NO;
}

/* ---- disabled labels ---- */

void
plist_index_print(struct plist_index *index, struct printed printed[], size_t count,
    const struct overlap *overlap)
{
	size_t lists = index->asked ? 0 : 1;

	index->asked = true;
	index->disabled.verb = "print-disabled";
	index->disabled.domain = "system";
	launchctl_ask(index->host, printed, count, &index->disabled, lists, overlap);
}

enum override
plist_index_override(struct plist_index *index, const char *label, char *trouble, size_t size)
{
	const struct answer *answer = &index->disabled.answer;
	const struct bytes *text = &index->disabled.text;
	enum override override = OVERRIDE_UNKNOWN;

	if (index->host->launchctl == NULL)
		return OVERRIDE_UNKNOWN;
	if (!index->asked)
		plist_index_print(index, NULL, 0, NULL);
	if (answer_ok(answer))
		override = service_override((const char *)text->data, text->size, label);
	if (override == OVERRIDE_UNKNOWN && trouble[0] == '\0')
		answer_describe(answer, "print-disabled", trouble, size);
	return override;
}

void
plist_index_free(struct plist_index *index)
{
	for (size_t i = 0; i < index->folder_count; i++) {
		struct plist_entries *entries = &index->folders[i];

		for (size_t j = 0; j < entries->count; j++) {
			free(entries->rows[j].path);
			free(entries->rows[j].label.text);
			free(entries->rows[j].logs[0].text);
			free(entries->rows[j].logs[1].text);
		}
		free(entries->rows);
	}
	free(index->folders);
	bytes_free(&index->disabled.text);
	bytes_free(&index->log_end.text);
}
