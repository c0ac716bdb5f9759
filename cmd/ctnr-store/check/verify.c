/* SPDX-License-Identifier: Apache-2.0 */
#include "check/verify.h"

#include "check/need.h"
#include "check/verify_job.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One run of the verifier. */
struct verification {
	const struct scope *scope;
	struct findings findings;
	struct progress *progress;
	size_t task;
	uint64_t bytes; /* that were read */
	const struct verify_job *job;
};

static uint64_t blob_size(const struct verification *verification, const char *digest)
{
	const json_t *position = json_object_get(verification->job->positions, digest);

	return position ? verification->job->blobs[json_integer_value(position)].size : 0;
}

static void note_progress(struct verification *verification, const char *digest)
{
	verification->bytes += blob_size(verification, digest);
	progress_update(verification->progress, verification->task, verification->bytes);
}

static struct finding *add_blob(struct verification *verification, const char *digest,
				const char *message)
{
	char buffer[LAYOUT_BLOB_PATH_MAX];
	autofree char *path = NULL;
	struct finding *finding;
	struct digest parsed;

	if (digest_parse(digest, &parsed, NULL) == 0)
		path = scope_layout_path(verification->scope, layout_blob_path(&parsed, buffer));
	finding = findings_add(&verification->findings, FINDING_BLOB, digest, path);
	finding_describe(finding, "%s", message ? message : "is damaged");
	return finding;
}

static void take_blob(struct verification *verification, const struct verifier_finding *found)
{
	note_progress(verification, found->blob);
	switch (found->kind) {
	case VERIFIER_BLOB_RIGHT:
	case VERIFIER_BLOB_MISSING: /* Somebody has removed it; what is needed was looked for. */
		break;
	case VERIFIER_BLOB_DIFF_ID:
		finding_set_remark(add_blob(verification, found->blob, found->message),
				   REMEDY_NONE);
		break;
	case VERIFIER_BLOB_READ:
		add_blob(verification, found->blob, found->message)->is_unreadable = true;
		break;
	default:
		add_blob(verification, found->blob, found->message);
		break;
	}
}

/* The finding of a layer, of which differences come one after the other. */
static struct finding *layer_finding(struct verification *verification, const char *layer)
{
	struct findings *findings = &verification->findings;

	for (size_t i = findings->len; i-- > 0;)
		if (findings->items[i].kind == FINDING_LAYER &&
		    strcmp(findings->items[i].name, layer) == 0)
			return &findings->items[i];
	return findings_add(findings, FINDING_LAYER, layer, layer);
}

static void take_difference(struct verification *verification, const struct verifier_finding *found)
{
	struct finding *finding = layer_finding(verification, found->layer);
	const char *path = found->path && *found->path ? found->path : ".";
	autofree char *detail = xasprintf("'%s': %s", path, found->message);

	finding->remedy = REMEDY_REMOVE;
	strlist_append(&finding->details, detail);
	if (finding->details.len == 1)
		finding_describe(finding, "is not as its archive: %s", detail);
}

static void take_skipped(struct verification *verification, const struct verifier_finding *found)
{
	struct finding *finding = layer_finding(verification, found->layer);

	finding_describe(finding, "cannot be compared: %s", found->message);
	finding_set_remark(finding, REMEDY_NONE);
}

static void take_found(void *data, const struct verifier_finding *found)
{
	struct verification *verification = data;

	switch (found->kind) {
	case VERIFIER_LAYER_RIGHT:
		break;
	case VERIFIER_LAYER_DIFFERS:
		take_difference(verification, found);
		break;
	case VERIFIER_LAYER_MORE:
		layer_finding(verification, found->layer)->n_more += found->count;
		break;
	case VERIFIER_LAYER_SKIPPED:
		take_skipped(verification, found);
		break;
	default:
		take_blob(verification, found);
		break;
	}
}

static int run_job(struct verify_job *job, const struct scope *scope,
		   const struct verify_opts *opts, struct findings *ret, struct error *err)
{
	autoprogress struct progress *progress = progress_new(opts->progress);
	struct verification verification = {
		.scope = scope, .findings = FINDINGS_INIT, .progress = progress, .job = job
	};
	int result;

	if (job->job.n_blobs == 0)
		return 0;
	job->job.deep = opts->deep;
	verification.task = progress_add(progress, "check", scope->layout.path, job->bytes);
	result = verifier_run(&job->job, take_found, &verification, err);
	progress_finish(progress, verification.task, result < 0 ? PROGRESS_FAILED : PROGRESS_DONE);
	*ret = verification.findings;
	return result;
}

/* The blobs to be read again: those that are damaged, and those that layers were made of which differ. */
static json_t *list_suspects(const struct verify_job *job, const struct findings *findings)
{
	autojson json_t *names = json_object();
	json_t *suspects = json_object();

	for (size_t i = 0; i < findings->len; i++)
		if (findings->items[i].is_damage)
			json_object_set_new(names, findings->items[i].name, json_true());
	for (size_t i = 0; i < job->job.n_blobs; i++) {
		const struct verifier_blob *blob = &job->blobs[i];
		bool is_suspect = json_object_get(names, blob->digest);

		for (size_t j = 0; j < blob->n_layers && !is_suspect; j++)
			is_suspect = json_object_get(names, blob->layers[j].path);
		if (is_suspect)
			json_object_set_new(suspects, blob->digest, json_true());
	}
	return suspects;
}

static int verify_again(const struct look *look, const struct verify_job *job,
			const struct verify_opts *opts, struct findings *findings,
			struct error *err)
{
	autojson json_t *suspects = list_suspects(job, findings);
	autoverifyjob struct verify_job second = { 0 };
	autofindings struct findings again = FINDINGS_INIT;

	if (verify_job_make(look, NULL, suspects, &second, err) < 0 ||
	    run_job(&second, look->scope, opts, &again, err) < 0)
		return -1;
	findings_keep_confirmed(findings, &again);
	return 0;
}

int verify_content(struct look *look, const struct verify_opts *opts, struct error *err)
{
	autoverifyjob struct verify_job job = { 0 };
	autofindings struct findings findings = FINDINGS_INIT;

	if (verify_job_make(look, opts->part, NULL, &job, err) < 0 ||
	    run_job(&job, look->scope, opts, &findings, err) < 0)
		return -1;
	look->counts.blobs = job.job.n_blobs;
	if (findings_have_damage(&findings) && verify_again(look, &job, opts, &findings, err) < 0)
		return -1;
	need_find(look->scope, &findings);
	findings_append(&look->findings, &findings);
	return 0;
}
