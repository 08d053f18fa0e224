#!/bin/sh
# The story of scan and migrate, on a temporary Mac in network namespaces: an agent goes dark,
# becomes a daemon, and back. Run by `make demo-migrate`, which sets BUILD. Needs root on Linux and
# iproute2; says so where it cannot run. The refusal is the kernel's, as TN3179 describes Local
# Network Privacy: at once, "No route to host", and no packet is sent.
set -eu

BUILD=${BUILD:-$PWD/build}
agent=/Users/worker/Library/LaunchAgents/com.example.agentworker.plist

missing() {
	[ "$(uname -s)" = Linux ] ||
		{ echo 'it needs network namespaces, which are of Linux'; return; }
	[ "$(id -u)" -eq 0 ] || { echo 'it needs root, for network namespaces'; return; }
	for tool in ip unshare; do
		command -v "$tool" >/dev/null || { echo "it needs $tool"; return; }
	done
	unshare --net --mount --pid --fork true 2>/dev/null ||
		echo 'this system lets nobody make namespaces'
}

if [ "${1:-}" != --inside ]; then
	why=$(missing)
	if [ -n "$why" ]; then
		echo "demo-migrate: cannot run here: $why"
		exit 0
	fi
	scratch=$(cd "$(mktemp -d "${TMPDIR:-/tmp}/mac.XXXXXX")" && pwd -P)
	chmod 755 "$scratch"
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	unshare --net --mount --pid --fork --kill-child --mount-proc sh "$0" --inside "$scratch"
	exit
fi
mac=$2/mac

# The Mac has 10.9.0.1, its peer 10.9.0.2; what is an agent gets a network where the LAN is refused.
make_network() {
	mount -t tmpfs tmpfs /run
	mkdir /run/netns
	ip netns add peer
	ip netns add agents
	ip link set lo up
	ip link add mac0 type veth peer name peer0 netns peer
	ip address add 10.9.0.1/24 dev mac0
	ip link set mac0 up
	ip -n peer address add 10.9.0.2/24 dev peer0
	ip -n peer link set peer0 up
	ip -n agents route add unreachable 10.9.0.0/24
	mkfifo "$mac/port"
	ip netns exec peer "$BUILD/tests/agentworker" --listen 0 >"$mac/port" &
	read -r port <"$mac/port"
	peer=10.9.0.2:$port
}

make_agent() {
	cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/agentworker"
	mkdir -p "$mac/Users/worker/Library/Logs"
	cat >"$mac$agent" <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
		<plist version="1.0">
		<dict>
			<key>Label</key>
			<string>com.example.agentworker</string>
			<key>ProgramArguments</key>
			<array>
				<string>/usr/local/bin/agentworker</string>
				<string>--coordinator</string>
				<string>$peer</string>
			</array>
			<key>KeepAlive</key>
			<true/>
			<key>LimitLoadToSessionType</key>
			<string>Aqua</string>
			<key>StandardOutPath</key>
			<string>/Users/worker/Library/Logs/agentworker.log</string>
			<key>StandardErrorPath</key>
			<string>/Users/worker/Library/Logs/agentworker.log</string>
		</dict>
		</plist>
	END
	chown 501:20 "$mac$agent" "$mac/Users/worker/Library/Logs"
	"$mac/bin/launchctl" fault session 501
	"$mac/bin/launchctl" fault agent_network /run/netns/agents
	"$mac/bin/launchctl" bootstrap gui/501 "$agent"
}

say() {
	printf '\n# %s\n' "$*"
}

lnpctl() {
	printf '$ sudo lnpctl %s\n' "$*"
	command=$1
	shift
	"$BUILD/lnpctl" "$command" --root "$mac" --launchctl "$mac/bin/launchctl" "$@"
}

# Waits until the worker has written this since the last look, and shows the line.
log=$mac/Users/worker/Library/Logs/agentworker.log
seen=0
log_says() {
	tries=0
	until line=$(tail -n "+$((seen + 1))" "$log" 2>/dev/null | grep -m 1 -n -e "$1"); do
		tries=$((tries + 1))
		if [ $tries -eq 300 ]; then
			echo "demo-migrate: the worker's log has no '$1':" >&2
			cat "$log" >&2
			exit 1
		fi
		sleep 0.1
	done
	printf '  | %s\n' "${line#*:}"
	seen=$(wc -l <"$log")
}

mkdir "$mac"
sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd"
make_network
make_agent

say "worker's agent is dark: it must reach $peer, and its log says"
log_says 'No route to host'

say 'Which jobs of this Mac are at risk?'
lnpctl scan

say 'It becomes a daemon of the same account'
lnpctl migrate com.example.agentworker --settle 1

say 'The same worker, the same log: its first connection'
log_says 'connected'

say 'And back: dark again'
lnpctl migrate --undo com.example.agentworker
log_says 'No route to host'
"$mac/bin/launchctl" shutdown now >/dev/null 2>&1 || :
