/* The parts of the embedded launchd. One process, one thread, one poll loop. */
#ifndef LAUNCHD_LAUNCHD_H
#define LAUNCHD_LAUNCHD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <plist/plist.h>

#include "protocol.h"

#define NEVER	INT64_MAX	/* a time that never comes */
#define SESSION	100015		/* the audit session of every gui and user domain */

/* --- launchd.c --- */

extern char root[];		/* absolute, without a slash at its end */

int64_t now(void);		/* milliseconds, monotonic */
void *need(void *memory);	/* exits if memory is NULL */
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));	/* caller frees */

/* What a request still waits for when its verb has returned. */
enum waiting {
	WAIT_NOT,
	WAIT_SPAWNED,	/* the job's next process */
	WAIT_GONE,	/* the job is unloaded */
	WAIT_EMPTY,	/* no job is loaded */
};

struct request {
	int argc;
	char **argv;		/* argv[0] is the verb */
	const char *folder;	/* the caller's working directory */
	uid_t uid;		/* the caller */
	pid_t pid;		/* of its launchctl */
	bool terminal;
	bool asks_pid;
	FILE *out, *err;
	enum waiting waiting;
	struct job *job;
};

/* What to do once no job is loaded any more. */
enum ending { END_NOT, END_REBOOT, END_SHUTDOWN };
extern enum ending ending;

void tell_pid(struct request *request, const struct job *job);	/* if asks_pid */
/* Answer the requests that wait for this. Call requests_gone() before freeing a job. */
void requests_spawned(struct job *job);
void requests_gone(struct job *job);

/* --- settings.c: the small plist that makes this launchd old, new, fast or faulty --- */

void settings_read(void);	/* for each request: a test may rewrite the file any time */
int settings_macos(void);	/* the major version */
int settings_macos_minor(void);
const char *settings_text(const char *name);	/* NULL: not set; static */
long settings_number(const char *name, long otherwise);
int64_t settings_scaled(double seconds);	/* as milliseconds of this launchd's clock */
int64_t settings_unscaled(int64_t milliseconds);	/* of the host, as this launchd counts */
/* "a,b" lists a and b, "all" everything */
bool settings_lists(const char *name, const char *word);
bool settings_take(const char *name);		/* count down in the file; true never ends */
/* see the README: VERB[=VALUE][*N|@N],... */
bool settings_hit(const char *name, const char *verb, int *value);
void settings_set(const char *name, const char *value);	/* NULL removes */
void settings_print(FILE *stream);

/* --- account.c: the accounts below the root folder --- */

struct account {
	char name[128];
	uid_t uid;
	gid_t gid;
	char home[1024];
	char shell[256];
};

bool account_by_name(const char *name, struct account *account);
bool account_by_uid(uid_t uid, struct account *account);
bool account_group(const char *name, gid_t *gid);
/* Return the number of groups in list, gid first. */
int account_groups(const char *user, gid_t gid, gid_t *list, int size);

/* --- files.c --- */

char *file_below(const char *path);		/* ROOT and path; caller frees */
plist_t file_plist(const char *path);		/* NULL: missing, or not a plist */
int file_write(const char *path, plist_t plist);
bool file_quarantined(const char *path);

/* --- job.c --- */

struct domain {
	enum { DOMAIN_SYSTEM, DOMAIN_USER, DOMAIN_GUI } kind;
	uid_t uid;
};

enum state {
	STATE_NOT_RUNNING,
	STATE_SPAWN_SCHEDULED,
	STATE_XPCPROXY,
	STATE_RUNNING,
	STATE_SIGTERMED,
	STATE_SIGKILLED,
};

enum last_exit { EXIT_NEVER, EXIT_CODE, EXIT_SIGNAL };

struct job {
	struct job *next;
	struct domain domain;
	char *label;
	char *path;		/* as on the Mac */
	plist_t plist;
	int number;		/* for coalition IDs */

	enum state state;
	const char *reason;	/* of the current or next process */
	pid_t pid;		/* 0: none */
	int status;		/* reports a failed start; -1: none */
	bool spawn_failed;
	bool old_requirement;	/* by a setting: launchd holds that of another program */
	bool penalty_box;	/* its program was missing: no start before it is loaded again */
	int runs;
	int crashes;		/* in a row */
	bool held;		/* by a setting: do not start before a kickstart */
	bool leaving;		/* booted out */
	bool again;		/* start at once when the process has ended */
	enum last_exit last;
	int last_value;
	int last_status;	/* as from wait(2), for list */

	int64_t started;
	int64_t loaded;		/* NEVER: no first start is due */
	int64_t spawn_at;
	int64_t kill_at;
	int64_t left;		/* when it was booted out; NEVER: no draining */
	int64_t interval_at;
};

extern struct job *jobs;

