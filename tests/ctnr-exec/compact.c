/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter that is made shorter answers as libseccomp's does. The answers are those of a machine of the
 * tests' own (bpf.h), for every number, around every constant that either program knows. That the proof of
 * it finds every difference is equality.c's.
 */
#include "bpf.h"
#include "filter_domain.h"
#include "filter_profile.h"
#include "tap.h"
#include "workers/profile/compact.h"
#include "workers/profile/equality.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/json.h"

#include <linux/audit.h>

/* Numbers get 1000 choices of arguments, and 10 behind so many inputs: a program may look at arguments for
 * every number. */
#define INPUTS_MAX 500000

static bool answers_are_equal(const struct program *one, const struct program *other,
			      const struct bpf_input *input, bool *ret_reads_arguments)
{
	struct bpf_result a = bpf_run(one->code, one->len, input);
	struct bpf_result b = bpf_run(other->code, other->len, input);

	*ret_reads_arguments = a.reads_arguments || b.reads_arguments;
	if (a.is_valid && b.is_valid && a.answer == b.answer)
		return true;
	printf("# architecture %#x, number %#x: %#x, and %#x\n", input->words[BPF_ARCHITECTURE],
	       input->words[BPF_NUMBER], a.answer, b.answer);
	return false;
}

/* Do two programs answer alike for a number: for many choices of arguments when they look at any? */
static bool number_is_alike(struct domain *domain, const struct program *one,
			    const struct program *other, uint32_t architecture, uint32_t number)
{
	struct bpf_input input = { { number, architecture } };
	bool reads_arguments = false;
	size_t tries = 1;

	for (size_t i = 0; i < tries; i++) {
		if (!answers_are_equal(one, other, &input, &reads_arguments))
			return false;
		if (reads_arguments)
			tries = domain->n_inputs < INPUTS_MAX ? 1000 : 10;
		domain->n_inputs++;
		if (i + 1 < tries)
			choose_arguments(domain, &input);
	}
	return true;
}

static bool programs_are_alike(const struct program *one, const struct program *other)
{
	autodomain struct domain domain;

	domain_init(&domain, one, other);
	for (size_t i = 0; i < domain.architectures.len; i++)
		for (size_t k = 0; k < domain.numbers.len; k++)
			if (!number_is_alike(&domain, one, other, domain.architectures.items[i],
					     domain.numbers.items[k]))
				return false;
	return true;
}

static const char *const all_architectures =
	"\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]";

/* Calls that every case logs, so that there is something to make shorter. */
#define MANY \
	"{\"names\":[\"getpid\",\"getppid\",\"getuid\",\"geteuid\",\"getgid\",\"getegid\",\"poll\"," \
	"\"lseek\",\"mmap\",\"mprotect\",\"munmap\",\"brk\",\"sched_yield\",\"nanosleep\",\"fork\"," \
	"\"vfork\",\"execve\",\"exit\",\"wait4\",\"kill\",\"uname\"],\"action\":\"SCMP_ACT_LOG\"},"

#define ALLOW "\"action\":\"SCMP_ACT_ALLOW\""
#define COMPARE(operator, value, second) \
	"{\"names\":[\"personality\",\"kcmp\"]," ALLOW \
	",\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_" \
	operator"\",\"value\":" value ",\"valueTwo\":" second "}]}"

