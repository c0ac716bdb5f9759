/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/option.h"

struct colour_opts {
	const char *name;
	int choice;
};

struct opts {
	bool flag;
	bool other;
	const char *name;
	struct strlist list;
	uint64_t number;
	struct option_amount size;
	struct option_amount age;
	bool both;
	int when;
	struct colour_opts colour;
	struct strlist late;
};

struct outer_opts {
	int before;
	struct opts opts;
};

static const char *const choices[] = { "red", "green", NULL };
static const char *const whens[] = { "never", "true", "always", NULL };

/* The rows of a noun, and the struct that it owns. */
static const struct option colour_options[] = {
	{ "colour-name", 'c', "NAME", "a colour's name", OPTION_STRING,
	  offsetof(struct colour_opts, name), NULL },
	{ "choice", 0, "COLOUR", "a colour", OPTION_CHOICE, offsetof(struct colour_opts, choice),
	  choices },
	OPTION_END,
};

static const struct option table[] = {
	{ "flag", 'f', NULL, "a flag", OPTION_BOOL, offsetof(struct opts, flag), NULL },
	{ "other", 'o', NULL, "another", OPTION_BOOL, offsetof(struct opts, other), NULL },
	{ "name", 'n', "NAME", "a name", OPTION_STRING, offsetof(struct opts, name), NULL },
	{ "list", 'l', "ITEM", "items", OPTION_LIST, offsetof(struct opts, list), NULL },
	{ "number", 0, "N", "a number", OPTION_NUMBER, offsetof(struct opts, number), NULL },
	{ "size", 0, "SIZE", "a size", OPTION_SIZE, offsetof(struct opts, size), NULL },
	{ "age", 0, "DUR", "a duration", OPTION_DURATION, offsetof(struct opts, age), NULL },
	{ "of", 0, NULL, "called as two letters are", OPTION_BOOL, offsetof(struct opts, both),
	  NULL },
	{ "when", 'w', "WHEN", "a switch", OPTION_SWITCH, offsetof(struct opts, when), whens },
	OPTION_INCLUDE(colour_options, offsetof(struct opts, colour)),
	{ "late", 0, "ITEM", "a row behind those that are included, whose help needs two lines",
	  OPTION_LIST, offsetof(struct opts, late), NULL },
	OPTION_END,
};

static const struct option outer_table[] = {
	OPTION_INCLUDE(table, offsetof(struct outer_opts, opts)),
	OPTION_END,
};

static struct opts opts;
static struct strlist operands;
static struct error err;

/* Parse words that stand with blanks between them. */
static int parse_in_style(enum option_order order, enum option_style style, const char *line)
{
	struct option_target target = { table, &opts };
	struct option_grammar grammar = { order, style };
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
	result = option_parse(&target, 1, &grammar, argv, &operands, &err);
	if (opts.name)
		opts.name = strcmp(opts.name, "x") == 0 ? "x" : opts.name[0] ? "another" : "";
	free(copy);
	return result;
}

static int parse(enum option_order order, const char *line)
{
	return parse_in_style(order, OPTION_GNU, line);
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
	ok(opts.number == 7 && opts.size.value == 2048 && opts.colour.choice == 1,
	   "... have their values");
	ok(!opts.age.is_stated, "an amount that is not stated says so");
	ok(parse(OPTION_PERMUTE, "--age 1h30m --size 0") == 0 && opts.age.value == 5400,
	   "a duration has units");
	ok(opts.size.is_stated && opts.size.value == 0, "... and 0 is an amount");
	refused("--age 5", "--age");
}

static void test_switch(void)
{
	ok(parse(OPTION_PERMUTE, "--when always") == 0 && opts.when == 1 && operands.len == 1,
	   "a switch alone means true, and takes no word behind it");
	ok(parse(OPTION_PERMUTE, "--when=always") == 0 && opts.when == 2,
	   "... but a value behind =");
	ok(parse(OPTION_PERMUTE, "-wf") == 0 && opts.when == 1 && opts.flag,
	   "... and its letter may stand in a bundle");
	refused("--when=sometimes", "--when");
}

static int parse_runtime(const char *line)
{
	return parse_in_style(OPTION_PERMUTE, OPTION_RUNTIME, line);
}

static void test_runtime_style(void)
{
	ok(parse_runtime("-name x") == 0, "in the style of runtimes: -name VALUE");
	is_str(opts.name, "x", "... has the value");
	ok(parse_runtime("-name=x -flag -when=always") == 0 && opts.flag && opts.when == 2,
	   "-name=VALUE and -name");
	is_str(opts.name, "x", "... have theirs");
	ok(parse_runtime("-n=x -f=false -l=a") == 0 && opts.list.len == 1, "-n=VALUE");
	is_str(opts.name, "x", "... without the =");
	ok(parse_runtime("-fonx") == 0 && opts.flag && opts.other, "bundled letters stay so");
	is_str(opts.name, "x", "... with a value too");
	ok(parse_runtime("-of") == 0 && opts.flag && opts.other && !opts.both,
	   "letters that are all options are a bundle, also where an option is called so");
	ok(parse_runtime("-nosuch") == 0 && opts.name, "what is no name is a letter and its value");
	ok(parse_runtime("-xname") < 0 && err.code == ERROR_USAGE, "... or a mistake");
	ok(parse_runtime("-name") < 0 && err.code == ERROR_USAGE, "a value may not be missing");
	ok(parse(OPTION_PERMUTE, "-n=x") == 0, "in the style of GNU a value begins with its =");
	is_str(opts.name, "another", "... which is part of it");
	ok(parse(OPTION_PERMUTE, "-of") == 0 && opts.flag && !opts.both, "... and -of is a bundle");
	ok(parse(OPTION_PERMUTE, "-size=1") < 0, "... and -size a letter that is none");
}

