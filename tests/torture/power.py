"""A power cut at each point of a change: what is on the disk then is the old state, the new one, or
has a record from which the next run goes on, or back.

The changes that a command makes are recorded with strace, and played on a model of a disk that
promises no more than fcntl(2) of macOS does: what was ordered (fdatasync here, F_BARRIERFSYNC
there) is there before anything that was done later, what was flushed (fsync, F_FULLFSYNC) is there.
All else may be there or not, each change for itself: a name without its bytes, an owner without a
mode.
Each tree that can be left so is put into the temporary Mac, and its launchd loads what it finds.
"""
import itertools
import os
import plistlib
import re
import stat
from collections import namedtuple

import points
from mac import DAEMONS, LABEL, LOGS, OWN, Entry, State, lost_bytes, not_alike

Change = namedtuple("Change", "targets effects")  # targets: the inodes and directories it is of
Sync = namedtuple("Sync", "flush covers")         # covers: numbers of changes
Tree = namedtuple("Tree", "files links committed")

DRAFT = ".lnpctl-draft"
FLUSHES = {"fresh install": 1, "undone fresh install": 0, "changed install": 1,
           "undone changed install": 0, "repair": 1, "uninstall": 1, "uninstall beside a log": 1,
           "unchanged install": 0}
CALLS = ["openat", "write", "ftruncate", "fchown", "fchmod", "fremovexattr", "mkdirat", "linkat",
         "renameat", "unlinkat", "fdatasync", "fsync"]
SUBSETS = 7  # changes of which all subsets are tried; of more, each alone, and all but each


def another_log(mac):
    points.installed(mac)
    points.write_log(mac, LOGS + "/jobs/another.log", b"", 0, 0o644)


def scenarios():
    fresh, changed, repair, uninstall = points.SCENARIOS
    changed = changed._replace(spoil=points.change_plist)  # launchd writes its overrides by itself
    return [fresh, fresh._replace(name="undone fresh install"),
            changed, changed._replace(name="undone changed install"), repair, uninstall,
            uninstall._replace(name="uninstall beside a log", prepare=another_log),
            changed._replace(name="unchanged install", spoil=points.nothing,
                             command=points.install("--env", "NUMBER=1"))]


