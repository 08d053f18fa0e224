/*
 * Errors: what failed, why, and how to fix it.
 *
 * A function that can fail returns 0 or -1 and takes a struct error as its last argument.
 * error_set() and its relatives return -1, so raising an error is one statement. The arrays are
 * fixed: nothing to allocate, nothing to free. Only src/command/command.c prints errors, only
 * main() turns them into an exit status.
 */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

enum error_kind {
	ERROR_NONE,
	ERROR_FAILED,		/* checked, and the answer is no; or a change failed and was put
				   back */
	ERROR_UNKNOWN,		/* could not be found out */
	ERROR_USAGE,		/* the command line is wrong */
	ERROR_DATA,		/* the job, plist or receipt is wrong, or not ours */
	ERROR_ACCOUNT,		/* the account or group does not exist */
	ERROR_LAUNCHCTL,	/* launchctl is missing, or did not answer */
	ERROR_SYSTEM,		/* another call to the system failed */
	ERROR_FILE,		/* a file or directory may not or cannot be made or written */
	ERROR_PARTIAL,		/* a change failed and not all could be put back */
	ERROR_BUSY,		/* another lnpctl holds the lock */
	ERROR_ROOT,		/* root is needed */
};

struct error {
	enum error_kind	kind;		/* decides the exit status */
	char		what[1536];	/* cannot replace
					   '/Library/LaunchDaemons/com.example.job.plist' */
	char		why[1536];	/* No space left on device; may be empty */
	char		fix[1536];	/* free some space, then run the same command; may be
					   empty */
	char detail[2048]; /* lines that help to see why, such as the end of a log; usually empty.
			      Set by hand */
};

/*
 * Sets all fields; why and fix may be NULL. The text of "what" is formatted; each field goes
 * through text_clean().
 */
int	error_set(struct error *, enum error_kind, const char *why, const char *fix,
    const char *what, ...)
	    __attribute__((format(printf, 5, 6)));

/* Three arguments of error_set(): kind, why and fix of what a signal ended. */
#define ERROR_STOPPED	ERROR_FAILED, "a signal asked to stop", "run the command again"

/* Part of a fix: what root needs where macOS protects privacy. */
#define ERROR_ACCESS	"Full Disk Access to the program that runs lnpctl (for ssh: Sharing, Remote Login)"

/* What an error number means here, in words. */
const char *error_reason(int number);

/*
 * As error_set(), with why from the error number and a fix where one is known. Does not read errno
 * itself.
 */
int	error_number(struct error *, enum error_kind, int number, const char *what, ...)
	    __attribute__((format(printf, 4, 5)));

/* The exit status that lnpctl(8) promises for a kind, 0 for ERROR_NONE. */
int	error_status(enum error_kind);

#endif
