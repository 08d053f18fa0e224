/*
 * Write JSON to a stream. Keys come in the order of the calls; commas are added where they belong.
 * Bytes that are not UTF-8 become U+FFFD, so the output is always valid. Errors of the stream are
 * left to the caller, see ferror(3).
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE	*stream;
	bool	 comma;			/* the next value needs one before it */
};

/* key NULL: an item of an array, or the outermost value. */
void	json_open(struct json *, const char *key, char bracket);	/* '{' or '[' */
void	json_close(struct json *, char bracket);			/* '}' or ']' */
void	json_text(struct json *, const char *key, const char *);	/* NULL: null */
/* as json_text(), but an empty text is null, too */
void	json_some(struct json *, const char *key, const char *);
void	json_integer(struct json *, const char *key, int64_t);
/* three digits after the point */
void	json_real(struct json *, const char *key, double);
void	json_boolean(struct json *, const char *key, bool);
/* null unless the value is known */
void	json_number(struct json *, const char *key, bool known, int64_t);
void	json_flag(struct json *, const char *key, bool known, bool);
void	json_null(struct json *, const char *key);
/* members: keys and values in turn, then JSON_END; an empty or no value is null */
#define JSON_END	((const char *)NULL)
void	json_members(struct json *, ...) __attribute__((sentinel));
/* an object of such members */
void	json_texts(struct json *, const char *key, ...) __attribute__((sentinel));

#endif
