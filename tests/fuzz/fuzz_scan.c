/*
 * Any bytes as the plist of a job that scan finds in a folder: of an agent, of a daemon, and of two
 * that are compared.
 */
#include "core/job/scan.h"
#include "core/text.h"
#include "fuzz.h"

#define ENDS(text)	fuzz_must(memchr(text, '\0', sizeof(text)) != NULL)

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned random)
{
	return fuzz_mutate(data, size, room, random);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scan_job jobs[2];
	struct bytes bytes = fuzz_copy(data, size);
	char text[PATH_SIZE + 128];

	memset(jobs, 0, sizeof jobs);
	for (int i = 0; i < 2; i++) {
		struct scan_job *job = &jobs[i];

		job->kind = i == 0 ? SCAN_AGENT : SCAN_DAEMON;
		text_copy(job->path, sizeof job->path,
		    "/Users/worker/Library/LaunchAgents/com.example.job.plist");
		scan_read(job, bytes);
		ENDS(job->trouble);
		ENDS(job->label);
		ENDS(job->program);
		ENDS(job->account);
		fuzz_must((job->label[0] == '\0') == (job->trouble[0] != '\0'));
		for (int j = 0; j < 2; j++)
			fuzz_must(job->logs[j][0] == '\0' || job->logs[j][0] == '/');
	}
	scan_compare(jobs, 2);
	for (int i = 0; i < 2; i++) {
		scan_classify(&jobs[i], i == 0 ? "" : "15.5");
		fuzz_must(jobs[i].reason != NULL && scan_risk_word(jobs[i].risk) != NULL);
		ENDS(jobs[i].fix);
		for (int j = 0; j < TROUBLES; j++)
			scan_describe(&jobs[i], (enum scan_trouble)j, text, sizeof text);
	}
	bytes_free(&bytes);
	return 0;
}
