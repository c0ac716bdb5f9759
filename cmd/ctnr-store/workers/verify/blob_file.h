/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a blob: opening it, and computing its digest. */
#ifndef CTNR_STORE_WORKERS_VERIFY_BLOB_FILE_H
#define CTNR_STORE_WORKERS_VERIFY_BLOB_FILE_H

#include "base/error.h"
#include "format/digest.h"

#include <stdint.h>

/* What is wrong with a blob: the KINDs of job.h. */
enum blob_fault {
	BLOB_FAULT_NONE,
	BLOB_FAULT_MISSING,
	BLOB_FAULT_SIZE,
	BLOB_FAULT_DIGEST,
	BLOB_FAULT_READ,
	BLOB_FAULT_DIFF_ID,
	BLOB_FAULT_MAX,
};

const char *blob_fault_name(enum blob_fault fault); /* "missing"; static text */

/* Open a regular file of that size, following no symlink. Returns the fd; -1 with err, and *ret_fault
 * says which kind of fault that is. */
int blob_file_open(int layout, const struct digest *digest, uint64_t size,
		   enum blob_fault *ret_fault, struct error *err);

/* Read it to its end and compare the digest. Returns the fault, with err; BLOB_FAULT_NONE. */
enum blob_fault blob_file_hash(int fd, const struct digest *digest, struct error *err);

#endif
