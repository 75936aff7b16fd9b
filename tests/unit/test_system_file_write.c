/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files are replaced whole; what cannot be written is said. */
#include "file_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* How many entries the folder has: no temporary file may be left. */
static size_t count_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	cr_assert_not_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

Test(system, file_write_replaces)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder();
	const char *path = below(arena, folder, "plan.json");
	const char *link_path = below(arena, folder, "link");
	const char *taken;
	struct wp_error err = { 0 };
	struct stat st, before;
	char *bytes = NULL;
	mode_t mask = umask(027);

	cr_assert_eq(write_file(path, "one", 3, &err), 0, "%s", err.message);
	cr_assert_eq(stat(path, &before), 0);
	cr_expect_eq(before.st_mode & 07777, 0640, "a new file follows the umask: %o", before.st_mode);

	cr_assert_eq(chmod(path, 0606), 0);
	cr_assert_eq(write_file(path, "second", 6, &err), 0, "%s", err.message);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0606, "the old file's mode stays: %o", st.st_mode);
	cr_expect_neq(st.st_ino, before.st_ino, "it is another file");
	cr_assert_eq(wp_file_read(arena, path, 100, &bytes, NULL, &err), 0);
	cr_expect_str_eq(bytes, "second");

	cr_assert_eq(symlink("plan.json", link_path), 0);
	cr_assert_eq(write_file(link_path, "third", 5, &err), 0, "%s", err.message);
	cr_assert_eq(lstat(link_path, &st), 0);
	cr_expect(S_ISLNK(st.st_mode), "a link stays one");
	cr_assert_eq(wp_file_read(arena, path, 100, &bytes, NULL, &err), 0);
	cr_expect_str_eq(bytes, "third");

	/* A name that another process with our number left behind is in nobody's way. */
	taken = wp_arena_printf(arena, "%s/.wimplan-%ld-0.tmp", folder, (long)getpid());
	cr_assert_eq(write_file(taken, "x", 1, &err), 0);
	cr_assert_eq(write_file(path, "", 0, &err), 0, "%s", err.message);
	cr_expect_eq(count_entries(folder), 3);
	umask(mask);
	remove_folder(folder);
	wp_arena_free(arena);
}

Test(system, file_write_in_the_working_folder)
{
	char *folder = make_folder();
	struct wp_error err = { 0 };

	cr_assert_eq(chdir(folder), 0);
	cr_expect_eq(write_file("bare", "x", 1, &err), 0, "%s", err.message);
	cr_expect_eq(access("bare", R_OK), 0);
	cr_assert_eq(chdir("/"), 0);
	cr_expect_eq(count_entries(folder), 1);
	remove_folder(folder);
}

Test(system, file_write_failures)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder();
	const char *missing = below(arena, folder, "none/plan.json");
	struct wp_error err = { 0 };
	char name[300];

	cr_expect_eq(write_file(missing, "x", 1, &err), WP_E_FAILED, "the folder is missing");
	cr_expect_str_eq(err.code, "unwritable");
	cr_expect_str_eq(err.subject, missing);
	cr_expect(strstr(err.message, missing) && strstr(err.message, "No such file"), "%s", err.message);
	cr_expect_eq(write_file(folder, "x", 1, &err), WP_E_FAILED, "the target is a folder");
	cr_expect(strstr(err.message, "Is a directory"), "%s", err.message);
	cr_expect_eq(write_file("/dev/full", "x", 1, &err), WP_E_FAILED, "a full device");
	cr_expect(strstr(err.message, "No space left"), "%s", err.message);
	cr_expect_eq(write_file("", "x", 1, &err), WP_E_FAILED, "no name");
	cr_expect_eq(write_file("/dev/null", "x", 1, &err), 0, "%s", err.message);
	cr_expect_eq(access("/dev/null", W_OK), 0);

	/* The temporary file can be made and the rename fails: nothing is left of it. */
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	cr_expect_eq(write_file(below(arena, folder, name), "x", 1, &err), WP_E_FAILED, "a name that is too long");
	cr_expect_eq(count_entries(folder), 0);
	remove_folder(folder);
	wp_arena_free(arena);
}

