#define _GNU_SOURCE		/* mknod, S_IFCHR: what glibc does not count as POSIX */
/* Files planted where lnpctl works as root: refused with an error that names them, or harmless. */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mac.h"

#define SECRET	"/private/etc/secret"
#define DAEMONS	"/Library/LaunchDaemons"
#define HUGE	(64L * 1024 * 1024)

enum kind { LINK, PIPE, DEVICE, FOLDER, HARD_LINK, HUGE_FILE, KINDS };

static const char *const kinds[] = { "a link", "a pipe", "a device", "a folder", "a hard link",
    "a huge file" };

/* Returns false if it is not possible here. */
static bool
plant(struct mac *mac, enum kind kind, const char *path)
{
	const char *here = mac_path(mac, path);
	struct stat null;
	int file;

	remove(here);

	switch (kind) {
	case LINK:
		return symlink(mac_path(mac, SECRET), here) == 0;
	case PIPE:
		return mkfifo(here, 0600) == 0;
	case DEVICE:
		return stat("/dev/null", &null) == 0 &&
		    mknod(here, S_IFCHR | 0600, null.st_rdev) == 0;
	case FOLDER:
		return mkdir(here, 0755) == 0;
	case HARD_LINK:
		return link(mac_path(mac, SECRET), here) == 0;
	case HUGE_FILE:
		file = open(here, O_WRONLY | O_CREAT | O_EXCL, 0644);
		assert_int_not_equal(file, -1);
		assert_int_equal(ftruncate(file, HUGE), 0);
		close(file);
		return true;
	case KINDS:
		break;
	}
	return false;
}

static const struct place {
	const char	*path;
	const char	*named;			/* in the error */
	int		 status[KINDS];		/* of an install */
} places[] = {
	{ LOG, "/var/log/com.example.job.log", { 73, 73, 73, 73, 73, 73 } },
	{ ERRORS, "/var/log/com.example.job.err", { 73, 73, 73, 73, 73, 73 } },
	{ PLIST, PLIST, { 65, 65, 65, 65, 65, 65 } },
	{ RECEIPT, RECEIPT, { 73, 73, 73, 73, 65, 73 } },
	{ LOCK, LOCK, { 73, 73, 73, 73, 73, 73 } },
	{ STATE "/.lnpctl-draft", ".lnpctl-draft", { 0, 0, 0, 73, 0, 0 } },
	{ DAEMONS "/.lnpctl-draft", ".lnpctl-draft", { 0, 0, 0, 1, 0, 0 } },
	{ STATE "/com.example.job.old", "", { 0, 0, 0, 0, 0, 0 } },
};

static void
prepare(struct mac *mac)
{
	mac_make_folder(mac, STATE);
	mac_write(mac, SECRET, "secret\n");
	mac_set_mode(mac, SECRET, 0600);
}

static void
assert_secret(struct mac *mac, const char *owner)
{
	assert_string_equal(mac_read(mac, SECRET), "secret\n");
	assert_string_equal(mac_owner(mac, SECRET), owner);
}

/* Without root the job's account is the tester, whose own file is accepted as the log. */
static bool
is_own_log(const struct mac *mac, const char *path, enum kind kind, enum kind own)
{
	return !mac->as_root && kind == own && strncmp(path, "/private/var/log/", 17) == 0;
}

static void
try_install(struct mac *mac, const struct place *place, enum kind kind)
{
	int status = mac_install(mac, "--settle 0", MAC_QUIET);

	if (status != place->status[kind])
		fail_msg("%s at %s: install gave %d, not %d\n%s%s", kinds[kind], place->path,
		    status, place->status[kind], mac->out, mac->err);
	if (status != 0) {
		assert_has(mac->err, place->named);
		return;
	}
	/* A directory cannot be replaced; nothing is lost by that. */
	if (mac_command(mac, "uninstall --delete-logs com.example.job") != 0) {
		assert_has(mac->err, place->path);
		assert_has(mac->err, "all was put back");
		remove(mac_path(mac, place->path));
		assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
	}
}

static void
planted_file_is_refused_or_harmless(void **state)
{
	struct mac *mac = *state;
	const char *owner;

	prepare(mac);
	owner = mac_owner(mac, SECRET);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		for (enum kind kind = 0; kind < KINDS; kind++) {
			if (is_own_log(mac, places[i].path, kind, HUGE_FILE) ||
			    !plant(mac, kind, places[i].path))
				continue;
			try_install(mac, &places[i], kind);
			assert_secret(mac, owner);
			remove(mac_path(mac, places[i].path));
		}
	assert_status(mac, mac_install(mac, "--settle 0", MAC_QUIET), 0);
}

