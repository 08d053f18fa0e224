#!/bin/sh
# The postinstall script of a package (src/share/pkg) as Installer runs it, on a temporary Mac with
# the embedded launchd and on a volume that is not running; and what package.sh asks Apple's tools
# to do, which stand-ins write down here. Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
label=com.example.agentworker
passed=0 failed=0

mac=$(cd "$(mktemp -d /tmp/mac.XXXXXX)" && pwd -P) || exit 1
said=$mac/.said
bin=$mac/usr/local/lnpctl
plist=$mac/Library/LaunchDaemons/$label.plist

# shellcheck disable=SC2317 # the trap calls it
finish() {
	"$mac/bin/launchctl" shutdown now >/dev/null 2>&1
	rm -rf "$mac"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# must NAME COMMAND ...: this holds
must() {
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		sed 's/^/    /' "$said"
	fi
}

# Installer gives the package, the folder and the volume, and the folder where the program may have
# been before.
postinstall() {
	src/share/pkg/postinstall /tmp/worker.pkg / "$mac" / >"$said" 2>&1 </dev/null
}

fails() {
	! "$@"
}

is_loaded() {
	"$mac/bin/launchctl" print system/$label >/dev/null 2>&1
}

sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd" || exit 1
"$mac/bin/launchctl" fault clock 0.05 || exit 1
mkdir "$bin" && cp "$BUILD/tests/agentworker" "$bin/agentworker" && chmod 755 "$bin/agentworker" ||
	exit 1

# The running Mac is a directory here, which a wrapper names to the package's lnpctl, with the
# launchctl to run.
cat >"$bin/lnpctl" <<-END
	#!/bin/sh
	command=\$1
	shift
	exec "$BUILD/lnpctl" "\$command" --launchctl "$mac/bin/launchctl" --settle 0.5 "\$@"
END
chmod 755 "$bin/lnpctl"
must 'the package installs the job' postinstall
must 'the job is loaded' is_loaded
link=$mac/usr/local/bin/lnpctl
must 'lnpctl is found by its name' [ "$(readlink "$link")" = /usr/local/lnpctl/lnpctl ]
must 'the job is healthy' "$BUILD/lnpctl" verify --quiet --root "$mac" \
    --launchctl "$mac/bin/launchctl" --settle 0.5 $label
must 'the same package once more succeeds' postinstall
must 'and warns of no link of its own' fails grep -q postinstall: "$said"
rm "$link" && mkdir "$link" || exit 1
must 'a directory of that name does not make it fail' postinstall
must 'and stays empty' rmdir "$link"
must 'and is reported' grep -q "^postinstall: '$link' is something else: use /usr/local/" "$said"
echo mine >"$link" || exit 1
must 'neither is a program of somebody else' postinstall
must 'and it stays' [ "$(cat "$link")" = mine ]
must 'and is reported, too' grep -q "^postinstall: '$link' is something else" "$said"
must 'and changes nothing' grep -q '^unchanged' "$said"
# Of the same content it would not be a new one.
printf '#!/bin/sh\nexec "%s" "$@"\n' "$BUILD/tests/agentworker" >"$bin/new" &&
	chmod 755 "$bin/new" || exit 1
mv "$bin/new" "$bin/agentworker"
must 'a package with a new program succeeds' postinstall
must 'and the job runs the new one' grep -q '^bootstrapped' "$said"
"$BUILD/lnpctl" uninstall --quiet --root "$mac" --launchctl "$mac/bin/launchctl" $label || exit 1

printf '#!/bin/sh\necho broken >&2\nexit 1\n' >"$bin/agentworker"
must 'a package whose program ends at once fails' fails postinstall
must 'and says what the program said' grep -q broken "$said"
must 'and leaves no job' fails is_loaded
must 'and no plist' [ ! -e "$plist" ]

# The same volume when another one runs: no launchd to ask.
cp "$BUILD/lnpctl" "$bin/offline" && mv "$bin/offline" "$bin/lnpctl" || exit 1
must 'a package for another volume installs the job' postinstall
must 'the plist is there' [ -e "$plist" ]
must 'and nothing was loaded' fails is_loaded

# The scripts for many Macs find lnpctl in both places, and take the package's first: the other may
# be an account's.
# many FILE TEXT: the script, with this Mac for the others, and no sudo, prints that
many() {
	sed "s|/usr/local/|$mac&|g" "$1" >"$mac/.script"
	# shellcheck disable=SC2016 # the other shell's
	echo mac1 | sh -c 'ssh() { shift 2; eval "$*"; }; sudo() { "$@"; }; set -- verify; . "$0"' \
	    "$mac/.script" >"$said" 2>&1
	grep -qw "$2" "$said"
}
mv "$bin/lnpctl" "$mac/.lnpctl" && rm "$link" || exit 1
for place in bin lnpctl; do
	cat >"$mac/usr/local/$place/lnpctl" <<-END
		#!/bin/sh
		echo "  fail  at-$place \$1"
		exit 1
	END
	chmod 755 "$mac/usr/local/$place/lnpctl" || exit 1
	must "Jamf: lnpctl in $place" many src/share/jamf/attribute.sh "failed: at-$place"
	must "ssh: lnpctl in $place" many src/share/ssh/loop.sh "at-$place verify"
done
mv "$mac/.lnpctl" "$bin/lnpctl" || exit 1

mkdir "$mac/tools" "$mac/stage" || exit 1
for tool in codesign pkgbuild productbuild xattr; do
	printf '#!/bin/sh\necho %s "$@"\n' $tool >"$mac/tools/$tool" &&
		chmod 755 "$mac/tools/$tool" || exit 1
done
cat >"$mac/tools/productbuild" <<-'END'
	#!/bin/sh
	echo productbuild "$@"
	cat "$2"
END
cat >"$mac/tools/xcrun" <<-'END'
	#!/bin/sh
	echo xcrun "$@"
	[ "$2" != submit ] || printf '  id: 1-2-3\n  status: %s\n' "$ANSWER"
END
chmod 755 "$mac/tools/xcrun" || exit 1
cp "$BUILD/tests/agentworker" "$mac/stage/agentworker" || exit 1
# package [NAME=VALUE ...]
package() {
	env PATH="$mac/tools:$PATH" "$@" sh src/share/pkg/package.sh "$mac/stage" com.example.x \
	    1.2 >"$mac/.package" 2>&1
	result=$?
	sed -E "s| $mac/[^ ]*| PATH|g; s| /[^ ]*/([^/ ]*)| \\1|g" "$mac/.package" >"$said"
	return $result
}
# order WORDS: the tools that were called
order() {
	[ "$(grep -E '^(codesign|pkgbuild|productbuild|xattr|xcrun) ' "$said" | cut -d ' ' -f 1,2 |
		tr '\n' ' ')" = "$1 " ]
}
must 'a package is made without any identity' package
must 'of files without attributes' order 'xattr -cr pkgbuild --root productbuild --distribution'
must 'nothing in it is in /usr/local/bin' grep -qF -e '--install-location /usr/local/lnpctl ' \
    "$mac/.package"
must 'and its script needs no Rosetta' grep -qF 'hostArchitectures="arm64,x86_64"' "$said"
must 'with all three it is made' package APPLICATION=A INSTALLER=I PROFILE=P ANSWER=Accepted
tools='xattr -cr codesign --force pkgbuild --root productbuild --distribution'
must 'signed, sent in and stapled' order "$tools xcrun notarytool xcrun stapler"
must 'by the identity for programs' grep -q '^codesign .* --sign A PATH' "$said"
must 'by the identity for packages' grep -q '^productbuild .* --sign I com.example.x-1.2.pkg$' \
    "$said"
must 'one that Apple refuses is not stapled' fails package PROFILE=P ANSWER=Invalid
must 'and the reasons are shown' grep -q '^xcrun notarytool log 1-2-3 --keychain-profile P$' "$said"

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
