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
	ERROR_FAILED,		/* checked, and the answer is no; or a change failed and was
				   rolled back */
	ERROR_UNKNOWN,		/* could not be determined */
	ERROR_USAGE,		/* the command line is wrong */
	ERROR_DATA,		/* the job, plist or receipt is wrong, or was not made by lnpctl */
	ERROR_ACCOUNT,		/* the account or group does not exist */
	ERROR_LAUNCHCTL,	/* launchctl is missing, or did not answer */
	ERROR_SYSTEM,		/* another system call failed */
	ERROR_FILE,		/* a file or directory cannot be created or written, or is not
				   trusted */
	ERROR_PARTIAL,		/* a change failed, and its rollback was incomplete */
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
	/* lines that help to see why; usually empty. Set by the caller, after the rest */
	struct evidence {
		char	log[2048];	/* the end of the job's log */
		char	launchd[640];	/* of launchd's own log */
	}		evidence;
};

/*
 * Fill all fields and return -1; why and fix may be NULL, what is a format. Each text goes through
 * text_clean(); one that is too long ends in "...".
 */
int	error_set(struct error *, enum error_kind, const char *why, const char *fix,
    const char *what, ...)
	    __attribute__((format(printf, 5, 6)));

/* Three arguments of error_set(): kind, why and fix of an action that a signal interrupted. */
#define ERROR_STOPPED	ERROR_FAILED, "a signal asked to stop", "run the command again"

/* Part of a fix: the permission that root needs where macOS protects privacy. */
#define ERROR_ACCESS \
	"Full Disk Access to the program that runs lnpctl (for ssh: Sharing, Remote Login)"

/* Return what an errno value means here, in words. */
const char *error_reason(int errnum);

/*
 * As error_set(), with why from an errno value, and a fix if one is known. Does not read errno
 * itself.
 */
int	error_number(struct error *, enum error_kind, int errnum, const char *what, ...)
	    __attribute__((format(printf, 4, 5)));

/* Return the exit status that lnpctl(8) documents for a kind, 0 for ERROR_NONE. */
int	error_status(enum error_kind);

#endif
