/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/registry.h"

#include "base/alloc.h"
#include "base/number.h"
#include "format/json.h"
#include "oci/media_type.h"

#include <pthread.h>
#include <strings.h>

#define MANIFEST_TIMEOUT 120 /* seconds for a whole manifest */
#define PROBE_TIMEOUT 5 /* seconds */
#define BACKOFF_FIRST 200 /* milliseconds before the first retry; then four times as long */
#define BACKOFF_MAX 15000
#define AUTHORIZATIONS_MAX 2 /* times that one request may ask for a new authorization */

struct registry {
	char *authority; /* HOST[:PORT], as it stands in URLs */
	char *host; /* without port and [] */
	char *repository;
	const char *scheme; /* "https" or "http"; NULL: not decided */
	struct registry_options options;
	pthread_mutex_t lock; /* of what follows, and of scheme */
	char *authorization; /* header value, or NULL */
	unsigned generation; /* of the authorization */
	bool answered;
};

struct registry *registry_open(const struct reference *reference,
			       const struct registry_options *options, struct error *err)
{
	autoregistry struct registry *registry = xcalloc(1, sizeof(*registry));
	autofree char *url = NULL;

	pthread_mutex_init(&registry->lock, NULL);
	/* Docker's registry answers under another name than its images have. */
	registry->authority =
		xstrdup(strcmp(reference->registry, "docker.io") == 0 ? "registry-1.docker.io"
								      : reference->registry);
	registry->repository = xstrdup(reference->repository);
	registry->options = *options;
	url = xasprintf("https://%s/", registry->authority);
	registry->host = http_url_host(url);
	if (!registry->host) {
		error_set(err, ERROR_USAGE, "'%s' is not a registry's HOST[:PORT]",
			  reference->registry);
		return NULL;
	}
	if (!http_host_is_loopback(registry->host))
		registry->scheme = "https";
	return steal(&registry);
}

void registry_free(struct registry *registry)
{
	if (!registry)
		return;
	pthread_mutex_destroy(&registry->lock);
	free(registry->authority);
	free(registry->host);
	free(registry->repository);
	free(registry->authorization);
	free(registry);
}

void registry_cleanup(struct registry **registry)
{
	registry_free(*registry);
	*registry = NULL;
}

struct http *registry_connect(struct registry *registry, struct error *err)
{
	const struct http_options options = {
		.insecure_host =
			registry->options.tls == REGISTRY_TLS_INSECURE ? registry->host : NULL,
		.ca_file = registry->options.ca_file,
		.timeout = registry->options.timeout,
		.interrupt = registry->options.interrupt,
	};

	return http_new(&options, err);
}

void registry_manifest_release(struct registry_manifest *manifest)
{
	if (!manifest)
		return;
	free(manifest->media_type);
	str_release(&manifest->bytes);
}

/*
 * A loopback host may speak either. Plain HTTP is tried first, because loading the authorities for
 * TLS costs more than everything else; a TLS server answers it with an error or status 400. No
 * credentials are sent in this request.
 */
static int decide_scheme(struct registry *registry, struct http *http, struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *url = NULL;
	struct error probe = { 0 };
	int done;

	pthread_mutex_lock(&registry->lock);
	done = registry->scheme != NULL;
	pthread_mutex_unlock(&registry->lock);
	if (done)
		return 0;
	url = xasprintf("http://%s/v2/", registry->authority);
	struct http_request request = { .url = url,
					.max = HTTP_ERROR_BODY_MAX,
					.total_timeout = PROBE_TIMEOUT };
	done = http_get(http, &request, &response, &probe) == 0 && response.status != 400;
	if (registry->options.interrupt && interrupt_wait(registry->options.interrupt, 0))
		return interrupt_error(err);
	pthread_mutex_lock(&registry->lock);
	registry->scheme = done ? "http" : "https";
	pthread_mutex_unlock(&registry->lock);
	return 0;
}

/* Answer the challenges of a 401. Returns 1 when there is a new authorization to try with, 0 when
 * there is nothing to offer. */
static int authorize_locked(struct registry *registry, struct http *http,
			    const struct http_response *response, struct error *err)
{
	const struct credentials *credentials = &registry->options.credentials;
	autofree char *scope = xasprintf("repository:%s:pull", registry->repository);
	const char *value;
	int found;

	for (size_t i = 0; (value = http_header(response, "www-authenticate", i)); i++) {
		autochallenge struct challenge challenge = CHALLENGE_INIT;
		char *authorization = NULL;

		found = challenge_find(value, "Bearer", &challenge, err);
		if (found < 0 || (found > 0 && token_fetch(http, &challenge, registry->host, scope,
							   credentials, &authorization, err) < 0))
			return -1;
		if (!found && credentials->user) {
			found = challenge_find(value, "Basic", &challenge, err);
			if (found < 0)
				return -1;
			if (found)
				authorization = credentials_basic(credentials);
		}
		if (authorization) {
			free(registry->authorization);
			registry->authorization = authorization;
			registry->generation++;
			return 1;
		}
	}
	return 0;
}

