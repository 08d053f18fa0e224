"""Every system call of four commands made to fail, and SIGKILL at every one: the machine is never
left worse.

Only the calls of lnpctl itself are counted, from main()'s first open of /dev/null on; calls that
cannot fail are left out of the errors, and those that a process does not survive (exit_group,
rt_sigreturn) of both.
"""
import os
import plistlib
import re
import zlib
from collections import Counter, namedtuple

from mac import (DAEMONS, KEPT, LABEL, LOGS, QUARANTINE, WORKER, State, fingerprint, lost_bytes,
                 not_alike,
                 not_put_back)

Point = namedtuple("Point", "scenario call number fault")
Scenario = namedtuple("Scenario", "name command prepare load spoil deleted")

PLIST = f"{DAEMONS}/{LABEL}.plist"
RECEIPT = f"{KEPT}/{LABEL}.plist"
OLD_LOG = f"{LOGS}/job.log"
NEW_LOG = f"{LOGS}/jobs/job.err"

# The C library ends the process when futex says what the kernel never says.
NEVER_FAIL = {"futex", "getpid", "getppid", "geteuid", "getegid", "getuid", "getgid", "umask",
              "gettid"}
LAST = {"exit_group", "rt_sigreturn", "exit"}
SPACE = {"write", "mkdirat", "linkat", "renameat", "renameat2", "fdatasync", "fsync", "pwrite64",
         "fsetxattr", "symlinkat"}
PATHS = {"open", "openat", "newfstatat", "readlinkat", "unlinkat", "renameat", "renameat2",
         "linkat", "mkdirat", "readlink",
         "fchown", "fchmod", "flock", "kill", "fgetxattr", "fremovexattr", "faccessat",
         "faccessat2"}
SLOW = {"open", "openat", "read", "write", "flock", "wait4", "pselect6", "poll", "recvmsg",
        "fdatasync", "fsync", "fcntl", "close"}
MEMORY = {"brk", "mmap", "mremap"}
# What can change something, or wait for somebody; the rest only looks.
CHANGES = SPACE | {"unlinkat", "fchown", "fchmod", "fchownat", "fremovexattr", "flock", "clone",
                   "clone3", "vfork", "kill", "wait4",
                   "pselect6", "pipe2", "socketpair", "recvmsg", "poll"}


def install(*options):
    return ["install", "--label", LABEL, "--user", "worker", "--group", "staff", "--settle", "0",
            "--stdout", "/var/log/job.log",
            "--stderr", "/var/log/jobs/job.err", *options, "--", WORKER, "--report", "--interval",
            "100000"]


def write_log(mac, path, text, owner, mode):
    with open(mac.path(path), "ab") as file:
        file.write(text)
    os.chown(mac.path(path), owner, 20)
    os.chmod(mac.path(path), mode)


def old_log(mac):
    """A log that was there before the first install, of the worker's, with another mode than
    ours."""
    write_log(mac, OLD_LOG, b"kept since last year\n" * 40, 501, 0o600)


def installed_anew(mac):
    run = mac.lnpctl(*install("--env", "NUMBER=1"))
    if run.status != 0:
        raise RuntimeError("cannot prepare: " + run.said)
    write_log(mac, NEW_LOG, b"an error that somebody will want to read\n" * 9, 501, 0o640)


def installed(mac):
    old_log(mac)
    installed_anew(mac)


def change_plist(mac):
    os.setxattr(mac.path(PLIST), "user.note", b"comes back with the old inode")


def break_things(mac):
    """Another program in the plist, a mode and an attribute with which launchd refuses it, and a
    log that the job cannot open."""
    with open(mac.path(PLIST), "r+b") as file:
        text = file.read().replace(b"NUMBER", b"WRONG_")
        file.seek(0)
        file.write(text)
    os.chmod(mac.path(PLIST), 0o664)
    os.setxattr(mac.path(PLIST), QUARANTINE, b"0081;x")
    os.chown(mac.path(NEW_LOG), 0, 0)


def nothing(_):
    pass


def disable(mac):
    change_plist(mac)
    mac.launchctl("disable", "system/" + LABEL)


