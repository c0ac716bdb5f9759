/* SPDX-License-Identifier: Apache-2.0 */
#include "store/refcache.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fnv.h"
#include "base/str.h"
#include "format/json.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INDEX_PATH "images/index.json"
#define CACHE_DIR "cache/refs"
#define ENTRY_MAX (1U << 20) /* bytes of one entry */

/* Two changes of a file within one tick of the filesystem's clock leave the same time. */
#define TICK_NSEC INT64_C(20000000)

static int stat_index(const struct store *store, struct refcache_stamp *ret, int64_t *ret_mtime)
{
	struct stat st;

	if (fstatat(store->dirfd, INDEX_PATH, &st, 0) < 0)
		return -1;
	*ret_mtime = clock_ns(st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	snprintf(ret->text, sizeof(ret->text), "%" PRIu64 " %" PRId64 " %" PRId64 ".%09ld %" PRId64,
		 (uint64_t)st.st_ino, *ret_mtime, (int64_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec,
		 (int64_t)st.st_size);
	return 0;
}

int refcache_stamp_take(const struct store *store, struct refcache_stamp *ret)
{
	int64_t mtime;
	int64_t age;

	if (stat_index(store, ret, &mtime) < 0)
		return -1;
	age = clock_wall_ns() - mtime;
	if (age < TICK_NSEC)
		ret->text[0] = '\0';
	return 0;
}

/* A name for the key; the entry itself says which key it is for. */
static char *entry_path(const char *key)
{
	return xasprintf(CACHE_DIR "/%016" PRIx64, fnv_add(FNV_START, key, strlen(key)));
}

static bool member_is(const struct jnode *root, const char *name, const char *wanted)
{
	struct jnode node = jnode_member(root, name);
	const char *text;

	return jnode_string(&node, &text, NULL) == 0 && strcmp(text, wanted) == 0;
}

int refcache_lookup(const struct store *store, const struct refcache_stamp *stamp, const char *key,
		    char **ret_ref, struct descriptor *ret_descriptor)
{
	autofree char *path = entry_path(key);
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct jnode root;
	struct jnode ref_node;
	struct jnode descriptor_node;
	const char *ref = NULL;

	if (!stamp->text[0] || file_read_at(store->dirfd, path, ENTRY_MAX, &text, NULL) < 0)
		return 0;
	document = json_parse(text.data, text.len, path, NULL);
	if (!document)
		return 0;
	root = jnode_root(document, path);
	ref_node = jnode_member(&root, "ref");
	descriptor_node = jnode_member(&root, "descriptor");
	if (!member_is(&root, "index", stamp->text) || !member_is(&root, "key", key) ||
	    jnode_string_opt(&ref_node, &ref, NULL) < 0 ||
	    descriptor_from_json(&descriptor_node, ret_descriptor, NULL) < 0)
		return 0;
	*ret_ref = ref ? xstrdup(ref) : NULL;
	return 1;
}

void refcache_remember(const struct store *store, const struct refcache_stamp *stamp,
		       const char *key, const char *ref, const struct descriptor *descriptor)
{
	autofree char *path = entry_path(key);
	autojson json_t *entry = NULL;
	autofree char *text = NULL;
	struct refcache_stamp now;
	int64_t mtime;

	if (!store->writable || !stamp->text[0] || stat_index(store, &now, &mtime) < 0 ||
	    strcmp(now.text, stamp->text) != 0)
		return;
	entry = json_object();
	json_object_set_new(entry, "index", json_string(stamp->text));
	json_object_set_new(entry, "key", json_string(key));
	if (ref)
		json_object_set_new(entry, "ref", json_string(ref));
	json_object_set_new(entry, "descriptor", descriptor_to_json(descriptor));
	text = json_format(entry);
	file_remember_at(store->dirfd, path, text, strlen(text));
}

bool refcache_is_current(const struct store *store, const char *path)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct refcache_stamp now;
	struct jnode root;
	int64_t mtime;

	if (stat_index(store, &now, &mtime) < 0 ||
	    file_read_at(store->dirfd, path, ENTRY_MAX, &text, NULL) < 0)
		return false;
	document = json_parse(text.data, text.len, path, NULL);
	root = jnode_root(document, path);
	return document && member_is(&root, "index", now.text);
}

/* The second number of a stamp. */
static int64_t stamp_time(const char *stamp)
{
	const char *blank = strchr(stamp, ' ');

	return blank ? strtoll(blank, NULL, 10) : 0;
}

/* Call each for the entry in a file. What is no entry is passed over. */
static int visit_entry(const struct store *store, const char *path,
		       int (*each)(const struct refcache_entry *entry, void *data,
				   struct error *err),
		       void *data, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	struct refcache_entry entry = { .descriptor = &descriptor };
	const char *stamp = NULL;
	struct jnode root;
	struct jnode node;

	if (file_read_at(store->dirfd, path, ENTRY_MAX, &text, NULL) < 0)
		return 0;
	document = json_parse(text.data, text.len, path, NULL);
	root = jnode_root(document, path);
	node = jnode_member(&root, "descriptor");
	entry.ref = json_text(json_object_get(document, "ref"));
	stamp = json_text(json_object_get(document, "index"));
	if (!entry.ref || !stamp || descriptor_from_json(&node, &descriptor, NULL) < 0)
		return 0;
	entry.time = stamp_time(stamp);
	return each(&entry, data, err);
}

int refcache_each(const struct store *store,
		  int (*each)(const struct refcache_entry *entry, void *data, struct error *err),
		  void *data, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	dir_list_at(store->dirfd, CACHE_DIR, &names, NULL);
	strlist_sort(&names);
	for (size_t i = 0; i < names.len; i++) {
		autofree char *path = xasprintf(CACHE_DIR "/%s", names.items[i]);

		if (visit_entry(store, path, each, data, err) < 0)
			return -1;
	}
	return 0;
}

void refcache_clear(const struct store *store)
{
	tree_remove_at(store->dirfd, CACHE_DIR, NULL);
}
