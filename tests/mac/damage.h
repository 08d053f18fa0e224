/*
 * Damage to an installed com.example.job: each row is found by a check of verify, and fixed by
 * install and repair, except a disabled label, which repair leaves to the administrator.
 */
#ifndef DAMAGE_H
#define DAMAGE_H

#include "mac.h"

struct damage {
	const char	*check;		/* which finds it */
	const char	*result;
	int		 status;	/* of verify */
	bool		 (*make)(struct mac *);	/* false: not possible here */
};

extern const struct damage damages[];
extern const size_t damage_count;

#endif
