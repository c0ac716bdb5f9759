/* SPDX-License-Identifier: Apache-2.0 */
#include "check/verifier.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/json.h"
#include "system/fd.h"
#include "system/interrupt.h"
#include "system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define WORKER "ctnr-store-verify"

static json_t *layer_to_json(const struct verifier_layer *layer)
{
	json_t *object = json_object();
	json_t *lowers = json_array();

	for (size_t i = 0; i < layer->n_lowers; i++)
		json_array_append_new(lowers, json_string(layer->lowers[i]));
	json_object_set_new(object, "path", json_string(layer->path));
	json_object_set_new(object, "diffId", json_string(layer->diff_id));
	json_object_set_new(object, "lowers", lowers);
	return object;
}

static json_t *blob_to_json(const struct verifier_blob *blob)
{
	json_t *object = json_object();

	json_object_set_new(object, "digest", json_string(blob->digest));
	json_object_set_new(object, "size", json_integer((json_int_t)blob->size));
	if (blob->n_layers) {
		json_t *layers = json_array();

		for (size_t i = 0; i < blob->n_layers; i++)
			json_array_append_new(layers, layer_to_json(&blob->layers[i]));
		json_object_set_new(object, "layers", layers);
	}
	return object;
}

static char *format_job(const struct verifier_job *job)
{
	autojson json_t *object = json_object();
	json_t *blobs = json_array();

	for (size_t i = 0; i < job->n_blobs; i++)
		json_array_append_new(blobs, blob_to_json(&job->blobs[i]));
	json_object_set_new(object, "store", json_string(job->store));
	json_object_set_new(object, "layout", json_string(job->layout));
	json_object_set_new(object, "deep", json_boolean(job->deep));
	json_object_set_new(object, "blobs", blobs);
	return json_format(object);
}

/* What the lines go to, and what the last one said. */
struct verifier {
	void (*take)(void *data, const struct verifier_finding *finding);
	void *data;
	struct error failure; /* code 0: none was told */
};

static enum verifier_kind blob_kind(const char *kind)
{
	static const struct {
		const char *name;
		enum verifier_kind kind;
	} kinds[] = {
		{ "missing", VERIFIER_BLOB_MISSING }, { "size", VERIFIER_BLOB_SIZE },
		{ "digest", VERIFIER_BLOB_DIGEST },   { "read", VERIFIER_BLOB_READ },
		{ "diff-id", VERIFIER_BLOB_DIFF_ID },
	};

	for (size_t i = 0; i < array_size(kinds); i++)
		if (kind && strcmp(kind, kinds[i].name) == 0)
			return kinds[i].kind;
	return VERIFIER_BLOB_READ;
}

/* The members of a line; NULL where absent. */
struct line {
	const char *blob, *layer, *path, *error, *kind, *skipped, *failed, *hint;
	uint64_t bytes, more;
	bool has_more;
};

static int read_line_members(const struct jnode *root, struct line *ret, struct error *err)
{
	const struct {
		const char *key;
		const char **ret;
	} texts[] = {
		{ "blob", &ret->blob },     { "layer", &ret->layer }, { "path", &ret->path },
		{ "error", &ret->error },   { "kind", &ret->kind },   { "skipped", &ret->skipped },
		{ "failed", &ret->failed }, { "hint", &ret->hint },
	};
	struct jnode bytes = jnode_member(root, "bytes");
	struct jnode more = jnode_member(root, "more");

	*ret = (struct line) { 0 };
	for (size_t i = 0; i < array_size(texts); i++) {
		struct jnode node = jnode_member(root, texts[i].key);

		if (jnode_string_opt(&node, texts[i].ret, err) < 0)
			return -1;
	}
	ret->has_more = jnode_is_present(&more);
	if (ret->has_more && jnode_unsigned(&more, INT64_MAX, &ret->more, err) < 0)
		return -1;
	return jnode_is_present(&bytes) ? jnode_unsigned(&bytes, INT64_MAX, &ret->bytes, err) : 0;
}

static struct verifier_finding finding_of_line(const struct line *line)
{
	struct verifier_finding finding = { .kind = VERIFIER_LAYER_RIGHT,
					    .blob = line->blob,
					    .layer = line->layer,
					    .path = line->path,
					    .message = line->error };