SCENARIOS = [
    Scenario("fresh install", install("--env", "NUMBER=1"), old_log, False, nothing, ()),
    Scenario("changed install", install("--env", "NUMBER=2"), installed, True, disable, ()),
    Scenario("repair", ["repair", "--settle", "0.05", LABEL], installed, True, break_things, ()),
    Scenario("uninstall", ["uninstall", "--delete-logs", LABEL], installed, True, nothing,
             (NEW_LOG,)),
]


def calls(trace):
    """(call, number) of a trace, after main's first open of /dev/null; numbers count from the
    start, as strace's when= does."""
    count, found, begun = Counter(), [], False
    for line in trace.splitlines():
        match = re.match(r"(\w+)\(", line)
        if match is None:
            continue
        count[match.group(1)] += 1
        begun = begun or line.startswith('openat(AT_FDCWD, "/dev/null", O_RDWR) ')
        if begun and match.group(1) not in LAST:
            found.append((match.group(1), count[match.group(1)]))
    return found


def faults(call):
    if call in NEVER_FAIL:
        return []
    if call in MEMORY:
        return ["ENOMEM"]
    return (["EIO"] + ["ENOSPC"] * (call in SPACE or call == "openat")
            + ["EACCES"] * (call in PATHS) + ["EINTR"] * (call in SLOW))


