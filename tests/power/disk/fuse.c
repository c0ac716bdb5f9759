// SPDX-License-Identifier: Apache-2.0
#include "fuse.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define WRITE_MAX ((size_t)1 << 20)
#define WRITE_PAGES (WRITE_MAX / 4096)

/* What a request says behind its header; the kernel's are whole. */
struct fuse_request {
	struct fuse_in_header header;
	union {
		struct fuse_init_in init;
		struct fuse_read_in read;
		struct {
			struct fuse_write_in write;
			unsigned char data[WRITE_MAX];
		};
	};
};

struct fuse_answer {
	int error; /* 0, or an errno */
	size_t length; /* of what is in the union */
	union {
		struct fuse_init_out init;
		struct fuse_attr_out attributes;
		struct fuse_open_out open;
		struct fuse_write_out write;
		unsigned char data[WRITE_MAX];
	};
};

int fuse_file_mount(struct fuse_file *ret, const char *path, struct error *err)
{
	char options[128];

	*ret = (struct fuse_file) {
		.fd = open("/dev/fuse", O_RDWR | O_CLOEXEC),
		.request = xmalloc(sizeof(*ret->request)),
		.answer = xmalloc(sizeof(*ret->answer)),
	};
	if (ret->fd < 0)
		return error_errno(err, "cannot open '/dev/fuse'");
	snprintf(options, sizeof(options), "fd=%d,rootmode=100600,user_id=0,group_id=0", ret->fd);
	if (mount("ctnr-test-disk", path, "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		return error_errno(err, "cannot mount over '%s'", path);
	return 0;
}

static void answer_init(const struct fuse_request *request, struct fuse_answer *answer)
{
	answer->length = sizeof(answer->init);
	answer->init = (struct fuse_init_out) {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = request->init.max_readahead,
		.flags = FUSE_BIG_WRITES | FUSE_MAX_PAGES,
		.max_background = 64,
		.congestion_threshold = 48,
		.max_write = WRITE_MAX,
		.time_gran = 1,
		.max_pages = WRITE_PAGES,
	};
}

static void answer_attributes(const struct disk *disk, struct fuse_answer *answer)
{
	answer->length = sizeof(answer->attributes);
	answer->attributes = (struct fuse_attr_out) {
		.attr_valid = UINT32_MAX,
		.attr = { .ino = FUSE_ROOT_ID,
			  .size = disk->size,
			  .blocks = disk->size / DISK_SECTOR,
			  .mode = S_IFREG | 0600,
			  .nlink = 1,
			  .blksize = 4096 },
	};
}

static void answer_read(const struct disk *disk, const struct fuse_request *request,
			struct fuse_answer *answer)
{
	if (request->read.size > WRITE_MAX)
		answer->error = EINVAL;
	else if (disk_read(disk, request->read.offset, answer->data, request->read.size) < 0)
		answer->error = errno;
	else
		answer->length = request->read.size;
}

static void answer_write(struct disk *disk, const struct fuse_request *request,
			 struct fuse_answer *answer)
{
	const uint32_t size = request->write.size;

	if (disk_write(disk, request->write.offset, request->data, size) < 0) {
		answer->error = errno;
		return;
	}
	answer->length = sizeof(answer->write);
	answer->write = (struct fuse_write_out) { .size = size };
}

static void answer_request(struct disk *disk, const struct fuse_request *request,
			   struct fuse_answer *answer)
{
	switch (request->header.opcode) {
	case FUSE_INIT:
		answer_init(request, answer);
		break;
	case FUSE_GETATTR:
		answer_attributes(disk, answer);
		break;
	case FUSE_OPEN:
		answer->length = sizeof(answer->open);
		answer->open = (struct fuse_open_out) { .open_flags = FOPEN_DIRECT_IO };
		break;
	case FUSE_READ:
		answer_read(disk, request, answer);
		break;
	case FUSE_WRITE:
		answer_write(disk, request, answer);
		break;
	case FUSE_FSYNC:
		answer->error = disk_flush(disk) < 0 ? errno : 0;
		break;
	case FUSE_FLUSH: /* of a descriptor that is closed: nothing is kept back from the disk */
	case FUSE_RELEASE:
	case FUSE_DESTROY:
		break;
	default:
		answer->error = ENOSYS;
	}
}

static int send_answer(int fd, uint64_t unique, struct fuse_answer *answer, struct error *err)
{
	const size_t length = answer->error ? 0 : answer->length;
	struct fuse_out_header header = { (uint32_t)(sizeof(header) + length), -answer->error,
					  unique };
	const struct iovec parts[] = { { &header, sizeof(header) }, { answer->data, length } };

	/* ENOENT: the request was interrupted, and nobody waits for its answer. */
	if (writev(fd, parts, length ? 2 : 1) < 0 && errno != ENOENT)
		return error_errno(err, "cannot answer a request");
	return 1;
}

int fuse_file_serve(const struct fuse_file *file, struct disk *disk, struct error *err)
{
	struct fuse_request *request = file->request;
	struct fuse_answer *answer = file->answer;
	const ssize_t size = read(file->fd, request, sizeof(*request));

	if (size < 0 && errno == ENODEV)
		return 0;
	/* ENOENT: the request went away before it was read. */
	if (size < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT))
		return 1;
	if (size < (ssize_t)sizeof(request->header))
		return error_errno(err, "cannot read a request");
	if (request->header.opcode == FUSE_FORGET || request->header.opcode == FUSE_BATCH_FORGET ||
	    request->header.opcode == FUSE_INTERRUPT)
		return 1;
	answer->error = 0;
	answer->length = 0;
	answer_request(disk, request, answer);
	return send_answer(file->fd, request->header.unique, answer, err);
}

void fuse_file_release(struct fuse_file *file)
{
	fd_close(&file->fd);
	free(file->request);
	free(file->answer);
}
