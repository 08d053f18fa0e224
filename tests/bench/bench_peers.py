"""What else installs a job, beside lnpctl in `make bench`: the checklist as a shell script,
Ansible's own modules, and a library of Go.

Each does the same job on a temporary Mac of its own, in turns with the others. A peer that cannot
be had is a row that says why.
"""
import os
import plistlib
import shutil
import statistics
import subprocess
import time

LABEL = "com.example.job0"
WORKER = "/usr/local/bin/agentworker"
HEALTHY = [WORKER, "--report", "--interval", "100000"]
OTHER = [WORKER, "--report", "--interval", "100001"]
DYING = [WORKER, "--exit", "1"]
KARDIANOS = "on Linux it builds for systemd alone, and what it builds for macOS does not run here"


class Peer:
    """install() gives an exit status; settle: how long the job is watched, where the peer can do
    so."""
    name, runs_most = "", 1000

    def __init__(self, mac):
        self.mac = mac
        self.times = {"fresh": [], "changed": [], "unchanged": []}

    def missing(self):
        return None

    def install(self, arguments, settle="0"):
        raise NotImplementedError

    def timed(self, kind, arguments):
        begun = time.monotonic()
        if self.install(arguments) != 0:
            raise SystemExit(f"bench: {self.name} could not install ({kind})")
        self.times[kind].append(time.monotonic() - begun)

    def turn(self):
        self.remove()
        self.timed("fresh", HEALTHY)
        self.timed("unchanged", HEALTHY)
        self.timed("changed", OTHER)

    def plist(self):
        return f"{self.mac.root}/Library/LaunchDaemons/{LABEL}.plist"

    def launchctl(self, *words):
        return subprocess.run([self.mac.launchctl, *words], capture_output=True, text=True)

    def remove(self):
        """The Mac is as before the peer installed."""
        self.launchctl("bootout", f"system/{LABEL}")
        end = time.monotonic() + 30
        while self.launchctl("print", f"system/{LABEL}").returncode == 0:
            if time.monotonic() > end:
                raise RuntimeError(f"{LABEL} does not end")
            time.sleep(0.01)
        for file in (self.plist(),
                     f"{self.mac.root}/Library/Application Support/lnpctl/{LABEL}.plist",
                     *(f"{self.mac.root}/var/log/{name}.{ending}"
                       for name in ("job0", LABEL) for ending in ("log", "err"))):
            if os.path.exists(file):
                os.remove(file)

    def failed_start(self):
        """A new version whose program ends at once: was it noticed, and is the old job back?"""
        self.remove()
        self.install(HEALTHY)
        with open(self.plist(), "rb") as file:
            old = file.read()
        noticed = self.install(DYING, "0.5") != 0
        with open(self.plist(), "rb") as file:
            back = file.read() == old
        printed = self.launchctl("print", f"system/{LABEL}").stdout
        back = back and "state = running" in printed
        return noticed, back


class Lnpctl(Peer):
    name = "lnpctl"

    def install(self, arguments, settle="0"):
        words = ["install", "--quiet", "--label", LABEL, "--user", "worker", "--settle", settle,
                 "--", *arguments]
        return subprocess.run(self.mac.argv(words), stdin=subprocess.DEVNULL,
                              capture_output=True).returncode


class Checklist(Peer):
    name = "checklist.sh"

    def install(self, arguments, settle="0"):
        words = [self.mac.root, self.mac.launchctl, LABEL, "worker", settle, *arguments]
        return subprocess.run(["sh", "tests/bench/peers/checklist.sh", *words],
                              stdin=subprocess.DEVNULL,
                              capture_output=True).returncode


class Ansible(Peer):
    """Its module looks for plists in /Library and in the home's: here a home whose LaunchAgents are
    the Mac's daemons."""
    name, runs_most = "Ansible's launchd", 3

    def __init__(self, mac):
        super().__init__(mac)
        self.home = mac.root + "/private/tmp/ansible"
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": self.home, "MAC": mac.root,
                            "ANSIBLE_PIPELINING": "true",
                            "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_HOME": self.home
                            + "/.ansible",
                            "ANSIBLE_REMOTE_TMP": self.home + "/.ansible/tmp",
                            "PATH": self.home + "/bin:" + os.environ["PATH"]}
        os.makedirs(self.home + "/Library")
        os.makedirs(self.home + "/bin")
        os.symlink(mac.root + "/Library/LaunchDaemons", self.home + "/Library/LaunchAgents")
        shutil.copy("tests/bench/peers/launchctl.sh", self.home + "/bin/launchctl")
        os.chmod(self.home + "/bin/launchctl", 0o755)

    def missing(self):
        if shutil.which("ansible-playbook") is None:
            return "Debian's ansible is not installed"
        found = subprocess.run(["ansible-doc", "--json", "-t", "module",
                                "community.general.launchd"], env=self.environment,
                               capture_output=True, text=True)
        if "community.general.launchd" in found.stdout:
            return None
        return "Debian's ansible is not installed, only its core"

    def install(self, arguments, settle="0"):
        with open(self.home + "/job.plist", "wb") as file:
            plistlib.dump({"Label": LABEL, "ProgramArguments": arguments, "UserName": "worker",
                           "GroupName": "staff",
                           "EnvironmentVariables": {"HOME": "/Users/worker",
                                                    "PATH": "/usr/local/bin:/usr/bin:/bin"},
                           "StandardOutPath": "/var/log/job0.log",
                           "StandardErrorPath": "/var/log/job0.err",
                           "RunAtLoad": True, "KeepAlive": True}, file)
        home = os.stat(self.mac.root + "/Users/worker")
        values = {"mac": self.mac.root, "label": LABEL, "plist": self.home + "/job.plist",
                  "uid": home.st_uid,
                  "gid": home.st_gid}
        words = [word for name, value in values.items() for word in ("-e", f"{name}={value}")]
        return subprocess.run(["ansible-playbook", "-i", "localhost,", "-c", "local", *words,
                               "tests/bench/peers/ansible.yml"],
                              env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True).returncode


def table(make_mac, runs):
    """Prints the peers' rows; returns {peer: {kind: milliseconds}} of those that ran."""
    print(f"\n{'install by':24}{'fresh':>10}{'changed':>10}{'unchanged':>10}   a start that fails",
          flush=True)
    peers, skipped, results = [], [("kardianos/service", KARDIANOS)], {}
    try:
        for kind in (Lnpctl, Checklist, Ansible):
            peers.append(kind(make_mac()))
        for peer in peers[:]:
            why = peer.missing()
            if why is not None:
                skipped.insert(0, (peer.name, why))
                peers.remove(peer)
                peer.mac.close()
        for run in range(runs):
            for peer in peers:
                if run < peer.runs_most:
                    peer.turn()
        for peer in peers:
            noticed, back = peer.failed_start()
            results[peer.name] = {kind: statistics.median(times) * 1000
                                  for kind, times in peer.times.items()}
            medians = "".join(f"{results[peer.name][kind]:10.1f}"
                              for kind in ("fresh", "changed", "unchanged"))
            print(f"{peer.name:24}{medians}   {'noticed' if noticed else 'not noticed'}, "
                  f"{'put back' if back else 'not put back'}", flush=True)
        for name, why in skipped:
            print(f"{name:24}skipped: {why}", flush=True)
    finally:
        for peer in peers:
            peer.mac.close()
    return results
