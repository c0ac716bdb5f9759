/* SPDX-License-Identifier: Apache-2.0 */
#include "image_choice.h"

#include "base/alloc.h"
#include "oci/blob.h"
#include "oci/document.h"
#include "oci/media_type.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

void image_choice_release(struct image_choice *choice)
{
	layout_release(&choice->layout);
	descriptor_release(&choice->top);
	descriptor_release(&choice->origin);
}

/* The size of a blob of which only the digest is known; UINT64_MAX: it is not there. */
static uint64_t size_of_blob(const struct layout *layout, const struct digest *digest)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	struct stat st;

	/* Asked first, because one that a collector keeps aside is there too. */
	if (!layout_has_blob(layout, digest, UINT64_MAX) ||
	    fstatat(layout->dirfd, layout_blob_path(digest, path), &st, AT_SYMLINK_NOFOLLOW) < 0)
		return UINT64_MAX;
	return (uint64_t)st.st_size;
}

/* The media type of a document that says no more than its bytes: borrowed, or NULL when it is none. */
static const char *type_of_document(const json_t *json)
{
	const char *stated = json_text(json_object_get(json, "mediaType"));
	enum media_kind kind = stated ? media_type_kind(stated) : MEDIA_UNKNOWN;

	if (kind == MEDIA_MANIFEST || kind == MEDIA_INDEX)
		return stated;
	if (stated && *stated)
		return NULL;
	if (json_is_array(json_object_get(json, "manifests")))
		return MEDIA_TYPE_INDEX;
	return json_is_object(json_object_get(json, "config")) ? MEDIA_TYPE_MANIFEST : NULL;
}

/* Describe the document that an entry was made of, where it is there: what cannot be read is as good as absent. */
static bool describe_source(const struct layout *layout, const struct descriptor *entry,
			    struct descriptor *ret)
{
	const char *text = descriptor_annotation(entry, ANNOTATION_SOURCE);
	struct descriptor source = DESCRIPTOR_INIT;
	autostr struct str bytes = STR_INIT;
	autojson json_t *json = NULL;
	const char *media_type;

	if (!text || digest_parse(text, &source.digest, NULL) < 0)
		return false;
	source.size = size_of_blob(layout, &source.digest);
	if (source.size > MANIFEST_MAX ||
	    layout_read_blob(layout, &source, MANIFEST_MAX, &bytes, NULL) < 0 ||
	    json_check_values(bytes.data, bytes.len, DOCUMENT_VALUES_MAX, "document", NULL) < 0)
		return false;
	json = json_parse(bytes.data, bytes.len, "document", NULL);
	media_type = json ? type_of_document(json) : NULL;
	if (!media_type)
		return false;
	*ret = source;
	ret->media_type = xstrdup(media_type);
	return true;
}

static bool is_index(const struct descriptor *descriptor)
{
	return media_type_kind(descriptor->media_type) == MEDIA_INDEX;
}

/* Go on from an index to the manifest for a platform. */
static int choose_platform(struct image_choice *choice, const struct platform *platform,
			   struct error *err)
{
	autodescriptor struct descriptor chosen = DESCRIPTOR_INIT;
	char have_text[PLATFORM_TEXT_MAX];
	char want_text[PLATFORM_TEXT_MAX];

	if (layout_resolve(&choice->layout, &choice->top, platform, &chosen, err) < 0)
		return image_found_unfit(err);
	image_fill_platform(&choice->layout, &chosen);
	if (platform && chosen.platform.os[0] && !platform_matches(&chosen.platform, platform))
		return error_set(err, ERROR_FAILED, "it is for %s, not for %s",
				 platform_format(&chosen.platform, have_text),
				 platform_format(platform, want_text));
	descriptor_release(&choice->top);
	choice->top = chosen;
	chosen = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

/* The origin of a manifest whose entry was chosen from an index is the manifest in that index. */
static void choose_origin(struct image_choice *choice, const struct descriptor *source)
{
	struct descriptor top = DESCRIPTOR_INIT;

	if (is_index(&choice->top) == is_index(source)) {
		descriptor_copy(source, &choice->origin);
		choice->has_origin = true;
	} else if (is_index(source)) {
		descriptor_copy(&choice->top, &top);
		image_fill_platform(&choice->layout, &top);
		choice->has_origin = layout_resolve(&choice->layout, source,
						    top.platform.os[0] ? &top.platform : NULL,
						    &choice->origin, NULL) == 0;
		descriptor_release(&top);
	}
	if (choice->has_origin && digest_equal(&choice->origin.digest, &choice->top.digest))
		choice->has_origin = false;
}

int image_choose(const struct image *image, const struct image_choice_request *request,
		 struct image_choice *ret, struct error *err)
{
	autodescriptor struct descriptor source = DESCRIPTOR_INIT;
	bool has_source;

	if (layout_open(image->layout, LAYOUT_READ, &ret->layout, err) < 0)
		return -1;
	/* What is copied is looked at once more: a disk may have changed it since it came. */
	ret->layout.check = blob_check;
	descriptor_copy(&image->descriptor, &ret->top);
	has_source = describe_source(&ret->layout, &ret->top, &source);
	if (request->wants_all && has_source && is_index(&source) && !is_index(&ret->top)) {
		descriptor_release(&ret->top);
		descriptor_copy(&source, &ret->top);
	} else if ((request->platform || (request->wants_manifest && is_index(&ret->top))) &&
		   choose_platform(ret, request->platform, err) < 0) {
		return -1;
	}
	if (has_source)
		choose_origin(ret, &source);
	return 0;
}
