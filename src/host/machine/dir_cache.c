/* Keeps folders open between walks. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "host/machine/dir_cache.h"

int
dir_cache_enter(struct dir_cache *folders, const char *path)
{
	for (size_t i = 0; folders != NULL && i < folders->count; i++)
		if (strcmp(folders->rows[i].path, path) == 0) {
			folders->rows[i].users++;
			return folders->rows[i].descriptor;
		}
	return -1;
}

bool
dir_cache_leave(struct dir_cache *folders, int descriptor)
{
	for (size_t i = 0; folders != NULL && i < folders->count; i++)
		if (folders->rows[i].descriptor == descriptor) {
			folders->rows[i].users--;
			return true;
		}
	return false;
}

bool
dir_cache_keep(struct dir_cache *folders, const char *path, int descriptor)
{
	struct cached_directory *row;

	if (folders == NULL || folders->count == DIR_CACHE_MAX)
		return false;
	row = &folders->rows[folders->count];
	row->path = strdup(path);
	row->descriptor = descriptor;
	row->users = 1;
	folders->count += row->path != NULL;
	return row->path != NULL;
}

const char *
dir_cache_link(const struct dir_cache *folders, const char *path)
{
	for (size_t i = 0; folders != NULL && i < folders->link_count; i++)
		if (strcmp(folders->links[i].path, path) == 0)
			return folders->links[i].target;
	return NULL;
}

void
dir_cache_keep_link(struct dir_cache *folders, const char *above, const char *name,
    const char *target)
{
	struct cached_link *row;

	if (folders == NULL || folders->link_count == LINK_CACHE_MAX)
		return;
	row = &folders->links[folders->link_count];
	if (text_format(row->path, sizeof row->path, "%s/%s", above, name) &&
	    text_copy(row->target, sizeof row->target, target))
		folders->link_count++;
}

void
dir_cache_forget(struct dir_cache *folders)
{
	for (size_t i = 0; folders != NULL && i < folders->count; i++) {
		assert(folders->rows[i].users == 0);
		free(folders->rows[i].path);
		close(folders->rows[i].descriptor);
	}
	if (folders != NULL)
		folders->count = folders->link_count = 0;
}
