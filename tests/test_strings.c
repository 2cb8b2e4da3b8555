#include "app/strings.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "app/files.h"

static Arena arena;
static Strings english;
static Text code;      /* every .c and .h of src/ */

static void code_add(const char *folder)
{
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing));) {
        if (entry->d_name[0] == '.') continue;
        const char *path = path_join(&arena, folder, entry->d_name);
        struct stat info;
        assert_int_equal(stat(path, &info), 0);
        if (S_ISDIR(info.st_mode)) code_add(path);
        else if (file_ends_with(path, ".c") || file_ends_with(path, ".h")) {
            size_t length;
            const char *bytes = file_read(&arena, path, &length);
            text_put_bytes(&code, bytes, length);
        }
    }
    closedir(listing);
}

static int open_all(void **state)
{
    (void)state;
    arena_open(&arena, 0);
    size_t length;
    char *text = file_read(&arena, SOURCE_DIR "/assets/strings/en.txt", &length);
    if (!text) return 1;
    strings_read(&english, &arena, text);
    code = (Text){.arena = &arena};
    code_add(SOURCE_DIR "/src");
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

/* The place of an id among the sentences, -1 when there is none. */
static int place_of_id(const char *id, size_t length)
{
    int low = 0, high = english.n;
    while (low < high) {
        const int middle = (low + high) / 2;
        const char *other = english.entries[middle].id;
        const int order = strncmp(other, id, length);
        if (order < 0) low = middle + 1;
        else if (order > 0 || other[length]) high = middle;
        else return middle;
    }
    return -1;
}

/* "word.more_words": every part of small letters, digits and underscores. */
static bool looks_like_id(const char *text, size_t length)
{
    bool dot = false;
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        if (c == '.' && (i == 0 || i + 1 == length || text[i - 1] == '.')) return false;
        if (c == '.') dot = true;
        else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return dot;
}

static bool area_known(const char *id)
{
    const size_t length = strcspn(id, ".") + 1;
    for (int i = 0; i < english.n; i++)
        if (strncmp(english.entries[i].id, id, length) == 0) return true;
    return false;
}

/* Goes over every string of the code once: those that are ids are counted in `used`, or reported. */
static int count_missing(bool *used)
{
    int missing = 0;
    const char *at = text_string(&code), *end = at + code.length;
    while ((at = memchr(at, '"', (size_t)(end - at)))) {
        at++;
        size_t length = 0;
        while (at + length < end && at[length] != '"' && at[length] != '\n') length++;
        if (at + length == end || at[length] != '"' || !looks_like_id(at, length)) continue;
        const int place = place_of_id(at, length);
        if (place >= 0) used[place] = true;
        else if (area_known(at)) {
            print_error("no sentence: %.*s\n", (int)length, at);
            missing++;
        }
    }
    return missing;
}

static void code_and_sentences_agree(void **state)
{
    (void)state;
    bool *used = ARENA_ARRAY(&arena, english.n, bool);
    const int missing = count_missing(used);
    int unused = 0;
    for (int i = 0; i < english.n; i++) {
        if (used[i]) continue;
        print_error("unused: %s\n", english.entries[i].id);
        unused++;
    }
    assert_int_equal(missing, 0);
    assert_int_equal(unused, 0);
}

static void every_id_stands_once(void **state)
{
    (void)state;
    for (int i = 1; i < english.n; i++) assert_string_not_equal(english.entries[i - 1].id, english.entries[i].id);
    assert_true(english.n > 20);
}

static void sentences_are_filled(void **state)
{
    (void)state;
    static const struct { const char *sentence, *values[3], *filled; } cases[] = {
        {"plain", {0}, "plain"},
        {"{0} of {1} inputs", {"16", "48"}, "16 of 48 inputs"},
        {"{1}{0}", {"a", "b"}, "ba"},
        {"{0} {0|row|rows}", {"1"}, "1 row"},
        {"{0} {0|row|rows}", {"3"}, "3 rows"},
        {"{0|one}!", {"3"}, "!"},
        {"{0} and {1}", {"one"}, "one and "},
        {"{{0}", {"x"}, "{0}"},
        {"open { brace", {"x"}, "open { brace"},
        {"{0", {"x"}, "{0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text text = {.arena = &arena};
        sentence_put(&text, cases[i].sentence, cases[i].values, 3);
        assert_string_equal(text_string(&text), cases[i].filled);
    }
}

static void lines_are_read_by_id(void **state)
{
    (void)state;
    char text[] = "# comment = no\nb.two = second = sentence \r\n\nnonsense\n a.one=first";
    Strings strings;
    strings_read(&strings, &arena, text);
    assert_int_equal(strings.n, 2);
    assert_string_equal(strings_say(&strings, "a.one"), "first");
    assert_string_equal(strings_say(&strings, "b.two"), "second = sentence");
    assert_string_equal(strings_say(&strings, "c.three"), "c.three");
    assert_string_equal(strings_fill(&strings, &arena, "a.one", NULL), "first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_and_sentences_agree),
        cmocka_unit_test(every_id_stands_once),
        cmocka_unit_test(sentences_are_filled),
        cmocka_unit_test(lines_are_read_by_id),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