static int authorize(struct registry *registry, struct http *http,
		     const struct http_response *response, unsigned generation, struct error *err)
{
	int result = 1;

	pthread_mutex_lock(&registry->lock);
	/* Otherwise another thread was faster. */
	if (registry->generation == generation)
		result = authorize_locked(registry, http, response, err);
	pthread_mutex_unlock(&registry->lock);
	return result;
}

static bool status_is_temporary(long status)
{
	return status == 408 || status == 429 || (status >= 500 && status != 501);
}

/* Wait before the next try: as long as the server says, within limits. */
static int back_off(const struct registry *registry, unsigned attempt,
		    const struct http_response *response, struct error *err)
{
	const char *retry_after = http_header(response, "retry-after", 0);
	int wait = BACKOFF_FIRST;
	uint64_t seconds;

	while (attempt-- > 0 && wait < BACKOFF_MAX)
		wait *= 4;
	if (retry_after && number_parse(retry_after, UINT32_MAX, &seconds, NULL) == 0)
		wait = seconds < BACKOFF_MAX / 1000 ? (int)seconds * 1000 : BACKOFF_MAX;
	if (wait > BACKOFF_MAX)
		wait = BACKOFF_MAX;
	if (!registry->options.interrupt) {
		usleep((unsigned)wait * 1000);
		return 0;
	}
	return interrupt_wait(registry->options.interrupt, wait) ? interrupt_error(err) : 0;
}

static int http_get_authorized(struct registry *registry, struct http *http,
			       struct http_request *request, struct http_response *ret,
			       struct error *err)
{
	for (int authorizations = 0;; authorizations++) {
		autofree char *authorization = NULL;
		unsigned generation;
		int result;

		pthread_mutex_lock(&registry->lock);
		generation = registry->generation;
		if (registry->authorization)
			authorization = xstrdup(registry->authorization);
		pthread_mutex_unlock(&registry->lock);
		request->authorization = authorization;
		result = http_get(http, request, ret, err);
		request->authorization = NULL;
		if (result < 0 || ret->status != 401 || ret->foreign ||
		    authorizations == AUTHORIZATIONS_MAX)
			return result;
		result = authorize(registry, http, ret, generation, err);
		if (result <= 0)
			return result;
	}
}

/* path below the repository. resume: how much of the body is there already, or NULL. Succeeds with
 * whatever status is final. */
static int request_path(struct registry *registry, struct http *http, const char *path,
			struct http_request *request, const uint64_t *resume,
			struct http_response *ret, struct error *err)
{
	autofree char *url = NULL;

	if (decide_scheme(registry, http, err) < 0)
		return -1;
	url = xasprintf("%s://%s/v2/%s/%s", registry->scheme, registry->authority,
			registry->repository, path);
	request->url = url;
	for (unsigned attempt = 0;; attempt++) {
		struct error failure = { 0 };
		bool answered;
		int result;

		/* All of it is there, but not its end: no server has a range behind the last
		 * byte, so it comes again as a whole. */
		request->offset = resume && *resume < request->max ? *resume : 0;
		result = http_get_authorized(registry, http, request, ret, &failure);
		pthread_mutex_lock(&registry->lock);
		answered = registry->answered |= http_was_answered(http);
		pthread_mutex_unlock(&registry->lock);
		if (result == 0 && !status_is_temporary(ret->status))
			return 0;
		if (result < 0 && (failure.code != ERROR_TEMPORARY || !answered ||
				   attempt == registry->options.retries)) {
			if (err)
				*err = failure;
			return -1;
		}
		if (attempt == registry->options.retries)
			return 0;
		if (back_off(registry, attempt, ret, err) < 0)
			return -1;
	}
}

/* What the registry says about its refusal: errors[0].message, or nothing. */
static const char *error_message(const json_t *body)
{
	return json_string_value(
		json_object_get(json_array_get(json_object_get(body, "errors"), 0), "message"));
}

static int status_error(const struct registry *registry, const struct http_response *response,
			struct error *err)
{
	autojson json_t *body = json_parse(response->body.data, response->body.len, "error", NULL);
	const char *message = error_message(body);
	const char *colon = message ? ": " : "";
	const char *host = registry->authority;
	long status = response->status;

	message = message ? message : "";
	if (status == 404)
		return error_set(err, ERROR_NOT_FOUND, "not found on %s%s%.200s", host, colon,
				 message);
	if (status == 401 || status == 403) {
		error_set(err, ERROR_FAILED, "%s denies access (HTTP status %ld)%s%.200s", host,
			  status, colon, message);
		return error_hint(err, "check the name; if the image is private, log in with "
				       "--creds USER[:PASSWORD]");
	}
	return error_set(err, status_is_temporary(status) ? ERROR_TEMPORARY : ERROR_FAILED,
			 "%s answered with HTTP status %ld%s%.200s", host, status, colon, message);
}

