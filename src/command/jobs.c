/* List the jobs of a command. */
#include <stdlib.h>

#include "jobs.h"
#include "core/job/label.h"
#include "core/text.h"

void
jobs_label(const struct host *host, const char *operand, char label[NAME_SIZE])
{
	static struct receipt receipt;	/* large */
	char alone[NAME_SIZE];

	label_from_operand(operand, label);
	if (!label_without_ending(label, alone))
		return;
	if (inspect_has_receipt(host, label, &receipt))
		receipt_free(&receipt);
	else if (inspect_has_receipt(host, alone, &receipt)) {
		receipt_free(&receipt);
		text_copy(label, NAME_SIZE, alone);
	}
}

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
		jobs_label(&session->host, options->operands[labels->count],
		    labels->names[labels->count]);
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
