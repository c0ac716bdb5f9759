/* SPDX-License-Identifier: Apache-2.0 */
#include "store/state_json.h"

#include "oci/runtime.h"

void state_json_append(const struct state_json *state, struct str *ret)
{
	str_append(ret, "{\"ociVersion\":\"" RUNTIME_SPEC_VERSION "\",\"id\":");
	str_append_json(ret, state->id);
	str_append(ret, ",\"status\":");
	str_append_json(ret, state_status_names[state->status]);
	str_appendf(ret, ",\"pid\":%d,\"bundle\":", (int)state->pid);
	str_append_json(ret, state->bundle);
	str_append(ret, ",\"annotations\":");
	str_append(ret, state->annotations ? state->annotations : "{}");
	str_append_char(ret, '}');
}
