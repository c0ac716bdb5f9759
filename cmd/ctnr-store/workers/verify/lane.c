/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/lane.h"

#include "workers/verify/blob_file.h"
#include "workers/verify/line.h"
#include "workers/verify/reader.h"
#include "workers/verify/report.h"

#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Write the lines that a reader's reports are about. No more are taken than a well-meaning one has.
 * Returns whether there was a verdict on the blob. */
static bool take_reports(int fd, const struct job_blob *blob)
{
	size_t left = blob->n_layers * (FINDINGS_MAX + 2) + 1;
	struct report report;

	while (left-- && fd_read_full(fd, &report, sizeof(report)) == sizeof(report)) {
		report.path[sizeof(report.path) - 1] = '\0';
		report.text[sizeof(report.text) - 1] = '\0';
		if (report.kind == REPORT_BLOB) {
			line_of_blob(blob,
				     report.value < BLOB_FAULT_MAX ? (enum blob_fault)report.value
								   : BLOB_FAULT_READ,
				     report.text);
			return true;
		}
		if (report.layer < blob->n_layers)
			line_of_layer(&blob->layers[report.layer], &report);
	}
	return false;
}

/* In the child. */
static void run_reader(const struct lane *lane, const struct job_blob *blob, int blobfd,
		       int reportfd)
{
	const struct reader reader = { .job = lane->job,
				       .blob = blob,
				       .identity = lane->identity,
				       .storefd = lane->storefd,
				       .layersfd = lane->layersfd,
				       .blobfd = blobfd,
				       .reportfd = reportfd };
	struct error failure = { 0 };

	close(lane->layoutfd);
	if (reader_run(&reader, &failure) < 0)
		report_send(reportfd, REPORT_BLOB, 0, BLOB_FAULT_READ, NULL, failure.message);
	_exit(0);
}

static int read_in_child(const struct lane *lane, const struct job_blob *blob, int blobfd,
			 struct error *err)
{
	autoclose int reports_out = -EBADF;
	autoclose int reports_in = -EBADF;
	struct error failure = { 0 };
	pid_t lane_pid = getpid();
	pid_t pid;
	int ends[2];
	int status;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	reports_out = ends[0];
	reports_in = ends[1];
	pid = fork();
	if (pid < 0)
		return error_errno(err, "cannot fork");
	if (pid == 0) {
		process_die_with_parent(lane_pid);
		run_reader(lane, blob, blobfd, reports_in);
	}
	fd_close(&reports_in);
	if (take_reports(reports_out, blob)) {
		fd_close(&reports_out);
		return process_wait(pid, err) < 0 ? -1 : 0;
	}
	fd_close(&reports_out);
	status = process_wait(pid, err);
	if (status < 0)
		return -1;
	error_set(&failure, ERROR_FAILED, "its reader ended with status %d", status);
	line_of_blob(blob, BLOB_FAULT_READ, failure.message);
	return 0;
}

static int verify_blob(const struct lane *lane, const struct job_blob *blob, struct error *err)
{
	struct error failure = { 0 };
	enum blob_fault fault;
	autoclose int fd =
		blob_file_open(lane->layoutfd, &blob->digest, blob->size, &fault, &failure);

	if (fd >= 0 && blob->n_layers && lane->layersfd >= 0)
		return read_in_child(lane, blob, fd, err);
	if (fd >= 0)
		fault = blob_file_hash(fd, &blob->digest, &failure);
	line_of_blob(blob, fault, failure.message);
	return 0;
}

int lane_run(const struct lane *lane, struct error *err)
{
	size_t index;

	while ((index = atomic_fetch_add(lane->next, 1)) < lane->job->n_blobs)
		if (verify_blob(lane, &lane->job->blobs[index], err) < 0)
			return -1;
	return 0;
}
