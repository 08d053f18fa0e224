/*
 * Command lines that people paste into a shell, mostly root's. Every one that names something is
 * made here.
 *
 * What is named was named by others: a path stands in a plist, an account in a directory. So each
 * such word is quoted, and a path is named only where nobody but root can make it lead to something
 * else before the line is pasted.
 */
#ifndef CORE_FACTS_PASTE_H
#define CORE_FACTS_PASTE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/facts/facts.h"

/*
 * Writes a command line: printf, but that %s is all it knows and each text becomes one word of a
 * shell, or a part of one: "sudo chown %s:%s %s". False, with target empty: it does not fit, or a
 * text cannot be such a word, for it is empty, begins with a hyphen, or has a quote or anything but
 * printable ASCII.
 */
bool	paste_line(char *target, size_t size, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
bool	paste_line_of(char *target, size_t size, const char *format,
    va_list) __attribute__((format(printf, 3, 0)));

/*
 * Writes what somebody else named as it is shown in a line that could be pasted: as it is, or
 * quoted to one word of a shell, so that it neither ends where its chooser likes nor begins a
 * command. A quote in it becomes '?'. What does not fit is not there.
 */
void	paste_shown(char *target, size_t size, const char *text);

/* Whether a sentence that names things does nothing where somebody pastes it all the same. */
bool	paste_is_plain(const char *);

/*
 * Whether a command of root's may name the path that this was seen of: root alone controls the way
 * to it and its name, and where it exists it is no link and has no other name.
 */
bool	paste_may_name(const struct file_fact *);

/*
 * How the first folder on the way that others can change is put right: a command where it is one
 * that lnpctl needs and macOS gives to root, else a sentence, for any other one may be meant to be
 * so (Homebrew's, a home, /Applications).
 */
void	paste_folder(const struct file_fact *, char *target, size_t size);

#endif
