#define _DEFAULT_SOURCE
/*
 * Test the embedded launchd itself: if it differed from a Mac's, the tests
 * that use it would prove nothing. Each test has its own root directory and
 * launchd. The programs are in $LNPCTL_BUILD, else $BUILD, else build, and
 * make_mac.sh is in tests, relative to where make runs.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"

#define LIMIT		20000		/* milliseconds, for any wait */
#define LABEL		"org.example.job"
#define TARGET		"system/" LABEL
#define PLIST		"/Library/LaunchDaemons/" LABEL ".plist"
#define WORKER		"/usr/local/bin/agentworker"
#define NOT_FOUND	"Bad request.\nCould not find service \"" LABEL "\" in domain for system\n"
#define STRING(key, value)	"<key>" key "</key><string>" value "</string>"
#define FLAG(key, value)	"<key>" key "</key><" value "/>"
#define NUMBER(key, value)	"<key>" key "</key><integer>" value "</integer>"
#define ARGUMENTS(inside)	"<key>ProgramArguments</key><array>" inside "</array>"
#define WORD(word)		"<string>" word "</string>"
#define SHELL(script)		ARGUMENTS(WORD("/bin/sh") WORD("-c") WORD(script))
#define SLEEPER			ARGUMENTS(WORD("/bin/sleep") WORD("600"))

static char mac[160];			/* the root directory, links resolved */
static char out[2 * 1024 * 1024], err[65536];
static size_t out_size;
static uid_t caller = (uid_t)-1;	/* -1: the user who runs the test */

/* --- helpers --- */

static const char *
build(void)
{
	const char *folder = getenv("LNPCTL_BUILD");

	if (folder == NULL)
		folder = getenv("BUILD");
	return folder == NULL ? "build" : folder;
}

static int64_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void
moment(void)
{
	struct timespec time = { 0, 5000000 };

	nanosleep(&time, NULL);
}

static char *
below(const char *path)
{
	static char full[4][512];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(full[turn], sizeof(full[turn]), "%s%s", mac, path);
	return full[turn];
}

__attribute__((format(printf, 1, 2))) static int
shell(const char *format, ...)
{
	char command[2048];
	va_list arguments;

	va_start(arguments, format);
	/* NOLINT(clang-analyzer-valist.Uninitialized) */
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	return system(command);	/* NOLINT(cert-env33-c) */
}

/* Read until all writers have closed both pipes. */
static void
collect(int from_out, int from_err)
{
	struct pollfd list[2] = { { .fd = from_out, .events = POLLIN },
	    { .fd = from_err, .events = POLLIN } };
	char *texts[2] = { out, err };
	size_t sizes[2] = { 0, 0 }, rooms[2] = { sizeof(out) - 1, sizeof(err) - 1 };
	int64_t end = now() + LIMIT;

	while (list[0].fd != -1 || list[1].fd != -1) {
		assert_true(now() < end);
		poll(list, 2, 100);
		for (int i = 0; i < 2; i++) {
			if (list[i].fd == -1 || list[i].revents == 0)
				continue;
			ssize_t n = read(list[i].fd, texts[i] + sizes[i], rooms[i] - sizes[i]);

			if (n > 0) {
				sizes[i] += (size_t)n;
			} else {
				close(list[i].fd);
				list[i].fd = -1;
			}
		}
	}
	out_size = sizes[0];
	out[sizes[0]] = err[sizes[1]] = '\0';
}

static pid_t
start_launchctl(const char *line, int out_ends[2], int err_ends[2])
{
	char words[512], *argv[16], *environment[] = { NULL }, *next = NULL;
	int argc = 0;
	pid_t pid;

	snprintf(words, sizeof(words), "%s", line);
	argv[argc++] = below("/bin/launchctl");
	for (char *word = strtok_r(words, " ", &next); word != NULL;
	    word = strtok_r(NULL, " ", &next))
		argv[argc++] = word;
	argv[argc] = NULL;
	assert_return_code(pipe(out_ends), errno);
	assert_return_code(pipe(err_ends), errno);
	pid = fork();
	if (pid == 0) {
		dup2(out_ends[1], 1);
		dup2(err_ends[1], 2);
		close(out_ends[0]);
		close(err_ends[0]);
		close(out_ends[1]);
		close(err_ends[1]);
		if (caller != (uid_t)-1 && (setgroups(0, NULL) == -1 || setgid(20) == -1 ||
		    setuid(caller) == -1))
			_exit(126);
		execve(argv[0], argv, environment);
		_exit(127);
	}
	assert_true(pid > 0);
	close(out_ends[1]);
	close(err_ends[1]);
	return pid;
}

/* Run launchctl like lnpctl does, without an environment; set out, err and the result. */
static int
launchctl(const char *line)
{
	int out_ends[2], err_ends[2], status;
	pid_t pid = start_launchctl(line, out_ends, err_ends);

	collect(out_ends[0], err_ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void
write_file(const char *path, const char *data)
{
	FILE *file = fopen(below(path), "w");

	assert_non_null(file);
	assert_true(fputs(data, file) >= 0);
	assert_return_code(fclose(file), errno);
	chmod(below(path), 0644);
}

static void
write_job(const char *path, const char *label, const char *body)
{
	char data[4096];

	snprintf(data, sizeof(data), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist "
	    "version=\"1.0\"><dict>"
	    "<key>Label</key><string>%s</string>%s</dict></plist>\n", label, body);
	write_file(path, data);
}

static void
bootstrap(const char *body)
{
	write_job(PLIST, LABEL, body);
	assert_int_equal(launchctl("bootstrap system " PLIST), 0);
	assert_string_equal(out, "");
	assert_string_equal(err, "");
}

/* Return print's line for a field of the job itself, not of a nested block. */
static const char *
field(const char *name)
{
	static char value[4][256];
	static int turn;
	char start[128], *at;

	snprintf(start, sizeof(start), "\n\t%s = ", name);
	at = strstr(out, start);
	if (at == NULL)
		return "";
	turn = (turn + 1) % 4;
	at += strlen(start);
	snprintf(value[turn], sizeof(value[turn]), "%.*s", (int)strcspn(at, "\n"), at);
	return value[turn];
}

static int
number(const char *digits)
{
	return (int)strtol(digits, NULL, 10);
}

static const char *
printed(const char *name)
{
	assert_int_equal(launchctl("print " TARGET), 0);
	return field(name);
}

/* Poll print until a field has a value; launchd's own waits are real. */
static void
await(const char *name, const char *value)
{
	int64_t end = now() + LIMIT;

	while (strcmp(printed(name), value) != 0) {
		if (now() > end)
			fail_msg("never '%s = %s', but:\n%s", name, value, out);
		moment();
	}
}

static void
await_runs(int runs)
{
	int64_t end = now() + LIMIT;

	while (number(printed("runs")) < runs) {
		assert_true(now() < end);
		moment();
	}
}

static void
await_gone(void)
{
	int64_t end = now() + LIMIT;
	int status;

	while ((status = launchctl("print " TARGET)) == 0 && now() < end)
		moment();
	assert_int_equal(status, 113);
	assert_string_equal(err, NOT_FOUND);
}

static bool
contains(const char *path, const char *words)
{
	static char data[65536];
	FILE *file = fopen(below(path), "r");
	size_t n;

	if (file == NULL)
		return false;
	n = fread(data, 1, sizeof(data) - 1, file);
	fclose(file);
	data[n] = '\0';
	return strstr(data, words) != NULL;
}

static void
await_content(const char *path, const char *words)
{
	int64_t end = now() + LIMIT;

	while (!contains(path, words)) {
		if (now() > end)
			fail_msg("never '%s' in %s", words, path);
		moment();
	}
}

static bool
alive(pid_t pid)
{
	/* Accept a zombie that init has not reaped. */
	return shell("ps -o stat= -p %d | grep -q '^[^Z]'", (int)pid) == 0;
}

static void
await_death(pid_t pid)
{
	int64_t end = now() + LIMIT;

	while (alive(pid)) {
		assert_true(now() < end);
		moment();
	}
}

static pid_t
server_pid(void)
{
	static const char begins[] = "launchd: pid ";
	FILE *file = fopen(below("/private/var/run/embedded-launchd.log"), "r");
	char line[512];
	int pid = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, begins, sizeof(begins) - 1) == 0)
			pid = number(line + sizeof(begins) - 1);
	fclose(file);
	assert_true(pid > 0);
	return (pid_t)pid;
}

/* Create the root directory once: copying is faster. */
static int
make_pattern(void **state)
{
	const char *folder = test_folder();

	(void)state;
	if (folder == NULL)
		return -1;
	snprintf(mac, sizeof(mac), "%s/mac", folder);
	return shell("sh tests/mac/make_mac.sh %s/pattern %s/tests/launchd", folder,
	    build()) == 0 &&
		shell("cp %s/tests/agentworker %s/pattern" WORKER " && chmod 755 %s/pattern" WORKER,
		    build(), folder, folder) == 0
	    ? 0
	    : -1;
}

static int
setup(void **state)
{
	(void)state;
	caller = (uid_t)-1;
	if (shell("cp -RPp %s/pattern %s", test_folder(), mac) != 0)
		return -1;
	/* The clock runs 100 times faster. */
	return launchctl("fault clock 0.01");
}

static int
teardown(void **state)
{
	pid_t server = server_pid();

	(void)state;
	caller = (uid_t)-1;
	if (access(below("/bin/launchctl"), X_OK) == 0)
		launchctl("shutdown now");
	await_death(server);
	/* launchd's own standard error, for reports of sanitizers. */
	if (shell("grep -e Sanitizer -e 'runtime error' %s/private/var/run/embedded-launchd.log",
	    mac) == 0)
		return -1;
	return shell("chmod -R u+rwx %s; rm -rf %s", mac, mac);
}

/* --- bootstrap and print --- */

