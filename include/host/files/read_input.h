/*
 * A file that the caller names for himself, and reads with his own rights: any path of this
 * machine, links followed. Nothing that was read so is changed; where root acts on a file,
 * host/files/files.h is the way.
 */
#ifndef HOST_FILES_READ_INPUT_H
#define HOST_FILES_READ_INPUT_H

#include <sys/types.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/facts/facts.h"
#include "host/machine/host.h"

struct input_file {
	struct bytes	bytes;			/* owned: bytes_free() */
	uid_t		owner;
	mode_t		mode;			/* the permission bits */
	char		folder[PATH_SIZE];	/* the real path of the folder that holds it; empty:
						   not known */
};

/*
 * Reads a regular file of at most limit bytes without waiting for anything; "-" is standard input,
 * whatever that is. Root reads what an account controls as that account. -1: ERROR_FILE.
 */
int	read_input(const struct host *, const char *path, size_t limit, struct input_file *,
    struct error *);

/* The real path of a folder; false: there is none, or it is too long. */
bool	read_input_directory(const char *path, char target[PATH_SIZE]);

#endif
