/*
 * A job of lnpctl's own that runs once in a context of launchd's: `lnpctl connect` as root, as a
 * daemon's account, or as an agent. It runs a copy of this program, in a folder of root's; its
 * output goes to a file made beforehand, which that account owns and no other can open.
 *
 * The plist lies beside it, not in /Library/LaunchDaemons: what a killed run leaves must not be
 * started at the next boot, and macOS tells the user of each new plist there. The caller holds the
 * lock: one at a time.
 */
#ifndef HOST_LAUNCHD_PROBE_JOB_H
#define HOST_LAUNCHD_PROBE_JOB_H

#include <stdbool.h>

#include "core/error.h"
#include "core/probe/probe.h"
#include "core/job/promise.h"
#include "host/machine/host.h"

#define PROBE_JOB_PROGRAM	STATE_DIRECTORY "/probe"		/* the copy */
/* root, 0711: an account can open its file, and list none */
#define PROBE_JOB_DIRECTORY	STATE_DIRECTORY "/probes"
#define PROBE_JOB_LABEL	"lnpctl.probe."			/* CONTEXT.UID follows */

struct probe_job_run {
	char	label[NAME_SIZE];
	char	domain[32];			/* "system", "gui/501" */
	char	service[NAME_SIZE + 32];	/* "system/LABEL" */
	char	plist[PATH_SIZE], result[PATH_SIZE];
	bool	begun;				/* there may be something to take down */
	uid_t	account;			/* whose processes it has */
};

struct probe_binary {		/* this program, which is copied */
	/* first directory or file on its path that users other than root can write; empty: none */
	char		untrusted_path[PATH_SIZE];
	struct macho	identity;	/* empty on systems that have none */
};

/*
 * Whether root may run a copy of this program, as it was seen at this path: not where another
 * account could put there what it likes. The one that called sudo may; it could run anything as
 * root. ERROR_FILE.
 */
int	probe_job_accept(const struct host *, const char *path, const struct file_fact *,
    struct error *);

/*
 * Makes the folder, and the copy where it is not the same as this program, which is read through
 * its descriptor. ERROR_FILE, as above, too; ERROR_SYSTEM.
 */
int	probe_job_prepare(const struct host *, struct probe_binary *, struct error *);

/*
 * Loads the job for a context, after taking down what a killed run left of it. A job of its name
 * that launchd has from elsewhere is its account's, and stays: ERROR_FAILED. user and group are
 * names, NULL for root's and an agent's. ERROR_FAILED: launchd refuses, or there is no such domain
 * (an agent's account is not logged in); ERROR_LAUNCHCTL; ERROR_FILE. After a failure, too,
 * probe_job_end() must be called.
 */
int	probe_job_begin(const struct host *, struct probe_job_run *, enum context_kind,
    const struct identity *,
	    struct probe_job *, struct error *);

/* Reads what the job has printed so far into the outcome. */
void	probe_job_read(const struct host *, const struct probe_job_run *, struct context_result *);

/*
 * Asks launchd about the job: true when it has ended, or is not there; why then says how.
 * Kickstarts it when asked to, for a first start was seen to be left out.
 */
bool	probe_job_is_over(const struct host *, const struct probe_job_run *, bool kick, char *why,
    size_t size);

/* Takes the job down, waits for its end, and removes its files. Undoing twice is harmless. */
int	probe_job_end(const struct host *, struct probe_job_run *, struct error *);

/*
 * Takes down and removes what a killed run left, as far as a few seconds allow. -1 with the first
 * trouble: something is left to the next run. That matters to nobody but a probe of the same
 * context, which probe_job_begin() sees to. Offline, or with nothing left: nothing.
 */
int	probe_job_sweep(const struct host *, struct error *);

#endif
