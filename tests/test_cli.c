#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/files.h"

#define QUESTION SOURCE_DIR "/assets/models/flatten_question.py"

static Arena arena;
static char folder[64];

static int own_folder(void **state)
{
    (void)state;
    arena_open(&arena, 0);
    strcpy(folder, "/tmp/shapeflow-cli-XXXXXX");
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    setenv("COLUMNS", "80", 1);
    return mkdtemp(folder) ? 0 : 1;
}

static int leave_folder(void **state)
{
    (void)state;
    const int status = system(arena_print(&arena, "rm -rf '%s'", folder));
    arena_close(&arena);
    return status;
}

typedef struct Answer {
    int         status;
    const char *out, *err;
} Answer;

static const char *in_folder(const char *name) { return path_join(&arena, folder, name); }

static const char *contents(const char *name)
{
    size_t length;
    const char *text = file_read(&arena, in_folder(name), &length);
    return text ? text : "";
}

/* Runs the program in a shell: words may be quoted, input piped. */
static Answer ask(const char *words)
{
    const char *command = arena_print(&arena, "cd '%s' && " "%s", folder, words);
    const int status = system(arena_print(&arena, "(%s) >'%s/out' 2>'%s/err'", command, folder, folder));
    return (Answer){.status = WEXITSTATUS(status), .out = contents("out"), .err = contents("err")};
}

static Answer run(const char *words)
{
    return ask(arena_print(&arena, "'%s' %s", PROGRAM, words));
}

static void write_text(const char *name, const char *text)
{
    assert_true(file_write(&arena, in_folder(name), text, strlen(text)));
}

#define assert_holds(text, part) do { if (!strstr((text), (part))) fail_msg("no \"%s\" in: %s", (part), (text)); } while (0)

/* ---- use ---- */

static void help_and_version_are_printed(void **state)
{
    (void)state;
    static const char *const names[] = {"summary", "shapes", "predict", "render", "code", "convert"};
    const Answer help = run("--help");
    assert_int_equal(help.status, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_holds(help.out, names[i]);
        const Answer own = run(arena_print(&arena, "%s --help", names[i]));
        assert_int_equal(own.status, 0);
        assert_holds(own.out, "--flatten");
        assert_string_equal(own.err, "");
    }
    assert_holds(run("--version").out, "shapeflow 0.");
}

static void wrong_use_ends_with_2(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "summary", "summary a b", "--nothing", "summary --nothing " QUESTION, "summary --style fancy " QUESTION, "summary --line-length " QUESTION,
        "summary --line-length=x " QUESTION, "shapes --style rich " QUESTION, "shapes --help=1 " QUESTION, "predict --seed -1 " QUESTION,
        "predict --input '[[1, 2]' " QUESTION, "predict --input '[[[1, 2, 3]]]' " QUESTION, "predict --layer nothing " QUESTION,
        "predict --input '[[[1,2],[3,4],[5,6]]]' --input '[1]' " QUESTION, "render " QUESTION, "render -o a.gif " QUESTION, "render -o a.svg --size 12 " QUESTION,
        "render -o a.svg --panels left " QUESTION, "render -o a.svg --focus 'dense[99]' " QUESTION, "convert -o a.gif " QUESTION, "shapes --flatten both " QUESTION,
        "code --to basic " QUESTION};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Answer answer = run(cases[i]);
        if (answer.status != 2) fail_msg("%s: exit %d, %s", cases[i], answer.status, answer.err);
        assert_string_equal(answer.out, "");
        assert_true(strlen(answer.err) > 10);
    }
}

static void what_cannot_be_read_ends_with_3(void **state)
{
    (void)state;
    write_text("archive.keras", "PK\3\4 and so on");
    write_text("broken.json", "{\"class_name\": ");
    static const char *const cases[] = {"summary none.py", "shapes /", "shapes archive.keras", "shapes broken.json", "predict --input none.npy " QUESTION,
                                        "predict -o none/a.npy " QUESTION};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Answer answer = run(cases[i]);
        if (answer.status != 3) fail_msg("%s: exit %d, %s", cases[i], answer.status, answer.err);
        assert_true(strlen(answer.err) > 10);
    }
}

