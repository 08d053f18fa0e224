/* Prepare the process to run as root, pass argv to the commands, return the exit status. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"

static volatile sig_atomic_t stopped;

static void
main_stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

/* With standard error closed, the next file opened would get its number, and our error texts. */
static void
main_open_standard_files(void)
{
	int file;

	do
		file = open("/dev/null", O_RDWR);
	while (file >= 0 && file <= 2);
	if (file == -1)
		_exit(71);
	close(file);
}

static void
main_handle_signals(void)
{
	struct sigaction action = { .sa_handler = main_stop }, old;
	static const int stops[] = { SIGINT, SIGTERM, SIGHUP };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
		/* nohup(1) ignores SIGHUP on purpose. */
		if (sigaction(stops[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(stops[i], &action, NULL);
	}
	/* A closed pipe or a file size limit must not interrupt a change. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);
}

int
main(int argc, char *argv[])
{
	main_open_standard_files();
	main_handle_signals();
	umask(022);
	unsetenv("TZ");		/* launchd's log has the Mac's own time zone */
	return command_main(argc, argv, stdout, stderr, &stopped);
}
