/* Find the keys of an account's plist that would give it more as a daemon. */
#include <stdint.h>
#include <string.h>

#include "core/job/grant.h"
#include "core/lint/keys.h"
#include "core/text.h"

#define GRANT_DEPTH_MAX	5	/* names of the longest path in the table */
#define UNKNOWN_KEY	"lnpctl does not know this key, but a newer launchd may"

/*
 * Values (true is 1) with which a key gives nothing; any other documented key gives nothing if it
 * is false.
 */
static const struct { const char *path; int64_t least, most; } harmless[] = {
	{ "ExitTimeOut", 1, 120 },
	{ "InitGroups", 1, 1 },
	{ "Nice", 0, 20 },
};

struct search {
	struct grants		*grants;
	const struct options	*options;
	const char		*names[GRANT_DEPTH_MAX];
	size_t			 depth;
};

static bool
grant_is_harmless(const struct key *row, const struct plist *value)
{
	bool flag = false, is_flag = plist_boolean(value, &flag);
	int64_t number = flag;
	bool is_number = is_flag || plist_integer(value, &number);

	for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
		if (strcmp(row->path, harmless[i].path) == 0 && is_number)
			return number >= harmless[i].least && number <= harmless[i].most;
	return is_flag && !flag && row->status == KEY_DOCUMENTED;
}

static const char *
grant_reason(const struct search *search, const struct plist *value)
{
	const struct key *row = keys_find(search->names, search->depth, true);

	if (row == NULL)
		return search->depth == 1 ? UNKNOWN_KEY : "";
	return grant_is_harmless(row, value) ? "" : row->gives;
}

/* Return true if a path such as "Sockets.Listeners" names the current key or one above it. */
static bool
grant_is_named(const struct search *search, const char *path, size_t length)
{
	for (size_t i = 0; i < search->depth; i++) {
		size_t size = strlen(search->names[i]);

		if (size > length || strncmp(path, search->names[i], size) != 0)
			return false;
		if (size == length)
			return true;
		if (path[size] != '.')
			return false;
		path += size + 1;
		length -= size + 1;
	}
	return false;
}

static bool
grant_is_allowed(const struct search *search)
{
	const struct words *allowed = &search->options->allowed;

	for (size_t i = 0; i < allowed->count; i++)
		if (grant_is_named(search, allowed->items[i], strlen(allowed->items[i])))
			return true;
	return false;
}

/* Return true if the command line sets the key. */
static bool
grant_is_set(const struct search *search)
{
	const struct words *settings = &search->options->settings;

	for (size_t i = 0; i < settings->count; i++)
		if (grant_is_named(search, settings->items[i], strcspn(settings->items[i], "=")))
			return true;
	for (const struct option *row = options_table(); row->name != NULL; row++)
		if (options_text(search->options, row) != NULL && row->key != NULL &&
		    grant_is_named(search, row->key, strlen(row->key)))
			return true;
	return false;
}

static void
grant_add(struct search *search, const char *reason)
{
	struct grants *grants = search->grants;
	struct grant row = { .reason = reason, .allowed = grant_is_allowed(search) };
	size_t at = grants->count;

	grants->refused = grants->refused || !row.allowed;
	/* When full, replace a row that is allowed: the error must list those that are not. */
	if (grants->count == GRANTS_MAX)
		for (at = 0; at < GRANTS_MAX && (row.allowed || !grants->rows[at].allowed); at++)
			continue;
	if (at == GRANTS_MAX)
		return;
	for (size_t i = 0; i < search->depth; i++)
		text_append(row.key, sizeof row.key, "%s%.100s", i == 0 ? "" : ".",
		    search->names[i]);
	grants->rows[at] = row;
	grants->count += at == grants->count;
}

/* key NULL: an item of an array. */
static void
grant_visit(void *context, const char *key, const struct plist *value)
{
	struct search *search = context;
	const char *reason = "";

	if (key != NULL) {
		search->names[search->depth++] = key;
		reason = grant_reason(search, value);
	}
	if (reason[0] != '\0' && !grant_is_set(search))
		grant_add(search, reason);
	if (search->depth < GRANT_DEPTH_MAX)
		plist_visit_all(value, grant_visit, search);
	search->depth -= key != NULL;
}

void
grants_find(struct grants *grants, const struct plist *tree, const struct options *options)
{
	struct search search = { .grants = grants, .options = options };

	memset(grants, 0, sizeof *grants);
	plist_visit(tree, grant_visit, &search);
}

/* Write options that can be pasted; false if a name has a character that a shell may interpret. */
static bool
grant_write_options(const struct grants *grants, char *target, size_t size)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-";

	for (size_t i = 0; i < grants->count; i++) {
		const char *key = grants->rows[i].key;

		if (!grants->rows[i].allowed && (key[strspn(key, safe)] != '\0' ||
		    !text_append(target, size, " --allow %s", key)))
			return false;
	}
	return true;
}

int
grants_refuse(const struct grants *grants, const char *verb, const char *name, struct error *error)
{
	char why[sizeof error->why] = "as a daemon it would get more than as an agent";
	char fix[sizeof error->fix] = "to keep the keys that it needs, add:";
	const char *between = ": ";

	if (!grants->refused)
		return 0;
	for (size_t i = 0; i < grants->count; i++) {
		const struct grant *row = &grants->rows[i];

		/* A few hundred bytes of keys are enough. */
		if (!row->allowed && text_append(why, sizeof why, "%s%s: %s", between, row->key,
		    row->reason))
			between = "; ";
	}
	if (!grant_write_options(grants, fix, sizeof fix - 64))
		text_copy(fix, sizeof fix, "to keep a key that it needs, name it with --allow");
	return error_set(error, ERROR_DATA, why, fix, "cannot %s '%s'", verb, name);
}