static void without_a_display_the_window_says_so(void **state)
{
    (void)state;
    const Answer answer = run("");
    assert_int_equal(answer.status, 3);
    assert_holds(answer.err, "render");
    assert_null(strchr(strchr(answer.err, '\n') + 1, '\n'));   /* one line */
}

/* ---- answers ---- */

static void the_question_has_its_known_answers(void **state)
{
    (void)state;
    const Answer shapes = run("shapes " QUESTION);
    assert_int_equal(shapes.status, 0);
    assert_holds(shapes.out, "\"output_shape\": [null, 48]");
    assert_holds(shapes.out, "\"total_params\": 244");
    assert_holds(shapes.out, "\"error\": null");
    const Answer plain = run("summary --style plain " QUESTION);
    assert_holds(plain.out, "Total params: 244");
    const Answer predict = run("predict " QUESTION);
    assert_int_equal(predict.status, 0);
    assert_holds(predict.err, "line 12");
    assert_int_equal(strncmp(predict.out, "[[", 2), 0);
    assert_int_not_equal(predict.out[2], '[');
}

static void layers_can_be_looked_into(void **state)
{
    (void)state;
    const Answer answer = run("predict --layer dense --input '[[[0, 0], [0, 0], [0, 0]]]' " QUESTION);
    assert_int_equal(answer.status, 0);
    assert_string_equal(answer.err, "");
    int brackets = 0;
    for (const char *at = answer.out; *at; at++) brackets += *at == '[';
    assert_int_equal(brackets, 1 + 1 + 3);
}

static void a_missing_batch_axis_is_added(void **state)
{
    (void)state;
    const char *with = run("predict --input '[[[1, 2], [3, 4], [5, 6]]]' " QUESTION).out;
    assert_string_equal(run("predict --input '[[1, 2], [3, 4], [5, 6]]' " QUESTION).out, with);
    assert_string_equal(run("predict " QUESTION).out, with);
}

static void the_seed_changes_the_numbers(void **state)
{
    (void)state;
    const char *seven = run("predict --seed 7 " QUESTION).out;
    assert_string_equal(run("predict " QUESTION).out, seven);
    assert_string_not_equal(run("predict --seed 8 " QUESTION).out, seven);
}

static void arrays_go_out_and_in_again(void **state)
{
    (void)state;
    assert_int_equal(run("predict --layer activation -o a.npy " QUESTION).status, 0);
    write_text("rest.py", "model = Sequential([Input((3, 16)), Flatten()])\n");
    const Answer rest = run("predict --input a.npy rest.py");
    assert_int_equal(rest.status, 0);
    assert_string_equal(rest.out, run("predict --layer flatten " QUESTION).out);
}

static void standard_input_is_a_file(void **state)
{
    (void)state;
    const Answer piped = ask("'" PROGRAM "' shapes - <" QUESTION);
    assert_int_equal(piped.status, 0);
    assert_string_equal(piped.out, run("shapes " QUESTION).out);
    assert_int_equal(run("convert -o m.json " QUESTION).status, 0);
    assert_string_equal(ask("'" PROGRAM "' shapes - <m.json").out, piped.out);
}

static void forms_can_be_converted_and_back(void **state)
{
    (void)state;
    assert_int_equal(run("convert -o m.json " QUESTION).status, 0);
    assert_int_equal(run("convert -o m.py m.json").status, 0);
    assert_int_equal(run("convert -o n.json m.py").status, 0);
    assert_string_equal(run("shapes m.json").out, run("shapes " QUESTION).out);
    assert_string_equal(run("shapes m.py").out, run("shapes " QUESTION).out);
    assert_string_equal(contents("m.json"), contents("n.json"));
    assert_string_equal(run("code m.json").out, contents("m.py"));
}

