#define _GNU_SOURCE		/* mknodat, setitimer */
/*
 * Whatever an account blocks or piles up, changes to other jobs do not wait for it: each look at
 * what others own has a limit, and a signal ends it at once.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#ifdef __linux__
#include <sys/inotify.h>
#include <sys/ioctl.h>
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/machine/budget.h"
#include "host/machine/child.h"
#include "host/network/network.h"
#include "host/launchd/bootstrap.h"
#include "mac.h"

#define PROBES	STATE "/probes"
#define AGENTS	"/Users/worker/Library/LaunchAgents"

static struct error error;

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
command(struct mac *mac, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Run a launchctl command, quoted as in a shell, and expect this status. */
static void
command(struct mac *mac, int status, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length = snprintf(line, sizeof line, "'%s/bin/launchctl' >/dev/null ", mac->root),
	    result;

	va_start(arguments, format);
	vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
	va_end(arguments);
	result = system(line);		/* NOLINT(cert-env33-c): all words are constants here */
	assert_int_equal(WEXITSTATUS(result), status);
}

/* ---- jobs named like a probe's ---- */

/* A job that ignores SIGTERM, and that launchd does not kill. */
static void
write_stubborn(struct mac *mac, const char *path, const char *label)
{
	char text[1024];

	snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist "
	    "version=\"1.0\"><dict>"
	    "<key>Label</key><string>%s</string>"
	    "<key>ProgramArguments</key><array><string>" MAC_WORKER
	    "</string><string>--stubborn</string><string>--report</string>"
	    "<string>--interval</string><string>100000</string></array>"
	    "<key>RunAtLoad</key><true/><key>ExitTimeOut</key><integer>0</integer>"
	    "<key>StandardOutPath</key><string>/private/tmp/stubborn</string></dict></plist>\n",
	    label);
	mac_write(mac, path, text);
}

static void
change_all_ways(struct mac *mac)
{
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "repair --settle 0.02"), 0);
	assert_status(mac, mac_command(mac, "restart --settle 0.02 com.example.job"), 0);
	assert_status(mac, mac_command(mac, "uninstall --all"), 0);
}

static void
job_of_a_probes_name_that_its_account_loaded_keeps_nobody_waiting(void **state)
{
	struct mac *mac = *state;
	unsigned long uid = mac->worker_uid;
	char label[64], path[160], left[2][200], ended[128];

	snprintf(label, sizeof label, "lnpctl.probe.agent.%lu", uid);
	snprintf(path, sizeof path, "/Users/worker/%s.plist", label);
	snprintf(left[0], sizeof left[0], PROBES "/%s.plist", label);
	snprintf(left[1], sizeof left[1], PROBES "/%s.result", label);
	write_stubborn(mac, path, label);
	mac_make_folder(mac, STATE);
	mac_make_folder(mac, PROBES);
	command(mac, 0, "fault session %lu", uid);
	command(mac, 0, "bootstrap gui/%lu %s", uid, path);
	for (int i = 0; i < 2; i++)
		mac_write(mac, left[i], "of a run that was killed\n");
	change_all_ways(mac);
	assert_false(mac_exists(mac, left[0]));
	assert_false(mac_exists(mac, left[1]));
	command(mac, 0, "print gui/%lu/%s", uid, label);
	snprintf(ended, sizeof ended, "bootout gui/%lu/%s", uid, label);
	/* not started by us, so not ours to end */
	assert_has_not(mac_read(mac, "/private/var/run/embedded-launchd.log"), ended);
}

