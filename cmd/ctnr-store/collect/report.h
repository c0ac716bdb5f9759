/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a collection says that goes, or would go, a line each, and in the end the sum of the bytes that come
 * back. Programs get objects, people at a terminal lines, which say of what only would go "Would untag",
 * "Would delete" and "Would reclaim":
 *
 *	{"kind":"name","name":"docker.io/library/alpine:3.20","bytes":0}	Untagged: docker.io/...
 *	{"kind":"bundle","name":"k3x9...","bytes":12288}			Deleted: bundle k3x9... (12.0 KiB)
 *	{"kind":"blob","name":"sha256:...","bytes":4096}			Deleted: blob sha256:... (4.0 KiB)
 *	{"kind":"total","objects":3,"bytes":16384}				Total reclaimed space: 16.0 KiB
 *
 * Kinds are also manifest (a manifest or index), layer (an unpacked one, by its chain ID), leftover and cache
 * (by their paths in the store).
 */
#ifndef CTNR_STORE_COLLECT_REPORT_H
#define CTNR_STORE_COLLECT_REPORT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum report_kind {
	REPORT_NAME,
	REPORT_BUNDLE,
	REPORT_MANIFEST,
	REPORT_BLOB,
	REPORT_LAYER,
	REPORT_LEFTOVER,
	REPORT_CACHE,
	REPORT_KIND_MAX,
};

struct report {
	bool is_for_people;
	bool is_dry_run; /* nothing goes */
	uint64_t n_objects;
	uint64_t bytes;
};

int report_gone(struct report *report, enum report_kind kind, const char *name, uint64_t bytes,
		struct error *err);
int report_total(const struct report *report, struct error *err);

#endif
