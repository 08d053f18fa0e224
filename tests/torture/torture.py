"""Tortures lnpctl on temporary Macs and prints what became of it. Usage: torture.py [all|ci]
[points|faults|together|power ...]

all: every point, and each state healed anew. ci: fewer, see points.choose(); TORTURE_TURN, a
number, says which ones. ONLY=REGEX in the environment: only the points whose line ("repair renameat
2 EIO") it matches.
"""
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter, namedtuple

import faults
import points
import power
import together
from mac import Mac, adopt_orphans

Result = namedtuple("Result", "row end complaint lost")
COLUMNS = ["tried", "done", "put back", "refused", "honest 74", "killed", "old", "recorded", "new",
           "not reached", "wrong"]


def scratch():
    """In memory where there is one: a sync costs nothing there. It must keep extended
    attributes."""
    for folder in ("/dev/shm", None):
        try:
            place = tempfile.mkdtemp(prefix="torture.", dir=folder)
        except OSError:
            continue
        try:
            os.setxattr(place, "user.note", b"x")
            return os.path.realpath(place)
        except OSError:
            os.rmdir(place)
    raise SystemExit("torture: no folder keeps extended attributes here")


def on_a_mac(number, build, work, results):
    """A worker: its own Mac, its share of the work, its results in the queue; None at the end."""
    folder = scratch()
    try:
        adopt_orphans()
        mac = Mac(folder, build)
        try:
            for row, end, complaint, lost in work(mac):
                results.put(Result(row, end, complaint, lost))
        finally:
            mac.close()
    except Exception:  # the table must say that this worker did not do its share
        results.put(Result("worker", "wrong", f"worker {number}: {traceback.format_exc()}", 0))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        results.put(None)


def try_points(number, workers, small, turn, only):
    def work(mac):
        empty = points.empty_state(mac)
        for scenario in points.SCENARIOS:
            bench = points.Bench(mac, scenario, empty, not small)
            for point in list(points.choose(bench.calls, scenario.name, small,
                                            turn))[number::workers]:
                name = f"{scenario.name} {point.call} {point.number} {point.fault}"
                if only and not re.search(only, name):
                    continue
                end, complaint, lost = bench.try_point(point)
                yield (f"{scenario.name}: {'SIGKILL' if point.fault == 'KILL' else 'errors'}", end,
                       complaint and f"{name}: {complaint}", lost)
    return work


def gather(jobs, build):
    """Runs the workers side by side and yields what they find, in the order of finding."""
    results = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=on_a_mac, args=(number, build, work, results))
                 for number, work in enumerate(jobs)]
    for process in processes:
        process.start()
    running = len(processes)
    while running > 0:
        result = results.get()
        if result is None:
            running -= 1
        else:
            yield result
    for process in processes:
        process.join()


def print_table(table, lost):
    width = max(map(len, table), default=0)
    print("\n" + " " * width + "".join(f"{name:>12}" for name in COLUMNS))
    for row, counts in table.items():
        print(f"{row:<{width}}" + "".join(f"{counts[name]:>12}" for name in COLUMNS))
    print(f"\nbytes lost of logs that were there before: {lost}")


def main():
    small = sys.argv[1:2] == ["ci"]
    parts = sys.argv[2:] or ["points", "faults", "together", "power"]
    turn = int(os.environ.get("TORTURE_TURN") or 0)
    workers = int(os.environ.get("TORTURE_JOBS") or os.cpu_count() or 1)
    build = os.environ.get("BUILD", os.path.abspath("build"))
    only = os.environ.get("ONLY")
    work = {
        "points": [try_points(number, workers, small, turn, only) for number in range(workers)],
        "faults": [faults.try_faults(number, workers, only) for number in range(workers)],
        "power": [power.try_power(number, workers, only) for number in range(workers)],
        "together": [together.try_together(20 if small else 200)],
    }
    table, lost, wrong, begun = {}, 0, 0, time.monotonic()
    for part in parts:
        for result in gather(work[part], build):
            counts = table.setdefault(result.row, Counter())
            counts["tried"] += 1
            counts["wrong" if result.complaint else result.end] += 1
            lost += result.lost
            if result.complaint:
                wrong += 1
                print(f"WRONG: {result.complaint}\n", flush=True)
        so_far = sum(counts["tried"] for counts in table.values())
        print(f"{part}: {so_far} tried so far, {time.monotonic() - begun:.0f} s", flush=True)
    print_table(table, lost)
    tried = sum(counts["tried"] for counts in table.values())
    print(f"{tried - wrong} passed, {wrong} failed")
    return 0 if wrong == 0 and tried > 0 and lost == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
