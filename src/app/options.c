#include "app/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct OptionSpec {
    const char *name, *value;        /* value: what stands for it in the help; NULL = takes none */
    const char *help;
    bool      (*set)(Options *, const char *value);
} OptionSpec;

static bool whole_number(const char *text, int64_t low, int64_t high, int64_t *out)
{
    char *end;
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (errno || end == text || *end || number < low || number > high) return false;
    *out = number;
    return true;
}

static bool real_number(const char *text, double low, double high, double *out)
{
    char *end;
    const double number = strtod(text, &end);
    if (end == text || *end || !(number >= low && number <= high)) return false;
    *out = number;
    return true;
}

static int choice_of(const char *value, const char *const *choices)
{
    for (int i = 0; choices[i]; i++)
        if (strcmp(choices[i], value) == 0) return i;
    return -1;
}

static bool set_help(Options *o, const char *value) { (void)value; return o->help = true; }
static bool set_model(Options *o, const char *value) { o->model = value; return true; }
static bool set_expand_nested(Options *o, const char *value) { (void)value; return o->expand_nested = true; }
static bool set_show_trainable(Options *o, const char *value) { (void)value; return o->show_trainable = true; }
static bool set_layer(Options *o, const char *value) { o->layer = value; return true; }
static bool set_output(Options *o, const char *value) { o->output = value; return *value != 0; }
static bool set_focus(Options *o, const char *value) { o->focus = value; return true; }
static bool set_panels(Options *o, const char *value) { o->panels = value; return true; }
static bool set_scale(Options *o, const char *value) { return real_number(value, 0.1, 16, &o->scale); }
static bool set_dpi(Options *o, const char *value) { return real_number(value, 1, 10000, &o->dpi); }

static bool set_flatten(Options *o, const char *value)
{
    static const char *const choices[] = {"on", "off", "both", NULL};
    static const FlattenChoice meaning[] = {FLATTEN_SWITCH_ON, FLATTEN_SWITCH_OFF, FLATTEN_BOTH};
    const int choice = choice_of(value, choices);
    if (choice >= 0) o->flatten = meaning[choice];
    return choice >= 0;
}

static bool set_style(Options *o, const char *value)
{
    static const char *const choices[] = {"rich", "plain", NULL};
    const int choice = choice_of(value, choices);
    o->plain = choice == 1;
    return choice >= 0;
}

static bool set_to(Options *o, const char *value)
{
    static const char *const choices[] = {"keras", "torch", NULL};
    const int choice = choice_of(value, choices);
    o->torch = choice == 1;
    return choice >= 0;
}

static bool set_theme(Options *o, const char *value)
{
    static const char *const choices[] = {"light", "dark", "print", NULL};
    o->theme = value;
    return choice_of(value, choices) >= 0;
}

static bool set_language(Options *o, const char *value)
{
    static const char *const choices[] = {"en", "ja", NULL};
    o->language = value;
    return choice_of(value, choices) >= 0;
}

static bool set_line_length(Options *o, const char *value)
{
    int64_t number;
    if (!whole_number(value, 1, 10000, &number)) return false;
    o->line_length = (int)number;
    return true;
}

static bool set_seed(Options *o, const char *value)
{
    o->seeded = true;
    return whole_number(value, 0, INT64_C(4294967295), &o->seed);
}

static bool set_input(Options *o, const char *value)
{
    if (o->n_inputs == OPTION_INPUTS) return false;
    o->inputs[o->n_inputs++] = value;
    return true;
}

static bool set_size(Options *o, const char *value)
{
    char copy[32], *cross;
    int64_t width, height;
    if (strlen(value) >= sizeof copy) return false;
    strcpy(copy, value);
    cross = strchr(copy, 'x');
    if (!cross) return false;
    *cross = 0;
    if (!whole_number(copy, 100, 16384, &width) || !whole_number(cross + 1, 100, 16384, &height)) return false;
    o->width = (int)width;
    o->height = (int)height;
    return true;
}

static const OptionSpec OPTIONS[] = {
    {"--style", "rich|plain", "option.style", set_style},
    {"--line-length", "N", "option.line_length", set_line_length},
    {"--expand-nested", NULL, "option.expand_nested", set_expand_nested},
    {"--show-trainable", NULL, "option.show_trainable", set_show_trainable},
    {"--input", "VALUE", "option.input", set_input},
    {"--layer", "NAME", "option.layer", set_layer},
    {"--seed", "N", "option.seed", set_seed},
    {"-o", "OUT", "option.output", set_output},
    {"--size", "WIDTHxHEIGHT", "option.size", set_size},
    {"--scale", "X", "option.scale", set_scale},
    {"--dpi", "N", "option.dpi", set_dpi},
    {"--theme", "light|dark|print", "option.theme", set_theme},
    {"--lang", "en|ja", "option.language", set_language},
    {"--focus", "UNIT", "option.focus", set_focus},
    {"--panels", "all|none|LIST", "option.panels", set_panels},
    {"--to", "keras|torch", "option.to", set_to},
    {"--model", "NAME", "option.model", set_model},
    {"--flatten", "on|off", "option.flatten", set_flatten},
    {"--help", NULL, "option.help", set_help},
};
enum { N_OPTIONS = sizeof OPTIONS / sizeof *OPTIONS };

