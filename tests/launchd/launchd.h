/* The parts of the embedded launchd. One process, one thread, one poll loop. */
#ifndef LAUNCHD_LAUNCHD_H
#define LAUNCHD_LAUNCHD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <plist/plist.h>

#include "protocol.h"

#define NEVER	INT64_MAX	/* a time that does not come */

/* --- launchd.c --- */

extern char root[];		/* absolute, without a slash at its end */

int64_t now(void);		/* milliseconds, monotonic */
void *need(void *memory);	/* ends the program when memory is NULL */
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));	/* to be freed */

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
	const char *folder;	/* the caller's */
	uid_t uid;		/* the caller */
	bool terminal;
	bool asks_pid;
	FILE *out, *err;
	enum waiting waiting;
	struct job *job;
};

/* What to do once no job is loaded any more. */
enum ending { END_NOT, END_REBOOT, END_SHUTDOWN };
extern enum ending ending;

void tell_pid(struct request *request, const struct job *job);	/* if it asks */
/*
 * To be called when something happened that requests may wait for; a job that goes says so before
 * it is freed.
 */
void requests_spawned(struct job *job);
void requests_gone(struct job *job);

/* --- settings.c: the small plist that makes this launchd old, new, fast or faulty --- */

void settings_read(void);	/* at each request, so that a test may rewrite the file at any
				   time */
int settings_macos(void);	/* the major version */
int settings_macos_minor(void);
const char *settings_text(const char *name);	/* NULL: not set; static */
long settings_number(const char *name, long otherwise);
int64_t settings_scaled(double seconds);	/* as milliseconds of this launchd's clock */
/* "a,b" lists a and b, "all" everything */
bool settings_lists(const char *name, const char *word);
bool settings_take(const char *name);		/* one of N: counts down in the file; true lasts for
						   ever */
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
int account_groups(const char *user, gid_t gid, gid_t *list, int size);	/* gid first; how many */

/* --- files.c --- */

char *file_below(const char *path);		/* ROOT and path; to be freed */
plist_t file_plist(const char *path);		/* NULL: none, or no plist */
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
	const char *reason;	/* of the present or next process */
	pid_t pid;		/* 0: none */
	int status;		/* reports a failed start; -1: none */
	bool spawn_failed;
	int runs;
	int crashes;		/* one after the other */
	bool held;		/* not started before a kickstart, by a setting */
	bool leaving;		/* booted out */
	bool again;		/* start at once when the process has ended */
	enum last_exit last;
	int last_value;
	int last_status;	/* as from wait(2), for list */

	int64_t started;
	int64_t loaded;		/* NEVER: the first start is no more to come by itself */
	int64_t spawn_at;
	int64_t kill_at;
	int64_t left;		/* when it was booted out; NEVER: goes without draining */
	int64_t interval_at;
};

extern struct job *jobs;

/* Values of a job's plist; a wrong type is no value. */
plist_t job_value(const struct job *job, const char *key, plist_type type);
const char *job_text(const struct job *job, const char *key);
bool job_number(const struct job *job, const char *key, int64_t *number);
bool job_flag(const struct job *job, const char *key, bool otherwise);
char *job_program(const struct job *job);	/* as on the Mac; NULL: none; to be freed */
bool job_keeps_alive(const struct job *job);
int job_throttle(const struct job *job);	/* seconds */
int job_exit_timeout(const struct job *job);	/* seconds */

struct job *job_find(const struct domain *domain, const char *label);
/* takes plist */
struct job *job_load(const struct domain *domain, const char *path, plist_t plist);
void job_unload(struct job *job, bool at_once);	/* SIGTERM now, or SIGKILL; frees job when it has no
						   process */
void job_kick(struct job *job, bool kill_first);
void job_stop(struct job *job);			/* SIGTERM, and SIGKILL after the exit timeout */
void jobs_work(void);				/* does what is due: reaps, starts, kills,
						   unloads */
int64_t jobs_next(void);			/* when jobs_work is due again */
void job_hear(struct job *job);			/* reads job->status */

/* --- spawn.c --- */

/* Forks. 0 and job's pid and status are set, or -1. */
int spawn(struct job *job);

/* --- print.c --- */

void print_job(const struct job *job, FILE *out);
void print_domain(const struct domain *domain, FILE *out);
void print_disabled(const struct domain *domain, FILE *out);
void print_list(const struct domain *domain, FILE *out);
void print_list_job(const struct job *job, FILE *out);
const char *print_signal(int number);		/* "Terminated: 15"; static */
int print_signal_number(const char *word);	/* this system's, by a Mac's number or name; -1:
						   none */
/* as in "domain for user gui: 501" */
void print_domain_words(const struct domain *domain, FILE *out);

/* --- verbs.c --- */

int verb_run(struct request *request);		/* the exit status, or what to wait for in
						   request */

/* --- load.c --- */

plist_t overrides_read(const struct domain *domain);	/* label to boolean, true = disabled; to be
							   freed */
int overrides_set(const struct domain *domain, const char *label, bool disabled);
/*
 * The plist at a path of the Mac; 0 or the error. 0 and *denied: Login Items keep it out without a
 * word.
 */
int load(const struct domain *domain, const char *path, bool *denied);
void load_all(void);			/* what a Mac loads when it starts */

#endif
