#!/usr/bin/env python3
"""python3 bench.py BUILD [RUNS]: what lnpctl costs, beside a floor measured in the same run.

The floor of a command is its own launchctl calls (as --verbose shows them) made by a bare C loop,
floor.c, on the same temporary Mac with the embedded launchd. A command and its floor take turns;
the table has the medians, their ratio, the system calls and child processes of lnpctl alone
(strace), without those that loading any program takes (those of `lnpctl --version`), and its peak
memory. Then its peers (bench_peers.py), and a picture of both (bench_plot.py).
"""
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bench_peers
import bench_plot

BUILD = os.path.abspath(sys.argv[1])
RUNS = int(sys.argv[2]) if len(sys.argv) > 2 else 30
BIG = "BENCH_SMALL" not in os.environ
WORKER = "/usr/local/bin/agentworker"
INSTALL = ["install", "--user", "worker", "--settle", "0", "--label"]
PROGRAM = ["--", WORKER, "--report", "--interval", "100000"]
OURS, FLOORS = {}, {}       # milliseconds, by the name of the row


def traced(argv):
    with tempfile.NamedTemporaryFile("r") as trace:
        subprocess.run(["strace", "-qq", "-o", trace.name, *argv], capture_output=True)
        return [line for line in trace.read().splitlines() if re.match(r"\w+\(", line)]


class Mac:
    def __init__(self):
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="mac."))
        subprocess.run(["sh", "tests/mac/make_mac.sh", self.root, BUILD + "/tests/launchd"],
                       check=True)
        shutil.copy(BUILD + "/tests/agentworker", self.root + WORKER)
        os.chmod(self.root + WORKER, 0o755)
        self.launchctl = self.root + "/bin/launchctl"
        subprocess.run([self.launchctl, "fault", "clock", "0.001"], check=True)

    def close(self):
        subprocess.run([self.launchctl, "shutdown", "now"], capture_output=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def argv(self, words):
        where = ["--root", self.root, "--launchctl", self.launchctl] if words[0] != "lint" else []
        return [BUILD + "/lnpctl", words[0], *where, *words[1:]]

    def run(self, words):
        """Seconds."""
        with open(os.devnull, "r+") as null:
            begun = time.monotonic()
            child = subprocess.Popen(self.argv(words), stdin=null, stdout=null,
                                     stderr=subprocess.PIPE)
            said = child.stderr.read()
            child.wait()
            seconds = time.monotonic() - begun
        child.stderr.close()
        if child.returncode not in (0, 1 if words[0] == "lint" else 0):
            sys.exit(f"bench: {' '.join(words)} gave {child.returncode}: {said.decode()}")
        return seconds

    def calls(self, words):
        said = subprocess.run(self.argv(words + ["--verbose"] if "--" not in words else
                                        [words[0], "--verbose", *words[1:]]), capture_output=True,
                                        text=True)
        return [line[5:].split(" ") for line in said.stderr.splitlines()
                if line.startswith("run: ")]

    def traced(self, words):
        """System calls and child processes of lnpctl alone."""
        calls = traced(self.argv(words))
        children = sum(bool(re.match(r"v?fork|clone", call)) for call in calls)
        return len(calls) - len(traced([BUILD + "/lnpctl", "--version"])), children

    def memory(self, words):
        return int(subprocess.run([BUILD + "/tests/bench/floor", "memory", *self.argv(words)],
                                  capture_output=True, text=True).stdout)

    def floor(self, calls, at_once):
        text = "".join("\t".join(call) + "\n" for call in calls)
        begun = time.monotonic()
        subprocess.run([BUILD + "/tests/bench/floor", str(at_once)], input=text, text=True,
                       check=True)
        return time.monotonic() - begun


def row(mac, name, words, prepare=None, before_floor=None, at_once=1, runs=RUNS):
    def ready(how):
        if how:
            how()

    ready(prepare)
    calls = mac.calls(words) if words[0] != "lint" else []
    ready(prepare)
    syscalls, children = mac.traced(words)
    ready(prepare)
    memory = mac.memory(words)
    ours, floors = [], []
    for _ in range(runs):
        ready(prepare)
        ours.append(mac.run(words))
        if calls:
            ready(before_floor or prepare)
            floors.append(mac.floor(calls, at_once))
    mine = statistics.median(ours)
    OURS[name] = mine * 1000
    if calls:
        FLOORS[name] = statistics.median(floors) * 1000
    ratio = f"{mine / statistics.median(floors):8.2f}" if calls else "       -"
    print(f"{name:24}{mine * 1000:10.1f}{ratio}{syscalls:10}{children:10}{memory / 1024:10.1f}",
          flush=True)


def machine():
    """On what it was measured, and what."""
    found = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude", "*"],
                           capture_output=True, text=True)
    commit = found.stdout.strip() if found.returncode == 0 else "unknown"
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, commit {commit}"


