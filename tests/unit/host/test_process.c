#define _DEFAULT_SOURCE	/* realpath: glibc does not treat it as POSIX */
/* process.c with real programs: scripts in a temporary directory, and this program as a child. */
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/facts/facts.h"
#include "host/machine/process.h"

#define LONG	100000.0	/* seconds: a run that needs its time limit by mistake hangs the
				   test, which is seen */
#define SOON	0.2		/* seconds: for a run that is meant to need it */

static char folder[PATH_SIZE];
static char myself[PATH_SIZE];
static volatile sig_atomic_t stopped;

/* realpath needs PATH_MAX bytes, or allocates. */
static bool
resolve(const char *path, char target[PATH_SIZE])
{
	char *whole = realpath(path, NULL);
	bool fits = whole != NULL && strlen(whole) < PATH_SIZE;

	if (fits)
		memcpy(target, whole, strlen(whole) + 1);
	free(whole);
	return fits;
}

static void
set_stopped(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static struct host
make_host(void)
{
	return (struct host){ .root = -1, .stop = &stopped };
}

static const char *
path_of(const char *name)
{
	static char path[PATH_SIZE + NAME_SIZE];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path_of(name), mode), 0);
}

/* A run of /bin/sh with the text as its script, and two arguments, which may be NULL. */
static struct run
shell(const char *text, const char *first, const char *second)
{
	return (struct run){ .arguments = { "/bin/sh", "-c", text, first, second },
	    .seconds = LONG };
}

static struct run
me(const char *part)
{
	return (struct run){ .arguments = { myself, "child", part }, .seconds = LONG };
}

static void
run_one(struct run *run)
{
	struct host host = make_host();

	process_run(&host, run, 1, 1, NULL);
}

static void
catch_output(struct run *run, char *output, size_t capacity)
{
	run->output = output;
	run->capacity = capacity;
}

static void
assert_output(const struct run *run, const char *expected)
{
	assert_int_equal(run->end, RUN_EXITED);
	assert_int_equal(run->size, strlen(expected));
	assert_memory_equal(run->output, expected, run->size);
}

/*
 * A process that has the pipe "alive" open is alive, as are all that inherited it: end of file
 * comes when the last is gone, zombies or not. A script starts with "exec 3>alive; echo >&3".
 */
