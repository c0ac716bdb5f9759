/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "oci/index_list.h"
#include "oci/media_type.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>

#define D(c) "sha256:" c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define ENTRY(digest, more) \
	"{\"mediaType\":\"" MEDIA_TYPE_MANIFEST "\",\"digest\":\"" digest "\",\"size\":2" more "}"
#define NAME(name) "\"" ANNOTATION_REF_NAME "\":\"" name "\""
#define SOURCE "\"" ANNOTATION_SOURCE "\":\"" D("ee") "\""
#define ANNOTATED(annotations) ",\"annotations\":{" annotations "}"
#define LINUX ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}"
#define INDEX(entries) "{\"schemaVersion\":2,\"manifests\":[" entries "]}"

static void write_index(const struct layout *layout, const char *text)
{
	file_write_at(layout->dirfd, "index.json", text, strlen(text), 0644, FILE_NO_SYNC, NULL);
}

/* The list as text: for each entry its name, source, platform's os and JSON. new. */
static char *list_text(const struct layout *layout, bool *ret_plain)
{
	autoindexlist struct index_list list = INDEX_LIST_INIT;
	autostr struct str text = STR_INIT;
	struct error err = { 0 };

	if (index_list_read(layout, &list, &err) < 0)
		return xstrdup(err.message);
	*ret_plain = !list.index.json;
	for (size_t i = 0; i < list.n_entries; i++) {
		autoindexentry struct index_entry entry = INDEX_ENTRY_INIT;

		index_list_get(&list, i, &entry);
		str_appendf(&text, "%s %s %s ", entry.name ? entry.name : "-",
			    entry.source ? "source" : "-", entry.descriptor.platform.os);
		if (!entry.descriptor.platform.os[0])
			snprintf(entry.descriptor.platform.os, sizeof(entry.descriptor.platform.os),
				 "filled");
		index_entry_append_json(&entry, &text);
		str_append_char(&text, '\n');
	}
	return str_steal(&text);
}

/* A plain index, and the same with a line feed before it, which is not: both are listed alike. */
static void same(const struct layout *layout, const char *index, const char *title)
{
	autofree char *odd = xasprintf("\n%s", index);
	autofree char *plain_text = NULL;
	autofree char *odd_text = NULL;
	bool plain = false;
	bool odd_is_plain = true;

	write_index(layout, index);
	plain_text = list_text(layout, &plain);
	write_index(layout, odd);
	odd_text = list_text(layout, &odd_is_plain);
	ok(plain && !odd_is_plain, title);
	is_str(plain_text, odd_text, "... and its list is that of the tree");
}

static void test_plain(const struct layout *layout)
{
	same(layout, INDEX(""), "an index without entries is plain");
	same(layout, INDEX(ENTRY(D("aa"), "")), "... and one without annotations");
	same(layout, INDEX(ENTRY(D("aa"), ANNOTATED(NAME("a")) LINUX)),
	     "... with a name and a platform");
	same(layout, INDEX(ENTRY(D("aa"), LINUX ANNOTATED(NAME("a")))), "... the other way round");
	same(layout, INDEX(ENTRY(D("aa"), ANNOTATED(NAME("a") "," SOURCE))), "... with a source");
	same(layout, INDEX(ENTRY(D("aa"), ANNOTATED(SOURCE "," NAME("a")))), "... before the name");
	same(layout, INDEX(ENTRY(D("aa"), ANNOTATED("\"x\":\"1\"," NAME("a") ",\"y\":\"2\""))),
	     "... with other annotations around it");
	same(layout, INDEX(ENTRY(D("aa"), ANNOTATED(SOURCE))), "... and none");
	same(layout, INDEX(ENTRY(D("aa"), ",\"annotations\":{}")), "... with an empty object");
	same(layout, INDEX(ENTRY(D("aa"), ",\"urls\":[\"http://x/\"],\"x\":{\"y\":[1,true,null]}")),
	     "... with members that nobody knows");
	same(layout,
	     INDEX(ENTRY(D("dd"), "") "," ENTRY(D("cc"), "") "," ENTRY(
		     D("bb"), ANNOTATED(NAME("b"))) "," ENTRY(D("aa"), ANNOTATED(NAME("ab")))),
	     "many are sorted");
}

/* These are read by the parser of all indexes, which knows what they mean. */
static void other(const struct layout *layout, const char *index, const char *wanted,
		  const char *title)
{
	autofree char *text = NULL;
	bool plain = false; /* as an index that cannot be read is not */

	write_index(layout, index);
	text = list_text(layout, &plain);
	ok(!plain && strstr(text, wanted), title);
}

static void test_other(const struct layout *layout)
{
	other(layout, INDEX(ENTRY(D("aa"), ANNOTATED(NAME("\\u0061")))), "a - ", "an escape");
	other(layout, INDEX(ENTRY(D("aa"), ",\"platform\":{\"os\":\"\"}")), "- -  {",
	      "a platform without a name");
	other(layout, INDEX(ENTRY("sha1:x", "") "," ENTRY(D("aa"), ANNOTATED(NAME("a")))), "a - ",
	      "a digest that is not known");
	other(layout, INDEX("{\"mediaType\":\"a/b\",\"digest\":\"" D("aa") "\",\"size\":1}"),
	      "\"a/b\"", "a type that is not known");
	other(layout, INDEX(ENTRY(D("aa"), ",\"size\":3")), "duplicate", "a member twice");
	other(layout, INDEX(ENTRY("sha256:aa", "")), "invalid digest", "a digest that is none");
	other(layout, "{\"schemaVersion\":2,\"manifests\":[],\"config\":{}}", "does not belong",
	      "what may be a manifest");
	other(layout, "{\"schemaVersion\":1,\"manifests\":[]}", "not supported", "schema 1");
	other(layout, "{\"schemaVersion\":2,\"manifests\":[", "line 1", "half a document");
	other(layout, "", "is empty", "a file of 0 bytes");
}

int main(void)
{
	char path[] = "/tmp/index_list.XXXXXX";
	autolayout struct layout layout = LAYOUT_INIT;
	struct error err = { 0 };

	if (!mkdtemp(path) || layout_open(path, LAYOUT_CREATE, &layout, &err) < 0) {
		printf("Bail out! cannot make a layout: %s\n", err.message);
		return 1;
	}
	test_plain(&layout);
	test_other(&layout);
	tree_remove_at(AT_FDCWD, path, NULL);
	return done_testing();
}
