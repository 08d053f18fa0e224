/*
 * Checks a launchd.plist against what launchd does with it. One row per rule; ids are stable and
 * promised by the manual.
 */
#ifndef CORE_LINT_LINT_H
#define CORE_LINT_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/facts/facts.h"

#define LINT_MOST	100	/* findings of a file that are kept; errors go before the rest */

enum lint_kind { LINT_UNKNOWN, LINT_DAEMON, LINT_AGENT };
enum lint_severity { LINT_NOTE, LINT_WARNING, LINT_ERROR };

/* What is known of a file besides its bytes. All zero: nothing. */
struct lint_facts {
	enum lint_kind	 kind;
	const char	*name;		/* of the file, without folders; NULL: not known, or not to
					   be judged */
	bool		 text_only;	/* judge the text of the file, not what it says */
	bool		 in_place;	/* it lies where launchd reads it, so owner and mode
					   count */
	uid_t		 owner, expected;
	mode_t		 mode;
	enum tristate	 log_folders[2];	/* of standard output and error: there, on this
						   machine or image */
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
	struct lint_finding rows[LINT_MOST];	/* by line */
	size_t		 count;
	size_t		 left_out;	/* found besides */
	bool		 is_plist;	/* false: launchd cannot read it at all; the finding says
					   why */
};

struct lint_rule {
	const char	*id;
	enum lint_severity severity;	/* the most that it finds */
	const char	*meaning;	/* one line, for the manual */
};

/* A rule by its number, in the order of the manual; NULL behind the last one. */
const struct lint_rule *lint_rule(size_t);

/*
 * Judges the bytes of one file. -1: ERROR_SYSTEM, memory is short; a bad file is a finding, not a
 * failure.
 */
int	lint_check(struct bytes, const struct lint_facts *, struct lint_report *, struct error *);

/* The report of a file that could not be read: one finding. */
void	lint_unreadable(struct lint_report *, const char *why, const char *fix);

/* How many findings are errors. */
size_t	lint_errors(const struct lint_report *);

const char *lint_word(enum lint_severity);	/* "note", "warning", "error" */

/*
 * Words for what privacy protection keeps jobs out of and a path lies in: the folder of a home
 * ("Documents", ...), or "most volumes", for below /Volumes external and network ones are protected
 * and cannot be told from others by their names (Apple, "Controlling app access to files in
 * macOS"). NULL: in none.
 */
const char *lint_protected(const char *path);

/* Whether a path is, or lies in, a folder where everybody can write, /tmp for example. */
bool	lint_is_open_to_all(const char *path);

/*
 * The folders of the job's logs (output, error), for lint_facts.log_folders: empty where there is
 * none to look for.
 */
void	lint_log_folders(struct bytes, char folders[2][PATH_SIZE]);

#endif
