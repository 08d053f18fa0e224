/*
 * What a Mach-O program says of itself: its UUID and the identity it is signed with, by which Local
 * Network Privacy tells programs apart. Nothing is verified: that is codesign's work.
 */
#ifndef CORE_MACHO_H
#define CORE_MACHO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"

#define MACHO_ARM64	0x0100000cu	/* CPU_TYPE_ARM64 */
#define MACHO_X86_64	0x01000007u

struct macho {
	char	uuid[40];		/* "8F2E....-...."; empty: it has none, which Local Network
					   Privacy minds */
	char	identifier[128];	/* of its signature; empty: not signed */
	char	team[32];		/* empty: signed ad hoc, by Apple, or not at all */
};

/*
 * Reads a program of 64 bits, thin or universal; of a universal one the part for this processor,
 * else the first. False: it is no such program. Every offset in it is checked against the bytes
 * that are there.
 */
bool	macho_read(struct macho *, struct bytes, uint32_t processor);

#endif