static void
probe_that_does_not_end_is_warned_of_and_left_to_the_next_run(void **state)
{
	struct mac *mac = *state;

	mac_make_folder(mac, STATE);
	mac_make_folder(mac, PROBES);
	write_stubborn(mac, PROBES "/lnpctl.probe.daemon.501.plist", "lnpctl.probe.daemon.501");
	mac_write(mac, PROBES "/lnpctl.probe.root.0.result", "of a run that was killed\n");
	command(mac, 0, "bootstrap system '" PROBES "/lnpctl.probe.daemon.501.plist'");
	assert_true(mac_wait_for(mac, "/private/tmp/stubborn", "end of report"));
	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_has(mac->err, "warning: cannot boot out 'system/lnpctl.probe.daemon.501'");
	assert_true(mac_exists(mac, PROBES "/lnpctl.probe.daemon.501.plist"));
	assert_false(mac_exists(mac, PROBES "/lnpctl.probe.root.0.result"));
	assert_status(mac, mac_command(mac, "uninstall --quiet --all"), 0);
	assert_string_equal(mac->err, "");
}

/* ---- directories that are filled ---- */

#define LINKS	1100		/* more than are read of one directory */

/* As many entities as the limits allow: the most that a plist of this size costs its reader. */
static void
write_heavy(struct mac *mac, const char *path)
{
	char *text = malloc(256L * 1024), *at = text;

	assert_non_null(text);
	at += sprintf(at, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist "
	    "version=\"1.0\"><dict><key>Label</key>"
	    "<string>com.example.heavy</string><key>X</key><string>");
	for (int i = 0; i < 63000; i++)
		at += sprintf(at, "&lt;");
	sprintf(at, "</string></dict></plist>\n");
	mac_write(mac, path, text);
	free(text);
}

static void
fill_agents(struct mac *mac)
{
	char first[512], name[64];
	int folder;

	write_heavy(mac, AGENTS "/0.plist");
	if (mac->as_root)
		mac_set_owner(mac, AGENTS "/0.plist", mac->worker_uid, mac->worker_gid);
	snprintf(first, sizeof first, "%s", mac_path(mac, AGENTS "/0.plist"));
	folder = open(mac_path(mac, AGENTS), O_RDONLY | O_DIRECTORY);
	assert_int_not_equal(folder, -1);
	for (int i = 1; i < LINKS; i++) {
		snprintf(name, sizeof name, "%d.plist", i);
		assert_int_equal(linkat(folder, "0.plist", folder, name, 0), 0);
	}
	close(folder);
}

#define TOO_MUCH	"'" AGENTS "' has too many entries to check"

static void
filled_folder_of_agents_costs_its_own_account_an_answer(void **state)
{
	struct mac *mac = *state;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	fill_agents(mac);
	assert_status(mac, mac_command(mac, "verify"), 2);
	assert_has(mac->out, TOO_MUCH);
	assert_status(mac, mac_command(mac, "repair --settle 0.02"), 2);
	assert_has(mac->out, TOO_MUCH);
	assert_status(mac, mac_command(mac, "scan"), 2);
	assert_has(mac->err, AGENTS ": there is too much to look at");
	assert_status(mac, mac_command(mac, "uninstall com.example.job"), 0);
}

/* The job of another account is not a reason to look into worker's home. */
static void
filled_folder_of_agents_is_nothing_to_another_accounts_job(void **state)
{
	struct mac *mac = *state;

	if (!mac->as_root)
		skip();
	fill_agents(mac);
	assert_status(mac, mac_command(mac,
	    "install --label com.example.other --user root --settle 0.02 -- " MAC_QUIET), 0);
	assert_status(mac, mac_command(mac, "verify"), 0);
	assert_status(mac, mac_command(mac, "repair --settle 0.02"), 0);
	assert_status(mac, mac_command(mac, "uninstall --all"), 0);
}

static void
folder_with_more_names_than_are_listed_is_not_known(void **state)
{
	struct mac *mac = *state;
	char name[64];
	int folder;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	folder = open(mac_path(mac, AGENTS), O_RDONLY | O_DIRECTORY);
	assert_int_not_equal(folder, -1);
	for (int i = 0; i < 100001; i++) {
		snprintf(name, sizeof name, "%d", i);
		assert_int_equal(mknodat(folder, name, S_IFREG | 0600, 0), 0);
	}
	close(folder);
	assert_status(mac, mac_command(mac, "verify"), 2);
	assert_has(mac->out, TOO_MUCH);
	assert_status(mac, mac_command(mac, "scan"), 2);
	assert_has(mac->err, AGENTS ": there is too much to look at");
}

