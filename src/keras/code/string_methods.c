#include "keras/code/string_methods.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "keras/code/container.h"
#include "keras/code/format.h"

static const ValueString *string_arg(Evaluator *ev, const Given *given, int i)
{
    if (!given->arg[i]) return NULL;
    if (given->arg[i]->kind == VALUE_STRING) return &given->arg[i]->string;
    raise_error(ev, "TypeError", "%s() argument must be str, not %s", given->native->name, type_of(given->arg[i]));
}

/* ---- letters ---- */

static Value mapped(Evaluator *ev, const Given *given, char (*map)(char, bool first, bool word))
{
    const ValueString *s = &given->self->string;
    pay_items(ev, (int64_t)s->length);
    Value out = value_string(ev->arena, s->bytes, s->length);
    char *bytes = arena_copy(ev->arena, s->bytes, s->length);
    for (size_t i = 0; i < s->length; i++) bytes[i] = map(s->bytes[i], i == 0, i == 0 || !isalpha((unsigned char)s->bytes[i - 1]));
    out.string.bytes = bytes;
    return out;
}

static char lowered(char c, bool first, bool word) { (void)first, (void)word; return (char)tolower((unsigned char)c); }
static char raised(char c, bool first, bool word) { (void)first, (void)word; return (char)toupper((unsigned char)c); }
static char capital(char c, bool first, bool word) { (void)word; return first ? raised(c, 0, 0) : lowered(c, 0, 0); }
static char titled(char c, bool first, bool word) { (void)first; return word ? raised(c, 0, 0) : lowered(c, 0, 0); }
static char swapped(char c, bool first, bool word)
{
    (void)first, (void)word;
    return islower((unsigned char)c) ? raised(c, 0, 0) : lowered(c, 0, 0);
}

static Value string_lower(Evaluator *ev, const Given *given) { return mapped(ev, given, lowered); }
static Value string_upper(Evaluator *ev, const Given *given) { return mapped(ev, given, raised); }
static Value string_capitalize(Evaluator *ev, const Given *given) { return mapped(ev, given, capital); }
static Value string_title(Evaluator *ev, const Given *given) { return mapped(ev, given, titled); }
static Value string_swapcase(Evaluator *ev, const Given *given) { return mapped(ev, given, swapped); }

static Value string_all(const Given *given, int (*is)(int))
{
    const ValueString *s = &given->self->string;
    for (size_t i = 0; i < s->length; i++)
        if (!is((unsigned char)s->bytes[i])) return value_bool(false);
    return value_bool(s->length > 0);
}

static Value string_isdigit(Evaluator *ev, const Given *given) { (void)ev; return string_all(given, isdigit); }
static Value string_isalpha(Evaluator *ev, const Given *given) { (void)ev; return string_all(given, isalpha); }
static Value string_isalnum(Evaluator *ev, const Given *given) { (void)ev; return string_all(given, isalnum); }
static Value string_isspace(Evaluator *ev, const Given *given) { (void)ev; return string_all(given, isspace); }

static bool has_letters_only(const ValueString *s, int (*is)(int))
{
    bool any = false;
    for (size_t i = 0; i < s->length; i++) {
        if (!isalpha((unsigned char)s->bytes[i])) continue;
        if (!is((unsigned char)s->bytes[i])) return false;
        any = true;
    }
    return any;
}

static Value string_islower(Evaluator *ev, const Given *given) { (void)ev; return value_bool(has_letters_only(&given->self->string, islower)); }
static Value string_isupper(Evaluator *ev, const Given *given) { (void)ev; return value_bool(has_letters_only(&given->self->string, isupper)); }

static bool has_any_letter(const ValueString *s)
{
    for (size_t i = 0; i < s->length; i++)
        if (isalpha((unsigned char)s->bytes[i])) return true;
    return false;
}

/* ---- ends ---- */

enum { STRIP_LEFT = 1, STRIP_RIGHT = 2 };

static Value stripped(Evaluator *ev, const Given *given, int sides)
{
    const ValueString *s = &given->self->string;
    const bool custom = given->arg[0] && given->arg[0]->kind != VALUE_NONE;
    const char *drop = custom ? string_arg(ev, given, 0)->bytes : " \t\n\r\f\v";
    size_t from = 0, to = s->length;
    while ((sides & STRIP_LEFT) && from < to && strchr(drop, s->bytes[from])) from++;
    while ((sides & STRIP_RIGHT) && to > from && strchr(drop, s->bytes[to - 1])) to--;
    return value_string(ev->arena, s->bytes + from, to - from);
}