static void
bootstrap_starts_the_job_and_print_says_so_in_the_layout_of_macos_15(void **state)
{
	char expected[4096];

	(void)state;
	bootstrap(SLEEPER STRING("UserName", "worker") STRING("GroupName",
	    "staff") FLAG("KeepAlive", "true") FLAG("RunAtLoad", "true") STRING("StandardOutPath",
	    "/var/tmp/o") STRING("StandardErrorPath", "/tmp/e") STRING("WorkingDirectory",
	    "/Users/worker")
	    "<key>EnvironmentVariables</key><dict>" STRING("HOME", "/Users/worker") "</dict>");
	await("state", "running");
	/* Sample 01-system-running-otelcol-sumo. */
	snprintf(expected, sizeof(expected),
	    "system/" LABEL " = {\n\tactive count = 1\n\tpath = " PLIST "\n\ttype = LaunchDaemon\n"
	    "\tstate = running\n\n"
	    "\tprogram = /bin/sleep\n\targuments = {\n\t\t/bin/sleep\n\t\t600\n\t}\n\n"
	    "\tworking directory = /Users/worker\n\n\tstdout path = /var/tmp/o\n\tstderr path = "
	    "/tmp/e\n"
	    "\tdefault environment = {\n\t\tPATH => /usr/bin:/bin:/usr/sbin:/sbin\n\t}\n\n"
	    "\tenvironment = {\n\t\tHOME => /Users/worker\n\t\tXPC_SERVICE_NAME => " LABEL "\n"
	    "\t}\n\n"
	    "\tdomain = system\n\tusername = worker\n\tgroup = staff\n\n\tminimum runtime = "
	    "10\n\texit timeout = 5\n"
	    "\truns = 1\n\tpid = %s\n\timmediate reason = speculative\n\tforks = 0\n\texecs = "
	    "1\n\tinitialized = 1\n"
	    "\ttrampolined = 1\n\tstarted suspended = 0\n\tproxy started suspended = 0\n"
	    "\tlast exit code = (never exited)\n\n\tspawn type = daemon (3)\n\tjetsam priority = "
	    "40\n"
	    "\tjetsam memory limit (active) = (unlimited)\n\tjetsam memory limit (inactive) = "
	    "(unlimited)\n"
	    "\tjetsamproperties category = daemon\n\tsubmitted job. ignore execute allowed\n"
	    "\tjetsam thread limit = 32\n\tcpumon = default\n\tprobabilistic guard malloc policy = "
	    "{\n"
	    "\t\tactivation rate = 1/1000\n\t\tsample rate = 1/0\n\t}\n\n"
	    "\tproperties = keepalive | runatload | inferred program\n}\n", field("pid"));
	assert_string_equal(out, expected);
}

/* Keep of each line what does not vary: "pid" of "pid = 7", with the indentation. */
static void
names_only(const char *from, char *to, size_t size)
{
	size_t used = 0;

	while (*from != '\0' && used + 2 < size) {
		size_t length = strcspn(from, "\n"), name = 0;

		while (name < length && strncmp(from + name, " = ", 3) != 0 &&
		    strncmp(from + name, " => ", 4) != 0)
			name++;
		used += (size_t)snprintf(to + used, size - used, "%.*s\n", (int)name, from);
		from += length + (from[length] == '\n');
	}
}

static void
print_has_the_fields_of_macos_26_in_their_order(void **state)
{
	static char names[8192];

	(void)state;
	launchctl("fault macos 26.3");
	bootstrap(SLEEPER STRING("UserName", "worker") STRING("GroupName", "staff")
	    "<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>");
	await("state", "running");
	names_only(out, names, sizeof(names));
	/* Samples 03-system-running-endpoints-vhidd and 14-system-running-username-gateway. */
	assert_string_equal(names,
	    "system/" LABEL
	    "\n\tactive count\n\tpath\n\ttype\n\tstate\n\n\tprogram\n\targuments\n\t\t/bin/sleep\n"
	    "\t\t600\n"
	    "\t}\n\n\tdefault "
	    "environment\n\t\tPATH\n\t}\n\n\tenvironment\n\t\tOSLogRateLimit\n"
	    "\t\tXPC_SERVICE_NAME\n\t}\n\n"
	    "\tdomain\n\tusername\n\tgroup\n\n\tminimum runtime\n\texit "
	    "timeout\n\truns\n\tpid\n\timmediate "
	    "reason\n\tforks\n"
	    "\texecs\n\tinitialized\n\ttrampolined\n\tstarted suspended\n\tproxy started "
	    "suspended\n\tchecked "
	    "allocations\n"
	    "\tchecked allocations reason\n\tchecked allocations flags\n\tlast exit "
	    "code\n\n\tsemaphores\n\t\tsuccessful exit\n"
	    "\t}\n\n\tresource coalition\n\t\tID\n\t\ttype\n\t\tstate\n\t\tactive "
	    "count\n\t\tname\n\t}\n\n\tjetsam "
	    "coalition\n"
	    "\t\tID\n\t\ttype\n\t\tstate\n\t\tactive count\n\t\tname\n\t}\n\n\tspawn "
	    "type\n\tjetsam priority\n"
	    "\tjetsam memory limit (active)\n\tjetsam memory limit (inactive)\n\tjetsamproperties "
	    "category\n"
	    "\tjetsam thread limit\n\tcpumon\n\n\tproperties\n}\n");
	assert_string_equal(field("immediate reason"), "semaphore");
}

static void
bootstrap_returns_before_anything_runs(void **state)
{
	(void)state;
	launchctl("fault spawn_delay_ms 600000");
	launchctl("fault xpcproxy_ms 1000");
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	assert_string_equal(printed("state"), "not running");
	assert_string_equal(field("runs"), "0");
	assert_string_equal(field("pid"), "");
	launchctl("fault spawn_delay_ms");
	await("state", "xpcproxy");
	assert_string_equal(field("execs"), "0");
	assert_string_equal(field("runs"), "1");
	await("state", "running");
	assert_string_equal(field("execs"), "1");
}

static void
a_job_without_a_trigger_is_loaded_and_does_not_run(void **state)
{
	(void)state;
	bootstrap(SLEEPER);
	assert_string_equal(printed("state"), "not running");
	assert_string_equal(field("last exit code"), "(never exited)");
	assert_string_equal(field("properties"), "inferred program");
	assert_int_equal(launchctl("bootout " TARGET), 0);
	await_gone();
}

static void
unknown_keys_and_wrong_types_are_ignored(void **state)
{
	(void)state;
	bootstrap(SLEEPER STRING("KeepAlive", "true") FLAG("StandardOutputPath",
	    "true") FLAG("UserName", "true") NUMBER("WorkingDirectory", "7") FLAG("runatload",
	    "true"));
	/* Most keys are case-insensitive. */
	await("state", "running");
	assert_string_equal(field("username"), "");
}

static void
print_of_what_is_not_loaded_is_113_with_two_lines_and_one_on_macos_12(void **state)
{
	(void)state;
	assert_int_equal(launchctl("print " TARGET), 113);
	assert_string_equal(err, NOT_FOUND);
	assert_string_equal(out, "");
	launchctl("fault macos 12");
	assert_int_equal(launchctl("print " TARGET), 113);
	assert_string_equal(err, "Could not find service \"" LABEL "\" in domain for system\n");
}

/* --- bootout --- */

static void
bootout_answers_at_once_and_the_job_goes_after_its_exit_timeout(void **state)
{
	pid_t pid;

	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--stubborn")) FLAG("RunAtLoad",
	    "true") STRING("StandardOutPath", "/tmp/o"));
	await_content("/tmp/o", "heartbeat 1");
	await("state", "running");
	pid = number(field("pid"));
	launchctl("fault drain_ms 600000");
	launchctl("fault clock 100");
	assert_int_equal(launchctl("bootout " TARGET), 0);
	assert_string_equal(err, "");
	assert_string_equal(printed("state"), "SIGTERMed");
	assert_int_equal(number(field("pid")), pid);
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	assert_string_equal(err, "Bootstrap failed: 5: Input/output error\n"
	    "Try re-running the command as root for richer errors.\n");
	assert_int_equal(launchctl("bootout " TARGET), 37);
	kill(pid, SIGKILL);
	launchctl("fault drain_ms");
	await_gone();
	launchctl("fault clock 0.01");
	assert_int_equal(launchctl("bootstrap system " PLIST), 0);
	await("state", "running");
	pid = number(field("pid"));
	assert_int_equal(launchctl("bootout " TARGET), 0);
	await_gone();
	assert_false(alive(pid));
}

static void
an_exit_timeout_of_0_never_kills(void **state)
{
	pid_t pid;

	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--stubborn")) FLAG("RunAtLoad",
	    "true") NUMBER("ExitTimeOut", "0") STRING("StandardOutPath", "/tmp/o"));
	await_content("/tmp/o", "heartbeat 1");
	launchctl("bootout " TARGET);
	for (int i = 0; i < 40; i++)
		moment();
	assert_string_equal(printed("state"), "SIGTERMed");
	pid = number(field("pid"));
	kill(pid, SIGKILL);
	await_gone();
}

static void
a_job_drains_for_as_long_as_the_settings_say(void **state)
{
	(void)state;
	launchctl("fault drain_ms 600000");
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	await("state", "running");
	assert_int_equal(launchctl("bootout " TARGET), 0);
	for (int i = 0; i < 40; i++)
		moment();
	/* Also after the exit timeout. */
	assert_int_equal(strncmp(printed("state"), "SIG", 3), 0);
	assert_true(number(field("pid")) > 0);
	launchctl("fault drain_ms");
	await_gone();
}

static void
bootout_with_wait_returns_when_the_job_is_gone(void **state)
{
	(void)state;
	launchctl("fault macos 26.3");
	launchctl("fault drain_ms 200");
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	await("state", "running");
	assert_int_equal(launchctl("bootout --wait " TARGET), 0);
	assert_int_equal(launchctl("print " TARGET), 113);
}

static void
bootout_of_what_is_not_loaded_is_3_and_5_by_path(void **state)
{
	(void)state;
	assert_int_equal(launchctl("bootout " TARGET), 3);
	assert_string_equal(err, "Boot-out failed: 3: No such process\n");
	assert_int_equal(launchctl("bootout system " PLIST), 5);
	launchctl("fault macos 27.0");
	assert_int_equal(launchctl("bootout " TARGET), 3);
	assert_int_equal(launchctl("bootout system " PLIST), 5);
	launchctl("fault bootout_missing_status 113");
	assert_int_equal(launchctl("bootout " TARGET), 113);
}

static void
bootout_by_path_finds_the_job(void **state)
{
	(void)state;
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	assert_int_equal(launchctl("bootout system " PLIST), 0);
	await_gone();
	assert_int_equal(launchctl("bootout system " PLIST), 5);
}

/* --- what bootstrap refuses --- */

