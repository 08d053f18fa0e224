/*
 * Who can change a file: the one place where owner, mode, access control list and volume are put
 * together.
 */
#ifndef CORE_FACTS_TRUST_H
#define CORE_FACTS_TRUST_H

#include "core/facts/facts.h"

/*
 * How others than root and this owner can change the file itself; the way to it is
 * file_fact.untrusted_path. A file that only the group wheel (0) can write besides is root's alone. One that the group admin
 * (80) can write is not, as /Applications and /Library/Logs (0775 root:admin on every Mac): its
 * members become root by sudo with their password, but what runs in their session, a browser or a
 * job of theirs, writes there without it, and would be root with the next start of the job.
 */
enum weakness trust_file(const struct file_fact *, uid_t owner);

/*
 * Why a file or directory can be changed by others, to be put after its name: "has an access
 * control list that ...".
 */
const char *trust_reason(enum weakness);

/*
 * Not by owner and mode, and so not seen by version 0.1: what was installed under such a weakness
 * is warned about, what is new is refused.
 */
bool	trust_is_hidden(enum weakness);

/* What to do about it, as a sentence without a path. */
const char *trust_fix(enum weakness);

#endif
