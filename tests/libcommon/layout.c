/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "oci/blob.h"
#include "oci/layout.h"
#include "oci/media_type.h"
#include "oci/tag.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define INDEX_HEAD "{\"schemaVersion\":2,\"extra\":{\"kept\":true},\"manifests\":["
#define D(c) "sha256:" c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define ENTRY(digest, more) \
	"{\"mediaType\":\"" MEDIA_TYPE_MANIFEST "\",\"digest\":\"" digest "\",\"size\":2" more "}"
#define NAMED(name) ",\"annotations\":{\"" ANNOTATION_REF_NAME "\":\"" name "\",\"own\":\"x\"}"
#define LINUX(architecture) ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" architecture "\"}"

static struct error err;

static void write_index(const struct layout *layout, const char *text)
{
	file_write_at(layout->dirfd, "index.json", text, strlen(text), 0644, FILE_NO_SYNC, NULL);
}

static char *read_index(const struct layout *layout)
{
	struct str text = STR_INIT;

	file_read_at(layout->dirfd, "index.json", LAYOUT_INDEX_MAX, &text, NULL);
	return str_steal(&text);
}

static void finds(const struct layout *layout, const char *ref, const char *platform_text,
		  const char *wanted, const char *title)
{
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	struct platform platform;

	err = (struct error) { 0 };
	if (platform_text)
		platform_parse(platform_text, &platform, &err);
	if (tag_find(layout, ref, platform_text ? &platform : NULL, &found, &err) < 0)
		printf("# %s\n", err.message);
	is_str(found.media_type ? found.digest.text : NULL, wanted, title);
}

static void test_find(const struct layout *layout)
{
	autodescriptor struct descriptor raw = DESCRIPTOR_INIT;

	write_index(layout, INDEX_HEAD ENTRY(D("aa"), NAMED("a:1")) "]}");
	finds(layout, NULL, NULL, D("aa"), "the only image needs no name");
	finds(layout, "a:1", NULL, D("aa"), "a name is found");
	finds(layout, "a", NULL, NULL, "a name is not completed");
	is_int(err.code, ERROR_NOT_FOUND, "... and what is not there has status 3");
	write_index(layout,
		    INDEX_HEAD ENTRY(D("aa"), NAMED("a:1")) "," ENTRY(D("bb"), NAMED("b:1")) "]}");
	finds(layout, NULL, NULL, NULL, "without a name several images are an error");
	ok(strstr(err.message, "a:1, b:1"), "... that lists the names");
	write_index(layout, INDEX_HEAD ENTRY(D("aa"), NAMED("a") LINUX("amd64")) "," ENTRY(
				    D("bb"), NAMED("a") LINUX("arm64")) "]}");
	finds(layout, "a", "linux/amd64", D("aa"), "of several with a name the platform decides");
	finds(layout, "a", "linux/arm64", D("bb"), "... either way");
	ok(tag_find_raw(layout, "a", &raw, &err) < 0, "... and as they stand they are ambiguous");
	write_index(layout, INDEX_HEAD ENTRY(D("aa"), NAMED("a") LINUX("amd64")) "," ENTRY(
				    D("bb"), NAMED("a") LINUX("amd64")) "]}");
	finds(layout, "a", "linux/amd64", D("bb"), "of two equals the last one is taken");
}

