/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check --repair: mends what was found, where that is possible.
 *
 * Theory of operation. Nothing that is right is touched, nothing is lost that cannot be had again, and no step
 * relies on an earlier one:
 *
 *  1. A damaged index.json, oci-layout or record.json stays as NAME.damaged-TIME. A new index.json has the
 *     entries of the old one that are valid, and when there are none what cache/refs/ and the bundles know.
 *     Images that nothing knows a name of stay in it without one, so that no collector deletes them.
 *  2. Damaged blobs and lists of chain IDs are removed. A blob that has changed since it was found, that the disk
 *     cannot read and no registry has, or that is as its digest says (so that the document which names it is
 *     wrong), is left alone.
 *  3. ctnr-fetch is run for each name that needs a blob and has a source, without any lock. It fetches by
 *     digest, so that the name stands for the same image as before.
 *  4. A damaged layer is moved into the trash. When bundles need it, these are looked at afterwards: one whose
 *     container runs has it mounted, and then the layer is put back, as is one that cannot be unpacked again.
 *     A bundle that is started in between finds no layer, and says so (bundle_stack_check()).
 *
 * A kill in between leaves damage of the same kind, and a second repair goes on. A name, a volume or an upper/
 * is never removed. What became of each finding is told by the look afterwards (findings_settle()).
 */
#ifndef CTNR_STORE_CHECK_REPAIR_H
#define CTNR_STORE_CHECK_REPAIR_H

#include "check/finding.h"
#include "check/look.h"

#include <stdint.h>

struct repair {
	const struct scope *scope; /* borrowed, of the store */
	struct findings
		*findings; /* borrowed: what look has found; those of the repair are added */
	int64_t began; /* nanoseconds since 1970: what has changed since then is left alone */
};

/* Mend what is damaged among the findings. Failures are noted as reasons. */
void repair_all(struct repair *repair);

/* The steps. repair_index() returns true when index.json was written anew: then more may be found. */
bool repair_index(struct repair *repair);
void repair_blobs(struct repair *repair);
void repair_names(struct repair *repair);
void repair_layers(struct repair *repair);
void repair_records(struct repair *repair);

/* Say why a finding may stay; the first reason counts, and counts only when it does. */
void repair_explain(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Nothing was done about a finding, which stays whatever the next look says: say why. */
void repair_refuse(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Give a file of ours back what its mode keeps from us. Was it one? What is in it is looked at again then. */
bool repair_open_up(int dirfd, const char *path);

/* Does a failure to read a file say that the file is damaged? Other failures pass, or are somebody else's to
 * mend: what is in the file is not known. A disk that fails counts as damage, because it fails again. */
bool repair_may_replace(const struct error *failure);

/* Let dirfd/path have the second name PATH.damaged-TIME, so that it can be replaced. One that is not there
 * needs none. */
int repair_set_aside(int dirfd, const char *path, struct error *err);
#define REPAIR_ASIDE_SUFFIX ".damaged-"

#endif
