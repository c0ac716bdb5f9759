/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image.h"

#include "base/alloc.h"
#include "oci/address.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "store/refcache.h"
#include "system/fd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX_MIN 8 /* digits of a digest that name an image */
#define HEX "0123456789abcdef"

void image_release(struct image *image)
{
	if (!image)
		return;
	free(image->layout);
	free(image->ref);
	descriptor_release(&image->descriptor);
	*image = (struct image)IMAGE_INIT;
}

json_t *record_read_stdin(struct error *err)
{
	autostr struct str text = STR_INIT;

	if (fd_read_rest(STDIN_FILENO, RECORD_MAX, &text, err) < 0) {
		error_prefix(err, "standard input");
		return NULL;
	}
	if (text.data[strspn(text.data, " \t\r\n")] == '\0') {
		/* Whoever should have written it has already said why. */
		if (err)
			*err = (struct error) { .code = ERROR_FAILED };
		return NULL;
	}
	return json_parse(text.data, text.len, "record on standard input", err);
}

int image_from_json(const struct jnode *node, struct image *ret, struct error *err)
{
	autoimage struct image image = IMAGE_INIT;
	struct jnode layout_node = jnode_member(node, "layout");
	struct jnode ref_node = jnode_member(node, "ref");
	struct jnode descriptor_node = jnode_member(node, "descriptor");
	struct jnode bundle_node = jnode_member(node, "bundle");
	const char *layout;
	const char *ref = NULL;

	if (!jnode_is_present(node) || jnode_object(node, err) < 0)
		return jnode_error(node, err, "expected an image record");
	if (jnode_is_present(&bundle_node) && !jnode_is_present(&layout_node))
		return jnode_error(node, err, "expected an image record, got a bundle record");
	if (jnode_string(&layout_node, &layout, err) < 0 ||
	    jnode_string_opt(&ref_node, &ref, err) < 0 ||
	    descriptor_from_json(&descriptor_node, &image.descriptor, err) < 0)
		return -1;
	if (*layout != '/')
		return jnode_error(&layout_node, err, "expected an absolute path");
	image.layout = xstrdup(layout);
	image.ref = ref ? xstrdup(ref) : NULL;
	*ret = image;
	image = (struct image)IMAGE_INIT;
	return 0;
}

json_t *image_to_json(const struct image *image)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	json_t *record = json_object();

	descriptor_copy(&image->descriptor, &descriptor);
	/* The record says it one level higher. */
	descriptor_remove_annotation(&descriptor, ANNOTATION_REF_NAME);
	json_object_set_new(record, "layout", json_string(image->layout));
	if (image->ref)
		json_object_set_new(record, "ref", json_string(image->ref));
	json_object_set_new(record, "descriptor", descriptor_to_json(&descriptor));
	return record;
}

void image_fill_platform(const struct layout *layout, struct descriptor *descriptor)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;
	autostr struct str text = STR_INIT;

	if (descriptor->platform.os[0] || media_type_kind(descriptor->media_type) != MEDIA_MANIFEST)
		return;
	if (layout_read_manifest(layout, descriptor, &manifest, NULL) == 0 &&
	    layout_read_blob(layout, &manifest.config, IMAGE_CONFIG_MAX, &text, NULL) == 0 &&
	    image_config_parse(text.data, text.len, &config, NULL) == 0)
		descriptor->platform = config.platform;
}

/* An image that has one platform only is taken as it is, unless another was asked for. */
static int check_platform(const struct descriptor *descriptor, const struct platform *wanted,
			  struct error *err)
{
	char have_text[PLATFORM_TEXT_MAX];
	char want_text[PLATFORM_TEXT_MAX];

	if (!wanted || !descriptor->platform.os[0] ||
	    platform_matches(&descriptor->platform, wanted))
		return 0;
	error_set(err, ERROR_NOT_FOUND, "it is for %s, not for %s",
		  platform_format(&descriptor->platform, have_text),
		  platform_format(wanted, want_text));
	return error_hint(err, "fetch it again with --platform %s", want_text);
}

/* From an entry of index.json to the image's manifest. */
static int resolve_entry(const struct layout *layout, const struct descriptor *entry,
			 const struct platform *platform, struct image *ret, struct error *err)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);

	if (layout_resolve(layout, entry, platform, &ret->descriptor, err) < 0)
		return -1;
	image_fill_platform(layout, &ret->descriptor);
	if (check_platform(&ret->descriptor, platform, err) < 0)
		return -1;
	ret->layout = xstrdup(layout->path);
	ret->ref = name ? xstrdup(name) : NULL;
	return 0;
}

static int resolve_record(const char *text, const struct platform *platform, struct image *ret,
			  struct error *err)
{
	bool from_stdin = strcmp(text, "-") == 0;
	autojson json_t *document =
		from_stdin ? record_read_stdin(err) : json_parse(text, strlen(text), "record", err);
	struct jnode root = jnode_root(document, "record");
	autoimage struct image image = IMAGE_INIT;
	autolayout struct layout layout = LAYOUT_INIT;

