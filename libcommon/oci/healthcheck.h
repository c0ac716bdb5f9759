/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an image says whether its container is well: "Healthcheck" of an image's config, which Docker has beside
 * what the specification has.
 *
 *	{"Test":["CMD-SHELL","curl -f http://localhost/"],"Interval":30000000000,"Retries":3}
 *
 * Times are in nanoseconds. What is absent or 0 is left to whoever runs the container.
 */
#ifndef OCI_HEALTHCHECK_H
#define OCI_HEALTHCHECK_H

#include "base/error.h"
#include "format/json.h"

/* What the arguments of Dockerfile's HEALTHCHECK mean: [--interval=DURATION] [--timeout=DURATION]
 * [--start-period=DURATION] [--start-interval=DURATION] [--retries=N] CMD COMMAND, or NONE. New; NULL with
 * ERROR_USAGE. */
json_t *healthcheck_read(const char *arguments, struct error *err);

/* A duration as Go writes them: "1m30s", "1.5h", "500ms", or "0"; in nanoseconds. ERROR_USAGE. */
int healthcheck_parse_duration(const char *text, int64_t *ret, struct error *err);

#endif
