/* Functions that the embedded launchd and its launchctl share. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "protocol.h"

/* Numbers below 107 are macOS's errno values; Linux has others, so strerror() does not fit. */
static const struct {
	int number;
	const char *text;
} errors[] = {
	{ 0, "Undefined error: 0" },
	{ 1, "Operation not permitted" },
	{ 2, "No such file or directory" },
	{ 3, "No such process" },
	{ 4, "Interrupted system call" },
	{ 5, "Input/output error" },
	{ 8, "Exec format error" },
	{ 9, "Bad file descriptor" },
	{ 12, "Cannot allocate memory" },
	{ 13, "Permission denied" },
	{ 16, "Resource busy" },
	{ 17, "File exists" },
	{ 20, "Not a directory" },
	{ 21, "Is a directory" },
	{ 22, "Invalid argument" },
	{ 28, "No space left on device" },
	{ 36, "Operation now in progress" },
	{ 37, "Operation already in progress" },
	{ 45, "Operation not supported" },
	{ 60, "Operation timed out" },
	{ 62, "Too many levels of symbolic links" },
	{ 63, "File name too long" },
	{ 78, "Function not implemented" },
	{ 107, "Malformed bundle" },
	{ 108, "Invalid path" },
	{ 109, "Invalid property list" },
	{ 110, "Invalid or missing service identifier" },
	{ 111, "Invalid or missing Program/ProgramArguments" },
	{ 112, "Could not find specified domain" },
	{ 113, "Could not find specified service" },
	{ 114, "The specified username does not exist" },
	{ 115, "The specified group does not exist" },
	{ 116, "Routine not yet implemented" },
	{ 117, "(n/a)" },
	{ 118, "Bad response from server" },
	{ 119, "Service is disabled" },
	{ 120, "Bad subsystem destination for request" },
	{ 121, "Path not searched for services" },
	{ 122, "Path had bad ownership/permissions" },
	{ 123, "Path is whitelisted for domain" },
	{ 124, "Domain is tearing down" },
	{ 125, "Domain does not support specified action" },
	{ 126, "Request type is no longer supported" },
	{ 127, "The specified service did not ship with the operating system" },
	{ 128, "The specified path is not a bundle" },
	{ 129, "The service was superseded by a later version" },
	{ 130, "The system encountered a condition where behavior was undefined" },
	{ 131, "Out of order requests" },
	{ 132, "Request for stale data" },
	{ 133, "Multiple errors were returned; see stderr" },
	{ 134, "Service cannot load in requested session" },
	{ 135, "Process is not managed" },
	{ 136, "Action not allowed on singleton service" },
	{ 137, "Service does not support the specified action" },
	{ 138, "Service cannot be loaded on this hardware" },
	{ 139, "Service cannot presently execute" },
	{ 140, "Service name is reserved or invalid" },
	{ 141, "Reentrancy avoided" },
	{ 142, "Operation only supported on development build" },
	{ 143, "Requested entry was cached" },
	{ 144, "Requestor lacks required entitlement" },
	{ 145, "Endpoint is hidden" },
	{ 146, "Domain is in on-demand-only mode" },
	{ 147, "The specified service did not ship in the requestor" },
	{ 148, "The specified service path was not in the service cache" },
	{ 149, "Could not find a bundle of the given identifier through LaunchServices" },
	{ 150, "Operation not permitted while System Integrity Protection is engaged" },
	{ 151, "A complete hack" },
	{ 152, "Service cannot load in current boot environment" },
	{ 153, "Completely unexpected error" },
	{ 154, "Requestor is not a platform binary" },
	{ 155, "Refusing to execute/trust quarantined program/file" },
	{ 156, "Domain creation with that UID is not allowed anymore" },
	{ 157, "System service is not in system service whitelist" },
	{ 158, "Service cannot be loaded on current os variant" },
	{ 159, "Sandbox restriction" },
	{ 161, "Service cannot be launched because of BTM policy" },
};

const char *
error_text(int number)
{
	static char unknown[40];

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].number == number)
			return errors[i].text;
	snprintf(unknown, sizeof(unknown), "Unknown error: %d", number);
	return unknown;
}

int
write_all(int file, const void *data, size_t size)
{
	const char *at = data;

	while (size > 0) {
		ssize_t n = write(file, at, size);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

int
read_all(int file, void *data, size_t size)
{
	char *at = data;

	while (size > 0) {
		ssize_t n = read(file, at, size);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

void
close_from(int lowest, int keep)
{
	DIR *folder = opendir("/dev/fd");
	struct dirent *entry;
	int highest = 255;

	if (folder != NULL) {
		/* Do not close while reading: that would change the directory. */
		while ((entry = readdir(folder)) != NULL) {
			int file = (int)strtol(entry->d_name, NULL, 10);

			if (file > highest)
				highest = file;
		}
		closedir(folder);
	}
	for (int file = lowest; file <= highest; file++)
		if (file != keep)
			close(file);
}

int
lock_file(int file, int wait)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int result;

	do
		result = fcntl(file, wait ? F_SETLKW : F_SETLK, &lock);
	while (result == -1 && errno == EINTR);
	return result;
}