/* Values of a job's plist; one of the wrong type counts as missing. */
plist_t job_value(const struct job *job, const char *key, plist_type type);
const char *job_text(const struct job *job, const char *key);
bool job_number(const struct job *job, const char *key, int64_t *number);
bool job_flag(const struct job *job, const char *key, bool otherwise);
char *job_program(const struct job *job);	/* as on the Mac, or NULL; caller frees */
bool job_keeps_alive(const struct job *job);
bool job_crashed(const struct job *job);	/* by the signal that ended it last */
int job_throttle(const struct job *job);	/* seconds */
int job_exit_timeout(const struct job *job);	/* seconds */

struct job *job_find(const struct domain *domain, const char *label);
/* takes ownership of plist */
struct job *job_load(const struct domain *domain, const char *path, plist_t plist);
/* Send SIGTERM, or SIGKILL at once; free a job without a process. */
void job_unload(struct job *job, bool at_once);
int job_kick(struct job *job, bool kill_first);	/* 0, or why it cannot start */
void job_stop(struct job *job);			/* SIGTERM, and SIGKILL after the exit timeout */
void jobs_work(void);				/* reap, start, kill, unload what is due */
int64_t jobs_next(void);			/* when jobs_work is due again */
void job_hear(struct job *job);			/* reads job->status */

/* --- spawn.c --- */

/* What a process that could not start its program writes to the pipe job->status. */
struct failure {
	int error;
	enum {
		FAILED_REQUIREMENT,	/* the LWCR, lightweight code requirement */
		FAILED_ACCOUNT,
		FAILED_FOLDER,		/* the working directory */
		FAILED_LOG_FOLDER,
		FAILED_QUARANTINED,
		FAILED_MISSING,		/* the program is not there, or not executable */
		FAILED_SPAWN,		/* a log that cannot be opened, or exec */
	} at;
	int stream;			/* of FAILED_LOG_FOLDER */
};

/* Fork; set the job's pid and status. Return 0 or -1. */
int spawn(struct job *job);
bool job_umask(const struct job *job, mode_t *mask);	/* false: the plist has none */

/* --- log.c: launchd's own log --- */

enum level { FAULT, WARNING, NOTICE };

void log_domain(const struct domain *domain, enum level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void log_job(const struct job *job, enum level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void log_will_spawn(const struct job *job);
void log_spawned(const struct job *job);
void log_running(const struct job *job);
void log_failure(const struct job *job, const struct failure *failure);
void log_end(const struct job *job);		/* while its state and pid are still those */
void log_throttle(const struct job *job, int64_t at);	/* nothing if it is not later */

/* --- print.c --- */

void print_job(const struct job *job, FILE *out);
void print_domain(const struct domain *domain, FILE *out);
void print_disabled(const struct domain *domain, FILE *out);
void print_list(const struct domain *domain, FILE *out);
void print_list_job(const struct job *job, FILE *out);
const char *print_signal(int number);		/* "Terminated: 15"; static */
const char *print_signal_name(int number);	/* "TERM" */
/* Return this system's number of a Mac's signal name or number, or -1. */
int print_signal_number(const char *word);
void print_domain_target(const struct domain *domain, FILE *out);	/* as in "gui/501" */
/* as in "domain for user gui: 501" */
void print_domain_words(const struct domain *domain, FILE *out);

/* --- verbs.c --- */

int verb_run(struct request *request);		/* exit status; or sets request->waiting */
int verb_usage(struct request *request);	/* prints the verb's; returns 64 */
/* Return a caller's path as on the Mac; it may be relative, absolute, or begin with ROOT. */
char *request_path(const struct request *request, const char *given);
/* Find the job of a plist by its path, or by its label if the plist was moved. */
struct job *request_job(const struct domain *domain, const char *path);
/* As load(), with the faults that the settings have for it, and a line in the log. */
int request_load(const struct request *request, const struct domain *domain, const char *path,
    bool force);
int request_override(const struct request *request, const struct domain *domain, const char *label,
    bool disabled);
/* Return 0 or an error; with wait, the request is answered when the job is gone. */
int request_bootout(struct request *request, struct job *job, bool wait);

/* --- legacy.c: verbs for verbs.c --- */

int verb_load(struct request *request);		/* and unload */
int verb_start(struct request *request);
int verb_stop(struct request *request);
int verb_remove(struct request *request);
int verb_list(struct request *request);

/* --- load.c --- */

/* Return a dictionary of labels, true = disabled; the caller frees it. */
plist_t overrides_read(const struct domain *domain);
int overrides_set(const struct domain *domain, const char *label, bool disabled);
char *plist_label(const char *path);	/* of a plist at a path of the Mac, or NULL; caller frees */
/*
 * Load the plist at a path of the Mac, with force even if it is disabled; return 0 or the error
 * that launchctl gets. 0 with *denied: Login Items blocked it silently.
 */
int load(const struct domain *domain, const char *path, bool force, bool *denied);
void load_all(void);			/* what a Mac loads when it starts */

#endif
