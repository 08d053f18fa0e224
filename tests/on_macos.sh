#!/bin/sh
# sudo tests/on_macos.sh
#
# Plays the scenes of tests/scenes that a real Mac can have against its real launchd, one after the
# other, as a job of the account that called sudo. Only ever touches the label
# com.example.lnpctl-test and files of that name, and removes them after each scene, also when it
# fails or is interrupted. What stays is launchd's own memory that the label is enabled, which no
# command can delete. Takes some minutes: here ten seconds of throttle are ten seconds. Needs `make
# all tools` before. SCENES: only these. Ends with: N passed, N failed, N skipped
#
# sudo tests/on_macos.sh --report
#
# Asks what only a Mac can tell, tests/report.sh, and prints a page to be sent in: what was found
# beside what lnpctl takes for granted. Some minutes; the same label and files. No name of a person
# or of this Mac, no address. QUESTIONS: only these. ASK: another script of questions, for the test.
#
# sh tests/on_macos.sh [--report] ROOT LAUNCHCTL: the same on a temporary Mac, to test this script
set -u

report=
if [ "${1:-}" = --report ]; then
	report=yes
	shift
fi
root=${1:-/} launchctl=${2:-/bin/launchctl}
root=${root%/}
BUILD=${BUILD:-$PWD/build} ask=${ASK:-tests/report.sh}
export BUILD
label=com.example.lnpctl-test
target=system/$label
state="$root/Library/Application Support/lnpctl"
playing=
said=

give_up() {
	echo "on_macos.sh: $2" >&2
	exit "$1"
}

# All that a scene can have made. Not by lnpctl: it may be what fails.
clean() {
	[ -n "$launchctl" ] || return
	"$launchctl" bootout "$target" >/dev/null 2>&1
	looks=0
	until "$launchctl" print "$target" >/dev/null 2>&1; [ $? -eq 113 ]; do
		looks=$((looks + 1))
		[ $looks -lt 600 ] || { echo "on_macos.sh: $target is still loaded" >&2; break; }
		sleep 0.1
	done
	"$launchctl" print-disabled system 2>/dev/null | grep -qE "\"$label\" => (disabled|true)" &&
		"$launchctl" enable "$target"
	rm -rf "$root/Library/LaunchDaemons/$label.plist" \
		"$root/Library/LaunchAgents/$label.plist" \
		"$state/$label.plist" "$state/$label.old" \
		"$root/var/log/$label.log" "$root/var/log/$label.err" \
		"$root/Library/Application Support/$label" "$root/var/tmp/$label"
	[ ! -d "$scratch/volume" ] || hdiutil detach -quiet -force "$scratch/volume" 2>/dev/null
	[ -z "$scratch" ] || rm -rf "${scratch:?}"/*
	if [ -n "$made_state" ]; then
		rm -f "$state/.lock" "$state/probe"
		rmdir "$state/probes" "$state" 2>/dev/null
	fi
}

finish() {
	trap '' INT TERM HUP
	if [ -n "$playing" ]; then
		kill "$playing" 2>/dev/null
		wait "$playing"
	fi
	clean
	rm -rf "$said" "$scratch"
}

# first_of PATTERN: what follows it in a line of the output
first_of() {
	sed -n "s/^.*$1 *//p" "$said" | head -n 1
}

# What kind of Mac it is, and nothing by which this one is known.
print_kind() {
	echo "lnpctl's questions to a Mac, $("$BUILD/lnpctl" --version)"
	if [ -n "$root" ] || [ "$(uname -s)" != Darwin ]; then
		echo "not a Mac: $(uname -s) $(uname -m)"
		return
	fi
	echo "macOS $(sw_vers -productVersion) ($(sw_vers -buildVersion)), $(uname \
	    -m), virtual $(sysctl -n kern.hv_vmm_present)"
	csrutil status >"$said" 2>/dev/null
	echo "System Integrity Protection $(first_of 'status:')"
	profiles status -type enrollment >"$said" 2>/dev/null
	echo "device management $(first_of 'MDM enrollment:')"
}