static void test_known(void)
{
	struct option_target target = { table, &opts };
	struct option_grammar grammar = { OPTION_PERMUTE, OPTION_GNU };
	char *argv[] = { (char *)"tool",     (char *)"--nosuch", (char *)"-xf", (char *)"word",
			 (char *)"--when=x", (char *)"--name",   (char *)"y",   NULL };

	opts = (struct opts) { 0 };
	option_parse_known(&target, 1, &grammar, argv);
	is_str(opts.name, "y", "what stands behind mistakes is read where that is wanted");
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
	ok(parse(OPTION_SECOND_LAST, "a -f cmd -o") == 0 && opts.flag && !opts.other,
	   "where the second operand ends them, options may stand behind the first");
	is_str(operands.items[2], "-o", "... and those of the second stay its own");
}

/* What print writes, in memory of its own. */
static char *printed(void (*print)(FILE *out))
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	print(out);
	fclose(out);
	return text;
}

static void print_help(FILE *out)
{
	option_print_help(out, outer_table);
}

static void print_table(FILE *out)
{
	option_print_table(out, "verb", outer_table);
}

static void test_include(void)
{
	struct outer_opts outer = { 0 };
	struct option_target target = { outer_table, &outer };
	struct option_grammar grammar = { OPTION_PERMUTE, OPTION_GNU };
	char *argv[] = { (char *)"tool",   (char *)"--choice=green",
			 (char *)"-c",     (char *)"moss",
			 (char *)"--late", (char *)"x",
			 (char *)"-la",    NULL };
	char *help = printed(print_help);
	char *rows = printed(print_table);
	size_t offset = 0;

	ok(option_parse(&target, 1, &grammar, argv, &operands, &err) == 0,
	   "options of included tables are parsed");
	ok(outer.opts.colour.choice == 1 && outer.opts.late.len == 1 && outer.opts.list.len == 1,
	   "... into their own structs, however deep these lie");
	is_str(outer.opts.colour.name, "moss", "... by their letters too");
	option_release(outer_table, &outer);
	ok(!outer.opts.late.items && !outer.opts.list.items, "their lists are released");
	ok(option_find(outer_table, "colour-name", 0, &offset) == &colour_options[0],
	   "an included row is found");
	is_int((intmax_t)offset, offsetof(struct outer_opts, opts.colour.name),
	       "... with the offset of its field in the outer struct");
	ok(!option_find(outer_table, "nosuch", 0, NULL), "... and no other is");
	ok(strstr(help, "      --choice COLOUR         a colour\n      --late ITEM"),
	   "--help has included rows in their place");
	ok(strstr(rows, "verb\t--choice\t-\tCOLOUR\tchoice\tred|green\ta colour\t"),
	   "so have the rows for programs");
	ok(strstr(rows, "whose help\\n                              needs two lines\n"),
	   "... with the lines of --help, and \\n between them");
	free(help);
	free(rows);
}

/* The index of the first word behind the options, or -1. */
static int skipped(char *first, char *second, char *third)
{
	struct option_target target = { table, NULL };
	char *argv[] = { (char *)"tool", first, second, third, NULL };
	size_t index;

	err = (struct error) { 0 };
	return option_skip(&target, 1, OPTION_GNU, argv, &index, &err) < 0 ? -1 : (int)index;
}

static void test_skip(void)
{
	char flag[] = "-f", name[] = "--name", letter[] = "-n", word[] = "word", dashes[] = "--",
	     dash[] = "-", joined[] = "--name=x", unknown[] = "--nosuch";

	is_int(skipped(word, flag, NULL), 1, "a word that is no option ends those before it");
	is_int(skipped(flag, word, NULL), 2, "a flag is passed over");
	is_int(skipped(name, word, flag), 4, "... an option with its value, and what follows");
	is_int(skipped(letter, word, word), 3, "... a letter with its value");
	is_int(skipped(joined, word, NULL), 2, "... a value behind =");
	is_int(skipped(flag, dashes, word), 2, "-- is no option");
	is_int(skipped(dash, word, NULL), 1, "neither is -");
	is_int(skipped(flag, NULL, NULL), 2, "the end is where argv ends");
	ok(skipped(unknown, word, NULL) < 0 && err.code == ERROR_USAGE,
	   "an unknown option is a usage mistake");
	ok(skipped(name, NULL, NULL) < 0 && err.code == ERROR_USAGE,
	   "... and so is a value that is missing");
}

int main(void)
{
	test_forms();
	test_switch();
	test_runtime_style();
	test_known();
	test_operands();
	test_include();
	test_skip();
	refused("--nosuch", "--nosuch");
	refused("-x", "-x");
	refused("--name", "--name");
	refused("-n", "-n");
	refused("--flag=maybe", "--flag");
	refused("--number x", "--number");
	refused("--choice blue", "--choice");
	ok(option_find(table, "name", 0, NULL) == &table[2], "a row is found by its name");
	ok(option_find(table, NULL, 'l', NULL) == &table[3], "... or its letter");
	ok(!option_find(table, "nam", 0, NULL), "... not by the beginning of it");
	strlist_release(&opts.list);
	strlist_release(&operands);
	return done_testing();
}
