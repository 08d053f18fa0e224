#!/usr/bin/env python3
"""python3 check.py FILE SYMBOLS FOLDER...: is the universal program FILE what every Mac needs? Says
what is not.

SYMBOLS lists the names that it may import; it may not hold the name of a FOLDER, for instance where
it was built. Read without Apple's tools, after <mach-o/fat.h>, <mach-o/loader.h>, <mach-o/nlist.h>
and XNU's <kern/cs_blobs.h>.
"""
import hashlib
import re
import struct
import sys
import uuid

ARCHITECTURES = {0x0100000C: "arm64", 0x01000007: "x86_64"}
MINIMUM = (13, 0)
LARGEST = 700_000
# After the load commands codesign_allocate of Apple's cctools adds 16 bytes and wants 32 more.
ROOM = 64
LIBRARIES = ["/usr/lib/libSystem.B.dylib"]
IDENTIFIER = "lnpctl"

FAT_MAGIC, MACHO_MAGIC = 0xCAFEBABE, 0xFEEDFACF
EXECUTE, PIE = 2, 0x200000
SEGMENT, SYMTAB, UUID, CODE_SIGNATURE = 0x19, 0x2, 0x1B, 0x1D
BUILD_VERSION, RPATH = 0x32, 0x8000001C
LOADS = {0xC, 0x80000018, 0x8000001F, 0x20,
         0x80000023}     # dylib: plain, weak, re-exported, lazy, upward
MACOS = 1
STAB, TYPE, EXTERNAL = 0xE0, 0x0E, 0x01                     # of an entry of the symbol table
SIGNATURE, DIRECTORY, ADHOC, SHA256 = 0xFADE0CC0, 0xFADE0C02, 0x2, 2


def text(data, start):
    return data[start:data.index(b"\0", start)].decode()


class Slice:
    """What the header, the load commands and the symbol table of one architecture say."""

    def __init__(self, name, data, offset, align):
        self.name, self.data, self.aligned = name, data, offset % (1 << align) == 0
        self.minimum = self.uuid = self.signature = None
        self.libraries, self.search, self.imports, self.sections = [], [], [], []
        magic, _, _, kind, count, _, self.flags, _ = struct.unpack_from("<8I", data)
        self.program = magic == MACHO_MAGIC and kind == EXECUTE
        place = 32
        for _ in range(count if self.program else 0):
            command, size = struct.unpack_from("<2I", data, place)
            self.read(command, place)
            place += size
        self.room = min(self.sections, default=place) - place

    def read(self, command, place):
        first, second, third, fourth = struct.unpack_from("<4I", self.data + bytes(16), place + 8)
        if command == BUILD_VERSION and first == MACOS:
            self.minimum = (second >> 16, second >> 8 & 255)
        elif command == UUID:
            self.uuid = uuid.UUID(bytes=self.data[place + 8:place + 24])
        elif command == CODE_SIGNATURE:
            self.signature = (first, second)
        elif command in LOADS:
            self.libraries.append(text(self.data, place + first))
        elif command == RPATH:
            self.search.append(text(self.data, place + first))
        elif command == SEGMENT:
            self.sections += self.contents(place)
        elif command == SYMTAB:
            self.imports = list(self.undefined(first, second, third))

    def contents(self, place):
        """Where in the file each section of a segment begins that is in the file."""
        count, = struct.unpack_from("<I", self.data, place + 64)
        for section in range(place + 72, place + 72 + 80 * count, 80):
            size, offset = struct.unpack_from("<QI", self.data, section + 40)
            if size and offset:
                yield offset

    def undefined(self, table, count, strings):
        for place in range(table, table + 16 * count, 16):
            name, kind, _, _, _ = struct.unpack_from("<IBBHQ", self.data, place)
            if not kind & STAB and kind & TYPE == 0 and kind & EXTERNAL:
                yield text(self.data, strings + name)


def slices(data):
    magic, count = struct.unpack_from(">2I", data)
    if magic != FAT_MAGIC:
        return []
    found = []
    for i in range(count):
        kind, _, offset, size, align = struct.unpack_from(">5I", data, 8 + 20 * i)
        found.append(Slice(ARCHITECTURES.get(kind, hex(kind)), data[offset:offset + size], offset,
                           align))
    return found


