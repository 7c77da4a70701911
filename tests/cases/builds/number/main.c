#include <stdio.h>

#include "number.h"

int main(void) { return printf("number %d\n", number()) < 0; }
