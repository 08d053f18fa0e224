/*
 * What a script is run by: its first line, "#!/bin/sh -e", and what env(1) would look for there.
 * Whoever can change that program runs code as the job's user, as if he could change the script.
 */
#ifndef CORE_FACTS_INTERPRETER_H
#define CORE_FACTS_INTERPRETER_H

#include <stdbool.h>

#include "core/facts/facts.h"

#define INTERPRETER_DEPTH	5	/* interpreters may be scripts; kernels give up as soon */

/*
 * Reads the beginning of a file, which ends with a zero byte. False: it is no script. Words are
 * split at blanks, as macOS does; Linux gives the rest of the line to the interpreter as one word,
 * which env -S splits.
 */
bool	interpreter_read(struct interpreter *, const char *begin);

bool	interpreter_is_env(const char *program);

/*
 * Reads the words of a command line: a program that is env runs another, too, and a shell or
 * another interpreter, by itself or by env, a script. False: it is none of them, or its options say
 * that it reads no file (-c), or are not known.
 */
bool	interpreter_of_words(struct interpreter *, const char *const words[], size_t count);

/*
 * Where env looks for a command, one directory after the other, or the command's own path: writes
 * the path of the first, second... False: there is no such. search is the PATH of env; empty: the
 * one that launchd gives to jobs. What is not a full path begins in the job's working directory;
 * empty: "/".
 */
bool	interpreter_candidate(const char *command, const char *search,
    const char *working_directory, size_t number,
	    char path[PATH_SIZE]);

/*
 * How others can change what the fact is about: the file, or the way to it, where it may be
 * missing.
 */
enum weakness interpreter_weakness(const struct file_fact *, uid_t owner);

#endif
