#define _DEFAULT_SOURCE		/* realpath */
/* Read a file with the rights of the caller. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "host/files/files.h"
#include "host/files/read_input.h"

bool
read_input_directory(const char *path, char target[PATH_SIZE])
{
	char *real = realpath(path, NULL);
	bool fits = text_copy(target, PATH_SIZE, real == NULL ? "" : real) && real != NULL;

	free(real);
	return fits;
}

/* Neither wait for nor read a FIFO, which may have no writer, or a device. */
static int
input_open(const char *path, struct stat *status, struct error *error)
{
	int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (file == -1)
		return error_number(error, ERROR_FILE, errno, "cannot read '%s'", path);
	if (fstat(file, status) == 0 && S_ISREG(status->st_mode))
		return file;
	close(file);
	return error_set(error, ERROR_FILE, S_ISDIR(status->st_mode) ? "it is a directory" :
	    "it is not a regular file", NULL,
	    "cannot read '%s'", path);
}

bool
read_input_full_path(const char *path, char target[PATH_SIZE])
{
	char folder[PATH_SIZE];

	if (path[0] == '/')
		return text_copy(target, PATH_SIZE, path);
	path += strncmp(path, "./", 2) == 0 ? 2 : 0;
	return getcwd(folder, sizeof folder) != NULL &&
	    text_format(target, PATH_SIZE, "%s/%s", folder, path);
}

/*
 * The path may lead where an account can put anything: a link to somebody's secret, a device, a
 * file on a dead volume. There a child reads it as that account.
 */
static int
input_read_as_root(const struct host *host, const char *path, size_t limit,
    struct input_file *input, struct error *error)
{
	struct file_fact fact;
	struct host machine;
	char full[PATH_SIZE];
	int result;

	if (!read_input_full_path(path, full))
		return error_set(error, ERROR_FILE, "its path is too long", NULL,
		    "cannot read '%s'", path);
	if (host_open(&machine, NULL, NULL, error) == -1)
		return -1;
	machine.administrator = host->administrator;
	machine.stop = host->stop;
	result = files_read_by(&machine, full, FILES_LOOSE, limit, &input->bytes, &fact, error);
	host_close(&machine);
	if (result == -1)
		return -1;
	input->owner = fact.owner;
	input->mode = fact.mode;
	text_copy(input->folder, sizeof input->folder, dirname(fact.resolved));
	return 0;
}

int
read_input(const struct host *host, const char *path, size_t limit, struct input_file *input,
    struct error *error)
{
	bool is_standard = strcmp(path, "-") == 0;
	char copy[PATH_SIZE];			/* dirname(3) writes into it */
	struct stat status = { .st_mode = 0 };
	int file = STDIN_FILENO, result, errnum;

	memset(input, 0, sizeof *input);
	if (!is_standard && host_is_root())
		return input_read_as_root(host, path, limit, input, error);
	if (!is_standard) {
		file = input_open(path, &status, error);
		if (file == -1)
			return -1;
		input->owner = status.st_uid;
		input->mode = status.st_mode & 07777;
		if (text_copy(copy, sizeof copy, path))
			read_input_directory(dirname(copy), input->folder);
	}
	result = files_read_descriptor(host, file, -1, limit, &input->bytes);
	errnum = errno;
	if (!is_standard)
		close(file);
	return result == 0 ? 0 : error_number(error, ERROR_FILE, errnum, "cannot read '%s'",
	    is_standard ? "standard input" : path);
}
