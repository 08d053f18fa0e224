#define _GNU_SOURCE		/* setns */
/*
 * Start one process, doing what launchd's xpcproxy does between fork and
 * exec: become the user, open the logs, and only then run the program. A
 * failure is reported through a pipe that is closed on exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#ifdef __linux__
#include <sched.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launchd.h"

#define STANDARD_PATH	"/usr/bin:/bin:/usr/sbin:/sbin"
#define MANY_GROUPS	16		/* the limit of macOS */
#define EX_CONFIG_	78
#ifndef XPCPROXY_MS			/* `make clang` sets a longer time */
#define XPCPROXY_MS	5
#endif

static int report;			/* the pipe; in the child only */

static _Noreturn void
give_up(int at, int error, int stream)
{
	struct failure failure = { .error = error, .at = at, .stream = stream };

	write_all(report, &failure, sizeof(failure));
	_exit(EX_CONFIG_);
}

static void
wait_a_while(long milliseconds)
{
	if (milliseconds > 0)
		poll(NULL, 0, (int)milliseconds);
}

static void
reset_signals(void)
{
	sigset_t none;

	for (int s = 1; s < 32; s++)
		if (s != SIGKILL && s != SIGSTOP)
			signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
limit_by_name(const char *name)
{
	static const struct {
		const char *name;
		int resource;
	} limits[] = {
		{ "Core", RLIMIT_CORE },
		{ "CPU", RLIMIT_CPU },
		{ "Data", RLIMIT_DATA },
		{ "FileSize", RLIMIT_FSIZE },
		{ "MemoryLock", RLIMIT_MEMLOCK },
		{ "NumberOfFiles", RLIMIT_NOFILE },
		{ "NumberOfProcesses", RLIMIT_NPROC },
		{ "ResidentSetSize", RLIMIT_RSS },
		{ "Stack", RLIMIT_STACK },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strcasecmp(limits[i].name, name) == 0)
			return limits[i].resource;
	return -1;
}

/* Report to standard error, which is still launchd's journal. */
static void
say_cannot(const struct job *job, const char *what)
{
	fprintf(stderr, "%s: cannot %s: %s\n", job->label, what, strerror(errno));
}

/* Skip unknown names and values that are not integers (tests/evidence/RULES.md, 65). */
static void
set_limits(const struct job *job, const char *key, bool hard)
{
	plist_t dict = job_value(job, key, PLIST_DICT), node = NULL;
	plist_dict_iter iterator = NULL;
	struct rlimit limit;
	uint64_t value;
	char *name;
	int resource;

	if (dict == NULL)
		return;
	plist_dict_new_iter(dict, &iterator);
	for (;;) {
		name = NULL;
		plist_dict_next_item(dict, iterator, &name, &node);
		if (name == NULL)
			break;
		resource = limit_by_name(name);
		free(name);
		if (resource == -1 || plist_get_node_type(node) != PLIST_UINT ||
		    getrlimit(resource, &limit) == -1)
			continue;
		plist_get_uint_val(node, &value);
		if (hard)
			limit.rlim_max = (rlim_t)value;
		else
			limit.rlim_cur = (rlim_t)value;
		if (limit.rlim_cur > limit.rlim_max) {
			if (hard)
				limit.rlim_cur = limit.rlim_max;
			else
				limit.rlim_max = limit.rlim_cur;
		}
		if (setrlimit(resource, &limit) == -1)
			say_cannot(job, "set a limit");
	}
	free(iterator);
}

/* Return the name, or NULL: "root" and "wheel" are ignored (tests/evidence/RULES.md, 40). */
static const char *
given_name(const struct job *job, const char *key, const char *nobody)
{
	const char *name = job_text(job, key);

	/* Only the system domain uses these keys (tests/evidence/RULES.md, 38). */
	if (job->domain.kind != DOMAIN_SYSTEM || name == NULL || strcmp(name, nobody) == 0)
		return NULL;
	return name;
}

/*
 * Give agents another network: Local Network Privacy distinguishes them from daemons of the same
 * account, but this kernel does not.
 */
static void
enter_network(const struct job *job)
{
#ifdef __linux__
	const char *path = settings_text("agent_network");
	int network;

	if (path == NULL || job->domain.kind == DOMAIN_SYSTEM)
		return;
	network = open(path, O_RDONLY | O_CLOEXEC);
	if (network == -1 || setns(network, CLONE_NEWNET) == -1)
		give_up(FAILED_ACCOUNT, errno, 0);
	close(network);
#else
	(void)job;
#endif
}

/* Become the job's user. Return false if it stays root, or the owner of ROOT. */
static bool
become_user(const struct job *job, struct account *account)
{
	const char *user = given_name(job, "UserName", "root"),
	    *group = given_name(job, "GroupName", "wheel");
	gid_t groups[MANY_GROUPS] = { 0 }, gid = 0;
	int count = 1;
	bool changed = false;

	memset(account, 0, sizeof(*account));
	if (job->domain.kind != DOMAIN_SYSTEM) {
		if (!account_by_uid(job->domain.uid, account))
			give_up(FAILED_ACCOUNT, ESRCH, 0);
		changed = true;
	} else if (user != NULL) {
		if (!account_by_name(user, account))
			give_up(FAILED_ACCOUNT, ESRCH, 0);
		changed = true;
	}
	gid = account->gid;
	if (group != NULL && !account_group(group, &gid))
		give_up(FAILED_ACCOUNT, ESRCH, 0);
	groups[0] = gid;
	if (changed && job_flag(job, "InitGroups", true))
		count = account_groups(account->name, gid, groups, MANY_GROUPS);
	/* Without root launchd can only run jobs as its own user; report if another is needed. */
	if (geteuid() != 0) {
		errno = EPERM;
		if (account->uid != geteuid() && changed)
			say_cannot(job, text("become %s without root; runs as uid %u",
			    account->name, (unsigned)geteuid()));
		if (gid != getegid() && (changed || group != NULL))
			say_cannot(job, text("have gid %u without root", (unsigned)gid));
		return changed;
	}
	if (setgroups((size_t)count, groups) == -1 || setgid(gid) == -1 ||
	    setuid(account->uid) == -1)
		give_up(FAILED_ACCOUNT, errno, 0);
	return changed;
}

/* Create the directory of a log and its parents, as far as the caller may. */
static void
make_parents(char *path)
{
	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0744);
		*slash = '/';
	}
}

