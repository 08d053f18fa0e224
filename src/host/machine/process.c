/* Run programs side by side; wait for their exits and output, time limits and stop signals. */
#include <sys/select.h>
#include <sys/wait.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "core/text.h"
#include "host/os/platform.h"
#include "host/machine/process.h"
#include "host/machine/wait.h"

#define CHILDREN_MAX	16	/* see process.h */
#define WAIT_MAX	3600.0	/* seconds: some systems refuse a longer wait */
#define KILL_SECONDS	5.0	/* after that a killed program is abandoned: the kernel holds it */
#define ANCESTORS_MAX	64	/* processes change meanwhile, so a chain need not end */
#define DRAIN_READS	32	/* after the exit: more than a pipe holds, and a bound on a server
				   that goes on writing */

struct stream {			/* of a program, read as far as there is room */
	int		 end;		/* our end of the pipe; -1: closed */
	char		*data;
	size_t		 size, capacity;
};

struct child {
	struct run	*run;		/* NULL: this slot is free */
	pid_t		 pid;		/* 0: reaped */
	struct stream	 output, complaint;
	char		 text[sizeof ((struct run *)0)->complaint];	/* the complaint's data */
	double		 deadline;
	bool		 killed;
};

struct signals {		/* before the runs, and while we wait */
	sigset_t		before;
	sigset_t		waiting;
	struct sigaction	action;
};

static void
wake(int signal_number)
{
	(void)signal_number;	/* only pselect must return */
}

/*
 * From here on signals are taken only in process_wait(), so none can come between a look at the
 * children or the stop flag and the wait. Our parent may have had SIGCHLD ignored or blocked, which
 * would make us wait for ever.
 */
static void
hold_signals(struct signals *signals)
{
	struct sigaction action = { .sa_handler = wake, .sa_flags = SA_NOCLDSTOP };

	wait_hold_signals(&signals->before);
	signals->waiting = signals->before;
	sigdelset(&signals->waiting, SIGCHLD);
	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, &signals->action);
}

static void
release_signals(const struct signals *signals)
{
	sigaction(SIGCHLD, &signals->action, NULL);
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}

static void
close_end(int *end)
{
	if (*end != -1)
		close(*end);
	*end = -1;
}

/* ends[0] is ours: it does not block, and fits a descriptor set. Return 0 or an error number. */
static int
open_pipe(int ends[2])
{
	int error = 0;

	if (platform_pipe(ends) == -1) {
		error = errno;
		ends[0] = ends[1] = -1;
		return error;
	}
	/* main() opened 0, 1 and 2: a pipe in their place would not survive the spawn. */
	assert(ends[0] > 2 && ends[1] > 2);
	if (ends[0] >= FD_SETSIZE)
		error = EMFILE;
	else if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == -1)
		error = errno;
	return error;
}

/*
 * Use a new process group: Control-C on a terminal reaches only us, and what the program starts can
 * be killed with it.
 */
static int
set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all, none;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	sigdelset(&all, SIGKILL);	/* macOS may refuse the two that cannot be changed */
	sigdelset(&all, SIGSTOP);
	if ((error = posix_spawnattr_setpgroup(attributes, 0)) == 0 &&
	    (error = posix_spawnattr_setsigdefault(attributes, &all)) == 0 &&
	    (error = posix_spawnattr_setsigmask(attributes, &none)) == 0 &&
	    (error = posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)) == 0)
		error = platform_spawn_alone(attributes);
	return error;
}

/* output -1: dropped. */
static int
set_files(posix_spawn_file_actions_t *files, int output, int complaint)
{
	int error = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

	if (error == 0)
		error = output == -1 ? posix_spawn_file_actions_addopen(files, STDOUT_FILENO,
		    "/dev/null", O_WRONLY, 0) :
		    posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(files, complaint, STDERR_FILENO);
	return error;
}

/* Return 0 or an error number. */
static int
process_spawn(const struct run *run, int output, int complaint, pid_t *pid)
{
	static char *const environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int error;

	if ((error = posix_spawn_file_actions_init(&files)) != 0)
		return error;
	if ((error = posix_spawnattr_init(&attributes)) != 0)
		goto out;
	if ((error = set_files(&files, output, complaint)) == 0 &&
	    (error = set_attributes(&attributes)) == 0)
		error = posix_spawn(pid, run->arguments[0], &files, &attributes,
		    (char *const *)run->arguments, environment);
	posix_spawnattr_destroy(&attributes);
out:
	posix_spawn_file_actions_destroy(&files);
	return error;
}

