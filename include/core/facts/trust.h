/*
 * Determine who can change a file, from its owner, mode, access control list and volume together.
 */
#ifndef CORE_FACTS_TRUST_H
#define CORE_FACTS_TRUST_H

#include "core/facts/facts.h"

/*
 * Return how accounts other than root and this owner can change the file itself; for its path see
 * file_fact.untrusted_path. Write access for group wheel (0) is trusted. For group admin (80) it is
 * not, as in /Applications and /Library/Logs (0775 root:admin on every Mac): its members need a
 * password to become root with sudo, but any program in their session, such as a browser, can write
 * there without it, and would be root at the next start of the job.
 */
enum weakness trust_file(const struct file_fact *, uid_t owner);

/*
 * Return why others can change a file or directory, to follow its name: "has an access control list
 * that ...".
 */
const char *trust_reason(enum weakness);

/*
 * Return whether owner and mode do not show it, so that version 0.1 did not see it: such a weakness
 * of an installed job is a warning, of a new one an error.
 */
bool	trust_is_hidden(enum weakness);

/* Return how to fix it, as a sentence without a path. */
const char *trust_fix(enum weakness);

/*
 * Return true if accounts other than root and the job's can change, by owner and mode, a directory
 * on the way to a log: root must not act there.
 */
bool	trust_is_open_to_others(const struct file_fact *log, uid_t account);

#endif