static void
bootstrap_of_a_loaded_label_keeps_the_old_definition(void **state)
{
	(void)state;
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	await("state", "running");
	write_job(PLIST, LABEL, SHELL("exec sleep 500"));
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	launchctl("fault macos 14");
	assert_int_equal(launchctl("bootstrap system " PLIST), 37);
	assert_string_equal(err, "Bootstrap failed: 37: Operation already in progress\n");
	write_job("/Library/LaunchDaemons/other.plist", LABEL, SLEEPER);
	assert_int_equal(launchctl("bootstrap system /Library/LaunchDaemons/other.plist"), 17);
	assert_string_equal(err, "/Library/LaunchDaemons/other.plist: service already "
	    "bootstrapped\n"
	    "Bootstrap failed: 17: File exists\n");
	assert_int_equal(launchctl("kickstart -k " TARGET), 0);
	await("state", "running");
	assert_string_equal(field("program"), "/bin/sleep");
	assert_string_equal(field("path"), PLIST);
}

static void
bootstrap_refuses_plists_that_are_none(void **state)
{
	static const struct {
		const char *data;
		int status;
	} cases[] = {
		{ "no plist at all", 109 },
		{ "{\"Label\":\"org.example.job\",\"Program\":\"/bin/ls\"}", 109 },
		{ "<plist><array/></plist>", 109 },
		{ "<plist><dict>" STRING("Program", "/bin/ls") "</dict></plist>", 110 },
		{ "<plist><dict>" STRING("Label", " ") STRING("Program",
		  "/bin/ls") "</dict></plist>", 110 },
		{ "<plist><dict>" FLAG("Label", "true") STRING("Program",
		  "/bin/ls") "</dict></plist>", 110 },
		{ "<plist><dict>" STRING("Label", "shell") STRING("Program",
		  "/bin/ls") "</dict></plist>", 140 },
		{ "<plist><dict>" STRING("Label", LABEL) "</dict></plist>", 111 },
		{ "<plist><dict>" STRING("Label", LABEL) STRING("Program", "ls") "</dict></plist>",
		  111 },
		{ "<plist><dict>" STRING("Label", LABEL) ARGUMENTS("") "</dict></plist>", 111 },
		{ "<plist><dict>" STRING("Label",
		  LABEL) ARGUMENTS("<integer>1</integer>") "</dict></plist>", 111 },
		{ "<plist><dict>" STRING("Label", LABEL) STRING("Program", "/bin/ls")
		  STRING("LimitLoadToSessionType", "Aqua") "</dict></plist>", 134 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(PLIST, cases[i].data);
		assert_int_equal(launchctl("bootstrap system " PLIST), cases[i].status);
	}
	assert_int_equal(launchctl("bootstrap system /Library/LaunchDaemons/missing.plist"), 5);
	assert_int_equal(launchctl("list"), 0);
	assert_string_equal(out, "PID\tStatus\tLabel\n");
}

static void
bootstrap_refuses_a_plist_that_others_may_write(void **state)
{
	(void)state;
	write_job(PLIST, LABEL, SLEEPER);
	chmod(below(PLIST), 0664);
	assert_int_equal(launchctl("bootstrap system " PLIST), 122);
	assert_string_equal(err, PLIST ": Path had bad ownership/permissions\n"
	    "Bootstrap failed: 122: Path had bad ownership/permissions\n");
	launchctl("fault macos 26.3");
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	chmod(below(PLIST), 0600);
	assert_int_equal(launchctl("bootstrap system " PLIST), 0);
}

static void
bootstrap_refuses_a_plist_of_another_owner(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_job(PLIST, LABEL, SLEEPER);
	assert_return_code(chown(below(PLIST), 501, 20), errno);
	assert_int_equal(launchctl("bootstrap system " PLIST), 122);
}

static void
set_quarantine(const char *path)
{
#ifdef __APPLE__
	if (setxattr(below(path), "com.apple.quarantine", "0083;", 5, 0, 0) == -1)
#else
	if (setxattr(below(path), "user.com.apple.quarantine", "0083;", 5, 0) == -1)
#endif
		skip();
}

static void
quarantine_stops_bootstrap_on_macos_27_only(void **state)
{
	(void)state;
	write_job(PLIST, LABEL, SLEEPER);
	set_quarantine(PLIST);
	launchctl("fault macos 27.0");
	assert_int_equal(launchctl("bootstrap system " PLIST), 155);
	assert_string_equal(err, "Bootstrap failed: 155: Refusing to execute/trust quarantined "
	    "program/file\n");
	launchctl("fault macos 26.3");
	assert_int_equal(launchctl("bootstrap system " PLIST), 0);
}

static void
several_plists_are_loaded_by_one_bootstrap_and_an_error_is_133(void **state)
{
	(void)state;
	write_job(PLIST, LABEL, SLEEPER);
	write_job("/Library/LaunchDaemons/b.plist", "b", "");
	assert_int_equal(launchctl("bootstrap system " PLIST " /Library/LaunchDaemons/b.plist"),
	    133);
	assert_string_equal(err, "/Library/LaunchDaemons/b.plist: Invalid or missing "
	    "Program/ProgramArguments\n"
	    "Bootstrap failed: 133: Multiple errors were returned; see stderr\n");
	assert_int_equal(launchctl("print " TARGET), 0);
}

static void
a_path_may_begin_with_the_root_folder(void **state)
{
	char line[512];

	(void)state;
	write_job(PLIST, LABEL, SLEEPER);
	snprintf(line, sizeof(line), "bootstrap system %s", below(PLIST));
	assert_int_equal(launchctl(line), 0);
	assert_string_equal(printed("path"), PLIST);
}

static void
disable_outlives_everything_and_stops_bootstrap_until_enable(void **state)
{
	(void)state;
	write_job(PLIST, LABEL, SLEEPER);
	assert_int_equal(launchctl("disable " TARGET), 0);
	assert_int_equal(launchctl("shutdown"), 0);
	assert_int_equal(launchctl("print-disabled system"), 0);
	assert_string_equal(out, "\n\tdisabled services = {\n\t\t\"" LABEL "\" => disabled\n\t}\n");
	assert_int_equal(launchctl("bootstrap system " PLIST), 119);
	assert_string_equal(err, PLIST ": Service is disabled\nBootstrap failed: 119: Service is "
	    "disabled\n");
	launchctl("fault macos 26.3");
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	assert_int_equal(launchctl("enable " TARGET), 0);
	assert_int_equal(launchctl("bootstrap system " PLIST), 0);
	launchctl("fault macos 12");
	assert_int_equal(launchctl("print-disabled system"), 0);
	assert_string_equal(out, "disabled services = {\n\t\"" LABEL "\" => false\n}\nlogin item "
	    "associations = {\n}\n");
	launchctl("fault macos 26.6");
	assert_int_equal(launchctl("print-disabled system"), 0);
	assert_string_equal(out, "\n\tdisabled services = {\n\t\t\"" LABEL "\" => enabled\n\t}\n\n"
	    "\tlogin item associations = {\n\t}\n");
	/* disable does not change what is loaded, and print does not show it. */
	launchctl("disable " TARGET);
	assert_int_equal(launchctl("print " TARGET), 0);
	assert_null(strstr(out, "disabled"));
}

static void
the_key_disabled_counts_until_enable_overrides_it(void **state)
{
	(void)state;
	write_job(PLIST, LABEL, SLEEPER FLAG("Disabled", "true"));
	assert_int_equal(launchctl("bootstrap system " PLIST), 119);
	launchctl("enable " TARGET);
	assert_int_equal(launchctl("bootstrap system " PLIST), 0);
}

/* --- how a job is started --- */

static void
a_job_gets_launchds_environment_and_nothing_of_the_caller(void **state)
{
	char expected[1024];
	bool root = geteuid() == 0;

	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--report")) STRING("UserName",
	    "worker") FLAG("RunAtLoad", "true") STRING("StandardOutPath",
	    "/Users/worker/Logs/deep/out") STRING("WorkingDirectory",
	    "/Users/worker") NUMBER("Umask",
	    "23") "<key>SoftResourceLimits</key><dict>" NUMBER("NumberOfFiles", "77") "</dict>"
	    "<key>EnvironmentVariables</key><dict>" STRING("PATH", "/x") STRING("A",
	    "b c") NUMBER("N", "1") "</dict>");
	await_content("/Users/worker/Logs/deep/out", "heartbeat");
	snprintf(expected, sizeof(expected), "descriptors 0 1 2\nuid %u\neuid %u\ngid %u\n",
	    root ? 501 : (unsigned)geteuid(), root ? 501 : (unsigned)geteuid(), root ? 20 :
	    (unsigned)getegid());
	assert_true(contains("/Users/worker/Logs/deep/out", expected));
	if (root)
		assert_true(contains("/Users/worker/Logs/deep/out", "\ngroups 20 80\n"));
	await("state", "running");
	snprintf(expected, sizeof(expected),
	    "\npid %s\nsid %s\numask 027\ncwd %s/Users/worker\nnofile 77 ", field("pid"),
	    field("pid"), mac);
	assert_true(contains("/Users/worker/Logs/deep/out", expected));
	assert_true(contains("/Users/worker/Logs/deep/out",
	    "\nenv A=b c\nenv HOME=/Users/worker\nenv LOGNAME=worker\n"
	    "env PATH=/x\nenv SHELL=/bin/zsh\nenv USER=worker\nenv XPC_SERVICE_NAME=" LABEL "\n"
	    "end of report\n"));
}

static void
a_job_of_root_gets_no_home(void **state)
{
	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--report")) STRING("UserName",
	    "root") STRING("GroupName", "wheel") FLAG("RunAtLoad", "true") STRING("StandardOutPath",
	    "/tmp/o"));
	await_content("/tmp/o", "\nenv PATH=/usr/bin:/bin:/usr/sbin:/sbin\n"
	    "env XPC_SERVICE_NAME=" LABEL "\nend of report\n");
	assert_false(contains("/tmp/o", "env HOME"));
	assert_string_equal(printed("username"), "");
	assert_string_equal(field("group"), "");
	if (geteuid() == 0)
		assert_true(contains("/tmp/o", "\ngid 0\ngroups 0\n"));
}

static void
the_logs_are_the_users_and_appended_to(void **state)
{
	struct stat status;

	(void)state;
	write_file("/private/tmp/o", "before\n");
	chmod(below("/private/tmp/o"), 0666);
	bootstrap(SHELL("echo word; echo word >&amp;2; exec sleep 600") STRING("UserName",
	    "worker") FLAG("RunAtLoad",
	    "true") STRING("StandardOutPath", "/tmp/o") STRING("StandardErrorPath",
	    "/Users/worker/new/e"));
	await_content("/Users/worker/new/e", "word\n");
	await_content("/tmp/o", "before\nword\n");
	assert_return_code(stat(below("/Users/worker/new"), &status), errno);
	assert_int_equal(status.st_mode & 07777, 0744);
	assert_return_code(stat(below("/Users/worker/new/e"), &status), errno);
	assert_int_equal(status.st_mode & 07777, 0644);
	if (geteuid() == 0)
		assert_int_equal(status.st_uid, 501);
}

