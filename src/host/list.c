/* Lists folders, for files.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/files.h"
#include "host/walk.h"

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	char	**rows;
	size_t	  count;
};

static int
collect(DIR *directory, struct names *names)
{
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(directory)) != NULL) {
		char **larger;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		larger = realloc(names->rows, (names->count + 1) * sizeof *names->rows);
		if (larger == NULL)
			return -1;
		names->rows = larger;
		names->rows[names->count] = strdup(entry->d_name);
		if (names->rows[names->count] == NULL)
			return -1;
		names->count++;
		errno = 0;
	}
	return errno == 0 ? 0 : -1;
}

static int
open_directory(const struct host *host, const char *path)
{
	struct folder folder;
	int directory;

	if (walk_open(host, path, FILES_LOOSE, &folder) == -1)
		return -1;
	directory = openat(folder.descriptor, folder.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	walk_close(&folder);
	return directory;
}

int
files_list(const struct host *host, const char *path, void (*visit)(void *, const char *), void *context,
    struct error *error)
{
	int descriptor = open_directory(host, path), result = 0;
	struct names names = { NULL, 0 };
	DIR *directory;

	if (descriptor == -1)
		return errno == ENOENT ? 0 : error_number(error, ERROR_FILE, errno, "cannot list '%s'", path);
	directory = fdopendir(descriptor);
	if (directory == NULL) {
		close(descriptor);
		return error_number(error, ERROR_SYSTEM, ENOMEM, "cannot list '%s'", path);
	}
	if (collect(directory, &names) == -1)
		result = error_number(error, ERROR_FILE, errno, "cannot list '%s'", path);
	closedir(directory);
	if (names.count > 0)
		qsort(names.rows, names.count, sizeof *names.rows, by_name);
	for (size_t i = 0; i < names.count; i++) {
		if (result == 0)
			visit(context, names.rows[i]);
		free(names.rows[i]);
	}
	free(names.rows);
	return result;
}
