/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling the tool what has changed (diff/protocol.h), in the order of the walk: a directory before its content.
 *
 * The directories above a change are changes too, as docker has it: a directory that was only entered is told when
 * something in it is. What has a longer path than a layer can have is left out, with one warning.
 */
#ifndef CTNR_STORE_WORKERS_DIFF_CHANGE_WRITER_H
#define CTNR_STORE_WORKERS_DIFF_CHANGE_WRITER_H

#include "diff/protocol.h"

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct change_writer {
	struct str told; /* the last path that was told: directories above it were */
	bool has_warned;
};

#define CHANGE_WRITER_INIT \
	{ \
		.told = STR_INIT \
	}

void change_writer_release(struct change_writer *writer);

/* Is the path too long to be told? Then nothing below it can be either. */
bool change_is_too_deep(const struct str *path);

/* Tell a change, and before it the directories above it that were not told. Ends the process when the tool is gone. */
void change_write(struct change_writer *writer, enum diff_text change, const struct str *path);

/* All was told. */
void change_write_end(void);

/* What went wrong is the last that is told. */
void change_write_error(const struct error *failure);

#endif
