#!/bin/sh
# The story of lnpctl in ten seconds, on a temporary Mac: a folder with the shape of one and the
# embedded launchd. Run by `make demo`, which sets BUILD. Touches nothing outside its own temporary
# folder.
set -eu

BUILD=${BUILD:-build}
mac=$(cd "$(mktemp -d "${TMPDIR:-/tmp}/mac.XXXXXX")" && pwd -P)
coordinator=

finish() {
	"$mac/bin/launchctl" shutdown >/dev/null 2>&1 || :
	[ -z "$coordinator" ] || kill "$coordinator" 2>/dev/null || :
	rm -rf "$mac"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

say() {
	printf '\n# %s\n' "$*"
}

# Shows a command as an administrator would type it on a Mac, and runs it on the temporary one.
lnpctl() {
	printf '$ sudo lnpctl'
	for word; do
		case $word in
		*[!A-Za-z0-9/._:=@%+-]* | '') printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
	command=$1
	shift
	"$BUILD/lnpctl" "$command" --root "$mac" --launchctl "$mac/bin/launchctl" "$@"
}

fails() {
	if "$@"; then
		echo "demo: that should have failed" >&2
		exit 1
	fi
}

# owner:group mode path, with the temporary Mac's names for the numbers
show_file() {
	# shellcheck disable=SC2012 # find has no portable way to print owner and mode
	ls -ln "$mac$1" | while read -r mode _ owner group _; do
		case $owner in 501) owner=worker ;; 0) owner=root ;; esac
		case $group in 20) group=staff ;; 0) group=wheel ;; esac
		printf '  %s %s:%s %s\n' "$mode" "$owner" "$group" "$1"
	done
}

install_worker() {
	lnpctl install --label com.example.agentworker --user worker --group staff \
	    --env PATH=/usr/local/bin:/usr/bin:/bin --settle 1 \
	    --stdout /var/log/agentworker.log --stderr /var/log/agentworker.err \
	    -- /usr/local/bin/agentworker --coordinator "$peer"
}

sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd"
cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/agentworker"
chmod 755 "$mac/usr/local/bin/agentworker"
mkfifo "$mac/port"
"$BUILD/tests/agentworker" --listen 0 >"$mac/port" &
coordinator=$!
read -r port <"$mac/port"
rm "$mac/port"
peer=127.0.0.1:$port
find "$mac" | sort >"$mac/.before"

say "A worker that must reach its coordinator ($peer), installed as a LaunchDaemon"
install_worker

say "The plist"
sed 's/^/  /' "$mac/Library/LaunchDaemons/com.example.agentworker.plist"
show_file /Library/LaunchDaemons/com.example.agentworker.plist

say "The job's user owns the logs, and the worker writes into them"
show_file /var/log/agentworker.log
show_file /var/log/agentworker.err
sed 's/^/  | /' "$mac/var/log/agentworker.log"

say "What launchd says"
lnpctl status com.example.agentworker
pid=$("$mac/bin/launchctl" print system/com.example.agentworker | sed -n 's/^	pid = //p')
ps -o pid= -o uid= -o args= -p "$pid" | sed "s|$mac||; s/^ */  process: pid uid command: /"

say "Is everything as it should be?"
lnpctl verify

say "The same install again changes nothing"
install_worker

say "Now three things go wrong: a log's owner, a disabled label, a plist that its group can write"
if [ "$(id -u)" -eq 0 ]; then
	chown 0:0 "$mac/var/log/agentworker.err"
else
	echo "  (only root can give a file away: here the log loses its write permission instead)"
	chmod 0440 "$mac/var/log/agentworker.err"
fi
"$mac/bin/launchctl" disable system/com.example.agentworker
chmod g+w "$mac/Library/LaunchDaemons/com.example.agentworker.plist"
fails lnpctl verify

say "The same install puts it right"
install_worker
lnpctl verify

say "And away with it"
lnpctl uninstall --delete-logs com.example.agentworker

say "What is left, compared with the Mac before"
find "$mac" | sort >"$mac/.after"
diff "$mac/.before" "$mac/.after" | sed -n "s|^[<>] $mac|  |p" |
	grep -v -e '/\.before$' -e '/\.after$' \
    -e 'embedded-launchd' -e 'com.apple.xpc.launchd' || :
[ ! -e "$mac/Library/LaunchDaemons/com.example.agentworker.plist" ]
[ ! -e "$mac/var/log/agentworker.log" ]
