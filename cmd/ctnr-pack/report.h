/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the reader of changes tells the tool: values of fixed size, each written whole (smaller than PIPE_BUF). It
 * reads what a container wrote, so the tool takes no more from it than text to show, and a number.
 */
#ifndef CTNR_PACK_REPORT_H
#define CTNR_PACK_REPORT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define REPORT_WARNINGS_MAX 100 /* warnings that are told; of more the number is */

enum report_kind {
	REPORT_WARNING, /* error.message */
	REPORT_ERROR, /* error; the reader ends */
	REPORT_TORN, /* the same, because a file changed: trying again may help */
	REPORT_DONE, /* the archive is complete, and has that many entries */
};

struct report {
	int32_t kind; /* an enum report_kind */
	uint64_t n_entries;
	struct error error;
};

/* Where reports go. */
struct reporter {
	int fd; /* borrowed */
	uint64_t n_warnings;
};

/* Reports that cannot be sent are lost: the tool is gone then. */
void report_warning(struct reporter *reporter, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void report_error(struct reporter *reporter, const struct error *error, bool is_torn);
/* Also tells how many warnings were left out. */
void report_done(struct reporter *reporter, uint64_t n_entries);

#endif