static void
process_show(FILE *trace, const struct run *run)
{
	text_put(trace, "run:", " ");
	for (size_t i = 0; run->arguments[i] != NULL; i++)
		text_put(trace, run->arguments[i], run->arguments[i + 1] == NULL ? "\n" : " ");
}

/* Start a run in a free slot. If that fails the slot stays free and the run has the reason. */
static void
process_begin(const struct host *host, struct child *child, struct run *run)
{
	int output[2] = { -1, -1 }, complaint[2] = { -1, -1 }, error = 0;
	pid_t pid = 0;

	assert(run->arguments[0] != NULL && run->arguments[0][0] == '/');
	assert(run->arguments[PROCESS_ARGUMENTS - 1] == NULL);
	run->size = 0;
	run->complaint[0] = '\0';
	run->end = RUN_STOPPED;
	run->value = 0;
	if (wait_is_stopped(host))
		return;
	if (host->trace != NULL)
		process_show(host->trace, run);
	if (run->output != NULL)
		error = open_pipe(output);
	if (error == 0)
		error = open_pipe(complaint);
	if (error == 0)
		error = process_spawn(run, output[1], complaint[1], &pid);
	close_end(&output[1]);
	close_end(&complaint[1]);
	if (error == 0) {
		*child = (struct child){ .run = run, .pid = pid,
		    .output = { output[0], run->output, 0, run->capacity },
		    .complaint = { complaint[0], child->text, 0, sizeof child->text },
		    .deadline = wait_now() + run->seconds };
		return;
	}
	close_end(&output[0]);
	close_end(&complaint[0]);
	run->end = RUN_FAILED;
	run->value = error;
}

/* Kill the process group. Its pgid cannot be reused until we reap the child. */
static void
process_kill(struct child *child, enum run_end end)
{
	child->run->end = end;
	child->run->value = 0;
	close_end(&child->output.end);
	close_end(&child->complaint.end);
	if (child->pid == 0)
		return;
	if (kill(-child->pid, SIGKILL) == -1)
		kill(child->pid, SIGKILL);	/* it left its group */
	child->killed = true;
	child->deadline = wait_now() + KILL_SECONDS;
}

/* Read what is there. Return false if there is no more for now. */
static bool
process_read(struct child *child, struct stream *stream)
{
	char spare[4096];
	size_t room = stream->capacity - stream->size;
	ssize_t got;

	if (stream->end == -1)
		return false;
	got = read(stream->end, room > 0 ? stream->data + stream->size : spare,
	    room > 0 ? room : sizeof spare);
	if (got == 0 || (got == -1 && errno != EAGAIN && errno != EINTR))
		close_end(&stream->end);
	if (got > 0 && room > 0)
		stream->size += (size_t)got;
	else if (got > 0 && stream == &child->output)
		process_kill(child, RUN_FLOODED);
	return got > 0;
}

/* "Bad request.\nCould not find service\n" becomes "Bad request.: Could not find service". */
static void
process_join(const struct stream *stream, char *target, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < stream->size && length + 1 < size; i++) {
		if (stream->data[i] == '\n')
			continue;
		if (length > 0 && length + 3 < size && stream->data[i - 1] == '\n') {
			target[length++] = ':';
			target[length++] = ' ';
		}
		target[length++] = stream->data[i] == '\0' ? '?' : stream->data[i];
	}
	target[length] = '\0';
	text_clean(target);
}

/* The run is over: free the slot. */
static void
process_finish(struct child *child)
{
	close_end(&child->output.end);
	close_end(&child->complaint.end);
	child->run->size = child->output.size;
	process_join(&child->complaint, child->run->complaint, sizeof child->run->complaint);
	child->run = NULL;
}

/*
 * Output from before the exit is still in the pipes. Do not wait for their end: a server can hold
 * them open.
 */
static void
process_drain(struct child *child)
{
	for (int i = 0; i < DRAIN_READS && process_read(child, &child->output); i++)
		continue;
	for (int i = 0; i < DRAIN_READS && process_read(child, &child->complaint); i++)
		continue;
}

