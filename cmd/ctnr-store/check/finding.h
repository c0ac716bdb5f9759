/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What check finds: damage, and what may be remarked of a store that is whole.
 *
 *	autofindings struct findings findings = FINDINGS_INIT;
 *	struct finding *finding = findings_add(&findings, FINDING_BLOB, digest.text, path);
 *
 *	finding->remedy = REMEDY_FETCH;
 *	finding_describe(finding, "has %d bytes instead of %d", 0, 7);
 *
 * One finding is about one object, and two looks at a store find the same when they are about the same one,
 * whatever is wrong with it.
 */
#ifndef CTNR_STORE_CHECK_FINDING_H
#define CTNR_STORE_CHECK_FINDING_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "format/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum finding_kind {
	FINDING_INDEX, /* index.json, oci-layout */
	FINDING_NAME, /* an entry of index.json */
	FINDING_MANIFEST, /* or an image index; a blob */
	FINDING_CONFIG, /* a blob */
	FINDING_BLOB, /* any other blob, or one that no name needs */
	FINDING_CHAINS, /* the list of chain IDs of a config */
	FINDING_LAYER, /* unpacked */
	FINDING_BUNDLE,
	FINDING_VOLUME,
	FINDING_POLICY, /* an image that the policy would not let in */
	FINDING_LEFTOVER, /* what killed commands left, and what nothing needs */
	FINDING_KIND_MAX,
};
extern const char *const finding_kind_names[]; /* "index", "name", ..., NULL */

/* What mends it. */
enum finding_remedy {
	REMEDY_NONE, /* --repair cannot */
	REMEDY_REWRITE, /* a new file in the place of the damaged one, which is set aside */
	REMEDY_FETCH, /* away, and fetched again where the name that needs it has a source */
	REMEDY_REMOVE, /* away: it is made anew when it is wanted */
	REMEDY_UNPACK, /* unpacked again */
	REMEDY_COLLECT, /* 'ctnr gc' deletes it: no damage */
	REMEDY_MAX,
};
extern const char *const finding_remedy_names[]; /* "none", "rewrite", ..., NULL */

struct finding {
	enum finding_kind kind;
	char *name; /* a digest, a reference, an ID, a path */
	char *path; /* in the store, or in a layout that is elsewhere; NULL: it is no file */
	char *problem; /* "is not there" */
	struct strlist details; /* of a layer: each difference */
	uint64_t n_more; /* differences that are not in details */
	char *reason; /* why it could not be mended, or NULL */
	struct strlist needed_by; /* names of images, "bundle ID" */
	enum finding_remedy remedy;
	bool is_damage;
	bool is_mended;
	bool is_kept; /* a repair has left it alone */
	bool is_unreadable; /* the disk fails: nothing is thrown away that cannot be had again */
	uint64_t bytes; /* of a leftover, where they are known */
};

struct findings {
	struct finding *items;
	size_t len;
};

#define FINDINGS_INIT \
	{ \
		NULL, 0 \
	}

void findings_release(struct findings *findings);
#define autofindings autocleanup(findings_release)

/* Add damage whose problem is not said yet; path may be NULL. What is returned is borrowed until the next
 * one is added. */
struct finding *findings_add(struct findings *findings, enum finding_kind kind, const char *name,
			     const char *path);

/* Say what is wrong. */
void finding_describe(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same with the message of an error, and its hint dropped: other commands are told about check. */
void finding_describe_error(struct finding *finding, const struct error *cause);

/* It is no damage: a remark. */
void finding_set_remark(struct finding *finding, enum finding_remedy remedy);

/* Take all of other, which is empty afterwards. */
void findings_append(struct findings *findings, struct findings *other);

/* Is there damage that was not mended? */
bool findings_have_damage(const struct findings *findings);

/* Keep damage only that a second look has found too. */
void findings_keep_confirmed(struct findings *findings, const struct findings *second);

/* After a repair: what a second look did not find any more is mended, and damage that it found besides is
 * added (taken out of it). */
void findings_settle(struct findings *findings, struct findings *second);

/* The object that --json prints, new. */
json_t *finding_to_json(const struct finding *finding);

/* The line that people read, without a line feed; texts of strangers are escaped. */
void finding_format(const struct finding *finding, struct str *out);

#endif
