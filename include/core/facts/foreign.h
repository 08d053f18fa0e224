/*
 * A path from a plist, a home or a directory record, which an account may control and which may
 * lead anywhere. A type of its own, so that the compiler rejects it as a path on which root may
 * act: the functions of host/files/files.h that create, remove, chown or rename as root take plain
 * text. A foreign path is acted on in a child that has become the account (files_log() and what
 * follows it there), which can do nothing that the account could not do itself.
 */
#ifndef CORE_FACTS_FOREIGN_H
#define CORE_FACTS_FOREIGN_H

#include "core/facts/facts.h"

struct foreign_path {
	/*
	 * Core may read it, as it acts on nothing; `make layers` lists the files of host that may.
	 */
	char	theirs[PATH_SIZE];
};

#endif
