/* limits*.c: property lists built to cost their reader too much, and good ones that must pass. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plist/plist.h>

#include "core/plist/limits.h"

#define START	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" " \
	"\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n" \
	"<plist version=\"1.0\">\n"
#define BINARY_START	8
#define SIZE_MOST	((size_t)PLIST_SIZE_MAX)

/*
 * Copy to memory of the exact size, so that the sanitizer sees a read past the end. An index must
 * not change the verdict, and is empty for what is refused or binary.
 */
static int
check(const void *data, size_t size, struct error *error)
{
	enum plist_format format;
	struct xml_index index;
	struct error indexed;
	unsigned char *copy = malloc(size == 0 ? 1 : size);
	int result;

	assert_non_null(copy);
	if (size > 0)
		memcpy(copy, data, size);
	memset(error, 0, sizeof *error);
	result = plist_limits_check((struct bytes){ copy, size }, &format, NULL, error);
	assert_int_equal(plist_limits_check((struct bytes){ copy, size }, &format, &index,
	    &indexed), result);
	assert_int_equal(index.entries != NULL, result == 0 && format == PLIST_FORMAT_XML);
	assert_true(index.entries != NULL || index.issue_count + index.count == 0);
	xml_index_free(&index);
	free(copy);
	assert_int_equal(result == -1, error->kind != ERROR_NONE);
	return result;
}

static void
passes(const void *data, size_t size)
{
	struct error error;

	if (check(data, size, &error) == -1)
		fail_msg("%s: %s", error.what, error.why);
}

/* The error contains the word in what or why. */
static void
fails(const void *data, size_t size, const char *word)
{
	struct error error;

	assert_int_equal(check(data, size, &error), -1);
	assert_int_equal(error.kind, ERROR_DATA);
	if (strstr(error.what, word) == NULL && strstr(error.why, word) == NULL)
		fail_msg("'%s: %s' does not contain '%s'", error.what, error.why, word);
}

static void
text_passes(const char *text)
{
	passes(text, strlen(text));
}

static void
text_fails(const char *text, const char *word)
{
	fails(text, strlen(text), word);
}

/* A binary plist being built: all numbers have one size, the first object is the top. */
struct making {
	unsigned char	*data;
	size_t		 size, space;
	size_t		 offsets[1000], objects;
	unsigned	 reference_size;
};

static void
put(struct making *making, const void *data, size_t size)
{
	assert_true(making->size + size <= making->space);
	memcpy(making->data + making->size, data, size);
	making->size += size;
}

static void
put_number(struct making *making, uint64_t number, unsigned size)
{
	while (size-- > 0) {
		unsigned char byte = (unsigned char)(number >> 8 * size);

		put(making, &byte, 1);
	}
}

static struct making
make(size_t space, unsigned reference_size)
{
	struct making making = { .space = space, .reference_size = reference_size };

	making.data = malloc(space);
	assert_non_null(making.data);
	put(&making, "bplist00", BINARY_START);
	return making;
}

/* Append the marker with the count; the caller appends the bytes or references. */
static void
put_object(struct making *making, unsigned type, uint64_t count)
{
	assert_true(making->objects < sizeof making->offsets / sizeof making->offsets[0]);
	making->offsets[making->objects++] = making->size;
	if (count < 15) {
		put_number(making, type << 4 | count, 1);
		return;
	}
	put_number(making, type << 4 | 15, 1);
	put_number(making, 0x13, 1);
	put_number(making, count, 8);
}

static void
put_references(struct making *making, uint64_t object, size_t times)
{
	while (times-- > 0)
		put_number(making, object, making->reference_size);
}

static void
put_trailer(struct making *making, unsigned offset_size, uint64_t objects, uint64_t top,
    uint64_t table)
{
	put(making, "\0\0\0\0\0\0", 6);
	put_number(making, offset_size, 1);
	put_number(making, making->reference_size, 1);
	put_number(making, objects, 8);
	put_number(making, top, 8);
	put_number(making, table, 8);
}