static void
expect_ex_config(const char *job_state, const char *body)
{
	bootstrap(body);
	await("last exit code", "78: EX_CONFIG");
	await("state", "spawn scheduled");
	assert_string_equal(field("job state"), job_state);
	assert_string_equal(field("pid"), "");
	assert_int_equal(launchctl("bootout " TARGET), 0);
	await_gone();
}

static void
what_cannot_be_started_ends_with_ex_config(void **state)
{
	(void)state;
	write_file("/private/tmp/file", "");
	/* A missing program: the penalty box, without a job state. */
	expect_ex_config("", STRING("Program", "/no/such/program") FLAG("RunAtLoad", "true")
	    STRING("StandardErrorPath", "/tmp/e"));
	expect_ex_config("", STRING("Program", "/tmp/file") FLAG("RunAtLoad", "true"));
	expect_ex_config("spawn failed", SLEEPER FLAG("KeepAlive", "true")
	    STRING("WorkingDirectory", "/no/such/folder"));
	expect_ex_config("spawn failed", SLEEPER FLAG("KeepAlive", "true")
	    STRING("StandardOutPath", "/tmp/file/log"));
	expect_ex_config("spawn failed", SLEEPER FLAG("KeepAlive", "true")
	    STRING("UserName", "nobody_here"));
	expect_ex_config("spawn failed", SLEEPER FLAG("KeepAlive", "true")
	    STRING("GroupName", "nobody_here"));
	/* The program never ran, so the log that was opened is empty. */
	assert_true(contains("/private/tmp/e", ""));
	assert_false(contains("/private/tmp/e", "\n"));
}

#define GONE	"/usr/local/bin/gone"
#define GONE_JOB	STRING("Program", GONE) FLAG("KeepAlive", "true") \
	FLAG("RunAtLoad", "true") NUMBER("StartInterval", "10")

/* Let another job be started three times: what would start again by itself has done so. */
static void
await_three_throttles(void)
{
	write_job("/Library/LaunchDaemons/clock.plist", "clock", SHELL("echo . >>tmp/clock")
	    FLAG("KeepAlive", "true"));
	assert_int_equal(launchctl("bootstrap system /Library/LaunchDaemons/clock.plist"), 0);
	await_content("/private/tmp/clock", ".\n.\n.\n.\n");
}

static void
a_missing_program_puts_the_job_in_the_penalty_box(void **state)
{
	(void)state;
	bootstrap(GONE_JOB);
	await("properties", "keepalive | runatload | penalty box");
	await("state", "spawn scheduled");
	assert_string_equal(field("last exit code"), "78: EX_CONFIG");
	assert_string_equal(field("job state"), "");
	assert_non_null(strstr(out, "\t\t\tstream = com.apple.launchd.helper\n\t\t\tmonitor = "
	    "com.apple.UserEventAgent-System\n\t\t\tdescriptor = {\n"
	    "\t\t\t\t\"Executable\" => \"" GONE "\"\n"));
	assert_non_null(strstr(out, "\tevent channels = {\n"
	    "\t\t\"com.apple.launchd.helper\" = {\n"));
	assert_int_equal(shell("cp %s%s %s%s", mac, WORKER, mac, GONE), 0);
	await_three_throttles();
	assert_string_equal(printed("runs"), "1");
	assert_int_equal(launchctl("kickstart " TARGET), 139);
	assert_string_equal(err, "Could not kickstart service \"" LABEL "\": 139: Service cannot "
	    "presently execute\n");
	assert_int_equal(launchctl("kickstart -k " TARGET), 139);
	assert_string_equal(printed("runs"), "1");
	assert_int_equal(launchctl("bootout " TARGET), 0);
	await_gone();
	bootstrap(GONE_JOB);
	await("state", "running");
	assert_string_equal(field("properties"), "keepalive | runatload");
}

static void
a_job_whose_program_was_replaced_starts_only_when_loaded_again(void **state)
{
	(void)state;
	bootstrap(SLEEPER FLAG("KeepAlive", "true"));
	await("state", "running");
	launchctl("fault lwcr " LABEL);
	assert_int_equal(launchctl("kickstart -k " TARGET), 0);
	await_runs(4);
	await("job state", "spawn failed");
	assert_string_equal(field("last exit code"), "78: EX_CONFIG");
	assert_string_equal(field("properties"), "keepalive | inferred program | needs LWCR "
	    "update | managed LWCR");
	assert_true(contains("/private/var/log/com.apple.xpc.launchd/launchd.log",
	    "Service could not initialize: Unable to get updated LWCR for ("));
	launchctl("bootout " TARGET);
	await_gone();
	bootstrap(SLEEPER FLAG("KeepAlive", "true"));
	await("state", "running");
	assert_string_equal(field("properties"), "keepalive | inferred program");
}

static void
only_a_program_that_access_refuses_puts_it_there(void **state)
{
	(void)state;
	write_file("/private/tmp/plain", "");
	bootstrap(STRING("Program", "/tmp/plain") FLAG("RunAtLoad", "true"));
	await("properties", "runatload | penalty box");
	launchctl("bootout " TARGET);
	/* The script is there, but not its interpreter. */
	write_file("/private/tmp/script", "#!/no/such/interpreter\n");
	assert_int_equal(shell("chmod 755 %s/tmp/script", mac), 0);
	bootstrap(STRING("Program", "/tmp/script") FLAG("RunAtLoad", "true"));
	await_runs(3);
	await("job state", "spawn failed");
	assert_string_equal(field("properties"), "runatload");
}

static void
a_user_cannot_open_roots_log_nor_make_one_in_roots_folder(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_file("/private/var/log/mine.log", "");
	expect_ex_config("spawn failed", SLEEPER FLAG("KeepAlive", "true")
	    STRING("UserName", "worker") STRING("StandardOutPath", "/var/log/mine.log"));
	expect_ex_config("spawn failed", SLEEPER FLAG("KeepAlive", "true")
	    STRING("UserName", "worker") STRING("StandardOutPath", "/var/log/new.log"));
	expect_ex_config("spawn failed", SLEEPER FLAG("KeepAlive", "true")
	    STRING("UserName", "worker") STRING("StandardOutPath", "/var/log/new/new.log"));
}

static void
a_log_folder_made_by_root_on_an_old_system_is_closed_to_the_user(void **state)
{
	struct stat status;

	(void)state;
	if (geteuid() != 0)
		skip();
	launchctl("fault macos 10.13");
	bootstrap(SLEEPER FLAG("KeepAlive", "true") STRING("UserName", "worker")
	    STRING("StandardOutPath", "/Users/worker/Logs/new/o"));
	await("last exit code", "78: EX_CONFIG");
	assert_return_code(stat(below("/Users/worker/Logs/new"), &status), errno);
	assert_int_equal(status.st_uid, 0);
	assert_int_equal(status.st_mode & 07777, 0744);
}

static void
without_root_the_journal_says_what_a_job_does_not_get(void **state)
{
	char expected[128];

	(void)state;
	if (geteuid() == 0)
		skip();
	bootstrap(SLEEPER STRING("UserName", "_worker") FLAG("RunAtLoad", "true") NUMBER("Nice",
	    "-5")
	    "<key>HardResourceLimits</key><dict>" NUMBER("NumberOfFiles", "99999999") "</dict>");
	await("state", "running");
	snprintf(expected, sizeof(expected),
	    LABEL ": cannot become _worker without root; runs as uid %u: Operation not permitted\n",
	    (unsigned)geteuid());
	assert_true(contains("/private/var/run/embedded-launchd.log", expected));
	assert_true(contains("/private/var/run/embedded-launchd.log",
	    LABEL ": cannot have gid 300 without root"));
	assert_true(contains("/private/var/run/embedded-launchd.log",
	    LABEL ": cannot set a limit"));
	assert_true(contains("/private/var/run/embedded-launchd.log", LABEL ": cannot set Nice"));
}

static void
a_quarantined_program_does_not_start(void **state)
{
	(void)state;
	set_quarantine(WORKER);
	expect_ex_config("spawn failed", ARGUMENTS(WORD(WORKER) WORD("--report"))
	    FLAG("RunAtLoad", "true"));
}

static void
a_bare_program_name_is_looked_up_in_the_standard_folders(void **state)
{
	(void)state;
	bootstrap(ARGUMENTS(WORD("sleep") WORD("600")) FLAG("RunAtLoad", "true"));
	await("state", "running");
	assert_string_equal(field("program"), "sleep");
}

/* --- restarts --- */

static void
keepalive_starts_again_after_the_throttle_and_counts(void **state)
{
	int64_t begin = now();

	(void)state;
	launchctl("fault clock 0.03");
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--exit") WORD("3")) FLAG("KeepAlive", "true"));
	await("state", "spawn scheduled");
	assert_string_equal(field("last exit code"), "3");
	assert_string_equal(field("active count"), "0");
	await_runs(4);
	assert_true(now() - begin >= 900);
}

static void
the_immediate_reason_of_a_restart_is_that_keepalive_is_inefficient(void **state)
{
	(void)state;
	bootstrap(SLEEPER FLAG("KeepAlive", "true"));
	await("state", "running");
	assert_string_equal(field("immediate reason"), "speculative");
	assert_int_equal(launchctl("kill KILL " TARGET), 0);
	await_runs(2);
	await("state", "running");
	assert_string_equal(field("immediate reason"), "inefficient");
}

static void
umask_is_shown_if_the_plist_has_one(void **state)
{
	(void)state;
	bootstrap(SLEEPER NUMBER("Umask", "63") STRING("UserName", "worker"));
	assert_string_equal(printed("umask"), "77");
	assert_non_null(strstr(out, "\tusername = worker\n\n\tumask = 77\n\tminimum runtime = "));
	launchctl("bootout " TARGET);
	bootstrap(SLEEPER STRING("Umask", "027"));
	assert_string_equal(printed("umask"), "27");
	launchctl("bootout " TARGET);
	bootstrap(SLEEPER);
	assert_string_equal(printed("umask"), "");
}

static void
throttle_interval_is_shown_and_honoured(void **state)
{
	(void)state;
	launchctl("fault clock 0.03");
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--exit") WORD("0")) FLAG("KeepAlive", "true")
		NUMBER("ThrottleInterval", "30000"));
	await("last exit code", "0");
	assert_string_equal(field("minimum runtime"), "30000");
	assert_string_equal(field("state"), "spawn scheduled");
	assert_string_equal(field("runs"), "1");
}