	if (line->blob) {
		finding.kind = line->error ? blob_kind(line->kind) : VERIFIER_BLOB_RIGHT;
		finding.count = line->bytes;
	} else if (line->error) {
		finding.kind = VERIFIER_LAYER_DIFFERS;
	} else if (line->has_more) {
		finding.kind = VERIFIER_LAYER_MORE;
		finding.count = line->more;
	} else if (line->skipped) {
		finding.kind = VERIFIER_LAYER_SKIPPED;
		finding.message = line->skipped;
	}
	return finding;
}

static int take_line(struct verifier *verifier, const char *text, size_t len, struct error *err)
{
	autojson json_t *document = json_parse(text, len, "line of the worker", err);
	struct jnode root = jnode_root(document, "line of the worker");
	struct verifier_finding finding;
	struct line line;

	if (!document || read_line_members(&root, &line, err) < 0)
		return -1;
	if (line.failed) {
		error_set(&verifier->failure, ERROR_FAILED, "%s", line.failed);
		if (line.hint)
			error_hint(&verifier->failure, "%s", line.hint);
		return 0;
	}
	if (!line.blob == !line.layer)
		return jnode_error(&root, err, "is about neither a blob nor a layer");
	finding = finding_of_line(&line);
	verifier->take(verifier->data, &finding);
	return 0;
}

/* Is there more to read? False when a signal asks to stop first. */
static bool wait_for_lines(int fd, const struct interrupt *interrupt)
{
	struct pollfd watched[] = { { .fd = fd, .events = POLLIN },
				    { .fd = interrupt->fd, .events = POLLIN } };

	while (poll(watched, array_size(watched), -1) < 0 && errno == EINTR)
		;
	return !watched[1].revents;
}

/* Take the whole lines that are in the buffer, and keep the rest. */
static int take_lines(struct verifier *verifier, struct str *buffer, struct error *err)
{
	size_t done = 0;
	const char *end;

	while ((end = memchr(buffer->data + done, '\n', buffer->len - done))) {
		size_t len = (size_t)(end - buffer->data) - done;

		if (take_line(verifier, buffer->data + done, len, err) < 0)
			return -1;
		done += len + 1;
	}
	buffer->len -= done;
	memmove(buffer->data, buffer->data + done, buffer->len);
	/* The worker's lines are shorter than what a pipe takes at once. */
	return buffer->len <= PIPE_BUF ? 0 : error_set(err, ERROR_FAILED, "a line is too long");
}

static int read_lines(struct verifier *verifier, int fd, const struct interrupt *interrupt,
		      struct error *err)
{
	autostr struct str buffer = STR_INIT;
	ssize_t len = 1;

	while (len && wait_for_lines(fd, interrupt)) {
		str_reserve(&buffer, 16 * PIPE_BUF);
		len = read(fd, buffer.data + buffer.len, 16 * PIPE_BUF);
		if (len < 0 && errno != EINTR)
			return error_errno(err, "cannot read from the worker");
		buffer.len += len > 0 ? (size_t)len : 0;
		if (take_lines(verifier, &buffer, err) < 0)
			return -1;
	}
	return 0;
}

int verifier_run(const struct verifier_job *job,
		 void (*take)(void *data, const struct verifier_finding *finding), void *data,
		 struct error *err)
{
	/* Released last, because a signal that was held back ends us then, and the worker with us. */
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	struct verifier verifier = { .take = take, .data = data };
	autofree char *text = format_job(job);
	autoclose int lines = -EBADF;
	pid_t pid = process_spawn_helper(WORKER, text, &lines, err);
	int result, status;

	if (pid < 0)
		return error_prefix(err, "verifying worker");
	/* Signals are blocked after the worker was started: it must not inherit that. */
	if (interrupt_init(&interrupt, err) < 0)
		return -1;
	result = read_lines(&verifier, lines, &interrupt, err);
	/* A worker that nobody listens to any more ends. */
	fd_close(&lines);
	if (interrupt_wait(&interrupt, 0))
		return interrupt_error(err);
	status = process_wait(pid, result < 0 ? NULL : err);
	if (result < 0)
		return error_prefix(err, "verifying worker");
	if (status <= 0)
		return status;
	if (!verifier.failure.code)
		return error_set(err, ERROR_FAILED, "the verifying worker failed with status %d",
				 status);
	return error_move(err, &verifier.failure);
}
