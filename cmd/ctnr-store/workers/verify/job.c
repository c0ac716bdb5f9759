/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/job.h"

#include "base/alloc.h"
#include "format/json.h"
#include "oci/manifest.h"
#include "system/fd.h"

#include <string.h>
#include <unistd.h>

#define BLOBS_MAX (1U << 24)
#define BLOB_LAYERS_MAX (1U << 16) /* layers that were unpacked from one blob */

static void blob_release(struct job_blob *blob)
{
	for (size_t i = 0; i < blob->n_layers; i++) {
		free(blob->layers[i].path);
		strlist_release(&blob->layers[i].lowers);
	}
	free(blob->layers);
}

void job_release(struct job *job)
{
	if (!job)
		return;
	for (size_t i = 0; i < job->n_blobs; i++)
		blob_release(&job->blobs[i]);
	free(job->blobs);
	free(job->store);
	free(job->layout);
}

/* "layers/IDMAP/ALG/HEX": four components, none of which leads elsewhere. */
static bool is_layer_path(const char *path)
{
	unsigned int n = 0;

	if (!str_starts_with(path, "layers/"))
		return false;
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 0 || path[0] == '.')
			return false;
		n++;
		path += len + (path[len] == '/' && path[len + 1]);
	}
	return n == 4;
}

static int read_layer_path(const struct jnode *node, const char **ret, struct error *err)
{
	if (jnode_string(node, ret, err) < 0)
		return -1;
	return is_layer_path(*ret) ? 0 : jnode_error(node, err, "is not the path of a layer");
}

static int read_digest(const struct jnode *node, struct digest *ret, struct error *err)
{
	const char *text;

	return jnode_string(node, &text, err) < 0 ? -1 : digest_parse(text, ret, err);
}

static int read_lowers(const struct jnode *node, struct strlist *ret, struct error *err)
{
	size_t n;

	if (jnode_array(node, &n, err) < 0)
		return -1;
	if (n >= MANIFEST_LAYERS_MAX)
		return jnode_error(node, err, "has more than %u layers", MANIFEST_LAYERS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct jnode element = jnode_element(node, i);
		const char *path;

		if (read_layer_path(&element, &path, err) < 0)
			return -1;
		strlist_append(ret, path);
	}
	return 0;
}

static int read_layer(const struct jnode *node, struct job_layer *ret, struct error *err)
{
	struct jnode path = jnode_member(node, "path");
	struct jnode diff_id = jnode_member(node, "diffId");
	struct jnode lowers = jnode_member(node, "lowers");
	const char *text;

	if (read_layer_path(&path, &text, err) < 0)
		return -1;
	ret->path = xstrdup(text);
	return read_digest(&diff_id, &ret->diff_id, err) < 0 ||
			       read_lowers(&lowers, &ret->lowers, err) < 0
		       ? -1
		       : 0;
}

static int read_blob(const struct jnode *node, struct job_blob *ret, struct error *err)
{
	struct jnode digest = jnode_member(node, "digest");
	struct jnode size = jnode_member(node, "size");
	struct jnode layers = jnode_member(node, "layers");
	size_t n;

	if (read_digest(&digest, &ret->digest, err) < 0 ||
	    jnode_unsigned(&size, INT64_MAX, &ret->size, err) < 0 ||
	    jnode_array(&layers, &n, err) < 0)
		return -1;
	if (n > BLOB_LAYERS_MAX)
		return jnode_error(&layers, err, "has more than %u layers", BLOB_LAYERS_MAX);
	ret->layers = xcalloc(n ? n : 1, sizeof(ret->layers[0]));
	while (ret->n_layers < n) {
		struct jnode layer = jnode_element(&layers, ret->n_layers);

		if (read_layer(&layer, &ret->layers[ret->n_layers++], err) < 0)
			return -1;
	}
	return 0;
}

static int read_blobs(const struct jnode *node, struct job *job, struct error *err)
{
	size_t n;

	if (jnode_array(node, &n, err) < 0)
		return -1;
	if (n > BLOBS_MAX)
		return jnode_error(node, err, "has more than %u blobs", BLOBS_MAX);
	job->blobs = xcalloc(n ? n : 1, sizeof(job->blobs[0]));
	while (job->n_blobs < n) {
		struct jnode blob = jnode_element(node, job->n_blobs);

		if (read_blob(&blob, &job->blobs[job->n_blobs++], err) < 0)
			return -1;
	}
	return 0;
}

int job_read(struct job *job, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct jnode root, store, layout, deep, blobs;
	const char *store_path, *layout_path;

	if (fd_read_rest(STDIN_FILENO, JOB_MAX, &text, err) < 0)
		return error_prefix(err, "job");
	document = json_parse(text.data, text.len, "job", err);
	if (!document)
		return -1;
	root = jnode_root(document, "job");
	store = jnode_member(&root, "store");
	layout = jnode_member(&root, "layout");
	deep = jnode_member(&root, "deep");
	blobs = jnode_member(&root, "blobs");
	if (jnode_string(&store, &store_path, err) < 0 ||
	    jnode_string(&layout, &layout_path, err) < 0 ||
	    jnode_bool_opt(&deep, &job->deep, err) < 0)
		return -1;
	job->store = xstrdup(store_path);
	job->layout = xstrdup(layout_path);
	return read_blobs(&blobs, job, err);
}

bool job_has_layers(const struct job *job)
{
	for (size_t i = 0; i < job->n_blobs; i++)
		if (job->blobs[i].n_layers)
			return true;
	return false;
}
