/* Summaries of recorded models, read from their JSON (from their code where they have none), against what Keras printed. */
#include "keras/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "data_files.h"
#include "keras/json.h"
#include "keras/reading.h"
#include "keras/table.h"

typedef struct Style {
    const char    *file;
    SummaryOptions options;
} Style;

static const Style STYLES[] = {
    {"rich.txt", {.columns = 80}},
    {"rich-wide.txt", {.columns = 120}},
    {"rich-120.txt", {.columns = 120, .line_length = 120}},
    {"rich-nested.txt", {.columns = 80, .expand_nested = true}},
    {"rich-trainable.txt", {.columns = 80, .show_trainable = true}},
    {"plain.txt", {.columns = 80, .plain = true}},
};

/* The first line that differs, for the report. */
static void assert_same_lines(const char *name, const char *got, const char *wanted)
{
    for (int line = 1; strcmp(got, wanted) != 0; line++) {
        const size_t a = strcspn(got, "\n"), b = strcspn(wanted, "\n");
        if (a != b || memcmp(got, wanted, a) != 0 || !got[a] || !wanted[b])
            fail_msg("%s line %d:\n%.*s\nKeras:\n%.*s", name, line, (int)a, got, (int)b, wanted);
        got += a + 1;
        wanted += b + 1;
    }
}

static bool read_code(Made *made, const char *name, Plan *plan)
{
    size_t length;
    Reading reading;
    const char *code = data_read(&made->arena, arena_print(&made->arena, "models/%s/model.py", name), &length);
    if (!code) return false;
    keras_read(&reading, &made->arena, code, length, NULL);
    if (reading.error.set) fail_msg("%s: %s", name, reading.error.message);
    plan_make(plan, &made->arena, reading.model, NULL, 0, 3, NULL);
    return true;
}

static bool read_model(Made *made, const char *name, Plan *plan)
{
    size_t length;
    Model *model;
    const char *json = data_read(&made->arena, arena_print(&made->arena, "models/%s/model.json", name), &length);
    if (!json) return read_code(made, name, plan);
    if (!json_read_model(&made->builder, json, length, &model, &made->error)) fail_msg("%s: %s", name, made->error.message);
    plan_make(plan, &made->arena, model, NULL, 0, 3, NULL);
    return true;
}

static void check_style(Made *made, const char *name, const Plan *plan, const Style *style)
{
    size_t length;
    const char *path = arena_print(&made->arena, "models/%s/%s", name, style->file);
    const char *wanted = data_read(&made->arena, path, &length);
    Text text = {.arena = &made->arena};
    if (!wanted) return;
    summary_print(&text, plan, &style->options);
    assert_same_lines(path, text_string(&text), wanted);
}

static void summaries_are_what_keras_prints(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const char **names;
    const int n = data_list(&arena, "models", &names);
    int checked = 0;
    for (int i = 0; i < n; i++) {
        Made made;
        Plan plan;
        made_open(&made);
        if (read_model(&made, names[i], &plan)) {
            for (size_t k = 0; k < sizeof STYLES / sizeof *STYLES; k++) check_style(&made, names[i], &plan, &STYLES[k]);
            checked++;
        }
        made_close(&made);
    }
    assert_true(checked > 0);
    arena_close(&arena);
}

/* Both are read and printed anew, so that only the values count. */
static const char *normal_form(Arena *arena, const char *json, size_t length)
{
    Error err = {.arena = arena};
    Value value;
    if (!json_read(arena, json, length, &value, &err)) fail_msg("%s: %s", err.message, json);
    return value_repr_text(arena, &value);
}

static void shapes_are_what_keras_finds(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const char **names;
    const int n = data_list(&arena, "models", &names);
    for (int i = 0; i < n; i++) {
        Made made;
        Plan plan;
        size_t length;
        made_open(&made);
        const char *wanted = data_read(&made.arena, arena_print(&made.arena, "models/%s/shapes.json", names[i]), &length);
        if (wanted && read_model(&made, names[i], &plan)) {
            Text text = {.arena = &made.arena};
            shapes_print(&text, &plan, NULL);
            assert_string_equal(normal_form(&made.arena, text.bytes, text.length), normal_form(&made.arena, wanted, length));
        }
        made_close(&made);
    }
    arena_close(&arena);
}

