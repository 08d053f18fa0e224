/* Property lists with libplist 2.2 to 2.7, checked before they are read, serialized to memory. */
#include <stdlib.h>
#include <string.h>

#include <plist/plist.h>

#include "core/plist/plist.h"

/* libplist's functions take non-const nodes even if they only read. */
static plist_t
plist_to_node(const struct plist *plist)
{
	union { const struct plist *ours; plist_t theirs; } both = { plist };

	return both.theirs;
}

static bool
plist_has_type(const struct plist *plist, plist_type type)
{
	return plist != NULL && plist_get_node_type(plist_to_node(plist)) == type;
}

struct plist *
plist_parse_indexed(struct bytes bytes, enum plist_format *format, struct xml_index *index,
    struct error *error)
{
	plist_t tree = NULL;		/* stays unset if libplist fails */

	if (plist_limits_check(bytes, format, index, error) == -1)
		return NULL;
	if (*format == PLIST_FORMAT_BINARY)
		plist_from_bin((const char *)bytes.data, (uint32_t)bytes.size, &tree);
	else
		plist_from_xml((const char *)bytes.data, (uint32_t)bytes.size, &tree);
	if (tree == NULL)
		error_set(error, ERROR_DATA, "it is damaged",
		    "to see what is wrong: plutil -lint FILE",
		    "cannot read the property list");
	return tree;
}

struct plist *
plist_parse(struct bytes bytes, struct error *error)
{
	enum plist_format format;

	return plist_parse_indexed(bytes, &format, NULL, error);
}

void
plist_release(struct plist *plist)
{
	if (plist != NULL)
		plist_free(plist);
}

void
plist_file_free(struct plist_file *file)
{
	plist_release(file->tree);
	bytes_free(&file->bytes);
	file->tree = NULL;
}

struct plist *
plist_duplicate(const struct plist *plist)
{
	return plist_copy(plist_to_node(plist));
}

char *
plist_serialize(const struct plist *plist, size_t *size)
{
	char *text = NULL;
	uint32_t length = 0;

	plist_to_xml(plist_to_node(plist), &text, &length);
	*size = text == NULL ? 0 : length;
	return text;
}

const struct plist *
plist_member(const struct plist *dictionary, const char *key)
{
	return plist_has_type(dictionary, PLIST_DICT) ?
	    plist_dict_get_item(plist_to_node(dictionary), key) : NULL;
}

size_t
plist_count(const struct plist *array)
{
	return plist_has_type(array, PLIST_ARRAY) ? plist_array_get_size(plist_to_node(array)) : 0;
}

const struct plist *
plist_item(const struct plist *array, size_t index)
{
	return index < plist_count(array) ?
	    plist_array_get_item(plist_to_node(array), (uint32_t)index) : NULL;
}

bool
plist_is_dictionary(const struct plist *plist)
{
	return plist_has_type(plist, PLIST_DICT);
}

const char *
plist_kind(const struct plist *plist)
{
	static const char *const words[] = {
		[PLIST_BOOLEAN] = "boolean", [PLIST_UINT] = "integer", [PLIST_REAL] = "real",
		[PLIST_STRING] = "string", [PLIST_ARRAY] = "array", [PLIST_DICT] = "dict",
		[PLIST_DATE] = "date", [PLIST_DATA] = "data", [PLIST_UID] = "uid",
	};
	int type = (int)plist_get_node_type(plist_to_node(plist));

	/* The rest is PLIST_NULL, which exists from 2.3 on. */
	return type >= 0 && type < (int)(sizeof words / sizeof words[0]) && words[type] != NULL ?
	    words[type] : "null";
}

static void
plist_visit_items(const struct plist *array,
    void (*visit)(void *, const char *, const struct plist *), void *context)
{
	plist_array_iter iterator = NULL;
	plist_t value = NULL;

	plist_array_new_iter(plist_to_node(array), &iterator);
	for (;;) {
		plist_array_next_item(plist_to_node(array), iterator, &value);
		if (value == NULL)
			break;
		visit(context, NULL, value);
	}
	free(iterator);
}

