"""A temporary Mac for the torture: a folder with the shape of one and the embedded launchd, its
state as plain data, and the way back.

A state is compared in two forms. exact: what must come back when a change was undone, with the
inode and time of each file. shape: what two runs that end alike have in common, without them. The
growth of a log is in neither, its first bytes are: they are compared with those that were there
before.
"""
import ctypes
import os
import plistlib
import re
import shutil
import signal
import stat
import subprocess
import time
from collections import namedtuple

LABEL = "com.example.job"
WORKER = "/usr/local/bin/agentworker"
DAEMONS = "Library/LaunchDaemons"
KEPT = "Library/Application Support/lnpctl"
LOGS = "private/var/log"
QUARANTINE = "user.com.apple.quarantine"
LIMIT = 60  # seconds for one command: what takes longer hangs

Entry = namedtuple("Entry", "kind mode owner group content attributes inode modified")
State = namedtuple("State", "files loaded disabled pid")
Run = namedtuple("Run", "status said reached")

# What differs from one start of a job to the next, or says nothing of the definition.
FLEETING = re.compile(r"^\t(pid|runs|active count|immediate reason|forks|execs|initialized|"
                      r"trampolined|started suspended|proxy started suspended|last exit \w+|"
                      r"last terminating signal|state) = ")
OWN = re.compile(r"embedded-launchd|^bin(/|$)|^private/var/(db|log)/com\.apple\.xpc\.launchd")


def adopt_orphans():
    """Makes what a killed lnpctl leaves running our child, so that its end can be waited for."""
    if ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0) != 0:  # PR_SET_CHILD_SUBREAPER
        raise OSError("cannot become the reaper of orphans")