static char *
log_path(const struct job *job, const char *given)
{
	const char *folder = job_text(job, "WorkingDirectory");

	if (given[0] == '/')
		return file_below(given);
	return text("%s%s/%s", root, folder == NULL ? "" : folder, given);
}

static void
open_as(const struct job *job, const char *key, int target, int flags)
{
	const char *given = job_text(job, key);
	char *path = given == NULL ? text("/dev/null") : log_path(job, given);
	int file = open(path, flags | O_NOCTTY, 0666);

	if (file == -1 && errno == ENOENT && (flags & O_CREAT)) {
		make_parents(path);
		file = open(path, flags | O_NOCTTY, 0666);
		if (file == -1 && errno == ENOENT)
			give_up(FAILED_LOG_FOLDER, errno, target);
	}
	if (file == -1 || dup2(file, target) == -1)
		give_up(FAILED_SPAWN, errno, 0);
	if (file != target)
		close(file);
	free(path);
}

/*
 * Up to 10.13 or 10.15 (tests/evidence/RULES.md, 53) launchd itself creates them as root, so the
 * user cannot write there.
 */
static void
make_old_log_folders(const struct job *job)
{
	static const char *const keys[] = { "StandardOutPath", "StandardErrorPath" };

	umask(022);
	for (size_t i = 0; i < 2 && settings_macos() < 11; i++) {
		const char *given = job_text(job, keys[i]);

		if (given != NULL)
			make_parents(log_path(job, given));
	}
}

bool
job_umask(const struct job *job, mode_t *mask)
{
	const char *octal = job_text(job, "Umask");
	int64_t number = 0;

	if (octal != NULL)
		number = (int64_t)strtoul(octal, NULL, 8);
	else if (!job_number(job, "Umask", &number))
		return false;
	*mask = (mode_t)number & 0777;
	return true;
}

static void
enter_folder(const struct job *job)
{
	const char *given = job_text(job, "WorkingDirectory");
	char *path = file_below(given == NULL ? "/" : given);

	if (chdir(path) == -1)
		give_up(FAILED_FOLDER, errno, 0);
	free(path);
}

struct environment {
	char **list;
	size_t count;
};

/* The later value of a name wins. */
static void
put(struct environment *environment, const char *name, const char *value)
{
	char *entry = text("%s=%s", name, value);
	size_t i, length = strlen(name) + 1;

	for (i = 0; i < environment->count; i++)
		if (strncmp(environment->list[i], entry, length) == 0)
			break;
	if (i == environment->count) {
		environment->list = need(realloc(environment->list, (i + 2) * sizeof(char *)));
		environment->list[++environment->count] = NULL;
	}
	environment->list[i] = entry;
}

