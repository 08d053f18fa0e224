/*
 * What migrate.c and migrate_logs.c have in common. Private to them.
 */
#ifndef CORE_JOB_MIGRATE_PARTS_H
#define CORE_JOB_MIGRATE_PARTS_H

#include "core/job/migrate.h"
#include "core/plist/plist.h"

/* The next row of what becomes of the keys; one too many is dropped. */
void	migrate_say(struct migration *, enum migrate_fate, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "~/x" in the home of the agent's account; false: nothing to expand. path may be NULL. */
bool	migrate_expand(const struct migrate_goal *, const char *path, char target[PATH_SIZE]);

bool	migrate_is_log(const char *key);

/*
 * A log that an account's plist names stays only below the account's own home, where the account
 * makes it; any other moves to lnpctl's log directory, and is reported. -1: ERROR_DATA, the path
 * would be too long.
 */
int	migrate_log(const struct migrate_goal *, const char *key, const struct plist *value,
    struct plist *daemon, struct migration *, struct error *);

/*
 * Both logs, where the plist names none: what the job says would be lost, and with it the first
 * connection.
 */
int	migrate_add_logs(const struct migrate_goal *, struct plist *daemon, struct migration *,
    struct error *);

#endif
