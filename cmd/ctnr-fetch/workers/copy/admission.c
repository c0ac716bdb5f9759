/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/admission.h"

static struct policy_image describe_image(const struct source_origin *origin)
{
	return (struct policy_image) {
		.transport = origin->reference ? "docker" : "oci",
		.reference = origin->reference,
		.path = origin->path,
		.name = origin->name,
	};
}

int admission_ask_name(const struct admission *admission, struct error *err)
{
	struct policy_image image;
	struct source_origin origin;

	source_describe(admission->source, &origin);
	image = describe_image(&origin);
	return policy_judge_name(admission->judge->policy, &image, err);
}

int admission_ask(void *data, const struct document *document, struct error *err)
{
	const struct admission *admission = data;
	struct policy_subject subject = { .document = document };
	struct source_origin origin;

	source_describe(admission->source, &origin);
	subject.image = describe_image(&origin);
	if (origin.repository) {
		subject.repository = origin.repository;
		subject.connection = admission->connection;
	}
	return policy_judge(admission->judge, &subject, err);
}
