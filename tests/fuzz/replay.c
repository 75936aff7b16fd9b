/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feeds files and folders of files to a fuzz target, so that corpora are replayed by any compiler. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replayed;

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0, got;

	if (!file) {
		perror(path);
		return 1;
	}
	do {
		data = realloc(data, size + 65536);
		if (!data)
			abort();
		got = fread(data + size, 1, 65536, file);
		size += got;
	} while (got);
	fclose(file);

	/* An exact copy, so that the sanitizers see a read behind the end. */
	uint8_t *exact = malloc(size ? size : 1);

	for (size_t i = 0; i < size; i++)
		exact[i] = data[i];
	free(data);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	replayed++;
	return 0;
}

static int replay(const char *path)
{
	struct stat status;
	struct dirent **names;
	int count, failed = 0;

	if (stat(path, &status)) {
		perror(path);
		return 1;
	}
	if (!S_ISDIR(status.st_mode))
		return replay_file(path);
	count = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char *name = NULL;

		if (names[i]->d_name[0] != '.' && asprintf(&name, "%s/%s", path, names[i]->d_name) > 0)
			failed |= replay(name);
		free(name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	if (!replayed)
		fputs("nothing was replayed\n", stderr);
	return failed || !replayed;
}
