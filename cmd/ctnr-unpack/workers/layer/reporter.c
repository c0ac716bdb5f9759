/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/reporter.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "system/fd.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

_Static_assert(sizeof(struct layer_report) <= PIPE_BUF, "a report is written whole");

static void send_report(const struct layer_report *report)
{
	(void)!write(STDOUT_FILENO, report, sizeof(*report));
}

void report_warning(const char *format, ...)
{
	struct layer_report report = { .kind = LAYER_REPORT_WARNING };
	va_list args;

	va_start(args, format);
	vsnprintf(report.error.message, sizeof(report.error.message), format, args);
	va_end(args);
	send_report(&report);
}

void report_error(const struct error *error)
{
	const struct layer_report report = { .kind = LAYER_REPORT_ERROR, .error = *error };

	send_report(&report);
}

void report_start(const char *digest, uint64_t size)
{
	struct layer_report report = { .kind = LAYER_REPORT_START, .value = size };

	snprintf(report.error.message, sizeof(report.error.message), "%s", digest);
	send_report(&report);
}

void report_progress(uint64_t bytes)
{
	const struct layer_report report = { .kind = LAYER_REPORT_PROGRESS, .value = bytes };

	send_report(&report);
}

void report_done(void)
{
	const struct layer_report report = { .kind = LAYER_REPORT_DONE };

	send_report(&report);
}