static Value string_strip(Evaluator *ev, const Given *given) { return stripped(ev, given, STRIP_LEFT | STRIP_RIGHT); }
static Value string_lstrip(Evaluator *ev, const Given *given) { return stripped(ev, given, STRIP_LEFT); }
static Value string_rstrip(Evaluator *ev, const Given *given) { return stripped(ev, given, STRIP_RIGHT); }

static bool starts(const ValueString *s, const ValueString *with)
{
    return with->length <= s->length && memcmp(s->bytes, with->bytes, with->length) == 0;
}

static bool ends(const ValueString *s, const ValueString *with)
{
    return with->length <= s->length && memcmp(s->bytes + s->length - with->length, with->bytes, with->length) == 0;
}

/* The part that start and end tell. */
static ValueString part_asked(Evaluator *ev, const Given *given)
{
    const Value none = value_none();
    const SliceParts parts = {given->arg[1] ? *given->arg[1] : none, given->arg[2] ? *given->arg[2] : none, none};
    if (!given->arg[1]) return given->self->string;
    return subscript(ev, *given->self, value_slice(ev->arena, parts.start, parts.stop, parts.step)).string;
}

static Value string_any(Evaluator *ev, const Given *given, bool (*is)(const ValueString *, const ValueString *))
{
    const ValueString part = part_asked(ev, given);
    if (given->arg[0]->kind != VALUE_TUPLE) return value_bool(is(&part, string_arg(ev, given, 0)));
    const ValueList *list = given->arg[0]->list;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].kind == VALUE_STRING && is(&part, &list->items[i].string)) return value_bool(true);
    return value_bool(false);
}

static Value string_startswith(Evaluator *ev, const Given *given) { return string_any(ev, given, starts); }
static Value string_endswith(Evaluator *ev, const Given *given) { return string_any(ev, given, ends); }

static Value string_removeprefix(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string, *prefix = string_arg(ev, given, 0);
    const size_t n = starts(s, prefix) ? prefix->length : 0;
    return value_string(ev->arena, s->bytes + n, s->length - n);
}

static Value string_removesuffix(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string, *suffix = string_arg(ev, given, 0);
    return value_string(ev->arena, s->bytes, s->length - (ends(s, suffix) ? suffix->length : 0));
}

/* ---- finding and replacing ---- */

static const char *found(const char *from, const char *end, const ValueString *what)
{
    for (; (size_t)(end - from) >= what->length; from++)
        if (memcmp(from, what->bytes, what->length) == 0) return from;
    return NULL;
}

static int64_t character_index(const ValueString *s, const char *at)
{
    int64_t n = 0;
    for (const char *c = s->bytes; c < at; c++) n += ((unsigned char)*c & 0xC0) != 0x80;
    return n;
}

static Value string_find(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string;
    pay_items(ev, (int64_t)s->length);
    const char *at = found(s->bytes, s->bytes + s->length, string_arg(ev, given, 0));
    if (!at && given->native->data) raise_error(ev, "ValueError", "substring not found");
    return value_int(at ? character_index(s, at) : -1);
}

static Value string_rfind(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string, *what = string_arg(ev, given, 0);
    const char *last = NULL;
    pay_items(ev, (int64_t)s->length);
    for (const char *at = s->bytes; (at = found(at, s->bytes + s->length, what)); at++) {
        last = at;
        if (at == s->bytes + s->length) break;
    }
    if (!last && given->native->data) raise_error(ev, "ValueError", "substring not found");
    return value_int(last ? character_index(s, last) : -1);
}

static Value string_count(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string, *what = string_arg(ev, given, 0);
    int64_t n = 0;
    pay_items(ev, (int64_t)s->length);
    if (!what->length) return value_int(character_index(s, s->bytes + s->length) + 1);
    for (const char *at = s->bytes; (at = found(at, s->bytes + s->length, what)); at += what->length) n++;
    return value_int(n);
}

static Value string_replace(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string, *old = string_arg(ev, given, 0), *with = string_arg(ev, given, 1);
    int64_t most = given->arg[2] ? whole_of(ev, *given->arg[2]) : -1;
    const char *at = s->bytes, *end = at + s->length;
    Text text = {.arena = ev->arena};
    if (!old->length) return *given->self;
    for (const char *next; most != 0 && (next = found(at, end, old)); most--) {
        text_put_bytes(&text, at, (size_t)(next - at));
        text_put_bytes(&text, with->bytes, with->length);
        at = next + old->length;
        pay_items(ev, (int64_t)text.length / 64 + 1);
    }
    pay_items(ev, (int64_t)text.length);
    text_put_bytes(&text, at, (size_t)(end - at));
    return value_string(ev->arena, text_string(&text), text.length);
}