static int
watch_life(void)
{
	int life;

	assert_int_equal(mkfifo(path_of("alive"), 0600), 0);
	life = open(path_of("alive"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(life > 2);
	return life;
}

static void
assert_lived_and_ended(int life)
{
	struct timeval patience = { .tv_sec = 30 };
	fd_set ends;
	char bytes[100];

	assert_true(read(life, bytes, sizeof(bytes)) > 0);
	FD_ZERO(&ends);
	FD_SET(life, &ends);
	assert_int_equal(select(life + 1, &ends, NULL, NULL, &patience), 1);
	assert_int_equal(read(life, bytes, sizeof(bytes)), 0);
	close(life);
}

static pid_t
read_pid(const char *name)
{
	FILE *file = fopen(path_of(name), "r");
	char text[16];
	pid_t pid;

	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	pid = (pid_t)strtol(text, NULL, 10);
	assert_true(pid > 1);
	return pid;
}

/* Our child, whose pid is in the file, is gone, and not a zombie. */
static void
assert_reaped(const char *name)
{
	assert_int_equal(kill(read_pid(name), 0), -1);
	assert_int_equal(errno, ESRCH);
}

static int
lowest_free_descriptor(void)
{
	int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(descriptor != -1);
	close(descriptor);
	return descriptor;
}

static void
set_action(int signal_number, void (*handler)(int), struct sigaction *before)
{
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	assert_int_equal(sigaction(signal_number, &action, before), 0);
}

static void
exit_status_is_reported(void **state)
{
	struct run runs[] = { shell("exit 0", NULL, NULL), shell("exit 7", NULL, NULL),
	    shell("exit 255", NULL, NULL) };
	static const int expected[] = { 0, 7, 255 };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		run_one(&runs[i]);
		assert_int_equal(runs[i].end, RUN_EXITED);
		assert_int_equal(runs[i].value, expected[i]);
	}
}

static void
death_by_a_signal_differs_from_an_exit(void **state)
{
	struct run killed = shell("kill -KILL $$", NULL, NULL),
	    terminated = shell("kill -TERM $$", NULL, NULL);

	(void)state;
	run_one(&killed);
	assert_int_equal(killed.end, RUN_KILLED);
	assert_int_equal(killed.value, SIGKILL);
	run_one(&terminated);
	assert_int_equal(terminated.end, RUN_KILLED);
	assert_int_equal(terminated.value, SIGTERM);
}

static void
output_of_many_pipefuls_arrives_whole(void **state)
{
	static char output[300000];
	struct run run = shell("i=0; while [ $i -lt 20000 ]; do printf '%010d' $i; i=$((i+1)); "
	    "done", NULL, NULL);
	char number[16];
	size_t i;

	(void)state;
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	assert_int_equal(run.end, RUN_EXITED);
	assert_int_equal(run.size, 200000);
	for (i = 0; i < 20000; i++) {
		snprintf(number, sizeof(number), "%010zu", i);
		assert_memory_equal(output + 10 * i, number, 10);
	}
}

static void
output_that_fits_exactly_is_not_a_flood(void **state)
{
	struct run run = shell("printf 1234567; sleep 0.02; printf 8", NULL, NULL);
	char output[8];

	(void)state;
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	assert_output(&run, "12345678");
}

static void
one_byte_too_many_before_the_exit_is_a_flood(void **state)
{
	struct run run = shell("printf 123456789", NULL, NULL);
	char output[9] = "";

	(void)state;
	catch_output(&run, output, 8);
	run_one(&run);
	assert_int_equal(run.end, RUN_FLOODED);
	assert_int_equal(run.size, 8);
	assert_int_equal(output[8], '\0');
}

static void
no_room_at_all_is_flooded_by_one_byte(void **state)
{
	struct run talks = shell("printf 1", NULL, NULL), is_silent = shell("exit 0", NULL, NULL);
	char nothing = 'x';

	(void)state;
	catch_output(&talks, &nothing, 0);
	run_one(&talks);
	assert_int_equal(talks.end, RUN_FLOODED);
	catch_output(&is_silent, &nothing, 0);
	run_one(&is_silent);
	assert_int_equal(is_silent.end, RUN_EXITED);
	assert_int_equal(nothing, 'x');
}

static void
endless_output_is_a_flood_and_its_program_is_killed(void **state)
{
	static char output[PROCESS_OUTPUT];
	struct run run = shell("cd \"$0\"; echo $$ >pid; exec 3>alive; echo >&3; while :; do echo "
	    "yes; done", folder, NULL);
	int life = watch_life();

	(void)state;
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	assert_int_equal(run.end, RUN_FLOODED);
	assert_int_equal(run.size, sizeof(output));
	assert_reaped("pid");
	assert_lived_and_ended(life);
}

static void
output_that_nobody_wants_is_dropped_without_a_limit(void **state)
{
	struct run run = shell("dd if=/dev/zero bs=1024 count=1024 2>&1 && exit 3", NULL, NULL);

	(void)state;
	run_one(&run);
	assert_int_equal(run.end, RUN_EXITED);
	assert_int_equal(run.value, 3);
	assert_int_equal(run.size, 0);
	assert_string_equal(run.complaint, "");
}

static void
output_on_both_pipes_does_not_lock_up(void **state)
{
	static char output[PROCESS_OUTPUT];
	struct run run = shell("dd if=/dev/zero bs=1024 count=200 2>/dev/null | tr '\\0' e >&2;"
	    "dd if=/dev/zero bs=1024 count=200 2>/dev/null | tr '\\0' o;"
	    "dd if=/dev/zero bs=1024 count=200 2>/dev/null | tr '\\0' e >&2", NULL, NULL);

	(void)state;
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	assert_int_equal(run.end, RUN_EXITED);
	assert_int_equal(run.size, 200 * 1024);
	assert_int_equal(strspn(run.complaint, "e"), sizeof(run.complaint) - 1);
	assert_int_equal(output[run.size - 1], 'o');
}

static void
complaint_becomes_one_line(void **state)
{
	struct run run = shell("printf '\\nBad request.\\n\\nCould not find service\\n' >&2; exit "
	    "113", NULL, NULL);

	(void)state;
	run_one(&run);
	assert_int_equal(run.end, RUN_EXITED);
	assert_int_equal(run.value, 113);
	assert_string_equal(run.complaint, "Bad request.: Could not find service");
}

static void
complaint_that_comes_in_pieces_is_joined_the_same_way(void **state)
{
	struct run run = shell("for piece in one '\\n' tw 'o\\n' '\\n' three; do printf $piece "
	    ">&2; sleep 0.02; done", NULL, NULL);

	(void)state;
	run_one(&run);
	assert_string_equal(run.complaint, "one: two: three");
}

static void
complaint_shows_no_control_characters_and_no_broken_text(void **state)
{
	struct run run = shell("printf 'a\\033[31mb\\tc\\000d\\177e\\302\\205f\\377g "
	    "\\303\\251\\342\\200\\256' >&2", NULL, NULL);

	(void)state;
	run_one(&run);
	assert_string_equal(run.complaint, "a?[31mb?c?d?e?f?g \303\251?");
}

static void
complaint_that_is_cut_does_not_end_in_half_a_character(void **state)
{
	struct run run = shell("i=0; while [ $i -lt 300 ]; do printf '\\303\\251' >&2; i=$((i+1)); "
	    "done", NULL, NULL);

	(void)state;
	run_one(&run);
	assert_int_equal(strlen(run.complaint), 511);
	assert_string_equal(run.complaint + 508, "\303\251?");
}

static void
arguments_arrive_as_they_are(void **state)
{
	struct run run = shell("printf '<%s>' \"$0\" \"$#\" \"$1\"", "two words 'quoted' $HOME *",
	    "");
	struct run line = shell("printf '<%s>' \"$0\" \"$1\"", "a\nb", " ");
	char output[100];

	(void)state;
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	assert_output(&run, "<two words 'quoted' $HOME *><1><>");
	catch_output(&line, output, sizeof(output));
	run_one(&line);
	assert_output(&line, "<a\nb>< >");
}

static void
environment_is_empty(void **state)
{
	struct run run = { .arguments = { "/usr/bin/env" }, .seconds = LONG };
	char output[1000];

	(void)state;
	assert_int_equal(setenv("LNPCTL_TEST", "inherited", 1), 0);
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	assert_output(&run, "");
}

static void
standard_input_is_the_null_device(void **state)
{
	struct run run = { .arguments = { "/bin/cat" }, .seconds = LONG };
	int ends[2], before = dup(STDIN_FILENO);
	char output[100];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "mine", 4), 4);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	catch_output(&run, output, sizeof(output));
	close(ends[0]);
	close(ends[1]);
	run_one(&run);
	dup2(before, STDIN_FILENO);
	close(before);
	assert_output(&run, "");
}

