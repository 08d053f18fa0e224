#!/bin/sh
# sh package.sh FOLDER IDENTIFIER VERSION: makes IDENTIFIER-VERSION.pkg, on a Mac.
#
# FOLDER holds lnpctl and the job's program; the package brings what is in it to /usr/local/lnpctl,
# which is root's, and ends with the postinstall script beside this one: change the job in it first.
# It brings nothing to /usr/local/bin: pkgbuild records a folder with each file in it, Installer
# gives that to root, and Homebrew on Intel Macs, whose user must own it, could link no more. With
# these in the environment what is made is signed and notarised:
#
#	APPLICATION='Developer ID Application: NAME (TEAM)'	signs each program in FOLDER
#	INSTALLER='Developer ID Installer: NAME (TEAM)'		signs the package
#	PROFILE=NAME	of `xcrun notarytool store-credentials NAME`: notarises the package
set -eu

[ $# -eq 3 ] || {
	echo 'usage: sh package.sh FOLDER IDENTIFIER VERSION' >&2
	exit 64
}
folder=$1 identifier=$2 version=$3
package=$identifier-$version.pkg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Attributes, such as that of a download, would go into the package as files of their own.
xattr -cr "$folder"
if [ -n "${APPLICATION:-}" ]; then
	codesign --force --timestamp --options runtime --sign "$APPLICATION" "$folder"/*
fi
# Of this folder pkgbuild would put every file into the package.
mkdir "$work/scripts"
cp "$(dirname "$0")/postinstall" "$work/scripts/postinstall"
chmod 755 "$work/scripts/postinstall"
pkgbuild --root "$folder" --install-location /usr/local/lnpctl --scripts "$work/scripts" \
    --identifier "$identifier" \
	--version "$version" --ownership recommended "$work/component.pkg"

# Device management wants a distribution, and Installer would start the script of one that names no
# arm64 with Rosetta.
cat >"$work/distribution" <<END
<?xml version="1.0" encoding="utf-8"?>
<installer-gui-script minSpecVersion="2">
	<options customize="never" require-scripts="false" hostArchitectures="arm64,x86_64"/>
	<domains enable_localSystem="true" enable_anywhere="true"/>
	<choices-outline><line choice="all"/></choices-outline>
	<choice id="all"><pkg-ref id="$identifier"/></choice>
	<pkg-ref id="$identifier" version="$version">component.pkg</pkg-ref>
</installer-gui-script>
END
set -- --distribution "$work/distribution" --package-path "$work"
if [ -n "${INSTALLER:-}" ]; then
	set -- "$@" --sign "$INSTALLER"
fi
productbuild "$@" "$package"

if [ -n "${PROFILE:-}" ]; then
	# Its exit status is not promised to be that of Apple's answer, and the reasons are in the
	# log alone.
	xcrun notarytool submit "$package" --keychain-profile "$PROFILE" \
	    --wait >"$work/said" 2>&1 || :
	cat "$work/said"
	if ! grep -q 'status: Accepted' "$work/said"; then
		id=$(sed -n 's/^ *id: //p' "$work/said" | head -n 1)
		[ -z "$id" ] || xcrun notarytool log "$id" --keychain-profile "$PROFILE" >&2
		exit 1
	fi
	xcrun stapler staple "$package"
fi
