/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include "system/fd.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

_Static_assert(sizeof(struct report) <= PIPE_BUF, "a report is written whole");

static void send_report(const struct reporter *reporter, const struct report *report)
{
	(void)fd_write_all(reporter->fd, report, sizeof(*report));
}

void report_warning(struct reporter *reporter, const char *format, ...)
{
	struct report report = { .kind = REPORT_WARNING };
	va_list args;

	if (reporter->n_warnings++ >= REPORT_WARNINGS_MAX)
		return;
	va_start(args, format);
	vsnprintf(report.error.message, sizeof(report.error.message), format, args);
	va_end(args);
	send_report(reporter, &report);
}

void report_error(struct reporter *reporter, const struct error *error, bool is_torn)
{
	const struct report report = { .kind = is_torn ? REPORT_TORN : REPORT_ERROR,
				       .error = *error };

	send_report(reporter, &report);
}

void report_done(struct reporter *reporter, uint64_t n_entries)
{
	const struct report done = { .kind = REPORT_DONE, .n_entries = n_entries };
	struct report more = { .kind = REPORT_WARNING };

	if (reporter->n_warnings > REPORT_WARNINGS_MAX) {
		snprintf(more.error.message, sizeof(more.error.message),
			 "%" PRIu64 " more warnings of this kind are not shown",
			 reporter->n_warnings - REPORT_WARNINGS_MAX);
		send_report(reporter, &more);
	}
	send_report(reporter, &done);
}
