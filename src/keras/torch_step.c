#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "keras/torch_code.h"

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }

/* ---- arguments ---- */

const Value *torch_arg(const TorchStep *step, const char *param)
{
    static const Value none = VALUE_IS_NONE;
    const LayerKind *kind = step->layer->kind;
    for (int i = 0; i < kind->n_params; i++)
        if (strcmp(kind->params[i].name, param) == 0) return &step->layer->args[i];
    return &none;
}

bool torch_flag(const TorchStep *step, const char *param) { return value_truth(torch_arg(step, param)); }

bool torch_is(const TorchStep *step, const char *param, const char *text) { return value_is_text(torch_arg(step, param), text); }

int64_t torch_int(const TorchStep *step, const char *param, int i)
{
    const Value *value = torch_arg(step, param);
    int64_t number = 0;
    if (value->kind == VALUE_TUPLE || value->kind == VALUE_LIST)
        value = (size_t)i < value->list->n ? &value->list->items[i] : torch_arg(step, "");
    value_integer(value, &number);
    return number;
}

const char *torch_number(const TorchStep *step, const char *param)
{
    return value_repr_text(arena_of(step), torch_arg(step, param));
}

const char *torch_ints(Arena *arena, const int64_t *ints, int n)
{
    Text text = {.arena = arena};
    bool alike = true;
    for (int i = 1; i < n; i++) alike &= ints[i] == ints[0];
    if (alike) return arena_print(arena, "%" PRId64, ints[0]);
    for (int i = 0; i < n; i++) text_print(&text, "%s%" PRId64, i ? ", " : "(", ints[i]);
    text_put_char(&text, ')');
    return text.bytes;
}

/* ---- lines ---- */

void torch_line(TorchStep *step, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *line = arena_vprint(arena_of(step), format, args);
    va_end(args);
    step->code->sequence = false;
    text_print(&step->code->lines, "        %s\n", line);
}

static bool is_plain(const char *x) { return !strpbrk(x, " .([{+-*/"); }

const char *torch_variable(TorchStep *step, const char *suffix)
{
    return variable_new(&step->code->variables, arena_print(arena_of(step), "%s%s", step->layer->name, suffix));
}

void torch_flush(TorchStep *step)
{
    if (is_plain(step->x)) return;
    const bool sequence = step->code->sequence;
    const char *name = step->code->line ? "x" : torch_variable(step, "");
    torch_line(step, "%s = %s", name, step->x);
    step->code->sequence = sequence;
    step->x = name;
}

/* ---- growing x ---- */

/* $ becomes x; a second one needs it in a variable. */
static const char *put_x(TorchStep *step, const char *text)
{
    Text whole = {.arena = arena_of(step)};
    const char *first = strchr(text, '$');
    if (first && strchr(first + 1, '$')) torch_flush(step);
    for (; *text; text++) {
        if (*text == '$') text_put(&whole, step->x);
        else text_put_char(&whole, *text);
    }
    return text_string(&whole);
}

void torch_item(TorchStep *step, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_print(&step->code->items, "    %s,\n", arena_vprint(arena_of(step), format, args));
    va_end(args);
}

void torch_inline(TorchStep *step, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    step->x = put_x(step, arena_vprint(arena_of(step), format, args));
    va_end(args);
}

void torch_apply(TorchStep *step, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    step->x = put_x(step, arena_vprint(arena_of(step), format, args));
    va_end(args);
    step->code->sequence = false;
}

enum { LINE_LONG = 120 };

/* Whether ", name = ..." begins here. */
static bool begins_weight(const char *at)
{
    if (at[0] != ',' || at[1] != ' ') return false;
    at += 2;
    const size_t length = strcspn(at, " ,");
    return strncmp(at + length, " = ", 3) == 0;
}

/* Behind the member, or one weight to a line above it. */
static void put_member(Text *text, const char *name, const char *constructor, const char *note)
{
    if (note && strlen(name) + strlen(constructor) + strlen(note) > LINE_LONG) {
        text_put(text, "        # ");
        for (; *note; note++) {
            if (begins_weight(note)) text_put(text, "\n        # "), note++;
            else text_put_char(text, *note);
        }
        text_put_char(text, '\n');
    }
    text_print(text, "        self.%s = %s%s%s\n", name, constructor, note && *note ? "  # " : "", note ? note : "");
}

const char *torch_member(TorchStep *step, const char *suffix, const char *constructor, const char *note)
{
    TorchCode *code = step->code;
    const char *key = arena_print(arena_of(step), "%d%s", step->layer->id, suffix), *name = NULL;
    for (size_t i = 0; i < code->names.n_things; i++)
        if (strcmp(code->names.things[i].thing, key) == 0) name = code->names.things[i].variable;
    if (name) return arena_print(arena_of(step), "self.%s", name);
    name = variable_new(&code->names, arena_print(arena_of(step), "%s%s", step->layer->name, suffix));
    variable_bind(&code->names, key, name);
    put_member(&code->members, name, constructor, note);
    return arena_print(arena_of(step), "self.%s", name);
}

