/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void mark_cut(char *buffer, size_t size, int length)
{
	if (length >= 0 && (size_t)length >= size)
		memcpy(buffer + size - 4, "...", 4);
}

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	if (!err)
		return -1;
	err->code = code;
	err->saved_errno = 0;
	err->hint[0] = '\0';
	va_start(args, format);
	mark_cut(err->message, sizeof(err->message),
		 vsnprintf(err->message, sizeof(err->message), format, args));
	va_end(args);
	return -1;
}

static bool errno_is_temporary(int number)
{
	switch (number) {
	case ECONNREFUSED:
	case ECONNRESET:
	case ECONNABORTED:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
	case ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

int error_errno(struct error *err, const char *format, ...)
{
	int number = errno;
	va_list args;
	int length;

	if (!err)
		return -1;
	err->code = errno_is_temporary(number) ? ERROR_TEMPORARY : ERROR_FAILED;
	err->saved_errno = number;
	err->hint[0] = '\0';
	va_start(args, format);
	length = vsnprintf(err->message, sizeof(err->message), format, args);
	va_end(args);
	if (length >= 0 && (size_t)length < sizeof(err->message)) {
		size_t room = sizeof(err->message) - (size_t)length;

		length = snprintf(err->message + length, room, ": %s", strerror(number));
		mark_cut(err->message + sizeof(err->message) - room, room, length);
	} else {
		mark_cut(err->message, sizeof(err->message), length);
	}
	if (number == ENOSPC || number == EDQUOT)
		error_hint(err, "free some space there, or keep things elsewhere with --store");
	errno = number;
	return -1;
}

int error_silent(struct error *err, enum error_code code)
{
	if (err)
		*err = (struct error) { .code = code };
	return -1;
}

int error_move(struct error *err, const struct error *cause)
{
	if (err)
		*err = *cause;
	return -1;
}

int error_recode(struct error *err, enum error_code code)
{
	if (err)
		err->code = code;
	return -1;
}

bool error_is(const struct error *err, int code)
{
	return err && err->code == code;
}

bool error_errno_is(const struct error *err, int number)
{
	return err && err->saved_errno == number;
}

bool error_mentions(const struct error *err, const char *text)
{
	return err && strstr(err->message, text);
}

int error_prefix(struct error *err, const char *format, ...)
{
	char message[sizeof(err->message)];
	va_list args;
	int length;

	if (!err || !err->message[0])
		return -1;
	va_start(args, format);
	length = vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (length >= 0 && (size_t)length < sizeof(message)) {
		size_t room = sizeof(message) - (size_t)length;

		length = snprintf(message + length, room, ": %s", err->message);
		mark_cut(message + sizeof(message) - room, room, length);
	} else {
		mark_cut(message, sizeof(message), length);
	}
	memcpy(err->message, message, sizeof(message));
	return -1;
}

__attribute__((format(printf, 2, 0))) static void set_hint(struct error *err, const char *format,
							   va_list args)
{
	mark_cut(err->hint, sizeof(err->hint),
		 vsnprintf(err->hint, sizeof(err->hint), format, args));
}

int error_hint(struct error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (err)
		set_hint(err, format, args);
	va_end(args);
	return -1;
}

int error_default_hint(struct error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (err && !err->hint[0])
		set_hint(err, format, args);
	va_end(args);
	return -1;
}
