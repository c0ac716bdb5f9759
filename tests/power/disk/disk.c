// SPDX-License-Identifier: Apache-2.0
#include "disk.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* A log is a sparse file, or memory that is there when it is written to. */
#define LOG_CAPACITY ((size_t)1 << 30)

static size_t padded_length(uint64_t length)
{
	return ((size_t)length + 7) & ~(size_t)7;
}

static void *map_file(const char *path, int flags, size_t *size, struct error *err)
{
	autoclose int fd = open(path, flags | O_CLOEXEC, 0600);
	int access = (flags & O_ACCMODE) == O_RDONLY ? PROT_READ : PROT_READ | PROT_WRITE;
	struct stat status;
	void *data;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path), NULL;
	if ((flags & O_CREAT) && ftruncate(fd, (off_t)*size) < 0)
		return error_errno(err, "cannot make '%s'", path), NULL;
	if (fstat(fd, &status) < 0)
		return error_errno(err, "cannot read '%s'", path), NULL;
	data = mmap(NULL, (size_t)status.st_size, access, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return error_errno(err, "cannot map '%s'", path), NULL;
	*size = (size_t)status.st_size;
	return data;
}

static int open_image(struct disk *disk, const char *path, struct error *err)
{
	disk->image = map_file(path, O_RDONLY, &disk->size, err);
	if (!disk->image)
		return -1;
	disk->sectors = xcalloc(disk->size / DISK_SECTOR, sizeof(*disk->sectors));
	return 0;
}

int disk_record(struct disk *disk, const char *image_path, const char *log_path, struct error *err)
{
	if (open_image(disk, image_path, err) < 0)
		return -1;
	disk->log.capacity = LOG_CAPACITY;
	disk->log.data = map_file(log_path, O_RDWR | O_CREAT | O_EXCL, &disk->log.capacity, err);
	return disk->log.data ? 0 : -1;
}

int disk_open_past(struct disk *disk, const char *image_path, const char *log_path,
		   struct error *err)
{
	void *data;

	if (open_image(disk, image_path, err) < 0)
		return -1;
	disk->past.data = map_file(log_path, O_RDONLY, &disk->past.capacity, err);
	if (!disk->past.data)
		return -1;
	data = mmap(NULL, LOG_CAPACITY, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (data == MAP_FAILED)
		return error_errno(err, "cannot map memory");
	disk->log.data = data;
	disk->log.capacity = LOG_CAPACITY;
	return 0;
}

/* From now on these sectors are what stands at data. */
static void set_sectors(struct disk *disk, uint64_t offset, const unsigned char *data,
			uint64_t length)
{
	for (uint64_t done = 0; done < length; done += DISK_SECTOR)
		disk->sectors[(offset + done) / DISK_SECTOR] = data + done;
}

void disk_replay(struct disk *disk, size_t count, const size_t *dropped, size_t n)
{
	const unsigned char *next = disk->past.data;
	size_t next_dropped = 0;
	struct disk_record record;

	memset(disk->sectors, 0, disk->size / DISK_SECTOR * sizeof(*disk->sectors));
	disk->log.size = 0;
	for (size_t i = 0; i < count; i++) {
		memcpy(&record, next, sizeof(record));
		next += sizeof(record);
		if (next_dropped < n && dropped[next_dropped] == i)
			next_dropped++;
		else if (record.kind == DISK_WRITE)
			set_sectors(disk, record.offset, next, record.length);
		next += padded_length(record.length);
	}
}

static bool is_within(const struct disk *disk, uint64_t offset, size_t length)
{
	return offset % DISK_SECTOR == 0 && length % DISK_SECTOR == 0 && offset <= disk->size &&
	       length <= disk->size - offset;
}

int disk_read(const struct disk *disk, uint64_t offset, void *data, size_t length)
{
	if (!is_within(disk, offset, length)) {
		errno = EINVAL;
		return -1;
	}
	for (size_t done = 0; done < length; done += DISK_SECTOR) {
		const unsigned char *sector = disk->sectors[(offset + done) / DISK_SECTOR];

		memcpy((char *)data + done, sector ? sector : disk->image + offset + done,
		       DISK_SECTOR);
	}
	return 0;
}

/* Append a record. Returns where its bytes stand, or NULL with ENOSPC. */
static const unsigned char *append_record(struct disk *disk, enum disk_record_kind kind,
					  uint64_t offset, const void *data, size_t length)
{
	const struct disk_record record = { kind, offset, length };
	struct disk_log *log = &disk->log;
	unsigned char *place = log->data + log->size;

	/* The record behind is the end, which a new file has already. */
	if (log->capacity - log->size < 2 * sizeof(record) + padded_length(length)) {
		errno = ENOSPC;
		return NULL;
	}
	memcpy(place + sizeof(record), data, length);
	memcpy(place, &record, sizeof(record));
	log->size += sizeof(record) + padded_length(length);
	return place + sizeof(record);
}

int disk_write(struct disk *disk, uint64_t offset, const void *data, size_t length)
{
	const unsigned char *place;

	if (!is_within(disk, offset, length)) {
		errno = EINVAL;
		return -1;
	}
	place = append_record(disk, DISK_WRITE, offset, data, length);
	if (!place)
		return -1;
	set_sectors(disk, offset, place, length);
	return 0;
}

int disk_flush(struct disk *disk)
{
	return append_record(disk, DISK_FLUSH, 0, "", 0) ? 0 : -1;
}

int disk_mark(struct disk *disk, const char *text)
{
	return append_record(disk, DISK_MARK, 0, text, strlen(text)) ? 0 : -1;
}

static void unmap_log(struct disk_log *log)
{
	if (log->data)
		munmap(log->data, log->capacity);
}

void disk_release(struct disk *disk)
{
	if (disk->image)
		munmap((void *)disk->image, disk->size);
	unmap_log(&disk->log);
	unmap_log(&disk->past);
	free(disk->sectors);
}
