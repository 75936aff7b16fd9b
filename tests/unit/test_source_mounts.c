/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where shares and drives are, by the machine's table of mounts. */
#include "wimplan/source.h"

#include <criterion/criterion.h>
#include <string.h>

static const char mounts[] =
	"overlay / overlay rw,relatime 0 0\n"
	"C:\\134 /mnt/c 9p rw,noatime,aname=drvfs;path=C:\\134;uid=1000;gid=1000;symlinkroot=/mnt/,cache=5,access=client 0 0\n"
	"drvfs /mnt/q 9p rw,aname=drvfs;path=Q:\\134;uid=0 0 0\n"
	"drvfs /mnt/os\\040images 9p rw,aname=drvfs;path=UNC\\134nas\\134Images\\134 0 0\n"
	"E: /mnt/e drvfs rw,relatime 0 0\n"
	"//cm01.contoso.com/Source$ /srv/source cifs ro,vers=3.1.1,sec=krb5 0 0\n"
	"//cm01.contoso.com/Source$ /srv/again smb3 ro 0 0\n"
	"drvfsaF2 /mnt/f virtiofs rw,relatime 0 0\n"
	"home /home virtiofs rw 0 0\n"
	"share /media/share 9p rw,trans=virtio 0 0\n"
	"none /mnt/wsl tmpfs rw 0 0\n"
	"//half\n"
	"//cm02/Source$ relative cifs ro 0 0";

static const char *where(const struct wp_map *map, const char *path)
{
	const struct wp_map_entry *entry = wp_map_find(map, path);

	return entry ? entry->folder : "";
}

Test(source, mounts_of_shares_and_drives)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_map map = { 0 };

	wp_map_add_mounts(arena, &map, mounts);
	cr_expect_str_eq(where(&map, "c:\\Users\\anna\\w11.wim"), "/mnt/c");
	cr_expect_str_eq(where(&map, "Q:\\x"), "/mnt/q");
	cr_expect_str_eq(where(&map, "\\\\NAS\\images\\w11.wim"), "/mnt/os images");
	cr_expect_str_eq(where(&map, "E:\\x"), "/mnt/e");
	cr_expect_str_eq(where(&map, "\\\\cm01.contoso.com\\source$\\a"), "/srv/source");
	cr_expect_str_eq(where(&map, "F:\\x"), "/mnt/f");
	cr_expect_str_eq(where(&map, "H:\\x"), "");
	cr_expect_str_eq(where(&map, "\\\\cm02\\Source$\\a"), "");
	cr_expect_eq(map.count, 6);
}

Test(source, mounts_stand_behind_what_the_user_says)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_map map = { 0 };
	struct wp_error err;

	cr_assert_eq(wp_map_add(arena, &map, "C:\\", "/data/c", &err), WP_OK);
	wp_map_add_mounts(arena, &map, mounts);
	cr_expect_str_eq(where(&map, "C:\\x"), "/data/c");
	wp_map_add_mounts(arena, &map, "");
	cr_expect_eq(map.count, 6);
}
