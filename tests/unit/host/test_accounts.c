#define _GNU_SOURCE		/* realpath, nftw: glibc does not treat them as POSIX */
/* accounts.c: the accounts of an image, from a Mac's records, and of this machine. */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/accounts.h"

#define STORE	"/private/var/db/dslocal/nodes/Default"
#define ID(key, number)	"<key>" key "</key><array><string>" number "</string></array>"
#define HOME(path)	"<key>home</key><array><string>" path "</string></array>"

static char top[PATH_SIZE];
static struct host host;

static const char *
real(const char *path)
{
	static char name[2 * PATH_SIZE];

	snprintf(name, sizeof name, "%s%s", top, path);
	return name;
}

static void
make_record(const char *kind, const char *name, const char *inside)
{
	char path[PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof path, STORE "/%s/%s.plist", kind, name);
	file = fopen(real(path), "w");
	assert_non_null(file);
	fprintf(file,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist "
	    "version=\"1.0\">\n<dict>%s</dict>\n</plist>\n", inside);
	assert_int_equal(fclose(file), 0);
}

static void
make_store(void)
{
	static const char *const folders[] = { "/private", "/private/var", "/private/var/db",
	    "/private/var/db/dslocal",
		"/private/var/db/dslocal/nodes", STORE, STORE "/users", STORE "/groups" };

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		assert_int_equal(mkdir(real(folders[i]), 0755), 0);
	make_record("users", "worker", ID("uid", "501") ID("gid", "20") HOME("/Users/worker"));
	make_record("groups", "wheel", ID("gid",
	    "0") "<key>users</key><array><string>root</string></array>");
	make_record("groups", "staff",
	    ID("gid", "20")
	    "<key>users</key><array><string>root</string><string>worker</string></array>");
	make_record("groups", "admin",
	    ID("gid", "80")
	    "<key>users</key><array><string>root</string><string>worker</string></array>");
}

