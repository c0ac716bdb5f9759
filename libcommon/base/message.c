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

static void append_line(struct str *line, enum message_format format, const char *level,
			const char *text)
{
	char when[CLOCK_TEXT_MAX];

	if (format == MESSAGE_TEXT) {
		str_appendf(line, "%s: %s: %s\n", tool_name, level, text);
		return;
	}
	str_append(line, "{\"level\":");
	str_append_json(line, level);
	str_append(line, ",\"msg\":");
	str_append_json(line, text);
	str_appendf(line, ",\"time\":\"%s\"}\n", clock_rfc3339(clock_wall_ns() / CLOCK_NS, when));
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

void message_print(const char *level, const char *text)
{
	autostr struct str safe = STR_INIT;
	autostr struct str line = STR_INIT;

	str_append_escaped(&safe, text);
	append_line(&line, log_fd < 0 ? log_format : MESSAGE_TEXT, level, safe.data);
	message_write(STDERR_FILENO, &line);
	if (log_fd < 0)
		return;
	str_clear(&line);
	append_line(&line, log_format, level, safe.data);
	message_write(log_fd, &line);
}

void message_error(const struct error *err)
{
	if (!err->message[0])
		return;
	message_print("error", err->message);
	if (err->hint[0])
		message_print("hint", err->hint);
}

void message_warning(const char *format, ...)
{
	autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	message_print("warning", text);
}
