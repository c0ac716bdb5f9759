/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layer worker of ctnr-unpack: turns an image's layers into directories. It is a program of its
 * own because it loads what a warm start does without, and because it reads what strangers wrote.
 *
 *  1. Read the job; read and verify manifest and config; compute the chain IDs (job.h).
 *  2. Enter the user namespace, once, and only when a layer is missing. newuidmap needs privileges
 *     that step 4 gives up, so this comes before.
 *  3. For each missing layer, base first: lock and make NAME.part, and look again (staging.h).
 *  4. A child confines itself (changeset.h), then streams the blob: read and hash | inflate and hash
 *     (stream.h) | parse (format/tar.h) and write (changeset.h). It ends with the verdict on both
 *     digests. Nothing that comes from the image is parsed in this process but JSON.
 *  5. Sync once, then publish by rename, base first: what is visible is complete and on disk. When
 *     a layer fails, those below it are published all the same. Meanwhile the sizes are measured
 *     (measure.h).
 *
 * Locks are taken base first by everybody, and chains that share a layer share all below it: no two
 * workers can wait for each other.
 */
#include "workers/layer/changeset.h"
#include "workers/layer/job.h"
#include "workers/layer/layer.h"
#include "workers/layer/measure.h"
#include "workers/layer/reporter.h"
#include "workers/layer/staging.h"

#include "base/alloc.h"
#include "layer/stream.h"
#include "store/bundle.h"
#include "store/layer.h"
#include "system/descriptor_limit.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/process.h"
#include "system/sync.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

struct worker {
	struct job job;
	char idmap[IDMAP_NAME_MAX];
	bool is_inside; /* the user namespace was entered */
	int layers_fd; /* "layers/IDMAP", or -EBADF */
	int bundle_fd; /* of a copy, or -EBADF */
	int lowers[MANIFEST_LAYERS_MAX]; /* "diff" directories, the base last */
	size_t n_lowers;
	struct staging *stagings; /* complete, not yet published; base first */
	size_t n_stagings;
	struct changeset_totals *totals; /* shared with the child of each layer */
};

static int enter_namespace(struct worker *worker, struct error *err)
{
	if (worker->is_inside)
		return 0;
	worker->is_inside = true;
	if (identity_enter(&worker->job.identity, err) < 0)
		return -1;
	process_die_with_parent(0);
	return 0;
}

/* The table of descriptors has an entry for each layer, and for the files that are open. */
static void raise_limits(void)
{
	descriptor_limit_raise();
	umask(0);
	/* A file that grows too large is an error of write(2). */
	signal(SIGXFSZ, SIG_IGN);
}

static void report_position(void *data)
{
	const struct stream *stream = data;

	report_progress(atomic_load_explicit(&stream->position, memory_order_relaxed));
}

/* In the confined child: the blob's archive into its target. */
static int apply_blob(const struct worker *worker, size_t index, const struct layer_target *target,
		      int blob, struct error *err)
{
	const struct descriptor *descriptor = &worker->job.manifest.layers[index];
	const struct digest *diff_id = &worker->job.diff_ids[index];
	autofree struct layer *layer = xcalloc(1, sizeof(*layer));
	autotarreader struct tar_reader *tar = NULL;
	const struct confine_place place = { .writable = target->top,
					     .readable = worker->layers_fd };
	struct stream stream;
	int result;

	/* Directories from which ".." would lead out. */
	close(worker->job.store.dirfd);
	close(worker->job.layout.dirfd);
	if (worker->bundle_fd >= 0)
		close(worker->bundle_fd);
	if (confine(&changeset_profile, &place, err) < 0)
		return -1;
	if (layer_init(layer, target, &worker->job.identity, err) < 0)
		return -1;
	layer->is_base = index == 0;
	if (stream_start(&stream, blob, descriptor->size, &descriptor->digest, diff_id, err) < 0)
		return -1;
	tar = tar_reader_new(stream_read, &stream);
	result = changeset_apply(layer, tar, worker->totals, report_position, &stream, err);
	result = stream_finish(&stream, result, &descriptor->digest, diff_id, err);
	layer_release(layer);
	return result;
}

