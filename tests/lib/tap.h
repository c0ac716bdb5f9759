/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TAP for unit tests in C: one file tests/LEVEL-OR-TOOL/NAME.c is one program.
 *
 *	#include "tap.h"
 *	#include "format/digest.h"
 *
 *	int main(void)
 *	{
 *		ok(digest_parse(...) == 0, "a sha256 digest is accepted");
 *		is_str(got, "sha256:...", "... and printed as it came");
 *		return done_testing();
 *	}
 *
 * tests/libcommon/NAME.c links libcommon and LIBS_tests of the GNUmakefile. CTNR_TEST_DATA in the
 * environment is the folder tests/ for files that a test reads.
 */
#ifndef TESTS_LIB_TAP_H
#define TESTS_LIB_TAP_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count;
static int tap_failed;
static char tap_begun[256];

/* One test. A title "... goes on" is printed behind the one that it goes on from where it fails.
 * Returns condition. */
static inline bool tap_ok(bool condition, const char *title, const char *file, int line)
{
	bool goes_on = strncmp(title, "... ", 4) == 0;

	if (!goes_on)
		snprintf(tap_begun, sizeof(tap_begun), "%s", title);
	printf("%sok %d - %s%s%s\n", condition ? "" : "not ", ++tap_count,
	       goes_on && !condition ? tap_begun : "", goes_on && !condition ? " " : "", title);
	if (!condition) {
		tap_failed++;
		printf("# at %s:%d\n", file, line);
	}
	return condition;
}

/* Equal strings; both may be NULL. */
static inline bool tap_is_str(const char *got, const char *wanted, const char *title,
			      const char *file, int line)
{
	bool same = got && wanted ? strcmp(got, wanted) == 0 : got == wanted;

	if (!tap_ok(same, title, file, line)) {
		printf("# wanted: %s\n", wanted ? wanted : "NULL");
		printf("# got:    %s\n", got ? got : "NULL");
	}
	return same;
}

/* Equal integers. */
static inline bool tap_is_int(intmax_t got, intmax_t wanted, const char *title, const char *file,
			      int line)
{
	if (!tap_ok(got == wanted, title, file, line))
		printf("# wanted: %" PRIdMAX "\n# got:    %" PRIdMAX "\n", wanted, got);
	return got == wanted;
}

#define ok(condition, title) tap_ok((condition), (title), __FILE__, __LINE__)
#define is_str(got, wanted, title) tap_is_str((got), (wanted), (title), __FILE__, __LINE__)
#define is_int(got, wanted, title) tap_is_int((got), (wanted), (title), __FILE__, __LINE__)

/* Print the plan; returns main's status. */
static inline int done_testing(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
