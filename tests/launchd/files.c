/* Files below the root directory. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "launchd.h"

#define LARGEST	(10L * 1024 * 1024)

char *
file_below(const char *path)
{
	return text("%s%s%s", root, path[0] == '/' ? "" : "/", path);
}

static char *
file_read(const char *path, size_t *size)
{
	struct stat status;
	char *data = NULL;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (file == -1)
		return NULL;
	if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
	    status.st_size < LARGEST) {
		*size = (size_t)status.st_size;
		data = need(malloc(*size));
		if (read_all(file, data, *size) == -1) {
			free(data);
			data = NULL;
		}
	}
	close(file);
	return data;
}

plist_t
file_plist(const char *path)
{
	plist_t plist = NULL;
	size_t size;
	char *data = file_read(path, &size);

	if (data == NULL)
		return NULL;
	/* plist_from_memory() would also accept JSON and OpenStep, which launchd does not. */
	if (size > 8 && memcmp(data, "bplist00", 8) == 0)
		plist_from_bin(data, (uint32_t)size, &plist);
	else
		plist_from_xml(data, (uint32_t)size, &plist);
	free(data);
	return plist;
}

int
file_write(const char *path, plist_t plist)
{
	char *draft = text("%s.draft", path), *xml = NULL;
	uint32_t size = 0;
	int file, result = -1;

	plist_to_xml(plist, &xml, &size);
	file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (xml != NULL && file != -1 && write_all(file, xml, size) == 0)
		result = rename(draft, path);
	if (file != -1)
		close(file);
	free(xml);
	free(draft);
	return result;
}

bool
file_quarantined(const char *path)
{
#ifdef __APPLE__
	return getxattr(path, "com.apple.quarantine", NULL, 0, 0, 0) >= 0;
#else
	return getxattr(path, "user.com.apple.quarantine", NULL, 0) >= 0;
#endif
}
