/*
 * What plan.c has in plan_refuse.c. Private to the two.
 */
#ifndef CORE_PLAN_PARTS_H
#define CORE_PLAN_PARTS_H

#include "core/plan.h"

/* The refusals of plan_install(), see there. */
int	plan_refuse_install(const struct promise *, const struct promise *receipt, const struct facts *, struct wish,
	    struct error *);

/* Any change wants to know what launchd has: ERROR_LAUNCHCTL. */
int	plan_refuse_launchd(const struct facts *, struct error *);

/* A plan that boots out the job that we are part of: ERROR_DATA. */
int	plan_refuse_inside(const struct plan *, const struct promise *, const struct facts *, struct error *);

#endif