Test(system, file_probe)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder(), *text;
	const char *file = below(arena, folder, "file"), *fifo = below(arena, folder, "fifo");
	struct wp_error err = { 0 };
	size_t length;

	cr_assert_eq(write_file(file, "stays", 5, &err), WP_OK, "%s", err.message);
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	cr_expect_eq(wp_file_probe(file, WP_FILE_TARGET_NAMED, 100000, &err), WP_OK, "%s", err.message);
	cr_expect_eq(wp_file_probe(below(arena, folder, "new"), WP_FILE_TARGET_NAMED, 0, &err), WP_OK, "%s", err.message);
	cr_expect_eq(wp_file_probe(fifo, WP_FILE_TARGET_NAMED, 10, &err), WP_OK, "%s", err.message);
	cr_expect_eq(wp_file_probe("/dev/full", WP_FILE_TARGET_NAMED, 10, &err), WP_OK, "%s", err.message);
	cr_expect_eq(wp_file_probe("-", WP_FILE_TARGET_NAMED, 10, &err), WP_OK, "%s", err.message);
	cr_expect_eq(wp_file_probe(below(arena, folder, "none/file"), WP_FILE_TARGET_NAMED, 10, &err), WP_E_FAILED, "the folder is missing");
	cr_expect_eq(wp_file_probe(folder, WP_FILE_TARGET_NAMED, 10, &err), WP_E_FAILED, "it is a folder");
	cr_expect(strstr(err.message, folder), "%s", err.message);
	cr_expect_eq(count_entries(folder), 2, "something is left of it");
	cr_assert_eq(wp_file_read(arena, file, 10, &text, &length, &err), WP_OK, "%s", err.message);
	cr_expect_str_eq(text, "stays");
	remove_folder(folder);
	wp_arena_free(arena);
}

Test(system, file_write_through_links)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder(), *other = make_folder(), *bytes = NULL;
	const char *real = below(arena, other, "plan.json"), *link_path = below(arena, folder, "link");
	struct wp_error err = { 0 };
	struct stat st;

	/* A link to a link to what is not there: the file is made where they lead, and both stay. */
	cr_assert_eq(symlink("second", link_path), 0);
	cr_assert_eq(symlink(real, below(arena, folder, "second")), 0);
	cr_expect_eq(write_file(link_path, "made", 4, &err), WP_OK, "%s", err.message);
	cr_assert_eq(wp_file_read(arena, real, 100, &bytes, NULL, &err), WP_OK, "%s", err.message);
	cr_expect_str_eq(bytes, "made");
	cr_assert_eq(lstat(link_path, &st), 0);
	cr_expect(S_ISLNK(st.st_mode));
	cr_expect_eq(count_entries(folder), 2);
	cr_expect_eq(count_entries(other), 1);

	/* Into a folder that is not there. */
	cr_assert_eq(symlink("none/plan.json", below(arena, folder, "lost")), 0);
	cr_expect_eq(write_file(below(arena, folder, "lost"), "x", 1, &err), WP_E_FAILED);
	cr_expect(strstr(err.message, "/lost, which leads to ") && strstr(err.message, "/none/plan.json, cannot be written: No such"),
		  "%s", err.message);
	cr_assert_eq(symlink("loop", below(arena, folder, "loop")), 0);
	cr_expect_eq(write_file(below(arena, folder, "loop"), "x", 1, &err), WP_E_FAILED);
	cr_expect(strstr(err.message, "Too many levels"), "%s", err.message);
	remove_folder(folder);
	remove_folder(other);
	wp_arena_free(arena);
}

/* Beside a plan in a folder that others may write to, nothing but a file of its own is replaced. */
Test(system, file_write_beside_follows_nothing)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder(), *bytes = NULL;
	const char *victim = below(arena, folder, "victim"), *link_path = below(arena, folder, "link");
	const char *fifo = below(arena, folder, "fifo"), *file = below(arena, folder, "file");
	const char *names[] = { link_path, below(arena, folder, "dangling"), fifo, folder };
	struct wp_file_writer *writer;
	struct wp_error err = { 0 };

	cr_assert_eq(write_file(victim, "stays", 5, &err), WP_OK);
	cr_assert_eq(symlink("victim", link_path), 0);
	cr_assert_eq(symlink("nothing", names[1]), 0);
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		cr_expect_eq(wp_file_begin(names[i], WP_FILE_TARGET_BESIDE, &writer, &err), WP_E_FAILED, "%s", names[i]);
		cr_expect(strstr(err.message, "nobody has named it"), "%s", err.message);
		cr_expect_eq(wp_file_probe(names[i], WP_FILE_TARGET_BESIDE, 1, &err), WP_E_FAILED, "%s", names[i]);
	}
	for (int i = 0; i < 2; i++) { /* new, then old */
		cr_assert_eq(wp_file_begin(file, WP_FILE_TARGET_BESIDE, &writer, &err), WP_OK, "%s", err.message);
		wp_file_add(writer, "x", 1);
		cr_expect_eq(wp_file_commit(writer, &err), WP_OK, "%s", err.message);
	}
	/* A link that comes up between beginning and end is replaced itself. */
	cr_assert_eq(wp_file_begin(file, WP_FILE_TARGET_BESIDE, &writer, &err), WP_OK, "%s", err.message);
	cr_assert_eq(unlink(file), 0);
	cr_assert_eq(symlink("victim", file), 0);
	wp_file_add(writer, "y", 1);
	cr_expect_eq(wp_file_commit(writer, &err), WP_OK, "%s", err.message);
	cr_assert_eq(wp_file_read(arena, file, 10, &bytes, NULL, &err), WP_OK);
	cr_expect_str_eq(bytes, "y");
	cr_assert_eq(wp_file_read(arena, victim, 10, &bytes, NULL, &err), WP_OK);
	cr_expect_str_eq(bytes, "stays");
	cr_expect_eq(count_entries(folder), 5);
	remove_folder(folder);
	wp_arena_free(arena);
}

