#define _DEFAULT_SOURCE
/*
 * The life of a job: loaded, started, stopped, restarted, unloaded. Processes
 * are real. What a Mac does immediately happens here in the next turn of the
 * loop, before the next request is read.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launchd.h"

#define PATH_STATE_PERIOD	100	/* milliseconds between checks */
#define LONGEST_THROTTLE	1200	/* seconds */

struct job *jobs;

/* Most keys are case-insensitive, but not these (tests/evidence/RULES.md, 21). */
static bool
case_matters(const char *key)
{
	static const char *const exact[] = { "Label", "Program", "ProgramArguments",
	    "BundleProgram", "Disabled",
	    "KeepAlive", "LimitLoadToSessionType", "LimitLoadToHardware", "LimitLoadFromHardware",
	    "ProcessType" };

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		if (strcmp(exact[i], key) == 0)
			return true;
	return false;
}

static plist_t
find_any_case(plist_t plist, const char *wanted)
{
	plist_dict_iter iterator = NULL;
	plist_t node = NULL, found = NULL;
	char *key = NULL;

	plist_dict_new_iter(plist, &iterator);
	do {
		key = NULL;
		plist_dict_next_item(plist, iterator, &key, &node);
		if (key != NULL && strcasecmp(key, wanted) == 0)
			found = node;
		free(key);
	} while (key != NULL && found == NULL);
	free(iterator);
	return found;
}

plist_t
job_value(const struct job *job, const char *key, plist_type type)
{
	plist_t node = plist_dict_get_item(job->plist, key);

	if (node == NULL && !case_matters(key))
		node = find_any_case(job->plist, key);
	return node != NULL && plist_get_node_type(node) == type ? node : NULL;
}

const char *
job_text(const struct job *job, const char *key)
{
	plist_t node = job_value(job, key, PLIST_STRING);

	return node == NULL ? NULL : plist_get_string_ptr(node, NULL);
}

bool
job_number(const struct job *job, const char *key, int64_t *number)
{
	plist_t node = job_value(job, key, PLIST_UINT);
	uint64_t value;

	if (node == NULL)
		return false;
	plist_get_uint_val(node, &value);
	*number = (int64_t)value;
	return true;
}

static bool
flag(plist_t node, bool otherwise)
{
	uint8_t value;

	if (node == NULL || plist_get_node_type(node) != PLIST_BOOLEAN)
		return otherwise;
	plist_get_bool_val(node, &value);
	return value != 0;
}

bool
job_flag(const struct job *job, const char *key, bool otherwise)
{
	return flag(job_value(job, key, PLIST_BOOLEAN), otherwise);
}

char *
job_program(const struct job *job)
{
	const char *program = job_text(job, "Program");
	plist_t arguments = job_value(job, "ProgramArguments", PLIST_ARRAY);

	if (program == NULL && arguments != NULL && plist_array_get_size(arguments) > 0)
		program = plist_get_string_ptr(plist_array_get_item(arguments, 0), NULL);
	return program == NULL ? NULL : text("%s", program);
}

bool
job_keeps_alive(const struct job *job)
{
	return job_flag(job, "KeepAlive", false) || job_value(job, "KeepAlive", PLIST_DICT) != NULL;
}

int
job_throttle(const struct job *job)
{
	int64_t seconds;

	/* 0 is ignored (tests/evidence/RULES.md, 58). */
	return job_number(job, "ThrottleInterval", &seconds) && seconds > 0 ? (int)seconds : 10;
}

int
job_exit_timeout(const struct job *job)
{
	int64_t seconds;

	return job_number(job, "ExitTimeOut", &seconds) && seconds >= 0 ? (int)seconds : 5;
}

/* Return true if a path of KeepAlive.PathState exists, or is missing, as required. */
static bool
path_state_holds(const struct job *job)
{
	plist_t keep = job_value(job, "KeepAlive", PLIST_DICT), node = NULL;
	plist_t paths = keep == NULL ? NULL : plist_dict_get_item(keep, "PathState");
	plist_dict_iter iterator = NULL;
	struct stat status;
	bool holds = false;
	char *path, *full;

	if (paths == NULL || plist_get_node_type(paths) != PLIST_DICT)
		return false;
	plist_dict_new_iter(paths, &iterator);
	do {
		path = NULL;
		plist_dict_next_item(paths, iterator, &path, &node);
		if (path == NULL)
			break;
		full = file_below(path);
		holds = (stat(full, &status) == 0) == flag(node, true);
		free(full);
		free(path);
	} while (!holds);
	free(iterator);
	return holds;
}

