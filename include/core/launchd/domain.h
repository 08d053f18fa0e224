/*
 * Parse the output of `launchctl print gui/UID` and `print user/UID`: which jobs the domain has.
 *
 * Like that of one job it is not an interface, and an account has text of its own in it (variables
 * set by `launchctl setenv`). So only a block "services" that stands alone at the outermost level
 * and is complete is read; what comes after it may be missing. Sources: the recorded outputs 17 and
 * 32 to 34 of tests/evidence/print, macOS 13 to 26.
 */
#ifndef CORE_LAUNCHD_DOMAIN_H
#define CORE_LAUNCHD_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Return the lines of the block, a part of the text, which may be empty. NULL: there is no such
 * block, more than one, or no line of it is that of a job.
 */
const char *domain_services(const char *text, size_t size, size_t *length);

/* Return whether one of these lines is that of the label. Labels are compared exactly. */
bool	domain_has(const char *services, size_t length, const char *label);

#endif
