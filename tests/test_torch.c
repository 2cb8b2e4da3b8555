/* Models written as PyTorch code: golden texts, whose numbers were once compared with Keras' own by running them. */
#include "keras/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "data_files.h"
#include "keras/reading.h"

/* PyTorch code of Keras code; NULL on refusal, which is then in made->error. */
static const char *torch_of(Made *made, const char *name, const char *code, size_t length)
{
    Plan plan;
    Reading reading;
    Text text = {.arena = &made->arena};
    keras_read(&reading, &made->arena, code, length, NULL);
    if (reading.error.set || !reading.model) fail_msg("%s: %s\n%s", name, reading.error.set ? reading.error.message : "no model", code);
    plan_make(&plan, &made->arena, reading.model, NULL, 0, 3, NULL);
    return write_torch(&text, &plan, &made->error) ? text_string(&text) : NULL;
}

static void models_are_written_as_recorded(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const char **names;
    const int n = data_list(&arena, "torch", &names);
    assert_true(n > 20);
    for (int i = 0; i < n; i += 2) {
        Made made;
        size_t length, wanted_length;
        made_open(&made);
        const char *stem = arena_copy(&made.arena, names[i], strcspn(names[i], "."));
        const char *code = data_read(&made.arena, arena_print(&made.arena, "torch/%s.keras.py", stem), &length);
        const char *wanted = data_read(&made.arena, arena_print(&made.arena, "torch/%s.torch.py", stem), &wanted_length);
        assert_non_null(code);
        assert_non_null(wanted);
        const char *text = torch_of(&made, stem, code, length);
        if (!text) fail_msg("%s: %s", stem, made.error.message);
        assert_string_equal(text, wanted);
        made_close(&made);
    }
    arena_close(&arena);
}

#define SEQUENTIAL(layers) "from keras import Sequential\nfrom keras.layers import *\nmodel = Sequential([" layers "])\n"

typedef struct LineCase {
    const char *code, *lines;      /* lines: what must be in the text */
} LineCase;

static const LineCase LINES[] = {
    {SEQUENTIAL("Input((6, 6, 2)), Conv2D(3, 3), Flatten(), Dense(2)"), "    Permute(0, 2, 3, 1),\n    nn.Flatten(),\n    nn.Linear(48, 2),"},
    {SEQUENTIAL("Input((6, 6, 2)), Conv2D(1, 3), Flatten()"), "weight = kernel.transpose(3, 2, 0, 1)\n    nn.Flatten(),\n)"},
    {SEQUENTIAL("Input((6, 6, 2)), Conv2D(4, 6), Flatten()"), "weight = kernel.transpose(3, 2, 0, 1)\n    nn.Flatten(),\n)"},
    {SEQUENTIAL("Input((2, 6, 6)), Conv2D(4, 3, data_format='channels_first'), Flatten()"), "nn.Sequential(\n    nn.Conv2d(2, 4, 3),"},
    {SEQUENTIAL("Input((7, 7, 1)), Conv2D(2, 3, strides=2, padding='same')"), "nn.Conv2d(1, 2, 3, stride=2, padding=1)"},
    {SEQUENTIAL("Input((8, 8, 1)), Conv2D(2, 3, strides=2, padding='same')"), "    nn.ZeroPad2d((0, 1, 0, 1)),\n    nn.Conv2d(1, 2, 3, stride=2),"},
    {SEQUENTIAL("Input((None, None, 1)), Conv2D(2, 3, strides=2, padding='same')"), "    SamePad((3, 3), (2, 2)),"},
    {SEQUENTIAL("Input((5, 5, 1)), MaxPooling2D(2, padding='same')"), "nn.MaxPool2d(2, ceil_mode=True)"},
    {SEQUENTIAL("Input((8,)), Dense(4, activation='softmax')"), "    nn.Softmax(dim=-1),"},
    {SEQUENTIAL("Input((6, 6, 2)), Conv2D(3, 3, activation='softmax'), GlobalAveragePooling2D()"), "    nn.Softmax(dim=1),\n    nn.AdaptiveAvgPool2d(1),\n    nn.Flatten(),"},
    {SEQUENTIAL("Input((5, 3)), LSTM(4), Dense(2)"), "        x, _ = self.lstm(x)\n        x = x[:, -1]\n        x = self.dense(x)\n"},
    {SEQUENTIAL("Input((5, 3)), GRU(2)"), "weight_ih_l0 = kernel[..., np.r_[2:4, 0:2, 4:6]].T"},
    {SEQUENTIAL("Input((4,)), BatchNormalization()"), "nn.BatchNorm1d(4, eps=0.001, momentum=0.01)"},
    {SEQUENTIAL("Input((5, 3, 5, 2)), Conv3D(2, 1, strides=3, padding='same')"), "    nn.ZeroPad3d((0, -1, -1, -1, 0, -1)),\n    nn.Conv3d(2, 2, 1, stride=3),"},
    {SEQUENTIAL("Input((5, 3, 5, 2)), Conv3D(2, 1, strides=3, padding='same', groups=2)"), "    nn.Conv3d(2, 2, 1, stride=3, groups=2),"},
    {SEQUENTIAL("Input((3,)), GroupNormalization(-1)"), "(x - x) * self.group_normalization_gamma + self.group_normalization_beta"},
    {SEQUENTIAL("Input((5, 3)), RNN(LSTMCell(4), return_sequences=True)"), "self.rnn = nn.LSTM(3, 4, batch_first=True)"},
    {SEQUENTIAL("Input((3,)), Discretization([0.0, 1.5])"), "torch.bucketize(x, torch.tensor([0.0, 1.5]), right=True)"},
    {SEQUENTIAL("Input((3,)), CategoryEncoding(4)"), "F.one_hot(x.long(), 4).amax(-2).float()"},
    {SEQUENTIAL("Input((4,)), Dense(6), Reshape((2, 3)), Permute((2, 1))"), "    nn.Unflatten(1, (2, 3)),\n    Permute(0, 2, 1),\n"},
};

static void lines_are_what_pytorch_needs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        Made made;
        made_open(&made);
        const char *text = torch_of(&made, "case", LINES[i].code, strlen(LINES[i].code));
        if (!text) fail_msg("%s: %s", LINES[i].code, made.error.message);
        if (!strstr(text, LINES[i].lines)) fail_msg("%s has no\n%s\nbut is\n%s", LINES[i].code, LINES[i].lines, text);
        made_close(&made);
    }
}

static const struct { const char *code, *cause, *layer; } REFUSED[] = {
    {SEQUENTIAL("Input((4, 4, 1)), Resizing(8, 8, interpolation='bicubic', name='large')"), "pytorch.layer", "large"},
    {SEQUENTIAL("Input((4,)), Dense(3, activation='sparsemax')"), "pytorch.layer", "dense"},
    {SEQUENTIAL("Input((5, 3)), RNN([LSTMCell(4), GRUCell(2)])"), "pytorch.layer", "rnn"},
    {SEQUENTIAL("Dense(3)"), "pytorch.shapeless", "sequential"},
};

static void refusals_name_the_layer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        Made made;
        made_open(&made);
        assert_null(torch_of(&made, "refused", REFUSED[i].code, strlen(REFUSED[i].code)));
        assert_string_equal(made.error.cause, REFUSED[i].cause);
        assert_string_equal(made.error.value[0], REFUSED[i].layer);
        made_close(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_are_written_as_recorded),
        cmocka_unit_test(lines_are_what_pytorch_needs),
        cmocka_unit_test(refusals_name_the_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