static void
end(struct making *making)
{
	size_t table = making->size;

	for (size_t i = 0; i < making->objects; i++)
		put_number(making, making->offsets[i], 4);
	put_trailer(making, 4, making->objects, 0, table);
}

static void
made_passes(struct making *making)
{
	end(making);
	passes(making->data, making->size);
	free(making->data);
}

static void
made_fails(struct making *making, const char *word)
{
	end(making);
	fails(making->data, making->size, word);
	free(making->data);
}

/* Build arrays that contain the next one `width` times, the last one a true. */
static struct making
make_levels(size_t levels, size_t width)
{
	struct making making = make(100000, 1);

	for (size_t i = 0; i < levels; i++) {
		put_object(&making, 0xa, width);
		put_references(&making, i + 1, width);
	}
	put_object(&making, 0x0, 9);
	return making;
}

static void
shared_references_are_counted_each_time_they_are_used(void **state)
{
	struct making making = make_levels(7, 10);	/* 154 bytes for 919 MB in libplist */

	(void)state;
	made_fails(&making, "100000 values");
	making = make_levels(20, 10);
	made_fails(&making, "100000 values");
	making = make_levels(60, 14);
	made_fails(&making, "100000 values");
	making = make_levels(4, 10);
	made_passes(&making);
	making = make_levels(16, 2);			/* 2^17 - 1 */
	made_fails(&making, "100000 values");
	making = make_levels(15, 2);			/* 2^16 - 1 */
	made_passes(&making);
}

static void
a_binary_list_has_exactly_as_many_values_as_are_allowed(void **state)
{
	struct making making;

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		making = make(300000, 2);
		put_object(&making, 0xa, PLIST_NODES_MAX - 1 + more);
		put_references(&making, 1, PLIST_NODES_MAX - 1 + more);
		put_object(&making, 0x1, 0);
		put_number(&making, 7, 1);
		if (more == 0)
			made_passes(&making);
		else
			made_fails(&making, "100000 values");
	}
}

static void
a_text_that_is_used_many_times_counts_each_time(void **state)
{
	struct making making;

	(void)state;
	for (size_t times = 10; times < 13; times++) {
		making = make(2000000, 1);
		put_object(&making, 0xa, times);
		put_references(&making, 1, times);
		put_object(&making, 0x4, PLIST_SIZE_MAX / 10);
		memset(making.data + making.size, 'x', PLIST_SIZE_MAX / 10);
		making.size += PLIST_SIZE_MAX / 10;
		if (times == 10)
			made_passes(&making);
		else
			made_fails(&making, "bytes");
	}
}

static void
a_binary_list_is_at_most_64_levels_deep(void **state)
{
	struct making making = make_levels(PLIST_DEPTH_MAX, 1);

	(void)state;
	made_passes(&making);
	making = make_levels(PLIST_DEPTH_MAX + 1, 1);
	made_fails(&making, "64 levels");
	making = make_levels(200, 1);
	made_fails(&making, "64 levels");
}

/* Object 1 has 40 levels and is measured at level 1; later it is met again at level 31. */
static void
a_part_that_is_used_again_further_down_counts_its_depth_again(void **state)
{
	struct making making;

	(void)state;
	for (size_t above = 23; above < 25; above++) {
		making = make(100000, 1);
		put_object(&making, 0xa, 2);
		put_references(&making, 1, 1);
		put_references(&making, 42, 1);
		for (size_t i = 1; i <= 40; i++) {
			put_object(&making, 0xa, 1);
			put_references(&making, i + 1, 1);
		}
		put_object(&making, 0x0, 8);
		for (size_t i = 0; i < above; i++) {
			put_object(&making, 0xa, 1);
			put_references(&making, i + 1 < above ? 42 + i + 1 : 1, 1);
		}
		if (above == 23)
			made_passes(&making);
		else
			made_fails(&making, "64 levels");
	}
}

