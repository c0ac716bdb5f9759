/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "format/tar_acl.h"

#include <string.h>

/* The entries as "TAG PERMISSIONS ID", joined by blanks. */
static void describe(const struct str *value, struct str *ret)
{
	for (size_t at = 4; at + 8 <= value->len; at += 8) {
		const unsigned char *p = (const unsigned char *)value->data + at;
		uint32_t id =
			p[4] | (uint32_t)p[5] << 8 | (uint32_t)p[6] << 16 | (uint32_t)p[7] << 24;

		str_appendf(ret, "%s%d %d %d", ret->len ? ", " : "", p[0], p[2], (int)id);
	}
}

static void is_converted(const char *text, const char *wanted, const char *title)
{
	autostr struct str value = STR_INIT;
	autostr struct str got = STR_INIT;
	int n = tar_acl_convert(text, strlen(text), &value);

	if (n >= 0) {
		ok((size_t)n * 8 + 4 == value.len && value.data[0] == 2, "the value is whole");
		describe(&value, &got);
	}
	is_str(n < 0 ? NULL : got.data, wanted, title);
}

int main(void)
{
	is_converted("user::rwx,user:lisa:r-x:1000,group::r-x,mask::rwx,other::r--",
		     "1 7 -1, 2 5 1000, 4 5 -1, 16 7 -1, 32 4 -1", "star's text");
	is_converted("user::rw-,group::r--,other::r--,user:a:r-x:1000,group:tty:-w-:5,mask::rwx",
		     "1 6 -1, 2 5 1000, 4 4 -1, 8 2 5, 16 7 -1, 32 4 -1",
		     "bsdtar's, in an order of its own");
	is_converted("user::rw-\nuser:7:r-x\ngroup::r--\nmask::rwx\nother::r--\n",
		     "1 6 -1, 2 5 7, 4 4 -1, 16 7 -1, 32 4 -1", "GNU tar's, with a number");
	is_converted("u::rwx,u:7:r,g::rx,o:r,m:rx", "1 7 -1, 2 4 7, 4 5 -1, 16 5 -1, 32 4 -1",
		     "short words, and fields that are left out");
	is_converted("user::rwx,user:7:rw-,group::r-x,other::---",
		     "1 7 -1, 2 6 7, 4 5 -1, 16 7 -1, 32 0 -1", "a mask is added");
	is_converted("user::rwx,group::r-x,other::---", "1 7 -1, 4 5 -1, 32 0 -1",
		     "what a mode says");
	is_converted("user::rw-,user:lisa:r-x,group::r--,mask::rwx,other::r--", NULL,
		     "a name without a number");
	is_converted("", NULL, "nothing");
	is_converted("user", NULL, "a word");
	is_converted("user::rwx:1:2", NULL, "too many fields");
	is_converted("user::rwz,group::r--,other::r--", NULL, "a permission that is none");
	is_converted("mask:7:rwx", NULL, "a mask of somebody");
	is_converted("user:7:rwx:-1", NULL, "a negative number");
	is_converted("owner@:rwx::allow", NULL, "an entry of NFSv4");
	return done_testing();
}
