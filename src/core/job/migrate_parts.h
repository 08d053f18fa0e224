/*
 * Functions that migrate.c and migrate_logs.c share. Private to them.
 */
#ifndef CORE_JOB_MIGRATE_PARTS_H
#define CORE_JOB_MIGRATE_PARTS_H

#include "core/job/migrate.h"
#include "core/plist/plist.h"

/* Add a row that reports what becomes of a key; ignored when the table is full. */
void	migrate_report(struct migration *, enum migrate_fate, const char *key,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Expand "~/x" with the home of the agent's account; false: nothing to expand. path may be NULL. */
bool	migrate_expand(const struct migrate_goal *, const char *path, char target[PATH_SIZE]);

/*
 * Handle a log: keep one that an account's plist names only if it is below the account's own home,
 * where the account creates it; move any other to lnpctl's log directory, and report that. Return
 * false, and do nothing, for another key. The value may be one of daemon.
 */
bool	migrate_log(const struct migrate_goal *, const char *key, const struct plist *value,
    struct plist *daemon, struct migration *);

/* Add both logs if the plist has none: the job's output would be lost. */
void	migrate_add_logs(const struct migrate_goal *, struct plist *daemon, struct migration *);

#endif