static void
an_object_that_contains_itself_is_refused(void **state)
{
	struct making making = make(1000, 1);

	(void)state;
	put_object(&making, 0xa, 1);
	put_references(&making, 0, 1);
	made_fails(&making, "contains itself");
	making = make(1000, 1);
	put_object(&making, 0xd, 1);
	put_references(&making, 1, 1);
	put_references(&making, 2, 1);
	put_object(&making, 0x5, 1);
	put(&making, "a", 1);
	put_object(&making, 0xa, 2);
	put_references(&making, 1, 1);
	put_references(&making, 0, 1);
	made_fails(&making, "contains itself");
}

/* Many objects at one offset: the time must not be their number times their length. */
static void
many_objects_in_one_place_cost_no_time(void **state)
{
	struct making making = make(3000000, 3);
	size_t table;

	(void)state;
	put_object(&making, 0xa, 50000);
	for (uint64_t i = 0; i < 50000; i++)
		put_number(&making, i + 1, 3);
	table = making.size;
	for (size_t i = 0; i < 60000; i++)
		put_number(&making, BINARY_START, 4);
	put_trailer(&making, 4, 60000, 0, table);
	fails(making.data, making.size, "");
	free(making.data);
}

static void
what_points_outside_a_binary_list_is_refused(void **state)
{
	struct making making = make(1000, 1);

	(void)state;
	put_object(&making, 0xa, 1);
	put_references(&making, 9, 1);
	made_fails(&making, "reference");
	making = make(1000, 1);
	put_object(&making, 0x5, 10);
	put(&making, "short", 5);
	made_fails(&making, "truncated");
	making = make(1000, 1);
	put_object(&making, 0x6, 3);
	put(&making, "short", 5);
	made_fails(&making, "truncated");
	making = make(1000, 1);
	put_object(&making, 0x4, UINT64_MAX);
	made_fails(&making, "truncated");
	making = make(1000, 1);
	put_object(&making, 0xa, UINT64_MAX / 2);
	made_fails(&making, "truncated");
	making = make(1000, 1);
	put_object(&making, 0xd, 2);
	put_references(&making, 1, 3);
	made_fails(&making, "truncated");
	for (size_t offset = 0; offset < 20; offset++) {
		making = make(1000, 1);
		put_object(&making, 0x0, 9);
		making.offsets[0] = offset;
		if (offset == BINARY_START)
			made_passes(&making);
		else
			made_fails(&making, "offset");
	}
}