class Disk:
    """The changes of a recorded run, in order, with what is known about their order on the disk.
    An inode is a number; its state is an Entry."""

    def __init__(self, root, files):
        self.root = root
        self.inodes = {}   # as they were
        self.names = {}    # as they are for the running command
        self.changes = []
        self.syncs = []    # (how many changes came before it, Sync)
        for path, entry in files.items():
            self.names[path] = self.new_inode(entry)
        self.first = dict(self.names)

    def new_inode(self, entry):
        self.inodes[len(self.inodes)] = entry
        return len(self.inodes) - 1

    def change(self, targets, *effects):
        self.changes.append(Change(targets, effects))

    def sync(self, target, flush):
        done = {number for _, sync in self.syncs for number in sync.covers}
        covers = {number for number, change in enumerate(self.changes)
                  if target in change.targets and number not in done}
        self.syncs.append((len(self.changes), Sync(flush, covers)))

    def name(self, path, inode):
        self.names[path] = inode
        return ("name", path, inode)

    def gone(self, path):
        del self.names[path]
        return ("name", path, None)

    def create(self, path, kind, mode):
        entry = Entry(kind, mode, os.geteuid(), os.getegid(), b"", (), 0, 0)
        self.change({os.path.dirname(path)}, self.name(path, self.new_inode(entry)))

    def set(self, inode, **values):
        self.change({inode}, ("set", inode, values))

    def move(self, old, new):
        inode = self.names[old]
        self.change({os.path.dirname(old), os.path.dirname(new)}, self.gone(old),
                    self.name(new, inode))

    # ---- what strace wrote ----

    def path(self, folder, name=None):
        """The path below the root, None for what is elsewhere, or of launchd itself."""
        path = os.path.relpath(os.path.join(folder, name) if name else folder, self.root)
        return None if path.startswith("..") or path == "." or OWN.search(path) else path

    def take(self, call, words):
        folder = words[0]
        if call in ("fdatasync", "fsync"):
            path = self.path(folder)
            if path is None or path not in self.names:
                raise RuntimeError(f"{call} of {folder}, which is not a known file")
            inode = self.names[path]
            is_folder = self.inodes[inode].kind == stat.S_IFDIR
            self.sync(path if is_folder else inode, call == "fsync")
            return
        if call in ("renameat", "linkat"):
            old, new = self.path(folder, words[1]), self.path(words[2], words[3])
            if call == "renameat":
                self.move(old, new)
            else:
                self.change({os.path.dirname(new)}, self.name(new, self.names[old]))
            return
        if call in ("openat", "mkdirat", "unlinkat"):
            path = self.path(folder, words[1])
            if path is None:
                return
            if call == "unlinkat":
                self.change({os.path.dirname(path)}, self.gone(path))
            elif call == "mkdirat":
                self.create(path, stat.S_IFDIR, int(words[2], 8) & ~0o022)
            elif "O_CREAT" in words[2] and path not in self.names:
                self.create(path, stat.S_IFREG, int(words[3], 8))
            return
        path = self.path(folder)
        if path is None or path not in self.names:
            return
        inode = self.names[path]
        if call == "write":
            self.change({inode}, ("append", inode, words[1]))
        elif call == "ftruncate":
            self.set(inode, content=b"")
        elif call == "fchown":
            self.set(inode, owner=int(words[1]), group=int(words[2]))
        elif call == "fchmod":
            self.set(inode, mode=int(words[1], 8))
        else:
            self.change({inode}, ("attribute", inode, words[1]))

    def read(self, trace):
        """Lines like: openat(3<\\x2f\\x74>, "\\x61", O_WRONLY|O_CREAT, 0600) = 4<\\x2f>"""
        for line in trace.splitlines():
            match = re.match(r"(\w+)\((.*)\) += (-?\d+)", line)
            if match is None or match.group(1) not in CALLS or match.group(3) == "-1":
                continue
            words = []
            for word in match.group(2).split(", "):
                quoted = re.fullmatch(r'"(.*)"|(?:-?\d+|AT_FDCWD)<(.*)>', word)
                if quoted is None:
                    words.append(word)
                    continue
                raw = bytes.fromhex((quoted.group(1) or quoted.group(2) or "").replace("\\x", ""))
                is_text = match.group(1) != "write" or quoted.group(1) is None
                words.append(raw.decode() if is_text else raw)
            self.take(match.group(1), words)

    # ---- what can be left ----

    def play(self, numbers):
        """The names and inodes after these changes alone."""
        inodes, names = dict(self.inodes), dict(self.first)
        for number in sorted(numbers):
            for kind, what, value in self.changes[number].effects:
                if kind == "name" and value is None:
                    names.pop(what, None)
                elif kind == "name":
                    names[what] = value
                elif kind == "set":
                    inodes[what] = inodes[what]._replace(inode=0, **value)
                elif kind == "append":
                    inodes[what] = inodes[what]._replace(inode=0,
                                                         content=inodes[what].content + value)
                else:
                    left = tuple(pair for pair in inodes[what].attributes if pair[0] != value)
                    inodes[what] = inodes[what]._replace(attributes=left)
        for path in sorted(names):  # what is in a directory that is not there
            parent = os.path.dirname(path)
            if parent and parent not in names:
                del names[path]
        return names, inodes

    def subsets(self):
        """(changes that are there, whether the last flush had been done). Between two syncs: what
        was covered before is there, any of the rest may be, nothing that came later."""
        covered, flushed = set(), False
        last = max((at for at, (_, sync) in enumerate(self.syncs) if sync.flush), default=None)
        ends = [count for count, _ in self.syncs] + [len(self.changes)]
        for at, end in enumerate(ends):
            if at > 0:
                covered |= self.syncs[at - 1][1].covers
                flushed = flushed or at - 1 == last
            free = sorted(set(range(end)) - covered)
            sizes = range(len(free) + 1)
            if len(free) > SUBSETS:
                sizes = (0, 1, len(free) - 1, len(free))
            for size in sizes:
                for some in itertools.combinations(free, size):
                    yield covered | set(some), flushed

    def trees(self):
        """Each tree once. The content of a draft does not matter."""
        found = {}
        for numbers, committed in self.subsets():
            names, inodes = self.play(numbers)
            files, links = {}, {}
            for path, inode in names.items():
                entry = inodes[inode]
                if path.endswith("/" + DRAFT):
                    entry = entry._replace(content=b"", mode=0o600, owner=0, group=0, inode=0)
                files[path] = entry
                links.setdefault(inode, []).append(path)
            same = tuple(tuple(paths) for paths in links.values() if len(paths) > 1)
            key = (tuple(sorted(files.items())), same)
            before = found.get(key)
            found[key] = Tree(files, same, committed or (before is not None and before.committed))
        return list(found.values())


