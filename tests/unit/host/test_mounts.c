#define _GNU_SOURCE		/* unshare */
/*
 * Volumes that an account mounts below its home: one that never answers must not hang lnpctl. In a
 * mount namespace of its own, with a FUSE volume whose server is this program and never answers.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/files/walk.h"
#include "host/os/platform.h"
#include "mac.h"

#ifdef __linux__
#include <linux/fuse.h>
#include <sched.h>

#define HOME	"/Users/worker"
#define LONG	300		/* seconds: more than all looks may take, and less than for ever */

static int server = -1;		/* the other end of the volume */
static char mounted[512];
static bool may_mount;		/* we are root, and the machine lets us */

/* Skip the test if this machine cannot do it. */
static void
mount_dead(struct mac *mac, const char *path)
{
	char options[128];

	if (!may_mount)
		skip();
	if (mkdir(mac_path(mac, path), 0755) == -1)
		assert_int_equal(errno, EEXIST);
	mac_set_owner(mac, path, mac->worker_uid, mac->worker_gid);
	snprintf(mounted, sizeof mounted, "%s", mac_path(mac, path));
	server = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (server == -1)
		skip();
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other",
	    server, (unsigned)mac->worker_uid, (unsigned)mac->worker_gid);
	if (mount("dead", mounted, "fuse.dead", MS_NOSUID | MS_NODEV, options) == -1)
		skip();
}

/* Serve, but never end a request: its process cannot even be killed then. */
static void
begin_to_serve(void)
{
	struct {
		struct fuse_out_header	header;
		struct fuse_init_out	init;
	} answer;
	struct fuse_in_header *request;
	char room[FUSE_MIN_READ_BUFFER];

	assert_true(read(server, room, sizeof room) > 0);
	request = (struct fuse_in_header *)room;
	assert_int_equal(request->opcode, FUSE_INIT);
	memset(&answer, 0, sizeof answer);
	answer.header.len = sizeof answer;
	answer.header.unique = request->unique;
	answer.init.major = FUSE_KERNEL_VERSION;
	answer.init.minor = FUSE_KERNEL_MINOR_VERSION;
	answer.init.max_write = 4096;
	assert_int_equal(write(server, &answer, sizeof answer), sizeof answer);
}

static int
end(void **state)
{
	if (mounted[0] != '\0')
		umount2(mounted, MNT_DETACH);
	if (server != -1)
		close(server);
	server = -1;
	mounted[0] = '\0';
	return mac_end(state);
}

/* Processes that wait for ever end with this program. */
static int
guarded(struct mac *mac, const char *command)
{
	int status;

	alarm(LONG);
	status = mac_command(mac, command);
	alarm(0);
	return status;
}

static void
verify_does_not_wait_for_a_dead_volume_in_a_home(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0", MAC_QUIET), 0);
	mount_dead(mac, HOME "/Library/LaunchAgents");
	assert_int_not_equal(guarded(mac, "verify com.example.job"), 1);
	begin_to_serve();
	assert_int_not_equal(guarded(mac, "verify com.example.job"), 1);
	assert_int_not_equal(guarded(mac, "scan"), 1);
}

static void
log_and_program_on_a_dead_volume_are_unknown(void **state)
{
	struct mac *mac = *state;

	mac_make_folder(mac, HOME "/there");
	mac_set_owner(mac, HOME "/there", mac->worker_uid, mac->worker_gid);
	assert_status(mac, mac_install(mac, "--settle 0 --log-dir " HOME "/there", MAC_QUIET), 0);
	mount_dead(mac, HOME "/there");
	begin_to_serve();
	assert_status(mac, guarded(mac, "verify --json com.example.job"), 2);
	assert_string_equal(mac_check(mac, "log-files"), "unknown");
	assert_has(mac->out, "no answer in time");
	assert_int_not_equal(guarded(mac, "repair --timeout 3 com.example.job"), 0);
	assert_int_not_equal(guarded(mac,
	    "install --label com.example.other --user worker -- " HOME "/there/program"), 0);
	assert_has(mac->err, "no answer in time");
	guarded(mac, "uninstall --delete-logs com.example.job");
}