/* Rules behind a default action. */
static const struct profile_case {
	const char *title;
	const char *default_action; /* with what belongs to it */
	const char *architectures; /* NULL: all of x86 */
	const char *rules;
} cases[] = {
	{ "EQ", "SCMP_ACT_ERRNO", NULL,
	  COMPARE("EQ", "7", "0") "," COMPARE("EQ", "4294967296",
					      "0") "," COMPARE("EQ", "18446744073709551615", "0") },
	{ "NE", "SCMP_ACT_ERRNO", NULL, COMPARE("NE", "4294967303", "0") },
	{ "LT", "SCMP_ACT_ERRNO", NULL, COMPARE("LT", "4294967303", "0") },
	{ "LE", "SCMP_ACT_ERRNO", NULL, COMPARE("LE", "4294967303", "0") },
	{ "GE", "SCMP_ACT_ERRNO", NULL, COMPARE("GE", "65536", "0") },
	{ "GT", "SCMP_ACT_ERRNO", NULL, COMPARE("GT", "281474976710656", "0") },
	{ "MASKED_EQ", "SCMP_ACT_ERRNO", NULL,
	  COMPARE("MASKED_EQ", "255", "7") "," COMPARE("MASKED_EQ", "1095216660480",
						       "8589934592") },
	{ "several conditions in a rule", "SCMP_ACT_ERRNO", NULL,
	  "{\"names\":[\"fcntl\",\"ioctl\"]," ALLOW ",\"args\":["
	  "{\"index\":0,\"op\":\"SCMP_CMP_GT\",\"value\":2},"
	  "{\"index\":1,\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":4294967295,\"valueTwo\":21505},"
	  "{\"index\":2,\"op\":\"SCMP_CMP_NE\",\"value\":0},"
	  "{\"index\":5,\"op\":\"SCMP_CMP_LE\",\"value\":9223372036854775807}]}" },
	{ "several conditions on one argument", "SCMP_ACT_ALLOW", NULL,
	  "{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_KILL_PROCESS\",\"args\":["
	  "{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":8},"
	  "{\"index\":0,\"op\":\"SCMP_CMP_GT\",\"value\":4096},"
	  "{\"index\":0,\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":3,\"valueTwo\":3}]}" },
	{ "several rules for a call, of several actions", "SCMP_ACT_ERRNO", NULL,
	  "{\"names\":[\"socket\"]," ALLOW
	  ",\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":1}]},"
	  "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_TRAP\","
	  "\"args\":[{\"index\":1,\"op\":\"SCMP_CMP_EQ\",\"value\":3}]},"
	  "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_LOG\",\"args\":["
	  "{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":2},"
	  "{\"index\":1,\"op\":\"SCMP_CMP_EQ\",\"value\":2}]},"
	  "{\"names\":[\"read\",\"write\",\"open\",\"close\"]," ALLOW "}" },
	{ "calls that an architecture multiplexes", "SCMP_ACT_ERRNO", NULL,
	  "{\"names\":[\"socket\",\"bind\",\"connect\",\"recvmsg\",\"shmget\",\"semop\",\"msgsnd\"]," ALLOW
	  "}" },
	{ "numbers below zero", "SCMP_ACT_ALLOW", NULL,
	  "{\"names\":[\"arm_fadvise64_64\",\"s390_pci_mmio_read\",\"cacheflush\",\"socketcall\","
	  "\"timerfd\",\"spu_run\"],\"action\":\"SCMP_ACT_ERRNO\"}" },
	{ "ERRNO with numbers", "SCMP_ACT_ERRNO\",\"defaultErrnoRet\":4094,\"x\":\"", NULL,
	  "{\"names\":[\"read\",\"write\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":0},"
	  "{\"names\":[\"open\",\"close\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
	  "{\"names\":[\"stat\",\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":4094}" },
	{ "actions of every kind", "SCMP_ACT_KILL", NULL,
	  "{\"names\":[\"read\",\"pread64\"]," ALLOW "},"
	  "{\"names\":[\"write\"],\"action\":\"SCMP_ACT_ERRNO\"},"
	  "{\"names\":[\"open\",\"openat\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
	  "{\"names\":[\"close\"],\"action\":\"SCMP_ACT_TRAP\"},"
	  "{\"names\":[\"stat\",\"lstat\",\"fstat\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":77},"
	  "{\"names\":[\"mkdir\",\"rmdir\"],\"action\":\"SCMP_ACT_LOG\"}" },
	{ "the native architecture alone", "SCMP_ACT_ERRNO", "",
	  "{\"names\":[\"read\",\"write\",\"open\",\"close\",\"stat\",\"fstat\"]," ALLOW "}" },
	{ "x32 without its sister", "SCMP_ACT_KILL_PROCESS",
	  "\"architectures\":[\"SCMP_ARCH_X32\"]",
	  "{\"names\":[\"read\",\"write\",\"open\",\"close\",\"stat\",\"fstat\"]," ALLOW "}" },
	{ "other machines", "SCMP_ACT_TRAP",
	  "\"architectures\":[\"SCMP_ARCH_AARCH64\",\"SCMP_ARCH_ARM\",\"SCMP_ARCH_RISCV64\"]",
	  "{\"names\":[\"read\",\"write\",\"openat\",\"close\",\"fstat\",\"arm_fadvise64_64\"]," ALLOW
	  "}," COMPARE("GE", "4294967303", "0") },
};