/* Neither ours nor the pipes of the other runs; see show_descriptors(). */
static void
descriptors_are_not_inherited(void **state)
{
	struct host host = make_host();
	struct run runs[8];
	char output[8][1000];
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++) {
		runs[i] = me("show descriptors");
		catch_output(&runs[i], output[i], sizeof(output[i]));
	}
	process_run(&host, runs, 8, 8, NULL);
	for (i = 0; i < 8; i++)
		assert_output(&runs[i], " 0 1 2");
}

/* Printed by the child, see report(). */
static void
program_leads_a_process_group_of_its_own(void **state)
{
	struct run run = me("report");
	char output[1000];

	(void)state;
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	assert_output(&run, "group: own\nignored:\nblocked:\n");
}

static void
ignored_and_blocked_signals_are_default_and_free_again_in_the_program(void **state)
{
	struct sigaction pipe_before, interrupt_before, child_before;
	struct run run = me("report");
	sigset_t some, before;
	char output[1000];

	(void)state;
	set_action(SIGPIPE, SIG_IGN, &pipe_before);
	set_action(SIGINT, SIG_IGN, &interrupt_before);
	set_action(SIGCHLD, SIG_IGN, &child_before);
	sigemptyset(&some);
	sigaddset(&some, SIGUSR1);
	sigaddset(&some, SIGCHLD);
	sigprocmask(SIG_BLOCK, &some, &before);
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
	sigaction(SIGINT, &interrupt_before, NULL);
	sigaction(SIGCHLD, &child_before, NULL);
	assert_output(&run, "group: own\nignored:\nblocked:\n");
}

static void
handlers_and_mask_are_restored(void **state)
{
	struct sigaction before, after;
	sigset_t some, mask_before, mask_after;
	struct run run = shell("exit 0", NULL, NULL);

	(void)state;
	set_action(SIGCHLD, set_stopped, &before);
	sigemptyset(&some);
	sigaddset(&some, SIGHUP);
	sigprocmask(SIG_BLOCK, &some, &mask_before);
	run_one(&run);
	sigprocmask(SIG_SETMASK, &mask_before, &mask_after);
	sigaction(SIGCHLD, &before, &after);
	assert_true(after.sa_handler == set_stopped);
	assert_int_equal(sigismember(&mask_after, SIGHUP), 1);
	assert_int_equal(sigismember(&mask_after, SIGCHLD), 0);
	assert_int_equal(sigismember(&mask_after, SIGTERM), 0);
	assert_int_equal(sigismember(&mask_after, SIGINT), 0);
	assert_int_equal(run.end, RUN_EXITED);
}

