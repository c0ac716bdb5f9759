/* SPDX-License-Identifier: Apache-2.0 */
#include "changes.h"

#include "reader.h"
#include "report.h"

#include "base/alloc.h"
#include "base/message.h"
#include "store/bundle_stack.h"
#include "store/image_layers.h"
#include "store/layer.h"
#include "store/mount_points.h"
#include "system/fd.h"
#include "system/interrupt.h"
#include "system/process.h"
#include "system/sync.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PIPE_SIZE (1 << 20) /* bytes, where the kernel allows it */
#define PIECE_SIZE (256U << 10) /* bytes that are read at once */
#define WARNINGS_MAX (REPORT_WARNINGS_MAX + 1) /* more than a well-meaning reader has */

/* What became of one reading. */
enum verdict {
	VERDICT_NONE, /* the reader has not said */
	VERDICT_DONE,
	VERDICT_FAILED,
	VERDICT_TORN, /* a file changed when part of it had been handed on */
};

/* The other side of a reader. */
struct reading {
	const struct changes_request *request;
	tar_sink write;
	void *sink;
	pid_t pid;
	int archive; /* the read ends of its pipes; -EBADF once they have ended */
	int reports;
	unsigned int n_warnings;
	enum verdict verdict;
	struct error failure; /* of VERDICT_FAILED and VERDICT_TORN */
	uint64_t n_entries;
};

static int make_pipe(int *ret_read, int *ret_write, struct error *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot create a pipe");
	*ret_read = fds[0];
	*ret_write = fds[1];
	return 0;
}

/* What the reader gets to know before it gives up looking. */
struct reading_facts {
	struct strlist destinations; /* of mounts */
	struct strlist layers; /* of the image of a copy */
};

static void reading_facts_release(struct reading_facts *facts)
{
	strlist_release(&facts->destinations);
	strlist_release(&facts->layers);
}

static int start_reader(struct reading *reading, const struct reading_facts *facts,
			struct error *err)
{
	autoclose int archive = -EBADF;
	autoclose int reports = -EBADF;
	struct reader reader = { reading->request, &facts->destinations, &facts->layers, -EBADF,
				 -EBADF };
	pid_t parent = getpid();

	if (make_pipe(&reading->archive, &archive, err) < 0 ||
	    make_pipe(&reading->reports, &reports, err) < 0)
		return -1;
	/* A larger one only spares both sides some waiting. */
	(void)fcntl(archive, F_SETPIPE_SZ, PIPE_SIZE);
	reading->pid = fork();
	if (reading->pid < 0)
		return error_errno(err, "cannot fork");
	if (reading->pid == 0) {
		fd_close(&reading->archive);
		fd_close(&reading->reports);
		reader.archive_fd = archive;
		reader.report_fd = reports;
		reader_run(&reader, parent);
	}
	return 0;
}

static void take_failure(struct reading *reading, const struct report *report, enum verdict verdict)
{
	reading->verdict = verdict;
	reading->failure = report->error;
	reading->failure.message[sizeof(reading->failure.message) - 1] = '\0';
	reading->failure.hint[sizeof(reading->failure.hint) - 1] = '\0';
	/* The code becomes our exit status. */
	if (reading->failure.code < ERROR_FAILED || reading->failure.code > ERROR_TEMPORARY)
		reading->failure.code = ERROR_FAILED;
}

static void take_report(struct reading *reading, const struct report *report)
{
	switch (report->kind) {
	case REPORT_WARNING:
		if (reading->n_warnings++ < WARNINGS_MAX)
			message_warning("%.*s", (int)sizeof(report->error.message),
					report->error.message);
		break;
	case REPORT_ERROR:
		take_failure(reading, report, VERDICT_FAILED);
		break;
	case REPORT_TORN:
		take_failure(reading, report, VERDICT_TORN);
		break;
	case REPORT_DONE:
		reading->verdict = VERDICT_DONE;
		reading->n_entries = report->n_entries;
		break;
	default:
		break;
	}
}

static void read_report(struct reading *reading)
{
	struct report report;

	if (fd_read_full(reading->reports, &report, sizeof(report)) == sizeof(report))
		take_report(reading, &report);
	else
		fd_close(&reading->reports);
}

/* Some of the archive goes where it is wanted. */
static int read_archive(struct reading *reading, char *buffer, struct error *err)
{
	ssize_t len = read(reading->archive, buffer, PIECE_SIZE);

	if (len < 0)
		return errno == EINTR ? 0 : error_errno(err, "cannot read the archive");
	if (len == 0) {
		fd_close(&reading->archive);
		return 0;
	}
	return reading->write(reading->sink, buffer, (size_t)len, err);
}

