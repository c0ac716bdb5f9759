/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What files of owners (layer/owners.h) say of objects in the tree that is read: the one beside the directory that
 * has the object, and of what was copied up into an upper directory the one beside the layer that it came from.
 * The kernel copies attributes up with a file; a record stays where it was.
 */
#ifndef CTNR_PACK_RECORDS_H
#define CTNR_PACK_RECORDS_H

#include "layer/below.h"
#include "layer/owners_table.h"

struct records {
	struct owners_stack *owners; /* borrowed; of the stack that is read */
	struct below *below; /* borrowed: directory 0 is an upper one; NULL: nothing is copied up */
	bool has_lower_records; /* of below */
};

/* below may be NULL. */
void records_init(struct records *records, struct owners_stack *owners, struct below *below);

/* The record about the object at path, which layer number layer of the stack has; st is of the object. 1, 0 when
 * there is none, -1. */
int records_find(struct records *records, const char *path, size_t layer, const struct stat *st,
		 struct owners_record *ret, struct error *err);

#endif