/* ---- splitting and joining ---- */

static Value split_spaces(Evaluator *ev, const ValueString *s, int64_t most)
{
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    const char *at = s->bytes, *end = at + s->length;
    while (at < end) {
        while (at < end && isspace((unsigned char)*at)) at++;
        const char *stop = at;
        while (stop < end && (most == 0 || !isspace((unsigned char)*stop))) stop++;
        if (stop > at) list_add(out.list, value_string(ev->arena, at, (size_t)(stop - at)));
        at = stop;
        most--;
    }
    return out;
}

static Value string_split(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string;
    int64_t most = given->arg[1] ? whole_of(ev, *given->arg[1]) : -1;
    pay_items(ev, (int64_t)s->length);
    if (!given->arg[0] || given->arg[0]->kind == VALUE_NONE) return split_spaces(ev, s, most);
    const ValueString *separator = string_arg(ev, given, 0);
    if (!separator->length) raise_error(ev, "ValueError", "empty separator");
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    const char *at = s->bytes, *end = at + s->length;
    for (const char *next; most != 0 && (next = found(at, end, separator)); most--) {
        list_add(out.list, value_string(ev->arena, at, (size_t)(next - at)));
        at = next + separator->length;
    }
    list_add(out.list, value_string(ev->arena, at, (size_t)(end - at)));
    return out;
}

/* From the right; with a limit only the last pieces are split off. */
static Value string_rsplit(Evaluator *ev, const Given *given)
{
    if (!given->arg[1] || !given->arg[0] || given->arg[0]->kind == VALUE_NONE) return string_split(ev, given);
    Given all = *given;
    all.arg[1] = NULL;
    const Value pieces = string_split(ev, &all);
    const int64_t most = whole_of(ev, *given->arg[1]), n = (int64_t)pieces.list->n;
    if (most < 0 || n <= most + 1) return pieces;
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    Text head = {.arena = ev->arena};
    for (int64_t i = 0; i < n - most; i++) {
        if (i) text_put(&head, given->arg[0]->string.bytes);
        text_put(&head, pieces.list->items[i].string.bytes);
    }
    list_add(out.list, value_string(ev->arena, text_string(&head), head.length));
    for (int64_t i = n - most; i < n; i++) list_add(out.list, pieces.list->items[i]);
    return out;
}

static Value string_splitlines(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string;
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    pay_items(ev, (int64_t)s->length);
    for (const char *at = s->bytes, *end = at + s->length; at < end;) {
        const size_t n = strcspn(at, "\r\n");
        list_add(out.list, value_string(ev->arena, at, n));
        at += n;
        if (at < end) at += at[0] == '\r' && at[1] == '\n' ? 2 : 1;
    }
    return out;
}

static Value string_join(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    Text text = {.arena = ev->arena};
    for (size_t i = 0; i < items->n; i++) {
        const Value *item = &items->items[i];
        if (item->kind == VALUE_UNKNOWN) return *item;
        if (item->kind != VALUE_STRING)
            raise_error(ev, "TypeError", "sequence item %zu: expected str instance, %s found", i, type_of(item));
        if (i) text_put_bytes(&text, given->self->string.bytes, given->self->string.length);
        text_put_bytes(&text, item->string.bytes, item->string.length);
        pay_items(ev, (int64_t)text.length / 64);
    }
    pay_items(ev, (int64_t)text.length);
    return value_string(ev->arena, text_string(&text), text.length);
}

static Value string_partition(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string, *separator = string_arg(ev, given, 0);
    const char *at = separator->length ? found(s->bytes, s->bytes + s->length, separator) : NULL;
    const size_t head = at ? (size_t)(at - s->bytes) : s->length, skip = at ? separator->length : 0;
    Value out = value_list(ev->arena, VALUE_TUPLE, 3);
    list_add(out.list, value_string(ev->arena, s->bytes, head));
    list_add(out.list, value_string(ev->arena, at ? separator->bytes : "", skip));
    list_add(out.list, value_string(ev->arena, s->bytes + head + skip, s->length - head - skip));
    return out;
}

static Value string_rpartition(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string, *separator = string_arg(ev, given, 0);
    const char *last = NULL, *end = s->bytes + s->length;
    for (const char *at = s->bytes; separator->length && (at = found(at, end, separator)); at++) last = at;
    const size_t head = last ? (size_t)(last - s->bytes) : 0, skip = last ? separator->length : 0;
    Value out = value_list(ev->arena, VALUE_TUPLE, 3);
    list_add(out.list, value_string(ev->arena, s->bytes, head));
    list_add(out.list, value_string(ev->arena, last ? separator->bytes : "", skip));
    list_add(out.list, value_string(ev->arena, s->bytes + head + skip, s->length - head - skip));
    return out;
}

