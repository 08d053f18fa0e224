# Sourced by lan.sh and test_lan.sh, within network, mount and process namespaces of their own (see
# lan_enter): a "Mac" and a peer, joined by a cable. The kernel refuses like Local Network Privacy:
# at once, with EHOSTUNREACH, and sends no packet.
#
#	10.9.0.2, fd09::2, 192.168.1.10
#				the peer: port 7000 open, 7001 closed, 7002 dropped, 7003 refused
#				twice for each account, then open, 7004 resets each connection at
#				once, 7005 keeps what connects
#	10.9.0.9		a dead host
#	10.8.0.2		behind a router
#	twins.test		10.9.0.9 and 10.9.0.2
#
# Accounts: root, worker (501, a login account), _worker (300, a role account), desk (502, logged in
# on the screen). An agent and a daemon of one account have one uid, and the kernel here knows no
# more than that: so agents are desk's.
# shellcheck shell=sh

lan_missing() {
	[ "$(id -u)" -eq 0 ] || { echo 'root is needed for network namespaces'; return; }
	for tool in ip nft unshare python3; do
		command -v "$tool" >/dev/null || { echo "$tool was not found"; return; }
	done
	unshare --net --mount --pid --fork true 2>/dev/null ||
		echo 'this system lets nobody make namespaces'
}

# lan_enter SCRIPT ARGUMENT...: runs it in namespaces of its own; what it starts ends with it.
lan_enter() {
	unshare --net --mount --pid --fork --kill-child --mount-proc sh "$@"
}

lan_peer() {
	cat >"$lan/peer.py" <<-'END'
		import selectors, socket, struct
		selector, kept = selectors.DefaultSelector(), []
		for port in 7000, 7003, 7004, 7005:
		    server = socket.socket(socket.AF_INET6)
		    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
		    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		    server.bind(("::", port))
		    server.listen(64)
		    selector.register(server, selectors.EVENT_READ, port)
		print("ready", flush=True)
		while True:
		    for key, _ in selector.select():
		        connection, _ = key.fileobj.accept()
		        if key.data == 7004:
		            linger = struct.pack("ii", 1, 0)
		            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
		        if key.data == 7005:
		            kept.append(connection)
		        else:
		            connection.close()
	END
	mkfifo "$lan/ready"
	ip netns exec peer python3 "$lan/peer.py" >"$lan/ready" 2>"$lan/peer.err" &
	read -r lan_answer <"$lan/ready"
	[ "$lan_answer" = ready ]
}

# lan_begin FOLDER: makes the network, and the Mac as FOLDER/mac.
lan_begin() {
	lan=$1 mac=$1/mac
	mount -t tmpfs tmpfs /run
	mkdir /run/netns
	ip netns add peer
	ip link set lo up
	ip link add mac0 type veth peer name peer0 netns peer
	ip address add 10.9.0.1/24 dev mac0
	ip address add fd09::1/64 dev mac0 nodad
	ip address add 192.168.1.1/24 dev mac0
	ip link set mac0 up
	ip route add default via 10.9.0.3
	ip -n peer address add 10.9.0.2/24 dev peer0
	ip -n peer address add fd09::2/64 dev peer0 nodad
	ip -n peer address add 192.168.1.10/24 dev peer0
	ip -n peer link set peer0 up
	# A dead host is known as one after 1.5 s instead of 3.
	echo 500 >/proc/sys/net/ipv4/neigh/mac0/retrans_time_ms
	printf '%s\n' 'table inet lan {' 'chain in {' 'type filter hook input priority 0;' \
	    'tcp dport 7002 drop' '}' '}' | ip netns exec peer nft -f -
	printf '%s\n' '127.0.0.1 localhost inward.test' '10.9.0.9 twins.test' \
	    '10.9.0.2 twins.test' \
	    '10.9.0.2 peer.test' >"$lan/hosts"
	echo 'nameserver 10.9.0.4' >"$lan/resolv"
	echo 'hosts: files' >"$lan/nsswitch"
	mount --bind "$lan/hosts" /etc/hosts
	mount --bind "$lan/resolv" /etc/resolv.conf
	mount --bind "$lan/nsswitch" /etc/nsswitch.conf
	lan_peer || return 1
	sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd"
	sed -e 's/worker/desk/g' -e 's/>501</>502</' "$mac/$lan_users/worker.plist" \
	    >"$mac/$lan_users/desk.plist"
	cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/"
	"$mac/bin/launchctl" fault session 502
	"$mac/bin/launchctl" fault clock 0.01
}
lan_users=private/var/db/dslocal/nodes/Default/users

# Port 7003 refuses the first two packets of each account, at once and by itself.
lan_first_contact() {
	nft delete table inet first 2>/dev/null || :
	{
		printf 'table inet first {\n chain out {\n type filter hook output priority 0;\n'
		for uid in 0 300 501 502; do
			printf 'meta skuid %s tcp dport 7003 tcp flags syn ' "$uid"
			printf 'limit rate 1/hour burst 2 packets '
			printf 'reject with icmpx type host-unreachable\n'
		done
		printf ' }\n}\n'
	} | nft -f -
}

# lan_policy tn3179 | login-accounts | none: who is refused.
lan_policy() {
	ip rule del lookup 100 2>/dev/null || :
	ip -6 rule del lookup 100 2>/dev/null || :
	ip route replace unreachable 10.9.0.0/24 table 100
	ip -6 route replace unreachable fd09::/64 table 100
	ip route replace unreachable 192.168.1.0/24 table 100
	case $1 in
	none)	return ;;
	tn3179)	uids=502-502 ;;
	*)	uids=500-4294967294 ;;
	esac
	ip rule add uidrange "$uids" lookup 100
	ip -6 rule add uidrange "$uids" lookup 100
}

lan_end() {
	"$mac/bin/launchctl" shutdown now 2>/dev/null || :
}

# Runs lnpctl on the Mac: lan_lnpctl COMMAND ARGUMENT...
lan_lnpctl() {
	command=$1
	shift
	"$BUILD/lnpctl" "$command" --root "$mac" --launchctl "$mac/bin/launchctl" "$@"
}