/* Compile a case's profile. */
static struct program compile_case(const struct profile_case *c, struct str *ret)
{
	const char *list = c->architectures ? c->architectures : all_architectures;
	autofree char *text = xasprintf("{\"defaultAction\":\"%s\",%s%s\"syscalls\":[%s%s]}",
					c->default_action, list, *list ? "," : "", MANY, c->rules);

	return compile_profile(text, ret);
}

/* Compare a program with what compact_program() makes of it. Returns the shorter one's instructions. */
static size_t check_program(const struct program *program, const char *title)
{
	struct program shorter = { 0 };
	autofree struct sock_filter *code = compact_program(program, &shorter.len);

	shorter.code = code;
	if (!ok(code, title))
		return 0;
	printf("# %zu instructions of %zu\n", shorter.len, program->len);
	ok(shorter.len < program->len && programs_are_alike(program, &shorter),
	   "... shorter, and alike");
	return shorter.len;
}

static void check_cases(void)
{
	for (size_t i = 0; i < array_size(cases); i++) {
		autostr struct str bytes = STR_INIT;
		struct program program = compile_case(&cases[i], &bytes);

		check_program(&program, cases[i].title);
	}
}

static void check_defaults(void)
{
	static const struct {
		const char *options;
		const char *title;
	} defaults[] = {
		{ "", "the default profile" },
		{ "--cap-add ALL", "the default profile for all capabilities" },
		{ "--cap-drop ALL", "the default profile for none" },
	};

	for (size_t i = 0; i < array_size(defaults); i++) {
		autofree char *text = default_profile(defaults[i].options);
		autostr struct str bytes = STR_INIT;
		struct program program = compile_profile(text, &bytes);
		size_t len = check_program(&program, defaults[i].title);

		ok(len && len < program.len / 4, "... by far: less than a quarter");
	}
}

/* The default profile for ten architectures: libseccomp's filter is longer than the kernel takes. */
static void check_many_architectures(void)
{
	static const char *const names[] = {
		"X86_64", "X86",      "X32",         "AARCH64", "ARM",
		"MIPSEL", "MIPSEL64", "MIPSEL64N32", "PPC64LE", "RISCV64",
	};
	autofree char *text = default_profile("");
	autojson json_t *profile = json_parse(text, strlen(text), "profile", NULL);
	json_t *list = json_array();
	autofree char *wider = NULL;
	autostr struct str bytes = STR_INIT;
	struct program program;
	size_t len;

	for (size_t i = 0; i < array_size(names); i++)
		json_array_append_new(list, json_sprintf("SCMP_ARCH_%s", names[i]));
	json_object_set_new(profile, "architectures", list);
	wider = json_format(profile);
	program = compile_profile(wider, &bytes);
	len = check_program(&program, "the default profile for ten architectures");
	ok(len && len <= BPF_MAXINSNS && program.len > BPF_MAXINSNS,
	   "... which the kernel takes, as it would not have taken libseccomp's");
}

/* Forms that are not known. */

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)

static const struct form_case {
	const char *title;
	struct sock_filter code[8];
	size_t len;
} forms[] = {
	{ "no instruction", { { 0 } }, 0 },
	{ "an end without an answer", { LOAD(0) }, 1 },
	{ "an answer from the accumulator", { LOAD(0), BPF_STMT(BPF_RET | BPF_A, 0) }, 2 },
	{ "half a word", { BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), ANSWER(0) }, 2 },
	{ "a word behind the data", { LOAD(64), ANSWER(0) }, 2 },
	{ "a word across two", { LOAD(2), ANSWER(0) }, 2 },
	{ "a test before a load",
	  { BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), ANSWER(0), ANSWER(1) },
	  3 },
	{ "a comparison of masked bits",
	  { LOAD(16), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
	    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0x20, 0, 1), ANSWER(0), ANSWER(1) },
	  5 },
	{ "a jump behind the end",
	  { LOAD(0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 5), ANSWER(0) },
	  3 },
	{ "a jump far behind the end", { BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX), ANSWER(0) }, 2 },
	{ "a test of bits",
	  { LOAD(16), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 3, 0, 0), ANSWER(0) },
	  3 },
	{ "arithmetic",
	  { LOAD(16), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), ANSWER(0), ANSWER(1) },
	  5 },
};

