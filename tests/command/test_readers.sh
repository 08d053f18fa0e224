#!/bin/sh
# Other programs read what lnpctl writes: its plists Python's plistlib and plistutil, its JSON
# Python and node. None shares code with it. Works on an image below a temporary directory,
# offline, as any user. Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
lnpctl=$BUILD/lnpctl
label=com.example.agentworker
passed=0 failed=0 skipped=0

[ -x "$lnpctl" ] || {
	echo "test_readers.sh: $lnpctl is not there; run make first" >&2
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}
work=$(mktemp -d) || exit 1
work=$(cd "$work" && pwd -P) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
image=$work/image

pass() {
	passed=$((passed + 1))
}

# fail NAME [FILE]: with the output of a reader
fail() {
	failed=$((failed + 1))
	echo "FAILED: $1"
	[ $# -lt 2 ] || sed 's/^/    /' "$2"
}

skip() {
	skipped=$((skipped + 1))
	echo "skipped: $1"
}

has() {
	command -v "$1" >/dev/null
}

# account KIND NAME KEY=VALUE ...: one of the image's users or groups
account() {
	file=$image/private/var/db/dslocal/nodes/Default/$1/$2.plist
	shift 2
	{
		echo '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>'
		for pair; do
			echo "<key>${pair%%=*}</key><array><string>${pair#*=}</string></array>"
		done
		echo '</dict></plist>'
	} >"$file"
}

# A new image, with nothing installed: the shape of a Mac as far as an offline install looks at it.
make_image() {
	rm -rf "$image"
	umask 022
	for folder in Library/LaunchDaemons Library/LaunchAgents "Library/Application Support" \
	    private/var/log Users/worker \
		private/var/db/dslocal/nodes/Default/users \
		private/var/db/dslocal/nodes/Default/groups usr/local/bin; do
		mkdir -p "$image/$folder"
	done
	ln -s private/var "$image/var"
	printf '#!/bin/sh\n' >"$image/usr/local/bin/agentworker"
	chmod 755 "$image/usr/local/bin/agentworker"
	uid=501 gid=20
	if [ "$(id -u)" -ne 0 ]; then
		uid=$(id -u) gid=$(id -g)
	else
		chown 501:20 "$image/Users/worker"
	fi
	account users worker name=worker uid="$uid" gid="$gid" home=/Users/worker
	account groups staff name=staff gid="$gid"
}

# ---- plists ----

# python3 plist.py FILE NAME=VALUE -- ARGUMENT ...: the plist is the checklist's with this variable
# and these arguments, nothing else. Words come as bytes, whatever the locale.
cat >"$work/plist.py" <<'END'
import os, plistlib, sys

words = [os.fsencode(word).decode("utf-8") for word in sys.argv[1:]]
name, value = words[1].split("=", 1)
expected = {
    "Label": "com.example.agentworker",
    "ProgramArguments": ["/usr/local/bin/agentworker"] + words[3:],
    "UserName": "worker",
    "GroupName": "staff",
    "EnvironmentVariables": {
        "HOME": "/Users/worker",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        name: value,
    },
    "StandardOutPath": "/var/log/com.example.agentworker.log",
    "StandardErrorPath": "/var/log/com.example.agentworker.err",
    "RunAtLoad": True,
    "KeepAlive": True,
}
with open(sys.argv[1], "rb") as file:
    read = plistlib.load(file)
wrong = [key for key in set(expected) | set(read)
         if key not in read or key not in expected or read[key] != expected[key]
         or type(read[key]) is not type(expected[key])]
for key in sorted(wrong):
    print("%s: %a, not %a" % (key, read.get(key), expected.get(key)))
sys.exit(1 if wrong else 0)
END

# reads_back NAME VALUE ARGUMENT ...: installs the checklist's job with these arguments, and with
# VALUE in a variable
reads_back() {
	name=$1 value=$2
	shift 2
	make_image
	plist=$image/Library/LaunchDaemons/$label.plist
	if ! "$lnpctl" install --root "$image" --label "$label" --user worker --group staff \
		--env PATH=/usr/local/bin:/usr/bin:/bin --env "VALUE=$value" \
		-- /usr/local/bin/agentworker "$@" >"$work/said" 2>&1; then
		fail "$name: install" "$work/said"
		return
	fi
	if python3 "$work/plist.py" "$plist" "VALUE=$value" -- "$@" >"$work/said" 2>&1; then
		pass
	else
		fail "$name: plistlib" "$work/said"
	fi
	if ! has plistutil; then
		skip "$name: plistutil is not here"
		return
	fi
	rm -f "$work/binary" "$work/xml"
	if plistutil -i "$plist" -f bin -o "$work/binary" >"$work/said" 2>&1 &&
		plistutil -i "$work/binary" -f xml -o "$work/xml" >"$work/said" 2>&1 &&
		[ "$(head -c 8 "$work/binary")" = bplist00 ] &&
		python3 "$work/plist.py" "$work/binary" "VALUE=$value" -- "$@" >"$work/said" 2>&1 &&
		python3 "$work/plist.py" "$work/xml" "VALUE=$value" -- "$@" >"$work/said" 2>&1; then
		pass
	else
		fail "$name: plistutil" "$work/said"
	fi
}

# cannot NAME STATUS BYTES: refused as an argument and as a value, with this exit status, and
# nothing is written
cannot() {
	for where in argument variable; do
		make_image
		if [ $where = argument ]; then
			"$lnpctl" install --root "$image" --label "$label" --user worker \
			    -- /usr/local/bin/agentworker "$3" >"$work/said" 2>&1
		else
			"$lnpctl" install --root "$image" --label "$label" --user worker \
			    --env "VALUE=$3" -- \
				/usr/local/bin/agentworker >"$work/said" 2>&1
		fi
		status=$?
		if [ $status -ne "$2" ]; then
			fail "$1 as $where: exit status $status, not $2" "$work/said"
		elif [ -e "$image/Library/LaunchDaemons/$label.plist" ]; then
			fail "$1 as $where: a plist was written"
		else
			pass
		fi
	done
}

# The plist within the receipt is the one beside it.
receipt_holds_the_plist() {
	make_image
	"$lnpctl" install --root "$image" --label "$label" --user worker \
	    -- /usr/local/bin/agentworker 'A & B <x>' >/dev/null 2>&1
	if python3 - "$image/Library/Application Support/lnpctl/$label.plist" \
	    "$image/Library/LaunchDaemons/$label.plist" \
		>"$work/said" 2>&1 <<-'END'
		import plistlib, sys
		receipt = plistlib.load(open(sys.argv[1], "rb"))
		assert receipt["Plist"] == open(sys.argv[2], "rb").read(), "Plist is another"
		assert receipt["State"] == "installed" and receipt["Version"] == 1
		assert receipt["Label"] == "com.example.agentworker"
		logs = ["/var/log/com.example.agentworker." + end for end in ("log", "err")]
		assert receipt["MadeLogs"] == logs, receipt["MadeLogs"]
		assert [f["Exists"] for f in receipt["Before"]["Files"]] == [False] * 3
	END
	then
		pass
	else
		fail "the receipt" "$work/said"
	fi
}

# python3 round.py make FILE FORMAT: a job with one of everything, and with unknown keys.
# python3 round.py compare FILE INSTALLED: equal, except for the account, which install writes.
cat >"$work/round.py" <<'END'
import datetime, plistlib, sys

job = {
    "Label": "com.example.agentworker",
    "ProgramArguments": ["/usr/local/bin/agentworker", "A & B <x>", "Grüße 日本語 🐍", ""],
    "RunAtLoad": False,
    "KeepAlive": {"SuccessfulExit": False, "PathState": {"/etc/a & b.c": True}},
    "StartCalendarInterval": [{"Hour": 3, "Minute": 0}, {"Weekday": 7, "Minute": 30}],
    "Nice": -5,
    "EnvironmentVariables": {},
    "QOfMyOwn": {
        "data": bytes(range(256)), "nothing": b"", "text": "", "lines": "a\n\tb",
        "dates": [datetime.datetime(2026, 11, 24, 6, 31, 51), datetime.datetime(1969, 1, 1),
                  datetime.datetime(9999, 1, 1)],
        "reals": [0.1, 1 / 3, -1.5e300, 5e-324, 123456789.123456789],
        "integers": [0, -1, 2**53 + 1, 2**63 - 1, -2**63, 2**63, 2**64 - 1],
        "deep": [[[{"a": [True, False]}]]],
    },
}

def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b

if sys.argv[1] == "make":
    with open(sys.argv[2], "wb") as file:
        binary = sys.argv[3] == "binary"
        plistlib.dump(job, file, fmt=plistlib.FMT_BINARY if binary else plistlib.FMT_XML)
else:
    with open(sys.argv[2], "rb") as file:
        read = plistlib.load(file)
    expected = dict(job, UserName="worker", GroupName="staff")
    wrong = [key for key in set(expected) | set(read) if not same(expected.get(key), read.get(key))]
    for key in sorted(wrong):
        print("%s: %a, not %a" % (key, read.get(key), expected.get(key)))
    sys.exit(1 if wrong else 0)
END

# A plist that --from reads, in either format, is written again with every key and value.
comes_back() {
	for format in XML binary; do
		make_image
		python3 "$work/round.py" make "$image/private/from.plist" $format
		if "$lnpctl" install --root "$image" --from /private/from.plist --user worker \
		    >"$work/said" 2>&1 &&
			python3 "$work/round.py" compare \
			    "$image/Library/LaunchDaemons/$label.plist" >"$work/said" 2>&1; then
			pass
		else
			fail "--from $format" "$work/said"
		fi
	done
}

# shellcheck disable=SC1003,SC2016 # backslashes and dollars are what is tried
test_plists() {
	reads_back plain plain --loop --name worker
	reads_back 'no argument' x
	reads_back markup 'A & B <x>' 'A & B <x>' '&amp;' '&#10;' '<!-- x -->' ']]>' \
	    '<![CDATA[x]]>' '</string>'
	reads_back quotes "\"it's\"" '"' "'" "\"it's\"" '`id`'
	reads_back backslashes 'a\b' '\' '\\' '\n' 'a\'
	reads_back shell ';$HOME' ';' '$HOME' '$(id)' '*' '~' '|' '&&' '>x' '#'
	reads_back UTF-8 'Grüße' 'Grüße' '日本語' '🐍' 'é' 'é' ' '
	reads_back empty '' '' a ''
	reads_back blanks ' a ' ' ' '  two  ' 'a b'
	reads_back dashes --label -- --label --root / -
	reads_back 'like numbers' 1 1 true 1.0 0x10 2026-01-01T00:00:00Z
	reads_back 'like launchctl' 'pid = 1' 'pid = 1' '}' 'state = running'
	set --
	while [ $# -lt 200 ]; do
		set -- "$@" "argument $# & <more>"
	done
	reads_back '200 arguments' x "$@"
	receipt_holds_the_plist
	comes_back

	cannot 'what is not UTF-8' 65 "$(printf 'a\377')"
	cannot 'an overlong form' 65 "$(printf '\300\257')"
	cannot 'an escape' 65 "$(printf '\033[2J')"
	cannot 'a newline' 65 "$(printf 'a\nb')"
	cannot 'a tab' 65 "$(printf 'a\tb')"
	cannot 'U+FFFF, which XML forbids' 65 "$(printf '\357\277\277')"
}

# ---- JSON ----

# python3 answer.py COMMAND STATUS <ANSWER: one object of the contract's form
cat >"$work/answer.py" <<'END'
import json, re, sys

COMMON = {"schema", "command", "ok", "error"}
CHANGE = {"changed", "label", "dry_run", "rolled_back", "steps", "checks", "would_change",
          "differences"}
OWN = {"install": CHANGE | {"jobs"}, "show": {"jobs"}, "version": {"version"},
       "uninstall": {"jobs"},
       "verify": {"system", "jobs"}, "status": {"jobs"},
       "lint": {"files", "rules"}, "repair": {"jobs"}, "restart": {"jobs"}, "migrate": {"jobs"},
       "scan": {"system", "jobs"}, "connect": set(), "completion": set(), "complete": set(),
       "probe": {"target", "verdict", "why", "system", "contexts", "advice"}}
JOB = {
    "install": CHANGE | {"error"},
    "show": {"label", "options", "receipt"},
    "repair": CHANGE | {"error"},
    "restart": CHANGE | {"error"},
    "migrate": CHANGE | {"error", "keys", "warnings"},
    "scan": {"path", "label", "kind", "account", "loaded", "program", "risk", "reason", "fix",
             "troubles"},
    "uninstall": CHANGE | {"error"},
    "verify": {"label", "ok", "pid", "runs", "started", "checks"},
    "status": {"label", "domain", "loaded", "disabled", "state", "pid", "runs", "started",
               "last_exit", "path", "program", "username", "group", "uid", "logs",
               "abnormal_starts", "throttled_until", "plist_present"},
}

def once(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), "a key stands twice: %s" % keys
    for key in keys:
        assert re.fullmatch("[a-z][a-z0-9_]*", key), key
    return dict(pairs)

def number(word):
    raise ValueError(word)

def change(form):
    for step in form["steps"]:
        assert set(step) == {"action", "target", "result"}, step
        assert step["result"] in ("done", "unchanged", "planned", "undone", "failed"), step
    for row in form["differences"]:
        assert set(row) == {"key", "change", "old", "new"}, row
        assert row["change"] in ("added", "removed", "changed"), row
    assert type(form["would_change"]) is (bool if form["dry_run"] else type(None)), form
    assert form["dry_run"] or form["differences"] == []
    checks(form["checks"])

def checks(rows):
    for row in rows:
        assert set(row) == {"id", "result", "message", "fix", "command"}, row
        assert (row["command"] or [None])[0] in ("sudo", "sh", None), row
        assert (row["command"] is None) != (row["fix"] or "").startswith("sudo "), row
        assert row["result"] in ("pass", "warn", "fail", "unknown", "skip"), row
        assert row["fix"] is None or row["fix"] != ""

command, status = sys.argv[1], int(sys.argv[2])
text = sys.stdin.buffer.read().decode("utf-8")
assert text.endswith("\n") and text.count("\n") == 1, "not one line"
form = json.loads(text, object_pairs_hook=once, parse_constant=number)
assert set(form) == COMMON | OWN[command], sorted(form)
assert form["schema"] == 1 and form["command"] == command
assert form["ok"] is (status == 0), "ok is %s, the status %d" % (form["ok"], status)
if form["ok"]:
    assert form["error"] is None
else:
    assert set(form["error"]) == {"what", "why", "fix"} and form["error"]["what"]
if command == "install":
    change(form)
for job in form.get("jobs", []):
    assert set(job) == JOB[command], sorted(job)
    if command in ("install", "repair", "restart", "uninstall", "migrate"):
        change(job)
    if command == "verify":
        checks(job["checks"])
if command == "verify":
    assert set(form["system"]) == {"version", "build", "booted"}
END

# answers NAME STATUS COMMAND ARGUMENT ...: the answer with --json, and that the error is printed on
# standard error as well
answers() {
	name=$1 expected=$2 command=$3
	shift 3
	echo "$command" >>"$work/asked"
	"$lnpctl" "$command" --json "$@" >"$work/answer" 2>"$work/error"
	status=$?
	if [ $status -ne "$expected" ]; then
		fail "$name: exit status $status, not $expected" "$work/error"
	elif [ $status -ne 0 ] && ! grep -q '^lnpctl: ' "$work/error"; then
		fail "$name: nothing on standard error"
	elif python3 "$work/answer.py" "$command" "$status" <"$work/answer" >"$work/said" 2>&1; then
		pass
	else
		cat "$work/answer" >>"$work/said"
		fail "$name: python" "$work/said"
	fi
	if ! has node; then
		skip "$name: node is not here"
	elif node -e 'JSON.parse(require("fs").readFileSync(0, "utf8"))' <"$work/answer" \
	    >"$work/said" 2>&1; then
		pass
	else
		fail "$name: node" "$work/said"
	fi
}

# shellcheck disable=SC1003 # a backslash at the end
test_answers() {
	bad=$(printf 'x\377"\\\033')
	worker=/usr/local/bin/agentworker
	make_image

	answers 'install without a label' 64 install --root "$image" --user worker -- "$worker"
	answers 'install without anything' 64 install --root "$image"
	answers 'install with an unknown option' 64 install --root "$image" --lable x
	answers 'install with a value that is missing' 64 install --root
	answers 'install with a bad label' 65 install --root "$image" --label 'a"b' --user worker \
	    -- "$worker"
	answers 'install with a label of no bytes of text' 65 install --root "$image" \
	    --label "$bad" --user worker -- "$worker"
	answers 'install with an argument that is not text' 65 install --root "$image" \
	    --label "$label" --user worker -- "$worker" "$bad"
	answers 'install of a program that is not there' 65 install --root "$image" \
	    --label "$label" --user worker -- /not/there
	answers 'install for nobody' 67 install --root "$image" --label "$label" --user 'no"body\' \
	    -- "$worker"
	answers 'install for no group' 67 install --root "$image" --label "$label" --user worker \
	    --group none -- "$worker"
	answers 'install where there is nothing' 73 install --root "$image/none" --label "$label" \
	    --user worker -- "$worker"
	answers 'install where launchctl is missing' 69 install --root "$image" \
	    --launchctl "$image/none" --label "$label" --user worker -- "$worker"
	answers 'verify of nothing' 1 verify --root "$image"
	answers 'verify of a job that is not there' 1 verify --root "$image" com.example.none
	answers 'verify of a label that is none' 1 verify --root "$image" "$bad"
	answers 'status of nothing' 1 status --root "$image"
	answers 'status of a label that is none' 65 status --root "$image" "$bad"
	answers 'uninstall of nothing' 64 uninstall --root "$image"
	answers 'uninstall of a job that is not there' 1 uninstall --root "$image" com.example.none
	answers 'uninstall of a label that is none' 65 uninstall --root "$image" "$bad"

	printf '<plist><dict><key>Label</key><string>%s</string></dict></plist>' 'a"b\c' \
	    >"$work/bad.plist"
	answers 'lint of errors' 1 lint "$work/bad.plist"
	answers 'lint of what is not there' 1 lint "$work/none.plist"
	answers 'lint of no plist' 65 lint "$lnpctl"
	answers 'lint without a file' 64 lint
	answers 'lint of a kind that is none' 64 lint --kind 'x"' "$work/bad.plist"
	answers 'lint --rules' 0 lint --rules
	answers 'lint of standard input' 1 lint - <"$work/bad.plist"
	answers 'lint of an empty standard input' 65 lint - </dev/null
	answers 'install --from what is not there' 73 install --root "$image" --user worker \
	    --from /none.plist
	answers 'install --set of what is not a key' 64 install --root "$image" --label "$label" \
	    --user worker --set 'A"b=1' -- "$worker"
	answers 'install --dry-run' 0 install --root "$image" --dry-run --label "$label" \
	    --user worker -- "$worker"
	answers 'install' 0 install --root "$image" --label "$label" --user worker \
	    -- "$worker" 'A & "B" \ <x>'
	answers 'install again' 0 install --root "$image" --label "$label" --user worker \
	    -- "$worker" 'A & "B" \ <x>'
	answers 'install of a changed job' 0 install --root "$image" --label "$label" \
	    --user worker --log-dir '/var/log/a"b\c' -- "$worker"
	answers 'verify' 0 verify --root "$image"
	answers 'verify by label' 0 verify --root "$image" --settle 0 "$label"
	answers 'status offline' 2 status --root "$image" "$label"
	chmod 666 "$image/Library/LaunchDaemons/$label.plist"
	answers 'verify of what is damaged' 1 verify --root "$image"
	chmod 644 "$image/Library/LaunchDaemons/$label.plist"
	answers 'uninstall --dry-run' 0 uninstall --root "$image" --dry-run "$label"
	answers 'uninstall' 0 uninstall --root "$image" --delete-logs "$label"

	answers 'repair of nothing' 1 repair --root "$image"
	answers 'repair of what is not there' 1 repair --root "$image" com.example.none
	answers 'restart without a label' 64 restart --root "$image"
	answers 'restart of a label that is none' 65 restart --root "$image" "$bad"
	answers 'probe of no address' 64 probe --root "$image" 'a"b\'
	answers 'probe of itself' 64 probe --root "$image" 127.0.0.1:9
	answers 'connect to no address' 64 connect 'a"b\'
	answers 'completion, which prints a script' 64 completion zsh
	answers 'complete, which prints lines' 64 complete 'lnpctl inst'
	cp "$work/bad.plist" "$image/Library/LaunchAgents/a\"b\\.plist"
	answers 'scan of a hostile name' 0 scan --root "$image"
	answers 'migrate of a hostile name' 65 migrate --root "$image" \
	    '/Library/LaunchAgents/a"b\.plist'
	answers 'migrate of what is not there' 1 migrate --root "$image" "$bad"
	rm "$image/Library/LaunchAgents/"*

	answers 'install again after that' 0 install --root "$image" --label "$label" \
	    --user worker -- "$worker"
	answers 'dry run of another definition' 0 install --root "$image" --dry-run \
	    --label "$label" --user worker --env A=b -- "$worker"
	answers 'version' 0 version
	answers 'show' 0 show --root "$image" "$label"
	answers 'show of a job that is not there' 1 show --root "$image" com.example.none
	printf 'x' >"$image/Library/Application Support/lnpctl/$label.plist"
	answers 'install over a damaged receipt' 65 install --root "$image" --label "$label" \
	    --user worker -- "$worker"
	answers 'verify of a damaged receipt' 1 verify --root "$image"
	answers 'uninstall with a damaged receipt' 65 uninstall --root "$image" "$label"
	if [ "$(id -u)" -ne 0 ]; then
		answers 'install on the real root without being root' 77 install --label "$label" \
		    --user worker -- "$worker"
		answers 'uninstall on the real root without being root' 77 uninstall "$label"
	else
		skip 'install on the real root without being root: this is root'
	fi
}

# Each command that help lists is asked above; help itself has no --json.
test_every_command() {
	for command in $("$lnpctl" help | sed -n 's/^  \([a-z]*\)  *.*/\1/p'); do
		if [ "$command" = help ] || grep -qx "$command" "$work/asked"; then
			pass
		else
			fail "the command $command has no case in test_answers() of test_readers.sh"
		fi
	done
}

# A file and standard input get the same report, except for the name.
test_standard_input() {
	printf '<plist><dict><key>Label</key><string>%s</string></dict></plist>' 'com.example.a' \
	    >"$work/a.plist"
	"$lnpctl" lint --kind daemon "$work/a.plist" 2>&1 |
		sed "s,^$work/a.plist:,-:," >"$work/file"
	"$lnpctl" lint --kind daemon - <"$work/a.plist" >"$work/input" 2>&1
	if grep -q '^-: error: missing-program' "$work/input" && grep -v file-name "$work/file" |
		cmp -s - "$work/input"; then
		pass
	else
		fail 'lint of standard input' "$work/input"
	fi
}

test_standard_input
if ! has python3; then
	skip 'python3 is not here'
else
	test_plists
	test_answers
	test_every_command
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
