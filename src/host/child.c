/* Acts as another account, see host/child.h. Between fork and _exit only calls that are safe in a signal handler. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "host/child.h"
#include "host/platform.h"
#include "host/wait.h"

static struct {				/* the lock */
	int	descriptor;
	dev_t	device;
	ino_t	inode;
} kept_back = { -1, 0, 0 };

void
child_must_close(int descriptor)
{
	struct stat status;

	if (fstat(descriptor, &status) == -1)
		return;
	kept_back.descriptor = descriptor;
	kept_back.device = status.st_dev;
	kept_back.inode = status.st_ino;
}

/* Room for one descriptor in a control message, aligned as the macros want it. */
union control {
	struct cmsghdr	header;
	char		bytes[CMSG_SPACE(sizeof(int))];
};

/* ---- the child ---- */

/* The number may be another file's by now. */
static void
close_kept_back(void)
{
	struct stat status;

	if (kept_back.descriptor != -1 && fstat(kept_back.descriptor, &status) == 0 &&
	    status.st_dev == kept_back.device && status.st_ino == kept_back.inode)
		close(kept_back.descriptor);
}

static int
become(const struct identity *account, gid_t group)
{
	if (geteuid() != 0) {
		errno = EPERM;
		return geteuid() == account->uid ? 0 : -1;
	}
	if (platform_set_groups(account->ngroups, account->groups) == -1 || setgid(group) == -1 ||
	    setuid(account->uid) == -1)
		return -1;
	if (account->uid != 0 && (setuid(0) == 0 || getegid() != group || geteuid() != account->uid)) {
		errno = EPERM;		/* rights are left that should be gone */
		return -1;
	}
	return 0;
}

static void
send_reply(int channel, const struct reply *reply)
{
	struct reply copy = *reply;
	struct iovec part = { .iov_base = &copy, .iov_len = sizeof copy };
	struct msghdr message;
	union control control;
	struct cmsghdr *header;

	memset(&message, 0, sizeof message);
	memset(&control, 0, sizeof control);
	message.msg_iov = &part;
	message.msg_iovlen = 1;
	if (reply->descriptor != -1) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &reply->descriptor, sizeof(int));
	}
	while (sendmsg(channel, &message, 0) == -1 && errno == EINTR)
		continue;
}

static void
perform(int channel, const struct identity *account, gid_t group, void (*deed)(const void *, struct reply *),
    const void *context)
{
	struct reply reply;

	memset(&reply, 0, sizeof reply);	/* its padding is sent, too */
	reply.descriptor = -1;
	close_kept_back();
	if (become(account, group) == -1)
		_exit(1);		/* no reply: told apart from an EPERM of the deed */
	deed(context, &reply);
	send_reply(channel, &reply);
	_exit(0);
}

/* ---- the parent ---- */

/* Waits until there is an answer, or the end of the channel. */
static int
await(int channel, double seconds)
{
	double end = wait_now() + seconds;
	struct pollfd news = { .fd = channel, .events = POLLIN };
	int result;

	do {
		double left = end - wait_now();

		result = poll(&news, 1, left > 0 ? (int)(left * 1000) + 1 : 0);
	} while (result == -1 && errno == EINTR);
	if (result == 0)
		errno = ETIMEDOUT;
	return result > 0 ? 0 : -1;
}

static int
receive_reply(int channel, struct reply *reply)
{
	struct iovec part = { .iov_base = reply, .iov_len = sizeof *reply };
	struct msghdr message;
	union control control;
	struct cmsghdr *header;
	ssize_t size;

	memset(&message, 0, sizeof message);
	message.msg_iov = &part;
	message.msg_iovlen = 1;
	message.msg_control = control.bytes;
	message.msg_controllen = sizeof control.bytes;
	while ((size = recvmsg(channel, &message, 0)) == -1 && errno == EINTR)
		continue;
	if (size == -1)
		return -1;
	if (size != (ssize_t)sizeof *reply) {
		errno = ECONNRESET;
		return -1;
	}
	reply->descriptor = -1;		/* the number means nothing here; the message has the descriptor itself */
	header = CMSG_FIRSTHDR(&message);
	if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int))) {
		memcpy(&reply->descriptor, CMSG_DATA(header), sizeof(int));
		fcntl(reply->descriptor, F_SETFD, FD_CLOEXEC);
	}
	return 0;
}

/*
 * The child is killed first: the account could have stopped it, and its answer is there or will not come. Returns its
 * status.
 */
static int
end(pid_t pid)
{
	int status = 0;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	return status;
}

static int
open_channel(int channel[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == -1)
		return -1;
	fcntl(channel[0], F_SETFD, FD_CLOEXEC);
	fcntl(channel[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

int
child_run(const struct identity *account, gid_t group, void (*deed)(const void *, struct reply *), const void *context,
    double seconds, struct reply *reply)
{
	int channel[2], result, number, status;
	pid_t pid;

	if (open_channel(channel) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(channel[0]);
		perform(channel[1], account, group, deed, context);
	}
	number = errno;
	close(channel[1]);
	result = -1;
	if (pid != -1) {
		result = await(channel[0], seconds);
		if (result == 0)
			result = receive_reply(channel[0], reply);
		number = errno;
		status = end(pid);
		if (result == -1 && number == ECONNRESET && WIFEXITED(status))
			number = EPERM;
	}
	close(channel[0]);
	errno = number;
	return result;
}
