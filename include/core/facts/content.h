/*
 * Is a program still the one that was seen before? Inode, size and time of modification decide,
 * then its content.
 *
 * Not the device: an APFS volume has the number of its diskNsM, and disks are numbered in the order
 * in which they appear at each boot. Not ctime: an extended attribute, a flag or an access control
 * list changes it (stat(2)), and so does a hard link, which another user can create.
 */
#ifndef CORE_FACTS_CONTENT_H
#define CORE_FACTS_CONTENT_H

#include <stdbool.h>

#include "core/facts/facts.h"

/* Return whether both are of one file with the same content, as far as the file system shows. */
bool	content_same_file(const struct file_identity *, const struct file_identity *);

/*
 * Return whether both have the same content, by that or by SHA-256: touch(1) gives a file another
 * time, and a copy or a backup is another file. UNKNOWN: they have one size, and the SHA-256 of one
 * of them is not known.
 */
enum tristate content_same(const struct file_identity *, const struct file_identity *);

/* Return whether it is a SHA-256, in hexadecimal. */
bool	content_is_sha256(const char *);

#endif
