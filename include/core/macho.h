/*
 * Read a Mach-O program's UUID and signing identity, by which Local Network Privacy tells programs
 * apart, and for which processors it is. Nothing is verified; that is left to codesign(1).
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

/* What the kernel makes of a file that is to be executed and is not a script. */
enum macho_form {
	FORM_UNKNOWN,		/* a script, too, and a program of Linux where the processor is not
				   known */
	FORM_NATIVE,		/* for this processor */
	FORM_TRANSLATED,	/* for Intel, on Apple silicon: it runs if Rosetta is installed */
	FORM_FOREIGN,		/* for other processors: EBADARCH */
	FORM_NONE,		/* no program at all: ENOEXEC. Text without "#!", for example */
};

/*
 * Tell it from the beginning of a file, whose size is that of the whole file. processor 0: not
 * known; then only what no Mac of today executes is FORM_FOREIGN. XNU, bsd/kern/kern_exec.c,
 * execsw[] and exec_mach_imgact(): there is nothing else that it executes, and 32-bit programs end
 * with macOS 10.15.
 */
enum macho_form macho_form(struct bytes begin, uint64_t size, uint32_t processor);

#endif
