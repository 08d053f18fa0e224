/*
 * A job as the options of install that would make it.
 */
#ifndef CORE_JOB_SHOW_H
#define CORE_JOB_SHOW_H

#include "core/job/spec.h"
#include "core/plist/plist.h"

/*
 * Visit the options, as "--user worker", in the order of the table of options, and at the end the
 * program with its arguments, as "-- /usr/local/bin/x". Keys without an option are --set with the
 * path of each value. Of variables only names are shown. The texts are foreign and not quoted:
 * nothing to paste. They are truncated after some 4,000 bytes.
 */
void	show_options(const struct spec *, const struct plist *,
    void (*visit)(void *context, const char *text), void *context);

#endif
