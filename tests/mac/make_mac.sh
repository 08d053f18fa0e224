#!/bin/sh
# sh make_mac.sh DIR BINDIR: makes DIR a folder with the shape of a Mac's "/", with the embedded
# launchd and launchctl from BINDIR in DIR/bin. As root everything is root's but the home of worker;
# an ordinary caller owns everything, and worker has its numbers.
set -eu

if [ $# -ne 2 ]; then
	echo "usage: make_mac.sh DIR BINDIR" >&2
	exit 64
fi
dir=$1 bin=$2
umask 022

mkdir -p "$dir"
for folder in bin "Library/Application Support" Library/LaunchAgents Library/LaunchDaemons \
	System/Library/CoreServices System/Library/LaunchAgents System/Library/LaunchDaemons \
	Users/worker/Library/LaunchAgents private/etc private/tmp \
	private/var/db/com.apple.xpc.launchd \
	private/var/db/dslocal/nodes/Default/groups private/var/db/dslocal/nodes/Default/users \
	private/var/empty private/var/log/com.apple.xpc.launchd private/var/root private/var/run \
	private/var/tmp usr/local/bin; do
	mkdir -p "$dir/$folder"
done
for link in etc tmp var; do
	[ -L "$dir/$link" ] || ln -s "private/$link" "$dir/$link"
done

# plist FILE, with the inside of the dictionary on standard input
plist() {
	{
		cat <<-'END'
			<?xml version="1.0" encoding="UTF-8"?>
			<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
			<plist version="1.0">
			<dict>
		END
		cat
		cat <<-'END'
			</dict>
			</plist>
		END
	} >"$dir/$1"
}

# key NAME VALUE ...: an array of text
key() {
	printf '\t<key>%s</key>\n\t<array>\n' "$1"
	shift
	[ $# -eq 0 ] || printf '\t\t<string>%s</string>\n' "$@"
	printf '\t</array>\n'
}

# user NAME UID GID HOME SHELL
user() {
	{
		key name "$1"
		key realname "$1"
		key uid "$2"
		key gid "$3"
		key home "$4"
		key shell "$5"
		key passwd '*'
	} | plist "private/var/db/dslocal/nodes/Default/users/$1.plist"
}

# group NAME GID [MEMBER ...]
group() {
	name=$1
	{
		key name "$1"
		key realname "$1"
		key gid "$2"
		shift 2
		key users "$@"
		key passwd '*'
	} | plist "private/var/db/dslocal/nodes/Default/groups/$name.plist"
}

uid=501 gid=20
if [ "$(id -u)" -ne 0 ]; then
	uid=$(id -u) gid=$(id -g)
fi
user root 0 0 /var/root /bin/sh
user worker "$uid" "$gid" /Users/worker /bin/zsh
user _worker 300 300 /var/empty /usr/bin/false
group wheel 0 root
group staff "$gid" root
group admin 80 root worker
group _worker 300

plist System/Library/CoreServices/SystemVersion.plist <<'END'
	<key>ProductBuildVersion</key>
	<string>24F74</string>
	<key>ProductName</key>
	<string>macOS</string>
	<key>ProductUserVisibleVersion</key>
	<string>15.5</string>
	<key>ProductVersion</key>
	<string>15.5</string>
END
ln -sf SystemVersion.plist "$dir/System/Library/CoreServices/.SystemVersionPlatform.plist"
# What these mean: tests/launchd/README.md
plist private/var/db/embedded-launchd.plist <<'END'
	<key>macos</key>
	<string>15.5</string>
	<key>clock</key>
	<real>1</real>
END

rm -f "$dir/bin/launchd" \
    "$dir/bin/launchctl"	# a Mac remembers the signature of a file written over
cp "$bin/launchd" "$bin/launchctl" "$dir/bin/"
chmod 755 "$dir" "$dir/bin/launchd" "$dir/bin/launchctl"
chmod 1777 "$dir/private/tmp" "$dir/private/var/tmp"
if [ "$(id -u)" -eq 0 ]; then
	chown -R 0:0 "$dir"
	chown -R 501:20 "$dir/Users/worker"
fi
