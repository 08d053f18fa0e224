#!/bin/sh
# What version 0.1 installed and migrated stays as it is: the same command changes nothing, verify
# finds nothing, and all of it can be undone. Its binary is built from the history, once, below the
# build directory.
# Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
old=6a23085			# the last commit of version 0.1
before=$BUILD/before-$old
work=$(mktemp -d) || exit 1
work=$(cd "$work" && pwd -P) || exit 1
mac=$work/mac
. tests/check.sh

finish() {
	[ ! -x "$mac/bin/launchctl" ] || "$mac/bin/launchctl" shutdown now >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
chmod 755 "$work"

skip() {
	echo "skipped: $*"
	echo '0 passed, 0 failed, 1 skipped'
	exit 0
}

# A name that only a finished build has. Two runs at a time build it twice.
build_old() {
	[ -x "$before/lnpctl" ] && return
	git cat-file -e "$old^{commit}" 2>/dev/null ||
		skip "the history lacks $old: a tarball, a shallow clone, or another account's"
	mkdir -p "$work/source" "$before" 2>/dev/null || skip "$BUILD cannot be written"
	git archive "$old" | tar -x -C "$work/source" || exit 1
	# This build's flags and directories are not the old Makefile's.
	(cd "$work/source" && env -u CFLAGS -u LDFLAGS -u BUILD make -j2 build/lnpctl) \
	    >"$work/said" 2>&1 || {
		cat "$work/said"
		exit 1
	}
	mv "$work/source/build/lnpctl" "$before/lnpctl"
}

# on PROGRAM COMMAND ...: works on the Mac
on() {
	program=$1 command=$2
	shift 2
	"$program" "$command" --root "$mac" --launchctl "$mac/bin/launchctl" "$@"
}

old() {
	on "$before/lnpctl" "$@"
}

new() {
	on "$BUILD/lnpctl" "$@"
}

# agent LABEL LOG: worker's, loaded
agent() {
	plist=$mac/Users/worker/Library/LaunchAgents/$1.plist
	cat >"$plist" <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<plist version="1.0"><dict>
		<key>Label</key><string>$1</string>
		<key>ProgramArguments</key>
		<array><string>/usr/local/bin/agentworker</string><string>--report</string></array>
		<key>KeepAlive</key><true/>
		<key>StandardOutPath</key><string>$2</string>
		<key>StandardErrorPath</key><string>$2</string>
		</dict></plist>
	END
	chmod 644 "$plist"
	[ "$(id -u)" -ne 0 ] || chown 501:20 "$plist"
	"$mac/bin/launchctl" bootstrap "gui/$uid" "$plist"
}

# file PATH OWNER MODE LABEL LOG [KEYS]: a plist for --from
file() {
	cat >"$mac$1" <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<plist version="1.0"><dict>
		<key>Label</key><string>$4</string>
		<key>ProgramArguments</key>
		<array><string>/usr/local/bin/agentworker</string><string>--report</string></array>
		<key>KeepAlive</key><true/>
		<key>StandardOutPath</key><string>$5</string>
		<key>StandardErrorPath</key><string>$5</string>
		${6:-}</dict></plist>
	END
	chmod "$3" "$mac$1"
	[ "$(id -u)" -ne 0 ] || chown "$2" "$mac$1"
}

# from PROGRAM LABEL: that of one has the names of its logs from the label
from() {
	path=/usr/local/$2.plist named=
	[ -e "$mac$path" ] || path=/Users/worker/$2.plist
	[ "$2" != com.example.named ] || named='--log-dir /var/log/named'
	# shellcheck disable=SC2086 # words
	"$1" install --from "$path" --user worker --settle 0.1 $named
}

install_with() {
	"$1" install --label com.example.plain --user worker --settle 0.1 -- \
	    /usr/local/bin/agentworker --report --interval 1000
}

pids() {
	for label in com.example.plain $froms $agents; do
		"$mac/bin/launchctl" print "system/$label" 2>/dev/null | grep '^	pid = '
	done
}

# lnpctl's files, with owners and modes, and except for the logs with their bytes.
files() {
	for folder in Library/LaunchDaemons 'Library/Application Support/lnpctl' private/var/log \
	    private/var/log/named Library/Logs Users/worker/Library/Logs; do
		# shellcheck disable=SC2012 # find has no portable way to print owner and mode
		ls -ln "$mac/$folder" | awk '{ print $1, $3, $4, $NF }'
	done
	cksum "$mac/Library/LaunchDaemons"/* "$mac/Library/Application Support/lnpctl"/*
}

is_as_before() {
	files >"$work/files.now"
	pids >"$work/pids.now"
	diff "$work/files" "$work/files.now" && diff "$work/pids" "$work/pids.now"
}

# says TEXT COMMAND...: exit status 0, and nothing but that line
says() {
	text=$1
	shift
	answer=$("$@" 2>&1) || { echo "$answer"; return 1; }
	[ "$answer" = "$text" ] || { echo "$answer"; return 1; }
}

# says_so TEXT COMMAND...: exit status 0, and that among other lines
says_so() {
	text=$1
	shift
	answer=$("$@" 2>&1) || { echo "$answer"; return 1; }
	case $answer in
	*"$text"*) ;;
	*) echo "$answer"; return 1 ;;
	esac
}

all_have_sha256() {
	for path in "$mac/Library/Application Support/lnpctl"/com.example.*.plist; do
		grep -qF '<key>SHA256</key>' "$path" || { echo "$path"; return 1; }
	done
}

# refuses TEXT COMMAND...
refuses() {
	text=$1
	shift
	! answer=$("$@" 2>&1) || { echo "$answer"; return 1; }
	case $answer in
	*"$text"*) ;;
	*) echo "$answer"; return 1 ;;
	esac
}

has_no_receipt() {
	! find "$mac/Library" -name 'com.example.*' | grep .
}

# An account's or root's, private or not; logs where root makes them, or the account. One of them
# has a key that is refused now.
froms='com.example.theirs com.example.below com.example.private com.example.named'
agents='com.example.home com.example.moved com.example.vendor'

build_old
uid=501
[ "$(id -u)" -eq 0 ] || uid=$(id -u)
sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd" || exit 1
cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/agentworker"
mkdir -p "$mac/Users/worker/Library/Logs" "$mac/Library/Logs"
[ "$(id -u)" -ne 0 ] || chown -R 501:20 "$mac/Users/worker"
"$mac/bin/launchctl" fault session "$uid"
check 'an agent that logs in its home' agent com.example.home /Users/worker/Library/Logs/home.log
check 'an agent that logs in /tmp' agent com.example.moved /tmp/moved.log
check 'an agent that logs where root makes the file' \
    agent com.example.vendor /Library/Logs/vendor.log
check 'version 0.1 installs' install_with old
file /Users/worker/com.example.theirs.plist 501:20 644 com.example.theirs /Library/Logs/theirs.log \
    '<key>Nice</key><integer>-1</integer>'
file /Users/worker/com.example.below.plist 501:20 600 com.example.below \
    /Users/worker/Library/Logs/below.log
file /Users/worker/com.example.named.plist 501:20 644 com.example.named /Library/Logs/named.log
file /usr/local/com.example.private.plist 0:0 600 com.example.private /Library/Logs/private.log
for label in $froms; do
	check "version 0.1 installs $label" from old "$label"
done
for label in $agents; do
	check "version 0.1 migrates $label" old migrate --settle 0.1 "$label"
done
files >"$work/files"
pids >"$work/pids"

check 'the same install is unchanged' says 'unchanged: com.example.plain' install_with new
for label in $froms; do
	check "the same install of $label is unchanged" says "unchanged: $label" from new "$label"
done
for label in $agents; do
	check "the same migrate of $label is unchanged" says "unchanged: $label" new migrate \
	    "$label"
done
check 'repair finds nothing to do' new repair
check 'verify finds nothing' new verify
check 'nothing was touched, and the processes are the same' is_as_before
if [ "$(id -u)" -eq 0 ]; then
	theirs=$mac/Users/worker/com.example.theirs.plist
	sed 's/>-1</>-2</' "$theirs" >"$work/theirs" && cat "$work/theirs" >"$theirs"
	check 'a file that its account has changed since is checked' \
	    refuses 'Nice' from new com.example.theirs
fi
check 'a hard link to the program' ln "$mac/usr/local/bin/agentworker" "$mac/usr/local/bin/second"
check 'the same install is unchanged again' says 'unchanged: com.example.plain' install_with new
check 'repair finds nothing to do again' new repair
check 'nothing was touched again' is_as_before
check 'another time of the program' touch -t 200001010000 "$mac/usr/local/bin/agentworker"
check 'which says nothing for certain' says_so 'may have been replaced' new verify --verbose
check 'repair stops no job for it' new repair
check 'nothing was touched for it' is_as_before
# shellcheck disable=SC2086 # a list
check 'restart writes the receipts' new restart com.example.plain $froms $agents
check 'and fills in what version 0.1 did not keep' all_have_sha256
# shellcheck disable=SC2086 # a list
check 'uninstall' new uninstall --delete-logs com.example.plain $froms
check 'its logs are gone' test ! -e "$mac/private/var/log/plain.log"
for label in $agents; do
	check "the migration of $label is undone" new migrate --undo "$label"
	check "the agent $label is loaded again" "$mac/bin/launchctl" print "gui/$uid/$label"
	check "and its plist is there" test -f "$mac/Users/worker/Library/LaunchAgents/$label.plist"
done
check 'no daemon and no receipt is left' has_no_receipt
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
