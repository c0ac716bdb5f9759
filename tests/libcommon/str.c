/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/error.h"
#include "base/str.h"

#include <errno.h>

static void escaped(const char *text, const char *wanted, const char *title)
{
	autostr struct str s = STR_INIT;

	str_append_escaped(&s, text);
	is_str(s.data, wanted, title);
}

static void size(uint64_t bytes, const char *wanted)
{
	autostr struct str s = STR_INIT;

	str_append_size(&s, bytes);
	is_str(s.data, wanted, "a size is written for people");
}

static void sorted(void)
{
	autostrlist struct strlist list = STRLIST_INIT;

	strlist_sort(&list);
	is_int((long long)list.len, 0, "an empty list is sorted");
	strlist_append(&list, "b");
	strlist_append(&list, "\xff");
	strlist_append(&list, "a");
	strlist_append(&list, "B");
	strlist_sort(&list);
	is_str(list.items[0], "B", "a list is sorted by bytes");
	is_str(list.items[1], "a", "... not by letters");
	is_str(list.items[3], "\xff", "... which have no sign");
}

int main(void)
{
	autostr struct str s = STR_INIT;
	autostrlist struct strlist list = STRLIST_INIT;

	sorted();
	is_str(s.data, "", "a new string is empty");
	for (int i = 0; i < 1000; i++)
		str_append(&s, "0123456789");
	is_int((intmax_t)s.len, 10000, "a string grows");
	str_clear(&s);
	str_appendf(&s, "%s-%d", "a", 7);
	is_str(s.data, "a-7", "a format is appended");
	str_append_bytes(&s, "b\0c", 3);
	is_int((intmax_t)s.len, 6, "bytes may hold a NUL");

	for (int i = 0; i < 100; i++)
		strlist_append(&list, i % 2 ? "odd" : "even");
	is_int((intmax_t)list.len, 100, "a list grows");
	ok(!list.items[100], "... and ends with NULL");
	ok(strlist_contains(&list, "odd") && !strlist_contains(&list, "none"),
	   "... and knows what it has");

	escaped("plain text", "plain text", "plain text stays");
	escaped("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "UTF-8 stays");
	escaped("a\033[31mb", "a\\x1b[31mb", "a terminal's escape is shown, not obeyed");
	escaped("a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f", "control bytes are shown");
	escaped("a\\x1b", "a\\x5cx1b", "a backslash cannot imitate an escape");
	escaped("a\xff\xc3", "a\\xff\\xc3", "invalid UTF-8 is shown");
	escaped("\xc2\x9b", "\\xc2\\x9b", "so are the control characters beyond ASCII");
	escaped("\xd8\x9c", "\\xd8\\x9c", "and what turns the direction of writing");
	escaped("\xe2\x80\xae", "\\xe2\\x80\\xae", "... in each of its forms");
	escaped("\xe2\x81\xa0", "\\xe2\\x81\\xa0", "and what nobody sees");
	escaped("\xc0\xaf", "\\xc0\\xaf", "and overlong sequences");
	size(0, "0 B");
	size(1023, "1023 B");
	size(1024, "1.0 KiB");
	size(12897485, "12.3 MiB");
	size(1048575, "1.0 MiB");
	size(1024 * 1023, "1023.0 KiB");
	size(UINT64_MAX, "16.0 EiB");
	return done_testing();
}
