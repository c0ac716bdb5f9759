/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Theory of operation. The pieces lie in a ring. The caller fills them in order; threads compress them, each as
 * soon as one is free; the caller gives the results to the output, in order, and fills the same places again:
 *
 *	n_written <= n_taken <= n_filled <= n_written + n_pieces
 *
 * A piece belongs to the caller, then from n_filled on to the threads, to one of them from n_taken on, and when
 * is_done is set to the caller again. What a piece becomes hangs on its bytes and the level alone, so it does
 * not matter which thread compresses it, and when.
 *
 * The deflate of ISA-L, which inflates our layers, is no choice here: its output differs by CPU.
 */
#include "base/alloc.h"
#include "format/compress_method.h"

#include <libdeflate.h>

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#define THREAD_STACK (256U << 10) /* bytes */

/* Pieces besides those that are being compressed: one that is filled, and some whose turn to be compressed or
 * written has not come, so that neither a slow reader nor a slow disk leaves the threads idle at once. */
#define PIECES_WAITING 4

struct piece {
	unsigned char *in; /* COMPRESS_PIECE bytes; owned; NULL before the first use */
	unsigned char *out; /* as many as that can become; owned */
	size_t in_len;
	size_t out_len;
	bool is_done;
};

struct gzip_state {
	int level;
	unsigned n_threads; /* that may be started */
	unsigned n_started;
	pthread_t *threads;
	struct piece *pieces;
	size_t n_pieces;
	size_t n_filled; /* pieces so far; the next one is being filled */
	size_t n_taken;
	size_t n_written; /* the caller's alone */
	bool is_ending;
	pthread_mutex_t mutex; /* for the other counts, is_done and is_ending */
	pthread_cond_t filled; /* for the threads, of is_ending too */
	pthread_cond_t done; /* for the caller */
};

/* A thread's own. */
struct gzip_worker {
	struct gzip_state *gzip;
	struct libdeflate_compressor *compressor;
};

static struct piece *piece_number(const struct gzip_state *gzip, size_t number)
{
	return &gzip->pieces[number % gzip->n_pieces];
}

static struct libdeflate_compressor *new_compressor(int level, struct error *err)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);

	if (!compressor)
		error_set(err, ERROR_FAILED, "gzip: out of memory");
	return compressor;
}

static size_t member_max(void)
{
	return libdeflate_gzip_compress_bound(NULL, COMPRESS_PIECE);
}

static void compress_piece(struct libdeflate_compressor *compressor, struct piece *piece)
{
	piece->out_len = libdeflate_gzip_compress(compressor, piece->in, piece->in_len, piece->out,
						  member_max());
}

/* The next piece to compress, once there is one; NULL at the end. The mutex is held. */
static struct piece *take_piece(struct gzip_state *gzip)
{
	while (!gzip->is_ending && gzip->n_taken == gzip->n_filled)
		pthread_cond_wait(&gzip->filled, &gzip->mutex);
	return gzip->is_ending ? NULL : piece_number(gzip, gzip->n_taken++);
}

static void *worker_main(void *data)
{
	struct gzip_worker *worker = data;
	struct gzip_state *gzip = worker->gzip;
	struct piece *piece;

	pthread_mutex_lock(&gzip->mutex);
	while ((piece = take_piece(gzip))) {
		pthread_mutex_unlock(&gzip->mutex);
		compress_piece(worker->compressor, piece);
		pthread_mutex_lock(&gzip->mutex);
		piece->is_done = true;
		pthread_cond_signal(&gzip->done);
	}
	pthread_mutex_unlock(&gzip->mutex);
	libdeflate_free_compressor(worker->compressor);
	free(worker);
	return NULL;
}

/* Start one more thread. That one cannot be started is a failure when there is none. */
static int start_thread(struct gzip_state *gzip, struct error *err)
{
	struct libdeflate_compressor *compressor = new_compressor(gzip->level, err);
	struct gzip_worker *worker;
	pthread_attr_t attr;

	if (!compressor)
		return -1;
	worker = xmalloc(sizeof(*worker));
	*worker = (struct gzip_worker) { gzip, compressor };
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	errno = pthread_create(&gzip->threads[gzip->n_started], &attr, worker_main, worker);
	pthread_attr_destroy(&attr);
	if (errno == 0) {
		gzip->n_started++;
		return 0;
	}
	libdeflate_free_compressor(compressor);
	free(worker);
	if (gzip->n_started == 0)
		return error_errno(err, "cannot start a thread");
	gzip->n_threads = gzip->n_started;
	return 0;
}

static void end_threads(struct gzip_state *gzip)
{
	pthread_mutex_lock(&gzip->mutex);
	gzip->is_ending = true;
	pthread_cond_broadcast(&gzip->filled);
	pthread_mutex_unlock(&gzip->mutex);
	for (unsigned i = 0; i < gzip->n_started; i++)
		pthread_join(gzip->threads[i], NULL);
}

