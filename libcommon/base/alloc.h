/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that does not fail: out of memory ends the process with status 1 and one line on
 * stderr. Everything returned is new and freed with free().
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size); /* zeroed; count * size is checked */
void *xrealloc(void *old, size_t count, size_t size); /* count * size is checked */
/* Room for one more element in an array of n, which was made so far by this function alone: it doubles
 * whenever it is full. */
void *xgrow(void *array, size_t n, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t max);
void *xmemdup(const void *data, size_t size);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

#endif