static int
begin(void **state)
{
	const char *temporary = getenv("TMPDIR");
	char template[PATH_SIZE], *resolved;

	(void)state;
	umask(022);
	snprintf(template, sizeof template, "%s/lnpctl-accounts.XXXXXX", temporary == NULL ?
	    "/tmp" : temporary);
	if (mkdtemp(template) == NULL || (resolved = realpath(template, NULL)) == NULL)
		return -1;
	snprintf(top, sizeof top, "%s", resolved);
	free(resolved);
	memset(&host, 0, sizeof host);
	host.image = true;
	host.owner = geteuid();
	host.group = getegid();
	host.root = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return host.root == -1 ? -1 : 0;
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static int
end(void **state)
{
	(void)state;
	close(host.root);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static struct account
user(const char *name)
{
	struct account account;

	memset(&account, 0xff, sizeof account);
	accounts_user(&host, name, &account);
	return account;
}

static struct account_group
group(const char *name)
{
	struct account_group found;

	memset(&found, 0xff, sizeof found);
	accounts_group(&host, name, &found);
	return found;
}

static struct account_group
own_group(const char *name)
{
	struct account account = user(name);
	struct account_group found;

	memset(&found, 0xff, sizeof found);
	accounts_own_group(&host, &account, &found);
	return found;
}

static void
user_of_an_image_is_found_with_groups_and_home(void **state)
{
	struct account account;

	(void)state;
	make_store();
	account = user("worker");
	assert_int_equal(account.exists, YES);
	assert_string_equal(account.name, "worker");
	assert_int_equal(account.identity.uid, 501);
	assert_int_equal(account.identity.gid, 20);
	assert_int_equal(account.identity.ngroups, 2);		/* 20 once */
	assert_int_equal(account.identity.groups[0], 20);
	assert_int_equal(account.identity.groups[1], 80);
	assert_string_equal(account.home, "/Users/worker");
	assert_true(account.local);
}

static void
group_of_an_image_is_found_by_name_and_number(void **state)
{
	(void)state;
	make_store();
	assert_int_equal(group("admin").exists, YES);
	assert_int_equal(group("admin").gid, 80);
	assert_string_equal(group("admin").name, "admin");
	assert_int_equal(group("nobody-here").exists, NO);
	assert_string_equal(own_group("worker").name, "staff");
	assert_int_equal(own_group("worker").exists, YES);
	assert_int_equal(own_group("worker").gid, 20);
	make_record("users", "stray", ID("uid", "502") ID("gid", "4711") HOME("/Users/stray"));
	assert_string_equal(own_group("stray").name, "4711");
	assert_int_equal(own_group("stray").exists, NO);
}

static void
this_machines_accounts_are_not_those_of_an_image(void **state)
{
	(void)state;
	assert_int_equal(user("root").exists, YES);		/* no store: this machine's */
	make_store();
	assert_int_equal(user("root").exists, NO);
	assert_int_equal(user("worker").exists, YES);
	host.image = false;
	assert_int_equal(user("root").exists, YES);
	assert_int_equal(user("root").identity.uid, 0);
}

static void
name_that_is_a_path_does_not_exist(void **state)
{
	char name[NAME_SIZE + 10];

	(void)state;
	make_store();
	make_record("users", ".hidden", ID("uid", "501") ID("gid", "20"));
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	for (int i = 0; i < 2; i++) {
		assert_int_equal(user("../users/worker").exists, NO);
		assert_int_equal(user(".hidden").exists, NO);
		assert_int_equal(user("").exists, NO);
		assert_int_equal(user(name).exists, NO);
		assert_int_equal(group("../groups/admin").exists, NO);
		assert_int_equal(group("").exists, NO);
		host.image = false;
	}
}

static void
damaged_record_is_unknown_and_not_root(void **state)
{
	static const char *const inside[] = {
		ID("uid", "") ID("gid", "20"),
		ID("uid", "12abc") ID("gid", "20"),
		ID("uid", "4294967295") ID("gid", "20"),
		ID("uid", "99999999999999999999") ID("gid", "20"),
		ID("uid", " 1") ID("gid", "20"),
		ID("uid", "+1") ID("gid", "20"),
		ID("uid", "-1") ID("gid", "20"),
		ID("uid", "-") ID("gid", "20"),
		ID("uid", "--2") ID("gid", "20"),
		ID("uid", "-2147483649") ID("gid", "20"),
		ID("gid", "20"),
		ID("uid", "501"),
		"<key>uid</key><string>501</string>" ID("gid", "20"),
		"<key>uid</key><array/>" ID("gid", "20"),
		"<key>uid</key><array><integer>501</integer></array>" ID("gid", "20"),
		"<broken",
	};

	(void)state;
	make_store();
	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
		struct account account;

		make_record("users", "bad", inside[i]);
		account = user("bad");
		if (account.exists != UNKNOWN || account.error == 0)
			fail_msg("%s: %d", inside[i], account.exists);
	}
	make_record("groups", "bad", ID("gid", "x"));
	assert_int_equal(group("bad").exists, UNKNOWN);
}

static void
nobody_has_a_negative_number(void **state)
{
	struct account account;

	(void)state;
	make_store();
	make_record("users", "nobody", ID("uid", "-2") ID("gid", "-2"));
	account = user("nobody");
	assert_int_equal(account.exists, YES);
	assert_true(account.identity.uid == (uid_t)-2 && account.identity.gid == (gid_t)-2);
	assert_string_equal(account.home, "");
}

static void
record_with_a_photograph_is_read(void **state)
{
	static char inside[3 * 1024 * 1024];
	size_t size;

	(void)state;
	make_store();
	size = (size_t)snprintf(inside, sizeof inside,
	    ID("uid", "502") ID("gid", "20") "<key>jpegphoto</key><array><data>");
	memset(inside + size, 'A', 2 * 1024 * 1024);
	strcpy(inside + size + 2 * 1024 * 1024, "</data></array>");
	make_record("users", "vain", inside);
	assert_int_equal(user("vain").exists, YES);
}

static void
record_that_others_can_change_makes_nobody(void **state)
{
	(void)state;
	make_store();
	assert_int_equal(chmod(real(STORE "/users/worker.plist"), 0666), 0);
	assert_int_equal(user("worker").exists, UNKNOWN);
	assert_int_equal(user("worker").error, EPERM);
	assert_int_equal(chmod(real(STORE "/users/worker.plist"), 0644), 0);
	assert_int_equal(user("worker").exists, YES);
	assert_int_equal(chmod(real(STORE "/users"), 0777), 0);
	assert_int_equal(user("worker").exists, UNKNOWN);
	assert_int_equal(chmod(real(STORE "/users"), 0755), 0);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(real(STORE "/users/worker.plist"), 502, 20), 0);
	assert_int_equal(user("worker").exists, UNKNOWN);
}

