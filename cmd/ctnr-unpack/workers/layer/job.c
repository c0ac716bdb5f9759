/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/job.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "oci/blob.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "store/layer.h"
#include "system/fd.h"
#include "system/sync.h"

#include <string.h>

void job_release(struct job *job)
{
	if (!job)
		return;
	store_release(&job->store);
	image_release(&job->image);
	layout_release(&job->layout);
	manifest_release(&job->manifest);
	free(job->bundle);
	free(job->diff_ids);
	free(job->chain_ids);
}

static int read_request(struct job *job, struct error *err)
{
	autojson json_t *request = record_read_stdin(err);
	struct jnode root = jnode_root(request, "job");
	struct jnode store = jnode_member(&root, "store");
	struct jnode image = jnode_member(&root, "image");
	struct jnode bundle = jnode_member(&root, "bundle");
	struct jnode sync = jnode_member(&root, "sync");
	const char *store_path = NULL;
	const char *bundle_path = NULL;
	bool is_synced = true;

	if (!request || jnode_string(&store, &store_path, err) < 0 ||
	    jnode_string_opt(&bundle, &bundle_path, err) < 0 ||
	    jnode_bool_opt(&sync, &is_synced, err) < 0 ||
	    image_from_json(&image, &job->image, err) < 0)
		return -1;
	sync_set_enabled(is_synced);
	job->bundle = bundle_path ? xstrdup(bundle_path) : NULL;
	if (store_open(store_path, STORE_TRY_WRITE, &job->store, err) < 0)
		return -1;
	if (layout_open(job->image.layout, LAYOUT_READ, &job->layout, err) < 0)
		return -1;
	/* The layout may be any directory: nobody has vouched for what lies in it. */
	job->layout.check = blob_check;
	return 0;
}

static bool is_layer(const struct descriptor *descriptor)
{
	return media_type_kind(descriptor->media_type) == MEDIA_LAYER;
}

/* Some tools add what is no layer to an image's layers; the config does not know it. Where layers and
 * diff IDs are of one number, all are layers, whatever their types say. */
static void drop_artifacts(struct manifest *manifest, size_t n_diff_ids)
{
	size_t n_layers = 0;
	size_t kept = 0;

	for (size_t i = 0; i < manifest->n_layers; i++)
		n_layers += is_layer(&manifest->layers[i]);
	if (manifest->n_layers == n_diff_ids || n_layers != n_diff_ids)
		return;
	for (size_t i = 0; i < manifest->n_layers; i++) {
		if (is_layer(&manifest->layers[i]))
			manifest->layers[kept++] = manifest->layers[i];
		else
			descriptor_release(&manifest->layers[i]);
	}
	manifest->n_layers = kept;
}

static int read_image(struct job *job, struct error *err)
{
	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;
	const struct descriptor *descriptor = &job->manifest.config;

	if (layout_read_manifest(&job->layout, &job->image.descriptor, &job->manifest, err) < 0 ||
	    image_config_read(&job->layout, descriptor, &config, err) < 0)
		return -1;
	drop_artifacts(&job->manifest, config.n_diff_ids);
	if (config.n_diff_ids != job->manifest.n_layers)
		return error_set(err, ERROR_VERIFY,
				 "image config %s: %zu diff IDs, but the manifest has %zu layers",
				 descriptor->digest.text, config.n_diff_ids,
				 job->manifest.n_layers);
	job->diff_ids = steal(&config.diff_ids);
	config.n_diff_ids = 0;
	return 0;
}

/* ChainID(base) is its diff ID; ChainID(n) is the digest of "ChainID(n-1) DiffID(n)". */
static int compute_chain(struct job *job, struct error *err)
{
	size_t n = job->manifest.n_layers;

	job->chain_ids = xcalloc(n ? n : 1, sizeof(job->chain_ids[0]));
	for (size_t i = 0; i < n; i++) {
		autostr struct str text = STR_INIT;

		if (i == 0) {
			job->chain_ids[0] = job->diff_ids[0];
			continue;
		}
		str_appendf(&text, "%s %s", job->chain_ids[i - 1].text, job->diff_ids[i].text);
		if (hash_buffer(DIGEST_SHA256, text.data, text.len, &job->chain_ids[i], err) < 0)
			return -1;
	}
	return 0;
}

static int save_chain(const struct job *job, struct error *err)
{
	const struct digest *config = &job->manifest.config.digest;
	autofree char *dir = xasprintf("cache/chains/%s", digest_algorithm_name(config->algorithm));
	autofree char *path = layer_chain_path(config);
	autofree char *text = layer_chain_text(job->chain_ids, job->manifest.n_layers);

	if (dir_make_at(job->store.dirfd, dir, 0700, err) < 0)
		return -1;
	return file_write_at(job->store.dirfd, path, text, strlen(text), 0600, FILE_NO_SYNC, err);
}

int job_read(struct job *job, struct error *err)
{
	if (read_request(job, err) < 0 || read_image(job, err) < 0 || compute_chain(job, err) < 0)
		return -1;
	if (job->store.writable && save_chain(job, err) < 0)
		return -1;
	return identity_probe(&job->identity, err);
}
