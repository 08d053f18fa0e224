/*
 * What the embedded launchd and its launchctl share: where they meet below
 * the root folder, the form of a question and of its answer, and the texts
 * of the errors as a Mac numbers them.
 */
#ifndef LAUNCHD_PROTOCOL_H
#define LAUNCHD_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Both programs change into this folder, for the name of a socket must be short. */
#define RUN_FOLDER	"private/var/run"
#define SOCKET_NAME	"embedded-launchd.sock"
#define STARTER_LOCK	"embedded-launchd.starting"	/* held by the launchctl that starts a
							   launchd */
#define SERVER_LOCK	"embedded-launchd.lock"		/* held by a launchd for its whole life */
#define JOURNAL_NAME	"embedded-launchd.log"

/* What a launchctl is told to suffer from. */
enum fault {
	FAULT_NONE,
	FAULT_HANG,		/* never ends */
	FAULT_HANG_HARD,	/* nor by SIGTERM, SIGINT, SIGHUP */
	FAULT_KILLED,		/* ends by SIGKILL */
	FAULT_GARBAGE,		/* prints bytes that are no text, exits 0 */
	FAULT_MEGABYTE,		/* prints 1 MiB, exits 0 */
	FAULT_EMPTY,		/* prints nothing, exits 0 */
};

/* Followed by the caller's folder and the arguments from the verb on, each with its NUL. */
struct question {
	uint32_t size;		/* of what follows */
	uint32_t terminal;	/* whether standard output is one */
};

/* Followed by what belongs on standard output and on standard error. */
struct answer {
	int32_t status;
	uint32_t fault;
	uint32_t out;
	uint32_t err;
};

/* The text of an error by its number on a Mac; static. */
const char *error_text(int number);

/* All of it or -1. */
int write_all(int file, const void *data, size_t size);
int read_all(int file, void *data, size_t size);

/* Closes every descriptor from lowest on, but keep (-1: none). */
void close_from(int lowest, int keep);

/* A write lock on all of an open file; waits when asked to. 0 or -1. */
int lock_file(int file, int wait);

#endif
