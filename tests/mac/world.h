/*
 * The world of the tests that touch files (test_files.c, test_logs.c, test_lock.c): a directory
 * that stands for "/", with what an attacker who owns the job's account could plant there. Paths
 * are as on the Mac. As root other accounts are uids without an entry anywhere; what needs root is
 * skipped otherwise. A failure in here fails the test.
 */
#ifndef WORLD_H
#define WORLD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "host/machine/host.h"

#define WORKER	501
#define STAFF	20
#define EVE	502		/* neither root nor the job's account */
#define LOCK	"/state/.lock"

extern struct host host;	/* its root is the world, its owner the tester */
extern struct error error;
extern volatile sig_atomic_t stop;		/* host's */
extern const struct identity worker;

/* Before and after each test. The end fails if a descriptor or a child was left. */
#define EACH(test)	cmocka_unit_test_setup_teardown(test, world_begin, world_end)
int	world_begin(void **state);
int	world_end(void **state);

struct identity tester(void);
void	need_root(void);			/* skips the test */

const char *real(const char *path);		/* as on this machine; four of them are kept */
void	make_folder(const char *path, mode_t);
void	make_file(const char *path, const char *text, mode_t);
void	make_link(const char *path, const char *target);
void	make_fifo(const char *path);
void	make_socket(const char *folder, const char *name);
void	give(const char *path, uid_t, gid_t);
struct stat status_of(const char *path);
struct file_identity identity_of(const char *path);	/* and lets the clock run on, so that a
							   later change shows */
bool	is_there(const char *path);

void	assert_text(const char *path, const char *expected);
void	assert_dress(const char *path, uid_t, gid_t, mode_t);

/* Fail the test unless the error names the path in quotes, why, and a fix. */
void	assert_error(enum error_kind, const char *path, const char *reason);

#endif
