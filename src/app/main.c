#include <stdio.h>

int main(void)
{
    puts("shapeflow");
    return 0;
}
