#define _DEFAULT_SOURCE		/* MAP_ANON */
/* Act as another account. host/machine/child.h tells what may be called between fork and _exit. */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "host/machine/budget.h"
#include "host/machine/child.h"
#include "host/os/platform.h"
#include "host/machine/wait.h"

#define SLICE		0.25	/* seconds */
#define END_SECONDS	1.0

static int lock_file = -1;
static struct stat lock_status;

void
child_must_close(int descriptor)
{
	if (fstat(descriptor, &lock_status) == 0)
		lock_file = descriptor;
}

/* A control message of one descriptor, aligned as the macros require. */
union control {
	struct cmsghdr	header;
	char		bytes[CMSG_SPACE(sizeof(int))];
};

/* ---- the child ---- */

/* The descriptor may be another file's by now. */
static void
close_lock_file(void)
{
	struct stat status;

	if (lock_file != -1 && fstat(lock_file, &status) == 0 &&
	    status.st_dev == lock_status.st_dev && status.st_ino == lock_status.st_ino)
		close(lock_file);
}

static int
child_become(const struct identity *account, gid_t group)
{
	if (geteuid() != 0) {
		errno = EPERM;
		return geteuid() == account->uid ? 0 : -1;
	}
	if (platform_set_groups(account, group) == -1 || setgid(group) == -1 ||
	    setuid(account->uid) == -1)
		return -1;
	if (account->uid != 0 && (setuid(0) == 0 || getegid() != group ||
	    geteuid() != account->uid)) {
		errno = EPERM;		/* we kept rights that we gave up */
		return -1;
	}
	return 0;
}

static void
child_reply(int channel, const struct reply *reply)
{
	struct reply copy = *reply;
	struct iovec part = { .iov_base = &copy, .iov_len = sizeof copy };
	union control control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)),
	    .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (reply->descriptor != -1) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		memcpy(CMSG_DATA(&control.header), &reply->descriptor, sizeof(int));
	}
	while (sendmsg(channel, &message, 0) == -1 && errno == EINTR)
		continue;
}

/* Drop privileges before the action, so that a failure here is not taken for the action's EPERM. */
static void
child_begin(const struct identity *account, gid_t group)
{
	for (int i = 0; i <= 2; i++)	/* if the account stops us, readers must not wait for us */
		close(i);
	close_lock_file();
	if (child_become(account, group) == -1)
		_exit(1);
}

/* Act once for each byte, until the channel is closed. */
static void
child_serve(int channel, const struct user_helper *child, const void *context)
{
	struct reply reply;
	ssize_t got;
	char turn;

	child_begin(&child->account, child->group);
	while ((got = read(channel, &turn, 1)) == 1 || (got == -1 && errno == EINTR)) {
		if (got == -1)
			continue;
		memset(&reply, 0, sizeof reply);	/* the padding is sent, too */
		reply.descriptor = -1;
		child->action(context, &reply);
		child_reply(channel, &reply);
	}
	_exit(0);
}

/* ---- the parent ---- */

/*
 * Wait for an answer, or the end of the channel. A signal that comes just before poll(2) is noticed
 * after one slice.
 */
static int
child_await(int channel, double seconds, const volatile sig_atomic_t *stop)
{
	double end = wait_now() + seconds, left, slice;
	struct pollfd event = { .fd = channel, .events = POLLIN };
	int result;

	do {
		left = end - wait_now();
		slice = left < SLICE ? left : SLICE;
		result = poll(&event, 1, left > 0 ? (int)(slice * 1000) + 1 : 0);
		if (result <= 0 && stop != NULL && *stop) {
			errno = EINTR;
			return -1;
		}
	} while ((result == -1 && errno == EINTR) || (result == 0 && left > 0));
	if (result == 0)
		errno = ETIMEDOUT;
	return result > 0 ? 0 : -1;
}

static int
receive_reply(int channel, struct reply *reply)
{
	struct iovec part = { .iov_base = reply, .iov_len = sizeof *reply };
	union control control;
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
	    .msg_controllen = sizeof control.bytes };
	struct cmsghdr *header;
	ssize_t size;

	while ((size = recvmsg(channel, &message, 0)) == -1 && errno == EINTR)
		continue;
	reply->descriptor = -1;		/* the child's number; the message has the descriptor */
	if (size == -1)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int))) {
		memcpy(&reply->descriptor, CMSG_DATA(header), sizeof(int));
		fcntl(reply->descriptor, F_SETFD, FD_CLOEXEC);
	}
	if (size == (ssize_t)sizeof *reply)
		return 0;
	if (reply->descriptor != -1)
		close(reply->descriptor);
	reply->descriptor = -1;
	errno = ECONNRESET;
	return -1;
}

/*
 * Kill the child, which the account may have stopped, and return its status: its answer is there
 * or will not come. One that waits for a dead volume may not end even then, and is abandoned.
 */
