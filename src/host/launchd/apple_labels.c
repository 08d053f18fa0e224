/* Find a label among those of macOS's own jobs. */
#include "core/job/receipt.h"
#include "core/text.h"
#include "host/launchd/apple_labels.h"
#include "host/files/files.h"

#define PLISTS_MAX	5000		/* in both directories; an image may hold anything */
#define BYTES_MAX	(32u * 1024 * 1024)

struct apples {
	const struct host	*host;
	const char		*folder, *label;
	char			*path;		/* PATH_SIZE */
	size_t			 plists, bytes;	/* read so far */
};

static void
apple_labels_look_into(void *context, const char *name)
{
	struct apples *search = context;
	const struct host *host = search->host;
	struct file_fact fact;
	struct bytes bytes;
	struct error ignored;
	char path[PATH_SIZE];

	if (search->path[0] != '\0' || search->plists == PLISTS_MAX ||
	    search->bytes > BYTES_MAX || (host->stop != NULL && *host->stop) || name[0] == '.' ||
	    !text_format(path, sizeof path, "%s/%s", search->folder, name))
		return;
	search->plists++;
	if (files_read(host, path, FILES_FOREIGN, &bytes, &fact, &ignored) == -1)
		return;
	search->bytes += bytes.size;
	if (spec_has_label(bytes, search->label))
		text_copy(search->path, PATH_SIZE, path);
	bytes_free(&bytes);
}

void
apple_labels_find(const struct host *host, const char *label, char path[PATH_SIZE])
{
	static const char *const folders[] =
	    { "/System" DAEMONS_DIRECTORY, "/System" AGENTS_DIRECTORY };
	struct apples search = { .host = host, .label = label, .path = path };
	char name[NAME_SIZE];
	struct error ignored;

	path[0] = '\0';
	/* Fast path: most are named after their label. */
	for (size_t i = 0; i < 2 && text_format(name, sizeof name, "%s.plist", label); i++) {
		search.folder = folders[i];
		apple_labels_look_into(&search, name);
	}
	for (size_t i = 0; i < 2 && path[0] == '\0'; i++) {
		search.folder = folders[i];
		files_list(host, folders[i], apple_labels_look_into, &search, &ignored);
	}
}
