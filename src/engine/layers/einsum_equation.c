#include "engine/layers/einsum_equation.h"

#include <ctype.h>
#include <string.h>

enum { LETTERS_MAX = SHAPE_RANK_MAX + 1 };

typedef enum Elided { ELIDED_NONE, ELIDED_LEFT, ELIDED_RIGHT } Elided;   /* where the ellipsis stands */

/* "...x,xy->...y" in its parts. */
typedef struct Parts {
    char        in[LETTERS_MAX], weight[LETTERS_MAX], out[LETTERS_MAX];
    Elided      elided;
    const char *rest;    /* behind what Keras reads */
} Parts;

/* Reads letters; NULL when there are fewer than `least` or too many. */
static const char *take_letters(const char *at, char *to, int least)
{
    int n = 0;
    while (isalpha((unsigned char)*at) && n < LETTERS_MAX - 1) to[n++] = *at++;
    to[n] = 0;
    return n >= least && !isalpha((unsigned char)*at) ? at : NULL;
}

static const char *take_word(const char *at, const char *word)
{
    size_t n = strlen(word);
    return at && strncmp(at, word, n) == 0 ? at + n : NULL;
}

/* One of "X,Y->Z", "...X,Y->...Z", "X...,Y->Z..."; what follows is not looked at, as in Keras. */
static bool take_form(const char *text, Elided elided, Parts *e)
{
    const char *dots = "...", *at = text;
    if (elided == ELIDED_LEFT) at = take_word(at, dots);
    at = at ? take_letters(at, e->in, elided == ELIDED_RIGHT ? 2 : 1) : NULL;
    if (elided == ELIDED_RIGHT) at = take_word(at, dots);
    at = take_word(at, ",");
    at = at ? take_letters(at, e->weight, 1) : NULL;
    at = take_word(at, "->");
    if (elided == ELIDED_LEFT) at = take_word(at, dots);
    at = at ? take_letters(at, e->out, 1) : NULL;
    if (elided == ELIDED_RIGHT) at = take_word(at, dots);
    e->elided = elided;
    e->rest = at;
    return at != NULL;
}

static bool parts_read(const char *text, Parts *e, Error *err)
{
    if (take_form(text, ELIDED_NONE, e) || take_form(text, ELIDED_LEFT, e) || take_form(text, ELIDED_RIGHT, e)) return true;
    return error_set(err, "ValueError",
                     "Invalid einsum equation '%s'. Equations must be in the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....",
                     text);
}

static void insert_dim(Shape *shape, int at, int64_t dim)
{
    if (shape->rank < SHAPE_RANK_MAX) *shape = shape_with(shape, at, dim);
}

/* Of a letter that stands several times, the last place counts. */
static int letter_place(const char *letters, char letter)
{
    const char *at = strrchr(letters, letter);
    return at ? (int)(at - letters) : -1;
}

static const char *dim_text(Arena *arena, int64_t dim)
{
    return dim == DIM_NONE ? "None" : arena_print(arena, "%lld", (long long)dim);
}

/* An equation at one input. */
typedef struct Analysis {
    Parts         parts;
    const Shape  *in;
    int           elided;    /* axes of the input that have no letter */
    int           shift;     /* from a letter's place to its axis */
    EinsumShapes *shapes;
} Analysis;

/* (batch, elided axes, partial) or (batch, partial, elided axes). */
static Shape full_output(const Analysis *a, const Shape *partial)
{
    const bool left = a->parts.elided == ELIDED_LEFT;
    Shape out = *partial;
    insert_dim(&out, 0, a->in->rank ? a->in->dim[0] : DIM_NONE);
    for (int i = 1; left && i < a->elided; i++) insert_dim(&out, 1, a->in->dim[i]);
    for (int i = a->in->rank - a->elided; !left && a->elided > 0 && i < a->in->rank; i++) insert_dim(&out, out.rank, a->in->dim[i]);
    return out;
}

static bool input_dim(const Analysis *a, int place, int64_t *dim, Error *err)
{
    const int at = place + a->shift;
    if (at < 0 || at >= a->in->rank) return error_set(err, "IndexError", "tuple index out of range");
    *dim = a->in->dim[at];
    return true;
}

/* Negative axes count from the end, as Python has it. */
static bool output_dim(const Analysis *a, int place, int64_t *dim, Error *err)
{
    const Shape *out = &a->shapes->out;
    const int at = place + a->shift < 0 ? place + a->shift + out->rank : place + a->shift;
    if (at < 0 || at >= out->rank) return error_set(err, "IndexError", "list index out of range");
    *dim = out->dim[at];
    return true;
}

static bool shared_axes_agree(const Analysis *a, Arena *arena, Error *err)
{
    for (const char *c = a->parts.in; *c; c++) {
        int64_t given = DIM_NONE, wanted = DIM_NONE;
        const int at = letter_place(a->parts.out, *c);
        if (!input_dim(a, letter_place(a->parts.in, *c), &given, err)) return false;
        if (at < 0) continue;
        if (!output_dim(a, at, &wanted, err)) return false;
        if (wanted != DIM_NONE && wanted != given)
            return error_set(err, "ValueError",
                             "Input shape and output shape do not match at shared dimension '%c'. Input shape is %s, and output shape is %s.",
                             *c, dim_text(arena, given), dim_text(arena, wanted));
    }
    return true;
}

static bool output_letters_known(const Parts *e, Error *err)
{
    for (const char *c = e->out; *c; c++)
        if (!strchr(e->in, *c) && !strchr(e->weight, *c))
            return error_set(err, "ValueError",
                             "Dimension '%c' was specified in the output '%s' but has no corresponding dim in the input spec '%s' or weight "
                             "spec '%s'", *c, e->out, e->in, e->out);
    return true;
}

