#define _DEFAULT_SOURCE
/*
 * launchd's own log, for root alone, as a Mac has it: "2026-11-28 15:04:05.123456
 * (system/LABEL [PID]) <Notice>: text", in local time. The texts and their sources:
 * tests/evidence/RULES.md, 86 to 91. The day and time are the host's, durations those of this
 * launchd's clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "launchd.h"

/* From RUN_FOLDER, the working directory: a new folder in ROOT's place gets no log. */
#define FOLDER	"../log/com.apple.xpc.launchd"
#define NAME	FOLDER "/launchd.log"

static void __attribute__((format(printf, 3, 0)))
write_line(const char *tag, enum level level, const char *format, va_list arguments)
{
	static const char *const levels[] = { "Error", "Warning", "Notice" };
	char words[2048], date[64];
	struct timeval time;
	struct tm local;
	char *line;
	int file;

	gettimeofday(&time, NULL);
	localtime_r(&time.tv_sec, &local);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &local);
	vsnprintf(words, sizeof(words), format, arguments);
	line = text("%s.%06ld (%s) <%s>: %s\n", date, (long)time.tv_usec, tag, levels[level],
	    words);
	mkdir(FOLDER, 0755);
	file = open(NAME, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file != -1) {
		write_all(file, line, strlen(line));
		close(file);
	}
	free(line);
}

/* Return "system" or "gui/501"; the caller frees it. */
static char *
domain_text(const struct domain *domain)
{
	char *words = NULL;
	size_t size;
	FILE *stream = need(open_memstream(&words, &size));

	print_domain_target(domain, stream);
	fclose(stream);
	return need(words);
}

void
log_domain(const struct domain *domain, enum level level, const char *format, ...)
{
	char *target = domain_text(domain);
	char *tag = domain->kind == DOMAIN_SYSTEM ? text("%s", target) :
	    text("%s [%d]", target, SESSION);
	va_list arguments;

	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	write_line(tag, level, format, arguments);
	va_end(arguments);
	free(tag);
	free(target);
}

void
log_job(const struct job *job, enum level level, const char *format, ...)
{
	char *target = domain_text(&job->domain);
	char *tag = job->pid == 0 ? text("%s/%s", target, job->label) :
	    text("%s/%s [%d]", target, job->label, (int)job->pid);
	va_list arguments;

	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	write_line(tag, level, format, arguments);
	va_end(arguments);
	free(tag);
	free(target);
}

/* --- the life of a job --- */

void
log_will_spawn(const struct job *job)
{
	log_job(job, NOTICE, "internal event: WILL_SPAWN, code = 0");
	log_job(job, NOTICE, "service state: spawn scheduled");
	log_job(job, NOTICE, "service state: spawning");
	log_job(job, NOTICE, "launching: %s", job->reason);
}

void
log_spawned(const struct job *job)
{
	log_job(job, NOTICE, "xpcproxy spawned with pid %d", (int)job->pid);
	log_job(job, NOTICE, "internal event: SPAWNED, code = 0");
	log_job(job, NOTICE, "service state: xpcproxy");
}

void
log_running(const struct job *job)
{
	char *program = job_program(job);
	const char *slash = strrchr(program, '/');

	log_job(job, NOTICE, "service state: running");
	log_job(job, NOTICE, "internal event: INIT, code = 0");
	/* A process's name has 16 characters at most. */
	log_job(job, NOTICE, "Successfully spawned %.16s[%d] because %s",
	    slash == NULL ? program : slash + 1, (int)job->pid, job->reason);
	free(program);
}

/* A Mac's number; the small ones are the same everywhere. */
static int
mac_error(int error)
{
	return error == ELOOP ? 62 : error == ENAMETOOLONG ? 63 : error;
}

/* Write why xpcproxy could not start the program, with the error that it reports. */
static void
log_initialization(const struct job *job, const char *why, int error)
{
	log_job(job, FAULT, "Service could not initialize: %s, error 0x%x - %s", why,
	    (unsigned)error, error_text(error));
	log_job(job, FAULT, "initialization failure: 24F74: xpcproxy + 36768 "
	    "[1088][00000000-0000-0000-0000-000000000000]: 0x%x", (unsigned)error);
}

static void
log_missing(const struct job *job, const char *program, int error)
{
	char *why = text("access(%s, X_OK) failed with errno %d - %s", program, error,
	    error_text(error));

	log_job(job, WARNING, "Could not find and/or execute program specified by service: %d: "
	    "%s: %s", error, error_text(error), program);
	log_initialization(job, why, 111);
	log_job(job, NOTICE, "Service setup event to handle failure and will not launch until it "
	    "fires.");
	log_job(job, FAULT, "Missing executable detected. Job: '%s' Executable: '%s'", job->label,
	    program);
	free(why);
}

