/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/registry.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "net/content_range.h"
#include "registry/refusal.h"

#include <ctype.h>

#define MANIFEST_TIMEOUT 120 /* seconds for a whole manifest */

int registry_send(struct session *session, struct http *http, struct session_request *request,
		  struct http_response *ret, struct error *err)
{
	if (session_send(session, http, request, ret, err) < 0)
		return -1;
	return ret->status == 200 ? 0 : refusal_error(session, ret, err);
}

static int check_digest(const struct str *body, const struct digest *want, struct error *err)
{
	struct digest got;

	if (hash_buffer(want->algorithm, body->data, body->len, &got, err) < 0)
		return -1;
	if (digest_equal(want, &got))
		return 0;
	return error_set(err, ERROR_VERIFY, "the manifest's digest should be %s, but it is %s",
			 want->text, got.text);
}

/* The body must have each digest that the registry announces; what is no digest in that header announces
 * nothing (proxies leave it empty). */
static int check_announced(const struct http_response *response, struct error *err)
{
	const char *announced;

	for (size_t i = 0; (announced = http_header(response, "docker-content-digest", i)); i++) {
		struct digest want;

		if (digest_parse(announced, &want, NULL) == 0 &&
		    check_digest(&response->body, &want, err) < 0)
			return -1;
	}
	return 0;
}

/* The body must have the digest that was asked for (NULL: none was) and those that are announced. ret
 * becomes the digest that was asked for, else sha256, the body's. */
static int check_digests(const struct http_response *response, const char *wanted,
			 const struct digest *sha256, struct digest *ret, struct error *err)
{
	struct digest want = *sha256;

	if (check_announced(response, err) < 0)
		return -1;
	if (wanted &&
	    (digest_parse(wanted, &want, err) < 0 || check_digest(&response->body, &want, err) < 0))
		return -1;
	*ret = want;
	return 0;
}

