#define _GNU_SOURCE		/* SO_PEERCRED and struct ucred */
/*
 * The embedded launchd: a supervisor for the directory that stands for "/".
 * Usage: launchd ROOT READY, run by its launchctl only; it writes one byte to
 * the descriptor READY when it listens. It ends by the verb shutdown, by a
 * signal, or when ROOT is removed or replaced; its jobs end with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "launchd.h"

#define ROOT_PERIOD	1000		/* milliseconds between checks of ROOT */
#define LARGEST		((size_t)1024 * 1024)	/* of a question */
#define OWN_DESCRIPTORS	2		/* polled before those of clients and jobs */

char root[4096];

struct client {
	struct client *next;
	int socket;
	char *in;
	size_t in_size;
	bool asked;
	char *out;
	size_t out_size, out_done;
	char *texts[2];			/* what request.out and request.err collect */
	size_t sizes[2];
	enum fault fault;
	struct request request;
};

static struct client *clients;
static int wake[2];			/* a signal writes, the loop reads */
static volatile sig_atomic_t told_to_end;

int64_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void *
need(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

char *
text(const char *format, ...)
{
	va_list arguments;
	char *result;
	int size;

	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	result = need(malloc((size_t)size + 1));
	va_start(arguments, format);
	vsnprintf(result, (size_t)size + 1, format, arguments);
	va_end(arguments);
	return result;
}

/* --- clients --- */

static uid_t
peer(int s, pid_t *pid)
{
#ifdef __APPLE__
	socklen_t size = sizeof(*pid);
	uid_t uid;
	gid_t gid;

	getsockopt(s, SOL_LOCAL, LOCAL_PEERPID, pid, &size);
	return getpeereid(s, &uid, &gid) == 0 ? uid : (uid_t)-1;
#else
	struct ucred them;
	socklen_t size = sizeof(them);

	if (getsockopt(s, SOL_SOCKET, SO_PEERCRED, &them, &size) == -1)
		return (uid_t)-1;
	*pid = them.pid;
	return them.uid;
#endif
}

static void
no_blocking(int file)
{
	fcntl(file, F_SETFD, FD_CLOEXEC);
	fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK);
}

static void
client_accept(int listener)
{
	struct client *client;
	int s = accept(listener, NULL, NULL);

	if (s == -1)
		return;
	no_blocking(s);
	client = need(calloc(1, sizeof(*client)));
	client->socket = s;
	client->request.uid = peer(s, &client->request.pid);
	client->next = clients;
	clients = client;
}

static void
close_texts(struct client *client)
{
	if (client->request.out != NULL) {
		fclose(client->request.out);
		fclose(client->request.err);
		client->request.out = client->request.err = NULL;
	}
}

static void
client_free(struct client *client)
{
	struct client **at = &clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	close(client->socket);
	close_texts(client);
	free(client->texts[0]);
	free(client->texts[1]);
	free(client->request.argv);
	free(client->in);
	free(client->out);
	free(client);
}

static void
journal(const struct client *client, int status)
{
	fprintf(stderr, "uid %u:", (unsigned)client->request.uid);
	for (int i = 0; i < client->request.argc; i++)
		fprintf(stderr, " %s", client->request.argv[i]);
	fprintf(stderr, " -> %d%s\n", status, client->fault == FAULT_NONE ? "" : " (fault)");
}

/* Queue the answer; the client closes the connection after reading it. */
static void
client_answer(struct client *client, int status)
{
	struct answer answer = { .status = status, .fault = client->fault };

	client->request.waiting = WAIT_NOT;
	client->request.job = NULL;
	close_texts(client);
	answer.out = (uint32_t)client->sizes[0];
	answer.err = (uint32_t)client->sizes[1];
	client->out_size = sizeof(answer) + answer.out + answer.err;
	client->out = need(malloc(client->out_size));
	memcpy(client->out, &answer, sizeof(answer));
	if (answer.out > 0)
		memcpy(client->out + sizeof(answer), client->texts[0], answer.out);
	if (answer.err > 0)
		memcpy(client->out + sizeof(answer) + answer.out, client->texts[1], answer.err);
	journal(client, status);
}

static enum fault
fault_for(const char *verb, const char *suffix)
{
	static const struct {
		const char *name;
		enum fault fault;
	} faults[] = {
		{ "hang", FAULT_HANG },
		{ "hang_hard", FAULT_HANG_HARD },
		{ "killed", FAULT_KILLED },
		{ "garbage", FAULT_GARBAGE },
		{ "megabyte", FAULT_MEGABYTE },
		{ "empty", FAULT_EMPTY },
	};
	enum fault fault = FAULT_NONE;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char *name = text("%s%s", faults[i].name, suffix);

		if (settings_hit(name, verb, NULL) && fault == FAULT_NONE)
			fault = faults[i].fault;
		free(name);
	}
	return fault;
}