static int tls_hint(struct error *err)
{
	if (err && err->code == ERROR_VERIFY && !err->hint[0] &&
	    (strstr(err->message, "SSL") || strstr(err->message, "certificate")))
		error_hint(
			err,
			"name the authority with --ca-file FILE, or, for this host alone, give up verification with --tls-verify=false");
	return -1;
}

static int check_digest(const struct http_response *response, const char *wanted,
			const struct digest *sha256, struct digest *ret, struct error *err)
{
	const char *announced = http_header(response, "docker-content-digest", 0);
	const struct str *body = &response->body;
	const char *texts[] = { wanted, announced };

	*ret = *sha256;
	for (size_t i = 0; i < array_size(texts); i++) {
		struct digest want;
		struct digest got;

		if (!texts[i])
			continue;
		if (digest_parse(texts[i], &want, err) < 0 ||
		    hash_buffer(want.algorithm, body->data, body->len, &got, err) < 0)
			return -1;
		if (!digest_equal(&want, &got))
			return error_set(err, ERROR_VERIFY,
					 "the manifest's digest should be %s, but it is %s",
					 want.text, got.text);
		if (texts[i] == wanted)
			*ret = got;
	}
	return 0;
}

static int check_manifest(struct http_response *response, const char *wanted,
			  struct registry_manifest *ret, struct error *err)
{
	const char *type = http_header(response, "content-type", 0);
	autofree char *media_type = NULL;
	enum media_kind kind;
	struct digest sha256;

	media_type = type ? xstrndup(type, strcspn(type, "; \t")) : xstrdup("");
	kind = media_type_kind(media_type);
	if (kind != MEDIA_MANIFEST && kind != MEDIA_INDEX)
		return error_set(err, ERROR_VERIFY,
				 "the Content-Type '%s' is not that of a manifest", media_type);
	if (hash_buffer(DIGEST_SHA256, response->body.data, response->body.len, &sha256, err) < 0 ||
	    check_digest(response, wanted, &sha256, &ret->digest, err) < 0)
		return -1;
	ret->media_type = steal(&media_type);
	ret->bytes = response->body;
	response->body = (struct str)STR_INIT;
	return 0;
}

int registry_get_manifest(struct registry *registry, struct http *http, const char *tag_or_digest,
			  struct registry_manifest *ret, struct error *err)
{
	static const char *const headers[] = { "Accept: " MEDIA_TYPE_INDEX ", " MEDIA_TYPE_MANIFEST
					       ", " MEDIA_TYPE_DOCKER_LIST
					       ", " MEDIA_TYPE_DOCKER_MANIFEST,
					       NULL };
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *path = xasprintf("manifests/%s", tag_or_digest);
	struct http_request request = { .headers = headers,
					.max = MANIFEST_MAX,
					.total_timeout = MANIFEST_TIMEOUT };
	bool by_digest = strchr(tag_or_digest, ':') != NULL;

	if (request_path(registry, http, path, &request, NULL, &response, err) < 0)
		return tls_hint(err);
	if (response.status != 200)
		return status_error(registry, &response, err);
	return check_manifest(&response, by_digest ? tag_or_digest : NULL, ret, err);
}

/* The body of a blob on its way into the writer. */
struct blob_transfer {
	struct blob_writer *writer;
	uint64_t skip; /* bytes that are there already and come again */
	struct progress *progress;
	size_t task;
};

/* A server may answer a Range with all of it, or with a range of its own. */
static int blob_begin(void *data, const struct http_response *response, struct error *err)
{
	struct blob_transfer *t = data;
	const char *range = http_header(response, "content-range", 0);
	autofree char *want = NULL;

	t->skip = 0;
	if (response->status != 206) {
		t->skip = t->writer->written;
		return 0;
	}
	want = xasprintf("bytes %llu-", (unsigned long long)t->writer->written);
	if (!range || strncasecmp(range, want, strlen(want)) != 0)
		return error_set(err, ERROR_FAILED, "the answer has the range '%s', not '%s'",
				 range ? range : "", want);
	return 0;
}

static int blob_sink(void *data, const void *bytes, size_t len, struct error *err)
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

int registry_get_blob(struct registry *registry, struct http *http, struct blob_writer *writer,
		      struct progress *progress, size_t task, struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *path = xasprintf("blobs/%s", writer->digest.text);
	struct blob_transfer transfer = { .writer = writer, .progress = progress, .task = task };
	struct http_request request = {
		.max = writer->size, .sink = blob_sink, .sink_data = &transfer, .begin = blob_begin
	};

	if (request_path(registry, http, path, &request, &writer->written, &response, err) < 0)
		return tls_hint(err);
	if (response.status != 200 && response.status != 206)
		return status_error(registry, &response, err);
	return 0;
}
