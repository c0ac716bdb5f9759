/* SPDX-License-Identifier: Apache-2.0 */
/* index show. */
#include "operand.h"
#include "opts.h"
#include "target.h"
#include "verbs.h"

#include "oci/media_type.h"
#include "oci/reference.h"

static bool is_local(const struct target *target)
{
	const char *name = descriptor_annotation(&target->entry, ANNOTATION_REF_NAME);

	return name && str_starts_with(name, REFERENCE_LOCAL "/");
}

/* What is no index is as good as absent: the name may be that of one in a registry, unless it is one that only the
 * store can have. */
static int show_index(const struct target *target, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autoindex struct index index = INDEX_INIT;

	if (media_type_kind(target->entry.media_type) != MEDIA_INDEX) {
		error_set(err, is_local(target) ? ERROR_FAILED : ERROR_NOT_FOUND, "it is no index");
		return error_hint(err, "'ctnr inspect' shows it");
	}
	if (layout_open(target->layout, LAYOUT_READ, &layout, err) < 0 ||
	    layout_read_nested_index(&layout, &target->entry, &index, err) < 0)
		return image_found_unfit(err);
	return json_show(stdout, index.json, err);
}

static int show_word(const char *word, void *data, struct error *err)
{
	autotarget struct target target = TARGET_INIT;

	if (target_look(data, word, &target, err) < 0)
		return -1;
	return show_index(&target, err) < 0 ? error_prefix(err, "image '%s'", word) : 0;
}

int index_show(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no index given");
	if (opts_open_store(opts, &store, err) < 0)
		return -1;
	return operand_each(operands, show_word, &store, err);
}
