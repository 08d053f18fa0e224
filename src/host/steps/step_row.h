/* What a kind of step does and prints, and what the files of several kinds share. */
#ifndef STEP_ROW_H
#define STEP_ROW_H

#include "host/steps/apply.h"

struct step_row {
	struct step_words {
		const char *action;	/* in JSON; NULL: there is no such step */
		const char *plan, *done, *undone;	/* followed by the name; NULL: no line */
	} words[2];			/* the goal is without it, with it */
	const char	*why_left;	/* why a step may leave the thing; NULL: it never does */
	bool		 keeps_backup;	/* also after the commit: nobody else has what is in it */
	int	(*run)(struct apply *, struct step *, struct error *);
	int	(*undo)(struct apply *, struct step *, struct error *);
};

/* Declares a row for each kind, so that a kind without one does not link. */
#define STEP_ROW(NAME, name) extern const struct step_row step_##name;
STEP_KINDS(STEP_ROW)
#undef STEP_ROW

const struct step_row *step_row(const struct step *);

/* ---- files ---- */

/* Return the path on which only the step's account may act; NULL: root acts on step->name. */
const struct foreign_path *step_foreign(const struct step *);

/* Return true for a regular file: lnpctl did not create anything else at that path. */
bool	step_is_file(const struct apply *, const char *path);

/* Write the file as it is in this state, or remove it. */
int	step_put_file(const struct apply *, const char *path, const struct state *,
    enum files_when, struct error *);

/* Write or remove the file, and keep the old inode as step->backup, if that is not empty. */
int	step_do_file(struct apply *, struct step *, struct error *);

/*
 * Restore the old inode, with its times and attributes; without a backup, the contents that the
 * receipt has.
 */
int	step_undo_file(struct apply *, struct step *, struct error *);

/* ---- jobs; account is the one whose job it is ---- */

/* Return true if the old job is back, or needs not to be: see step_load_again(). */
bool	step_is_back(const struct apply *, const struct step *);

/* Reload the old job once the new one has ended: waiting for its end may be what failed. */
int	step_load_again(const struct apply *, const struct step *, uid_t account,
    struct error *);

/* Boot out what a step loaded, unless it is another job with its label. */
int	step_boot_out_own(const struct apply *, const struct step *, uid_t account,
    struct error *);

#endif
