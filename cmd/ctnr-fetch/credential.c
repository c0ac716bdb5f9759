/* SPDX-License-Identifier: Apache-2.0 */
#include "credential.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>

#define PASSWORD_MAX 4096

void credential_release(struct credential *credential)
{
	if (!credential)
		return;
	free(credential->user);
	if (credential->password)
		explicit_bzero(credential->password, strlen(credential->password));
	free(credential->password);
}

/* One line from the terminal; the caller has turned the echo off. */
static int read_line(int tty, const struct interrupt *interrupt, char **ret, struct error *err)
{
	struct pollfd watched[] = { { .fd = tty, .events = POLLIN },
				    { .fd = interrupt->fd, .events = POLLIN } };
	autofree char *line = xcalloc(1, PASSWORD_MAX);
	ssize_t n;

	if (poll(watched, array_size(watched), -1) < 0)
		return error_errno(err, "cannot wait for the password");
	if (watched[1].revents)
		return interrupt_error(err);
	n = read(tty, line, PASSWORD_MAX - 1);
	if (n < 0)
		return error_errno(err, "cannot read the password");
	line[strcspn(line, "\r\n")] = '\0';
	*ret = steal(&line);
	return 0;
}

static int ask(const char *user, const char *place, const struct interrupt *interrupt, char **ret,
	       struct error *err)
{
	autoclose int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	autofree char *prompt = xasprintf("Password for %s at %s: ", user, place);
	struct termios old;
	struct termios silent;
	int result;

	if (tty < 0 || tcgetattr(tty, &old) < 0) {
		error_set(err, ERROR_USAGE,
			  "no password in --creds, and no terminal to ask for it");
		return error_hint(err, "write --creds USER:PASSWORD");
	}
	silent = old;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(tty, TCSAFLUSH, &silent);
	(void)fd_write_all(tty, prompt, strlen(prompt));
	result = read_line(tty, interrupt, ret, err);
	(void)fd_write_all(tty, "\n", 1);
	tcsetattr(tty, TCSAFLUSH, &old);
	return result;
}

int credential_parse(const char *text, const char *prompt, const struct interrupt *interrupt,
		     struct credential *ret, struct error *err)
{
	const char *colon;

	if (!text)
		return 0;
	colon = strchr(text, ':');
	if (colon == text || !*text)
		return error_set(err, ERROR_USAGE, "--creds: the name of the user is missing");
	ret->user = colon ? xstrndup(text, (size_t)(colon - text)) : xstrdup(text);
	if (!colon)
		return ask(ret->user, prompt, interrupt, &ret->password, err);
	ret->password = xstrdup(colon + 1);
	return 0;
}
