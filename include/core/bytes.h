/*
 * A run of bytes, not necessarily text. Who owns it is said where it stands.
 */
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct bytes {
	const unsigned char	*data;	/* may be NULL when size is 0 */
	size_t			 size;
};

bool	bytes_equal(struct bytes, struct bytes);

/* A copy, malloc'ed, even of nothing. False when memory is short; the target is then empty. */
bool	bytes_copy(struct bytes *, struct bytes);

/* Frees bytes that are malloc'ed, and empties them; empty ones are allowed. */
void	bytes_free(struct bytes *);

#endif
