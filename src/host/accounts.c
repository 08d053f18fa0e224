#define _DEFAULT_SOURCE		/* getpwent and getgrent, which POSIX has only with XSI */
/* Users and groups, of this machine or of an image. */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plist/plist.h"
#include "core/text.h"
#include "core/facts/trust.h"
#include "host/accounts.h"
#include "host/machine/budget.h"
#include "host/files/files.h"
#include "host/os/platform.h"
#include "host/machine/wait.h"

#define STORE		"/private/var/db/dslocal/nodes/Default"
#define RECORD_LARGEST	(10 * 1024 * 1024)	/* a record may hold a photograph */

static char record_buffer[1024 * 1024];	/* for one user or group: pages that are not used take no
					   memory */

static bool
is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL &&
	    strlen(name) < NAME_SIZE;
}

/* ---- an image's own ---- */

static bool
has_store(const struct host *host)
{
	struct file_fact fact;

	if (!host->image)
		return false;
	files_look(host, STORE, FILES_STRICT, &fact);
	return fact.exists != NO;	/* unreadable accounts are still the image's own */
}

/* Return the first value of an attribute: records are dictionaries of arrays of strings. */
static const char *
record_value(const struct plist *record, const char *key)
{
	return plist_text(plist_item(plist_member(record, key), 0));
}

/*
 * Parse a uid or gid. "-2", the account nobody, is 4294967294. Reject -1, which means "no change"
 * to chown(2) and others.
 */
static bool
accounts_number(const struct plist *record, const char *key, unsigned long *result)
{
	const char *text = record_value(record, key);
	long long value;
	char *end;

	if (text == NULL || !isdigit((unsigned char)text[text[0] == '-']))
		return false;
	value = strtoll(text, &end, 10);
	if (text[0] == '-')
		value = value >= -0x80000000LL && value < -1 ? value + 0x100000000LL : -1;
	*result = (unsigned long)value;
	return *end == '\0' && value >= 0 && value < 0xffffffffLL;
}

static struct plist *
accounts_record(const struct host *host, const char *kind, const char *name, enum tristate *exists,
    int *trouble, unsigned long *gid)
{
	char path[PATH_SIZE];
	struct file_fact fact;
	struct bytes bytes;
	struct error ignored;
	struct plist *record = NULL;

	*exists = NO;
	*trouble = 0;
	if (!is_name(name))
		return NULL;
	text_format(path, sizeof path, STORE "/%s/%s.plist", kind, name);
	if (files_read(host, path, RECORD_LARGEST, &bytes, &fact, &ignored) == -1) {
		*exists = fact.exists == NO ? NO : UNKNOWN;
		*trouble = fact.error;
		return NULL;
	}
	*exists = UNKNOWN;
	*trouble = EPERM;
	/* Those who can write a record choose its uid. */
	if (fact.untrusted_path[0] == '\0' && trust_file(&fact, host->owner) == WEAK_NOT) {
		record = plist_parse(bytes, &ignored);
		*exists = accounts_number(record, "gid", gid) ? YES : UNKNOWN;
		*trouble = *exists == YES ? 0 : EINVAL;
	}
	bytes_free(&bytes);
	if (*exists == YES)
		return record;
	plist_release(record);
	return NULL;
}

struct membership {			/* a search through all groups */
	const struct host	*host;
	struct account		*account;	/* the member */
};

static void
add_membership(struct account *account, gid_t gid, const char *name, const struct plist *users)
{
	struct identity *identity = &account->identity;

	if (gid == identity->gid) {
		text_copy(account->group, NAME_SIZE, name);
		return;
	}
	for (size_t i = 0; i < plist_count(users) && identity->ngroups < GROUPS_MAX; i++) {
		const char *user = plist_text(plist_item(users, i));

		if (user == NULL || strcmp(user, account->name) != 0)
			continue;
		identity->groups[identity->ngroups++] = gid;
		return;
	}
}

static void
visit_group(void *context, const char *file)
{
	struct membership *search = context;
	char name[NAME_SIZE];
	size_t length = strlen(file);
	struct plist *record;
	unsigned long gid;
	enum tristate exists;
	int trouble;

	if (length <= 6 || strcmp(file + length - 6, ".plist") != 0 ||
	    !text_format(name, sizeof name, "%.*s", (int)(length - 6), file))
		return;
	record = accounts_record(search->host, "groups", name, &exists, &trouble, &gid);
	if (record != NULL)
		add_membership(search->account, (gid_t)gid, name, plist_member(record, "users"));
	else if (exists != NO && search->account->groups_error == 0)
		search->account->groups_error = trouble;
	plist_release(record);
}

