/*
 * Build command lines that people paste into a shell, mostly a root shell. Every line with a name
 * in it is built here.
 *
 * Names come from outside: a path from a plist, an account from a directory. So each such word is
 * quoted, and a path is named only if root alone can make it lead to something else before the line
 * is pasted.
 */
#ifndef CORE_FACTS_PASTE_H
#define CORE_FACTS_PASTE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/facts/facts.h"

/*
 * Write a command line as printf(3), but with %s only, and each text becomes one shell word or part
 * of one: "sudo chown %s:%s %s". False, with target empty: it does not fit, or a text cannot be
 * such a word: it is empty, begins with a hyphen, or contains a quote or anything but printable
 * ASCII.
 */
bool	paste_line(char *target, size_t size, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
bool	paste_line_of(char *target, size_t size, const char *format,
    va_list) __attribute__((format(printf, 3, 0)));

/* Read the next word of such a line, without its quotes. Return what follows it. */
const char *paste_read_word(const char *line, char word[], size_t size);

/*
 * Write a name from outside for a line that could be pasted: plain, or quoted as one shell word, so
 * that it can neither end early nor begin a command. A quote in it becomes '?'. Empty if it does
 * not fit.
 */
void	paste_shown(char *target, size_t size, const char *text);

/* Write the command that boots out an agent that is loaded: "sudo launchctl bootout gui/501/x". */
void	paste_bootout(char *target, size_t size, const struct loaded_agent *);

/* Return whether a sentence does nothing if it is pasted into a shell by mistake. */
bool	paste_is_plain(const char *);

/*
 * Return whether a root command may name the path of this fact: root alone controls the directories
 * on it and the name, and if it exists it is not a link and has no other hard link.
 */
bool	paste_may_name(const struct file_fact *);

/*
 * Write how to fix the fact's untrusted_path: one command if lnpctl needs that directory and macOS
 * makes it root-owned, else a sentence, as any other may be intended (Homebrew, a home,
 * /Applications).
 */
void	paste_folder(const struct file_fact *, char *target, size_t size);

#endif