static void
log_log_folder(const struct job *job, int stream, int error)
{
	static const char *const streams[] = { "stdin", "stdout", "stderr" };
	static const char *const keys[] = { "StandardInPath", "StandardOutPath",
	    "StandardErrorPath" };
	char *why = text("Unable to create %s directory (%s)", streams[stream],
	    job_text(job, keys[stream]));

	log_initialization(job, why, error);
	free(why);
}

void
log_failure(const struct job *job, const struct failure *failure)
{
	char *program = job_program(job), *why = NULL;
	int error = mac_error(failure->error), code = error;

	switch (failure->at) {
	case FAILED_REQUIREMENT:
		why = text("Unable to get updated LWCR for (00000000-0000-0000-0000-000000000000, "
		    "%s, %u)", job->path, (unsigned)job->domain.uid);
		log_initialization(job, why, error);
		break;
	case FAILED_ACCOUNT:
		log_job(job, WARNING, "Could not find uid associated with service: %d: %s", error,
		    error_text(error));
		break;
	case FAILED_FOLDER:
		why = text("Unable to set current working directory. error = %d: %s, path = %s",
		    error, error_text(error), job_text(job, "WorkingDirectory"));
		log_initialization(job, why, error);
		break;
	case FAILED_LOG_FOLDER:
		log_log_folder(job, failure->stream, error);
		break;
	case FAILED_QUARANTINED:
		code = 155;
		log_job(job, WARNING, "Could not find and/or execute program specified by "
		    "service: 155: %s: %s", error_text(code), program);
		break;
	case FAILED_MISSING:
		code = 111;
		log_missing(job, program, error);
		break;
	case FAILED_SPAWN:
		why = text("posix_spawn(%s)", program);
		log_initialization(job, why, error);
		break;
	}
	log_job(job, NOTICE, "internal event: INIT, code = %d", code);
	free(why);
	free(program);
}

/* Return how a process ended, as launchd words it; the caller frees it. */
static char *
ending_text(const struct job *job)
{
	static const struct {
		int number;
		const char *name;
	} namespaces[] = { { 3, "OS_REASON_CODESIGNING" }, { 6, "OS_REASON_DYLD" },
	    { 11, "OS_REASON_TCC" } };
	const char *reason = settings_text("exit_reason"), *name;
	bool ours = job->state == STATE_SIGTERMED || job->state == STATE_SIGKILLED;
	int space = 0;

	if (reason != NULL) {
		for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
			if (strcmp(namespaces[i].name, reason) == 0)
				space = namespaces[i].number;
		return text("exited with exit reason (namespace: %d code: 0x1) - %s", space,
		    reason);
	}
	if (job->last == EXIT_CODE)
		return text("exited due to exit(%d)", job->last_value);
	name = print_signal_name(job->last_value);
	if (ours)
		return text("exited due to SIG%s | sent by launchd[1]", name);
	if (job_crashed(job))
		return text("exited due to SIG%s | sent by exc handler[%d]", name, (int)job->pid);
	return text("exited due to SIG%s", name);
}

void
log_end(const struct job *job)
{
	char *words = ending_text(job);

	if (job->spawn_failed)
		log_job(job, NOTICE, "xpcproxy exited due to exit(%d)", job->last_value);
	if (settings_macos() < 13)
		log_job(job, NOTICE, "%s", words);
	else
		log_job(job, NOTICE, "%s, ran for %lldms", words,
		    (long long)settings_unscaled(now() - job->started));
	if (job->crashes > 0)
		log_job(job, NOTICE, "service has crashed %d times in a row (last was not dirty)",
		    job->crashes);
	log_job(job, NOTICE, "service state: exited");
	log_job(job, NOTICE, "internal event: EXITED, code = 0");
	free(words);
}

void
log_throttle(const struct job *job, int64_t at)
{
	int64_t present = now(), ran = settings_unscaled(present - job->started) / 1000;
	int64_t wait = (settings_unscaled(at - present) + 999) / 1000;

	if (wait <= 0)
		return;
	log_job(job, NOTICE, "Service only ran for %lld seconds. Pushing respawn out by %lld "
	    "seconds.", (long long)ran, (long long)wait);
	if (job->crashes > 2)
		log_job(job, WARNING, "Exponential throttling is in effect for %lld seconds.",
		    (long long)wait);
}
