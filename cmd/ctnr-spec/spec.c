/* SPDX-License-Identifier: Apache-2.0 */
#include "spec.h"

#include "format/json_compact.h"
#include "oci/runtime.h"

void spec_release(struct spec *spec)
{
	if (!spec)
		return;
	json_decref(spec->config);
	str_release(&spec->default_profile);
	stack_release(&spec->root);
	free(spec->home);
	*spec = (struct spec)SPEC_INIT;
}

char *spec_format(const struct spec *spec)
{
	const json_t *linux_object = json_object_get(spec->config, "linux");
	struct json_insert profile = { json_object_get(linux_object, "seccomp"),
				       spec->default_profile.data };

	return spec->default_profile.len ? json_format_with(spec->config, &profile)
					 : json_format(spec->config);
}

json_t *spec_member(json_t *object, const char *where, const char *key, json_type type,
		    struct error *err)
{
	json_t *member = json_object_get(object, key);

	if (member && !json_is_null(member)) {
		if (json_typeof(member) == type)
			return member;
		error_set(err, ERROR_FAILED, RUNTIME_CONFIG_FILE ": %s%s%s: expected %s",
			  where ? where : "", where ? "." : "", key,
			  type == JSON_ARRAY ? "an array" : "an object");
		return NULL;
	}
	json_object_set_new(object, key, type == JSON_ARRAY ? json_array() : json_object());
	return json_object_get(object, key);
}

json_t *spec_config_member(struct spec *spec, const char *key, json_type type, struct error *err)
{
	return spec_member(spec->config, NULL, key, type, err);
}