static void an_archive_keeps_the_numbers(void **state)
{
    (void)state;
    const char *numbers = run("predict --input '[[[1, 2], [3, 4], [5, 6]]]' " QUESTION).out;
    assert_int_equal(run("convert -o m.keras " QUESTION).status, 0);
    assert_string_equal(run("predict --input '[[[1, 2], [3, 4], [5, 6]]]' m.keras").out, numbers);
    assert_int_equal(run("convert -o again.keras m.keras").status, 0);
    assert_int_equal(ask("cmp m.keras again.keras").status, 0);
    assert_int_equal(run("convert -o m.py m.keras").status, 0);
    assert_holds(contents("m.py"), "model.load_weights('m.keras')");
    assert_string_equal(run("predict --input '[[[1, 2], [3, 4], [5, 6]]]' m.py").out, numbers);
    assert_string_equal(run("shapes m.keras").out, run("shapes " QUESTION).out);
}

static void numbers_that_cannot_be_loaded_are_not_made_up(void **state)
{
    (void)state;
    write_text("lost.py", "model = Sequential([Input((2,)), Dense(1)])\nmodel.load_weights('lost.keras')\n");
    static const char *const cases[] = {"predict lost.py", "convert -o lost.json lost.py"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Answer answer = run(cases[i]);
        assert_int_equal(answer.status, 3);
        assert_holds(answer.err, "line 2");
        assert_holds(answer.err, "lost.keras");
        assert_string_equal(answer.out, "");
    }
    assert_int_equal(run("shapes lost.py").status, 0);
}

static void what_cannot_be_converted_leaves_the_file_as_it_was(void **state)
{
    (void)state;
    write_text("kept.keras", "kept");
    write_text("refused.py", "model = Sequential([Dense(-4)])\n");
    write_text("large.py", "model = Sequential([Input((1000000,)), Dense(1000000)])\n");
    assert_int_equal(run("convert -o kept.keras refused.py").status, 1);
    const Answer large = run("convert -o kept.keras large.py");
    assert_int_equal(large.status, 1);
    assert_holds(large.err, "weights");
    assert_string_equal(contents("kept.keras"), "kept");
}

static void one_of_several_models_is_chosen(void **state)
{
    (void)state;
    write_text("two.py", "a = Sequential([Input((2,)), Dense(3)])\nb = Sequential([Input((2,)), Dense(5)])\n");
    assert_holds(run("shapes two.py").out, "[null, 5]");
    assert_holds(run("shapes --model a two.py").out, "[null, 3]");
}

/* ---- little memory ---- */

/* In so many kilobytes of addresses; the sanitizers take more than any limit. */
static Answer run_within(int kilobytes, const char *words)
{
#if defined(__SANITIZE_ADDRESS__)
    skip();
#endif
    return ask(arena_print(&arena, "ulimit -v %d && '%s' %s", kilobytes, PROGRAM, words));
}

static void a_model_beyond_all_memory_has_shapes_but_no_numbers(void **state)
{
    (void)state;
    enum { ROOM = 200000 };
    write_text("beyond.py", "model = Sequential([Input((100000,)), Dense(100000), Dense(10)])\n");
    const Answer shapes = run_within(ROOM, "shapes beyond.py");
    assert_int_equal(shapes.status, 0);
    assert_holds(shapes.out, "\"total_params\": 10001100010");
    assert_int_equal(run_within(ROOM, "convert -o beyond.json beyond.py").status, 0);
    assert_string_equal(run_within(ROOM, "shapes beyond.json").out, shapes.out);
    assert_holds(run_within(ROOM, "summary beyond.json").out, "10,001,100,010");
    const Answer predict = run_within(ROOM, "predict beyond.json");
    assert_int_equal(predict.status, 1);
    assert_holds(predict.err, "too large for numbers");
    assert_int_equal(run_within(ROOM, "convert -o beyond.keras beyond.json").status, 1);
}

