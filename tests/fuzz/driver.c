/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main() of the fuzzers for make check: feeds the files of the folders named as arguments to the
 * fuzzer, once each. An input that crashes it ends the program before the plan is printed.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (1 << 20)

static int run_input(const char *folder, const char *name)
{
	static uint8_t data[INPUT_MAX];
	char path[4096];
	FILE *input;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	input = fopen(path, "re");
	if (!input) {
		printf("# cannot open '%s': %s\n", path, strerror(errno));
		return -1;
	}
	size = fread(data, 1, sizeof(data), input);
	fclose(input);
	/* Printed first, so that the last line names what crashed. */
	printf("# %s\n", name);
	fflush(stdout);
	/* An exact copy on the heap, so that ASan sees a read behind the end. */
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		return -1;
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	return 0;
}

int main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);

		if (!folder) {
			printf("Bail out! cannot open '%s': %s\n", argv[i], strerror(errno));
			return EXIT_FAILURE;
		}
		for (struct dirent *entry; (entry = readdir(folder));)
			if (entry->d_name[0] != '.' && run_input(argv[i], entry->d_name) == 0)
				count++;
		closedir(folder);
	}
	printf("%sok 1 - the inputs of the corpus are survived (%d)\n1..1\n", count ? "" : "not ",
	       count);
	return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
