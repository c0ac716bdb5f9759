/* SPDX-License-Identifier: Apache-2.0 */
/* Every instruction of a Dockerfile, applied to an image's config or refused by name. */
#include "tap.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/config_change.h"
#include "oci/dockerfile_word.h"
#include "oci/healthcheck.h"

/* The base that every case begins with. */
#define BASE \
	"{\"config\":{\"Env\":[\"PATH=/bin\",\"A=one two\",\"N=\"],\"Cmd\":[\"sh\"],\"WorkingDir\":\"/srv\"," \
	"\"Unknown\":1},\"x\":0.10}"

struct change_case {
	const char *instructions; /* separated by '|' */
	const char *member; /* of "config"; "." is the whole document */
	const char *wanted; /* as JSON; NULL: the instruction is refused */
	const char *message; /* of a refusal: a part of it */
};

static const struct change_case cases[] = {
	{ "ENV B=1", "Env", "[\"PATH=/bin\",\"A=one two\",\"N=\",\"B=1\"]", NULL },
	{ "env b=1 c=2", "Env", "[\"PATH=/bin\",\"A=one two\",\"N=\",\"b=1\",\"c=2\"]", NULL },
	{ "ENV PATH=/opt:$PATH", "Env", "[\"PATH=/opt:/bin\",\"A=one two\",\"N=\"]", NULL },
	{ "ENV A=", "Env", "[\"PATH=/bin\",\"A=\",\"N=\"]", NULL },
	{ "ENV A a b  \"c\" d ", "Env", "[\"PATH=/bin\",\"A=a b  c d\",\"N=\"]", NULL },
	{ "ENV A=\"x y\" N='$A'", "Env", "[\"PATH=/bin\",\"A=x y\",\"N=$A\"]", NULL },
	{ "ENV A=x\\ y", "Env", "[\"PATH=/bin\",\"A=x y\",\"N=\"]", NULL },
	{ "ENV A=1 N=$A", "Env", "[\"PATH=/bin\",\"A=1\",\"N=one two\"]", NULL },
	{ "ENV A=1|ENV N=$A", "Env", "[\"PATH=/bin\",\"A=1\",\"N=1\"]", NULL },
	{ "ENV A=1 \\\n  N=2\n", "Env", "[\"PATH=/bin\",\"A=1\",\"N=2\"]", NULL },
	{ "ENV=A=1", "Env", "[\"PATH=/bin\",\"A=1\",\"N=\"]", NULL },
	{ "ENV A", "Env", NULL, "ENV: 'A' has no value" },
	{ "ENV", "Env", NULL, "ENV: expected NAME=VALUE" },
	{ "ENV =x", "Env", NULL, "has no name" },
	{ "ENV A=1 B", "Env", NULL, "expected NAME=VALUE, got 'B'" },
	{ "ENV A=\"x", "Env", NULL, "missing '\"'" },
	{ "ENV A=${PATH", "Env", NULL, "missing '}'" },
	{ "ENV A=1\nENV B=2", "Env", NULL, "has several lines" },
	{ "LABEL a=b \"c d\"=\"e f\"", "Labels", "{\"a\":\"b\",\"c d\":\"e f\"}", NULL },
	{ "LABEL a=b|LABEL a=$A", "Labels", "{\"a\":\"one two\"}", NULL },
	{ "LABEL version 1.0", "Labels", "{\"version\":\"1.0\"}", NULL },
	{ "LABEL a=b '\xef\xbf\xbf}'=c", "Labels", NULL, "LABEL: a label begins with U+FFFF" },
	{ "LABEL a='\xef\xbf\xbf}'", "Labels", "{\"a\":\"\xef\xbf\xbf}\"}", NULL },
	{ "CMD [\"a\", \"b c\"]", "Cmd", "[\"a\",\"b c\"]", NULL },
	{ "CMD []", "Cmd", "[]", NULL },
	{ "CMD echo \"$A\" > x", "Cmd", "[\"/bin/sh\",\"-c\",\"echo \\\"$A\\\" > x\"]", NULL },
	{ "CMD=/bin/bash", "Cmd", "[\"/bin/sh\",\"-c\",\"/bin/bash\"]", NULL },
	{ "CMD ['a']", "Cmd", "[\"/bin/sh\",\"-c\",\"['a']\"]", NULL },
	{ "CMD [\"a\"] b", "Cmd", "[\"/bin/sh\",\"-c\",\"[\\\"a\\\"] b\"]", NULL },
	{ "CMD [\"a\", 1]", "Cmd", NULL, "CMD: a JSON array may hold strings alone" },
	{ "SHELL [\"/bin/bash\", \"-ec\"]|CMD x", "Cmd", "[\"/bin/bash\",\"-ec\",\"x\"]", NULL },
	{ "SHELL [\"/bin/bash\"]", "Shell", "[\"/bin/bash\"]", NULL },
	{ "SHELL /bin/bash", "Shell", NULL, "SHELL: expected a JSON array" },
	{ "SHELL []", "Shell", NULL, "SHELL: expected a JSON array" },
	{ "ENTRYPOINT [\"/init\"]", "Entrypoint", "[\"/init\"]", NULL },
	{ "ENTRYPOINT exec top", "Entrypoint", "[\"/bin/sh\",\"-c\",\"exec top\"]", NULL },
	{ "ENTRYPOINT [\"/init\"]", "Cmd", "null", NULL },
	{ "CMD [\"x\"]|ENTRYPOINT [\"/init\"]", "Cmd", "[\"x\"]", NULL },
	{ "ENTRYPOINT []|CMD [\"x\"]", "Cmd", "[\"x\"]", NULL },
	{ "USER 1000:1000", "User", "\"1000:1000\"", NULL },
	{ "USER ${U:-nobody}", "User", "\"nobody\"", NULL },
	{ "USER $U", "User", NULL, "USER: expected a value" },
	{ "WORKDIR /a/../b//c/", "WorkingDir", "\"/b/c\"", NULL },
	{ "WORKDIR a", "WorkingDir", "\"/srv/a\"", NULL },
	{ "WORKDIR a|WORKDIR ../b", "WorkingDir", "\"/srv/b\"", NULL },
	{ "WORKDIR ../../..", "WorkingDir", "\"/\"", NULL },
	{ "WORKDIR with blank", "WorkingDir", "\"/srv/with blank\"", NULL },
	{ "WORKDIR", "WorkingDir", NULL, "WORKDIR: expected a value" },
	{ "EXPOSE 80", "ExposedPorts", "{\"80/tcp\":{}}", NULL },
	{ "EXPOSE 80/UDP 90-91", "ExposedPorts", "{\"80/udp\":{},\"90/tcp\":{},\"91/tcp\":{}}",
	  NULL },
	{ "ENV P=\"1 2\"|EXPOSE $P", "ExposedPorts", "{\"1/tcp\":{},\"2/tcp\":{}}", NULL },
	{ "EXPOSE 0", "ExposedPorts", NULL, "EXPOSE: '0': expected ports from 1" },
	{ "EXPOSE 90-80", "ExposedPorts", NULL, "the lower first" },
	{ "EXPOSE 70000", "ExposedPorts", NULL, "EXPOSE: '70000'" },
	{ "EXPOSE 8080:80", "ExposedPorts", NULL, "names a port of the host" },
	{ "EXPOSE 80/icmp", "ExposedPorts", NULL, "expected /tcp, /udp or /sctp" },
	{ "EXPOSE", "ExposedPorts", NULL, "EXPOSE: expected a value" },
	{ "VOLUME /a /b$N", "Volumes", "{\"/a\":{},\"/b\":{}}", NULL },
	{ "VOLUME [\"/a b\", \"/c\"]", "Volumes", "{\"/a b\":{},\"/c\":{}}", NULL },
	{ "VOLUME data", "Volumes", NULL, "VOLUME: 'data' is no absolute path" },
	{ "VOLUME []", "Volumes", NULL, "VOLUME: expected a path" },
	{ "STOPSIGNAL SIGQUIT", "StopSignal", "\"SIGQUIT\"", NULL },
	{ "STOPSIGNAL 9", "StopSignal", "\"9\"", NULL },
	{ "STOPSIGNAL SIGNOSUCH", "StopSignal", NULL, "STOPSIGNAL: " },
	{ "HEALTHCHECK NONE", "Healthcheck", "{\"Test\":[\"NONE\"]}", NULL },
	{ "HEALTHCHECK CMD curl -f x", "Healthcheck", "{\"Test\":[\"CMD-SHELL\",\"curl -f x\"]}",
	  NULL },
	{ "HEALTHCHECK --interval=1m30s --timeout=1.5s --start-period=0s --start-interval=500ms "
	  "--retries=3 CMD [\"/check\"]",
	  "Healthcheck",
	  "{\"Test\":[\"CMD\",\"/check\"],\"Interval\":90000000000,\"Timeout\":1500000000,"
	  "\"StartInterval\":500000000,\"Retries\":3}",
	  NULL },
	{ "HEALTHCHECK --interval=1us CMD x", "Healthcheck", NULL, "less than 1ms" },
	{ "HEALTHCHECK --interval=soon CMD x", "Healthcheck", NULL, "expected a duration" },
	{ "HEALTHCHECK --interval CMD x", "Healthcheck", NULL, "needs a value" },
	{ "HEALTHCHECK --retries=-1 CMD x", "Healthcheck", NULL, "option --retries" },
	{ "HEALTHCHECK --intervall=1s CMD x", "Healthcheck", NULL, "no option '--intervall'" },
	{ "HEALTHCHECK --retries=1 --retries=2 CMD x", "Healthcheck", NULL, "stands twice" },
	{ "HEALTHCHECK NONE x", "Healthcheck", NULL, "NONE has no options" },
	{ "HEALTHCHECK CMD", "Healthcheck", NULL, "no command behind CMD" },
	{ "HEALTHCHECK curl", "Healthcheck", NULL, "expected CMD or NONE" },
	{ "ONBUILD RUN make  $X", "OnBuild", "[\"RUN make  $X\"]", NULL },
	{ "ONBUILD run a|ONBUILD COPY . /", "OnBuild", "[\"run a\",\"COPY . /\"]", NULL },
	{ "ONBUILD FROM x", "OnBuild", NULL, "ONBUILD: FROM cannot be done on a build" },
	{ "ONBUILD ONBUILD RUN x", "OnBuild", NULL, "ONBUILD cannot be done" },
	{ "ONBUILD MAINTAINER x", "OnBuild", NULL, "MAINTAINER cannot be done" },
	{ "ONBUILD MAKE x", "OnBuild", NULL, "no instruction 'MAKE'" },
	{ "MAINTAINER Ada <a@example.org>", ".",
	  "{\"config\":{\"Env\":[\"PATH=/bin\",\"A=one two\",\"N=\"],\"Cmd\":[\"sh\"],"
	  "\"WorkingDir\":\"/srv\",\"Unknown\":1},\"x\":0.10,\"author\":\"Ada <a@example.org>\"}",
	  NULL },
	{ "MAINTAINER", ".", NULL, "MAINTAINER: expected a name" },
	{ "RUN make", ".", NULL, "RUN changes more than the config" },
	{ "COPY a b", ".", NULL, "COPY changes more than the config" },
	{ "ADD a b", ".", NULL, "ADD changes more than the config" },
	{ "FROM x", ".", NULL, "FROM changes more than the config" },
	{ "ARG x", ".", NULL, "ARG changes more than the config" },
	{ "ENVV A=1", ".", NULL, "no instruction 'ENVV'" },
	{ " \n ", ".", NULL, "expected an instruction" },
	{ "ENV A=\xff", ".", NULL, "UTF-8" },
};

