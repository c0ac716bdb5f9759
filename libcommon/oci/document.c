/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/document.h"

#include "base/alloc.h"
#include "format/json.h"

#include <stdlib.h>
#include <string.h>

void document_release(struct document *document)
{
	if (!document)
		return;
	free(document->media_type);
	str_release(&document->bytes);
	*document = (struct document)DOCUMENT_INIT;
}

static int check_values(const struct document *document, const char *kind, struct error *err)
{
	return json_check_values(document->bytes.data, document->bytes.len, DOCUMENT_VALUES_MAX,
				 kind, err);
}

int document_parse_manifest(const struct document *document, struct manifest *ret,
			    struct error *err)
{
	if (check_values(document, "manifest", err) < 0)
		return -1;
	return manifest_parse(document->bytes.data, document->bytes.len, document->media_type, ret,
			      err);
}

int document_parse_index(const struct document *document, struct index *ret, struct error *err)
{
	if (check_values(document, "index", err) < 0)
		return -1;
	return index_parse(document->bytes.data, document->bytes.len, document->media_type, ret,
			   err);
}

int document_check(const struct document *document, const struct descriptor *want,
		   struct error *err)
{
	if (strcmp(want->media_type, document->media_type) != 0)
		return error_set(err, ERROR_VERIFY, "manifest %s came as '%s', its index says '%s'",
				 want->digest.text, document->media_type, want->media_type);
	if (want->size != document->bytes.len)
		return error_set(err, ERROR_VERIFY,
				 "manifest %s has %zu bytes, its index says %llu",
				 want->digest.text, document->bytes.len,
				 (unsigned long long)want->size);
	return 0;
}

void document_describe(const struct document *document, struct descriptor *ret)
{
	*ret = (struct descriptor)DESCRIPTOR_INIT;
	ret->media_type = xstrdup(document->media_type);
	ret->digest = document->digest;
	ret->size = document->bytes.len;
}