static void
store_that_cannot_be_seen_is_not_replaced_by_this_machine(void **state)
{
	struct account account;

	(void)state;
	make_store();
	if (geteuid() == 0) {
		print_message("root sees everything\n");
		skip();
	}
	assert_int_equal(chmod(real("/private/var/db/dslocal"), 0), 0);
	account = user("root");
	assert_int_equal(chmod(real("/private/var/db/dslocal"), 0755), 0);
	assert_int_equal(account.exists, UNKNOWN);
	assert_int_equal(account.error, EACCES);
}

static void
account_in_very_many_groups_keeps_its_own(void **state)
{
	struct account account;
	char name[32], inside[256];

	(void)state;
	make_store();
	for (int i = 0; i < GROUPS_MAX + 10; i++) {
		snprintf(name, sizeof name, "group%d", i);
		snprintf(inside, sizeof inside,
		    "<key>gid</key><array><string>%d</string></array>"
		    "<key>users</key><array><string>worker"
		    "</string></array>",
		    1000 + i);
		make_record("groups", name, inside);
	}
	account = user("worker");
	assert_int_equal(account.identity.ngroups, GROUPS_MAX);
	assert_int_equal(account.identity.groups[0], 20);
}

static void
stray_files_among_the_records_do_no_harm(void **state)
{
	(void)state;
	make_store();
	assert_int_equal(mkfifo(real(STORE "/groups/fifo.plist"), 0600), 0);
	assert_int_equal(mkdir(real(STORE "/groups/folder.plist"), 0755), 0);
	assert_int_equal(symlink("/etc/passwd", real(STORE "/groups/link.plist")), 0);
	make_record("groups", "bad", "<broken");
	assert_int_equal(user("worker").identity.ngroups, 2);
	assert_string_equal(own_group("worker").name, "staff");
	assert_int_equal(group("fifo").exists, UNKNOWN);
}

static void
user_and_group_of_this_machine_are_found(void **state)
{
	struct passwd *entry = getpwuid(0);
	struct account account;
	struct account_group found;
	char root[NAME_SIZE];
	gid_t gid;

	(void)state;
	host.image = false;
	assert_non_null(entry);
	snprintf(root, sizeof root, "%s", entry->pw_name);
	gid = entry->pw_gid;
	account = user(root);
	assert_int_equal(account.exists, YES);
	assert_int_equal(account.identity.uid, 0);
	assert_int_equal(account.identity.gid, gid);
	assert_true(account.identity.ngroups >= 1);
	assert_int_equal(account.identity.groups[0], gid);
	assert_true(account.local);
	assert_int_equal(account.home[0], '/');
	assert_int_equal(own_group(root).exists, YES);
	assert_int_equal(group(own_group(root).name).gid, gid);
	assert_int_equal(user("no-such-account-here").exists, NO);
	assert_int_equal(group("no-such-group-here").exists, NO);
	account.identity.gid = 3999999999u;
	accounts_own_group(&host, &account, &found);
	assert_string_equal(found.name, "3999999999");
	assert_int_equal(found.exists, NO);
}

/* A volume that folds case finds a record by any spelling; here the file's name stands for that. */
static void
name_of_an_account_is_its_records(void **state)
{
	struct account account;

	(void)state;
	make_store();
	make_record("users", "Worker",
	    "<key>name</key><array><string>worker</string><string>w@example.com</string></array>"
	    ID("uid", "501") ID("gid", "20"));
	account = user("Worker");
	assert_string_equal(account.name, "worker");
	/* whose members are listed by that name */
	assert_int_equal(account.identity.ngroups, 2);
	make_record("users", "odd", "<key>name</key><array><string>../odd</string></array>"
	    ID("uid", "502") ID("gid", "20"));
	assert_string_equal(user("odd").name, "odd");
}

