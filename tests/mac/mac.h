/*
 * A temporary Mac: a directory laid out like one (make_mac.sh), owned by the tester, and a
 * launchctl that keeps a journal of its calls.
 *
 * MAC_SCRIPTED: launchctl is a script that gives the test's answers. At first nothing is loaded
 * (print 113) or disabled, and every other verb succeeds and changes nothing. MAC_LAUNCHD: the
 * embedded launchd, which really starts programs; 10 seconds of its clock are a tenth of one.
 *
 * Tests run in the top directory of the project and find the programs of their build in $BUILD. A
 * failure in here fails the test. Returned strings are valid until the mac is freed.
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
#define LOG	"/private/var/log/com.example.job.log"
#define ERRORS	"/private/var/log/com.example.job.err"

#define MAC_NOTHING_DISABLED	"\n\tdisabled services = {\n\t}\n"

enum mac_kind { MAC_SCRIPTED, MAC_LAUNCHD };

struct mac {
	enum mac_kind	 kind;
	char		 folder[160];	/* holds all; the real path */
	char		 root[168];	/* folder/root: "/" of the Mac */
	char		 script[168];	/* folder/script: answers and journal of the launchctl */
	char		 launchctl[184];/* given to lnpctl; empty: it is offline */
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
 * Run a command of lnpctl, with its output in mac->out and mac->err, and return its exit status.
 * "--root" and "--launchctl" are inserted after the command's name. The line is split at spaces;
 * the second form takes words, ended by NULL. Fails the test if a file descriptor or a child is
 * left.
 */
int	mac_command(struct mac *, const char *line);
int	mac_words(struct mac *, const char *const words[]);

/*
 * "install --label com.example.job --user worker --group staff" and these options, -- and this
 * program with its arguments.
 */
int	mac_install(struct mac *, const char *options, const char *program);

/* The words as main() and execv() take them. */
char *const *mac_argv(const char *const words[]);

/* ---- launchctl ---- */

/* The calls so far, one per line: "print system/com.example.job"; the last one; clear them. */
const char *mac_calls(struct mac *);
const char *mac_last_call(struct mac *);
void	mac_forget_calls(struct mac *);

/* Return the number of calls of a verb. */
int	mac_count(struct mac *, const char *verb);

/*
 * Set what the scripted launchctl does from now on when this verb is called; "print-domain" is
 * print of gui/UID and user/UID, which at first do not exist.
 */
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

/* Let print find the job, with this state, and this pid unless it is 0. */
void	mac_answer_job(struct mac *, const char *state, long pid);

/* The settings that follow take effect after a call of this verb; NULL: at once again. */
void	mac_after(struct mac *, const char *verb);

/* Run the embedded launchctl, without the journal; return its status. Split at spaces. */
int	mac_launchctl(struct mac *, const char *line);

/* Return the pid of com.example.job that launchctl prints, or 0. */
pid_t	mac_pid(struct mac *);

/* ---- files: paths as on the Mac ---- */

const char *mac_path(struct mac *, const char *path);	/* as on this machine */
bool	mac_exists(struct mac *, const char *path);
const char *mac_read(struct mac *, const char *path);	/* the text; fails the test when it is not
							   there */
void	mac_write(struct mac *, const char *path, const char *text);
void	mac_append(struct mac *, const char *path, const char *text);
void	mac_remove(struct mac *, const char *path);
void	mac_renew(struct mac *, const char *program);	/* another file and content, which does the
							   same */
void	mac_make_folder(struct mac *, const char *path);
void	mac_set_mode(struct mac *, const char *path, mode_t);
void	mac_set_owner(struct mac *, const char *path, uid_t, gid_t);
bool	mac_quarantine(struct mac *, const char *path);	/* false: not possible on this file
							   system */

/*
 * Return owner, group and mode, "501:20 0640", or "missing". For worker's files the ids are
 * mac->worker_uid and worker_gid.
 */
const char *mac_owner(struct mac *, const char *path);

/* Wait until the file has this text; false after half a minute. */
bool	mac_wait_for(struct mac *, const char *path, const char *text);

/*
 * List all files except the launchd's own, one per line, sorted: the paths; or the paths with
 * inode, mode, owner, times and content.
 */
const char *mac_paths(struct mac *);
const char *mac_tree(struct mac *);

/* Return the lines that differ between two of those: "-was" and "+is". */
const char *mac_difference(struct mac *, const char *was, const char *is);

/* Fail the test unless nothing has changed since this result of mac_tree(). */
void	assert_same_tree(struct mac *, const char *before);

/* ---- answers ---- */

/* Fail the test, with the command's error, unless its status was this. */
#define assert_status(mac, command, expected) \
	assert_status_of(mac, command, expected, #command, __LINE__)
void	assert_status_of(struct mac *, int status, int expected, const char *command, int line);

/* Fail the test unless the text contains, or lacks, that part. */
void	assert_has(const char *text, const char *part);
void	assert_has_not(const char *text, const char *part);

/*
 * Return the raw value of the first key of this name in mac->out: "running" with its quotes, 12,
 * null, true; an object or array as "{" or "[". NULL: no such key.
 */
const char *mac_json(struct mac *, const char *key);

/* Return the result of a check in mac->out, of --json: "pass", "fail", ...; NULL: no such check. */
const char *mac_check(struct mac *, const char *id);

#endif