/* What is encrypted looks like damage. */
static void explain_encryption(const struct descriptor *descriptor, struct error *err)
{
	if (str_ends_with(descriptor->media_type, "+encrypted"))
		error_hint(err, "it is encrypted ('%s'), which is not supported",
			   descriptor->media_type);
}

/* 0, or -1 with a silent error: the child has reported. */
static int wait_for_child(pid_t pid, struct error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, "cannot wait for the child");
	if (WIFSIGNALED(status))
		return error_set(err, ERROR_FAILED, "its reader was killed by signal %d",
				 WTERMSIG(status));
	if (WEXITSTATUS(status) == 0)
		return 0;
	return error_silent(err, (enum error_code)WEXITSTATUS(status));
}

/* Apply one layer in a child of its own. */
static int run_layer(struct worker *worker, size_t index, const struct layer_target *target,
		     struct error *err)
{
	const struct descriptor *descriptor = &worker->job.manifest.layers[index];
	autoclose int blob = layout_open_blob(&worker->job.layout, descriptor, err);
	pid_t worker_pid, pid;
	int result;

	if (blob < 0)
		return error_prefix(err, "layer %s", descriptor->digest.text);
	report_start(descriptor->digest.text, descriptor->size);
	worker_pid = getpid();
	pid = fork();
	if (pid < 0)
		return error_errno(err, "cannot fork");
	if (pid == 0) {
		struct error failure = { 0 };

		process_die_with_parent(worker_pid);
		if (apply_blob(worker, index, target, blob, &failure) == 0)
			_exit(0);
		explain_encryption(descriptor, &failure);
		error_prefix(&failure, "layer %s", descriptor->digest.text);
		report_error(&failure);
		_exit(failure.code);
	}
	result = wait_for_child(pid, err);
	if (result < 0)
		return error_prefix(err, "layer %s", descriptor->digest.text);
	report_done();
	return result;
}

