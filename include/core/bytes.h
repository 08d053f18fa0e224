/*
 * A run of bytes, not necessarily text. Each user documents who owns it.
 */
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct bytes {
	const unsigned char	*data;	/* may be NULL when size is 0 */
	size_t			 size;
};

/* Return whether both have the same bytes. */
bool	bytes_equal(struct bytes, struct bytes);

/* Copy source into malloc'ed memory, even if it is empty. False: out of memory, target is empty. */
bool	bytes_copy(struct bytes *, struct bytes);

/* Free malloc'ed bytes and make them empty; they may be empty already. */
void	bytes_free(struct bytes *);

#endif
