/* SPDX-License-Identifier: Apache-2.0 */
#include "store/layer_worker.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/manifest.h"
#include "store/layer_report.h"
#include "system/fd.h"
#include "system/interrupt.h"
#include "system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define WORKER "ctnr-unpack-layer"
#define WARNINGS_MAX (8 * MANIFEST_LAYERS_MAX) /* more than a well-meaning worker has */

static char *format_job(const struct layer_worker_request *request)
{
	autojson json_t *job = json_object();

	json_object_set_new(job, "store", json_string(request->store->path));
	json_object_set_new(job, "image", image_to_json(request->image));
	if (request->bundle)
		json_object_set_new(job, "bundle", json_string(request->bundle));
	if (!request->sync)
		json_object_set_new(job, "sync", json_false());
	return json_format(job);
}

/* What the reports have said so far. The worker reads what strangers wrote, so nothing here grows
 * with the number of reports. */
struct report_display {
	struct progress *progress;
	size_t task; /* the layer at work */
	uint64_t total; /* its bytes */
	bool has_task;
	unsigned int n_tasks;
	unsigned int n_warnings;
	struct error *error;
};

static void start_task(struct report_display *display, const struct layer_report *report)
{
	if (display->n_tasks++ >= MANIFEST_LAYERS_MAX)
		return;
	display->task =
		progress_add(display->progress, "unpack", report->error.message, report->value);
	display->total = report->value;
	display->has_task = true;
}

static void finish_task(struct report_display *display, enum progress_result result)
{
	if (display->has_task)
		progress_finish(display->progress, display->task, result);
	display->has_task = false;
}

static void show_warning(struct report_display *display, const struct layer_report *report)
{
	if (display->n_warnings++ >= WARNINGS_MAX)
		return;
	progress_clear(display->progress);
	message_warning("%s", report->error.message);
}

static void take_error(struct report_display *display, const struct layer_report *report)
{
	*display->error = report->error;
	/* The code becomes our exit status. */
	if (report->error.code < ERROR_FAILED || report->error.code > ERROR_TEMPORARY)
		display->error->code = ERROR_FAILED;
	finish_task(display, PROGRESS_FAILED);
}

/* Is there a report, or the end of them? False when a signal asks to stop first. */
static bool wait_for_report(int fd, const struct interrupt *interrupt)
{
	struct pollfd watched[] = { { .fd = fd, .events = POLLIN },
				    { .fd = interrupt->fd, .events = POLLIN } };

	while (poll(watched, array_size(watched), -1) < 0 && errno == EINTR)
		;
	return !watched[1].revents;
}

/* Show reports until the worker closes its end, and clear the terminal; its error goes to
 * ret_error. */
static void display_reports(int fd, const struct interrupt *interrupt, enum progress_mode mode,
			    struct error *ret_error)
{
	autoprogress struct progress *progress = progress_new(mode);
	struct report_display display = { .progress = progress, .error = ret_error };
	struct layer_report report;

	while (wait_for_report(fd, interrupt) &&
	       fd_read_full(fd, &report, sizeof(report)) == sizeof(report)) {
		report.error.message[sizeof(report.error.message) - 1] = '\0';
		report.error.hint[sizeof(report.error.hint) - 1] = '\0';
		switch (report.kind) {
		case LAYER_REPORT_WARNING:
			show_warning(&display, &report);
			break;
		case LAYER_REPORT_ERROR:
			take_error(&display, &report);
			break;
		case LAYER_REPORT_START:
			start_task(&display, &report);
			break;
		case LAYER_REPORT_PROGRESS:
			if (display.has_task)
				progress_update(progress, display.task,
						report.value < display.total ? report.value
									     : display.total);
			break;
		case LAYER_REPORT_DONE:
			finish_task(&display, PROGRESS_DONE);
			break;
		default:
			break;
		}
	}
}

int layer_worker_run(const struct layer_worker_request *request, struct error *err)
{
	/* Released last, because a signal that was held back ends us then, and the worker with us. */
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	autofree char *job = format_job(request);
	autoclose int reports = -EBADF;
	struct error failure = { 0 };
	pid_t pid = process_spawn_helper(WORKER, job, &reports, err);
	int status;

	if (pid < 0)
		return error_prefix(err, "layer worker");
	/* Signals are blocked after the worker was started: it must not inherit that. */
	if (interrupt_init(&interrupt, err) < 0)
		return -1;
	display_reports(reports, &interrupt, request->progress, &failure);
	if (interrupt_wait(&interrupt, 0))
		return interrupt_error(err);
	status = process_wait(pid, err);
	if (status <= 0)
		return status;
	if (!failure.code || !failure.message[0])
		return error_set(err, ERROR_FAILED, "the layer worker failed with status %d",
				 status);
	return error_move(err, &failure);
}