/* ---- padding and formatting ---- */

static Value string_format(Evaluator *ev, const Given *given)
{
    return format_braces(ev, given->self->string, given->rest, given->n_rest, given->more);
}

static Value string_format_map(Evaluator *ev, const Given *given)
{
    return format_braces(ev, given->self->string, NULL, 0, given->arg[0]->kind == VALUE_DICT ? given->arg[0]->dict : NULL);
}

static Value string_pad(Evaluator *ev, const Given *given)
{
    const char *align = given->native->data;
    const int64_t width = whole_of(ev, *given->arg[0]);
    const char *fill = given->arg[1] ? string_arg(ev, given, 1)->bytes : " ";
    const char *spec = arena_print(ev->arena, "%s%s%lld", fill, align, (long long)(width < 0 ? 0 : width));
    return format_value(ev, *given->self, (ValueString){spec, strlen(spec)});
}

static Value string_zfill(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string;
    int64_t pad = whole_of(ev, *given->arg[0]) - (int64_t)s->length;
    const size_t sign = s->length && (*s->bytes == '-' || *s->bytes == '+');
    Text text = {.arena = ev->arena};
    pay_items(ev, pad > 0 ? pad : 0);
    text_put_bytes(&text, s->bytes, sign);
    for (; pad > 0; pad--) text_put_char(&text, '0');
    text_put_bytes(&text, s->bytes + sign, s->length - sign);
    return value_string(ev->arena, text_string(&text), text.length);
}

static Value string_encode(Evaluator *ev, const Given *given)
{
    return value_bytes(ev->arena, given->self->string.bytes, given->self->string.length);
}

/* By a table as str.maketrans gives it: characters, or their numbers, to texts, numbers or None. */
static Value string_translate(Evaluator *ev, const Given *given)
{
    const ValueList *characters = iterate(ev, *given->self);
    const Value table = value_plain(*given->arg[0]);
    Text text = {.arena = ev->arena};
    if (table.kind != VALUE_DICT) return *given->self;
    for (size_t i = 0; i < characters->n; i++) {
        const Value code = value_int((unsigned char)*characters->items[i].string.bytes);
        const Value *to = dict_look(ev, table.dict, &characters->items[i]);
        if (!to && characters->items[i].string.length == 1) to = dict_look(ev, table.dict, &code);
        if (to && to->kind == VALUE_INT) text_put_char(&text, (char)to->integer);
        else if (!to || to->kind != VALUE_NONE) text_put(&text, text_of(ev, to ? *to : characters->items[i]));
    }
    return value_string(ev->arena, text_string(&text), text.length);
}

static Value string_expandtabs(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string;
    const int64_t size = given->arg[0] ? whole_of(ev, *given->arg[0]) : 8;
    Text text = {.arena = ev->arena};
    int64_t column = 0;
    for (size_t i = 0; i < s->length; i++) {
        const bool tab = s->bytes[i] == '\t';
        if (!tab) { text_put_char(&text, s->bytes[i]); column = s->bytes[i] == '\n' ? 0 : column + 1; continue; }
        const int64_t blanks = size > 0 ? size - column % size : 0;
        pay_items(ev, blanks);
        for (int64_t k = 0; k < blanks; k++) text_put_char(&text, ' ');
        column += blanks;
    }
    return value_string(ev->arena, text_string(&text), text.length);
}

static bool identifier_letter(char c, bool first) { return c == '_' || (c & 0x80) || isalpha((unsigned char)c) || (!first && isdigit((unsigned char)c)); }

static Value string_isidentifier(Evaluator *ev, const Given *given)
{
    const ValueString *s = &given->self->string;
    (void)ev;
    for (size_t i = 0; i < s->length; i++)
        if (!identifier_letter(s->bytes[i], i == 0)) return value_bool(false);
    return value_bool(s->length > 0);
}

static Value string_istitle(Evaluator *ev, const Given *given)
{
    const Value title = string_title(ev, given);
    return value_bool(value_equal(&title, given->self) && has_any_letter(&given->self->string));
}

static Value bytes_decode(Evaluator *ev, const Given *given)
{
    const ValueString *s = &((const Value *)given->self->object.data)->string;
    return value_string(ev->arena, s->bytes, s->length);
}

static const Native bytes_methods[] = {
    {.name = "decode", .params = "encoding? errors?", .call = bytes_decode},
    {0}};
const Native *const BYTES_METHODS = bytes_methods;