/* Make diff/ and owners in dirfd. Returns the fd of diff/. */
static int make_tree(int dirfd, const char *name, int *ret_owners, struct error *err)
{
	autoclose int owners = -EBADF;
	int fd;

	if (mkdirat(dirfd, name, 0755) < 0)
		return error_errno(err, "cannot create '%s'", name);
	owners = openat(dirfd, OWNERS_FILE,
			O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (owners < 0)
		return error_errno(err, "cannot create '%s'", OWNERS_FILE);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", name);
	/* A default ACL of the store would be handed on to all files of the layer. */
	fremovexattr(fd, "system.posix_acl_default");
	fremovexattr(fd, "system.posix_acl_access");
	/* An image without an entry for its root gets this mode and time. */
	if (fchmod(fd, 0755) < 0 ||
	    futimens(fd, (const struct timespec[2]) { { 0, 0 }, { 0, 0 } }) < 0) {
		close(fd);
		return error_errno(err, "cannot set up '%s'", name);
	}
	*ret_owners = fd_steal(&owners);
	return fd;
}

static void push_lower(struct worker *worker, int fd)
{
	worker->n_lowers++;
	worker->lowers[MANIFEST_LAYERS_MAX - worker->n_lowers] = fd;
}

/* A layer that is there already joins those below. Its directory has owner and mode of the image's
 * root, so that it may be closed to us outside of the user namespace. */
static int use_layer(struct worker *worker, const char *path, struct error *err)
{
	autofree char *diff = xasprintf("%s/diff", path);
	struct error cause = { 0 };
	int fd = dir_open_at(worker->job.store.dirfd, diff, &cause);

	if (fd < 0 && (worker->is_inside || cause.saved_errno != EACCES))
		return error_move(err, &cause);
	if (fd < 0 && enter_namespace(worker, err) == 0)
		fd = dir_open_at(worker->job.store.dirfd, diff, err);
	if (fd < 0)
		return -1;
	push_lower(worker, fd);
	return 0;
}

static int make_layer(struct worker *worker, size_t index, const char *path, struct error *err)
{
	autostaging struct staging staging = STAGING_INIT;
	autoclose int owners = -EBADF;
	autoclose int diff = -EBADF;
	struct layer_target target = {
		.form = LAYER_OVERLAY,
		.lowers = worker->lowers + MANIFEST_LAYERS_MAX - worker->n_lowers,
		.n_lowers = worker->n_lowers,
	};
	int found = staging_open(&worker->job.store, path, &staging, err);

	if (found != 0)
		return found < 0 ? -1 : use_layer(worker, path, err);
	diff = make_tree(staging.dirfd, "diff", &owners, err);
	target.top = diff;
	target.owners_fd = owners;
	if (diff < 0 || run_layer(worker, index, &target, err) < 0) {
		staging_discard(&staging);
		return -1;
	}
	push_lower(worker, fd_steal(&diff));
	worker->stagings =
		xrealloc(worker->stagings, worker->n_stagings + 1, sizeof(worker->stagings[0]));
	worker->stagings[worker->n_stagings++] = staging;
	staging = (struct staging)STAGING_INIT;
	return 0;
}

/* layers/IDMAP/ALG for a layer that is to be made. */
static int make_parents(struct worker *worker, const struct digest *chain_id, struct error *err)
{
	const struct store *store = &worker->job.store;
	autofree char *top = xasprintf("layers/%s", worker->idmap);
	autofree char *path = xasprintf("%s/%s", top, digest_algorithm_name(chain_id->algorithm));
	int n_made;

	if (!store->writable) {
		error_set(err, ERROR_FAILED, "the store '%s' is read-only and has no layer %s",
			  store->path, chain_id->text);
		return error_hint(err,
				  "unpack the image once with write access, or use --driver copy");
	}
	n_made = dir_make_at(store->dirfd, path, 0700, err);
	if (n_made < 0 || sync_parents(store->dirfd, path, n_made, err) < 0)
		return -1;
	if (worker->layers_fd < 0)
		worker->layers_fd = dir_open_at(store->dirfd, top, err);
	return worker->layers_fd < 0 ? -1 : 0;
}

static int make_layers(struct worker *worker, struct error *err)
{
	for (size_t i = 0; i < worker->job.manifest.n_layers; i++) {
		const struct digest *chain_id = &worker->job.chain_ids[i];
		autofree char *path = layer_path(worker->idmap, chain_id);

		if (layer_exists(&worker->job.store, worker->idmap, chain_id)) {
			if (use_layer(worker, path, err) < 0)
				return -1;
			continue;
		}
		if (make_parents(worker, chain_id, err) < 0 || enter_namespace(worker, err) < 0 ||
		    make_layer(worker, i, path, err) < 0)
			return -1;
	}
	return 0;
}

/* Where nothing is synced nothing hides the time of measuring, and the sizes are left to those who want to know
 * them. */
static int sync_layers(const struct worker *worker, struct error *err)
{
	struct measure measure;
	int result;

	if (!sync_is_enabled())
		return 0;
	measure_start(&measure, worker->stagings, worker->n_stagings);
	result = sync_filesystem(worker->stagings[0].dirfd);
	if (result < 0)
		error_errno(err, "cannot sync the layers");
	measure_finish(&measure);
	return result;
}

/* The directory of the first staging was opened before anything was written to any. The names of the
 * layers are left to the making of a bundle that stays: until there is one, a layer that a loss of power
 * takes is one to be unpacked again. */
static int publish_layers(struct worker *worker, struct error *err)
{
	if (worker->n_stagings == 0)
		return 0;
	if (sync_layers(worker, err) < 0)
		return -1;
	for (size_t i = 0; i < worker->n_stagings; i++)
		if (staging_publish(&worker->stagings[i], err) < 0)
			return -1;
	return 0;
}

static int fill_store(struct worker *worker, struct error *err)
{
	struct error later = { 0 };
	int result = make_layers(worker, err);

	/* The layers below the one that failed are complete. */
	if (publish_layers(worker, result < 0 ? &later : err) < 0)
		result = -1;
	return result;
}

static int fill_rootfs(struct worker *worker, struct error *err)
{
	int bundle = worker->bundle_fd;
	struct layer_target target = { .form = LAYER_PLAIN };
	autoclose int owners = -EBADF;
	autoclose int top = -EBADF;

	/* A killed worker may have left one; the bundle is locked or new, so no other is at work. */
	if (tree_remove_at(bundle, BUNDLE_ROOTFS_PART, err) < 0)
		return -1;
	top = make_tree(bundle, BUNDLE_ROOTFS_PART, &owners, err);
	if (top < 0)
		return -1;
	target.top = top;
	target.owners_fd = owners;
	for (size_t i = 0; i < worker->job.manifest.n_layers; i++)
		if (run_layer(worker, i, &target, err) < 0)
			return -1;
	/* It was opened before anything was written to it. */
	if (sync_filesystem(top) < 0)
		return error_errno(err, "cannot sync the root filesystem");
	if (renameat(bundle, BUNDLE_ROOTFS_PART, bundle, "rootfs") < 0)
		return error_errno(err, "cannot rename '%s'", BUNDLE_ROOTFS_PART);
	return 0;
}

/* Tell those that collect what killed commands left (store/leftover.h) that a process is at work. One that
 * looks has the lock for a moment. Our caller has it on a full disk (bundle_lock()); and not every
 * filesystem has locks. */
static void lock_bundle(const struct worker *worker)
{
	unsigned int tries = 0;

	while (lock_fd(worker->bundle_fd, LOCK_EXCLUSIVE, LOCK_TRY) < 0 && errno == EWOULDBLOCK &&
	       lock_pause(&tries))
		;
}

/* All layers into one plain directory of the bundle. */
static int fill_bundle(struct worker *worker, struct error *err)
{
	worker->bundle_fd = dir_open_at(AT_FDCWD, worker->job.bundle, err);
	if (worker->bundle_fd < 0 || enter_namespace(worker, err) < 0)
		return -1;
	lock_bundle(worker);
	if (fill_rootfs(worker, err) == 0)
		return 0;
	tree_remove_at(worker->bundle_fd, BUNDLE_ROOTFS_PART, NULL);
	unlinkat(worker->bundle_fd, OWNERS_FILE, 0);
	return -1;
}

static void worker_release(struct worker *worker)
{
	for (size_t i = 0; i < worker->n_stagings; i++)
		staging_release(&worker->stagings[i]);
	free(worker->stagings);
	for (size_t i = 0; i < worker->n_lowers; i++)
		fd_close(&worker->lowers[MANIFEST_LAYERS_MAX - 1 - i]);
	fd_close(&worker->layers_fd);
	fd_close(&worker->bundle_fd);
	job_release(&worker->job);
}

static int share_totals(struct worker *worker, struct error *err)
{
	void *totals = mmap(NULL, sizeof(*worker->totals), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (totals == MAP_FAILED)
		return error_errno(err, "cannot share memory");
	worker->totals = totals;
	return 0;
}

static int do_job(struct worker *worker, struct error *err)
{
	raise_limits();
	if (share_totals(worker, err) < 0)
		return -1;
	if (job_read(&worker->job, err) < 0)
		return -1;
	identity_idmap_name(&worker->job.identity, worker->idmap);
	return worker->job.bundle ? fill_bundle(worker, err) : fill_store(worker, err);
}

int main(void)
{
	struct worker worker = { .job = JOB_INIT, .layers_fd = -EBADF, .bundle_fd = -EBADF };
	struct error err = { 0 };
	int result;

	signal(SIGPIPE, SIG_IGN);
	process_die_with_parent(0);
	result = do_job(&worker, &err);
	if (result < 0 && err.message[0])
		report_error(&err);
	worker_release(&worker);
	return result < 0 ? (err.code ? err.code : ERROR_FAILED) : 0;
}