static void test_edit(const struct layout *layout)
{
	autoindex struct index index = INDEX_INIT;
	autodescriptor struct descriptor raw = DESCRIPTOR_INIT;
	autostrlist struct strlist names = STRLIST_INIT;
	char *before;
	char *after;

	write_index(layout, INDEX_HEAD ENTRY(D("aa"), NAMED("a") ",\"odd\":1") "," ENTRY(
				    D("bb"), NAMED("b")) "]}");
	ok(layout_read_index(layout, &index, &err) == 0, "the index is read");
	ok(tag_set(layout, "c", &index.manifests[0], &err) == 0, "a name is given");
	ok(tag_find_raw(layout, "c", &raw, &err) == 0, "... and found");
	is_str(descriptor_annotation(&raw, "own"), "x", "... other annotations are kept");
	ok(json_object_get(raw.json, "odd") != NULL, "... and unknown members");
	before = read_index(layout);
	ok(strstr(before, "\"kept\":true") != NULL, "... those of the index too");
	ok(descriptor_annotation(&raw, ANNOTATION_TAGGED) != NULL, "... the entry says when");
	descriptor_set_annotation(&raw, ANNOTATION_TAGGED, "2020-01-01T00:00:00Z");
	ok(tag_set(layout, "c", &raw, &err) == 0, "giving it again is fine");
	after = read_index(layout);
	is_str(after, before, "... and changes nothing, not the time either");
	free(before);
	free(after);
	ok(tag_set(layout, "b", &raw, &err) == 0, "a name is given to another image");
	finds(layout, "b", NULL, D("aa"), "... which then has it alone");
	ok(tag_remove_with(layout, "a", &raw.digest, &err) == 0, "a reference is removed");
	finds(layout, "a", NULL, NULL, "... and gone");
	ok(tag_remove_with(layout, "a", &raw.digest, &err) < 0 && err.code == ERROR_NOT_FOUND,
	   "... once");
	ok(tag_unname(layout, "b", &err) == 0, "a name is taken away");
	finds(layout, NULL, NULL, D("aa"), "... the image is there by its other name");
	ok(tag_unname(layout, "c", &err) == 0, "the last name is taken away");
	finds(layout, NULL, NULL, D("aa"), "... the image stays without one");
	digest_parse(D("aa"), &raw.digest, &err);
	ok(tag_set(layout, "e", &raw, &err) == 0 && tag_set(layout, "d", &raw, &err) == 0,
	   "an image gets two names");
	ok(tag_remove_digest(layout, &raw.digest, TAG_SEVERAL_REFUSED, &names, &err) < 0,
	   "it is not removed by its digest");
	ok(strstr(err.message, "d, e") && !names.len, "... and the names are told");
	finds(layout, "d", NULL, D("aa"), "... which it still has");
	is_int(tag_remove_digest(layout, &raw.digest, TAG_SEVERAL_REMOVED, &names, &err), 3,
	       "with all its names it is removed");
	ok(names.len == 2 && strcmp(names.items[0], "d") == 0, "... and they are returned");
	finds(layout, NULL, NULL, NULL, "... and nothing is left");
}

static bool is_named_d(const char *digest, const char *name, const void *data)
{
	return strcmp(digest, data) == 0 && name && strcmp(name, "d") == 0;
}

static void test_remove_each(const struct layout *layout)
{
	write_index(layout, INDEX_HEAD ENTRY(D("aa"), NAMED("d")) "," ENTRY(
				    D("bb"), NAMED("d")) "," ENTRY(D("aa"), "") "]}");
	is_int(tag_remove_each(layout, is_named_d, D("aa"), &err), 1,
	       "entries are removed by digest and name");
	finds(layout, "d", NULL, D("bb"), "... others of the name stay");
	is_int(tag_remove_each(layout, is_named_d, D("aa"), &err), 0, "... none is removed twice");
}

static bool is_digest_aa(const char *digest, const void *data)
{
	(void)data;
	return strcmp(digest, D("aa")) == 0;
}

#define REFERS(subject) ",\"annotations\":{\"org.ctnr.subject\":\"" subject "\"}"

static void test_referrers(const struct layout *layout)
{
	autodescriptor struct descriptor raw = DESCRIPTOR_INIT;
	autofree char *after = NULL;

	write_index(layout, INDEX_HEAD ENTRY(D("bb"), REFERS(D("aa"))) "," ENTRY(
				    D("aa"), NAMED("a")) "," ENTRY(D("cc"), REFERS(D("dd"))) "]}");
	finds(layout, NULL, NULL, D("aa"), "the only image is found beside referrers");
	is_int(tag_remove_referrers(layout, is_digest_aa, NULL, &err), 1,
	       "referrers of what is not reached are removed");
	after = read_index(layout);
	ok(strstr(after, D("bb")) && !strstr(after, D("cc")), "... and the others stay");
	ok(tag_find_raw(layout, "a", &raw, &err) == 0 && tag_set(layout, "a", &raw, &err) == 0,
	   "an image is named again");
	write_index(layout,
		    INDEX_HEAD ENTRY(D("cc"), REFERS(D("dd"))) "," ENTRY(D("ee"), NAMED("e")) "]}");
	is_int(tag_remove_referrers(layout, is_digest_aa, NULL, &err), 0,
	       "where another image has come meanwhile none is removed");
}

