#include <board.h>

#include <iostream>

int main() { std::cout << BOARD; }
