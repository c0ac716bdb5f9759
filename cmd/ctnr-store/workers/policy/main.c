/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy worker of ctnr-store: asks a policy about images that are there, as a fetch would ask it now. It
 * is a program of its own because of what it loads. Blobs are read and nothing is written; a requirement of
 * signatures asks where these are kept, which may be a registry.
 *
 *  1. Read the job from stdin, an object: "policy" and "registriesD" are what the options say, "layout" is
 *     an absolute path, "transport" is "docker" or "oci", and "images" are objects with "name" and "digest",
 *     that of the document which the name stood for where the image came from.
 *  2. Read the policy.
 *  3. Write to stdout, for each image that is not let in, a line with its "name" and the "problem".
 * When it cannot do that, the one line has the member "failed".
 */
#include "base/alloc.h"
#include "format/json.h"
#include "oci/blob.h"
#include "oci/document.h"
#include "registry/access.h"
#include "registry/policy_file.h"
#include "registry/policy_judge.h"
#include "registry/registries_conf.h"
#include "system/fd.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOB_MAX (256U << 20) /* bytes: 250,000 images have a tenth */

struct job {
	struct layout layout;
	struct policy policy;
	struct policy_opts opts; /* borrowed from the document */
	const char *transport;
	struct access access;
	struct registries_conf registries;
};

static void job_release(struct job *job)
{
	layout_release(&job->layout);
	policy_release(&job->policy);
	access_release(&job->access);
	registries_conf_release(&job->registries);
}

/* Read the document of that digest. */
static int read_document(const struct layout *layout, const char *digest, struct document *ret,
			 struct error *err)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	char path[LAYOUT_BLOB_PATH_MAX];
	struct stat st;

	if (digest_parse(digest, &descriptor.digest, err) < 0)
		return -1;
	if (fstatat(layout->dirfd, layout_blob_path(&descriptor.digest, path), &st, 0) < 0)
		return error_errno(err, "cannot look at '%s'", path);
	descriptor.size = (uint64_t)st.st_size;
	ret->digest = descriptor.digest;
	return layout_read_blob(layout, &descriptor, MANIFEST_MAX, &ret->bytes, err);
}

/* Judge an image that has the name of one in a registry. What was made here is in none. */
static int judge_reference(struct job *job, const char *name, const struct document *document,
			   struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autoplacelist struct place_list places = PLACE_LIST_INIT;
	autorepository struct repository *repository = NULL;
	struct repository_connection *connection = NULL;
	struct session_options options;
	const struct policy_judge judge = { &job->policy, job->opts.registries_d, &options };
	struct policy_subject subject = { { .transport = "docker", .reference = &reference },
					  document };
	int result;

	if (reference_parse(name, &reference, err) < 0 ||
	    access_begin(&job->access, reference.registry, NULL, err) < 0)
		return -1;
	access_session_options(&job->access, &options);
	if (strcmp(reference.registry, REFERENCE_LOCAL) != 0) {
		if (registries_conf_places(&job->registries, &reference, REGISTRIES_BY_DIGEST,
					   &places, err) < 0)
			return -1;
		repository = repository_open(&places, &options, err);
		connection = repository ? repository_connect(repository) : NULL;
		if (!connection)
			return -1;
	}
	subject.repository = repository;
	subject.connection = connection;
	result = policy_judge(&judge, &subject, err);
	repository_disconnect(connection);
	return result;
}

static int judge_image(struct job *job, const char *name, const char *digest, struct error *err)
{
	autodocument struct document document = DOCUMENT_INIT;
	const struct policy_judge judge = { &job->policy, job->opts.registries_d, NULL };
	const struct policy_subject subject = {
		{ .transport = "oci", .path = job->layout.path, .name = name },
		&document,
	};

	if (read_document(&job->layout, digest, &document, err) < 0)
		return -1;
	if (strcmp(job->transport, "oci") == 0)
		return policy_judge(&judge, &subject, err);
	return judge_reference(job, name, &document, err);
}

static int print_line(const char *key, const char *name, const char *value, struct error *err)
{
	autojson json_t *line = json_object();

	if (name)
		json_object_set_new(line, "name", json_string(name));
	json_object_set_new(line, key, json_string(value));
	return json_print(stdout, line, err);
}

static int judge_images(struct job *job, const struct jnode *images, struct error *err)
{
	size_t len;

	if (jnode_array(images, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode image = jnode_element(images, i);
		struct jnode name_node = jnode_member(&image, "name");
		struct jnode digest_node = jnode_member(&image, "digest");
		struct error problem = { 0 };
		const char *name;
		const char *digest;

		if (jnode_string(&name_node, &name, err) < 0 ||
		    jnode_string(&digest_node, &digest, err) < 0)
			return -1;
		if (judge_image(job, name, digest, &problem) < 0 &&
		    print_line("problem", name, problem.message, err) < 0)
			return -1;
	}
	return 0;
}

static int read_job(const struct jnode *root, struct job *ret, struct error *err)
{
	static const struct access_opts defaults = ACCESS_OPTS_DEFAULT;
	static const struct registries_conf_opts usual = { 0 };
	struct jnode policy = jnode_member(root, "policy");
	struct jnode registries = jnode_member(root, "registriesD");
	struct jnode layout = jnode_member(root, "layout");
	struct jnode transport = jnode_member(root, "transport");
	const char *path;

	if (jnode_string_opt(&policy, &ret->opts.policy, err) < 0 ||
	    jnode_string_opt(&registries, &ret->opts.registries_d, err) < 0 ||
	    jnode_string(&layout, &path, err) < 0 ||
	    jnode_string(&transport, &ret->transport, err) < 0 ||
	    access_check(&defaults, &ret->access, err) < 0 ||
	    registries_conf_load(&usual, &ret->registries, err) < 0 ||
	    layout_open(path, LAYOUT_READ, &ret->layout, err) < 0)
		return -1;
	ret->layout.check = blob_check;
	return policy_file_open(&ret->opts, &ret->policy, err);
}

static int do_job(struct error *err)
{
	autocleanup(job_release) struct job job = { .layout = LAYOUT_INIT,
						    .policy = POLICY_INIT,
						    .access = ACCESS_INIT,
						    .registries = REGISTRIES_CONF_INIT };
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct jnode root;
	struct jnode images;

	if (fd_read_rest(STDIN_FILENO, JOB_MAX, &text, err) < 0)
		return -1;
	document = json_parse(text.data, text.len, "job", err);
	if (!document)
		return -1;
	root = jnode_root(document, "job");
	images = jnode_member(&root, "images");
	return read_job(&root, &job, err) < 0 ? -1 : judge_images(&job, &images, err);
}

int main(void)
{
	struct error err = { 0 };

	if (do_job(&err) < 0)
		print_line("failed", NULL, err.message, NULL);
	return fflush(stdout) == 0 ? err.code : ERROR_FAILED;
}
