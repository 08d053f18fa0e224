/*
 * Decide from what root has seen whether an account has access to a file, so that no child has to
 * become the account and ask the kernel.
 */
#ifndef CORE_CHECK_ACCESS_H
#define CORE_CHECK_ACCESS_H

#include "core/facts/facts.h"

/*
 * Return true if the account certainly has this access: bits of access(2), W_OK and X_OK, which are
 * those of a class in the mode. False: ask the kernel.
 *
 * It is certain if owner and mode decide (file_fact.plain), and the account owns the file, or the
 * bits are there for group and others: then its groups do not matter, which the kernel may know
 * better, as it does those of a directory server. Never in a directory that privacy protection
 * guards, whatever its mode.
 */
bool	access_is_evident(const struct file_fact *, uid_t account, int bits);

#endif
