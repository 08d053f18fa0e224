/*
 * Small questions about text. Nothing here allocates.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * True when the string is well-formed UTF-8: no overlong form, no surrogate, nothing above
 * U+10FFFF.
 */
bool	text_is_utf8(const char *);

/*
 * Length of the well-formed UTF-8 sequence at the start of s (size bytes are there), 0 when there
 * is none.
 */
size_t	text_utf8_length(const char *s, size_t size);

/* True when the string has a control character: below 0x20, 0x7f, or U+0080 to U+009F in UTF-8. */
bool	text_has_control(const char *);

/*
 * Text that is not ours, made safe for a terminal and for the system's log: each character of the
 * kinds below, and each byte that is no UTF-8, becomes '?'. C0, newline and zero byte included;
 * DEL; C1, as U+0080 to U+009F and as raw bytes; what turns the direction of text: U+061C, U+200E,
 * U+200F, U+202A to U+202E, U+2066 to U+2069; and the separators of lines, U+2028 and U+2029.
 * Whatever is printed goes through one of these; `make layers` sees to it.
 */

/* Cleans in place; the text does not grow. */
void	text_clean(char *);

/*
 * Likewise size bytes, zero bytes and all, but lines stay lines. Returns the new size; nothing is
 * added at the end.
 */
size_t	text_clean_lines(char *, size_t size);

/* Writes the text, cleaned, and then end as it is. */
void	text_put(FILE *, const char *text, const char *end);

/*
 * Length of the character at the start of s (size bytes are there, one at least), and whether it is
 * safe as it is.
 */
size_t	text_safe_length(const char *s, size_t size, bool *safe);

/* Which character the well-formed UTF-8 sequence of that length is. */
unsigned long text_code(const char *s, size_t length);

/*
 * Edits (insert, delete, change, swap of neighbours) that turn a into b; strings over 63 bytes
 * count as far apart (99).
 */
unsigned text_distance(const char *a, const char *b);

/*
 * Whether two strings are equal when A-Z and a-z are the same: how the file system of a Mac sees
 * names.
 */
bool	text_equal_folded(const char *, const char *);

/* The same of the beginning of a string. */
bool	text_begins_folded(const char *, const char *start);

/*
 * Whether two names may be of one file on a Mac, where nothing may be missed: the tables by which
 * its file systems fold case and compose characters are not ours, so a name that is not ASCII may
 * be any other.
 */
bool	text_may_be_one_name(const char *, const char *);

/*
 * A path as a Mac's links /var, /etc and /tmp have it: what is behind "/private", where it leads to
 * what they lead to. Two paths are the same when these are.
 */
const char *text_short_path(const char *);

/*
 * Copies s into target (size bytes, always terminated). Returns false when it did not fit; target
 * then holds the empty string, for half a path is a wrong path.
 */
bool	text_copy(char *target, size_t size, const char *s);

/* printf into target under the same rule. */
bool	text_format(char *target, size_t size, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* True for a full path without ".", "..", "//" or a slash at its end. */
bool	text_is_plain_path(const char *);

/*
 * True for what is in /dev: nobody's file, and no log that has an owner. "/dev/../etc/x" is
 * elsewhere.
 */
bool	text_is_device(const char *path);

/*
 * True when path is below that directory, which is a full path itself and not "/". Both are
 * compared as text.
 */
bool	text_is_below(const char *path, const char *directory);

/*
 * The last part of a path or of a name: what follows the last separator, the whole where there is
 * none.
 */
const char *text_after_last(const char *, char separator);

/*
 * How many bytes of a text go on a line of so many columns: whole words, one at least, for a path
 * is not cut, and what begins with a single quote is one word up to the next. 0: there is no text.
 * What follows begins with blanks, which the next line does not want.
 */
size_t	text_line(const char *, size_t columns);
#define TEXT_COLUMNS	80	/* of a terminal, where nothing is known of it */

/*
 * Reads a decimal number of seconds, digits with an optional fraction, at most 1,000,000. Returns
 * false for anything else: a sign, an exponent, blanks, "inf", an empty string.
 */
bool	text_seconds(const char *, double *);

#endif