/* Wait for this one child, without blocking. */
static void
process_reap(struct child *child)
{
	struct run *run = child->run;
	int status;
	pid_t pid = waitpid(child->pid, &status, WNOHANG);

	if (pid == 0)
		return;
	child->pid = 0;
	if (!child->killed) {
		if (pid == -1) {	/* reaped elsewhere: its status is lost */
			run->end = RUN_FAILED;
			run->value = errno;
		} else if (WIFEXITED(status)) {
			run->end = RUN_EXITED;
			run->value = WEXITSTATUS(status);
		} else {
			run->end = RUN_KILLED;
			run->value = WTERMSIG(status);
		}
		process_drain(child);
	}
	process_finish(child);
}

/* Check for the exit first: do not drop an answer because the time is up as well. */
static void
process_check(const struct host *host, struct child *child)
{
	bool late = wait_now() >= child->deadline;

	process_reap(child);
	if (child->run == NULL)
		return;
	if (child->killed) {
		if (late)
			process_finish(child);
	} else if (wait_is_stopped(host))
		process_kill(child, RUN_STOPPED);
	else if (late)
		process_kill(child, RUN_TIMED_OUT);
}

static void
add_end(fd_set *ends, int *highest, int end)
{
	if (end == -1)
		return;
	FD_SET(end, ends);
	if (end > *highest)
		*highest = end;
}

/* Fill the descriptors to wait for, and return for how long. */
static struct timespec
process_prepare_wait(struct child children[], size_t count, fd_set *ends, int *highest)
{
	double left = WAIT_MAX, now = wait_now();

	FD_ZERO(ends);
	*highest = -1;
	for (size_t i = 0; i < count; i++) {
		if (children[i].run == NULL)
			continue;
		add_end(ends, highest, children[i].output.end);
		add_end(ends, highest, children[i].complaint.end);
		if (children[i].deadline - now < left)
			left = children[i].deadline - now;
	}
	if (left < 0)
		left = 0;
	return (struct timespec){ (time_t)left, (long)((left - (double)(time_t)left) * 1e9) };
}

static void
process_wait(const struct signals *signals, struct child children[], size_t count)
{
	fd_set ends;
	int highest;
	struct timespec timeout = process_prepare_wait(children, count, &ends, &highest);
	sigset_t held;

	if (pselect(highest + 1, &ends, NULL, NULL, &timeout, &signals->waiting) < 1)
		FD_ZERO(&ends);
	else {
		/* On some systems pselect takes no signals while there is always output. */
		sigprocmask(SIG_SETMASK, &signals->waiting, &held);
		sigprocmask(SIG_SETMASK, &held, NULL);
	}
	for (size_t i = 0; i < count; i++) {
		struct child *child = &children[i];

		if (child->output.end != -1 && FD_ISSET(child->output.end, &ends))
			process_read(child, &child->output);
		if (child->complaint.end != -1 && FD_ISSET(child->complaint.end, &ends))
			process_read(child, &child->complaint);
	}
}

void
process_run(const struct host *host, struct run runs[], size_t count, size_t at_once,
    const struct overlap *overlap)
{
	struct child children[CHILDREN_MAX];
	size_t i, next = 0, busy;
	/* restored if sigaction fails */
	struct signals signals = { .action = { .sa_handler = SIG_DFL } };

	assert(at_once >= 1 && at_once <= CHILDREN_MAX);
	for (i = 0; i < at_once; i++)
		children[i] = (struct child){ .output.end = -1, .complaint.end = -1 };
	hold_signals(&signals);
	do {
		busy = 0;
		for (i = 0; i < at_once; i++) {
			if (children[i].run != NULL)
				process_check(host, &children[i]);
			while (children[i].run == NULL && next < count)
				process_begin(host, &children[i], &runs[next++]);
			busy += children[i].run != NULL;
		}
		if (overlap != NULL)
			overlap->work(overlap->context);
		overlap = NULL;
		if (busy > 0)
			process_wait(&signals, children, at_once);
	} while (busy > 0);
	release_signals(&signals);
}

bool
process_descends(pid_t pid, pid_t ancestor)
{
	for (int i = 0; i < ANCESTORS_MAX && pid > 1 && pid != ancestor; i++)
		pid = platform_parent(pid);
	return pid == ancestor;
}