static void
image_user(const struct host *host, const char *name, struct account *account)
{
	unsigned long uid, gid;
	struct plist *record = accounts_record(host, "users", name, &account->exists,
	    &account->error, &gid);
	struct membership search = { host, account };
	struct error ignored;
	const char *home = record_value(record, "home"), *own_name = record_value(record, "name");

	if (record != NULL && !accounts_number(record, "uid", &uid)) {
		account->exists = UNKNOWN;
		account->error = EINVAL;
	} else if (record != NULL) {
		/* A case-insensitive volume finds the record by another spelling. */
		if (own_name != NULL && is_name(own_name))
			text_copy(account->name, sizeof account->name, own_name);
		account->identity = (struct identity){
			.uid = (uid_t)uid, .gid = (gid_t)gid, .groups = { (gid_t)gid }, .ngroups = 1
		};
		text_copy(account->home, sizeof account->home, home == NULL ? "" : home);
		account->local = true;
		if (files_list(host, STORE "/groups", visit_group, &search, &ignored) == -1)
			account->groups_error = EACCES;
	}
	plist_release(record);
}

static void
image_group(const struct host *host, const char *name, struct account_group *group)
{
	unsigned long gid;
	struct plist *record = accounts_record(host, "groups", name, &group->exists, &group->error,
	    &gid);

	if (record != NULL)
		group->gid = (gid_t)gid;
	plist_release(record);
}

/* ---- this machine's ---- */

static enum tristate
system_exists(const void *found, int result)
{
	return found != NULL ? YES : result == 0 || result == ENOENT || result == ESRCH ? NO :
	    UNKNOWN;
}

static void
system_user(const char *name, struct account *account)
{
	struct passwd entry, *found = NULL;

	do
		account->error = getpwnam_r(name, &entry, record_buffer, sizeof record_buffer,
		    &found);
	while (account->error == EINTR);
	account->exists = system_exists(found, account->error);
	if (found == NULL)
		return;
	account->identity.uid = found->pw_uid;
	account->identity.gid = found->pw_gid;
	/* The record's own name: macOS also finds it by an alias or in another case. */
	text_copy(account->name, sizeof account->name, found->pw_name);
	account->identity.ngroups = platform_groups(found->pw_name, found->pw_gid,
	    account->identity.groups);
	text_copy(account->home, sizeof account->home, found->pw_dir);
	account->local = platform_is_local(found->pw_name);
}

static void
system_group(const char *name, struct account_group *group)
{
	struct group entry, *found = NULL;

	do
		group->error = getgrnam_r(name, &entry, record_buffer, sizeof record_buffer,
		    &found);
	while (group->error == EINTR);
	group->exists = system_exists(found, group->error);
	if (found != NULL)
		group->gid = found->gr_gid;
}

/* ---- either ---- */

static void
find_account(const struct host *host, const char *name, struct account *account)
{
	*account = (struct account){ .exists = NO };
	if (!is_name(name))
		return;
	text_copy(account->name, sizeof account->name, name);
	if (has_store(host))
		image_user(host, name, account);
	else
		system_user(name, account);
}

void
accounts_user(const struct host *host, const char *name, struct account *account)
{
	struct accounts *accounts = host->accounts;

	for (size_t i = 0; accounts != NULL && i < accounts->count; i++)
		if (strcmp(accounts->rows[i].asked, name) == 0) {
			*account = accounts->rows[i].account;
			return;
		}
	find_account(host, name, account);
	if (accounts != NULL && account->exists != UNKNOWN &&
	    accounts->count < ACCOUNTS_REMEMBERED &&
	    text_copy(accounts->rows[accounts->count].asked, NAME_SIZE, name))
		accounts->rows[accounts->count++].account = *account;
}

struct account_visit {
	const struct host *host;
	double	 deadline;		/* on wait_now()'s clock */
	bool	 late;			/* it has passed, or there are too many */
	void	(*visit)(void *, const struct account *);
	void	*context;
};

/* Also visit an account whose record cannot be read, so that it is reported. */
static void
visit_named(void *context, const char *name)
{
	struct account_visit *each = context;
	struct account account;

	each->late = each->late || wait_now() >= each->deadline;
	if (each->late)
		return;
	/* bypass the cache: they are many, and each is looked up once */
	find_account(each->host, name, &account);
	if (account.exists != NO)
		each->visit(each->context, &account);
}

