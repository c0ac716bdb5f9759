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
 * caller does not care. An error is written only on failure, and always then. Messages are lower
 * case without a full stop, subjects in quotes; text that comes from images or the network is
 * escaped when the message is printed (base/message.h), never before.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

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
	char message[1024]; /* NUL-terminated; cut with "..." when longer */
	char hint[512]; /* what the reader can do, or empty */
};

/* Set err and return -1. */
int error_set(struct error *err, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Set err to "FORMAT: strerror(errno)" with code ERROR_FAILED (ERROR_TEMPORARY for connection
 * errors and timeouts) and return -1. errno is kept in saved_errno and left unchanged. A full disk
 * brings a hint with it. */
int error_errno(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Put "FORMAT: " before the message that is there, and return -1. */
int error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Set the hint, replacing an earlier one, and return -1. */
int error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
