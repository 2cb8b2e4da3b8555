#include "scene/block.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- a seeded swarm ---- */

typedef struct Dice { uint64_t state; } Dice;

static int64_t roll(Dice *dice, int64_t low, int64_t high)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return low + (int64_t)((dice->state >> 33) % (uint64_t)(high - low + 1));
}

static Shape roll_shape(Dice *dice)
{
    Shape shape = {.rank = (int)roll(dice, 0, 5)};
    const int64_t most[] = {1, 3000, 200, 24, 9, 5};
    for (int i = 0; i < shape.rank; i++) shape.dim[i] = roll(dice, 1, roll(dice, 1, most[shape.rank]));
    return shape;
}

static BlockOffer roll_offer(Dice *dice)
{
    const Rect room = {(float)roll(dice, 0, 500), (float)roll(dice, 0, 300), (float)roll(dice, 44, 230), (float)roll(dice, 90, 1600)};
    return (BlockOffer){.room = room, .unit_max = 52, .number_w = 52.6F, .number_h = 17.5F, .cell_max = 47,
                        .channels_first = roll(dice, 0, 4) == 0, .show = -1};
}

static void roll_block(Dice *dice, Block *block)
{
    const Shape shape = roll_shape(dice);
    BlockOffer offer = roll_offer(dice);
    offer.channels_first = offer.channels_first && shape.rank >= 3;
    if (shape_size(&shape) > 1) offer.show = roll(dice, -1, shape_size(&shape) - 1);
    block_make(block, &shape, &offer);
    const Rect a = block->area, r = offer.room;
    const float slack = 0.5F;
    if (a.x < r.x - slack || a.y < r.y - slack || a.x + a.w > r.x + r.w + slack || a.y + a.h > r.y + r.h + slack)
        fail_msg("rank %d of %lld: %g,%g %gx%g is not inside %g,%g %gx%g", shape.rank, (long long)block->size, (double)a.x, (double)a.y,
                 (double)a.w, (double)a.h, (double)r.x, (double)r.y, (double)r.w, (double)r.h);
    if (offer.show >= 0) assert_true(block_shows(block, offer.show));
}

static void every_element_stands_in_its_own_place(void **state)
{
    (void)state;
    Dice dice = {1};
    for (int i = 0; i < 400; i++) {
        Block block;
        roll_block(&dice, &block);
        for (int64_t e = 0; e < block.size; e++) {
            const Rect at = block_unit(&block, e);
            if (!block_shows(&block, e)) continue;
            const Point centre = rect_centre(at);
            const int64_t found = block_at(&block, centre);
            if (found != e)
                fail_msg("swarm %d: element %lld of %lld (rank %d) is found as %lld", i, (long long)e, (long long)block.size,
                         block.shape.rank, (long long)found);
            assert_true(at.w > 0 && at.h > 0);
        }
    }
}

static bool overlap(Rect a, Rect b)
{
    const float slack = 0.01F;
    return a.x + slack < b.x + b.w && b.x + slack < a.x + a.w && a.y + slack < b.y + b.h && b.y + slack < a.y + a.h;
}

static void units_never_overlap(void **state)
{
    (void)state;
    Dice dice = {2};
    for (int i = 0; i < 300; i++) {
        Block block;
        roll_block(&dice, &block);
        const int64_t n = block.size < 300 ? block.size : 300;
        for (int64_t a = 0; a < n; a++)
            for (int64_t b = 0; b < a; b++)
                if (block_shows(&block, a) && block_shows(&block, b) && overlap(block_unit(&block, a), block_unit(&block, b)))
                    fail_msg("swarm %d: %lld and %lld of %lld (rank %d) overlap", i, (long long)b, (long long)a, (long long)block.size,
                             block.shape.rank);
    }
}

static void place_and_element_are_inverse(void **state)
{
    (void)state;
    Dice dice = {3};
    for (int i = 0; i < 300; i++) {
        Block block;
        roll_block(&dice, &block);
        for (int64_t e = 0; e < block.size && block.form == BLOCK_CELLS; e++) {
            int64_t map, row, column;
            block_place(&block, e, &map, &row, &column);
            assert_int_equal(block_element(&block, map, row, column), e);
        }
    }
}

