/* Memory that runs out at every place where it is taken: nothing may crash or leak, and somebody must say so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/snapshot.h"
#include "driving.h"
#include "engine/session.h"
#include "paint/export.h"
#include "picturing.h"

/* ---- arenas whose n-th taking fails: calls from other files come here (the linker's --wrap) ---- */

typedef struct Fuse {
    int64_t left;      /* takings until memory runs out; negative = never */
    bool    blown;
    bool    for_good;  /* and does not come back */
} Fuse;

static Fuse fuse = {.left = -1};

static void spend(Arena *arena)
{
    if (fuse.left < 0 || (fuse.blown && !fuse.for_good)) return;
    if (fuse.left > 0) {
        fuse.left--;
        return;
    }
    fuse.blown = true;
    if (!arena->escape) {
        fprintf(stderr, "memory is taken where nobody minds its end\n");
        abort();
    }
    longjmp(*arena->escape, 1);
}

void *__real_arena_take(Arena *, size_t);
void *__real_arena_array(Arena *, size_t, size_t);
void *__real_arena_room(Arena *, size_t, size_t);
void *__real_arena_grow(Arena *, void *, size_t, size_t *, size_t, size_t);
char *__real_arena_copy(Arena *, const char *, size_t);

void *__wrap_arena_take(Arena *, size_t);
void *__wrap_arena_array(Arena *, size_t, size_t);
void *__wrap_arena_room(Arena *, size_t, size_t);
void *__wrap_arena_grow(Arena *, void *, size_t, size_t *, size_t, size_t);
char *__wrap_arena_copy(Arena *, const char *, size_t);
char *__wrap_arena_print(Arena *, const char *, ...);

void *__wrap_arena_take(Arena *arena, size_t bytes)
{
    spend(arena);
    return __real_arena_take(arena, bytes);
}

void *__wrap_arena_array(Arena *arena, size_t n, size_t size)
{
    spend(arena);
    return __real_arena_array(arena, n, size);
}

void *__wrap_arena_room(Arena *arena, size_t n, size_t size)
{
    spend(arena);
    return __real_arena_room(arena, n, size);
}

void *__wrap_arena_grow(Arena *arena, void *array, size_t used, size_t *capacity, size_t need, size_t size)
{
    if (need > *capacity) spend(arena);
    return __real_arena_grow(arena, array, used, capacity, need, size);
}

char *__wrap_arena_copy(Arena *arena, const char *bytes, size_t length)
{
    spend(arena);
    return __real_arena_copy(arena, bytes, length);
}

char *__wrap_arena_print(Arena *arena, const char *format, ...)
{
    va_list list;
    spend(arena);
    va_start(list, format);
    char *text = arena_vprint(arena, format, list);
    va_end(list);
    return text;
}

/* Work with the fuse at 0, step, 2·step ...: until it no longer blows. Returns how many takings there are. */
static int64_t sweep(void (*work)(void *), void *what, int64_t step, bool for_good)
{
    for (int64_t n = 0;; n += step) {
        fuse = (Fuse){.left = n, .for_good = for_good};
        work(what);
        const bool blown = fuse.blown;
        fuse = (Fuse){.left = -1};
        if (!blown) return n;
    }
}

/* The sanitizers make everything slow. */
#if defined(__SANITIZE_ADDRESS__)
enum { STEP = 11 };
#else
enum { STEP = 1 };
#endif

/* ---- reading, planning, running ---- */

static const char QUESTION_CODE[] =
    "from keras.models import Sequential\n"
    "from keras.layers import Dense, Activation, Flatten\n"
    "import numpy as np\n"
    "model = Sequential()\n"
    "model.add(Dense(16, input_shape=(3, 2)))\n"
    "model.add(Activation('relu'))\n"
    "model.add(Flatten())\n"
    "model.add(Dense(4))\n"
    "x = np.array([[[1, 2], [3, 4], [5, 6]]])\n"
    "y = model.predict(x)\n"
    "print y.shape\n";

