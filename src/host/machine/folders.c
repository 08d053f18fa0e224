/* Keeps folders open between walks. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "host/machine/folders.h"

int
folders_enter(struct folders *folders, const char *path)
{
	for (size_t i = 0; folders != NULL && i < folders->count; i++)
		if (strcmp(folders->rows[i].path, path) == 0) {
			folders->rows[i].users++;
			return folders->rows[i].descriptor;
		}
	return -1;
}

bool
folders_leave(struct folders *folders, int descriptor)
{
	for (size_t i = 0; folders != NULL && i < folders->count; i++)
		if (folders->rows[i].descriptor == descriptor) {
			folders->rows[i].users--;
			return true;
		}
	return false;
}

bool
folders_keep(struct folders *folders, const char *path, int descriptor)
{
	struct kept_folder *row;

	if (folders == NULL || folders->count == FOLDERS_KEPT)
		return false;
	row = &folders->rows[folders->count];
	row->path = strdup(path);
	row->descriptor = descriptor;
	row->users = 1;
	folders->count += row->path != NULL;
	return row->path != NULL;
}

const char *
folders_link(const struct folders *folders, const char *path)
{
	for (size_t i = 0; folders != NULL && i < folders->link_count; i++)
		if (strcmp(folders->links[i].path, path) == 0)
			return folders->links[i].target;
	return NULL;
}

void
folders_keep_link(struct folders *folders, const char *above, const char *name, const char *target)
{
	struct kept_link *row;

	if (folders == NULL || folders->link_count == LINKS_KEPT)
		return;
	row = &folders->links[folders->link_count];
	if (text_format(row->path, sizeof row->path, "%s/%s", above, name) &&
	    text_copy(row->target, sizeof row->target, target))
		folders->link_count++;
}

void
folders_forget(struct folders *folders)
{
	for (size_t i = 0; folders != NULL && i < folders->count; i++) {
		assert(folders->rows[i].users == 0);
		free(folders->rows[i].path);
		close(folders->rows[i].descriptor);
	}
	if (folders != NULL)
		folders->count = folders->link_count = 0;
}
