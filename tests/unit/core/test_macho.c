/* macho.c: programs built byte by byte, and the same with each byte damaged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/macho.h"

static unsigned char program[512];
static size_t size;
static struct macho macho;

static void
put(size_t at, uint32_t value, int big)
{
	for (int i = 0; i < 4; i++)
		program[at + (size_t)i] = (unsigned char)(value >> (big ? 24 - 8 * i : 8 * i));
}

/*
 * Build a thin program at this offset: header, UUID, signature command, then the signature. Return
 * its size.
 */
static size_t
thin(size_t at, const char *identifier)
{
	put(at, 0xfeedfacf, 0);
	put(at + 16, 2, 0);
	put(at + 32, 0x1b, 0);
	put(at + 36, 24, 0);
	for (int i = 0; i < 16; i++)
		program[at + 40 + (size_t)i] = (unsigned char)(i * 17);
	put(at + 56, 0x1d, 0);
	put(at + 60, 16, 0);
	put(at + 64, 80, 0);
	put(at + 68, 100, 0);
	/* The signature: one blob, a directory of 80 bytes at 20. */
	put(at + 80, 0xfade0cc0, 1);
	put(at + 84, 100, 1);
	put(at + 88, 1, 1);
	put(at + 96, 20, 1);
	put(at + 100, 0xfade0c02, 1);
	put(at + 104, 80, 1);
	put(at + 108, 0x20400, 1);
	put(at + 120, 52, 1);
	put(at + 148, 72, 1);
	snprintf((char *)program + at + 152, 20, "%s", identifier);
	memcpy(program + at + 172, "TEAM123", 8);
	return 180;
}

static bool
read_program(void)
{
	/* In memory of the exact size, so that a sanitizer sees a read past the end. */
	unsigned char *copy = malloc(size + (size == 0));
	bool result;

	assert_non_null(copy);
	memcpy(copy, program, size);
	result = macho_read(&macho, (struct bytes){ copy, size }, MACHO_ARM64);
	free(copy);
	return result;
}

static int
begin(void **state)
{
	(void)state;
	memset(program, 0, sizeof program);
	return 0;
}

static void
a_thin_program_has_its_uuid_and_its_signature(void **state)
{
	(void)state;
	size = thin(0, "org.example.tool");
	assert_true(read_program());
	assert_string_equal(macho.uuid, "00112233-4455-6677-8899-AABBCCDDEEFF");
	assert_string_equal(macho.identifier, "org.example.tool");
	assert_string_equal(macho.team, "TEAM123");
}

static void
of_a_universal_one_it_is_the_part_for_this_processor(void **state)
{
	(void)state;
	put(0, 0xcafebabe, 1);
	put(4, 2, 1);
	put(8, MACHO_X86_64, 1);
	put(16, 64, 1);
	put(20, 180, 1);
	put(28, MACHO_ARM64, 1);
	put(36, 256, 1);
	put(40, 180, 1);
	thin(64, "intel");
	thin(256, "arm");
	size = 436;
	assert_true(read_program());
	assert_string_equal(macho.identifier, "arm");
	put(28, 12, 1);		/* none for this processor: the first */
	assert_true(read_program());
	assert_string_equal(macho.identifier, "intel");
}

static void
without_uuid_or_signature_they_are_empty(void **state)
{
	(void)state;
	size = thin(0, "x");
	put(32, 0x99, 0);
	put(56, 0x99, 0);
	assert_true(read_program());
	assert_string_equal(macho.uuid, "");
	assert_string_equal(macho.identifier, "");
	thin(0, "a\nb");
	assert_true(read_program());
	assert_string_equal(macho.identifier, "");
}

static void
what_is_not_a_program_is_refused(void **state)
{
	(void)state;
	for (size = 0; size < 64; size++)
		assert_false(read_program());
	memcpy(program, "\177ELF", 4);
	assert_false(read_program());
	memcpy(program, "#!/bin/sh\n", 10);
	assert_false(read_program());
}

static enum macho_form
form(const char *begin, size_t length, uint32_t processor)
{
	memset(program, 0, 512);
	memcpy(program, begin, length);
	return macho_form((struct bytes){ program, 512 }, 9000, processor);
}

