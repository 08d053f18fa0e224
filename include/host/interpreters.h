/*
 * Find what runs a job's program, or is run by it: the interpreter of a script, the command of env,
 * and the interpreters of those. Each is searched in the job's own PATH, where every directory in
 * which another file could be put first is checked, too.
 */
#ifndef HOST_INTERPRETERS_H
#define HOST_INTERPRETERS_H

#include "core/job/receipt.h"
#include "host/machine/host.h"

/*
 * Fill facts->program.interpreter with the last interpreter, or the first that users other than
 * root can change. If there is none such, fill it with the script that a shell or other interpreter
 * is given as its argument. begin: the first bytes of the program.
 */
void	interpreters_look(const struct host *, const struct spec *, const char *begin,
    struct facts *);

#endif
