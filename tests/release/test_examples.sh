#!/bin/sh
# The examples of README.md and of the manual, run as they stand, on a temporary Mac in network
# namespaces: sudo, lnpctl and launchctl are little programs there that lead to it. Needs root on
# Linux, else skipped.
#
# sh tests/release/test_examples.sh [COMMAND ...]: runs that instead, in the same place.
#
# shellcheck disable=SC2016 # programs for another shell
set -eu
BUILD=${BUILD:-$PWD/build}
export BUILD
. tests/lan/lan_scene.sh

# An agent whose plist lies in worker's home.
agent() {
	cat >"$mac/Users/worker/Library/LaunchAgents/$1.plist" <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
		<plist version="1.0">
		<dict>
			<key>Label</key>
			<string>$1</string>
			<key>ProgramArguments</key>
			<array>
				<string>/usr/local/bin/agentworker</string>
			</array>
			<key>RunAtLoad</key>
			<true/>
		</dict>
		</plist>
	END
	chown 501:20 "$mac/Users/worker/Library/LaunchAgents/$1.plist"
	"$mac/bin/launchctl" bootstrap gui/501 "/Users/worker/Library/LaunchAgents/$1.plist"
}

# The files in the directory of an administrator who tries the examples.
files() {
	sed -e 's/example.oldworker/example.nightly/' -e '/RunAtLoad/,+1d' \
	    "$mac/Users/worker/Library/LaunchAgents/com.example.oldworker.plist" >nightly.plist
	cp nightly.plist "$mac/nightly.plist"	# --from with --root reads there
	cat >com.example.agentworker.plist <<-'END'
		<?xml version="1.0" encoding="UTF-8"?>
		<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
		<plist version="1.0">
		<dict>
			<key>Label</key>
			<string>com.example.agentworker</string>
			<key>ProgramArguments</key>
			<array>
				<string>/usr/local/bin/agentworker</string>
			</array>
			<key>KeepAlive</key>
			<string>true</string>
			<key>StandardOutputPath</key>
			<string>/var/log/agentworker.log</string>
		</dict>
		</plist>
	END
}

# program NAME, its lines on standard input
program() {
	{ echo '#!/bin/sh' && cat; } >"$lan/bin/$1"
	chmod 755 "$lan/bin/$1"
}

programs() {
	mkdir "$lan/bin" "$lan/before"
	mount --bind /usr/local/bin "$lan/before"
	for name in "$lan"/before/*; do
		[ ! -e "$name" ] || ln -s "$name" "$lan/bin/"
	done
	for name in sudo lnpctl launchctl; do
		rm -f "$lan/bin/$name"
	done
	echo 'exec "$@"' | program sudo
	echo "exec '$mac/bin/launchctl' \"\$@\"" | program launchctl
	# The settle time is real time, which no example is about.
	program lnpctl <<-END
		command=\${1:-}
		case \$command in
		''|help|lint|completion|-*) exec '$BUILD/lnpctl' "\$@" ;;
		install|verify|repair|restart|migrate) settle=--settle=0.1 ;;
		*) settle= ;;
		esac
		shift
		for word; do
			shift
			[ "\$word" != nightly.plist ] || word=/nightly.plist
			set -- "\$@" "\$word"
		done
		set -- --root '$mac' --launchctl '$mac/bin/launchctl' \$settle "\$@"
		exec '$BUILD/lnpctl' "\$command" "\$@"
	END
	mount --bind "$lan/bin" /usr/local/bin
	mount -t tmpfs tmpfs /usr/local/share
	mkdir -p "$lan/home"		# and no folder that an example would have to make
	export HOME="$lan/home"
	PATH=$lan/bin:$PATH
	export PATH
	printf '#!/bin/sh\nexec sleep 100000\n' >"$mac/usr/local/bin/agentworker"
	chmod 755 "$mac/usr/local/bin/agentworker"
}

# A new Mac on a LAN of 192.168.1, in a folder below $1.
new_mac() {
	lan_begin "$1"
	"$mac/bin/launchctl" fault session 501
	programs
	mkdir "$lan/here"
	cd "$lan/here"
	agent com.example.oldworker
	files
}

if [ "${1:-}" = --in ]; then
	project=$PWD status=0
	new_mac "$2"
	lan_policy "$3"
	shift 3
	MAC=$mac PROJECT=$project "$@" || status=$?
	lan_end
	exit $status
fi

missing=$(lan_missing)
if [ -z "$missing" ] && ! command -v jq >/dev/null; then
	missing='jq was not found'
fi
if [ -n "$missing" ]; then
	echo "skipped: $missing"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
scratch=$(mktemp -d)
chmod 755 "$scratch"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# inside POLICY COMMAND...
inside() {
	policy=$1
	shift
	mkdir "$scratch/$policy"
	lan_enter tests/release/test_examples.sh --in "$scratch/$policy" "$policy" "$@"
}

if [ $# -gt 0 ]; then
	inside login-accounts "$@"
	exit
fi
passed=0 failed=0
for document in README:login-accounts:README.md MANUAL:tn3179:man/lnpctl.8; do
	policy=${document#*:}
	inside "${policy%:*}" python3 "$PWD/tests/release/examples.py" "${document%%:*}" \
	    "$PWD/${document##*:}" >"$scratch/log" 2>&1 || :
	sed '$d' "$scratch/log"
	counts=$(tail -n 1 "$scratch/log" | grep -E '^[0-9]+ passed, [0-9]+ failed$') || {
		tail -n 1 "$scratch/log"
		counts='0 passed, 1 failed'
	}
	passed=$((passed + ${counts%% *}))
	counts=${counts#*, }
	failed=$((failed + ${counts%% *}))
done
sh tests/demo_migrate.sh 2>&1 |
	python3 tests/release/examples.py TRANSCRIPT README.md demo-migrate >"$scratch/log" || :
case $(tail -n 1 "$scratch/log") in
*' passed, 0 failed') passed=$((passed + 1)) ;;
*)	failed=$((failed + 1))
	echo 'FAILED: README.md shows other lines than make demo-migrate:'
	cat "$scratch/log" ;;
esac
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