/* What the layout's names stand for, and who refers to whom: "a=aa.. ->dd..". */
static void test_exchange(const struct layout *layout)
{
	autoindex struct index index = INDEX_INIT;
	autofree char *after = NULL;
	struct digest aa;
	struct digest bb;

	digest_parse(D("aa"), &aa, &err);
	digest_parse(D("bb"), &bb, &err);
	write_index(layout, INDEX_HEAD ENTRY(D("aa"), NAMED("a")) "," ENTRY(
				    D("aa"), REFERS(D("dd"))) "," ENTRY(D("bb"), NAMED("b")) "]}");
	ok(layout_read_index(layout, &index, &err) == 0, "an index is read");
	is_int(tag_exchange(layout, "a", &bb, &index.manifests[2], NULL, &err), 0,
	       "a name that stands for something else is left alone");
	is_int(tag_exchange(layout, "a", NULL, &index.manifests[2], NULL, &err), 0,
	       "... also where nothing was to be there");
	is_int(tag_exchange(layout, "c", &aa, &index.manifests[2], NULL, &err), 0,
	       "... and one that stands for nothing");
	finds(layout, "a", NULL, D("aa"), "... so that nothing is lost");
	is_int(tag_exchange(layout, "c", NULL, &index.manifests[0], NULL, &err), 1,
	       "a name that is free is given");
	is_int(tag_exchange(layout, "a", &aa, &index.manifests[2], NULL, &err), 1,
	       "a name that stands for what was read is given to another");
	finds(layout, "a", NULL, D("bb"), "... which has it then");
	after = read_index(layout);
	ok(strstr(after, D("dd")) != NULL, "... what was a referrer is kept by its other name");
	is_int(tag_exchange(layout, "c", &aa, &index.manifests[2], &index.manifests[1], &err), 1,
	       "a referrer comes with a name");
	is_int(tag_exchange(layout, "c", &bb, &index.manifests[0], NULL, &err), 1,
	       "... and another name");
	ok(tag_remove_with(layout, "c", &aa, &err) == 0, "the last name is removed");
	free(after);
	after = read_index(layout);
	ok(!strstr(after, D("dd")), "... and so is the referrer");
}

static void test_blobs(const struct layout *layout)
{
	autodescriptor struct descriptor blob = DESCRIPTOR_INIT;
	autostr struct str text = STR_INIT;

	ok(blob_put(layout, "text/plain", "hello", 5, &blob, &err) == 0, "a blob is written");
	ok(layout_has_blob(layout, &blob.digest, 5), "... and there");
	ok(!layout_has_blob(layout, &blob.digest, 6), "... not with another size");
	ok(layout_read_blob(layout, &blob, 5, &text, &err) == 0 && strcmp(text.data, "hello") == 0,
	   "... and read");
	ok(layout_read_blob(layout, &blob, 4, &text, &err) < 0,
	   "a blob above the limit is refused");
	blob.size = 6;
	ok(layout_open_blob(layout, &blob, &err) < 0 && err.code == ERROR_VERIFY,
	   "a size other than the descriptor's fails verification");
	digest_parse(D("ee"), &blob.digest, &err);
	ok(layout_open_blob(layout, &blob, &err) < 0 && err.code == ERROR_NOT_FOUND,
	   "a blob that is not there is not found");
}

/* An index within an index within ... */
static void test_nesting(const struct layout *layout)
{
	autodescriptor struct descriptor inner = DESCRIPTOR_INIT;
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;

	blob_put(layout, MEDIA_TYPE_INDEX, INDEX_HEAD ENTRY(D("aa"), LINUX("amd64")) "]}",
		 strlen(INDEX_HEAD ENTRY(D("aa"), LINUX("amd64")) "]}"), &inner, &err);
	for (int depth = 1; depth <= 9; depth++) {
		autostr struct str text = STR_INIT;
		struct descriptor outer = DESCRIPTOR_INIT;
		struct platform platform = { .os = "linux", .architecture = "amd64" };
		int result = layout_resolve(layout, &inner, &platform, &found, &err);

		if (depth == 8)
			ok(result == 0 && strcmp(found.digest.text, D("aa")) == 0,
			   "eight nested indexes are resolved");
		if (depth == 9)
			ok(result < 0, "nine are too many");
		descriptor_release(&found);
		str_appendf(&text,
			    "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\","
			    "\"digest\":\"%s\",\"size\":%" PRIu64 "}]}",
			    inner.media_type, inner.digest.text, inner.size);
		blob_put(layout, MEDIA_TYPE_INDEX, text.data, text.len, &outer, &err);
		descriptor_release(&inner);
		inner = outer;
	}
}

static int count_digest(const struct digest *digest, void *data, struct error *error)
{
	int *n = data;

	(void)digest;
	(void)error;
	++*n;
	return 0;
}

static int count_leased(const struct layout *layout)
{
	int n = 0;

	if (lease_each(layout->dirfd, count_digest, &n, &err) < 0)
		return -1;
	return n;
}