static int apply_all(json_t *image, const char *instructions, struct error *err)
{
	struct config_change change = { .image = image };
	autofree char *text = xstrdup(instructions);
	char *rest = text;
	char *one;

	while ((one = strsep(&rest, "|")))
		if (config_change_apply(&change, one, err) < 0)
			return -1;
	return 0;
}

static void check_case(const struct change_case *c)
{
	autojson json_t *image = json_parse(BASE, strlen(BASE), "base", NULL);
	struct error err = { 0 };
	int result = apply_all(image, c->instructions, &err);
	const json_t *member =
		c->member[0] == '.' ? image
				    : json_object_get(json_object_get(image, "config"), c->member);
	autofree char *got = member ? json_format(member) : xstrdup("null");

	if (c->wanted) {
		is_str(result < 0 ? err.message : got, c->wanted, c->instructions);
		return;
	}
	ok(result < 0 && err.code == ERROR_USAGE && strstr(err.message, c->message),
	   c->instructions);
	printf("# %s\n", result < 0 ? err.message : got);
}

static const char *get_variable(const void *data, const char *name, size_t len)
{
	(void)data;
	if (len == 1 && *name == 'A')
		return "a.b.c";
	if (len == 5 && memcmp(name, "EMPTY", 5) == 0)
		return "";
	return NULL;
}

