/* Lists folders, for files.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "host/budget.h"
#include "host/files.h"
#include "host/wait.h"
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

/* -1 with errno; E2BIG: there are more than are looked at, EINTR: a signal asked to stop. */
static int
collect(const struct host *host, DIR *directory, struct names *names)
{
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(directory)) != NULL) {
		char **larger;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (names->count == BUDGET_NAMES || wait_is_stopped(host)) {
			errno = names->count == BUDGET_NAMES ? E2BIG : EINTR;
			return -1;
		}
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
cannot_list(const char *path, int number, struct error *error)
{
	if (number == E2BIG)
		return error_set(error, ERROR_FILE, BUDGET_TOO_MUCH, NULL, "cannot list '%s'", path);
	if (number == EINTR)
		return error_set(error, ERROR_STOPPED, "did not finish listing '%s'", path);
	return error_number(error, ERROR_FILE, number, "cannot list '%s'", path);
}

/* Any name in it leads there: links on the way that only root can change are followed, the last one, too. */
static int
open_directory(const struct host *host, const char *path, struct error *error)
{
	char inside[PATH_SIZE];
	struct folder folder;
	int directory;

	if (!text_format(inside, sizeof inside, "%s/.plist", path))
		return cannot_list(path, ENAMETOOLONG, error);
	if (walk_open(host, inside, FILES_STRICT, &folder) == -1)
		return errno == ENOENT ? -1 : walk_failed(&folder, errno, "list", path, error);
	directory = openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	walk_close(&folder);
	return directory == -1 ? cannot_list(path, errno, error) : directory;
}

int
files_list(const struct host *host, const char *path, void (*visit)(void *, const char *), void *context,
    struct error *error)
{
	int descriptor, result = 0;
	struct names names = { NULL, 0 };
	DIR *directory;

	error->kind = ERROR_NONE;
	descriptor = open_directory(host, path, error);
	if (descriptor == -1)
		return error->kind == ERROR_NONE ? 0 : -1;
	directory = fdopendir(descriptor);
	if (directory == NULL) {
		close(descriptor);
		return error_number(error, ERROR_SYSTEM, ENOMEM, "cannot list '%s'", path);
	}
	if (collect(host, directory, &names) == -1)
		result = cannot_list(path, errno, error);
	closedir(directory);
	if (names.count > 0)
		qsort(names.rows, names.count, sizeof *names.rows, by_name);
	for (size_t i = 0; i < names.count; i++) {
		if (result == 0 && wait_is_stopped(host))
			result = cannot_list(path, EINTR, error);
		if (result == 0)
			visit(context, names.rows[i]);
		free(names.rows[i]);
	}
	free(names.rows);
	return result;
}
