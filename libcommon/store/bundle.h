/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles (runtime-spec bundle.md) and the bundle record:
 *
 *	{"bundle":"/abs/bundle","id":"k3x9...","image":{...},"rootfs":{"path":"/abs/bundle/rootfs",
 *	 "driver":"overlay"},"stdin":true}
 *
 * An overlay bundle has lower/0..N, symlinks to layer directories (0 on top), upper/ and work/;
 * a copy bundle has none of them. That, and nothing that an image says, makes the difference.
 * "stdin" is written by ctnr-spec: does the container get the caller's standard input (-i)?
 *
 * record.json also says where the bundle was when it was written: a bundle that is in another place now was
 * moved with its store, and the layout in that store is the one in the present store.
 *
 * Container ID = name of the bundle directory = [A-Za-z0-9][A-Za-z0-9_.-]{0,127}. mkdir decides who
 * won. A bundle elsewhere (-b with a slash) is registered by a symlink in bundles/. With a store
 * that cannot be written to, bundles are in the state directory (store_for_writing()).
 *
 * bundle_lock.h tells whether a container runs from it, ephemeral.h which bundles are for one run.
 */
#ifndef STORE_BUNDLE_H
#define STORE_BUNDLE_H

#include "store/image.h"
#include "store/store.h"
#include "system/fd.h"

#include <stdbool.h>
#include <sys/types.h>

#define BUNDLE_RECORD_FILE "record.json" /* in its directory: what it is made of */
#define BUNDLE_ROOTFS_PART \
	"rootfs.part" /* a copy in the making; the bundle's directory is locked (flock) */
#define BUNDLE_ID_MAX 128 /* characters, without NUL */

enum bundle_driver {
	BUNDLE_AUTO,
	BUNDLE_OVERLAY,
	BUNDLE_COPY,
	BUNDLE_DRIVER_MAX,
};
extern const char *const bundle_driver_names[]; /* "auto", "overlay", "copy", NULL */

enum bundle_stdin {
	BUNDLE_STDIN_UNSTATED,
	BUNDLE_STDIN_CLOSED,
	BUNDLE_STDIN_OPEN,
};

struct bundle {
	char *path; /* absolute */
	char *id;
	struct image image; /* layout NULL: not known */
	enum bundle_driver driver;
	enum bundle_stdin stdin_mode;
	int dirfd; /* -EBADF until opened */
};

#define BUNDLE_INIT \
	{ \
		.dirfd = -EBADF \
	}

void bundle_release(struct bundle *bundle);
#define autobundle autocleanup(bundle_release)

/* What messages call it: "container" where a person typed a verb of ctnr, as in "ctnr rm", and "bundle"
 * in those of the tools and of "ctnr bundle". */
const char *bundle_word(void);

/* Is it of the grammar above? */
bool bundle_id_is_valid(const char *id);

/* Where a bundle called name is or would be: a name within the store's bundles/ (or the run
 * directory's when the store is read-only), a word with a slash as a path. New string. */
char *bundle_path(const struct store *store, const char *name, struct error *err);

/* Is the bundle in bundles/ of that store itself, not by a link? Both can be moved together then. */
bool bundle_is_inside(const struct bundle *bundle, const struct store *store);

/* The same place as an absolute path, seen from the bundle's directory, where both can be moved together: what
 * is in the bundle ("etc/hosts"), and a volume of the store that the bundle is in ("../../volumes/data").
 * Otherwise path as it is. New. */
char *bundle_relative_path(const struct bundle *bundle, const char *path);

/* Can a bundle be made there: is the name (or path) valid, and nothing called so? Nothing is claimed. */
int bundle_check_free(const struct store *store, const char *name, struct error *err);

/* word is an ID in the store, a path (with a slash, or "."), a bundle record that begins with '{',
 * or "-" for a record on stdin; store may be NULL: then there are no IDs. Opens the directory, reads
 * record.json where there is one; what a given record says wins. ERROR_NOT_FOUND. */
int bundle_open(const struct store *store, const char *word, struct bundle *ret, struct error *err);

/* As bundle_open(), but a record.json that cannot be read is as good as absent: for listing and
 * removing. */
int bundle_open_damaged(const struct store *store, const char *word, struct bundle *ret,
			struct error *err);

json_t *bundle_to_json(const struct bundle *bundle); /* the record, new */

/* Write record.json in the bundle. An overlay bundle is complete then: a layer in lower/ that
 * somebody removed before the link to it was there is ERROR_TEMPORARY. (A command that
 * removes a layer looks for links after taking it away, and puts it back when there is one.)
 * Synced, or not synced where the bundle is for one run. */
int bundle_save(const struct bundle *bundle, enum file_sync sync, struct error *err);

/* Make a new bundle directory, 0700: name NULL: 12 random characters of [a-z0-9]. A name that is
 * taken is an error with a hint (--update, or ctnr rm). Sets path, id, dirfd. */
int bundle_create(const struct store *store, const char *name, struct bundle *ret,
		  struct error *err);

/* Is it a bundle of the store (NULL: of the state directory), there or registered there by its path?
 * Otherwise ERROR_FAILED. To be asked before anything is made or removed in a directory that is to be
 * a bundle's. */
int bundle_check_registered(const struct store *store, const struct bundle *bundle,
			    struct error *err);

/* Rename to trash/ and delete, with its registration and its owner's mark. The caller holds the
 * lock and is in the user namespace that owns the files. A directory that is no bundle of the store is
 * refused. Unless the bundle is for one run, the rename is synced before anything is deleted. */
int bundle_remove(const struct store *store, const struct bundle *bundle, struct error *err);

/* Call each for every bundle of the store, in the order of names. each returns < 0 to stop, and
 * then so does this. The image of a bundle whose record cannot be read is not known; a bundle that
 * vanishes meanwhile is left out. */
int bundle_each(const struct store *store,
		int (*each)(const struct bundle *bundle, void *data, struct error *err), void *data,
		struct error *err);

/* The same, for a caller that deletes what no bundle needs: -1 also, after all others, when there may be a
 * bundle that cannot be read now, because bundles/, its directory or its record cannot. A record that can be
 * read and is damaged hinders nothing, nor does a bundle elsewhere that is not there. */
int bundle_each_surely(const struct store *store,
		       int (*each)(const struct bundle *bundle, void *data, struct error *err),
		       void *data, struct error *err);

#endif
