#!/bin/sh
# sh tests/pkg/package.sh FOLDER IDENTIFIER VERSION: makes IDENTIFIER-VERSION.pkg, on a Mac.
#
# FOLDER stands for "/" and holds lnpctl and the job's program below usr/local/bin; the package ends with the postinstall
# script beside this one: change the job in it first. With these in the environment what is made is signed and notarised:
#
#	APPLICATION='Developer ID Application: NAME (TEAM)'	signs each program in FOLDER/usr/local/bin
#	INSTALLER='Developer ID Installer: NAME (TEAM)'		signs the package
#	PROFILE=NAME	of `xcrun notarytool store-credentials NAME`: notarises the package
set -eu

[ $# -eq 3 ] || {
	echo 'usage: sh tests/pkg/package.sh FOLDER IDENTIFIER VERSION' >&2
	exit 64
}
folder=$1 identifier=$2 version=$3
package=$identifier-$version.pkg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -n "${APPLICATION:-}" ]; then
	codesign --force --timestamp --options runtime --sign "$APPLICATION" "$folder"/usr/local/bin/*
fi
# Of this folder pkgbuild would put every file into the package.
cp "$(dirname "$0")/postinstall" "$work/postinstall"
chmod 755 "$work/postinstall"
set -- --root "$folder" --scripts "$work" --identifier "$identifier" --version "$version" --ownership recommended
if [ -n "${INSTALLER:-}" ]; then
	set -- "$@" --sign "$INSTALLER"
fi
pkgbuild "$@" "$package"
if [ -n "${PROFILE:-}" ]; then
	xcrun notarytool submit "$package" --keychain-profile "$PROFILE" --wait
	xcrun stapler staple "$package"
fi