void
plist_visit(const struct plist *dictionary,
    void (*visit)(void *, const char *, const struct plist *), void *context)
{
	plist_dict_iter iterator = NULL;
	plist_t value = NULL;
	char *key = NULL;

	if (!plist_has_type(dictionary, PLIST_DICT))
		return;
	plist_dict_new_iter(plist_to_node(dictionary), &iterator);
	for (;;) {
		plist_dict_next_item(plist_to_node(dictionary), iterator, &key, &value);
		if (value == NULL)
			break;
		visit(context, key, value);
		free(key);
	}
	free(iterator);
}

void
plist_visit_all(const struct plist *value,
    void (*visit)(void *, const char *, const struct plist *), void *context)
{
	plist_visit(value, visit, context);
	if (plist_has_type(value, PLIST_ARRAY))
		plist_visit_items(value, visit, context);
}

const char *
plist_text(const struct plist *plist)
{
	return plist_has_type(plist, PLIST_STRING) ?
	    plist_get_string_ptr(plist_to_node(plist), NULL) : NULL;
}

bool
plist_boolean(const struct plist *plist, bool *value)
{
	uint8_t byte = 0;

	if (!plist_has_type(plist, PLIST_BOOLEAN))
		return false;
	plist_get_bool_val(plist_to_node(plist), &byte);
	*value = byte != 0;
	return true;
}

bool
plist_is_true(const struct plist *dictionary, const char *key)
{
	bool value = false;

	plist_boolean(plist_member(dictionary, key), &value);
	return value;
}

bool
plist_integer(const struct plist *plist, int64_t *value)
{
	uint64_t bits = 0;

	/* 2.2.0 has no signed integers: -5 and 2^64-5 are the same bits, so read them as signed. */
	if (!plist_has_type(plist, PLIST_UINT))
		return false;
	plist_get_uint_val(plist_to_node(plist), &bits);
	memcpy(value, &bits, sizeof *value);
	return true;
}

bool
plist_real(const struct plist *plist, double *value)
{
	if (!plist_has_type(plist, PLIST_REAL))
		return false;
	plist_get_real_val(plist_to_node(plist), value);
	return true;
}

bool
plist_data(const struct plist *plist, struct bytes *bytes)
{
	uint64_t size = 0;

	if (!plist_has_type(plist, PLIST_DATA))
		return false;
	bytes->data = (const unsigned char *)plist_get_data_ptr(plist_to_node(plist), &size);
	bytes->size = (size_t)size;
	return true;
}

struct plist *
plist_new(void)
{
	return plist_new_dict();
}

struct plist *
plist_new_list(void)
{
	return plist_new_array();
}

struct plist *
plist_new_text(const char *text)
{
	return plist_new_string(text);
}

struct plist *
plist_new_boolean(bool value)
{
	return plist_new_bool(value);
}

/* From 2.3 on, which has PLIST_UINT as a macro, plist_new_uint() writes -5 as 2^64-5. */
struct plist *
plist_new_integer(int64_t value)
{
#ifdef PLIST_UINT
	return plist_new_int(value);
#else
	return plist_new_uint((uint64_t)value);
#endif
}

struct plist *
plist_new_number(double value)
{
	return plist_new_real(value);
}

struct plist *
plist_new_bytes(struct bytes bytes)
{
	return plist_new_data((const char *)bytes.data, bytes.size);
}

void
plist_add(struct plist *dictionary, const char *key, struct plist *value)
{
	plist_dict_set_item(dictionary, key, value);
}

void
plist_append(struct plist *array, struct plist *value)
{
	plist_array_append_item(array, value);
}

void
plist_add_text(struct plist *dictionary, const char *key, const char *text)
{
	plist_dict_set_item(dictionary, key, plist_new_string(text));
}

struct plist *
plist_member_to_change(struct plist *dictionary, const char *key)
{
	return plist_has_type(dictionary, PLIST_DICT) ? plist_dict_get_item(dictionary, key) : NULL;
}

struct plist *
plist_item_to_change(struct plist *array, size_t index)
{
	return index < plist_count(array) ? plist_array_get_item(array, (uint32_t)index) : NULL;
}

void
plist_remove(struct plist *dictionary, const char *key)
{
	if (plist_member(dictionary, key) != NULL)
		plist_dict_remove_item(dictionary, key);
}

void
plist_replace(struct plist *array, size_t index, struct plist *value)
{
	plist_array_set_item(array, value, (uint32_t)index);
}
