/* Compare, copy and free runs of bytes. */
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool
bytes_copy(struct bytes *target, struct bytes source)
{
	unsigned char *copy = malloc(source.size + 1);

	target->data = copy;
	target->size = copy == NULL ? 0 : source.size;
	if (copy == NULL)
		return false;
	if (source.size > 0)
		memcpy(copy, source.data, source.size);
	return true;
}

void
bytes_free(struct bytes *bytes)
{
	union { const unsigned char *read; unsigned char *owned; } data = { bytes->data };

	free(data.owned);
	*bytes = (struct bytes){ NULL, 0 };
}