/* ---- what is remembered ---- */

static void
look_that_takes(struct host *host, uid_t account, double seconds)
{
	struct budget budget;
	double begun = now();

	budget_begin(&budget, host, account);
	assert_true(budget_take(&budget, 0, 0));
	while (now() - begun < seconds)
		continue;
	budget_end(&budget);
}

static bool
may_look(struct host *host, uid_t account)
{
	struct budget budget;

	budget_begin(&budget, host, account);
	return budget_take(&budget, 1, 1);
}

static void
account_that_took_its_time_is_not_looked_at_again_and_others_are(void **state)
{
	struct budgets budgets = { .all = 0 };
	struct host host = { .budgets = &budgets };
	struct budget outer;
	double begun = now();

	(void)state;
	budget_begin(&outer, &host, 501);
	look_that_takes(&host, 501, 0.1);
	budget_end(&outer);
	/* one look within another is charged once */
	assert_true(budgets.all > 0.09 && budgets.all <= now() - begun);
	assert_true(may_look(&host, 501));
	budgets.looks.rows[0].seconds = BUDGET_ACCOUNT_SECONDS;
	assert_false(may_look(&host, 501));
	assert_true(may_look(&host, 502));
	assert_true(may_look(&host, BUDGET_ROOT));
	budgets.all = BUDGET_RUN_SECONDS;
	assert_false(may_look(&host, 502));
	assert_true(may_look(&host, BUDGET_ROOT));
}

static void
look_has_so_many_files_and_bytes(void **state)
{
	struct host host = { .budgets = NULL };
	struct budget budget;

	(void)state;
	budget_begin(&budget, &host, 501);
	assert_true(budget_take(&budget, BUDGET_FILES, BUDGET_BYTES));
	assert_false(budget_take(&budget, 1, 0));
	assert_false(budget_take(&budget, 0, 1));
	assert_true(budget_take(&budget, 0, 0));
	budget_begin(&budget, &host, BUDGET_ROOT);
	assert_true(budget_take(&budget, BUDGET_FILES + 1, (size_t)BUDGET_BYTES + 1));
}

/*
 * Each job of an account may take the whole of its ExitTimeOut to end. Jobs beyond the account's
 * time are left as they are, and those of other accounts do not wait.
 */
static void
account_whose_jobs_took_too_long_to_end_keeps_the_rest_of_them(void **state)
{
	struct mac *mac = *state;
	volatile sig_atomic_t flag = 0;
	struct budgets budgets = { .all = 0 };
	struct host host;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(host_open(&host, mac->root, mac->launchctl, &error), 0);
	host.launchctl_seconds = 100;
	host.stop = &flag;
	host.budgets = &budgets;
	budget_waited(&host, 501, BUDGET_WAIT_FREE);		/* an ordinary wait */
	budget_waited(&host, 0, 2 * BUDGET_WAIT_SECONDS);
	assert_true(budget_wait_left(&host, 501) >= BUDGET_WAIT_SECONDS &&
	    budget_wait_left(&host, 0) > 0);
	for (int i = 0; i < 3; i++)
		budget_waited(&host, 501, BUDGET_WAIT_SECONDS / 2);
	assert_int_equal(launchd_bootout(&host, "system/com.example.job", 501, -1, &error), -1);
	assert_int_equal(error.kind, ERROR_FAILED);
	assert_has(error.why, "have used up the time");
	command(mac, 0, "print system/com.example.job");
	assert_int_equal(launchd_bootout(&host, "system/com.example.job", 502, -1, &error), 0);
	command(mac, 113, "print system/com.example.job");
	/* nothing to wait for */
	assert_int_equal(launchd_bootout(&host, "system/com.example.job", 501, -1, &error), 0);
	assert_status(mac, mac_command(mac, "repair --settle 0.02"), 0);
	/* --timeout is meant */
	assert_int_equal(launchd_bootout(&host, "system/com.example.job", 501, 100, &error), 0);
	host_close(&host);
}