static bool
has_path_state(const struct job *job)
{
	plist_t keep = job_value(job, "KeepAlive", PLIST_DICT);
	plist_t paths = keep == NULL ? NULL : plist_dict_get_item(keep, "PathState");

	return paths != NULL && plist_get_node_type(paths) == PLIST_DICT;
}

/*
 * KeepAlive implies RunAtLoad (tests/evidence/RULES.md, 60), but a job kept by paths alone waits
 * for them.
 */
static bool
starts_when_loaded(const struct job *job)
{
	plist_t keep = job_value(job, "KeepAlive", PLIST_DICT);

	if (job_flag(job, "RunAtLoad", false) || job_flag(job, "KeepAlive", false))
		return true;
	if (keep == NULL)
		return false;
	if (has_path_state(job) && plist_dict_get_size(keep) == 1)
		return path_state_holds(job);
	return true;
}

bool
job_crashed(const struct job *job)
{
	return job->last == EXIT_SIGNAL &&
	    (job->last_value == SIGSEGV || job->last_value == SIGABRT ||
	    job->last_value == SIGBUS || job->last_value == SIGILL || job->last_value == SIGFPE ||
	    job->last_value == SIGTRAP || job->last_value == SIGSYS);
}

/* Return true if KeepAlive requires a restart after this end; its conditions are ORed. */
static bool
wanted_again(const struct job *job)
{
	plist_t keep = job_value(job, "KeepAlive", PLIST_DICT), node;
	bool successful = job->last == EXIT_CODE && job->last_value == 0;

	if (keep == NULL)
		return job_flag(job, "KeepAlive", false);
	node = plist_dict_get_item(keep, "SuccessfulExit");
	if (node != NULL && plist_get_node_type(node) == PLIST_BOOLEAN &&
	    flag(node, false) == successful)
		return true;
	node = plist_dict_get_item(keep, "Crashed");
	if (node != NULL && plist_get_node_type(node) == PLIST_BOOLEAN &&
	    flag(node, false) == job_crashed(job))
		return true;
	return path_state_holds(job);
}

/* Return the earliest time of the next start, relative to the last one; it grows with crashes. */
static int64_t
throttled(const struct job *job)
{
	double seconds = job_throttle(job);
	int64_t at;

	if (job->runs == 0)
		return now();
	for (int i = 3; i <= job->crashes && seconds < LONGEST_THROTTLE; i++)
		seconds *= 2;
	if (seconds > LONGEST_THROTTLE && job_throttle(job) <= LONGEST_THROTTLE)
		seconds = LONGEST_THROTTLE;
	at = job->started + settings_scaled(seconds);
	return at > now() ? at : now();
}

static void
schedule(struct job *job, int64_t at, const char *reason)
{
	job->spawn_at = at;
	job->reason = reason;
	job->state = STATE_SPAWN_SCHEDULED;
}

/* What starts it at load, or again: "inefficient" is KeepAlive true after the first start. */
static const char *
usual_reason(const struct job *job)
{
	if (job_value(job, "KeepAlive", PLIST_DICT) != NULL)
		return "semaphore";
	return job->runs > 0 && job_flag(job, "KeepAlive", false) ? "inefficient" : "speculative";
}

/* Start it then, but for the penalty box: what is in it only bootout and bootstrap can start. */
static bool
respawn(struct job *job, int64_t at, const char *reason)
{
	if (job->penalty_box)
		log_job(job, NOTICE, "cannot spawn: service is in penalty box");
	else
		log_throttle(job, at);
	schedule(job, job->penalty_box ? NEVER : at, reason);
	return !job->penalty_box;
}

struct job *
job_find(const struct domain *domain, const char *label)
{
	for (struct job *job = jobs; job != NULL; job = job->next)
		if (job->domain.kind == domain->kind && job->domain.uid == domain->uid &&
		    strcmp(job->label, label) == 0)
			return job;
	return NULL;
}

static void
arm_interval(struct job *job)
{
	int64_t seconds;

	if (job_number(job, "StartInterval", &seconds) && seconds > 0)
		job->interval_at = now() + settings_scaled((double)seconds);
}

