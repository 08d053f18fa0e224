#!/bin/sh
# sh tests/scenes/scene.sh embedded|real ROOT LAUNCHCTL SCENE
#
# Plays one scene of tests/scenes on the Mac whose "/" is ROOT, with its launchctl. On a `real` one
# nothing is broken that a real one does not have. Exit status: 0 it is as the scene says; 1 it is
# not, and how; 77 not possible here, and why.
#
# A scene is read by sh, so $label, $target (system/LABEL), $plist, $agent, $log, $err, $receipt,
# $worker, $user, $uid, $gid, $groups (its groups, as the worker reports them), $home and $folder
# (for what a scene needs) can be used. Its verbs:
#
#	only embedded		the rest is not for a real Mac
#	given THING ...		is arranged: the functions given_* below
#	run COMMAND ...		runs lnpctl, which gets the label (not scan); install also the user,
#				and without "-- PROGRAM" a worker that stays; or `launchctl ...`; or
#				`worker`: restores the worker's program
#	must FACT VALUE ...	is true, perhaps after a while: the functions fact_* below. Several
#				pairs in one line
#	finding CHECK=RESULT TEXT	verify gives it; a command that is its fix is run, and the
#				finding must be gone. TEXT says how it came, for the table
# shellcheck disable=SC2034 # what looks unused is for the scenes
set -u

world=$1 root=${2%/} launchctl=$3 scene=$4
label=com.example.lnpctl-test
target=system/$label
folder="/Library/Application Support/$label"
worker=$folder/agentworker
plist=/Library/LaunchDaemons/$label.plist
agent=/Library/LaunchAgents/$label.plist
receipt="/Library/Application Support/lnpctl/$label.plist"
log=/var/log/$label.log
err=/var/log/$label.err
journal=$root/private/var/run/embedded-launchd.log
patience=600		# looks, a twentieth of a second apart: half a minute
settle=0.1
work=$(mktemp -d) || exit 1
findings=${FINDINGS:-$work}/$(basename "$scene" .scene)	# the table's rows
status=0
pid_before=
journal_before=0

trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP
: >"$work/said"

if [ -n "$root" ]; then
	user=worker uid=501 gid=20 groups='groups 20 80' home=/Users/worker
	[ "$(id -u)" -eq 0 ] || uid=$(id -u) gid=$(id -g) groups='groups...'
else
	user=${SUDO_USER:?} uid=$(id -u "$SUDO_USER") gid=$(id -g "$SUDO_USER") groups='groups...' \
	    settle=2
	home=$(dscl . -read "/Users/$user" NFSHomeDirectory | sed 's/^[^:]*: //')
fi

fail() {
	echo "$scene: $*"
	sed 's/^/    lnpctl: /' "$work/said"
	"$launchctl" print "$target" 2>&1 |
		sed -nE 's/^	(state|pid|runs|last .*) = /    launchd: &/p'
	exit 1
}

skip() {
	echo "$scene: $*"
	exit 77
}

only() {
	[ "$1" = "$world" ] || skip "only on an $1 Mac"
}

# eventually COMMAND ...: whether it succeeds within half a minute
eventually() {
	looks=0
	until "$@"; do
		looks=$((looks + 1))
		[ $looks -lt $patience ] || return 1
		sleep 0.05
	done
}

# ---- launchd ----

# field NAME: of the job, not of a block in it
field() {
	"$launchctl" print "$target" 2>/dev/null | sed -n "/^	$1 = /{s///p;q;}"
}

gone() {
	"$launchctl" print "$target" >/dev/null 2>&1
	[ $? -eq 113 ]
}

state_is() {
	case $1 in
	gone)	gone ;;
	loaded)	"$launchctl" print "$target" >/dev/null 2>&1 ;;
	*)	[ "$(field state)" = "$1" ] ;;
	esac
}

# How long launchd's journal is; only the embedded one has one.
journal_size() {
	if [ -f "$journal" ]; then
		wc -l <"$journal"
	else
		echo 0
	fi
}

# ---- given ----

# This may be somebody's Mac.
own() {
	case $1 in
	*lnpctl-test*) ;;
	*)	fail "$1 is not one of them" ;;
	esac
}

given() {
	given=$1
	shift
	"given_$given" "$@" || fail "given $given $*: not arranged"
}

given_macos() {
	[ "$world" = embedded ] || return 1
	"$launchctl" fault macos "$1" &&
		sed "s/15\.5/$1/" "$root/System/Library/CoreServices/SystemVersion.plist" \
		    >"$work/version" &&
		cat "$work/version" >"$root/System/Library/CoreServices/SystemVersion.plist"
}

