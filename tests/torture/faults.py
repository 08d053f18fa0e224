"""Every fault of the embedded launchd, each with its expected end and message, and the state after
it."""
import re
from collections import namedtuple

import points
from mac import LABEL

SOON = ("--timeout", "0.6")
FRESH, CHANGED = points.SCENARIOS[0], points.SCENARIOS[1]
# Without a settle time loaded is enough.
SETTLED = FRESH._replace(command=["0.1" if word == "0" else word for word in FRESH.command])

# end: as in points.judge_error(); message: a pattern that the output must have.
Fault = namedtuple("Fault", "name scenario options settings end status message")

ACTIONS = [
    Fault("bootstrap 5 twice although fine", FRESH, (), {"bootstrap_eio": 2}, "done", 0,
          "installed: "),
    Fault("bootstrap 5 for ever", FRESH, SOON, {"bootstrap_eio": 9999}, "put back", 1,
          r"bootstrap.*5"),
    Fault("bootstrap 5 for ever, for the old job too", CHANGED, SOON, {"bootstrap_eio": 9999},
          "honest 74", 74,
          f"still changed: .*system/{LABEL}"),
    Fault("bootstrap 5, but it loaded", FRESH, (), {"bootstrap_eio_loads": 1}, "done", 0,
          "installed: "),
    Fault("bootstrap 5, but it loaded, over an old job", CHANGED, (), {"bootstrap_eio_loads": 1},
          "done", 0, "installed: "),
    Fault("a slow old job", CHANGED, (), {"drain_ms": 400}, "done", 0, "installed: "),
    Fault("an old job that does not end in time", CHANGED, SOON, {"drain_ms": 3000}, "honest 74",
          74,
          "its process has not exited yet"),
    Fault("a label that an administrator disabled", CHANGED, (), {}, "done", 0,
          f"enabled system/{LABEL}"),
    Fault("a job that launchd does not start of itself", SETTLED, (), {"no_first_spawn": 1}, "done",
          0, "installed: "),
    Fault("denied in Login Items, said with 0", FRESH, SOON, {"denied": LABEL}, "put back", 1,
          "Login Items"),
    Fault("denied in Login Items, said with 161", FRESH, SOON,
          {"denied": LABEL, "denied_status": 161}, "put back", 1, "161"),
    Fault("owner or mode refused", FRESH, SOON, {"refuse": "bootstrap=122"}, "put back", 1, "122"),
    Fault("bootout refused", CHANGED, SOON, {"refuse": "bootout=36"}, "put back", 1, "boot out"),
    Fault("enable refused", CHANGED, SOON, {"refuse": "enable=150"}, "put back", 1, "enable.*150"),
]

MISBEHAVIOUR = ["hang", "hang_hard", "killed", "garbage", "megabyte", "empty"]
# What becomes of a changed install when launchctl does so instead of acting, or after it has acted.
SILENT = {"print": ("refused", 69), "print-disabled": ("refused", 69), "bootout": ("put back", 1),
          "enable": ("put back", 1),
          "bootstrap": ("honest 74", 74)}
ACTED = {"print": ("refused", 69), "print-disabled": ("refused", 69), "bootout": ("done", 0),
         "enable": ("put back", 1),
         "bootstrap": ("done", 0)}


def misbehaviors():
    for way in MISBEHAVIOUR:
        for suffix, ends in (("", SILENT), ("_after", ACTED)):
            for verb, (end, status) in ends.items():
                if suffix and verb == "enable" and way in ("garbage", "megabyte", "empty"):
                    end, status = "done", 0
                        # it exits with 0, and print-disabled says that it acted
                yield Fault(f"{verb} {way}{suffix}", CHANGED, SOON, {way + suffix: verb}, end,
                            status,
                            verb.replace("bootout", "boot ?out") if status else "installed: ")


def try_fault(bench, fault):
    mac = bench.mac
    mac.settings(**fault.settings)
    command = [*fault.scenario.command[:1], *fault.options, *fault.scenario.command[1:]]
    run = mac.lnpctl(*command)
    mac.settings()
    now = mac.state()
    lost = points.lost_bytes(bench.before, now)
    end, complaint = bench.judge_error(run, now)
    if complaint is None and (end, run.status) != (fault.end, fault.status):
        complaint = f"expected {fault.end}"
    if complaint is None and not re.search(fault.message, run.said):
        complaint = f"expected '{fault.message}' in the output"
    if complaint is None:
        complaint, more = bench.heal(now)
        lost += more
    bench.reset()
    bench.before = mac.state()
    if complaint:
        complaint = f"{fault.name}: {complaint}\nexit status {run.status}\n{run.said}"
    return end, complaint, lost


def try_faults(number, workers, only):
    def work(mac):
        empty = points.empty_state(mac)
        for scenario in (FRESH, CHANGED, SETTLED):
            bench = points.Bench(mac, scenario, empty, True)
            cases = [fault for fault in [*ACTIONS, *misbehaviors()] if fault.scenario is scenario]
            for fault in cases[number::workers]:
                if only and not re.search(only, fault.name):
                    continue
                try:
                    yield ("faults of launchd", *try_fault(bench, fault))
                except RuntimeError as error:
                    raise RuntimeError(fault.name) from error
    return work
