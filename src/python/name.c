/* Names, keywords, and the characters that only look like Python. */
#include <string.h>

#include "python/letter.h"
#include "python/token.h"

static const struct {
    const char *word;
    uint8_t     code;
} KEYWORDS[] = {   /* in order of strcmp */
    {"False", KEYWORD_FALSE}, {"None", KEYWORD_NONE}, {"True", KEYWORD_TRUE}, {"and", KEYWORD_AND}, {"as", KEYWORD_AS},
    {"assert", KEYWORD_ASSERT}, {"async", KEYWORD_ASYNC}, {"await", KEYWORD_AWAIT}, {"break", KEYWORD_BREAK},
    {"class", KEYWORD_CLASS}, {"continue", KEYWORD_CONTINUE}, {"def", KEYWORD_DEF}, {"del", KEYWORD_DEL},
    {"elif", KEYWORD_ELIF}, {"else", KEYWORD_ELSE}, {"except", KEYWORD_EXCEPT}, {"finally", KEYWORD_FINALLY},
    {"for", KEYWORD_FOR}, {"from", KEYWORD_FROM}, {"global", KEYWORD_GLOBAL}, {"if", KEYWORD_IF},
    {"import", KEYWORD_IMPORT}, {"in", KEYWORD_IN}, {"is", KEYWORD_IS}, {"lambda", KEYWORD_LAMBDA},
    {"nonlocal", KEYWORD_NONLOCAL}, {"not", KEYWORD_NOT}, {"or", KEYWORD_OR}, {"pass", KEYWORD_PASS},
    {"raise", KEYWORD_RAISE}, {"return", KEYWORD_RETURN}, {"try", KEYWORD_TRY}, {"while", KEYWORD_WHILE},
    {"with", KEYWORD_WITH}, {"yield", KEYWORD_YIELD},
};

static int word_compare(const char *name, size_t length, const char *word)
{
    int order = strncmp(name, word, length);
    return order ? order : -(int)(unsigned char)word[length];
}

TokenCode name_code(const char *name, size_t length)
{
    if (length < 2 || length > 8) return TOKEN_NAME;
    size_t low = 0, high = sizeof KEYWORDS / sizeof *KEYWORDS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = word_compare(name, length, KEYWORDS[middle].word);
        if (order == 0) return KEYWORDS[middle].code;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return TOKEN_NAME;
}

bool name_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 128;
}

static bool letter_fault(Scanner *scanner, int at)
{
    uint32_t letter = 0;
    int n = letter_read(scanner->text, scanner->length, at, &letter);
    if (!n) {
        return token_fault(scanner, (Span){at, at + 1},
                           "Non-UTF-8 code starting with '\\x%02x' on line %d, but no encoding declared; "
                           "see https://peps.python.org/pep-0263/ for details",
                           token_byte(scanner, at), token_line(scanner, at));
    }
    Span here = {at, at + n};
    if (letter_invisible(letter)) return token_fault(scanner, here, "invalid non-printable character U+%04X", letter);
    return token_fault(scanner, here, "invalid character '%.*s' (U+%04X)", n, scanner->text + at, letter);
}

int name_end(Scanner *scanner, int at)
{
    for (int i = at; i < scanner->length;) {
        unsigned char c = token_byte(scanner, i);
        if (!name_byte(c)) return i;
        uint32_t letter = 0;
        int n = c < 128 ? 1 : letter_read(scanner->text, scanner->length, i, &letter);
        bool fits = n && (c < 128 || (i == at ? letter_starts_name(letter) : letter_continues_name(letter)));
        if (!fits) return letter_fault(scanner, i), -1;
        i += n;
    }
    return scanner->length;
}
