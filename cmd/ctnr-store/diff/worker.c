/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/worker.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/number.h"
#include "system/fd.h"
#include "system/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKER "ctnr-store-diff"
#define WARNINGS_MAX 16 /* more than a well-meaning worker has */

struct worker_reading {
	FILE *stream;
	int (*take)(void *data, enum diff_text change, const char *path, struct error *err);
	void *data;
	unsigned int n_warnings;
	char text[DIFF_TEXT_MAX];
};

static int no_answer(struct error *err)
{
	return error_set(err, ERROR_FAILED, "the worker that compares ended without an answer");
}

/* Read a text. 1; 0 at the end, or of what is no text. */
static int read_text(struct worker_reading *reading)
{
	for (size_t i = 0; i < sizeof(reading->text); i++) {
		int c = getc_unlocked(reading->stream);

		if (c == EOF)
			return 0;
		reading->text[i] = (char)c;
		if (c == '\0')
			return i > 0;
	}
	return 0;
}

/* An error has its hint behind it. The code becomes our exit status. */
static int take_failure(struct worker_reading *reading, struct error *err)
{
	unsigned int code = (unsigned int)(reading->text[1] - '0');
	bool is_known = code >= ERROR_FAILED && code <= ERROR_TEMPORARY;

	error_set(err, is_known ? (enum error_code)code : ERROR_FAILED, "%s",
		  reading->text[1] ? reading->text + 2 : "");
	if (read_text(reading) && reading->text[0] == DIFF_HINT && reading->text[1])
		error_hint(err, "%s", reading->text + 1);
	return -1;
}

/* 1: more is to come; 0: it was the last. */
static int take_text(struct worker_reading *reading, struct error *err)
{
	const char *text = reading->text + 1;

	switch (reading->text[0]) {
	case DIFF_ADDED:
	case DIFF_CHANGED:
	case DIFF_DELETED:
		return reading->take(reading->data, (enum diff_text)reading->text[0], text, err) < 0
			       ? -1
			       : 1;
	case DIFF_WARNING:
		if (reading->n_warnings++ < WARNINGS_MAX)
			message_warning("%s", text);
		return 1;
	case DIFF_ERROR:
		return take_failure(reading, err);
	case DIFF_END:
		return 0;
	default:
		return no_answer(err);
	}
}

static int read_texts(struct worker_reading *reading, struct error *err)
{
	int result;

	do {
		if (!read_text(reading))
			return no_answer(err);
		result = take_text(reading, err);
	} while (result > 0);
	return result;
}

int diff_worker_run(const json_t *job,
		    int (*take)(void *data, enum diff_text change, const char *path,
				struct error *err),
		    void *data, struct error *err)
{
	autofree char *text = json_format(job);
	struct worker_reading reading = { .take = take, .data = data };
	int output = -EBADF;
	pid_t pid;
	int result;

	signal(SIGPIPE, SIG_IGN);
	pid = process_spawn_helper(WORKER, text, &output, err);
	if (pid < 0)
		return -1;
	reading.stream = fdopen(output, "re");
	if (!reading.stream)
		abort();
	result = read_texts(&reading, err);
	/* A worker that has more to say ends by that. */
	fclose(reading.stream);
	process_wait(pid, NULL);
	return result;
}