given_fault() {
	[ "$world" = embedded ] && "$launchctl" fault "$@"
}

# given installed [OPTION ...] [-- PROGRAM ...]
given_installed() {
	run install "$@"
	[ "$status" -eq 0 ]
}

given_disabled() {
	"$launchctl" disable "$target"
}

# An agent of the same label, as an earlier product may have left it.
given_agent() {
	given_plist "$agent" <<-END
		<key>ProgramArguments</key><array><string>$worker</string><string>--report</string></array>
	END
}

# Not possible on every file system.
given_quarantined() {
	own "$1"
	if [ "$(uname -s)" = Darwin ]; then
		xattr -w com.apple.quarantine '0083;00000000;test;' "$root$1"
	else
		python3 -c 'import os, sys
os.setxattr(sys.argv[1], "user.com.apple.quarantine", b"0083;")' "$root$1" 2>/dev/null
	fi || skip "no extended attributes here"
}

# given protected PATH: to root, too, as macOS protects what is private
given_protected() {
	[ "$world" = embedded ] || return 1
	[ "$(uname -s)" = Linux ] || skip "a Mac protects by its own rules"
	python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.lnpctl.protected", b"")' \
	    "$root$1" 2>/dev/null ||
	    skip "no extended attributes here"
}

# given locked FILE
given_locked() {
	own "$1"
	if [ "$(uname -s)" = Darwin ]; then
		chflags uchg "$root$1"
	else
		python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.lnpctl.locked", b"")' \
		    "$root$1" 2>/dev/null
	fi || skip "no extended attributes here"
}

given_unlocked() {
	own "$1"
	if [ "$(uname -s)" = Darwin ]; then
		chflags nouchg "$root$1"
	else
		python3 -c 'import os, sys; os.removexattr(sys.argv[1], "user.lnpctl.locked")' \
		    "$root$1"
	fi
}

# given mode MODE FILE
given_mode() {
	own "$2"
	chmod "$1" "$root$2"
}

given_without() {
	own "$1"
	rm -rf "$root$1"		# a real Mac's root is empty; own() has seen to the rest
}

given_folder() {
	mkdir -p "$root$1" && chmod 755 "$root$1"
}

# given edited FILE: somebody was there with an editor
given_edited() {
	own "$1"
	echo '<!-- edited -->' >>"$root$1"
}

given_second_name() {
	own "$1"
	ln "$root$1" "$root$1.second"
}

given_touched() {
	own "$1"
	touch -t 200001010000 "$root$1"
}

# given copied FILE: another file with its content takes its place
given_copied() {
	own "$1"
	cp -p "$root$1" "$root$1.new" && mv "$root$1.new" "$root$1"
}

# given renewed PROGRAM: another file, with other content, which does the same
given_renewed() {
	own "$1"
	cp -p "$root$1" "$root$1.new" && chmod u+w "$root$1.new" && echo >>"$root$1.new" &&
		mv "$root$1.new" "$root$1"
}

# given overwritten PROGRAM: as cp does it
given_overwritten() {
	own "$1"
	chmod u+w "$root$1" && echo >>"$root$1"
}

# The job is killed and starts again: what is broken shows now.
given_restarted() {
	"$launchctl" kickstart -k "$target" ||
		[ "$world" = real ]	# what a real one says to a start that fails is not known
}

# Longer than launchd's throttle: what would start again has done so.
given_time() {
	if [ "$world" = embedded ]; then
		sleep 0.5
	else
		sleep 12
	fi
}

given_rebooted() {
	[ "$world" = embedded ] && "$launchctl" reboot
}

