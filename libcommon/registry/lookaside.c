/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/lookaside.h"

#include "base/alloc.h"
#include "net/http.h"
#include "registry/retry.h"
#include "registry/simple_signing.h"
#include "system/fd.h"
#include "system/userdb.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_SCHEME "file://"
#define SIGNATURE_TIMEOUT 60 /* seconds for one of them */

char *lookaside_default_url(void)
{
	autofree char *home = geteuid() == 0 ? NULL : userdb_home();

	if (geteuid() == 0)
		return xstrdup(FILE_SCHEME "/var/lib/containers/sigstore");
	return home ? xasprintf(FILE_SCHEME "%s/.local/share/containers/sigstore", home) : NULL;
}

const char *lookaside_check_url(const char *url)
{
	if (str_starts_with(url, FILE_SCHEME)) {
		if (url[strlen(FILE_SCHEME)] != '/')
			return "a file URL is file:///DIRECTORY";
		return strchr(url, '%') ? "a file URL with '%' is not supported" : "";
	}
	if (!str_starts_with(url, "https://") && !str_starts_with(url, "http://"))
		return "the URL is neither file://, https:// nor http://";
	return strpbrk(url, "?#") ? "a URL with '?' or '#' has no folders" : "";
}

/* The URL of the nth signature, new. */
static char *signature_url(const struct lookaside *lookaside, const char *base, unsigned n)
{
	const struct digest *digest = lookaside->digest;
	size_t len = strlen(base);

	while (len > 0 && base[len - 1] == '/')
		len--;
	return xasprintf("%.*s/%s@%s=%s/signature-%u", (int)len, base,
			 lookaside->reference->repository, digest_algorithm_name(digest->algorithm),
			 digest_hex(digest), n);
}

/* Returns 1 when the file is read, 0 when there is none. */
static int read_signature_file(const char *path, struct str *ret, struct error *err)
{
	struct error cause = { 0 };

	if (file_read_linked_at(AT_FDCWD, path, SIMPLE_SIGNING_MAX, ret, &cause) == 0)
		return 1;
	return error_is(&cause, ERROR_NOT_FOUND) ? 0 : error_move(err, &cause);
}

/* The same by HTTP. */
static int get_signature(struct http *http, const char *url, struct str *ret, struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	const struct http_request request = { .method = HTTP_GET,
					      .url = url,
					      .max = SIMPLE_SIGNING_MAX,
					      .total_timeout = SIGNATURE_TIMEOUT };

	if (http_send(http, &request, &response, err) < 0)
		return error_prefix(err, "%s", url);
	if (response.status == 404)
		return 0;
	if (response.status != 200)
		return error_set(
			err, retry_is_temporary(response.status) ? ERROR_TEMPORARY : ERROR_FAILED,
			"%s: HTTP status %ld", url, response.status);
	*ret = response.body;
	response.body = (struct str)STR_INIT;
	return 1;
}

static int get_nth(const struct lookaside *lookaside, struct http *http, const char *base,
		   unsigned n, struct image_signature_list *ret, struct error *err)
{
	autosignature struct image_signature signature = IMAGE_SIGNATURE_INIT;
	int result;

	signature.form = IMAGE_SIGNATURE_SIMPLE;
	signature.origin = signature_url(lookaside, base, n);
	result = http ? get_signature(http, signature.origin, &signature.bytes, err)
		      : read_signature_file(signature.origin + strlen(FILE_SCHEME),
					    &signature.bytes, err);
	if (result == 1)
		image_signature_list_add(ret, &signature);
	return result;
}

static int get_all(const struct lookaside *lookaside, struct http *http, const char *base,
		   struct image_signature_list *ret, struct error *err)
{
	int result = 1;

	for (unsigned n = 1; n <= IMAGE_SIGNATURES_MAX && result == 1; n++)
		result = get_nth(lookaside, http, base, n, ret, err);
	return result < 0 ? -1 : 0;
}

int lookaside_get(const struct lookaside *lookaside, struct image_signature_list *ret,
		  struct error *err)
{
	autofree char *base = lookaside->url ? xstrdup(lookaside->url) : lookaside_default_url();
	const struct session_options *options = lookaside->options;
	const struct http_options how = {
		.ca = options->ca,
		.timeout = options->timeout,
		.low_speed = options->low_speed,
		.interrupt = options->interrupt,
	};
	autohttp struct http *http = NULL;

	if (!base)
		return 0;
	if (str_starts_with(base, FILE_SCHEME))
		return get_all(lookaside, NULL, base, ret, err);
	http = http_new(&how, err);
	return http ? get_all(lookaside, http, base, ret, err) : -1;
}
