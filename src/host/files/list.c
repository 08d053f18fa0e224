/* List directories, for files.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
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

/* Write each name with its zero byte. Return 0 or an errno. */
static int
list_collect(const struct host *host, DIR *directory, size_t limit, FILE *names)
{
	size_t count = 0, size = 0;
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (wait_is_stopped(host))
			return EINTR;
		size += strlen(entry->d_name) + 1;
		if (count++ == BUDGET_NAMES || size > limit)
			return E2BIG;
		if (fwrite(entry->d_name, strlen(entry->d_name) + 1, 1, names) != 1)
			return ENOMEM;
		errno = 0;
	}
	return errno;
}

int
look_names(const struct host *host, int descriptor, size_t limit, struct bytes *names)
{
	DIR *directory = fdopendir(descriptor);
	char *text = NULL;
	size_t size = 0;
	FILE *stream = directory == NULL ? NULL : open_memstream(&text, &size);
	int errnum = stream == NULL ? ENOMEM : list_collect(host, directory, limit, stream);

	if (stream != NULL && fclose(stream) != 0)
		errnum = ENOMEM;
	if (directory == NULL)
		close(descriptor);
	else
		closedir(directory);
	*names = (struct bytes){ (const unsigned char *)text, size };
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

static int
cannot_list(const char *path, int errnum, struct error *error)
{
	if (errnum == E2BIG)
		return error_set(error, ERROR_UNKNOWN, BUDGET_TOO_MUCH, NULL, "cannot list '%s'",
		    path);
	if (errnum == EINTR)
		return error_set(error, ERROR_STOPPED, "did not finish listing '%s'", path);
	return error_number(error, errnum == ENOMEM ? ERROR_SYSTEM : ERROR_FILE, errnum,
	    "cannot list '%s'", path);
}

/*
 * Walk to a name inside the directory, so that all links to it that only root can change are
 * followed, the last one, too.
 */
static int
read_names(const struct host *host, const char *path, struct bytes *names, struct error *error)
{
	char inside[PATH_SIZE + sizeof "/.plist"];
	struct look look = { .kind = LOOK_NAMES, .manner = FILES_STRICT, .path = inside,
	    .limit = LIST_BYTES_MAX };
	struct folder folder;
	bool reached;

	snprintf(inside, sizeof inside, "%s/.plist", path);
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
files_visit(const struct host *host, struct bytes names, void (*visit)(void *, const char *),
    void *context)
{
	const char **rows = calloc(names.size / 2 + 1, sizeof *rows);	/* no name is shorter */
	size_t count = 0, length;
	int errnum = rows == NULL ? ENOMEM : 0;

	for (size_t at = 0; rows != NULL && at < names.size; at += length + 1) {
		rows[count] = (const char *)names.data + at;
		length = strlen(rows[count]);
		count += is_entry(rows[count]);
	}
	if (count > 0)
		qsort(rows, count, sizeof *rows, by_name);
	for (size_t i = 0; i < count && errnum == 0; i++) {
		if (wait_is_stopped(host))
			errnum = EINTR;
		else if (i == 0 || strcmp(rows[i - 1], rows[i]) != 0)
			visit(context, rows[i]);
	}
	free(rows);
	return errnum;
}

int
files_list(const struct host *host, const char *path, void (*visit)(void *, const char *),
    void *context, struct error *error)
{
	struct bytes names;
	int result = read_names(host, path, &names, error), errnum;

	errnum = result == -1 ? 0 : files_visit(host, names, visit, context);
	bytes_free(&names);
	return errnum == 0 ? result : cannot_list(path, errnum, error);
}