struct job *
job_load(const struct domain *domain, const char *path, plist_t plist)
{
	static int number = 256;
	struct job *job = need(calloc(1, sizeof(*job))), **end = &jobs;

	job->domain = *domain;
	job->plist = plist;
	job->path = text("%s", path);
	job->label = text("%s", job_text(job, "Label"));
	job->number = number += 2;
	job->status = -1;
	job->loaded = job->spawn_at = job->kill_at = job->interval_at = job->left = NEVER;
	while (*end != NULL)
		end = &(*end)->next;
	*end = job;

	if (job_flag(job, "KeepAlive", false))
		log_job(job, NOTICE, "This service is defined to be constantly running and is "
		    "inherently inefficient.");
	if (starts_when_loaded(job) && settings_take("no_first_spawn")) {
		job->held = true;
	} else if (starts_when_loaded(job)) {
		/* Not "spawn scheduled": that state waits for the throttle. */
		job->loaded = now();
		job->reason = usual_reason(job);
	}
	arm_interval(job);
	return job;
}

static void
forget(struct job *job)
{
	struct job **at = &jobs;

	log_domain(&job->domain, NOTICE, "service inactive: %s", job->label);
	log_domain(&job->domain, NOTICE, "removing service: %s", job->label);
	requests_gone(job);
	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	if (job->status != -1)
		close(job->status);
	plist_free(job->plist);
	free(job->label);
	free(job->path);
	free(job);
}

static void
kill_group(const struct job *job)
{
	/* The group only exists after the child's setsid(), so also kill the child itself. */
	kill(-job->pid, SIGKILL);
	kill(job->pid, SIGKILL);
}

void
job_stop(struct job *job)
{
	int timeout = job_exit_timeout(job);

	kill(job->pid, SIGTERM);
	if (job->state == STATE_SIGTERMED || job->state == STATE_SIGKILLED)
		return;
	log_job(job, NOTICE, "signaled service: Terminated: 15");
	log_job(job, NOTICE, "service state: SIGTERMed");
	if (timeout != 0)
		log_job(job, NOTICE, "scheduling cleanup in %d sec after sending Terminated: 15",
		    timeout);
	job->state = STATE_SIGTERMED;
	job->kill_at = timeout == 0 ? NEVER : now() + settings_scaled(timeout);
}

void
job_unload(struct job *job, bool at_once)
{
	job->leaving = true;
	job->loaded = job->spawn_at = job->interval_at = NEVER;
	if (job->left == NEVER && !at_once)
		job->left = now();
	else if (at_once)
		job->left = NEVER;
	if (job->pid == 0)
		forget(job);
	else if (at_once)
		kill_group(job);
	else
		job_stop(job);
}

int
job_kick(struct job *job, bool kill_first)
{
	job->held = false;
	if (job->pid == 0)
		return respawn(job, now(), "non-ipc demand") ? 0 : 139;
	if (kill_first) {
		job->again = true;
		job_stop(job);
	}
	return 0;
}

static void
start(struct job *job)
{
	job->loaded = job->spawn_at = NEVER;
	job->started = now();
	job->runs++;
	job->spawn_failed = false;
	job->old_requirement = job->runs > 1 && settings_lists("lwcr", job->label);
	log_will_spawn(job);
	if (spawn(job) == -1) {
		fprintf(stderr, "%s: cannot fork: %s\n", job->label, strerror(errno));
		schedule(job, throttled(job), usual_reason(job));
		return;
	}
	job->state = STATE_XPCPROXY;
	log_spawned(job);
	fprintf(stderr, "%s: pid %d\n", job->label, (int)job->pid);
	requests_spawned(job);
}

