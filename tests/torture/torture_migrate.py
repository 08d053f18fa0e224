#!/usr/bin/env python3
"""SIGKILL, and an error, at each call with which `lnpctl migrate` and `migrate --undo` change
something.

Runs on a temporary Mac with the embedded launchd; needs strace and root. Finds the programs in
$BUILD. After each disturbed run: never both jobs loaded, never the plists of both where launchd
would load them at boot; where neither is loaded the next verify reports that a change was
interrupted; and the next run, whichever way, leads to one of the two ends.

usage: torture_migrate.py [FIRST [STEP]]	every STEP-th point from FIRST on
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ.get("BUILD", "build")).resolve()
LABEL = "com.example.worker"
CALLS = ["write", "fchown", "fchmod", "fdatasync", "fsync", "renameat", "linkat", "unlinkat",
         "mkdirat", "flock", "clone,clone3,vfork,fork"]
LOOKS = ["openat", "fstat,newfstatat", "wait4,waitid",
         "pselect6"]	# change nothing themselves: every SPARSE-th is enough
SPARSE = 16
PLIST = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>com.example.worker</string>
	<key>ProgramArguments</key>
	<array>
		<string>/usr/local/bin/agentworker</string>
		<string>--report</string>
		<string>--interval</string>
		<string>100000</string>
	</array>
	<key>KeepAlive</key>
	<true/>
	<key>StandardOutPath</key>
	<string>/Users/worker/Documents/worker.log</string>
</dict>
</plist>
"""


class Mac:
    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="mac."))
        subprocess.run(["sh", "tests/mac/make_mac.sh", self.root, BUILD / "tests/launchd"],
                       check=True)
        shutil.copy(BUILD / "tests/agentworker", self.root / "usr/local/bin/agentworker")
        self.launchctl = self.root / "bin/launchctl"
        self.agent = self.root / f"Users/worker/Library/LaunchAgents/{LABEL}.plist"
        self.daemon = self.root / f"Library/LaunchDaemons/{LABEL}.plist"
        self.agent.write_text(PLIST)
        (self.root / "Users/worker/Documents").mkdir()
        for path in self.agent, self.root / "Users/worker/Documents":
            os.chown(path, 501, 20)
        self.ctl("fault", "session", "501")
        self.ctl("fault", "clock", "0.01")
        self.inode = self.agent.stat().st_ino
        assert self.ctl("bootstrap", "gui/501",
                        f"/Users/worker/Library/LaunchAgents/{LABEL}.plist") == 0

    def ctl(self, *words):
        return subprocess.run([self.launchctl, *words], capture_output=True).returncode

    def loaded(self, domain):
        return self.ctl("print", f"{domain}/{LABEL}") == 0

    def words(self, *words):
        return [BUILD / "lnpctl", words[0], "--root", self.root, "--launchctl", self.launchctl,
                *words[1:]]

    def run(self, *words):
        return subprocess.run(self.words(*words), capture_output=True, text=True)

    def traced(self, inject, *words):
        return subprocess.run(["strace", "-qq", "-y", "-o", self.root.with_suffix(".trace"),
                               "-e", inject, *self.words(*words)],
                              capture_output=True, text=True)

    def end(self):
        self.ctl("shutdown", "now")
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.with_suffix(".trace").unlink(missing_ok=True)


FORTH = ("migrate", "--settle", "0.01", f"/Users/worker/Library/LaunchAgents/{LABEL}.plist")
AGAIN = ("migrate", "--settle", "0.01", LABEL)
BACK = ("migrate", "--undo", "--delete-logs", LABEL)


def is_agent(mac):
    return (mac.loaded("gui/501") and not mac.loaded("system")
            and mac.agent.exists() and not mac.daemon.exists())


def is_daemon(mac):
    return (mac.loaded("system") and not mac.loaded("gui/501")
            and mac.daemon.exists() and not mac.agent.exists())


def count_calls(mac, call, words):
    mac.traced(f"trace={call}", *words)
    return sum(1 for line in mac.root.with_suffix(".trace").read_text().splitlines()
               if re.match(r"\w+\(", line))


