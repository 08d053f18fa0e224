/*
 * Any bytes as the plist that lint judges: limits, text, libplist and rules together. Begins with
 * binary plists that expand, made here, and with a job; the rest is the corpus'. What one input
 * allocates is counted.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanitizer/allocator_interface.h>

#include "core/lint/lint.h"

#define MEMORY_MOST	((size_t)64 * 1024 * 1024)	/* of one input, at a time */
#define SEED_SIZE	4096

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);
size_t	LLVMFuzzerCustomMutator(uint8_t *, size_t, size_t, unsigned);
size_t	LLVMFuzzerMutate(uint8_t *, size_t, size_t);

static struct lint_report report;
static size_t used, most;
static int counting;

static const char job[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
    "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
    "<plist version=\"1.0\"><dict><key>Label</key><string>com.example.job</string>\n"
    "<key>ProgramArguments</key><array><string>/bin/sh</string><string>-c</string><string>a "
    "&amp;&amp; "
    "b</string></array>\n"
    "<key>KeepAlive</key><dict><key>PathState</key><dict><key>/etc/x</key>"
    "<true></true></dict></dict>\n"
    "<key>StartCalendarInterval</key><array><dict><key>Hour</key>"
    "<integer>12abc</integer></dict></array>\n"
    "<key>EnvironmentVariables</key><dict><key>API_TOKEN</key><string>~/x</string></dict>\n"
    "<key>Umask</key><integer>22</integer><key>StandardOutputPath</key>"
    "<string><your-log></string></dict></plist>\n";

/*
 * A dictionary or array of `width` references to the next object, `depth` times: width to the power
 * of depth values in a few bytes.
 */
static size_t
expanding(uint8_t *data, unsigned marker, unsigned width, unsigned depth)
{
	uint8_t offsets[64];
	size_t size = 8, references = marker == 0xd0 ? 2 * width : width;

	memcpy(data, "bplist00", 8);
	for (unsigned i = 0; i <= depth; i++) {
		offsets[i] = (uint8_t)size;
		data[size++] = i == depth ? 0x51 : (uint8_t)(marker | width);
		for (size_t j = 0; i < depth && j < references; j++)
			data[size++] = (uint8_t)(marker == 0xd0 && j < width ? depth : i + 1);
		if (i == depth)
			data[size++] = 'a';
	}
	memcpy(data + size, offsets, depth + 1);
	memset(data + size + depth + 1, 0, 32);
	data[size + depth + 1 + 6] = 1;
	data[size + depth + 1 + 7] = 1;
	data[size + depth + 1 + 15] = (uint8_t)(depth + 1);
	data[size + depth + 1 + 31] = (uint8_t)size;
	return size + depth + 1 + 32;
}

static size_t
seed(uint8_t *data, unsigned number)
{
	switch (number % 4) {
	case 0:
		return expanding(data, 0xa0, 10, 7);
	case 1:
		return expanding(data, 0xa0, 14, 10);
	case 2:
		return expanding(data, 0xd0, 3, 12);
	default:
		memcpy(data, job, sizeof job - 1);
		return sizeof job - 1;
	}
}

static void
taken(const volatile void *memory, size_t size)
{
	(void)memory;
	used += counting ? size : 0;
	if (used > most)
		most = used;
	if (used > MEMORY_MOST)
		abort();
}

static void
given_back(const volatile void *memory)
{
	size_t size = !counting || memory == NULL ? 0 : __sanitizer_get_allocated_size(memory);

	used -= size < used ? size : used;
}

static void
tell_most(void)
{
	fprintf(stderr, "fuzz_lint: at most %zu bytes at a time\n", most);
}

/* The seeds once each, whatever the fuzzer does with them later. */
static void
begin(void)
{
	uint8_t data[SEED_SIZE];

	__sanitizer_install_malloc_and_free_hooks(taken, given_back);
	atexit(tell_most);
	for (unsigned i = 0; i < 4; i++)
		LLVMFuzzerTestOneInput(data, seed(data, i));
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned random)
{
	if (random % 256 == 0 && room >= SEED_SIZE)
		size = seed(data, random / 256);
	return LLVMFuzzerMutate(data, size, room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lint_facts facts = { .kind = (enum lint_kind)(size % 3),
	    .name = "com.example.job.plist" };
	struct error error = { .kind = ERROR_NONE };
	static int begun;
	unsigned char *copy;

	if (!begun) {
		begun = 1;
		begin();
	}
	copy = malloc(size == 0 ? 1 : size);
	if (copy == NULL)
		return 0;
	/* cppcheck-suppress uninitvar ; libFuzzer fills it */
	memcpy(copy, data, size);
	counting = 1;
	used = 0;
	if (lint_check((struct bytes){ copy, size }, &facts, &report, NULL, &error) == -1)
		abort();
	counting = 0;
	if (report.count > LINT_FINDINGS_MAX || (!report.is_plist && lint_errors(&report) == 0))
		abort();
	for (size_t i = 0; i < report.count; i++)
		if (memchr(report.rows[i].message, '\0', sizeof report.rows[i].message) == NULL ||
		    memchr(report.rows[i].fix, '\0', sizeof report.rows[i].fix) == NULL ||
		    memchr(report.rows[i].key, '\0', sizeof report.rows[i].key) == NULL)
			abort();
	free(copy);
	return 0;
}
