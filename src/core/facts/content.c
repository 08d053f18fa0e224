/* Compare programs by what the file system shows, and by content. */
#include <string.h>

#include "core/facts/content.h"

bool
content_same_file(const struct file_identity *a, const struct file_identity *b)
{
	return a->inode == b->inode && a->size == b->size && a->modified == b->modified &&
	    a->modified_nanoseconds == b->modified_nanoseconds;
}

enum tristate
content_same(const struct file_identity *a, const struct file_identity *b)
{
	if (content_same_file(a, b))
		return YES;
	if (a->size != b->size)
		return NO;
	if (a->sha256[0] == '\0' || b->sha256[0] == '\0')
		return UNKNOWN;
	return strcmp(a->sha256, b->sha256) == 0 ? YES : NO;
}

bool
content_is_sha256(const char *text)
{
	return strlen(text) == 2 * SHA256_SIZE && strspn(text, "0123456789abcdef") == strlen(text);
}