class Bench:
    """One Mac in the state that a scenario starts from, and the verdict on what a run made of
    it."""

    def __init__(self, mac, scenario, empty, thorough):
        self.mac, self.scenario, self.thorough = mac, scenario, thorough
        self.healed = {}
        mac.go_back(empty)
        scenario.prepare(mac)
        self.loaded = mac.state()
        self.reset()
        self.before = mac.state()
        run = mac.lnpctl(*scenario.command, strace=("-e", "trace=all"))
        with open(mac.trace, errors="replace") as trace:
            self.calls = calls(trace.read())
        self.final = mac.state()
        lost = lost_bytes(self.before, self.final, scenario.deleted)
        if run.status != 0 or lost > 0:
            raise RuntimeError(f"{scenario.name} fails undisturbed, {lost} bytes lost:\n{run.said}")
        if self.calls == []:
            raise RuntimeError("the marker of main() was not found in the trace")
        self.reset()
        self.before = mac.state()

    def reset(self):
        self.mac.go_back(self.loaded)
        self.scenario.spoil(self.mac)

    def is_untouched(self, now):
        return not not_put_back(self.before, now) and now.pid == self.before.pid

    def try_point(self, point):
        """Returns (end, complaint, lost bytes)."""
        how = "signal=KILL" if point.fault == "KILL" else "error=" + point.fault
        run = self.mac.lnpctl(*self.scenario.command,
                              strace=("-e", "trace=" + point.call, "-e",
                                      f"inject={point.call}:{how}:when={point.number}"))
        now = self.mac.state()
        lost = lost_bytes(self.before, now, self.scenario.deleted)
        if not run.reached:
            end, complaint = "not reached", None if run.status == 0 else "it failed undisturbed"
        elif point.fault == "KILL":
            end, complaint = "wrong", "it was not killed"
            if run.status == -9:
                end, complaint = self.judge_kill(now)
        elif point.fault == "ENOMEM" and run.status == -11:
            # libplist 2.2 does not check calloc, and crashes: no better and no worse than a kill.
            end, complaint = self.judge_kill(now)
        else:
            end, complaint = self.judge_error(run, now)
        if complaint is None and not self.is_untouched(now):
            complaint, more = self.heal(now)
            lost += more
        if lost > 0 and complaint is None:
            complaint = f"{lost} bytes of logs were lost"
        if complaint is not None or not self.is_untouched(now):
            self.reset()
            self.before = self.mac.state()
        if complaint is not None:
            complaint = f"{complaint}\nexit status {run.status}\n{run.said}"
        return end, complaint, lost

    def judge_error(self, run, now):
        left = not_put_back(self.before, now)
        if run.status == 0:
            return "done", self.judge_done(now)
        if run.status == 1 or (run.status in range(64, 78) and run.status != 74):
            if left == []:
                return "put back" if run.status == 1 else "refused", None
            # The change was made; it is the look afterwards that failed, and says so.
            if run.status == 1 and "still fail" in run.said and not_alike(self.final, now) == []:
                return "done", None
            return "wrong", "not put back: " + ", ".join(left)
        if run.status == 2 and "could not be completed" in run.said:
            wrong = [path for path in not_alike(self.final, now) if not self.is_kept(path)]
            return ("done", None) if wrong == [] else ("wrong", "2, but half done: "
                                                       + ", ".join(wrong))
        if run.status == 74:
            silent = [path for path in left if path.replace("private/var", "/var") not in run.said
                      and path not in run.said]
            if silent != []:
                return "honest 74", "left, but not named: " + ", ".join(silent)
            return "honest 74", None
        return "wrong", "that is not an exit status of a change"

    def judge_done(self, now):
        """What it kept may be left where removing it failed; nothing else."""
        wrong = [path for path in not_alike(self.final, now) if not self.is_kept(path)
                 and not self.lacks_version(path, now)]
        if wrong != []:
            return "done, but different: " + ", ".join(wrong)
        if self.scenario.command[0] == "uninstall":
            return None
        run = self.mac.lnpctl("verify", LABEL)
        return None if run.status == 0 else f"done, but verify says {run.status}: {run.said}"

    def lacks_version(self, path, now):
        """A receipt without the system's version, which could not be read, says less, and the next
        run completes it."""
        if path != RECEIPT or path not in now.files or path not in self.final.files:
            return False
        receipts = [plistlib.loads(state.files[path].content) for state in (now, self.final)]
        if receipts[0].get("SystemVersion") != "":
            return False
        for receipt in receipts:
            receipt.update(SystemVersion="", SystemBuild="", LogStarts={})
        return receipts[0] == receipts[1]

    @staticmethod
    def is_kept(path):
        return path.startswith(KEPT + "/") and not path.endswith(".plist")

    def judge_kill(self, now):
        for path, entry in now.files.items():
            if not path.startswith(DAEMONS + "/"):
                continue
            if path != PLIST and path.endswith(".plist"):
                return "wrong", f"launchd would load '{path}'"
            if path == PLIST and all(path not in state.files
                                     or entry.content != state.files[path].content or
                                     entry.mode != state.files[path].mode
                                     or entry.owner != state.files[path].owner
                                     for state in (self.before, self.final)):
                return "wrong", "the plist is neither the old nor the new one"
        if PLIST not in now.files and PLIST in self.before.files and PLIST in self.final.files:
            return "wrong", "the plist is gone"
        run = self.mac.lnpctl("verify")
        if run.status not in (0, 1, 2):
            return "wrong", f"verify says {run.status}: {run.said}"
        return "killed", None

    def heal(self, now):
        """The same command again: all is well, and nothing is left. A state that was healed before
        is, unless thorough, not tried again."""
        key = fingerprint(self.before, now)
        if key in self.healed and not self.thorough:
            return None, 0
        run = self.mac.lnpctl(*self.scenario.command)
        healed = self.mac.state()
        lost = lost_bytes(now, healed, self.scenario.deleted)
        wrong = not_alike(self.final, healed)
        gone = (self.scenario.command[0] == "uninstall" and RECEIPT not in now.files
                and run.status == 1)
        if wrong != [] or (run.status != 0 and not gone):
            differs = ", ".join(wrong) or "nothing"
            return f"the next run ends with {run.status}; it differs in: {differs}\n{run.said}", \
                lost
        if self.scenario.command[0] != "uninstall":
            check = self.mac.lnpctl("verify", LABEL)
            if check.status != 0:
                return f"verify after the next run says {check.status}: {check.said}", lost
        self.healed[key] = True
        return None, lost


def choose(all_calls, scenario, small, turn):
    """All points; small: all kills and one error per call that can change something, an eighth of
    those that look."""
    for index, (call, number) in enumerate(all_calls):
        here = turn + zlib.crc32(f"{scenario}{index}".encode())
        if small and call not in CHANGES and here % 8 != 0:
            continue
        yield Point(scenario, call, number, "KILL")
        possible = faults(call)
        if small and possible:
            possible = possible[here // 8 % len(possible):][:1]
        for fault in possible:
            yield Point(scenario, call, number, fault)


def empty_state(mac):
    return State(mac.files(), None, False, 0)