/* Forms that libseccomp does not write today: tests that are entered with several words loaded. */
static void check_joined_paths(void)
{
	static const struct sock_filter arguments[] = {
		LOAD(0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 2, 4),
		LOAD(16),
		BPF_STMT(BPF_JMP | BPF_JA, 3),
		LOAD(24),
		BPF_STMT(BPF_JMP | BPF_JA, 1),
		LOAD(32),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 7, 0, 1),
		ANSWER(1),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
		ANSWER(2),
	};
	static const struct sock_filter masks[] = {
		LOAD(16),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 1000, 0, 3),
		BPF_STMT(BPF_JMP | BPF_JA, 1),
		ANSWER(3),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1),
		ANSWER(1),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
		ANSWER(2),
	};
	static const struct sock_filter keys[] = {
		LOAD(4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 1),
		LOAD(0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 7, 0, 1),
		BPF_STMT(BPF_JMP | BPF_JA, 1),
		ANSWER(1),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
		ANSWER(2),
	};
	const struct program programs[] = { { arguments, array_size(arguments) },
					    { masks, array_size(masks) },
					    { keys, array_size(keys) } };

	check_program(&programs[0], "a test of one argument or another");
	check_program(&programs[1], "a test of an argument with a mask or without");
	check_program(&programs[2], "a test of the architecture or the number");
}

static void check_forms(void)
{
	static const struct sock_filter plain[] = { LOAD(4), LOAD(0), LOAD(16), ANSWER(1) };
	const struct program known = { plain, array_size(plain) };
	size_t len = 0;
	autofree struct sock_filter *code = compact_program(&known, &len);

	ok(code && len < known.len && equality_is_proven(&known, &known),
	   "a program of known instructions is made shorter, and equals itself");
	for (size_t i = 0; i < array_size(forms); i++) {
		const struct program program = { forms[i].code, forms[i].len };

		ok(!compact_program(&program, &len) && !equality_is_proven(&program, &program),
		   forms[i].title);
		ok(!equality_is_proven(&known, &program), "... is not proven to equal another");
	}
}

/* Two ways at each bit of the arguments, which meet again: 2^64 ways to the answer. */
static void check_long_proof(void)
{
	autofree struct sock_filter *code = xcalloc(BPF_MAXINSNS, sizeof(*code));
	struct program program = { code, 0 };

	for (uint32_t bit = 0; bit < 64; bit++) {
		const struct sock_filter piece[] = {
			LOAD(16 + bit / 32 * 4),
			BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1U << bit % 32),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
			BPF_STMT(BPF_JMP | BPF_JA, 0),
		};

		memcpy(code + program.len, piece, sizeof(piece));
		program.len += array_size(piece);
	}
	code[program.len++] = (struct sock_filter)ANSWER(0);
	ok(!equality_is_proven(&program, &program), "a proof that would take too long is none");
}

/* A chain of tests of an argument. */
static void check_long_program(void)
{
	const size_t len = 2 * BPF_MAXINSNS + 2;
	autofree struct sock_filter *code = xcalloc(len, sizeof(*code));
	struct program program = { code, len };
	size_t shorter;

	code[0] = (struct sock_filter)LOAD(16);
	for (size_t i = 1; i < len - 1; i += 2) {
		code[i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)i * 7,
						       0, 1);
		code[i + 1] = (struct sock_filter)ANSWER((uint32_t)i);
	}
	code[len - 1] = (struct sock_filter)ANSWER(0);
	ok(!compact_program(&program, &shorter), "a program of any length is left as it is");
	program.code += 2;
	program.len -= 2;
	code[2] = (struct sock_filter)LOAD(16);
	ok(!compact_program(&program, &shorter), "... and so is one of the length that is tried");
}

int main(void)
{
	check_defaults();
	check_many_architectures();
	check_cases();
	check_joined_paths();
	check_forms();
	check_long_proof();
	check_long_program();
	return done_testing();
}
