/* What covers the page: the keys, the question about unsaved changes, the offer of a recovered text. */
#ifndef SHAPEFLOW_APP_SHEET_H
#define SHAPEFLOW_APP_SHEET_H

#include "app/app.h"

void sheet_draw(const App *, Scene *);

#endif
