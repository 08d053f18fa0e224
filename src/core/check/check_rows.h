/*
 * The functions of check.c's table: check_files.c looks at the disk, check_program.c at what runs
 * the program, check_launchd.c at launchd and the process. Private to those files.
 */
#ifndef CORE_CHECK_CHECK_ROWS_H
#define CORE_CHECK_CHECK_ROWS_H

#include "core/check/check.h"

/* Fill a draft; fix may be NULL. */
void	check_set(struct check_draft *, enum verdict, const char *fix, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Replace the fix by one that names things, quoted by paste_line() of core/facts/paste.h; keep the
 * old one if they cannot be named. Pass a path only if paste_may_name() allows it.
 */
void	check_advise(struct check_draft *, const char *format,
    ...) __attribute__((format(printf, 2, 3)));

/* Report what cannot be read: unknown for root, skip for others. errnum is an errno value. */
void	check_unseen(struct check_draft *, const struct facts *, const char *path, int errnum);

#define CHECK(name)	void check_##name(const struct promise *, const struct facts *, \
    struct check_draft *)
CHECK(receipt);
CHECK(plist_present);
CHECK(plist_file);
CHECK(plist_owner);
CHECK(plist_mode);
CHECK(plist_valid);
CHECK(plist_unchanged);
CHECK(plist_quarantine);
CHECK(program_present);
CHECK(program_access);
CHECK(program_owner);
CHECK(interpreter);
CHECK(program_quarantine);
CHECK(program_unchanged);
CHECK(user);
CHECK(group);
CHECK(home);
CHECK(working_directory);
CHECK(log_files);
CHECK(log_growth);
CHECK(label_unique);
CHECK(enabled);
CHECK(background);
CHECK(loaded);
CHECK(definition);
CHECK(running);
CHECK(identity);
CHECK(stable);
CHECK(last_exit);
CHECK(system_version);
CHECK(peer);
#undef CHECK

#endif
