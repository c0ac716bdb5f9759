/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/credentials.h"

#include "base/alloc.h"
#include "net/domain.h"
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

/* Does HOST[:PORT] mean the host of that URL? On this machine each port may have another owner, so
 * that a loopback host without a port means none. */
static bool names_host(const char *named, const struct url *url)
{
	autofree char *host =
		strchr(url->host, ':') ? xasprintf("[%s]", url->host) : xstrdup(url->host);
	autofree char *authority = xasprintf("%s:%s", host, url->port);

	if (strcasecmp(named, authority) == 0)
		return true;
	return !url_host_is_loopback(url->host) && strcasecmp(named, host) == 0;
}

bool credentials_belong_to(const struct credentials *credentials, const struct url *registry,
			   const struct url *url)
{
	if (credentials->token_host && names_host(credentials->token_host, url))
		return true;
	if (strcmp(registry->host, url->host) == 0)
		return !url_host_is_loopback(url->host) || strcmp(registry->port, url->port) == 0;
	return domain_is_shared(registry->host, url->host);
}