void torch_module(TorchStep *step, const char *suffix, const char *constructor, const char *note)
{
    text_print(&step->code->items, "    %s,  # %s%s%s\n", constructor, step->layer->name, note ? ": " : "", note ? note : "");
    step->x = arena_print(arena_of(step), "%s(%s)", torch_member(step, suffix, constructor, note), step->x);
}

void torch_use(TorchStep *step, TorchHelper helper)
{
    step->code->file->helpers[helper] = true;
}

static const char *axes_text(Arena *arena, const int *axes, int rank)
{
    Text text = {.arena = arena};
    for (int i = 0; i < rank; i++) text_print(&text, "%s%d", i ? ", " : "", axes[i]);
    return text_string(&text);
}

/* The helper class is needed by items alone: whether it is used is known at the end. */
void torch_permute(TorchStep *step, int rank, const int *axes)
{
    const char *text = axes_text(arena_of(step), axes, rank);
    torch_item(step, "Permute(%s)", text);
    torch_inline(step, "$.permute(%s)", text);
}

/* ---- layouts ---- */

static void change_layout(TorchStep *step, int rank, TorchLayout from, TorchLayout to)
{
    int axes[SHAPE_RANK_MAX] = {0};
    if (from == to || rank < 3) return;
    if (to == LAYOUT_TORCH) axes[1] = rank - 1;
    else axes[rank - 1] = 1;
    for (int i = 1; i < rank - 1; i++) axes[to == LAYOUT_TORCH ? i + 1 : i] = to == LAYOUT_TORCH ? i : i + 1;
    torch_permute(step, rank, axes);
}

static TorchTensor *tensor_of(const TorchCode *code, const KerasTensor *tensor)
{
    for (size_t i = code->n_tensors; i-- > 0;)
        if (code->tensors[i].tensor == tensor) return &code->tensors[i];
    return NULL;
}

static const char *constant_text(TorchStep *step, const KerasTensor *tensor)
{
    Text text = {.arena = arena_of(step)};
    put_code_value(&step->code->variables, &text, &tensor->constant, PARAM_ANY);
    return tensor->constant.kind == VALUE_LIST ? arena_print(text.arena, "torch.tensor(%s)", text.bytes) : text.bytes;
}

const char *torch_input(TorchStep *step, int i, TorchLayout layout)
{
    const KerasTensor *tensor = step->node->in[i];
    TorchTensor *entry = tensor_of(step->code, tensor);
    if (!entry) return tensor->node ? "x" : constant_text(step, tensor);
    if (entry->name[layout]) return entry->name[layout];
    TorchStep change = *step;
    change.x = entry->name[1 - layout];
    change_layout(&change, tensor->spec.shape.rank, 1 - layout, layout);
    if (step->code->line) return change.x;
    const char *name = variable_new(&step->code->variables, arena_print(arena_of(step), "%s_%s", entry->name[1 - layout],
                                                                       layout == LAYOUT_TORCH ? "first" : "last"));
    torch_line(step, "%s = %s", name, change.x);
    return entry->name[layout] = name;
}

bool torch_has(const TorchStep *step, TorchLayout layout)
{
    if (!step->node) return step->layout == layout;
    const TorchTensor *entry = tensor_of(step->code, step->node->in[0]);
    return entry && entry->name[layout];
}

void torch_take(TorchStep *step, TorchLayout layout)
{
    if (step->node) step->x = torch_input(step, 0, layout);
    else change_layout(step, step->in->shape.rank, step->layout, layout);
    step->layout = layout;
}

TorchLayout torch_channels(const TorchStep *step)
{
    return torch_is(step, "data_format", "channels_first") ? LAYOUT_KERAS : LAYOUT_TORCH;
}

int torch_axis(const TorchStep *step, int axis)
{
    const int rank = step->in->shape.rank, at = axis < 0 ? axis + rank : axis;
    if (step->layout == LAYOUT_KERAS || rank < 3 || at <= 0) return at;
    return at == rank - 1 ? 1 : at + 1;
}

Shape torch_shape(const TorchStep *step)
{
    const Shape *in = &step->in->shape;
    if (torch_channels(step) == LAYOUT_KERAS || in->rank < 3) return *in;
    const Shape rest = shape_slice(in, 0, in->rank - 1);
    return shape_with(&rest, 1, in->dim[in->rank - 1]);
}
