/* SPDX-License-Identifier: Apache-2.0 */
#include "check/origin.h"

#include "base/alloc.h"
#include "store/bundle_stack.h"
#include "store/layer.h"
#include "system/fd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Are these the layers of a config, whatever the mapping of IDs? */
static bool is_stack_of(const struct store *store, const struct digest *config,
			const struct strlist *links)
{
	autofree struct digest *chain = NULL;
	size_t n;

	if (links->len == 0 || layer_chain_cached(store, config, &chain, &n, NULL) <= 0 ||
	    n != links->len)
		return false;
	for (size_t i = 0; i < n; i++) {
		autofree char *path = layer_path("", &chain[n - 1 - i]);
		const char *layer = strchr(links->items[i], '/');

		/* "layers//ALG/HEX" and "/ALG/HEX" */
		if (!str_ends_with(path, layer))
			return false;
	}
	return true;
}

/* The image of the entry that has the bundle's layers. Of several different ones none is known. */
struct origin_search {
	const struct scope *scope;
	struct strlist links;
	struct image image; /* layout NULL: none */
	bool is_ambiguous;
};

static void compare_entry(struct origin_search *search, const struct descriptor *entry)
{
	const struct layout *layout = &search->scope->layout;
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	automanifest struct manifest manifest = MANIFEST_INIT;

	if (layout_read_manifest(layout, entry, &manifest, NULL) < 0 ||
	    !is_stack_of(search->scope->store, &manifest.config.digest, &search->links))
		return;
	if (search->image.layout) {
		search->is_ambiguous |=
			!digest_equal(&search->image.descriptor.digest, &entry->digest);
		return;
	}
	search->image.layout = xstrdup(layout->path);
	search->image.ref = name ? xstrdup(name) : NULL;
	descriptor_copy(entry, &search->image.descriptor);
}

void origin_find(const struct scope *scope, enum origin_choice choice, struct bundle *bundle)
{
	autoindex struct index index = INDEX_INIT;
	struct origin_search search = { .scope = scope,
					.links = STRLIST_INIT,
					.image = IMAGE_INIT };

	if (bundle->image.layout)
		return;
	bundle_stack_list_layers(bundle->dirfd, &search.links);
	if (scope->layout.dirfd >= 0)
		layout_read_index(&scope->layout, &index, NULL);
	for (size_t i = 0; i < index.n_manifests; i++)
		compare_entry(&search, &index.manifests[i]);
	strlist_release(&search.links);
	if (search.image.layout && (choice == ORIGIN_ANY || !search.is_ambiguous))
		bundle->image = search.image;
	else
		image_release(&search.image);
}
