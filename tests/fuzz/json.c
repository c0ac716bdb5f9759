/* SPDX-License-Identifier: Apache-2.0 */
/* JSON from anywhere: what is accepted is written and read again unchanged, byte for byte, and every
 * value can be asked for in every way. What json_plain takes is a document, and written alike. */
#include "base/str.h"
#include "format/json.h"
#include "format/json_compact.h"
#include "format/json_plain.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The stack: fuzzers find the deepest document there is. */
#define DEPTH_MAX 64

static void visit(const struct jnode *node, int depth)
{
	autostrlist struct strlist list = STRLIST_INIT;
	struct error err;
	const char *text = NULL;
	int64_t number;
	uint64_t natural;
	bool boolean;
	size_t len = 0;

	jnode_string(node, &text, &err);
	jnode_string_opt(node, &text, &err);
	jnode_check_string(node, &err);
	jnode_integer(node, -5, 5, &number, &err);
	jnode_unsigned(node, UINT64_MAX, &natural, &err);
	jnode_bool(node, &boolean, &err);
	jnode_strings(node, &list, &err);
	jnode_object(node, &err);
	if (depth == DEPTH_MAX)
		return;
	if (jnode_array(node, &len, &err) == 0) {
		for (size_t i = 0; i < len; i++) {
			struct jnode element = jnode_element(node, i);

			visit(&element, depth + 1);
		}
	}
	if (json_is_object(node->value)) {
		const char *key;
		json_t *value;

		json_object_foreach ((json_t *)node->value, key, value) {
			struct jnode member = jnode_member(node, key);

			visit(&member, depth + 1);
		}
	}
}

/* The compact text is the one that jansson writes. */
static void check_compact(const json_t *document)
{
	autofree char *theirs = json_dumps(document, JSON_COMPACT | JSON_ENCODE_ANY);
	autostr struct str ours = STR_INIT;

	json_compact_append(document, NULL, &ours);
	if (!theirs || strcmp(ours.data, theirs) != 0)
		abort();
}

/* A document that is plain is the one that jansson reads, byte for byte. */
static void check_plain(const char *text, size_t size, const char *formatted)
{
	struct json_plain at = { text, text + size };

	if (size == 0 || !strchr("[{", *text) || !json_plain_skip(&at) || at.text != at.end)
		return;
	if (!formatted || strlen(formatted) != size || memcmp(formatted, text, size) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err;
	autojson json_t *document = json_parse((const char *)data, size, "fuzz", &err);
	autojson json_t *again = NULL;
	struct jnode root = jnode_root(document, "fuzz");
	autofree char *text = NULL;
	autofree char *text_again = NULL;

	if (!document) {
		check_plain((const char *)data, size, NULL);
		return 0;
	}
	visit(&root, 0);
	check_compact(document);
	text = json_format(document);
	check_plain((const char *)data, size, text);
	again = json_parse(text, strlen(text), "again", &err);
	if (!again || !json_equal(document, again))
		abort();
	text_again = json_format(again);
	if (strcmp(text, text_again) != 0)
		abort();
	return 0;
}
