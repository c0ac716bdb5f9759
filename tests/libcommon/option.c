/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/option.h"

struct opts {
	bool flag;
	bool other;
	const char *name;
	struct strlist list;
	uint64_t number;
	uint64_t size;
	int choice;
};

static const char *const choices[] = { "red", "green", NULL };

static const struct option table[] = {
	{ "flag", 'f', NULL, "a flag", OPTION_BOOL, offsetof(struct opts, flag), NULL },
	{ "other", 'o', NULL, "another", OPTION_BOOL, offsetof(struct opts, other), NULL },
	{ "name", 'n', "NAME", "a name", OPTION_STRING, offsetof(struct opts, name), NULL },
	{ "list", 'l', "ITEM", "items", OPTION_LIST, offsetof(struct opts, list), NULL },
	{ "number", 0, "N", "a number", OPTION_NUMBER, offsetof(struct opts, number), NULL },
	{ "size", 0, "SIZE", "a size", OPTION_SIZE, offsetof(struct opts, size), NULL },
	{ "choice", 0, "COLOUR", "a colour", OPTION_CHOICE, offsetof(struct opts, choice),
	  choices },
	OPTION_END,
};

static struct opts opts;
static struct strlist operands;
static struct error err;

/* Parse words that stand with blanks between them. */
static int parse(enum option_order order, const char *line)
{
	struct option_target target = { table, &opts };
	char *argv[32] = { (char *)"tool" };
	char *copy = strdup(line);
	char *rest = NULL;
	int argc = 1;
	int result;

	strlist_release(&opts.list);
	strlist_release(&operands);
	opts = (struct opts) { 0 };
	err = (struct error) { 0 };
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	result = option_parse(&target, 1, order, argv, &operands, &err);
	if (opts.name)
		opts.name = strcmp(opts.name, "x") == 0 ? "x" : opts.name[0] ? "another" : "";
	free(copy);
	return result;
}

static void refused(const char *line, const char *named)
{
	char title[128];

	snprintf(title, sizeof(title), "'%s' is a usage mistake", line);
	ok(parse(OPTION_PERMUTE, line) < 0 && err.code == ERROR_USAGE, title);
	ok(strstr(err.message, named) != NULL, "... and the option is named as it was written");
}

static void test_forms(void)
{
	ok(parse(OPTION_PERMUTE, "--name x") == 0 && opts.name, "--name VALUE");
	ok(parse(OPTION_PERMUTE, "--name=x") == 0 && opts.name, "--name=VALUE");
	ok(parse(OPTION_PERMUTE, "-n x") == 0 && opts.name, "-n VALUE");
	ok(parse(OPTION_PERMUTE, "-nx") == 0, "-nVALUE");
	is_str(opts.name, "x", "... has the value");
	ok(parse(OPTION_PERMUTE, "-fonx") == 0 && opts.flag && opts.other, "bundled letters");
	is_str(opts.name, "x", "... of which the last may take a value");
	ok(parse(OPTION_PERMUTE, "--name=") == 0, "an empty value is a value");
	is_str(opts.name, "", "... and empty");
	ok(parse(OPTION_PERMUTE, "--flag=true") == 0 && opts.flag, "a flag may be true");
	ok(parse(OPTION_PERMUTE, "--flag --flag=false") == 0 && !opts.flag,
	   "... or false, and the last wins");
	ok(parse(OPTION_PERMUTE, "-l a --list b -lc") == 0, "a list may be repeated");
	is_int((intmax_t)opts.list.len, 3, "... and has every item");
	ok(parse(OPTION_PERMUTE, "--number 7 --size 2k --choice green") == 0,
	   "numbers, sizes and choices");
	ok(opts.number == 7 && opts.size == 2048 && opts.choice == 1, "... have their values");
}

static void test_operands(void)
{
	ok(parse(OPTION_PERMUTE, "a -f b") == 0 && opts.flag && operands.len == 2,
	   "options may stand behind operands");
	ok(parse(OPTION_PERMUTE, "a -- -f") == 0 && !opts.flag, "-- ends the options");
	is_str(operands.items[1], "-f", "... and what follows is an operand");
	ok(parse(OPTION_PERMUTE, "-") == 0 && operands.len == 1, "- is an operand");
	ok(parse(OPTION_OPERANDS_LAST, "-f cmd -o") == 0 && opts.flag && !opts.other,
	   "where operands come last the first one ends the options");
	is_str(operands.items[1], "-o", "... and its options stay its own");
}

int main(void)
{
	test_forms();
	test_operands();
	refused("--nosuch", "--nosuch");
	refused("-x", "-x");
	refused("--name", "--name");
	refused("-n", "-n");
	refused("--flag=maybe", "--flag");
	refused("--number x", "--number");
	refused("--choice blue", "--choice");
	ok(option_find(table, "name", 0) == &table[2], "a row is found by its name");
	ok(option_find(table, NULL, 'l') == &table[3], "... or its letter");
	ok(!option_find(table, "nam", 0), "... not by the beginning of it");
	strlist_release(&opts.list);
	strlist_release(&operands);
	return done_testing();
}
