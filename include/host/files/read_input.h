/*
 * Read a file that the caller names, with the caller's own rights: any path of this machine, links
 * followed. Nothing read this way is changed; where root acts on a file, use host/files/files.h.
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
	char		folder[PATH_SIZE];	/* the real path of its directory; empty: unknown */
};

/*
 * Read a regular file of at most limit bytes without waiting for anything; "-" is standard input,
 * of any kind. Root reads what an account controls as that account. Returns 0, or -1 with
 * ERROR_FILE.
 */
int	read_input(const struct host *, const char *path, size_t limit, struct input_file *,
    struct error *);

/* Make the path absolute, without a leading "./"; its links stay. False: it is too long. */
bool	read_input_full_path(const char *path, char target[PATH_SIZE]);

/* Write the real path of a directory. Returns false if it does not exist or is too long. */
bool	read_input_directory(const char *path, char target[PATH_SIZE]);

#endif
