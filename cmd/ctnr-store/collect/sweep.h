/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector: deletes blobs and unpacked layers that nothing needs, beside writers that take no lock.
 *
 *	autosweep struct sweep sweep;
 *
 *	sweep_init(&sweep, &scope);
 *	if (sweep_look(&sweep, err) < 0 || sweep_run(&sweep, err) < 0) ...
 *	for (size_t i = 0; i < sweep.n_objects; i++) ... what is gone
 *
 * Theory of operation. The steps, and what each of them may rely on:
 *
 *  0. sweep_lock(): one collector at a time. Of two, one could delete what the other has moved aside after
 *     a writer took it back.
 *  1. Leases, names and bundles are read (collect/roots.h). sweep_find(): blobs and layers that nothing
 *     reaches are found. What a killed collector has left aside is found too.
 *  2. sweep_move(): each is renamed to NAME.aside, in its own folder. That needs no room on a full disk.
 *  3. Leases, then names, then bundles are read again. sweep_restore(): what got a root meanwhile is renamed
 *     back.
 *  4. sweep_delete_documents(): no document before one that names it. A document that is not aside any more
 *     was taken back by somebody who missed it: it stays, with all that it reaches.
 *  5. sweep_delete_rest().
 *
 * A writer leases a blob, looks whether the blob is there, and writes the name last (oci/lease.h). When the
 * lease was written before 3 read the leases, the collector sees it there, or the name. When the lease was
 * written later, the writer looks after 2: it finds the blob aside and takes it back, which 4 notices, or
 * finds no blob and makes it. Who takes a document back looks for what the document names, and that is still
 * there, because documents go first.
 *
 * A layer is linked by a bundle first and looked for afterwards (bundle_stack_check()), in the same way.
 *
 * A collector that is killed leaves objects aside. Nothing is lost: who misses one takes it back, and the
 * next collector begins with them.
 *
 * Other programs take no leases. What they have written lately is spared by its time (scope.cutoff).
 *
 * tests/ctnr-store/sweep.c runs these steps in every order with those of a writer.
 */
#ifndef CTNR_STORE_COLLECT_SWEEP_H
#define CTNR_STORE_COLLECT_SWEEP_H

#include "collect/roots.h"

#include <stdint.h>

#define SWEEP_GRACE 3600 /* seconds: what is younger is spared, unless somebody says otherwise */

struct sweep_scope {
	struct roots_scope roots;
	int64_t cutoff; /* nanoseconds since 1970: what has changed since then is spared, unless ... */
	const struct roots
		*released; /* ... these have reached it, which are no roots any more; or NULL */
	bool released_only; /* nothing else is deleted */
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
	SWEEP_ASIDE, /* it was moved, now or by a collector that was killed */
	SWEEP_STRAYED, /* the same, and it has a root */
	SWEEP_KEPT, /* it got a root, or changed, or could not be moved */
	SWEEP_DELETED,
};

struct sweep_object {
	enum sweep_kind kind;
	enum sweep_fate fate;
	char *path; /* in the layout or the store */
	char *name; /* the digest of a blob, the chain ID of a layer */
	uint64_t
		bytes; /* that come back when it is deleted, as its blocks count: of a blob, and of a layer
			 * after sweep_measure() */
	uint64_t derived_bytes; /* of a config: those of what the store knows of it */
};

struct sweep {
	const struct sweep_scope *scope; /* borrowed */
	struct sweep_object *objects; /* in the order of deletion */
	size_t n_objects;
};

void sweep_init(struct sweep *sweep, const struct sweep_scope *scope);
void sweep_release(struct sweep *sweep); /* NULL is allowed */
#define autosweep autocleanup(sweep_release)

/* Step 0: wait until no other collector is at work in the layout. Returns the descriptor that holds the lock;
 * -1 on failure. Who only looks needs none. */
int sweep_lock(const struct layout *layout, struct error *err);

/* Step 1: find what may go, and do nothing. -1 when a root cannot be read. */
int sweep_look(struct sweep *sweep, struct error *err);

/* Is there a layer among what was found? Then the files of mapped IDs are deleted in the user namespace
 * that owns them, which the caller enters before the next step. */
bool sweep_has_layers(const struct sweep *sweep);

/* Steps 2 to 5, where anything was found. Goes on after a failure of one object, and returns -1 then; what an
 * object has become says its fate. When the roots cannot be read again, everything is put back. */
int sweep_run(struct sweep *sweep, struct error *err);

/* The parts of these two: step 1 when the roots are read, and steps 2 to 5. roots NULL: all is put back. */
int sweep_find(struct sweep *sweep, const struct roots *roots, struct error *err);
int sweep_move(struct sweep *sweep, struct error *err);
void sweep_restore(struct sweep *sweep, const struct roots *roots);
int sweep_delete_documents(struct sweep *sweep, struct error *err);
int sweep_delete_rest(struct sweep *sweep, struct error *err);

#endif
