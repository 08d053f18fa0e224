"""Eight installs and uninstalls at once, of the same and of different labels: no lost update, no
leftover, no deadlock."""
import os
import plistlib
import random
import re
import subprocess
import time

from mac import DAEMONS, KEPT, LOGS, WORKER

AT_ONCE = 8
LIMIT = 120
NAMES = ["first", "second", "third", "fourth"]
OLD = b"a log from before\n" * 20


def label(name):
    return "com.example." + name


def argv(mac, name, number):
    if number is None:
        return mac.argv("uninstall", label(name))
    return mac.argv("install", "--label", label(name), "--user", "worker", "--group", "staff",
                    "--settle", "0", "--env",
                    f"NUMBER={number}", "--", WORKER, "--report", "--interval", "100000")


def run_all(mac, actions):
    """Starts all at once; a status for each, None for one that hung."""
    running = [subprocess.Popen(argv(mac, name, number), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT) for name, number in actions]
    ends, end = [], time.monotonic() + LIMIT
    for process in running:
        try:
            said, _ = process.communicate(timeout=max(0.1, end - time.monotonic()))
            ends.append((process.returncode, said.decode(errors="replace")))
        except subprocess.TimeoutExpired:
            process.kill()
            ends.append((None, process.communicate()[0].decode(errors="replace")))
    return ends


def look(mac, name):
    """The number that plist, receipt and launchd agree on; None: none of them has the job; a text:
    what they disagree about."""
    plist, receipt = (mac.path(f"{folder}/{label(name)}.plist") for folder in (DAEMONS, KEPT))
    status, text = mac.launchctl("print", "system/" + label(name))
    there = [os.path.exists(plist), os.path.exists(receipt), status == 0]
    if not any(there):
        return None
    if not all(there):
        return "plist, receipt, loaded: " + repr(there)
    with open(plist, "rb") as file:
        content = file.read()
    with open(receipt, "rb") as file:
        kept = plistlib.load(file)
    number = int(plistlib.loads(content)["EnvironmentVariables"]["NUMBER"])
    loaded = re.search(r"\tNUMBER => (\d+)\n", text)
    same = kept["Plist"] == content
    if kept["State"] != "installed" or not same or not loaded or int(loaded.group(1)) != number:
        return (f"plist {number}, receipt {kept['State']} {same}, "
                f"launchd {loaded and loaded.group(1)}")
    return number


def judge(name, actions, ends, was, now):
    mine = [(number, status) for (which, number), (status, _) in zip(actions, ends)
            if which == name]
    installs = {number for number, _ in mine if number is not None}
    removals = [status for number, status in mine if number is None]
    for number, status in mine:
        if status not in ((0,) if number is not None else (0, 1)):
            return f"exit status {status}"
    if isinstance(now, str):
        return now
    if not mine and now != was:
        return f"it changed from {was} to {now}, though nobody asked"
    if not removals and installs and now not in installs:
        return f"a lost update: {now} is none of {sorted(installs)}"
    if removals and not installs and (now is not None or removals.count(0) != (was is not None)):
        return f"uninstalls ended {removals}, it was {was} and is {now}"
    if installs and removals and now is not None and now not in installs:
        return f"a lost update: {now} is none of {sorted(installs)}"
    if removals.count(0) > len(installs) + (was is not None):
        return "it was uninstalled more often than it was installed"
    return None


def leftovers(mac):
    found = [path for path in mac.files()
             if (path.startswith(KEPT + "/") and not path.endswith((".plist", "/.lock"))) or
             (path.startswith(DAEMONS + "/") and not path.endswith(".plist"))]
    return "left over: " + ", ".join(found) if found else None


def try_together(rounds):
    def work(mac):
        chance = random.Random(3)
        state = dict.fromkeys(NAMES)
        logs = [mac.path(f"{LOGS}/{label(name)}.log") for name in NAMES]
        for log in logs:
            with open(log, "wb") as file:
                file.write(OLD)
            os.chown(log, 501, 20)
        for turn in range(rounds):
            actions = []
            for i in range(AT_ONCE):
                name = NAMES[0] if turn % 2 == 0 else chance.choice(NAMES)
                actions.append((name, turn * AT_ONCE + i if chance.random() < 0.6 else None))
            ends = run_all(mac, actions)
            now = {name: look(mac, name) for name in NAMES}
            wrong = [f"{name}: {complaint}" for name in NAMES
                     if (complaint := judge(name, actions, ends, state[name],
                                            now[name])) is not None]
            wrong += filter(None, [leftovers(mac)])
            lost = 0
            for log in logs:
                with open(log, "rb") as file:
                    lost += len(OLD) - len(os.path.commonprefix([OLD, file.read()]))
            said = "".join(f"{action} {status}: {text}\n"
                           for action, (status, text) in zip(actions, ends)) if wrong else ""
            state = now
            yield ("eight at once", "done", f"round {turn}: {'; '.join(wrong)}\n{said}" if wrong
                   else None, lost)
    return work
