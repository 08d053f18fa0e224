/* Which labels are refused. */
#include <string.h>

#include "core/facts/facts.h"
#include "core/job/label.h"
#include "core/text.h"

#define ENDING		".plist"
#define LABEL_MAX	200
/* so that a path or target made from a label fits: the longest is that of the old receipt */
_Static_assert(LABEL_MAX + sizeof STATE_DIRECTORY "/.receipt.old" <= NAME_SIZE, "a label is long");

bool
label_without_ending(const char *name, char label[NAME_SIZE])
{
	size_t length = strlen(name), size = sizeof ENDING - 1;

	return length > size && text_equal_folded(name + length - size, ENDING) &&
	    text_format(label, NAME_SIZE, "%.*s", (int)(length - size), name);
}

void
label_from_operand(const char *operand, char label[NAME_SIZE])
{
	static const char domain[] = "system/", folder[] = DAEMONS_DIRECTORY "/";
	bool is_path = strncmp(operand, folder, sizeof folder - 1) == 0;

	if (strncmp(operand, domain, sizeof domain - 1) == 0)
		operand += sizeof domain - 1;
	if (!is_path || !label_without_ending(operand + sizeof folder - 1, label))
		text_copy(label, NAME_SIZE, operand);
}

int
label_check(const char *label, struct error *error)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-";
	size_t length = strlen(label);
	char start[11] = "", alone[NAME_SIZE], fix[NAME_SIZE + 32] =
	    "choose a reverse-DNS name, for example com.example.agentworker";
	const char *why = NULL;

	memcpy(start, label, length < 10 ? length : 10);
	if (length == 0)
		why = "it is empty";
	else if (length > LABEL_MAX)
		why = "it is longer than 200 bytes";
	else if (label[strspn(label, safe)] != '\0')
		why = "only letters, digits, dots, hyphens and underscores are safe in a label";
	else if (label[0] == '.' || label[0] == '-' || label[length - 1] == '.')
		/* launchd ignores such files */
		why = "it begins with a dot or hyphen, or ends with a dot";
	else if (text_equal_folded(start, "com.apple."))
		why = "com.apple.* is for Apple's own jobs";
	else if (strcmp(label, "shell") == 0)
		why = "launchd reserves it";
	if (why == NULL)
		return 0;
	label_from_operand(label, alone);
	if (strcmp(alone, label) != 0)
		text_format(fix, sizeof fix, "give the label alone: %s", alone);
	return error_set(error, ERROR_DATA, why, fix, "cannot use the label '%.220s'", label);
}

int
label_check_account(const char *label, struct error *error)
{
	static const char *const endings[] = { ".receipt", ".rival" };
	size_t length = strlen(label);

	if (text_begins_folded(label, "lnpctl."))
		return error_set(error, ERROR_DATA,
		    "labels that begin with lnpctl. are lnpctl's own", "give the job another label",
		    "cannot use the label '%.220s'", label);
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		size_t size = strlen(endings[i]);

		if (length > size && text_equal_folded(label + length - size, endings[i]))
			return error_set(error, ERROR_DATA,
			    "lnpctl uses that name for files of another job",
			    "give the job another label", "cannot use the label '%.220s'", label);
	}
	return label_check(label, error);
}
