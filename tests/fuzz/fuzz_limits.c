/*
 * Any bytes as a property list, with an index and without, which must not change the verdict. The
 * copy on the heap has the exact size, so that one byte too many is seen.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/plist/limits.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error = { .kind = ERROR_NONE };
	struct xml_index index;
	enum plist_format format;
	unsigned char *copy = malloc(size == 0 ? 1 : size);
	int result;

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	result = plist_limits_check((struct bytes){ copy, size }, &format, NULL, &error);
	if ((result == 0) != (error.kind == ERROR_NONE))
		abort();
	if (plist_limits_check((struct bytes){ copy, size }, &format, &index, &error) != result)
		abort();
	xml_index_free(&index);
	free(copy);
	return 0;
}
