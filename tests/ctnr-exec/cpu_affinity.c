/* SPDX-License-Identifier: Apache-2.0 */
#include "config/cpu_affinity.h"
#include "process/cpu_affinity.h"
#include "tap.h"

#include "format/json.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *title;
	const char *text;
	const char *numbers; /* each behind a blank; NULL: an error */
} lists[] = {
	{ "a number", "7", " 7" },
	{ "a range", "0-3", " 0 1 2 3" },
	{ "a range of one", "5-5", " 5" },
	{ "numbers and ranges, in any order and twice", "9,0-2,1-3", " 0 1 2 3 9" },
	{ "the words of a set", "63,64,127-128", " 63 64 127 128" },
	{ "the last number", "8191", " 8191" },
	{ "a number that is too large", "8192", NULL },
	{ "a range that ends too late", "0-8192", NULL },
	{ "a range that ends before it begins", "3-2", NULL },
	{ "a range without its begin", "-3", NULL },
	{ "a range without its end", "3-", NULL },
	{ "a range of three", "1-2-3", NULL },
	{ "an empty element", "1,,2", NULL },
	{ "a last element that is empty", "1,", NULL },
	{ "a comma", ",", NULL },
	{ "a blank", "1, 2", NULL },
	{ "a stride", "0-31:2/8", NULL },
	{ "a word", "all", NULL },
	{ "a mask", "0x3", NULL },
};

static int read_affinity(const char *initial, const char *final, struct cpu_affinity_config *ret,
			 struct error *err)
{
	autojson json_t *process =
		json_pack("{s:{s:s,s:s}}", "execCPUAffinity", "initial", initial, "final", final);
	struct jnode node = jnode_root(process, "config.json");

	memset(ret, 0, sizeof(*ret));
	return cpu_affinity_config_read(&node, ret, err);
}

static void test_list(size_t i)
{
	const size_t word = sizeof(unsigned long) * CHAR_BIT;
	struct cpu_affinity_config affinity;
	struct error err = { 0 };
	char text[256] = "";

	if (read_affinity(lists[i].text, "", &affinity, &err) < 0) {
		ok(!lists[i].numbers &&
			   strstr(err.message, "config.json: execCPUAffinity.initial: "),
		   lists[i].title);
		return;
	}
	for (size_t n = 0; n < NUMBER_LIST_MAX; n++)
		if (affinity.initial.bits[n / word] >> n % word & 1)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), " %zu", n);
	is_str(text, lists[i].numbers ? lists[i].numbers : "an error", lists[i].title);
	ok(affinity.initial.is_stated, "... is stated");
}

/* The text of the CPUs from 0 on that this process may run on; "" beyond the second. */
static const char *allowed_cpus(void)
{
	cpu_set_t set;
	bool has_0, has_1;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	has_0 = CPU_ISSET(0, &set);
	has_1 = CPU_ISSET(1, &set);
	return has_0 && has_1 ? "0,1" : has_0 ? "0" : has_1 ? "1" : "";
}

/* Apply both; returns which CPUs were allowed in between. */
static const char *apply(const char *initial, const char *final)
{
	struct cpu_affinity_config affinity;
	const char *between;

	if (read_affinity(initial, final, &affinity, NULL) < 0 ||
	    cpu_affinity_apply_initial(&affinity, NULL) < 0)
		return "an error";
	between = allowed_cpus();
	return cpu_affinity_apply_final(&affinity, NULL) < 0 ? "an error" : between;
}

int main(void)
{
	struct cpu_affinity_config affinity;
	struct error err = { 0 };
	const char *all = allowed_cpus();

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		test_list(i);
	ok(read_affinity("", "", &affinity, NULL) == 0 && !affinity.initial.is_stated &&
		   !affinity.final.is_stated,
	   "an empty list states nothing");
	is_str(apply("", ""), all, "nothing asked for changes nothing");
	is_str(allowed_cpus(), all, "... at the end too");
	is_str(apply("0", ""), "0", "the initial affinity holds until the final one is set");
	is_str(allowed_cpus(), all, "... which without a list is all that is allowed");
	is_str(apply("", "0"), all, "without an initial one the caller's holds");
	is_str(allowed_cpus(), "0", "... until the final one is set");
	ok(read_affinity("", "8191", &affinity, NULL) == 0 &&
		   cpu_affinity_apply_final(&affinity, &err) < 0,
	   "a CPU that is not there is an error");
	is_str(err.message, "cannot set process.execCPUAffinity.final: Invalid argument",
	       "... by name");
	return done_testing();
}
