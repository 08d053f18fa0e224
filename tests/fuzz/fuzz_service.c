/*
 * Any bytes as launchctl's answer. The copy on the heap has the exact size, so that one byte too
 * many is seen.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/launchd/domain.h"
#include "core/launchd/service.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_ends(const char *text, size_t size)
{
	if (memchr(text, '\0', size) == NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct service service;
	const char *lines;
	size_t length;
	char *text = malloc(size == 0 ? 1 : size);

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	memset(&service, 'x', sizeof service);
	service_parse(&service, text, size);
	check_ends(service.state, sizeof service.state);
	check_ends(service.path, sizeof service.path);
	check_ends(service.program, sizeof service.program);
	check_ends(service.domain, sizeof service.domain);
	check_ends(service.username, sizeof service.username);
	check_ends(service.group, sizeof service.group);
	check_ends(service.stdout_path, sizeof service.stdout_path);
	check_ends(service.stderr_path, sizeof service.stderr_path);
	check_ends(service.last_exit_text, sizeof service.last_exit_text);
	if (service.pid < SERVICE_NUMBER_UNKNOWN ||
	    service.last_exit_value < SERVICE_NUMBER_UNKNOWN)
		abort();
	service_override(text, size, "com.example.job");
	lines = domain_services(text, size, &length);
	if (lines != NULL && (lines < text || length > size - (size_t)(lines - text)))
		abort();
	if (lines != NULL)
		domain_has(lines, length, "com.example.job");
	free(text);
	return 0;
}