static int
child_end(struct user_helper *child)
{
	double limit = wait_now() + END_SECONDS;
	int status = 0, pause = 0;
	pid_t ended;

	close(child->channel);
	if (child->shared != NULL)	/* not kept: a process of the account may have it, too */
		munmap(child->shared, HELPER_CAPACITY);
	child->shared = NULL;
	kill(child->pid, SIGKILL);
	while ((ended = waitpid(child->pid, &status, WNOHANG)) == 0 ||
	    (ended == -1 && errno == EINTR)) {
		if (wait_now() > limit) {
			status = SIGKILL;
			break;
		}
		poll(NULL, 0, pause);
		pause = pause < 10 ? pause + 1 : pause;
	}
	child->pid = 0;
	return status;
}

/* The child acts when it is woken. */
static int
child_start(struct user_helper *child, const void *context)
{
	int channel[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == -1)
		return -1;
	fcntl(channel[0], F_SETFD, FD_CLOEXEC);
	fcntl(channel[1], F_SETFD, FD_CLOEXEC);
	child->pid = fork();
	if (child->pid == 0) {
		close(channel[0]);
		child_serve(channel[1], child, context);
	}
	close(channel[1]);
	child->channel = channel[0];
	if (child->pid != -1)
		return 0;
	child->pid = 0;
	close(channel[0]);
	return -1;
}

/*
 * Take the reply; a child that could not become the account has ended without one. The time is
 * charged to the account.
 */
static int
take_reply(const struct host *host, uid_t account, int channel, double seconds, struct reply *reply)
{
	struct budget budget;
	double left = budget_left(host, account);
	int result, errnum;

	budget_begin(&budget, host, account);
	result = child_await(channel, seconds < left ? seconds : left, host->stop);
	errnum = errno;
	budget_end(&budget);
	if (result == -1 && errnum == ETIMEDOUT)
		budget_give_up(host, account);
	errno = errnum;
	return result == -1 ? -1 : receive_reply(channel, reply);
}

static bool
child_has_no_time(const struct host *host, uid_t account)
{
	if (budget_left(host, account) > 0)
		return false;
	errno = ETIMEDOUT;
	return true;
}

/* SIGPIPE is ignored, see main(): here a killed child is an error. */
static int
child_wake(int channel)
{
	ssize_t put;

	do
		put = write(channel, "", 1);
	while (put == -1 && errno == EINTR);
	if (put == -1 && errno == EPIPE)
		errno = ECONNRESET;
	return put == 1 ? 0 : -1;
}

/* Have the child act; one that failed is ended. */
static int
child_ask(const struct host *host, struct user_helper *child, double seconds, struct reply *reply)
{
	int errnum, status;

	if (child_wake(child->channel) == 0 &&
	    take_reply(host, child->account.uid, child->channel, seconds, reply) == 0)
		return 0;
	errnum = errno;
	status = child_end(child);
	errno = WIFEXITED(status) && errnum == ECONNRESET ? EPERM : errnum;
	return -1;
}

int
child_run(const struct host *host, const struct identity *account, gid_t group,
    void (*action)(const void *, struct reply *), const void *context, double seconds,
    struct reply *reply)
{
	struct user_helper child = { .account = *account, .group = group, .action = action };

	if (child_has_no_time(host, account->uid) || child_start(&child, context) == -1 ||
	    child_ask(host, &child, seconds, reply) == -1)
		return -1;
	child_end(&child);
	return 0;
}

/* ---- a child that stays ---- */

static bool
helper_is_same(const struct user_helper *helper, const struct identity *account)
{
	return helper->pid != 0 && helper->group == account->gid &&
	    helper->account.uid == account->uid && helper->account.ngroups == account->ngroups &&
	    memcmp(helper->account.groups, account->groups,
	    (size_t)account->ngroups * sizeof account->groups[0]) == 0;
}

static int
helper_start(struct user_helper *helper, const struct identity *account,
    void (*action)(const void *, struct reply *))
{
	void *shared;

	helper_stop(helper);
	shared = mmap(NULL, HELPER_CAPACITY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
	if (shared == MAP_FAILED)
		return -1;
	*helper = (struct user_helper){ .account = *account, .group = account->gid,
	    .action = action, .shared = shared };
	if (child_start(helper, shared) == 0)
		return 0;
	munmap(shared, HELPER_CAPACITY);
	return -1;
}

int
helper_run(const struct host *host, struct user_helper *helper, const struct identity *account,
    void (*action)(const void *, struct reply *), const void *context, size_t size,
    double seconds, struct reply *reply)
{
	assert(size <= HELPER_CAPACITY);
	if (child_has_no_time(host, account->uid) ||
	    (!helper_is_same(helper, account) && helper_start(helper, account, action) == -1))
		return -1;
	memcpy(helper->shared, context, size);
	return child_ask(host, helper, seconds, reply);
}

void
helper_stop(struct user_helper *helper)
{
	if (helper->pid != 0)
		child_end(helper);
}
