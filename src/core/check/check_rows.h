/*
 * The judges of check.c's table, in two files: check_files.c for what lies on the disk,
 * check_launchd.c for what launchd and the process say. Private to those three.
 */
#ifndef CORE_CHECK_CHECK_ROWS_H
#define CORE_CHECK_CHECK_ROWS_H

#include "core/check/check.h"

/* Fills a finding; fix may be NULL. */
void	check_say(struct check_draft *, enum verdict, const char *fix, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Replaces the fix by one that names things, by paste_line() of core/facts/paste.h; it stays where
 * they cannot be named. A path only where paste_may_name() says so.
 */
void	check_advise(struct check_draft *, const char *format,
    ...) __attribute__((format(printf, 2, 3)));

/* What cannot be seen: unknown for root, skipped for others. number is an errno value. */
void	check_unseen(struct check_draft *, const struct facts *, const char *path, int number);

#define JUDGE(name)	void check_##name(const struct promise *, const struct facts *, struct check_draft *)
JUDGE(receipt);
JUDGE(plist_present);
JUDGE(plist_file);
JUDGE(plist_owner);
JUDGE(plist_mode);
JUDGE(plist_valid);
JUDGE(plist_unchanged);
JUDGE(plist_quarantine);
JUDGE(program_present);
JUDGE(program_access);
JUDGE(program_owner);
JUDGE(interpreter);
JUDGE(program_quarantine);
JUDGE(program_unchanged);
JUDGE(user);
JUDGE(group);
JUDGE(home);
JUDGE(working_directory);
JUDGE(log_files);
JUDGE(log_growth);
JUDGE(label_unique);
JUDGE(enabled);
JUDGE(background);
JUDGE(loaded);
JUDGE(definition);
JUDGE(running);
JUDGE(identity);
JUDGE(stable);
JUDGE(last_exit);
JUDGE(system_version);
JUDGE(peer);
#undef JUDGE

#endif
