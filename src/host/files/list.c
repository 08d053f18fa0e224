/* List directories, for files.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "host/machine/budget.h"
#include "host/files/files.h"
#include "look.h"
#include "host/machine/wait.h"

#define LIST_BYTES_MAX	(8 * 1024 * 1024)	/* of all names */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Grow by halves: a directory may have very many entries. */
static bool
list_append(struct bytes *names, unsigned char **data, size_t *capacity, const char *name)
{
	size_t length = strlen(name) + 1;

	if (*data == NULL || names->size + length > *capacity) {
		size_t larger = (names->size + length) * 3 / 2 + 1024;
		unsigned char *grown = realloc(*data, larger);

		if (grown == NULL)
			return false;
		*data = grown;
		*capacity = larger;
	}
	memcpy(*data + names->size, name, length);
	names->data = *data;
	names->size += length;
	return true;
}

static int
list_collect(const struct host *host, DIR *directory, size_t limit, struct bytes *names)
{
	unsigned char *data = NULL;
	size_t capacity = 0, count = 0;
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (wait_is_stopped(host))
			return EINTR;
		if (count++ == BUDGET_NAMES || names->size + strlen(entry->d_name) >= limit)
			return E2BIG;
		if (!list_append(names, &data, &capacity, entry->d_name))
			return ENOMEM;
		errno = 0;
	}
	return errno;
}

int
look_names(const struct host *host, int descriptor, size_t limit, struct bytes *names)
{
	DIR *directory = fdopendir(descriptor);
	int errnum;

	if (directory == NULL) {
		close(descriptor);
		return ENOMEM;
	}
	errnum = list_collect(host, directory, limit, names);
	closedir(directory);
	if (errnum != 0)
		bytes_free(names);
	return errnum;
}

/* Accept only a name within the directory: the list may be made by an account. */
static bool
is_entry(const char *name)
{
	return name[0] != '\0' && strchr(name, '/') == NULL && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0;
}

/* Split the names into rows. Return false if memory is short. */
static bool
list_split(struct bytes names, const char ***rows, size_t *count)
{
	const char *text = names.size == 0 ? "" : (const char *)names.data,
	    *end = text + names.size;

	*count = 0;
	for (const char *name = text; name < end; name += strlen(name) + 1)
		(*count)++;
	*rows = calloc(*count + 1, sizeof **rows);
	if (*rows == NULL)
		return false;
	*count = 0;
	for (const char *name = text; name < end; name += strlen(name) + 1)
		if (is_entry(name))
			(*rows)[(*count)++] = name;
	return true;
}

static int
cannot_list(const char *path, int errnum, struct error *error)
{
	if (errnum == E2BIG)
		return error_set(error, ERROR_UNKNOWN, BUDGET_TOO_MUCH, NULL, "cannot list '%s'",
		    path);
	if (errnum == EINTR)
		return error_set(error, ERROR_STOPPED, "did not finish listing '%s'", path);
	return error_number(error, ERROR_FILE, errnum, "cannot list '%s'", path);
}

/*
 * Walk to a name inside the directory, so that all links to it that only root can change are
 * followed, the last one, too.
 */
static int
read_names(const struct host *host, const char *path, struct bytes *names, struct error *error)
{
	char inside[PATH_SIZE];
	struct look look = { .kind = LOOK_NAMES, .manner = FILES_STRICT, .path = inside,
	    .limit = LIST_BYTES_MAX };
	struct folder folder;
	bool reached;

	*names = look.bytes;
	if (!text_format(inside, sizeof inside, "%s/.plist", path))
		return cannot_list(path, ENAMETOOLONG, error);
	reached = look_find(host, &look, &folder);
	*names = look.bytes;
	if (names->size > 0 && names->data[names->size - 1] != '\0')
		look.errnum = EIO;
	if (look.errnum == 0 || look.errnum == ENOENT)
		return 0;
	if (!reached && look.errnum != EINTR)
		return walk_failed(&folder, look.errnum, "list", path, error);
	return cannot_list(path, look.errnum, error);
}

int
files_list(const struct host *host, const char *path, void (*visit)(void *, const char *),
    void *context, struct error *error)
{
	const char **rows = NULL;
	size_t count = 0;
	struct bytes names;
	int result = read_names(host, path, &names, error);

	if (result == 0 && !list_split(names, &rows, &count))
		result = error_number(error, ERROR_SYSTEM, ENOMEM, "cannot list '%s'", path);
	if (count > 0)
		qsort(rows, count, sizeof *rows, by_name);
	for (size_t i = 0; i < count && result == 0; i++) {
		if (wait_is_stopped(host))
			result = cannot_list(path, EINTR, error);
		else
			visit(context, rows[i]);
	}
	free(rows);
	bytes_free(&names);
	return result;
}