/* The verbs for tests must work in spite of any fault. */
static bool
spared(const char *verb)
{
	return strcmp(verb, "fault") == 0 || strcmp(verb, "reboot") == 0 ||
	    strcmp(verb, "shutdown") == 0;
}

static void
client_serve(struct client *client)
{
	struct request *request = &client->request;
	const char *verb = request->argc > 0 ? request->argv[0] : "";
	int status;

	settings_read();
	if (!spared(verb)) {
		client->fault = fault_for(verb, "");
		if (client->fault != FAULT_NONE) {
			client_answer(client, 0);
			return;
		}
	}
	request->out = need(open_memstream(&client->texts[0], &client->sizes[0]));
	request->err = need(open_memstream(&client->texts[1], &client->sizes[1]));
	status = verb_run(request);
	if (!spared(verb))
		client->fault = fault_for(verb, "_after");
	if (request->waiting == WAIT_NOT)
		client_answer(client, status);
}

/* Parse the caller's directory, then the arguments, all NUL-terminated. */
static bool
client_parse(struct client *client)
{
	struct question question;
	char *at, *end;

	if (client->in_size < sizeof(question))
		return false;
	memcpy(&question, client->in, sizeof(question));
	if (question.size > LARGEST || client->in_size < sizeof(question) + question.size)
		return false;
	at = client->in + sizeof(question);
	end = at + question.size;
	if (question.size == 0 || end[-1] != '\0')
		return false;
	client->request.folder = at;
	client->request.terminal = question.terminal != 0;
	client->request.argv = need(calloc(question.size + 1, sizeof(char *)));
	for (at += strlen(at) + 1; at < end; at += strlen(at) + 1)
		client->request.argv[client->request.argc++] = at;
	client->asked = true;
	return true;
}

static void
client_read(struct client *client)
{
	char data[4096];
	ssize_t n = read(client->socket, data, sizeof(data));

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || client->in_size + (size_t)n > LARGEST) {
		client_free(client);
		return;
	}
	if (client->asked)
		return;
	client->in = need(realloc(client->in, client->in_size + (size_t)n));
	memcpy(client->in + client->in_size, data, (size_t)n);
	client->in_size += (size_t)n;
	if (client_parse(client))
		client_serve(client);
}

static void
client_write(struct client *client)
{
	ssize_t n = write(client->socket, client->out + client->out_done,
	    client->out_size - client->out_done);

	if (n > 0)
		client->out_done += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		client_free(client);
}

void
tell_pid(struct request *request, const struct job *job)
{
	if (request->asks_pid)
		fprintf(request->out, request->terminal ? "service spawned with pid: %d\n" : "%d\n",
		    (int)job->pid);
}

void
requests_spawned(struct job *job)
{
	for (struct client *client = clients; client != NULL; client = client->next) {
		struct request *request = &client->request;

		if (request->waiting != WAIT_SPAWNED || request->job != job)
			continue;
		tell_pid(request, job);
		client_answer(client, 0);
	}
}

void
requests_gone(struct job *job)
{
	for (struct client *client = clients; client != NULL; client = client->next) {
		if (client->request.job != job || client->request.waiting == WAIT_NOT)
			continue;
		client_answer(client, client->request.waiting == WAIT_GONE ? 0 : 113);
	}
}

static void
requests_empty(void)
{
	for (struct client *client = clients; client != NULL; client = client->next)
		if (client->request.waiting == WAIT_EMPTY)
			client_answer(client, 0);
}

/* --- the loop --- */

static void
on_signal(int number)
{
	int saved = errno;

	if (number != SIGCHLD)
		told_to_end = 1;
	if (write(wake[1], "", 1) == -1)
		errno = saved;	/* a full pipe also wakes the loop */
	errno = saved;
}

static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (pipe(wake) == -1)
		abort();
	no_blocking(wake[0]);
	no_blocking(wake[1]);
	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int
