/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the last container of a bundle ended: BUNDLE/status.json,
 *
 *	{"exitCode":7,"finished":"2026-11-26T01:02:03Z"}
 *
 * Written by the caller of a run that keeps its bundle, removed when the next run begins. Without the
 * file nothing is known: the container never ran, runs now, or its caller was killed. Whether one runs
 * is for bundle_lock.h to tell.
 */
#ifndef STORE_BUNDLE_STATUS_H
#define STORE_BUNDLE_STATUS_H

#include "base/error.h"
#include "store/bundle.h"

#include <stdbool.h>
#include <stdint.h>

struct bundle_status {
	int exit_code; /* 0 to 255; 128+N after signal N */
	int64_t finished; /* seconds since 1970, UTC */
};

/* Write that the container has ended now. Not synced, because the end of a container waits for nothing:
 * after a loss of power the file may be empty, which says that nothing is known, or the one before. */
int bundle_status_write(const struct bundle *bundle, int exit_code, struct error *err);

/* false: not known. */
bool bundle_status_read(const struct bundle *bundle, struct bundle_status *ret);

/* A container is about to run: what is known of the last one is over. */
void bundle_status_clear(const struct bundle *bundle);

#endif