static void
a_trailer_that_cannot_be_is_refused(void **state)
{
	static const struct {
		unsigned	offset_size, reference_size;
		uint64_t	objects, top, table;
	} trailers[] = {
		{ 0, 1, 1, 0, 9 },
		{ 9, 1, 1, 0, 9 },
		{ 1, 0, 1, 0, 9 },
		{ 1, 9, 1, 0, 9 },
		{ 1, 1, 0, 0, 9 },
		{ 1, 1, 1, 1, 9 },
		{ 1, 1, 2, 0, 9 },
		{ 1, 1, 1, 0, 7 },
		{ 1, 1, 1, 0, 11 },
		{ 1, 1, 1, 0, UINT64_MAX },
		{ 8, 1, UINT64_MAX / 8 + 2, 0, 9 },
		{ 8, 1, UINT64_MAX, UINT64_MAX - 1, 9 },
		{ 1, 1, 1, 0, 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof trailers / sizeof trailers[0]; i++) {
		struct making making = make(1000, trailers[i].reference_size);

		put_object(&making, 0x0, 9);
		put_number(&making, BINARY_START, 1);
		put_trailer(&making, trailers[i].offset_size, trailers[i].objects, trailers[i].top,
		    trailers[i].table);
		fails(making.data, making.size, "");
		free(making.data);
	}
}

static void
an_object_of_an_unknown_type_or_size_is_refused(void **state)
{
	(void)state;
	for (unsigned marker = 0; marker < 256; marker++) {
		static const unsigned char good[] = { 0x00, 0x08, 0x09, 0x10, 0x11, 0x12, 0x13,
		    0x14, 0x22, 0x23, 0x33,
			0x40, 0x50, 0x60, 0x80, 0x81, 0x83, 0x87, 0xa0, 0xc0, 0xd0 };
		static const unsigned char bad[] = { 0x01, 0x0f, 0x15, 0x1f, 0x2f, 0x3f, 0x70, 0x88,
		    0x8f, 0x90, 0xb0,
			0xe0, 0xff };
		struct making making = make(1000, 1);
		struct error error;
		int result;

		put_object(&making, marker >> 4, marker & 15);
		if ((marker & 15) == 15)
			making.size = BINARY_START + 1;
		put(&making, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
		end(&making);
		result = check(making.data, making.size, &error);
		assert_false(memchr(good, (int)marker, sizeof good) != NULL && result == -1);
		assert_false(memchr(bad, (int)marker, sizeof bad) != NULL && result == 0);
		free(making.data);
	}
}

static plist_t
example(void)
{
	plist_t job = plist_new_dict(), arguments = plist_new_array(), environment =
	    plist_new_dict();

	plist_array_append_item(arguments, plist_new_string("/usr/local/bin/worker"));
	plist_array_append_item(arguments, plist_new_string("f\xc3\xbcr"));
	plist_dict_set_item(environment, "PATH", plist_new_string("/usr/bin:/bin"));
	plist_dict_set_item(job, "Label", plist_new_string("com.example.job"));
	plist_dict_set_item(job, "ProgramArguments", arguments);
	plist_dict_set_item(job, "EnvironmentVariables", environment);
	plist_dict_set_item(job, "KeepAlive", plist_new_bool(1));
	plist_dict_set_item(job, "ThrottleInterval", plist_new_uint(10));
	plist_dict_set_item(job, "Weight", plist_new_real(0.5));
	plist_dict_set_item(job, "Data", plist_new_data("abc", 3));
	return job;
}

static char *
example_bytes(enum plist_format format, uint32_t *size)
{
	plist_t job = example();
	char *bytes = NULL;

	if (format == PLIST_FORMAT_BINARY)
		plist_to_bin(job, &bytes, size);
	else
		plist_to_xml(job, &bytes, size);
	plist_free(job);
	assert_non_null(bytes);
	return bytes;
}

static void
what_libplist_writes_passes_and_its_format_is_named(void **state)
{
	enum plist_format formats[] = { PLIST_FORMAT_XML, PLIST_FORMAT_BINARY }, format;
	struct error error = { .kind = ERROR_NONE };
	uint32_t size;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *bytes = example_bytes(formats[i], &size);

		format = formats[1 - i];
		assert_int_equal(plist_limits_check((struct bytes){ (unsigned char *)bytes, size },
		    &format, NULL, &error), 0);
		assert_int_equal(format, formats[i]);
		free(bytes);
	}
}

static void
a_list_truncated_anywhere_is_refused(void **state)
{
	enum plist_format formats[] = { PLIST_FORMAT_XML, PLIST_FORMAT_BINARY };
	struct error error;
	uint32_t size;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *bytes = example_bytes(formats[i], &size);
		char *last = strstr(bytes, "</plist>"), *first = strstr(bytes, "<plist");
		size_t from = formats[i] == PLIST_FORMAT_XML ?
		    (size_t)(first - bytes) + strlen("<plist") : 0;
		size_t to = formats[i] == PLIST_FORMAT_XML ?
		    (size_t)(last - bytes) + strlen("</plist>") : size;

		for (size_t length = 0; length < to; length++)
			if (check(bytes, length, &error) == 0 && length >= from)
				fail_msg("%zu of %zu bytes pass", length, to);
		free(bytes);
	}
}

/* If it passes, libplist reads it, so that the sanitizers see that this is safe. */
static void
no_changed_byte_does_harm(void **state)
{
	enum plist_format formats[] = { PLIST_FORMAT_XML, PLIST_FORMAT_BINARY };
	struct error error;
	uint32_t size;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *bytes = example_bytes(formats[i], &size);

		for (size_t place = 0; place < size; place++) {
			char right = bytes[place];

			for (int value = 0; value < 256; value++) {
				plist_t tree = NULL;

				bytes[place] = (char)value;
				if (check(bytes, size, &error) == 0 &&
				    formats[i] == PLIST_FORMAT_BINARY)
					plist_from_bin(bytes, size, &tree);
				plist_free(tree);
			}
			bytes[place] = right;
		}
		free(bytes);
	}
}

