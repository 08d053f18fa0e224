/* Open the machine: its root directory, its owner, its launchctl. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/facts/trust.h"
#include "host/machine/host.h"
#include "host/os/platform.h"

#define LAUNCHCTL	"/bin/launchctl"

bool
host_is_root(void)
{
	return geteuid() == 0;
}

/*
 * Refuse an image that anybody but the caller can change: what is written there, and the launchctl
 * that is run, are trusted.
 */
static int
check_image(const struct host *host, const char *path, struct error *error)
{
	struct stat status;
	enum weakness weakness;

	if (fstat(host->root, &status) == -1)
		return error_number(error, ERROR_FILE, errno, "cannot examine '%s'", path);
	if (status.st_uid != host->owner)
		return error_set(error, ERROR_FILE, "it is owned by another account",
		    host->owner == 0 ? "as root, use a root-owned directory" :
		    "use a directory that you own",
		    "cannot use '%s' as --root", path);
	if ((status.st_mode & 022) != 0)
		return error_set(error, ERROR_FILE, "it is writable by others",
		    "remove the write permission of its group and of others (chmod go-w)",
		    "cannot use '%s' as --root", path);
	weakness = platform_weakness(host->root, NULL);
	if (weakness != WEAK_NOT)
		return error_set(error, ERROR_FILE, trust_reason(weakness), trust_fix(weakness),
		    "cannot use '%s' as --root: it", path);
	return 0;
}

int
host_open_to_read(struct host *host, const char *root_path, struct error *error)
{
	const char *path = root_path == NULL ? "/" : root_path;
	uid_t owner = root_path == NULL ? 0 : geteuid();

	*host = (struct host){ .root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    .image = root_path != NULL, .owner = owner, .group = owner == 0 ? 0 : getegid(),
	    .administrator = geteuid() };
	return host->root != -1 ? 0 : error_number(error, ERROR_FILE, errno, "cannot open '%s'",
	    path);
}

int
host_open(struct host *host, const char *root_path, const char *launchctl, struct error *error)
{
	if (host_open_to_read(host, root_path, error) == -1)
		return -1;
	host->launchctl = launchctl != NULL ? launchctl : host->image ? NULL : LAUNCHCTL;
	if (host->image && check_image(host, root_path, error) == -1) {
		host_close(host);
		return -1;
	}
	return 0;
}

void
host_close(struct host *host)
{
	close(host->root);
	host->root = -1;
}
