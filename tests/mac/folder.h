/*
 * The folder of a test program: all that it makes is in there, and goes with the program, whatever
 * ends it.
 */
#ifndef FOLDER_H
#define FOLDER_H

/*
 * Makes the folder at the first call, which is made in the top directory: mode 0755, its real path,
 * in $TEST_FOLDER or /tmp. A process of its own removes it (remove.sh) when this program is gone,
 * killed ones included; an embedded launchd in there ends with it, and its jobs. NULL: cannot.
 */
const char *test_folder(void);

#endif
