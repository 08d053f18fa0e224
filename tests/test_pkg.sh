#!/bin/sh
# The postinstall script of a package (tests/pkg) as Installer runs it, on a temporary Mac with the embedded launchd and on
# a volume that is not running; and what package.sh asks Apple's tools to do, which stand-ins write down here.
# Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
label=com.example.agentworker
passed=0 failed=0

mac=$(cd "$(mktemp -d /tmp/mac.XXXXXX)" && pwd -P) || exit 1
said=$mac/.said
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

# Installer gives the package, the folder and the volume, and the folder where the program may have been before.
postinstall() {
	tests/pkg/postinstall /tmp/worker.pkg / "$mac" / >"$said" 2>&1 </dev/null
}

fails() {
	! "$@"
}

is_loaded() {
	"$mac/bin/launchctl" print system/$label >/dev/null 2>&1
}

sh tests/make_mac.sh "$mac" "$BUILD/tests/launchd" || exit 1
"$mac/bin/launchctl" fault clock 0.05 || exit 1
cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/agentworker" && chmod 755 "$mac/usr/local/bin/agentworker" || exit 1

# The running Mac is a folder here: the package's lnpctl is told so, and which launchctl to ask.
cat >"$mac/usr/local/bin/lnpctl" <<-END
	#!/bin/sh
	command=\$1
	shift
	exec "$BUILD/lnpctl" "\$command" --launchctl "$mac/bin/launchctl" --settle 0.5 "\$@"
END
chmod 755 "$mac/usr/local/bin/lnpctl"
must 'the package installs the job' postinstall
must 'the job is loaded' is_loaded
must 'the job is healthy' "$BUILD/lnpctl" verify --quiet --root "$mac" --launchctl "$mac/bin/launchctl" --settle 0.5 $label
must 'the same package once more succeeds' postinstall
must 'and changes nothing' grep -q '^unchanged' "$said"
cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/new" && chmod 755 "$mac/usr/local/bin/new" || exit 1
mv "$mac/usr/local/bin/new" "$mac/usr/local/bin/agentworker"
must 'a package with a new program succeeds' postinstall
must 'and the job runs the new one' grep -q '^bootstrapped' "$said"
"$BUILD/lnpctl" uninstall --quiet --root "$mac" --launchctl "$mac/bin/launchctl" $label || exit 1

printf '#!/bin/sh\necho broken >&2\nexit 1\n' >"$mac/usr/local/bin/agentworker"
must 'a package whose program ends at once fails' fails postinstall
must 'and says what the program said' grep -q broken "$said"
must 'and leaves no job' fails is_loaded
must 'and no plist' [ ! -e "$plist" ]

# The same volume when another one runs: no launchd to ask.
cp "$BUILD/lnpctl" "$mac/usr/local/bin/offline" && mv "$mac/usr/local/bin/offline" "$mac/usr/local/bin/lnpctl" || exit 1
must 'a package for another volume installs the job' postinstall
must 'the plist is there' [ -e "$plist" ]
must 'and nothing was loaded' fails is_loaded

mkdir "$mac/tools" || exit 1
for tool in codesign pkgbuild xcrun; do
	printf '#!/bin/sh\necho %s "$@"\n' $tool >"$mac/tools/$tool" && chmod 755 "$mac/tools/$tool" || exit 1
done
# package [NAME=VALUE ...]
package() {
	env PATH="$mac/tools:$PATH" "$@" sh tests/pkg/package.sh "$mac" com.example.x 1.2 | sed 's| /[^ ]*| PATH|g' >"$said"
}
package
must 'a package is made without any identity' [ "$(cat "$said")" = \
    'pkgbuild --root PATH --scripts PATH --identifier com.example.x --version 1.2 --ownership recommended com.example.x-1.2.pkg' ]
package APPLICATION=A INSTALLER=I PROFILE=P
must 'with all three it is signed, made, sent in and stapled' [ "$(cut -d ' ' -f 1,2 "$said" | tr '\n' ' ')" = \
    'codesign --force pkgbuild --root xcrun notarytool xcrun stapler ' ]
must 'by the identity for programs' grep -q '^codesign .* --sign A PATH' "$said"
must 'by the identity for packages' grep -q '^pkgbuild .* --sign I com.example.x-1.2.pkg$' "$said"

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
