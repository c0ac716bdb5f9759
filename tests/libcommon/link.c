/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "net/link.h"

#include <stdlib.h>

static void find(const char *value, int wanted, const char *target, const char *title)
{
	autofree char *found = NULL;

	is_int(link_find(value, "next", &found, NULL), wanted, title);
	is_str(found, target, "... with that target");
}

int main(void)
{
	find("</v2/a/tags/list?last=b&n=2>; rel=\"next\"", 1, "/v2/a/tags/list?last=b&n=2",
	     "as registries write it");
	find("<a>;rel=next", 1, "a", "a value without quotes");
	find("<a> ; REL = \"NEXT\"", 1, "a", "names and relations are case-insensitive");
	find("<a>; rel=prev, <b>; rel=next", 1, "b", "the second of two links");
	find("<a>; rel=\"up next\"", 1, "a", "one of several relations");
	find("<a>; rel=nextone", 0, NULL, "a longer word is another relation");
	find("<a>; rel=prev; rel=next", 0, NULL, "of two parameters rel the first counts");
	find("<a>; title=\"x, <b>; rel=next\"; rel=prev", 0, NULL,
	     "what stands in a string is none");
	find("<a>; title=\"\\\"\"; rel=next", 1, "a", "escapes in strings are undone");
	find("<a,b;c>; rel=next", 1, "a,b;c", "a target may have commas and semicolons");
	find("<a>; crossorigin; rel=next", 1, "a", "a parameter may have no value");
	find("<>; rel=next", 1, "", "an empty target is one");
	find("<a>", 0, NULL, "a link without a relation");
	find("", 0, NULL, "nothing");
	find(" , ,", 0, NULL, "empty elements");
	find("<a; rel=next", -1, NULL, "a bracket without end is malformed");
	find("<a>; rel=\"next", -1, NULL, "a string without end is malformed");
	find("a; rel=next", -1, NULL, "a target without brackets is malformed");
	find("<a>; rel=next\"x\"", -1, NULL, "no string follows a letter");
	find("<a> <b>; rel=next", -1, NULL, "two links without a comma are malformed");
	return done_testing();
}
