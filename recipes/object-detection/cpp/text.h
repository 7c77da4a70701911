// Pieces of JSON and of tables.
#pragma once

#include <string>
#include <vector>

// A JSON string.
std::string quoted(const std::string& text);

// A number with so many digits after the point.
std::string number(double value, int digits);

// Renders each item and puts the separator between them.
template <typename Item, typename Render>
std::string joined(const std::vector<Item>& items, const char* separator, Render render) {
  std::string result;
  for (const Item& item : items) {
    if (&item != &items.front()) result += separator;
    result += render(item);
  }
  return result;
}
