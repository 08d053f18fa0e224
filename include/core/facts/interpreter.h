/*
 * Find the interpreter of a script from its first line, "#!/bin/sh -e", and the command that env(1)
 * would run. An account that can change that program runs code as the job's user, as if it could
 * change the script.
 */
#ifndef CORE_FACTS_INTERPRETER_H
#define CORE_FACTS_INTERPRETER_H

#include <stdbool.h>

#include "core/facts/facts.h"

#define INTERPRETER_DEPTH	5	/* interpreters may be scripts; kernels stop as early */

/*
 * Read the start of a file, zero-terminated. Return false if it is not a script. Words are split at
 * blanks, as macOS does; Linux passes the rest of the line as one word, which env -S splits.
 */
bool	interpreter_read(struct interpreter *, const char *begin);

/* Return whether the program is env(1), by its name. */
bool	interpreter_is_env(const char *program);

/*
 * Read the words of a command line: env runs another program, and a shell or other interpreter,
 * with or without env, runs a script. Return false if it is neither, reads no file (-c), or its
 * options do not show which (script_vague).
 */
bool	interpreter_of_words(struct interpreter *, const char *const words[], size_t count);

/*
 * Write the path of the index-th file (from 0) that env would try for a command: one for each
 * directory of search, or just the command if it has a slash. Return false after the last. search
 * is the PATH of env; empty: the PATH that launchd gives to jobs. A relative path starts in the
 * job's working directory; empty: "/".
 */
bool	interpreter_candidate(const char *command, const char *search,
    const char *working_directory, size_t index, char path[PATH_SIZE]);

/* Return how others can change the file or its path; the file may be missing. */
enum weakness interpreter_weakness(const struct file_fact *, uid_t owner);

#endif