class Cut:
    """The Mac after a power cut, and the verdict on what a run makes of it."""

    def __init__(self, mac, scenario, empty):
        self.mac, self.scenario = mac, scenario
        self.installs = scenario.command[0] != "uninstall"
        self.bench = points.Bench(mac, scenario, empty, True)
        self.final = self.bench.final
        self.disk = self.record()
        if scenario.name.startswith("undone"):  # by the last error before the commit
            orders = sum(not sync.flush for _, sync in self.disk.syncs)
            self.bench.reset()
            self.bench.before = mac.state()
            self.disk = self.record(1, "-e", f"inject=fdatasync:error=EIO:when={orders}")
        # What repair changes is loaded before, but would not be again after a reboot.
        self.before = self.boot(Tree(self.bench.before.files, (), False))

    def record(self, status=0, *strace):
        disk = Disk(self.mac.root, self.bench.before.files)
        run = self.mac.lnpctl(*self.scenario.command, strace=(
            "-y", "-xx", "-s", "1000000", "-e", "trace=" + ",".join(CALLS), *strace))
        if run.status != status:
            raise RuntimeError(f"{self.scenario.name}, recorded, ends with {run.status}:\n"
                               f"{run.said}")
        with open(self.mac.trace) as trace:
            disk.read(trace.read())
        return disk

    def flushes(self):
        """The seam is platform_flush(), which is fsync(2) here, and platform_order(), which is
        not."""
        count, most = sum(sync.flush for _, sync in self.disk.syncs), FLUSHES[self.scenario.name]
        return None if count == most else f"{count} full flushes, expected {most}"

    def boot(self, tree):
        """The state after the cut, and after launchd has loaded what is there."""
        self.mac.go_back(State(tree.files, None, False, 0))
        for first, *others in tree.links:
            for path in others:
                os.unlink(self.mac.path(path))
                os.link(self.mac.path(first), self.mac.path(path))
        if points.PLIST in tree.files:
            self.mac.launchctl("bootstrap", "system", f"/{DAEMONS}/{LABEL}.plist")
        return self.mac.state()

    @staticmethod
    def matters(path):
        """A draft and what was kept are harmless: the next change removes them."""
        return not path.endswith("/" + DRAFT) and not points.Bench.is_kept(path)

    def is_like(self, state, now):
        return not any(self.matters(path) for path in not_alike(state, now))

    def try_tree(self, tree):
        """Returns (end, complaint, lost bytes)."""
        try:
            now = self.boot(tree)
        except RuntimeError as error:
            return "wrong", str(error), 0
        lost = lost_bytes(self.bench.before, now, self.scenario.deleted)
        kind, complaint = self.judge(tree, now)
        if complaint is None and kind == "recorded":
            complaint, now = self.try_others(tree)
        if complaint is None:
            complaint, more = self.bench.heal(now)
            lost += more
        return kind, complaint, lost

    def judge(self, tree, now):
        kind, complaint = self.bench.judge_kill(now)
        if complaint is not None:
            return kind, complaint
        if self.is_like(self.final, now):
            return "new", self.judge_new()
        if tree.committed:
            return "wrong", "the change was reported, and is not there: " \
                + ", ".join(not_alike(self.final, now))
        if self.is_like(self.before, now):
            return "old", None
        if points.RECEIPT in now.files:
            try:
                receipt = plistlib.loads(now.files[points.RECEIPT].content)
            except (plistlib.InvalidFileException, ValueError):
                return "wrong", "the receipt is neither the old nor the new one"
            if receipt["State"] in ("changing", "removing"):
                return "recorded", None
        return "wrong", "half, and nothing says so: " + ", ".join(not_alike(self.before, now))

    def judge_new(self):
        if not self.installs:
            return None
        run = self.mac.lnpctl("verify", LABEL)
        return None if run.status == 0 else f"new, but verify says {run.status}: {run.said}"

    def try_others(self, tree):
        """What repair makes of it, and a run that fails at the commit. Returns a complaint, and the
        state with the tree again."""
        complaint = self.try_repair() if self.installs else None
        if complaint is None and self.scenario.command[0] == "install":
            self.boot(tree)
            complaint = self.try_undo()
        return complaint, self.boot(tree)

    def try_repair(self):
        run = self.mac.lnpctl("repair", "--settle", "0.05", LABEL)
        now = self.mac.state()
        if run.status != 0 or not self.is_like(self.final, now):
            differs = ", ".join(not_alike(self.final, now))
            return f"repair ends with {run.status}; it differs in: {differs}\n{run.said}"
        return self.judge_new()

    def try_undo(self):
        run = self.mac.lnpctl(*self.scenario.command, strace=("-e", "trace=fsync", "-e",
                                                              "inject=fsync:error=EIO:when=1"))
        now = self.mac.state()
        if not run.reached or run.status != 1 or not self.is_like(self.before, now):
            differs = ", ".join(not_alike(self.before, now))
            return (f"undone, it ends with {run.status}; it differs from the old state in: "
                    f"{differs}\n{run.said}")
        return None


def describe(tree, before):
    return ", ".join(sorted(
        f"{'-' if path not in tree.files else '+' if path not in before.files else ''}{path}"
        for path in tree.files.keys() | before.files.keys()
        if tree.files.get(path) != before.files.get(path)))


def try_power(number, workers, only):
    def work(mac):
        empty = points.empty_state(mac)
        for scenario in scenarios():
            cut = Cut(mac, scenario, empty)
            row = "power cut: " + scenario.name
            if number == 0:
                complaint = cut.flushes()
                yield (row, "done", complaint and f"{scenario.name}: {complaint}", 0)
            for tree in cut.disk.trees()[number::workers]:
                name = f"{scenario.name}: {describe(tree, cut.before)}"
                if only and not re.search(only, name):
                    continue
                end, complaint, lost = cut.try_tree(tree)
                yield row, end, complaint and f"{name}: {complaint}", lost
    return work
