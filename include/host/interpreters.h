/*
 * What runs a job's program, or is run by it: the interpreter of a script, the command of env, and
 * theirs again. Each is looked at in the job's own PATH, and so is each directory in which another
 * could be put before it.
 */
#ifndef HOST_INTERPRETERS_H
#define HOST_INTERPRETERS_H

#include "core/job/promise.h"
#include "host/machine/host.h"

/*
 * Fill facts->interpreter, up to the first that others can change; then, where all of them are
 * root's alone, with the script that a shell or another interpreter is given. begin: the program's.
 */
void	interpreters_look(const struct host *, const struct promise *, const char *begin,
    struct facts *);

#endif
