/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_tls.h"

#include "base/cleanup.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>

#define BUNDLE_MAX (16U << 20) /* bytes; that of Debian is a quarter of a million */

void http_tls_init(struct http_tls *ret, const struct http_options *options)
{
	*ret = (struct http_tls) { .options = options, .bundle = STR_INIT };
	if (!curl_version_info(CURLVERSION_NOW)->capath)
		ret->authorities = HTTP_AUTHORITIES_ALL;
}

void http_tls_release(struct http_tls *tls)
{
	str_release(&tls->bundle);
}

static void set_blob(CURL *easy, CURLoption option, const struct str *text)
{
	struct curl_blob blob = { text->data, text->len, CURL_BLOB_NOCOPY };

	curl_easy_setopt(easy, option, &blob);
}

/* libcurl takes a bundle in memory instead of the file, so the caller's authorities and the system's go
 * together. A bundle that cannot be read has nothing to say. */
static const struct str *join_bundle(struct http_tls *tls)
{
	const char *path = curl_version_info(CURLVERSION_NOW)->cainfo;
	autoclose int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -EBADF;

	if (tls->bundle.len)
		return &tls->bundle;
	if (fd < 0 || fd_read_rest(fd, BUNDLE_MAX, &tls->bundle, NULL) < 0)
		str_clear(&tls->bundle);
	str_append_char(&tls->bundle, '\n');
	str_append_bytes(&tls->bundle, tls->options->ca->data, tls->options->ca->len);
	return &tls->bundle;
}

static void set_authorities(struct http_tls *tls, CURL *easy)
{
	bool all = tls->authorities == HTTP_AUTHORITIES_ALL;

	if (tls->options->ca)
		set_blob(easy, CURLOPT_CAINFO_BLOB, all ? join_bundle(tls) : tls->options->ca);
	else
		curl_easy_setopt(easy, CURLOPT_CAINFO,
				 all ? curl_version_info(CURLVERSION_NOW)->cainfo : NULL);
}

void http_tls_prepare(struct http_tls *tls, CURL *easy, const char *host)
{
	const char *insecure = tls->options->insecure_host;
	const struct http_identity *identity = tls->options->identity;

	set_authorities(tls, easy);
	if (tls->options->ca)
		set_blob(easy, CURLOPT_PROXY_CAINFO_BLOB, tls->options->ca);
	if (insecure && strcasecmp(insecure, host) == 0) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (identity && strcasecmp(identity->host, host) == 0) {
		set_blob(easy, CURLOPT_SSLCERT_BLOB, identity->certificate);
		set_blob(easy, CURLOPT_SSLKEY_BLOB, identity->key);
	}
}

bool http_tls_may_know_better(const struct http_tls *tls, CURLcode result)
{
	return tls->authorities == HTTP_AUTHORITIES_DIRECTORY &&
	       (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CONNECT_ERROR);
}

void http_tls_use_all(struct http_tls *tls, CURL *easy)
{
	tls->authorities = HTTP_AUTHORITIES_ALL;
	set_authorities(tls, easy);
}
