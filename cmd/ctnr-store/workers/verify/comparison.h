/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One unpacked layer while it is compared with its archive.
 *
 * What the archive states is compared, and nothing else: not the metadata of directories that it only
 * implies, not what the kernel or the host adds. How an entry should look on the disk is what the
 * unpacker (ctnr-unpack-layer) makes of it; names, owners, attributes and marks follow the same rules of
 * libcommon/layer.
 *
 * THEORY OF OPERATION. Each entry is looked up in the finished tree, over the finished layers below it
 * (layer/view.h): by descriptor, name by name, following nothing. That is where the unpacker put it, unless
 * a later entry moved something on the way; then the entry seems wrong, until the later one comes and sets
 * it right (difference.h). Sets of hashes say what the archive has stated so far (layer/path_set.h), so
 * memory is 8 to 48 bytes for an entry.
 *
 * object.h, deletion.h and content.h compare what an entry describes, archive.h goes through the
 * entries.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_COMPARISON_H
#define CTNR_STORE_WORKERS_VERIFY_COMPARISON_H

#include "workers/verify/difference.h"
#include "workers/verify/job.h"
#include "workers/verify/link_count.h"

#include "base/str.h"
#include "format/tar.h"
#include "layer/name.h"
#include "layer/owners_table.h"
#include "layer/path_set.h"
#include "layer/view.h"
#include "layer/xattr.h"
#include "system/identity.h"

/* Where the layer's objects have their owners. */
enum comparison_owner {
	COMPARISON_OWNER_ON_DISK,
	COMPARISON_OWNER_AS_DATA, /* one ID: everything is disk_uid's (layer/owner.h) */
};

/* A file whose content is compared, piece by piece. */
struct content {
	int fd; /* -EBADF: none */
	uint64_t end; /* of what was compared */
	uint64_t size; /* of the file, as the archive says */
	bool differs; /* at end */
};

struct comparison {
	const struct job_layer *layer; /* borrowed */
	const struct identity *identity; /* borrowed */
	bool is_deep;
	enum comparison_owner owner;
	uid_t disk_uid;
	struct xattr_image_rules xattr_rules;

	int dirfd; /* the layer's directory */
	int top; /* its "diff" */
	int *lowers; /* "diff" of the layers below, top first */
	size_t n_lowers;
	struct view view;
	struct owners_table owners;

	struct path_set own; /* what entries stated so far, and their parents; not of a base */
	struct path_set made; /* that, and what deletions and hardlinks made */
	struct path_set
		replaced; /* where something else than a directory was stated, or a deletion */
	bool is_root_hidden; /* all names of the layers below were deleted */
	struct path_set passed; /* symlinks through which entries led */
	struct path_set counted; /* names in link_counts */
	struct link_counts link_counts;
	struct differences differences;
	struct error failure; /* why the comparison cannot go on; code 0: it can */

	/* Of the present entry. */
	struct str named; /* its name in the archive, clean */
	struct str path; /* canonical, in the layer */
	struct strlist ways; /* difference.h */
	struct strlist targets;
	struct str message; /* what differs, so far */
	struct content content;
};

/* Open a layer, before the process confines itself. Returns 1; 0 when it is not there (any more), nor
 * one of those below it; -1: it cannot be compared. The caller releases ret in any case. */
int comparison_open(struct comparison *ret, int storefd, const struct job_layer *layer,
		    const struct identity *identity, bool is_deep, struct error *err);

/* Read what is beside the tree. What is wrong with that is a difference. */
int comparison_start(struct comparison *comparison, struct error *err);

void comparison_release(struct comparison *comparison);

/* Is the layer still where it was opened? One that was collected meanwhile is not damaged. */
bool comparison_is_there(const struct comparison *comparison, int layersfd);

/* Compare one entry. With content.fd open afterwards, the content follows (content.h). -1: no unpacker
 * of ours takes such an entry. */
int comparison_entry(struct comparison *comparison, const struct tar_entry *entry,
		     struct error *err);

/* All entries were seen: compare what only the whole tells. */
void comparison_finish(struct comparison *comparison);

/* Note that the present entry differs; several are put into one message. */
void comparison_tell(struct comparison *comparison, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Make a difference of what was told, at comparison->path. */
void comparison_end_tell(struct comparison *comparison);

/* Add a difference about another path than the entry's, by one key. */
void comparison_add_difference(struct comparison *comparison, enum difference_kind kind,
			       const char *path, const char *key, const char *message);

/* The path is stated anew or deleted. Where it was a symlink, what was stated through it is elsewhere. */
void comparison_note_way(struct comparison *comparison, const char *path);

/* "is a directory", for messages: the kind of an object. Static text. */
const char *comparison_kind(mode_t mode);

#endif