static void
the_beginning_of_a_file_shows_what_may_execute_it(void **state)
{
	/* On Apple silicon, on Intel, and where the processor is not known. */
	static const struct { const char *begin; size_t length; enum macho_form forms[3]; }
	    cases[] = {
#define FILE(begin, ...) { begin, sizeof begin - 1, { __VA_ARGS__ } }
		FILE("\xcf\xfa\xed\xfe\x0c\0\0\1", FORM_NATIVE, FORM_FOREIGN, FORM_UNKNOWN),
		FILE("\xcf\xfa\xed\xfe\7\0\0\1", FORM_TRANSLATED, FORM_NATIVE, FORM_UNKNOWN),
		FILE("\xce\xfa\xed\xfe\7\0\0\0", FORM_FOREIGN, FORM_FOREIGN, FORM_FOREIGN),
		FILE("\xcf\xfa\xed\xfe\x12\0\0\1", FORM_FOREIGN, FORM_FOREIGN, FORM_FOREIGN),
		FILE("\xfe\xed\xfa\xce\0\0\0\x12", FORM_FOREIGN, FORM_FOREIGN, FORM_FOREIGN),
		FILE("\177ELF", FORM_FOREIGN, FORM_FOREIGN, FORM_UNKNOWN),
		FILE("\xca\xfe\xba\xbe\0\0\0\x34", FORM_UNKNOWN, FORM_UNKNOWN, FORM_UNKNOWN),
		FILE("\xca\xfe\xba\xbf\0\0\0\1", FORM_UNKNOWN, FORM_UNKNOWN, FORM_UNKNOWN),
		FILE("#!/bin/sh\n", FORM_UNKNOWN, FORM_UNKNOWN, FORM_UNKNOWN),
		FILE("echo hello\n", FORM_NONE, FORM_NONE, FORM_NONE),
		FILE("\xef\xbb\xbf#!/bin/sh\n", FORM_NONE, FORM_NONE, FORM_NONE),
		FILE("\n#!/bin/sh\n", FORM_NONE, FORM_NONE, FORM_NONE),
		FILE("", FORM_UNKNOWN, FORM_UNKNOWN, FORM_UNKNOWN),
#undef FILE
	};
	static const uint32_t processors[] = { MACHO_ARM64, MACHO_X86_64, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (size_t j = 0; j < 3; j++)
			if (form(cases[i].begin, cases[i].length, processors[j]) !=
			    cases[i].forms[j])
				fail_msg("file %zu, processor %zu", i, j);
	assert_int_equal(macho_form((struct bytes){ program, 512 }, 0, MACHO_ARM64), FORM_NONE);
}

static void
the_best_part_of_a_universal_program_counts(void **state)
{
	static const uint32_t intel = MACHO_X86_64, arm = MACHO_ARM64;

	(void)state;
	put(0, 0xcafebabe, 1);
	put(4, 2, 1);
	put(8, 18, 1);		/* PowerPC */
	put(28, intel, 1);
	assert_int_equal(macho_form((struct bytes){ program, 512 }, 9, arm), FORM_TRANSLATED);
	assert_int_equal(macho_form((struct bytes){ program, 512 }, 9, intel), FORM_NATIVE);
	assert_int_equal(macho_form((struct bytes){ program, 512 }, 9, 0), FORM_UNKNOWN);
	put(8, arm, 1);
	assert_int_equal(macho_form((struct bytes){ program, 512 }, 9, arm), FORM_NATIVE);
	put(8, 7, 1);
	put(28, 18, 1);
	assert_int_equal(macho_form((struct bytes){ program, 512 }, 9, 0), FORM_FOREIGN);
	put(4, 0xffffffff, 1);
	assert_int_equal(macho_form((struct bytes){ program, 512 }, 9, arm), FORM_UNKNOWN);
}

/* Each offset, size and count gets extreme values; nothing outside the bytes is read. */
static void
no_broken_number_leads_out_of_the_bytes(void **state)
{
	static const unsigned char bad[] = { 0, 1, 7, 0x7f, 0x80, 0xff };
	size_t whole;

	(void)state;
	whole = thin(0, "org.example.tool");
	for (size_t at = 0; at < whole; at++)
		for (size_t i = 0; i < sizeof bad; i++)
			for (size_t width = 1; width <= 4; width += 3) {
				thin(0, "org.example.tool");
				size = whole;
				memset(program + at, bad[i], width);
				read_program();
			}
	for (size = 0; size < whole; size++) {
		thin(0, "org.example.tool");
		read_program();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_thin_program_has_its_uuid_and_its_signature, begin),
		cmocka_unit_test_setup(of_a_universal_one_it_is_the_part_for_this_processor, begin),
		cmocka_unit_test_setup(without_uuid_or_signature_they_are_empty, begin),
		cmocka_unit_test_setup(what_is_not_a_program_is_refused, begin),
		cmocka_unit_test_setup(the_beginning_of_a_file_shows_what_may_execute_it, begin),
		cmocka_unit_test_setup(the_best_part_of_a_universal_program_counts, begin),
		cmocka_unit_test_setup(no_broken_number_leads_out_of_the_bytes, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
