# Read by tests/scenes/scene.sh, for attack.sh: rounds in which the account's owner swaps its
# files while root works, until ATTACK_END, a time in seconds. After each round no file outside the
# account's reach may have changed.
# shellcheck shell=sh disable=SC2154 # read after tests/scenes/scene.sh
. tests/attack/verbs.sh
hang=60
swappers=
# What root does in a round, how often it did, and the swaps meanwhile.
: >"$work/swaps"
: >"$work/rounds"

# swaps A B ...: begins; two processes, for lnpctl has the processors, too
swaps() {
	photograph >"$work/before"	# now: what is swapped meanwhile could be missed
	"$BUILD/tests/attack/swap" "$uid" "$gid" "$@" >>"$work/swaps" &
	swappers=$!
	"$BUILD/tests/attack/swap" "$uid" "$gid" "$@" >>"$work/swaps" &
	swappers="$swappers $!"
}

still() {
	# shellcheck disable=SC2086 # a list
	kill $swappers 2>/dev/null
	# shellcheck disable=SC2086
	wait $swappers
	swappers=
}

end() {
	[ -z "$swappers" ] || still 2>/dev/null
	finish
}
trap end EXIT

sum() {
	sort "$work/rounds" | uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/\2 \1/' | paste -sd, |
		sed 's/,/, /g; s/^/under attack: /'
	awk -v rounds="$cases" \
	    '{ swaps += $1 } END { printf "%d rounds, %.0f swaps\n", rounds, swaps }' "$work/swaps"
	echo "$((cases - losses)) passed, $losses failed"
}

# races COMMAND ...: root's part, while the swaps go on
races() {
	run "$@"
	bounded
	echo "$1" >>"$work/rounds"
}

own() {
	chown -hR "$uid:$gid" "$@"
}

round_logs() {
	attack 'the folder of the logs becomes a link to /etc'
	mkdir "$root$home/logs"
	ln -s "$root/private/etc" "$root$home/other"
	own "$root$home/logs" "$root$home/other"
	swaps "$root$home/logs" "$root$home/other"
	races install --log-dir "$home/logs"
	races repair --settle 0
	races uninstall --delete-logs
}

round_deep_logs() {
	attack 'a folder above the logs becomes a link to a folder that has the same names'
	mkdir -p "$root$home/a/logs" "$root/opt/root/logs"
	ln -s "$root/opt/root" "$root$home/other"
	: >"$root/opt/root/logs/$label.log"
	own "$root$home/a" "$root$home/other"
	swaps "$root$home/a" "$root$home/other"
	races install --log-dir "$home/a/logs"
	races repair --settle 0
	races uninstall --delete-logs
}

round_missing_logs() {
	attack 'the folders of the logs are missing, and one above becomes a link'
	mkdir "$root$home/a"
	ln -s "$root/private/etc" "$root$home/other"
	own "$root$home/a" "$root$home/other"
	swaps "$root$home/a" "$root$home/other"
	races install --log-dir "$home/a/b/c"
	races uninstall --delete-logs
}

round_log() {
	attack 'a log becomes a link, or a hard link, to an empty file of root'
	mkdir "$root$home/logs"
	: >"$root$home/logs/$label.log"
	ln -s "$root/private/etc/hosts.equiv" "$root$home/logs/link"
	own "$root$home/logs"
	ln "$root/private/etc/hosts.equiv" "$root$home/logs/hard"
	swaps "$root$home/logs/$label.log" "$root$home/logs/link" \
	    "$root$home/logs/$label.log" "$root$home/logs/hard"
	races install --log-dir "$home/logs"
	races repair --settle 0
	races uninstall --delete-logs
}

round_agents() {
	attack 'LaunchAgents becomes a link to LaunchDaemons'
	agent "$label.plist" </dev/null
	ln -s "$root/Library/LaunchDaemons" "$root$home/Library/other"
	own "$root$home/Library/other"
	swaps "$root$agents" "$root$home/Library/other"
	races migrate --settle 0
	races migrate --settle 0
	races repair --settle 0
	races migrate --undo --delete-logs
	still
	run migrate --undo --delete-logs
}

round_library() {
	attack "the home's Library becomes another, with the same plist, and logs in /etc"
	agent "$label.plist" </dev/null
	mkdir -p "$root$home/other/LaunchAgents"
	sed 's|<key>KeepAlive</key>|<key>StandardErrorPath</key><string>/etc/zshenv</string>&|' \
	    "$root$agent" \
	    >"$root$home/other/LaunchAgents/$label.plist"
	own "$root$home/other"
	swaps "$root$home/Library" "$root$home/other"
	races migrate --settle 0
	races migrate --settle 0
	races repair --settle 0
	races migrate --undo --delete-logs
}

round_agent() {
	attack "an agent's plist becomes one with other logs and keys, a link to root's, a FIFO"
	agent "$label.plist" </dev/null
	sed 's|<key>KeepAlive</key>|<key>RootDirectory</key><string>/Users/worker</string><key>StandardErrorPath</key><string>/etc/zshenv</string>&|' \
	    "$root$agent" >"$root$home/evil"
	ln -s "$root/Library/LaunchDaemons/com.example.other.plist" "$root$home/link"
	mkfifo "$root$home/fifo"
	own "$root$home/evil" "$root$home/link" "$root$home/fifo"
	swaps "$root$agent" "$root$home/evil" "$root$agent" "$root$home/link" "$root$agent" \
	    "$root$home/fifo"
	races migrate --settle 0
	races migrate --settle 0
	lacks '<key>RootDirectory</key>'
	races repair --settle 0
	races migrate --undo --delete-logs
}