/* A shell's redirection: what stands in the file already stays, and so does what the shell writes next. */
Test(system, file_write_to_an_open_descriptor)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder(), *bytes = NULL;
	const char *out = below(arena, folder, "out");
	struct wp_error err = { 0 };
	int fd = open(out, O_RDWR | O_CREAT, 0600), saved;

	cr_assert_eq(symlink("/dev/stdout", below(arena, folder, "link")), 0);
	cr_assert_eq(write(fd, "a", 1), 1);
	saved = redirect(STDOUT_FILENO, dup(fd));
	cr_expect_eq(write_file("/dev/stdout", "b", 1, &err), WP_OK, "%s", err.message);
	cr_expect_eq(write_file(below(arena, folder, "link"), "c", 1, &err), WP_OK, "%s", err.message);
	cr_expect_eq(write_file(wp_arena_printf(arena, "/dev/fd/%d", fd), "d", 1, &err), WP_OK, "%s", err.message);
	cr_expect_eq(wp_file_probe("/dev/stdout", WP_FILE_TARGET_NAMED, 100, &err), WP_OK, "%s", err.message);
	restore(STDOUT_FILENO, saved);
	cr_assert_eq(write(fd, "e", 1), 1);
	cr_assert_eq(wp_file_read(arena, out, 100, &bytes, NULL, &err), WP_OK);
	cr_expect_str_eq(bytes, "abcde");
	cr_expect_eq(write_file("/dev/fd/987", "x", 1, &err), WP_E_FAILED);
	cr_expect(strstr(err.message, "Bad file descriptor"), "%s", err.message);
	/* Read from one: as a shell's <(…) gives it. */
	cr_assert_eq(lseek(fd, 1, SEEK_SET), 1);
	cr_expect_eq(wp_file_read(arena, wp_arena_printf(arena, "/dev/fd/%d", fd), 100, &bytes, NULL, &err), WP_OK);
	cr_expect_str_eq(bytes, "bcde");
	close(fd);
	remove_folder(folder);
	wp_arena_free(arena);
}

/* As nobody, where the run is root's: root may write everywhere. */
Test(system, file_write_keeps_what_was_taken_away)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder();
	const char *path = below(arena, folder, "approved.json");
	struct wp_error err = { 0 };
	struct stat st;
	bool root = !geteuid();

	cr_assert_eq(write_file(path, "approved", 8, &err), WP_OK);
	if (root) {
		/* The owner stays. */
		cr_assert_eq(chown(path, 65534, 65534), 0);
		cr_assert_eq(write_file(path, "approved", 8, &err), WP_OK);
		cr_assert_eq(stat(path, &st), 0);
		cr_expect(st.st_uid == 65534 && st.st_gid == 65534);
		cr_assert_eq(chown(folder, 65534, 65534), 0);
		cr_assert_eq(seteuid(65534), 0);
	}
	cr_assert_eq(chmod(path, 0444), 0);
	cr_expect_eq(write_file(path, "other", 5, &err), WP_E_FAILED, "it is read-only");
	cr_expect(strstr(err.message, "approved.json cannot be written: Permission denied"), "%s", err.message);
	cr_assert_eq(chmod(path, 0644), 0);
	cr_assert_eq(chmod(folder, 0500), 0);
	cr_expect_eq(write_file(path, "other", 5, &err), WP_E_FAILED, "the folder is read-only");
	cr_expect(strstr(err.message, "no file can be made in its folder: Permission denied"), "%s", err.message);
	cr_assert_eq(chmod(folder, 0700), 0);
	if (root)
		cr_assert_eq(seteuid(0), 0);
	remove_folder(folder);
	wp_arena_free(arena);
}

