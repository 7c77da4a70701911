#include <iostream>

#include "number.h"

int main() { std::cout << "number " << number() << std::endl; }
