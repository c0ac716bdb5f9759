/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/document/annotation.h"

#include "base/alloc.h"

#include <string.h>

static int read_annotation(json_t *annotations, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	autofree char *key = NULL;

	if (!equals || equals == text)
		return error_set(err, ERROR_USAGE,
				 "option --annotation: expected KEY=VALUE, got '%s'", text);
	if (json_check_text(text, err) < 0)
		return error_prefix(err, "option --annotation");
	key = xstrndup(text, (size_t)(equals - text));
	json_object_set_new(annotations, key, json_string(equals + 1));
	return 0;
}

json_t *annotations_read(const struct strlist *texts, struct error *err)
{
	autojson json_t *annotations = json_object();

	for (size_t i = 0; i < texts->len; i++)
		if (read_annotation(annotations, texts->items[i], err) < 0)
			return NULL;
	return steal(&annotations);
}

void annotations_set(json_t *object, const json_t *annotations)
{
	json_t *there = json_object_get(object, "annotations");

	if (json_object_size(annotations) == 0)
		return;
	if (!json_is_object(there)) {
		there = json_object();
		json_object_set_new(object, "annotations", there);
	}
	json_object_update(there, (json_t *)annotations);
}
