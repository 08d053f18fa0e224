/*
 * A temporary Mac: a folder with the shape of one (make_mac.sh), whose owner is the tester, and a
 * launchctl that keeps a journal of its calls.
 *
 * MAC_SCRIPTED: launchctl is a script that answers what the test says. At first: nothing is loaded
 * (print 113), nothing disabled, every other verb succeeds and changes nothing. MAC_LAUNCHD: the
 * embedded launchd, which really starts programs; 10 seconds of its clock are a tenth of one.
 *
 * Tests run in the top folder of the project and find the programs of their build in $BUILD. What
 * goes wrong in here fails the test. Strings that are returned are the mac's: valid until it is
 * freed.
 */
#ifndef MAC_H
#define MAC_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* tests/worker.c; there on every mac */
#define MAC_WORKER	"/usr/local/bin/agentworker"
/* runs on, writes nothing after its first lines */
#define MAC_QUIET	MAC_WORKER " --report --interval 100000"

/* com.example.job's. */
#define STATE	"/Library/Application Support/lnpctl"
#define LOCK	STATE "/.lock"
#define RECEIPT	STATE "/com.example.job.plist"
#define PLIST	"/Library/LaunchDaemons/com.example.job.plist"
#define LOG	"/private/var/log/job.log"
#define ERRORS	"/private/var/log/job.err"

#define MAC_NOTHING_DISABLED	"\n\tdisabled services = {\n\t}\n"

enum mac_kind { MAC_SCRIPTED, MAC_LAUNCHD };

struct mac {
	enum mac_kind	 kind;
	char		 folder[160];	/* holds all; the real path */
	char		 root[168];	/* folder/root: "/" of the Mac */
	char		 script[168];	/* folder/script: answers and journal of the launchctl */
	char		 launchctl[184];/* given to lnpctl; empty: --launchctl is not given, so lnpctl is offline */
	const char	*after;		/* see mac_after() */
	bool		 as_root;	/* the tester is root, so worker is another account */
	uid_t		 worker_uid;	/* 501, or the tester's */
	gid_t		 worker_gid;	/* 20, or the tester's */
	volatile sig_atomic_t stop;	/* given to lnpctl */
	char		*out, *err;	/* of the last command */
	struct kept	*kept;
};

/* A test with a mac of its own as *state, of either kind. */
#define SCRIPTED(test)	cmocka_unit_test_setup_teardown(test, mac_scripted, mac_end)
#define EMBEDDED(test)	cmocka_unit_test_setup_teardown(test, mac_embedded, mac_end)
int	mac_scripted(void **state);
int	mac_embedded(void **state);
int	mac_end(void **state);

struct mac *mac_new(enum mac_kind);
void	mac_free(struct mac *);		/* ends the embedded launchd and its jobs, removes
					   everything */

/* ---- lnpctl ---- */

/*
 * Runs a command of lnpctl and returns its exit status; mac->out and mac->err are what it printed.
 * "--root" and "--launchctl" are put after the command's name. The line is split at blanks; the
 * second form takes words, ended by NULL. Fails the test when a file descriptor or a child is left
 * behind.
 */
int	mac_command(struct mac *, const char *line);
int	mac_words(struct mac *, const char *const words[]);

/*
 * "install --label com.example.job --user worker --group staff" and these options, -- and this
 * program with its arguments.
 */
int	mac_install(struct mac *, const char *options, const char *program);

/* The words in the form that main() and execv() take; they change nothing. */
char *const *mac_argv(const char *const words[]);

/* ---- launchctl ---- */

/*
 * The calls so far, a line each: "print system/com.example.job"; the last one alone; and to begin
 * anew.
 */
const char *mac_calls(struct mac *);
const char *mac_last_call(struct mac *);
void	mac_forget_calls(struct mac *);

/* Calls of a verb so far. */
int	mac_count(struct mac *, const char *verb);

/* What the scripted launchctl does from now on when this verb is called. */
void	mac_answer(struct mac *, const char *verb, const char *text, int status);
void	mac_answer_file(struct mac *, const char *verb, const char *path);
void	mac_answer_megabyte(struct mac *, const char *verb);
/* a line on standard error, and this status */
void	mac_refuse(struct mac *, const char *verb, int status);
void	mac_hang(struct mac *, const char *verb);
void	mac_die(struct mac *, const char *verb);		/* by SIGKILL */
/* lnpctl gets a SIGTERM once the verb has acted */
void	mac_interrupt(struct mac *, const char *verb);
void	mac_lose_launchctl(struct mac *);			/* the program is missing */

/* print finds the job: its state, and pid unless that is 0. */
void	mac_answer_job(struct mac *, const char *state, long pid);

/*
 * What is said next is to hold only once launchctl was called with this verb; NULL: what is said
 * next holds at once.
 */
void	mac_after(struct mac *, const char *verb);

/*
 * Asks the embedded launchctl itself, past the journal; returns its status. The line is split at
 * blanks.
 */
int	mac_launchctl(struct mac *, const char *line);

/* The pid of com.example.job that launchctl prints, 0 for none. */
pid_t	mac_pid(struct mac *);

/* ---- files: paths as on the Mac ---- */

const char *mac_path(struct mac *, const char *path);	/* as on this machine */
bool	mac_exists(struct mac *, const char *path);
const char *mac_read(struct mac *, const char *path);	/* the text; fails the test when it is not
							   there */
void	mac_write(struct mac *, const char *path, const char *text);
void	mac_append(struct mac *, const char *path, const char *text);
void	mac_remove(struct mac *, const char *path);
void	mac_make_folder(struct mac *, const char *path);
void	mac_set_mode(struct mac *, const char *path, mode_t);
void	mac_set_owner(struct mac *, const char *path, uid_t, gid_t);
bool	mac_quarantine(struct mac *, const char *path);	/* false: not possible on this file
							   system */

/*
 * Owner, group and mode: "501:20 0640"; "missing". Of a worker's file the numbers are
 * mac->worker_uid and worker_gid.
 */
const char *mac_owner(struct mac *, const char *path);

/* Waits until the file has this text; false after half a minute without. */
bool	mac_wait_for(struct mac *, const char *path, const char *text);

/*
 * All there is but the launchd's own files, a line each, sorted: the paths; or the paths with
 * inode, mode, owner, times and content.
 */
const char *mac_paths(struct mac *);
const char *mac_tree(struct mac *);

/* The lines that only one of two of those has: "-was" and "+is". */
const char *mac_difference(struct mac *, const char *was, const char *is);

/* Fails the test unless nothing has changed since mac_tree() gave this. */
void	assert_same_tree(struct mac *, const char *before);

/* ---- answers ---- */

/*
 * Fails the test unless the command gave this status. Of numbers the test would only say "1 != 0";
 * the error says why.
 */
#define assert_status(mac, command, expected)	assert_status_of(mac, command, expected, #command, __LINE__)
void	assert_status_of(struct mac *, int status, int expected, const char *command, int line);

/* Fails the test unless the text has that part, or has it not. */
void	assert_has(const char *text, const char *part);
void	assert_has_not(const char *text, const char *part);

/*
 * The value of the first key of this name in mac->out, raw: "running" with its quotes, 12, null,
 * true; an object or array as "{" or "[". NULL: no such key.
 */
const char *mac_json(struct mac *, const char *key);

/*
 * The result of a check in mac->out, which is of --json: "pass", "fail", ...; NULL: there is no
 * such check.
 */
const char *mac_check(struct mac *, const char *id);

#endif
