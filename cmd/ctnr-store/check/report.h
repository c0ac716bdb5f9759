/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What check prints. People at a terminal read a line for each damage, a line for each kind of leftover, and
 * the sum:
 *
 *	blob sha256:...: is not there; needed by docker.io/library/debian:12; 'ctnr check --repair' fetches it again
 *	left over: 3, 34.5 MiB: a blob that nothing needs
 *	12 images, 3 bundles, 40 layers, 90 blobs, 1 volume checked: 1 damaged
 *
 * Programs get an object for each finding, and last one with the numbers as the member "checked".
 */
#ifndef CTNR_STORE_CHECK_REPORT_H
#define CTNR_STORE_CHECK_REPORT_H

#include "check/finding.h"
#include "check/look.h"
#include "opts.h"

struct report {
	enum list_form form; /* LIST_TABLE: for people */
	struct look_counts counts;
	size_t n_damaged; /* what was mended too */
	size_t n_mended;
	size_t n_leftovers;
};

/* Print findings, and count them. */
int report_findings(struct report *report, const struct findings *findings, struct error *err);

/* Add what was looked at. */
void report_count(struct report *report, const struct look_counts *counts);

/* Print the sum. */
int report_sum(const struct report *report, struct error *err);

#endif
