/* Finds the keys of an account's plist that would give it more as a daemon. */
#include <stdint.h>
#include <string.h>

#include "core/job/grant.h"
#include "core/lint/keys.h"
#include "core/text.h"

#define DEEPEST		5	/* names of a path that the table may have a row for */
#define UNKNOWN_KEY	"lnpctl does not know this key, and a newer launchd may"

/*
 * Values with which a key gives nothing, true as 1; any other documented key gives nothing if it is
 * false.
 */
static const struct { const char *path; int64_t least, most; } harmless[] = {
	{ "ExitTimeOut", 1, 120 },
	{ "InitGroups", 1, 1 },
	{ "Nice", 0, 20 },
};

struct search {
	struct grants		*grants;
	const struct options	*options;
	const char		*names[DEEPEST];
	size_t			 depth;
};

static bool
gives_nothing(const struct key *row, const struct plist *value)
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
reason_of(const struct search *search, const struct plist *value)
{
	const struct key *row = keys_find_folded(search->names, search->depth);

	if (row == NULL)
		return search->depth == 1 ? UNKNOWN_KEY : "";
	return gives_nothing(row, value) ? "" : row->gives;
}

/*
 * Whether a path ("Sockets.Listeners", of this length) names the key that is looked at, or one
 * above it.
 */
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
is_allowed(const struct search *search)
{
	const struct words *allowed = &search->options->allowed;

	for (size_t i = 0; i < allowed->count; i++)
		if (grant_is_named(search, allowed->items[i], strlen(allowed->items[i])))
			return true;
	return false;
}

/* By the command line. */
static bool
is_set(const struct search *search)
{
	const struct options *options = search->options;
	const char *top = search->names[0];

	for (size_t i = 0; i < options->settings.count; i++)
		if (grant_is_named(search, options->settings.items[i],
		    strcspn(options->settings.items[i], "=")))
			return true;
	return (options->user != NULL && strcmp(top, "UserName") == 0) ||
	    (options->group != NULL && strcmp(top, "GroupName") == 0);
}

static void
grant_add(struct search *search, const char *reason)
{
	struct grants *grants = search->grants;
	struct grant row = { .reason = reason, .allowed = is_allowed(search) };
	size_t at = grants->count, length = 0;

	grants->refused = grants->refused || !row.allowed;
	/* An error has no use for rows that are allowed; it must not lack those that are not. */
	if (grants->count == GRANTS_MAX)
		for (at = 0; at < GRANTS_MAX && (row.allowed || !grants->rows[at].allowed); at++)
			continue;
	if (at == GRANTS_MAX)
		return;
	for (size_t i = 0; i < search->depth; i++) {
		text_format(row.key + length, sizeof row.key - length, "%s%.100s", i == 0 ? "" :
		    ".", search->names[i]);
		length += strlen(row.key + length);
	}
	grants->rows[at] = row;
	grants->count += at == grants->count;
}

static void descend(struct search *, const struct plist *);

static void
grant_visit_member(void *context, const char *key, const struct plist *value)
{
	struct search *search = context;
	const char *reason;

	search->names[search->depth++] = key;
	reason = reason_of(search, value);
	if (reason[0] != '\0' && !is_set(search))
		grant_add(search, reason);
	descend(search, value);
	search->depth--;
}

static void
grant_visit_item(void *context, size_t index, const struct plist *value)
{
	(void)index;
	descend(context, value);
}

static void
descend(struct search *search, const struct plist *value)
{
	if (search->depth == DEEPEST)
		return;
	plist_visit(value, grant_visit_member, search);
	plist_visit_items(value, grant_visit_item, search);
}

void
grants_find(struct grants *grants, const struct plist *tree, const struct options *options)
{
	struct search search = { .grants = grants, .options = options };

	memset(grants, 0, sizeof *grants);
	descend(&search, tree);
}

/* Words that can be pasted; false: a name has something in it that a shell may take for its own. */
static bool
name_options(const struct grants *grants, char *target, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < grants->count; i++) {
		const char *key = grants->rows[i].key;

		if (grants->rows[i].allowed)
			continue;
		if (key[strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] != '\0' ||
		    !text_format(target + length, size - length, " --allow %s", key))
			return false;
		length += strlen(target + length);
	}
	return true;
}

int
grants_refuse(const struct grants *grants, const char *verb, const char *name, struct error *error)
{
	char why[sizeof error->why], fix[sizeof error->fix] = "", words[sizeof error->fix - 128];
	size_t length = 0;

	if (!grants->refused)
		return 0;
	for (size_t i = 0; i < grants->count; i++) {
		const struct grant *row = &grants->rows[i];

		if (!row->allowed && !text_format(why + length, sizeof why - length, "%s%s: %s",
		    length == 0 ? "as a daemon it would get more than as an agent: " : "; ",
		    row->key, row->reason))
			break;		/* a few hundred bytes of keys say enough */
		length += strlen(why + length);
	}
	if (name_options(grants, words, sizeof words))
		text_format(fix, sizeof fix, "to keep what it needs, add:%s", words);
	else
		text_copy(fix, sizeof fix, "to keep what it needs, name each such key with --allow");
	return error_set(error, ERROR_DATA, why, fix, "cannot %s '%s'", verb, name);
}

const struct grant *
grants_row(const struct grants *grants, const char *key)
{
	for (size_t i = 0; i < grants->count; i++)
		if (strcmp(grants->rows[i].key, key) == 0)
			return &grants->rows[i];
	return NULL;
}