def is_flushed(mac, words, one, other):
    """The plist that goes is flushed before the other one comes: the two directories may be on two
    volumes, where no barrier orders them, and launchd must never find both at boot."""
    mac.traced("trace=fsync,renameat", *words)
    lines = mac.root.with_suffix(".trace").read_text().splitlines()
    gone = [at for at, line in enumerate(lines)
            if line.startswith("fsync") and f"{one.parent}>" in line]
    come = [at for at, line in enumerate(lines)
            if line.startswith("renameat") and f'{other.parent}>, "{other.name}"' in line]
    return len(gone) > 0 and len(come) > 0 and gone[0] < come[0]


class Wrong(Exception):
    pass


def check_between(mac, said):
    agent, daemon = mac.loaded("gui/501"), mac.loaded("system")
    if agent and daemon:
        raise Wrong("both are loaded")
    if mac.agent.exists() and mac.daemon.exists():
        raise Wrong("both plists are where launchd reads them")
    if not agent and not daemon and "rollback was incomplete" not in said:
        verify = mac.run("verify", LABEL)
        if "interrupted" not in verify.stdout:
            raise Wrong("neither is loaded, and verify says: " + verify.stdout + verify.stderr)


def lead_to(mac, end):
    """One run, whatever was before, must lead to the end; an old lock or receipt must not
    prevent it."""
    if end == "daemon":
        result = mac.run(*AGAIN)
        good = is_daemon(mac)
    else:
        result = mac.run(*BACK)
        good = is_agent(mac)
        # Before the first change, or after the commit of the undo, there is no receipt, and nothing
        # to undo.
        if good and result.returncode == 1 and "has not installed" in result.stderr:
            return
    if result.returncode != 0 or not good:
        raise Wrong(f"the way to the {end} ended with {result.returncode}: "
                    f"{result.stdout}{result.stderr}")


def point(mac, kind, call, number, start, words, end):
    lead_to(mac, start)
    what = "signal=KILL" if kind == "kill" else "error=EIO"
    result = mac.traced(f"inject={call}:{what}:when={number}", *words)
    if kind == "error" and result.returncode not in (0, 1, 69, 71, 73, 74, 67, 65, 75, 2):
        raise Wrong(f"exit {result.returncode}: {result.stderr}")
    check_between(mac, result.stderr)
    if kind == "error" and result.returncode in (1, 69, 71, 73):
        whole = is_agent(mac) if start == "agent" else is_daemon(mac)
        # The last words of a run may be an error about what it has done.
        if not whole and not (is_agent(mac) if start == "daemon" else is_daemon(mac)):
            raise Wrong(f"exit {result.returncode}, but not put back: {result.stderr}")
    lead_to(mac, end)


def main():
    first, step = int((sys.argv + ["", ""])[1] or 0), int((sys.argv + ["", ""])[2] or 1)
    counts, wrong, index = {}, 0, 0
    mac = Mac()
    try:
        lead_to(mac, "daemon")
        lead_to(mac, "agent")
        if mac.agent.stat().st_ino != mac.inode:
            raise SystemExit("the agent's inode did not come back")
        if not (is_flushed(mac, FORTH, mac.agent, mac.daemon)
                and is_flushed(mac, BACK, mac.daemon, mac.agent)):
            raise SystemExit("one plist comes before the other is gone from the disk")
        for name, start, words in ("migrate", "agent", FORTH), ("undo", "daemon", BACK):
            for call in CALLS + LOOKS:
                lead_to(mac, start)
                total = count_calls(mac, call, words)
                for kind in "kill", "error":
                    if kind == "error" and call.split(",")[0] in ("clone", "wait4", "pselect6",
                                                                  "fstat"):
                        continue
                    for number in range(1, total + 1, SPARSE if call in LOOKS else 1):
                        index += 1
                        if (index - first) % step != 0:
                            continue
                        end = "agent" if index % 2 else "daemon"
                        try:
                            point(mac, kind, call, number, start, words, end)
                        except Wrong as what:
                            wrong += 1
                            print(f"WRONG: {name}: {kind} at {call} {number}, "
                                  f"then to the {end}: {what}", flush=True)
                            mac.end()
                            mac = Mac()
                        counts[name, kind] = counts.get((name, kind), 0) + 1
        for (name, kind), number in counts.items():
            print(f"{name}: {number} points of {kind}")
        print(f"{wrong} wrong")
    finally:
        mac.end()
    return wrong != 0


if __name__ == "__main__":
    if os.geteuid() != 0 or shutil.which("strace") is None:
        print("skipped: root and strace are needed")
        raise SystemExit(0)
    raise SystemExit(main())