static void
successful_exit_false_restarts_after_failures_only(void **state)
{
	(void)state;
	bootstrap(SHELL("exit 3") FLAG("RunAtLoad", "true")
	    "<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>");
	await_runs(3);
	launchctl("bootout " TARGET);
	await_gone();
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--exit") WORD("0")) FLAG("RunAtLoad", "true")
	    "<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>");
	await("last exit code", "0");
	assert_string_equal(field("state"), "not running");
	for (int i = 0; i < 40; i++)
		moment();
	assert_string_equal(printed("runs"), "1");
}

static void
a_crash_is_shown_by_its_signal_and_delays_more_and_more(void **state)
{
	int64_t begin = now();

	(void)state;
	launchctl("fault clock 0.02");
	bootstrap(SHELL("kill -SEGV $$")
	    "<key>KeepAlive</key><dict><key>Crashed</key><true/></dict>");
	await("last terminating signal", "Segmentation fault: 11");
	assert_string_equal(field("last exit code"), "");
	/* 200 ms twice, then after three in a row doubled and doubled again: 1.6 s, else 0.8 s. */
	await_runs(5);
	assert_true(now() - begin >= 1600);
	assert_true(number(field("successive crashes")) >= 4);
	assert_non_null(strstr(out, "\tsemaphores = {\n\t\tafter crash => 1\n\t}\n"));
	assert_string_equal(field("minimum runtime"), "10");
}

static void
successive_crashes_are_counted_until_an_end_that_is_none(void **state)
{
	(void)state;
	/* The working directory is the root of this Mac. */
	bootstrap(SHELL("test -e tmp/calm || kill -SEGV $$; exit 1"));
	assert_string_equal(printed("successive crashes"), "");
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(launchctl("kickstart " TARGET), 0);
		await("successive crashes", i == 1 ? "1" : "2");
		assert_string_equal(field("last terminating signal"), "Segmentation fault: 11");
		await("state", "not running");
	}
	launchctl("fault exit_reason OS_REASON_DYLD");
	assert_int_equal(launchctl("kickstart " TARGET), 0);
	await("successive crashes", "3");
	assert_string_equal(field("last exit reason"), "OS_REASON_DYLD");
	launchctl("fault exit_reason");
	await("state", "not running");
	write_file("/private/tmp/calm", "");
	assert_int_equal(launchctl("kickstart " TARGET), 0);
	await("last exit code", "1");
	assert_string_equal(field("successive crashes"), "");
}

static void
path_state_starts_the_job_when_the_path_appears(void **state)
{
	(void)state;
	bootstrap(SLEEPER "<key>KeepAlive</key><dict><key>PathState</key><dict>" FLAG("/tmp/there",
	    "true") "</dict></dict>");
	for (int i = 0; i < 30; i++)
		moment();
	assert_string_equal(printed("state"), "not running");
	write_file("/private/tmp/there", "");
	await("state", "running");
}

static void
start_interval_starts_again_and_again(void **state)
{
	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--exit") WORD("0")) NUMBER("StartInterval", "12"));
	assert_string_equal(printed("run interval"), "12 seconds");
	await_runs(2);
}

static void
run_at_load_alone_runs_once(void **state)
{
	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--exit") WORD("7")) FLAG("RunAtLoad", "true"));
	await("last exit code", "7");
	assert_string_equal(field("state"), "not running");
	assert_string_equal(field("runs"), "1");
}

static void
run_at_load_and_only_once_is_unloaded_then(void **state)
{
	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--exit") WORD("7")) FLAG("RunAtLoad", "true")
	    FLAG("LaunchOnlyOnce", "true"));
	await_gone();
}

static void
children_of_a_job_end_with_it(void **state)
{
	char line[64] = "";
	FILE *file;

	(void)state;
	bootstrap(SHELL("sleep 600 &amp; echo $!") FLAG("RunAtLoad",
	    "true") STRING("StandardOutPath", "/tmp/o"));
	await_content("/tmp/o", "\n");
	file = fopen(below("/tmp/o"), "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	assert_true(number(line) > 0);
	await_death((pid_t)number(line));
}

/* --- kickstart, kill, list, error --- */

static void
kickstart_starts_and_with_k_starts_anew(void **state)
{
	int first, second;

	(void)state;
	assert_int_equal(launchctl("kickstart " TARGET), 113);
	assert_string_equal(err, "Could not find service \"" LABEL "\" in domain for system\n");
	bootstrap(SLEEPER);
	assert_int_equal(launchctl("kickstart -p " TARGET), 0);
	first = number(out);
	await("state", "running");
	assert_int_equal(number(field("pid")), first);
	assert_string_equal(field("immediate reason"), "non-ipc demand");
	assert_int_equal(launchctl("kickstart " TARGET), 0);
	assert_int_equal(launchctl("kickstart -k -p " TARGET), 0);
	second = number(out);
	assert_int_not_equal(first, second);
	await("state", "running");
	assert_int_equal(number(field("pid")), second);
	assert_string_equal(field("last terminating signal"), "Terminated: 15");
	assert_string_equal(field("runs"), "2");
	assert_false(alive((pid_t)first));
}

static void
kickstart_while_the_job_is_starting_is_37_without_a_word(void **state)
{
	(void)state;
	launchctl("fault xpcproxy_ms 2000");
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	await("state", "xpcproxy");
	assert_int_equal(launchctl("kickstart " TARGET), 37);
	assert_string_equal(err, "");
}

static void
kill_sends_signals_by_name_and_by_a_macs_number(void **state)
{
	(void)state;
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	await("state", "running");
	assert_int_equal(launchctl("kill SIGKILL " TARGET), 0);
	await("last terminating signal", "Killed: 9");
	assert_int_equal(launchctl("kill TERM " TARGET), 3);
	assert_string_equal(err, "No process to signal.\n");
	launchctl("kickstart " TARGET);
	await("state", "running");
	assert_int_equal(launchctl("kill 30 " TARGET), 0);
	await("last terminating signal", "User defined signal 1: 30");
	assert_int_equal(launchctl("kill NONE " TARGET), 64);
}

static void
list_shows_every_job_and_one_in_full(void **state)
{
	char expected[256];

	(void)state;
	bootstrap(SLEEPER FLAG("KeepAlive", "true"));
	await("state", "running");
	snprintf(expected, sizeof(expected), "PID\tStatus\tLabel\n%s\t0\t" LABEL "\n",
	    field("pid"));
	assert_int_equal(launchctl("list"), 0);
	assert_string_equal(out, expected);
	launchctl("kill TERM " TARGET);
	await("runs", "2");
	await("state", "running");
	snprintf(expected, sizeof(expected),
	    "{\n\t\"LimitLoadToSessionType\" = \"System\";\n\t\"Label\" = \"" LABEL "\";\n"
	    "\t\"OnDemand\" = false;\n\t\"LastExitStatus\" = 15;\n\t\"PID\" = %s;\n\t\"Program\" = "
	    "\"/bin/sleep\";\n"
	    "\t\"ProgramArguments\" = (\n\t\t\"/bin/sleep\";\n\t\t\"600\";\n\t);\n};\n",
	    field("pid"));
	assert_int_equal(launchctl("list " LABEL), 0);
	assert_string_equal(out, expected);
	assert_int_equal(launchctl("list no.such"), 113);
	assert_string_equal(err, "Could not find service \"no.such\" in domain for port\n");
}

static void
error_and_usage_answer_as_apples(void **state)
{
	(void)state;
	assert_int_equal(launchctl("error 125"), 0);
	assert_string_equal(out, "125: Domain does not support specified action\n");
	assert_int_equal(launchctl("error 37"), 0);
	assert_string_equal(out, "37: Operation already in progress\n");
	assert_int_equal(launchctl("error 0xa1"), 0);
	assert_string_equal(out, "161: Service cannot be launched because of BTM policy\n");
	assert_int_equal(launchctl("error posix 5"), 0);
	assert_string_equal(out, "5: Input/output error\n");
	assert_int_equal(launchctl("nonsense"), 64);
	assert_string_equal(err, "Unrecognized subcommand: nonsense\n"
	    "Usage: launchctl <subcommand> ... | help [subcommand]\n");
	assert_int_equal(launchctl(""), 64);
	assert_int_equal(launchctl("print elsewhere/1"), 64);
	assert_int_equal(launchctl("print system"), 0);
	assert_non_null(strstr(out, "\n\tdisabled services = {\n\t}\n"));
}

#define TARGET_FORM	"<service-target> takes a form of <domain-target>/<service-id>.\n" \
	"Please refer to `man launchctl` for explanation of the <domain-target> specifiers.\n"

static void
a_bad_target_is_answered_with_the_usage_of_its_verb(void **state)
{
	static const char usage[] = "Usage: launchctl bootout <domain-target> [service-path1, "
	    "service-path2, ...] | <service-target>\n";
	char expected[512];

	(void)state;
	assert_int_equal(launchctl("bootout"), 64);
	assert_string_equal(err, usage);
	snprintf(expected, sizeof(expected), "Unrecognized target specifier.\n%s" TARGET_FORM,
	    usage);
	assert_int_equal(launchctl("bootout --wait " TARGET), 64);
	assert_string_equal(err, expected);
	assert_int_equal(launchctl("enable system"), 64);
	assert_string_equal(err, "Unrecognized target specifier.\n"
	    "Usage: launchctl enable <service-target>\n" TARGET_FORM);
	launchctl("fault macos 12");
	assert_int_equal(launchctl("enable system"), 64);
	assert_string_equal(err, "Unrecognized target specifier. " TARGET_FORM
	    "Usage: launchctl enable <service-target>\n");
}

static void
a_label_without_its_domain_is_answered_with_the_target(void **state)
{
	(void)state;
	assert_int_equal(launchctl("print " LABEL), 64);
	assert_null(strstr(err, "did you mean"));
	bootstrap(SLEEPER);
	assert_int_equal(launchctl("print " LABEL), 64);
	assert_string_equal(err, "Unrecognized target specifier, did you mean\n" TARGET "\n");
	assert_int_equal(launchctl("kickstart -p " LABEL), 64);
	assert_string_equal(err, "Unrecognized target specifier, did you mean\n" TARGET "\n");
}

static void
help_and_version_print_and_exit_with_0(void **state)
{
	(void)state;
	assert_int_equal(launchctl("help"), 0);
	assert_non_null(strstr(out, "\n\tunload          Unloads a service or directory of "
	    "services.\n"));
	assert_null(strstr(out, "fault"));
	assert_int_equal(launchctl("help kickstart"), 0);
	assert_string_equal(err, "Usage: launchctl kickstart [-k] [-p] <service-target>\n");
	assert_int_equal(launchctl("help nonsense"), 64);
	assert_int_equal(launchctl("version"), 0);
	assert_int_equal(strncmp(out, "Darwin Bootstrapper Version 7.0.0: ", 35), 0);
}

/* --- launchd's own log --- */

#define LAUNCHD_LOG	"/private/var/log/com.apple.xpc.launchd/launchd.log"
#define NOTICE(words)	"(system/" LABEL ") <Notice>: " words "\n"

static bool
has_shape(const char *text, const char *shape)
{
	for (; *shape != '\0'; text++, shape++)
		if (*shape == '0' ? !isdigit((unsigned char)*text) : *text != *shape)
			return false;
	return true;
}

/* Write the log's lines from the text on that came last, without their times, to out. */
static void
read_log(const char *from)
{
	FILE *file = fopen(below(LAUNCHD_LOG), "r"), *lines = fmemopen(out, sizeof(out), "w");
	char line[4096];

	assert_non_null(file);
	assert_non_null(lines);
	while (fgets(line, sizeof(line), file) != NULL) {
		assert_true(has_shape(line, "0000-00-00 00:00:00.000000 ("));
		if (strstr(line, from) != NULL)
			rewind(lines);
		fputs(strchr(line, '('), lines);
	}
	fclose(file);
	fclose(lines);
}

/* Assert that the lines are in out in this order. */
static void
assert_lines(const char *const *lines, size_t count)
{
	const char *at = out;

	for (size_t i = 0; i < count; i++) {
		const char *found = strstr(at, lines[i]);

		if (found == NULL)
			fail_msg("after %zu lines no '%s' in:\n%s", i, lines[i], out);
		at = found + strlen(lines[i]);
	}
}

#define ASSERT_LINES(...)	assert_lines((const char *const []){ __VA_ARGS__ }, \
	sizeof((const char *const []){ __VA_ARGS__ }) / sizeof(const char *))

