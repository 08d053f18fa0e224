#!/usr/bin/env python3
"""python3 broken.py FILE SYMBOLS: does check.py see what can be wrong? Spoils copies of the good
FILE."""
import struct
import sys

import check
import join

FOLDER = "/a/build"
LOAD_DYLINKER = 0xE


def command(data, wanted):
    """Where a load command begins."""
    place = 32
    while struct.unpack_from("<I", data, place)[0] != wanted:
        place += struct.unpack_from("<I", data, place + 4)[0]
    return place


def without(wanted):
    """The command gets a number that nobody knows."""
    def spoil(data):
        struct.pack_into("<I", data, command(data, wanted), 0x7FFF)
    return spoil


def minimum(major):
    def spoil(data):
        struct.pack_into("<I", data, command(data, check.BUILD_VERSION) + 12, major << 16)
    return spoil


def turned(kind, start, name):
    """The command that names the dynamic linker becomes another one of its size: its name begins at
    start."""
    def spoil(data):
        place = command(data, LOAD_DYLINKER)
        struct.pack_into("<3I", data, place, kind, 32, start)
        data[place + start:place + 32] = name.ljust(32 - start, b"\0")
    return spoil


def replaced(old, new):
    """The last place that has it."""
    def spoil(data):
        place = data.rindex(old)
        data[place:place + len(old)] = new.ljust(len(old), b"\0")
    return spoil


def without_room(data):
    """The first section of the first segment with any begins where the load commands end."""
    count, = struct.unpack_from("<I", data, 16)
    place = first = 32
    for _ in range(count):
        kind, size = struct.unpack_from("<2I", data, place)
        if kind == check.SEGMENT and data[place + 8:place + 15] == b"__TEXT\0":
            first = place + 72
        place += size
    struct.pack_into("<I", data, first + 48, place + check.ROOM - 1)


def larger(data):
    data += bytes(check.LARGEST)


def changed(data):
    data[len(data) // 2] ^= 1


def uuid_of_zeros(data):
    place = command(data, check.UUID) + 8
    data[place:place + 16] = bytes(16)


def at_a_fixed_place(data):
    struct.pack_into("<I", data, 24, struct.unpack_from("<I", data, 24)[0] & ~check.PIE)


# What is done to one slice, and what must be reported.
SPOILT = [
    ("older minimum", minimum(12), "is for (12, 0), not for macOS (13, 0)"),
    ("newer minimum", minimum(14), "is for (14, 0), not for macOS (13, 0)"),
    ("minimum untold", without(check.BUILD_VERSION), "is for None"),
    ("no LC_UUID", without(check.UUID), "has no LC_UUID"),
    ("LC_UUID of zeros", uuid_of_zeros, "has no LC_UUID"),
    ("no room for a signature", without_room, "has 63 bytes after its load commands"),
    ("another library", turned(0xC, 24, b"/opt/x"), "needs other libraries"),
    ("a weak library", turned(0x80000018, 24, b"/opt/x"), "needs other libraries"),
    ("a folder to search", turned(check.RPATH, 12, b"/opt/lib"), "needs other libraries"),
    ("a newer function", replaced(b"_proc_pidpath\0", b"_new_function\0"),
     "imports '_new_function'"),
    ("folder of the build", replaced(b"unknown command", b"/a/build/"),
     "holds a path of its build: /a/build"),
    ("name of a source", replaced(b"unknown command", b"/x/main.c"),
     "holds a path of its build: /x/main.c"),
    ("too large", larger, f"is larger than {check.LARGEST} bytes"),
    ("at a fixed place", at_a_fixed_place, "is not a position-independent program"),
]
# arm64 alone: the other need not be signed
UNSIGNED = [
    ("not signed", without(check.CODE_SIGNATURE), "is not signed"),
    ("changed later", changed, "its signature is not that of page"),
    ("signed as another", replaced(b"lnpctl\0", b"lnpctx\0"), "its signature is for 'lnpctx'"),
]


def files(data):
    """Yields name, bytes and the complaint for each spoilt file."""
    good = {part.name: part.data for part in check.slices(data)}
    both = sorted(good)
    for name in both:
        for what, spoil, complaint in SPOILT + (UNSIGNED if name == "arm64" else []):
            bad = bytearray(good[name])
            spoil(bad)
            parts = [bad if other == name else good[other] for other in both]
            yield f"{name}: {what}", join.join(parts), f"{name}: {complaint}"
        yield f"{name} alone", join.join([good[name]]), f"the slices are ['{name}']"
        yield f"{name}, not universal", good[name], "the slices are []"
        yield f"{name} twice", join.join([good[name]] * 2), "the slices share one LC_UUID"
    shifted = bytearray(data)
    offset = struct.unpack_from(">I", shifted, 16)[0]
    struct.pack_into(">I", shifted, 16, offset + 4)
    shifted[offset:offset] = bytes(4)
    yield "crooked", bytes(shifted), "is not a position-independent program at an aligned place"


def main(path, symbols):
    allowed = check.read_symbols(symbols)
    with open(path, "rb") as file:
        data = file.read()
    overlooked = count = 0
    for name, bad, complaint in files(data):
        count += 1
        said = check.judge(bad, allowed, [FOLDER])[1]
        if not any(complaint in line for line in said):
            overlooked += 1
            print(f"broken.py: {name}: expected '{complaint}', got {said}", file=sys.stderr)
    print(f"  {count - overlooked} of {count} spoilt copies were refused for what was done to them")
    return 1 if overlooked else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python3 broken.py FILE SYMBOLS")
    sys.exit(main(*sys.argv[1:]))