struct listed {
	size_t	count, roots;
	bool	sorted;
	char	last[NAME_SIZE];
};

static void
note(void *context, const struct account *account)
{
	struct listed *listed = context;

	assert_int_equal(account->exists, YES);
	assert_true(account->local);
	listed->sorted = listed->sorted && strcmp(listed->last, account->name) < 0;
	listed->roots += account->identity.uid == 0;
	listed->count++;
	snprintf(listed->last, sizeof listed->last, "%s", account->name);
}

/* On a Mac the records may be closed even to root; what the system lists needs no rights. */
static void
accounts_of_this_machine_are_listed_once_each_for_any_user(void **state)
{
	struct listed listed = { .sorted = true, .last = "" };
	struct error error;

	(void)state;
	host.image = false;
	assert_int_equal(accounts_each(&host, note, &listed, &error), 0);
	assert_true(listed.count > 1 && listed.roots >= 1 && listed.sorted);
}

static void
answer_about_an_account_is_not_asked_for_again(void **state)
{
	static struct accounts accounts;

	(void)state;
	make_store();
	host.accounts = &accounts;
	assert_int_equal(user("other").exists, NO);
	assert_int_equal(user("worker").exists, YES);
	assert_int_equal(unlink(real(STORE "/users/worker.plist")), 0);
	assert_int_equal(user("worker").exists, YES);
	assert_int_equal(user("worker").identity.uid, 501);
	make_record("users", "other", ID("uid", "502") ID("gid", "20"));
	assert_int_equal(user("other").exists, NO);
	/* a damaged record is looked for anew */
	make_record("users", "odd", ID("uid", "many") ID("gid", "20"));
	assert_int_equal(user("odd").exists, UNKNOWN);
	make_record("users", "odd", ID("uid", "503") ID("gid", "20"));
	assert_int_equal(user("odd").exists, YES);
	host.accounts = NULL;
	assert_int_equal(user("worker").exists, NO);
	assert_int_equal(user("other").exists, YES);
}

#define EACH(test)	cmocka_unit_test_setup_teardown(test, begin, end)

/* So that no command asks a directory server again while others wait for its lock. */
static void
name_is_looked_up_once(void **state)
{
	static struct accounts accounts;

	(void)state;
	make_store();
	accounts = (struct accounts){ .count = 0 };
	host.accounts = &accounts;
	assert_int_equal(user("worker").exists, YES);
	assert_int_equal(group("staff").exists, YES);
	assert_int_equal(group("late").exists, NO);
	assert_int_equal(unlink(real(STORE "/users/worker.plist")), 0);
	assert_int_equal(unlink(real(STORE "/groups/staff.plist")), 0);
	make_record("groups", "late", ID("gid", "77"));
	assert_int_equal(user("worker").identity.uid, 501);
	assert_int_equal(group("staff").gid, 20);
	assert_string_equal(group("staff").name, "staff");
	assert_int_equal(group("late").exists, NO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(user_of_an_image_is_found_with_groups_and_home),
		EACH(group_of_an_image_is_found_by_name_and_number),
		EACH(this_machines_accounts_are_not_those_of_an_image),
		EACH(name_that_is_a_path_does_not_exist),
		EACH(damaged_record_is_unknown_and_not_root),
		EACH(nobody_has_a_negative_number),
		EACH(record_with_a_photograph_is_read),
		EACH(record_that_others_can_change_makes_nobody),
		EACH(store_that_cannot_be_seen_is_not_replaced_by_this_machine),
		EACH(account_in_very_many_groups_keeps_its_own),
		EACH(stray_files_among_the_records_do_no_harm),
		EACH(user_and_group_of_this_machine_are_found),
		EACH(answer_about_an_account_is_not_asked_for_again),
		EACH(name_of_an_account_is_its_records),
		EACH(accounts_of_this_machine_are_listed_once_each_for_any_user),
		EACH(name_is_looked_up_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