static const char *const OTHERS[] = {
    "from keras import Sequential\nfrom keras.layers import *\n"
    "model = Sequential([Input((8, 8, 1)), Conv2D(3, 3, padding='same', activation='relu'), MaxPooling2D(2), BatchNormalization(),\n"
    "                    DepthwiseConv2D(3), Flatten(), Dense(2, activation='softmax', kernel_initializer='orthogonal')])\n",
    "from keras import Input, Model\nfrom keras.layers import *\n"
    "a = Input((4, 3), name='a')\nb = Input((4, 3))\nshared = Dense(3)\n"
    "y = Concatenate()([shared(a), shared(b), a + b])\n"
    "model = Model([a, b], [LSTM(2)(y), MultiHeadAttention(2, 2)(y, y)])\n",
    "from keras import Sequential\nfrom keras.layers import *\n"
    "def block(n):\n    return Sequential([Dense(n), TimeDistributed(Dense(2))])\n"
    "model = Sequential([Embedding(5, 4, mask_zero=True), Bidirectional(GRU(2, return_sequences=True))])\n"
    "model.add(block(3))\nmodel.build((None, 4))\n",
    "from keras import Sequential\nfrom keras.layers import *\n"
    "model = Sequential([Input((28, 28)), Conv2D(4, 3), Dens(3)])\n",
};

/* Wires inside of a nested model are counted in memory of their own, or not at all. */
static bool counts_are_missing(const Plan *plan)
{
    for (int i = 0; i < plan->n_layers; i++)
        if (plan->layers[i].connections == DIM_NONE) return true;
    return false;
}

static void understand(void *code)
{
    Snapshot snapshot;
    const ReadOptions plain = {0};
    snapshot_open(&snapshot, code, strlen(code), &plain);
    snapshot_run(&snapshot, NULL, 0, RUN_SEED);
    const bool said = snapshot.failed || snapshot.reading.error.set || !snapshot.run.complete || counts_are_missing(&snapshot.plan);
    if (fuse.blown && !said) fail_msg("nobody says that memory ran out in\n%s", (char *)code);
    snapshot_close(&snapshot);
}

static void reading_and_running_survive_every_end_of_memory(void **state)
{
    (void)state;
    char code[sizeof QUESTION_CODE];
    strcpy(code, QUESTION_CODE);
    assert_in_range(sweep(understand, code, STEP, false), 500, 100000);
    sweep(understand, code, STEP, true);
}

static void other_models_survive_it_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        char code[1000];
        snprintf(code, sizeof code, "%s", OTHERS[i]);
        assert_in_range(sweep(understand, code, 3 * STEP, i % 2), 200, 100000);
    }
}

/* ---- sessions ---- */

static void run_session(void *shown)
{
    Arena arena;
    Session *volatile session = NULL;
    ArenaTry attempt;
    volatile bool ran = false;
    const Plan *plan = &((Shown *)shown)->plan;
    arena_open(&arena, 0);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        session = ARENA_NEW(&arena, Session);
        const Tensor input = run_pattern(&arena, plan, 0);
        ran = session_open(session, &arena, plan, RUN_SEED) && session_run(session, &input);
        if (!ran) assert_string_equal(session->run.why_not, "run.no_memory");
    }
    arena_try_end(&arena, &attempt);
    assert_true(ran || fuse.blown);
    if (session) session_close(session);
    arena_close(&arena);
}

static void sessions_survive_every_end_of_memory(void **state)
{
    (void)state;
    Shown shown;
    shown_open(&shown, "8,8,2 | Conv2D 4 (3,3) padding='same' | BatchNormalization | MaxPooling2D (2,2) | Flatten | Dense 3 activation='tanh'");
    assert_in_range(sweep(run_session, &shown, 1, false), 20, 1000);
    sweep(run_session, &shown, 1, true);
    shown_close(&shown);
}

/* ---- drawing and exporting ---- */

typedef struct Drawing {
    Studio studio;
    Shown  shown;
} Drawing;

static void draw(void *what)
{
    Studio *studio = &((Drawing *)what)->studio;
    ArenaTry attempt;
    arena_try_begin(&studio->arena, &attempt);
    if (setjmp(attempt.here) == 0) studio_draw(studio);
    arena_try_end(&studio->arena, &attempt);
}