	if (!document || image_from_json(&root, &image, err) < 0)
		return -1;
	if (media_type_kind(image.descriptor.media_type) != MEDIA_MANIFEST) {
		autodescriptor struct descriptor index = image.descriptor;

		image.descriptor = (struct descriptor)DESCRIPTOR_INIT;
		if (layout_open(image.layout, LAYOUT_READ, &layout, err) < 0 ||
		    layout_resolve(&layout, &index, platform, &image.descriptor, err) < 0)
			return -1;
		image_fill_platform(&layout, &image.descriptor);
	}
	if (check_platform(&image.descriptor, platform, err) < 0)
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

/* What a word may mean, in the order of ctnr(7), IMAGES: names as the store would have them. */
struct query {
	const char *word;
	struct strlist names; /* with tag, most wanted first */
	bool has_digest;
	struct digest digest; /* of NAME@DIGEST, or a whole digest */
	bool digest_alone;
	const char *prefix; /* digits of a digest, or NULL */
};

static void query_release(struct query *query)
{
	strlist_release(&query->names);
}

/* name, and name:latest when it has no tag. */
static void add_name(struct strlist *names, const char *name)
{
	const char *last = strrchr(name, '/');

	if (!strlist_contains(names, name))
		strlist_append(names, name);
	if (!strchr(last ? last : name, ':')) {
		autofree char *tagged = xasprintf("%s:latest", name);

		if (!strlist_contains(names, tagged))
			strlist_append(names, tagged);
	}
}

static void add_names(struct query *query, const char *name)
{
	autoreference struct reference reference = REFERENCE_INIT;

	add_name(&query->names, name);
	if (!reference_has_registry(name)) {
		autofree char *local = xasprintf("localhost/%s", name);

		add_name(&query->names, local);
	}
	if (reference_parse(name, &reference, NULL) == 0) {
		autofree char *full = reference_format(&reference);

		add_name(&query->names, full);
	}
}

static void query_init(struct query *query, const char *word)
{
	const char *hex = str_starts_with(word, "sha256:") ? word + strlen("sha256:") : word;
	const char *at = strchr(word, '@');
	autofree char *name = at ? xstrndup(word, (size_t)(at - word)) : xstrdup(word);

	*query = (struct query) { .word = word };
	query->digest_alone = digest_parse(word, &query->digest, NULL) == 0;
	query->has_digest =
		query->digest_alone || (at && digest_parse(at + 1, &query->digest, NULL) == 0);
	if (!query->digest_alone && strlen(hex) >= PREFIX_MIN && strspn(hex, HEX) == strlen(hex))
		query->prefix = hex;
	if (str_starts_with(word, "docker://")) {
		autoreference struct reference reference = REFERENCE_INIT;

		/* A whole address means that name and no other. */
		if (reference_parse(name + strlen("docker://"), &reference, NULL) == 0)
			strlist_take(&query->names, reference_format(&reference));
	} else {
		add_names(query, name);
	}
}

static bool entry_has_name(const struct descriptor *entry, const void *data)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);

	return name && strcmp(name, data) == 0;
}

/* Is this entry's name, without tag and digest, one of the query's without theirs? */
static bool same_repository(const char *entry_name, const char *wanted)
{
	const char *slash = strrchr(wanted, '/');
	size_t len = (size_t)(slash ? slash - wanted : 0);

	len += strcspn(wanted + len, ":@");
	return strncmp(entry_name, wanted, len) == 0 &&
	       (entry_name[len] == '\0' || entry_name[len] == ':' || entry_name[len] == '@');
}

static bool entry_has_digest(const struct descriptor *entry, const void *data)
{
	const struct query *query = data;
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	const char *source = descriptor_annotation(entry, ANNOTATION_SOURCE);

	if (!digest_equal(&entry->digest, &query->digest) &&
	    (!source || strcmp(source, query->digest.text) != 0))
		return false;
	if (query->digest_alone)
		return true;
	for (size_t i = 0; name && i < query->names.len; i++)
		if (same_repository(name, query->names.items[i]))
			return true;
	return false;
}

static bool entry_has_prefix(const struct descriptor *entry, const void *prefix)
{
	return str_starts_with(digest_hex(&entry->digest), prefix);
}

/* The entry whose digest begins with the prefix; different digests are an error. */
static const struct descriptor *find_prefix(const struct index *index, const char *prefix,
					    struct error *err)
{
	const struct descriptor *found = NULL;

	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct descriptor *entry = &index->manifests[i];

		if (!entry_has_prefix(entry, prefix))
			continue;
		if (found && !digest_equal(&found->digest, &entry->digest)) {
			error_set(err, ERROR_FAILED, "several digests begin with it");
			error_hint(err, "write more digits");
			return NULL;
		}
		found = entry;
	}
	if (!found)
		error_set(err, ERROR_NOT_FOUND, "no such image");
	return found;
}