static void
launchds_log_has_the_life_of_a_job_and_is_roots(void **state)
{
	struct stat status;
	char spawned[96], ended[96];
	int pid;

	(void)state;
	bootstrap(ARGUMENTS(WORD("/bin/sleep") WORD("600")) FLAG("KeepAlive", "true"));
	await("state", "running");
	pid = number(field("pid"));
	assert_int_equal(launchctl("bootout " TARGET), 0);
	await_gone();
	snprintf(spawned, sizeof(spawned), "(system/" LABEL " [%d]) <Notice>: xpcproxy spawned "
	    "with pid %d\n", pid, pid);
	snprintf(ended, sizeof(ended), "(system/" LABEL " [%d]) <Notice>: exited due to SIGTERM | "
	    "sent by launchd[1], ran for ", pid);
	read_log("inherently inefficient");
	ASSERT_LINES(NOTICE("This service is defined to be constantly running and is inherently "
	    "inefficient."), "(system) <Notice>: Bootstrap by launchctl[", "] for " PLIST
	    " succeeded (0: )\n", NOTICE("internal event: WILL_SPAWN, code = 0"),
	    NOTICE("service state: spawn scheduled"), NOTICE("launching: speculative"), spawned,
	    "service state: xpcproxy\n", "service state: running\n", "Successfully spawned sleep[",
	    "] because speculative\n", "booting out service: caller = launchctl\n",
	    "signaled service: Terminated: 15\n", "service state: SIGTERMed\n",
	    "scheduling cleanup in 5 sec after sending Terminated: 15\n", ended, "ms\n",
	    "service state: exited\n", "internal event: EXITED, code = 0\n",
	    "(system) <Notice>: removing service: " LABEL "\n");
	assert_return_code(stat(below(LAUNCHD_LOG), &status), errno);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(status.st_uid, geteuid());
}

static void
launchds_log_says_why_a_start_failed(void **state)
{
	(void)state;
	bootstrap(GONE_JOB);
	await("properties", "keepalive | runatload | penalty box");
	await("state", "spawn scheduled");
	assert_int_equal(launchctl("kickstart " TARGET), 139);
	read_log("WILL_SPAWN");
	ASSERT_LINES("<Warning>: Could not find and/or execute program specified by service: 2: "
	    "No such file or directory: " GONE "\n",
	    "<Error>: Service could not initialize: access(" GONE ", X_OK) failed with errno 2 - "
	    "No such file or directory, error 0x6f - Invalid or missing Program/ProgramArguments\n",
	    "<Notice>: Service setup event to handle failure and will not launch until it fires.\n",
	    "<Error>: Missing executable detected. Job: '" LABEL
	    "' Executable: '" GONE "'\n", "internal event: INIT, code = 111\n",
	    "exited due to exit(78), ran for ", NOTICE("cannot spawn: service is in penalty box"),
	    NOTICE("cannot spawn: service is in penalty box"));
	assert_int_equal(launchctl("bootout " TARGET), 0);
	write_file("/private/tmp/file", "");
	bootstrap(SLEEPER FLAG("RunAtLoad", "true") STRING("StandardOutPath", "/tmp/file/log"));
	await_runs(2);
	read_log("Bootstrap by");
	ASSERT_LINES("<Error>: Service could not initialize: posix_spawn(/bin/sleep), error 0x14 - "
	    "Not a directory\n", "internal event: INIT, code = 20\n");
	assert_int_equal(launchctl("bootout " TARGET), 0);
	await_gone();
	bootstrap(SLEEPER FLAG("RunAtLoad", "true") STRING("WorkingDirectory", "/no/such"));
	await_runs(2);
	read_log("Bootstrap by");
	ASSERT_LINES("<Error>: Service could not initialize: Unable to set current working "
	    "directory. error = 2: No such file or directory, path = /no/such, error 0x2 - No such "
	    "file or directory\n");
}

static void
launchds_log_counts_crashes_and_says_how_long_a_restart_waits(void **state)
{
	static const char only[] = "Service only ran for ", pushing[] = "Pushing respawn out by ";
	const char *ran, *wait;

	(void)state;
	launchctl("fault clock 0.05");
	bootstrap(SHELL("kill -SEGV $$") FLAG("KeepAlive", "true"));
	await_runs(4);
	read_log("crashed 2 times in a row");
	ASSERT_LINES("exited due to SIGSEGV | sent by exc handler[",
	    "service has crashed 3 times in a row (last was not dirty)\n",
	    "service state: exited\n", only, pushing,
	    "(system/" LABEL ") <Warning>: Exponential throttling is in effect for ",
	    NOTICE("launching: inefficient"));
	ran = strstr(strstr(out, "crashed 3 times"), only);
	wait = strstr(ran, pushing);
	/* Twice the throttle, from its start on. */
	assert_int_equal(number(ran + strlen(only)) + number(wait + strlen(pushing)), 20);
}

static void
launchds_log_has_the_error_that_a_refusal_hides(void **state)
{
	(void)state;
	launchctl("fault macos 26.3");
	write_job(PLIST, LABEL, SLEEPER);
	assert_int_equal(launchctl("disable " TARGET), 0);
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	assert_int_equal(launchctl("enable " TARGET), 0);
	assert_int_equal(launchctl("bootstrap system " PLIST), 0);
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	read_log("(system) <Notice>: Setting service " LABEL " to disabled");
	ASSERT_LINES("(initiated by launchctl[",
	    "(system) <Error>: Failed to bootstrap path: path = " PLIST ", error = 119: Service is "
	    "disabled\n", " to enabled (initiated by launchctl[",
	    "] for <private> succeeded (0: )\n",
	    "(system) <Error>: Failed to bootstrap path: path = " PLIST ", error = 37: Operation "
	    "already in progress\n");
}

/* --- legacy verbs --- */

static void
load_and_unload_exit_with_0_whatever_they_print(void **state)
{
	(void)state;
	write_job(PLIST, LABEL, SLEEPER FLAG("KeepAlive", "true"));
	assert_int_equal(launchctl("load " PLIST), 0);
	assert_string_equal(err, "");
	await("state", "running");
	assert_int_equal(launchctl("load " PLIST), 0);
	assert_string_equal(err, "Load failed: 5: Input/output error\n"
	    "Try running `launchctl bootstrap` as root for richer errors.\n");
	assert_int_equal(launchctl("unload " PLIST), 0);
	assert_string_equal(err, "");
	assert_int_equal(launchctl("unload " PLIST), 0);
	assert_string_equal(err, "Unload failed: 5: Input/output error\n"
	    "Try running `launchctl bootout` as root for richer errors.\n");
	assert_int_equal(launchctl("load /Library/LaunchAgents/none.plist"), 0);
	assert_string_equal(err, "Warning: Expecting a LaunchDaemons path since the command was "
	    "ran as root. Got LaunchAgents instead.\n`launchctl bootstrap` is a recommended "
	    "alternative.\nLoad failed: 5: Input/output error\n"
	    "Try running `launchctl bootstrap` as root for richer errors.\n");
	launchctl("fault macos 10.13");
	assert_int_equal(launchctl("unload " PLIST), 0);
	assert_string_equal(err, PLIST ": Could not find specified service\n");
	assert_int_equal(launchctl("load"), 64);
	assert_int_equal(launchctl("load -x " PLIST), 64);
	assert_string_equal(err, "Usage: launchctl load <service-path, service-path2, ...>\n");
}

static void
load_w_enables_unload_w_disables_and_load_f_passes_over_that(void **state)
{
	(void)state;
	write_job(PLIST, LABEL, SLEEPER FLAG("Disabled", "true"));
	assert_int_equal(launchctl("load " PLIST), 0);
	assert_string_equal(err, PLIST ": Service is disabled\n"
	    "Load failed: 119: Service is disabled\n");
	assert_int_equal(launchctl("load -w " PLIST), 0);
	assert_string_equal(err, "");
	assert_int_equal(launchctl("print-disabled system"), 0);
	assert_non_null(strstr(out, "\"" LABEL "\" => enabled"));
	assert_int_equal(launchctl("unload -w " PLIST), 0);
	assert_int_equal(launchctl("print-disabled system"), 0);
	assert_non_null(strstr(out, "\"" LABEL "\" => disabled"));
	assert_int_equal(launchctl("load -F " PLIST), 0);
	assert_string_equal(err, "");
	assert_int_equal(launchctl("print " TARGET), 0);
}

