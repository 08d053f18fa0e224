#!/bin/sh
# sh tests/limited.sh SECONDS COMMAND ...: after that time TERM to all that it started, ten seconds
# later KILL, and 124. A TERM that comes is passed on. macOS has no timeout(1), but perl, which here
# does the same. No questions on standard input: they would wait for ever.
exec </dev/null
if command -v timeout >/dev/null; then
	exec timeout -k 10 "$@"
fi
exec perl -e '
	my ($limit, @command) = @ARGV;
	my ($signal, $late) = ("TERM", 0);
	defined(my $pid = fork) or exit 125;
	if ($pid == 0) {
		setpgrp;
		exec { $command[0] } @command or exit 127;
	}
	$SIG{ALRM} = sub { $late = 1; kill "-$signal", $pid; $signal = "KILL"; alarm 10 };
	$SIG{INT} = $SIG{TERM} = sub { kill "-TERM", $pid };
	alarm $limit;
	waitpid $pid, 0;
	exit($late ? 124 : $? & 127 ? 128 + ($? & 127) : $? >> 8);
' "$@"
