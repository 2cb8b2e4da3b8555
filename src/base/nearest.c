#include "base/nearest.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64 };

static int smaller(int a, int b) { return a < b ? a : b; }

static int lower(char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }

/* Damerau's distance (optimal string alignment), case not counted. Both names are at most NAME_MAX_BYTES long. */
static int distance(const char *a, int n, const char *b, int m)
{
    int rows[3][NAME_MAX_BYTES + 1];
    int *before = rows[0], *above = rows[1], *row = rows[2];
    for (int j = 0; j <= m; j++) above[j] = j;
    for (int i = 1; i <= n; i++) {
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            const int change = lower(a[i - 1]) != lower(b[j - 1]);
            row[j] = smaller(above[j - 1] + change, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        int *reused = before;
        before = above, above = row, row = reused;
    }
    return above[m];
}

Nearest nearest_begin(const char *name)
{
    return (Nearest){.name = name};
}

void nearest_offer(Nearest *nearest, const char *candidate)
{
    const size_t n = strlen(nearest->name), m = strlen(candidate);
    if (!n || n > NAME_MAX_BYTES || m > NAME_MAX_BYTES) return;
    const int found = distance(nearest->name, (int)n, candidate, (int)m), allowed = n <= 3 ? 1 : n <= 6 ? 2 : 3;
    if (found > allowed || found >= (int)m || (nearest->best && found >= nearest->distance)) return;
    nearest->best = candidate;
    nearest->distance = found;
}
