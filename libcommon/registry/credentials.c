/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/credentials.h"

#include "base/alloc.h"
#include "net/domain.h"
#include "registry/secret.h"
#include "system/fd.h"

#include <openssl/evp.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#define TERMINAL_LINE_MAX 4096 /* bytes that are read from the terminal */

void credentials_release(struct credentials *credentials)
{
	if (!credentials)
		return;
	free(credentials->user);
	secret_free(credentials->password);
	secret_free(credentials->identity_token);
	free(credentials->token_host);
	free(credentials->origin);
	*credentials = (struct credentials)CREDENTIALS_INIT;
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void credentials_copy(const struct credentials *credentials, struct credentials *ret)
{
	*ret = (struct credentials) {
		.user = copy_text(credentials->user),
		.password = copy_text(credentials->password),
		.identity_token = copy_text(credentials->identity_token),
		.token_host = copy_text(credentials->token_host),
		.origin = copy_text(credentials->origin),
	};
}

/* Byte by byte: what follows the line belongs to others (ctnr run -i). */
static int read_first_line(int fd, struct str *ret, struct error *err)
{
	char byte = '\0';
	ssize_t n;

	while ((n = fd_read_full(fd, &byte, 1)) > 0 && byte != '\n') {
		if (ret->len == PASSWORD_MAX)
			return error_set(err, ERROR_FAILED, "longer than %u bytes", PASSWORD_MAX);
		str_append_char(ret, byte);
	}
	return n < 0 ? error_errno(err, "cannot read") : 0;
}

/* The password that was read, without the end of its line. */
static int take_password(const struct str *secret, char **ret, struct error *err)
{
	size_t len = secret->len;

	len -= len > 0 && secret->data[len - 1] == '\n';
	len -= len > 0 && secret->data[len - 1] == '\r';
	if (len == 0)
		return error_set(err, ERROR_FAILED, "there is no password in it");
	if (memchr(secret->data, '\0', len))
		return error_set(err, ERROR_FAILED, "a password has no NUL bytes");
	*ret = xstrndup(secret->data, len);
	return 0;
}

/* From FILE, or from stdin (NULL). */
static int read_password_from(const char *file, char **ret, struct error *err)
{
	autoclose int fd = file ? open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -EBADF;
	autosecret struct str secret = STR_INIT;

	if (file && fd < 0)
		return error_errno(err, "cannot open '%s'", file);
	/* A text that grows leaves its bytes where it was before. */
	str_reserve(&secret, 2 * PASSWORD_MAX);
	if ((file ? fd_read_rest(fd, PASSWORD_MAX, &secret, err)
		  : read_first_line(STDIN_FILENO, &secret, err)) < 0 ||
	    take_password(&secret, ret, err) < 0)
		return error_prefix(err, "%s", file ? file : "stdin");
	return 0;
}

int credentials_parse(const char *text, struct credentials *ret, struct error *err)
{
	const char *colon = strchr(text, ':');

	if (colon == text || !*text)
		return error_set(err, ERROR_USAGE, "the name of the user is missing");
	ret->user = colon ? xstrndup(text, (size_t)(colon - text)) : xstrdup(text);
	if (!colon)
		return 0;
	if (colon[1] == '@')
		return read_password_from(colon + 2, &ret->password, err);
	if (strcmp(colon, ":-") == 0)
		return isatty(STDIN_FILENO) ? 0 : read_password_from(NULL, &ret->password, err);
	ret->password = xstrdup(colon + 1);
	return 0;
}

void credentials_hide(char *argument)
{
	char *colon = strchr(argument, ':');

	if (colon && colon[1] != '@' && strcmp(colon, ":-") != 0)
		memset(colon + 1, 'x', strlen(colon + 1));
}

/* One line from the terminal, new. */
static int read_terminal_line(int tty, const struct interrupt *interrupt, char **ret,
			      struct error *err)
{
	struct pollfd watched[] = { { .fd = tty, .events = POLLIN },
				    { .fd = interrupt->fd, .events = POLLIN } };
	char line[TERMINAL_LINE_MAX] = "";
	ssize_t n;

	if (poll(watched, array_size(watched), -1) < 0)
		return error_errno(err, "cannot wait for the terminal");
	if (watched[1].revents)
		return interrupt_error(err);
	n = read(tty, line, sizeof(line) - 1);
	if (n < 0)
		return error_errno(err, "cannot read the terminal");
	line[strcspn(line, "\r\n")] = '\0';
	*ret = xstrdup(line);
	explicit_bzero(line, sizeof(line));
	return 0;
}

/* The same without echo. */
static int read_hidden_line(int tty, const struct termios *old, const struct interrupt *interrupt,
			    char **ret, struct error *err)
{
	struct termios silent = *old;
	int result;

	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(tty, TCSAFLUSH, &silent);
	result = read_terminal_line(tty, interrupt, ret, err);
	(void)fd_write_all(tty, "\n", 1);
	tcsetattr(tty, TCSAFLUSH, old);
	return result;
}

/* Open the terminal and write a prompt to it. */
static int open_terminal(const char *prompt, const char *missing, struct termios *ret,
			 struct error *err)
{
	autoclose int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (tty < 0 || tcgetattr(tty, ret) < 0)
		return error_set(err, ERROR_USAGE, "no %s given, and no terminal to ask for it",
				 missing);
	(void)fd_write_all(tty, prompt, strlen(prompt));
	return fd_steal(&tty);
}

int credentials_ask_password(struct credentials *credentials, const char *place,
			     const struct interrupt *interrupt, struct error *err)
{
	autofree char *prompt = xasprintf("Password for %s at %s: ", credentials->user, place);
	struct termios old;
	autoclose int tty = open_terminal(prompt, "password", &old, err);

	if (tty < 0)
		return error_hint(err, "write --creds USER:@FILE");
	return read_hidden_line(tty, &old, interrupt, &credentials->password, err);
}

int credentials_ask_user(struct credentials *credentials, const char *place,
			 const struct interrupt *interrupt, struct error *err)
{
	autofree char *prompt = xasprintf("User at %s: ", place);
	struct termios old;
	autoclose int tty = open_terminal(prompt, "user", &old, err);

	if (tty < 0 || read_terminal_line(tty, interrupt, &credentials->user, err) < 0)
		return -1;
	if (!*credentials->user)
		return error_set(err, ERROR_USAGE, "the name of the user is missing");
	return 0;
}

char *credentials_basic(const struct credentials *credentials)
{
	char *pair = xasprintf("%s:%s", credentials->user, credentials->password);
	size_t len = strlen(pair);
	autosecrettext char *encoded = xmalloc(len / 3 * 4 + 8);

	EVP_EncodeBlock((unsigned char *)encoded, (unsigned char *)pair, (int)len);
	secret_free(pair);
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
