/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/lookup.h"

#include "base/alloc.h"
#include "base/number.h"
#include "oci/manifest.h"
#include "oci/media_type.h"
#include "registry/registry.h"

#define LOOKUP_TIMEOUT 60 /* seconds */

/* Fill ret from the headers. False when one is missing, says nothing, or is there twice. */
static bool read_answer(const struct http_response *response, struct descriptor *ret)
{
	const char *digest = http_header(response, "docker-content-digest", 0);
	const char *length = http_header(response, "content-length", 0);
	autofree char *media_type = registry_media_type(response, NULL);
	enum media_kind kind = media_type ? media_type_kind(media_type) : MEDIA_UNKNOWN;
	struct digest parsed;
	uint64_t size;

	if (response->status != 200 || (kind != MEDIA_MANIFEST && kind != MEDIA_INDEX) || !digest ||
	    http_header(response, "docker-content-digest", 1) ||
	    digest_parse(digest, &parsed, NULL) < 0 || !length ||
	    number_parse(length, MANIFEST_MAX, &size, NULL) < 0)
		return false;
	*ret = (struct descriptor)DESCRIPTOR_INIT;
	ret->media_type = steal(&media_type);
	ret->digest = parsed;
	ret->size = size;
	return true;
}

int lookup_tag(struct session *session, struct http *http, const char *tag, struct descriptor *ret,
	       struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *path = xasprintf("manifests/%s", tag);
	struct session_request request = {
		.path = path,
		.http = { .method = HTTP_HEAD,
			  .accept = REGISTRY_MANIFEST_TYPES,
			  .max = MANIFEST_MAX,
			  .total_timeout = LOOKUP_TIMEOUT },
		.is_optional = true,
	};

	if (session_send(session, http, &request, &response, err) < 0)
		return -1;
	return read_answer(&response, ret) ? LOOKUP_FOUND : LOOKUP_UNKNOWN;
}
