/*
 * Read a Mach-O program's UUID and signing identity, by which Local Network Privacy tells programs
 * apart. Nothing is verified; that is left to codesign(1).
 */
#ifndef CORE_MACHO_H
#define CORE_MACHO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"

#define MACHO_ARM64	0x0100000cu	/* CPU_TYPE_ARM64 */
#define MACHO_X86_64	0x01000007u

struct macho {
	char	uuid[40];		/* "8F2E....-...."; empty: it has none, and Local Network
					   Privacy needs one */
	char	identifier[128];	/* from its signature; empty: not signed */
	char	team[32];		/* empty: signed ad hoc, by Apple, or not at all */
};

/*
 * Read a 64-bit program, thin or universal; of a universal one the slice for this processor, or the
 * first. Return false if it is not such a program. Every offset is checked against the bytes that
 * are there.
 */
bool	macho_read(struct macho *, struct bytes, uint32_t processor);

#endif