listen_here(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(SOCKET_NAME);
	memcpy(address.sun_path, SOCKET_NAME, sizeof(SOCKET_NAME));
	if (s == -1 || bind(s, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(s, 64) == -1) {
		fprintf(stderr, "cannot listen: %s\n", strerror(errno));
		exit(1);
	}
	/* Any account may connect; each verb checks who may change something. */
	chmod(SOCKET_NAME, 0666);
	no_blocking(s);
	return s;
}

static void
end_at_once(void)
{
	struct job *next;

	ending = END_SHUTDOWN;
	for (struct job *job = jobs; job != NULL; job = next) {
		next = job->next;
		job_unload(job, true);
	}
}

/* Return true if ROOT was removed, or another directory has its name. */
static bool
root_replaced(void)
{
	static dev_t device;
	static ino_t inode;
	static int64_t looked = -ROOT_PERIOD;
	struct stat status;

	if (now() - looked < ROOT_PERIOD)
		return false;
	looked = now();
	if (stat(root, &status) == -1)
		return true;
	if (inode == 0) {
		device = status.st_dev;
		inode = status.st_ino;
	}
	return device != status.st_dev || inode != status.st_ino || access(SOCKET_NAME, F_OK) == -1;
}

static size_t
collect(struct pollfd **list, int listener)
{
	static size_t room;
	size_t count = OWN_DESCRIPTORS;

	for (struct client *client = clients; client != NULL; client = client->next)
		count++;
	for (struct job *job = jobs; job != NULL; job = job->next)
		count++;
	if (count > room) {
		room = count + 16;
		*list = need(realloc(*list, room * sizeof(**list)));
	}
	(*list)[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	(*list)[1] = (struct pollfd){ .fd = wake[0], .events = POLLIN };
	count = OWN_DESCRIPTORS;
	for (struct client *client = clients; client != NULL; client = client->next)
		(*list)[count++] = (struct pollfd){ .fd = client->socket,
		    .events = client->out_done < client->out_size ? POLLIN | POLLOUT : POLLIN };
	for (struct job *job = jobs; job != NULL; job = job->next)
		(*list)[count++] = (struct pollfd){ .fd = job->status, .events = POLLIN };
	return count;
}

/* Handle events: starts that succeeded, processes that ended, times that came. */
static void
turn(void)
{
	for (struct job *job = jobs; job != NULL; job = job->next)
		if (job->status != -1)
			job_hear(job);
	jobs_work();
}

/* The list has the order of the clients, which are only accepted and freed here. */
static void
handle(struct pollfd *list)
{
	size_t at = OWN_DESCRIPTORS;
	struct client *next;
	char drop[64];

	while (read(wake[0], drop, sizeof(drop)) > 0)
		continue;
	/* First, so that print shows the result. */
	turn();
	for (struct client *client = clients; client != NULL; client = next) {
		short events = list[at++].revents;

		next = client->next;
		if (events & POLLOUT)
			client_write(client);
		else if (events & (POLLIN | POLLHUP | POLLERR))
			client_read(client);
	}
	if (list[0].revents & POLLIN)
		client_accept(list[0].fd);
}

static int
patience(void)
{
	int64_t left = jobs_next();

	if (left == NEVER)
		return ROOT_PERIOD;
	left -= now();
	return left < 0 ? 0 : left > ROOT_PERIOD ? ROOT_PERIOD : (int)left;
}

static bool
answers_left(void)
{
	for (struct client *client = clients; client != NULL; client = client->next)
		if (client->out_done < client->out_size)
			return true;
	return false;
}

static void
run(int listener)
{
	struct pollfd *list = NULL;
	size_t count;

	for (;;) {
		if ((told_to_end || root_replaced()) && ending != END_SHUTDOWN)
			end_at_once();
		turn();
		if (ending != END_NOT && jobs == NULL) {
			requests_empty();
			if (ending == END_SHUTDOWN && !answers_left())
				break;
			if (ending == END_REBOOT) {
				ending = END_NOT;
				load_all();
			}
		}
		count = collect(&list, listener);
		if (poll(list, (nfds_t)count, patience()) > 0)
			handle(list);
	}
	free(list);
}

static void
open_journal(void)
{
	int file = open(JOURNAL_NAME, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

	if (file != -1) {
		dup2(file, 1);
		dup2(file, 2);
		close(file);
	}
}

int
main(int argc, char **argv)
{
	int ready, lock, listener;

	if (argc != 3 || strlen(argv[1]) >= sizeof(root) - sizeof(RUN_FOLDER) - 1)
		return 64;
	ready = (int)strtol(argv[2], NULL, 10);
	fcntl(ready, F_SETFD, FD_CLOEXEC);
	umask(022);
	unsetenv("TZ");		/* its log has the system's time zone */
	memcpy(root, argv[1], strlen(argv[1]) + 1);
	if (chdir(root) == -1 || chdir(RUN_FOLDER) == -1)
		return 1;
	/* The previous launchd may still be ending. */
	lock = open(SERVER_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock == -1 || lock_file(lock, 1) == -1)
		return 1;
	open_journal();
	catch_signals();
	settings_read();
	listener = listen_here();
	fprintf(stderr, "launchd: pid %d begins\n", (int)getpid());
	if (write(ready, "", 1) == -1)
		return 1;
	close(ready);
	run(listener);
	if (!root_replaced())
		unlink(SOCKET_NAME);
	while (clients != NULL)
		client_free(clients);
	close(listener);
	return 0;
}
