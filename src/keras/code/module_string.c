/* string: its letters. */
#include "keras/code/module_python.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define SIGNS "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
static const ModuleConstant string_constants[] = {
    {"ascii_lowercase", VALUE_IS_TEXT(LOWER)}, {"ascii_uppercase", VALUE_IS_TEXT(UPPER)}, {"ascii_letters", VALUE_IS_TEXT(LOWER UPPER)},
    {"digits", VALUE_IS_TEXT(DIGITS)}, {"hexdigits", VALUE_IS_TEXT(DIGITS "abcdefABCDEF")}, {"octdigits", VALUE_IS_TEXT("01234567")},
    {"punctuation", VALUE_IS_TEXT(SIGNS)}, {"whitespace", VALUE_IS_TEXT(" \t\n\r\v\f")},
    {"printable", VALUE_IS_TEXT(DIGITS LOWER UPPER SIGNS " \t\n\r\v\f")}, {0}};
const ModuleTable MODULE_STRING = {.path = "string", .constants = string_constants, .open = true};
