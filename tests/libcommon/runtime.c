/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "oci/runtime.h"

#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int read_text(const char *text, struct idmap *ret, struct error *err)
{
	autojson json_t *document = json_parse(text, strlen(text), "config.json", err);
	struct jnode root = jnode_root(document, "config.json");
	struct jnode node = jnode_member(&root, "uidMappings");

	return document ? runtime_read_idmap(&node, ret, err) : -1;
}

static void refused(const char *ranges, const char *wanted, const char *title)
{
	struct error err = { 0 };
	struct idmap map;
	char text[256];

	snprintf(text, sizeof(text), "{\"uidMappings\": %s}", ranges);
	ok(read_text(text, &map, &err) < 0, title);
	is_str(err.message, wanted, "... and the message says where and why");
}

static void test_maps(void)
{
	static const char two[] = "[{\"containerID\":0,\"hostID\":1000,\"size\":1},"
				  "{\"containerID\":1,\"hostID\":100000,\"size\":65536}]";
	struct error err = { 0 };
	struct idmap map = { .len = 3 };
	autojson json_t *array = NULL;
	char text[256];

	ok(read_text("{}", &map, &err) == 0 && map.len == 0, "an absent map is empty");
	snprintf(text, sizeof(text), "{\"uidMappings\": %s}", two);
	ok(read_text(text, &map, &err) == 0 && map.len == 2 && map.ranges[1].outside == 100000,
	   "a map of two ranges is read");
	array = runtime_idmap_to_json(&map);
	autofree char *written = json_format(array);

	is_str(written, two, "... and written as it came");
	ok(read_text("{\"uidMappings\": [{\"containerID\":0,\"hostID\":0,\"size\":4294967295}]}",
		     &map, &err) == 0 &&
		   idmap_is_whole(&map),
	   "a map of all IDs is read");
}

static void test_refusals(void)
{
	refused("{}", "config.json: uidMappings: expected array, got object",
		"no array is refused");
	refused("[{\"hostID\":0,\"size\":1}]",
		"config.json: uidMappings[0].containerID: missing, expected integer",
		"a range without containerID is refused");
	refused("[{\"containerID\":0,\"hostID\":0,\"size\":0}]",
		"config.json: uidMappings[0].size: expected a number from 1 to 4294967295, got 0",
		"a range of no IDs is refused");
	refused("[{\"containerID\":4294967295,\"hostID\":0,\"size\":1}]",
		"config.json: uidMappings[0].containerID: expected a number from 0 to 4294967294, got 4294967295",
		"the ID that is none is refused");
	refused("[{\"containerID\":0,\"hostID\":4294967295,\"size\":1}]",
		"config.json: uidMappings[0].hostID: expected a number from 0 to 4294967294, got 4294967295",
		"... outside too");
	refused("[{\"containerID\":1,\"hostID\":0,\"size\":4294967295}]",
		"config.json: uidMappings[0]: a range of IDs that passes 4294967294",
		"a range that passes the last ID is refused");
	refused("[{\"containerID\":0,\"hostID\":0,\"size\":9},{\"containerID\":8,\"hostID\":9,\"size\":1}]",
		"config.json: uidMappings[1]: a range that shares IDs with an earlier one",
		"ranges that overlap are refused");
}

static void test_devices(void)
{
	int different = 0;

	ok(runtime_device_find("/dev/tty") == &runtime_devices[5], "a default device is found");
	ok(!runtime_device_find("/dev/console"), "another is not");
	/* The machine's own devices have been given their numbers by somebody else. */
	for (size_t i = 0; i < RUNTIME_DEVICES; i++) {
		const struct runtime_device *d = &runtime_devices[i];
		struct stat st;

		if (stat(d->path, &st) < 0 || (st.st_mode & S_IFMT) != d->type ||
		    st.st_rdev != makedev(d->major, d->minor))
			different++;
	}
	is_int(different, 0, "the default devices have the numbers of this machine's");
}

int main(void)
{
	test_maps();
	test_refusals();
	test_devices();
	is_int(runtime_namespace_find("network"), NAMESPACE_NETWORK,
	       "a namespace is found by name");
	is_int(runtime_namespace_find("net"), -1, "... and by no other");
	is_int(runtime_namespaces[NAMESPACE_MOUNT].flag, CLONE_NEWNS, "... and has its flag");
	is_str(runtime_namespaces[NAMESPACE_MOUNT].file, "mnt", "... and its file");
	return done_testing();
}
