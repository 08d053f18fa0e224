/*
 * A path that somebody else wrote: it came from a plist, a home or a directory record, which an
 * account may control, and may lead anywhere. It is a type of its own, so that C does not let it
 * pass for a path on which root may act: the functions of host/files/files.h that create, remove,
 * give away or rename as root take plain text. What acts on a foreign path does so in a child that
 * has become the account (files_account_*()), and so can do nothing that the account could not do
 * itself.
 */
#ifndef CORE_FACTS_FOREIGN_H
#define CORE_FACTS_FOREIGN_H

#include "core/facts/facts.h"

struct foreign_path {
	char	theirs[PATH_SIZE];	/* for core,
	    which acts on nothing; of host `make layers` lists who may read it */
};

#endif
