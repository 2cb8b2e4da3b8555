#include "making.h"

Made made;

int making_open(void **state)
{
    (void)state;
    made_open(&made);
    return 0;
}

int making_close(void **state)
{
    (void)state;
    made_close(&made);
    return 0;
}
