/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image_resolve.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/address.h"
#include "oci/media_type.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "store/refcache.h"

#include <stdlib.h>
#include <string.h>

/* An image that has one platform only is taken as it is, unless another was asked for. name is the image's
 * (NULL: it has none): what a registry has can be had for another. */
static int check_platform(const struct descriptor *descriptor, const char *name,
			  const struct platform *wanted, struct error *err)
{
	char have_text[PLATFORM_TEXT_MAX];
	char want_text[PLATFORM_TEXT_MAX];

	if (!wanted || !descriptor->platform.os[0] ||
	    platform_matches(&descriptor->platform, wanted))
		return 0;
	error_set(err, ERROR_FAILED, "it is for %s, not for %s",
		  platform_format(&descriptor->platform, have_text),
		  platform_format(wanted, want_text));
	if (!name || !reference_has_registry(name) || str_starts_with(name, REFERENCE_LOCAL "/"))
		return -1;
	return error_hint(err, "'ctnr pull --platform %s %s' gets the other one", want_text, name);
}

/* From an entry of index.json to the image's manifest. */
static int resolve_entry(const struct layout *layout, const struct descriptor *entry,
			 const struct platform *platform, struct image *ret, struct error *err)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);

	if (layout_resolve(layout, entry, platform, &ret->descriptor, err) < 0)
		return image_found_unfit(err);
	image_fill_platform(layout, &ret->descriptor);
	if (check_platform(&ret->descriptor, name, platform, err) < 0)
		return -1;
	ret->layout = xstrdup(layout->path);
	ret->ref = name ? xstrdup(name) : NULL;
	return 0;
}

static int read_record(const char *text, struct image *ret, struct error *err)
{
	bool from_stdin = strcmp(text, "-") == 0;
	autojson json_t *document =
		from_stdin ? record_read_stdin(err) : json_parse(text, strlen(text), "record", err);
	struct jnode root = jnode_root(document, "record");

	return document ? image_from_json(&root, ret, err) : -1;
}

static int resolve_record(const char *text, const struct platform *platform, struct image *ret,
			  struct error *err)
{
	autoimage struct image image = IMAGE_INIT;
	autolayout struct layout layout = LAYOUT_INIT;

	if (read_record(text, &image, err) < 0)
		return -1;
	if (media_type_kind(image.descriptor.media_type) != MEDIA_MANIFEST) {
		autodescriptor struct descriptor index = image.descriptor;

		image.descriptor = (struct descriptor)DESCRIPTOR_INIT;
		if (layout_open(image.layout, LAYOUT_READ, &layout, err) < 0 ||
		    layout_resolve(&layout, &index, platform, &image.descriptor, err) < 0)
			return -1;
		image_fill_platform(&layout, &image.descriptor);
	}
	if (check_platform(&image.descriptor, image.ref, platform, err) < 0)
		return error_prefix(err, "image '%s'", image.ref ? image.ref : "of the record");
	*ret = image;
	image = (struct image)IMAGE_INIT;
	return 0;
}

static int resolve_layout(const char *word, const struct platform *platform, struct image *ret,
			  struct error *err)
{
	autoaddress struct address address = ADDRESS_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;

	if (address_parse(word, &address, err) < 0 ||
	    layout_open(address.path, LAYOUT_READ, &layout, err) < 0 ||
	    tag_find(&layout, address.reference, platform, &entry, err) < 0)
		return -1;
	if (resolve_entry(&layout, &entry, platform, ret, err) < 0)
		return error_prefix(err, "image '%s'", word);
	if (!ret->ref && address.reference)
		ret->ref = xstrdup(address.reference);
	return 0;
}

/* Open the store's layout and read its index. A store that never had an image has no layout: there
 * is no such image. */
static int open_images(const struct store *store, struct layout *ret_layout,
		       struct index *ret_index, struct error *err)
{
	autofree char *path = xasprintf("%s/images", store->path);

	if (layout_open(path, LAYOUT_READ, ret_layout, err) < 0) {
		if (error_is(err, ERROR_NOT_FOUND))
			error_set(err, ERROR_NOT_FOUND, "no such image");
		return store_damaged(err);
	}
	return layout_read_index(ret_layout, ret_index, err) < 0 ? store_damaged(err) : 0;
}

int image_find_entry(const struct store *store, const char *word, struct descriptor *ret,
		     enum image_match *ret_match, struct error *err)
{
	autoimagequery struct image_query query;
	autolayout struct layout layout = LAYOUT_INIT;
	autoindex struct index index = INDEX_INIT;
	const struct descriptor *entry;

	image_query_init(&query, word);
	if (open_images(store, &layout, &index, err) < 0)
		return image_query_failed(&query, NULL, err);
	entry = image_query_choose(&query, &index, NULL, ret_match, err);
	if (!entry)
		return image_query_failed(&query, &index, err);
	descriptor_copy(entry, ret);
	return 0;
}