# given worker [EXIT | crash]: the job's program; with an argument one that only ends so
# shellcheck disable=SC2120 # the scenes give it
given_worker() {
	rm -f "$root$worker"
	mkdir -p "$root$folder" && chmod 755 "$root$folder" || return 1
	if [ $# -eq 0 ]; then
		cp "$BUILD/tests/agentworker" "$root$worker"
	elif [ "$1" = crash ]; then
		printf '#!/bin/sh\nkill -SEGV $$\n' >"$root$worker"
	else
		printf '#!/bin/sh\necho "this worker is broken" >&2\nexit %d\n' "$1" >"$root$worker"
	fi && chmod 755 "$root$worker"
}

# given script TEXT: instead of the job's program, with the escapes of printf
given_script() {
	rm -f "$root$worker"
	# shellcheck disable=SC2059 # the scenes give it
	printf "$1" >"$root$worker" && chmod 755 "$root$worker"
}

# given plist, with the inside of its dictionary on standard input: a job that lnpctl does not know
given_plist() {
	{
		echo '<?xml version="1.0" encoding="UTF-8"?>'
		printf '<plist version="1.0"><dict>\n<key>Label</key><string>%s</string>\n' "$label"
		cat
		echo '</dict></plist>'
	} >"$root${1:-$plist}" && chmod 644 "$root${1:-$plist}"
}

# ---- run ----

lnpctl() {
	command=$1
	shift
	if [ -n "$root" ]; then
		set -- --root "$root" --launchctl "$launchctl" "$@"
	fi
	# What a person's time zone is must not matter: launchd's log has that of the Mac.
	TZ=Asia/Kathmandu "$BUILD/lnpctl" "$command" "$@"
}

run_install() {
	case " $* " in
	*' -- '*)	;;
	*)		set -- "$@" -- "$worker" --report --interval 1000 ;;
	esac
	case " $* " in
	*' --user '*)	;;
	*)		set -- --user "$user" "$@" ;;
	esac
	lnpctl install --label "$label" --settle $settle "$@"
}

run() {
	pid_before=$(field pid)
	journal_before=$(journal_size)
	running=$1
	shift
	case $running in
	install)	run_install "$@" ;;
	launchctl)	"$launchctl" "$@" ;;
	scan)		lnpctl scan "$@" ;;
	verify)		lnpctl verify --verbose "$@" "$label" ;;
	*)		lnpctl "$running" "$@" "$label" ;;
	esac >"$work/said" 2>&1
	status=$?
}

# ---- must ----

must() {
	while [ $# -gt 0 ]; do
		eventually "fact_$1" "$2" || fail "must $1 $2"
		shift 2
	done
}

# must exit N: of the last run. What cannot change any more is not waited for.
fact_exit() {
	[ "$status" -eq "$1" ] || fail "must exit $1, not $status"
}

fact_say() {
	grep -qF -e "$1" "$work/said" || fail "must say '$1'"
}

fact_omit() {
	! grep -qF -e "$1" "$work/said" || fail "must omit '$1'"
}

# must check ID=RESULT: of the last verify
fact_check() {
	grep -q "^  ${1#*=} *${1%=*}: " "$work/said" || fail "must check $1"
}

# must calls VERB=N: by the last run
fact_calls() {
	[ ! -f "$journal" ] && return
	made=$(tail -n "+$((journal_before + 1))" "$journal" | grep -c "^uid [0-9]*: ${1%=*} ")
	[ "$made" -eq "${1#*=}" ] || fail "must calls $1, not $made"
}

# must job STATE: in launchd's words, "loaded" in any, "gone"
fact_job() {
	state_is "$1"
}

# must pid same|new: as before the last run
fact_pid() {
	case $1 in
	same)	[ -n "$pid_before" ] && [ "$(field pid)" = "$pid_before" ] ;;
	new)	[ "$(field pid)" != "$pid_before" ] && [ -n "$(field pid)" ] ;;
	esac
}

# must last REASON: how the last process ended
fact_last() {
	[ "$(field 'last exit code')" = "$1" ]
}

# must crashes NUMBER: so many in a row at least
fact_crashes() {
	[ "$(field 'successive crashes')" -ge "$1" ] 2>/dev/null
}

# must file 'PATH gone' or 'PATH there' or 'PATH root|user MODE'
fact_file() {
	path=$root${1%% [grtu]*}
	case $1 in
	*' gone')	[ ! -e "$path" ] && [ ! -L "$path" ]; return ;;
	*' there')	[ -e "$path" ]; return ;;
	*' root 0'*)	owner="$(id -u)" ;;
	*)		owner=$uid ;;
	esac
	# shellcheck disable=SC2012 # find has no portable way to print the mode
	ls -ln "$path" | {
		read -r mode _ number _
		case ${1##* } in
		0600) wanted=-rw------- ;;
		0640) wanted=-rw-r----- ;;
		0644) wanted=-rw-r--r-- ;;
		esac
		[ "$number" = "$owner" ] && [ "${mode%[.+@]}" = "$wanted" ]
	}
}

# must hold 'FILE: TEXT', must lack 'FILE: TEXT'
fact_hold() {
	grep -qF -e "${1#*: }" "$root${1%%: *}" 2>/dev/null
}

fact_lack() {
	! fact_hold "$1"
}