/* Return start, part count times, then the end. */
static char *
repeated(const char *start, const char *part, size_t count, const char *end_part, size_t more,
    const char *finish)
{
	char *text = malloc(strlen(start) + strlen(part) * count + strlen(end_part) * more +
	    strlen(finish) + 1), *at = text;

	assert_non_null(text);
	at += sprintf(at, "%s", start);
	for (size_t i = 0; i < count; i++) {
		memcpy(at, part, strlen(part));
		at += strlen(part);
	}
	for (size_t i = 0; i < more; i++) {
		memcpy(at, end_part, strlen(end_part));
		at += strlen(end_part);
	}
	sprintf(at, "%s", finish);
	return text;
}

static void
deep_xml_is_refused(void **state)
{
	static const struct {
		const char	*open, *close;
	} tags[] = {
		{ "<array>", "</array>" }, { "<dict><key>a</key>", "</dict>" },
		  { "<array >", "</array\n>" },
		{ "<array x=\"/\">", "</array>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
		for (size_t depth = PLIST_DEPTH_MAX; depth <= PLIST_DEPTH_MAX + 1; depth++) {
			char *text = repeated(START, tags[i].open, depth, tags[i].close, depth,
			    "</plist>\n");

			if (depth == PLIST_DEPTH_MAX)
				text_passes(text);
			else
				text_fails(text, "64 levels");
			free(text);
		}
	for (size_t i = 0; i < 2; i++) {
		char *text = repeated("", i == 0 ? "<array>" : "<plist>", 1000000, "", 0, "");

		text_fails(text, "64 levels");
		free(text);
	}
}

static void
xml_has_exactly_as_many_values_as_are_allowed(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		char *text = repeated(START "<array>", more == 0 ? "<true/>" : "<string>a</string>",
		    PLIST_NODES_MAX - 1 + more, "", 0, "</array></plist>");

		if (more == 0)
			text_passes(text);
		else
			text_fails(text, "100000 values");
		free(text);
	}
}

/* Keys with one hash in libplist's table of a dictionary: 49,000 of them took it 21 s. */
static void
a_dictionary_has_exactly_as_many_keys_as_are_allowed(void **state)
{
	struct making making;

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		char *text = repeated(START "<array><dict>", "<key>a</key><true/>",
		    PLIST_KEYS_MAX + more, "", 0,
		    "</dict><dict><key>a</key><true/></dict></array></plist>");

		making = make(300000, 2);
		put_object(&making, 0xd, PLIST_KEYS_MAX + more);
		put_references(&making, 1, 2 * (PLIST_KEYS_MAX + more));
		put_object(&making, 0x5, 1);
		put(&making, "a", 1);
		if (more == 0) {
			text_passes(text);
			made_passes(&making);
		} else {
			text_fails(text, "2000 keys in one dictionary");
			made_fails(&making, "2000 keys in one dictionary");
		}
		free(text);
	}
}