/* As above, but planted after the install, for uninstall and repair to find. */
static void
file_planted_over_an_installed_one_is_not_followed(void **state)
{
	static const char *const paths[] = { LOG, PLIST, RECEIPT, LOCK };
	struct mac *mac = *state;
	const char *owner;

	prepare(mac);
	owner = mac_owner(mac, SECRET);
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		for (enum kind kind = 0; kind < KINDS; kind++) {
			/* Without root the log and the secret are both the tester's. */
			if (is_own_log(mac, paths[i], kind, HARD_LINK))
				continue;
			assert_status(mac, mac_install(mac, "--settle 0", MAC_QUIET), 0);
			/*
			 * The job follows a link to its log as its own account: without root, the
			 * tester.
			 */
			assert_true(mac_wait_for(mac, LOG, "heartbeat"));
			assert_int_equal(rename(mac_path(mac, paths[i]), mac_path(mac, "/aside")),
			    0);
			if (plant(mac, kind, paths[i])) {
				mac_command(mac, "repair --timeout 5");
				assert_secret(mac, owner);
				mac_command(mac, "uninstall --delete-logs com.example.job");
				assert_secret(mac, owner);
				remove(mac_path(mac, paths[i]));
			}
			rename(mac_path(mac, "/aside"), mac_path(mac, paths[i]));
			mac_command(mac, "uninstall --delete-logs com.example.job");
			remove(mac_path(mac, PLIST));
			remove(mac_path(mac, LOG));
		}
}

/* Nothing in a receipt makes root delete, write or give away what is not the job's. */
static void
edited_receipt_reaches_no_other_file(void **state)
{
	static const struct edit {
		const char *old, *new;
	} edits[] = {
		{ "<string>/var/log/com.example.job.log</string>", "<string>" SECRET "</string>" },
		{ "<string>/var/log/com.example.job.err</string>",
		    "<string>/Library/LaunchDaemons/com.example.other.plist</string>" },
		{ "<string>" PLIST "</string>", "<string>" SECRET "</string>" },
		{ "<string>" PLIST "</string>",
		  "<string>/Library/LaunchDaemons/../../private/etc/x.plist</string>" },
		{ "<key>MadeFolders</key>\n\t<array/>",
		    "<key>MadeFolders</key>\n\t<array><string>/private/etc</string></array>" },
	};
	struct mac *mac = *state;
	const char *owner, *receipt;

	prepare(mac);
	owner = mac_owner(mac, SECRET);
	assert_status(mac, mac_install(mac, "--settle 0", MAC_QUIET), 0);
	receipt = mac_read(mac, RECEIPT);
	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
		const char *at = strstr(receipt, edits[i].old);
		char text[16384];

		if (at == NULL)
			fail_msg("no '%s' in %s", edits[i].old, receipt);
		snprintf(text, sizeof text, "%.*s%s%s", (int)(at - receipt), receipt, edits[i].new,
		    at + strlen(edits[i].old));
		mac_write(mac, RECEIPT, text);
		assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 65);
		assert_has(mac->err, RECEIPT);
		assert_status(mac, mac_command(mac, "repair com.example.job"), 65);
		assert_secret(mac, owner);
	}
	mac_write(mac, RECEIPT, receipt);
	assert_status(mac, mac_command(mac, "uninstall --delete-logs com.example.job"), 0);
}

static void
log_directory_swapped_for_a_link_is_not_followed(void **state)
{
	struct mac *mac = *state;
	const char *owner;

	if (!mac->as_root)
		skip();
	prepare(mac);
	mac_make_folder(mac, "/Users/worker/logs");
	mac_set_owner(mac, "/Users/worker/logs", mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_install(mac, "--settle 0 --log-dir /Users/worker/logs", MAC_QUIET),
	    0);
	assert_string_equal(mac_owner(mac, "/Users/worker/logs/com.example.job.log"),
	    mac_owner(mac, "/Users/worker/logs/com.example.job.err"));
	assert_int_equal(rename(mac_path(mac, "/Users/worker/logs"),
	    mac_path(mac, "/Users/worker/aside")), 0);
	assert_int_equal(symlink("/private/etc", mac_path(mac, "/Users/worker/logs")), 0);
	assert_int_equal(lchown(mac_path(mac, "/Users/worker/logs"), mac->worker_uid,
	    mac->worker_gid), 0);
	mac_write(mac, "/private/etc/com.example.job.log", "root's\n");
	owner = mac_owner(mac, "/private/etc/com.example.job.log");
	mac_command(mac, "repair");
	mac_command(mac, "uninstall --delete-logs com.example.job");
	assert_string_equal(mac_read(mac, "/private/etc/com.example.job.log"), "root's\n");
	assert_string_equal(mac_owner(mac, "/private/etc/com.example.job.log"), owner);
	assert_false(mac_exists(mac, "/private/etc/com.example.job.err"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(planted_file_is_refused_or_harmless),
		EMBEDDED(file_planted_over_an_installed_one_is_not_followed),
		EMBEDDED(edited_receipt_reaches_no_other_file),
		EMBEDDED(log_directory_swapped_for_a_link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