/* An undo is always complete: a job that must go is booted out even then. */
static void
undo_boots_out_a_job_of_an_account_whose_time_is_up(void **state)
{
	struct mac *mac = *state;
	struct budgets budgets = { .waits = { { { 501, BUDGET_WAIT_SECONDS } }, 1 } };
	struct host host;

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	assert_int_equal(host_open(&host, mac->root, mac->launchctl, &error), 0);
	host.launchctl_seconds = 100;
	host.budgets = &budgets;
	assert_int_equal(launchd_bootout(&host, "system/com.example.job", 501, 100, &error), 0);
	host_close(&host);
}

/* ---- signals ---- */

static volatile sig_atomic_t *stop;
static volatile sig_atomic_t opened_before;	/* the signal, as opened_so_far() counts */

#ifdef __linux__
static int opened = -1;			/* an inotify descriptor */

static void
watch_what_is_opened(const char *directory)
{
	close(opened);
	opened = inotify_init1(IN_CLOEXEC);
	assert_int_not_equal(opened, -1);
	assert_int_not_equal(inotify_add_watch(opened, directory, IN_OPEN), -1);
}

/* In bytes of events. */
static int
opened_so_far(void)
{
	int bytes = 0;

	ioctl(opened, FIONREAD, &bytes);
	return bytes;
}
#else
/* Without inotify. */
static void
watch_what_is_opened(const char *directory)
{
	(void)directory;
}

static int
opened_so_far(void)
{
	return 0;
}
#endif

/* The second signal: the look did not end at the first. */
static void
on_alarm(int number)
{
	static const char hangs[] = "it went on after the signal\n";

	(void)number;
	if (*stop != 0 && write(2, hangs, sizeof hangs - 1) > 0)
		_exit(1);
	opened_before = opened_so_far();
	*stop = 1;
}

/* The signal that main() would turn into a stop comes while the command looks. */
static void
interrupt_soon(volatile sig_atomic_t *flag, int microseconds)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value = { .tv_usec = microseconds }, .it_interval =
	    { .tv_sec = 120 } };

	stop = flag;
	*stop = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
}

static void
interrupt_no_more(void)
{
	static const struct itimerval never;

	setitimer(ITIMER_REAL, &never, NULL);
	*stop = 0;
}

#define EVENT		32		/* bytes, with a name of up to fifteen */
#define FEW_EVENTS	(8 * EVENT)	/* a look that is not interrupted has fifty */

static void
never_answer(const void *context, struct reply *reply)
{
	(void)context, (void)reply;
	for (;;)
		pause();
}

static void
answer(const void *context, struct reply *reply)
{
	(void)context, (void)reply;
}

/* A job can have any number of them. */
static void
signal_ends_the_search_of_a_jobs_descriptors(void **state)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr =
	    htonl(INADDR_LOOPBACK) };
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof here;
	volatile sig_atomic_t flag = 0;
	struct host host = { .stop = &flag };
	struct address address;

	(void)state;
	assert_true(network_literal("127.0.0.1", &address));
	assert_int_equal(bind(server, (struct sockaddr *)&here, sizeof here), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&here, &size), 0);
	assert_int_equal(network_is_connected(&host, getpid(), &address, 1, ntohs(here.sin_port)),
	    NO);
	assert_int_equal(connect(client, (struct sockaddr *)&here, sizeof here), 0);
	assert_int_equal(network_is_connected(&host, getpid(), &address, 1, ntohs(here.sin_port)),
	    YES);
	flag = 1;
	assert_int_equal(network_is_connected(&host, getpid(), &address, 1, ntohs(here.sin_port)),
	    UNKNOWN);
	close(client);
	close(server);
}

