/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diff/change_writer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void change_writer_release(struct change_writer *writer)
{
	str_release(&writer->told);
}

/* Write a letter, at most max bytes of a text, and the NUL. */
static void write_text(enum diff_text letter, const char *text, size_t max)
{
	putc_unlocked(letter, stdout);
	fwrite_unlocked(text, 1, strnlen(text, max), stdout);
	putc_unlocked('\0', stdout);
	/* When the tool is gone, so is what the work is for. */
	if (ferror_unlocked(stdout))
		_exit(ERROR_FAILED);
}

static void warn_of_length(struct change_writer *writer, const struct str *path)
{
	char text[DIFF_TEXT_MAX];

	if (writer->has_warned)
		return;
	writer->has_warned = true;
	snprintf(text, sizeof(text), "'/%.300s...': paths of more than %d bytes are left out",
		 path->data, DIFF_PATH_MAX);
	write_text(DIFF_WARNING, text, DIFF_PATH_MAX);
}

/* How many bytes at the beginning of a path are a directory that was told, or is above one: of "a/b/c" after "a/b/d"
 * it is 3, of "a". */
static size_t told_length(const struct change_writer *writer, const struct str *path)
{
	const char *told = writer->told.data;
	size_t result = 0;
	size_t i = 0;

	while (told[i] && told[i] == path->data[i]) {
		if (path->data[i] == '/')
			result = i;
		i++;
	}
	/* The last path itself, of something below it. */
	return !told[i] && path->data[i] == '/' ? i : result;
}

bool change_is_too_deep(const struct str *path)
{
	return path->len > DIFF_PATH_MAX;
}

void change_write(struct change_writer *writer, enum diff_text change, const struct str *path)
{
	size_t at = told_length(writer, path);

	if (change_is_too_deep(path)) {
		warn_of_length(writer, path);
		return;
	}
	for (const char *slash = path->data + at; (slash = strchr(slash + 1, '/'));)
		write_text(DIFF_CHANGED, path->data, (size_t)(slash - path->data));
	write_text(change, path->data, path->len);
	str_clear(&writer->told);
	str_append_bytes(&writer->told, path->data, path->len);
}

static void flush_texts(void)
{
	if (fflush(stdout) != 0)
		_exit(ERROR_FAILED);
}

void change_write_end(void)
{
	write_text(DIFF_END, "", 0);
	flush_texts();
}

void change_write_error(const struct error *failure)
{
	char text[sizeof(failure->message) + 2];

	snprintf(text, sizeof(text), "%d%s", failure->code, failure->message);
	write_text(DIFF_ERROR, text, DIFF_PATH_MAX);
	write_text(DIFF_HINT, failure->hint, DIFF_PATH_MAX);
	flush_texts();
}
