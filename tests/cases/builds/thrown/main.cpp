#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

// Throws the first line of a file, and catches it: exit code 3.
int main(int, char** arguments) {
  try {
    std::string line;
    std::getline(std::ifstream(arguments[1]), line);
    throw std::runtime_error(line);
  } catch (const std::exception& error) {
    std::cout << error.what();
    return 3;
  }
}
