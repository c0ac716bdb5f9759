/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a container, as hooks and agents read it. */
#include "tap.h"

#include "base/alloc.h"
#include "oci/runtime.h"
#include "store/state_json.h"

static char *state_text(const struct state_view *view)
{
	autojson json_t *state = state_to_json(view);

	return json_format(state);
}

int main(void)
{
	autojson json_t *annotations = json_pack("{s:s}", "a", "\"pid\":1");
	struct state_view view = { "web", STATE_RUNNING, 4711, "/b", annotations };
	autofree char *full = state_text(&view);
	autofree char *plain = NULL;

	is_str(full,
	       "{\"ociVersion\":\"" RUNTIME_SPEC_VERSION "\",\"id\":\"web\",\"status\":\"running\","
	       "\"pid\":4711,\"bundle\":\"/b\",\"annotations\":{\"a\":\"\\\"pid\\\":1\"}}",
	       "a state has what the specification wants");
	view = (struct state_view) { "web", STATE_STOPPED, 0, "/b", NULL };
	plain = state_text(&view);
	is_str(plain,
	       "{\"ociVersion\":\"" RUNTIME_SPEC_VERSION "\",\"id\":\"web\",\"status\":\"stopped\","
	       "\"pid\":0,\"bundle\":\"/b\"}",
	       "... and annotations where there are any");
	return done_testing();
}