static bool export_as(const Studio *studio, const char *form)
{
    Arena arena;
    ArenaTry attempt;
    volatile bool written = false;
    arena_open(&arena, 0);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        Text out = {.arena = &arena};
        written = exporter_find(form)->write(&out, &studio->scene, studio->fonts, &(ExportOptions){.scale = 0.1f, .dpi = 96});
    }
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return written;
}

static void export_all(void *what)
{
    static const char *const forms[] = {".svg", ".pdf", ".png", ".txt"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const bool written = export_as(&((Drawing *)what)->studio, forms[i]);
        assert_true(written || fuse.blown);
    }
}

static void drawing_survives_every_end_of_memory(void **state)
{
    (void)state;
    Drawing drawing;
    shown_open(&drawing.shown, QUESTION);
    studio_open(&drawing.studio);
    studio_look(&drawing.studio, &drawing.shown, 1200, 700);
    assert_in_range(sweep(draw, &drawing, STEP, false), 50, 100000);
    sweep(draw, &drawing, STEP, true);
    draw(&drawing);
    assert_true(drawing.studio.scene.n_marks > 100);
    assert_in_range(sweep(export_all, &drawing, 1, false), 4, 10000);
    studio_close(&drawing.studio);
    shown_close(&drawing.shown);
}

/* ---- the window ---- */

static void leave_to(App *app, jmp_buf *escape)
{
    app->arena.escape = app->study.escape = app->frame.escape = app->editor.layout.escape = app->editor.buffer.arena.escape = escape;
}

static void do_this_and_that(Driven *d)
{
    driven_put_caret(d, "Dense(4");
    driven_type(d, "2\n# more\b");
    driven_key(d, '/', MOD_CTRL);
    driven_key(d, 'c', MOD_CTRL);
    driven_key(d, 'v', MOD_CTRL);
    driven_key(d, 'z', MOD_CTRL);
    driven_key(d, KEY_ESCAPE, 0);
    driven_move(d, driven_unit(d, NULL, 0));
    static const int keys[] = {'f', 'c', 'w', KEY_TAB, KEY_PAGE_DOWN, KEY_ESCAPE, '?', KEY_ESCAPE, 'e', KEY_ESCAPE, 'i', KEY_ENTER};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) driven_key(d, keys[i], 0);
    driven_wait(d, 1);
    driven_click(d, driven_unit(d, NULL, 0));
    driven_type(d, "9\n");
    driven_key(d, 'q', MOD_CTRL);
}

/* The text is whole whenever memory ends: what was typed, or what stood there before. */
static void use_window(void *what)
{
    static Driven driven;
    jmp_buf escape;
    const Fuse wanted = fuse;
    (void)what;
    fuse = (Fuse){.left = -1};
    driven_open(&driven, NULL, 1280, 720);
    leave_to(&driven.app, &escape);
    fuse = wanted;
    if (setjmp(escape) == 0) do_this_and_that(&driven);
    else {
        const Buffer *buffer = &driven.app.editor.buffer;
        assert_true(app_rescue(&driven.app));
        assert_true(buffer->text[buffer->length] == 0 && strlen(buffer->text) == buffer->length);
        assert_non_null(strstr(buffer->text, "model.add("));
    }
    const bool blown = fuse.blown;
    fuse = (Fuse){.left = -1};
    leave_to(&driven.app, NULL);
    driven_close(&driven);
    fuse.blown = blown;
}

static void the_window_closes_with_its_text_whole(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip();     /* what was taken in passing goes with the process */
#endif
    assert_in_range(sweep(use_window, NULL, 997, true), 10000, 10000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_and_running_survive_every_end_of_memory),
        cmocka_unit_test(other_models_survive_it_too),
        cmocka_unit_test(sessions_survive_every_end_of_memory),
        cmocka_unit_test(drawing_survives_every_end_of_memory),
        cmocka_unit_test(the_window_closes_with_its_text_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
