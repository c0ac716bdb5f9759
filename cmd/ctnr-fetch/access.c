/* SPDX-License-Identifier: Apache-2.0 */
#include "access.h"

#include "base/alloc.h"
#include "base/number.h"
#include "net/url.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>

#define TIMEOUT_MAX 86400 /* seconds */
#define RETRIES_MAX 100
#define LOW_SPEED_WINDOW 30 /* seconds, where none are named */
#define CA_FILE_MAX (4U << 20) /* bytes: the system's own authorities are a quarter of a million */

#define FIELD(name) offsetof(struct access_opts, name)
const struct option access_options[] = {
	{ "creds", 0, "USER[:PASSWORD]",
	  "log in to the registry; the password may be @FILE, or - for stdin", OPTION_STRING,
	  FIELD(creds) },
	{ "token-host", 0, "HOST[:PORT]", "a token server that may see the credentials too",
	  OPTION_STRING, FIELD(token_host) },
	{ "tls-verify", 0, NULL,
	  "verify the registry's certificate (the default); =false: take any", OPTION_BOOL,
	  FIELD(tls_verify) },
	{ "ca-file", 0, "FILE", "trust the authorities in FILE too", OPTION_STRING,
	  FIELD(ca_file) },
	{ "timeout", 0, "SECONDS", "give up after that long without an answer", OPTION_NUMBER,
	  FIELD(timeout) },
	{ "low-speed", 0, "SIZE[/SECONDS]",
	  "give up an answer of which fewer bytes come in a second; 0: never", OPTION_STRING,
	  FIELD(low_speed) },
	{ "retries", 0, "N", "try N times again what fails for a moment", OPTION_NUMBER,
	  FIELD(retries) },
	OPTION_END
};

void access_release(struct access *access)
{
	str_release(&access->authorities);
	credentials_release(&access->credentials);
}

int access_check_range(const char *option, uint64_t value, uint64_t min, uint64_t max,
		       struct error *err)
{
	if (value >= min && value <= max)
		return 0;
	return error_set(err, ERROR_USAGE,
			 "option --%s: expected a number from %llu to %llu, got %llu", option,
			 (unsigned long long)min, (unsigned long long)max,
			 (unsigned long long)value);
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
	if (access_check_range("timeout", opts->timeout, 1, TIMEOUT_MAX, err) < 0 ||
	    access_check_range("retries", opts->retries, 0, RETRIES_MAX, err) < 0)
		return -1;
	if (opts->token_host && check_token_host(opts->token_host, err) < 0)
		return -1;
	return parse_low_speed(opts->low_speed, &ret->low_speed, err);
}

/* The authorities are read here, once: libcurl would read them for each connection, which a pipe does
 * not stand, and would wait for a FIFO without hearing signals. */
static int read_authorities(const char *path, struct str *ret, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_errno(err, "option --ca-file: cannot read '%s'", path);
	if (fd_read_rest(fd, CA_FILE_MAX, ret, err) < 0)
		return error_prefix(err, "option --ca-file: '%s'", path);
	if (!memmem(ret->data, ret->len, "-----BEGIN ", strlen("-----BEGIN ")))
		return error_set(err, ERROR_FAILED,
				 "option --ca-file: '%s' has no certificate in PEM", path);
	return 0;
}

int access_read_files(struct access *access, struct error *err)
{
	const struct access_opts *opts = access->opts;

	if (opts->ca_file && read_authorities(opts->ca_file, &access->authorities, err) < 0)
		return -1;
	if (!opts->creds)
		return 0;
	access->credentials.token_host = opts->token_host ? xstrdup(opts->token_host) : NULL;
	if (credentials_parse(opts->creds, &access->credentials, err) < 0)
		return error_prefix(err, "option --creds");
	credentials_hide((char *)opts->creds);
	return 0;
}

/* A password that is not known yet is asked for. */
static int complete_credentials(struct credentials *credentials, const char *reference_text,
				const struct interrupt *interrupt, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (!credentials->user || credentials->password)
		return 0;
	if (reference_parse(reference_text, &reference, err) < 0)
		return -1;
	return credentials_ask_password(credentials, reference.registry, interrupt, err);
}

int access_session(struct access *access, const char *reference, const struct interrupt *interrupt,
		   struct session_options *ret, struct error *err)
{
	const struct access_opts *opts = access->opts;

	*ret = (struct session_options) {
		.credentials = &access->credentials,
		.tls = opts->tls_verify ? SESSION_TLS_VERIFY : SESSION_TLS_INSECURE,
		.ca = opts->ca_file ? &access->authorities : NULL,
		.timeout = (unsigned)opts->timeout,
		.low_speed = access->low_speed,
		.retries = (unsigned)opts->retries,
		.interrupt = interrupt,
	};
	return complete_credentials(&access->credentials, reference, interrupt, err);
}
