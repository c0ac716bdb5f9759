/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cleanup by attribute: a variable gives back what it owns when it leaves its scope.
 *
 *	autofree char *copy = xstrdup(name);
 *	...
 *	return steal(&copy);
 *
 * Every other type defines its own attribute beside its own _release or _free (autoclose in
 * system/fd.h, autojson in format/json.h).
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdlib.h>

#define autocleanup(function) __attribute__((cleanup(function)))

static inline void cleanup_free(void *variable)
{
	free(*(void **)variable);
}

/* A pointer freed with free() at the end of its scope. */
#define autofree autocleanup(cleanup_free)

/* Take the value out of a cleanup variable: it holds NULL afterwards. */
#define steal(variable) \
	__extension__({ \
		__typeof__(variable) variable_ = (variable); \
		__typeof__(*variable_) stolen_ = *variable_; \
		*variable_ = NULL; \
		stolen_; \
	})

#define array_size(array) (sizeof(array) / sizeof((array)[0]))

#endif
