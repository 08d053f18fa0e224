/* List the jobs of a command. */
#include <stdlib.h>

#include "jobs.h"
#include "core/text.h"

int
jobs_list(const struct session *session, struct labels *labels, struct error *error)
{
	const struct options *options = &session->options;

	if (options->operand_count == 0) {
		if (inspect_labels(&session->host, labels, error) == -1)
			return -1;
		return labels->count > 0 ? 0 : error_set(error, ERROR_FAILED,
		    "there is no receipt in '" STATE_DIRECTORY "'",
		    "name a label, or install a job first: lnpctl help install",
		    "lnpctl has installed no jobs");
	}
	labels->count = 0;
	labels->names = calloc(options->operand_count, sizeof labels->names[0]);
	if (labels->names == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot start");
	while (labels->count < options->operand_count) {
		text_format(labels->names[labels->count], NAME_SIZE, "%.255s",
		    options->operands[labels->count]);
		labels->count++;
	}
	return 0;
}

enum error_kind
jobs_worse(enum error_kind first, enum error_kind second)
{
	return first == ERROR_NONE || second == ERROR_PARTIAL ||
	    (first == ERROR_UNKNOWN && second != ERROR_NONE) ? second : first;
}