static void a_refused_model_shows_its_fault(void **state)
{
    (void)state;
    Made made;
    made_open(&made);
    const Error error = {.arena = &made.arena, .set = true, .exception = "ValueError", .message = "No \"way\".", .layer_class = "Dense",
                         .layer_name = "dense"};
    const char *fixes[] = {"Flatten()", "Dense(4)"};
    const ShapesFault fault = {.cause = "So it is.", .fixes = fixes, .n_fixes = 2, .line = 4, .column = 11};
    const Plan plan = {.error = &error};
    Text text = {.arena = &made.arena};
    shapes_print(&text, &plan, &fault);
    assert_string_equal(text_string(&text),
        "{\"model\": null,\n \"layers\": [],\n \"total_params\": 0, \"trainable_params\": 0, \"non_trainable_params\": 0,\n"
        " \"error\": {\"layer\": \"dense\", \"class\": \"Dense\", \"line\": 4, \"column\": 11, \"message\": \"No \\\"way\\\".\", "
        "\"cause\": \"So it is.\", \"fixes\": [\"Flatten()\", \"Dense(4)\"]}}\n");
    made_close(&made);
}

static void a_line_too_narrow_is_told(void **state)
{
    (void)state;
    Made made;
    made_open(&made);
    Plan plan;
    assert_true(read_model(&made, "flatten_question", &plan));
    Text text = {.arena = &made.arena};
    summary_print(&text, &plan, &(SummaryOptions){.columns = 10});
    assert_string_equal(text_string(&text), "Insufficient console width to print summary.\n");
    made_close(&made);
}

typedef struct CellCase {
    const char *text;
    int         cells;
} CellCase;

static void wide_characters_take_two_cells(void **state)
{
    (void)state;
    static const CellCase CASES[] = {{"", 0}, {"dense", 5}, {"日本語", 6}, {"é", 1}, {"e\xCC\x81", 1}, {"😀", 2}, {"└ ", 2}, {"\xFF", 1}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(cells_count(CASES[i].text, strlen(CASES[i].text)), CASES[i].cells);
}

typedef struct TableCase {
    int         screen;
    const char *cell[3], *wanted;
} TableCase;

static const TableCase TABLE_CASES[] = {
    {40, {"dense (Dense)", "(None, 4)", "20"},
     "┏━━━━━━━━━━━━┳━━━━━━━━┳━━━━━━┓\n"
     "┃ Layer      ┃ Shape  ┃    # ┃\n"
     "┡━━━━━━━━━━━━╇━━━━━━━━╇━━━━━━┩\n"
     "│ dense      │ (None, │   20 │\n"
     "│ (Dense)    │ 4)     │      │\n"
     "└────────────┴────────┴──────┘\n"},
    {40, {"a_name_too_long x", "日本語の層", "123456"},
     "┏━━━━━━━━━━━━┳━━━━━━━━┳━━━━━━┓\n"
     "┃ Layer      ┃ Shape  ┃    # ┃\n"
     "┡━━━━━━━━━━━━╇━━━━━━━━╇━━━━━━┩\n"
     "│ a_name_to… │ 日本 … │ 123… │\n"
     "│ x          │        │      │\n"
     "└────────────┴────────┴──────┘\n"},
    {20, {"a", "b", "c"},
     "┏━━━━━━━━━━━━┳━━━━━━\n"
     "┃ Layer      ┃ Shape\n"
     "┡━━━━━━━━━━━━╇━━━━━━\n"
     "│ a          │ b    \n"
     "└────────────┴──────\n"},
};

static void tables_are_laid_out_as_rich_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TABLE_CASES / sizeof *TABLE_CASES; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Table table = {.arena = &arena, .width = 30, .screen = TABLE_CASES[i].screen, .n_columns = 3,
                       .column = {{"Layer", TABLE_LEFT, 13}, {"Shape", TABLE_LEFT, 10}, {"#", TABLE_RIGHT, 7}}};
        TableRow *row = table_add(&table);
        for (int k = 0; k < 3; k++) row->cell[k] = TABLE_CASES[i].cell[k];
        Text text = {.arena = &arena};
        table_print(&text, &table);
        assert_string_equal(text_string(&text), TABLE_CASES[i].wanted);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summaries_are_what_keras_prints),
        cmocka_unit_test(shapes_are_what_keras_finds),
        cmocka_unit_test(a_refused_model_shows_its_fault),
        cmocka_unit_test(a_line_too_narrow_is_told),
        cmocka_unit_test(wide_characters_take_two_cells),
        cmocka_unit_test(tables_are_laid_out_as_rich_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
