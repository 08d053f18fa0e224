#define _DEFAULT_SOURCE		/* wait4 */
/*
 * The floor of `make bench`. floor AT_ONCE: runs the commands on standard input, a line each, words
 * split at tabs, so many at the same time, and does nothing else with what they print. floor memory
 * PROGRAM ...: runs the program and prints its peak memory in KB; a caller with more memory than
 * the program would be counted with it.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MOST	8

static int
start(char *line, posix_spawn_file_actions_t *files)
{
	char *words[WORDS_MOST] = { NULL }, *const none[] = { NULL };
	size_t count = 0;
	pid_t pid;

	line[strcspn(line, "\n")] = '\0';
	for (char *word = strtok(line, "\t"); word != NULL && count + 1 < WORDS_MOST;
	    word = strtok(NULL, "\t"))
		words[count++] = word;
	return posix_spawn(&pid, words[0], files, NULL, words, none);
}

static int
measure(char *words[], posix_spawn_file_actions_t *files)
{
	char *const none[] = { NULL };
	struct rusage usage;
	pid_t pid;

	if (words[0] == NULL || posix_spawn(&pid, words[0], files, NULL, words, none) != 0 ||
	    wait4(pid, NULL, 0, &usage) != pid)
		return 1;
	printf("%ld\n", usage.ru_maxrss);
	return 0;
}

int
main(int argc, char *argv[])
{
	int at_once = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1, running = 0;
	posix_spawn_file_actions_t files;
	char line[4096];

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	if (argc > 1 && strcmp(argv[1], "memory") == 0)
		return measure(argv + 2, &files);
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (start(line, &files) != 0)
			return 1;
		if (++running == at_once && wait(NULL) != -1)
			running--;
	}
	while (wait(NULL) != -1)
		continue;
	posix_spawn_file_actions_destroy(&files);
	return 0;
}