static void
signal_ends_the_wait_for_a_child_at_once(void **state)
{
	struct identity self = { .uid = getuid(), .gid = getgid() };
	struct user_helper helper = { .pid = 0 };
	volatile sig_atomic_t flag;
	struct host host = { .stop = &flag };
	struct reply reply;

	(void)state;
	interrupt_soon(&flag, 50000);
	assert_int_equal(helper_run(&host, &helper, &self, never_answer, "", 1, 1e6,
	    &reply), -1);
	assert_int_equal(errno, EINTR);
	interrupt_no_more();
	interrupt_soon(&flag, 50000);
	assert_int_equal(child_run(&host, &self, self.gid, never_answer, "", 1e6, &reply), -1);
	assert_int_equal(errno, EINTR);
	interrupt_no_more();
	helper_stop(&helper);
}

/*
 * An account can stop each child that acts for it: once one has kept us waiting, no other is
 * started.
 */
static void
account_that_did_not_answer_is_not_waited_for_again(void **state)
{
	struct identity self = { .uid = getuid(), .gid = getgid() };
	struct budgets budgets = { .all = 0 };
	struct host host = { .budgets = &budgets };
	struct user_helper helper = { .pid = 0 };
	struct reply reply;

	(void)state;
	assert_int_equal(child_run(&host, &self, self.gid, never_answer, "", 0.01, &reply), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(child_run(&host, &self, self.gid, answer, "", 1e6, &reply), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(helper_run(&host, &helper, &self, answer, "", 1, 1e6, &reply),
	    -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(helper.pid, 0);
	budgets.looks.rows[0].account++;		/* it was another one */
	assert_int_equal(child_run(&host, &self, self.gid, answer, "", 1e6, &reply), 0);
}

static void
signal_ends_every_look_at_once_and_nothing_was_changed(void **state)
{
	static const char *const commands[] = {
		"verify", "scan", "repair", "restart com.example.job", "uninstall --all",
		    "migrate com.example.job",
		"install --label com.example.new --user worker -- " MAC_QUIET, NULL,
	};
	struct mac *mac = *state;
	const char *before;
	char lint[64 * 600];

	assert_status(mac, mac_install(mac, "--settle 0.02", MAC_QUIET), 0);
	fill_agents(mac);
	before = mac_tree(mac);
	snprintf(lint, sizeof lint, "lint");
	for (int i = 0; i < 100; i++)
		snprintf(lint + strlen(lint), sizeof lint - strlen(lint), " %s/%d.plist",
		    mac_path(mac, AGENTS), i);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		const char *line = commands[i] == NULL ? lint : commands[i];

		watch_what_is_opened(mac_path(mac, AGENTS));
		interrupt_soon(&mac->stop, 300000);
		assert_status_of(mac, mac_command(mac, line), 1, line, __LINE__);
		assert_has(mac->err, "a signal asked to stop");
		if (opened_so_far() - opened_before > FEW_EVENTS)
			fail_msg("%.60s opened %d files after the signal", line,
			    (opened_so_far() - opened_before) / EVENT);
		interrupt_no_more();
	}
	assert_same_tree(mac, before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMBEDDED(job_of_a_probes_name_that_its_account_loaded_keeps_nobody_waiting),
		EMBEDDED(filled_folder_of_agents_costs_its_own_account_an_answer),
		EMBEDDED(filled_folder_of_agents_is_nothing_to_another_accounts_job),
		EMBEDDED(folder_with_more_names_than_are_listed_is_not_known),
		cmocka_unit_test(account_that_took_its_time_is_not_looked_at_again_and_others_are),
		cmocka_unit_test(look_has_so_many_files_and_bytes),
		EMBEDDED(account_whose_jobs_took_too_long_to_end_keeps_the_rest_of_them),
		EMBEDDED(undo_boots_out_a_job_of_an_account_whose_time_is_up),
		cmocka_unit_test(signal_ends_the_search_of_a_jobs_descriptors),
		cmocka_unit_test(signal_ends_the_wait_for_a_child_at_once),
		cmocka_unit_test(account_that_did_not_answer_is_not_waited_for_again),
		EMBEDDED(signal_ends_every_look_at_once_and_nothing_was_changed),
		EMBEDDED(probe_that_does_not_end_is_warned_of_and_left_to_the_next_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