def signature(part):
    """(who signed: "unsigned", "ad hoc" or "an identity", what is wrong: None or text)"""
    if part.signature is None:
        return "unsigned", None
    start, size = part.signature
    blob = part.data[start:start + size]
    magic, _, count = struct.unpack_from(">3I", blob)
    places = [struct.unpack_from(">2I", blob, 12 + 8 * i)[1]
              for i in range(count)] if magic == SIGNATURE else []
    places = [place for place in places if struct.unpack_from(">I", blob, place)[0] == DIRECTORY]
    if not places:
        return "signed", "its signature holds no code directory"
    # A signer that thinks of old systems adds one of SHA-1, which macOS 13 does not look at.
    place = next((place for place in places if blob[place + 37] == SHA256), places[0])
    _, flags, hashes, identifier, _, pages, limit = struct.unpack_from(">7I", blob, place + 8)
    hash_size, hash_type, _, page = struct.unpack_from(">4B", blob, place + 36)
    who = "ad hoc" if flags & ADHOC else "an identity"
    if text(blob, place + identifier) != IDENTIFIER:
        return who, f"its signature is for '{text(blob, place + identifier)}', not '{IDENTIFIER}'"
    if hash_type != SHA256 or limit != start:
        return who, "its signature does not cover it"
    for i in range(pages):
        at = place + hashes + i * hash_size
        if hashlib.sha256(part.data[i << page:min(i + 1 << page,
                                                  limit)]).digest() != blob[at:at + hash_size]:
            return who, f"its signature is not that of page {i}"
    return who, None


def complaints(part, allowed, folders):
    """Yields what is wrong with one slice."""
    if not part.program or not part.aligned or not part.flags & PIE:
        yield "is not a position-independent program at an aligned place"
    if len(part.data) > LARGEST:
        yield f"is larger than {LARGEST} bytes: {len(part.data)}"
    if part.minimum != MINIMUM:
        yield f"is for {part.minimum}, not for macOS {MINIMUM}"
    if part.uuid is None or part.uuid.int == 0:
        yield "has no LC_UUID"
    if part.room < ROOM:
        yield (f"has {part.room} bytes after its load commands, not {ROOM}: "
               "codesign could not add a signature")
    if part.libraries != LIBRARIES or part.search:
        yield f"needs other libraries: {part.libraries + part.search}"
    who, wrong = signature(part)
    if wrong or who == "unsigned" and part.name == "arm64":
        yield wrong or "is not signed: no Mac would start it"
    for name in part.imports:
        if name not in allowed and re.sub(r"\$(INODE64|DARWIN_EXTSN)$", "",
                                          name)[1:] not in allowed:
            yield f"imports '{name}': is it in macOS {MINIMUM}? Then add it to the list"
    # A file of source or an object, by its full path, whatever the folder is.
    for found in re.findall(rb"(?<![\w./+-])/[\w./+-]+\.[choa]\b", part.data) + [f.encode()
                                                                                 for f in folders]:
        if found.startswith(b"/") and found in part.data:
            yield f"holds a path of its build: {found.decode()}"


def judge(data, allowed, folders):
    """Returns the slices and all that is wrong."""
    parts = slices(data)
    wrong = [f"{part.name}: {complaint}" for part in parts
             for complaint in complaints(part, allowed, folders)]
    names = [part.name for part in parts]
    if sorted(names) != sorted(ARCHITECTURES.values()):
        wrong.append(f"the slices are {names}, not {sorted(ARCHITECTURES.values())}")
    if len({part.uuid for part in parts}) != len(parts):
        wrong.append("the slices share one LC_UUID")
    return parts, wrong


def read_symbols(path):
    with open(path, encoding="ascii") as lines:
        return {word for line in lines if not line.startswith("#") for word in line.split()}


def main(path, symbols, *folders):
    with open(path, "rb") as file:
        data = file.read()
    parts, wrong = judge(data, read_symbols(symbols), folders)
    print(f"{path}: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}")
    for part in parts:
        version = ".".join(map(str, part.minimum or ("?",)))
        print(f"  {part.name:<6} {len(part.data):>6} bytes, macOS {version}, UUID {part.uuid}, "
              f"{signature(part)[0]}, {len(part.imports)} names from {' '.join(part.libraries)}")
    for complaint in wrong:
        print(f"check.py: {complaint}", file=sys.stderr)
    return 1 if wrong or not parts else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python3 check.py FILE SYMBOLS FOLDER...")
    sys.exit(main(*sys.argv[1:]))
