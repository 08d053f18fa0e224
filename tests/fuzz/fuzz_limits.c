/*
 * Any bytes as a property list. The copy on the heap has the exact size, so that one byte too many
 * is seen.
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
	enum plist_format format;
	unsigned char *copy = malloc(size == 0 ? 1 : size);
	int result;

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	result = plist_limits_check((struct bytes){ copy, size }, &format, &error);
	if ((result == 0) != (error.kind == ERROR_NONE))
		abort();
	free(copy);
	return 0;
}