# must report LINE: the worker was given this to run with; LINE may end with "...", or hold PID for
# the job's
fact_report() {
	case $1 in
	*...)	grep -qF -e "${1%...}" "$root$log" ;;
	*PID)	grep -qxF -e "${1%PID}$(field pid)" "$root$log" ;;
	*)	grep -qxF -e "$1" "$root$log" ;;
	esac
}

# ---- finding ----

# What an administrator's shell finds: sudo, and what it runs, for the paths of this Mac.
make_shell() {
	mkdir -p "$work/bin"
	cat >"$work/bin/sudo" <<-'END'
		#!/bin/sh
		[ "$1" = lnpctl ] || for word; do
			shift
			case $word in
			/dev/null)	;;
			/*)	word=$ROOT$word ;;
			root)	[ -z "$ROOT" ] || word=$(id -u) ;;
			wheel)	[ -z "$ROOT" ] || word=$(id -g) ;;
			esac
			set -- "$@" "$word"
		done
		exec "$@"
	END
	cat >"$work/bin/lnpctl" <<-'END'
		#!/bin/sh
		command=$1
		shift
		[ -z "$ROOT" ] || set -- --root "$ROOT" --launchctl "$LAUNCHCTL" "$@"
		exec "$BUILD/lnpctl" "$command" "$@"
	END
	cat >"$work/bin/launchctl" <<-'END'
		#!/bin/sh
		exec "$LAUNCHCTL" "$@"
	END
	[ "$(uname -s)" = Darwin ] || cat >"$work/bin/xattr" <<-'END'
		#!/bin/sh
		[ "$1" = -d ] && exec python3 -c 'import os, sys
		os.removexattr(sys.argv[2], "user." + sys.argv[1])' "$2" "$3"
	END
	chmod 755 "$work/bin/"*
}

# found ID [LABEL]: verify, and write its result, its fix and the words of its command, a line each
found() {
	lnpctl verify --json ${2:+"$2"} >"$work/json" 2>"$work/said"
	python3 -c 'import json, sys
jobs = json.load(sys.stdin)["jobs"]
for check in [c for job in jobs for c in job["checks"] if c["id"] == sys.argv[1]]:
    print(check["result"], check["fix"] or "", *check["command"] or [], sep="\n")
' "$1" <"$work/json" >"$work/found"
}

is_found() {
	found "${1%=*}" "$label" && [ "$(sed -n 1p "$work/found")" = "${1#*=}" ]
}

# An uninstalled job has no findings, but verify with its label has one.
is_gone() {
	found "${1%=*}" && ! sed -n 1p "$work/found" | grep -qxE 'fail|warn|unknown'
}

finding() {
	patience=60
	eventually is_found "$1" || fail "finding $1, $2: not found: $(cat "$work/found")"
	sed 1,2d "$work/found" >"$work/words"
	fix=$(sed -n 2p "$work/found")
	patience=600
	if [ ! -s "$work/words" ]; then
		case $fix in
		'')	fail "finding $1, $2: neither command nor reason" ;;
		'sudo '*) fail "finding $1, $2: the command of '$fix' is missing" ;;
		esac
		printf "%s\t%s\tnone: %s\t\n" "$1" "$2" "$fix" >>"$findings"
		return
	fi
	[ -f "$work/bin/sudo" ] || make_shell
	PATH=$work/bin:$PATH ROOT=$root LAUNCHCTL=$launchctl sh -c "$fix" >"$work/said" 2>&1
	pasted=$?
	patience=60
	eventually is_gone "$1" || fail "finding $1, $2: still there ($pasted) after: $fix"
	[ $pasted -eq 0 ] || fail "finding $1, $2: status $pasted of: $fix"
	# What sh makes of the line is what --json has; of several commands, the line.
	printf '#!/bin/sh\nprintf "%%s\\n" sudo "$@"\n' >"$work/bin/sudo"
	case $fix in
	*' && '*) printf '%s\n' sh -c "$fix" ;;
	*)	PATH=$work/bin:$PATH sh -c "$fix" ;;
	esac | cmp -s - "$work/words" ||
		fail "finding $1, $2: $(tr '\n' ' ' <"$work/words") is not: $fix"
	rm "$work/bin/sudo"
	patience=600
	printf "%s\t%s\t%s\tgone\n" "$1" "$2" "$fix" >>"$findings"
}

# shellcheck disable=SC2119
given_worker || exit 1
# shellcheck disable=SC1090 # the caller chooses which one is played
. "$scene"
