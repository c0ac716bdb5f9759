/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy's word about an image that is about to be copied, for copy_options.admit.
 *
 *	struct admission admission = { &judge, &source, connection };
 *	const struct copy_options how = { .admit = admission_ask, .data = &admission };
 */
#ifndef CTNR_FETCH_WORKERS_COPY_ADMISSION_H
#define CTNR_FETCH_WORKERS_COPY_ADMISSION_H

#include "workers/copy/source.h"

#include "registry/policy_judge.h"

/* Everything is borrowed. */
struct admission {
	const struct policy_judge *judge;
	const struct source *source;
	void *connection; /* the calling thread's */
};

/* Can an image of that name be let in at all? As policy_judge_name(). */
int admission_ask_name(const struct admission *admission, struct error *err);

/* Is what the source gave let in? As policy_judge(). data is a struct admission. */
int admission_ask(void *data, const struct document *document, struct error *err);

#endif
