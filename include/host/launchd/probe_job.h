/*
 * Run `lnpctl connect` once as a launchd job: as root, as a daemon's account, or as an agent. The
 * job runs a copy of this program in a root-owned directory and prints to a file created
 * beforehand, which its account owns and no other can open.
 *
 * The plist is in the same directory, not in /Library/LaunchDaemons: what a killed run leaves must
 * not start at the next boot, and macOS notifies the user of each new plist there. The caller holds
 * the lock, so there is one job at a time.
 */
#ifndef HOST_LAUNCHD_PROBE_JOB_H
#define HOST_LAUNCHD_PROBE_JOB_H

#include <stdbool.h>

#include "core/error.h"
#include "core/probe/probe.h"
#include "core/job/receipt.h"
#include "host/machine/host.h"

#define PROBE_JOB_PROGRAM	STATE_DIRECTORY "/probe"		/* the copy */
/* root-owned, 0711: an account can open its file but not list the others */
#define PROBE_JOB_DIRECTORY	STATE_DIRECTORY "/probes"
#define PROBE_JOB_LABEL	"lnpctl.probe."			/* CONTEXT.UID follows */

struct probe_job_run {
	char	label[NAME_SIZE];
	char	domain[32];			/* "system", "gui/501" */
	char	service[NAME_SIZE + 32];	/* "system/LABEL" */
	char	plist[PATH_SIZE], result[PATH_SIZE];
	bool	begun;				/* there may be something to remove */
	uid_t	account;			/* that its processes run as */
};

struct probe_binary {		/* this program, which is copied */
	/* first directory or file on its path that users other than root can write; empty: none */
	char		untrusted_path[PATH_SIZE];
	struct macho	identity;	/* empty where the system has no Mach-O */
};

/*
 * Accept the program, seen at this path, for running a copy as root. Refuse (ERROR_FILE) if another
 * account could replace it; the one that called sudo may, for it could run anything as root anyway.
 */
int	probe_job_accept(const struct host *, const char *path, const struct file_fact *,
    struct error *);

/*
 * Create the directory, and the copy unless it equals this program, which is read through its
 * descriptor. ERROR_FILE, also for the reason above; ERROR_SYSTEM.
 */
int	probe_job_prepare(const struct host *, struct probe_binary *, struct error *);

/*
 * Load the job for a context, after removing what a killed run left of it. user and group are
 * names, NULL for root and agents. A loaded job with this label from another plist is its account's
 * and stays: ERROR_FAILED. Also ERROR_FAILED if launchd refuses, or if there is no such domain (the
 * agent's user is not logged in); ERROR_LAUNCHCTL; ERROR_FILE. Call probe_job_end() even after a
 * failure.
 */
int	probe_job_begin(const struct host *, struct probe_job_run *, enum context_kind,
    const struct identity *, struct probe_job *, struct error *);

/* Read what the job has printed so far into the result. */
void	probe_job_read(const struct host *, const struct probe_job_run *, struct context_result *);

/*
 * Return true if the job has ended or is not loaded; why then says how. kick: also kickstart it,
 * because launchd was seen to omit the first start.
 */
bool	probe_job_is_over(const struct host *, const struct probe_job_run *, bool kick, char *why,
    size_t size);

/* Boot the job out, wait for its end and remove its files. Calling it twice is harmless. */
int	probe_job_end(const struct host *, struct probe_job_run *, struct error *);

/*
 * Boot out and remove what killed runs left, for a few seconds at most. Return -1 with the first
 * error if something is left for the next run. That only affects a probe of the same context, and
 * probe_job_begin() handles it. Offline this does nothing.
 */
int	probe_job_sweep(const struct host *, struct error *);

#endif
