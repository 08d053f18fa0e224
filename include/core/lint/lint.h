/*
 * Check a launchd.plist against what launchd does with it. One row per rule; the manual promises
 * that ids are stable.
 */
#ifndef CORE_LINT_LINT_H
#define CORE_LINT_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/facts/facts.h"

#define LINT_FINDINGS_MAX	100	/* findings kept for a file; errors are preferred */

enum lint_kind { LINT_UNKNOWN, LINT_DAEMON, LINT_AGENT };
enum lint_severity { LINT_NOTE, LINT_WARNING, LINT_ERROR };

/* What is known about a file besides its bytes; all zero: nothing. */
struct lint_facts {
	enum lint_kind	 kind;
	const char	*name;		/* of the file, without directories; NULL: not known, or not
					   to be checked */
	bool		 text_only;	/* check the text of the file, not its keys and values */
	bool		 in_place;	/* launchd reads it there, so check owner and mode */
	uid_t		 owner, expected;
	mode_t		 mode;
	enum tristate	 log_folders[2];	/* the directories of standard output and error
						   exist on this machine or image */
};

struct lint_finding {
	const char	*id;
	enum lint_severity severity;
	unsigned	 line;		/* 0: not known */
	char		 key[256];	/* "StartCalendarInterval.0.Hour"; empty: the whole file */
	char		 message[512];
	char		 fix[512];	/* may be empty */
};

struct lint_report {
	struct lint_finding rows[LINT_FINDINGS_MAX];	/* by line */
	size_t		 count;
	size_t		 left_out;	/* number of findings that did not fit */
	bool		 is_plist;	/* false: launchd cannot read it at all; a finding has the
					   reason */
};

struct lint_rule {
	const char	*id;
	enum lint_severity severity;	/* the highest that it reports */
	const char	*meaning;	/* one line, for the manual */
};

/* Return a rule by its number, in the order of the manual; NULL after the last one. */
const struct lint_rule *lint_rule(size_t);

/*
 * Check the bytes of one file. Returns -1 (ERROR_SYSTEM) if out of memory; a bad file is a finding,
 * not a failure. The tree of the file, NULL if it has none, goes to *tree for the caller to
 * release, unless tree is NULL.
 */
struct plist;
int	lint_check(struct bytes, const struct lint_facts *, struct lint_report *,
    struct plist **tree, struct error *);

/* Report that a file could not be read, as a single finding. */
void	lint_unreadable(struct lint_report *, const char *why, const char *fix);

/* Return the number of findings that are errors. */
size_t	lint_errors(const struct lint_report *);

/*
 * Return true for a finding that who installs the plist has to know: a warning, or that of
 * system-limits. Not log-directory, because install creates the logs.
 */
bool	lint_concerns_install(const struct lint_finding *);

const char *lint_word(enum lint_severity);	/* "note", "warning", "error" */

/*
 * Return the place with privacy protection that a path is in, for a message, or NULL: a directory
 * of a home ("Documents", ...) or "most volumes". Below /Volumes external and network volumes are
 * protected, and their names do not distinguish them from others (Apple, "Controlling app access to
 * files in macOS").
 */
const char *lint_protected(const char *path);

/* Return true if every user can write in the directory of a path, or in one above it: /tmp ... */
bool	lint_is_open_to_all(const char *path);

/*
 * Find the directories of the job's logs (output, error), for lint_facts.log_folders; empty if
 * there is none to look for.
 */
void	lint_log_folders(struct bytes, char folders[2][PATH_SIZE]);

#endif
