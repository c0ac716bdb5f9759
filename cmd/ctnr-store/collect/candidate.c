/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/candidate.h"

#include "collect/reach.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "oci/media_type.h"
#include "oci/referrer.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/bundle_status.h"
#include "store/ephemeral.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void candidates_release(struct candidates *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->len; i++) {
		free(list->items[i].name);
		free(list->items[i].digest);
		free(list->items[i].repository);
		json_free(&list->items[i].documents);
	}
	free(list->items);
	*list = (struct candidates)CANDIDATES_INIT;
}

/* Take what the candidate owns. */
static void append_candidate(struct candidates *list, const struct candidate *candidate)
{
	if (list->len % 64 == 0)
		list->items = xrealloc(list->items, list->len + 64, sizeof(*list->items));
	list->items[list->len++] = *candidate;
}

static int64_t time_of(const struct stat *st)
{
	return clock_ns(st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

/* The digests of the documents that an entry stands for, a new array. An index is read. */
static json_t *list_documents(const struct layout *layout, const struct descriptor *entry)
{
	autoreach struct reach reach;
	json_t *documents;

	reach_init(&reach, layout);
	if (media_type_kind(entry->media_type) != MEDIA_INDEX)
		return json_pack("[s]", entry->digest.text);
	reach_add_digest(&reach, &entry->digest);
	documents = json_incref(reach.documents);
	json_array_append_new(documents, json_string(entry->digest.text));
	return documents;
}

/* The latest time of documents, 0 when none is there. */
static int64_t latest_use(const struct layout *layout, const json_t *documents)
{
	int64_t latest = 0;

	for (size_t i = 0; i < json_array_size(documents); i++) {
		const char *text = json_string_value(json_array_get(documents, i));
		char path[LAYOUT_BLOB_PATH_MAX];
		struct digest digest;
		struct stat st;

		if (digest_parse(text, &digest, NULL) == 0 &&
		    fstatat(layout->dirfd, layout_blob_path(&digest, path), &st, 0) == 0 &&
		    time_of(&st) > latest)
			latest = time_of(&st);
	}
	return latest;
}

/* A name without its tag and digest, new. It need not be of the grammar of references. */
static char *repository_of(const char *name)
{
	size_t len = strcspn(name, "@");
	const char *colon = memrchr(name, ':', len);
	const char *slash = memrchr(name, '/', len);

	return xstrndup(name, colon && (!slash || colon > slash) ? (size_t)(colon - name) : len);
}

static void add_name(const struct layout *layout, const struct filter *filter,
		     const struct descriptor *entry, int64_t index_time, struct candidates *list)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	const char *tagged = descriptor_annotation(entry, ANNOTATION_TAGGED);
	struct candidate candidate = {
		.kind = CANDIDATE_NAME,
		.name = name ? xstrdup(name) : NULL,
		.digest = xstrdup(entry->digest.text),
		.repository = name ? repository_of(name) : NULL,
		.documents = list_documents(layout, entry),
		.matches = filter_has_image(filter, layout, entry),
	};
	int64_t seconds;

	candidate.used = latest_use(layout, candidate.documents);
	candidate.set = index_time;
	candidate.rank = candidate.used;
	if (tagged && clock_parse_rfc3339(tagged, &seconds))
		candidate.set = candidate.rank = clock_ns(seconds, 0);
	append_candidate(list, &candidate);
}

int candidates_read_names(const struct layout *layout, const struct filter *filter,
			  struct candidates *list, struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	struct stat st = { 0 };

	if (layout_read_index(layout, &index, err) < 0)
		return -1;
	fstatat(layout->dirfd, LAYOUT_INDEX_FILE, &st, 0);
	for (size_t i = 0; i < index.n_manifests; i++)
		if (!referrer_subject(&index.manifests[i]))
			add_name(layout, filter, &index.manifests[i], time_of(&st), list);
	return 0;
}

/* Is it one of the directories of the store's bundles/? One elsewhere is its owner's, and only registered. */
static bool is_in_store(const struct store *store, const struct bundle *bundle)
{
	autofree char *path = xasprintf("%s/bundles/%s", store->path, bundle->id);
	struct stat st;

	return strcmp(path, bundle->path) == 0 && lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct bundle_reading {
	const struct store *store;
	const struct filter *filter;
	struct candidates *list;
};

static int add_bundle(const struct bundle *bundle, void *data, struct error *err)
{
	const struct bundle_reading *reading = data;
	struct bundle_status status;
	struct candidate candidate;
	struct stat st = { 0 };
	bool has_record = fstatat(bundle->dirfd, BUNDLE_RECORD_FILE, &st, 0) == 0;

	(void)err;
	if (ephemeral_has_owner(reading->store, bundle->id))
		return 0;
	candidate = (struct candidate) {
		.kind = CANDIDATE_BUNDLE,
		.name = xstrdup(bundle->id),
		.digest =
			bundle->image.layout ? xstrdup(bundle->image.descriptor.digest.text) : NULL,
		.used = time_of(&st),
		.is_busy = !has_record || bundle_container_status(bundle) != STATE_STOPPED ||
			   !is_in_store(reading->store, bundle),
		.has_ended = bundle_status_read(bundle, &status),
		.matches = filter_has_bundle(reading->filter, bundle, time_of(&st)),
	};
	if (candidate.has_ended)
		candidate.used = clock_ns(status.finished, 0);
	append_candidate(reading->list, &candidate);
	return 0;
}

int candidates_read_bundles(const struct store *store, const struct filter *filter,
			    struct candidates *list, struct error *err)
{
	struct bundle_reading reading = { store, filter, list };

	return bundle_each(store, add_bundle, &reading, err);
}

static char *name_key(const char *digest, const char *name)
{
	return xasprintf("%s%s%s", digest, name ? " " : "", name ? name : "");
}

void choice_make(const struct candidates *list, struct choice *ret)
{
	*ret = (struct choice) { json_object(), json_object() };
	for (size_t i = 0; i < list->len; i++) {
		const struct candidate *item = &list->items[i];
		autofree char *key = item->kind == CANDIDATE_NAME
					     ? name_key(item->digest, item->name)
					     : xstrdup(item->name);

		if (item->goes)
			json_object_set_new(item->kind == CANDIDATE_NAME ? ret->names
									 : ret->bundles,
					    key, json_true());
	}
}

void choice_release(struct choice *choice)
{
	if (!choice)
		return;
	json_free(&choice->names);
	json_free(&choice->bundles);
}

bool choice_is_empty(const struct choice *choice)
{
	return json_object_size(choice->names) == 0 && json_object_size(choice->bundles) == 0;
}

bool choice_has_name(const struct choice *choice, const char *digest, const char *name)
{
	autofree char *key = name_key(digest, name);

	return json_object_get(choice->names, key);
}

bool choice_has_bundle(const struct choice *choice, const char *id)
{
	return json_object_get(choice->bundles, id);
}