static const struct descriptor *find_entry(const struct index *index, const struct query *query,
					   const struct platform *platform, struct error *err)
{
	struct error cause = { 0 };
	const struct descriptor *entry;

	/* A name that carries its digest stands in the store as it was written. */
	entry = tag_choose(index, entry_has_name, query->word, platform, &cause);
	if (!entry && query->has_digest)
		return tag_choose(index, entry_has_digest, query, platform, err);
	for (size_t i = 0; !entry && i < query->names.len; i++) {
		struct error attempt = { 0 };

		entry = tag_choose(index, entry_has_name, query->names.items[i], platform,
				   &attempt);
		/* That a name has no image for the platform says more than that others are not
		 * there. */
		if (!cause.hint[0])
			cause = attempt;
	}
	if (!entry && query->prefix)
		return find_prefix(index, query->prefix, err);
	if (!entry && err)
		*err = cause;
	return entry;
}

/* Open the store's layout and read its index. */
static int open_images(const struct store *store, struct layout *ret_layout,
		       struct index *ret_index, struct error *err)
{
	autofree char *path = xasprintf("%s/images", store->path);

	if (layout_open(path, LAYOUT_READ, ret_layout, err) < 0) {
		/* A store that never had an image. */
		if (err && err->code == ERROR_NOT_FOUND)
			error_set(err, ERROR_NOT_FOUND, "no such image");
		return -1;
	}
	return layout_read_index(ret_layout, ret_index, err);
}

/* "image 'x': no such image", and how to get it. */
static int not_resolved(const struct query *query, struct error *err)
{
	const char *word = query->word;

	if (err && err->code == ERROR_NOT_FOUND && !err->hint[0] && !query->prefix &&
	    !query->digest_alone && query->names.len && !str_starts_with(word, "localhost/"))
		error_hint(err, "fetch it with 'ctnr pull %s'", word);
	return error_prefix(err, "image '%s'", word);
}

static int search(const struct store *store, const struct query *query,
		  const struct platform *platform, struct image *ret, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autoindex struct index index = INDEX_INIT;
	const struct descriptor *entry;

	if (open_images(store, &layout, &index, err) < 0)
		return -1;
	entry = find_entry(&index, query, platform, err);
	return entry ? resolve_entry(&layout, entry, platform, ret, err) : -1;
}

int image_find_entry(const struct store *store, const char *word, struct descriptor *ret,
		     enum image_match *ret_match, struct error *err)
{
	autocleanup(query_release) struct query query = { 0 };
	autolayout struct layout layout = LAYOUT_INIT;
	autoindex struct index index = INDEX_INIT;
	const struct descriptor *entry = NULL;
	const char *name;

	query_init(&query, word);
	if (open_images(store, &layout, &index, err) == 0)
		entry = find_entry(&index, &query, NULL, err);
	if (!entry)
		return not_resolved(&query, err);
	name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	*ret_match = IMAGE_BY_NAME;
	if (query.digest_alone || (query.prefix && !(name && strlist_contains(&query.names, name))))
		*ret_match = IMAGE_BY_DIGEST;
	descriptor_copy(entry, ret);
	return 0;
}

char *image_full_name(const char *word, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autofree char *local = NULL;

	if (!reference_has_registry(word)) {
		local = xasprintf("localhost/%s", word);
		word = local;
	}
	if (reference_parse(word, &reference, err) < 0)
		return NULL;
	if (reference.digest) {
		error_set(err, ERROR_USAGE, "a new name cannot have a digest: '%s'", word);
		return NULL;
	}
	return reference_format(&reference);
}

const char *image_name(const struct image *image)
{
	return image->ref ? image->ref : image->descriptor.digest.text;
}

static int resolve_in_store(const struct store *store, const char *word,
			    const struct platform *platform, struct image *ret, struct error *err)
{
	autocleanup(query_release) struct query query = { 0 };
	autofree char *key = NULL;
	char platform_text[PLATFORM_TEXT_MAX];
	struct refcache_stamp stamp = { 0 };
	struct platform host;

	platform_host(&host);
	key = xasprintf("%s %s%s", word,
			platform_format(platform ? platform : &host, platform_text),
			platform ? "" : " by default");
	if (refcache_stamp_take(store, &stamp) == 0 &&
	    refcache_lookup(store, &stamp, key, &ret->ref, &ret->descriptor)) {
		ret->layout = xasprintf("%s/images", store->path);
		return 0;
	}
	query_init(&query, word);
	if (search(store, &query, platform, ret, err) < 0)
		return not_resolved(&query, err);
	refcache_remember(store, &stamp, key, ret->ref, &ret->descriptor);
	return 0;
}

int image_resolve(const struct store *store, const char *word, const struct platform *platform,
		  struct image *ret, struct error *err)
{
	autoimage struct image image = IMAGE_INIT;
	int result;

	if (!*word)
		return error_set(err, ERROR_USAGE, "the name of the image is empty");
	if (*word == '{' || strcmp(word, "-") == 0)
		return resolve_record(word, platform, ret, err);
	if (str_starts_with(word, "oci:"))
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
