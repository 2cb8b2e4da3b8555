/* SDL's events as inputs. */
#ifndef SHAPEFLOW_APP_WINDOW_INPUT_H
#define SHAPEFLOW_APP_WINDOW_INPUT_H

#include <SDL.h>

#include "app/input.h"

/* False when the event is none of the app's. pt_per_unit: points for one unit of SDL's window coordinates. */
bool input_of_event(const SDL_Event *, float pt_per_unit, Input *);

#endif
