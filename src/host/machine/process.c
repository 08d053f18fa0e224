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
#define DRAIN_READS	32	/* after the exit: more than a pipe holds, and a bound on a server
				   that goes on writing */

struct child {
	struct run	*run;		/* NULL: this slot is free */
	pid_t		 pid;		/* 0: reaped */
	int		 output;	/* our ends of its pipes; -1: closed */
	int		 complaint;
	double		 deadline;
	bool		 killed;
	size_t		 length;	/* of the complaint so far */
	bool		 line_over;	/* a line has ended: the next one needs ": " */
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
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, &signals->before);
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
	int error;

	if ((error = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY,
	    0)) != 0)
		return error;
	if (output == -1)
		error = posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null",
		    O_WRONLY, 0);
	else
		error = posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
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
	text_put(trace, "run:", "");
	for (size_t i = 0; run->arguments[i] != NULL; i++) {
		text_put(trace, " ", "");
		text_put(trace, run->arguments[i], "");
	}
	text_put(trace, "", "\n");
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
		*child = (struct child){ .run = run, .pid = pid, .output = output[0],
		    .complaint = complaint[0], .deadline = wait_now() + run->seconds };
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
	close_end(&child->output);
	close_end(&child->complaint);
	if (child->pid == 0)
		return;
	if (kill(-child->pid, SIGKILL) == -1)
		kill(child->pid, SIGKILL);	/* it left its group */
	child->killed = true;
	child->deadline = wait_now() + KILL_SECONDS;
}

/* The next three read what is there, and return false if there is no more for now. */
static bool
read_some(int *end, char *target, size_t size, size_t *got)
{
	ssize_t result = read(*end, target, size);

	if (result == 0 || (result == -1 && errno != EAGAIN && errno != EWOULDBLOCK &&
	    errno != EINTR))
		close_end(end);
	*got = result > 0 ? (size_t)result : 0;
	return result > 0;
}

static bool
read_output(struct child *child)
{
	struct run *run = child->run;
	size_t got, capacity = run->capacity - run->size;
	char one_more;

	if (child->output == -1)
		return false;
	if (capacity > 0) {
		if (!read_some(&child->output, run->output + run->size, capacity, &got))
			return false;
		run->size += got;
		return true;
	}
	if (read_some(&child->output, &one_more, 1, &got))
		process_kill(child, RUN_FLOODED);
	return false;
}

static void
complaint_append(struct child *child, char c)
{
	if (child->length < sizeof(child->run->complaint) - 1)
		child->run->complaint[child->length++] = c;
}

/* "Bad request.\nCould not find service\n" becomes "Bad request.: Could not find service". */
static bool
read_complaint(struct child *child)
{
	char text[4096];
	size_t i, got;

	if (child->complaint == -1 || !read_some(&child->complaint, text, sizeof(text), &got))
		return false;
	for (i = 0; i < got; i++) {
		if (text[i] == '\n') {
			child->line_over = child->length > 0;
			continue;
		}
		if (child->line_over) {
			complaint_append(child, ':');
			complaint_append(child, ' ');
			child->line_over = false;
		}
		complaint_append(child, text[i] == '\0' ? '?' : text[i]);
	}
	return true;
}

/* The run is over: free the slot. */
static void
process_finish(struct child *child)
{
	close_end(&child->output);
	close_end(&child->complaint);
	child->run->complaint[child->length] = '\0';
	text_clean(child->run->complaint);
	child->run = NULL;
}

/*
 * Output from before the exit is still in the pipes. Do not wait for their end: a server can hold
 * them open.
 */
static void
process_drain(struct child *child)
{
	int i;

	for (i = 0; i < DRAIN_READS && read_output(child); i++)
		continue;
	for (i = 0; i < DRAIN_READS && read_complaint(child); i++)
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
	struct timespec timeout;
	size_t i;

	FD_ZERO(ends);
	*highest = -1;
	for (i = 0; i < count; i++) {
		if (children[i].run == NULL)
			continue;
		add_end(ends, highest, children[i].output);
		add_end(ends, highest, children[i].complaint);
		if (children[i].deadline - now < left)
			left = children[i].deadline - now;
	}
	if (left < 0)
		left = 0;
	timeout.tv_sec = (time_t)left;
	timeout.tv_nsec = (long)((left - (double)timeout.tv_sec) * 1e9);
	return timeout;
}

static void
process_wait(const struct signals *signals, struct child children[], size_t count)
{
	struct timespec timeout;
	sigset_t held;
	fd_set ends;
	int highest;
	size_t i;

	timeout = process_prepare_wait(children, count, &ends, &highest);
	if (pselect(highest + 1, &ends, NULL, NULL, &timeout, &signals->waiting) < 1)
		FD_ZERO(&ends);
	else {
		/* On some systems pselect takes no signals while there is always output. */
		sigprocmask(SIG_SETMASK, &signals->waiting, &held);
		sigprocmask(SIG_SETMASK, &held, NULL);
	}
	for (i = 0; i < count; i++) {
		if (children[i].output != -1 && FD_ISSET(children[i].output, &ends))
			read_output(&children[i]);
		if (children[i].complaint != -1 && FD_ISSET(children[i].complaint, &ends))
			read_complaint(&children[i]);
	}
}

void
overlap_do(struct overlap *overlap)
{
	if (overlap == NULL || overlap->done)
		return;
	overlap->done = true;
	overlap->work(overlap->context);
}

void
process_run(const struct host *host, struct run runs[], size_t count, size_t at_once)
{
	process_run_with(host, runs, count, at_once, NULL);
}

void
process_run_with(const struct host *host, struct run runs[], size_t count, size_t at_once,
    struct overlap *overlap)
{
	struct child children[CHILDREN_MAX];
	size_t i, next = 0, busy;
	/* restored if sigaction fails */
	struct signals signals = { .action = { .sa_handler = SIG_DFL } };

	assert(at_once >= 1 && at_once <= CHILDREN_MAX);
	for (i = 0; i < at_once; i++)
		children[i] = (struct child){ .output = -1, .complaint = -1 };
	hold_signals(&signals);
	for (;;) {
		busy = 0;
		for (i = 0; i < at_once; i++) {
			if (children[i].run != NULL)
				process_check(host, &children[i]);
			while (children[i].run == NULL && next < count)
				process_begin(host, &children[i], &runs[next++]);
			if (children[i].run != NULL)
				busy++;
		}
		if (busy == 0)
			break;
		overlap_do(overlap);
		process_wait(&signals, children, at_once);
	}
	release_signals(&signals);
}
