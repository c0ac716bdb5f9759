/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/state.h"

#include "verbs/select.h"

#include "store/state_document.h"

#include <stdio.h>

const struct option state_options[] = {
	OPTION_INCLUDE(global_options, offsetof(struct state_opts, global)),
	OPTION_END,
};

int state_print(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct state_opts *opts = opts_;
	autostateroot struct state_root states = STATE_ROOT_INIT;
	const char *id = select_operand(operands, err);
	autojson json_t *document = NULL;
	autofree char *text = NULL;

	if (!id || global_find_states(&opts->global, &states, err) < 0)
		return -1;
	autostatereader struct state_reader reader = STATE_READER_INIT(states.fd);

	document = state_document(&reader, id, err);
	if (!document)
		return -1;
	text = json_format(document);
	puts(text);
	return 0;
}