static void rows_stand_at_one_height_in_all_columns(void **state)
{
    (void)state;
    const Shape narrow = SHAPE(3, 2), wide = SHAPE(3, 16);
    const BlockOffer offer = {.room = {0, 0, 100, 540}, .unit_max = 52, .number_w = 52, .number_h = 17, .cell_max = 47, .show = -1};
    Block a, b;
    block_make(&a, &narrow, &offer);
    block_make(&b, &wide, &offer);
    assert_int_equal(a.form, BLOCK_UNITS);
    assert_int_equal(b.form, BLOCK_UNITS);
    for (int64_t r = 0; r < 3; r++)
        assert_float_equal(rect_centre(block_group(&a, r)).y, rect_centre(block_group(&b, r)).y, 0.01);
}

static void forms_follow_rank_and_room(void **state)
{
    (void)state;
    const struct { Shape shape; float h; BlockForm form; int64_t maps, columns; } cases[] = {
        {{0}, 500, BLOCK_UNITS, 0, 0},            {SHAPE(4), 500, BLOCK_UNITS, 0, 0},
        {SHAPE(48), 500, BLOCK_UNITS, 0, 0},      {SHAPE(200), 500, BLOCK_UNITS, 0, 0},
        {SHAPE(300), 500, BLOCK_CELLS, 1, 0},     {SHAPE(3, 16), 130, BLOCK_UNITS, 0, 0},
        {SHAPE(3, 16), 500, BLOCK_UNITS, 0, 0},   {SHAPE(100, 16), 500, BLOCK_CELLS, 100, 16},
        {SHAPE(300, 16), 500, BLOCK_CELLS, 1, 16},
        {SHAPE(3, 512), 500, BLOCK_CELLS, 3, 0},  {SHAPE(24, 24, 8), 500, BLOCK_CELLS, 8, 24},
        {SHAPE(2, 3, 4, 2), 500, BLOCK_CELLS, 4, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Block block;
        block_make(&block, &cases[i].shape, &(BlockOffer){.room = {0, 0, 160, cases[i].h}, .unit_max = 52, .number_w = 52,
                                                          .number_h = 17, .cell_max = 47, .show = -1});
        assert_int_equal(block.form, cases[i].form);
        if (cases[i].maps) assert_int_equal(block.maps, cases[i].maps);
        if (cases[i].columns) assert_int_equal(block.columns, cases[i].columns);
    }
}

/* So that the wires of each can be told apart. */
static void units_beside_each_other_have_heights_of_their_own(void **state)
{
    (void)state;
    const Shape shapes[] = {SHAPE(48), SHAPE(3, 16)};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        Block block;
        block_make(&block, &shapes[i], &(BlockOffer){.room = {0, 0, 100, 130}, .unit_max = 52, .number_w = 52, .number_h = 17, .cell_max = 47, .show = -1});
        assert_true(block.form == BLOCK_UNITS && block.abreast > 1);
        for (int64_t e = 1; e < block.size; e++) {
            const Rect before = block_unit(&block, e - 1), at = block_unit(&block, e);
            assert_true(at.y > before.y + 1.5F && at.h > 6);
        }
    }
}

static void sizes_beyond_all_bounds_are_drawn_as_nothing_or_little(void **state)
{
    (void)state;
    const Shape shapes[] = {SHAPE(INT64_MAX), SHAPE(INT64_C(1) << 40, INT64_C(1) << 40), SHAPE(0), SHAPE(3, 0), SHAPE(INT64_C(1) << 50),
                            SHAPE(INT64_C(1) << 30, 3), SHAPE(7, INT64_C(1) << 40), SHAPE(1 << 20, 1 << 20, 1 << 10), SHAPE(1, 1, INT64_C(1) << 40)};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        Block block;
        block_make(&block, &shapes[i], &(BlockOffer){.room = {0, 0, 100, 500}, .unit_max = 52, .number_w = 52, .number_h = 17,
                                                     .cell_max = 47, .show = -1});
        assert_true(block.size >= 0);
        assert_true((double)block.cell_rows * block.cell_columns * (double)block.shown_maps < 1e6);
        assert_true(isfinite(block.area.w) && isfinite(block.area.h));
        if (block.size) assert_true(block_at(&block, rect_centre(block_unit(&block, 0))) >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_stands_in_its_own_place),
        cmocka_unit_test(units_never_overlap),
        cmocka_unit_test(place_and_element_are_inverse),
        cmocka_unit_test(rows_stand_at_one_height_in_all_columns),
        cmocka_unit_test(forms_follow_rank_and_room),
        cmocka_unit_test(units_beside_each_other_have_heights_of_their_own),
        cmocka_unit_test(sizes_beyond_all_bounds_are_drawn_as_nothing_or_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
