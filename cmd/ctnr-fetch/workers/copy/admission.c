/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/admission.h"

int admission_ask(void *data, const struct document *document, struct error *err)
{
	const struct admission *admission = data;
	struct policy_subject subject = { .document = document };
	struct source_origin origin;

	source_describe(admission->source, &origin);
	subject.image = (struct policy_image) {
		.transport = origin.reference ? "docker" : "oci",
		.reference = origin.reference,
		.path = origin.path,
		.name = origin.name,
	};
	if (origin.repository) {
		subject.repository = origin.repository;
		subject.connection = admission->connection;
	}
	return policy_judge(admission->judge, &subject, err);
}
