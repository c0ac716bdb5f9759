/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff: what a container changed, or an image's top layer, or what is different in one of them from another.
 *
 *  1. Find what the operands mean.
 *  2. Have the layers of images in the store.
 *  3. Have the worker compare them (diff/worker.h), and print what it tells.
 */
#include "diff/operand_tree.h"
#include "diff/worker.h"
#include "opts.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/platform.h"

#include <stdio.h>

static const char *change_name(enum diff_text change)
{
	switch (change) {
	case DIFF_ADDED:
		return "added";
	case DIFF_DELETED:
		return "deleted";
	default:
		return "changed";
	}
}

/* JSON has characters alone: a path with other bytes is told as a terminal gets it. */
static int print_record(enum diff_text change, const char *path, struct error *err)
{
	autojson json_t *record = json_object();
	autofree char *absolute = xasprintf("/%s", path);
	autostr struct str escaped = STR_INIT;
	json_t *text = json_string(absolute);

	if (!text) {
		str_append_escaped(&escaped, absolute);
		text = json_string(escaped.data);
	}
	json_object_set_new(record, "path", text);
	json_object_set_new(record, "change", json_string(change_name(change)));
	return json_print(stdout, record, err);
}

static int print_change(void *data, enum diff_text change, const char *path, struct error *err)
{
	const struct store_opts *opts = data;
	autostr struct str escaped = STR_INIT;

	if (opts->json)
		return print_record(change, path, err);
	str_append_escaped(&escaped, path);
	return printf("%c /%s\n", change, escaped.data) < 0
		       ? error_errno(err, "cannot write to stdout")
		       : 0;
}

static int add_side(json_t *job, const char *name, json_t *side)
{
	return side ? json_object_set_new(job, name, side) : -1;
}

static bool has_layers(const json_t *side)
{
	const json_t *layers = json_object_get(side, "layers");

	return !layers || json_array_size(layers) > 0;
}

/* What to compare: one operand with what it was made of, or two. New; NULL on failure. */
static json_t *make_job(const struct operand_tree *trees, size_t n, const struct store *store,
			struct error *err)
{
	autojson json_t *job = json_object();
	const struct operand_tree *to = &trees[n - 1];
	struct identity identity;

	if (identity_probe(&identity, err) < 0 ||
	    add_side(job, "to", operand_tree_to_json(to, store, &identity, err)) < 0)
		return NULL;
	if (n == 2 &&
	    add_side(job, "from", operand_tree_to_json(&trees[0], store, &identity, err)) < 0)
		return NULL;
	/* A copy has its changes nowhere apart. */
	if (n == 1 && to->bundle.dirfd >= 0 && !operand_tree_is_overlay(to) &&
	    add_side(job, "from", operand_tree_layers(to, store, &identity, err)) < 0)
		return NULL;
	return steal(&job);
}

static int compare_trees(const struct operand_tree *trees, size_t n, const struct store *store,
			 const struct store_opts *opts, struct error *err)
{
	autojson json_t *job = make_job(trees, n, store, err);
	const json_t *from;

	if (!job)
		return -1;
	from = json_object_get(job, "from");
	if (!has_layers(json_object_get(job, "to")) || (from && !has_layers(from)))
		/* Then there is nothing that its layers have changed. */
		return from ? error_set(err, ERROR_FAILED, "an image without layers has no files")
			    : 0;
	return diff_worker_run(job, print_change, (void *)opts, err);
}

int store_diff(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	struct operand_tree trees[2] = { OPERAND_TREE_INIT, OPERAND_TREE_INIT };
	struct operand_query query = { &store, (enum operand_type)opts->type, NULL };
	struct platform platform;
	int result = 0;

	if (operands->len < 1 || operands->len > 2)
		return error_set(err, ERROR_USAGE, "expected one or two containers or images");
	if (opts->platform) {
		if (platform_parse(opts->platform, &platform, err) < 0)
			return error_prefix(err, "option --platform");
		query.platform = &platform;
	}
	if (opts_open_store(opts, &store, err) < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < operands->len; i++)
		result = operand_tree_find(&query, operands->items[i], &trees[i], err);
	if (result == 0)
		result = compare_trees(trees, operands->len, &store, opts, err);
	operand_tree_release(&trees[0]);
	operand_tree_release(&trees[1]);
	return result;
}
