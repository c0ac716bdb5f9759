/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compressor alone, the floor under `ctnr-pack`: an archive becomes the gzip members that ctnr-pack makes of
 * it, by as many threads as there are CPUs, and nothing else. The archive is mapped, and hot in the page cache;
 * what is made of it is thrown away. No file is opened and no header made for it, nothing passes between
 * processes, nothing is hashed, and nothing is written.
 *
 *	floor_compress ARCHIVE
 */
#include <libdeflate.h>

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1U << 20) /* bytes of a member's content */
#define LEVEL 6
#define THREADS_MAX 64

struct work {
	const unsigned char *bytes;
	size_t len;
	atomic_size_t next; /* byte that nobody has begun with */
};

static void *compress_pieces(void *data)
{
	struct work *work = data;
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
	size_t room = libdeflate_gzip_compress_bound(compressor, PIECE);
	unsigned char *out = malloc(room);
	size_t at;

	if (!compressor || !out)
		err(1, "cannot allocate");
	while ((at = atomic_fetch_add(&work->next, PIECE)) < work->len) {
		size_t len = work->len - at < PIECE ? work->len - at : PIECE;

		if (libdeflate_gzip_compress(compressor, work->bytes + at, len, out, room) == 0)
			errx(1, "cannot compress");
	}
	free(out);
	libdeflate_free_compressor(compressor);
	return NULL;
}

static void map_archive(const char *path, struct work *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes;

	if (fd < 0 || fstat(fd, &st) < 0)
		err(1, "%s", path);
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (bytes == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	ret->bytes = bytes;
	ret->len = (size_t)st.st_size;
}

int main(int argc, char **argv)
{
	long n_threads = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[THREADS_MAX];
	struct work work = { 0 };

	if (argc != 2)
		errx(2, "usage: floor_compress ARCHIVE");
	map_archive(argv[1], &work);
	if (n_threads < 1 || n_threads > THREADS_MAX)
		n_threads = 1;
	for (long i = 0; i < n_threads; i++)
		if (pthread_create(&threads[i], NULL, compress_pieces, &work) != 0)
			errx(1, "cannot start a thread");
	for (long i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
