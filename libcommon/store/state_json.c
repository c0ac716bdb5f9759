/* SPDX-License-Identifier: Apache-2.0 */
#include "store/state_json.h"

#include "oci/runtime.h"

json_t *state_to_json(const struct state_view *view)
{
	json_t *state = json_object();

	json_object_set_new(state, "ociVersion", json_string(RUNTIME_SPEC_VERSION));
	json_object_set_new(state, "id", json_string(view->id));
	json_object_set_new(state, "status", json_string(state_status_names[view->status]));
	json_object_set_new(state, "pid", json_integer(view->pid));
	json_object_set_new(state, "bundle", json_string(view->bundle));
	if (json_is_object(view->annotations))
		json_object_set(state, "annotations", (json_t *)(uintptr_t)view->annotations);
	return state;
}
