/* A plist: written or removed, and the old inode kept until the commit. */
#include "core/plist/limits.h"
#include "step_row.h"

int
step_put_file(const struct apply *apply, const char *path, const struct state *state,
    enum files_when when, struct error *error)
{
	if (state->exists != YES)
		return files_remove(apply->host, path, when, error);
	return files_write(apply->host, path, state->content, state->mode, when, error);
}

bool
step_is_file(const struct apply *apply, const char *path)
{
	struct file_fact fact;

	files_look(apply->host, path, FILES_STRICT, &fact);
	return fact.exists == YES && fact.type == FILE_REGULAR;
}

/* After an interrupted change the backup is the original file: do not overwrite it. */
int
step_do_file(struct apply *apply, struct step *step, struct error *error)
{
	bool keep = step->backup[0] != '\0' && step->was.exists == YES &&
	    !(apply->plan->resumed && step_is_file(apply, step->backup));

	if (keep && step_is_file(apply, step->name) &&
	    files_keep(apply->host, step->name, step->backup, error) == -1)
		return -1;
	return step_put_file(apply, step->name, &step->goal, apply->when, error);
}

/* Already restored? Then do not rewrite it; the disk may be full. */
static bool
file_is_restored(const struct apply *apply, const char *path, const struct state *was)
{
	struct file_fact fact;
	struct bytes bytes;
	struct error ignored;
	bool same;

	if (files_read(apply->host, path, PLIST_SIZE_MAX, &bytes, &fact, &ignored) == -1)
		return was->exists != YES && fact.exists == NO;
	same = was->exists == YES && fact.owner == was->owner && fact.mode == was->mode &&
	    bytes_equal(bytes, was->content);
	bytes_free(&bytes);
	return same;
}

int
step_undo_file(struct apply *apply, struct step *step, struct error *error)
{
	if (step->was.exists == YES && step->backup[0] != '\0' &&
	    step_is_file(apply, step->backup))
		return files_restore(apply->host, step->backup, step->name, error);
	return file_is_restored(apply, step->name, &step->was) ? 0 :
	    step_put_file(apply, step->name, &step->was, apply->when, error);
}

const struct step_row step_plist = {
	.words = {
		{ "remove", "remove", "removed", "put back" },
		{ "write", "write", "wrote", "put back" },
	},
	.run = step_do_file,
	.undo = step_undo_file,
};