static bool kernel_find(const Analysis *a, Error *err)
{
    const Parts *e = &a->parts;
    EinsumShapes *s = a->shapes;
    for (const char *c = e->weight; *c; c++) {
        const int at = letter_place(e->out, *c), from = letter_place(e->in, *c), i = s->kernel.rank++;
        if (at < 0 && from < 0)
            return error_set(err, "ValueError",
                             "Weight dimension '%c' did not have a match in either the input spec '%s' or the output spec '%s'. For this "
                             "layer, the weight must be fully specified.", *c, e->in, e->out);
        if (!(at >= 0 ? output_dim(a, at, &s->kernel.dim[i], err) : input_dim(a, from, &s->kernel.dim[i], err))) return false;
        if (at >= 0) s->output_axes[s->n_output_axes++] = i;
        else s->input_axes[s->n_input_axes++] = i;
    }
    return true;
}

static int first_bias_letter(const char *out, const char *axes, Error *err)
{
    int first = (int)strlen(out);
    for (const char *c = axes; *c; c++) {
        const char *at = strchr(out, *c);
        if (!at) {
            error_set(err, "ValueError", "Bias dimension '%c' was requested, but is not part of the output spec '%s'", *c, out);
            return -1;
        }
        if (at - out < first) first = (int)(at - out);
    }
    if (*axes) return first;
    error_set(err, "ValueError", "min() arg is an empty sequence");
    return -1;
}

/* From the first letter of bias_axes to the end of the output; 1 where a letter is not named. */
static bool bias_find(const Analysis *a, const char *axes, Error *err)
{
    const char *out = a->parts.out;
    Shape *bias = &a->shapes->bias;
    int64_t dim;
    for (int i = 0; out[i]; i++)
        if (!output_dim(a, i, &dim, err)) return false;
    const int first = first_bias_letter(out, axes, err);
    if (first < 0) return false;
    for (int i = first; out[i] && bias->rank < SHAPE_RANK_MAX; i++) {
        dim = 1;
        if (strchr(axes, out[i])) output_dim(a, letter_place(out, out[i]), &dim, NULL);
        bias->dim[bias->rank++] = dim;
    }
    for (int i = 0; a->parts.elided != ELIDED_LEFT && i < a->elided; i++) insert_dim(bias, bias->rank, 1);
    return true;
}

bool einsum_equation_shapes(const EinsumEquation *given, const Shape *in, Arena *arena, EinsumShapes *shapes, Error *err)
{
    Analysis a = {.in = in, .shapes = shapes};
    *shapes = (EinsumShapes){0};
    if (!parts_read(given->text, &a.parts, err)) return false;
    a.elided = in->rank - (int)strlen(a.parts.in);
    a.shift = a.parts.elided == ELIDED_LEFT ? a.elided : 0;
    shapes->out = full_output(&a, &given->partial);
    return shared_axes_agree(&a, arena, err) && output_letters_known(&a.parts, err) && kernel_find(&a, err) &&
           (!given->bias_axes || bias_find(&a, given->bias_axes, err));
}

/* ---- letters ---- */

static void fill_elided(const Parts *e, char *to, const char *letters, int elided)
{
    char spare[EINSUM_AXES + 1];
    int n = 0;
    for (char c = 'a'; c <= 'z' && n < elided; c++)
        if (!strchr(e->in, c) && !strchr(e->weight, c) && !strchr(e->out, c)) spare[n++] = c;
    spare[n] = 0;
    strcpy(to, e->elided == ELIDED_RIGHT ? letters : spare);
    strcat(to, e->elided == ELIDED_RIGHT ? spare : letters);
}

bool einsum_equation_letters(const EinsumEquation *given, const Shape *in, EinsumLetters *letters)
{
    Parts e;
    if (!parts_read(given->text, &e, NULL) || e.rest[strspn(e.rest, " ")]) return false;
    const int elided = e.elided == ELIDED_NONE ? 0 : in->rank - (int)strlen(e.in);
    if (elided < 0) return false;
    fill_elided(&e, letters->in, e.in, elided);
    fill_elided(&e, letters->out, e.out, elided);
    strcpy(letters->kernel, e.weight);
    return true;
}

/* The size of every letter; false where a tensor's axes are not those of its letters. */
typedef struct LetterSizes {
    int64_t of[128];    /* -1 = not met */
} LetterSizes;

static bool take_sizes(LetterSizes *sizes, const char *letters, const Shape *shape)
{
    if ((int)strlen(letters) != shape->rank) return false;
    for (int i = 0; i < shape->rank; i++) {
        int64_t *size = &sizes->of[(unsigned char)letters[i] % 128];
        if (*size >= 0 && *size != shape->dim[i]) return false;
        *size = shape->dim[i];
    }
    return true;
}

bool einsum_equation_product(const EinsumEquation *given, const Shape *in, const Shape *kernel, Shape *out)
{
    EinsumLetters letters;
    LetterSizes sizes;
    *out = (Shape){0};
    for (int i = 0; i < 128; i++) sizes.of[i] = -1;
    if (!einsum_equation_letters(given, in, &letters) || !take_sizes(&sizes, letters.in, in) || !take_sizes(&sizes, letters.kernel, kernel))
        return false;
    for (const char *c = letters.out; *c; c++) {
        if (strchr(c + 1, *c) || sizes.of[(unsigned char)*c % 128] < 0 || out->rank == SHAPE_RANK_MAX) return false;
        out->dim[out->rank++] = sizes.of[(unsigned char)*c % 128];
    }
    return true;
}

