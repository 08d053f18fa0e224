/*
 * The directory of a test program: it has all that the program creates, and is removed when the
 * program ends, however it ends.
 */
#ifndef FOLDER_H
#define FOLDER_H

/*
 * Return its real path; NULL: it cannot be made. The first call, from the top directory of the
 * project, makes it with mode 0755 in $TEST_FOLDER or /tmp. A separate process removes it
 * (remove.sh) when this program is gone, also killed; an embedded launchd in it ends with its jobs.
 */
const char *test_folder(void);

#endif