static int search_store(const struct store *store, const struct image_query *query,
			const struct platform *platform, struct image *ret, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autoindex struct index index = INDEX_INIT;
	const struct descriptor *entry;
	enum image_match match;

	if (open_images(store, &layout, &index, err) < 0)
		return image_query_failed(query, NULL, err);
	entry = image_query_choose(query, &index, platform, &match, err);
	if (!entry)
		return image_query_failed(query, &index, err);
	if (resolve_entry(&layout, entry, platform, ret, err) < 0)
		return image_query_failed(query, NULL, err);
	return 0;
}

/* What an answer is remembered for: a platform that was asked for is another question than the
 * host's, because an image of another platform is then an error. New. */
static char *cache_key(const char *word, const struct platform *platform)
{
	char text[PLATFORM_TEXT_MAX];
	struct platform host;

	if (platform)
		return xasprintf("%s %s", word, platform_format(platform, text));
	platform_host(&host);
	return xasprintf("%s %s by default", word, platform_format(&host, text));
}

static int resolve_in_store(const struct store *store, const char *word,
			    const struct platform *platform, struct image *ret, struct error *err)
{
	autoimagequery struct image_query query = { 0 };
	autofree char *key = cache_key(word, platform);
	struct refcache_stamp stamp = { 0 };

	if (refcache_stamp_take(store, &stamp) == 0 &&
	    refcache_lookup(store, &stamp, key, &ret->ref, &ret->descriptor)) {
		ret->layout = xasprintf("%s/images", store->path);
		return 0;
	}
	image_query_init(&query, word);
	if (search_store(store, &query, platform, ret, err) < 0)
		return -1;
	refcache_remember(store, &stamp, key, ret->ref, &ret->descriptor);
	return 0;
}

static bool is_record(const char *word)
{
	return *word == '{' || strcmp(word, "-") == 0;
}

int image_resolve(const struct store *store, const char *word, const struct platform *platform,
		  struct image *ret, struct error *err)
{
	autoimage struct image image = IMAGE_INIT;
	int result;

	if (!*word)
		return error_set(err, ERROR_USAGE, "the name of the image is empty");
	if (is_record(word))
		result = resolve_record(word, platform, &image, err);
	else if (str_starts_with(word, "oci:"))
		result = resolve_layout(word, platform, &image, err);
	else if (!store)
		result = error_set(err, ERROR_NOT_FOUND, "image '%s': there is no store", word);
	else
		result = resolve_in_store(store, word, platform, &image, err);
	if (result < 0)
		return -1;
	*ret = image;
	image = (struct image)IMAGE_INIT;
	return 0;
}

/* An entry of a layout as an image; the entry is taken. */
static void make_image(const struct layout *layout, const char *name, struct descriptor *entry,
		       struct image *ret)
{
	const char *entry_name = descriptor_annotation(entry, ANNOTATION_REF_NAME);

	if (entry_name)
		name = entry_name;
	*ret = (struct image) { xstrdup(layout->path), name ? xstrdup(name) : NULL, *entry };
	*entry = (struct descriptor)DESCRIPTOR_INIT;
}

static int resolve_layout_raw(const char *word, const struct platform *platform, struct image *ret,
			      struct error *err)
{
	autoaddress struct address address = ADDRESS_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;
	struct error cause = { 0 };

	if (address_parse(word, &address, err) < 0 ||
	    layout_open(address.path, LAYOUT_READ, &layout, err) < 0)
		return -1;
	if (tag_find_raw(&layout, address.reference, &entry, &cause) < 0 &&
	    (cause.code == ERROR_NOT_FOUND ||
	     tag_find(&layout, address.reference, platform, &entry, &cause) < 0))
		return error_move(err, &cause);
	make_image(&layout, address.reference, &entry, ret);
	return 0;
}

static int resolve_in_store_raw(const struct store *store, const char *word,
				const struct platform *platform, struct image *ret,
				struct error *err)
{
	autoimagequery struct image_query query;
	autolayout struct layout layout = LAYOUT_INIT;
	autoindex struct index index = INDEX_INIT;
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;
	const struct descriptor *chosen;
	enum image_match match;

	image_query_init(&query, word);
	if (open_images(store, &layout, &index, err) < 0)
		return image_query_failed(&query, NULL, err);
	chosen = image_query_choose(&query, &index, platform, &match, err);
	if (!chosen)
		return image_query_failed(&query, &index, err);
	descriptor_copy(chosen, &entry);
	make_image(&layout, NULL, &entry, ret);
	/* It may have other names too, and none of them was said. */
	if (match == IMAGE_BY_DIGEST) {
		free(ret->ref);
		ret->ref = NULL;
	}
	return 0;
}

int image_resolve_raw(const struct store *store, const char *word, const struct platform *platform,
		      struct image *ret, struct error *err)
{
	if (!*word)
		return error_set(err, ERROR_USAGE, "the name of the image is empty");
	if (is_record(word))
		return read_record(word, ret, err);
	if (str_starts_with(word, "oci:"))
		return resolve_layout_raw(word, platform, ret, err);
	if (!store)
		return error_set(err, ERROR_NOT_FOUND, "image '%s': there is no store", word);
	return resolve_in_store_raw(store, word, platform, ret, err);
}