static void free_gzip(void *state)
{
	struct gzip_state *gzip = state;

	if (!gzip)
		return;
	end_threads(gzip);
	for (size_t i = 0; i < gzip->n_pieces; i++) {
		free(gzip->pieces[i].in);
		free(gzip->pieces[i].out);
	}
	pthread_mutex_destroy(&gzip->mutex);
	pthread_cond_destroy(&gzip->filled);
	pthread_cond_destroy(&gzip->done);
	free(gzip->pieces);
	free(gzip->threads);
	free(gzip);
}

static void *start_gzip(int level, unsigned threads, struct error *err)
{
	struct gzip_state *gzip = xcalloc(1, sizeof(*gzip));

	(void)err;
	gzip->level = level;
	gzip->n_threads = threads;
	gzip->threads = xcalloc(threads, sizeof(*gzip->threads));
	gzip->n_pieces = threads + PIECES_WAITING;
	gzip->pieces = xcalloc(gzip->n_pieces, sizeof(*gzip->pieces));
	pthread_mutex_init(&gzip->mutex, NULL);
	pthread_cond_init(&gzip->filled, NULL);
	pthread_cond_init(&gzip->done, NULL);
	return gzip;
}

/* Let the threads have the piece that is full. */
static int submit_piece(struct gzip_state *gzip, struct error *err)
{
	if (gzip->n_started < gzip->n_threads && start_thread(gzip, err) < 0)
		return -1;
	pthread_mutex_lock(&gzip->mutex);
	gzip->n_filled++;
	pthread_cond_signal(&gzip->filled);
	pthread_mutex_unlock(&gzip->mutex);
	return 0;
}

/* Is the oldest piece that was not written done? Waits for it when so many or more are not written. */
static bool is_oldest_done(struct gzip_state *gzip, size_t wait_at)
{
	bool is_done = false;

	pthread_mutex_lock(&gzip->mutex);
	if (gzip->n_written < gzip->n_filled) {
		const struct piece *oldest = piece_number(gzip, gzip->n_written);

		while (!oldest->is_done && gzip->n_filled - gzip->n_written >= wait_at)
			pthread_cond_wait(&gzip->done, &gzip->mutex);
		is_done = oldest->is_done;
	}
	pthread_mutex_unlock(&gzip->mutex);
	return is_done;
}

/* Give the output what is done, and wait until fewer than wait_at pieces are left. */
static int write_pieces(struct gzip_state *gzip, size_t wait_at, const struct compress_output *out,
			struct error *err)
{
	while (is_oldest_done(gzip, wait_at)) {
		struct piece *piece = piece_number(gzip, gzip->n_written);

		if (out->write(out->sink, piece->out, piece->out_len, err) < 0)
			return -1;
		piece->is_done = false;
		piece->in_len = 0;
		gzip->n_written++;
	}
	return 0;
}

/* The piece that is being filled. */
static struct piece *current_piece(struct gzip_state *gzip)
{
	struct piece *piece = piece_number(gzip, gzip->n_filled);

	if (!piece->in) {
		piece->in = xmalloc(COMPRESS_PIECE);
		piece->out = xmalloc(member_max());
	}
	return piece;
}

static int write_gzip(void *state, const struct compress_output *out, const void *bytes, size_t len,
		      struct error *err)
{
	struct gzip_state *gzip = state;
	const unsigned char *in = bytes;

	while (len) {
		struct piece *piece = current_piece(gzip);
		size_t room = COMPRESS_PIECE - piece->in_len;
		size_t part = len < room ? len : room;

		memcpy(piece->in + piece->in_len, in, part);
		piece->in_len += part;
		in += part;
		len -= part;
		if (piece->in_len == COMPRESS_PIECE &&
		    (submit_piece(gzip, err) < 0 ||
		     write_pieces(gzip, gzip->n_pieces, out, err) < 0))
			return -1;
	}
	return 0;
}

/* An input of less than a piece: nothing to share. */
static int write_only_piece(struct gzip_state *gzip, const struct compress_output *out,
			    struct error *err)
{
	struct libdeflate_compressor *compressor = new_compressor(gzip->level, err);
	struct piece *piece = current_piece(gzip);

	if (!compressor)
		return -1;
	compress_piece(compressor, piece);
	libdeflate_free_compressor(compressor);
	return out->write(out->sink, piece->out, piece->out_len, err);
}

static int finish_gzip(void *state, const struct compress_output *out, struct error *err)
{
	struct gzip_state *gzip = state;

	if (gzip->n_filled == 0)
		return write_only_piece(gzip, out, err);
	if (current_piece(gzip)->in_len && submit_piece(gzip, err) < 0)
		return -1;
	return write_pieces(gzip, 1, out, err);
}

const struct compress_method compress_gzip = {
	start_gzip,
	write_gzip,
	finish_gzip,
	free_gzip,
};
