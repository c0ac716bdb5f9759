/* SPDX-License-Identifier: Apache-2.0 */
#include "base/progress.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/message.h"
#include "base/str.h"
#include "base/terminal.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define INTERVAL_MS 100 /* between two pictures, or two events of one task */
#define BARS_MAX 8 /* bars on the terminal; more tasks are counted */
#define BAR_WIDTH 24
#define COLUMNS_DEFAULT 80

const char *const progress_mode_names[] = { "auto", "tty", "plain", "json", "none", NULL };

struct task {
	const char *action; /* borrowed: a literal */
	char *id;
	uint64_t total;
	uint64_t current;
	int64_t shown_at; /* ms: the last JSON event */
	bool finished;
};

struct progress {
	enum progress_mode mode;
	pthread_mutex_t lock;
	struct task *tasks;
	size_t n_tasks;
	size_t first_open; /* all tasks before it are finished */
	size_t lines; /* that the bars take on the terminal now */
	int64_t drawn_at; /* ms */
};

static enum progress_mode choose_mode(void)
{
	if (terminal_takes_escapes(STDERR_FILENO))
		return PROGRESS_TTY;
	return isatty(STDERR_FILENO) ? PROGRESS_PLAIN : PROGRESS_NONE;
}

struct progress *progress_new(enum progress_mode mode)
{
	struct progress *progress;

	if (mode == PROGRESS_AUTO)
		mode = choose_mode();
	if (mode == PROGRESS_NONE)
		return NULL;
	progress = xcalloc(1, sizeof(*progress));
	progress->mode = mode;
	pthread_mutex_init(&progress->lock, NULL);
	return progress;
}

/* Progress that cannot be written is no reason to fail. */
static void write_terminal(const struct str *text)
{
	message_write(STDERR_FILENO, text);
}

/* Back to the first line of the bars, and erase from there to the end. */
static void append_erase(struct progress *progress, struct str *out)
{
	if (progress->lines)
		str_appendf(out, "\r\033[%zuA\033[J", progress->lines);
	progress->lines = 0;
}

static void clear_locked(struct progress *progress)
{
	autostr struct str out = STR_INIT;

	if (progress->mode != PROGRESS_TTY || !progress->lines)
		return;
	if (!terminal_in_background(STDERR_FILENO)) {
		append_erase(progress, &out);
		write_terminal(&out);
	}
	progress->lines = 0;
}

void progress_clear(struct progress *progress)
{
	if (!progress)
		return;
	pthread_mutex_lock(&progress->lock);
	clear_locked(progress);
	pthread_mutex_unlock(&progress->lock);
}

void progress_free(struct progress *progress)
{
	if (!progress)
		return;
	clear_locked(progress);
	for (size_t i = 0; i < progress->n_tasks; i++)
		free(progress->tasks[i].id);
	free(progress->tasks);
	pthread_mutex_destroy(&progress->lock);
	free(progress);
}

void progress_cleanup(struct progress **progress)
{
	progress_free(*progress);
	*progress = NULL;
}

/* A digest is known by its first digits; names are shown whole. */
static void append_id(struct str *out, const struct task *task, size_t max)
{
	const char *colon = strchr(task->id, ':');
	autofree char *cut =
		colon && strlen(colon) > 32 ? xstrndup(colon + 1, 12) : xstrndup(task->id, max);

	str_append_escaped(out, cut);
}

/* A line of at most columns - 1 bytes: one that wraps would take two lines off the count. */
static void append_bar(struct str *picture, const struct task *task, int columns)
{
	autostr struct str line = STR_INIT;
	struct str *out = &line;
	bool known = task->total != PROGRESS_TOTAL_UNKNOWN && task->total > 0;
	int filled = known ? (int)(task->current * BAR_WIDTH / task->total) : 0;

	str_appendf(out, "%s ", task->action);
	append_id(out, task, columns > 60 ? (size_t)columns - 50 : 12);
	if (columns >= COLUMNS_DEFAULT && known) {
		str_append(out, " [");
		for (int i = 0; i < BAR_WIDTH; i++)
			str_append_char(out, i < filled ? '=' : ' ');
		str_append_char(out, ']');
	}
	if (known || task->current) {
		str_append_char(out, ' ');
		str_append_size(out, task->current);
	}
	if (known) {
		str_append(out, " / ");
		str_append_size(out, task->total);
	}
	str_append_bytes(picture, line.data,
			 line.len < (size_t)columns ? line.len : (size_t)columns - 1);
	str_append_char(picture, '\n');
}

