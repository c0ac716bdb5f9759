/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/document/naming.h"

#include "base/alloc.h"
#include "oci/blob.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "store/image_resolve.h"

#include <stdlib.h>
#include <string.h>

void naming_release(struct naming *naming)
{
	if (!naming)
		return;
	store_release(&naming->store);
	layout_release(&naming->layout);
	free(naming->name);
	descriptor_release(&naming->entry);
	*naming = (struct naming)NAMING_INIT;
}

int naming_open(const struct store_opts *opts, struct naming *ret, struct error *err)
{
	autonaming struct naming naming = NAMING_INIT;
	autofree char *path = NULL;

	sync_apply(&opts->sync);
	if (store_open(opts->store, STORE_WRITE, &naming.store, err) < 0)
		return -1;
	path = xasprintf("%s/images", naming.store.path);
	if (layout_open(path, LAYOUT_CREATE, &naming.layout, err) < 0)
		return store_damaged(err);
	naming.layout.check = blob_check;
	*ret = naming;
	naming = (struct naming)NAMING_INIT;
	return 0;
}

int naming_give(struct naming *naming, const char *word, struct error *err)
{
	naming->name = reference_new_name(word, err);
	return naming->name ? 0 : -1;
}

static int no_such_index(const char *word, struct error *err)
{
	return error_hint(
		err, "'ctnr manifest create %s' makes it; 'ctnr images' lists what is there", word);
}

int naming_find(struct naming *naming, const char *word, struct error *err)
{
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;
	enum image_match match;
	const char *name;

	if (image_find_entry(&naming->store, word, &entry, &match, err) < 0)
		return error_is(err, ERROR_NOT_FOUND) ? no_such_index(word, err) : -1;
	name = descriptor_annotation(&entry, ANNOTATION_REF_NAME);
	if (match != IMAGE_BY_NAME || !name) {
		error_set(err, ERROR_USAGE, "'%s' is not a name", word);
		return error_hint(err, "what is changed gets another digest, so a name is needed");
	}
	naming->name = xstrdup(name);
	return 0;
}

int naming_read(struct naming *naming, struct error *err)
{
	struct error cause = { 0 };

	descriptor_release(&naming->entry);
	naming->is_there = tag_find_raw(&naming->layout, naming->name, &naming->entry, &cause) == 0;
	return naming->is_there || cause.code == ERROR_NOT_FOUND ? 0 : error_move(err, &cause);
}

bool naming_has_changed(struct naming *naming, const struct digest *digest)
{
	if (naming_read(naming, NULL) < 0)
		return false;
	return !naming->is_there || !digest_equal(&naming->entry.digest, digest);
}

int naming_exchange(const struct naming *naming, const struct descriptor *descriptor,
		    const struct descriptor *referrer, struct error *err)
{
	return tag_exchange(&naming->layout, naming->name,
			    naming->is_there ? &naming->entry.digest : NULL, descriptor, referrer,
			    err);
}

int naming_print(const struct naming *naming, const struct descriptor *descriptor,
		 const struct store_opts *opts, struct error *err)
{
	autoimage struct image image = IMAGE_INIT;

	image.layout = xstrdup(naming->layout.path);
	image.ref = xstrdup(naming->name);
	descriptor_copy(descriptor, &image.descriptor);
	return image_print(stdout, &image, (enum image_print)opts->print, err);
}

int naming_keep_blob(const struct naming *naming, const struct descriptor *descriptor,
		     struct error *err)
{
	if (layout_lease_blob(&naming->layout, &descriptor->digest, err) < 0)
		return -1;
	if (layout_has_blob(&naming->layout, &descriptor->digest, descriptor->size))
		return 0;
	error_set(err, ERROR_NOT_FOUND, "blob %s is not there", descriptor->digest.text);
	return error_hint(err, "'ctnr pull --all-platforms' gets all images of an index");
}
