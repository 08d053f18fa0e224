/*
 * Read accounts as a Mac stores them: one plist each, every value an array of strings. The host's
 * own accounts are never used.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "launchd.h"

#define NODE	"/private/var/db/dslocal/nodes/Default"

static plist_t
record(const char *kind, const char *name)
{
	char *path;
	plist_t plist;

	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
		return NULL;
	path = text("%s" NODE "/%s/%s.plist", root, kind, name);
	plist = file_plist(path);
	free(path);
	return plist;
}

/* Return the first string of an array, or "". */
static const char *
first(plist_t plist, const char *key)
{
	plist_t array = plist_dict_get_item(plist, key), item;
	const char *value = NULL;

	if (array != NULL && plist_get_node_type(array) == PLIST_ARRAY &&
	    plist_array_get_size(array) > 0) {
		item = plist_array_get_item(array, 0);
		if (plist_get_node_type(item) == PLIST_STRING)
			value = plist_get_string_ptr(item, NULL);
	}
	return value == NULL ? "" : value;
}

static bool
number(plist_t plist, const char *key, unsigned *value)
{
	const char *digits = first(plist, key);
	char *end;
	long n = strtol(digits, &end, 10);

	*value = (unsigned)n;
	return *digits != '\0' && *end == '\0';
}

static bool
lists(plist_t plist, const char *key, const char *word)
{
	plist_t array = plist_dict_get_item(plist, key);

	if (array == NULL || plist_get_node_type(array) != PLIST_ARRAY)
		return false;
	for (uint32_t i = 0; i < plist_array_get_size(array); i++) {
		plist_t item = plist_array_get_item(array, i);

		if (plist_get_node_type(item) == PLIST_STRING &&
		    strcmp(plist_get_string_ptr(item, NULL), word) == 0)
			return true;
	}
	return false;
}

bool
account_by_name(const char *name, struct account *account)
{
	plist_t plist = record("users", name);
	unsigned uid, gid;
	bool found;

	if (plist == NULL)
		return false;
	found = number(plist, "uid", &uid) && number(plist, "gid", &gid);
	if (found) {
		account->uid = (uid_t)uid;
		account->gid = (gid_t)gid;
		snprintf(account->name, sizeof(account->name), "%s", name);
		snprintf(account->home, sizeof(account->home), "%s", first(plist, "home"));
		snprintf(account->shell, sizeof(account->shell), "%s", first(plist, "shell"));
		if (account->shell[0] == '\0')
			snprintf(account->shell, sizeof(account->shell), "/usr/bin/false");
	}
	plist_free(plist);
	return found;
}

/* Call visit with the name of each record until it returns true. */
static bool
each(const char *kind, bool (*visit)(const char *name, void *context), void *context)
{
	char *path = text("%s" NODE "/%s", root, kind);
	DIR *folder = opendir(path);
	struct dirent *entry;
	bool found = false;

	free(path);
	if (folder == NULL)
		return false;
	while (!found && (entry = readdir(folder)) != NULL) {
		char *dot = strrchr(entry->d_name, '.');

		if (dot == NULL || strcmp(dot, ".plist") != 0)
			continue;
		*dot = '\0';
		found = visit(entry->d_name, context);
	}
	closedir(folder);
	return found;
}

struct by_uid {
	uid_t uid;
	struct account *account;
};

static bool
has_uid(const char *name, void *context)
{
	struct by_uid *wanted = context;

	return account_by_name(name, wanted->account) && wanted->account->uid == wanted->uid;
}

bool
account_by_uid(uid_t uid, struct account *account)
{
	struct by_uid wanted = { uid, account };

	return each("users", has_uid, &wanted);
}

bool
account_group(const char *name, gid_t *gid)
{
	plist_t plist = record("groups", name);
	unsigned value;
	bool found;

	if (plist == NULL)
		return false;
	found = number(plist, "gid", &value);
	*gid = (gid_t)value;
	plist_free(plist);
	return found;
}

struct by_member {
	const char *user;
	gid_t *list;
	int count, size;
};

static bool
add_if_member(const char *name, void *context)
{
	struct by_member *wanted = context;
	plist_t plist = record("groups", name);
	unsigned gid;

	if (plist != NULL && lists(plist, "users", wanted->user) && number(plist, "gid", &gid) &&
	    (gid_t)gid != wanted->list[0] && wanted->count < wanted->size)
		wanted->list[wanted->count++] = (gid_t)gid;
	plist_free(plist);
	return false;
}

int
account_groups(const char *user, gid_t gid, gid_t *list, int size)
{
	struct by_member wanted = { user, list, 1, size };

	list[0] = gid;
	each("groups", add_if_member, &wanted);
	return wanted.count;
}