/* Of several volumes on one path, the path reaches the last one. */
static void
volume_that_covers_another_is_the_one_that_counts(void **state)
{
	struct mac *mac = *state;
	struct volume volume;
	int above;

	mac_make_folder(mac, HOME "/twice");
	if (may_mount &&
	    mount("below", mac_path(mac, HOME "/twice"), "tmpfs", MS_NOSUID, "size=4k") == -1)
		skip();
	mount_dead(mac, HOME "/twice");
	above = open(mac_path(mac, HOME), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(platform_is_mount(above, "twice", &volume));
	assert_true(volume.may_wait);
	assert_int_equal(volume.mounter, mac->worker_uid);
	assert_int_equal(mount("above", mounted, "tmpfs", MS_NOSUID, "size=4k"), 0);
	assert_true(platform_is_mount(above, "twice", &volume));
	assert_false(volume.may_wait);
	assert_int_equal(volume.mounter, 0);
	assert_false(platform_is_mount(above, "Library", &volume));
	close(above);
	for (int i = 0; i < 2; i++)
		assert_int_equal(umount2(mounted, MNT_DETACH), 0);
}

static void
mount_for_ever(const char *path)
{
	while (mount("race", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=4k") == 0)
		umount2(path, MNT_DETACH);
	_exit(1);
}

/* Between the check of the mount and the open. */
static void
volume_that_is_mounted_meanwhile_is_not_entered(void **state)
{
	struct mac *mac = *state;
	struct identity worker = { .uid = mac->worker_uid, .gid = mac->worker_gid };
	struct error error;
	struct stat home, status;
	struct folder folder;
	struct host host;
	bool entered = false;
	pid_t mounter;

	if (!may_mount)
		skip();
	mac_make_folder(mac, HOME "/m");
	mac_set_owner(mac, HOME, mac->worker_uid, mac->worker_gid);
	mac_set_owner(mac, HOME "/m", mac->worker_uid, mac->worker_gid);
	snprintf(mounted, sizeof mounted, "%s", mac_path(mac, HOME "/m"));
	assert_int_equal(host_open(&host, mac->root, NULL, &error), 0);
	host.folder_owner = &worker;
	assert_int_equal(fstat(host.root, &home), 0);
	mounter = fork();
	assert_int_not_equal(mounter, -1);
	if (mounter == 0)
		mount_for_ever(mounted);
	for (int i = 0; i < 20000 && !entered; i++)
		if (walk_open_change(&host, HOME "/m/x", &folder) == 0) {
			entered = fstat(folder.descriptor, &status) == -1 ||
			    status.st_dev != home.st_dev;
			walk_close(&folder);
		}
	kill(mounter, SIGKILL);
	waitpid(mounter, NULL, 0);
	host_close(&host);
	assert_false(entered);
}

static void
scan_goes_on_past_dead_volumes(void **state)
{
	struct mac *mac = *state;

	mount_dead(mac, HOME "/Library/LaunchAgents");
	begin_to_serve();
	assert_status(mac, guarded(mac, "scan"), 2);
	assert_has(mac->err, "no answer in time");
}

/* The directory above is root-owned: only the mount point is the account's. */
static void
volume_of_an_account_in_a_directory_of_roots_is_not_entered(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0", MAC_QUIET), 0);
	mount_dead(mac, HOME);
	begin_to_serve();
	assert_status(mac, guarded(mac, "verify --json com.example.job"), 2);
	assert_string_equal(mac_check(mac, "home"), "unknown");
	assert_has_not(mac->out, "Success");
	assert_int_not_equal(guarded(mac,
	    "install --label com.example.other --user worker -- " HOME "/program"), 0);
	assert_has(mac->err, "no answer in time");
}

static volatile sig_atomic_t *stop_flag;

static void
set_stop(int signal_number)
{
	(void)signal_number;
	*stop_flag = 1;
}

static void
signal_ends_the_wait_for_a_dead_volume(void **state)
{
	struct mac *mac = *state;
	struct sigaction action = { .sa_handler = set_stop };

	assert_status(mac, mac_install(mac, "--settle 0", MAC_QUIET), 0);
	mount_dead(mac, HOME "/Library/LaunchAgents");
	stop_flag = &mac->stop;
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	assert_status(mac, mac_command(mac, "scan"), 1);
	signal(SIGALRM, SIG_DFL);
	assert_has(mac->err, "a signal asked to stop");
}

#define AGENTS	HOME "/Library/LaunchAgents"

/* Its plist cannot be a hard link in the state directory. */
static void
agent_on_another_volume_becomes_a_daemon_and_comes_back(void **state)
{
	struct mac *mac = *state;
	const char *agent = AGENTS "/com.example.job.plist";
	const char *const folders[] = { HOME, HOME "/Library", AGENTS, agent };
	char line[256];

	if (!may_mount)
		skip();
	snprintf(mounted, sizeof mounted, "%s", mac_path(mac, HOME));
	assert_int_equal(mount("home", mounted, "tmpfs", MS_NOSUID, "mode=0755"), 0);
	mac_make_folder(mac, HOME "/Library");
	mac_make_folder(mac, AGENTS);
	mac_write(mac, agent, "<plist version=\"1.0\"><dict><key>Label</key>"
	    "<string>com.example.job</string><key>ProgramArguments</key><array><string>" MAC_WORKER
	    "</string><string>--report</string></array><key>KeepAlive</key><true/></dict></plist>");
	for (int i = 0; i < 4; i++)
		mac_set_owner(mac, folders[i], mac->worker_uid, mac->worker_gid);
	snprintf(line, sizeof line, "fault session %lu", (unsigned long)mac->worker_uid);
	assert_int_equal(mac_launchctl(mac, line), 0);
	snprintf(line, sizeof line, "bootstrap gui/%lu %s", (unsigned long)mac->worker_uid, agent);
	assert_int_equal(mac_launchctl(mac, line), 0);
	assert_status(mac, mac_command(mac, "migrate --settle 0.02 com.example.job"), 0);
	/* A failure after the plist is back removes it again. */
	assert_int_equal(mac_launchctl(mac, "fault refuse bootstrap=150*1"), 0);
	assert_status(mac, mac_command(mac, "migrate --undo --timeout 2 com.example.job"), 1);
	assert_has(mac->err, "all was put back");
	assert_false(mac_exists(mac, agent));
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_true(mac_exists(mac, agent));
	/* In a home that only root can change it is restored as root's. */
	assert_status(mac, mac_command(mac, "migrate --settle 0.02 com.example.job"), 0);
	for (int i = 0; i < 3; i++)
		mac_set_owner(mac, folders[i], 0, 0);
	assert_status(mac, mac_command(mac, "migrate --undo com.example.job"), 0);
	assert_true(mac_exists(mac, agent));
}

#define MOUNTS(test)	cmocka_unit_test_setup_teardown(test, mac_embedded, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		MOUNTS(verify_does_not_wait_for_a_dead_volume_in_a_home),
		MOUNTS(log_and_program_on_a_dead_volume_are_unknown),
		MOUNTS(volume_of_an_account_in_a_directory_of_roots_is_not_entered),
		MOUNTS(volume_that_covers_another_is_the_one_that_counts),
		MOUNTS(volume_that_is_mounted_meanwhile_is_not_entered),
		MOUNTS(scan_goes_on_past_dead_volumes),
		MOUNTS(signal_ends_the_wait_for_a_dead_volume),
		MOUNTS(agent_on_another_volume_becomes_a_daemon_and_comes_back),
	};

	may_mount = geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void
this_takes_linux(void **state)
{
	(void)state;
	skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(this_takes_linux) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
