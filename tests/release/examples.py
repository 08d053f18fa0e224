#!/usr/bin/env python3
"""python3 examples.py README|MANUAL|TRANSCRIPT FILE [WORD]: runs a document's examples as they
stand, and compares what they print.

README: the blocks marked "console" (those marked "console WORD" when WORD is given): a line "$
COMMAND" is run, which goes on after a backslash or an open quote; what follows is its output.
MANUAL: the literal blocks of EXAMPLES, each a script that must succeed. In what is expected "..."
alone on a line stands for any lines, and within a line for any text. TRANSCRIPT: the blocks marked
"console WORD" are parts of what standard input has. The last line says how many commands were
right, and how many not.
"""
import re
import subprocess
import sys


def readme_blocks(text, word):
    """Yields the lines of each block that is marked so."""
    mark = "```console" + (" " + word if word else "")
    for block in re.finditer(r"^(```[^\n]*)\n(.*?)^```$", text, re.S | re.M):
        if block[1] == mark:
            yield block[2].splitlines()
        elif not block[1].startswith("```console") and re.search(r"^(\$ )?(sudo )?lnpctl ",
                                                                 block[2], re.M):
            sys.exit("an example is not run, because its block is not marked console: "
                     + block[2].splitlines()[0])


def console(lines):
    """Yields commands with the lines that they print."""
    command, output = None, []
    for line in lines:
        if command is not None and (command.endswith("\\") or command.count("'") % 2 == 1):
            command += "\n" + line
        elif line.startswith("$ "):
            if command is not None:
                yield command, output
            command, output = line[2:], []
        elif command is not None:
            output.append(line)
    if command is not None:
        yield command, output


def manual_scripts(text):
    examples = re.search(r"^\.Sh EXAMPLES\n(.*?)^\.Sh ", text, re.S | re.M)[1]
    for block in re.finditer(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", examples, re.S | re.M):
        yield block[1].rstrip("\n").replace("\\e", "\\")


def matches(expected, printed):
    pattern = "".join("(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*")
                      + "\n" for line in expected)
    return re.fullmatch(pattern, printed) is not None


def is_in(expected, transcript):
    """Whether a transcript has these lines somewhere."""
    return matches(["...", *expected, "..."], transcript)


def run(command):
    answer = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT,
                            text=True)
    return answer.returncode, answer.stdout


def main():
    kind, path, word = sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    passed = failed = 0
    if kind == "TRANSCRIPT":
        transcript = sys.stdin.read()
        blocks = list(readme_blocks(text, word))
        failed = sum(not is_in(block, transcript) for block in blocks)
        print(f"{transcript}{len(blocks) - failed} passed, {failed} failed")
        sys.exit(failed > 0 or not blocks)
    if kind == "README":
        examples = [example for block in readme_blocks(text, word) for example in console(block)]
    else:
        examples = [(script, None) for script in manual_scripts(text)]
    for command, expected in examples:
        status, printed = run(command)
        if (status == 0) if expected is None else matches(expected, printed):
            passed += 1
            continue
        failed += 1
        print(f"FAILED: {path}: {command}\n-- expected"
              + ("" if expected is None else "\n" + "\n".join(expected)))
        print(f"-- printed, and exited with {status}\n{printed}", end="")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


main()