static void
visit_user(void *context, const char *file)
{
	size_t length = strlen(file);
	char name[NAME_SIZE];

	if (length > 6 && strcmp(file + length - 6, ".plist") == 0 &&
	    text_format(name, sizeof name, "%.*s", (int)(length - 6), file))
		visit_named(context, name);
}

/* Collect the names first: a lookup during getpwent() would restart the list. */
static void
system_names(struct account_visit *each, FILE *names)
{
	const struct passwd *entry;
	size_t count = 0;

	setpwent();
	while (!wait_is_stopped(each->host) && !each->late && (entry = getpwent()) != NULL) {
		bool local = platform_is_local(entry->pw_name);

		/* A company's directory may list hundreds of thousands without a local record. */
		each->late = wait_now() >= each->deadline || (local && count == BUDGET_ACCOUNTS);
		if (local && !each->late)
			count += fwrite(entry->pw_name, strlen(entry->pw_name) + 1, 1, names);
	}
	endpwent();
}

/* An account of a directory server with a local record is listed twice, and visited once. */
static int
system_each(struct account_visit *each, struct error *error)
{
	char *text = NULL;
	size_t size = 0;
	FILE *names = open_memstream(&text, &size);
	int errnum = ENOMEM;

	if (names != NULL) {
		system_names(each, names);
		if (fclose(names) == 0)
			errnum = files_visit(each->host,
			    (struct bytes){ (const unsigned char *)text, size }, visit_named, each);
		free(text);
	}
	if (errnum == EINTR || wait_is_stopped(each->host))
		return error_set(error, ERROR_STOPPED, "did not finish listing the accounts");
	return errnum == 0 ? 0 :
	    error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot list the accounts");
}

int
accounts_each(const struct host *host, void (*visit)(void *, const struct account *), void *context,
    struct error *error)
{
	struct account_visit each = { .host = host, .deadline = wait_now() + BUDGET_LIST_SECONDS,
	    .visit = visit,
		.context = context };
	int result = has_store(host) ? files_list(host, STORE "/users", visit_user, &each, error) :
	    system_each(&each, error);

	if (result == 0 && each.late)
		return error_set(error, ERROR_UNKNOWN, BUDGET_TOO_MUCH, NULL,
		    "cannot list all accounts");
	return result;
}

static const char *
accounts_next_name(bool groups)
{
	const struct passwd *user = groups ? NULL : getpwent();
	const struct group *group = groups ? getgrent() : NULL;

	return user != NULL ? user->pw_name : group != NULL ? group->gr_name : NULL;
}

void
accounts_names(const struct host *host, bool groups, void (*visit)(void *, const char *),
    void *context)
{
	double deadline = wait_now() + BUDGET_SECONDS;
	const char *name;

	setpwent();
	setgrent();
	while (!wait_is_stopped(host) && wait_now() < deadline &&
	    (name = accounts_next_name(groups)) != NULL)
		visit(context, name);
}

void
accounts_group(const struct host *host, const char *name, struct account_group *group)
{
	struct accounts *accounts = host->accounts;

	for (size_t i = 0; accounts != NULL && i < accounts->group_count; i++)
		if (strcmp(accounts->groups[i].name, name) == 0) {
			*group = accounts->groups[i];
			return;
		}
	*group = (struct account_group){ .exists = NO };
	if (!is_name(name))
		return;
	text_copy(group->name, sizeof group->name, name);
	if (has_store(host))
		image_group(host, name, group);
	else
		system_group(name, group);
	if (accounts != NULL && group->exists != UNKNOWN &&
	    accounts->group_count < ACCOUNTS_REMEMBERED)
		accounts->groups[accounts->group_count++] = *group;
}

void
accounts_own_group(const struct host *host, const struct account *account,
    struct account_group *group)
{
	const struct group *found = has_store(host) ? NULL : getgrgid(account->identity.gid);

	*group = (struct account_group){ .gid = account->identity.gid };
	group->exists = text_copy(group->name, NAME_SIZE, found == NULL ? account->group :
	    found->gr_name) && group->name[0] != '\0' ? YES : NO;
	if (group->exists == NO)
		snprintf(group->name, NAME_SIZE, "%ju", (uintmax_t)group->gid);
}