char *registry_media_type(const struct http_response *response, struct error *err)
{
	const char *type = http_header(response, "content-type", 0);
	char *media_type;

	if (http_header(response, "content-type", 1)) {
		error_set(err, ERROR_VERIFY, "the answer has more than one Content-Type");
		return NULL;
	}
	media_type = type ? xstrndup(type, strcspn(type, "; \t")) : xstrdup("");
	/* The case of a media type means nothing (RFC 9110, section 8.3.1). */
	for (char *p = media_type; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return media_type;
}

static int schema1_error(struct error *err)
{
	error_set(err, ERROR_VERIFY, "Docker schema 1 is not supported");
	return error_hint(err, "'skopeo copy' makes an oci:DIR:TAG of it, which can be fetched");
}

/* Turn the answer into a verified document. */
static int take_manifest(struct http_response *response, const char *wanted, struct document *ret,
			 struct error *err)
{
	autofree char *media_type = registry_media_type(response, err);
	enum media_kind kind;
	struct digest sha256;

	if (!media_type)
		return -1;
	kind = media_type_kind(media_type);
	if (str_starts_with(media_type, MEDIA_TYPE_DOCKER_SCHEMA1))
		return schema1_error(err);
	if (kind != MEDIA_MANIFEST && kind != MEDIA_INDEX)
		return error_set(err, ERROR_VERIFY,
				 "the Content-Type '%s' is not that of a manifest", media_type);
	if (hash_buffer(DIGEST_SHA256, response->body.data, response->body.len, &sha256, err) < 0 ||
	    check_digests(response, wanted, &sha256, &ret->digest, err) < 0)
		return -1;
	ret->media_type = steal(&media_type);
	ret->bytes = response->body;
	response->body = (struct str)STR_INIT;
	return 0;
}

int registry_get_manifest(struct session *session, struct http *http, const char *tag_or_digest,
			  struct document *ret, struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *path = xasprintf("manifests/%s", tag_or_digest);
	struct session_request request = {
		.path = path,
		.http = { .method = HTTP_GET,
			  .accept = REGISTRY_MANIFEST_TYPES,
			  .max = MANIFEST_MAX,
			  .total_timeout = MANIFEST_TIMEOUT },
	};
	bool by_digest = strchr(tag_or_digest, ':') != NULL;

	if (registry_send(session, http, &request, &response, err) < 0)
		return -1;
	return take_manifest(&response, by_digest ? tag_or_digest : NULL, ret, err);
}

int registry_get_bytes(struct session *session, struct http *http, const struct descriptor *blob,
		       size_t max, struct str *ret, struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *path = xasprintf("blobs/%s", blob->digest.text);
	struct session_request request = {
		.path = path,
		.http = { .method = HTTP_GET,
			  .max = blob->size < max ? blob->size : max,
			  .total_timeout = MANIFEST_TIMEOUT },
	};

	if (blob->size > max)
		return error_set(err, ERROR_VERIFY, "blob %s has more than %zu bytes",
				 blob->digest.text, max);
	if (registry_send(session, http, &request, &response, err) < 0)
		return error_prefix(err, "blob %s", blob->digest.text);
	if (response.body.len != blob->size)
		return error_set(err, ERROR_VERIFY, "blob %s has %zu bytes instead of %llu",
				 blob->digest.text, response.body.len,
				 (unsigned long long)blob->size);
	if (blob_check(blob, response.body.data, response.body.len, err) < 0)
		return error_prefix(err, "blob %s", blob->digest.text);
	*ret = response.body;
	response.body = (struct str)STR_INIT;
	return 0;
}

/* The body of a blob on its way into the writer. */
struct blob_transfer {
	struct session_request *request;
	struct blob_writer *writer;
	uint64_t skip; /* bytes that are there already and come again */
	struct progress *progress;
	size_t task;
};

/* A server may answer a Range with all of it, or with a range of its own, which is of use when it
 * begins with what is there already. When all of it comes, nothing that was there before is needed. */
static int begin_blob(void *data, const struct http_response *response, struct error *err)
{
	struct blob_transfer *t = data;
	const char *range = http_header(response, "content-range", 0);
	bool is_last_chance = t->request->without_range;
	uint64_t start = 0;

	t->skip = 0;
	if (response->status != 206)
		return t->writer->written ? blob_restart(t->writer, err) : 0;
	if (content_range_start(range, &start) && start <= t->writer->written) {
		t->skip = t->writer->written - start;
		return 0;
	}
	t->request->without_range = true;
	return error_set(err, is_last_chance ? ERROR_FAILED : ERROR_TEMPORARY,
			 "the answer has the range '%s', not 'bytes %llu-'", range ? range : "",
			 (unsigned long long)t->writer->written);
}

static int write_blob(void *data, const void *bytes, size_t len, struct error *err)
{
	struct blob_transfer *t = data;
	size_t skip = t->skip < len ? (size_t)t->skip : len;

	t->skip -= skip;
	if (skip == len)
		return 0;
	if (blob_write(t->writer, (const char *)bytes + skip, len - skip, err) < 0)
		return -1;
	progress_update(t->progress, t->task, t->writer->written);
	return 0;
}

int registry_get_blob(struct session *session, struct http *http, struct blob_writer *writer,
		      struct progress *progress, size_t task, struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *path = xasprintf("blobs/%s", writer->digest.text);
	struct blob_transfer transfer = { .writer = writer, .progress = progress, .task = task };
	const struct http_sink sink = { begin_blob, write_blob, &transfer };
	struct session_request request = {
		.path = path,
		.http = { .method = HTTP_GET, .max = writer->size, .sink = &sink },
		.received = &writer->written,
	};

	transfer.request = &request;
	if (session_send(session, http, &request, &response, err) < 0)
		return -1;
	if (response.status != 200 && response.status != 206)
		return refusal_error(session, &response, err);
	return 0;
}
