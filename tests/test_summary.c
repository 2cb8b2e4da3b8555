/* What a summary does beside the recorded models (test_recorded_models.c): faults, narrow lines, wide characters, tables. */
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
#include "keras/table.h"

static bool read_model(Made *made, const char *name, Plan *plan)
{
    size_t length;
    Model *model;
    const char *json = data_read(&made->arena, arena_print(&made->arena, "models/%s/model.json", name), &length);
    if (!json) return false;
    if (!json_read_model(&made->builder, json, length, &model, &made->error)) fail_msg("%s: %s", name, made->error.message);
    plan_make(plan, &made->arena, model, NULL, 0, 3, NULL);
    return true;
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
        cmocka_unit_test(a_refused_model_shows_its_fault),
        cmocka_unit_test(a_line_too_narrow_is_told),
        cmocka_unit_test(wide_characters_take_two_cells),
        cmocka_unit_test(tables_are_laid_out_as_rich_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
