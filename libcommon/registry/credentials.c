/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/credentials.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <openssl/evp.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_MAX 4096 /* bytes that are read from the terminal */

static void free_secret(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void credentials_release(struct credentials *credentials)
{
	if (!credentials)
		return;
	free(credentials->user);
	free_secret(credentials->password);
	free(credentials->token_host);
	*credentials = (struct credentials)CREDENTIALS_INIT;
}

int credentials_parse(const char *text, struct credentials *ret, struct error *err)
{
	const char *colon = strchr(text, ':');

	if (colon == text || !*text)
		return error_set(err, ERROR_USAGE, "the name of the user is missing");
	ret->user = colon ? xstrndup(text, (size_t)(colon - text)) : xstrdup(text);
	if (colon)
		ret->password = xstrdup(colon + 1);
	return 0;
}

/* One line from the terminal; the caller has turned the echo off. */
static int read_password(int tty, const struct interrupt *interrupt, char **ret, struct error *err)
{
	struct pollfd watched[] = { { .fd = tty, .events = POLLIN },
				    { .fd = interrupt->fd, .events = POLLIN } };
	char line[PASSWORD_MAX] = "";
	ssize_t n;

	if (poll(watched, array_size(watched), -1) < 0)
		return error_errno(err, "cannot wait for the password");
	if (watched[1].revents)
		return interrupt_error(err);
	n = read(tty, line, sizeof(line) - 1);
	if (n < 0)
		return error_errno(err, "cannot read the password");
	line[strcspn(line, "\r\n")] = '\0';
	*ret = xstrdup(line);
	explicit_bzero(line, sizeof(line));
	return 0;
}

int credentials_ask_password(struct credentials *credentials, const char *place,
			     const struct interrupt *interrupt, struct error *err)
{
	autoclose int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	autofree char *prompt = xasprintf("Password for %s at %s: ", credentials->user, place);
	struct termios old;
	struct termios silent;
	int result;

	if (tty < 0 || tcgetattr(tty, &old) < 0) {
		error_set(err, ERROR_USAGE, "no password given, and no terminal to ask for it");
		return error_hint(err, "write --creds USER:PASSWORD");
	}
	silent = old;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(tty, TCSAFLUSH, &silent);
	(void)fd_write_all(tty, prompt, strlen(prompt));
	result = read_password(tty, interrupt, &credentials->password, err);
	(void)fd_write_all(tty, "\n", 1);
	tcsetattr(tty, TCSAFLUSH, &old);
	return result;
}

char *credentials_basic(const struct credentials *credentials)
{
	char *pair = xasprintf("%s:%s", credentials->user, credentials->password);
	size_t len = strlen(pair);
	autofree char *encoded = xmalloc(len / 3 * 4 + 8);

	EVP_EncodeBlock((unsigned char *)encoded, (unsigned char *)pair, (int)len);
	free_secret(pair);
	return xasprintf("Basic %s", encoded);
}

static bool is_address(const char *host)
{
	return strchr(host, ':') || host[strspn(host, "0123456789.")] == '\0';
}

/* Is that a domain in which everybody can have a name, as co.uk? A guess instead of a long list: a
 * short label below a country. Where it is wrong, token_host helps. */
static bool is_public_domain(const char *domain)
{
	size_t len = strcspn(domain, ".");

	return len <= 3 && domain[len] && strlen(domain + len + 1) == 2;
}

bool credentials_belong_to(const struct credentials *credentials, const char *registry_host,
			   const char *host)
{
	const char *domain;
	size_t host_len = strlen(host);
	size_t domain_len;

	if (strcasecmp(registry_host, host) == 0)
		return true;
	if (credentials->token_host && strcasecmp(credentials->token_host, host) == 0)
		return true;
	if (is_address(registry_host) || is_address(host))
		return false;
	/* The domain without its first label, when at least two labels are left. */
	domain = strchr(registry_host, '.');
	if (!domain || !strchr(domain + 1, '.') || is_public_domain(domain + 1))
		return false;
	domain_len = strlen(domain + 1);
	if (host_len < domain_len || strcasecmp(host + host_len - domain_len, domain + 1) != 0)
		return false;
	return host_len == domain_len || host[host_len - domain_len - 1] == '.';
}