static void
unload_returns_when_the_job_has_ended(void **state)
{
	(void)state;
	write_job(PLIST, LABEL, SHELL("trap 'sleep 0.1; exit' TERM; echo ready >>tmp/ready; "
	    "while :; do sleep 0.02; done") FLAG("KeepAlive", "true"));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(launchctl("load " PLIST), 0);
		assert_string_equal(err, "");
		await_content("/private/tmp/ready", "ready");
		unlink(below("/private/tmp/ready"));
		assert_int_equal(launchctl("unload " PLIST), 0);
		assert_int_equal(launchctl("print " TARGET), 113);
	}
}

static void
start_stop_and_remove_take_a_label(void **state)
{
	(void)state;
	assert_int_equal(launchctl("start " LABEL), 3);
	assert_int_equal(launchctl("stop " LABEL), 3);
	assert_int_equal(launchctl("remove " LABEL), 0);
	bootstrap(SLEEPER);
	assert_int_equal(launchctl("start " LABEL), 0);
	await("state", "running");
	assert_int_equal(launchctl("start " LABEL), 0);
	assert_int_equal(launchctl("stop " LABEL), 0);
	await("last terminating signal", "Terminated: 15");
	assert_string_equal(field("state"), "not running");
	assert_int_equal(launchctl("stop " LABEL), 0);
	assert_int_equal(launchctl("start"), 64);
	assert_string_equal(err, "Usage: launchctl start <service-name>\n");
	assert_int_equal(launchctl("remove " LABEL), 0);
	await_gone();
	/* KeepAlive starts again what stop ended. */
	bootstrap(SLEEPER FLAG("KeepAlive", "true"));
	await("state", "running");
	assert_int_equal(launchctl("stop " LABEL), 0);
	await_runs(2);
	await("state", "running");
}

/* --- domains --- */

static void
gui_domains_exist_while_a_session_is_set(void **state)
{
	unsigned uid = geteuid() == 0 ? 501 : (unsigned)geteuid();
	char line[256], expected[256];

	(void)state;
	write_job("/Library/LaunchAgents/" LABEL ".plist", LABEL,
	    ARGUMENTS(WORD(WORKER) WORD("--report")) FLAG("RunAtLoad",
	    "true") STRING("StandardOutPath", "/tmp/agent"));
	snprintf(line, sizeof(line), "bootstrap gui/%u /Library/LaunchAgents/" LABEL ".plist", uid);
	assert_int_equal(launchctl(line), 125);
	assert_string_equal(err, "Bootstrap failed: 125: Domain does not support specified "
	    "action\n");
	assert_int_equal(launchctl("print gui/9999/x"), 112);
	assert_string_equal(err, "Bad request.\nCould not find domain for user gui: 9999\n");
	assert_int_equal(launchctl("enable gui/9999/x"), 125);
	assert_string_equal(err, "Could not enable service: 125: Domain does not support specified "
	    "action\n");
	snprintf(expected, sizeof(expected), "fault session %u", uid);
	launchctl(expected);
	assert_int_equal(launchctl(line), 0);
	snprintf(expected, sizeof(expected), "\nuid %u\n", uid);
	await_content("/tmp/agent", "end of report");
	assert_true(contains("/tmp/agent", expected));
	assert_true(contains("/tmp/agent", "env HOME=/Users/worker\n"));
	snprintf(line, sizeof(line), "print gui/%u/" LABEL, uid);
	assert_int_equal(launchctl(line), 0);
	snprintf(expected, sizeof(expected), "gui/%u [100015]", uid);
	assert_string_equal(field("domain"), expected);
	assert_string_equal(field("type"), "LaunchAgent");
	snprintf(line, sizeof(line), "print gui/%u/other", uid);
	snprintf(expected, sizeof(expected),
	    "Bad request.\nCould not find service \"other\" in domain for user gui: %u\n", uid);
	assert_int_equal(launchctl(line), 113);
	assert_string_equal(err, expected);
	assert_int_equal(launchctl("print " TARGET), 113);
}

/* As in the samples 32 and 33 of tests/evidence/print. */
static void
print_of_a_domain_lists_its_jobs_and_how_they_ended(void **state)
{
	unsigned uid = geteuid() == 0 ? 501 : (unsigned)geteuid();
	char line[256], expected[256];
	int64_t end;
	pid_t pid;

	(void)state;
	write_job("/Library/LaunchAgents/" LABEL ".plist", LABEL, SLEEPER);
	snprintf(line, sizeof(line), "bootstrap user/%u /Library/LaunchAgents/" LABEL ".plist",
	    uid);
	assert_int_equal(launchctl(line), 0);
	snprintf(line, sizeof(line), "print user/%u", uid);
	assert_int_equal(launchctl(line), 0);
	assert_non_null(strstr(out, " = {\n\ttype = user\n"));
	assert_non_null(strstr(out, "\n\tsession = Background\n"));
	assert_non_null(strstr(out, "\n\tservices = {\n\t\t       0      - \t" LABEL "\n\t}\n"));
	snprintf(expected, sizeof(expected), "kickstart -p user/%u/" LABEL, uid);
	assert_int_equal(launchctl(expected), 0);
	pid = number(out);
	launchctl(line);
	snprintf(expected, sizeof(expected), "\n\t\t%8d      - \t" LABEL "\n", (int)pid);
	assert_non_null(strstr(out, expected));
	snprintf(expected, sizeof(expected), "kill KILL user/%u/" LABEL, uid);
	assert_int_equal(launchctl(expected), 0);
	for (end = now() + LIMIT; strstr(out, "\t       0     -9 \t" LABEL "\n") == NULL;
	    launchctl(line)) {
		assert_true(now() < end);
		moment();
	}
	if (geteuid() != 0)
		return;
	caller = 502;
	assert_int_equal(launchctl(line), 1);
	assert_string_equal(err, "Could not print domain: 1: Operation not permitted\n");
	caller = 501;
	assert_int_equal(launchctl(line), 0);
}

static void
a_job_of_the_user_domain_runs_as_that_user_without_a_session(void **state)
{
	unsigned uid = geteuid() == 0 ? 501 : (unsigned)geteuid();
	char line[256];

	(void)state;
	write_job(PLIST, LABEL, ARGUMENTS(WORD(WORKER) WORD("--report")) FLAG("RunAtLoad", "true")
	    STRING("UserName", "root") STRING("StandardOutPath", "/tmp/agent"));
	snprintf(line, sizeof(line), "bootstrap user/%u " PLIST, uid);
	assert_int_equal(launchctl(line), 0);
	await_content("/tmp/agent", "end of report");
	snprintf(line, sizeof(line), "\nuid %u\n", uid);
	assert_true(contains("/tmp/agent", line));
	snprintf(line, sizeof(line), "print user/%u/" LABEL, uid);
	assert_int_equal(launchctl(line), 0);
	snprintf(line, sizeof(line), "user/%u", uid);
	assert_string_equal(field("domain"), line);
	/* UserName is for the system domain. */
	assert_string_equal(field("username"), "");
	assert_int_equal(launchctl("print " TARGET), 113);
}

static void
an_ordinary_account_may_look_but_not_touch(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	caller = 501;
	assert_int_equal(launchctl("print " TARGET), 0);
	assert_int_equal(launchctl("print-disabled system"), 0);
	assert_int_equal(launchctl("list " LABEL), 113);
	assert_int_equal(launchctl("bootout " TARGET), 1);
	assert_string_equal(err, "Boot-out failed: 1: Operation not permitted\n");
	assert_int_equal(launchctl("bootstrap system " PLIST), 1);
	assert_int_equal(launchctl("kill TERM " TARGET), 1);
	assert_string_equal(err, "Not privileged to signal service.\n");
	assert_int_equal(launchctl("kickstart -k " TARGET), 1);
	assert_int_equal(launchctl("disable " TARGET), 1);
	assert_int_equal(launchctl("fault macos 12"), 1);
	assert_int_equal(launchctl("shutdown"), 1);
}

/* --- faults --- */

static void
bootstraps_answer_5_as_often_as_asked(void **state)
{
	(void)state;
	launchctl("fault bootstrap_eio 2");
	write_job(PLIST, LABEL, SLEEPER);
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	assert_int_equal(launchctl("print " TARGET), 113);
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	assert_int_equal(launchctl("bootstrap system " PLIST), 0);
	launchctl("bootout " TARGET);
	launchctl("fault bootstrap_eio_loads 1");
	assert_int_equal(launchctl("bootstrap system " PLIST), 5);
	assert_int_equal(launchctl("print " TARGET), 0);
}

static void
a_first_spawn_can_be_missing_until_kickstart(void **state)
{
	(void)state;
	launchctl("fault no_first_spawn 1");
	bootstrap(SLEEPER FLAG("KeepAlive", "true"));
	for (int i = 0; i < 20; i++)
		moment();
	assert_string_equal(printed("state"), "not running");
	assert_string_equal(field("last exit code"), "(never exited)");
	assert_int_equal(launchctl("kickstart " TARGET), 0);
	await("state", "running");
}

static void
a_denied_login_item_is_not_loaded_and_nothing_says_why(void **state)
{
	(void)state;
	launchctl("fault denied " LABEL);
	bootstrap(SLEEPER FLAG("KeepAlive", "true"));
	assert_int_equal(launchctl("print " TARGET), 113);
	assert_int_equal(launchctl("print-disabled system"), 0);
	assert_null(strstr(out, LABEL));
	launchctl("fault denied_status 161");
	assert_int_equal(launchctl("bootstrap system " PLIST), 161);
	assert_string_equal(err, "Bootstrap failed: 161: Service cannot be launched because of BTM "
	    "policy\n");
}

static void
an_argument_may_imitate_a_field(void **state)
{
	(void)state;
	bootstrap(ARGUMENTS(WORD("/bin/sh") WORD("a\n\tpid = 1")));
	assert_int_equal(launchctl("print " TARGET), 0);
	assert_string_equal(field("pid"), "1");
	launchctl("fault newline_argument all");
	assert_int_equal(launchctl("print " TARGET), 0);
	assert_non_null(strstr(out, "\n\tstate = running\n\tpid = 1\n"));
}