static void
program_that_does_not_end_in_time_is_killed_with_all_it_started(void **state)
{
	struct run run = shell("trap '' HUP INT TERM; cd \"$0\"; echo $$ >pid; exec 3>alive; echo "
	    ">&3;"
	    "echo working >&2; sleep 1000 & sleep 1000", folder, NULL);
	int life = watch_life();

	(void)state;
	run.seconds = SOON;
	while (run_one(&run), run.complaint[0] == '\0')
		run.seconds *= 2;	/* the machine is so slow that the script had not started */
	assert_int_equal(run.end, RUN_TIMED_OUT);
	assert_int_equal(run.value, 0);
	assert_string_equal(run.complaint, "working");
	assert_reaped("pid");
	assert_lived_and_ended(life);
}

static void
program_that_stopped_itself_is_killed_in_the_end(void **state)
{
	struct run run = shell("kill -STOP $$", NULL, NULL);

	(void)state;
	run.seconds = SOON;
	run_one(&run);
	assert_int_equal(run.end, RUN_TIMED_OUT);
}

static void
program_that_left_its_process_group_is_killed_too(void **state)
{
	struct run run = me("join another group");
	char output[10] = "";

	(void)state;
	catch_output(&run, output, sizeof(output) - 1);
	run.seconds = SOON;
	while (run_one(&run), run.size == 0)
		run.seconds *= 2;
	assert_int_equal(run.end, RUN_TIMED_OUT);
	assert_string_equal(output, "left");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
program_that_closes_its_pipes_is_still_waited_for(void **state)
{
	struct run run = shell("echo before; exec >&- 2>&-; sleep 0.1; exit 4", NULL, NULL);
	char output[100];

	(void)state;
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	assert_output(&run, "before\n");
	assert_int_equal(run.value, 4);
}

static void
server_that_holds_the_pipes_open_is_not_waited_for(void **state)
{
	struct run run = shell("sleep 1000 & echo $!; echo started >&2; exit 3", NULL, NULL);
	int lowest = lowest_free_descriptor();
	char output[100] = "";
	pid_t server;

	(void)state;
	catch_output(&run, output, sizeof(output) - 1);
	run_one(&run);
	server = (pid_t)strtol(output, NULL, 10);
	assert_true(server > 1);
	assert_int_equal(kill(server, SIGKILL), 0);	/* it was left alone */
	assert_int_equal(run.end, RUN_EXITED);
	assert_int_equal(run.value, 3);
	assert_string_equal(run.complaint, "started");
	assert_int_equal(lowest_free_descriptor(), lowest);
}

static void
server_that_complains_without_end_is_not_listened_to(void **state)
{
	struct run run = shell("cd \"$0\"; exec 3>alive; echo >&3;"
	    "for i in 1 2 3 4; do dd if=/dev/zero bs=65536 >&2 & done; sleep 0.05; exit 3", folder,
	    NULL);
	int life = watch_life();

	(void)state;
	run_one(&run);
	assert_int_equal(run.end, RUN_EXITED);
	assert_int_equal(run.value, 3);
	assert_lived_and_ended(life);	/* of its closed pipe */
}

/* An exit is noticed while other runs start: the last output must not be lost. */
static void
last_words_are_heard_in_many_tries(void **state)
{
	struct host host = make_host();
	static struct run runs[400];
	static char output[400][10];
	size_t i;

	(void)state;
	for (i = 0; i < 400; i++) {
		runs[i] = shell("echo out; echo err >&2; exit 5", NULL, NULL);
		catch_output(&runs[i], output[i], sizeof(output[i]));
	}
	process_run(&host, runs, 400, 4, NULL);
	for (i = 0; i < 400; i++) {
		assert_output(&runs[i], "out\n");
		assert_string_equal(runs[i].complaint, "err");
	}
}

/*
 * The first exits while the others start, and a server holds its pipes open, so only SIGCHLD
 * reports the exit. The others wait for the last, which can start only in the slot of the first.
 */
static void
exit_is_noticed_while_others_begin(void **state)
{
	struct host host = make_host();
	struct run runs[17];
	size_t i;

	(void)state;
	runs[0] = shell("sleep 1000 & echo $! >\"$0/server\"", folder, NULL);
	for (i = 1; i < 16; i++)
		runs[i] = shell("until [ -e \"$0/go\" ]; do sleep 0.02; done", folder, NULL);
	runs[16] = shell(": >\"$0/go\"", folder, NULL);
	process_run(&host, runs, 17, 16, NULL);
	assert_int_equal(kill(read_pid("server"), SIGKILL), 0);
	for (i = 0; i < 17; i++)
		assert_int_equal(runs[i].end, RUN_EXITED);
}

/* In valgrind the child of a spawn has its own memory and cannot report that the exec failed. */
static bool
spawn_reports_a_failed_exec(void)
{
	static char name[] = "missing";
	char *const arguments[] = { name, NULL }, *const environment[] = { NULL };
	pid_t pid;

	if (posix_spawn(&pid, "/dev/null/missing", NULL, NULL, arguments, environment) != 0)
		return true;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return false;
}

static void
assert_cannot_start(const char *path, int error)
{
	struct run run = { .arguments = { path }, .seconds = LONG };

	run_one(&run);
	assert_int_equal(run.end, RUN_FAILED);
	assert_int_equal(run.value, error);
}

static void
program_that_cannot_be_started_gives_the_reason(void **state)
{
	int lowest = lowest_free_descriptor();

	(void)state;
	if (!spawn_reports_a_failed_exec())
		skip();
	write_file("plain", "#!/bin/sh\nexit 0\n", 0644);
	assert_cannot_start(path_of("missing"), ENOENT);
	assert_cannot_start(path_of("plain"), EACCES);
	assert_cannot_start(folder, EACCES);
	assert_int_equal(lowest_free_descriptor(), lowest);
}

static void
descriptors_are_closed_after_every_end(void **state)
{
	struct run runs[] = { shell("exit 0", NULL, NULL), shell("sleep 1000", NULL, NULL),
	    shell("while :; do echo yes; done", NULL, NULL), shell("exec >&- 2>&-", NULL, NULL),
	    shell("kill -KILL $$", NULL, NULL) };
	struct host host = make_host();
	int lowest = lowest_free_descriptor();
	char output[5][10];
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++)
		catch_output(&runs[i], output[i], sizeof(output[i]));
	runs[1].seconds = SOON;
	process_run(&host, runs, 5, 5, NULL);
	assert_int_equal(runs[1].end, RUN_TIMED_OUT);
	assert_int_equal(runs[2].end, RUN_FLOODED);
	assert_int_equal(lowest_free_descriptor(), lowest);
}

