/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector: deletes blobs and unpacked layers that nothing needs, beside writers that take no lock.
 *
 *	autosweep struct sweep sweep;
 *
 *	sweep_init(&sweep, &scope);
 *	if (sweep_run(&sweep, err) < 0) ...
 *	for (size_t i = 0; i < sweep.n_objects; i++) ... what is gone
 *
 * Theory of operation. The steps, and what each of them may rely on:
 *
 *  1. sweep_find(): leases, names and bundles are read (collect/roots.h). Blobs and layers that nothing
 *     reaches are found. What a killed collector has left aside is found too.
 *  2. sweep_move(): each is renamed to NAME.aside, in its own folder. That needs no room on a full disk.
 *  3. sweep_look_again(): leases, then names, then bundles are read again. What got a root meanwhile is
 *     renamed back.
 *  4. sweep_delete(): documents first, no document before one that names it; then the rest. A document that
 *     is not aside any more was taken back by somebody who missed it: it stays, with all that it reaches.
 *
 * A writer leases a blob, looks whether the blob is there, and writes the name last (oci/lease.h). When the
 * lease was written before 3 read the leases, the collector sees it there, or the name. When the lease was
 * written later, the writer looks after 2: it finds the blob aside and takes it back, which 4 notices, or
 * finds no blob and makes it. Who takes a document back looks for what the document names only when 4 has
 * not begun with these, because documents go first.
 *
 * A layer is linked by a bundle first and looked for afterwards (bundle_stack_check()), in the same way.
 *
 * A collector that is killed leaves objects aside. Nothing is lost: who misses one takes it back, and the
 * next collector begins with them. Two collectors at once do each other's work.
 *
 * Other programs take no leases. What they have written lately is spared by its time (scope.cutoff).
 */
#ifndef CTNR_STORE_COLLECT_SWEEP_H
#define CTNR_STORE_COLLECT_SWEEP_H

#include "collect/roots.h"

#include <stdint.h>

#define SWEEP_GRACE 3600 /* seconds: what is younger is spared, unless somebody says otherwise */

struct sweep_scope {
	struct roots_scope roots;
	int64_t cutoff; /* nanoseconds since 1970: what has changed since then is spared */
	const json_t *digests; /* a set of blobs: no others are deleted; NULL: all may be */
	const json_t *chain_ids; /* the same of layers, beside digests */
	const char *idmap; /* layers of other ID mappings cannot be deleted (store/layer.h) */
};

enum sweep_kind {
	SWEEP_DOCUMENT, /* a manifest or index */
	SWEEP_BLOB, /* any other blob */
	SWEEP_LAYER,
	SWEEP_KIND_MAX,
};

enum sweep_fate {
	SWEEP_FOUND, /* nothing needs it */
	SWEEP_ASIDE, /* it was moved */
	SWEEP_KEPT, /* it got a root, or changed, or could not be moved */
	SWEEP_DELETED,
};

struct sweep_object {
	enum sweep_kind kind;
	enum sweep_fate fate;
	char *path; /* in the layout or the store */
	char *name; /* the digest of a blob, the chain ID of a layer */
	uint64_t bytes; /* of a blob: that come back when it is deleted, as its blocks count */
};

struct sweep {
	const struct sweep_scope *scope; /* borrowed */
	struct sweep_object *objects; /* in the order of deletion */
	size_t n_objects;
};

void sweep_init(struct sweep *sweep, const struct sweep_scope *scope);
void sweep_release(struct sweep *sweep); /* NULL is allowed */
#define autosweep autocleanup(sweep_release)

/* Find what may go, and do nothing: the first step. */
int sweep_find(struct sweep *sweep, struct error *err);

/* Is there a layer among what was found? Then the files of mapped IDs are deleted in the user namespace
 * that owns them, which the caller enters before the next step. */
bool sweep_has_layers(const struct sweep *sweep);

/* The other steps. Each goes on after a failure of one object, and returns -1 then; what an object has
 * become says its fate. When the roots cannot be read again, everything is put back. */
int sweep_move(struct sweep *sweep, struct error *err);
int sweep_look_again(struct sweep *sweep, struct error *err);
int sweep_delete(struct sweep *sweep, struct error *err);

/* All steps behind sweep_find(). */
int sweep_run(struct sweep *sweep, struct error *err);

#endif
