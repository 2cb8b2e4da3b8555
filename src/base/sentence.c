#include "base/sentence.h"

#include <string.h>

/* What stands between the braces after the digit: "", or "|one|many". */
static void choice_put(Text *text, const char *choice, const char *end, const char *value)
{
    if (choice == end) {
        text_put(text, value);
        return;
    }
    const char *one = choice + 1;
    const char *bar = memchr(one, '|', (size_t)(end - one));
    if (!bar) bar = end;
    const char *many = bar == end ? end : bar + 1;
    if (strcmp(value, "1") == 0) text_put_bytes(text, one, (size_t)(bar - one));
    else text_put_bytes(text, many, (size_t)(end - many));
}

void sentence_put(Text *text, const char *sentence, const char *const *values, int n)
{
    while (*sentence) {
        const char *open = strchr(sentence, '{');
        if (!open) break;
        text_put_bytes(text, sentence, (size_t)(open - sentence));
        const char *close = strchr(open, '}');
        const int index = open[1] - '0';
        if (open[1] == '{' || !close || index < 0 || index > 9) {
            text_put_char(text, '{');
            sentence = open + (open[1] == '{' ? 2 : 1);
            continue;
        }
        choice_put(text, open + 2, close, index < n && values[index] ? values[index] : "");
        sentence = close + 1;
    }
    text_put(text, sentence);
}
