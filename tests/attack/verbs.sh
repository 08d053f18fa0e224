# Read by the scenes of tests/attack, beside those of tests/scenes/scene.sh. The attacker owns the
# account worker, uid 501, and what lies in its home; root runs lnpctl. A scene has several cases;
# each that the attacker won is reported with its name.
#
#	attack TEXT		a case begins, on a Mac as new
#	agent [FILE]		the attacker's agent; the inside of its dictionary: standard input
#	as_worker COMMAND ...	what the attacker runs
#	run ...			as in other scenes; at most $hang seconds
#	held			no file outside the account's reach was changed, made or given away
#				since the first run of the case
#	bounded			the last run ended by itself
#	won TEXT		the attack worked
# shellcheck shell=sh disable=SC2034,SC2154 # read by scenes, after tests/scenes/scene.sh

pattern=${root%/*}/pattern
agents=/Users/worker/Library/LaunchAgents
hang=60 settle=0
losses=0 cases=0 case='' lost=''

[ "$(uname -s)" = Linux ] || skip 'the attackers are Linux programs'
[ "$(id -u)" -eq 0 ] || skip 'only root can play another account than its own'
for tool in setpriv timeout; do
	command -v $tool >/dev/null || skip "it needs $tool"
done

sum() {
	echo "$scene: $losses of $cases attacks worked"
}

# One case that was lost is enough; else a scene that fails or is skipped half way ends so.
finish() {
	sum
	rm -rf "$work"
	[ $losses -eq 0 ] || exit 1
}
trap finish EXIT

won() {
	if [ "$lost" != "$case" ]; then
		losses=$((losses + 1))
		lost=$case
	fi
	echo "$scene: $case: $*"
	sed 's/^/    lnpctl: /' "$work/said" | tail -n 6 | cut -c 1-300
}

as_worker() {
	setpriv --reuid="$uid" --regid="$gid" --clear-groups env -i PATH="$PATH" HOME="$root$home" \
	    "$@"
}

# What root has, and what somebody would like to have.
bait() {
	mkdir -p "$root/private/etc/newsyslog.d" "$root/private/var/at/tabs" \
	    "$root/private/etc/sudoers.d" "$root/opt/root"
	echo 'root ALL=(ALL) ALL' >"$root/private/etc/sudoers"
	echo secret >"$root/private/var/root/secret"
	: >"$root/private/etc/hosts.equiv"
	: >"$root/private/etc/linked"
	ln "$root/private/etc/linked" "$root/opt/root/linked"
	echo '# of every shell' >"$root/private/etc/zprofile"
	chmod 0440 "$root/private/etc/sudoers"
	chmod 0600 "$root/private/var/root/secret"
	chmod 0700 "$root/private/var/root" "$root/private/var/at/tabs"
	given_daemon com.example.other \
	    '<key>ProgramArguments</key><array><string>/usr/local/bin/agentworker</string></array>'
}

# given daemon LABEL INSIDE: a job of somebody else's
given_daemon() {
	printf '<?xml version="1.0"?>\n<plist version="1.0"><dict><key>Label</key><string>%s</string>%s</dict></plist>\n' \
	    "$1" "$2" >"$root/Library/LaunchDaemons/$1.plist"
}

attack() {
	case=$*
	cases=$((cases + 1))
	if [ $cases -gt 1 ]; then
		"$launchctl" shutdown now
		find "$root" -mindepth 1 -delete
		cp -RPp "$pattern/." "$root/"
	fi
	given_worker
	cp "$BUILD/tests/agentworker" "$root/usr/local/bin/agentworker"
	bait
	"$launchctl" fault session "$uid"
	rm -f "$work/before"
	: >"$work/said"
}

agent() {
	agent=$agents/${1:-$label.plist}
	{
		echo '<?xml version="1.0" encoding="UTF-8"?>'
		printf '<plist version="1.0"><dict>\n<key>Label</key><string>%s</string>\n' "$label"
		echo '<key>ProgramArguments</key><array><string>/usr/local/bin/agentworker</string><string>--report</string>'
		echo '<string>--interval</string><string>100000</string></array><key>KeepAlive</key><true/>'
		cat
		echo '</dict></plist>'
	} >"$root$agent"
	chmod 644 "$root$agent"
	chown "$uid:$gid" "$root$agent"
}

# The names outside the home with owner, mode, inode and content; inside, what is root's under any
# name.
photograph() {
	( cd "$root" && {
		find . -path ./Users/worker -prune -o -path './private/var/run/embedded*' \
		    -o -path ./private/var/db/embedded-launchd.plist \
		    -o -path './private/var/db/com.apple.xpc.launchd/*' \
		    -o -path './private/var/log/com.apple.xpc.launchd/*' \
		    -o -printf '%p\t%y %U:%G %m %i %l\n'
		find Users/worker -uid 0 -printf './Users/worker (inode %i)\t%y %U:%G %m\n' |
			sort -u
		find private Library opt System -type f ! -name 'embedded*' \
		    ! -path 'private/var/db/com.apple.xpc.launchd/*' \
		    ! -path 'private/var/log/com.apple.xpc.launchd/*' \
		    -exec cksum {} + | sed 's/^\([0-9]* [0-9]*\) \(.*\)/.\/\2 (content)	\1/'
	} ) | LC_ALL=C sort
}

run_lnpctl() {
	[ -f "$work/before" ] || photograph >"$work/before"
	timeout -k 5 $hang "$BUILD/lnpctl" "$@"
}

lnpctl() {
	command=$1
	shift
	run_lnpctl "$command" --root "$root" --launchctl "$launchctl" "$@"
}

bounded() {
	case $status in
	124|137) won "root was held for $hang seconds" ;;
	esac
}

# Besides the job's own plist, receipt and logs everything is as it was. An agent's plist may be
# kept beside the receipt.
held() {
	bounded
	photograph >"$work/after"
	awk -F '\t' -v label="$label" '
	function ours(path, state) {
		sub(/ \(content\)$/, "", path)
		if (path == "./Library/LaunchDaemons/" label ".plist")
			return state !~ /^. [1-9]/
		if (index(path, "./Library/Application Support/lnpctl") == 1)
			return state !~ /^. [1-9]/ || path ~ /\.agent(\.[0-9]+)?$/
		if (path == "./private/var/log/lnpctl")
			return state ~ /^d 0:0 755 /
		return path ~ "^./private/var/log/lnpctl/" label "[.](log|err)$"
	}
	FILENAME == ARGV[1] { was[$1] = $2; next }
	{ is[$1] = $2 }
	was[$1] != $2 && !ours($1, $2) && $1 != "./Library/Application Support" {
		print ($1 in was ? "changed: " : "made: ") $1 " is " $2 \
		    ($1 in was ? ", was " was[$1] : "")
	}
	END {
		for (path in was)
			if (!(path in is) && !ours(path, was[path]) &&
			    path !~ /^.\/Users\/worker \(/)
				print "removed: " path
	}' "$work/before" "$work/after" >"$work/changes"
	[ ! -s "$work/changes" ] || won \
	    "$(tr '\n' ';' <"$work/changes") root's in the home: $(cd "$root" &&
	    find Users/worker -uid 0 | tr '\n' ' ')"
}

# What migrate refuses, or makes harmless, leads to no daemon with this text in its plist.
lacks() {
	! grep -qiF -e "$1" "$root$plist" 2>/dev/null || won "the daemon has $1"
}

# The answer without what is not ours to say: controls of C0 but newline, DEL, C1, directions, bytes
# that are not UTF-8.
clean() {
	python3 - "$work/said" <<-'END' || won "root's terminal got controls"
		import re, sys
		text = open(sys.argv[1], "rb").read()
		try:
		    text = text.decode()
		except UnicodeDecodeError as error:
		    sys.exit("not UTF-8: %s" % text[max(0, error.start - 20):error.start + 20])
		bad = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f"
		                "\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)
		if bad:
		    sys.exit("%r" % text[max(0, bad.start() - 20):bad.start() + 20])
	END
}
