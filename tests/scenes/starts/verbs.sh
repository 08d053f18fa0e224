# Read by the scenes of this directory, beside scene.sh. Each is one cause that keeps a job from
# starting, and ends with `starts`, which makes it for a job that runs, gives each command that
# would stop the job, and for a new job. A scene sets what differs:
#
#	broken		makes the cause; fixed takes it away
#	options		of each install
#	fixes		the commands that take it away themselves: "install restart repair"
#	new		why there is no new job with this cause
# shellcheck shell=sh disable=SC2154 # read after scene.sh
options='' fixes='' new='' cells=''

fixed() {
	given worker
}

# line TEXT: the first line of the error has the cause
line() {
	sed -n '/^lnpctl: /{p;q;}' "$work/said" | grep -qF -e "$1" ||
		fail "must say '$1' in its first line"
}

# judge COMMAND TEXT: of the last run
judge() {
	case " $fixes " in
	*" $1 "*)
		must  exit 0  job running
		cells="$cells | fixed, runs" ;;
	*)	line "$2"
		[ "$status" -ne 0 ] || fail "$1 must fail"
		must  pid same  job running  calls bootout=0  calls bootstrap=0
		cells="$cells | exit $status, same pid" ;;
	esac
}

# refused TEXT: a new job is, and nothing is left of it
refused() {
	case " $fixes " in
	*' new '*)
		must  exit 0  job running
		cells=" | fixed, runs$cells" ;;
	*)	line "$1"
		[ "$status" -ne 0 ] || fail 'install must fail'
		must  job gone  file "$plist gone"  file "$receipt gone"
		cells=" | exit $status$cells" ;;
	esac
}

# shellcheck disable=SC2086 # options
each_stop() {
	run   install --dry-run --env COLOR=blue $options
	case " $fixes " in
	*' install '*)	must exit 0 ;;
	*)		line "$1" ;;
	esac
	run   install --env COLOR=blue $options
	judge install "$1"
	broken
	run   restart
	judge restart "$1"
	broken
	[ ! -f "$root$plist" ] || given edited "$plist"
	run   repair
	judge repair "$1"
}

# starts ROW TEXT [CHECK]: of the table of src/core/check/start.c; what the first line of each error
# has; and the check of verify, if it is not of that name, or does not fail
# shellcheck disable=SC2086
starts() {
	given installed $options
	broken
	run   verify
	must  check "${3:-$1=fail}"
	each_stop "$2"
	fixed
	run   repair
	must  exit 0  job running
	run   verify
	must  exit 0
	broken
	run   uninstall
	must  exit 0  job gone
	if [ -n "$new" ]; then
		cells=" | $new$cells"
	else
		run   install $options
		refused "$2"
	fi
	echo "$(basename "$scene" .scene) | $1$cells"
}