/* Run the work in its own process, whose limits and descriptors it may spoil; return its status. */
static int
in_a_child(void (*work)(void))
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid != -1);
	if (pid == 0) {
		work();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
run_relative_path(void)
{
	struct run run = { .arguments = { "sh", "-c", "exit 0" }, .seconds = LONG };
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
	run_one(&run);
}

static void
relative_path_is_our_own_mistake(void **state)
{
	int status = in_a_child(run_relative_path);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void
run_without_descriptors(void)
{
	struct run run = shell("exit 0", NULL, NULL);
	struct rlimit few;
	int spare = -1, last = -1, next;
	char output[10];

	getrlimit(RLIMIT_NOFILE, &few);
	few.rlim_cur = 40;
	setrlimit(RLIMIT_NOFILE, &few);
	while ((next = dup(STDIN_FILENO)) != -1) {
		spare = last;
		last = next;
	}
	close(last);
	close(spare);	/* enough for the first pipe, not for the second */
	catch_output(&run, output, sizeof(output));
	run_one(&run);
	if (run.end != RUN_FAILED || run.value != EMFILE)
		_exit(1);
	if (dup(STDIN_FILENO) != spare || dup(STDIN_FILENO) != last)
		_exit(2);
}

static void
lack_of_descriptors_fails_the_run_and_leaks_none(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(run_without_descriptors), 0);
}

static void
run_with_high_descriptors(void)
{
	struct rlimit many;
	struct run run = shell("exit 0", NULL, NULL);

	getrlimit(RLIMIT_NOFILE, &many);
	many.rlim_cur = FD_SETSIZE + 32;
	if (setrlimit(RLIMIT_NOFILE, &many) == -1)	/* more than the tester may have */
		_exit(77);
	while (dup(STDIN_FILENO) < FD_SETSIZE)
		continue;
	run_one(&run);
	if (run.end != RUN_FAILED || run.value != EMFILE)
		_exit(1);
}

static void
descriptor_too_high_for_select_fails_the_run(void **state)
{
	int status = in_a_child(run_with_high_descriptors);

	(void)state;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

/*
 * Each of 40 waits until 8 have started, so fewer than 8 at once would hang, and prints how many
 * are running: at most 8, since another starts only after one has ended.
 */
static void
forty_runs_at_eight_at_once_are_all_answered_in_order(void **state)
{
	static const char script[] =
	    "cd \"$0\" || exit 1; : >begun.$1; mkdir work.$1; set -- $1 work.*; echo $1 $(($# - "
	    "1));"
	    "while set -- $1 begun.*; [ $# -lt 9 ]; do sleep 0.01; done; rmdir work.$1; exit $1";
	struct host host = make_host();
	struct run runs[40];
	char output[40][100], numbers[40][16];
	char *rest;
	int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		snprintf(numbers[i], sizeof(numbers[i]), "%d", i);
		runs[i] = shell(script, folder, numbers[i]);
		memset(output[i], 0, sizeof(output[i]));
		catch_output(&runs[i], output[i], sizeof(output[i]) - 1);
	}
	process_run(&host, runs, 40, 8, NULL);
	for (i = 0; i < 40; i++) {
		assert_int_equal(runs[i].end, RUN_EXITED);
		assert_int_equal(runs[i].value, i);
		assert_int_equal(strtol(output[i], &rest, 10), i);
		assert_in_range(strtol(rest, NULL, 10), 1, 8);
	}
}

static void
one_that_hangs_does_not_hold_up_the_others(void **state)
{
	struct run runs[] = { shell("sleep 1000", NULL, NULL), shell("exit 1", NULL, NULL),
	    shell("exit 2", NULL, NULL), shell("exit 3", NULL, NULL) };
	struct host host = make_host();
	int i;

	(void)state;
	runs[0].seconds = SOON;
	process_run(&host, runs, 4, 2, NULL);
	assert_int_equal(runs[0].end, RUN_TIMED_OUT);
	for (i = 1; i < 4; i++) {
		assert_int_equal(runs[i].end, RUN_EXITED);
		assert_int_equal(runs[i].value, i);
	}
}

static void
no_run_at_all_is_fine(void **state)
{
	struct host host = make_host();

	(void)state;
	process_run(&host, NULL, 0, 16, NULL);
}

static void
make_the_file(void *context)
{
	unsigned *times = context;

	(*times)++;
	write_file("work", "", 0600);
}

/* The script waits for a file that the work makes: done afterwards, that would be too late. */
static void
work_is_done_once_while_the_programs_run(void **state)
{
	struct host host = make_host();
	unsigned times = 0;
	struct overlap meanwhile = { make_the_file, &times };
	struct run runs[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		runs[i] = shell("until [ -e \"$0\" ]; do :; done", path_of("work"), NULL);
	process_run(&host, runs, 3, 2, &meanwhile);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(runs[i].end, RUN_EXITED);
	assert_int_equal(times, 1);
}

static void
work_beside_no_program_is_done_too(void **state)
{
	struct host host = make_host();
	unsigned times = 0;
	struct overlap meanwhile = { make_the_file, &times };

	(void)state;
	process_run(&host, NULL, 0, 1, &meanwhile);
	assert_int_equal(times, 1);
}

/* The script sends us a real signal and then hangs; the run after it must not begin. */
static void
stop_by(int signal_number, const char *script)
{
	struct host host = make_host();
	struct run runs[2];
	struct sigaction before;
	char ourselves[16];
	int life = watch_life();

	snprintf(ourselves, sizeof(ourselves), "%ld", (long)getpid());
	runs[0] = shell(script, folder, ourselves);
	runs[1] = shell(": >\"$0/begun\"", folder, NULL);
	set_action(signal_number, set_stopped, &before);
	process_run(&host, runs, 2, 1, NULL);
	sigaction(signal_number, &before, NULL);
	assert_int_equal(stopped, 1);
	assert_int_equal(runs[0].end, RUN_STOPPED);
	assert_int_equal(runs[0].value, 0);
	assert_int_equal(runs[1].end, RUN_STOPPED);
	assert_reaped("pid");
	assert_lived_and_ended(life);
	assert_int_equal(access(path_of("begun"), F_OK), -1);
}

static void
signal_stops_the_run_and_those_to_come(void **state)
{
	(void)state;
	stop_by(SIGTERM, "cd \"$0\"; echo $$ >pid; exec 3>alive; echo >&3; kill -TERM $1; sleep "
	    "1000");
}

static void
hang_up_stops_the_run_too(void **state)
{
	(void)state;
	stop_by(SIGHUP,
	    "cd \"$0\"; echo $$ >pid; exec 3>alive; echo >&3; kill -HUP $1; sleep 1000");
}

/* While there is always something to read, pselect alone takes no signals. */
static void
signal_is_taken_while_many_never_stop_talking(void **state)
{
	struct host host = make_host();
	struct run runs[12];
	struct sigaction before;
	char ourselves[16];
	size_t i;

	(void)state;
	snprintf(ourselves, sizeof(ourselves), "%ld", (long)getpid());
	for (i = 0; i < 12; i++)
		runs[i] = shell("exec dd if=/dev/zero bs=65536 >&2", NULL, NULL);
	runs[11] = shell("sleep 0.05; kill -INT $0; sleep 1000", ourselves, NULL);
	set_action(SIGINT, set_stopped, &before);
	process_run(&host, runs, 12, 12, NULL);
	sigaction(SIGINT, &before, NULL);
	for (i = 0; i < 12; i++)
		assert_int_equal(runs[i].end, RUN_STOPPED);
}

/* If a signal between the look at the flag and the wait were lost, one of these would hang. */
static void
no_wake_up_is_lost_in_many_tries(void **state)
{
	struct host host = make_host();
	struct sigaction before;
	char ourselves[16];
	struct run run;
	int i;

	(void)state;
	snprintf(ourselves, sizeof(ourselves), "%ld", (long)getpid());
	set_action(SIGTERM, set_stopped, &before);
	for (i = 0; i < 200; i++) {
		stopped = 0;
		run = shell("kill -TERM $0; exec sleep 1000", ourselves, NULL);
		process_run(&host, &run, 1, 1, NULL);
		assert_int_equal(run.end, RUN_STOPPED);
		stopped = 0;
		run = shell("exit 5", NULL, NULL);
		process_run(&host, &run, 1, 1, NULL);
		assert_int_equal(run.value, 5);
	}
	sigaction(SIGTERM, &before, NULL);
}

static void
nothing_begins_once_the_stop_flag_is_set(void **state)
{
	struct run run = shell(": >\"$0/begun\"", folder, NULL);

	(void)state;
	stopped = 1;
	run_one(&run);
	assert_int_equal(run.end, RUN_STOPPED);
	assert_int_equal(access(path_of("begun"), F_OK), -1);
}

static void
without_a_stop_flag_signals_do_not_stop_the_run(void **state)
{
	struct host host = make_host();
	struct sigaction before;
	char ourselves[16];
	struct run run;

	(void)state;
	host.stop = NULL;
	snprintf(ourselves, sizeof(ourselves), "%ld", (long)getpid());
	run = shell("kill -TERM $0; exit 6", ourselves, NULL);
	set_action(SIGTERM, set_stopped, &before);
	process_run(&host, &run, 1, 1, NULL);
	sigaction(SIGTERM, &before, NULL);
	assert_int_equal(stopped, 1);
	assert_int_equal(run.end, RUN_EXITED);
	assert_int_equal(run.value, 6);
}

static void
children_of_others_are_left_to_them(void **state)
{
	struct run run = shell("exit 0", NULL, NULL);
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(9);
	run.arguments[2] = "sleep 0.1";
	run_one(&run);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 9);
}

static void
trace_shows_each_program_on_a_line(void **state)
{
	struct host host = make_host();
	struct run runs[] = { shell("exit 0", "two words", "a\nb\033"),
	    shell("exit 1", NULL, NULL) };
	char *text = NULL;
	size_t size;

	(void)state;
	host.trace = open_memstream(&text, &size);
	assert_non_null(host.trace);
	process_run(&host, runs, 2, 1, NULL);
	fclose(host.trace);
	assert_string_equal(text,
	    "run: /bin/sh -c exit 0 two words a?b?\nrun: /bin/sh -c exit 1\n");
	free(text);
}

static int
make_folder(void **state)
{
	char name[] = "/tmp/lnpctl-process.XXXXXX";

	(void)state;
	stopped = 0;
	return mkdtemp(name) == NULL || !resolve(name, folder) ? -1 : 0;
}

static int
remove_folder(void **state)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;

	(void)state;
	if (directory == NULL)
		return -1;
	while ((entry = readdir(directory)) != NULL)
		remove(path_of(entry->d_name));
	closedir(directory);
	return rmdir(folder);
}

