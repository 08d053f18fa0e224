/*
 * Examine, clean and copy text. Nothing here allocates.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Return whether the string is well-formed UTF-8: no overlong form, no surrogate, nothing above
 * U+10FFFF.
 */
bool	text_is_utf8(const char *);

/* Return the length of the well-formed UTF-8 sequence at the start of s (size bytes), 0 if none. */
size_t	text_utf8_length(const char *s, size_t size);

/* Return whether it has a control character: below 0x20, 0x7f, or U+0080 to U+009F in UTF-8. */
bool	text_has_control(const char *);

/*
 * Make text from outside safe for a terminal and the system log. Replaced with '?' is each byte
 * that is not UTF-8 and each of: C0, including newline and zero byte; DEL; C1, as U+0080 to U+009F
 * and as raw bytes; characters that change the direction of text, U+061C, U+200E, U+200F, U+202A to
 * U+202E, U+2066 to U+2069; the line separators U+2028 and U+2029. All output goes through one of
 * these; `make layers` checks that.
 */

/* Clean in place; the text does not grow. */
void	text_clean(char *);

/*
 * Clean size bytes, which may contain zero bytes, but keep newlines. Return the new size; the
 * result is not terminated.
 */
size_t	text_clean_lines(char *, size_t size);

/* Write the text, cleaned, then end unchanged. */
void	text_put(FILE *, const char *text, const char *end);

/*
 * Return the length of the character at the start of s (size bytes, at least 1) and if it is safe.
 */
size_t	text_safe_length(const char *s, size_t size, bool *safe);

/* Return the code point of a well-formed UTF-8 sequence of that length. */
unsigned long text_code(const char *s, size_t length);

/*
 * Find the word that was meant: initialize given, offer each word that it may be. Return true if
 * this one is the nearest so far, and near enough to be a typing mistake; it is then found. Case
 * does not matter if nothing else differs.
 */
struct text_nearest {
	const char	*given, *found;	/* found: NULL: none */
	unsigned	 distance;
};
bool	text_nearer(struct text_nearest *, const char *word);

/*
 * Return whether two strings are equal if A-Z and a-z are the same, as a Mac's file system compares
 * names.
 */
bool	text_equal_folded(const char *, const char *);

/* Return the same number for strings that are equal so. */
unsigned text_hash_folded(const char *);

/* Return whether a string begins so. */
bool	text_begins_folded(const char *, const char *start);

/*
 * Return whether two names may be one file on a Mac, for a search that must miss nothing. We do not
 * have the tables by which its file systems fold case and compose characters, so a name that is not
 * ASCII may equal any other.
 */
bool	text_may_be_one_name(const char *, const char *);

/*
 * Return the path without a leading "/System/Volumes/Data", from where firmlinks bring /private,
 * /Library, /Users and others to the root (/usr/share/firmlinks), and then without a leading
 * "/private" if a Mac's links /var, /etc or /tmp lead to the same place. Compare these forms,
 * folded, to compare paths: the names of the prefixes are found in any case.
 */
const char *text_short_path(const char *);

/*
 * Copy s into target (size bytes, always terminated). If it does not fit, return false with target
 * empty: half a path is a wrong path.
 */
bool	text_copy(char *target, size_t size, const char *s);

/* The same for a printf(3) format. */
bool	text_format(char *target, size_t size, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Append to a string in size bytes; if it does not fit, return false and change nothing. */
bool	text_append(char *target, size_t size, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Return whether it is a full path without ".", "..", "//" or a slash at its end. */
bool	text_is_plain_path(const char *);

/* Return whether it is a plain path in /dev, where a log has no owner. "/dev/../etc/x" is not. */
bool	text_is_device(const char *path);

/* Return whether path is below directory, a full path other than "/". Compares text only. */
bool	text_is_below(const char *path, const char *directory);

/*
 * Return whether it matches one of the patterns, of which the last is followed by NULL: a word, or
 * with "*" for any text, slashes too (fnmatch(3)). A longer text than this matches none: no path or
 * argument is, and a hostile one would take seconds.
 */
#define TEXT_MATCH_MAX	65536		/* bytes */
bool	text_matches(const char *, const char *const patterns[]);

/* Return what follows the last separator, or the whole text if it has none. */
const char *text_after_last(const char *, char separator);

/*
 * Return how many bytes of a text fit on a line of that many columns: whole words, at least one, as
 * a path is never split; text in single quotes is one word. 0: the text is empty. The rest may
 * begin with blanks, which the caller skips.
 */
size_t	text_line(const char *, size_t columns);
#define TEXT_COLUMNS	80	/* of a terminal of unknown width */

/*
 * Read a decimal number of seconds, digits with an optional fraction, at most 1,000,000. Return
 * false for anything else: a sign, an exponent, blanks, "inf", an empty string.
 */
bool	text_seconds(const char *, double *);

/* Read a decimal number, digits alone, at most 1,000,000. Return false for anything else. */
bool	text_number(const char *, long *);

#endif
