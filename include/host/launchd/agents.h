/*
 * Which jobs launchd has in the domains of accounts, gui/UID and user/UID. Each domain is asked
 * once for all labels, so that a thousand jobs of one account cost two calls.
 */
#ifndef HOST_LAUNCHD_AGENTS_H
#define HOST_LAUNCHD_AGENTS_H

#include <sys/types.h>

#include "core/facts/facts.h"
#include "host/launchd/launchctl.h"

struct agents {				/* empty: all zero */
	struct agents_domain *rows;	/* owned, like what is in them */
	size_t		 count;
};

/*
 * Look for the label in both domains of the account, and add to the fact, which is zeroed at first.
 */
void	agents_look(const struct host *, struct agents *, uid_t, const char *label,
    struct loaded_agent *);

void	agents_free(struct agents *);

#endif