round_own_logs() {
	attack "an agent's logs in its home, in a folder that becomes a link to /etc"
	agent "$label.plist" <<-END2
		<key>StandardOutPath</key><string>$home/logs/zshenv</string>
		<key>StandardErrorPath</key><string>$home/logs/deep/er/zshenv</string>
	END2
	mkdir "$root$home/logs"
	ln -s "$root/private/etc" "$root$home/other"
	own "$root$home/logs" "$root$home/other"
	swaps "$root$home/logs" "$root$home/other"
	races migrate --settle 0
	races repair --settle 0
	races migrate --undo --delete-logs
}

# from FOLDER: while the account swaps, root or an administrator takes the file
from() {
	lnpctl install --settle 0 --user worker --from "$1/x.plist" >"$work/said" 2>&1
	status=$?
	bounded
	lacks '<key>RootDirectory</key>'
	SUDO_UID=502 lnpctl install --settle 0 --user worker --from "$1/x.plist" >"$work/said" 2>&1
	status=$?
	bounded
	lacks '<key>RootDirectory</key>'
	printf 'install --from\ninstall --from\n' >>"$work/rounds"
	races uninstall --delete-logs
}

# evil FILE, and a harmless one of root's in /opt/root
evil() {
	{
		printf '<?xml version="1.0"?>\n<plist version="1.0"><dict><key>Label</key><string>%s</string>\n' "$label"
		echo '<key>ProgramArguments</key><array><string>/usr/local/bin/agentworker</string><string>--report</string>'
		echo '<string>--interval</string><string>100000</string></array></dict></plist>'
	} >"$root/opt/root/x.plist"
	sed 's|</dict>|<key>RootDirectory</key><string>/Users/worker</string><key>StandardErrorPath</key><string>/etc/zshenv</string></dict>|' \
	    "$root/opt/root/x.plist" >"$root$1"
	own "$root$1"
}

round_from_folder() {
	attack 'the folder of a file for --from becomes a link to one of root'
	mkdir "$root$home/plists"
	ln -s "$root/opt/root" "$root$home/other"
	own "$root$home/plists" "$root$home/other"
	evil "$home/plists/x.plist"
	swaps "$root$home/plists" "$root$home/other"
	from "$home/plists"
}

round_from_file() {
	attack 'a file for --from becomes a link, and a hard link, to one of root'
	mkdir "$root$home/plists"
	evil "$home/plists/x.plist"
	ln -s "$root/opt/root/x.plist" "$root$home/plists/link"
	own "$root$home/plists"
	ln "$root/opt/root/x.plist" "$root$home/plists/hard"
	swaps "$root$home/plists/x.plist" "$root$home/plists/link" "$root$home/plists/x.plist" \
	    "$root$home/plists/hard"
	from "$home/plists"
}

round_place() {
	attack "the working directory becomes a link to root's"
	mkdir "$root$home/place"
	ln -s "$root/private/var/root" "$root$home/other"
	own "$root$home/place" "$root$home/other"
	swaps "$root$home/place" "$root$home/other"
	races install --stdout /dev/null --stderr /dev/null --working-directory "$home/place"
	races repair --settle 0
	races uninstall
}

# A job of root's with something of the account's in it never is.
roots() {
	races install --user root -- "$1" --report --interval 100000
	[ ! -f "$root$plist" ] || { won 'root runs what the account can change'; run uninstall; }
	races install --user root --no-load -- "$1"
	[ ! -f "$root$plist" ] || { won 'root runs what the account can change'; run uninstall; }
}

round_program() {
	attack "a program for root becomes a link to one of root's, and its folder, too"
	mkdir "$root$home/bin"
	cp "$BUILD/tests/agentworker" "$root$home/bin/agentworker"
	ln -s "$root/usr/local/bin/agentworker" "$root$home/link"
	ln -s "$root/usr/local/bin" "$root$home/other"
	own "$root$home/bin" "$root$home/link" "$root$home/other"
	swaps "$root$home/bin" "$root$home/other" "$root$home/bin/agentworker" "$root$home/link"
	roots "$home/bin/agentworker"
}

round_interpreter() {
	attack "the interpreter of a script of root's becomes a link to one of root's"
	mkdir "$root$home/bin"
	cp "$BUILD/tests/agentworker" "$root$home/bin/interp"
	ln -s "$root/usr/local/bin/agentworker" "$root$home/link"
	ln -s "$root/usr/local/bin" "$root$home/other"
	cp "$BUILD/tests/agentworker" "$root/usr/local/bin/interp"
	own "$root$home/bin" "$root$home/link" "$root$home/other"
	printf '#!%s/bin/interp\n' "$home" >"$root/usr/local/bin/script"
	chmod 755 "$root/usr/local/bin/script"
	swaps "$root$home/bin" "$root$home/other" "$root$home/bin/interp" "$root$home/link"
	roots /usr/local/bin/script
}

all='logs deep_logs missing_logs log agents library agent own_logs from_folder from_file'
all="$all place program interpreter"
while [ "$(date +%s)" -lt "$ATTACK_END" ]; do
	for kind in $all; do
		[ "$(date +%s)" -lt "$ATTACK_END" ] || break
		"round_$kind"
		still
		held
	done
done
