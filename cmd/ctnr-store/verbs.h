/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of ctnr-store: one function each, as base/tool.h calls them. opts is a struct
 * store_opts. */
#ifndef CTNR_STORE_VERBS_H
#define CTNR_STORE_VERBS_H

#include "base/error.h"
#include "base/str.h"

int gc(const void *opts, const struct strlist *operands, struct error *err); /* of struct gc_opts */
int image_ls(const void *opts, const struct strlist *operands, struct error *err);
int image_show(const void *opts, const struct strlist *operands, struct error *err);
int image_history(const void *opts, const struct strlist *operands, struct error *err);
int image_tag(const void *opts, const struct strlist *operands, struct error *err);
int image_untag(const void *opts, const struct strlist *operands, struct error *err);
int image_rm(const void *opts, const struct strlist *operands, struct error *err);
int index_show(const void *opts, const struct strlist *operands, struct error *err);
int index_rm(const void *opts, const struct strlist *operands, struct error *err);
int artifact_ls(const void *opts, const struct strlist *operands, struct error *err);
int artifact_show(const void *opts, const struct strlist *operands, struct error *err);
int artifact_rm(const void *opts, const struct strlist *operands, struct error *err);
int bundle_ls(const void *opts, const struct strlist *operands, struct error *err);
int bundle_show(const void *opts, const struct strlist *operands, struct error *err);
int bundle_rm(const void *opts, const struct strlist *operands, struct error *err);
int store_df(const void *opts, const struct strlist *operands, struct error *err);
int store_diff(const void *opts, const struct strlist *operands, struct error *err);

/* opts is a struct check_opts. */
int store_check(const void *opts, const struct strlist *operands, struct error *err);

#endif
