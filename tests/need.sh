#!/bin/sh
# sh tests/need.sh [build | test | lan | fleet | lint | macos]
#
# Looks for what building, testing (and building), testing on a LAN of namespaces (Linux), `make
# fleet`, linting (and all else that .ci/run does) or `make macos` needs. What is missing is got
# with one command of the system's package manager, shown before it runs. Nothing missing: nothing
# said or called.
set -eu

purpose=${1:-build}
CC=${CC:-cc}
system=$(uname -s)

# need PACKAGE FORMULA COMMAND...: Debian's package, Homebrew's formula (-: not from there), and how
# to see that it is there
need() {
	package=$1
	[ "$system" != Darwin ] || package=$2
	shift 2
	case "$missing - " in
	*" $package "*) ;;
	*)	"$@" >/dev/null 2>&1 || missing="$missing $package" ;;
	esac
}

has() {
	command -v "$1"
}

compiles() {
	# shellcheck disable=SC2086 # CC may hold a program and its flags
	echo '#include <stdlib.h>' | $CC -E -
}

fuzzes() {
	find "$(clang -print-runtime-dir)" | grep 'clang_rt\.fuzzer'
}

look() {
	missing=
	case $CC in
	cc|gcc)	need 'gcc libc6-dev' xcode compiles ;;
	*)	need "${CC%% *} libc6-dev" xcode compiles ;;
	esac
	need make xcode has make
	need pkg-config pkgconf has pkg-config
	# macos/build.sh fetches libplist's source and, except on a Mac, a compiler.
	if [ "$purpose" = macos ]; then
		need python3 xcode python3 -c 'import hashlib'
		need npm - has npm
		need dpkg-dev - has dpkg-source
		need libcmocka-dev - pkg-config --exists cmocka
		return 0
	fi
	need libplist-dev libplist pkg-config --exists libplist-2.0
	[ "$purpose" != build ] || return 0
	if [ "$purpose" = fleet ]; then
		need ansible-core ansible has ansible-playbook
		return 0
	fi

	# plistutil and plistlib read our plists back: two readers that share no code with us
	need libcmocka-dev cmocka pkg-config --exists cmocka
	need libplist-utils libplist has plistutil
	need python3 python3 python3 -c 'import json, plistlib'
	# completion is asked in the shells that it is for
	need zsh zsh has zsh
	need fish fish has fish
	[ "$purpose" != test ] || return 0

	need iproute2 - has ip
	need nftables - has nft
	need util-linux - has unshare
	need jq - has jq		# the examples of README
	[ "$purpose" != lan ] || return 0

	need clang - has clang
	need libclang-rt-dev - fuzzes
	need clang-tidy - has clang-tidy
	need cppcheck cppcheck has cppcheck
	need shellcheck shellcheck has shellcheck
	need mandoc mandoc has mandoc
	need valgrind - has valgrind
	need strace - has strace
}

give_up() {
	echo "need.sh: $1" >&2
	exit 69
}

case $purpose in
build|test|lan|fleet|lint|macos) ;;
*)	echo 'usage: sh tests/need.sh [build | test | lan | fleet | lint | macos]' >&2
	exit 64 ;;
esac

look
[ -n "$missing" ] || exit 0

if [ "$system" = Darwin ]; then
	case $missing in
	*xcode*) give_up "Apple's compiler is missing; run: xcode-select --install" ;;
	esac
	command="brew install$missing"
	has brew >/dev/null || give_up "missing:$missing; get Homebrew, then run: $command"
	[ "$(id -u)" != 0 ] ||
		give_up "missing:$missing; Homebrew refuses root, so run as yourself: $command"
elif has apt-get >/dev/null; then
	as=
	export DEBIAN_FRONTEND=noninteractive
	install="apt-get install -y --no-install-recommends$missing"
	if [ "$(id -u)" != 0 ]; then
		as='sudo '
		has sudo >/dev/null ||
			give_up "missing:$missing; ask an administrator to run: $install"
	fi
	command=$as$install
	# A new machine has no package lists yet.
	# shellcheck disable=SC2086 # words
	apt-cache show $missing >/dev/null 2>&1 || command="${as}apt-get update && $command"
else
	give_up "missing (Debian's names):$missing; install them with this system's package manager"
fi

echo "$command"
sh -c "$command" </dev/null || give_up "that did not work; when it does, run the same again"
look
[ -z "$missing" ] || give_up "still missing after that:$missing"
