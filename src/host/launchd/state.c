/* A job's current state in launchd, and its process. */
#include <string.h>

#include "core/check/check.h"
#include "core/text.h"
#include "host/files/files.h"
#include "host/launchd/state.h"
#include "host/machine/wait.h"
#include "host/os/platform.h"

static void
state_process(struct facts *facts)
{
	memset(&facts->launchd.process, 0, sizeof facts->launchd.process);
	facts->launchd.uptime = 0;
	if (facts->launchd.loaded != YES || facts->launchd.service.pid <= 0)
		return;
	platform_process((pid_t)facts->launchd.service.pid, &facts->launchd.process);
	/* The start is in whole seconds: round the uptime down. */
	if (facts->launchd.process.started != 0 && facts->now - 1 > facts->launchd.process.started)
		facts->launchd.uptime = (double)(facts->now - 1 - facts->launchd.process.started);
}

/*
 * The path is one of this machine, not of the image. It may pass through a user's directories, so
 * look at it through files_look(), never with a plain stat().
 */
void
state_process_file(const struct host *host, const struct file_fact *program,
    struct process_fact *process)
{
	struct file_fact fact;
	struct error ignored;
	struct host machine;

	if (process->path[0] != '/' || strcmp(process->path, program->resolved) == 0 ||
	    host_open(&machine, NULL, NULL, &ignored) == -1)
		return;
	machine.stop = host->stop;
	machine.budgets = host->budgets;
	files_look(&machine, process->path, FILES_LOOSE, &fact);
	host_close(&machine);
	if (fact.exists != YES)
		return;
	process->device = fact.identity.device;
	process->inode = fact.identity.inode;
}

void
state_take(const struct printed *printed, struct facts *facts)
{
	facts->now = wait_date();
	facts->launchd.trouble[0] = '\0';
	facts->launchd.loaded = printed->loaded;
	facts->launchd.service = printed->service;
	if (facts->offline)
		text_copy(facts->launchd.trouble, sizeof facts->launchd.trouble,
		    "--root images have no launchd");
	else if (printed->loaded == UNKNOWN)
		answer_describe(&printed->answer, "print", facts->launchd.trouble,
		    sizeof facts->launchd.trouble);
	state_process(facts);
}

void
state_look(const struct host *host, const char *label, struct facts *facts)
{
	char target[NAME_SIZE + 8];
	struct printed printed = { .target = target };

	text_format(target, sizeof target, "system/%s", label);
	launchctl_print(host, &printed, 1);
	state_take(&printed, facts);
	state_process_file(host, &facts->program.file, &facts->launchd.process);
}

bool
state_other_program(const struct host *host, const struct service *service,
    char target[PATH_SIZE])
{
	struct process_fact process;
	struct file_fact program;

	if (service->pid <= 0 || service->program[0] == '\0' ||
	    strcmp(service->state, "xpcproxy") == 0)
		return false;
	platform_process((pid_t)service->pid, &process);
	files_look(host, service->program, FILES_LOOSE, &program);
	state_process_file(host, &program, &process);
	return check_is_another_program(&process, &program) &&
	    text_copy(target, PATH_SIZE, process.path);
}