static int terminal_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return COLUMNS_DEFAULT;
	return size.ws_col;
}

/* One write for the whole picture, so that nothing flickers. A job that was sent to the background
 * draws nothing; back in the foreground, it begins on a line of its own. */
static void draw_tasks(struct progress *progress, int64_t now)
{
	autostr struct str out = STR_INIT;
	int columns = terminal_columns();
	size_t lines = 0;
	size_t more = 0;

	if (terminal_in_background(STDERR_FILENO)) {
		progress->lines = 0;
		return;
	}
	append_erase(progress, &out);
	for (size_t i = progress->first_open; i < progress->n_tasks; i++) {
		const struct task *task = &progress->tasks[i];

		if (task->finished)
			continue;
		if (lines == BARS_MAX) {
			more++;
			continue;
		}
		append_bar(&out, task, columns);
		lines++;
	}
	if (more) {
		str_appendf(&out, "and %zu more\n", more);
		lines++;
	}
	progress->lines = lines;
	progress->drawn_at = now;
	write_terminal(&out);
}

static void emit_event(const struct task *task, const char *event, bool with_current)
{
	autostr struct str id = STR_INIT;
	autostr struct str out = STR_INIT;

	str_append_escaped(&id, task->id);
	str_append(&out, "{\"event\":");
	str_append_json(&out, event);
	str_append(&out, ",\"action\":");
	str_append_json(&out, task->action);
	str_append(&out, ",\"id\":");
	str_append_json(&out, id.data);
	if (with_current)
		str_appendf(&out, ",\"current\":%" PRIu64, task->current);
	if (task->total != PROGRESS_TOTAL_UNKNOWN)
		str_appendf(&out, ",\"total\":%" PRIu64, task->total);
	str_append(&out, "}\n");
	write_terminal(&out);
}

static void emit_line(const struct task *task, const char *state)
{
	autostr struct str out = STR_INIT;

	str_appendf(&out, "%s ", task->action);
	append_id(&out, task, 200);
	str_appendf(&out, ": %s", state);
	if (task->total != PROGRESS_TOTAL_UNKNOWN) {
		str_append(&out, ", ");
		str_append_size(&out, task->total);
	}
	str_append_char(&out, '\n');
	write_terminal(&out);
}

size_t progress_add(struct progress *progress, const char *action, const char *id, uint64_t total)
{
	struct task *task;
	size_t number;

	if (!progress)
		return 0;
	pthread_mutex_lock(&progress->lock);
	number = progress->n_tasks++;
	progress->tasks = xrealloc(progress->tasks, progress->n_tasks, sizeof(*progress->tasks));
	task = &progress->tasks[number];
	*task = (struct task) { .action = action, .id = xstrdup(id), .total = total };
	if (progress->mode == PROGRESS_JSON)
		emit_event(task, "start", false);
	else if (progress->mode == PROGRESS_PLAIN)
		emit_line(task, "started");
	pthread_mutex_unlock(&progress->lock);
	return number;
}

void progress_update(struct progress *progress, size_t number, uint64_t current)
{
	struct task *task;
	int64_t now;

	if (!progress || progress->mode == PROGRESS_PLAIN)
		return;
	pthread_mutex_lock(&progress->lock);
	task = &progress->tasks[number];
	task->current = current;
	now = clock_monotonic_ms();
	if (progress->mode == PROGRESS_TTY && now - progress->drawn_at >= INTERVAL_MS) {
		draw_tasks(progress, now);
	} else if (progress->mode == PROGRESS_JSON && now - task->shown_at >= INTERVAL_MS) {
		emit_event(task, "progress", true);
		task->shown_at = now;
	}
	pthread_mutex_unlock(&progress->lock);
}

void progress_finish(struct progress *progress, size_t number, enum progress_result result)
{
	static const char *const names[] = { "done", "present", "failed" };
	struct task *task;

	if (!progress)
		return;
	pthread_mutex_lock(&progress->lock);
	task = &progress->tasks[number];
	task->finished = true;
	while (progress->first_open < progress->n_tasks &&
	       progress->tasks[progress->first_open].finished)
		progress->first_open++;
	if (progress->mode == PROGRESS_JSON)
		emit_event(task, names[result], false);
	else if (progress->mode == PROGRESS_PLAIN)
		emit_line(task, names[result]);
	else
		draw_tasks(progress, clock_monotonic_ms());
	pthread_mutex_unlock(&progress->lock);
}
