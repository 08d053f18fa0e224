#!/usr/bin/env python3
"""python3 join.py TARGET PROGRAM...: one universal program of one for each architecture, as lipo(1)
makes it.

Debian's lipo bears LLVM's version in its name and file layout; this one gives the same bytes
everywhere.
"""
import os
import struct
import sys

FAT_MAGIC = 0xCAFEBABE
ALIGN = 14          # arm64's pages have 16 KB, and what fits them fits the 4 KB of x86_64


def join(programs):
    header = struct.pack(">2I", FAT_MAGIC, len(programs))
    body = b""
    for program in programs:
        kind, subtype = struct.unpack_from("<2I", program, 4)
        body += bytes(-len(body) % (1 << ALIGN))
        header += struct.pack(">5I", kind, subtype, (1 << ALIGN) + len(body), len(program), ALIGN)
        body += program
    return header.ljust(1 << ALIGN, b"\0") + body


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main(target, *programs):
    joined = join([read(program) for program in programs])
    with open(target, "wb") as file:
        file.write(joined)
    os.chmod(target, 0o755)


if __name__ == "__main__":
    main(*sys.argv[1:])
