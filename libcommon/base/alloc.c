/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROW_FROM 64 /* elements of an array that grows; a power of two */

static _Noreturn void out_of_memory(void)
{
	static const char text[] = "ctnr: error: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(1);
	_exit(1);
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *old, size_t count, size_t size)
{
	void *p = reallocarray(old, count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xgrow(void *array, size_t n, size_t size)
{
	if (n == 0)
		return xrealloc(array, GROW_FROM, size);
	if (n < GROW_FROM || (n & (n - 1)) != 0)
		return array;
	return xrealloc(array, 2 * n, size);
}

char *xstrdup(const char *text)
{
	return xmemdup(text, strlen(text) + 1);
}

char *xstrndup(const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	char *p = xmalloc(len + 1);

	memcpy(p, text, len);
	p[len] = '\0';
	return p;
}

void *xmemdup(const void *data, size_t size)
{
	void *p = xmalloc(size);

	if (size)
		memcpy(p, data, size);
	return p;
}

char *xvasprintf(const char *format, va_list args)
{
	char *p;

	if (vasprintf(&p, format, args) < 0)
		out_of_memory();
	return p;
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *p;

	va_start(args, format);
	p = xvasprintf(format, args);
	va_end(args);
	return p;
}
