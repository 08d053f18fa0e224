/* Keep directories open between walks. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	*row = (struct cached_directory){ .path = strdup(path), .descriptor = descriptor,
	    .users = 1 };
	cache->count += row->path != NULL;
	return row->path != NULL;
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
		cache->count = 0;
}
