/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/report.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

_Static_assert(sizeof(struct report) <= PIPE_BUF, "a report is written whole");

void report_send(int fd, enum report_kind kind, size_t layer, uint64_t value, const char *path,
		 const char *text)
{
	struct report report = { .kind = kind, .layer = (uint32_t)layer, .value = value };

	snprintf(report.path, sizeof(report.path), "%s", path ? path : "");
	snprintf(report.text, sizeof(report.text), "%s", text ? text : "");
	(void)!write(fd, &report, sizeof(report));
}
