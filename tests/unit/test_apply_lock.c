/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run at a time: who gets a lock, and what the other one is told. */
#include "../../src/apply/open.h"
#include "temporary.h"

#include "wimplan/lock.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define URL "https://cm01.contoso.com/AdminService"

/* Tests run at the same time, and so may whole runs of them: each process has a site of its own. */
static const char *own_site(void)
{
	static char site[24];

	snprintf(site, sizeof site, "%ld", (long)getpid());
	return site;
}

static int lock(const char *url, const char *site)
{
	struct wp_error err;
	int fd = -1;

	cr_assert(!wp_lock_site(url, site, &fd, &err), "%s %s: %s", url, site, err.message);
	return fd;
}

static void expect_busy(const char *url, const char *who)
{
	struct wp_error err;
	int fd = -1;

	cr_expect_eq(wp_lock_site(url, own_site(), &fd, &err), WP_E_BUSY, "%s", url);
	cr_expect_eq(fd, -1);
	cr_expect(strstr(err.message, who) == err.message, "%s: %s", url, err.message);
}

/* Binds the name of the lock as a program would that has not yet come to listen(), or whose queue is full. */
static int bind_name_of_lock(void)
{
	struct sockaddr_un address;
	socklen_t length = sizeof address;
	int held = lock(URL, own_site()), fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert(!getsockname(held, (struct sockaddr *)&address, &length));
	cr_expect_eq(address.sun_path[0], '\0', "the name is not an abstract one");
	close(held);
	cr_assert(!bind(fd, (struct sockaddr *)&address, length));
	return fd;
}

Test(apply_lock, spellings_of_a_provider_are_one_lock)
{
	static const char *const same[] = {
		URL,
		"HTTPS://CM01.Contoso.COM/adminservice",
		"https://cm01.contoso.com:443/AdminService",
		"https://cm01.contoso.com:0443/AdminService",
		"https://cm01.contoso.com./AdminService",
		"https://cm01.contoso.com/%41dminService",
		"https://cm01.contoso.com/./AdminService",
	};
	static const char *const other[] = {
		"https://cm02.contoso.com/AdminService",
		"https://cm01.contoso.com:8443/AdminService",
		"https://cm01.contoso.com/other/AdminService",
		"not a URL at all/AdminService",
	};
	int held = lock(URL, own_site());
	char who[80];

	snprintf(who, sizeof who, "process %ld of the user ", (long)getpid());
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		expect_busy(same[i], who);
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		close(lock(other[i], own_site()));
	close(lock(URL, "other than a number"));
	close(held);
	close(lock(URL, own_site()));
}

Test(apply_lock, names_the_user)
{
	const struct passwd *user = getpwuid(geteuid());
	int held = lock(URL, own_site());
	char who[200], number[24];

	snprintf(number, sizeof number, "%lu", (unsigned long)geteuid());
	snprintf(who, sizeof who, "process %ld of the user %s is applying a plan at %s, site %s;", (long)getpid(),
		 user ? user->pw_name : number, URL, own_site());
	expect_busy(URL, who);
	close(held);
}

Test(apply_lock, is_not_inherited)
{
	int fd = lock(URL, own_site());

	cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

Test(apply_lock, busy_between_bind_and_listen)
{
	int fd = bind_name_of_lock();

	expect_busy(URL, "another process is applying ");
	close(fd);
	close(lock(URL, own_site()));
}

/* Each contender stays in the holder's queue, which nobody empties: a full one must not make the next one wait. */
Test(apply_lock, a_full_queue_does_not_wait, .timeout = 20)
{
	int fd = bind_name_of_lock();
	char who[40];

	cr_assert(!listen(fd, 0));
	snprintf(who, sizeof who, "process %ld", (long)getpid());
	expect_busy(URL, who);
	expect_busy(URL, "another process is applying ");
	close(fd);
}

Test(apply_lock, file)
{
	char folder[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 20], who[60];
	struct wp_error err;
	int first = -1, second = -1;

	temporary_make(folder);
	snprintf(path, sizeof path, "%s/journal", folder);
	first = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	second = open(path, O_RDWR | O_CLOEXEC);
	cr_assert(!wp_lock_file(first, path, "this plan", &err), "%s", err.message);
	cr_expect_eq(wp_lock_file(second, path, "this plan", &err), WP_E_BUSY);
	snprintf(who, sizeof who, "process %ld is applying this plan", (long)getpid());
	cr_expect(strstr(err.message, who), "%s", err.message);
	close(first);
	cr_expect(!wp_lock_file(second, path, "this plan", &err), "%s", err.message);
	close(second);
	cr_expect_eq(wp_lock_file(-1, path, "this plan", &err), WP_E_FAILED);
	temporary_remove(folder);
}
