/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/kept_hooks.h"

#include "config/document.h"

#include "base/alloc.h"
#include "oci/runtime.h"

void kept_hooks_release(struct kept_hooks *hooks)
{
	hooks_config_release(&hooks->config);
	json_free(&hooks->document);
	json_free(&hooks->state);
}

int kept_hooks_read(const struct state_root *states, const struct state_claim *container,
		    struct kept_hooks *ret, struct error *err)
{
	const struct document_place place = { container->fd, STATE_CONFIG, "state",
					      container->path };
	autostr struct str text = STR_INIT;
	autostr struct str seccomp = STR_INIT;
	const char *bundle;
	struct state state;
	struct jnode root;

	ret->document = document_read(&place, &text, &seccomp, err);
	root = jnode_root(ret->document, RUNTIME_CONFIG_FILE);
	if (!ret->document || hooks_config_read(&root, &ret->config, err) < 0 ||
	    state_load(states->fd, container->id, NULL, &state, &ret->state, err) < 0)
		return -1;
	bundle = json_text(json_object_get(ret->state, "bundle"));
	ret->subject = (struct hook_subject) { &ret->config, container->id, bundle ? bundle : "/",
					       json_object_get(ret->document, "annotations") };
	return 0;
}
