/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bundle_status.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "format/json.h"
#include "system/fd.h"

#include <string.h>
#include <unistd.h>

#define STATUS_FILE "status.json"
#define STATUS_MAX 4096 /* bytes */

int bundle_status_write(const struct bundle *bundle, int exit_code, struct error *err)
{
	char when[CLOCK_TEXT_MAX];
	autofree char *text = xasprintf("{\"exitCode\":%d,\"finished\":\"%s\"}\n", exit_code,
					clock_rfc3339(clock_wall_ns() / CLOCK_NS, when));

	if (file_write_at(bundle->dirfd, STATUS_FILE, text, strlen(text), 0600, FILE_NO_SYNC, err) <
	    0)
		return error_prefix(err, "%s '%s'", bundle_word(), bundle->id);
	return 0;
}

bool bundle_status_read(const struct bundle *bundle, struct bundle_status *ret)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct jnode root, code_node, finished_node;
	const char *finished;
	int64_t code, seconds;

	if (file_read_at(bundle->dirfd, STATUS_FILE, STATUS_MAX, &text, NULL) < 0)
		return false;
	document = json_parse(text.data, text.len, STATUS_FILE, NULL);
	root = jnode_root(document, STATUS_FILE);
	code_node = jnode_member(&root, "exitCode");
	finished_node = jnode_member(&root, "finished");
	if (jnode_integer(&code_node, 0, 255, &code, NULL) < 0 ||
	    jnode_string(&finished_node, &finished, NULL) < 0 ||
	    !clock_parse_rfc3339(finished, &seconds))
		return false;
	*ret = (struct bundle_status) { (int)code, seconds };
	return true;
}

void bundle_status_clear(const struct bundle *bundle)
{
	unlinkat(bundle->dirfd, STATUS_FILE, 0);
}
