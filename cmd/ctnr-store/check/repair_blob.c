/* SPDX-License-Identifier: Apache-2.0 */
#include "check/need.h"
#include "check/program.h"
#include "check/repair.h"
#include "check/verifier.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "oci/media_type.h"
#include "system/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FETCH_WORDS_MAX 12

static bool is_about_blob(const struct finding *finding)
{
	return finding->is_damage &&
	       (finding->kind == FINDING_MANIFEST || finding->kind == FINDING_CONFIG ||
		finding->kind == FINDING_BLOB);
}

/* Remove a file of the store, unless it has changed since the look: then it may be right by now. */
static void remove_damaged(const struct repair *repair, struct finding *finding)
{
	const struct store *store = repair->scope->store;
	struct stat st;

	if (fstatat(store->dirfd, finding->path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (clock_ns(st.st_ctim.tv_sec, st.st_ctim.tv_nsec) >= repair->began)
		repair_refuse(finding, "it has changed meanwhile");
	else if (unlinkat(store->dirfd, finding->path, 0) < 0 && errno != ENOENT)
		repair_refuse(finding, "it cannot be removed: %s", strerror(errno));
}

static void note_right(void *data, const struct verifier_finding *found)
{
	if (found->kind == VERIFIER_BLOB_RIGHT)
		json_object_set_new(data, found->blob, json_true());
}

/* What is damaged may be the document that says what the blob is, its size for example, and that document may be
 * anybody's. Read the blobs that shall go. Returns the digests of those that are right, a new set; NULL on
 * failure. */
static json_t *find_right_blobs(const struct repair *repair, struct error *err)
{
	const struct scope *scope = repair->scope;
	autofree struct verifier_blob *blobs = NULL;
	autojson json_t *listed = json_object();
	autojson json_t *right = json_object();
	struct verifier_job job = { .store = scope->store->path, .layout = scope->layout.path };
	struct stat st;

	for (size_t i = 0; i < repair->findings->len; i++) {
		const struct finding *finding = &repair->findings->items[i];

		if (!is_about_blob(finding) || json_object_get(listed, finding->name) ||
		    fstatat(scope->store->dirfd, finding->path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		json_object_set_new(listed, finding->name, json_true());
		blobs = xgrow(blobs, job.n_blobs, sizeof(*blobs));
		blobs[job.n_blobs++] = (struct verifier_blob) { .digest = finding->name,
								.size = (uint64_t)st.st_size };
	}
	job.blobs = blobs;
	if (job.n_blobs && verifier_run(&job, note_right, right, err) < 0)
		return NULL;
	return steal(&right);
}

/* Whether a registry has it does not matter. */
static void keep_right(struct finding *finding)
{
	free(finding->reason);
	finding->reason = NULL;
	repair_refuse(finding,
		      "the blob is as its digest says, and the image that names it is wrong");
}

void repair_blobs(struct repair *repair)
{
	struct error cause = { 0 };
	autojson json_t *right = find_right_blobs(repair, &cause);

	for (size_t i = 0; i < repair->findings->len; i++) {
		struct finding *finding = &repair->findings->items[i];
		bool is_chain_list = finding->kind == FINDING_CHAINS && finding->is_damage;

		if (!is_chain_list && !is_about_blob(finding))
			continue;
		if (finding->is_unreadable && finding->remedy == REMEDY_NONE)
			continue;
		if (is_about_blob(finding) &&
		    repair_open_up(repair->scope->store->dirfd, finding->path))
			continue;
		if (is_about_blob(finding) && !right)
			repair_refuse(finding, "%s", cause.message);
		else if (is_about_blob(finding) && json_object_get(right, finding->name))
			keep_right(finding);
		else
			remove_damaged(repair, finding);
	}
}

/* Run ctnr-fetch for an entry. Returns its status, -1 when it could not be run. */
static int run_fetch(const struct repair *repair, const struct descriptor *entry, const char *name,
		     const char *source, struct error *err)
{
	char platform[PLATFORM_TEXT_MAX];
	const char *words[FETCH_WORDS_MAX] = { "ctnr-fetch", "--store", repair->scope->store->path,
					       "--tag", name };
	size_t n = 5;

	if (media_type_is_docker(entry->media_type))
		words[n++] = "--format=keep";
	if (media_type_kind(entry->media_type) == MEDIA_INDEX) {
		words[n++] = "--all-platforms";
	} else if (entry->platform.os[0]) {
		words[n++] = "--platform";
		words[n++] = platform_format(&entry->platform, platform);
	}
	if (!sync_is_enabled())
		words[n++] = "--no-sync";
	words[n++] = source;
	return program_run(words, err);
}

/* Does the name need something that is damaged and can be fetched? */
static bool needs_fetch(const struct repair *repair, const char *name)
{
	for (size_t i = 0; i < repair->findings->len; i++) {
		const struct finding *finding = &repair->findings->items[i];

		if (is_about_blob(finding) && !finding->is_kept &&
		    finding->remedy == REMEDY_FETCH && strlist_contains(&finding->needed_by, name))
			return true;
	}
	return false;
}

/* What the name needs stays damaged, unless it came for another one. */
static void explain_blobs(struct repair *repair, const char *name, const char *reason)
{
	for (size_t i = 0; i < repair->findings->len; i++) {
		struct finding *finding = &repair->findings->items[i];

		if (is_about_blob(finding) && strlist_contains(&finding->needed_by, name))
			repair_explain(finding, "%s", reason);
	}
}

static void fetch_entry(struct repair *repair, const struct descriptor *entry)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	autofree char *source = name ? need_source(entry) : NULL;
	autofree char *reason = NULL;
	struct error cause = { 0 };
	int status;

	if (!source || !needs_fetch(repair, name))
		return;
	status = run_fetch(repair, entry, name, source, &cause);
	if (status == 0)
		return;
	reason = status < 0 ? xstrdup(cause.message)
			    : xasprintf("'%s' cannot be fetched (status %d)", source, status);
	explain_blobs(repair, name, reason);
}

void repair_names(struct repair *repair)
{
	autoindex struct index index = INDEX_INIT;

	if (repair->scope->layout.dirfd < 0 ||
	    layout_read_index(&repair->scope->layout, &index, NULL) < 0)
		return;
	for (size_t i = 0; i < index.n_manifests; i++)
		if (scope_has_entry(repair->scope, &index.manifests[i]))
			fetch_entry(repair, &index.manifests[i]);
}
