/* Python trees in a short notation: (f x y) for nodes with children, names and numbers bare, strings in quotes. */
#ifndef SHAPEFLOW_TESTS_TREE_NOTATION_H
#define SHAPEFLOW_TESTS_TREE_NOTATION_H

#include "base/text.h"
#include "python/tree.h"

void tree_write(Text *, const PyNode *node);
void tree_write_list(Text *, const PyNode *list);   /* with spaces between */

#endif