Test(system, file_write_standard_output)
{
	static char large[200000];
	struct wp_error err = { 0 };
	int ends[2], other[2], status;
	char got[8] = "";
	int saved;

	saved = redirect(STDOUT_FILENO, open("/dev/full", O_WRONLY));
	status = write_file("-", "x", 1, &err);
	restore(STDOUT_FILENO, saved);
	cr_expect_eq(status, WP_E_FAILED);
	cr_expect_str_eq(err.code, "stdout");
	cr_expect(strstr(err.message, "No space left"), "%s", err.message);

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe(ends), 0);
	close(ends[0]);
	saved = redirect(STDOUT_FILENO, ends[1]);
	status = write_file(NULL, large, sizeof large, &err);
	restore(STDOUT_FILENO, saved);
	cr_expect_eq(status, WP_E_FAILED);
	cr_expect_str_eq(err.code, "broken-pipe");
	cr_expect(strstr(err.message, "Broken pipe"), "%s", err.message);

	cr_assert_eq(pipe(other), 0);
	saved = redirect(STDOUT_FILENO, other[1]);
	status = write_file("-", "out", 3, &err);
	restore(STDOUT_FILENO, saved);
	cr_expect_eq(status, 0);
	cr_expect_eq(read(other[0], got, sizeof got), 3);
	cr_expect_str_eq(got, "out");
	close(other[0]);
}

struct echo {
	int in, out;
	char bytes[300000];
	size_t count;
};

/* Slow to read, and only then gives back what it got: the pipes are full or empty most of the time. */
static void *echo_slowly(void *argument)
{
	struct echo *echo = argument;
	size_t sent = 0;
	ssize_t n;

	usleep(20000);
	while ((n = read(echo->in, echo->bytes + echo->count, sizeof echo->bytes - echo->count)) > 0)
		echo->count += (size_t)n;
	usleep(20000);
	while (sent < echo->count && (n = write(echo->out, echo->bytes + sent, echo->count - sent)) > 0)
		sent += (size_t)n;
	close(echo->in);
	close(echo->out);
	return NULL;
}

Test(system, file_streams_that_do_not_block)
{
	static struct echo echo;
	static char sent[sizeof echo.bytes];
	struct wp_arena *arena = wp_arena_new();
	struct wp_error err = { 0 };
	int there[2], back[2];
	int saved_in, saved_out, written;
	pthread_t thread;
	char *bytes = NULL;
	size_t length = 0;

	memset(sent, 'r', sizeof sent);
	cr_assert_eq(pipe(there), 0);
	cr_assert_eq(pipe(back), 0);
	cr_assert_eq(fcntl(there[1], F_SETFL, O_NONBLOCK), 0);
	cr_assert_eq(fcntl(back[0], F_SETFL, O_NONBLOCK), 0);
	echo.in = there[0];
	echo.out = back[1];
	saved_out = redirect(STDOUT_FILENO, there[1]);
	cr_assert_eq(pthread_create(&thread, NULL, echo_slowly, &echo), 0);
	written = write_file("-", sent, sizeof sent, &err);
	restore(STDOUT_FILENO, saved_out);
	cr_expect_eq(written, 0, "%s", err.message);
	saved_in = redirect(STDIN_FILENO, back[0]);
	cr_expect_eq(wp_file_read(arena, "-", sizeof sent, &bytes, &length, &err), 0, "%s", err.message);
	restore(STDIN_FILENO, saved_in);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	cr_expect_eq(length, sizeof sent);
	cr_expect(bytes && memcmp(bytes, sent, sizeof sent) == 0);
	wp_arena_free(arena);
}

Test(system, file_write_that_fails_half_way)
{
	static char large[100000];
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder();
	const char *path = below(arena, folder, "plan.json");
	struct rlimit limit = { 0 };
	struct wp_error err = { 0 };
	char *bytes = NULL;

	cr_assert_eq(write_file(path, "old", 3, &err), 0, "%s", err.message);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit.rlim_cur = 50000;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(write_file(path, large, sizeof large, &err), WP_E_FAILED);
	limit.rlim_cur = limit.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_str_eq(err.code, "unwritable");
	cr_expect(strstr(err.message, "File too large"), "%s", err.message);
	cr_expect_eq(count_entries(folder), 1, "the temporary file is gone");
	cr_assert_eq(wp_file_read(arena, path, 100, &bytes, NULL, &err), 0);
	cr_expect_str_eq(bytes, "old");
	remove_folder(folder);
	wp_arena_free(arena);
}