static const struct {
	const char *word;
	const char *wanted; /* NULL: refused */
} words[] = {
	{ "x", "x" },
	{ "$A", "a.b.c" },
	{ "${A}x$A", "a.b.cxa.b.c" },
	{ "\\$A", "$A" },
	{ "'$A'", "$A" },
	{ "\"$A\"", "a.b.c" },
	{ "\"\\$A \\\" \\x\"", "$A \" \\x" },
	{ "$", "$" },
	{ "$=", "$=" },
	{ "$1x$@", "x" },
	{ "x\\", "x" },
	{ "${B}", "" },
	{ "${B:-$A}", "a.b.c" },
	{ "${B-'$A'}", "$A" },
	{ "${EMPTY:-x}", "x" },
	{ "${EMPTY-x}", "" },
	{ "${A:+x}", "x" },
	{ "${EMPTY:+x}", "" },
	{ "${EMPTY+x}", "x" },
	{ "${B+x}", "" },
	{ "${B:-${C:-y}}", "y" },
	{ "${B:-\"}\"}", "}" },
	{ "${A#*.}", "b.c" },
	{ "${A##*.}", "c" },
	{ "${A%.*}", "a.b" },
	{ "${A%%.*}", "a" },
	{ "${A#?}", ".b.c" },
	{ "${A#x}", "a.b.c" },
	{ "${A?}", "a.b.c" },
	{ "${B:?no B}", NULL },
	{ "${EMPTY:?}", NULL },
	{ "${EMPTY?}", "" },
	{ "${}", NULL },
	{ "${A", NULL },
	{ "${A:-x", NULL },
	{ "${A/x/y}", NULL },
	{ "${A:#x}", NULL },
	{ "\"x", NULL },
	{ "'x", NULL },
};

