/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diff/job.h"

#include "base/alloc.h"
#include "format/json.h"
#include "oci/manifest.h"
#include "store/image.h"

static void job_side_release(struct job_side *side)
{
	free(side->bundle);
	strlist_release(&side->layers);
}

void job_release(struct job *job)
{
	job_side_release(&job->from);
	job_side_release(&job->to);
}

static int read_layers(const struct jnode *layers, struct strlist *ret, struct error *err)
{
	size_t n;

	if (jnode_array(layers, &n, err) < 0)
		return -1;
	if (n == 0 || n > MANIFEST_LAYERS_MAX)
		return jnode_error(layers, err, "has no layers, or too many");
	for (size_t i = 0; i < n; i++) {
		struct jnode layer = jnode_element(layers, i);
		const char *path;

		if (jnode_string(&layer, &path, err) < 0)
			return -1;
		strlist_append(ret, path);
	}
	return 0;
}

static int read_side(const struct jnode *side, struct job_side *ret, struct error *err)
{
	struct jnode bundle = jnode_member(side, "bundle");
	struct jnode layers = jnode_member(side, "layers");
	const char *path = NULL;

	if (jnode_string_opt(&bundle, &path, err) < 0)
		return -1;
	if (!path)
		return read_layers(&layers, &ret->layers, err);
	ret->bundle = xstrdup(path);
	return 0;
}

int job_read(struct job *ret, struct error *err)
{
	autojson json_t *document = record_read_stdin(err);
	struct jnode root = jnode_root(document, "job");
	struct jnode from = jnode_member(&root, "from");
	struct jnode to = jnode_member(&root, "to");

	if (!document || read_side(&to, &ret->to, err) < 0)
		return -1;
	ret->has_from = jnode_is_present(&from);
	return ret->has_from ? read_side(&from, &ret->from, err) : 0;
}