void
job_hear(struct job *job)
{
	struct failure failure;
	ssize_t n;

	while ((n = read(job->status, &failure, sizeof(failure))) == (ssize_t)sizeof(failure)) {
		job->spawn_failed = true;
		job->penalty_box = failure.at == FAILED_MISSING;
		log_failure(job, &failure);
		fprintf(stderr, "%s: cannot start: %s\n", job->label, strerror(failure.error));
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	close(job->status);
	job->status = -1;
	if (job->state == STATE_XPCPROXY && !job->spawn_failed) {
		job->state = STATE_RUNNING;
		log_running(job);
	}
}

static void
note_end(struct job *job, int status)
{
	job->last_status = status;
	if (WIFSIGNALED(status)) {
		job->last = EXIT_SIGNAL;
		job->last_value = WTERMSIG(status);
	} else {
		job->last = EXIT_CODE;
		job->last_value = WEXITSTATUS(status);
	}
	/* A reason of the system's counts, too: OS_REASON_DYLD was recorded so. */
	if (job_crashed(job) || settings_text("exit_reason") != NULL)
		job->crashes++;
	else
		job->crashes = 0;
	log_end(job);
	fprintf(stderr, "%s: ended, wait status 0x%x\n", job->label, (unsigned)status);
}

/* Decide after the end of a process whether and when to restart the job. */
static void
decide(struct job *job)
{
	job->state = STATE_NOT_RUNNING;
	log_job(job, NOTICE, "service state: not running");
	if (job->again) {
		job->again = false;
		respawn(job, now(), "non-ipc demand");
	} else if (job->spawn_failed || wanted_again(job)) {
		/* Retry a failed start even without KeepAlive (tests/evidence/RULES.md, 32). */
		respawn(job, throttled(job), usual_reason(job));
	}
}

/* Read the setting in each turn, so that a test can end the wait by changing it. */
static int64_t
first_start_at(const struct job *job)
{
	return job->loaded == NEVER ? NEVER : job->loaded + settings_number("spawn_delay_ms", 0);
}

static int64_t
drained_at(const struct job *job)
{
	return job->left == NEVER ? 0 : job->left + settings_number("drain_ms", 0);
}

static bool some_ended;		/* a child is there to be reaped */

/* Reap the job's process if it has ended; return true if the job was freed. */
static bool
reap(struct job *job)
{
	siginfo_t info = { 0 };
	int status;

	if (job->pid == 0 || !some_ended || waitid(P_PID, (id_t)job->pid, &info,
	    WEXITED | WNOHANG | WNOWAIT) == -1)
		return false;
	if (info.si_pid == 0)
		return false;
	/* Keep the zombie while the job drains: its pid stays valid. */
	if (job->leaving && drained_at(job) > now())
		return false;
	/* launchd-842 sends the rest of the group SIGTERM; SIGKILL leaves nothing after a test. */
	if (!job_flag(job, "AbandonProcessGroup", false))
		kill(-job->pid, SIGKILL);
	if (job->status != -1)
		job_hear(job);
	if (waitpid(job->pid, &status, 0) == -1)
		return false;
	note_end(job, status);
	job->pid = 0;
	job->kill_at = NEVER;
	if (!job->leaving && !job->spawn_failed && job_flag(job, "LaunchOnlyOnce", false)) {
		log_job(job, NOTICE, "service only configured to run once, removing");
		job->leaving = true;
	}
	if (job->leaving) {
		forget(job);
		return true;
	}
	decide(job);
	return false;
}

static void
work(struct job *job)
{
	if (reap(job))
		return;
	if (job->kill_at <= now()) {
		job->kill_at = NEVER;
		log_job(job, WARNING, "Service did not exit %d seconds after SIGTERM. Sending "
		    "SIGKILL.", job_exit_timeout(job));
		log_job(job, NOTICE, "service state: SIGKILLed");
		job->state = STATE_SIGKILLED;
		kill_group(job);
	}
	if (job->interval_at <= now()) {
		arm_interval(job);
		if (job->pid == 0 && !job->held && job->spawn_at == NEVER)
			respawn(job, throttled(job), "non-ipc demand");
	}
	if (job->pid == 0 && job->spawn_at == NEVER && !job->held && !job->penalty_box &&
	    has_path_state(job) && path_state_holds(job))
		schedule(job, throttled(job), usual_reason(job));
	if (job->spawn_at <= now() || first_start_at(job) <= now())
		start(job);
}

void
jobs_work(void)
{
	siginfo_t ended = { 0 };
	struct job *next;

	/* With a thousand jobs, asking for each would cost more than to answer a request. */
	some_ended = waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    ended.si_pid != 0;
	for (struct job *job = jobs; job != NULL; job = next) {
		next = job->next;
		work(job);
	}
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
jobs_next(void)
{
	int64_t at = NEVER;

	for (struct job *job = jobs; job != NULL; job = job->next) {
		at = earlier(at, earlier(job->spawn_at, earlier(job->kill_at, job->interval_at)));
		at = earlier(at, first_start_at(job));
		if (job->leaving && drained_at(job) > now())
			at = earlier(at, drained_at(job));
		if (job->pid == 0 && !job->penalty_box && has_path_state(job))
			at = earlier(at, now() + PATH_STATE_PERIOD);
	}
	return at;
}