static char **
make_environment(const struct job *job, const struct account *account)
{
	plist_t dict = job_value(job, "EnvironmentVariables", PLIST_DICT), node = NULL;
	struct environment environment = { NULL, 0 };
	plist_dict_iter iterator = NULL;
	char *name;

	put(&environment, "PATH", STANDARD_PATH);
	put(&environment, "XPC_SERVICE_NAME", job->label);
	if (account != NULL) {
		put(&environment, "HOME", account->home);
		put(&environment, "USER", account->name);
		put(&environment, "LOGNAME", account->name);
		put(&environment, "SHELL", account->shell);
	}
	if (dict != NULL) {
		plist_dict_new_iter(dict, &iterator);
		for (;;) {
			name = NULL;
			plist_dict_next_item(dict, iterator, &name, &node);
			if (name == NULL)
				break;
			if (plist_get_node_type(node) == PLIST_STRING)
				put(&environment, name, plist_get_string_ptr(node, NULL));
			free(name);
		}
		free(iterator);
	}
	return environment.list;
}

static char **
make_arguments(const struct job *job, char *program)
{
	plist_t array = job_value(job, "ProgramArguments", PLIST_ARRAY);
	uint32_t count = array == NULL ? 0 : plist_array_get_size(array);
	char **arguments = need(calloc(count + 2, sizeof(char *)));

	arguments[0] = program;
	for (uint32_t i = 0; i < count; i++)
		arguments[i] = text("%s", plist_get_string_ptr(plist_array_get_item(array, i),
		    NULL));
	return arguments;
}

/* Use ROOT's program if it exists, else the host's, so that /bin/sh needs no copy. */
static char *
existing(const char *path)
{
	struct stat status;
	char *below = file_below(path);

	if (stat(below, &status) == 0)
		return below;
	free(below);
	return text("%s", path);
}

/*
 * As xpcproxy does: where exec fails and access(2) finds nothing to execute, launchd waits for the
 * program; any other failure of exec is tried again (tests/evidence/RULES.md, 32).
 */
static _Noreturn void
give_up_program(const char *path, int error)
{
	bool missing = (error == ENOENT || error == EACCES || error == ENOTDIR) &&
	    access(path, X_OK) == -1;

	give_up(missing ? FAILED_MISSING : FAILED_SPAWN, missing ? errno : error, 0);
}

static void
run_program(const struct job *job, const struct account *account)
{
	static const char *const folders[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin" };
	char **environment = make_environment(job, account);
	char *program = job_program(job), *path;
	char **arguments = make_arguments(job, program);

	if (strchr(program, '/') != NULL) {
		if (program[0] != '/')
			give_up(FAILED_SPAWN, ENOENT, 0);
		path = existing(program);
		/* all versions (tests/evidence/RULES.md, 9) */
		if (file_quarantined(path))
			give_up(FAILED_QUARANTINED, EPERM, 0);
		execve(path, arguments, environment);
		give_up_program(path, errno);
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *candidate = text("%s/%s", folders[i], program);

		path = existing(candidate);
		execve(path, arguments, environment);
	}
	give_up(FAILED_SPAWN, errno, 0);
}

static _Noreturn void
become(const struct job *job)
{
	struct account account;
	mode_t mask = 022;
	int64_t number;
	bool user;

	setsid();
	reset_signals();
	wait_a_while(settings_number("xpcproxy_ms", XPCPROXY_MS));
	if (job->old_requirement)
		give_up(FAILED_REQUIREMENT, ESRCH, 0);
	set_limits(job, "HardResourceLimits", true);
	set_limits(job, "SoftResourceLimits", false);
	if (job_number(job, "Nice", &number) && setpriority(PRIO_PROCESS, 0, (int)number) == -1)
		say_cannot(job, "set Nice");
	make_old_log_folders(job);
	enter_network(job);
	user = become_user(job, &account);
	job_umask(job, &mask);
	umask(mask);
	open_as(job, "StandardInPath", 0, O_RDONLY);
	open_as(job, "StandardOutPath", 1, O_WRONLY | O_APPEND | O_CREAT);
	open_as(job, "StandardErrorPath", 2, O_WRONLY | O_APPEND | O_CREAT);
	enter_folder(job);
	close_from(3, report);
	run_program(job, user ? &account : NULL);
	_exit(EX_CONFIG_);
}

int
spawn(struct job *job)
{
	sigset_t all, before;
	int ends[2];
	pid_t pid;

	if (pipe(ends) == -1)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	/* Block signals until the child has reset our handlers. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0) {
		report = ends[1];
		become(job);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	if (pid == -1) {
		close(ends[0]);
		return -1;
	}
	job->pid = pid;
	job->status = ends[0];
	return 0;
}