/* Every subcommand takes these. */
static const char *const COMMON[] = {"--model", "--flatten", "--help", NULL};

static bool listed(const char *const *names, const char *name, size_t length)
{
    for (; names && *names; names++)
        if (strlen(*names) == length && memcmp(*names, name, length) == 0) return true;
    return false;
}

static const OptionSpec *option_find(const Subcommand *subcommand, const char *name, size_t length)
{
    if (!listed(COMMON, name, length) && !listed(subcommand->options, name, length)) return NULL;
    for (int i = 0; i < N_OPTIONS; i++)
        if (strlen(OPTIONS[i].name) == length && memcmp(OPTIONS[i].name, name, length) == 0) return &OPTIONS[i];
    return NULL;
}

void complain(const CommandLine *line, const char *id, ...)
{
    const char *values[10];
    int n = 0;
    va_list list;
    va_start(list, id);
    for (const char *value; n < 10 && (value = va_arg(list, const char *));) values[n++] = value;
    va_end(list);
    fprintf(stderr, "shapeflow: %s\n", strings_fill_values(&line->strings, line->arena, id, values, n));
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1];
}

/* Takes "--name value" and "--name=value"; *i is left at the last word used. */
static bool option_take(CommandLine *line, int argc, char **argv, int *i)
{
    const char *word = argv[*i], *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    const size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const OptionSpec *spec = option_find(line->subcommand, word, length);
    if (!spec) {
        complain(line, "usage.unknown_option", line->subcommand->name, word, NULL);
        return false;
    }
    const char *value = equals ? equals + 1 : NULL;
    if (spec->value && !value) value = *i + 1 < argc ? argv[++*i] : NULL;
    if (spec->value ? !value : value != NULL) {
        complain(line, spec->value ? "usage.value_missing" : "usage.value_surplus", spec->name, spec->value, NULL);
        return false;
    }
    if (spec->set(&line->options, value)) return true;
    complain(line, "usage.value_bad", spec->name, spec->value, value, NULL);
    return false;
}

static bool file_take(CommandLine *line, const char *word)
{
    if (line->options.file) complain(line, "usage.two_files", line->options.file, word, NULL);
    const bool first = !line->options.file;
    line->options.file = word;
    return first;
}

static bool complete(const CommandLine *line)
{
    const Options *options = &line->options;
    if (options->help) return true;
    if (!options->file) complain(line, "usage.file_missing", line->subcommand->name, NULL);
    else if (line->subcommand->needs_output && !options->output) complain(line, "usage.output_missing", line->subcommand->name, NULL);
    else if (options->flatten == FLATTEN_BOTH && !line->subcommand->draws)
        complain(line, "usage.value_bad", "--flatten", "on|off", "both", NULL);
    else return true;
    return false;
}

bool options_read(CommandLine *line, int argc, char **argv)
{
    bool words_only = false;
    line->options = (Options){.width = 1600, .height = 900, .scale = 1, .language = "en", .panels = "all"};
    for (int i = 0; i < argc; i++) {
        if (!words_only && strcmp(argv[i], "--") == 0) words_only = true;
        else if (!words_only && is_option(argv[i])) {
            if (!option_take(line, argc, argv, &i)) return false;
        } else if (!file_take(line, argv[i])) return false;
    }
    return complete(line);
}

static void option_help(Text *text, const Strings *strings, const OptionSpec *spec)
{
    const size_t start = text->length;
    text_print(text, "  %s%s%s", spec->name, spec->value ? " " : "", spec->value ? spec->value : "");
    const int width = (int)(text->length - start);
    text_print(text, "%*s%s\n", width < 27 ? 28 - width : 1, "", strings_say(strings, spec->help));
}

void options_help(Text *text, const Strings *strings, const Subcommand *subcommand)
{
    text_print(text, "shapeflow %s FILE%s\n%s\n\n", subcommand->name, subcommand->needs_output ? " -o OUT" : "",
               strings_say(strings, subcommand->help));
    for (int i = 0; i < N_OPTIONS; i++)
        if (option_find(subcommand, OPTIONS[i].name, strlen(OPTIONS[i].name))) option_help(text, strings, &OPTIONS[i]);
}
