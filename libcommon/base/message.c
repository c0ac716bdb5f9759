/* SPDX-License-Identifier: Apache-2.0 */
#include "base/message.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/output.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FRONT_LEAD "ctnr "

static const char *tool_name = "ctnr";
static int log_fd = -1;
static enum message_format log_format = MESSAGE_TEXT;
static bool debug_is_enabled;

void message_init(const char *tool)
{
	tool_name = tool;
}

const char *message_verb(void)
{
	return str_starts_with(tool_name, FRONT_LEAD) ? tool_name + strlen(FRONT_LEAD) : NULL;
}

int message_log_to(const char *path, enum message_format format, struct error *err)
{
	log_format = format;
	if (!path)
		return 0;
	log_fd = output_open(path, err);
	if (log_fd < 0)
		return error_prefix(err, "log '%s'", path);
	return 0;
}

void message_end_log(void)
{
	if (log_fd < 0)
		return;
	close(log_fd);
	log_fd = -1;
	log_format = MESSAGE_TEXT;
}

static void append_text(struct str *line, const char *level, const char *text, const char *hint)
{
	str_appendf(line, "%s: %s: %s\n", tool_name, level, text);
	if (*hint)
		str_appendf(line, "%s: hint: %s\n", tool_name, hint);
}

static void append_json(struct str *line, const char *level, const char *text, const char *hint)
{
	char when[CLOCK_TEXT_MAX];

	str_append(line, "{\"level\":");
	str_append_json(line, level);
	str_append(line, ",\"msg\":");
	str_append_json(line, text);
	str_appendf(line, ",\"time\":\"%s\"", clock_rfc3339(clock_wall_ns() / CLOCK_NS, when));
	if (*hint) {
		str_append(line, ",\"hint\":");
		str_append_json(line, hint);
	}
	str_append(line, "}\n");
}

void message_write(int fd, const struct str *text)
{
	const char *p = text->data;
	size_t left = text->len;

	while (left) {
		ssize_t n = write(fd, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		left -= (size_t)n;
	}
}

/* Write one message as it is, and its hint where that is not empty, to fd. */
static void write_message(int fd, enum message_format format, const char *level, const char *text,
			  const char *hint)
{
	autostr struct str line = STR_INIT;

	if (format == MESSAGE_JSON)
		append_json(&line, level, text, hint);
	else
		append_text(&line, level, text, hint);
	message_write(fd, &line);
}

void message_print(const char *level, const char *text, const char *hint)
{
	autostr struct str safe = STR_INIT;
	autostr struct str safe_hint = STR_INIT;

	str_append_escaped(&safe, text);
	str_append_escaped(&safe_hint, hint);
	write_message(STDERR_FILENO, log_fd < 0 ? log_format : MESSAGE_TEXT, level, safe.data,
		      safe_hint.data);
	if (log_fd >= 0)
		write_message(log_fd, log_format, level, safe.data, safe_hint.data);
}

void message_error(const struct error *err)
{
	if (err->message[0])
		message_print("error", err->message, err->hint);
}

/* A message of printf's, at a level. */
__attribute__((format(printf, 2, 0))) static void print_format(const char *level,
							       const char *format, va_list args)
{
	autofree char *text = xvasprintf(format, args);

	message_print(level, text, "");
}

void message_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_format("warning", format, args);
	va_end(args);
}

void message_enable_debug(void)
{
	debug_is_enabled = true;
}

bool message_debug_is_enabled(void)
{
	return debug_is_enabled;
}

void message_debug(const char *format, ...)
{
	va_list args;

	if (!debug_is_enabled)
		return;
	va_start(args, format);
	print_format("debug", format, args);
	va_end(args);
}
