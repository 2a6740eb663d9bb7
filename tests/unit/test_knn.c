#include "reals.h"
int main(void)
{
    return 0;
}
