// Label files: which name belongs to which COCO category id.
#pragma once

#include <filesystem>
#include <map>
#include <string>

using Labels = std::map<int, std::string>;

// Reads a label file; without one (an empty path), the names of COCO's 80 categories.
Labels load_labels(const std::filesystem::path& file);

// Reads numbered lines ("0  person") or one label a line, from 0 or 1, as category ids.
Labels parse_labels(const std::string& text);

// Returns a category's name, or one made of its number.
std::string name_of(const Labels& labels, int category_id);