def main():
    if shutil.which("strace") is None:
        sys.exit("bench: strace was not found; on Debian 'sh tests/need.sh lint' gets it")
    where = machine()
    print(f"{where}; medians of {RUNS} runs, fewer for rows that take long")
    mac = Mac()
    plist = mac.root + "/Library/LaunchDaemons/com.example.job0.plist"
    saved = mac.root + "/saved"

    def install(count, first=0):
        for number in range(first, count):
            mac.run([*INSTALL, f"com.example.job{number}", *PROGRAM])

    def gone():
        mac.run(["uninstall", "--delete-logs", "com.example.job0"])

    def again():
        mac.run([*INSTALL, "com.example.job0", *PROGRAM])

    try:
        print(f"{'command':24}{'ms':>10}{'x floor':>8}{'calls':>10}{'children':>10}{'MB':>10}")
        install(1)
        shutil.copyfile(plist, saved)

        def drop():
            subprocess.run([mac.launchctl, "bootout", "system/com.example.job0"],
                           capture_output=True)
            while subprocess.run([mac.launchctl, "print", "system/com.example.job0"],
                                 capture_output=True).returncode != 113:
                pass
            if os.path.exists(plist):
                receipt = mac.root + "/Library/Application Support/lnpctl/com.example.job0.plist"
                if os.path.exists(receipt):
                    gone()
                else:
                    os.remove(plist)

        def drop_for_floor():
            drop()
            shutil.copyfile(saved, plist)
            os.chmod(plist, 0o644)

        row(mac, "install, fresh", [*INSTALL, "com.example.job0", *PROGRAM], drop, drop_for_floor)
        drop()
        install(1)
        row(mac, "install, changed", [*INSTALL, "com.example.job0", "--env", "LANG=C", *PROGRAM],
            again)
        again()
        row(mac, "install, unchanged", [*INSTALL, "com.example.job0", *PROGRAM])
        row(mac, "status", ["status", "com.example.job0"])
        for count, runs in ((1, RUNS), (10, RUNS), (100, max(3, RUNS // 5)), *((1000, 3),) * (BIG)):
            install(count, 0 if count == 1 else count // 10)
            row(mac, f"verify of {count}", ["verify", "--settle", "0"], at_once=8 if count > 1
                else 1, runs=runs)
        files = []
        for number in range(1000):
            files.append(f"{mac.root}/{number}.plist")
            shutil.copyfile(saved, files[-1])
        row(mac, "lint of 1000 files", ["lint", "--kind", "daemon", *files], runs=max(3, RUNS // 5))
    finally:
        mac.close()
    peers = bench_peers.table(Mac, max(3, RUNS // 3))
    peers.pop("lnpctl")         # its rows above are the same
    if not BIG:
        print("no picture: BENCH_SMALL leaves rows out")
        return
    bench_plot.picture(list(OURS), [("lnpctl", OURS), ("its launchctl calls alone", FLOORS),
                                    *((peer, {f"install, {kind}": value
                                              for kind, value in values.items()})
                                      for peer, values in peers.items())], where)


main()
