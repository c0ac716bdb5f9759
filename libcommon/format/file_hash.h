/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest of a file that is being appended to (libcrypto). What was in the file before is read and hashed
 * by a thread; what is appended meanwhile is left to that thread too, until it has caught up. So nobody waits
 * for the old bytes before the end.
 *
 *	struct file_hash *hash = file_hash_new(fd, n_there, DIGEST_SHA256, err);
 *
 *	... write(fd, data, len), behind what is there
 *	file_hash_append(hash, data, len);
 *	if (file_hash_finish(hash, &digest, err) < 0) ...
 *	file_hash_free(hash);
 *
 *  - Without bytes from before there is no thread, and the file is never read.
 *  - One thread appends and finishes.
 */
#ifndef FORMAT_FILE_HASH_H
#define FORMAT_FILE_HASH_H

#include "format/digest.h"

#include <stddef.h>
#include <stdint.h>

struct file_hash;

/* New: of the first len bytes of the file, which is open for reading and stays so. NULL with err when
 * libcrypto cannot. */
struct file_hash *file_hash_new(int fd, uint64_t len, enum digest_algorithm algorithm,
				struct error *err);

/* Stops the thread at once. */
void file_hash_free(struct file_hash *hash);

/* These bytes were written behind all that counts so far. */
void file_hash_append(struct file_hash *hash, const void *data, size_t len);

/* The digest of all that counts; waits for the thread. Fails with ERROR_VERIFY when the file could not be
 * read back, and as interrupt_error() when a signal came that asks to stop and is blocked
 * (system/interrupt.h): then it can be asked again. After success nothing can be appended. */
int file_hash_finish(struct file_hash *hash, struct digest *ret, struct error *err);

#endif