static void test_lease(const char *path)
{
	autolayout struct layout adding = LAYOUT_INIT;
	autolayout struct layout removing = LAYOUT_INIT;
	autostrlist struct strlist names = STRLIST_INIT;
	struct digest digest;
	int lease;

	digest_parse("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		     &digest, &err);
	layout_open(path, LAYOUT_CREATE, &adding, &err);
	layout_open(path, LAYOUT_READ, &removing, &err);
	is_int(count_leased(&removing), 0, "nothing is leased at first");
	layout_lease_blob(&adding, &digest, &err);
	layout_lease_blob(&adding, &digest, &err);
	is_int(count_leased(&removing), 2, "what is leased is read while its writer lives");
	layout_release(&adding);
	is_int(count_leased(&removing), 0, "... and not afterwards");

	mkdirat(removing.dirfd, ".lease", 0700);
	lease = openat(removing.dirfd, ".lease/dead", O_CREAT | O_WRONLY, 0600);
	dprintf(lease, "%s\n", digest.text);
	close(lease);
	is_int(count_leased(&removing), 0, "the lease of a writer that is dead counts for nothing");
	lease_remove_dead(removing.dirfd);
	dir_list_at(removing.dirfd, ".lease", &names, &err);
	is_int((intmax_t)names.len, 0, "... and is removed");
}

static void test_aside(const char *path_of_layout)
{
	autolayout struct layout made = LAYOUT_INIT;
	const struct layout *layout = &made;
	struct descriptor blob = DESCRIPTOR_INIT;
	char path[LAYOUT_BLOB_PATH_MAX];
	char aside[LAYOUT_BLOB_PATH_MAX];

	layout_open(path_of_layout, LAYOUT_CREATE, &made, &err);
	blob_put(layout, MEDIA_TYPE_CONFIG, "aside", 5, &blob, &err);
	layout_blob_path(&blob.digest, path);
	layout_aside_path(&blob.digest, aside);
	renameat(layout->dirfd, path, layout->dirfd, aside);
	ok(layout_has_blob(layout, &blob.digest, 5),
	   "a blob that a collector keeps aside is there");
	ok(faccessat(layout->dirfd, aside, F_OK, 0) < 0, "... because it was taken back");
	renameat(layout->dirfd, path, layout->dirfd, aside);
	close(layout_open_blob(layout, &blob, &err));
	ok(faccessat(layout->dirfd, path, F_OK, 0) == 0, "... also by who reads it");
	unlinkat(layout->dirfd, path, 0);
	ok(!layout_has_blob(layout, &blob.digest, 5), "... and one that is deleted is not");
	descriptor_release(&blob);
}

/* Another program writes a blob anew, in place. */
static void test_rewritten(const char *path_of_layout)
{
	autolayout struct layout layout = LAYOUT_INIT;
	struct descriptor blob = DESCRIPTOR_INIT;
	const struct timespec moment = { .tv_nsec = 5000000 };
	char path[LAYOUT_BLOB_PATH_MAX];
	pid_t writer;
	int fd;

	layout_open(path_of_layout, LAYOUT_CREATE, &layout, &err);
	blob_put(&layout, MEDIA_TYPE_CONFIG, "rewritten", 9, &blob, &err);
	fd = openat(layout.dirfd, layout_blob_path(&blob.digest, path), O_WRONLY | O_TRUNC);
	writer = fork();
	if (writer == 0) {
		nanosleep(&moment, NULL);
		_exit(write(fd, "rewritten", 9) != 9);
	}
	close(fd);
	fd = layout_open_blob(&layout, &blob, &err);
	ok(fd >= 0, "a blob that another program is writing anew is waited for");
	close(fd);
	waitpid(writer, NULL, 0);
	descriptor_release(&blob);
}

int main(void)
{
	char directory[] = "/tmp/ctnr-layout.XXXXXX";
	char path[64];
	autolayout struct layout layout = LAYOUT_INIT;
	autolayout struct layout other = LAYOUT_INIT;

	if (!mkdtemp(directory))
		return EXIT_FAILURE;
	snprintf(path, sizeof(path), "%s/a/layout", directory);
	ok(layout_open(path, LAYOUT_READ, &layout, &err) < 0 && err.code == ERROR_NOT_FOUND,
	   "a layout that is not there is not found");
	ok(layout_open(path, LAYOUT_CREATE, &layout, &err) == 0, "a layout is made");
	ok(layout_open(path, LAYOUT_READ, &other, &err) == 0, "... and opened");
	is_str(layout.path, path, "... by its absolute path");
	test_find(&layout);
	test_edit(&layout);
	test_referrers(&layout);
	test_exchange(&layout);
	test_remove_each(&layout);
	test_blobs(&layout);
	test_nesting(&layout);
	layout_release(&layout);
	test_lease(path);
	test_aside(path);
	test_rewritten(path);
	file_write_at(other.dirfd, "oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}", 30, 0644,
		      FILE_NO_SYNC, NULL);
	ok(layout_open(path, LAYOUT_READ, &layout, &err) < 0 && strstr(err.message, "2.0.0"),
	   "a layout of another version is refused");
	tree_remove_at(AT_FDCWD, directory, NULL);
	return done_testing();
}
