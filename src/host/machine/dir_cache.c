/* Keep directories open between walks. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "host/machine/dir_cache.h"

int
dir_cache_enter(struct dir_cache *cache, const char *path)
{
	for (size_t i = 0; cache != NULL && i < cache->count; i++)
		if (strcmp(cache->rows[i].path, path) == 0) {
			cache->rows[i].users++;
			return cache->rows[i].descriptor;
		}
	return -1;
}

bool
dir_cache_leave(struct dir_cache *cache, int descriptor)
{
	for (size_t i = 0; cache != NULL && i < cache->count; i++)
		if (cache->rows[i].descriptor == descriptor) {
			cache->rows[i].users--;
			return true;
		}
	return false;
}

bool
dir_cache_keep(struct dir_cache *cache, const char *path, int descriptor)
{
	struct cached_directory *row;

	if (cache == NULL || cache->count == DIR_CACHE_MAX)
		return false;
	row = &cache->rows[cache->count];
	row->path = strdup(path);
	row->descriptor = descriptor;
	row->users = 1;
	cache->count += row->path != NULL;
	return row->path != NULL;
}

const char *
dir_cache_link(const struct dir_cache *cache, const char *path)
{
	for (size_t i = 0; cache != NULL && i < cache->link_count; i++)
		if (strcmp(cache->links[i].path, path) == 0)
			return cache->links[i].target;
	return NULL;
}

void
dir_cache_keep_link(struct dir_cache *cache, const char *above, const char *name,
    const char *target)
{
	struct cached_link *row;

	if (cache == NULL || cache->link_count == LINK_CACHE_MAX)
		return;
	row = &cache->links[cache->link_count];
	if (text_format(row->path, sizeof row->path, "%s/%s", above, name) &&
	    text_copy(row->target, sizeof row->target, target))
		cache->link_count++;
}

void
dir_cache_forget(struct dir_cache *cache)
{
	for (size_t i = 0; cache != NULL && i < cache->count; i++) {
		assert(cache->rows[i].users == 0);
		free(cache->rows[i].path);
		close(cache->rows[i].descriptor);
	}
	if (cache != NULL)
		cache->count = cache->link_count = 0;
}