static void check_words(void)
{
	const struct dockerfile_syntax syntax = { DOCKERFILE_ESCAPE, get_variable, NULL };

	for (size_t i = 0; i < array_size(words); i++) {
		struct error err = { 0 };
		autofree char *got = dockerfile_expand(words[i].word, &syntax, &err);

		is_str(got, words[i].wanted, words[i].word);
	}
}

static void check_split(const char *text, const char *wanted)
{
	autostrlist struct strlist list = STRLIST_INIT;
	autostr struct str joined = STR_INIT;

	dockerfile_split(text, DOCKERFILE_ESCAPE, &list);
	for (size_t i = 0; i < list.len; i++)
		str_appendf(&joined, "%s%s", i ? "|" : "", list.items[i]);
	is_str(joined.data, wanted, text);
}

static void check_depth(void)
{
	const struct dockerfile_syntax syntax = { DOCKERFILE_ESCAPE, get_variable, NULL };
	autostr struct str text = STR_INIT;
	struct error err = { 0 };

	for (int i = 0; i < 100000; i++)
		str_append(&text, "${B-");
	ok(!dockerfile_expand(text.data, &syntax, &err), "substitutions have a depth");
}

static void check_growth(void)
{
	autojson json_t *image = json_object();
	struct config_change change = { .image = image };
	struct error err = { 0 };
	int n = 0;

	config_change_apply(&change, "ENV A=0123456789abcdef", &err);
	while (n < 100 && config_change_apply(&change, "ENV A=$A$A", &err) == 0)
		n++;
	is_int(n, 16, "a variable that doubles itself has an end");
}

static void check_duration(const char *text, int64_t wanted)
{
	struct error err = { 0 };
	int64_t got = -1;

	if (healthcheck_parse_duration(text, &got, &err) < 0)
		got = -1;
	is_int(got, wanted, text);
}

int main(void)
{
	for (size_t i = 0; i < array_size(cases); i++)
		check_case(&cases[i]);
	check_words();
	check_split(" a\t\"b c\" d\\ e 'f \\' g", "a|\"b c\"|d\\ e|'f \\'|g");
	check_split("\"open end", "\"open end");
	check_split("", "");
	check_depth();
	check_growth();
	check_duration("0", 0);
	check_duration("1h2m3s4ms5us6ns", INT64_C(3723004005006));
	check_duration(".5s", 500000000);
	check_duration("1.s", 1000000000);
	check_duration("1.123456789h", INT64_C(4044444440400));
	check_duration("2562047h", INT64_C(2562047) * 3600 * 1000000000);
	check_duration("2562048h", -1);
	check_duration("99999999999999999999s", -1);
	check_duration("5", -1);
	check_duration("", -1);
	check_duration(".s", -1);
	check_duration("-1s", -1);
	check_duration("1s ", -1);
	return done_testing();
}
