#include "scene/say.h"

#include <stdarg.h>

#include "base/sentence.h"

enum { VALUES_MAX = 6 };

const char *say(const View *view, Arena *arena, const char *id, ...)
{
    const char *values[VALUES_MAX];
    int n = 0;
    va_list list;
    va_start(list, id);
    for (const char *value; n < VALUES_MAX && (value = va_arg(list, const char *));) values[n++] = value;
    va_end(list);
    const char *sentence = view->say ? view->say(view->strings, id) : NULL;
    Text text = {.arena = arena};
    sentence_put(&text, sentence ? sentence : id, values, n);
    return text_string(&text);
}
