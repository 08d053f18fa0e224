/*
 * What fixes a finding: one command that works as it stands, or a sentence where none can.
 *
 * A check names the command that restores what it looks at. Whether that would work depends on the
 * whole job: where an account is gone, or a program is missing, repair and restart refuse. So the
 * caller plans each command that a report needs, and withdraws those that would not change the job.
 */
#ifndef CORE_CHECK_FIX_H
#define CORE_CHECK_FIX_H

#include "core/check/check.h"
#include "core/error.h"

#define FIX_ASIDE	"move it aside"

/*
 * Set the fix of a draft to a command from REMEDY_REPAIR on. before: what has to be done first, by
 * hand; NULL: nothing.
 */
void	fix_set(struct check_draft *, enum remedy, const char *before, const struct receipt *,
    const struct facts *);

/* Return whether a fix is a command to paste; else it is a sentence. */
bool	fix_is_command(const char *fix);

/* Return whether a finding of the report names that command. */
bool	fix_is_needed(const struct check_report *, enum remedy);

/*
 * The command would refuse to change the job, and why; refusal NULL: it would change nothing.
 * Replace it in all findings.
 */
void	fix_withdraw(struct check_report *, enum remedy, const struct error *refusal,
    const struct facts *);

/* The best fix of some jobs, for one line; zeroed: there is none. */
struct fix_hint {
	enum remedy	remedy;
	size_t		repairs;	/* jobs for which it is repair */
	char		fix[1536];
};

/* Add the findings of a job, once the commands that would not work are withdrawn. */
void	fix_add_hint(struct fix_hint *, const struct check_report *);

/* Write the line; empty: nothing is known to help. */
void	fix_write_hint(const struct fix_hint *, char target[], size_t size);

#endif
