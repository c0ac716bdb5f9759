/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error on its way up: a value type with fixed buffers and no allocation, so that a cloned
 * child can write it down a pipe as it is.
 *
 *	int config_read(const char *path, struct error *err)
 *	{
 *		autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
 *
 *		if (fd < 0)
 *			return error_errno(err, "cannot open '%s'", path);
 *		if (config_parse(fd, err) < 0)
 *			return error_prefix(err, "%s", path);
 *		return 0;
 *	}
 *
 * The last parameter of every function that can fail is a struct error *; it may be NULL when the
 * caller does not care, so a function reads and writes it by the functions below alone. An error is
 * written only on failure, and always then. Messages are lower case without a full stop, subjects in
 * quotes; text that comes from images or the network is escaped when the message is printed
 * (base/message.h), never before.
 *
 * A function whose own course hangs on the kind of a failure has an error of its own for it,
 * because the caller's may be NULL:
 *
 *	struct error cause = { 0 };
 *
 *	if (file_read_at(dirfd, "owners", OWNERS_MAX, &text, &cause) < 0)
 *		return cause.code == ERROR_NOT_FOUND ? 0 : error_move(err, &cause);
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

/*
 * What kind of failure it was. The values are the exit statuses of the tools (ctnr(7)); a runtime
 * maps everything that is its own fault to ERROR_RUNTIME.
 */
enum error_code {
	ERROR_FAILED = 1, /* it was tried and did not work */
	ERROR_USAGE = 2, /* the command line is wrong */
	ERROR_NOT_FOUND = 3, /* the image, bundle, reference named does not exist */
	ERROR_VERIFY = 4, /* digest, signature, policy or TLS verification failed */
	ERROR_TEMPORARY = 5, /* a retry may help: network, timeout, 5xx */
	ERROR_RUNTIME = 125, /* the container could not be set up */
	ERROR_NOT_EXECUTABLE = 126, /* the container's command cannot be executed */
	ERROR_NO_COMMAND = 127, /* the container's command does not exist */
};

struct error {
	int code; /* an enum error_code; 0: no error */
	int saved_errno; /* what error_errno() saw, 0 otherwise */
	char message[1024]; /* NUL-terminated; cut with "..." when longer; empty: nothing to say */
	char hint[512]; /* what the reader can do, or empty */
};

/* Set err and return -1. */
int error_set(struct error *err, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Set err to "FORMAT: strerror(errno)" with code ERROR_FAILED (ERROR_TEMPORARY for connection
 * errors and timeouts) and return -1. errno is kept in saved_errno and left unchanged. A full disk
 * brings a hint with it. */
int error_errno(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Set err to a failure that nothing is said about, because somebody has said it already or the
 * status alone is the answer, and return -1. */
int error_silent(struct error *err, enum error_code code);

/* Make *cause the error, and return -1. */
int error_move(struct error *err, const struct error *cause);

/* Make the error a failure of another kind, message and hint kept, and return -1. */
int error_recode(struct error *err, enum error_code code);

/* Is it a failure of that kind (0: none yet)? Is it about that errno (0: about none)? Does the
 * message hold that text? Of NULL nothing is true. */
bool error_is(const struct error *err, int code);
bool error_errno_is(const struct error *err, int number);
bool error_mentions(const struct error *err, const char *text);

/* Put "FORMAT: " before the message that is there, and return -1. A silent error stays so. */
int error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Set the hint, replacing an earlier one, and return -1. */
int error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Set the hint when there is none, and return -1. */
int error_default_hint(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
