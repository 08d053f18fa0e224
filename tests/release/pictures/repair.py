#!/usr/bin/env python3
"""The picture of README, from a real run on a temporary Mac: `make pictures`.

Installs a job, breaks it in three ways, and draws what verify and repair print on a terminal,
colors included.
"""
import html
import os
import pty
import re
import subprocess
import sys

COLUMNS, WIDTH, HEIGHT, MARGIN = 100, 7.23, 17, 14
COLORS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341"}
LABEL = "com.example.agentworker"


def on_terminal(command):
    """What a command prints where standard output and standard error are a terminal."""
    pid, end = pty.fork()
    if pid == 0:
        os.execvpe("sh", ["sh", "-c", command], {**os.environ, "TERM": "xterm"})
    text = b""
    while True:
        try:
            part = os.read(end, 4096)
        except OSError:         # Linux says so at the end
            break
        if not part:
            break
        text += part
    os.waitpid(pid, 0)
    return text.decode().replace("\r\n", "\n").splitlines()


def pieces(line):
    """Yields color and text."""
    color = ""
    for part in re.split(r"(\033\[\d*m)", line):
        if part.startswith("\033["):
            color = COLORS.get(part[2:-1], "")
        elif part:
            yield color, part


def wrapped(line):
    """Yields the rows that a terminal makes of a line, each a list of color and text."""
    row, used = [], 0
    for color, text in pieces(line):
        while text:
            take = text[:COLUMNS - used]
            row.append((color, take))
            used += len(take)
            text = text[len(take):]
            if used == COLUMNS:
                yield row
                row, used = [], 0
    if row:
        yield row


def draw(lines):
    rows = [row for line in lines for row in (list(wrapped(line)) or [[]])]
    width, height = COLUMNS * WIDTH + 2 * MARGIN, len(rows) * HEIGHT + 2 * MARGIN
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" font-size="12"'
    yield '\tfont-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace">'
    yield f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#161b22"/>'
    for number, row in enumerate(rows):
        spans = "".join(f'<tspan fill="{color or "#e6edf3"}">{html.escape(text)}</tspan>'
                        for color, text in row)
        if spans:
            y = MARGIN + HEIGHT * (number + 1) - 5
            yield f'<text x="{MARGIN}" y="{y}" xml:space="preserve">{spans}</text>'
    yield "</svg>"


def main():
    mac = os.environ["MAC"]
    subprocess.run(["lnpctl", "install", "--quiet", "--label", LABEL, "--user", "worker", "--",
                    "/usr/local/bin/agentworker"],
                   check=True)
    os.chmod(f"{mac}/Library/LaunchDaemons/{LABEL}.plist", 0o664)
    os.chown(f"{mac}/private/var/log/com.example.agentworker.log", 0, 0)
    subprocess.run(["launchctl", "bootout", f"system/{LABEL}"], check=True)
    lines = []
    for command in "lnpctl verify", "sudo lnpctl repair", "lnpctl verify":
        lines += [f"$ {command}", *on_terminal(command)]
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("\n".join(draw(lines)) + "\n")


main()
