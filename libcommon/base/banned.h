/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that do not compile in this project, included by the compiler's command line before
 * everything else. Each has a bounded, checked or cloexec counterpart in libcommon.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Macros where the C library checks their buffers for clang. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strncat strtok sprintf vsprintf atoi atol atoll system \
	dup gets
#pragma GCC poison tmpnam tempnam mktemp

#endif