/* Take what comes until the reader closes both ends. */
static int take_all(struct reading *reading, const struct interrupt *interrupt, struct error *err)
{
	autofree char *buffer = xmalloc(PIECE_SIZE);

	while (reading->archive >= 0 || reading->reports >= 0) {
		struct pollfd watched[] = { { .fd = interrupt->fd, .events = POLLIN },
					    { .fd = reading->reports, .events = POLLIN },
					    { .fd = reading->archive, .events = POLLIN } };

		if (poll(watched, array_size(watched), -1) < 0) {
			if (errno == EINTR)
				continue;
			return error_errno(err, "cannot wait for the archive");
		}
		if (watched[0].revents)
			return interrupt_error(err);
		if (watched[1].revents)
			read_report(reading);
		if (watched[2].revents && read_archive(reading, buffer, err) < 0)
			return -1;
	}
	return 0;
}

static int judge_reading(struct reading *reading, int status, struct error *err)
{
	if (reading->verdict == VERDICT_FAILED || reading->verdict == VERDICT_TORN)
		return error_move(err, &reading->failure);
	if (status > 128)
		return error_set(err, ERROR_FAILED,
				 "the reader of the changes was killed by signal %d", status - 128);
	if (status != 0 || reading->verdict != VERDICT_DONE)
		return error_set(err, ERROR_FAILED,
				 "the reader of the changes failed with status %d", status);
	return 0;
}

static void reading_release(struct reading *reading)
{
	fd_close(&reading->archive);
	fd_close(&reading->reports);
	if (reading->pid <= 0)
		return;
	kill(reading->pid, SIGKILL);
	process_wait(reading->pid, NULL);
}

static int read_once(struct reading *reading, const struct reading_facts *facts,
		     const struct interrupt *interrupt, struct error *err)
{
	int status;

	if (start_reader(reading, facts, err) < 0 || take_all(reading, interrupt, err) < 0)
		return -1;
	status = process_wait(reading->pid, err);
	reading->pid = 0;
	return status < 0 ? -1 : judge_reading(reading, status, err);
}

/* Read the whole once more: all that was written before is void. */
static int read_again(const struct changes_request *request, const struct reading *before,
		      struct error *err)
{
	message_debug("%s, reading all changes again", before->failure.message);
	return request->restart(before->sink, err);
}

static bool is_overlay(const struct bundle *bundle)
{
	autoclose int lower = bundle_stack_open_lower(bundle->dirfd, NULL);

	return lower >= 0;
}

/* A copy is compared with the image's layers: have them in the store, and list their paths in it. */
static int list_layers(const struct changes_request *request, struct strlist *ret,
		       struct error *err)
{
	autoimagelayers struct image_layers layers = IMAGE_LAYERS_INIT;
	const struct image_layers_request wanted = { request->store, &request->bundle->image,
						     request->identity, sync_is_enabled(),
						     PROGRESS_NONE };
	char idmap[IDMAP_NAME_MAX];

	if (request->extent == CHANGES_ALL || is_overlay(request->bundle))
		return 0;
	if (!request->store || !request->store->path || !request->bundle->image.layout)
		return error_set(err, ERROR_FAILED,
				 "the store has not the image that the copy was made of");
	if (image_layers_have(&wanted, &layers, err) < 0)
		return error_prefix(err, "image '%s'", image_name(&request->bundle->image));
	identity_idmap_name(request->identity, idmap);
	for (size_t i = layers.n; i > 0; i--) {
		autofree char *path = layer_path(idmap, &layers.chain_ids[i - 1]);

		strlist_take(ret, xasprintf("%s/diff", path));
	}
	return 0;
}

int changes_read(const struct changes_request *request, tar_sink write, void *sink,
		 struct changes_found *ret, struct error *err)
{
	/* Released last, because a signal that was held back ends us then. */
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	autocleanup(reading_facts_release) struct reading_facts facts = { STRLIST_INIT,
									  STRLIST_INIT };
	bool may_restart = request->restart;

	/* A stack that lacks a layer would pass for one that never had it. */
	if (bundle_stack_check(request->bundle, err) < 0 ||
	    mount_points_read_config(request->bundle->dirfd, &facts.destinations, err) < 0 ||
	    list_layers(request, &facts.layers, err) < 0 || interrupt_init(&interrupt, err) < 0)
		return -1;
	for (;;) {
		autocleanup(reading_release) struct reading reading = { .request = request,
									.write = write,
									.sink = sink,
									.archive = -EBADF,
									.reports = -EBADF };
		struct error cause = { 0 };

		if (read_once(&reading, &facts, &interrupt, &cause) == 0) {
			ret->n_entries = reading.n_entries;
			return 0;
		}
		if (reading.verdict != VERDICT_TORN || !may_restart)
			return error_move(err, &cause);
		if (read_again(request, &reading, err) < 0)
			return -1;
		may_restart = false;
	}
}
