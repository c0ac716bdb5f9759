/* SPDX-License-Identifier: Apache-2.0 */
#include "check/judge.h"

#include "base/alloc.h"
#include "oci/tag.h"
#include "system/fd.h"
#include "system/path.h"
#include "system/process.h"

#include <string.h>

#define WORKER "ctnr-store-policy"
#define ANSWER_MAX (512U << 20) /* bytes: a line of 2 kB for each of 250,000 images */

/* The path that the user wrote, for files that the worker opens. */
static int set_path(json_t *job, const char *key, const char *path, struct error *err)
{
	if (!path)
		return 0;
	if (json_check_text(path, err) < 0)
		return -1;
	json_object_set_new(job, key, json_string(path));
	return 0;
}

static void add_image(json_t *images, const struct descriptor *entry)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	const char *source = descriptor_annotation(entry, ANNOTATION_SOURCE);
	json_t *image = json_object();

	json_object_set_new(image, "name", json_string(name));
	json_object_set_new(image, "digest", json_string(source ? source : entry->digest.text));
	json_array_append_new(images, image);
}

/* The job for the images with a name, or NULL with err. */
static json_t *make_job(const struct look *look, const struct policy_opts *opts,
			const struct index *index, struct error *err)
{
	const struct scope *scope = look->scope;
	autofree char *path = path_of_fd(scope->layout.dirfd, err);
	autojson json_t *job = json_object();
	json_t *images = json_array();

	json_object_set_new(job, "images", images);
	if (!path || set_path(job, "policy", opts->policy, err) < 0 ||
	    set_path(job, "registriesD", opts->registries_d, err) < 0 ||
	    set_path(job, "layout", path, err) < 0)
		return NULL;
	json_object_set_new(job, "transport", json_string(scope->store ? "docker" : "oci"));
	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct descriptor *entry = &index->manifests[i];

		if (descriptor_annotation(entry, ANNOTATION_REF_NAME) &&
		    scope_has_entry(scope, entry))
			add_image(images, entry);
	}
	return steal(&job);
}

/* Take one line of the worker. */
static int take_line(struct look *look, const char *line, size_t len, struct error *err)
{
	autojson json_t *document = json_parse(line, len, "line of the worker", err);
	struct jnode root = jnode_root(document, "line of the worker");
	struct jnode failed_node = jnode_member(&root, "failed");
	struct jnode name_node = jnode_member(&root, "name");
	struct jnode problem_node = jnode_member(&root, "problem");
	const char *failed = NULL;
	const char *name;
	const char *problem;

	if (!document || jnode_string_opt(&failed_node, &failed, err) < 0)
		return -1;
	if (failed)
		return error_set(err, ERROR_FAILED, "%s", failed);
	if (jnode_string(&name_node, &name, err) < 0 ||
	    jnode_string(&problem_node, &problem, err) < 0)
		return -1;
	finding_describe(findings_add(&look->findings, FINDING_POLICY, name, NULL), "%s", problem);
	return 0;
}

static int take_lines(struct look *look, const struct str *answer, struct error *err)
{
	const char *line = answer->data;
	const char *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		if (take_line(look, line, (size_t)(end - line), err) < 0)
			return -1;
	return 0;
}

static int run_worker(struct look *look, const json_t *job, struct error *err)
{
	autofree char *text = json_format(job);
	autostr struct str answer = STR_INIT;
	autoclose int output = -EBADF;
	pid_t pid = process_spawn_helper(WORKER, text, &output, err);
	int result;
	int status;

	if (pid < 0)
		return error_prefix(err, "policy worker");
	result = fd_read_rest(output, ANSWER_MAX, &answer, err);
	fd_close(&output);
	status = process_wait(pid, result < 0 ? NULL : err);
	if (result < 0 || status < 0)
		return error_prefix(err, "policy worker");
	if (take_lines(look, &answer, err) < 0)
		return -1;
	return status == 0 ? 0
			   : error_set(err, ERROR_FAILED, "the policy worker failed with status %d",
				       status);
}

int judge_images(struct look *look, const struct policy_opts *opts, struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	autojson json_t *job = NULL;

	/* What is wrong with the layout itself is a finding already. */
	if (look->scope->layout.dirfd < 0 ||
	    layout_read_index(&look->scope->layout, &index, NULL) < 0)
		return 0;
	job = make_job(look, opts, &index, err);
	return job ? run_worker(look, job, err) : -1;
}
