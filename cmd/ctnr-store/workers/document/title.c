/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/document/title.h"

#include "workers/document/annotation.h"

#include "base/alloc.h"

#include <limits.h>
#include <string.h>

int title_check(const char *title, struct error *err)
{
	const char *fault = NULL;

	if (!*title)
		fault = "is empty";
	else if (strcmp(title, ".") == 0 || strcmp(title, "..") == 0 || strchr(title, '/'))
		fault = "is a path";
	else if (strlen(title) > NAME_MAX)
		fault = "is too long";
	else if (!str_is_line(title))
		fault = "has characters that cannot be shown";
	return fault ? error_set(err, ERROR_VERIFY, "a file cannot be called '%s', which %s", title,
				 fault)
		     : 0;
}

char *title_of_digest(const struct digest *digest)
{
	return xasprintf("%s-%s", digest_algorithm_name(digest->algorithm), digest_hex(digest));
}

char *title_of(const struct descriptor *file, struct error *err)
{
	const json_t *annotations = json_object_get(file->json, "annotations");
	const json_t *value = json_object_get(annotations, ANNOTATION_TITLE);
	const char *title = json_text(value);

	if (!value || json_is_null(value))
		return title_of_digest(&file->digest);
	if (!title) {
		error_set(err, ERROR_VERIFY, "%s: the title is no text", file->digest.text);
		return NULL;
	}
	if (title_check(title, err) < 0) {
		error_prefix(err, "%s", file->digest.text);
		return NULL;
	}
	return xstrdup(title);
}

int titles_check(const struct manifest *manifest, struct error *err)
{
	autojson json_t *seen = json_object();

	for (size_t i = 0; i < manifest->n_layers; i++) {
		autofree char *title = title_of(&manifest->layers[i], err);

		if (!title)
			return -1;
		if (json_object_get(seen, title))
			return error_set(err, ERROR_VERIFY, "two files are called '%s'", title);
		json_object_set_new(seen, title, json_true());
	}
	return 0;
}