class Mac:
    def __init__(self, folder, build, settings=None):
        self.root = os.path.join(folder, "mac")
        self.build = build
        self.trace = os.path.join(folder, "trace")
        self.said = os.path.join(folder, "said")
        self.launchctl_path = os.path.join(self.root, "bin/launchctl")
        self.known = {}  # content of files by what changes with it
        os.chmod(folder, 0o755)
        subprocess.run(["sh", "tests/mac/make_mac.sh", self.root,
                        os.path.join(build, "tests/launchd")], check=True)
        shutil.copy(os.path.join(build, "tests/agentworker"), self.path(WORKER))
        os.chmod(self.path(WORKER), 0o755)
        self.settings(**(settings or {}))
        self.launchctl("list")
        self.servant = self.children()  # the embedded launchd itself

    def path(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def settings(self, **others):
        with open(self.path("private/var/db/embedded-launchd.plist"), "wb") as file:
            plistlib.dump({"macos": "15.5", "clock": 0.01, "xpcproxy_ms": 0, **others}, file)

    def close(self):
        self.launchctl("shutdown", "now")
        shutil.rmtree(self.root)

    # ---- programs ----

    def launchctl(self, *words):
        run = subprocess.run([self.launchctl_path, *words], stdin=subprocess.DEVNULL,
                             capture_output=True, timeout=LIMIT)
        return run.returncode, run.stdout.decode(errors="replace")

    def argv(self, command, *words):
        return [os.path.join(self.build, "lnpctl"), command, "--root", self.root, "--launchctl",
                self.launchctl_path, *words]

    def lnpctl(self, *words, strace=()):
        """Runs lnpctl; status -9 is a SIGKILL, None a run that did not end in time."""
        before = ["strace", "-qq", "-o", self.trace, *strace] if strace else []
        with open(self.said, "w+b") as said:
            process = subprocess.Popen([*before, *self.argv(*words)], stdin=subprocess.DEVNULL,
                                       stdout=said, stderr=said)
            try:
                status = process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
                status = process.wait() and None
            said.seek(0)
            text = said.read().decode(errors="replace")
        if not strace:
            return Run(status, text, True)
        with open(self.trace, errors="replace") as trace:
            traced = trace.read()
        return Run(status, text, "(INJECTED)" in traced or "killed by SIGKILL" in traced)

    @staticmethod
    def children():
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return set(map(int, file.read().split()))

    def settle(self):
        """Waits until no launchctl of a killed lnpctl is left, and launchd has come to rest."""
        end = time.monotonic() + LIMIT
        text, rest = "", set()
        while time.monotonic() < end:
            rest = self.children() - self.servant
            for pid in rest:
                try:
                    os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    pass
            if not rest:
                status, text = self.launchctl("print", "system/" + LABEL)
                if status == 113 or (status == 0 and "\tstate = running\n" in text):
                    return text if status == 0 else None
            time.sleep(0.002)
        raise RuntimeError(f"launchd did not come to rest; children left: {rest}\n{text[:600]}")

    # ---- looking ----

    def entry(self, path):
        status = os.lstat(path)
        key = (path, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if key in self.known:
            return self.known[key]
        content, attributes = b"", ()
        if stat.S_ISLNK(status.st_mode):
            content = os.readlink(path).encode()
        elif stat.S_ISREG(status.st_mode):
            with open(path, "rb") as file:
                content = file.read()
            attributes = tuple((name, os.getxattr(path, name))
                               for name in sorted(os.listxattr(path)))
        folder = stat.S_ISDIR(status.st_mode)
        entry = Entry(stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode), status.st_uid,
                      status.st_gid, content,
                      attributes, 0 if folder else status.st_ino,
                      0 if folder else status.st_mtime_ns)
        self.known[key] = entry
        return entry

    def files(self):
        found = {}
        for top, folders, files in os.walk(self.root):
            here = os.path.relpath(top, self.root)
            for name in folders + files:
                path = os.path.normpath(os.path.join(here, name))
                if not OWN.search(path):
                    found[path] = self.entry(os.path.join(top, name))
            folders[:] = [name for name in folders
                          if not OWN.search(os.path.normpath(os.path.join(here, name)))]
        return found

    def state(self):
        text = self.settle()
        _, overrides = self.launchctl("print-disabled", "system")
        pid = re.search(r"^\tpid = (\d+)$", text, re.M) if text else None
        loaded = "\n".join(line for line in text.splitlines()
                           if not FLEETING.match(line)) if text else None
        return State(self.files(), loaded,
                     re.search(rf'"{LABEL}" => (disabled|true)', overrides) is not None,
                     int(pid.group(1)) if pid else 0)

    # ---- the way back ----

    def put(self, path, entry):
        name = self.path(path)
        if entry.kind == stat.S_IFDIR:
            os.makedirs(name, exist_ok=True)
        elif entry.kind == stat.S_IFREG:
            with open(name, "wb") as file:
                file.write(entry.content)
            for attribute, value in entry.attributes:
                os.setxattr(name, attribute, value)
        os.chown(name, entry.owner, entry.group)
        os.chmod(name, entry.mode)

    def go_back(self, state):
        """Files, job and override as in that state. Untouched files keep their inode, for a receipt
        names the program's."""
        self.launchctl("bootout", "system/" + LABEL)
        self.settle()
        now = self.files()
        for path in sorted(now.keys() - state.files.keys(), reverse=True):
            (os.rmdir if now[path].kind == stat.S_IFDIR else os.unlink)(self.path(path))
        for path in sorted(state.files):
            if path not in now or now[path] != state.files[path]:
                if path in now and now[path].kind == stat.S_IFREG:
                    os.unlink(self.path(path))
                self.put(path, state.files[path])
        self.launchctl("enable", "system/" + LABEL)
        if state.loaded is not None:
            status, _ = self.launchctl("bootstrap", "system", f"/{DAEMONS}/{LABEL}.plist")
            if status != 0 or self.settle() is None:
                raise RuntimeError(f"cannot load the job again: {status}")
        if state.disabled:
            self.launchctl("disable", "system/" + LABEL)


# ---- comparing ----

def is_log(path):
    return path.startswith(LOGS + "/")


def exact(path, entry):
    """A log may have grown, and its time with it."""
    return entry._replace(content=b"", modified=0) if is_log(path) else entry


def shape(entry, path):
    """Without what is of this run alone: of a receipt, where the logs ended at which time."""
    alike = exact(path, entry)._replace(inode=0, modified=0)
    if not path.startswith(KEPT + "/"):
        return alike
    return alike._replace(content=re.sub(rb"<key>LogStarts</key>\s*<dict>.*?</dict>", b"",
                                         alike.content, flags=re.S))


def residue(path):
    """What even a run that only looked may leave: the lock and its folder."""
    return path in (KEPT, KEPT + "/.lock")


def differences(was, now, form):
    """Paths that are not the same in both, and the parts of launchd."""
    found = []
    for path in sorted(was.files.keys() | now.files.keys()):
        a, b = was.files.get(path), now.files.get(path)
        if a is None and residue(path):
            continue
        if a is None or b is None or form(path, a) != form(path, b):
            found.append(path)
    if was.loaded != now.loaded:
        found.append("system/" + LABEL)
    elif was.disabled != now.disabled:
        found.append("system/" + LABEL)
    return found


def not_put_back(before, now):
    return differences(before, now, exact)


def not_alike(wanted, now):
    return differences(wanted, now, lambda path, entry: shape(entry, path))


def lost_bytes(before, now, deleted=()):
    """Bytes of logs that were there before and are not now."""
    lost = 0
    for path, entry in before.files.items():
        if not is_log(path) or entry.kind != stat.S_IFREG or path in deleted:
            continue
        now_there = now.files[path].content if path in now.files else b""
        lost += len(entry.content) - len(os.path.commonprefix([entry.content, now_there]))
    return lost


def fingerprint(before, now):
    """Two states with the same one are the same to lnpctl."""
    files = tuple((path, shape(entry, path), len(entry.content) > 0, path in before.files and
                   before.files[path].inode == entry.inode)
                   for path, entry in sorted(now.files.items()))
    return hash((files, now.loaded, now.disabled, now.pid == before.pid))


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