ValueList *bytes_items(Evaluator *ev, Value bytes)
{
    const ValueString *s = &((const Value *)bytes.object.data)->string;
    const Value list = value_list(ev->arena, VALUE_LIST, s->length);
    pay_items(ev, (int64_t)s->length);
    for (size_t i = 0; i < s->length; i++) list_add(list.list, value_int((unsigned char)s->bytes[i]));
    return list.list;
}

static const Native string_methods[] = {
    {.name = "lower", .params = "", .call = string_lower},
    {.name = "casefold", .params = "", .call = string_lower},
    {.name = "upper", .params = "", .call = string_upper},
    {.name = "capitalize", .params = "", .call = string_capitalize},
    {.name = "title", .params = "", .call = string_title},
    {.name = "swapcase", .params = "", .call = string_swapcase},
    {.name = "isdigit", .params = "", .call = string_isdigit},
    {.name = "isnumeric", .params = "", .call = string_isdigit},
    {.name = "isdecimal", .params = "", .call = string_isdigit},
    {.name = "isalpha", .params = "", .call = string_isalpha},
    {.name = "isalnum", .params = "", .call = string_isalnum},
    {.name = "isspace", .params = "", .call = string_isspace},
    {.name = "islower", .params = "", .call = string_islower},
    {.name = "isupper", .params = "", .call = string_isupper},
    {.name = "strip", .params = "chars?", .call = string_strip},
    {.name = "lstrip", .params = "chars?", .call = string_lstrip},
    {.name = "rstrip", .params = "chars?", .call = string_rstrip},
    {.name = "startswith", .params = "prefix start? end?", .call = string_startswith},
    {.name = "endswith", .params = "suffix start? end?", .call = string_endswith},
    {.name = "removeprefix", .params = "prefix", .call = string_removeprefix},
    {.name = "removesuffix", .params = "suffix", .call = string_removesuffix},
    {.name = "find", .params = "sub start? end?", .call = string_find},
    {.name = "index", .params = "sub start? end?", .call = string_find, .data = "ValueError"},
    {.name = "rfind", .params = "sub start? end?", .call = string_rfind},
    {.name = "count", .params = "sub start? end?", .call = string_count},
    {.name = "replace", .params = "old new count?", .call = string_replace},
    {.name = "split", .params = "sep? maxsplit?", .call = string_split},
    {.name = "rsplit", .params = "sep? maxsplit?", .call = string_rsplit},
    {.name = "splitlines", .params = "keepends?", .call = string_splitlines},
    {.name = "join", .params = "iterable", .call = string_join},
    {.name = "partition", .params = "sep", .call = string_partition},
    {.name = "rpartition", .params = "sep", .call = string_rpartition},
    {.name = "rindex", .params = "sub start? end?", .call = string_rfind, .data = "ValueError"},
    {.name = "format", .params = "*args **kwargs", .call = string_format},
    {.name = "format_map", .params = "mapping", .call = string_format_map},
    {.name = "center", .params = "width fillchar?", .call = string_pad, .data = "^"},
    {.name = "ljust", .params = "width fillchar?", .call = string_pad, .data = "<"},
    {.name = "rjust", .params = "width fillchar?", .call = string_pad, .data = ">"},
    {.name = "zfill", .params = "width", .call = string_zfill},
    {.name = "translate", .params = "table", .call = string_translate},
    {.name = "expandtabs", .params = "tabsize?", .call = string_expandtabs},
    {.name = "isidentifier", .params = "", .call = string_isidentifier},
    {.name = "istitle", .params = "", .call = string_istitle},
    {.name = "encode", .params = "encoding? errors?", .call = string_encode},
    {0}};
const Native *const STRING_METHODS = string_methods;

/* ---- numbers ---- */

static Value number_is_integer(Evaluator *ev, const Given *given)
{
    (void)ev;
    const double x = value_number(given->self);
    return value_bool(floor(x) >= x);
}

static Value number_bit_length(Evaluator *ev, const Given *given)
{
    const int64_t n = whole_of(ev, *given->self);
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    int64_t bits = 0;
    for (; rest; rest >>= 1) bits++;
    return value_int(bits);
}

static Value number_self(Evaluator *ev, const Given *given)
{
    (void)ev;
    return *given->self;
}

static const Native number_methods[] = {
    {.name = "is_integer", .params = "", .call = number_is_integer},
    {.name = "bit_length", .params = "", .call = number_bit_length},
    {.name = "conjugate", .params = "", .call = number_self},
    {.name = "item", .params = "", .call = number_self},
    {.name = "numpy", .params = "", .call = number_self},
    {0}};
const Native *const NUMBER_METHODS = number_methods;
