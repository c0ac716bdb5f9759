/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifying worker of ctnr-store: computes the digests of blobs, and compares unpacked layers with
 * the archives in them. It is a program of its own because it loads what the tool does without, and
 * because it reads what strangers wrote. It writes nothing but lines to stdout.
 *
 *  1. Read the job (job.h).
 *  2. Enter the user namespace, once, and only when there are layers to compare: their files belong to
 *     any ID of it.
 *  3. Two processes, or as many as there are processors, take the blobs one by one, the largest first
 *     (lane.h).
 *  4. A blob with layers is read by a child that confines itself (reader.h): read and hash | inflate and
 *     hash (layer/stream.h) | parse (format/tar.h) and compare (comparison.h). Nothing that comes from
 *     an image is parsed anywhere else.
 */
#include "workers/verify/job.h"
#include "workers/verify/lane.h"
#include "workers/verify/line.h"

#include "base/alloc.h"
#include "system/descriptor_limit.h"
#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define LANES_MAX 2

struct worker {
	struct job job;
	struct identity identity;
	int storefd;
	int layersfd;
	int layoutfd;
	atomic_size_t *next; /* shared with the lanes */
};

static int compare_sizes(const void *a, const void *b)
{
	const struct job_blob *x = a;
	const struct job_blob *y = b;

	return (x->size < y->size) - (x->size > y->size);
}

static int enter_namespace(struct worker *worker, struct error *err)
{
	if (!job_has_layers(&worker->job))
		return 0;
	if (identity_probe(&worker->identity, err) < 0 ||
	    identity_enter(&worker->identity, err) < 0)
		return -1;
	process_die_with_parent(0);
	return 0;
}

static int open_places(struct worker *worker, struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

	worker->storefd = dir_open_at(AT_FDCWD, worker->job.store, err);
	if (worker->storefd < 0)
		return -1;
	worker->layoutfd = dir_open_at(AT_FDCWD, worker->job.layout, err);
	if (worker->layoutfd < 0)
		return -1;
	worker->layersfd = openat(worker->storefd, "layers", flags | O_NOFOLLOW);
	if (worker->layersfd < 0 && errno != ENOENT)
		return error_errno(err, "cannot open 'layers'");
	return 0;
}

static int share_counter(struct worker *worker, struct error *err)
{
	void *shared = mmap(NULL, sizeof(*worker->next), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return error_errno(err, "cannot share memory");
	worker->next = shared;
	return 0;
}

static size_t count_lanes(const struct worker *worker)
{
	cpu_set_t set;
	size_t n = LANES_MAX;

	if (sched_getaffinity(0, sizeof(set), &set) == 0 && (size_t)CPU_COUNT(&set) < n)
		n = (size_t)CPU_COUNT(&set);
	return worker->job.n_blobs < n ? worker->job.n_blobs : n;
}

static pid_t start_lane(const struct worker *worker, struct error *err)
{
	const struct lane lane = { .job = &worker->job,
				   .identity = &worker->identity,
				   .storefd = worker->storefd,
				   .layersfd = worker->layersfd,
				   .layoutfd = worker->layoutfd,
				   .next = worker->next };
	pid_t worker_pid = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return error_errno(err, "cannot fork");
	if (pid == 0) {
		struct error failure = { 0 };

		process_die_with_parent(worker_pid);
		if (lane_run(&lane, &failure) == 0)
			_exit(0);
		line_of_failure(&failure);
		_exit(failure.code);
	}
	return pid;
}

/* The first failure is the lane's own, and told by it; err is silent then. */
static int wait_for_lanes(const pid_t *pids, size_t n, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < n; i++) {
		int status = process_wait(pids[i], err);

		if (status > 128)
			result = error_set(err, ERROR_FAILED, "a process was killed by signal %d",
					   status - 128);
		else if (status > 0)
			result = error_silent(err, (enum error_code)status);
		else if (status < 0)
			result = -1;
	}
	return result;
}

static int run_lanes(struct worker *worker, struct error *err)
{
	size_t n = count_lanes(worker);
	pid_t pids[LANES_MAX];
	size_t started = 0;

	qsort(worker->job.blobs, worker->job.n_blobs, sizeof(worker->job.blobs[0]), compare_sizes);
	while (started < n) {
		pids[started] = start_lane(worker, err);
		if (pids[started] < 0)
			return -1;
		started++;
	}
	return wait_for_lanes(pids, n, err);
}

static int do_job(struct worker *worker, struct error *err)
{
	descriptor_limit_raise();
	if (job_read(&worker->job, err) < 0 || open_places(worker, err) < 0 ||
	    enter_namespace(worker, err) < 0 || share_counter(worker, err) < 0)
		return -1;
	return run_lanes(worker, err);
}

int main(void)
{
	struct worker worker = {
		.job = JOB_INIT, .storefd = -EBADF, .layersfd = -EBADF, .layoutfd = -EBADF
	};
	struct error err = { 0 };
	int result;

	signal(SIGPIPE, SIG_IGN);
	process_die_with_parent(0);
	result = do_job(&worker, &err);
	if (result < 0 && err.message[0])
		line_of_failure(&err);
	job_release(&worker.job);
	return result < 0 ? (err.code ? err.code : ERROR_FAILED) : 0;
}
