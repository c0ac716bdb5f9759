/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "base/nearest.h"

#include <string.h>

static const char *const words[] = { "run",     "rm",        "rmi",       "ps",      "pull",
				     "images",  "image",     "tag",       "inspect", "unshare",
				     "version", "container", "read-only", NULL };

static const char *nearest_word(const char *typed)
{
	struct nearest nearest = nearest_to(typed);

	for (const char *const *word = words; *word; word++)
		nearest_offer(&nearest, *word);
	return nearest.best ? nearest.best : "(none)";
}

static const struct {
	const char *typed;
	const char *wanted;
	const char *title;
} rows[] = {
	{ "imagse", "images", "two letters in the wrong order are one mistake" },
	{ "imges", "images", "so is a missing letter" },
	{ "pulll", "pull", "... one too many" },
	{ "rum", "run", "... and another letter" },
	{ "sp", "ps", "a word of two letters may have them swapped" },
	{ "image", "image", "a word that is there is the nearest to itself" },
	{ "inspet", "inspect", "six letters may have two mistakes" },
	{ "contianre", "container", "... nine too" },
	{ "cnotianre", "(none)", "... but no third" },
	{ "insp", "inspect", "a beginning is near, however much is missing" },
	{ "vers", "version", "... also another one" },
	{ "in", "(none)", "two letters are no beginning" },
	{ "build", "(none)", "another word is near to nothing" },
	{ "x", "(none)", "so is a single letter" },
	{ "", "(none)", "... and no letter at all" },
	{ "readonly", "read-only", "a dash is a letter" },
};

int main(void)
{
	struct error err = { 0 };
	struct nearest nearest;
	char longest[200];

	for (size_t i = 0; i < array_size(rows); i++)
		is_str(nearest_word(rows[i].typed), rows[i].wanted, rows[i].title);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	nearest = nearest_to("aaaa");
	nearest_offer(&nearest, longest);
	ok(!nearest.best, "a candidate without end is near to nothing");
	nearest = nearest_to(longest);
	nearest_offer(&nearest, longest);
	ok(!nearest.best, "... nor is anything to such a word");
	nearest = nearest_to("nme");
	nearest_hint(&nearest, "--", &err);
	is_str(err.hint, "", "without a near word there is no hint");
	nearest_offer(&nearest, "name");
	nearest_hint(&nearest, "--", &err);
	is_str(err.hint, "did you mean '--name'?", "a near word is a hint");
	return done_testing();
}