static void a_file_beyond_the_memory_is_told_so(void **state)
{
    (void)state;
    write_text("wide.py", "model = Sequential([Input((2048,)), Dense(4096, kernel_initializer='zeros')])\n");
    assert_int_equal(run("convert -o wide.keras wide.py").status, 0);
    assert_int_equal(run("shapes wide.keras").status, 0);
    const Answer answer = run_within(160000, "predict wide.keras");
    assert_int_equal(answer.status, 3);
    assert_holds(answer.err, "memory");
}

/* ---- refusals ---- */

static void a_refusal_tells_where_and_why(void **state)
{
    (void)state;
    write_text("broken.py", "model = Sequential([Dens(4)])");
    const Answer answer = run("shapes broken.py");
    assert_int_equal(answer.status, 1);
    assert_holds(answer.err, "line 1, column 21");
    assert_holds(answer.err, "^~~~");
    assert_holds(answer.err, "Dense");
    assert_holds(answer.out, "\"line\": 1, \"column\": 21");
    assert_int_equal(run("summary broken.py").status, 1);
    assert_int_equal(run("predict broken.py").status, 1);
    assert_int_equal(run("code broken.py").status, 1);
}

static void a_text_without_a_model_is_refused(void **state)
{
    (void)state;
    write_text("none.py", "x = 1\n");
    const Answer answer = run("summary none.py");
    assert_int_equal(answer.status, 1);
    assert_holds(answer.err, "no model");
}

/* ---- pictures ---- */

static void pictures_are_the_same_bytes_every_time(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"svg", "pdf", "png", "txt"};
    for (int i = 0; i < 4; i++) {
        const char *command = arena_print(&arena, "render %s -o a.%s && '%s' render %s -o b.%s && cmp a.%s b.%s", QUESTION, suffixes[i], PROGRAM, QUESTION, suffixes[i],
                                          suffixes[i], suffixes[i]);
        const Answer answer = run(command);
        if (answer.status) fail_msg("%s: %s", command, answer.err);
    }
    assert_holds(contents("a.svg"), "<title>");
    assert_holds(contents("a.svg"), "Dense");
    assert_holds(contents("a.pdf"), "%PDF");
}

static void a_picture_has_the_size_asked_for(void **state)
{
    (void)state;
    assert_int_equal(run("render --size 800x600 --scale 2 -o a.png " QUESTION).status, 0);
    const unsigned char *png = (const unsigned char *)contents("a.png");
    assert_int_equal(png[18] << 8 | png[19], 1600);
    assert_int_equal(png[22] << 8 | png[23], 1200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_and_version_are_printed),
        cmocka_unit_test(wrong_use_ends_with_2),
        cmocka_unit_test(what_cannot_be_read_ends_with_3),
        cmocka_unit_test(without_a_display_the_window_says_so),
        cmocka_unit_test(the_question_has_its_known_answers),
        cmocka_unit_test(layers_can_be_looked_into),
        cmocka_unit_test(a_missing_batch_axis_is_added),
        cmocka_unit_test(the_seed_changes_the_numbers),
        cmocka_unit_test(arrays_go_out_and_in_again),
        cmocka_unit_test(standard_input_is_a_file),
        cmocka_unit_test(forms_can_be_converted_and_back),
        cmocka_unit_test(an_archive_keeps_the_numbers),
        cmocka_unit_test(numbers_that_cannot_be_loaded_are_not_made_up),
        cmocka_unit_test(what_cannot_be_converted_leaves_the_file_as_it_was),
        cmocka_unit_test(one_of_several_models_is_chosen),
        cmocka_unit_test(a_model_beyond_all_memory_has_shapes_but_no_numbers),
        cmocka_unit_test(a_file_beyond_the_memory_is_told_so),
        cmocka_unit_test(a_refusal_tells_where_and_why),
        cmocka_unit_test(a_text_without_a_model_is_refused),
        cmocka_unit_test(pictures_are_the_same_bytes_every_time),
        cmocka_unit_test(a_picture_has_the_size_asked_for),
    };
    return cmocka_run_group_tests(tests, own_folder, leave_folder);
}
