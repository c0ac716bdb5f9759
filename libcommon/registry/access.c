/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/access.h"

#include "base/alloc.h"
#include "base/number.h"
#include "net/url.h"
#include "registry/auth_places.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TIMEOUT_MAX 86400 /* seconds */
#define RETRIES_MAX 100
#define LOW_SPEED_WINDOW 30 /* seconds, where none are named */

void access_release(struct access *access)
{
	str_release(&access->authorities);
	certificates_release(&access->certificates);
	credentials_release(&access->credentials);
	free(access->registry);
}

/* Read SIZE[/SECONDS]. */
static int parse_low_speed(const char *text, struct http_low_speed *ret, struct error *err)
{
	size_t len = strcspn(text, "/");
	autofree char *rate = xstrndup(text, len);
	uint64_t window = LOW_SPEED_WINDOW;

	if (number_parse_size(rate, UINT32_MAX, &ret->rate, err) < 0 ||
	    (text[len] && number_parse(text + len + 1, TIMEOUT_MAX, &window, err) < 0))
		return error_prefix(err, "option --low-speed: SIZE[/SECONDS]");
	if (window == 0)
		return error_set(err, ERROR_USAGE, "option --low-speed: the time is 0 seconds");
	ret->window = (unsigned)window;
	return 0;
}

/* A loopback host must have its port: any user may listen on the others. */
static int check_token_host(const char *named, struct error *err)
{
	autofree char *text = xasprintf("https://%s/", named);
	autourl struct url url = URL_INIT;
	struct error ignored = { 0 };

	if (url_parse(text, &url, &ignored) < 0 || strpbrk(named, "/?#"))
		return error_set(err, ERROR_USAGE, "option --token-host: '%s' is not HOST[:PORT]",
				 named);
	if (url_host_is_loopback(named))
		return error_set(err, ERROR_USAGE,
				 "option --token-host: '%s' needs its port, HOST:PORT", named);
	return 0;
}

int access_check(const struct access_opts *opts, struct access *ret, struct error *err)
{
	ret->opts = opts;
	if (option_check_range("timeout", opts->timeout, 1, TIMEOUT_MAX, err) < 0 ||
	    option_check_range("retries", opts->retries, 0, RETRIES_MAX, err) < 0)
		return -1;
	if (opts->token_host && check_token_host(opts->token_host, err) < 0)
		return -1;
	return parse_low_speed(opts->low_speed, &ret->low_speed, err);
}

int access_check_logins(const struct access *access, struct error *err)
{
	return auth_places_check(access->opts->authfile, err);
}

int access_read_files(struct access *access, struct error *err)
{
	const struct access_opts *opts = access->opts;

	/* Here, once: libcurl would read them for each connection, which a pipe does not stand, and would
	 * wait for a FIFO without hearing signals. */
	if (opts->ca_file &&
	    certificates_read_authorities(opts->ca_file, &access->authorities, err) < 0)
		return error_prefix(err, "option --ca-file");
	if (opts->cert_dir && certificates_read(opts->cert_dir, &access->certificates, err) < 0)
		return error_prefix(err, "option --cert-dir");
	if (!opts->creds)
		return 0;
	access->credentials.origin = xstrdup("--creds");
	if (credentials_parse(opts->creds, &access->credentials, err) < 0)
		return error_prefix(err, "option --creds");
	credentials_hide((char *)opts->creds);
	return 0;
}

int access_check_registry(const struct access_opts *opts, const char *first, const char *other,
			  struct error *err)
{
	if (!opts->creds || !first || strcasecmp(first, other) == 0)
		return 0;
	error_set(err, ERROR_USAGE,
		  "option --creds: a login is for one registry, not for '%s' and '%s'", first,
		  other);
	return error_hint(err, "fetch from each of them by itself, or log in with ctnr login");
}

int access_begin(struct access *access, const char *registry, const struct interrupt *interrupt,
		 struct error *err)
{
	struct credentials *credentials = &access->credentials;

	if (registry && access_check_registry(access->opts, access->registry, registry, err) < 0)
		return -1;
	if (registry) {
		free(access->registry);
		access->registry = xstrdup(registry);
	}
	access->interrupt = interrupt;
	access->logins =
		(struct credential_search) { .given = credentials,
					     .registry = registry ? access->registry : NULL,
					     .authfile = access->opts->authfile,
					     .token_host = access->opts->token_host,
					     .interrupt = interrupt };
	if (!registry || !credentials->user || credentials->password)
		return 0;
	return credentials_ask_password(credentials, registry, interrupt, err);
}

void access_set_progress(struct access *access, struct progress *progress)
{
	access->logins.progress = progress;
}

void access_session_options(const struct access *access, struct session_options *ret)
{
	const struct access_opts *opts = access->opts;

	*ret = (struct session_options) {
		.logins = &access->logins,
		.tls = opts->tls_verify ? SESSION_TLS_VERIFY : SESSION_TLS_INSECURE,
		.ca = opts->ca_file ? &access->authorities : NULL,
		.certificates = opts->cert_dir ? &access->certificates : NULL,
		.timeout = (unsigned)opts->timeout,
		.low_speed = access->low_speed,
		.retries = (unsigned)opts->retries,
		.interrupt = access->interrupt,
	};
}
