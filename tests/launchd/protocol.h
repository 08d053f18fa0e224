/*
 * What the embedded launchd and its launchctl share: the socket below the
 * root directory, the formats of question and answer, and the texts of the
 * errors by their macOS numbers.
 */
#ifndef LAUNCHD_PROTOCOL_H
#define LAUNCHD_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Both programs change into this directory, because a socket's path must be short. */
#define RUN_FOLDER	"private/var/run"
#define SOCKET_NAME	"embedded-launchd.sock"
#define STARTER_LOCK	"embedded-launchd.starting"	/* held by a launchctl starting launchd */
#define SERVER_LOCK	"embedded-launchd.lock"		/* held by launchd until it ends */
#define JOURNAL_NAME	"embedded-launchd.log"

/* The fault that a launchctl has to simulate. */
enum fault {
	FAULT_NONE,
	FAULT_HANG,		/* never ends */
	FAULT_HANG_HARD,	/* and ignores SIGTERM, SIGINT, SIGHUP */
	FAULT_KILLED,		/* dies of SIGKILL */
	FAULT_GARBAGE,		/* prints bytes that are not text, exits 0 */
	FAULT_MEGABYTE,		/* prints 1 MiB, exits 0 */
	FAULT_EMPTY,		/* prints nothing, exits 0 */
};

/* Followed by the caller's directory and the arguments from the verb on, NUL-terminated. */
struct question {
	uint32_t size;		/* of what follows */
	uint32_t terminal;	/* whether standard output is one */
};

/* Followed by the text for standard output and that for standard error. */
struct answer {
	int32_t status;
	uint32_t fault;
	uint32_t out;
	uint32_t err;
};

/* Return the text of an error by its macOS number; static. */
const char *error_text(int number);

/* Write or read all of it; return 0 or -1. */
int write_all(int file, const void *data, size_t size);
int read_all(int file, void *data, size_t size);

/* Close every descriptor from lowest up except keep (-1: none). */
void close_from(int lowest, int keep);

/* Lock an open file for writing, waiting if wait is set. Return 0 or -1. */
int lock_file(int file, int wait);

#endif
