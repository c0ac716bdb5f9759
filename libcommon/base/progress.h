/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress of long work on stderr: bars on a terminal, plain lines, JSON lines, or nothing.
 *
 *	autoprogress struct progress *progress = progress_new(opts->progress);
 *	size_t task = progress_add(progress, "fetch", digest, size);
 *
 *	progress_update(progress, task, bytes_so_far);	// as often as you like
 *	progress_finish(progress, task, PROGRESS_DONE);
 *
 * Every function takes NULL for no progress at all (that is what progress_new() returns when
 * there is nothing to show) and may be called from any thread. Bars vanish when the progress is
 * freed or cleared, so that messages stand on lines of their own: clear before printing one. A job
 * in the background draws none.
 *
 * JSON lines: {"event":"start","action":"fetch","id":"sha256:...","total":123}, then "progress"
 * with "current", at most ten a second for each task, then "done", "present" or "failed". A total
 * that is not known is absent.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

enum progress_mode {
	PROGRESS_AUTO, /* bars on a terminal, plain lines on a dumb one, else nothing */
	PROGRESS_TTY,
	PROGRESS_PLAIN,
	PROGRESS_JSON,
	PROGRESS_NONE,
	PROGRESS_MODE_MAX,
};
/* For an option of kind OPTION_CHOICE: "auto", "tty", "plain", "json", "none", NULL. */
extern const char *const progress_mode_names[];

enum progress_result {
	PROGRESS_DONE,
	PROGRESS_PRESENT, /* nothing had to be done */
	PROGRESS_FAILED,
};

#define PROGRESS_TOTAL_UNKNOWN UINT64_MAX

struct progress;

/* New, or NULL when there is nothing to show. */
struct progress *progress_new(enum progress_mode mode);
void progress_free(struct progress *progress);
void progress_cleanup(struct progress **progress);
#define autoprogress autocleanup(progress_cleanup)

/* A new task: action is a word ("fetch", "unpack"; borrowed), id a digest or a name (copied), total
 * in bytes. Returns its number. */
size_t progress_add(struct progress *progress, const char *action, const char *id, uint64_t total);

/* current: bytes so far. */
void progress_update(struct progress *progress, size_t task, uint64_t current);

/* The task has ended: its bar goes, and a line says how it ended. */
void progress_finish(struct progress *progress, size_t task, enum progress_result result);

/* Take the bars off the terminal; the next update draws them again. */
void progress_clear(struct progress *progress);

#endif