static void
launchctl_can_be_killed_print_nonsense_and_nothing(void **state)
{
	(void)state;
	bootstrap(SLEEPER);
	launchctl("fault killed print*1");
	assert_int_equal(launchctl("print " TARGET), -SIGKILL);
	assert_int_equal(launchctl("print " TARGET), 0);
	launchctl("fault garbage print");
	assert_int_equal(launchctl("print " TARGET), 0);
	assert_int_equal(out_size, 4096);
	launchctl("fault garbage");
	launchctl("fault megabyte print@2");
	assert_string_equal(printed("state"), "not running");
	assert_int_equal(launchctl("print " TARGET), 0);
	assert_true(out_size >= (size_t)1024 * 1024);
	assert_string_equal(printed("state"), "not running");
	launchctl("fault empty all*1");
	assert_int_equal(launchctl("print " TARGET), 0);
	assert_int_equal(out_size, 0);
	launchctl("fault refuse enable=150*1,bootout=36");
	assert_int_equal(launchctl("enable " TARGET), 150);
	assert_string_equal(err,
	    "Could not enable service: 150: Operation not permitted while System Integrity "
	    "Protection is "
	    "engaged\n");
	assert_int_equal(launchctl("enable " TARGET), 0);
	assert_int_equal(launchctl("bootout " TARGET), 36);
	assert_string_equal(err, "Boot-out failed: 36: Operation now in progress\n");
	assert_int_equal(launchctl("fault"), 0);
	assert_non_null(strstr(out, "refuse = bootout=36\n"));
	assert_null(strstr(out, "killed"));
}

static void
launchctl_can_be_killed_after_it_acted(void **state)
{
	(void)state;
	launchctl("fault killed_after bootstrap*1");
	write_job(PLIST, LABEL, SLEEPER);
	assert_int_equal(launchctl("bootstrap system " PLIST), -SIGKILL);
	assert_int_equal(launchctl("print " TARGET), 0);
}

static void
launchctl_can_hang_until_it_is_killed_or_launchd_ends(void **state)
{
	int out_ends[2], err_ends[2], status;
	pid_t pid;

	(void)state;
	launchctl("fault hang_hard print");
	pid = start_launchctl("print " TARGET, out_ends, err_ends);
	for (int i = 0; i < 40; i++)
		moment();
	kill(pid, SIGTERM);
	for (int i = 0; i < 10; i++)
		moment();
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(launchctl("shutdown"), 0);
	collect(out_ends[0], err_ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
	launchctl("fault clock 0.01");
}

/* --- all of it --- */

static void
reboot_loads_what_lies_in_launchdaemons(void **state)
{
	pid_t before;

	(void)state;
	launchctl("fault macos 27.0");
	bootstrap(SLEEPER FLAG("RunAtLoad", "true"));
	await("state", "running");
	before = number(field("pid"));
	write_job("/Library/LaunchDaemons/second.plist", "second", SLEEPER);
	write_job("/Library/LaunchDaemons/.hidden.plist", "hidden", SLEEPER);
	write_job("/Library/LaunchDaemons/no.txt", "text", SLEEPER);
	write_job("/Library/LaunchDaemons/disabled.plist", "disabled", SLEEPER);
	launchctl("disable system/disabled");
	assert_int_equal(launchctl("reboot"), 0);
	assert_false(alive(before));
	await("state", "running");
	assert_int_equal(launchctl("print system/second"), 0);
	assert_int_equal(launchctl("print system/hidden"), 113);
	assert_int_equal(launchctl("print system/text"), 113);
	assert_int_equal(launchctl("print system/disabled"), 113);
	set_quarantine(PLIST);
	assert_int_equal(launchctl("reboot"), 0);
	assert_string_equal(err, "");
	assert_int_equal(launchctl("print " TARGET), 113);
	assert_int_equal(launchctl("print system/second"), 0);
}

static void
shutdown_ends_launchd_and_its_jobs(void **state)
{
	pid_t job, server = server_pid();

	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--stubborn")) FLAG("KeepAlive",
	    "true") STRING("StandardOutPath", "/tmp/o"));
	await_content("/tmp/o", "heartbeat");
	job = number(printed("pid"));
	assert_int_equal(launchctl("shutdown"), 0);
	assert_false(alive(job));
	await_death(server);
}

static void
launchd_ends_with_its_folder_and_kills_its_jobs(void **state)
{
	char kept[192];
	pid_t job, server;

	(void)state;
	bootstrap(ARGUMENTS(WORD(WORKER) WORD("--stubborn")) FLAG("KeepAlive", "true"));
	await("state", "running");
	job = number(field("pid"));
	server = server_pid();
	snprintf(kept, sizeof(kept), "%s-moved", mac);
	assert_return_code(rename(mac, kept), errno);
	assert_return_code(mkdir(mac, 0755), errno);
	await_death(server);
	assert_false(alive(job));
	assert_return_code(rmdir(mac), errno);
	assert_return_code(rename(kept, mac), errno);
}

static void
many_first_calls_start_one_launchd(void **state)
{
	enum { MANY = 12 };
	int out_ends[MANY][2], err_ends[MANY][2], status, begun = 0;
	pid_t pids[MANY];
	char line[512];
	FILE *file;

	(void)state;
	launchctl("shutdown");
	unlink(below("/private/var/run/embedded-launchd.log"));
	for (int i = 0; i < MANY; i++)
		pids[i] = start_launchctl("error 5", out_ends[i], err_ends[i]);
	for (int i = 0; i < MANY; i++) {
		/* Ends only if the launchd that one of them started has not kept the pipes. */
		collect(out_ends[i][0], err_ends[i][0]);
		assert_string_equal(out, "5: Input/output error\n");
		assert_string_equal(err, "");
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	file = fopen(below("/private/var/run/embedded-launchd.log"), "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		begun += strstr(line, " begins\n") != NULL;
	fclose(file);
	assert_int_equal(begun, 1);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bootstrap_starts_the_job_and_print_says_so_in_the_layout_of_macos_15),
		TEST(print_has_the_fields_of_macos_26_in_their_order),
		TEST(bootstrap_returns_before_anything_runs),
		TEST(a_job_without_a_trigger_is_loaded_and_does_not_run),
		TEST(unknown_keys_and_wrong_types_are_ignored),
		TEST(print_of_what_is_not_loaded_is_113_with_two_lines_and_one_on_macos_12),
		TEST(bootout_answers_at_once_and_the_job_goes_after_its_exit_timeout),
		TEST(an_exit_timeout_of_0_never_kills),
		TEST(a_job_drains_for_as_long_as_the_settings_say),
		TEST(bootout_with_wait_returns_when_the_job_is_gone),
		TEST(bootout_of_what_is_not_loaded_is_3_and_5_by_path),
		TEST(bootout_by_path_finds_the_job),
		TEST(bootstrap_of_a_loaded_label_keeps_the_old_definition),
		TEST(bootstrap_refuses_plists_that_are_none),
		TEST(bootstrap_refuses_a_plist_that_others_may_write),
		TEST(bootstrap_refuses_a_plist_of_another_owner),
		TEST(quarantine_stops_bootstrap_on_macos_27_only),
		TEST(several_plists_are_loaded_by_one_bootstrap_and_an_error_is_133),
		TEST(a_path_may_begin_with_the_root_folder),
		TEST(disable_outlives_everything_and_stops_bootstrap_until_enable),
		TEST(the_key_disabled_counts_until_enable_overrides_it),
		TEST(a_job_gets_launchds_environment_and_nothing_of_the_caller),
		TEST(a_job_of_root_gets_no_home),
		TEST(the_logs_are_the_users_and_appended_to),
		TEST(what_cannot_be_started_ends_with_ex_config),
		TEST(a_missing_program_puts_the_job_in_the_penalty_box),
		TEST(only_a_program_that_access_refuses_puts_it_there),
		TEST(a_job_whose_program_was_replaced_starts_only_when_loaded_again),
		TEST(a_user_cannot_open_roots_log_nor_make_one_in_roots_folder),
		TEST(a_log_folder_made_by_root_on_an_old_system_is_closed_to_the_user),
		TEST(without_root_the_journal_says_what_a_job_does_not_get),
		TEST(a_quarantined_program_does_not_start),
		TEST(a_bare_program_name_is_looked_up_in_the_standard_folders),
		TEST(keepalive_starts_again_after_the_throttle_and_counts),
		TEST(the_immediate_reason_of_a_restart_is_that_keepalive_is_inefficient),
		TEST(umask_is_shown_if_the_plist_has_one),
		TEST(throttle_interval_is_shown_and_honoured),
		TEST(successful_exit_false_restarts_after_failures_only),
		TEST(a_crash_is_shown_by_its_signal_and_delays_more_and_more),
		TEST(successive_crashes_are_counted_until_an_end_that_is_none),
		TEST(path_state_starts_the_job_when_the_path_appears),
		TEST(start_interval_starts_again_and_again),
		TEST(run_at_load_alone_runs_once),
		TEST(run_at_load_and_only_once_is_unloaded_then),
		TEST(children_of_a_job_end_with_it),
		TEST(kickstart_starts_and_with_k_starts_anew),
		TEST(kickstart_while_the_job_is_starting_is_37_without_a_word),
		TEST(kill_sends_signals_by_name_and_by_a_macs_number),
		TEST(list_shows_every_job_and_one_in_full),
		TEST(error_and_usage_answer_as_apples),
		TEST(a_bad_target_is_answered_with_the_usage_of_its_verb),
		TEST(a_label_without_its_domain_is_answered_with_the_target),
		TEST(help_and_version_print_and_exit_with_0),
		TEST(launchds_log_has_the_life_of_a_job_and_is_roots),
		TEST(launchds_log_says_why_a_start_failed),
		TEST(launchds_log_counts_crashes_and_says_how_long_a_restart_waits),
		TEST(launchds_log_has_the_error_that_a_refusal_hides),
		TEST(load_and_unload_exit_with_0_whatever_they_print),
		TEST(load_w_enables_unload_w_disables_and_load_f_passes_over_that),
		TEST(unload_returns_when_the_job_has_ended),
		TEST(start_stop_and_remove_take_a_label),
		TEST(gui_domains_exist_while_a_session_is_set),
		TEST(print_of_a_domain_lists_its_jobs_and_how_they_ended),
		TEST(a_job_of_the_user_domain_runs_as_that_user_without_a_session),
		TEST(an_ordinary_account_may_look_but_not_touch),
		TEST(bootstraps_answer_5_as_often_as_asked),
		TEST(a_first_spawn_can_be_missing_until_kickstart),
		TEST(a_denied_login_item_is_not_loaded_and_nothing_says_why),
		TEST(an_argument_may_imitate_a_field),
		TEST(launchctl_can_be_killed_print_nonsense_and_nothing),
		TEST(launchctl_can_be_killed_after_it_acted),
		TEST(launchctl_can_hang_until_it_is_killed_or_launchd_ends),
		TEST(reboot_loads_what_lies_in_launchdaemons),
		TEST(shutdown_ends_launchd_and_its_jobs),
		TEST(launchd_ends_with_its_folder_and_kills_its_jobs),
		TEST(many_first_calls_start_one_launchd),
	};

	return cmocka_run_group_tests(tests, make_pattern, NULL);
}
