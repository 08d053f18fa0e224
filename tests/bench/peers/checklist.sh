#!/bin/sh
# sh checklist.sh ROOT LAUNCHCTL LABEL USER SETTLE PROGRAM [ARGUMENT ...]: installs a daemon by the
# checklist that administrators follow by hand, a peer of lnpctl in `make bench`. It looks whether
# the job came up; it puts nothing back. ROOT stands for "/": on a Mac dscl would say what is read
# from the account's file here.
set -eu

root=$1 launchctl=$2 label=$3 user=$4 settle=$5
shift 5
plist=$root/Library/LaunchDaemons/$label.plist
draft=$root/Library/LaunchDaemons/.$label.draft
accounts=$root/private/var/db/dslocal/nodes/Default
name=${label##*.}

fail() {
	echo "checklist: $*" >&2
	exit 1
}

# of_account KEY: its first value
of_account() {
	sed -n "/<key>$1</,/<\/array>/s|.*<string>\(.*\)</string>.*|\1|p" \
	    "$accounts/users/$user.plist" | head -n 1
}

escaped() {
	printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
}

# The value of a field of the job; nothing where it is not loaded.
field() {
	"$launchctl" print "system/$label" 2>/dev/null | sed -n "s/^	$1 = //p" | head -n 1
}

# within SECONDS COMMAND ...: until it holds
within() {
	tries=$(($1 * 50))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.02
	done
}

is_running() {
	[ "$(field state)" = running ]
}

is_gone() {
	! "$launchctl" print "system/$label" >/dev/null 2>&1
}

# The account, its home, and the program.
[ -f "$accounts/users/$user.plist" ] || fail "there is no account $user"
uid=$(of_account uid) gid=$(of_account gid) home=$(of_account home)
group=$(grep -l "<string>$gid</string>" "$accounts"/groups/*.plist | head -n 1)
group=${group##*/}
[ -d "$root$home" ] || fail "$user has no home"
[ -x "$root$1" ] || fail "$1 is not a program"

# The logs.
for log in log err; do
	[ -e "$root/var/log/$name.$log" ] || : >"$root/var/log/$name.$log"
	chown "$uid:$gid" "$root/var/log/$name.$log"
	chmod 0640 "$root/var/log/$name.$log"
done

# The plist.
{
	cat <<-END_OF_HEAD
		<?xml version="1.0" encoding="UTF-8"?>
		<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
		<plist version="1.0">
		<dict>
			<key>Label</key>
			<string>$label</string>
			<key>ProgramArguments</key>
			<array>
	END_OF_HEAD
	for argument; do
		printf '\t\t<string>%s</string>\n' "$(escaped "$argument")"
	done
	cat <<-END_OF_TAIL
			</array>
			<key>UserName</key>
			<string>$user</string>
			<key>GroupName</key>
			<string>${group%.plist}</string>
			<key>EnvironmentVariables</key>
			<dict>
				<key>HOME</key>
				<string>$home</string>
				<key>PATH</key>
				<string>/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin</string>
			</dict>
			<key>StandardOutPath</key>
			<string>/var/log/$name.log</string>
			<key>StandardErrorPath</key>
			<string>/var/log/$name.err</string>
			<key>RunAtLoad</key>
			<true/>
			<key>KeepAlive</key>
			<true/>
		</dict>
		</plist>
	END_OF_TAIL
} >"$draft"
chown "$(id -u):$(id -g)" "$draft"
chmod 0644 "$draft"
! command -v plutil >/dev/null || plutil -lint -s "$draft"
if cmp -s "$draft" "$plist" && is_running; then
	rm "$draft"
	echo "unchanged: $label"
	exit 0
fi

# The old job goes, the new one comes.
if ! is_gone; then
	"$launchctl" bootout "system/$label"
	within 20 is_gone || fail "$label does not end"
fi
mv "$draft" "$plist"
"$launchctl" enable "system/$label"
"$launchctl" bootstrap system "/Library/LaunchDaemons/$label.plist"

# It runs, and stays.
within 5 is_running || fail "$label does not run: last exit code = $(field 'last exit code')"
pid=$(field pid)
sleep "$settle"
[ "$(field pid)" = "$pid" ] ||
	fail "$label did not stay up: last exit code = $(field 'last exit code')"
echo "installed: $label"
