/*
 * What the fuzzers of whole plists share: inputs on the heap with their exact size, so that one
 * byte too many is seen; a first input that is a job's; and a mutator that repeats parts of an
 * input, for what costs time with the square of something is cheap while it is there once. The
 * fuzzer's time limit makes a finding of an input that is slow.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/plist/plist.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);
size_t	LLVMFuzzerCustomMutator(uint8_t *, size_t, size_t, unsigned);
size_t	LLVMFuzzerMutate(uint8_t *, size_t, size_t);

#define FUZZ_JOB \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n" \
	"<plist version=\"1.0\">\n<dict>\n<key>Label</key><string>com.example.job</string>\n" \
	"<key>ProgramArguments</key><array><string>/bin/sh</string><string>-c</string>" \
	"<string>a &amp;&amp; b</string></array>\n<key>StandardOutPath</key><string>~/logs/job.log</string>\n" \
	"<key>StandardErrorPath</key><string>/etc/zshenv</string>\n" \
	"<key>LimitLoadToSessionType</key><array><string>Aqua</string></array>\n" \
	"<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>\n" \
	"<key>RunAtLoad</key><true/>\n" \
	"<key>EnvironmentVariables</key><dict><key>HOME</key><string>/x</string></dict>\n" \
	"<key>Sockets</key><dict><key>a</key><dict><key>SockServiceName</key>" \
	"<string>80</string></dict></dict>\n" \
	"<key>Nice</key><integer>-5</integer><key>Umask</key><integer>18</integer>\n" \
	"<key>StartCalendarInterval</key><array><dict><key>Hour</key>" \
	"<integer>3</integer></dict></array>\n" \
	"</dict>\n</plist>\n"

static inline struct bytes
fuzz_copy(const uint8_t *data, size_t size)
{
	unsigned char *copy = malloc(size == 0 ? 1 : size);

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	return (struct bytes){ copy, size };
}

static inline void
fuzz_must(int is_so)
{
	if (!is_so)
		abort();
}

/* Text of a member that must be there. */
static inline const char *
fuzz_text(const struct plist *tree, const char *key)
{
	const char *text = plist_text(plist_member(tree, key));

	fuzz_must(text != NULL);
	return text;
}

/* A part of the input, many times in its own place. */
static inline size_t
fuzz_repeat(uint8_t *data, size_t size, size_t room, unsigned random)
{
	size_t start = size == 0 ? 0 : random % size, part = size == 0 ? 0 : 1 + random / 64 % 64;
	uint8_t copy[64];

	if (size == 0 || start + part > size)
		return size;
	memcpy(copy, data + start, part);
	for (size_t times = random / 4096 % 2048; times > 0 && size + part <= room; times--) {
		memmove(data + start + part, data + start, size - start);
		memcpy(data + start, copy, part);
		size += part;
	}
	return size;
}

static inline size_t
fuzz_mutate(uint8_t *data, size_t size, size_t room, unsigned random)
{
	if ((random % 512 == 0 || size < 8) && room >= sizeof FUZZ_JOB) {
		size = sizeof FUZZ_JOB - 1;
		memcpy(data, FUZZ_JOB, size);
	}
	if (random % 64 == 1)
		return fuzz_repeat(data, size, room, random / 64);
	return LLVMFuzzerMutate(data, size, room);
}

#endif
