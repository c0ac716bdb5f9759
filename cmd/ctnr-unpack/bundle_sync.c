/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle_sync.h"

#include "base/alloc.h"
#include "system/idmap.h"
#include "system/sync.h"

#include <fcntl.h>
#include <string.h>

int bundle_sync_layers(const struct store *store, const struct identity *identity,
		       const struct digest *layers, size_t n_layers, struct error *err)
{
	bool is_synced[DIGEST_ALGORITHM_MAX] = { false };
	char idmap[IDMAP_NAME_MAX];

	if (!store->writable)
		return 0;
	identity_idmap_name(identity, idmap);
	for (size_t i = 0; i < n_layers; i++) {
		enum digest_algorithm algorithm = layers[i].algorithm;
		autofree char *folder =
			xasprintf("layers/%s/%s", idmap, digest_algorithm_name(algorithm));

		if (is_synced[algorithm])
			continue;
		is_synced[algorithm] = true;
		if (sync_folder_at(store->dirfd, folder, err) < 0)
			return -1;
	}
	return 0;
}

int bundle_sync(const struct store *store, const struct bundle *bundle, struct error *err)
{
	autostore struct store home = STORE_INIT;
	autofree char *in_home = NULL;

	if (bundle->driver == BUNDLE_OVERLAY && (sync_folder_at(bundle->dirfd, "lower", err) < 0 ||
						 sync_folder_at(bundle->dirfd, "upper", err) < 0))
		return error_prefix(err, "%s '%s'", bundle_word(), bundle->id);
	if (store_for_writing(store, &home, err) < 0 ||
	    sync_folder_at(home.dirfd, "bundles", err) < 0)
		return -1;
	in_home = xasprintf("%s/bundles/%s", home.path, bundle->id);
	return strcmp(in_home, bundle->path) == 0 ? 0
						  : sync_parents(AT_FDCWD, bundle->path, 1, err);
}