# Names that a person chose, should an answer have one: the account and this machine.
has_a_name() {
	for name in "${SUDO_USER:-}" "$(uname -n)" "$(uname -n | sed 's/\..*//')"; do
		case $name in
		''|root|localhost|worker) ;;
		*)	grep -qwiF -e "$name" "$said" && return ;;
		esac
	done
	return 1
}

# print_answer NAME RESULT ASSUMED WHY: "=" as assumed, "!" not, "?" not found out, "-" nothing is
# assumed
print_answer() {
	found=$(head -n 1 "$said" | tr -cd '[:print:]' | cut -c 1-400)
	case $2 in
	124|137)	found='not found out: it took too long' ;;
	*)		! has_a_name || found='not found out: the answer has a name' ;;
	esac
	mark='!'
	# shellcheck disable=SC2254 # a pattern
	case ${found:=not found out: nothing} in
	'not found out:'*)	mark='?' ;;
	$3)		mark='=' ;;
	esac
	[ "$3$mark" != '*=' ] || mark='-'
	printf '%s %s: %s\n      %s (%s)\n' "$mark" "$1" "$found" "$3" "$4"
}

print_report() {
	print_kind
	echo '= as lnpctl assumes, ! not so, ? not found out, - only to know;' \
	    'below each what is assumed, and why it matters'
	while IFS='|' read -r name seconds assumed why; do
		case " ${QUESTIONS:-$name} " in
		*" $name "*)	;;
		*)		continue ;;
		esac
		: >"$said"
		SCRATCH=$scratch sh tests/limited.sh "$seconds" sh "$ask" "$name" "$root" \
		    "$launchctl" >"$said" 2>/dev/null &
		playing=$!
		wait $playing
		result=$?
		playing=
		clean
		print_answer "$name" $result "$assumed" "$why"
	done <<-END
		$(sh "$ask")
	END
	echo "By hand: did macOS show 'Background Items Added', or ask anything, meanwhile?" \
	    ' yes / no'
}

if [ ! -x "$BUILD/lnpctl" ] || [ ! -x "$BUILD/tests/agentworker" ]; then
	give_up 69 "run make all tools first"
fi
if [ -n "$report" ] && [ -z "$root" ] && [ "$(uname -s)" != Darwin ]; then
	launchctl=			# no launchd, nothing to ask or to clean
elif [ -z "$root" ]; then
	[ "$(uname -s)" = Darwin ] || give_up 69 "this is not a Mac"
	[ "$(id -u)" -eq 0 ] || give_up 77 "root is needed: sudo tests/on_macos.sh"
	[ "${SUDO_USER:-root}" != root ] ||
		give_up 77 "call it with sudo from an ordinary account: the jobs run as that"
fi
made_state=
[ -d "$state" ] || made_state=yes
scratch=
said=$(mktemp) || exit 1
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
clean

if [ -n "$report" ]; then
	scratch=$(mktemp -d) && scratch=$(cd "$scratch" && pwd -P) || exit 1
	print_report
	exit
fi

if [ -n "${SCENES:-}" ]; then
	# shellcheck disable=SC2086 # a list
	set -- $SCENES
else
	set -- tests/scenes/*.scene tests/scenes/starts/*.scene
fi
passed=0 failed=0 skipped=0
for scene; do
	# In the background, because a shell hears of a signal only while it waits for such.
	sh tests/scenes/scene.sh real "${root:-/}" "$launchctl" "$scene" >"$said" 2>&1 &
	playing=$!
	wait $playing
	result=$?
	playing=
	clean
	case $result in
	0)	passed=$((passed + 1))
		echo "ok $(basename "$scene" .scene)" ;;
	77)	skipped=$((skipped + 1))
		sed 's/^/skipped: /' "$said" ;;
	*)	failed=$((failed + 1))
		echo "FAILED: $scene"
		sed 's/^/    /' "$said" ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