/* libplist moves the rest of a text for each entity in it: 2.5 million of them took it a minute. */
static void
texts_full_of_entities_are_refused(void **state)
{
	static const struct {
		size_t	entities, bytes;	/* bytes: plain ones after them */
		bool	good;
	} texts[] = {
		{ 5000, 0, true }, { 60000, 0, true }, { 70000, 0, false }, { 2500000, 0, false },
		{ 800, 10000000, true }, { 900, 10000000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char *text = repeated(START "<string>", "&lt;", texts[i].entities, "x",
		    texts[i].bytes, "</string></plist>");

		if (texts[i].good)
			text_passes(text);
		else
			text_fails(text, "too many entities");
		free(text);
	}
	/* Many texts, of which the sum is limited; an ampersand that is not an entity is free. */
	for (size_t i = 0; i < 2; i++) {
		char *text = repeated(START "<array>", i == 0 ?
		    "<string>a &amp;&amp; b &lt; c</string>" :
		    "<string><![CDATA[&&&&&&&&]]></string>", 90000, "", 0, "</array></plist>");

		text_passes(text);
		free(text);
	}
}

static void
a_list_of_more_than_10_mb_is_refused(void **state)
{
	char *text = repeated(START "<string>", "x",
	    SIZE_MOST - strlen(START "<string></string></plist>"), "", 0, "</string></plist> ");

	(void)state;
	assert_int_equal(strlen(text), SIZE_MOST + 1);
	passes(text, SIZE_MOST);
	fails(text, SIZE_MOST + 1, "bytes");
	free(text);
}

static void
comments_and_cdata_are_not_tags(void **state)
{
	(void)state;
	text_passes(START "<!-- <array><array> --><dict/><!----><!-- -- --></plist>");
	text_passes(START "<string><![CDATA[<array>]]]]></string></plist>");
	text_passes("<?xml version='1.0'?><?x a='>'?><plist><true/></plist>");
	text_passes("<!-- a --><!-- b --><plist><string>a > b</string></plist>\n<!-- end -->");
	text_fails(START "<!-- <dict/></plist>", "comment");
	text_fails(START "<!--> <dict/></plist>", "comment");
	text_fails(START "<string><![CDATA[</string></plist>", "comment");
	text_fails("<?xml version=\"1.0\"><plist></plist>", "comment");
	text_fails("<?xml \"?>\" ?><plist></plist>", "comment");
	text_fails("<?><plist><true/></plist>?>", "comment");
}

static void
declarations_in_the_doctype_are_refused(void **state)
{
	(void)state;
	text_passes("<!DOCTYPE plist><plist><true/></plist>");
	text_passes("<!DOCTYPE plist SYSTEM "
	    "\"file://localhost/System/Library/DTDs/a.dtd\"><plist><true/></plist>");
	text_fails("<!DOCTYPE plist [ <!ENTITY a \"b\"> ]><plist></plist>", "DOCTYPE");
	text_fails("<!DOCTYPE plist [", "DOCTYPE");
	text_fails("<!DOCTYPE plist PUBLIC \"a>b\"><plist></plist>", "DOCTYPE");
	text_fails("<!DOCTYPE plist", "DOCTYPE");
	text_fails("<!DOCTYPE", "DOCTYPE");
	text_fails("<!DOCTYPE plist><!ENTITY a \"b\"><plist></plist>", "entities");
	text_fails("<!ELEMENT a><plist></plist>", "declaration");
	text_fails("<!", "declaration");
}

static void
tags_that_readers_could_see_differently_are_refused(void **state)
{
	static const char *const damaged[] = {
		"<",
		"<>",
		"< ",
		"<plist",
		"<plist><dict",
		"<plist a=\"><dict/></plist>",
		"</plist>",
		"<plist><dict>",
		"<//>",
		"<plist><dict <array></array></dict></plist>",
		"<plist></dict></plist>",
		"<plist><dict></array></plist>",
		"<plist><dict/></plist></plist>",
		"<plist></dict/></plist>",
		"<plist><dict></dict/></plist>",
		"<plist><array></plist></array>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		struct error error;

		if (check(damaged[i], strlen(damaged[i]), &error) == 0)
			fail_msg("%s passes", damaged[i]);
	}
	fails("<plist><array\0x></plist>", 25, "zero byte");
	text_passes("<plist><dict/><array /><plistx><dictionary></plistx></plist>");
}

/* libplist aborts at a key with a zero character: it is longer than its string. */
static void
a_text_with_a_zero_character_is_refused(void **state)
{
	static const struct { unsigned type; const char *bytes; size_t size; bool bad; } texts[] = {
		{ 0x5, "a\0b", 3, true }, { 0x5, "ab\0", 3, true }, { 0x5, "abc", 3, false },
		{ 0x6, "\0a\0\0\0b", 6, true }, { 0x6, "\1\0\0\1", 4, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct making making = make(200, 1);

		put_object(&making, 0xd, 1);
		put_number(&making, 1, 1);
		put_number(&making, 2, 1);
		put_object(&making, texts[i].type, texts[i].type == 0x6 ? texts[i].size / 2 :
		    texts[i].size);
		put(&making, texts[i].bytes, texts[i].size);
		put_object(&making, 0x0, 9);
		if (texts[i].bad)
			made_fails(&making, "zero character");
		else
			made_passes(&making);
	}
}

static void
other_formats_are_refused_by_name(void **state)
{
	(void)state;
	text_fails("", "empty");
	text_fails(" \n\t", "empty");
	text_fails("hello", "neither XML nor binary");
	text_fails("bplist0", "bplist00");
	text_fails("bplist15", "bplist00");
	text_fails("bplist00", "truncated");
	text_fails("{\"Label\": \"com.example.job\"}", "JSON");
	text_fails("{ \"La\\\"bel\" : 1}", "JSON");
	text_fails("\n[1, 2]", "JSON");
	text_fails("{}", "JSON");
	text_fails("{\"Label\" = \"com.example.job\";}", "old ASCII");
	text_fails("{ Label = a; }", "old ASCII");
	text_fails("{", "old ASCII");
	text_fails("{\"", "old ASCII");
	text_fails("{\"\\", "old ASCII");
	text_fails("// !$*UTF8*$!\n{ a = b; }", "old ASCII");
	text_fails("/* a */ ( a, b )", "old ASCII");
	text_fails("(a)", "old ASCII");
	fails("\xfe\xff\0<\0p", 6, "UTF-16");
	fails("\xff\xfe<\0p\0", 6, "UTF-16");
	fails("<\0p\0l\0", 6, "UTF-16");
	fails("\0<\0p\0l", 6, "UTF-16");
	fails("\0", 1, "neither");
}

static void
a_byte_order_mark_and_blanks_may_stand_before_xml(void **state)
{
	(void)state;
	text_passes("\xef\xbb\xbf<plist><true/></plist>");
	text_passes("\xef\xbb\xbf \r\n\t<plist><true/></plist>");
	text_passes("\n\n<plist><true/></plist>");
	text_fails("\xef\xbb<plist><true/></plist>", "neither");
	text_fails(" bplist00", "bplist");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_references_are_counted_each_time_they_are_used),
		cmocka_unit_test(a_binary_list_has_exactly_as_many_values_as_are_allowed),
		cmocka_unit_test(a_text_that_is_used_many_times_counts_each_time),
		cmocka_unit_test(a_binary_list_is_at_most_64_levels_deep),
		cmocka_unit_test(a_part_that_is_used_again_further_down_counts_its_depth_again),
		cmocka_unit_test(an_object_that_contains_itself_is_refused),
		cmocka_unit_test(many_objects_in_one_place_cost_no_time),
		cmocka_unit_test(what_points_outside_a_binary_list_is_refused),
		cmocka_unit_test(a_trailer_that_cannot_be_is_refused),
		cmocka_unit_test(an_object_of_an_unknown_type_or_size_is_refused),
		cmocka_unit_test(what_libplist_writes_passes_and_its_format_is_named),
		cmocka_unit_test(a_list_truncated_anywhere_is_refused),
		cmocka_unit_test(no_changed_byte_does_harm),
		cmocka_unit_test(deep_xml_is_refused),
		cmocka_unit_test(xml_has_exactly_as_many_values_as_are_allowed),
		cmocka_unit_test(a_dictionary_has_exactly_as_many_keys_as_are_allowed),
		cmocka_unit_test(texts_full_of_entities_are_refused),
		cmocka_unit_test(a_list_of_more_than_10_mb_is_refused),
		cmocka_unit_test(comments_and_cdata_are_not_tags),
		cmocka_unit_test(declarations_in_the_doctype_are_refused),
		cmocka_unit_test(tags_that_readers_could_see_differently_are_refused),
		cmocka_unit_test(a_text_with_a_zero_character_is_refused),
		cmocka_unit_test(other_formats_are_refused_by_name),
		cmocka_unit_test(a_byte_order_mark_and_blanks_may_stand_before_xml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