/*
 * In the child: report what kind of process it is. No exit(): with an empty environment the
 * sanitizers do not have their options.
 */
static void
report(void)
{
	struct sigaction action;
	sigset_t mask;
	int i;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	printf("group: %s\nignored:", getpgrp() == getpid() ? "own" : "another's");
	for (i = 1; i < 32; i++)
		if (sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			printf(" %d", i);
	printf("\nblocked:");
	for (i = 1; i < 32; i++)
		if (sigismember(&mask, i) == 1)
			printf(" %d", i);
	printf("\n");
}

static void
show_descriptors(void)
{
	int i;

	for (i = 0; i < 1024; i++)
		if (fcntl(i, F_GETFD) != -1)
			printf(" %d", i);
}

static void
join_another_group(void)
{
	if (setpgid(0, getpgid(getppid())) == -1)
		return;
	printf("left");
	fflush(stdout);
	for (;;)
		pause();
}

static int
play_child(const char *part)
{
	if (strcmp(part, "report") == 0)
		report();
	else if (strcmp(part, "show descriptors") == 0)
		show_descriptors();
	else
		join_another_group();
	fflush(stdout);
	_exit(0);
}

/* Hide what the tester's shell left open from children, as lnpctl's main() does. */
static void
keep_descriptors_to_ourselves(void)
{
	int i;

	for (i = 3; i < 1024; i++)
		fcntl(i, F_SETFD, FD_CLOEXEC);
}

#define EACH(test)	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		EACH(exit_status_is_reported),
		EACH(death_by_a_signal_differs_from_an_exit),
		EACH(output_of_many_pipefuls_arrives_whole),
		EACH(output_that_fits_exactly_is_not_a_flood),
		EACH(one_byte_too_many_before_the_exit_is_a_flood),
		EACH(no_room_at_all_is_flooded_by_one_byte),
		EACH(endless_output_is_a_flood_and_its_program_is_killed),
		EACH(output_that_nobody_wants_is_dropped_without_a_limit),
		EACH(output_on_both_pipes_does_not_lock_up),
		EACH(complaint_becomes_one_line),
		EACH(complaint_that_comes_in_pieces_is_joined_the_same_way),
		EACH(complaint_shows_no_control_characters_and_no_broken_text),
		EACH(complaint_that_is_cut_does_not_end_in_half_a_character),
		EACH(arguments_arrive_as_they_are),
		EACH(environment_is_empty),
		EACH(standard_input_is_the_null_device),
		EACH(descriptors_are_not_inherited),
		EACH(program_leads_a_process_group_of_its_own),
		EACH(ignored_and_blocked_signals_are_default_and_free_again_in_the_program),
		EACH(handlers_and_mask_are_restored),
		EACH(program_that_does_not_end_in_time_is_killed_with_all_it_started),
		EACH(program_that_stopped_itself_is_killed_in_the_end),
		EACH(program_that_left_its_process_group_is_killed_too),
		EACH(program_that_closes_its_pipes_is_still_waited_for),
		EACH(server_that_holds_the_pipes_open_is_not_waited_for),
		EACH(server_that_complains_without_end_is_not_listened_to),
		EACH(last_words_are_heard_in_many_tries),
		EACH(exit_is_noticed_while_others_begin),
		EACH(program_that_cannot_be_started_gives_the_reason),
		EACH(descriptors_are_closed_after_every_end),
		EACH(relative_path_is_our_own_mistake),
		EACH(lack_of_descriptors_fails_the_run_and_leaks_none),
		EACH(descriptor_too_high_for_select_fails_the_run),
		EACH(forty_runs_at_eight_at_once_are_all_answered_in_order),
		EACH(one_that_hangs_does_not_hold_up_the_others),
		EACH(no_run_at_all_is_fine),
		EACH(work_is_done_once_while_the_programs_run),
		EACH(work_beside_no_program_is_done_too),
		EACH(signal_stops_the_run_and_those_to_come),
		EACH(hang_up_stops_the_run_too),
		EACH(signal_is_taken_while_many_never_stop_talking),
		EACH(no_wake_up_is_lost_in_many_tries),
		EACH(nothing_begins_once_the_stop_flag_is_set),
		EACH(without_a_stop_flag_signals_do_not_stop_the_run),
		EACH(children_of_others_are_left_to_them),
		EACH(trace_shows_each_program_on_a_line),
	};

	if (argc == 3 && strcmp(argv[1], "child") == 0)
		return play_child(argv[2]);
	if (!resolve(argv[0], myself))
		return 1;
	keep_descriptors_to_ourselves();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
