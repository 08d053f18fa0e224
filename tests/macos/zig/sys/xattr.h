/*
 * What this project uses of macOS's <sys/xattr.h>, which the headers that come with Zig lack. Only
 * for `make macos` on Linux; on a Mac Apple's own is found.
 */
#ifndef ZIG_SYS_XATTR_H
#define ZIG_SYS_XATTR_H

#include <stdint.h>
#include <sys/types.h>

ssize_t	getxattr(const char *path, const char *name, void *value, size_t size, uint32_t position,
    int options);
ssize_t	fgetxattr(int descriptor, const char *name, void *value, size_t size, uint32_t position,
    int options);
int	setxattr(const char *path, const char *name, const void *value, size_t size,
    uint32_t position, int options);
int	fremovexattr(int descriptor, const char *name, int options);

#endif
