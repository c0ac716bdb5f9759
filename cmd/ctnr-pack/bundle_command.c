/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle_command.h"

#include "base/alloc.h"
#include "format/json.h"
#include "oci/runtime.h"
#include "system/fd.h"

#include <string.h>

static json_t *read_config(const struct bundle *bundle)
{
	autostr struct str text = STR_INIT;

	if (file_read_at(bundle->dirfd, RUNTIME_CONFIG_FILE, RUNTIME_CONFIG_MAX, &text, NULL) < 0)
		return NULL;
	return json_parse_last(text.data, text.len, RUNTIME_CONFIG_FILE, NULL);
}

char *bundle_command(const struct bundle *bundle)
{
	autojson json_t *config = read_config(bundle);
	const json_t *args = json_object_get(json_object_get(config, "process"), "args");
	autostr struct str command = STR_INIT;

	for (size_t i = 0; i < json_array_size(args); i++) {
		const char *arg = json_text(json_array_get(args, i));
		const char *blank = command.len ? " " : "";

		if (!arg || command.len + strlen(arg) > BUNDLE_COMMAND_MAX) {
			str_appendf(&command, "%s...", blank);
			break;
		}
		str_appendf(&command, "%s%s", blank, arg);
	}
	if (!command.len)
		str_append(&command, "ctnr-pack");
	return str_steal(&command);
}
