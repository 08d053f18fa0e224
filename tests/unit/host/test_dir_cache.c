/* dir_cache.c: what walks keep open, and for how long. */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/files/files.h"
#include "host/machine/dir_cache.h"
#include "host/machine/wait.h"
#include "world.h"

static struct dir_cache folders;

static int
begin(void **state)
{
	int result = world_begin(state);

	host.dir_cache = &folders;
	return result;
}

static int
end(void **state)
{
	dir_cache_forget(&folders);
	return world_end(state);
}

#define KEPT(test)	cmocka_unit_test_setup_teardown(test, begin, end)

static struct file_fact
look(const char *path, enum files_walk manner)
{
	struct file_fact fact;

	files_look(&host, path, manner, &fact);
	return fact;
}

static bool
is_kept(const char *path)
{
	int descriptor = dir_cache_enter(&folders, path);

	return descriptor != -1 && dir_cache_leave(&folders, descriptor);
}

static void
walk_goes_on_from_where_the_last_one_came_through(void **state)
{
	size_t count;

	(void)state;
	make_folder("/etc/deep", 0755);
	make_file("/etc/deep/file", "", 0644);
	assert_int_equal(look("/etc/deep/file", FILES_STRICT).exists, YES);
	assert_true(is_kept(""));
	assert_true(is_kept("/etc/deep"));
	count = folders.count;
	/* Otherwise this name would be another directory by now. */
	assert_int_equal(rename(real("/etc/deep"), real("/etc/other")), 0);
	make_folder("/etc/deep", 0755);
	assert_int_equal(look("/etc/deep/file", FILES_STRICT).exists, YES);
	assert_int_equal(folders.count, count);
	dir_cache_forget(&folders);
	assert_int_equal(look("/etc/deep/file", FILES_STRICT).exists, NO);
}

static void
links_lead_to_folders_that_are_kept_by_their_own_name(void **state)
{
	(void)state;
	make_file("/private/var/log/file", "", 0644);
	assert_int_equal(look("/var/log/file", FILES_STRICT).exists, YES);
	assert_true(is_kept("/private/var/log"));
	assert_false(is_kept("/var/log"));
	assert_string_equal(look("/var/log/file", FILES_STRICT).resolved, "/private/var/log/file");
}

/* A user who can write there could replace the directory: it is opened and checked each time. */
static void
folder_that_others_can_change_is_never_kept_nor_what_is_in_it(void **state)
{
	(void)state;
	make_folder("/etc/open", 0777);
	make_folder("/etc/open/inner", 0755);
	make_file("/etc/open/inner/file", "", 0644);
	assert_string_equal(look("/etc/open/inner/file", FILES_STRICT).untrusted_path, "/etc/open");
	assert_true(is_kept("/etc"));
	assert_false(is_kept("/etc/open"));
	assert_false(is_kept("/etc/open/inner"));
	assert_string_equal(look("/etc/open/inner/file", FILES_STRICT).untrusted_path, "/etc/open");
	assert_int_equal(rename(real("/etc/open/inner"), real("/etc/open/other")), 0);
	assert_int_equal(look("/etc/open/inner/file", FILES_STRICT).exists, NO);
}

/* Else a walk that goes on from it would not know that somebody may not come there. */
static void
folder_that_not_everybody_may_search_is_not_kept(void **state)
{
	(void)state;
	need_root();
	make_folder("/etc/closed", 0750);
	make_folder("/etc/closed/inner", 0755);
	make_file("/etc/closed/inner/file", "", 0644);
	assert_int_equal(look("/etc/closed/inner/file", FILES_STRICT).exists, YES);
	assert_true(is_kept("/etc"));
	assert_false(is_kept("/etc/closed"));
	assert_false(is_kept("/etc/closed/inner"));
}

static void
path_through_a_link_of_others_is_not_cached(void **state)
{
	(void)state;
	need_root();
	make_folder("/etc/eve", 0755);
	give("/etc/eve", EVE, STAFF);
	make_folder("/etc/good", 0755);
	make_file("/etc/good/file", "", 0644);
	make_link("/etc/eve/way", "/etc/good");
	assert_string_equal(look("/etc/eve/way/file", FILES_LOOSE).untrusted_path, "/etc/eve");
	assert_false(is_kept("/etc/good"));
	assert_string_equal(look("/etc/good/file", FILES_LOOSE).untrusted_path, "");
	assert_true(is_kept("/etc/good"));
	assert_string_equal(look("/etc/eve/way/file", FILES_LOOSE).untrusted_path, "/etc/eve");
}

static void
folder_that_was_removed_is_forgotten(void **state)
{
	bool left;

	(void)state;
	assert_int_equal(files_make_directory(&host, "/etc/new", 0755, &error), 0);
	assert_int_equal(look("/etc/new/file", FILES_STRICT).exists, NO);
	assert_true(is_kept("/etc/new"));
	assert_int_equal(files_remove_directory(&host, "/etc/new", &left, &error), 0);
	assert_int_equal(folders.count, 0);
	make_folder("/etc/new", 0755);
	make_file("/etc/new/file", "", 0644);
	assert_int_equal(look("/etc/new/file", FILES_STRICT).exists, YES);
}

static void
wait_makes_all_new(void **state)
{
	(void)state;
	assert_int_equal(look("/etc/passwd", FILES_STRICT).exists, YES);
	assert_true(is_kept("/etc"));
	assert_true(wait_for(&host, 0));
	assert_int_equal(folders.count, 0);
}

static void
more_folders_than_there_is_room_for_are_walked_as_before(void **state)
{
	char path[64];

	(void)state;
	for (int turn = 0; turn < 2; turn++)
		for (int i = 0; i < DIR_CACHE_MAX + 5; i++) {
			snprintf(path, sizeof path, "/etc/%d", i);
			if (turn == 0)
				make_folder(path, 0755);
			snprintf(path, sizeof path, "/etc/%d/file", i);
			if (turn == 0)
				make_file(path, "", 0644);
			assert_int_equal(look(path, FILES_STRICT).exists, YES);
		}
	assert_int_equal(folders.count, DIR_CACHE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KEPT(walk_goes_on_from_where_the_last_one_came_through),
		KEPT(links_lead_to_folders_that_are_kept_by_their_own_name),
		KEPT(folder_that_others_can_change_is_never_kept_nor_what_is_in_it),
		KEPT(folder_that_not_everybody_may_search_is_not_kept),
		KEPT(path_through_a_link_of_others_is_not_cached),
		KEPT(folder_that_was_removed_is_forgotten),
		KEPT(wait_makes_all_new),
		KEPT(more_folders_than_there_is_room_for_are_walked_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
