/* SPDX-License-Identifier: Apache-2.0 */
/* The links of overlay bundles: what they say, and which layer that is. */
#include "tap.h"

#include "base/alloc.h"
#include "store/bundle_stack.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <unistd.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char top[] = "/tmp/ctnr-stack.XXXXXX";

static void test_layer_name(int lower, const char *text, const char *wanted, const char *title)
{
	char name[BUNDLE_STACK_LAYER_MAX] = "";

	if (symlinkat(text, lower, "0") < 0)
		abort();
	if (wanted)
		ok(bundle_stack_layer_name(lower, "0", name) && strcmp(name, wanted) == 0, title);
	else
		ok(!bundle_stack_layer_name(lower, "0", name), title);
	unlinkat(lower, "0", 0);
}

static void test_layer_names(int lower)
{
	char name[BUNDLE_STACK_LAYER_MAX];

	test_layer_name(lower, "../../../layers/0/sha256/" HEX "/diff", "0/sha256/" HEX,
			"a relative link names its layer");
	test_layer_name(lower, "/home/me/store/layers/89abcdef0123/sha512/" HEX HEX "/diff",
			"89abcdef0123/sha512/" HEX HEX, "... and so does an absolute one");
	test_layer_name(lower, "/old/layers/1/sha256/" HEX "/layers/1/sha256/" HEX "/diff",
			"1/sha256/" HEX, "... in whatever place the store was");
	test_layer_name(lower, "../top", NULL, "a link to something else names none");
	test_layer_name(lower, "/layers/", NULL, "... nor one without a name");
	test_layer_name(lower, "/s/layers/0/sha256/" HEX, NULL, "... nor one to more than diff/");
	test_layer_name(lower, "/s/layers/0/sha256/" HEX "/diff/usr", NULL, "... or to less");
	test_layer_name(lower, "/s/layers/0/sha256/0" HEX "/diff", NULL,
			"... nor one whose digest is too long");
	test_layer_name(lower, "/s/layers/0/sha256/" HEX HEX HEX "/diff", NULL,
			"... or much too long");
	test_layer_name(lower, "/s/layers/0/md5/" HEX "/diff", NULL, "... or of another kind");
	test_layer_name(lower, "/s/layers/../sha256/" HEX "/diff", NULL,
			"... nor one whose mapping is none");
	test_layer_name(lower, "/s/layers/0123456789abc/sha256/" HEX "/diff", NULL,
			"... or has a name that is too long");
	ok(mkdirat(lower, "0", 0700) == 0 && !bundle_stack_layer_name(lower, "0", name),
	   "a directory is no link");
	ok(!bundle_stack_layer_name(lower, "1", name), "what is not there is none either");
}

int main(void)
{
	autoclose int lower = -EBADF;

	if (!mkdtemp(top))
		return EXIT_FAILURE;
	lower = dir_open_at(AT_FDCWD, top, NULL);
	test_layer_names(lower);
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
